/* test_base64 - bytes as text and back.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/base64.h"

#include <string.h>

#include "unit.h"

static void check_pair( const char *bytes, size_t len, const char *text )
{
    size_t text_len = strlen( text ), out_len = 99;
    char encoded[32];
    uint8_t out[32];

    CHECK_INT( base64_size( len ), text_len );
    memset( encoded, '#', sizeof(encoded) );
    base64_encode( (const uint8_t *)bytes, len, encoded );
    CHECK_MEM( encoded, text_len, text, text_len );
    CHECK_INT( encoded[text_len], '#' );
    memset( out, '#', sizeof(out) );
    CHECK( base64_decode( text, text_len, out, &out_len ) );
    CHECK_MEM( out, out_len, bytes, len );
    CHECK_INT( out[len], '#' );
}

static void test_base64_both_ways( void )
{
    /* RFC 4648 10 */
    check_pair( "", 0, "" );
    check_pair( "f", 1, "Zg==" );
    check_pair( "fo", 2, "Zm8=" );
    check_pair( "foo", 3, "Zm9v" );
    check_pair( "foob", 4, "Zm9vYg==" );
    check_pair( "fooba", 5, "Zm9vYmE=" );
    check_pair( "foobar", 6, "Zm9vYmFy" );
    check_pair( "\0\xff\xfe", 3, "AP/+" );
}

static void test_base64_refuses_other_text( void )
{
    static const char *const texts[] =
    {
        "Z", "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm9v\n", "Zm9 ", "Zm_v", "=g==", "Zm9vYg=",
    };
    uint8_t out[16];
    size_t i, len;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
    {
        unit_context( "%s", texts[i] );
        len = 99;
        CHECK( !base64_decode( texts[i], strlen( texts[i] ), out, &len ) );
        CHECK_INT( len, 99 );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_base64_both_ways ),
    UNIT_TEST( test_base64_refuses_other_text ),
};

UNIT_MAIN( tests )
