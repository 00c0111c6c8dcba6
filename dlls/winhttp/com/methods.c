/* methods - IWinHttpRequest: the methods and properties of a WinHttpRequest object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts/url-proxy-com.md 11 has the rules: which arguments are looked at before the state, which
 * after.
 */
#define COBJMACROS
#include "com/object.h"

#include "winnls.h"
#include "wine/debug.h"

#include "charset.h"
#include "com/error.h"
#include "com/payload.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* Whether the response is as far as is needed. */
static HRESULT check_response( const struct com_object *object, enum transfer_state needed )
{
    DWORD err;

    if (!com_object_is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND );
    if ((err = transfer_get_error( object->transfer ))) return com_error( err );
    return transfer_get_state( object->transfer ) >= needed ? S_OK : E_PENDING;
}

/* --- Settings --------------------------------------------------------------------------------- */

HRESULT WINAPI method_SetProxy( IWinHttpRequest *iface, HTTPREQUEST_PROXY_SETTING proxy,
                                VARIANT server, VARIANT bypass )
{
    struct com_object *object = com_object_from_request( iface );

    TRACE( "%p, %lu\n", iface, proxy ); /* a proxy's URL may hold a password */
    return com_settings_set_proxy( &object->settings, proxy, &server, &bypass );
}

HRESULT WINAPI method_SetCredentials( IWinHttpRequest *iface, BSTR user, BSTR password,
                                      HTTPREQUEST_SETCREDENTIALS_FLAGS target )
{
    struct com_object *object = com_object_from_request( iface );

    TRACE( "%p, target %lu\n", iface, target );
    if (!object->transfer) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
    return com_settings_set_login( &object->settings, user, password, target );
}

HRESULT WINAPI method_SetTimeouts( IWinHttpRequest *iface, LONG resolve, LONG connect, LONG send,
                                   LONG receive )
{
    const LONG timeouts[] = { resolve, connect, send, receive };

    TRACE( "%p, %ld, %ld, %ld, %ld\n", iface, resolve, connect, send, receive );
    return com_settings_set_timeouts( &com_object_from_request( iface )->settings, timeouts );
}

HRESULT WINAPI method_SetAutoLogonPolicy( IWinHttpRequest *iface,
                                          WinHttpRequestAutoLogonPolicy policy )
{
    TRACE( "%p, %u\n", iface, policy );
    return com_settings_set_logon_policy( &com_object_from_request( iface )->settings, policy );
}

HRESULT WINAPI method_SetClientCertificate( IWinHttpRequest *iface, BSTR name )
{
    struct com_object *object = com_object_from_request( iface );

    TRACE( "%p, %s\n", iface, debugstr_w(name) );
    /* a guess, U22 */
    if (!object->transfer) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
    return com_settings_set_certificate( &object->settings, name );
}

static HRESULT get_url( const struct com_object *object, VARIANT *value )
{
    DWORD err, size = 0;
    HINTERNET request;
    BSTR url;

    if (!object->transfer) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
    request = transfer_get_request( object->transfer );
    WinHttpQueryOption( request, WINHTTP_OPTION_URL, NULL, &size );
    if (!(url = SysAllocStringLen( NULL, size / sizeof(WCHAR) ))) return E_OUTOFMEMORY;
    if (!WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ))
    {
        err = GetLastError();
        SysFreeString( url );
        return com_error( err );
    }
    V_VT( value ) = VT_BSTR;
    V_BSTR( value ) = SysAllocString( url );
    SysFreeString( url );
    return V_BSTR( value ) ? S_OK : E_OUTOFMEMORY;
}

HRESULT WINAPI method_get_Option( IWinHttpRequest *iface, WinHttpRequestOption option,
                                  VARIANT *value )
{
    struct com_object *object = com_object_from_request( iface );

    TRACE( "%p, %u\n", iface, option );
    if (!value) return E_INVALIDARG;
    if (option == WinHttpRequestOption_URL) return get_url( object, value );
    return com_settings_get_option( &object->settings, option, value );
}

HRESULT WINAPI method_put_Option( IWinHttpRequest *iface, WinHttpRequestOption option,
                                  VARIANT value )
{
    struct com_object *object = com_object_from_request( iface );
    HRESULT hr;

    TRACE( "%p, %u, %s\n", iface, option, debugstr_variant(&value) );
    hr = com_settings_put_option( &object->settings, option, &value );
    if (SUCCEEDED(hr) && option == WinHttpRequestOption_UserAgentString && object->transfer)
        com_object_set_header( object, L"User-Agent", object->settings.user_agent );
    return hr;
}

HRESULT WINAPI method_Abort( IWinHttpRequest *iface )
{
    TRACE( "%p\n", iface );
    com_object_close_transfer( com_object_from_request( iface ) );
    return S_OK;
}

/* --- The response ----------------------------------------------------------------------------- */

HRESULT WINAPI method_GetResponseHeader( IWinHttpRequest *iface, BSTR name, BSTR *value )
{
    struct com_object *object = com_object_from_request( iface );
    HRESULT hr;

    TRACE( "%p, %s, %p\n", iface, debugstr_w(name), value );
    if (FAILED(hr = check_response( object, TRANSFER_HEADERS ))) return hr;
    if (!name || !value) return E_INVALIDARG;
    return com_error( transfer_get_header( object->transfer, name, value ) );
}

static HRESULT get_info( IWinHttpRequest *iface, DWORD info, BSTR *value )
{
    struct com_object *object = com_object_from_request( iface );
    HRESULT hr;

    TRACE( "%p, %lu, %p\n", iface, info, value );
    if (!value) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_HEADERS ))) return hr;
    return com_error( transfer_get_info( object->transfer, info, value ) );
}

HRESULT WINAPI method_GetAllResponseHeaders( IWinHttpRequest *iface, BSTR *headers )
{
    return get_info( iface, WINHTTP_QUERY_RAW_HEADERS_CRLF, headers );
}

HRESULT WINAPI method_get_StatusText( IWinHttpRequest *iface, BSTR *text )
{
    return get_info( iface, WINHTTP_QUERY_STATUS_TEXT, text );
}

HRESULT WINAPI method_get_Status( IWinHttpRequest *iface, LONG *status )
{
    struct com_object *object = com_object_from_request( iface );
    HRESULT hr;

    TRACE( "%p, %p\n", iface, status );
    if (!status) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_HEADERS ))) return hr;
    return com_error( transfer_get_status( object->transfer, status ) );
}

/* The ANSI code page where the response does not say, or says what nobody knows. */
static UINT get_codepage( struct transfer *transfer )
{
    WCHAR name[CHARSET_NAME_ROOM];
    UINT codepage = CP_ACP;
    BSTR type;

    if (transfer_get_header( transfer, L"Content-Type", &type )) return CP_ACP;
    if (charset_of_type( type, name, ARRAY_SIZE(name) )) charset_find( name, &codepage );
    SysFreeString( type );
    return codepage;
}

HRESULT WINAPI method_get_ResponseText( IWinHttpRequest *iface, BSTR *text )
{
    struct com_object *object = com_object_from_request( iface );
    const BYTE *data;
    size_t size;
    HRESULT hr;

    TRACE( "%p, %p\n", iface, text );
    if (!text) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_DONE ))) return hr;
    data = transfer_get_body( object->transfer, &size );
    return charset_decode( get_codepage( object->transfer ), data, size, text );
}

HRESULT WINAPI method_get_ResponseBody( IWinHttpRequest *iface, VARIANT *body )
{
    struct com_object *object = com_object_from_request( iface );
    SAFEARRAY *array = NULL;
    size_t size;
    HRESULT hr;

    TRACE( "%p, %p\n", iface, body );
    if (!body) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_DONE ))) return hr;
    transfer_get_body( object->transfer, &size );
    if (size && !(array = transfer_copy_body( object->transfer, 0, size ))) return E_OUTOFMEMORY;
    VariantInit( body ); /* overwritten, not cleared */
    if (!size) return S_OK;
    V_VT( body ) = VT_ARRAY | VT_UI1;
    V_ARRAY( body ) = array;
    return S_OK;
}

HRESULT WINAPI method_get_ResponseStream( IWinHttpRequest *iface, VARIANT *stream )
{
    struct com_object *object = com_object_from_request( iface );
    const BYTE *data;
    size_t size;
    HRESULT hr;

    TRACE( "%p, %p\n", iface, stream );
    if (!stream) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_DONE ))) return hr;
    data = transfer_get_body( object->transfer, &size );
    return payload_make_stream( data, size, stream );
}
