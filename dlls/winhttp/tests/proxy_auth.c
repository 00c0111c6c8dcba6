/*
 * Logging in at proxies: 407 and CONNECT (facts/http.md 4, 11).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "login.h"

/* --- absolute form --- */

static void test_407(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "by option" : "after the response" );
        server = server_start( script );
        open_named( &client, server, L"origin.invalid", 0 );
        if (i) set_proxy_login( client.request );
        client_exchange( &client, FALSE );
        if (!i)
        {
            DWORD supported = 0, first = 0, target = 0;

            check_status( client.request, 407 );
            check_body( client.request, "denied" );
            check_works( WinHttpQueryAuthSchemes( client.request, &supported, &first, &target ) );
            ok( target == WINHTTP_AUTH_TARGET_PROXY, "got target %u\n", (UINT)target );
            set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
            client_exchange( &client, FALSE );
        }
        check_status( client.request, 200 );
        check_header( server, 0, "Proxy-Authorization", NULL );
        check_header( server, 1, "Proxy-Authorization", USER_PASS );
        check_header( server, 1, "Authorization", NULL );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Digest names the target as it is on the wire (RFC 7616 3.4) */
static void test_digest(void)
{
#define ASKS_DIGEST "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: " \
                    "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\nContent-Length: 0\r\n\r\n"
    static const struct step plain[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_DIGEST ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step secure[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_DIGEST ), SRV_ACCEPT, SRV_HEADERS, SRV_CUT, SRV_END
    };
    char value[1024];
    struct server *server;
    struct client client;

    server = server_start( plain );
    open_named( &client, server, L"origin.invalid", 0 );
    set_proxy_credentials( client.request, DIGEST, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    ok( server_header( server_request( server, 1 ), "Proxy-Authorization", value, sizeof(value) ) &&
        strstr( value, "uri=\"http://origin.invalid/path?query\"" ), "got %s\n", value );
    client_close( &client );
    server_stop( server );

    server = server_start( secure );
    open_named( &client, server, L"origin.invalid", WINHTTP_FLAG_SECURE );
    set_proxy_credentials( client.request, DIGEST, L"user", L"pass" );
    ok( !client_send( &client ), "expected failure\n" );
    ok( server_header( server_request( server, 1 ), "Proxy-Authorization", value, sizeof(value) ) &&
        strstr( value, "uri=\"origin.invalid:443\"" ), "got %s\n", value );
    client_close( &client );
    server_stop( server );
}

/* --- CONNECT --- */

/* answered on a connection of its own; then the tunnel stands */
static void test_tunnel_login(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    open_named( &client, server, L"origin.invalid", 0 );
    client_set_upgrade( &client );
    set_proxy_login( client.request );
    client_exchange( &client, FALSE );
    check_status( client.request, 101 );
    check_header( server, 0, "Proxy-Authorization", NULL );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    check_header( server, 2, "Proxy-Authorization", NULL );
    client_close( &client );
    server_stop( server );
}

/* an unanswered 407 is the program's response, and what it writes goes nowhere; the connection is
 * no tunnel and never used as one */
static void test_tunnel_407(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_EOF, SRV_ACCEPT, SRV_HEADERS,
        SRV_CUT, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    DWORD written = 0;

    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                  CLIENT_SYNC );
    open_request( &client, L"origin.invalid", 4443, L"POST", WINHTTP_FLAG_SECURE );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 6, 0 ) );
    check_works( WinHttpWriteData( client.request, "secret", 6, &written ) );
    ok( written == 6, "got %u\n", (UINT)written );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_status( client.request, 407 );
    check_body( client.request, "denied" );
    set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
    check_fails( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ),
                 ERROR_WINHTTP_CONNECTION_ERROR );
    check_line( server, 0, "CONNECT origin.invalid:4443 HTTP/1.1" );
    check_header( server, 0, "Content-Length", NULL );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    client_close( &client );
    server_stop( server );
}

/* http.md 13: a tunnel that was opened for somebody is used by those who would show the same
 * credentials, by whatever scheme, and by nobody else; one that nobody was asked for serves all */
static void test_tunnel_kept(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_USE( 1 ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct
    {
        enum { BY_BASIC, BY_OPTION, BY_NTLM, BY_HEADER, BY_NOTHING } how;
        unsigned int last, connection;  /* its last request, and where that went */
        const char *answer;             /* to the proxy, where it opens a tunnel */
    }
    requests[] =
    {
        { BY_BASIC, 1, 0, USER_PASS }, { BY_OPTION, 2, 0 }, { BY_NTLM, 3, 0 },
        { BY_HEADER, 5, 1, "Own a" }, { BY_NOTHING, 7, 2, "(none)" }, { BY_HEADER, 8, 1 },
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( requests ); i++)
    {
        winetest_push_context( "request %u", i );
        open_named( &client, server, L"origin.invalid", 0 );
        client_set_upgrade( &client ); /* which is not granted */
        switch (requests[i].how)
        {
        case BY_BASIC:   set_proxy_credentials( client.request, BASIC, L"user", L"pass" ); break;
        case BY_OPTION:  set_proxy_login( client.request ); break;
        case BY_NTLM:    set_proxy_credentials( client.request, NTLM, L"user", L"pass" ); break;
        case BY_HEADER:
            check_works( WinHttpAddRequestHeaders( client.request, L"Proxy-Authorization: Own a",
                                                   ~0u, WINHTTP_ADDREQ_FLAG_ADD ) );
            break;
        case BY_NOTHING: break;
        }
        client_exchange( &client, FALSE );
        check_body( client.request, "hello" );
        ok( got_request( server, requests[i].last )->connection == requests[i].connection,
            "got connection %u\n", got_request( server, requests[i].last )->connection );
        if (requests[i].answer) check_header( server, requests[i].last - 1, "Proxy-Authorization",
                                              requests[i].answer );
        client_close( &client );
        winetest_pop_context();
    }
    server_stop( server );
}

/* --- NTLM --- */

#define ASKS_NTLM PROXY_DENIED_WITH( \
    "Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n" )
#define CHALLENGES PROXY_DENIED_WITH( "Proxy-Authenticate: " NTLM_CHALLENGE "\r\n" )

/* http.md 11: the legs run over one connection, which nobody else gets; a server behind the proxy
 * may ask for a login as well, which goes on there and brings no token for the proxy */
static void test_ntlm(void)
{
    static const struct step plain[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_NTLM ), SRV_HEADERS, SRV_SEND( CHALLENGES ),
        SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_ACCEPT,
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( plain );
    struct client client;

    open_named( &client, server, L"origin.invalid", 0 );
    set_proxy_credentials( client.request, NTLM, L"DOMAIN\\user", L"pass" );
    set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
    set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_body( client.request, "hello" );
    check_header( server, 0, "Proxy-Authorization", NULL );
    check_proxy_token( server, 1, NTLM_TYPE_1 );
    check_proxy_token( server, 2, NTLM_TYPE_3 );
    check_authorization( server, 2, NULL );
    check_header( server, 3, "Proxy-Authorization", NULL );
    check_authorization( server, 3, USER_PASS );
    ok( got_request( server, 3 )->connection == 0, "another connection\n" );
    check_works( WinHttpCloseHandle( client.request ) );
    check_works( WinHttpCloseHandle( client.connect ) );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    client_exchange( &client, FALSE );
    ok( got_request( server, 4 )->connection == 1, "a connection was given away\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 11, 13: a proxy that has let somebody in by NTLM does so on that connection for all
 * requests to the host, which those get who would log in by the same credentials */
static void test_ntlm_kept(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_NTLM ), SRV_HEADERS, SRV_SEND( CHALLENGES ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_CLOSE ),
        SRV_USE( 0 ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const unsigned int connections[] = { 0, 0, 1, 0 };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( connections ); i++)
    {
        winetest_push_context( "request %u", i );
        open_named( &client, server, L"origin.invalid", 0 );
        set_proxy_credentials( client.request, NTLM, L"user", connections[i] ? L"other" : L"pass" );
        client_exchange( &client, FALSE );
        check_body( client.request, "hello" );
        ok( got_request( server, i + 2 )->connection == connections[i], "got connection %u\n",
            got_request( server, i + 2 )->connection );
        if (i) check_header( server, i + 2, "Proxy-Authorization", NULL );
        client_close( &client );
        winetest_pop_context();
    }
    server_stop( server );
}

/* by CONNECT, on one connection, or on a second if the first denial closes its own; the server
 * sees nothing of it */
static void test_ntlm_tunnel(void)
{
    static const struct step stays[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_NTLM ), SRV_HEADERS, SRV_SEND_BY( 1, CHALLENGES ),
        SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_END
    };
    static const struct step closes[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( PROXY_DENIED_WITH( "Proxy-Authenticate: NTLM\r\nConnection: close\r\n" ) ),
        SRV_CUT, SRV_ACCEPT, SRV_HEADERS, SRV_SEND( CHALLENGES ), SRV_HEADERS,
        SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "%s, %s", i & 1 ? "closes" : "stays", i & 2 ? "async" : "sync" );
        server = server_start( i & 1 ? closes : stays );
        open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                      i & 2 ? CLIENT_ASYNC : CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", 0 );
        client_set_upgrade( &client );
        set_proxy_credentials( client.request, NTLM, L"user", L"pass" );
        client_exchange( &client, i & 2 );
        check_status( client.request, 101 );
        check_line( server, 2, "CONNECT origin.invalid:80 HTTP/1.1" );
        check_proxy_token( server, 1, NTLM_TYPE_1 );
        check_proxy_token( server, 2, NTLM_TYPE_3 );
        check_header( server, 3, "Proxy-Authorization", NULL );
        ok( server_connection_count( server ) == (i & 1) + 1, "got %u connections\n",
            server_connection_count( server ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* wrong credentials give the 407, which is the program's, by either way */
static void test_ntlm_refused(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS_NTLM ), SRV_HEADERS, SRV_SEND( CHALLENGES ),
        SRV_HEADERS, SRV_SEND( ASKS_NTLM ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int secure;

    for (secure = 0; secure < 2; secure++)
    {
        server = server_start( script );
        open_named( &client, server, L"origin.invalid", secure ? WINHTTP_FLAG_SECURE : 0 );
        set_proxy_credentials( client.request, NTLM, L"user", L"wrong" );
        client_exchange( &client, FALSE );
        check_status( client.request, 407 );
        check_schemes( client.request, WINHTTP_AUTH_SCHEME_NTLM | WINHTTP_AUTH_SCHEME_NEGOTIATE,
                       WINHTTP_AUTH_SCHEME_NEGOTIATE, WINHTTP_AUTH_TARGET_PROXY );
        check_body( client.request, "denied" );
        client_close( &client );
        server_stop( server );
    }
}

START_TEST( proxy_auth )
{
    test_407();
    test_digest();
    test_tunnel_login();
    test_tunnel_407();
    test_tunnel_kept();
    if (!has_ntlm())
    {
        skip( "NTLM does not work here\n" );
        return;
    }
    test_ntlm();
    test_ntlm_kept();
    test_ntlm_tunnel();
    test_ntlm_refused();
}
