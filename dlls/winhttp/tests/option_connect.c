/*
 * Options on how connections are made, which are used, and what happens when one fails.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: options.md 1 (152, 153, 162, 178, 179).
 */
#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "wire.h"

#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define TOO_LATE "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate"

/* WINHTTP_CONNECTION_RETRY_CONDITION_ */
enum { RETRY_408 = 1, RETRY_HANDSHAKE = 2, RETRY_STALE = 4 };

static void set_retries( HINTERNET session, DWORD most, DWORD conditions )
{
    DWORD value[2] = { most, conditions };

    check_ret( set_error( session, 162, value, sizeof(value) ), ERROR_SUCCESS );
}

static DWORD get_status( HINTERNET request )
{
    DWORD status = 0, size = sizeof(status);

    check_works( WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE |
                                      WINHTTP_QUERY_FLAG_NUMBER, NULL, &status, &size, NULL ) );
    return status;
}

/* --- 162 FAILED_CONNECTION_RETRIES --- */

static void check_408( DWORD most, DWORD conditions, unsigned int requests, DWORD status )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( TOO_LATE ), SRV_HEADERS, SRV_SEND( TOO_LATE ),
        SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    if (most) set_retries( client.session, most, conditions );
    client_request( &client, NULL, L"/" );
    client_exchange( &client, FALSE );
    check_ret( get_status( client.request ), status );
    ok( server_request_count( server ) == requests, "%u requests\n",
        server_request_count( server ) );
    client_close( &client );
    server_abandon( server );
}

/* [doc] Retries if a 408 came; the program sees the last answer. */
static void test_retry_408(void)
{
    check_408( 0, 0, 1, 408 );
    check_408( 1, RETRY_408, 2, 408 );
    check_408( 5, RETRY_408, 3, 200 );
    check_408( 5, RETRY_STALE | RETRY_HANDSHAKE, 1, 408 );
}

/* One exchange, then a second on the same connection, which the server ends when it gets it. */
static void check_stale( const WCHAR *verb, DWORD most, DWORD conditions, BOOL works )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_HEADERS, SRV_CUT,
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    if (conditions != ~0u) set_retries( client.session, most, conditions );
    client_request( &client, verb, L"/" );
    client_exchange( &client, FALSE );
    check_works( client_send( &client ) );
    if (works) check_works( WinHttpReceiveResponse( client.request, NULL ) );
    else check_fails( WinHttpReceiveResponse( client.request, NULL ),
                      ERROR_WINHTTP_CONNECTION_ERROR );
    client_close( &client );
    server_abandon( server );
}

/* [doc] Retries on a reused and stale connection; guess: a program that does not want it is obeyed,
 * and one that does is, whatever the verb */
static void test_retry_stale(void)
{
    check_stale( L"GET", 0, ~0u, TRUE ); /* http.md 13: guess U27 */
    check_stale( L"POST", 0, ~0u, FALSE );
    check_stale( L"GET", 0, 0, FALSE );
    check_stale( L"GET", 5, RETRY_408, FALSE );
    check_stale( L"GET", 0, RETRY_STALE, FALSE );
    check_stale( L"POST", 1, RETRY_STALE, TRUE );
}

/* [doc] Retries on handshake failures. The first two connections end before there is one. */
static void test_retry_handshake(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_CUT, SRV_ACCEPT, SRV_CUT, SRV_ACCEPT, SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    set_retries( client.session, 2, RETRY_HANDSHAKE );
    client.request = WinHttpOpenRequest( client.connect, NULL, NULL, NULL, NULL, NULL,
                                         WINHTTP_FLAG_SECURE );
    ok( !client_send( &client ), "that was no TLS\n" );
    server_finish( server );
    ok( server_connection_count( server ) == 3, "%u connections\n",
        server_connection_count( server ) );
    client_close( &client );
    server_stop( server );
}

/* guess: conditions that nobody knows are refused */
static void test_retry_conditions(void)
{
    DWORD value[2] = { 1, 8 };
    struct client client;

    client_connect( &client, 1, CLIENT_SYNC );
    check_ret( set_error( client.session, 162, value, sizeof(value) ), ERROR_INVALID_PARAMETER );
    client_close( &client );
}

/* --- 178 CONNECTION_GUID, 179 MATCH_CONNECTION_GUID --- */

static const GUID red = { 0x11111111, 1, 1, { 1, 2, 3, 4, 5, 6, 7, 8 } };
static const GUID blue = { 0x22222222, 2, 2, { 1, 2, 3, 4, 5, 6, 7, 8 } };

struct match
{
    GUID mark;
    ULONGLONG flags; /* 1: only a marked one */
};

/* One exchange; returns the index of its connection. */
static unsigned int exchange( struct client *client, struct server *server, const GUID *mark,
                              const GUID *wanted, BOOL only )
{
    unsigned int count = server_request_count( server );
    struct match match = { { 0 }, only };

    client_request( client, NULL, L"/" );
    if (mark) check_ret( set_error( client->request, 178, mark, sizeof(*mark) ), ERROR_SUCCESS );
    if (wanted)
    {
        match.mark = *wanted;
        check_ret( set_error( client->request, 179, &match, sizeof(match) ), ERROR_SUCCESS );
    }
    client_exchange( client, FALSE );
    check_works( WinHttpCloseHandle( client->request ) );
    client->request = NULL;
    return got_request( server, count )->connection;
}

/* [doc] A marked connection serves who wants that mark; unmarked ones serve anybody, unless a mark
 * is required. guess: whoever does not say takes any */
static void test_marks(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ),                     /* 0 is red */
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ),                     /* 1 is for blue */
        SRV_USE( 0 ), SRV_HEADERS, SRV_SEND( REPLY ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ),                     /* 2 has no mark */
        SRV_HEADERS, SRV_SEND( REPLY ), SRV_HEADERS, SRV_SEND( REPLY ),
        SRV_USE( 0 ), SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct match bad = { { 1 }, 2 };
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    ok( exchange( &client, server, &red, NULL, FALSE ) == 0, "not the first\n" );
    ok( exchange( &client, server, &blue, &blue, FALSE ) == 1, "blue on red\n" );
    ok( exchange( &client, server, NULL, &red, TRUE ) == 0, "red is not red any more\n" );
    ok( exchange( &client, server, NULL, &(GUID){ 3 }, TRUE ) == 2, "neither red nor blue\n" );
    ok( exchange( &client, server, NULL, &(GUID){ 4 }, FALSE ) == 2, "without a mark will do\n" );
    ok( exchange( &client, server, NULL, NULL, FALSE ) == 2, "not the last one\n" );
    ok( exchange( &client, server, NULL, &red, TRUE ) == 0, "red is not red any more\n" );
    client_request( &client, NULL, L"/" );
    check_ret( set_error( client.request, 179, &bad, sizeof(bad) ), ERROR_INVALID_PARAMETER );
    client_close( &client );
    server_stop( server );
}

/* A connection can be marked while it is in use. */
static void test_mark_in_use(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" ),
        SRV_WAIT( 0 ), SRV_SEND( "x" ), SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    DWORD count;
    char byte;

    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    check_ret( set_error( client.request, 178, &red, sizeof(red) ), ERROR_SUCCESS );
    server_signal( server, 0 );
    check_works( WinHttpReadData( client.request, &byte, 1, &count ) );
    check_works( WinHttpCloseHandle( client.request ) );
    ok( exchange( &client, server, NULL, &red, TRUE ) == 0, "not marked\n" );
    client_close( &client );
    server_stop( server );
}

/* --- 152 TCP_KEEPALIVE, 153 TCP_FAST_OPEN --- */

/* options.md 1: 152: of the session's connections; those without are not theirs (a guess). What the
 * system is told of it, tests/unit/test_stream.c sees. */
static void test_keepalive(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ),
        SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    DWORD value[3] = { TRUE, 60000, 1000 };
    struct server *server = server_start( script );
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    ok( exchange( &client, server, NULL, NULL, FALSE ) == 0, "not the first\n" );
    check_ret( set_error( client.session, 152, value, sizeof(value) ), ERROR_SUCCESS );
    ok( exchange( &client, server, NULL, NULL, FALSE ) == 1, "the one without\n" );
    ok( exchange( &client, server, NULL, NULL, FALSE ) == 1, "not used again\n" );
    client_close( &client );
    server_stop( server );
}

/* options.md 1: 153: whether it happens is for the system and the server to say */
static void test_fast_open(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( REPLY ), SRV_END
    };
    struct server *server = server_start( script );
    DWORD yes = TRUE;
    struct client client;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    check_ret( set_error( client.session, 153, &yes, sizeof(yes) ), ERROR_SUCCESS );
    ok( exchange( &client, server, NULL, NULL, FALSE ) == 0, "not the first\n" );
    client_close( &client );
    server_stop( server );
}

START_TEST( option_connect )
{
    RUN( test_retry_408 );
    RUN( test_retry_stale );
    RUN( test_retry_handshake );
    RUN( test_retry_conditions );
    RUN( test_marks );
    RUN( test_mark_in_use );
    RUN( test_keepalive );
    RUN( test_fast_open );
}
