/* question - what a program asks of proxy detection: a URL and WINHTTP_AUTOPROXY_OPTIONS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies, for calls that return before they have their answer.
 * Threads: any.
 * Fails:   ERROR_INVALID_PARAMETER, ERROR_NOT_ENOUGH_MEMORY.
 */

#ifndef WINHTTP_AUTO_QUESTION_H
#define WINHTTP_AUTO_QUESTION_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

struct auto_question
{
    WCHAR *url;                        /* owned */
    WINHTTP_AUTOPROXY_OPTIONS options; /* lpszAutoConfigUrl is owned; NULL if no flag names it */
};

/* Whether this is a question at all (facts/url-proxy-com.md 7); any argument may be NULL. */
DWORD auto_question_check( const WCHAR *url, const WINHTTP_AUTOPROXY_OPTIONS *options );

/* A copy of what was checked. On failure nothing is in *question. */
DWORD auto_question_copy( struct auto_question *question, const WCHAR *url,
                          const WINHTTP_AUTOPROXY_OPTIONS *options );

/* A zeroed one is fine, and left behind. */
void auto_question_free( struct auto_question *question );

#endif
