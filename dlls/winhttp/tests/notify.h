/*
 * Records the status callbacks of WinHTTP, waits for them, and compares them with a table.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    one process-wide record; notify_reset() empties it. Entries never move or change.
 * Threads: notify_callback() runs wherever WinHTTP calls it; all else belongs to the test's thread,
 *          except notify_count(), notify_get() and notify_wait(), which any thread may use.
 * Fails:   a wait that takes NOTIFY_TIMEOUT_MS is a failed check of the caller.
 *
 * The record is not tied to a context value, because some tests leave the context 0. A test
 * therefore has its handles closed, and has seen their HANDLE_CLOSING, before it returns.
 */
#ifndef WINHTTP_TESTS_NOTIFY_H
#define WINHTTP_TESTS_NOTIFY_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#define NOTIFY_TIMEOUT_MS 10000
#define NOTIFY_MAX        2048      /* callbacks of one test */
#define NOTIFY_INFO_SIZE  128       /* bytes of the information that are kept */

struct notification
{
    DWORD status;                   /* WINHTTP_CALLBACK_STATUS_... */
    HINTERNET handle;
    DWORD_PTR context;
    DWORD thread;
    void *info;                     /* the pointer as passed; valid inside the callback only */
    DWORD len;
    BYTE data[NOTIFY_INFO_SIZE];    /* what it pointed to, for the statuses that carry a value */
};

/* What a table expects; the thread flags refer to the thread that calls notify_check(). */
enum notify_flags
{
    NOTIFY_ANY      = 0x00,
    NOTIFY_CALLER   = 0x01,         /* inside a call of the test's thread */
    NOTIFY_WORKER   = 0x02,         /* on another thread */
    NOTIFY_OPTIONAL = 0x04,         /* may be missing */
    NOTIFY_REPEATED = 0x08,         /* may come more than once in a row */
};

struct notify_expect
{
    DWORD status;                   /* 0 ends the table */
    unsigned int flags;
};

/* The callback to give to WinHttpSetStatusCallback(). */
extern void CALLBACK notify_callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                      DWORD len );

/* Forgets what was recorded and the actions. */
extern void notify_reset( void );

/* How many callbacks came so far. Kept by a test to name a place in the record. */
extern unsigned int notify_count( void );

/* The entry, or NULL when there are not that many. */
extern const struct notification *notify_get( unsigned int index );

/* Waits for the first entry at or after place from that has one of the status bits. NULL: timeout.
 */
extern const struct notification *notify_wait( unsigned int from, DWORD status );

/* The same for an entry of one handle. */
extern const struct notification *notify_wait_handle( unsigned int from, DWORD status,
                                                      HINTERNET handle );

/* An action runs in the callback, on its thread, once, at the next entry with that status. */
extern void notify_on( DWORD status, void (*action)( const struct notification *, void * ),
                       void *arg );

/* Compares all entries of place from to now with the table. The caller has waited for the last
 * one. */
extern void notify_check_at( unsigned int from, const struct notify_expect *table, const char *file,
                             int line );
#define notify_check( from, table ) notify_check_at( from, table, __FILE__, __LINE__ )

/* The same for the entries of one handle only. */
extern void notify_check_handle_at( unsigned int from, HINTERNET handle,
                                    const struct notify_expect *table, const char *file, int line );
#define notify_check_handle( from, handle, table ) \
    notify_check_handle_at( from, handle, table, __FILE__, __LINE__ )

/* The name of a status, for messages. */
extern const char *notify_name( DWORD status );

#endif /* WINHTTP_TESTS_NOTIFY_H */
