/* send - Send of a WinHttpRequest object: headers and body go out, and the answer is waited for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts/url-proxy-com.md 11 and 12.
 */
#define COBJMACROS
#include "com/object.h"

#include <stdlib.h>

#include "wine/debug.h"

#include "charset.h"
#include "com/error.h"
#include "com/payload.h"
#include "com/variant.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

DWORD com_object_set_header( const struct com_object *object, const WCHAR *name,
                             const WCHAR *value )
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
    if (!object->transfer) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
    if (com_object_is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND );
    if (!value) value = (BSTR)L"";
    if (wcspbrk( name, L"\r\n" ) || wcspbrk( value, L"\r\n" )) return E_INVALIDARG; /* a guess */
    err = com_object_set_header( object, name, value );
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
    err = com_object_set_header( object, L"Content-Type", value );
    free( value );
    return err;
}

/* Text goes as UTF-8, which the content type then says, or in the charset that the content type
 * says already (facts/url-proxy-com.md 12; the latter is a guess, U26). */
static HRESULT encode_text( const struct com_object *object, struct payload *payload )
{
    BSTR type = get_content_type( object );
    WCHAR name[CHARSET_NAME_ROOM];
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

static DWORD start( struct com_object *object, struct payload *payload )
{
    struct login_credentials logins[2];
    DWORD err;

    err = com_settings_apply_request( &object->settings, transfer_get_request( object->transfer ) );
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

/* Until the transfer is done or given up; events are fired meanwhile. What a wait returns: of the
 * first handle, WAIT_TIMEOUT or WAIT_FAILED. */
static DWORD wait_done( struct com_object *object, struct transfer *transfer, DWORD timeout,
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
    return index;
}

/* The end of a wait; sinks may have released the object, or opened it anew. */
static HRESULT wait_for( struct com_object *object, DWORD timeout, BOOL pump, BOOL *done )
{
    struct transfer *transfer = object->transfer;
    DWORD err = ERROR_SUCCESS, result;

    transfer_addref( transfer );
    IWinHttpRequest_AddRef( &object->IWinHttpRequest_iface );
    result = wait_done( object, transfer, timeout, pump );
    if (result == WAIT_FAILED) err = GetLastError();
    else if (transfer_is_aborted( transfer )) err = ERROR_WINHTTP_OPERATION_CANCELLED;
    else if (result == WAIT_OBJECT_0) err = transfer_get_error( transfer );
    IWinHttpRequest_Release( &object->IWinHttpRequest_iface );
    transfer_release( transfer );
    *done = result == WAIT_OBJECT_0;
    return com_error( err );
}

static HRESULT check_sendable( const struct com_object *object )
{
    if (!object->transfer) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN );
    if (com_object_is_sent( object ) && transfer_get_state( object->transfer ) != TRANSFER_DONE)
        return com_error( ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND ); /* a guess */
    return S_OK;
}

/* Takes over the payload. */
static HRESULT send_payload( struct com_object *object, struct payload *payload )
{
    HRESULT hr;
    DWORD err;
    BOOL done;

    if (payload->text && FAILED(hr = encode_text( object, payload ))) return hr;
    if ((err = start( object, payload ))) return com_error( err );
    return object->async ? S_OK : wait_for( object, INFINITE, FALSE, &done );
}

/* A program's stream is read in between, which may call this object as it likes. */
HRESULT WINAPI method_Send( IWinHttpRequest *iface, VARIANT body )
{
    struct com_object *object = com_object_from_request( iface );
    struct payload payload = { 0 };
    HRESULT hr;

    TRACE( "%p, type %#x\n", iface, V_VT( &body ) );
    if (FAILED(hr = check_sendable( object ))) return hr;
    IWinHttpRequest_AddRef( iface );
    if (!object->bodiless) hr = payload_take( &body, &payload );
    if (SUCCEEDED(hr)) hr = check_sendable( object );
    if (SUCCEEDED(hr)) hr = send_payload( object, &payload );
    payload_free( &payload );
    IWinHttpRequest_Release( iface );
    return hr;
}

/* Seconds; what is not given or negative is for ever. */
static HRESULT get_wait( const VARIANT *seconds, DWORD *timeout )
{
    VARIANT number;
    HRESULT hr;

    *timeout = INFINITE;
    if (FAILED(hr = variant_convert( seconds, VT_I4, &number ))) return E_INVALIDARG;
    if (hr == S_FALSE) return S_OK;
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
    if (!com_object_is_sent( object )) return com_error( ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND );
    if (FAILED(hr = get_wait( &seconds, &timeout ))) return hr;
    hr = wait_for( object, timeout, TRUE, &done );
    if (succeeded) *succeeded = done && SUCCEEDED(hr) ? VARIANT_TRUE : VARIANT_FALSE;
    return hr;
}
