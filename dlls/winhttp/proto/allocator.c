/* allocator - the C library as an allocator.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/allocator.h"

#include <stdlib.h>

static void *libc_resize( void *context, void *ptr, size_t size )
{
    (void)context;
    if (size) return realloc( ptr, size );
    free( ptr ); /* realloc( ptr, 0 ) means something else in each C library */
    return NULL;
}

const struct allocator allocator_libc = { libc_resize, NULL };
