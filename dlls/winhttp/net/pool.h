/* pool - idle connections of the process, to be used again (facts/http.md 13).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the idle connections.
 * Threads: any; the lock is a leaf and not held across a Unix call.
 * Fails:   never: a connection that does not fit is closed.
 */

#ifndef WINHTTP_NET_POOL_H
#define WINHTTP_NET_POOL_H

#include "net/conn.h"

/* An idle connection with that key that is still open, now the caller's, or NULL. Nobody is logged
 * in on it, or as key->login says; rather the latter. */
struct conn *pool_take( const struct conn_key *key );

/* Whether a connection of that key serves the wanted one, but for logins. */
BOOL pool_key_equal( const struct conn_key *key, const struct conn_key *wanted );

/* Gives away a connection whose exchange is complete and whose buffer is empty. */
void pool_put( struct conn *conn );

/* Closes what has been idle for too long. pool_put does so, too; this is for when none comes. */
void pool_trim(void);

/* The owner is gone (conn_key): closes what nobody will take any more. */
void pool_forget( UINT32 owner );

/* Module end: closes all. */
void pool_clear(void);

#endif
