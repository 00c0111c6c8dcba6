/* Growable byte queue of the echo server.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* buf - bytes appended at the end, consumed at the front.
 * Owns:    its memory; released by buf_free, or by consuming the last byte of a large buffer.
 * Threads: one; no lock inside.
 * Fails:   only when memory is short: buf_append returns false and the content is unchanged. */

#ifndef ECHOD_BUF_H
#define ECHOD_BUF_H

#include <stdbool.h>
#include <stddef.h>

/* A drained buffer above this size goes back to the allocator: with 10,000 sockets, what one of
 * them once needed must not stay allocated for all. */
#define BUF_KEEP_BYTES 4096

struct buf
{
    unsigned char *data; /* owned */
    size_t         pos;  /* first byte not consumed, <= len */
    size_t         len;  /* end of the content, <= cap */
    size_t         cap;
};

/* Bytes waiting in the buffer. */
static inline size_t buf_size( const struct buf *buf )
{
    return buf->len - buf->pos;
}

/* First waiting byte; valid until the next call on the buffer. */
static inline unsigned char *buf_front( const struct buf *buf )
{
    return buf->data + buf->pos;
}

/* Adds len bytes; false when memory is short. */
bool buf_append( struct buf *buf, const void *data, size_t len );

/* Makes room for len bytes more, so that appending them copies nothing twice; false as above. */
bool buf_reserve( struct buf *buf, size_t len );

/* Drops len bytes (<= buf_size) from the front. */
void buf_consume( struct buf *buf, size_t len );

/* Releases the memory; the buffer is empty and usable afterwards. */
void buf_free( struct buf *buf );

#endif
