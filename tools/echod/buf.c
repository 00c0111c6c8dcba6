/* Growable byte queue of the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "buf.h"

#include <stdlib.h>
#include <string.h>

static bool make_room( struct buf *buf, size_t len )
{
    size_t used = buf_size( buf ), cap = buf->cap ? buf->cap : 512;
    unsigned char *data;

    if (buf->pos)
    {
        memmove( buf->data, buf->data + buf->pos, used );
        buf->pos = 0;
        buf->len = used;
    }
    if (buf->cap - used >= len) return true;
    while (cap - used < len) cap *= 2;
    if (!(data = realloc( buf->data, cap ))) return false;
    buf->data = data;
    buf->cap = cap;
    return true;
}

bool buf_append( struct buf *buf, const void *data, size_t len )
{
    if (!len) return true;
    if (buf->cap - buf->len < len && !make_room( buf, len )) return false;
    memcpy( buf->data + buf->len, data, len );
    buf->len += len;
    return true;
}

bool buf_reserve( struct buf *buf, size_t len )
{
    return buf->cap - buf->len >= len || make_room( buf, len );
}

void buf_consume( struct buf *buf, size_t len )
{
    buf->pos += len;
    if (buf->pos < buf->len) return;
    buf->pos = buf->len = 0;
    if (buf->cap > BUF_KEEP_BYTES) buf_free( buf );
}

void buf_free( struct buf *buf )
{
    free( buf->data );
    memset( buf, 0, sizeof(*buf) );
}
