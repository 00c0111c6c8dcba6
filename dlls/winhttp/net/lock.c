/* lock - the slow halves of locks, and the check of their order.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/lock.h"

#include "winternl.h"

enum { SPINS = 100 }; /* looks at a lock before sleeping: it is held for some 50 ns, mostly */

/* Whether who must wait for others that have the lock in this state. */
static BOOL is_held_against( LONG state, LONG who )
{
    return (who == LOCK_WRITER ? state & ~LOCK_SLEEPERS : state & LOCK_WRITER) != 0;
}

static BOOL lock_replace( struct lock *lock, LONG state, LONG by )
{
    return InterlockedCompareExchange( &lock->state, by, state ) == state;
}

void lock_wait( struct lock *lock, LONG who )
{
    UINT32 spins = 0;

    for (;;)
    {
        LONG state = lock_state( lock ), asleep = state | LOCK_SLEEPERS;

        /* never to sleep where nobody is who would wake: another that took the lock first may have
         * let it go by now */
        if (!is_held_against( state, who ))
        {
            if (lock_replace( lock, state, state + who )) return;
        }
        else if (spins++ < SPINS) YieldProcessor();
        else if (state == asleep || lock_replace( lock, state, asleep ))
            RtlWaitOnAddress( &lock->state, &asleep, sizeof(asleep), NULL );
    }
}

void lock_wake( struct lock *lock )
{
    RtlWakeAddressAll( &lock->state );
}

BOOL lock_sleep( struct lock_event *event, struct lock *lock, enum lock_rank rank, DWORD timeout )
{
    LARGE_INTEGER span = { .QuadPart = timeout * -(LONGLONG)10000 };
    LONG count = event->count;
    NTSTATUS status;

    lock_release( lock, rank );
    lock_check_none( "a wait" );
    status = RtlWaitOnAddress( &event->count, &count, sizeof(count),
                               timeout == INFINITE ? NULL : &span );
    lock_acquire( lock, rank );
    return status != STATUS_TIMEOUT;
}

void lock_wake_sleepers( struct lock_event *event )
{
    InterlockedIncrement( &event->count );
    RtlWakeAddressAll( &event->count );
}

#ifdef LOCK_CHECKS

#include "wine/debug.h"

enum
{
    LOCK_BROKEN = 0xe0000001, /* the exception that ends the process; customer bit, error */
};

static const char *const names[LOCK_RANKS] =
{
    [LOCK_HANDLES] = "handle table",
    [LOCK_OBJECT] = "object",
    [LOCK_COOKIES] = "cookie jar",
    [LOCK_TIMERS] = "timer heap",
    [LOCK_WORKERS] = "worker",
    [LOCK_POOL] = "pool",
    [LOCK_IDENTITY] = "identity",
    [LOCK_VERDICTS] = "verdicts",
    [LOCK_DETECTED] = "detected scripts",
    [LOCK_SCRIPTS] = "proxy scripts",
    [LOCK_PROCESSES] = "proxy script processes",
    [LOCK_WATCHES] = "watches",
};

/* What may be held while a lock of this rank is taken; nothing where nothing is said. */
static const DWORD allowed[LOCK_RANKS] =
{
    [LOCK_COOKIES] = 1 << LOCK_OBJECT,
    [LOCK_TIMERS] = 1 << LOCK_OBJECT,
};

static LONG held_slot = TLS_OUT_OF_INDEXES;

static DWORD get_slot(void)
{
    DWORD slot;

    if (held_slot != (LONG)TLS_OUT_OF_INDEXES) return held_slot;
    slot = TlsAlloc();
    if (InterlockedCompareExchange( &held_slot, slot, TLS_OUT_OF_INDEXES )
        != (LONG)TLS_OUT_OF_INDEXES) TlsFree( slot );
    return held_slot;
}

/* The ranks that this thread holds, a bit each. The last error is the program's. */
static DWORD get_held(void)
{
    DWORD error = GetLastError(), held = (ULONG_PTR)TlsGetValue( get_slot() );

    SetLastError( error );
    return held;
}

static void set_held( DWORD held )
{
    TlsSetValue( get_slot(), (void *)(ULONG_PTR)held );
}

static void complain( DWORD held, const char *what )
{
    enum lock_rank rank;

    for (rank = 0; rank < LOCK_RANKS; rank++)
        if (held & (1 << rank)) MESSAGE( "winhttp: %s with the %s lock held\n", what, names[rank] );
    RaiseException( LOCK_BROKEN, EXCEPTION_NONCONTINUABLE, 0, NULL );
}

void lock_check_taking( enum lock_rank rank )
{
    DWORD held = get_held();

    if (held & ~allowed[rank]) complain( held & ~allowed[rank], names[rank] );
    set_held( held | 1 << rank );
}

void lock_check_left( enum lock_rank rank )
{
    set_held( get_held() & ~(1 << rank) );
}

void lock_check_none( const char *what )
{
    DWORD held = get_held();

    if (held) complain( held, what );
}

#endif
