/*
 * WebSockets with asynchronous handles: which callbacks come, in which order, where, with what.
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
#include "watched.h"

#define HANDLE_CREATED       WINHTTP_CALLBACK_STATUS_HANDLE_CREATED
#define HANDLE_CLOSING       WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING
#define SENDREQUEST_COMPLETE WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE
#define HEADERS_AVAILABLE    WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE
#define READ_COMPLETE        WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define WRITE_COMPLETE       WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE
#define REQUEST_ERROR        WINHTTP_CALLBACK_STATUS_REQUEST_ERROR

#define BINARY_MESSAGE  WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define BINARY_FRAGMENT WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
#define TEXT_MESSAGE    WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
#define TEXT_FRAGMENT   WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE

static void query_context( const struct notification *entry, void *arg )
{
    HINTERNET handle = *(HINTERNET *)entry->data;
    DWORD size = sizeof(DWORD_PTR);

    check_works( WinHttpQueryOption( handle, WINHTTP_OPTION_CONTEXT_VALUE, arg, &size ) );
}

/* websocket.md 1.3, 1.4 */
static void test_upgrade_callbacks(void)
{
    static const struct notify_expect sending[] =
    {
        { HANDLE_CREATED, NOTIFY_CALLER },
        { HANDLE_CREATED, NOTIFY_CALLER },
        { WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, NOTIFY_OPTIONAL },
        { WINHTTP_CALLBACK_STATUS_NAME_RESOLVED, NOTIFY_OPTIONAL },
        { WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, NOTIFY_ANY },
        { WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, NOTIFY_ANY },
        { WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NOTIFY_ANY },
        { WINHTTP_CALLBACK_STATUS_REQUEST_SENT, NOTIFY_ANY },
        { SENDREQUEST_COMPLETE, NOTIFY_WORKER },
        { 0, 0 }
    };
    static const struct notify_expect receiving[] =
    {
        { WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, NOTIFY_CALLER },
        { WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, NOTIFY_CALLER },
        { HEADERS_AVAILABLE, NOTIFY_CALLER },
        { 0, 0 }
    };
    /* what the server has sent may still be in the TLS front */
    static const struct notify_expect receiving_behind_front[] =
    {
        { WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, NOTIFY_CALLER },
        { WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, NOTIFY_ANY },
        { HEADERS_AVAILABLE, NOTIFY_ANY },
        { 0, 0 }
    };
    static const struct notify_expect upgrading[] = { { HANDLE_CREATED, NOTIFY_CALLER }, { 0, 0 } };
    static const struct notify_expect closing[] =
    {
        { HANDLE_CLOSING, NOTIFY_ANY }, { HANDLE_CLOSING, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SIGNAL( 0 ), SRV_EOF,
                                          SRV_END };
    struct server *server = server_start( script );
    DWORD_PTR context = 0xdeadbeef;
    DWORD size = sizeof(context);
    struct client client;
    HINTERNET closed[4];
    unsigned int from, i;

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    check_works( client_send( &client ) );
    await( 0, SENDREQUEST_COMPLETE );
    notify_check( 0, sending );

    ok( server_wait( server, 0 ), "no response\n" );
    from = notify_count();
    SetLastError( 0xdeadbeef );
    ok( WinHttpReceiveResponse( client.request, NULL ), "failed\n" );
    check_error( ERROR_SUCCESS );
    await( from, HEADERS_AVAILABLE );
    notify_check( from, server_is_secure() ? receiving_behind_front : receiving );

    from = notify_count();
    notify_on( HANDLE_CREATED, query_context, &context );
    client_complete_upgrade( &client );
    check_error( ERROR_SUCCESS );
    notify_check( from, upgrading );
    ok( context == CLIENT_CONTEXT, "got %#x\n", (UINT)context );
    if (notify_get( from ))
    {
        ok( *(HINTERNET *)notify_get( from )->data == client.socket,
            "wrong handle in the information\n" );
        ok( notify_get( from )->handle == client.socket, "wrong handle\n" );    /* guess U11 */
    }
    context = 0xdeadbef0;
    check_works( WinHttpSetOption( client.socket, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    context = 0;
    check_works( WinHttpQueryOption( client.socket, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                     &size ) );
    ok( context == 0xdeadbef0, "got %#x\n", (UINT)context );

    /* websocket.md 9: once per handle, in the order closed */
    from = notify_count();
    closed[0] = client.socket;
    closed[1] = client.request;
    closed[2] = client.connect;
    closed[3] = client.session;
    client_close( &client );
    notify_check( from, closing );
    for (i = 0; i < 4 && notify_get( from + i ); i++)
        ok( notify_get( from + i )->handle == closed[i], "handle %u closed out of order\n", i );
    if (notify_get( from ))
        ok( notify_get( from )->context == 0xdeadbef0, "got context %#x\n",
            (UINT)notify_get( from )->context );
    server_stop( server );
}

/* websocket.md 1.2: too small a send buffer is one REQUEST_ERROR, and the request stays usable */
static void test_send_buffer_size(void)
{
    static const struct notify_expect refused[] = { { REQUEST_ERROR, NOTIFY_ANY }, { 0, 0 } };
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    DWORD size = 15;

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    from = notify_count();
    check_works( client_send( &client ) );
    check_request_error( await( from, REQUEST_ERROR ), API_SEND_REQUEST, ERROR_NOT_ENOUGH_MEMORY );
    notify_check( from, refused );
    size = 16;
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    client_exchange( &client, TRUE );
    client_complete_upgrade( &client );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 3: completion inside the call, on the caller's thread */
static void test_send(void)
{
    static const struct notify_expect sent[] = { { WRITE_COMPLETE, NOTIFY_CALLER }, { 0, 0 } };
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 100 ), SRV_END };
    static const DWORD sizes[] = { 1, 256, 8192, 16384 };
    struct server *server = server_start( script );
    static char data[16384];
    struct client client;
    unsigned int from, i;

    client_open_socket( &client, server, CLIENT_ASYNC );
    for (i = 0; i < ARRAYSIZE( sizes ); i++)
    {
        winetest_push_context( "size %u", (UINT)sizes[i] );
        from = notify_count();
        check_ret( WinHttpWebSocketSend( client.socket, BINARY_MESSAGE, data, sizes[i] ), 0 );
        check_transfer( await( from, WRITE_COMPLETE ), BINARY_MESSAGE, sizes[i] );
        notify_check( from, sent );
        ok( await( from, WRITE_COMPLETE )->handle == client.socket, "wrong handle\n" );
        ok( await( from, WRITE_COMPLETE )->context == CLIENT_CONTEXT, "wrong context\n" );
        winetest_pop_context();
    }
    client_close( &client );
    server_abandon( server );
}

/* websocket.md 3: fragments, empty messages and what may follow an open message */
static void test_send_fragments(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME,
        SRV_END
    };
    static const struct
    {
        WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
        DWORD len, ret;
    }
    tests[] =
    {
        { BINARY_FRAGMENT, 4, 0 },
        { TEXT_FRAGMENT, 4, ERROR_INVALID_PARAMETER },
        { TEXT_MESSAGE, 4, ERROR_INVALID_PARAMETER },
        { BINARY_FRAGMENT, 2, 0 },
        { BINARY_MESSAGE, 0, 0 },
        { TEXT_MESSAGE, 0, 0 },
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "data";
    unsigned int from, i;

    client_open_socket( &client, server, CLIENT_ASYNC );
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        from = notify_count();
        check_ret( WinHttpWebSocketSend( client.socket, tests[i].type, tests[i].len ? data : NULL,
                                         tests[i].len ), tests[i].ret );
        if (!tests[i].ret) check_transfer( await( from, WRITE_COMPLETE ), tests[i].type,
                                           tests[i].len );
        else ok( notify_count() == from, "unexpected callback\n" );
        winetest_pop_context();
    }
    ok( server_finish( server ), "frames did not arrive\n" );
    check_frame( server, 0, FRAME_BINARY, "data", 4 );
    check_frame( server, 1, FRAME_CONTINUATION, "da", 2 );
    check_frame( server, 2, FRAME_CONTINUATION | FRAME_FIN, "", 0 );
    check_frame( server, 3, FRAME_TEXT | FRAME_FIN, "", 0 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4: the result comes by callback only; a second Receive is refused meanwhile */
static void test_receive(void)
{
    static const struct notify_expect received[] = { { READ_COMPLETE, NOTIFY_WORKER }, { 0, 0 } };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hello" ),
        SRV_FRAME( FRAME_BINARY | FRAME_FIN, "0123456789" ), SRV_END
    };
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = 0xdeadbeef;
    struct server *server = server_start( script );
    struct client client;
    char buffer[8], second[8];
    DWORD len = 0xdeadbeef;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), &len, &type ), 0 );
    check_ret( WinHttpWebSocketReceive( client.socket, second, sizeof(second), &len, &type ),
               ERROR_INVALID_OPERATION );
    server_signal( server, 0 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 5 );
    notify_check( from, received );
    ok( !memcmp( buffer, "hello", 5 ), "wrong data\n" );
    ok( len == 0xdeadbeef && type == 0xdeadbeef, "outputs were touched\n" );

    ok( server_finish( server ), "script did not end\n" );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_transfer( await( from, READ_COMPLETE ), BINARY_FRAGMENT, 8 );
    ok( !memcmp( buffer, "01234567", 8 ), "wrong data\n" );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_transfer( await( from, READ_COMPLETE ), BINARY_MESSAGE, 2 );
    ok( !memcmp( buffer, "89", 2 ), "wrong data\n" );

    /* guess U24: the buffer is needed, the outputs are not */
    check_ret( WinHttpWebSocketReceive( client.socket, NULL, 1, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 0, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

/* Into memory as .NET's, while Receive waits; the watch begins anew with each message. */
static void test_receive_into_watched_memory(void)
{
    enum { SIZE = 20000 };
    static char data[SIZE];
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, data, SIZE ),
        SRV_WAIT( 1 ), SRV_FRAME_N( FRAME_BINARY | FRAME_FIN, data, SIZE ), SRV_END
    };
    struct server *server = server_start( script );
    const WINHTTP_WEB_SOCKET_STATUS *status;
    const struct notification *entry;
    DWORD i, total, message;
    struct client client;
    unsigned int from;
    char *memory;

    for (i = 0; i < SIZE; i++) data[i] = (char)(1 + i % 127);
    memory = watched_alloc( SIZE + WATCHED_PAGE );
    client_open_socket( &client, server, CLIENT_ASYNC );
    for (message = 0; message < 2; message++)
    {
        watched_pages( memory, SIZE + WATCHED_PAGE );
        total = 0;
        do
        {
            from = notify_count();
            check_ret( WinHttpWebSocketReceive( client.socket, memory + 1 + total, SIZE - total,
                                                NULL, NULL ), 0 );
            if (!total) server_signal( server, message );
            entry = await( from, READ_COMPLETE );
            if (!entry) break;
            status = (const WINHTTP_WEB_SOCKET_STATUS *)entry->data;
            total += status->dwBytesTransferred;
        }
        while (status->eBufferType == BINARY_FRAGMENT);
        ok( total == SIZE && !memcmp( memory + 1, data, total ), "message %u: got %u bytes\n",
            (UINT)message, (UINT)total );
        i = watched_pages( memory, SIZE + WATCHED_PAGE );
        ok( i == 5, "%u pages were written to\n", (UINT)i );
    }
    client_close( &client );
    server_stop( server );
    watched_free( memory );
}

/* websocket.md 3: sending while a Receive is pending, and pings answered then */
static void test_send_while_receiving(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_PING, "are you there" ), SRV_READ_FRAME,
        SRV_SIGNAL( 0 ),
        SRV_ECHO( 1 ), SRV_END
    };
    struct server *server = server_start( script );
    char buffer[16], data[] = "echo";
    struct client client;
    unsigned int from;

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    ok( server_wait( server, 0 ), "no pong\n" );
    check_frame( server, 0, FRAME_PONG, "are you there", 13 );
    ok( notify_count() == from, "a ping was shown\n" );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 4 ), 0 );
    check_transfer( await( from, WRITE_COMPLETE ), TEXT_MESSAGE, 4 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 4 );
    ok( !memcmp( buffer, "echo", 4 ), "wrong data\n" );
    client_close( &client );
    server_stop( server );
}

struct chain
{
    HINTERNET socket;
    char buffer[16];
    char data[16];
    unsigned int left;
    HANDLE done;
};

static void receive_next( const struct notification *entry, void *arg );

/* Runs inside WRITE_COMPLETE. */
static void send_next( const struct notification *entry, void *arg )
{
    struct chain *chain = arg;

    if (!--chain->left)
    {
        notify_on( READ_COMPLETE, receive_next, chain );
        check_ret( WinHttpWebSocketReceive( chain->socket, chain->buffer, sizeof(chain->buffer),
                                            NULL, NULL ), 0 );
        return;
    }
    notify_on( WRITE_COMPLETE, send_next, chain );
    check_ret( WinHttpWebSocketSend( entry->handle, TEXT_MESSAGE, chain->data, 4 ), 0 );
}

/* Runs inside READ_COMPLETE. */
static void receive_next( const struct notification *entry, void *arg )
{
    struct chain *chain = arg;

    check_transfer( entry, TEXT_MESSAGE, 4 );
    if (++chain->left == 20)
    {
        SetEvent( chain->done );
        return;
    }
    notify_on( READ_COMPLETE, receive_next, chain );
    check_ret( WinHttpWebSocketReceive( entry->handle, chain->buffer, sizeof(chain->buffer), NULL,
                                        NULL ), 0 );
}

/* websocket.md 11: operations started inside the completions of others */
static void test_recursion(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( 20 ), SRV_END };
    struct server *server = server_start( script );
    struct chain chain = { NULL, "", "ping", 20, NULL };
    struct client client;

    client_open_socket( &client, server, CLIENT_ASYNC );
    chain.socket = client.socket;
    chain.done = CreateEventW( NULL, FALSE, FALSE, NULL );
    notify_on( WRITE_COMPLETE, send_next, &chain );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, chain.data, 4 ), 0 );
    ok( !WaitForSingleObject( chain.done, NOTIFY_TIMEOUT_MS ), "the chain broke with %u left\n",
        chain.left );
    client_close( &client );
    CloseHandle( chain.done );
    server_stop( server );
}

/* websocket.md 9: a pending Receive is cancelled, then the handle's last callback comes */
static void test_close_handle_while_receiving(void)
{
    static const struct notify_expect closing[] =
    {
        { REQUEST_ERROR, NOTIFY_ANY }, { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    HINTERNET socket;
    unsigned int from;
    char buffer[8];

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    socket = client.socket;
    check_ret( WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_works( WinHttpCloseHandle( socket ) );
    client.socket = NULL;
    check_socket_error( await( from, REQUEST_ERROR ), WINHTTP_WEB_SOCKET_RECEIVE_OPERATION,
                        ERROR_WINHTTP_OPERATION_CANCELLED );
    await( from, HANDLE_CLOSING );
    notify_check_handle( from, socket, closing );
    check_ret( WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), NULL, NULL ),
               ERROR_INVALID_HANDLE );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 9: closing a parent cancels nothing */
static void test_close_parents_while_receiving(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "late" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    char buffer[8];

    client_open_socket( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_works( WinHttpCloseHandle( client.connect ) );
    check_works( WinHttpCloseHandle( client.session ) );
    client.connect = client.session = NULL;
    server_signal( server, 0 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 4 );
    client_close( &client );
    server_stop( server );
}

static void upgrade_and_close_request( const struct notification *entry, void *arg )
{
    struct client *client = arg;

    client_complete_upgrade( client );
    check_works( WinHttpCloseHandle( entry->handle ) );
    client->request = NULL;
}

/* websocket.md 1.4: the whole upgrade inside HEADERS_AVAILABLE, as programs do it */
static void test_upgrade_in_callback(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x02" "hi" ),
                                          SRV_END };
    struct server *server = server_start( script );
    struct client client;
    HINTERNET request;
    unsigned int from;
    char buffer[8];

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    request = client.request;
    check_works( client_send( &client ) );
    await( 0, SENDREQUEST_COMPLETE );
    notify_on( HEADERS_AVAILABLE, upgrade_and_close_request, &client );
    check_works( WinHttpReceiveResponse( request, NULL ) );
    ok( notify_wait_handle( 0, HANDLE_CLOSING, request ) != NULL, "request not closed\n" );
    ok( client.socket != NULL, "no socket\n" );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 2 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.4: callback and mask come from the request; the socket may have its own */
static void test_callback_inheritance(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    WINHTTP_STATUS_CALLBACK old;
    struct client client;
    unsigned int from;
    char data[] = "x";

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    client_exchange( &client, TRUE );
    old = WinHttpSetStatusCallback( client.request, notify_callback,
                                    WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS |
                                    WINHTTP_CALLBACK_FLAG_HANDLES, 0 );
    ok( old == notify_callback, "got %p\n", old );
    client_complete_upgrade( &client );
    old = WinHttpSetStatusCallback( client.socket, notify_callback,
                                    WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS |
                                    WINHTTP_CALLBACK_FLAG_HANDLES, 0 );
    ok( old == notify_callback, "got %p\n", old );
    /* CLOSE_COMPLETE and SHUTDOWN_COMPLETE are not in that mask, and come all the same */
    from = notify_count();
    check_ret( WinHttpWebSocketShutdown( client.socket, 1000, NULL, 0 ), 0 );
    await( from, WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE );
    old = WinHttpSetStatusCallback( client.socket, NULL, 0, 0 );
    ok( old == notify_callback, "got %p\n", old );
    from = notify_count();
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 1 ),
               ERROR_INVALID_OPERATION );
    check_works( WinHttpCloseHandle( client.socket ) );
    client.socket = NULL;
    client_close( &client );
    ok( notify_count() == from + 3, "got %u callbacks\n", notify_count() - from );
    server_stop( server );
}

START_TEST( websocket_async )
{
    RUN( test_upgrade_callbacks );
    RUN( test_send_buffer_size );
    RUN( test_send );
    RUN( test_send_fragments );
    RUN( test_receive );
    RUN( test_receive_into_watched_memory );
    RUN( test_send_while_receiving );
    RUN( test_recursion );
    RUN( test_close_handle_while_receiving );
    RUN( test_close_parents_while_receiving );
    RUN( test_upgrade_in_callback );
    RUN( test_callback_inheritance );
}
