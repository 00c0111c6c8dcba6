/* test_inflate - compressed bodies in any pieces, corrupt and cut off (unix/inflate.c).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <zlib.h>

#include "unix_test.h"

enum
{
    PLAIN = 100000,  /* bytes of the sample, more than any window or buffer on the way */
    ROOM = 2 * PLAIN,
};

static const struct { UINT32 format; int bits; const char *name; } formats[] =
{
    { UNIX_INFLATE_GZIP, MAX_WBITS + 16, "gzip" },
    { UNIX_INFLATE_ZLIB, MAX_WBITS, "zlib" },
    { UNIX_INFLATE_RAW, -MAX_WBITS, "raw" },
};

static BYTE plain[PLAIN];

/* Half of it repeats, half is noise. */
static void fill_plain( void )
{
    uint64_t seed = 1;
    size_t i;

    for (i = 0; i < PLAIN; i++) plain[i] = i % 1000 < 500 ? 'a' : (BYTE)unit_random( &seed );
}

static UINT32 compress_to( BYTE *out, size_t room, const void *data, size_t len, int bits )
{
    z_stream zlib = { 0 };

    CHECK_INT( deflateInit2( &zlib, 9, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY ), Z_OK );
    zlib.next_in = (Bytef *)data;
    zlib.avail_in = (uInt)len;
    zlib.next_out = out;
    zlib.avail_out = (uInt)room;
    CHECK_INT( deflate( &zlib, Z_FINISH ), Z_STREAM_END );
    deflateEnd( &zlib );
    return (UINT32)(room - zlib.avail_out);
}

static UINT64 open_inflater( UINT32 format )
{
    struct inflate_open_params params = { .format = format };

    CHECK_INT( unix_call( unix_inflate_open, &params ), STATUS_SUCCESS );
    return params.inflater;
}

static NTSTATUS close_inflater( UINT64 inflater )
{
    struct inflate_close_params params = { .inflater = inflater };

    return unix_call( unix_inflate_close, &params );
}

/* What comes of a compressed text. */
struct result
{
    NTSTATUS status;        /* of the first call that failed */
    BYTE *out;              /* room bytes */
    UINT32 room, len, used;
    UINT32 ended;
};

/* One call, on copies against forbidden pages. */
static void run( UINT64 inflater, struct result *result, const BYTE *data, UINT32 len, UINT32 room )
{
    struct unit_guard in, out;
    struct inflate_params params = { .inflater = inflater, .input_len = len, .output_len = room };
    BYTE *copy;

    unit_guard_create( &in, len );
    unit_guard_create( &out, room );
    copy = memcpy( unit_guard_end( &in, len ), data, len );
    params.input = (ULONG_PTR)copy;
    params.output = (ULONG_PTR)unit_guard_end( &out, room );
    result->status = unix_call( unix_inflate, &params );
    CHECK( params.input_len <= len && params.output_len <= room );
    CHECK( params.output_len <= result->room - result->len );
    memcpy( result->out + result->len, unit_guard_end( &out, room ), params.output_len );
    result->len += params.output_len;
    result->used += params.input_len;
    result->ended = params.ended;
    unit_guard_destroy( &in );
    unit_guard_destroy( &out );
}

/* Slices of the input and of the room for the output: 0 = all, 1 = a byte at a time, else random
 * ones of at most that many bytes. */
static void inflate_sliced( UINT32 format, const BYTE *data, UINT32 len, UINT32 in, UINT32 out,
                            struct result *result )
{
    UINT64 inflater = open_inflater( format ), seed = 2;
    UINT32 left, before;

    result->len = result->used = result->ended = 0;
    result->status = STATUS_SUCCESS;
    for (;;)
    {
        UINT32 room = result->room - result->len;

        left = len - result->used;
        if (in) left = min( left, in == 1 ? 1 : (UINT32)unit_random_below( &seed, in ) + 1 );
        if (out) room = min( room, out == 1 ? 1 : (UINT32)unit_random_below( &seed, out ) + 1 );
        before = result->used + result->len;
        run( inflater, result, data + result->used, left, room );
        if (result->status || result->used + result->len == before) break;
    }
    CHECK_INT( close_inflater( inflater ), STATUS_SUCCESS );
}

static const UINT32 slices[][2] = { { 0, 0 }, { 1, 0 }, { 0, 1000 }, { 1000, 1000 }, { 37, 4096 } };

static void test_inflate_formats_in_any_slices( void )
{
    static BYTE packed[ROOM], out[ROOM];
    struct result result = { .out = out, .room = ROOM };
    size_t i, j;
    UINT32 len;

    fill_plain();
    for (i = 0; i < ARRAY_SIZE(formats); i++)
    {
        len = compress_to( packed, ROOM, plain, PLAIN, formats[i].bits );
        for (j = 0; j < ARRAY_SIZE(slices); j++)
        {
            unit_context( "%s by %u to %u", formats[i].name, slices[j][0], slices[j][1] );
            inflate_sliced( formats[i].format, packed, len, slices[j][0], slices[j][1], &result );
            CHECK_INT( result.status, STATUS_SUCCESS );
            CHECK( result.ended );
            CHECK_INT( result.used, len );
            CHECK_MEM( result.out, result.len, plain, PLAIN );
        }
    }
}

static void test_inflate_bytes_of_output( void )
{
    BYTE packed[100], out[100];
    struct result result = { .out = out, .room = sizeof(out) };
    UINT32 len = compress_to( packed, sizeof(packed), "hello hello", 11, MAX_WBITS + 16 );

    inflate_sliced( UNIX_INFLATE_GZIP, packed, len, 1, 1, &result );
    CHECK( result.ended );
    CHECK_MEM( out, result.len, "hello hello", 11 );
}

/* RFC 1952 2.2: members one behind the other are one text; what is no member is left alone. */
static void test_inflate_members( void )
{
    BYTE packed[200], out[100];
    struct result result = { .out = out, .room = sizeof(out) };
    UINT32 len = compress_to( packed, 100, "hello ", 6, MAX_WBITS + 16 ), i;

    len += compress_to( packed + len, 100, "world", 5, MAX_WBITS + 16 );
    memcpy( packed + len, "junk", 4 );
    for (i = 0; i < 2; i++)
    {
        inflate_sliced( UNIX_INFLATE_GZIP, packed, len + 4, i, 0, &result );
        CHECK_INT( result.status, STATUS_SUCCESS );
        CHECK( result.ended );
        CHECK_INT( result.used, len );
        CHECK_MEM( out, result.len, "hello world", 11 );
    }
}

/* A text cut anywhere is never complete, and no error by itself. */
static void test_inflate_cut_everywhere( void )
{
    BYTE packed[100], out[100];
    struct result result = { .out = out, .room = sizeof(out) };
    UINT32 len, cut;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(formats); i++)
    {
        len = compress_to( packed, sizeof(packed), "hello hello", 11, formats[i].bits );
        for (cut = 0; cut < len; cut++)
        {
            unit_context( "%s cut at %u", formats[i].name, cut );
            inflate_sliced( formats[i].format, packed, cut, 0, 0, &result );
            CHECK_INT( result.status, STATUS_SUCCESS );
            CHECK( !result.ended );
        }
    }
}

/* Any byte wrong: an error, or another end than before; never more than there is room for. Those of
 * gzip's head that nobody checks may change. */
static void test_inflate_corrupt_everywhere( void )
{
    BYTE packed[100], out[100];
    struct result result = { .out = out, .room = sizeof(out) };
    UINT32 len, at, wrong = 0;

    len = compress_to( packed, sizeof(packed), "hello hello", 11, MAX_WBITS + 16 );
    for (at = 0; at < len; at++)
    {
        unit_context( "byte %u", at );
        packed[at] ^= 0x55;
        inflate_sliced( UNIX_INFLATE_GZIP, packed, len, 0, 0, &result );
        if (result.status == STATUS_DATA_ERROR || !result.ended) wrong++;
        else CHECK( at >= 4 && at < 10 );
        packed[at] ^= 0x55;
    }
    CHECK( wrong >= len - 6 );
}

/* A mebibyte that was a kibibyte comes in the pieces that there is room for. */
static void test_inflate_bomb_in_pieces( void )
{
    static BYTE zeros[1 << 20], packed[4096], out[8192];
    UINT32 len = compress_to( packed, sizeof(packed), zeros, sizeof(zeros), MAX_WBITS );
    struct result result = { .out = out, .room = sizeof(out) };
    UINT64 inflater = open_inflater( UNIX_INFLATE_ZLIB );
    UINT32 calls = 0, total = 0;

    do
    {
        result.len = 0;
        run( inflater, &result, packed + result.used, len - result.used, sizeof(out) );
        total += result.len;
        calls++;
    } while (!result.status && result.len && calls < 1000);
    CHECK( result.ended );
    CHECK_INT( total, sizeof(zeros) );
    CHECK_INT( close_inflater( inflater ), STATUS_SUCCESS );
}

static void test_inflate_bad_handles( void )
{
    struct inflate_open_params open = { .format = 99 };
    struct inflate_params params = { .inflater = 0 };
    UINT64 inflater = open_inflater( UNIX_INFLATE_RAW ), other;

    CHECK_INT( unix_call( unix_inflate_open, &open ), STATUS_INVALID_PARAMETER );
    CHECK_INT( unix_call( unix_inflate, &params ), STATUS_INVALID_HANDLE );
    CHECK_INT( close_inflater( 0 ), STATUS_INVALID_HANDLE );
    CHECK_INT( close_inflater( ~(UINT64)0 ), STATUS_INVALID_HANDLE );
    CHECK_INT( close_inflater( inflater ), STATUS_SUCCESS );
    CHECK_INT( close_inflater( inflater ), STATUS_INVALID_HANDLE );
    other = open_inflater( UNIX_INFLATE_RAW );
    CHECK( other != inflater );
    params.inflater = inflater;
    CHECK_INT( unix_call( unix_inflate, &params ), STATUS_INVALID_HANDLE );
    CHECK_INT( close_inflater( other ), STATUS_SUCCESS );
}

static void test_inflate_open_without_memory( void )
{
    struct inflate_open_params params = { .format = UNIX_INFLATE_GZIP };

    fault_plan( SYS_CALL_ALLOC, 0, ENOMEM );
    CHECK_INT( unix_call( unix_inflate_open, &params ), STATUS_NO_MEMORY );
    fault_clear();
    CHECK( !params.inflater );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_inflate_formats_in_any_slices ),
    UNIT_TEST( test_inflate_bytes_of_output ),
    UNIT_TEST( test_inflate_members ),
    UNIT_TEST( test_inflate_cut_everywhere ),
    UNIT_TEST( test_inflate_corrupt_everywhere ),
    UNIT_TEST( test_inflate_bomb_in_pieces ),
    UNIT_TEST( test_inflate_bad_handles ),
    UNIT_TEST( test_inflate_open_without_memory ),
};

UNIT_MAIN( tests )
