/*
 * Time limits that pass: of resolving, connecting, sending, receiving; and closing meanwhile.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: http.md 13, options.md 1. That a limit passes is checked, not when: a peer never answers,
 * so that without a limit the call would not return at all.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "full.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name

enum { SHORT_MS = 150 };

/* tools/check and tests/conformance-table give the C library's resolver a file of aliases that
 * never opens: names without a dot are looked for in there, and that takes for ever. */
static BOOL names_are_slow(void)
{
    char value[8];

    if (GetEnvironmentVariableA( "WINHTTP_TEST_SLOW_NAMES", value, sizeof(value) )) return TRUE;
    skip( "names are resolved at once here\n" );
    return FALSE;
}

static void open_slow( struct client *client, unsigned int flags, DWORD limit )
{
    notify_reset();
    client_connect( client, 80, flags );
    check_works( WinHttpCloseHandle( client->connect ) );
    check_works( WinHttpSetTimeouts( client->session, limit, CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS,
                                     CLIENT_TIMEOUT_MS ) );
    client->connect = WinHttpConnect( client->session, L"slowname", 80, 0 );
    client->request = WinHttpOpenRequest( client->connect, NULL, NULL, NULL, NULL, NULL, 0 );
    ok( client->request != NULL, "no request, error %u\n", (UINT)GetLastError() );
}

/* http.md 3: a synchronous ReceiveResponse after a failed SendRequest is 12019 */
static void test_resolve_sync(void)
{
    struct client client;

    open_slow( &client, CLIENT_SYNC, SHORT_MS );
    check_fails( client_send( &client ), ERROR_WINHTTP_TIMEOUT );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_fails( client_send( &client ), ERROR_WINHTTP_TIMEOUT );
    client_close( &client );    /* the session goes although the resolver is still at work */
}

static void test_resolve_async(void)
{
    struct client client;

    open_slow( &client, CLIENT_ASYNC, SHORT_MS );
    check_works( client_send( &client ) );
    check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_SEND_REQUEST,
                         ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
}

/* http.md 3: closed meanwhile: 12017, then HANDLE_CLOSING; 0 and -1 are no limit (http.md 13) */
static void test_resolve_close_async(void)
{
    static const DWORD limits[] = { 0, 0xffffffff };
    struct client client;
    HINTERNET request;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( limits ); i++)
    {
        winetest_push_context( "limit %d", (int)limits[i] );
        open_slow( &client, CLIENT_ASYNC, limits[i] );
        request = client.request;
        check_works( client_send( &client ) );
        await( 0, STATUS( RESOLVING_NAME ) );
        client.request = NULL;
        check_works( WinHttpCloseHandle( request ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_SEND_REQUEST,
                             ERROR_WINHTTP_OPERATION_CANCELLED );
        ok( notify_wait_handle( 0, STATUS( HANDLE_CLOSING ), request ) != NULL, "not closed\n" );
        client_close( &client );
        winetest_pop_context();
    }
}

/* http.md 3: a synchronous call, interrupted by a close in another thread */
static void test_resolve_close_sync(void)
{
    struct client client;
    HANDLE thread;

    open_slow( &client, CLIENT_NOTIFY, 0 );
    thread = client_start_sending( &client );
    await( 0, STATUS( RESOLVING_NAME ) );
    client_interrupt( &client, thread );
    client_close( &client );
}

/* http.md 13: per address; 12002 */
static void test_connect( unsigned int flags )
{
    struct client client;
    struct full full;

    full_open( &full, 1, 0 );
    notify_reset();
    client_connect( &client, full.port, flags );
    check_works( WinHttpSetTimeouts( client.session, 0, SHORT_MS, 0, 0 ) );
    client_request( &client, L"GET", L"/" );
    if (flags & CLIENT_ASYNC)
    {
        check_works( client_send( &client ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_SEND_REQUEST,
                             ERROR_WINHTTP_TIMEOUT );
        await( 0, STATUS( CONNECTING_TO_SERVER ) );
    }
    else check_fails( client_send( &client ), ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    full_close( &full );
}

/* options.md 1: 6 limits each wait, 7 the whole header; 0 is no limit */
static void test_receive( unsigned int flags, DWORD option )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\n" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, flags );
    set_dword( client.request, WINHTTP_OPTION_RECEIVE_TIMEOUT, 0 );
    set_dword( client.request, option, SHORT_MS );
    check_works( client_send( &client ) );
    if (flags & CLIENT_ASYNC)
    {
        await( 0, STATUS( SENDREQUEST_COMPLETE ) );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                             ERROR_WINHTTP_TIMEOUT );
    }
    else check_fails( WinHttpReceiveResponse( client.request, NULL ), ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    server_stop( server );
}

/* Half of the body comes, then nothing. */
static void test_read( unsigned int flags )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char buffer[8];
    DWORD read;

    client_open( &client, server, flags );
    set_dword( client.request, WINHTTP_OPTION_RECEIVE_TIMEOUT, SHORT_MS );
    client_exchange( &client, flags & CLIENT_ASYNC );
    if (flags & CLIENT_ASYNC)
    {
        check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), NULL ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_READ_DATA,
                             ERROR_WINHTTP_TIMEOUT );
    }
    else
        check_fails( WinHttpReadData( client.request, buffer, sizeof(buffer), &read ),
                     ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    server_stop( server );
}

/* The server does not read: what fits into the sockets' buffers goes, the rest has to wait. */
static void test_send( unsigned int flags )
{
    static const DWORD total = 64 * 1024 * 1024;
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_WAIT( 0 ), SRV_END };
    struct server *server = server_start( script );
    char *data = calloc( 1, total );
    struct client client;
    DWORD written;

    client_open( &client, server, flags );
    set_dword( client.request, WINHTTP_OPTION_SEND_TIMEOUT, SHORT_MS );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, total, 0 ) );
    if (flags & CLIENT_ASYNC)
    {
        await( 0, STATUS( SENDREQUEST_COMPLETE ) );
        check_works( WinHttpWriteData( client.request, data, total, NULL ) );
        check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_WRITE_DATA,
                             ERROR_WINHTTP_TIMEOUT );
    }
    else
        check_fails( WinHttpWriteData( client.request, data, total, &written ),
                     ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    server_signal( server, 0 );
    server_stop( server );
    free( data );
}

START_TEST( timeout )
{
    static const unsigned int flags[] = { CLIENT_SYNC, CLIENT_ASYNC };
    unsigned int i;
    WSADATA wsa;

    WSAStartup( MAKEWORD( 2, 2 ), &wsa );
    if (names_are_slow())
    {
        test_resolve_sync();
        test_resolve_async();
        test_resolve_close_async();
        test_resolve_close_sync();
    }
    for (i = 0; i < ARRAYSIZE( flags ); i++)
    {
        winetest_push_context( "%s", flags[i] ? "async" : "sync" );
        test_connect( flags[i] );
        test_receive( flags[i], WINHTTP_OPTION_RECEIVE_TIMEOUT );
        test_receive( flags[i], WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT );
        test_read( flags[i] );
        test_send( flags[i] );
        winetest_pop_context();
    }
}
