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

#include "op/errand.h"
#include "op/worker.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

struct lookup
{
    struct errand errand;

    /* immutable once the errand is done */
    NTSTATUS status;
    UINT32 count;
    struct unix_addr addrs[UNIX_MAX_ADDRS];

    /* immutable */
    UINT16 port;
    char host[1];
};

static struct lookup *lookup_from_errand( struct errand *errand )
{
    return CONTAINING_RECORD( errand, struct lookup, errand );
}

static void lookup_run( struct errand *errand )
{
    struct lookup *lookup = lookup_from_errand( errand );

    lookup->status = resolve_host( lookup->host, lookup->port, TRUE, lookup->addrs,
                                   &lookup->count );
    TRACE( "%p %s: status %#lx, %u addresses\n", lookup, debugstr_a(lookup->host), lookup->status,
           lookup->count );
}

static void lookup_destroy( struct errand *errand )
{
    free( lookup_from_errand( errand ) );
}

static const struct errand_type lookup_type =
{
    lookup_run, NULL, lookup_destroy, worker_submit
};

struct lookup *lookup_begin( struct object *object, struct op_queue *gate, const char *host,
                             UINT16 port )
{
    size_t len = strlen( host );
    struct lookup *lookup;

    if (!(lookup = calloc( 1, sizeof(*lookup) + len ))) return NULL;
    memcpy( lookup->host, host, len );
    lookup->port = port;
    if (errand_begin( &lookup->errand, &lookup_type, object, gate )) return lookup;
    free( lookup );
    return NULL;
}

BOOL lookup_take( struct lookup *lookup, struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count,
                  NTSTATUS *status )
{
    if (!errand_is_done( &lookup->errand )) return FALSE;
    *status = lookup->status;
    *count = lookup->count;
    memcpy( addrs, lookup->addrs, lookup->count * sizeof(*addrs) );
    return TRUE;
}

void lookup_forget( struct lookup *lookup )
{
    if (lookup) errand_forget( &lookup->errand );
}
