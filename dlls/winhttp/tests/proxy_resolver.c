/*
 * Proxy resolver handles: WinHttpGetProxyForUrlEx and its results.
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

/* Calls that an older Windows lacks: declares p_NAME of the type of NAME, and looks it up. */
static void *find( const char *name )
{
    void *address = (void *)GetProcAddress( GetModuleHandleW( L"winhttp.dll" ), name );

    if (!address) win_skip( "%s is missing\n", name );
    return address;
}

#define FIND( name ) __typeof__(name) *p_##name = (__typeof__(name) *)find( #name )

/* --- Creating --------------------------------------------------------------------------------- */

static void test_create(void)
{
    HINTERNET sync = open_session( 0 ), async = open_session( WINHTTP_FLAG_ASYNC );
    HINTERNET handle = (HINTERNET)0xdeadbeef, connect = WinHttpConnect( async, L"h", 80, 0 );

    check_ret( WinHttpCreateProxyResolver( NULL, &handle ), ERROR_INVALID_HANDLE );
    check_ret( WinHttpCreateProxyResolver( sync, &handle ), WRONG_TYPE );
    check_ret( WinHttpCreateProxyResolver( connect, &handle ), WRONG_TYPE );
    ok( handle == (HINTERNET)0xdeadbeef, "got handle %p\n", handle );
    check_ret( WinHttpCreateProxyResolver( sync, NULL ), WRONG_TYPE );
    check_ret( WinHttpCreateProxyResolver( async, NULL ), ERROR_INVALID_PARAMETER ); /* guess */

    handle = create( async );
    check_ret( WinHttpCreateProxyResolver( handle, &connect ), WRONG_TYPE );
    check_works( WinHttpCloseHandle( handle ) );
    check_fails( WinHttpCloseHandle( handle ), ERROR_INVALID_HANDLE );
    check_ret( WinHttpCreateProxyResolver( handle, &connect ), ERROR_INVALID_HANDLE );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( async ) );
    check_works( WinHttpCloseHandle( sync ) );
}

/* guess: as of other handles */
static void test_created_and_closed(void)
{
    static const struct notify_expect expect[] =
    {
        { HANDLE_CREATED, NOTIFY_CALLER }, { HANDLE_CLOSING, NOTIFY_CALLER }, { 0 }
    };
    struct resolver resolver;

    open_resolver( &resolver );
    check_works( WinHttpCloseHandle( resolver.handle ) );
    notify_check_handle( 0, resolver.handle, expect );
    resolver.handle = NULL;
    close_resolver( &resolver );
}

static DWORD query( HINTERNET handle, DWORD option, void *value, DWORD size )
{
    SetLastError( 0xdeadbeef );
    WinHttpQueryOption( handle, option, value, &size );
    return GetLastError();
}

static void test_options(void)
{
    DWORD_PTR context = 17, got = 0;
    WINHTTP_STATUS_CALLBACK callback = NULL;
    struct resolver resolver;
    DWORD value = 0xdeadbeef;
    HINTERNET parent = NULL, other;

    open_resolver( &resolver );
    check_ret( query( resolver.handle, WINHTTP_OPTION_HANDLE_TYPE, &value, sizeof(value) ), 0 );
    ok( value == 4, "got type %u\n", (UINT)value ); /* WINHTTP_HANDLE_TYPE_PROXY_RESOLVER */
    check_ret( query( resolver.handle, WINHTTP_OPTION_PARENT_HANDLE, &parent, sizeof(parent) ), 0 );
    ok( parent == resolver.session, "got parent %p\n", parent );
    check_ret( query( resolver.handle, WINHTTP_OPTION_CALLBACK, &callback, sizeof(callback) ), 0 );
    ok( callback == notify_callback, "not inherited: got %p\n", callback );

    check_works( WinHttpSetOption( resolver.session, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    other = create( resolver.session );
    check_ret( query( other, WINHTTP_OPTION_CONTEXT_VALUE, &got, sizeof(got) ), 0 );
    ok( got == 17, "got context %u\n", (UINT)got );
    context = 18;
    check_works( WinHttpSetOption( other, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    check_ret( query( other, WINHTTP_OPTION_CONTEXT_VALUE, &got, sizeof(got) ), 0 );
    ok( got == 18, "got context %u\n", (UINT)got );
    check_works( WinHttpCloseHandle( other ) );

    /* guess: what concerns requests is not for it */
    check_ret( query( resolver.handle, WINHTTP_OPTION_CONNECT_TIMEOUT, &value, sizeof(value) ),
               WRONG_TYPE );
    check_ret( set_dword_error( resolver.handle, WINHTTP_OPTION_CONNECT_TIMEOUT, 1 ), WRONG_TYPE );
    check_fails( WinHttpSetTimeouts( resolver.handle, 1, 1, 1, 1 ), WRONG_TYPE );
    close_resolver( &resolver );
}

static void test_other_types(void)
{
    FIND( WinHttpGetProxyForUrlEx2 );
    FIND( WinHttpGetProxyResultEx );
    WINHTTP_PROXY_RESULT_EX result_ex = { 0 };
    WINHTTP_PROXY_RESULT result = { 0 };
    struct resolver resolver;
    HINTERNET handles[4];
    unsigned int i;

    open_resolver( &resolver );
    handles[0] = NULL;
    handles[1] = resolver.session;
    handles[2] = WinHttpConnect( resolver.session, L"localhost", 80, 0 );
    handles[3] = WinHttpOpenRequest( handles[2], NULL, NULL, NULL, NULL, NULL, 0 );
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        DWORD expected = handles[i] ? WRONG_TYPE : ERROR_INVALID_HANDLE;

        winetest_push_context( "handle %u", i );
        check_ret( WinHttpGetProxyForUrlEx( handles[i], L"http://h/", &static_options, 0 ),
                   expected );
        check_ret( WinHttpGetProxyForUrlEx( handles[i], NULL, NULL, 0 ), expected );
        check_ret( WinHttpGetProxyResult( handles[i], &result ), expected );
        check_ret( WinHttpGetProxyResult( handles[i], NULL ), expected );
        if (p_WinHttpGetProxyForUrlEx2)
            check_ret( p_WinHttpGetProxyForUrlEx2( handles[i], L"http://h/", &static_options, 0,
                                                   NULL, 0 ), expected );
        if (p_WinHttpGetProxyResultEx)
            check_ret( p_WinHttpGetProxyResultEx( handles[i], &result_ex ), expected );
        winetest_pop_context();
    }
    ok( !result.cEntries && !result.pEntries, "got a result\n" );
    check_fails( WinHttpConnect( resolver.handle, L"localhost", 80, 0 ) != NULL, WRONG_TYPE );
    check_fails( WinHttpOpenRequest( resolver.handle, NULL, NULL, NULL, NULL, NULL, 0 ) != NULL,
                 WRONG_TYPE );
    check_fails( WinHttpSendRequest( resolver.handle, NULL, 0, NULL, 0, 0, 0 ), WRONG_TYPE );
    check_ret( WinHttpWebSocketShutdown( resolver.handle, 1000, NULL, 0 ), WRONG_TYPE );
    check_works( WinHttpCloseHandle( handles[3] ) );
    check_works( WinHttpCloseHandle( handles[2] ) );
    close_resolver( &resolver );
}

/* url-proxy-com.md 7: what is no question; guess: told at once, and the order of a length without
 * bytes */
static void test_bad_parameters(void)
{
    FIND( WinHttpGetProxyForUrlEx2 );
    WINHTTP_AUTOPROXY_OPTIONS nothing = { 0 }, detect = { WINHTTP_AUTOPROXY_AUTO_DETECT };
    WINHTTP_AUTOPROXY_OPTIONS config = script_options( NULL ), *options = &static_options;
    WINHTTP_AUTOPROXY_OPTIONS no_source = { WINHTTP_AUTOPROXY_HOST_LOWERCASE };
    const WCHAR *url = L"http://winehq.org/";
    struct resolver resolver;
    HINTERNET handle;
    unsigned int from;

    open_resolver( &resolver );
    handle = resolver.handle;
    from = notify_count();
    check_ret( WinHttpGetProxyForUrlEx( handle, NULL, options, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyForUrlEx( handle, L"", options, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyForUrlEx( handle, url, NULL, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyForUrlEx( handle, url, &nothing, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyForUrlEx( handle, url, &no_source, 0 ),
               ERROR_INVALID_PARAMETER ); /* guess */
    check_ret( WinHttpGetProxyForUrlEx( handle, url, &detect, 0 ), ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyForUrlEx( handle, url, &config, 0 ), ERROR_INVALID_PARAMETER );
    if (p_WinHttpGetProxyForUrlEx2)
        check_ret( p_WinHttpGetProxyForUrlEx2( handle, url, options, 4, NULL, 0 ),
                   ERROR_INVALID_PARAMETER );
    check_ret( WinHttpGetProxyResult( handle, NULL ), ERROR_INVALID_PARAMETER ); /* guess */
    check_no_result( handle );
    ok( notify_count() == from, "a callback came\n" );
    close_resolver( &resolver );
}

/* --- Answers ---------------------------------------------------------------------------------- */

/* url-proxy-com.md 4, 8: the user's own proxies, and whom they are not for */
static void test_static(void)
{
    static const struct
    {
        const char *proxy, *bypass;
        const WCHAR *url, *host;    /* host NULL: direct ... */
        INTERNET_PORT port;
        BOOL bypassed;              /* ... because of the list */
    }
    tests[] =
    {
        { NULL, NULL, L"http://winehq.org/", NULL, 0, FALSE },
        { "p:8080", NULL, L"http://winehq.org/", L"p", 8080, FALSE },
        { "p:8080", NULL, L"https://winehq.org/x?y", L"p", 8080, FALSE },
        { "http=p:1;https=q:2", NULL, L"http://winehq.org/", L"p", 1, FALSE },
        { "http=p:1;https=q:2", NULL, L"https://winehq.org/", L"q", 2, FALSE },
        { "https=q:2", NULL, L"http://winehq.org/", NULL, 0, FALSE },
        { "p:8080", "*.winehq.org", L"http://www.WineHQ.org/", NULL, 0, TRUE },
        { "p:8080", "*.winehq.org", L"http://winehq.net/", L"p", 8080, FALSE },
        { "p:8080", "<local>", L"http://intranet/", NULL, 0, TRUE },
    };
    struct resolver resolver;
    unsigned int i;

    open_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        set_user_setting( &user, tests[i].proxy ? 3 : 1, tests[i].proxy, tests[i].bypass, NULL );
        check_ret( ask( resolver.handle, tests[i].url, &static_options ), ERROR_SUCCESS );
        check_result( resolver.handle, tests[i].bypassed, tests[i].host, tests[i].port );
        winetest_pop_context();
    }
    close_resolver( &resolver );
}

/* Microsoft's page of WinHttpGetProxyForUrlEx: the whole list, SOCKS and DIRECT too */
static void test_script(void)
{
    static const char body[] = "function FindProxyForURL( url, host )\r\n{\r\n"
        "    return 'PROXY a.test:81; SOCKS s.test:1080; HTTPS t.test:444; DIRECT';\r\n}\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\n"
                  "Connection: close\r\n\r\n" ),
        SRV_SEND( body ), SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    WINHTTP_PROXY_RESULT result = { 0 };
    WINHTTP_AUTOPROXY_OPTIONS options;
    struct resolver resolver;
    WCHAR url[64];

    _snwprintf( url, ARRAYSIZE( url ), L"http://127.0.0.1:%u/list.pac", server_port( server ) );
    options = script_options( url );
    open_resolver( &resolver );
    check_ret( ask( resolver.handle, L"http://winehq.org/", &options ), ERROR_SUCCESS );
    check_ret( WinHttpGetProxyResult( resolver.handle, &result ), ERROR_SUCCESS );
    ok( result.cEntries == 4, "got %u entries\n", (UINT)result.cEntries );
    check_entry( &result, 0, FALSE, INTERNET_SCHEME_HTTP, L"a.test", 81 );
    check_entry( &result, 1, FALSE, INTERNET_SCHEME_SOCKS, L"s.test", 1080 );
    check_entry( &result, 2, FALSE, INTERNET_SCHEME_HTTPS, L"t.test", 444 );
    check_entry( &result, 3, FALSE, 0, NULL, 0 );
    WinHttpFreeProxyResult( &result );
    close_resolver( &resolver );
    server_abandon( server );
}

/* A result is the program's own, however often it asks, whatever happens to the handle. */
static void test_results(void)
{
    WINHTTP_PROXY_RESULT first = { 0 }, second = { 0 };
    struct resolver resolver;
    HINTERNET connect, request;

    set_user_setting( &user, 3, "proxy.test:8080", NULL, NULL );
    open_resolver( &resolver );
    check_ret( ask( resolver.handle, L"http://winehq.org/", &static_options ), ERROR_SUCCESS );
    check_ret( WinHttpGetProxyResult( resolver.handle, &first ), ERROR_SUCCESS );
    check_ret( WinHttpGetProxyResult( resolver.handle, &second ), ERROR_SUCCESS );
    WinHttpFreeProxyResult( &first );
    ok( !first.cEntries && !first.pEntries, "something was left\n" ); /* guess */
    WinHttpFreeProxyResult( &first );
    check_result( resolver.handle, FALSE, L"proxy.test", 8080 );

    /* what it is for: an entry goes to a request as it is */
    connect = WinHttpConnect( resolver.session, L"winehq.org", 80, 0 );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    check_ret( set_error( request, 39 /* PROXY_RESULT_ENTRY */, &second.pEntries[0],
                          sizeof(second.pEntries[0]) ), ERROR_SUCCESS );
    check_works( WinHttpCloseHandle( request ) );
    check_works( WinHttpCloseHandle( connect ) );
    close_resolver( &resolver );
    check_entry( &second, 0, FALSE, INTERNET_SCHEME_HTTP, L"proxy.test", 8080 );
    WinHttpFreeProxyResult( &second );
    WinHttpFreeProxyResult( NULL );
}

static void test_results_ex(void)
{
    FIND( WinHttpGetProxyForUrlEx2 );
    FIND( WinHttpGetProxyResultEx );
    FIND( WinHttpFreeProxyResultEx );
    WINHTTP_PROXY_RESULT_EX result;
    BYTE selection[4] = { 0 };
    struct resolver resolver;
    unsigned int from;

    if (!p_WinHttpGetProxyForUrlEx2 || !p_WinHttpGetProxyResultEx || !p_WinHttpFreeProxyResultEx)
        return;
    set_user_setting( &user, 3, "p:8080", NULL, NULL );
    open_resolver( &resolver );
    memset( &result, 0xcc, sizeof(result) );
    check_ret( p_WinHttpGetProxyResultEx( resolver.handle, NULL ), ERROR_INVALID_PARAMETER );
    check_ret( p_WinHttpGetProxyResultEx( resolver.handle, &result ), WRONG_STATE );
    ok( result.cEntries == 0xcccccccc, "the result was changed\n" );
    from = notify_count();
    check_ret( p_WinHttpGetProxyForUrlEx2( resolver.handle, L"http://h/", &static_options,
                                           sizeof(selection), selection, CLIENT_CONTEXT ),
               ERROR_IO_PENDING );
    check_ret( await_answer( resolver.handle, from ), ERROR_SUCCESS );
    check_ret( p_WinHttpGetProxyResultEx( resolver.handle, &result ), ERROR_SUCCESS );
    ok( result.cEntries == 1, "got %u entries\n", (UINT)result.cEntries );
    ok( same_text( result.pEntries[0].pwszProxy, L"p" ), "got another proxy\n" );
    p_WinHttpFreeProxyResultEx( &result );
    ok( !result.cEntries && !result.pEntries, "something was left\n" ); /* guess */
    p_WinHttpFreeProxyResultEx( &result );
    p_WinHttpFreeProxyResultEx( NULL );
    close_resolver( &resolver );
}

/* url-proxy-com.md 7: errors come by callback; the answer of before is gone with the next call */
static void test_errors(void)
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    struct resolver resolver;
    WCHAR url[64];
    SOCKET bound = refuse( url );

    set_user_setting( &user, 3, "p:8080", NULL, NULL );
    open_resolver( &resolver );
    options = script_options( url );
    check_ret( ask( resolver.handle, L"http://h/", &options ),
               ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_no_result( resolver.handle );
    options = script_options( L"ftp://127.0.0.1/proxy.pac" );
    check_ret( ask( resolver.handle, L"http://h/", &options ), ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    check_no_result( resolver.handle );

    check_ret( ask( resolver.handle, L"http://h/", &static_options ), ERROR_SUCCESS );
    check_result( resolver.handle, FALSE, L"p", 8080 );
    options = script_options( url );
    check_ret( ask( resolver.handle, L"http://h/", &options ),
               ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_no_result( resolver.handle );
    check_ret( ask( resolver.handle, L"http://h/", &static_options ), ERROR_SUCCESS );
    check_result( resolver.handle, FALSE, L"p", 8080 );
    close_resolver( &resolver );
    stop_refusing( bound );
}

/* One handle for many URLs, one after the other. */
static void test_reuse(void)
{
    struct resolver resolver;
    unsigned int i;
    WCHAR url[64];

    set_user_setting( &user, 3, "p:8080", "*0.test", NULL );
    open_resolver( &resolver );
    for (i = 0; i < 200; i++)
    {
        BOOL bypassed = i % 10 == 0;

        _snwprintf( url, ARRAYSIZE( url ), L"http://host%u.test/", i );
        check_ret( ask( resolver.handle, url, &static_options ), ERROR_SUCCESS );
        check_result( resolver.handle, bypassed, bypassed ? NULL : L"p", bypassed ? 0 : 8080 );
    }
    close_resolver( &resolver );
}

/* --- WinHttpResetAutoProxy -------------------------------------------------------------------- */

/* url-proxy-com.md 8; guess: 87 for other flags, and without the one that Microsoft's page calls
 * required */
static void test_reset(void)
{
    static const DWORD kinds[] =
    {
        0, WINHTTP_RESET_STATE, WINHTTP_RESET_SWPAD_CURRENT_NETWORK, WINHTTP_RESET_SWPAD_ALL,
        WINHTTP_RESET_SCRIPT_CACHE, WINHTTP_RESET_ALL, 0x10000 /* NOTIFY_NETWORK_CHANGED */,
    };
    const DWORD all = WINHTTP_RESET_ALL | WINHTTP_RESET_OUT_OF_PROC;
    HINTERNET sync = open_session( 0 ), connect = WinHttpConnect( sync, L"localhost", 80, 0 );
    struct resolver resolver;
    unsigned int i;

    open_resolver( &resolver );
    check_ret( WinHttpResetAutoProxy( NULL, all ), ERROR_INVALID_HANDLE );
    check_ret( WinHttpResetAutoProxy( connect, all ), WRONG_TYPE );
    check_ret( WinHttpResetAutoProxy( resolver.handle, all ), WRONG_TYPE );
    for (i = 0; i < ARRAYSIZE( kinds ); i++)
    {
        winetest_push_context( "flags %#x", (UINT)kinds[i] );
        check_ret( WinHttpResetAutoProxy( sync, kinds[i] ), ERROR_INVALID_PARAMETER );
        check_ret( WinHttpResetAutoProxy( sync, kinds[i] | WINHTTP_RESET_OUT_OF_PROC ), 0 );
        winetest_pop_context();
    }
    check_ret( WinHttpResetAutoProxy( resolver.session, all ), ERROR_SUCCESS );
    check_ret( WinHttpResetAutoProxy( sync, all | 0x80000000 ), ERROR_INVALID_PARAMETER );
    close_resolver( &resolver );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( sync ) );
}

START_TEST(proxy_resolver)
{
    save_value( &user, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    RUN( test_create );
    RUN( test_created_and_closed );
    RUN( test_options );
    RUN( test_other_types );
    RUN( test_bad_parameters );
    RUN( test_static );
    RUN( test_script );
    RUN( test_results );
    RUN( test_results_ex );
    RUN( test_errors );
    RUN( test_reuse );
    RUN( test_reset );
    restore_value( &user );
}
