/*
 * AddRequestHeaders and QueryHeaders.
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

/* .NET's WinHttpHandler adds the empty line that ends a block of headers as well, also where there
 * are none: Windows takes it. */
static void test_add_no_lines(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpAddRequestHeaders( client.request, L"\r\n", 2, ADD ) );
    check_works( WinHttpAddRequestHeaders( client.request, L"\r\n", ~0u, ADD ) );
    check_works( WinHttpAddRequestHeaders( client.request, L"X: one\r\n\r\n", ~0u, ADD ) );
    ok( !wcscmp( request_values( client.request, L"X" ), L"one" ), "got %ls\n",
        request_values( client.request, L"X" ) );
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

/* http.md 7: the levels that stand for a header, whatever its case on the wire. */
static const struct { DWORD level; const char *name; } levels[] =
{
    { WINHTTP_QUERY_MIME_VERSION, "MIME-Version" },
    { WINHTTP_QUERY_CONTENT_TYPE, "Content-Type" },
    { WINHTTP_QUERY_CONTENT_TRANSFER_ENCODING, "Content-Transfer-Encoding" },
    { WINHTTP_QUERY_CONTENT_ID, "Content-ID" },
    { WINHTTP_QUERY_CONTENT_DESCRIPTION, "Content-Description" },
    { WINHTTP_QUERY_CONTENT_LENGTH, "Content-Length" },
    { WINHTTP_QUERY_CONTENT_LANGUAGE, "Content-Language" }, { WINHTTP_QUERY_ALLOW, "Allow" },
    { WINHTTP_QUERY_PUBLIC, "Public" }, { WINHTTP_QUERY_DATE, "Date" },
    { WINHTTP_QUERY_EXPIRES, "Expires" }, { WINHTTP_QUERY_LAST_MODIFIED, "Last-Modified" },
    { WINHTTP_QUERY_MESSAGE_ID, "Message-ID" }, { WINHTTP_QUERY_URI, "URI" },
    { WINHTTP_QUERY_DERIVED_FROM, "Derived-From" }, { WINHTTP_QUERY_COST, "Cost" },
    { WINHTTP_QUERY_LINK, "Link" }, { WINHTTP_QUERY_PRAGMA, "Pragma" },
    { WINHTTP_QUERY_CONNECTION, "Connection" }, { WINHTTP_QUERY_ACCEPT, "Accept" },
    { WINHTTP_QUERY_ACCEPT_CHARSET, "Accept-Charset" },
    { WINHTTP_QUERY_ACCEPT_ENCODING, "Accept-Encoding" },
    { WINHTTP_QUERY_ACCEPT_LANGUAGE, "Accept-Language" },
    { WINHTTP_QUERY_AUTHORIZATION, "Authorization" },
    { WINHTTP_QUERY_CONTENT_ENCODING, "Content-Encoding" },
    { WINHTTP_QUERY_FORWARDED, "Forwarded" }, { WINHTTP_QUERY_FROM, "From" },
    { WINHTTP_QUERY_IF_MODIFIED_SINCE, "If-Modified-Since" },
    { WINHTTP_QUERY_LOCATION, "Location" }, { WINHTTP_QUERY_ORIG_URI, "Orig-URI" },
    { WINHTTP_QUERY_REFERER, "Referer" }, { WINHTTP_QUERY_RETRY_AFTER, "Retry-After" },
    { WINHTTP_QUERY_SERVER, "Server" }, { WINHTTP_QUERY_TITLE, "Title" },
    { WINHTTP_QUERY_USER_AGENT, "User-Agent" },
    { WINHTTP_QUERY_WWW_AUTHENTICATE, "WWW-Authenticate" },
    { WINHTTP_QUERY_PROXY_AUTHENTICATE, "Proxy-Authenticate" },
    { WINHTTP_QUERY_ACCEPT_RANGES, "Accept-Ranges" },
    { WINHTTP_QUERY_SET_COOKIE, "Set-Cookie" }, { WINHTTP_QUERY_COOKIE, "Cookie" },
    { WINHTTP_QUERY_REFRESH, "Refresh" },
    { WINHTTP_QUERY_CONTENT_DISPOSITION, "Content-Disposition" },
    { WINHTTP_QUERY_AGE, "Age" }, { WINHTTP_QUERY_CACHE_CONTROL, "Cache-Control" },
    { WINHTTP_QUERY_CONTENT_BASE, "Content-Base" },
    { WINHTTP_QUERY_CONTENT_LOCATION, "Content-Location" },
    { WINHTTP_QUERY_CONTENT_MD5, "Content-MD5" },
    { WINHTTP_QUERY_CONTENT_RANGE, "Content-Range" }, { WINHTTP_QUERY_ETAG, "ETag" },
    { WINHTTP_QUERY_HOST, "Host" }, { WINHTTP_QUERY_IF_MATCH, "If-Match" },
    { WINHTTP_QUERY_IF_NONE_MATCH, "If-None-Match" }, { WINHTTP_QUERY_IF_RANGE, "If-Range" },
    { WINHTTP_QUERY_IF_UNMODIFIED_SINCE, "If-Unmodified-Since" },
    { WINHTTP_QUERY_MAX_FORWARDS, "Max-Forwards" },
    { WINHTTP_QUERY_PROXY_AUTHORIZATION, "Proxy-Authorization" },
    { WINHTTP_QUERY_RANGE, "Range" },
    { WINHTTP_QUERY_TRANSFER_ENCODING, "Transfer-Encoding" },
    { WINHTTP_QUERY_UPGRADE, "Upgrade" }, { WINHTTP_QUERY_VARY, "Vary" },
    { WINHTTP_QUERY_VIA, "Via" }, { WINHTTP_QUERY_WARNING, "Warning" },
    { WINHTTP_QUERY_EXPECT, "Expect" },
    { WINHTTP_QUERY_PROXY_CONNECTION, "Proxy-Connection" },
    { WINHTTP_QUERY_UNLESS_MODIFIED_SINCE, "Unless-Modified-Since" },
    { WINHTTP_QUERY_PROXY_SUPPORT, "Proxy-Support" },
    { WINHTTP_QUERY_AUTHENTICATION_INFO, "Authentication-Info" },
    { WINHTTP_QUERY_PASSPORT_URLS, "PassportURLs" },
    { WINHTTP_QUERY_PASSPORT_CONFIG, "PassportConfig" },
};

/* Each header's value is its own name; of the request's side and of the response's. */
static void test_query_levels(void)
{
    char *response = malloc( 64 * ARRAYSIZE( levels ) + 64 ), *end = response;
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    WCHAR text[64], expected[64], lines[64];
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD size;

    end += sprintf( end, "HTTP/1.1 204 No\r\n" );
    for (i = 0; i < ARRAYSIZE( levels ); i++)
    {
        /* these two would say something about the message, and Location about the next */
        if (levels[i].level == WINHTTP_QUERY_CONTENT_LENGTH ||
            levels[i].level == WINHTTP_QUERY_TRANSFER_ENCODING) continue;
        end += sprintf( end, "%s: %s\r\n", levels[i].name, levels[i].name );
    }
    end += sprintf( end, "\r\n" );
    script[2].data = response;
    script[2].len = (unsigned int)(end - response);
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    for (i = 0; i < ARRAYSIZE( levels ); i++)
    {
        winetest_push_context( "%s", levels[i].name );
        _snwprintf( expected, ARRAYSIZE( expected ), L"%hs", levels[i].name );
        size = sizeof(text);
        if (levels[i].level == WINHTTP_QUERY_CONTENT_LENGTH ||
            levels[i].level == WINHTTP_QUERY_TRANSFER_ENCODING)
            check_fails( WinHttpQueryHeaders( client.request, levels[i].level, NULL, text, &size,
                                              NULL ), ERROR_WINHTTP_HEADER_NOT_FOUND );
        else
        {
            check_works( WinHttpQueryHeaders( client.request, levels[i].level, NULL, text, &size,
                                              NULL ) );
            ok( !wcscmp( text, expected ), "got %ls\n", text );
        }
        _snwprintf( lines, ARRAYSIZE( lines ), L"%hs: own", levels[i].name );
        check_works( WinHttpAddRequestHeaders( client.request, lines, ~0u, ADD | REPLACE ) );
        size = sizeof(text);
        check_works( WinHttpQueryHeaders( client.request, levels[i].level | REQUEST, NULL, text,
                                          &size, NULL ) );
        ok( !wcscmp( text, L"own" ), "got %ls\n", text );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
    free( response );
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
    RUN( test_add_no_lines );
    RUN( test_add_lines );
    RUN( test_query_request );
    RUN( test_query_response );
    RUN( test_query_levels );
    RUN( test_query_chunked );
}
