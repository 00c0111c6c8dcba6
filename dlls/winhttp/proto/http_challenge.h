/* http_challenge - what a server asks for in WWW-Authenticate (RFC 9110 section 11.6.1).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing: challenges point into the caller's text.
 * Threads: any.
 * Fails:   never: what is no challenge is passed over, as servers write odd ones.
 *
 * One field may hold several challenges, and each may have parameters, both separated by commas:
 * "Digest realm="a, b", nonce=x, NTLM, Negotiate YII=". Proxy-Authenticate has the same form.
 */

#ifndef WINHTTP_PROTO_HTTP_CHALLENGE_H
#define WINHTTP_PROTO_HTTP_CHALLENGE_H

#include <stddef.h>

struct http_challenge
{
    const char *scheme;     /* borrowed; a token, not empty */
    size_t scheme_len;
    const char *token;      /* borrowed; the token68 of connection-based schemes */
    size_t token_len;       /* 0: none */
    const char *params;     /* borrowed; "name=value, name="value"" as written */
    size_t params_len;      /* 0: none */
};

/* Takes the next challenge off the front of a field's value. Returns 0 at its end. */
int http_challenge_next( const char **text, size_t *len, struct http_challenge *challenge );

/* The first parameter of that name (no case): writes its text, quotes and escapes undone, as far as
 * size bytes reach (no NUL); *len: how many bytes the whole has. out may be NULL if size is 0.
 * Returns 0, with *len unchanged, if there is none. */
int http_challenge_param( const struct http_challenge *challenge, const char *name, char *out,
                          size_t size, size_t *len );

#endif
