/*
 * The registry values that hold proxy settings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
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

static inline BYTE *put_setting( BYTE *at, const char *text )
{
    DWORD len = text ? (DWORD)strlen( text ) : 0;

    memcpy( at, &len, sizeof(len) );
    memcpy( at + sizeof(len), text, len );
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
