/* record - what an exchange took.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "record.h"

#include <string.h>

#include "request.h"

/* One moment by both clocks. */
struct moment
{
    ULONGLONG clock, counter;
};

static struct moment start; /* immutable after record_init */

static ULONGLONG read_counter(void)
{
    LARGE_INTEGER now;

    QueryPerformanceCounter( &now );
    return now.QuadPart;
}

/* The thread may be interrupted between the two: the quickest of some tries is the best. */
static struct moment take_moment(void)
{
    enum { TRIES = 5 };
    ULONGLONG best = ~(ULONGLONG)0;
    struct moment ret = { 0, 0 };
    int i;

    for (i = 0; i < TRIES; i++)
    {
        ULONGLONG before = record_clock(), counter = read_counter(), after = record_clock();

        if (after - before >= best) continue;
        best = after - before;
        ret.clock = before + best / 2;
        ret.counter = counter;
    }
    return ret;
}

void record_init(void)
{
    start = take_moment();
}

/* The processor's counter runs evenly; what it said before it was set back (the machine slept) can
 * only be placed roughly. */
static ULONGLONG to_counter( ULONGLONG clock, const struct moment *now )
{
    double part;

    if (!clock) return 0;
    if (clock <= start.clock) return start.counter;
    if (clock >= now->clock) return now->counter;
    part = (double)(clock - start.clock) / (double)(now->clock - start.clock);
    return start.counter + (ULONGLONG)(part * (double)(now->counter - start.counter));
}

void record_counters( const struct record *record, ULONGLONG *counters, UINT32 count )
{
    struct moment now = take_moment();
    UINT32 i;

    for (i = 0; i < count; i++) counters[i] = to_counter( record->at[i], &now );
}

void record_begin( struct record *record )
{
    memset( record, 0, sizeof(*record) );
    record_note( record, WinHttpConnectionAcquireStart );
}

/* What a state is the time of. WinHttpProxyDetectionStart, 0: nothing. */
static const struct { BYTE start, end; } parts[EXCHANGE_STATE_COUNT] =
{
    [EXCHANGE_QUEUEING] = { 0, WinHttpConnectionAcquireWaitEnd },
    [EXCHANGE_RESOLVING] = { WinHttpNameResolutionStart, WinHttpNameResolutionEnd },
    [EXCHANGE_CONNECTING] = { WinHttpConnectionEstablishmentStart,
                              WinHttpConnectionEstablishmentEnd },
    [EXCHANGE_TUNNEL_SENDING] = { WinHttpProxyTunnelStart, 0 },
    [EXCHANGE_TUNNEL_RECEIVING] = { 0, WinHttpProxyTunnelEnd },
    [EXCHANGE_HANDSHAKING] = { WinHttpTlsHandshakeClientLeg1Start,
                               WinHttpTlsHandshakeClientLeg1End },
    [EXCHANGE_SENDING] = { WinHttpSendRequestStart, WinHttpSendRequestHeadersEnd },
    [EXCHANGE_HEAD_RECEIVED] = { WinHttpReceiveResponseHeadersEnd, 0 },
};

/* The handshake is one piece to us: all of it is the first leg, and the second takes no time. */
static void end_handshake( ULONGLONG *at, ULONGLONG now )
{
    at[WinHttpTlsHandshakeClientLeg2Start] = at[WinHttpTlsHandshakeClientLeg2End] = now;
}

void record_state( struct record *record, int from, int to )
{
    ULONGLONG now, *at = record->at;

    if (to == EXCHANGE_IDLE || !(parts[from].end | parts[to].start)) return;
    now = record_clock();
    if (parts[from].end) at[parts[from].end] = now;
    if (parts[to].start) at[parts[to].start] = now;
    if (from == EXCHANGE_HANDSHAKING) end_handshake( at, now );
    if (from == EXCHANGE_SENDING) at[WinHttpSendRequestEnd] = now;
    if (to == EXCHANGE_SENDING) at[WinHttpConnectionAcquireEnd] = now;
}

void record_sent( struct record *record, struct conn *conn )
{
    record->sent = TRUE;
    record->index = conn->served++;
    record->resumed = conn->resumed;
    record->stream = conn_stream( conn );
}
