/* Many WebSockets in one thread: opened, idle, woken by a broadcast, echoing, closed.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Frames here are small, and the server sends each with one call: one receive takes it whole.
 */

#include "cases.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../shared/command.h"
#include "link.h"
#include "ws.h"

/* Sockets being opened at a time; the same as in tests/bench/windows/many.c. */
#define OPENING_AT_ONCE 64

#define MESSAGE_BYTES 64

enum peer_state
{
    PEER_CONNECTING, /* TCP */
    PEER_TLS,        /* handshake */
    PEER_UPGRADING,  /* the answer to the upgrade is awaited */
    PEER_OPEN,
    PEER_CLOSING,    /* our close frame is sent */
};

struct peer
{
    int              fd;
    gnutls_session_t tls; /* owned, NULL without TLS */
    enum peer_state  state;
};

static struct peer *peers;
static size_t peer_count, opened_count, started_count;
static size_t echo_count, closed_count;
static bool peers_secure;
static int epoll_set;

static void send_bytes( struct peer *peer, const void *data, size_t len )
{
    ssize_t ret;

    if (peer->tls) ret = gnutls_record_send( peer->tls, data, len );
    else ret = send( peer->fd, data, len, MSG_NOSIGNAL );
    if (ret != (ssize_t)len) bench_fail( "a send failed: %d", (int)ret );
}

static void send_frame( struct peer *peer, unsigned opcode, const void *data, size_t len )
{
    unsigned char frame[WS_MAX_HEADER + MESSAGE_BYTES];

    send_bytes( peer, frame, ws_build_frame( frame, opcode, data, len ) );
}

static void send_message( struct peer *peer )
{
    static const char message[MESSAGE_BYTES] = "echo";

    send_frame( peer, 2, message, sizeof(message) );
}

static void want( struct peer *peer, int operation, uint32_t events )
{
    struct epoll_event event = { .events = events, .data.ptr = peer };

    if (epoll_ctl( epoll_set, operation, peer->fd, &event )) bench_fail( "epoll_ctl failed" );
}

static void start_peer( struct peer *peer )
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    int one = 1;

    peer->fd = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0 );
    if (peer->fd < 0) bench_fail( "socket: %s", strerror( errno ) );
    addr.sin_port = htons( peers_secure ? bench_options.wss_port : bench_options.ws_port );
    if (connect( peer->fd, (struct sockaddr *)&addr, sizeof(addr) ) && errno != EINPROGRESS)
        bench_fail( "connect: %s", strerror( errno ) );
    setsockopt( peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one) );
    if (peers_secure) peer->tls = link_tls_session( peer->fd );
    peer->state = PEER_CONNECTING;
    want( peer, EPOLL_CTL_ADD, EPOLLOUT );
}

static void upgrade( struct peer *peer )
{
    char text[512];

    peer->state = PEER_UPGRADING;
    send_bytes( peer, text, ws_build_upgrade( text, sizeof(text), "/echo" ) );
}

static void step_tls( struct peer *peer )
{
    int ret = gnutls_handshake( peer->tls );

    if (!ret) upgrade( peer );
    else if (gnutls_error_is_fatal( ret )) bench_fail( "TLS: %s", gnutls_strerror( ret ) );
}

static void connected( struct peer *peer )
{
    want( peer, EPOLL_CTL_MOD, EPOLLIN );
    if (!peer->tls)
    {
        upgrade( peer );
        return;
    }
    peer->state = PEER_TLS;
    step_tls( peer );
}

static void opened( struct peer *peer, const char *data, size_t len )
{
    if (len < 13 || memcmp( data, "HTTP/1.1 101 ", 13 )) bench_fail( "the upgrade was refused" );
    peer->state = PEER_OPEN;
    opened_count++;
    if (started_count < peer_count) start_peer( &peers[started_count++] );
}

static void closed( struct peer *peer )
{
    if (peer->tls)
    {
        gnutls_bye( peer->tls, GNUTLS_SHUT_WR );
        gnutls_deinit( peer->tls );
    }
    close( peer->fd );
    closed_count++;
}

static void received( struct peer *peer, const unsigned char *data, size_t len )
{
    if (peer->state == PEER_UPGRADING) opened( peer, (const char *)data, len );
    else if (peer->state == PEER_CLOSING) closed( peer );
    else if (len < 2 || len != 2u + data[1]) bench_fail( "a frame came in pieces" );
    else if (data[0] == 0x81) send_message( peer ); /* the broadcast is text */
    else echo_count++;
}

/* TLS may hold several records that epoll does not see any more. */
static void readable( struct peer *peer )
{
    static unsigned char data[16384];
    ssize_t len;

    do
    {
        if (peer->tls) len = gnutls_record_recv( peer->tls, data, sizeof(data) );
        else len = recv( peer->fd, data, sizeof(data), 0 );
        if (len == GNUTLS_E_AGAIN) return;
        if (len <= 0) bench_fail( "a receive failed: %d", (int)len );
        received( peer, data, len );
    } while (peer->tls && peer->state == PEER_OPEN && gnutls_record_check_pending( peer->tls ));
}

static void run_until( size_t *counter, size_t target )
{
    struct epoll_event events[512];
    struct peer *peer;
    int count, i;

    while (*counter < target)
    {
        count = epoll_wait( epoll_set, events, 512, -1 );
        for (i = 0; i < count; i++)
        {
            peer = events[i].data.ptr;
            if (peer->state == PEER_CONNECTING) connected( peer );
            else if (peer->state == PEER_TLS) step_tls( peer );
            else readable( peer );
        }
    }
}

static void report( uint64_t start )
{
    bench_result( "ms=%.3f", (bench_now() - start) / 1e6 );
}

/* Opens the first, so that the memory of later ones can be told from that of the program. */
void case_many_prepare( char **args )
{
    struct rlimit limit;
    uint64_t start = bench_now();

    getrlimit( RLIMIT_NOFILE, &limit );
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
    peers_secure = bench_choice( args[0], "wss", "ws" );
    peer_count = bench_number( args[1] );
    peers = malloc( peer_count * sizeof(*peers) );
    memset( peers, 0xff, peer_count * sizeof(*peers) ); /* resident from now on */
    for (started_count = 0; started_count < peer_count; started_count++)
        peers[started_count].tls = NULL;
    epoll_set = epoll_create1( EPOLL_CLOEXEC );
    start_peer( &peers[0] );
    run_until( &opened_count, 1 );
    started_count = 1;
    report( start );
}

void case_many_open( char **args )
{
    uint64_t start = bench_now();

    (void)args;
    while (started_count < peer_count && started_count <= OPENING_AT_ONCE)
        start_peer( &peers[started_count++] );
    run_until( &opened_count, peer_count );
    report( start );
}

void case_many_woken( char **args )
{
    uint64_t start = bench_now();

    (void)args;
    run_until( &echo_count, peer_count );
    echo_count = 0;
    report( start );
}

void case_many_echo( char **args )
{
    uint64_t start = bench_now();
    size_t i;

    (void)args;
    for (i = 0; i < peer_count; i++) send_message( &peers[i] );
    run_until( &echo_count, peer_count );
    echo_count = 0;
    report( start );
}

/* Messages on one socket, while the others go on waiting. */
void case_many_one( char **args )
{
    uint64_t start;

    bench_begin( bench_number( args[0] ) );
    do
    {
        start = bench_now();
        send_message( &peers[0] );
        run_until( &echo_count, 1 );
        echo_count = 0;
    } while (bench_sample( bench_now() - start ));
    bench_report();
}

void case_many_close( char **args )
{
    static const unsigned char status[] = { 1000 >> 8, 1000 & 0xff };
    uint64_t start = bench_now();
    size_t i;

    (void)args;
    for (i = 0; i < peer_count; i++)
    {
        peers[i].state = PEER_CLOSING;
        send_frame( &peers[i], 8, status, sizeof(status) );
    }
    run_until( &closed_count, peer_count );
    report( start );
    free( peers );
}
