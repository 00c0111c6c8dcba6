/* http_token - the character classes of HTTP that several engines need (RFC 9110 section 5.6).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_token.h"

#include <stdint.h>
#include <string.h>

static char to_lower( char c )
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int is_token_char( char c )
{
    if (http_token_digit( c )) return 1;
    if (to_lower( c ) >= 'a' && to_lower( c ) <= 'z') return 1;
    return c && strchr( "!#$%&'*+-.^_`|~", c );
}

int http_token_valid( const char *text, size_t len )
{
    size_t i;

    for (i = 0; i < len; i++)
        if (!is_token_char( text[i] )) return 0;
    return len != 0;
}

int http_token_equal( const char *a, size_t a_len, const char *b, size_t b_len )
{
    size_t i;

    if (a_len != b_len) return 0;
    for (i = 0; i < a_len; i++)
        if (to_lower( a[i] ) != to_lower( b[i] )) return 0;
    return 1;
}

static int is_break( char c )
{
    return !c || c == '\r' || c == '\n';
}

/* Whether one of eight bytes is below 0x0e: a break, or a tab, or what hardly ever comes. */
static int has_low_byte( const char *text )
{
    const uint64_t ones = UINT64_C( 0x0101010101010101 );
    uint64_t word;

    memcpy( &word, text, sizeof(word) );
    return ((word - ones * 0x0e) & ~word & (ones << 7)) != 0;
}

/* By words, the last one reaching back, for every line of every response passes here, twice. */
static int may_have_break( const char *text, size_t len )
{
    size_t i;

    if (len < sizeof(uint64_t)) return 1;
    for (i = 0; len - i >= sizeof(uint64_t); i += sizeof(uint64_t))
        if (has_low_byte( text + i )) return 1;
    return has_low_byte( text + len - sizeof(uint64_t) );
}

int http_token_has_break( const char *text, size_t len )
{
    size_t i;

    if (!may_have_break( text, len )) return 0;
    for (i = 0; i < len; i++)
        if (is_break( text[i] )) return 1;
    return 0;
}

void http_token_trim( const char **text, size_t *len )
{
    while (*len && http_token_blank( **text ))
    {
        ++*text;
        --*len;
    }
    while (*len && http_token_blank( (*text)[*len - 1] )) --*len;
}

int http_token_next( const char **list, size_t *list_len, const char **element,
                     size_t *element_len )
{
    while (*list_len)
    {
        const char *start = *list, *comma = memchr( start, ',', *list_len );
        size_t len = comma ? (size_t)(comma - start) : *list_len;
        size_t used = comma ? len + 1 : len;

        *list += used;
        *list_len -= used;
        http_token_trim( &start, &len );
        if (!len) continue;
        *element = start;
        *element_len = len;
        return 1;
    }
    return 0;
}
