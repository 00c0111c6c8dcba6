/* option_request - options of a request, but for those on TLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* winhttp.h has WINHTTP_CONNECTION_INFO only behind these */
#include "winsock2.h"
#include "ws2tcpip.h"

#include "option.h"

#include <stdlib.h>
#include <string.h>

#include "auth_challenge.h"
#include "request.h"
#include "text.h"

static struct request *call_request( const struct option_call *call )
{
    return request_from_object( call->object );
}

DWORD option_get_url( struct option_call *call )
{
    WCHAR *url = request_url( call_request( call ) );
    DWORD error = url ? option_return_text( call, url ) : ERROR_NOT_ENOUGH_MEMORY;

    free( url );
    return error;
}

/* --- logins --- */

static WCHAR **credential( const struct option_call *call )
{
    return &call_request( call )->credentials[call->option->number - WINHTTP_OPTION_USERNAME];
}

DWORD option_get_credential( struct option_call *call )
{
    return option_return_text( call, *credential( call ) );
}

DWORD option_put_credential( struct option_call *call )
{
    BOOL proxy = call->option->number >= WINHTTP_OPTION_PROXY_USERNAME;
    struct request *request = call_request( call );
    WCHAR *text = *credential( call ), *copy = NULL;
    DWORD error = option_replace_text( call, &copy );

    if (error) return error;
    /* a program that was asked to send again may say so before each send */
    if (!request->resend || !text || wcslen( text ) != call->len ||
        memcmp( text, call->buffer, call->len * sizeof(*text) ))
        auth_rebind( request, proxy ? WINHTTP_AUTH_TARGET_PROXY : WINHTTP_AUTH_TARGET_SERVER );
    text_free_secret( text );
    *credential( call ) = copy;
    return ERROR_SUCCESS;
}

DWORD option_put_autologon( struct option_call *call )
{
    DWORD policy = *(const DWORD *)call->buffer;

    if (policy > WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY) return ERROR_INVALID_PARAMETER;
    call_request( call )->autologon = policy;
    return ERROR_SUCCESS;
}

/* Other bits than WINHTTP_OPTION_SPN_MASK mean nothing yet (guess: 87). */
DWORD option_put_spn( struct option_call *call )
{
    DWORD flags = *(const DWORD *)call->buffer;

    if (flags & ~WINHTTP_OPTION_SPN_MASK) return ERROR_INVALID_PARAMETER;
    call_request( call )->spn_port = flags;
    return ERROR_SUCCESS;
}

/* Empty as long as no login by tokens was tried there (a guess). */
DWORD option_get_spn_used( struct option_call *call )
{
    BOOL proxy = call->option->number == WINHTTP_OPTION_PROXY_SPN_USED;

    return option_return_text( call, call_request( call )->auth[proxy].service );
}

/* What the Passport challenge of the present response holds. */
DWORD option_get_passport( struct option_call *call )
{
    static const struct { DWORD option; const char *param; } params[] =
    {
        { WINHTTP_OPTION_PASSPORT_COBRANDING_TEXT, "cbtxt" },
        { WINHTTP_OPTION_PASSPORT_COBRANDING_URL, "cburl" },
        { WINHTTP_OPTION_PASSPORT_RETURN_URL, "ru" },
    };
    WCHAR *text = NULL;
    DWORD error;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(params); i++)
        if (params[i].option == call->option->number)
            text = auth_challenge_passport( call_request( call ), params[i].param );
    error = option_return_text( call, text );
    free( text );
    return error;
}

/* --- features --- */

DWORD option_put_disable( struct option_call *call )
{
    call_request( call )->disabled |= *(const DWORD *)call->buffer;
    return ERROR_SUCCESS;
}

/* Nobody is impersonated here, so that there is nothing to revert for a session. */
DWORD option_put_enable( struct option_call *call )
{
    BOOL request = call->object->ops->type == OBJECT_REQUEST;
    DWORD bits, legal = request ? WINHTTP_ENABLE_SSL_REVOCATION
                                : WINHTTP_ENABLE_SSL_REVERT_IMPERSONATION;

    if (call->len != sizeof(DWORD)) return ERROR_INVALID_PARAMETER;
    bits = *(const DWORD *)call->buffer;
    if (!bits || bits & ~legal) return ERROR_INVALID_PARAMETER;
    if (!request) return ERROR_SUCCESS;
    call_request( call )->enabled |= bits;
    return ERROR_SUCCESS;
}

/* On a request it is done at once, so that WINHTTP_OPTION_URL shows it; it cannot be undone. */
DWORD option_put_encode_extra( struct option_call *call )
{
    struct request *request;
    DWORD error;

    if (call->object->ops->type != OBJECT_REQUEST) return option_put_setting( call );
    request = call_request( call );
    if (request->op.active) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if ((error = option_put_setting( call ))) return error;
    return request->settings.encode_extra ? request_encode_again( request ) : ERROR_SUCCESS;
}

DWORD option_put_upgrade( struct option_call *call )
{
    call_request( call )->upgrade = TRUE;
    return ERROR_SUCCESS;
}

DWORD option_put_fast_forwarding( struct option_call *call )
{
    (void)call;
    return ERROR_WINHTTP_FAST_FORWARDING_NOT_SUPPORTED;
}

/* Connects to the addresses of this name; Host, certificate and all else are as ever. An operation
 * that is under way may be reading the present one. */
DWORD option_put_resolution_host( struct option_call *call )
{
    struct request *request = call_request( call );
    char *alias;

    if (request->op.active) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!(alias = text_narrow( call->buffer, call->len ))) return ERROR_NOT_ENOUGH_MEMORY;
    free( request->key.alias );
    request->key.alias = _strlwr( alias );
    return ERROR_SUCCESS;
}

/* --- annotation --- */

/* A few words that the program attaches. Microsoft's page gives them a name as well, by a structure
 * that no header has: whatever comes is kept, and given back byte by byte (a guess). */
DWORD option_get_annotation( struct option_call *call )
{
    const struct request *request = call_request( call );
    DWORD room = call->len;

    call->len = request->annotation_len;
    if (room < call->len || (!call->buffer && call->len)) return ERROR_INSUFFICIENT_BUFFER;
    if (call->len) memcpy( call->buffer, request->annotation, call->len );
    return ERROR_SUCCESS;
}

DWORD option_put_annotation( struct option_call *call )
{
    struct request *request = call_request( call );
    BYTE *copy = NULL;

    if (call->len > WINHTTP_OPTION_REQUEST_ANNOTATION_MAX_LENGTH) return ERROR_INVALID_PARAMETER;
    if (call->len && !(copy = malloc( call->len ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (copy) memcpy( copy, call->buffer, call->len );
    free( request->annotation );
    request->annotation = copy;
    request->annotation_len = call->len;
    return ERROR_SUCCESS;
}

/* --- the exchange --- */

/* Only while there is a connection that the request is served on. It is closed when that is over:
 * body.c sees the mark. */
DWORD option_put_expire( struct option_call *call )
{
    struct request *request = call_request( call );

    if (!request->conn) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    request->conn->expired = TRUE;
    return ERROR_SUCCESS;
}

/* Of both directions, as SIO_GET_PRIORITY_HINT would tell it. */
DWORD option_get_priority( struct option_call *call )
{
    DWORD *status = call->buffer;

    status[0] = status[1] = call_request( call )->settings.priority_hint;
    return ERROR_SUCCESS;
}

DWORD option_get_proxy_response( struct option_call *call )
{
    BOOL refused = call->object->ops->type == OBJECT_REQUEST && call_request( call )->refused;

    *(BOOL *)call->buffer = refused;
    return ERROR_SUCCESS;
}

DWORD option_get_connection_info( struct option_call *call )
{
    const struct request *request = call_request( call );
    WINHTTP_CONNECTION_INFO *info = call->buffer;

    if (request->state < EXCHANGE_SENT) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    memset( info, 0, sizeof(*info) );
    info->cbSize = sizeof(*info);
    memcpy( &info->LocalAddress, request->local.bytes, request->local.len );
    memcpy( &info->RemoteAddress, request->remote.bytes, request->remote.len );
    return ERROR_SUCCESS;
}
