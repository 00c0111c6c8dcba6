/* op - operations: whatever can wait is one; a state machine with two drivers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; an operation is embedded by value in its object and used again and again.
 * Threads: an active operation is driven by one thread at a time; op_cancel may come from any.
 * Fails:   op->error, an ERROR_* code, when it completes; each started operation completes once.
 *
 *            op_start                 park                      event, timer, cancel
 *   IDLE ------------> RUNNING --needs I/O--> PARKED (reactor) ----------------> RUNNING
 *    ^                   | |  --needs turn--> QUEUED (behind another) --------->    "
 *    |                   | |  --must block--> TASK (thread pool) -------------->    "
 *    +----op_finish------+ +--too deep, or not on this thread--> POSTED (ready list)
 *
 * The sync driver never leaves RUNNING: its steps do their I/O with a timeout (op_io_timeout) and
 * so wait inside that one call, on the caller's own thread.
 *
 * Cancelling is a request: op_cancel sets the flag and fetches the operation back from the reactor
 * or the queue. If it got it, the canceller drives it, and it completes on the canceller's thread;
 * else whoever runs it, or receives its event, sees the flag and completes it there.
 */

#ifndef WINHTTP_OP_OP_H
#define WINHTTP_OP_OP_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "handle.h"
#include "net/conn.h"
#include "op/timer.h"

enum op_need
{
    OP_DONE,       /* finished, op->error says how */
    OP_NEED_READ,  /* op->conn would block on reading */
    OP_NEED_WRITE, /* op->conn would block on writing */
    OP_NEED_TURN,  /* queued behind another operation (op_queue) */
    OP_NEED_TASK,  /* op->type->task must run where blocking is allowed */
    OP_CONTINUE,   /* step again */
};

struct op;

struct op_type
{
    const char *name;                      /* for traces */
    enum op_need (*step)( struct op *op ); /* runs until it is done or cannot go on */
    void (*task)( struct op *op );         /* the blocking part; may be NULL */

    /* The one place where an operation ends. Under the object's lock it takes what it needs out of
     * op and calls op_idle, from where on op may be started again; then, unlocked, it notifies.
     * Returns the outcome, an ERROR_* code. */
    DWORD (*finish)( struct op *op );

    /* A wait took too long: TRUE if the operation can go on all the same (its next address).
     * May be NULL: it fails with ERROR_WINHTTP_TIMEOUT. */
    BOOL (*timed_out)( struct op *op );

    BOOL inline_finish; /* async: may complete on the thread that started it */
};

/* One operation per direction is active at a time, the others wait their turn; under the object's
 * lock. A gate is a queue that can be closed: nobody's turn comes until it is opened. */
struct op_queue
{
    struct op *head; /* borrowed (until op_queue_leave); the one whose turn it is */
    struct op *tail;
    BOOL closed;
};

struct op
{
    /* immutable while active */
    const struct op_type *type;
    struct object *object;     /* ref while active */
    BOOL sync;
    ULONGLONG deadline;        /* tick count; 0 = none */
    DWORD wait_timeout;        /* milliseconds for each wait, or INFINITE */

    /* whoever drives it */
    struct conn *conn;         /* borrowed (while active): where it waits */
    struct op_queue *want;     /* borrowed; OP_NEED_TURN: the queue it wants the head of */
    DWORD error;
    DWORD winsock;             /* the WSAE* code behind error; 0 = none */
    BOOL done;                 /* steps are over, finish is due */
    BOOL on_starter;           /* still on the thread of op_start */
    DWORD driver;              /* id of the thread that runs its steps; 0 = it waits */
    stream_handle parked;      /* set before parking, read by the canceller */
    UINT32 parked_direction;

    /* under the object's lock */
    BOOL active;
    UINT32 serial;             /* counts starts: tells a late timer from the present use */
    LONG cancel;               /* also read without the lock; error to end with, 0 = go on */
    LONG late;                 /* likewise; the present wait has timed out */
    struct op_queue *queue;    /* borrowed; where it stands, or NULL */
    struct op *queue_next;

    struct timer timer;
    struct op *ready_next;     /* under the worker lock */
};

/* The Winsock error behind the failure of the operation that this thread completed last. */
DWORD op_winsock_error(void);

/* Module start and end. */
BOOL op_module_init(void);
void op_module_free(void);

/* Once for each embedded operation. */
void op_init( struct op *op, const struct op_type *type, struct object *object );

/* Makes op active; call with the object locked and op idle. FALSE: the handle is closing.
 *  deadline, wait_timeout: as in the struct. */
BOOL op_begin_locked( struct op *op, ULONGLONG deadline, DWORD wait_timeout );

/* Runs an operation that op_begin_locked made active; unlocked. Sync: until it is finished, returns
 * its error. Async: returns ERROR_SUCCESS if it finished inside this call, ERROR_IO_PENDING if
 * not. */
DWORD op_start( struct op *op );

/* Goes on with an operation that the caller owns: out of the reactor, a queue, a task. */
void op_drive( struct op *op );

/* Steps: the timeout to give to I/O calls (milliseconds as unixlib.h counts them). */
INT32 op_io_timeout( const struct op *op );

/* Steps: turns the status of an I/O call into a need, or fills in op->error and says OP_DONE.
 * Only for a status that is not STATUS_SUCCESS. */
enum op_need op_io_need( struct op *op, NTSTATUS status, UINT32 direction );

/* Steps: fails; waits for the head of queue, which is then op's until op_queue_leave. */
enum op_need op_fail( struct op *op, DWORD error );
enum op_need op_need_turn( struct op *op, struct op_queue *queue );

/* From finish, under the object's lock: the operation may be started again. */
void op_idle_locked( struct op *op );

/* Asks an active operation to end with error; does nothing to an idle one. Two halves, as no lock
 * may be held across the second: op_cancel_locked under the object's lock, then op_cancel_fetch
 * with its answer after unlocking (with a reference on the object). */
enum op_fetch
{
    OP_FETCH_NOTHING, /* it was idle, or is being cancelled already */
    OP_FETCH_PARKED,  /* it may be in the reactor */
    OP_FETCH_OWNED,   /* it was queued and is the canceller's now */
};

enum op_fetch op_cancel_locked( struct op *op, DWORD error );
void op_cancel_fetch( struct op *op, enum op_fetch fetch );

/* Both, taking the lock itself. */
void op_cancel( struct op *op, DWORD error );

/* Queues, all under the object's lock. enter: TRUE if it is op's turn. try: enters only if it is
 * its turn at once, for an operation that has begun and not started. leave: if another's turn
 * has come it is returned, to be given to op_resume after unlocking (NULL is fine there). */
BOOL op_queue_enter( struct op_queue *queue, struct op *op );
void op_queue_try( struct op_queue *queue, struct op *op );
struct op *op_queue_leave( struct op_queue *queue, struct op *op );
void op_resume( struct op *op );

/* Gates, of one operation each, for what happens elsewhere: close, begin what will open it (from
 * any thread, with a reference on the object), then op_need_turn. The gate may open for a reason
 * that is past: once it is the operation's turn, close again, look, and wait if there is nothing.
 * close also takes the operation out; so does leave, without closing. All unlocked. */
void op_gate_close( struct op_queue *gate, struct op *op );
void op_gate_leave( struct op_queue *gate, struct op *op );
void op_gate_open( struct object *object, struct op_queue *gate );

#endif
