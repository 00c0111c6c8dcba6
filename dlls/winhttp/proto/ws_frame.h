/* ws_frame - RFC 6455 frame codec, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the caller owns every buffer. A data event points into the caller's input,
 *          a control event into the decoder, both until the next call.
 * Threads: any, one at a time per decoder; no lock inside.
 * Fails:   enum ws_status; after a negative status only ws_decoder_init is legal (until then
 *          the decoder repeats that status).
 *
 *  HEADER --data frame--> PAYLOAD --all seen--> HEADER
 *     \----control------> CONTROL --all seen--> HEADER, or CLOSED after a close frame
 */

#ifndef WINHTTP_PROTO_WS_FRAME_H
#define WINHTTP_PROTO_WS_FRAME_H

#include <stddef.h>
#include <stdint.h>

#include "proto/utf8.h"

enum ws_opcode
{
    WS_OPCODE_CONTINUATION = 0x0,
    WS_OPCODE_TEXT = 0x1,
    WS_OPCODE_BINARY = 0x2,
    WS_OPCODE_CLOSE = 0x8,
    WS_OPCODE_PING = 0x9,
    WS_OPCODE_PONG = 0xa,
};

enum ws_status
{
    WS_OK = 0,            /* *event is filled in */
    WS_NEED_INPUT = 1,    /* all input is consumed, no event yet */
    WS_NEED_SPACE = 2,    /* payload is at hand, but max_data is 0 */
    WS_ERR_PROTOCOL = -1, /* the peer broke RFC 6455: fail with close code 1002 */
    WS_ERR_UTF8 = -2,     /* the peer sent bad UTF-8: fail with close code 1007 */
};

enum
{
    WS_MAX_HEADER = 14,   /* RFC 6455 5.2: 2 + 8 length + 4 mask */
    WS_MAX_CONTROL = 125, /* RFC 6455 5.5 */
    WS_MAX_REASON = 123,  /* WS_MAX_CONTROL less the status code */
    WS_MASK_KEY = 4,      /* bytes */
};

enum ws_event_type
{
    WS_EVENT_DATA,  /* a piece of a message, or its empty end */
    WS_EVENT_PING,
    WS_EVENT_PONG,
    WS_EVENT_CLOSE, /* close_code and reason are valid */
};

struct ws_event
{
    enum ws_event_type type;
    const uint8_t *data; /* DATA: in the input; PING, PONG: payload; CLOSE: reason; NULL if empty */
    size_t len;          /* bytes at data; 0 in DATA only for an empty frame, final or not */
    uint8_t text;        /* DATA: 1 text message, 0 binary (the message's first opcode) */
    uint8_t frame_end;   /* DATA: the frame ends with this piece */
    uint8_t message_end; /* DATA: the message ends with this piece */
    uint16_t close_code; /* CLOSE: as on the wire, 1005 if the payload is empty */
};

struct ws_decoder
{
    uint64_t frame_left;  /* payload bytes of the current frame not yet seen */
    uint8_t header[WS_MAX_HEADER];
    uint8_t header_len;   /* bytes in header, <= header_need */
    uint8_t header_need;  /* grows from 2 once the length form is known */
    uint8_t state;        /* enum in ws_frame.c */
    uint8_t fin;          /* of the current frame */
    uint8_t opcode;       /* of the current frame */
    uint8_t message;      /* opcode of the open message; 0 = none open */
    uint8_t control[WS_MAX_CONTROL];
    uint8_t control_len;  /* bytes in control */
    struct utf8_validator utf8; /* of the open text message */
};

void ws_decoder_init( struct ws_decoder *decoder );

/* Decodes up to one event from in[0..len). Call again with the rest while it returns WS_OK.
 *  max_data  most payload bytes that one DATA event may carry (the program's free buffer space);
 *            with 0 control frames and empty data frames still pass
 *  consumed  always set: bytes of input used, also when more is needed; of no use after an error
 * The events do not depend on how the input is sliced, but for the good text in front of a bad byte
 * in one slice, which is not delivered. After WS_EVENT_CLOSE all input is consumed and discarded
 * (RFC 6455 1.4).
 * Every clause of RFC 6455 5.2-5.5, 7.4, 8.1 that a client can check is checked here, as soon as
 * the offending byte is seen: reserved bits and opcodes, masked server frames, non-minimal lengths,
 * the top bit of a 64-bit length, control frames longer than 125 or fragmented, continuations
 * without a message, new messages inside a message, UTF-8 of text and reasons, close payload of
 * length 1, close codes that must not be on the wire (0-999, 1004-1006, 1015, 1016-2999, >= 5000,
 * but 65535 passes: facts/websocket.md 8). */
enum ws_status ws_decoder_next( struct ws_decoder *decoder, const uint8_t *in, size_t len,
                                size_t max_data, size_t *consumed, struct ws_event *event );

/* Payload bytes of the data frame that the decoder stands inside; 0 elsewhere. The caller may
 * receive up to that many bytes straight into the program's buffer and then feed it from there. */
uint64_t ws_decoder_payload_left( const struct ws_decoder *decoder );

/* Writes the header of a client frame (always masked). Returns its length, 6..14. */
size_t ws_header_encode( uint8_t header[WS_MAX_HEADER], enum ws_opcode opcode, int fin,
                         uint64_t payload_len, const uint8_t key[WS_MASK_KEY] );

/* dst[i] = src[i] ^ key[(offset + i) % 4] (RFC 6455 5.3); dst may equal src, no other overlap.
 * The fastest implementation for this processor is chosen on first use. */
void ws_mask( uint8_t *dst, const uint8_t *src, size_t len, const uint8_t key[WS_MASK_KEY],
              size_t offset );

/* Writes a close payload (0 bytes if code is 1005, else 2 + reason_len). Returns its length.
 * reason_len <= WS_MAX_REASON, not checked for UTF-8. */
size_t ws_close_encode( uint8_t payload[WS_MAX_CONTROL], uint16_t code, const void *reason,
                        size_t reason_len );

#endif
