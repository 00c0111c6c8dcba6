/* functions - what proxy scripts ask of the system, as an automation object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "auto/functions.h"

#include <wchar.h>

#include "oleauto.h"
#include "wine/debug.h"

#include "auto/address.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

#define MAX_ARGUMENTS 3

/* --- The functions --------------------------------------------------------------------------- */

static void return_text( VARIANT *ret, BSTR text )
{
    V_VT(ret) = VT_BSTR;
    V_BSTR(ret) = text;
}

static void return_bool( VARIANT *ret, BOOL value )
{
    V_VT(ret) = VT_BOOL;
    V_BOOL(ret) = value ? VARIANT_TRUE : VARIANT_FALSE;
}

/* '*' is any text, '?' one character. Only the last star can take more after a mismatch, so the
 * time is bounded by the product of the lengths. */
static BOOL matches( const WCHAR *text, const WCHAR *pattern )
{
    const WCHAR *star = NULL, *retry = NULL;

    while (*text)
    {
        if (*pattern == '*')
        {
            star = ++pattern;
            retry = text;
        }
        else if (*pattern && (*pattern == '?' || *pattern == *text)) pattern++, text++;
        else if (star)
        {
            pattern = star;
            text = ++retry;
        }
        else return FALSE;
    }
    while (*pattern == '*') pattern++;
    return !*pattern;
}

static void call_match( BSTR *args, VARIANT *ret )
{
    return_bool( ret, matches( args[0], args[1] ) );
}

static void call_resolve( BSTR *args, VARIANT *ret )
{
    return_text( ret, address_resolve( args[0], FALSE ) );
}

static void call_resolve_all( BSTR *args, VARIANT *ret )
{
    return_text( ret, address_resolve( args[0], TRUE ) );
}

static void call_is_in_net( BSTR *args, VARIANT *ret )
{
    BSTR address = address_resolve( args[0], FALSE );

    return_bool( ret, address && address_is_in_net( address, args[1], args[2] ) );
    SysFreeString( address );
}

static void call_is_in_net_ex( BSTR *args, VARIANT *ret )
{
    return_bool( ret, address_has_prefix( args[0], args[1] ) );
}

static void call_address( BSTR *args, VARIANT *ret )
{
    (void)args;
    return_text( ret, address_of_host( FALSE ) );
}

static void call_addresses( BSTR *args, VARIANT *ret )
{
    (void)args;
    return_text( ret, address_of_host( TRUE ) );
}

static void call_sort( BSTR *args, VARIANT *ret )
{
    return_text( ret, address_sort( args[0] ) );
}

static void call_alert( BSTR *args, VARIANT *ret )
{
    (void)ret;
    TRACE( "the script says %s\n", debugstr_w(args[0]) );
}

static const struct
{
    const WCHAR *name;
    UINT args;
    void (*call)( BSTR *args, VARIANT *ret );
} functions[] =
{
    { L"match",      2, call_match },
    { L"resolve",    1, call_resolve },
    { L"resolveAll", 1, call_resolve_all },
    { L"isInNet",    3, call_is_in_net },
    { L"isInNetEx",  2, call_is_in_net_ex },
    { L"address",    0, call_address },
    { L"addresses",  0, call_addresses },
    { L"sort",       1, call_sort },
    { L"alert",      1, call_alert },
};

/* --- IDispatch ------------------------------------------------------------------------------- */

static HRESULT WINAPI functions_QueryInterface( IDispatch *iface, REFIID iid, void **out )
{
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IDispatch ))
        return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI functions_AddRef( IDispatch *iface )
{
    (void)iface;
    return 2;
}

static ULONG WINAPI functions_Release( IDispatch *iface )
{
    (void)iface;
    return 1;
}

static HRESULT WINAPI functions_GetTypeInfoCount( IDispatch *iface, UINT *count )
{
    (void)iface;
    *count = 0;
    return S_OK;
}

static HRESULT WINAPI functions_GetTypeInfo( IDispatch *iface, UINT index, LCID lcid,
                                             ITypeInfo **info )
{
    (void)iface;
    (void)index;
    (void)lcid;
    *info = NULL;
    return DISP_E_BADINDEX;
}

static DISPID find_function( const WCHAR *name )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(functions); i++)
        if (!wcscmp( functions[i].name, name )) return i + 1;
    return DISPID_UNKNOWN;
}

static HRESULT WINAPI functions_GetIDsOfNames( IDispatch *iface, REFIID iid, LPOLESTR *names,
                                               UINT count, LCID lcid, DISPID *ids )
{
    (void)iface;
    (void)iid;
    (void)lcid;
    if (count != 1) return DISP_E_UNKNOWNNAME;
    return (ids[0] = find_function( names[0] )) == DISPID_UNKNOWN ? DISP_E_UNKNOWNNAME : S_OK;
}

/* The prelude gives texts only; in params the last one is first. */
static HRESULT WINAPI functions_Invoke( IDispatch *iface, DISPID id, REFIID iid, LCID lcid,
                                        WORD flags, DISPPARAMS *params, VARIANT *result,
                                        EXCEPINFO *exception, UINT *bad_arg )
{
    BSTR args[MAX_ARGUMENTS];
    VARIANT ret;
    UINT i;

    (void)iface;
    (void)iid;
    (void)lcid;
    (void)exception;
    (void)bad_arg;
    if (id < 1 || id > (DISPID)ARRAY_SIZE(functions) || !(flags & DISPATCH_METHOD))
        return DISP_E_MEMBERNOTFOUND;
    if (params->cArgs != functions[id - 1].args) return DISP_E_BADPARAMCOUNT;
    for (i = 0; i < params->cArgs; i++)
    {
        const VARIANT *arg = &params->rgvarg[params->cArgs - 1 - i];

        if (V_VT(arg) != VT_BSTR) return DISP_E_TYPEMISMATCH;
        if (!(args[i] = V_BSTR(arg))) args[i] = (WCHAR *)L""; /* the same to automation */
    }
    VariantInit( &ret );
    functions[id - 1].call( args, &ret );
    if (result) *result = ret;
    else VariantClear( &ret );
    return S_OK;
}

static const IDispatchVtbl functions_vtbl =
{
    functions_QueryInterface,
    functions_AddRef,
    functions_Release,
    functions_GetTypeInfoCount,
    functions_GetTypeInfo,
    functions_GetIDsOfNames,
    functions_Invoke,
};

IDispatch *functions_get(void)
{
    static IDispatch object = { &functions_vtbl };

    return &object;
}
