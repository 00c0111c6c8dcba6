/* WebSocket behaviour of the echo server, by URL path.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* session - what happens to messages once a connection is upgraded.
 * Owns:    conn->ws.
 * Threads: one; no lock inside.
 * Fails:   a peer that breaks RFC 6455 gets a close frame with the fitting status, and TCP ends. */

#ifndef ECHOD_SESSION_H
#define ECHOD_SESSION_H

#include <stdbool.h>
#include <stddef.h>

struct conn;
struct route;

/* The route of a path; NULL when there is none. */
const struct route *session_find_route( const char *path );

/* Begins after the 101 has been queued. query is copied. */
void session_start( struct conn *conn, const struct route *route, const char *query,
                    const char *subprotocol );

/* Takes bytes that arrived in state CONN_WS; they are changed (unmasked) in place. Returns how
 * many were used: fewer than len when the answer to one of them is a stream, during which nothing
 * else may be sent. The rest is to be given again afterwards. */
size_t session_consume( struct conn *conn, unsigned char *data, size_t len );

/* Sends a text message of its own, outside of the echo; nothing when the session is closing. */
void session_send_text( struct conn *conn, const char *text );

/* What the end of TCP means at this point, in words. */
const char *session_end_reason( const struct conn *conn );

/* Releases what the connection holds for its session. */
void session_release( struct conn *conn );

#endif
