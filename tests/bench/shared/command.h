/* What the benchmark programs have in common: commands, clock, samples, output.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* command - takes commands from the arguments or from standard input, one a line.
 * Owns:    the samples.
 * Threads: commands run on the main thread; bench_fail may be called on any.
 * Fails:   bench_fail says why on standard output and ends the process: after a failure there is
 *          nothing left to measure, and the runner starts a new process for the next case. */

#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most samples kept of one command; a command ends there, however long it was told to go on. */
#define BENCH_MAX_SAMPLES (1u << 18)

struct bench_options
{
    int         ws_port;  /* of the echo server: ws and http */
    int         wss_port; /* wss and https */
    const char *ca_file;  /* its authority; NULL: none */
};

struct bench_command
{
    const char *name;
    const char *usage; /* the arguments in words */
    int         count; /* of the arguments */
    void      (*run)( char **args );
};

extern struct bench_options bench_options;

/* Runs the command in the arguments, or those on standard input until it ends. */
int bench_main( int argc, char **argv, const struct bench_command *commands, size_t count );

/* Monotonic time in nanoseconds. */
uint64_t bench_now( void );

/* Prints the one line that ends a command: "result name=value ...". */
void bench_result( const char *format, ... ) __attribute__((format( printf, 1, 2 )));

/* Prints "error ..." and ends the process. */
void bench_fail( const char *format, ... ) __attribute__((format( printf, 1, 2 ), noreturn));

/* A series of samples in nanoseconds: bench_begin, then bench_sample while it returns true (until
 * ms milliseconds have passed or BENCH_MAX_SAMPLES are there), then bench_report, which prints
 * their median and 99th percentile as the result. */
void bench_begin( unsigned ms );
bool bench_sample( uint64_t ns );
void bench_report( void );

/* An argument as a number; fails when it is none. */
uint64_t bench_number( const char *text );

/* Whether an argument is the first of two words; fails when it is neither. */
bool bench_choice( const char *text, const char *yes, const char *no );

#endif
