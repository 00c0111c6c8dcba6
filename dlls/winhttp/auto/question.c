/* question - checking and copying what proxy detection is asked.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/question.h"

#include <stdlib.h>
#include <string.h>

/* where a proxy may come from */
#define SOURCES (WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_CONFIG_URL | \
                 WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG | WINHTTP_AUTOPROXY_ALLOW_STATIC)

/* That flags without a source are refused as no flags are is a guess. */
static BOOL are_options( const WINHTTP_AUTOPROXY_OPTIONS *options )
{
    if (!options || !(options->dwFlags & SOURCES)) return FALSE;
    if ((options->dwFlags & WINHTTP_AUTOPROXY_AUTO_DETECT) && !options->dwAutoDetectFlags)
        return FALSE;
    return !(options->dwFlags & WINHTTP_AUTOPROXY_CONFIG_URL) || options->lpszAutoConfigUrl;
}

DWORD auto_question_check( const WCHAR *url, const WINHTTP_AUTOPROXY_OPTIONS *options )
{
    return url && *url && are_options( options ) ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

DWORD auto_question_copy( struct auto_question *question, const WCHAR *url,
                          const WINHTTP_AUTOPROXY_OPTIONS *options )
{
    BOOL named = (options->dwFlags & WINHTTP_AUTOPROXY_CONFIG_URL) != 0;
    WCHAR *script = NULL, *copy;

    if (!(copy = wcsdup( url ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (named && !(script = wcsdup( options->lpszAutoConfigUrl )))
    {
        free( copy );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    question->url = copy;
    question->options = *options;
    question->options.lpszAutoConfigUrl = script;
    return ERROR_SUCCESS;
}

void auto_question_free( struct auto_question *question )
{
    free( question->url );
    free( (WCHAR *)question->options.lpszAutoConfigUrl );
    memset( question, 0, sizeof(*question) );
}
