/* The protocol engines at work on memory.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cost.h"

#include <string.h>

#include "proto/http_body.h"
#include "proto/http_response.h"
#include "proto/utf8.h"
#include "proto/ws_frame.h"

/* Data bytes of a chunk, as servers with a buffer of a page send them. */
#define CHUNK 4096

static const uint8_t key[WS_MASK_KEY] = { 0x12, 0x34, 0x56, 0x78 };

/* One message out, and its echo in: what is left is the transport's. */
static void echo( enum ws_opcode opcode, unsigned int count )
{
    uint8_t message[COST_SMALL], frame[WS_MAX_HEADER + COST_SMALL], answer[2 + COST_SMALL];
    struct ws_decoder decoder;
    struct ws_event event;
    size_t len, consumed;

    memset( message, 'e', sizeof(message) );
    memset( answer, 'e', sizeof(answer) );
    answer[0] = 0x80 | opcode;
    answer[1] = COST_SMALL;
    ws_decoder_init( &decoder );
    while (count--)
    {
        len = ws_header_encode( frame, opcode, 1, sizeof(message), key );
        ws_mask( frame + len, message, sizeof(message), key, 0 );
        cost_check( !ws_decoder_next( &decoder, answer, sizeof(answer), sizeof(message),
                                      &consumed, &event )
                    && event.message_end, "ws_decoder_next" );
    }
}

void cost_ws_echo_binary( unsigned int count )
{
    echo( WS_OPCODE_BINARY, count );
}

void cost_ws_echo_text( unsigned int count )
{
    echo( WS_OPCODE_TEXT, count );
}

static void mask( size_t len, unsigned int count )
{
    static uint8_t from[COST_LARGE], to[COST_LARGE];

    while (count--) ws_mask( to, from, len, key, 0 );
}

void cost_mask_small( unsigned int count )
{
    mask( COST_SMALL, count );
}

void cost_mask_large( unsigned int count )
{
    mask( COST_LARGE, count );
}

/* text is repeated; its length divides COST_LARGE. */
static void validate( const char *text, unsigned int count )
{
    static uint8_t data[COST_LARGE];
    struct utf8_validator utf8;
    size_t len = strlen( text ), i;

    for (i = 0; i < sizeof(data); i += len) memcpy( data + i, text, len );
    utf8_init( &utf8 );
    while (count--) cost_check( utf8_feed( &utf8, data, sizeof(data) ), "utf8_feed" );
}

void cost_utf8_ascii( unsigned int count )
{
    validate( "plain ASCII text", count );
}

/* Of 32 bytes: 12 of one, 5 characters of two, 2 of three, 1 of four. */
void cost_utf8_mixed( unsigned int count )
{
    validate( "Gr\xc3\xb6\xc3\x9f" "e \xc3\xa4 \xc3\xbc\xc3\xb6 "
              "\xe2\x82\xac\xe4\xb8\xad \xf0\x9f\x98\x80 abcd", count );
}

void cost_response_head( unsigned int count )
{
    static const char head[] =
        "HTTP/1.1 200 OK\r\n"
        "Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n"
        "Server: nginx/1.22.1\r\n"
        "Content-Type: application/json; charset=utf-8\r\n"
        "Content-Length: 1024\r\n"
        "Connection: keep-alive\r\n"
        "Cache-Control: private, max-age=0, must-revalidate\r\n"
        "ETag: \"5f3c9a7e-400\"\r\n"
        "Vary: Accept-Encoding\r\n"
        "Set-Cookie: session=0123456789abcdef0123456789abcdef; Path=/; Secure; HttpOnly\r\n"
        "Strict-Transport-Security: max-age=31536000\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "\r\n";
    struct http_response response;
    size_t scanned, len;

    http_response_init( &response, &allocator_libc );
    while (count--)
    {
        scanned = 0;
        len = http_response_head_end( (const uint8_t *)head, sizeof(head) - 1, &scanned );
        cost_check( !http_response_parse( &response, (const uint8_t *)head, len ),
                    "http_response_parse" );
    }
    http_response_clear( &response );
}

static void take_body( enum http_body_framing framing, const uint8_t *in, size_t len )
{
    struct http_body body;
    size_t pos = 0, consumed, got, total = 0;
    const uint8_t *data;

    http_body_init( &body, framing, COST_LARGE, &allocator_libc );
    while (!http_body_next( &body, in + pos, len - pos, COST_LARGE, &consumed, &data, &got ))
    {
        pos += consumed;
        total += got;
    }
    cost_check( total == COST_LARGE, "http_body_next" );
    http_body_clear( &body );
}

void cost_body_length( unsigned int count )
{
    static uint8_t in[COST_LARGE];

    while (count--) take_body( HTTP_BODY_LENGTH, in, sizeof(in) );
}

void cost_body_chunked( unsigned int count )
{
    static const char begin[] = "1000\r\n", end[] = "\r\n", last[] = "0\r\n\r\n";
    static uint8_t in[COST_LARGE + 64];
    size_t len = 0, done;

    for (done = 0; done < COST_LARGE; done += CHUNK)
    {
        memcpy( in + len, begin, sizeof(begin) - 1 );
        len += sizeof(begin) - 1 + CHUNK;
        memcpy( in + len, end, sizeof(end) - 1 );
        len += sizeof(end) - 1;
    }
    memcpy( in + len, last, sizeof(last) - 1 );
    len += sizeof(last) - 1;
    while (count--) take_body( HTTP_BODY_CHUNKED, in, len );
}
