/* reactor - one epoll set for all streams; waiting without a thread per socket.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the epoll set and the eventfd that wakes, both made when first needed and kept for the
 *          life of the process (the library is linked never to be unloaded).
 * Threads: any; any number may be in reactor_wait, and the kernel wakes one for each event. Each
 *          direction's state is under its stream's lock, a leaf.
 * Fails:   NTSTATUS.
 *
 * A stream is registered once, at its first park, edge-triggered for both directions; parking
 * again costs no system call. Each direction is in one of three states:
 *
 *      idle   --event-->  ready        ready  --event-->  ready
 *      idle   --park--->  armed        ready  --park--->  idle, "try again" (STATUS_SUCCESS)
 *      armed  --event-->  idle, event reported
 *      armed  --unpark->  idle, cookie given back
 *      ready  --an operation is about to try-->  idle
 *
 * No wake-up is lost: whatever comes after the try that found nothing finds the direction armed,
 * or makes it ready for the park that follows. Registering reports what is there already.
 */

#ifndef WINHTTP_UNIX_REACTOR_H
#define WINHTTP_UNIX_REACTOR_H

#include "unix/stream.h"

/* As unix_stream_park. handle: validated again under the stream's lock. */
NTSTATUS reactor_park( struct stream *stream, stream_handle handle, UINT32 direction,
                       UINT64 cookie );

/* As unix_stream_unpark. handle: as for reactor_park. */
NTSTATUS reactor_unpark( struct stream *stream, stream_handle handle, UINT32 direction,
                         UINT64 *cookie );

/* As unix_reactor_wait. *count changes only on success. */
NTSTATUS reactor_wait( struct reactor_event *events, UINT32 max, INT32 timeout, UINT32 *count );

/* As unix_reactor_wake. */
NTSTATUS reactor_wake( void );

#endif
