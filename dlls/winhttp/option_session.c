/* option_session - options of a session: its name, its end; proxies.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include <stdio.h>
#include <stdlib.h>

#include "request.h"
#include "session.h"

DWORD option_get_agent( struct option_call *call )
{
    return option_return_text( call, session_from_object( call->object )->agent );
}

DWORD option_put_agent( struct option_call *call )
{
    return option_replace_text( call, &session_from_object( call->object )->agent );
}

/* Once, and by the right length: anything else is ERROR_INVALID_PARAMETER, says Microsoft's page
 * on option flags. */
DWORD option_put_unload_event( struct option_call *call )
{
    struct session *session = session_from_object( call->object );

    if (call->len != sizeof(HANDLE) || session->unload_event) return ERROR_INVALID_PARAMETER;
    if (!*(const HANDLE *)call->buffer) return ERROR_INVALID_PARAMETER;
    session->unload_event = *(const HANDLE *)call->buffer;
    return ERROR_SUCCESS;
}

/* --- proxies --- */

static struct proxy **object_proxy( struct object *object )
{
    if (object->ops->type == OBJECT_SESSION) return &session_from_object( object )->proxy;
    return &request_from_object( object )->proxy;
}

/* Without a handle: what the machine's setting is (facts/options.md 0). */
DWORD option_get_proxy( struct option_call *call )
{
    if (call->object) return proxy_get_info( *object_proxy( call->object ), call->buffer );
    return WinHttpGetDefaultProxyConfiguration( call->buffer ) ? ERROR_SUCCESS : GetLastError();
}

static DWORD set_proxy( struct option_call *call, DWORD type, const WCHAR *servers,
                        const WCHAR *bypass )
{
    struct proxy **field = object_proxy( call->object ), *proxy;
    DWORD error;

    if ((error = proxy_create( type, servers, bypass, &proxy ))) return error;
    proxy_release( *field );
    *field = proxy;
    return ERROR_SUCCESS;
}

DWORD option_put_proxy( struct option_call *call )
{
    const WINHTTP_PROXY_INFO *info = call->buffer;

    return set_proxy( call, info->dwAccessType, info->lpszProxy, info->lpszProxyBypass );
}

/* One entry of what WinHttpGetProxyResult lists, for every URL of the request, redirects too. Of a
 * kind that HTTP cannot go through, SOCKS, it is refused (a guess, as are handle and direction). */
DWORD option_put_proxy_entry( struct option_call *call )
{
    const WINHTTP_PROXY_RESULT_ENTRY *entry = call->buffer;
    size_t size;
    WCHAR *text;
    DWORD error;

    if (!entry->fProxy || entry->fBypass)
        return set_proxy( call, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
    if (!entry->pwszProxy || entry->ProxyScheme == INTERNET_SCHEME_SOCKS)
        return ERROR_INVALID_PARAMETER;
    size = wcslen( entry->pwszProxy ) + ARRAY_SIZE(L"[]:65535");
    if (!(text = malloc( size * sizeof(*text) ))) return ERROR_NOT_ENOUGH_MEMORY;
    _snwprintf( text, size, wcschr( entry->pwszProxy, ':' ) && *entry->pwszProxy != '['
                            ? L"[%ls]:%u" : L"%ls:%u", entry->pwszProxy, entry->ProxyPort );
    error = set_proxy( call, WINHTTP_ACCESS_TYPE_NAMED_PROXY, text, NULL );
    free( text );
    return error;
}
