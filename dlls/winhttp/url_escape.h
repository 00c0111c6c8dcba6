/* url_escape - percent escapes of request paths and of URL parts.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
/* Owns:    nothing; what it allocates belongs to the caller (free).
 * Threads: any; no state but the writer that the caller passes.
 * Fails:   NULL or FALSE as each function says; never sets the last error. */
#ifndef WINHTTP_URL_ESCAPE_H
#define WINHTTP_URL_ESCAPE_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"

/* Where text goes. With out NULL nothing is stored and length is the space that is needed, so
 * every text is written twice by the same code: once to measure, once to store. */
struct url_writer
{
    WCHAR *out;         /* borrowed (until the writer is done): room for every character, or NULL */
    size_t length;      /* characters so far; no NUL is counted or stored */
};

void url_write_char( struct url_writer *writer, WCHAR c );

/* Appends length characters as they are. */
void url_write_text( struct url_writer *writer, const WCHAR *text, size_t length );

/* Appends length characters, unsafe ones as %XX, as ICU_ESCAPE of WinHttpCreateUrl does: '%' and
 * '~' are unsafe here, other than in url_escape_object(). Non-ASCII characters become the bytes of
 * the ANSI code page.
 * FALSE: a character has no place in that code page (facts/url-proxy-com.md 2). */
BOOL url_write_escaped( struct url_writer *writer, const WCHAR *text, size_t length );

/* Appends length characters with every %XX undone; bytes from 80 on are read in the ANSI code page.
 * What is no escape stays as it is, and so does %00, which would end the text early. */
void url_write_decoded( struct url_writer *writer, const WCHAR *text, size_t length );

/* The request target that goes on the wire for the object of WinHttpOpenRequest: a leading slash
 * is added where it lacks ("/" for NULL or ""), unsafe characters and all non-ASCII ones (as
 * UTF-8, in the query by that code page) are escaped. flags are those of WinHttpOpenRequest;
 * WINHTTP_FLAG_ESCAPE_PERCENT, _ESCAPE_DISABLE and _ESCAPE_DISABLE_QUERY count (facts/http.md 2).
 * NULL: out of memory. */
WCHAR *url_escape_object( const WCHAR *object, DWORD flags, UINT codepage );

#endif
