/* auth_login - credentials: by WinHttpSetCredentials, by option, the default ones.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_login.h"

#include <stdlib.h>
#include <string.h>

#include "auth_challenge.h"
#include "request.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static void free_secret( WCHAR **text )
{
    if (*text) SecureZeroMemory( *text, wcslen( *text ) * sizeof(**text) );
    free( *text );
    *text = NULL;
}

void auth_login_forget( struct auth *auth )
{
    free_secret( &auth->user );
    free_secret( &auth->password );
    auth->scheme = 0;
    auth->spent = FALSE;
}

/* The intranet, as far as a name tells: no dots, no address. */
static BOOL is_intranet( const char *host )
{
    return !strpbrk( host, ".:" );
}

/* The schemes by which the user whom the process runs as may be logged in without being asked
 * (facts/http.md 11; what the intranet is, is a guess). */
static DWORD default_schemes( const struct request *request, DWORD target )
{
    static const DWORD schemes = WINHTTP_AUTH_SCHEME_NTLM | WINHTTP_AUTH_SCHEME_NEGOTIATE;
    BOOL proxy = target == WINHTTP_AUTH_TARGET_PROXY;

    switch (request->autologon)
    {
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW:
        return schemes;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM:
        return proxy || is_intranet( request->key.host ) ? schemes : 0;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY:
        return proxy ? schemes : 0;
    default:
        return 0;
    }
}

BOOL auth_login_get( const struct request *request, DWORD target, struct auth_login *login )
{
    const struct auth *auth = &request->auth[target];
    WCHAR *const *options = request->credentials + auth_targets[target].option;

    if (auth->scheme)
    {
        *login = (struct auth_login){ auth->scheme, auth->user, auth->password };
        return TRUE;
    }
    if (options[0] && *options[0])
        *login = (struct auth_login){ auth->chosen, options[0], options[1] ? options[1] : L"" };
    else
        *login = (struct auth_login){ auth->chosen & default_schemes( request, target ), NULL, NULL };
    return login->scheme != 0;
}

BOOL auth_login_is_silent( const struct request *request, DWORD target )
{
    const WCHAR *user = request->credentials[auth_targets[target].option];

    return !request->auth[target].scheme && (!user || !*user);
}

/* --- whom they are for --- */

/* Whom the credentials of that target are for. */
static const char *peer( const struct conn_key *key, DWORD target, UINT16 *port, BOOL *secure )
{
    *secure = target == WINHTTP_AUTH_TARGET_SERVER && key->secure;
    if (target == WINHTTP_AUTH_TARGET_PROXY) return conn_key_peer( key, port );
    *port = key->port;
    return key->host;
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

BOOL auth_login_is_bound( const struct request *request, DWORD target )
{
    const struct auth *auth = &request->auth[target];
    UINT16 port;
    BOOL secure;
    const char *host = peer( &request->key, target, &port, &secure );

    return auth->host && !strcmp( auth->host, host ) && auth->port == port &&
           auth->secure == secure;
}

/* --- WinHttpSetCredentials --- */

static DWORD check_login( DWORD target, DWORD scheme, const WCHAR *user, const WCHAR *password )
{
    if (target >= AUTH_TARGETS || !auth_scheme_valid( scheme )) return ERROR_INVALID_PARAMETER;
    if (scheme != WINHTTP_AUTH_SCHEME_BASIC && scheme != WINHTTP_AUTH_SCHEME_DIGEST)
        return ERROR_SUCCESS;
    return user && password ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

static DWORD set_login( struct request *request, DWORD target, DWORD scheme, const WCHAR *user,
                        const WCHAR *password )
{
    struct auth *auth = &request->auth[target];
    WCHAR *user_copy = user ? wcsdup( user ) : NULL;
    WCHAR *password_copy = password ? wcsdup( password ) : NULL;

    if ((user && !user_copy) || (password && !password_copy))
    {
        free_secret( &user_copy );
        free_secret( &password_copy );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    object_lock( &request->object );
    auth_login_forget( auth );
    auth->scheme = scheme;
    auth->user = user_copy;
    auth->password = password_copy;
    auth->rebind = TRUE;
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
