/*
 * Request bodies: announced, larger than 4 GiB, chunked by WinHTTP; and what must not get into a
 * request.
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

#ifndef WINHTTP_FLAG_AUTOMATIC_CHUNKING
#define WINHTTP_FLAG_AUTOMATIC_CHUNKING 0x200
#endif

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

static void check_body_at( struct server *server, unsigned int index, const char *expected,
                           int line )
{
    const struct server_request *request = server_request( server, index );

    ok_( __FILE__, line )( request && !strcmp( request->body, expected ), "got \"%s\"\n",
                           request ? request->body : "(none)" );
}
#define check_body( server, index, expected ) check_body_at( server, index, expected, __LINE__ )

/* FALSE: this Windows does not know the flag (before Windows 10 2004). */
static BOOL open_chunking( struct client *client, struct server *server, const WCHAR *verb,
                           const WCHAR *version, unsigned int flags )
{
    notify_reset();
    client_connect( client, server_port( server ), flags );
    client->request = WinHttpOpenRequest( client->connect, verb, L"/", version, NULL, NULL,
                                          WINHTTP_FLAG_AUTOMATIC_CHUNKING );
    if (client->request) return TRUE;
    check_error( ERROR_INVALID_PARAMETER );
    win_skip( "no automatic chunking\n" );
    client_close( client );
    server_abandon( server );
    return FALSE;
}

static void write_all( struct client *client, const char *const *pieces, BOOL async )
{
    unsigned int from;
    DWORD count;

    for (; *pieces; pieces++)
    {
        count = 0xdeadbeef;
        from = notify_count();
        check_works( WinHttpWriteData( client->request, *pieces, (DWORD)strlen( *pieces ),
                                       async ? NULL : &count ) );
        /* the program's bytes are counted, not the framing */
        if (async) count = *(DWORD *)await( from, STATUS( WRITE_COMPLETE ) )->data;
        ok( count == strlen( *pieces ), "got %u\n", (UINT)count );
    }
}

static void receive( struct client *client, BOOL async )
{
    unsigned int from = notify_count();

    check_works( WinHttpReceiveResponse( client->request, NULL ) );
    if (async) await( from, STATUS( HEADERS_AVAILABLE ) );
}

/* http.md 1: AUTOMATIC_CHUNKING. What it does is a guess, from how .NET's WinHttpHandler uses it:
 * each piece is a chunk, an empty one the last; ReceiveResponse ends a body that is still open. */
static void test_automatic_chunks( BOOL async )
{
    static const struct { const char *optional; const char *pieces[4]; const char *body; } tests[] =
    {
        { NULL, { "hello", "0123456789abcdef", "" },
          "5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n" },
        { NULL, { "hello" }, "5\r\nhello\r\n0\r\n\r\n" },
        { "first", { "x", "" }, "5\r\nfirst\r\n1\r\nx\r\n0\r\n\r\n" },
        { "first", { NULL }, "5\r\nfirst\r\n0\r\n\r\n" },
        { NULL, { "" }, "0\r\n\r\n" },
        { NULL, { NULL }, "0\r\n\r\n" },
    };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 0 ), SRV_SEND( OK_EMPTY ),
        SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD len;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u, async %d", i, async );
        script[2].arg = (unsigned int)strlen( tests[i].body );
        server = server_start( script );
        if (!open_chunking( &client, server, L"POST", NULL, async ? CLIENT_ASYNC : CLIENT_SYNC ))
        {
            winetest_pop_context();
            return;
        }
        len = tests[i].optional ? (DWORD)strlen( tests[i].optional ) : 0;
        check_works( WinHttpSendRequest( client.request, NULL, 0, (void *)tests[i].optional, len, 0,
                                         0 ) );
        if (async) await( 0, STATUS( SENDREQUEST_COMPLETE ) );
        write_all( &client, tests[i].pieces, async );
        receive( &client, async );
        check_header( server, 0, "Transfer-Encoding", "chunked" );
        check_header( server, 0, "Content-Length", "(none)" );
        check_body( server, 0, tests[i].body );
        /* the connection is at a known end, and goes on */
        check_works( WinHttpCloseHandle( client.request ) );
        client_request( &client, L"GET", L"/" );
        client_exchange( &client, async );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* All guesses: whatever says how long the body is goes before the flag, and so does what cannot
 * have chunks. */
static void test_flag_without_chunks(void)
{
    static const struct
    {
        const WCHAR *verb, *version, *headers;
        DWORD total;
        const char *length;
    }
    tests[] =
    {
        { L"POST", NULL, NULL, 4, "4" },
        { L"POST", NULL, L"Content-Length: 4", 0, "4" },
        { L"POST", L"HTTP/1.0", NULL, 4, "4" },
        { L"GET", NULL, NULL, 0, "(none)" },
        { L"HEAD", NULL, NULL, 0, "(none)" },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 0 ), SRV_SEND( OK_EMPTY ),
                             SRV_END };
    struct server *server;
    struct client client;
    char data[] = "data";
    unsigned int i;
    BOOL body;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        body = tests[i].length[0] == '4';
        script[2].arg = body ? 4 : 0;
        server = server_start( script );
        if (!open_chunking( &client, server, tests[i].verb, tests[i].version, CLIENT_SYNC ))
        {
            winetest_pop_context();
            return;
        }
        check_works( WinHttpSendRequest( client.request, tests[i].headers, ~0u, body ? data : NULL,
                                         body ? 4 : 0, tests[i].total, 0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        check_header( server, 0, "Transfer-Encoding", "(none)" );
        check_header( server, 0, "Content-Length", tests[i].length );
        if (body) check_body( server, 0, "data" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Guess: behind the last chunk there is nothing to write. */
static void test_write_behind_end(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 5 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD written = 0xdeadbeef;
    struct client client;
    char data[] = "data";

    if (!open_chunking( &client, server, L"POST", NULL, CLIENT_SYNC )) return;
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
    check_works( WinHttpWriteData( client.request, NULL, 0, &written ) );
    written = 0xdeadbeef;
    check_fails( WinHttpWriteData( client.request, data, 4, &written ), ERROR_INVALID_PARAMETER );
    ok( written == 0xdeadbeef, "got %u\n", (UINT)written );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_body( server, 0, "0\r\n\r\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 10: what is at hand is chunked anew for the next leg, what was written is lost */
static void test_chunks_redirected(void)
{
#define MOVED "HTTP/1.1 307 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 14 ), SRV_SEND( MOVED ),
        SRV_HEADERS, SRV_BYTES( 14 ), SRV_SEND( OK_EMPTY ),
        SRV_HEADERS, SRV_BYTES( 14 ), SRV_SEND( MOVED ), SRV_END
    };
#undef MOVED
    static const char *const pieces[] = { "data", NULL };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "data";

    if (!open_chunking( &client, server, L"POST", NULL, CLIENT_SYNC )) return;
    check_works( WinHttpSendRequest( client.request, NULL, 0, data, 4, 0, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_body( server, 0, "4\r\ndata\r\n0\r\n\r\n" );
    check_body( server, 1, "4\r\ndata\r\n0\r\n\r\n" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
    write_all( &client, pieces, FALSE );
    check_fails( WinHttpReceiveResponse( client.request, NULL ), ERROR_WINHTTP_RESEND_REQUEST );
    client_close( &client );
    server_stop( server );
}

/* A piece that fills the buffers on the way, whatever its framing: the server reads when all has
 * been handed over, and a call that would lose its place would show. */
static void test_big_pieces( BOOL async )
{
    static const DWORD size = 50000;
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 50000 + 6 + 7 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    const struct server_request *request;
    char *data = malloc( size );
    struct client client;
    unsigned int from;
    DWORD i;

    for (i = 0; i < size; i++) data[i] = 'a' + i % 23;
    if (open_chunking( &client, server, L"PUT", NULL, async ? CLIENT_ASYNC : CLIENT_SYNC ))
    {
        check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
        if (async) await( 0, STATUS( SENDREQUEST_COMPLETE ) );
        from = notify_count();
        check_works( WinHttpWriteData( client.request, data, size, async ? NULL : &i ) );
        if (async) await( from, STATUS( WRITE_COMPLETE ) );
        receive( &client, async );
        request = server_request( server, 0 );
        ok( request && request->body_len == size + 13 && !memcmp( request->body, "c350\r\n", 6 ) &&
            !memcmp( request->body + 6, data, size ), "wrong body\n" );
        client_close( &client );
        server_stop( server );
    }
    free( data );
}

/* http.md 5: more than 4 GiB are announced by the program's own header; data beyond is refused */
static void test_more_than_4_gib(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 8 ), SRV_EOF,
                                          SRV_END };
    struct server *server = server_start( script );
    struct client client;
    DWORD written;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"PUT", L"/" );
    check_works( WinHttpSendRequest( client.request, L"Content-Length: 5368709124", ~0u,
                                     (void *)"data", 4, WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH, 0 ) );
    check_works( WinHttpWriteData( client.request, "more", 4, &written ) );
    ok( written == 4, "got %u\n", (UINT)written );
    client_close( &client );
    ok( server_finish( server ), "the script did not end\n" );
    check_header( server, 0, "Content-Length", "5368709124" );
    check_body( server, 0, "datamore" );
    server_stop( server );
}

/* http.md 13: a server that answers before it has the whole body still waits for the rest; the next
 * request must not become that */
static void test_unfinished_body(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ),
        SRV_SEND( "HTTP/1.1 413 Too Much\r\nContent-Length: 4\r\n\r\nmuch" ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const struct step redirected[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ),
        SRV_SEND( "HTTP/1.1 303 Look\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n" ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server;
    struct client client;
    char data[] = "data";
    unsigned int i;
    DWORD len;

    /* the former response read to its end, or not */
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%u", i );
        server = server_start( script );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        client_request( &client, L"POST", L"/" );
        check_works( WinHttpSendRequest( client.request, NULL, 0, data, 4, 10, 0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        if (i) check_works( WinHttpReadData( client.request, data, 4, &len ) );
        check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        ok( server_request( server, 1 ) && server_request( server, 1 )->connection == 1,
            "sent on the same connection\n" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }

    server = server_start( redirected );
    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, data, 4, 10, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( server_request( server, 1 ) && server_request( server, 1 )->connection == 1,
        "sent on the same connection\n" );
    client_close( &client );
    server_stop( server );
}

/* Chunks that the program writes end as well, in whatever pieces, and then the connection goes on;
 * it does not if they end otherwise, or if there is more. */
static void test_own_chunks_end(void)
{
    static const struct { const char *optional; const char *pieces[3]; BOOL reused; } tests[] =
    {
        { NULL, { "4\r\ndata\r\n", "0\r\n\r\n" }, TRUE },
        { "4\r\ndata\r\n0\r\n\r\n", { NULL }, TRUE },
        { "4\r\nda", { "ta\r", "\n0\r\nX: y\r\n\r\n" }, TRUE },
        { "4\r\ndata\r\n", { "0\r\n" }, FALSE },
        { "4\r\ndata\r\n0\r\n\r\n", { "GET" }, FALSE },
        { "no chunks", { "0\r\n\r\n" }, FALSE },
    };
    static const struct step next[] = { SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    static const struct step accept = SRV_ACCEPT;
    struct step script[8] = { SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 0 ), SRV_SEND( OK_EMPTY ) };
    struct server *server;
    struct client client;
    unsigned int i, j;
    DWORD len, size;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        len = size = tests[i].optional ? (DWORD)strlen( tests[i].optional ) : 0;
        for (j = 0; j < 3 && tests[i].pieces[j]; j++) size += (DWORD)strlen( tests[i].pieces[j] );
        script[2].arg = size;
        script[4] = accept;
        memcpy( script + (tests[i].reused ? 4 : 5), next, sizeof(next) );
        server = server_start( script );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        client_request( &client, L"POST", L"/" );
        check_works( WinHttpSendRequest( client.request, L"Transfer-Encoding: chunked", ~0u,
                                         (void *)tests[i].optional, len, 0, 0 ) );
        for (j = 0; j < 3 && tests[i].pieces[j]; j++)
            check_works( WinHttpWriteData( client.request, tests[i].pieces[j],
                                           (DWORD)strlen( tests[i].pieces[j] ), &size ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        check_works( WinHttpCloseHandle( client.request ) );
        client_request( &client, L"GET", L"/" );
        client_exchange( &client, FALSE );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 5: two lengths that differ are refused; guess: so is what servers might understand in
 * more than one way */
static void test_contradicting_lengths(void)
{
    static const struct { const WCHAR *headers; DWORD total, error; } tests[] =
    {
        { L"Content-Length: 5", 4, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 4", 4, 0 },
        { L"Content-Length: 3", 0, ERROR_INVALID_PARAMETER },           /* guess U11 */
        { L"Content-Length: 4\r\nContent-Length: 5", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 4\r\nContent-Length: 4", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 4, 5", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: -1", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 0x4", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: four", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length:", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 18446744073709551616", 0, ERROR_INVALID_PARAMETER },
        { L"Content-Length: 4\r\nTransfer-Encoding: chunked", 0, ERROR_INVALID_PARAMETER },
        { L"Transfer-Encoding: chunked\r\nContent-Length: 4", 4, ERROR_INVALID_PARAMETER },
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server;
    struct client client;
    char data[] = "data";
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%ls, %u", tests[i].headers, (UINT)tests[i].total );
        server = server_start( script );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        client_request( &client, L"POST", L"/" );
        if (tests[i].error)
        {
            check_fails( WinHttpSendRequest( client.request, tests[i].headers, ~0u, data, 4,
                                             tests[i].total, 0 ), tests[i].error );
            client_close( &client );
            server_abandon( server );
        }
        else
        {
            check_works( WinHttpSendRequest( client.request, tests[i].headers, ~0u, data, 4,
                                             tests[i].total, 0 ) );
            check_works( WinHttpReceiveResponse( client.request, NULL ) );
            check_header( server, 0, "Content-Length", "4" );
            client_close( &client );
            server_stop( server );
        }
        winetest_pop_context();
    }
}

/* http.md 5: the order on the wire (guess U12 for what is behind Host); HTTP/1.0 sends Host, too */
static void test_wire( const WCHAR *version )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( "HTTP/1.0 200 OK\r\n"
        "Content-Length: 0\r\nSet-Cookie: a=b\r\nConnection: keep-alive\r\n\r\n" ),
        SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    static const WCHAR *types[] = { L"text/html", L"*/*", NULL };
    const struct server_request *request;
    struct server *server = server_start( script );
    struct client client;
    char expected[512], data[] = "data";
    unsigned int i;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client.request = WinHttpOpenRequest( client.connect, L"POST", L"/x", version, L"http://from/",
                                         types, WINHTTP_FLAG_REFRESH );
    for (i = 0; i < 2; i++)
    {
        check_works( WinHttpSendRequest( client.request, i ? NULL : L"X-A: 1\r\nx-b: 2", ~0u, data,
                                         4, 4, 0 ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
    }
    sprintf( expected, "POST /x %ls\r\nConnection: Keep-Alive\r\nAccept: text/html, */*\r\n"
             "Referer: http://from/\r\nPragma: no-cache\r\n%sX-A: 1\r\nx-b: 2\r\n"
             "User-Agent: winhttp_test\r\nContent-Length: 4\r\nHost: 127.0.0.1:%u\r\n"
             "Cookie: a=b\r\n\r\n", version ? version : L"HTTP/1.1",
             version ? "" : "Cache-Control: no-cache\r\n", server_port( server ) );
    request = server_request( server, 1 );
    ok( request && !strcmp( request->text, expected ), "expected \"%s\", got \"%s\"\n", expected,
        request ? request->text : "nothing" );
    client_close( &client );
    server_stop( server );
}

/* Nothing that a program is given by somebody else may add to a request: line breaks and NULs are
 * refused, or at least do not get out (which it is on Windows nobody has seen: guesses). */
static void test_injection(void)
{
    static const struct { const WCHAR *agent, *verb, *version, *referrer, *header; DWORD len; }
    tests[] =
    {
        { L"agent\r\nEvil: 1", NULL, NULL, NULL, NULL, 0 },
        { NULL, L"GET / HTTP/1.1\r\nEvil: 1\r\nX:", NULL, NULL, NULL, 0 },
        { NULL, L"GE T", NULL, NULL, NULL, 0 },
        { NULL, NULL, L"HTTP/1.1\r\nEvil: 1", NULL, NULL, 0 },
        { NULL, NULL, L"HTTP/1.1\nEvil: 1", NULL, NULL, 0 },
        { NULL, NULL, NULL, L"r\r\nEvil: 1", NULL, 0 },
        { NULL, NULL, NULL, L"r\nEvil: 1", NULL, 0 },
        { NULL, NULL, NULL, NULL, L"X: a\0b", 6 },
        { NULL, NULL, NULL, NULL, L"X\0: a", 5 },
        { NULL, NULL, NULL, NULL, L"X Y: a", ~0u },
        { NULL, NULL, NULL, NULL, L"X\x010d: a", ~0u },
        { NULL, NULL, NULL, NULL, L"Expect: 100-continue", ~0u },
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server;
    HINTERNET session, connect, request;
    unsigned int i;
    BOOL ret;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        SetLastError( 0xdeadbeef );
        session = WinHttpOpen( tests[i].agent, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
        ret = session != NULL;
        connect = request = NULL;
        if (ret) connect = WinHttpConnect( session, L"127.0.0.1", server_port( server ), 0 );
        if (ret) request = WinHttpOpenRequest( connect, tests[i].verb, L"/", tests[i].version,
                                               tests[i].referrer, NULL, 0 );
        ret = request != NULL;
        if (ret && tests[i].header)
            ret = WinHttpAddRequestHeaders( request, tests[i].header, tests[i].len,
                                            WINHTTP_ADDREQ_FLAG_ADD );
        if (ret) ret = WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 );
        ok( !ret, "expected failure\n" );
        ok( GetLastError() == ERROR_INVALID_PARAMETER ||
            GetLastError() == ERROR_WINHTTP_INVALID_URL, "got error %u\n", (UINT)GetLastError() );
        ok( !server_request_count( server ), "a request was sent\n" );
        if (request) check_works( WinHttpCloseHandle( request ) );
        if (connect) check_works( WinHttpCloseHandle( connect ) );
        if (session) check_works( WinHttpCloseHandle( session ) );
        server_abandon( server );
        winetest_pop_context();
    }
}

START_TEST( upload )
{
    RUN_BOTH( test_automatic_chunks );
    RUN( test_flag_without_chunks );
    RUN( test_write_behind_end );
    RUN( test_chunks_redirected );
    RUN_BOTH( test_big_pieces );
    RUN( test_more_than_4_gib );
    RUN( test_unfinished_body );
    RUN( test_own_chunks_end );
    RUN( test_contradicting_lengths );
    if (client_wants( "test_wire" ))
    {
        test_wire( NULL );
        test_wire( L"HTTP/1.0" );
    }
    RUN( test_injection );
}
