/* The cases of the benchmark's libcurl program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* cases - each runs one command of main.c and prints its result.
 * Owns:    nothing beyond a command.
 * Threads: the main thread.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_CASES_H
#define BENCH_CASES_H

void case_get( char **args );
void case_fresh( char **args );
void case_handshakes( char **args );
void case_download( char **args );
void case_upload( char **args );
void case_parallel( char **args );

#endif
