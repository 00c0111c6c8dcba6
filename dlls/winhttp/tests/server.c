/*
 * The scripted server of server.h, and the topic that checks it with plain sockets.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_private.h"

#include "wine/test.h"
#include "front.h"

/* ---- waiting, reading and sending ---- */

BOOL server_fail_step( struct server *server, const char *what, int code )
{
    server->failure = what;
    server->failure_code = code;
    return FALSE;
}

/* Waits for the event, but not beyond server_stop() and the time limit. */
static BOOL wait_event( struct server *server, HANDLE event, const char *what )
{
    HANDLE handles[2] = { server->stop, event };

    switch (WaitForMultipleObjects( 2, handles, FALSE, SERVER_TIMEOUT_MS ))
    {
    case WAIT_OBJECT_0:
        return server_fail_step( server, what, 0 );
    case WAIT_OBJECT_0 + 1:
        return TRUE;
    default:
        return server_fail_step( server, what, WAIT_TIMEOUT );
    }
}

/* INVALID_SOCKET: the step has failed. */
static SOCKET current_connection( struct server *server )
{
    SOCKET socket = INVALID_SOCKET;

    if (server->current < (unsigned int)server->connection_count)
        socket = server->connections[server->current];
    if (socket == INVALID_SOCKET) server_fail_step( server, "no connection", 0 );
    return socket;
}

/* The same for a socket that can be read from, accepted at, or written to. By select, which looks
 * at the socket as it is. Of FD_ACCEPT Wine 8.0 and 10.0 lose one now and then: when a connection
 * has been accepted before the server came to report it, the late report stands in the way of the
 * next one, for an accept that finds nothing does not clear it. */
static BOOL wait_socket( struct server *server, SOCKET socket, BOOL for_writing, const char *what )
{
    struct timeval timeout = { SERVER_TIMEOUT_MS / 1000, SERVER_TIMEOUT_MS % 1000 * 1000 };
    fd_set reading, writing;
    int ret;

    FD_ZERO( &reading );
    FD_ZERO( &writing );
    FD_SET( server->wake, &reading );
    FD_SET( socket, for_writing ? &writing : &reading );
    ret = select( 0, &reading, for_writing ? &writing : NULL, NULL, &timeout );
    if (ret < 0) return server_fail_step( server, what, WSAGetLastError() );
    if (!ret) return server_fail_step( server, what, WAIT_TIMEOUT );
    if (FD_ISSET( server->wake, &reading )) return server_fail_step( server, what, 0 );
    return TRUE;
}

/* Returns the count, 0 at the end, -1 when the step has failed. */
static int receive_some( struct server *server, void *buffer, unsigned int size, int flags,
                         const char *what )
{
    SOCKET socket = current_connection( server );
    int ret;

    if (socket == INVALID_SOCKET) return -1;
    while ((ret = recv( socket, buffer, size, flags )) < 0)
    {
        if (WSAGetLastError() != WSAEWOULDBLOCK)
        {
            server_fail_step( server, what, WSAGetLastError() );
            return -1;
        }
        if (!wait_socket( server, socket, FALSE, what )) return -1;
    }
    return ret;
}

BOOL server_receive( struct server *server, void *buffer, unsigned int len,
                             const char *what )
{
    unsigned int pos = 0;
    int ret;

    while (pos < len)
    {
        if ((ret = receive_some( server, (char *)buffer + pos, len - pos, 0,
                                 what )) < 0) return FALSE;
        if (!ret) return server_fail_step( server, what, WSAEDISCON );
        pos += ret;
    }
    return TRUE;
}

BOOL server_send( struct server *server, const void *data, unsigned int len )
{
    SOCKET socket = current_connection( server );
    unsigned int pos = 0;
    int ret;

    if (socket == INVALID_SOCKET) return FALSE;
    while (pos < len)
    {
        if ((ret = send( socket, (const char *)data + pos, len - pos, 0 )) >= 0) pos += ret;
        else if (WSAGetLastError() != WSAEWOULDBLOCK)
            return server_fail_step( server, "sending", WSAGetLastError() );
        else if (!wait_socket( server, socket, TRUE, "sending" )) return FALSE;
    }
    return TRUE;
}

BOOL server_send_sliced( struct server *server, const void *data, unsigned int len,
                         unsigned int slice )
{
    unsigned int pos, count;

    if (!slice) return server_send( server, data, len );
    for (pos = 0; pos < len; pos += count)
    {
        count = min( slice, len - pos );
        if (!server_send( server, (const char *)data + pos, count )) return FALSE;
    }
    return TRUE;
}

/* The same seed gives the same slices; 1 to 16 bytes each. */
static BOOL send_random( struct server *server, const void *data, unsigned int len,
                         unsigned int seed )
{
    unsigned int pos, count;

    for (pos = 0; pos < len; pos += count)
    {
        seed = seed * 1664525 + 1013904223;
        count = min( 1 + (seed >> 28), len - pos );
        if (!server_send( server, (const char *)data + pos, count )) return FALSE;
    }
    return TRUE;
}

/* ---- steps ---- */

static BOOL step_accept( struct server *server )
{
    u_long nonblocking = 1;
    BOOL nodelay = TRUE;
    SOCKET socket;

    if (server->connection_count == SERVER_MAX_CONNECTIONS)
        return server_fail_step( server, "too many connections", 0 );
    while ((socket = accept( server->listener, NULL, NULL )) == INVALID_SOCKET)
    {
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            return server_fail_step( server, "accepting", WSAGetLastError() );
        if (!wait_socket( server, server->listener, FALSE, "waiting for a connection" ))
            return FALSE;
    }
    ioctlsocket( socket, FIONBIO, &nonblocking );
    setsockopt( socket, IPPROTO_TCP, TCP_NODELAY, (char *)&nodelay, sizeof(nodelay) );
    server->connections[server->connection_count] = socket;
    server->current = server->connection_count;
    InterlockedIncrement( &server->connection_count );
    return TRUE;
}

/* Looks before it takes, so that what stands behind the empty line stays in the socket. */
BOOL server_step_headers( struct server *server )
{
    struct server_request *request = &server->requests[server->request_count];
    unsigned int pos = 0, count;
    const char *end = NULL;
    int peeked;

    if (server->request_count == SERVER_MAX_REQUESTS)
        return server_fail_step( server, "too many requests", 0 );
    while (!end)
    {
        if (pos == SERVER_MAX_REQUEST_LEN - 1)
            return server_fail_step( server, "request too long", 0 );
        peeked = receive_some( server, request->text + pos, SERVER_MAX_REQUEST_LEN - 1 - pos,
                               MSG_PEEK, "reading the headers" );
        if (peeked < 0) return FALSE;
        if (!peeked) return server_fail_step( server, "reading the headers", WSAEDISCON );
        request->text[pos + peeked] = 0;
        end = strstr( request->text, "\r\n\r\n" );
        count = end ? (unsigned int)(end + 4 - request->text) - pos : (unsigned int)peeked;
        if (!server_receive( server, request->text + pos, count,
                              "reading the headers" )) return FALSE;
        pos += count;
        request->text[pos] = 0;
    }
    request->connection = server->current;
    InterlockedIncrement( &server->request_count );
    return TRUE;
}

static BOOL step_bytes( struct server *server, unsigned int count )
{
    struct server_request *request = &server->requests[server->request_count - 1];

    if (!server->request_count) return server_fail_step( server, "no request", 0 );
    if (request->body_len + count > SERVER_MAX_BODY_LEN)
        return server_fail_step( server, "body too long", 0 );
    if (!server_receive( server, request->body + request->body_len, count, "reading the body" ))
        return FALSE;
    request->body_len += count;
    return TRUE;
}

/* A reset counts as an end too: which of the two a client chooses is not this step's matter. */
static BOOL step_eof( struct server *server )
{
    char buffer[4096];
    int ret;

    while ((ret = receive_some( server, buffer, sizeof(buffer), 0, "waiting for the end" )) > 0) {}
    if (ret < 0 && (server->failure_code == WSAECONNRESET ||
                    server->failure_code == WSAECONNABORTED))
    {
        server->failure = NULL;
        server->failure_code = 0;
        ret = 0;
    }
    return !ret;
}

static void close_connection( SOCKET *connection )
{
    if (*connection != INVALID_SOCKET) closesocket( *connection );
    *connection = INVALID_SOCKET;
}

static BOOL step_close( struct server *server, enum step_type type )
{
    SOCKET socket = current_connection( server );
    struct linger linger = { 1, 0 };

    if (socket == INVALID_SOCKET) return FALSE;
    switch (type)
    {
    case STEP_HALF_CLOSE:
        shutdown( socket, SD_SEND );
        return TRUE;
    case STEP_RESET:
        setsockopt( socket, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger) );
        break;
    default:
        shutdown( socket, SD_BOTH );
        break;
    }
    close_connection( &server->connections[server->current] );
    return TRUE;
}

static BOOL run_step( struct server *server, const struct step *step )
{
    switch (step->type)
    {
    case STEP_ACCEPT:
        return step_accept( server );
    case STEP_USE:
        server->current = step->arg;
        return TRUE;
    case STEP_HEADERS:
        return server_step_headers( server );
    case STEP_BYTES:
        return step_bytes( server, step->arg );
    case STEP_SEND:
        return server_send_sliced( server, step->data, step->len, step->arg );
    case STEP_SEND_RANDOM:
        return send_random( server, step->data, step->len, step->arg );
    case STEP_UPGRADE:
    case STEP_UPGRADE_WITH:
    case STEP_UPGRADE_PART:
    case STEP_READ_FRAME:
    case STEP_READ_MESSAGE:
    case STEP_FRAME:
    case STEP_ECHO:
        return server_step_websocket( server, step );
    case STEP_WAIT:
        return wait_event( server, server->to_server[step->arg], "waiting for the test" );
    case STEP_SIGNAL:
        return SetEvent( server->to_test[step->arg] );
    case STEP_EOF:
        return step_eof( server );
    case STEP_HALF_CLOSE:
    case STEP_CUT:
    case STEP_RESET:
        return step_close( server, step->type );
    case STEP_END:
        break;
    }
    return server_fail_step( server, "unknown step", step->type );
}

static DWORD CALLBACK server_thread( void *arg )
{
    struct server *server = arg;
    const struct step *step = server->script;

    while (step->type != STEP_END && run_step( server, step )) step++;
    server->step = (unsigned int)(step - server->script);
    SetEvent( server->done );
    WaitForSingleObject( server->stop, INFINITE );
    return 0;
}

/* ---- start and stop ---- */

/* A socket with a port of its own on the loopback address. */
static SOCKET bind_to_loopback( int type, struct sockaddr_in *addr )
{
    SOCKET ret = socket( AF_INET, type, 0 );
    int len = sizeof(*addr);

    memset( addr, 0, sizeof(*addr) );
    addr->sin_family = AF_INET;
    addr->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    if (!bind( ret, (struct sockaddr *)addr, sizeof(*addr) ) &&
        !getsockname( ret, (struct sockaddr *)addr, &len ))
        return ret;
    closesocket( ret );
    return INVALID_SOCKET;
}

static BOOL open_sockets( struct server *server )
{
    struct sockaddr_in addr;
    u_long nonblocking = 1;

    /* what is sent on it comes back to it */
    server->wake = bind_to_loopback( SOCK_DGRAM, &addr );
    if (connect( server->wake, (struct sockaddr *)&addr, sizeof(addr) )) return FALSE;
    server->listener = bind_to_loopback( SOCK_STREAM, &addr );
    server->port = ntohs( addr.sin_port );
    return !listen( server->listener, SOMAXCONN ) &&
           !ioctlsocket( server->listener, FIONBIO, &nonblocking );
}

BOOL server_is_secure( void )
{
    return front_port() != 0;
}

/* Asks the TLS front for a port that leads to ours; it stays as long as the connection to the
 * front. */
static BOOL ask_front( struct server *server, const char *options )
{
    char line[FRONT_MAX_LINE], answer[FRONT_MAX_LINE];
    unsigned int port = 0;

    if ((server->front = front_open()) == INVALID_SOCKET) return FALSE;
    snprintf( line, sizeof(line), "forward %u %s\n", server->port, options );
    if (!front_ask( server->front, line, answer ) || sscanf( answer, "tls %u", &port ) != 1)
        return FALSE;
    server->tls_port = (WORD)port;
    return TRUE;
}

/* A test that has no server cannot go on. */
static void die( const char *what )
{
    ok( 0, "%s, error %d\n", what, WSAGetLastError() );
    ExitProcess( 255 );
}

/* options NULL: without TLS. */
static struct server *start( const struct step *script, const char *options )
{
    struct server *server = calloc( 1, sizeof(*server) );
    WSADATA data;
    unsigned int i;

    if (!server || WSAStartup( MAKEWORD( 2, 2 ), &data )) die( "no server" );
    server->script = script;
    if (!open_sockets( server )) die( "cannot listen on the loopback address" );
    server->front = INVALID_SOCKET;
    ok( !options || ask_front( server, options ), "the TLS front gives no port, error %d\n",
        WSAGetLastError() );
    server->stop = CreateEventW( NULL, TRUE, FALSE, NULL );
    server->done = CreateEventW( NULL, TRUE, FALSE, NULL );
    for (i = 0; i < SERVER_MAX_EVENTS; i++)
    {
        server->to_server[i] = CreateEventW( NULL, FALSE, FALSE, NULL );
        server->to_test[i] = CreateEventW( NULL, FALSE, FALSE, NULL );
    }
    server->thread = CreateThread( NULL, 0, server_thread, server, 0, NULL );
    return server;
}

struct server *server_start( const struct step *script )
{
    return start( script, server_is_secure() ? "" : NULL );
}

struct server *server_start_plain( const struct step *script )
{
    return start( script, NULL );
}

struct server *server_start_tls( const struct step *script, const char *options )
{
    return start( script, options );
}

UINT_PTR server_front( const struct server *server )
{
    return server->front;
}

static void free_server( struct server *server )
{
    unsigned int i;

    for (i = 0; i < (unsigned int)server->connection_count; i++)
        close_connection( &server->connections[i] );
    for (i = 0; i < (unsigned int)server->frame_count; i++) free( server->frames[i].payload );
    for (i = 0; i < SERVER_MAX_EVENTS; i++)
    {
        CloseHandle( server->to_server[i] );
        CloseHandle( server->to_test[i] );
    }
    closesocket( server->listener );
    closesocket( server->wake );
    if (server->front != INVALID_SOCKET) closesocket( server->front );
    CloseHandle( server->thread );
    CloseHandle( server->stop );
    CloseHandle( server->done );
    free( server );
    WSACleanup();
}

static void end_thread( struct server *server )
{
    SetEvent( server->stop );
    send( server->wake, "", 1, 0 );
    WaitForSingleObject( server->thread, INFINITE );
}

void server_stop_at( struct server *server, int line )
{
    if (!server) return;
    server_finish( server );
    end_thread( server );
    ok_( __FILE__, line )( !server->failure, "server step %u (type %u) failed: %s, code %d\n",
                           server->step, server->script[server->step].type, server->failure,
                           server->failure_code );
    free_server( server );
}

void server_abandon( struct server *server )
{
    if (!server) return;
    end_thread( server );
    free_server( server );
}

/* ---- what the test sees ---- */

WORD server_port( const struct server *server )
{
    return server->tls_port ? server->tls_port : server->port;
}

void server_signal( struct server *server, unsigned int event )
{
    SetEvent( server->to_server[event] );
}

BOOL server_wait( struct server *server, unsigned int event )
{
    HANDLE handles[2] = { server->to_test[event], server->done };
    DWORD ret = WaitForMultipleObjects( 2, handles, FALSE, SERVER_TIMEOUT_MS );

    /* a script that has ended raised the event before, or never will */
    if (ret == WAIT_OBJECT_0 + 1) return !WaitForSingleObject( server->to_test[event], 0 );
    return ret == WAIT_OBJECT_0;
}

BOOL server_finish( struct server *server )
{
    return !WaitForSingleObject( server->done, SERVER_TIMEOUT_MS );
}

unsigned int server_connection_count( struct server *server )
{
    return InterlockedCompareExchange( &server->connection_count, 0, 0 );
}

unsigned int server_request_count( struct server *server )
{
    return InterlockedCompareExchange( &server->request_count, 0, 0 );
}

unsigned int server_frame_count( struct server *server )
{
    return InterlockedCompareExchange( &server->frame_count, 0, 0 );
}

const struct server_request *server_request( struct server *server, unsigned int index )
{
    return index < server_request_count( server ) ? &server->requests[index] : NULL;
}

const struct server_frame *server_frame( struct server *server, unsigned int index )
{
    return index < server_frame_count( server ) ? &server->frames[index] : NULL;
}

BOOL server_header( const struct server_request *request, const char *name, char *value,
                    unsigned int size )
{
    size_t name_len = strlen( name ), len;
    const char *line;

    if (!request) return FALSE;
    for (line = strstr( request->text, "\r\n" ); line && line[2]; line = strstr( line, "\r\n" ))
    {
        line += 2;
        if (_strnicmp( line, name, name_len ) || line[name_len] != ':') continue;
        line += name_len + 1;
        while (*line == ' ') line++;
        len = strcspn( line, "\r" );
        if (len >= size) return FALSE;
        memcpy( value, line, len );
        value[len] = 0;
        return TRUE;
    }
    return FALSE;
}

/* ---- the topic ---- */

SOCKET server_connect_to( struct server *server )
{
    struct sockaddr_in addr = { 0 };
    SOCKET client = socket( AF_INET, SOCK_STREAM, 0 );
    int ret;

    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    addr.sin_port = htons( server_port( server ) );
    ret = connect( client, (struct sockaddr *)&addr, sizeof(addr) );
    ok( !ret, "got error %d\n", WSAGetLastError() );
    return client;
}

int server_read_until_end( SOCKET client, char *buffer, int size )
{
    int pos = 0, ret;

    while ((ret = recv( client, buffer + pos, size - pos - 1, 0 )) > 0) pos += ret;
    buffer[pos] = 0;
    return ret < 0 ? -WSAGetLastError() : pos;
}

static void test_request_and_slices(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SIGNAL( 0 ), SRV_WAIT( 1 ),
        SRV_SEND( "whole " ),
        SRV_SEND_BY( 1, "bytes " ), SRV_SEND_RANDOM( 7, "random slices of a longer text" ), SRV_CUT,
        SRV_END
    };
    static const char request[] = "POST / HTTP/1.1\r\nhost:  a\r\nContent-Length: 4\r\n\r\nbody";
    struct server *server = server_start( script );
    const struct server_request *seen;
    char buffer[128], value[16];
    SOCKET client = server_connect_to( server );
    int ret;

    send( client, request, 20, 0 );
    send( client, request + 20, sizeof(request) - 1 - 20, 0 );
    ok( server_wait( server, 0 ), "no signal\n" );
    seen = server_request( server, 0 );
    ok( seen && strstr( seen->text, "\r\n\r\n" ) && !strstr( seen->text, "body" ),
        "wrong request\n" );
    if (seen) ok( seen->body_len == 4 && !strcmp( seen->body, "body" ), "wrong body\n" );
    ok( server_header( seen, "Host", value, sizeof(value) ) && !strcmp( value, "a" ),
        "wrong header\n" );
    ok( !server_header( seen, "Accept", value, sizeof(value) ), "unexpected header\n" );
    ok( !server_request( server, 1 ), "unexpected request\n" );
    server_signal( server, 1 );
    ret = server_read_until_end( client, buffer, sizeof(buffer) );
    ok( ret > 0 && !strcmp( buffer, "whole bytes random slices of a longer text" ), "got %d\n",
        ret );
    closesocket( client );
    server_stop( server );
}

static void test_reset(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_WAIT( 0 ), SRV_RESET, SRV_ACCEPT,
                                          SRV_END };
    struct server *server = server_start( script );
    char buffer[8];
    SOCKET client = server_connect_to( server ), second;
    int ret;

    server_signal( server, 0 );
    ret = server_read_until_end( client, buffer, sizeof(buffer) );
    /* Wine shuts a socket down before it closes it, so the end may be seen before the reset */
    ok( ret == -WSAECONNRESET || (!ret && !strcmp( winetest_platform, "wine" )), "got %d\n", ret );
    second = server_connect_to( server );
    ok( server_finish( server ), "the script did not end\n" );
    ok( server_connection_count( server ) == 2, "got %u\n", server_connection_count( server ) );
    closesocket( client );
    closesocket( second );
    server_stop( server );
}

START_TEST( server )
{
    test_request_and_slices();
    test_reset();
}
