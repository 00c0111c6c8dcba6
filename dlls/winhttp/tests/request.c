/*
 * What a request looks like on the wire: line, headers, optional data, WriteData.
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

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

/* http.md 1 (OpenRequest), 5 */
static void test_defaults(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server = server_start( script );
    struct client client;
    char host[32];

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    client_exchange( &client, FALSE );
    sprintf( host, "127.0.0.1:%u", server_port( server ) );
    check_line( server, 0, "GET / HTTP/1.1" );
    check_header( server, 0, "Host", host );
    check_header( server, 0, "Connection", "Keep-Alive" );
    check_header( server, 0, "User-Agent", "winhttp_test" );
    check_header( server, 0, "Accept", "(none)" );
    check_header( server, 0, "Accept-Encoding", "(none)" );
    check_header( server, 0, "Content-Length", "(none)" );
    check_header( server, 0, "Referer", "(none)" );
    client_close( &client );
    server_stop( server );
}

/* http.md 1 (OpenRequest) */
static void test_open_request_arguments(void)
{
    static const struct
    {
        const WCHAR *verb, *object, *version, *referrer;
        DWORD flags;
        const char *line;
    }
    tests[] =
    {
        { L"", L"", L"", NULL, 0, "GET / HTTP/1.1" },
        { L"GET", L"no/slash", NULL, NULL, 0, "GET /no/slash HTTP/1.1" },
        { L"get", L"/case", NULL, NULL, 0, "get /case HTTP/1.1" },
        { L"HEAD", L"/a?b=c", NULL, L"http://from/", 0, "HEAD /a?b=c HTTP/1.1" },
        { L"DELETE", L"/x", L"HTTP/1.0", NULL, WINHTTP_FLAG_REFRESH, "DELETE /x HTTP/1.0" },
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" ),
        SRV_CUT, SRV_END
    };
    static const WCHAR *types[] = { L"text/html", L"*/*", NULL };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        client.request = WinHttpOpenRequest( client.connect, tests[i].verb, tests[i].object,
                                             tests[i].version, tests[i].referrer, types,
                                             tests[i].flags );
        ok( client.request != NULL, "failed with %u\n", (UINT)GetLastError() );
        client_exchange( &client, FALSE );
        ok( server_finish( server ), "no request\n" );
        check_line( server, 0, tests[i].line );
        check_header( server, 0, "Accept", "text/html, */*" );      /* guess U4 */
        check_header( server, 0, "Referer", tests[i].referrer ? "http://from/" : "(none)" );
        if (tests[i].flags & WINHTTP_FLAG_REFRESH) check_header( server, 0, "Pragma", "no-cache" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 1 (Open): without an agent there is no User-Agent */
static void test_no_agent(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server = server_start( script );
    HINTERNET session, connect, request;

    session = WinHttpOpen( NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, L"127.0.0.1", server_port( server ), 0 );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    check_works( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ) );
    check_works( WinHttpReceiveResponse( request, NULL ) );
    check_header( server, 0, "User-Agent", "(none)" );
    check_works( WinHttpCloseHandle( request ) );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
    server_stop( server );
}

/* http.md 5: the headers given to SendRequest, and their length */
static void test_send_headers(void)
{
    static const struct { const WCHAR *headers; DWORD len; const char *a, *b; } tests[] =
    {
        { L"", 0, "(none)", "(none)" },
        { L"X-A: 1", ~0u, "1", "(none)" },
        { L"X-A: 1\r\nX-B: 2", ~0u, "1", "2" },
        { L"X-A: 1\r\nX-B: 2\r\n", ~0u, "1", "2" },
        { L"X-A: 1\r\nX-B: 2\r\n", 0, "1", "2" },       /* 0 counts to the NUL here */
        { L"X-A: 1\r\nX-B: 2\r\n", 8, "1", "(none)" },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        check_works( WinHttpSendRequest( client.request, tests[i].headers, tests[i].len, NULL, 0, 0,
                                         0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        check_header( server, 0, "X-A", tests[i].a );
        check_header( server, 0, "X-B", tests[i].b );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 5: own headers replace what WinHTTP would send */
static void test_header_overrides(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpAddRequestHeaders( client.request, L"Host: other", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    check_works( WinHttpAddRequestHeaders( client.request, L"Connection: close", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD |
                                           WINHTTP_ADDREQ_FLAG_REPLACE ) );
    client_exchange( &client, FALSE );
    check_header( server, 0, "Host", "other" );
    check_header( server, 0, "Connection", "close" );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: WinHTTP refuses to wait for 100 Continue */
static void test_expect(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    BOOL ret;

    client_open( &client, server, CLIENT_SYNC );
    SetLastError( 0xdeadbeef );
    ret = WinHttpAddRequestHeaders( client.request, L"Expect: 100-continue", ~0u,
                                    WINHTTP_ADDREQ_FLAG_ADD );
    if (ret)
    {
        SetLastError( 0xdeadbeef );
        ret = client_send( &client );
    }
    ok( !ret, "expected failure\n" );
    check_error( ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: optional data goes out behind the headers; the total is the Content-Length */
static void test_optional_data(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_EMPTY ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "post";

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/data" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, data, 4, 4, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, L"POST", L"/empty" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( server_finish( server ), "script did not end\n" );
    check_line( server, 0, "POST /data HTTP/1.1" );
    check_header( server, 0, "Content-Length", "4" );
    ok( !strcmp( got_request( server, 0 )->body, "post" ), "wrong body\n" );
    check_line( server, 1, "POST /empty HTTP/1.1" );
    check_header( server, 1, "Content-Length", "0" );
    client_close( &client );
    server_stop( server );
}

/* http.md 5 */
static void test_send_parameters(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "post";

    client_open( &client, server, CLIENT_SYNC );
    check_fails( WinHttpSendRequest( NULL, NULL, 0, NULL, 0, 0, 0 ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpSendRequest( client.connect, NULL, 0, NULL, 0, 0, 0 ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpSendRequest( client.session, NULL, 0, NULL, 0, 0, 0 ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpReceiveResponse( client.connect, NULL ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpReceiveResponse( NULL, NULL ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    /* guess U11 */
    check_fails( WinHttpSendRequest( client.request, NULL, 0, data, 4, 3, 0 ),
                 ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: WriteData up to the announced total */
static void test_write_data(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 10 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    char first[] = "0123", rest[] = "456789";
    struct client client;
    DWORD written = 0xdeadbeef;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"PUT", L"/" );
    check_fails( WinHttpWriteData( client.request, rest, 3, &written ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_works( WinHttpSendRequest( client.request, NULL, 0, first, 4, 10, 0 ) );
    check_works( WinHttpWriteData( client.request, rest, 3, &written ) );
    ok( written == 3, "got %u\n", (UINT)written );
    written = 0xdeadbeef;
    check_works( WinHttpWriteData( client.request, rest, 0, &written ) );       /* guess U15 */
    check_works( WinHttpWriteData( client.request, rest + 3, 3, &written ) );
    ok( written == 3, "got %u\n", (UINT)written );
    written = 0xdeadbeef;
    check_fails( WinHttpWriteData( client.request, rest, 1, &written ), ERROR_INVALID_PARAMETER );
    ok( written == 0xdeadbeef, "got %u\n", (UINT)written );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_header( server, 0, "Content-Length", "10" );
    ok( !strcmp( got_request( server, 0 )->body, "0123456789" ), "wrong body\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: own Transfer-Encoding: the program writes the chunks itself */
static void test_own_chunks(void)
{
    static const char *const verbs[] = { "POST", "PUT" };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 14 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    char optional[] = "4\r\n", data[] = "post\r\n0\r\n\r\n";
    struct server *server;
    struct client client;
    DWORD written, i;

    for (i = 0; i < ARRAYSIZE( verbs ); i++)
    {
        winetest_push_context( "%s", verbs[i] );
        server = server_start( script );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        client_request( &client, i ? L"PUT" : L"POST", L"/" );
        check_works( WinHttpAddRequestHeaders( client.request, L"Transfer-Encoding: chunked", ~0u,
                                               WINHTTP_ADDREQ_FLAG_ADD ) );
        check_works( WinHttpSendRequest( client.request, NULL, 0, optional, 3, 3, 0 ) );
        check_works( WinHttpWriteData( client.request, data, sizeof(data) - 1, &written ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        check_header( server, 0, "Transfer-Encoding", "chunked" );
        check_header( server, 0, "Content-Length", "(none)" );
        ok( !strcmp( got_request( server, 0 )->body, "4\r\npost\r\n0\r\n\r\n" ), "wrong body\n" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* A body larger than any buffer on the way. */
static void test_big_upload(void)
{
    static const DWORD size = 60000;
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 60000 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    char *data = malloc( size );
    struct client client;
    DWORD written, i;

    for (i = 0; i < size; i++) data[i] = 'a' + i % 23;
    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, size, 0 ) );
    for (i = 0; i < size; i += 10000) check_works( WinHttpWriteData( client.request, data + i,
                                                                     10000, &written ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( got_request( server, 0 )->body_len == size &&
        !memcmp( got_request( server, 0 )->body, data, size ), "wrong body\n" );
    client_close( &client );
    server_stop( server );
    free( data );
}

/* http.md 5: the same handle sends again, with the same headers */
static void test_send_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 201 Made\r\nContent-Length: 3\r\n\r\ntwo" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    DWORD i, len, status, size;
    char buffer[16];

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpAddRequestHeaders( client.request, L"X-Kept: yes", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    for (i = 0; i < 2; i++)
    {
        client_exchange( &client, FALSE );
        size = sizeof(status);
        check_works( WinHttpQueryHeaders( client.request,
                                          WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                          NULL, &status, &size, NULL ) );
        ok( status == 200 + i, "got %u\n", (UINT)status );
        check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
        ok( len == 3 && !memcmp( buffer, i ? "two" : "one", 3 ), "got %u bytes\n", (UINT)len );
    }
    check_header( server, 1, "X-Kept", "yes" );
    client_close( &client );
    server_stop( server );
}

START_TEST( request )
{
    RUN( test_defaults );
    RUN( test_open_request_arguments );
    RUN( test_no_agent );
    RUN( test_send_headers );
    RUN( test_header_overrides );
    RUN( test_expect );
    RUN( test_optional_data );
    RUN( test_send_parameters );
    RUN( test_write_data );
    RUN( test_own_chunks );
    RUN( test_big_upload );
    RUN( test_send_again );
}
