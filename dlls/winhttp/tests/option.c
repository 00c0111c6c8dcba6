/*
 * WinHttpQueryOption and WinHttpSetOption: the rules, and the options of WebSocket programs.
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

/* Handle kinds, as bits of the table. */
#define SES 1
#define CON 2
#define REQ 4
#define SOC 8

#ifndef WINHTTP_OPTION_DECOMPRESSION
#define WINHTTP_OPTION_DECOMPRESSION 118
#endif

#define WRONG_TYPE ERROR_WINHTTP_INCORRECT_HANDLE_TYPE

static HINTERNET handles_of( const struct client *client, unsigned int index )
{
    const HINTERNET handles[] = { client->session, client->connect, client->request,
                                  client->socket };

    return handles[index];
}

/* Session, connection, request and socket, all open. */
static struct server *open_all( struct client *client )
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );

    client_open( client, server, CLIENT_SYNC );
    client_set_upgrade( client );
    client_exchange( client, FALSE );
    client_complete_upgrade( client );
    return server;
}

static DWORD query( HINTERNET handle, DWORD option, void *buffer, DWORD *size )
{
    SetLastError( 0xdeadbeef );
    return WinHttpQueryOption( handle, option, buffer, size ) ? 0 : GetLastError();
}

/* options.md 0 */
static void test_query_rules(void)
{
    struct client client;
    struct server *server = open_all( &client );
    DWORD option = WINHTTP_OPTION_CONNECT_TIMEOUT, size, value[2];

    size = sizeof(value);
    check_ret( query( client.session, option, NULL, NULL ), ERROR_INVALID_PARAMETER );
    check_ret( query( client.session, option, value, NULL ), ERROR_INVALID_PARAMETER );
    size = 0;
    check_ret( query( client.session, option, NULL, &size ), ERROR_INSUFFICIENT_BUFFER );
    ok( size == 4, "got %u\n", (UINT)size );
    size = 3;
    value[0] = 0xdeadbeef;
    check_ret( query( client.session, option, value, &size ), ERROR_INSUFFICIENT_BUFFER );
    ok( size == 4 && value[0] == 0xdeadbeef, "got size %u\n", (UINT)size );
    size = sizeof(value);
    check_ret( query( client.session, option, value, &size ), 0 );
    check_error( ERROR_SUCCESS );
    ok( size == 4 && value[0] == CLIENT_TIMEOUT_MS, "got %u\n", (UINT)value[0] );
    size = sizeof(value);
    check_ret( query( NULL, option, value, &size ), ERROR_INVALID_HANDLE );
    client_close( &client );
    server_stop( server );
}

/* options.md 0: numbers that mean nothing, and options that can only be set */
static void test_unknown_options(void)
{
    static const DWORD unknown[] = { 0, 8, 0xfff, 0xdeadbeef };
    static const DWORD set_only[] =
    {
        WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_OPTION_ENABLE_FEATURE,
        WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL
    };
    struct client client;
    struct server *server = open_all( &client );
    DWORD size, value;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE( unknown ); i++)
    {
        for (j = 0; j < 3; j++)
        {
            winetest_push_context( "option %u, handle %u", (UINT)unknown[i], j );
            size = sizeof(value);
            check_ret( query( handles_of( &client, j ), unknown[i], &value, &size ),
                       ERROR_INVALID_PARAMETER );
            check_ret( set_dword_error( handles_of( &client, j ), unknown[i], 0 ),
                       ERROR_WINHTTP_INVALID_OPTION );
            winetest_pop_context();
        }
    }
    for (i = 0; i < ARRAYSIZE( set_only ); i++)
    {
        winetest_push_context( "option %u", (UINT)set_only[i] );
        size = sizeof(value);
        check_ret( query( client.request, set_only[i], &value, &size ), ERROR_INVALID_PARAMETER );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
}

/* options.md 0, 1: where an option may be set, and where queried; 12018 elsewhere */
static void test_handle_kinds(void)
{
    static const struct { DWORD option, value; unsigned int query, set; } tests[] =
    {
        { WINHTTP_OPTION_RESOLVE_TIMEOUT, 5000, SES | CON | REQ, SES | REQ },
        { WINHTTP_OPTION_CONNECT_TIMEOUT, 5000, SES | CON | REQ, SES | REQ },
        { WINHTTP_OPTION_SEND_TIMEOUT, 5000, SES | CON | REQ, SES | REQ },
        { WINHTTP_OPTION_RECEIVE_TIMEOUT, 5000, SES | CON | REQ, SES | REQ },
        { WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 60000, SES | CON | REQ, SES | REQ },
        { WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, 65536, SES | REQ, SES | REQ },
        { WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 65536, SES | REQ, SES | REQ },
        { WINHTTP_OPTION_DISABLE_FEATURE, WINHTTP_DISABLE_COOKIES, 0, REQ },
    };
    struct client client;
    struct server *server = open_all( &client );
    DWORD size, value, ret;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        for (j = 0; j < 3; j++)
        {
            winetest_push_context( "option %u, handle %u", (UINT)tests[i].option, j );
            ret = set_dword_error( handles_of( &client, j ), tests[i].option, tests[i].value );
            check_ret( ret, tests[i].set & (1u << j) ? 0 : WRONG_TYPE );
            if (tests[i].query)
            {
                size = sizeof(value);
                ret = query( handles_of( &client, j ), tests[i].option, &value, &size );
                check_ret( ret, tests[i].query & (1u << j) ? 0 : WRONG_TYPE );
                if (!ret && j != 1) ok( value == tests[i].value, "got %u\n", (UINT)value );
            }
            winetest_pop_context();
        }
    }
    client_close( &client );
    server_stop( server );
}

static void check_dword_at( HINTERNET handle, DWORD option, DWORD expected, int line )
{
    DWORD value = 0xdeadbeef, size = sizeof(value), ret = query( handle, option, &value, &size );

    ok_( __FILE__, line )( !ret, "option %u: got error %u\n", (UINT)option, (UINT)ret );
    if (!ret) ok_( __FILE__, line )( value == expected && size == 4,
                                     "option %u: expected %u, got %u\n", (UINT)option,
                                     (UINT)expected, (UINT)value );
}
#define check_dword( handle, option, expected ) check_dword_at( handle, option, expected, __LINE__ )

/* options.md 1 */
static void test_defaults(void)
{
    HINTERNET session, connect, request;

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    check_dword( session, WINHTTP_OPTION_CONNECT_TIMEOUT, 60000 );
    check_dword( session, WINHTTP_OPTION_SEND_TIMEOUT, 30000 );
    check_dword( session, WINHTTP_OPTION_RECEIVE_TIMEOUT, 30000 );
    check_dword( session, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 0xffffffff );
    check_dword( connect, WINHTTP_OPTION_CONNECT_TIMEOUT, 60000 );
    check_dword( request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 0xffffffff );
    check_dword( request, WINHTTP_OPTION_SECURITY_FLAGS, 0 );
    check_dword( session, WINHTTP_OPTION_WORKER_THREAD_COUNT, 0 );
    check_dword( session, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, 32768 );
    check_dword( session, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 32768 );
    check_dword( request, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, 32768 );
    check_dword( request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 32768 );
    check_dword( session, WINHTTP_OPTION_HANDLE_TYPE, WINHTTP_HANDLE_TYPE_SESSION );
    check_dword( connect, WINHTTP_OPTION_HANDLE_TYPE, WINHTTP_HANDLE_TYPE_CONNECT );
    check_dword( request, WINHTTP_OPTION_HANDLE_TYPE, WINHTTP_HANDLE_TYPE_REQUEST );
    check_dword( session, WINHTTP_OPTION_REDIRECT_POLICY,
                 WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP );
    check_works( WinHttpCloseHandle( request ) );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
}

/* options.md 0, http.md 13 */
static void test_timeouts(void)
{
    struct client client;
    struct server *server = open_all( &client );
    HINTERNET second;

    check_fails( WinHttpSetTimeouts( client.session, -2, 0, 0, 0 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetTimeouts( client.session, 0, -2, 0, 0 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetTimeouts( client.session, 0, 0, -2, 0 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetTimeouts( client.session, 0, 0, 0, -2 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetTimeouts( client.connect, 0, 0, 0, -2 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetTimeouts( client.connect, 0, 0, 0, 0 ), WRONG_TYPE );
    check_works( WinHttpSetTimeouts( client.session, 0, -1, 123, 456 ) );
    check_dword( client.session, WINHTTP_OPTION_RESOLVE_TIMEOUT, 0 );
    check_dword( client.session, WINHTTP_OPTION_CONNECT_TIMEOUT, 0xffffffff );
    check_dword( client.session, WINHTTP_OPTION_SEND_TIMEOUT, 123 );
    check_dword( client.session, WINHTTP_OPTION_RECEIVE_TIMEOUT, 456 );

    /* a connection shows the session's values, a request those of its birth */
    check_dword( client.connect, WINHTTP_OPTION_SEND_TIMEOUT, 123 );
    check_dword( client.request, WINHTTP_OPTION_SEND_TIMEOUT, CLIENT_TIMEOUT_MS );
    check_works( WinHttpSetTimeouts( client.request, 1, 2, 3, 4 ) );
    check_dword( client.request, WINHTTP_OPTION_SEND_TIMEOUT, 3 );
    check_dword( client.session, WINHTTP_OPTION_SEND_TIMEOUT, 123 );
    second = WinHttpOpenRequest( client.connect, NULL, NULL, NULL, NULL, NULL, 0 );
    check_dword( second, WINHTTP_OPTION_RECEIVE_TIMEOUT, 456 );
    check_works( WinHttpCloseHandle( second ) );

    /* a response timeout below the receive timeout reads back as that */
    check_ret( set_dword_error( client.request, WINHTTP_OPTION_RECEIVE_TIMEOUT, 5000 ), 0 );
    set_dword( client.request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 4000 );
    check_dword( client.request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, 5000 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: buffer sizes */
static void test_buffer_sizes(void)
{
    static const DWORD options[] =
    {
        WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE
    };
    struct client client;
    struct server *server = open_all( &client );
    HINTERNET second;
    DWORD size, value[2];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( options ); i++)
    {
        winetest_push_context( "option %u", (UINT)options[i] );
        size = sizeof(value);
        check_ret( query( client.connect, options[i], value, &size ), WRONG_TYPE );
        size = sizeof(value);
        check_ret( query( client.socket, options[i], value, &size ), WRONG_TYPE );
        check_ret( set_dword_error( client.socket, options[i], 32768 ), WRONG_TYPE );
        check_ret( set_dword_error( client.connect, options[i], 32768 ), WRONG_TYPE );

        check_ret( set_dword_error( client.session, options[i], 1048576 ), 0 );
        check_dword( client.session, options[i], 1048576 );
        check_dword( client.request, options[i], 32768 );
        second = WinHttpOpenRequest( client.connect, NULL, NULL, NULL, NULL, NULL, 0 );
        check_dword( second, options[i], 1048576 );
        check_ret( set_dword_error( second, options[i], 15 ), 0 );
        check_dword( second, options[i], 15 );
        check_dword( client.session, options[i], 1048576 );
        check_works( WinHttpCloseHandle( second ) );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: keep-alive interval */
static void test_keepalive_interval(void)
{
    const DWORD option = WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL;
    struct client client;
    struct server *server = open_all( &client );
    unsigned char buffer[8] = { 0x30, 0x75 };           /* 30000 */
    DWORD size, value;

    size = sizeof(value);
    check_ret( query( client.session, option, &value, &size ), ERROR_INVALID_PARAMETER );
    check_ret( query( client.request, option, &value, &size ), ERROR_INVALID_PARAMETER );
    check_ret( query( client.socket, option, &value, &size ), ERROR_INVALID_PARAMETER );
    check_ret( query( client.socket, option, NULL, &size ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.request, option, 30000 ), WRONG_TYPE );
    check_fails( WinHttpSetOption( client.socket, option, buffer, 2 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetOption( client.socket, option, buffer, 8 ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.socket, option, 14999 ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.socket, option, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.socket, option, 15000 ), 0 );
    check_error( ERROR_SUCCESS );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: close timeout; all but the set on a socket is guess U17 */
static void test_close_timeout(void)
{
    const DWORD option = WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT;
    struct client client;
    struct server *server = open_all( &client );
    unsigned char buffer[8] = { 0x10, 0x27 };
    DWORD size, value;

    check_ret( set_dword_error( client.socket, option, 750 ), 0 );
    size = sizeof(value);
    check_ret( query( client.socket, option, &value, &size ), ERROR_INVALID_PARAMETER );
    check_ret( set_dword_error( client.request, option, 750 ), WRONG_TYPE );
    check_fails( WinHttpSetOption( client.socket, option, buffer, 2 ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetOption( client.socket, option, buffer, 8 ), ERROR_INVALID_PARAMETER );
    /* guess U19: timeouts on the socket itself are accepted */
    check_ret( set_dword_error( client.socket, WINHTTP_OPTION_RECEIVE_TIMEOUT, 5000 ), 0 );
    check_ret( set_dword_error( client.socket, WINHTTP_OPTION_SEND_TIMEOUT, 5000 ), 0 );
    client_close( &client );
    server_stop( server );
}

/* options.md 1: context, parent and type on every handle */
static void test_context_and_parents(void)
{
    struct client client;
    struct server *server = open_all( &client );
    DWORD_PTR context;
    HINTERNET parent;
    DWORD size, i;
    BOOL ret;

    for (i = 0; i < 4; i++)
    {
        HINTERNET handle = handles_of( &client, i );

        winetest_push_context( "handle %u", (UINT)i );
        context = 0x1000 + i;
        check_works( WinHttpSetOption( handle, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                       sizeof(context) ) );
        context = 0;
        size = sizeof(context);
        check_ret( query( handle, WINHTTP_OPTION_CONTEXT_VALUE, &context, &size ), 0 );
        ok( context == 0x1000 + i && size == sizeof(context), "got %#x\n", (UINT)context );
        SetLastError( 0xdeadbeef );
        ret = WinHttpSetOption( handle, WINHTTP_OPTION_CONTEXT_VALUE, &context, 3 );
        ok( !ret, "expected failure\n" );
        check_error( ERROR_INSUFFICIENT_BUFFER );
        winetest_pop_context();
    }
    size = sizeof(parent);
    check_ret( query( client.request, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size ), 0 );
    ok( parent == client.connect, "got %p\n", parent );
    size = sizeof(parent);
    check_ret( query( client.connect, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size ), 0 );
    ok( parent == client.session, "got %p\n", parent );
    size = sizeof(parent);
    check_ret( query( client.socket, WINHTTP_OPTION_PARENT_HANDLE, &parent, &size ), 0 );
    ok( parent == client.connect, "got %p\n", parent );          /* guess U14 */
    client_close( &client );
    server_stop( server );
}

/* options.md 0: what a set refuses */
static void test_set_rules(void)
{
    struct client client;
    struct server *server = open_all( &client );
    unsigned char buffer[8] = { 0 };

    check_fails( WinHttpSetOption( client.session, WINHTTP_OPTION_REDIRECT_POLICY, NULL, 4 ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetOption( client.session, WINHTTP_OPTION_REDIRECT_POLICY, buffer, 3 ),
                 ERROR_INSUFFICIENT_BUFFER );
    check_fails( WinHttpSetOption( client.session, WINHTTP_OPTION_REDIRECT_POLICY, buffer, 5 ),
                 ERROR_INSUFFICIENT_BUFFER );
    check_works( WinHttpSetOption( client.session, WINHTTP_OPTION_REDIRECT_POLICY, buffer, 4 ) );
    check_error( ERROR_SUCCESS );
    check_dword( client.session, WINHTTP_OPTION_REDIRECT_POLICY,
                 WINHTTP_OPTION_REDIRECT_POLICY_NEVER );
    check_fails( WinHttpSetOption( NULL, WINHTTP_OPTION_REDIRECT_POLICY, buffer, 4 ),
                 ERROR_INVALID_HANDLE );
    client_close( &client );
    server_stop( server );
}

/* options.md 1: security flags of a request that was not sent */
static void test_security_flags(void)
{
    static const DWORD flags[] =
    {
        SECURITY_FLAG_IGNORE_UNKNOWN_CA, SECURITY_FLAG_IGNORE_CERT_CN_INVALID,
        SECURITY_FLAG_IGNORE_CERT_DATE_INVALID,
        SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, 0x3300, 0
    };
    HINTERNET session, connect, request;
    unsigned int i;

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, L"localhost", 443, 0 );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, WINHTTP_FLAG_SECURE );
    for (i = 0; i < ARRAYSIZE( flags ); i++)
    {
        check_ret( set_dword_error( request, WINHTTP_OPTION_SECURITY_FLAGS, flags[i] ), 0 );
        check_dword( request, WINHTTP_OPTION_SECURITY_FLAGS, flags[i] );
    }
    ok( set_dword_error( request, WINHTTP_OPTION_SECURITY_FLAGS, SECURITY_FLAG_SECURE ) != 0,
        "expected failure\n" );
    ok( set_dword_error( request, WINHTTP_OPTION_SECURITY_FLAGS,
                         SECURITY_FLAG_STRENGTH_STRONG ) != 0, "expected failure\n" );
    check_works( WinHttpCloseHandle( request ) );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
}

/* options.md 1: text options; sizes in bytes, with the NUL only on failure */
static void test_url(void)
{
    struct client client;
    struct server *server = open_all( &client );
    WCHAR url[64], expected[64];
    DWORD size = 0, len;

    _snwprintf( expected, ARRAYSIZE( expected ), L"http://127.0.0.1:%u/test",
                server_port( server ) );
    len = (DWORD)wcslen( expected ) * sizeof(WCHAR);
    check_ret( query( client.request, WINHTTP_OPTION_URL, NULL, &size ),
               ERROR_INSUFFICIENT_BUFFER );
    ok( size == len + sizeof(WCHAR), "got %u\n", (UINT)size );
    check_ret( query( client.request, WINHTTP_OPTION_URL, url, &size ), 0 );
    ok( size == len, "got %u\n", (UINT)size );
    ok( !wcscmp( url, expected ), "got %ls\n", url );
    client_close( &client );
    server_stop( server );
}

START_TEST( option )
{
    test_query_rules();
    test_unknown_options();
    test_handle_kinds();
    test_defaults();
    test_timeouts();
    test_buffer_sizes();
    test_keepalive_interval();
    test_close_timeout();
    test_context_and_parents();
    test_set_rules();
    test_security_flags();
    test_url();
}
