/* What one test has asked the front for: a certificate, a way to shake hands, and what was seen.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its certificate; counted, since connections outlive the test's control connection.
 * Threads: one; no lock inside.
 * Fails:   NULL or false.
 */

#ifndef TLSFRONT_SITE_H
#define TLSFRONT_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../tools/echod/tls.h"

struct site;

/* options: words NAME=VALUE, separated by blanks.
 *  cert=KIND             certs.c; without it, the server certificate of DIR
 *  crl=PORT, ocsp=PORT   where the certificate says that its state is known
 *  staple=ANSWER         the handshake has an answer of OCSP; certs.h, needs cert=
 *  client=ask, =require  a certificate of the client's, of whomever
 *  tls=1.2, =1.3         nothing else
 *  tickets=1             sessions can be resumed
 *  end=bare, =cut        connections end without close_notify: as they are, inside a record
 *  late=1                the server behind does not hear of a handshake that fails
 *  cut=N                 what the client gets ends behind its Nth byte, in the middle of a record
 *  connect=1             plays a proxy too: answers CONNECT, whatever to, before TLS begins */
struct site *site_create( uint16_t port, const char *options );

/* From now on, but for the certificate. */
bool site_change( struct site *site, const char *options );
struct site *site_addref( struct site *site );
void site_release( struct site *site );

/* Of the server behind. */
uint16_t site_port( const struct site *site );

bool site_connects_late( const struct site *site );

enum site_end
{
    SITE_END_POLITE,
    SITE_END_BARE,
    SITE_END_CUT,
};

enum site_end site_end( const struct site *site );
bool site_plays_proxy( const struct site *site );

/* How many bytes of TLS the client gets; SIZE_MAX: all. */
size_t site_cut( const struct site *site );

/* A session as the options say, for an accepted socket. */
struct tls_session *site_session( struct site *site, int fd );

/* A handshake is over: keeps what is to be known about it. */
void site_note( struct site *site, struct tls_session *session );

/* "full N resumed N peer HEX name NAME": HEX is the SHA-1 of the certificate last shown, NAME the
 * server name last asked for; or "none". */
void site_describe( const struct site *site, char *text, size_t size );

const struct certs *site_certs( const struct site *site );

#endif
