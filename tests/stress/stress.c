/* stress - opens, uses, closes and abandons thousands of WebSockets against chaosd; see run.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: stress [--sockets N] [--seed S] [--jobs K] [--tls|--plain] [--sync|--async] [--one I]
 *               --ports PLAIN TLS BROKEN REFUSED [--unix-pid PID]
 *
 * --one I runs socket I of a seed alone, as often as --sockets says. --hold keeps the process for a
 * debugger when something is stuck.
 */

#include "stress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
    WARM_UP = 4000,           /* sockets before the first count, or a quarter of all */
    STUCK_MS = 60000,         /* nothing here takes as long, whatever the machine does */
    CALM_MS = 30000,          /* for threads and handles to go away at the end */
    PROGRESS = 1000,          /* sockets per line */
    OWN_SESSION_PERCENT = 3,  /* of sockets have a session to themselves */

    /* Growth that is not called a leak: tables that doubled, threads of Wine's own, idle
     * connections of redirects. A leak per socket shows beyond them within some thousand. Resident
     * memory grows a little for long, as the heaps find their size; what no heap of Windows counts,
     * such as GnuTLS's memory, shows only there. */
    MORE_HANDLES = 8,
    MORE_DESCRIPTORS = 20,
    MORE_HEAP = 128 * 1024,
    MORE_RESIDENT = 16 * 1024 * 1024,
    MORE_RESIDENT_EACH = 100, /* bytes per socket */
};

struct options options;

static unsigned int only_one;      /* --one; 0 = all */
static BOOL hold;                  /* --hold: wait for a debugger when something is stuck */
static HINTERNET sessions[2];      /* sync, async */
static LONG next_socket, last_socket, finished_sockets;
static ULONGLONG started;

/* --- Options -------------------------------------------------------------------------------- */

static UINT64 take_number( const char *name, const char *text )
{
    char *end = NULL;
    UINT64 value = text ? _strtoui64( text, &end, 0 ) : 0;

    if (text && *text && !*end) return value;
    fprintf( stderr, "stress: %s wants a number\n", name );
    exit( 2 );
}

static int take_ports( char **args )
{
    INTERNET_PORT *ports[] = { &options.port_plain, &options.port_tls, &options.port_broken,
                               &options.port_refused };
    size_t i;

    for (i = 0; i < ARRAYSIZE(ports); i++) *ports[i] = take_number( "--ports", *++args );
    return ARRAYSIZE(ports);
}

/* Returns how many further arguments it has used. */
static int take_option( char **args )
{
    const char *name = args[0];

    if (!strcmp( name, "--ports" )) return take_ports( args );
    if (!strcmp( name, "--sockets" )) options.sockets = take_number( name, args[1] );
    else if (!strcmp( name, "--seed" )) options.seed = take_number( name, args[1] );
    else if (!strcmp( name, "--jobs" )) options.jobs = take_number( name, args[1] );
    else if (!strcmp( name, "--one" )) only_one = take_number( name, args[1] );
    else if (!strcmp( name, "--unix-pid" )) options.unix_pid = take_number( name, args[1] );
    else
    {
        if (!strcmp( name, "--tls" )) options.plain = FALSE;
        else if (!strcmp( name, "--plain" )) options.tls = FALSE;
        else if (!strcmp( name, "--sync" )) options.async = FALSE;
        else if (!strcmp( name, "--async" )) options.sync = FALSE;
        else if (!strcmp( name, "--hold" )) hold = TRUE;
        else if (strcmp( name, "--mixed" ))
        {
            fprintf( stderr, "stress: unknown option %s\n", name );
            exit( 2 );
        }
        return 0;
    }
    return 1;
}

static void take_options( int argc, char **argv )
{
    int i;

    options = (struct options){ .sockets = 1000, .jobs = 24, .seed = 1, .tls = TRUE,
                                .plain = TRUE, .async = TRUE, .sync = TRUE };
    for (i = 1; i < argc; i++) i += take_option( argv + i );
    if (options.port_plain && options.jobs && (options.async || options.sync)
        && (options.tls || options.plain)) return;
    fprintf( stderr, "stress: nothing to do; tests/stress/run says what\n" );
    exit( 2 );
}

/* --- Jobs ----------------------------------------------------------------------------------- */

static HINTERNET open_session( BOOL async )
{
    HINTERNET session = WinHttpOpen( L"stress", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                     async ? WINHTTP_FLAG_ASYNC : 0 );

    if (!session) abort();
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

    if (async) run_async( record, session );
    else run_sync( record, session, helpers );
    record_release( record );
    if (own) WinHttpCloseHandle( session );
}

static void tell_progress( LONG done )
{
    if (done % PROGRESS) return;
    printf( "%ld sockets, %llu s, %u in use, %llu kB resident\n", done,
            (GetTickCount64() - started) / 1000, records_in_use(),
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
        run_socket( only_one ? only_one : (unsigned int)number, helpers );
        tell_progress( InterlockedIncrement( &finished_sockets ) );
    }
    helpers_free( helpers );
    return 0;
}

static DWORD CALLBACK watchdog_main( void *arg )
{
    ULONGLONG limit;

    (void)arg;
    for (;;)
    {
        Sleep( 1000 );
        limit = GetTickCount64() - STUCK_MS;
        if (violations() < 100 && !records_stuck( limit )) continue;
        printf( "stuck or broken beyond repair; %ld sockets done:\n", finished_sockets );
        records_tell( limit );
        if (hold) Sleep( INFINITE );
        TerminateProcess( GetCurrentProcess(), 1 );
    }
    return 0;
}

static void wait_for_records(void)
{
    ULONGLONG limit = GetTickCount64() + CALM_MS;

    while ((records_in_use() || others_open()) && GetTickCount64() < limit) Sleep( 10 );
    if (others_open()) violate( NULL, "%ld handles without HANDLE_CLOSING", others_open() );
    if (!records_in_use()) return;
    violate( NULL, "%u sockets without an end", records_in_use() );
    records_tell( ~0ull );
}

static void run_phase( unsigned int sockets )
{
    HANDLE threads[MAXIMUM_WAIT_OBJECTS];
    unsigned int jobs = min( options.jobs, ARRAYSIZE(threads) ), i;

    last_socket = next_socket + sockets;
    sessions[FALSE] = open_session( FALSE );
    sessions[TRUE] = open_session( TRUE );
    for (i = 0; i < jobs; i++) threads[i] = CreateThread( NULL, 0, job_main, NULL, 0, NULL );
    WaitForMultipleObjects( jobs, threads, TRUE, INFINITE );
    for (i = 0; i < jobs; i++) CloseHandle( threads[i] );
    WinHttpCloseHandle( sessions[FALSE] );
    WinHttpCloseHandle( sessions[TRUE] );
    wait_for_records();
    next_socket = last_socket;
}

/* --- The verdict ---------------------------------------------------------------------------- */

static BOOL is_calm( const struct counts *before, const struct counts *now )
{
    return now->threads <= before->threads && now->handles <= before->handles + MORE_HANDLES &&
           now->descriptors <= before->descriptors + MORE_DESCRIPTORS;
}

static void print_counts( const char *when, const struct counts *counts )
{
    printf( "%s: %lu threads, %lu handles, %lu descriptors, %llu kB of heap, %llu kB resident\n",
            when, counts->threads, counts->handles, counts->descriptors, counts->heap / 1024,
            counts->resident / 1024 );
}

static struct counts wait_for_calm( const struct counts *before )
{
    ULONGLONG limit = GetTickCount64() + CALM_MS;
    struct counts now = counts_take( options.unix_pid );

    while (!is_calm( before, &now ) && GetTickCount64() < limit)
    {
        Sleep( 500 );
        now = counts_take( options.unix_pid );
    }
    return now;
}

/* Wine's own threads and the last of ours take some seconds to go. */
static struct counts settled_counts(void)
{
    struct counts last = counts_take( options.unix_pid ), now;
    unsigned int same = 0;

    while (same < 4)
    {
        Sleep( 500 );
        now = counts_take( options.unix_pid );
        same = now.threads == last.threads && now.handles == last.handles ? same + 1 : 0;
        last = now;
    }
    return last;
}

static void check_counts( const struct counts *before, const struct counts *after )
{
    UINT64 more_resident = MORE_RESIDENT + (UINT64)MORE_RESIDENT_EACH * finished_sockets;

    if (after->threads > before->threads) violate( NULL, "threads were left behind" );
    if (after->handles > before->handles + MORE_HANDLES) violate( NULL, "handles leaked" );
    if (after->descriptors > before->descriptors + MORE_DESCRIPTORS)
        violate( NULL, "descriptors leaked" );
    if (after->heap > before->heap + MORE_HEAP) violate( NULL, "heap memory leaked" );
    if (after->resident > before->resident + more_resident) violate( NULL, "memory leaked" );
}

int main( int argc, char **argv )
{
    struct counts before, after;
    unsigned int warm_up;

    take_options( argc, argv );
    warm_up = min( options.sockets / 4, WARM_UP );
    started = GetTickCount64();
    CloseHandle( CreateThread( NULL, 0, watchdog_main, NULL, 0, NULL ) );
    run_phase( warm_up );
    before = settled_counts();
    print_counts( "before", &before );
    run_phase( options.sockets - warm_up );
    after = wait_for_calm( &before );
    print_counts( "after", &after );
    check_counts( &before, &after );
    printf( "stress: %ld sockets, seed %llu, %llu s, %ld violations\n", finished_sockets,
            options.seed, (GetTickCount64() - started) / 1000, violations() );
    fflush( stdout );
    return violations() != 0;
}
