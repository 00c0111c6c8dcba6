/* limit - how many connections a session's requests have to one server at the same time.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a count and a queue of requests per session and server, while either is not empty. A
 *          place is a request's from limit_enter until its body has ended, or it fails or closes.
 * Threads: the operation of the request; the lock is a leaf.
 * Fails:   STATUS_NO_MEMORY.
 *
 * Only for sessions that set WINHTTP_OPTION_MAX_CONNS_PER_SERVER: nobody else comes here.
 */

#ifndef WINHTTP_LIMIT_H
#define WINHTTP_LIMIT_H

#include "request.h"

/* STATUS_SUCCESS: the request has its place; STATUS_PENDING: its gate opens when it has. */
NTSTATUS limit_enter( struct request *request );

/* Gives its place to the next, or leaves the queue. Does nothing for who has neither. */
void limit_leave( struct request *request );

#endif
