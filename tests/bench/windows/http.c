/* HTTP requests: the first of a process, kept-alive, on new connections, a large download, many
 * at once.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cases.h"

#include <stdlib.h>

#include "../shared/command.h"
#include "async.h"
#include "open.h"

#define READ_PIECE 65536

static void transfer( bool secure, const WCHAR *path )
{
    HINTERNET request = open_request( false, secure, path );

    open_transfer( request );
    WinHttpCloseHandle( request );
}

/* The connection is not for another request. */
static void transfer_once( HINTERNET request )
{
    open_check( WinHttpAddRequestHeaders( request, L"Connection: close", -1,
                                          WINHTTP_ADDREQ_FLAG_ADD ), "WinHttpAddRequestHeaders" );
    open_transfer( request );
    WinHttpCloseHandle( request );
}

/* winhttp.dll is imported with delay: the first call loads it. */
void case_load( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    uint64_t start;

    if (GetModuleHandleW( L"winhttp.dll" )) bench_fail( "winhttp.dll is loaded already" );
    start = bench_now();
    transfer( secure, open_bytes_path( args[1] ) );
    bench_result( "ms=%.3f", (bench_now() - start) / 1e6 );
}

/* Asynchronous requests, one after the other: the number of chains says how many at a time. */
struct chain
{
    struct async_target target;
    HINTERNET request;
    HANDLE    done;
    bool      open; /* its first request is through */
    char      data[READ_PIECE];
};

static bool chain_secure, chain_samples;
static const WCHAR *chain_path;
static uint64_t chain_start;            /* of the request of a single chain */
static uint64_t chain_first, chain_end; /* of the measurement of many */
static unsigned chain_ms;
static LONG chain_count, chain_opening; /* chains whose first request is not through */

static void chain_next( struct chain *chain )
{
    chain_start = bench_now();
    chain->request = open_request( true, chain_secure, chain_path );
    open_check( WinHttpSendRequest( chain->request, NULL, 0, NULL, 0, 0, (DWORD_PTR)chain ),
                "WinHttpSendRequest" );
}

static void chain_read( struct chain *chain )
{
    open_check( WinHttpReadData( chain->request, chain->data, sizeof(chain->data), NULL ),
                "WinHttpReadData" );
}

/* The measurement of many begins when each has its connection. */
static void chain_opened(void)
{
    if (InterlockedDecrement( &chain_opening )) return;
    chain_count = 0;
    chain_first = bench_now();
    chain_end = chain_first + (uint64_t)chain_ms * 1000000;
}

/* Samples are for a single chain, a count for many. */
static bool chain_goes_on( struct chain *chain )
{
    uint64_t now = bench_now();

    if (chain_samples) return bench_sample( now - chain_start );
    InterlockedIncrement( &chain_count );
    if (!chain->open)
    {
        chain->open = true;
        chain_opened();
    }
    return bench_now() < chain_end;
}

static void chain_ended( struct chain *chain )
{
    bool more = chain_goes_on( chain );

    WinHttpCloseHandle( chain->request );
    if (more) chain_next( chain );
    else SetEvent( chain->done );
}

static void chain_notify( struct async_target *target, HINTERNET handle, DWORD status, void *info,
                          DWORD len )
{
    struct chain *chain = CONTAINING_RECORD( target, struct chain, target );

    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        open_check( WinHttpReceiveResponse( handle, NULL ), "WinHttpReceiveResponse" );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        chain_read( chain );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        if (len) chain_read( chain );
        else chain_ended( chain );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        bench_fail( "an asynchronous request failed: error %lu",
                    ((WINHTTP_ASYNC_RESULT *)info)->dwError );
    }
}

static struct chain *chain_create(void)
{
    struct chain *chain = calloc( 1, sizeof(*chain) );

    if (!chain) bench_fail( "no memory" );
    chain->target.notify = chain_notify;
    chain->done = CreateEventW( NULL, TRUE, FALSE, NULL );
    return chain;
}

static void chain_wait( struct chain *chain )
{
    WaitForSingleObject( chain->done, INFINITE );
    CloseHandle( chain->done );
    /* not freed: a callback for the closing of its handle may still be on its way */
}

static void get_async( bool secure, const WCHAR *path )
{
    struct chain *chain = chain_create();

    chain_secure = secure;
    chain_path = path;
    chain_samples = true;
    chain_next( chain );
    chain_wait( chain );
}

static void get_sync( bool secure, const WCHAR *path )
{
    uint64_t start;

    do
    {
        start = bench_now();
        transfer( secure, path );
    } while (bench_sample( bench_now() - start ));
}

void case_get( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    const WCHAR *path = open_bytes_path( args[2] );

    transfer( secure, path );
    bench_begin( bench_number( args[3] ) );
    if (bench_choice( args[1], "async", "sync" )) get_async( secure, path );
    else get_sync( secure, path );
    bench_report();
}

void case_fresh( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    const WCHAR *path = open_bytes_path( args[1] );
    uint64_t start;

    bench_begin( bench_number( args[2] ) );
    do
    {
        start = bench_now();
        transfer_once( open_request( false, secure, path ) );
    } while (bench_sample( bench_now() - start ));
    bench_report();
}

/* The first, which may find no session to resume, is not counted. */
void case_handshakes( char **args )
{
    INTERNET_PORT port = bench_number( args[0] );
    const WCHAR *path = open_bytes_path( "16" );
    uint64_t start;

    transfer_once( open_request_at( port, path ) );
    bench_begin( bench_number( args[1] ) );
    do
    {
        start = bench_now();
        transfer_once( open_request_at( port, path ) );
    } while (bench_sample( bench_now() - start ));
    bench_report();
}

void case_download( char **args )
{
    bool secure = bench_choice( args[0], "https", "http" );
    uint64_t start = bench_now();

    transfer( secure, open_bytes_path( args[1] ) );
    bench_result( "seconds=%.6f", (bench_now() - start) / 1e9 );
}

void case_parallel( char **args )
{
    size_t count = bench_number( args[1] ), i;
    struct chain **chains = calloc( count, sizeof(*chains) );

    chain_secure = bench_choice( args[0], "https", "http" );
    chain_path = open_bytes_path( args[2] );
    chain_samples = false;
    chain_opening = count;
    chain_end = UINT64_MAX;
    chain_ms = bench_number( args[3] );
    for (i = 0; i < count; i++) chains[i] = chain_create();
    for (i = 0; i < count; i++) chain_next( chains[i] );
    for (i = 0; i < count; i++) chain_wait( chains[i] );
    bench_result( "rate=%.3f", chain_count / ((bench_now() - chain_first) / 1e9) );
    free( chains );
}
