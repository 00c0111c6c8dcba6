/* The user's proxy settings, as Windows 8 and later have them: read, written, compared.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Microsoft declares these calls and does not describe them. What is known is that they are about
 * the settings of "Network & Internet, Proxy", that dwStructSize must be set, and what the names of
 * the parameters say; the rest are guesses, marked in the test.
 */
#include <stdarg.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "handle.h"
#include "proxy_store.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum { KNOWN_FLAGS = WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_PROXY |
                     WINHTTP_PROXY_TYPE_AUTO_PROXY_URL | WINHTTP_PROXY_TYPE_AUTO_DETECT };

static DWORD check_session( HINTERNET handle )
{
    DWORD err = ERROR_SUCCESS;
    struct object *object = handle_get_typed( handle, OBJECT_SESSION, &err );

    if (object) object_release( object );
    return err;
}

/* NULL and "" are the settings of all connections that have none of their own. */
static const WCHAR *connection_of( const WCHAR *name )
{
    return name && *name ? name : NULL;
}

/* --- Reading --------------------------------------------------------------------------------- */

struct found
{
    struct stored_proxy stored;
    BOOL is_default;    /* not what was asked for, but what is there without it */
};

/* Nothing is stored: no proxy. */
static DWORD read_nothing( BOOL set_autodiscover, struct found *found )
{
    memset( found, 0, sizeof(*found) );
    found->stored.flags = WINHTTP_PROXY_TYPE_DIRECT;
    if (set_autodiscover) found->stored.flags |= WINHTTP_PROXY_TYPE_AUTO_DETECT;
    found->is_default = TRUE;
    return ERROR_SUCCESS;
}

static DWORD read_settings( const WCHAR *connection, BOOL fall_back, BOOL set_autodiscover,
                            struct found *found )
{
    BOOL has_key;
    DWORD err = proxy_store_read_user( connection, &found->stored, &has_key );

    found->is_default = FALSE;
    if (err != ERROR_FILE_NOT_FOUND) return err;
    if (connection && !fall_back) return err;
    found->is_default = TRUE;
    if (connection) err = proxy_store_read_user( NULL, &found->stored, &has_key );
    return err == ERROR_FILE_NOT_FOUND ? read_nothing( set_autodiscover, found ) : err;
}

static WCHAR *copy_text( const WCHAR *text )
{
    size_t size = (wcslen( text ) + 1) * sizeof(WCHAR);
    WCHAR *ret = GlobalAlloc( GMEM_FIXED, size );

    if (ret) memcpy( ret, text, size );
    return ret;
}

/* Takes over the texts. */
static DWORD give_settings( struct found *found, const WCHAR *connection,
                            WINHTTP_PROXY_SETTINGS *settings )
{
    WCHAR *name = NULL;

    if (connection && !(name = copy_text( connection )))
    {
        proxy_store_free( &found->stored );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    memset( settings, 0, sizeof(*settings) );
    settings->dwStructSize = sizeof(*settings);
    settings->dwFlags = found->stored.flags;
    settings->dwCurrentSettingsVersion = found->stored.counter;
    settings->pwszConnectionName = name;
    settings->pwszProxy = found->stored.proxy;
    settings->pwszProxyBypass = found->stored.bypass;
    settings->pwszAutoconfigUrl = found->stored.script;
    return ERROR_SUCCESS;
}

static BOOL are_settings( const WINHTTP_PROXY_SETTINGS *settings )
{
    return settings && settings->dwStructSize == sizeof(*settings);
}

DWORD WINAPI WinHttpReadProxySettings( HINTERNET session, PCWSTR connection, BOOL fall_back,
                                       BOOL set_autodiscover, DWORD *version, BOOL *is_default,
                                       WINHTTP_PROXY_SETTINGS *settings )
{
    DWORD err = check_session( session );
    struct found found;

    TRACE( "%p, %s, %d, %d, %p, %p, %p\n", session, debugstr_w(connection), fall_back,
           set_autodiscover, version, is_default, settings );
    connection = connection_of( connection );
    if (!err && (!version || !is_default || !are_settings( settings )))
        err = ERROR_INVALID_PARAMETER;
    if (!err) err = read_settings( connection, fall_back, set_autodiscover, &found );
    if (!err) err = give_settings( &found, connection, settings );
    if (err) return err;
    *version = found.stored.counter;
    *is_default = found.is_default;
    return ERROR_SUCCESS;
}

void WINAPI WinHttpFreeProxySettings( WINHTTP_PROXY_SETTINGS *settings )
{
    TRACE( "%p\n", settings );
    if (!are_settings( settings )) return;
    GlobalFree( settings->pwszConnectionName );
    GlobalFree( settings->pwszProxy );
    GlobalFree( settings->pwszProxyBypass );
    GlobalFree( settings->pwszAutoconfigUrl );
    GlobalFree( settings->pwszAutoconfigSecondaryUrl );
    GlobalFree( settings->pwszLastKnownGoodAutoConfigUrl );
    GlobalFree( settings->pdwDetectedInterfaceIp );
    GlobalFree( settings->pNetworkKeys );
    memset( settings, 0, sizeof(*settings) );
    settings->dwStructSize = sizeof(*settings);
}

DWORD WINAPI WinHttpGetProxySettingsVersion( HINTERNET session, DWORD *version )
{
    DWORD err = check_session( session );
    struct found found;

    TRACE( "%p, %p\n", session, version );
    if (!err && !version) err = ERROR_INVALID_PARAMETER;
    if (!err) err = read_settings( NULL, FALSE, FALSE, &found );
    if (err) return err;
    *version = found.stored.counter;
    proxy_store_free( &found.stored );
    return ERROR_SUCCESS;
}

/* --- Writing --------------------------------------------------------------------------------- */

static BOOL is_empty( const WCHAR *text )
{
    return !text || !*text;
}

/* A flag wants its text; a text without its flag is only kept. */
static DWORD check_settings( const WINHTTP_PROXY_SETTINGS *settings )
{
    if (!are_settings( settings ) || (settings->dwFlags & ~KNOWN_FLAGS))
        return ERROR_INVALID_PARAMETER;
    if ((settings->dwFlags & WINHTTP_PROXY_TYPE_PROXY) && is_empty( settings->pwszProxy ))
        return ERROR_INVALID_PARAMETER;
    if ((settings->dwFlags & WINHTTP_PROXY_TYPE_AUTO_PROXY_URL) &&
        is_empty( settings->pwszAutoconfigUrl )) return ERROR_INVALID_PARAMETER;
    return ERROR_SUCCESS;
}

/* Without force what is there already is not written again: nobody is told of a change. */
static DWORD write_settings( const WINHTTP_PROXY_SETTINGS *settings, BOOL force )
{
    const WCHAR *connection = connection_of( settings->pwszConnectionName );
    struct stored_proxy old = { 0 }, stored =
    {
        .flags = settings->dwFlags | WINHTTP_PROXY_TYPE_DIRECT,
        .proxy = settings->pwszProxy,
        .bypass = settings->pwszProxyBypass,
        .script = settings->pwszAutoconfigUrl,
    };
    BOOL has_key, same;
    DWORD err;

    err = proxy_store_read_user( connection, &old, &has_key );
    if (err && err != ERROR_FILE_NOT_FOUND) return err;
    same = !err && proxy_store_equal( &old, &stored );
    proxy_store_free( &old );
    if (same && !force) return ERROR_SUCCESS;
    stored.counter = old.counter + 1;
    return proxy_store_write_user( connection, &stored );
}

DWORD WINAPI WinHttpWriteProxySettings( HINTERNET session, BOOL force,
                                        WINHTTP_PROXY_SETTINGS *settings )
{
    DWORD err = check_session( session );

    TRACE( "%p, %d, %p\n", session, force, settings );
    if (!err) err = check_settings( settings );
    if (!err) err = write_settings( settings, force );
    if (err) WARN( "failed, error %lu\n", err );
    return err;
}

DWORD WINAPI WinHttpSetProxySettingsPerUser( BOOL per_user )
{
    TRACE( "%d\n", per_user );
    return proxy_store_set_per_user( per_user );
}
