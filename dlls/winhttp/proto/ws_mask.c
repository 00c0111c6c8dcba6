/* ws_mask - masking of client frames (RFC 6455 5.3).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Every byte that a program sends passes here, so the work goes by blocks: 32-byte vectors where
 * the processor has them, pairs of machine words elsewhere and for short messages.
 */

#include "proto/ws_frame.h"

#include <string.h>

/* Not without optimization: gcc 12 for Win64 then fails to compile variables of 32 bytes. */
#if defined(__GNUC__) && defined(__OPTIMIZE__) && (defined(__x86_64__) || defined(__i386__))
#define MASK_AVX2
#include <cpuid.h>
#endif

/* The block functions mask from the first byte of the key and return how much they did, a multiple
 * of 4: the rest starts at the first byte of the key again. They load a block before they store it,
 * as dst may be src. */

/* Two words at a time are one vector to the compiler where every processor has such. */
static size_t mask_words( uint8_t *dst, const uint8_t *src, size_t len,
                          const uint8_t key[WS_MASK_KEY] )
{
    uint64_t pair[2], pair_pattern;
    uint32_t word, pattern;
    size_t i;

    memcpy( &pattern, key, sizeof(pattern) );
    pair_pattern = (uint64_t)pattern << 32 | pattern;
    for (i = 0; len - i >= sizeof(pair); i += sizeof(pair))
    {
        memcpy( pair, src + i, sizeof(pair) );
        pair[0] ^= pair_pattern;
        pair[1] ^= pair_pattern;
        memcpy( dst + i, pair, sizeof(pair) );
    }
    for (; len - i >= sizeof(word); i += sizeof(word))
    {
        memcpy( &word, src + i, sizeof(word) );
        word ^= pattern;
        memcpy( dst + i, &word, sizeof(word) );
    }
    return i;
}

#ifdef MASK_AVX2

/* Unaligned: so are program buffers, and gcc for Win64 does not align the stack for 32 bytes. */
typedef uint32_t vector __attribute__((vector_size(32), aligned(1), may_alias));

__attribute__((target("avx2")))
static size_t mask_avx2( uint8_t *dst, const uint8_t *src, size_t len,
                         const uint8_t key[WS_MASK_KEY] )
{
    const vector zeros = { 0 };
    vector pattern;
    uint32_t word;
    size_t i;

    memcpy( &word, key, sizeof(word) );
    pattern = zeros + word; /* in every element */
    for (i = 0; len - i >= 4 * sizeof(vector); i += 4 * sizeof(vector))
    {
        const vector *in = (const vector *)(src + i);
        vector a = in[0] ^ pattern, b = in[1] ^ pattern, c = in[2] ^ pattern, d = in[3] ^ pattern;
        vector *out = (vector *)(dst + i);

        out[0] = a;
        out[1] = b;
        out[2] = c;
        out[3] = d;
    }
    return i;
}

/* Asks the processor itself: __builtin_cpu_supports needs a start-up routine of libgcc that not
 * every way to link a PE file brings along. */
static int has_avx2( void )
{
    unsigned int a, b, c, d, enabled, enabled_high;
    const unsigned int osxsave_avx = bit_OSXSAVE | bit_AVX, xmm_ymm = 6;

    if (!__get_cpuid( 1, &a, &b, &c, &d ) || (c & osxsave_avx) != osxsave_avx) return 0;
    __asm__( ".byte 0x0f, 0x01, 0xd0" /* xgetbv: what the system saves */
             : "=a" (enabled), "=d" (enabled_high) : "c" (0) );
    if ((enabled & xmm_ymm) != xmm_ymm) return 0;
    return __get_cpuid_count( 7, 0, &a, &b, &c, &d ) && (b & bit_AVX2);
}

static size_t mask_blocks( uint8_t *dst, const uint8_t *src, size_t len,
                           const uint8_t key[WS_MASK_KEY] )
{
    static int avx2; /* 0 unknown, 1 yes, -1 no; threads that race store the same value */
    int known = __atomic_load_n( &avx2, __ATOMIC_RELAXED );

    if (len < 4 * sizeof(vector)) return 0;
    if (!known)
    {
        known = has_avx2() ? 1 : -1;
        __atomic_store_n( &avx2, known, __ATOMIC_RELAXED );
    }
    return known > 0 ? mask_avx2( dst, src, len, key ) : 0;
}

#else

static size_t mask_blocks( uint8_t *dst, const uint8_t *src, size_t len,
                           const uint8_t key[WS_MASK_KEY] )
{
    (void)dst, (void)src, (void)len, (void)key;
    return 0;
}

#endif

/* The key from its byte `offset` on, in one rotation: four bytes stored one by one would have to
 * reach the cache before they can be loaded as a word. */
static void turn_key( uint8_t turned[WS_MASK_KEY], const uint8_t key[WS_MASK_KEY], size_t offset )
{
    uint32_t word = key[0] | key[1] << 8 | key[2] << 16 | (uint32_t)key[3] << 24;
    unsigned int bits = offset % WS_MASK_KEY * 8;

    word = word >> bits | word << (-bits & 31);
    turned[0] = (uint8_t)word;
    turned[1] = (uint8_t)(word >> 8);
    turned[2] = (uint8_t)(word >> 16);
    turned[3] = (uint8_t)(word >> 24);
}

void ws_mask( uint8_t *dst, const uint8_t *src, size_t len, const uint8_t key[WS_MASK_KEY],
              size_t offset )
{
    uint8_t turned[WS_MASK_KEY];
    size_t i, done;

    if (!len) return; /* dst and src may be NULL then */
    turn_key( turned, key, offset );
    done = mask_blocks( dst, src, len, turned );
    done += mask_words( dst + done, src + done, len - done, turned );
    for (i = done; i < len; i++) dst[i] = src[i] ^ turned[i % WS_MASK_KEY];
}
