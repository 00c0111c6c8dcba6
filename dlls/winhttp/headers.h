/* headers - request headers added by programs, headers queried by them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing beyond struct request.
 * Threads: any; takes the object's lock.
 * Fails:   ERROR_* codes.
 */

#ifndef WINHTTP_HEADERS_H
#define WINHTTP_HEADERS_H

#include "request.h"

/* Adds header lines by WINHTTP_ADDREQ_FLAG_*; len in characters, ~0u = NUL-terminated. */
DWORD headers_add( struct request *request, const WCHAR *lines, DWORD len, DWORD flags );

/* What WINHTTP_ADDREQ_FLAG_* ask for. */
enum http_headers_mode headers_mode( DWORD flags );

DWORD headers_error( enum http_headers_status status );

/* The name of the header that an info level stands for (without modifiers); NULL: it is none. */
const char *headers_level_name( DWORD level );

#endif
