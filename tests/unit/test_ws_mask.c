/* test_ws_mask - masking of client frames.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/ws_frame.h"

#include <pthread.h>
#include <string.h>

#include "unit.h"

enum
{
    MAX_LEN = 400, /* several of the widest blocks (128 bytes) and every rest behind them */
};

static const uint8_t key[WS_MASK_KEY] = { 0x37, 0xfa, 0x21, 0x3d };

/* RFC 6455 5.3 as it is written */
static void mask_reference( uint8_t *dst, const uint8_t *src, size_t len, size_t offset )
{
    size_t i;

    for (i = 0; i < len; i++) dst[i] = src[i] ^ key[(offset + i) % 4];
}

static void fill( uint8_t *data, size_t len )
{
    uint64_t random = 5;

    while (len--) *data++ = (uint8_t)(unit_random( &random ) >> 32);
}

static void test_ws_mask_matches_the_example_of_the_rfc( void )
{
    static const uint8_t masked[] = { 0x7f, 0x9f, 0x4d, 0x51, 0x58 }; /* RFC 6455 5.7 */
    uint8_t out[5];

    ws_mask( out, (const uint8_t *)"Hello", 5, key, 0 );
    CHECK_MEM( out, 5, masked, 5 );
}

static void test_ws_mask_of_nothing_touches_nothing( void )
{
    ws_mask( NULL, NULL, 0, key, 3 );
}

static void test_ws_mask_matches_definition_for_every_length_and_offset( void )
{
    uint8_t in[MAX_LEN], out[MAX_LEN + 1], want[MAX_LEN];
    size_t len, offset;

    fill( in, sizeof(in) );
    for (len = 0; len <= MAX_LEN; len++)
        for (offset = 0; offset < 8; offset++)
        {
            memset( out, 0xa5, sizeof(out) );
            mask_reference( want, in, len, offset );
            ws_mask( out, in, len, key, offset );
            unit_context( "len %zu offset %zu", len, offset );
            CHECK_MEM( out, len, want, len );
            CHECK_INT( out[len], 0xa5 );
        }
}

static void test_ws_mask_takes_any_alignment( void )
{
    uint8_t in[64 + MAX_LEN], out[64 + MAX_LEN], want[MAX_LEN];
    size_t from, to;

    fill( in, sizeof(in) );
    for (from = 0; from < 33; from++)
        for (to = 0; to < 33; to++)
        {
            mask_reference( want, in + from, 300, 1 );
            ws_mask( out + to, in + from, 300, key, 1 );
            unit_context( "from %zu to %zu", from, to );
            CHECK_MEM( out + to, 300, want, 300 );
        }
}

static void test_ws_mask_works_in_place( void )
{
    uint8_t data[MAX_LEN], want[MAX_LEN];
    size_t len;

    for (len = 0; len <= MAX_LEN; len++)
    {
        fill( data, sizeof(data) );
        mask_reference( want, data, len, 2 );
        ws_mask( data, data, len, key, 2 );
        unit_context( "len %zu", len );
        CHECK_MEM( data, len, want, len );
    }
}

static void test_ws_mask_stays_inside_its_buffers( void )
{
    struct unit_guard from, to;
    size_t len;

    unit_guard_create( &from, MAX_LEN );
    unit_guard_create( &to, MAX_LEN );
    for (len = 0; len <= MAX_LEN; len++)
    {
        ws_mask( unit_guard_end( &to, len ), unit_guard_end( &from, len ), len, key, len );
        ws_mask( unit_guard_start( &to ), unit_guard_start( &from ), len, key, len );
    }
    unit_guard_destroy( &from );
    unit_guard_destroy( &to );
}

static void test_ws_mask_in_slices_equals_whole( void )
{
    uint8_t data[MAX_LEN], want[MAX_LEN];
    uint64_t random = 11;
    size_t round, done, len;

    for (round = 0; round < 200; round++)
    {
        fill( data, sizeof(data) );
        ws_mask( want, data, MAX_LEN, key, 0 );
        for (done = 0; done < MAX_LEN; done += len)
        {
            len = unit_random_below( &random, MAX_LEN / 2 );
            if (len > MAX_LEN - done) len = MAX_LEN - done;
            ws_mask( data + done, data + done, len, key, done );
        }
        unit_context( "round %zu", round );
        CHECK_MEM( data, MAX_LEN, want, MAX_LEN );
    }
}

static void test_ws_mask_twice_is_the_original( void )
{
    uint8_t data[MAX_LEN], want[MAX_LEN];

    fill( data, sizeof(data) );
    memcpy( want, data, sizeof(data) );
    ws_mask( data, data, sizeof(data), key, 3 );
    ws_mask( data, data, sizeof(data), key, 3 );
    CHECK_MEM( data, sizeof(data), want, sizeof(want) );
}

static void test_ws_mask_offset_wraps( void )
{
    uint8_t in[MAX_LEN] = { 0 }, a[MAX_LEN], b[MAX_LEN];

    ws_mask( a, in, sizeof(in), key, SIZE_MAX );
    ws_mask( b, in, sizeof(in), key, 3 );
    CHECK_MEM( a, sizeof(a), b, sizeof(b) );
}

static void *mask_on_thread( void *out )
{
    static const uint8_t zeros[MAX_LEN];

    ws_mask( out, zeros, MAX_LEN, key, 0 );
    return NULL;
}

/* Threads choose the implementation at the same time: for the thread sanitizer. */
static void test_ws_mask_chooses_from_several_threads( void )
{
    uint8_t out[4][MAX_LEN], want[MAX_LEN] = { 0 };
    pthread_t threads[4];
    size_t i;

    mask_reference( want, want, MAX_LEN, 0 );
    for (i = 0; i < 4; i++)
        if (!CHECK( !pthread_create( &threads[i], NULL, mask_on_thread, out[i] ) )) abort();
    for (i = 0; i < 4; i++)
    {
        pthread_join( threads[i], NULL );
        CHECK_MEM( out[i], MAX_LEN, want, MAX_LEN );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_ws_mask_chooses_from_several_threads ), /* first: the choice is made once */
    UNIT_TEST( test_ws_mask_matches_the_example_of_the_rfc ),
    UNIT_TEST( test_ws_mask_of_nothing_touches_nothing ),
    UNIT_TEST( test_ws_mask_matches_definition_for_every_length_and_offset ),
    UNIT_TEST( test_ws_mask_takes_any_alignment ),
    UNIT_TEST( test_ws_mask_works_in_place ),
    UNIT_TEST( test_ws_mask_stays_inside_its_buffers ),
    UNIT_TEST( test_ws_mask_in_slices_equals_whole ),
    UNIT_TEST( test_ws_mask_twice_is_the_original ),
    UNIT_TEST( test_ws_mask_offset_wraps ),
};

UNIT_MAIN( tests )
