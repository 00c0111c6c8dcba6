/* op - the two drivers of operations, cancelling, and their queues.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "op/op.h"

#include "net/reactor.h"
#include "op/status.h"
#include "op/worker.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_op);

/* Completions nest on one thread at most this deep, the next goes to a worker: facts/http.md 3. */
enum { MAX_NESTING = 3 };

static DWORD nesting_slot = TLS_OUT_OF_INDEXES;
static DWORD winsock_slot = TLS_OUT_OF_INDEXES;

static ULONG_PTR nesting(void)
{
    return (ULONG_PTR)TlsGetValue( nesting_slot );
}

DWORD op_winsock_error(void)
{
    return (ULONG_PTR)TlsGetValue( winsock_slot );
}

BOOL op_module_init(void)
{
    return (nesting_slot = TlsAlloc()) != TLS_OUT_OF_INDEXES &&
           (winsock_slot = TlsAlloc()) != TLS_OUT_OF_INDEXES;
}

void op_module_free(void)
{
    TlsFree( nesting_slot );
    TlsFree( winsock_slot );
}

static void op_timer_fired( struct timer *timer, UINT32 serial );

static BOOL op_queue_turn( const struct op_queue *queue, const struct op *op )
{
    return queue->head == op && !queue->closed;
}

/* It stands in a queue, and what it waits for has not come. */
static BOOL op_is_queued( const struct op *op )
{
    return op->queue && !op_queue_turn( op->queue, op );
}

void op_init( struct op *op, const struct op_type *type, struct object *object )
{
    op->type = type;
    op->object = object;
    timer_init( &op->timer, op_timer_fired );
}

BOOL op_begin_locked( struct op *op, ULONGLONG deadline, DWORD wait_timeout )
{
    struct object *object = op->object;

    if (object->closing) return FALSE;
    InterlockedIncrement( &object->pending );
    object_addref( object );
    op->sync = !object->async;
    op->deadline = deadline;
    op->wait_timeout = wait_timeout;
    op->want = NULL;
    op->error = ERROR_SUCCESS;
    op->winsock = 0;
    op->done = FALSE;
    op->parked = 0;
    op->active = TRUE;
    op->serial++;
    op->cancel = 0;
    op->late = 0;
    op->queue = NULL;
    TRACE( "%s %p: begun\n", op->type->name, op );
    return TRUE;
}

void op_idle_locked( struct op *op )
{
    op->active = FALSE;
}

/* Milliseconds that the present wait may take, or INFINITE. */
static DWORD wait_left( const struct op *op )
{
    ULONGLONG now;

    if (!op->deadline) return op->wait_timeout;
    now = GetTickCount64();
    if (op->deadline <= now) return 0;
    return min( op->deadline - now, (ULONGLONG)op->wait_timeout );
}

INT32 op_io_timeout( const struct op *op )
{
    DWORD left;

    if (!op->sync) return UNIX_NOWAIT;
    if ((left = wait_left( op )) == INFINITE) return UNIX_INFINITE;
    /* 0 would mean "do not wait" below, where it is "too late" here */
    return left ? min( left, (DWORD)MAXLONG ) : 1;
}

enum op_need op_fail( struct op *op, DWORD error )
{
    op->error = error;
    return OP_DONE;
}

enum op_need op_need_turn( struct op *op, struct op_queue *queue )
{
    op->want = queue;
    return OP_NEED_TURN;
}

enum op_need op_io_need( struct op *op, NTSTATUS status, UINT32 direction )
{
    if (status == STATUS_PENDING) return direction == STREAM_READ ? OP_NEED_READ : OP_NEED_WRITE;
    if (op->cancel) return op_fail( op, op->cancel );
    op->winsock = status_to_winsock( status );
    return op_fail( op, status_to_error( status ) );
}

/* Cancelled or too late? Then the steps are over, unless the type knows how to go on. */
static BOOL op_interrupted( struct op *op )
{
    DWORD cancel = InterlockedCompareExchange( &op->cancel, 0, 0 );

    if (cancel)
    {
        op->error = cancel;
        return TRUE;
    }
    if (!InterlockedExchange( &op->late, 0 )) return FALSE;
    if (op->type->timed_out && op->type->timed_out( op )) return FALSE;
    op->error = ERROR_WINHTTP_TIMEOUT;
    return TRUE;
}

static void op_timer_start( struct op *op )
{
    struct object *object = op->object;
    DWORD left = wait_left( op );
    UINT32 armed;

    if (left == INFINITE) return;
    object_addref( object );
    armed = timer_arm( &op->timer, GetTickCount64() + left, op->serial );
    if (armed & TIMER_FAILED)
        WARN( "%s %p: no memory for a timer, waiting for ever\n", op->type->name, op );
    if (!(armed & TIMER_NEW)) object_release( object );
    if (armed & TIMER_FIRST) worker_timer_armed( left );
}

/* Fetches what is parked where op was last. Should op have completed and started anew meanwhile,
 * driving it only makes it try once more. NULL: it is on its way to a worker, or runs. */
static struct op *op_unpark( struct op *op )
{
    MemoryBarrier();
    return op->parked ? stream_unpark( op->parked, op->parked_direction ) : NULL;
}

static void op_timer_stop( struct op *op )
{
    if (op->timer.place && timer_disarm( &op->timer )) object_release( op->object );
}

/* As op_cancel_fetch, but timers drive nothing themselves: the program's callback may block. */
static void op_late_fetch( struct op *op, enum op_fetch fetch )
{
    if (fetch == OP_FETCH_PARKED) op = op_unpark( op );
    if (fetch != OP_FETCH_NOTHING && op) worker_post( op );
}

static void op_timer_fired( struct timer *timer, UINT32 serial )
{
    struct op *op = CONTAINING_RECORD( timer, struct op, timer );
    struct object *object = op->object;
    enum op_fetch fetch = OP_FETCH_NOTHING;

    object_lock( object );
    if (op->active && op->serial == serial && !op->cancel)
    {
        TRACE( "%s %p: timed out\n", op->type->name, op );
        InterlockedExchange( &op->late, 1 );
        fetch = OP_FETCH_PARKED;
        if (op_is_queued( op ))
        {
            op_queue_leave( op->queue, op );
            fetch = OP_FETCH_OWNED;
        }
    }
    object_unlock( object );
    op_late_fetch( op, fetch );
    object_release( object );
}

/* A canceller that came before the parking left it to us (op_cancel_fetch). Whatever is parked
 * there by now may even be another operation, if ours has completed meanwhile. */
static BOOL op_stays_parked( struct op *op, stream_handle stream, UINT32 direction )
{
    struct op *parked;

    MemoryBarrier();
    if (!op->cancel && !op->late) return TRUE;
    if ((parked = stream_unpark( stream, direction )) == op) return FALSE;
    if (parked) op_drive( parked );
    return TRUE;
}

/* From here on it may complete on any thread. */
static void op_departs( struct op *op )
{
    op->on_starter = FALSE;
    op->driver = 0;
}

/* Waits in the reactor. TRUE: parked, no longer ours; FALSE: go on, it is ready or interrupted. */
static BOOL op_park( struct op *op, UINT32 direction )
{
    struct object *object = op->object;
    stream_handle stream = conn_stream( op->conn );
    BOOL starter = op->on_starter, parked = FALSE;
    NTSTATUS status;

    object_addref( object ); /* once parked, op may complete and its object go at any moment */
    op_departs( op );
    op->parked = stream;
    op->parked_direction = direction;
    TRACE( "%s %p: parking for %s\n", op->type->name, op,
           direction == STREAM_READ ? "reading" : "writing" );
    op_timer_start( op );
    status = stream_park( stream, direction, op );
    if (status == STATUS_PENDING) parked = op_stays_parked( op, stream, direction );
    if (!parked)
    {
        op_timer_stop( op );
        op->on_starter = starter;
    }
    /* nothing to wait with, such as no descriptor for the reactor: trying again would spin */
    if (status && status != STATUS_PENDING)
    {
        op->error = status_to_error( status );
        op->done = TRUE;
    }
    object_release( object );
    return parked;
}

/* Sync: sleeps until it is op's turn. */
static void op_sleep_for_turn( struct op *op )
{
    struct object *object = op->object;

    while (op_is_queued( op ) && !op->cancel)
    {
        if (object_sleep_locked( object, wait_left( op ) ) || !op_is_queued( op )) continue;
        op->late = 1;
        break;
    }
    if (op_is_queued( op )) op_queue_leave( op->queue, op );
}

/* TRUE: it stands in the queue, no longer ours; FALSE: go on. */
static BOOL op_enqueue( struct op *op )
{
    struct object *object = op->object;
    BOOL queued = FALSE;

    if (!op->sync) op_timer_start( op );
    object_lock( object );
    if (!op_queue_enter( op->want, op ))
    {
        if (op->sync) op_sleep_for_turn( op );
        else if (op->cancel || op->late) op_queue_leave( op->queue, op );
        else
        {
            op_departs( op );
            queued = TRUE;
        }
    }
    object_unlock( object );
    if (!queued) op_timer_stop( op );
    return queued;
}

static void CALLBACK op_task_run( TP_CALLBACK_INSTANCE *instance, void *context )
{
    struct op *op = context;

    (void)instance;
    op->type->task( op );
    worker_post( op );
}

/* TRUE: given to the thread pool, no longer ours. */
static BOOL op_submit( struct op *op )
{
    BOOL starter = op->on_starter;

    op_departs( op );
    if (!op->sync && worker_submit( op_task_run, op )) return TRUE;
    op->on_starter = starter;
    op->type->task( op );
    return FALSE;
}

static BOOL op_wait( struct op *op, enum op_need need )
{
    switch (need)
    {
    case OP_NEED_READ:  return op_park( op, STREAM_READ );
    case OP_NEED_WRITE: return op_park( op, STREAM_WRITE );
    case OP_NEED_TURN:  return op_enqueue( op );
    case OP_NEED_TASK:  return op_submit( op );
    case OP_CONTINUE:   return FALSE;
    case OP_DONE:       break;
    }
    op->done = TRUE;
    return FALSE;
}

/* TRUE: the completion belongs to a worker: not wanted on this thread, or nested too deep. */
static BOOL op_defer( struct op *op )
{
    if (op->sync || !op->on_starter) return FALSE;
    if (op->type->inline_finish && nesting() < MAX_NESTING) return FALSE;
    op_departs( op );
    worker_post( op );
    return TRUE;
}

static DWORD op_finish( struct op *op )
{
    struct object *object = op->object;
    ULONG_PTR depth = nesting();
    DWORD error;

    TRACE( "%s %p: done, error %lu\n", op->type->name, op, op->error );
    TlsSetValue( nesting_slot, (void *)(depth + 1) );
    if (op->error) TlsSetValue( winsock_slot, (void *)(ULONG_PTR)op->winsock );
    error = op->type->finish( op );
    TlsSetValue( nesting_slot, (void *)depth );
    object_end( object );
    object_release( object );
    return error;
}

/* TRUE: it has completed in this call, *error is its outcome; op is not ours any more. */
static BOOL op_run( struct op *op, DWORD *error )
{
    op_timer_stop( op );
    while (!op->done)
    {
        op->driver = GetCurrentThreadId();
        if (op_interrupted( op )) op->done = TRUE;
        else if (op_wait( op, op->type->step( op ) )) return FALSE;
    }
    if (op_defer( op )) return FALSE;
    *error = op_finish( op );
    return TRUE;
}

DWORD op_start( struct op *op )
{
    DWORD error;
    BOOL sync = op->sync;

    op->on_starter = TRUE;
    if (!sync && !worker_want()) op->error = ERROR_NOT_ENOUGH_MEMORY, op->done = TRUE;
    if (!op_run( op, &error )) return ERROR_IO_PENDING;
    return sync ? error : ERROR_SUCCESS;
}

void op_drive( struct op *op )
{
    DWORD error;

    op_run( op, &error );
}

enum op_fetch op_cancel_locked( struct op *op, DWORD error )
{
    if (!op->active || op->cancel) return OP_FETCH_NOTHING;
    TRACE( "%s %p: cancelling with %lu\n", op->type->name, op, error );
    InterlockedExchange( &op->cancel, error );
    if (op->sync) object_wake_locked( op->object );
    else if (op_is_queued( op ))
    {
        op_queue_leave( op->queue, op );
        return OP_FETCH_OWNED;
    }
    return OP_FETCH_PARKED;
}

void op_cancel_fetch( struct op *op, enum op_fetch fetch )
{
    if (fetch == OP_FETCH_PARKED) op = op_unpark( op );
    if (fetch != OP_FETCH_NOTHING && op) op_drive( op );
}

void op_cancel( struct op *op, DWORD error )
{
    enum op_fetch fetch;

    object_lock( op->object );
    fetch = op_cancel_locked( op, error );
    object_unlock( op->object );
    op_cancel_fetch( op, fetch );
}

BOOL op_queue_enter( struct op_queue *queue, struct op *op )
{
    op->queue = queue;
    op->queue_next = NULL;
    if (queue->tail) queue->tail->queue_next = op;
    else queue->head = op;
    queue->tail = op;
    return op_queue_turn( queue, op );
}

void op_queue_try( struct op_queue *queue, struct op *op )
{
    if (!queue->head) op_queue_enter( queue, op );
}

struct op *op_queue_leave( struct op_queue *queue, struct op *op )
{
    struct op **link = &queue->head, *before = NULL;
    BOOL was_head = queue->head == op;

    if (op->queue != queue) return NULL;
    while (*link != op)
    {
        before = *link;
        link = &before->queue_next;
    }
    *link = op->queue_next;
    if (queue->tail == op) queue->tail = before;
    op->queue = NULL;
    if (!was_head || !queue->head) return NULL;
    if (queue->head->sync) object_wake_locked( op->object );
    return queue->head;
}

void op_gate_leave( struct op_queue *gate, struct op *op )
{
    object_lock( op->object );
    op_queue_leave( gate, op );
    object_unlock( op->object );
}

void op_gate_close( struct op_queue *gate, struct op *op )
{
    object_lock( op->object );
    op_queue_leave( gate, op );
    gate->closed = TRUE;
    object_unlock( op->object );
}

void op_gate_open( struct object *object, struct op_queue *gate )
{
    struct op *op = NULL;

    object_lock( object );
    if (gate->closed) op = gate->head;
    gate->closed = FALSE;
    if (op && op->sync) object_wake_locked( object );
    object_unlock( object );
    op_resume( op );
}

void op_resume( struct op *op )
{
    if (op && !op->sync) worker_post( op );
}
