/* object - the same by a WinHttpRequest object, as scripts do it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#define COBJMACROS
#include "scenarios.h"

#include <initguid.h>
#include <httprequest.h>
#include <stdio.h>

static const WCHAR sent[] = L"a text that is sent as UTF-8: \x00e4";

/* Errors of WinHTTP, and those of COM that are errors of Windows too. */
static DWORD error_of( HRESULT hr )
{
    return SUCCEEDED(hr) ? 0 : HRESULT_CODE(hr);
}

static IWinHttpRequest *create( struct client *client, DWORD *error )
{
    HRESULT (WINAPI *get_class)( REFCLSID, REFIID, void ** );
    IWinHttpRequest *request = NULL;
    IClassFactory *factory;
    HRESULT hr;

    client->call = "DllGetClassObject";
    get_class = (void *)GetProcAddress( GetModuleHandleW( L"winhttp.dll" ), client->call );
    hr = get_class( &CLSID_WinHttpRequest, &IID_IClassFactory, (void **)&factory );
    if (SUCCEEDED(hr))
    {
        client->call = "CreateInstance";
        hr = IClassFactory_CreateInstance( factory, NULL, &IID_IWinHttpRequest, (void **)&request );
        IClassFactory_Release( factory );
    }
    *error = error_of( hr );
    return request;
}

static HRESULT open( struct client *client, IWinHttpRequest *request )
{
    VARIANT async, ignore;
    WCHAR text[64];
    BSTR method, url;
    HRESULT hr;

    V_VT( &ignore ) = VT_I4;
    V_I4( &ignore ) = SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS;
    client->call = "put_Option";
    hr = IWinHttpRequest_put_Option( request, WinHttpRequestOption_SslErrorIgnoreFlags, ignore );
    if (FAILED(hr)) return hr;

    _snwprintf( text, ARRAYSIZE(text), L"%s://%s:%u/upload", client->tls ? L"https" : L"http",
                client->host, client->port );
    V_VT( &async ) = VT_BOOL;
    V_BOOL( &async ) = client->async ? VARIANT_TRUE : VARIANT_FALSE;
    method = SysAllocString( L"POST" );
    url = SysAllocString( text );
    client->call = "Open";
    hr = IWinHttpRequest_Open( request, method, url, async );
    SysFreeString( method );
    SysFreeString( url );
    return hr;
}

static HRESULT send_text( struct client *client, IWinHttpRequest *request )
{
    VARIANT body, never;
    HRESULT hr;

    V_VT( &body ) = VT_BSTR;
    V_BSTR( &body ) = SysAllocString( sent );
    client->call = "Send";
    hr = IWinHttpRequest_Send( request, body );
    SysFreeString( V_BSTR( &body ) );
    if (FAILED(hr) || !client->async) return hr;
    V_VT( &never ) = VT_EMPTY;
    client->call = "WaitForResponse";
    return IWinHttpRequest_WaitForResponse( request, never, NULL );
}

static HRESULT check( struct client *client, IWinHttpRequest *request )
{
    WCHAR want[32];
    VARIANT stream;
    HRESULT hr;
    BSTR text;

    client->call = "get_ResponseText";
    if (FAILED(hr = IWinHttpRequest_get_ResponseText( request, &text ))) return hr;
    _snwprintf( want, ARRAYSIZE(want), L"%u bytes, ", (UINT)ARRAYSIZE(sent) );
    if (wcsncmp( text, want, wcslen( want ) )) tell_wrong( "the server did not get the body" );
    SysFreeString( text );
    client->call = "get_ResponseStream";
    if (FAILED(hr = IWinHttpRequest_get_ResponseStream( request, &stream ))) return hr;
    return VariantClear( &stream );
}

DWORD object_run( struct client *client )
{
    IWinHttpRequest *request;
    DWORD error;
    HRESULT hr;

    if (!(request = create( client, &error ))) return error;
    hr = open( client, request );
    if (SUCCEEDED(hr)) hr = send_text( client, request );
    if (SUCCEEDED(hr)) hr = check( client, request );
    IWinHttpRequest_Release( request );
    return error_of( hr );
}
