/* worker - worker threads, the ready list, and the monitor that watches for blocked callbacks.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "op/worker.h"

#include "net/lock.h"
#include "net/pool.h"
#include "net/reactor.h"
#include "op/op.h"
#include "op/timer.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_op);

enum
{
    USUAL_WORKERS = 2,      /* one may be inside a callback while the other waits */
    MAX_WORKERS = 1024,     /* each blocked callback costs a thread and its stack: beyond this the
                             * program hangs by its own doing, and memory should not go with it */
    LONG_THREADS = 8,       /* twice as many as proxy scripts run at a time: the rest fetch one */
    IDLE_MS = 10000,        /* a worker beyond the first that was not needed for so long ends */
    LINGER_MS = 1000,       /* after the last session: most programs end right behind it, and Wine
                             * loses the exit code when a thread ends at the same moment */
    MONITOR_TICK_MS = 10,
    MONITOR_STILL_TICKS = 2, /* without any movement: the callbacks count as blocked, not busy */
    MONITOR_LATE_MS = 30,    /* a tick that took as long: the machine is busy, workers that could
                              * run do not, and another one would only wait with them */
    MONITOR_LATE_TICKS = 10, /* but so long without any movement counts, however busy it is */
    MONITOR_QUIET_TICKS = 100, /* after a second without such a moment the monitor ends */
};

static HINSTANCE module;
static DWORD worker_slot = TLS_OUT_OF_INDEXES; /* nonzero on worker threads */

static INIT_ONCE long_once = INIT_ONCE_STATIC_INIT;
static TP_POOL *long_pool; /* made when first needed */

static struct lock worker_lock;
/* under worker_lock */
static struct op *ready_head;
static struct op *ready_tail;
static UINT32 workers;         /* threads, in callbacks or waiting */
static UINT32 sessions;
static ULONGLONG last_closed;  /* when the last session was, if none is left */
static BOOL monitor_running;

/* interlocked */
static LONG waiting;           /* workers inside the reactor */
static LONG moves;             /* counts whatever a worker took up */

static DWORD CALLBACK worker_main( void *arg );
static DWORD CALLBACK monitor_main( void *arg );

BOOL worker_init( HINSTANCE instance )
{
    module = instance;
    return (worker_slot = TlsAlloc()) != TLS_OUT_OF_INDEXES;
}

void worker_free(void)
{
    if (long_pool) CloseThreadpool( long_pool );
    TlsFree( worker_slot );
}

BOOL worker_submit( PTP_SIMPLE_CALLBACK callback, void *context )
{
    TP_CALLBACK_ENVIRON environment = { .Version = 1, .RaceDll = module };

    return TrySubmitThreadpoolCallback( callback, context, &environment );
}

static BOOL CALLBACK make_long_pool( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    if (!(long_pool = CreateThreadpool( NULL ))) return FALSE;
    SetThreadpoolThreadMaximum( long_pool, LONG_THREADS );
    return TRUE;
}

BOOL worker_submit_long( PTP_SIMPLE_CALLBACK callback, void *context )
{
    TP_CALLBACK_ENVIRON environment = { .Version = 1, .RaceDll = module };

    if (!InitOnceExecuteOnce( &long_once, make_long_pool, NULL, NULL )) return FALSE;
    environment.Pool = long_pool;
    return TrySubmitThreadpoolCallback( callback, context, &environment );
}

/* Threads hold the DLL: it may be unloaded while they are on their way out. */
BOOL worker_start_thread( LPTHREAD_START_ROUTINE routine, void *arg )
{
    HMODULE self;
    HANDLE thread;

    if (!GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (const WCHAR *)module, &self ))
        return FALSE;
    if (!(thread = CreateThread( NULL, 0, routine, arg, 0, NULL )))
    {
        FreeLibrary( self );
        return FALSE;
    }
    CloseHandle( thread );
    return TRUE;
}

void worker_leave_thread(void)
{
    FreeLibraryAndExitThread( module, 0 );
}

/* Adds a worker if there are fewer than `most`. TRUE if there is at least one afterwards. */
static BOOL worker_add( UINT32 most )
{
    BOOL start, any;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    if ((start = workers < most)) workers++;
    lock_release( &worker_lock, LOCK_WORKERS );

    if (start && !worker_start_thread( worker_main, NULL ))
    {
        ERR( "cannot create a worker thread, error %lu\n", GetLastError() );
        lock_acquire( &worker_lock, LOCK_WORKERS );
        workers--;
        lock_release( &worker_lock, LOCK_WORKERS );
    }
    lock_acquire_shared( &worker_lock, LOCK_WORKERS );
    any = workers != 0;
    lock_release_shared( &worker_lock, LOCK_WORKERS );
    return any;
}

static void monitor_start(void)
{
    BOOL start;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    if ((start = !monitor_running)) monitor_running = TRUE;
    lock_release( &worker_lock, LOCK_WORKERS );
    if (!start || worker_start_thread( monitor_main, NULL )) return;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    monitor_running = FALSE;
    lock_release( &worker_lock, LOCK_WORKERS );
}

BOOL worker_want(void)
{
    return workers || worker_add( 1 );
}

static BOOL on_worker(void)
{
    return TlsGetValue( worker_slot ) != NULL;
}

/* Who waits looks at the timers again after IDLE_MS, so a later one needs no wake. This thread may
 * be a worker: it would look before it waits, but may be inside a callback that blocks. */
void worker_timer_armed( ULONGLONG left )
{
    if (workers && left < IDLE_MS) reactor_wake();
}

void worker_post( struct op *op )
{
    op->ready_next = NULL;
    lock_acquire( &worker_lock, LOCK_WORKERS );
    if (ready_tail) ready_tail->ready_next = op;
    else ready_head = op;
    ready_tail = op;
    lock_release( &worker_lock, LOCK_WORKERS );
    /* a worker looks at the list itself before it waits; should its callback block, the monitor
     * sends another */
    if (!on_worker()) reactor_wake();
    else if (!monitor_running) monitor_start();
}

static struct op *ready_pop(void)
{
    struct op *op;

    if (!ready_head) return NULL;
    lock_acquire( &worker_lock, LOCK_WORKERS );
    if ((op = ready_head) && !(ready_head = op->ready_next)) ready_tail = NULL;
    lock_release( &worker_lock, LOCK_WORKERS );
    return op;
}

void worker_session_opened(void)
{
    lock_acquire( &worker_lock, LOCK_WORKERS );
    sessions++;
    lock_release( &worker_lock, LOCK_WORKERS );
}

void worker_session_closed(void)
{
    BOOL last;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    if ((last = !--sessions)) last_closed = GetTickCount64();
    lock_release( &worker_lock, LOCK_WORKERS );
    if (last && workers) reactor_wake();
}

/* A worker that was not needed leaves if it is one too many, or if no session is left for a while.
 * It may have been woken for a timer: another one looks at those, or leaves too. */
static BOOL worker_leaves( BOOL idle )
{
    BOOL leaves, more;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    if (sessions) leaves = !ready_head && idle && workers > 1;
    else leaves = !ready_head && GetTickCount64() - last_closed >= LINGER_MS;
    if (leaves) workers--;
    more = leaves && workers;
    lock_release( &worker_lock, LOCK_WORKERS );
    if (more) reactor_wake();
    return leaves;
}

/* Others must be able to wait while this thread runs callbacks. Without a session there are none:
 * a worker that is woken to leave must not make the next one, which would be woken to leave. */
static void worker_departs( LONG still_waiting )
{
    if (still_waiting || !sessions) return;
    if (workers < USUAL_WORKERS) worker_add( USUAL_WORKERS );
    else if (!monitor_running) monitor_start();
}

/* Waits for events and takes them up. FALSE: nothing came. *needed: the others were too few. */
static BOOL worker_wait( INT32 timeout, BOOL *needed )
{
    const INT32 most = sessions ? IDLE_MS : LINGER_MS;
    struct op *ready[UNIX_MAX_EVENTS];
    LONG still_waiting;
    UINT32 count, i;

    if (timeout < 0 || timeout > most) timeout = most;
    InterlockedIncrement( &waiting );
    /* posted since ready_pop by a worker, which wakes nobody */
    count = ready_head ? 0 : reactor_wait( (void **)ready, UNIX_MAX_EVENTS, timeout );
    still_waiting = InterlockedDecrement( &waiting );
    *needed = count && still_waiting < USUAL_WORKERS;
    if (count) worker_departs( still_waiting );
    InterlockedIncrement( &moves );

    /* all but the first go where other workers find them should its callback block */
    for (i = 1; i < count; i++) worker_post( ready[i] );
    if (count) op_drive( ready[0] );
    return count != 0;
}

static DWORD CALLBACK worker_main( void *arg )
{
    ULONGLONG last = GetTickCount64(), now;
    BOOL came, needed;
    struct op *op;

    (void)arg;
    TlsSetValue( worker_slot, (void *)1 );
    TRACE( "worker starts\n" );
    for (;;)
    {
        INT32 timeout = timer_run();

        if ((op = ready_pop()))
        {
            came = TRUE;
            needed = waiting < USUAL_WORKERS;
            worker_departs( waiting );
            InterlockedIncrement( &moves );
            op_drive( op );
        }
        else came = worker_wait( timeout, &needed );
        now = GetTickCount64();
        if (needed) last = now;
        if (!came) pool_trim();
        if (came && now - last < IDLE_MS) continue;
        if (worker_leaves( now - last >= IDLE_MS )) break;
    }
    TRACE( "worker ends\n" );
    worker_leave_thread();
}

/* TRUE once the monitor may end. */
static BOOL monitor_done( UINT32 quiet )
{
    BOOL done;

    lock_acquire( &worker_lock, LOCK_WORKERS );
    if ((done = quiet >= MONITOR_QUIET_TICKS || !workers)) monitor_running = FALSE;
    lock_release( &worker_lock, LOCK_WORKERS );
    return done;
}

/* TRUE: it took much longer than it should. */
static BOOL monitor_tick(void)
{
    ULONGLONG began = GetTickCount64();

    Sleep( MONITOR_TICK_MS );
    return GetTickCount64() - began >= MONITOR_LATE_MS;
}

static DWORD CALLBACK monitor_main( void *arg )
{
    UINT32 quiet = 0, still = 0;
    BOOL late = FALSE;
    LONG seen = moves;
    BOOL behind;

    (void)arg;
    TRACE( "monitor starts\n" );
    while (!monitor_done( quiet ))
    {
        late |= monitor_tick();
        behind = ready_head != NULL;
        quiet = waiting && !behind ? quiet + 1 : 0;
        still = moves == seen ? still + 1 : 0;
        if (!still) late = FALSE;
        seen = moves;
        if (still < (late ? MONITOR_LATE_TICKS : MONITOR_STILL_TICKS)) continue;
        still = 0;
        if (!waiting) worker_add( min( workers + 1, MAX_WORKERS ) );
        /* a worker posted operations and then blocked: somebody else must come for them */
        else if (behind) reactor_wake();
    }
    TRACE( "monitor ends\n" );
    worker_leave_thread();
}
