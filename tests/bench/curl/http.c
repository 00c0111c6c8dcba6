/* HTTP requests through libcurl: kept-alive, on new connections, large bodies, many at once.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdlib.h>
#include <string.h>

#include "../shared/command.h"
#include "transfer.h"

static CURL *create( const char *scheme, const char *size )
{
    bool secure = bench_choice( scheme, "https", "http" );

    return transfer_create( secure, secure ? bench_options.wss_port : bench_options.ws_port, size );
}

/* One after the other for so many milliseconds; the first, which opens connection or session, is
 * not counted. */
static void repeat( CURL *handle, const char *ms )
{
    uint64_t start;

    transfer_run( handle );
    bench_begin( bench_number( ms ) );
    do
    {
        start = bench_now();
        transfer_run( handle );
    } while (bench_sample( bench_now() - start ));
    bench_report();
    curl_easy_cleanup( handle );
}

void case_get( char **args )
{
    if (strcmp( args[1], "sync" )) bench_fail( "libcurl's easy interface is synchronous" );
    repeat( create( args[0], args[2] ), args[3] );
}

void case_fresh( char **args )
{
    CURL *handle = create( args[0], args[1] );

    transfer_forget_connections( handle, false );
    repeat( handle, args[2] );
}

void case_handshakes( char **args )
{
    CURL *handle = transfer_create( true, bench_number( args[0] ), "16" );

    transfer_forget_connections( handle, true );
    repeat( handle, args[1] );
}

static void time_one( CURL *handle )
{
    uint64_t start = bench_now();

    transfer_run( handle );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
    curl_easy_cleanup( handle );
}

void case_download( char **args )
{
    time_one( create( args[0], args[1] ) );
}

void case_upload( char **args )
{
    bool at_once = bench_choice( args[1], "data", "write" );
    uint64_t bytes = bench_number( args[2] );
    CURL *handle = create( args[0], "16" );
    char *data = at_once ? malloc( bytes ) : NULL;

    if (at_once && !data) bench_fail( "no memory" );
    if (at_once) memset( data, 'u', bytes );
    transfer_upload( handle, bytes, data );
    time_one( handle );
    free( data );
}

/* Takes the answers that are there, and has each handle ask again. */
static unsigned restart_finished( CURLM *multi )
{
    CURLMsg *message;
    unsigned done = 0;
    CURL *handle;
    int left;

    while ((message = curl_multi_info_read( multi, &left )))
    {
        if (message->msg != CURLMSG_DONE) continue;
        handle = message->easy_handle;
        transfer_check( handle, message->data.result );
        curl_multi_remove_handle( multi, handle );
        curl_multi_add_handle( multi, handle );
        done++;
    }
    return done;
}

/* Runs all until so many answers are there, or the time has come; returns the answers. */
static unsigned run_parallel( CURLM *multi, unsigned enough, uint64_t end )
{
    unsigned done = 0;
    int running;

    while (done < enough && bench_now() < end)
    {
        if (curl_multi_perform( multi, &running )) bench_fail( "curl_multi_perform failed" );
        done += restart_finished( multi );
        curl_multi_poll( multi, NULL, 0, 1000, NULL );
    }
    return done;
}

void case_parallel( char **args )
{
    size_t count = bench_number( args[1] ), i;
    CURL **handles = calloc( count, sizeof(*handles) );
    CURLM *multi = curl_multi_init();
    unsigned done;
    uint64_t start;

    if (!handles || !multi) bench_fail( "no memory" );
    curl_multi_setopt( multi, CURLMOPT_MAXCONNECTS, (long)count );
    for (i = 0; i < count; i++)
    {
        handles[i] = create( args[0], args[2] );
        curl_multi_add_handle( multi, handles[i] );
    }
    run_parallel( multi, 2 * count, UINT64_MAX ); /* each has its connection */
    start = bench_now();
    done = run_parallel( multi, UINT32_MAX, start + bench_number( args[3] ) * 1000000 );
    bench_result( "rate=%.3f", done / ((bench_now() - start) / 1e9) );
    for (i = 0; i < count; i++)
    {
        curl_multi_remove_handle( multi, handles[i] );
        curl_easy_cleanup( handles[i] );
    }
    curl_multi_cleanup( multi );
    free( handles );
}
