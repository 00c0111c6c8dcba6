/*
 * WebSockets used by several threads, and from inside their own callbacks.
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

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name

#define BINARY_MESSAGE WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define TEXT_MESSAGE   WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE

#define CLOSE_1000 "\x03\xe8"

#define ECHOES 200

/* One sender and one receiver of an asynchronous socket; the callbacks run anywhere. */
struct duplex
{
    HINTERNET socket;
    HANDLE written, received;
    char buffer[16];
};

static void set_event( const struct notification *entry, void *arg )
{
    (void)entry;
    SetEvent( *(HANDLE *)arg );
}

static DWORD CALLBACK send_async( void *arg )
{
    struct duplex *duplex = arg;
    char data[16] = "0123456789abcde";
    unsigned int i;
    DWORD ret = 0;

    for (i = 0; i < ECHOES && !ret; i++)
    {
        notify_on( STATUS( WRITE_COMPLETE ), set_event, &duplex->written );
        ret = WinHttpWebSocketSend( duplex->socket, BINARY_MESSAGE, data, 1 + i % 15 );
        if (!ret) ret = WaitForSingleObject( duplex->written, NOTIFY_TIMEOUT_MS );
    }
    return ret;
}

/* The type and length of the n-th READ_COMPLETE of the record. */
static void check_nth_read( unsigned int from, unsigned int n, DWORD len )
{
    unsigned int i;

    for (i = from; i < notify_count(); i++)
    {
        if (notify_get( i )->status != STATUS( READ_COMPLETE )) continue;
        if (n--) continue;
        check_transfer( notify_get( i ), BINARY_MESSAGE, len );
        return;
    }
    ok( 0, "no such callback\n" );
}

/* websocket.md 3: one thread starts sends while another starts receives, all the time */
static void test_two_threads(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( ECHOES ), SRV_END };
    struct server *server = server_start( script );
    struct duplex duplex = { 0 };
    struct client client;
    unsigned int i, from;
    HANDLE thread;
    DWORD ret;

    client_open_socket( &client, server, CLIENT_ASYNC );
    duplex.socket = client.socket;
    duplex.written = CreateEventW( NULL, FALSE, FALSE, NULL );
    duplex.received = CreateEventW( NULL, FALSE, FALSE, NULL );
    from = notify_count();
    thread = CreateThread( NULL, 0, send_async, &duplex, 0, NULL );
    for (i = 0; i < ECHOES; i++)
    {
        notify_on( STATUS( READ_COMPLETE ), set_event, &duplex.received );
        check_ret( WinHttpWebSocketReceive( client.socket, duplex.buffer, sizeof(duplex.buffer),
                                            NULL, NULL ), 0 );
        ok( !WaitForSingleObject( duplex.received, NOTIFY_TIMEOUT_MS ), "no READ_COMPLETE\n" );
        check_nth_read( from, i, 1 + i % 15 );
        ok( !memcmp( duplex.buffer, "0123456789abcde", 1 + i % 15 ), "wrong data\n" );
    }
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "the sender did not end\n" );
    GetExitCodeThread( thread, &ret );
    check_ret( ret, 0 );
    CloseHandle( thread );
    client_close( &client );
    CloseHandle( duplex.written );
    CloseHandle( duplex.received );
    server_stop( server );
}

struct blocked
{
    HANDLE entered, leave;
};

static void block( const struct notification *entry, void *arg )
{
    struct blocked *blocked = arg;

    (void)entry;
    SetEvent( blocked->entered );
    ok( !WaitForSingleObject( blocked->leave, NOTIFY_TIMEOUT_MS ), "nobody let it go on\n" );
}

#define BLOCKED 4

static void open_blocked( struct client *client, struct server *server, struct blocked *blocked,
                          char *buffer )
{
    blocked->entered = CreateEventW( NULL, TRUE, FALSE, NULL );
    blocked->leave = CreateEventW( NULL, TRUE, FALSE, NULL );
    client_open_socket( client, server, CLIENT_ASYNC );
    notify_on( STATUS( READ_COMPLETE ), block, blocked );
    check_ret( WinHttpWebSocketReceive( client->socket, buffer, 16, NULL, NULL ), 0 );
    server_signal( server, 0 );
    ok( !WaitForSingleObject( blocked->entered, NOTIFY_TIMEOUT_MS ), "no callback\n" );
}

static void close_blocked( struct client *client, struct server *server, struct blocked *blocked )
{
    SetEvent( blocked->leave );
    client_close( client );
    server_stop( server );
    CloseHandle( blocked->entered );
    CloseHandle( blocked->leave );
}

/* websocket.md 11: callbacks of several sockets block as long as they like; another socket, opened
 * and used and closed meanwhile, does not wait for them */
static void test_blocked_sockets(void)
{
    static const struct step silent[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "block" ),
        SRV_END
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 1 ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF, SRV_END
    };
    static char buffers[BLOCKED + 1][16];
    struct server *servers[BLOCKED], *server;
    struct client clients[BLOCKED], client;
    struct blocked blocked[BLOCKED];
    char data[] = "data";
    unsigned int i, from;

    for (i = 0; i < BLOCKED; i++)
    {
        servers[i] = server_start( silent );
        open_blocked( &clients[i], servers[i], &blocked[i], buffers[i] );
    }
    server = server_start( script );
    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffers[i], 16, NULL, NULL ), 0 );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 4 ), 0 );
    check_transfer( await( from, STATUS( READ_COMPLETE ) ), TEXT_MESSAGE, 4 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    await( from, STATUS( CLOSE_COMPLETE ) );
    client_close( &client );
    server_stop( server );
    for (i = 0; i < BLOCKED; i++) close_blocked( &clients[i], servers[i], &blocked[i] );
}

static void close_handle( const struct notification *entry, void *arg )
{
    HINTERNET *handle = arg;

    check_works( WinHttpCloseHandle( entry->handle ) );
    *handle = NULL;
}

/* Starts what raises one of the callbacks; the server says something, and answers a close. */
struct closing_case
{
    DWORD status;                   /* the callback that the handle is closed in */
    DWORD (*start)( HINTERNET socket );
    BOOL also_receive;              /* with a Receive pending */
};

static char close_buffer[16];

static DWORD start_receive( HINTERNET socket )
{
    return WinHttpWebSocketReceive( socket, close_buffer, sizeof(close_buffer), NULL, NULL );
}

static DWORD start_send( HINTERNET socket )
{
    static char data[] = "data";

    return WinHttpWebSocketSend( socket, TEXT_MESSAGE, data, 4 );
}

static DWORD start_shutdown( HINTERNET socket )
{
    return WinHttpWebSocketShutdown( socket, 1000, NULL, 0 );
}

static DWORD start_close( HINTERNET socket )
{
    return WinHttpWebSocketClose( socket, 1000, NULL, 0 );
}

/* How many callbacks of these statuses the socket has had. */
static unsigned int count_of( unsigned int from, HINTERNET socket, DWORD statuses )
{
    unsigned int i, count = 0;

    for (i = from; i < notify_count(); i++)
        if (notify_get( i )->handle == socket && (notify_get( i )->status & statuses)) count++;
    return count;
}

static void check_closed_in( const struct closing_case *test, const struct step *script )
{
    const DWORD ends = STATUS( READ_COMPLETE ) | STATUS( WRITE_COMPLETE ) |
                       STATUS( SHUTDOWN_COMPLETE ) | STATUS( CLOSE_COMPLETE ) |
                       STATUS( REQUEST_ERROR );
    struct server *server = server_start( script );
    struct client client;
    HINTERNET socket;
    unsigned int from, last;

    client_open_socket( &client, server, CLIENT_ASYNC );
    socket = client.socket;
    from = notify_count();
    notify_on( test->status, close_handle, &client.socket );
    if (test->also_receive) check_ret( start_receive( socket ), 0 );
    check_ret( test->start( socket ), 0 );
    server_signal( server, 0 );
    ok( notify_wait_handle( from, STATUS( HANDLE_CLOSING ), socket ) != NULL, "not closed\n" );
    client_close( &client );
    ok( count_of( from, socket, ends ) == (test->also_receive ? 2 : 1), "%u ends\n",
        count_of( from, socket, ends ) );
    ok( count_of( from, socket, STATUS( HANDLE_CLOSING ) ) == 1, "not closed once\n" );
    for (last = notify_count(); notify_get( --last )->handle != socket;) {}
    ok( notify_get( last )->status == STATUS( HANDLE_CLOSING ), "%s came last\n",
        notify_name( notify_get( last )->status ) );
    server_abandon( server );
}

/* websocket.md 9, 11: the handle closed inside each of its callbacks; what was accepted has one
 * end, a Receive still pending is told, HANDLE_CLOSING is the last */
static void test_close_in_each_callback(void)
{
    static const struct step talking[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_EOF, SRV_END
    };
    static const struct step answering[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_FRAME( FRAME_CLOSE, CLOSE_1000 ), SRV_EOF,
        SRV_END
    };
    static const struct step silent[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    static const struct step cut[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_CUT, SRV_END };
    static const struct
    {
        struct closing_case test;
        const struct step *script;
    }
    tests[] =
    {
        { { STATUS( READ_COMPLETE ), start_receive, FALSE }, talking },
        { { STATUS( WRITE_COMPLETE ), start_send, FALSE }, silent },
        { { STATUS( WRITE_COMPLETE ), start_send, TRUE }, silent },
        { { STATUS( SHUTDOWN_COMPLETE ), start_shutdown, FALSE }, silent },
        { { STATUS( SHUTDOWN_COMPLETE ), start_shutdown, TRUE }, silent },
        { { STATUS( CLOSE_COMPLETE ), start_close, FALSE }, answering },
        { { STATUS( REQUEST_ERROR ), start_receive, FALSE }, cut },
        { { STATUS( REQUEST_ERROR ), start_close, TRUE }, answering },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u, %s", i, notify_name( tests[i].test.status ) );
        check_closed_in( &tests[i].test, tests[i].script );
        winetest_pop_context();
    }
}

static void close_created( const struct notification *entry, void *arg )
{
    (void)arg;
    check_works( WinHttpCloseHandle( *(HINTERNET *)entry->data ) );
}

/* websocket.md 9: the earliest moment: inside HANDLE_CREATED of the upgrade. The call may return
 * the handle all the same; it is of no use any more. */
static void test_close_in_handle_created(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "x";
    HINTERNET socket;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    client_exchange( &client, TRUE );
    from = notify_count();
    notify_on( STATUS( HANDLE_CREATED ), close_created, NULL );
    socket = WinHttpWebSocketCompleteUpgrade( client.request, CLIENT_CONTEXT );
    await( from, STATUS( HANDLE_CLOSING ) );
    if (socket) check_ret( WinHttpWebSocketSend( socket, TEXT_MESSAGE, data, 1 ),
                           ERROR_INVALID_HANDLE );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket_threads )
{
    RUN( test_two_threads );
    RUN( test_blocked_sockets );
    RUN( test_close_in_each_callback );
    RUN( test_close_in_handle_created );
}
