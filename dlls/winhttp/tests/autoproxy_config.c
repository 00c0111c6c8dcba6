/*
 * WinHttpGetProxyForUrl by the user's settings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Microsoft documents the flags for WinHttpGetProxyForUrlEx (url-proxy-com.md 8): that they work
 * here too is a guess. The settings found are put back at the end.
 */
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "pac.h"
#include "registry.h"

#define SETTINGS_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

#define SCRIPT "function FindProxyForURL( url, host ) { return 'PROXY script:1'; }\n"

static struct saved_value connection, enable, server_text, override, script;

static void save_settings( void )
{
    save_value( &connection, HKEY_CURRENT_USER, SETTINGS_KEY L"\\Connections",
                L"DefaultConnectionSettings" );
    save_value( &enable, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyEnable" );
    save_value( &server_text, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyServer" );
    save_value( &override, HKEY_CURRENT_USER, SETTINGS_KEY, L"ProxyOverride" );
    save_value( &script, HKEY_CURRENT_USER, SETTINGS_KEY, L"AutoConfigURL" );
}

static void restore_settings( void )
{
    restore_value( &connection );
    restore_value( &enable );
    restore_value( &server_text );
    restore_value( &override );
    restore_value( &script );
}

static void set_text( const struct saved_value *value, const WCHAR *text )
{
    if (text) set_value( value, REG_SZ, text, (DWORD)(wcslen( text ) + 1) * sizeof(WCHAR) );
    else delete_value( value );
}

/* No detection, and a proxy and a script where they are not NULL. */
static void set_settings( const WCHAR *proxy, const WCHAR *bypass, const WCHAR *url )
{
    DWORD on = proxy != NULL;

    delete_value( &connection );
    set_value( &enable, REG_DWORD, &on, sizeof(on) );
    set_text( &server_text, proxy );
    set_text( &override, bypass );
    set_text( &script, url );
}

/* By settings alone: the error. */
static DWORD ask( HINTERNET session, const WCHAR *url, DWORD flags, WINHTTP_PROXY_INFO *info )
{
    WINHTTP_AUTOPROXY_OPTIONS options;

    memset( &options, 0, sizeof(options) );
    memset( info, 0, sizeof(*info) );
    options.dwFlags = flags;
    SetLastError( 0xdeadbeef );
    return WinHttpGetProxyForUrl( session, url, &options, info ) ? ERROR_SUCCESS : GetLastError();
}

#define check_settings( session, url, flags, expect ) \
    check_settings_at( session, url, flags, expect, __LINE__ )
static void check_settings_at( HINTERNET session, const WCHAR *url, DWORD flags,
                               const WCHAR *expect, int line )
{
    WINHTTP_PROXY_INFO info;
    DWORD error = ask( session, url, flags, &info );

    ok_( __FILE__, line )( !error, "failed with %u\n", (UINT)error );
    ok_( __FILE__, line )( info.dwAccessType == (expect ? WINHTTP_ACCESS_TYPE_NAMED_PROXY
                                                        : WINHTTP_ACCESS_TYPE_NO_PROXY),
                           "got type %u\n", (UINT)info.dwAccessType );
    ok_( __FILE__, line )( expect && info.lpszProxy ? !wcscmp( info.lpszProxy, expect )
                                                    : !expect && !info.lpszProxy,
                           "expected %ls, got %ls\n", expect, info.lpszProxy );
    GlobalFree( info.lpszProxy );
    GlobalFree( info.lpszProxyBypass );
}

static void test_static( HINTERNET session )
{
    static const DWORD flags = WINHTTP_AUTOPROXY_ALLOW_STATIC;

    set_settings( L"p:1", L"<local>;*.winehq.org", NULL );
    check_settings( session, L"http://example.org/", flags, L"p:1" );
    check_settings( session, L"https://example.org/", flags, L"p:1" );
    check_settings( session, L"http://www.winehq.org/", flags, NULL );
    check_settings( session, L"http://host/", flags, NULL );

    set_settings( L"http=a:1;https=b:2", NULL, NULL );
    check_settings( session, L"http://host/", flags, L"a:1" );
    check_settings( session, L"https://host/", flags, L"b:2" );
    set_settings( L"https=b:2", NULL, NULL );
    check_settings( session, L"http://host/", flags, NULL );

    set_settings( NULL, NULL, NULL );
    check_settings( session, L"http://host/", flags, NULL );
}

static void test_script( HINTERNET session, const WCHAR *url )
{
    static const DWORD flags = WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG;
    WINHTTP_PROXY_INFO info;

    set_settings( L"p:1", NULL, url );
    check_settings( session, L"http://host/", flags, L"script:1" );
    check_settings( session, L"http://host/", flags | WINHTTP_AUTOPROXY_ALLOW_STATIC, L"script:1" );
    check_settings( session, L"http://host/", WINHTTP_AUTOPROXY_ALLOW_STATIC, L"p:1" );

    set_settings( L"p:1", NULL, NULL );
    check_ret( ask( session, L"http://host/", flags, &info ), ERROR_WINHTTP_AUTODETECTION_FAILED );
    check_settings( session, L"http://host/", flags | WINHTTP_AUTOPROXY_ALLOW_STATIC, L"p:1" );

    set_settings( L"p:1", NULL, L"file:///c:/proxy.pac" );
    check_ret( ask( session, L"http://host/", flags, &info ), ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    check_settings( session, L"http://host/", flags | WINHTTP_AUTOPROXY_ALLOW_STATIC, L"p:1" );
}

/* A script that the program names comes before the settings. */
static void test_order( const struct pac *pac )
{
    struct pac none = *pac;

    set_settings( L"p:1", NULL, NULL );
    check_proxy_flags( pac, L"http://host/", WINHTTP_AUTOPROXY_ALLOW_STATIC, L"script:1" );
    wcscpy( none.url, L"file:///c:/proxy.pac" );
    check_proxy_flags( &none, L"http://host/", WINHTTP_AUTOPROXY_ALLOW_STATIC, L"p:1" );
}

START_TEST(autoproxy_config)
{
    struct pac pac;

    pac_open( &pac, SCRIPT );
    save_settings();
    test_static( pac.session );
    test_script( pac.session, pac.url );
    test_order( &pac );
    restore_settings();
    pac_close( &pac );
}
