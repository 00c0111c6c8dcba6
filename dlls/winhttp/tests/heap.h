/* heap - what the heaps of this process hold.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; each heap is locked while it is walked.
 * Fails:   never.
 */

#ifndef WINHTTP_TESTS_HEAP_H
#define WINHTTP_TESTS_HEAP_H

#include <string.h>
#include <windows.h>

/* Bytes in use, of all heaps together. */
static inline SIZE_T heap_in_use(void)
{
    PROCESS_HEAP_ENTRY entry;
    HANDLE heaps[64];
    SIZE_T total = 0;
    DWORD i, count = GetProcessHeaps( ARRAYSIZE(heaps), heaps );

    for (i = 0; i < count && i < ARRAYSIZE(heaps); i++)
    {
        memset( &entry, 0, sizeof(entry) );
        HeapLock( heaps[i] );
        while (HeapWalk( heaps[i], &entry ))
            if (entry.wFlags & PROCESS_HEAP_ENTRY_BUSY) total += entry.cbData;
        HeapUnlock( heaps[i] );
    }
    return total;
}

#endif
