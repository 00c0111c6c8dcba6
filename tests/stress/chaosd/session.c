/* session - answers of every kind, chosen by the seed in the path.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chance.h"
#include "frames.h"
#include "request.h"
#include "scripted.h"

enum
{
    FLOOD = 300,            /* pings at once */
    BIG = 200000,           /* bytes of a message far beyond any buffer of the client */
    IDLE_MS = 8000,         /* without a word from the client */
    LASTING_IDLE_MS = 600000, /* the same on a connection that lasts */
    LASTING_PACE_MS = 60000,  /* most milliseconds between messages there */
    PATIENCE_MS = 2000,     /* for its end */
    STEPS = 3000,           /* frames and pauses of one connection */
};

/* One of a list of things by weight. */
struct weight
{
    int what;
    unsigned int weight;
};

static int choose( uint64_t *chance, const struct weight *list, size_t count )
{
    unsigned int total = 0, at;
    size_t i;

    for (i = 0; i < count; i++) total += list[i].weight;
    at = chance_below( chance, total );
    for (i = 0; at >= list[i].weight; i++) at -= list[i].weight;
    return list[i].what;
}

#define CHOOSE( chance, list ) choose( chance, list, sizeof(list) / sizeof(list[0]) )

struct session
{
    struct link *link;        /* borrowed */
    struct client client;
    uint64_t *chance;         /* the link's */

    unsigned int pause;       /* most milliseconds before an answer; 0 = none */
    unsigned int fragment;    /* percent of messages that come back in fragments */
    unsigned int ping;        /* percent of messages that are followed by a ping */
    unsigned int chatter;     /* messages to send without being asked */
    unsigned int pace;        /* most milliseconds between them */
    int fault;                /* steps until a fault; -1 = none */
    int idle;                 /* milliseconds without a word from the client that are its end */
};

static unsigned int chance_to( struct session *session, unsigned int below )
{
    return chance_below( session->chance, below );
}

static int percent( struct session *session, unsigned int value )
{
    return chance_percent( session->chance, value );
}

static void pause_some( struct session *session )
{
    if (session->pause) link_pause( chance_to( session, session->pause ) );
}

/* --- The handshake -------------------------------------------------------------------------- */

enum handshake
{
    SHAKE_WELL,
    SHAKE_LATE,
    SHAKE_SLICED,
    SHAKE_WITH_FRAMES,   /* the first frames come with the 101 */
    SHAKE_CONTINUE,      /* a 100 before it */
    SHAKE_CUT,
    SHAKE_RESET,
    SHAKE_BAD_ACCEPT,
    SHAKE_NO_UPGRADE,
    SHAKE_GARBAGE,
    SHAKE_NOT_FOUND,
    SHAKE_OK,            /* 200 with a body */
    SHAKE_REDIRECT,
    SHAKE_SILENT,
    SHAKE_GONE,          /* the end instead of an answer */
};

static const struct weight handshakes[] =
{
    { SHAKE_WELL, 62 }, { SHAKE_LATE, 5 }, { SHAKE_SLICED, 5 }, { SHAKE_WITH_FRAMES, 10 },
    { SHAKE_CONTINUE, 1 }, { SHAKE_CUT, 3 }, { SHAKE_RESET, 3 }, { SHAKE_BAD_ACCEPT, 1 },
    { SHAKE_NO_UPGRADE, 1 }, { SHAKE_GARBAGE, 1 }, { SHAKE_NOT_FOUND, 2 }, { SHAKE_OK, 2 },
    { SHAKE_REDIRECT, 2 }, { SHAKE_SILENT, 1 }, { SHAKE_GONE, 1 },
};

static void random_bytes( struct session *session, unsigned char *data, size_t len )
{
    while (len--) *data++ = chance_next( session->chance );
}

static void answer( struct session *session, const char *status, const char *headers,
                    const char *body )
{
    char text[1024];
    int len;

    len = snprintf( text, sizeof(text), "HTTP/1.1 %s\r\n%sContent-Length: %u\r\n\r\n%s", status,
                    headers, (unsigned int)strlen( body ), body );
    link_send( session->link, text, len );
}

/* The accident in the head happens by itself (link.h). */
static int upgrade( struct session *session, const char *request, const char *upgrade, int wrong )
{
    return !request_upgrade( session->link, request, upgrade, wrong );
}

/* Another seed of its own: a client that follows it comes to another fate. */
static void redirect( struct session *session )
{
    char location[128];

    snprintf( location, sizeof(location), "Location: /s/%llx\r\n",
              (unsigned long long)chance_next( session->chance ) );
    answer( session, "302 Found", location, "" );
}

static void garbage( struct session *session )
{
    unsigned char bytes[64];

    random_bytes( session, bytes, sizeof(bytes) );
    bytes[0] |= 0x70; /* or it could be the header of a good frame */
    link_send( session->link, bytes, sizeof(bytes) );
}

/* Returns nonzero if it has become a WebSocket. */
static int shake( struct session *session, const char *request, enum handshake kind )
{
    static const char header[] = "Upgrade: websocket\r\n";
    struct link *link = session->link;

    switch (kind)
    {
    case SHAKE_LATE:
        link_pause( chance_to( session, 60 ) );
        return upgrade( session, request, header, 0 );
    case SHAKE_SLICED:
        link->slice = 1 + chance_to( session, 20 );
        link->slice_delay = chance_to( session, 2 );
        return upgrade( session, request, header, 0 );
    case SHAKE_CONTINUE:
        link_send( link, "HTTP/1.1 100 Continue\r\n\r\n", 25 );
        return upgrade( session, request, header, 0 );
    case SHAKE_CUT:
    case SHAKE_RESET:
        link->reset = kind == SHAKE_RESET;
        link->cut_after = chance_to( session, 160 );
        return upgrade( session, request, header, 0 );
    case SHAKE_BAD_ACCEPT:
        upgrade( session, request, header, 1 );
        return 0;
    case SHAKE_NO_UPGRADE:
        upgrade( session, request, "", 0 );
        return 0;
    case SHAKE_GARBAGE:
        garbage( session );
        return 0;
    case SHAKE_NOT_FOUND:
        answer( session, "404 Not Found", "Connection: close\r\n", "nothing here\n" );
        return 0;
    case SHAKE_OK:
        answer( session, "200 OK", "Connection: close\r\n", "a body that nobody asked for\n" );
        return 0;
    case SHAKE_REDIRECT:
        redirect( session );
        return 0;
    case SHAKE_SILENT:
        link_drain( link, PATIENCE_MS );
        return 0;
    case SHAKE_GONE:
        return 0;
    default:
        return upgrade( session, request, header, 0 );
    }
}

/* --- Frames --------------------------------------------------------------------------------- */

/* A message, in fragments if so chosen, with pings in between. */
static enum link_status send_message( struct session *session, int text,
                                      const unsigned char *data, size_t len )
{
    unsigned int opcode = text ? OP_TEXT : OP_BINARY;
    enum link_status status;
    size_t piece;

    while (percent( session, session->fragment ))
    {
        piece = len ? chance_to( session, len + 1 ) : 0;
        if ((status = frames_send( session->link, opcode, data, piece ))) return status;
        if (percent( session, session->ping )
            && (status = frames_send_ping( &session->client ))) return status;
        opcode = OP_CONTINUATION;
        data += piece;
        len -= piece;
    }
    return frames_send( session->link, FIN | opcode, data, len );
}

static enum link_status chatter( struct session *session )
{
    int text = chance_to( session, 2 );
    unsigned char data[2000];
    size_t len = chance_to( session, percent( session, 20 ) ? sizeof(data) : 60 );

    session->chatter--;
    pattern_fill( data, len, text, chance_to( session, 256 ) );
    /* not inside a message that is being echoed */
    if (percent( session, 30 ) || session->client.message)
        return frames_send_ping( &session->client );
    return send_message( session, text, data, len );
}

/* The message that is being echoed: its family, and whether the first fragment is still due. */
static enum link_status echo( struct session *session, const struct frame *frame )
{
    static const unsigned char families[] = { OP_CONTINUATION, OP_TEXT, OP_BINARY };
    enum link_status status;

    pause_some( session );
    if (frame->opcode && frame->fin)
        status = send_message( session, frame->opcode == OP_TEXT, frame->payload, frame->len );
    else
        status = frames_send( session->link, frame->fin | families[frame->opcode],
                              frame->payload, frame->len );
    if (!status && percent( session, session->ping ))
        status = frames_send_ping( &session->client );
    return status;
}

/* --- Faults --------------------------------------------------------------------------------- */

enum fault
{
    FAULT_GARBAGE,
    FAULT_MASKED,
    FAULT_BAD_TEXT,
    FAULT_BAD_CODE,
    FAULT_SHORT_CLOSE,
    FAULT_BAD_REASON,
    FAULT_RESERVED_BITS,
    FAULT_RESERVED_OPCODE,
    FAULT_LONG_PING,
    FAULT_FRAGMENTED_PING,
    FAULT_LONE_CONTINUATION,
    FAULT_NESTED_MESSAGE,
    FAULT_LONG_LENGTH,
    FAULT_HUGE_LENGTH,
    FAULT_CUT,
    FAULT_RESET,
    FAULT_END,
    FAULT_CLOSE_FIRST,
    FAULT_CLOSE_AND_GO,
    FAULT_STALL,
    FAULT_FLOOD,
    FAULT_BIG,
};

static const struct weight faults[] =
{
    { FAULT_GARBAGE, 1 }, { FAULT_MASKED, 1 }, { FAULT_BAD_TEXT, 2 }, { FAULT_BAD_CODE, 1 },
    { FAULT_SHORT_CLOSE, 1 }, { FAULT_BAD_REASON, 1 }, { FAULT_RESERVED_BITS, 1 },
    { FAULT_RESERVED_OPCODE, 1 }, { FAULT_LONG_PING, 1 }, { FAULT_FRAGMENTED_PING, 1 },
    { FAULT_LONE_CONTINUATION, 1 }, { FAULT_NESTED_MESSAGE, 1 }, { FAULT_LONG_LENGTH, 1 },
    { FAULT_HUGE_LENGTH, 1 }, { FAULT_CUT, 5 }, { FAULT_RESET, 5 }, { FAULT_END, 3 },
    { FAULT_CLOSE_FIRST, 12 }, { FAULT_CLOSE_AND_GO, 4 }, { FAULT_STALL, 2 }, { FAULT_FLOOD, 3 },
    { FAULT_BIG, 3 },
};

static void send_bytes( struct session *session, const char *bytes, size_t len )
{
    link_send( session->link, bytes, len );
}

#define SEND( session, bytes ) send_bytes( session, bytes, sizeof(bytes) - 1 )

static void flood( struct session *session )
{
    unsigned int i;

    for (i = 0; i < FLOOD && !frames_send_ping( &session->client ); i++) ;
}

static void send_big( struct session *session )
{
    unsigned char *data = malloc( BIG );

    if (!data) return;
    pattern_fill( data, BIG, 0, chance_to( session, 256 ) );
    frames_send( session->link, FIN | OP_BINARY, data, BIG );
    free( data );
}

/* Announces more than comes. */
static void cut_frame( struct session *session, int reset )
{
    session->link->reset = reset;
    session->link->cut_after = chance_to( session, 60 );
    send_big( session );
}

/* Inside a message it would be a good one; there a new message is not. */
static void lone_continuation( struct session *session )
{
    if (session->client.message) SEND( session, "\x82\1x" );
    else SEND( session, "\x80\1x" );
}

static void close_first( struct session *session )
{
    static const char *const reasons[] = { "", "bye", "the server has had enough of it" };
    unsigned int code = percent( session, 50 ) ? 1000 : 3000 + chance_to( session, 2000 );

    frames_send_close( session->link, code, reasons[chance_to( session, 3 )] );
}

/* Returns nonzero if the connection goes on. */
static int run_fault( struct session *session, enum fault fault )
{
    switch (fault)
    {
    case FAULT_GARBAGE:           garbage( session ); break;
    case FAULT_MASKED:            SEND( session, "\x82\x81\1\2\3\4x" ); break;
    case FAULT_BAD_TEXT:          SEND( session, "\x81\5abc\xffz" ); break;
    case FAULT_BAD_CODE:          frames_send_close( session->link, 1005, "" ); break;
    case FAULT_SHORT_CLOSE:       SEND( session, "\x88\1\3" ); break;
    case FAULT_BAD_REASON:        frames_send_close( session->link, 1000, "\xff" ); break;
    case FAULT_RESERVED_BITS:     SEND( session, "\xc2\1x" ); break;
    case FAULT_RESERVED_OPCODE:   SEND( session, "\x83\1x" ); break;
    case FAULT_LONG_PING:         SEND( session, "\x89\x7e\0\x7e" ); break;
    case FAULT_FRAGMENTED_PING:   SEND( session, "\x09\1x" ); break;
    case FAULT_LONE_CONTINUATION: lone_continuation( session ); break;
    case FAULT_NESTED_MESSAGE:    SEND( session, "\x02\1x\x82\1x" ); break;
    case FAULT_LONG_LENGTH:       SEND( session, "\x82\x7e\0\1x" ); break;
    case FAULT_HUGE_LENGTH:       SEND( session, "\x82\x7f\xff\0\0\0\0\0\0\1x" ); break;
    case FAULT_CUT:               cut_frame( session, 0 ); break;
    case FAULT_RESET:             cut_frame( session, 1 ); break;
    case FAULT_END:               link_finish( session->link ); break;
    case FAULT_CLOSE_FIRST:       close_first( session ); break;
    case FAULT_CLOSE_AND_GO:      close_first( session ); return 0;
    case FAULT_STALL:             link_pause( PATIENCE_MS ); return 0;
    case FAULT_FLOOD:             flood( session ); return 1;
    case FAULT_BIG:               send_big( session ); return 1;
    }
    link_drain( session->link, PATIENCE_MS );
    return 0;
}

/* --- The client closes ---------------------------------------------------------------------- */

enum farewell
{
    BYE_AT_ONCE,
    BYE_LATE,
    BYE_AFTER_MORE,   /* messages and a ping come first */
    BYE_OTHERWISE,    /* with words of our own */
    BYE_NEVER,
    BYE_CUT,
    BYE_RESET,
};

static const struct weight farewells[] =
{
    { BYE_AT_ONCE, 60 }, { BYE_LATE, 8 }, { BYE_AFTER_MORE, 12 }, { BYE_OTHERWISE, 8 },
    { BYE_NEVER, 4 }, { BYE_CUT, 4 }, { BYE_RESET, 4 },
};

static void say_goodbye( struct session *session, const struct frame *frame )
{
    unsigned int i;

    switch (CHOOSE( session->chance, farewells ))
    {
    case BYE_NEVER:
        link_drain( session->link, PATIENCE_MS );
        return;
    case BYE_RESET:
        link_close( session->link, 1 );
        return;
    case BYE_CUT:
        return;
    case BYE_OTHERWISE:
        close_first( session );
        return;
    case BYE_LATE:
        link_pause( chance_to( session, 50 ) );
        break;
    case BYE_AFTER_MORE:
        for (i = chance_to( session, 4 ); i--;) chatter( session );
        frames_send_ping( &session->client );
        break;
    }
    frames_send( session->link, FIN | OP_CLOSE, frame->payload, frame->len );
}

/* --- All together --------------------------------------------------------------------------- */

static int handle( struct session *session, const struct frame *frame )
{
    if (frame->opcode <= OP_BINARY) return !echo( session, frame );
    if (frame->opcode == OP_PING)
        return !frames_send( session->link, FIN | OP_PONG, frame->payload, frame->len );
    if (frame->opcode == OP_PONG) return 1;
    say_goodbye( session, frame );
    /* who ends TCP is left open as well */
    if (percent( session, 50 )) link_drain( session->link, PATIENCE_MS );
    return 0;
}

static int wait_ms( struct session *session )
{
    return session->chatter ? (int)chance_to( session, session->pace ) : session->idle;
}

static void converse( struct session *session )
{
    enum link_status status;
    struct frame frame;
    unsigned int i;

    for (i = 0; i < STEPS; i++)
    {
        if (!session->fault && !run_fault( session, CHOOSE( session->chance, faults ) )) return;
        if (session->fault >= 0) session->fault--;
        status = frames_recv( &session->client, &frame, wait_ms( session ) );
        if (!status && !handle( session, &frame )) return;
        if (status == LINK_TIMEOUT && (!session->chatter || chatter( session ))) return;
        if (status && status != LINK_TIMEOUT) return;
    }
}

static void plan( struct session *session, int lasting )
{
    session->pause = percent( session, 30 ) ? 1 + chance_to( session, 20 ) : 0;
    session->fragment = percent( session, 40 ) ? 30 : 0;
    session->ping = percent( session, 50 ) ? 30 : 0;
    session->chatter = percent( session, 40 ) ? chance_to( session, 40 ) : 0;
    session->pace = percent( session, 80 ) ? 15 : 1500;
    session->fault = percent( session, 35 ) ? (int)chance_to( session, 12 ) : -1;
    session->idle = IDLE_MS;
    if (lasting)
    {
        session->idle = LASTING_IDLE_MS;
        session->pace = LASTING_PACE_MS;
    }
    if (percent( session, 15 ))
    {
        session->link->slice = 1 + chance_to( session, 200 );
        session->link->slice_delay = chance_to( session, 2 );
    }
}

void session_run( struct link *link )
{
    struct session session = { .link = link, .chance = &link->chance };
    char request[REQUEST_SIZE];
    enum handshake kind;
    const char *path;
    int lasting;

    if (request_read( link, request )) return;
    if ((lasting = !(path = strstr( request, " /s/" ))) && !(path = strstr( request, " /l/" )))
    {
        scripted_run( link, request );
        return;
    }
    session.client.link = link;
    session.client.seed = link->chance = strtoull( path + 4, NULL, 16 );
    session.client.last = -1;
    if (!(session.client.payload = malloc( MAX_PAYLOAD ))) return;
    kind = CHOOSE( session.chance, handshakes );
    if (shake( &session, request, kind ))
    {
        plan( &session, lasting );
        if (kind == SHAKE_WITH_FRAMES) session.chatter++;
        if (kind == SHAKE_WITH_FRAMES) chatter( &session );
        converse( &session );
    }
    free( session.client.payload );
}
