/* watched - memory of which the system knows who has written to it, such as the heap of .NET.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Wine keeps such pages read-only until they are written to: not every way to write to a program's
 * buffer gets there.
 *
 * Owns:    nothing; watched_alloc's memory is for watched_free.
 * Threads: any.
 * Fails:   as checks of the caller.
 */

#ifndef WINHTTP_TESTS_WATCHED_H
#define WINHTTP_TESTS_WATCHED_H

#include <windows.h>

#include "wine/test.h"

enum { WATCHED_PAGE = 4096 };

/* Zeroed, size in bytes; nothing of it has been written to. */
static inline char *watched_alloc( DWORD size )
{
    char *memory = VirtualAlloc( NULL, size, MEM_RESERVE | MEM_COMMIT | MEM_WRITE_WATCH,
                                 PAGE_READWRITE );

    ok( memory != NULL, "VirtualAlloc failed with %u\n", (UINT)GetLastError() );
    return memory;
}

static inline void watched_free( char *memory )
{
    VirtualFree( memory, 0, MEM_RELEASE );
}

/* How many pages were written to since the last call. */
static inline DWORD watched_pages( char *memory, DWORD size )
{
    void *pages[128];
    ULONG_PTR count = ARRAYSIZE(pages);
    ULONG page;
    UINT ret = GetWriteWatch( WRITE_WATCH_FLAG_RESET, memory, size, pages, &count, &page );

    ok( !ret, "GetWriteWatch failed\n" );
    return (DWORD)count;
}

#endif
