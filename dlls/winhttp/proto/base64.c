/* base64 - RFC 4648 section 4, both ways.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode( const uint8_t *data, size_t len, char *text )
{
    size_t i;

    for (i = 0; i < len; i += 3, text += 4)
    {
        uint32_t bits = (uint32_t)data[i] << 16;

        if (i + 1 < len) bits |= (uint32_t)data[i + 1] << 8;
        if (i + 2 < len) bits |= data[i + 2];
        text[0] = digits[bits >> 18];
        text[1] = digits[bits >> 12 & 63];
        text[2] = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        text[3] = i + 2 < len ? digits[bits & 63] : '=';
    }
}

/* Four characters, the last `pad` of them '='. Returns 0 if one is no digit. */
static int decode_group( const char *text, size_t pad, uint8_t *out )
{
    uint32_t bits = 0;
    size_t i;

    for (i = 0; i < 4; i++)
    {
        const char *digit = i < 4 - pad ? memchr( digits, text[i], sizeof(digits) - 1 ) : digits;

        if (!digit) return 0;
        bits = bits << 6 | (uint32_t)(digit - digits);
    }
    for (i = 0; i < 3 - pad; i++) out[i] = (uint8_t)(bits >> (16 - 8 * i));
    return 1;
}

int base64_decode( const char *text, size_t len, uint8_t *out, size_t *out_len )
{
    size_t i, pad = 0, done = 0;

    if (len % 4) return 0;
    if (len && text[len - 1] == '=') pad = text[len - 2] == '=' ? 2 : 1;
    for (i = 0; i < len; i += 4)
    {
        size_t group_pad = i + 4 == len ? pad : 0;

        if (!decode_group( text + i, group_pad, out + done )) return 0;
        done += 3 - group_pad;
    }
    *out_len = done;
    return 1;
}
