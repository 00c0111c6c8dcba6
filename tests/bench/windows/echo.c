/* WebSocket messages one after the other, and streams in one direction.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../shared/command.h"
#include "async.h"
#include "open.h"

/* The same as in tests/bench/native/echo.c. */
#define STREAM_PIECE 65536
#define WARM_UP 3

static unsigned char *data, *back; /* a message, and its echo */
static DWORD data_len;

static bool is_fragment( WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    return type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
           || type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
}

static void send_sync( HINTERNET socket )
{
    open_check_error( WinHttpWebSocketSend( socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                            data, data_len ), "WinHttpWebSocketSend" );
}

static void receive_sync( HINTERNET socket )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD len = 0, got;

    do
    {
        open_check_error( WinHttpWebSocketReceive( socket, back + len, data_len - len, &got,
                                                   &type ), "WinHttpWebSocketReceive" );
        len += got;
    } while (is_fragment( type ));
    if (len != data_len) bench_fail( "the echo has another length" );
}

static void echo_sync( bool secure, unsigned ms )
{
    HINTERNET socket = open_socket( secure, L"/echo" );
    uint64_t start;
    unsigned i;

    for (i = 0; i < WARM_UP; i++)
    {
        send_sync( socket );
        receive_sync( socket );
    }
    bench_begin( ms );
    do
    {
        start = bench_now();
        send_sync( socket );
        receive_sync( socket );
    } while (bench_sample( bench_now() - start ));
    WinHttpCloseHandle( socket );
}

/* One message at a time; the next one leaves when its echo is there and its send has completed. */
struct echo
{
    struct async_socket socket;
    HANDLE   done;
    unsigned ms;
    unsigned warm_up;  /* echoes left before the measurement */
    uint64_t start;
    DWORD    len;      /* received of the echo */
    LONG     awaited;  /* send and echo */
    bool     last;     /* the measurement is over */
};

static void echo_next( struct echo *echo )
{
    echo->len = 0;
    echo->awaited = 2;
    echo->start = bench_now();
    async_socket_send( &echo->socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, data,
                       data_len );
}

static void echo_half_done( struct echo *echo )
{
    if (InterlockedDecrement( &echo->awaited )) return;
    if (echo->last) WinHttpCloseHandle( echo->socket.socket );
    else echo_next( echo );
}

static void echo_opened( struct async_socket *socket )
{
    struct echo *echo = CONTAINING_RECORD( socket, struct echo, socket );

    async_socket_receive( socket, back, data_len );
    echo_next( echo );
}

static void echo_complete( struct echo *echo )
{
    uint64_t now = bench_now();

    if (echo->len != data_len) bench_fail( "the echo has another length" );
    if (!echo->warm_up) echo->last = !bench_sample( now - echo->start );
    else if (!--echo->warm_up) bench_begin( echo->ms );
}

static void echo_received( struct async_socket *socket, DWORD len,
                           WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    struct echo *echo = CONTAINING_RECORD( socket, struct echo, socket );
    bool last;

    echo->len += len;
    if (is_fragment( type ))
    {
        async_socket_receive( socket, back + echo->len, data_len - echo->len );
        return;
    }
    echo_complete( echo );
    last = echo->last;
    echo_half_done( echo ); /* sends, or closes the handle if that was the last */
    if (!last) async_socket_receive( socket, back, data_len );
}

static void echo_sent( struct async_socket *socket )
{
    echo_half_done( CONTAINING_RECORD( socket, struct echo, socket ) );
}

static void echo_gone( struct async_socket *socket )
{
    SetEvent( CONTAINING_RECORD( socket, struct echo, socket )->done );
}

static void echo_async( bool secure, unsigned ms )
{
    struct echo echo =
    {
        .socket = { .opened = echo_opened, .received = echo_received, .sent = echo_sent,
                    .gone = echo_gone },
        .done = CreateEventW( NULL, TRUE, FALSE, NULL ), .ms = ms, .warm_up = WARM_UP
    };

    async_socket_open( &echo.socket, secure, L"/echo" );
    WaitForSingleObject( echo.done, INFINITE );
    CloseHandle( echo.done );
}

void case_echo( char **args )
{
    bool secure = bench_choice( args[0], "wss", "ws" );
    unsigned ms = bench_number( args[3] );

    data_len = bench_number( args[2] );
    data = malloc( data_len );
    back = malloc( data_len );
    memset( data, 'e', data_len );
    if (bench_choice( args[1], "async", "sync" )) echo_async( secure, ms );
    else echo_sync( secure, ms );
    if (memcmp( data, back, data_len )) bench_fail( "the echo differs" );
    bench_report();
    free( data );
    free( back );
}

static void stream_in( bool secure, const char *bytes )
{
    static char piece[STREAM_PIECE];
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    uint64_t start = bench_now();
    HINTERNET socket;
    WCHAR path[64];
    DWORD got;

    _snwprintf( path, 63, L"/big?n=%hs", bytes );
    socket = open_socket( secure, path );
    do open_check_error( WinHttpWebSocketReceive( socket, piece, sizeof(piece), &got, &type ),
                         "WinHttpWebSocketReceive" );
    while (is_fragment( type ));
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    WinHttpCloseHandle( socket );
}

static void stream_out( bool secure, const char *bytes )
{
    static char piece[STREAM_PIECE];
    uint64_t start = bench_now(), total = bench_number( bytes ), sent;
    HINTERNET socket = open_socket( secure, L"/sink" );

    for (sent = 0; sent < total; sent += sizeof(piece))
        open_check_error( WinHttpWebSocketSend( socket,
                                                WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                                piece, sizeof(piece) ), "WinHttpWebSocketSend" );
    /* the server answers once it has taken everything */
    open_check_error( WinHttpWebSocketClose( socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS,
                                             NULL, 0 ), "WinHttpWebSocketClose" );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    WinHttpCloseHandle( socket );
}

void case_stream( char **args )
{
    bool secure = bench_choice( args[0], "wss", "ws" );

    if (bench_choice( args[1], "in", "out" )) stream_in( secure, args[2] );
    else stream_out( secure, args[2] );
}
