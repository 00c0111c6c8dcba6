/* crypto - random bytes and hashes, by GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/unixlib.h"
#include "unix/crypto.h"
#include "unix/error.h"

NTSTATUS crypto_random( void *buffer, UINT32 len )
{
    int ret;

    ret = gnutls_rnd( GNUTLS_RND_RANDOM, buffer, len );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}

NTSTATUS crypto_sha1( const void *data, UINT32 len, BYTE digest[20] )
{
    int ret;

    ret = gnutls_hash_fast( GNUTLS_DIG_SHA1, data, len, digest );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}

NTSTATUS crypto_hash( UINT32 algorithm, const void *data, UINT32 len, BYTE digest[32] )
{
    static const gnutls_digest_algorithm_t algorithms[] =
    {
        [UNIX_HASH_MD5] = GNUTLS_DIG_MD5,
        [UNIX_HASH_SHA256] = GNUTLS_DIG_SHA256,
    };
    int ret;

    if (algorithm >= sizeof(algorithms) / sizeof(algorithms[0])) return STATUS_INVALID_PARAMETER;
    ret = gnutls_hash_fast( algorithms[algorithm], data, len, digest );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}
