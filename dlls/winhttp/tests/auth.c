/*
 * Logging in: WinHttpSetCredentials, WinHttpQueryAuthSchemes, Basic (facts/http.md 11).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "login.h"

/* --- WinHttpQueryAuthSchemes --- */

/* http.md 11: the mask, the first in order of the headers, the target */
static void test_query_auth_schemes(void)
{
    static const struct
    {
        const char *response;
        DWORD supported, first, target;
    }
    tests[] =
    {
        { DENIED_BASIC, 1, 1, 0 },
        { DENIED_WITH( "WWW-Authenticate: Bearer\r\nWWW-Authenticate: Basic\r\n"
                       "WWW-Authenticate: NTLM\r\n" ), 3, 1, 0 },
        { DENIED_WITH( "WWW-Authenticate: Bearer, Basic realm=\"a, Digest\", NTLM\r\n" ), 3, 1, 0 },
        { DENIED_WITH( "WWW-Authenticate: Basic realm=\"x\"\r\nWWW-Authenticate: Negotiate\r\n" ),
          0x11, 1, 0 },
        { DENIED_WITH( "WWW-Authenticate: negotiate, NTLM\r\nWWW-Authenticate: Digest a=b\r\n" ),
          0x1a, 0x10, 0 },
        { DENIED_WITH( "WWW-Authenticate: Passport1.4 a=b\r\n" ), 4, 4, 0 },
        { "HTTP/1.1 407 Proxy\r\nWWW-Authenticate: NTLM\r\nProxy-Authenticate: Basic\r\n"
          "Content-Length: 0\r\n\r\n", 1, 1, 1 },
        { DENIED_WITH( "WWW-Authenticate: Bearer\r\n" ), 0, 0, 0 },
        { DENIED_WITH( "Proxy-Authenticate: Basic\r\n" ), 0, 0, 0 },
        { DENIED_WITH( "" ), 0, 0, 0 },
        { "HTTP/1.1 200 OK\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 0, 0, 0 },
        { "HTTP/1.1 403 No\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 0, 0, 0 },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        script[2].data = tests[i].response;
        script[2].len = (unsigned int)strlen( tests[i].response );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        set_autologon( client.request, HIGH );
        check_no_schemes( client.request );
        client_exchange( &client, FALSE );
        if (tests[i].supported)
            check_schemes( client.request, tests[i].supported, tests[i].first, tests[i].target );
        else
            check_no_schemes( client.request );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

static void test_arguments(void)
{
    struct client client;

    notify_reset();
    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    check_fails( WinHttpSetCredentials( client.session, 0, WINHTTP_AUTH_SCHEME_BASIC, L"u", L"p",
                                        NULL ), ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    /* guess: 87 */
    check_fails( WinHttpSetCredentials( client.request, 2, WINHTTP_AUTH_SCHEME_BASIC, L"u", L"p",
                                        NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetCredentials( client.request, 0, 0, L"u", L"p", NULL ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetCredentials( client.request, 0, 3, L"u", L"p", NULL ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetCredentials( client.request, 0, 0x20, L"u", L"p", NULL ),
                 ERROR_INVALID_PARAMETER );
    set_credentials( client.request, NTLM, NULL, NULL );
    set_credentials( client.request, NEGOTIATE, NULL, NULL );
    set_credentials( client.request, PASSPORT, NULL, NULL );
    set_credentials( client.request, BASIC, L"", L"" );
    check_works( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_PROXY,
                                        WINHTTP_AUTH_SCHEME_DIGEST, L"u", L"p", NULL ) );
    client_close( &client );
}

/* http.md 11 and options.md: SetCredentials does not fill the options */
static void test_options_stay(void)
{
    struct client client;
    WCHAR text[16];
    DWORD size;

    notify_reset();
    client_connect( &client, 1, CLIENT_SYNC );
    client_request( &client, NULL, NULL );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    size = sizeof(text);
    check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_USERNAME, text, &size ) );
    ok( !size && !text[0], "got %ls\n", text );
    client_close( &client );
}

/* --- Basic --- */

/* http.md 11: without credentials a 401 is a response as any other; then the same handle sends
 * again, whether or not the server has closed the connection */
static void test_basic_after_401(void)
{
    static const struct step stays[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    static const struct step closes[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: Basic realm=\"here\"\r\n"
                               "Connection: close\r\n" ) ),
        SRV_CUT, SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "%s, %s", i & 1 ? "closes" : "stays", i & 2 ? "read" : "not read" );
        server = server_start( i & 1 ? closes : stays );
        client_open( &client, server, CLIENT_SYNC );
        client_exchange( &client, FALSE );
        check_status( client.request, 401 );
        check_schemes( client.request, WINHTTP_AUTH_SCHEME_BASIC, WINHTTP_AUTH_SCHEME_BASIC,
                       WINHTTP_AUTH_TARGET_SERVER );
        if (i & 2) check_body( client.request, "denied" );
        set_credentials( client.request, BASIC, L"user", L"pass" );
        client_exchange( &client, FALSE );
        check_status( client.request, 200 );
        check_body( client.request, "hello" );
        check_authorization( server, 0, "(none)" );
        check_authorization( server, 1, USER_PASS );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

static void test_basic_after_401_async(void)
{
    static const struct notify_expect second[] =
    {
        { STATUS( SENDING_REQUEST ), 0 }, { STATUS( REQUEST_SENT ), 0 },
        { STATUS( SENDREQUEST_COMPLETE ), NOTIFY_WORKER },
        { STATUS( RECEIVING_RESPONSE ), 0 }, { STATUS( RESPONSE_RECEIVED ), 0 },
        { STATUS( HEADERS_AVAILABLE ), 0 }, { 0 }
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_SIGNAL( 0 ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    client_exchange( &client, TRUE );
    check_schemes( client.request, WINHTTP_AUTH_SCHEME_BASIC, WINHTTP_AUTH_SCHEME_BASIC,
                   WINHTTP_AUTH_TARGET_SERVER );
    ok( server_wait( server, 0 ), "no response\n" );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    from = notify_count();
    client_exchange( &client, TRUE );
    check_status( client.request, 200 );
    check_authorization( server, 1, USER_PASS );
    notify_check( from, second );
    client_close( &client );
    server_stop( server );
}

/* http.md 11: set before the first send it goes at once; wrong credentials give the 401 itself;
 * they are good for one send */
static void test_basic_preemptive(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    WCHAR text[64];
    DWORD size = sizeof(text);

    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, BASIC, L"user", L"wrong" );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_authorization( server, 0, USER_PASS );
    check_status( client.request, 401 );
    check_body( client.request, "denied" );
    check_works( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_AUTHORIZATION |
                                      WINHTTP_QUERY_FLAG_REQUEST_HEADERS, NULL, text, &size,
                                      NULL ) );
    client_exchange( &client, FALSE );
    check_authorization( server, 1, "(none)" );
    check_body( client.request, "hello" );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_authorization( server, 2, USER_PASS );
    client_close( &client );
    server_stop( server );
}

/* guess U25: Latin-1, and UTF-8 for what that cannot say or where the challenge asks for it */
static void test_basic_charset(void)
{
    static const struct { const WCHAR *user, *password; BOOL utf8; const char *value; } tests[] =
    {
        { L"", L"", FALSE, "Basic Og==" },
        { L"user", L"", FALSE, "Basic dXNlcjo=" },
        { L"us:er", L"pa:ss", FALSE, "Basic dXM6ZXI6cGE6c3M=" },
        { L"\x00e4", L"\x00ff", FALSE, "Basic 5Dr/" },
        { L"\x00e4", L"\x00ff", TRUE, "Basic w6Q6w78=" },
        { L"\x20ac", L"x", FALSE, "Basic 4oKsOng=" },
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    static const struct step utf8_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: Basic realm=\"x\", charset=\"utf-8\"\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( tests[i].utf8 ? utf8_script : script );
        client_open( &client, server, CLIENT_SYNC );
        client_exchange( &client, FALSE );
        set_credentials( client.request, BASIC, tests[i].user, tests[i].password );
        client_exchange( &client, FALSE );
        check_authorization( server, 1, tests[i].value );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* guess: credentials of the options wait for a challenge, which is answered inside
 * ReceiveResponse; http.md 11: SetCredentials's beat them, set before or after */
static void test_option_credentials(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    static const struct step once[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END };
    static const struct notify_expect received[] =
    {
        { STATUS( RECEIVING_RESPONSE ), NOTIFY_OPTIONAL }, { STATUS( RESPONSE_RECEIVED ), 0 },
        { STATUS( SENDING_REQUEST ), 0 }, { STATUS( REQUEST_SENT ), 0 },
        { STATUS( RECEIVING_RESPONSE ), 0 }, { STATUS( RESPONSE_RECEIVED ), 0 },
        { STATUS( HEADERS_AVAILABLE ), 0 }, { 0 }
    };
    struct server *server;
    struct client client;
    unsigned int i, from;

    for (i = 0; i < 2; i++)
    {
        server = server_start( script );
        client_open( &client, server, i ? CLIENT_ASYNC : CLIENT_SYNC );
        set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
        set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"pass" );
        if (!i) client_exchange( &client, FALSE );
        else
        {
            check_works( client_send( &client ) );
            await( 0, STATUS( SENDREQUEST_COMPLETE ) );
            from = notify_count();
            check_works( WinHttpReceiveResponse( client.request, NULL ) );
            await( from, STATUS( HEADERS_AVAILABLE ) );
            notify_check( from, received );
        }
        check_status( client.request, 200 );
        check_authorization( server, 0, "(none)" );
        check_authorization( server, 1, USER_PASS );
        client_close( &client );
        server_stop( server );
    }
    for (i = 0; i < 2; i++)
    {
        server = server_start( once );
        client_open( &client, server, CLIENT_SYNC );
        if (i) set_credentials( client.request, BASIC, L"user", L"pass" );
        set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"other" );
        set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"other" );
        if (!i) set_credentials( client.request, BASIC, L"user", L"pass" );
        client_exchange( &client, FALSE );
        check_authorization( server, 0, USER_PASS );
        client_close( &client );
        server_stop( server );
    }
}

/* What must not be answered: wrong option credentials twice, a scheme that was not asked for,
 * anything with WINHTTP_DISABLE_AUTHENTICATION (a guess), a 401 with nothing that we know. */
static void test_unanswered(void)
{
    static const struct step twice[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( DENIED_BASIC ),
        SRV_END
    };
    struct step once[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_END };
    static const char bearer[] = DENIED_WITH( "WWW-Authenticate: Bearer\r\n" );
    DWORD feature = WINHTTP_DISABLE_AUTHENTICATION;
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "test %u", i );
        if (i == 3)
        {
            once[2].data = bearer;
            once[2].len = sizeof(bearer) - 1;
        }
        server = server_start( i ? once : twice );
        client_open( &client, server, CLIENT_SYNC );
        if (i == 1)
            set_credentials( client.request, DIGEST, L"user", L"pass" );
        else
        {
            set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
            set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"wrong" );
        }
        if (i == 2) check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE,
                                                   &feature, sizeof(feature) ) );
        client_exchange( &client, FALSE );
        check_status( client.request, 401 );
        check_body( client.request, "denied" );
        ok( server_request_count( server ) == (i ? 1 : 2), "got %u requests\n",
            server_request_count( server ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* The program's own header is left alone. */
static void test_own_header(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpAddRequestHeaders( client.request, L"Authorization: Bearer xyz", ~0u,
                                           WINHTTP_ADDREQ_FLAG_ADD ) );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
    client_exchange( &client, FALSE );
    check_authorization( server, 0, "Bearer xyz" );
    check_status( client.request, 401 );
    client_close( &client );
    server_stop( server );
}

/* http.md 5: a 401 body of more than 10 KB that nobody reads does not stand in the way */
static void test_large_denial(void)
{
    static char body[20000];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                  "Content-Length: 20000\r\n\r\n" ),
        SRV_SEND_N( body, sizeof(body) ), SRV_SIGNAL( 0 ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    memset( body, 'x', sizeof(body) );
    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        client_open( &client, server, i == 1 ? CLIENT_ASYNC : CLIENT_SYNC );
        if (i == 2)
        {
            /* answered inside ReceiveResponse */
            set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
            set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"pass" );
            client_exchange( &client, FALSE );
        }
        else
        {
            client_exchange( &client, i );
            ok( server_wait( server, 0 ), "no response\n" );
            set_credentials( client.request, BASIC, L"user", L"pass" );
            client_exchange( &client, i );
        }
        check_status( client.request, 200 );
        check_authorization( server, 1, USER_PASS );
        ok( server_connection_count( server ) == 1, "got %u connections\n",
            server_connection_count( server ) );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Credentials are for the host that the program knew, not for where a redirect leads. */
static void test_redirect(void)
{
    static const struct step same[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 3\r\n\r\n..." ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step target[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct step other[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    struct server *server, *second;
    struct client client;
    char response[128];

    server = server_start( same );
    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_authorization( server, 0, USER_PASS );
    check_authorization( server, 1, USER_PASS );
    check_status( client.request, 200 );
    client_close( &client );
    server_stop( server );

    second = server_start( target );
    sprintf( response,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%u/\r\nContent-Length: 0\r\n\r\n",
             server_port( second ) );
    other[2].data = response;
    other[2].len = (unsigned int)strlen( response );
    server = server_start( other );
    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, BASIC, L"user", L"pass" );
    set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
    set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"pass" );
    client_exchange( &client, FALSE );
    check_authorization( server, 0, USER_PASS );
    check_authorization( second, 0, "(none)" );
    check_status( client.request, 401 );
    check_schemes( client.request, WINHTTP_AUTH_SCHEME_BASIC, WINHTTP_AUTH_SCHEME_BASIC,
                   WINHTTP_AUTH_TARGET_SERVER );
    /* set now they are for this one */
    set_credentials( client.request, BASIC, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_authorization( second, 1, USER_PASS );
    check_status( client.request, 200 );
    client_close( &client );
    server_stop( server );
    server_stop( second );
}

/* --- WebSockets --- */

/* 401, then credentials, then 101; each handshake has a key of its own */
static void test_websocket(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_UPGRADE,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hi" ), SRV_EOF, SRV_END
    };
    static char buffer[16];
    struct server *server;
    struct client client;
    unsigned int async;

    for (async = 0; async < 2; async++)
    {
        winetest_push_context( "async %u", async );
        server = server_start( script );
        client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        client_set_upgrade( &client );
        client_exchange( &client, async );
        check_status( client.request, 401 );
        SetLastError( 0xdeadbeef );
        ok( !WinHttpWebSocketCompleteUpgrade( client.request, 0 ), "a 401 was upgraded\n" );
        set_credentials( client.request, BASIC, L"user", L"pass" );
        client_exchange( &client, async );
        check_authorization( server, 1, USER_PASS );
        check_status( client.request, 101 );
        ok( strlen( sent_header( server, 0, "Sec-WebSocket-Key" ) ) == 24, "no key\n" );
        ok( strcmp( sent_header( server, 0, "Sec-WebSocket-Key" ),
                    sent_header( server, 1, "Sec-WebSocket-Key" ) ), "the key was used again\n" );
        client_complete_upgrade( &client );
        if (!async)
            check_receive( client.socket, 16, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "hi",
                           2 );
        else
        {
            check_ret( WinHttpWebSocketReceive( client.socket, buffer, 16, NULL, NULL ), 0 );
            check_transfer( await( 0, STATUS( READ_COMPLETE ) ),
                            WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, 2 );
        }
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* --- Closing while a challenge is being answered --- */

static void close_handle( const struct notification *entry, void *arg )
{
    (void)arg;
    check_works( WinHttpCloseHandle( entry->handle ) );
}

/* The handle is closed in the callback of the second leg: one error, one HANDLE_CLOSING. */
static void test_close_in_second_leg(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int from;

    client_open( &client, server, CLIENT_ASYNC );
    set_option_string( client.request, WINHTTP_OPTION_USERNAME, L"user" );
    set_option_string( client.request, WINHTTP_OPTION_PASSWORD, L"pass" );
    check_works( client_send( &client ) );
    await( 0, STATUS( SENDREQUEST_COMPLETE ) );
    notify_on( STATUS( SENDING_REQUEST ), close_handle, NULL );
    from = notify_count();
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    await( from, STATUS( HANDLE_CLOSING ) );
    check_request_error( await( from, STATUS( REQUEST_ERROR ) ), API_RECEIVE_RESPONSE,
                         ERROR_WINHTTP_OPERATION_CANCELLED );
    client.request = NULL;
    client_close( &client );
    server_abandon( server );
}

START_TEST( auth )
{
    test_query_auth_schemes();
    test_arguments();
    test_options_stay();
    test_basic_after_401();
    test_basic_after_401_async();
    test_basic_preemptive();
    test_basic_charset();
    test_option_credentials();
    test_unanswered();
    test_own_header();
    test_large_denial();
    test_redirect();
    test_websocket();
    test_close_in_second_leg();
}
