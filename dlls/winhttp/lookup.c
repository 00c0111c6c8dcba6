/* lookup - questions to the resolver that can be left alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "lookup.h"

#include <stdlib.h>
#include <string.h>

#include "op/worker.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

struct lookup
{
    LONG refs;                  /* interlocked: who asked, and the helper */
    UINT16 port;                /* immutable */

    SRWLOCK lock;
    /* under lock */
    struct object *object;      /* borrowed (until lookup_forget); NULL: forgotten */
    struct op_queue *gate;      /* borrowed likewise */
    BOOL done;                  /* once set, never unset; the answer is immutable then */
    NTSTATUS status;
    UINT32 count;
    struct unix_addr addrs[UNIX_MAX_ADDRS];

    char host[1];               /* immutable */
};

static void lookup_release( struct lookup *lookup )
{
    if (!InterlockedDecrement( &lookup->refs )) free( lookup );
}

/* The object to tell, with a reference, or NULL if nobody waits any more. */
static struct object *lookup_finish( struct lookup *lookup, NTSTATUS status, UINT32 count,
                                     const struct unix_addr *addrs, struct op_queue **gate )
{
    struct object *object;

    AcquireSRWLockExclusive( &lookup->lock );
    lookup->status = status;
    lookup->count = count;
    memcpy( lookup->addrs, addrs, count * sizeof(*addrs) );
    lookup->done = TRUE;
    *gate = lookup->gate;
    if ((object = lookup->object)) object_addref( object );
    ReleaseSRWLockExclusive( &lookup->lock );
    return object;
}

static void CALLBACK lookup_run( TP_CALLBACK_INSTANCE *instance, void *context )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    struct lookup *lookup = context;
    struct object *object;
    struct op_queue *gate;
    NTSTATUS status;
    UINT32 count;

    (void)instance;
    status = resolve_host( lookup->host, lookup->port, TRUE, addrs, &count );
    TRACE( "%p %s: status %#lx, %u addresses\n", lookup, debugstr_a(lookup->host), status, count );
    if ((object = lookup_finish( lookup, status, count, addrs, &gate )))
    {
        op_gate_open( object, gate );
        object_release( object );
    }
    lookup_release( lookup );
}

static struct lookup *lookup_create( const char *host )
{
    size_t len = strlen( host );
    struct lookup *lookup;

    if (!(lookup = calloc( 1, sizeof(*lookup) + len ))) return NULL;
    InitializeSRWLock( &lookup->lock );
    memcpy( lookup->host, host, len );
    return lookup;
}

struct lookup *lookup_begin( struct object *object, struct op_queue *gate, const char *host,
                             UINT16 port )
{
    struct lookup *lookup = lookup_create( host );

    if (!lookup) return NULL;
    lookup->refs = 2;
    lookup->port = port;
    lookup->object = object;
    lookup->gate = gate;
    if (worker_submit( lookup_run, lookup )) return lookup;
    free( lookup );
    return NULL;
}

BOOL lookup_take( struct lookup *lookup, struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count,
                  NTSTATUS *status )
{
    BOOL done;

    AcquireSRWLockShared( &lookup->lock );
    done = lookup->done;
    ReleaseSRWLockShared( &lookup->lock );
    if (!done) return FALSE;
    *status = lookup->status;
    *count = lookup->count;
    memcpy( addrs, lookup->addrs, lookup->count * sizeof(*addrs) );
    return TRUE;
}

void lookup_forget( struct lookup *lookup )
{
    if (!lookup) return;
    AcquireSRWLockExclusive( &lookup->lock );
    lookup->object = NULL;
    ReleaseSRWLockExclusive( &lookup->lock );
    lookup_release( lookup );
}
