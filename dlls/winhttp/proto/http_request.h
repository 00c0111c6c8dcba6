/* http_request - the head of an HTTP/1.x request as it goes on the wire (RFC 9112 section 3).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the caller owns the output.
 * Threads: any.
 * Fails:   http_request_valid says beforehand whether the parts can be sent.
 */

#ifndef WINHTTP_PROTO_HTTP_REQUEST_H
#define WINHTTP_PROTO_HTTP_REQUEST_H

#include "proto/http_headers.h"

struct http_request
{
    const char *method;  /* borrowed, NUL-terminated; a token */
    const char *target;  /* borrowed; origin form, absolute form or authority form */
    const char *version; /* borrowed; "HTTP/1.1" or "HTTP/1.0" */
    const struct http_headers *headers; /* borrowed; written in list order */
};

/* Nonzero if method is a token, and target and version are not empty and hold nothing that a server
 * may take for a separator (blank, tab, LF, VT, FF, CR; RFC 9112 3): nothing a program passes can
 * split a request. Other controls pass, as on Windows (facts/http.md 2, ESCAPE_DISABLE). */
int http_request_valid( const struct http_request *request );

/* Bytes of the head with its empty line, and the writer of just that. Returns the end. */
size_t http_request_size( const struct http_request *request );
char *http_request_write( const struct http_request *request, char *out );

#endif
