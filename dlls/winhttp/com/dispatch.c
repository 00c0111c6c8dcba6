/* dispatch - IDispatch of a WinHttpRequest object: how scripts call it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The type library does it all but for Option, a property with an index, where Windows is laxer
 * than automation's own rules (facts/url-proxy-com.md 14).
 */
#define COBJMACROS
#include "com/object.h"

#include "httprequestid.h"
#include "wine/debug.h"

#include "com/error.h"
#include "com/module.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

HRESULT WINAPI dispatch_GetTypeInfoCount( IWinHttpRequest *iface, UINT *count )
{
    (void)iface;
    if (!count) return E_INVALIDARG;
    *count = 1;
    return S_OK;
}

HRESULT WINAPI dispatch_GetTypeInfo( IWinHttpRequest *iface, UINT index, LCID lcid,
                                     ITypeInfo **info )
{
    (void)iface, (void)lcid;
    if (!info) return E_INVALIDARG;
    *info = NULL;
    if (index) return DISP_E_BADINDEX;
    return com_module_get_type_info( info );
}

HRESULT WINAPI dispatch_GetIDsOfNames( IWinHttpRequest *iface, REFIID iid, LPOLESTR *names,
                                       UINT count, LCID lcid, DISPID *ids )
{
    ITypeInfo *info;
    HRESULT hr;

    (void)iface, (void)iid, (void)lcid;
    if (!names || !count || !ids) return E_INVALIDARG;
    if (FAILED(hr = com_module_get_type_info( &info ))) return hr;
    hr = ITypeInfo_GetIDsOfNames( info, names, count, ids );
    ITypeInfo_Release( info );
    return hr;
}

static HRESULT get_index( const DISPPARAMS *params, UINT place, LONG *option )
{
    VARIANT number;
    HRESULT hr;

    if (params->cArgs <= place) return DISP_E_PARAMNOTFOUND;
    VariantInit( &number );
    hr = VariantChangeType( &number, &params->rgvarg[place], 0, VT_I4 );
    if (SUCCEEDED(hr)) *option = V_I4( &number );
    return hr;
}

static HRESULT put_option( IWinHttpRequest *iface, const DISPPARAMS *params )
{
    VARIANT value;
    LONG option;
    HRESULT hr;

    if (params->cArgs < 2) return DISP_E_TYPEMISMATCH;
    if (FAILED(hr = get_index( params, params->cArgs - 1, &option ))) return hr;
    VariantInit( &value );
    if (FAILED(hr = VariantCopyInd( &value, &params->rgvarg[params->cArgs - 2] ))) return hr;
    hr = IWinHttpRequest_put_Option( iface, option, value );
    VariantClear( &value );
    return hr;
}

static HRESULT get_option( IWinHttpRequest *iface, const DISPPARAMS *params, VARIANT *result )
{
    VARIANT value;
    LONG option;
    HRESULT hr;

    if (!params->cArgs) return DISP_E_PARAMNOTFOUND;
    if (FAILED(hr = get_index( params, params->cArgs - 1, &option ))) return hr;
    VariantInit( &value );
    hr = IWinHttpRequest_get_Option( iface, option, &value );
    if (SUCCEEDED(hr) && result) *result = value;
    else VariantClear( &value );
    return hr;
}

/* Only PROPERTYPUT sets; with two arguments any other call does nothing. That PROPERTYPUTREF may be
 * beside it, as .NET has it, is a guess. */
static HRESULT invoke_option( IWinHttpRequest *iface, WORD flags, const DISPPARAMS *params,
                              VARIANT *result )
{
    if ((flags & ~DISPATCH_PROPERTYPUTREF) == DISPATCH_PROPERTYPUT)
        return put_option( iface, params );
    if (result) VariantInit( result );
    if (!(flags & (DISPATCH_PROPERTYGET | DISPATCH_METHOD)) || params->cArgs >= 2) return S_OK;
    return get_option( iface, params, result );
}

HRESULT WINAPI dispatch_Invoke( IWinHttpRequest *iface, DISPID member, REFIID iid, LCID lcid,
                                WORD flags, DISPPARAMS *params, VARIANT *result,
                                EXCEPINFO *exception, UINT *arg_error )
{
    ITypeInfo *info;
    UINT unused;
    HRESULT hr;

    (void)lcid;
    TRACE( "%p, %ld, %#x, %u arguments\n", iface, member, flags, params->cArgs );
    if (!IsEqualIID( iid, &IID_NULL )) return DISP_E_UNKNOWNINTERFACE;
    SetErrorInfo( 0, NULL ); /* what a failure shows is its own */
    if (member == DISPID_HTTPREQUEST_OPTION)
    {
        hr = invoke_option( iface, flags, params, result );
        return HRESULT_FACILITY( hr ) == FACILITY_WIN32 && HRESULT_CODE( hr ) > WINHTTP_ERROR_BASE
                   ? com_error_raise( hr, exception ) : hr;
    }
    if (FAILED(hr = com_module_get_type_info( &info ))) return hr;
    hr = ITypeInfo_Invoke( info, iface, member, flags, params, result, exception,
                           arg_error ? arg_error : &unused );
    ITypeInfo_Release( info );
    return hr;
}
