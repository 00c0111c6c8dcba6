/* charset - the names of character sets, and text in them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any with COM started.
 * Fails:   HRESULTs.
 *
 * facts/url-proxy-com.md 12. Which code page a name means is the MIME database's to say (mlang).
 */

#ifndef WINHTTP_CHARSET_H
#define WINHTTP_CHARSET_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

/* RFC 2978: a charset's name is at most 40 characters long. */
#define CHARSET_NAME_ROOM 64

HRESULT charset_find( const WCHAR *name, UINT *codepage );

/* The charset parameter of a media type (RFC 9110, 8.3.2); FALSE: it has none. */
BOOL charset_of_type( const WCHAR *media_type, WCHAR *name, size_t room );

/* Bytes to text. A mark of their order at the start decides before codepage does (a guess, U27).
 * ERROR_NO_UNICODE_TRANSLATION: they are no text in that code page. */
HRESULT charset_decode( UINT codepage, const BYTE *data, size_t size, BSTR *text );

/* Text to bytes, which the caller frees. */
HRESULT charset_encode( UINT codepage, const WCHAR *text, BYTE **data, DWORD *size );

#endif
