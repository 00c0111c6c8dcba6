/* auth_answer - Basic (RFC 7617), Digest (RFC 7616), and tokens that were made before.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "net/resolve.h"
#include "proto/base64.h"
#include "request.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum { CNONCE_BYTES = 16 }; /* random: cannot be guessed, nor met twice */

/* Latin-1 as long as that can say it (guess U25), UTF-8 where it cannot or was asked for. */
static char *to_bytes( const WCHAR *text, BOOL utf8 )
{
    size_t len = wcslen( text ), i;
    char *ret;
    int size;

    for (i = 0; i < len && !utf8; i++) utf8 = text[i] > 0xff;
    if (!utf8) return text_narrow( text, len );
    size = WideCharToMultiByte( CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL );
    if (!(ret = malloc( size ))) return NULL;
    WideCharToMultiByte( CP_UTF8, 0, text, -1, ret, size, NULL, NULL );
    return ret;
}

void auth_answer_free( char *text )
{
    if (text) SecureZeroMemory( text, strlen( text ) );
    free( text );
}

/* "Basic " and the base64 of "user:password" (RFC 7617); NULL: no memory. */
static char *basic_value( const char *user, const char *password )
{
    static const char prefix[] = "Basic ";
    size_t len = strlen( user ) + 1 + strlen( password );
    size_t prefix_len = strlen( prefix );
    char *pair, *value = NULL;

    if (!(pair = malloc( len + 1 ))) return NULL;
    sprintf( pair, "%s:%s", user, password );
    if ((value = malloc( prefix_len + base64_size( len ) + 1 )))
    {
        memcpy( value, prefix, prefix_len );
        base64_encode( (BYTE *)pair, len, value + prefix_len );
        value[prefix_len + base64_size( len )] = 0;
    }
    auth_answer_free( pair );
    return value;
}

static int hash( void *context, enum http_digest_algorithm algorithm, const void *data, size_t len,
                 uint8_t out[HTTP_DIGEST_MAX_HASH] )
{
    UINT32 which = algorithm == HTTP_DIGEST_MD5 ? UNIX_HASH_MD5 : UNIX_HASH_SHA256;

    (void)context;
    return !net_hash( which, data, len, out );
}

/* *value stays NULL if the challenge cannot be answered. FALSE: no memory. */
static BOOL digest_value( struct request *request, DWORD target, const char *user,
                          const char *password, char **value )
{
    struct auth *auth = &request->auth[target];
    BOOL for_proxy = target == WINHTTP_AUTH_TARGET_PROXY && request->wire_target;
    BOOL tunnelling = for_proxy && request_is_tunnelling( request );
    struct http_digest_login login = { user, password, tunnelling ? "CONNECT" : request->verb,
                                       for_proxy ? request->wire_target : request->target };
    enum http_digest_status status;
    char cnonce[2 * CNONCE_BYTES + 1];
    BYTE random[CNONCE_BYTES];
    size_t i;

    if (!auth->digest.nonce || net_random( random, sizeof(random) )) return TRUE;
    for (i = 0; i < sizeof(random); i++) sprintf( cnonce + 2 * i, "%02x", random[i] );
    login.cnonce = cnonce;
    status = http_digest_answer( &auth->digest, &login, hash, NULL, value );
    if (status) WARN( "%p: no Digest answer, reason %d\n", request->object.handle, status );
    return status != HTTP_DIGEST_ERR_MEMORY;
}

BOOL auth_answer_value( struct request *request, DWORD target, const struct auth_login *login,
                        char **value )
{
    struct auth *auth = &request->auth[target];
    BOOL digest = login->scheme == WINHTTP_AUTH_SCHEME_DIGEST;
    BOOL utf8 = digest ? auth->digest.utf8 : auth->utf8;
    char *user, *password;
    BOOL ret = FALSE;

    if (auth_sspi_knows( login->scheme ))
    {
        /* it is kept, for the case that the leg has to be sent on another connection */
        if (auth->token_value) *value = _strdup( auth->token_value );
        return !auth->token_value || *value;
    }
    if (!digest && login->scheme != WINHTTP_AUTH_SCHEME_BASIC) return TRUE;
    user = to_bytes( login->user, utf8 );
    password = to_bytes( login->password, utf8 );
    if (user && password)
    {
        if (digest) ret = digest_value( request, target, user, password, value );
        else ret = (*value = basic_value( user, password )) != NULL;
    }
    auth_answer_free( user );
    auth_answer_free( password );
    return ret;
}
