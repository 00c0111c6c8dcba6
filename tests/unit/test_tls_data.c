/* test_tls_data - data over TLS streams, both ways, to the end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Under ThreadSanitizer: make SANITIZE=-fsanitize=thread check-unit, in a build folder of its own.
 */

#if 0
#pragma makedep unix
#endif

#include "tls_test.h"

/* --- Data ----------------------------------------------------------------------------------- */

static void test_echo_sizes( void )
{
    static const UINT32 sizes[] = { 1, 64, 16383, 16384, 16385, 40000, 200000 };
    static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
    static BYTE sent[200000], got[200000];
    struct session session;
    unsigned int i, j;
    UINT32 count;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        if (start_session( &session, &default_config, protocols[i], serve_echo ))
        {
            for (j = 0; j < ARRAY_SIZE(sizes); j++)
            {
                unit_context( "protocol %#x size %u", protocols[i], sizes[j] );
                fill_pattern( sent, sizes[j], j );
                CHECK_INT( call_send( session.pair.stream, sent, sizes[j], UNIX_INFINITE, &count ),
                           STATUS_SUCCESS );
                CHECK_INT( count, sizes[j] );
                if (recv_all( session.pair.stream, got, sizes[j] ))
                    CHECK_MEM( got, sizes[j], sent, sizes[j] );
            }
        }
        stop_session( &session );
    }
}

/* One send(2), one recv(2), nothing else; the peer gets header and payload in one record. */
static void test_echo_is_two_system_calls( void )
{
    struct session session;
    unsigned int before[SYS_CALL_COUNT], i;
    BYTE payload[64], got[70];

    if (start_session( &session, &default_config, 0, serve_echo ))
    {
        struct stream_send_params send =
        {
            .stream = session.pair.stream, .buffer = (ULONG_PTR)"header", .len = 6,
            .buffer2 = (ULONG_PTR)payload, .len2 = 64, .timeout = UNIX_INFINITE,
        };
        UINT32 count;

        memset( payload, 'p', sizeof(payload) );
        /* the first turn also digests the tickets and sets the timeout */
        for (i = 0; i < 11; i++)
        {
            if (i == 1) memcpy( before, fault.calls, sizeof(before) );
            CHECK_INT( unix_call( unix_stream_send, &send ), STATUS_SUCCESS );
            CHECK_INT( call_recv( session.pair.stream, got, sizeof(got), UNIX_INFINITE, &count ),
                       STATUS_SUCCESS );
            CHECK_INT( count, 70 );
            CHECK_MEM( got, 6, "header", 6 );
            CHECK_MEM( got + 6, 64, payload, 64 );
        }
        for (i = SYS_CALL_SOCKET; i < SYS_CALL_COUNT; i++)
        {
            unit_context( "call %u", i );
            CHECK_INT( fault.calls[i] - before[i],
                       i == SYS_CALL_RECV || i == SYS_CALL_SEND ? 10 : 0 );
        }
        unit_context( NULL );
    }
    stop_session( &session );
}

static void serve_three_records( struct server *server )
{
    server_send( server, "one", 3 );
    server_send( server, "two", 3 );
    server_send( server, "three", 5 );
    gnutls_bye( server->session, GNUTLS_SHUT_WR );
}

/* All records there are, into both buffers, never PENDING while GnuTLS or we hold something. */
static void test_recv_drains_records( void )
{
    struct session session;
    char all[12] = "";
    struct stream_recv_params params;
    UINT32 total = 0;
    NTSTATUS status;

    if (start_session( &session, &default_config, TLS_1_2, serve_three_records ))
    {
        for (;;)
        {
            params = (struct stream_recv_params)
            {
                .stream = session.pair.stream, .timeout = UNIX_INFINITE,
                .buffer = (ULONG_PTR)(all + total), .len = 1,
                .buffer2 = (ULONG_PTR)(all + total + 1), .len2 = 1,
            };
            status = unix_call( unix_stream_recv, &params );
            if (!CHECK_INT( status, STATUS_SUCCESS ) || !params.count) break;
            if ((total += params.count) > 10) params.len2 = 0;
            if (total >= 11) break;
            /* if it stopped because the buffers were full, parking must not sleep on it */
            if (params.count == 2)
                CHECK_INT( call_park( session.pair.stream, STREAM_READ, 1 ), STATUS_SUCCESS );
        }
        CHECK_STR( all, "onetwothree" );
        params.len = 1;
        CHECK_INT( unix_call( unix_stream_recv, &params ), STATUS_SUCCESS );
        CHECK_INT( params.count, 0 );
        CHECK_INT( unix_call( unix_stream_recv, &params ), STATUS_SUCCESS );
        CHECK_INT( params.count, 0 );
    }
    stop_session( &session );
}

static void serve_cut( struct server *server )
{
    shutdown( server->fd, SHUT_WR );
}

static void serve_reset( struct server *server )
{
    const struct linger linger = { 1, 0 };

    setsockopt( server->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
    close( server->fd );
}

static void serve_garbage( struct server *server )
{
    static const BYTE record[] = { 0x17, 3, 3, 0, 32, 1, 2, 3, [36] = 9 };

    send( server->fd, record, sizeof(record), MSG_NOSIGNAL );
}

static void serve_half_record( struct server *server )
{
    send( server->fd, "\x17\x03\x03\x40\x00xyz", 8, MSG_NOSIGNAL );
    shutdown( server->fd, SHUT_WR );
}

static void test_recv_ends( void )
{
    static const struct
    {
        void (*serve)( struct server * );
        NTSTATUS status;
    } cases[] =
    {
        { serve_cut, STATUS_SUCCESS },
        { serve_half_record, STATUS_CONNECTION_DISCONNECTED },
        { serve_garbage, STATUS_DATA_ERROR },
        { serve_reset, STATUS_CONNECTION_RESET },
    };
    struct session session;
    unsigned int i;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        unit_context( "case %u", i );
        if (start_session( &session, &default_config, TLS_1_3, cases[i].serve ))
        {
            count = 77;
            CHECK_INT( call_recv( session.pair.stream, &byte, 1, UNIX_INFINITE, &count ),
                       cases[i].status );
            if (!cases[i].status) CHECK_INT( count, 0 );
        }
        call_abort( session.pair.stream, 0 );
        stop_server( &session.server );
        close_stream( session.pair.stream );
        if (cases[i].serve != serve_reset) close( session.pair.peer );
    }
}

enum { BULK = 400000 };

static BYTE bulk[BULK];

static void serve_bulk( struct server *server )
{
    server_send( server, bulk, sizeof(bulk) );
    gnutls_bye( server->session, GNUTLS_SHUT_WR );
}

/* Receives until a failure, or the end; all that comes must be the beginning of what was sent. */
static NTSTATUS recv_bulk( stream_handle stream, UINT32 piece, UINT32 *total )
{
    static BYTE got[BULK];
    NTSTATUS status;
    UINT32 count;

    for (*total = 0; *total < BULK; *total += count)
    {
        if (piece > BULK - *total) piece = BULK - *total;
        status = call_recv( stream, got + *total, piece, UNIX_INFINITE, &count );
        if (status || !count) break;
    }
    CHECK( !memcmp( got, bulk, *total ) );
    return status;
}

/* Large records do not pass through our buffer: whatever the pieces that they come in and that they
 * are wanted in, nothing is lost. */
static void test_recv_in_any_pieces( void )
{
    static const UINT32 pieces[] = { 1000, 16384, 65536, BULK };
    static const size_t lens[] = { 1000, 4096, 4097, 16384, 16500, 0 };
    struct session session;
    unsigned int i, j;
    UINT32 total;

    fill_pattern( bulk, sizeof(bulk), 3 );
    for (i = 0; i < ARRAY_SIZE(pieces); i++)
        for (j = 0; j < ARRAY_SIZE(lens); j++)
        {
            unit_context( "pieces of %u, receives of %zu", pieces[i], lens[j] );
            if (start_session( &session, &default_config, 0, serve_bulk ))
            {
                fault.max_len = lens[j];
                CHECK_INT( recv_bulk( session.pair.stream, pieces[i], &total ), STATUS_SUCCESS );
                CHECK_INT( total, BULK );
                fault_clear();
            }
            stop_session( &session );
        }
}

/* Whichever receive fails, be it inside of GnuTLS: what came before is delivered first. */
static void test_recv_fails_at_each_receive( void )
{
    struct session session;
    NTSTATUS status = STATUS_CONNECTION_RESET;
    unsigned int after;
    UINT32 total;

    fill_pattern( bulk, sizeof(bulk), 3 );
    for (after = 0; status; after++)
    {
        unit_context( "after %u", after );
        if (start_session( &session, &default_config, 0, serve_bulk ))
        {
            fault_plan( SYS_CALL_RECV, after, ECONNRESET );
            status = recv_bulk( session.pair.stream, 50000, &total );
            fault_clear();
            CHECK_INT( status, total < BULK ? STATUS_CONNECTION_RESET : STATUS_SUCCESS );
            call_abort( session.pair.stream, 0 );
        }
        stop_session( &session );
    }
}

static void *recv_thread( void *arg )
{
    UINT32 count;
    BYTE byte;

    CHECK_INT( call_recv( *(stream_handle *)arg, &byte, 1, UNIX_INFINITE, &count ),
               STATUS_CONNECTION_ABORTED );
    return NULL;
}

static void test_recv_timeout_and_abort( void )
{
    struct session session;
    unsigned int recvs;
    pthread_t thread;
    UINT32 count;
    BYTE byte;

    if (start_session( &session, &default_config, 0, serve_echo ))
    {
        CHECK_INT( call_recv( session.pair.stream, &byte, 1, 1, &count ), STATUS_IO_TIMEOUT );
        recvs = calls_made( SYS_CALL_RECV );
        thread = start_thread( recv_thread, &session.pair.stream );
        await_call( SYS_CALL_RECV, recvs + 1 );
        CHECK_INT( call_abort( session.pair.stream, 0 ), STATUS_SUCCESS );
        join_thread( thread );
        CHECK_INT( call_send( session.pair.stream, &byte, 1, UNIX_INFINITE, &count ),
                   STATUS_CONNECTION_ABORTED );
    }
    stop_session( &session );
}

enum { FLOOD = 8 << 20 };

static void *flood_thread( void *arg )
{
    static BYTE block[100000];
    stream_handle stream = *(stream_handle *)arg;
    size_t total, len;
    UINT32 count;

    for (total = 0; total < FLOOD; total += len)
    {
        len = FLOOD - total < sizeof(block) ? FLOOD - total : sizeof(block);
        fill_pattern( block, len, total );
        if (!CHECK_INT( call_send( stream, block, len, UNIX_INFINITE, &count ),
                        STATUS_SUCCESS )) break;
        CHECK_INT( count, len );
    }
    return NULL;
}

/* One thread sends while another receives what comes back. */
static void test_full_duplex( void )
{
    static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
    static BYTE got[65536], want[65536];
    struct session session;
    pthread_t thread;
    NTSTATUS status;
    unsigned int i;
    size_t total;
    UINT32 count;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        if (start_session( &session, &default_config, protocols[i], serve_echo ))
        {
            thread = start_thread( flood_thread, &session.pair.stream );
            for (total = 0; total < FLOOD; total += count)
            {
                status = call_recv( session.pair.stream, got, sizeof(got), UNIX_INFINITE, &count );
                if (!CHECK_INT( status, STATUS_SUCCESS ) || !CHECK( count )) break;
                fill_pattern( want, count, total );
                if (!CHECK_MEM( got, count, want, count )) break;
            }
            CHECK_INT( total, FLOOD );
            if (total < FLOOD) call_abort( session.pair.stream, 1 );
            join_thread( thread );
        }
        stop_session( &session );
    }
}

static unsigned int allowed;    /* atomic; the server may read */

static void serve_late( struct server *server )
{
    while (!__atomic_load_n( &allowed, __ATOMIC_SEQ_CST )) sched_yield();
    serve_echo( server );
}

/* What an operation does to get rid of what a pending send has left, one step of it; STATUS_SUCCESS
 * when nothing is left. */
static NTSTATUS step_flush( stream_handle stream, NTSTATUS status )
{
    struct reactor_event event;
    UINT32 count;

    if (status == STATUS_PENDING)   /* parked */
    {
        CHECK_INT( call_wait( &event, 1, 1, &count ), STATUS_SUCCESS );
        if (!count) return STATUS_PENDING;
    }
    status = call_send( stream, NULL, 0, UNIX_NOWAIT, &count );
    CHECK_INT( count, 0 );
    if (status != STATUS_PENDING) return status;
    status = call_park( stream, STREAM_WRITE, 8 );
    return status ? status : STATUS_MORE_ENTRIES;   /* an event came meanwhile: again */
}

/* What was taken is counted once, the rest flushed with a call without data. */
static void test_send_pending_then_flush( void )
{
    static BYTE sent[300000], got[65536], want[65536];
    struct session session;
    size_t total = 0, back = 0;
    NTSTATUS status;
    UINT32 count;

    __atomic_store_n( &allowed, 0, __ATOMIC_SEQ_CST );
    if (start_session( &session, &default_config, 0, serve_late ))
    {
        do
        {
            fill_pattern( sent, sizeof(sent), total );
            status = call_send( session.pair.stream, sent, sizeof(sent), UNIX_NOWAIT, &count );
            total += count;
        }
        while (!status);
        CHECK_INT( status, STATUS_PENDING );
        CHECK_INT( call_send( session.pair.stream, NULL, 0, UNIX_NOWAIT, &count ), STATUS_PENDING );
        CHECK_INT( count, 0 );
        CHECK_INT( call_send( session.pair.stream, NULL, 0, 1, &count ), STATUS_IO_TIMEOUT );
        status = step_flush( session.pair.stream, STATUS_MORE_ENTRIES );
        __atomic_store_n( &allowed, 1, __ATOMIC_SEQ_CST );
        while (back < total)
        {
            if (status) status = step_flush( session.pair.stream, status );
            if (call_recv( session.pair.stream, got, sizeof(got), 1, &count )) continue;
            if (!CHECK( count )) break;
            fill_pattern( want, count, back );
            if (!CHECK_MEM( got, count, want, count )) break;
            back += count;
        }
        CHECK_INT( status, STATUS_SUCCESS );
        CHECK_INT( back, total );
    }
    stop_session( &session );
}

static void serve_key_updates( struct server *server )
{
    char ball;
    int i;

    /* GnuTLS takes more than 8 updates a second for an attack */
    for (i = 0; i < 14; i++)
    {
        if (i & 1) CHECK_INT( gnutls_session_key_update( server->session, GNUTLS_KU_PEER ), 0 );
        if (!server_send( server, "k", 1 ) || server_recv( server, &ball, 1 ) != 1) break;
    }
    CHECK_INT( i, 14 );
}

static void test_key_updates( void )
{
    struct session session;
    UINT32 count;
    char ball;
    int i;

    if (start_session( &session, &default_config, TLS_1_3, serve_key_updates ))
    {
        for (i = 0; i < 14; i++)
        {
            if (!recv_all( session.pair.stream, &ball, 1 )) break;
            CHECK_INT( call_send( session.pair.stream, &ball, 1, UNIX_INFINITE, &count ),
                       STATUS_SUCCESS );
        }
        CHECK_INT( call_recv( session.pair.stream, &ball, 1, 1, &count ), STATUS_IO_TIMEOUT );
    }
    stop_session( &session );
}

static void serve_renegotiation( struct server *server )
{
    CHECK_INT( gnutls_rehandshake( server->session ), 0 );  /* a HelloRequest */
    serve_echo( server );
}

static void test_renegotiation_is_ignored( void )
{
    struct session session;
    char buffer[4];
    UINT32 count;

    if (start_session( &session, &default_config, TLS_1_2, serve_renegotiation ))
    {
        CHECK_INT( call_send( session.pair.stream, "data", 4, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
        if (recv_all( session.pair.stream, buffer, 4 )) CHECK_MEM( buffer, 4, "data", 4 );
    }
    stop_session( &session );
}

static void serve_ticket_then_wait( struct server *server )
{
    char byte;

    server_recv( server, &byte, 1 );
}

/* Tickets lie unread on an idle connection; they do not spoil it. */
static void test_check_digests_tickets( void )
{
    const struct server_config config = { .tickets = 1 };
    struct session session;
    NTSTATUS status;

    if (start_session( &session, &config, TLS_1_3, serve_ticket_then_wait ))
    {
        CHECK_INT( call_stream( unix_stream_check, session.pair.stream ), STATUS_SUCCESS );
        CHECK_INT( call_stream( unix_stream_check, session.pair.stream ), STATUS_SUCCESS );
    }
    stop_session( &session );

    if (start_session( &session, &config, TLS_1_3, serve_three_records ))
    {
        /* the data may come after the tickets */
        while (!(status = call_stream( unix_stream_check, session.pair.stream ))) sched_yield();
        CHECK_INT( status, STATUS_CONNECTION_DISCONNECTED );
    }
    stop_session( &session );
}

static int end_seen;    /* what the server's receive returned at the end */

static void serve_until_end( struct server *server )
{
    char buffer[16];
    ssize_t ret;

    while ((ret = server_recv( server, buffer, sizeof(buffer) )) > 0) {}
    end_seen = ret;
    server_send( server, "bye", 3 );
}

static void test_shutdown_says_goodbye( void )
{
    struct session session;
    char buffer[3];
    UINT32 count;

    end_seen = -1;
    if (start_session( &session, &default_config, 0, serve_until_end ))
    {
        CHECK_INT( call_send( session.pair.stream, "last", 4, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
        CHECK_INT( call_stream( unix_stream_shutdown, session.pair.stream ), STATUS_SUCCESS );
        if (recv_all( session.pair.stream, buffer, 3 )) CHECK_MEM( buffer, 3, "bye", 3 );
    }
    stop_session( &session );
    CHECK_INT( end_seen, 0 );   /* close_notify, no truncation */
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_echo_sizes ),
    UNIT_TEST( test_echo_is_two_system_calls ),
    UNIT_TEST( test_recv_drains_records ),
    UNIT_TEST( test_recv_ends ),
    UNIT_TEST( test_recv_in_any_pieces ),
    UNIT_TEST( test_recv_fails_at_each_receive ),
    UNIT_TEST( test_recv_timeout_and_abort ),
    UNIT_TEST( test_full_duplex ),
    UNIT_TEST( test_send_pending_then_flush ),
    UNIT_TEST( test_key_updates ),
    UNIT_TEST( test_renegotiation_is_ignored ),
    UNIT_TEST( test_check_digests_tickets ),
    UNIT_TEST( test_shutdown_says_goodbye ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
