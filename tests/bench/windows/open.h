/* Sessions, requests and synchronous WebSockets of the benchmark.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* open - opens handles the way that any program does.
 * Owns:    a synchronous and an asynchronous session, with a connect handle for each port.
 * Threads: the main thread; open_request also on others, once it was called on the main thread.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_OPEN_H
#define BENCH_OPEN_H

#include <stdbool.h>
#include <windows.h>
#include <winhttp.h>

/* Ends the program unless ok; what is the name of the call that has just returned. */
void open_check( BOOL ok, const char *what );

/* The same for calls that return an error; ERROR_IO_PENDING is none. */
void open_check_error( DWORD error, const char *what );

/* A GET request; path may have "?n=" and a number. */
HINTERNET open_request( bool async, bool secure, const WCHAR *path );

/* The same, synchronous and over TLS, at any port. */
HINTERNET open_request_at( INTERNET_PORT port, const WCHAR *path );

/* A synchronous POST request. */
HINTERNET open_post( bool secure, const WCHAR *path );

/* Receives the answer to a request that has been sent, and reads the whole body. Synchronous. */
void open_receive( HINTERNET request );

/* Sends the request, receives the answer, reads the whole body. Synchronous. */
void open_transfer( HINTERNET request );

/* A connect handle of the synchronous session, without a name; the caller closes it. */
HINTERNET open_connect( INTERNET_PORT port );

/* A synchronous WebSocket. */
HINTERNET open_socket( bool secure, const WCHAR *path );

/* The path "/bytes?n=SIZE"; valid until the next call. */
const WCHAR *open_bytes_path( const char *size );

#endif
