/* An upload: one POST request with a body of many bytes.
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

/* Size of the pieces of a body that is not sent at once; as in tests/bench/windows/upload.c. */
#define WRITE_PIECE 65536

/* The server throws the body away and answers with 16 bytes. */
static void send_head( struct link *link, uint64_t bytes )
{
    char text[512];

    link_send( link, text, snprintf( text, sizeof(text), "POST /bytes?n=16 HTTP/1.1\r\n"
                                     "Host: localhost\r\nUser-Agent: bench\r\n"
                                     "Connection: Keep-Alive\r\nContent-Length: %llu\r\n\r\n",
                                     (unsigned long long)bytes ) );
}

static void receive_answer( struct link *link )
{
    size_t len = link_head( link );
    char body[16];

    if (strncmp( (char *)link->in + link->pos, "HTTP/1.1 200 ", 13 ))
        bench_fail( "the request was refused" );
    link->pos += len;
    link_recv_all( link, body, sizeof(body) );
}

void case_upload( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    uint64_t bytes = bench_number( args[2] ), start, sent;
    size_t piece = bench_choice( args[1], "data", "write" ) ? bytes : WRITE_PIECE, len;
    struct link *link = link_open( secure );
    char *data = malloc( piece );

    if (!data) bench_fail( "no memory" );
    memset( data, 'u', piece );
    start = bench_now();
    send_head( link, bytes );
    for (sent = 0; sent < bytes; sent += len)
    {
        len = bytes - sent < piece ? bytes - sent : piece;
        link_send( link, data, len );
    }
    receive_answer( link );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    link_close( link );
    free( data );
}
