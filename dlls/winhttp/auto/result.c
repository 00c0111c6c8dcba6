/* result - WINHTTP_PROXY_RESULT and WINHTTP_PROXY_RESULT_EX: making and freeing.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/result.h"

#include <stdlib.h>
#include <string.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static size_t text_size( const WCHAR *text )
{
    return text ? (wcslen( text ) + 1) * sizeof(*text) : 0;
}

static size_t entries_size( const struct auto_answer *answer )
{
    size_t size = 0;
    UINT32 i;

    for (i = 0; i < answer->count; i++)
        size += sizeof(WINHTTP_PROXY_RESULT_ENTRY) + text_size( answer->proxies[i].host );
    return size;
}

WINHTTP_PROXY_RESULT_ENTRY *result_entries( const struct auto_answer *answer )
{
    WINHTTP_PROXY_RESULT_ENTRY *entries = calloc( 1, entries_size( answer ) );
    BYTE *text = (BYTE *)(entries + answer->count);
    UINT32 i;

    if (!entries) return NULL;
    for (i = 0; i < answer->count; i++)
    {
        const struct auto_proxy *proxy = &answer->proxies[i];
        size_t size = text_size( proxy->host );

        if (!proxy->host)
        {
            entries[i].fBypass = answer->bypass;
            continue;
        }
        entries[i].fProxy = TRUE;
        entries[i].ProxyScheme = proxy->scheme;
        entries[i].pwszProxy = memcpy( text, proxy->host, size );
        entries[i].ProxyPort = proxy->port;
        text += size;
    }
    return entries;
}

/* What was freed is forgotten: programs that free twice, or free what they never got but have
 * zeroed, come to no harm. The handle may be closed by then, or stay open. */
void WINAPI WinHttpFreeProxyResult( WINHTTP_PROXY_RESULT *result )
{
    TRACE( "%p\n", result );

    if (!result) return;
    free( result->pEntries );
    result->cEntries = 0;
    result->pEntries = NULL;
}

void WINAPI WinHttpFreeProxyResultEx( WINHTTP_PROXY_RESULT_EX *result )
{
    TRACE( "%p\n", result );

    if (!result) return;
    free( result->pEntries );
    memset( result, 0, sizeof(*result) );
}
