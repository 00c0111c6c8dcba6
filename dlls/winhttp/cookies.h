/* cookies - the cookie jar of a session (facts/http.md 9).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the cookies of one session, from its WinHttpOpen until its last handle is gone.
 * Threads: any. The jar has a lock of its own, a leaf: nothing else is locked under it, while it
 *          may be taken under a request's lock.
 * Fails:   a cookie that cannot be kept is left out; cookies_add says when there is no memory.
 */

#ifndef WINHTTP_COOKIES_H
#define WINHTTP_COOKIES_H

#include <stdarg.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"

#include "net/lock.h"
#include "proto/cookie.h"
#include "proto/http_headers.h"

struct request;

struct cookies
{
    struct lock lock;
    struct cookie_jar jar;      /* under lock */
};

void cookies_init( struct cookies *cookies );
void cookies_free( struct cookies *cookies );

/* Whoever drives the request: keeps what the response that has just arrived sets. */
void cookies_store( struct request *request );

/* Under the request's lock: adds what goes with the request as it stands now to automatic, as one
 * field. FALSE: no memory. */
BOOL cookies_add( struct request *request, struct http_headers *automatic );

/* How the field that cookies_add made joins the program's own Cookie: behind it, in one header. */
static inline enum http_headers_mode cookies_mode( const char *name )
{
    return _stricmp( name, "Cookie" ) ? HTTP_HEADERS_ADD : HTTP_HEADERS_COALESCE_SEMICOLON;
}

#endif
