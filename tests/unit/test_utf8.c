/* test_utf8 - the streaming UTF-8 validator.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/utf8.h"

#include <string.h>

#include "unit.h"

enum { INVALID = -1 };

/* the validator under replay */

static void *engine_create( const struct allocator *alloc, const void *argument )
{
    static struct utf8_validator utf8;

    (void)alloc, (void)argument;
    utf8_init( &utf8 );
    return &utf8;
}

static int engine_feed( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                        struct unit_log *log )
{
    struct utf8_validator *utf8 = state, before = *utf8;

    if (utf8_feed( utf8, len ? in : NULL, len ))
    {
        *consumed = len;
        if (last) unit_log_event( log, utf8_complete( utf8 ) ? "complete" : "cut" );
        return 0;
    }
    while (utf8_feed( &before, in + *consumed, 1 )) ++*consumed;
    return INVALID;
}

static void engine_destroy( void *state )
{
    (void)state;
}

static const struct unit_engine engine = { engine_create, engine_feed, engine_destroy, 0 };

#define VALID( text ) \
    PLAY( &engine, NULL, (text), sizeof(text) - 1, 0, sizeof(text) - 1, "complete\n" )
#define CUT( text ) PLAY( &engine, NULL, (text), sizeof(text) - 1, 0, sizeof(text) - 1, "cut\n" )
/* good: bytes in front of the one that nothing could make valid */
#define BAD( text, good ) PLAY( &engine, NULL, (text), sizeof(text) - 1, INVALID, (good), "" )

/* another way to say what UTF-8 is: decode, then ask whether the shortest form was used */

static int reference_length( const uint8_t *p, size_t len )
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t code;
    size_t n, i;

    if (p[0] < 0x80) return 1;
    n = p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : p[0] >> 3 == 30 ? 4 : 0;
    if (!n || n > len) return 0;
    code = p[0] & (0x7f >> n);
    for (i = 1; i < n; i++)
    {
        if (p[i] >> 6 != 2) return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    if (code < smallest[n] || code > 0x10ffff || code >> 11 == 0x1b) return 0;
    return (int)n;
}

static int reference_valid( const uint8_t *p, size_t len )
{
    while (len)
    {
        int n = reference_length( p, len );

        if (!n) return 0;
        p += n;
        len -= n;
    }
    return 1;
}

static int is_valid( const uint8_t *p, size_t len )
{
    struct utf8_validator utf8;

    utf8_init( &utf8 );
    return utf8_feed( &utf8, p, len ) && utf8_complete( &utf8 );
}

/* tests */

static void test_utf8_empty_is_valid( void )
{
    VALID( "" );
}

static void test_utf8_ascii_is_valid( void )
{
    VALID( "a" );
    VALID( "Hello, world" );
    VALID( "a line longer than the blocks of the fast path, which are thirty-two bytes long" );
    VALID( "\x7f" );
}

static void test_utf8_nul_is_valid( void )
{
    VALID( "a\0b" );
}

static void test_utf8_mixed_text_is_valid( void )
{
    VALID( "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5" );           /* kosme, Autobahn 6.2.1 */
    VALID( "Hello-\xc2\xb5@\xc3\x9f\xc3\xb6\xc3\xa4\xc3\xbc\xc3\xa0\xc3\xa1-UTF-8!!" );
    VALID( "\xf0\x9f\x98\x80 and thirty-odd bytes of ASCII \xf0\x9f\x98\x80 and some more of it" );
}

static void test_utf8_first_and_last_of_each_length_are_valid( void )
{
    VALID( "\xc2\x80" );
    VALID( "\xdf\xbf" );
    VALID( "\xe0\xa0\x80" );
    VALID( "\xef\xbf\xbf" );
    VALID( "\xf0\x90\x80\x80" );
    VALID( "\xf4\x8f\xbf\xbf" );
}

static void test_utf8_neighbours_of_surrogates_are_valid( void )
{
    VALID( "\xed\x9f\xbf" );
    VALID( "\xee\x80\x80" );
    VALID( "\xef\xbf\xbd" );
}

static void test_utf8_noncharacters_are_valid( void )
{
    VALID( "\xef\xbf\xbe" );         /* U+FFFE */
    VALID( "\xf0\x9f\xbf\xbe" );     /* U+1FFFE */
    VALID( "\xf4\x8f\xbf\xbe" );     /* U+10FFFE */
}

static void test_utf8_cut_sequence_is_incomplete( void )
{
    CUT( "\xc2" );
    CUT( "abc\xe0" );
    CUT( "\xe0\xa0" );
    CUT( "\xf0" );
    CUT( "\xf0\x90" );
    CUT( "\xf4\x8f\xbf" );
    CUT( "\xce\xba\xe1\xbd\xb9\xcf" );
}

static void test_utf8_continuation_without_start_is_invalid( void )
{
    BAD( "\x80", 0 );
    BAD( "\xbf", 0 );
    BAD( "ab\x80", 2 );
    BAD( "\xc2\x80\x80", 2 );
    BAD( "\xf0\x90\x80\x80\x80", 4 );
}

static void test_utf8_start_without_continuation_is_invalid( void )
{
    BAD( "\xc2 ", 1 );
    BAD( "\xe1\x80 ", 2 );
    BAD( "\xf1\x80\x80 ", 3 );
    BAD( "\xc2\xc2\x80", 1 );
    BAD( "\xe1\x80\xe1\x80\x80", 2 );
    BAD( "\xf1\xff\x80\x80", 1 );
}

static void test_utf8_impossible_bytes_are_invalid( void )
{
    BAD( "\xfe", 0 );
    BAD( "\xff", 0 );
    BAD( "a\xfe\xfe\xff\xff", 1 );
    BAD( "\xf5\x80\x80\x80", 0 );
    BAD( "\xf8\x88\x80\x80\x80", 0 );        /* five bytes */
    BAD( "\xfc\x84\x80\x80\x80\x80", 0 );    /* six */
}

static void test_utf8_overlong_forms_are_invalid( void )
{
    BAD( "\xc0\xaf", 0 );                    /* "/" */
    BAD( "\xc1\xbf", 0 );
    BAD( "\xe0\x80\xaf", 1 );
    BAD( "\xe0\x9f\xbf", 1 );
    BAD( "\xf0\x80\x80\xaf", 1 );
    BAD( "\xf0\x8f\xbf\xbf", 1 );
    BAD( "\xc0\x80", 0 );                    /* NUL, Autobahn 6.12 */
    BAD( "\xe0\x80\x80", 1 );
}

static void test_utf8_surrogates_are_invalid( void )
{
    BAD( "\xed\xa0\x80", 1 );
    BAD( "\xed\xad\xbf", 1 );
    BAD( "\xed\xbf\xbf", 1 );
    BAD( "\xed\xa0\x80\xed\xb0\x80", 1 );    /* a pair */
    BAD( "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80" "edited", 12 );
}

static void test_utf8_above_10ffff_is_invalid( void )
{
    BAD( "\xf4\x90\x80\x80", 1 );
    BAD( "\xf7\xbf\xbf\xbf", 0 );
    /* Autobahn 6.4.1: known as bad at the second byte of the sequence, whatever follows */
    BAD( "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf4\x90\x80\x80" "edited", 12 );
}

static void test_utf8_fails_wherever_the_block_ends( void )
{
    uint8_t text[80];
    size_t at;

    for (at = 0; at < sizeof(text); at++)
    {
        struct unit_outcome bad = { INVALID, 0, "" };

        memset( text, 'x', sizeof(text) );
        text[at] = 0xc0;
        bad.consumed = at;
        unit_context( "at %zu", at );
        unit_play( __FILE__, __LINE__, &engine, NULL, text, sizeof(text), &bad );
    }
}

/* The rest behind the last block is looked at by words that overlap. */
static void test_utf8_finds_a_bad_byte_anywhere_in_any_length( void )
{
    struct utf8_validator utf8;
    uint8_t text[72];
    size_t len, at;

    for (len = 1; len <= sizeof(text); len++)
        for (at = 0; at < len; at++)
        {
            memset( text, 'x', sizeof(text) );
            text[at] = 0xff;
            unit_context( "length %zu, at %zu", len, at );
            utf8_init( &utf8 );
            CHECK_INT( utf8_feed( &utf8, text, len ), 0 );
            utf8_init( &utf8 );
            CHECK( utf8_feed( &utf8, text, at ) && utf8_complete( &utf8 ) );
        }
}

static void test_utf8_passes_wherever_the_block_ends( void )
{
    uint8_t text[80];
    size_t at;

    for (at = 0; at + 4 <= sizeof(text); at++)
    {
        memset( text, 'x', sizeof(text) );
        memcpy( text + at, "\xf0\x9f\x98\x80", 4 );
        unit_context( "at %zu", at );
        PLAY( &engine, NULL, text, sizeof(text), 0, sizeof(text), "complete\n" );
    }
}

/* Each of the sequences with ASCII behind it, as the fast path looks at four bytes at once. */
static void test_utf8_agrees_with_decoder_on_all_short_sequences( void )
{
    uint8_t text[8] = { 0, 0, 0, 'a', 'b', 'c', 'd', 'e' };
    uint32_t i;

    for (i = 0; i < 1u << 24; i++)
    {
        text[0] = (uint8_t)(i >> 16);
        text[1] = (uint8_t)(i >> 8);
        text[2] = (uint8_t)i;
        if (is_valid( text, 3 ) != reference_valid( text, 3 ) ||
            is_valid( text, 8 ) != reference_valid( text, 8 ))
        {
            unit_fail( __FILE__, __LINE__, "differs for %06x", i );
            return;
        }
    }
}

static void test_utf8_agrees_with_decoder_on_all_four_byte_starts( void )
{
    static const uint8_t ends[] = { 0x00, 0x7f, 0x80, 0x81, 0xbe, 0xbf, 0xc0, 0xff };
    uint8_t text[6] = { 0, 0, 0, 0, 'a', 'b' };
    uint32_t i;

    for (i = 0; i < 16u << 19; i++)
    {
        text[0] = (uint8_t)(0xf0 + (i >> 19));
        text[1] = (uint8_t)(i >> 11);
        text[2] = (uint8_t)(i >> 3);
        text[3] = ends[i & 7];
        if (is_valid( text, 4 ) != reference_valid( text, 4 ) ||
            is_valid( text, 6 ) != reference_valid( text, 6 ))
        {
            unit_fail( __FILE__, __LINE__, "differs for %02x %02x %02x %02x", text[0], text[1],
                       text[2], text[3] );
            return;
        }
    }
}

static void test_utf8_agrees_with_decoder_on_random_text( void )
{
    static const uint8_t alphabet[] = "a\x80\x8f\x90\x9f\xa0\xbf"
                                      "\xc2\xdf\xe0\xe1\xed\xef\xf0\xf4\xf5";
    uint64_t random = 6455;
    uint8_t text[48];
    size_t round, len, i;

    for (round = 0; round < 300000; round++)
    {
        len = unit_random_below( &random, sizeof(text) );
        for (i = 0; i < len; i++)
            text[i] = alphabet[unit_random_below( &random, sizeof(alphabet) - 1 )];
        if (is_valid( text, len ) == reference_valid( text, len )) continue;
        unit_fail( __FILE__, __LINE__, "differs in round %zu", round );
        return;
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_utf8_empty_is_valid ),
    UNIT_TEST( test_utf8_ascii_is_valid ),
    UNIT_TEST( test_utf8_nul_is_valid ),
    UNIT_TEST( test_utf8_mixed_text_is_valid ),
    UNIT_TEST( test_utf8_first_and_last_of_each_length_are_valid ),
    UNIT_TEST( test_utf8_neighbours_of_surrogates_are_valid ),
    UNIT_TEST( test_utf8_noncharacters_are_valid ),
    UNIT_TEST( test_utf8_cut_sequence_is_incomplete ),
    UNIT_TEST( test_utf8_continuation_without_start_is_invalid ),
    UNIT_TEST( test_utf8_start_without_continuation_is_invalid ),
    UNIT_TEST( test_utf8_impossible_bytes_are_invalid ),
    UNIT_TEST( test_utf8_overlong_forms_are_invalid ),
    UNIT_TEST( test_utf8_surrogates_are_invalid ),
    UNIT_TEST( test_utf8_above_10ffff_is_invalid ),
    UNIT_TEST( test_utf8_fails_wherever_the_block_ends ),
    UNIT_TEST( test_utf8_finds_a_bad_byte_anywhere_in_any_length ),
    UNIT_TEST( test_utf8_passes_wherever_the_block_ends ),
    UNIT_TEST( test_utf8_agrees_with_decoder_on_all_short_sequences ),
    UNIT_TEST( test_utf8_agrees_with_decoder_on_all_four_byte_starts ),
    UNIT_TEST( test_utf8_agrees_with_decoder_on_random_text ),
};

UNIT_MAIN( tests )
