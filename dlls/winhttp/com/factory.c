/* factory - how COM comes to a WinHttpRequest object: the class factory, and what COM asks the DLL.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts/url-proxy-com.md 10. DllRegisterServer and DllUnregisterServer are winecrt0's, by what
 * winhttp_tlb.idl registers.
 */
#define COBJMACROS
#include "com/object.h"

#include "wine/debug.h"

#include "com/module.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- The class factory ------------------------------------------------------------------------ */

static HRESULT WINAPI factory_QueryInterface( IClassFactory *iface, REFIID iid, void **out )
{
    if (!out) return E_POINTER;
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IClassFactory ))
        return E_NOINTERFACE;
    IClassFactory_AddRef( iface );
    *out = iface;
    return S_OK;
}

static ULONG WINAPI factory_AddRef( IClassFactory *iface )
{
    (void)iface;
    com_module_lock( TRUE );
    return 2;
}

static ULONG WINAPI factory_Release( IClassFactory *iface )
{
    (void)iface;
    com_module_lock( FALSE );
    return 1;
}

static HRESULT WINAPI factory_CreateInstance( IClassFactory *iface, IUnknown *outer, REFIID iid,
                                              void **out )
{
    (void)iface;
    TRACE( "%p, %s, %p\n", outer, debugstr_guid(iid), out );
    if (!out) return E_POINTER;
    *out = NULL;
    if (outer) return CLASS_E_NOAGGREGATION;
    return com_object_create( iid, out );
}

static HRESULT WINAPI factory_LockServer( IClassFactory *iface, BOOL lock )
{
    (void)iface;
    com_module_lock( lock );
    return S_OK;
}

static const IClassFactoryVtbl factory_vtbl =
{
    factory_QueryInterface,
    factory_AddRef,
    factory_Release,
    factory_CreateInstance,
    factory_LockServer,
};

static IClassFactory factory = { &factory_vtbl };

/* --- Exports --------------------------------------------------------------------------------- */

HRESULT WINAPI DllGetClassObject( REFCLSID clsid, REFIID iid, void **out )
{
    TRACE( "%s, %s, %p\n", debugstr_guid(clsid), debugstr_guid(iid), out );
    if (!out) return E_INVALIDARG;
    *out = NULL;
    if (!IsEqualGUID( clsid, &CLSID_WinHttpRequest )) return CLASS_E_CLASSNOTAVAILABLE;
    return IClassFactory_QueryInterface( &factory, iid, out );
}

HRESULT WINAPI DllCanUnloadNow( void )
{
    return com_module_is_locked() ? S_FALSE : S_OK;
}
