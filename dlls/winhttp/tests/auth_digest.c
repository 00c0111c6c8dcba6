/*
 * Logging in by Digest (RFC 7616; facts/http.md 11).
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

/* --- the answer --- */

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

/* RFC 7616 3.5: the nonce for the next answer; a server's is the server's */
static void test_digest_nextnonce( BOOL async )
{
#define OK_INFO( lines ) "HTTP/1.1 200 OK\r\n" lines "Content-Length: 0\r\n\r\n"
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ), SRV_HEADERS,
        SRV_SEND( OK_INFO( "Authentication-Info: qop=auth, nextnonce=\"n2\"\r\n" ) ), SRV_HEADERS,
        SRV_SEND( OK_INFO( "Proxy-Authentication-Info: nextnonce=\"n3\"\r\n" ) ), SRV_HEADERS,
        SRV_SEND( OK_INFO( "Authentication-Info: nextnonce\r\n" ) ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    unsigned int i;

    client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    for (i = 0; i < 3; i++)
    {
        set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
        client_exchange( &client, async );
        check_status( client.request, 200 );
    }
    check_digest( server, 1, "\"n1\"", "00000001" );
    check_digest( server, 2, "\"n2\"", "00000001" );
    check_digest( server, 3, "\"n2\"", "00000002" );
    client_close( &client );
    server_stop( server );
#undef OK_INFO
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

    server = server_start( script );
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

/* --- WebSockets --- */

/* answered inside ReceiveResponse; each handshake has a key of its own */
static void test_websocket(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_WITH( DIGEST( "n1" ) ) ), SRV_UPGRADE,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hi" ), SRV_EOF, SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int async;

    for (async = 0; async < 2; async++)
    {
        winetest_push_context( "async %u", async );
        server = server_start( script );
        client_open( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        client_set_upgrade( &client );
        set_credentials( client.request, DIGEST, L"us\"er", L"pass" );
        client_exchange( &client, async );
        check_status( client.request, 101 );
        check_digest( server, 1, "\"n1\"", "00000001" );
        ok( strcmp( sent_header( server, 0, "Sec-WebSocket-Key" ),
                    sent_header( server, 1, "Sec-WebSocket-Key" ) ), "the key was used again\n" );
        client_complete_upgrade( &client );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( auth_digest )
{
    test_digest();
    test_digest_after_401();
    test_digest_stale();
    RUN_BOTH( test_digest_nextnonce );
    test_digest_endlessly_stale();
    test_digest_algorithms();
    test_digest_body();
    test_websocket();
}
