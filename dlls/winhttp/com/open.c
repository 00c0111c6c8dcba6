/* open - Open of a WinHttpRequest object: a URL becomes a request handle.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts/url-proxy-com.md 11. What is open already stays so until the new URL has proved good.
 */
#define COBJMACROS
#include "com/object.h"

#include "wine/debug.h"

#include "com/error.h"
#include "com/variant.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A name of DNS has 253 characters; what is longer fails as a name in WinHttpConnect, or here. */
#define HOST_ROOM 1024

struct target
{
    URL_COMPONENTS url;
    WCHAR host[HOST_ROOM];
};

/* The parts point into the text, which loses its fragment: that is the client's alone. */
static DWORD crack( const struct com_object *object, BSTR text, struct target *target )
{
    URL_COMPONENTS *url = &target->url;
    DWORD len = wcscspn( text, L"#" ), flags = com_settings_crack_flags( &object->settings );

    memset( target, 0, sizeof(*target) );
    url->dwStructSize = sizeof(*url);
    url->dwHostNameLength = url->dwUrlPathLength = ~0u;
    url->dwUserNameLength = url->dwPasswordLength = ~0u;
    if (!WinHttpCrackUrl( len ? text : L"", len, flags, url )) return GetLastError();
    if (url->dwHostNameLength >= ARRAY_SIZE(target->host)) return ERROR_WINHTTP_INVALID_URL;
    memcpy( target->host, url->lpszHostName, url->dwHostNameLength * sizeof(WCHAR) );
    text[len] = 0;
    return ERROR_SUCCESS;
}

static HRESULT get_async( const VARIANT *async, BOOL *value )
{
    VARIANT flag;
    HRESULT hr = variant_convert( async, VT_BOOL, &flag );

    *value = hr == S_OK && V_BOOL( &flag ) != VARIANT_FALSE;
    return FAILED(hr) ? E_INVALIDARG : S_OK;
}

static DWORD open_session( struct com_object *object )
{
    const struct com_settings *settings = &object->settings;

    if (!object->session)
        object->session = WinHttpOpen( settings->user_agent, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
                                       WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS,
                                       WINHTTP_FLAG_ASYNC );
    if (!object->session) return GetLastError();
    com_settings_apply_session( settings, object->session );
    return ERROR_SUCCESS;
}

static DWORD open_request( struct com_object *object, const WCHAR *method,
                           const struct target *target )
{
    static const WCHAR *accept[] = { L"*/*", NULL };
    const struct com_settings *settings = &object->settings;
    HINTERNET connect, request = NULL;
    DWORD err, flags = com_settings_open_flags( settings );
    const WCHAR *version = NULL;

    if (target->url.nScheme == INTERNET_SCHEME_HTTPS) flags |= WINHTTP_FLAG_SECURE;
    if (!settings->options[WinHttpRequestOption_EnableHttp1_1]) version = L"HTTP/1.0";
    if ((err = open_session( object ))) return err;
    if (!(connect = WinHttpConnect( object->session, target->host, target->url.nPort, 0 )))
        return GetLastError();
    request = WinHttpOpenRequest( connect, *method ? method : NULL, target->url.lpszUrlPath,
                                  version, WINHTTP_NO_REFERER, accept, flags );
    err = request ? ERROR_NOT_ENOUGH_MEMORY : GetLastError();
    if (request && (object->transfer = transfer_create( connect, request, object->events )))
        return ERROR_SUCCESS;
    if (request) WinHttpCloseHandle( request );
    WinHttpCloseHandle( connect );
    return err;
}

static void free_secret( BSTR text )
{
    if (text) SecureZeroMemory( text, SysStringByteLen( text ) );
    SysFreeString( text );
}

/* What was set for the server of the last URL is not this one's; user:password of a URL are as if
 * they were set for its server. Guesses. */
static HRESULT take_login( struct com_object *object, const URL_COMPONENTS *url )
{
    BSTR user, password;
    HRESULT hr = E_OUTOFMEMORY;

    com_settings_forget_login( &object->settings );
    if (!url->dwUserNameLength) return S_OK;
    user = SysAllocStringLen( url->lpszUserName, url->dwUserNameLength );
    password = SysAllocStringLen( url->lpszPassword, url->dwPasswordLength );
    if (user && password)
        hr = com_settings_set_login( &object->settings, user, password,
                                 HTTPREQUEST_SETCREDENTIALS_FOR_SERVER );
    SysFreeString( user );
    free_secret( password );
    return hr;
}

static HRESULT open_url( struct com_object *object, const WCHAR *method, BSTR url )
{
    struct target target;
    HRESULT hr;
    DWORD err;

    if ((err = crack( object, url, &target ))) return com_error( err );
    TRACE( "host %s, path %s\n", debugstr_w(target.host), debugstr_w(target.url.lpszUrlPath) );
    com_object_close_transfer( object );
    if ((err = open_request( object, method, &target ))) return com_error( err );
    object->bodiless = !*method || !_wcsicmp( method, L"GET" );
    if (FAILED(hr = take_login( object, &target.url ))) com_object_close_transfer( object );
    return hr;
}

HRESULT WINAPI method_Open( IWinHttpRequest *iface, BSTR method, BSTR url, VARIANT async )
{
    struct com_object *object = com_object_from_request( iface );
    BOOL is_async;
    HRESULT hr;
    BSTR copy;

    TRACE( "%p, %s, %s\n", iface, debugstr_w(method), debugstr_variant(&async) );
    if (!method || !url) return E_INVALIDARG;
    if (FAILED(hr = get_async( &async, &is_async ))) return hr;
    if (!(copy = SysAllocString( url ))) return E_OUTOFMEMORY;
    if (SUCCEEDED(hr = open_url( object, method, copy ))) object->async = is_async;
    free_secret( copy ); /* it may hold a password */
    return hr;
}
