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

static DWORD set( HINTERNET handle, DWORD option, const void *value, DWORD size )
{
    SetLastError( 0xdeadbeef );
    WinHttpSetOption( handle, option, (void *)value, size );
    return GetLastError();
}

static DWORD set_dword( HINTERNET handle, DWORD option, DWORD value )
{
    return set( handle, option, &value, sizeof(value) );
}

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
    check_ret( set_dword( client.session, 68, 0xfffe ), ERROR_INVALID_PARAMETER );
    check_path( &client, path, 0, L"http://127.0.0.1:1/%C3%BC?%C3%BC" );
    check_ret( set_dword( client.session, 68, 1252 ), ERROR_SUCCESS );
    check_path( &client, path, 0, L"http://127.0.0.1:1/%C3%BC?%FC" );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_DISABLE, L"http://127.0.0.1:1/%C3%BC?%FC" );
    check_path( &client, L"/?\x4e00", 0, L"http://127.0.0.1:1/?%3F" );
    check_url( before, L"http://127.0.0.1:1/%C3%BC?%C3%BC" );
    check_ret( set_dword( client.session, 68, CP_UTF8 ), ERROR_SUCCESS );
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
    check_ret( set_dword( request, 138, FALSE ), ERROR_SUCCESS );
    check_url( request, L"http://127.0.0.1:1/<%41%20?<%41%20" );
    check_ret( set_dword( request, 138, TRUE ), ERROR_SUCCESS );
    check_url( request, L"http://127.0.0.1:1/%3C%41%20?%3C%41%20" );
    check_works( WinHttpCloseHandle( request ) );
    check_ret( set_dword( client.session, 138, TRUE ), ERROR_SUCCESS );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_DISABLE_QUERY,
                L"http://127.0.0.1:1/%3C%41%20?%3C%41%20" );
    check_path( &client, path, WINHTTP_FLAG_ESCAPE_PERCENT,
                L"http://127.0.0.1:1/%3C%2541%20?%3C%2541%20" );
    client_close( &client );
}

START_TEST( option_effect )
{
    RUN( test_codepage );
    RUN( test_encode_extra );
}
