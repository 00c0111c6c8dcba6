/*
 * The closing handshake of WebSockets with asynchronous handles.
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

#define HANDLE_CLOSING    WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING
#define READ_COMPLETE     WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define WRITE_COMPLETE    WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE
#define REQUEST_ERROR     WINHTTP_CALLBACK_STATUS_REQUEST_ERROR
#define CLOSE_COMPLETE    WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE
#define SHUTDOWN_COMPLETE WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE

#define RECEIVE_OPERATION WINHTTP_WEB_SOCKET_RECEIVE_OPERATION
#define CLOSE_OPERATION   WINHTTP_WEB_SOCKET_CLOSE_OPERATION

#define BINARY_MESSAGE WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define TEXT_MESSAGE   WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define CLOSE_TYPE     WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE

#define CLOSE_1000         "\x03\xe8"
#define CLOSE_1000_SUCCESS "\x03\xe8" "success"
#define CLOSE_1001_AWAY    "\x03\xe9" "going away"

static DWORD start_receive( HINTERNET socket )
{
    static char buffer[256];

    return WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), NULL, NULL );
}

/* websocket.md 10: the row "Close pending" */
static void check_closing_socket( HINTERNET socket )
{
    char data[] = "x";

    check_ret( WinHttpWebSocketSend( socket, BINARY_MESSAGE, data, 1 ), ERROR_INVALID_OPERATION );
    check_ret( start_receive( socket ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketShutdown( socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketClose( socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketClose( socket, 1000, NULL, 1 ), ERROR_INVALID_PARAMETER );
    check_no_close_status( socket );
}

/* websocket.md 6: CLOSE_COMPLETE with length 0, once the server has answered */
static void test_close(void)
{
    static const struct notify_expect closed[] = { { CLOSE_COMPLETE, NOTIFY_ANY }, { 0, 0 } };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1001_AWAY ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    const struct notification *entry;
    char reason[] = "success";
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketClose( client.socket, 1000, reason, 7 ), 0 );
    check_closing_socket( client.socket );
    ok( notify_count() == from, "unexpected callback\n" );
    server_signal( server, 0 );
    entry = await( from, CLOSE_COMPLETE );
    ok( !entry->len, "got length %u\n", (UINT)entry->len );
    ok( entry->handle == client.socket && entry->context == CLIENT_CONTEXT,
        "wrong handle or context\n" );
    check_close_status( client.socket, 1001, "going away" );
    notify_check( from, closed );
    check_ret( start_receive( client.socket ), ERROR_INVALID_OPERATION );
    /* guess U31 */
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000_SUCCESS, 9 );
    server_stop( server );
}

/* websocket.md 6: a pending Receive is cancelled inside the call, on the caller's thread */
static void test_close_while_receiving(void)
{
    static const struct notify_expect cancelled[] = { { REQUEST_ERROR, NOTIFY_CALLER }, { 0, 0 } };
    static const struct notify_expect all[] =
    {
        { REQUEST_ERROR, NOTIFY_CALLER }, { CLOSE_COMPLETE, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ),
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "dropped" ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( start_receive( client.socket ), 0 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    notify_check( from, cancelled );
    check_socket_error( await( from, REQUEST_ERROR ), RECEIVE_OPERATION,
                        ERROR_WINHTTP_OPERATION_CANCELLED );
    check_closing_socket( client.socket );
    server_signal( server, 0 );
    await( from, CLOSE_COMPLETE );
    notify_check( from, all );
    check_close_status( client.socket, 1000, "success" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 5, 6: Shutdown completes inside the call; a later Close drops what was not read */
static void test_shutdown_then_close(void)
{
    static const struct notify_expect shut[] = { { SHUTDOWN_COMPLETE, NOTIFY_CALLER }, { 0, 0 } };
    static const struct notify_expect closed[] = { { CLOSE_COMPLETE, NOTIFY_ANY }, { 0, 0 } };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 1 ), SRV_READ_FRAME, SRV_WAIT( 0 ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    char data[] = "unread echo", reason[] = "success";
    const struct notification *entry;
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 11 ), 0 );
    await( from, WRITE_COMPLETE );
    from = notify_count();
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, reason, 7 ), 0 );
    entry = await( from, SHUTDOWN_COMPLETE );
    ok( !entry->len, "got length %u\n", (UINT)entry->len );      /* guess U29 */
    notify_check( from, shut );
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, reason, 7 ),
               ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 1 ),
               ERROR_INVALID_OPERATION );
    check_no_close_status( client.socket );
    from = notify_count();
    check_ret( WinHttpWebSocketClose( client.socket, 1001, data, 4 ), 0 );
    check_closing_socket( client.socket );
    server_signal( server, 0 );
    await( from, CLOSE_COMPLETE );
    notify_check( from, closed );
    check_close_status( client.socket, 1000, "success" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000_SUCCESS, 9 );
    server_stop( server );
}

/* websocket.md 5, 6: a Receive that is pending at Shutdown goes on; with both close frames
 * exchanged Close has nothing to wait for and completes inside the call */
static void test_shutdown_while_receiving(void)
{
    static const struct notify_expect shut[] = { { SHUTDOWN_COMPLETE, NOTIFY_CALLER }, { 0, 0 } };
    static const struct notify_expect closed[] = { { CLOSE_COMPLETE, NOTIFY_CALLER }, { 0, 0 } };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ),
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ),
        SRV_WAIT( 0 ), SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( start_receive( client.socket ), 0 );
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ), 0 );
    notify_check( from, shut );
    check_ret( start_receive( client.socket ), ERROR_INVALID_OPERATION );
    server_signal( server, 0 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 4 );

    from = notify_count();
    check_ret( start_receive( client.socket ), 0 );
    check_no_close_status( client.socket );
    server_signal( server, 0 );
    check_transfer( await( from, READ_COMPLETE ), CLOSE_TYPE, 0 );
    check_close_status( client.socket, 1000, "success" );
    check_ret( start_receive( client.socket ), ERROR_INVALID_OPERATION );
    from = notify_count();
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    notify_check( from, closed );
    check_close_status( client.socket, 1000, "success" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4, 6: the server's close frame is reported by Receive and answered by Close */
static void test_server_closes_first(void)
{
    static const struct notify_expect closed[] = { { CLOSE_COMPLETE, NOTIFY_ANY }, { 0, 0 } };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, CLOSE_1001_AWAY ), SRV_READ_FRAME,
        SRV_READ_FRAME,
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    char data[] = "last words";
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( start_receive( client.socket ), 0 );
    check_transfer( await( from, READ_COMPLETE ), CLOSE_TYPE, 0 );
    check_close_status( client.socket, 1001, "going away" );
    check_ret( start_receive( client.socket ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 10 ), 0 );
    await( from, WRITE_COMPLETE );
    from = notify_count();
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    await( from, CLOSE_COMPLETE );
    notify_check( from, closed );
    check_close_status( client.socket, 1001, "going away" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_TEXT | FRAME_FIN, "last words", 10 );
    check_frame( server, 1, FRAME_CLOSE, CLOSE_1000, 2 );
    server_stop( server );
}

static void close_socket( const struct notification *entry, void *arg )
{
    (void)arg;
    check_ret( WinHttpWebSocketClose( entry->handle, 1000, NULL, 0 ), 0 );
}

/* websocket.md 11: Close called inside the completions that programs call it in */
static void test_close_in_callback(void)
{
    static const struct step on_close[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_READ_FRAME,
        SRV_EOF, SRV_END
    };
    static const struct step on_data[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "bye" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_EOF, SRV_END
    };
    const struct step *scripts[] = { on_close, on_data };
    struct server *server;
    struct client client;
    unsigned int from, i;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", i );
        server = server_start( scripts[i] );
        client_open_socket( &client, server, CLIENT_ASYNC );
        from = notify_count();
        notify_on( READ_COMPLETE, close_socket, NULL );
        check_ret( start_receive( client.socket ), 0 );
        await( from, CLOSE_COMPLETE );
        check_close_status( client.socket, 1000, "success" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

static void close_handle( const struct notification *entry, void *arg )
{
    (void)arg;
    check_works( WinHttpCloseHandle( entry->handle ) );
}

/* Most programs close the handle inside CLOSE_COMPLETE. */
static void test_close_handle_in_callback(void)
{
    static const struct notify_expect closed[] =
    {
        { CLOSE_COMPLETE, NOTIFY_ANY }, { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    notify_on( CLOSE_COMPLETE, close_handle, NULL );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    await( from, HANDLE_CLOSING );
    notify_check_handle( from, client.socket, closed );
    client.socket = NULL;
    client_close( &client );
    server_stop( server );
}

/* websocket.md 6, 8: how a close fails */
static void test_close_failures(void)
{
    static const struct step silent[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_EOF,
                                          SRV_END };
    static const struct step cut[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ),
                                       SRV_CUT, SRV_END };
    static const struct step reset[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ),
                                         SRV_RESET, SRV_END };
    static const struct step opcode[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_WAIT( 0 ), SRV_FRAME( 0x83, "" ), SRV_EOF,
        SRV_END
    };
    static const struct { const struct step *script; DWORD error; } tests[] =
    {
        { silent, ERROR_WINHTTP_TIMEOUT },
        { cut, ERROR_WINHTTP_CONNECTION_ERROR },
        { reset, ERROR_WINHTTP_CONNECTION_ERROR },
        { opcode, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
    };
    static const struct notify_expect failed[] = { { REQUEST_ERROR, NOTIFY_WORKER }, { 0, 0 } };
    DWORD timeout = 300;
    struct server *server;
    struct client client;
    unsigned int from, i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( tests[i].script );
        client_open_socket( &client, server, CLIENT_ASYNC );
        if (tests[i].script == silent)
            check_works( WinHttpSetOption( client.socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,
                                           &timeout, sizeof(timeout) ) );
        from = notify_count();
        check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
        server_signal( server, 0 );
        check_socket_error( await( from, REQUEST_ERROR ), CLOSE_OPERATION, tests[i].error );
        ok( server_finish( server ), "the connection was not aborted\n" );
        notify_check( from, failed );
        check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 9: closing the handle cancels a pending Close, whose Receive was cancelled before */
static void test_close_handle_while_closing(void)
{
    static const struct notify_expect closing[] =
    {
        { REQUEST_ERROR, NOTIFY_CALLER }, { REQUEST_ERROR, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_EOF,
                                          SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from, second;
    HINTERNET socket;

    client_open_socket( &client, server, CLIENT_ASYNC );
    socket = client.socket;
    from = notify_count();
    check_ret( start_receive( socket ), 0 );
    check_ret( WinHttpWebSocketClose( socket, 1000, NULL, 0 ), 0 );
    check_socket_error( await( from, REQUEST_ERROR ), RECEIVE_OPERATION,
                        ERROR_WINHTTP_OPERATION_CANCELLED );
    second = notify_count();
    check_works( WinHttpCloseHandle( socket ) );
    client.socket = NULL;
    check_socket_error( await( second, REQUEST_ERROR ), CLOSE_OPERATION,
                        ERROR_WINHTTP_OPERATION_CANCELLED );
    await( second, HANDLE_CLOSING );
    notify_check_handle( from, socket, closing );
    client_close( &client );
    server_stop( server );
}

/* Fills the connection until a Send stays pending. Returns the place of that Send in the record. */
static BOOL send_until_pending( HINTERNET socket, char *data, DWORD size, unsigned int *from )
{
    unsigned int i;

    for (i = 0; i < 256; i++)
    {
        *from = notify_count();
        if (WinHttpWebSocketSend( socket, BINARY_MESSAGE, data, size )) return FALSE;
        if (notify_count() == *from) return TRUE;
    }
    return FALSE;
}

/* websocket.md 6, 10: the row "send pending" */
static void test_close_while_sending(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_SIGNAL( 1 ), SRV_EOF, SRV_END
    };
    const DWORD size = 1024 * 1024;
    struct server *server = server_start( script );
    char *data = calloc( 1, size );
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    if (send_until_pending( client.socket, data, size, &from ))
    {
        check_ret( WinHttpWebSocketSend( client.socket, BINARY_MESSAGE, data, 1 ),
                   ERROR_INVALID_OPERATION );
        check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
        /* guess U28 */
        check_ret( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ),
                   ERROR_INVALID_OPERATION );
        check_ret( start_receive( client.socket ), 0 );
        check_no_close_status( client.socket );
        server_signal( server, 0 );
        check_transfer( await( from, WRITE_COMPLETE ), BINARY_MESSAGE, size );
    }
    else
    {
        skip( "no Send stayed pending\n" );
        server_signal( server, 0 );
    }
    ok( server_wait( server, 1 ), "the server did not go on\n" );
    client_close( &client );
    server_stop( server );
    free( data );
}

/* websocket.md 9: a handle closed with a Send and a Receive pending: an error each (the order:
 * U39) */
static void test_close_handle_while_sending(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_EOF,
                                          SRV_END };
    const DWORD size = 1024 * 1024;
    struct server *server = server_start( script );
    char *data = calloc( 1, size );
    unsigned int from, second, i, operations = 0;
    const struct notification *entry;
    struct client client;
    HINTERNET socket;

    client_open_socket( &client, server, CLIENT_ASYNC );
    socket = client.socket;
    if (send_until_pending( socket, data, size, &from ))
    {
        check_ret( start_receive( socket ), 0 );
        second = notify_count();
        check_works( WinHttpCloseHandle( socket ) );
        client.socket = NULL;
        await( second, HANDLE_CLOSING );
        for (i = second; (entry = notify_get( i )) && entry->status == REQUEST_ERROR; i++)
        {
            const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result = (const void *)entry->data;

            ok( result->AsyncResult.dwError == ERROR_WINHTTP_OPERATION_CANCELLED, "got error %u\n",
                (UINT)result->AsyncResult.dwError );
            operations |= 1u << result->Operation;
        }
        ok( operations == (1u << RECEIVE_OPERATION | 1u << WINHTTP_WEB_SOCKET_SEND_OPERATION),
            "got operations %#x\n", operations );
        ok( i == notify_count() - 1, "got %u callbacks\n", notify_count() - second );
    }
    else skip( "no Send stayed pending\n" );
    server_signal( server, 0 );
    client_close( &client );
    server_stop( server );
    free( data );
}

/* guess U18: a close timeout of 0, and one of INFINITE, is none: the answer may take its time */
static void test_no_close_timeout(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_SIGNAL( 0 ), SRV_WAIT( 1 ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_EOF, SRV_END
    };
    static const DWORD timeouts[] = { 0, INFINITE };
    struct server *server;
    struct client client;
    unsigned int from, i;
    DWORD timeout;

    for (i = 0; i < ARRAYSIZE( timeouts ); i++)
    {
        timeout = timeouts[i];
        winetest_push_context( "timeout %u", (UINT)timeout );
        server = server_start( script );
        client_open_socket( &client, server, CLIENT_ASYNC );
        check_works( WinHttpSetOption( client.socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,
                                       &timeout, sizeof(timeout) ) );
        from = notify_count();
        check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
        ok( server_wait( server, 0 ), "no close frame\n" );
        ok( notify_count() == from, "it did not wait\n" );
        server_signal( server, 1 );
        await( from, CLOSE_COMPLETE );
        check_close_status( client.socket, 1000, "success" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( websocket_close_async )
{
    RUN( test_no_close_timeout );
    RUN( test_close );
    RUN( test_close_while_receiving );
    RUN( test_shutdown_then_close );
    RUN( test_shutdown_while_receiving );
    RUN( test_server_closes_first );
    RUN( test_close_in_callback );
    RUN( test_close_handle_in_callback );
    RUN( test_close_failures );
    RUN( test_close_handle_while_closing );
    RUN( test_close_while_sending );
    RUN( test_close_handle_while_sending );
}
