/* Runs one operation of the native parts many times, to have its instructions counted.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct operation
{
    const char   *name;
    void        (*run)( unsigned int count );
    unsigned int  units; /* one run does so many of them */
    const char   *unit;
} operations[] =
{
    { "ws-echo-64-binary", cost_ws_echo_binary, 1, "message" },
    { "ws-echo-64-text", cost_ws_echo_text, 1, "message" },
    { "ws-mask-64", cost_mask_small, COST_SMALL, "byte" },
    { "ws-mask-16k", cost_mask_large, COST_LARGE, "byte" },
    { "utf8-ascii-16k", cost_utf8_ascii, COST_LARGE, "byte" },
    { "utf8-mixed-16k", cost_utf8_mixed, COST_LARGE, "byte" },
    { "http-response-head", cost_response_head, 1, "head" },
    { "http-body-length-16k", cost_body_length, COST_LARGE, "byte" },
    { "http-body-chunked-16k", cost_body_chunked, COST_LARGE, "byte" },
    { "unix-send", cost_send, 1, "call" },
    { "unix-recv", cost_recv, 1, "call" },
    { "unix-park-unpark", cost_park, 1, "pair" },
    { "unix-woken-recv", cost_woken, 1, "message" },
};

void cost_check( int ok, const char *what )
{
    if (ok) return;
    fprintf( stderr, "cost: %s failed\n", what );
    exit( 1 );
}

static int list( void )
{
    size_t i;

    for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
        printf( "%s %u %s\n", operations[i].name, operations[i].units, operations[i].unit );
    return 0;
}

int main( int argc, char **argv )
{
    size_t i;

    if (argc == 2 && !strcmp( argv[1], "--list" )) return list();
    for (i = 0; argc == 3 && i < sizeof(operations) / sizeof(operations[0]); i++)
    {
        if (strcmp( argv[1], operations[i].name )) continue;
        operations[i].run( atoi( argv[2] ) );
        return 0;
    }
    fprintf( stderr, "usage: cost --list | OPERATION COUNT\n" );
    return 2;
}
