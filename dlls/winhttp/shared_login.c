/* shared_login - a list of credentials that only grows.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "shared_login.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"
#include "winreg.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum { MAX_LOGINS = 256 }; /* a user has few; nothing is ever freed */

struct shared_login
{
    /* immutable */
    struct shared_login *next;
    DWORD target, scheme;   /* scheme 0: any */
    UINT16 port;
    char *host;             /* owned; lower case */
    WCHAR *user, *password; /* owned */
};

static struct shared_login *logins; /* interlocked; newest first */
static LONG login_count;            /* interlocked */

static BOOL are_shared(void)
{
    static const WCHAR key[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    DWORD value = 0, size = sizeof(value);

    return !RegGetValueW( HKEY_LOCAL_MACHINE, key, L"ShareCredsWithWinHttp", RRF_RT_REG_DWORD, NULL,
                          &value, &size ) && value;
}

static WCHAR *widen( const char *text )
{
    int len = MultiByteToWideChar( CP_ACP, 0, text ? text : "", -1, NULL, 0 );
    WCHAR *ret = malloc( len * sizeof(*ret) );

    if (ret) MultiByteToWideChar( CP_ACP, 0, text ? text : "", -1, ret, len );
    return ret;
}

static void free_login( struct shared_login *login )
{
    free( login->host );
    free( login->user );
    free( login->password );
    free( login );
}

static void push( struct shared_login *login )
{
    do login->next = logins;
    while (InterlockedCompareExchangePointer( (void **)&logins, login, login->next ) !=
           login->next);
}

DWORD shared_login_put( DWORD target, const WINHTTP_CREDS *creds )
{
    struct shared_login *login;

    if (!are_shared()) return ERROR_WINHTTP_INVALID_OPTION;
    if (!creds->lpszHostName || !creds->lpszUserName) return ERROR_INVALID_PARAMETER;
    if (InterlockedIncrement( &login_count ) > MAX_LOGINS) return ERROR_NOT_ENOUGH_MEMORY;
    if (!(login = calloc( 1, sizeof(*login) ))) return ERROR_NOT_ENOUGH_MEMORY;
    login->target = target;
    login->scheme = creds->dwAuthScheme;
    login->port = creds->dwPort;
    login->host = _strdup( creds->lpszHostName );
    login->user = widen( creds->lpszUserName );
    login->password = widen( creds->lpszPassword );
    if (!login->host || !login->user || !login->password)
    {
        free_login( login );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    _strlwr( login->host );
    TRACE( "credentials for %s:%u\n", debugstr_a(login->host), login->port );
    push( login );
    return ERROR_SUCCESS;
}

BOOL shared_login_find( DWORD target, const char *host, UINT16 port, DWORD schemes, DWORD *scheme,
                        const WCHAR **user, const WCHAR **password )
{
    const struct shared_login *login;

    for (login = logins; login; login = login->next)
    {
        DWORD usable = login->scheme ? login->scheme & schemes : schemes;

        if (login->target != target || login->port != port || !usable) continue;
        if (strcmp( login->host, host )) continue;
        *scheme = usable;
        *user = login->user;
        *password = login->password;
        return TRUE;
    }
    return FALSE;
}
