/* test_tcp - what is set on a TCP connection, and what the system tells of it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <netinet/tcp.h>

static int get_option( int fd, int level, int name )
{
    socklen_t len = sizeof(int);
    int value = -1;

    getsockopt( fd, level, name, &value, &len );
    return value;
}

/* The descriptor is the Unix half's own: the newest socket whose peer is that port. */
static int find_socket( UINT16 port )
{
    struct sockaddr_in addr;
    int fd;

    for (fd = 1023; fd > 2; fd--)
    {
        socklen_t len = sizeof(addr);

        if (!getpeername( fd, (struct sockaddr *)&addr, &len ) && ntohs( addr.sin_port ) == port)
            return fd;
    }
    return -1;
}

/* Milliseconds become seconds, and never none. */
static void test_open_sets_keepalive_and_fast_open( void )
{
    UINT16 port;
    int fd, listener = peer_listen( &port, 2 );
    struct stream_open_params params = { .addr = loopback_addr( port ), .keepalive_time = 61001,
                                         .keepalive_interval = 1, .fast_open = 1 };

    CHECK( !unix_call( unix_stream_open, &params ) || params.stream );
    CHECK_INT( call_connect( params.stream, UNIX_INFINITE ), STATUS_SUCCESS );
    fd = find_socket( port );
    CHECK_INT( get_option( fd, SOL_SOCKET, SO_KEEPALIVE ), 1 );
    CHECK_INT( get_option( fd, IPPROTO_TCP, TCP_KEEPIDLE ), 62 );
    CHECK_INT( get_option( fd, IPPROTO_TCP, TCP_KEEPINTVL ), 1 );
    CHECK_INT( get_option( fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT ), 1 );
    close_stream( params.stream );
    params = (struct stream_open_params){ .addr = loopback_addr( port ) };
    CHECK( !unix_call( unix_stream_open, &params ) || params.stream );
    CHECK_INT( call_connect( params.stream, UNIX_INFINITE ), STATUS_SUCCESS );
    CHECK_INT( get_option( find_socket( port ), SOL_SOCKET, SO_KEEPALIVE ), 0 );
    close_stream( params.stream );
    close( listener );
}

static void test_stats_tell_of_the_connection( void )
{
    struct pair pair = make_pair();
    struct stream_stats_params params = { .stream = pair.stream };
    const struct stream_stats *stats = &params.stats;
    BYTE bytes[3] = { 1, 2, 3 };
    UINT32 count;

    CHECK_INT( send( pair.peer, bytes, 2, 0 ), 2 );
    CHECK_INT( call_recv( pair.stream, bytes, 2, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( call_send( pair.stream, bytes, 3, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( unix_call( unix_stream_stats, &params ), STATUS_SUCCESS );
    CHECK_INT( stats->state, 4 ); /* TCPSTATE_ESTABLISHED */
    CHECK_INT( stats->bytes_in, 2 );
    CHECK_INT( stats->bytes_out, 3 );
    CHECK( stats->mss > 0 && stats->send_congestion >= stats->mss && stats->recv_buffer > 0 );
    CHECK( stats->age < 3600 * 1000 );
    CHECK_INT( stats->fast_open, 0 );
    fault_plan( SYS_CALL_OPTION, 0, ENOPROTOOPT );
    CHECK( unix_call( unix_stream_stats, &params ) != STATUS_SUCCESS );
    fault_plan( SYS_CALL_OPTION, 1, ENOPROTOOPT );
    CHECK( unix_call( unix_stream_stats, &params ) != STATUS_SUCCESS );
    fault_clear();
    close_pair( &pair );
    CHECK_INT( unix_call( unix_stream_stats, &params ), STATUS_INVALID_HANDLE );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_open_sets_keepalive_and_fast_open ),
    UNIT_TEST( test_stats_tell_of_the_connection ),
};

UNIT_MAIN( tests )
