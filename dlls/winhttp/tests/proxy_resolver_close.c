/*
 * Proxy resolver handles: callbacks, many calls, and the end of calls and handles.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (url-proxy-com.md 8, and Microsoft's pages of the calls); a
 * comment "guess" marks an answer that nobody has seen. The user's settings are put back at the
 * end.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "resolver.h"

static struct saved_value user;

enum { MANY = 50 };

static void test_many_at_once(void)
{
    struct resolver resolver;
    HINTERNET handles[MANY];
    unsigned int i;

    set_user_setting( &user, 3, "p:8080", NULL, NULL );
    open_resolver( &resolver );
    for (i = 0; i < MANY; i++) handles[i] = create( resolver.session );
    for (i = 0; i < MANY; i++) begin( handles[i], L"http://h/", &static_options, i + 1 );
    for (i = 0; i < MANY; i++)
    {
        check_ret( await_answer( handles[i], 0 ), ERROR_SUCCESS );
        check_result( handles[i], FALSE, L"p", 8080 );
        check_works( WinHttpCloseHandle( handles[i] ) );
    }
    close_resolver( &resolver );
}

/* --- The callback ----------------------------------------------------------------------------- */

/* Microsoft's WSL relies on it: the context of the call is the handle's up to HANDLE_CLOSING, the
 * last callback of all. guess: 0 leaves the former one. */
static void test_context(void)
{
    static const struct notify_expect expect[] =
    {
        { COMPLETE, NOTIFY_WORKER }, { COMPLETE, NOTIFY_WORKER }, { HANDLE_CLOSING, NOTIFY_ANY },
        { 0 }
    };
    const struct notification *entry;
    struct resolver resolver;
    unsigned int i, from;

    open_resolver_with( &resolver, NULL, 0 );
    WinHttpSetStatusCallback( resolver.handle, notify_callback,
                              WINHTTP_CALLBACK_FLAG_GETPROXYFORURL_COMPLETE |
                              WINHTTP_CALLBACK_FLAG_REQUEST_ERROR | WINHTTP_CALLBACK_FLAG_HANDLES,
                              0 );
    begin( resolver.handle, L"http://h/", &static_options, 0x1234 );
    await_answer( resolver.handle, 0 );
    from = notify_count();
    begin( resolver.handle, L"http://h/", &static_options, 0 );
    await_answer( resolver.handle, from );
    close_resolver( &resolver );
    notify_check( 0, expect );
    for (i = 0; i < 3; i++)
    {
        entry = notify_get( i );
        ok( entry && entry->context == 0x1234, "callback %u has another context\n", i );
    }
}

/* Statuses that the mask lacks do not come; without a callback nothing does, and all goes well. */
static void test_mask(void)
{
    static const struct notify_expect closing[] = { { HANDLE_CLOSING, NOTIFY_ANY }, { 0 } };
    struct resolver resolver;

    open_resolver_with( &resolver, NULL, 0 );
    WinHttpSetStatusCallback( resolver.handle, notify_callback, HANDLE_CLOSING, 0 );
    begin( resolver.handle, L"http://h/", &static_options, 0 );
    close_resolver( &resolver );
    notify_check( 0, closing );

    open_resolver_with( &resolver, NULL, 0 );
    begin( resolver.handle, L"http://h/", &static_options, 0 );
    close_resolver( &resolver );
    ok( !notify_count(), "a callback came\n" );
}

static void close_it( const struct notification *entry, void *arg )
{
    (void)arg;
    check_works( WinHttpCloseHandle( entry->handle ) );
    check_ret( WinHttpGetProxyForUrlEx( entry->handle, L"http://h/", &static_options, 0 ),
               ERROR_INVALID_HANDLE );
}

/* HANDLE_CLOSING comes after the callback that closed it. */
static void test_close_in_callback(void)
{
    static const struct notify_expect complete[] =
    {
        { HANDLE_CREATED, NOTIFY_CALLER }, { COMPLETE, NOTIFY_WORKER },
        { HANDLE_CLOSING, NOTIFY_WORKER }, { 0 }
    };
    static const struct notify_expect failed[] =
    {
        { HANDLE_CREATED, NOTIFY_CALLER }, { REQUEST_ERROR, NOTIFY_WORKER },
        { HANDLE_CLOSING, NOTIFY_WORKER }, { 0 }
    };
    WINHTTP_AUTOPROXY_OPTIONS options;
    struct resolver resolver;
    HINTERNET handle;
    WCHAR url[64];
    SOCKET bound;
    BOOL fails;

    for (fails = FALSE; fails <= TRUE; fails++)
    {
        bound = refuse( url );
        options = script_options( url );
        open_resolver( &resolver );
        handle = resolver.handle;
        notify_on( fails ? REQUEST_ERROR : COMPLETE, close_it, NULL );
        begin( handle, L"http://h/", fails ? &options : &static_options, 0 );
        ok( notify_wait_handle( 0, HANDLE_CLOSING, handle ) != NULL, "not closed\n" );
        resolver.handle = NULL;
        close_resolver( &resolver );
        notify_check_handle( 0, handle, fails ? failed : complete );
        stop_refusing( bound );
    }
}

struct again
{
    LONG left;          /* calls to come */
    HANDLE done;
};

/* The answer is there inside the callback, and the next call may begin there. */
static void ask_again( const struct notification *entry, void *arg )
{
    struct again *again = arg;

    check_result( entry->handle, FALSE, L"p", 8080 );
    if (!--again->left)
    {
        SetEvent( again->done );
        return;
    }
    notify_on( COMPLETE, ask_again, again );
    begin( entry->handle, L"http://h/", &static_options, again->left );
}

static void test_next_in_callback(void)
{
    struct again again = { 20, CreateEventW( NULL, TRUE, FALSE, NULL ) };
    struct resolver resolver;

    set_user_setting( &user, 3, "p:8080", NULL, NULL );
    open_resolver( &resolver );
    notify_on( COMPLETE, ask_again, &again );
    begin( resolver.handle, L"http://h/", &static_options, again.left );
    ok( !WaitForSingleObject( again.done, NOTIFY_TIMEOUT_MS ), "%d left\n", (int)again.left );
    close_resolver( &resolver );
    CloseHandle( again.done );
}

/* --- Closing ---------------------------------------------------------------------------------- */

static const struct notify_expect cancelled[] =
{
    { HANDLE_CREATED, NOTIFY_CALLER }, { REQUEST_ERROR, NOTIFY_ANY },
    { HANDLE_CLOSING, NOTIFY_ANY }, { 0 }
};

/* url-proxy-com.md 8: closing cancels what is pending; guess: one call at a time */
static void test_cancel(void)
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    const struct notification *entry;
    struct resolver resolver;
    struct server *server;
    HINTERNET handle;
    WCHAR url[64];

    server = be_silent( url );
    options = script_options( url );
    open_resolver( &resolver );
    handle = resolver.handle;
    begin( handle, L"http://h/", &options, CLIENT_CONTEXT );
    ok( server_wait( server, 0 ), "not asked for the script\n" );
    check_no_result( handle );
    check_ret( WinHttpGetProxyForUrlEx( handle, L"http://h/", &static_options, 1 ), WRONG_STATE );
    check_works( WinHttpCloseHandle( handle ) );
    check_ret( WinHttpGetProxyForUrlEx( handle, L"http://h/", &options, 0 ), ERROR_INVALID_HANDLE );
    entry = await( 0, REQUEST_ERROR );
    check_request_error( entry, API_GET_PROXY_FOR_URL, CANCELLED );
    ok( entry->context == CLIENT_CONTEXT, "got another context\n" );
    resolver.handle = NULL;
    close_resolver( &resolver );
    notify_check_handle( 0, handle, cancelled );
    server_abandon( server );
}

/* Closed before its child, the session stays until that has gone. */
static void test_session_first(void)
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    struct resolver resolver;
    struct server *server;
    HINTERNET handle;
    WCHAR url[64];

    server = be_silent( url );
    options = script_options( url );
    set_user_setting( &user, 3, "p:8080", NULL, NULL );
    open_resolver( &resolver );
    handle = resolver.handle;
    check_works( WinHttpCloseHandle( resolver.session ) );
    resolver.session = NULL;
    check_ret( ask( handle, L"http://h/", &static_options ), ERROR_SUCCESS );
    check_result( handle, FALSE, L"p", 8080 );
    begin( handle, L"http://h/", &options, 0 );
    ok( WaitForSingleObject( resolver.unloaded, 0 ) == WAIT_TIMEOUT, "unloaded while asked\n" );
    close_resolver( &resolver );
    server_abandon( server );
}

static void test_cancel_many(void)
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    struct resolver resolver;
    struct server *server;
    HINTERNET handles[MANY];
    unsigned int i;
    WCHAR url[64];

    server = be_silent( url );
    options = script_options( url );
    open_resolver( &resolver );
    for (i = 0; i < MANY; i++) handles[i] = create( resolver.session );
    for (i = 0; i < MANY; i++) begin( handles[i], L"http://h/", &options, i + 1 );
    for (i = 0; i < MANY; i++) check_works( WinHttpCloseHandle( handles[i] ) );
    close_resolver( &resolver );
    for (i = 0; i < MANY; i++) notify_check_handle( 0, handles[i], cancelled );
    server_abandon( server );
}

/* Closed at any moment, a call ends once, before HANDLE_CLOSING. */
static void test_close_at_once(void)
{
    static const struct notify_expect complete[] =
    {
        { HANDLE_CREATED, NOTIFY_CALLER }, { COMPLETE, NOTIFY_ANY },
        { HANDLE_CLOSING, NOTIFY_ANY }, { 0 }
    };
    const struct notification *entry;
    struct resolver resolver;
    HINTERNET handles[200];
    unsigned int i;

    open_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( handles ); i++) handles[i] = create( resolver.session );
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        begin( handles[i], L"http://h/", &static_options, 0 );
        check_works( WinHttpCloseHandle( handles[i] ) );
    }
    close_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        entry = notify_wait_handle( 0, COMPLETE | REQUEST_ERROR, handles[i] );
        ok( entry != NULL, "%u: no end\n", i );
        if (!entry) continue;
        notify_check_handle( 0, handles[i], entry->status == COMPLETE ? complete : cancelled );
        if (entry->status == REQUEST_ERROR)
            check_request_error( entry, API_GET_PROXY_FOR_URL, CANCELLED );
    }
}

START_TEST(proxy_resolver_close)
{
    save_value( &user, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    RUN( test_many_at_once );
    RUN( test_context );
    RUN( test_mask );
    RUN( test_close_in_callback );
    RUN( test_next_in_callback );
    RUN( test_cancel );
    RUN( test_session_first );
    RUN( test_cancel_many );
    RUN( test_close_at_once );
    restore_value( &user );
}
