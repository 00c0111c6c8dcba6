/*
 * Options that change what goes over the wire, or whether anything does.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: options.md 1, by number; what Microsoft's page on option flags does not say is a guess.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winhttp.h>

#include "client.h"
#include "wire.h"

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* --- 68 CODEPAGE, 138 ENCODE_EXTRA --- */

static void check_url_at( HINTERNET request, const WCHAR *expected, int line )
{
    WCHAR url[256];
    DWORD size = sizeof(url);

    check_works( WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ) );
    ok_( __FILE__, line )( !wcscmp( url, expected ), "got %ls\n", url );
}
#define check_url( request, expected ) check_url_at( request, expected, __LINE__ )

static HINTERNET open_path( struct client *client, const WCHAR *path, DWORD flags )
{
    HINTERNET request = WinHttpOpenRequest( client->connect, NULL, path, NULL, NULL, NULL, flags );

    ok( request != NULL, "WinHttpOpenRequest failed, error %u\n", (UINT)GetLastError() );
    return request;
}

static void check_path( struct client *client, const WCHAR *path, DWORD flags,
                        const WCHAR *expected )
{
    HINTERNET request = open_path( client, path, flags );

    check_url( request, expected );
    check_works( WinHttpCloseHandle( request ) );
}

/* options.md 1: 68; guess: of the query only, from the next request on, and what has no place in it
 * is a question mark */
static void test_codepage(void)
{
    static const WCHAR path[] = L"/\x00fc?\x00fc";
    HINTERNET before;
    struct client client;

    client_connect( &client, 1, CLIENT_SYNC );
    before = open_path( &client, path, 0 );
    check_ret( set_dword_error( client.session, 68, 0xfffe ), ERROR_INVALID_PARAMETER );
    check_path( &client, path, 0, L"http://127.0.0.1:1/%C3%BC?%C3%BC" );
    check_ret( set_dword_error( client.session, 68, 1252 ), ERROR_SUCCESS );
    check_path( &client, path, 0, L"http://127.0.0.1:1/%C3%BC?%FC" );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_DISABLE, L"http://127.0.0.1:1/%C3%BC?%FC" );
    check_path( &client, L"/?\x4e00", 0, L"http://127.0.0.1:1/?%3F" );
    check_url( before, L"http://127.0.0.1:1/%C3%BC?%C3%BC" );
    check_ret( set_dword_error( client.session, 68, CP_UTF8 ), ERROR_SUCCESS );
    check_path( &client, path, 0, L"http://127.0.0.1:1/%C3%BC?%C3%BC" );
    check_works( WinHttpCloseHandle( before ) );
    client_close( &client );
}

/* options.md 1: 138; guess: it undoes WINHTTP_FLAG_ESCAPE_DISABLE and _DISABLE_QUERY */
static void test_encode_extra(void)
{
    static const WCHAR path[] = L"/<%41 ?<%41 ";
    HINTERNET request;
    struct client client;

    client_connect( &client, 1, CLIENT_SYNC );
    request = open_path( &client, path, WINHTTP_FLAG_ESCAPE_DISABLE );
    check_url( request, L"http://127.0.0.1:1/<%41%20?<%41%20" );
    check_ret( set_dword_error( request, 138, FALSE ), ERROR_SUCCESS );
    check_url( request, L"http://127.0.0.1:1/<%41%20?<%41%20" );
    check_ret( set_dword_error( request, 138, TRUE ), ERROR_SUCCESS );
    check_url( request, L"http://127.0.0.1:1/%3C%41%20?%3C%41%20" );
    check_works( WinHttpCloseHandle( request ) );
    check_ret( set_dword_error( client.session, 138, TRUE ), ERROR_SUCCESS );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_DISABLE_QUERY,
                L"http://127.0.0.1:1/%3C%41%20?%3C%41%20" );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_PERCENT,
                L"http://127.0.0.1:1/%3C%2541%20?%3C%2541%20" );
    client_close( &client );
}

/* --- 39 PROXY_RESULT_ENTRY --- */

typedef struct
{
    BOOL proxied;
    BOOL bypass;
    INTERNET_SCHEME scheme;
    const WCHAR *host;
    INTERNET_PORT port;
} proxy_entry; /* WINHTTP_PROXY_RESULT_ENTRY: not in every toolchain */

static DWORD get_access_type( HINTERNET request )
{
    WINHTTP_PROXY_INFO info = { 0 };
    DWORD size = sizeof(info);

    check_works( WinHttpQueryOption( request, WINHTTP_OPTION_PROXY, &info, &size ) );
    GlobalFree( info.lpszProxy );
    GlobalFree( info.lpszProxyBypass );
    return info.dwAccessType;
}

/* options.md 1: 39; guess: on a request, and SOCKS is refused */
static void test_proxy_entry(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END };
    struct server *server = server_start_plain( script );
    proxy_entry entry = { TRUE, FALSE, INTERNET_SCHEME_HTTP, L"127.0.0.1", server_port( server ) };
    proxy_entry direct = { FALSE, FALSE, INTERNET_SCHEME_HTTP, NULL, 0 };
    proxy_entry bypass = { TRUE, TRUE, INTERNET_SCHEME_HTTP, L"127.0.0.1", 1 };
    proxy_entry socks = { TRUE, FALSE, INTERNET_SCHEME_SOCKS, L"127.0.0.1", 1 };
    proxy_entry nobody = { TRUE, FALSE, INTERNET_SCHEME_HTTP, NULL, 1 };
    proxy_entry bad = { TRUE, FALSE, INTERNET_SCHEME_HTTP, L"127.0.0.1", 0 };
    proxy_entry ipv6 = { TRUE, FALSE, INTERNET_SCHEME_HTTP, L"::1", 8080 };
    struct client client;

    client_connect( &client, 80, CLIENT_SYNC );
    client.request = WinHttpOpenRequest( client.connect, NULL, L"/by", NULL, NULL, NULL, 0 );
    check_ret( set_error( client.session, 39, &entry, sizeof(entry) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( set_error( client.request, 39, &entry, sizeof(entry) - 1 ),
               ERROR_INSUFFICIENT_BUFFER );
    check_ret( set_error( client.request, 39, &socks, sizeof(socks) ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( client.request, 39, &nobody, sizeof(nobody) ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( client.request, 39, &bad, sizeof(bad) ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( client.request, 39, &ipv6, sizeof(ipv6) ), ERROR_SUCCESS );
    ok( get_access_type( client.request ) == WINHTTP_ACCESS_TYPE_NAMED_PROXY, "no proxy\n" );
    check_ret( set_error( client.request, 39, &bypass, sizeof(bypass) ), ERROR_SUCCESS );
    ok( get_access_type( client.request ) == WINHTTP_ACCESS_TYPE_NO_PROXY, "a proxy\n" );
    check_ret( set_error( client.request, 39, &entry, sizeof(entry) ), ERROR_SUCCESS );
    client_exchange( &client, FALSE );
    ok( !strncmp( got_request( server, 0 )->text, "GET http://127.0.0.1/by HTTP/1.1\r\n", 34 ),
        "got %s\n", got_request( server, 0 )->text );
    check_ret( set_error( client.request, 39, &direct, sizeof(direct) ), ERROR_SUCCESS );
    ok( get_access_type( client.request ) == WINHTTP_ACCESS_TYPE_NO_PROXY, "a proxy\n" );
    client_close( &client );
    server_stop( server );
}

/* --- 143 EXPIRE_CONNECTION --- */

static void read_all( HINTERNET request )
{
    char buffer[64];
    DWORD size;

    do check_works( WinHttpReadData( request, buffer, sizeof(buffer), &size ) );
    while (size);
}

/* options.md 1: 143: the connection serves no other request; guess: 12019 without one */
static void test_expire(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_EOF,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;

    client_open( &client, server, CLIENT_SYNC );
    check_ret( set_error( client.request, 143, NULL, 0 ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_ret( set_error( client.session, 143, NULL, 0 ), ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    for (i = 0; i < 3; i++)
    {
        client_exchange( &client, FALSE );
        if (!i) check_ret( set_error( client.request, 143, NULL, 0 ), ERROR_SUCCESS );
        read_all( client.request );
    }
    check_ret( set_error( client.request, 143, NULL, 0 ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    ok( got_request( server, 1 )->connection == 1, "the expired connection was used again\n" );
    ok( got_request( server, 2 )->connection == 1, "the second was expired too\n" );
    client_close( &client );
    server_stop( server );
}

/* --- 184 FEATURE_SUPPORTED, 192 REQUEST_ANNOTATION, 128 and 177 TCP_PRIORITY_ --- */

static DWORD feature( HINTERNET handle, DWORD number )
{
    DWORD size = sizeof(number);

    check_works( WinHttpQueryOption( handle, 184, &number, &size ) );
    ok( size == sizeof(number), "got size %u\n", (UINT)size );
    return number;
}

/* options.md 1: 184; guess: the number goes in where the answer comes out, on any handle or none */
static void test_features(void)
{
    struct client client;

    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    ok( feature( client.session, 44 ) == TRUE, "IS_FEATURE_SUPPORTED is not\n" );
    ok( feature( client.connect, 44 ) == TRUE, "not on a connection\n" );
    ok( feature( client.request, 49 ) == TRUE, "QUERY_HEADERS_EX is not\n" );
    ok( feature( NULL, 2 ) == TRUE, "IPV6_FAST_FALLBACK is not\n" );
    ok( feature( client.session, 0 ) == FALSE, "there is no feature 0\n" );
    ok( feature( client.session, 0x10002 ) == FALSE, "there is no such feature\n" );
    ok( feature( client.session, 0xffffffff ) == FALSE, "there is no feature -1\n" );
    client_close( &client );
}

/* options.md 1: 192, the longest 64000; the rest is a guess */
static void test_annotation(void)
{
    static const WCHAR words[] = L"upload 7";
    struct client client;
    BYTE *longest, buffer[64];
    DWORD size = 0;

    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    check_ret( set_error( client.session, 192, words, sizeof(words) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_works( WinHttpQueryOption( client.request, 192, NULL, &size ) );
    ok( !size, "got size %u\n", (UINT)size );
    check_ret( set_error( client.request, 192, words, sizeof(words) ), ERROR_SUCCESS );
    check_fails( WinHttpQueryOption( client.request, 192, NULL, &size ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( size == sizeof(words), "got size %u\n", (UINT)size );
    size = sizeof(buffer);
    check_works( WinHttpQueryOption( client.request, 192, buffer, &size ) );
    ok( size == sizeof(words) && !memcmp( buffer, words, size ), "got size %u\n", (UINT)size );
    longest = calloc( 1, 64001 );
    check_ret( set_error( client.request, 192, longest, 64001 ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( client.request, 192, longest, 64000 ), ERROR_SUCCESS );
    free( longest );
    check_ret( set_error( client.request, 192, NULL, 0 ), ERROR_SUCCESS );
    size = 0;
    check_works( WinHttpQueryOption( client.request, 192, NULL, &size ) );
    client_close( &client );
}

/* options.md 1: 128, 177; guess: types and handles, after SIO_SET_PRIORITY_HINT */
static void test_priority(void)
{
    struct client client;
    DWORD status[2], size = sizeof(status);

    client_connect( &client, 1, CLIENT_SYNC );
    check_ret( set_dword_error( client.session, 128, 3 ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.session, 128, 0 ), ERROR_SUCCESS );
    client_request( &client, NULL, NULL );
    check_works( WinHttpQueryOption( client.request, 177, status, &size ) );
    ok( !status[0] && !status[1], "got %u, %u\n", (UINT)status[0], (UINT)status[1] );
    check_ret( set_dword_error( client.request, 128, 1 ), ERROR_SUCCESS );
    check_works( WinHttpQueryOption( client.request, 177, status, &size ) );
    ok( status[0] == 1 && status[1] == 1, "got %u, %u\n", (UINT)status[0], (UINT)status[1] );
    client_close( &client );
}

/* options.md 1: 205, 3: 12193 */
static void test_fast_forwarding(void)
{
    struct client client;
    DWORD value = 1;

    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    check_ret( set_error( client.session, 205, &value, sizeof(value) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( set_error( client.request, 205, &value, sizeof(value) ), 12193 );
    client_close( &client );
}

START_TEST( option_effect )
{
    RUN( test_codepage );
    RUN( test_encode_extra );
    RUN( test_proxy_entry );
    RUN( test_expire );
    RUN( test_features );
    RUN( test_annotation );
    RUN( test_priority );
    RUN( test_fast_forwarding );
}
