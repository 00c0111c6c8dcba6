/* option_stats - options that tell how an exchange went.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include <string.h>

#include "request.h"

/* What Winsock's <mstcpip.h> has as TCP_INFO_v1, in Windows 10 only; TCP_INFO_v0 is the first part
 * of it, up to syn_retrans. */
struct tcp_info_v1
{
    DWORD state, mss;
    ULONGLONG age;              /* ms */
    BOOLEAN timestamps;
    DWORD rtt, min_rtt;         /* us */
    DWORD in_flight, send_congestion, send_window, recv_window, recv_buffer;
    ULONGLONG bytes_out, bytes_in;
    DWORD reordered, retransmitted, fast_retransmits, duplicate_acks, timeouts;
    BYTE syn_retransmits;
    /* why it could not send more: times, ms, bytes; for each of three reasons */
    DWORD window_times, window_ms;
    ULONGLONG window_bytes;
    DWORD congestion_times, congestion_ms;
    ULONGLONG congestion_bytes;
    DWORD buffer_times, buffer_ms;
    ULONGLONG buffer_bytes;
};

C_ASSERT( FIELD_OFFSET(struct tcp_info_v1, window_times) == OPTION_TCP_INFO_V0 );
C_ASSERT( sizeof(struct tcp_info_v1) == OPTION_TCP_INFO_V1 );

static struct request *call_request( const struct option_call *call )
{
    return request_from_object( call->object );
}

/* Linux tells how long it could not send, and not how often nor how much; and nothing of the other
 * side's acknowledgements. */
static void fill_info( struct tcp_info_v1 *info, const struct stream_stats *stats )
{
    enum { PER_MS = 1000 };
    UINT64 held = stats->window_limited + stats->buffer_limited;

    memset( info, 0, sizeof(*info) );
    info->state = stats->state;
    info->mss = stats->mss;
    info->age = stats->age;
    info->timestamps = stats->timestamps != 0;
    info->rtt = stats->rtt;
    info->min_rtt = stats->min_rtt;
    info->in_flight = stats->in_flight;
    info->send_congestion = stats->send_congestion;
    info->send_window = stats->send_window;
    info->recv_window = stats->recv_window;
    info->recv_buffer = stats->recv_buffer;
    info->bytes_out = stats->bytes_out;
    info->bytes_in = stats->bytes_in;
    info->reordered = stats->reordered;
    info->retransmitted = stats->retransmitted;
    info->window_ms = stats->window_limited / PER_MS;
    info->buffer_ms = stats->buffer_limited / PER_MS;
    info->congestion_ms = stats->busy > held ? (stats->busy - held) / PER_MS : 0;
}

/* The system is asked without the lock. The connection may be in the pool, or serve another. */
static DWORD get_stats( struct option_call *call, struct stream_stats *stats )
{
    const struct record *record = &call_request( call )->record;
    stream_handle stream = record->stream;
    NTSTATUS status;

    if (!record->sent) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    object_unlock( call->object );
    status = conn_get_stats( stream, stats );
    object_lock( call->object );
    return status ? ERROR_WINHTTP_INCORRECT_HANDLE_STATE : ERROR_SUCCESS;
}

/* One that is closed has no more to tell: 12019 is a guess. */
DWORD option_get_connection_stats( struct option_call *call )
{
    struct stream_stats stats;
    struct tcp_info_v1 info;
    DWORD error;

    if ((error = get_stats( call, &stats ))) return error;
    fill_info( &info, &stats );
    memcpy( call->buffer, &info, call->len );
    return ERROR_SUCCESS;
}

/* How many of the entries are wanted; a program that says none wants all (a guess). */
static ULONG entries( ULONG asked, ULONG last )
{
    return asked && asked < last ? asked : last;
}

DWORD option_get_times( struct option_call *call )
{
    const struct record *record = &call_request( call )->record;
    WINHTTP_REQUEST_TIMES *times = call->buffer;
    ULONG count = entries( times->cTimes, WinHttpRequestTimeLast );

    if (!record->at[WinHttpConnectionAcquireStart]) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    memset( times, 0, sizeof(*times) );
    times->cTimes = count;
    record_counters( record, times->rgullTimes, count );
    return ERROR_SUCCESS;
}

static ULONGLONG stat_flags( const struct record *record, BOOL fast_open )
{
    ULONGLONG flags = 0;

    if (!record->sent) return 0;
    if (!record->index) flags |= WINHTTP_REQUEST_STAT_FLAG_FIRST_REQUEST;
    if (record->resumed) flags |= WINHTTP_REQUEST_STAT_FLAG_TLS_SESSION_RESUMPTION;
    if (fast_open) flags |= WINHTTP_REQUEST_STAT_FLAG_TCP_FAST_OPEN;
    return flags;
}

/* HTTP/1.1 does not compress headers: both sizes are the same (a guess). */
static void fill_stats( ULONGLONG *stats, const struct request *request )
{
    const struct record *record = &request->record;
    BOOL decoded = record->response_decoded != 0;

    stats[WinHttpConnectFailureCount] = record->connect_failures;
    stats[WinHttpProxyFailureCount] = record->proxy_failures;
    stats[WinHttpRequestHeadersSize] = record->request_head;
    stats[WinHttpRequestHeadersCompressedSize] = record->request_head;
    stats[WinHttpResponseHeadersSize] = record->response_head;
    stats[WinHttpResponseHeadersCompressedSize] = record->response_head;
    stats[WinHttpResponseBodySize] = decoded ? record->response_decoded : record->response_wire;
    stats[WinHttpResponseBodyCompressedSize] = record->response_wire;
}

DWORD option_get_stats( struct option_call *call )
{
    const struct request *request = call_request( call );
    WINHTTP_REQUEST_STATS *stats = call->buffer;
    ULONG count = entries( stats->cStats, WinHttpRequestStatLast );
    ULONGLONG all[WinHttpRequestStatMax] = { 0 };
    struct stream_stats tcp = { 0 };

    if (!request->record.at[WinHttpConnectionAcquireStart])
        return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    get_stats( call, &tcp );
    fill_stats( all, request );
    memset( stats, 0, sizeof(*stats) );
    stats->ullFlags = stat_flags( &request->record, tcp.fast_open );
    stats->ulIndex = request->record.index;
    stats->cStats = count;
    memcpy( stats->rgullStats, all, count * sizeof(*all) );
    return ERROR_SUCCESS;
}
