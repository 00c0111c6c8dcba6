/* ws_handshake - the opening handshake of RFC 6455 section 4, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   enum ws_handshake_status says which demand of RFC 6455 4.1 the answer missed.
 *
 * Hashing and randomness are the caller's: proto/ has no cryptography of its own.
 */

#ifndef WINHTTP_PROTO_WS_HANDSHAKE_H
#define WINHTTP_PROTO_WS_HANDSHAKE_H

#include <stdint.h>

#include "proto/http_headers.h"

enum
{
    WS_KEY_BYTES = 16,  /* random bytes behind a key */
    WS_KEY_TEXT = 24,   /* their base64 form, without NUL */
    WS_ACCEPT_TEXT = 28, /* base64 of a SHA-1 digest, without NUL */
    WS_DIGEST_BYTES = 20,
    WS_DIGEST_INPUT = WS_KEY_TEXT + 36, /* key text and the GUID of RFC 6455 1.3 */
};

enum ws_handshake_status
{
    WS_HANDSHAKE_OK = 0,
    WS_HANDSHAKE_ERR_UPGRADE = -1,    /* not exactly one "Upgrade: websocket" (any case) */
    WS_HANDSHAKE_ERR_CONNECTION = -2, /* no "upgrade" token in Connection */
    WS_HANDSHAKE_ERR_ACCEPT = -3,     /* Sec-WebSocket-Accept absent, repeated or wrong */
    WS_HANDSHAKE_ERR_EXTENSION = -4,  /* an extension that was not requested */
    WS_HANDSHAKE_ERR_PROTOCOL = -5,   /* a subprotocol that was not requested, or several */
};

/* key receives the base64 form of random, NUL-terminated. */
void ws_handshake_key( const uint8_t random[WS_KEY_BYTES], char key[WS_KEY_TEXT + 1] );

/* input receives the bytes whose SHA-1 digest the server must send back. */
void ws_handshake_digest_input( const char key[WS_KEY_TEXT + 1], uint8_t input[WS_DIGEST_INPUT] );

/* Judges the headers of a 101 answer.
 *  request   headers as sent: Sec-WebSocket-Protocol, Sec-WebSocket-Extensions count
 *  digest    SHA-1 of ws_handshake_digest_input */
enum ws_handshake_status ws_handshake_check( const struct http_headers *request,
                                             const struct http_headers *response,
                                             const uint8_t digest[WS_DIGEST_BYTES] );

#endif
