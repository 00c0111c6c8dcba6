/* RFC 6455 frames, server side, for the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ws - frame codec and UTF-8 check; strict, because tests rely on its complaints.
 * Owns:    nothing; every buffer is the caller's.
 * Threads: any, one at a time per decoder; no lock inside.
 * Fails:   ws_decode returns the close status that the peer's mistake deserves, and a sentence;
 *          after that only ws_decoder_init is legal. */

#ifndef ECHOD_WS_H
#define ECHOD_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Largest message taken. Benches and tests send 1 MiB; sixty-four times that leaves room, and a
 * peer that announces 2^63 bytes is refused before a byte is stored. */
#define WS_MAX_MESSAGE (64u << 20)

/* Two bytes, eight of length, four of mask (RFC 6455, 5.2). */
#define WS_MAX_HEADER 14

/* RFC 6455, 5.5: control frames carry 125 bytes at most, two of them the status of a close. */
#define WS_MAX_CONTROL 125
#define WS_MAX_REASON  123

enum ws_opcode
{
    WS_CONTINUATION = 0,
    WS_TEXT         = 1,
    WS_BINARY       = 2,
    WS_CLOSE        = 8,
    WS_PING         = 9,
    WS_PONG         = 10,
};

/* RFC 6455, 7.4.1. */
enum ws_close_status
{
    WS_STATUS_NORMAL    = 1000,
    WS_STATUS_PROTOCOL  = 1002,
    WS_STATUS_NONE      = 1005, /* no status on the wire */
    WS_STATUS_BAD_DATA  = 1007,
    WS_STATUS_TOO_BIG   = 1009,
    WS_STATUS_INTERNAL  = 1011,
};

/* Running check of UTF-8 (RFC 3629); zero-initialised at the start of a message. */
struct ws_utf8
{
    uint8_t missing;  /* continuation bytes still to come */
    uint8_t low;      /* least value of the next continuation byte */
    uint8_t high;     /* greatest value of it */
};

struct ws_decoder
{
    unsigned char header[WS_MAX_HEADER];
    unsigned      header_len;  /* bytes of header[] that arrived */
    bool          in_payload;  /* the header is complete, payload is being delivered */
    bool          fin;
    enum ws_opcode opcode;
    bool          open_message; /* a data message has begun and its last frame has not come */
    uint64_t      frame_len;
    uint64_t      delivered;   /* payload bytes of this frame already handed out, <= frame_len */
    uint64_t      message_len; /* of the open data message, frames so far included */
    const char   *error;       /* sentence that goes with a failure, static */
};

/* A run of unmasked payload of one frame. */
struct ws_piece
{
    enum ws_opcode opcode;
    bool           fin;       /* of the frame */
    bool           first;     /* first piece of its frame */
    bool           last;      /* last piece of its frame */
    uint64_t       frame_len; /* bytes of the whole frame */
    unsigned char *data;      /* borrowed: points into the input */
    size_t         len;
};

enum ws_result
{
    WS_NEED_INPUT = 0,
    WS_PIECE      = 1,
    /* Anything above is the close status of a protocol violation; decoder->error says which. */
};

/* Makes a decoder ready for the first byte behind the handshake. */
void ws_decoder_init( struct ws_decoder *decoder );

/* Takes bytes from data (unmasking in place) and stores how many in *used; with WS_PIECE, *piece
 * is set. An empty frame yields one piece with len 0. Call again until WS_NEED_INPUT. */
unsigned ws_decode( struct ws_decoder *decoder, unsigned char *data, size_t len, size_t *used,
                    struct ws_piece *piece );

/* Writes the header of an unmasked frame into out (at least WS_MAX_HEADER bytes); returns its
 * length. RFC 6455, 5.2; servers must not mask (5.1). */
size_t ws_encode_header( unsigned char *out, enum ws_opcode opcode, bool fin, uint64_t len );

/* Goes on with the check; false at the first byte that cannot be UTF-8. */
bool ws_utf8_check( struct ws_utf8 *state, const unsigned char *data, size_t len );

/* True for a status that may appear in a close frame (RFC 6455, 7.4.1 and 7.4.2, and the
 * statuses 1012 to 1014 registered since). */
bool ws_status_valid( unsigned status );

/* "text", "close", ...; "data" for reserved opcodes. */
const char *ws_opcode_name( enum ws_opcode opcode );

/* "normal closure", ...; "" for a status without a registered name. */
const char *ws_status_name( unsigned status );

#endif
