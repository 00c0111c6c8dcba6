/*
 * The numbers and layouts of the WebSocket API, and where its results are: in the return value.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Programs carry these numbers compiled in, so whoever compiles this test finds out whether the
 * headers at hand agree with those of Windows.
 */
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define BINARY_MESSAGE WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define CLOSE_1000     "\x03\xe8"

#define NUMBER( name, value ) { #name, WINHTTP_##name, value }

struct number
{
    const char *name;
    unsigned int value, expected;
};

static void check_numbers( const struct number *numbers, unsigned int count )
{
    unsigned int i;

    for (i = 0; i < count; i++)
        ok( numbers[i].value == numbers[i].expected, "%s: expected %u, got %u\n", numbers[i].name,
            numbers[i].expected, numbers[i].value );
}

/* websocket.md 0: types, operations, options, limits */
static void test_numbers(void)
{
    static const struct number numbers[] =
    {
        NUMBER( WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, 0 ),
        NUMBER( WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, 1 ),
        NUMBER( WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, 2 ),
        NUMBER( WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, 3 ),
        NUMBER( WEB_SOCKET_CLOSE_BUFFER_TYPE, 4 ),
        NUMBER( WEB_SOCKET_SEND_OPERATION, 0 ),
        NUMBER( WEB_SOCKET_RECEIVE_OPERATION, 1 ),
        NUMBER( WEB_SOCKET_CLOSE_OPERATION, 2 ),
        NUMBER( WEB_SOCKET_SHUTDOWN_OPERATION, 3 ),
        NUMBER( OPTION_UPGRADE_TO_WEB_SOCKET, 114 ),
        NUMBER( OPTION_WEB_SOCKET_CLOSE_TIMEOUT, 115 ),
        NUMBER( OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 116 ),
        NUMBER( OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, 122 ),
        NUMBER( OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, 123 ),
        NUMBER( HANDLE_TYPE_WEBSOCKET, 5 ),
        NUMBER( WEB_SOCKET_MAX_CLOSE_REASON_LENGTH, 123 ),
        NUMBER( WEB_SOCKET_MIN_KEEPALIVE_VALUE, 15000 ),
    };

    check_numbers( numbers, ARRAYSIZE( numbers ) );
}

/* websocket.md 0: close statuses */
static void test_close_statuses(void)
{
    static const struct number numbers[] =
    {
        NUMBER( WEB_SOCKET_SUCCESS_CLOSE_STATUS, 1000 ),
        NUMBER( WEB_SOCKET_ENDPOINT_TERMINATED_CLOSE_STATUS, 1001 ),
        NUMBER( WEB_SOCKET_PROTOCOL_ERROR_CLOSE_STATUS, 1002 ),
        NUMBER( WEB_SOCKET_INVALID_DATA_TYPE_CLOSE_STATUS, 1003 ),
        NUMBER( WEB_SOCKET_EMPTY_CLOSE_STATUS, 1005 ),
        NUMBER( WEB_SOCKET_ABORTED_CLOSE_STATUS, 1006 ),
        NUMBER( WEB_SOCKET_INVALID_PAYLOAD_CLOSE_STATUS, 1007 ),
        NUMBER( WEB_SOCKET_POLICY_VIOLATION_CLOSE_STATUS, 1008 ),
        NUMBER( WEB_SOCKET_MESSAGE_TOO_BIG_CLOSE_STATUS, 1009 ),
        NUMBER( WEB_SOCKET_UNSUPPORTED_EXTENSIONS_CLOSE_STATUS, 1010 ),
        NUMBER( WEB_SOCKET_SERVER_ERROR_CLOSE_STATUS, 1011 ),
        NUMBER( WEB_SOCKET_SECURE_HANDSHAKE_ERROR_CLOSE_STATUS, 1015 ),
    };

    check_numbers( numbers, ARRAYSIZE( numbers ) );
}

#define check_offset( type, field, expected ) \
    ok( offsetof( type, field ) == (expected), #type "." #field ": expected %u, got %u\n", \
        (UINT)(expected), (UINT)offsetof( type, field ) )

/* websocket.md 0: the two structures that callbacks carry */
static void test_layout(void)
{
    ok( sizeof(WINHTTP_WEB_SOCKET_STATUS) == 8, "got %u\n",
        (UINT)sizeof(WINHTTP_WEB_SOCKET_STATUS) );
    check_offset( WINHTTP_WEB_SOCKET_STATUS, dwBytesTransferred, 0 );
    check_offset( WINHTTP_WEB_SOCKET_STATUS, eBufferType, 4 );
    ok( sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT) == (sizeof(void *) == 8 ? 24 : 12), "got %u\n",
        (UINT)sizeof(WINHTTP_WEB_SOCKET_ASYNC_RESULT) );
    check_offset( WINHTTP_WEB_SOCKET_ASYNC_RESULT, AsyncResult.dwResult, 0 );
    check_offset( WINHTTP_WEB_SOCKET_ASYNC_RESULT, AsyncResult.dwError, sizeof(void *) );
    check_offset( WINHTTP_WEB_SOCKET_ASYNC_RESULT, Operation, 2 * sizeof(void *) );
}

/* The last error before the call must not be taken for its result, in neither direction. */
#define check_returns( call, expected ) \
    do { \
        SetLastError( (expected) ? 0 : 0xdeadbeef ); \
        check_ret( call, expected ); \
    } while (0)

/* websocket.md 0: the five functions return their error. Whether they set the last error too is
 * not promised (U1), so nothing is checked about it, but that the result does not come from it. */
static void test_return_values(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 1 ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char data[] = "data", buffer[16];
    struct client client;
    USHORT status;
    DWORD len;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_returns( WinHttpWebSocketSend( client.socket, BINARY_MESSAGE, NULL, 1 ),
                   ERROR_INVALID_PARAMETER );
    check_returns( WinHttpWebSocketSend( client.socket, BINARY_MESSAGE, data, 4 ), 0 );
    check_returns( WinHttpWebSocketReceive( client.socket, NULL, 0, &len, &type ),
                   ERROR_INVALID_PARAMETER );
    check_returns( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), &len, &type ),
                   0 );
    check_returns( WinHttpWebSocketQueryCloseStatus( client.socket, &status, NULL, 0, &len ),
                   ERROR_INVALID_OPERATION );
    check_returns( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ), 0 );
    check_returns( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ),
                   ERROR_INVALID_OPERATION );
    check_returns( WinHttpWebSocketClose( client.socket, 1000, NULL, 1 ),
                   ERROR_INVALID_PARAMETER );
    check_returns( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    check_returns( WinHttpWebSocketQueryCloseStatus( client.socket, &status, NULL, 0, &len ), 0 );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket_types )
{
    RUN( test_numbers );
    RUN( test_close_statuses );
    RUN( test_layout );
    RUN( test_return_values );
}
