/* text - Latin-1 to WCHAR and back.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "text.h"

#include <stdlib.h>
#include <wchar.h>

#include "winbase.h"

static char narrow_char( WCHAR c )
{
    return c < 0x100 ? (char)c : '?';
}

char *text_narrow( const WCHAR *text, size_t len )
{
    char *ret;
    size_t i;

    if (!(ret = malloc( len + 1 ))) return NULL;
    for (i = 0; i < len; i++) ret[i] = narrow_char( text[i] );
    ret[len] = 0;
    return ret;
}

char *text_narrow_owned( WCHAR *text )
{
    char *ret = (char *)text, *out = ret;

    if (!text) return NULL;
    while (*text) *out++ = narrow_char( *text++ );
    *out = 0;
    return ret;
}

WCHAR *text_widen( const char *text, size_t len )
{
    WCHAR *ret;
    size_t i;

    if (!(ret = malloc( (len + 1) * sizeof(*ret) ))) return NULL;
    for (i = 0; i < len; i++) ret[i] = (unsigned char)text[i];
    ret[len] = 0;
    return ret;
}

void text_free_secret( WCHAR *text )
{
    if (text) SecureZeroMemory( text, wcslen( text ) * sizeof(*text) );
    free( text );
}
