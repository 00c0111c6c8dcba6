/* test_wpad - which names are asked for a proxy script, and what a DHCP server may say.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/wpad.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* All names for a suffix, in the order they are asked. */
static const char *names( const char *suffix )
{
    static char text[2048];
    char name[WPAD_NAME_SIZE];
    unsigned int steps;

    text[0] = 0;
    for (steps = 0; wpad_name( suffix, steps, name ); steps++)
        snprintf( text + strlen( text ), sizeof(text) - strlen( text ), "%s%s", steps ? " " : "",
                  name );
    return text;
}

static void test_wpad_name_goes_down( void )
{
    CHECK_STR( names( "corp.example" ), "wpad.corp.example" );
    CHECK_STR( names( "a.b.corp.example" ),
               "wpad.a.b.corp.example wpad.b.corp.example wpad.corp.example" );
    CHECK_STR( names( "b.corp.example." ), "wpad.b.corp.example wpad.corp.example" );
    CHECK_STR( names( "B.Corp.EXAMPLE" ), "wpad.B.Corp.EXAMPLE wpad.Corp.EXAMPLE" );
    CHECK_STR( names( "x-y.a_b.c1" ), "wpad.x-y.a_b.c1 wpad.a_b.c1" );
}

static void test_wpad_name_never_asks_a_registry( void )
{
    static const char *const suffixes[] =
    {
        "com", "home", "local", "co.uk", "CO.UK", "ac.jp", "com.au", "k12.us", "ca.us", "gouv.fr",
        "x.de", "domain.name", "uk.", "localdomain",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(suffixes); i++)
    {
        unit_context( "%s", suffixes[i] );
        CHECK_STR( names( suffixes[i] ), "" );
    }
    unit_context( NULL );
    CHECK_STR( names( "a.b.co.uk" ), "wpad.a.b.co.uk wpad.b.co.uk" );
    CHECK_STR( names( "b.com.au" ), "wpad.b.com.au" );
    CHECK_STR( names( "first.last.name" ), "wpad.first.last.name" );
    CHECK_STR( names( "muc.bmw.de" ), "wpad.muc.bmw.de wpad.bmw.de" );
    CHECK_STR( names( "co.example" ), "wpad.co.example" );
}

static void test_wpad_name_refuses_what_is_no_suffix( void )
{
    static const char *const suffixes[] =
    {
        "", ".", "..", ".corp.example", "corp..example", "corp.example..", "corp example", "a/b.c",
        "-a.corp.example", "a-.corp.example", "10.1.2.3", "a.b:80", "caf\xc3\xa9.example", "a.1",
        "a.b\n", "wpad@a.b", "a.*", "?.a.b",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(suffixes); i++)
    {
        unit_context( "%s", suffixes[i] );
        CHECK_STR( names( suffixes[i] ), "" );
    }
}

static void test_wpad_name_has_room( void )
{
    char suffix[300], name[WPAD_NAME_SIZE];
    size_t len;

    for (len = 1; len < sizeof(suffix); len++)
    {
        memset( suffix, 'a', len );
        suffix[len] = 0;
        unit_context( "label of %u", (unsigned int)len );
        if (len + 9 < sizeof(suffix)) strcpy( suffix + len, ".example" );
        CHECK_INT( wpad_name( suffix, 0, name ), len <= 63 );
    }
    /* 248 and "wpad." are 253, the most there can be */
    for (len = 247; len <= 249; len++)
    {
        memset( suffix, 'a', len );
        suffix[len] = 0;
        suffix[60] = suffix[120] = suffix[180] = suffix[240] = '.';
        unit_context( "suffix of %u", (unsigned int)len );
        CHECK_INT( wpad_name( suffix, 0, name ), len <= 248 );
        if (len <= 248) CHECK_INT( strlen( name ), len + 5 );
    }
}

/* At the end of the memory that may be read. */
static const char *url_of( const char *option, size_t len )
{
    static char url[WPAD_URL_SIZE];
    struct unit_guard guard;
    int found;

    unit_guard_create( &guard, len );
    found = wpad_url( memcpy( unit_guard_end( &guard, len ), option, len ), len, url );
    unit_guard_destroy( &guard );
    return found ? url : "(none)";
}

#define URL( option ) url_of( option, sizeof(option) - 1 )

static void test_wpad_url_ends( void )
{
    CHECK_STR( URL( "http://h/p" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p\0" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p\0junk" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p\n" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p\r\n\0" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p \xff\xfe" ), "http://h/p" );
    CHECK_STR( URL( "http://h/p\xff" ), "http://h/p" );
    CHECK_STR( URL( " \thttp://h/p" ), "http://h/p" );
    CHECK_STR( URL( "HTTPS://h:8/p?a=b&c#d" ), "HTTPS://h:8/p?a=b&c#d" );
    CHECK_STR( URL( "http://[::1]:80/wpad.dat" ), "http://[::1]:80/wpad.dat" );
    CHECK_STR( URL( "http://h" ), "http://h" );
    CHECK_STR( URL( "http://h/a@b" ), "http://h/a@b" );
}

static void test_wpad_url_refuses( void )
{
    CHECK_STR( URL( "" ), "(none)" );
    CHECK_STR( URL( "\0" ), "(none)" );
    CHECK_STR( URL( "\n" ), "(none)" );
    CHECK_STR( URL( "\0http://h/" ), "(none)" );
    CHECK_STR( URL( "http:/" ), "(none)" );
    CHECK_STR( URL( "http://" ), "(none)" );
    CHECK_STR( URL( "http:///p" ), "(none)" );
    CHECK_STR( URL( "http://:80/p" ), "(none)" );
    CHECK_STR( URL( "http://?p" ), "(none)" );
    CHECK_STR( URL( "http:// h/" ), "(none)" );
    CHECK_STR( URL( "http://u:p@h/" ), "(none)" );
    CHECK_STR( URL( "file://h/p" ), "(none)" );
    CHECK_STR( URL( "ftp://h/p" ), "(none)" );
    CHECK_STR( URL( "h/wpad.dat" ), "(none)" );
    CHECK_STR( URL( "\"http://h/p\"" ), "(none)" );
}

static void test_wpad_url_has_room( void )
{
    char option[WPAD_URL_SIZE + 1];

    memset( option, 'a', sizeof(option) );
    memcpy( option, "http://h/", 9 );
    CHECK_INT( strlen( url_of( option, WPAD_URL_SIZE - 1 ) ), WPAD_URL_SIZE - 1 );
    CHECK_STR( url_of( option, WPAD_URL_SIZE ), "(none)" );
    CHECK_STR( url_of( option, WPAD_URL_SIZE + 1 ), "(none)" );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_wpad_name_goes_down ),
    UNIT_TEST( test_wpad_name_never_asks_a_registry ),
    UNIT_TEST( test_wpad_name_refuses_what_is_no_suffix ),
    UNIT_TEST( test_wpad_name_has_room ),
    UNIT_TEST( test_wpad_url_ends ),
    UNIT_TEST( test_wpad_url_refuses ),
    UNIT_TEST( test_wpad_url_has_room ),
};

UNIT_MAIN( tests )
