/*
 * Logging in: WinHttpSetCredentials, WinHttpQueryAuthSchemes, Basic and Digest (facts/http.md 11).
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
#include <rpc.h>
#define SECURITY_WIN32
#include <security.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_ ## name

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define DENIED_WITH( lines ) "HTTP/1.1 401 Unauthorized\r\n" lines "Content-Length: 6\r\n\r\ndenied"
#define DENIED_BASIC DENIED_WITH( "WWW-Authenticate: Basic realm=\"here\"\r\n" )
#define DIGEST( nonce ) "WWW-Authenticate: Digest realm=\"a \\\"realm\\\"\", " \
                        "nonce=\"" nonce "\", qop=\"auth,auth-int\", opaque=\"o\"\r\n"

#define USER_PASS "Basic dXNlcjpwYXNz"      /* base64 of user:pass */

/* The value of a header as the server got it; "(none)" when it did not. */
static const char *sent_header( struct server *server, unsigned int index, const char *name )
{
    static char value[1024];

    if (!server_header( server_request( server, index ), name, value,
                        sizeof(value) )) return "(none)";
    return value;
}

#define check_authorization( server, index, expected ) \
    check_authorization_at( server, index, expected, __LINE__ )
static void check_authorization_at( struct server *server, unsigned int index, const char *expected,
                                    int line )
{
    const char *value = sent_header( server, index, "Authorization" );

    ok_( __FILE__, line )( server_request( server, index ) != NULL, "request %u did not arrive\n",
                           index );
    ok_( __FILE__, line )( !strcmp( value, expected ), "expected \"%s\", got \"%s\"\n", expected,
                           value );
}

#define check_status( request, expected ) check_status_at( request, expected, __LINE__ )
static void check_status_at( HINTERNET request, DWORD expected, int line )
{
    DWORD status = 0, size = sizeof(status);
    BOOL ret = WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                    NULL, &status, &size, NULL );

    ok_( __FILE__, line )( ret && status == expected, "expected status %u, got %u\n",
                           (UINT)expected, (UINT)status );
}

/* The body of a synchronous response. */
#define check_body( request, expected ) check_body_at( request, expected, __LINE__ )
static void check_body_at( HINTERNET request, const char *expected, int line )
{
    DWORD len = 0, count = (DWORD)strlen( expected );
    char buffer[64];
    BOOL ret = WinHttpReadData( request, buffer, sizeof(buffer), &len );

    ok_( __FILE__, line )( ret, "got error %u\n", (UINT)GetLastError() );
    ok_( __FILE__, line )( len == count && !memcmp( buffer, expected, count ), "got %u bytes\n",
                           (UINT)len );
}

#define check_schemes( request, supported, first, target ) \
    check_schemes_at( request, supported, first, target, __LINE__ )
static void check_schemes_at( HINTERNET request, DWORD expect_supported, DWORD expect_first,
                              DWORD expect_target, int line )
{
    DWORD supported = 0xdead, first = 0xdead, target = 0xdead;
    BOOL ret;

    SetLastError( 0xdeadbeef );
    ret = WinHttpQueryAuthSchemes( request, &supported, &first, &target );
    ok_( __FILE__, line )( ret, "failed with %u\n", (UINT)GetLastError() );
    ok_( __FILE__, line )( supported == expect_supported, "got supported %#x\n", (UINT)supported );
    ok_( __FILE__, line )( first == expect_first, "got first %#x\n", (UINT)first );
    ok_( __FILE__, line )( target == expect_target, "got target %u\n", (UINT)target );
}

/* http.md 11: 4317, outputs untouched */
#define check_no_schemes( request ) check_no_schemes_at( request, __LINE__ )
static void check_no_schemes_at( HINTERNET request, int line )
{
    DWORD supported = 0xdead, first = 0xdead, target = 0xdead;
    BOOL ret;

    SetLastError( 0xdeadbeef );
    ret = WinHttpQueryAuthSchemes( request, &supported, &first, &target );
    ok_( __FILE__, line )( !ret && GetLastError() == ERROR_INVALID_OPERATION, "got %d, error %u\n",
                           ret, (UINT)GetLastError() );
    ok_( __FILE__, line )( supported == 0xdead && first == 0xdead && target == 0xdead,
                           "outputs were touched\n" );
}

#define set_credentials( request, scheme, user, password ) \
    check_works( WinHttpSetCredentials( request, WINHTTP_AUTH_TARGET_SERVER, \
                                        WINHTTP_AUTH_SCHEME_ ## scheme, user, password, NULL ) )

#define set_option_string( request, option, text ) \
    check_works( WinHttpSetOption( request, option, (void *)text, (DWORD)wcslen( text ) ) )

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

/* --- Digest --- */

/* A parameter of the Digest answer, quotes and all; "(none)". */
static const char *digest_param( struct server *server, unsigned int index, const char *name )
{
    static char value[256];
    const char *text = sent_header( server, index, "Authorization" );
    char pattern[32];
    size_t len;

    sprintf( pattern, " %s=", name );
    if (strncmp( text, "Digest ", 7 ) || !(text = strstr( text, pattern ))) return "(none)";
    text += strlen( pattern );
    for (len = 0; text[len] && text[len] != ','; len++) {}
    memcpy( value, text, len );
    value[len] = 0;
    return value;
}

#define check_param( server, index, name, expected ) \
    check_param_at( server, index, name, expected, __LINE__ )
static void check_param_at( struct server *server, unsigned int index, const char *name,
                            const char *expected, int line )
{
    const char *value = digest_param( server, index, name );

    ok_( __FILE__, line )( !strcmp( value, expected ), "%s: expected %s, got %s\n", name, expected,
                           value );
}

static void check_digest( struct server *server, unsigned int index, const char *nonce,
                          const char *count )
{
    check_param( server, index, "username", "\"us\\\"er\"" );
    check_param( server, index, "realm", "\"a \\\"realm\\\"\"" );
    check_param( server, index, "nonce", nonce );
    check_param( server, index, "uri", "\"/test\"" );
    check_param( server, index, "opaque", "\"o\"" );
    check_param( server, index, "qop", "auth" );
    check_param( server, index, "nc", count );
    check_param( server, index, "algorithm", "(none)" );
    ok( strlen( digest_param( server, index, "cnonce" ) ) > 10, "no cnonce\n" );
    ok( strlen( digest_param( server, index, "response" ) ) == 34, "no response\n" );
}

/* A challenge is answered inside ReceiveResponse, on the same connection or another; a resend on
 * the handle uses the nonce again. */
static void test_digest(void)
{
    static const struct step stays[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step closes[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) "Connection: close\r\n" ) ),
        SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 4; i++)
    {
        winetest_push_context( "%s, %s", i & 1 ? "closes" : "stays", i & 2 ? "async" : "sync" );
        server = server_start( i & 1 ? closes : stays );
        client_open( &client, server, i & 2 ? CLIENT_ASYNC : CLIENT_SYNC );
        set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
        client_exchange( &client, i & 2 );
        check_status( client.request, 200 );
        check_authorization( server, 0, "(none)" );
        check_digest( server, 1, "\"n1\"", "00000001" );
        set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
        client_exchange( &client, i & 2 );
        check_digest( server, 2, "\"n1\"", "00000002" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* The way that programs go which ask the user: 401, then credentials,
then the same handle again. */
static void test_digest_after_401(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_status( client.request, 401 );
    check_body( client.request, "denied" );
    check_schemes( client.request, WINHTTP_AUTH_SCHEME_DIGEST, WINHTTP_AUTH_SCHEME_DIGEST,
                   WINHTTP_AUTH_TARGET_SERVER );
    set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_digest( server, 1, "\"n1\"", "00000001" );
    client_close( &client );
    server_stop( server );
}

/* A stale nonce is replaced, wrong credentials are not tried again. */
static void test_digest_stale(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ),
        SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: Digest realm=\"a \\\"realm\\\"\", nonce=n2, "
                                            "stale=true, qop=auth, opaque=o\r\n" ) ),
        SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n3" ) ) ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
    client_exchange( &client, FALSE );
    check_digest( server, 1, "\"n1\"", "00000001" );
    check_digest( server, 2, "\"n2\"", "00000001" );
    check_status( client.request, 401 );
    check_body( client.request, "denied" );
    client_close( &client );
    server_stop( server );
}

/* A server that finds every nonce stale does not keep us for ever. */
static void test_digest_endlessly_stale(void)
{
    static const char stale[] = DENIED_WITH( "WWW-Authenticate: Digest realm=r, nonce=n, "
                                             "stale=true\r\n" );
    struct step script[1 + 2 * 20 + 1];
    static const struct step accept = SRV_ACCEPT, headers = SRV_HEADERS, send = SRV_SEND( stale );
    static const struct step end = SRV_END;
    struct server *server;
    struct client client;
    unsigned int i;

    script[0] = accept;
    for (i = 0; i < 20; i++)
    {
        script[1 + 2 * i] = headers;
        script[2 + 2 * i] = send;
    }
    script[ARRAYSIZE( script ) - 1] = end;
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, DIGEST, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 401 );
    ok( server_request_count( server ) < 20, "got %u requests\n", server_request_count( server ) );
    client_close( &client );
    server_abandon( server );
}

/* Of several challenges the first that we know is taken, one that we do not know is no answer. */
static void test_digest_algorithms(void)
{
    static const struct { const char *lines, *algorithm; size_t response; } tests[] =
    {
        { "WWW-Authenticate: Digest realm=r, nonce=n, algorithm=SHA-256, qop=auth\r\n"
          "WWW-Authenticate: Digest realm=r, nonce=m, algorithm=MD5, qop=auth\r\n", "SHA-256", 66 },
        { "WWW-Authenticate: Digest realm=r, nonce=n, algorithm=SHA-512-256, qop=auth, "
          "Digest realm=r, nonce=m, algorithm=md5, qop=auth\r\n", "MD5", 34 },
        { "WWW-Authenticate: Basic, Digest realm=r, nonce=n, algorithm=MD5-sess\r\n", "MD5-sess",
          34 },
        { "WWW-Authenticate: Digest realm=r, nonce=n\r\n", "(none)", 34 },
        { "WWW-Authenticate: Digest realm=r, nonce=n, qop=auth-int\r\n", NULL, 0 },
        { "WWW-Authenticate: Digest realm=r, nonce=n, algorithm=x\r\n", NULL, 0 },
        { "WWW-Authenticate: Digest realm=r\r\n", NULL, 0 },
        { "WWW-Authenticate: Digest\r\n", NULL, 0 },
    };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 401 Unauthorized\r\n" ), SRV_SEND( "" ),
        SRV_SEND( "Content-Length: 0\r\n\r\n" ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step headers = SRV_HEADERS, end = SRV_END;
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].lines );
        script[3].data = tests[i].lines;
        script[3].len = (unsigned int)strlen( tests[i].lines );
        script[5] = tests[i].algorithm ? headers : end;
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        set_credentials( client.request, DIGEST, L"user", L"pass" );
        client_exchange( &client, FALSE );
        check_status( client.request, tests[i].algorithm ? 200 : 401 );
        if (tests[i].algorithm)
        {
            check_param( server, 1, "algorithm", tests[i].algorithm );
            ok( strlen( digest_param( server, 1, "response" ) ) == tests[i].response,
                "wrong length\n" );
        }
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* The body goes out again if it is still at hand; what WriteData sent is not: http.md 10, 12032 */
static void test_digest_body(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ),
        SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_HELLO ), SRV_END
    };
    struct step written[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ),
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    const struct server_request *sent;
    struct client client;
    char data[] = "body";
    unsigned int i;
    DWORD count;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/test" );
    set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
    check_works( WinHttpSendRequest( client.request, NULL, 0, data, 4, 4, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_status( client.request, 200 );
    check_digest( server, 1, "\"n1\"", "00000001" );
    sent = server_request( server, 1 );
    ok( sent && !strcmp( sent->body, "body" ), "wrong body\n" );
    client_close( &client );
    server_stop( server );

    server = server_start( written );
    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/test" );
    set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
    for (i = 0; i < 2; i++)
    {
        check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 4, 0 ) );
        check_works( WinHttpWriteData( client.request, data, 4, &count ) );
        if (i) check_works( WinHttpReceiveResponse( client.request, NULL ) );
        else check_fails( WinHttpReceiveResponse( client.request, NULL ),
                          ERROR_WINHTTP_RESEND_REQUEST );
    }
    check_status( client.request, 200 );
    check_digest( server, 1, "\"n1\"", "00000001" );
    client_close( &client );
    server_stop( server );
}

/* --- NTLM --- */

/* A challenge of domain TEST, server SERVER (MS-NLMP 2.2.1.2). */
#define NTLM_CHALLENGE "NTLM " \
    "TlRMTVNTUAACAAAACAAIADgAAAAFgokiAQIDBAUGBwgAAAAAAAAAADwAPABAAAAABgGxHQAA" \
    "AA9UAEUAUwBUAAIACABUAEUAUwBUAAEADABTAEUAUgBWAEUAUgAEAAgAdABlAHMAdAADAAwA" \
    "cwBlAHIAdgBlAHIAAAAAAA=="
/* base64 of NTLMSSP, a NUL and the first bytes of the message's type */
#define NTLM_TYPE_1 "NTLM TlRMTVNTUAABAAAA"
#define NTLM_TYPE_3 "NTLM TlRMTVNTUAADAAAA"

#define DENIED_NTLM DENIED_WITH( "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n" )
#define DENIED_CHALLENGE DENIED_WITH( "WWW-Authenticate: " NTLM_CHALLENGE "\r\n" )

/* Wine needs Samba's ntlm_auth for NTLM. */
static BOOL has_ntlm(void)
{
    SECURITY_STATUS (SEC_ENTRY *acquire)( WCHAR *, WCHAR *, ULONG, void *, void *, SEC_GET_KEY_FN,
                                          void *,
                                          CredHandle *, TimeStamp * );
    SECURITY_STATUS (SEC_ENTRY *release)( CredHandle * );
    SEC_WINNT_AUTH_IDENTITY_W identity = { 0 };
    HMODULE module = LoadLibraryW( L"secur32.dll" );
    SECURITY_STATUS status;
    CredHandle cred;
    TimeStamp time;

    acquire = (void *)GetProcAddress( module, "AcquireCredentialsHandleW" );
    release = (void *)GetProcAddress( module, "FreeCredentialsHandle" );
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    identity.User = (void *)L"user";
    identity.UserLength = 4;
    identity.Password = (void *)L"pass";
    identity.PasswordLength = 4;
    status = acquire( NULL, (WCHAR *)L"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                      &cred,
                      &time );
    if (!status) release( &cred );
    FreeLibrary( module );
    return !status;
}

#define check_token( server, index, prefix ) check_token_at( server, index, prefix, __LINE__ )
static void check_token_at( struct server *server, unsigned int index, const char *prefix,
                            int line )
{
    const char *value = sent_header( server, index, "Authorization" );

    ok_( __FILE__, line )( !strncmp( value, prefix, strlen( prefix ) ), "got \"%.40s\"\n", value );
}

/* http.md 11: the legs run inside ReceiveResponse over one connection, which nobody else gets */
static void test_ntlm(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS, SRV_SEND( DENIED_CHALLENGE ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int async;

    for (async = 0; async < 2; async++)
    {
        winetest_push_context( "async %u", async );
        server = server_start( script );
        client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        set_credentials( client.request, NTLM, L"DOMAIN\\user", L"pass" );
        client_exchange( &client, async );
        check_status( client.request, 200 );
        check_authorization( server, 0, "(none)" );
        check_token( server, 1, NTLM_TYPE_1 );
        check_token( server, 2, NTLM_TYPE_3 );
        if (!async) check_body( client.request, "hello" );
        check_works( WinHttpCloseHandle( client.request ) );
        client_request( &client, NULL, L"/next" );
        client_exchange( &client, async );
        check_status( client.request, 200 );
        check_authorization( server, 3, "(none)" );
        ok( got_request( server, 2 )->connection == 0, "another connection\n" );
        ok( got_request( server, 3 )->connection == 1, "a connection was given away\n" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* A first denial may close its connection, as nothing has begun on it. */
static void test_ntlm_first_connection_closed(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: NTLM\r\nConnection: close\r\n" ) ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_CHALLENGE ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, NTLM, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_token( server, 1, NTLM_TYPE_1 );
    check_token( server, 2, NTLM_TYPE_3 );
    client_close( &client );
    server_stop( server );
}

/* http.md 11: wrong credentials give the 401 */
static void test_ntlm_refused(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS, SRV_SEND( DENIED_CHALLENGE ),
        SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_END
    };
    static const struct step rubbish[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: NTLM AAAA\r\n" ) ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( i ? rubbish : script );
        client_open( &client, server, CLIENT_SYNC );
        set_credentials( client.request, NTLM, L"user", L"wrong" );
        client_exchange( &client, FALSE );
        check_status( client.request, 401 );
        check_body( client.request, "denied" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Negotiate begins with a token, which may be Kerberos's or NTLM's; here it is refused. */
static void test_negotiate(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS, SRV_SEND( DENIED_NTLM ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, NEGOTIATE, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 401 );
    check_token( server, 1, "Negotiate " );
    client_close( &client );
    server_stop( server );
}

/* The login of one host does not go on at another, nor does its connection serve others. */
static void test_ntlm_redirect(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS, SRV_SEND( DENIED_CHALLENGE ),
        SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 3\r\n\r\n..." ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    set_credentials( client.request, NTLM, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_token( server, 2, NTLM_TYPE_3 );
    check_authorization( server, 3, "(none)" );
    client_close( &client );
    server_stop( server );
}

static void test_ntlm_websocket(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_NTLM ), SRV_HEADERS, SRV_SEND( DENIED_CHALLENGE ),
        SRV_UPGRADE, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hi" ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    client_set_upgrade( &client );
    set_credentials( client.request, NTLM, L"user", L"pass" );
    client_exchange( &client, FALSE );
    check_token( server, 2, NTLM_TYPE_3 );
    client_complete_upgrade( &client );
    check_receive( client.socket, 16, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "hi", 2 );
    client_close( &client );
    server_stop( server );
}

/* --- WebSockets --- */

/* 401, then credentials, then 101; Basic by the program, Digest inside ReceiveResponse. */
static void test_websocket(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_UPGRADE,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hi" ), SRV_EOF, SRV_END
    };
    static const struct step digest_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ), SRV_UPGRADE,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hi" ), SRV_EOF, SRV_END
    };
    static char buffer[16];
    struct server *server;
    struct client client;
    unsigned int i;
    char key[64];

    for (i = 0; i < 4; i++)
    {
        BOOL async = i & 1, digest = i & 2;

        winetest_push_context( "%s, %s", async ? "async" : "sync", digest ? "Digest" : "Basic" );
        server = server_start( digest ? digest_script : script );
        client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        client_set_upgrade( &client );
        if (digest) set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
        client_exchange( &client, async );
        if (!digest)
        {
            check_status( client.request, 401 );
            SetLastError( 0xdeadbeef );
            ok( !WinHttpWebSocketCompleteUpgrade( client.request, 0 ), "a 401 was upgraded\n" );
            set_credentials( client.request, BASIC, L"user", L"pass" );
            client_exchange( &client, async );
            check_authorization( server, 1, USER_PASS );
        }
        else check_digest( server, 1, "\"n1\"", "00000001" );
        check_status( client.request, 101 );
        /* each handshake has a key of its own */
        strcpy( key, sent_header( server, 0, "Sec-WebSocket-Key" ) );
        ok( strlen( key ) == 24, "got %s\n", key );
        ok( strcmp( key, sent_header( server, 1, "Sec-WebSocket-Key" ) ),
            "the key was used again\n" );
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
    test_digest();
    test_digest_after_401();
    test_digest_stale();
    test_digest_endlessly_stale();
    test_digest_algorithms();
    test_digest_body();
    test_websocket();
    test_close_in_second_leg();
    if (!has_ntlm())
    {
        skip( "NTLM does not work here\n" );
        return;
    }
    test_ntlm();
    test_ntlm_first_connection_closed();
    test_ntlm_refused();
    test_negotiate();
    test_ntlm_redirect();
    test_ntlm_websocket();
}
