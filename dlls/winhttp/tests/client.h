/*
 * What every topic does to talk to the scripted server: open the handles, upgrade, close, check.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the handles in struct client, from client_open() to client_close().
 * Threads: the test's thread.
 * Fails:   each step is a check; with a handle missing the later calls fail too, and say so.
 *
 * Bodies stand here, and not in a source of their own, because Wine's build takes each source of a
 * test folder for a topic.
 */
#ifndef WINHTTP_TESTS_CLIENT_H
#define WINHTTP_TESTS_CLIENT_H

#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "wine/test.h"
#include "notify.h"
#include "server.h"
#include "wire.h"

#ifndef WINHTTP_HANDLE_TYPE_WEBSOCKET
#define WINHTTP_HANDLE_TYPE_WEBSOCKET 5
#endif

/* Long enough for a slow machine, short enough to end a test that hangs. */
#define CLIENT_TIMEOUT_MS 8000

/* A context that no default can be mistaken for. */
#define CLIENT_CONTEXT 0xc0ffee

struct client
{
    HINTERNET session;
    HINTERNET connect;
    HINTERNET request;
    HINTERNET socket;
    HANDLE unloaded;            /* set by WinHTTP when the session is really gone */
};

enum client_flags
{
    CLIENT_SYNC    = 0,
    CLIENT_ASYNC   = 1,         /* asynchronous, with notify_callback */
    CLIENT_NOTIFY  = 2,         /* synchronous, with notify_callback */
};

#define check_error( expected ) check_error_at( GetLastError(), expected, __LINE__, __FILE__ )
static inline void check_error_at( DWORD error, DWORD expected, int line, const char *file )
{
    ok_( file, line )( error == expected, "expected error %u, got %u\n", (UINT)expected,
                       (UINT)error );
}

/* For the calls that return the error. */
#define check_ret( ret, expected ) \
    do { \
        DWORD ret__ = (ret); \
        ok( ret__ == (expected), "expected %u, got %u\n", (UINT)(expected), (UINT)ret__ ); \
    } while (0)

/* For the calls that return BOOL and set the last error. */
#define check_fails( call, expected ) \
    do { \
        BOOL ret__; \
        DWORD error__; \
        SetLastError( 0xdeadbeef ); \
        ret__ = (call); \
        error__ = GetLastError(); \
        ok( !ret__, "expected failure\n" ); \
        ok( error__ == (expected), "expected error %u, got %u\n", (UINT)(expected), \
            (UINT)error__ ); \
    } while (0)

#define check_works( call ) \
    do { \
        BOOL ret__; \
        DWORD error__; \
        SetLastError( 0xdeadbeef ); \
        ret__ = (call); \
        error__ = GetLastError(); \
        ok( ret__, "failed with %u\n", (UINT)error__ ); \
    } while (0)

/* Sets an option: the last error after it. */
static inline DWORD set_error( HINTERNET handle, DWORD option, const void *value, DWORD size )
{
    SetLastError( 0xdeadbeef );
    WinHttpSetOption( handle, option, (void *)value, size );
    return GetLastError();
}

static inline DWORD set_dword_error( HINTERNET handle, DWORD option, DWORD value )
{
    return set_error( handle, option, &value, sizeof(value) );
}

/* The same for one that is not to fail. */
#define set_dword( handle, option, value ) \
    check_error_at( set_dword_error( handle, option, value ), ERROR_SUCCESS, __LINE__, __FILE__ )

/* The functions below check at several places; the context tells which call of the test it was. */
#define CLIENT_CALL( call ) \
    do { \
        winetest_push_context( "line %u", __LINE__ ); \
        call; \
        winetest_pop_context(); \
    } while (0)
#define client_connect( client, port, flags ) CLIENT_CALL( client_connect_( client, port, flags ) )
#define client_request( client, verb, path )  CLIENT_CALL( client_request_( client, verb, path ) )
#define client_open( client, server, flags )  CLIENT_CALL( client_open_( client, server, flags ) )
#define client_set_upgrade( client )          CLIENT_CALL( client_set_upgrade_( client ) )
#define client_exchange( client, async )      CLIENT_CALL( client_exchange_( client, async ) )
#define client_complete_upgrade( client )     CLIENT_CALL( client_complete_upgrade_( client ) )
#define client_open_socket( client, server, flags ) \
    CLIENT_CALL( client_open_socket_( client, server, flags ) )
#define client_close( client )                CLIENT_CALL( client_close_( client ) )

/* A function of the topic; names behind the topic on the command line choose some of them. */
#define RUN( test ) \
    do { \
        if (client_wants( #test )) test(); \
    } while (0)
static inline BOOL client_wants( const char *name )
{
    int i, argc;
    char **argv;

    argc = winetest_get_mainargs( &argv );
    for (i = 2; i < argc; i++) if (!strcmp( argv[i], name )) return TRUE;
    return argc <= 2;
}

/* One that is called synchronously and asynchronously. */
#define RUN_BOTH( test ) \
    do { \
        BOOL async__; \
        for (async__ = FALSE; client_wants( #test ) && async__ <= TRUE; async__++) \
        { \
            winetest_push_context( async__ ? "async" : "sync" ); \
            test( async__ ); \
            winetest_pop_context(); \
        } \
    } while (0)

/* Opens session and connection to a loopback port. */
static inline void client_connect_( struct client *client, WORD port, unsigned int flags )
{
    DWORD mode = flags & CLIENT_ASYNC ? WINHTTP_FLAG_ASYNC : 0;

    memset( client, 0, sizeof(*client) );
    client->session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                   mode );
    ok( client->session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    client->unloaded = CreateEventW( NULL, TRUE, FALSE, NULL );
    check_works( WinHttpSetOption( client->session, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT,
                                   &client->unloaded, sizeof(client->unloaded) ) );
    check_works( WinHttpSetTimeouts( client->session, CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS,
                                     CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS ) );
    if (flags & (CLIENT_ASYNC | CLIENT_NOTIFY))
        WinHttpSetStatusCallback( client->session, notify_callback,
                                  WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    client->connect = WinHttpConnect( client->session, L"127.0.0.1", port, 0 );
    ok( client->connect != NULL, "WinHttpConnect failed, error %u\n", (UINT)GetLastError() );
}

/* Behind a TLS front the certificate is one that nobody trusts. */
static inline void client_request_( struct client *client, const WCHAR *verb, const WCHAR *path )
{
    DWORD ignored = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID |
                    SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE;

    client->request = WinHttpOpenRequest( client->connect, verb, path, NULL, WINHTTP_NO_REFERER,
                                          WINHTTP_DEFAULT_ACCEPT_TYPES,
                                          server_is_secure() ? WINHTTP_FLAG_SECURE : 0 );
    ok( client->request != NULL, "WinHttpOpenRequest failed, error %u\n", (UINT)GetLastError() );
    if (server_is_secure())
        check_works( WinHttpSetOption( client->request, WINHTTP_OPTION_SECURITY_FLAGS, &ignored,
                                       sizeof(ignored) ) );
}

/* Opens all three handles. The callbacks of earlier tests are forgotten. */
static inline void client_open_( struct client *client, struct server *server, unsigned int flags )
{
    notify_reset();
    client_connect_( client, server_port( server ), flags );
    client_request_( client, L"GET", L"/test" );
}

static inline BOOL client_send( struct client *client )
{
    return WinHttpSendRequest( client->request, WINHTTP_NO_ADDITIONAL_HEADERS, 0,
                               WINHTTP_NO_REQUEST_DATA, 0, 0, 0 );
}

static inline void client_set_upgrade_( struct client *client )
{
    check_works( WinHttpSetOption( client->request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL,
                                   0 ) );
}

/* Sends the request and receives the response header; with asynchronous handles too. */
static inline void client_exchange_( struct client *client, BOOL async )
{
    unsigned int from = notify_count();

    check_works( client_send( client ) );
    if (async) ok( notify_wait( from, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE ) != NULL,
                   "not sent\n" );
    check_works( WinHttpReceiveResponse( client->request, NULL ) );
    if (async) ok( notify_wait( from, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE ) != NULL,
                   "no response\n" );
}

static inline void client_complete_upgrade_( struct client *client )
{
    SetLastError( 0xdeadbeef );
    client->socket = WinHttpWebSocketCompleteUpgrade( client->request, CLIENT_CONTEXT );
    ok( client->socket != NULL, "WinHttpWebSocketCompleteUpgrade failed, error %u\n",
        (UINT)GetLastError() );
}

/* From nothing to an open socket; the request is closed, as programs do. */
static inline void client_open_socket_( struct client *client, struct server *server,
                                        unsigned int flags )
{
    client_open_( client, server, flags );
    client_set_upgrade_( client );
    client_exchange_( client, flags & CLIENT_ASYNC );
    client_complete_upgrade_( client );
    check_works( WinHttpCloseHandle( client->request ) );
    client->request = NULL;
    /* the tables of a topic begin with the socket's own callbacks */
    if (flags & CLIENT_ASYNC)
        ok( notify_wait( 0, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING ) != NULL,
            "request not closed\n" );
}

/* Closes what is still open and waits until the session is really gone (http.md 1: CloseHandle). */
static inline void client_close_( struct client *client )
{
    if (client->socket) check_works( WinHttpCloseHandle( client->socket ) );
    if (client->request) check_works( WinHttpCloseHandle( client->request ) );
    if (client->connect) check_works( WinHttpCloseHandle( client->connect ) );
    if (client->session) check_works( WinHttpCloseHandle( client->session ) );
    ok( !WaitForSingleObject( client->unloaded, NOTIFY_TIMEOUT_MS ),
        "the session was not unloaded\n" );
    CloseHandle( client->unloaded );
    memset( client, 0, sizeof(*client) );
}

static inline DWORD CALLBACK client_send_thread( void *arg )
{
    struct client *client = arg;

    return client_send( client ) ? 0 : GetLastError();
}

/* A synchronous send, until client_interrupt closes the request, for which it ends with 12017. */
static inline HANDLE client_start_sending( struct client *client )
{
    return CreateThread( NULL, 0, client_send_thread, client, 0, NULL );
}

#define client_interrupt( client, thread ) CLIENT_CALL( client_interrupt_( client, thread ) )
static inline void client_interrupt_( struct client *client, HANDLE thread )
{
    DWORD ret = 0;

    check_works( WinHttpCloseHandle( client->request ) );
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "SendRequest did not return\n" );
    GetExitCodeThread( thread, &ret );
    ok( ret == ERROR_WINHTTP_OPERATION_CANCELLED, "got %u\n", (UINT)ret );
    CloseHandle( thread );
    client->request = NULL;
}

/* One message by a synchronous socket. */
#define check_receive( socket, size, type, data, len ) \
    check_receive_at( socket, size, type, data, len, __LINE__, __FILE__ )
static inline void check_receive_at( HINTERNET socket, DWORD size,
                                     WINHTTP_WEB_SOCKET_BUFFER_TYPE expect_type, const void *expect,
                                     DWORD expect_len, int line, const char *file )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type = 0xdeadbeef;
    static char buffer[128 * 1024];
    DWORD len = 0xdeadbeef, ret;

    memset( buffer, 0xcc, min( size + 1, sizeof(buffer) ) );
    ret = WinHttpWebSocketReceive( socket, buffer, size, &len, &type );
    ok_( file, line )( !ret, "got error %u\n", (UINT)ret );
    if (ret) return;
    ok_( file, line )( type == expect_type, "expected type %u, got %u\n", expect_type, type );
    ok_( file, line )( len == expect_len, "expected %u bytes, got %u\n", (UINT)expect_len,
                       (UINT)len );
    if (len == expect_len && expect) ok_( file, line )( !memcmp( buffer, expect, len ),
                                                        "wrong data\n" );
}

/* Waits for a callback; never NULL, so that a test goes on after a failure. */
#define await( from, status ) await_at( from, status, __LINE__, __FILE__ )
static inline const struct notification *await_at( unsigned int from, DWORD status, int line,
                                                   const char *file )
{
    static const struct notification none;
    const struct notification *entry = notify_wait( from, status );

    ok_( file, line )( entry != NULL, "%s did not come\n", notify_name( status ) );
    return entry ? entry : &none;
}

/* READ_COMPLETE and WRITE_COMPLETE of a socket (websocket.md 3, 4). */
#define check_transfer( entry, type, bytes ) \
    check_transfer_at( entry, type, bytes, __LINE__, __FILE__ )
static inline void check_transfer_at( const struct notification *entry,
                                      WINHTTP_WEB_SOCKET_BUFFER_TYPE type, DWORD bytes, int line,
                                      const char *file )
{
    const WINHTTP_WEB_SOCKET_STATUS *status = (const WINHTTP_WEB_SOCKET_STATUS *)entry->data;

    ok_( file, line )( entry->len == sizeof(*status), "got length %u\n", (UINT)entry->len );
    ok_( file, line )( status->eBufferType == type, "expected type %u, got %u\n", type,
                       status->eBufferType );
    ok_( file, line )( status->dwBytesTransferred == bytes, "expected %u bytes, got %u\n",
                       (UINT)bytes, (UINT)status->dwBytesTransferred );
}

/* REQUEST_ERROR of a socket (websocket.md 11). */
#define check_socket_error( entry, operation, error ) \
    check_socket_error_at( entry, operation, error, __LINE__, __FILE__ )
static inline void check_socket_error_at( const struct notification *entry,
                                          WINHTTP_WEB_SOCKET_OPERATION operation, DWORD error,
                                          int line, const char *file )
{
    const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result = (const void *)entry->data;

    ok_( file, line )( entry->len == sizeof(*result), "got length %u\n", (UINT)entry->len );
    ok_( file, line )( !result->AsyncResult.dwResult, "got result %u\n",
                       (UINT)result->AsyncResult.dwResult );
    ok_( file, line )( result->AsyncResult.dwError == error, "expected error %u, got %u\n",
                       (UINT)error, (UINT)result->AsyncResult.dwError );
    ok_( file, line )( result->Operation == operation, "expected operation %u, got %u\n", operation,
                       result->Operation );
}

/* REQUEST_ERROR of a request (http.md 3). */
#define check_request_error( entry, api, error ) \
    check_request_error_at( entry, api, error, __LINE__, __FILE__ )
static inline void check_request_error_at( const struct notification *entry, DWORD_PTR api,
                                           DWORD error, int line, const char *file )
{
    const WINHTTP_ASYNC_RESULT *result = (const WINHTTP_ASYNC_RESULT *)entry->data;

    ok_( file, line )( entry->len == sizeof(*result), "got length %u\n", (UINT)entry->len );
    ok_( file, line )( result->dwResult == api, "expected function %u, got %u\n", (UINT)api,
                       (UINT)result->dwResult );
    ok_( file, line )( result->dwError == error, "expected error %u, got %u\n", (UINT)error,
                       (UINT)result->dwError );
}

#define check_on_caller( entry ) \
    ok( (entry)->thread == GetCurrentThreadId(), "%s came on another thread\n", \
        notify_name( (entry)->status ) )

#define check_close_status( socket, status, reason ) \
    check_close_status_at( socket, status, reason, __LINE__, __FILE__ )
static inline void check_close_status_at( HINTERNET socket, USHORT expect_status,
                                          const char *expect_reason, int line, const char *file )
{
    DWORD len = 0xdeadbeef, ret;
    USHORT status = 0xdead;
    char reason[123];

    ret = WinHttpWebSocketQueryCloseStatus( socket, &status, reason, sizeof(reason), &len );
    ok_( file, line )( !ret, "got error %u\n", (UINT)ret );
    if (ret) return;
    ok_( file, line )( status == expect_status, "expected status %u, got %u\n", expect_status,
                       status );
    ok_( file, line )( len == strlen( expect_reason ), "got length %u\n", (UINT)len );
    if (len == strlen( expect_reason ))
        ok_( file, line )( !memcmp( reason, expect_reason, len ), "got %.*s\n", (int)len, reason );
}

/* websocket.md 7: 4317 and outputs untouched as long as no close frame has come. */
#define check_no_close_status( socket ) check_no_close_status_at( socket, __LINE__, __FILE__ )
static inline void check_no_close_status_at( HINTERNET socket, int line, const char *file )
{
    DWORD len = 0xdeadbeef, ret;
    USHORT status = 0xdead;
    char reason[123];

    reason[0] = 'x';
    ret = WinHttpWebSocketQueryCloseStatus( socket, &status, reason, sizeof(reason), &len );
    ok_( file, line )( ret == ERROR_INVALID_OPERATION, "got %u\n", (UINT)ret );
    ok_( file, line )( status == 0xdead && len == 0xdeadbeef && reason[0] == 'x',
                       "outputs were touched\n" );
}

/* One function until its end, in either mode: the error it returned or reported. */
static inline DWORD client_result_of( BOOL ret, BOOL async, unsigned int from, DWORD complete,
                                      DWORD_PTR api )
{
    const struct notification *entry;
    DWORD error = GetLastError();

    if (!ret) return error;
    if (!async) return 0;
    entry = await( from, complete | WINHTTP_CALLBACK_STATUS_REQUEST_ERROR );
    if (entry->status == complete) return 0;
    error = (DWORD)((const WINHTTP_ASYNC_RESULT *)entry->data)->dwError;
    check_request_error( entry, api, error );
    return error;
}

static inline DWORD client_send_result( HINTERNET request, BOOL async )
{
    unsigned int from = notify_count();
    BOOL ret = WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 );

    return client_result_of( ret, async, from, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE,
                             API_SEND_REQUEST );
}

static inline DWORD client_receive_result( HINTERNET request, BOOL async )
{
    unsigned int from = notify_count();
    BOOL ret = WinHttpReceiveResponse( request, NULL );

    return client_result_of( ret, async, from, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE,
                             API_RECEIVE_RESPONSE );
}

static inline DWORD client_read_result( HINTERNET request, char *buffer, DWORD size, DWORD *len,
                                        BOOL async )
{
    unsigned int from = notify_count();
    BOOL ret = WinHttpReadData( request, buffer, size, async ? NULL : len );
    DWORD error = client_result_of( ret, async, from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE,
                                    API_READ_DATA );

    if (async && !error) *len = await( from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE )->len;
    return error;
}

#endif /* WINHTTP_TESTS_CLIENT_H */
