/* cookies - between requests and the jar of their session.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cookies.h"

#include <stdlib.h>
#include <string.h>

#include "net/lock.h"
#include "request.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

void cookies_init( struct cookies *cookies )
{
    cookie_jar_init( &cookies->jar, &allocator_libc );
}

void cookies_free( struct cookies *cookies )
{
    cookie_jar_clear( &cookies->jar );
}

/* Seconds since 1970. */
static int64_t now(void)
{
    static const ULONGLONG epoch = 11644473600; /* 1970 in seconds since 1601 */
    ULARGE_INTEGER ticks;
    FILETIME time;

    GetSystemTimeAsFileTime( &time );
    ticks.u.LowPart = time.dwLowDateTime;
    ticks.u.HighPart = time.dwHighDateTime;
    return ticks.QuadPart / 10000000 - epoch;
}

static struct cookie_scope scope_of( const struct request *request )
{
    return (struct cookie_scope){ .host = request->key.host, .target = request->target,
                                  .secure = request->key.secure, .now = now() };
}

static BOOL disabled( const struct request *request )
{
    return (request->disabled & WINHTTP_DISABLE_COOKIES) != 0;
}

void cookies_store( struct request *request )
{
    struct cookies *cookies = &request_session( request )->cookies;
    const struct http_headers *headers = &request->response.headers;
    struct cookie_scope scope = scope_of( request );
    const struct http_header *field;
    size_t i;

    if (disabled( request ) || !http_headers_find( headers, "Set-Cookie", 0 )) return;
    lock_acquire( &cookies->lock, LOCK_COOKIES );
    for (i = 0; (field = http_headers_find( headers, "Set-Cookie", i )); i++)
    {
        if (cookie_jar_store( &cookies->jar, &scope, field->value, field->value_len ))
            WARN( "%p: cookie %u of the response was not kept\n", request->object.handle, (UINT)i );
    }
    lock_release( &cookies->lock, LOCK_COOKIES );
}

/* The text of the header, or NULL with *len 0 for none, else for no memory. */
static char *header_text( struct cookies *cookies, const struct cookie_scope *scope, size_t *len )
{
    char *text = NULL;

    lock_acquire_shared( &cookies->lock, LOCK_COOKIES );
    *len = cookie_jar_write( &cookies->jar, scope, NULL, 0 );
    if (*len && (text = malloc( *len ))) cookie_jar_write( &cookies->jar, scope, text, *len );
    lock_release_shared( &cookies->lock, LOCK_COOKIES );
    return text;
}

BOOL cookies_add( struct request *request, struct http_headers *automatic )
{
    struct cookies *cookies = &request_session( request )->cookies;
    struct cookie_scope scope = scope_of( request );
    size_t len;
    char *text;
    BOOL ret;

    if (disabled( request )) return TRUE;
    if (!(text = header_text( cookies, &scope, &len ))) return !len;
    ret = !http_headers_add( automatic, "Cookie", strlen( "Cookie" ), text, len );
    free( text );
    return ret;
}
