/* engine - one proxy script in JScript.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "auto/engine.h"

#include <stdlib.h>
#include <wchar.h>

#include "activscp.h"
#include "objsafe.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "auto/functions.h"
#include "auto/prelude.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* what the ProgID "JScript" stands for, without asking the registry for it */
static const CLSID CLSID_JScript =
    { 0xf414c260, 0x6ac0, 0x11cf, { 0xb6, 0xd1, 0x00, 0xaa, 0x00, 0xbb, 0xbb, 0x58 } };

struct engine
{
    IActiveScriptSite IActiveScriptSite_iface; /* lives as long as the engine: nobody counts */
    IActiveScript *script;       /* ref */
    IActiveScriptParse *parse;   /* ref; its functions have other names in 32 bits */
    IDispatch *global;           /* ref; NULL until the script runs */
    DISPID function;             /* FindProxyForURL or -Ex */
    BOOL failed;                 /* the site was told of an error */
};

/* --- The site -------------------------------------------------------------------------------- */

static struct engine *from_site( IActiveScriptSite *iface )
{
    return CONTAINING_RECORD( iface, struct engine, IActiveScriptSite_iface );
}

/* There is no IServiceProvider, and so no security manager that would allow an object: JScript asks
 * for one by the options that set_safety sets. */
static HRESULT WINAPI site_QueryInterface( IActiveScriptSite *iface, REFIID iid, void **out )
{
    *out = NULL;
    if (!IsEqualGUID( iid, &IID_IUnknown ) && !IsEqualGUID( iid, &IID_IActiveScriptSite ))
        return E_NOINTERFACE;
    *out = iface;
    return S_OK;
}

static ULONG WINAPI site_AddRef( IActiveScriptSite *iface )
{
    (void)iface;
    return 2;
}

static ULONG WINAPI site_Release( IActiveScriptSite *iface )
{
    (void)iface;
    return 1;
}

static HRESULT WINAPI site_GetLCID( IActiveScriptSite *iface, LCID *lcid )
{
    (void)iface;
    *lcid = GetUserDefaultLCID();
    return S_OK;
}

static HRESULT WINAPI site_GetItemInfo( IActiveScriptSite *iface, LPCOLESTR name, DWORD mask,
                                        IUnknown **item, ITypeInfo **info )
{
    (void)iface;
    if (wcscmp( name, PRELUDE_OBJECT )) return TYPE_E_ELEMENTNOTFOUND;
    if (mask & SCRIPTINFO_ITYPEINFO) *info = NULL;
    if (mask & SCRIPTINFO_IUNKNOWN) *item = (IUnknown *)functions_get();
    return S_OK;
}

static HRESULT WINAPI site_GetDocVersionString( IActiveScriptSite *iface, BSTR *version )
{
    (void)iface;
    (void)version;
    return E_NOTIMPL;
}

static HRESULT WINAPI site_OnScriptTerminate( IActiveScriptSite *iface, const VARIANT *result,
                                              const EXCEPINFO *exception )
{
    (void)iface;
    (void)result;
    (void)exception;
    return S_OK;
}

static HRESULT WINAPI site_OnStateChange( IActiveScriptSite *iface, SCRIPTSTATE state )
{
    (void)iface;
    (void)state;
    return S_OK;
}

static HRESULT WINAPI site_OnScriptError( IActiveScriptSite *iface, IActiveScriptError *error )
{
    EXCEPINFO info = { 0 };
    DWORD context;
    ULONG line = 0;
    LONG column = 0;

    from_site( iface )->failed = TRUE;
    IActiveScriptError_GetSourcePosition( error, &context, &line, &column );
    if (SUCCEEDED(IActiveScriptError_GetExceptionInfo( error, &info )))
        WARN( "error %#lx in line %lu: %s\n", info.scode, line + 1,
              debugstr_w(info.bstrDescription) );
    SysFreeString( info.bstrSource );
    SysFreeString( info.bstrDescription );
    SysFreeString( info.bstrHelpFile );
    return S_OK;
}

static HRESULT WINAPI site_OnEnterScript( IActiveScriptSite *iface )
{
    (void)iface;
    return S_OK;
}

static HRESULT WINAPI site_OnLeaveScript( IActiveScriptSite *iface )
{
    (void)iface;
    return S_OK;
}

static const IActiveScriptSiteVtbl site_vtbl =
{
    site_QueryInterface,
    site_AddRef,
    site_Release,
    site_GetLCID,
    site_GetItemInfo,
    site_GetDocVersionString,
    site_OnScriptTerminate,
    site_OnStateChange,
    site_OnScriptError,
    site_OnEnterScript,
    site_OnLeaveScript,
};

/* --- Its making ------------------------------------------------------------------------------ */

/* As a browser does with scripts of pages. */
static HRESULT set_safety( IActiveScript *script )
{
    const DWORD options = INTERFACESAFE_FOR_UNTRUSTED_DATA | INTERFACE_USES_DISPEX |
                          INTERFACE_USES_SECURITY_MANAGER;
    IObjectSafety *safety;
    HRESULT hr;

    hr = IActiveScript_QueryInterface( script, &IID_IObjectSafety, (void **)&safety );
    if (FAILED(hr)) return hr;
    hr = IObjectSafety_SetInterfaceSafetyOptions( safety, &IID_IActiveScriptParse, options,
                                                  options );
    IObjectSafety_Release( safety );
    return hr;
}

static HRESULT load_engine( struct engine *engine )
{
    HRESULT hr;

    hr = CoCreateInstance( &CLSID_JScript, NULL, CLSCTX_INPROC_SERVER, &IID_IActiveScript,
                           (void **)&engine->script );
    if (FAILED(hr)) return hr;
    hr = IActiveScript_QueryInterface( engine->script, &IID_IActiveScriptParse,
                                       (void **)&engine->parse );
    if (SUCCEEDED(hr)) hr = set_safety( engine->script );
    if (SUCCEEDED(hr)) hr = engine->parse->lpVtbl->InitNew( engine->parse );
    if (SUCCEEDED(hr))
        hr = IActiveScript_SetScriptSite( engine->script, &engine->IActiveScriptSite_iface );
    if (SUCCEEDED(hr))
        hr = IActiveScript_AddNamedItem( engine->script, PRELUDE_OBJECT, SCRIPTITEM_ISVISIBLE );
    return hr;
}

/* What is parsed before the engine starts runs when it does: so errors of syntax come first. */
static HRESULT parse( struct engine *engine, const WCHAR *text )
{
    return engine->parse->lpVtbl->ParseScriptText( engine->parse, text, NULL, NULL, NULL, 0, 0,
                                                   SCRIPTTEXT_ISVISIBLE, NULL, NULL );
}

static BOOL find_function( struct engine *engine )
{
    WCHAR *names[] = { (WCHAR *)L"FindProxyForURLEx", (WCHAR *)L"FindProxyForURL" };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
        if (SUCCEEDED(IDispatch_GetIDsOfNames( engine->global, &IID_NULL, &names[i], 1, 0,
                                               &engine->function ))) return TRUE;
    WARN( "the script has no FindProxyForURL\n" );
    return FALSE;
}

static DWORD start( struct engine *engine )
{
    if (FAILED(IActiveScript_SetScriptState( engine->script, SCRIPTSTATE_STARTED )) ||
        engine->failed) return ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR;
    if (FAILED(IActiveScript_GetScriptDispatch( engine->script, NULL, &engine->global )))
        return ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    return find_function( engine ) ? ERROR_SUCCESS : ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR;
}

static DWORD load_script( struct engine *engine, const WCHAR *script )
{
    HRESULT hr = load_engine( engine );

    if (SUCCEEDED(hr)) hr = parse( engine, prelude_text );
    if (FAILED(hr))
    {
        ERR( "no JScript: %#lx\n", hr );
        return ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    }
    if (FAILED(parse( engine, script ))) return ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT;
    return start( engine );
}

DWORD engine_create( const WCHAR *script, struct engine **ret )
{
    struct engine *engine;
    DWORD err;

    if (!(engine = calloc( 1, sizeof(*engine) ))) return ERROR_NOT_ENOUGH_MEMORY;
    engine->IActiveScriptSite_iface.lpVtbl = &site_vtbl;
    if ((err = load_script( engine, script ))) engine_destroy( engine );
    else *ret = engine;
    return err;
}

void engine_destroy( struct engine *engine )
{
    if (!engine) return;
    if (engine->global) IDispatch_Release( engine->global );
    if (engine->parse) engine->parse->lpVtbl->Release( engine->parse );
    if (engine->script)
    {
        IActiveScript_Close( engine->script );
        IActiveScript_Release( engine->script );
    }
    free( engine );
}

/* --- A call ---------------------------------------------------------------------------------- */

static DWORD call( struct engine *engine, BSTR url, BSTR host, VARIANT *result )
{
    VARIANT args[2]; /* the last one first */
    DISPPARAMS params = { args, NULL, 2, 0 };
    EXCEPINFO exception = { 0 };
    HRESULT hr;

    V_VT(&args[0]) = V_VT(&args[1]) = VT_BSTR;
    V_BSTR(&args[0]) = host;
    V_BSTR(&args[1]) = url;
    engine->failed = FALSE;
    hr = IDispatch_Invoke( engine->global, engine->function, &IID_NULL, 0, DISPATCH_METHOD,
                           &params, result, &exception, NULL );
    SysFreeString( exception.bstrSource );
    SysFreeString( exception.bstrDescription );
    SysFreeString( exception.bstrHelpFile );
    if (hr == E_OUTOFMEMORY) return ERROR_NOT_ENOUGH_MEMORY;
    return FAILED(hr) || engine->failed ? ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR : ERROR_SUCCESS;
}

DWORD engine_find_proxy( struct engine *engine, const WCHAR *url, const WCHAR *host, BSTR *answer )
{
    BSTR url_text = SysAllocString( url ), host_text = SysAllocString( host );
    DWORD err = ERROR_NOT_ENOUGH_MEMORY;
    VARIANT result;

    VariantInit( &result );
    if (url_text && host_text) err = call( engine, url_text, host_text, &result );
    SysFreeString( url_text );
    SysFreeString( host_text );
    if (!err && V_VT(&result) == VT_BSTR)
    {
        *answer = V_BSTR(&result);
        return ERROR_SUCCESS;
    }
    VariantClear( &result );
    return err ? err : ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT; /* guess: no text is no answer */
}
