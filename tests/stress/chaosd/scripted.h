/* scripted - connections that do one thing, for the modes of the stress program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the list of connections that are held; each is its own thread's.
 * Threads: any, one link each; scripted_reset_all from any.
 * Fails:   never.
 *
 * By the path of the request:
 *   /echo          a WebSocket that echoes and answers a close
 *   /quiet         one that reads, and says nothing
 *   /deaf          one that reads nothing, with small buffers
 *   /slow-head     the head of the answer, a byte a second
 *   /slow-body     a body of 1000 bytes that way
 *   /slow-frame    a WebSocket, and a message that way
 *   /reset         resets all connections from /quiet to /slow-frame, and says how many
 */

#ifndef CHAOSD_SCRIPTED_H
#define CHAOSD_SCRIPTED_H

#include "link.h"

/* From now on a byte a second. */
void scripted_go_slow( struct link *link );

void scripted_run( struct link *link, const char *request );

#endif
