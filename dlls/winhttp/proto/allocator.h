/* allocator - the memory of the protocol engines, a parameter so that tests can refuse it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; the functions behind it must be as thread-safe as the callers need.
 * Fails:   a refused allocation is NULL; the engine then reports "no memory" and stays valid.
 */

#ifndef WINHTTP_PROTO_ALLOCATOR_H
#define WINHTTP_PROTO_ALLOCATOR_H

#include <stddef.h>

struct allocator
{
    /* realloc's contract, but size 0 frees and returns NULL */
    void *(*resize)( void *context, void *ptr, size_t size );
    void *context;
};

/* realloc and free of the C library; never changes */
extern const struct allocator allocator_libc;

static inline void *allocator_resize( const struct allocator *alloc, void *ptr, size_t size )
{
    return alloc->resize( alloc->context, ptr, size );
}

static inline void allocator_free( const struct allocator *alloc, void *ptr )
{
    if (ptr) alloc->resize( alloc->context, ptr, 0 );
}

#endif
