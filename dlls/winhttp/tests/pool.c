/*
 * Connections: how many a session may have, whose they are, and why one failed.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: http.md 13, options.md 1 (24, 73, 165, 195).
 */
#include <stdarg.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name
#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

#ifndef WINHTTP_OPTION_RESOLUTION_HOSTNAME
#define WINHTTP_OPTION_RESOLUTION_HOSTNAME 165
#endif

#ifndef WINHTTP_OPTION_DISABLE_GLOBAL_POOLING
#define WINHTTP_OPTION_DISABLE_GLOBAL_POOLING 195
#endif

static BOOL send_it( HINTERNET request )
{
    return WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 );
}

/* http.md 13: with the limit of one connection the second request waits until the first has got
 * its whole answer, and then takes that connection. */
static void test_limit(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_WAIT( 0 ), SRV_SEND( REPLY ),
        SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    HINTERNET second;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_ASYNC );
    set_dword( client.session, WINHTTP_OPTION_MAX_CONNS_PER_SERVER, 1 );
    client_request( &client, L"GET", L"/first" );
    second = WinHttpOpenRequest( client.connect, L"GET", L"/second", NULL, NULL, NULL, 0 );
    check_works( client_send( &client ) );
    ok( notify_wait_handle( 0, STATUS( SENDREQUEST_COMPLETE ), client.request ) != NULL,
        "the first was not sent\n" );
    check_works( send_it( second ) );
    server_signal( server, 0 );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( notify_wait_handle( 0, STATUS( SENDREQUEST_COMPLETE ), second ) != NULL,
        "the second was not sent\n" );
    check_works( WinHttpReceiveResponse( second, NULL ) );
    ok( notify_wait_handle( 0, STATUS( HEADERS_AVAILABLE ), second ) != NULL,
        "the second has no answer\n" );
    ok( server_connection_count( server ) == 1, "%u connections\n",
        server_connection_count( server ) );
    check_works( WinHttpCloseHandle( second ) );
    client_close( &client );
    server_stop( server );
}

/* http.md 3: closed while it waits; the place goes to the next when the first is closed. */
static void test_limit_close(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    HINTERNET first, second, third;
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_ASYNC );
    set_dword( client.session, WINHTTP_OPTION_MAX_CONNS_PER_SERVER, 1 );
    first = WinHttpOpenRequest( client.connect, NULL, L"/1", NULL, NULL, NULL, 0 );
    second = WinHttpOpenRequest( client.connect, NULL, L"/2", NULL, NULL, NULL, 0 );
    third = WinHttpOpenRequest( client.connect, NULL, L"/3", NULL, NULL, NULL, 0 );
    check_works( send_it( first ) );
    ok( notify_wait_handle( 0, STATUS( SENDREQUEST_COMPLETE ), first ) != NULL, "not sent\n" );
    check_works( send_it( second ) );
    check_works( send_it( third ) );
    check_works( WinHttpCloseHandle( second ) );
    check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_SEND_REQUEST,
                         ERROR_WINHTTP_OPERATION_CANCELLED );
    ok( notify_wait_handle( 0, STATUS( HANDLE_CLOSING ), second ) != NULL, "not closed\n" );
    check_works( WinHttpCloseHandle( first ) );
    ok( notify_wait_handle( 0, STATUS( SENDREQUEST_COMPLETE ), third ) != NULL,
        "the third was not sent\n" );
    check_works( WinHttpCloseHandle( third ) );
    client_close( &client );
    server_abandon( server );
}

/* One exchange by a session of its own; the connection goes to a pool. */
static void exchange_once( struct server *server, BOOL private_pool )
{
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    if (private_pool) set_dword( client.session, WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, TRUE );
    client_request( &client, L"GET", L"/" );
    client_exchange( &client, FALSE );
    client_close( &client );
}

/* http.md 13: the pool is the process's, unless option 195 says otherwise; a session's own goes
 * with it. */
static void test_private_pool( BOOL private_pool )
{
    static const struct step shared[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    static const struct step own[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_EOF,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( private_pool ? own : shared );

    exchange_once( server, private_pool );
    exchange_once( server, private_pool );
    ok( server_connection_count( server ) == (private_pool ? 2 : 1), "%u connections\n",
        server_connection_count( server ) );
    server_stop( server );
}

/* options.md 1: option 24, on the thread of the call, with or without a handle */
static void test_extended_error(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    DWORD error = 0, size = sizeof(error);
    WORD port = server_port( server );
    struct client client;

    server_stop( server );
    client_connect( &client, port, CLIENT_SYNC );
    client_request( &client, L"GET", L"/" );
    check_fails( client_send( &client ), ERROR_WINHTTP_CANNOT_CONNECT );
    check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_EXTENDED_ERROR, &error,
                                     &size ) );
    ok( error == WSAECONNREFUSED, "got %u\n", (UINT)error );
    error = 0;
    check_works( WinHttpQueryOption( NULL, WINHTTP_OPTION_EXTENDED_ERROR, &error, &size ) );
    ok( error == WSAECONNREFUSED, "got %u\n", (UINT)error );
    client_close( &client );
}

/* options.md 1: option 165; the Host header stays, and the names of both are the pool's key */
static void test_resolution_host(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    static const WCHAR name[] = L"127.0.0.1";
    struct server *server = server_start( script );
    struct client client;
    char host[64] = "";

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"elsewhere.invalid", server_port( server ),
                                     0 );
    client_request( &client, L"GET", L"/" );
    check_fails( client_send( &client ), ERROR_WINHTTP_NAME_NOT_RESOLVED );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_RESOLUTION_HOSTNAME,
                                   (void *)name, ARRAYSIZE( name ) - 1 ) );
    client_exchange( &client, FALSE );
    if (server_request( server, 0 ))
        server_header( server_request( server, 0 ), "Host", host, sizeof(host) );
    ok( !strncmp( host, "elsewhere.invalid:", 18 ), "got %s\n", host );
    client_close( &client );
    server_stop( server );
}

START_TEST( pool )
{
    test_limit();
    test_limit_close();
    test_private_pool( FALSE );
    test_private_pool( TRUE );
    test_extended_error();
    test_resolution_host();
}
