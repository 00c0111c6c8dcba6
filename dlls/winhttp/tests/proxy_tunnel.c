/*
 * Tunnels: CONNECT for https, ws and wss, and refusals (facts/http.md 4; options.md 103, 104).
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

/* RFC 6455 4.1: a WebSocket goes through a tunnel, which only the proxy's credentials open; http.md
 * 4: silent apart from SENDING_REQUEST and REQUEST_SENT */
static void test_websocket(void)
{
    static const struct notify_expect send[] =
    {
        { STATUS( RESOLVING_NAME ), 0 }, { STATUS( NAME_RESOLVED ), 0 },
        { STATUS( CONNECTING_TO_SERVER ), 0 }, { STATUS( CONNECTED_TO_SERVER ), 0 },
        { STATUS( SENDING_REQUEST ), 0 }, { STATUS( REQUEST_SENT ), 0 },
        { STATUS( SENDING_REQUEST ), 0 }, { STATUS( REQUEST_SENT ), 0 },
        { STATUS( SENDREQUEST_COMPLETE ), 0 },
        { 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND_BY( 1, "HTTP/1.1 100 Continue\r\n\r\n" TUNNEL_OK ),
        SRV_UPGRADE, SRV_FRAME( FRAME_FIN | FRAME_TEXT, "hi" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                  CLIENT_ASYNC );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    client_set_upgrade( &client );
    set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
    set_credentials( client.request, BASIC, L"other", L"secret" );
    check_works( WinHttpAddRequestHeaders( client.request, L"X-Own: 1\r\nCookie: c=1", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    from = notify_count();
    check_works( client_send( &client ) );
    await( from, STATUS( SENDREQUEST_COMPLETE ) );
    notify_check( from, send );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    await( from, STATUS( HEADERS_AVAILABLE ) );
    client_complete_upgrade( &client );
    check_line( server, 0, "CONNECT origin.invalid:80 HTTP/1.1" );
    check_header( server, 0, "Host", "origin.invalid:80" );
    check_header( server, 0, "Proxy-Connection", "Keep-Alive" );
    check_header( server, 0, "User-Agent", "winhttp_test" );
    check_header( server, 0, "Proxy-Authorization", USER_PASS );
    check_header( server, 0, "Authorization", NULL );
    check_header( server, 0, "Upgrade", NULL );
    check_header( server, 0, "X-Own", NULL );
    check_header( server, 0, "Cookie", NULL );
    check_line( server, 1, "GET /path?query HTTP/1.1" );
    check_header( server, 1, "Host", "origin.invalid" );
    check_header( server, 1, "X-Own", "1" );
    check_header( server, 1, "Proxy-Authorization", NULL );
    check_header( server, 1, "Proxy-Connection", NULL );
    client_close( &client );
    server_stop( server );
}

/* a Proxy-Authorization of the program's own is the proxy's alone */
static void test_own_header(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    open_named( &client, server, L"origin.invalid", 0 );
    client_set_upgrade( &client );
    check_works( WinHttpAddRequestHeaders( client.request, L"Proxy-Authorization: Own secret", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    client_exchange( &client, FALSE );
    check_header( server, 0, "Proxy-Authorization", "Own secret" );
    check_header( server, 1, "Proxy-Authorization", NULL );
    client_close( &client );
    server_stop( server );
}

/* --- refusals --- */

/* Who wants a tunnel: https, ws, wss. */
enum { HTTPS, WS, WSS, USERS };

static void open_tunnel( struct client *client, struct server *server, unsigned int user,
                         BOOL async )
{
    open_session( client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                  async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( client, L"origin.invalid", 0, L"GET", user == WS ? 0 : WINHTTP_FLAG_SECURE );
    if (user != HTTPS) client_set_upgrade( client );
    set_credentials( client->request, BASIC, L"u", L"p" );
}

/* refusals, with and without a body, and what is no answer at all; guess: 12029 */
static void test_refused( BOOL async )
{
    static const struct { const char *response; DWORD error; } tests[] =
    {
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied",
          ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 502 Bad\r\n\r\n", ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndenied\r\n0\r\n\r\n",
          ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n",
          ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n",
          ERROR_WINHTTP_CANNOT_CONNECT },
        { "HTTP/1.1 200 OK\r\n\r\nmore", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "SSH-2.0-x\r\n\r\n", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "HTTP/1.1 20 OK\r\n\r\n", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "HTTP/1.1 2", ERROR_WINHTTP_CONNECTION_ERROR },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_CUT, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i, user;

    for (i = 0; i < USERS * ARRAYSIZE( tests ); i++)
    {
        user = i / ARRAYSIZE( tests );
        winetest_push_context( "test %u, user %u", i % (UINT)ARRAYSIZE( tests ), user );
        script[2].data = tests[i % ARRAYSIZE( tests )].response;
        script[2].len = (unsigned int)strlen( script[2].data );
        server = server_start( script );
        open_tunnel( &client, server, user, async );
        check_ret( client_send_result( client.request, async ),
                   tests[i % ARRAYSIZE( tests )].error );
        check_line( server, 0, user == WS ? "CONNECT origin.invalid:80 HTTP/1.1"
                                          : "CONNECT origin.invalid:443 HTTP/1.1" );
        check_header( server, 0, "Authorization", NULL );
        check_header( server, 0, "Upgrade", NULL );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* options.md 103, 104: a program may ask for the proxy's refusal; a 407 that nothing answers it
 * gets in any case. It is no server's: no upgrade, no redirect, no server's login. */
static void test_shown( BOOL async )
{
    static const struct { const char *response; DWORD status; } tests[] =
    {
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\ndenied", 403 },
        { "HTTP/1.1 502 Bad\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndenied\r\n0\r\n\r\n",
          502 },
        { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 6\r\n\r\ndenied",
          302 },
        { "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 6\r\n\r\n"
          "denied", 401 },
        { PROXY_DENIED_BASIC, 407 },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_EOF, SRV_END };
    BOOL wanted = TRUE, shown;
    static char body[16];
    struct server *server;
    struct client client;
    unsigned int i, user;
    DWORD len, size;

    for (i = 0; i < USERS * ARRAYSIZE( tests ); i++)
    {
        DWORD status = tests[i % ARRAYSIZE( tests )].status;

        user = i / ARRAYSIZE( tests );
        winetest_push_context( "status %u, user %u", (UINT)status, user );
        script[2].data = tests[i % ARRAYSIZE( tests )].response;
        script[2].len = (unsigned int)strlen( script[2].data );
        server = server_start( script );
        open_tunnel( &client, server, user, async );
        if (status != 407)
            check_works( WinHttpSetOption( client.request,
                                           WINHTTP_OPTION_RECEIVE_PROXY_CONNECT_RESPONSE, &wanted,
                                           sizeof(wanted) ) );
        client_exchange( &client, async );
        check_status( client.request, status );
        shown = FALSE;
        size = sizeof(shown);
        check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_IS_PROXY_CONNECT_RESPONSE,
                                         &shown, &size ) );
        ok( shown, "not the proxy's\n" );
        if (user != HTTPS)
            ok( !WinHttpWebSocketCompleteUpgrade( client.request, 0 ), "it was upgraded\n" );
        check_ret( client_read_result( client.request, body, sizeof(body), &len, async ), 0 );
        ok( len == 6 && !memcmp( body, "denied", 6 ), "got %u bytes\n", (UINT)len );
        client_close( &client );
        /* it is never used again */
        ok( server_finish( server ), "the connection was kept\n" );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( proxy_tunnel )
{
    test_websocket();
    test_own_header();
    RUN_BOTH( test_refused );
    RUN_BOTH( test_shown );
}
