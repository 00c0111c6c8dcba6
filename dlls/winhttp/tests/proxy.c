/*
 * Proxies: named, by option, bypassed; requests in absolute form (facts/http.md 5;
 * url-proxy-com.md 4).
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

/* --- the texts --- */

static void test_open(void)
{
    static const struct { const WCHAR *proxy, *bypass; } bad[] =
    {
        { NULL, NULL }, { L"", NULL }, { L"proxy/", NULL }, { L"http://proxy:80/", NULL },
        { L"proxy:0", NULL }, { L"proxy:65536", NULL }, { L"pr\x00f6xy", NULL },
        { L"proxy", L"\x00f6" },
    };
    static const DWORD types[] = { 0, 1, 4 };
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( bad ); i++)
    {
        winetest_push_context( "test %u", i );
        ok( !WinHttpOpen( NULL, 3, bad[i].proxy, bad[i].bypass, 0 ), "expected failure\n" );
        check_error( ERROR_INVALID_PARAMETER );
        winetest_pop_context();
    }
    ok( !WinHttpOpen( NULL, 2, NULL, NULL, 0 ), "expected failure\n" );
    check_error( ERROR_INVALID_PARAMETER );
    /* http.md 1: ignored with the other types; "" is a list */
    for (i = 0; i < ARRAYSIZE( types ); i++)
    {
        open_session( &client, types[i], L"proxy/", L"bypass", CLIENT_SYNC );
        client_close( &client );
    }
    open_session( &client, 3, L"http=proxy:8080 https=http://[::1]:3128", L"", CLIENT_SYNC );
    client_close( &client );
}

/* options.md row 38 */
static void test_option(void)
{
    WCHAR other[] = L"other:1", list[] = L"<local>", slash[] = L"other/";
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NAMED_PROXY, other, list };
    WINHTTP_PROXY_INFO none = { WINHTTP_ACCESS_TYPE_NO_PROXY, other, list };
    struct client client;
    DWORD size;

    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"proxy", NULL, CLIENT_SYNC );
    open_request( &client, L"host", 0, NULL, 0 );
    check_info( client.session, 3, L"proxy", NULL );
    check_info( client.request, 3, L"proxy", NULL );
    check_works( WinHttpSetOption( client.session, WINHTTP_OPTION_PROXY, &info, sizeof(info) ) );
    check_info( client.session, 3, L"other:1", L"<local>" );
    /* the request has its own */
    check_info( client.request, 3, L"proxy", NULL );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &none, sizeof(none) ) );
    check_info( client.request, 1, NULL, NULL );

    check_fails( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) - 1 ),
                 ERROR_INSUFFICIENT_BUFFER );
    check_fails( WinHttpSetOption( client.connect, WINHTTP_OPTION_PROXY, &info, sizeof(info) ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    info.lpszProxy = slash;
    check_fails( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ),
                 ERROR_INVALID_PARAMETER );
    info.lpszProxy = NULL;
    check_fails( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ),
                 ERROR_INVALID_PARAMETER );
    info.dwAccessType = 2;
    check_fails( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ),
                 ERROR_INVALID_PARAMETER );
    check_info( client.request, 1, NULL, NULL );
    size = 1;
    check_fails( WinHttpQueryOption( NULL, WINHTTP_OPTION_PROXY, &info, &size ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( size == sizeof(info), "got %u\n", (UINT)size );
    size = sizeof(info);
    check_works( WinHttpQueryOption( NULL, WINHTTP_OPTION_PROXY, &info, &size ) );
    GlobalFree( info.lpszProxy );
    GlobalFree( info.lpszProxyBypass );
    client_close( &client );
}

/* --- http --- */

/* http.md U13: absolute URL, Proxy-Connection instead of Connection; the connection is kept */
static void test_absolute_form(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    open_named( &client, server, L"Origin.invalid", 0 );
    set_proxy_login( client.request ); /* nobody asks for it */
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_body( client.request, "hello" );
    client_exchange( &client, FALSE );
    check_body( client.request, "hello" );
    check_line( server, 0, "GET http://origin.invalid/path?query HTTP/1.1" );
    check_header( server, 0, "Host", "origin.invalid" );
    check_header( server, 0, "Proxy-Connection", "Keep-Alive" );
    check_header( server, 0, "Connection", NULL );
    check_header( server, 0, "Proxy-Authorization", NULL );
    check_line( server, 1, "GET http://origin.invalid/path?query HTTP/1.1" );
    ok( server_connection_count( server ) == 1, "the connection was not used again\n" );
    client_close( &client );
    server_stop( server );
}

/* the port and an IPv6 literal in the absolute form; set on the request after it was opened */
static void test_option_on_request(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL };
    struct client client;

    open_session( &client, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, CLIENT_SYNC );
    open_request( &client, L"[2001:db8::1]", 8080, L"GET", 0 );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ) );
    client_exchange( &client, FALSE );
    check_line( server, 0, "GET http://[2001:db8::1]:8080/path?query HTTP/1.1" );
    check_header( server, 0, "Host", "[2001:db8::1]:8080" );
    client_close( &client );
    server_stop( server );
}

static void test_bypass(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    /* no such proxy: who asked it would fail */
    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"proxy.invalid", L"x;127.0.0.*",
                  CLIENT_SYNC );
    open_request( &client, L"127.0.0.1", server_port( server ), L"GET", 0 );
    set_proxy_login( client.request );
    client_exchange( &client, FALSE );
    check_line( server, 0, "GET /path?query HTTP/1.1" );
    check_header( server, 0, "Connection", "Keep-Alive" );
    check_header( server, 0, "Proxy-Connection", NULL );
    client_close( &client );

    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"proxy.invalid", L"<local>",
                  CLIENT_SYNC );
    open_request( &client, L"127.0.0.1", server_port( server ), L"GET", 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_NAME_NOT_RESOLVED );
    client_close( &client );
    server_stop( server );
}

/* a redirect chooses anew: from the proxy to a server that is on the bypass list, which must not
 * get what is for the proxy, be it our answer or a header of the program's; http.md 10: the
 * program's Authorization goes along */
static void test_redirect(void)
{
    static const struct step origin_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    char location[128];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END
    };
    struct server *origin, *server;
    struct client client;
    unsigned int own;

    for (own = 0; own < 2; own++)
    {
        winetest_push_context( "own %u", own );
        origin = server_start( origin_script );
        script[2].data = location;
        script[2].len = sprintf( location, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                 "Location: http://127.0.0.1:%u/next\r\n\r\n",
                                 server_port( origin ) );
        server = server_start( script );
        open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), L"127.*",
                      CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", 0 );
        if (own)
            check_works( WinHttpAddRequestHeaders( client.request, L"Authorization: Own a\r\n"
                                                   L"Proxy-Authorization: Basic dXNlcjpwYXNz",
                                                   ~0u, WINHTTP_ADDREQ_FLAG_ADD ) );
        else set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
        client_exchange( &client, FALSE );
        check_body( client.request, "hello" );
        check_header( server, 0, "Proxy-Authorization", USER_PASS );
        check_line( origin, 0, "GET /next HTTP/1.1" );
        check_header( origin, 0, "Proxy-Authorization", NULL );
        check_authorization( origin, 0, own ? "Own a" : "(none)" );
        client_close( &client );
        server_stop( server );
        server_stop( origin );
        winetest_pop_context();
    }
}

/* guess: where no proxy is named, the header goes to the server that the program names, and not to
 * where that leads; past a proxy it does not go */
static void test_own_header_direct(void)
{
    static const struct step redirecting[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /next\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int bypassed;

    for (bypassed = 0; bypassed < 2; bypassed++)
    {
        server = server_start( bypassed ? script : redirecting );
        open_session( &client, bypassed ? WINHTTP_ACCESS_TYPE_NAMED_PROXY
                                        : WINHTTP_ACCESS_TYPE_NO_PROXY,
                      bypassed ? L"proxy.invalid" : NULL, bypassed ? L"127.*" : NULL,
                      CLIENT_SYNC );
        open_request( &client, L"127.0.0.1", server_port( server ), L"GET", 0 );
        check_works( WinHttpAddRequestHeaders( client.request, L"Proxy-Authorization: Own b", ~0u,
                                               WINHTTP_ADDREQ_FLAG_ADD ) );
        client_exchange( &client, FALSE );
        check_status( client.request, 200 );
        check_header( server, 0, "Proxy-Authorization", bypassed ? NULL : "Own b" );
        if (!bypassed) check_header( server, 1, "Proxy-Authorization", NULL );
        client_close( &client );
        server_stop( server );
    }
}

/* what is no answer at all */
static void test_bad_answers( BOOL async )
{
    static const struct { const char *response; DWORD error; } tests[] =
    {
        { "SSH-2.0-x\r\n\r\n", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "\x5\xff", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "HTTP/1.1 20 OK\r\n\r\n", ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { "HTTP/1.1 2", ERROR_WINHTTP_CONNECTION_ERROR },
        { "", ERROR_WINHTTP_CONNECTION_ERROR },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_CUT, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        script[2].data = tests[i].response;
        script[2].len = (unsigned int)strlen( tests[i].response );
        server = server_start( script );
        open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                      async ? CLIENT_ASYNC : CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", 0 );
        check_ret( client_send_result( client.request, async ), 0 );
        check_ret( client_receive_result( client.request, async ), tests[i].error );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

START_TEST( proxy )
{
    test_open();
    test_option();
    test_absolute_form();
    test_option_on_request();
    test_bypass();
    test_redirect();
    test_own_header_direct();
    RUN_BOTH( test_bad_answers );
}
