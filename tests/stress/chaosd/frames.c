/* frames - sends what it is told to, and accepts only what RFC 6455 allows a client.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned int frames_accused;

void frames_accuse( const struct client *client, const char *what )
{
    __atomic_fetch_add( &frames_accused, 1, __ATOMIC_RELAXED );
    printf( "VIOLATION seed %llx: the client sent %s\n", client->seed, what );
    fflush( stdout );
}

unsigned char pattern_next( int text, unsigned char byte )
{
    if (!text) return byte + 7;
    return byte == 'z' ? 'a' : byte + 1;
}

void pattern_fill( unsigned char *data, size_t len, int text, unsigned char first )
{
    unsigned char byte = text ? 'a' + first % 26 : first;

    for (; len--; byte = pattern_next( text, byte )) *data++ = byte;
}

/* --- Receiving ------------------------------------------------------------------------------ */

/* What has begun must go on. */
static enum link_status recv_rest( struct client *client, void *data, size_t len )
{
    return link_recv( client->link, data, len, 1000 ) ? LINK_ENDED : LINK_OK;
}

static enum link_status recv_length( struct client *client, unsigned int len7, size_t *len )
{
    unsigned int bytes = len7 == 127 ? 8 : len7 == 126 ? 2 : 0, i;
    unsigned char extended[8];
    enum link_status status;

    *len = len7;
    if (!bytes) return LINK_OK;
    if ((status = recv_rest( client, extended, bytes ))) return status;
    for (i = 0, *len = 0; i < bytes; i++) *len = *len << 8 | extended[i];
    if (*len < 126 || (bytes == 8 && *len < 65536)) frames_accuse( client, "a length too long" );
    return LINK_OK;
}

static void check_header( struct client *client, unsigned int first, unsigned int second )
{
    unsigned int opcode = first & 15;

    if (client->closed) frames_accuse( client, "a frame behind its close frame" );
    if (first & 0x70) frames_accuse( client, "reserved bits" );
    if (!(second & 0x80)) frames_accuse( client, "a frame without a mask" );
    if (opcode > OP_PONG || (opcode > OP_BINARY && opcode < OP_CLOSE))
        frames_accuse( client, "a reserved opcode" );
    if (opcode >= OP_CLOSE && (!(first & FIN) || (second & 127) > 125))
        frames_accuse( client, "a bad control frame" );
    if (opcode >= OP_CLOSE) return;
    if (!opcode && !client->message) frames_accuse( client, "a continuation of nothing" );
    if (opcode && client->message) frames_accuse( client, "a message inside a message" );
}

static void check_data( struct client *client, const struct frame *frame )
{
    int text;
    size_t i;

    if (frame->opcode)
    {
        client->message = frame->opcode;
        client->last = -1;
    }
    text = client->message == OP_TEXT;
    for (i = 0; i < frame->len; i++)
    {
        if (client->last >= 0 && frame->payload[i] != pattern_next( text, client->last ))
        {
            frames_accuse( client, "bytes that were not in its buffer" );
            break;
        }
        client->last = frame->payload[i];
    }
    if (frame->fin) client->message = 0;
}

/* An unsolicited pong is empty (the keep-alive), any other answers a ping of ours. */
static void check_pong( struct client *client, const struct frame *frame )
{
    unsigned int number;

    if (!frame->len) return;
    memcpy( &number, frame->payload + 4, sizeof(number) );
    if (frame->len != PING_LEN || memcmp( frame->payload, "ping", 4 ) || number >= client->pings)
        frames_accuse( client, "a pong without a ping" );
}

static void check_payload( struct client *client, const struct frame *frame )
{
    if (frame->opcode <= OP_BINARY) check_data( client, frame );
    else if (frame->opcode == OP_PONG) check_pong( client, frame );
    else if (frame->opcode == OP_CLOSE)
    {
        if (frame->len == 1) frames_accuse( client, "a close frame of one byte" );
        client->closed = 1;
    }
}

enum link_status frames_recv( struct client *client, struct frame *frame, int wait )
{
    unsigned char head[2], key[4];
    enum link_status status;
    size_t i;

    if ((status = link_recv( client->link, head, sizeof(head), wait ))) return status;
    check_header( client, head[0], head[1] );
    frame->opcode = head[0] & 15;
    frame->fin = head[0] & FIN;
    frame->payload = client->payload;
    if ((status = recv_length( client, head[1] & 127, &frame->len ))) return status;
    if (frame->len > MAX_PAYLOAD)
    {
        frames_accuse( client, "a frame longer than it ever sends" );
        return LINK_ENDED;
    }
    if ((status = recv_rest( client, key, sizeof(key) ))) return status;
    if ((status = recv_rest( client, frame->payload, frame->len ))) return status;
    for (i = 0; i < frame->len; i++) frame->payload[i] ^= key[i % 4];
    check_payload( client, frame );
    return LINK_OK;
}

/* --- Sending -------------------------------------------------------------------------------- */

enum link_status frames_send( struct link *link, unsigned int first, const void *payload,
                              size_t len )
{
    unsigned char head[10] = { first };
    size_t head_len = 2, i;
    enum link_status status;
    unsigned char *whole;

    if (len < 126) head[1] = len;
    else
    {
        unsigned int bytes = len < 65536 ? 2 : 8;

        head[1] = bytes == 2 ? 126 : 127;
        for (i = 0; i < bytes; i++) head[2 + i] = (uint64_t)len >> 8 * (bytes - 1 - i);
        head_len += bytes;
    }
    if (!(whole = malloc( head_len + len ))) return LINK_ENDED;
    memcpy( whole, head, head_len );
    if (len) memcpy( whole + head_len, payload, len );
    status = link_send( link, whole, head_len + len );
    free( whole );
    return status;
}

enum link_status frames_send_close( struct link *link, unsigned int code, const char *reason )
{
    unsigned char payload[125] = { code >> 8, code };
    size_t len = strlen( reason );

    memcpy( payload + 2, reason, len );
    return frames_send( link, FIN | OP_CLOSE, payload, len + 2 );
}

enum link_status frames_send_ping( struct client *client )
{
    unsigned char payload[PING_LEN] = "ping";
    unsigned int number = client->pings++;

    memcpy( payload + 4, &number, sizeof(number) );
    return frames_send( client->link, FIN | OP_PING, payload, sizeof(payload) );
}
