/* worker - the threads that wait in the reactor and run what became ready.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the worker threads, the list of ready operations, a thread pool for what takes long.
 * Threads: any.
 * Fails:   FALSE: no memory; worker_want only if there is not even one thread.
 *
 * Two workers are usual, so that one callback may block while the other waits. When all workers are
 * inside callbacks and nothing moves for a while, a monitor thread adds one: the number of threads
 * follows the number of blocked callbacks, never that of sockets. Idle workers leave again, the
 * last ones a second after the last session.
 */

#ifndef WINHTTP_OP_WORKER_H
#define WINHTTP_OP_WORKER_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

struct op;

/* Sees to it that at least one worker runs; cheap when one does. */
BOOL worker_want(void);

/* Hands an operation to the workers: op_drive runs on one of them soon. The operation must be
 * active, and nobody else may touch it from here on. */
void worker_post( struct op *op );

/* A timer that is due in so many milliseconds is the first now: whoever waits must know. */
void worker_timer_armed( ULONGLONG left );

/* Runs callback( NULL, context ) on the process's thread pool, where blocking is allowed; the DLL
 * stays loaded until it has returned. FALSE: no memory. */
BOOL worker_submit( PTP_SIMPLE_CALLBACK callback, void *context );

/* The same on a pool of its own with few threads, for what may take minutes: others wait behind. */
BOOL worker_submit_long( PTP_SIMPLE_CALLBACK callback, void *context );

/* A thread of our own, for which the DLL stays loaded until it ends by worker_leave_thread. FALSE:
 * no memory. */
BOOL worker_start_thread( LPTHREAD_START_ROUTINE routine, void *arg );
void DECLSPEC_NORETURN worker_leave_thread(void);

/* Sessions keep workers alive. */
void worker_session_opened(void);
void worker_session_closed(void);

/* Module start and end: by then no thread of ours is left. */
BOOL worker_init( HINSTANCE instance );
void worker_free(void);

#endif
