/*
 * What a WebSocket sends by itself: keep-alive pongs, and answers to pings nobody receives.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The shortest interval is 15 s, so all cases wait at the same time, each with its own server. A
 * server waits 10 s at most for a frame; it takes messages of the test to live longer than that.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "client.h"

#define READ_COMPLETE WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define TEXT_MESSAGE  WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE

/* The slowest machine is not that slow; far beyond the interval of 15 s. */
#define PONG_TIMEOUT_MS 60000

struct keepalive_case
{
    const char *name;
    BOOL async, receive;            /* with a Receive pending (asynchronous only) */
    BOOL from_registry;             /* the interval is the registry's, no option is set */
    struct server *server;
    struct client client;
    char buffer[16];
};

/* The server speaks on as long as the test signals, and reads the frame in the end. */
static const struct step pong_script[] =
{
    SRV_ACCEPT, SRV_UPGRADE, SRV_SIGNAL( 0 ), SRV_WAIT( 0 ), SRV_WAIT( 0 ), SRV_READ_FRAME,
    SRV_SIGNAL( 1 ), SRV_END
};

static const WCHAR registry_path[] = L"SOFTWARE\\Microsoft\\WebSocket";
static const WCHAR registry_name[] = L"KeepaliveInterval";

/* FALSE: not allowed to, as on Windows without elevation. */
static BOOL set_registry( DWORD interval, DWORD *old, BOOL *had )
{
    DWORD size = sizeof(*old);
    HKEY key;
    LSTATUS ret;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, registry_path, 0, NULL, 0,
                         KEY_SET_VALUE | KEY_QUERY_VALUE, NULL, &key, NULL )) return FALSE;
    *had = !RegQueryValueExW( key, registry_name, NULL, NULL, (BYTE *)old, &size );
    ret = RegSetValueExW( key, registry_name, 0, REG_DWORD, (const BYTE *)&interval,
                          sizeof(interval) );
    RegCloseKey( key );
    return !ret;
}

static void restore_registry( DWORD old, BOOL had )
{
    HKEY key;

    if (RegOpenKeyExW( HKEY_LOCAL_MACHINE, registry_path, 0, KEY_SET_VALUE, &key )) return;
    if (had) RegSetValueExW( key, registry_name, 0, REG_DWORD, (BYTE *)&old, sizeof(old) );
    else RegDeleteValueW( key, registry_name );
    RegCloseKey( key );
}

static void start_case( struct keepalive_case *test )
{
    DWORD interval = WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE;

    test->server = server_start( pong_script );
    client_open_socket( &test->client, test->server, test->async ? CLIENT_ASYNC : CLIENT_SYNC );
    if (!test->from_registry)
        check_works( WinHttpSetOption( test->client.socket,
                                       WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, &interval,
                                       sizeof(interval) ) );
    if (test->receive)
        check_ret( WinHttpWebSocketReceive( test->client.socket, test->buffer,
                                            sizeof(test->buffer), NULL, NULL ), 0 );
}

/* The scripts wait for at most 10 s at a time, and are let on before that. */
static void wait_for_pongs( struct keepalive_case *tests, unsigned int count )
{
    HANDLE timer = CreateWaitableTimerW( NULL, TRUE, NULL );
    LARGE_INTEGER due;
    unsigned int i;

    for (i = 0; i < count; i++) server_signal( tests[i].server, 0 );
    due.QuadPart = -6 * 10000000;   /* 6 s */
    SetWaitableTimer( timer, &due, 0, NULL, NULL, FALSE );
    WaitForSingleObject( timer, PONG_TIMEOUT_MS );
    for (i = 0; i < count; i++) server_signal( tests[i].server, 0 );
    CloseHandle( timer );
}

static void end_case( struct keepalive_case *test )
{
    winetest_push_context( "%s", test->name );
    ok( server_wait( test->server, 1 ), "no pong\n" );
    /* guess U40: the payload is empty */
    check_frame( test->server, 0, FRAME_PONG, "", 0 );
    ok( test->receive || !server_frame( test->server, 1 ), "more than a pong\n" );
    client_close( &test->client );
    server_stop( test->server );
    winetest_pop_context();
}

/* websocket.md 4: pings are answered while no Receive is pending (guess U25), also behind a message
 * that waits to be received; the message is not lost, and no ping is answered twice */
static void test_pings_without_receive(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_FRAME( FRAME_PING, "one" ), SRV_READ_FRAME,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "data" ), SRV_FRAME( FRAME_PING, "two" ), SRV_READ_FRAME,
        SRV_SIGNAL( 0 ), SRV_READ_FRAME, SRV_END
    };
    struct server *servers[2];
    struct client clients[2];
    char data[] = "x", buffer[16];
    unsigned int async, from;

    for (async = 0; async < 2; async++)
    {
        servers[async] = server_start( script );
        client_open_socket( &clients[async], servers[async], async ? CLIENT_ASYNC : CLIENT_SYNC );
    }
    for (async = 0; async < 2; async++)
    {
        winetest_push_context( "async %u", async );
        ok( server_wait( servers[async], 0 ), "the pings were not answered\n" );
        check_frame( servers[async], 0, FRAME_PONG, "one", 3 );
        check_frame( servers[async], 1, FRAME_PONG, "two", 3 );
        if (async)
        {
            from = notify_count();
            check_ret( WinHttpWebSocketReceive( clients[async].socket, buffer, sizeof(buffer), NULL,
                                                NULL ), 0 );
            check_transfer( await( from, READ_COMPLETE ), TEXT_MESSAGE, 4 );
        }
        else check_receive( clients[async].socket, 16, TEXT_MESSAGE, "data", 4 );
        check_ret( WinHttpWebSocketSend( clients[async].socket, TEXT_MESSAGE, data, 1 ), 0 );
        ok( server_finish( servers[async] ), "script did not end\n" );
        check_frame( servers[async], 2, FRAME_TEXT | FRAME_FIN, "x", 1 );
        client_close( &clients[async] );
        server_stop( servers[async] );
        winetest_pop_context();
    }
}

/* websocket.md 12: an unsolicited pong after the interval, in every mode, set by option 116;
 * websocket.md 2: and by the registry's default */
static void test_pongs(void)
{
    static struct keepalive_case tests[] =
    {
        { "sync", FALSE, FALSE, FALSE },
        { "async", TRUE, FALSE, FALSE },
        { "async, Receive pending", TRUE, TRUE, FALSE },
        { "interval of the registry", TRUE, FALSE, TRUE },
    };
    unsigned int i, count = ARRAYSIZE( tests );
    DWORD old = 0;
    BOOL had = FALSE;

    if (!set_registry( WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE, &old, &had ))
    {
        skip( "the registry cannot be written\n" );
        count--;
    }
    for (i = 0; i < count; i++) start_case( &tests[i] );
    if (count == ARRAYSIZE( tests )) restore_registry( old, had );
    test_pings_without_receive();   /* meanwhile */
    wait_for_pongs( tests, count );
    for (i = 0; i < count; i++) end_case( &tests[i] );
}

START_TEST( websocket_keepalive )
{
    RUN( test_pongs );
}
