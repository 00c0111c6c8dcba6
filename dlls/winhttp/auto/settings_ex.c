/* settings_ex - WinHttpGetProxySettingsEx: the user's settings, for systems inside of Windows.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/resolver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proxy_list.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- the operation --- */

void resolver_forget_settings( struct resolver *resolver )
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config = &resolver->config;

    GlobalFree( config->lpszAutoConfigUrl );
    GlobalFree( config->lpszProxy );
    GlobalFree( config->lpszProxyBypass );
    memset( config, 0, sizeof(*config) );
}

static enum op_need read_step( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );

    return resolver->looked ? op_fail( op, resolver->read_error ) : OP_NEED_TASK;
}

/* A user without settings has none set, which is no failure. */
static void read_task( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );
    DWORD error = ERROR_SUCCESS;

    resolver_forget_settings( resolver );
    if (!WinHttpGetIEProxyConfigForCurrentUser( &resolver->config )) error = GetLastError();
    resolver->read_error = error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error;
    resolver->looked = TRUE;
}

static DWORD read_finish( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );
    DWORD error = op->error;

    object_lock( op->object );
    resolver->has_settings = !error;
    op_idle_locked( op );
    object_unlock( op->object );
    return resolver_notify( resolver, API_GET_PROXY_SETTINGS,
                            WINHTTP_CALLBACK_STATUS_GETPROXYSETTINGS_COMPLETE, error );
}

static const struct op_type read_type =
{
    .name = "get proxy settings",
    .step = read_step,
    .task = read_task,
    .finish = read_finish,
    .inline_finish = FALSE,
};

void resolver_init_settings( struct resolver *resolver )
{
    op_init( &resolver->read, &read_type, &resolver->object );
}

static DWORD begin_read( struct resolver *resolver, DWORD_PTR context )
{
    DWORD error;

    object_lock( &resolver->object );
    if (!(error = resolver_begin_locked( resolver, &resolver->read, context )))
        resolver->has_settings = resolver->looked = FALSE;
    object_unlock( &resolver->object );
    return error;
}

/* --- WINHTTP_PROXY_SETTINGS_EX --- */

static size_t length( const WCHAR *text )
{
    return text ? wcslen( text ) : 0;
}

/* Takes the next pattern off a bypass list. FALSE: no more. */
static BOOL next_bypass( const WCHAR **list, const WCHAR **word, size_t *len )
{
    static const WCHAR separators[] = L"; \t\r\n";

    if (!*list) return FALSE;
    *word = *list + wcsspn( *list, separators );
    *len = wcscspn( *word, separators );
    *list = *word + *len;
    return *len != 0;
}

static DWORD count_bypasses( const WCHAR *list )
{
    const WCHAR *word;
    DWORD count = 0;
    size_t len;

    while (next_bypass( &list, &word, &len )) count++;
    return count;
}

static void put_text( WCHAR **at, const char *text, size_t len )
{
    while (len--) *(*at)++ = (unsigned char)*text++;
}

enum { URL_EXTRA = sizeof("http://[]:65535") }; /* what put_proxy writes beside the host, NUL too */

/* The proxy for a scheme as a URL, which is how Microsoft's page shows it; NULL: none. */
static const WCHAR *put_proxy( WCHAR **at, const char *list, const char *scheme )
{
    struct proxy_list_entry entry;
    const WCHAR *ret = *at;
    char port[8];
    BOOL v6;

    if (!list || !proxy_list_find( list, scheme, &entry )) return NULL;
    v6 = memchr( entry.host, ':', entry.host_len ) != NULL;
    put_text( at, "http://[", v6 ? 8 : 7 );
    put_text( at, entry.host, entry.host_len );
    put_text( at, v6 ? "]:" : ":", v6 ? 2 : 1 );
    put_text( at, port, sprintf( port, "%u", entry.port ) );
    *(*at)++ = 0;
    return ret;
}

static const WCHAR *put_copy( WCHAR **at, const WCHAR *text, size_t len )
{
    WCHAR *ret = *at;

    memcpy( ret, text, len * sizeof(*ret) );
    ret[len] = 0;
    *at += len + 1;
    return ret;
}

static ULONGLONG settings_flags( const WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config,
                                 const WINHTTP_PROXY_SETTINGS_EX *settings )
{
    ULONGLONG flags = WINHTTP_PROXY_TYPE_DIRECT;

    if (settings->pcwszProxy || settings->pcwszSecureProxy) flags |= WINHTTP_PROXY_TYPE_PROXY;
    if (config->lpszAutoConfigUrl) flags |= WINHTTP_PROXY_TYPE_AUTO_PROXY_URL;
    if (config->fAutoDetect) flags |= WINHTTP_PROXY_TYPE_AUTO_DETECT;
    return flags;
}

/* All is in one piece of memory, which begins with the array of bypasses, even an empty one: that
 * pointer is what WinHttpFreeProxySettingsEx frees. */
static DWORD make_settings( const WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config,
                            WINHTTP_PROXY_SETTINGS_EX *ret )
{
    size_t proxy_len = length( config->lpszProxy );
    DWORD count = count_bypasses( config->lpszProxyBypass ), i;
    const WCHAR *bypass = config->lpszProxyBypass, *word;
    WINHTTP_PROXY_SETTINGS_EX settings = { 0 };
    size_t chars, len;
    char *list = NULL;
    WCHAR *at;

    chars = 2 * (proxy_len + URL_EXTRA) + length( config->lpszAutoConfigUrl ) + 1 +
            length( bypass ) + 1;
    if (config->lpszProxy && !(list = text_narrow( config->lpszProxy, proxy_len )))
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!(settings.rgpcwszProxyBypasses = malloc( count * sizeof(PCWSTR) + chars * sizeof(*at) )))
    {
        free( list );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    at = (WCHAR *)(settings.rgpcwszProxyBypasses + count);
    settings.pcwszProxy = put_proxy( &at, list, "http" );
    settings.pcwszSecureProxy = put_proxy( &at, list, "https" );
    if (config->lpszAutoConfigUrl)
        settings.pcwszAutoconfigUrl = put_copy( &at, config->lpszAutoConfigUrl,
                                                length( config->lpszAutoConfigUrl ) );
    for (i = 0; i < count && next_bypass( &bypass, &word, &len ); i++)
        settings.rgpcwszProxyBypasses[i] = put_copy( &at, word, len );
    settings.cProxyBypasses = count;
    settings.ullFlags = settings_flags( config, &settings );
    free( list );
    *ret = settings;
    return ERROR_SUCCESS;
}

/* --- exports --- */

/* WSL and WSA, the systems that Microsoft's page names. The Xbox's own settings are not there, as
 * WINHTTP_OPTION_FEATURE_SUPPORTED says. */
static DWORD check_type( WINHTTP_PROXY_SETTINGS_TYPE type )
{
    switch (type)
    {
    case WinHttpProxySettingsTypeWsl:
    case WinHttpProxySettingsTypeWsa:  return ERROR_SUCCESS;
    case WinHttpProxySettingsTypeXBox: return ERROR_NOT_SUPPORTED;
    default:                           return ERROR_INVALID_PARAMETER;
    }
}

/* The parameter may name a connection and a host to try: there is one network here. */
DWORD WINAPI WinHttpGetProxySettingsEx( HINTERNET handle, WINHTTP_PROXY_SETTINGS_TYPE type,
                                        PWINHTTP_PROXY_SETTINGS_PARAM param, DWORD_PTR context )
{
    struct resolver *resolver;
    DWORD error;

    TRACE( "%p, %d, %p, %#Ix\n", handle, type, param, context );

    if (!(resolver = resolver_get( handle, &error ))) return error;
    if (!(error = check_type( type )) && !(error = begin_read( resolver, context )))
        error = op_start( &resolver->read );
    object_release( &resolver->object );
    return error;
}

static DWORD get_settings( struct resolver *resolver, WINHTTP_PROXY_SETTINGS_EX *settings )
{
    DWORD error = ERROR_WINHTTP_INCORRECT_HANDLE_STATE;

    object_lock( &resolver->object );
    if (resolver->has_settings) error = make_settings( &resolver->config, settings );
    object_unlock( &resolver->object );
    return error;
}

DWORD WINAPI WinHttpGetProxySettingsResultEx( HINTERNET handle, PVOID settings )
{
    struct resolver *resolver;
    DWORD error;

    TRACE( "%p, %p\n", handle, settings );

    if (!(resolver = resolver_get( handle, &error ))) return error;
    error = settings ? get_settings( resolver, settings ) : ERROR_INVALID_PARAMETER;
    object_release( &resolver->object );
    return error;
}

/* Zeroed ones are fine: Microsoft's WSL frees those too when it got none. */
DWORD WINAPI WinHttpFreeProxySettingsEx( WINHTTP_PROXY_SETTINGS_TYPE type, PVOID memory )
{
    WINHTTP_PROXY_SETTINGS_EX *settings = memory;
    DWORD error;

    TRACE( "%d, %p\n", type, settings );

    if ((error = check_type( type ))) return error;
    if (!settings) return ERROR_INVALID_PARAMETER;
    free( settings->rgpcwszProxyBypasses );
    memset( settings, 0, sizeof(*settings) );
    return ERROR_SUCCESS;
}
