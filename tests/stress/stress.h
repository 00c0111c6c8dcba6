/* stress - what the parts of the stress program share: options, sockets under test, verdicts.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a record for each socket, from its first handle to the last callback.
 * Threads: any.
 * Fails:   a broken rule is told by violate and counted; the program ends with 1 then.
 *
 * Files: stress.c (options, phases, jobs, watchdog), record.c (records and the rules), async.c and
 * sync.c (what is done with a socket), counts.c (resources of a process).
 */

#ifndef STRESS_H
#define STRESS_H

#include <windows.h>
#include <winhttp.h>

#include "counts.h"

enum
{
    RECEIVE_SIZE = 4096,   /* most bytes of one Receive */
    SEND_SIZE = 60000,     /* most bytes of one Send */
    MAX_RECORDS = 4096,    /* sockets at a time, those included that only wait for callbacks */
    SERVER_WAIT_MS = 5000, /* for answers; the server keeps silent for up to 8 s */
    CALLBACK_BLOCK_MS = 40,

    /* Some sockets are left alone for longer than a tick of winhttp.dll's, which then answers the
     * server's pings by itself. */
    LINGER_PERCENT = 1,
    LINGER_MS = 9000,
};

/* What a program may ask for; each accepted one completes once. */
enum kind
{
    KIND_SEND_REQUEST,
    KIND_RECEIVE_RESPONSE,
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
    INTERNET_PORT port_plain, port_tls, port_broken, port_refused;
    unsigned int unix_pid; /* of this process; 0 = not known */
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
    DWORD send_len;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE send_type;
    BYTE *send_buffer;     /* owned */
    BYTE *receive_buffer;  /* owned; RECEIVE_SIZE bytes of POISON while no Receive is pending */
    HANDLE ready;          /* owned, manual: the socket is there, or will not come */
    HANDLE over;           /* owned, manual: nothing more is to be expected of it */

    /* for the watchdog */
    ULONGLONG began;       /* tick count; 0 = not in use */
    const char *volatile last;
    volatile DWORD last_thread;
    const char *volatile callback; /* that runs now, or NULL */
};

enum { POISON = 0xee };

extern struct options options;

/* --- record.c --- */

void violate( const struct record *record, const char *format, ... );
LONG violations(void);

/* A fresh record with one reference. Waits while all are in use. */
struct record *record_create( UINT32 number, BOOL async, BOOL tls );
void record_addref( struct record *record );

/* The last one checks that nothing is left open. */
void record_release( struct record *record );

/* The context of a handle, and back: NULL, and a violation, for one that must not be used. */
DWORD_PTR record_context( const struct record *record, enum which which );
struct record *record_from_context( DWORD_PTR context, enum which *which );

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

/* Closes both, now or as soon as they come. */
void record_abandon( struct record *record );

/* Before a call that starts an operation; after it, if it was refused; in its completion. */
void record_begin( struct record *record, enum kind kind );
void record_refused( struct record *record, enum kind kind, DWORD error );
void record_completed( struct record *record, enum kind kind, DWORD error );

/* A message's next piece into the send buffer: its type; send_len is set. Owns `sending`. */
WINHTTP_WEB_SOCKET_BUFFER_TYPE record_make_message( struct record *record );

/* What a Receive brought; poisons the buffer. Owns `receiving`. */
void record_check_message( struct record *record, DWORD len, WINHTTP_WEB_SOCKET_BUFFER_TYPE type );
void record_poison( struct record *record );

/* Records in use; whether some began before that tick count; tells which. */
unsigned int records_in_use(void);
BOOL records_stuck( ULONGLONG older_than );
void records_tell( ULONGLONG older_than );

/* Connect and session handles: opened, HANDLE_CLOSING seen. */
void others_opened(void);
void others_closing(void);
LONG others_open(void);

/* --- what both kinds of sockets do alike: async.c --- */

/* Gives the record its request handle, with all options, ready to be sent. */
HINTERNET open_request( struct record *record, HINTERNET session );
void set_socket_options( struct record *record, HINTERNET socket );

/* One socket from beginning to end. */
void run_async( struct record *record, HINTERNET session );

/* The callback of every session. */
void CALLBACK on_status( HINTERNET handle, DWORD_PTR context, DWORD status, void *info, DWORD len );

/* --- sync.c --- */

/* The threads that receive and close for one job. */
struct helpers;

struct helpers *helpers_create(void);
void helpers_free( struct helpers *helpers );
void run_sync( struct record *record, HINTERNET session, struct helpers *helpers );

#endif
