/* x509 - checks one signature with GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/x509.h"

static gnutls_x509_crt_t import( UINT64 data, UINT32 len )
{
    const gnutls_datum_t der = { (unsigned char *)(ULONG_PTR)data, len };
    gnutls_x509_crt_t cert;

    if (gnutls_x509_crt_init( &cert ) < 0) return NULL;
    if (gnutls_x509_crt_import( cert, &der, GNUTLS_X509_FMT_DER ) >= 0) return cert;
    gnutls_x509_crt_deinit( cert );
    return NULL;
}

/* Dates and usage are judged by others. */
static int is_signed( gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer )
{
    unsigned int flags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS | GNUTLS_VERIFY_DO_NOT_ALLOW_SAME;
    unsigned int verdict;

    if (!gnutls_x509_crt_check_issuer( cert, issuer )) return 0;
    /* who signs only himself need not be an authority */
    if (gnutls_x509_crt_equals( cert, issuer )) flags |= GNUTLS_VERIFY_DISABLE_CA_SIGN;
    return gnutls_x509_crt_verify( cert, &issuer, 1, flags, &verdict ) >= 0 && !verdict;
}

NTSTATUS x509_is_signed( const struct cert_signed_params *params )
{
    gnutls_x509_crt_t cert = import( params->cert, params->cert_len );
    gnutls_x509_crt_t issuer = import( params->issuer, params->issuer_len );
    NTSTATUS status = STATUS_INVALID_SIGNATURE;

    if (cert && issuer && is_signed( cert, issuer )) status = STATUS_SUCCESS;
    if (cert) gnutls_x509_crt_deinit( cert );
    if (issuer) gnutls_x509_crt_deinit( issuer );
    return status;
}
