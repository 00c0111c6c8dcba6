/* jobs - threads that each open one socket after the other, and see it to its end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum
{
    PROGRESS = 1000,          /* sockets per line */
    OWN_SESSION_PERCENT = 3,  /* of sockets have a session to themselves */
};

static HINTERNET sessions[2];      /* sync, async */
static HANDLE threads[MAXIMUM_WAIT_OBJECTS];
static unsigned int thread_count;
static volatile LONG next_socket, last_socket, finished_sockets;

HINTERNET open_session( BOOL async )
{
    HINTERNET session = WinHttpOpen( L"stress", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                     async ? WINHTTP_FLAG_ASYNC : 0 );

    if (!session && !is_refusal( GetLastError() )) abort();
    if (!session) return NULL;
    others_opened();
    WinHttpSetStatusCallback( session, on_status, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    return session;
}

/* Kinds alternate by bits of the number, so that --one finds the same again. */
static void run_socket( unsigned int number, struct helpers *helpers )
{
    BOOL async = options.async && (!options.sync || number % 2);
    BOOL tls = options.tls && (!options.plain || number / 2 % 2);
    struct record *record = record_create( number, async, tls );
    BOOL own = percent( record, OWN_SESSION_PERCENT );
    HINTERNET session = own ? open_session( async ) : sessions[async];

    if (!session) own = FALSE, session = sessions[async];
    if (async) run_async( record, session );
    else run_sync( record, session, helpers );
    record_release( record );
    if (own) WinHttpCloseHandle( session );
}

static void tell_progress( LONG done )
{
    if (done % PROGRESS) return;
    printf( "%ld sockets, %llu s, %u in use, %llu kB resident\n", done,
            (GetTickCount64() - options.started) / 1000, records_in_use(),
            counts_resident( options.unix_pid ) / 1024 );
    fflush( stdout );
}

static DWORD CALLBACK job_main( void *arg )
{
    struct helpers *helpers = helpers_create();
    LONG number;

    (void)arg;
    while ((number = InterlockedIncrement( &next_socket )) <= last_socket)
    {
        run_socket( options.only_one ? options.only_one : (unsigned int)number, helpers );
        tell_progress( InterlockedIncrement( &finished_sockets ) );
    }
    helpers_free( helpers );
    return 0;
}

void wait_for_records(void)
{
    ULONGLONG limit = GetTickCount64() + CALM_MS;

    while ((records_in_use() || others_open()) && GetTickCount64() < limit) Sleep( 10 );
    if (others_open()) violate( NULL, "%ld handles without HANDLE_CLOSING", others_open() );
    if (!records_in_use()) return;
    violate( NULL, "%u sockets without an end", records_in_use() );
    records_tell( ~0ull );
}

LONG jobs_finished(void)
{
    return finished_sockets;
}

static void start( LONG sockets )
{
    unsigned int jobs = min( options.jobs, ARRAYSIZE(threads) );

    last_socket = sockets == LONG_MAX ? LONG_MAX : next_socket + sockets;
    while (!(sessions[FALSE] = open_session( FALSE ))) ;
    while (!(sessions[TRUE] = open_session( TRUE ))) ;
    for (thread_count = 0; thread_count < jobs; thread_count++)
        threads[thread_count] = CreateThread( NULL, 0, job_main, NULL, 0, NULL );
}

static void finish(void)
{
    unsigned int i;

    WaitForMultipleObjects( thread_count, threads, TRUE, INFINITE );
    for (i = 0; i < thread_count; i++) CloseHandle( threads[i] );
    WinHttpCloseHandle( sessions[FALSE] );
    WinHttpCloseHandle( sessions[TRUE] );
    next_socket = last_socket;
}

void jobs_start(void)
{
    start( LONG_MAX );
}

void jobs_stop(void)
{
    last_socket = next_socket;
    finish();
}

void jobs_run_only( unsigned int sockets )
{
    start( sockets );
    finish();
}

void jobs_run( unsigned int sockets )
{
    jobs_run_only( sockets );
    wait_for_records();
}
