/* payload - bodies between VARIANTs and bytes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results are the caller's.
 * Threads: any with COM started; a program's stream is read on the calling thread.
 * Fails:   HRESULTs.
 *
 * facts/url-proxy-com.md 11 (Send, ResponseBody, ResponseStream).
 */

#ifndef WINHTTP_COM_PAYLOAD_H
#define WINHTTP_COM_PAYLOAD_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

/* What a body is: text has a character set, the rest goes out as it is. NULL text: no text. */
struct payload
{
    BYTE *data;  /* owned, by malloc; NULL when empty */
    DWORD size;
    BSTR text;   /* owned; instead of data */
};

/* body may refer to another VARIANT. E_INVALIDARG: not a body. */
HRESULT payload_take( const VARIANT *body, struct payload *payload );
void payload_free( struct payload *payload );

/* VT_UNKNOWN: a stream of its own, at its start, whose pointer is the IStream. */
HRESULT payload_make_stream( const BYTE *data, size_t size, VARIANT *value );

#endif
