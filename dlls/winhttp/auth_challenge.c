/* auth_challenge - challenges of known schemes, WinHttpQueryAuthSchemes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_challenge.h"

#include <string.h>

#include "proto/http_token.h"
#include "request.h"
#include "response.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

const struct auth_target auth_targets[AUTH_TARGETS] =
{
    { 401, "WWW-Authenticate", "Authorization", 0 },
    { 407, "Proxy-Authenticate", "Proxy-Authorization", 2 },
};

static const struct { const char *name; DWORD scheme; } schemes[] =
{
    { "Basic", WINHTTP_AUTH_SCHEME_BASIC },
    { "NTLM", WINHTTP_AUTH_SCHEME_NTLM },
    { "Passport1.4", WINHTTP_AUTH_SCHEME_PASSPORT },
    { "Digest", WINHTTP_AUTH_SCHEME_DIGEST },
    { "Negotiate", WINHTTP_AUTH_SCHEME_NEGOTIATE },
};

BOOL auth_scheme_valid( DWORD scheme )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
        if (schemes[i].scheme == scheme) return TRUE;
    return FALSE;
}

/* 0: one that we do not know, such as Bearer. */
static DWORD scheme_of( const struct http_challenge *challenge )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        if (http_token_equal( challenge->scheme, challenge->scheme_len, schemes[i].name,
                              strlen( schemes[i].name ) ))
            return schemes[i].scheme;
    }
    return 0;
}

DWORD auth_challenge_target( const struct request *request )
{
    DWORD target;

    for (target = 0; target < AUTH_TARGETS; target++)
        if (request->response.status == auth_targets[target].status) break;
    return target;
}

void auth_challenge_each( const struct request *request, DWORD target,
                          void (*found)( const struct http_challenge *challenge, DWORD scheme,
                                         void *context ),
                          void *context )
{
    const struct http_header *field;
    struct http_challenge challenge;
    size_t i;

    for (i = 0; (field = http_headers_find( &request->response.headers,
                                            auth_targets[target].challenge, i )); i++)
    {
        const char *text = field->value;
        size_t len = field->value_len;
        DWORD scheme;

        while (http_challenge_next( &text, &len, &challenge ))
            if ((scheme = scheme_of( &challenge ))) found( &challenge, scheme, context );
    }
}

/* --- WinHttpQueryAuthSchemes --- */

struct query
{
    DWORD supported, first;
};

static void count_challenge( const struct http_challenge *challenge, DWORD scheme, void *context )
{
    struct query *query = context;

    (void)challenge;
    if (!query->first) query->first = scheme;
    query->supported |= scheme;
}

static DWORD query_schemes( struct request *request, DWORD *supported, DWORD *first, DWORD *target )
{
    struct query query = { 0, 0 };
    DWORD challenged;

    object_lock( &request->object );
    response_wait_locked( request );
    challenged = auth_challenge_target( request );
    if (challenged < AUTH_TARGETS)
        auth_challenge_each( request, challenged, count_challenge, &query );
    object_unlock( &request->object );

    if (!query.supported) return ERROR_INVALID_OPERATION;
    *supported = query.supported;
    *first = query.first;
    *target = challenged;
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpQueryAuthSchemes( HINTERNET handle, LPDWORD supported, LPDWORD first,
                                     LPDWORD target )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %p, %p\n", handle, supported, first, target );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        if (!supported || !first || !target) error = ERROR_INVALID_PARAMETER;
        else error = query_schemes( request_from_object( object ), supported, first, target );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
