/* crypto - random bytes and hashes for the Windows half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   NTSTATUS.
 */

#ifndef WINHTTP_UNIX_CRYPTO_H
#define WINHTTP_UNIX_CRYPTO_H

#include "net/unixlib.h"

/* Random bytes and a SHA-1 for the WebSocket handshake and masks. */
NTSTATUS crypto_random( void *buffer, UINT32 len );
NTSTATUS crypto_sha1( const void *data, UINT32 len, BYTE digest[20] );

/* As unix_hash. */
NTSTATUS crypto_hash( UINT32 algorithm, const void *data, UINT32 len, BYTE digest[32] );

#endif
