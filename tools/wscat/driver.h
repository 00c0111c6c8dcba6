/* The two ways in which wscat uses WinHTTP.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* driver - carries out the command line with synchronous or asynchronous calls.
 * Owns:    everything it needs, until it returns.
 * Threads: called by the main thread.
 * Fails:   with the exit status; the user has been told. */

#ifndef WSCAT_DRIVER_H
#define WSCAT_DRIVER_H

#include "options.h"

/* Calls wait. One thread receives, another sends. */
enum exit_status sync_run( const struct options *options );

/* Calls return at once, callbacks tell the rest. */
enum exit_status async_run( const struct options *options );

#endif
