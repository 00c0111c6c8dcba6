/*
 * The flow of calls on a request: what may follow what, nested completions, last errors.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (http.md 3 to 5); a comment "guess" marks an answer that
 * nobody has seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name
#define WRONG_STATE ERROR_WINHTTP_INCORRECT_HANDLE_STATE

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define OK_TEN   "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"

/* http.md 1: success sets the last error to 0 */
static void test_last_errors(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_TEN ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD value = 1, size, len;
    struct client client;
    char buffer[16];

#define check_zero( call ) \
    do { \
        SetLastError( 0xdeadbeef ); \
        ok( call, "failed\n" ); \
        check_error( ERROR_SUCCESS ); \
    } while (0)
    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/" );
    check_zero( WinHttpSetOption( client.request, WINHTTP_OPTION_REDIRECT_POLICY, &value,
                                  sizeof(value) ) );
    check_zero( WinHttpAddRequestHeaders( client.request, L"X: 1", ~0u, WINHTTP_ADDREQ_FLAG_ADD ) );
    check_zero( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 4, 0 ) );
    check_zero( WinHttpWriteData( client.request, "data", 4, &len ) );
    check_zero( WinHttpReceiveResponse( client.request, NULL ) );
    size = sizeof(value);
    check_zero( WinHttpQueryHeaders( client.request,
                                     WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                                     &value, &size, NULL ) );
    check_zero( WinHttpQueryDataAvailable( client.request, &len ) );
    check_zero( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
    check_zero( WinHttpCloseHandle( client.request ) );
#undef check_zero
    /* http.md 1: after that all say 6, and touch nothing */
    value = size = len = 0xdeadbeef;
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_STATUS_CODE, NULL, &value,
                                      &size, NULL ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpQueryDataAvailable( client.request, &len ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ),
                 ERROR_INVALID_HANDLE );
    check_fails( WinHttpWriteData( client.request, buffer, 1, &len ), ERROR_INVALID_HANDLE );
    ok( value == 0xdeadbeef && size == 0xdeadbeef && len == 0xdeadbeef, "outputs were touched\n" );
    client.request = NULL;
    client_close( &client );
    server_stop( server );
}

/* http.md 3, 5, 8: calls before their time, synchronously */
static void test_wrong_order_sync(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_TEN ), SRV_END };
    struct server *server = server_start( script );
    DWORD len = 0xdeadbeef;
    struct client client;
    char buffer[16];

    client_open( &client, server, CLIENT_SYNC );
    check_fails( WinHttpReceiveResponse( client.request, NULL ), WRONG_STATE );
    check_fails( WinHttpWriteData( client.request, "x", 1, &len ), WRONG_STATE );
    check_fails( WinHttpQueryDataAvailable( client.request, &len ), WRONG_STATE );
    check_fails( WinHttpReadData( client.request, buffer, sizeof(buffer), NULL ), WRONG_STATE );
    ok( len == 0xdeadbeef, "the output was touched\n" );
    check_works( client_send( &client ) );
    check_fails( WinHttpQueryDataAvailable( client.request, &len ), WRONG_STATE );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ), WRONG_STATE );
    check_fails( WinHttpWriteData( client.request, "x", 1, &len ), WRONG_STATE );
    check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
    ok( len == 10, "got %u\n", (UINT)len );
    client_close( &client );
    server_stop( server );
}

/* http.md 3: after a failed SendRequest there is nothing to receive */
static void test_receive_after_failure( BOOL async )
{
    struct client client;

    notify_reset();
    client_connect( &client, 1, async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"no-such-host.invalid", 80, 0 );
    client_request( &client, L"GET", L"/" );
    check_ret( client_send_result( client.request, async ), ERROR_WINHTTP_NAME_NOT_RESOLVED );
    check_ret( client_receive_result( client.request, async ), WRONG_STATE );
    client_close( &client );
}

/* http.md 3: an asynchronous ReceiveResponse is accepted at any time, and its error told */
static void test_receive_before_send(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    from = notify_count();
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_request_error( await( from, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                         WRONG_STATE );
    client_close( &client );
    server_stop( server );
}

static BOOL is_busy( DWORD error )
{
    return error == WRONG_STATE || error == ERROR_INVALID_OPERATION;
}

/* http.md 3: one operation at a time: 12019 or 4317 (the documents differ) */
static void test_second_operation(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" ),
        SRV_WAIT( 0 ), SRV_SEND( "data" ), SRV_END
    };
    struct server *server = server_start( script );
    const struct notification *entry;
    char buffer[16], other[16];
    struct client client;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    client_exchange( &client, TRUE );
    from = notify_count();
    check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), NULL ) );
    check_error( ERROR_IO_PENDING );
    SetLastError( 0xdeadbeef );
    ok( !WinHttpReadData( client.request, other, sizeof(other), NULL ), "accepted\n" );
    ok( is_busy( GetLastError() ), "got %u\n", (UINT)GetLastError() );
    ok( !WinHttpQueryDataAvailable( client.request, NULL ), "accepted\n" );
    ok( is_busy( GetLastError() ), "got %u\n", (UINT)GetLastError() );
    ok( !client_send( &client ), "accepted\n" );
    ok( is_busy( GetLastError() ), "got %u\n", (UINT)GetLastError() );
    server_signal( server, 0 );
    entry = await( from, STATUS( READ_COMPLETE ) );
    ok( entry->len == 4 && !memcmp( buffer, "data", 4 ), "got %u\n", (UINT)entry->len );
    client_close( &client );
    server_stop( server );
}

/* Reads byte after byte out of READ_COMPLETE, and counts how deep that goes. */
struct nesting
{
    HINTERNET request;
    DWORD thread;               /* of the outermost call */
    LONG depth, deepest, reads;
    char buffer[16];
    HANDLE done;
};

static void CALLBACK read_on( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                              DWORD len )
{
    struct nesting *nesting = (struct nesting *)context;
    LONG depth;

    (void)info;
    if (status != STATUS( READ_COMPLETE )) return;
    if (GetCurrentThreadId() != nesting->thread)
    {
        nesting->thread = GetCurrentThreadId();
        nesting->depth = 0;
    }
    if (!len)
    {
        SetEvent( nesting->done );
        return;
    }
    depth = ++nesting->depth;
    if (depth > nesting->deepest) nesting->deepest = depth;
    nesting->reads++;
    ok( WinHttpReadData( handle, nesting->buffer, 1, NULL ), "failed\n" );
    /* a completion on another thread may have taken over: then its depth is not ours to count */
    if (nesting->thread == GetCurrentThreadId()) nesting->depth--;
}

/* http.md 3: completions nest three deep on one thread (128 before Windows 7), and at least two */
static void test_nesting(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_TEN ),
                                          SRV_SIGNAL( 0 ), SRV_END };
    struct server *server = server_start( script );
    struct nesting nesting = { 0 };
    struct client client;
    DWORD_PTR context;

    client_open( &client, server, CLIENT_ASYNC );
    check_works( client_send( &client ) );
    await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    ok( server_wait( server, 0 ), "no response\n" );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    await( 0, STATUS( HEADERS_AVAILABLE ) );

    context = (DWORD_PTR)&nesting;
    nesting.done = CreateEventW( NULL, FALSE, FALSE, NULL );
    nesting.thread = GetCurrentThreadId();
    WinHttpSetStatusCallback( client.request, read_on, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS, 0 );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    check_works( WinHttpReadData( client.request, nesting.buffer, 1, NULL ) );
    ok( !WaitForSingleObject( nesting.done, NOTIFY_TIMEOUT_MS ), "the body did not end\n" );
    ok( nesting.reads == 10, "got %u reads\n", (UINT)nesting.reads );
    ok( nesting.deepest >= 2, "got %u\n", (UINT)nesting.deepest );
    ok( nesting.deepest <= 3 || broken( nesting.deepest <= 128 ) /* before Windows 7 */,
        "got %u\n", (UINT)nesting.deepest );
    client_close( &client );
    CloseHandle( nesting.done );
    server_stop( server );
}

static void receive_now( const struct notification *entry, void *arg )
{
    *(DWORD *)arg = GetCurrentThreadId();
    check_works( WinHttpReceiveResponse( entry->handle, NULL ) );
}

/* http.md 3: called inside SENDING_REQUEST, before anything has been sent */
static void test_receive_in_sending_request(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server = server_start( script );
    struct client client;
    DWORD thread = 0;

    client_open( &client, server, CLIENT_ASYNC );
    notify_on( STATUS( SENDING_REQUEST ), receive_now, &thread );
    check_works( client_send( &client ) );
    ok( await( 0, STATUS( HEADERS_AVAILABLE ) )->thread != GetCurrentThreadId(),
        "on the caller's thread\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 4: 1xx responses are told while the final one is awaited */
static void test_interim_responses( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" OK_EMPTY ),
        SRV_SIGNAL( 0 ), SRV_END
    };
    static const struct notify_expect told[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_ANY },
        { STATUS( INTERMEDIATE_RESPONSE ), NOTIFY_ANY },
        { STATUS( INTERMEDIATE_RESPONSE ), NOTIFY_ANY },
        { STATUS( RESPONSE_RECEIVED ), NOTIFY_ANY },
        { STATUS( HEADERS_AVAILABLE ), NOTIFY_OPTIONAL }, { 0, 0 }
    };
    struct server *server = server_start( script );
    const struct notification *entry;
    struct client client;
    unsigned int from;

    client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_NOTIFY );
    check_ret( client_send_result( client.request, async ), 0 );
    ok( server_wait( server, 0 ), "no response\n" );
    from = notify_count();
    check_ret( client_receive_result( client.request, async ), 0 );
    notify_check( from, told );
    entry = await( from, STATUS( INTERMEDIATE_RESPONSE ) );
    ok( entry->len == sizeof(DWORD) && *(DWORD *)entry->data == 100, "got %u\n",
        *(UINT *)entry->data );
    client_close( &client );
    server_stop( server );
}

/* http.md 4, 13: a kept connection is told of by nothing, in a new session too */
static void test_reused_connection( BOOL async )
{
    static const struct notify_expect sent[] =
    {
        { STATUS( HANDLE_CREATED ), NOTIFY_CALLER }, { STATUS( HANDLE_CREATED ), NOTIFY_CALLER },
        { STATUS( SENDING_REQUEST ), NOTIFY_ANY }, { STATUS( REQUEST_SENT ), NOTIFY_ANY },
        { STATUS( SENDREQUEST_COMPLETE ), NOTIFY_OPTIONAL }, { 0, 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int mode = async ? CLIENT_ASYNC : CLIENT_NOTIFY;

    client_open( &client, server, mode );
    client_exchange( &client, async );
    client_close( &client );
    client_open( &client, server, mode );
    check_ret( client_send_result( client.request, async ), 0 );
    notify_check( 0, sent );
    check_ret( client_receive_result( client.request, async ), 0 );
    client_close( &client );
    server_stop( server );
}

/* http.md 4: a host that does not exist: RESOLVING_NAME only */
static void test_unknown_host( BOOL async )
{
    static const struct notify_expect told[] =
    {
        { STATUS( RESOLVING_NAME ), NOTIFY_ANY }, { STATUS( REQUEST_ERROR ), NOTIFY_OPTIONAL },
        { 0, 0 }
    };
    struct client client;
    unsigned int from;

    notify_reset();
    client_connect( &client, 1, async ? CLIENT_ASYNC : CLIENT_NOTIFY );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"no-such-host.invalid", 80, 0 );
    client_request( &client, L"GET", L"/" );
    if (async) await( 0, STATUS( HANDLE_CLOSING ) );
    from = notify_count();
    check_ret( client_send_result( client.request, async ), ERROR_WINHTTP_NAME_NOT_RESOLVED );
    notify_check( from, told );
    ok( !wcscmp( (const WCHAR *)await( from, STATUS( RESOLVING_NAME ) )->data,
                 L"no-such-host.invalid" ), "wrong name\n" );
    client_close( &client );
}

/* http.md 5: a GET may carry a body */
static void test_get_with_body(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 1 ), SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char length[16];
    DWORD written;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 1, 0 ) );
    check_works( WinHttpWriteData( client.request, "x", 1, &written ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( server_header( server_request( server, 0 ), "Content-Length", length, sizeof(length) ) &&
        !strcmp( length, "1" ), "wrong length\n" );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: it is 100-continue that is refused; programs send an empty Expect, to be sure (that
 * this works is a guess) */
static void test_empty_expect(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpSendRequest( client.request, L"X-Own: 1\r\nExpect:\r\n", ~0u, NULL, 0, 0,
                                     0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: DISABLE_KEEP_ALIVE says so to the server; http.md 6: headers added after the send are
 * for the next one */
static void test_headers_of_next_send(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_HEADERS, SRV_SEND( OK_EMPTY ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD feature = WINHTTP_DISABLE_KEEP_ALIVE;
    struct client client;
    char value[32];

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_works( WinHttpAddRequestHeaders( client.request, L"X-Later: 1", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    check_works( client_send( &client ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    ok( !server_header( server_request( server, 0 ), "X-Later", value, sizeof(value) ),
        "sent before\n" );
    ok( server_header( server_request( server, 1 ), "X-Later", value, sizeof(value) ),
        "not sent\n" );
    client_close( &client );
    server_stop( server );

    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE, &feature,
                                   sizeof(feature) ) );
    client_exchange( &client, FALSE );
    ok( server_header( server_request( server, 0 ), "Connection", value, sizeof(value) ) &&
        !strcmp( value, "close" ), "wrong header\n" );
    client_close( &client );
    server_abandon( server );
}

START_TEST( flow )
{
    RUN( test_last_errors );
    RUN( test_wrong_order_sync );
    RUN_BOTH( test_receive_after_failure );
    RUN( test_receive_before_send );
    RUN( test_second_operation );
    RUN( test_nesting );
    RUN( test_receive_in_sending_request );
    RUN_BOTH( test_interim_responses );
    RUN_BOTH( test_reused_connection );
    RUN_BOTH( test_unknown_host );
    RUN( test_get_with_body );
    RUN( test_empty_expect );
    RUN( test_headers_of_next_send );
}
