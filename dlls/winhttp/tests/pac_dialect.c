/*
 * The language of proxy scripts: what each function answers, and what a script cannot do.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Microsoft documents (url-proxy-com.md 9); a comment "guess" marks an
 * answer that nobody has seen. Expressions reach the script in a URL's query, and come back as the
 * name of a proxy.
 */
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "pac.h"

static struct pac evaluator;

/* What an expression is, as text. */
#define check_js( expression, expect ) check_js_at( L##expression, L##expect, __LINE__ )
static void check_js_at( const WCHAR *expression, const WCHAR *expect, int line )
{
    WCHAR url[512], proxy[256];

    wsprintfW( url, L"http://host/?%s", expression );
    wsprintfW( proxy, L"%s:1", expect );
    check_proxy_at( &evaluator, url, 0, proxy, line, __FILE__ );
}

static void open_evaluator(void)
{
    pac_open( &evaluator,
              "function FindProxyForURL( url, host ) {\n"
              "  return 'PROXY r' + escape( eval( url.substring( url.indexOf( '?' ) + 1 ) ) ) +"
              " ':1';\n"
              "}\n" );
}

static void test_hosts(void)
{
    check_js( "isPlainHostName( 'host' )", "rtrue" );
    check_js( "isPlainHostName( 'host.net' )", "rfalse" );
    check_js( "dnsDomainIs( 'www.winehq.org', '.winehq.org' )", "rtrue" );
    check_js( "dnsDomainIs( 'www.winehq.org', 'www.winehq.org' )", "rtrue" );
    check_js( "dnsDomainIs( 'www', '.winehq.org' )", "rfalse" );
    check_js( "dnsDomainIs( 'www.winehq.org', '.org.winehq' )", "rfalse" );
    check_js( "dnsDomainIs( 'WWW.WINEHQ.ORG', '.winehq.org' )", "rtrue" ); /* guess */
    check_js( "localHostOrDomainIs( 'www.winehq.org', 'www.winehq.org' )", "rtrue" );
    check_js( "localHostOrDomainIs( 'www', 'www.winehq.org' )", "rtrue" );
    check_js( "localHostOrDomainIs( 'ww', 'www.winehq.org' )", "rfalse" );
    check_js( "localHostOrDomainIs( 'home.winehq.org', 'www.winehq.org' )", "rfalse" );
    check_js( "dnsDomainLevels( 'www' )", "r0" );
    check_js( "dnsDomainLevels( 'www.winehq.org' )", "r2" );
}

static void test_match(void)
{
    check_js( "shExpMatch( 'http://h/a/b', '*/a/*' )", "rtrue" );
    check_js( "shExpMatch( 'http://h/c/b', '*/a/*' )", "rfalse" );
    check_js( "shExpMatch( 'a.b', 'a?b' )", "rtrue" );
    check_js( "shExpMatch( 'ab', 'a?b' )", "rfalse" );
    check_js( "shExpMatch( 'axb', 'a.b' )", "rfalse" );
    check_js( "shExpMatch( 'a(b)+c', 'a(b)+*' )", "rtrue" );
    check_js( "shExpMatch( '', '*' )", "rtrue" );
    check_js( "shExpMatch( 'a', '' )", "rfalse" );
    check_js( "shExpMatch( 'A', 'a' )", "rfalse" ); /* guess */
    check_js( "shExpMatch( new Array( 2000 ).join( 'a' ), '*a*a*a*a*a*a*a*a*b' )", "rfalse" );
}

static void test_resolve(void)
{
    check_js( "dnsResolve( '127.0.0.1' )", "r127.0.0.1" );
    check_js( "dnsResolve( 'localhost' )", "r127.0.0.1" );
    check_js( "dnsResolve( '' )", "rnull" ); /* guess */
    check_js( "isResolvable( '127.0.0.1' )", "rtrue" );
    check_js( "isResolvable( '' )", "rfalse" );
    check_js( "dnsResolveEx( '127.0.0.1' )", "r127.0.0.1" );
    check_js( "dnsResolveEx( '1.2.3.4.5' ) == ''", "rtrue" );
    check_js( "isResolvableEx( '127.0.0.1' )", "rtrue" );
    check_js( "isResolvableEx( '' )", "rfalse" );
    check_js( "dnsResolveEx( 'localhost' ).indexOf( '127.0.0.1' ) >= 0", "rtrue" );
}

static void test_nets(void)
{
    check_js( "isInNet( '10.1.2.3', '10.1.0.0', '255.255.0.0' )", "rtrue" );
    check_js( "isInNet( '10.2.2.3', '10.1.0.0', '255.255.0.0' )", "rfalse" );
    check_js( "isInNet( '10.1.2.3', '10.1.2.4', '0.0.0.0' )", "rtrue" );
    check_js( "isInNet( 'localhost', '127.0.0.0', '255.0.0.0' )", "rtrue" );
    check_js( "isInNet( '', '127.0.0.0', '255.0.0.0' )", "rfalse" );
    check_js( "isInNet( '10.1.2.3', 'net', '255.0.0.0' )", "rfalse" );
    check_js( "isInNetEx( '198.95.249.79', '198.95.249.79/32' )", "rtrue" );
    check_js( "isInNetEx( '198.95.6.8', '198.95.0.0/16' )", "rtrue" );
    check_js( "isInNetEx( '198.96.6.8', '198.95.0.0/16' )", "rfalse" );
    check_js( "isInNetEx( '3ffe:8311:ffff:abcd::1', '3ffe:8311:ffff::/48' )", "rtrue" );
    check_js( "isInNetEx( '3ffe:8311:fffe:abcd::1', '3ffe:8311:ffff::/48' )", "rfalse" );
    check_js( "isInNetEx( '::1', '0.0.0.0/0' )", "rfalse" );
    check_js( "isInNetEx( 'localhost', '127.0.0.0/8' )", "rfalse" );
    check_js( "isInNetEx( '1.2.3.4', '1.2.3.4' )", "rfalse" );
    check_js( "isInNetEx( '1.2.3.4', '1.2.3.4/33' )", "rfalse" );
    check_js( "isInNetEx( '1.2.3.4', '1.2.3.4/' )", "rfalse" );
}

static void test_own_addresses(void)
{
    check_js( "dnsResolve( myIpAddress() ) == myIpAddress()", "rtrue" );
    check_js( "myIpAddress().split( '.' ).length", "r4" );
    check_js( "typeof myIpAddressEx()", "rstring" );
    check_js( "myIpAddressEx() == '' || sortIpAddressList( myIpAddressEx() ) != false", "rtrue" );
}

static void test_sort(void)
{
    check_js( "sortIpAddressList( '10.2.3.9;2001:4898:28:3:201:2ff:feea:fc14;::1;127.0.0.1;::9' )"
              " == '::1;::9;2001:4898:28:3:201:2ff:feea:fc14;10.2.3.9;127.0.0.1'", "rtrue" );
    check_js( "sortIpAddressList( '1.2.3.4' )", "r1.2.3.4" );
    check_js( "sortIpAddressList( '1.2.3.4;host' )", "rfalse" );
    check_js( "sortIpAddressList( '' )", "rfalse" ); /* guess */
}

static void test_misc(void)
{
    check_js( "getClientVersion()", "r1.0" );
    check_js( "typeof alert( 'hello' )", "rundefined" );
    check_js( "'abcabc'.replace( /b/g, 'x' )", "raxcaxc" );
}

/* The time may go on between two of these; what is checked holds a minute before and after. */
static void test_time(void)
{
    check_js( "timeRange( 0, 23 )", "rtrue" );
    check_js( "timeRange( 0, 0, 23, 59 )", "rtrue" );
    check_js( "timeRange( 0, 0, 0, 23, 59, 59 )", "rtrue" );
    check_js( "timeRange( 0, 0, 0, 23, 59, 59, 'GMT' )", "rtrue" );
    check_js( "timeRange( (new Date().getHours() + 2) % 24, (new Date().getHours() + 3) % 24 )",
              "rfalse" );
    check_js( "timeRange( (new Date().getHours() + 23) % 24, (new Date().getHours() + 1) % 24 )",
              "rtrue" );
    check_js( "timeRange( (new Date().getUTCHours() + 12) % 24, 'GMT' )", "rfalse" );
    check_js( "timeRange()", "rfalse" );
    check_js( "timeRange( 1, 2, 3 )", "rfalse" );
    check_js( "weekdayRange( 'SUN', 'SAT' )", "rtrue" );
    check_js( "weekdayRange( 'sat', 'fri', 'GMT' )", "rtrue" );
    check_js( "var d = 'SUNMONTUEWEDTHUFRISAT', n = (new Date().getDay() + 3) % 7 * 3;"
              "weekdayRange( d.substring( n, n + 3 ) )", "rfalse" );
    check_js( "weekdayRange( 'DAY' )", "rfalse" );
    check_js( "weekdayRange()", "rfalse" );
}

static void test_date(void)
{
    check_js( "dateRange( 1, 31 )", "rtrue" );
    check_js( "dateRange( 'JAN', 'DEC' )", "rtrue" );
    check_js( "dateRange( 2020, 2900 )", "rtrue" );
    check_js( "dateRange( 1990, 1991 )", "rfalse" );
    check_js( "dateRange( 2900, 2020 )", "rfalse" );
    check_js( "dateRange( 1, 'JAN', 31, 'DEC' )", "rtrue" );
    check_js( "dateRange( 'JAN', 2020, 'DEC', 2900 )", "rtrue" );
    check_js( "dateRange( 1, 'JAN', 1990, 31, 'DEC', 2000, 'GMT' )", "rfalse" );
    check_js( "dateRange( 1, 'JAN', 2020, 31, 'DEC', 2900, 'GMT' )", "rtrue" );
    check_js( "var m = 'JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC', n = (new Date().getMonth() + 6) % 12"
              " * 3; dateRange( m.substring( n, n + 3 ) )", "rfalse" );
    check_js( "dateRange( 'DEC', 'NOV' )", "rtrue" );
    check_js( "dateRange( 'FOO' )", "rfalse" );
    check_js( "dateRange()", "rfalse" );
}

/* Scripts come from the network (url-proxy-com.md 7: no ActiveX). */
static void test_no_objects(void)
{
    check_js( "var r = 'made'; try { new ActiveXObject( 'Scripting.FileSystemObject' ); }"
              " catch (e) { r = 'refused'; } r", "rrefused" );
    check_js( "var r = 'made'; try { new ActiveXObject( 'WinHttp.WinHttpRequest.5.1' ); }"
              " catch (e) { r = 'refused'; } r", "rrefused" );
    check_js( "var r = 'made'; try { GetObject( 'winmgmts:' ); } catch (e) { r = 'refused'; } r",
              "rrefused" );
    check_js( "typeof WScript + typeof window", "rundefinedundefined" );
}

/* What a script keeps in its variables, and functions that it defines anew. */
static void test_script_is_kept(void)
{
    check_js( "kept = 1", "r1" );
    check_js( "kept + 1", "r2" );
    check_js( "isPlainHostName = function() { return 'mine'; }; isPlainHostName()", "rmine" );
}

static void test_ex_is_preferred(void)
{
    struct pac pac;

    pac_open( &pac, "function FindProxyForURL( url, host ) { return 'PROXY old:1'; }\n"
                    "function FindProxyForURLEx( url, host ) { return 'PROXY new:1'; }\n" );
    check_proxy( &pac, L"http://host/", L"new:1" );
    pac_close( &pac );
}

START_TEST(pac_dialect)
{
    open_evaluator();
    RUN( test_hosts );
    RUN( test_match );
    RUN( test_resolve );
    RUN( test_nets );
    RUN( test_own_addresses );
    RUN( test_sort );
    RUN( test_misc );
    RUN( test_time );
    RUN( test_date );
    RUN( test_no_objects );
    RUN( test_script_is_kept );
    pac_close( &evaluator );
    RUN( test_ex_is_preferred );
}
