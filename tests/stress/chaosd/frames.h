/* frames - WebSocket frames as a server sends them, well or badly, and a strict look at a client's.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the payload of the frame that was received last.
 * Threads: one per struct client.
 * Fails:   enum link_status; what a client did wrong is told by frames_accuse, and counted.
 *
 * Payloads follow a pattern that both sides check: each byte of a message follows from the one
 * before it, so a lost, doubled or overwritten byte shows (pattern_next).
 */

#ifndef CHAOSD_FRAMES_H
#define CHAOSD_FRAMES_H

#include "link.h"

enum
{
    OP_CONTINUATION = 0,
    OP_TEXT = 1,
    OP_BINARY = 2,
    OP_CLOSE = 8,
    OP_PING = 9,
    OP_PONG = 10,

    FIN = 0x80,
    MAX_PAYLOAD = 1 << 18,  /* the client never sends frames as long as this */
    PING_LEN = 8,           /* "ping" and a number */
};

struct frame
{
    unsigned int opcode, fin;
    unsigned char *payload;   /* borrowed (until the next frame) */
    size_t len;
};

/* What is known about the client at the other end. */
struct client
{
    struct link *link;        /* borrowed */
    unsigned long long seed;  /* for frames_accuse */
    unsigned int message;     /* opcode of the message that is open, or 0 */
    int last;                 /* byte of that message seen last, or -1 */
    int closed;               /* it has sent a close frame */
    unsigned int pings;       /* sent to it */
    unsigned char *payload;   /* owned; MAX_PAYLOAD bytes */
};

/* Accusations so far. */
extern unsigned int frames_accused;

void frames_accuse( const struct client *client, const char *what );

/* The byte behind this one in a message. */
unsigned char pattern_next( int text, unsigned char byte );
void pattern_fill( unsigned char *data, size_t len, int text, unsigned char first );

/* The client's next frame, which is found correct or accused. */
enum link_status frames_recv( struct client *client, struct frame *frame, int wait );

/* first: FIN and reserved bits with the opcode. */
enum link_status frames_send( struct link *link, unsigned int first, const void *payload,
                              size_t len );
enum link_status frames_send_close( struct link *link, unsigned int code, const char *reason );
enum link_status frames_send_ping( struct client *client );

#endif
