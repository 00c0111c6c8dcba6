/* test_tls - TLS streams against a GnuTLS server in the same process.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Under ThreadSanitizer: make SANITIZE=-fsanitize=thread check-unit, in a build folder of its own.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum
{
    TLS_1_0 = 0x80, /* WINHTTP_FLAG_SECURE_PROTOCOL_* */
    TLS_1_2 = 0x800,
    TLS_1_3 = 0x2000,

    ALERT_HANDSHAKE_FAILURE = 40, /* RFC 8446 6.2 */
    ALERT_PROTOCOL_VERSION = 70,
};

/* --- The server ----------------------------------------------------------------------------- */

static gnutls_certificate_credentials_t server_credentials; /* with a throw-away certificate */
static gnutls_certificate_credentials_t empty_credentials;
static gnutls_datum_t server_cert;                          /* its DER */

static void make_certificate( void )
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t crt;

    gnutls_x509_privkey_init( &key );
    gnutls_x509_privkey_generate( key, GNUTLS_PK_ECDSA,
                                  GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ), 0 );
    gnutls_x509_crt_init( &crt );
    gnutls_x509_crt_set_key( crt, key );
    gnutls_x509_crt_set_version( crt, 3 );
    gnutls_x509_crt_set_serial( crt, "\1", 1 );
    gnutls_x509_crt_set_activation_time( crt, time( NULL ) - 3600 );
    gnutls_x509_crt_set_expiration_time( crt, time( NULL ) + 3600 );
    gnutls_x509_crt_set_dn( crt, "CN=localhost", NULL );
    CHECK_INT( gnutls_x509_crt_sign2( crt, crt, key, GNUTLS_DIG_SHA256, 0 ), 0 );
    CHECK_INT( gnutls_x509_crt_export2( crt, GNUTLS_X509_FMT_DER, &server_cert ), 0 );

    gnutls_certificate_allocate_credentials( &empty_credentials );
    gnutls_certificate_allocate_credentials( &server_credentials );
    CHECK_INT( gnutls_certificate_set_x509_key( server_credentials, &crt, 1, key ), 0 );
    gnutls_x509_crt_deinit( crt );
    gnutls_x509_privkey_deinit( key );
}

static const struct server_config
{
    const char *priority;           /* NULL = NORMAL */
    int no_certificate;
    int wants_certificate;          /* of the client */
    int tickets;
} default_config;

struct server
{
    struct server_config config;
    int fd;                         /* borrowed (the pair's) */
    void (*serve)( struct server * ); /* after the handshake; NULL = nothing */
    gnutls_session_t session;
    char name[256];                 /* what SNI said */
    int handshake;                  /* GnuTLS's result */
    pthread_t thread;
};

static void *server_thread( void *arg )
{
    static unsigned char key[64] = { 1 };
    const gnutls_datum_t ticket_key = { key, sizeof(key) };
    struct server *server = arg;
    const char *priority = server->config.priority ? server->config.priority : "NORMAL";
    size_t len = sizeof(server->name) - 1;
    unsigned int type;

    gnutls_init( &server->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL );
    CHECK_INT( gnutls_priority_set_direct( server->session, priority, NULL ), 0 );
    gnutls_credentials_set( server->session, GNUTLS_CRD_CERTIFICATE,
                            server->config.no_certificate ? empty_credentials
                                                          : server_credentials );
    if (server->config.wants_certificate)
        gnutls_certificate_server_set_request( server->session, GNUTLS_CERT_REQUEST );
    if (server->config.tickets) gnutls_session_ticket_enable_server( server->session, &ticket_key );
    gnutls_transport_set_int( server->session, server->fd );

    do server->handshake = gnutls_handshake( server->session );
    while (server->handshake < 0 && !gnutls_error_is_fatal( server->handshake ));
    if (server->handshake)
        gnutls_alert_send_appropriate( server->session, server->handshake );
    else
    {
        gnutls_server_name_get( server->session, server->name, &len, &type, 0 );
        if (server->serve) server->serve( server );
    }
    return NULL;
}

static void start_server( struct server *server, int fd, void (*serve)( struct server * ) )
{
    server->fd = fd;
    server->serve = serve;
    server->thread = start_thread( server_thread, server );
}

static void stop_server( struct server *server )
{
    join_thread( server->thread );
    gnutls_deinit( server->session );
}

static ssize_t server_recv( struct server *server, void *buffer, size_t len )
{
    ssize_t ret;

    do ret = gnutls_record_recv( server->session, buffer, len );
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    return ret;
}

static int server_send( struct server *server, const void *data, size_t len )
{
    size_t total = 0;
    ssize_t ret;

    while (total < len)
    {
        ret = gnutls_record_send( server->session, (const char *)data + total, len - total );
        if (ret <= 0) return 0;
        total += ret;
    }
    return 1;
}

static void serve_echo( struct server *server )
{
    static const size_t size = 65536;
    char *buffer = malloc( size );
    ssize_t ret;

    while ((ret = server_recv( server, buffer, size )) > 0)
        if (!server_send( server, buffer, ret )) break;
    free( buffer );
    gnutls_bye( server->session, GNUTLS_SHUT_WR );
}

/* --- The client ----------------------------------------------------------------------------- */

static NTSTATUS call_tls_start( stream_handle stream, const char *host, UINT32 protocols )
{
    struct stream_tls_start_params params = { .stream = stream, .host = (ULONG_PTR)host,
                                              .protocols = protocols };

    return unix_call( unix_stream_tls_start, &params );
}

static NTSTATUS call_tls_handshake( stream_handle stream, INT32 timeout,
                                    struct stream_tls_handshake_params *params )
{
    memset( params, 0xcc, sizeof(*params) );
    params->stream = stream;
    params->timeout = timeout;
    return unix_call( unix_stream_tls_handshake, params );
}

struct session
{
    struct pair pair;
    struct server server;
};

static int start_session( struct session *session, const struct server_config *config,
                          UINT32 protocols, void (*serve)( struct server * ) )
{
    struct stream_tls_handshake_params params;

    memset( session, 0, sizeof(*session) );
    session->pair = make_pair();
    session->server.config = *config;
    start_server( &session->server, session->pair.peer, serve );
    if (!CHECK_INT( call_tls_start( session->pair.stream, "localhost", protocols ),
                    STATUS_SUCCESS )) return 0;
    return CHECK_INT( call_tls_handshake( session->pair.stream, UNIX_INFINITE, &params ),
                      STATUS_SUCCESS );
}

static void stop_session( struct session *session )
{
    call_abort( session->pair.stream, 0 );
    stop_server( &session->server );
    close_pair( &session->pair );
}

/* Receives exactly len bytes. */
static int recv_all( stream_handle stream, void *buffer, size_t len )
{
    BYTE *end = (BYTE *)buffer + len;
    NTSTATUS status;
    UINT32 count;

    for (; len; len -= count)
    {
        status = call_recv( stream, end - len, len, UNIX_INFINITE, &count );
        if (!CHECK_INT( status, STATUS_SUCCESS ) || !CHECK( count )) return 0;
    }
    return 1;
}

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
        { serve_half_record, STATUS_SUCCESS },
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
    UNIT_TEST( test_handshake_versions ),
    UNIT_TEST( test_handshake_without_name ),
    UNIT_TEST( test_start_refusals ),
    UNIT_TEST( test_handshake_failure_has_an_alert ),
    UNIT_TEST( test_handshake_with_something_else ),
    UNIT_TEST( test_handshake_timeout_and_abort ),
    UNIT_TEST( test_handshake_in_the_reactor ),
    UNIT_TEST( test_handshake_notes_a_certificate_request ),
    UNIT_TEST( test_chain_is_the_server_certificate ),
    UNIT_TEST( test_echo_sizes ),
    UNIT_TEST( test_echo_is_two_system_calls ),
    UNIT_TEST( test_recv_drains_records ),
    UNIT_TEST( test_recv_ends ),
    UNIT_TEST( test_recv_timeout_and_abort ),
    UNIT_TEST( test_full_duplex ),
    UNIT_TEST( test_send_pending_then_flush ),
    UNIT_TEST( test_key_updates ),
    UNIT_TEST( test_renegotiation_is_ignored ),
    UNIT_TEST( test_check_digests_tickets ),
    UNIT_TEST( test_shutdown_says_goodbye ),
    UNIT_TEST( test_each_call_fails_once ),
    UNIT_TEST( test_memory_of_idle_sessions ),
};

int main( int argc, char **argv )
{
    int ret;

    make_certificate();
    ret = unit_main( tests, ARRAY_SIZE(tests), argc, argv );
    gnutls_certificate_free_credentials( server_credentials );
    gnutls_certificate_free_credentials( empty_credentials );
    gnutls_free( server_cert.data );
    return ret;
}
