/*
 * The user's proxy settings: read, written, compared.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Microsoft declares these calls and does not describe them. Where the settings lie is known
 * (url-proxy-com.md 5), and that dwStructSize must be set; everything else here is a guess, by what
 * the parameters are called. The settings found are put back at the end.
 */
#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "client.h"
#include "proxy_values.h"

#define POLICY_KEY L"Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define DIRECT WINHTTP_PROXY_TYPE_DIRECT
#define PROXY WINHTTP_PROXY_TYPE_PROXY
#define SCRIPT WINHTTP_PROXY_TYPE_AUTO_PROXY_URL
#define DETECT WINHTTP_PROXY_TYPE_AUTO_DETECT

static __typeof__(WinHttpReadProxySettings) *read_settings;
static __typeof__(WinHttpWriteProxySettings) *write_settings;
static __typeof__(WinHttpFreeProxySettings) *free_settings;
static __typeof__(WinHttpGetProxySettingsVersion) *get_version;
static __typeof__(WinHttpSetProxySettingsPerUser) *set_per_user;

static struct saved_user user;
static struct saved_value dial_up;
static HINTERNET session;

static BOOL find_functions(void)
{
    HMODULE module = GetModuleHandleA( "winhttp.dll" );

    read_settings = (void *)GetProcAddress( module, "WinHttpReadProxySettings" );
    write_settings = (void *)GetProcAddress( module, "WinHttpWriteProxySettings" );
    free_settings = (void *)GetProcAddress( module, "WinHttpFreeProxySettings" );
    get_version = (void *)GetProcAddress( module, "WinHttpGetProxySettingsVersion" );
    set_per_user = (void *)GetProcAddress( module, "WinHttpSetProxySettingsPerUser" );
    if (read_settings && write_settings && free_settings && get_version) return TRUE;
    win_skip( "this Windows has no such calls\n" );
    return FALSE;
}

/* --- Reading --------------------------------------------------------------------------------- */

struct expected
{
    DWORD version, flags;
    const WCHAR *proxy, *bypass, *script;
    BOOL is_default;
};

#define check_read( name, fall_back, detect, ... ) \
    check_read_at( name, fall_back, detect, (struct expected){ __VA_ARGS__ }, __LINE__ )
static void check_read_at( const WCHAR *name, BOOL fall_back, BOOL detect, struct expected want,
                           int line )
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings) };
    DWORD version = 0xdeadbeef;
    BOOL is_default = 2;

    winetest_push_context( "line %d", line );
    check_ret( read_settings( session, name, fall_back, detect, &version, &is_default, &settings ),
               ERROR_SUCCESS );
    ok( version == want.version, "got version %u\n", (UINT)version );
    ok( is_default == want.is_default, "got default %d\n", is_default );
    ok( settings.dwStructSize == sizeof(settings), "got size %u\n", (UINT)settings.dwStructSize );
    ok( settings.dwFlags == want.flags, "got flags %#x\n", (UINT)settings.dwFlags );
    ok( settings.dwCurrentSettingsVersion == version, "got version %u in the settings\n",
        (UINT)settings.dwCurrentSettingsVersion );
    ok( same_text( settings.pwszConnectionName, name ), "got name %ls\n",
        settings.pwszConnectionName );
    ok( same_text( settings.pwszProxy, want.proxy ), "got proxy %ls\n", settings.pwszProxy );
    ok( same_text( settings.pwszProxyBypass, want.bypass ), "got bypass %ls\n",
        settings.pwszProxyBypass );
    ok( same_text( settings.pwszAutoconfigUrl, want.script ), "got script %ls\n",
        settings.pwszAutoconfigUrl );
    ok( !settings.pdwDetectedInterfaceIp && !settings.pNetworkKeys, "there is more\n" );
    free_settings( &settings );
    ok( !settings.pwszProxy && !settings.pwszAutoconfigUrl, "freed settings have texts\n" );
    free_settings( &settings );
    winetest_pop_context();
}

static void set_binary( const struct saved_value *value, BYTE flags, BYTE version )
{
    BYTE data[] = "\x46\0\0\0" "\0\0\0\0" "\0\0\0\0" "\3\0\0\0p:1" "\7\0\0\0<local>"
                  "\x0c\0\0\0http://h/pac" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    data[4] = version;
    data[8] = flags;
    ok( !set_value( value, REG_BINARY, data, sizeof(data) ), "%ls was not set\n", value->name );
}

/* Texts are given as they are stored; the flags say which of them count. */
static void test_read(void)
{
    static const BYTE flags[] = { DIRECT, DIRECT | PROXY, DIRECT | SCRIPT, DIRECT | DETECT, 0x0f };
    DWORD version;
    UINT i;

    for (i = 0; i < ARRAYSIZE( flags ); i++)
    {
        set_binary( &user.binary, flags[i], 5 + i );
        check_read( NULL, FALSE, FALSE, 5 + i, flags[i], L"p:1", L"<local>", L"http://h/pac" );
        check_read( NULL, TRUE, TRUE, 5 + i, flags[i], L"p:1", L"<local>", L"http://h/pac" );
        version = 0xdeadbeef;
        check_ret( get_version( session, &version ), ERROR_SUCCESS );
        ok( version == 5 + i, "got version %u\n", (UINT)version );
    }
}

static void test_read_nothing(void)
{
    DWORD version = 0xdeadbeef;

    delete_user( &user );
    check_read( NULL, FALSE, FALSE, 0, DIRECT, NULL, NULL, NULL, TRUE );
    check_read( NULL, TRUE, FALSE, 0, DIRECT, NULL, NULL, NULL, TRUE );
    check_read( NULL, FALSE, TRUE, 0, DIRECT | DETECT, NULL, NULL, NULL, TRUE );
    check_read( L"winhttp test", TRUE, TRUE, 0, DIRECT | DETECT, NULL, NULL, NULL, TRUE );
    check_ret( get_version( session, &version ), ERROR_SUCCESS );
    ok( !version, "got version %u\n", (UINT)version );
}

/* A connection of its own, by name. */
static void test_read_connection(void)
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings) };
    DWORD version = 0xdeadbeef;
    BOOL is_default = 2;

    set_binary( &user.binary, DIRECT | PROXY, 7 );
    delete_value( &dial_up );
    check_ret( read_settings( session, dial_up.name, FALSE, TRUE, &version, &is_default,
                              &settings ), ERROR_FILE_NOT_FOUND );
    ok( version == 0xdeadbeef && is_default == 2 && !settings.dwFlags, "a result was changed\n" );
    check_read( dial_up.name, TRUE, TRUE, 7, DIRECT | PROXY, L"p:1", L"<local>", L"http://h/pac",
                TRUE );
    set_binary( &dial_up, DIRECT | DETECT, 9 );
    check_read( dial_up.name, TRUE, FALSE, 9, DIRECT | DETECT, L"p:1", L"<local>",
                L"http://h/pac" );
    check_read( dial_up.name, FALSE, FALSE, 9, DIRECT | DETECT, L"p:1", L"<local>",
                L"http://h/pac" );
}

static void test_read_plain_values(void)
{
    static const WCHAR proxy[] = L"q:2", url[] = L"http://h/pac2";
    DWORD on = 1, off = 0;

    delete_user( &user );
    set_value( &user.enable, REG_DWORD, &off, sizeof(off) );
    set_value( &user.server, REG_SZ, proxy, sizeof(proxy) );
    check_read( NULL, FALSE, TRUE, 0, DIRECT, proxy );
    set_value( &user.enable, REG_DWORD, &on, sizeof(on) );
    check_read( NULL, FALSE, TRUE, 0, DIRECT | PROXY, proxy );
    set_value( &user.script, REG_SZ, url, sizeof(url) );
    check_read( NULL, FALSE, TRUE, 0, DIRECT | PROXY | SCRIPT, proxy, NULL, url );
}

static void test_read_bad_parameters(void)
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings) }, small = { sizeof(settings) - 1 };
    HINTERNET connect = WinHttpConnect( session, L"127.0.0.1", 1, 0 );
    DWORD version = 0xdeadbeef;
    BOOL is_default = 2;

    check_ret( read_settings( NULL, NULL, TRUE, TRUE, &version, &is_default, &settings ),
               ERROR_INVALID_HANDLE );
    check_ret( read_settings( connect, NULL, TRUE, TRUE, &version, &is_default, &settings ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( read_settings( session, NULL, TRUE, TRUE, NULL, &is_default, &settings ),
               ERROR_INVALID_PARAMETER );
    check_ret( read_settings( session, NULL, TRUE, TRUE, &version, NULL, &settings ),
               ERROR_INVALID_PARAMETER );
    check_ret( read_settings( session, NULL, TRUE, TRUE, &version, &is_default, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( read_settings( session, NULL, TRUE, TRUE, &version, &is_default, &small ),
               ERROR_INVALID_PARAMETER );
    check_ret( get_version( NULL, &version ), ERROR_INVALID_HANDLE );
    check_ret( get_version( connect, &version ), ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( get_version( session, NULL ), ERROR_INVALID_PARAMETER );
    ok( version == 0xdeadbeef && is_default == 2, "a result was changed\n" );
    free_settings( NULL );
    check_works( WinHttpCloseHandle( connect ) );
}

/* --- Writing --------------------------------------------------------------------------------- */

static DWORD store( BOOL force, DWORD flags, const WCHAR *proxy, const WCHAR *script )
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings), flags };

    settings.pwszProxy = (WCHAR *)proxy;
    settings.pwszAutoconfigUrl = (WCHAR *)script;
    return write_settings( session, force, &settings );
}

static void check_stored( const struct saved_value *where, const void *data, DWORD size )
{
    struct saved_value now;

    save_value( &now, where->root, where->key, where->name );
    winetest_push_context( "%ls", where->name );
    ok( now.exists == (size != 0), "exists: %d\n", now.exists );
    if (now.exists && size)
        ok( now.size == size && !memcmp( now.data, data, size ), "got another value, size %u\n",
            (UINT)now.size );
    winetest_pop_context();
}

/* url-proxy-com.md 5: the binary value, its copy, and its mirrors */
static void test_write_stores(void)
{
    static const WCHAR proxy[] = L"q:2", script[] = L"http://h/p", bypass[] = L"*.x";
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings), DIRECT | PROXY };
    BYTE data[] = "\x46\0\0\0" "\1\0\0\0" "\3\0\0\0" "\3\0\0\0q:2" "\3\0\0\0*.x"
                  "\x0a\0\0\0http://h/p" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    DWORD on = 1, off = 0;

    delete_user( &user );
    settings.pwszProxy = (WCHAR *)proxy;
    settings.pwszProxyBypass = (WCHAR *)bypass;
    settings.pwszAutoconfigUrl = (WCHAR *)script;
    check_ret( write_settings( session, TRUE, &settings ), ERROR_SUCCESS );
    check_stored( &user.binary, data, sizeof(data) );
    check_stored( &user.copy, data, sizeof(data) );
    check_stored( &user.enable, &on, sizeof(on) );
    check_stored( &user.server, proxy, sizeof(proxy) );
    check_stored( &user.bypass, bypass, sizeof(bypass) );
    check_stored( &user.script, NULL, 0 );

    settings.dwFlags = SCRIPT | DETECT;
    settings.pwszProxyBypass = NULL;
    check_ret( write_settings( session, TRUE, &settings ), ERROR_SUCCESS );
    check_stored( &user.enable, &off, sizeof(off) );
    check_stored( &user.server, proxy, sizeof(proxy) );
    check_stored( &user.bypass, NULL, 0 );
    check_stored( &user.script, script, sizeof(script) );
    check_read( NULL, FALSE, FALSE, 2, DIRECT | SCRIPT | DETECT, proxy, NULL, script );
}

/* Other calls see what was written. */
static void test_write_counts(void)
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;

    check_ret( store( TRUE, DIRECT | PROXY, L"r:3", NULL ), ERROR_SUCCESS );
    check_works( WinHttpGetIEProxyConfigForCurrentUser( &config ) );
    ok( !config.fAutoDetect && same_text( config.lpszProxy, L"r:3" ) && !config.lpszProxyBypass &&
        !config.lpszAutoConfigUrl, "got proxy %ls\n", config.lpszProxy );
    GlobalFree( config.lpszProxy );
    GlobalFree( config.lpszProxyBypass );
    GlobalFree( config.lpszAutoConfigUrl );
    check_ret( store( TRUE, DIRECT, NULL, NULL ), ERROR_SUCCESS );
    check_works( WinHttpGetIEProxyConfigForCurrentUser( &config ) );
    ok( !config.fAutoDetect && !config.lpszProxy && !config.lpszProxyBypass &&
        !config.lpszAutoConfigUrl, "got proxy %ls\n", config.lpszProxy );
}

static void test_write_version(void)
{
    delete_user( &user );
    check_ret( store( FALSE, DIRECT | PROXY, L"r:3", NULL ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 1, DIRECT | PROXY, L"r:3" );
    /* the same once more is no change, but by force */
    check_ret( store( FALSE, DIRECT | PROXY, L"r:3", NULL ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 1, DIRECT | PROXY, L"r:3" );
    check_ret( store( TRUE, DIRECT | PROXY, L"r:3", NULL ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 2, DIRECT | PROXY, L"r:3" );
    check_ret( store( FALSE, DIRECT, L"r:3", NULL ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 3, DIRECT, L"r:3" );
}

static void test_write_connection(void)
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings), DIRECT | PROXY };

    delete_user( &user );
    check_ret( store( TRUE, DIRECT, NULL, NULL ), ERROR_SUCCESS );
    check_ret( store( TRUE, DIRECT, NULL, NULL ), ERROR_SUCCESS );
    delete_value( &dial_up );
    settings.pwszConnectionName = (WCHAR *)dial_up.name;
    settings.pwszProxy = (WCHAR *)L"s:4";
    check_ret( write_settings( session, FALSE, &settings ), ERROR_SUCCESS );
    check_read( dial_up.name, FALSE, FALSE, 1, DIRECT | PROXY, L"s:4" );
    check_read( NULL, FALSE, FALSE, 2, DIRECT );
}

/* What was read can be changed and written, as programs do. */
static void test_write_what_was_read(void)
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings) };
    DWORD version;
    BOOL is_default;

    set_binary( &user.binary, 0x0f, 8 );
    check_ret( read_settings( session, NULL, TRUE, TRUE, &version, &is_default, &settings ),
               ERROR_SUCCESS );
    settings.dwFlags &= ~SCRIPT;
    check_ret( write_settings( session, FALSE, &settings ), ERROR_SUCCESS );
    free_settings( &settings );
    check_read( NULL, FALSE, FALSE, 9, DIRECT | PROXY | DETECT, L"p:1", L"<local>",
                L"http://h/pac" );
}

static void test_write_bad_parameters(void)
{
    HINTERNET connect = WinHttpConnect( session, L"127.0.0.1", 1, 0 );
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings), DIRECT };

    delete_user( &user );
    check_ret( write_settings( NULL, TRUE, &settings ), ERROR_INVALID_HANDLE );
    check_ret( write_settings( connect, TRUE, &settings ), ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( write_settings( session, TRUE, NULL ), ERROR_INVALID_PARAMETER );
    settings.dwStructSize = 0;
    check_ret( write_settings( session, TRUE, &settings ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, 0x10, NULL, NULL ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, PROXY, NULL, NULL ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, PROXY, L"", NULL ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, SCRIPT, L"p:1", NULL ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, SCRIPT, L"p:1", L"" ), ERROR_INVALID_PARAMETER );
    check_ret( store( TRUE, PROXY, L"p\x00fc:1", NULL ), ERROR_INVALID_PARAMETER );
    check_stored( &user.binary, NULL, 0 );
    check_stored( &user.enable, NULL, 0 );
    check_works( WinHttpCloseHandle( connect ) );
}

/* url-proxy-com.md 5: a policy makes the machine's of them; the user's are there after it */
static void test_per_user(void)
{
    struct saved_value policy, binary, copy, enable, server;
    DWORD ret;

    if (!set_per_user)
    {
        win_skip( "this Windows has no WinHttpSetProxySettingsPerUser\n" );
        return;
    }
    save_value( &policy, HKEY_LOCAL_MACHINE, POLICY_KEY, L"ProxySettingsPerUser" );
    save_value( &binary, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    save_value( &copy, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"SavedLegacySettings" );
    save_value( &enable, HKEY_LOCAL_MACHINE, SETTINGS_KEY, L"ProxyEnable" );
    save_value( &server, HKEY_LOCAL_MACHINE, SETTINGS_KEY, L"ProxyServer" );
    check_ret( store( TRUE, DIRECT | PROXY, L"users:1", NULL ), ERROR_SUCCESS );
    if ((ret = set_per_user( FALSE )) == ERROR_ACCESS_DENIED)
    {
        skip( "no right to change policies\n" );
        return;
    }
    check_ret( ret, ERROR_SUCCESS );
    delete_value( &binary );
    check_ret( store( TRUE, DIRECT | PROXY, L"machines:1", NULL ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 1, DIRECT | PROXY, L"machines:1" );
    check_ret( set_per_user( TRUE ), ERROR_SUCCESS );
    check_read( NULL, FALSE, FALSE, 1, DIRECT | PROXY, L"users:1" );
    restore_value( &policy );
    restore_value( &binary );
    restore_value( &copy );
    restore_value( &enable );
    restore_value( &server );
}

START_TEST(proxy_settings)
{
    if (!find_functions()) return;
    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    ok( session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    save_user( &user );
    save_value( &dial_up, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"winhttp test" );
    RUN( test_read );
    RUN( test_read_nothing );
    RUN( test_read_connection );
    RUN( test_read_plain_values );
    RUN( test_read_bad_parameters );
    RUN( test_write_stores );
    RUN( test_write_counts );
    RUN( test_write_version );
    RUN( test_write_connection );
    RUN( test_write_what_was_read );
    RUN( test_write_bad_parameters );
    delete_user( &user );
    RUN( test_per_user );
    restore_value( &dial_up );
    restore_user( &user );
    check_works( WinHttpCloseHandle( session ) );
}
