/*
 * Passport: what a session shows of it that knows it (facts/http.md 11; options.md 81 to 87).
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

#define CHALLENGE "WWW-Authenticate: Passport1.4 ct=1,ru=http%3a%2f%2forigin.invalid%2f%3fa=1," \
                  "cbtxt=Log%20in%C3%A4,cburl=http://origin.invalid/logo\r\n"
#define MOVED( lines ) "HTTP/1.1 302 Found\r\nLocation: /login\r\n" lines \
                       "Content-Length: 6\r\n\r\ndenied"

#define check_option( request, option, expected ) \
    check_text( request, WINHTTP_OPTION_PASSPORT_ ## option, expected )

static void open_passport( struct client *client, struct server *server, DWORD flags, BOOL async )
{
    open_session( client, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                  async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_works( WinHttpSetOption( client->session, WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH, &flags,
                                   sizeof(flags) ) );
    open_request( client, L"127.0.0.1", server_port( server ), L"GET", 0 );
}

static void check_raw( HINTERNET request, const WCHAR *line )
{
    WCHAR text[512];
    DWORD size = sizeof(text);

    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_RAW_HEADERS_CRLF, NULL, text, &size,
                                      NULL ) );
    ok( !wcsncmp( text, line, wcslen( line ) ), "got %ls\n", text );
}

/* http.md 11: the redirect to the logon server shows as 401 with the text of the original line; the
 * program's credentials wait for a logon server that nobody runs any more: they are not sent */
static void test_denied( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED( CHALLENGE ) ), SRV_END
    };
    static char body[16];
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD len;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "credentials %u", i );
        server = server_start( script );
        open_passport( &client, server, WINHTTP_ENABLE_PASSPORT_AUTH, async );
        check_option( client.request, COBRANDING_TEXT, L"" );
        if (i) set_credentials( client.request, PASSPORT, L"user@example.com", L"pass" );
        client_exchange( &client, async );
        check_status( client.request, 401 );
        check_raw( client.request, L"HTTP/1.1 401 Found\r\n" );
        check_schemes( client.request, WINHTTP_AUTH_SCHEME_PASSPORT, WINHTTP_AUTH_SCHEME_PASSPORT,
                       WINHTTP_AUTH_TARGET_SERVER );
        check_option( client.request, COBRANDING_TEXT, L"Log in\x00e4" );
        check_option( client.request, COBRANDING_URL, L"http://origin.invalid/logo" );
        check_option( client.request, RETURN_URL, L"http://origin.invalid/?a=1" );
        check_ret( client_read_result( client.request, body, sizeof(body), &len, async ), 0 );
        ok( len == 6 && !memcmp( body, "denied", 6 ), "got %u bytes\n", (UINT)len );
        check_authorization( server, 0, "(none)" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Off, which is the default, or with another status or challenge, a redirect is one. */
static void test_redirected(void)
{
    static const struct step off[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED( CHALLENGE ) ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    static const struct step other_scheme[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( MOVED( "WWW-Authenticate: Basic\r\n" ) ), SRV_HEADERS,
        SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct step other_status[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 303 See Other\r\nLocation: /login\r\n" CHALLENGE
                  "Content-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_SEND( OK_HELLO ), SRV_END
    };
    static const struct { const struct step *script; DWORD flags; } tests[] =
    {
        { off, WINHTTP_DISABLE_PASSPORT_AUTH }, { off, WINHTTP_ENABLE_PASSPORT_KEYRING },
        { other_scheme, WINHTTP_ENABLE_PASSPORT_AUTH },
        { other_status, WINHTTP_ENABLE_PASSPORT_AUTH },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( tests[i].script );
        open_passport( &client, server, tests[i].flags, FALSE );
        client_exchange( &client, FALSE );
        check_status( client.request, 200 );
        check_line( server, 1, "GET /login HTTP/1.1" );
        check_option( client.request, COBRANDING_URL, L"" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

START_TEST( auth_passport )
{
    DWORD unknown = 1;
    HINTERNET session = WinHttpOpen( NULL, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );

    /* guess: other bits are refused */
    check_fails( WinHttpSetOption( session, WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH, &unknown,
                                   sizeof(unknown) ), ERROR_INVALID_PARAMETER );
    WinHttpCloseHandle( session );
    RUN_BOTH( test_denied );
    test_redirected();
}
