/*
 * AddRequestHeaders and QueryHeaders.
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

#define ADD         WINHTTP_ADDREQ_FLAG_ADD
#define ADD_IF_NEW  WINHTTP_ADDREQ_FLAG_ADD_IF_NEW
#define REPLACE     WINHTTP_ADDREQ_FLAG_REPLACE
#define COMMA       WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA
#define SEMICOLON   WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON
#define REQUEST     WINHTTP_QUERY_FLAG_REQUEST_HEADERS
#define CUSTOM      WINHTTP_QUERY_CUSTOM
#define NUMBER64    0x08000000 /* WINHTTP_QUERY_FLAG_NUMBER64 */

/* All values of a request header, joined by '|'. */
static const WCHAR *request_values( HINTERNET request, const WCHAR *name )
{
    static WCHAR joined[512];
    DWORD index = 0, size, pos = 0;

    joined[0] = 0;
    for (;;)
    {
        size = sizeof(joined) - pos * sizeof(WCHAR);
        if (pos) joined[pos++] = '|';
        if (!WinHttpQueryHeaders( request, CUSTOM | REQUEST, name, joined + pos, &size,
                                  &index )) break;
        pos += size / sizeof(WCHAR);
    }
    joined[pos ? pos - 1 : 0] = 0;
    return joined;
}

/* http.md 6: each flag, one after the other, on one handle */
static void test_add(void)
{
    static const struct { const WCHAR *text; DWORD flags, error; const WCHAR *values; } tests[] =
    {
        { L"X: a", ADD, 0, L"a" },
        { L"X: b", ADD, 0, L"a|b" },
        { L"x: c", 0, 0, L"a|b|c" },
        { L"X: d", REPLACE, 0, L"d|b|c" },
        { L"X: e", COMMA, 0, L"d, e|b|c" },
        { L"X: f", SEMICOLON, 0, L"d, e; f|b|c" },
        { L"X: g", ADD | REPLACE, 0, L"g|b|c" },
        { L"X:", REPLACE, 0, L"b|c" },
        { L"X:", REPLACE, 0, L"c" },
        { L"X:", REPLACE, 0, L"" },
        { L"X: h", REPLACE, ERROR_WINHTTP_HEADER_NOT_FOUND, L"" },
        { L"X:", REPLACE, ERROR_WINHTTP_HEADER_NOT_FOUND, L"" },
        { L"X: i", ADD_IF_NEW, 0, L"i" },
        { L"X:", REPLACE, 0, L"" },
        { L"X: j", ADD | REPLACE, 0, L"j" },
        { L"X:", REPLACE, 0, L"" },
        { L"X: k", COMMA, 0, L"k" },
    };
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;
    DWORD error;
    BOOL ret;

    client_open( &client, server, CLIENT_SYNC );
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        SetLastError( 0xdeadbeef );
        ret = WinHttpAddRequestHeaders( client.request, tests[i].text, ~0u, tests[i].flags );
        error = GetLastError();
        ok( ret == !tests[i].error, "got %d, error %u\n", ret, (UINT)error );
        if (!ret) ok( error == tests[i].error, "got error %u\n", (UINT)error );
        ok( !wcscmp( request_values( client.request, L"X" ), tests[i].values ), "got %ls\n",
            request_values( client.request, L"X" ) );
        winetest_pop_context();
    }
    check_fails( WinHttpAddRequestHeaders( client.request, L"X: l", ~0u, ADD_IF_NEW ),
                 ERROR_WINHTTP_HEADER_ALREADY_EXISTS );       /* guess U16 */
    client_close( &client );
    server_stop( server );
}

/* http.md 6: what is no header line */
static void test_add_parameters(void)
{
    static const WCHAR *const bad[] = { L":", L":b", L"cd", L" e :f", L"g : value" };
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;

    client_open( &client, server, CLIENT_SYNC );
    for (i = 0; i < ARRAYSIZE( bad ); i++)
    {
        winetest_push_context( "%ls", bad[i] );
        check_fails( WinHttpAddRequestHeaders( client.request, bad[i], ~0u, ADD ),
                     ERROR_INVALID_PARAMETER );
        winetest_pop_context();
    }
    check_fails( WinHttpAddRequestHeaders( client.request, L"a: b", 0, ADD ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpAddRequestHeaders( NULL, L"a: b", ~0u, ADD ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpAddRequestHeaders( client.connect, L"a: b", ~0u, ADD ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_works( WinHttpAddRequestHeaders( client.request, L"a:", ~0u, ADD ) );
    ok( !wcscmp( request_values( client.request, L"a" ), L"" ), "wrong value\n" );
    check_works( WinHttpAddRequestHeaders( client.request, L"b:   c", ~0u, ADD ) );
    ok( !wcscmp( request_values( client.request, L"B" ), L"c" ), "wrong value\n" );
    check_works( WinHttpAddRequestHeaders( client.request, L"d: e and more", 4, ADD ) );
    ok( !wcscmp( request_values( client.request, L"d" ), L"e" ), "wrong value\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 6: line ends that are taken for one */
static void test_add_lines(void)
{
    static const WCHAR *const ends[] = { L"\r\n", L"\n\r", L"\n", L"\n\n\n", L"\r\r\r", L"\r\n\r\n",
                                         L"\r" };
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    WCHAR text[64];
    unsigned int i;

    client_open( &client, server, CLIENT_SYNC );
    for (i = 0; i < ARRAYSIZE( ends ); i++)
    {
        winetest_push_context( "test %u", i );
        wcscpy( text, L"X: one" );
        wcscat( text, ends[i] );
        wcscat( text, L"X: two" );
        check_works( WinHttpAddRequestHeaders( client.request, text, ~0u, ADD ) );
        ok( !wcscmp( request_values( client.request, L"X" ), L"one|two" ), "got %ls\n",
            request_values( client.request, L"X" ) );
        WinHttpAddRequestHeaders( client.request, L"X:", ~0u, REPLACE );
        WinHttpAddRequestHeaders( client.request, L"X:", ~0u, REPLACE );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
}

/* http.md 5: the request's own side */
static void test_query_request(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    WCHAR text[256];
    DWORD size;

    client_open( &client, server, CLIENT_SYNC );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_REQUEST_METHOD, NULL, text,
                                      &size, NULL ) );
    ok( !wcscmp( text, L"GET" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_RAW_HEADERS_CRLF | REQUEST,
                                      NULL, text, &size, NULL ) );
    ok( !wcsncmp( text, L"GET /test HTTP/1.1\r\n", 20 ), "got %ls\n", text );
    size = sizeof(text);
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_CODE, NULL, text, &size,
                                      NULL ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_MAX + 1, NULL, text, &size,
                                      NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpQueryHeaders( client.connect, WINHTTP_QUERY_STATUS_CODE, NULL, text, &size,
                                      NULL ), ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpQueryHeaders( NULL, WINHTTP_QUERY_STATUS_CODE, NULL, text, &size, NULL ),
                 ERROR_INVALID_HANDLE );
    client_close( &client );
    server_stop( server );
}

static const struct step header_script[] =
{
    SRV_ACCEPT, SRV_HEADERS,
    SRV_SEND( "HTTP/1.1 404   Not Here\r\nContent-Type: text/plain\r\nSpaced  :   value\r\n"
              "X-Twice: one\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-twice: two\r\n"
              "Content-Length: 00042\r\nEmpty:\r\n"
              "Big: 8589934592\r\n\r\n" ),
    SRV_END
};

/* http.md 7: sizes; text in bytes, without the NUL on success and with it on failure */
static void test_query_sizes( HINTERNET request )
{
    DWORD size, type = WINHTTP_QUERY_CONTENT_TYPE;
    WCHAR text[32];

    size = 0;
    check_fails( WinHttpQueryHeaders( request, type, NULL, NULL, &size, NULL ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( size == 22, "got %u\n", (UINT)size );
    memset( text, 0x55, sizeof(text) );
    size = 20;
    check_fails( WinHttpQueryHeaders( request, type, NULL, text, &size, NULL ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( size == 22, "got %u\n", (UINT)size );
    ok( text[0] == 0x5555, "the buffer was touched\n" );
    size = 22;
    SetLastError( 0xdeadbeef );
    ok( WinHttpQueryHeaders( request, type, NULL, text, &size, NULL ), "failed\n" );
    check_error( ERROR_SUCCESS );
    ok( size == 20, "got %u\n", (UINT)size );
    ok( !wcscmp( text, L"text/plain" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, CUSTOM, L"Empty", text, &size, NULL ) );
    ok( !size && !text[0], "got %u\n", (UINT)size );
}

/* http.md 7: numbers, time, status */
static void test_query_types( HINTERNET request )
{
    DWORD number = 0xdeadbeef, size;
    SYSTEMTIME time;
    WCHAR text[32];

    size = sizeof(number);
    check_works( WinHttpQueryHeaders( request,
                                      WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER,
                                      NULL, &number, &size, NULL ) );
    ok( number == 42 && size == sizeof(number), "got %u, size %u\n", (UINT)number, (UINT)size );
    size = sizeof(number);
    check_works( WinHttpQueryHeaders( request,
                                      WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                                      &number, &size, NULL ) );
    ok( number == 404, "got %u\n", (UINT)number );
    size = 2;
    check_fails( WinHttpQueryHeaders( request,
                                      WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                                      &number, &size, NULL ), ERROR_INSUFFICIENT_BUFFER );
    ok( size == sizeof(number), "got %u\n", (UINT)size );    /* guess U18 */
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE, NULL, text, &size,
                                      NULL ) );
    ok( !wcscmp( text, L"404" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_TEXT, NULL, text, &size,
                                      NULL ) );
    ok( !wcscmp( text, L"Not Here" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_VERSION, NULL, text, &size, NULL ) );
    ok( !wcscmp( text, L"HTTP/1.1" ), "got %ls\n", text );
    size = sizeof(time);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_DATE | WINHTTP_QUERY_FLAG_SYSTEMTIME,
                                      NULL, &time, &size, NULL ) );
    ok( size == sizeof(time) && time.wYear == 1994 && time.wMonth == 11 && time.wDay == 6 &&
        time.wHour == 8 && time.wMinute == 49 && time.wSecond == 37, "wrong time\n" );
}

/* http.md 7: 64 bits; what is no number or time is not found (guesses U18, U19) */
static void test_query_conversions( HINTERNET request )
{
    static const DWORD flags[] = { WINHTTP_QUERY_FLAG_NUMBER, NUMBER64,
                                   WINHTTP_QUERY_FLAG_SYSTEMTIME };
    ULONGLONG number = 0;
    SYSTEMTIME time;
    DWORD size, i;

    size = sizeof(number);
    SetLastError( 0xdeadbeef );
    if (!WinHttpQueryHeaders( request, CUSTOM | NUMBER64, L"Big", &number, &size, NULL ))
    {
        check_error( ERROR_INVALID_PARAMETER );
        win_skip( "no 64-bit numbers\n" );
        return;
    }
    ok( number == 8589934592ull && size == sizeof(number), "got size %u\n", (UINT)size );
    size = 4;
    check_fails( WinHttpQueryHeaders( request, CUSTOM | NUMBER64, L"Big", &number, &size, NULL ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( size == sizeof(number), "got %u\n", (UINT)size );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "flag %#x", (UINT)flags[i] );
        size = sizeof(time);
        check_fails( WinHttpQueryHeaders( request, WINHTTP_QUERY_CONTENT_TYPE | flags[i], NULL,
                                          &time, &size, NULL ), ERROR_WINHTTP_HEADER_NOT_FOUND );
        winetest_pop_context();
    }
    size = 15;
    check_fails( WinHttpQueryHeaders( request, WINHTTP_QUERY_DATE | flags[2], NULL, &time, &size,
                                      NULL ), ERROR_INSUFFICIENT_BUFFER );
    ok( size == sizeof(time), "got %u\n", (UINT)size );
}

/* http.md 7, 8: a chunked response has no length, but its coding can still be read */
static void test_query_chunked(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: caf\xe9\r\n\r\n0\r\n\r\n" ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    WCHAR text[32];
    DWORD size;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    size = sizeof(text);
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_CONTENT_LENGTH, NULL, text,
                                      &size, NULL ), ERROR_WINHTTP_HEADER_NOT_FOUND );
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_TRANSFER_ENCODING, NULL, text,
                                      &size, NULL ) );
    ok( !wcscmp( text, L"chunked" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( client.request, CUSTOM, L"x", text, &size, NULL ) );
    ok( !wcscmp( text, L"caf\xe9" ), "got %ls\n", text );          /* guess U20 */
    client_close( &client );
    server_stop( server );
}

/* http.md 7: several headers of one name, in order; the index counts them */
static void test_query_index( HINTERNET request )
{
    DWORD index = 0, size, number;
    WCHAR text[64];

    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, CUSTOM, L"X-TWICE", text, &size, &index ) );
    ok( index == 1 && !wcscmp( text, L"one" ), "got %ls, index %u\n", text, (UINT)index );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, CUSTOM, L"X-TWICE", text, &size, &index ) );
    ok( index == 2 && !wcscmp( text, L"two" ), "got %ls, index %u\n", text, (UINT)index );
    size = sizeof(text);
    check_fails( WinHttpQueryHeaders( request, CUSTOM, L"X-TWICE", text, &size, &index ),
                 ERROR_WINHTTP_HEADER_NOT_FOUND );
    ok( index == 2 && !wcscmp( text, L"two" ), "got %ls, index %u\n", text, (UINT)index );
    number = 0xdeadbeef;
    size = sizeof(number);
    check_fails( WinHttpQueryHeaders( request, WINHTTP_QUERY_ORIG_URI | WINHTTP_QUERY_FLAG_NUMBER,
                                      NULL, &number, &size, NULL ),
                                      ERROR_WINHTTP_HEADER_NOT_FOUND );
    ok( number == 0xdeadbeef, "got %u\n", (UINT)number );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, CUSTOM, L"Spaced", text, &size, NULL ) );
    ok( !wcscmp( text, L"value" ), "got %ls\n", text );
}

/* http.md 7: the raw forms */
static void test_query_raw( HINTERNET request )
{
    static const WCHAR start[] = L"HTTP/1.1 404";
    DWORD index = 0, size, needed = 0, i, lines = 0;
    WCHAR text[512];

    check_fails( WinHttpQueryHeaders( request, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, NULL, &needed,
                                      &index ), ERROR_INSUFFICIENT_BUFFER );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_RAW_HEADERS_CRLF, L"ignored", text,
                                      &size, &index ) );
    ok( !index, "got %u\n", (UINT)index );
    ok( needed >= size + sizeof(WCHAR), "needed %u, got %u\n", (UINT)needed, (UINT)size );
    ok( size == wcslen( text ) * sizeof(WCHAR), "got %u\n", (UINT)size );
    ok( !wcsncmp( text, start, wcslen( start ) ), "got %ls\n", text );
    ok( wcsstr( text, L"\r\nSpaced: value\r\n" ) != NULL, "got %ls\n", text );
    ok( wcslen( text ) > 4 && !wcscmp( text + wcslen( text ) - 4, L"\r\n\r\n" ), "got %ls\n",
        text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_RAW_HEADERS, NULL, text, &size,
                                      NULL ) );
    for (i = 0; i < size / sizeof(WCHAR); i++) lines += !text[i];
    ok( lines == 9, "got %u lines\n", (UINT)lines );
    ok( size >= 4 && !text[size / sizeof(WCHAR) - 1] && !text[size / sizeof(WCHAR)],
        "wrong end\n" );
}

static void test_query_response(void)
{
    struct server *server = server_start( header_script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    test_query_sizes( client.request );
    test_query_types( client.request );
    test_query_conversions( client.request );
    test_query_index( client.request );
    test_query_raw( client.request );
    client_close( &client );
    server_stop( server );
}

START_TEST( header )
{
    RUN( test_add );
    RUN( test_add_parameters );
    RUN( test_add_lines );
    RUN( test_query_request );
    RUN( test_query_response );
    RUN( test_query_chunked );
}
