/* WinHttpGetProxyForUrl.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <wchar.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "auto/find.h"
#include "handle.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum { ENTRY_EXTRA = 10 }; /* characters around a host: "[" and "]:65535;", and a NUL at the end */

static BOOL is_usable( const struct auto_proxy *proxy )
{
    return !proxy->scheme || proxy->scheme == INTERNET_SCHEME_HTTP;
}

/* Only the first entry of those that this call can tell of may mean "no proxy". */
static BOOL is_direct( const struct auto_answer *answer )
{
    UINT32 i;

    for (i = 0; i < answer->count; i++)
        if (is_usable( &answer->proxies[i] )) return !answer->proxies[i].scheme;
    return TRUE; /* guess: an answer of SOCKS proxies alone */
}

/* "a:1;b:2", for GlobalFree: entries of HTTP, the only ones that requests can use (guess U14). */
static WCHAR *format_list( const struct auto_answer *answer )
{
    size_t room = 0, len = 0;
    WCHAR *list;
    UINT32 i;

    for (i = 0; i < answer->count; i++)
        if (answer->proxies[i].host) room += wcslen( answer->proxies[i].host ) + ENTRY_EXTRA;
    if (!(list = GlobalAlloc( GMEM_FIXED, room * sizeof(*list) ))) return NULL;
    for (i = 0; i < answer->count; i++)
    {
        const struct auto_proxy *proxy = &answer->proxies[i];
        BOOL ipv6 = proxy->host && wcschr( proxy->host, ':' );

        if (proxy->scheme != INTERNET_SCHEME_HTTP) continue;
        len += swprintf( list + len, room - len, ipv6 ? L"%s[%s]:%u" : L"%s%s:%u", len ? L";" : L"",
                         proxy->host, proxy->port );
    }
    return list;
}

static DWORD set_info( const struct auto_answer *answer, WINHTTP_PROXY_INFO *info )
{
    WINHTTP_PROXY_INFO found = { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL };

    if (!is_direct( answer ))
    {
        found.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        if (!(found.lpszProxy = format_list( answer ))) return ERROR_NOT_ENOUGH_MEMORY;
    }
    *info = found;
    return ERROR_SUCCESS;
}

/* The session counts only as a handle: what is learnt is the process's. */
static DWORD get_proxy( const WCHAR *url, const WINHTTP_AUTOPROXY_OPTIONS *options,
                        WINHTTP_PROXY_INFO *info )
{
    struct auto_answer answer;
    DWORD err;

    if (!info) return ERROR_INVALID_PARAMETER;
    if ((err = auto_find( url, options, NULL, &answer ))) return err;
    err = set_info( &answer, info );
    auto_answer_free( &answer );
    return err;
}

BOOL WINAPI WinHttpGetProxyForUrl( HINTERNET session, LPCWSTR url,
                                   WINHTTP_AUTOPROXY_OPTIONS *options, WINHTTP_PROXY_INFO *info )
{
    DWORD err = ERROR_SUCCESS;
    struct object *object = handle_get_typed( session, OBJECT_SESSION, &err );

    TRACE( "%p, %s, %p, %p\n", session, debugstr_w(url), options, info );
    if (object)
    {
        err = get_proxy( url, options, info );
        object_release( object );
    }
    if (err) WARN( "error %lu\n", err );
    SetLastError( err );
    return !err;
}
