/* decode - chooses the format and feeds the inflater.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "decode.h"

#include <stdlib.h>
#include <string.h>

#include "winhttp.h"

#include "net/inflate.h"
#include "proto/http_headers.h"

DWORD decode_begin( struct decoder *decoder, const struct http_headers *headers, DWORD flags )
{
    const struct http_header *coding = http_headers_find( headers, "Content-Encoding", 0 );
    BOOL gzip, deflate;

    decode_end( decoder );
    if (!coding || http_headers_find( headers, "Content-Encoding", 1 )) return ERROR_SUCCESS;
    /* RFC 9110 8.4.1.3: x-gzip is the same */
    gzip = !_stricmp( coding->value, "gzip" ) || !_stricmp( coding->value, "x-gzip" );
    deflate = !_stricmp( coding->value, "deflate" );
    if (!(gzip && flags & WINHTTP_DECOMPRESSION_FLAG_GZIP) &&
        !(deflate && flags & WINHTTP_DECOMPRESSION_FLAG_DEFLATE)) return ERROR_SUCCESS;
    if (!(decoder->buffer = malloc( DECODE_BUFFER ))) return ERROR_NOT_ENOUGH_MEMORY;
    decoder->gzip = gzip;
    return ERROR_SUCCESS;
}

/* "deflate" means the zlib format (RFC 9110 8.4.1.2), but some servers send raw deflate. The first
 * byte of zlib names method 8 and a window of at most 32 KiB; raw deflate would begin with a stored
 * block with odd padding to look like it. */
static DWORD open_inflater( struct decoder *decoder )
{
    UINT32 format = UNIX_INFLATE_RAW;

    if (decoder->gzip) format = UNIX_INFLATE_GZIP;
    else if ((decoder->input[0] & 0x8f) == 0x08) format = UNIX_INFLATE_ZLIB;
    return net_inflate_open( format, &decoder->inflater ) ? ERROR_NOT_ENOUGH_MEMORY : ERROR_SUCCESS;
}

DWORD decode_next( struct decoder *decoder, UINT32 *len )
{
    UINT32 used = decoder->input_len;
    DWORD error;

    *len = 0;
    if (!decoder->inflater)
    {
        if (!decoder->input_len) return ERROR_SUCCESS;
        if ((error = open_inflater( decoder ))) return error;
    }
    *len = DECODE_BUFFER;
    if (net_inflate( decoder->inflater, decoder->input, &used, decoder->buffer, len,
                     &decoder->ended ))
    {
        *len = 0;
        return ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
    }
    if (decoder->ended && !*len) used = decoder->input_len;
    decoder->input += used;
    decoder->input_len -= used;
    return ERROR_SUCCESS;
}

void decode_end( struct decoder *decoder )
{
    if (decoder->inflater) net_inflate_close( decoder->inflater );
    free( decoder->buffer );
    memset( decoder, 0, sizeof(*decoder) );
}
