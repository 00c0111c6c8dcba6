/*
 * The WinHttpRequest object as scripts see it: IDispatch::Invoke.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 14); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com.h"

#define GET DISPATCH_PROPERTYGET
#define PUT DISPATCH_PROPERTYPUT
#define METHOD DISPATCH_METHOD

enum id
{
    ID_OPEN = 1, ID_SET_REQUEST_HEADER, ID_GET_RESPONSE_HEADER, ID_GET_ALL_RESPONSE_HEADERS,
    ID_SEND, ID_OPTION, ID_STATUS, ID_STATUS_TEXT, ID_RESPONSE_TEXT, ID_RESPONSE_BODY,
    ID_RESPONSE_STREAM, ID_ABORT, ID_SET_PROXY, ID_SET_CREDENTIALS, ID_WAIT_FOR_RESPONSE,
    ID_SET_TIMEOUTS, ID_SET_CLIENT_CERTIFICATE, ID_SET_AUTO_LOGON_POLICY
};

/* The arguments stand in the order of the call; the last one comes first in DISPPARAMS. They are
 * freed. result NULL: none is wanted. */
static HRESULT invoke( IWinHttpRequest *request, DISPID id, WORD flags, const VARIANT *args,
                       unsigned int count, VARIANT *result )
{
    VARIANT turned[4];
    DISPPARAMS params = { turned, NULL, count, 0 };
    EXCEPINFO exception = { 0 };
    UINT wrong = 0;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < count; i++) turned[i] = args[count - 1 - i];
    hr = IWinHttpRequest_Invoke( request, id, &COM_NO_IID, 0, flags, &params, result, &exception,
                                 &wrong );
    for (i = 0; i < count; i++) VariantClear( &turned[i] );
    SysFreeString( exception.bstrSource );
    SysFreeString( exception.bstrDescription );
    SysFreeString( exception.bstrHelpFile );
    return hr;
}

/* The number that the option has; it is not asked by Invoke. */
#define check_code_page( request, expected ) check_code_page_at( request, expected, __LINE__ )
static void check_code_page_at( IWinHttpRequest *request, LONG expected, int line )
{
    VARIANT value = com_empty();

    check_hr_at( IWinHttpRequest_get_Option( request, WinHttpRequestOption_URLCodePage, &value ),
                 S_OK, line, __FILE__ );
    ok_( __FILE__, line )( V_VT( &value ) == VT_I4 && V_I4( &value ) == expected,
                           "expected %d, got %d\n", (int)expected, (int)V_I4( &value ) );
}

static void set_code_page( IWinHttpRequest *request, LONG number )
{
    check_hr( com_put_option( request, WinHttpRequestOption_URLCodePage, com_i4( number ) ), S_OK );
}

static void test_ids(void)
{
    IWinHttpRequest *request = com_create();
    VARIANT index = com_i4( WinHttpRequestOption_URLCodePage ), result = com_empty();
    DISPPARAMS params = { &index, NULL, 1, 0 };

    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &IID_IUnknown, 0, GET, &params, &result,
                                      NULL, NULL ), DISP_E_UNKNOWNINTERFACE );
    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &IID_IWinHttpRequest, 0, GET, &params,
                                      &result, NULL, NULL ), DISP_E_UNKNOWNINTERFACE );
    check_hr( IWinHttpRequest_Invoke( request, 255, &COM_NO_IID, 0, GET, &params, &result, NULL,
                                      NULL ), DISP_E_MEMBERNOTFOUND );
    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &COM_NO_IID, 0, GET, &params, &result,
                                      NULL, NULL ), S_OK );
    com_release( request );
}

/* Of a pure property put: index and value, no list of named arguments needed. */
static void test_put_option(void)
{
    VARIANT args[3] = { com_i4( WinHttpRequestOption_URLCodePage ), com_i4( 1252 ), com_i4( 7 ) };
    IWinHttpRequest *request = com_create();
    VARIANT result = com_empty();
    DISPID named = DISPID_PROPERTYPUT;
    VARIANT turned[2];
    DISPPARAMS params = { turned, &named, 2, 1 };

    check_hr( invoke( request, ID_OPTION, PUT, args, 2, NULL ), S_OK );
    check_code_page( request, 1252 );
    set_code_page( request, CP_UTF8 );

    V_VT( &result ) = VT_BSTR;
    V_BSTR( &result ) = NULL;
    check_hr( invoke( request, ID_OPTION, PUT, args, 2, &result ), S_OK );
    check_code_page( request, 1252 );
    ok( V_VT( &result ) == VT_BSTR && !V_BSTR( &result ), "got type %#x\n", V_VT( &result ) );
    set_code_page( request, CP_UTF8 );

    /* as scripts do it */
    turned[0] = args[1];
    turned[1] = args[0];
    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &COM_NO_IID, 0, PUT, &params, NULL, NULL,
                                      NULL ), S_OK );
    check_code_page( request, 1252 );
    set_code_page( request, CP_UTF8 );

    check_hr( invoke( request, ID_OPTION, METHOD, args, 2, NULL ), S_OK );
    check_code_page( request, CP_UTF8 );
    check_hr( invoke( request, ID_OPTION, METHOD | PUT, args, 2, NULL ), S_OK );
    check_code_page( request, CP_UTF8 );
    check_hr( invoke( request, ID_OPTION, METHOD, args, 2, &result ), S_OK );
    check_code_page( request, CP_UTF8 );

    check_hr( invoke( request, ID_OPTION, PUT, args, 1, NULL ), DISP_E_TYPEMISMATCH );
    check_code_page( request, CP_UTF8 );
    check_hr( invoke( request, ID_OPTION, PUT, args, 3, NULL ), S_OK );
    com_release( request );
}

/* guess: what .NET's InvokeMember sends, which cannot know whether a value or a reference is
 * meant */
static void test_put_either(void)
{
    IWinHttpRequest *request = com_create();
    VARIANT turned[2] = { com_i4( 1252 ), com_i4( WinHttpRequestOption_URLCodePage ) };
    DISPID named = DISPID_PROPERTYPUT;
    DISPPARAMS params = { turned, &named, 2, 1 };

    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &COM_NO_IID, 0,
                                      PUT | DISPATCH_PROPERTYPUTREF, &params, NULL, NULL, NULL ),
              S_OK );
    check_code_page( request, 1252 );
    com_release( request );
}

/* The index may come as another number. */
static void test_index_types(void)
{
    VARIANT args[2] = { com_empty(), com_i4( 1252 ) };
    IWinHttpRequest *request = com_create();
    VARIANT result = com_empty();

    V_VT( &args[0] ) = VT_R8;
    V_R8( &args[0] ) = 2.0;
    check_hr( invoke( request, ID_OPTION, PUT, args, 2, NULL ), S_OK );
    check_code_page( request, 1252 );
    check_hr( invoke( request, ID_OPTION, GET, args, 1, &result ), S_OK );
    ok( V_VT( &result ) == VT_I4 && V_I4( &result ) == 1252, "got type %#x, %d\n", V_VT( &result ),
        (int)V_I4( &result ) );
    V_VT( &args[0] ) = VT_I2;
    V_I2( &args[0] ) = 2;
    check_hr( invoke( request, ID_OPTION, GET, args, 1, &result ), S_OK );
    ok( V_VT( &result ) == VT_I4 && V_I4( &result ) == 1252, "got type %#x, %d\n", V_VT( &result ),
        (int)V_I4( &result ) );
    com_release( request );
}

static void test_get_option(void)
{
    static const WORD flags[] = { GET, METHOD, GET | METHOD };
    VARIANT args[2] = { com_i4( WinHttpRequestOption_URLCodePage ), com_i4( 7 ) };
    IWinHttpRequest *request = com_create();
    VARIANT result;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( flags ); i++)
    {
        winetest_push_context( "flags %u", flags[i] );
        result = com_empty();
        check_hr( invoke( request, ID_OPTION, flags[i], args, 1, &result ), S_OK );
        ok( V_VT( &result ) == VT_I4 && V_I4( &result ) == CP_UTF8, "got type %#x, %d\n",
            V_VT( &result ), (int)V_I4( &result ) );
        check_hr( invoke( request, ID_OPTION, flags[i], args, 1, NULL ), S_OK );
        winetest_pop_context();
    }
    result = com_i4( 7 );
    check_hr( invoke( request, ID_OPTION, 0, args, 1, &result ), S_OK );
    ok( V_VT( &result ) == VT_EMPTY, "got type %#x\n", V_VT( &result ) );
    result = com_empty();
    check_hr( invoke( request, ID_OPTION, GET, args, 2, &result ), S_OK );
    check_hr( invoke( request, ID_OPTION, GET, args, 0, &result ), DISP_E_PARAMNOTFOUND );
    com_release( request );
}

/* Methods leave nothing. */
static void test_method_result(void)
{
    VARIANT policy = com_i4( AutoLogonPolicy_Never ), result = com_empty();
    IWinHttpRequest *request = com_create();

    check_hr( invoke( request, ID_SET_AUTO_LOGON_POLICY, METHOD, &policy, 1, &result ), S_OK );
    ok( V_VT( &result ) == VT_EMPTY, "got type %#x\n", V_VT( &result ) );
    check_hr( invoke( request, ID_SET_AUTO_LOGON_POLICY, METHOD, &policy, 1, NULL ), S_OK );
    check_hr( invoke( request, ID_ABORT, METHOD, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_EMPTY, "got type %#x\n", V_VT( &result ) );
    com_release( request );
}

static void check_result( IWinHttpRequest *request, DISPID id, WORD flags, const WCHAR *argument,
                          const WCHAR *expected )
{
    VARIANT result = com_empty(), arg = argument ? com_text( argument ) : com_empty();

    winetest_push_context( "method %d", (int)id );
    check_hr( invoke( request, id, flags, &arg, argument ? 1 : 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_BSTR, "got type %#x\n", V_VT( &result ) );
    if (V_VT( &result ) == VT_BSTR) check_bstr( V_BSTR( &result ), expected );
    winetest_pop_context();
}

static void check_results( IWinHttpRequest *request )
{
    VARIANT result = com_empty();

    check_hr( invoke( request, ID_STATUS, GET, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_I4 && V_I4( &result ) == 200, "got type %#x, %d\n", V_VT( &result ),
        (int)V_I4( &result ) );
    check_result( request, ID_STATUS_TEXT, GET, NULL, L"Fine" );
    check_result( request, ID_RESPONSE_TEXT, GET, NULL, L"hello" );
    check_result( request, ID_RESPONSE_TEXT, GET | METHOD, NULL, L"hello" );
    check_result( request, ID_GET_RESPONSE_HEADER, METHOD, L"X-Test", L"a value" );
    check_result( request, ID_GET_RESPONSE_HEADER, METHOD | GET, L"X-Test", L"a value" );
    result = com_empty();
    check_hr( invoke( request, ID_GET_ALL_RESPONSE_HEADERS, METHOD, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_BSTR && wcsstr( V_BSTR( &result ), L"X-Test: a value\r\n" ),
        "got type %#x\n", V_VT( &result ) );
    VariantClear( &result );
    check_hr( invoke( request, ID_RESPONSE_BODY, GET, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == (VT_ARRAY | VT_UI1), "got type %#x\n", V_VT( &result ) );
    VariantClear( &result );
    check_hr( invoke( request, ID_RESPONSE_STREAM, GET, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_UNKNOWN, "got type %#x\n", V_VT( &result ) );
    VariantClear( &result );
}

/* A whole exchange as a script makes it, optional arguments there and left out. */
static void test_exchange( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ),
        SRV_SEND( "HTTP/1.1 200 Fine\r\nX-Test: a value\r\nContent-Length: 5\r\n\r\nhello" ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT open[3] = { com_text( L"POST" ), com_text( com_url( server, L"/" ) ),
                        com_bool( TRUE ) };
    VARIANT header[2] = { com_text( L"X-Own" ), com_text( L"1" ) };
    VARIANT timeouts[4] = { com_i4( 0 ), com_i4( 8000 ), com_i4( 8000 ), com_i4( 8000 ) };
    VARIANT login[3] = { com_text( L"user" ), com_text( L"pass" ), com_i4( 0 ) };
    VARIANT proxy = com_i4( HTTPREQUEST_PROXYSETTING_DIRECT ), body = com_text( L"body" );
    VARIANT result = com_empty();

    check_hr( invoke( request, ID_SET_PROXY, METHOD, &proxy, 1, NULL ), S_OK );
    check_hr( invoke( request, ID_SET_TIMEOUTS, METHOD, timeouts, 4, NULL ), S_OK );
    check_hr( invoke( request, ID_OPEN, METHOD, open, async ? 3 : 2, &result ), S_OK );
    ok( V_VT( &result ) == VT_EMPTY, "got type %#x\n", V_VT( &result ) );
    check_hr( invoke( request, ID_SET_CREDENTIALS, METHOD, login, 3, NULL ), S_OK );
    check_hr( invoke( request, ID_SET_REQUEST_HEADER, METHOD, header, 2, NULL ), S_OK );
    check_hr( invoke( request, ID_SEND, METHOD, &body, 1, NULL ), S_OK );
    check_hr( invoke( request, ID_WAIT_FOR_RESPONSE, METHOD, NULL, 0, &result ), S_OK );
    ok( V_VT( &result ) == VT_BOOL && V_BOOL( &result ) == VARIANT_TRUE, "got type %#x, %#x\n",
        V_VT( &result ), V_BOOL( &result ) );
    check_results( request );
    check_line( server, 0, "POST / HTTP/1.1" );
    check_header( server, 0, "X-Own", "1" );
    check_request_body( server, 0, "body", 4 );
    com_release( request );
    server_stop( server );
}

/* guess: a method that fails is an exception, with what it returned */
static void test_exception(void)
{
    IWinHttpRequest *request = com_create();
    DISPPARAMS params = { NULL, NULL, 0, 0 };
    EXCEPINFO exception = { 0 };
    VARIANT result = com_empty();

    check_hr( IWinHttpRequest_Invoke( request, ID_STATUS, &COM_NO_IID, 0, GET, &params, &result,
                                      &exception, NULL ), DISP_E_EXCEPTION );
    ok( exception.scode == BEFORE_SEND, "got %#x\n", (UINT)exception.scode );
    SysFreeString( exception.bstrSource );
    SysFreeString( exception.bstrDescription );
    SysFreeString( exception.bstrHelpFile );
    com_release( request );
}

/* guess: a property is no different, and the exception has a text */
static void test_property_exception(void)
{
    VARIANT index = com_i4( WinHttpRequestOption_URL ), result = com_empty();
    DISPPARAMS params = { &index, NULL, 1, 0 };
    IWinHttpRequest *request = com_create();
    EXCEPINFO exception = { 0 };

    check_hr( IWinHttpRequest_Invoke( request, ID_OPTION, &COM_NO_IID, 0, GET, &params, &result,
                                      &exception, NULL ), DISP_E_EXCEPTION );
    if (exception.pfnDeferredFillIn) exception.pfnDeferredFillIn( &exception );
    ok( exception.scode == BEFORE_OPEN, "got %#x\n", (UINT)exception.scode );
    ok( SysStringLen( exception.bstrDescription ), "no text\n" );
    SysFreeString( exception.bstrSource );
    SysFreeString( exception.bstrDescription );
    SysFreeString( exception.bstrHelpFile );
    com_release( request );
}

START_TEST( com_invoke )
{
    if (!com_begin()) return;
    RUN( test_ids );
    RUN( test_put_option );
    RUN( test_put_either );
    RUN( test_index_types );
    RUN( test_get_option );
    RUN( test_method_result );
    RUN_BOTH( test_exchange );
    RUN( test_exception );
    RUN( test_property_exception );
    com_end();
}
