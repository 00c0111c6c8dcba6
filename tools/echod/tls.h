/* Throw-away certificates and TLS sessions of the echo server, by GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* tls - makes the certificates, runs the sessions.
 * Owns:    the credentials (one set per process); a session belongs to its connection.
 * Threads: one; no lock inside.
 * Fails:   tls_setup returns false after it has written the reason to stderr; the session calls
 *          return -EAGAIN (tls_wants_write says for what) or another negative errno, and
 *          tls_session_error then gives the reason in words. */

#ifndef ECHOD_TLS_H
#define ECHOD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct tls_session;

struct tls_config
{
    const char *dir;      /* existing folder for the files below; borrowed */
    const char *name;     /* the only name in the certificate, or NULL for localhost,
                           * 127.0.0.1 and ::1; borrowed */
    const char *priority; /* GnuTLS priority string; borrowed */
    bool        expired;  /* the server certificate ended yesterday */
};

/* Makes DIR/ca.pem (and ca.key), DIR/server.pem and DIR/server.key: ECDSA P-256, valid for two
 * days. An authority that is found in DIR and still has a day to live is used again, so that
 * several servers can share one. */
bool tls_setup( const struct tls_config *config );

/* A session for a connected, non-blocking socket; NULL when memory is short. fd is borrowed. */
struct tls_session *tls_session_create( int fd );
void tls_session_destroy( struct tls_session *session );

/* For those that want it to shake hands in other ways. Borrowed (the session's). */
struct gnutls_session_int *tls_session_gnutls( struct tls_session *session );

/* One step of the handshake: 0 when it is done. */
int tls_handshake( struct tls_session *session );

/* As recv and send; 0 from tls_recv is the peer's close_notify. After -EAGAIN, tls_send must be
 * called with data that begins with the same bytes. */
ssize_t tls_recv( struct tls_session *session, void *data, size_t len );
ssize_t tls_send( struct tls_session *session, const void *data, size_t len );

/* Sends close_notify; what does not fit into the socket is lost, the peer's TCP will end anyway. */
void tls_send_end( struct tls_session *session );

/* Tells the client why the session failed, as far as there is room. */
void tls_send_alert( struct tls_session *session );

/* Decrypted bytes wait inside the session, so epoll may not report them. */
bool tls_has_pending( struct tls_session *session );

/* The last -EAGAIN waits for room to write. */
bool tls_wants_write( struct tls_session *session );

/* "TLS1.3, AES-256-GCM"; valid until the next call. */
const char *tls_session_describe( struct tls_session *session );

/* Why the session failed; static or valid until the next call. */
const char *tls_session_error( struct tls_session *session );

#endif
