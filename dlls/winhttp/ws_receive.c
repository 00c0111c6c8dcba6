/* ws_receive - the receiving side of a WebSocket: Receive, and what arrives by itself.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "websocket.h"

#include <string.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* Bytes taken from the connection at a time where they cannot go straight to the program: pings,
 * headers and short messages, many at once when the peer is busy. */
enum { RECEIVE_CHUNK = 16384 };

static BOOL owns_rx( const struct websocket *socket, const struct op *op )
{
    return socket->rx.head == op;
}

static void take_close( struct websocket *socket, const struct ws_event *event )
{
    TRACE( "%p: peer closes with %u\n", socket->object.handle, event->close_code );
    object_lock( &socket->object );
    socket->close_received = TRUE;
    socket->close_status = event->close_code;
    socket->close_reason_len = event->len;
    if (event->len) memcpy( socket->close_reason, event->data, event->len );
    object_unlock( &socket->object );
}

/* The peer broke the protocol: it is told, and the connection is of no use any more. */
static enum op_need violation( struct websocket *socket, struct op *op, enum ws_status status )
{
    WARN( "%p: the peer broke the protocol, reason %d\n", socket->object.handle, status );
    ws_send_failure( socket, status == WS_ERR_UTF8 ? 1007 : 1002 );
    conn_abort( socket->conn, FALSE ); /* what is sent already still goes out */
    websocket_lose( socket, ERROR_WINHTTP_CONNECTION_ERROR );
    return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
}

/* The stream has ended, or failed, without a close frame: facts/websocket.md 4. */
static enum op_need lost( struct websocket *socket, struct op *op, NTSTATUS status )
{
    enum op_need need = op_io_need( op, status, STREAM_READ );

    if (need != OP_DONE || op->cancel) return need;
    if (status != STATUS_IO_TIMEOUT) websocket_lose( socket, ERROR_WINHTTP_CONNECTION_ERROR );
    return need;
}

/* Receives into the connection's buffer. */
static enum op_need fill( struct websocket *socket, struct op *op )
{
    UINT32 need, count;
    NTSTATUS status;

    status = conn_fill( socket->conn, RECEIVE_CHUNK, op_io_timeout( op ), &need, &count );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    if (!status && !count) status = STATUS_CONNECTION_DISCONNECTED;
    if (status) return lost( socket, op, status );
    return OP_CONTINUE;
}

/* Control frames are dealt with here and never surface; a close frame does. */
static void take_control( struct websocket *socket, const struct ws_event *event )
{
    if (event->type == WS_EVENT_PING && socket->pings_answered) socket->pings_answered--;
    else if (event->type == WS_EVENT_PING) ws_answer_ping( socket, event->data, event->len );
    else if (event->type == WS_EVENT_CLOSE) take_close( socket, event );
}

/* --- Receive --- */

static DWORD space_left( const struct websocket *socket )
{
    return min( socket->receive_len, socket->receive_most ) - socket->received.len;
}

static WINHTTP_WEB_SOCKET_BUFFER_TYPE piece_type( const struct ws_event *event )
{
    if (event->text)
        return event->message_end ? WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
                                  : WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
    return event->message_end ? WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
                              : WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
}

/* A piece goes to the program at the end of a frame or when its buffer is full; an empty frame
 * inside a message is nothing to it. */
static BOOL take_data( struct websocket *socket, const struct ws_event *event )
{
    struct ws_received *received = &socket->received;
    BYTE *to = socket->receive_data + received->len;

    if (event->len && event->data != to) memcpy( to, event->data, event->len );
    received->len += event->len;
    received->type = piece_type( event );
    if (event->message_end) return TRUE;
    return received->len && (event->frame_end || !space_left( socket ));
}

/* TRUE: the Receive is complete. */
static BOOL take_event( struct websocket *socket, const struct ws_event *event )
{
    if (event->type == WS_EVENT_DATA) return take_data( socket, event );
    take_control( socket, event );
    if (event->type != WS_EVENT_CLOSE) return FALSE;
    socket->received.len = 0;
    socket->received.type = WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE;
    return TRUE;
}

/* Decodes what the buffer holds. WS_NEED_INPUT: nothing complete in it, all consumed. */
static enum ws_status decode_held( struct websocket *socket, BOOL *complete )
{
    enum ws_status status;
    struct ws_event event;
    size_t consumed;
    const BYTE *data;
    UINT32 held;

    do
    {
        data = conn_data( socket->conn, &held );
        status = ws_decoder_next( &socket->decoder, data, held, space_left( socket ), &consumed,
                                  &event );
        conn_consume( socket->conn, consumed );
        *complete = status == WS_OK && take_event( socket, &event );
    } while (status == WS_OK && !*complete);
    return status;
}

/* Payload goes from the kernel straight into the program's buffer, and is only checked there. */
static enum op_need receive_direct( struct websocket *socket, struct op *op, UINT64 left,
                                    enum ws_status *status, BOOL *complete )
{
    BYTE *to = socket->receive_data + socket->received.len;
    DWORD len = min( left, space_left( socket ) );
    struct ws_event event;
    UINT32 need, count;
    NTSTATUS received;
    size_t consumed;

    received = conn_recv( socket->conn, to, len, op_io_timeout( op ), &need, &count );
    if (received == STATUS_PENDING) return op_io_need( op, received, need );
    if (received || !count)
        return lost( socket, op, received ? received : STATUS_CONNECTION_DISCONNECTED );
    *status = ws_decoder_next( &socket->decoder, to, count, len, &consumed, &event );
    *complete = *status == WS_OK && take_event( socket, &event );
    return OP_CONTINUE;
}

static enum op_need receive_step( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    BOOL complete = FALSE;
    enum ws_status status;
    enum op_need need;
    UINT64 left;

    if (!owns_rx( socket, op )) return op_need_turn( op, &socket->rx );
    status = decode_held( socket, &complete );
    while (status >= 0 && !complete)
    {
        left = ws_decoder_payload_left( &socket->decoder );
        if (left) need = receive_direct( socket, op, left, &status, &complete );
        else need = fill( socket, op );
        if (need != OP_CONTINUE) return need;
        if (!left) status = decode_held( socket, &complete );
        /* Close waits for its turn, and a sync Receive may have been woken for it */
        if (op->cancel) return op_fail( op, op->cancel );
    }
    return complete ? OP_DONE : violation( socket, op, status );
}

static void leave_rx_locked( struct websocket *socket, struct op *op, struct op **next )
{
    *next = owns_rx( socket, op ) ? op_queue_leave( &socket->rx, op ) : NULL;
    op_idle_locked( op );
}

static void notify_received( struct websocket *socket, DWORD error,
                             const struct ws_received *received )
{
    WINHTTP_WEB_SOCKET_STATUS status = { received->len, received->type };

    if (error) websocket_notify_error( socket, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION, error );
    else object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, &status,
                        sizeof(status) );
}

static DWORD receive_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    struct ws_received received = socket->received;
    BOOL sync = op->sync, closing;
    DWORD error = op->error;
    struct op *next = NULL;

    /* what has arrived in time is not thrown away */
    if (error == ERROR_WINHTTP_TIMEOUT && received.len) error = ERROR_SUCCESS;

    object_lock( &socket->object );
    /* Close is under way and cancels: the program hears of that before it hears CLOSE_COMPLETE,
     * so rx is left only afterwards (facts/websocket.md 6). */
    if ((closing = socket->close.active) && !error) error = ERROR_WINHTTP_OPERATION_CANCELLED;
    if (sync && !error) *socket->receive_out = received;
    if (sync || !closing) leave_rx_locked( socket, op, &next );
    object_unlock( &socket->object );

    if (!sync)
    {
        notify_received( socket, error, &received );
        if (closing)
        {
            object_lock( &socket->object );
            leave_rx_locked( socket, op, &next );
            object_unlock( &socket->object );
        }
    }
    op_resume( next );
    return error;
}

const struct op_type ws_receive_type =
{
    .name = "websocket receive",
    .step = receive_step,
    .finish = receive_finish,
    .inline_finish = TRUE,
};

/* --- Close --- */

/* Throws away messages, answers pings, looks for the close frame, in what the buffer holds. */
static enum ws_status discard_held( struct websocket *socket )
{
    enum ws_status status;
    struct ws_event event;
    size_t consumed;
    const BYTE *data;
    UINT32 held;

    do
    {
        data = conn_data( socket->conn, &held );
        status = ws_decoder_next( &socket->decoder, data, held, SIZE_MAX, &consumed, &event );
        conn_consume( socket->conn, consumed );
        if (status == WS_OK && event.type != WS_EVENT_DATA) take_control( socket, &event );
    } while (status == WS_OK && !socket->close_received);
    return status;
}

enum op_need ws_discard( struct websocket *socket, struct op *op )
{
    enum ws_status status;
    enum op_need need;

    /* even with the peer's frame at hand: the Receive that got it is to be told first */
    if (!owns_rx( socket, op )) return op_need_turn( op, &socket->rx );
    if (socket->close_received) return OP_CONTINUE;
    for (;;)
    {
        status = discard_held( socket );
        if (socket->close_received) return OP_CONTINUE;
        if (status < 0) return violation( socket, op, status );
        if ((need = fill( socket, op )) != OP_CONTINUE) return need;
    }
}
