/* memory - a heap for what lives as long as a socket.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the heap, for as long as the module is loaded.
 * Threads: any.
 * Fails:   NULL: no memory.
 *
 * Wine's heap looks for room from free block to free block. In one heap, what requests leave
 * between blocks that stay is too small for the next of those, and with thousands of sockets each
 * allocation walks past thousands of such rests. Here are only blocks of a few sizes.
 */

#ifndef WINHTTP_NET_MEMORY_H
#define WINHTTP_NET_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"
#include "winbase.h"

BOOL memory_init(void);
void memory_end(void); /* the module's: what is still there goes with it */

/* Zeroed. */
void *memory_alloc( size_t size );
/* memory may be NULL; what is new is not zeroed. */
void *memory_resize( void *memory, size_t size );
void memory_free( void *memory );

#endif
