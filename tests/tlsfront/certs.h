/* Certificates of every kind, good and bad, for the front.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    two authorities: one whose certificate is handed out to be trusted, one a stranger.
 * Threads: one; no lock inside.
 * Fails:   NULL or false, after the reason has been written to stderr.
 */

#ifndef TLSFRONT_CERTS_H
#define TLSFRONT_CERTS_H

#include <stdbool.h>
#include <stdint.h>

#include <gnutls/gnutls.h>

/* Makes the authorities. */
bool certs_init( void );

struct certs;

/* A server's key and chain.
 *  kind  "good", or what is wrong with it: see the table in certs.c
 *  crl   not 0: the port on loopback where the list of revoked certificates is fetched
 *  ocsp  not 0: likewise, where the state of the certificate is asked for */
struct certs *certs_create( const char *kind, uint16_t crl, uint16_t ocsp );
void certs_destroy( struct certs *certs );

gnutls_certificate_credentials_t certs_credentials( const struct certs *certs );

/* DER, to be freed with gnutls_free: the certificate to be trusted; its list of revoked
 * certificates, "revoked": with this one on it, "clean": with only another one; "forged" is "clean"
 * with a stranger's signature. */
bool certs_export_authority( gnutls_datum_t *der );
bool certs_make_crl( const struct certs *certs, const char *what, gnutls_datum_t *der );

/* Likewise: what the authority's OCSP responder says of this one. answer is "good", "revoked" or
 * "unknown"; "forged" is "good" with a stranger's signature. */
bool certs_make_ocsp( const struct certs *certs, const char *answer, gnutls_datum_t *der );

/* From now on servers send such an answer in the handshake (RFC 6066, 8). */
bool certs_staple( struct certs *certs, const char *answer );

#endif
