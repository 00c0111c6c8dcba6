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
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>

#include "wine/test.h"
#include "server.h"

#define WS_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

struct connection
{
    SOCKET socket;                  /* INVALID_SOCKET once closed */
    WSAEVENT event;
};

struct server
{
    /* immutable after start */
    const struct step *script;      /* borrowed until server_stop() */
    SOCKET listener;
    WORD port;
    SOCKET front;                   /* keeps the TLS port open; INVALID_SOCKET: there is none */
    WORD tls_port;
    WSAEVENT listen_event;
    HANDLE thread;
    HANDLE stop;                    /* raised by server_stop() */
    HANDLE done;                    /* the script has ended or failed */
    HANDLE to_server[SERVER_MAX_EVENTS];
    HANDLE to_test[SERVER_MAX_EVENTS];

    /* the server's thread only */
    unsigned int step;
    unsigned int current;

    /* written by the server's thread before it raises the count; read by anyone below the count */
    struct connection connections[SERVER_MAX_CONNECTIONS];
    struct server_request requests[SERVER_MAX_REQUESTS];
    struct server_frame frames[SERVER_MAX_FRAMES];
    LONG connection_count;
    LONG request_count;
    LONG frame_count;

    /* set once by the server's thread, read after it has ended */
    const char *failure;
    int failure_code;
};

/* ---- SHA-1 and base64: RFC 6455 asks for them, and a test should not depend on more DLLs ---- */

static unsigned int rotate_left( unsigned int value, unsigned int bits )
{
    return value << bits | value >> (32 - bits);
}

static void sha1_block( unsigned int state[5], const unsigned char *block )
{
    unsigned int w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f, i;

    for (i = 0; i < 16; i++)
        w[i] = (unsigned int)block[4 * i] << 24 | block[4 * i + 1] << 16 |
               block[4 * i + 2] << 8 | block[4 * i + 3];
    for (; i < 80; i++) w[i] = rotate_left( w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1 );
    for (i = 0; i < 80; i++)
    {
        if (i < 20) f = ((b & c) | (~b & d)) + 0x5a827999;
        else if (i < 40) f = (b ^ c ^ d) + 0x6ed9eba1;
        else if (i < 60) f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
        else f = (b ^ c ^ d) + 0xca62c1d6;
        f += rotate_left( a, 5 ) + e + w[i];
        e = d;
        d = c;
        c = rotate_left( b, 30 );
        b = a;
        a = f;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
}

static void sha1( const unsigned char *data, unsigned int len, unsigned char digest[20] )
{
    unsigned int state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
    unsigned char tail[128] = { 0 };
    unsigned int i, rest = len % 64, tail_len = rest < 56 ? 64 : 128;

    for (i = 0; i + 64 <= len; i += 64) sha1_block( state, data + i );
    memcpy( tail, data + i, rest );
    tail[rest] = 0x80;
    for (i = 0; i < 4; i++) tail[tail_len - 1 - i] = (unsigned char)((len * 8) >> (8 * i));
    for (i = 0; i < tail_len; i += 64) sha1_block( state, tail + i );
    for (i = 0; i < 20; i++) digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64( const unsigned char *data, unsigned int len, char *out )
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned int i, bits;

    for (i = 0; i < len; i += 3)
    {
        bits = data[i] << 16;
        if (i + 1 < len) bits |= data[i + 1] << 8;
        if (i + 2 < len) bits |= data[i + 2];
        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63];
        *out++ = i + 1 < len ? digits[bits >> 6 & 63] : '=';
        *out++ = i + 2 < len ? digits[bits & 63] : '=';
    }
    *out = 0;
}

void server_compute_accept( const char *key, char *accept )
{
    unsigned char digest[20];
    char text[256];

    snprintf( text, sizeof(text), "%s" WS_GUID, key );
    sha1( (unsigned char *)text, (unsigned int)strlen( text ), digest );
    base64( digest, sizeof(digest), accept );
}

/* ---- waiting, reading and sending ---- */

static BOOL fail_step( struct server *server, const char *what, int code )
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
        return fail_step( server, what, 0 );
    case WAIT_OBJECT_0 + 1:
        return TRUE;
    default:
        return fail_step( server, what, WAIT_TIMEOUT );
    }
}

static struct connection *current_connection( struct server *server )
{
    if (server->current >= (unsigned int)server->connection_count) return NULL;
    if (server->connections[server->current].socket == INVALID_SOCKET) return NULL;
    return &server->connections[server->current];
}

/* Returns the count, 0 at the end, -1 when the step has failed. The event is reset before the call,
 * so what arrives after it is not missed. */
static int receive_some( struct server *server, void *buffer, unsigned int size, int flags,
                         const char *what )
{
    struct connection *conn = current_connection( server );
    int ret;

    if (!conn)
    {
        fail_step( server, "no connection", 0 );
        return -1;
    }
    for (;;)
    {
        WSAResetEvent( conn->event );
        if ((ret = recv( conn->socket, buffer, size, flags )) >= 0) return ret;
        if (WSAGetLastError() != WSAEWOULDBLOCK)
        {
            fail_step( server, what, WSAGetLastError() );
            return -1;
        }
        if (!wait_event( server, conn->event, what )) return -1;
    }
}

static BOOL receive_exactly( struct server *server, void *buffer, unsigned int len,
                             const char *what )
{
    unsigned int pos = 0;
    int ret;

    while (pos < len)
    {
        if ((ret = receive_some( server, (char *)buffer + pos, len - pos, 0,
                                 what )) < 0) return FALSE;
        if (!ret) return fail_step( server, what, WSAEDISCON );
        pos += ret;
    }
    return TRUE;
}

static BOOL send_exactly( struct server *server, const void *data, unsigned int len )
{
    struct connection *conn = current_connection( server );
    unsigned int pos = 0;
    int ret;

    if (!conn) return fail_step( server, "no connection", 0 );
    while (pos < len)
    {
        WSAResetEvent( conn->event );
        if ((ret = send( conn->socket, (const char *)data + pos, len - pos, 0 )) >= 0) pos += ret;
        else if (WSAGetLastError() != WSAEWOULDBLOCK)
            return fail_step( server, "sending", WSAGetLastError() );
        else if (!wait_event( server, conn->event, "sending" )) return FALSE;
    }
    return TRUE;
}

static BOOL send_sliced( struct server *server, const void *data, unsigned int len,
                         unsigned int slice )
{
    unsigned int pos, count;

    if (!slice) return send_exactly( server, data, len );
    for (pos = 0; pos < len; pos += count)
    {
        count = min( slice, len - pos );
        if (!send_exactly( server, (const char *)data + pos, count )) return FALSE;
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
        if (!send_exactly( server, (const char *)data + pos, count )) return FALSE;
    }
    return TRUE;
}

/* ---- steps ---- */

enum { ACCEPT_AGAIN_MS = 200 };

/* Wine 8.0 was seen to lose an FD_ACCEPT: a connection that is there is looked for again. */
static BOOL wait_connection( struct server *server )
{
    HANDLE handles[2] = { server->stop, server->listen_event };

    return WaitForMultipleObjects( 2, handles, FALSE, ACCEPT_AGAIN_MS ) != WAIT_OBJECT_0;
}

static BOOL step_accept( struct server *server )
{
    ULONGLONG end = GetTickCount64() + SERVER_TIMEOUT_MS;
    struct connection *conn = &server->connections[server->connection_count];
    BOOL nodelay = TRUE;
    SOCKET socket;

    if (server->connection_count == SERVER_MAX_CONNECTIONS)
        return fail_step( server, "too many connections", 0 );
    for (;;)
    {
        WSAResetEvent( server->listen_event );
        if ((socket = accept( server->listener, NULL, NULL )) != INVALID_SOCKET) break;
        if (WSAGetLastError() != WSAEWOULDBLOCK)
            return fail_step( server, "accepting", WSAGetLastError() );
        if (!wait_connection( server ))
            return fail_step( server, "waiting for a connection", 0 );
        if (GetTickCount64() > end)
            return fail_step( server, "waiting for a connection", WAIT_TIMEOUT );
    }
    conn->socket = socket;
    conn->event = WSACreateEvent();
    WSAEventSelect( socket, conn->event, FD_READ | FD_WRITE | FD_CLOSE );
    setsockopt( socket, IPPROTO_TCP, TCP_NODELAY, (char *)&nodelay, sizeof(nodelay) );
    server->current = server->connection_count;
    InterlockedIncrement( &server->connection_count );
    return TRUE;
}

/* Looks before it takes, so that what stands behind the empty line stays in the socket. */
static BOOL step_headers( struct server *server )
{
    struct server_request *request = &server->requests[server->request_count];
    unsigned int pos = 0, count;
    const char *end = NULL;
    int peeked;

    if (server->request_count == SERVER_MAX_REQUESTS)
        return fail_step( server, "too many requests", 0 );
    while (!end)
    {
        if (pos == SERVER_MAX_REQUEST_LEN - 1) return fail_step( server, "request too long", 0 );
        peeked = receive_some( server, request->text + pos, SERVER_MAX_REQUEST_LEN - 1 - pos,
                               MSG_PEEK,
                               "reading the headers" );
        if (peeked < 0) return FALSE;
        if (!peeked) return fail_step( server, "reading the headers", WSAEDISCON );
        request->text[pos + peeked] = 0;
        end = strstr( request->text, "\r\n\r\n" );
        count = end ? (unsigned int)(end + 4 - request->text) - pos : (unsigned int)peeked;
        if (!receive_exactly( server, request->text + pos, count,
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
    char *body;

    if (!server->request_count) return fail_step( server, "no request", 0 );
    if (request->body_len + count > SERVER_MAX_BODY_LEN) return fail_step( server, "body too long",
                                                                           0 );
    if (!request->body && !(request->body = calloc( 1, SERVER_MAX_BODY_LEN + 1 )))
        return fail_step( server, "memory", 0 );
    body = request->body + request->body_len;
    if (!receive_exactly( server, body, count, "reading the body" )) return FALSE;
    request->body_len += count;
    return TRUE;
}

static BOOL build_upgrade( struct server *server, const struct step *step, char *answer,
                           size_t size )
{
    const struct server_request *request = &server->requests[server->request_count - 1];
    const char *lines = step->type == STEP_UPGRADE && step->data ? step->data : "";
    char key[128], accept[29];

    if (!server_header( request, "Sec-WebSocket-Key", key, sizeof(key) ))
        return fail_step( server, "no Sec-WebSocket-Key", 0 );
    server_compute_accept( key, accept );
    snprintf( answer, size, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
              "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n", accept, lines );
    return TRUE;
}

static BOOL step_upgrade( struct server *server, const struct step *step )
{
    char answer[1024 + 256];
    unsigned int len;

    if (!step_headers( server ) || !build_upgrade( server, step, answer, 1024 )) return FALSE;
    len = (unsigned int)strlen( answer );
    switch (step->type)
    {
    case STEP_UPGRADE_PART:
        return send_exactly( server, answer, min( len, step->arg ) );
    case STEP_UPGRADE_WITH:
        if (len + step->len > sizeof(answer)) return fail_step( server, "too long", 0 );
        memcpy( answer + len, step->data, step->len );
        return send_exactly( server, answer, len + step->len );
    default:
        return send_sliced( server, answer, len, step->arg );
    }
}

static BOOL read_frame_length( struct server *server, unsigned int *len )
{
    unsigned char bytes[8];
    unsigned int i, count = *len == 126 ? 2 : *len == 127 ? 8 : 0;

    if (!count) return TRUE;
    if (!receive_exactly( server, bytes, count, "reading a frame length" )) return FALSE;
    for (i = 0, *len = 0; i < count; i++) *len = *len << 8 | bytes[i];
    return TRUE;
}

/* Reads a frame into *frame; the payload is the caller's to free. */
static BOOL read_frame( struct server *server, struct server_frame *frame )
{
    unsigned char head[2];
    unsigned int i;

    if (!receive_exactly( server, head, sizeof(head), "reading a frame" )) return FALSE;
    frame->connection = server->current;
    frame->first = head[0];
    frame->masked = head[1] >> 7;
    frame->len = head[1] & 0x7f;
    if (!read_frame_length( server, &frame->len )) return FALSE;
    if (frame->masked && !receive_exactly( server, frame->mask, 4, "reading a mask" )) return FALSE;
    if (frame->len > 64 * 1024 * 1024) return fail_step( server, "frame too long", frame->len );
    if (!(frame->payload = malloc( frame->len + 1 ))) return fail_step( server, "memory", 0 );
    frame->payload[frame->len] = 0;
    if (!receive_exactly( server, frame->payload, frame->len, "reading a payload" ))
    {
        free( frame->payload );
        return FALSE;
    }
    for (i = 0; frame->masked && i < frame->len; i++) frame->payload[i] ^= frame->mask[i % 4];
    return TRUE;
}

static BOOL step_read_frame( struct server *server )
{
    if (server->frame_count == SERVER_MAX_FRAMES) return fail_step( server, "too many frames", 0 );
    if (!read_frame( server, &server->frames[server->frame_count] )) return FALSE;
    InterlockedIncrement( &server->frame_count );
    return TRUE;
}

static BOOL step_read_message( struct server *server )
{
    do
    {
        if (!step_read_frame( server )) return FALSE;
    } while (!(server->frames[server->frame_count - 1].first & FRAME_FIN));
    return TRUE;
}

static unsigned int build_frame_header( unsigned char *out, unsigned int flags, unsigned int len )
{
    unsigned int pos = 2, i;

    out[0] = (unsigned char)flags;
    if (flags & FRAME_LEN64 || len > 0xffff)
    {
        out[1] = 127;
        for (i = 0; i < 8; i++) out[pos++] = (unsigned char)(i < 4 ? 0 : len >> (8 * (7 - i)));
    }
    else if (flags & FRAME_LEN16 || len > 125)
    {
        out[1] = 126;
        out[pos++] = (unsigned char)(len >> 8);
        out[pos++] = (unsigned char)len;
    }
    else out[1] = (unsigned char)len;
    if (flags & FRAME_MASKED)
    {
        out[1] |= 0x80;
        memset( out + pos, 0, 4 );      /* a mask of zeros leaves the payload as it is */
        pos += 4;
    }
    return pos;
}

unsigned int server_build_frame( unsigned char *out, unsigned int flags, const void *data,
                                 unsigned int len )
{
    unsigned int pos = build_frame_header( out, flags, len );

    if (flags & FRAME_HEADER_ONLY) return pos;
    memcpy( out + pos, data, len );
    return pos + len;
}

static BOOL send_frame( struct server *server, unsigned int flags, const void *data,
                        unsigned int len )
{
    unsigned char *bytes = malloc( len + 14 );
    unsigned int count;
    BOOL ret;

    if (!bytes) return fail_step( server, "memory", 0 );
    count = server_build_frame( bytes, flags, data, len );
    ret = send_sliced( server, bytes, count, flags & FRAME_PER_BYTE ? 1 : 0 );
    free( bytes );
    return ret;
}

static BOOL step_echo( struct server *server, unsigned int count )
{
    struct server_frame frame;
    BOOL ret = TRUE;

    while (ret && count--)
    {
        if (!read_frame( server, &frame )) return FALSE;
        ret = send_frame( server, frame.first, frame.payload, frame.len );
        free( frame.payload );
    }
    return ret;
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

static void close_connection( struct connection *conn )
{
    if (conn->socket == INVALID_SOCKET) return;
    closesocket( conn->socket );
    WSACloseEvent( conn->event );
    conn->socket = INVALID_SOCKET;
}

static BOOL step_close( struct server *server, enum step_type type )
{
    struct connection *conn = current_connection( server );
    struct linger linger = { 1, 0 };

    if (!conn) return fail_step( server, "no connection", 0 );
    switch (type)
    {
    case STEP_HALF_CLOSE:
        shutdown( conn->socket, SD_SEND );
        return TRUE;
    case STEP_RESET:
        setsockopt( conn->socket, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof(linger) );
        break;
    default:
        shutdown( conn->socket, SD_BOTH );
        break;
    }
    close_connection( conn );
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
        return step_headers( server );
    case STEP_BYTES:
        return step_bytes( server, step->arg );
    case STEP_SEND:
        return send_sliced( server, step->data, step->len, step->arg );
    case STEP_SEND_RANDOM:
        return send_random( server, step->data, step->len, step->arg );
    case STEP_UPGRADE:
    case STEP_UPGRADE_WITH:
    case STEP_UPGRADE_PART:
        return step_upgrade( server, step );
    case STEP_READ_FRAME:
        return step_read_frame( server );
    case STEP_READ_MESSAGE:
        return step_read_message( server );
    case STEP_FRAME:
        return send_frame( server, step->arg, step->data, step->len );
    case STEP_ECHO:
        return step_echo( server, step->arg );
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
    return fail_step( server, "unknown step", step->type );
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

static SOCKET listen_on_loopback( WORD *port )
{
    struct sockaddr_in addr = { 0 };
    int len = sizeof(addr);
    SOCKET listener = socket( AF_INET, SOCK_STREAM, 0 );

    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    if (bind( listener, (struct sockaddr *)&addr, sizeof(addr) ) ||
        getsockname( listener, (struct sockaddr *)&addr, &len ) || listen( listener, SOMAXCONN ))
    {
        closesocket( listener );
        return INVALID_SOCKET;
    }
    *port = ntohs( addr.sin_port );
    return listener;
}

/* The control port of the TLS front; 0: the tests run without TLS. */
static WORD front_port( void )
{
    char value[16];

    if (!GetEnvironmentVariableA( "WINHTTP_TEST_TLS_FRONT", value, sizeof(value) )) return 0;
    return (WORD)atoi( value );
}

BOOL server_is_secure( void )
{
    return front_port() != 0;
}

/* Asks the TLS front for a port that leads to ours; it stays as long as the connection to the
 * front. */
static BOOL ask_front( struct server *server )
{
    struct sockaddr_in addr = { 0 };
    char line[32], answer[32];
    unsigned int port = 0;
    int pos = 0, ret;

    server->front = INVALID_SOCKET;
    if (!front_port()) return TRUE;
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    addr.sin_port = htons( front_port() );
    server->front = socket( AF_INET, SOCK_STREAM, 0 );
    if (connect( server->front, (struct sockaddr *)&addr, sizeof(addr) )) return FALSE;
    sprintf( line, "forward %u\n", server->port );
    send( server->front, line, (int)strlen( line ), 0 );
    do
    {
        ret = recv( server->front, answer + pos, sizeof(answer) - 1 - pos, 0 );
        if (ret <= 0) return FALSE;
        pos += ret;
        answer[pos] = 0;
    } while (!strchr( answer, '\n' ) && pos < (int)sizeof(answer) - 1);
    if (sscanf( answer, "tls %u", &port ) != 1) return FALSE;
    server->tls_port = (WORD)port;
    return TRUE;
}

struct server *server_start( const struct step *script )
{
    struct server *server = calloc( 1, sizeof(*server) );
    WSADATA data;
    unsigned int i;

    if (!server || WSAStartup( MAKEWORD( 2, 2 ), &data )) ExitProcess( 255 );
    server->script = script;
    if ((server->listener = listen_on_loopback( &server->port )) == INVALID_SOCKET)
    {
        ok( 0, "cannot listen on the loopback address, error %d\n", WSAGetLastError() );
        free( server );
        WSACleanup();
        return NULL;
    }
    ok( ask_front( server ), "the TLS front gives no port, error %d\n", WSAGetLastError() );
    server->listen_event = WSACreateEvent();
    WSAEventSelect( server->listener, server->listen_event, FD_ACCEPT );
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

static void free_server( struct server *server )
{
    unsigned int i;

    for (i = 0; i < (unsigned int)server->connection_count; i++)
        close_connection( &server->connections[i] );
    for (i = 0; i < (unsigned int)server->request_count; i++) free( server->requests[i].body );
    for (i = 0; i < (unsigned int)server->frame_count; i++) free( server->frames[i].payload );
    for (i = 0; i < SERVER_MAX_EVENTS; i++)
    {
        CloseHandle( server->to_server[i] );
        CloseHandle( server->to_test[i] );
    }
    closesocket( server->listener );
    if (server->front != INVALID_SOCKET) closesocket( server->front );
    WSACloseEvent( server->listen_event );
    CloseHandle( server->thread );
    CloseHandle( server->stop );
    CloseHandle( server->done );
    free( server );
    WSACleanup();
}

static void end_thread( struct server *server )
{
    SetEvent( server->stop );
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

static SOCKET connect_to( struct server *server )
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

static int read_until_end( SOCKET client, char *buffer, int size )
{
    int pos = 0, ret;

    while ((ret = recv( client, buffer + pos, size - pos - 1, 0 )) > 0) pos += ret;
    buffer[pos] = 0;
    return ret < 0 ? -WSAGetLastError() : pos;
}

static void test_accept_value(void)
{
    char accept[29];

    /* the example of RFC 6455 1.3 */
    server_compute_accept( "dGhlIHNhbXBsZSBub25jZQ==", accept );
    ok( !strcmp( accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" ), "got %s\n", accept );
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
    SOCKET client = connect_to( server );
    int ret;

    send( client, request, 20, 0 );
    send( client, request + 20, sizeof(request) - 1 - 20, 0 );
    ok( server_wait( server, 0 ), "no signal\n" );
    seen = server_request( server, 0 );
    ok( seen && strstr( seen->text, "\r\n\r\n" ) && !strstr( seen->text, "body" ),
        "wrong request\n" );
    ok( seen->body_len == 4 && !strcmp( seen->body, "body" ), "wrong body\n" );
    ok( server_header( seen, "Host", value, sizeof(value) ) && !strcmp( value, "a" ),
        "wrong header\n" );
    ok( !server_header( seen, "Accept", value, sizeof(value) ), "unexpected header\n" );
    ok( !server_request( server, 1 ), "unexpected request\n" );
    server_signal( server, 1 );
    ret = read_until_end( client, buffer, sizeof(buffer) );
    ok( ret > 0 && !strcmp( buffer, "whole bytes random slices of a longer text" ), "got %d\n",
        ret );
    closesocket( client );
    server_stop( server );
}

static void test_frames(void)
{
    static const unsigned char masked[] = { 0x81, 0x82, 1, 2, 3, 4, 'a' ^ 1, 'b' ^ 2 };
    static const char answer[] = "\x81\x02" "ab" "\x42\x7e\x00\x03" "xyz" "\x89\x81\0\0\0\0" "p";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_READ_FRAME, SRV_FRAME( FRAME_TEXT | FRAME_FIN, "ab" ),
        SRV_FRAME( FRAME_BINARY | FRAME_RSV1 | FRAME_LEN16, "xyz" ),
        SRV_FRAME( FRAME_PING | FRAME_MASKED | FRAME_PER_BYTE, "p" ), SRV_HALF_CLOSE, SRV_EOF,
        SRV_END
    };
    struct server *server = server_start( script );
    const struct server_frame *frame;
    char buffer[64];
    SOCKET client = connect_to( server );
    int ret;

    send( client, (const char *)masked, sizeof(masked), 0 );
    ret = read_until_end( client, buffer, sizeof(buffer) );
    ok( ret == sizeof(answer) - 1 && !memcmp( buffer, answer, ret ), "got %d\n", ret );
    frame = server_frame( server, 0 );
    ok( frame && frame->first == (FRAME_TEXT | FRAME_FIN) && frame->masked, "wrong frame\n" );
    ok( frame->len == 2 && !strcmp( frame->payload, "ab" ), "got %s\n", frame->payload );
    closesocket( client );
    server_stop( server );
}

static void test_reset(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_WAIT( 0 ), SRV_RESET, SRV_ACCEPT,
                                          SRV_END };
    struct server *server = server_start( script );
    char buffer[8];
    SOCKET client = connect_to( server ), second;
    int ret;

    server_signal( server, 0 );
    ret = read_until_end( client, buffer, sizeof(buffer) );
    ok( ret == -WSAECONNRESET, "got %d\n", ret );
    second = connect_to( server );
    ok( server_finish( server ), "the script did not end\n" );
    ok( server_connection_count( server ) == 2, "got %u\n", server_connection_count( server ) );
    closesocket( client );
    closesocket( second );
    server_stop( server );
}

START_TEST( server )
{
    test_accept_value();
    test_request_and_slices();
    test_frames();
    test_reset();
}
