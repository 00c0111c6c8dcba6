/* redirect - which responses redirect a request, and where (facts/http.md 10).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: whoever drives the request's operation.
 * Fails:   enum redirect, ERROR_* codes.
 */

#ifndef WINHTTP_REDIRECT_H
#define WINHTTP_REDIRECT_H

#include "request.h"

enum redirect
{
    REDIRECT_NO,     /* an ordinary response, or the policy leaves it to the program */
    REDIRECT_FOLLOW, /* *url is where to, to be freed */
    REDIRECT_RESEND, /* the same, but the program must send: the body came through WriteData */
    REDIRECT_FAILED, /* too many, or no usable target: *error */
};

/* Judges the response whose head has been received. */
enum redirect redirect_judge( struct request *request, WCHAR **url, DWORD *error );

/* Turns the request into one for url: host, port, security, target, verb, body. */
DWORD redirect_apply( struct request *request, const WCHAR *url );

#endif
