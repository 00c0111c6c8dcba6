/*
 * The scripted server's side of RFC 6455: the handshake, frames; and the topic that checks it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#include "wine/test.h"

#define WS_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

/* ---- SHA-1 and base64: RFC 6455 asks for them, and a test should not depend on more DLLs ---- */

static unsigned int rotate_left( unsigned int value, unsigned int bits )
{
    return value << bits | value >> (32 - bits);
}

static void sha1_block( unsigned int state[5], const unsigned char *block )
{
    unsigned int w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f, i;

    for (i = 0; i < 16; i++)
        w[i] = (unsigned int)block[4 * i] << 24 | block[4 * i + 1] << 16 |
               block[4 * i + 2] << 8 | block[4 * i + 3];
    for (; i < 80; i++) w[i] = rotate_left( w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1 );
    for (i = 0; i < 80; i++)
    {
        if (i < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
        else if (i < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
        else if (i < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
        else f = (b ^ c ^ d) + 0xca62c1d6;
        f += rotate_left( a, 5 ) + e + w[i];
        e = d;
        d = c;
        c = rotate_left( b, 30 );
        b = a;
        a = f;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha1( const unsigned char *data, unsigned int len, unsigned char digest[20] )
{
    unsigned int state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    unsigned char tail[128] = { 0 };
    unsigned int i, rest = len % 64, tail_len = rest < 56 ? 64 : 128;

    for (i = 0; i + 64 <= len; i += 64) sha1_block( state, data + i );
    memcpy( tail, data + i, rest );
    tail[rest] = 0x80;
    for (i = 0; i < 4; i++) tail[tail_len - 1 - i] = (unsigned char)((len * 8) >> (8 * i));
    for (i = 0; i < tail_len; i += 64) sha1_block( state, tail + i );
    for (i = 0; i < 20; i++) digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64( const unsigned char *data, unsigned int len, char *out )
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned int i, bits;

    for (i = 0; i < len; i += 3)
    {
        bits = data[i] << 16;
        if (i + 1 < len) bits |= data[i + 1] << 8;
        if (i + 2 < len) bits |= data[i + 2];
        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        *out++ = i + 2 < len ? digits[bits & 63] : '=';
    }
    *out = 0;
}

void server_compute_accept( const char *key, char *accept )
{
    unsigned char digest[20];
    char text[256];

    snprintf( text, sizeof(text), "%s" WS_GUID, key );
    sha1( (unsigned char *)text, (unsigned int)strlen( text ), digest );
    base64( digest, sizeof(digest), accept );
}

/* ---- steps ---- */

static BOOL build_upgrade( struct server *server, const struct step *step, char *answer,
                           size_t size )
{
    const struct server_request *request = &server->requests[server->request_count - 1];
    const char *lines = step->type == STEP_UPGRADE && step->data ? step->data : "";
    char key[128], accept[29];

    if (!server_header( request, "Sec-WebSocket-Key", key, sizeof(key) ))
        return server_fail_step( server, "no Sec-WebSocket-Key", 0 );
    server_compute_accept( key, accept );
    snprintf( answer, size, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n", accept, lines );
    return TRUE;
}

static BOOL step_upgrade( struct server *server, const struct step *step )
{
    char answer[1024 + 256];
    unsigned int len;

    if (!server_step_headers( server )) return FALSE;
    if (!build_upgrade( server, step, answer, 1024 )) return FALSE;
    len = (unsigned int)strlen( answer );
    switch (step->type)
    {
    case STEP_UPGRADE_PART:
        return server_send( server, answer, min( len, step->arg ) );
    case STEP_UPGRADE_WITH:
        if (len + step->len > sizeof(answer)) return server_fail_step( server, "too long", 0 );
        memcpy( answer + len, step->data, step->len );
        return server_send( server, answer, len + step->len );
    default:
        return server_send_sliced( server, answer, len, step->arg );
    }
}

static BOOL read_frame_length( struct server *server, unsigned int *len )
{
    unsigned char bytes[8];
    unsigned int i, count = *len == 126 ? 2 : *len == 127 ? 8 : 0;

    if (!count) return TRUE;
    if (!server_receive( server, bytes, count, "reading a frame length" )) return FALSE;
    for (i = 0, *len = 0; i < count; i++) *len = *len << 8 | bytes[i];
    return TRUE;
}

/* Reads a frame into *frame; the payload is the caller's to free. */
static BOOL read_frame( struct server *server, struct server_frame *frame )
{
    unsigned char head[2];
    unsigned int i;

    if (!server_receive( server, head, sizeof(head), "reading a frame" )) return FALSE;
    frame->connection = server->current;
    frame->first = head[0];
    frame->masked = head[1] >> 7;
    frame->len = head[1] & 0x7f;
    if (!read_frame_length( server, &frame->len )) return FALSE;
    if (frame->masked && !server_receive( server, frame->mask, 4, "reading a mask" )) return FALSE;
    if (frame->len > 64 * 1024 * 1024)
        return server_fail_step( server, "frame too long", frame->len );
    if (!(frame->payload = malloc( frame->len + 1 )))
        return server_fail_step( server, "memory", 0 );
    frame->payload[frame->len] = 0;
    if (!server_receive( server, frame->payload, frame->len, "reading a payload" ))
    {
        free( frame->payload );
        return FALSE;
    }
    for (i = 0; frame->masked && i < frame->len; i++) frame->payload[i] ^= frame->mask[i % 4];
    return TRUE;
}

static BOOL step_read_frame( struct server *server )
{
    if (server->frame_count == SERVER_MAX_FRAMES)
        return server_fail_step( server, "too many frames", 0 );
    if (!read_frame( server, &server->frames[server->frame_count] )) return FALSE;
    InterlockedIncrement( &server->frame_count );
    return TRUE;
}

static BOOL step_read_message( struct server *server )
{
    do
    {
        if (!step_read_frame( server )) return FALSE;
    } while (!(server->frames[server->frame_count - 1].first & FRAME_FIN));
    return TRUE;
}

static unsigned int build_frame_header( unsigned char *out, unsigned int flags, unsigned int len )
{
    unsigned int pos = 2, i;

    out[0] = (unsigned char)flags;
    if (flags & FRAME_LEN64 || len > 0xffff)
    {
        out[1] = 127;
        for (i = 0; i < 8; i++) out[pos++] = (unsigned char)(i < 4 ? 0 : len >> (8 * (7 - i)));
    }
    else if (flags & FRAME_LEN16 || len > 125)
    {
        out[1] = 126;
        out[pos++] = (unsigned char)(len >> 8);
        out[pos++] = (unsigned char)len;
    }
    else out[1] = (unsigned char)len;
    if (flags & FRAME_MASKED)
    {
        out[1] |= 0x80;
        memset( out + pos, 0, 4 );      /* a mask of zeros leaves the payload as it is */
        pos += 4;
    }
    return pos;
}

unsigned int server_build_frame( unsigned char *out, unsigned int flags, const void *data,
                                 unsigned int len )
{
    unsigned int pos = build_frame_header( out, flags, len );

    if (flags & FRAME_HEADER_ONLY) return pos;
    memcpy( out + pos, data, len );
    return pos + len;
}

static BOOL send_frame( struct server *server, unsigned int flags, const void *data,
                        unsigned int len )
{
    unsigned char *bytes = malloc( len + 14 );
    unsigned int count;
    BOOL ret;

    if (!bytes) return server_fail_step( server, "memory", 0 );
    count = server_build_frame( bytes, flags, data, len );
    ret = server_send_sliced( server, bytes, count, flags & FRAME_PER_BYTE ? 1 : 0 );
    free( bytes );
    return ret;
}

static BOOL step_echo( struct server *server, unsigned int count )
{
    struct server_frame frame;
    BOOL ret = TRUE;

    while (ret && count--)
    {
        if (!read_frame( server, &frame )) return FALSE;
        ret = send_frame( server, frame.first, frame.payload, frame.len );
        free( frame.payload );
    }
    return ret;
}

BOOL server_step_websocket( struct server *server, const struct step *step )
{
    switch (step->type)
    {
    case STEP_READ_FRAME:
        return step_read_frame( server );
    case STEP_READ_MESSAGE:
        return step_read_message( server );
    case STEP_FRAME:
        return send_frame( server, step->arg, step->data, step->len );
    case STEP_ECHO:
        return step_echo( server, step->arg );
    default:
        return step_upgrade( server, step );
    }
}

/* ---- the topic ---- */

static void test_accept_value(void)
{
    char accept[29];

    /* the example of RFC 6455 1.3 */
    server_compute_accept( "dGhlIHNhbXBsZSBub25jZQ==", accept );
    ok( !strcmp( accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ), "got %s\n", accept );
}

static void test_frames(void)
{
    static const unsigned char masked[] = { 0x81, 0x82, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2 };
    static const char answer[] = "\x81\x02" "ab" "\x42\x7e\x00\x03" "xyz" "\x89\x81\0\0\0\0" "p";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_READ_FRAME, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "ab" ),
        SRV_FRAME( FRAME_BINARY | FRAME_RSV1 | FRAME_LEN16, "xyz" ),
        SRV_FRAME( FRAME_PING | FRAME_MASKED | FRAME_PER_BYTE, "p" ), SRV_HALF_CLOSE, SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    const struct server_frame *frame;
    char buffer[64];
    SOCKET client = server_connect_to( server );
    int ret;

    send( client, (const char *)masked, sizeof(masked), 0 );
    ret = server_read_until_end( client, buffer, sizeof(buffer) );
    ok( ret == sizeof(answer) - 1 && !memcmp( buffer, answer, ret ), "got %d\n", ret );
    frame = server_frame( server, 0 );
    ok( frame && frame->first == (FRAME_TEXT | FRAME_FIN) && frame->masked, "wrong frame\n" );
    if (frame) ok( frame->len == 2 && !strcmp( frame->payload, "ab" ), "got %s\n", frame->payload );
    closesocket( client );
    server_stop( server );
}

START_TEST( server_websocket )
{
    test_accept_value();
    test_frames();
}
