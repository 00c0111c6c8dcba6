/*
 * Threads that take, give back and lose pooled connections at once, while the server closes some.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * facts: http.md 13 (guess U27). The server closes idle connections, and others with a request that
 * it has read and does not answer; never one with its first request. So a request that is sent once
 * more, on a new connection, always has its answer. What races decides who gets which connection;
 * what is checked holds for all outcomes.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#ifndef WINHTTP_OPTION_DISABLE_GLOBAL_POOLING
#define WINHTTP_OPTION_DISABLE_GLOBAL_POOLING 195
#endif

enum
{
    THREADS = 6,
    REQUESTS = 30,          /* of each thread */
    ALL = THREADS * REQUESTS,
    MAX_CONNECTIONS = 2 * ALL,
    LIMIT = 3,
};

/* What the server does with a request that is not the first of its connection. */
enum fate
{
    ANSWERED,
    ANSWERED_AND_CLOSED,    /* without a word about it */
    DROPPED,                /* read, and closed */
};

/* By number of the request; counts are the server's, result and done the client's. */
struct request_log
{
    LONG seen, dropped;
    DWORD error;
};

static struct request_log requests[ALL];
static SOCKET listener, connections[MAX_CONNECTIONS];
static HANDLE servers[MAX_CONNECTIONS];
static LONG connection_count, reused_count, present_count, most_present;
static LONG wanted_present;     /* so many must have come before the first is answered */
static HANDLE enough;           /* they have */
static volatile LONG stopping;

static HINTERNET connect_handle;

static BOOL is_post( unsigned int number )
{
    return number % 3 == 0;
}

/* The same in each run. */
static enum fate fate_of( unsigned int number )
{
    unsigned int value = number * 2654435761u >> 16;

    return value % 4 == 0 ? DROPPED : value % 4 == 1 ? ANSWERED_AND_CLOSED : ANSWERED;
}

/* One more request is with the server at the same time as others. */
static void note_present(void)
{
    LONG count = InterlockedIncrement( &present_count ), most;

    do most = most_present;
    while (count > most && InterlockedCompareExchange( &most_present, count, most ) != most);
    if (count == wanted_present) SetEvent( enough );
}

/* FALSE: the connection has ended. A POST has a body of four bytes. */
static BOOL read_request( SOCKET socket, unsigned int *number )
{
    char text[1024], *end;
    int len = 0, ret;

    for (;;)
    {
        if ((ret = recv( socket, text + len, sizeof(text) - 1 - len, 0 )) <= 0) return FALSE;
        len += ret;
        text[len] = 0;
        if (!(end = strstr( text, "\r\n\r\n" ))) continue;
        if (text[0] != 'P' || len - (end + 4 - text) >= 4) break;
    }
    return sscanf( text, "%*s /%u ", number ) == 1 && *number < ALL;
}

static DWORD CALLBACK serve( void *arg )
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    SOCKET *socket = arg;
    enum fate fate = ANSWERED;
    unsigned int number, count;

    for (count = 0; fate == ANSWERED && read_request( *socket, &number ); count++)
    {
        note_present();
        WaitForSingleObject( enough, CLIENT_TIMEOUT_MS );
        InterlockedIncrement( &requests[number].seen );
        if (count) InterlockedIncrement( &reused_count );
        fate = fate_of( number );
        if (fate == DROPPED && !count) fate = ANSWERED;
        if (fate == DROPPED) InterlockedIncrement( &requests[number].dropped );
        InterlockedDecrement( &present_count ); /* the client may go on once it has the answer */
        if (fate != DROPPED) send( *socket, answer, sizeof(answer) - 1, 0 );
    }
    shutdown( *socket, SD_BOTH );
    return 0;
}

/* Ends with the first connection after stopping: nothing else wakes it under Wine. */
static DWORD CALLBACK accept_all( void *arg )
{
    SOCKET socket;
    LONG i;

    (void)arg;
    while ((socket = accept( listener, NULL, NULL )) != INVALID_SOCKET)
    {
        if (stopping || (i = connection_count) == MAX_CONNECTIONS) break;
        connections[i] = socket;
        servers[i] = CreateThread( NULL, 0, serve, &connections[i], 0, NULL );
        connection_count = i + 1;
    }
    if (socket != INVALID_SOCKET) closesocket( socket );
    return 0;
}

static struct sockaddr_in place;

static WORD listen_anywhere(void)
{
    int len = sizeof(place);

    memset( &place, 0, sizeof(place) );
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    listener = socket( AF_INET, SOCK_STREAM, 0 );
    ok( !bind( listener, (struct sockaddr *)&place, len ) && !listen( listener, 64 ) &&
        !getsockname( listener, (struct sockaddr *)&place, &len ), "cannot listen\n" );
    return ntohs( place.sin_port );
}

/* Some leave the body alone, and the connection to whoever drains it. */
static DWORD exchange( unsigned int number )
{
    static const WCHAR *const verbs[] = { L"GET", L"POST" };
    DWORD error = 0, read, body = is_post( number ) ? 4 : 0;
    char data[4] = "body";
    HINTERNET request;
    WCHAR path[16];

    swprintf( path, ARRAYSIZE(path), L"/%u", number );
    request = WinHttpOpenRequest( connect_handle, verbs[is_post( number )], path, NULL, NULL, NULL,
                                  0 );
    if (!WinHttpSendRequest( request, NULL, 0, body ? data : NULL, body, body, 0 ) ||
        !WinHttpReceiveResponse( request, NULL ))
        error = GetLastError();
    else if (number % 5 && (!WinHttpReadData( request, data, sizeof(data), &read ) || read != 1))
        error = ERROR_INVALID_DATA;
    WinHttpCloseHandle( request );
    return error;
}

static DWORD CALLBACK ask( void *arg )
{
    unsigned int first = (UINT_PTR)arg * REQUESTS, i;

    for (i = first; i < first + REQUESTS; i++) requests[i].error = exchange( i );
    return 0;
}

/* Idempotent: once more if it was lost, and then it works. Others: never twice, and if it was lost
 * the program is told. */
static void check_request( unsigned int number )
{
    const struct request_log *log = &requests[number];

    if (!is_post( number ))
    {
        ok( !log->error, "%u: error %u\n", number, (UINT)log->error );
        ok( log->seen == 1 + log->dropped && log->dropped <= 1, "%u: seen %u times, dropped %u\n",
            number, (UINT)log->seen, (UINT)log->dropped );
        return;
    }
    ok( log->seen <= 1, "%u: seen %u times\n", number, (UINT)log->seen );
    if (log->seen && !log->dropped) ok( !log->error, "%u: error %u\n", number, (UINT)log->error );
    else ok( log->error == ERROR_WINHTTP_CONNECTION_ERROR, "%u: error %u\n", number,
             (UINT)log->error );
}

static void join( HANDLE thread )
{
    ok( !WaitForSingleObject( thread, 60000 ), "a thread does not end\n" );
    CloseHandle( thread );
}

static void close_server( HANDLE acceptor )
{
    SOCKET last = socket( AF_INET, SOCK_STREAM, 0 );
    LONG i;

    stopping = TRUE;
    connect( last, (struct sockaddr *)&place, sizeof(place) );
    join( acceptor );
    closesocket( last );
    closesocket( listener );
    for (i = 0; i < connection_count; i++)
    {
        join( servers[i] );
        closesocket( connections[i] );
    }
    CloseHandle( enough );
}

/* limit: of MAX_CONNS_PER_SERVER; 0: none. */
static void race( DWORD limit )
{
    HANDLE threads[THREADS], acceptor;
    BOOL own = TRUE;
    struct client client;
    unsigned int i;

    memset( requests, 0, sizeof(requests) );
    connection_count = reused_count = present_count = most_present = stopping = 0;
    wanted_present = limit ? limit : THREADS;
    enough = CreateEventW( NULL, TRUE, FALSE, NULL );
    client_connect( &client, listen_anywhere(), CLIENT_SYNC );
    /* its connections go with the session, and so do the server's threads */
    check_works( WinHttpSetOption( client.session, WINHTTP_OPTION_DISABLE_GLOBAL_POOLING, &own,
                                   sizeof(own) ) );
    if (limit) check_works( WinHttpSetOption( client.session, WINHTTP_OPTION_MAX_CONNS_PER_SERVER,
                                              &limit, sizeof(limit) ) );
    connect_handle = client.connect;
    acceptor = CreateThread( NULL, 0, accept_all, NULL, 0, NULL );
    for (i = 0; i < THREADS; i++)
        threads[i] = CreateThread( NULL, 0, ask, (void *)(UINT_PTR)i, 0, NULL );
    for (i = 0; i < THREADS; i++) join( threads[i] );
    for (i = 0; i < ALL; i++) check_request( i );
    ok( reused_count > 0, "no connection was used again\n" );
    ok( most_present == wanted_present, "%u requests at once\n", (UINT)most_present );
    trace( "%u connections, %u requests on used ones, %u at once\n", (UINT)connection_count,
           (UINT)reused_count, (UINT)most_present );
    client_close( &client );
    close_server( acceptor );
}

/* http.md 13, guess U27 */
static void test_race(void)
{
    race( 0 );
}

/* http.md 13: MAX_CONNS queues requests */
static void test_race_for_places(void)
{
    race( LIMIT );
}

START_TEST( pool_race )
{
    WSADATA wsa;

    WSAStartup( MAKEWORD( 2, 2 ), &wsa );
    RUN( test_race );
    RUN( test_race_for_places );
}
