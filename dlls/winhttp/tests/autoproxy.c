/*
 * WinHttpGetProxyForUrl: its arguments, what a script is asked, and what becomes of its answer.
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

#define SCRIPT( body ) "function FindProxyForURL( url, host ) { " body " }\n"

/* Asks once, and checks the answer; NULL: no proxy. */
#define check_answer( script, expect ) check_answer_at( script, expect, __LINE__ )
static void check_answer_at( const char *script, const WCHAR *expect, int line )
{
    struct pac pac;

    pac_open( &pac, script );
    check_proxy_at( &pac, L"http://winehq.org/", 0, expect, line, __FILE__ );
    pac_close_at( &pac, line );
}

#define check_script_fails( script, expect ) check_script_fails_at( script, expect, __LINE__ )
static void check_script_fails_at( const char *script, DWORD expect, int line )
{
    struct pac pac;

    pac_open( &pac, script );
    check_proxy_fails_at( &pac, L"http://winehq.org/", expect, line, __FILE__ );
    pac_close_at( &pac, line );
}

static void test_bad_arguments(void)
{
    static const DWORD no_source[] =
    {
        0, WINHTTP_AUTOPROXY_HOST_LOWERCASE, WINHTTP_AUTOPROXY_NO_CACHE_CLIENT,
    };
    WINHTTP_AUTOPROXY_OPTIONS options;
    WINHTTP_PROXY_INFO info;
    HINTERNET connect;
    struct pac pac;
    UINT i;

    memset( &info, 0, sizeof(info) );
    memset( &options, 0, sizeof(options) );
    pac_open_session( &pac );
    for (i = 0; i < ARRAYSIZE(no_source); i++) /* guess, but for the first */
    {
        options.dwFlags = no_source[i];
        check_fails( WinHttpGetProxyForUrl( pac.session, L"http://h/", &options, &info ),
                     ERROR_INVALID_PARAMETER );
    }
    connect = WinHttpConnect( pac.session, L"localhost", 80, 0 );
    options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL;
    options.lpszAutoConfigUrl = L"http://127.0.0.1:1/proxy.pac";
    check_fails( WinHttpGetProxyForUrl( connect, L"http://h/", &options, &info ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_works( WinHttpCloseHandle( connect ) );
    check_fails( WinHttpGetProxyForUrl( pac.session, L"http:", &options, &info ),
                 ERROR_WINHTTP_INVALID_URL );
    /* guesses: as WinHttpCrackUrl */
    check_fails( WinHttpGetProxyForUrl( pac.session, L"http://", &options, &info ),
                 ERROR_WINHTTP_INVALID_URL );
    check_fails( WinHttpGetProxyForUrl( pac.session, L"winehq.org", &options, &info ),
                 ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    check_fails( WinHttpGetProxyForUrl( pac.session, L"ftp://winehq.org/", &options, &info ),
                 ERROR_WINHTTP_UNRECOGNIZED_SCHEME );
    ok( !info.dwAccessType && !info.lpszProxy && !info.lpszProxyBypass,
        "the result was changed\n" );
    pac_close( &pac );
}

static void test_answers(void)
{
    check_answer( SCRIPT( "return 'DIRECT';" ), NULL );
    check_answer( SCRIPT( "return 'PROXY a:1';" ), L"a:1" );
    /* guess U14: the separator, and that DIRECT is dropped */
    check_answer( SCRIPT( "return 'PROXY a:1; PROXY b:2; DIRECT';" ), L"a:1;b:2" );
    /* guesses */
    check_answer( SCRIPT( "return 'DIRECT; PROXY a:1';" ), NULL );
    check_answer( SCRIPT( "return 'PROXY a';" ), L"a:80" );
    check_answer( SCRIPT( "return 'HTTP a:1';" ), L"a:1" );
    check_answer( SCRIPT( "return 'PROXY [::1]:8080';" ), L"[::1]:8080" );
    check_answer( SCRIPT( "return 'SOCKS s:1; PROXY a:1';" ), L"a:1" );
    check_answer( SCRIPT( "return 'HTTPS s:1; PROXY a:1';" ), L"a:1" );
    check_answer( SCRIPT( "return 'SOCKS s:1; DIRECT';" ), NULL );
    check_answer( SCRIPT( "return 'SOCKS s:1';" ), NULL );
    check_answer( SCRIPT( "return 'PROXY bad:x; PROXY a:1';" ), L"a:1" );
}

static void test_bad_scripts(void)
{
    check_script_fails( "function FindProxyForURL( url, host { }",
                        ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( "<html>Not found</html>", ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "throw 1;" ), ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR );
    check_script_fails( SCRIPT( "return unknown( url );" ), ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR );
    check_script_fails( "unknown();\n" SCRIPT( "return 'DIRECT';" ),
                        ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR );
    check_script_fails( "", ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR ); /* guess */
    check_script_fails( "function findProxyForUrl( url, host ) { return 'DIRECT'; }",
                        ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR ); /* guess */
    check_script_fails( SCRIPT( "return FindProxyForURL( url, host );" ),
                        ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR );
}

/* guess: what is no answer is the script's fault */
static void test_bad_answers(void)
{
    check_script_fails( SCRIPT( "return 1;" ), ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "return null;" ), ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "" ), ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "return '';" ), ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "return 'what';" ), ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT );
    check_script_fails( SCRIPT( "var s = 'DIRECT;'; while (s.length < 99999) s += s; return s;" ),
                        ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR );
}

/* The script tells what it was given. */
static void test_what_a_script_gets(void)
{
    struct pac pac;

    pac_open( &pac, SCRIPT( "return 'PROXY ' + escape( url ).replace( /\\//g, '_' ) + '!' +"
                            " host + ':1';" ) );
    check_proxy( &pac, L"HTTP://WINEHQ.ORG/Test.html",
                 L"http%3A__WINEHQ.ORG_Test.html!WINEHQ.ORG:1" );
    check_proxy( &pac, L"https://winehq.org", L"https%3A__winehq.org!winehq.org:1" );
    check_proxy( &pac, L"http://winehq.org:8080/a?b=C", /* guess: the query is told */
                 L"http%3A__winehq.org%3A8080_a%3Fb%3DC!winehq.org:1" );
    check_proxy_flags( &pac, L"HTTP://WINEHQ.ORG/Test.html", WINHTTP_AUTOPROXY_HOST_LOWERCASE,
                       L"http%3A__winehq.org_Test.html!winehq.org:1" );
    check_proxy_flags( &pac, L"HTTP://WINEHQ.ORG/Test.html",
                       WINHTTP_AUTOPROXY_HOST_LOWERCASE | WINHTTP_AUTOPROXY_HOST_KEEPCASE,
                       L"http%3A__WINEHQ.ORG_Test.html!WINEHQ.ORG:1" );
    check_proxy_flags( &pac, L"http://Winehq.org/", WINHTTP_AUTOPROXY_HOST_KEEPCASE,
                       L"http%3A__Winehq.org_!Winehq.org:1" );
    /* guess: a script gets no password */
    check_proxy( &pac, L"http://user:password@winehq.org/", L"http%3A__winehq.org_!winehq.org:1" );
    pac_close( &pac );
}

static void test_ipv6_host(void)
{
    struct pac pac;

    pac_open( &pac, SCRIPT( "return 'PROXY ' + (host == '::1') + (url == 'http://[::1]:8080/') +"
                            " ':1';" ) );
    check_proxy( &pac, L"http://[::1]:8080/", L"truetrue:1" ); /* guess: without brackets */
    pac_close( &pac );
}

/* Flags that Wine has no use for, and an asynchronous session. */
static void test_other_flags(void)
{
    static const DWORD flags[] =
    {
        WINHTTP_AUTOPROXY_RUN_INPROCESS, WINHTTP_AUTOPROXY_RUN_OUTPROCESS_ONLY,
        WINHTTP_AUTOPROXY_NO_DIRECTACCESS, WINHTTP_AUTOPROXY_NO_CACHE_SVC,
        WINHTTP_AUTOPROXY_SORT_RESULTS,
    };
    HINTERNET session;
    struct pac pac;
    UINT i;

    pac_open( &pac, SCRIPT( "return 'PROXY a:1';" ) );
    for (i = 0; i < ARRAYSIZE(flags); i++)
        check_proxy_flags( &pac, L"http://h/", flags[i], L"a:1" );
    session = pac.session;
    pac.session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                               WINHTTP_FLAG_ASYNC );
    check_proxy( &pac, L"http://h/", L"a:1" );
    check_works( WinHttpCloseHandle( pac.session ) );
    pac.session = session;
    pac_close( &pac );
}

/* The last error of a call that works. */
static void test_last_error(void)
{
    WINHTTP_PROXY_INFO info;
    struct pac pac;

    pac_open( &pac, SCRIPT( "return 'DIRECT';" ) );
    check_ret( pac_ask( &pac, L"http://h/", 0, &info ), ERROR_SUCCESS );
    check_error( ERROR_SUCCESS );
    pac_close( &pac );
}

START_TEST(autoproxy)
{
    RUN( test_bad_arguments );
    RUN( test_answers );
    RUN( test_bad_scripts );
    RUN( test_bad_answers );
    RUN( test_what_a_script_gets );
    RUN( test_ipv6_host );
    RUN( test_other_flags );
    RUN( test_last_error );
}
