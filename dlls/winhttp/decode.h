/* decode - undoes the Content-Encoding of a response (WINHTTP_OPTION_DECOMPRESSION).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    struct decoder's buffer and inflater.
 * Threads: whoever drives the request's operation.
 * Fails:   ERROR_* codes: ERROR_WINHTTP_INVALID_SERVER_RESPONSE for data that is corrupt or cut off
 *          (a guess).
 *
 * It works piece by piece: at most DECODE_BUFFER bytes are decoded ahead of the program, however
 * much a small body would become. So its total needs no limit: memory stays the same, and how much
 * it reads is up to the program.
 */

#ifndef WINHTTP_DECODE_H
#define WINHTTP_DECODE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

enum
{
    DECODE_BUFFER = 8192, /* what QueryDataAvailable announces at most (facts/http.md 8) */
};

struct http_headers;

struct decoder
{
    BYTE *buffer;           /* owned; DECODE_BUFFER bytes; NULL: nothing is decoded */
    UINT64 inflater;        /* of the Unix half; 0 before the first byte */
    BOOL gzip;              /* else deflate */
    const BYTE *input;      /* borrowed from the connection's buffer: not decoded yet */
    UINT32 input_len;
    BOOL input_done;        /* the body has ended on the wire */
    BOOL ended;             /* the compressed data is complete */
};

static inline BOOL decode_active( const struct decoder *decoder )
{
    return decoder->buffer != NULL;
}

/* Starts if the headers name one coding that is among WINHTTP_DECOMPRESSION_FLAG_*. */
DWORD decode_begin( struct decoder *decoder, const struct http_headers *headers, DWORD flags );

/* Decodes from the input into the buffer: *len bytes, 0 if more input is needed. Input behind the
 * end of the compressed data is dropped. */
DWORD decode_next( struct decoder *decoder, UINT32 *len );

/* Frees all. */
void decode_end( struct decoder *decoder );

#endif
