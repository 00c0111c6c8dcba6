/*
 * Sessions that find their proxies themselves: WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY and the user's
 * script (facts/url-proxy-com.md 7 and 9).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How Windows's sessions take the settings of their user is described, and has not been seen: all
 * of it is a guess. The settings found are put back at the end. Where a scripted server is a proxy,
 * origin servers have names that nobody could resolve.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "login.h"
#include "proxy_values.h"

/* A response with a script of a test's own making in it. */
struct script
{
    char response[1024];
    struct step steps[5];
    struct server *server;
};

static struct saved_value user;

/* Names the script's server in the user's settings; proxy: as another setting, or NULL. Scripts are
 * kept by their URL, and ports come back: so each path has a number of its own. */
static void set_script( WORD port, const char *proxy )
{
    static unsigned int count;
    char url[64];

    snprintf( url, sizeof(url), "http://127.0.0.1:%u/%u.pac", port, ++count );
    set_user_setting( &user, proxy ? WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_PROXY |
                                     WINHTTP_PROXY_TYPE_AUTO_PROXY_URL
                                   : WINHTTP_PROXY_TYPE_DIRECT | WINHTTP_PROXY_TYPE_AUTO_PROXY_URL,
                      proxy, NULL, url );
}

/* The user's script is this one; %u in it stands for port. It is fetched once. */
static void start_script( struct script *script, const char *body, WORD port )
{
    const struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_CUT, SRV_END };
    char text[512];
    int len;

    len = snprintf( text, sizeof(text), body, port );
    len = snprintf( script->response, sizeof(script->response),
                    "HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\n"
                    "Content-Length: %d\r\n\r\n%s", len, text );
    memcpy( script->steps, steps, sizeof(steps) );
    script->steps[2].data = script->response;
    script->steps[2].len = len;
    script->server = server_start( script->steps );
    set_script( server_port( script->server ), NULL );
}

static void stop_script( struct script *script )
{
    ok( server_request_count( script->server ) == 1, "the script was fetched %u times\n",
        server_request_count( script->server ) );
    server_stop( script->server );
}

static void open_automatic( struct client *client, const WCHAR *host, WORD port, BOOL async )
{
    open_session( client, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL,
                  async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( client, host, port, L"GET", 0 );
}

/* --- what the script says --- */

static void test_proxy( BOOL async )
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    struct server *server = server_start( steps );
    struct client client;
    struct script script;

    start_script( &script, "function FindProxyForURL( url, host )\n"
                  "{ return host == 'origin.invalid' && url == 'http://origin.invalid/path?query'"
                  " ? 'SOCKS 127.0.0.1:1; PROXY 127.0.0.1:%u' : 'PROXY other.invalid'; }",
                  server_port( server ) );
    open_automatic( &client, L"origin.invalid", 0, async );
    client_exchange( &client, async );
    check_status( client.request, 200 );
    check_line( server, 0, "GET http://origin.invalid/path?query HTTP/1.1" );
    /* the script is there already, and so is the connection */
    if (!async)
    {
        client_exchange( &client, FALSE );
        check_body( client.request, "hello" );
        ok( server_connection_count( server ) == 1, "got %u connections\n",
            server_connection_count( server ) );
    }
    client_close( &client );
    server_abandon( server );
    stop_script( &script );
}

static void test_direct(void)
{
    static const struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END };
    struct server *server = server_start( steps );
    struct client client;
    struct script script;

    start_script( &script, "function FindProxyForURL( url, host ) { return 'DIRECT'; }", 0 );
    open_automatic( &client, L"127.0.0.1", server_port( server ), FALSE );
    client_exchange( &client, FALSE );
    check_body( client.request, "hello" );
    check_line( server, 0, "GET /path?query HTTP/1.1" );
    client_close( &client );
    server_stop( server );
    stop_script( &script );
}

/* Of an https URL the script sees the host alone (guess U13). */
static void test_https_path( BOOL async )
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( steps );
    struct client client;
    struct script script;

    start_script( &script, "function FindProxyForURL( url, host )\n"
                  "{ return url == 'https://origin.invalid/' ? 'PROXY 127.0.0.1:%u'"
                  " : 'PROXY 127.0.0.1:1'; }", server_port( server ) );
    open_session( &client, WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY, NULL, NULL,
                  async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( &client, L"origin.invalid", 0, L"GET", WINHTTP_FLAG_SECURE );
    ok( client_send_result( client.request, async ) == ERROR_WINHTTP_CANNOT_CONNECT,
        "not refused\n" );
    check_line( server, 0, "CONNECT origin.invalid:443 HTTP/1.1" );
    client_close( &client );
    server_stop( server );
    stop_script( &script );
}

/* A login goes on at the proxy that wants it, whatever the script would say now. */
static void test_login(void)
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server = server_start( steps );
    struct client client;
    struct script script;

    start_script( &script, "var count = 0;\n"
                  "function FindProxyForURL() { return count++ ? 'PROXY 127.0.0.1:1'"
                  " : 'PROXY 127.0.0.1:%u'; }", server_port( server ) );
    open_automatic( &client, L"origin.invalid", 0, FALSE );
    set_proxy_login( client.request );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    client_close( &client );
    server_stop( server );
    stop_script( &script );
}

/* Each leg is asked for: the redirect leads past the proxy. */
static void test_redirect( BOOL async )
{
    static const struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END };
    struct server *server = server_start( steps ), *proxy;
    struct step proxy_steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    struct client client;
    struct script script;
    char response[128];

    proxy_steps[2].data = response;
    proxy_steps[2].len = snprintf( response, sizeof(response), "HTTP/1.1 302 Found\r\n"
                                   "Location: http://127.0.0.1:%u/there\r\n"
                                   "Content-Length: 0\r\n\r\n", server_port( server ) );
    proxy = server_start( proxy_steps );
    start_script( &script, "function FindProxyForURL( url, host )\n"
                  "{ return host == 'origin.invalid' ? 'PROXY 127.0.0.1:%u' : 'DIRECT'; }",
                  server_port( proxy ) );
    open_automatic( &client, L"origin.invalid", 0, async );
    client_exchange( &client, async );
    check_status( client.request, 200 );
    check_line( proxy, 0, "GET http://origin.invalid/path?query HTTP/1.1" );
    check_line( server, 0, "GET /there HTTP/1.1" );
    client_close( &client );
    server_stop( server );
    server_stop( proxy );
    stop_script( &script );
}

static void test_websocket( BOOL async )
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TUNNEL_OK ), SRV_UPGRADE, SRV_EOF, SRV_END
    };
    struct server *server = server_start( steps );
    struct client client;
    struct script script;

    start_script( &script, "function FindProxyForURL() { return 'PROXY 127.0.0.1:%u'; }",
                  server_port( server ) );
    open_automatic( &client, L"origin.invalid", 0, async );
    client_set_upgrade( &client );
    client_exchange( &client, async );
    check_status( client.request, 101 );
    client_complete_upgrade( &client );
    check_line( server, 0, "CONNECT origin.invalid:80 HTTP/1.1" );
    client_close( &client );
    server_stop( server );
    stop_script( &script );
}

/* options.md row 142 */
static void test_times(void)
{
    static const struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END };
    WINHTTP_REQUEST_TIMES times = { WinHttpRequestTimeLast };
    struct server *server = server_start( steps );
    DWORD size = sizeof(times);
    struct client client;
    struct script script;
    ULONGLONG start, end;

    start_script( &script, "function FindProxyForURL() { return 'DIRECT'; }", 0 );
    open_automatic( &client, L"127.0.0.1", server_port( server ), FALSE );
    client_exchange( &client, FALSE );
    check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_REQUEST_TIMES, &times,
                                     &size ) );
    start = times.rgullTimes[WinHttpProxyDetectionStart];
    end = times.rgullTimes[WinHttpProxyDetectionEnd];
    ok( start && start <= end, "got no times\n" );
    client_close( &client );
    server_stop( server );
    stop_script( &script );
}

/* --- without its word --- */

/* A script that cannot be had: the user's other setting holds, and the next request does not try
 * again. */
static void test_fallback( BOOL async )
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_CLOSE ), SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_CLOSE ), SRV_CUT, SRV_END
    };
    static const struct step missing[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" ),
        SRV_CUT, SRV_END
    };
    struct server *server = server_start( steps ), *script = server_start( missing );
    struct client client;
    char proxy[32];

    snprintf( proxy, sizeof(proxy), "127.0.0.1:%u", server_port( server ) );
    set_script( server_port( script ), proxy );
    open_automatic( &client, L"origin.invalid", 0, async );
    client_exchange( &client, async );
    check_status( client.request, 200 );
    check_line( server, 0, "GET http://origin.invalid/path?query HTTP/1.1" );
    client_exchange( &client, async );
    check_status( client.request, 200 );
    client_close( &client );
    ok( server_connection_count( script ) == 1, "the script was asked for again\n" );
    server_stop( server );
    server_stop( script );
}

/* What serves the script has taken the question, and keeps silent. */
static const struct step silent[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SIGNAL( 0 ), SRV_EOF, SRV_END };

/* A proxy that the program names replaces the search. */
static void test_option(void)
{
    static const struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END };
    WINHTTP_PROXY_INFO none = { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL };
    struct server *server = server_start( steps ), *script = server_start( silent );
    struct client client;

    set_script( server_port( script ), NULL );
    open_automatic( &client, L"127.0.0.1", server_port( server ), FALSE );
    check_info( client.session, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &none, sizeof(none) ) );
    client_exchange( &client, FALSE );
    check_body( client.request, "hello" );
    client_close( &client );
    ok( !server_connection_count( script ), "the script was asked for\n" );
    server_stop( server );
    server_abandon( script );
}

/* --- closing meanwhile --- */

/* http.md 3: 12017, then HANDLE_CLOSING */
static void test_close_async(void)
{
    struct server *server = server_start( silent );
    struct client client;
    HINTERNET request;

    set_script( server_port( server ), NULL );
    open_automatic( &client, L"origin.invalid", 0, TRUE );
    request = client.request;
    check_works( client_send( &client ) );
    ok( server_wait( server, 0 ), "nobody came for the script\n" );
    client.request = NULL;
    check_works( WinHttpCloseHandle( request ) );
    check_request_error( await( 0, STATUS( REQUEST_ERROR ) ), API_SEND_REQUEST,
                         ERROR_WINHTTP_OPERATION_CANCELLED );
    ok( notify_wait_handle( 0, STATUS( HANDLE_CLOSING ), request ) != NULL, "not closed\n" );
    client_close( &client );
    server_stop( server );
}

static void test_close_sync(void)
{
    struct server *server = server_start( silent );
    struct client client;
    HANDLE thread;

    set_script( server_port( server ), NULL );
    open_automatic( &client, L"origin.invalid", 0, FALSE );
    thread = client_start_sending( &client );
    ok( server_wait( server, 0 ), "nobody came for the script\n" );
    client_interrupt( &client, thread );
    client_close( &client );
    server_stop( server );
}

START_TEST( proxy_automatic )
{
    struct saved_value machine;

    save_value( &user, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    save_value( &machine, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"WinHttpSettings" );
    delete_value( &machine );
    RUN_BOTH( test_proxy );
    RUN( test_direct );
    RUN_BOTH( test_https_path );
    RUN( test_login );
    RUN_BOTH( test_redirect );
    RUN_BOTH( test_websocket );
    RUN( test_times );
    RUN_BOTH( test_fallback );
    RUN( test_option );
    RUN( test_close_async );
    RUN( test_close_sync );
    restore_value( &machine );
    restore_value( &user );
}
