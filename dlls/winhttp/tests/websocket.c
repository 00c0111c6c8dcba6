/*
 * WebSockets with synchronous handles: upgrade, parameters, messages and fragments.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows 8.1 to 11 do, as far as facts are known; a comment "guess Un"
 * marks an answer that nobody has seen, with its number in the list of open questions.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "watched.h"

static void query_text( HINTERNET request, DWORD level, const WCHAR *name, WCHAR *value,
                        DWORD count )
{
    DWORD size = count * sizeof(*value);

    value[0] = 0;
    check_works( WinHttpQueryHeaders( request, level, name, value, &size, NULL ) );
}

static DWORD query_error( HINTERNET request, DWORD level, const WCHAR *name )
{
    WCHAR value[128];
    DWORD size = sizeof(value);

    SetLastError( 0xdeadbeef );
    if (WinHttpQueryHeaders( request, level, name, value, &size, NULL )) return 0;
    return GetLastError();
}

#define REQUEST_CUSTOM (WINHTTP_QUERY_CUSTOM | WINHTTP_QUERY_FLAG_REQUEST_HEADERS)

/* websocket.md 1.1 */
static void test_upgrade_option(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    DWORD size = 4;
    char buffer[4];

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    client_set_upgrade( &client );
    /* guess U3 */
    check_fails( WinHttpSetOption( client.session, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpSetOption( client.connect, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    /* guess: as for the other options that can only be set */
    check_fails( WinHttpQueryOption( client.request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, buffer,
                                     &size ), ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.2: the headers are added when the request is sent */
static void test_upgrade_request_headers(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_END };
    struct server *server = server_start( script );
    const struct server_request *request;
    char value[128], port[32];
    struct client client;
    WCHAR key[64];

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    check_ret( query_error( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Key" ),
               ERROR_WINHTTP_HEADER_NOT_FOUND );
    check_ret( query_error( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Version" ),
               ERROR_WINHTTP_HEADER_NOT_FOUND );
    check_ret( query_error( client.request, WINHTTP_QUERY_UPGRADE, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );

    check_works( client_send( &client ) );
    query_text( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Key", key, ARRAYSIZE( key ) );
    ok( wcslen( key ) == 24, "got %u characters\n", (UINT)wcslen( key ) );
    query_text( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Version", key, ARRAYSIZE( key ) );
    ok( !wcscmp( key, L"13" ), "wrong version\n" );
    check_ret( query_error( client.request, WINHTTP_QUERY_UPGRADE, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_ret( query_error( client.request, WINHTTP_QUERY_CONNECTION, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );

    ok( server_finish( server ), "no request\n" );
    request = server_request( server, 0 );
    ok( request && !strncmp( request->text, "GET /test HTTP/1.1\r\n", 20 ),
        "wrong request line\n" );
    ok( server_header( request, "Upgrade", value, sizeof(value) ) &&
        !_stricmp( value, "websocket" ), "got %s\n", value );
    ok( server_header( request, "Connection", value, sizeof(value) ) && !strcmp( value, "Upgrade" ),
        "got %s\n", value );
    ok( server_header( request, "Sec-WebSocket-Version", value, sizeof(value) ) &&
        !strcmp( value, "13" ), "got %s\n", value );
    ok( server_header( request, "Sec-WebSocket-Key", value, sizeof(value) ) &&
        strlen( value ) == 24, "got %s\n", value );
    sprintf( port, "127.0.0.1:%u", server_port( server ) );
    ok( server_header( request, "Host", value, sizeof(value) ) && !strcmp( value, port ),
        "got %s\n", value );
    ok( !server_header( request, "Sec-WebSocket-Extensions", value, sizeof(value) ), "got %s\n",
        value );
    ok( !server_header( request, "Sec-WebSocket-Protocol", value, sizeof(value) ), "got %s\n",
        value );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.3 and 1.4 */
static void test_upgrade_response(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_LINES( "Sec-WebSocket-Protocol: chat\r\n" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    DWORD status = 0, size = sizeof(status), count = 0xdeadbeef, type = 0;
    struct client client;
    HINTERNET second;
    WCHAR value[64];

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    check_works( WinHttpAddRequestHeaders( client.request, L"Sec-WebSocket-Protocol: chat, other",
                                           ~0u, WINHTTP_ADDREQ_FLAG_ADD ) );
    client_exchange( &client, FALSE );
    ok( server_header( server_request( server, 0 ), "Sec-WebSocket-Protocol", (char *)value,
                       sizeof(value) ) && !strcmp( (char *)value, "chat, other" ),
                       "subprotocol not sent\n" );
    check_works( WinHttpQueryHeaders( client.request,
                                      WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                                      &status, &size, NULL ) );
    ok( status == 101, "got %u\n", (UINT)status );
    query_text( client.request, WINHTTP_QUERY_UPGRADE, NULL, value, ARRAYSIZE( value ) );
    ok( !wcscmp( value, L"websocket" ), "wrong value\n" );
    query_text( client.request, WINHTTP_QUERY_CONNECTION, NULL, value, ARRAYSIZE( value ) );
    ok( !wcscmp( value, L"Upgrade" ), "wrong value\n" );
    query_text( client.request, WINHTTP_QUERY_CUSTOM, L"Sec-WebSocket-Accept", value,
                ARRAYSIZE( value ) );
    ok( wcslen( value ) == 28, "wrong value\n" );
    query_text( client.request, WINHTTP_QUERY_CUSTOM, L"sec-websocket-protocol", value,
                ARRAYSIZE( value ) );
    ok( !wcscmp( value, L"chat" ), "wrong value\n" );
    check_ret( query_error( client.request, WINHTTP_QUERY_CONTENT_LENGTH, NULL ),
               ERROR_WINHTTP_HEADER_NOT_FOUND );
    check_works( WinHttpQueryDataAvailable( client.request, &count ) );
    ok( !count, "got %u\n", (UINT)count );

    client_complete_upgrade( &client );
    check_error( ERROR_SUCCESS );
    ok( client.socket != client.request, "the request became the socket\n" );
    query_text( client.request, WINHTTP_QUERY_UPGRADE, NULL, value, ARRAYSIZE( value ) );
    ok( !wcscmp( value, L"websocket" ), "wrong value\n" );
    check_ret( query_error( client.socket, WINHTTP_QUERY_UPGRADE, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    size = sizeof(type);
    check_works( WinHttpQueryOption( client.socket, WINHTTP_OPTION_HANDLE_TYPE, &type, &size ) );
    ok( type == WINHTTP_HANDLE_TYPE_WEBSOCKET, "got %u\n", (UINT)type );
    /* guess U13: twice without sending again */
    SetLastError( 0xdeadbeef );
    second = WinHttpWebSocketCompleteUpgrade( client.request, 0 );
    ok( !second, "expected failure\n" );
    check_error( ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    if (second) WinHttpCloseHandle( second );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.2 and 1.4: each send makes a key; after it the upgrade needs no ReceiveResponse.
 * Nobody has seen what the second handle then receives, so that is not checked. */
static void test_upgrade_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_ACCEPT, SRV_UPGRADE, SRV_USE( 0 ),
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "first" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    WCHAR key[2][64];
    HINTERNET first;

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    client_exchange( &client, FALSE );
    query_text( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Key", key[0], ARRAYSIZE( key[0] ) );
    client_complete_upgrade( &client );
    first = client.socket;
    check_works( client_send( &client ) );
    query_text( client.request, REQUEST_CUSTOM, L"Sec-WebSocket-Key", key[1], ARRAYSIZE( key[1] ) );
    ok( wcscmp( key[0], key[1] ), "got the same key\n" );
    client_complete_upgrade( &client );
    ok( client.socket != first, "got the same handle\n" );
    check_receive( first, 16, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "first", 5 );
    check_works( WinHttpCloseHandle( first ) );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.4, guess U10 */
static void test_upgrade_errors(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_fails( WinHttpWebSocketCompleteUpgrade( NULL, 0 ) != NULL, ERROR_INVALID_HANDLE );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.session, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.connect, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_set_upgrade( &client );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_exchange( &client, FALSE );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 0, guess U2: the socket functions on other handles */
static void test_wrong_handles(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    HINTERNET handles[3];
    struct client client;
    char buffer[8];
    DWORD len, i, expected;
    USHORT status;

    client_open( &client, server, CLIENT_SYNC );
    handles[0] = NULL;
    handles[1] = client.connect;
    handles[2] = client.request;
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        WINHTTP_WEB_SOCKET_BUFFER_TYPE type;

        winetest_push_context( "handle %u", (UINT)i );
        expected = handles[i] ? ERROR_WINHTTP_INCORRECT_HANDLE_TYPE : ERROR_INVALID_HANDLE;
        check_ret( WinHttpWebSocketSend( handles[i], WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                         buffer, 1 ), expected );
        check_ret( WinHttpWebSocketReceive( handles[i], buffer, 1, &len, &type ), expected );
        check_ret( WinHttpWebSocketShutdown( handles[i], 1000, NULL, 0 ), expected );
        check_ret( WinHttpWebSocketClose( handles[i], 1000, NULL, 0 ), expected );
        check_ret( WinHttpWebSocketQueryCloseStatus( handles[i], &status, buffer, 1, &len ),
                   expected );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.2: the send buffer is checked when the request is sent */
static void test_send_buffer_size(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 1 ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[256];
    DWORD size;

    memset( data, 'd', sizeof(data) );
    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    size = 15;
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    check_fails( client_send( &client ), ERROR_NOT_ENOUGH_MEMORY );
    size = 1048576;     /* any split is legal (U21), but the echo of the script takes one frame */
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    client_exchange( &client, FALSE );
    client_complete_upgrade( &client );
    check_ret( WinHttpWebSocketSend( client.socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                     data, sizeof(data) ), 0 );
    check_receive( client.socket, 512, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, data,
                   sizeof(data) );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: a send buffer of 16 still sends 256 bytes; the frames may be any split of them */
static void test_smallest_send_buffer(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_MESSAGE, SRV_END };
    struct server *server = server_start( script );
    char data[256], joined[512];
    const struct server_frame *frame;
    struct client client;
    DWORD size = 16, i, total = 0;

    for (i = 0; i < sizeof(data); i++) data[i] = (char)i;
    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    client_exchange( &client, FALSE );
    client_complete_upgrade( &client );
    check_ret( WinHttpWebSocketSend( client.socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                     data, sizeof(data) ), 0 );
    ok( server_finish( server ), "the message did not arrive\n" );
    for (i = 0; (frame = server_frame( server, i )); i++)
    {
        ok( (frame->first & 0x0f) == (i ? FRAME_CONTINUATION : FRAME_BINARY), "got %#x\n",
            frame->first );
        ok( !(frame->first & FRAME_FIN) == (total + frame->len < sizeof(data)),
            "wrong FIN bit in frame %u\n", (UINT)i );
        if (total + frame->len <= sizeof(joined)) memcpy( joined + total, frame->payload,
                                                          frame->len );
        total += frame->len;
    }
    ok( total == sizeof(data) && !memcmp( joined, data, sizeof(data) ), "got %u bytes\n",
        (UINT)total );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 3 */
static void test_send_parameters(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME,
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "data";
    HINTERNET ws;

    client_open_socket( &client, server, CLIENT_SYNC );
    ws = client.socket;
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, 1 ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, data, 0 ),
               ERROR_INVALID_PARAMETER );
    /* guess U20 */
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE, data, 2 ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketSend( ws, 5, data, 2 ), ERROR_INVALID_PARAMETER );

    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, data, 4 ),
               0 );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, data, 4 ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, data, 4 ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, data, 3 ),
               0 );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, NULL, 0 ),
               0 );
    check_ret( WinHttpWebSocketSend( ws, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, NULL, 0 ),
               0 );
    ok( server_finish( server ), "frames did not arrive\n" );
    check_frame( server, 0, FRAME_BINARY, "data", 4 );
    check_frame( server, 1, FRAME_CONTINUATION, "dat", 3 );
    check_frame( server, 2, FRAME_CONTINUATION | FRAME_FIN, "", 0 );
    check_frame( server, 3, FRAME_TEXT | FRAME_FIN, "", 0 );
    ok( memcmp( got_frame( server, 0 )->mask, got_frame( server, 1 )->mask, 4 ),
        "the mask was used twice\n" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4 */
static void test_receive_parameters(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_BINARY | FRAME_FIN, "x" ), SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = 0xdeadbeef;
    struct client client;
    DWORD len = 0xdeadbeef;
    char buffer[1];

    client_open_socket( &client, server, CLIENT_SYNC );
    check_ret( WinHttpWebSocketReceive( client.socket, NULL, 0, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 0, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, NULL, 1, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    /* guess U24: each fault is enough */
    check_ret( WinHttpWebSocketReceive( client.socket, NULL, 1, &len, &type ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 0, &len, &type ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 1, NULL, &type ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 1, &len, NULL ),
               ERROR_INVALID_PARAMETER );
    ok( len == 0xdeadbeef && type == 0xdeadbeef, "outputs were touched\n" );
    check_receive( client.socket, 1, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "x", 1 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 3, 4: every length form of RFC 6455 5.2 */
static void test_echo_sizes(void)
{
    static const DWORD sizes[] = { 1, 2, 125, 126, 127, 4096, 32767 };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 2 * ARRAYSIZE( sizes ) ), SRV_END };
    struct server *server = server_start( script );
    struct client client;
    char *data = malloc( 32767 );
    DWORD i;

    for (i = 0; i < 32767; i++) data[i] = 'a' + i % 23;
    client_open_socket( &client, server, CLIENT_SYNC );
    for (i = 0; i < 2 * ARRAYSIZE( sizes ); i++)
    {
        DWORD size = sizes[i / 2], type = i % 2 ? WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
                                                : WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;

        winetest_push_context( "size %u, type %u", (UINT)size, (UINT)type );
        check_ret( WinHttpWebSocketSend( client.socket, type, data, size ), 0 );
        check_receive( client.socket, 65536, type, data, size );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
    free( data );
}

/* Reads until the message ends, whatever the pieces (websocket.md 4: they need not match the
 * frames). */
static DWORD receive_message( HINTERNET ws, char *buffer, DWORD size,
                              WINHTTP_WEB_SOCKET_BUFFER_TYPE *type )
{
    DWORD total = 0, len, ret;

    do
    {
        len = 0;
        if ((ret = WinHttpWebSocketReceive( ws, buffer + total, size - total, &len, type )))
        {
            ok( 0, "got error %u after %u bytes\n", (UINT)ret, (UINT)total );
            break;
        }
        total += len;
    } while (total < size && (*type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE ||
                              *type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE));
    return total;
}

/* RFC 6455 5.2: 16- and 64-bit length */
static void test_big_messages(void)
{
    static char data[200000], buffer[200001];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, data, 65535 ),
        SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, data, 65536 ),
        SRV_FRAME_N( FRAME_TEXT | FRAME_FIN, data, sizeof(data) ),
        SRV_FRAME( FRAME_TEXT | FRAME_FIN | FRAME_PER_BYTE, "per byte" ), SRV_END
    };
    static const DWORD sizes[] = { 65535, 65536, sizeof(data) };
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct server *server;
    struct client client;
    DWORD i, len;

    for (i = 0; i < sizeof(data); i++) data[i] = 'a' + i % 23;
    server = server_start( script );
    client_open_socket( &client, server, CLIENT_SYNC );
    for (i = 0; i < ARRAYSIZE( sizes ); i++)
    {
        len = receive_message( client.socket, buffer, sizeof(buffer), &type );
        ok( len == sizes[i] && !memcmp( buffer, data, len ), "message %u: got %u bytes\n", (UINT)i,
            (UINT)len );
    }
    len = receive_message( client.socket, buffer, sizeof(buffer), &type );
    ok( len == 8 && !memcmp( buffer, "per byte", 8 ), "got %u bytes\n", (UINT)len );
    client_close( &client );
    server_stop( server );
}

/* Into memory as .NET's, each message after the watch has begun anew. */
static void test_receive_into_watched_memory(void)
{
    enum { SIZE = 300000, COUNT = 4 };
    static char data[SIZE];
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( COUNT ), SRV_END };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct client client;
    DWORD i, len, pages;
    char *memory;

    for (i = 0; i < SIZE; i++) data[i] = (char)(1 + i % 127);
    memory = watched_alloc( SIZE + WATCHED_PAGE );
    client_open_socket( &client, server, CLIENT_SYNC );
    for (i = 0; i < COUNT; i++)
    {
        check_ret( WinHttpWebSocketSend( client.socket,
                                         WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, data,
                                         SIZE ), ERROR_SUCCESS );
        len = receive_message( client.socket, memory + 1, SIZE, &type );
        ok( len == SIZE && !memcmp( memory + 1, data, len ), "message %u: got %u bytes\n", (UINT)i,
            (UINT)len );
        pages = watched_pages( memory, SIZE + WATCHED_PAGE );
        ok( pages == 1 + SIZE / WATCHED_PAGE, "%u pages were written to\n", (UINT)pages );
    }
    client_close( &client );
    server_stop( server );
    watched_free( memory );
}

/* websocket.md 4: pieces of a message that is larger than the buffer */
static void test_receive_pieces(void)
{
    static char data[256];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, data, 256 ),
        SRV_FRAME_N( FRAME_TEXT | FRAME_FIN, data, 100 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "" ),
        SRV_FRAME( FRAME_BINARY | FRAME_FIN, "last" ), SRV_END
    };
    struct server *server;
    struct client client;

    memset( data, 'd', sizeof(data) );
    server = server_start( script );
    client_open_socket( &client, server, CLIENT_SYNC );
    ok( server_finish( server ), "script did not end\n" );
    check_receive( client.socket, 128, WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE, data, 128 );
    check_receive( client.socket, 128, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, data, 128 );
    check_receive( client.socket, 99, WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, data, 99 );
    check_receive( client.socket, 99, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, data, 1 );
    /* guess: an empty message is a message of 0 bytes; two messages are never merged */
    check_receive( client.socket, 99, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "", 0 );
    check_receive( client.socket, 99, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "last", 4 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4: fragments, with control frames between them */
static void test_receive_fragments(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_PONG, "unsolicited" ),
        SRV_FRAME( FRAME_TEXT, "one " ),
        SRV_FRAME( FRAME_PING, "ping payload" ), SRV_FRAME( FRAME_CONTINUATION, "two " ),
        SRV_FRAME( FRAME_PING, "" ), SRV_FRAME( FRAME_CONTINUATION | FRAME_FIN, "three" ),
        SRV_READ_FRAME, SRV_READ_FRAME, SRV_END
    };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = 0xdeadbeef;
    struct client client;
    char buffer[64];
    DWORD len;

    client_open_socket( &client, server, CLIENT_SYNC );
    /* the first frame is not final, so it ends as a fragment of the message's first opcode */
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), &len, &type ), 0 );
    ok( type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE, "got type %u\n", type );
    len += receive_message( client.socket, buffer + len, sizeof(buffer) - len, &type );
    ok( type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "got type %u\n", type );
    ok( len == 13 && !memcmp( buffer, "one two three", 13 ), "got %u bytes\n", (UINT)len );
    ok( server_finish( server ), "the pings were not answered\n" );
    check_frame( server, 0, FRAME_PONG, "ping payload", 12 );
    check_frame( server, 1, FRAME_PONG, "", 0 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4: a message may come in any number of frames */
static void test_many_fragments(void)
{
    enum { FRAGMENTS = 100000, FRAME_BYTES = 3 };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND_N( NULL, 0 ), SRV_END };
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    unsigned int i, wrong = 0;
    struct server *server;
    struct client client;
    char *bytes, byte;
    DWORD len;

    bytes = malloc( FRAGMENTS * FRAME_BYTES );
    for (i = 0; i < FRAGMENTS; i++)
    {
        bytes[i * FRAME_BYTES] = i ? FRAME_CONTINUATION : FRAME_BINARY;
        bytes[i * FRAME_BYTES + 1] = 1;
        bytes[i * FRAME_BYTES + 2] = i;
    }
    bytes[(FRAGMENTS - 1) * FRAME_BYTES] = (char)(FRAME_CONTINUATION | FRAME_FIN);
    script[2].data = bytes;
    script[2].len = FRAGMENTS * FRAME_BYTES;
    server = server_start( script );
    client_open_socket( &client, server, CLIENT_SYNC );
    for (i = 0; i < FRAGMENTS && !wrong; i++)
    {
        type = 0xdeadbeef;
        if (WinHttpWebSocketReceive( client.socket, &byte, 1, &len, &type ) || len != 1 ||
            byte != (char)i ||
            type != (i == FRAGMENTS - 1 ? WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
                                        : WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE))
            wrong = 1;
    }
    ok( !wrong, "fragment %u is wrong: %u bytes, type %u\n", i, (UINT)len, type );
    client_close( &client );
    server_stop( server );
    free( bytes );
}

/* websocket.md 1.4: bytes right behind the 101 belong to the frames */
static void test_data_behind_upgrade(void)
{
    static const struct step whole[] = { SRV_ACCEPT,
                                         SRV_UPGRADE_WITH( "\x81\x05" "hello" "\x82\x01" "x" ),
                                         SRV_END };
    static const struct step sliced[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_BY( 1 ), SRV_SEND_BY( 1, "\x81\x05" "hello" ),
        SRV_SEND_RANDOM( 1, "\x82\x01" "x" ), SRV_END
    };
    const struct step *scripts[] = { whole, sliced };
    struct server *server;
    struct client client;
    DWORD i;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", (UINT)i );
        server = server_start( scripts[i] );
        client_open_socket( &client, server, CLIENT_SYNC );
        check_receive( client.socket, 64, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "hello", 5 );
        check_receive( client.socket, 64, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, "x", 1 );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 1.4: the socket lives on without its request, connection and session handles */
static void test_parents_closed(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_ECHO( 1 ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "still here";

    client_open_socket( &client, server, CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.connect ) );
    check_works( WinHttpCloseHandle( client.session ) );
    client.connect = client.session = NULL;
    server_signal( server, 0 );
    ok( WaitForSingleObject( client.unloaded, 0 ) == WAIT_TIMEOUT,
        "unloaded with a socket open\n" );
    check_ret( WinHttpWebSocketSend( client.socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                     data, 10 ), 0 );
    check_receive( client.socket, 64, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, data, 10 );
    client_close( &client );
    server_stop( server );
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
    char buffer[16];
    DWORD len;

    SetEvent( receive->started );
    receive->ret = WinHttpWebSocketReceive( receive->socket, buffer, sizeof(buffer), &len, &type );
    return 0;
}

/* websocket.md 3: sending and receiving at the same time is legal */
static void test_send_while_receiving(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "answer" ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct blocked_receive receive = { 0 };
    struct client client;
    char data[] = "x";
    HANDLE thread;

    client_open_socket( &client, server, CLIENT_SYNC );
    receive.socket = client.socket;
    receive.started = CreateEventW( NULL, FALSE, FALSE, NULL );
    receive.ret = 0xdeadbeef;
    thread = CreateThread( NULL, 0, receive_in_thread, &receive, 0, NULL );
    WaitForSingleObject( receive.started, INFINITE );
    check_ret( WinHttpWebSocketSend( client.socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                     data, 1 ), 0 );
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "Receive did not return\n" );
    ok( !receive.ret, "got %u\n", (UINT)receive.ret );
    CloseHandle( thread );
    CloseHandle( receive.started );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket )
{
    RUN( test_upgrade_option );
    RUN( test_upgrade_request_headers );
    RUN( test_upgrade_response );
    RUN( test_upgrade_errors );
    RUN( test_wrong_handles );
    RUN( test_send_buffer_size );
    RUN( test_smallest_send_buffer );
    RUN( test_send_parameters );
    RUN( test_receive_parameters );
    RUN( test_echo_sizes );
    RUN( test_big_messages );
    RUN( test_receive_into_watched_memory );
    RUN( test_receive_pieces );
    RUN( test_receive_fragments );
    RUN( test_many_fragments );
    RUN( test_data_behind_upgrade );
    RUN( test_parents_closed );
    RUN( test_send_while_receiving );
    RUN( test_upgrade_again );
}
