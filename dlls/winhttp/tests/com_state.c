/*
 * The WinHttpRequest object: what may be called when, and which arguments are refused first.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com.h"

#define CLOSED "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

static const struct step nobody[] = { SRV_END };
static const struct step answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END };

/* ---- what is the same in any state ---- */

static void check_open_arguments( IWinHttpRequest *request )
{
    static const WCHAR good[] = L"http://127.0.0.1/";

    check_hr( com_open_with( request, NULL, NULL, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, NULL, good, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, L"GET", NULL, com_missing() ), E_INVALIDARG );
    check_hr( com_open_with( request, L"GET", L"www.example.com", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
    check_hr( com_open_with( request, L"INVALID", L"www.example.com", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
    /* facts/url-proxy-com.md 1 */
    check_hr( com_open_with( request, L"GET", L"ftp://www.example.com/", com_missing() ),
              HTTP_E( ERROR_WINHTTP_UNRECOGNIZED_SCHEME ) );
}

/* Outputs are looked at before the state; GetResponseHeader has its own order. */
static void check_null_outputs( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_GetAllResponseHeaders( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_Status( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_StatusText( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseText( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseBody( request, NULL ), E_INVALIDARG );
    check_hr( IWinHttpRequest_get_ResponseStream( request, NULL ), E_INVALIDARG );
}

static void check_header_arguments( IWinHttpRequest *request )
{
    check_hr( com_set_header( request, NULL, NULL ), E_INVALIDARG );
    check_hr( com_set_header( request, NULL, L"value" ), E_INVALIDARG );
}

static void check_set_timeouts( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, 0, 0 ), S_OK );
    check_hr( IWinHttpRequest_SetTimeouts( request, -1, -1, -1, -1 ), S_OK );
    check_hr( IWinHttpRequest_SetTimeouts( request, -2, 0, 0, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, -2, 0, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, -2, 0 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 0, 0, -2 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetTimeouts( request, 8000, 8000, 8000, 8000 ), S_OK );
}

static void check_set_proxy( IWinHttpRequest *request )
{
    VARIANT server = com_text( L"127.0.0.1:1" ), bypass = com_text( L"<local>" );

    check_hr( IWinHttpRequest_SetProxy( request, 3, com_missing(), com_missing() ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetProxy( request, -1, com_missing(), com_missing() ),
              E_INVALIDARG );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, server, bypass ),
              S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, com_missing(),
                                        com_missing() ), S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PRECONFIG, com_missing(),
                                        com_missing() ), S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_DIRECT, com_missing(),
                                        com_missing() ), S_OK );
    VariantClear( &server );
    VariantClear( &bypass );
}

static void check_set_policy( IWinHttpRequest *request )
{
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_Always ), S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_OnlyIfBypassProxy ),
              S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, AutoLogonPolicy_Never ), S_OK );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, 3 ), E_INVALIDARG );
    check_hr( IWinHttpRequest_SetAutoLogonPolicy( request, -1 ), E_INVALIDARG );
}

static void check_any_state( IWinHttpRequest *request )
{
    check_open_arguments( request );
    check_null_outputs( request );
    check_header_arguments( request );
    check_set_timeouts( request );
    check_set_proxy( request );
    check_set_policy( request );
}

/* ---- one state after the other ---- */

static void check_before_send( IWinHttpRequest *request )
{
    VARIANT value = com_empty();
    VARIANT_BOOL succeeded;
    BSTR text = NULL;
    LONG status;

    check_hr( com_get_header( request, NULL, NULL ), BEFORE_SEND );
    check_hr( com_get_header( request, NULL, &text ), BEFORE_SEND );
    check_hr( com_get_header( request, L"Date", NULL ), BEFORE_SEND );
    check_hr( com_get_header( request, L"Date", &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_GetAllResponseHeaders( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_Status( request, &status ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_StatusText( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseText( request, &text ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseBody( request, &value ), BEFORE_SEND );
    check_hr( IWinHttpRequest_get_ResponseStream( request, &value ), BEFORE_SEND );
    check_hr( com_wait( request, -1, &succeeded ), BEFORE_SEND );
    check_hr( com_wait( request, 0, &succeeded ), BEFORE_SEND );
    check_hr( IWinHttpRequest_WaitForResponse( request, com_missing(), &succeeded ), BEFORE_SEND );
}

static void check_before_open( IWinHttpRequest *request )
{
    BSTR certificate = SysAllocString( L"CURRENT_USER\\MY\\nobody" );

    check_any_state( request );
    check_before_send( request );
    check_hr( com_set_header( request, L"X-Name", NULL ), BEFORE_OPEN );
    check_hr( com_set_header( request, L"X-Name", L"value" ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, L"user", L"pass", 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, NULL, L"pass", 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, L"user", NULL, 0 ), BEFORE_OPEN );
    check_hr( com_set_credentials( request, NULL, NULL, 0xdead ), BEFORE_OPEN );
    check_hr( com_send( request ), BEFORE_OPEN );
    check_hr( com_send_value( request, com_empty() ), BEFORE_OPEN );
    check_hr( com_send_value( request, com_text( L"body" ) ), BEFORE_OPEN );
    check_hr( IWinHttpRequest_SetClientCertificate( request, certificate ),
              BEFORE_OPEN );      /* guess U22 */
    SysFreeString( certificate );
}

static void check_credentials( IWinHttpRequest *request )
{
    check_hr( com_set_credentials( request, NULL, L"pass", 0 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", NULL, 0 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass", 2 ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass", 0xdead ), E_INVALIDARG );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_PROXY ), S_OK );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_SERVER ), S_OK );
}

static void test_before_open(void)
{
    IWinHttpRequest *request = com_create();

    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    com_release( request );
}

static void test_before_send(void)
{
    struct server *server = server_start_plain( nobody );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"INVALID", L"/" );
    com_open( request, server, L"GET", L"/" );
    check_before_send( request );
    check_credentials( request );
    check_hr( com_set_header( request, L"X-Name", L"value" ), S_OK );
    check_hr( com_set_header( request, L"X-Name", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Name", L"" ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", L"" ), S_OK );
    check_any_state( request );
    com_release( request );
    server_stop( server );
}

static void test_after_send(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded = 0xdead;
    BSTR text = NULL;

    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( com_set_header( request, L"X-Name", L"value" ), AFTER_SEND );
    check_hr( com_set_header( request, L"X-Name", NULL ), AFTER_SEND );
    check_hr( com_set_header( request, L"X-Name", L"" ), AFTER_SEND );
    check_hr( com_get_header( request, NULL, NULL ), E_INVALIDARG );
    check_hr( com_get_header( request, NULL, &text ), E_INVALIDARG );
    check_hr( com_get_header( request, L"Content-Length", NULL ), E_INVALIDARG );
    check_credentials( request );
    check_hr( com_wait( request, -1, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    succeeded = 0xdead;
    check_hr( IWinHttpRequest_WaitForResponse( request, com_missing(), &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    check_status( request, 200 );
    check_any_state( request );
    com_release( request );
    server_stop( server );
}

/* ---- from one state to another ---- */

/* A value of Open's third argument that makes the request synchronous: Send comes back with the
 * response. */
static void check_sync( VARIANT async )
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), async ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

/* The server does not answer before Send has returned. */
static void check_async( VARIANT async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_WAIT( 0 ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded = 0xdead;
    LONG status;

    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), async ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_hr( IWinHttpRequest_get_Status( request, &status ), E_PENDING );
    server_signal( server, 0 );
    check_hr( com_wait( request, -1, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

static void test_open_async(void)
{
    VARIANT value = com_missing();

    check_sync( value );
    V_ERROR( &value ) = 0xdeadbeef;
    check_sync( value );
    check_sync( com_empty() );
    check_sync( com_bool( FALSE ) );
    check_async( com_bool( TRUE ) );
    check_async( com_i4( 1 ) );
}

/* Open starts anew whenever it comes, also straight after Send; a failed one is just an error. */
static void test_open_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/never" );
    check_hr( com_set_header( request, L"X-Old", L"1" ), S_OK );
    com_open( request, server, L"GET", L"/first" );
    check_before_send( request );
    check_hr( com_send( request ), S_OK );
    com_open( request, server, L"HEAD", L"/second" );
    check_before_send( request );
    check_hr( com_set_header( request, L"X-New", L"2" ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_line( server, 0, "GET /first HTTP/1.1" );
    check_header( server, 0, "X-Old", "(none)" );
    check_line( server, 1, "HEAD /second HTTP/1.1" );
    check_header( server, 1, "X-New", "2" );
    com_release( request );
    server_stop( server );
}

/* Abort leads back to what was before Open, from everywhere. */
static void test_abort(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( CLOSED ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( CLOSED ), SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_before_open( request );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    com_open( request, server, L"GET", L"/again" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

START_TEST( com_state )
{
    if (!com_begin()) return;
    RUN( test_before_open );
    RUN( test_before_send );
    RUN( test_after_send );
    RUN( test_open_async );
    RUN( test_open_again );
    RUN( test_abort );
    com_end();
}
