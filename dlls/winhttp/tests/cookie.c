/*
 * Cookies: what a session keeps and sends back (facts/http.md 9).
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

#include "client.h"

#define OK_WITH( lines ) "HTTP/1.1 200 OK\r\n" lines "Content-Length: 0\r\n\r\n"
#define OK_EMPTY OK_WITH( "" )

#define check_cookie( server, index, expected ) check_header( server, index, "Cookie", expected )

/* How many Cookie lines a request had. */
static unsigned int count_cookie_lines( struct server *server, unsigned int index )
{
    const struct server_request *request = server_request( server, index );
    const char *line = request ? request->text : NULL;
    unsigned int count = 0;

    while (line && (line = strstr( line, "\r\nCookie:" ))) count++, line++;
    return count;
}

/* One request of its own handle; lines: more headers, or NULL. */
#define get( client, path, lines ) CLIENT_CALL( get_( client, path, lines ) )
static void get_( struct client *client, const WCHAR *path, const WCHAR *lines )
{
    client_request_( client, NULL, path );
    if (lines)
        check_works( WinHttpAddRequestHeaders( client->request, lines, ~0u,
                                               WINHTTP_ADDREQ_FLAG_ADD ) );
    client_exchange_( client, FALSE );
    check_works( WinHttpCloseHandle( client->request ) );
    client->request = NULL;
}

/* http.md 9: the jar is the session's; it outlives requests and connections, other sessions have
 * their own; blanks go, names have case, newest first, the program's own in front, all in one
 * header */
static void test_session_jar(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT,
        SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: name = value \r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: NAME = value \r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client, other;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    get( &client, L"/cookie", NULL );
    check_cookie( server, 0, "(none)" );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"127.0.0.1", server_port( server ), 0 );
    get( &client, L"/cookie", NULL );
    check_cookie( server, 1, "name=value" );
    get( &client, L"/cookie", NULL );
    check_cookie( server, 2, "NAME=value; name=value" );
    get( &client, L"/cookie", L"Cookie: name=value2\r\n" );
    check_cookie( server, 3, "name=value2; NAME=value; name=value" );
    ok( count_cookie_lines( server, 3 ) == 1, "got %u lines\n", count_cookie_lines( server, 3 ) );
    client_connect( &other, server_port( server ), CLIENT_SYNC );
    get( &other, L"/cookie", NULL );
    check_cookie( server, 4, "(none)" );
    client_close( &other );
    client_close( &client );
    server_stop( server );
}

/* http.md 9: paths, attributes; guess U22: expiry, domains, Max-Age, Secure */
static void test_attributes(void)
{
    static const struct { const char *lines; const WCHAR *path; const char *sent; } tests[] =
    {
        { "Set-Cookie: a=b; HttpOnly;\r\n", L"/x", "a=b" },
        { "Set-Cookie: a=b; Path=/cookie5\r\n", L"/cookie5", "a=b" },
        { "Set-Cookie: a=b; Path=/cookie5\r\n", L"/cookie4", "(none)" },
        { "Set-Cookie: a=b\r\n", L"/dir/x", "a=b" },
        { "Set-Cookie: a=b; Path=/dir\r\n", L"/director", "(none)" },
        { "Set-Cookie: a=b\r\nSet-Cookie: c=d; Path=/\r\n", L"/?query", "c=d; a=b" },
        { "Set-Cookie: a=b; Domain = 127.0.0.1\r\n", L"/", "a=b" },
        { "Set-Cookie: a=b; Expires=Fri, 13 Jan 2090 22:23:01 GMT\r\n", L"/", "a=b" },
        { "Set-Cookie: a=b; Max-Age=1000\r\n", L"/", "a=b" },
        /* guess U22 */
        { "Set-Cookie: a=b; Expires=Wed, 13 Jan 2021 22:23:01 GMT\r\n", L"/", "(none)" },
        { "Set-Cookie: a=b\r\nSet-Cookie: a=c; Max-Age=0\r\n", L"/", "(none)" },
        { "Set-Cookie: a=b; Domain=0.0.1\r\n", L"/", "(none)" },
        { "Set-Cookie: a=b; Domain=example.org\r\n", L"/", "(none)" },
        { "Set-Cookie: a=b; Secure\r\n", L"/", "(none)" },
        { "Set-Cookie: nothing\r\nSet-Cookie: =b\r\nSet-Cookie: \r\n", L"/", "(none)" },
    };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\n" ), SRV_SEND( "" ),
        SRV_SEND( "Content-Length: 0\r\n\r\n" ), SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].lines );
        script[3].data = tests[i].lines;
        script[3].len = (unsigned int)strlen( tests[i].lines );
        notify_reset();
        server = server_start( script );
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        get( &client, L"/first", NULL );
        get( &client, tests[i].path, NULL );
        check_cookie( server, 1, tests[i].sent );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 9: a domain of one label may name itself */
static void test_localhost(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT,
        SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: a=b; Domain = localhost\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"LocalHost", server_port( server ), 0 );
    get( &client, L"/", NULL );
    get( &client, L"/", NULL );
    check_cookie( server, 1, "a=b" );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"127.0.0.1", server_port( server ), 0 );
    get( &client, L"/", NULL );
    check_cookie( server, 2, "(none)" );
    client_close( &client );
    server_stop( server );
}

/* http.md 9: WINHTTP_DISABLE_COOKIES neither sends nor keeps; the program's own header stays */
static void test_disable_cookies(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT,
        SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: a=b\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: c=d\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_END
    };
    struct server *server = server_start( script );
    DWORD feature = WINHTTP_DISABLE_COOKIES;
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    get( &client, L"/", NULL );
    client_request( &client, NULL, L"/" );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE, &feature,
                                   sizeof(feature) ) );
    check_works( WinHttpAddRequestHeaders( client.request, L"Cookie: own=1", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    client_exchange( &client, FALSE );
    check_cookie( server, 1, "own=1" );
    check_works( WinHttpCloseHandle( client.request ) );
    get( &client, L"/", NULL );
    check_cookie( server, 2, "a=b" );
    client_close( &client );
    server_stop( server );
}

/* http.md 9: a cookie of a redirect is kept (guess U29) and goes with the next leg; the header is
 * made anew for every leg */
static void test_redirect( BOOL async )
{
    static const char first[] = "HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Path=/second\r\n"
                                "Set-Cookie: gone=1; Path=/first\r\nLocation: /second\r\n"
                                "Connection: close\r\nContent-Length: 0\r\n\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( first ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: c=d\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), async ? CLIENT_ASYNC : CLIENT_SYNC );
    client_request( &client, NULL, L"/first" );
    client_exchange( &client, async );
    check_cookie( server, 0, "(none)" );
    check_cookie( server, 1, "a=b" );
    client_exchange( &client, async );
    check_cookie( server, 2, "c=d; a=b" );
    client_close( &client );
    server_stop( server );
}

/* http.md 9 (guess U29): a cookie of a 401 is kept */
static void test_unauthorized(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                  "Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    client_exchange( &client, FALSE );
    check_cookie( server, 1, "a=b" );
    client_close( &client );
    server_stop( server );
}

/* Cookies go with the handshake of a WebSocket, and its 101 may set some. */
static void test_websocket( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: a=b\r\n" ) ),
        SRV_UPGRADE_LINES( "Set-Cookie: c=d\r\n" ), SRV_EOF,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), async ? CLIENT_ASYNC : CLIENT_SYNC );
    client_request( &client, NULL, L"/" );
    client_exchange( &client, async );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, NULL, L"/socket" );
    client_set_upgrade( &client );
    client_exchange( &client, async );
    client_complete_upgrade( &client );
    check_cookie( server, 1, "a=b" );
    check_works( WinHttpCloseHandle( client.socket ) );
    client.socket = NULL;
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, NULL, L"/" );
    client_exchange( &client, async );
    check_cookie( server, 2, "c=d; a=b" );
    client_close( &client );
    server_stop( server );
}

/* The program can look at what was sent. */
static void test_query_headers(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_WITH( "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD size, index = 1;
    struct client client;
    WCHAR text[64];

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_SET_COOKIE, NULL, text, &size,
                                      &index ) );
    ok( !wcscmp( text, L"c=d" ), "got %ls\n", text );
    client_exchange( &client, FALSE );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( client.request,
                                      WINHTTP_QUERY_COOKIE | WINHTTP_QUERY_FLAG_REQUEST_HEADERS,
                                      NULL, text, &size, NULL ) );
    ok( !wcscmp( text, L"c=d; a=b" ), "got %ls\n", text );
    client_close( &client );
    server_stop( server );
}

/* A flood of cookies neither grows without end nor breaks the request (limits of our own). */
static void test_flood(void)
{
    static char head[32768];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" ),
        SRV_SEND( "" ), SRV_SEND( "\r\n" ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    const struct server_request *request;
    struct server *server;
    struct client client;
    unsigned int i;
    char *end = head;

    for (i = 0; i < 500; i++) end += sprintf( end, "Set-Cookie: cookie%u=%u\r\n", i, i );
    script[3].data = head;
    script[3].len = (unsigned int)(end - head);
    notify_reset();
    server = server_start( script );
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    get( &client, L"/", NULL );
    get( &client, L"/", NULL );
    request = server_request( server, 1 );
    ok( request && strstr( request->text, "Cookie: cookie499=499; " ), "the newest is missing\n" );
    client_close( &client );
    server_stop( server );
}

START_TEST( cookie )
{
    RUN( test_session_jar );
    RUN( test_attributes );
    RUN( test_localhost );
    RUN( test_disable_cookies );
    RUN_BOTH( test_redirect );
    RUN( test_unauthorized );
    RUN_BOTH( test_websocket );
    RUN( test_query_headers );
    RUN( test_flood );
}
