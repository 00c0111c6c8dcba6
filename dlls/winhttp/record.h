/* record - what an exchange took: when its parts began and ended, and how much there was.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the records lie in struct request.
 * Threads: written by whoever drives the request. Options read them under the object's lock, and
 *          may see a part that has just begun.
 * Fails:   never.
 *
 * Each leg of an exchange begins a record of its own: what is there afterwards is about the one
 * whose answer the program got (a guess).
 */

#ifndef WINHTTP_RECORD_H
#define WINHTTP_RECORD_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

#include "net/conn.h"

struct request;

struct record
{
    ULONGLONG at[WinHttpRequestTimeLast]; /* record_clock(); 0: it did not happen */
    UINT64 response_wire;       /* body bytes without framing, as they came ... */
    UINT64 response_decoded;    /* ... and what was made of them, where they were compressed */
    UINT32 request_head;        /* bytes */
    UINT32 response_head;       /* bytes */
    UINT32 connect_failures;    /* addresses of the server that did not work */
    UINT32 proxy_failures;      /* and of the proxy */
    UINT32 index;               /* requests that the connection had served before */
    BOOL sent;                  /* index, resumed and stream are set */
    BOOL resumed;               /* its TLS took up an earlier session */
    stream_handle stream;       /* of the connection; it may be closed by now */
};

/* The processor's own counter where there is one: every exchange looks at it half a dozen times,
 * and QueryPerformanceCounter is a call into Wine that costs a hundred times as much. */
static inline ULONGLONG record_clock(void)
{
#if defined(__i386__) || defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    LARGE_INTEGER now;

    QueryPerformanceCounter( &now );
    return now.QuadPart;
#endif
}

/* Module start: sets the clock. */
void record_init(void);

/* The first count moments, as QueryPerformanceCounter would have told them; 0 stays 0. */
void record_counters( const struct record *record, ULONGLONG *counters, UINT32 count );

/* A leg begins. */
void record_begin( struct record *record );

static inline void record_note( struct record *record, WINHTTP_REQUEST_TIME_ENTRY entry )
{
    record->at[entry] = record_clock();
}

/* The exchange goes from one enum exchange_state to another. */
void record_state( struct record *record, int from, int to );

/* Head and optional data are on their way. */
void record_sent( struct record *record, struct conn *conn );

#endif
