/*
 * The registry values that hold proxy settings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing outside of struct saved_user.
 * Threads: the test's thread; two topics that change settings do not run at the same time.
 * Fails:   never.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_PROXY_VALUES_H
#define WINHTTP_TESTS_PROXY_VALUES_H

#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "registry.h"

#define SETTINGS_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define CONNECTIONS_KEY SETTINGS_KEY L"\\Connections"

/* What makes up the user's proxy settings. */
struct saved_user
{
    struct saved_value binary, copy, enable, server, bypass, script;
};

static inline void save_user( struct saved_user *user )
{
    save_value( &user->binary, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    save_value( &user->copy, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"SavedLegacySettings" );
    save_value( &user->enable, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyEnable" );
    save_value( &user->server, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyServer" );
    save_value( &user->bypass, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyOverride" );
    save_value( &user->script, HKEY_CURRENT_USER, SETTINGS_KEY, L"AutoConfigURL" );
}

static inline void delete_user( const struct saved_user *user )
{
    delete_value( &user->binary );
    delete_value( &user->copy );
    delete_value( &user->enable );
    delete_value( &user->server );
    delete_value( &user->bypass );
    delete_value( &user->script );
}

static inline void restore_user( const struct saved_user *user )
{
    restore_value( &user->binary );
    restore_value( &user->copy );
    restore_value( &user->enable );
    restore_value( &user->server );
    restore_value( &user->bypass );
    restore_value( &user->script );
}

static inline BYTE *put_setting( BYTE *at, const char *text )
{
    DWORD len = text ? (DWORD)strlen( text ) : 0;

    memcpy( at, &len, sizeof(len) );
    if (len) memcpy( at + sizeof(len), text, len );
    return at + sizeof(len) + len;
}

/* The user's settings as the registry holds them (url-proxy-com.md 5): WINHTTP_PROXY_TYPE_* flags,
 * and texts of some hundred characters at most, NULL for none. */
static inline void set_user_setting( const struct saved_value *value, DWORD flags,
                                     const char *proxy, const char *bypass, const char *script )
{
    BYTE data[1024] = "\x46\0\0\0" "\2\0\0\0", *at = data + 8;

    memcpy( at, &flags, sizeof(flags) );
    at = put_setting( at + sizeof(flags), proxy );
    at = put_setting( at, bypass );
    at = put_setting( at, script ) + 32;
    set_value( value, REG_BINARY, data, (DWORD)(at - data) );
}

static inline BOOL same_text( const WCHAR *text, const WCHAR *expected )
{
    return text && expected ? !wcscmp( text, expected ) : text == expected;
}

#endif /* WINHTTP_TESTS_PROXY_VALUES_H */
