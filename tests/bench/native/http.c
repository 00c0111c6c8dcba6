/* HTTP requests: kept-alive, on new connections, a large download, many at once.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../shared/command.h"
#include "link.h"

/* Size of the pieces that a body is read in. */
#define READ_PIECE 65536

static size_t build_request( char *text, size_t size, const char *bytes )
{
    return snprintf( text, size, "GET /bytes?n=%s HTTP/1.1\r\nHost: localhost\r\n"
                     "User-Agent: bench\r\nConnection: Keep-Alive\r\n\r\n", bytes );
}

/* Takes the head of an answer; returns the length of the body. */
static uint64_t receive_head( struct link *link )
{
    size_t len = link_head( link );
    char *head = (char *)link->in + link->pos, *field;

    if (strncmp( head, "HTTP/1.1 200 ", 13 )) bench_fail( "the request was refused" );
    if (!(field = strcasestr( head, "\r\nContent-Length:" ))) bench_fail( "no Content-Length" );
    link->pos += len;
    return strtoull( field + strlen( "\r\nContent-Length:" ), NULL, 10 );
}

static void receive_body( struct link *link, uint64_t left )
{
    static unsigned char data[READ_PIECE];
    size_t got;

    while (left)
    {
        got = link_recv( link, data, left < sizeof(data) ? left : sizeof(data) );
        if (!got) bench_fail( "the server ended the connection" );
        left -= got;
    }
}

static void get( struct link *link, const char *bytes )
{
    char text[512];

    link_send( link, text, build_request( text, sizeof(text), bytes ) );
    receive_body( link, receive_head( link ) );
}

void case_get( char **args )
{
    struct link *link = link_open( bench_choice( args[0], "https", "http" ) );
    uint64_t start;

    get( link, args[2] );
    bench_begin( bench_number( args[3] ) );
    do
    {
        start = bench_now();
        get( link, args[2] );
    } while (bench_sample( bench_now() - start ));
    bench_report();
    link_close( link );
}

void case_fresh( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    struct link *link;
    uint64_t start;

    bench_begin( bench_number( args[2] ) );
    do
    {
        start = bench_now();
        link = link_open( secure );
        get( link, args[1] );
        link_close( link );
    } while (bench_sample( bench_now() - start ));
    bench_report();
}

static void shake_hands( int port, gnutls_datum_t *session )
{
    struct link *link = link_resume( port, session );

    get( link, "16" );
    link_keep_session( link, session );
    link_close( link );
}

void case_handshakes( char **args )
{
    gnutls_datum_t session = { NULL, 0 };
    int port = bench_number( args[0] );
    uint64_t start;

    shake_hands( port, &session );
    bench_begin( bench_number( args[1] ) );
    do
    {
        start = bench_now();
        shake_hands( port, &session );
    } while (bench_sample( bench_now() - start ));
    bench_report();
    gnutls_free( session.data );
}

void case_download( char **args )
{
    struct link *link = link_open( bench_choice( args[0], "https", "http" ) );
    uint64_t start = bench_now();

    get( link, args[1] );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    link_close( link );
}

static void watch( int set, struct link *link )
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = link };

    if (epoll_ctl( set, EPOLL_CTL_ADD, link->fd, &event )) bench_fail( "epoll_ctl failed" );
}

/* One request on each link at any time; an answer is read whole once its first byte is there. */
static unsigned run_parallel( struct link **links, size_t count, const char *bytes, unsigned ms )
{
    uint64_t end = bench_now() + (uint64_t)ms * 1000000;
    struct epoll_event events[64];
    unsigned done = 0;
    char text[512];
    size_t len = build_request( text, sizeof(text), bytes ), i;
    int set = epoll_create1( EPOLL_CLOEXEC ), ready, j;

    for (i = 0; i < count; i++) watch( set, links[i] );
    for (i = 0; i < count; i++) link_send( links[i], text, len );
    while (bench_now() < end)
    {
        ready = epoll_wait( set, events, 64, -1 );
        for (j = 0; j < ready; j++, done++)
        {
            receive_body( events[j].data.ptr, receive_head( events[j].data.ptr ) );
            link_send( events[j].data.ptr, text, len );
        }
    }
    close( set );
    return done;
}

void case_parallel( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    size_t count = bench_number( args[1] ), i;
    struct link **links = calloc( count, sizeof(*links) );
    uint64_t start;
    unsigned done;

    for (i = 0; i < count; i++) links[i] = link_open( secure );
    start = bench_now();
    done = run_parallel( links, count, args[2], bench_number( args[3] ) );
    bench_result( "rate=%.3f", done / ((bench_now() - start) / 1e9) );
    for (i = 0; i < count; i++) link_close( links[i] );
    free( links );
}
