/*
 * The WinHttpRequest object: how a request fails - HRESULTs, and the text that goes with them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com.h"
#include "full.h"

/* Enough for a connection on loopback; a test that waits for a timeout waits as long. */
#define SHORT_MS 300

/* The thread's error object has a text; it is taken from the thread. */
#define check_error_info() check_error_info_at( __LINE__, __FILE__ )
static void check_error_info_at( int line, const char *file )
{
    IErrorInfo *info = NULL;
    BSTR text = NULL;
    HRESULT hr = GetErrorInfo( 0, &info );

    ok_( file, line )( hr == S_OK, "no error object, %#x\n", (UINT)hr );
    if (hr) return;
    check_hr_at( IErrorInfo_GetDescription( info, &text ), S_OK, line, file );
    ok_( file, line )( SysStringLen( text ) > 0, "no text\n" );
    SysFreeString( text );
    IErrorInfo_Release( info );
}

/* The object is of use for another request. */
static void check_usable( IWinHttpRequest *request )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain" ),
        SRV_END
    };
    struct server *server = server_start_plain( script );

    check_hr( IWinHttpRequest_SetTimeouts( request, 8000, 8000, 8000, 8000 ), S_OK );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_text( request, L"again" );
    server_stop( server );
}

static void check_send_fails( IWinHttpRequest *request, DWORD error )
{
    SetErrorInfo( 0, NULL );
    check_hr( com_send( request ), HTTP_E( error ) );
    check_error_info();
}

static void test_refused(void)
{
    IWinHttpRequest *request = com_create();

    check_hr( com_open_with( request, L"GET", L"http://127.0.0.1:1/", com_missing() ), S_OK );
    check_send_fails( request, ERROR_WINHTTP_CANNOT_CONNECT );
    check_send_fails( request, ERROR_WINHTTP_CANNOT_CONNECT );
    check_usable( request );
    com_release( request );
}

/* The text is the one of winhttp's message table. */
static void test_error_text(void)
{
    IWinHttpRequest *request = com_create();
    WCHAR expected[512] = L"";
    IErrorInfo *info = NULL;
    BSTR text = NULL;
    DWORD len;

    len = FormatMessageW( FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS,
                          GetModuleHandleW( L"winhttp.dll" ), ERROR_WINHTTP_CANNOT_CONNECT, 0,
                          expected, ARRAYSIZE( expected ), NULL );
    ok( len, "no message, error %u\n", (UINT)GetLastError() );
    check_hr( com_open_with( request, L"GET", L"http://127.0.0.1:1/", com_missing() ), S_OK );
    SetErrorInfo( 0, NULL );
    check_hr( com_send( request ), HTTP_E( ERROR_WINHTTP_CANNOT_CONNECT ) );
    check_hr( GetErrorInfo( 0, &info ), S_OK );
    if (info)
    {
        check_hr( IErrorInfo_GetDescription( info, &text ), S_OK );
        ok( text && len && !wcsncmp( expected, text, wcscspn( text, L"\r\n" ) ),
            "got %ls, not %ls\n", text, expected );
        SysFreeString( text );
        IErrorInfo_Release( info );
    }
    com_release( request );
}

/* The connection ends where a response should begin, or in the midst of its header. */
static void test_cut(void)
{
    static const struct step at_once[] = { SRV_ACCEPT, SRV_HEADERS, SRV_CUT, SRV_END };
    static const struct step in_header[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Le" ), SRV_CUT, SRV_END
    };
    static const struct step reset[] = { SRV_ACCEPT, SRV_HEADERS, SRV_RESET, SRV_END };
    static const struct step *const scripts[] = { at_once, in_header, reset };
    IWinHttpRequest *request = com_create();
    struct server *server;
    unsigned int i;
    HRESULT hr;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start_plain( scripts[i] );
        com_open( request, server, L"GET", L"/" );
        SetErrorInfo( 0, NULL );
        hr = com_send( request );
        ok( hr == HTTP_E( ERROR_WINHTTP_CONNECTION_ERROR ) ||
            hr == HTTP_E( ERROR_WINHTTP_INVALID_SERVER_RESPONSE ), "got %#x\n", (UINT)hr );
        check_error_info();
        server_stop( server );
        check_usable( request );
        winetest_pop_context();
    }
    com_release( request );
}

/* http.md 8: a body shorter than announced just ends; half a chunk is an error (guess) */
static void test_cut_body(void)
{
    static const struct step with_length[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody" ),
        SRV_CUT, SRV_END
    };
    static const struct step chunked[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nbody" ), SRV_CUT,
        SRV_END
    };
    struct server *server = server_start_plain( with_length );
    IWinHttpRequest *request = com_create();
    HRESULT hr;

    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_body( request, "body", 4 );
    server_stop( server );
    server = server_start_plain( chunked );
    com_open( request, server, L"GET", L"/" );
    SetErrorInfo( 0, NULL );
    hr = com_send( request );
    ok( hr == HTTP_E( ERROR_WINHTTP_CONNECTION_ERROR ) ||
        hr == HTTP_E( ERROR_WINHTTP_INVALID_SERVER_RESPONSE ), "got %#x\n", (UINT)hr );
    check_error_info();
    server_stop( server );
    check_usable( request );
    com_release( request );
}

static void test_no_http(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "220 mail.example.com ready\r\n\r\n" ), SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_send_fails( request, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    server_stop( server );
    check_usable( request );
    com_release( request );
}

/* Timeouts set before Open and after it; a server that says nothing, and one that stops midway. */
static void test_receive_timeout( BOOL after_open, BOOL in_body )
{
    static const struct step silent[] = { SRV_ACCEPT, SRV_HEADERS, SRV_EOF, SRV_END };
    static const struct step midway[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start_plain( in_body ? midway : silent );
    IWinHttpRequest *request = com_create();

    winetest_push_context( "after Open %d, in the body %d", after_open, in_body );
    if (!after_open)
        check_hr( IWinHttpRequest_SetTimeouts( request, 0, 8000, 8000, SHORT_MS ), S_OK );
    com_open( request, server, L"GET", L"/" );
    if (after_open)
        check_hr( IWinHttpRequest_SetTimeouts( request, 0, 8000, 8000, SHORT_MS ), S_OK );
    check_send_fails( request, ERROR_WINHTTP_TIMEOUT );
    /* the connection is closed by then, or with the request */
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    server_stop( server );
    check_usable( request );
    com_release( request );
    winetest_pop_context();
}

static void test_timeouts(void)
{
    test_receive_timeout( FALSE, FALSE );
    test_receive_timeout( TRUE, FALSE );
    test_receive_timeout( FALSE, TRUE );
}

static void test_connect_timeout(void)
{
    IWinHttpRequest *request = com_create();
    struct full full;
    WSADATA wsa;
    WCHAR url[64];

    WSAStartup( MAKEWORD( 2, 2 ), &wsa );
    full_open( &full, 1, 0 );
    swprintf( url, ARRAYSIZE( url ), L"http://127.0.0.1:%u/", full.port );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, SHORT_MS, 8000, 8000 ), S_OK );
    check_hr( com_open_with( request, L"GET", url, com_missing() ), S_OK );
    check_send_fails( request, ERROR_WINHTTP_TIMEOUT );
    full_close( &full );
    check_usable( request );
    com_release( request );
    WSACleanup();
}

/* facts/url-proxy-com.md 13: more redirects than option 14 allows */
static void test_too_many_redirects(void)
{
    static const char moved[] = "HTTP/1.1 302 X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( moved ), SRV_HEADERS, SRV_SEND( moved ), SRV_HEADERS,
        SRV_SEND( moved ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( com_put_option( request, WinHttpRequestOption_MaxAutomaticRedirects, com_i4( 2 ) ),
              S_OK );
    check_send_fails( request, ERROR_WINHTTP_REDIRECT_FAILED );
    server_stop( server );
    check_usable( request );
    com_release( request );
}

START_TEST( com_failure )
{
    if (!com_begin()) return;
    RUN( test_refused );
    RUN( test_error_text );
    RUN( test_cut );
    RUN( test_cut_body );
    RUN( test_no_http );
    RUN( test_timeouts );
    RUN( test_connect_timeout );
    RUN( test_too_many_redirects );
    com_end();
}
