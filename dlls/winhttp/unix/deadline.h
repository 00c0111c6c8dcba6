/* deadline - how long a call may still wait.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; a deadline lives on its call's stack.
 * Threads: one.
 * Fails:   never.
 */

#ifndef WINHTTP_UNIX_DEADLINE_H
#define WINHTTP_UNIX_DEADLINE_H

#include <time.h>

#include "net/unixlib.h"

struct deadline
{
    INT32 timeout;      /* as the caller gave it: ms, UNIX_NOWAIT or UNIX_INFINITE */
    BYTE waited;        /* a wait with the whole timeout has begun already */
    INT64 end;          /* on the clock below; only if timeout > 0 */
};

/* The coarse clock costs 5 ns where the fine one costs 25 and in some virtual machines a system
 * call; its step of 1-10 ms matters only to a wait that was interrupted. */
static inline INT64 deadline_clock( void )
{
    struct timespec now;

    clock_gettime( CLOCK_MONOTONIC_COARSE, &now );
    return (INT64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Any negative timeout is UNIX_INFINITE. */
static inline struct deadline deadline_in( INT32 timeout )
{
    struct deadline deadline = { timeout < 0 ? UNIX_INFINITE : timeout, 0, 0 };

    if (timeout > 0) deadline.end = deadline_clock() + timeout;
    return deadline;
}

/* The timeout for the next wait: what is left, UNIX_INFINITE, or 0 when the time is over. */
static inline INT32 deadline_left( const struct deadline *deadline )
{
    INT64 left;

    if (deadline->timeout <= 0) return deadline->timeout;
    left = deadline->end - deadline_clock();
    return left < 0 ? 0 : left;
}

#endif
