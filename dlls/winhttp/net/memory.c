/* memory - a heap for what lives as long as a socket.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "net/memory.h"

static HANDLE heap; /* set once, while the module is loaded */

BOOL memory_init(void)
{
    return (heap = HeapCreate( 0, 0, 0 )) != NULL;
}

void memory_end(void)
{
    HeapDestroy( heap );
}

void *memory_alloc( size_t size )
{
    return HeapAlloc( heap, HEAP_ZERO_MEMORY, size );
}

void *memory_resize( void *memory, size_t size )
{
    return memory ? HeapReAlloc( heap, 0, memory, size ) : HeapAlloc( heap, 0, size );
}

void memory_free( void *memory )
{
    HeapFree( heap, 0, memory );
}
