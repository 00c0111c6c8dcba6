/* ws_send - the sending side of a WebSocket: frames, Send, Shutdown, pongs.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "websocket.h"

#include <stdlib.h>
#include <string.h>

#include "net/resolve.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* Bytes masked and sent at a time: with fewer the peer has read all, and sleeps, before the next
 * are masked, and waking it costs more than memory that has left the L2 cache. Held only while
 * such a message is sent, so it never doubles more than what the program holds itself; its send
 * buffer (option 123) is checked when the request is sent and has no say here. */
enum
{
    SEND_CHUNK = 512 * 1024,
    LARGE_CHUNK = 16 * 1024,    /* more than this is not had from the heap and given back each time:
                                 * Wine's returns such memory to the kernel, page by page */
};

/* --- chunks --- */

/* One chunk stays with the process, for the next who sends a long message. */
static void *spare_chunk; /* owned; interlocked: who exchanges it for NULL has it */

static BYTE *chunk_take( DWORD *size )
{
    BYTE *chunk;

    if (*size <= LARGE_CHUNK) return malloc( *size );
    *size = SEND_CHUNK + WS_MAX_HEADER;
    chunk = InterlockedExchangePointer( &spare_chunk, NULL );
    return chunk ? chunk : malloc( *size );
}

static void chunk_put( BYTE *chunk, DWORD size )
{
    if (size > LARGE_CHUNK && !InterlockedCompareExchangePointer( &spare_chunk, chunk, NULL ))
        return;
    free( chunk );
}

void ws_send_free(void)
{
    free( spare_chunk );
}

/* --- frames: what the head of tx does --- */

/* RFC 6455 5.3: a fresh, unpredictable key for each frame. */
static BOOL take_key( struct websocket *socket, BYTE key[WS_MASK_KEY] )
{
    if (!socket->keys_left)
    {
        if (net_random( socket->keys, sizeof(socket->keys) )) return FALSE;
        socket->keys_left = sizeof(socket->keys);
    }
    socket->keys_left -= WS_MASK_KEY;
    memcpy( key, socket->keys + socket->keys_left, WS_MASK_KEY );
    return TRUE;
}

/* Masks as much of the payload as the chunk holds, behind what is there. */
static void mask_more( struct ws_outgoing *out )
{
    DWORD len = min( out->payload_left, out->chunk_size - out->end );

    ws_mask( out->chunk + out->end, out->payload, len, out->key, out->masked );
    out->end += len;
    out->masked += len;
    out->payload += len;
    out->payload_left -= len;
}

/* FALSE: there are no random bytes. The frame counts as begun, so leave_tx loses the socket. */
static BOOL frame_begin( struct websocket *socket, enum ws_opcode opcode, BOOL fin,
                         const BYTE *payload, DWORD len )
{
    struct ws_outgoing *out = &socket->out;
    DWORD whole = min( len, SEND_CHUNK );

    out->chunk_size = whole + WS_MAX_HEADER;
    if (out->chunk_size > sizeof(out->small)) out->chunk = chunk_take( &out->chunk_size );
    if (!out->chunk) /* it is short, or there is no memory: then it goes out in small pieces */
    {
        out->chunk = out->small;
        out->chunk_size = sizeof(out->small);
    }
    if (!take_key( socket, out->key )) return FALSE;
    out->payload = payload;
    out->payload_left = len;
    out->masked = 0;
    out->begin = 0;
    out->end = ws_header_encode( out->chunk, opcode, fin, len, out->key );
    mask_more( out );
    TRACE( "%p: sending opcode %x, fin %d, %lu bytes\n", socket->object.handle, opcode, fin, len );
    return TRUE;
}

static BOOL frame_begun( const struct ws_outgoing *out )
{
    return out->chunk != NULL;
}

static void frame_end( struct ws_outgoing *out )
{
    if (out->chunk != out->small) chunk_put( out->chunk, out->chunk_size );
    out->chunk = NULL;
}

/* OP_CONTINUE: the whole frame is with the kernel. */
static enum op_need frame_send( struct websocket *socket, struct op *op )
{
    struct ws_outgoing *out = &socket->out;
    NTSTATUS status;
    UINT32 need, count;

    for (;;)
    {
        status = conn_send( socket->conn, out->chunk + out->begin, out->end - out->begin, NULL, 0,
                            op_io_timeout( op ), &need, &count );
        out->begin += count;
        if (status) return op_io_need( op, status, need );
        if (!out->payload_left) break;
        out->begin = out->end = 0;
        mask_more( out );
    }
    frame_end( out );
    return OP_CONTINUE;
}

static BOOL owns_tx( const struct websocket *socket, const struct op *op )
{
    return socket->tx.head == op;
}

/* Gives tx to the next; a frame that broke off leaves the stream useless. */
static void leave_tx( struct websocket *socket, struct op *op )
{
    struct op *next;

    if (!owns_tx( socket, op )) return;
    if (frame_begun( &socket->out ))
    {
        frame_end( &socket->out );
        websocket_lose( socket, ERROR_WINHTTP_CONNECTION_ERROR );
    }
    object_lock( &socket->object );
    next = op_queue_leave( &socket->tx, op );
    object_unlock( &socket->object );
    op_resume( next );
}

/* What every sending operation does: waits for tx, then one frame. */
static enum op_need send_frame( struct websocket *socket, struct op *op, enum ws_opcode opcode,
                                BOOL fin, const BYTE *payload, DWORD len )
{
    if (!frame_begun( &socket->out ) && !frame_begin( socket, opcode, fin, payload, len ))
        return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    return frame_send( socket, op );
}

/* --- Send --- */

static enum op_need send_step( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = socket->send_type;
    BOOL text = type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
                type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
    BOOL fin = type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ||
               type == WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
    enum ws_opcode opcode = text ? WS_OPCODE_TEXT : WS_OPCODE_BINARY;
    enum op_need need;

    if (!owns_tx( socket, op )) return op_need_turn( op, &socket->tx );
    if (socket->message) opcode = WS_OPCODE_CONTINUATION;
    need = send_frame( socket, op, opcode, fin, socket->send_data, socket->send_len );
    if (need != OP_CONTINUE) return need;
    /* only now: a Send that fails before its frame has begun changes nothing, can be repeated */
    if (fin) socket->message = WS_MESSAGE_NONE;
    else socket->message = text ? WS_MESSAGE_TEXT : WS_MESSAGE_BINARY;
    return OP_DONE;
}

static DWORD send_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    WINHTTP_WEB_SOCKET_STATUS status = { socket->send_len, socket->send_type };
    BOOL sync = op->sync;
    DWORD error = op->error;

    leave_tx( socket, op );
    object_lock( &socket->object );
    op_idle_locked( op );
    object_unlock( &socket->object );

    if (sync) return error;
    if (error) websocket_notify_error( socket, WINHTTP_WEB_SOCKET_SEND_OPERATION, error );
    else object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, &status,
                        sizeof(status) );
    return error;
}

const struct op_type ws_send_type =
{
    .name = "websocket send",
    .step = send_step,
    .finish = send_finish,
    .inline_finish = TRUE,
};

/* --- the close frame, of Shutdown and Close --- */

void ws_set_close_locked( struct websocket *socket, USHORT status, const void *reason, DWORD len )
{
    socket->own_close_len = ws_close_encode( socket->own_close, status, reason, len );
}

enum op_need ws_send_close( struct websocket *socket, struct op *op )
{
    enum op_need need;

    if (!owns_tx( socket, op ))
    {
        if (socket->close_sent) return OP_CONTINUE;
        return op_need_turn( op, &socket->tx );
    }
    object_lock( &socket->object );
    socket->close_sent = TRUE;
    object_unlock( &socket->object );
    need = send_frame( socket, op, WS_OPCODE_CLOSE, TRUE, socket->own_close,
                       socket->own_close_len );
    if (need == OP_CONTINUE) leave_tx( socket, op );
    return need;
}

void ws_send_failure( struct websocket *socket, USHORT code )
{
    BYTE payload[WS_MAX_CONTROL], frame[WS_MAX_HEADER + WS_MAX_CONTROL], key[WS_MASK_KEY];
    UINT32 need, count;
    size_t len, header;
    BOOL free_to_send;

    object_lock( &socket->object );
    /* whoever has begun to send may be on its way to tx, and sends beside us from there on */
    free_to_send = !socket->tx.head && !socket->send.active && !socket->shutdown.active &&
                   !socket->close.active && !socket->close_sent && !socket->lost;
    if (free_to_send) socket->close_sent = socket->send_closed = TRUE;
    object_unlock( &socket->object );

    if (!free_to_send || net_random( key, sizeof(key) )) return;
    len = ws_close_encode( payload, code, NULL, 0 );
    header = ws_header_encode( frame, WS_OPCODE_CLOSE, 1, len, key );
    ws_mask( frame + header, payload, len, key, 0 );
    conn_send( socket->conn, frame, header + len, NULL, 0, UNIX_NOWAIT, &need, &count );
}

static enum op_need shutdown_step( struct op *op )
{
    enum op_need need = ws_send_close( websocket_from_object( op->object ), op );

    return need == OP_CONTINUE ? OP_DONE : need;
}

static DWORD shutdown_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    BOOL sync = op->sync;
    DWORD error = op->error;

    leave_tx( socket, op );
    object_lock( &socket->object );
    op_idle_locked( op );
    object_unlock( &socket->object );

    if (sync) return error;
    if (error) websocket_notify_error( socket, WINHTTP_WEB_SOCKET_SHUTDOWN_OPERATION, error );
    else object_notify( &socket->object, WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE, NULL, 0 );
    return error;
}

const struct op_type ws_shutdown_type =
{
    .name = "websocket shutdown",
    .step = shutdown_step,
    .finish = shutdown_finish,
    .inline_finish = TRUE,
};

/* --- pongs: the operation `control`, whose completion nobody hears of --- */

/* Takes the next pong that is due. FALSE: none is. */
static BOOL next_pong( struct websocket *socket, struct ws_pong *pong )
{
    BOOL due;

    object_lock( &socket->object );
    due = (socket->pong_count || socket->keepalive_due) && !socket->close_sent;
    pong->len = 0;
    if (socket->pong_count)
    {
        *pong = socket->pongs[0];
        socket->pong_count--;
        memmove( socket->pongs, socket->pongs + 1, socket->pong_count * sizeof(*pong) );
    }
    /* any pong keeps the connection alive */
    socket->keepalive_due = FALSE;
    object_unlock( &socket->object );
    return due;
}

static enum op_need control_step( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    struct ws_pong pong;
    enum op_need need;

    if (!owns_tx( socket, op )) return op_need_turn( op, &socket->tx );
    for (;;)
    {
        if (!frame_begun( &socket->out ))
        {
            if (!next_pong( socket, &pong )) return OP_DONE;
            /* fits in out.small, so the payload is masked away before it leaves the stack */
            if (!frame_begin( socket, WS_OPCODE_PONG, TRUE, pong.payload, pong.len ))
                return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
        }
        if ((need = frame_send( socket, op )) != OP_CONTINUE) return need;
    }
}

static void control_start( struct websocket *socket );

static DWORD control_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    BOOL again;

    leave_tx( socket, op );
    object_lock( &socket->object );
    op_idle_locked( op );
    again = !op->error && (socket->pong_count || socket->keepalive_due);
    object_unlock( &socket->object );
    if (again) control_start( socket );
    return ERROR_SUCCESS;
}

const struct op_type ws_control_type =
{
    .name = "websocket control",
    .step = control_step,
    .finish = control_finish,
    .inline_finish = TRUE,
};

/* Runs `control` unless it is running, in which case it will see what is due itself. Never waits,
 * on a sync handle neither. */
static void control_start( struct websocket *socket )
{
    BOOL start;

    object_lock( &socket->object );
    start = !socket->control.active && !socket->close_sent && !socket->lost &&
            op_begin_locked( &socket->control, 0, websocket_timeout( socket->send_timeout ) );
    if (start) socket->control.sync = FALSE;
    object_unlock( &socket->object );
    if (start) op_start( &socket->control );
}

void ws_answer_ping( struct websocket *socket, const BYTE *payload, size_t len )
{
    struct ws_pong *pong;

    object_lock( &socket->object );
    if (socket->pong_count == WS_MAX_PONGS)
    {
        socket->pong_count--;
        memmove( socket->pongs, socket->pongs + 1, socket->pong_count * sizeof(*pong) );
    }
    pong = &socket->pongs[socket->pong_count++];
    pong->len = len;
    if (len) memcpy( pong->payload, payload, len );
    object_unlock( &socket->object );
    control_start( socket );
}

void ws_send_keepalive( struct websocket *socket )
{
    object_lock( &socket->object );
    socket->keepalive_due = TRUE;
    object_unlock( &socket->object );
    control_start( socket );
}
