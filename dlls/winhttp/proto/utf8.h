/* utf8 - UTF-8 validated while it streams (RFC 3629).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any, one at a time per validator.
 * Fails:   utf8_feed returns 0 at the first byte that no continuation could make valid.
 */

#ifndef WINHTTP_PROTO_UTF8_H
#define WINHTTP_PROTO_UTF8_H

#include <stddef.h>
#include <stdint.h>

struct utf8_validator
{
    uint8_t need;  /* continuation bytes still missing: 0..3; 0 = at a character boundary */
    uint8_t lower; /* smallest next continuation byte allowed; 0x80 unless after E0, F0 */
    uint8_t upper; /* largest next continuation byte allowed; 0xbf unless after ED, F4 */
};

void utf8_init( struct utf8_validator *utf8 );

/* Nonzero while everything fed so far is a prefix of valid UTF-8. data may be NULL if len is 0. */
int utf8_feed( struct utf8_validator *utf8, const uint8_t *data, size_t len );

/* Nonzero at a character boundary: the text may end here. */
static inline int utf8_complete( const struct utf8_validator *utf8 )
{
    return !utf8->need;
}

#endif
