/* RFC 6455 frames, server side, for the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws.h"

#include <string.h>

static bool is_control( enum ws_opcode opcode )
{
    return opcode & 8;
}

static unsigned fail( struct ws_decoder *decoder, unsigned status, const char *error )
{
    decoder->error = error;
    return status;
}

void ws_decoder_init( struct ws_decoder *decoder )
{
    memset( decoder, 0, sizeof(*decoder) );
}

/* Header bytes of which the first ones that arrived speak: 2, 4 or 10, and 4 of mask. */
static unsigned header_size( const struct ws_decoder *decoder )
{
    unsigned len7;

    if (decoder->header_len < 2) return 2;
    len7 = decoder->header[1] & 0x7f;
    return 2 + (len7 == 126 ? 2 : len7 == 127 ? 8 : 0) + 4;
}

static uint64_t read_be( const unsigned char *data, unsigned len )
{
    uint64_t value = 0;

    while (len--) value = value << 8 | *data++;
    return value;
}

/* What the first two bytes alone can violate: told at once, not when the rest has come. */
static unsigned check_start( struct ws_decoder *decoder )
{
    unsigned char b0 = decoder->header[0], b1 = decoder->header[1];
    unsigned opcode = b0 & 0x0f;

    if (b0 & 0x70)
        return fail( decoder, WS_STATUS_PROTOCOL,
                     "a reserved bit is set, no extension was agreed" );
    if ((opcode > WS_BINARY && opcode < WS_CLOSE) || opcode > WS_PONG)
        return fail( decoder, WS_STATUS_PROTOCOL, "reserved opcode" );
    if (!(b1 & 0x80))
        return fail( decoder, WS_STATUS_PROTOCOL, "a client's frame is not masked" );
    if (is_control( opcode ) && !(b0 & 0x80))
        return fail( decoder, WS_STATUS_PROTOCOL, "fragmented control frame" );
    if (is_control( opcode ) && (b1 & 0x7f) > WS_MAX_CONTROL)
        return fail( decoder, WS_STATUS_PROTOCOL, "control frame longer than 125 bytes" );
    if (opcode == WS_CONTINUATION && !decoder->open_message)
        return fail( decoder, WS_STATUS_PROTOCOL, "continuation without a message to continue" );
    if ((opcode == WS_TEXT || opcode == WS_BINARY) && decoder->open_message)
        return fail( decoder, WS_STATUS_PROTOCOL, "new message inside an unfinished one" );
    return WS_PIECE;
}

static unsigned check_length( struct ws_decoder *decoder )
{
    unsigned len7 = decoder->header[1] & 0x7f;
    uint64_t len = len7;

    if (len7 == 126) len = read_be( decoder->header + 2, 2 );
    if (len7 == 127) len = read_be( decoder->header + 2, 8 );
    if ((len7 == 126 && len < 126) || (len7 == 127 && len < 65536))
        return fail( decoder, WS_STATUS_PROTOCOL, "length is not in its shortest form" );
    if (len >> 63)
        return fail( decoder, WS_STATUS_PROTOCOL, "top bit of a 64-bit length is set" );
    decoder->frame_len = len;
    if (is_control( decoder->header[0] & 0x0f )) return WS_PIECE;
    if (len > WS_MAX_MESSAGE - decoder->message_len)
        return fail( decoder, WS_STATUS_TOO_BIG, "message is larger than this server takes" );
    return WS_PIECE;
}

/* Collects header bytes; WS_PIECE when the header is complete and legal. */
static unsigned decode_header( struct ws_decoder *decoder, const unsigned char *data, size_t len,
                               size_t *used )
{
    unsigned result;

    for (*used = 0; *used < len; )
    {
        decoder->header[decoder->header_len++] = data[(*used)++];
        if (decoder->header_len == 2 && (result = check_start( decoder )) != WS_PIECE)
            return result;
        if (decoder->header_len < 2 || decoder->header_len < header_size( decoder )) continue;
        if ((result = check_length( decoder )) != WS_PIECE) return result;
        decoder->opcode = decoder->header[0] & 0x0f;
        decoder->fin = decoder->header[0] & 0x80;
        decoder->delivered = 0;
        decoder->in_payload = true;
        return WS_PIECE;
    }
    return WS_NEED_INPUT;
}

/* RFC 6455, 5.3; offset is the position of data in the frame's payload. */
static void unmask( unsigned char *data, size_t len, const unsigned char *mask, uint64_t offset )
{
    unsigned char turned[8];
    uint64_t word, mask_word;
    size_t i;

    for (i = 0; i < sizeof(turned); i++) turned[i] = mask[(offset + i) & 3];
    memcpy( &mask_word, turned, sizeof(mask_word) );
    for (i = 0; i + sizeof(word) <= len; i += sizeof(word))
    {
        memcpy( &word, data + i, sizeof(word) );
        word ^= mask_word;
        memcpy( data + i, &word, sizeof(word) );
    }
    for (; i < len; i++) data[i] ^= turned[i & 7];
}

static void end_frame( struct ws_decoder *decoder )
{
    if (!is_control( decoder->opcode ))
    {
        decoder->open_message = !decoder->fin;
        decoder->message_len = decoder->fin ? 0 : decoder->message_len + decoder->frame_len;
    }
    decoder->in_payload = false;
    decoder->header_len = 0;
}

unsigned ws_decode( struct ws_decoder *decoder, unsigned char *data, size_t len, size_t *used,
                    struct ws_piece *piece )
{
    const unsigned char *mask;
    size_t taken = 0;
    unsigned result;

    *used = 0;
    if (!decoder->in_payload)
    {
        result = decode_header( decoder, data, len, &taken );
        *used = taken;
        if (result != WS_PIECE) return result;
    }
    if (taken == len && decoder->delivered < decoder->frame_len) return WS_NEED_INPUT;
    mask = decoder->header + header_size( decoder ) - 4;

    piece->opcode = decoder->opcode;
    piece->fin = decoder->fin;
    piece->first = !decoder->delivered;
    piece->frame_len = decoder->frame_len;
    piece->data = data + taken;
    piece->len = len - taken;
    if (piece->len > decoder->frame_len - decoder->delivered)
        piece->len = decoder->frame_len - decoder->delivered;
    unmask( piece->data, piece->len, mask, decoder->delivered );
    decoder->delivered += piece->len;
    piece->last = decoder->delivered == decoder->frame_len;
    if (piece->last) end_frame( decoder );
    *used = taken + piece->len;
    return WS_PIECE;
}

size_t ws_encode_header( unsigned char *out, enum ws_opcode opcode, bool fin, uint64_t len )
{
    size_t size = len < 126 ? 0 : len < 65536 ? 2 : 8, i;

    out[0] = (fin ? 0x80 : 0) | opcode;
    out[1] = size == 0 ? len : size == 2 ? 126 : 127;
    for (i = 0; i < size; i++) out[2 + i] = len >> 8 * (size - 1 - i);
    return 2 + size;
}

/* Sets what may follow a lead byte: RFC 3629, section 4, which leaves out overlong forms,
 * surrogates and everything above U+10FFFF. */
static bool utf8_lead( struct ws_utf8 *state, unsigned char byte )
{
    if (byte < 0x80) return true;
    if (byte < 0xc2 || byte > 0xf4) return false;
    state->missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    state->low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
    state->high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    return true;
}

bool ws_utf8_check( struct ws_utf8 *state, const unsigned char *data, size_t len )
{
    uint64_t word;
    size_t i = 0;

    while (i < len)
    {
        if (!state->missing && len - i >= sizeof(word))
        {
            memcpy( &word, data + i, sizeof(word) );
            if (!(word & 0x8080808080808080ull))
            {
                i += sizeof(word);
                continue;
            }
        }
        if (!state->missing)
        {
            if (!utf8_lead( state, data[i++] )) return false;
            continue;
        }
        if (data[i] < state->low || data[i] > state->high) return false;
        state->missing--;
        state->low = 0x80;
        state->high = 0xbf;
        i++;
    }
    return true;
}

bool ws_status_valid( unsigned status )
{
    if (status >= 1000 && status <= 1014) return status < 1004 || status > 1006;
    return status >= 3000 && status <= 4999;
}

const char *ws_opcode_name( enum ws_opcode opcode )
{
    static const char *const names[] =
    {
        [WS_CONTINUATION] = "continuation", [WS_TEXT] = "text", [WS_BINARY] = "binary",
        [WS_CLOSE] = "close", [WS_PING] = "ping", [WS_PONG] = "pong",
    };

    if (opcode > WS_PONG || !names[opcode]) return "data";
    return names[opcode];
}

const char *ws_status_name( unsigned status )
{
    static const struct { unsigned status; const char *name; } names[] =
    {
        { 1000, "normal closure" }, { 1001, "going away" }, { 1002, "protocol error" },
        { 1003, "unsupported data" }, { 1005, "no status given" }, { 1006, "abnormal closure" },
        { 1007, "invalid payload data" }, { 1008, "policy violation" },
        { 1009, "message too big" }, { 1010, "extension needed" }, { 1011, "server error" },
        { 1012, "service restart" }, { 1013, "try again later" }, { 1015, "TLS failure" },
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].status == status) return names[i].name;
    return "";
}
