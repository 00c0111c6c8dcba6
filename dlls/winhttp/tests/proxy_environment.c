/*
 * The proxies that http_proxy, https_proxy and no_proxy name, and logins there. Windows has none of
 * it (url-proxy-com.md 4): what is checked here is what Wine's users expect.
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

static void clear_environment(void)
{
    static const WCHAR *const names[] =
    {
        L"http_proxy", L"https_proxy", L"no_proxy", L"REQUEST_METHOD",
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( names ); i++) SetEnvironmentVariableW( names[i], NULL );
}

/* A session of the default proxy while the variable says that the server is one. */
static void open_environment( struct client *client, const WCHAR *variable, const WCHAR *login,
                              struct server *server, unsigned int flags )
{
    WCHAR text[128];

    swprintf( text, ARRAYSIZE( text ), L"http://%ls127.0.0.1:%u/", login, server_port( server ) );
    SetEnvironmentVariableW( variable, text );
    open_session( client, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, flags );
    clear_environment();
}

static void test_names(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    WCHAR text[64];

    SetEnvironmentVariableW( L"https_proxy", L"http://user:pass@[::1]:3128" );
    SetEnvironmentVariableW( L"no_proxy", L".example.com, 127.0.0.1" );
    open_environment( &client, L"http_proxy", L"user:pass@", server, CLIENT_SYNC );
    swprintf( text, ARRAYSIZE( text ), L"http=127.0.0.1:%u;https=[::1]:3128;",
              server_port( server ) );
    check_info( client.session, 3, text, L"example.com;*.example.com;127.0.0.1;*.127.0.0.1" );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_line( server, 0, "GET http://origin.invalid/path?query HTTP/1.1" );
    /* nobody has asked for it */
    check_header( server, 0, "Proxy-Authorization", NULL );
    client_close( &client );
    server_stop( server );

    open_session( &client, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, CLIENT_SYNC );
    check_info( client.session, 1, NULL, NULL );
    client_close( &client );
}

/* Variables have no case; what is no proxy for HTTP is passed over; in a CGI program http_proxy may
 * be a header of whoever asks. */
static void test_variables(void)
{
    static const struct { const WCHAR *name, *value; BOOL cgi; const WCHAR *proxy; } tests[] =
    {
        { L"HTTP_PROXY", L"proxy:1", FALSE, L"http=proxy:1;" },
        { L"Http_Proxy", L"proxy", FALSE, L"http=proxy:80;" },
        { L"http_proxy", L"proxy:1", TRUE, NULL },
        { L"https_proxy", L"proxy:1", TRUE, L"https=proxy:1;" },
        { L"http_proxy", L"https://proxy:1", FALSE, NULL },
        { L"http_proxy", L"socks5://proxy:1", FALSE, NULL },
        { L"http_proxy", L"http://us\x00e9r:p\x00e4ss@proxy:1", FALSE, L"http=proxy:1;" },
        { L"http_proxy", L"http://pr\x00f6xy:1", FALSE, NULL },
        { L"http_proxy", L"http://user:pass@", FALSE, NULL },
        { L"http_proxy", L"", FALSE, NULL },
        { L"all_proxy", L"proxy:1", FALSE, NULL },
    };
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        SetEnvironmentVariableW( tests[i].name, tests[i].value );
        if (tests[i].cgi) SetEnvironmentVariableW( L"REQUEST_METHOD", L"GET" );
        open_session( &client, WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, CLIENT_SYNC );
        check_info( client.session, tests[i].proxy ? 3 : 1, tests[i].proxy, NULL );
        client_close( &client );
        SetEnvironmentVariableW( tests[i].name, NULL );
        clear_environment();
        winetest_pop_context();
    }
}

/* A domain stands for its hosts as well, with or without the dot; "*" is all; networks are not
 * known. */
static void test_no_proxy(void)
{
    static const struct { const WCHAR *no_proxy; BOOL direct; } tests[] =
    {
        { L"127.0.0.1", TRUE }, { L"example.com,127.0.0.1", TRUE }, { L" 127.0.0.1 ", TRUE },
        { L"*", TRUE }, { L"0.0.1", TRUE }, { L".0.0.1", TRUE }, { L"7.0.0.1", FALSE },
        { L"127.0.0.0/8", FALSE }, { L"127.0.0", FALSE }, { L"", FALSE }, { L"127.0.0.1:1", FALSE },
    };
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        SetEnvironmentVariableW( L"no_proxy", tests[i].no_proxy );
        open_environment( &client, L"http_proxy", L"", server, CLIENT_SYNC );
        open_request( &client, L"127.0.0.1", server_port( server ), L"GET", 0 );
        client_exchange( &client, FALSE );
        ok( !strncmp( got_request( server, 0 )->text, tests[i].direct ? "GET /path" : "GET http://",
                      9 ), "got %s\n", got_request( server, 0 )->text );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* --- logins --- */

/* A challenge is answered; who has asked for Basic gets it beforehand from then on. */
static void test_basic( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct { const WCHAR *login; const char *value; } tests[] =
    {
        { L"user:pass@", USER_PASS },
        { L"us%65r:p%61ss@", USER_PASS },
        { L"us:er:p@ss@", "Basic dXM6ZXI6cEBzcw==" },
        { L"user@", "Basic dXNlcjo=" },
        { L"%e4:%ff@", "Basic 5Dr/" },
        { L"%c3%a4:%C3%BF@", "Basic 5Dr/" },
        { L"\x00e4:\x00ff@", "Basic 5Dr/" },
    };
    static char body[16];
    struct server *server;
    struct client client;
    unsigned int i, k;
    DWORD len;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( script );
        open_environment( &client, L"http_proxy", tests[i].login, server,
                          async ? CLIENT_ASYNC : CLIENT_SYNC );
        for (k = 0; k < 2; k++)
        {
            open_request( &client, L"origin.invalid", 0, L"GET", 0 );
            client_exchange( &client, async );
            check_status( client.request, 200 );
            check_ret( client_read_result( client.request, body, sizeof(body), &len, async ), 0 );
            check_works( WinHttpCloseHandle( client.request ) );
            check_works( WinHttpCloseHandle( client.connect ) );
        }
        client.request = client.connect = NULL;
        check_header( server, 0, "Proxy-Authorization", NULL );
        check_header( server, 1, "Proxy-Authorization", tests[i].value );
        check_header( server, 2, "Proxy-Authorization", tests[i].value );
        check_authorization( server, 1, "(none)" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* The program's own go first; refused ones are not tried again, and the program sees the first
 * denial. What cannot be a name is none. */
static void test_precedence(void)
{
    static const struct step twice[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS,
        SRV_SEND( PROXY_DENIED_BASIC ), SRV_END
    };
    static const struct step once[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_END
    };
    DWORD feature = WINHTTP_DISABLE_AUTHENTICATION;
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 6; i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( i < 3 ? twice : once );
        open_environment( &client, L"http_proxy", i == 5 ? L"us%00er:x@" : L"other:x@", server,
                          CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", 0 );
        if (i == 1) set_proxy_login( client.request );
        if (i == 2 || i == 3)
            set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
        if (i == 2) set_credentials( client.request, BASIC, L"third", L"x" );
        if (i == 4) check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE,
                                                   &feature, sizeof(feature) ) );
        client_exchange( &client, FALSE );
        if (i == 2) client_exchange( &client, FALSE );
        check_status( client.request, 407 );
        check_body( client.request, "denied" );
        if (i < 2) check_header( server, 1, "Proxy-Authorization", i ? USER_PASS
                                                                     : "Basic b3RoZXI6eA==" );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* Another proxy, which the program names, gets none of it; nor does a server. */
static void test_other_peers(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_END
    };
    static const struct step origin[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_END
    };
    struct server *server, *other;
    WINHTTP_PROXY_INFO info = { WINHTTP_ACCESS_TYPE_NAMED_PROXY };
    struct client client;

    server = server_start( origin );
    other = server_start( script );
    info.lpszProxy = proxy_text( other );
    open_environment( &client, L"http_proxy", L"user:pass@", server, CLIENT_SYNC );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ) );
    client_exchange( &client, FALSE );
    check_status( client.request, 407 );
    check_works( WinHttpCloseHandle( client.request ) );
    check_works( WinHttpCloseHandle( client.connect ) );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    client_exchange( &client, FALSE );
    check_status( client.request, 401 );
    check_authorization( server, 0, "(none)" );
    check_header( server, 0, "Proxy-Authorization", NULL );
    client_close( &client );
    server_stop( server );
    server_stop( other );
}

/* For a tunnel; https_proxy's are for https alone. */
static void test_tunnel( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_END
    };
    static const struct step secure[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_ACCEPT, SRV_HEADERS, SRV_CUT,
        SRV_END
    };
    struct server *server;
    struct client client;

    server = server_start( script );
    SetEnvironmentVariableW( L"https_proxy", L"http://a:b@proxy.invalid" );
    open_environment( &client, L"http_proxy", L"user:pass@", server,
                      async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    client_set_upgrade( &client );
    client_exchange( &client, async );
    check_status( client.request, 101 );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    check_header( server, 2, "Proxy-Authorization", NULL );
    client_close( &client );
    server_stop( server );

    server = server_start( secure );
    SetEnvironmentVariableW( L"http_proxy", L"http://a:b@proxy.invalid" );
    open_environment( &client, L"https_proxy", L"user:pass@", server,
                      async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( &client, L"origin.invalid", 0, L"GET", WINHTTP_FLAG_SECURE );
    check_ret( client_send_result( client.request, async ), ERROR_WINHTTP_CONNECTION_ERROR );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    client_close( &client );
    server_stop( server );
}

/* By Digest and NTLM as well. */
static void test_schemes( BOOL async )
{
    static const struct step digest[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( PROXY_DENIED_WITH( "Proxy-Authenticate: Basic realm=\"b\"\r\n"
                                     "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step ntlm[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_WITH( "Proxy-Authenticate: NTLM\r\n" ) ),
        SRV_HEADERS,
        SRV_SEND( PROXY_DENIED_WITH( "Proxy-Authenticate: " NTLM_CHALLENGE "\r\n" ) ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server;
    struct client client;
    unsigned int i, count = has_ntlm() ? 2 : 1;

    for (i = 0; i < count; i++)
    {
        server = server_start( i ? ntlm : digest );
        open_environment( &client, L"http_proxy", L"DOM%5cuser:pass@", server,
                          async ? CLIENT_ASYNC : CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", 0 );
        client_exchange( &client, async );
        check_status( client.request, 200 );
        if (i) check_proxy_token( server, 2, NTLM_TYPE_3 );
        else check_proxy_token( server, 1, "Digest username=\"DOM\\\\user\"" );
        client_close( &client );
        server_stop( server );
    }
}

START_TEST( proxy_environment )
{
    WINHTTP_PROXY_INFO machine;

    check_works( WinHttpGetDefaultProxyConfiguration( &machine ) );
    if (machine.lpszProxy)
    {
        skip( "the machine's setting goes first\n" );
        return;
    }
    test_names();
    test_variables();
    test_no_proxy();
    RUN_BOTH( test_basic );
    test_precedence();
    test_other_peers();
    RUN_BOTH( test_tunnel );
    RUN_BOTH( test_schemes );
}
