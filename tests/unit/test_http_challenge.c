/* test_http_challenge - schemes and parameters of WWW-Authenticate.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_challenge.h"

#include <string.h>

#include "unit.h"

/* "Scheme|token|params" of each challenge, a line each */
static const char *describe( const char *text )
{
    static struct unit_log log;
    struct http_challenge challenge;
    size_t len = strlen( text );
    struct unit_guard guard;
    const char *rest;

    unit_log_clear( &log );
    unit_log_init( &log );
    unit_guard_create( &guard, len );
    rest = memcpy( unit_guard_end( &guard, len ), text, len );
    while (http_challenge_next( &rest, &len, &challenge ))
        unit_log_event( &log, "%.*s|%.*s|%.*s", (int)challenge.scheme_len, challenge.scheme,
                        (int)challenge.token_len, challenge.token_len ? challenge.token : "",
                        (int)challenge.params_len, challenge.params_len ? challenge.params : "" );
    CHECK_INT( len, 0 );
    unit_guard_destroy( &guard );
    return unit_log_text( &log );
}

static void test_http_challenge_single( void )
{
    CHECK_STR( describe( "NTLM" ), "NTLM||\n" );
    CHECK_STR( describe( " Negotiate " ), "Negotiate||\n" );
    CHECK_STR( describe( "Negotiate YII/+-._~==" ), "Negotiate|YII/+-._~==|\n" );
    CHECK_STR( describe( "Basic realm=\"a, b\"" ), "Basic||realm=\"a, b\"\n" );
    CHECK_STR( describe( "Basic realm=plain" ), "Basic||realm=plain\n" );
    CHECK_STR( describe( "Digest a=\"1\" , b = 2,,c=\"\\\"\"" ),
               "Digest||a=\"1\" , b = 2,,c=\"\\\"\"\n" );
}

static void test_http_challenge_several( void )
{
    CHECK_STR( describe( "Negotiate, NTLM" ), "Negotiate||\nNTLM||\n" );
    CHECK_STR( describe( ",, Bearer ,Basic realm=\"x\",NTLM ," ),
               "Bearer||\nBasic||realm=\"x\"\nNTLM||\n" );
    CHECK_STR( describe( "Digest realm=\"a, NTLM\", nonce=x, Negotiate YI==, Basic realm=b" ),
               "Digest||realm=\"a, NTLM\", nonce=x\nNegotiate|YI==|\nBasic||realm=b\n" );
    CHECK_STR( describe( "Basic realm=\"x\", Digest realm=\"x\"" ),
               "Basic||realm=\"x\"\nDigest||realm=\"x\"\n" );
}

/* what real servers get wrong */
static void test_http_challenge_malformed( void )
{
    CHECK_STR( describe( "" ), "" );
    CHECK_STR( describe( " ,\t, " ), "" );
    CHECK_STR( describe( "Basic realm=My Realm, NTLM" ), "Basic||realm=My Realm\nNTLM||\n" );
    CHECK_STR( describe( "Basic realm=\"open, NTLM" ), "Basic||realm=\"open, NTLM\n" );
    CHECK_STR( describe( "Basic realm=\"x\"y, NTLM" ), "Basic||realm=\"x\"y\nNTLM||\n" );
    CHECK_STR( describe( "Basic \"x\", NTLM" ), "Basic||\nNTLM||\n" );
    CHECK_STR( describe( "realm=\"x\", NTLM" ), "NTLM||\n" );
    CHECK_STR( describe( "Ba;sic, (), @, NTLM" ), "NTLM||\n" );
    CHECK_STR( describe( "Basic realm=\"x\\" ), "Basic||realm=\"x\\\n" );
    CHECK_STR( describe( "NTLM abc=d=, x" ), "NTLM||abc=d=\nx||\n" );
    CHECK_STR( describe( "Basic realm=" ), "Basic|realm=|\n" );
}

/* "(none)", or the text of the parameter of the first challenge */
static const char *param( const char *text, const char *name )
{
    static char out[64];
    struct http_challenge challenge;
    size_t len = strlen( text ), size = 99, again;

    if (!CHECK( http_challenge_next( &text, &len, &challenge ) )) return "";
    if (!http_challenge_param( &challenge, name, NULL, 0, &size ))
    {
        CHECK_INT( size, 99 );
        return "(none)";
    }
    memset( out, '#', sizeof(out) );
    CHECK( http_challenge_param( &challenge, name, out, size ? size - 1 : 0, &again ) );
    CHECK_INT( again, size );
    if (size) CHECK_INT( out[size - 1], '#' );
    CHECK( http_challenge_param( &challenge, name, out, size, &again ) );
    CHECK_INT( out[size], '#' );
    out[size] = 0;
    return out;
}

static void test_http_challenge_params( void )
{
    static const char text[] = "Digest realm=\"a \\\"b\\\\\", NONCE = x y , empty=\"\", "
                               "realm=second, NTLM realm=other";

    CHECK_STR( param( text, "realm" ), "a \"b\\" );
    CHECK_STR( param( text, "nonce" ), "x y" );
    CHECK_STR( param( text, "empty" ), "" );
    CHECK_STR( param( text, "other" ), "(none)" );
    CHECK_STR( param( text, "rea" ), "(none)" );
    CHECK_STR( param( "NTLM TlRM", "TlRM" ), "(none)" );
    CHECK_STR( param( "NTLM", "realm" ), "(none)" );
    CHECK_STR( param( "Basic realm=\"x\\", "realm" ), "x\\" );
    CHECK_STR( param( "Basic realm=\"open, x=y", "realm" ), "open, x=y" );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_challenge_single ),
    UNIT_TEST( test_http_challenge_several ),
    UNIT_TEST( test_http_challenge_malformed ),
    UNIT_TEST( test_http_challenge_params ),
};

UNIT_MAIN( tests )
