/* Blocking connection to the echo server: a socket, with GnuTLS or without.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* link - the least that a client in C can do: one system call to send, one to receive.
 * Owns:    its descriptor and TLS session; the credentials belong to the module.
 * Threads: one.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <gnutls/gnutls.h>

/* One receive takes at most this much, unless the caller wants a larger piece in one go. */
#define LINK_BUFFER 65536

struct link
{
    int              fd;
    gnutls_session_t tls;             /* owned, NULL without TLS */
    size_t           pos, len;        /* waiting bytes in the buffer, pos <= len */
    unsigned char    in[LINK_BUFFER];
};

/* Connects to the echo server and completes the TLS handshake, certificate checked. */
struct link *link_open( bool secure );

/* The same over TLS at any port; offers the session if there is one, with or without success. */
struct link *link_resume( int port, const gnutls_datum_t *session );

/* Puts the session in place of an older one, if the server has sent a ticket for it. */
void link_keep_session( struct link *link, gnutls_datum_t *session );

/* Ends TLS and TCP, and releases everything. */
void link_close( struct link *link );

/* Sends all of it. */
void link_send( struct link *link, const void *data, size_t len );

/* One receive of 1 to len bytes; 0 at the peer's end. Bytes in the buffer come first. */
size_t link_recv( struct link *link, void *data, size_t len );

/* Receives len bytes: what the buffer holds, then directly into data. */
void link_recv_all( struct link *link, void *data, size_t len );

/* Makes at least len bytes (<= LINK_BUFFER) wait in the buffer; returns the first of them. */
unsigned char *link_peek( struct link *link, size_t len );

/* Receives until the buffer has the empty line that ends a head; returns the length of the head,
 * which begins at link->in + link->pos and is followed by a NUL in place of its last byte. */
size_t link_head( struct link *link );

/* A TLS session for fd, ready for its handshake; the caller releases it. */
gnutls_session_t link_tls_session( int fd );

#endif
