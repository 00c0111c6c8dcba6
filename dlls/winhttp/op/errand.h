/* errand - something that blocks, done by a thread that nobody has to wait for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    itself, with what its type adds: whoever asked may stop waiting, and the thread goes on
 *          alone, without a reference to anything of theirs.
 * Threads: begin, is_done and forget belong to the operation that asks; the helper has a reference.
 * Fails:   FALSE: no memory.
 */

#ifndef WINHTTP_OP_ERRAND_H
#define WINHTTP_OP_ERRAND_H

#include "op/op.h"

struct errand;

struct errand_type
{
    void (*run)( struct errand *errand );     /* blocks; leaves the outcome in what is around it */
    void (*give_up)( struct errand *errand ); /* nobody waits any more: end soon; may be NULL */
    void (*destroy)( struct errand *errand ); /* frees it and what it owns */
    BOOL (*submit)( PTP_SIMPLE_CALLBACK callback, void *context ); /* one of op/worker.h's */
};

/* Embedded, zeroed, in what the type knows of. */
struct errand
{
    const struct errand_type *type;
    LONG refs;                  /* interlocked: who asked, and the helper */

    SRWLOCK lock;
    /* under lock */
    struct object *object;      /* borrowed (until errand_forget); NULL: forgotten */
    struct op_queue *gate;      /* borrowed likewise */
    BOOL done;                  /* once set, never unset; the outcome is immutable then */
};

/* Runs it; opens gate, which is object's, once it is done. On failure it is the caller's still. */
BOOL errand_begin( struct errand *errand, const struct errand_type *type, struct object *object,
                   struct op_queue *gate );

/* The outcome is there. */
BOOL errand_is_done( struct errand *errand );

/* Whoever asked is not interested any more. */
void errand_forget( struct errand *errand );

#endif
