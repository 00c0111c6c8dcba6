/*
 * Hosts with several addresses: which are tried, in which order, and how long each.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: http.md 4 and 13, options.md 1 (4, 140). Names that end in .addresses.test have the
 * addresses that their labels say (tests/names). Limits pass because nobody answers; when is not
 * checked.
 */
#include <stdarg.h>
#include <string.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "full.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_##name
#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

#ifndef WINHTTP_OPTION_IPV6_FAST_FALLBACK
#define WINHTTP_OPTION_IPV6_FAST_FALLBACK 140
#endif

enum
{
    SHORT_MS = 150,
    LONGER_MS = 400, /* than the first try of option 140 */
};

static const struct step answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END };

/* tools/check preloads tests/names where the C library looks names up. */
static BOOL names_are_ours(void)
{
    char value[8];

    if (GetEnvironmentVariableA( "WINHTTP_TEST_NAMES", value, sizeof(value) )) return TRUE;
    win_skip( "names have several addresses in tools/check only\n" );
    return FALSE;
}

/* limit: of connecting, in ms; 0: none. */
static void open_name( struct client *client, const WCHAR *host, WORD port, BOOL async, int limit )
{
    notify_reset();
    client_connect( client, port, async ? CLIENT_ASYNC : CLIENT_NOTIFY );
    check_works( WinHttpSetTimeouts( client->session, CLIENT_TIMEOUT_MS, limit, CLIENT_TIMEOUT_MS,
                                     CLIENT_TIMEOUT_MS ) );
    check_works( WinHttpCloseHandle( client->connect ) );
    client->connect = WinHttpConnect( client->session, host, port, 0 );
    ok( client->connect != NULL, "no connection, error %u\n", (UINT)GetLastError() );
}

static DWORD send_request( struct client *client, BOOL async )
{
    client_request( client, L"GET", L"/" );
    return client_send_result( client->request, async );
}

/* Appends the address that a notification tells, behind a blank. */
static void append_address( char *text, size_t size, const struct notification *entry )
{
    const WCHAR *address = (const WCHAR *)entry->data;
    size_t len = strlen( text );

    if (len) text[len++] = ' ';
    while (*address && len < size - 1) text[len++] = (char)*address++;
    text[len] = 0;
}

/* http.md 4: CONNECTING_TO_SERVER once for each address that is tried; the last is the one that
 * works, if one does. Addresses are separated by a blank. */
static void check_tried( const char *expected, BOOL connected )
{
    char tried[256] = "", last[64] = "", worked[64] = "";
    const struct notification *entry;
    unsigned int i;

    for (i = 0; i < notify_count(); i++)
    {
        entry = notify_get( i );
        if (entry->status == STATUS( CONNECTED_TO_SERVER ))
            append_address( worked, sizeof(worked), entry );
        if (entry->status != STATUS( CONNECTING_TO_SERVER )) continue;
        append_address( tried, sizeof(tried), entry );
        last[0] = 0;
        append_address( last, sizeof(last), entry );
    }
    ok( !strcmp( tried, expected ), "expected %s, got %s\n", expected, tried );
    ok( !strcmp( worked, connected ? last : "" ), "connected to %s, after %s\n", worked, last );
}

/* http.md 4, 13: refused at one, the next is tried. */
static void test_refused( BOOL async )
{
    static const struct { const WCHAR *host; const char *tried; } cases[] =
    {
        { L"v6.1.addresses.test", "::1 127.0.0.1" },
        { L"3.2.1.addresses.test", "127.0.0.3 127.0.0.2 127.0.0.1" },
        { L"1.v6.addresses.test", "127.0.0.1" },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( cases ); i++)
    {
        server = server_start( answer );
        open_name( &client, cases[i].host, server_port( server ), async, CLIENT_TIMEOUT_MS );
        ok( !send_request( &client, async ), "it was not sent\n" );
        ok( !client_receive_result( client.request, async ), "there is no answer\n" );
        check_tried( cases[i].tried, TRUE );
        client_close( &client );
        server_stop( server );
    }
}

/* options.md 1: option 4, 5 by default, is how many addresses are tried, each once */
static void test_retries( BOOL async )
{
    static const struct { DWORD retries; const char *tried; } cases[] =
    {
        { 0, "127.0.0.9 127.0.0.8 127.0.0.7 127.0.0.6 127.0.0.5" },
        { 1, "127.0.0.9" },
        { 2, "127.0.0.9 127.0.0.8" },
        { 9, "127.0.0.9 127.0.0.8 127.0.0.7 127.0.0.6 127.0.0.5 127.0.0.4" },
    };
    struct server *server = server_start( answer );
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( cases ); i++)
    {
        open_name( &client, L"9.8.7.6.5.4.addresses.test", server_port( server ), async,
                   CLIENT_TIMEOUT_MS );
        if (cases[i].retries)
            set_dword( client.session, WINHTTP_OPTION_CONNECT_RETRIES, cases[i].retries );
        check_ret( send_request( &client, async ), ERROR_WINHTTP_CANNOT_CONNECT );
        check_tried( cases[i].tried, FALSE );
        client_close( &client );
    }
    server_abandon( server );
}

/* http.md 13: the connect timeout is per address; the error is the last one's */
static void test_limit_per_address( BOOL async )
{
    struct full first, second;
    struct server *server;
    struct client client;

    server = server_start( answer );
    full_open( &first, 3, server_port( server ) );
    full_open( &second, 2, server_port( server ) );
    open_name( &client, L"3.2.1.addresses.test", server_port( server ), async, SHORT_MS );
    ok( !send_request( &client, async ), "it was not sent\n" );
    ok( !client_receive_result( client.request, async ), "there is no answer\n" );
    check_tried( "127.0.0.3 127.0.0.2 127.0.0.1", TRUE );
    client_close( &client );

    open_name( &client, L"4.3.2.addresses.test", server_port( server ), async, SHORT_MS );
    check_ret( send_request( &client, async ), ERROR_WINHTTP_TIMEOUT );
    check_tried( "127.0.0.4 127.0.0.3 127.0.0.2", FALSE );
    client_close( &client );

    open_name( &client, L"3.2.4.addresses.test", server_port( server ), async, SHORT_MS );
    check_ret( send_request( &client, async ), ERROR_WINHTTP_CANNOT_CONNECT );
    check_tried( "127.0.0.3 127.0.0.2 127.0.0.4", FALSE );
    client_close( &client );
    full_close( &second );
    full_close( &first );
    server_stop( server );
}

/* options.md 1: option 140. Without a limit of its own ::1 would be waited for without end. */
static void test_fast_fallback( BOOL async )
{
    struct server *server = server_start( answer );
    struct client client;
    struct full v6;

    full_open( &v6, 0, server_port( server ) );
    open_name( &client, L"v6.1.addresses.test", server_port( server ), async, 0 );
    set_dword( client.session, WINHTTP_OPTION_IPV6_FAST_FALLBACK, TRUE );
    ok( !send_request( &client, async ), "it was not sent\n" );
    ok( !client_receive_result( client.request, async ), "there is no answer\n" );
    check_tried( "::1 127.0.0.1", TRUE );
    client_close( &client );
    full_close( &v6 );
    server_stop( server );
}

/* The same, where IPv4 is no better (guess: ::1 then has its time too). */
static void test_fallback_in_vain( BOOL async )
{
    struct client client;
    struct full v4, v6;

    full_open( &v4, 1, 0 );
    full_open( &v6, 0, v4.port );
    open_name( &client, L"v6.1.addresses.test", v4.port, async, LONGER_MS );
    set_dword( client.session, WINHTTP_OPTION_IPV6_FAST_FALLBACK, TRUE );
    check_ret( send_request( &client, async ), ERROR_WINHTTP_TIMEOUT );
    check_tried( "::1 127.0.0.1 ::1", FALSE );
    client_close( &client );
    full_close( &v6 );
    full_close( &v4 );
}

/* The same, where there is nothing to fall back on: one address, or refused at once. */
static void test_no_fallback( BOOL async )
{
    struct client client;
    struct full v6;
    WORD port;

    full_open( &v6, 0, 0 );
    open_name( &client, L"v6.addresses.test", v6.port, async, SHORT_MS );
    set_dword( client.session, WINHTTP_OPTION_IPV6_FAST_FALLBACK, TRUE );
    check_ret( send_request( &client, async ), ERROR_WINHTTP_TIMEOUT );
    check_tried( "::1", FALSE );
    client_close( &client );
    port = v6.port;
    full_close( &v6 );

    open_name( &client, L"v6.1.addresses.test", port, async, CLIENT_TIMEOUT_MS );
    set_dword( client.session, WINHTTP_OPTION_IPV6_FAST_FALLBACK, TRUE );
    check_ret( send_request( &client, async ), ERROR_WINHTTP_CANNOT_CONNECT );
    check_tried( "::1 127.0.0.1", FALSE );
    client_close( &client );
}

START_TEST( dial )
{
    WSADATA wsa;

    if (!names_are_ours()) return;
    WSAStartup( MAKEWORD( 2, 2 ), &wsa );
    RUN_BOTH( test_refused );
    RUN_BOTH( test_retries );
    RUN_BOTH( test_limit_per_address );
    RUN_BOTH( test_fast_fallback );
    RUN_BOTH( test_fallback_in_vain );
    RUN_BOTH( test_no_fallback );
}
