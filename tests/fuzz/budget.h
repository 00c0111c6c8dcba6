/* budget - memory that is refused after a number of allocations, and counted.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the blocks are the engine's.
 * Threads: one.
 * Fails:   as an allocator does, with NULL.
 */

#ifndef TESTS_FUZZ_BUDGET_H
#define TESTS_FUZZ_BUDGET_H

#include "proto/allocator.h"

#include "fuzz.h"

struct budget
{
    unsigned int left;  /* allocations granted */
    unsigned int live;
};

/* struct allocator's resize; context is a struct budget */
static inline void *budget_resize( void *context, void *ptr, size_t size )
{
    struct budget *budget = context;
    void *block;

    if (!size)
    {
        budget->live -= ptr != NULL;
        free( ptr );
        return NULL;
    }
    if (!budget->left) return NULL;
    budget->left--;
    block = fuzz_memory( realloc( ptr, size ) );
    budget->live += !ptr;
    return block;
}

#endif
