/* head - the head of a request as it goes on the wire: request line, header fields.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing beyond struct request: `automatic`, `head`, `ws_key`.
 * Threads: whoever drives the request's operation; takes the object's lock.
 * Fails:   ERROR_* codes.
 */

#ifndef WINHTTP_HEAD_H
#define WINHTTP_HEAD_H

#include "request.h"

/* Makes request->head, of head_len bytes, to be freed when it is sent. ERROR_WINHTTP_INVALID_URL:
 * a part of the request line would break it up. */
DWORD head_build( struct request *request );

/* The same for the CONNECT that asks a proxy for a tunnel (RFC 9110 9.3.6). */
DWORD head_build_connect( struct request *request );

/* Appends to wire what the last send put on the wire, in that order; the object is locked.
 * FALSE: no memory. */
BOOL head_wire_headers( const struct request *request, struct http_headers *wire );

#endif
