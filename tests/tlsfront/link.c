/* One connection through the front: TLS with the client, plain TCP with the server behind.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a side ended is passed on as it is: the end of the stream as FIN (to the client with a
 * close_notify before it, unless the site says otherwise), anything worse as a reset, both behind
 * the bytes that came before.
 */

#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gnutls/gnutls.h>

#include "../../tools/echod/tls.h"

/* A TLS record's worth: what a server sends at once reaches the client in one record. */
#define FLOW_BYTES 16384

enum end
{
    END_NONE,
    END_FIN,
    END_RESET,
};

/* One direction. */
struct flow
{
    unsigned char data[FLOW_BYTES];
    size_t        begin, end;  /* bytes that wait to be written */
    enum end      source;      /* how the source ended */
    bool          broken;      /* the destination takes no more: what comes is dropped */
    bool          done;        /* the end was passed on */
};

struct link
{
    int                 client, server; /* owned; -1: not yet */
    struct site        *site;           /* a reference */
    struct tls_session *tls;            /* owned; on client */
    bool                tunnel;         /* TLS may begin: a CONNECT is answered, or none awaited */
    bool                shaken;
    size_t              pushed;         /* bytes of TLS for the client */
    struct flow         up, down;       /* to the server; to the client */
};

static int connect_to( uint16_t port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons( port ),
                                .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    int fd = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0 ), on = 1;

    if (fd < 0) return -1;
    setsockopt( fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on) );
    /* a refusal is found by the first recv */
    if (connect( fd, (struct sockaddr *)&addr, sizeof(addr) ) && errno != EINPROGRESS)
    {
        close( fd );
        return -1;
    }
    return fd;
}

/* What GnuTLS writes to the client, as far as the site lets it. */
static ssize_t push( gnutls_transport_ptr_t ptr, const void *data, size_t len )
{
    struct link *link = ptr;
    size_t left = site_cut( link->site ) - link->pushed;
    ssize_t ret;

    if (!left)
    {
        gnutls_transport_set_errno( tls_session_gnutls( link->tls ), EPIPE );
        return -1;
    }
    ret = send( link->client, data, len < left ? len : left, MSG_NOSIGNAL );
    if (ret < 0) gnutls_transport_set_errno( tls_session_gnutls( link->tls ), errno );
    else if ((size_t)ret == left) shutdown( link->client, SHUT_WR );
    if (ret > 0) link->pushed += ret;
    return ret;
}

static void arm_cut( struct link *link )
{
    gnutls_session_t gnutls = tls_session_gnutls( link->tls );

    if (site_cut( link->site ) == SIZE_MAX) return;
    gnutls_transport_set_ptr2( gnutls, (gnutls_transport_ptr_t)(intptr_t)link->client, link );
    gnutls_transport_set_push_function( gnutls, push );
}

struct link *link_create( int client, struct site *site )
{
    struct link *link = calloc( 1, sizeof(*link) );
    int on = 1;

    if (!link)
    {
        close( client );
        return NULL;
    }
    setsockopt( client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on) );
    link->client = client;
    link->site = site_addref( site );
    link->server = site_connects_late( site ) ? -1 : connect_to( site_port( site ) );
    link->tunnel = !site_plays_proxy( site );
    if ((link->server >= 0 || site_connects_late( site )) &&
        (link->tls = site_session( site, client )))
    {
        arm_cut( link );
        return link;
    }
    link_destroy( link );
    return NULL;
}

void link_destroy( struct link *link )
{
    if (!link) return;
    tls_session_destroy( link->tls );
    site_release( link->site );
    close( link->client );
    if (link->server >= 0) close( link->server );
    free( link );
}

/* The next close of the socket sends RST. */
static void arm_reset( int fd )
{
    struct linger linger = { 1, 0 };

    setsockopt( fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
}

static bool flow_is_empty( const struct flow *flow )
{
    return flow->begin == flow->end;
}

static bool flow_wants_input( const struct flow *flow )
{
    return flow_is_empty( flow ) && flow->source == END_NONE;
}

/* ret: bytes read, 0 at the end, or a negative errno. Returns whether something changed. */
static bool flow_fill( struct flow *flow, ssize_t ret, enum end error )
{
    if (ret == -EAGAIN) return false;
    flow->begin = 0;
    flow->end = ret > 0 && !flow->broken ? ret : 0;
    if (ret <= 0) flow->source = ret ? error : END_FIN;
    return true;
}

static bool flow_drain( struct flow *flow, ssize_t ret )
{
    if (ret == -EAGAIN) return false;
    if (ret > 0) flow->begin += ret;
    else
    {
        flow->broken = true;
        flow->begin = flow->end;
    }
    return true;
}

static bool read_client( struct link *link )
{
    ssize_t ret;

    if (!flow_wants_input( &link->up )) return false;
    ret = tls_recv( link->tls, link->up.data, FLOW_BYTES );
    /* -ECONNRESET is a FIN without close_notify */
    return flow_fill( &link->up, ret, ret == -ECONNRESET ? END_FIN : END_RESET );
}

static bool read_server( struct link *link )
{
    ssize_t ret;

    if (!flow_wants_input( &link->down )) return false;
    ret = recv( link->server, link->down.data, FLOW_BYTES, 0 );
    return flow_fill( &link->down, ret < 0 ? -errno : ret, END_RESET );
}

static bool write_client( struct link *link )
{
    struct flow *flow = &link->down;

    if (flow_is_empty( flow )) return false;
    return flow_drain( flow, tls_send( link->tls, flow->data + flow->begin,
                                       flow->end - flow->begin ) );
}

static bool write_server( struct link *link )
{
    struct flow *flow = &link->up;
    ssize_t ret;

    if (flow_is_empty( flow )) return false;
    ret = send( link->server, flow->data + flow->begin, flow->end - flow->begin, MSG_NOSIGNAL );
    return flow_drain( flow, ret < 0 ? -errno : ret );
}

static void end_client( struct link *link )
{
    /* of application data; 16 of its 17 bytes do not come */
    static const unsigned char record[] = { 0x17, 3, 3, 0, 17, 'x' };

    switch (site_end( link->site ))
    {
    case SITE_END_POLITE: tls_send_end( link->tls ); break;
    case SITE_END_BARE:   break;
    case SITE_END_CUT:    send( link->client, record, sizeof(record), MSG_NOSIGNAL ); break;
    }
    shutdown( link->client, SHUT_WR );
}

/* FALSE: a reset ends the link. */
static bool pass_ends( struct link *link )
{
    if (link->up.source && flow_is_empty( &link->up ) && !link->up.done)
    {
        link->up.done = true;
        if (link->up.source == END_RESET) arm_reset( link->server );
        else shutdown( link->server, SHUT_WR );
    }
    if (link->down.source && flow_is_empty( &link->down ) && !link->down.done)
    {
        link->down.done = true;
        if (link->down.source == END_RESET) arm_reset( link->client );
        else end_client( link );
    }
    return !(link->up.done && link->up.source == END_RESET) &&
           !(link->down.done && link->down.source == END_RESET) &&
           !(link->up.done && link->down.done);
}

/* Takes a CONNECT up to its empty line, and no byte more. FALSE: something else came. */
static bool open_tunnel( struct link *link )
{
    static const char answer[] = "HTTP/1.1 200 Connected\r\n\r\n";
    struct flow *flow = &link->up;
    ssize_t ret;

    while ((ret = recv( link->client, flow->data + flow->end, 1, 0 )) == 1)
    {
        if (++flow->end == FLOW_BYTES) return false;
        if (flow->end < 4 || memcmp( flow->data + flow->end - 4, "\r\n\r\n", 4 )) continue;
        link->tunnel = !memcmp( flow->data, "CONNECT ", 8 );
        flow->end = 0;
        return link->tunnel && send( link->client, answer, sizeof(answer) - 1, MSG_NOSIGNAL ) > 0;
    }
    return ret < 0 && errno == EAGAIN;
}

/* The client learns why, by an alert, which a reset could overtake; the server sees a reset. */
static void refuse( struct link *link )
{
    tls_send_alert( link->tls );
    shutdown( link->client, SHUT_WR );
    while (recv( link->client, link->up.data, FLOW_BYTES, 0 ) > 0) {}
    arm_reset( link->server );
}

/* FALSE: it failed. */
static bool shake_hands( struct link *link )
{
    int ret;

    if (link->shaken) return true;
    ret = tls_handshake( link->tls );
    link->shaken = !ret;
    if (!ret) site_note( link->site, link->tls );
    if (!ret && link->server < 0) link->server = connect_to( site_port( link->site ) );
    if (!ret || ret == -EAGAIN) return true;
    refuse( link );
    return false;
}

bool link_step( struct link *link )
{
    bool moved;

    if (!link->tunnel && !open_tunnel( link )) return false;
    if (!link->tunnel) return true;
    if (!shake_hands( link )) return false;
    do
    {
        moved = link->shaken && read_client( link );
        moved |= link->shaken && write_client( link );
        moved |= write_server( link );
        /* before the handshake there is no telling the client */
        moved |= link->shaken && read_server( link );
        if (!pass_ends( link )) return false;
    } while (moved);
    return true;
}

void link_poll( const struct link *link, struct pollfd fds[2] )
{
    short client = 0, server = 0;

    if (!link->tunnel) client = POLLIN;
    else if (!link->shaken) client = tls_wants_write( link->tls ) ? POLLOUT : POLLIN;
    else
    {
        if (flow_wants_input( &link->up )) client |= POLLIN;
        if (!flow_is_empty( &link->down )) client |= POLLOUT;
        if (flow_wants_input( &link->down )) server |= POLLIN;
    }
    if (link->tunnel && !flow_is_empty( &link->up )) server |= POLLOUT;
    /* poll always reports errors and hang-ups; with nothing to do they would be reported forever */
    fds[0].fd = client ? link->client : -1;
    fds[0].events = client;
    fds[1].fd = server ? link->server : -1;
    fds[1].events = server;
}
