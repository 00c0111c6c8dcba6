/*
 * Servers that are absent, silent, wrong or cut off: each gets its error, and nothing stays behind.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>
#include <tlhelp32.h>

#include "client.h"
#include "heap.h"

/* What the silent servers are given; the error must come, when it comes does not matter. */
#define SHORT_TIMEOUT_MS 300

/* A connection that is kept for the next request is no leak, but would be counted as one. */
#define CLOSES "Connection: close\r\n"

#define INVALID_RESPONSE ERROR_WINHTTP_INVALID_SERVER_RESPONSE
#define LOST             ERROR_WINHTTP_CONNECTION_ERROR

static unsigned int mode( BOOL async )
{
    return async ? CLIENT_ASYNC : CLIENT_SYNC;
}

/* An upgrade request to the server, up to the answer. The caller closes the client. */
static DWORD try_upgrade( struct client *client, struct server *server, BOOL async )
{
    DWORD ret;

    client_open( client, server, mode( async ) );
    client_set_upgrade( client );
    ret = client_send_result( client->request, async );
    ok( !ret, "sending: got error %u\n", (UINT)ret );
    return client_receive_result( client->request, async );
}

/* http.md 4 */
static void test_unknown_host( BOOL async )
{
    struct client client;

    notify_reset();
    client_connect( &client, 1, mode( async ) );
    check_works( WinHttpCloseHandle( client.connect ) );
    client.connect = WinHttpConnect( client.session, L"no-such-host.invalid", 80, 0 );
    client_request( &client, L"GET", L"/" );
    check_ret( client_send_result( client.request, async ), ERROR_WINHTTP_NAME_NOT_RESOLVED );
    check_ret( client_receive_result( client.request, async ) != 0, 1 );
    client_close( &client );
}

/* http.md 4. A port that is bound, but not listened on, refuses, and nobody else gets it. */
static void test_refused_port( BOOL async )
{
    struct sockaddr_in addr = { 0 };
    struct client client;
    int len = sizeof(addr);
    SOCKET bound;
    WSADATA data;

    WSAStartup( MAKEWORD( 2, 2 ), &data );
    bound = socket( AF_INET, SOCK_STREAM, 0 );
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    ok( !bind( bound, (struct sockaddr *)&addr, len ), "bind failed\n" );
    getsockname( bound, (struct sockaddr *)&addr, &len );
    notify_reset();
    client_connect( &client, ntohs( addr.sin_port ), mode( async ) );
    client_request( &client, L"GET", L"/" );
    check_ret( client_send_result( client.request, async ), ERROR_WINHTTP_CANNOT_CONNECT );
    client_close( &client );
    closesocket( bound );
    WSACleanup();
}

/* http.md 13: each receive timeout is 12002 */
static void test_silent_server( BOOL async )
{
    static const struct step no_answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_EOF, SRV_END };
    static const struct step half_answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 2" ),
                                               SRV_EOF, SRV_END };
    static const struct step no_accept[] = { SRV_END };
    const struct step *scripts[] = { no_answer, half_answer, no_accept };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( scripts ); i++)
    {
        winetest_push_context( "script %u", i );
        server = server_start( scripts[i] );
        client_open( &client, server, mode( async ) );
        client_set_upgrade( &client );
        check_works( WinHttpSetTimeouts( client.request, CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS,
                                         CLIENT_TIMEOUT_MS, SHORT_TIMEOUT_MS ) );
        check_ret( client_send_result( client.request, async ), 0 );
        check_ret( client_receive_result( client.request, async ), ERROR_WINHTTP_TIMEOUT );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

static void test_silent_body( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char buffer[100];
    DWORD len = 1, ret = 0, i;

    client_open( &client, server, mode( async ) );
    check_works( WinHttpSetTimeouts( client.request, CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS,
                                     CLIENT_TIMEOUT_MS, SHORT_TIMEOUT_MS ) );
    check_ret( client_send_result( client.request, async ), 0 );
    check_ret( client_receive_result( client.request, async ), 0 );
    for (i = 0; i < 6 && !ret && len; i++)
        ret = client_read_result( client.request, buffer, sizeof(buffer), &len, async );
    check_ret( ret, ERROR_WINHTTP_TIMEOUT );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 1.3: any other status is an ordinary response; 1.4: and no socket comes of it */
static void test_upgrade_refused( BOOL async )
{
    static const struct step not_found[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 404 Not Found\r\n" CLOSES "Content-Length: 4\r\n\r\nbody" ), SRV_END
    };
    static const struct step plain[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\n" CLOSES "Transfer-Encoding: chunked\r\n\r\n"
                  "4\r\nbody\r\n0\r\n\r\n" ),
        SRV_END
    };
    static const struct { const struct step *script; DWORD status; } tests[] =
    {
        { not_found, 404 }, { plain, 200 }
    };
    DWORD status, size, len, i;
    struct server *server;
    struct client client;
    char buffer[8];

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "status %u", (UINT)tests[i].status );
        server = server_start( tests[i].script );
        check_ret( try_upgrade( &client, server, async ), 0 );
        size = sizeof(status);
        check_works( WinHttpQueryHeaders( client.request,
                                          WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                          NULL, &status, &size, NULL ) );
        ok( status == tests[i].status, "got %u\n", (UINT)status );
        check_fails( WinHttpWebSocketCompleteUpgrade( client.request, 0 ) != NULL,
                     ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
        len = 0;
        check_ret( client_read_result( client.request, buffer, sizeof(buffer), &len, async ), 0 );
        ok( len == 4 && !memcmp( buffer, "body", 4 ), "got %u bytes\n", (UINT)len );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"

/* websocket.md 1.3, RFC 6455 4.1: a 101 that is no answer to ours; guess U9: ReceiveResponse fails
 */
static void test_wrong_upgrade( BOOL async )
{
    static const char *const answers[] =
    {
        SWITCHING "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        SWITCHING "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
        SWITCHING "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept:\r\n\r\n",
        SWITCHING "\r\n",
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_EOF, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( answers ); i++)
    {
        winetest_push_context( "answer %u", i );
        script[2].data = answers[i];
        script[2].len = (unsigned int)strlen( answers[i] );
        server = server_start( script );
        check_ret( try_upgrade( &client, server, async ), INVALID_RESPONSE );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* The right accept value, but an extension nobody asked for, or a header missing. */
static void test_wrong_upgrade_headers( BOOL async )
{
    static const struct step extension[] =
    {
        SRV_ACCEPT, SRV_UPGRADE_LINES( "Sec-WebSocket-Extensions: permessage-deflate\r\n" ),
        SRV_EOF, SRV_END
    };
    struct server *server = server_start( extension );
    struct client client;

    check_ret( try_upgrade( &client, server, async ), INVALID_RESPONSE );
    client_close( &client );
    server_stop( server );
}

/* The handshake cut at every byte (or every stride bytes): 12030, or 12152 once a part has come
 * (nobody has seen which). */
static void test_cut_handshake( BOOL async, unsigned int stride )
{
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE_PART( 0 ), SRV_CUT, SRV_END };
    /* the length of the 101 of server.c is the same for every key */
    const unsigned int len = 129;
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD ret;

    for (i = 0; i < len; i += stride)
    {
        winetest_push_context( "cut at %u", i );
        script[1].arg = i;
        server = server_start( script );
        ret = try_upgrade( &client, server, async );
        ok( ret == LOST || (i && ret == INVALID_RESPONSE), "got %u\n", (UINT)ret );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
    script[1].arg = len;
    server = server_start( script );
    check_ret( try_upgrade( &client, server, async ), 0 );
    client_close( &client );
    server_stop( server );
}

/* Receives until the error; counts the bytes of before. */
static DWORD receive_until_error( HINTERNET socket, BOOL async, DWORD *total )
{
    const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    const struct notification *entry;
    static char buffer[4096];
    DWORD ret = 0, len, i;
    unsigned int from;

    *total = 0;
    for (i = 0; i < 1000 && !ret; i++)
    {
        from = notify_count();
        ret = WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), async ? NULL : &len,
                                       async ? NULL : &type );
        if (!ret && async)
        {
            entry = await( from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE |
                                 WINHTTP_CALLBACK_STATUS_REQUEST_ERROR );
            result = (const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)entry->data;
            if (entry->status != WINHTTP_CALLBACK_STATUS_READ_COMPLETE)
                return result->AsyncResult.dwError;
            len = ((const WINHTTP_WEB_SOCKET_STATUS *)entry->data)->dwBytesTransferred;
        }
        if (!ret) *total += len;
    }
    return ret;
}

static void cut_frame_at( const unsigned char *frame, unsigned int cut, BOOL async )
{
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND_N( frame, cut ), SRV_CUT, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    DWORD total;

    client_open_socket( &client, server, mode( async ) );
    check_ret( receive_until_error( client.socket, async, &total ), LOST );
    client_close( &client );
    server_stop( server );
}

/* websocket.md 4: a frame cut at every byte is a lost connection */
static void test_cut_frame( BOOL async )
{
    static const struct { unsigned int flags, len; } tests[] =
    {
        { FRAME_TEXT | FRAME_FIN, 5 },
        { FRAME_BINARY | FRAME_FIN | FRAME_LEN16, 3 },
        { FRAME_BINARY | FRAME_FIN, 126 },
        { FRAME_CLOSE, 6 },
        { FRAME_PING, 2 },
    };
    unsigned char frame[256], payload[128];
    unsigned int i, cut, len;

    memset( payload, 'p', sizeof(payload) );
    payload[0] = 3;
    payload[1] = 0xe8;
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        /* not minimal: another error, see websocket_error */
        if (tests[i].flags & FRAME_LEN16) continue;
        len = server_build_frame( frame, tests[i].flags, payload, tests[i].len );
        /* of a long payload its first and last bytes */
        for (cut = 0; cut < len; cut = cut == 16 && len > 32 ? len - 2 : cut + 1)
        {
            winetest_push_context( "frame %u cut at %u", i, cut );
            if (tests[i].flags == (FRAME_TEXT | FRAME_FIN)) frame[len - 5] = frame[len - 4] = 'p';
            cut_frame_at( frame, cut, async );
            winetest_pop_context();
        }
    }
}

/* A frame of 2^62 bytes is announced; what came of it is delivered, and nothing like it allocated.
 */
static void test_huge_frame( BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_SEND( "\x82\x7f\x40\0\0\0\0\0\0\0" "data" ), SRV_CUT, SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    DWORD total;

    client_open_socket( &client, server, mode( async ) );
    check_ret( receive_until_error( client.socket, async, &total ), LOST );
    ok( total <= 4, "got %u bytes\n", (UINT)total );
    client_close( &client );
    server_stop( server );
}

/* http.md 8: the limit of a header block is 64 KB: 12152, or 12182 */
static void test_oversized_headers( BOOL async )
{
    const unsigned int size = 80000;
    char *line = malloc( size ), *lines = malloc( size );
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nX: " ),
                             SRV_SEND( "" ), SRV_END };
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD ret;

    memset( line, 'x', size );
    for (i = 0; i < size; i += 8) memcpy( lines + i, "a\r\nX: b", 8 );
    for (i = 0; i + 8 <= size; i += 8) memcpy( lines + i, "\r\nX: bcd", 8 );
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( "%s", i ? "many lines" : "one line" );
        script[3].data = i ? lines : line;
        script[3].len = size;
        server = server_start( script );
        client_open( &client, server, mode( async ) );
        check_ret( client_send_result( client.request, async ), 0 );
        ret = client_receive_result( client.request, async );
        ok( ret == INVALID_RESPONSE || ret == ERROR_WINHTTP_HEADER_SIZE_OVERFLOW ||
            (i && ret == ERROR_WINHTTP_HEADER_COUNT_EXCEEDED), "got %u\n", (UINT)ret );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
    free( lines );
    free( line );
}

/* A header block below the limit is none of these. */
static void test_big_headers( BOOL async )
{
    const unsigned int size = 60000;
    char *line = malloc( size );
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\n" CLOSES "Content-Length: 0\r\nX: " ),
        SRV_SEND_N( line, size ),
        SRV_SEND( "\r\n\r\n" ), SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    DWORD len = 0;

    memset( line, 'x', size );
    client_open( &client, server, mode( async ) );
    check_ret( client_send_result( client.request, async ), 0 );
    check_ret( client_receive_result( client.request, async ), 0 );
    check_fails( WinHttpQueryHeaders( client.request, WINHTTP_QUERY_CUSTOM, L"X", NULL, &len,
                                      NULL ), ERROR_INSUFFICIENT_BUFFER );
    ok( len == (size + 1) * sizeof(WCHAR), "got %u\n", (UINT)len );
    client_close( &client );
    server_stop( server );
    free( line );
}

/* ---- what is left behind ---- */

struct resources
{
    DWORD handles;
    DWORD threads;
    DWORD descriptors;          /* of the Unix process under Wine; 0 on Windows */
    SIZE_T heap;                /* bytes in use on all heaps */
};

static DWORD count_threads(void)
{
    THREADENTRY32 entry = { sizeof(entry) };
    HANDLE snapshot = CreateToolhelp32Snapshot( TH32CS_SNAPTHREAD, 0 );
    DWORD count = 0;
    BOOL more;

    for (more = Thread32First( snapshot, &entry ); more; more = Thread32Next( snapshot, &entry ))
        count += entry.th32OwnerProcessID == GetCurrentProcessId();
    CloseHandle( snapshot );
    return count;
}

/* Whether /proc/<pid>/comm has the text. */
static BOOL unix_process_is( const WCHAR *pid, const char *comm )
{
    WCHAR path[MAX_PATH];
    char text[32] = { 0 };
    HANDLE file;
    DWORD len = 0;

    _snwprintf( path, ARRAYSIZE( path ), L"\\\\?\\unix\\proc\\%ls\\comm", pid );
    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
                        0, NULL );
    if (file == INVALID_HANDLE_VALUE) return FALSE;
    ReadFile( file, text, sizeof(text) - 1, &len, NULL );
    CloseHandle( file );
    return !strncmp( text, comm, strlen( comm ) );
}

/* Finds the Unix process that this is, by a name given to the main thread: /proc/self is the
 * wineserver's, because that opens the files. Empty where there is none. */
static const WCHAR *find_unix_pid(void)
{
    HRESULT (WINAPI *set_description)( HANDLE, const WCHAR * );
    static WCHAR pid[16];
    WIN32_FIND_DATAW data;
    WCHAR name[16];
    char comm[16];
    HANDLE find;

    set_description = (void *)GetProcAddress( GetModuleHandleA( "kernel32.dll" ),
                                              "SetThreadDescription" );
    find = FindFirstFileW( L"\\\\?\\unix\\proc\\*", &data );
    if (!set_description || find == INVALID_HANDLE_VALUE) return pid;
    sprintf( comm, "t%08x", (UINT)(GetTickCount() ^ GetCurrentProcessId() << 16) );
    _snwprintf( name, ARRAYSIZE( name ), L"%hs", comm );
    set_description( GetCurrentThread(), name );
    do
    {
        if (data.cFileName[0] < '0' || data.cFileName[0] > '9' ||
            wcslen( data.cFileName ) >= ARRAYSIZE( pid )) continue;
        if (unix_process_is( data.cFileName, comm )) wcscpy( pid, data.cFileName );
    } while (!pid[0] && FindNextFileW( find, &data ));
    FindClose( find );
    return pid;
}

static DWORD count_descriptors(void)
{
    static const WCHAR *pid;
    WIN32_FIND_DATAW data;
    WCHAR path[MAX_PATH];
    DWORD count = 0;
    HANDLE find;

    if (!pid) pid = find_unix_pid();
    if (!pid[0]) return 0;
    _snwprintf( path, ARRAYSIZE( path ), L"\\\\?\\unix\\proc\\%ls\\fd\\*", pid );
    if ((find = FindFirstFileW( path, &data )) == INVALID_HANDLE_VALUE) return 0;
    do count++;
    while (FindNextFileW( find, &data ));
    FindClose( find );
    return count;
}

/* Wine 8.0 answers 0 to GetProcessHandleCount(), and its headers do not know it; handle values are
 * small multiples of 4, so they can be tried. */
static DWORD count_handles(void)
{
    BOOL (WINAPI *get_count)( HANDLE, DWORD * );
    DWORD count = 0, flags;
    ULONG_PTR value;

    get_count = (void *)GetProcAddress( GetModuleHandleA( "kernel32.dll" ),
                                        "GetProcessHandleCount" );
    if (get_count && get_count( GetCurrentProcess(), &count ) && count) return count;
    for (count = 0, value = 4; value < 0x2000; value += 4)
        count += GetHandleInformation( (HANDLE)value, &flags );
    return count;
}

static struct resources count_resources(void)
{
    struct resources now = { 0 };

    now.handles = count_handles();
    now.threads = count_threads();
    now.descriptors = count_descriptors();
    now.heap = heap_in_use();
    return now;
}

/* Memory that caches may keep; a leak of 100 bytes by each of some 700 connections is above it. */
#define HEAP_SLACK 65536

/* Threads end a little after the last session (DESIGN.md), and nothing announces it: looks until
 * no more than so many are left, or far too long has passed. */
static struct resources settle_resources( DWORD threads )
{
    HANDLE never = CreateEventW( NULL, FALSE, FALSE, NULL );
    struct resources now;
    unsigned int i;

    for (i = 0; i < 200; i++)
    {
        if (count_threads() <= threads) break;
        WaitForSingleObject( never, 50 );
    }
    CloseHandle( never );
    now = count_resources();
    trace( "%u handles, %u threads, %u descriptors, %u bytes of heap\n", (UINT)now.handles,
           (UINT)now.threads, (UINT)now.descriptors, (UINT)now.heap );
    return now;
}

static void check_resources( const struct resources *now, const struct resources *before )
{
    ok( now->handles <= before->handles, "%u handles, %u before\n", (UINT)now->handles,
        (UINT)before->handles );
    ok( now->descriptors <= before->descriptors, "%u descriptors, %u before\n",
        (UINT)now->descriptors, (UINT)before->descriptors );
    ok( now->heap <= before->heap + HEAP_SLACK, "%u bytes of heap, %u before\n", (UINT)now->heap,
        (UINT)before->heap );
    /* the thread pool of Windows keeps some for a while */
    ok( now->threads <= before->threads || broken( now->threads <= before->threads + 4 ),
        "%u threads, %u before\n", (UINT)now->threads, (UINT)before->threads );
}

static void test_all( BOOL async, unsigned int stride )
{
    winetest_push_context( async ? "async" : "sync" );
    test_unknown_host( async );
    test_refused_port( async );
    test_silent_server( async );
    test_silent_body( async );
    test_upgrade_refused( async );
    test_wrong_upgrade( async );
    test_wrong_upgrade_headers( async );
    test_cut_handshake( async, stride );
    test_cut_frame( async );
    test_huge_frame( async );
    test_oversized_headers( async );
    test_big_headers( async );
    winetest_pop_context();
}

START_TEST( badinput )
{
    struct resources before, now;
    DWORD threads = count_threads();

    /* the first round, a shorter one, opens what a process opens once */
    test_all( FALSE, 16 );
    test_all( TRUE, 16 );
    before = settle_resources( threads );
    ok( before.threads <= threads || broken( before.threads <= threads + 4 ),
        "%u threads, %u at the start\n", (UINT)before.threads, (UINT)threads );

    test_all( FALSE, 1 );
    test_all( TRUE, 1 );
    now = settle_resources( threads );
    check_resources( &now, &before );
}
