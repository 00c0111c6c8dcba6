/* link - one accepted connection: bytes in and out, with or without TLS, and accidents on the way.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the descriptor and the TLS session.
 * Threads: one per link; link_setup_tls before all.
 * Fails:   enum link_status.
 */

#ifndef CHAOSD_LINK_H
#define CHAOSD_LINK_H

#include <stddef.h>
#include <stdint.h>

#include <gnutls/gnutls.h>

enum link_status
{
    LINK_OK = 0,
    LINK_TIMEOUT = -1, /* nothing came in time */
    LINK_ENDED = -2,   /* the peer has ended the stream, or it broke */
    LINK_CUT = -3,     /* we have: an accident that was planned */
};

struct link
{
    int fd;                    /* owned; -1 once closed */
    gnutls_session_t tls;      /* owned; NULL without TLS */
    uint64_t chance;           /* what happens here is decided by this */

    int shaking;               /* in the TLS handshake */
    long cut_after;            /* bytes on the wire until the accident; -1 = none */
    int reset;                 /* the accident is a reset, not an end */
    unsigned int slice;        /* most bytes per send, 0 = all at once */
    unsigned int slice_delay;  /* milliseconds between slices, 0 = none */

    unsigned char in[4096];    /* [in_begin, in_end): received, not yet consumed */
    unsigned int in_begin, in_end;
};

/* Makes the server's certificate. Returns 0 or a GnuTLS error. */
int link_setup_tls( void );

void link_init( struct link *link, int fd, uint64_t seed );

/* The server's side of the handshake. */
enum link_status link_start_tls( struct link *link );

/* Sends all, or says why not. */
enum link_status link_send( struct link *link, const void *data, size_t len );

/* Receives exactly len bytes; wait: milliseconds for the first of them, the rest gets a second. */
enum link_status link_recv( struct link *link, void *data, size_t len, int wait );

/* Throws away what comes until the peer ends, at most for so many milliseconds. */
void link_drain( struct link *link, int wait );

/* No more will be sent: close_notify and FIN. */
void link_finish( struct link *link );

/* Ends it; hard: the peer gets a reset. */
void link_close( struct link *link, int hard );

/* Sleeps. */
void link_pause( unsigned int ms );

#endif
