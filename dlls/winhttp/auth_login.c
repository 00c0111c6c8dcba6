/* auth_login - credentials: by WinHttpSetCredentials, by option, the default ones.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_login.h"

#include <stdlib.h>
#include <string.h>

#include "auth_challenge.h"
#include "net/resolve.h"
#include "request.h"
#include "shared_login.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

void auth_login_forget( struct auth *auth )
{
    text_free_secret( auth->user );
    text_free_secret( auth->password );
    auth->user = auth->password = NULL;
    auth->scheme = 0;
    auth->spent = FALSE;
}

/* This machine, and the intranet as far as a name tells: no dots, no address. */
static BOOL is_near( const char *host )
{
    if (!strpbrk( host, ".:" ) || !strcmp( host, "::1" )) return TRUE;
    return !strncmp( host, "127.", 4 ) && strspn( host, "0123456789." ) == strlen( host );
}

/* A proxy that the network alone has named may be anybody's, and so may what comes through it. */
static BOOL is_detected( const struct request *request )
{
    return request->key.proxy_host && request->answer.detected;
}

/* The schemes by which the user whom the process runs as may be logged in without being asked
 * (facts/http.md 11; what the intranet is, is a guess). */
static DWORD default_schemes( const struct request *request, DWORD target )
{
    static const DWORD schemes = WINHTTP_AUTH_SCHEME_NTLM | WINHTTP_AUTH_SCHEME_NEGOTIATE;
    BOOL proxy = target == WINHTTP_AUTH_TARGET_PROXY;

    if (is_detected( request ) && request->autologon != WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW)
        return 0;
    switch (request->autologon)
    {
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW:
        return schemes;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM:
        if (proxy || is_near( request->key.host )) return schemes;
        return proxy_is_bypassed( request ) ? schemes : 0;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY:
        return proxy ? schemes : 0;
    default:
        return 0;
    }
}

/* --- whom they are for --- */

/* Whom the next leg goes to. */
static const char *peer( const struct conn_key *key, DWORD target, UINT16 *port, BOOL *secure )
{
    *secure = target == WINHTTP_AUTH_TARGET_SERVER && key->secure;
    if (target == WINHTTP_AUTH_TARGET_PROXY) return conn_key_peer( key, port );
    *port = key->port;
    return key->host;
}

const char *auth_login_peer( const struct request *request, DWORD target, UINT16 *port )
{
    BOOL secure;

    return peer( &request->key, target, port, &secure );
}

BOOL auth_login_bind( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    UINT16 port;
    BOOL secure;
    char *host;

    if (auth->host && !auth->rebind) return TRUE;
    if (!(host = _strdup( peer( &request->key, target, &port, &secure ) ))) return FALSE;
    free( auth->host );
    auth->host = host;
    auth->port = port;
    auth->secure = secure;
    auth->rebind = FALSE;
    return TRUE;
}

/* The program's credentials are for whom the next leg goes to, or nobody is named yet. */
static BOOL is_bound( const struct request *request, DWORD target )
{
    const struct auth *auth = &request->auth[target];
    UINT16 port;
    BOOL secure;
    const char *host = peer( &request->key, target, &port, &secure );

    if (!auth->host || auth->rebind) return TRUE;
    return !strcmp( auth->host, host ) && auth->port == port && auth->secure == secure;
}

void auth_rebind( struct request *request, DWORD target )
{
    request->auth[target].rebind = TRUE;
    request->auth[target].identified = FALSE;
}

/* --- which there are --- */

static BOOL has_option( const struct request *request, DWORD target )
{
    const WCHAR *user = request->credentials[auth_targets[target].option];

    return user && *user;
}

/* The last resort: what WinINet has handed down. */
static void find_shared( const struct request *request, DWORD target, DWORD offered,
                         struct auth_login *login )
{
    UINT16 port;
    const char *host = auth_login_peer( request, target, &port );

    if (target == WINHTTP_AUTH_TARGET_SERVER && !request->settings.shared_logins) return;
    shared_login_find( target, host, port, offered, &login->scheme, &login->user,
                       &login->password );
}

/* offered: the scheme for credentials that come without one. */
static BOOL find_login( const struct request *request, DWORD target, DWORD offered,
                        struct auth_login *login )
{
    const struct auth *auth = &request->auth[target];
    WCHAR *const *options = request->credentials + auth_targets[target].option;
    BOOL asks_basic;

    memset( login, 0, sizeof(*login) );
    if (auth->scheme || has_option( request, target ))
    {
        if (!is_bound( request, target )) return FALSE;
        login->scheme = auth->scheme ? auth->scheme : offered;
        login->user = auth->scheme ? auth->user : options[0];
        login->password = auth->scheme ? auth->password : options[1];
        if (login->user && !login->password) login->password = L"";
    }
    else if (target == WINHTTP_AUTH_TARGET_PROXY &&
             proxy_get_login( request, &login->user, &login->password, &asks_basic ))
        login->scheme = offered || !asks_basic ? offered : WINHTTP_AUTH_SCHEME_BASIC;
    else if (!(login->scheme = offered & default_schemes( request, target )))
        find_shared( request, target, offered, login );
    return login->scheme != 0;
}

BOOL auth_login_get( const struct request *request, DWORD target, struct auth_login *login )
{
    return find_login( request, target, request->auth[target].chosen, login );
}

BOOL auth_login_is_silent( const struct request *request, DWORD target )
{
    return !request->auth[target].scheme && !has_option( request, target );
}

/* --- who that is --- */

/* What tells one from another; a secret. */
struct identity_text
{
    BYTE *data;     /* owned; NULL = nobody, or the user whom the process runs as */
    size_t len;     /* bytes */
    BOOL is_default;
};

/* Random: what a hash was made of cannot be found by trying. */
static BYTE salt[16];

static BOOL WINAPI make_salt( INIT_ONCE *once, void *param, void **context )
{
    (void)once, (void)param, (void)context;
    return !net_random( salt, sizeof(salt) );
}

static BOOL join( struct identity_text *text, const void *first, size_t first_len,
                  const void *second, size_t second_len )
{
    BYTE *data = malloc( sizeof(salt) + first_len + second_len );

    if (!data) return FALSE;
    memcpy( data, salt, sizeof(salt) );
    memcpy( data + sizeof(salt), first, first_len );
    memcpy( data + sizeof(salt) + first_len, second, second_len );
    text->data = data;
    text->len = sizeof(salt) + first_len + second_len;
    return TRUE;
}

static size_t text_size( const WCHAR *text )
{
    return (wcslen( text ) + 1) * sizeof(*text);
}

/* Whoever is logged in on a connection, or has had a tunnel opened. FALSE: no memory. */
static BOOL get_identity_text( const struct request *request, DWORD target,
                               struct identity_text *text )
{
    static const DWORD binding = WINHTTP_AUTH_SCHEME_NTLM | WINHTTP_AUTH_SCHEME_NEGOTIATE;
    BOOL tunnel = target == WINHTTP_AUTH_TARGET_PROXY && request->key.tunnel;
    const struct http_header *own;
    struct auth_login login;

    memset( text, 0, sizeof(*text) );
    if (target == WINHTTP_AUTH_TARGET_PROXY && !request->key.proxy_host) return TRUE;
    own = http_headers_find( &request->headers, auth_targets[target].answer, 0 );
    if (own) return !tunnel || join( text, "", 1, own->value, own->value_len );
    if (request->disabled & WINHTTP_DISABLE_AUTHENTICATION) return TRUE;
    if (!find_login( request, target, ~0u, &login )) return TRUE;
    if (!tunnel && !(login.scheme & binding)) return TRUE;
    text->is_default = !login.user;
    return text->is_default || join( text, login.user, text_size( login.user ), login.password,
                                     text_size( login.password ) );
}

static BOOL identify( struct request *request, DWORD target )
{
    struct identity_text text;
    BOOL ret;

    object_lock( &request->object );
    request->auth[target].identified = TRUE;
    ret = get_identity_text( request, target, &text );
    object_unlock( &request->object );

    memset( request->key.login[target], text.is_default ? 0xff : 0, CONN_LOGIN );
    if (!text.data) return ret;
    ret = !net_hash( UNIX_HASH_SHA256, text.data, text.len, request->key.login[target] );
    SecureZeroMemory( text.data, text.len );
    free( text.data );
    return ret;
}

BOOL auth_login_identify( struct request *request )
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    return InitOnceExecuteOnce( &once, make_salt, NULL, NULL ) &&
           identify( request, WINHTTP_AUTH_TARGET_SERVER ) &&
           identify( request, WINHTTP_AUTH_TARGET_PROXY );
}

/* --- WinHttpSetCredentials --- */

static DWORD check_login( DWORD target, DWORD scheme, const WCHAR *user, const WCHAR *password )
{
    if (target >= AUTH_TARGETS || !auth_scheme_valid( scheme )) return ERROR_INVALID_PARAMETER;
    if (scheme != WINHTTP_AUTH_SCHEME_BASIC && scheme != WINHTTP_AUTH_SCHEME_DIGEST)
        return ERROR_SUCCESS;
    return user && password ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

static BOOL text_equal( const WCHAR *a, const WCHAR *b )
{
    return a && b ? !wcscmp( a, b ) : a == b;
}

static BOOL is_login( const struct auth *auth, DWORD scheme, const WCHAR *user,
                      const WCHAR *password )
{
    return auth->scheme == scheme && text_equal( auth->user, user ) &&
           text_equal( auth->password, password );
}

static DWORD set_login( struct request *request, DWORD target, DWORD scheme, const WCHAR *user,
                        const WCHAR *password )
{
    struct auth *auth = &request->auth[target];
    WCHAR *user_copy = user ? wcsdup( user ) : NULL;
    WCHAR *password_copy = password ? wcsdup( password ) : NULL;

    if ((user && !user_copy) || (password && !password_copy))
    {
        text_free_secret( user_copy );
        text_free_secret( password_copy );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    object_lock( &request->object );
    /* a program that was asked to send again may say so before each send */
    if (!request->resend || !is_login( auth, scheme, user, password ))
        auth_rebind( request, target );
    auth_login_forget( auth );
    auth->scheme = scheme;
    auth->user = user_copy;
    auth->password = password_copy;
    object_unlock( &request->object );
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpSetCredentials( HINTERNET handle, DWORD target, DWORD scheme, LPCWSTR user,
                                   LPCWSTR password, LPVOID params )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %lu, %#lx, %s, %p, %p\n", handle, target, scheme, user ? "a name" : "no name",
           password, params );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        if (!(error = check_login( target, scheme, user, password )))
            error = set_login( request_from_object( object ), target, scheme, user, password );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
