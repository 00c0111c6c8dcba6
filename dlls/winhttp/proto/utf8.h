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
    uint8_t state; /* utf8.c knows */
};

void utf8_init( struct utf8_validator *utf8 );

/* Nonzero while everything fed so far is a prefix of valid UTF-8. data may be NULL if len is 0. */
int utf8_feed( struct utf8_validator *utf8, const uint8_t *data, size_t len );

/* Nonzero at a character boundary: the text may end here. */
int utf8_complete( const struct utf8_validator *utf8 );

#endif
