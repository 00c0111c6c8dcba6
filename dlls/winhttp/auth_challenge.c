/* auth_challenge - challenges of known schemes, WinHttpQueryAuthSchemes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_challenge.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "proto/http_token.h"
#include "proto/uri.h"
#include "request.h"
#include "response.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

const struct auth_target auth_targets[AUTH_TARGETS] =
{
    { 401, "WWW-Authenticate", "Authorization", "Authentication-Info", 0 },
    { 407, "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", 2 },
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

/* --- Passport --- */

struct passport
{
    const char *name;   /* of the parameter that is wanted; NULL = none */
    char *value;        /* owned */
    BOOL found;         /* there is such a challenge */
};

static char *copy_param( const struct http_challenge *challenge, const char *name )
{
    char *text = NULL, *value = NULL;
    size_t len;

    if (!http_challenge_param( challenge, name, NULL, 0, &len )) return NULL;
    if ((text = malloc( len + 1 )) && (value = malloc( len + 1 )))
    {
        http_challenge_param( challenge, name, text, len, &len );
        if (!uri_unescape( text, len, value )) *value = 0;
    }
    free( text );
    return value;
}

static void find_passport( const struct http_challenge *challenge, DWORD scheme, void *context )
{
    struct passport *passport = context;

    if (scheme != WINHTTP_AUTH_SCHEME_PASSPORT) return;
    passport->found = TRUE;
    if (passport->name && !passport->value)
        passport->value = copy_param( challenge, passport->name );
}

void auth_challenge_take_passport( struct request *request )
{
    struct passport passport = { NULL, NULL, FALSE };

    if (!(request->settings.passport & WINHTTP_ENABLE_PASSPORT_AUTH)) return;
    if (request->response.status != 302) return;
    auth_challenge_each( request, WINHTTP_AUTH_TARGET_SERVER, find_passport, &passport );
    if (passport.found) request->response.status = 401;
}

WCHAR *auth_challenge_passport( const struct request *request, const char *name )
{
    struct passport passport = { name, NULL, FALSE };
    WCHAR *text = NULL;
    int count;

    auth_challenge_each( request, WINHTTP_AUTH_TARGET_SERVER, find_passport, &passport );
    if (!passport.value) return NULL;
    count = MultiByteToWideChar( CP_UTF8, 0, passport.value, -1, NULL, 0 );
    if ((text = malloc( count * sizeof(*text) )))
        MultiByteToWideChar( CP_UTF8, 0, passport.value, -1, text, count );
    free( passport.value );
    return text;
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
