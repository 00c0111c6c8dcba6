/* Requests of the benchmark's libcurl program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* transfer - easy handles for the echo server, certificates checked, bodies thrown away.
 * Owns:    nothing; handles and their connections are the caller's.
 * Threads: one.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_TRANSFER_H
#define BENCH_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

/* A handle for GET /bytes?n=SIZE. */
CURL *transfer_create( bool secure, int port, const char *size );

/* From now on each request opens a connection and closes it; resume: a TLS session may be. */
void transfer_forget_connections( CURL *handle, bool resume );

/* Turns it into a POST of so many bytes, from data at once, or from nowhere in libcurl's pieces. */
void transfer_upload( CURL *handle, uint64_t bytes, const char *data );

/* Runs it, from the request to the end of the answer. */
void transfer_run( CURL *handle );

/* Fails unless the answer was a 200. */
void transfer_check( CURL *handle, CURLcode code );

#endif
