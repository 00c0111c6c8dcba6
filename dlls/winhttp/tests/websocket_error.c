/*
 * What a WebSocket does with malformed frames and lost connections.
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

#define TEXT_FRAGMENT WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
#define TEXT_MESSAGE  WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE

#define BYTES( text ) text, sizeof(text) - 1

/* Receives until an error; a synchronous and an asynchronous socket alike. websocket.md 4: errors
 * may also be returned by an asynchronous call itself. */
static DWORD receive_error( HINTERNET socket, BOOL async )
{
    const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    const struct notification *entry;
    static char buffer[256];
    unsigned int from, i;
    DWORD ret, len;

    for (i = 0; i < 100; i++)
    {
        from = notify_count();
        ret = WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), async ? NULL : &len,
                                       async ? NULL : &type );
        if (ret) return ret;
        if (!async) continue;
        entry = await( from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE |
                             WINHTTP_CALLBACK_STATUS_REQUEST_ERROR );
        if (entry->status != WINHTTP_CALLBACK_STATUS_REQUEST_ERROR) continue;
        result = (const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)entry->data;
        check_socket_error( entry, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION,
                            result->AsyncResult.dwError );
        return result->AsyncResult.dwError;
    }
    return 0;
}

/* websocket.md 4: malformed frames are 12152. RFC 6455 5.2, 5.4, 5.5 say what is malformed. */
static void test_malformed_frames(void)
{
    static const struct { const char *name, *bytes; unsigned int len; } tests[] =
    {
        { "masked", BYTES( "\x81\x81\0\0\0\0x" ) },
        { "RSV1", BYTES( "\xc1\x01x" ) },
        { "RSV2", BYTES( "\xa1\x01x" ) },
        { "RSV3", BYTES( "\x91\x01x" ) },
        { "opcode 3", BYTES( "\x83\x01x" ) },
        { "opcode 7", BYTES( "\x87\x01x" ) },
        { "opcode 11", BYTES( "\x8b\x01x" ) },
        { "opcode 15", BYTES( "\x8f\x01x" ) },
        { "continuation of nothing", BYTES( "\x80\x01x" ) },
        { "text inside a text message", BYTES( "\x01\x01x\x81\x01x" ) },
        { "binary inside a text message", BYTES( "\x01\x01x\x82\x01x" ) },
        { "ping without FIN", BYTES( "\x09\x01x" ) },
        { "close without FIN", BYTES( "\x08\x00" ) },
        { "ping of 126 bytes", BYTES( "\x89\x7e\x00\x7e" ) },
        { "64-bit length with the top bit", BYTES( "\x82\x7f\x80\0\0\0\0\0\0\x01x" ) },
        { "16-bit length for 1 byte", BYTES( "\x82\x7e\x00\x01x" ) },
        { "64-bit length for 1 byte", BYTES( "\x82\x7f\0\0\0\0\0\0\0\x01x" ) },
    };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND_N( NULL, 0 ), SRV_EOF, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i, async;

    for (i = 0; i < 2 * ARRAYSIZE( tests ); i++)
    {
        async = i % 2;
        winetest_push_context( "%s, %s", async ? "async" : "sync", tests[i / 2].name );
        script[2].data = tests[i / 2].bytes;
        script[2].len = tests[i / 2].len;
        server = server_start( script );
        client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        check_ret( receive_error( client.socket, async ), ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* guess U26: text messages are checked to be UTF-8 */
static void test_invalid_utf8(void)
{
    static const struct { const char *name, *bytes; unsigned int len; } tests[] =
    {
        { "lone continuation byte", BYTES( "\x81\x01\x80" ) },
        { "overlong", BYTES( "\x81\x02\xc0\xaf" ) },
        { "surrogate", BYTES( "\x81\x03\xed\xa0\x80" ) },
        { "beyond U+10FFFF", BYTES( "\x81\x04\xf4\x90\x80\x80" ) },
        { "cut at the end of the message", BYTES( "\x81\x02\xe2\x82" ) },
        { "broken between fragments", BYTES( "\x01\x01\xe2\x80\x02\x82x" ) },
    };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND_N( NULL, 0 ), SRV_EOF, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].name );
        script[2].data = tests[i].bytes;
        script[2].len = tests[i].len;
        server = server_start( script );
        client_open_socket( &client, server, CLIENT_SYNC );
        check_ret( receive_error( client.socket, FALSE ), ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* A character may be cut by a fragment, or by the buffer; both are fine. */
static void test_split_utf8(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_TEXT, "\xe2" ),
        SRV_FRAME( FRAME_CONTINUATION, "\x82" ),
        SRV_FRAME( FRAME_CONTINUATION | FRAME_FIN, "\xac" ),
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "\xf0\x9f\x98\x80" ),
        SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct client client;
    char buffer[8];
    DWORD len, total = 0;

    client_open_socket( &client, server, CLIENT_SYNC );
    do
    {
        len = 0;
        type = TEXT_MESSAGE;
        check_ret( WinHttpWebSocketReceive( client.socket, buffer + total, 8 - total, &len, &type ),
                   0 );
        total += len;
    } while (type == TEXT_FRAGMENT && total < 8);
    ok( total == 3 && !memcmp( buffer, "\xe2\x82\xac", 3 ), "got %u bytes\n", (UINT)total );
    check_receive( client.socket, 3, TEXT_FRAGMENT, "\xf0\x9f\x98", 3 );
    check_receive( client.socket, 3, TEXT_MESSAGE, "\x80", 1 );
    client_close( &client );
    server_stop( server );
}

/* Bytes that are not UTF-8 are nothing special in a binary message. */
static void test_binary_is_not_checked(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_BINARY | FRAME_FIN, "\x80\xff\x00\xc0" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open_socket( &client, server, CLIENT_SYNC );
    check_receive( client.socket, 8, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                   "\x80\xff\x00\xc0", 4 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4: the end of the connection without a close frame is 12030, for each later Receive
 * too */
static void test_lost_connection(void)
{
    static const struct step cut[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_CUT, SRV_END };
    static const struct step half[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_HALF_CLOSE, SRV_EOF, SRV_END };
    static const struct step reset[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_RESET, SRV_END };
    static const struct step in_header[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND( "\x81\x7e\x01" ),
                                             SRV_CUT, SRV_END };
    static const struct step in_payload[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND( "\x81\x05hel" ),
                                              SRV_CUT, SRV_END };
    static const struct step in_message[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND( "\x01\x03hel" ),
                                              SRV_CUT, SRV_END };
    static const struct { const char *name; const struct step *script; } tests[] =
    {
        { "cut", cut },
        { "half closed", half },
        { "reset", reset },
        { "in a frame header", in_header },
        { "in a payload", in_payload },
        { "between fragments", in_message },
    };
    struct server *server;
    struct client client;
    unsigned int i, async;

    for (i = 0; i < 2 * ARRAYSIZE( tests ); i++)
    {
        async = i % 2;
        winetest_push_context( "%s, %s", async ? "async" : "sync", tests[i / 2].name );
        server = server_start( tests[i / 2].script );
        client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        check_ret( receive_error( client.socket, async ), ERROR_WINHTTP_CONNECTION_ERROR );
        check_ret( receive_error( client.socket, async ), ERROR_WINHTTP_CONNECTION_ERROR );
        check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 4: the same for a Receive that is pending when it happens */
static void test_lost_while_receiving(void)
{
    static const struct step cut[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_CUT, SRV_END };
    static const struct step reset[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_RESET,
                                         SRV_END };
    static const struct notify_expect lost[] =
    {
        { WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, NOTIFY_WORKER }, { 0, 0 }
    };
    const struct step *scripts[] = { cut, reset };
    struct server *server;
    struct client client;
    unsigned int from, i;
    char buffer[8];

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", i );
        server = server_start( scripts[i] );
        client_open_socket( &client, server, CLIENT_ASYNC );
        from = notify_count();
        check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ),
                   0 );
        server_signal( server, 0 );
        check_socket_error( await( from, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR ),
                            WINHTTP_WEB_SOCKET_RECEIVE_OPERATION, ERROR_WINHTTP_CONNECTION_ERROR );
        notify_check( from, lost );
        check_ret( receive_error( client.socket, TRUE ), ERROR_WINHTTP_CONNECTION_ERROR );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( websocket_error )
{
    RUN( test_malformed_frames );
    RUN( test_invalid_utf8 );
    RUN( test_split_utf8 );
    RUN( test_binary_is_not_checked );
    RUN( test_lost_connection );
    RUN( test_lost_while_receiving );
}
