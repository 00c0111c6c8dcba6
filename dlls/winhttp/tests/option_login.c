/*
 * Options on logins: schemes that proxies do not get, credentials that WinINet hands down.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: options.md 1 (97, 98, 101, 193).
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

/* --- 193 DISABLE_PROXY_AUTH_SCHEMES --- */

static void check_disabled( DWORD schemes, BOOL beforehand, DWORD status )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    struct client client;

    winetest_push_context( "schemes %#x beforehand %u", (UINT)schemes, beforehand );
    open_session( &client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                  CLIENT_SYNC );
    check_ret( set_dword_error( client.session, 193, schemes ), ERROR_SUCCESS );
    open_request( &client, L"origin.invalid", 0, L"GET", 0 );
    if (beforehand) set_proxy_credentials( client.request, BASIC, L"user", L"pass" );
    else set_proxy_login( client.request );
    client_exchange( &client, FALSE );
    check_status( client.request, status );
    check_header( server, 0, "Proxy-Authorization",
                  beforehand && status == 200 ? USER_PASS : NULL );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

/* [doc] Disables schemes at proxies; the program sees the 407. */
static void test_disabled_schemes(void)
{
    check_disabled( 0, FALSE, 200 );
    check_disabled( 1, FALSE, 407 );  /* Basic */
    check_disabled( 0x1e, FALSE, 200 );
    check_disabled( 1, TRUE, 407 );
}

/* --- 97, 98, 101 --- */

/* TRUE: the registry says now what it is told to; it takes an administrator. */
static BOOL share( BOOL shared )
{
    static const WCHAR path[] = L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings";
    DWORD one = 1;
    LONG ret;
    HKEY key;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, path, 0, NULL, 0, KEY_SET_VALUE, NULL, &key, NULL ))
        return FALSE;
    if (shared) ret = RegSetValueExW( key, L"ShareCredsWithWinHttp", 0, REG_DWORD, (BYTE *)&one,
                                      sizeof(one) );
    else ret = RegDeleteValueW( key, L"ShareCredsWithWinHttp" );
    RegCloseKey( key );
    return !ret;
}

static WINHTTP_CREDS make_creds( const char *host, DWORD port, DWORD scheme )
{
    WINHTTP_CREDS creds = { 0 };

    creds.lpszUserName = (char *)"user";
    creds.lpszPassword = (char *)"pass";
    creds.lpszRealm = (char *)"here";
    creds.dwAuthScheme = scheme;
    creds.lpszHostName = (char *)host;
    creds.dwPort = port;
    return creds;
}

static void check_server( BOOL allowed, DWORD scheme, DWORD status )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    WINHTTP_CREDS creds = make_creds( "127.0.0.1", server_port( server ), scheme );
    struct client client;

    winetest_push_context( "allowed %u scheme %u", allowed, (UINT)scheme );
    check_ret( set_error( NULL, 98, &creds, sizeof(creds) ), ERROR_SUCCESS );
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    check_ret( set_dword_error( client.session, 101, allowed ), ERROR_SUCCESS );
    client.request = WinHttpOpenRequest( client.connect, NULL, L"/", NULL, NULL, NULL, 0 );
    client_exchange( &client, FALSE );
    check_status( client.request, status );
    if (status == 200) check_header( server, 1, "Authorization", USER_PASS );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

static void check_proxy(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( PROXY_DENIED_BASIC ), SRV_HEADERS, SRV_SEND( OK_HELLO ),
        SRV_END
    };
    struct server *server = server_start_plain( script );
    WINHTTP_CREDS creds = make_creds( "127.0.0.1", server_port( server ), 0 );
    struct client client;

    check_ret( set_error( NULL, 97, &creds, sizeof(creds) ), ERROR_SUCCESS );
    open_named( &client, server, L"origin.invalid", 0 );
    client_exchange( &client, FALSE );
    check_status( client.request, 200 );
    check_header( server, 1, "Proxy-Authorization", USER_PASS );
    client_close( &client );
    server_stop( server );
}

/* [doc] Only with ShareCredsWithWinHttp, as the last resort; for servers only where option 101
 * allows it. guess: the realm is not looked at */
static void test_shared_credentials(void)
{
    WINHTTP_CREDS creds = make_creds( "127.0.0.1", 80, 0 ), nobody = make_creds( NULL, 80, 0 );

    check_ret( set_error( NULL, 97, &creds, sizeof(creds) ), ERROR_WINHTTP_INVALID_OPTION );
    check_ret( set_error( NULL, 98, &creds, sizeof(creds) ), ERROR_WINHTTP_INVALID_OPTION );
    if (!share( TRUE ))
    {
        skip( "the registry cannot be written to\n" );
        return;
    }
    check_ret( set_error( NULL, 98, &nobody, sizeof(nobody) ), ERROR_INVALID_PARAMETER );
    check_server( FALSE, 0, 401 );
    check_server( TRUE, 0, 200 );
    check_server( TRUE, WINHTTP_AUTH_SCHEME_BASIC, 200 );
    check_server( TRUE, WINHTTP_AUTH_SCHEME_DIGEST, 401 );
    check_proxy();
    ok( share( FALSE ), "the registry keeps it\n" );
    check_ret( set_error( NULL, 98, &creds, sizeof(creds) ), ERROR_WINHTTP_INVALID_OPTION );
}

START_TEST( option_login )
{
    RUN( test_disabled_schemes );
    RUN( test_shared_credentials );
}
