/* text - Latin-1 to WCHAR and back.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "text.h"

#include <stdlib.h>

char *text_narrow( const WCHAR *text, size_t len )
{
    char *ret;
    size_t i;

    if (!(ret = malloc( len + 1 ))) return NULL;
    for (i = 0; i < len; i++) ret[i] = text[i] < 0x100 ? (char)text[i] : '?';
    ret[len] = 0;
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
