/* What the benchmark programs have in common: commands, clock, samples, output.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef _WIN32
#include <windows.h>
#endif

/* Words of a command line, name included. */
#define MAX_WORDS 8

struct bench_options bench_options;

static uint64_t samples[BENCH_MAX_SAMPLES];
static size_t sample_count;
static uint64_t sample_end;

#ifdef _WIN32
uint64_t bench_now( void )
{
    static LARGE_INTEGER frequency;
    LARGE_INTEGER now;

    if (!frequency.QuadPart) QueryPerformanceFrequency( &frequency );
    QueryPerformanceCounter( &now );
    return now.QuadPart / frequency.QuadPart * 1000000000
           + now.QuadPart % frequency.QuadPart * 1000000000 / frequency.QuadPart;
}
#else
uint64_t bench_now( void )
{
    struct timespec ts;

    clock_gettime( CLOCK_MONOTONIC, &ts );
    return (uint64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}
#endif

static void print_line( const char *what, const char *format, va_list args )
{
    printf( "%s ", what );
    vprintf( format, args );
    printf( "\n" );
    fflush( stdout );
}

void bench_result( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    print_line( "result", format, args );
    va_end( args );
}

void bench_fail( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    print_line( "error", format, args );
    va_end( args );
    _Exit( 1 );
}

void bench_begin( unsigned ms )
{
    sample_count = 0;
    sample_end = bench_now() + (uint64_t)ms * 1000000;
}

bool bench_sample( uint64_t ns )
{
    samples[sample_count++] = ns;
    return sample_count < BENCH_MAX_SAMPLES && bench_now() < sample_end;
}

static int compare_samples( const void *a, const void *b )
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void bench_report( void )
{
    qsort( samples, sample_count, sizeof(samples[0]), compare_samples );
    bench_result( "us=%.3f p99=%.3f count=%u", samples[sample_count / 2] / 1000.0,
                  samples[sample_count * 99 / 100] / 1000.0, (unsigned)sample_count );
}

uint64_t bench_number( const char *text )
{
    char *end;
    uint64_t number = strtoull( text, &end, 10 );

    if (!*text || *end) bench_fail( "%s is not a number", text );
    return number;
}

bool bench_choice( const char *text, const char *yes, const char *no )
{
    if (!strcmp( text, yes )) return true;
    if (strcmp( text, no )) bench_fail( "%s is neither %s nor %s", text, yes, no );
    return false;
}

static void usage( const struct bench_command *commands, size_t count )
{
    size_t i;

    printf( "usage: --ws PORT --wss PORT [--ca FILE] [COMMAND ARGUMENT...]\n"
            "Without a command, takes commands from standard input, one a line:\n" );
    for (i = 0; i < count; i++) printf( "  %s %s\n", commands[i].name, commands[i].usage );
    exit( 2 );
}

static void run_command( const struct bench_command *commands, size_t count, char **words,
                         int word_count )
{
    size_t i;

    for (i = 0; i < count; i++)
    {
        if (strcmp( commands[i].name, words[0] )) continue;
        if (word_count - 1 != commands[i].count)
            bench_fail( "%s takes: %s", words[0], commands[i].usage );
        commands[i].run( words + 1 );
        return;
    }
    bench_fail( "there is no command %s", words[0] );
}

static void run_lines( const struct bench_command *commands, size_t count )
{
    static const char blanks[] = " \r\n";
    char line[256], *words[MAX_WORDS], *word;
    int used;

    while (fgets( line, sizeof(line), stdin ))
    {
        used = 0;
        for (word = strtok( line, blanks ); word && used < MAX_WORDS; word = strtok( NULL, blanks ))
            words[used++] = word;
        if (used) run_command( commands, count, words, used );
    }
}

int bench_main( int argc, char **argv, const struct bench_command *commands, size_t count )
{
    int i = 1;

    for (; i + 1 < argc && argv[i][0] == '-'; i += 2)
    {
        if (!strcmp( argv[i], "--ws" )) bench_options.ws_port = atoi( argv[i + 1] );
        else if (!strcmp( argv[i], "--wss" )) bench_options.wss_port = atoi( argv[i + 1] );
        else if (!strcmp( argv[i], "--ca" )) bench_options.ca_file = argv[i + 1];
        else break;
    }
    if (i < argc && argv[i][0] == '-') usage( commands, count );
    if (i < argc) run_command( commands, count, argv + i, argc - i );
    else run_lines( commands, count );
    return 0;
}
