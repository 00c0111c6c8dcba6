/* Blocking connection to the echo server: a socket, with GnuTLS or without.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../shared/command.h"

static gnutls_certificate_credentials_t credentials;

static void make_credentials( void )
{
    if (credentials) return;
    gnutls_certificate_allocate_credentials( &credentials );
    if (!bench_options.ca_file) bench_fail( "TLS needs --ca" );
    if (gnutls_certificate_set_x509_trust_file( credentials, bench_options.ca_file,
                                                GNUTLS_X509_FMT_PEM ) < 1)
        bench_fail( "cannot read %s", bench_options.ca_file );
}

gnutls_session_t link_tls_session( int fd )
{
    gnutls_session_t tls;

    make_credentials();
    if (gnutls_init( &tls, GNUTLS_CLIENT )) bench_fail( "no memory for TLS" );
    gnutls_set_default_priority( tls );
    gnutls_credentials_set( tls, GNUTLS_CRD_CERTIFICATE, credentials );
    gnutls_session_set_verify_cert( tls, "localhost", 0 );
    gnutls_transport_set_int( tls, fd );
    return tls;
}

static void handshake( struct link *link, const gnutls_datum_t *session )
{
    int ret;

    link->tls = link_tls_session( link->fd );
    if (session && session->size)
        gnutls_session_set_data( link->tls, session->data, session->size );
    do ret = gnutls_handshake( link->tls ); while (ret < 0 && !gnutls_error_is_fatal( ret ));
    if (ret < 0) bench_fail( "TLS handshake: %s", gnutls_strerror( ret ) );
}

static struct link *connect_to( int port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    struct link *link = malloc( sizeof(*link) );
    int one = 1;

    if (!link) bench_fail( "no memory" );
    link->pos = link->len = 0;
    link->tls = NULL;
    link->fd = socket( AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0 );
    addr.sin_port = htons( port );
    if (connect( link->fd, (struct sockaddr *)&addr, sizeof(addr) ))
        bench_fail( "connect: %s", strerror( errno ) );
    setsockopt( link->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one) );
    return link;
}

struct link *link_open( bool secure )
{
    struct link *link = connect_to( secure ? bench_options.wss_port : bench_options.ws_port );

    if (secure) handshake( link, NULL );
    return link;
}

struct link *link_resume( int port, const gnutls_datum_t *session )
{
    struct link *link = connect_to( port );

    handshake( link, session );
    return link;
}

void link_keep_session( struct link *link, gnutls_datum_t *session )
{
    /* with TLS 1.3, gnutls_session_get_data2 waits for a ticket that is not there */
    if (!(gnutls_session_get_flags( link->tls ) & GNUTLS_SFLAGS_SESSION_TICKET)) return;
    gnutls_free( session->data );
    session->data = NULL;
    session->size = 0;
    gnutls_session_get_data2( link->tls, session );
}

void link_close( struct link *link )
{
    if (link->tls)
    {
        gnutls_bye( link->tls, GNUTLS_SHUT_WR );
        gnutls_deinit( link->tls );
    }
    close( link->fd );
    free( link );
}

void link_send( struct link *link, const void *data, size_t len )
{
    const char *pos = data;
    ssize_t ret;

    while (len)
    {
        if (link->tls) ret = gnutls_record_send( link->tls, pos, len );
        else ret = send( link->fd, pos, len, MSG_NOSIGNAL );
        if (ret < 0 && link->tls && !gnutls_error_is_fatal( ret )) continue;
        if (ret < 0)
            bench_fail( "send: %s", link->tls ? gnutls_strerror( ret ) : strerror( errno ) );
        pos += ret;
        len -= ret;
    }
}

static size_t receive( struct link *link, void *data, size_t len )
{
    ssize_t ret;

    if (!link->tls) ret = recv( link->fd, data, len, 0 );
    else do ret = gnutls_record_recv( link->tls, data, len );
    while (ret < 0 && !gnutls_error_is_fatal( ret ));
    if (ret < 0) bench_fail( "recv: %s", link->tls ? gnutls_strerror( ret ) : strerror( errno ) );
    return ret;
}

size_t link_recv( struct link *link, void *data, size_t len )
{
    size_t waiting = link->len - link->pos;

    if (!waiting) return receive( link, data, len );
    if (waiting > len) waiting = len;
    memcpy( data, link->in + link->pos, waiting );
    link->pos += waiting;
    return waiting;
}

void link_recv_all( struct link *link, void *data, size_t len )
{
    char *pos = data;
    size_t got;

    while (len)
    {
        if (!(got = link_recv( link, pos, len ))) bench_fail( "the server ended the connection" );
        pos += got;
        len -= got;
    }
}

static void receive_more( struct link *link )
{
    size_t got;

    if (link->pos == link->len) link->pos = link->len = 0;
    if (link->len == LINK_BUFFER)
    {
        link->len -= link->pos;
        memmove( link->in, link->in + link->pos, link->len );
        link->pos = 0;
    }
    if (link->len == LINK_BUFFER) bench_fail( "the head does not fit" );
    if (!(got = receive( link, link->in + link->len, LINK_BUFFER - link->len )))
        bench_fail( "the server ended the connection" );
    link->len += got;
}

unsigned char *link_peek( struct link *link, size_t len )
{
    while (link->len - link->pos < len) receive_more( link );
    return link->in + link->pos;
}

size_t link_head( struct link *link )
{
    unsigned char *end;
    size_t len;

    do receive_more( link );
    while (!(end = memmem( link->in + link->pos, link->len - link->pos, "\r\n\r\n", 4 )));
    end[3] = 0;
    len = end + 4 - (link->in + link->pos);
    return len;
}
