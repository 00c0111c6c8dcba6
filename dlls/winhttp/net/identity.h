/* identity - a certificate that the program shows to servers, with its private key.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a reference on the certificate, and from identity_open on a copy of the key, which lives
 *          in the Unix half until the last reference goes: requests, connections and their keys
 *          hold one each.
 * Threads: any; identity_open may block (stores, registry): call where blocking is allowed.
 * Fails:   NTSTATUS.
 *
 * The key is taken out of its provider, and not used inside of it: GnuTLS wants its signature in
 * the middle of a handshake, and cannot be told to come back for it; a CryptoAPI provider cannot
 * make the RSA-PSS signatures of TLS 1.3 at all. A key that its provider does not give away is read
 * from where Wine keeps it, as Wine's own schannel does.
 */

#ifndef WINHTTP_NET_IDENTITY_H
#define WINHTTP_NET_IDENTITY_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"
#include "winternl.h"

struct identity;

/* NULL: no memory. Refers to cert, whose properties lead to the key. */
struct identity *identity_create( PCCERT_CONTEXT cert );

/* NULL is fine with all of these. */
struct identity *identity_addref( struct identity *identity );
void identity_release( struct identity *identity );

/* Nonzero if both show the same certificate. */
BOOL identity_equal( const struct identity *a, const struct identity *b );

/* The certificate, NULL without an identity. Borrowed (while the identity lives). */
PCCERT_CONTEXT identity_cert( const struct identity *identity );

/* Nonzero if identity_open has nothing left to do. */
BOOL identity_is_open( const struct identity *identity );

/* Fetches the key. STATUS_NOT_FOUND: the certificate has none; STATUS_ACCESS_DENIED: it cannot be
 * had. */
NTSTATUS identity_open( struct identity *identity );

/* For the Unix half; 0 until it is open. */
UINT64 identity_handle( const struct identity *identity );

#endif
