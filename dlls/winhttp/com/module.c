/* module - winhttp.dll as COM sees it: what keeps it loaded, and its type library.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/module.h"

#include "objbase.h"
#include "oaidl.h"
#include "oleauto.h"

#include "httprequest.h"
#include "wine/debug.h"

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

void com_module_lock( BOOL lock )
{
    if (lock) InterlockedIncrement( &locks );
    else if (!InterlockedDecrement( &locks )) drop_type_info();
}

BOOL com_module_is_locked(void)
{
    return InterlockedCompareExchange( &locks, 0, 0 ) != 0;
}

HMODULE com_module_get(void)
{
    HMODULE module = NULL;

    GetModuleHandleExW( GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS |
                            GET_MODULE_HANDLE_EX_FLAG_UNCHANGED_REFCOUNT,
                        (const WCHAR *)com_module_get, &module );
    return module;
}

static HRESULT load_type_info( ITypeInfo **info )
{
    WCHAR path[MAX_PATH];
    ITypeLib *library;
    HRESULT hr;

    if (!GetModuleFileNameW( com_module_get(), path, ARRAY_SIZE(path) )) return E_FAIL;
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

HRESULT com_module_get_type_info( ITypeInfo **info )
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
