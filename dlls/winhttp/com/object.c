/* object - a WinHttpRequest object: its identity and its life.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/object.h"

#include <stdlib.h>

#include "wine/debug.h"

#include "com/module.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* WinHTTP 5.0's IWinHttpRequest, the same up to SetTimeouts. Microsoft's own samples ask this class
 * for it, and get it (facts/url-proxy-com.md 10). */
static const IID IID_IWinHttpRequest_5_0 =
    { 0x06f29373, 0x5c5a, 0x4b54, { 0xb0, 0x25, 0x6e, 0xf1, 0xbf, 0x8a, 0xbf, 0x0e } };

struct com_object *com_object_from_request( IWinHttpRequest *iface )
{
    return CONTAINING_RECORD( iface, struct com_object, IWinHttpRequest_iface );
}

static struct com_object *from_error_info( ISupportErrorInfo *iface )
{
    return CONTAINING_RECORD( iface, struct com_object, ISupportErrorInfo_iface );
}

/* --- IUnknown --------------------------------------------------------------------------------- */

static HRESULT WINAPI request_QueryInterface( IWinHttpRequest *iface, REFIID iid, void **out )
{
    struct com_object *object = com_object_from_request( iface );

    if (!out) return E_POINTER;
    *out = NULL;
    if (IsEqualGUID( iid, &IID_IUnknown ) || IsEqualGUID( iid, &IID_IDispatch ) ||
        IsEqualGUID( iid, &IID_IWinHttpRequest ) || IsEqualGUID( iid, &IID_IWinHttpRequest_5_0 ))
        *out = iface;
    else if (IsEqualGUID( iid, &IID_ISupportErrorInfo ))
        *out = &object->ISupportErrorInfo_iface;
    else if (IsEqualGUID( iid, &IID_IConnectionPointContainer ))
        *out = &object->IConnectionPointContainer_iface;
    else
    {
        TRACE( "no interface %s\n", debugstr_guid(iid) );
        return E_NOINTERFACE;
    }
    IWinHttpRequest_AddRef( iface );
    return S_OK;
}

static ULONG WINAPI request_AddRef( IWinHttpRequest *iface )
{
    return InterlockedIncrement( &com_object_from_request( iface )->refs );
}

BOOL com_object_is_sent( const struct com_object *object )
{
    return object->transfer && transfer_get_state( object->transfer ) != TRANSFER_OPEN;
}

void com_object_close_transfer( struct com_object *object )
{
    struct transfer *transfer = object->transfer;

    if (!transfer) return;
    object->transfer = NULL;
    transfer_close( transfer );
    transfer_release( transfer );
}

static void destroy( struct com_object *object )
{
    TRACE( "%p\n", object );
    object->refs = 1; /* a sink that goes may take a reference, and give it back */
    com_object_close_transfer( object );
    if (object->session) WinHttpCloseHandle( object->session );
    if (object->events)
    {
        events_end( object->events );
        events_release( object->events );
    }
    com_settings_free( &object->settings );
    free( object );
    com_module_lock( FALSE );
}

static ULONG WINAPI request_Release( IWinHttpRequest *iface )
{
    struct com_object *object = com_object_from_request( iface );
    LONG refs = InterlockedDecrement( &object->refs );

    if (!refs) destroy( object );
    return refs;
}

static const IWinHttpRequestVtbl request_vtbl =
{
    request_QueryInterface,
    request_AddRef,
    request_Release,
    dispatch_GetTypeInfoCount,
    dispatch_GetTypeInfo,
    dispatch_GetIDsOfNames,
    dispatch_Invoke,
    method_SetProxy,
    method_SetCredentials,
    method_Open,
    method_SetRequestHeader,
    method_GetResponseHeader,
    method_GetAllResponseHeaders,
    method_Send,
    method_get_Status,
    method_get_StatusText,
    method_get_ResponseText,
    method_get_ResponseBody,
    method_get_ResponseStream,
    method_get_Option,
    method_put_Option,
    method_WaitForResponse,
    method_Abort,
    method_SetTimeouts,
    method_SetClientCertificate,
    method_SetAutoLogonPolicy,
};

/* --- ISupportErrorInfo ------------------------------------------------------------------------ */

static HRESULT WINAPI error_info_QueryInterface( ISupportErrorInfo *iface, REFIID iid, void **out )
{
    return IWinHttpRequest_QueryInterface( &from_error_info( iface )->IWinHttpRequest_iface, iid,
                                           out );
}

static ULONG WINAPI error_info_AddRef( ISupportErrorInfo *iface )
{
    return IWinHttpRequest_AddRef( &from_error_info( iface )->IWinHttpRequest_iface );
}

static ULONG WINAPI error_info_Release( ISupportErrorInfo *iface )
{
    return IWinHttpRequest_Release( &from_error_info( iface )->IWinHttpRequest_iface );
}

static HRESULT WINAPI error_info_InterfaceSupportsErrorInfo( ISupportErrorInfo *iface, REFIID iid )
{
    (void)iface;
    return IsEqualGUID( iid, &IID_IWinHttpRequest ) ? S_OK : S_FALSE;
}

static const ISupportErrorInfoVtbl error_info_vtbl =
{
    error_info_QueryInterface,
    error_info_AddRef,
    error_info_Release,
    error_info_InterfaceSupportsErrorInfo,
};

/* --- Its start -------------------------------------------------------------------------------- */

HRESULT com_object_create( REFIID iid, void **out )
{
    struct com_object *object;
    HRESULT hr;

    *out = NULL;
    if (!(object = calloc( 1, sizeof(*object) ))) return E_OUTOFMEMORY;
    com_module_lock( TRUE );
    object->IWinHttpRequest_iface.lpVtbl = &request_vtbl;
    object->ISupportErrorInfo_iface.lpVtbl = &error_info_vtbl;
    object->IConnectionPointContainer_iface.lpVtbl = &points_container_vtbl;
    object->IConnectionPoint_iface.lpVtbl = &points_vtbl;
    object->refs = 1;
    hr = com_settings_init( &object->settings );
    if (SUCCEEDED(hr) && !(object->events = events_create())) hr = E_OUTOFMEMORY;
    if (SUCCEEDED(hr)) hr = request_QueryInterface( &object->IWinHttpRequest_iface, iid, out );
    request_Release( &object->IWinHttpRequest_iface );
    TRACE( "%p, %#lx\n", object, hr );
    return hr;
}
