/* timer - deadlines, kept in a heap and fired by the worker threads.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the heap. A timer is embedded by value in what it guards.
 * Threads: any. The lock is a leaf; fire functions run on a worker thread without it.
 * Fails:   timer_arm returns TIMER_FAILED when memory for the heap is refused.
 */

#ifndef WINHTTP_OP_TIMER_H
#define WINHTTP_OP_TIMER_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

struct timer
{
    void (*fire)( struct timer *timer, UINT32 serial ); /* immutable after timer_init */
    /* under the timer lock */
    ULONGLONG due;  /* GetTickCount64 milliseconds */
    UINT32 serial;  /* as given to timer_arm: tells a late fire from the present use */
    UINT32 place;   /* index in the heap + 1; 0 = not armed */
};

void timer_init( struct timer *timer, void (*fire)( struct timer *timer, UINT32 serial ) );

enum
{
    TIMER_NEW = 1,   /* it was not armed before */
    TIMER_FIRST = 2, /* nothing is due earlier: whoever waits must hear of it */
    TIMER_FAILED = 4, /* no memory, it is not armed */
};

/* Arms, or moves, a timer; returns the bits above. With TIMER_NEW the timer needs a reference on
 * its owner, which fire inherits. After TIMER_FIRST call worker_timer_armed, once no lock is
 * held. */
UINT32 timer_arm( struct timer *timer, ULONGLONG due, UINT32 serial );

/* TRUE: it was armed and will not fire, the reference is the caller's again. FALSE: it was not
 * armed, or is firing just now on another thread. */
BOOL timer_disarm( struct timer *timer );

/* Fires what is due. Returns milliseconds until the next one, at least 1; -1: none is armed. */
INT32 timer_run(void);

/* Module end: nothing is armed any more. */
void timer_free(void);

#endif
