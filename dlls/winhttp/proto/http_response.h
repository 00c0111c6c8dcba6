/* http_response - the head of an HTTP/1.x response: status line and header fields (RFC 9112).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of the reason phrase and the header fields.
 * Threads: any, one at a time per response; no lock inside.
 * Fails:   enum http_response_status; the response is empty after a failure.
 *
 * What Windows accepts and refuses is facts/http.md section 8 and 7 ("Name  :   v").
 */

#ifndef WINHTTP_PROTO_HTTP_RESPONSE_H
#define WINHTTP_PROTO_HTTP_RESPONSE_H

#include <stdint.h>

#include "proto/http_headers.h"

enum http_response_status
{
    HTTP_RESPONSE_OK = 0,
    HTTP_RESPONSE_NEED_INPUT = 1,
    HTTP_RESPONSE_ERR_SYNTAX = -1, /* not an HTTP/1.x head */
    HTTP_RESPONSE_ERR_MEMORY = -2,
    HTTP_RESPONSE_ERR_COUNT = -3,  /* more than HTTP_RESPONSE_MAX_FIELDS */
};

enum
{
    /* the Windows default of the whole head is 64 KiB (option 91): with "a:\n" lines that is
     * 21,845 fields; real servers stay below 200, a thousand costs no memory to speak of */
    HTTP_RESPONSE_MAX_FIELDS = 1024,
};

struct http_response
{
    uint16_t status;       /* 100..999 */
    uint8_t minor;         /* of HTTP/1.minor, 0..9 */
    char *reason;          /* owned, NUL-terminated, no blanks around; "" if absent; NULL if empty
                            * (after init, clear and failures) */
    struct http_headers headers;
};

void http_response_init( struct http_response *response, const struct allocator *alloc );
void http_response_clear( struct http_response *response ); /* frees; empty and usable again */

/* Looks for the end of the head (an empty line, CRLF or LF) in buf[0..len).
 *  scanned  in and out: bytes known not to contain it, 0 at first; makes slices cost O(n) in all
 * Returns the length of the head with its empty line, or 0 if it is not there yet. */
size_t http_response_head_end( const uint8_t *buf, size_t len, size_t *scanned );

/* Nonzero if buf[0..len) can still become a status line: refuses early what is no HTTP at all. */
int http_response_plausible( const uint8_t *buf, size_t len );

/* Parses buf[0..len), a whole head as http_response_head_end measured it; what follows the head is
 * ignored, HTTP_RESPONSE_NEED_INPUT if its end is missing. What response held is freed.
 * LF ends a line as CRLF does; blanks around names and values go; folded lines (obs-fold, RFC 9112
 * 5.2) are joined with one blank; lines without a name and colon are passed over, as on Windows.
 * Refused: NUL anywhere, CR not followed by LF, a control inside a name, a fold right behind the
 * status line. */
enum http_response_status http_response_parse( struct http_response *response, const uint8_t *buf,
                                               size_t len );

/* Parses field lines up to their empty line by the same rules, for trailers. fields must be
 * initialized and is added to; it is empty after a failure. */
enum http_response_status http_response_parse_fields( struct http_headers *fields,
                                                      const uint8_t *buf, size_t len );

#endif
