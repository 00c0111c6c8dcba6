/* auth_challenge - what a server or proxy asks for in its response, by scheme.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: whoever may read the request's response.
 * Fails:   never; WinHttpQueryAuthSchemes sets the last error.
 */

#ifndef WINHTTP_AUTH_CHALLENGE_H
#define WINHTTP_AUTH_CHALLENGE_H

#include "auth.h"
#include "proto/http_challenge.h"

/* By target: WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_TARGET_PROXY. */
struct auth_target
{
    UINT16 status;
    const char *challenge, *answer, *info; /* names of the header fields */
    DWORD option;                   /* the first of request->credentials */
};

extern const struct auth_target auth_targets[AUTH_TARGETS];

/* Nonzero if it is one WINHTTP_AUTH_SCHEME_* bit. */
BOOL auth_scheme_valid( DWORD scheme );

/* WINHTTP_AUTH_TARGET_* whose challenge the response is, or AUTH_TARGETS. */
DWORD auth_challenge_target( const struct request *request );

/* A redirect to Passport's logon server, if the session knows Passport, is a denial to the program,
 * with the text as it was: 401 Found (facts/http.md 11). */
void auth_challenge_take_passport( struct request *request );

/* A parameter of the response's Passport challenge, escapes undone, to be freed. Locked. NULL:
 * there is none, or no memory. */
WCHAR *auth_challenge_passport( const struct request *request, const char *name );

/* Calls back for each challenge of a known scheme, in order. */
void auth_challenge_each( const struct request *request, DWORD target,
                          void (*found)( const struct http_challenge *challenge, DWORD scheme,
                                         void *context ),
                          void *context );

#endif
