/* http_body - message body framing of HTTP/1.1 (RFC 9112 sections 6 and 7), receiving side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the trailer fields of a chunked body.
 * Threads: any, one at a time per decoder; no lock inside.
 * Fails:   enum http_body_status; after a negative status only http_body_init is legal.
 */

#ifndef WINHTTP_PROTO_HTTP_BODY_H
#define WINHTTP_PROTO_HTTP_BODY_H

#include <stdint.h>

#include "proto/http_response.h"

enum http_body_status
{
    HTTP_BODY_OK = 0,          /* *data, *data_len hold a piece, data_len > 0 */
    HTTP_BODY_NEED_INPUT = 1,  /* all input is consumed */
    HTTP_BODY_END = 2,         /* the body is complete; unconsumed input belongs to what follows */
    HTTP_BODY_NEED_SPACE = 3,  /* data is at hand, but max_data is 0 */
    HTTP_BODY_ERR_SYNTAX = -1, /* bad chunk size, bad framing */
    HTTP_BODY_ERR_LIMIT = -2,  /* chunk line or trailers too long */
    HTTP_BODY_ERR_MEMORY = -3,
};

enum http_body_framing
{
    HTTP_BODY_NONE,        /* HEAD, 1xx, 204, 304, Content-Length 0 */
    HTTP_BODY_LENGTH,
    HTTP_BODY_CHUNKED,
    HTTP_BODY_UNTIL_CLOSE,
};

enum
{
    /* bytes with CRLF; extensions are ignored, nobody sends long ones; the line is not kept */
    HTTP_BODY_MAX_CHUNK_LINE = 4096,
    /* bytes with the empty line; trailers are checksums and the like; for many servers this is the
     * limit of a whole head */
    HTTP_BODY_MAX_TRAILERS = 16384,
};

struct http_body
{
    uint64_t left;         /* LENGTH, CHUNKED: bytes of the body or chunk still to come */
    uint32_t line_len;     /* CHUNKED: bytes of the current chunk line or of the trailers so far */
    uint8_t framing;       /* enum http_body_framing */
    uint8_t state;         /* enum in http_body.c */
    uint8_t digits;        /* CHUNKED: hex digits of the size so far */
    char *trailer_text;    /* owned; raw trailer section while it arrives, HTTP_BODY_MAX_TRAILERS */
    struct http_headers trailers; /* complete at HTTP_BODY_END; apart from the head's fields */
};

/* Chooses the framing of a response (RFC 9112 6.3): an enum http_body_framing.
 *  no_body  the request was HEAD, or CONNECT answered by 2xx
 *  length   set for HTTP_BODY_LENGTH, else untouched
 * Transfer-Encoding beats Content-Length. "chunked" is undone only as the sole coding; anything
 * else is passed through until the connection closes.
 * Conflicting or bad Content-Length fields -> HTTP_BODY_ERR_SYNTAX, which is negative. */
int http_body_choose( const struct http_response *response, int no_body, uint64_t *length );

/* What the Content-Length fields say, of a response or of a request: 1 and *length, 0 if there is
 * none, -1 if they are no number or differ (*length may be changed). */
int http_body_find_length( const struct http_headers *headers, uint64_t *length );

/* Nonzero if the connection may carry another request after this response and its whole body
 * (RFC 9112 9.3). Not after 101, not if the framing is ambiguous: Content-Length next to
 * Transfer-Encoding, Transfer-Encoding in HTTP/1.0, a 1xx or 204 that announces a body. */
int http_body_keep_alive( const struct http_response *response, enum http_body_framing framing );

void http_body_init( struct http_body *body, enum http_body_framing framing, uint64_t length,
                     const struct allocator *alloc );
void http_body_clear( struct http_body *body ); /* frees the trailers */

/* Decodes up to one piece of at most max_data bytes; it points into in. consumed is always set,
 * data and data_len with HTTP_BODY_OK only.
 * The end of LENGTH, NONE and CHUNKED bodies is reported by HTTP_BODY_END, once and again.
 * Chunk lines (RFC 9112 7.1) are 1 to 16 hex digits, blanks, maybe ";" and an extension, CRLF; a
 * chunk ends with CRLF. Lone CR or LF is refused there; trailers follow the rules of a head. */
enum http_body_status http_body_next( struct http_body *body, const uint8_t *in, size_t len,
                                      size_t max_data, size_t *consumed, const uint8_t **data,
                                      size_t *data_len );

/* Body bytes that may be received straight into the program's buffer now, then fed from there;
 * UINT64_MAX for UNTIL_CLOSE. */
uint64_t http_body_payload_left( const struct http_body *body );

#endif
