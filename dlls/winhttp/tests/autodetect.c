/*
 * Where the network says that its proxy script is.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: url-proxy-com.md 6. Names that end in .addresses.test exist as their labels say
 * (tests/names), the computer's domain is set in the registry for as long as the test runs, and
 * tools/check gives adapters the domain 9.addresses.test. What nobody has seen is marked "guess".
 */
#include <stdarg.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <iphlpapi.h>
#include <winhttp.h>

#include "client.h"

#define TCPIP_KEY L"System\\CurrentControlSet\\Services\\Tcpip\\Parameters"
#define FOR_ADAPTERS L"9.addresses.test"

static WCHAR old_domain[256];
static BOOL had_domain;

/* tools/check preloads tests/names where the C library looks names up. */
static BOOL names_are_ours(void)
{
    char value[8];

    if (GetEnvironmentVariableA( "WINHTTP_TEST_NAMES", value, sizeof(value) )) return TRUE;
    win_skip( "names are the test's in tools/check only\n" );
    return FALSE;
}

static void set_domain( const WCHAR *domain )
{
    LONG err = RegSetKeyValueW( HKEY_LOCAL_MACHINE, TCPIP_KEY, L"Domain", REG_SZ, domain,
                                (DWORD)(wcslen( domain ) + 1) * sizeof(WCHAR) );

    ok( !err, "the domain was not set, error %u\n", (UINT)err );
}

static void save_domain(void)
{
    DWORD size = sizeof(old_domain);

    had_domain = !RegGetValueW( HKEY_LOCAL_MACHINE, TCPIP_KEY, L"Domain", RRF_RT_REG_SZ, NULL,
                                old_domain, &size );
}

static void restore_domain(void)
{
    if (had_domain) set_domain( old_domain );
    else RegDeleteKeyValueW( HKEY_LOCAL_MACHINE, TCPIP_KEY, L"Domain" );
}

/* Whether there is an adapter with a domain to be asked for: a machine may be on no network. */
static BOOL is_on_network(void)
{
    HMODULE module = LoadLibraryA( "iphlpapi.dll" );
    ULONG (WINAPI *list)( ULONG, ULONG, void *, IP_ADAPTER_ADDRESSES *, ULONG * );
    static IP_ADAPTER_ADDRESSES adapters[256];
    const IP_ADAPTER_ADDRESSES *adapter = adapters;
    ULONG size = sizeof(adapters);
    BOOL found = FALSE;

    list = (void *)GetProcAddress( module, "GetAdaptersAddresses" );
    if (list( AF_UNSPEC, 0, NULL, adapters, &size )) adapter = NULL;
    for (; adapter && !found; adapter = adapter->Next)
        found = adapter->OperStatus == IfOperStatusUp && adapter->IfType != 24 /* loopback */ &&
                !wcscmp( adapter->DnsSuffix, FOR_ADAPTERS );
    FreeLibrary( module );
    return found;
}

/* guess: a way that nobody knows finds nothing; what is wrong otherwise: topic proxy_config */
static void test_unknown_flags(void)
{
    WCHAR *url = (WCHAR *)0xdeadbeef;

    check_fails( WinHttpDetectAutoProxyConfigUrl( 0x80, &url ),
                 ERROR_WINHTTP_AUTODETECTION_FAILED );
    ok( !url, "got %p\n", url );
}

/* NULL: nothing is found. */
#define check_detected( flags, expected ) check_detected_at( flags, expected, __LINE__ )
static void check_detected_at( DWORD flags, const WCHAR *expected, int line )
{
    WCHAR *url = (WCHAR *)0xdeadbeef;

    winetest_push_context( "line %d", line );
    if (expected)
    {
        check_works( WinHttpDetectAutoProxyConfigUrl( flags, &url ) );
        check_error( ERROR_SUCCESS );
        ok( url && url != (WCHAR *)0xdeadbeef && !wcscmp( url, expected ), "got %ls\n", url );
    }
    else
    {
        check_fails( WinHttpDetectAutoProxyConfigUrl( flags, &url ),
                     ERROR_WINHTTP_AUTODETECTION_FAILED );
        ok( !url, "got %p\n", url );
    }
    if (url != (WCHAR *)0xdeadbeef) GlobalFree( url );
    winetest_pop_context();
}

/* "wpad." and the computer's domain; what does not exist is asked for one label further up */
static void test_dns_goes_down(void)
{
    set_domain( L"7.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.7.addresses.test/wpad.dat" );
    set_domain( L"none.7.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.7.addresses.test/wpad.dat" );
    set_domain( L"8.7.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.8.7.addresses.test/wpad.dat" );
    set_domain( L"none.none.6.7.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.6.7.addresses.test/wpad.dat" );
    /* an address of the other kind is one as well; guess */
    set_domain( L"v6.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.v6.addresses.test/wpad.dat" );
}

/* A DHCP server's answer comes first; without one it is the resolver's. */
static void test_dhcp_then_dns(void)
{
    WCHAR *url = (WCHAR *)0xdeadbeef;

    set_domain( L"7.addresses.test" );
    if (WinHttpDetectAutoProxyConfigUrl( WINHTTP_AUTO_DETECT_TYPE_DHCP, &url ))
    {
        trace( "DHCP says %ls\n", url );
        check_detected( WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A, url );
        GlobalFree( url );
        return;
    }
    check_error( ERROR_WINHTTP_AUTODETECTION_FAILED );
    ok( !url, "got %p\n", url );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A,
                    L"http://wpad.7.addresses.test/wpad.dat" );
}

/* guess: when the computer's domain has none, those of the adapters are asked */
static void test_adapters(void)
{
    const WCHAR *expected = is_on_network() ? L"http://wpad." FOR_ADAPTERS L"/wpad.dat" : NULL;

    set_domain( L"none.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, expected );
    set_domain( L"" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, expected );
}

/* guess: a domain that is none, or in which strangers could answer */
static void test_domains_not_asked(void)
{
    static const WCHAR *const domains[] =
    {
        L"addresses", L".", L"7..addresses.test", L"7 addresses.test", L"\x00fc.7.addresses.test",
    };
    const WCHAR *expected = is_on_network() ? L"http://wpad." FOR_ADAPTERS L"/wpad.dat" : NULL;
    UINT i;

    for (i = 0; i < ARRAYSIZE( domains ); i++)
    {
        winetest_push_context( "%ls", domains[i] );
        set_domain( domains[i] );
        check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, expected );
        winetest_pop_context();
    }
}

/* guess: a resolver that does not answer holds nobody for ever; later questions are answered */
static void test_resolver_hangs(void)
{
    set_domain( L"slow.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, NULL );
    set_domain( L"7.addresses.test" );
    check_detected( WINHTTP_AUTO_DETECT_TYPE_DNS_A, L"http://wpad.7.addresses.test/wpad.dat" );
}

START_TEST(autodetect)
{
    RUN( test_unknown_flags );
    if (!names_are_ours()) return;
    save_domain();
    RUN( test_dns_goes_down );
    RUN( test_dhcp_then_dns );
    RUN( test_adapters );
    RUN( test_domains_not_asked );
    RUN( test_resolver_hangs );
    restore_domain();
}
