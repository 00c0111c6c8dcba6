/* http_response - the head of an HTTP/1.x response: status line and header fields (RFC 9112).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_response.h"

#include <string.h>

#include "proto/http_token.h"

/* text not yet parsed; borrowed */
struct text
{
    const char *p;
    size_t len;
};

void http_response_init( struct http_response *response, const struct allocator *alloc )
{
    response->status = 0;
    response->minor = 0;
    response->reason = NULL;
    http_headers_init( &response->headers, alloc );
}

void http_response_clear( struct http_response *response )
{
    const struct allocator *alloc = response->headers.alloc;

    allocator_free( alloc, response->reason );
    http_headers_clear( &response->headers );
    http_response_init( response, alloc );
}

/* Bytes of the empty line at buf[0..len), len > 0; 0 if there is none, -1 if len is too short. */
static int match_empty_line( const uint8_t *buf, size_t len )
{
    if (buf[0] == '\n') return 1;
    if (buf[0] != '\r') return 0;
    if (len == 1) return -1;
    return buf[1] == '\n' ? 2 : 0;
}

size_t http_response_head_end( const uint8_t *buf, size_t len, size_t *scanned )
{
    size_t line = *scanned; /* where a line starts; only 0 and what follows an LF do */

    while (line < len)
    {
        const uint8_t *newline;
        int empty = 0;

        if (!line || buf[line - 1] == '\n') empty = match_empty_line( buf + line, len - line );
        if (empty > 0) return line + (size_t)empty;
        if (empty < 0) break;
        newline = memchr( buf + line, '\n', len - line );
        line = newline ? (size_t)(newline - buf) + 1 : len;
    }
    *scanned = line;
    return 0;
}

/* Matches "HTTP/1.x nnn" at text and a delimiter behind it, where *code_end points afterwards.
 * Returns 1, 0 if text ends before anything is wrong, -1 if it cannot become a status line.
 * The blanks may be tabs, as on Windows (facts/http.md 8). */
static int match_status( const char *text, size_t len, struct http_response *response,
                         const char **code_end )
{
    static const char prefix[] = "HTTP/1.";
    size_t pos = sizeof(prefix) - 1, end;

    if (memcmp( text, prefix, len < pos ? len : pos )) return -1;
    if (len <= pos) return 0;
    if (!http_token_digit( text[pos] )) return -1;
    response->minor = (uint8_t)(text[pos] - '0');

    if (++pos == len) return 0;
    if (!http_token_blank( text[pos] )) return -1;
    while (pos < len && http_token_blank( text[pos] )) pos++;

    response->status = 0;
    for (end = pos + 3; pos < end; pos++)
    {
        if (pos == len) return 0;
        if (!http_token_digit( text[pos] )) return -1;
        response->status = (uint16_t)(response->status * 10 + (text[pos] - '0'));
        if (!response->status) return -1; /* codes have no leading zero */
    }
    if (pos == len) return 0;
    if (!http_token_blank( text[pos] ) && text[pos] != '\r' && text[pos] != '\n') return -1;
    *code_end = text + pos;
    return 1;
}

int http_response_plausible( const uint8_t *buf, size_t len )
{
    struct http_response ignored;
    const char *code_end;

    return !len || match_status( (const char *)buf, len, &ignored, &code_end ) >= 0;
}

/* Takes a line off text, which LF or CRLF ends. Returns 0 if no LF follows or if CR or NUL are
 * inside: what others may see as a line end must not hide in a line. */
static int take_line( struct text *text, struct text *line )
{
    const char *newline = memchr( text->p, '\n', text->len );
    size_t len;

    if (!newline) return 0;
    len = (size_t)(newline - text->p);
    line->p = text->p;
    line->len = len && newline[-1] == '\r' ? len - 1 : len;
    text->p += len + 1;
    text->len -= len + 1;
    return !http_token_has_break( line->p, line->len );
}

/* Takes the lines off text that continue the one before (obs-fold, RFC 9112 5.2). */
static struct text take_folds( struct text *text )
{
    struct text folds = { text->p, 0 };

    while (text->len && http_token_blank( *text->p ))
    {
        const char *newline = memchr( text->p, '\n', text->len );
        size_t len = newline ? (size_t)(newline - text->p) + 1 : text->len;

        folds.len += len;
        text->p += len;
        text->len -= len;
    }
    return folds;
}

/* colon ends the name; NULL if there is none */
static enum http_response_status add_field( struct http_headers *fields, struct text line,
                                            const char *colon )
{
    size_t name_len;

    /* Windows lets lines without a colon pass; they are no field, so they are not kept */
    if (!colon) return HTTP_RESPONSE_OK;
    /* "Name  :   v" is "Name: v" on Windows (facts/http.md 7) */
    for (name_len = (size_t)(colon - line.p); name_len; name_len--)
        if (!http_token_blank( line.p[name_len - 1] )) break;
    if (!name_len) return HTTP_RESPONSE_OK;

    if (fields->count == HTTP_RESPONSE_MAX_FIELDS) return HTTP_RESPONSE_ERR_COUNT;
    switch (http_headers_add( fields, line.p, name_len, colon + 1,
                              line.len - (size_t)(colon + 1 - line.p) ))
    {
    case HTTP_HEADERS_OK:
        return HTTP_RESPONSE_OK;
    case HTTP_HEADERS_ERR_MEMORY:
        return HTTP_RESPONSE_ERR_MEMORY;
    default:
        return HTTP_RESPONSE_ERR_SYNTAX;
    }
}

/* Writes line and its folds to out, joined with one blank each; returns the length, 0 if a fold is
 * malformed. */
static size_t join_folds( struct text line, struct text folds, char *out )
{
    size_t len = line.len;

    memcpy( out, line.p, len );
    while (folds.len)
    {
        struct text fold;

        if (!take_line( &folds, &fold )) return 0;
        http_token_trim( &fold.p, &fold.len );
        while (len && http_token_blank( out[len - 1] )) len--;
        out[len++] = ' ';
        memcpy( out + len, fold.p, fold.len );
        len += fold.len;
    }
    return len;
}

/* colon is NULL or inside line: a name does not reach into a fold */
static enum http_response_status add_folded_field( struct http_headers *fields, struct text line,
                                                   struct text folds, const char *colon )
{
    enum http_response_status status = HTTP_RESPONSE_ERR_SYNTAX;
    struct text joined;
    char *buffer = allocator_resize( fields->alloc, NULL, line.len + folds.len );

    if (!buffer) return HTTP_RESPONSE_ERR_MEMORY;
    joined.p = buffer;
    joined.len = join_folds( line, folds, buffer );
    if (joined.len) status = add_field( fields, joined, colon ? buffer + (colon - line.p) : NULL );
    allocator_free( fields->alloc, buffer );
    return status;
}

static enum http_response_status parse_fields( struct http_headers *fields, struct text text )
{
    enum http_response_status status = HTTP_RESPONSE_OK;
    struct text line, folds;
    const char *colon;

    while (!status)
    {
        if (!take_line( &text, &line )) return HTTP_RESPONSE_ERR_SYNTAX;
        if (!line.len) break;
        /* nothing to continue: RFC 9112 2.2 wants this refused or skipped */
        if (http_token_blank( *line.p )) return HTTP_RESPONSE_ERR_SYNTAX;
        folds = take_folds( &text );
        colon = memchr( line.p, ':', line.len );
        status = folds.len ? add_folded_field( fields, line, folds, colon )
                           : add_field( fields, line, colon );
    }
    return status;
}

enum http_response_status http_response_parse_fields( struct http_headers *fields,
                                                      const uint8_t *buf, size_t len )
{
    struct text text = { (const char *)buf, len };
    enum http_response_status status = parse_fields( fields, text );

    if (status) http_headers_clear( fields );
    return status;
}

/* line is the status line behind the code */
static enum http_response_status set_reason( struct http_response *response, struct text line )
{
    http_token_trim( &line.p, &line.len );
    response->reason = allocator_resize( response->headers.alloc, NULL, line.len + 1 );
    if (!response->reason) return HTTP_RESPONSE_ERR_MEMORY;
    memcpy( response->reason, line.p, line.len );
    response->reason[line.len] = 0;
    return HTTP_RESPONSE_OK;
}

static enum http_response_status parse_head( struct http_response *response, struct text text )
{
    enum http_response_status status;
    const char *code_end;
    struct text line;

    if (match_status( text.p, text.len, response, &code_end ) <= 0) return HTTP_RESPONSE_ERR_SYNTAX;
    if (!take_line( &text, &line )) return HTTP_RESPONSE_ERR_SYNTAX;
    line.len -= (size_t)(code_end - line.p);
    line.p = code_end;
    if ((status = set_reason( response, line ))) return status;
    /* a line is never shorter than what is kept of it */
    if (http_headers_reserve( &response->headers, text.len )) return HTTP_RESPONSE_ERR_MEMORY;
    return parse_fields( &response->headers, text );
}

enum http_response_status http_response_parse( struct http_response *response, const uint8_t *buf,
                                               size_t len )
{
    enum http_response_status status;
    struct text head = { (const char *)buf, 0 };
    size_t scanned = 0;

    http_response_clear( response );
    head.len = http_response_head_end( buf, len, &scanned );
    if (!head.len) return HTTP_RESPONSE_NEED_INPUT;
    status = parse_head( response, head );
    if (status) http_response_clear( response );
    return status;
}
