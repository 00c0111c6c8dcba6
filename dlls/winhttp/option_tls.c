/* option_tls - options on TLS and certificates.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include <string.h>

#define SECURITY_WIN32
#include "security.h"
#include "schannel.h"

#include "net/identity.h"
#include "request.h"

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

DWORD option_put_ignore_offline( struct option_call *call )
{
    call_request( call )->ignore_offline = *(const BOOL *)call->buffer != 0;
    return ERROR_SUCCESS;
}

/* Nothing is fetched for chains or revocation: what is at hand must do (a guess, by its name). */
DWORD option_put_chain_offline( struct option_call *call )
{
    static const DWORD offline = WINHTTP_SERVER_CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL |
                                 WINHTTP_SERVER_CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY;
    DWORD *flags = &session_from_object( call->object )->settings.chain_flags;

    if (*(const BOOL *)call->buffer) *flags |= offline;
    else *flags &= ~offline;
    return ERROR_SUCCESS;
}

/* The buffer is the context itself. NULL: servers that ask are shown none (facts/options.md 47). */
DWORD option_put_client_cert( struct option_call *call )
{
    struct request *request = call_request( call );
    struct identity *identity = NULL;

    if (!request->key.secure) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (call->buffer)
    {
        if (call->len != sizeof(CERT_CONTEXT)) return ERROR_INVALID_PARAMETER;
        if (!(identity = identity_create( call->buffer ))) return ERROR_NOT_ENOUGH_MEMORY;
    }
    identity_release( request->identity );
    request->identity = identity;
    request->anonymous = !identity;
    return ERROR_SUCCESS;
}

/* The next item of a list as net/conn.h lays it out. FALSE: there is none. */
static BOOL next_item( const BYTE **pos, const BYTE *end, const BYTE **item, UINT32 *len )
{
    if (end - *pos < (ptrdiff_t)sizeof(*len)) return FALSE;
    memcpy( len, *pos, sizeof(*len) );
    *item = *pos + sizeof(*len);
    if (*len > (size_t)(end - *item)) return FALSE;
    *pos = *item + *len;
    return TRUE;
}

static DWORD count_items( const BYTE *pos, const BYTE *end )
{
    const BYTE *item;
    DWORD count = 0;
    UINT32 len;

    while (next_item( &pos, end, &item, &len )) count++;
    return count;
}

/* One block for all, which the program gives to GlobalFree. */
static SecPkgContext_IssuerListInfoEx *copy_issuers( const struct request *request )
{
    const BYTE *pos = request->issuers, *end = pos + request->issuers_len, *item;
    DWORD count = count_items( pos, end );
    SecPkgContext_IssuerListInfoEx *list;
    UINT32 len;
    BYTE *text;

    list = GlobalAlloc( 0, sizeof(*list) + count * sizeof(*list->aIssuers) +
                        request->issuers_len );
    if (!list) return NULL;
    list->cIssuers = 0;
    list->aIssuers = (CERT_NAME_BLOB *)(list + 1);
    text = (BYTE *)(list->aIssuers + count);
    while (next_item( &pos, end, &item, &len ))
    {
        list->aIssuers[list->cIssuers].cbData = len;
        list->aIssuers[list->cIssuers++].pbData = memcpy( text, item, len );
        text += len;
    }
    return list;
}

/* After 12044; no list at any other time is a guess. */
DWORD option_get_issuers( struct option_call *call )
{
    const struct request *request = call_request( call );
    SecPkgContext_IssuerListInfoEx *list;

    if (!request->asked) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!(list = copy_issuers( request ))) return ERROR_NOT_ENOUGH_MEMORY;
    *(SecPkgContext_IssuerListInfoEx **)call->buffer = list;
    return ERROR_SUCCESS;
}
