/* test_uri - references against a base (proto/uri.c).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/uri.h"

#include <string.h>

#include "unit.h"

/* The reference stands against a page without access. */
static char *resolve( const struct allocator *alloc, const char *base, const char *text )
{
    struct unit_guard guard;
    size_t len = strlen( text );
    uint8_t *copy;
    char *ret;

    unit_guard_create( &guard, len );
    copy = unit_guard_end( &guard, len );
    memcpy( copy, text, len );
    ret = uri_resolve( alloc, base, (const char *)copy, len );
    unit_guard_destroy( &guard );
    return ret;
}

static void check( const char *base, const char *text, const char *want )
{
    char *ret = resolve( &allocator_libc, base, text );

    unit_context( "%s + %s", base, text );
    CHECK_STR( ret, want );
    free( ret );
}

/* RFC 3986 5.4; the fragment is left out, and the path of a bare host is a slash */
static const char *const examples[][2] =
{
    { "g", "http://a/b/c/g" }, { "./g", "http://a/b/c/g" }, { "g/", "http://a/b/c/g/" },
    { "/g", "http://a/g" }, { "//g", "http://g/" }, { "?y", "http://a/b/c/d;p?y" },
    { "g?y", "http://a/b/c/g?y" }, { "#s", "http://a/b/c/d;p?q" }, { "g#s", "http://a/b/c/g" },
    { "g?y#s", "http://a/b/c/g?y" }, { ";x", "http://a/b/c/;x" }, { "g;x", "http://a/b/c/g;x" },
    { "g;x?y#s", "http://a/b/c/g;x?y" }, { "", "http://a/b/c/d;p?q" }, { ".", "http://a/b/c/" },
    { "./", "http://a/b/c/" }, { "..", "http://a/b/" }, { "../", "http://a/b/" },
    { "../g", "http://a/b/g" }, { "../..", "http://a/" }, { "../../", "http://a/" },
    { "../../g", "http://a/g" }, { "../../../g", "http://a/g" },
    { "../../../../g", "http://a/g" }, { "/./g", "http://a/g" }, { "/../g", "http://a/g" },
    { "g.", "http://a/b/c/g." }, { ".g", "http://a/b/c/.g" }, { "g..", "http://a/b/c/g.." },
    { "..g", "http://a/b/c/..g" }, { "./../g", "http://a/b/g" }, { "./g/.", "http://a/b/c/g/" },
    { "g/./h", "http://a/b/c/g/h" }, { "g/../h", "http://a/b/c/h" },
    { "g;x=1/./y", "http://a/b/c/g;x=1/y" }, { "g;x=1/../y", "http://a/b/c/y" },
    { "g?y/./x", "http://a/b/c/g?y/./x" }, { "g?y/../x", "http://a/b/c/g?y/../x" },
    { "g#s/../x", "http://a/b/c/g" }, { "http://h/./x", "http://h/x" },
    { "HTTPS://h:1?z", "HTTPS://h:1/?z" }, { "g/..", "http://a/b/c/" },
    { "g/.", "http://a/b/c/g/" },
};

static void test_uri_resolve_examples_of_the_rfc( void )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(examples); i++)
        check( "http://a/b/c/d;p?q", examples[i][0], examples[i][1] );
}

static void test_uri_resolve_other_bases( void )
{
    check( "http://a", "x", "http://a/x" );
    check( "http://a", "", "http://a/" );
    check( "http://a?q", "", "http://a/?q" );
    check( "http://a?q", "x", "http://a/x" );
    check( "http://a/", "../x", "http://a/x" );
    check( "http://a/b/../c/d", "x", "http://a/c/x" );
    check( "http://a/b/..", "x", "http://a/b/x" );
    check( "https://[::1]:8443/b", "//[::2]", "https://[::2]/" );
    check( "http://a//b//c", "x", "http://a//b//x" );
    check( "http://a//b//c", "../x", "http://a//b/x" );
}

static void test_uri_resolve_leaves_other_schemes( void )
{
    check( "http://a/", "mailto:x@y", "mailto:x@y" );
    check( "http://a/", "ftp://h/../x#f", "ftp://h/../x#f" );
    check( "http://a/", "http:x", "http:x" );
    check( "http://a/", "https:/x", "https:/x" );
    /* no scheme begins with a digit */
    check( "http://a/", "1x:y", "http://a/1x:y" );
    check( "http://a/", "x/y:z", "http://a/x/y:z" );
}

static void test_uri_resolve_escapes_what_cannot_be_sent( void )
{
    check( "http://a/", "  x y\t", "http://a/x%20y" );
    check( "http://a/", "caf\xc3\xa9?\xe9", "http://a/caf%C3%A9?%E9" );
    check( "http://a/", "\x01\x7f\r\n", "http://a/%01%7F%0D%0A" );
    check( "http://a/", "%41%zz%", "http://a/%41%zz%" );
}

static void test_uri_resolve_without_memory( void )
{
    struct unit_allocator alloc;

    unit_allocator_init( &alloc );
    alloc.refuse = 1;
    CHECK( !resolve( &alloc.alloc, "http://a/", "x" ) );
    unit_allocator_init( &alloc );
    alloc.refuse = 1;
    CHECK( !resolve( &alloc.alloc, "http://a/", "ftp://x/" ) );
    CHECK_INT( alloc.live, 0 );
}

static const char *decoded( const char *text )
{
    static char out[32];

    CHECK( strlen( text ) < sizeof(out) );
    return uri_unescape( text, strlen( text ), out ) ? out : "(none)";
}

static void test_uri_unescape( void )
{
    CHECK_STR( decoded( "" ), "" );
    CHECK_STR( decoded( "a%40b%3a%3A%2525" ), "a@b::%25" );
    CHECK_STR( decoded( "%c3%a4%ff" ), "\xc3\xa4\xff" );
    CHECK_STR( decoded( "%4%zz%" ), "%4%zz%" );
    CHECK_STR( decoded( "a%4" ), "a%4" );
    CHECK_STR( decoded( "a%00b" ), "(none)" );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_uri_resolve_examples_of_the_rfc ),
    UNIT_TEST( test_uri_resolve_other_bases ),
    UNIT_TEST( test_uri_resolve_leaves_other_schemes ),
    UNIT_TEST( test_uri_resolve_escapes_what_cannot_be_sent ),
    UNIT_TEST( test_uri_resolve_without_memory ),
    UNIT_TEST( test_uri_unescape ),
};

UNIT_MAIN( tests )
