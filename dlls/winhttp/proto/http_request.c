/* http_request - the head of an HTTP/1.x request as it goes on the wire (RFC 9112 section 3).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_request.h"

#include <string.h>

#include "proto/http_token.h"

/* What parsers of a request line take for its separators (RFC 9112 3): SP, HTAB, LF, VT, FF, CR. */
static int holds_separator( const char *text )
{
    for (; *text; text++) if (*text == ' ' || (*text >= '\t' && *text <= '\r')) return 1;
    return 0;
}

int http_request_valid( const struct http_request *request )
{
    return http_token_valid( request->method, strlen( request->method ) )
           && *request->target && !holds_separator( request->target )
           && *request->version && !holds_separator( request->version );
}

size_t http_request_size( const struct http_request *request )
{
    return strlen( request->method ) + 1 + strlen( request->target ) + 1
           + strlen( request->version ) + 2 + http_headers_text_size( request->headers ) + 2;
}

static char *write_word( char *out, const char *word, char end )
{
    size_t len = strlen( word );

    memcpy( out, word, len );
    out[len] = end;
    return out + len + 1;
}

char *http_request_write( const struct http_request *request, char *out )
{
    out = write_word( out, request->method, ' ' );
    out = write_word( out, request->target, ' ' );
    out = write_word( out, request->version, '\r' );
    *out++ = '\n';
    out = http_headers_text_write( request->headers, out );
    *out++ = '\r';
    *out++ = '\n';
    return out;
}
