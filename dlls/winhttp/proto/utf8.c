/* utf8 - UTF-8 validated while it streams (RFC 3629).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/utf8.h"

#include <string.h>

enum { ASCII_BLOCK = 4 * sizeof(uint64_t) };

/* Bytes in front that are ASCII for sure: most text is, so it goes by blocks without a branch per
 * byte. */
static size_t ascii_prefix( const uint8_t *data, size_t len )
{
    const uint64_t high = UINT64_C( 0x8080808080808080 );
    size_t i;

    for (i = 0; len - i >= ASCII_BLOCK; i += ASCII_BLOCK)
    {
        uint64_t words[4];

        memcpy( words, data + i, sizeof(words) );
        if ((words[0] | words[1] | words[2] | words[3]) & high) break;
    }
    while (i < len && data[i] < 0x80) i++;
    return i;
}

/* Length of the valid sequence of several bytes at p[0..3], 0 if there is none. One word holds all
 * its bytes, the first one lowest, and a mask takes the marks of every byte at once. */
static size_t whole_sequence( const uint8_t p[4] )
{
    uint32_t word = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
    uint32_t top;

    if ((word & 0xc0e0) == 0x80c0)
        return word & 0x1e ? 2 : 0; /* C0, C1: overlong */
    if ((word & 0xc0c0f0) == 0x8080e0)
    {
        top = word & 0x200f; /* the bits of the code point above 0x7ff */
        return top && top != 0x200d ? 3 : 0; /* overlong; surrogate */
    }
    if ((word & 0xc0c0c0f8) != 0x808080f0) return 0;
    top = word & 0x3007; /* the bits above 0xffff */
    return top && (!(top & 4) || top == 4) ? 4 : 0; /* overlong; above 0x10ffff */
}

static size_t whole_sequences( const uint8_t *data, size_t len )
{
    size_t i = 0, n;

    while (len - i >= 4 && data[i] >= 0x80 && (n = whole_sequence( data + i ))) i += n;
    return i;
}

/* The first byte of a sequence decides how many follow and what the next one may be: that is where
 * overlong forms (C0, C1, E0, F0), surrogates (ED) and code points beyond U+10FFFF (F4) end. */
static int start_sequence( struct utf8_validator *utf8, uint8_t byte )
{
    if (byte < 0x80) return 1;
    if (byte < 0xc2 || byte > 0xf4) return 0;
    utf8->need = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) utf8->lower = 0xa0;
    if (byte == 0xf0) utf8->lower = 0x90;
    if (byte == 0xed) utf8->upper = 0x9f;
    if (byte == 0xf4) utf8->upper = 0x8f;
    return 1;
}

static int continue_sequence( struct utf8_validator *utf8, uint8_t byte )
{
    if (byte < utf8->lower || byte > utf8->upper) return 0;
    utf8->need--;
    utf8->lower = 0x80;
    utf8->upper = 0xbf;
    return 1;
}

void utf8_init( struct utf8_validator *utf8 )
{
    utf8->need = 0;
    utf8->lower = 0x80;
    utf8->upper = 0xbf;
}

int utf8_feed( struct utf8_validator *utf8, const uint8_t *data, size_t len )
{
    size_t i = 0;

    while (i < len)
    {
        if (!utf8->need)
        {
            i += ascii_prefix( data + i, len - i );
            i += whole_sequences( data + i, len - i );
            if (i == len) break;
        }
        /* inside a sequence, at ASCII again, near the end of data, or wrong: by the byte */
        if (utf8->need ? !continue_sequence( utf8, data[i] ) : !start_sequence( utf8, data[i] ))
            return 0;
        i++;
    }
    return 1;
}
