/* test_cookie - the cookie jar: Set-Cookie in, Cookie out.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/cookie.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define NOW 1000000

static struct cookie_jar jar;

static struct cookie_scope scope_of( const char *host, const char *target )
{
    struct cookie_scope scope = { host, target, 0, NOW };

    return scope;
}

static enum cookie_status store_in( const struct cookie_scope *scope, const char *text )
{
    struct unit_guard guard;
    enum cookie_status status;
    size_t len = strlen( text );
    uint8_t *copy;

    unit_guard_create( &guard, len );
    copy = unit_guard_end( &guard, len );
    memcpy( copy, text, len );
    status = cookie_jar_store( &jar, scope, (const char *)copy, len );
    unit_guard_destroy( &guard );
    return status;
}

static const char *sent_in( const struct cookie_scope *scope )
{
    static char text[COOKIE_MAX_HEADER + 1];
    size_t len = cookie_jar_write( &jar, scope, text, sizeof(text) - 1 );

    CHECK( len < sizeof(text) );
    text[len] = 0;
    return text;
}

static void begin( void )
{
    cookie_jar_init( &jar, &allocator_libc );
}

static enum cookie_status store( const char *host, const char *target, const char *text )
{
    struct cookie_scope scope = scope_of( host, target );

    return store_in( &scope, text );
}

static const char *sent( const char *host, const char *target )
{
    struct cookie_scope scope = scope_of( host, target );

    return sent_in( &scope );
}

/* A fresh jar, one Set-Cookie, one Cookie. */
static const char *there_and_back( const char *set_cookie )
{
    begin();
    store( "www.example.org", "/dir/page?query", set_cookie );
    return sent( "www.example.org", "/dir/other" );
}

#define EXPECT( set_cookie, cookie ) \
    do \
    { \
        CHECK_STR( there_and_back( set_cookie ), cookie ); \
        cookie_jar_clear( &jar ); \
    } while (0)

/* names and values: facts/http.md 9 */

static void test_cookie_blanks_are_trimmed( void )
{
    EXPECT( "name=value", "name=value" );
    EXPECT( "name = value ", "name=value" );
    EXPECT( "\t name\t=\t va lue \t;", "name=va lue" );
    EXPECT( "name=", "name=" );
    EXPECT( "a==b=", "a==b=" );
    EXPECT( "a=\"quoted\"; HttpOnly", "a=\"quoted\"" );
    EXPECT( "a=\xc3\xa4", "a=\xc3\xa4" );
}

static void test_cookie_without_a_name_is_refused( void )
{
    static const char *const texts[] =
    {
        "", ";", "name", "=value", " = v", "; name=value", "a\1=b", "a=b\x7f", "a=b; Path=/\n",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
    {
        unit_context( "%s", texts[i] );
        begin();
        CHECK_INT( store( "host", "/", texts[i] ), COOKIE_REFUSED );
        CHECK_INT( jar.count, 0 );
    }
}

static void test_cookie_newest_first_and_names_have_case( void )
{
    begin();
    store( "localhost", "/", "name=value" );
    store( "localhost", "/", "NAME=value" );
    CHECK_STR( sent( "localhost", "/" ), "NAME=value; name=value" );
    store( "localhost", "/", "name=other" );
    CHECK_STR( sent( "localhost", "/" ), "NAME=value; name=other" );
    cookie_jar_clear( &jar );
    CHECK_STR( sent( "localhost", "/" ), "" );
}

/* expiry */

static void test_cookie_expiry( void )
{
    EXPECT( "a=b; Expires=Mon, 12 Jan 1970 13:46:41 GMT", "a=b" ); /* NOW + 1 */
    EXPECT( "a=b; Expires=Mon, 12 Jan 1970 13:46:40 GMT", "" );
    EXPECT( "a=b; expires=Thu, 01-Jan-70 00:00:00 GMT", "" );
    EXPECT( "a=b; Expires=never", "a=b" );
    EXPECT( "a=b; Max-Age=1", "a=b" );
    EXPECT( "a=b; Max-Age=0", "" );
    EXPECT( "a=b; Max-Age=-5", "" );
    EXPECT( "a=b; Max-Age=99999999999999999999999", "a=b" );
    EXPECT( "a=b; Max-Age=", "a=b" );
    EXPECT( "a=b; Max-Age=-", "a=b" );
    EXPECT( "a=b; Max-Age=1x", "a=b" );
    /* Max-Age beats Expires */
    EXPECT( "a=b; Max-Age=1; Expires=Thu, 01-Jan-70 00:00:00 GMT", "a=b" );
    EXPECT( "a=b; Expires=Thu, 01-Jan-70 00:00:00 GMT; Max-Age=1", "a=b" );
    EXPECT( "a=b; Max-Age=0; Expires=Thu, 01-Jan-2099 00:00:00 GMT", "" );
}

static void test_cookie_is_deleted_by_an_expired_one( void )
{
    begin();
    store( "host", "/", "a=b" );
    store( "host", "/", "c=d; Max-Age=10" );
    CHECK_INT( store( "host", "/", "a=; Max-Age=0" ), COOKIE_OK );
    CHECK_STR( sent( "host", "/" ), "c=d" );
    cookie_jar_clear( &jar );
}

static void test_cookie_expires_in_the_jar( void )
{
    struct cookie_scope scope = scope_of( "host", "/" );

    begin();
    store_in( &scope, "a=b; Max-Age=10" );
    scope.now += 9;
    CHECK_STR( sent_in( &scope ), "a=b" );
    scope.now += 1;
    CHECK_STR( sent_in( &scope ), "" );
    store_in( &scope, "c=d" );
    CHECK_INT( jar.count, 1 );
    cookie_jar_clear( &jar );
}

/* dates: RFC 6265 5.1.1 */

static void test_cookie_dates( void )
{
    static const struct { const char *text; int64_t time; } dates[] =
    {
        { "Wed, 13 Jan 2021 22:23:01 GMT", INT64_C( 1610576581 ) },
        { "Wednesday, 13-Jan-21 22:23:01 GMT", INT64_C( 1610576581 ) },
        { "Wed Jan 13 22:23:01 2021", INT64_C( 1610576581 ) },
        { "2021 january 13 22:23:1", INT64_C( 1610576581 ) },
        { "1 Jan 1970 0:0:0", 0 },
        { "01-Jan-70 00:00:00", 0 },
        { "29 Feb 2000 23:59:59", INT64_C( 951868799 ) },
        { "1 Jan 1601 00:00:00", INT64_C( -11644473600 ) },
        { "31 Dec 9999 23:59:59", INT64_C( 253402300799 ) },
        { "31 Dec 69 00:00:00", INT64_C( 3155673600 ) },
    };
    static const char *const bad[] =
    {
        "", "x", "13 Jan 2021", "22:23:01 13 Jan", "13 Jan 2021 24:00:00", "13 Jan 2021 22:60:00",
        "13 Jan 2021 22:00:60", "31 Apr 2021 00:00:00", "29 Feb 1900 00:00:00",
        "0 Jan 2021 00:00:00",
        "1 Jan 1600 00:00:00", "13 Jan 2021 22:23", "13 Jxn 2021 22:23:01", "32 Jan 2021 00:00:00",
        "1 Jan 20211 00:00:00", "13 Jan 2021 222:23:01",
    };
    int64_t time;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(dates); i++)
    {
        unit_context( "%s", dates[i].text );
        time = -1;
        CHECK( cookie_date_parse( dates[i].text, strlen( dates[i].text ), &time ) );
        CHECK_INT( time, dates[i].time );
    }
    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        unit_context( "%s", bad[i] );
        time = 7;
        CHECK( !cookie_date_parse( bad[i], strlen( bad[i] ), &time ) );
        CHECK_INT( time, 7 );
    }
}

/* domains */

static void check_domain( const char *host, const char *domain, const char *other,
                          enum cookie_status want, int reaches_other )
{
    char text[256];

    unit_context( "host %s, domain %s, other %s", host, domain, other );
    begin();
    snprintf( text, sizeof(text), "a=b; Domain = %s", domain );
    CHECK_INT( store( host, "/", text ), want );
    CHECK_STR( sent( host, "/" ), want ? "" : "a=b" );
    CHECK_STR( sent( other, "/" ), reaches_other ? "a=b" : "" );
    cookie_jar_clear( &jar );
}

static void test_cookie_domains( void )
{
    check_domain( "www.example.org", "example.org", "other.example.org", COOKIE_OK, 1 );
    check_domain( "www.example.org", ".Example.ORG", "example.org", COOKIE_OK, 1 );
    check_domain( "www.example.org", "www.example.org", "a.www.example.org", COOKIE_OK, 1 );
    check_domain( "www.example.org", "", "a.www.example.org", COOKIE_OK, 0 );
    check_domain( "www.example.org", ".", "a.www.example.org", COOKIE_OK, 0 );
    check_domain( "www.example.org", "example.org", "badexample.org", COOKIE_OK, 0 );
    check_domain( "db.de", "db.de", "www.db.de", COOKIE_OK, 1 );
    check_domain( "localhost", "localhost", "a.localhost", COOKIE_OK, 0 );
}

static void test_cookie_domain_of_others_is_refused( void )
{
    check_domain( "www.example.org", "org", "x.org", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", ".org", "x.org", COOKIE_REFUSED, 0 );
    check_domain( "www.example.co.uk", "co.uk", "x.co.uk", COOKIE_REFUSED, 0 );
    check_domain( "www.example.com.au", "com.au", "x.com.au", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", "other.org", "other.org", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", "ample.org", "ample.org", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", "a.www.example.org", "a.www.example.org", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", "example.org.", "example.org.", COOKIE_REFUSED, 0 );
    check_domain( "www.example.org", "..org", "x.org", COOKIE_REFUSED, 0 );
    check_domain( "localhost", "local", "local", COOKIE_REFUSED, 0 );
}

static void test_cookie_public_domain_may_name_itself( void )
{
    check_domain( "co.uk", "co.uk", "example.co.uk", COOKIE_OK, 0 );
    check_domain( "com", "com", "example.com", COOKIE_OK, 0 );
}

static void test_cookie_addresses_have_no_suffixes( void )
{
    check_domain( "10.0.0.1", "10.0.0.1", "10.0.0.2", COOKIE_OK, 0 );
    check_domain( "10.0.0.1", "10.0.0.1", "x.10.0.0.1", COOKIE_OK, 0 );
    check_domain( "10.0.0.1", "0.0.1", "11.0.0.1", COOKIE_REFUSED, 0 );
    check_domain( "10.0.0.1", ".1", "11.0.0.1", COOKIE_REFUSED, 0 );
    check_domain( "::1", "::1", "::2", COOKIE_OK, 0 );
    check_domain( "::1.2.3.4", "3.4", "1.2.3.4", COOKIE_REFUSED, 0 );
}

/* paths */

static void test_cookie_paths( void )
{
    static const struct { const char *from, *attribute, *to; int goes; } tests[] =
    {
        { "/cookie4", "; Path=/cookie5", "/cookie5", 1 },  /* facts/http.md 9 */
        { "/cookie4", "; Path=/cookie5", "/cookie4", 0 },
        { "/cookie4", "", "/cookie5", 1 },
        { "/a/b/c", "", "/a/b/d", 1 },
        { "/a/b/c", "", "/a/b", 1 },
        { "/a/b/c", "", "/a/bc", 0 },
        { "/a/b/c", "", "/a", 0 },
        { "/a/b/", "", "/a/b/d", 1 },
        { "/a?b/c/d", "", "/x", 1 },
        { "/", "; path = /a ", "/a?x", 1 },
        { "/", "; path=/a/", "/a/b", 1 },
        { "/", "; path=/a/", "/a", 0 },
        { "/a/b", "; path=relative", "/a/c", 1 },
        { "/a/b", "; path=relative", "/c", 0 },
        { "*", "", "*", 1 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(tests); i++)
    {
        char text[64];

        unit_context( "%s %s %s", tests[i].from, tests[i].attribute, tests[i].to );
        begin();
        snprintf( text, sizeof(text), "a=b%s", tests[i].attribute );
        CHECK_INT( store( "host", tests[i].from, text ), COOKIE_OK );
        CHECK_STR( sent( "host", tests[i].to ), tests[i].goes ? "a=b" : "" );
        cookie_jar_clear( &jar );
    }
}

static void test_cookie_same_name_on_two_paths( void )
{
    begin();
    store( "host", "/", "a=1; path=/x" );
    store( "host", "/", "a=2" );
    CHECK_STR( sent( "host", "/x" ), "a=2; a=1" );
    CHECK_STR( sent( "host", "/" ), "a=2" );
    cookie_jar_clear( &jar );
}

/* Secure */

static void test_cookie_secure_goes_over_tls_only( void )
{
    struct cookie_scope tls = scope_of( "host", "/" );

    tls.secure = 1;
    begin();
    CHECK_INT( store_in( &tls, "a=b; Secure" ), COOKIE_OK );
    CHECK_STR( sent( "host", "/" ), "" );
    CHECK_STR( sent_in( &tls ), "a=b" );
    CHECK_INT( store( "host", "/", "a=evil" ), COOKIE_REFUSED );
    CHECK_INT( store( "host", "/", "a=evil; Max-Age=0" ), COOKIE_REFUSED );
    CHECK_STR( sent_in( &tls ), "a=b" );
    CHECK_INT( store_in( &tls, "a=c" ), COOKIE_OK );
    CHECK_STR( sent( "host", "/" ), "a=c" );
    cookie_jar_clear( &jar );
}

/* limits */

static void fill( char *text, size_t name_len, size_t value_len )
{
    memset( text, 'n', name_len );
    text[name_len] = '=';
    memset( text + name_len + 1, 'v', value_len );
    text[name_len + 1 + value_len] = 0;
}

static void test_cookie_size_limit( void )
{
    static char text[COOKIE_MAX_SIZE + 16];

    begin();
    fill( text, 96, COOKIE_MAX_SIZE - 96 );
    CHECK_INT( store( "host", "/", text ), COOKIE_OK );
    fill( text, 95, COOKIE_MAX_SIZE - 94 );
    CHECK_INT( store( "host", "/", text ), COOKIE_REFUSED );
    CHECK_INT( jar.count, 1 );
    cookie_jar_clear( &jar );
}

static void test_cookie_long_attributes_are_passed_over( void )
{
    static char text[COOKIE_MAX_ATTRIBUTE + 32];

    strcpy( text, "a=b; Path=/" );
    memset( text + strlen( text ), 'x', COOKIE_MAX_ATTRIBUTE );
    EXPECT( text, "a=b" );
    text[10 + COOKIE_MAX_ATTRIBUTE] = 0;
    EXPECT( text, "" );
}

static void test_cookie_count_of_a_domain( void )
{
    char text[32];
    int i;

    begin();
    store( "other", "/", "a=b" );
    for (i = 0; i <= COOKIE_MAX_PER_DOMAIN; i++)
    {
        snprintf( text, sizeof(text), "c%d=", i );
        CHECK_INT( store( "host", "/", text ), COOKIE_OK );
    }
    CHECK_INT( jar.count, COOKIE_MAX_PER_DOMAIN + 1 );
    CHECK( !strstr( sent( "host", "/" ), "c0=" ) ); /* the oldest went */
    CHECK( strstr( sent( "host", "/" ), "c1=" ) != NULL );
    CHECK_STR( sent( "other", "/" ), "a=b" );
    /* one that is there already takes no room */
    store( "host", "/", "c1=x" );
    CHECK( strstr( sent( "host", "/" ), "c1=x" ) && strstr( sent( "host", "/" ), "c2=" ) );
    cookie_jar_clear( &jar );
}

static void test_cookie_count_of_the_jar( void )
{
    char host[32];
    int i;

    begin();
    for (i = 0; i <= COOKIE_MAX_TOTAL; i++)
    {
        snprintf( host, sizeof(host), "host%d", i );
        CHECK_INT( store( host, "/", "a=b" ), COOKIE_OK );
    }
    CHECK_INT( jar.count, COOKIE_MAX_TOTAL );
    CHECK_STR( sent( "host0", "/" ), "" );
    CHECK_STR( sent( "host1", "/" ), "a=b" );
    CHECK_STR( sent( host, "/" ), "a=b" );
    cookie_jar_clear( &jar );
}

static void test_cookie_header_limit( void )
{
    static char text[COOKIE_MAX_SIZE + 16];
    int i;

    begin();
    for (i = 0; i < COOKIE_MAX_PER_DOMAIN; i++)
    {
        fill( text, 2, COOKIE_MAX_SIZE - 2 );
        text[0] = (char)('a' + i % 26);
        text[1] = (char)('a' + i / 26);
        CHECK_INT( store( "host", "/", text ), COOKIE_OK );
    }
    CHECK_INT( strlen( sent( "host", "/" ) ), 15 * (COOKIE_MAX_SIZE + 1) + 14 * 2 );
    CHECK( !strncmp( sent( "host", "/" ), "xb=", 3 ) );
    cookie_jar_clear( &jar );
}

static void test_cookie_write_stops_at_the_room( void )
{
    struct cookie_scope scope = scope_of( "host", "/" );
    char out[16];
    size_t size;

    begin();
    store( "host", "/", "ab=cd" );
    store( "host", "/", "e=" );
    CHECK_INT( cookie_jar_write( &jar, &scope, NULL, 0 ), 9 );
    for (size = 0; size <= 9; size++)
    {
        memset( out, '#', sizeof(out) );
        CHECK_INT( cookie_jar_write( &jar, &scope, out, size ), 9 );
        CHECK_MEM( out, size, "e=; ab=cd", size );
        CHECK_INT( out[size], '#' );
    }
    cookie_jar_clear( &jar );
}

static void test_cookie_no_memory( void )
{
    struct unit_allocator memory;
    struct cookie_scope scope = scope_of( "host", "/" );

    unit_allocator_init( &memory );
    cookie_jar_init( &jar, &memory.alloc );
    CHECK_INT( cookie_jar_store( &jar, &scope, "a=b", 3 ), COOKIE_OK );
    memory.refuse = memory.requests + 1;
    CHECK_INT( cookie_jar_store( &jar, &scope, "a=c", 3 ), COOKIE_ERR_MEMORY );
    CHECK_STR( sent( "host", "/" ), "a=b" );
    cookie_jar_clear( &jar );
    CHECK_INT( memory.live, 0 );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_cookie_blanks_are_trimmed ),
    UNIT_TEST( test_cookie_without_a_name_is_refused ),
    UNIT_TEST( test_cookie_newest_first_and_names_have_case ),
    UNIT_TEST( test_cookie_expiry ),
    UNIT_TEST( test_cookie_is_deleted_by_an_expired_one ),
    UNIT_TEST( test_cookie_expires_in_the_jar ),
    UNIT_TEST( test_cookie_dates ),
    UNIT_TEST( test_cookie_domains ),
    UNIT_TEST( test_cookie_domain_of_others_is_refused ),
    UNIT_TEST( test_cookie_public_domain_may_name_itself ),
    UNIT_TEST( test_cookie_addresses_have_no_suffixes ),
    UNIT_TEST( test_cookie_paths ),
    UNIT_TEST( test_cookie_same_name_on_two_paths ),
    UNIT_TEST( test_cookie_secure_goes_over_tls_only ),
    UNIT_TEST( test_cookie_size_limit ),
    UNIT_TEST( test_cookie_long_attributes_are_passed_over ),
    UNIT_TEST( test_cookie_count_of_a_domain ),
    UNIT_TEST( test_cookie_count_of_the_jar ),
    UNIT_TEST( test_cookie_header_limit ),
    UNIT_TEST( test_cookie_write_stops_at_the_room ),
    UNIT_TEST( test_cookie_no_memory ),
};

UNIT_MAIN( tests )
