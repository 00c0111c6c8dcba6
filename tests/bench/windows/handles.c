/* Handles: what one costs while many others are there.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdlib.h>

#include "../shared/command.h"
#include "open.h"

/* Handles opened, used and closed for one sample: one alone takes less than the clock tells. */
#define SAMPLE_HANDLES 64

static void sample_handles(void)
{
    DWORD timeout, size;
    HINTERNET handle;
    unsigned i;

    for (i = 0; i < SAMPLE_HANDLES; i++)
    {
        handle = open_connect( 80 );
        size = sizeof(timeout);
        WinHttpQueryOption( handle, WINHTTP_OPTION_CONNECT_TIMEOUT, &timeout, &size );
        WinHttpCloseHandle( handle );
    }
}

/* Opens so many, and measures another; all are of one session. */
void case_handles( char **args )
{
    size_t count = bench_number( args[0] ), i;
    HINTERNET *handles = calloc( count, sizeof(*handles) );
    uint64_t start;

    if (!handles) bench_fail( "no memory" );
    for (i = 0; i < count; i++) handles[i] = open_connect( 80 );
    sample_handles();
    bench_begin( bench_number( args[1] ) );
    do
    {
        start = bench_now();
        sample_handles();
    } while (bench_sample( (bench_now() - start) / SAMPLE_HANDLES ));
    bench_report();
    for (i = 0; i < count; i++) WinHttpCloseHandle( handles[i] );
    free( handles );
}
