/*
 * What requests tell about themselves afterwards: times, amounts, the TCP connection.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: options.md 1, by number; the structures are those of Microsoft's pages, written out here,
 * for older toolchains have none of them. When they can be asked for is a guess throughout.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "wire.h"

/* Slots of the options, by their place in WINHTTP_REQUEST_TIME_ENTRY and _STAT_ENTRY. */
enum
{
    ACQUIRE_START = 2, ACQUIRE_WAIT_END = 3, ACQUIRE_END = 4, NAME_START = 5, NAME_END = 6,
    CONNECT_START = 7, CONNECT_END = 8, TLS_START = 9, TLS_END = 10, SEND_START = 17,
    SEND_HEADERS_END = 20, SEND_END = 21, RECEIVE_START = 22, RECEIVE_HEADERS_END = 25,
    RECEIVE_END = 27, TUNNEL_START = 28, TUNNEL_END = 29, TIME_LAST = 36, TIME_MAX = 64,
    CONNECT_FAILURES = 0, REQUEST_HEAD = 6, REQUEST_HEAD_COMPRESSED = 7, RESPONSE_HEAD = 8,
    RESPONSE_BODY = 10, RESPONSE_BODY_COMPRESSED = 11, STAT_LAST = 16, STAT_MAX = 32,
};

#define FIRST_REQUEST 0x20 /* WINHTTP_REQUEST_STAT_FLAG_ */

/* Windows's header packs what it declares itself. */
#ifdef _WIN64
#include <pshpack8.h>
#else
#include <pshpack4.h>
#endif

struct times
{
    ULONG count;
    ULONGLONG at[TIME_MAX];
};

struct stats
{
    ULONGLONG flags;
    ULONG index, count;
    ULONGLONG of[STAT_MAX];
};

#include <poppack.h>

struct tcp_info /* TCP_INFO_v1; TCP_INFO_v0 ends with syn_retransmits */
{
    DWORD state, mss;
    ULONGLONG age;
    BOOLEAN timestamps;
    DWORD rtt, min_rtt, in_flight, send_congestion, send_window, recv_window, recv_buffer;
    ULONGLONG bytes_out, bytes_in;
    DWORD reordered, retransmitted, fast_retransmits, duplicate_acks, timeouts;
    BYTE syn_retransmits;
    DWORD limits_32[2];
    ULONGLONG limits_64[5];
};

static DWORD query( HINTERNET request, DWORD option, void *buffer, DWORD size )
{
    DWORD len = size;

    SetLastError( 0xdeadbeef );
    if (WinHttpQueryOption( request, option, buffer, &len ))
        ok( len == size, "got size %u\n", (UINT)len );
    return GetLastError();
}

static struct times get_times( HINTERNET request )
{
    struct times times = { TIME_LAST };

    check_ret( query( request, 142, &times, sizeof(times) ), ERROR_SUCCESS );
    ok( times.count == TIME_LAST, "got count %u\n", (UINT)times.count );
    return times;
}

static struct stats get_stats( HINTERNET request )
{
    struct stats stats = { 0, 0, STAT_MAX };

    check_ret( query( request, 146, &stats, sizeof(stats) ), ERROR_SUCCESS );
    ok( stats.count == STAT_LAST, "got count %u\n", (UINT)stats.count );
    return stats;
}

static void read_all( HINTERNET request )
{
    char buffer[256];
    DWORD size;

    do check_works( WinHttpReadData( request, buffer, sizeof(buffer), &size ) );
    while (size);
}

/* Those moments, in that order. The first and the last may be off by what it takes us to read one
 * clock by another, far below a millisecond. */
static void check_order( const struct times *times, const BYTE *slots, unsigned int count,
                         LARGE_INTEGER begin )
{
    LARGE_INTEGER end, slack;
    ULONGLONG last;
    unsigned int i;

    QueryPerformanceFrequency( &slack );
    slack.QuadPart /= 1000;
    last = begin.QuadPart - slack.QuadPart;
    QueryPerformanceCounter( &end );
    for (i = 0; i < count; i++)
    {
        ok( times->at[slots[i]] >= last, "slot %u is %d before\n", slots[i],
            (int)(last - times->at[slots[i]]) );
        last = times->at[slots[i]];
    }
    ok( last <= (ULONGLONG)(end.QuadPart + slack.QuadPart), "the last is in the future\n" );
}

/* options.md 1: 142; times are those of QueryPerformanceCounter [doc]; what did not happen is 0 */
static void test_times(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" ), SRV_END
    };
    static const BYTE first[] = { ACQUIRE_START, NAME_START, NAME_END, CONNECT_START, CONNECT_END,
                                  SEND_START, SEND_HEADERS_END, SEND_END, RECEIVE_START,
                                  RECEIVE_HEADERS_END, RECEIVE_END };
    static const BYTE second[] = { ACQUIRE_START, ACQUIRE_END, SEND_START, SEND_HEADERS_END,
                                   SEND_END, RECEIVE_START, RECEIVE_HEADERS_END };
    static const BYTE never[] = { NAME_START, NAME_END, CONNECT_START, CONNECT_END, TLS_START,
                                  TLS_END, RECEIVE_END, TUNNEL_START, TUNNEL_END };
    struct server *server = server_start( script );
    struct times times = { TIME_LAST };
    LARGE_INTEGER begin;
    struct client client;
    unsigned int i;

    client_open( &client, server, CLIENT_SYNC );
    check_ret( query( client.request, 142, &times, sizeof(times) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    QueryPerformanceCounter( &begin );
    client_exchange( &client, FALSE );
    read_all( client.request );
    times = get_times( client.request );
    check_order( &times, first, ARRAYSIZE(first), begin );
    if (server_is_secure()) ok( times.at[TLS_START] && times.at[TLS_END] >= times.at[TLS_START],
                                "no time for TLS\n" );
    else ok( !times.at[TLS_START], "time for TLS\n" );

    QueryPerformanceCounter( &begin );
    client_exchange( &client, FALSE );
    times = get_times( client.request );
    check_order( &times, second, ARRAYSIZE(second), begin );
    for (i = 0; i < ARRAYSIZE(never); i++)
        ok( !times.at[never[i]], "slot %u did not happen\n", never[i] );

    /* guess: no more than asked for; 0 asks for all */
    memset( &times, 0xcc, sizeof(times) );
    times.count = ACQUIRE_START + 1;
    check_ret( query( client.request, 142, &times, sizeof(times) ), ERROR_SUCCESS );
    ok( times.count == ACQUIRE_START + 1, "got count %u\n", (UINT)times.count );
    ok( times.at[ACQUIRE_START] && !times.at[ACQUIRE_END], "not the first three\n" );
    times.count = 0;
    check_ret( query( client.request, 142, &times, sizeof(times) ), ERROR_SUCCESS );
    ok( times.count == TIME_LAST && times.at[RECEIVE_START], "not all\n" );
    client_close( &client );
    server_stop( server );
}

/* A body that is written counts as sent when its last byte is. */
static void test_times_of_upload(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( "HTTP/1.1 204 No Content\r\n\r\n" ),
        SRV_END
    };
    static const BYTE order[] = { SEND_START, SEND_HEADERS_END, SEND_END, RECEIVE_START,
                                  RECEIVE_HEADERS_END, RECEIVE_END };
    struct server *server = server_start( script );
    LARGE_INTEGER begin;
    struct client client;
    struct times times;
    DWORD written;

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"POST", L"/" );
    QueryPerformanceCounter( &begin );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 4, 0 ) );
    check_works( WinHttpWriteData( client.request, "data", 4, &written ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    times = get_times( client.request );
    check_order( &times, order, ARRAYSIZE(order), begin );
    ok( times.at[SEND_END] > times.at[SEND_HEADERS_END], "sent before it was written\n" );
    client_close( &client );
    server_stop( server );
}

/* options.md 1: 146 */
static void test_stats(void)
{
#define PACKED_LEN 24
    static const char packed[] = /* 200 times the letter a */
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 24\r\n\r\n"
        "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x1e\x00\x00"
        "\x58\xf0\x9a\x59\xc8\x00\x00\x00";
    static const char chunked[] =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( chunked ), SRV_HEADERS,
        { STEP_SEND, 0, packed, sizeof(packed) - 1 }, SRV_END
    };
    struct server *server = server_start( script );
    struct stats stats = { 0, 0, STAT_LAST };
    DWORD gzip = 1;
    struct client client;

    client_open( &client, server, CLIENT_SYNC );
    check_works( WinHttpSetOption( client.request, 118, &gzip, sizeof(gzip) ) );
    check_ret( query( client.request, 146, &stats, sizeof(stats) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_exchange( &client, FALSE );
    read_all( client.request );
    stats = get_stats( client.request );
    ok( stats.flags == FIRST_REQUEST && !stats.index, "flags %#x, index %u\n", (UINT)stats.flags,
        (UINT)stats.index );
    ok( stats.of[REQUEST_HEAD] == strlen( got_request( server, 0 )->text ) &&
        stats.of[REQUEST_HEAD_COMPRESSED] == stats.of[REQUEST_HEAD], "request of %u bytes\n",
        (UINT)stats.of[REQUEST_HEAD] );
    ok( stats.of[RESPONSE_HEAD] == 47, "response head of %u\n", (UINT)stats.of[RESPONSE_HEAD] );
    ok( stats.of[RESPONSE_BODY] == 5 && stats.of[RESPONSE_BODY_COMPRESSED] == 5,
        "body of %u, %u bytes\n", (UINT)stats.of[RESPONSE_BODY],
        (UINT)stats.of[RESPONSE_BODY_COMPRESSED] );

    client_exchange( &client, FALSE );
    read_all( client.request );
    stats = get_stats( client.request );
    ok( !stats.flags && stats.index == 1, "flags %#x, index %u\n", (UINT)stats.flags,
        (UINT)stats.index );
    ok( stats.of[RESPONSE_BODY] == 200 && stats.of[RESPONSE_BODY_COMPRESSED] == PACKED_LEN,
        "body of %u, %u bytes\n", (UINT)stats.of[RESPONSE_BODY],
        (UINT)stats.of[RESPONSE_BODY_COMPRESSED] );
    ok( !stats.of[CONNECT_FAILURES], "%u failures\n", (UINT)stats.of[CONNECT_FAILURES] );
    client_close( &client );
    server_stop( server );
}

/* guess: there is something to tell after a failure too */
static void test_failures(void)
{
    static const struct step script[] = { SRV_END };
    struct server *server = server_start_plain( script );
    WORD port = server_port( server );
    struct client client;
    struct stats stats;

    server_stop( server ); /* nobody listens there now */
    client_connect( &client, port, CLIENT_SYNC );
    client.request = WinHttpOpenRequest( client.connect, NULL, NULL, NULL, NULL, NULL, 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_CANNOT_CONNECT );
    stats = get_stats( client.request );
    ok( stats.of[CONNECT_FAILURES] == 1, "%u failures\n", (UINT)stats.of[CONNECT_FAILURES] );
    ok( !stats.flags && !stats.index, "flags %#x, index %u\n", (UINT)stats.flags,
        (UINT)stats.index );
    client_close( &client );
}

static void check_info( const struct tcp_info *info )
{
    ok( info->state == 4, "not established, but %u\n", (UINT)info->state );
    ok( info->mss && info->recv_buffer && info->send_congestion >= info->mss, "no sizes\n" );
    ok( info->age < 600000, "%u ms old\n", (UINT)info->age );
    ok( info->bytes_in && info->bytes_out, "no bytes\n" );
}

/* options.md 1: 141, 150; guess: 12019 before a connection has been sent on, and once it is gone */
static void test_connection_stats(void)
{
    static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( reply ), SRV_HEADERS, SRV_SEND( reply ), SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    const DWORD v0 = 88, v1 = sizeof(struct tcp_info);
    struct tcp_info info;
    struct client client;
    ULONGLONG once;

    ok( v1 == 136, "the structure is wrong\n" );
    client_open( &client, server, CLIENT_SYNC );
    check_ret( query( client.request, 141, &info, v0 ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    check_ret( query( client.request, 150, &info, v1 ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_exchange( &client, FALSE );
    check_ret( query( client.request, 150, &info, v1 ), ERROR_SUCCESS );
    check_info( &info );
    if (!server_is_secure())
        ok( info.bytes_in == sizeof(reply) - 1 &&
            info.bytes_out == strlen( got_request( server, 0 )->text ), "in %u, out %u\n",
            (UINT)info.bytes_in, (UINT)info.bytes_out );
    once = info.bytes_out;
    read_all( client.request );
    /* it is kept alive, and goes on counting */
    memset( &info, 0, sizeof(info) );
    check_ret( query( client.request, 141, &info, v0 ), ERROR_SUCCESS );
    check_info( &info );
    check_works( WinHttpCloseHandle( client.request ) );
    client_request( &client, NULL, L"/test" );
    client_exchange( &client, FALSE );
    check_ret( query( client.request, 150, &info, v1 ), ERROR_SUCCESS );
    ok( info.bytes_out > once, "out %u, then %u\n", (UINT)once, (UINT)info.bytes_out );
    check_works( WinHttpSetOption( client.request, 143, NULL, 0 ) );
    read_all( client.request );
    check_ret( query( client.request, 150, &info, v1 ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_close( &client );
    server_stop( server );
}

START_TEST( option_stats )
{
    RUN( test_times );
    RUN( test_times_of_upload );
    RUN( test_stats );
    RUN( test_failures );
    RUN( test_connection_stats );
}
