/* fuzz - what the fuzz targets share.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: one.
 * Fails:   a broken invariant ends the program, which libFuzzer reports with its input.
 */

#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The entry that libFuzzer calls; returns 0. */
int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size );

/* assert that no NDEBUG takes away */
#define FUZZ_CHECK( cond ) \
    do \
    { \
        if (cond) break; \
        fprintf( stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond ); \
        abort(); \
    } while (0)

static inline void *fuzz_memory( void *ptr )
{
    FUZZ_CHECK( ptr );
    return ptr;
}

/* A copy that ends where the block ends, so that the address sanitizer sees the byte behind it. */
static inline uint8_t *fuzz_copy( const uint8_t *data, size_t len )
{
    uint8_t *copy = fuzz_memory( malloc( len ? len : 1 ) );

    if (len) memcpy( copy, data, len );
    return copy;
}

/* xorshift64*; the seed must not be 0 */
static inline uint64_t fuzz_random( uint64_t *state )
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C( 2685821657736338717 );
}

/* Takes a byte off the input, 0 when it is used up. */
static inline uint8_t fuzz_byte( const uint8_t **data, size_t *size )
{
    if (!*size) return 0;
    --*size;
    return *(*data)++;
}

#endif
