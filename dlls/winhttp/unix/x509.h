/* x509 - a second opinion on certificate signatures.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   NTSTATUS.
 */

#ifndef WINHTTP_UNIX_X509_H
#define WINHTTP_UNIX_X509_H

#include "net/unixlib.h"

/* As unix_cert_signed. cert, issuer: DER, of the lengths in params. */
NTSTATUS x509_is_signed( const struct cert_signed_params *params );

#endif
