/*
 * What the topics on the WinHttpRequest object share: making it, calling it, checking its answers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; what is created or got is the caller's, unless a comment says that it is freed.
 * Threads: the test's thread, which com_begin() puts into an apartment of its own.
 * Fails:   each step is a check; without the object a topic ends.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_COM_H
#define WINHTTP_TESTS_COM_H

#define COBJMACROS
#include <stdio.h>
#include <winsock2.h>
#include <windows.h>
#include <ole2.h>
#include <ocidl.h>
#include "httprequest.h"

#include "client.h"

/* GUID_NULL, which not all headers have; com_object.c defines it, and those of the headers. */
DEFINE_GUID( COM_NO_IID, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 );

/* HRESULT_FROM_WIN32 as a constant. */
#define HTTP_E( error ) ((HRESULT)(0x80070000u | (error)))

#define BEFORE_OPEN HTTP_E( ERROR_WINHTTP_CANNOT_CALL_BEFORE_OPEN )
#define BEFORE_SEND HTTP_E( ERROR_WINHTTP_CANNOT_CALL_BEFORE_SEND )
#define AFTER_SEND  HTTP_E( ERROR_WINHTTP_CANNOT_CALL_AFTER_SEND )

#define COM_AGENT "Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)"

#define COM_OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

#define check_hr( call, expected ) check_hr_at( call, expected, __LINE__, __FILE__ )
static inline void check_hr_at( HRESULT hr, HRESULT expected, int line, const char *file )
{
    ok_( file, line )( hr == expected, "expected %#x, got %#x\n", (UINT)expected, (UINT)hr );
}

static inline HRESULT com_make( IWinHttpRequest **request )
{
    return CoCreateInstance( &CLSID_WinHttpRequest, NULL, CLSCTX_INPROC_SERVER,
                             &IID_IWinHttpRequest, (void **)request );
}

/* Begins a topic. FALSE: there is no object to test. */
static inline BOOL com_begin(void)
{
    IWinHttpRequest *request;
    HRESULT hr;

    check_hr( CoInitialize( NULL ), S_OK );
    hr = com_make( &request );
    check_hr( hr, S_OK );
    if (FAILED(hr)) CoUninitialize();
    else IWinHttpRequest_Release( request );
    return SUCCEEDED(hr);
}

static inline void com_end(void)
{
    CoUninitialize();
}

/* A new object; com_begin() has seen that there are any. */
static inline IWinHttpRequest *com_create(void)
{
    IWinHttpRequest *request = NULL;

    check_hr( com_make( &request ), S_OK );
    if (!request) ExitProcess( 255 );
    return request;
}

/* The last reference. */
#define com_release( request ) com_release_at( request, __LINE__, __FILE__ )
static inline void com_release_at( IWinHttpRequest *request, int line, const char *file )
{
    ULONG left = IWinHttpRequest_Release( request );

    ok_( file, line )( !left, "%u references left\n", (UINT)left );
}

/* ---- values ---- */

static inline VARIANT com_empty(void)
{
    VARIANT value;

    VariantInit( &value );
    return value;
}

/* An optional argument that is not there. */
static inline VARIANT com_missing(void)
{
    VARIANT value = com_empty();

    V_VT( &value ) = VT_ERROR;
    V_ERROR( &value ) = DISP_E_PARAMNOTFOUND;
    return value;
}

static inline VARIANT com_i4( LONG number )
{
    VARIANT value = com_empty();

    V_VT( &value ) = VT_I4;
    V_I4( &value ) = number;
    return value;
}

static inline VARIANT com_bool( BOOL set )
{
    VARIANT value = com_empty();

    V_VT( &value ) = VT_BOOL;
    V_BOOL( &value ) = set ? VARIANT_TRUE : VARIANT_FALSE;
    return value;
}

/* To be cleared, as the following ones. */
static inline VARIANT com_text( const WCHAR *text )
{
    VARIANT value = com_empty();

    V_VT( &value ) = VT_BSTR;
    V_BSTR( &value ) = SysAllocString( text );
    return value;
}

static inline VARIANT com_bytes( const void *data, unsigned int len )
{
    VARIANT value = com_empty();

    V_VT( &value ) = VT_ARRAY | VT_UI1;
    V_ARRAY( &value ) = SafeArrayCreateVector( VT_UI1, 0, len );
    memcpy( V_ARRAY( &value )->pvData, data, len );
    return value;
}

/* Behind an address of the server; two at a time. */
static inline const WCHAR *com_url( struct server *server, const WCHAR *path )
{
    static WCHAR urls[2][512];
    static unsigned int turn;
    WCHAR *url = urls[turn++ % 2];

    swprintf( url, ARRAYSIZE( urls[0] ), L"http://127.0.0.1:%u%ls", server_port( server ), path );
    return url;
}

/* ---- calls whose arguments are texts; NULL stands for a null BSTR ---- */

static inline HRESULT com_open_with( IWinHttpRequest *request, const WCHAR *method,
                                     const WCHAR *url, VARIANT async )
{
    BSTR verb = SysAllocString( method ), where = SysAllocString( url );
    HRESULT hr = IWinHttpRequest_Open( request, verb, where, async );

    SysFreeString( verb );
    SysFreeString( where );
    return hr;
}

/* One that is not to fail. */
#define com_open( request, server, method, path ) \
    check_hr( com_open_with( request, method, com_url( server, path ), com_missing() ), S_OK )
#define com_open_async( request, server, method, path ) \
    check_hr( com_open_with( request, method, com_url( server, path ), com_bool( TRUE ) ), S_OK )

static inline HRESULT com_set_header( IWinHttpRequest *request, const WCHAR *name,
                                      const WCHAR *value )
{
    BSTR header = SysAllocString( name ), text = SysAllocString( value );
    HRESULT hr = IWinHttpRequest_SetRequestHeader( request, header, text );

    SysFreeString( header );
    SysFreeString( text );
    return hr;
}

static inline HRESULT com_get_header( IWinHttpRequest *request, const WCHAR *name, BSTR *value )
{
    BSTR header = SysAllocString( name );
    HRESULT hr = IWinHttpRequest_GetResponseHeader( request, header, value );

    SysFreeString( header );
    return hr;
}

static inline HRESULT com_set_credentials( IWinHttpRequest *request, const WCHAR *user,
                                           const WCHAR *password, LONG target )
{
    BSTR name = SysAllocString( user ), secret = SysAllocString( password );
    HRESULT hr = IWinHttpRequest_SetCredentials( request, name, secret, target );

    SysFreeString( name );
    SysFreeString( secret );
    return hr;
}

static inline HRESULT com_send( IWinHttpRequest *request )
{
    return IWinHttpRequest_Send( request, com_missing() );
}

/* Frees the value. */
static inline HRESULT com_send_value( IWinHttpRequest *request, VARIANT value )
{
    HRESULT hr = IWinHttpRequest_Send( request, value );

    VariantClear( &value );
    return hr;
}

static inline HRESULT com_put_option( IWinHttpRequest *request, WinHttpRequestOption option,
                                      VARIANT value )
{
    HRESULT hr = IWinHttpRequest_put_Option( request, option, value );

    VariantClear( &value );
    return hr;
}

/* A whole number of seconds; -1: without end. */
static inline HRESULT com_wait( IWinHttpRequest *request, LONG seconds, VARIANT_BOOL *succeeded )
{
    return IWinHttpRequest_WaitForResponse( request, com_i4( seconds ), succeeded );
}

/* ---- checks ---- */

#define check_status( request, expected ) check_status_at( request, expected, __LINE__, __FILE__ )
static inline void check_status_at( IWinHttpRequest *request, LONG expected, int line,
                                    const char *file )
{
    LONG status = 0xdead;

    check_hr_at( IWinHttpRequest_get_Status( request, &status ), S_OK, line, file );
    ok_( file, line )( status == expected, "expected %d, got %d\n", (int)expected, (int)status );
}

/* Frees the text; a null one counts as an empty one. */
#define check_bstr( text, expected ) check_bstr_at( text, expected, __LINE__, __FILE__ )
static inline void check_bstr_at( BSTR text, const WCHAR *expected, int line, const char *file )
{
    ok_( file, line )( SysStringLen( text ) == wcslen( expected ) &&
                       !wcscmp( text ? text : L"", expected ), "expected \"%ls\", got \"%ls\"\n",
                       expected, text ? text : L"(null)" );
    SysFreeString( text );
}

#define check_text( request, expected ) check_text_at( request, expected, __LINE__, __FILE__ )
static inline void check_text_at( IWinHttpRequest *request, const WCHAR *expected, int line,
                                  const char *file )
{
    BSTR text = NULL;

    check_hr_at( IWinHttpRequest_get_ResponseText( request, &text ), S_OK, line, file );
    check_bstr_at( text, expected, line, file );
}

/* len 0: there is no body. The value that was there is overwritten, not freed. */
#define check_body( request, data, len ) check_body_at( request, data, len, __LINE__, __FILE__ )
static inline void check_body_at( IWinHttpRequest *request, const void *data, unsigned int len,
                                  int line, const char *file )
{
    VARIANT body = com_empty();
    SAFEARRAY *array;

    V_VT( &body ) = VT_BSTR;
    V_BSTR( &body ) = (BSTR)(ULONG_PTR)0xdead;
    check_hr_at( IWinHttpRequest_get_ResponseBody( request, &body ), S_OK, line, file );
    ok_( file, line )( V_VT( &body ) == (len ? VT_ARRAY | VT_UI1 : VT_EMPTY), "got type %#x\n",
                       V_VT( &body ) );
    if (V_VT( &body ) != (VT_ARRAY | VT_UI1)) return;
    array = V_ARRAY( &body );
    ok_( file, line )( SafeArrayGetDim( array ) == 1 && !array->rgsabound[0].lLbound,
                       "got %u dimensions from %d\n", SafeArrayGetDim( array ),
                       (int)array->rgsabound[0].lLbound );
    ok_( file, line )( array->rgsabound[0].cElements == len, "expected %u bytes, got %u\n", len,
                       (UINT)array->rgsabound[0].cElements );
    if (array->rgsabound[0].cElements == len)
        ok_( file, line )( !memcmp( array->pvData, data, len ), "wrong bytes\n" );
    VariantClear( &body );
}

/* The whole block of headers as it arrived. */
#define check_request_text( server, index, expected ) \
    check_request_text_at( server, index, expected, __LINE__, __FILE__ )
static inline void check_request_text_at( struct server *server, unsigned int index,
                                          const char *expected, int line, const char *file )
{
    const char *text = got_request_at( server, index, line, file )->text;

    ok_( file, line )( !strcmp( text, expected ), "expected:\n%s\ngot:\n%s\n", expected, text );
}

#define check_request_body( server, index, data, len ) \
    check_request_body_at( server, index, data, len, __LINE__, __FILE__ )
static inline void check_request_body_at( struct server *server, unsigned int index,
                                          const void *data, unsigned int len, int line,
                                          const char *file )
{
    const struct server_request *request = got_request_at( server, index, line, file );

    ok_( file, line )( request->body_len == len && !memcmp( request->body, data, len ),
                       "got %u bytes: %s\n", request->body_len, request->body );
}

#endif /* WINHTTP_TESTS_COM_H */
