/*
 * Proxy resolver handles for the topics that ask them: opened, asked, checked, closed.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the handles in struct resolver, from open_resolver() to close_resolver().
 * Threads: the test's thread.
 * Fails:   each step is a check.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_RESOLVER_H
#define WINHTTP_TESTS_RESOLVER_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "proxy_values.h"

#define COMPLETE WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE
#define REQUEST_ERROR WINHTTP_CALLBACK_STATUS_REQUEST_ERROR
#define HANDLE_CREATED WINHTTP_CALLBACK_STATUS_HANDLE_CREATED
#define HANDLE_CLOSING WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING
#define WRONG_TYPE ERROR_WINHTTP_INCORRECT_HANDLE_TYPE
#define WRONG_STATE ERROR_WINHTTP_INCORRECT_HANDLE_STATE
#define CANCELLED ERROR_WINHTTP_OPERATION_CANCELLED

static WINHTTP_AUTOPROXY_OPTIONS static_options =
{
    WINHTTP_AUTOPROXY_ALLOW_STATIC, 0, NULL, NULL, 0, FALSE
};

static inline WINHTTP_AUTOPROXY_OPTIONS script_options( const WCHAR *url )
{
    WINHTTP_AUTOPROXY_OPTIONS ret = { WINHTTP_AUTOPROXY_CONFIG_URL, 0, NULL, NULL, 0, FALSE };

    ret.lpszAutoConfigUrl = url;
    return ret;
}

/* --- Handles ---------------------------------------------------------------------------------- */

struct resolver
{
    HINTERNET session, handle;
    HANDLE unloaded;        /* set when the session is really gone */
};

static inline HINTERNET create( HINTERNET session )
{
    HINTERNET handle = NULL;

    check_ret( WinHttpCreateProxyResolver( session, &handle ), ERROR_SUCCESS );
    ok( handle != NULL, "got no handle\n" );
    return handle;
}

static inline HINTERNET open_session( DWORD flags )
{
    HINTERNET session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                     flags );

    ok( session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    return session;
}

/* An asynchronous session that has this callback, and a resolver below it. */
static inline void open_resolver_with( struct resolver *resolver, WINHTTP_STATUS_CALLBACK callback,
                                       DWORD mask )
{
    notify_reset();
    resolver->session = open_session( WINHTTP_FLAG_ASYNC );
    resolver->unloaded = CreateEventW( NULL, TRUE, FALSE, NULL );
    check_works( WinHttpSetOption( resolver->session, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT,
                                   &resolver->unloaded, sizeof(resolver->unloaded) ) );
    WinHttpSetStatusCallback( resolver->session, callback, mask, 0 );
    resolver->handle = create( resolver->session );
}

static inline void open_resolver( struct resolver *resolver )
{
    open_resolver_with( resolver, notify_callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS );
}

/* Closes what is open, and waits until nothing is left of it. */
static inline void close_resolver( struct resolver *resolver )
{
    if (resolver->handle) check_works( WinHttpCloseHandle( resolver->handle ) );
    if (resolver->session) check_works( WinHttpCloseHandle( resolver->session ) );
    ok( !WaitForSingleObject( resolver->unloaded, NOTIFY_TIMEOUT_MS ), "not unloaded\n" );
    CloseHandle( resolver->unloaded );
}

/* --- Asking ----------------------------------------------------------------------------------- */

static inline void begin( HINTERNET handle, const WCHAR *url, WINHTTP_AUTOPROXY_OPTIONS *options,
                          DWORD_PTR context )
{
    check_ret( WinHttpGetProxyForUrlEx( handle, url, options, context ), ERROR_IO_PENDING );
}

/* One call until its end: the error that it reports, which comes on another thread. */
static inline DWORD await_answer( HINTERNET handle, unsigned int from )
{
    const struct notification *entry = notify_wait_handle( from, COMPLETE | REQUEST_ERROR, handle );
    DWORD error;

    ok( entry != NULL, "no answer\n" );
    if (!entry) return ERROR_TIMEOUT;
    ok( entry->thread != GetCurrentThreadId(), "came on the thread of the call\n" );
    if (entry->status == COMPLETE)
    {
        ok( !entry->info && !entry->len, "got info %p of %u bytes\n", entry->info,
            (UINT)entry->len );
        return ERROR_SUCCESS;
    }
    error = ((const WINHTTP_ASYNC_RESULT *)entry->data)->dwError;
    check_request_error( entry, API_GET_PROXY_FOR_URL, error );
    return error;
}

static inline DWORD ask( HINTERNET handle, const WCHAR *url, WINHTTP_AUTOPROXY_OPTIONS *options )
{
    unsigned int from = notify_count();

    begin( handle, url, options, CLIENT_CONTEXT );
    return await_answer( handle, from );
}

/* host NULL: direct */
static inline void check_entry( const WINHTTP_PROXY_RESULT *result, DWORD index, BOOL bypass,
                                INTERNET_SCHEME scheme, const WCHAR *host, INTERNET_PORT port )
{
    const WINHTTP_PROXY_RESULT_ENTRY *entry = &result->pEntries[index];

    ok( index < result->cEntries, "got %u entries\n", (UINT)result->cEntries );
    if (index >= result->cEntries) return;
    ok( entry->fProxy == (host != NULL), "got fProxy %d\n", entry->fProxy );
    ok( entry->fBypass == bypass, "got fBypass %d\n", entry->fBypass );
    ok( same_text( entry->pwszProxy, host ), "got proxy %ls\n", entry->pwszProxy );
    ok( entry->ProxyPort == port, "got port %u\n", entry->ProxyPort );
    if (host) ok( entry->ProxyScheme == scheme, "got scheme %u\n", (UINT)entry->ProxyScheme );
}

/* The only entry. */
static inline void check_result( HINTERNET handle, BOOL bypass, const WCHAR *host,
                                 INTERNET_PORT port )
{
    WINHTTP_PROXY_RESULT result = { 0, NULL };

    check_ret( WinHttpGetProxyResult( handle, &result ), ERROR_SUCCESS );
    ok( result.cEntries == 1, "got %u entries\n", (UINT)result.cEntries );
    check_entry( &result, 0, bypass, INTERNET_SCHEME_HTTP, host, port );
    WinHttpFreeProxyResult( &result );
}

static inline void check_no_result( HINTERNET handle )
{
    WINHTTP_PROXY_RESULT result = { 7, NULL };

    check_ret( WinHttpGetProxyResult( handle, &result ), WRONG_STATE );
    ok( result.cEntries == 7 && !result.pEntries, "the result was changed\n" );
}

/* A script's URL at a port that is bound and not listened on. */
static inline SOCKET refuse( WCHAR url[64] )
{
    struct sockaddr_in addr = { 0 };
    int len = sizeof(addr);
    SOCKET bound;
    WSADATA data;

    WSAStartup( MAKEWORD( 2, 2 ), &data );
    bound = socket( AF_INET, SOCK_STREAM, 0 );
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    ok( !bind( bound, (struct sockaddr *)&addr, len ), "bind failed\n" );
    getsockname( bound, (struct sockaddr *)&addr, &len );
    _snwprintf( url, 64, L"http://127.0.0.1:%u/proxy.pac", ntohs( addr.sin_port ) );
    return bound;
}

static inline void stop_refusing( SOCKET bound )
{
    closesocket( bound );
    WSACleanup();
}

/* A server that takes connections, tells (event 0) when it is asked, and never answers; and the URL
 * of its script. */
static inline struct server *be_silent( WCHAR url[64] )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SIGNAL( 0 ), SRV_EOF, SRV_END
    };
    struct server *server = server_start_plain( script );

    _snwprintf( url, 64, L"http://127.0.0.1:%u/never.pac", server_port( server ) );
    return server;
}

#endif /* WINHTTP_TESTS_RESOLVER_H */
