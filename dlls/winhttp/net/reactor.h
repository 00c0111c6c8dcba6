/* reactor - parked directions of streams, and the wait for them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; cookies are the caller's pointers, never NULL.
 * Threads: any.
 * Fails:   stream_park returns a status: STATUS_PENDING = parked, anything else = try again now
 *          (a dead stream says so when it is used).
 */

#ifndef WINHTTP_NET_REACTOR_H
#define WINHTTP_NET_REACTOR_H

#include "net/unixlib.h"

/* Arms a direction (STREAM_READ, STREAM_WRITE); its next event yields cookie from reactor_wait,
 * once. */
NTSTATUS stream_park( stream_handle stream, UINT32 direction, void *cookie );

/* Disarms. The cookie that is now the caller's alone, or NULL if nothing was parked. */
void *stream_unpark( stream_handle stream, UINT32 direction );

/* Both directions fail from now on; whoever waits is woken. hard: the peer gets a reset. A handle
 * whose stream is gone meanwhile is harmless. */
void stream_abort( stream_handle stream, BOOL hard );

/* Waits up to timeout milliseconds (-1: for ever); returns how many cookies it stored, 0 on
 * timeout and reactor_wake. max <= UNIX_MAX_EVENTS. */
UINT32 reactor_wait( void **cookies, UINT32 max, INT32 timeout );

/* One waiting thread, or the next that comes to wait, returns. */
void reactor_wake(void);

#endif
