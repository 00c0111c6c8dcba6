/*
 * Opening and closing handles: parameters, last errors, inherited contexts and callbacks.
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

#define HANDLE_CREATED WINHTTP_CALLBACK_STATUS_HANDLE_CREATED
#define HANDLE_CLOSING WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING

#define CALLBACK_FAILED ((WINHTTP_STATUS_CALLBACK)~(ULONG_PTR)0)

static HINTERNET open_session( DWORD flags )
{
    HINTERNET session;

    SetLastError( 0xdeadbeef );
    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, flags );
    ok( session != NULL, "failed\n" );
    check_error( ERROR_SUCCESS );
    return session;
}

/* http.md 1: success sets the last error to 0 */
static void test_open_and_close(void)
{
    HINTERNET session = open_session( 0 ), connect, request;

    SetLastError( 0xdeadbeef );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    ok( connect != NULL, "failed\n" );
    check_error( ERROR_SUCCESS );
    SetLastError( 0xdeadbeef );
    request = WinHttpOpenRequest( connect, L"GET", L"/", NULL, NULL, NULL, 0 );
    ok( request != NULL, "failed\n" );
    check_error( ERROR_SUCCESS );

    check_fails( WinHttpConnect( session, NULL, 80, 0 ) != NULL, ERROR_INVALID_PARAMETER );
    check_fails( WinHttpConnect( connect, L"localhost", 80, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpConnect( NULL, L"localhost", 80, 0 ) != NULL, ERROR_INVALID_HANDLE );
    check_fails( WinHttpOpenRequest( session, NULL, NULL, NULL, NULL, NULL, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpOpenRequest( request, NULL, NULL, NULL, NULL, NULL, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpOpenRequest( NULL, NULL, NULL, NULL, NULL, NULL, 0 ) != NULL,
                 ERROR_INVALID_HANDLE );

    SetLastError( 0xdeadbeef );
    ok( WinHttpCloseHandle( request ), "failed\n" );
    check_error( ERROR_SUCCESS );
    check_fails( WinHttpCloseHandle( request ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpReceiveResponse( request, NULL ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpCloseHandle( NULL ), ERROR_INVALID_HANDLE );
    check_fails( WinHttpCloseHandle( (HINTERNET)0xdeadbeef ), ERROR_INVALID_HANDLE );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
    check_fails( WinHttpConnect( session, L"localhost", 80, 0 ) != NULL, ERROR_INVALID_HANDLE );
}

/* http.md 1: parents may go first */
static void test_close_parents_first(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi" ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char buffer[8];
    DWORD len = 0;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.session ) );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.session = client.connect = NULL;
    client_exchange( &client, FALSE );
    check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
    ok( len == 2, "got %u\n", (UINT)len );
    ok( WaitForSingleObject( client.unloaded, 0 ) == WAIT_TIMEOUT,
        "unloaded with a request open\n" );
    client_close( &client );
    server_stop( server );
}

static void CALLBACK other_callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                     DWORD len )
{
    notify_callback( handle, ~context, status, info, len );
}

/* http.md 1: SetStatusCallback returns the callback of before */
static void test_set_callback(void)
{
    HINTERNET session = open_session( 0 ), connect;
    WINHTTP_STATUS_CALLBACK old;

    SetLastError( 0xdeadbeef );
    old = WinHttpSetStatusCallback( session, notify_callback,
                                    WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    ok( !old, "got %p\n", old );
    check_error( ERROR_SUCCESS );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    old = WinHttpSetStatusCallback( connect, other_callback,
                                    WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    ok( old == notify_callback, "not inherited: got %p\n", old );
    old = WinHttpSetStatusCallback( session, NULL, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    ok( old == notify_callback, "got %p\n", old );
    old = WinHttpSetStatusCallback( session, notify_callback,
                                    WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    ok( !old, "got %p\n", old );
    old = WinHttpSetStatusCallback( connect, NULL, 0, 0 );
    ok( old == other_callback, "a later change of the parent reached the child: got %p\n", old );
    SetLastError( 0xdeadbeef );
    old = WinHttpSetStatusCallback( NULL, notify_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS,
                                    0 );
    ok( old == CALLBACK_FAILED, "got %p\n", old );
    check_error( ERROR_INVALID_HANDLE );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
    SetLastError( 0xdeadbeef );
    old = WinHttpSetStatusCallback( session, NULL, 0, 0 );
    ok( old == CALLBACK_FAILED, "got %p\n", old );
    check_error( ERROR_INVALID_HANDLE );
}

struct seen_context
{
    DWORD_PTR context;
    HINTERNET handle;
};

static void query_context( const struct notification *entry, void *arg )
{
    struct seen_context *seen = arg;
    DWORD size = sizeof(seen->context);

    seen->handle = *(HINTERNET *)entry->data;
    check_works( WinHttpQueryOption( seen->handle, WINHTTP_OPTION_CONTEXT_VALUE, &seen->context,
                                     &size ) );
}

/* http.md 1: contexts go down at creation; each handle tells its birth and its end once */
static void test_contexts_and_lifetime(void)
{
    static const struct notify_expect created[] = { { HANDLE_CREATED, NOTIFY_CALLER }, { 0, 0 } };
    static const struct notify_expect closed[] = { { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 } };
    DWORD_PTR context = 0xdeadbeef;
    struct seen_context seen = { 0 };
    HINTERNET session, connect, request;
    const struct notification *entry;
    unsigned int from;

    notify_reset();
    session = open_session( 0 );
    WinHttpSetStatusCallback( session, notify_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS,
                              0 );
    check_works( WinHttpSetOption( session, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    notify_on( HANDLE_CREATED, query_context, &seen );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    notify_check( 0, created );
    ok( seen.handle == connect && seen.context == 0xdeadbeef, "got %p, %#x\n", seen.handle,
        (UINT)seen.context );

    context = 0xdeadbef0;
    check_works( WinHttpSetOption( connect, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    from = notify_count();
    notify_on( HANDLE_CREATED, query_context, &seen );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    notify_check( from, created );
    ok( seen.handle == request && seen.context == 0xdeadbef0, "got %p, %#x\n", seen.handle,
        (UINT)seen.context );

    from = notify_count();
    check_works( WinHttpCloseHandle( connect ) );
    await( from, HANDLE_CLOSING );
    notify_check_handle( from, connect, closed );
    check_works( WinHttpCloseHandle( request ) );
    ok( notify_wait_handle( from, HANDLE_CLOSING, request ) != NULL, "no callback\n" );
    notify_check_handle( from, request, closed );
    entry = notify_wait_handle( from, HANDLE_CLOSING, request );
    ok( *(HINTERNET *)entry->data == request && entry->context == 0xdeadbef0,
        "wrong information or context\n" );
    check_fails( WinHttpCloseHandle( request ), ERROR_INVALID_HANDLE );
    check_works( WinHttpCloseHandle( session ) );
    ok( notify_wait_handle( from, HANDLE_CLOSING, session ) != NULL, "no callback\n" );
    ok( notify_count() == from + 3, "got %u callbacks\n", notify_count() - from );
}

/* http.md 1: only the kinds of callback that were asked for */
static void test_callback_mask(void)
{
    static const struct notify_expect handles[] =
    {
        { HANDLE_CREATED, NOTIFY_ANY }, { HANDLE_CREATED, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY }, { HANDLE_CLOSING, NOTIFY_ANY }, { 0, 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.connect ) );
    WinHttpSetStatusCallback( client.session, notify_callback, WINHTTP_CALLBACK_FLAG_HANDLES, 0 );
    client.connect = WinHttpConnect( client.session, L"127.0.0.1", server_port( server ), 0 );
    client_request( &client, L"GET", L"/" );
    client_exchange( &client, FALSE );
    client_close( &client );
    notify_check( 0, handles );
    server_stop( server );
}

/* http.md 1: which flags and access types there are; guess U1, U2 */
static void test_open_arguments(void)
{
    static const struct { DWORD type; const WCHAR *proxy; DWORD flags, error; } tests[] =
    {
        { WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, 0, 0 },
        { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, 0, 0 },
        { WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, 0, 0 },
        { WINHTTP_ACCESS_TYPE_NO_PROXY, L"ignored:1", 0, 0 },
        { WINHTTP_ACCESS_TYPE_NAMED_PROXY, NULL, 0, ERROR_INVALID_PARAMETER },       /* guess U1 */
        { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, WINHTTP_FLAG_ASYNC, 0 },
        { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, 0x30000000 /* SECURE_DEFAULTS */, 0 },
        { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, 1, ERROR_INVALID_PARAMETER },          /* guess U2 */
        { 2, NULL, 0, ERROR_INVALID_PARAMETER },                                     /* guess */
    };
    HINTERNET session;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        SetLastError( 0xdeadbeef );
        session = WinHttpOpen( NULL, tests[i].type, tests[i].proxy, NULL, tests[i].flags );
        check_error( tests[i].error );
        ok( !session == !!tests[i].error, "got %p\n", session );
        if (session) check_works( WinHttpCloseHandle( session ) );
        winetest_pop_context();
    }
}

/* http.md 1: hosts and ports, as the URL option shows them. Nothing is sent. Guess U3: a name that
 * is none is a matter of the send. */
static void test_connect_names(void)
{
    static const struct { const WCHAR *host; WORD port; DWORD flags; const WCHAR *url; } tests[] =
    {
        { L"host", 0, 0, L"http://host/" },
        { L"host", 0, WINHTTP_FLAG_SECURE, L"https://host/" },
        { L"host", 80, 0, L"http://host/" },
        { L"host", 443, 0, L"http://host:443/" },
        { L"host", 443, WINHTTP_FLAG_SECURE, L"https://host/" },
        { L"host", 8080, WINHTTP_FLAG_SECURE, L"https://host:8080/" },
        { L"[::1]", 8080, 0, L"http://[::1]:8080/" },
        { L"xn--mnchen-3ya.de", 0, 0, L"http://xn--mnchen-3ya.de/" },
    };
    static const WCHAR *const bad[] = { L"http://127.0.0.1", L"127.0.0.1:80", L"a b", L"" };
    HINTERNET session = open_session( 0 ), connect, request;
    WCHAR url[64];
    unsigned int i;
    DWORD size;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        connect = WinHttpConnect( session, tests[i].host, tests[i].port, 0 );
        request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, tests[i].flags );
        size = sizeof(url);
        check_works( WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ) );
        ok( !wcscmp( url, tests[i].url ), "got %ls\n", url );
        check_works( WinHttpCloseHandle( request ) );
        check_works( WinHttpCloseHandle( connect ) );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAYSIZE( bad ); i++)
    {
        winetest_push_context( "%ls", bad[i] );
        if ((connect = WinHttpConnect( session, bad[i], 1, 0 )))
        {
            request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
            ok( !WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ), "sent\n" );
            ok( GetLastError() == ERROR_WINHTTP_NAME_NOT_RESOLVED ||
                GetLastError() == ERROR_WINHTTP_INVALID_URL, "got %u\n", (UINT)GetLastError() );
            check_works( WinHttpCloseHandle( request ) );
            check_works( WinHttpCloseHandle( connect ) );
        }
        winetest_pop_context();
    }
    check_works( WinHttpCloseHandle( session ) );
}

/* http.md 1: unknown bits of OpenRequest are refused */
static void test_request_flags(void)
{
    HINTERNET session = open_session( 0 ), connect, request;
    DWORD bit;

    connect = WinHttpConnect( session, L"host", 80, 0 );
    for (bit = 1; bit; bit <<= 1)
    {
        const DWORD known = WINHTTP_FLAG_SECURE | WINHTTP_FLAG_ESCAPE_PERCENT |
                            WINHTTP_FLAG_NULL_CODEPAGE | WINHTTP_FLAG_ESCAPE_DISABLE |
                            WINHTTP_FLAG_ESCAPE_DISABLE_QUERY | WINHTTP_FLAG_REFRESH;

        if (bit == 0x200) continue; /* AUTOMATIC_CHUNKING, of Windows 10 2004 */
        winetest_push_context( "%#x", (UINT)bit );
        SetLastError( 0xdeadbeef );
        request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, bit );
        check_error( bit & known ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER );
        if (request) check_works( WinHttpCloseHandle( request ) );
        winetest_pop_context();
    }
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
}

#define MANY 20000

/* Each handle its own object, whichever others were closed before: the contexts tell. */
static void check_contexts( HINTERNET *handles, unsigned int step )
{
    DWORD_PTR context;
    unsigned int i, wrong = 0;
    DWORD size;

    for (i = 0; i < MANY; i += step)
    {
        size = sizeof(context);
        if (!WinHttpQueryOption( handles[i], WINHTTP_OPTION_CONTEXT_VALUE, &context, &size ) ||
            context != i + 1) wrong++;
    }
    ok( !wrong, "%u handles have another's context\n", wrong );
}

static void open_many( HINTERNET session, HINTERNET *handles, unsigned int from, unsigned int step )
{
    DWORD_PTR context;
    unsigned int i, failed = 0;

    for (i = from; i < MANY; i += step)
    {
        context = i + 1;
        handles[i] = WinHttpConnect( session, L"host", 80, 0 );
        if (!WinHttpSetOption( handles[i], WINHTTP_OPTION_CONTEXT_VALUE, &context,
                               sizeof(context) )) failed++;
    }
    ok( !failed, "%u handles failed\n", failed );
}

static void close_many( HINTERNET *handles, unsigned int from, unsigned int step )
{
    unsigned int i, failed = 0;

    for (i = from; i < MANY; i += step) if (!WinHttpCloseHandle( handles[i] )) failed++;
    ok( !failed, "%u handles were not there\n", failed );
}

/* 20,000 handles at a time, every other one closed and opened anew between those that stay */
static void test_many_handles(void)
{
    HINTERNET session = open_session( 0 ), *handles = calloc( MANY, sizeof(*handles) );

    open_many( session, handles, 0, 1 );
    check_contexts( handles, 1 );
    close_many( handles, 1, 2 );
    check_contexts( handles, 2 );
    check_fails( WinHttpCloseHandle( handles[1] ), ERROR_INVALID_HANDLE );
    open_many( session, handles, 1, 2 );
    check_contexts( handles, 1 );
    close_many( handles, 0, 1 );
    check_works( WinHttpCloseHandle( session ) );
    free( handles );
}

START_TEST( handle )
{
    RUN( test_many_handles );
    RUN( test_open_arguments );
    RUN( test_connect_names );
    RUN( test_request_flags );
    RUN( test_open_and_close );
    RUN( test_close_parents_first );
    RUN( test_set_callback );
    RUN( test_contexts_and_lifetime );
    RUN( test_callback_mask );
}
