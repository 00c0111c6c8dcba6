/* One connection through the front: TLS with the client, plain TCP with the server behind.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    both sockets, the TLS session, and a reference on the site, from link_create() to
 *          link_destroy().
 * Threads: one; no lock inside.
 * Fails:   a link that fails resets both sockets; link_step() then says that it is over.
 */

#ifndef TLSFRONT_LINK_H
#define TLSFRONT_LINK_H

#include <poll.h>
#include <stdbool.h>

#include "site.h"

struct link;

/* Takes over an accepted, non-blocking socket and connects to the site's server on loopback without
 * waiting. NULL: out of memory or descriptors; the socket is closed. */
struct link *link_create( int client, struct site *site );

/* Closes what is still open. */
void link_destroy( struct link *link );

/* What to poll for: fds[0] is the client's side, fds[1] the server's. */
void link_poll( const struct link *link, struct pollfd fds[2] );

/* Moves what can be moved without waiting. FALSE: both directions have ended. */
bool link_step( struct link *link );

#endif
