/*
 * The WinHttpRequest object: its connection point, and the events that sinks are told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 15); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com_events.h"

#include <olectl.h>

#define HELLO "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"

static const struct step hello[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( HELLO ), SRV_END };
static const struct step silent[] = { SRV_ACCEPT, SRV_HEADERS, SRV_EOF, SRV_END };

/* One for most tests, as it is large. */
static struct com_sink sink;

/* An object with the sink. */
static IWinHttpRequest *create( DWORD *cookie )
{
    IWinHttpRequest *request = com_create();

    com_sink_init( &sink );
    *cookie = com_advise( request, &sink );
    return request;
}

static void destroy( IWinHttpRequest *request )
{
    com_release( request );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
}

static void check_data( const char *data, unsigned int len )
{
    ok( sink.data_len == len && !memcmp( sink.data, data, min( len, sizeof(sink.data) ) ),
        "got %u bytes\n", sink.data_len );
}

/* The event of that type; never NULL. */
static const struct com_event *find( enum com_event_type type )
{
    static const struct com_event none;
    unsigned int i;

    for (i = 0; i < sink.count; i++) if (sink.events[i].type == type) return &sink.events[i];
    ok( 0, "no event of type %u\n", type );
    return &none;
}

/* ---- the connection point ---- */

static void check_point( IConnectionPoint *point, IWinHttpRequest *request )
{
    IConnectionPointContainer *container = NULL;
    IUnknown *whole = NULL, *same = NULL;
    IID iid = { 0 };

    check_hr( IConnectionPoint_GetConnectionInterface( point, &iid ), S_OK );
    ok( IsEqualGUID( &iid, &IID_IWinHttpRequestEvents ), "got %08x\n", (UINT)iid.Data1 );
    check_hr( IConnectionPoint_GetConnectionPointContainer( point, &container ), S_OK );
    if (!container) return;
    check_hr( IConnectionPointContainer_QueryInterface( container, &IID_IUnknown,
                                                        (void **)&whole ), S_OK );
    check_hr( IWinHttpRequest_QueryInterface( request, &IID_IUnknown, (void **)&same ), S_OK );
    ok( whole == same, "another object\n" );
    if (whole) IUnknown_Release( whole );
    if (same) IUnknown_Release( same );
    IConnectionPointContainer_Release( container );
}

static void test_points(void)
{
    IWinHttpRequest *request = com_create();
    IConnectionPointContainer *container = NULL;
    IEnumConnectionPoints *list = NULL;
    IConnectionPoint *point = NULL, *more[2] = { NULL, NULL };
    ULONG count = 0xdead;

    check_hr( IWinHttpRequest_QueryInterface( request, &IID_IConnectionPointContainer,
                                              (void **)&container ), S_OK );
    if (!container) goto done;
    check_hr( IConnectionPointContainer_FindConnectionPoint( container, &IID_IWinHttpRequestEvents,
                                                             &point ), S_OK );
    if (point)
    {
        check_point( point, request );
        IConnectionPoint_Release( point );
    }
    point = (IConnectionPoint *)(ULONG_PTR)0xdead;
    check_hr( IConnectionPointContainer_FindConnectionPoint( container, &IID_IDispatch, &point ),
              CONNECT_E_NOCONNECTION );
    check_hr( IConnectionPointContainer_FindConnectionPoint( container, &IID_IPropertyNotifySink,
                                                             &point ), CONNECT_E_NOCONNECTION );
    check_hr( IConnectionPointContainer_EnumConnectionPoints( container, &list ), S_OK );
    if (list)
    {
        check_hr( IEnumConnectionPoints_Next( list, 2, more, &count ), S_FALSE );
        ok( count == 1, "got %u points\n", (UINT)count );
        if (count == 1 && more[0])
        {
            check_point( more[0], request );
            IConnectionPoint_Release( more[0] );
        }
        check_hr( IEnumConnectionPoints_Next( list, 1, more, &count ), S_FALSE );
        ok( !count, "got %u points\n", (UINT)count );
        check_hr( IEnumConnectionPoints_Reset( list ), S_OK );
        check_hr( IEnumConnectionPoints_Next( list, 1, more, NULL ), S_OK );
        if (more[0]) IConnectionPoint_Release( more[0] );
        IEnumConnectionPoints_Release( list );
    }
    IConnectionPointContainer_Release( container );
done:
    com_release( request );
}

/* A sink that has no such interface is refused; a cookie is good once. */
static void test_advise(void)
{
    IWinHttpRequest *request = com_create(), *other = com_create();
    IConnectionPoint *point = com_find_point( request );
    DWORD cookie = 0xdead, second = 0;
    IEnumConnections *list = NULL;
    CONNECTDATA data;
    ULONG count = 0;

    com_sink_init( &sink );
    if (point)
    {
        check_hr( IConnectionPoint_Advise( point, (IUnknown *)other, &cookie ),
                  CONNECT_E_CANNOTCONNECT );
        check_hr( IConnectionPoint_Unadvise( point, 0xdead ), CONNECT_E_NOCONNECTION );
        check_hr( IConnectionPoint_Advise( point, (IUnknown *)&sink, &cookie ), S_OK );
        check_hr( IConnectionPoint_Advise( point, (IUnknown *)&sink, &second ), S_OK );
        ok( cookie && second && cookie != second, "got %u, %u\n", (UINT)cookie, (UINT)second );
        check_hr( IConnectionPoint_Unadvise( point, second ), S_OK );
        check_hr( IConnectionPoint_Unadvise( point, second ), CONNECT_E_NOCONNECTION );
        check_hr( IConnectionPoint_EnumConnections( point, &list ), S_OK );
        if (list)
        {
            check_hr( IEnumConnections_Next( list, 1, &data, &count ), S_OK );
            ok( count == 1 && data.pUnk == (IUnknown *)&sink && data.dwCookie == cookie,
                "got %u sinks\n", (UINT)count );
            if (count) IUnknown_Release( data.pUnk );
            check_hr( IEnumConnections_Next( list, 1, &data, &count ), S_FALSE );
            IEnumConnections_Release( list );
        }
        check_hr( IConnectionPoint_Unadvise( point, cookie ), S_OK );
        ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
        IConnectionPoint_Release( point );
    }
    com_release( request );
    com_release( other );
}

/* ---- what is told ---- */

/* Start, Data and Finished, on the apartment's thread; guess U30: by a synchronous Send too */
static void test_response( BOOL async )
{
    struct server *server = server_start_plain( hello );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    if (async) com_open_async( request, server, L"GET", L"/" );
    else com_open( request, server, L"GET", L"/" );
    ok( !sink.count, "%u events\n", sink.count );
    check_hr( com_send( request ), S_OK );
    if (async) com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( find( COM_START )->number == 200, "got %d\n", (int)find( COM_START )->number );
    ok( !wcscmp( find( COM_START )->text, L"text/plain" ), "got %ls\n", find( COM_START )->text );
    check_data( "hello", 5 );
    check_status( request, 200 );
    check_text( request, L"hello" );
    com_unadvise( request, cookie );
    destroy( request );
    server_stop( server );
}

/* While the thread waits in WaitForResponse events are fired as well (guess U24). */
static void test_wait(void)
{
    struct server *server = server_start_plain( hello );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );
    VARIANT_BOOL succeeded = 0xdead;

    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_hr( com_wait( request, 8, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    com_await_end( &sink );
    check_events( &sink, "SDF" );
    check_data( "hello", 5 );
    destroy( request );     /* with the sink still there */
    server_stop( server );
}

static void signal_server( struct com_sink *told, void *arg )
{
    server_signal( arg, told->data_len < 5 ? 0 : 1 );
}

/* A chunk as it was received: what the server sends later comes later. */
static void test_chunks( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n" ),
        SRV_WAIT( 0 ), SRV_SEND( "2\r\nlo\r\n" ), SRV_WAIT( 1 ), SRV_SEND( "0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    sink.hook_type = COM_DATA;
    sink.hook = signal_server;
    sink.hook_arg = server;
    if (async) com_open_async( request, server, L"GET", L"/" );
    else com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    if (async) com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( sink.count >= 4, "got %u events\n", sink.count );
    ok( !find( COM_START )->text[0], "got type %ls\n", find( COM_START )->text );
    check_data( "hello", 5 );
    check_text( request, L"hello" );
    destroy( request );
    server_stop( server );
}

/* No body, no data; any status is told. */
static void test_no_body( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 404 No\r\nContent-Type: text/html; charset=utf-8\r\n"
                  "Content-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    if (async) com_open_async( request, server, L"GET", L"/" );
    else com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    if (async) com_await_end( &sink );
    check_events( &sink, "SF" );
    ok( find( COM_START )->number == 404, "got %d\n", (int)find( COM_START )->number );
    ok( !wcscmp( find( COM_START )->text, L"text/html; charset=utf-8" ), "got %ls\n",
        find( COM_START )->text );
    destroy( request );
    server_stop( server );
}

/* Only the last response is one; neither a redirect nor a challenge that is answered. */
static void test_legs( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Moved\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nmove" ),
        SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 401 Denied\r\nWWW-Authenticate: Basic realm=\"here\"\r\n"
                  "Content-Length: 6\r\n\r\nsecret" ),
        SRV_HEADERS, SRV_SEND( HELLO ), SRV_END
    };
    struct server *server = server_start_plain( script );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    if (async) com_open_async( request, server, L"GET", L"/a" );
    else com_open( request, server, L"GET", L"/a" );
    check_hr( com_set_credentials( request, L"user", L"pass", 0 ), S_OK );
    check_hr( com_send( request ), S_OK );
    if (async) com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( find( COM_START )->number == 200, "got %d\n", (int)find( COM_START )->number );
    check_data( "hello", 5 );
    check_header( server, 2, "Authorization", "Basic dXNlcjpwYXNz" );
    destroy( request );
    server_stop( server );
}

/* A challenge that nobody answers is a response. */
static void test_unauthorized( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 401 Denied\r\nWWW-Authenticate: Basic realm=\"here\"\r\n"
                  "Content-Length: 6\r\n\r\nsecret" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    if (async) com_open_async( request, server, L"GET", L"/a" );
    else com_open( request, server, L"GET", L"/a" );
    check_hr( com_send( request ), S_OK );
    if (async) com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( find( COM_START )->number == 401, "got %d\n", (int)find( COM_START )->number );
    check_data( "secret", 6 );
    destroy( request );
    server_stop( server );
}

static void check_error_event( DWORD error )
{
    const struct com_event *event = find( COM_ERROR );

    ok( (event->number & 0xffff) == (LONG)error, "got %#x\n", (UINT)event->number );
    ok( event->text[0], "no text\n" );
}

/* Error in the place of Start, and behind Data. */
static void test_error( BOOL async )
{
    static const struct step midway[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start_plain( midway );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    check_hr( com_open_with( request, L"GET", L"http://127.0.0.1:1/", com_bool( async ) ), S_OK );
    check_hr( com_send( request ), async ? S_OK : HTTP_E( ERROR_WINHTTP_CANNOT_CONNECT ) );
    if (async) com_await_end( &sink );
    check_events( &sink, "E" );
    check_error_event( ERROR_WINHTTP_CANNOT_CONNECT );
    com_unadvise( request, cookie );
    destroy( request );

    request = create( &cookie );
    check_hr( IWinHttpRequest_SetTimeouts( request, 0, 8000, 8000, 300 ), S_OK );
    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), com_bool( async ) ), S_OK );
    check_hr( com_send( request ), async ? S_OK : HTTP_E( ERROR_WINHTTP_TIMEOUT ) );
    if (async) com_await_end( &sink );
    check_events( &sink, "SDE" );
    check_data( "body", 4 );
    check_error_event( ERROR_WINHTTP_TIMEOUT );
    destroy( request );
    server_stop( server );
}

/* ---- who is told ---- */

/* A complete exchange with what the sinks make of it; by its end all that was under way has been
 * told. */
static void exchange( IWinHttpRequest *request, BOOL async )
{
    struct server *server = server_start_plain( hello );
    VARIANT_BOOL succeeded = 0xdead;

    check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), com_bool( async ) ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_hr( com_wait( request, 8, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
    check_text( request, L"hello" );
    server_stop( server );
}

/* Each sink, as long as it is there. */
static void test_two_sinks( BOOL async )
{
    static struct com_sink second;
    DWORD cookie, other;
    IWinHttpRequest *request = create( &cookie );

    com_sink_init( &second );
    other = com_advise( request, &second );
    exchange( request, async );
    com_await_end( &sink );
    com_await_end( &second );
    check_events( &sink, "SDF" );
    check_events( &second, "SDF" );
    com_unadvise( request, cookie );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
    second.count = 0;
    exchange( request, async );
    com_await_end( &second );
    check_events( &second, "SDF" );
    check_events( &sink, "SDF" );
    com_unadvise( request, other );
    second.count = 0;
    exchange( request, async );
    destroy( request );
    ok( second.refs == 1, "%d references to the sink\n", (int)second.refs );
    ok( !second.count, "%u events\n", second.count );
}

/* The sink goes with the object, which may go while a request is under way: nothing is told. */
static void test_release(void)
{
    struct server *server = server_start_plain( silent );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    destroy( request );
    server_abandon( server );
    /* messages that were left are of no harm */
    request = com_create();
    exchange( request, TRUE );
    com_release( request );
    ok( !sink.count, "%u events\n", sink.count );
}

/* ---- from within events ---- */

static void abort_request( struct com_sink *told, void *arg )
{
    IWinHttpRequest *request = arg;

    told->hook = NULL;
    check_hr( IWinHttpRequest_Abort( request ), S_OK );
}

static BOOL is_unhooked( void *arg )
{
    return !((struct com_sink *)arg)->hook;
}

/* An Abort inside an event ends all, a synchronous Send too: what that returns nobody has seen, it
 * does not succeed. guess: no event tells of it. */
static void test_abort( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nbody" ),
        SRV_EOF, SRV_SIGNAL( 0 ), SRV_END
    };
    static const enum com_event_type types[] = { COM_START, COM_DATA };
    struct server *server;
    IWinHttpRequest *request;
    unsigned int i;
    DWORD cookie;
    HRESULT hr;

    for (i = 0; i < ARRAYSIZE( types ); i++)
    {
        winetest_push_context( "in %s", i ? "Data" : "Start" );
        server = server_start_plain( script );
        request = create( &cookie );
        sink.hook_type = types[i];
        sink.hook = abort_request;
        sink.hook_arg = request;
        check_hr( com_open_with( request, L"GET", com_url( server, L"/" ), com_bool( async ) ),
                  S_OK );
        hr = com_send( request );
        ok( async ? hr == S_OK : FAILED(hr), "got %#x\n", (UINT)hr );
        ok( com_pump_until( is_unhooked, &sink ), "no event\n" );
        ok( server_wait( server, 0 ), "the connection is still there\n" );
        check_hr( com_send( request ), BEFORE_OPEN );
        exchange( request, async );
        com_await_end( &sink );
        check_events( &sink, i ? "SDSDF" : "SSDF" );
        destroy( request );
        server_stop( server );
        winetest_pop_context();
    }
}

struct unadvise
{
    IWinHttpRequest *request;
    DWORD cookie;
};

static void unadvise_sink( struct com_sink *told, void *arg )
{
    struct unadvise *unadvise = arg;

    told->hook = NULL;
    com_unadvise( unadvise->request, unadvise->cookie );
}

/* A sink that leaves inside an event hears nothing more. */
static void test_unadvise( BOOL async )
{
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );
    struct unadvise unadvise = { request, cookie };

    sink.hook_type = COM_START;
    sink.hook = unadvise_sink;
    sink.hook_arg = &unadvise;
    exchange( request, async );
    ok( com_pump_until( is_unhooked, &sink ), "no event\n" );
    check_events( &sink, "S" );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
    exchange( request, async );
    check_events( &sink, "S" );
    destroy( request );
}

static void release_request( struct com_sink *told, void *arg )
{
    told->hook = NULL;
    com_release( arg );
}

/* The last reference goes inside an event. */
static void test_release_in_event(void)
{
    struct server *server = server_start_plain( hello );
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    sink.hook_type = COM_FINISHED;
    sink.hook = release_request;
    sink.hook_arg = request;
    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( is_unhooked( &sink ), "not released\n" );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
    server_stop( server );
}

/* What stands in the object inside an event. */
static void look_at_start( struct com_sink *told, void *arg )
{
    BSTR text = NULL;

    told->hook = NULL;
    check_hr( com_get_header( arg, L"Content-Type", &text ), S_OK );
    check_bstr( text, L"text/plain" );
}

static void look_at_end( struct com_sink *told, void *arg )
{
    told->hook = NULL;
    check_status( arg, 200 );
    check_text( arg, L"hello" );
}

/* guess: the headers from Start on, everything with Finished, by then a request as any other */
static void test_look_inside(void)
{
    DWORD cookie;
    IWinHttpRequest *request = create( &cookie );

    sink.hook_arg = request;
    sink.hook_type = COM_START;
    sink.hook = look_at_start;
    exchange( request, TRUE );
    com_await_end( &sink );
    ok( is_unhooked( &sink ), "no event\n" );
    sink.hook_type = COM_FINISHED;
    sink.hook = look_at_end;
    exchange( request, TRUE );
    ok( com_pump_until( is_unhooked, &sink ), "no event\n" );
    destroy( request );
}

START_TEST( com_event )
{
    if (!com_begin()) return;
    RUN( test_points );
    RUN( test_advise );
    RUN_BOTH( test_response );
    RUN( test_wait );
    RUN_BOTH( test_chunks );
    RUN_BOTH( test_no_body );
    RUN_BOTH( test_legs );
    RUN_BOTH( test_unauthorized );
    RUN_BOTH( test_error );
    RUN_BOTH( test_two_sinks );
    RUN( test_release );
    RUN_BOTH( test_abort );
    RUN_BOTH( test_unadvise );
    RUN( test_release_in_event );
    RUN( test_look_inside );
    com_end();
}
