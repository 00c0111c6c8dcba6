/*
 * The WinHttpRequest object: asynchronous requests, and waiting for them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11); a comment "guess" marks an
 * answer that nobody has seen. Events: com_event.
 */
#include "com.h"

#define HELLO "HTTP/1.1 200 Fine\r\nX-Test: 1\r\nContent-Length: 5\r\n\r\nhello"

/* A response that does not come before event 0, and one whose body does not. */
static const struct step held[] =
{
    SRV_ACCEPT, SRV_HEADERS, SRV_SIGNAL( 0 ), SRV_WAIT( 0 ), SRV_SEND( HELLO ), SRV_END
};
static const struct step held_in_body[] =
{
    SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 Fine\r\nX-Test: 1\r\nContent-Length: 5\r\n"
                                       "\r\nhe" ),
    SRV_SIGNAL( 0 ), SRV_WAIT( 0 ), SRV_SEND( "llo" ), SRV_END
};
/* One that never comes: the client has to turn away. */
static const struct step silent[] =
{
    SRV_ACCEPT, SRV_HEADERS, SRV_SIGNAL( 0 ), SRV_EOF, SRV_SIGNAL( 1 ), SRV_END
};

#define check_wait( request, seconds, expected ) \
    do { \
        VARIANT_BOOL succeeded__ = 0xdead; \
        check_hr( com_wait( request, seconds, &succeeded__ ), S_OK ); \
        ok( succeeded__ == ((expected) ? VARIANT_TRUE : VARIANT_FALSE), "got %#x\n", \
            succeeded__ ); \
    } while (0)

static IWinHttpRequest *send_async( struct server *server )
{
    IWinHttpRequest *request = com_create();

    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    return request;
}

static void check_hello( IWinHttpRequest *request )
{
    BSTR text = NULL;

    check_status( request, 200 );
    check_hr( IWinHttpRequest_get_StatusText( request, &text ), S_OK );
    check_bstr( text, L"Fine" );
    check_hr( com_get_header( request, L"X-Test", &text ), S_OK );
    check_bstr( text, L"1" );
    check_text( request, L"hello" );
    check_body( request, "hello", 5 );
}

/* facts/url-proxy-com.md 11: E_PENDING until all is there */
static void test_pending(void)
{
    static const struct step *const scripts[] = { held, held_in_body };
    IWinHttpRequest *request;
    VARIANT value = com_empty();
    struct server *server;
    BSTR text = NULL;
    unsigned int i;
    LONG status;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start_plain( scripts[i] );
        request = send_async( server );
        ok( server_wait( server, 0 ), "no request\n" );
        if (!i)
        {
            /* behind the header Windows may tell these already */
            check_hr( IWinHttpRequest_get_Status( request, &status ), E_PENDING );
            check_hr( IWinHttpRequest_get_StatusText( request, &text ), E_PENDING );
        }
        check_hr( IWinHttpRequest_get_ResponseText( request, &text ), E_PENDING );
        check_hr( IWinHttpRequest_get_ResponseBody( request, &value ), E_PENDING );
        check_hr( IWinHttpRequest_get_ResponseStream( request, &value ), E_PENDING );
        check_hr( IWinHttpRequest_get_Status( request, NULL ), E_INVALIDARG );
        check_hr( IWinHttpRequest_get_ResponseText( request, NULL ), E_INVALIDARG );
        check_hr( com_set_header( request, L"X-Late", L"1" ), AFTER_SEND );
        check_hr( com_set_credentials( request, L"user", L"pass", 0 ), S_OK );
        server_signal( server, 0 );
        check_wait( request, -1, TRUE );
        check_hello( request );
        com_release( request );
        server_stop( server );
        winetest_pop_context();
    }
}

/* A time that runs out ends the wait only. */
static void test_wait_timeout(void)
{
    struct server *server = server_start_plain( held );
    IWinHttpRequest *request = send_async( server );
    LONG status;

    ok( server_wait( server, 0 ), "no request\n" );
    check_wait( request, 0, FALSE );
    check_wait( request, 1, FALSE );
    check_hr( IWinHttpRequest_get_Status( request, &status ), E_PENDING );
    server_signal( server, 0 );
    check_wait( request, 8, TRUE );
    check_wait( request, 0, TRUE );
    check_wait( request, -1, TRUE );
    check_hello( request );
    com_release( request );
    server_stop( server );
}

static DWORD CALLBACK signal_server( void *arg )
{
    server_wait( arg, 0 );
    server_signal( arg, 0 );
    return 0;
}

/* Without end: the server answers when the wait has begun, or just before. */
static void test_wait_infinite(void)
{
    VARIANT_BOOL succeeded = 0xdead;
    IWinHttpRequest *request;
    struct server *server;
    unsigned int i;
    HANDLE thread;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( i ? "missing" : "-1" );
        server = server_start_plain( held );
        request = send_async( server );
        thread = CreateThread( NULL, 0, signal_server, server, 0, NULL );
        check_hr( IWinHttpRequest_WaitForResponse( request, i ? com_missing() : com_i4( -1 ),
                                                   &succeeded ), S_OK );
        ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
        check_hello( request );
        WaitForSingleObject( thread, INFINITE );
        CloseHandle( thread );
        com_release( request );
        server_stop( server );
        winetest_pop_context();
    }
}

/* facts/url-proxy-com.md 11: the seconds come as any number, as scripts have them (guess) */
static void test_wait_types(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( HELLO ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = send_async( server );
    VARIANT seconds = com_empty();
    VARIANT_BOOL succeeded = 0xdead;

    V_VT( &seconds ) = VT_I2;
    V_I2( &seconds ) = 8;
    check_hr( IWinHttpRequest_WaitForResponse( request, seconds, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    V_VT( &seconds ) = VT_R8;
    V_R8( &seconds ) = 8.0;
    check_hr( IWinHttpRequest_WaitForResponse( request, seconds, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    com_release( request );
    server_stop( server );
}

/* guess U23: the wait fails as the request did */
static void test_wait_failed(void)
{
    struct server *server = server_start_plain( silent );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded;

    check_hr( com_open_with( request, L"GET", L"http://127.0.0.1:1/", com_bool( TRUE ) ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_hr( com_wait( request, -1, &succeeded ), HTTP_E( ERROR_WINHTTP_CANNOT_CONNECT ) );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 8000, 8000, 300 ), S_OK );
    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( com_wait( request, -1, &succeeded ), HTTP_E( ERROR_WINHTTP_TIMEOUT ) );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    com_release( request );
    server_stop( server );
}

/* ---- a message while the object waits ---- */

#define WM_SAID (WM_USER + 1)

struct listener
{
    HWND window;
    IWinHttpRequest *request;
    struct server *server;
    BOOL abort;                 /* the message is to end the request, not to let it go on */
    unsigned int heard;
};

static LRESULT CALLBACK hear( HWND window, UINT message, WPARAM wp, LPARAM lp )
{
    struct listener *listener = (struct listener *)lp;

    if (message != WM_SAID) return DefWindowProcW( window, message, wp, lp );
    listener->heard++;
    if (!listener->abort) server_signal( listener->server, 0 );
    else check_hr( IWinHttpRequest_Abort( listener->request ), S_OK );
    return 0;
}

static DWORD CALLBACK say( void *arg )
{
    struct listener *listener = arg;

    server_wait( listener->server, 0 );
    SendNotifyMessageW( listener->window, WM_SAID, 0, (LPARAM)listener );
    return 0;
}

static HWND create_window(void)
{
    WNDCLASSW class = { 0 };

    class.lpfnWndProc = hear;
    class.hInstance = GetModuleHandleW( NULL );
    class.lpszClassName = L"com_async";
    RegisterClassW( &class );
    return CreateWindowExW( 0, L"com_async", NULL, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                            class.hInstance, NULL );
}

/* guess U24: while an apartment's thread waits it takes what others send to it, which may end the
 * wait by Abort. Whether posted messages are dispatched nobody has seen. */
static void test_wait_messages( BOOL abort )
{
    struct server *server = server_start_plain( abort ? silent : held );
    struct listener listener = { create_window(), send_async( server ), server, abort, 0 };
    VARIANT_BOOL succeeded = 0xdead;
    HANDLE thread;
    HRESULT hr;

    winetest_push_context( "abort %d", abort );
    ok( listener.window != NULL, "no window\n" );
    thread = CreateThread( NULL, 0, say, &listener, 0, NULL );
    hr = com_wait( listener.request, 8, &succeeded );
    ok( listener.heard == 1, "heard %u messages\n", listener.heard );
    if (abort)
    {
        /* how it ends nobody has seen; it does not end well */
        ok( FAILED(hr) || succeeded == VARIANT_FALSE, "got %#x, %#x\n", (UINT)hr, succeeded );
        check_hr( com_send( listener.request ), BEFORE_OPEN );
    }
    else
    {
        check_hr( hr, S_OK );
        ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
        check_hello( listener.request );
    }
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    com_release( listener.request );
    server_stop( server );
    DestroyWindow( listener.window );
    winetest_pop_context();
}

static void test_messages(void)
{
    test_wait_messages( FALSE );
    test_wait_messages( TRUE );
}

/* ---- the end before the response ---- */

/* Abort closes the connection, and the object is as it was before Open. */
static void test_abort(void)
{
    struct server *server = server_start_plain( silent );
    IWinHttpRequest *request = send_async( server );
    VARIANT_BOOL succeeded;
    LONG status;

    ok( server_wait( server, 0 ), "no request\n" );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
    ok( server_wait( server, 1 ), "the connection is still there\n" );
    check_hr( com_send( request ), BEFORE_OPEN );
    check_hr( IWinHttpRequest_get_Status( request, &status ), BEFORE_SEND );
    check_hr( com_wait( request, -1, &succeeded ), BEFORE_SEND );
    server_stop( server );
    server = server_start_plain( held );
    server_signal( server, 0 );
    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_wait( request, -1, TRUE );
    check_hello( request );
    com_release( request );
    server_stop( server );
}

/* Straight after Send, whatever has been done by then. */
static void test_abort_at_once(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_EOF, SRV_END };
    struct server *server;
    IWinHttpRequest *request;
    unsigned int i;

    for (i = 0; i < 10; i++)
    {
        server = server_start_plain( script );
        request = send_async( server );
        check_hr( IWinHttpRequest_Abort( request ), S_OK );
        check_hr( com_send( request ), BEFORE_OPEN );
        com_release( request );
        server_abandon( server );
    }
}

/* Open drops what is under way and starts anew. */
static void test_open_again(void)
{
    struct server *first = server_start_plain( silent ), *second = server_start_plain( held );
    IWinHttpRequest *request = send_async( first );
    LONG status;

    ok( server_wait( first, 0 ), "no request\n" );
    com_open_async( request, second, L"GET", L"/" );
    ok( server_wait( first, 1 ), "the connection is still there\n" );
    check_hr( IWinHttpRequest_get_Status( request, &status ), BEFORE_SEND );
    check_hr( com_send( request ), S_OK );
    server_signal( second, 0 );
    check_wait( request, -1, TRUE );
    check_hello( request );
    com_release( request );
    server_stop( first );
    server_stop( second );
}

/* The last reference goes while the request is under way: it ends, and so does all of it. */
static void test_release(void)
{
    static const struct step in_body[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe" ),
        SRV_SIGNAL( 0 ), SRV_EOF, SRV_SIGNAL( 1 ), SRV_END
    };
    static const struct step *const scripts[] = { silent, in_body };
    IWinHttpRequest *request;
    struct server *server;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start_plain( scripts[i] );
        request = send_async( server );
        ok( server_wait( server, 0 ), "no request\n" );
        com_release( request );
        ok( server_wait( server, 1 ), "the connection is still there\n" );
        server_stop( server );
        winetest_pop_context();
    }
    for (i = 0; i < 10; i++)
    {
        server = server_start_plain( silent );
        com_release( send_async( server ) );
        server_abandon( server );
    }
}

/* Several objects in one apartment, each with its own. */
static void test_several(void)
{
    struct server *servers[4];
    IWinHttpRequest *requests[4];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( servers ); i++)
    {
        servers[i] = server_start_plain( held );
        requests[i] = send_async( servers[i] );
    }
    for (i = ARRAYSIZE( servers ); i--;)
    {
        server_signal( servers[i], 0 );
        check_wait( requests[i], -1, TRUE );
        check_hello( requests[i] );
    }
    for (i = 0; i < ARRAYSIZE( servers ); i++)
    {
        com_release( requests[i] );
        server_stop( servers[i] );
    }
}

/* The body is sent meanwhile; the value was the caller's and is gone. */
static void test_body(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_WAIT( 0 ), SRV_BYTES( 60000 ), SRV_SEND( HELLO ), SRV_END
    };
    struct server *server;
    IWinHttpRequest *request;
    static char bytes[60000];
    unsigned int i;
    VARIANT body;

    for (i = 0; i < sizeof(bytes); i++) bytes[i] = 'a' + i % 23;
    server = server_start_plain( script );
    request = com_create();
    com_open_async( request, server, L"POST", L"/" );
    body = com_bytes( bytes, sizeof(bytes) );
    check_hr( IWinHttpRequest_Send( request, body ), S_OK );
    memset( V_ARRAY( &body )->pvData, 0, sizeof(bytes) );
    VariantClear( &body );
    server_signal( server, 0 );
    check_wait( request, -1, TRUE );
    check_hello( request );
    check_request_body( server, 0, bytes, sizeof(bytes) );
    com_release( request );
    server_stop( server );
}

START_TEST( com_async )
{
    if (!com_begin()) return;
    RUN( test_pending );
    RUN( test_wait_timeout );
    RUN( test_wait_infinite );
    RUN( test_wait_types );
    RUN( test_wait_failed );
    RUN( test_messages );
    RUN( test_abort );
    RUN( test_abort_at_once );
    RUN( test_open_again );
    RUN( test_release );
    RUN( test_several );
    RUN( test_body );
    com_end();
}
