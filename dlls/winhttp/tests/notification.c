/*
 * The status callbacks of HTTP requests: order, thread, content.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name
#define DONE { 0, 0 }

/* http.md 4: the name is resolved and the server connected to only for a new connection */
#define CONNECTING( where ) \
    { STATUS( RESOLVING_NAME ), where | NOTIFY_OPTIONAL }, \
    { STATUS( NAME_RESOLVED ), where | NOTIFY_OPTIONAL }, \
    { STATUS( CONNECTING_TO_SERVER ), where }, { STATUS( CONNECTED_TO_SERVER ), where }

#define SENDING( where ) { STATUS( SENDING_REQUEST ), where }, { STATUS( REQUEST_SENT ), where }
#define RECEIVING( where ) \
    { STATUS( RECEIVING_RESPONSE ), where }, { STATUS( RESPONSE_RECEIVED ), where }

static const struct step get_script[] =
{
    SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" ),
    SRV_SIGNAL( 0 ),
    SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nworld" ), SRV_SIGNAL( 0 ),
    SRV_END
};

static const WCHAR *text_of( const struct notification *entry )
{
    return (const WCHAR *)entry->data;
}

/* http.md 3, 4: synchronous handles tell progress only, on the caller's thread */
static void test_sync_get(void)
{
    static const struct notify_expect opened[] =
    {
        { STATUS( HANDLE_CREATED ), NOTIFY_CALLER }, { STATUS( HANDLE_CREATED ), NOTIFY_CALLER },
        DONE
    };
    static const struct notify_expect sent[] = { CONNECTING( NOTIFY_CALLER ),
                                                 SENDING( NOTIFY_CALLER ), DONE };
    static const struct notify_expect again[] = { SENDING( NOTIFY_CALLER ), DONE };
    static const struct notify_expect received[] = { RECEIVING( NOTIFY_CALLER ), DONE };
    static const struct notify_expect nothing[] = { DONE };
    static const struct notify_expect closed[] =
    {
        { STATUS( HANDLE_CLOSING ), NOTIFY_CALLER }, { STATUS( HANDLE_CLOSING ), NOTIFY_CALLER },
        { STATUS( HANDLE_CLOSING ), NOTIFY_CALLER }, DONE
    };
    struct server *server = server_start( get_script );
    const struct notification *entry;
    struct client client;
    unsigned int from, i;
    char buffer[16];
    DWORD len;

    client_open( &client, server, CLIENT_NOTIFY );
    notify_check( 0, opened );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "request %u", i );
        from = notify_count();
        check_works( client_send( &client ) );
        notify_check( from, i ? again : sent );
        if (!i && (entry = notify_wait( from, STATUS( CONNECTING_TO_SERVER ) )))
            ok( !wcscmp( text_of( entry ), L"127.0.0.1" ), "got %ls\n", text_of( entry ) );
        from = notify_count();
        ok( server_wait( server, 0 ), "no response\n" );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        notify_check( from, received );
        from = notify_count();
        check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
        ok( len == 5, "got %u\n", (UINT)len );
        notify_check( from, nothing );
        winetest_pop_context();
    }
    from = notify_count();
    client_close( &client );
    notify_check( from, closed );
    server_stop( server );
}

/* http.md 3, 4 */
static void test_async_get(void)
{
    static const struct notify_expect sent[] =
    {
        CONNECTING( NOTIFY_ANY ), SENDING( NOTIFY_ANY ),
        { STATUS( SENDREQUEST_COMPLETE ), NOTIFY_WORKER }, DONE
    };
    static const struct notify_expect again[] =
    {
        SENDING( NOTIFY_ANY ), { STATUS( SENDREQUEST_COMPLETE ), NOTIFY_WORKER }, DONE
    };
    static const struct notify_expect received[] =
    {
        RECEIVING( NOTIFY_CALLER ), { STATUS( HEADERS_AVAILABLE ), NOTIFY_CALLER }, DONE
    };
    struct server *server = server_start( get_script );
    struct client client;
    unsigned int from, i;
    char buffer[16];

    client_open( &client, server, CLIENT_ASYNC );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "request %u", i );
        from = notify_count();
        SetLastError( 0xdeadbeef );
        ok( client_send( &client ), "failed\n" );
        check_error( ERROR_SUCCESS );
        await( from, STATUS( SENDREQUEST_COMPLETE ) );
        notify_check( from, i ? again : sent );
        ok( server_wait( server, 0 ), "no response\n" );
        from = notify_count();
        SetLastError( 0xdeadbeef );
        ok( WinHttpReceiveResponse( client.request, NULL ), "failed\n" );
        check_error( ERROR_SUCCESS );
        await( from, STATUS( HEADERS_AVAILABLE ) );
        notify_check( from, received );
        from = notify_count();
        check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), NULL ) );
        ok( await( from, STATUS( READ_COMPLETE ) )->len == 5, "wrong length\n" );
        ok( await( from, STATUS( READ_COMPLETE ) )->info == buffer, "wrong buffer\n" );
        winetest_pop_context();
    }
    client_close( &client );
    server_stop( server );
}

/* http.md 3: the last error of an asynchronous call tells on which thread its completion comes */
static void check_last_error( const struct notification *entry, DWORD error, int line )
{
    if (error) ok_( __FILE__, line )( error == ERROR_IO_PENDING &&
                                      entry->thread != GetCurrentThreadId(),
                                      "error %u\n", (UINT)error );
    else ok_( __FILE__, line )( entry->thread == GetCurrentThreadId(),
                                "completed elsewhere with error 0\n" );
}

/* http.md 3, 8: QueryDataAvailable and ReadData, buffered and not */
static void test_async_read(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234" ),
        SRV_SIGNAL( 0 ),
        SRV_WAIT( 1 ), SRV_SEND( "56789" ), SRV_END
    };
    struct server *server = server_start( script );
    const struct notification *entry;
    struct client client;
    DWORD len = 0xdeadbeef, error;
    char buffer[16];
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    check_works( client_send( &client ) );
    await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    ok( server_wait( server, 0 ), "no response\n" );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    await( 0, STATUS( HEADERS_AVAILABLE ) );

    from = notify_count();
    SetLastError( 0xdeadbeef );
    ok( WinHttpQueryDataAvailable( client.request, &len ), "failed\n" );
    error = GetLastError();
    entry = await( from, STATUS( DATA_AVAILABLE ) );
    check_last_error( entry, error, __LINE__ );
    ok( entry->len == sizeof(DWORD) && *(DWORD *)entry->data == 5, "got %u\n",
        *(UINT *)entry->data );
    ok( len == 5, "got %u\n", (UINT)len );       /* Windows 8 and later */

    from = notify_count();
    len = 0xdeadbeef;
    SetLastError( 0xdeadbeef );
    ok( WinHttpReadData( client.request, buffer, 1, &len ), "failed\n" );
    error = GetLastError();
    ok( len == 1 && buffer[0] == '0', "got %u\n", (UINT)len );
    entry = await( from, STATUS( READ_COMPLETE ) );
    check_last_error( entry, error, __LINE__ );
    ok( entry->len == 1 && entry->info == buffer, "got length %u\n", (UINT)entry->len );

    from = notify_count();
    check_works( WinHttpReadData( client.request, buffer, 4, NULL ) );
    ok( await( from, STATUS( READ_COMPLETE ) )->len == 4, "wrong length\n" );

    from = notify_count();
    SetLastError( 0xdeadbeef );
    ok( WinHttpQueryDataAvailable( client.request, NULL ), "failed\n" );
    check_error( ERROR_IO_PENDING );
    ok( notify_count() == from, "completed without data\n" );
    server_signal( server, 1 );
    entry = await( from, STATUS( DATA_AVAILABLE ) );
    ok( entry->thread != GetCurrentThreadId(), "on the caller's thread\n" );
    ok( *(DWORD *)entry->data > 0 && *(DWORD *)entry->data <= 5, "got %u\n", *(UINT *)entry->data );
    client_close( &client );
    server_stop( server );
}

/* http.md 4: the data of a POST, and WriteData; guesses U9, U10 */
static void test_async_post(void)
{
    static const struct notify_expect written[] =
    {
        { STATUS( SENDING_REQUEST ), NOTIFY_OPTIONAL }, { STATUS( REQUEST_SENT ), NOTIFY_OPTIONAL },
        { STATUS( WRITE_COMPLETE ), NOTIFY_ANY }, DONE
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 8 ),
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    const struct notification *entry;
    struct client client;
    char first[] = "post", second[] = "data";
    unsigned int from;
    DWORD count;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_ASYNC );
    client_request( &client, L"POST", L"/" );
    from = notify_count();
    check_works( WinHttpSendRequest( client.request, NULL, 0, first, 4, 8, 0x1234 ) );
    entry = await( from, STATUS( SENDREQUEST_COMPLETE ) );
    ok( entry->context == 0x1234, "got context %#x\n", (UINT)entry->context );
    entry = await( from, STATUS( REQUEST_SENT ) );
    ok( entry->len == sizeof(DWORD) && *(DWORD *)entry->data > 4, "got %u\n",
        *(UINT *)entry->data );
    from = notify_count();
    check_works( WinHttpWriteData( client.request, second, 4, NULL ) );
    entry = await( from, STATUS( WRITE_COMPLETE ) );
    count = *(DWORD *)entry->data;
    ok( entry->len == sizeof(count) && count == 4, "got %u\n", (UINT)count );
    notify_check( from, written );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    await( from, STATUS( HEADERS_AVAILABLE ) );
    ok( !strcmp( got_request( server, 0 )->body, "postdata" ), "wrong body\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 3: a second ReceiveResponse is accepted and fails on the caller's thread (guess U7: with
 * what) */
static void test_second_receive_response(void)
{
    static const struct notify_expect refused[] = { { STATUS( REQUEST_ERROR ), NOTIFY_CALLER },
                                                    DONE };
    struct server *server = server_start( get_script );
    struct client client;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    client_exchange( &client, TRUE );
    from = notify_count();
    SetLastError( 0xdeadbeef );
    ok( WinHttpReceiveResponse( client.request, NULL ), "failed\n" );
    check_error( ERROR_SUCCESS );
    notify_check( from, refused );
    check_request_error( await( from, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                         ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_close( &client );
    server_abandon( server );
}

/* http.md 3: closing the handle cancels what is pending, then comes its last callback */
static void test_close_while_pending(void)
{
    static const struct notify_expect closing[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL }, { STATUS( REQUEST_ERROR ), NOTIFY_ANY },
        { STATUS( HANDLE_CLOSING ), NOTIFY_ANY }, DONE
    };
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    HINTERNET request;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    request = client.request;
    check_works( client_send( &client ) );
    await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    from = notify_count();
    check_works( WinHttpReceiveResponse( request, NULL ) );
    check_works( WinHttpCloseHandle( request ) );
    client.request = NULL;
    await( from, STATUS( HANDLE_CLOSING ) );
    check_request_error( await( from, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                         ERROR_WINHTTP_OPERATION_CANCELLED );
    notify_check_handle( from, request, closing );
    client_close( &client );
    server_stop( server );
}

static void receive_response( const struct notification *entry, void *arg )
{
    *(DWORD *)arg = GetCurrentThreadId();
    check_works( WinHttpReceiveResponse( entry->handle, NULL ) );
}

static void read_data( const struct notification *entry, void *arg )
{
    check_works( WinHttpReadData( entry->handle, arg, 16, NULL ) );
}

/* http.md 3: the next call from inside the completion of the last, as programs do it */
static void test_calls_in_callbacks(void)
{
    struct server *server = server_start( get_script );
    const struct notification *entry;
    struct client client;
    DWORD thread = 0;
    char buffer[16];

    client_open( &client, server, CLIENT_ASYNC );
    notify_on( STATUS( SENDREQUEST_COMPLETE ), receive_response, &thread );
    notify_on( STATUS( HEADERS_AVAILABLE ), read_data, buffer );
    check_works( client_send( &client ) );
    entry = await( 0, STATUS( READ_COMPLETE ) );
    ok( entry->len == 5 && !memcmp( buffer, "hello", 5 ), "got length %u\n", (UINT)entry->len );
    ok( await( 0, STATUS( SENDREQUEST_COMPLETE ) )->thread == thread, "wrong thread\n" );
    entry = await( 0, STATUS( HEADERS_AVAILABLE ) );
    ok( entry->thread != GetCurrentThreadId(), "on the caller's thread\n" );
    client_close( &client );
    server_abandon( server );
}

/* http.md 3: called inside REQUEST_SENT, before the request has been completed */
static void test_receive_in_request_sent(void)
{
    struct server *server = server_start( get_script );
    const struct notification *entry;
    struct client client;
    DWORD thread = 0;

    client_open( &client, server, CLIENT_ASYNC );
    notify_on( STATUS( REQUEST_SENT ), receive_response, &thread );
    check_works( client_send( &client ) );
    entry = await( 0, STATUS( HEADERS_AVAILABLE ) );
    ok( entry->thread != GetCurrentThreadId(), "on the caller's thread\n" );
    client_close( &client );
    server_abandon( server );
}

/* http.md 1: SendRequest's context replaces the handle's, but 0 keeps it */
static void test_context(void)
{
    struct server *server = server_start( get_script );
    DWORD_PTR context = 0xdeadbeef;
    struct client client;
    HINTERNET request;
    unsigned int from;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_ASYNC );
    check_works( WinHttpSetOption( client.connect, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    client_request( &client, L"GET", L"/" );
    request = client.request;
    from = notify_count();
    check_works( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ) );
    ok( await( from, STATUS( SENDREQUEST_COMPLETE ) )->context == 0xdeadbeef,
        "the context was lost\n" );
    check_works( WinHttpReceiveResponse( request, NULL ) );
    await( from, STATUS( HEADERS_AVAILABLE ) );
    from = notify_count();
    check_works( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0xdeadbef0 ) );
    ok( await( from, STATUS( SENDREQUEST_COMPLETE ) )->context == 0xdeadbef0,
        "the context was not replaced\n" );
    client_close( &client );
    ok( await( from, STATUS( HANDLE_CLOSING ) )->context == 0xdeadbef0, "the context was lost\n" );
    server_abandon( server );
}

/* http.md 4: a connection that the program wants closed is closed in the call that takes the last
 * byte, which is told before its end; one that the server closes is not told */
static void test_closing_connection( BOOL async )
{
    static const struct notify_expect told[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_OPTIONAL },
        { STATUS( CLOSING_CONNECTION ), NOTIFY_ANY }, { STATUS( CONNECTION_CLOSED ), NOTIFY_ANY },
        { STATUS( READ_COMPLETE ), NOTIFY_ANY }, DONE
    };
    static const struct notify_expect told_sync[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_OPTIONAL },
        { STATUS( CLOSING_CONNECTION ), NOTIFY_CALLER },
        { STATUS( CONNECTION_CLOSED ), NOTIFY_CALLER }, DONE
    };
    static const struct notify_expect quiet[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_OPTIONAL }, { STATUS( READ_COMPLETE ), NOTIFY_ANY },
        DONE
    };
    static const struct notify_expect quiet_sync[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_OPTIONAL }, DONE
    };
    static const struct notify_expect closed[] =
    {
        { STATUS( HANDLE_CLOSING ), NOTIFY_ANY }, { STATUS( HANDLE_CLOSING ), NOTIFY_ANY },
        { STATUS( HANDLE_CLOSING ), NOTIFY_ANY }, DONE
    };
    static const char *const answers[] =
    {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_EOF, SRV_END };
    DWORD feature = WINHTTP_DISABLE_KEEP_ALIVE, len;
    unsigned int i, from;
    struct server *server;
    struct client client;
    char buffer[16];

    /* 0: by header, 1: by feature, 2: by the server */
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "test %u, async %d", i, async );
        script[2].data = answers[i == 2];
        script[2].len = (unsigned int)strlen( answers[i == 2] );
        server = server_start( script );
        client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_NOTIFY );
        if (!i) check_works( WinHttpAddRequestHeaders( client.request, L"Connection: close", ~0u,
                                                       WINHTTP_ADDREQ_FLAG_ADD ) );
        if (i == 1) check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE,
                                                   &feature, sizeof(feature) ) );
        client_exchange( &client, async );
        from = notify_count();
        len = 0;
        check_ret( client_read_result( client.request, buffer, sizeof(buffer), &len, async ), 0 );
        ok( len == 5, "got %u\n", (UINT)len );
        if (i == 2) notify_check( from, async ? quiet : quiet_sync );
        else notify_check( from, async ? told : told_sync );
        from = notify_count();
        client_close( &client );
        notify_check( from, closed );
        server_stop( server );
        winetest_pop_context();
    }
}

static BOOL was_told( DWORD status )
{
    unsigned int i;

    for (i = 0; i < notify_count(); i++) if (notify_get( i )->status == status) return TRUE;
    return FALSE;
}

/* http.md 1: ports of other protocols are never connected to; the error is a guess */
static void test_blocked_ports( BOOL async )
{
    static const WORD ports[] = { 21, 25, 70, 110, 119, 143 };
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( ports ); i++)
    {
        winetest_push_context( "port %u, async %d", ports[i], async );
        notify_reset();
        client_connect( &client, ports[i], async ? CLIENT_ASYNC : CLIENT_NOTIFY );
        client_request( &client, L"GET", L"/" );
        check_ret( client_send_result( client.request, async ), ERROR_ACCESS_DENIED );
        client_close( &client );
        ok( !was_told( STATUS( CONNECTING_TO_SERVER ) ), "connected\n" );
        winetest_pop_context();
    }
}

START_TEST( notification )
{
    RUN_BOTH( test_closing_connection );
    RUN_BOTH( test_blocked_ports );
    RUN( test_sync_get );
    RUN( test_async_get );
    RUN( test_async_read );
    RUN( test_async_post );
    RUN( test_second_receive_response );
    RUN( test_close_while_pending );
    RUN( test_calls_in_callbacks );
    RUN( test_receive_in_request_sent );
    RUN( test_context );
}
