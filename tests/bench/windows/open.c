/* Sessions, requests and synchronous WebSockets of the benchmark.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "open.h"

#include <stdio.h>

#include "../shared/command.h"
#include "async.h"

/* Size of the pieces that a body is read in; the same as in tests/bench/native/http.c. */
#define READ_PIECE 65536

/* A literal address: how long names take is the resolver's business. */
#define HOST L"127.0.0.1"

void open_check( BOOL ok, const char *what )
{
    if (!ok) bench_fail( "%s: error %lu", what, GetLastError() );
}

void open_check_error( DWORD error, const char *what )
{
    if (error && error != ERROR_IO_PENDING) bench_fail( "%s: error %lu", what, error );
}

static HINTERNET open_session( bool async )
{
    HINTERNET session = WinHttpOpen( L"bench", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                     async ? WINHTTP_FLAG_ASYNC : 0 );

    open_check( session != NULL, "WinHttpOpen" );
    if (async)
        WinHttpSetStatusCallback( session, async_callback,
                                  WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS
                                  | WINHTTP_CALLBACK_FLAG_HANDLES, 0 );
    return session;
}

static HINTERNET connect_to( bool async, INTERNET_PORT port )
{
    static HINTERNET sessions[2];
    HINTERNET connect;

    if (!sessions[async]) sessions[async] = open_session( async );
    connect = WinHttpConnect( sessions[async], HOST, port, 0 );
    open_check( connect != NULL, "WinHttpConnect" );
    return connect;
}

static HINTERNET connect_handle( bool async, bool secure )
{
    static HINTERNET connects[2][2];
    HINTERNET *connect = &connects[async][secure];

    if (!*connect)
        *connect = connect_to( async, secure ? bench_options.wss_port : bench_options.ws_port );
    return *connect;
}

HINTERNET open_connect( INTERNET_PORT port )
{
    return connect_to( false, port );
}

static HINTERNET make_request( HINTERNET connect, bool secure, const WCHAR *method,
                               const WCHAR *path )
{
    HINTERNET request = WinHttpOpenRequest( connect, method, path, NULL, NULL, NULL,
                                            secure ? WINHTTP_FLAG_SECURE : 0 );
    DWORD flags = SECURITY_FLAG_IGNORE_CERT_CN_INVALID;

    open_check( request != NULL, "WinHttpOpenRequest" );
    /* Wine's own DLL does not find an address in a certificate; the chain is checked anyway. */
    if (secure)
        open_check( WinHttpSetOption( request, WINHTTP_OPTION_SECURITY_FLAGS, &flags,
                                      sizeof(flags) ), "WINHTTP_OPTION_SECURITY_FLAGS" );
    return request;
}

HINTERNET open_request( bool async, bool secure, const WCHAR *path )
{
    return make_request( connect_handle( async, secure ), secure, L"GET", path );
}

HINTERNET open_request_at( INTERNET_PORT port, const WCHAR *path )
{
    HINTERNET connect = open_connect( port ), request;

    request = make_request( connect, true, L"GET", path );
    WinHttpCloseHandle( connect );
    return request;
}

HINTERNET open_post( bool secure, const WCHAR *path )
{
    return make_request( connect_handle( false, secure ), secure, L"POST", path );
}

static void send_request( HINTERNET request )
{
    open_check( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ), "WinHttpSendRequest" );
}

static void receive_response( HINTERNET request )
{
    open_check( WinHttpReceiveResponse( request, NULL ), "WinHttpReceiveResponse" );
}

void open_receive( HINTERNET request )
{
    static char data[READ_PIECE];
    DWORD got;

    receive_response( request );
    do open_check( WinHttpReadData( request, data, sizeof(data), &got ), "WinHttpReadData" );
    while (got);
}

void open_transfer( HINTERNET request )
{
    send_request( request );
    open_receive( request );
}

HINTERNET open_socket( bool secure, const WCHAR *path )
{
    HINTERNET request = open_request( false, secure, path ), socket;

    open_check( WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ),
                "WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET" );
    send_request( request );
    receive_response( request );
    socket = WinHttpWebSocketCompleteUpgrade( request, 0 );
    open_check( socket != NULL, "WinHttpWebSocketCompleteUpgrade" );
    WinHttpCloseHandle( request );
    return socket;
}

const WCHAR *open_bytes_path( const char *size )
{
    static WCHAR path[64];

    bench_number( size );
    _snwprintf( path, 63, L"/bytes?n=%hs", size );
    return path;
}
