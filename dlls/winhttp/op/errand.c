/* errand - blocking work that can be left alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "op/errand.h"

static void errand_release( struct errand *errand )
{
    if (!InterlockedDecrement( &errand->refs )) errand->type->destroy( errand );
}

/* The object to tell, with a reference, or NULL if nobody waits any more. */
static struct object *errand_finish( struct errand *errand, struct op_queue **gate )
{
    struct object *object;

    AcquireSRWLockExclusive( &errand->lock );
    errand->done = TRUE;
    *gate = errand->gate;
    if ((object = errand->object)) object_addref( object );
    ReleaseSRWLockExclusive( &errand->lock );
    return object;
}

static void CALLBACK errand_run( TP_CALLBACK_INSTANCE *instance, void *context )
{
    struct errand *errand = context;
    struct object *object;
    struct op_queue *gate;

    (void)instance;
    errand->type->run( errand );
    if ((object = errand_finish( errand, &gate )))
    {
        op_gate_open( object, gate );
        object_release( object );
    }
    errand_release( errand );
}

BOOL errand_begin( struct errand *errand, const struct errand_type *type, struct object *object,
                   struct op_queue *gate )
{
    errand->type = type;
    errand->refs = 2;
    InitializeSRWLock( &errand->lock );
    errand->object = object;
    errand->gate = gate;
    return type->submit( errand_run, errand );
}

BOOL errand_is_done( struct errand *errand )
{
    BOOL done;

    AcquireSRWLockShared( &errand->lock );
    done = errand->done;
    ReleaseSRWLockShared( &errand->lock );
    return done;
}

void errand_forget( struct errand *errand )
{
    AcquireSRWLockExclusive( &errand->lock );
    errand->object = NULL;
    ReleaseSRWLockExclusive( &errand->lock );
    if (errand->type->give_up) errand->type->give_up( errand );
    errand_release( errand );
}
