/*
 * AddRequestHeadersEx, QueryHeadersEx, ReadDataEx, and trailers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winhttp.h>

#include "client.h"

#define ALL     WINHTTP_QUERY_EX_ALL_HEADERS
#define CUSTOM  WINHTTP_QUERY_CUSTOM
#define REQUEST WINHTTP_QUERY_FLAG_REQUEST_HEADERS
#define TRAILERS WINHTTP_QUERY_FLAG_TRAILERS
#define WIRE    WINHTTP_QUERY_FLAG_WIRE_ENCODING
#define UNICODE_STRINGS WINHTTP_EXTENDED_HEADER_FLAG_UNICODE

/* Windows 10 has only the first of these. */
static DWORD (WINAPI *pAddRequestHeadersEx)( HINTERNET, DWORD, ULONGLONG, ULONGLONG, DWORD,
                                             WINHTTP_EXTENDED_HEADER * );
static DWORD (WINAPI *pQueryHeadersEx)( HINTERNET, DWORD, ULONGLONG, UINT, PDWORD,
                                        PWINHTTP_HEADER_NAME, PVOID, PDWORD,
                                        PWINHTTP_EXTENDED_HEADER *, PDWORD );
static DWORD (WINAPI *pReadDataEx)( HINTERNET, LPVOID, DWORD, LPDWORD, ULONGLONG, DWORD, PVOID );

static void find_functions(void)
{
    HMODULE module = GetModuleHandleW( L"winhttp.dll" );

    pAddRequestHeadersEx = (void *)GetProcAddress( module, "WinHttpAddRequestHeadersEx" );
    pQueryHeadersEx = (void *)GetProcAddress( module, "WinHttpQueryHeadersEx" );
    pReadDataEx = (void *)GetProcAddress( module, "WinHttpReadDataEx" );
}

/* The values of a request header, of which there is at most one. */
#define check_request_header( request, name, value ) \
    check_request_header_at( request, name, value, __LINE__ )
static void check_request_header_at( HINTERNET request, const WCHAR *name, const WCHAR *expected,
                                     int line )
{
    WCHAR value[64] = { 0 };
    DWORD size = sizeof(value);

    WinHttpQueryHeaders( request, CUSTOM | REQUEST, name, value, &size, NULL );
    ok_( __FILE__, line )( !wcscmp( value, expected ), "got %ls\n", value );
}

static DWORD add_wide( HINTERNET request, DWORD modifiers, const WCHAR *name, const WCHAR *value )
{
    WINHTTP_EXTENDED_HEADER header = { { name }, { value } };

    return pAddRequestHeadersEx( request, modifiers, UNICODE_STRINGS, 0, 1, &header );
}

/* options.md 4.2: pairs by the rules of http.md 6, whose error codes they share (a guess) */
static void test_add(void)
{
    WINHTTP_EXTENDED_HEADER two[] = { { { L"X" }, { L"1" } }, { { L"Y" }, { L"2" } } };
    WINHTTP_EXTENDED_HEADER half[] = { { { L"Z" }, { L"1" } }, { { L"Y:" }, { L"2" } } };
    WINHTTP_EXTENDED_HEADER bytes;
    struct client client;

    if (!pAddRequestHeadersEx)
    {
        win_skip( "WinHttpAddRequestHeadersEx is not there\n" );
        return;
    }
    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, L"GET", L"/" );
    check_ret( pAddRequestHeadersEx( client.request, WINHTTP_ADDREQ_FLAG_ADD, UNICODE_STRINGS, 0, 2,
                                     two ), ERROR_SUCCESS );
    check_request_header( client.request, L"X", L"1" );
    check_request_header( client.request, L"Y", L"2" );

    bytes.pszName = "B";
    bytes.pszValue = "bytes";
    check_ret( pAddRequestHeadersEx( client.request, WINHTTP_ADDREQ_FLAG_ADD, 0, 0, 1, &bytes ),
               ERROR_SUCCESS );
    check_request_header( client.request, L"B", L"bytes" );

    check_ret( add_wide( client.request, WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA, L"x", L"3" ), 0 );
    check_request_header( client.request, L"X", L"1, 3" );
    check_ret( add_wide( client.request, WINHTTP_ADDREQ_FLAG_REPLACE, L"X", L"" ), 0 );
    check_request_header( client.request, L"X", L"" );
    check_ret( add_wide( client.request, WINHTTP_ADDREQ_FLAG_REPLACE, L"X", L"4" ),
               ERROR_WINHTTP_HEADER_NOT_FOUND );

    /* nothing may break out of its line; guess: all or none */
    check_ret( add_wide( client.request, 0, L"X", L"1\r\nEvil: 1" ), ERROR_INVALID_PARAMETER );
    check_ret( add_wide( client.request, 0, L"X: 1", L"1" ), ERROR_INVALID_PARAMETER );
    check_ret( add_wide( client.request, 0, NULL, L"1" ), ERROR_INVALID_PARAMETER );
    check_ret( pAddRequestHeadersEx( client.request, 0, UNICODE_STRINGS, 0, 2, half ),
               ERROR_INVALID_PARAMETER );
    check_request_header( client.request, L"Z", L"" );
    check_ret( pAddRequestHeadersEx( client.request, 0, UNICODE_STRINGS, 0, 0, two ),
               ERROR_INVALID_PARAMETER );
    check_ret( pAddRequestHeadersEx( client.request, 0, UNICODE_STRINGS, 0, 1, NULL ),
               ERROR_INVALID_PARAMETER );
    client_close( &client );
}

static void check_pair( const WINHTTP_EXTENDED_HEADER *header, const WCHAR *name,
                        const WCHAR *value )
{
    ok( !wcscmp( header->pwszName, name ), "got %ls\n", header->pwszName );
    ok( !wcscmp( header->pwszValue, value ), "got %ls\n", header->pwszValue );
}

/* All headers, first with too little room. */
static void check_all( HINTERNET request )
{
    WINHTTP_EXTENDED_HEADER *headers = NULL;
    DWORD size = 0, needed, count = 0;
    void *buffer;

    check_ret( pQueryHeadersEx( request, ALL, 0, 0, NULL, NULL, NULL, &size, &headers, &count ),
               ERROR_INSUFFICIENT_BUFFER );
    needed = size--;
    if (!(buffer = malloc( needed ))) return;
    check_ret( pQueryHeadersEx( request, ALL, 0, 0, NULL, NULL, buffer, &size, &headers, &count ),
               ERROR_INSUFFICIENT_BUFFER );
    ok( size == needed && !headers, "got %u\n", (UINT)size );
    check_ret( pQueryHeadersEx( request, ALL, 0, 0, NULL, NULL, buffer, &size, &headers, &count ),
               ERROR_SUCCESS );
    ok( count == 3 && headers != NULL, "got %u\n", (UINT)count );
    if (count == 3 && headers)
    {
        check_pair( &headers[0], L"Content-Length", L"0" );
        check_pair( &headers[1], L"A", L"1" );
        check_pair( &headers[2], L"a", L"caf\xc3\xa9" );
    }
    free( buffer );
}

/* options.md 4.2: one header by level or name, the index as in http.md 7 */
static void check_single( HINTERNET request )
{
    WINHTTP_HEADER_NAME wide = { L"a" }, bytes;
    WINHTTP_EXTENDED_HEADER *headers;
    DWORD size, count = 0, index = 0;
    char buffer[256];

    bytes.pszName = "A";
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, CUSTOM, 0, 0, &index, &wide, buffer, &size, &headers,
                                &count ), ERROR_SUCCESS );
    ok( count == 1 && index == 1, "got %u, %u\n", (UINT)count, (UINT)index );
    check_pair( headers, L"A", L"1" );
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, CUSTOM, 0, CP_UTF8, &index, &wide, buffer, &size, &headers,
                                &count ), ERROR_SUCCESS );
    check_pair( headers, L"a", L"caf\xe9" );
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, CUSTOM, 0, 0, &index, &wide, buffer, &size, &headers,
                                &count ), ERROR_WINHTTP_HEADER_NOT_FOUND );
    ok( index == 2, "got %u\n", (UINT)index );
    size = sizeof(buffer);
    index = 1;
    check_ret( pQueryHeadersEx( request, CUSTOM | WIRE, 0, 0, &index, &bytes, buffer, &size,
                                &headers, &count ), ERROR_SUCCESS );
    ok( !strcmp( headers->pszName, "a" ) && !strcmp( headers->pszValue, "caf\xc3\xa9" ),
        "got %s: %s\n", headers->pszName, headers->pszValue );
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, WINHTTP_QUERY_CONTENT_LENGTH, 0, 0, NULL, NULL, buffer,
                                &size, &headers, &count ), ERROR_SUCCESS );
    check_pair( headers, L"Content-Length", L"0" );
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, WINHTTP_QUERY_HOST | REQUEST, 0, 0, NULL, NULL, buffer,
                                &size, &headers, &count ), ERROR_SUCCESS );
    ok( !wcscmp( headers->pwszName, L"Host" ), "got %ls\n", headers->pwszName );
    check_ret( pQueryHeadersEx( request, CUSTOM, 0, 0, NULL, NULL, buffer, &size, &headers,
                                &count ), ERROR_INVALID_PARAMETER );
    check_ret( pQueryHeadersEx( request, ALL, 0, 0, NULL, NULL, buffer, NULL, &headers, &count ),
               ERROR_INVALID_PARAMETER );
    check_ret( pQueryHeadersEx( request, ALL, 0, 0, NULL, NULL, buffer, &size, &headers, NULL ),
               ERROR_INVALID_PARAMETER );
}

static void test_query(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: 1\r\na: caf\xc3\xa9\r\n\r\n" ),
        SRV_END
    };
    struct server *server;
    struct client client;
    DWORD size = 0, count;

    if (!pQueryHeadersEx)
    {
        win_skip( "WinHttpQueryHeadersEx is not there\n" );
        return;
    }
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    check_ret( pQueryHeadersEx( client.request, ALL, 0, 0, NULL, NULL, NULL, &size, NULL, &count ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_exchange( &client, FALSE );
    check_all( client.request );
    check_single( client.request );
    client_close( &client );
    server_stop( server );
}

/* As programs read all headers at once; the sizes are bytes, and a single one for the NUL. By a
 * Windows that does not know the flag (before 11) it is refused. */
static void test_wire_encoding(void)
{
    static const char raw[] = "HTTP/1.1 200 Caf\xe9\r\nContent-Length: 0\r\na: caf\xc3\xa9\r\n\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND_N( raw, sizeof(raw) - 1 ), SRV_END
    };
    const DWORD all = WINHTTP_QUERY_RAW_HEADERS_CRLF | WIRE;
    const DWORD lines = WINHTTP_QUERY_RAW_HEADERS | WIRE;
    struct server *server = server_start( script );
    struct client client;
    char text[128];
    DWORD size = 0, number;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    SetLastError( 0xdeadbeef );
    ok( !WinHttpQueryHeaders( client.request, all, NULL, NULL, &size, NULL ), "no failure\n" );
    if (GetLastError() == ERROR_INVALID_PARAMETER) win_skip( "no wire encoding\n" );
    else
    {
        check_error( ERROR_INSUFFICIENT_BUFFER );
        ok( size == sizeof(raw), "got %u\n", (UINT)size );
        check_works( WinHttpQueryHeaders( client.request, all, NULL, text, &size, NULL ) );
        ok( size == sizeof(raw) - 1 && !strcmp( text, raw ), "got %u, \"%s\"\n", (UINT)size, text );
        size = sizeof(text);
        check_works( WinHttpQueryHeaders( client.request, lines, NULL, text, &size, NULL ) );
        ok( !memcmp( text, "HTTP/1.1 200 Caf\xe9\0Content-Length: 0\0a: caf\xc3\xa9\0",
                     size + 1 ), "wrong text\n" );
        ok( size == sizeof(raw) - 1 - 3 - 2, "got %u\n", (UINT)size );
        size = sizeof(text);
        check_works( WinHttpQueryHeaders( client.request, CUSTOM | WIRE, L"A", text, &size,
                                          NULL ) );
        ok( size == 5 && !strcmp( text, "caf\xc3\xa9" ), "got %u, \"%s\"\n", (UINT)size, text );
        size = sizeof(text);
        check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_TEXT | WIRE, NULL,
                                          text, &size, NULL ) );
        ok( size == 4 && !strcmp( text, "Caf\xe9" ), "got %u, \"%s\"\n", (UINT)size, text );
        size = sizeof(number);
        check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_CODE | WIRE |
                                          WINHTTP_QUERY_FLAG_NUMBER, NULL, &number, &size, NULL ) );
        ok( number == 200, "got %u\n", (UINT)number );
        size = sizeof(text);
        check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_HOST | REQUEST | WIRE, NULL,
                                          text, &size, NULL ) );
        ok( !strncmp( text, "127.0.0.1:", 10 ), "got %s\n", text );
    }
    client_close( &client );
    server_stop( server );
}

/* By the older call and by the newer. */
static void check_trailers( HINTERNET request )
{
    WINHTTP_EXTENDED_HEADER *headers = NULL;
    DWORD size, count = 0;
    char buffer[256];
    WCHAR text[64];

    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, CUSTOM | TRAILERS, L"x-sum", text, &size, NULL ) );
    ok( !wcscmp( text, L"7" ), "got %ls\n", text );
    size = sizeof(text);
    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_RAW_HEADERS_CRLF | TRAILERS, NULL,
                                      text, &size, NULL ) );
    ok( !wcscmp( text, L"X-Sum: 7\r\nY: z\r\n\r\n" ), "got %ls\n", text );
    check_fails( WinHttpQueryHeaders( request, WINHTTP_QUERY_TRANSFER_ENCODING | TRAILERS, NULL,
                                      text, &size, NULL ), ERROR_WINHTTP_HEADER_NOT_FOUND );
    /* trailers are no headers: request smuggling lives on the confusion */
    check_fails( WinHttpQueryHeaders( request, CUSTOM, L"X-Sum", text, &size, NULL ),
                 ERROR_WINHTTP_HEADER_NOT_FOUND );
    if (!pQueryHeadersEx) return;
    size = sizeof(buffer);
    check_ret( pQueryHeadersEx( request, ALL | TRAILERS, 0, 0, NULL, NULL, buffer, &size, &headers,
                                &count ), ERROR_SUCCESS );
    ok( count == 2, "got %u\n", (UINT)count );
    if (count == 2) check_pair( &headers[1], L"Y", L"z" );
}

/* http.md 7; doc: after a read has said 0 bytes (before it: a guess) */
static void test_trailers(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nhi\r\n0\r\nX-Sum: 7\r\nY: z\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD read, size = 0;
    struct client client;
    char body[8];

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_RAW_HEADERS | TRAILERS, NULL,
                                      NULL, &size, NULL ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_works( WinHttpReadData( client.request, body, sizeof(body), &read ) );
    ok( read == 2, "got %u\n", (UINT)read );
    check_trailers( client.request );
    /* they belong to their response */
    client_exchange( &client, FALSE );
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_RAW_HEADERS | TRAILERS, NULL,
                                      NULL, &size, NULL ), ERROR_WINHTTP_HEADER_NOT_FOUND );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: what is there, or with the flag a full buffer */
static void test_read(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour" ),
        SRV_WAIT( 0 ), SRV_SEND( "more" ), SRV_END
    };
    const ULONGLONG fill = WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER;
    struct server *server;
    struct client client;
    char body[16];
    DWORD read;

    if (!pReadDataEx)
    {
        win_skip( "WinHttpReadDataEx is not there\n" );
        return;
    }
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    read = 0xdeadbeef;
    check_ret( pReadDataEx( client.request, body, sizeof(body), &read, 0, 0, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    ok( !read, "got %u\n", (UINT)read );
    client_exchange( &client, FALSE );
    check_ret( pReadDataEx( client.request, body, sizeof(body), &read, 0, 1, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( pReadDataEx( client.request, body, 2, &read, 0, 0, NULL ), ERROR_SUCCESS );
    ok( read == 2 && !memcmp( body, "fo", 2 ), "got %u\n", (UINT)read );
    /* the rest has not been sent: a call that waited for it would time out */
    check_ret( pReadDataEx( client.request, body, sizeof(body), &read, 0, 0, NULL ),
               ERROR_SUCCESS );
    ok( read == 2 && !memcmp( body, "ur", 2 ), "got %u\n", (UINT)read );
    server_signal( server, 0 );
    check_ret( pReadDataEx( client.request, body, sizeof(body), &read, fill, 0, NULL ),
               ERROR_SUCCESS );
    ok( read == 4 && !memcmp( body, "more", 4 ), "got %u\n", (UINT)read );
    check_ret( pReadDataEx( client.request, body, sizeof(body), &read, 0, 0, NULL ),
               ERROR_SUCCESS );
    ok( !read, "got %u\n", (UINT)read );
    client_close( &client );
    server_stop( server );
}

static void test_read_async(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" ),
        SRV_WAIT( 0 ), SRV_SEND( "four" ), SRV_EOF, SRV_END
    };
    const struct notification *entry;
    struct server *server;
    struct client client;
    unsigned int from;
    char body[16];

    if (!pReadDataEx) return;
    server = server_start( script );
    client_open( &client, server, CLIENT_ASYNC );
    client_exchange( &client, TRUE );
    from = notify_count();
    check_ret( pReadDataEx( client.request, body, sizeof(body), NULL, 0, 0, NULL ),
               ERROR_SUCCESS );
    server_signal( server, 0 );
    entry = await( from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE );
    ok( entry->len == 4 && !memcmp( body, "four", 4 ), "got %u\n", (UINT)entry->len );
    client_close( &client );
    server_abandon( server );
}

START_TEST(extended)
{
    find_functions();
    RUN( test_add );
    RUN( test_query );
    RUN( test_wire_encoding );
    RUN( test_trailers );
    RUN( test_read );
    RUN( test_read_async );
}
