/* HTTP/1.1 side of the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* http - request heads, bodies, plain answers, and the upgrade to a WebSocket (RFC 6455, 4.2).
 * Owns:    conn->http.
 * Threads: one; no lock inside.
 * Fails:   a bad request is answered with its status, and the connection ends. */

#ifndef ECHOD_HTTP_H
#define ECHOD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conn;

/* Largest request head. Browsers and WinHTTP stay far below; nginx takes 8 KiB a line. */
#define HTTP_MAX_HEAD 16384

/* Most fields in a head: programs send about ten, cookies and proxies add a few. */
#define HTTP_MAX_FIELDS 100

/* Longest decimal number in a query or Content-Length: what fits uint64_t for certain. */
#define HTTP_MAX_DIGITS 18

/* Takes bytes that arrived in state CONN_HTTP. */
void http_consume( struct conn *conn, const unsigned char *data, size_t len );

/* Releases what the connection holds for HTTP. */
void http_release( struct conn *conn );

/* Lists the fields of the request that is being answered, a line each, cut to size with a final
 * NUL; returns the length. No line is longer than it came, so HTTP_MAX_HEAD is room enough. */
size_t http_list_fields( const struct conn *conn, char *text, size_t size );

/* Finds a parameter in a query ("a=1&b=x%20y", may be NULL) and stores its decoded value, cut to
 * size with a final NUL; false when it is not there (value is "" then). */
bool http_query_text( const char *query, const char *name, char *value, size_t size );

/* The same for a decimal number; fallback when it is missing or not a number. */
uint64_t http_query_number( const char *query, const char *name, uint64_t fallback );

#endif
