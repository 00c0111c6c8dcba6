/* resolver - a program asks which proxies the user has set, as it would before a request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The setting stands in the registry of the test's prefix meanwhile.
 */

#include "scenarios.h"

#include <winreg.h>

#define KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections"
#define NAME L"DefaultConnectionSettings"

static const BYTE setting[] = "\x46\0\0\0" "\2\0\0\0" "\3\0\0\0" "\3\0\0\0p:1" "\7\0\0\0<other>";

static DWORD ask( struct client *client )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { WINHTTP_AUTOPROXY_ALLOW_STATIC };
    WINHTTP_PROXY_RESULT result = { 0 };
    DWORD error;

    if ((error = client_ask( client, &options, &result ))) return error;
    if (result.cEntries != 1 || !result.pEntries[0].fProxy ||
        wcscmp( result.pEntries[0].pwszProxy, L"p" ))
        tell_wrong( "got another proxy" );
    WinHttpFreeProxyResult( &result );
    return 0;
}

static DWORD ask_settings( struct client *client )
{
    WINHTTP_PROXY_SETTINGS_EX settings = { 0 };
    DWORD error;

    if ((error = client_ask_settings( client, &settings ))) return error;
    if (!settings.pcwszProxy || wcscmp( settings.pcwszProxy, L"http://p:1" ))
        tell_wrong( "got another setting" );
    WinHttpFreeProxySettingsEx( WinHttpProxySettingsTypeWsl, &settings );
    return 0;
}

DWORD resolver_run( struct client *client )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { WINHTTP_AUTOPROXY_ALLOW_STATIC };
    DWORD error;

    RegSetKeyValueW( HKEY_CURRENT_USER, KEY, NAME, REG_BINARY, setting, sizeof(setting) - 1 );
    if (!(error = client_open_resolver( client )) && !(error = ask( client )) &&
        !(error = ask_settings( client )))
        error = client_ask_pend( client, &options );
    RegDeleteKeyValueW( HKEY_CURRENT_USER, KEY, NAME );
    return error;
}
