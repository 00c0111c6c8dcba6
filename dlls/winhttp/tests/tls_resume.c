/*
 * Resumed TLS sessions: who may resume whose, and what is judged again. What Windows keeps is its
 * own affair; these checks hold for any client that is careful.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "secure.h"

/* As many exchanges as there are connections. */
#define EXCHANGE SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_CUT

static const struct step four[] = { EXCHANGE, EXCHANGE, EXCHANGE, EXCHANGE, SRV_END };

/* One connection, for the server cuts it. */
static void exchange( struct client *client, DWORD ignored )
{
    if (!client->request) secure_open_request( client, ignored );
    secure_check_ok( client );
    secure_close_request( client );
}

#define check_seen( server, full, resumed ) check_seen_at( server, full, resumed, __LINE__ )
static void check_seen_at( struct server *server, unsigned int full, unsigned int resumed,
                           int line )
{
    struct seen seen = secure_seen( server );

    ok_( __FILE__, line )( seen.full == full && seen.resumed == resumed,
                           "expected %u full and %u resumed, got %u and %u\n", full, resumed,
                           seen.full, seen.resumed );
}

static void test_resumed(void)
{
    static const char *const options[] = { "tickets=1 tls=1.2", "tickets=1 tls=1.3" };
    struct server *server;
    struct client client;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE(options); i++)
    {
        winetest_push_context( "%s", options[i] );
        server = server_start_tls( four, options[i] );
        secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
        for (j = 0; j < 4; j++) exchange( &client, IGNORE_ALL );
        check_seen( server, 1, 3 );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Other terms, other sessions. */
static void test_terms(void)
{
    struct server *server = server_start_tls( four, "tickets=1" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    exchange( &client, IGNORE_ALL );
    exchange( &client, SECURITY_FLAG_IGNORE_UNKNOWN_CA );
    check_seen( server, 2, 0 );
    secure_open_request( &client, IGNORE_ALL );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, NULL, 0 ) );
    exchange( &client, 0 );
    check_seen( server, 3, 0 );
    exchange( &client, IGNORE_ALL );
    check_seen( server, 3, 1 );
    client_close( &client );
    server_stop( server );
}

/* The verdict is for a host by its name: another name for the server is another server. */
static void test_hosts(void)
{
    struct server *server = server_start_tls( four, "tickets=1" );
    struct client client;
    WORD port = server_port( server );

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    exchange( &client, IGNORE_ALL );
    WinHttpCloseHandle( client.connect );
    client.connect = WinHttpConnect( client.session, L"127.0.0.1", port, 0 );
    exchange( &client, IGNORE_ALL );
    check_seen( server, 2, 0 );
    client_close( &client );
    server_abandon( server );
}

/* A resumed session brings no certificate; the one it began with is judged, and shown. */
static void test_certificate(void)
{
    struct server *server = server_start_tls( four, "tickets=1 cert=stranger" );
    struct client client;
    PCCERT_CONTEXT cert;
    DWORD size, i;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, SECURITY_FLAG_IGNORE_UNKNOWN_CA );
    for (i = 0; i < 2; i++)
    {
        if (!client.request) secure_open_request( &client, SECURITY_FLAG_IGNORE_UNKNOWN_CA );
        check_works( client_send( &client ) );
        cert = NULL;
        size = sizeof(cert);
        check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &cert,
                                         &size ) );
        ok( cert != NULL, "no certificate\n" );
        if (cert) CertFreeCertificateContext( cert );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        secure_read_body( &client );
        secure_close_request( &client );
    }
    check_seen( server, 1, 1 );
    secure_open_request( &client, 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
    client_close( &client );
    server_abandon( server );
}

/* A server that speaks another protocol than before, as behind a load balancer. */
static void test_other_protocol(void)
{
    static const char *const changes[] = { "change tls=1.3\n", "change tls=1.2\n",
                                           "change tls=1.3\n" };
    struct server *server;
    char answer[FRONT_MAX_LINE];
    struct client client;
    unsigned int i;

    server = server_start_tls( four, "late=1 tickets=1 tls=1.2" );
    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    exchange( &client, IGNORE_ALL );
    for (i = 0; i < ARRAYSIZE(changes); i++)
    {
        winetest_push_context( "change %u", i );
        ok( front_ask( server_front( server ), changes[i], answer ) && !strcmp( answer, "ok" ),
            "got %s\n", answer );
        exchange( &client, IGNORE_ALL );
        winetest_pop_context();
    }
    check_seen( server, 4, 0 );
    client_close( &client );
    server_abandon( server );
}

START_TEST( tls_resume )
{
    if (!secure_is_possible()) return;
    RUN( test_resumed );
    RUN( test_terms );
    RUN( test_hosts );
    RUN( test_certificate );
    RUN( test_other_protocol );
}
