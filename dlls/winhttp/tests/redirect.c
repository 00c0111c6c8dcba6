/*
 * Redirects: which are followed, where to, with which verb, body and headers; and what is told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (http.md 10); a comment "guess" marks an answer that nobody
 * has seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name

#define MOVED( status, lines ) "HTTP/1.1 " status " Moved\r\n" lines "Content-Length: 0\r\n\r\n"
#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static DWORD status_of( HINTERNET request )
{
    DWORD status = 0, size = sizeof(status);

    check_works( WinHttpQueryHeaders( request,
                                      WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                                      &status, &size, NULL ) );
    return status;
}

/* The path and what follows of the URL option. */
static const WCHAR *path_of( HINTERNET request )
{
    static WCHAR url[256];
    DWORD size = sizeof(url);
    const WCHAR *path = NULL;

    url[0] = 0;
    check_works( WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ) );
    if (wcsstr( url, L"://" )) path = wcschr( wcsstr( url, L"://" ) + 3, '/' );
    return path ? path : L"";
}

static void open_request( struct client *client, struct server *server, const WCHAR *verb,
                          const WCHAR *path, unsigned int flags )
{
    notify_reset();
    client_connect( client, server_port( server ), flags );
    client_request( client, verb, path );
}

/* Answers the first request by `first`, a second one on the same connection by 200. */
static struct server *start_two( struct step script[6], const char *first )
{
    static const struct step steps[6] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };

    memcpy( script, steps, sizeof(steps) );
    script[2].data = first;
    script[2].len = (unsigned int)strlen( first );
    return server_start( script );
}

/* The same for a single request. */
static struct server *start_one( struct step script[4], const char *first )
{
    static const struct step steps[4] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };

    memcpy( script, steps, sizeof(steps) );
    script[2].data = first;
    script[2].len = (unsigned int)strlen( first );
    return server_start( script );
}

/* http.md 10: which status is followed, and what becomes of the verb */
static void test_statuses(void)
{
    static const struct { const char *status; const WCHAR *verb; const char *line; } tests[] =
    {
        { "300", L"GET", "GET /b HTTP/1.1" }, { "301", L"GET", "GET /b HTTP/1.1" },
        { "302", L"GET", "GET /b HTTP/1.1" }, { "303", L"GET", "GET /b HTTP/1.1" },
        { "307", L"GET", "GET /b HTTP/1.1" }, { "308", L"GET", "GET /b HTTP/1.1" },
        { "300", L"POST", "GET /b HTTP/1.1" }, { "301", L"POST", "GET /b HTTP/1.1" },
        { "302", L"POST", "GET /b HTTP/1.1" }, { "303", L"POST", "GET /b HTTP/1.1" },
        { "307", L"POST", "POST /b HTTP/1.1" }, { "308", L"POST", "POST /b HTTP/1.1" },
        { "302", L"HEAD", "HEAD /b HTTP/1.1" }, { "303", L"HEAD", "HEAD /b HTTP/1.1" },
        { "307", L"HEAD", "HEAD /b HTTP/1.1" }, { "307", L"DELETE", "DELETE /b HTTP/1.1" },
        /* guess U23 */
        { "302", L"DELETE", "GET /b HTTP/1.1" }, { "301", L"PUT", "GET /b HTTP/1.1" },
    };
    struct step script[6];
    struct server *server;
    struct client client;
    char first[128];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%s %ls", tests[i].status, tests[i].verb );
        sprintf( first, "HTTP/1.1 %s X\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
                 tests[i].status );
        server = start_two( script, first );
        open_request( &client, server, tests[i].verb, L"/a", CLIENT_SYNC );
        client_exchange( &client, FALSE );
        ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
        check_line( server, 1, tests[i].line );
        ok( !wcscmp( path_of( client.request ), L"/b" ), "got %ls\n", path_of( client.request ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 10: what is not followed */
static void test_not_followed(void)
{
    static const struct { const char *answer; DWORD status; } tests[] =
    {
        { MOVED( "200", "Location: /b\r\n" ), 200 }, { MOVED( "201", "Location: /b\r\n" ), 201 },
        { MOVED( "304", "Location: /b\r\n" ), 304 }, { MOVED( "305", "Location: /b\r\n" ), 305 },
        { MOVED( "306", "Location: /b\r\n" ), 306 }, { MOVED( "400", "Location: /b\r\n" ), 400 },
        { MOVED( "300", "" ), 300 },
    };
    struct step script[6];
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        server = start_one( script, tests[i].answer );
        open_request( &client, server, L"GET", L"/a", CLIENT_SYNC );
        client_exchange( &client, FALSE );
        ok( status_of( client.request ) == tests[i].status, "got %u\n",
            (UINT)status_of( client.request ) );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* http.md 10: relative targets (RFC 3986 5.4), fragments, what must be escaped */
static void test_targets(void)
{
    static const struct { const char *location; const char *target; const WCHAR *url; } tests[] =
    {
        { "/x", "/x", L"/x" },
        { "x", "/b/c/x", L"/b/c/x" },
        { "./x", "/b/c/x", L"/b/c/x" },
        { "../x", "/b/x", L"/b/x" },
        { "../../../x", "/x", L"/x" },
        { ".", "/b/c/", L"/b/c/" },
        { "/x/./y/../z", "/x/z", L"/x/z" },
        { "?y", "/b/c/d?y", L"/b/c/d?y" },
        { "x?y/../z", "/b/c/x?y/../z", L"/b/c/x?y/../z" },
        { "", "/b/c/d?q", L"/b/c/d?q" },
        { "#f", "/b/c/d?q", L"/b/c/d?q" },
        { "/x#f", "/x", L"/x" },
        { "/x?y#f", "/x?y", L"/x?y" },
        { "/a%20b%2f", "/a%20b%2f", L"/a%20b%2f" },
        /* guess: the bytes of the server come back to it */
        { "/caf\xc3\xa9", "/caf%C3%A9", L"/caf%C3%A9" },
        { "/caf\xe9", "/caf%E9", L"/caf%E9" },
        { "/a b\tc", "/a%20b%09c", L"/a%20b%09c" },
    };
    struct step script[6];
    struct server *server;
    struct client client;
    char first[128], line[64];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%s", tests[i].location );
        sprintf( first, "HTTP/1.1 302 X\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                 tests[i].location );
        server = start_two( script, first );
        open_request( &client, server, L"GET", L"/b/c/d?q", CLIENT_SYNC );
        client_exchange( &client, FALSE );
        sprintf( line, "GET %s HTTP/1.1", tests[i].target );
        check_line( server, 1, line );
        ok( !wcscmp( path_of( client.request ), tests[i].url ), "got %ls\n",
            path_of( client.request ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Targets that cannot be fetched; all guesses, U24 among them. Nothing may be sent. */
static void test_bad_targets(void)
{
    static const struct { const char *lines; DWORD error; } tests[] =
    {
        { "", ERROR_WINHTTP_HEADER_NOT_FOUND },         /* guess U24 */
        { "Location: ftp://127.0.0.1/\r\n", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { "Location: javascript:alert(1)\r\n", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { "Location: http:x\r\n", ERROR_WINHTTP_INVALID_URL },
        { "Location: http://\r\n", ERROR_WINHTTP_INVALID_URL },
        { "Location: http://127.0.0.1:99999/\r\n", ERROR_WINHTTP_INVALID_URL },
        { "Location: http:///x\r\n", ERROR_WINHTTP_INVALID_URL },
        { "Location: http://127.0.0.1:25/\r\n", ERROR_ACCESS_DENIED },
    };
    struct step script[6];
    struct server *server;
    struct client client;
    char first[128];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%s", tests[i].lines );
        sprintf( first, "HTTP/1.1 302 X\r\n%sContent-Length: 0\r\n\r\n", tests[i].lines );
        server = start_one( script, first );
        open_request( &client, server, L"GET", L"/a", CLIENT_SYNC );
        check_works( client_send( &client ) );
        check_fails( WinHttpReceiveResponse( client.request, NULL ), tests[i].error );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* http.md 10: the limit, and the URL option behind it; the same URL again is followed as well */
static void test_limit(void)
{
    static const char loop[] = MOVED( "302", "Location: /loop\r\n" );
    static const struct step exchange[] = { SRV_HEADERS, SRV_SEND_N( loop, sizeof(loop) - 1 ) };
    static const struct step accept = SRV_ACCEPT, end = SRV_END;
    static const DWORD limits[] = { 10, 3, 0 };
    struct step script[2 * 11 + 2];
    struct server *server;
    struct client client;
    unsigned int i, limit;

    for (i = 0; i < ARRAYSIZE(limits); i++)
    {
        winetest_push_context( "limit %u", (UINT)limits[i] );
        script[0] = accept;
        for (limit = 0; limit <= limits[i]; limit++)
            memcpy( script + 1 + 2 * limit, exchange, sizeof(exchange) );
        script[1 + 2 * limit] = end;
        server = server_start( script );
        open_request( &client, server, L"GET", L"/first", CLIENT_SYNC );
        if (i) set_dword( client.request, WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, limits[i] );
        check_works( client_send( &client ) );
        check_fails( WinHttpReceiveResponse( client.request, NULL ),
                     ERROR_WINHTTP_REDIRECT_FAILED );
        ok( server_request_count( server ) == limits[i] + 1, "got %u requests\n",
            server_request_count( server ) );
        ok( !wcscmp( path_of( client.request ), L"/loop" ), "got %ls\n",
            path_of( client.request ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 10: the policy, and the feature that means the same */
static void test_policy(void)
{
    static const struct { DWORD option, value; BOOL session, follows; } tests[] =
    {
        { WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER, FALSE, FALSE },
        { WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_NEVER, TRUE, FALSE },
        { WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS, FALSE, TRUE },
        { WINHTTP_OPTION_REDIRECT_POLICY, WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP,
          FALSE, TRUE },
        { WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_DISABLE_REDIRECTS, FALSE, FALSE },
    };
    struct step script[6];
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        server = start_two( script, MOVED( "302", "Location: /b\r\n" ) );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        if (tests[i].session) set_dword( client.session, tests[i].option, tests[i].value );
        client_request( &client, L"GET", L"/a" );
        if (!tests[i].session) set_dword( client.request, tests[i].option, tests[i].value );
        client_exchange( &client, FALSE );
        ok( status_of( client.request ) == (tests[i].follows ? 200 : 302), "got %u\n",
            (UINT)status_of( client.request ) );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* http.md 10, over TLS only: from https to http is for the program to decide */
static void test_downgrade(void)
{
    static const DWORD policies[] =
    {
        WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP, WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS
    };
    struct step script[6];
    struct server *server;
    struct client client;
    unsigned int i;

    if (!server_is_secure()) return;
    for (i = 0; i < ARRAYSIZE(policies); i++)
    {
        winetest_push_context( "policy %u", (UINT)policies[i] );
        server = start_one( script, MOVED( "302", "Location: http://127.0.0.1:1/b\r\n" ) );
        open_request( &client, server, L"GET", L"/a", CLIENT_SYNC );
        if (i) set_dword( client.request, WINHTTP_OPTION_REDIRECT_POLICY, policies[i] );
        check_works( client_send( &client ) );
        if (i) check_fails( WinHttpReceiveResponse( client.request, NULL ),
                            ERROR_WINHTTP_CANNOT_CONNECT );
        else
        {
            check_works( WinHttpReceiveResponse( client.request, NULL ) );
            ok( status_of( client.request ) == 302, "got %u\n",
                (UINT)status_of( client.request ) );
        }
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* http.md 10: optional data is sent again by 307 and 308, and gone behind the others, and with it
 * the headers that announce it */
static void test_bodies(void)
{
    static const struct step again[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( MOVED( "307", "Location: /b\r\n" ) ),
        SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct step gone[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( MOVED( "302", "Location: /b\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct { const struct step *script; const WCHAR *verb; const char *length; }
    tests[] =
    {
        { again, L"POST", "4" }, { again, L"PUT", "4" }, { gone, L"POST", "(none)" },
        { gone, L"GET", "(none)" },
    };
    struct server *server;
    struct client client;
    char data[] = "data";
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start( tests[i].script );
        open_request( &client, server, tests[i].verb, L"/a", CLIENT_SYNC );
        check_works( WinHttpSendRequest( client.request, L"X-Own: 1", ~0u, data, 4, 4, 0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
        check_header( server, 1, "Content-Length", tests[i].length );
        check_header( server, 1, "X-Own", "1" );
        if (tests[i].script == again)
            ok( !strcmp( server_request( server, 1 )->body, "data" ), "wrong body\n" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 10: a body from WriteData is lost: 12032, no headers to read, and the program sends again
 * - to the new place (guess). A redirect that drops the body needs none. */
static void test_written_body( BOOL async )
{
    static const struct step resent[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( MOVED( "307", "Location: /b\r\n" ) ),
        SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct step gone[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( MOVED( "303", "Location: /b\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    const struct step *scripts[] = { resent, gone };
    unsigned int i, leg, legs, from;
    struct server *server;
    struct client client;
    DWORD count, size = 0;
    char data[] = "data";

    for (i = 0; i < ARRAYSIZE(scripts); i++)
    {
        winetest_push_context( "script %u, async %d", i, async );
        server = server_start( scripts[i] );
        open_request( &client, server, L"POST", L"/a", async ? CLIENT_ASYNC : CLIENT_SYNC );
        legs = i ? 1 : 2;
        for (leg = 0; leg < legs; leg++)
        {
            from = notify_count();
            check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 4, 0 ) );
            if (async) await( from, STATUS( SENDREQUEST_COMPLETE ) );
            check_works( WinHttpWriteData( client.request, data, 4, async ? NULL : &count ) );
            if (async) await( from, STATUS( WRITE_COMPLETE ) );
            if (leg + 1 == legs) break;
            if (async)
            {
                check_works( WinHttpReceiveResponse( client.request, NULL ) );
                check_request_error( await( from, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                                     ERROR_WINHTTP_RESEND_REQUEST );
            }
            else check_fails( WinHttpReceiveResponse( client.request, NULL ),
                              ERROR_WINHTTP_RESEND_REQUEST );
            check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_CODE, NULL, NULL,
                                              &size, NULL ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
        }
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        if (async) await( from, STATUS( HEADERS_AVAILABLE ) );
        ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
        check_line( server, 1, i ? "GET /b HTTP/1.1" : "POST /b HTTP/1.1" );
        check_header( server, 1, "Content-Length", i ? "(none)" : "4" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 10: to another host, here another port: the program's headers go along, Host is new, and
 * the credentials of WinHTTP's own making stay behind */
static void test_other_host(void)
{
    char first[128], host[32];
    struct step script[6], other_script[6];
    struct server *server, *other = start_one( other_script, OK_EMPTY );
    struct client client;

    sprintf( first, "HTTP/1.1 302 X\r\nLocation: http%s://127.0.0.1:%u/b\r\n"
             "Content-Length: 0\r\n\r\n", server_is_secure() ? "s" : "", server_port( other ) );
    server = start_one( script, first );
    open_request( &client, server, L"GET", L"/a", CLIENT_SYNC );
    check_works( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                        WINHTTP_AUTH_SCHEME_BASIC, L"user", L"pass", NULL ) );
    check_works( WinHttpSendRequest( client.request, L"X-Own: 1\r\nReferer: r\r\nCookie: own=1",
                                     ~0u, NULL, 0, 0, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
    check_header( server, 0, "Authorization", "Basic dXNlcjpwYXNz" );
    check_line( other, 0, "GET /b HTTP/1.1" );
    sprintf( host, "127.0.0.1:%u", server_port( other ) );
    check_header( other, 0, "Host", host );
    check_header( other, 0, "X-Own", "1" );
    check_header( other, 0, "Referer", "r" );
    check_header( other, 0, "Cookie", "own=1" );
    check_header( other, 0, "Authorization", "(none)" );
    client_close( &client );
    server_abandon( server );
    server_abandon( other );
}

static void look_at_redirect( const struct notification *entry, void *arg )
{
    WCHAR value[64] = L"";
    DWORD size = sizeof(value);

    ok( !wcscmp( (const WCHAR *)entry->data + wcslen( (const WCHAR *)entry->data ) - 2, L"/b" ),
        "got %ls\n", (const WCHAR *)entry->data );
    ok( entry->len == wcslen( (const WCHAR *)entry->data ), "got length %u\n", (UINT)entry->len );
    ok( status_of( entry->handle ) == 302, "got %u\n", (UINT)status_of( entry->handle ) );
    check_works( WinHttpQueryHeaders( entry->handle, WINHTTP_QUERY_LOCATION, NULL, value, &size,
                                      NULL ) );
    ok( !wcscmp( value, L"/b" ), "got %ls\n", value );
    check_works( WinHttpAddRequestHeaders( entry->handle, L"X-New: 2\r\nX-Own: 3", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD |
                                           WINHTTP_ADDREQ_FLAG_REPLACE ) );
    *(DWORD *)arg = entry->thread;
}

/* http.md 4, 10: what is told, where, and what the program may do meanwhile */
static void test_notifications( BOOL async )
{
    static const struct notify_expect sync_table[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_CALLER },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_CALLER }, { STATUS( REDIRECT ), NOTIFY_CALLER },
        { STATUS( SENDING_REQUEST ), NOTIFY_CALLER }, { STATUS( REQUEST_SENT ), NOTIFY_CALLER },
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_CALLER },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_CALLER }, { 0, 0 }
    };
    /* a TLS front may not have passed on yet what the server has sent */
    const unsigned int there = server_is_secure() ? NOTIFY_ANY : NOTIFY_CALLER;
    const struct notify_expect async_table[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_CALLER },
        { STATUS( RESPONSE_RECEIVED ), there }, { STATUS( REDIRECT ), there },
        { STATUS( SENDING_REQUEST ), there }, { STATUS( REQUEST_SENT ), there },
        /* the server answers by then or not */
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_ANY }, { STATUS( RESPONSE_RECEIVED ), NOTIFY_ANY },
        { STATUS( HEADERS_AVAILABLE ), NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED( "302", "Location: /b\r\n" ) ), SRV_SIGNAL( 0 ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    DWORD thread = 0;

    winetest_push_context( "async %d", async );
    open_request( &client, server, L"GET", L"/a", async ? CLIENT_ASYNC : CLIENT_NOTIFY );
    check_works( WinHttpSendRequest( client.request, L"X-Own: 1", ~0u, NULL, 0, 0, 0 ) );
    if (async) await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    ok( server_wait( server, 0 ), "no answer\n" );
    notify_on( STATUS( REDIRECT ), look_at_redirect, &thread );
    from = notify_count();
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    if (async) await( from, STATUS( HEADERS_AVAILABLE ) );
    notify_check( from, async ? async_table : sync_table );
    ok( thread == GetCurrentThreadId() || (async && there == NOTIFY_ANY), "got thread %u\n",
        (UINT)thread );
    check_header( server, 1, "X-New", "2" );
    check_header( server, 1, "X-Own", "3" );
    /* http.md 7: the levels describe the last response only */
    ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
    client_close( &client );
    server_stop( server );
    winetest_pop_context();
}

static void close_it( const struct notification *entry, void *arg )
{
    check_works( WinHttpCloseHandle( entry->handle ) );
    *(HINTERNET *)arg = NULL;
}

/* http.md 10: the handle closed inside the callback; nothing is sent any more */
static void test_close_in_callback( BOOL async )
{
    struct step script[6];
    struct server *server = start_two( script, MOVED( "302", "Location: /b\r\n" ) );
    struct client client;
    HINTERNET request;

    winetest_push_context( "async %d", async );
    open_request( &client, server, L"GET", L"/a", async ? CLIENT_ASYNC : CLIENT_NOTIFY );
    request = client.request;
    check_works( client_send( &client ) );
    if (async) await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    notify_on( STATUS( REDIRECT ), close_it, &client.request );
    if (async)
    {
        check_works( WinHttpReceiveResponse( request, NULL ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                             ERROR_WINHTTP_OPERATION_CANCELLED );
    }
    else check_fails( WinHttpReceiveResponse( request, NULL ), ERROR_WINHTTP_OPERATION_CANCELLED );
    ok( notify_wait_handle( 0, STATUS( HANDLE_CLOSING ), request ) != NULL, "not closed\n" );
    client_close( &client );
    ok( server_request_count( server ) == 1, "got %u requests\n", server_request_count( server ) );
    server_abandon( server );
    winetest_pop_context();
}

/* A redirect's own body is read off the connection, which serves the next leg; one without end
 * takes another connection. */
static void test_unread_bodies(void)
{
    static const struct step drained[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 X\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "5\r\nhello\r\n" ),
        SRV_SEND( "0\r\n\r\n" ), SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct step endless[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 302 X\r\nLocation: /b\r\n\r\nhello" ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct step *const scripts[] = { drained, endless };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(scripts); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start( scripts[i] );
        open_request( &client, server, L"GET", L"/a", CLIENT_SYNC );
        client_exchange( &client, FALSE );
        ok( status_of( client.request ) == 200, "got %u\n", (UINT)status_of( client.request ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( redirect )
{
    RUN( test_statuses );
    RUN( test_not_followed );
    RUN( test_targets );
    RUN( test_bad_targets );
    RUN( test_limit );
    RUN( test_policy );
    RUN( test_downgrade );
    RUN( test_bodies );
    RUN_BOTH( test_written_body );
    RUN( test_other_host );
    RUN_BOTH( test_notifications );
    RUN_BOTH( test_close_in_callback );
    RUN( test_unread_bodies );
}
