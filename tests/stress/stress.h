/* stress - what the parts of the stress program share: options, sockets under test, verdicts.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a record for each socket, from its first handle to the last callback.
 * Threads: any.
 * Fails:   a broken rule is told by violate and counted; the program ends with 1 then.
 *
 * Files: stress.c (options, watchdog, verdict), jobs.c (threads with a socket each), crowd.c and
 * modes.c (many sockets that do one thing), record.c (records and the rules), async.c and sync.c
 * (what is done with a socket), counts.c (resources of a process),
 * soak.c (ten thousand at once).
 */

#ifndef STRESS_H
#define STRESS_H

#include <windows.h>
#include <winhttp.h>

#include "counts.h"

struct crowd;
struct plan;

enum
{
    RECEIVE_SIZE = 4096,   /* most bytes of one Receive */
    SEND_SIZE = 60000,     /* most bytes of one Send */
    MAX_RECORDS = 16384,   /* sockets at a time, those included that only wait for callbacks */
    CALM_MS = 30000,       /* for threads and handles to go away at the end */
    STUCK_MS = 60000,      /* nothing here takes as long, whatever the machine does */
    SERVER_WAIT_MS = 5000, /* for answers; the server keeps silent for up to 8 s */
    CALLBACK_BLOCK_MS = 40,

    /* Some sockets are left alone for longer than a tick of winhttp.dll's, which then answers the
     * server's pings by itself. */
    LINGER_PERCENT = 1,
    LINGER_MS = 9000,

    /* One of ten thousand: little memory each, so that what leaks shows. */
    LASTING_SEND_SIZE = 2000,
    LASTING_SENDS = 200,
    LASTING_RECEIVES = 1000,
    STUCK_LASTING_MS = 180000, /* behind its life; ten thousand others want their turn */
};

/* What a program may ask for; each accepted one completes once. */
enum kind
{
    KIND_SEND_REQUEST,
    KIND_RECEIVE_RESPONSE,
    KIND_READ,
    KIND_SEND,
    KIND_RECEIVE,
    KIND_SHUTDOWN,
    KIND_CLOSE,
    KIND_COUNT
};

/* The two handles of a record, as its context tells them apart. */
enum which
{
    WHICH_REQUEST,
    WHICH_SOCKET,
    WHICH_COUNT
};

struct options
{
    unsigned int sockets, jobs;
    UINT64 seed;
    BOOL tls, plain;       /* which of them may be used */
    BOOL async, sync;
    INTERNET_PORT port_plain, port_tls, port_broken, port_slow, port_refused;
    unsigned int unix_pid; /* of this process; 0 = not known */
    unsigned int only_one; /* --one; 0 = all */
    unsigned int minutes;  /* of a soak; 0 = none */
    unsigned int population; /* of a soak */
    const char *mode;      /* see modes.c; NULL = mixed */
    BOOL refusing;         /* memory is refused now: errors that say so are good */
    struct plan *plan;     /* of faults, or NULL: tests/fault/plan.h */
    const char *csv;       /* Unix path for a soak's samples, or NULL */
    ULONGLONG started;     /* tick count */
};

/* What has been sent or received of the message that is open (see pattern_next). */
struct pattern
{
    BOOL open, text;
    int last;              /* byte before the next one; -1 = none yet */
};

struct record
{
    /* immutable while in use */
    UINT32 generation;
    UINT32 number;
    UINT64 seed;           /* what the server gets to know */
    BOOL async, tls;

    LONG refs;             /* interlocked: whoever works with it, each open handle */
    LONG chances;          /* interlocked: random numbers taken */
    void *volatile handles[WHICH_COUNT]; /* whoever exchanges one for NULL closes it */
    LONG closed[WHICH_COUNT];  /* HANDLE_CLOSING seen */
    LONG abandoned;        /* a handle that comes from now on is closed at once */
    LONG outstanding[KIND_COUNT];
    BOOL early_receive;    /* ReceiveResponse was called before SendRequest had completed */

    LONG sending, receiving; /* interlocked: somebody owns the buffer and the pattern */
    LONG sends_left, receives_left;
    struct pattern sent, received;
    struct pattern sent_before; /* without the piece in the send buffer */
    DWORD send_len;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE send_type;
    BYTE *send_buffer;     /* owned, but for those of LASTING_SEND_SIZE, as the next */
    BYTE *receive_buffer;  /* RECEIVE_SIZE bytes of POISON while no Receive is pending */
    DWORD send_size;       /* of send_buffer */
    BOOL lasting;          /* one of many that nobody waits for: no events, see soak.c */
    struct crowd *crowd;   /* borrowed (until wait_for_records), or NULL: crowd.c */
    LONG halves;           /* interlocked, of an echo: sending, receiving are still to end */
    LONG is_ready, is_over;
    HANDLE ready;          /* owned, manual: the socket is there, or will not come */
    HANDLE over;           /* owned, manual: nothing more is to be expected of it */

    /* for the watchdog */
    ULONGLONG began, due;  /* tick counts: when it began, must have ended; 0 = not in use */
    const char *volatile last;
    volatile DWORD last_thread;
    const char *volatile callback; /* that runs now, or NULL */
};

enum { POISON = 0xee };

extern struct options options;

/* --- record.c --- */

void violate( const struct record *record, const char *format, ... );
LONG violations(void);

/* Whether an error says that there is no memory, while there need not be any. */
BOOL is_refusal( DWORD error );

/* A fresh record with one reference. Waits while all are in use. */
struct record *record_create( UINT32 number, BOOL async, BOOL tls );

/* One that lives for so long, and that nobody waits for; send_size: of its send buffer. */
struct record *record_create_lasting( UINT32 number, BOOL tls, ULONGLONG life, DWORD send_size );
void record_addref( struct record *record );

/* The last one checks that nothing is left open. */
void record_release( struct record *record );

/* The context of a handle, and back: NULL, and a violation, for one that must not be used. */
DWORD_PTR record_context( const struct record *record, enum which which );
struct record *record_from_context( DWORD_PTR context, enum which *which );

/* Sets the flag, and the event for whoever waits. */
void record_ready( struct record *record );
void record_over( struct record *record );

/* Random numbers of this record: 0 .. below - 1; TRUE in so many percent. */
unsigned int chance( struct record *record, unsigned int below );
BOOL percent( struct record *record, unsigned int value );

/* Waits as described above, sometimes. */
void record_linger( struct record *record );

/* What happens just now, for the watchdog. */
void record_note( struct record *record, const char *what );

/* A handle was opened; the record gets a reference, which HANDLE_CLOSING gives back. It is closed
 * at once if the record is abandoned. */
void record_opened( struct record *record, enum which which, HINTERNET handle );

/* The handle or NULL, not protected against being closed meanwhile. */
HINTERNET record_handle( const struct record *record, enum which which );

/* Closes it, unless somebody has. */
void record_close( struct record *record, enum which which );

/* In HANDLE_CLOSING: gives the handle's reference back. */
void record_closing( struct record *record, enum which which );

/* Closes both, now or as soon as they come. */
void record_abandon( struct record *record );

/* Before a call that starts an operation; after it, if it was refused; in its completion. */
void record_begin( struct record *record, enum kind kind );
void record_refused( struct record *record, enum kind kind, DWORD error );
void record_completed( struct record *record, enum kind kind, DWORD error );

/* A message's next piece into the send buffer: its type; send_len is set. Owns `sending`. */
WINHTTP_WEB_SOCKET_BUFFER_TYPE record_make_message( struct record *record );

/* That piece did not go out, and the next is made in its place. Owns `sending`. */
void record_unmake_message( struct record *record );

/* What a Receive brought; poisons the buffer. Owns `receiving`. */
void record_check_message( struct record *record, DWORD len, WINHTTP_WEB_SOCKET_BUFFER_TYPE type );
void record_poison( struct record *record );

/* Records in use; whether some should have ended by that tick count; tells which. */
unsigned int records_in_use(void);
BOOL records_stuck( ULONGLONG now );
void records_tell( ULONGLONG now );

/* Connect and session handles: opened, HANDLE_CLOSING seen. */
void others_opened(void);
void others_closing(void);
LONG others_open(void);

/* --- what both kinds of sockets do alike: async.c --- */

/* Gives the record its request handle, with all options, ready to be sent. */
HINTERNET open_request( struct record *record, HINTERNET session );
void set_socket_options( struct record *record, HINTERNET socket );

/* Opens one; FALSE: there is no handle. */
BOOL start_async( struct record *record, HINTERNET session );

/* Does one of all things that can be done with a socket, at any moment; ends it. */
void act( struct record *record );
void start_close( struct record *record );
void start_shutdown( struct record *record );

/* One socket from beginning to end. */
void run_async( struct record *record, HINTERNET session );

/* The callback of every session. */
void CALLBACK on_status( HINTERNET handle, DWORD_PTR context, DWORD status, void *info, DWORD len );

/* --- jobs.c --- */

/* A session whose handles keep the rules. */
HINTERNET open_session( BOOL async );

/* Runs so many sockets in options.jobs threads, and waits until nothing is left of them. */
void jobs_run( unsigned int sockets );

/* Runs socket after socket, from one to the other. */
void jobs_start(void);
void jobs_stop(void);

/* Runs so many; returns when the last is done, though not yet gone. */
void jobs_run_only( unsigned int sockets );

/* Sockets so far. */
LONG jobs_finished(void);

/* Waits until no socket is in use, no handle open. */
void wait_for_records(void);

/* --- soak.c --- */

/* Ten thousand sockets for half an hour; says whether anything grew. How many there were. */
void run_soak(void);
LONG soak_sockets(void);

/* --- modes.c --- */

/* Runs options.mode; ends the program if there is none of that name. To warm up: with some sockets.
 * Sockets so far. */
void modes_run( unsigned int sockets );
void modes_warm_up(void);
LONG modes_sockets(void);

/* --- sync.c --- */

/* The threads that receive and close for one job. */
struct helpers;

struct helpers *helpers_create(void);
void helpers_free( struct helpers *helpers );
void run_sync( struct record *record, HINTERNET session, struct helpers *helpers );

#endif
