/* test_pac_answer - what proxy scripts answer.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/pac_answer.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static struct pac_answer_entry entries[PAC_ANSWER_MAX];

/* "kind host port" of each entry, with a bar in between; from a text at a forbidden page. */
static const char *parse( const char *text )
{
    static const char *const names[] = { "direct", "http", "https", "socks" };
    static char out[512];
    struct unit_guard guard;
    char *at_end;
    size_t i, count, len = 0;

    unit_guard_create( &guard, strlen( text ) + 1 );
    at_end = (char *)unit_guard_end( &guard, strlen( text ) + 1 );
    strcpy( at_end, text );
    count = pac_answer_parse( at_end, entries );
    out[0] = 0;
    for (i = 0; i < count; i++)
    {
        const struct proxy_list_entry *server = &entries[i].server;

        len += snprintf( out + len, sizeof(out) - len, "%s%s", i ? "|" : "",
                         names[entries[i].kind] );
        if (server->host)
            len += snprintf( out + len, sizeof(out) - len, " %.*s %u", (int)server->host_len,
                             server->host, server->port );
        if (!CHECK( len < sizeof(out) )) break;
    }
    unit_guard_destroy( &guard );
    return out;
}

static void test_pac_answer_kinds( void )
{
    CHECK_STR( parse( "DIRECT" ), "direct" );
    CHECK_STR( parse( "PROXY proxy:3128" ), "http proxy 3128" );
    CHECK_STR( parse( "HTTP proxy:3128" ), "http proxy 3128" );
    CHECK_STR( parse( "HTTPS proxy:8443" ), "https proxy 8443" );
    CHECK_STR( parse( "SOCKS s:1" ), "socks s 1" );
    CHECK_STR( parse( "SOCKS4 s:1" ), "socks s 1" );
    CHECK_STR( parse( "SOCKS5 s:1" ), "socks s 1" );
    CHECK_STR( parse( "proxy p:1;Direct" ), "http p 1|direct" );
}

static void test_pac_answer_default_ports( void )
{
    CHECK_STR( parse( "PROXY p" ), "http p 80" );
    CHECK_STR( parse( "HTTP p" ), "http p 80" );
    CHECK_STR( parse( "HTTPS p" ), "https p 443" );
    CHECK_STR( parse( "SOCKS p" ), "socks p 1080" );
    CHECK_STR( parse( "SOCKS5 p" ), "socks p 1080" );
}

static void test_pac_answer_lists( void )
{
    CHECK_STR( parse( "PROXY a:1; SOCKS b; DIRECT" ), "http a 1|socks b 1080|direct" );
    CHECK_STR( parse( " ;;\tPROXY\t\ta:1 ;\r\nDIRECT ; " ), "http a 1|direct" );
    CHECK_STR( parse( "PROXY [::1]:8080;PROXY [fe80::1]" ), "http ::1 8080|http fe80::1 80" );
    CHECK_STR( parse( "PROXY fe80::1" ), "http fe80::1 80" );
}

static void test_pac_answer_malformed( void )
{
    static const char *const texts[] =
    {
        "", ";", " ", "PROXY", "PROXY ;", "PROXY :1", "PROXY p:0", "PROXY p:65536", "PROXY p:x",
        "PROXY p:1 q:2", "PROXY p/", "PROXY http://p:1", "PROXY u@p:1", "PROXY p\x01", "PROXYp:1",
        "DIRECT p", "DIRECTLY", "QUIC p:1", "p:1", "SOCKS6 p:1", "PROXY [::1",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
    {
        unit_context( "\"%s\"", texts[i] );
        CHECK_STR( parse( texts[i] ), "" );
    }
    unit_context( NULL );
    CHECK_STR( parse( "PROXY bad:x; PROXY good:1; WHAT; DIRECT" ), "http good 1|direct" );
}

static void test_pac_answer_is_cut( void )
{
    char text[PAC_ANSWER_MAX * 2 * 8 + 1] = "";
    size_t i;

    for (i = 0; i < PAC_ANSWER_MAX * 2; i++) strcat( text, "DIRECT;" );
    CHECK_INT( pac_answer_parse( text, entries ), PAC_ANSWER_MAX );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_pac_answer_kinds ),
    UNIT_TEST( test_pac_answer_default_ports ),
    UNIT_TEST( test_pac_answer_lists ),
    UNIT_TEST( test_pac_answer_malformed ),
    UNIT_TEST( test_pac_answer_is_cut ),
};

UNIT_MAIN( tests )
