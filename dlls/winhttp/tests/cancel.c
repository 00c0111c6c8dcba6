/*
 * Handles closed at every point of a WebSocket's life: each operation ends once, each handle last.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: http.md 1 and 3, websocket.md 9. What completes and what is cancelled depends on who is
 * faster, so only what must hold either way is checked, over many rounds.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name

/* How far a program gets before it closes everything. */
enum point
{
    POINT_OPENED,
    POINT_SEND,             /* SendRequest was called */
    POINT_SENT,             /* and has completed */
    POINT_RECEIVE,          /* ReceiveResponse was called */
    POINT_RECEIVED,
    POINT_UPGRADED,
    POINT_READING,          /* WebSocketReceive was called */
    POINT_WRITTEN,          /* and WebSocketSend */
    POINT_SHUT,             /* and WebSocketShutdown */
    POINT_CLOSING,          /* and WebSocketClose */
    POINT_CLOSED,
    POINT_COUNT
};

/* Operations that were accepted, and the callbacks that say how they ended. */
struct tally
{
    unsigned int accepted;
    unsigned int handles;
};

static void count( struct tally *tally, BOOL accepted )
{
    if (accepted) tally->accepted++;
}

static BOOL run_request( struct client *client, struct tally *tally, enum point point )
{
    if (point == POINT_OPENED) return FALSE;
    count( tally, client_send( client ) );
    if (point == POINT_SEND) return FALSE;
    await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    if (point == POINT_SENT) return FALSE;
    count( tally, WinHttpReceiveResponse( client->request, NULL ) );
    if (point == POINT_RECEIVE) return FALSE;
    await( 0, STATUS( HEADERS_AVAILABLE ) );
    return point != POINT_RECEIVED;
}

/* A refused operation is one that has no callback: it may come too late for a socket whose peer is
 * quick. */
static void run_socket( struct client *client, struct tally *tally, enum point point )
{
    static char data[] = "data", buffer[64];

    client_complete_upgrade( client );
    tally->handles++;
    if (point == POINT_UPGRADED) return;
    count( tally, !WinHttpWebSocketReceive( client->socket, buffer, sizeof(buffer), NULL, NULL ) );
    if (point == POINT_READING) return;
    count( tally, !WinHttpWebSocketSend( client->socket,
                                         WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, data, 4 ) );
    if (point == POINT_WRITTEN) return;
    count( tally, !WinHttpWebSocketShutdown( client->socket, 1000, NULL, 0 ) );
    if (point == POINT_SHUT) return;
    count( tally, !WinHttpWebSocketClose( client->socket, 1000, NULL, 0 ) );
    if (point == POINT_CLOSING) return;
    await( 0, STATUS( CLOSE_COMPLETE ) );
}

/* Each accepted operation has one end; each handle one, and nothing of it comes behind. */
static void check_record( const struct tally *tally )
{
    const DWORD ends = STATUS( SENDREQUEST_COMPLETE ) | STATUS( HEADERS_AVAILABLE ) |
                       STATUS( READ_COMPLETE ) | STATUS( WRITE_COMPLETE ) |
                       STATUS( REQUEST_ERROR ) | STATUS( CLOSE_COMPLETE ) |
                       STATUS( SHUTDOWN_COMPLETE );
    unsigned int i, j, ended = 0, closed = 0, total = notify_count();

    for (i = 0; i < total; i++)
    {
        const struct notification *entry = notify_get( i );

        if (entry->status & ends) ended++;
        if (entry->status != STATUS( HANDLE_CLOSING )) continue;
        closed++;
        for (j = i + 1; j < total; j++)
            ok( notify_get( j )->handle != entry->handle, "%s after HANDLE_CLOSING\n",
                notify_name( notify_get( j )->status ) );
    }
    ok( ended == tally->accepted, "%u operations, %u ends\n", tally->accepted, ended );
    ok( closed == tally->handles, "%u handles, %u ends\n", tally->handles, closed );
}

static void close_handle( HINTERNET *handle )
{
    if (*handle) check_works( WinHttpCloseHandle( *handle ) );
    *handle = NULL;
}

/* Children first, or parents first. */
static void close_in_order( struct client *client, BOOL parents_first )
{
    HINTERNET *handles[] = { &client->session, &client->connect, &client->request,
                             &client->socket };
    unsigned int i;

    for (i = 0; i < 4; i++) close_handle( handles[parents_first ? i : 3 - i] );
}

static void test_close_at( const struct step *script, enum point point, BOOL parents_first )
{
    struct server *server = server_start( script );
    struct tally tally = { 0, 3 };
    struct client client;

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    if (run_request( &client, &tally, point )) run_socket( &client, &tally, point );
    close_in_order( &client, parents_first );
    client_close( &client );        /* waits until the session is unloaded */
    check_record( &tally );
    server_abandon( server );
}

/* Servers that answer at once, byte by byte, and not at all behind the upgrade. */
static void test_every_point(void)
{
    static const struct step quick[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE, "\x03\xe8" ), SRV_EOF, SRV_END
    };
    static const struct step slow[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_BY( 1 ), SRV_SEND_BY( 1, "\x81\x05" "hello" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE | FRAME_PER_BYTE, "\x03\xe8" ), SRV_EOF, SRV_END
    };
    static const struct step leaving[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, "\x03\xe8" ), SRV_EOF, SRV_END
    };
    const struct step *scripts[] = { quick, slow, leaving };
    unsigned int script, point, round;

    for (round = 0; round < 4; round++)
    {
        for (script = 0; script < ARRAYSIZE( scripts ); script++)
        {
            for (point = 0; point < POINT_COUNT; point++)
            {
                winetest_push_context( "round %u, script %u, point %u", round, script, point );
                test_close_at( scripts[script], point, round % 2 );
                winetest_pop_context();
            }
        }
    }
}

static void close_it( const struct notification *entry, void *arg )
{
    HINTERNET *handle = arg;

    ok( entry->handle == *handle, "wrong handle\n" );
    close_handle( handle );
}

static void receive_and_close_it( const struct notification *entry, void *arg )
{
    HINTERNET *handle = arg;

    check_works( WinHttpReceiveResponse( *handle, NULL ) );
    close_it( entry, handle );
}

/* The handle closed inside each of its own callbacks; if so wanted, behind a ReceiveResponse that
 * is accepted there and so has an end as well (guess: on Windows nobody has looked). */
static void test_close_in_callback( BOOL receive )
{
    static const DWORD statuses[] =
    {
        STATUS( SENDING_REQUEST ), STATUS( REQUEST_SENT ), STATUS( SENDREQUEST_COMPLETE )
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_EOF, SRV_END };
    struct tally tally = { receive ? 2 : 1, 3 };
    struct server *server;
    struct client client;
    HINTERNET request;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( statuses ); i++)
    {
        winetest_push_context( "%s, receive %d", notify_name( statuses[i] ), receive );
        server = server_start( script );
        client_open( &client, server, CLIENT_ASYNC );
        request = client.request;
        notify_on( statuses[i], receive ? receive_and_close_it : close_it, &client.request );
        check_works( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ) );
        ok( notify_wait_handle( 0, STATUS( HANDLE_CLOSING ), request ) != NULL, "not closed\n" );
        client_close( &client );
        check_record( &tally );
        server_abandon( server );
        winetest_pop_context();
    }
}

struct sender
{
    HINTERNET socket;
    HANDLE started;
};

static DWORD CALLBACK send_until_closed( void *arg )
{
    struct sender *sender = arg;
    char data[512];
    DWORD ret, i;

    memset( data, 'd', sizeof(data) );
    for (i = 0; i < 100000; i++)
    {
        ret = WinHttpWebSocketSend( sender->socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                    data, sizeof(data) );
        if (!i) SetEvent( sender->started );
        if (ret) return ret;
    }
    return 0;
}

/* websocket.md 9, http.md 3: a synchronous Send in another thread ends when the handle is closed */
static void test_close_under_sender(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server;
    struct sender sender;
    struct client client;
    unsigned int i;
    HANDLE thread;
    DWORD ret;

    for (i = 0; i < 10; i++)
    {
        server = server_start( script );
        client_open_socket( &client, server, CLIENT_SYNC );
        sender.socket = client.socket;
        sender.started = CreateEventW( NULL, FALSE, FALSE, NULL );
        thread = CreateThread( NULL, 0, send_until_closed, &sender, 0, NULL );
        WaitForSingleObject( sender.started, INFINITE );
        close_handle( &client.socket );
        ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "Send did not return\n" );
        GetExitCodeThread( thread, &ret );
        ok( ret == ERROR_WINHTTP_OPERATION_CANCELLED || ret == ERROR_INVALID_HANDLE ||
            ret == ERROR_WINHTTP_CONNECTION_ERROR, "got %u\n", (UINT)ret );
        CloseHandle( thread );
        CloseHandle( sender.started );
        client_close( &client );
        server_stop( server );
    }
}

START_TEST( cancel )
{
    test_every_point();
    test_close_in_callback( FALSE );
    test_close_in_callback( TRUE );
    test_close_under_sender();
}
