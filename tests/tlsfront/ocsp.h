/* What an OCSP responder says of a certificate (RFC 6960).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: one.
 * Fails:   a GnuTLS error.
 */

#ifndef TLSFRONT_OCSP_H
#define TLSFRONT_OCSP_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

enum ocsp_state
{
    OCSP_GOOD,
    OCSP_REVOKED,
    OCSP_UNKNOWN,
};

/* The answer of the issuer about cert, signed with key; DER, to be freed with gnutls_free. */
int ocsp_answer( gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key,
                 enum ocsp_state state, gnutls_datum_t *der );

#endif
