/* ws_frame - RFC 6455 frame codec, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/ws_frame.h"

#include <string.h>

enum
{
    HEADER_FIN = 0x80,
    HEADER_RESERVED = 0x70,
    HEADER_OPCODE = 0x0f,
    HEADER_MASKED = 0x80,
    HEADER_LENGTH = 0x7f,
    LENGTH_16 = 126,      /* the length is in the next 2 bytes */
    LENGTH_64 = 127,      /* the length is in the next 8 bytes */
    HEADER_MIN = 2,
    CLOSE_CODE = 2,       /* bytes of a close frame's status code */
    CLOSE_CODE_EMPTY = 1005, /* stands for "no code", RFC 6455 7.4.1 */
};

enum decoder_state
{
    STATE_HEADER,          /* between frames or inside a header */
    STATE_PAYLOAD,         /* inside a data frame */
    STATE_CONTROL,         /* inside a control frame */
    STATE_CLOSED,          /* a close frame was seen: what follows is discarded */
    STATE_FAILED_PROTOCOL, /* failed: says the same for ever */
    STATE_FAILED_UTF8,
};

/* The input of one call. */
struct input
{
    const uint8_t *data;
    size_t len;
    size_t max_data;
    size_t used; /* <= len; what comes next is data[used] */
};

static int is_control( uint8_t opcode )
{
    return (opcode & 0x8) != 0;
}

static int is_known_opcode( uint8_t opcode )
{
    return opcode <= WS_OPCODE_BINARY || (opcode >= WS_OPCODE_CLOSE && opcode <= WS_OPCODE_PONG);
}

/* RFC 6455 5.2, 5.4, 5.5: no extension is ever agreed, so every reserved bit is wrong. */
static enum ws_status check_opcode_byte( const struct ws_decoder *decoder, uint8_t byte )
{
    uint8_t opcode = byte & HEADER_OPCODE;

    if (byte & HEADER_RESERVED || !is_known_opcode( opcode )) return WS_ERR_PROTOCOL;
    if (is_control( opcode )) return byte & HEADER_FIN ? WS_OK : WS_ERR_PROTOCOL;
    /* a continuation needs an open message, everything else needs none */
    return (opcode == WS_OPCODE_CONTINUATION) == !!decoder->message ? WS_OK : WS_ERR_PROTOCOL;
}

/* RFC 6455 5.1, 5.5, 5.5.1 */
static enum ws_status check_length_byte( const struct ws_decoder *decoder, uint8_t byte )
{
    uint8_t opcode = decoder->header[0] & HEADER_OPCODE;

    if (byte & HEADER_MASKED) return WS_ERR_PROTOCOL;
    if (is_control( opcode ) && byte > WS_MAX_CONTROL) return WS_ERR_PROTOCOL;
    if (opcode == WS_OPCODE_CLOSE && byte == 1) return WS_ERR_PROTOCOL;
    return WS_OK;
}

static uint64_t header_length( const struct ws_decoder *decoder )
{
    uint64_t len = 0;
    uint8_t i;

    if (decoder->header_need == HEADER_MIN) return decoder->header[1];
    for (i = HEADER_MIN; i < decoder->header_len; i++) len = len << 8 | decoder->header[i];
    return len;
}

/* RFC 6455 5.2: the shortest form that holds the length, and no sign bit. A form is too long as
 * soon as all bytes are zero that the shorter one lacks. */
static enum ws_status check_extended_length( const struct ws_decoder *decoder )
{
    uint64_t len = header_length( decoder );

    if (decoder->header[1] == LENGTH_16)
        return decoder->header_len < 4 || len >= LENGTH_16 ? WS_OK : WS_ERR_PROTOCOL;
    if (decoder->header_len == 3 && len & 0x80) return WS_ERR_PROTOCOL;
    return decoder->header_len < 8 || len ? WS_OK : WS_ERR_PROTOCOL;
}

static enum ws_status take_header_byte( struct ws_decoder *decoder, uint8_t byte )
{
    enum ws_status status;

    decoder->header[decoder->header_len++] = byte;
    switch (decoder->header_len)
    {
    case 1:
        return check_opcode_byte( decoder, byte );
    case 2:
        if ((status = check_length_byte( decoder, byte ))) return status;
        if (byte == LENGTH_16) decoder->header_need += 2;
        if (byte == LENGTH_64) decoder->header_need += 8;
        return WS_OK;
    default:
        return check_extended_length( decoder );
    }
}

static void begin_header( struct ws_decoder *decoder )
{
    decoder->state = STATE_HEADER;
    decoder->header_len = 0;
    decoder->header_need = HEADER_MIN;
}

static void begin_payload( struct ws_decoder *decoder )
{
    decoder->fin = decoder->header[0] & HEADER_FIN;
    decoder->opcode = decoder->header[0] & HEADER_OPCODE;
    decoder->frame_left = header_length( decoder );
    decoder->control_len = 0;
    decoder->state = is_control( decoder->opcode ) ? STATE_CONTROL : STATE_PAYLOAD;
    if (decoder->state == STATE_PAYLOAD && decoder->opcode != WS_OPCODE_CONTINUATION)
        decoder->message = decoder->opcode;
    /* no more text follows a close frame: its reason may take the validator of the open message */
    if (decoder->opcode == WS_OPCODE_TEXT || decoder->opcode == WS_OPCODE_CLOSE)
        utf8_init( &decoder->utf8 );
}

/* WS_OK: the payload begins */
static enum ws_status step_header( struct ws_decoder *decoder, struct input *input )
{
    enum ws_status status;

    while (decoder->header_len < decoder->header_need)
    {
        if (input->used == input->len) return WS_NEED_INPUT;
        if ((status = take_header_byte( decoder, input->data[input->used] ))) return status;
        input->used++;
    }
    begin_payload( decoder );
    return WS_OK;
}

static size_t min_size( size_t a, size_t b )
{
    return a < b ? a : b;
}

/* Nonzero if the piece is text that may stand here; the last one, be it empty, must end at a
 * character. */
static int take_text( struct ws_decoder *decoder, const uint8_t *data, size_t len )
{
    if (!utf8_feed( &decoder->utf8, data, len )) return 0;
    return !decoder->fin || len < decoder->frame_left || utf8_complete( &decoder->utf8 );
}

static void emit_data( struct ws_decoder *decoder, const uint8_t *data, size_t len,
                       struct ws_event *event )
{
    decoder->frame_left -= len;
    memset( event, 0, sizeof(*event) );
    event->type = WS_EVENT_DATA;
    event->data = data;
    event->len = len;
    event->text = decoder->message == WS_OPCODE_TEXT;
    event->frame_end = !decoder->frame_left;
    event->message_end = event->frame_end && decoder->fin;
    if (event->message_end) decoder->message = 0;
    if (event->frame_end) begin_header( decoder );
}

static enum ws_status step_payload( struct ws_decoder *decoder, struct input *input,
                                    struct ws_event *event )
{
    size_t len = min_size( input->len - input->used, input->max_data );
    const uint8_t *data = NULL;

    if (len > decoder->frame_left) len = (size_t)decoder->frame_left;
    if (!len && decoder->frame_left)
        return input->used == input->len ? WS_NEED_INPUT : WS_NEED_SPACE;
    if (len) data = input->data + input->used;
    if (decoder->message == WS_OPCODE_TEXT && !take_text( decoder, data, len )) return WS_ERR_UTF8;
    input->used += len;
    emit_data( decoder, data, len, event );
    return WS_OK;
}

static uint16_t close_code( const struct ws_decoder *decoder )
{
    return (uint16_t)(decoder->control[0] << 8 | decoder->control[1]);
}

/* RFC 6455 7.4.1, 7.4.2 and the registry it founds; 65535 is what Windows lets pass. */
static int is_wire_close_code( uint16_t code )
{
    if (code == 65535) return 1;
    if (code >= 3000) return code < 5000;
    if (code >= 1000 && code <= 1003) return 1;
    return code >= 1007 && code <= 1014;
}

/* A byte of a close frame's payload was added. */
static enum ws_status check_close( struct ws_decoder *decoder )
{
    uint8_t len = decoder->control_len;

    if (len < CLOSE_CODE) return WS_OK;
    if (len == CLOSE_CODE)
        return is_wire_close_code( close_code( decoder ) ) ? WS_OK : WS_ERR_PROTOCOL;
    if (!utf8_feed( &decoder->utf8, decoder->control + len - 1, 1 )) return WS_ERR_UTF8;
    if (!decoder->frame_left && !utf8_complete( &decoder->utf8 )) return WS_ERR_UTF8;
    return WS_OK;
}

static void emit_control( struct ws_decoder *decoder, struct ws_event *event )
{
    size_t skip = 0;

    memset( event, 0, sizeof(*event) );
    event->type = decoder->opcode == WS_OPCODE_PING ? WS_EVENT_PING : WS_EVENT_PONG;
    begin_header( decoder );
    if (decoder->opcode == WS_OPCODE_CLOSE)
    {
        event->type = WS_EVENT_CLOSE;
        event->close_code = decoder->control_len ? close_code( decoder ) : CLOSE_CODE_EMPTY;
        skip = min_size( decoder->control_len, CLOSE_CODE );
        decoder->state = STATE_CLOSED;
    }
    event->len = decoder->control_len - skip;
    event->data = event->len ? decoder->control + skip : NULL;
}

static enum ws_status step_control( struct ws_decoder *decoder, struct input *input,
                                    struct ws_event *event )
{
    enum ws_status status;

    while (decoder->frame_left)
    {
        if (input->used == input->len) return WS_NEED_INPUT;
        decoder->control[decoder->control_len++] = input->data[input->used];
        decoder->frame_left--;
        if (decoder->opcode == WS_OPCODE_CLOSE && (status = check_close( decoder ))) return status;
        input->used++;
    }
    emit_control( decoder, event );
    return WS_OK;
}

static enum ws_status step( struct ws_decoder *decoder, struct input *input,
                            struct ws_event *event )
{
    enum ws_status status;

    if (decoder->state == STATE_HEADER && (status = step_header( decoder, input ))) return status;
    switch ((enum decoder_state)decoder->state)
    {
    case STATE_HEADER: /* not left with WS_OK */
    case STATE_PAYLOAD:
        return step_payload( decoder, input, event );
    case STATE_CONTROL:
        return step_control( decoder, input, event );
    case STATE_CLOSED:
        input->used = input->len;
        return WS_NEED_INPUT;
    case STATE_FAILED_PROTOCOL:
        return WS_ERR_PROTOCOL;
    case STATE_FAILED_UTF8:
        break;
    }
    return WS_ERR_UTF8;
}

void ws_decoder_init( struct ws_decoder *decoder )
{
    memset( decoder, 0, sizeof(*decoder) );
    utf8_init( &decoder->utf8 );
    begin_header( decoder );
}

enum ws_status ws_decoder_next( struct ws_decoder *decoder, const uint8_t *in, size_t len,
                                size_t max_data, size_t *consumed, struct ws_event *event )
{
    struct input input = { in, len, max_data, 0 };
    enum ws_status status = step( decoder, &input, event );

    if (status == WS_ERR_PROTOCOL) decoder->state = STATE_FAILED_PROTOCOL;
    if (status == WS_ERR_UTF8) decoder->state = STATE_FAILED_UTF8;
    *consumed = input.used;
    return status;
}

uint64_t ws_decoder_payload_left( const struct ws_decoder *decoder )
{
    return decoder->state == STATE_PAYLOAD ? decoder->frame_left : 0;
}

static size_t encode_length( uint8_t *header, uint64_t len )
{
    size_t bytes = len < LENGTH_16 ? 0 : len <= 0xffff ? 2 : 8, i;

    header[1] = HEADER_MASKED | (bytes == 8 ? LENGTH_64 : bytes == 2 ? LENGTH_16 : (uint8_t)len);
    for (i = 0; i < bytes; i++) header[HEADER_MIN + i] = (uint8_t)(len >> (8 * (bytes - 1 - i)));
    return HEADER_MIN + bytes;
}

size_t ws_header_encode( uint8_t header[WS_MAX_HEADER], enum ws_opcode opcode, int fin,
                         uint64_t payload_len, const uint8_t key[WS_MASK_KEY] )
{
    size_t len;

    header[0] = (uint8_t)((fin ? HEADER_FIN : 0) | opcode);
    len = encode_length( header, payload_len );
    memcpy( header + len, key, WS_MASK_KEY );
    return len + WS_MASK_KEY;
}

size_t ws_close_encode( uint8_t payload[WS_MAX_CONTROL], uint16_t code, const void *reason,
                        size_t reason_len )
{
    if (code == CLOSE_CODE_EMPTY) return 0;
    payload[0] = (uint8_t)(code >> 8);
    payload[1] = (uint8_t)code;
    if (reason_len) memcpy( payload + CLOSE_CODE, reason, reason_len );
    return CLOSE_CODE + reason_len;
}
