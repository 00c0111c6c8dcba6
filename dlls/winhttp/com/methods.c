/* methods - IWinHttpRequest: the methods and properties of a WinHttpRequest object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts/url-proxy-com.md 11 has the rules: which arguments are looked at before the state, and which
 * after.
 */
#define COBJMACROS
#include "com/object.h"

#include <stdlib.h>

#include "winnls.h"
#include "wine/debug.h"

#include "com/charset.h"
#include "com/error.h"
#include "com/payload.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A name of DNS has 253 characters; what is longer fails as a name in WinHttpConnect, or here. */
#define HOST_ROOM 1024
/* RFC 2978: a charset's name is at most 40 characters long. */
#define CHARSET_ROOM 64

static HRESULT before_open(void)
{
    return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
}

static BOOL is_sent( const struct com_object *object )
{
    return object->transfer && transfer_get_state( object->transfer ) != TRANSFER_OPEN;
}

/* Whether the response is as far as is needed. */
static HRESULT check_response( const struct com_object *object, enum transfer_state needed )
{
    DWORD err;

    if (!is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND );
    if ((err = transfer_get_error( object->transfer ))) return com_error_shown( err );
    return transfer_get_state( object->transfer ) >= needed ? S_OK : E_PENDING;
}

/* --- Settings --------------------------------------------------------------------------------- */

HRESULT WINAPI method_SetProxy( IWinHttpRequest *iface, HTTPREQUEST_PROXY_SETTING proxy,
                                VARIANT server, VARIANT bypass )
{
    TRACE( "%p, %lu, %s, %s\n", iface, proxy, debugstr_variant(&server), debugstr_variant(&bypass) );
    return com_settings_set_proxy( &com_object_from_request( iface )->settings, proxy, &server, &bypass );
}

HRESULT WINAPI method_SetCredentials( IWinHttpRequest *iface, BSTR user, BSTR password,
                                      HTTPREQUEST_SETCREDENTIALS_FLAGS target )
{
    struct com_object *object = com_object_from_request( iface );

    TRACE( "%p, target %lu\n", iface, target );
    if (!object->transfer) return before_open();
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
    if (!object->transfer) return before_open(); /* a guess, U22 */
    return com_settings_set_certificate( &object->settings, name );
}

static HRESULT get_url( const struct com_object *object, VARIANT *value )
{
    DWORD size = 0;
    HINTERNET request;
    BSTR url;

    if (!object->transfer) return before_open();
    request = transfer_get_request( object->transfer );
    WinHttpQueryOption( request, WINHTTP_OPTION_URL, NULL, &size );
    if (!(url = SysAllocStringLen( NULL, size / sizeof(WCHAR) ))) return E_OUTOFMEMORY;
    if (!WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ))
    {
        SysFreeString( url );
        return com_error( GetLastError() );
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

    TRACE( "%p, %u, %s\n", iface, option, debugstr_variant(&value) );
    if (option == WinHttpRequestOption_UserAgentString) object->user_agent_changed = TRUE;
    return com_settings_put_option( &object->settings, option, &value );
}

/* --- Open ---------------------------------------------------------------------------------------- */

struct target
{
    URL_COMPONENTS url;
    WCHAR host[HOST_ROOM];
};

/* The parts point into the text, which loses its fragment: that is the client's own (RFC 9110, 4.2.5). */
static DWORD crack( const struct com_object *object, BSTR text, struct target *target )
{
    URL_COMPONENTS *url = &target->url;
    DWORD len = wcscspn( text, L"#" );

    memset( target, 0, sizeof(*target) );
    url->dwStructSize = sizeof(*url);
    url->dwHostNameLength = url->dwUrlPathLength = ~0u;
    url->dwUserNameLength = url->dwPasswordLength = ~0u;
    if (!WinHttpCrackUrl( len ? text : L"", len, com_settings_crack_flags( &object->settings ), url ))
        return GetLastError();
    if (url->dwHostNameLength >= ARRAY_SIZE(target->host)) return ERROR_WINHTTP_INVALID_URL;
    memcpy( target->host, url->lpszHostName, url->dwHostNameLength * sizeof(WCHAR) );
    text[len] = 0;
    return ERROR_SUCCESS;
}

static HRESULT get_async( const VARIANT *async, BOOL *value )
{
    VARIANT flag;
    HRESULT hr;

    *value = FALSE;
    if (V_VT( async ) == VT_ERROR || V_VT( async ) == VT_EMPTY) return S_OK;
    VariantInit( &flag );
    if (FAILED(hr = VariantChangeType( &flag, (VARIANT *)async, 0, VT_BOOL ))) return E_INVALIDARG;
    *value = V_BOOL( &flag ) != VARIANT_FALSE;
    return S_OK;
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
    request = WinHttpOpenRequest( connect, *method ? method : NULL, target->url.lpszUrlPath, version,
                                  WINHTTP_NO_REFERER, accept, flags );
    err = request ? ERROR_NOT_ENOUGH_MEMORY : GetLastError();
    if (request && (object->transfer = transfer_create( connect, request, object->events )))
        return ERROR_SUCCESS;
    if (request) WinHttpCloseHandle( request );
    WinHttpCloseHandle( connect );
    return err;
}

/* user:password of the URL are as if they were set for the server: a guess. */
static HRESULT take_login( struct com_object *object, const URL_COMPONENTS *url )
{
    BSTR user, password;
    HRESULT hr = E_OUTOFMEMORY;

    if (!url->dwUserNameLength) return S_OK;
    user = SysAllocStringLen( url->lpszUserName, url->dwUserNameLength );
    password = SysAllocStringLen( url->lpszPassword, url->dwPasswordLength );
    if (user && password)
        hr = com_settings_set_login( &object->settings, user, password,
                                 HTTPREQUEST_SETCREDENTIALS_FOR_SERVER );
    SysFreeString( user );
    SysFreeString( password );
    return hr;
}

static HRESULT open_url( struct com_object *object, const WCHAR *method, BSTR url )
{
    struct target target;
    HRESULT hr;
    DWORD err;

    if ((err = crack( object, url, &target ))) return com_error_shown( err );
    if (FAILED(hr = take_login( object, &target.url ))) return hr;
    com_object_close_transfer( object );
    if ((err = open_request( object, method, &target ))) return com_error_shown( err );
    object->bodiless = !_wcsicmp( method, L"GET" );
    object->user_agent_changed = FALSE;
    return S_OK;
}

HRESULT WINAPI method_Open( IWinHttpRequest *iface, BSTR method, BSTR url, VARIANT async )
{
    struct com_object *object = com_object_from_request( iface );
    BOOL is_async;
    HRESULT hr;
    BSTR copy;

    TRACE( "%p, %s, %s, %s\n", iface, debugstr_w(method), debugstr_w(url),
           debugstr_variant(&async) );
    if (!method || !url) return E_INVALIDARG;
    if (FAILED(hr = get_async( &async, &is_async ))) return hr;
    if (!(copy = SysAllocString( url ))) return E_OUTOFMEMORY;
    if (SUCCEEDED(hr = open_url( object, method, copy ))) object->async = is_async;
    SysFreeString( copy );
    return hr;
}

/* --- Send ------------------------------------------------------------------------------------- */

static DWORD set_header( const struct com_object *object, const WCHAR *name, const WCHAR *value )
{
    const DWORD flags = WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE;
    size_t name_len = wcslen( name ), len = name_len + 2 + wcslen( value );
    DWORD err = ERROR_SUCCESS;
    WCHAR *line;

    if (!(line = malloc( (len + 1) * sizeof(WCHAR) ))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy( line, name, name_len * sizeof(WCHAR) );
    memcpy( line + name_len, L": ", 2 * sizeof(WCHAR) );
    wcscpy( line + name_len + 2, value );
    if (!*value) line[len = name_len + 1] = 0; /* takes it out */
    if (!WinHttpAddRequestHeaders( transfer_get_request( object->transfer ), line, len, flags ))
        err = GetLastError();
    free( line );
    return err;
}

HRESULT WINAPI method_SetRequestHeader( IWinHttpRequest *iface, BSTR name, BSTR value )
{
    struct com_object *object = com_object_from_request( iface );
    DWORD err;

    TRACE( "%p, %s\n", iface, debugstr_w(name) );
    if (!name) return E_INVALIDARG;
    if (!object->transfer) return before_open();
    if (is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND );
    err = set_header( object, name, value ? value : L"" );
    if (err == ERROR_WINHTTP_HEADER_NOT_FOUND) err = ERROR_SUCCESS; /* nothing to take out */
    return com_error( err );
}

/* The content type that the program set; NULL: none. */
static BSTR get_content_type( const struct com_object *object )
{
    BSTR type = NULL;

    transfer_get_info( object->transfer,
                       WINHTTP_QUERY_CONTENT_TYPE | WINHTTP_QUERY_FLAG_REQUEST_HEADERS, &type );
    return type;
}

static DWORD add_charset( const struct com_object *object, const WCHAR *type )
{
    static const WCHAR suffix[] = L"; Charset=UTF-8";
    size_t len = wcslen( type );
    WCHAR *value;
    DWORD err;

    if (!(value = malloc( len * sizeof(WCHAR) + sizeof(suffix) ))) return ERROR_NOT_ENOUGH_MEMORY;
    wcscpy( value, type );
    wcscpy( value + len, suffix );
    err = set_header( object, L"Content-Type", value );
    free( value );
    return err;
}

/* Text goes as UTF-8, which the content type then says, or in the charset that the content type says
 * already (facts/url-proxy-com.md 12; the latter is a guess, U26). */
static HRESULT encode_text( const struct com_object *object, struct payload *payload )
{
    BSTR type = get_content_type( object );
    WCHAR name[CHARSET_ROOM];
    UINT codepage = CP_UTF8;
    DWORD err = ERROR_SUCCESS;

    if (!type || !charset_of_type( type, name, ARRAY_SIZE(name) ))
        err = add_charset( object, type ? type : L"text/plain" );
    else if (FAILED(charset_find( name, &codepage )))
        codepage = CP_UTF8;
    SysFreeString( type );
    if (err) return com_error( err );
    return charset_encode( codepage, payload->text, &payload->data, &payload->size );
}

static HRESULT prepare_body( const struct com_object *object, const VARIANT *body,
                             struct payload *payload )
{
    HRESULT hr;

    memset( payload, 0, sizeof(*payload) );
    if (object->bodiless) return S_OK;
    if (FAILED(hr = payload_take( body, payload ))) return hr;
    if (payload->text && FAILED(hr = encode_text( object, payload ))) payload_free( payload );
    return hr;
}

static DWORD start( struct com_object *object, struct payload *payload )
{
    struct transfer_login logins[2];
    DWORD err;

    err = com_settings_apply_request( &object->settings, transfer_get_request( object->transfer ) );
    if (!err && object->user_agent_changed)
        err = set_header( object, L"User-Agent", object->settings.user_agent );
    if (err) return err;
    com_settings_get_logins( &object->settings, logins );
    err = transfer_send( object->transfer, payload->data, payload->size, logins );
    payload->data = NULL; /* the transfer's */
    return err;
}

/* One of the two, or WAIT_TIMEOUT. Messages are handled meanwhile if the apartment wants it. */
static DWORD wait_any( HANDLE handles[2], DWORD timeout, BOOL pump )
{
    DWORD index;
    HRESULT hr;

    if (pump)
    {
        hr = CoWaitForMultipleHandles( 0, timeout, 2, handles, &index );
        if (hr == S_OK) return index;
        if (hr == RPC_S_CALLPENDING) return WAIT_TIMEOUT;
    }
    return WaitForMultipleObjects( 2, handles, FALSE, timeout );
}

static DWORD time_left( ULONGLONG start, DWORD timeout )
{
    ULONGLONG over = GetTickCount64() - start;

    if (timeout == INFINITE) return INFINITE;
    return over < timeout ? timeout - over : 0;
}

/* Until the transfer is done or given up; events are fired meanwhile. FALSE: the time is over. */
static BOOL wait_done( struct com_object *object, struct transfer *transfer, DWORD timeout,
                       BOOL pump )
{
    HANDLE handles[] = { transfer_handle( transfer ), events_handle( object->events ) };
    ULONGLONG start = GetTickCount64();
    DWORD index;

    do
    {
        index = wait_any( handles, time_left( start, timeout ), pump );
        events_dispatch( object->events );
    }
    while (index == WAIT_OBJECT_0 + 1);
    return index == WAIT_OBJECT_0;
}

/* The end of a wait; sinks may have released the object, or opened it anew. */
static HRESULT wait_for( struct com_object *object, DWORD timeout, BOOL pump, BOOL *done )
{
    struct transfer *transfer = object->transfer;
    DWORD err;

    transfer_addref( transfer );
    IWinHttpRequest_AddRef( &object->IWinHttpRequest_iface );
    *done = wait_done( object, transfer, timeout, pump );
    err = transfer_get_error( transfer );
    if (transfer_is_aborted( transfer )) err = ERROR_WINHTTP_OPERATION_CANCELLED;
    IWinHttpRequest_Release( &object->IWinHttpRequest_iface );
    transfer_release( transfer );
    return *done ? com_error_shown( err ) : S_OK;
}

HRESULT WINAPI method_Send( IWinHttpRequest *iface, VARIANT body )
{
    struct com_object *object = com_object_from_request( iface );
    struct payload payload;
    HRESULT hr;
    DWORD err;
    BOOL done;

    TRACE( "%p, type %#x\n", iface, V_VT( &body ) );
    if (!object->transfer) return before_open();
    if (is_sent( object ) && transfer_get_state( object->transfer ) != TRANSFER_DONE)
        return com_error( ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND ); /* a guess */
    if (FAILED(hr = prepare_body( object, &body, &payload ))) return hr;
    err = start( object, &payload );
    payload_free( &payload );
    if (err) return com_error_shown( err );
    return object->async ? S_OK : wait_for( object, INFINITE, FALSE, &done );
}

/* Seconds; what is not given or negative is for ever. */
static HRESULT get_wait( const VARIANT *seconds, DWORD *timeout )
{
    VARIANT number;
    HRESULT hr;

    *timeout = INFINITE;
    if (V_VT( seconds ) == VT_ERROR || V_VT( seconds ) == VT_EMPTY) return S_OK;
    VariantInit( &number );
    if (FAILED(hr = VariantChangeType( &number, (VARIANT *)seconds, 0, VT_I4 ))) return E_INVALIDARG;
    if (V_I4( &number ) >= 0 && V_I4( &number ) < MAXLONG / 1000)
        *timeout = V_I4( &number ) * 1000;
    return S_OK;
}

HRESULT WINAPI method_WaitForResponse( IWinHttpRequest *iface, VARIANT seconds,
                                       VARIANT_BOOL *succeeded )
{
    struct com_object *object = com_object_from_request( iface );
    DWORD timeout;
    HRESULT hr;
    BOOL done;

    TRACE( "%p, %s, %p\n", iface, debugstr_variant(&seconds), succeeded );
    if (!is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND );
    if (FAILED(hr = get_wait( &seconds, &timeout ))) return hr;
    hr = wait_for( object, timeout, TRUE, &done );
    if (succeeded) *succeeded = done && SUCCEEDED(hr) ? VARIANT_TRUE : VARIANT_FALSE;
    return hr;
}

HRESULT WINAPI method_Abort( IWinHttpRequest *iface )
{
    TRACE( "%p\n", iface );
    com_object_close_transfer( com_object_from_request( iface ) );
    return S_OK;
}

/* --- The response ------------------------------------------------------------------------------ */

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
    WCHAR name[CHARSET_ROOM];
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
    SAFEARRAY *array;
    size_t size;
    HRESULT hr;

    TRACE( "%p, %p\n", iface, body );
    if (!body) return E_INVALIDARG;
    if (FAILED(hr = check_response( object, TRANSFER_DONE ))) return hr;
    transfer_get_body( object->transfer, &size );
    VariantInit( body ); /* overwritten, not cleared */
    if (!size) return S_OK;
    if (!(array = transfer_copy_body( object->transfer, 0, size ))) return E_OUTOFMEMORY;
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
