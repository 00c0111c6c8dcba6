/* enumerator - COM enumerators of connection points and of connections.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/enumerator.h"

#include <stddef.h>
#include <stdlib.h>

#include "com/module.h"

struct enumerator
{
    union /* the one or the other, as its vtable says */
    {
        IEnumConnectionPoints points;
        IEnumConnections connections;
    } iface;
    LONG refs;
    UINT next;
    UINT count;
    CONNECTDATA items[1]; /* refs; as many as count says */
};

static struct enumerator *create( UINT count )
{
    struct enumerator *enumerator;

    if (!(enumerator = calloc( 1, offsetof( struct enumerator, items[count] ) ))) return NULL;
    enumerator->refs = 1;
    enumerator->count = count;
    com_module_lock( TRUE );
    return enumerator;
}

static ULONG release( struct enumerator *enumerator )
{
    LONG refs = InterlockedDecrement( &enumerator->refs );
    UINT i;

    if (refs) return refs;
    for (i = 0; i < enumerator->count; i++) IUnknown_Release( enumerator->items[i].pUnk );
    free( enumerator );
    com_module_lock( FALSE );
    return 0;
}

static HRESULT query( struct enumerator *enumerator, REFIID wanted, REFIID iid, void **out )
{
    if (!out) return E_POINTER;
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, wanted )) return E_NOINTERFACE;
    InterlockedIncrement( &enumerator->refs );
    *out = enumerator;
    return S_OK;
}

/* The next one, with a reference; NULL: there is none. */
static const CONNECTDATA *next( struct enumerator *enumerator )
{
    const CONNECTDATA *item;

    if (enumerator->next == enumerator->count) return NULL;
    item = &enumerator->items[enumerator->next++];
    IUnknown_AddRef( item->pUnk );
    return item;
}

static HRESULT skip( struct enumerator *enumerator, ULONG count )
{
    ULONG left = enumerator->count - enumerator->next;

    enumerator->next += min( count, left );
    return count <= left ? S_OK : S_FALSE;
}

static struct enumerator *clone( const struct enumerator *enumerator )
{
    struct enumerator *copy;
    UINT i;

    if (!(copy = create( enumerator->count ))) return NULL;
    copy->iface = enumerator->iface;
    copy->next = enumerator->next;
    for (i = 0; i < copy->count; i++)
    {
        copy->items[i] = enumerator->items[i];
        IUnknown_AddRef( copy->items[i].pUnk );
    }
    return copy;
}

/* --- IEnumConnectionPoints -------------------------------------------------------------------- */

static struct enumerator *from_points( IEnumConnectionPoints *iface )
{
    return CONTAINING_RECORD( iface, struct enumerator, iface.points );
}

static HRESULT WINAPI points_QueryInterface( IEnumConnectionPoints *iface, REFIID iid, void **out )
{
    return query( from_points( iface ), &IID_IEnumConnectionPoints, iid, out );
}

static ULONG WINAPI points_AddRef( IEnumConnectionPoints *iface )
{
    return InterlockedIncrement( &from_points( iface )->refs );
}

static ULONG WINAPI points_Release( IEnumConnectionPoints *iface )
{
    return release( from_points( iface ) );
}

static HRESULT WINAPI points_Next( IEnumConnectionPoints *iface, ULONG count,
                                   IConnectionPoint **points, ULONG *fetched )
{
    const CONNECTDATA *item;
    ULONG i;

    if (!points || (!fetched && count > 1)) return E_POINTER;
    for (i = 0; i < count && (item = next( from_points( iface ) )); i++)
        points[i] = (IConnectionPoint *)item->pUnk;
    if (fetched) *fetched = i;
    return i == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI points_Skip( IEnumConnectionPoints *iface, ULONG count )
{
    return skip( from_points( iface ), count );
}

static HRESULT WINAPI points_Reset( IEnumConnectionPoints *iface )
{
    from_points( iface )->next = 0;
    return S_OK;
}

static HRESULT WINAPI points_Clone( IEnumConnectionPoints *iface, IEnumConnectionPoints **out )
{
    struct enumerator *copy;

    if (!out) return E_POINTER;
    copy = clone( from_points( iface ) );
    *out = copy ? &copy->iface.points : NULL;
    return copy ? S_OK : E_OUTOFMEMORY;
}

static const IEnumConnectionPointsVtbl points_vtbl =
{
    points_QueryInterface,
    points_AddRef,
    points_Release,
    points_Next,
    points_Skip,
    points_Reset,
    points_Clone,
};

HRESULT enumerator_create_points( IConnectionPoint *point, IEnumConnectionPoints **points )
{
    struct enumerator *enumerator;

    *points = NULL;
    if (!(enumerator = create( 1 ))) return E_OUTOFMEMORY;
    enumerator->iface.points.lpVtbl = (IEnumConnectionPointsVtbl *)&points_vtbl;
    enumerator->items[0].pUnk = (IUnknown *)point;
    IConnectionPoint_AddRef( point );
    *points = &enumerator->iface.points;
    return S_OK;
}

/* --- IEnumConnections ------------------------------------------------------------------------- */

static struct enumerator *from_connections( IEnumConnections *iface )
{
    return CONTAINING_RECORD( iface, struct enumerator, iface.connections );
}

static HRESULT WINAPI connections_QueryInterface( IEnumConnections *iface, REFIID iid, void **out )
{
    return query( from_connections( iface ), &IID_IEnumConnections, iid, out );
}

static ULONG WINAPI connections_AddRef( IEnumConnections *iface )
{
    return InterlockedIncrement( &from_connections( iface )->refs );
}

static ULONG WINAPI connections_Release( IEnumConnections *iface )
{
    return release( from_connections( iface ) );
}

static HRESULT WINAPI connections_Next( IEnumConnections *iface, ULONG count,
                                        CONNECTDATA *connections, ULONG *fetched )
{
    const CONNECTDATA *item;
    ULONG i;

    if (!connections || (!fetched && count > 1)) return E_POINTER;
    for (i = 0; i < count && (item = next( from_connections( iface ) )); i++)
        connections[i] = *item;
    if (fetched) *fetched = i;
    return i == count ? S_OK : S_FALSE;
}

static HRESULT WINAPI connections_Skip( IEnumConnections *iface, ULONG count )
{
    return skip( from_connections( iface ), count );
}

static HRESULT WINAPI connections_Reset( IEnumConnections *iface )
{
    from_connections( iface )->next = 0;
    return S_OK;
}

static HRESULT WINAPI connections_Clone( IEnumConnections *iface, IEnumConnections **out )
{
    struct enumerator *copy;

    if (!out) return E_POINTER;
    copy = clone( from_connections( iface ) );
    *out = copy ? &copy->iface.connections : NULL;
    return copy ? S_OK : E_OUTOFMEMORY;
}

static const IEnumConnectionsVtbl connections_vtbl =
{
    connections_QueryInterface,
    connections_AddRef,
    connections_Release,
    connections_Next,
    connections_Skip,
    connections_Reset,
    connections_Clone,
};

HRESULT enumerator_create_connections( struct events *events, IEnumConnections **connections )
{
    struct enumerator *enumerator;
    UINT i, count = events_count( events );

    *connections = NULL;
    if (!(enumerator = create( count ))) return E_OUTOFMEMORY;
    enumerator->iface.connections.lpVtbl = (IEnumConnectionsVtbl *)&connections_vtbl;
    for (i = 0; i < count; i++) events_get( events, i, enumerator->items + i );
    *connections = &enumerator->iface.connections;
    return S_OK;
}
