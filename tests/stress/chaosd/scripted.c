/* scripted - connections that do one thing, for the modes of the stress program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "scripted.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "frames.h"
#include "request.h"

enum
{
    MOST_HELD = 65536,      /* connections */
    TICK_MS = 1000,         /* from one byte to the next */
    SLOW_BYTES = 1000,      /* of a body or message: more than anybody waits for */
    SMALL_BUFFER = 4096,    /* bytes of the kernel for a client that nobody reads from */
    FOREVER_MS = 1800000,
};

/* --- Connections that can be reset ---------------------------------------------------------- */

static pthread_mutex_t held_lock = PTHREAD_MUTEX_INITIALIZER;
static int held[MOST_HELD];  /* under held_lock */
static int held_count;

static void hold( int fd )
{
    pthread_mutex_lock( &held_lock );
    if (held_count == MOST_HELD) abort();
    held[held_count++] = fd;
    pthread_mutex_unlock( &held_lock );
}

/* Before it is closed, so that nobody else's is reset. */
static void let_go( int fd )
{
    int i;

    pthread_mutex_lock( &held_lock );
    for (i = 0; i < held_count && held[i] != fd; i++) ;
    if (i < held_count) held[i] = held[--held_count];
    pthread_mutex_unlock( &held_lock );
}

/* Connecting to nowhere resets a connection, and leaves the descriptor to its thread. It is refused
 * while that one is inside recv, which it then leaves, to close. */
static int reset_all( void )
{
    const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
    int i, count = 0;

    pthread_mutex_lock( &held_lock );
    for (i = 0; i < held_count; i++)
    {
        if (!connect( held[i], &nowhere, sizeof(nowhere) )) count++;
        else shutdown( held[i], SHUT_RDWR );
    }
    pthread_mutex_unlock( &held_lock );
    return count;
}

/* Until the connection breaks, or is reset. */
static void wait_for_end( const struct link *link )
{
    struct pollfd pfd = { link->fd, 0, 0 };

    poll( &pfd, 1, FOREVER_MS );
}

/* --- What they do --------------------------------------------------------------------------- */

static const char websocket[] = "Upgrade: websocket\r\n";

static void echo( struct link *link, const char *request )
{
    struct client client = { .link = link, .last = -1 };
    struct frame frame;
    int going = 1;

    if (!(client.payload = malloc( MAX_PAYLOAD ))) return;
    if (request_upgrade( link, request, websocket, 0 )) going = 0;
    while (going && !frames_recv( &client, &frame, FOREVER_MS ))
    {
        if (frame.opcode == OP_PONG) continue;
        going = frame.opcode != OP_CLOSE &&
                !frames_send( link, frame.fin | frame.opcode, frame.payload, frame.len );
        if (frame.opcode == OP_CLOSE) frames_send( link, FIN | OP_CLOSE, frame.payload, frame.len );
    }
    free( client.payload );
}

static void quiet( struct link *link, const char *request )
{
    if (!request_upgrade( link, request, websocket, 0 )) link_drain( link, FOREVER_MS );
}

static void deaf( struct link *link, const char *request )
{
    const int size = SMALL_BUFFER;

    setsockopt( link->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size) );
    if (!request_upgrade( link, request, websocket, 0 )) wait_for_end( link );
}

void scripted_go_slow( struct link *link )
{
    link->slice = 1;
    link->slice_delay = TICK_MS;
}

static void slow_head( struct link *link, const char *request )
{
    scripted_go_slow( link );
    request_upgrade( link, request, websocket, 0 );
}

static void trickle( struct link *link )
{
    int i;

    for (i = 0; i < SLOW_BYTES && !link_send( link, "x", 1 ); i++) link_pause( TICK_MS );
}

static void slow_body( struct link *link )
{
    char head[64];
    int len = snprintf( head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n",
                        SLOW_BYTES );

    if (!link_send( link, head, len )) trickle( link );
}

static void slow_frame( struct link *link, const char *request )
{
    const unsigned char head[] = { FIN | OP_BINARY, 126, SLOW_BYTES >> 8, SLOW_BYTES & 255 };

    if (request_upgrade( link, request, websocket, 0 )) return;
    if (!link_send( link, head, sizeof(head) )) trickle( link );
}

static void reset( struct link *link )
{
    char text[128], body[16];

    snprintf( body, sizeof(body), "%d", reset_all() );
    snprintf( text, sizeof(text), "HTTP/1.1 200 OK\r\nConnection: close\r\n"
              "Content-Length: %u\r\n\r\n%s", (unsigned int)strlen( body ), body );
    link_send( link, text, strlen( text ) );
}

static void run_held( struct link *link, const char *request )
{
    if (strstr( request, " /quiet " )) quiet( link, request );
    else if (strstr( request, " /deaf " )) deaf( link, request );
    else if (strstr( request, " /slow-head " )) slow_head( link, request );
    else if (strstr( request, " /slow-body " )) slow_body( link );
    else if (strstr( request, " /slow-frame " )) slow_frame( link, request );
}

void scripted_run( struct link *link, const char *request )
{
    int fd = link->fd;

    if (strstr( request, " /echo " )) echo( link, request );
    else if (strstr( request, " /reset " )) reset( link );
    else
    {
        hold( fd );
        run_held( link, request );
        let_go( fd );
    }
}
