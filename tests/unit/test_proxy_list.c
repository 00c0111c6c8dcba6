/* test_proxy_list - proxy lists, bypass lists, and those of the environment.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/proxy_list.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const char *show( int found, const struct proxy_list_entry *entry )
{
    static char text[128];

    if (!found) return "(none)";
    snprintf( text, sizeof(text), "%.*s %u", (int)entry->host_len, entry->host, entry->port );
    return text;
}

static const char *find( const char *list, const char *scheme )
{
    struct proxy_list_entry entry;
    int found = proxy_list_find( list, scheme, &entry );

    return show( found, &entry );
}

static void test_proxy_list_find( void )
{
    CHECK_STR( find( "proxy", "http" ), "proxy 80" );
    CHECK_STR( find( "proxy:3128", "https" ), "proxy 3128" );
    CHECK_STR( find( "http://proxy:3128", "https" ), "proxy 3128" );
    CHECK_STR( find( "http=a:1;https=b:2", "http" ), "a 1" );
    CHECK_STR( find( "http=a:1;https=b:2", "https" ), "b 2" );
    CHECK_STR( find( "HTTPS=http://b:2 c:3", "http" ), "c 3" );
    CHECK_STR( find( " \t;first:1;;second:2", "http" ), "first 1" );
    CHECK_STR( find( "https=b:2", "http" ), "(none)" );
    CHECK_STR( find( "ftp=f:1;socks=s:2", "http" ), "(none)" );
    CHECK_STR( find( "socks5://s:1080;p:8080", "http" ), "p 8080" );
    CHECK_STR( find( "[::1]:8080", "http" ), "::1 8080" );
    CHECK_STR( find( "[::1]", "http" ), "::1 80" );
    CHECK_STR( find( "fe80::1", "http" ), "fe80::1 80" );
    CHECK_STR( find( "p:65535", "http" ), "p 65535" );
    CHECK_STR( find( "", "http" ), "(none)" );
}

static void test_proxy_list_malformed( void )
{
    static const char *const lists[] =
    {
        "", " ; ", "p:", "p:0", "p:65536", "p:999999", "p:x", ":80", "[::1", "[]:80", "[::1]80",
        "http=", "http://", "p/", "http://p:1/", "u@p", "p\x01", "a;b:x", "p\x7f",
    };
    size_t i;

    for (i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        CHECK( !proxy_list_valid( lists[i] ) );
    CHECK( proxy_list_valid( "p" ) );
    CHECK( proxy_list_valid( "http=p:1; https=q" ) );
    CHECK_STR( find( "bad:x;good:1", "http" ), "good 1" );
}

static int bypasses( const char *list, const char *host )
{
    return proxy_list_bypasses( list, "http", host, 80 );
}

static void test_proxy_list_bypass( void )
{
    CHECK( !bypasses( "", "host" ) );
    CHECK( bypasses( "host", "HOST" ) );
    CHECK( !bypasses( "host", "hos" ) );
    CHECK( !bypasses( "host", "hosts" ) );
    CHECK( bypasses( "other;host", "host" ) );
    CHECK( bypasses( "*.example.com", "www.example.com" ) );
    CHECK( !bypasses( "*.example.com", "example.com" ) );
    CHECK( bypasses( "a*b*c", "aXbYbZc" ) );
    CHECK( !bypasses( "a*b*c", "aXbYbZ" ) );
    CHECK( bypasses( "*", "::1" ) );
    CHECK( bypasses( "127.*", "127.0.0.1" ) );
    CHECK( bypasses( "<local>", "server" ) );
    CHECK( bypasses( "<LOCAL>", "localhost" ) );
    CHECK( !bypasses( "<local>", "server.net" ) );
    CHECK( !bypasses( "<local>", "::1" ) );
    CHECK( bypasses( "host:80", "host" ) );
    CHECK( !bypasses( "host:81", "host" ) );
    CHECK( !bypasses( "host:x", "host" ) );
    CHECK( bypasses( "[::1]:80", "::1" ) );
    CHECK( bypasses( "::1", "::1" ) );
    CHECK( bypasses( "http://host", "host" ) );
    CHECK( !bypasses( "https://host", "host" ) );
}

static const char *from_url( const char *url )
{
    struct proxy_list_entry entry;
    struct proxy_list_login login;
    int found = proxy_list_from_url( url, &entry, &login );

    return show( found, &entry );
}

/* "user password" as they are written */
static const char *login_from_url( const char *url )
{
    static char out[64];
    struct proxy_list_entry entry;
    struct proxy_list_login login;

    if (!proxy_list_from_url( url, &entry, &login )) return "(no proxy)";
    if (!login.user) return "(none)";
    snprintf( out, sizeof(out), "%.*s %.*s", (int)login.user_len, login.user,
              (int)login.password_len, login.password );
    return out;
}

static void test_proxy_list_from_url( void )
{
    CHECK_STR( from_url( "http://proxy:3128/" ), "proxy 3128" );
    CHECK_STR( from_url( "http://proxy" ), "proxy 80" );
    CHECK_STR( from_url( "proxy:3128" ), "proxy 3128" );
    CHECK_STR( from_url( "HTTP://u:p@ss@proxy:3128" ), "proxy 3128" );
    CHECK_STR( from_url( "http://[::1]:8080/x" ), "::1 8080" );
    CHECK_STR( from_url( "https://proxy:443" ), "(none)" );
    CHECK_STR( from_url( "socks5://proxy:1080" ), "(none)" );
    CHECK_STR( from_url( "http://" ), "(none)" );
    CHECK_STR( from_url( "" ), "(none)" );
    CHECK_STR( from_url( "http://u:p;q@proxy:1" ), "proxy 1" );
    CHECK_STR( login_from_url( "http://proxy:1" ), "(none)" );
    CHECK_STR( login_from_url( "http://user@proxy:1" ), "user " );
    CHECK_STR( login_from_url( "http://user:pass@proxy:1" ), "user pass" );
    CHECK_STR( login_from_url( "user:p@s:s;@[::1]:1/x@y" ), "user p@s:s;" );
    CHECK_STR( login_from_url( "http://:pass@proxy" ), " pass" );
    CHECK_STR( login_from_url( "http://@proxy" ), " " );
    CHECK_STR( login_from_url( "http://user:@proxy" ), "user " );
}

static const char *from_no_proxy( const char *text )
{
    static char out[128];
    size_t need = proxy_list_from_no_proxy( text, NULL, 0 );

    CHECK( need <= sizeof(out) );
    CHECK_INT( proxy_list_from_no_proxy( text, out, need ), need );
    CHECK_INT( strlen( out ), need - 1 );
    return out;
}

static void test_proxy_list_from_no_proxy( void )
{
    char out[5];

    CHECK_STR( from_no_proxy( "" ), "" );
    CHECK_STR( from_no_proxy( "*" ), "*" );
    CHECK_STR( from_no_proxy( "a.b, .c:1" ), "a.b;*.a.b;c:1;*.c:1" );
    CHECK_STR( from_no_proxy( "[::1],x" ), "[::1];x;*.x" );
    CHECK( bypasses( from_no_proxy( ".example.com" ), "example.com" ) );
    CHECK( bypasses( from_no_proxy( "example.com" ), "www.example.com" ) );
    CHECK( !bypasses( from_no_proxy( "example.com" ), "badexample.com" ) );
    CHECK_INT( proxy_list_from_no_proxy( "abcdef", out, sizeof(out) ), 16 );
    CHECK_STR( out, "abcd" );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_proxy_list_find ),
    UNIT_TEST( test_proxy_list_malformed ),
    UNIT_TEST( test_proxy_list_bypass ),
    UNIT_TEST( test_proxy_list_from_url ),
    UNIT_TEST( test_proxy_list_from_no_proxy ),
};

UNIT_MAIN( tests )
