/* points - the connection point of a WinHttpRequest object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * There is one, for IWinHttpRequestEvents; it lives as long as the object. Its sinks: events.c.
 */
#define COBJMACROS
#include "com/object.h"

#include "olectl.h"

#include "com/enumerator.h"

static struct com_object *from_container( IConnectionPointContainer *iface )
{
    return CONTAINING_RECORD( iface, struct com_object, IConnectionPointContainer_iface );
}

static struct com_object *from_point( IConnectionPoint *iface )
{
    return CONTAINING_RECORD( iface, struct com_object, IConnectionPoint_iface );
}

/* --- IConnectionPointContainer ---------------------------------------------------------------- */

static HRESULT WINAPI container_QueryInterface( IConnectionPointContainer *iface, REFIID iid,
                                                void **out )
{
    return IWinHttpRequest_QueryInterface( &from_container( iface )->IWinHttpRequest_iface, iid,
                                           out );
}

static ULONG WINAPI container_AddRef( IConnectionPointContainer *iface )
{
    return IWinHttpRequest_AddRef( &from_container( iface )->IWinHttpRequest_iface );
}

static ULONG WINAPI container_Release( IConnectionPointContainer *iface )
{
    return IWinHttpRequest_Release( &from_container( iface )->IWinHttpRequest_iface );
}

static HRESULT WINAPI container_EnumConnectionPoints( IConnectionPointContainer *iface,
                                                      IEnumConnectionPoints **points )
{
    if (!points) return E_POINTER;
    return enumerator_create_points( &from_container( iface )->IConnectionPoint_iface, points );
}

static HRESULT WINAPI container_FindConnectionPoint( IConnectionPointContainer *iface, REFIID iid,
                                                     IConnectionPoint **point )
{
    if (!point) return E_POINTER;
    *point = NULL;
    if (!IsEqualGUID( iid, &IID_IWinHttpRequestEvents )) return CONNECT_E_NOCONNECTION;
    *point = &from_container( iface )->IConnectionPoint_iface;
    IConnectionPoint_AddRef( *point );
    return S_OK;
}

const IConnectionPointContainerVtbl points_container_vtbl =
{
    container_QueryInterface,
    container_AddRef,
    container_Release,
    container_EnumConnectionPoints,
    container_FindConnectionPoint,
};

/* --- IConnectionPoint ------------------------------------------------------------------------- */

static HRESULT WINAPI point_QueryInterface( IConnectionPoint *iface, REFIID iid, void **out )
{
    if (!out) return E_POINTER;
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IConnectionPoint ))
        return E_NOINTERFACE;
    IConnectionPoint_AddRef( iface );
    *out = iface;
    return S_OK;
}

static ULONG WINAPI point_AddRef( IConnectionPoint *iface )
{
    return IWinHttpRequest_AddRef( &from_point( iface )->IWinHttpRequest_iface );
}

static ULONG WINAPI point_Release( IConnectionPoint *iface )
{
    return IWinHttpRequest_Release( &from_point( iface )->IWinHttpRequest_iface );
}

static HRESULT WINAPI point_GetConnectionInterface( IConnectionPoint *iface, IID *iid )
{
    (void)iface;
    if (!iid) return E_POINTER;
    *iid = IID_IWinHttpRequestEvents;
    return S_OK;
}

static HRESULT WINAPI point_GetConnectionPointContainer( IConnectionPoint *iface,
                                                         IConnectionPointContainer **container )
{
    if (!container) return E_POINTER;
    *container = &from_point( iface )->IConnectionPointContainer_iface;
    IConnectionPointContainer_AddRef( *container );
    return S_OK;
}

static HRESULT WINAPI point_Advise( IConnectionPoint *iface, IUnknown *sink, DWORD *cookie )
{
    if (!cookie) return E_POINTER;
    *cookie = 0;
    if (!sink) return E_POINTER;
    return events_advise( from_point( iface )->events, sink, cookie );
}

static HRESULT WINAPI point_Unadvise( IConnectionPoint *iface, DWORD cookie )
{
    return events_unadvise( from_point( iface )->events, cookie );
}

static HRESULT WINAPI point_EnumConnections( IConnectionPoint *iface,
                                             IEnumConnections **connections )
{
    if (!connections) return E_POINTER;
    return enumerator_create_connections( from_point( iface )->events, connections );
}

const IConnectionPointVtbl points_vtbl =
{
    point_QueryInterface,
    point_AddRef,
    point_Release,
    point_GetConnectionInterface,
    point_GetConnectionPointContainer,
    point_Advise,
    point_Unadvise,
    point_EnumConnections,
};
