/* stress - opens, uses, closes and abandons thousands of WebSockets against chaosd; see run.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: stress [--sockets N] [--seed S] [--jobs K] [--tls|--plain] [--sync|--async] [--one I]
 *               [--mode MODE] [--soak MINUTES [--population N] [--csv FILE]] [--plan FILE]
 *               --ports PLAIN TLS BROKEN SLOW REFUSED [--unix-pid PID]
 *
 * --one I runs socket I of a seed alone, as often as --sockets says. --hold keeps the process for a
 * debugger when something is stuck.
 */

#include "stress.h"
#include "../fault/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
    WARM_UP = 4000,           /* sockets before the first count, or a quarter of all */

    /* Growth that is not called a leak: tables that doubled, threads of Wine's own, idle
     * connections of redirects. A leak per socket shows beyond them within some thousand. Resident
     * memory grows a little for long, as the heaps find their size; what no heap of Windows counts,
     * such as GnuTLS's memory, shows only there. */
    MORE_HANDLES = 8,
    MORE_DESCRIPTORS = 20,
    MORE_HEAP = 128 * 1024,
    MORE_RESIDENT = 16 * 1024 * 1024,
    MORE_RESIDENT_EACH = 100, /* bytes per socket */
    /* where thousands are open at a time: slots in tables; what the heaps keep for the next ones */
    MORE_HEAP_EACH = 64,
    MORE_RESIDENT_OPEN = 16384,
};

struct options options;

static BOOL hold;                  /* --hold: wait for a debugger when something is stuck */

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
                               &options.port_slow, &options.port_refused };
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
    else if (!strcmp( name, "--one" )) options.only_one = take_number( name, args[1] );
    else if (!strcmp( name, "--soak" )) options.minutes = take_number( name, args[1] );
    else if (!strcmp( name, "--population" )) options.population = take_number( name, args[1] );
    else if (!strcmp( name, "--mode" )) options.mode = args[1];
    else if (!strcmp( name, "--csv" )) options.csv = args[1];
    else if (!strcmp( name, "--plan" )) options.plan = args[1] ? faults_map( args[1] ) : NULL;
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
                                .plain = TRUE, .async = TRUE, .sync = TRUE, .population = 10000 };
    for (i = 1; i < argc; i++) i += take_option( argv + i );
    if (options.port_plain && options.jobs && (options.async || options.sync)
        && (options.tls || options.plain)) return;
    fprintf( stderr, "stress: nothing to do; tests/stress/run says what\n" );
    exit( 2 );
}

/* --- Watching -------------------------------------------------------------------------------- */

static DWORD CALLBACK watchdog_main( void *arg )
{
    ULONGLONG now;

    (void)arg;
    for (;;)
    {
        Sleep( 1000 );
        now = GetTickCount64();
        if (violations() < 100 && !records_stuck( now )) continue;
        printf( "stuck or broken beyond repair; %ld sockets done:\n", jobs_finished() );
        records_tell( now );
        if (hold) Sleep( INFINITE );
        TerminateProcess( GetCurrentProcess(), 1 );
    }
    return 0;
}

/* --- The verdict ---------------------------------------------------------------------------- */

static BOOL is_calm( const struct counts *before, const struct counts *now )
{
    return now->threads <= before->threads && now->handles <= before->handles + MORE_HANDLES &&
           now->descriptors <= before->descriptors + MORE_DESCRIPTORS;
}

static void print_counts( const char *when, const struct counts *counts )
{
    printf( "%s: %lu threads, %lu handles, %lu descriptors, %llu kB of heap, %llu kB resident, "
            "blocks: Unix %ld, Windows %ld\n", when, counts->threads, counts->handles,
            counts->descriptors, counts->heap / 1024, counts->resident / 1024, faults_live( 0 ),
            faults_live( 1 ) );
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

/* Tables grow with the sockets that were open at a time, and stay. */
static void check_counts( const struct counts *before, const struct counts *after, LONG sockets )
{
    UINT64 more_resident = MORE_RESIDENT + (UINT64)MORE_RESIDENT_EACH * sockets;
    UINT64 more_heap = MORE_HEAP;

    if (options.mode)
    {
        more_heap += (UINT64)MORE_HEAP_EACH * sockets;
        more_resident += (UINT64)MORE_RESIDENT_OPEN * sockets;
    }
    if (options.minutes) more_heap += (UINT64)MORE_HEAP_EACH * options.population;
    if (after->threads > before->threads) violate( NULL, "threads were left behind" );
    if (after->handles > before->handles + MORE_HANDLES) violate( NULL, "handles leaked" );
    if (after->descriptors > before->descriptors + MORE_DESCRIPTORS)
        violate( NULL, "descriptors leaked" );
    if (after->heap > before->heap + more_heap) violate( NULL, "heap memory leaked" );
    /* the heaps keep what ten thousand sockets had; whether it grew, the soak has seen */
    if (!options.minutes && after->resident > before->resident + more_resident)
        violate( NULL, "memory leaked" );
}

/* What is done before the first count, so that what is made once is there. */
static void warm_up(void)
{
    if (options.mode) modes_warm_up();
    else jobs_run( min( options.sockets / 4, WARM_UP ) );
}

static void work(void)
{
    if (options.mode) modes_run( options.sockets );
    else if (options.minutes) run_soak();
    else jobs_run( options.sockets - min( options.sockets / 4, WARM_UP ) );
}

/* Sockets that were open, for the growth that is allowed. */
static LONG count_sockets(void)
{
    return jobs_finished() + modes_sockets() + (options.minutes ? soak_sockets() : 0);
}

int main( int argc, char **argv )
{
    struct counts before, after;

    take_options( argc, argv );
    options.started = GetTickCount64();
    CloseHandle( CreateThread( NULL, 0, watchdog_main, NULL, 0, NULL ) );
    warm_up();
    before = settled_counts();
    print_counts( "before", &before );
    work();
    after = wait_for_calm( &before );
    print_counts( "after", &after );
    check_counts( &before, &after, count_sockets() );
    printf( "stress: %s, %ld sockets, seed %llu, %llu s, %ld violations\n",
            options.mode ? options.mode : "mixed", count_sockets(), options.seed,
            (GetTickCount64() - options.started) / 1000, violations() );
    fflush( stdout );
    return violations() != 0;
}
