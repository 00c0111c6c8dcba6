/* lock - slim reader/writer locks with ranks; a debug build checks their order.
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
    LOCK_RANKS
};

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

static inline void lock_acquire( SRWLOCK *lock, enum lock_rank rank )
{
    lock_check_taking( rank );
    AcquireSRWLockExclusive( lock );
}

static inline void lock_release( SRWLOCK *lock, enum lock_rank rank )
{
    ReleaseSRWLockExclusive( lock );
    lock_check_left( rank );
}

static inline void lock_acquire_shared( SRWLOCK *lock, enum lock_rank rank )
{
    lock_check_taking( rank );
    AcquireSRWLockShared( lock );
}

static inline void lock_release_shared( SRWLOCK *lock, enum lock_rank rank )
{
    ReleaseSRWLockShared( lock );
    lock_check_left( rank );
}

/* As SleepConditionVariableSRW with an exclusive lock, which is let go meanwhile. */
static inline BOOL lock_sleep( CONDITION_VARIABLE *variable, SRWLOCK *lock, enum lock_rank rank,
                               DWORD timeout )
{
    lock_check_left( rank );
    lock_check_none( "a wait" );
    lock_check_taking( rank );
    return SleepConditionVariableSRW( variable, lock, timeout, 0 );
}

#endif
