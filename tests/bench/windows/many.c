/* Many WebSockets with a Receive pending: opened, idle, woken by a broadcast, echoing, closed.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "../shared/command.h"
#include "async.h"
#include "open.h"

/* The same as in tests/bench/native/many.c. */
#define OPENING_AT_ONCE 64
#define MESSAGE_BYTES   64

struct peer
{
    struct async_socket socket;
    char                back[MESSAGE_BYTES];
};

static struct peer *peers;
static bool peers_secure;
static LONG peer_count, started_count, opened_count, echo_count, gone_count;
static HANDLE opened_event, echoed_semaphore, gone_event;
static bool alone;              /* only the first sends, one message after the other */
static uint64_t alone_start;
static LONG alone_awaited;      /* its send, and its echo */

static void send_message( struct peer *peer )
{
    static const char message[MESSAGE_BYTES] = "echo";

    async_socket_send( &peer->socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message,
                       sizeof(message) );
}

static void alone_next( struct peer *peer )
{
    alone_awaited = 2;
    alone_start = bench_now();
    send_message( peer );
}

static void alone_half_done( struct peer *peer )
{
    if (InterlockedDecrement( &alone_awaited )) return;
    if (bench_sample( bench_now() - alone_start )) alone_next( peer );
    else ReleaseSemaphore( echoed_semaphore, 1, NULL );
}

static void start_next(void)
{
    LONG i = InterlockedIncrement( &started_count ) - 1;

    if (i < peer_count) async_socket_open( &peers[i].socket, peers_secure, L"/echo" );
}

static void peer_opened( struct async_socket *socket )
{
    struct peer *peer = CONTAINING_RECORD( socket, struct peer, socket );
    LONG count;

    async_socket_receive( socket, peer->back, sizeof(peer->back) );
    count = InterlockedIncrement( &opened_count );
    if (count == 1 || count == peer_count) SetEvent( opened_event );
    if (count > 1) start_next();
}

/* The broadcast is text, and is answered; an echo is binary, and counts. */
static void peer_received( struct async_socket *socket, DWORD len,
                           WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    struct peer *peer = CONTAINING_RECORD( socket, struct peer, socket );

    (void)len;
    if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) bench_fail( "the server closed" );
    if (type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE) send_message( peer );
    async_socket_receive( socket, peer->back, sizeof(peer->back) );
    if (type != WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE) return;
    if (alone) alone_half_done( peer );
    else if (InterlockedIncrement( &echo_count ) % peer_count == 0)
        ReleaseSemaphore( echoed_semaphore, 1, NULL );
}

static void peer_sent( struct async_socket *socket )
{
    if (alone) alone_half_done( CONTAINING_RECORD( socket, struct peer, socket ) );
}

static void peer_closed( struct async_socket *socket )
{
    WinHttpCloseHandle( socket->socket );
}

static void peer_gone( struct async_socket *socket )
{
    (void)socket;
    if (InterlockedIncrement( &gone_count ) == peer_count) SetEvent( gone_event );
}

static void report( uint64_t start )
{
    bench_result( "ms=%.3f", (bench_now() - start) / 1e6 );
}

static void make_peers(void)
{
    LONG i;

    peers = calloc( peer_count, sizeof(*peers) );
    if (!peers) bench_fail( "no memory" );
    for (i = 0; i < peer_count; i++) /* resident from now on */
    {
        memset( peers[i].back, 0xff, sizeof(peers[i].back) );
        peers[i].socket.opened = peer_opened;
        peers[i].socket.received = peer_received;
        peers[i].socket.sent = peer_sent;
        peers[i].socket.closed = peer_closed;
        peers[i].socket.gone = peer_gone;
    }
}

/* Opens the first, so that the memory of later ones can be told from that of the program. */
void case_many_prepare( char **args )
{
    uint64_t start = bench_now();

    peers_secure = bench_choice( args[0], "wss", "ws" );
    peer_count = bench_number( args[1] );
    make_peers();
    opened_event = CreateEventW( NULL, FALSE, FALSE, NULL );
    echoed_semaphore = CreateSemaphoreW( NULL, 0, 100, NULL );
    gone_event = CreateEventW( NULL, FALSE, FALSE, NULL );
    start_next();
    WaitForSingleObject( opened_event, INFINITE );
    report( start );
}

void case_many_open( char **args )
{
    uint64_t start = bench_now();
    LONG i;

    (void)args;
    for (i = 0; i < OPENING_AT_ONCE; i++) start_next();
    WaitForSingleObject( opened_event, INFINITE );
    report( start );
}

/* The broadcast has been sent: waits until each has answered and got its echo. */
void case_many_woken( char **args )
{
    uint64_t start = bench_now();

    (void)args;
    WaitForSingleObject( echoed_semaphore, INFINITE );
    report( start );
}

void case_many_echo( char **args )
{
    uint64_t start = bench_now();
    LONG i;

    (void)args;
    for (i = 0; i < peer_count; i++) send_message( &peers[i] );
    WaitForSingleObject( echoed_semaphore, INFINITE );
    report( start );
}

/* Messages on one socket, while the others go on waiting, each with its Receive and its timer. */
void case_many_one( char **args )
{
    bench_begin( bench_number( args[0] ) );
    alone = true;
    alone_next( &peers[0] );
    WaitForSingleObject( echoed_semaphore, INFINITE );
    bench_report();
    alone = false;
}

void case_many_close( char **args )
{
    uint64_t start = bench_now();
    LONG i;

    (void)args;
    for (i = 0; i < peer_count; i++)
    {
        peers[i].socket.closing = true;
        open_check_error( WinHttpWebSocketClose( peers[i].socket.socket,
                                                 WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL,
                                                 0 ), "WinHttpWebSocketClose" );
    }
    WaitForSingleObject( gone_event, INFINITE );
    report( start );
    free( peers );
}
