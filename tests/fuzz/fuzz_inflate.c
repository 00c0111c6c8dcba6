/* fuzz_inflate - hostile compressed bodies: whole and in pieces they come to the same.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that chooses the format, one that seeds the pieces, the compressed data.
 */

#if 0
#pragma makedep unix
#endif

#include "unix/inflate.c"

#include "fuzz.h"

enum { ROOM = 65536 };

struct run
{
    uint8_t out[ROOM];
    uint32_t len, used, ended;
    NTSTATUS status;
};

/* seed 0: in one piece */
static void run( uint32_t format, const uint8_t *data, uint32_t len, uint64_t seed,
                 struct run *run )
{
    struct inflate_open_params open = { .format = format };
    struct inflate_close_params close;

    run->len = run->used = run->ended = 0;
    FUZZ_CHECK( !inflater_open( &open ) );
    for (;;)
    {
        uint32_t in = len - run->used, out = ROOM - run->len;
        struct inflate_params params = { .inflater = open.inflater };
        uint8_t *copy, *room;

        if (seed && in) in = (uint32_t)(fuzz_random( &seed ) % in) + 1;
        if (seed && out) out = (uint32_t)(fuzz_random( &seed ) % (out < 999 ? out : 999)) + 1;
        copy = fuzz_copy( data + run->used, in );
        room = fuzz_memory( malloc( out ? out : 1 ) );
        params.input = (uintptr_t)copy;
        params.output = (uintptr_t)room;
        params.input_len = in;
        params.output_len = out;
        run->status = inflater_run( &params );
        FUZZ_CHECK( params.input_len <= in && params.output_len <= out );
        memcpy( run->out + run->len, room, params.output_len );
        run->len += params.output_len;
        run->used += params.input_len;
        run->ended = params.ended;
        free( room );
        free( copy );
        if (run->status || run->len == ROOM) break;
        if (!params.input_len && !params.output_len) break;
    }
    close.inflater = open.inflater;
    FUZZ_CHECK( !inflater_close( &close ) );
    FUZZ_CHECK( inflater_close( &close ) );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    static const uint32_t formats[] = { UNIX_INFLATE_GZIP, UNIX_INFLATE_ZLIB, UNIX_INFLATE_RAW };
    static struct run whole, pieces;
    uint32_t format = formats[fuzz_byte( &data, &size ) % 3];
    uint64_t seed = fuzz_byte( &data, &size ) + 1u;

    run( format, data, (uint32_t)size, 0, &whole );
    run( format, data, (uint32_t)size, seed, &pieces );
    FUZZ_CHECK( whole.len == pieces.len && !memcmp( whole.out, pieces.out, whole.len ) );
    /* a full buffer hides what is wrong right behind it */
    if (whole.len == ROOM) return 0;
    FUZZ_CHECK( !whole.status == !pieces.status );
    if (!whole.status) FUZZ_CHECK( whole.used == pieces.used && whole.ended == pieces.ended );
    return 0;
}
