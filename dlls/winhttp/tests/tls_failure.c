/*
 * Bad certificates: SECURE_FAILURE with its flags, what option 31 lets pass, names.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "secure.h"

#include <wincrypt.h>

#define BAD_CERT  WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT
#define BAD_CA    WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA
#define BAD_NAME  WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID
#define BAD_DATE  WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID
#define BAD_USAGE WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE

static void check_kind( const char *options, const WCHAR *host, DWORD ignored, DWORD flags )
{
    struct server *server = server_start_tls( flags ? secure_refused : secure_accepted, options );
    struct client client;

    winetest_push_context( "%s ignoring %#x", options, (UINT)ignored );
    secure_open( &client, server, host, CLIENT_NOTIFY, ignored );
    if (flags)
    {
        secure_check_refused( &client, flags );
        ok( !secure_was_told( 0, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST ), "it was sent\n" );
    }
    else
    {
        secure_check_ok( &client );
        ok( !secure_told_flags(), "got %#x\n", (UINT)secure_told_flags() );
    }
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

/* http.md 12, options.md 2: each thing that is wrong has its flag */
static void test_flags(void)
{
    static const struct { const char *options; DWORD flags; } cases[] =
    {
        { "cert=good", 0 },
        { "cert=chain", 0 },
        { "cert=shuffled", 0 },
        { "cert=expired", BAD_DATE },
        { "cert=future", BAD_DATE },
        { "cert=name", BAD_NAME },
        { "cert=usage", BAD_USAGE },
        { "cert=self", BAD_CA },
        { "cert=stranger", BAD_CA },
        { "cert=cut", BAD_CA },
        { "cert=corrupt", BAD_CERT },
        { "cert=constrained", BAD_CERT },   /* guess: which flag */
        { "cert=leaf", BAD_CERT },          /* guess: which flag */
        { "cert=weak", BAD_CERT },          /* guess: which flag */
        /* Wine 8.0's crypt32 takes their signatures for bad ones */
        { "cert=short", 0 },
        { "cert=shortself", BAD_CA },
        { "cert=shortname", BAD_NAME },
        { "cert=cutname", BAD_CA | BAD_NAME },
        { "cert=everything", BAD_CA | BAD_NAME | BAD_DATE | BAD_USAGE },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
        check_kind( cases[i].options, L"localhost", 0, cases[i].flags );
}

/* http.md 12: bits of option 31 let one thing pass each, and nothing else */
static void test_ignored(void)
{
    static const struct { const char *options; DWORD ignored; DWORD flags; } cases[] =
    {
        { "cert=expired", SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, 0 },
        { "cert=expired", IGNORE_ALL & ~SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, BAD_DATE },
        { "cert=future", SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, 0 },
        { "cert=name", SECURITY_FLAG_IGNORE_CERT_CN_INVALID, 0 },
        { "cert=name", IGNORE_ALL & ~SECURITY_FLAG_IGNORE_CERT_CN_INVALID, BAD_NAME },
        { "cert=usage", SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, 0 },
        { "cert=usage", IGNORE_ALL & ~SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, BAD_USAGE },
        { "cert=self", SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0 },
        { "cert=stranger", SECURITY_FLAG_IGNORE_UNKNOWN_CA, 0 },
        { "cert=stranger", IGNORE_ALL & ~SECURITY_FLAG_IGNORE_UNKNOWN_CA, BAD_CA },
        { "cert=everything", SECURITY_FLAG_IGNORE_UNKNOWN_CA, BAD_NAME | BAD_DATE | BAD_USAGE },
        { "cert=everything", IGNORE_ALL, 0 },
        { "cert=corrupt", IGNORE_ALL, BAD_CERT },
        { "cert=cutname", SECURITY_FLAG_IGNORE_UNKNOWN_CA, BAD_NAME },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
        check_kind( cases[i].options, L"localhost", cases[i].ignored, cases[i].flags );
}

/* A verdict is kept for a while; what one request tolerates is not another's, and neither their
 * connections. */
static void test_verdicts_are_not_shared(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_ACCEPT, SRV_EOF,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_END
    };
    struct server *server = server_start_tls( script, "cert=expired" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC,
                 SECURITY_FLAG_IGNORE_CERT_DATE_INVALID );
    secure_check_ok( &client );
    secure_close_request( &client );
    secure_open_request( &client, 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
    secure_close_request( &client );
    secure_open_request( &client, IGNORE_ALL );
    secure_check_ok( &client );
    client_close( &client );
    server_stop( server );
}

/* programs.md: addresses are names too; http.md 12: no SNI for them */
static void test_addresses(void)
{
    struct server *server;
    struct client client;

    check_kind( "cert=good", L"127.0.0.1", 0, 0 );
    check_kind( "cert=good", L"[::1]", 0, 0 );
    check_kind( "cert=name", L"127.0.0.1", 0, BAD_NAME );
    check_kind( "cert=name", L"[::1]", 0, BAD_NAME );

    server = server_start_tls( secure_accepted, "cert=good" );
    secure_open( &client, server, L"127.0.0.1", CLIENT_SYNC, 0 );
    secure_check_ok( &client );
    ok( !strcmp( secure_seen( server ).name, "none" ), "got %s\n", secure_seen( server ).name );
    client_close( &client );
    server_abandon( server );
}

/* Any name leads to a front that plays a proxy. flags 0: it works. */
static void check_name( const char *options, const WCHAR *host, const char *sni, DWORD flags )
{
    struct server *server;
    WCHAR address[32];
    WINHTTP_PROXY_INFO proxy = { WINHTTP_ACCESS_TYPE_NAMED_PROXY, address, NULL };
    struct client client;
    char line[FRONT_MAX_LINE];

    winetest_push_context( "%s %ls", options, host );
    sprintf( line, "%s connect=1", options );
    server = server_start_tls( flags ? secure_refused : secure_accepted, line );
    swprintf( address, ARRAYSIZE(address), L"127.0.0.1:%u", server_port( server ) );
    secure_open( &client, server, host, CLIENT_NOTIFY, 0 );
    check_works( WinHttpSetOption( client.request, WINHTTP_OPTION_PROXY, &proxy, sizeof(proxy) ) );
    if (!flags) secure_check_ok( &client );
    else secure_check_refused( &client, flags );
    ok( !strcmp( secure_seen( server ).name, sni ), "got %s\n", secure_seen( server ).name );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

/* http.md 1: names beyond ASCII come as Punycode; wildcards stand for one label */
static void test_names(void)
{
    check_name( "cert=name", L"other.test", "other.test", 0 );
    check_name( "cert=name", L"Other.TEST", "other.test", 0 );
    check_name( "cert=name", L"another.test", "another.test", BAD_NAME );
    check_name( "cert=wildcard", L"a.localhost", "a.localhost", 0 );
    check_name( "cert=wildcard", L"a.b.localhost", "a.b.localhost", BAD_NAME );
    check_name( "cert=idn", L"xn--bcher-kva.localhost", "xn--bcher-kva.localhost", 0 );
    check_name( "cert=idn", L"xn--bcher-kvb.localhost", "xn--bcher-kvb.localhost", BAD_NAME );
}

/* http.md 4: conn, SECURE_FAILURE, REQUEST_ERROR {5, 12175} */
static void test_asynchronous(void)
{
    struct server *server = server_start_tls( secure_refused, "cert=expired" );
    struct client client;
    const struct notification *failure, *error;

    secure_open( &client, server, L"localhost", CLIENT_ASYNC, 0 );
    check_works( client_send( &client ) );
    error = await( 0, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR );
    check_request_error( error, API_SEND_REQUEST, ERROR_WINHTTP_SECURE_FAILURE );
    failure = await( 0, WINHTTP_CALLBACK_STATUS_SECURE_FAILURE );
    ok( failure < error, "it came later\n" );
    ok( secure_told_flags() == BAD_DATE, "got %#x\n", (UINT)secure_told_flags() );
    client_close( &client );
    server_abandon( server );
}

START_TEST( tls_failure )
{
    PCCERT_CONTEXT authority;

    if (!secure_is_possible()) return;
    if (!(authority = secure_trust_authority())) return;
    RUN( test_flags );
    RUN( test_ignored );
    RUN( test_verdicts_are_not_shared );
    RUN( test_addresses );
    RUN( test_names );
    RUN( test_asynchronous );
    secure_distrust( authority );
}
