/*
 * The closing handshake of WebSockets with synchronous handles.
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

#define BINARY_MESSAGE WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define TEXT_MESSAGE   WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define CLOSE_TYPE     WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE

/* Payloads of close frames: the status in network order, then the reason. */
#define CLOSE_1000         "\x03\xe8"
#define CLOSE_1000_SUCCESS "\x03\xe8" "success"
#define CLOSE_1001_AWAY    "\x03\xe9" "going away"

static DWORD receive_type( HINTERNET socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE *type )
{
    char buffer[256];
    DWORD len;

    *type = 0xdeadbeef;
    return WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), &len, type );
}

/* websocket.md 10: what is left of a socket whose close has come to an end */
static void check_closed_socket( HINTERNET socket, int line )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char data[] = "x";

    winetest_push_context( "line %u", line );
    check_ret( WinHttpWebSocketSend( socket, BINARY_MESSAGE, data, 1 ), ERROR_INVALID_OPERATION );
    check_ret( receive_type( socket, &type ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketShutdown( socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
    /* guess U31 */
    check_ret( WinHttpWebSocketClose( socket, 1000, NULL, 0 ), ERROR_INVALID_OPERATION );
    winetest_pop_context();
}

/* websocket.md 5, 6, 7: 87, also where the state would give 4317 (guess U34 for the query) */
static void test_parameters(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    char reason[128] = "success";
    struct client client;
    HINTERNET ws;
    USHORT status;
    DWORD len, pass;

    client_open_socket( &client, server, CLIENT_SYNC );
    ws = client.socket;
    for (pass = 0; pass < 2; pass++)
    {
        winetest_push_context( "pass %u", (UINT)pass );
        check_ret( WinHttpWebSocketShutdown( ws, 1000, NULL, 1 ), ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketShutdown( ws, 1000, reason, sizeof(reason) ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketShutdown( ws, 1000, reason, 124 ), ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketClose( ws, 1000, NULL, 1 ), ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketClose( ws, 1000, reason, sizeof(reason) ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketClose( ws, 1000, reason, 124 ), ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketQueryCloseStatus( ws, NULL, NULL, 0, NULL ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketQueryCloseStatus( ws, &status, NULL, 0, NULL ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketQueryCloseStatus( ws, &status, reason, 1, NULL ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketQueryCloseStatus( ws, NULL, reason, 1, &len ),
                   ERROR_INVALID_PARAMETER );
        check_ret( WinHttpWebSocketQueryCloseStatus( ws, &status, NULL, 1, &len ),
                   ERROR_INVALID_PARAMETER );
        check_no_close_status( ws );
        /* embedded NULs are sent as they are */
        if (!pass) check_ret( WinHttpWebSocketShutdown( ws, 1000, reason, 8 ), 0 );
        winetest_pop_context();
    }
    check_ret( WinHttpWebSocketClose( ws, 1000, reason, 7 ), 0 );
    check_close_status( ws, 1000, "success" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000_SUCCESS, 10 );
    server_stop( server );
}

/* websocket.md 6, 7, 10: Close sends a frame, waits for the peer's, and leaves the handle open */
static void test_close(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1001_AWAY ), SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    char reason[] = "success", buffer[16];
    struct client client;
    USHORT status = 0;
    DWORD len;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_no_close_status( client.socket );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, reason, 7 ), 0 );
    check_close_status( client.socket, 1001, "going away" );
    check_close_status( client.socket, 1001, "going away" );

    /* websocket.md 7: too small a buffer; without a buffer: guess U33 */
    len = 0xdeadbeef;
    check_ret( WinHttpWebSocketQueryCloseStatus( client.socket, &status, buffer, 9, &len ),
               ERROR_INSUFFICIENT_BUFFER );
    ok( len == 10, "got %u\n", (UINT)len );
    len = 0xdeadbeef;
    check_ret( WinHttpWebSocketQueryCloseStatus( client.socket, &status, NULL, 0, &len ),
               ERROR_INSUFFICIENT_BUFFER );
    ok( len == 10, "got %u\n", (UINT)len );
    memset( buffer, '#', sizeof(buffer) );
    check_ret( WinHttpWebSocketQueryCloseStatus( client.socket, &status, buffer, 10, &len ), 0 );
    ok( !memcmp( buffer, "going away#", 11 ), "wrong reason\n" );
    check_ret( WinHttpWebSocketQueryCloseStatus( client.socket, NULL, buffer, 10, &len ),
               ERROR_INVALID_PARAMETER );

    check_closed_socket( client.socket, __LINE__ );
    check_close_status( client.socket, 1001, "going away" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000_SUCCESS, 9 );
    ok( !server_frame( server, 1 ), "unexpected frame\n" );
    server_stop( server );
}

/* websocket.md 7: a close frame without payload reads as 1005 */
static void test_close_without_status(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, "" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    USHORT status = 0;
    DWORD len = 0xdeadbeef;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_ret( WinHttpWebSocketClose( client.socket, 1005, NULL, 0 ), 0 );
    check_ret( WinHttpWebSocketQueryCloseStatus( client.socket, &status, NULL, 0, &len ), 0 );
    ok( status == 1005, "got %u\n", status );
    ok( !len, "got %u\n", (UINT)len );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, "", 0 );
    server_stop( server );
}

/* websocket.md 5: only the send side is closed, the application goes on receiving */
static void test_shutdown(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "late" ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000 "bye" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    char reason[] = "success", ignored[] = "success2";
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, reason, 7 ), 0 );
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, reason, 7 ),
               ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, reason, 7 ),
               ERROR_INVALID_OPERATION );
    check_no_close_status( client.socket );
    check_receive( client.socket, 64, TEXT_MESSAGE, "late", 4 );
    check_receive( client.socket, 64, CLOSE_TYPE, "", 0 );
    check_close_status( client.socket, 1000, "bye" );
    check_ret( receive_type( client.socket, &type ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketClose( client.socket, 1001, ignored, 8 ), 0 );
    check_close_status( client.socket, 1000, "bye" );
    check_closed_socket( client.socket, __LINE__ );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000_SUCCESS, 9 );
    server_stop( server );
}

/* websocket.md 4, 6: the close frame that Receive reported is answered by Close, not before */
static void test_server_closes_first(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE | FRAME_PER_BYTE, CLOSE_1001_AWAY ),
        SRV_READ_FRAME,
        SRV_READ_FRAME, SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char data[] = "last words";
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_receive( client.socket, 64, CLOSE_TYPE, "", 0 );
    check_close_status( client.socket, 1001, "going away" );
    check_ret( receive_type( client.socket, &type ), ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 10 ), 0 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    check_close_status( client.socket, 1001, "going away" );
    check_closed_socket( client.socket, __LINE__ );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_TEXT | FRAME_FIN, "last words", 10 );
    check_frame( server, 1, FRAME_CLOSE, CLOSE_1000, 2 );
    server_stop( server );
}

/* websocket.md 5, 10: Shutdown may answer the server's close frame too */
static void test_shutdown_after_server(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, CLOSE_1001_AWAY ), SRV_READ_FRAME, SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "x";

    client_open_socket( &client, server, CLIENT_SYNC );
    check_receive( client.socket, 64, CLOSE_TYPE, "", 0 );
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ), 0 );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 1 ),
               ERROR_INVALID_OPERATION );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    check_close_status( client.socket, 1001, "going away" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000, 2 );
    server_stop( server );
}

/* websocket.md 6: messages that arrive before the peer's close frame are dropped */
static void test_data_discarded(void)
{
    static char big[40000];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "unread" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_TEXT, "a fragment" ), SRV_FRAME( FRAME_PONG, "pong" ),
        SRV_FRAME( FRAME_CONTINUATION | FRAME_FIN, "its end" ),
        SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, big, sizeof(big) ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    check_close_status( client.socket, 1000, "success" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 6: the rest of a message of which a part was read is dropped too */
static void test_data_discarded_mid_message(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_BINARY | FRAME_FIN, "0123456789" ),
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000_SUCCESS ), SRV_READ_FRAME, SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_receive( client.socket, 4, WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, "0123", 4 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    check_close_status( client.socket, 1000, "success" );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, CLOSE_1000, 2 );
    server_stop( server );
}

/* websocket.md 6: no answer within the close timeout: 12002, and the connection is gone */
static void test_close_timeout(void)
{
    static const struct step silent[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_EOF,
                                          SRV_END };
    static const struct step partial[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ),
        SRV_SEND( "\x88" ),
        SRV_EOF, SRV_END
    };
    const struct step *scripts[] = { silent, partial };
    struct server *server;
    struct client client;
    DWORD timeout = 300, i;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", (UINT)i );
        server = server_start( scripts[i] );
        client_open_socket( &client, server, CLIENT_SYNC );
        check_works( WinHttpSetOption( client.socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,
                                       &timeout, sizeof(timeout) ) );
        check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), ERROR_WINHTTP_TIMEOUT );
        ok( server_finish( server ), "the connection was not aborted\n" );
        check_no_close_status( client.socket );
        check_frame( server, 0, FRAME_CLOSE, CLOSE_1000, 2 );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 6, 8: the connection is lost, or the answer is no WebSocket data */
static void test_close_failures(void)
{
    static const struct step cut[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_CUT, SRV_END };
    static const struct step reset[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_RESET,
                                         SRV_END };
    static const struct step partial[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_SEND( "\x88\x02\x03" ), SRV_CUT, SRV_END
    };
    static const struct step masked[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE | FRAME_MASKED, CLOSE_1000 ), SRV_EOF, SRV_END
    };
    static const struct step opcode[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( 0x83, "" ), SRV_EOF, SRV_END
    };
    static const struct step one_byte[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, "\x03" ), SRV_EOF, SRV_END
    };
    static const struct step wire_1005[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, "\x03\xed" ), SRV_EOF,
        SRV_END
    };
    static const struct step continuation[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CONTINUATION | FRAME_FIN, "x" ),
        SRV_EOF, SRV_END
    };
    static const struct { const struct step *script; DWORD error; } tests[] =
    {
        { cut, ERROR_WINHTTP_CONNECTION_ERROR },
        { reset, ERROR_WINHTTP_CONNECTION_ERROR },
        { partial, ERROR_WINHTTP_CONNECTION_ERROR },
        { masked, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { opcode, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { one_byte, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },    /* guess: RFC 6455 5.5.1 */
        { wire_1005, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { continuation, ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
    };
    struct server *server;
    struct client client;
    DWORD i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", (UINT)i );
        server = server_start( tests[i].script );
        client_open_socket( &client, server, CLIENT_SYNC );
        check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), tests[i].error );
        check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 8: what may be sent */
static void test_sent_status(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF,
        SRV_END
    };
    static const struct { USHORT status; const char *reason, *payload; DWORD len; } tests[] =
    {
        { 1000, "text", "\x03\xe8" "text", 6 },
        { 1001, "", "\x03\xe9", 2 },
        { 1003, "text", "\x03\xeb" "text", 6 },
        { 1007, "text", "\x03\xef" "text", 6 },
        { 1010, "text", "\x03\xf2" "text", 6 },
        { 65535, "text", "\xff\xff" "text", 6 },
        { 1000, "\xc3\xa9\xe2\x82\xac", "\x03\xe8\xc3\xa9\xe2\x82\xac", 7 },
        { 1005, "", "", 0 },
    };
    struct server *server;
    struct client client;
    char reason[16];
    DWORD i, len;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", (UINT)i );
        server = server_start( script );
        client_open_socket( &client, server, CLIENT_SYNC );
        strcpy( reason, tests[i].reason );
        len = (DWORD)strlen( reason );
        check_ret( WinHttpWebSocketClose( client.socket, tests[i].status, len ? reason : NULL,
                                          len ), 0 );
        client_close( &client );
        ok( server_finish( server ), "script did not end\n" );
        check_frame( server, 0, FRAME_CLOSE, tests[i].payload, tests[i].len );
        server_stop( server );
        winetest_pop_context();
    }
}

/* guess U35: 1005 says that there is no payload, so a reason contradicts it; the longest reason is
 * 123 */
static void test_sent_status_limits(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char reason[123], payload[125] = CLOSE_1000;

    memset( reason, 'r', sizeof(reason) );
    memset( payload + 2, 'r', sizeof(reason) );
    client_open_socket( &client, server, CLIENT_SYNC );
    check_ret( WinHttpWebSocketClose( client.socket, 1005, reason, 4 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, reason, sizeof(reason) ), 0 );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, payload, sizeof(payload) );
    server_stop( server );
}

/* websocket.md 8: what may arrive; guess U37 for the statuses that RFC 6455 7.4 keeps off the wire
 */
static void test_received_status(void)
{
    static const struct { const char *payload; DWORD len, error; USHORT status; } tests[] =
    {
        { "\x03\xe8" "reason", 8, 0, 1000 },
        { "\x03\xf3", 2, 0, 1011 },
        { "\x0f\xa0" "reason", 8, 0, 4000 },
        { "\xff\xff" "reason", 8, 0, 65535 },
        { "", 0, 0, 1005 },
        { "\x03", 1, ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0 },
        { "\x03\xed", 2, ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0 },
        { "\x03\xee", 2, ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0 },
        { "\x03\xf7", 2, ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0 },
        { "\x03\xe7", 2, ERROR_WINHTTP_INVALID_SERVER_RESPONSE, 0 },
    };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, "" ), SRV_EOF,
                             SRV_END };
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct server *server;
    struct client client;
    DWORD i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", (UINT)i );
        script[2].data = tests[i].payload;
        script[2].len = tests[i].len;
        server = server_start( script );
        client_open_socket( &client, server, CLIENT_SYNC );
        check_ret( receive_type( client.socket, &type ), tests[i].error );
        if (!tests[i].error)
        {
            ok( type == CLOSE_TYPE, "got type %u\n", type );
            check_close_status( client.socket, tests[i].status, tests[i].len > 2 ? "reason" : "" );
        }
        else check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

struct blocked_receive
{
    HINTERNET socket;
    HANDLE started;
    DWORD ret;
};

static DWORD CALLBACK receive_in_thread( void *arg )
{
    struct blocked_receive *receive = arg;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;

    SetEvent( receive->started );
    receive->ret = receive_type( receive->socket, &type );
    return 0;
}

/* websocket.md 6: Microsoft forbids it; guess: the blocked Receive returns 12017. It returns 4317
 * when its thread was so slow that the close came first. */
static void test_close_while_receiving(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    struct blocked_receive receive = { 0 };
    struct client client;
    HANDLE thread;

    client_open_socket( &client, server, CLIENT_SYNC );
    receive.socket = client.socket;
    receive.started = CreateEventW( NULL, FALSE, FALSE, NULL );
    receive.ret = 0xdeadbeef;
    thread = CreateThread( NULL, 0, receive_in_thread, &receive, 0, NULL );
    WaitForSingleObject( receive.started, INFINITE );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "Receive did not return\n" );
    ok( receive.ret == ERROR_WINHTTP_OPERATION_CANCELLED || receive.ret == ERROR_INVALID_OPERATION,
        "got %u\n", (UINT)receive.ret );
    check_close_status( client.socket, 1000, "" );
    CloseHandle( thread );
    CloseHandle( receive.started );
    client_close( &client );
    server_stop( server );
}

/* http.md 3: a call that CloseHandle interrupts returns 12017; 6 when its thread was too slow */
static void test_close_handle_while_receiving(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct blocked_receive receive = { 0 };
    struct client client;
    HANDLE thread;

    client_open_socket( &client, server, CLIENT_SYNC );
    receive.socket = client.socket;
    receive.started = CreateEventW( NULL, FALSE, FALSE, NULL );
    receive.ret = 0xdeadbeef;
    thread = CreateThread( NULL, 0, receive_in_thread, &receive, 0, NULL );
    WaitForSingleObject( receive.started, INFINITE );
    check_works( WinHttpCloseHandle( client.socket ) );
    client.socket = NULL;
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "Receive did not return\n" );
    ok( receive.ret == ERROR_WINHTTP_OPERATION_CANCELLED || receive.ret == ERROR_INVALID_HANDLE,
        "got %u\n", (UINT)receive.ret );
    CloseHandle( thread );
    CloseHandle( receive.started );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 9, guess U38: closing the handle tears the connection down, without a close frame */
static void test_close_handle(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket_close )
{
    RUN( test_parameters );
    RUN( test_close );
    RUN( test_close_without_status );
    RUN( test_shutdown );
    RUN( test_server_closes_first );
    RUN( test_shutdown_after_server );
    RUN( test_data_discarded );
    RUN( test_data_discarded_mid_message );
    RUN( test_close_timeout );
    RUN( test_close_failures );
    RUN( test_sent_status );
    RUN( test_sent_status_limits );
    RUN( test_received_status );
    RUN( test_close_while_receiving );
    RUN( test_close_handle_while_receiving );
    RUN( test_close_handle );
}
