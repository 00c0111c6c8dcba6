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

static int is_continuation( uint8_t byte )
{
    return (byte & 0xc0) == 0x80;
}

/* Length of the valid sequence of several bytes at p[0..3], 0 if there is none. */
static size_t whole_sequence( const uint8_t p[4] )
{
    uint32_t code;

    if (!is_continuation( p[1] )) return 0;
    if (p[0] < 0xe0) return p[0] >= 0xc2 ? 2 : 0;
    if (!is_continuation( p[2] )) return 0;
    code = (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    if (p[0] < 0xf0) return code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 3 : 0;
    /* code is now the code point without its last six bits */
    return p[0] < 0xf5 && is_continuation( p[3] ) && code >= 0x400 && code <= 0x43ff ? 4 : 0;
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
