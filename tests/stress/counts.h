/* counts - threads, handles, descriptors and memory of this process.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   what cannot be found out is 0.
 */

#ifndef STRESS_COUNTS_H
#define STRESS_COUNTS_H

#include <windows.h>

struct counts
{
    ULONG threads, handles, descriptors;
    UINT64 resident;       /* bytes */
    UINT64 heap;           /* bytes in blocks of the process's heaps */
};

/* unix_pid: of this process, or 0 if it is not known. */
struct counts counts_take( unsigned int unix_pid );
UINT64 counts_resident( unsigned int unix_pid );

#endif
