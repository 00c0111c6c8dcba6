/* timer - a binary heap of deadlines under one leaf lock.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "op/timer.h"

#include <stdlib.h>

#include "net/lock.h"

enum { FIRST_CAPACITY = 32 };

static struct lock timer_lock;
static struct timer **heap; /* owned array of borrowed timers (until disarmed or fired) */
static UINT32 heap_count;
static UINT32 heap_capacity;

static void heap_put( UINT32 index, struct timer *timer )
{
    heap[index] = timer;
    timer->place = index + 1;
}

static void heap_up( UINT32 index, struct timer *timer )
{
    while (index && heap[(index - 1) / 2]->due > timer->due)
    {
        heap_put( index, heap[(index - 1) / 2] );
        index = (index - 1) / 2;
    }
    heap_put( index, timer );
}

static void heap_down( UINT32 index, struct timer *timer )
{
    for (;;)
    {
        UINT32 child = 2 * index + 1;

        if (child >= heap_count) break;
        if (child + 1 < heap_count && heap[child + 1]->due < heap[child]->due) child++;
        if (heap[child]->due >= timer->due) break;
        heap_put( index, heap[child] );
        index = child;
    }
    heap_put( index, timer );
}

static void heap_settle( UINT32 index, struct timer *timer )
{
    if (index && heap[(index - 1) / 2]->due > timer->due) heap_up( index, timer );
    else heap_down( index, timer );
}

static void heap_remove( struct timer *timer )
{
    UINT32 index = timer->place - 1;
    struct timer *last = heap[--heap_count];

    timer->place = 0;
    if (last != timer) heap_settle( index, last );
}

static BOOL heap_reserve(void)
{
    UINT32 capacity = heap_capacity ? heap_capacity * 2 : FIRST_CAPACITY;
    struct timer **grown;

    if (heap_count < heap_capacity) return TRUE;
    if (!(grown = realloc( heap, capacity * sizeof(*grown) ))) return FALSE;
    heap = grown;
    heap_capacity = capacity;
    return TRUE;
}

void timer_init( struct timer *timer, void (*fire)( struct timer *timer, UINT32 serial ) )
{
    timer->fire = fire;
    timer->place = 0;
}

UINT32 timer_arm( struct timer *timer, ULONGLONG due, UINT32 serial )
{
    UINT32 ret = TIMER_FAILED;

    lock_acquire( &timer_lock, LOCK_TIMERS );
    if (timer->place || heap_reserve())
    {
        ret = timer->place ? 0 : TIMER_NEW;
        timer->due = due;
        timer->serial = serial;
        if (timer->place) heap_settle( timer->place - 1, timer );
        else heap_up( heap_count++, timer );
        if (timer->place == 1) ret |= TIMER_FIRST;
    }
    lock_release( &timer_lock, LOCK_TIMERS );
    return ret;
}

BOOL timer_disarm( struct timer *timer )
{
    BOOL armed;

    lock_acquire( &timer_lock, LOCK_TIMERS );
    if ((armed = timer->place != 0)) heap_remove( timer );
    lock_release( &timer_lock, LOCK_TIMERS );
    return armed;
}

/* Takes the first timer that is due out of the heap, or says how long to wait for it. */
static struct timer *timer_pop( INT32 *wait, UINT32 *serial )
{
    ULONGLONG now = GetTickCount64();
    struct timer *timer = NULL;

    *wait = -1;
    lock_acquire( &timer_lock, LOCK_TIMERS );
    if (heap_count && heap[0]->due <= now)
    {
        timer = heap[0];
        *serial = timer->serial;
        heap_remove( timer );
    }
    else if (heap_count)
    {
        ULONGLONG left = heap[0]->due - now;
        *wait = left > MAXLONG ? MAXLONG : (INT32)left;
    }
    lock_release( &timer_lock, LOCK_TIMERS );
    return timer;
}

INT32 timer_run(void)
{
    struct timer *timer;
    UINT32 serial;
    INT32 wait;

    while ((timer = timer_pop( &wait, &serial ))) timer->fire( timer, serial );
    return wait;
}

void timer_free(void)
{
    free( heap );
}
