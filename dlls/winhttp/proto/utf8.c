/* utf8 - UTF-8 validated while it streams (RFC 3629).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * ASCII is passed over by words. All else goes through an automaton without a branch: a byte
 * selects a word that holds the next state of each state, six bits for each, and the present state
 * says how far to shift it.
 */

#include "proto/utf8.h"

#include <string.h>

/* A state is the place of its bits. What a word does not mention is 0: FAILED, for good. */
enum state
{
    FAILED = 0,
    START = 6,   /* at a character boundary */
    MORE_1 = 12, /* so many continuation bytes are missing, any will do */
    MORE_2 = 18,
    MORE_3 = 24,
    /* the next one is where overlong forms, surrogates and code points above U+10FFFF end */
    AFTER_E0 = 30,
    AFTER_ED = 36,
    AFTER_F0 = 42,
    AFTER_F4 = 48,
};

#define GOES( from, to ) ((uint64_t)(to) << (from))

#define ASCII    GOES( START, START )
#define ANY_MORE (GOES( MORE_1, START ) | GOES( MORE_2, MORE_1 ) | GOES( MORE_3, MORE_2 ))
#define MORE_80  (ANY_MORE | GOES( AFTER_ED, MORE_1 ) | GOES( AFTER_F4, MORE_2 )) /* to 8f */
#define MORE_90  (ANY_MORE | GOES( AFTER_ED, MORE_1 ) | GOES( AFTER_F0, MORE_2 )) /* to 9f */
#define MORE_A0  (ANY_MORE | GOES( AFTER_E0, MORE_1 ) | GOES( AFTER_F0, MORE_2 )) /* to bf */
#define OF_TWO   GOES( START, MORE_1 )
#define OF_THREE GOES( START, MORE_2 )
#define OF_FOUR  GOES( START, MORE_3 )
#define NEVER    0

#define TIMES_2( word )  word, word
#define TIMES_4( word )  TIMES_2( word ), TIMES_2( word )
#define TIMES_8( word )  TIMES_4( word ), TIMES_4( word )
#define TIMES_16( word ) TIMES_8( word ), TIMES_8( word )

static const uint64_t words[256] =
{
    TIMES_16( ASCII ), TIMES_16( ASCII ), TIMES_16( ASCII ), TIMES_16( ASCII ),
    TIMES_16( ASCII ), TIMES_16( ASCII ), TIMES_16( ASCII ), TIMES_16( ASCII ),
    TIMES_16( MORE_80 ), TIMES_16( MORE_90 ), TIMES_16( MORE_A0 ), TIMES_16( MORE_A0 ),
    TIMES_2( NEVER ), TIMES_2( OF_TWO ), TIMES_4( OF_TWO ), TIMES_8( OF_TWO ), /* c0 .. cf */
    TIMES_16( OF_TWO ),
    GOES( START, AFTER_E0 ), TIMES_8( OF_THREE ), TIMES_4( OF_THREE ),         /* e0 .. ec */
    GOES( START, AFTER_ED ), TIMES_2( OF_THREE ),                              /* ed .. ef */
    GOES( START, AFTER_F0 ), TIMES_2( OF_FOUR ), OF_FOUR,                      /* f0 .. f3 */
    GOES( START, AFTER_F4 ), TIMES_8( NEVER ), TIMES_2( NEVER ), NEVER,        /* f4 .. ff */
};

enum
{
    WORD = sizeof(uint64_t),
    BLOCK = 4 * WORD,
};

static const uint64_t high_bits = UINT64_C( 0x8080808080808080 );

static int is_ascii_block( const uint8_t *data )
{
    uint64_t block[4];

    memcpy( block, data, sizeof(block) );
    return !((block[0] | block[1] | block[2] | block[3]) & high_bits);
}

/* Of less than a block. The last word may look at bytes again that the one before has; what is
 * shorter than a word is not worth it. */
static int is_ascii_rest( const uint8_t *data, size_t len )
{
    uint64_t word, all;
    size_t i;

    if (len < WORD) return 0;
    memcpy( &all, data + len - WORD, sizeof(all) );
    for (i = 0; len - i > WORD; i += WORD)
    {
        memcpy( &word, data + i, sizeof(word) );
        all |= word;
    }
    return !(all & high_bits);
}

/* Only the low six bits of a state count; the rest is what the shift left over. */
static inline uint64_t next_state( uint64_t state, uint8_t byte )
{
    return words[byte] >> (state & 63);
}

static uint64_t walk( uint64_t state, const uint8_t *data, size_t len )
{
    size_t i;

    for (i = 0; len - i >= 8; i += 8)
    {
        state = next_state( state, data[i] );
        state = next_state( state, data[i + 1] );
        state = next_state( state, data[i + 2] );
        state = next_state( state, data[i + 3] );
        state = next_state( state, data[i + 4] );
        state = next_state( state, data[i + 5] );
        state = next_state( state, data[i + 6] );
        state = next_state( state, data[i + 7] );
    }
    for (; i < len; i++) state = next_state( state, data[i] );
    return state & 63;
}

void utf8_init( struct utf8_validator *utf8 )
{
    utf8->state = START;
}

int utf8_feed( struct utf8_validator *utf8, const uint8_t *data, size_t len )
{
    uint64_t state = utf8->state;
    size_t i = 0;

    for (; len - i >= BLOCK && state != FAILED; i += BLOCK)
        if (state != START || !is_ascii_block( data + i )) state = walk( state, data + i, BLOCK );
    if (i < len && !(state == START && is_ascii_rest( data + i, len - i )))
        state = walk( state, data + i, len - i );
    utf8->state = state;
    return state != FAILED;
}

int utf8_complete( const struct utf8_validator *utf8 )
{
    return utf8->state == START;
}
