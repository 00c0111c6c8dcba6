/* websocket - WinHttpWebSocket*: the exports, and which call is legal when.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The table of states is facts/websocket.md section 10; each check_* below is one of its columns.
 */

#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#include "winreg.h"

#include "net/reactor.h"
#include "request.h"
#include "response.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    CLOSE_TIMEOUT_MS = 10000,     /* WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT */
    KEEPALIVE_MS = 30000,         /* WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL */
};

/* --- the object --- */

void websocket_notify_error( struct websocket *socket, WINHTTP_WEB_SOCKET_OPERATION operation,
                             DWORD error )
{
    WINHTTP_WEB_SOCKET_ASYNC_RESULT result = { { 0, error }, operation };

    object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, &result,
                   sizeof(result) );
}

void websocket_lose( struct websocket *socket, DWORD reason )
{
    object_lock( &socket->object );
    if (!socket->lost) socket->lost = reason;
    object_unlock( &socket->object );
}

static void websocket_cancel( struct object *object )
{
    struct websocket *socket = websocket_from_object( object );
    struct op *ops[] = { &socket->receive, &socket->send, &socket->shutdown, &socket->close,
                         &socket->control, &socket->watch.op };
    enum op_fetch fetch[ARRAY_SIZE(ops)];
    size_t i;

    object_lock( object );
    for (i = 0; i < ARRAY_SIZE(ops); i++)
        fetch[i] = op_cancel_locked( ops[i], ERROR_WINHTTP_OPERATION_CANCELLED );
    object_unlock( object );
    ws_watch_stop( socket );
    conn_abort( socket->conn, FALSE );
    for (i = 0; i < ARRAY_SIZE(ops); i++) op_cancel_fetch( ops[i], fetch[i] );
}

static void websocket_destroy( struct object *object )
{
    struct websocket *socket = websocket_from_object( object );

    conn_destroy( socket->conn );
    if (socket->out.chunk != socket->out.small) free( socket->out.chunk );
}

static const struct object_ops websocket_ops = { OBJECT_WEBSOCKET, websocket_cancel,
                                                 websocket_destroy, TRUE };

/* --- WinHttpWebSocketCompleteUpgrade --- */

/* HKLM\SOFTWARE\Microsoft\WebSocket!KeepaliveInterval overrides the default (websocket.md 2). */
static DWORD default_keepalive(void)
{
    DWORD value, size = sizeof(value);

    if (RegGetValueW( HKEY_LOCAL_MACHINE, L"SOFTWARE\\Microsoft\\WebSocket", L"KeepaliveInterval",
                      RRF_RT_REG_DWORD, NULL, &value, &size ))
        return KEEPALIVE_MS;
    return max( value, WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE );
}

static void init_operations( struct websocket *socket )
{
    op_init( &socket->send, &ws_send_type, &socket->object );
    op_init( &socket->receive, &ws_receive_type, &socket->object );
    op_init( &socket->shutdown, &ws_shutdown_type, &socket->object );
    op_init( &socket->close, &ws_close_type, &socket->object );
    op_init( &socket->control, &ws_control_type, &socket->object );
    op_init( &socket->watch.op, &ws_watch_type, &socket->object );
    socket->watch.op.conn = socket->conn;
    socket->send.conn = socket->receive.conn = socket->shutdown.conn = socket->close.conn =
        socket->control.conn = socket->conn;
}

/* The socket takes a request-like place below the connect handle, with the request's callback. */
static struct websocket *create_websocket( struct request *request, DWORD_PTR context )
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    static DWORD keepalive;
    struct object *object = object_create( sizeof(struct websocket), &websocket_ops,
                                           request->object.parent );
    struct websocket *socket;
    BOOL pending;

    if (!object) return NULL;
    if (InitOnceBeginInitialize( &once, 0, &pending, NULL ) && pending)
    {
        keepalive = default_keepalive();
        InitOnceComplete( &once, 0, NULL );
    }
    socket = websocket_from_object( object );
    object->context = context;
    socket->receive_buffer = max( request->ws_receive_buffer, 1 );
    socket->receive_most = socket->receive_buffer == WS_BUFFER_DEFAULT ? ~0u
                                                                       : socket->receive_buffer;
    socket->close_timeout = CLOSE_TIMEOUT_MS;
    socket->keepalive = keepalive;
    ws_decoder_init( &socket->decoder );
    return socket;
}

/* Moves the connection over; under the request's lock. */
static DWORD take_connection_locked( struct request *request, struct websocket *socket )
{
    if (request->state != EXCHANGE_BODY || request->op.active || !request->sent_upgrade ||
        request->response.status != 101 || request->upgraded || !request->conn)
        return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    socket->conn = request->conn;
    socket->send_timeout = request->settings.send_timeout;
    socket->object.callback = request->object.callback;
    socket->object.callback_mask = request->object.callback_mask;
    request->conn = request->op.conn = NULL;
    request->upgraded = TRUE;
    return ERROR_SUCCESS;
}

/* A request that was sent again may be upgraded without ReceiveResponse (websocket.md 1.4). */
static DWORD receive_first( struct request *request )
{
    if (request->object.async || request->state != EXCHANGE_SENT || !request->sent_upgrade)
        return ERROR_SUCCESS;
    return response_receive( request );
}

static DWORD complete_upgrade( struct request *request, DWORD_PTR context, HINTERNET *handle )
{
    struct websocket *socket;
    DWORD error;

    if ((error = receive_first( request ))) return error;
    if (!(socket = create_websocket( request, context ))) return ERROR_NOT_ENOUGH_MEMORY;
    object_lock( &request->object );
    error = take_connection_locked( request, socket );
    object_unlock( &request->object );
    if (!error)
    {
        init_operations( socket );
        if (!(*handle = handle_open( &socket->object ))) error = ERROR_NOT_ENOUGH_MEMORY;
    }
    if (!error)
    {
        ws_watch_init( socket );
        object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, handle,
                       sizeof(*handle) );
    }
    object_release( &socket->object );
    return error;
}

HINTERNET WINAPI WinHttpWebSocketCompleteUpgrade( HINTERNET handle, DWORD_PTR context )
{
    struct object *object;
    HINTERNET ret = NULL;
    DWORD error;

    TRACE( "%p, %#Ix\n", handle, context );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        error = complete_upgrade( request_from_object( object ), context, &ret );
        object_release( object );
    }
    SetLastError( error );
    return ret;
}

/* The socket of a handle with a reference, or NULL. */
static struct websocket *get_websocket( HINTERNET handle, DWORD *error )
{
    struct object *object = handle_get_typed( handle, OBJECT_WEBSOCKET, error );

    return object ? websocket_from_object( object ) : NULL;
}

/* Async: accepted is success, the outcome comes by callback. */
static DWORD start( struct websocket *socket, struct op *op )
{
    DWORD error = op_start( op );

    return socket->object.async ? ERROR_SUCCESS : error;
}

/* --- WinHttpWebSocketSend --- */

static BOOL is_text( WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    return type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
           type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
}

static DWORD check_send( const struct websocket *socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    enum ws_message family = is_text( type ) ? WS_MESSAGE_TEXT : WS_MESSAGE_BINARY;

    if (socket->send.active || socket->send_closed) return ERROR_INVALID_OPERATION;
    if (socket->lost) return socket->lost;
    if (socket->message && socket->message != family) return ERROR_INVALID_PARAMETER;
    return ERROR_SUCCESS;
}

static DWORD begin_send( struct websocket *socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type,
                         const void *data, DWORD len )
{
    DWORD error;

    if ((error = check_send( socket, type ))) return error;
    if (!op_begin_locked( &socket->send, 0, websocket_timeout( socket->send_timeout ) ))
        return ERROR_INVALID_HANDLE;
    op_queue_try( &socket->tx, &socket->send );
    socket->send_data = data;
    socket->send_len = len;
    socket->send_type = type;
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpWebSocketSend( HINTERNET handle, WINHTTP_WEB_SOCKET_BUFFER_TYPE type,
                                   PVOID data, DWORD len )
{
    struct websocket *socket;
    DWORD error;

    TRACE( "%p, %u, %p, %lu\n", handle, type, data, len );

    /* an empty payload is (NULL, 0) and nothing else; type CLOSE is Close's and Shutdown's */
    if ((data != NULL) != (len != 0) || (DWORD)type > WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE)
        return ERROR_INVALID_PARAMETER;
    if (!(socket = get_websocket( handle, &error ))) return error;
    object_lock( &socket->object );
    error = begin_send( socket, type, data, len );
    object_unlock( &socket->object );
    if (!error) error = start( socket, &socket->send );
    object_release( &socket->object );
    return error;
}

/* --- WinHttpWebSocketReceive --- */

static DWORD check_receive( const struct websocket *socket )
{
    if (socket->receive.active || socket->close_called || socket->close_received)
        return ERROR_INVALID_OPERATION;
    return socket->lost;
}

/* *watch says how to end the watch, whose turn it may be. */
static DWORD begin_receive( struct websocket *socket, void *data, DWORD len,
                            struct ws_received *received, enum op_fetch *watch )
{
    DWORD error;

    if ((error = check_receive( socket ))) return error;
    if (!op_begin_locked( &socket->receive, 0, websocket_timeout( socket->receive_timeout ) ))
        return ERROR_INVALID_HANDLE;
    *watch = op_cancel_locked( &socket->watch.op, ERROR_WINHTTP_OPERATION_CANCELLED );
    op_queue_try( &socket->rx, &socket->receive );
    socket->receives++;
    socket->receive_data = data;
    socket->receive_len = len;
    socket->received.len = 0;
    socket->receive_out = received;
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpWebSocketReceive( HINTERNET handle, PVOID data, DWORD len, DWORD *read,
                                      WINHTTP_WEB_SOCKET_BUFFER_TYPE *type )
{
    enum op_fetch watch = OP_FETCH_NOTHING;
    struct ws_received received;
    struct websocket *socket;
    BOOL sync;
    DWORD error;

    TRACE( "%p, %p, %lu, %p, %p\n", handle, data, len, read, type );

    if (!data || !len) return ERROR_INVALID_PARAMETER;
    if (!(socket = get_websocket( handle, &error ))) return error;
    sync = !socket->object.async;
    /* guess U24: an async caller has no use for the results, a sync one needs them */
    if (sync && (!read || !type)) error = ERROR_INVALID_PARAMETER;
    else
    {
        object_lock( &socket->object );
        error = begin_receive( socket, data, len, &received, &watch );
        object_unlock( &socket->object );
        op_cancel_fetch( &socket->watch.op, watch );
        if (!error) error = start( socket, &socket->receive );
    }
    if (sync && !error)
    {
        *read = received.len;
        *type = received.type;
    }
    object_release( &socket->object );
    return error;
}

/* --- WinHttpWebSocketShutdown --- */

static BOOL reason_is_valid( const void *reason, DWORD len )
{
    return len <= WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH && (reason || !len);
}

/* guess U35: 1005 stands for "no status" and so for no reason either; all else is sent as is */
static BOOL close_is_valid( USHORT status, const void *reason, DWORD len )
{
    return reason_is_valid( reason, len ) &&
           !(status == WINHTTP_WEB_SOCKET_EMPTY_CLOSE_STATUS && len);
}

static DWORD begin_shutdown( struct websocket *socket, USHORT status, const void *reason,
                             DWORD len )
{
    if (socket->send.active || socket->send_closed) return ERROR_INVALID_OPERATION;
    if (socket->lost) return socket->lost;
    if (!op_begin_locked( &socket->shutdown, 0, websocket_timeout( socket->send_timeout ) ))
        return ERROR_INVALID_HANDLE;
    op_queue_try( &socket->tx, &socket->shutdown );
    socket->send_closed = TRUE;
    ws_set_close_locked( socket, status, reason, len );
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpWebSocketShutdown( HINTERNET handle, USHORT status, PVOID reason, DWORD len )
{
    struct websocket *socket;
    DWORD error;

    TRACE( "%p, %u, %p, %lu\n", handle, status, reason, len );

    if (!close_is_valid( status, reason, len )) return ERROR_INVALID_PARAMETER;
    if (!(socket = get_websocket( handle, &error ))) return error;
    object_lock( &socket->object );
    error = begin_shutdown( socket, status, reason, len );
    object_unlock( &socket->object );
    if (!error) error = start( socket, &socket->shutdown );
    object_release( &socket->object );
    return error;
}

/* --- WinHttpWebSocketClose --- */

static DWORD check_close( const struct websocket *socket )
{
    if (socket->send.active || socket->shutdown.active || socket->close_called)
        return ERROR_INVALID_OPERATION;
    return socket->lost;
}

/* *fetch, *watch say what to do about a pending Receive and the watch: they are cancelled, on this
 * thread if it can be. */
static DWORD begin_close( struct websocket *socket, USHORT status, const void *reason, DWORD len,
                          enum op_fetch *fetch, enum op_fetch *watch )
{
    ULONGLONG deadline = 0;
    DWORD error;

    if ((error = check_close( socket ))) return error;
    if (socket->close_timeout && socket->close_timeout != INFINITE)
        deadline = GetTickCount64() + socket->close_timeout;
    if (!op_begin_locked( &socket->close, deadline, INFINITE )) return ERROR_INVALID_HANDLE;
    socket->close_called = TRUE;
    if (!socket->send_closed) ws_set_close_locked( socket, status, reason, len );
    socket->send_closed = TRUE;
    *fetch = op_cancel_locked( &socket->receive, ERROR_WINHTTP_OPERATION_CANCELLED );
    *watch = op_cancel_locked( &socket->watch.op, ERROR_WINHTTP_OPERATION_CANCELLED );
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpWebSocketClose( HINTERNET handle, USHORT status, PVOID reason, DWORD len )
{
    enum op_fetch fetch = OP_FETCH_NOTHING, watch = OP_FETCH_NOTHING;
    struct websocket *socket;
    DWORD error;

    TRACE( "%p, %u, %p, %lu\n", handle, status, reason, len );

    if (!close_is_valid( status, reason, len )) return ERROR_INVALID_PARAMETER;
    if (!(socket = get_websocket( handle, &error ))) return error;
    object_lock( &socket->object );
    error = begin_close( socket, status, reason, len, &fetch, &watch );
    object_unlock( &socket->object );
    if (!error)
    {
        op_cancel_fetch( &socket->receive, fetch );
        op_cancel_fetch( &socket->watch.op, watch );
        error = start( socket, &socket->close );
    }
    object_release( &socket->object );
    return error;
}

/* --- WinHttpWebSocketQueryCloseStatus --- */

static DWORD query_close_status( const struct websocket *socket, USHORT *status, void *reason,
                                 DWORD len, DWORD *consumed )
{
    if (!socket->close_received || socket->close.active) return ERROR_INVALID_OPERATION;
    *status = socket->close_status;
    *consumed = socket->close_reason_len;
    /* guess U33: the needed size is told, and that the reason was not */
    if (len < socket->close_reason_len) return ERROR_INSUFFICIENT_BUFFER;
    memcpy( reason, socket->close_reason, socket->close_reason_len );
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpWebSocketQueryCloseStatus( HINTERNET handle, USHORT *status, PVOID reason,
                                               DWORD len, DWORD *consumed )
{
    struct websocket *socket;
    DWORD error;

    TRACE( "%p, %p, %p, %lu, %p\n", handle, status, reason, len, consumed );

    if (!status || !consumed || (!reason && len)) return ERROR_INVALID_PARAMETER;
    if (!(socket = get_websocket( handle, &error ))) return error;
    object_lock( &socket->object );
    error = query_close_status( socket, status, reason, len, consumed );
    object_unlock( &socket->object );
    object_release( &socket->object );
    return error;
}
