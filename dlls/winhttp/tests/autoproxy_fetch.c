/*
 * Proxy scripts and their servers: what is fetched, how often, and how that fails.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (url-proxy-com.md 7); a comment "guess" marks an answer that
 * nobody has seen.
 */
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "pac.h"

#define SCRIPT "function FindProxyForURL( url, host ) { return 'PROXY a:1'; }\n"
#define OTHER_SCRIPT "function FindProxyForURL( url, host ) { return 'PROXY b:2'; }\n"
#define TARGET L"http://winehq.org/"

/* The error for a server that answers once, and says no more. */
#define check_response( response, path, expect ) \
    check_response_at( response, path, expect, __LINE__ )
static void check_response_at( const char *response, const WCHAR *path, DWORD expect, int line )
{
    struct step steps[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_HALF_CLOSE, SRV_END };
    struct pac pac;

    steps[2].data = response;
    steps[2].len = (UINT)strlen( response );
    pac_open_steps( &pac, steps, path );
    if (expect) check_proxy_fails_at( &pac, TARGET, expect, line, __FILE__ );
    else check_proxy_at( &pac, TARGET, 0, L"a:1", line, __FILE__ );
    pac_close_at( &pac, line );
}

#define check_fetched( lines, script, path, expect ) \
    check_fetched_at( lines, script, path, expect, __LINE__ )
static void check_fetched_at( const char *lines, const char *script, const WCHAR *path,
                              const WCHAR *expect, int line )
{
    struct pac pac;

    pac_open_with( &pac, lines, script, path );
    check_proxy_at( &pac, TARGET, 0, expect, line, __FILE__ );
    pac_close_at( &pac, line );
}

static void test_request(void)
{
    const struct server_request *request;
    char value[64];
    struct pac pac;

    pac_open( &pac, SCRIPT );
    check_proxy( &pac, TARGET, L"a:1" );
    request = server_request( pac.server, 0 );
    ok( request && !strncmp( request->text, "GET /", 5 ) &&
        strstr( request->text, "/proxy.pac HTTP/1.1\r\n" ), "got %s\n",
        request ? request->text : "nothing" );
    ok( request && server_header( request, "User-Agent", value, sizeof(value) ) &&
        !strcmp( value, "WinHttp-Autoproxy-Service/5.1" ), "got another agent\n" );
    pac_close( &pac );
}

static void test_type(void)
{
    check_fetched( "", SCRIPT, L"/proxy.pac?ver=1", L"a:1" );
    check_fetched( "", SCRIPT, L"/wpad.dat", L"a:1" );
    check_fetched( "", SCRIPT, L"/PROXY.JS", L"a:1" );
    check_fetched( PAC_TYPE, SCRIPT, L"/script", L"a:1" );
    check_fetched( "Content-Type: application/X-NS-proxy-autoconfig; charset=utf-8\r\n", SCRIPT,
                   L"/", L"a:1" );
    check_fetched( "Content-Type: text/html\r\n", SCRIPT, L"/proxy.pac", L"a:1" ); /* guess U16 */
    check_response( "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" SCRIPT, L"/script",
                    ERROR_WINHTTP_UNHANDLED_SCRIPT_TYPE );
    check_response( "HTTP/1.1 200 OK\r\n\r\n" SCRIPT, L"/script?name=proxy.pac",
                    ERROR_WINHTTP_UNHANDLED_SCRIPT_TYPE ); /* guess U16 */
}

static void test_status(void)
{
    check_response( "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n", L"/proxy.pac",
                    ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_response( "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n", L"/proxy.pac",
                    ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_response( "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                    "Content-Length: 0\r\n\r\n", L"/proxy.pac", ERROR_WINHTTP_LOGIN_FAILURE );
}

static void test_broken_response(void)
{
    check_response( "what?\r\n\r\n", L"/proxy.pac", ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_response( "HTTP/1.1 200 OK\r\n", L"/proxy.pac",
                    ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_response( "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" SCRIPT, L"/proxy.pac",
                    ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    check_response( "HTTP/1.1 200 OK\r\n\r\n" SCRIPT, L"/proxy.pac", ERROR_SUCCESS );
}

/* A port at which nobody is: one that was somebody's. */
static void test_no_server(void)
{
    struct pac pac;

    pac_open( &pac, SCRIPT );
    server_abandon( pac.server );
    pac.server = NULL;
    check_proxy_fails( &pac, TARGET, ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    pac_close( &pac );
}

static void test_url(void)
{
    struct pac pac;

    pac_open_session( &pac );
    wcscpy( pac.url, L"file:///c:/proxy.pac" );
    check_proxy_fails( &pac, TARGET, ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    wcscpy( pac.url, L"ftp://127.0.0.1/proxy.pac" );
    check_proxy_fails( &pac, TARGET, ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    wcscpy( pac.url, L"http://" );
    check_proxy_fails( &pac, TARGET, ERROR_WINHTTP_INVALID_URL );
    pac_close( &pac );
}

static void test_redirect(void)
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 302 Moved\r\nLocation: /b.pac\r\nContent-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\n" PAC_TYPE "Content-Length: 62\r\n\r\n" SCRIPT ),
        SRV_END
    };
    struct pac pac;

    ok( strlen( SCRIPT ) == 62, "the length is %u\n", (UINT)strlen( SCRIPT ) );
    pac_open_steps( &pac, steps, L"/a.pac" );
    check_proxy( &pac, TARGET, L"a:1" );
    ok( server_request( pac.server, 1 ) &&
        !strncmp( server_request( pac.server, 1 )->text, "GET /b.pac ", 11 ), "not redirected\n" );
    pac_close( &pac );
}

/* A server that says one byte at a time, and one that says nothing until it is told to. */
static void test_slow_server(void)
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND_BY( 1, "HTTP/1.1 200 OK\r\n" PAC_TYPE "Content-Length: 62\r\n\r\n" SCRIPT ),
        SRV_END
    };
    struct pac pac;

    pac_open_steps( &pac, steps, L"/proxy.pac" );
    check_proxy( &pac, TARGET, L"a:1" );
    pac_close( &pac );
}

/* A script of size bytes: a comment behind it fills it. */
static char *build_large_script( UINT size )
{
    char *script = malloc( size + 1 );

    memset( script, 'x', size );
    memcpy( script, SCRIPT "//", strlen( SCRIPT "//" ) );
    script[size] = 0;
    return script;
}

static void test_large_script(void)
{
    static const UINT limit = 1048576; /* documented: 1 MB */
    struct pac pac;
    char *script;

    script = build_large_script( limit );
    check_fetched( PAC_TYPE, script, L"/proxy.pac", L"a:1" );
    free( script );

    script = build_large_script( limit + 1 );
    pac_open_with( &pac, PAC_TYPE, script, L"/proxy.pac" );
    check_proxy_fails( &pac, TARGET, ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT );
    server_abandon( pac.server ); /* it may not have been able to say all */
    pac.server = NULL;
    pac_close( &pac );
    free( script );
}

/* guesses: marks and names of charsets count as they do in pages */
static void test_charset(void)
{
    static const char utf16[] = "HTTP/1.1 200 OK\r\nContent-Length: 126\r\n\r\n\xff\xfe";
    struct step steps[] =
        { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( utf16 ), SRV_SEND( "" ), SRV_END };
    WCHAR wide[] = L"" SCRIPT;
    struct pac pac;

    check_fetched( PAC_TYPE, "\xef\xbb\xbf" SCRIPT, L"/proxy.pac", L"a:1" );
    check_fetched( PAC_TYPE, "// \xfc\n" SCRIPT, L"/proxy.pac", L"a:1" );
    check_fetched( "Content-Type: application/x-ns-proxy-autoconfig; charset=windows-1252\r\n",
                   "function FindProxyForURL( url, host ) { return 'PROXY ' + ('\x80' == '\\u20ac')"
                   " + ':1'; }", L"/proxy.pac", L"true:1" );
    check_fetched( "Content-Type: application/x-ns-proxy-autoconfig; charset=no-such-thing\r\n",
                   "function FindProxyForURL( url, host ) { return 'PROXY ' + ('\xc3\xbc' =="
                   " '\\u00fc') + ':1'; }", L"/proxy.pac", L"true:1" );

    steps[3].data = wide;
    steps[3].len = sizeof(wide) - sizeof(WCHAR);
    pac_open_steps( &pac, steps, L"/proxy.pac" );
    check_proxy( &pac, TARGET, L"a:1" );
    pac_close( &pac );
}

/* The script is fetched once, unless the program wants it anew; what is fetched anew is kept. */
static void test_script_is_kept(void)
{
    static const struct step steps[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\n" PAC_TYPE "Content-Length: 62\r\n\r\n" SCRIPT ),
        SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\n" PAC_TYPE "Content-Length: 62\r\n\r\n" OTHER_SCRIPT ),
        SRV_END
    };
    struct pac pac;
    UINT i;

    pac_open_steps( &pac, steps, L"/proxy.pac" );
    for (i = 0; i < 5; i++) check_proxy( &pac, TARGET, L"a:1" );
    ok( server_request_count( pac.server ) == 1, "fetched %u times\n",
        server_request_count( pac.server ) );
    check_proxy_flags( &pac, TARGET, WINHTTP_AUTOPROXY_NO_CACHE_CLIENT, L"b:2" );
    check_proxy( &pac, TARGET, L"b:2" );
    ok( server_request_count( pac.server ) == 2, "fetched %u times\n",
        server_request_count( pac.server ) );
    pac_close( &pac );
}

START_TEST(autoproxy_fetch)
{
    RUN( test_request );
    RUN( test_type );
    RUN( test_status );
    RUN( test_broken_response );
    RUN( test_no_server );
    RUN( test_url );
    RUN( test_redirect );
    RUN( test_slow_server );
    RUN( test_large_script );
    RUN( test_charset );
    RUN( test_script_is_kept );
}
