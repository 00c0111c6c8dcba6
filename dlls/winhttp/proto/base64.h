/* base64 - bytes as text (RFC 4648 section 4).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   decoding returns 0 for what is no base64.
 */

#ifndef WINHTTP_PROTO_BASE64_H
#define WINHTTP_PROTO_BASE64_H

#include <stddef.h>
#include <stdint.h>

/* Characters that len bytes become. */
static inline size_t base64_size( size_t len )
{
    return (len + 2) / 3 * 4;
}

/* Writes base64_size( len ) characters, no NUL. */
void base64_encode( const uint8_t *data, size_t len, char *text );

/* Writes the bytes of a text; out has room for len / 4 * 3. *out_len: how many. Returns 0, with
 * *out_len unchanged, unless the text is whole groups of four, padded. */
int base64_decode( const char *text, size_t len, uint8_t *out, size_t *out_len );

#endif
