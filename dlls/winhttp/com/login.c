/* login - which challenge of a server or a proxy a request answers, and how.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "com/login.h"

#include <stdlib.h>

static void forget( struct login *login )
{
    if (login->password)
        SecureZeroMemory( login->password, wcslen( login->password ) * sizeof(WCHAR) );
    free( login->user );
    free( login->password );
    memset( login, 0, sizeof(*login) );
}

static DWORD set_login( struct login *login, const struct login_credentials *credentials )
{
    forget( login );
    if (!credentials->user) return ERROR_SUCCESS;
    login->user = wcsdup( credentials->user );
    login->password = wcsdup( credentials->password );
    return login->user && login->password ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

/* NULL: no memory. */
static WCHAR *get_url( HINTERNET request )
{
    DWORD size = 0;
    WCHAR *url;

    WinHttpQueryOption( request, WINHTTP_OPTION_URL, NULL, &size );
    if (!(url = malloc( size + sizeof(WCHAR) ))) return NULL;
    if (WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size )) return url;
    free( url );
    return NULL;
}

DWORD logins_set( struct logins *logins, HINTERNET request,
                  const struct login_credentials credentials[2] )
{
    DWORD err, target;

    if (!logins->home && !(logins->home = get_url( request ))) return ERROR_NOT_ENOUGH_MEMORY;
    for (target = 0; target < ARRAY_SIZE(logins->by_target); target++)
    {
        if ((err = set_login( logins->by_target + target, credentials + target ))) return err;
    }
    return ERROR_SUCCESS;
}

void logins_free( struct logins *logins )
{
    DWORD target;

    for (target = 0; target < ARRAY_SIZE(logins->by_target); target++)
        forget( logins->by_target + target );
    free( logins->home );
}

static BOOL get_origin( const WCHAR *url, URL_COMPONENTS *origin )
{
    memset( origin, 0, sizeof(*origin) );
    origin->dwStructSize = sizeof(*origin);
    origin->dwHostNameLength = ~0u;
    return WinHttpCrackUrl( url, 0, 0, origin );
}

static BOOL is_at_home( const struct logins *logins, HINTERNET request )
{
    URL_COMPONENTS home, here;
    BOOL same = FALSE;
    WCHAR *url;

    if (!(url = get_url( request ))) return FALSE;
    if (get_origin( logins->home, &home ) && get_origin( url, &here ))
        same = home.nScheme == here.nScheme && home.nPort == here.nPort &&
               home.dwHostNameLength == here.dwHostNameLength &&
               !_wcsnicmp( home.lpszHostName, here.lpszHostName, home.dwHostNameLength );
    free( url );
    return same;
}

/* The strongest first, as Windows's object does. */
static DWORD choose_scheme( DWORD offered )
{
    static const DWORD schemes[] =
    {
        WINHTTP_AUTH_SCHEME_NEGOTIATE, WINHTTP_AUTH_SCHEME_NTLM, WINHTTP_AUTH_SCHEME_DIGEST,
        WINHTTP_AUTH_SCHEME_BASIC,
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        if (offered & schemes[i]) return schemes[i];
    }
    return 0;
}

BOOL logins_answer( struct logins *logins, HINTERNET request )
{
    DWORD offered, first, target;
    struct login *login;

    if (!WinHttpQueryAuthSchemes( request, &offered, &first, &target ) ||
        target >= ARRAY_SIZE(logins->by_target))
        return FALSE;
    login = logins->by_target + target;
    if (!login->user || login->scheme) return FALSE;
    if (target == WINHTTP_AUTH_TARGET_SERVER && !is_at_home( logins, request )) return FALSE;
    return (login->scheme = choose_scheme( offered )) != 0;
}

DWORD logins_renew( const struct logins *logins, HINTERNET request, DWORD schemes )
{
    const struct login *login = logins->by_target;
    DWORD target;

    for (target = 0; target < ARRAY_SIZE(logins->by_target); target++, login++)
    {
        if (!(login->scheme & schemes)) continue;
        if (target == WINHTTP_AUTH_TARGET_SERVER && !is_at_home( logins, request )) continue;
        if (!WinHttpSetCredentials( request, target, login->scheme, login->user, login->password,
                                    NULL ))
            return GetLastError();
    }
    return ERROR_SUCCESS;
}
