/* ws_watch - what a WebSocket does by itself: keep-alive pongs, and answers to pings that nobody
 * is there to receive.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Servers drop clients that leave a ping unanswered (facts/websocket.md U25 is unknown; this serves
 * programs best). A socket on which no Receive has been pending since the last tick is watched: the
 * operation `watch` owns rx, receives ahead into the connection's buffer, as far as the receive
 * buffer goes, and walks over it with a copy of the decoder, looking for pings only. Nothing is
 * consumed: the next Receive finds all as if it had just arrived, except that it does not answer
 * those pings again. A busy program never meets the watch, one that pauses ends it by its next
 * call.
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "websocket.h"

#include "op/worker.h"

enum
{
    TICK_MS = 2000,      /* a ping waits two ticks at most, and not at all once the watch is on;
                          * the least patient servers wait 5 s for a pong */
    TICK_GRAIN_MS = 512, /* the ticks of many sockets fall together: one wake-up serves them all */
};

/* --- the watch --- */

/* Answers the pings among what is buffered behind `scanned`. FALSE: further bytes would say no
 * more. */
static BOOL scan_held( struct websocket *socket )
{
    struct ws_watch *watch = &socket->watch;
    enum ws_status status;
    struct ws_event event;
    size_t consumed;
    const BYTE *data;
    UINT32 held;

    do
    {
        data = conn_data( socket->conn, &held );
        status = ws_decoder_next( &watch->decoder, data + watch->scanned, held - watch->scanned,
                                  SIZE_MAX, &consumed, &event );
        watch->scanned += consumed;
        if (status != WS_OK) continue;
        if (event.type == WS_EVENT_CLOSE) return FALSE;
        if (event.type == WS_EVENT_PING && ++watch->pings > socket->pings_answered)
        {
            socket->pings_answered = watch->pings;
            ws_answer_ping( socket, event.data, event.len );
        }
    } while (status == WS_OK);
    return status == WS_NEED_INPUT;
}

static enum op_need watch_step( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    UINT32 need, count;
    NTSTATUS status;

    if (socket->rx.head != op) return op_need_turn( op, &socket->rx );
    while (scan_held( socket ))
    {
        status = conn_fill( socket->conn, socket->receive_buffer, UNIX_NOWAIT, &need, &count );
        if (status == STATUS_PENDING) return op_io_need( op, status, need );
        /* the end, an error, a full buffer: the next Receive's business */
        if (status || !count) break;
    }
    return OP_DONE;
}

static DWORD watch_finish( struct op *op )
{
    struct websocket *socket = websocket_from_object( op->object );
    struct op *next = NULL;

    object_lock( &socket->object );
    if (socket->rx.head == op) next = op_queue_leave( &socket->rx, op );
    op_idle_locked( op );
    object_unlock( &socket->object );
    op_resume( next );
    return ERROR_SUCCESS;
}

const struct op_type ws_watch_type =
{
    .name = "websocket watch",
    .step = watch_step,
    .finish = watch_finish,
    .inline_finish = TRUE,
};

static BOOL watch_begin_locked( struct websocket *socket )
{
    struct ws_watch *watch = &socket->watch;

    if (socket->rx.head || watch->op.active || socket->close_received) return FALSE;
    if (!op_begin_locked( &watch->op, 0, INFINITE )) return FALSE;
    op_queue_try( &socket->rx, &watch->op );
    watch->op.sync = FALSE;
    watch->decoder = socket->decoder;
    watch->scanned = 0;
    watch->pings = 0;
    return TRUE;
}

/* --- the tick --- */

static ULONGLONG next_tick( const struct websocket *socket, ULONGLONG now )
{
    ULONGLONG tick = now + TICK_MS;

    return min( tick - tick % TICK_GRAIN_MS, socket->keepalive_at );
}

/* The timer holds a reference on the object while it is armed. */
static UINT32 timer_arm_locked( struct websocket *socket )
{
    UINT32 armed;

    if (socket->object.closing || socket->close_sent || socket->lost) return 0;
    object_addref( &socket->object );
    armed = timer_arm( &socket->timer, next_tick( socket, GetTickCount64() ), 0 );
    if (!(armed & TIMER_NEW)) object_release( &socket->object );
    return armed;
}

/* TRUE: a pong of our own is due (facts/websocket.md 12). */
static BOOL keepalive_is_due_locked( struct websocket *socket, ULONGLONG now )
{
    if (socket->keepalive_at > now) return FALSE;
    socket->keepalive_at = now + socket->keepalive;
    return TRUE;
}

static void timer_fired( struct timer *timer, UINT32 serial )
{
    struct websocket *socket = CONTAINING_RECORD( timer, struct websocket, timer );
    BOOL keepalive, quiet, watch;
    UINT32 armed;

    (void)serial;
    object_lock( &socket->object );
    keepalive = keepalive_is_due_locked( socket, GetTickCount64() );
    quiet = socket->receives == socket->receives_seen;
    socket->receives_seen = socket->receives;
    watch = quiet && watch_begin_locked( socket );
    armed = timer_arm_locked( socket );
    object_unlock( &socket->object );

    if (armed & TIMER_FIRST) worker_timer_armed( TICK_MS );
    if (keepalive) ws_send_keepalive( socket );
    if (watch) op_start( &socket->watch.op );
    object_release( &socket->object );
}

void ws_watch_init( struct websocket *socket )
{
    UINT32 armed;

    timer_init( &socket->timer, timer_fired );
    worker_want();
    object_lock( &socket->object );
    socket->keepalive_at = GetTickCount64() + socket->keepalive;
    armed = timer_arm_locked( socket );
    object_unlock( &socket->object );
    if (armed & TIMER_FIRST) worker_timer_armed( TICK_MS );
}

void ws_watch_stop( struct websocket *socket )
{
    if (timer_disarm( &socket->timer )) object_release( &socket->object );
}

/* Before the next tick nothing can be due: WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE is larger. */
void websocket_set_keepalive_locked( struct websocket *socket, DWORD interval )
{
    socket->keepalive = interval;
    socket->keepalive_at = GetTickCount64() + interval;
}
