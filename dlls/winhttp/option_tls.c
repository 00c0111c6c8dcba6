/* option_tls - options on TLS and certificates.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include "request.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

#define IGNORABLE (SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE | \
                   SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID)

static struct request *call_request( const struct option_call *call )
{
    return request_from_object( call->object );
}

DWORD option_get_security( struct option_call *call )
{
    const struct request *request = call_request( call );
    DWORD flags = request->security_flags;

    if (request->cert)
    {
        flags |= SECURITY_FLAG_SECURE;
        flags |= request->cipher_bits >= 128 ? SECURITY_FLAG_STRENGTH_STRONG
                                             : SECURITY_FLAG_STRENGTH_WEAK;
    }
    *(DWORD *)call->buffer = flags;
    return ERROR_SUCCESS;
}

DWORD option_put_security( struct option_call *call )
{
    DWORD flags = *(const DWORD *)call->buffer;

    if (flags & ~IGNORABLE) return ERROR_INVALID_PARAMETER;
    call_request( call )->security_flags = flags;
    return ERROR_SUCCESS;
}

DWORD option_get_server_cert( struct option_call *call )
{
    const struct request *request = call_request( call );

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(PCCERT_CONTEXT *)call->buffer = CertDuplicateCertificateContext( request->cert );
    return ERROR_SUCCESS;
}

DWORD option_get_key_bits( struct option_call *call )
{
    const struct request *request = call_request( call );

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(DWORD *)call->buffer = request->cipher_bits;
    return ERROR_SUCCESS;
}

DWORD option_put_client_cert( struct option_call *call )
{
    if (!call_request( call )->key.secure) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!call->buffer && !call->len) return ERROR_SUCCESS;
    if (call->len != sizeof(CERT_CONTEXT)) return ERROR_INVALID_PARAMETER;
    FIXME( "client certificates are not sent yet\n" );
    return ERROR_SUCCESS;
}
