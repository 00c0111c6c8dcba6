/* tcp - what Linux knows of a TCP connection beyond its bytes, and what it can be told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"
#include "unix/sys.h"
#include "unix/tcp.h"

/* Linux counts in seconds, from 1 to 32767. */
static void set_seconds( int fd, int name, UINT32 ms )
{
    enum { PER_SECOND = 1000, MAX_SECONDS = 32767 };
    int seconds = ms / PER_SECOND + (ms % PER_SECOND != 0);

    if (!seconds) seconds = 1;
    if (seconds > MAX_SECONDS) seconds = MAX_SECONDS;
    sys_setsockopt( fd, IPPROTO_TCP, name, &seconds, sizeof(seconds) );
}

void tcp_set_options( int fd, const struct stream_open_params *params )
{
    const int on = 1;

    if (params->keepalive_time || params->keepalive_interval)
    {
        set_seconds( fd, TCP_KEEPIDLE, params->keepalive_time );
        set_seconds( fd, TCP_KEEPINTVL, params->keepalive_interval );
        sys_setsockopt( fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on) );
    }
    if (params->fast_open)
        sys_setsockopt( fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof(on) );
}

/* Linux's states (include/net/tcp_states.h, from 1) as Windows numbers them (TCPSTATE). */
static UINT32 windows_state( unsigned int state )
{
    enum { CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT,
           CLOSING, LAST_ACK, TIME_WAIT };
    static const BYTE map[] = { CLOSED, ESTABLISHED, SYN_SENT, SYN_RECEIVED, FIN_WAIT_1, FIN_WAIT_2,
                                TIME_WAIT, CLOSED, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING };

    return state < sizeof(map) ? map[state] : CLOSED;
}

/* An older kernel fills in less: the rest is 0. */
NTSTATUS tcp_get_stats( int fd, struct stream_stats *stats )
{
    struct tcp_info info;
    socklen_t len = sizeof(info), size = sizeof(stats->recv_buffer);

    memset( &info, 0, sizeof(info) );
    memset( stats, 0, sizeof(*stats) );
    if (sys_getsockopt( fd, IPPROTO_TCP, TCP_INFO, &info, &len ) ||
        sys_getsockopt( fd, SOL_SOCKET, SO_RCVBUF, &stats->recv_buffer, &size ))
        return error_from_errno( errno );
    stats->state = windows_state( info.tcpi_state );
    stats->mss = info.tcpi_snd_mss;
    stats->timestamps = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0;
    stats->fast_open = (info.tcpi_options & TCPI_OPT_SYN_DATA) != 0;
    stats->rtt = info.tcpi_rtt;
    stats->min_rtt = info.tcpi_min_rtt == ~0u ? 0 : info.tcpi_min_rtt;
    stats->in_flight = info.tcpi_unacked * info.tcpi_snd_mss;
    stats->send_congestion = info.tcpi_snd_cwnd * info.tcpi_snd_mss;
    stats->send_window = info.tcpi_snd_wnd;
    stats->recv_window = info.tcpi_rcv_space;
    stats->bytes_out = info.tcpi_bytes_sent;
    stats->bytes_in = info.tcpi_bytes_received;
    stats->reordered = info.tcpi_rcv_ooopack * info.tcpi_rcv_mss;
    stats->retransmitted = info.tcpi_bytes_retrans;
    stats->busy = info.tcpi_busy_time;
    stats->window_limited = info.tcpi_rwnd_limited;
    stats->buffer_limited = info.tcpi_sndbuf_limited;
    return STATUS_SUCCESS;
}
