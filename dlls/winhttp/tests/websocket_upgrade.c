/*
 * The upgrade through the rest of HTTP: redirects, credentials, cookies, verbs; and its options.
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

#define READ_COMPLETE  WINHTTP_CALLBACK_STATUS_READ_COMPLETE

#define BINARY_FRAGMENT WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
#define BINARY_MESSAGE  WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE
#define TEXT_MESSAGE    WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE

/* One text message, in either mode. */
static void check_text( struct client *client, BOOL async, const char *text )
{
    static char buffer[64];
    unsigned int from = notify_count();

    if (!async)
    {
        check_receive( client->socket, 64, TEXT_MESSAGE, text, (DWORD)strlen( text ) );
        return;
    }
    check_ret( WinHttpWebSocketReceive( client->socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, (DWORD)strlen( text ) );
    ok( !memcmp( buffer, text, strlen( text ) ), "wrong data\n" );
}

/* websocket.md 1.3: a redirect is followed, and the upgrade happens behind it with a fresh key */
static void test_redirect(void)
{
    static const struct step same[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Found\r\nLocation: /chat?a=1\r\nContent-Length: 4\r\n\r\nbody" ),
        SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    static const struct step other[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 307 Temporary Redirect\r\nLocation: /chat?a=1\r\n"
                  "Connection: close\r\nContent-Length: 0\r\n\r\n" ),
        SRV_CUT, SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    const struct step *scripts[] = { same, other };
    struct server *server;
    struct client client;
    unsigned int i, async;

    for (i = 0; i < 2 * ARRAYSIZE( scripts ); i++)
    {
        async = i % 2;
        winetest_push_context( "script %u, async %u", i / 2, async );
        server = server_start( scripts[i / 2] );
        client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        check_text( &client, async, "hello" );
        ok( server_finish( server ), "script did not end\n" );
        check_line( server, 1, "GET /chat?a=1 HTTP/1.1" );
        ok( !_stricmp( sent_header( server, 1, "Upgrade" ), "websocket" ), "got %s\n",
            sent_header( server, 1, "Upgrade" ) );
        check_header( server, 1, "Sec-WebSocket-Version", "13" );
        ok( strcmp( sent_header( server, 0, "Sec-WebSocket-Key" ),
                    sent_header( server, 1, "Sec-WebSocket-Key" ) ), "got the same key\n" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* websocket.md 1.2, 1.3: 401, then the program sets credentials and sends again, then 101 */
static void test_credentials( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"ws\"\r\n"
                  "Content-Length: 6\r\n\r\ndenied" ),
        SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    client_set_upgrade( &client );
    client_exchange( &client, async );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_works( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                        WINHTTP_AUTH_SCHEME_BASIC, L"user", L"pass", NULL ) );
    client_exchange( &client, async );
    client_complete_upgrade( &client );
    check_text( &client, async, "hello" );
    ok( !strcmp( sent_header( server, 0, "Authorization" ), "(none)" ), "sent too early\n" );
    check_header( server, 1, "Authorization", "Basic dXNlcjpwYXNz" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.2: the application's own headers, subprotocols and cookies are in the upgrade */
static void test_own_headers(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nSet-Cookie: jar=full; path=/\r\nContent-Length: 0\r\n\r\n" ),
        SRV_UPGRADE_LINES( "Sec-WebSocket-Protocol: b\r\nSet-Cookie: late=1\r\n" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    WCHAR value[32];
    DWORD size = sizeof(value);

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, NULL, L"/ws" );
    client_set_upgrade( &client );
    check_works( WinHttpAddRequestHeaders( client.request,
                                           L"Sec-WebSocket-Protocol: a, b\r\nX-Own: 1\r\n"
                                           L"Origin: http://here", ~0u, WINHTTP_ADDREQ_FLAG_ADD ) );
    client_exchange( &client, FALSE );
    client_complete_upgrade( &client );
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_CUSTOM,
                                      L"Sec-WebSocket-Protocol", value, &size, NULL ) );
    ok( !wcscmp( value, L"b" ), "wrong subprotocol\n" );
    check_header( server, 1, "Cookie", "jar=full" );
    check_header( server, 1, "X-Own", "1" );
    check_header( server, 1, "Origin", "http://here" );
    check_header( server, 1, "Sec-WebSocket-Protocol", "a, b" );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.4: a frame in the packet of the 101 belongs to the socket, in both modes */
static void test_frame_behind_upgrade( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello\x89\x01p\x81\x05" "there" ), SRV_READ_FRAME,
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_text( &client, async, "hello" );
    check_text( &client, async, "there" );
    ok( server_finish( server ), "the ping was not answered\n" );
    check_frame( server, 0, FRAME_PONG, "p", 1 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.1: the option after the request was sent; guess U4: refused or without effect */
static void test_option_after_send(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    BOOL ret;

    client_open( &client, server, CLIENT_SYNC );
    check_works( client_send( &client ) );
    SetLastError( 0xdeadbeef );
    ret = WinHttpSetOption( client.request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 );
    ok( ret || GetLastError() == ERROR_WINHTTP_INCORRECT_HANDLE_STATE, "got error %u\n",
        (UINT)GetLastError() );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: buffer sizes set after the send return TRUE and change nothing there */
static void test_buffers_after_send(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME,
        SRV_FRAME( FRAME_BINARY | FRAME_FIN, "0123456789" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char data[] = "data";
    DWORD size = 15;

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    check_works( client_send( &client ) );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    size = 4;
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE,
                                   &size, sizeof(size) ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    client_complete_upgrade( &client );
    check_ret( WinHttpWebSocketSend( client.socket, BINARY_MESSAGE, data, 4 ), 0 );
    check_receive( client.socket, 64, BINARY_MESSAGE, "0123456789", 10 );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: the receive buffer caps what one Receive returns (guess U16), async too */
static void test_receive_buffer( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x82\x0a" "0123456789" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    static char buffer[64];
    DWORD size = 8;

    client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    client_set_upgrade( &client );
    check_works( WinHttpSetOption( client.request,
                                   WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, &size,
                                   sizeof(size) ) );
    client_exchange( &client, async );
    client_complete_upgrade( &client );
    if (async)
    {
        from = notify_count();
        check_ret( WinHttpWebSocketReceive( client.socket, buffer, 64, NULL, NULL ), 0 );
        check_transfer( await( from, READ_COMPLETE ), BINARY_FRAGMENT, 8 );
        from = notify_count();
        check_ret( WinHttpWebSocketReceive( client.socket, buffer, 64, NULL, NULL ), 0 );
        check_transfer( await( from, READ_COMPLETE ), BINARY_MESSAGE, 2 );
    }
    else
    {
        check_receive( client.socket, 64, BINARY_FRAGMENT, "01234567", 8 );
        check_receive( client.socket, 64, BINARY_MESSAGE, "89", 2 );
    }
    client_close( &client );
    server_stop( server );
}

/* websocket.md 2: a Receive timeout on the socket itself is honoured; guess U19 */
static void test_receive_timeout( BOOL async )
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    DWORD timeout = 200, len;
    static char buffer[16];

    client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_works( WinHttpSetOption( client.socket, WINHTTP_OPTION_RECEIVE_TIMEOUT, &timeout,
                                   sizeof(timeout) ) );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, 16, async ? NULL : &len,
                                        async ? NULL : &type ),
               async ? 0 : ERROR_WINHTTP_TIMEOUT );
    if (async) check_socket_error( await( from, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR ),
                                   WINHTTP_WEB_SOCKET_RECEIVE_OPERATION,
                                   ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    server_stop( server );
}

#define ECHOES 200

static DWORD CALLBACK send_echoes( void *arg )
{
    char data[16] = "0123456789abcde";
    unsigned int i;
    DWORD ret = 0;

    for (i = 0; i < ECHOES && !ret; i++)
        ret = WinHttpWebSocketSend( arg, BINARY_MESSAGE, data, 1 + i % 15 );
    return ret;
}

/* websocket.md 3: one thread sends while another receives, all the time */
static void test_two_threads(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_ECHO( ECHOES ), SRV_END };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;
    HANDLE thread;
    DWORD ret;

    client_open_socket( &client, server, CLIENT_SYNC );
    thread = CreateThread( NULL, 0, send_echoes, client.socket, 0, NULL );
    for (i = 0; i < ECHOES; i++)
        check_receive( client.socket, 64, BINARY_MESSAGE, "0123456789abcde", 1 + i % 15 );
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "the sender did not end\n" );
    GetExitCodeThread( thread, &ret );
    check_ret( ret, 0 );
    CloseHandle( thread );
    client_close( &client );
    server_stop( server );
}

struct blocked
{
    HANDLE entered, leave;
};

static void block( const struct notification *entry, void *arg )
{
    struct blocked *blocked = arg;

    (void)entry;
    SetEvent( blocked->entered );
    ok( !WaitForSingleObject( blocked->leave, NOTIFY_TIMEOUT_MS ), "nobody let it go on\n" );
}

/* websocket.md 11: a callback that blocks keeps neither sending nor other sockets from working */
static void test_blocking_callback(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_WAIT( 0 ), SRV_FRAME( FRAME_TEXT | FRAME_FIN, "block" ),
        SRV_READ_FRAME, SRV_SIGNAL( 0 ), SRV_END
    };
    struct server *server = server_start( script );
    struct blocked blocked = { CreateEventW( NULL, FALSE, FALSE, NULL ),
                               CreateEventW( NULL, FALSE, FALSE, NULL ) };
    struct client client;
    char data[] = "x";
    static char buffer[16];

    client_open_socket( &client, server, CLIENT_ASYNC );
    notify_on( READ_COMPLETE, block, &blocked );
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    server_signal( server, 0 );
    ok( !WaitForSingleObject( blocked.entered, NOTIFY_TIMEOUT_MS ), "no callback\n" );
    check_ret( WinHttpWebSocketSend( client.socket, TEXT_MESSAGE, data, 1 ), 0 );
    ok( server_wait( server, 0 ), "the frame did not arrive\n" );
    SetEvent( blocked.leave );
    client_close( &client );
    CloseHandle( blocked.entered );
    CloseHandle( blocked.leave );
    server_stop( server );
}

/* guess U5: other verbs than GET are sent as they are, body and all; a 101 is taken all the same */
static void test_other_verbs( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ),
        SRV_SEND( "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n" ),
        SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;
    char body[] = "body";

    client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, L"POST", L"/ws" );
    client_set_upgrade( &client );
    from = notify_count();
    check_works( WinHttpSendRequest( client.request, NULL, 0, body, 4, 4, 0 ) );
    if (async) await( from, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    if (async) await( from, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE );
    check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_exchange( &client, async );
    client_complete_upgrade( &client );
    check_text( &client, async, "hello" );
    check_line( server, 0, "POST /ws HTTP/1.1" );
    ok( !_stricmp( sent_header( server, 0, "Upgrade" ), "websocket" ), "got %s\n",
        sent_header( server, 0, "Upgrade" ) );
    check_header( server, 0, "Content-Length", "4" );
    client_close( &client );
    server_stop( server );
}

/* guess U6: with HTTP/2 and 3 enabled an upgrade is HTTP/1.1, for it exists there alone */
static void test_http2_enabled(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    static const DWORD protocols[] =
    {
        WINHTTP_PROTOCOL_FLAG_HTTP2, WINHTTP_PROTOCOL_FLAG_HTTP2 | WINHTTP_PROTOCOL_FLAG_HTTP3
    };
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD flags;
    BOOL ret;

    for (i = 0; i < ARRAYSIZE( protocols ); i++)
    {
        winetest_push_context( "protocols %u", (UINT)protocols[i] );
        flags = protocols[i];
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        ret = WinHttpSetOption( client.request, WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL, &flags,
                                sizeof(flags) );
        ok( ret || broken( GetLastError() == ERROR_WINHTTP_INVALID_OPTION ||    /* before 10.1607 */
                           GetLastError() == ERROR_INVALID_PARAMETER ),         /* no HTTP/3 */
            "got error %u\n", (UINT)GetLastError() );
        client_set_upgrade( &client );
        client_exchange( &client, FALSE );
        client_complete_upgrade( &client );
        check_text( &client, FALSE, "hello" );
        check_line( server, 0, "GET /test HTTP/1.1" );
        check_header( server, 0, "HTTP2-Settings", "(none)" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* guess U8: as websocket.dll and RFC 6455 4.1 have it, a subprotocol that was not asked for fails
 * the response with 12152; one of those asked for, or none, is fine */
static void test_subprotocol(void)
{
    static const struct
    {
        const WCHAR *request;
        const char *response;
        DWORD error;
    }
    tests[] =
    {
        { NULL,                                "",                                   0 },
        { L"Sec-WebSocket-Protocol: a, b",     "",                                   0 },
        { L"Sec-WebSocket-Protocol: a, b",     "Sec-WebSocket-Protocol: a\r\n",      0 },
        { L"Sec-WebSocket-Protocol: a, b",     "Sec-WebSocket-Protocol: B\r\n",
          ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { L"Sec-WebSocket-Protocol: a, b",     "Sec-WebSocket-Protocol: c\r\n",
          ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { L"Sec-WebSocket-Protocol: a, b",
          "Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n",
          ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
        { NULL,                                "Sec-WebSocket-Protocol: a\r\n",
          ERROR_WINHTTP_INVALID_SERVER_RESPONSE },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        const struct step script[] =
        {
            SRV_ACCEPT, { STEP_UPGRADE, 0, tests[i].response, (UINT)strlen( tests[i].response ) },
            SRV_EOF, SRV_END
        };

        winetest_push_context( "test %u", i );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        client_set_upgrade( &client );
        if (tests[i].request)
            check_works( WinHttpAddRequestHeaders( client.request, tests[i].request, ~0u,
                                                   WINHTTP_ADDREQ_FLAG_ADD ) );
        check_works( client_send( &client ) );
        if (tests[i].error)
            check_fails( WinHttpReceiveResponse( client.request, NULL ), tests[i].error );
        else
        {
            check_works( WinHttpReceiveResponse( client.request, NULL ) );
            client_complete_upgrade( &client );
        }
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* guess U12: a context of 0 is the socket's, and not replaced by the request's */
static void test_no_context(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_WITH( "\x81\x05" "hello" ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD_PTR context = CLIENT_CONTEXT;
    DWORD size = sizeof(context);
    struct client client;
    unsigned int from;
    static char buffer[16];

    client_open( &client, server, CLIENT_ASYNC );
    client_set_upgrade( &client );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                   sizeof(context) ) );
    client_exchange( &client, TRUE );
    client.socket = WinHttpWebSocketCompleteUpgrade( client.request, 0 );
    ok( client.socket != NULL, "got error %u\n", (UINT)GetLastError() );
    check_works( WinHttpQueryOption( client.socket, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                                     &size ) );
    ok( !context, "got %#x\n", (UINT)context );
    from = notify_count();
    check_ret( WinHttpWebSocketReceive( client.socket, buffer, sizeof(buffer), NULL, NULL ), 0 );
    context = await( from, READ_COMPLETE )->context;
    ok( !context, "got %#x\n", (UINT)context );
    client_close( &client );
    server_stop( server );
}

START_TEST( websocket_upgrade )
{
    RUN_BOTH( test_other_verbs );
    RUN( test_http2_enabled );
    RUN( test_subprotocol );
    RUN( test_no_context );
    RUN( test_redirect );
    RUN_BOTH( test_credentials );
    RUN( test_own_headers );
    RUN_BOTH( test_frame_behind_upgrade );
    RUN( test_option_after_send );
    RUN( test_buffers_after_send );
    RUN_BOTH( test_receive_buffer );
    RUN_BOTH( test_receive_timeout );
    RUN( test_two_threads );
    RUN( test_blocking_callback );
}
