/* ws_close - WinHttpWebSocketClose as an operation: both close frames, or the timer.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 *   send the close frame (unless Shutdown did) -> wait for rx (a Receive may still be leaving it)
 *   -> discard until the peer's close frame -> done
 *
 * The operation's deadline is the close timer (WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT): it covers
 * all of it. Every failure aborts the TCP connection (facts/websocket.md 6).
 */

#include "websocket.h"

static enum op_need close_step( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    enum op_need need = OP_CONTINUE;

    if (!socket->close_sent || socket->tx.head == op) need = ws_send_close( socket, op );
    if (need == OP_CONTINUE) need = ws_discard( socket, op );
    return need == OP_CONTINUE ? OP_DONE : need;
}

/* Whatever queue it stands in is the next one's. */
static struct op *leave_queue_locked( struct op *op )
{
    return op->queue ? op_queue_leave( op->queue, op ) : NULL;
}

/* An orderly end belongs to the sending side, where a last pong may be on its way. */
static void end_connection( struct websocket *socket, DWORD error )
{
    BOOL orderly;

    object_lock( &socket->object );
    orderly = !error && !socket->control.active;
    object_unlock( &socket->object );
    if (orderly) conn_shutdown( socket->conn );
    else conn_abort( socket->conn, FALSE );
    websocket_lose( socket, ERROR_WINHTTP_CONNECTION_ERROR );
}

static DWORD close_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    BOOL sync = op->sync;
    DWORD error = op->error;
    struct op *next;

    end_connection( socket, error );
    object_lock( &socket->object );
    next = leave_queue_locked( op );
    op_idle_locked( op );
    object_unlock( &socket->object );
    op_resume( next );

    if (sync) return error;
    if (error) websocket_notify_error( socket, WINHTTP_WEB_SOCKET_CLOSE_OPERATION, error );
    else object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE, NULL, 0 );
    return error;
}

const struct op_type ws_close_type =
{
    .name = "websocket close",
    .step = close_step,
    .finish = close_finish,
    .inline_finish = TRUE,
};
