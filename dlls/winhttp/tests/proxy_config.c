/*
 * The proxy settings of the machine and of the user.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (url-proxy-com.md 5 and 6); a comment "guess" marks an
 * answer that nobody has seen, with its number in the list of open questions where it has one. The
 * settings found are put back at the end.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "client.h"
#include "proxy_values.h"

/* --- The machine's setting ------------------------------------------------------------------- */

static struct saved_value machine;

static void free_info( WINHTTP_PROXY_INFO *info )
{
    GlobalFree( info->lpszProxy );
    GlobalFree( info->lpszProxyBypass );
}

#define check_default( type, proxy, bypass ) check_default_at( type, proxy, bypass, __LINE__ )
static void check_default_at( DWORD type, const WCHAR *proxy, const WCHAR *bypass, int line )
{
    WINHTTP_PROXY_INFO info;

    memset( &info, 0xcc, sizeof(info) );
    winetest_push_context( "line %d", line );
    check_works( WinHttpGetDefaultProxyConfiguration( &info ) );
    check_error( ERROR_SUCCESS );
    ok( info.dwAccessType == type, "got type %u\n", (UINT)info.dwAccessType );
    ok( same_text( info.lpszProxy, proxy ), "got proxy %ls\n", info.lpszProxy );
    ok( same_text( info.lpszProxyBypass, bypass ), "got bypass %ls\n", info.lpszProxyBypass );
    free_info( &info );
    winetest_pop_context();
}

/* "p:1" and "<local>" as they lie in the registry */
static const BYTE machine_named[] =
    "\x18\0\0\0" "\0\0\0\0" "\3\0\0\0" "\3\0\0\0p:1" "\7\0\0\0<local>";
static const BYTE machine_direct[] = "\x18\0\0\0" "\0\0\0\0" "\1\0\0\0" "\0\0\0\0" "\0\0\0\0";

/* The literals end with a NUL that is not part of the value. */
#define BYTES( array ) array, sizeof(array) - 1

static void check_stored( const BYTE *data, DWORD size )
{
    struct saved_value now;

    save_value( &now, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"WinHttpSettings" );
    ok( now.exists, "nothing was stored\n" );
    ok( now.type == REG_BINARY, "got type %u\n", (UINT)now.type );
    ok( now.size == size && !memcmp( now.data, data, size ), "got another value, size %u\n",
        (UINT)now.size );
}

static void test_get_default(void)
{
    delete_value( &machine );
    check_default( WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
    set_value( &machine, REG_BINARY, BYTES( machine_direct ) );
    check_default( WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
    set_value( &machine, REG_BINARY, BYTES( machine_named ) );
    check_default( WINHTTP_ACCESS_TYPE_NAMED_PROXY, L"p:1", L"<local>" ); /* guess U11 */
}

/* guess: a value that breaks off has what comes before, and lengths beyond the end are cut */
static void test_get_default_damaged(void)
{
    BYTE data[sizeof(machine_named)];
    WINHTTP_PROXY_INFO info;
    DWORD size;

    memcpy( data, machine_named, sizeof(data) );
    for (size = 0; size < sizeof(data); size++)
    {
        set_value( &machine, REG_BINARY, data, size );
        memset( &info, 0, sizeof(info) );
        check_works( WinHttpGetDefaultProxyConfiguration( &info ) );
        ok( info.dwAccessType == (size > 16 ? WINHTTP_ACCESS_TYPE_NAMED_PROXY
                                            : WINHTTP_ACCESS_TYPE_NO_PROXY),
            "size %u: got type %u\n", (UINT)size, (UINT)info.dwAccessType );
        free_info( &info );
    }

    memset( data + 12, 0xff, 4 );
    set_value( &machine, REG_BINARY, data, sizeof(data) - 1 );
    check_works( WinHttpGetDefaultProxyConfiguration( &info ) );
    free_info( &info );
    set_value( &machine, REG_SZ, L"p:1", sizeof(L"p:1") );
    check_default( WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
}

static void test_set_default_bad_parameters(void)
{
    WCHAR proxy[] = L"p:1", bypass[] = L"<local>", umlaut[] = L"p\x00fc:1";
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, proxy, bypass };

    set_value( &machine, REG_BINARY, BYTES( machine_direct ) );
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    info.dwAccessType = WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    info.dwAccessType = 2;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );

    info.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
    info.lpszProxy = NULL;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    info.lpszProxyBypass = NULL;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    info.lpszProxy = umlaut;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    /* guess */
    info.lpszProxy = proxy;
    info.lpszProxyBypass = umlaut;
    check_fails( WinHttpSetDefaultProxyConfiguration( &info ), ERROR_INVALID_PARAMETER );
    check_stored( BYTES( machine_direct ) );
}

static void test_set_default(void)
{
    WCHAR proxy[] = L"p:1", bypass[] = L"<local>";
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy, bypass };

    delete_value( &machine );
    check_works( WinHttpSetDefaultProxyConfiguration( &info ) );
    check_error( ERROR_SUCCESS );
    check_default( WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy, bypass ); /* guess U11 */
    check_stored( BYTES( machine_named ) );

    info.lpszProxyBypass = NULL;
    check_works( WinHttpSetDefaultProxyConfiguration( &info ) );
    check_default( WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy, NULL );

    /* without a proxy the strings do not count, and the setting is gone */
    info.dwAccessType = WINHTTP_ACCESS_TYPE_NO_PROXY;
    check_works( WinHttpSetDefaultProxyConfiguration( &info ) );
    check_default( WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
    check_stored( BYTES( machine_direct ) );
}

static BOOL is_machine_writable(void)
{
    HKEY key;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL, &key,
                         NULL )) return FALSE;
    RegCloseKey( key );
    return TRUE;
}

static void test_machine(void)
{
    save_value( &machine, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"WinHttpSettings" );
    if (!is_machine_writable())
    {
        skip( "no right to change the machine's setting\n" );
        return;
    }
    test_get_default();
    test_get_default_damaged();
    test_set_default_bad_parameters();
    test_set_default();
    restore_value( &machine );
}

/* --- The user's setting ---------------------------------------------------------------------- */

static struct saved_user user;

#define check_user( detect, url, proxy, bypass ) \
    check_user_at( detect, url, proxy, bypass, __LINE__ )
static void check_user_at( BOOL detect, const WCHAR *url, const WCHAR *proxy, const WCHAR *bypass,
                           int line )
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;

    memset( &config, 0xcc, sizeof(config) );
    winetest_push_context( "line %d", line );
    check_works( WinHttpGetIEProxyConfigForCurrentUser( &config ) );
    check_error( ERROR_SUCCESS );
    ok( config.fAutoDetect == detect, "got detection %d\n", config.fAutoDetect );
    ok( same_text( config.lpszAutoConfigUrl, url ), "got URL %ls\n", config.lpszAutoConfigUrl );
    ok( same_text( config.lpszProxy, proxy ), "got proxy %ls\n", config.lpszProxy );
    ok( same_text( config.lpszProxyBypass, bypass ), "got bypass %ls\n", config.lpszProxyBypass );
    GlobalFree( config.lpszAutoConfigUrl );
    GlobalFree( config.lpszProxy );
    GlobalFree( config.lpszProxyBypass );
    winetest_pop_context();
}

/* Whatever the flags say, the texts stay stored; only those that the flags name count. */
static void set_user_flags( BYTE flags )
{
    BYTE data[] = "\x46\0\0\0" "\2\0\0\0" "\0\0\0\0" "\3\0\0\0p:1" "\7\0\0\0<local>"
                  "\x0c\0\0\0http://h/pac" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    data[8] = flags;
    set_value( &user.binary, REG_BINARY, data, sizeof(data) );
}

static void test_get_user(void)
{
    check_fails( WinHttpGetIEProxyConfigForCurrentUser( NULL ), ERROR_INVALID_PARAMETER );

    set_user_flags( WINHTTP_PROXY_TYPE_DIRECT );
    check_user( FALSE, NULL, NULL, NULL );
    set_user_flags( WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_PROXY );
    check_user( FALSE, NULL, L"p:1", L"<local>" );
    set_user_flags( WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_AUTO_PROXY_URL );
    check_user( FALSE, L"http://h/pac", NULL, NULL );
    set_user_flags( WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_AUTO_DETECT );
    check_user( TRUE, NULL, NULL, NULL );
    set_user_flags( 0x0f );
    check_user( TRUE, L"http://h/pac", L"p:1", L"<local>" );
}

/* guess: as for the machine's setting */
static void test_get_user_damaged(void)
{
    static const BYTE data[] = "\x46\0\0\0" "\2\0\0\0" "\x0f\0\0\0" "\3\0\0\0p:1"
                               "\xff\xff\xff\xff<l";
    static const WCHAR *const proxies[] = { NULL, L"p", L"p:", L"p:1" };
    static const WCHAR *const bypasses[] = { NULL, L"<", L"<l" };
    DWORD size;

    for (size = 0; size < sizeof(data); size++)
    {
        set_value( &user.binary, REG_BINARY, data, size );
        check_user( size >= 12, NULL, proxies[size < 16 ? 0 : min( size - 16, 3 )],
                    bypasses[size < 23 ? 0 : size - 23] );
    }
}

static void test_get_user_plain_values(void)
{
    static const WCHAR proxy[] = L"q:2", bypass[] = L"*.local", url[] = L"http://h/pac2";
    DWORD on = 1, off = 0;

    delete_user( &user );
    check_user( TRUE, NULL, NULL, NULL ); /* guess U12 */

    set_value( &user.enable, REG_DWORD, &off, sizeof(off) );
    set_value( &user.server, REG_SZ, proxy, sizeof(proxy) );
    set_value( &user.bypass, REG_SZ, bypass, sizeof(bypass) );
    check_user( FALSE, NULL, NULL, NULL );
    set_value( &user.enable, REG_DWORD, &on, sizeof(on) );
    check_user( FALSE, NULL, proxy, bypass );
    set_value( &user.script, REG_SZ, url, sizeof(url) );
    check_user( FALSE, url, proxy, bypass );
}

/* guess U10: the binary value wins */
static void test_get_user_both(void)
{
    set_user_flags( WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_PROXY );
    check_user( FALSE, NULL, L"p:1", L"<local>" );
}

static void test_user(void)
{
    save_user( &user );
    test_get_user();
    test_get_user_damaged();
    test_get_user_plain_values();
    test_get_user_both();
    restore_user( &user );
}

/* --- Detection ------------------------------------------------------------------------------- */

static void test_detect_bad_parameters(void)
{
    WCHAR *url = (WCHAR *)0xdeadbeef;

    check_fails( WinHttpDetectAutoProxyConfigUrl( 0, NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpDetectAutoProxyConfigUrl( 0, &url ), ERROR_INVALID_PARAMETER );
    ok( url == (WCHAR *)0xdeadbeef, "the pointer was changed\n" );
    check_fails( WinHttpDetectAutoProxyConfigUrl( WINHTTP_AUTO_DETECT_TYPE_DNS_A, NULL ),
                 ERROR_INVALID_PARAMETER );
}

/* A network may really have such a server. */
static void test_detect(void)
{
    WCHAR *url = (WCHAR *)0xdeadbeef;
    BOOL ret;

    SetLastError( 0xdeadbeef );
    ret = WinHttpDetectAutoProxyConfigUrl( WINHTTP_AUTO_DETECT_TYPE_DNS_A, &url );
    if (ret)
    {
        check_error( ERROR_SUCCESS );
        trace( "found %ls\n", url );
        GlobalFree( url );
        return;
    }
    check_error( ERROR_WINHTTP_AUTODETECTION_FAILED );
    ok( !url || broken( url == (WCHAR *)0xdeadbeef ) /* before Windows 7 */, "got %p\n", url );
}

static void test_get_proxy_for_url_bad_parameters(void)
{
    static const WCHAR url[] = L"http://winehq.org/";
    WINHTTP_AUTOPROXY_OPTIONS options;
    WINHTTP_PROXY_INFO info;
    HINTERNET session;

    memset( &options, 0, sizeof(options) );
    memset( &info, 0, sizeof(info) );
    check_fails( WinHttpGetProxyForUrl( NULL, NULL, NULL, NULL ), ERROR_INVALID_HANDLE );

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    ok( session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    check_fails( WinHttpGetProxyForUrl( session, NULL, NULL, NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpGetProxyForUrl( session, url, NULL, NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpGetProxyForUrl( session, url, &options, &info ), ERROR_INVALID_PARAMETER );
    options.dwFlags = WINHTTP_AUTOPROXY_AUTO_DETECT;
    check_fails( WinHttpGetProxyForUrl( session, url, &options, &info ), ERROR_INVALID_PARAMETER );
    options.dwAutoDetectFlags = WINHTTP_AUTO_DETECT_TYPE_DNS_A;
    check_fails( WinHttpGetProxyForUrl( session, url, &options, NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpGetProxyForUrl( session, NULL, &options, &info ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpGetProxyForUrl( session, L"", &options, &info ), ERROR_INVALID_PARAMETER );
    options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
    check_fails( WinHttpGetProxyForUrl( session, url, &options, &info ), ERROR_INVALID_PARAMETER );
    ok( !info.dwAccessType && !info.lpszProxy && !info.lpszProxyBypass,
        "the result was changed\n" );
    check_works( WinHttpCloseHandle( session ) );
}

START_TEST(proxy_config)
{
    test_machine();
    test_user();
    test_detect_bad_parameters();
    test_detect();
    test_get_proxy_for_url_bad_parameters();
}
