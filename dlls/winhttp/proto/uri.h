/* uri - resolves a URI reference, such as a Location, against a base (RFC 3986 section 5.2).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the result is the caller's.
 * Threads: any.
 * Fails:   NULL: no memory.
 */

#ifndef WINHTTP_PROTO_URI_H
#define WINHTTP_PROTO_URI_H

#include <stddef.h>

#include "proto/allocator.h"

/* The target of the reference, NUL-terminated, to be freed: without fragment, its path without dot
 * segments and with its slash in front. Whatever in path and query is no visible ASCII is escaped
 * byte by byte, so that a server gets back the bytes that it sent, in whichever encoding.
 * A reference with another scheme than http and https comes back as it is.
 *  base      "scheme://authority/path?query", NUL-terminated; the path may be missing
 *  text      the reference; blanks around it do not count, a NUL ends it */
char *uri_resolve( const struct allocator *alloc, const char *base, const char *text, size_t len );

/* Undoes the percent escapes of len bytes; out has room for one more, the NUL. What is no escape
 * stays as it is. Zero: there is a NUL among them. */
int uri_unescape( const char *text, size_t len, char *out );

#endif
