/* lock - reader/writer locks of one word, with ranks; a debug build checks their order.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; with LOCK_CHECKS a thread-local slot, made when first needed and kept.
 * Threads: any.
 * Fails:   never; with LOCK_CHECKS a broken rule ends the process, after it was told.
 *
 * docs/locking.md has the table; lock.c has it for the machine: what may be held while a lock of
 * some rank is taken, and that nothing is held across callbacks, waits and Unix calls. Without
 * LOCK_CHECKS nothing is left of it in the code.
 *
 * Not SRWLOCK: in Wine each release of one looks for sleepers in a table of the process, under a
 * spin lock that all threads share. Here only who has set LOCK_SLEEPERS is looked for.
 */

#ifndef WINHTTP_NET_LOCK_H
#define WINHTTP_NET_LOCK_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

enum lock_rank
{
    LOCK_HANDLES,  /* handle table */
    LOCK_OBJECT,   /* one object's at most */
    LOCK_COOKIES,
    LOCK_TIMERS,
    LOCK_WORKERS,
    LOCK_POOL,
    LOCK_IDENTITY, /* a client certificate's key */
    LOCK_VERDICTS,
    LOCK_DETECTED, /* where proxy scripts were detected */
    LOCK_SCRIPTS,  /* proxy scripts that are kept */
    LOCK_PROCESSES, /* those that run them */
    LOCK_WATCHES,  /* who is told of changed proxy settings */
    LOCK_RANKS
};

/* 0: free; else LOCK_WRITER or the number of readers, and LOCK_SLEEPERS if its end must wake. */
struct lock
{
    LONG state; /* interlocked */
};

/* What threads sleep for that hold a lock; counts how often it has come. */
struct lock_event
{
    LONG count; /* under the lock */
};

enum
{
    LOCK_WRITER = 1 << 29,
    LOCK_SLEEPERS = 1 << 30,
};

/* Shared only where the lock outlives the thread that lets it go: leaving looks at it twice. */

/* The slow halves: who is LOCK_WRITER, or 1 for a reader. */
void lock_wait( struct lock *lock, LONG who );
void lock_wake( struct lock *lock );

#ifdef LOCK_CHECKS
/* Before a lock is taken; after it was let go; where none may be held (what: the reason). */
void lock_check_taking( enum lock_rank rank );
void lock_check_left( enum lock_rank rank );
void lock_check_none( const char *what );
#else
static inline void lock_check_taking( enum lock_rank rank )
{
    (void)rank;
}

static inline void lock_check_left( enum lock_rank rank )
{
    (void)rank;
}

static inline void lock_check_none( const char *what )
{
    (void)what;
}
#endif

/* A look at it, for a guess that an interlocked operation then confirms. */
static inline LONG lock_state( const struct lock *lock )
{
    return __atomic_load_n( &lock->state, __ATOMIC_RELAXED );
}

static inline void lock_acquire( struct lock *lock, enum lock_rank rank )
{
    lock_check_taking( rank );
    if (InterlockedCompareExchange( &lock->state, LOCK_WRITER, 0 )) lock_wait( lock, LOCK_WRITER );
}

static inline void lock_release( struct lock *lock, enum lock_rank rank )
{
    /* the lock may be gone once it is free: waking needs its address only */
    if (InterlockedExchange( &lock->state, 0 ) & LOCK_SLEEPERS) lock_wake( lock );
    lock_check_left( rank );
}

static inline void lock_acquire_shared( struct lock *lock, enum lock_rank rank )
{
    LONG state = lock_state( lock );

    lock_check_taking( rank );
    if ((state & LOCK_WRITER) ||
        InterlockedCompareExchange( &lock->state, state + 1, state ) != state)
        lock_wait( lock, 1 );
}

static inline void lock_release_shared( struct lock *lock, enum lock_rank rank )
{
    /* who takes it meanwhile keeps the flag, and wakes */
    if (InterlockedDecrement( &lock->state ) == LOCK_SLEEPERS &&
        InterlockedCompareExchange( &lock->state, 0, LOCK_SLEEPERS ) == LOCK_SLEEPERS)
        lock_wake( lock );
    lock_check_left( rank );
}

/* Waits for the event with an exclusive lock, which is let go meanwhile. May return early; FALSE:
 * the milliseconds are over. */
BOOL lock_sleep( struct lock_event *event, struct lock *lock, enum lock_rank rank, DWORD timeout );

/* The event has come, for all who sleep; under the lock. */
void lock_wake_sleepers( struct lock_event *event );

#endif
