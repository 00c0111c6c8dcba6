/* factory - how COM comes to a WinHttpRequest object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/factory.h"

#include "httprequest.h"
#include "wine/debug.h"

#include "com/object.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static LONG locks;
static SRWLOCK type_lock = SRWLOCK_INIT;
/* ref, under type_lock; made when first asked for, gone with the last lock */
static ITypeInfo *type_info;

static void drop_type_info(void)
{
    ITypeInfo *info;

    AcquireSRWLockExclusive( &type_lock );
    info = type_info;
    type_info = NULL;
    ReleaseSRWLockExclusive( &type_lock );
    if (info) ITypeInfo_Release( info );
}

void factory_lock( BOOL lock )
{
    if (lock) InterlockedIncrement( &locks );
    else if (!InterlockedDecrement( &locks )) drop_type_info();
}

HMODULE factory_get_module(void)
{
    HMODULE module = NULL;

    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                            GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                        (const WCHAR *)factory_get_module, &module );
    return module;
}

static HRESULT load_type_info( ITypeInfo **info )
{
    WCHAR path[MAX_PATH];
    ITypeLib *library;
    HRESULT hr;

    if (!GetModuleFileNameW( factory_get_module(), path, ARRAY_SIZE(path) )) return E_FAIL;
    if (FAILED(hr = LoadTypeLib( path, &library )) &&
        FAILED(hr = LoadRegTypeLib( &LIBID_WinHttp, 5, 1, LOCALE_SYSTEM_DEFAULT, &library )))
    {
        ERR( "no type library, neither in %s nor registered: %#lx\n", debugstr_w(path), hr );
        return hr;
    }
    hr = ITypeLib_GetTypeInfoOfGuid( library, &IID_IWinHttpRequest, info );
    ITypeLib_Release( library );
    return hr;
}

HRESULT factory_get_type_info( ITypeInfo **info )
{
    HRESULT hr = S_OK;

    AcquireSRWLockExclusive( &type_lock );
    if (type_info || SUCCEEDED(hr = load_type_info( &type_info )))
    {
        ITypeInfo_AddRef( type_info );
        *info = type_info;
    }
    ReleaseSRWLockExclusive( &type_lock );
    return hr;
}

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
    factory_lock( TRUE );
    return 2;
}

static ULONG WINAPI factory_Release( IClassFactory *iface )
{
    (void)iface;
    factory_lock( FALSE );
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
    factory_lock( lock );
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
    return InterlockedCompareExchange( &locks, 0, 0 ) ? S_FALSE : S_OK;
}
