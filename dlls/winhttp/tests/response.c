/*
 * Reading responses: status lines, body framings, amounts, kept connections.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "watched.h"

/* Reads the body by pieces of size bytes; returns its length. */
static DWORD read_body( HINTERNET request, char *body, DWORD max, DWORD size )
{
    DWORD total = 0, len;

    do
    {
        len = 0xdeadbeef;
        if (!WinHttpReadData( request, body + total, min( size, max - total ), &len ))
        {
            ok( 0, "failed with %u after %u bytes\n", (UINT)GetLastError(), (UINT)total );
            break;
        }
        total += len;
    } while (len && total < max);
    return total;
}

static void check_body_at( HINTERNET request, const char *expected, int line )
{
    char body[512];
    DWORD len = read_body( request, body, sizeof(body), 7 );

    ok_( __FILE__, line )( len == strlen( expected ) && !memcmp( body, expected, len ),
                           "got \"%.*s\"\n", (int)len, body );
}
#define check_body( request, expected ) check_body_at( request, expected, __LINE__ )

/* http.md 8: the framings, whole and in pieces; after the end 0 bytes again and again */
static void test_framings(void)
{
#define RESPONSE( text ) text, sizeof(text) - 1
    static const struct { const char *name,
                          *text; unsigned int len; BOOL closes; const char *body; } tests[] =
    {
        { "length", RESPONSE( "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world!" ), FALSE,
          "hello world!" },
        { "length 0", RESPONSE( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), FALSE, "" },
        { "chunked",
          RESPONSE( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "5\r\nhello\r\n7\r\n world!\r\n"
                               "0\r\n\r\n" ), FALSE, "hello world!" },
        { "chunk extensions and trailers",
          RESPONSE( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "5;a=b\r\nhello\r\n00\r\nX-T: 1\r\n\r\n" ),
          FALSE, "hello" },
        { "hexadecimal chunks", RESPONSE( "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n"
          "00A\r\n0123456789\r\na\r\nabcdefghij\r\n0\r\n\r\n" ), FALSE, "0123456789abcdefghij" },
        { "until close", RESPONSE( "HTTP/1.1 200 OK\r\n\r\nhello" ), TRUE, "hello" },
        { "HTTP/1.0", RESPONSE( "HTTP/1.0 200 OK\r\n\r\nhello" ), TRUE, "hello" },
        { "shorter than announced",
          RESPONSE( "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello" ), TRUE, "hello" },
        { "204", RESPONSE( "HTTP/1.1 204 No Content\r\n\r\n" ), FALSE, "" },
        { "304", RESPONSE( "HTTP/1.1 304 Not Modified\r\n\r\n" ), FALSE, "" },
        { "304 with length", RESPONSE( "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" ),
          FALSE, "" },
        { "after 100",
          RESPONSE( "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" ),
          FALSE, "hi" },
        { "after unasked 101",
          RESPONSE( "HTTP/1.1 101 Whatever\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" ),
          FALSE, "hi" },
    };
#undef RESPONSE
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END, SRV_END };
    static const unsigned int slices[] = { 0, 1, 3 };
    static const struct step cut = SRV_CUT, end = SRV_END;
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD len;

    for (i = 0; i < ARRAYSIZE( tests ) * ARRAYSIZE( slices ); i++)
    {
        unsigned int test = i / ARRAYSIZE( slices ), slice = slices[i % ARRAYSIZE( slices )];

        winetest_push_context( "%s, slices of %u", tests[test].name, slice );
        script[2].arg = slice;
        script[2].data = tests[test].text;
        script[2].len = tests[test].len;
        script[3] = tests[test].closes ? cut : end;
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        client_exchange( &client, FALSE );
        check_body( client.request, tests[test].body );
        check_works( WinHttpQueryDataAvailable( client.request, &len ) );
        ok( !len, "got %u\n", (UINT)len );
        check_body( client.request, "" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 8: a response to HEAD has no body, whatever it announces */
static void test_head(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD length = 0, size = sizeof(length), available = 0xdeadbeef;
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"HEAD", L"/" );
    client_exchange( &client, FALSE );
    check_works( WinHttpQueryHeaders( client.request,
                                      WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER,
                                      NULL, &length, &size, NULL ) );
    ok( length == 100, "got %u\n", (UINT)length );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( !available, "got %u\n", (UINT)available );
    check_body( client.request, "" );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, L"GET", L"/" );
    client_exchange( &client, FALSE );
    check_body( client.request, "hi" );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: what QueryDataAvailable says, ReadData delivers; chunk borders show */
static void test_data_available(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
                                           "1\r\n!\r\n0\r\n\r\n" ), SRV_SIGNAL( 0 ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD available = 0xdeadbeef, len;
    struct client client;
    char buffer[16];

    client_open( &client, server, CLIENT_SYNC );
    check_fails( WinHttpQueryDataAvailable( client.request, &available ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    ok( available == 0xdeadbeef, "got %u\n", (UINT)available );
    check_fails( WinHttpQueryDataAvailable( client.connect, &available ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_works( client_send( &client ) );
    ok( server_wait( server, 0 ), "no response\n" );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( available == 5, "got %u\n", (UINT)available );
    check_works( WinHttpReadData( client.request, buffer, 2, &len ) );
    ok( len == 2, "got %u\n", (UINT)len );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( available == 3, "got %u\n", (UINT)available );
    check_works( WinHttpReadData( client.request, buffer, 3, &len ) );
    ok( len == 3, "got %u\n", (UINT)len );
    check_works( WinHttpQueryDataAvailable( client.request, NULL ) );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( available == 1, "got %u\n", (UINT)available );
    check_works( WinHttpReadData( client.request, buffer, 16, &len ) );
    ok( len == 1 && buffer[0] == '!', "got %u\n", (UINT)len );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( !available, "got %u\n", (UINT)available );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: at most 8 KiB are announced, and so much where it has come, until they are read; *read
 * is zeroed first */
static void test_large_body(void)
{
    static char response[64 + 20000];
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_SIGNAL( 0 ), SRV_END };
    DWORD available, total = 0, len, first, most = 0;
    static char buffer[20000];
    struct server *server;
    struct client client;

    strcpy( response, "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" );
    len = (DWORD)strlen( response );
    memset( response + len, 'x', 20000 );
    script[2].data = response;
    script[2].len = len + 20000;
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    ok( server_wait( server, 0 ), "not sent\n" );
    check_works( WinHttpQueryDataAvailable( client.request, &first ) );
    ok( first && first <= 8192, "got %u\n", (UINT)first );
    check_works( WinHttpQueryDataAvailable( client.request, &available ) );
    ok( available == first, "got %u, %u before\n", (UINT)available, (UINT)first );
    do
    {
        check_works( WinHttpQueryDataAvailable( client.request, &available ) );
        ok( available <= 8192, "got %u\n", (UINT)available );
        most = max( most, available );
        len = 0xdeadbeef;
        check_works( WinHttpReadData( client.request, buffer, available, &len ) );
        ok( len == available, "got %u of %u\n", (UINT)len, (UINT)available );
        total += len;
    } while (available);
    ok( total == 20000, "got %u\n", (UINT)total );
    ok( most == 8192, "got %u at most\n", (UINT)most );
    len = 0xdeadbeef;
    check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
    ok( !len, "got %u\n", (UINT)len );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: a synchronous ReadData fills the buffer, waiting for more */
static void test_read_fills_buffer(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123" ),
        SRV_WAIT( 0 ),
        SRV_SEND_BY( 1, "4567890123456789" ), SRV_SEND( "0123456789" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char buffer[32];
    DWORD len = 0;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    server_signal( server, 0 );
    check_works( WinHttpReadData( client.request, buffer, 25, &len ) );
    ok( len == 25 && !memcmp( buffer, "0123456789012345678901234", 25 ), "got %u\n", (UINT)len );
    check_works( WinHttpReadData( client.request, buffer, 25, &len ) );
    ok( len == 5, "got %u\n", (UINT)len );
    check_works( WinHttpReadData( client.request, buffer, 25, &len ) );
    ok( len == 0, "got %u\n", (UINT)len );
    client_close( &client );
    server_stop( server );
}

/* Behind the headers, and from the socket alone, into memory as .NET's. */
static void test_read_into_watched_memory(void)
{
    enum { SIZE = 40000, PART = 10000 };
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n";
    static char response[sizeof(head) - 1 + SIZE];
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND_N( response, sizeof(response) ),
                             SRV_END };
    DWORD i, len, total = 0, pages, want;
    struct server *server;
    struct client client;
    char *memory;

    memcpy( response, head, sizeof(head) - 1 );
    for (i = 0; i < SIZE; i++) response[sizeof(head) - 1 + i] = (char)(1 + i % 127);
    server = server_start( script );
    memory = watched_alloc( SIZE + WATCHED_PAGE );
    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    for (i = 0; i < SIZE; i += PART)
    {
        check_works( WinHttpReadData( client.request, memory + 1 + i, PART, &len ) );
        ok( len == PART, "got %u\n", (UINT)len );
        total += len;
        pages = watched_pages( memory, SIZE + WATCHED_PAGE );
        want = (i + PART) / WATCHED_PAGE - (1 + i) / WATCHED_PAGE + 1;
        ok( pages == want, "%u pages instead of %u were written to\n", (UINT)pages, (UINT)want );
    }
    ok( !memcmp( memory + 1, response + sizeof(head) - 1, total ), "wrong data\n" );
    client_close( &client );
    server_stop( server );
    watched_free( memory );
}

/* http.md 8: status lines */
static void test_status_lines(void)
{
    static const struct { const char *line; DWORD error; const WCHAR *text; } tests[] =
    {
        { "HTTP/1.1 200 OK", 0, L"OK" },
        { "HTTP/1.1 200", 0, L"" },
        { "HTTP/1.1 200 ", 0, L"" },
        { "HTTP/1.1 200 Not  So Bad", 0, L"Not  So Bad" },
        { "HTTP/1.1\t200\tOK", 0, NULL },
        { "HTTP/1.0 200 OK", 0, L"OK" },
        { "HTTP/1.2 200 OK", 0, L"OK" },
        { "HTTP/0.9 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/2.0 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/3.5 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.12 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/12.1 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.A 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.1 ", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.1 2000 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.1 20 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.1 2A0 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "HTTP/1.1 200OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "FTP/1.1 200 OK", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
        { "no headers at all", ERROR_WINHTTP_INVALID_SERVER_RESPONSE, NULL },
    };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_SEND( "\r\nContent-Length: 0\r\n\r\n" ),
        SRV_HALF_CLOSE,
        SRV_EOF, SRV_END
    };
    DWORD status, size;
    struct server *server;
    struct client client;
    WCHAR text[64];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].line );
        script[2].data = tests[i].line;
        script[2].len = (unsigned int)strlen( tests[i].line );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        check_works( client_send( &client ) );
        if (tests[i].error) check_fails( WinHttpReceiveResponse( client.request, NULL ),
                                         tests[i].error );
        else
        {
            check_works( WinHttpReceiveResponse( client.request, NULL ) );
            size = sizeof(status);
            check_works( WinHttpQueryHeaders( client.request,
                                              WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                              NULL, &status, &size, NULL ) );
            ok( status == 200, "got %u\n", (UINT)status );
        }
        if (tests[i].text)
        {
            size = sizeof(text);
            check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_TEXT, NULL, text,
                                              &size, NULL ) );
            ok( !wcscmp( text, tests[i].text ), "got %ls\n", text );
        }
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* http.md 13: a connection is kept when both sides allow it, and goes to the next request */
static void test_keep_alive(void)
{
    static const struct step kept[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none" ),
        SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree" ), SRV_END
    };
    static const struct step closed[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\none" ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\ntwo" ),
        SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree" ),
        SRV_END
    };
    static const char *const bodies[] = { "one", "two", "three" };
    const struct step *scripts[] = { kept, closed };
    struct server *server;
    struct client client;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", i );
        server = server_start( scripts[i] );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        for (j = 0; j < ARRAYSIZE( bodies ); j++)
        {
            client_request( &client, L"GET", L"/" );
            client_exchange( &client, FALSE );
            check_body( client.request, bodies[j] );
            check_works( WinHttpCloseHandle( client.request ) );
            client.request = NULL;
        }
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 13: the pool belongs to the process, not to the session; a small unread body is drained
 */
static void test_keep_alive_across_sessions(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nunread" ),
        SRV_SIGNAL( 0 ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    ok( server_wait( server, 0 ), "no request\n" );
    client_close( &client );
    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_body( client.request, "two" );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: a chunked body cut short fails; guess U21: with 12030 or 12152 */
static void test_truncated_chunks(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel" ),
        SRV_CUT, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    BOOL ret = TRUE;
    char buffer[16];
    DWORD len = 1;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    while (ret && len) ret = WinHttpReadData( client.request, buffer, 1, &len );
    ok( !ret, "expected failure\n" );
    ok( GetLastError() == ERROR_WINHTTP_CONNECTION_ERROR ||
        GetLastError() == ERROR_WINHTTP_INVALID_SERVER_RESPONSE,
        "got error %u\n", (UINT)GetLastError() );
    client_close( &client );
    server_stop( server );
}

/* What is not a chunk is refused. */
static void test_bad_chunks(void)
{
    static const char *const tests[] = { "x\r\n", "5\r\nhelloX\r\n", "-1\r\n",
                                         "ffffffffffffffff1\r\n", "\r\n" };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" ),
        SRV_SEND( "" ), SRV_HALF_CLOSE, SRV_EOF, SRV_END
    };
    struct server *server;
    struct client client;
    char buffer[16];
    unsigned int i;
    DWORD len;
    BOOL ret;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        script[3].data = tests[i];
        script[3].len = (unsigned int)strlen( tests[i] );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        client_exchange( &client, FALSE );
        len = 1;
        ret = TRUE;
        while (ret && len) ret = WinHttpReadData( client.request, buffer, 1, &len );
        ok( !ret, "expected failure\n" );
        check_error( ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( response )
{
    RUN( test_framings );
    RUN( test_head );
    RUN( test_data_available );
    RUN( test_large_body );
    RUN( test_read_fills_buffer );
    RUN( test_read_into_watched_memory );
    RUN( test_status_lines );
    RUN( test_keep_alive );
    RUN( test_keep_alive_across_sessions );
    RUN( test_truncated_chunks );
    RUN( test_bad_chunks );
}
