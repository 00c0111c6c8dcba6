/*
 * Logins by the credentials of the user whom the process runs as, and the names of services
 * (facts/http.md 11; options.md 77, 96, 106, 107).
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

#define ASKS DENIED_WITH( "WWW-Authenticate: NTLM\r\n" )
#define PROXY_ASKS PROXY_DENIED_WITH( "Proxy-Authenticate: NTLM\r\n" )

/* What a server gets that asks for NTLM and refuses it. */
static const struct step asks_twice[] =
{
    SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS ), SRV_HEADERS, SRV_SEND( ASKS ), SRV_END
};
static const struct step asks_once[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( ASKS ), SRV_END };

/* The host's name leads to the server whatever it is. */
static void open_host( struct client *client, struct server *server, const WCHAR *host,
                       const WCHAR *bypass, BOOL async )
{
    open_session( client, bypass ? WINHTTP_ACCESS_TYPE_NAMED_PROXY : WINHTTP_ACCESS_TYPE_NO_PROXY,
                  bypass ? L"proxy.invalid" : NULL, bypass, async ? CLIENT_ASYNC : CLIENT_SYNC );
    open_request( client, host, server_port( server ), L"GET", 0 );
    if (!wcschr( host, '1' ))
        set_option_string( client->request, WINHTTP_OPTION_RESOLUTION_HOSTNAME, L"127.0.0.1" );
}

static void set_policy( HINTERNET request, DWORD policy )
{
    check_works( WinHttpSetOption( request, WINHTTP_OPTION_AUTOLOGON_POLICY, &policy,
                                   sizeof(policy) ) );
}

static void check_attempt( struct client *client, struct server *server, BOOL attempt )
{
    check_status( client->request, 401 );
    check_schemes( client->request, WINHTTP_AUTH_SCHEME_NTLM, WINHTTP_AUTH_SCHEME_NTLM,
                   WINHTTP_AUTH_TARGET_SERVER );
    check_authorization( server, 0, "(none)" );
    if (attempt) check_token( server, 1, NTLM_TYPE_1 );
    ok( server_request_count( server ) == (attempt ? 2 : 1), "got %u requests\n",
        server_request_count( server ) );
}

/* http.md 11: MEDIUM, the default: to the intranet (guess: names without dots), what is on the
 * bypass list, and loopback; LOW: to all; HIGH and PROXY_ONLY: to no server */
static void test_server( BOOL async )
{
    static const struct { DWORD policy; const WCHAR *host, *bypass; BOOL attempt; } tests[] =
    {
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"127.0.0.1", NULL, TRUE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"localhost", NULL, TRUE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"intranet", NULL, TRUE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"www.example.com", NULL, FALSE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"www.example.com", L"*.example.com", TRUE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, L"127.example.com", NULL, FALSE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW, L"www.example.com", NULL, TRUE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH, L"127.0.0.1", NULL, FALSE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH, L"intranet", L"intranet", FALSE },
        { WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY, L"127.0.0.1", NULL, FALSE },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( tests[i].attempt ? asks_twice : asks_once );
        open_host( &client, server, tests[i].host, tests[i].bypass, async );
        if (tests[i].policy) set_policy( client.request, tests[i].policy );
        if (tests[i].host[3] == '.' && tests[i].host[4] == 'e')
            set_option_string( client.request, WINHTTP_OPTION_RESOLUTION_HOSTNAME, L"127.0.0.1" );
        client_exchange( &client, async );
        check_attempt( &client, server, tests[i].attempt );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 11: to proxies with all policies but HIGH */
static void test_proxy( BOOL async )
{
    static const struct step twice[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_ASKS ), SRV_HEADERS, SRV_SEND( PROXY_ASKS ),
        SRV_END
    };
    static const struct step once[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_ASKS ), SRV_END
    };
    static const DWORD policies[] =
    {
        WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM, WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW,
        WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY, WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH,
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 2 * ARRAYSIZE( policies ); i++)
    {
        DWORD policy = policies[i / 2];
        BOOL attempt = policy != WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH, tunnel = i & 1;

        winetest_push_context( "policy %u, tunnel %u", (UINT)policy, tunnel );
        server = server_start( attempt ? twice : once );
        open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                      async ? CLIENT_ASYNC : CLIENT_SYNC );
        open_request( &client, L"origin.invalid", 0, L"GET", tunnel ? WINHTTP_FLAG_SECURE : 0 );
        set_policy( client.request, policy );
        client_exchange( &client, async );
        check_status( client.request, 407 );
        check_header( server, 0, "Proxy-Authorization", NULL );
        if (attempt) check_proxy_token( server, 1, NTLM_TYPE_1 );
        if (attempt) check_authorization( server, 1, "(none)" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* What goes before: credentials of the program's, a header of its own, no authentication. */
static void test_precedence(void)
{
    static const DWORD feature = WINHTTP_DISABLE_AUTHENTICATION;
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < 3; i++)
    {
        winetest_push_context( "test %u", i );
        server = server_start( asks_once );
        open_host( &client, server, L"127.0.0.1", NULL, FALSE );
        if (!i) set_credentials( client.request, DIGEST, L"user", L"pass" );
        else if (i == 1)
            check_works( WinHttpAddRequestHeaders( client.request, L"Authorization: Own", ~0u,
                                                   WINHTTP_ADDREQ_FLAG_ADD ) );
        else check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_DISABLE_FEATURE,
                                            (void *)&feature, sizeof(feature) ) );
        client_exchange( &client, FALSE );
        check_status( client.request, 401 );
        check_authorization( server, 0, i == 1 ? "Own" : "(none)" );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 11: SetCredentials accepts NULL, NULL: the default ones; guess: whatever the policy */
static void test_asked_for( BOOL async )
{
    struct server *server = server_start( asks_twice );
    struct client client;

    open_host( &client, server, L"www.example.com", NULL, async );
    set_autologon( client.request, HIGH );
    set_credentials( client.request, NTLM, NULL, NULL );
    client_exchange( &client, async );
    check_attempt( &client, server, TRUE );
    client_close( &client );
    server_stop( server );
}

/* A redirect: the policy judges anew. */
static void test_redirect(void)
{
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    struct server *server, *target;
    struct client client;
    char response[128];
    unsigned int policy_ok;

    for (policy_ok = 0; policy_ok < 2; policy_ok++)
    {
        target = server_start( policy_ok ? asks_twice : asks_once );
        script[2].data = response;
        script[2].len = sprintf( response, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                                 "Location: http://127.0.0.1:%u/\r\n\r\n", server_port( target ) );
        server = server_start( script );
        open_host( &client, server, L"www.example.com", NULL, FALSE );
        if (!policy_ok) set_autologon( client.request, HIGH );
        client_exchange( &client, FALSE );
        check_attempt( &client, target, policy_ok );
        client_close( &client );
        server_stop( server );
        server_stop( target );
    }
}

/* A login that the program knows nothing of and that ends midway, for there is no such user: it
 * sees the first denial. With a user there is another message. */
static void test_midway(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Basic\r\n" ) ),
        SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: " NTLM_CHALLENGE "\r\nConnection: close\r\n" ) ),
        SRV_CUT, SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( DENIED_WITH( "WWW-Authenticate: NTLM\r\nWWW-Authenticate: Basic\r\n" ) ), SRV_END
    };
    struct server *server = server_start( script );
    const char *value;
    struct client client;

    open_host( &client, server, L"127.0.0.1", NULL, FALSE );
    client_exchange( &client, FALSE );
    check_status( client.request, 401 );
    check_schemes( client.request, WINHTTP_AUTH_SCHEME_BASIC | WINHTTP_AUTH_SCHEME_NTLM,
                   WINHTTP_AUTH_SCHEME_NTLM, WINHTTP_AUTH_TARGET_SERVER );
    value = sent_header( server, 2, "Authorization" );
    ok( !strcmp( value, "(none)" ) || !strncmp( value, NTLM_TYPE_3, strlen( NTLM_TYPE_3 ) ),
        "got %s\n", value );
    client_close( &client );
    server_stop( server );
}

/* --- names of services --- */

/* options.md 96, 106, 107; guess: empty until a login was tried, other bits are refused */
static void test_service(void)
{
    static const struct step proxy_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_ASKS ), SRV_HEADERS, SRV_SEND( PROXY_ASKS ),
        SRV_END
    };
    DWORD flags = WINHTTP_ENABLE_SPN_SERVER_PORT;
    struct server *server;
    struct client client;
    unsigned int with_port;
    WCHAR expected[64];

    for (with_port = 0; with_port < 2; with_port++)
    {
        server = server_start( asks_twice );
        open_host( &client, server, L"WWW.example.com", NULL, FALSE );
        set_autologon( client.request, LOW );
        if (with_port) check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_SPN, &flags,
                                                      sizeof(flags) ) );
        check_text( client.request, WINHTTP_OPTION_SERVER_SPN_USED, L"" );
        client_exchange( &client, FALSE );
        swprintf( expected, ARRAYSIZE( expected ), with_port ? L"HTTP/www.example.com:%u"
                                                             : L"HTTP/www.example.com",
                  server_port( server ) );
        check_text( client.request, WINHTTP_OPTION_SERVER_SPN_USED, expected );
        check_text( client.request, WINHTTP_OPTION_PROXY_SPN_USED, L"" );
        client_close( &client );
        server_stop( server );
    }

    server = server_start( proxy_script );
    open_named( &client, server, L"origin.invalid", 0 );
    client_exchange( &client, FALSE );
    check_text( client.request, WINHTTP_OPTION_SERVER_SPN_USED, L"" );
    check_text( client.request, WINHTTP_OPTION_PROXY_SPN_USED, L"HTTP/127.0.0.1" );
    flags = 2;
    check_fails( WinHttpSetOption( client.request, WINHTTP_OPTION_SPN, &flags, sizeof(flags) ),
                 ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

START_TEST( auth_default )
{
    if (!has_ntlm())
    {
        skip( "NTLM does not work here\n" );
        return;
    }
    RUN_BOTH( test_server );
    RUN_BOTH( test_proxy );
    test_precedence();
    RUN_BOTH( test_asked_for );
    test_redirect();
    test_midway();
    test_service();
}
