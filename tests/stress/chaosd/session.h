/* session - what happens on one connection, from the request to the end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing beyond the call.
 * Threads: any, one link each.
 * Fails:   never; everything that goes wrong is meant to, or the client's fault (frames_accuse).
 */

#ifndef CHAOSD_SESSION_H
#define CHAOSD_SESSION_H

#include "link.h"

/* Reads the request. "GET /s/SEED" (hexadecimal) decides all that follows. "GET /l/SEED" does the
 * same, with long pauses: such a connection may last. */
void session_run( struct link *link );

#endif
