/* An upload: one POST request whose body is its optional data, or comes by WinHttpWriteData.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "../shared/command.h"
#include "open.h"

/* Size of the pieces given to WinHttpWriteData; as in tests/bench/native/upload.c. */
#define WRITE_PIECE 65536

static void send_data( HINTERNET request, char *data, DWORD bytes )
{
    open_check( WinHttpSendRequest( request, NULL, 0, data, bytes, bytes, 0 ),
                "WinHttpSendRequest" );
}

static void send_pieces( HINTERNET request, const char *data, DWORD bytes )
{
    DWORD left, len, written;

    open_check( WinHttpSendRequest( request, NULL, 0, NULL, 0, bytes, 0 ), "WinHttpSendRequest" );
    for (left = bytes; left; left -= written)
    {
        len = left < WRITE_PIECE ? left : WRITE_PIECE;
        open_check( WinHttpWriteData( request, data, len, &written ), "WinHttpWriteData" );
    }
}

/* The server throws the body away. */
void case_upload( char **args )
{
    bool at_once = bench_choice( args[1], "data", "write" );
    DWORD bytes = bench_number( args[2] ), size = at_once ? bytes : WRITE_PIECE;
    HINTERNET request = open_post( bench_choice( args[0], "https", "http" ), L"/bytes?n=16" );
    char *data = malloc( size );
    uint64_t start;

    if (!data) bench_fail( "no memory" );
    memset( data, 'u', size );
    start = bench_now();
    if (at_once) send_data( request, data, bytes );
    else send_pieces( request, data, bytes );
    open_receive( request );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    WinHttpCloseHandle( request );
    free( data );
}
