/* The machine's and the user's proxy settings, as the older exports have them.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "proxy_store.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static WCHAR *take( WCHAR **text )
{
    WCHAR *ret = *text;

    *text = NULL;
    return ret;
}

/* --- The machine's setting ----------------------------------------------------------------- */

static DWORD get_machine_config( WINHTTP_PROXY_INFO *ret )
{
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL };
    struct stored_proxy stored = { 0 };
    DWORD err = proxy_store_read_machine( &stored );

    if (err && err != ERROR_FILE_NOT_FOUND) return err;
    if ((stored.flags & WINHTTP_PROXY_TYPE_PROXY) && stored.proxy)
    {
        info.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        info.lpszProxy = take( &stored.proxy );
        info.lpszProxyBypass = take( &stored.bypass );
    }
    proxy_store_free( &stored );
    *ret = info;
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpGetDefaultProxyConfiguration( WINHTTP_PROXY_INFO *info )
{
    DWORD err = info ? get_machine_config( info ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p: error %lu\n", info, err );
    SetLastError( err );
    return !err;
}

static DWORD check_machine_config( const WINHTTP_PROXY_INFO *info )
{
    if (info->dwAccessType == WINHTTP_ACCESS_TYPE_NO_PROXY) return ERROR_SUCCESS;
    if (info->dwAccessType != WINHTTP_ACCESS_TYPE_NAMED_PROXY) return ERROR_INVALID_PARAMETER;
    return info->lpszProxy ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

static DWORD set_machine_config( const WINHTTP_PROXY_INFO *info )
{
    struct stored_proxy stored = { .flags = WINHTTP_PROXY_TYPE_DIRECT };

    if (info->dwAccessType == WINHTTP_ACCESS_TYPE_NAMED_PROXY)
    {
        if (*info->lpszProxy) stored.flags |= WINHTTP_PROXY_TYPE_PROXY;
        stored.proxy = info->lpszProxy;
        stored.bypass = info->lpszProxyBypass;
    }
    return proxy_store_write_machine( &stored );
}

BOOL WINAPI WinHttpSetDefaultProxyConfiguration( WINHTTP_PROXY_INFO *info )
{
    DWORD err = info ? check_machine_config( info ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p\n", info );
    if (!err) err = set_machine_config( info );
    if (err) WARN( "failed, error %lu\n", err );
    SetLastError( err );
    return !err;
}

/* --- The user's setting -------------------------------------------------------------------- */

/* A user who has set nothing detects automatically (guess U12). */
static DWORD get_user_config( WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    struct stored_proxy stored = { .flags = WINHTTP_PROXY_TYPE_AUTO_DETECT };
    BOOL manual, scripted, has_key;
    DWORD err = proxy_store_read_user( NULL, &stored, &has_key );

    if (err && (err != ERROR_FILE_NOT_FOUND || !has_key)) return err;
    manual = (stored.flags & WINHTTP_PROXY_TYPE_PROXY) != 0;
    scripted = (stored.flags & WINHTTP_PROXY_TYPE_AUTO_PROXY_URL) != 0;
    config->fAutoDetect = (stored.flags & WINHTTP_PROXY_TYPE_AUTO_DETECT) != 0;
    config->lpszProxy = manual ? take( &stored.proxy ) : NULL;
    config->lpszProxyBypass = manual ? take( &stored.bypass ) : NULL;
    config->lpszAutoConfigUrl = scripted ? take( &stored.script ) : NULL;
    proxy_store_free( &stored );
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpGetIEProxyConfigForCurrentUser( WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config )
{
    DWORD err = config ? get_user_config( config ) : ERROR_INVALID_PARAMETER;

    TRACE( "%p: error %lu\n", config, err );
    SetLastError( err );
    return !err;
}
