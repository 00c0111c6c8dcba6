/* WebSocket messages one after the other, and streams in one direction; blocking calls.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../shared/command.h"
#include "link.h"
#include "ws.h"

/* Size of the messages of an outgoing stream, and of the pieces of an incoming one. */
#define STREAM_PIECE 65536

/* Echoes before the measurement, for caches, buffers and the server's memory. */
#define WARM_UP 3

void case_echo( char **args )
{
    bool secure = bench_choice( args[0], "wss", "ws" );
    size_t size = bench_number( args[2] );
    unsigned char *data = malloc( size ), *back = malloc( size );
    unsigned char *frame = malloc( size + WS_MAX_HEADER );
    struct link *link = ws_open( secure, "/echo" );
    uint64_t start;
    unsigned i;

    memset( data, 'e', size );
    for (i = 0; i < WARM_UP; i++)
    {
        ws_send( link, data, size, frame );
        ws_receive( link, back, size );
    }
    bench_begin( bench_number( args[3] ) );
    do
    {
        start = bench_now();
        ws_send( link, data, size, frame );
        ws_receive( link, back, size );
    } while (bench_sample( bench_now() - start ));
    if (memcmp( data, back, size )) bench_fail( "the echo differs" );
    bench_report();
    link_close( link );
    free( data );
    free( back );
    free( frame );
}

static void stream_in( bool secure, uint64_t bytes )
{
    static unsigned char data[STREAM_PIECE];
    uint64_t start = bench_now(), left;
    struct link *link;
    char path[64];

    snprintf( path, sizeof(path), "/big?n=%llu", (unsigned long long)bytes );
    link = ws_open( secure, path );
    for (left = ws_receive_header( link ); left;)
        left -= link_recv( link, data, left < sizeof(data) ? left : sizeof(data) );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    link_close( link );
}

static void stream_out( bool secure, uint64_t bytes )
{
    static unsigned char data[STREAM_PIECE], frame[STREAM_PIECE + WS_MAX_HEADER];
    uint64_t start = bench_now(), sent;
    struct link *link = ws_open( secure, "/sink" );

    for (sent = 0; sent < bytes; sent += sizeof(data)) ws_send( link, data, sizeof(data), frame );
    ws_close( link ); /* the server answers once it has taken everything */
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    link_close( link );
}

void case_stream( char **args )
{
    bool secure = bench_choice( args[0], "wss", "ws" );
    uint64_t bytes = bench_number( args[2] );

    if (bench_choice( args[1], "in", "out" )) stream_in( secure, bytes );
    else stream_out( secure, bytes );
}
