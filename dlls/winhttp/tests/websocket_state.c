/*
 * The table of WebSocket states, cell by cell: which call is accepted when.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each cell has a socket of its own, brought into the state, and one call. An operation that is to
 * be pending runs in the asynchronous mode by itself, in the synchronous one in a thread; what the
 * server saw of it says that it is on its way, so nothing depends on timing.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define READ_COMPLETE  WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define REQUEST_ERROR  WINHTTP_CALLBACK_STATUS_REQUEST_ERROR
#define CLOSE_COMPLETE WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE

#define BINARY_MESSAGE WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define CLOSE_TYPE     WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE

#define REFUSED ERROR_INVALID_OPERATION
#define LOST    ERROR_WINHTTP_CONNECTION_ERROR

#define CLOSE_1000 "\x03\xe8"

/* More than the kernel's buffers of both ends, and of a TLS front between them, take. */
#define BIG_SIZE (64 * 1024 * 1024)

enum column
{
    SEND,
    RECEIVE,
    SHUTDOWN,
    CLOSE,
    QUERY,
    COLUMN_COUNT
};

/* One call, made by a thread for a synchronous socket. */
struct call
{
    HINTERNET socket;
    enum column column;
    char *data;
    DWORD len;
    DWORD ret;
};

static DWORD make_call( const struct call *call, BOOL async )
{
    static char buffer[256], other[256];
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    USHORT status;
    DWORD len;

    switch (call->column)
    {
    case SEND:
        return WinHttpWebSocketSend( call->socket, BINARY_MESSAGE, call->data, call->len );
    case RECEIVE:
        return WinHttpWebSocketReceive( call->socket, call->data ? other : buffer, sizeof(buffer),
                                        async ? NULL : &len, async ? NULL : &type );
    case SHUTDOWN:
        return WinHttpWebSocketShutdown( call->socket, 1000, NULL, 0 );
    case CLOSE:
        return WinHttpWebSocketClose( call->socket, 1000, NULL, 0 );
    default:
        return WinHttpWebSocketQueryCloseStatus( call->socket, &status, buffer, sizeof(buffer),
                                                 &len );
    }
}

static DWORD CALLBACK call_thread( void *arg )
{
    struct call *call = arg;

    call->ret = make_call( call, FALSE );
    return 0;
}

/* Starts an operation that stays pending until the server goes on. */
static HANDLE start_pending( struct call *call, BOOL async )
{
    if (!async) return CreateThread( NULL, 0, call_thread, call, 0, NULL );
    check_ret( make_call( call, TRUE ), 0 );
    return NULL;
}

/* A row of the table: how to get there, and what each call then gives. */
struct row
{
    const struct step *script;
    void (*enter)( struct client *client, BOOL async );
    int pending;                        /* the operation that is pending, or -1 */
    DWORD expected[COLUMN_COUNT];
};

/* What the call gave, or, when it was accepted and failed later, what it reported. */
static DWORD outcome( const struct row *row, const struct call *call, BOOL async )
{
    const struct notification *entry;
    unsigned int from = notify_count();
    DWORD ret = make_call( call, async );

    if (ret || !async || row->expected[call->column] != LOST) return ret;
    entry = await( from, REQUEST_ERROR );
    return ((const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)entry->data)->AsyncResult.dwError;
}

static void check_cell( const struct row *row, enum column column, BOOL async )
{
    struct server *server = server_start( row->script );
    char data[] = "data", *big = NULL;
    struct call pending = { 0 }, call = { 0 };
    HANDLE thread = NULL;
    struct client client;

    client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    if (row->enter) row->enter( &client, async );
    if (row->pending >= 0)
    {
        pending.socket = client.socket;
        pending.column = row->pending;
        if (row->pending == SEND) pending.data = big = calloc( 1, BIG_SIZE );
        pending.len = BIG_SIZE;
        thread = start_pending( &pending, async );
        ok( server_wait( server, 0 ), "the pending operation did not begin\n" );
    }
    call.socket = client.socket;
    call.column = column;
    call.data = data;
    call.len = 4;
    check_ret( outcome( row, &call, async ), row->expected[column] );
    client_close( &client );
    if (thread)
    {
        ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ),
            "the pending call did not return\n" );
        CloseHandle( thread );
    }
    server_abandon( server );
    free( big );
}

static void check_row( const struct row *row )
{
    static const char *const names[] = { "Send", "Receive", "Shutdown", "Close", "query" };
    unsigned int column, async;

    for (column = 0; column < COLUMN_COUNT; column++)
    {
        for (async = 0; async < 2; async++)
        {
            winetest_push_context( "%s, %s", names[column], async ? "async" : "sync" );
            check_cell( row, column, async );
            winetest_pop_context();
        }
    }
}

/* The server has said all there is to say, so that no accepted call waits. */
static const struct step talkative[] =
{
    SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ),
    SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF, SRV_END
};

/* websocket.md 10: row "open" */
static void test_open(void)
{
    static const struct row row = { talkative, NULL, -1, { 0, 0, 0, 0, REFUSED } };

    check_row( &row );
}

/* websocket.md 10: row "send pending"; guess U28: Shutdown */
static void test_send_pending(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_BYTES( 2 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ),
        SRV_SIGNAL( 0 ), SRV_END
    };
    static const struct row row = { script, NULL, SEND, { REFUSED, 0, REFUSED, REFUSED, REFUSED } };

    check_row( &row );
}

/* websocket.md 10: row "receive pending"; the pong shows that Receive is at work */
static void test_receive_pending(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_PING, "" ), SRV_READ_FRAME, SRV_SIGNAL( 0 ),
        SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF, SRV_END
    };
    static const struct row row = { script, NULL, RECEIVE, { 0, REFUSED, 0, 0, REFUSED } };

    check_row( &row );
}

static void shut_down( struct client *client, BOOL async )
{
    unsigned int from = notify_count();

    check_ret( WinHttpWebSocketShutdown( client->socket, 1000, NULL, 0 ), 0 );
    if (async) await( from, WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE );
}

/* websocket.md 10: row "Shutdown done" */
static void test_shutdown_done(void)
{
    static const struct row row = { talkative, shut_down, -1, { REFUSED, 0, REFUSED, 0, REFUSED } };

    check_row( &row );
}

static void receive_close( struct client *client, BOOL async )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    unsigned int from = notify_count();
    static char buffer[16];
    DWORD len;

    if (!async)
    {
        check_ret( WinHttpWebSocketReceive( client->socket, buffer, sizeof(buffer), &len, &type ),
                   0 );
        ok( type == CLOSE_TYPE, "got type %u\n", type );
        return;
    }
    check_ret( WinHttpWebSocketReceive( client->socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_transfer( await( from, READ_COMPLETE ), CLOSE_TYPE, 0 );
}

/* websocket.md 10: row "server close received" */
static void test_server_close_received(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF, SRV_END
    };
    static const struct row row = { script, receive_close, -1, { 0, REFUSED, 0, 0, 0 } };

    check_row( &row );
}

/* websocket.md 10: row "Close pending" */
static void test_close_pending(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_SIGNAL( 0 ), SRV_EOF, SRV_END
    };
    static const struct row row = { script, NULL, CLOSE,
                                    { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED } };

    check_row( &row );
}

static void close_socket( struct client *client, BOOL async )
{
    unsigned int from = notify_count();

    check_ret( WinHttpWebSocketClose( client->socket, 1000, NULL, 0 ), 0 );
    if (async) await( from, CLOSE_COMPLETE );
}

/* websocket.md 10: row "Close done"; guess U31: a second Close */
static void test_close_done(void)
{
    static const struct row row = { talkative, close_socket, -1,
                                    { REFUSED, REFUSED, REFUSED, REFUSED, 0 } };

    check_row( &row );
}

static void lose( struct client *client, BOOL async )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    unsigned int from = notify_count();
    static char buffer[16];
    DWORD len, ret;

    ret = WinHttpWebSocketReceive( client->socket, buffer, sizeof(buffer), async ? NULL : &len,
                                   async ? NULL : &type );
    if (async && !ret)
        check_socket_error( await( from, REQUEST_ERROR ), WINHTTP_WEB_SOCKET_RECEIVE_OPERATION,
                            LOST );
    else check_ret( ret, LOST );
}

/* websocket.md 10: row "TCP lost" */
static void test_lost(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_CUT, SRV_END };
    static const struct row row = { script, lose, -1, { LOST, LOST, LOST, LOST, REFUSED } };

    check_row( &row );
}

/* Calls inside a callback; ~0u: not this one. */
struct reentry
{
    DWORD expected[COLUMN_COUNT];
    HANDLE done;
};

static void check_reentered( const struct notification *entry, void *arg )
{
    struct call call = { entry->handle, SEND, (char *)"data", 4, 0 };
    const struct reentry *reentry = arg;
    unsigned int i;

    for (i = 0; i < COLUMN_COUNT; i++)
    {
        call.column = i;
        if (reentry->expected[i] != ~0u)
            check_ret( make_call( &call, TRUE ), reentry->expected[i] );
    }
    SetEvent( reentry->done );
}

/* The callback is in the record before it has run to its end. */
static void end_reentry( struct reentry *reentry )
{
    ok( !WaitForSingleObject( reentry->done, NOTIFY_TIMEOUT_MS ), "the callback did not end\n" );
    CloseHandle( reentry->done );
}

/* websocket.md 11: the state holds inside callbacks: in CLOSE_COMPLETE the socket is closed */
static void test_state_in_close_complete(void)
{
    struct reentry reentry = { { REFUSED, REFUSED, REFUSED, REFUSED, 0 },
                               CreateEventW( NULL, FALSE, FALSE, NULL ) };
    struct server *server = server_start( talkative );
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    notify_on( CLOSE_COMPLETE, check_reentered, &reentry );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    await( from, CLOSE_COMPLETE );
    end_reentry( &reentry );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 11: in READ_COMPLETE no Receive is pending any more, so the next may start */
static void test_state_in_read_complete(void)
{
    struct reentry reentry = { { 0, 0, ~0u, ~0u, REFUSED },
                               CreateEventW( NULL, FALSE, FALSE, NULL ) };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "more" ), SRV_END
    };
    struct server *server = server_start( script );
    static char buffer[16];
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    notify_on( READ_COMPLETE, check_reentered, &reentry );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    await( from, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE );
    ok( server_finish( server ), "script did not end\n" );
    check_frame( server, 0, FRAME_BINARY | FRAME_FIN, "data", 4 );
    end_reentry( &reentry );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 11: in the REQUEST_ERROR of the Receive that Close cancels, Close is pending */
static void test_state_in_cancelled_receive(void)
{
    struct reentry reentry = { { REFUSED, REFUSED, REFUSED, REFUSED, REFUSED },
                               CreateEventW( NULL, FALSE, FALSE, NULL ) };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    static char buffer[16];
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    notify_on( REQUEST_ERROR, check_reentered, &reentry );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    await( from, CLOSE_COMPLETE );
    end_reentry( &reentry );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket_state )
{
    RUN( test_open );
    RUN( test_send_pending );
    RUN( test_receive_pending );
    RUN( test_shutdown_done );
    RUN( test_server_close_received );
    RUN( test_close_pending );
    RUN( test_close_done );
    RUN( test_lost );
    RUN( test_state_in_close_complete );
    RUN( test_state_in_read_complete );
    RUN( test_state_in_cancelled_receive );
}
