/* The cases of the native benchmark program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* cases - each runs one command of main.c and prints its result.
 * Owns:    what is open between the commands of many.c.
 * Threads: the main thread.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_CASES_H
#define BENCH_CASES_H

/* echo.c: messages one after the other, and streams in one direction. */
void case_echo( char **args );
void case_stream( char **args );

/* http.c */
void case_get( char **args );
void case_fresh( char **args );
void case_handshakes( char **args );
void case_download( char **args );
void case_parallel( char **args );

/* upload.c */
void case_upload( char **args );

/* many.c: many sockets, over several commands. */
void case_many_prepare( char **args );
void case_many_open( char **args );
void case_many_woken( char **args );
void case_many_echo( char **args );
void case_many_one( char **args );
void case_many_close( char **args );

#endif
