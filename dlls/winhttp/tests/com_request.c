/*
 * The WinHttpRequest object: what goes over the wire - headers, methods, redirects, credentials.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11 to 13); a comment "guess" marks
 * an answer that nobody has seen. Bodies of requests: com_body.
 */
#include "com.h"

#define MOVED "HTTP/1.1 302 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
#define UNAUTHORIZED "HTTP/1.1 401 Denied\r\nWWW-Authenticate: Basic realm=\"here\"\r\n" \
                     "Content-Length: 6\r\n\r\nsecret"

static const struct step answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END };

/* facts/url-proxy-com.md 12: these and no others, in this order, Host behind them */
static void test_defaults(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    char expected[512];

    com_open( request, server, L"GET", L"/path?query=1" );
    check_hr( com_send( request ), S_OK );
    sprintf( expected, "GET /path?query=1 HTTP/1.1\r\nConnection: Keep-Alive\r\nAccept: */*\r\n"
             "User-Agent: " COM_AGENT "\r\nHost: 127.0.0.1:%u\r\n\r\n", server_port( server ) );
    check_request_text( server, 0, expected );
    com_release( request );
    server_stop( server );
}

/* facts/url-proxy-com.md 11: any verb goes out as it is, and is no error */
static void test_methods(void)
{
    static const struct { const WCHAR *method; const char *line; } tests[] =
    {
        { L"GET", "GET /a HTTP/1.1" }, { L"HEAD", "HEAD /a HTTP/1.1" },
        { L"DELETE", "DELETE /a HTTP/1.1" }, { L"OPTIONS", "OPTIONS /a HTTP/1.1" },
        { L"PUT", "PUT /a HTTP/1.1" }, { L"INVALID", "INVALID /a HTTP/1.1" },
        { L"get", "get /a HTTP/1.1" },      /* http.md 1 */
    };
    IWinHttpRequest *request = com_create();
    struct server *server;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%ls", tests[i].method );
        server = server_start_plain( answer );
        com_open( request, server, tests[i].method, L"/a" );
        check_hr( com_send( request ), S_OK );
        check_status( request, 200 );
        check_line( server, 0, tests[i].line );
        server_stop( server );
        winetest_pop_context();
    }
    com_release( request );
}

static unsigned int count_of( struct server *server, const char *line )
{
    const char *text = got_request( server, 0 )->text;
    unsigned int count = 0;

    for (; (text = strstr( text, line )); text++) count++;
    return count;
}

/* facts/url-proxy-com.md 11: a value is added, takes the place of the one before, or deletes it;
 * the object's own headers as well */
static void test_set_header(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( com_set_header( request, L"X-Kept", L"a value" ), S_OK );
    check_hr( com_set_header( request, L"X-Replaced", L"first" ), S_OK );
    check_hr( com_set_header( request, L"x-replaced", L"second" ), S_OK );
    check_hr( com_set_header( request, L"X-Null", L"value" ), S_OK );
    check_hr( com_set_header( request, L"X-Null", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Empty", L"value" ), S_OK );
    check_hr( com_set_header( request, L"X-Empty", L"" ), S_OK );
    check_hr( com_set_header( request, L"X-Again", L"value" ), S_OK );
    check_hr( com_set_header( request, L"X-Again", L"" ), S_OK );
    check_hr( com_set_header( request, L"X-Again", L"again" ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", NULL ), S_OK );
    check_hr( com_set_header( request, L"X-Absent", L"" ), S_OK );
    check_hr( com_set_header( request, L"Accept", L"text/html" ), S_OK );
    check_hr( com_set_header( request, L"User-Agent", L"own agent" ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_header( server, 0, "X-Kept", "a value" );
    check_header( server, 0, "X-Replaced", "second" );
    ok( count_of( server, "first" ) == 0, "the first value is there\n" );
    check_header( server, 0, "X-Null", "(none)" );
    check_header( server, 0, "X-Empty", "(none)" );
    check_header( server, 0, "X-Again", "again" );
    check_header( server, 0, "X-Absent", "(none)" );
    check_header( server, 0, "Accept", "text/html" );
    ok( count_of( server, "\r\nAccept:" ) == 1, "several Accept\n" );
    check_header( server, 0, "User-Agent", "own agent" );
    ok( count_of( server, "\r\nUser-Agent:" ) == 1, "several User-Agent\n" );
    check_header( server, 0, "Connection", "Keep-Alive" );
    com_release( request );
    server_stop( server );
}

/* facts/url-proxy-com.md 13: option 0, by which the header changes too */
static void test_agent(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( com_put_option( request, WinHttpRequestOption_UserAgentString,
                              com_text( L"mine/1.0" ) ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_header( server, 0, "User-Agent", "mine/1.0" );
    com_release( request );
    server_stop( server );
}

/* facts/url-proxy-com.md 11: a second Send without Open repeats the request, headers and all */
static void test_send_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 201 Made\r\nContent-Length: 3\r\n\r\ntwo" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/again" );
    check_hr( com_set_header( request, L"X-Kept", L"yes" ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_text( request, L"one" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 201 );
    check_text( request, L"two" );
    ok( !strcmp( got_request( server, 0 )->text, got_request( server, 1 )->text ),
        "the second differs: %s\n", got_request( server, 1 )->text );
    check_header( server, 1, "X-Kept", "yes" );
    com_release( request );
    server_stop( server );
}

/* facts/url-proxy-com.md 11: without credentials 401 is a response as any other */
static void test_unauthorized(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    BSTR text = NULL;

    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 401 );
    check_hr( IWinHttpRequest_get_StatusText( request, &text ), S_OK );
    check_bstr( text, L"Denied" );
    check_text( request, L"secret" );
    check_header( server, 0, "Authorization", "(none)" );
    com_release( request );
    server_stop( server );
}

/* The challenge is answered by the object, whatever it has sent before. */
static void test_credentials(void)
{
    static const struct step challenged[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome" ), SRV_END
    };
    static const struct step refused[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_HEADERS, SRV_SEND( UNAUTHORIZED ),
        SRV_END
    };
    IWinHttpRequest *request = com_create();
    struct server *server;
    unsigned int i;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( i ? "refused" : "accepted" );
        server = server_start_plain( i ? refused : challenged );
        com_open( request, server, L"GET", L"/" );
        check_hr( com_set_credentials( request, L"user", L"pass", 0 ), S_OK );
        check_hr( com_send( request ), S_OK );
        check_status( request, i ? 401 : 200 );
        check_text( request, i ? L"secret" : L"welcome" );
        check_header( server, 0, "Authorization", "(none)" );
        check_header( server, 1, "Authorization", "Basic dXNlcjpwYXNz" );
        server_stop( server );
        winetest_pop_context();
    }
    com_release( request );
}

/* Nor is a server answered that a redirect led to: docs/security.md. A guess. */
static void test_credentials_elsewhere(void)
{
    static const struct step elsewhere_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_END
    };
    struct server *elsewhere = server_start_plain( elsewhere_script ), *server;
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, { STEP_SEND, 0, NULL, 0 }, SRV_END };
    IWinHttpRequest *request = com_create();
    char moved[256];

    script[2].data = moved;
    script[2].len = sprintf( moved, "HTTP/1.1 302 Moved\r\nLocation: http://127.0.0.1:%u/\r\n"
                             "Content-Length: 0\r\n\r\n", server_port( elsewhere ) );
    server = server_start_plain( script );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_set_credentials( request, L"user", L"pass", 0 ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 401 );
    check_header( elsewhere, 0, "Authorization", "(none)" );
    com_release( request );
    server_stop( server );
    server_stop( elsewhere );
}

/* Two servers, one object: the login for the first, from its URL or by SetCredentials, is none for
 * the one that the next Open names. A guess. */
static void test_credentials_gone(void)
{
    static const struct step other_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_END
    };
    struct server *server, *other;
    IWinHttpRequest *request;
    WCHAR url[64];
    BOOL called;

    for (called = FALSE; called <= TRUE; called++)
    {
        winetest_push_context( called ? "SetCredentials" : "URL" );
        server = server_start_plain( answer );
        other = server_start_plain( other_script );
        request = com_create();
        swprintf( url, ARRAYSIZE( url ), L"http://%ls127.0.0.1:%u/", called ? L"" : L"user:secret@",
                  server_port( server ) );
        check_hr( com_open_with( request, L"GET", url, com_missing() ), S_OK );
        if (called) check_hr( com_set_credentials( request, L"user", L"secret", 0 ), S_OK );
        check_hr( com_send( request ), S_OK );
        check_status( request, 200 );
        com_open( request, other, L"GET", L"/" );
        check_hr( com_send( request ), S_OK );
        check_status( request, 401 );
        check_header( other, 0, "Authorization", "(none)" );
        com_release( request );
        server_stop( server );
        server_stop( other );
        winetest_pop_context();
    }
}

/* The same for a proxy, which the object is told by SetProxy; its name in front of the path. */
static void test_proxy(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 407 Denied\r\nProxy-Authenticate: Basic realm=\"here\"\r\n"
                  "Content-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT proxy, bypass = com_text( L"*.bypassed.invalid" );
    WCHAR address[32];

    swprintf( address, ARRAYSIZE( address ), L"127.0.0.1:%u", server_port( server ) );
    proxy = com_text( address );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, proxy, bypass ),
              S_OK );
    check_hr( com_open_with( request, L"GET", L"http://www.example.invalid/path", com_missing() ),
              S_OK );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_PROXY ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_text( request, L"proxy" );
    check_line( server, 0, "GET http://www.example.invalid/path HTTP/1.1" );
    check_header( server, 0, "Host", "www.example.invalid" );
    check_header( server, 1, "Proxy-Authorization", "Basic dXNlcjpwYXNz" );
    check_header( server, 1, "Authorization", "(none)" );
    VariantClear( &proxy );
    VariantClear( &bypass );
    com_release( request );
    server_stop( server );
}

static void set_proxy( IWinHttpRequest *request, struct server *server )
{
    WCHAR address[32];
    VARIANT proxy;

    swprintf( address, ARRAYSIZE( address ), L"127.0.0.1:%u", server_port( server ) );
    proxy = com_text( address );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, proxy,
                                        com_missing() ), S_OK );
    VariantClear( &proxy );
}

/* The proxy's challenge behind a redirect is answered, and the answer says nothing of the login for
 * the server before. A guess. */
static void test_proxy_elsewhere(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( UNAUTHORIZED ), SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Moved\r\nLocation: http://b.test.invalid/\r\n"
                  "Connection: close\r\nContent-Length: 0\r\n\r\n" ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 407 Denied\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\n"
                  "Content-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    set_proxy( request, server );
    check_hr( com_open_with( request, L"GET", L"http://a.test.invalid/", com_missing() ), S_OK );
    check_hr( com_set_credentials( request, L"user", L"secret", 0 ), S_OK );
    check_hr( com_set_credentials( request, L"user", L"pass",
                                   HTTPREQUEST_SETCREDENTIALS_FOR_PROXY ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_header( server, 1, "Authorization", "Basic dXNlcjpzZWNyZXQ=" );
    check_line( server, 2, "GET http://b.test.invalid/ HTTP/1.1" );
    check_header( server, 2, "Authorization", "(none)" );
    check_line( server, 3, "GET http://b.test.invalid/ HTTP/1.1" );
    check_header( server, 3, "Proxy-Authorization", "Basic dXNlcjpwYXNz" );
    check_header( server, 3, "Authorization", "(none)" );
    com_release( request );
    server_stop( server );
}

/* facts/url-proxy-com.md 11: direct leads past the proxy of before; after Send nothing changes for
 * the response that is there */
static void test_no_proxy(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT proxy = com_text( L"127.0.0.1:1" );

    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, proxy,
                                        com_missing() ), S_OK );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_DIRECT, com_missing(),
                                        com_missing() ), S_OK );
    com_open( request, server, L"GET", L"/direct" );
    check_hr( com_send( request ), S_OK );
    check_line( server, 0, "GET /direct HTTP/1.1" );
    check_hr( IWinHttpRequest_SetProxy( request, HTTPREQUEST_PROXYSETTING_PROXY, proxy,
                                        com_missing() ), S_OK );
    check_status( request, 200 );
    check_text( request, L"hello" );
    VariantClear( &proxy );
    com_release( request );
    server_stop( server );
}

static void check_url( IWinHttpRequest *request, const WCHAR *expected )
{
    VARIANT url = com_empty();

    check_hr( IWinHttpRequest_get_Option( request, WinHttpRequestOption_URL, &url ), S_OK );
    ok( V_VT( &url ) == VT_BSTR, "got type %#x\n", V_VT( &url ) );
    if (V_VT( &url ) == VT_BSTR) check_bstr( V_BSTR( &url ), expected );
}

/* facts/url-proxy-com.md 13: option 1 tells where the request was led to */
static void test_redirect(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED ), SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/a" );
    check_url( request, com_url( server, L"/a" ) );
    check_hr( com_set_header( request, L"X-Own", L"1" ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    check_text( request, L"here" );
    check_url( request, com_url( server, L"/b" ) );
    check_line( server, 0, "GET /a HTTP/1.1" );
    check_line( server, 1, "GET /b HTTP/1.1" );
    check_header( server, 1, "X-Own", "1" );
    com_release( request );
    server_stop( server );
}

/* Option 6: the redirect itself is the response. */
static void test_redirect_not_followed(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED ), SRV_END };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    BSTR text = NULL;

    com_open( request, server, L"GET", L"/a" );
    check_hr( com_put_option( request, WinHttpRequestOption_EnableRedirects, com_bool( FALSE ) ),
              S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 302 );
    check_hr( com_get_header( request, L"Location", &text ), S_OK );
    check_bstr( text, L"/b" );
    check_url( request, com_url( server, L"/a" ) );
    com_release( request );
    server_stop( server );
}

/* One object, one connection, several requests (http.md 13). */
static void test_keep_alive(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 404 No\r\nContent-Length: 3\r\n\r\ntwo" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthree" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/1" );
    check_hr( com_send( request ), S_OK );
    com_open( request, server, L"GET", L"/2" );
    check_hr( com_send( request ), S_OK );
    check_status( request, 404 );
    check_text( request, L"two" );
    com_open( request, server, L"GET", L"/3" );
    check_hr( com_send( request ), S_OK );
    check_text( request, L"three" );
    check_line( server, 2, "GET /3 HTTP/1.1" );
    com_release( request );
    server_stop( server );
}

START_TEST( com_request )
{
    if (!com_begin()) return;
    RUN( test_defaults );
    RUN( test_methods );
    RUN( test_set_header );
    RUN( test_agent );
    RUN( test_send_again );
    RUN( test_unauthorized );
    RUN( test_credentials );
    RUN( test_credentials_elsewhere );
    RUN( test_credentials_gone );
    RUN( test_proxy );
    RUN( test_proxy_elsewhere );
    RUN( test_no_proxy );
    RUN( test_redirect );
    RUN( test_redirect_not_followed );
    RUN( test_keep_alive );
    com_end();
}
