/* request - reads the request for a WebSocket, and answers it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any, one link each.
 * Fails:   enum link_status.
 */

#ifndef CHAOSD_REQUEST_H
#define CHAOSD_REQUEST_H

#include "link.h"

enum { REQUEST_SIZE = 8192 }; /* bytes of a request head; ours has less than 1000 */

/* The whole head into request, which has room for REQUEST_SIZE, with a NUL behind it. */
enum link_status request_read( struct link *link, char *request );

/* A 101, with that Upgrade header; wrong: with a key that is not the answer. */
enum link_status request_upgrade( struct link *link, const char *request, const char *header,
                                  int wrong );

#endif
