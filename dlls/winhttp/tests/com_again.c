/*
 * The WinHttpRequest object: Send once more without Open, and what lies in the queue by then.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A comment "guess" marks an answer that nobody has seen; facts/url-proxy-com.md 11 and 15 have
 * the others.
 */
#include "com_events.h"

/* One for most tests, as it is large. */
static struct com_sink sink;

static void check_waited( IWinHttpRequest *request )
{
    VARIANT_BOOL succeeded = 0xdead;

    check_hr( com_wait( request, -1, &succeeded ), S_OK );
    ok( succeeded == VARIANT_TRUE, "got %#x\n", succeeded );
}

/* Until the response is there, without a message or an event being handled: there is no way to be
 * told of that. */
static void await_response( IWinHttpRequest *request )
{
    DWORD start = GetTickCount();
    BSTR text = NULL;
    HRESULT hr;

    while ((hr = IWinHttpRequest_get_ResponseText( request, &text )) == E_PENDING &&
           GetTickCount() - start < SERVER_TIMEOUT_MS) SwitchToThread();
    check_hr( hr, S_OK );
    SysFreeString( text );
}

/* guess: what was not told of the first response by the second Send is not told any more, and never
 * with the second's bytes */
static void test_stale_events(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nAAAAA" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 201 OK\r\nContent-Length: 5\r\n\r\nBBBBB" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_sink_init( &sink );
    com_advise( request, &sink );
    com_open_async( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    await_response( request );
    ok( !sink.count, "%u events\n", sink.count );
    check_hr( com_send( request ), S_OK );
    check_waited( request );
    com_await_end( &sink );
    check_events( &sink, "SDF" );
    ok( sink.events[0].number == 201, "got %d\n", (int)sink.events[0].number );
    ok( sink.data_len == 5 && !memcmp( sink.data, "BBBBB", 5 ), "got %u bytes: %.*s\n",
        sink.data_len, (int)min( sink.data_len, sizeof(sink.data) ), sink.data );
    check_text( request, L"BBBBB" );
    com_release( request );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
    server_stop( server );
}

/* ---- many times ---- */

/* Below SERVER_MAX_REQUESTS, so there is a server for each round. */
#define ROUNDS 4
#define SENDS  50

static const char hello[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/* One connection, and so many requests. */
static void make_script( struct step script[2 + 2 * SENDS] )
{
    static const struct step first = SRV_ACCEPT, last = SRV_END, headers = SRV_HEADERS;
    static const struct step answer = SRV_SEND( hello );
    unsigned int i;

    script[0] = first;
    for (i = 0; i < SENDS; i++)
    {
        script[1 + 2 * i] = headers;
        script[2 + 2 * i] = answer;
    }
    script[1 + 2 * SENDS] = last;
}

static void send_often( IWinHttpRequest *request, BOOL told )
{
    unsigned int i;

    for (i = 0; i < SENDS; i++)
    {
        winetest_push_context( "send %u", i );
        sink.count = sink.data_len = 0;
        check_hr( com_send( request ), S_OK );
        check_waited( request );
        check_text( request, L"hello" );
        if (told)
        {
            com_await_end( &sink );
            check_events( &sink, "SDF" );
        }
        winetest_pop_context();
    }
}

/* When the wait is over the response is there, that of this Send. */
static void test_many_sends( BOOL told )
{
    static struct step script[2 + 2 * SENDS];
    IWinHttpRequest *request = com_create();
    struct server *server;
    unsigned int i;

    make_script( script );
    com_sink_init( &sink );
    if (told) com_advise( request, &sink );
    for (i = 0; i < ROUNDS; i++)
    {
        winetest_push_context( "round %u", i );
        server = server_start_plain( script );
        com_open_async( request, server, L"GET", L"/" );
        send_often( request, told );
        ok( server_connection_count( server ) == 1, "%u connections\n",
            server_connection_count( server ) );
        server_stop( server );
        winetest_pop_context();
    }
    com_release( request );
    ok( sink.refs == 1, "%d references to the sink\n", (int)sink.refs );
}

static void test_many_sends_alone(void)
{
    test_many_sends( FALSE );
}

static void test_many_sends_told(void)
{
    test_many_sends( TRUE );
}

/* ---- the thread's queue ---- */

#define LARGE 0x400000

/* There are more pieces than the sink keeps. */
static void count_data( struct com_sink *told, void *arg )
{
    unsigned int *total = arg;

    *total += told->data_len;
    told->data_len = 0;
    told->count--;
}

/* Of windows; the sink's own go to the thread. */
static unsigned int count_messages(void)
{
    unsigned int count = 0;
    MSG message;

    while (PeekMessageW( &message, NULL, 0, 0, PM_REMOVE )) if (message.hwnd) count++;
    return count;
}

/* A synchronous Send fires the events by itself: a thread that has no message loop must not find
 * its queue full. */
static void test_queue(void)
{
    static const char header[] = "HTTP/1.1 200 OK\r\nContent-Length: 4194304\r\n\r\n";
    static char bytes[LARGE];
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( header ), SRV_SEND_N( bytes, LARGE ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    unsigned int total = 0, count;

    count_messages();
    com_sink_init( &sink );
    sink.hook_type = COM_DATA;
    sink.hook = count_data;
    sink.hook_arg = &total;
    com_advise( request, &sink );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    count = count_messages();
    ok( count <= 8, "%u messages\n", count );
    check_events( &sink, "SF" );
    ok( total == LARGE, "got %u bytes\n", total );
    com_release( request );
    server_stop( server );
}

START_TEST( com_again )
{
    if (!com_begin()) return;
    RUN( test_stale_events );
    RUN( test_many_sends_alone );
    RUN( test_many_sends_told );
    RUN( test_queue );
    com_end();
}
