/* tls_test - what the tests of TLS streams share: a GnuTLS server in the same process.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the server's throw-away certificate, inside run_tls_tests().
 * Threads: each server is a thread of its own.
 * Fails:   each step is a check.
 *
 * A header with code, as unix_test.h is.
 */

#ifndef TESTS_UNIT_TLS_TEST_H
#define TESTS_UNIT_TLS_TEST_H

#include "unix_test.h"

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

static inline void make_certificate( void )
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

struct server_config
{
    const char *priority;           /* NULL = NORMAL */
    int no_certificate;
    int wants_certificate;          /* of the client; a gnutls_certificate_request_t, or 0 */
    int tickets;                    /* gives and takes them; another number, another key */
};

static const struct server_config default_config;

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

static inline void *server_thread( void *arg )
{
    struct server *server = arg;
    unsigned char key[64] = { server->config.tickets };
    const gnutls_datum_t ticket_key = { key, sizeof(key) };
    const char *priority = server->config.priority ? server->config.priority : "NORMAL";
    size_t len = sizeof(server->name) - 1;
    unsigned int type;

    gnutls_init( &server->session, GNUTLS_SERVER | GNUTLS_NO_SIGNAL );
    CHECK_INT( gnutls_priority_set_direct( server->session, priority, NULL ), 0 );
    gnutls_credentials_set( server->session, GNUTLS_CRD_CERTIFICATE,
                            server->config.no_certificate ? empty_credentials
                                                          : server_credentials );
    if (server->config.wants_certificate)
        gnutls_certificate_server_set_request( server->session, server->config.wants_certificate );
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

static inline void start_server( struct server *server, int fd, void (*serve)( struct server * ) )
{
    server->fd = fd;
    server->serve = serve;
    server->thread = start_thread( server_thread, server );
}

static inline void stop_server( struct server *server )
{
    join_thread( server->thread );
    gnutls_deinit( server->session );
}

static inline ssize_t server_recv( struct server *server, void *buffer, size_t len )
{
    ssize_t ret;

    do ret = gnutls_record_recv( server->session, buffer, len );
    while (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED);
    return ret;
}

static inline int server_send( struct server *server, const void *data, size_t len )
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

static inline void serve_echo( struct server *server )
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

static inline NTSTATUS call_tls_start( stream_handle stream, const char *host, UINT32 protocols )
{
    struct stream_tls_start_params params = { .stream = stream, .host = (ULONG_PTR)host,
                                              .protocols = protocols };

    return unix_call( unix_stream_tls_start, &params );
}

static inline NTSTATUS call_tls_handshake( stream_handle stream, INT32 timeout,
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

static inline int start_session( struct session *session, const struct server_config *config,
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

static inline void stop_session( struct session *session )
{
    call_abort( session->pair.stream, 0 );
    stop_server( &session->server );
    close_pair( &session->pair );
}

/* Receives exactly len bytes. */
static inline int recv_all( stream_handle stream, void *buffer, size_t len )
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

static inline int run_tls_tests( const struct unit_test *tests, unsigned int count, int argc,
                                 char **argv )
{
    int ret;

    make_certificate();
    ret = unit_main( tests, count, argc, argv );
    gnutls_certificate_free_credentials( server_credentials );
    gnutls_certificate_free_credentials( empty_credentials );
    gnutls_free( server_cert.data );
    return ret;
}

#endif
