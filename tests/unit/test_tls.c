/* test_tls - handshakes of TLS streams, and what they cost.
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

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Handshakes ----------------------------------------------------------------------------- */

static void test_handshake_versions( void )
{
    static const struct
    {
        UINT32 asked;
        const char *server;
        UINT32 got;
    } cases[] =
    {
        { 0,                 NULL,                            TLS_1_3 },
        { 0,                 "NORMAL:-VERS-ALL:+VERS-TLS1.2", TLS_1_2 },
        { TLS_1_2,           NULL,                            TLS_1_2 },
        { TLS_1_3,           NULL,                            TLS_1_3 },
        { TLS_1_2 | 0x28,    NULL,                            TLS_1_2 },
        { TLS_1_2 | TLS_1_3, NULL,                            TLS_1_3 },
    };
    struct session session;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        struct server_config config = { .priority = cases[i].server };
        struct stream_tls_info_params info = { 0 };

        unit_context( "case %u", i );
        if (start_session( &session, &config, cases[i].asked, serve_echo ))
        {
            info.stream = session.pair.stream;
            CHECK_INT( unix_call( unix_stream_tls_info, &info ), STATUS_SUCCESS );
            CHECK_INT( info.protocol, cases[i].got );
            CHECK( info.cipher_bits == 128 || info.cipher_bits == 256 );
            CHECK( !strncmp( info.cipher_suite, "TLS_", 4 ) );
        }
        stop_session( &session );
        CHECK_STR( session.server.name, "localhost" );
    }
}

static void test_handshake_without_name( void )
{
    struct stream_tls_handshake_params params;
    struct session session = { .pair = make_pair() };

    start_server( &session.server, session.pair.peer, NULL );
    CHECK_INT( call_tls_start( session.pair.stream, NULL, 0 ), STATUS_SUCCESS );
    CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params ), STATUS_SUCCESS );
    stop_session( &session );
    CHECK_STR( session.server.name, "" );
}

static void test_start_refusals( void )
{
    struct stream_tls_handshake_params handshake;
    struct pair pair = make_pair();
    struct stream_tls_chain_params chain = { .stream = pair.stream };
    struct stream_tls_info_params info = { .stream = pair.stream };

    CHECK_INT( call_tls_handshake( pair.stream, UNIX_NOWAIT, &handshake ),
               STATUS_INVALID_PARAMETER );
    CHECK_INT( unix_call( unix_stream_tls_chain, &chain ), STATUS_NOT_FOUND );
    CHECK_INT( unix_call( unix_stream_tls_info, &info ), STATUS_NOT_FOUND );
    CHECK_INT( call_tls_start( pair.stream, "localhost", 0x28 ),
               STATUS_NOT_SUPPORTED ); /* SSL 2, 3 */
    CHECK_INT( call_tls_start( pair.stream, "localhost", 0 ), STATUS_SUCCESS );
    CHECK_INT( call_tls_start( pair.stream, "localhost", 0 ), STATUS_INVALID_PARAMETER );
    CHECK_INT( unix_call( unix_stream_tls_chain, &chain ), STATUS_NOT_FOUND );
    close_pair( &pair );
}

/* The server gives up and says why; then the client does. */
static void test_handshake_failure_has_an_alert( void )
{
    static const struct
    {
        struct server_config config;
        UINT32 asked;
        UINT32 alert;
    } cases[] =
    {
        { { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2" }, TLS_1_0, ALERT_PROTOCOL_VERSION },
        { { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2" }, TLS_1_3, ALERT_HANDSHAKE_FAILURE },
        { { .no_certificate = 1 }, TLS_1_2, ALERT_HANDSHAKE_FAILURE },
        { { .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ANON-ECDH" }, TLS_1_2,
          ALERT_HANDSHAKE_FAILURE },
    };
    struct stream_tls_handshake_params params;
    struct session session;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        unit_context( "case %u", i );
        memset( &session, 0, sizeof(session) );
        session.pair = make_pair();
        session.server.config = cases[i].config;
        start_server( &session.server, session.pair.peer, NULL );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", cases[i].asked ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params ),
                   STATUS_ENCRYPTION_FAILED );
        CHECK_INT( params.alert, cases[i].alert );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params ),
                   STATUS_ENCRYPTION_FAILED );
        stop_session( &session );
        CHECK( session.server.handshake < 0 );
    }
}

/* What a server without TLS may answer to a ClientHello. */
static void test_handshake_with_something_else( void )
{
    static const struct
    {
        const char *answer;
        int reset;
        NTSTATUS status;
    } cases[] =
    {
        { "HTTP/1.1 400 Bad Request\r\n\r\n", 0, STATUS_ENCRYPTION_FAILED },
        { "", 0, STATUS_CONNECTION_DISCONNECTED },
        { "\x16\x03", 0, STATUS_CONNECTION_DISCONNECTED },
        { "", 1, STATUS_CONNECTION_RESET },
    };
    struct stream_tls_handshake_params params;
    struct pair pair;
    unsigned int i;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        unit_context( "case %u", i );
        pair = make_pair();
        CHECK_INT( call_tls_start( pair.stream, "localhost", 0 ), STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( pair.stream, UNIX_NOWAIT, &params ), STATUS_PENDING );
        CHECK_INT( params.need, STREAM_READ );
        CHECK( recv( pair.peer, &byte, 1, 0 ) == 1 );
        CHECK_INT( byte, 0x16 );
        CHECK( peer_write( pair.peer, cases[i].answer, strlen( cases[i].answer ) ) );
        if (cases[i].reset) peer_reset( pair.peer );
        else shutdown( pair.peer, SHUT_WR );
        CHECK_INT( call_tls_handshake( pair.stream, UNIX_INFINITE, &params ), cases[i].status );
        CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ), cases[i].status );
        CHECK_INT( call_send( pair.stream, &byte, 1, UNIX_INFINITE, &count ), cases[i].status );
        close_stream( pair.stream );
        if (!cases[i].reset) close( pair.peer );
    }
}

static void *handshake_thread( void *arg )
{
    struct stream_tls_handshake_params params;

    CHECK_INT( call_tls_handshake( *(stream_handle *)arg, UNIX_INFINITE, &params ),
               STATUS_CONNECTION_ABORTED );
    return NULL;
}

static void test_handshake_timeout_and_abort( void )
{
    struct stream_tls_handshake_params params;
    unsigned int recvs, i;
    struct pair pair;
    pthread_t thread;

    for (i = 0; i < 14; i++)
    {
        pair = make_pair();
        CHECK_INT( call_tls_start( pair.stream, "localhost", 0 ), STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( pair.stream, 1, &params ), STATUS_IO_TIMEOUT );
        recvs = calls_made( SYS_CALL_RECV );
        thread = start_thread( handshake_thread, &pair.stream );
        await_call( SYS_CALL_RECV, recvs + 1 );
        CHECK_INT( call_abort( pair.stream, i & 1 ), STATUS_SUCCESS );
        join_thread( thread );
        close_pair( &pair );
    }
}

/* As the asynchronous driver does it, with system calls that move one byte each. */
static void test_handshake_in_the_reactor( void )
{
    static const size_t lens[] = { 0, 1, 3 };
    struct stream_tls_handshake_params params;
    struct reactor_event event;
    struct session session;
    unsigned int i;
    NTSTATUS status;
    UINT32 count;
    BYTE buffer[5];

    for (i = 0; i < ARRAY_SIZE(lens); i++)
    {
        unit_context( "len %u", (unsigned int)lens[i] );
        memset( &session, 0, sizeof(session) );
        session.pair = make_pair();
        start_server( &session.server, session.pair.peer, serve_echo );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", 0 ), STATUS_SUCCESS );
        fault.max_len = lens[i];
        for (;;)
        {
            status = call_tls_handshake( session.pair.stream, UNIX_NOWAIT, &params );
            if (status != STATUS_PENDING) break;
            CHECK_INT( params.need, STREAM_READ );
            if (call_park( session.pair.stream, params.need, 1 ) != STATUS_PENDING) continue;
            do call_wait( &event, 1, UNIX_INFINITE, &count );
            while (!count);
        }
        CHECK_INT( status, STATUS_SUCCESS );
        CHECK_INT( call_send( session.pair.stream, "hello", 5, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
        CHECK_INT( count, 5 );
        if (recv_all( session.pair.stream, buffer, 5 )) CHECK_MEM( buffer, 5, "hello", 5 );
        fault_clear();
        stop_session( &session );
    }
}

static void test_handshake_notes_a_certificate_request( void )
{
    static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
    struct stream_tls_handshake_params params;
    struct session session;
    unsigned int i;
    char buffer[2];
    UINT32 count;
    int wanted;

    for (i = 0; i < 2 * ARRAY_SIZE(protocols); i++)
    {
        wanted = i & 1;
        memset( &session, 0, sizeof(session) );
        session.pair = make_pair();
        session.server.config.wants_certificate = wanted;
        start_server( &session.server, session.pair.peer, serve_echo );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", protocols[i / 2] ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params ),
                   STATUS_SUCCESS );
        CHECK_INT( params.cert_requested, wanted );
        CHECK_INT( call_send( session.pair.stream, "ab", 2, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
        recv_all( session.pair.stream, buffer, 2 );
        stop_session( &session );
    }
}

static void test_chain_is_the_server_certificate( void )
{
    struct stream_tls_chain_params params = { 0 };
    struct session session;
    BYTE buffer[4096];
    UINT32 len;

    if (start_session( &session, &default_config, 0, serve_echo ))
    {
        params.stream = session.pair.stream;
        CHECK_INT( unix_call( unix_stream_tls_chain, &params ), STATUS_BUFFER_TOO_SMALL );
        CHECK_INT( params.size, server_cert.size + 4 );
        params.buffer = (ULONG_PTR)buffer;
        params.size--;
        CHECK_INT( unix_call( unix_stream_tls_chain, &params ), STATUS_BUFFER_TOO_SMALL );
        params.size = sizeof(buffer);
        CHECK_INT( unix_call( unix_stream_tls_chain, &params ), STATUS_SUCCESS );
        CHECK_INT( params.size, server_cert.size + 4 );
        memcpy( &len, buffer, 4 );
        CHECK_INT( len, server_cert.size );
        CHECK_MEM( buffer + 4, len, server_cert.data, server_cert.size );
    }
    stop_session( &session );
}

/* --- Debugging ------------------------------------------------------------------------------ */

/* What wireshark decrypts by: GnuTLS writes it itself, where the environment says. It looks there
 * at the first handshake of the process: this test comes first. */
static void test_key_log( void )
{
    char name[] = "/tmp/test_tls.XXXXXX", text[8192] = ""; /* the server here writes there too */
    int fd = mkstemp( name );
    struct session session;

    if (!CHECK( fd >= 0 )) return;
    setenv( "SSLKEYLOGFILE", name, 1 );
    start_session( &session, &default_config, TLS_1_3, serve_echo );
    stop_session( &session );
    unsetenv( "SSLKEYLOGFILE" );
    CHECK( read( fd, text, sizeof(text) - 1 ) > 0 );
    CHECK( strstr( text, "CLIENT_TRAFFIC_SECRET_0 " ) != NULL );
    close( fd );
    unlink( name );
}

/* --- Scarcity ------------------------------------------------------------------------------- */

/* Each allocation and system call of a TLS connection fails once. */
static void test_each_call_fails_once( void )
{
    static const struct
    {
        enum sys_call call;
        int error;
    } faults[] =
    {
        { SYS_CALL_ALLOC, ENOMEM },
        { SYS_CALL_RECV, ENOMEM },
        { SYS_CALL_SEND, ENOBUFS },
    };
    struct stream_tls_handshake_params params;
    struct session session;
    unsigned int i, after, failed;
    NTSTATUS status;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < ARRAY_SIZE(faults); i++)
    {
        for (after = 0, failed = 0; after < 12; after++)
        {
            memset( &session, 0, sizeof(session) );
            session.pair = make_pair();
            start_server( &session.server, session.pair.peer, serve_echo );
            fault_plan( faults[i].call, after, faults[i].error );
            status = call_tls_start( session.pair.stream, "localhost", 0 );
            if (!status) status = call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params );
            if (!status) status = call_send( session.pair.stream, "x", 1, UNIX_INFINITE, &count );
            if (!status) status = call_recv( session.pair.stream, &byte, 1, UNIX_INFINITE, &count );
            if (status) failed++;
            fault_clear();
            stop_session( &session );
        }
        unit_context( "call %u", i );
        CHECK( failed );
        unit_context( NULL );
    }
}

/* --- Memory, not judged, only told ---------------------------------------------------------- */

enum { IDLE = 200 };

/* The servers live in another process, so that all that is counted here is ours. */
static void serve_idle_sessions( int listener )
{
    static struct server servers[IDLE];
    unsigned int i;

    for (i = 0; i < IDLE; i++)
    {
        servers[i].fd = peer_accept( listener );
        server_thread( &servers[i] );
    }
    /* until the client is gone */
    recv( servers[0].fd, (char[256]){ 0 }, 256, 0 );
    while (recv( servers[0].fd, (char[256]){ 0 }, 256, 0 ) > 0) {}
}

static void test_memory_of_idle_sessions( void )
{
    static stream_handle streams[IDLE];
    struct stream_tls_handshake_params params;
    struct mallinfo2 before, after;
    struct reactor_event event;
    UINT64 cookie;
    UINT32 count;
    unsigned int i;
    UINT16 port;
    int listener = peer_listen( &port, 16 );
    pid_t child;
    BYTE byte;

    fflush( stdout );
    if (!(child = fork()))
    {
        serve_idle_sessions( listener );
        _exit( 0 );
    }
    close( listener );
    before = mallinfo2();
    for (i = 0; i < IDLE; i++)
    {
        streams[i] = open_stream( port );
        CHECK_INT( call_tls_start( streams[i], "localhost", 0 ), STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( streams[i], UNIX_INFINITE, &params ), STATUS_SUCCESS );
        while (call_recv( streams[i], &byte, 1, UNIX_NOWAIT, &count ) == STATUS_PENDING &&
               call_park( streams[i], STREAM_READ, 1 ) != STATUS_PENDING) {}
    }
    after = mallinfo2();
    if (after.uordblks > before.uordblks)   /* a sanitizer's heap is not counted */
        printf( "an idle TLS stream: %lu bytes\n",
                (unsigned long)(after.uordblks - before.uordblks) / IDLE );
    for (i = 0; i < IDLE; i++)
    {
        call_unpark( streams[i], STREAM_READ, &cookie );
        call_abort( streams[i], 0 );
        close_stream( streams[i] );
    }
    while (!call_wait( &event, 1, UNIX_NOWAIT, &count ) && count) {}
    CHECK_INT( waitpid( child, NULL, 0 ), child );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_key_log ),
    UNIT_TEST( test_handshake_versions ),
    UNIT_TEST( test_handshake_without_name ),
    UNIT_TEST( test_start_refusals ),
    UNIT_TEST( test_handshake_failure_has_an_alert ),
    UNIT_TEST( test_handshake_with_something_else ),
    UNIT_TEST( test_handshake_timeout_and_abort ),
    UNIT_TEST( test_handshake_in_the_reactor ),
    UNIT_TEST( test_handshake_notes_a_certificate_request ),
    UNIT_TEST( test_chain_is_the_server_certificate ),
    UNIT_TEST( test_each_call_fails_once ),
    UNIT_TEST( test_memory_of_idle_sessions ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
