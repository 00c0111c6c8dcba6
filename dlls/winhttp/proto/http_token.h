/* http_token - the character classes of HTTP that several engines need (RFC 9110 section 5.6).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   never.
 *
 * All of it is ASCII and deaf to the locale: a Turkish "i" must not change what "Connection" is.
 */

#ifndef WINHTTP_PROTO_HTTP_TOKEN_H
#define WINHTTP_PROTO_HTTP_TOKEN_H

#include <stddef.h>

/* Nonzero for a space or a tab (OWS, BWS of RFC 9110 5.6.3). */
static inline int http_token_blank( char c )
{
    return c == ' ' || c == '\t';
}

static inline int http_token_digit( char c )
{
    return c >= '0' && c <= '9';
}

/* Nonzero if text[0..len) is a token (RFC 9110 5.6.2); the empty text is none. */
int http_token_valid( const char *text, size_t len );

/* Nonzero if the texts are equal but for the case of A-Z. */
int http_token_equal( const char *a, size_t a_len, const char *b, size_t b_len );

/* Nonzero if NUL, CR or LF is among text[0..len): what others may take for the end of a line. */
int http_token_has_break( const char *text, size_t len );

/* Takes the blanks off both ends of *text, *len bytes. */
void http_token_trim( const char **text, size_t *len );

/* Walks a comma-separated list (RFC 9110 5.6.1). *list, *list_len shrink by one element, which goes
 * to *element, *element_len without blanks around; empty elements are passed over.
 * Quoted strings are not understood: no list that frames a message holds one, and a comma inside
 * one only yields elements that match nothing. Returns 0 at the end of the list. */
int http_token_next( const char **list, size_t *list_len, const char **element,
                     size_t *element_len );

#endif
