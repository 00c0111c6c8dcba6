/* A TLS front for plain servers: decrypts, and passes on to a port behind it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 *   tlsfront DIR
 *
 * Makes throw-away certificates in DIR, prints "control PORT" and "ready", and runs until its
 * standard input ends or a signal ends it. On a connection to the control port (loopback) each line
 * is answered by one:
 *
 *   forward PORT [OPTION...]   tls PORT2: from then on TLS connections to PORT2 on 127.0.0.1 and
 *                              ::1 go to 127.0.0.1:PORT, until the control connection ends;
 *                              connections that were made live on. Options: site.h.
 *   change OPTION...           ok: for the connections to come
 *   seen                       full N resumed N peer HEX|none name NAME|none: site.h
 *   authority                  der LEN, and so many bytes: the certificate to be trusted
 *   crl WHAT, ocsp ANSWER      der LEN, and so many bytes: a list of revoked certificates, and what
 *                              an OCSP responder says of this site's; certs.h
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../tools/echod/tls.h"
#include "certs.h"
#include "link.h"

/* A test has one server at a time, a topic with parallel cases some ten; each server takes at most
 * 16 connections (SERVER_MAX_CONNECTIONS). */
#define MAX_CONTROLS 64
#define MAX_LINKS    512

/* A port that IPv4 has free can be in use with IPv6, mostly by connections that were closed. */
#define MAX_PORT_TRIES 100

/* "forward 65535" with all its options. */
#define MAX_LINE 192

/* A test's wish, and its port. */
struct control
{
    int          fd;           /* owned */
    int          listener;     /* owned; -1 until forward has come */
    int          listener6;    /* owned; the same port of ::1; -1 also where there is none */
    struct site *site;         /* a reference; NULL until then */
    char         line[MAX_LINE];
    size_t       len;
};

static struct control controls[MAX_CONTROLS];
static struct link *links[MAX_LINKS];
static size_t control_count, link_count;

/* Fills in the port where addr has none. */
static int listen_on( struct sockaddr *addr, socklen_t len )
{
    int fd = socket( addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0 ), error;

    if (fd < 0) return -1;
    if (!bind( fd, addr, len ) && !listen( fd, SOMAXCONN ) && !getsockname( fd, addr, &len ))
        return fd;
    error = errno;
    close( fd );
    errno = error;
    return -1;
}

static int listen_on_ipv4( uint16_t *port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    int fd = listen_on( (struct sockaddr *)&addr, sizeof(addr) );

    *port = ntohs( addr.sin_port );
    return fd;
}

static int listen_on_ipv6( uint16_t port )
{
    struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                 .sin6_port = htons( port ) };

    return listen_on( (struct sockaddr *)&addr, sizeof(addr) );
}

/* The same port of both; where there is no IPv6, tests of it will say so. false: no port. */
static bool listen_on_both( struct control *control, uint16_t *port )
{
    int tries;

    for (tries = 0; tries < MAX_PORT_TRIES; tries++)
    {
        if ((control->listener = listen_on_ipv4( port )) < 0) return false;
        control->listener6 = listen_on_ipv6( *port );
        if (control->listener6 >= 0 || errno != EADDRINUSE) return true;
        close( control->listener );
        control->listener = -1;
    }
    return false;
}

static int accept_from( int listener )
{
    return accept4( listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC );
}

static void add_control( int listener )
{
    int fd = accept_from( listener );

    if (fd < 0) return;
    if (control_count == MAX_CONTROLS)
    {
        fprintf( stderr, "tlsfront: more than %d control connections\n", MAX_CONTROLS );
        close( fd );
        return;
    }
    memset( &controls[control_count], 0, sizeof(controls[control_count]) );
    controls[control_count].fd = fd;
    controls[control_count].listener = -1;
    controls[control_count++].listener6 = -1;
}

static void remove_control( size_t index )
{
    close( controls[index].fd );
    if (controls[index].listener >= 0) close( controls[index].listener );
    if (controls[index].listener6 >= 0) close( controls[index].listener6 );
    site_release( controls[index].site );
    controls[index] = controls[--control_count];
}

static bool answer( const struct control *control, const void *data, size_t len )
{
    return send( control->fd, data, len, MSG_NOSIGNAL ) == (ssize_t)len;
}

static bool answer_der( const struct control *control, bool made, gnutls_datum_t *der )
{
    char text[MAX_LINE];
    bool sent;

    if (!made) return false;
    sent = answer( control, text, snprintf( text, sizeof(text), "der %u\n", der->size ) ) &&
           answer( control, der->data, der->size );
    gnutls_free( der->data );
    return sent;
}

static bool forward( struct control *control )
{
    char text[MAX_LINE];
    unsigned int port;
    uint16_t own;
    int used;

    if (sscanf( control->line, "forward %u%n", &port, &used ) != 1 || !port || port > 0xffff ||
        control->site) return false;
    if (!(control->site = site_create( port, control->line + used ))) return false;
    if (!listen_on_both( control, &own )) return false;
    return answer( control, text, snprintf( text, sizeof(text), "tls %u\n", own ) );
}

static bool tell_seen( struct control *control )
{
    char text[MAX_LINE];

    site_describe( control->site, text, sizeof(text) );
    return answer( control, text, strlen( text ) );
}

static bool answer_state( const struct control *control )
{
    const struct certs *certs = site_certs( control->site );
    gnutls_datum_t der = { NULL, 0 };
    char what[MAX_LINE];
    bool made = false;

    if (sscanf( control->line, "crl %s", what ) == 1) made = certs_make_crl( certs, what, &der );
    else if (sscanf( control->line, "ocsp %s", what ) == 1)
        made = certs_make_ocsp( certs, what, &der );
    return answer_der( control, made, &der );
}

/* FALSE: the line is not understood, or cannot be done. */
static bool obey( struct control *control )
{
    gnutls_datum_t der;

    if (!strncmp( control->line, "forward ", 8 )) return forward( control );
    if (!strncmp( control->line, "authority", 9 ))
        return answer_der( control, certs_export_authority( &der ), &der );
    if (!control->site) return false;
    if (!strncmp( control->line, "seen", 4 )) return tell_seen( control );
    if (!strncmp( control->line, "change ", 7 ))
        return site_change( control->site, control->line + 7 ) && answer( control, "ok\n", 3 );
    return site_certs( control->site ) && answer_state( control );
}

/* FALSE: the control connection has come to its end. */
static bool read_control( struct control *control )
{
    ssize_t ret = recv( control->fd, control->line + control->len, MAX_LINE - 1 - control->len, 0 );

    if (ret < 0) return errno == EAGAIN;
    if (!ret) return false;
    control->len += ret;
    control->line[control->len] = 0;
    if (!strchr( control->line, '\n' )) return control->len < MAX_LINE - 1;
    control->len = 0;
    return obey( control );
}

static void add_link( const struct control *control, int listener )
{
    int fd = accept_from( listener );
    struct link *link;

    if (fd < 0) return;
    if (link_count == MAX_LINKS)
    {
        fprintf( stderr, "tlsfront: more than %d connections\n", MAX_LINKS );
        close( fd );
    }
    else if ((link = link_create( fd, control->site ))) links[link_count++] = link;
}

/* All of these may be in the set at once: standard input, the control port, and the rest. */
#define MAX_FDS (2 + 3 * MAX_CONTROLS + 2 * MAX_LINKS)

static size_t fill_poll( struct pollfd *fds, int listener )
{
    size_t count = 0, i;

    fds[count++] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
    fds[count++] = (struct pollfd){ listener, POLLIN, 0 };
    for (i = 0; i < control_count; i++)
    {
        fds[count++] = (struct pollfd){ controls[i].fd, POLLIN, 0 };
        fds[count++] = (struct pollfd){ controls[i].listener, POLLIN, 0 };
        fds[count++] = (struct pollfd){ controls[i].listener6, POLLIN, 0 };
    }
    for (i = 0; i < link_count; i++, count += 2) link_poll( links[i], fds + count );
    return count;
}

/* Backwards, since the last one takes the place of one that ends. */
static void serve( const struct pollfd *fds, int listener )
{
    size_t first_link = 2 + 3 * control_count, i;

    for (i = link_count; i--;)
    {
        const struct pollfd *fd = fds + first_link + 2 * i;

        if ((!fd[0].revents && !fd[1].revents) || link_step( links[i] )) continue;
        link_destroy( links[i] );
        links[i] = links[--link_count];
    }
    for (i = control_count; i--;)
    {
        const struct pollfd *fd = fds + 2 + 3 * i;

        if (fd[1].revents) add_link( &controls[i], controls[i].listener );
        if (fd[2].revents) add_link( &controls[i], controls[i].listener6 );
        if (fd[0].revents && !read_control( &controls[i] )) remove_control( i );
    }
    if (fds[1].revents) add_control( listener );
}

static bool input_has_ended(void)
{
    char dropped[64];

    return read( STDIN_FILENO, dropped, sizeof(dropped) ) <= 0;
}

static void run( int listener )
{
    static struct pollfd fds[MAX_FDS];

    for (;;)
    {
        if (poll( fds, fill_poll( fds, listener ), -1 ) < 0) continue;
        if (fds[0].revents && input_has_ended()) return;
        serve( fds, listener );
    }
}

int main( int argc, char **argv )
{
    struct tls_config config = { .priority = "NORMAL" };
    uint16_t port;
    int listener;

    if (argc != 2 || argv[1][0] == '-')
    {
        fprintf( stderr, "usage: tlsfront DIR\n" );
        return 2;
    }
    signal( SIGPIPE, SIG_IGN );
    config.dir = argv[1];
    if (!tls_setup( &config ) || !certs_init()) return 1;
    if ((listener = listen_on_ipv4( &port )) < 0)
    {
        fprintf( stderr, "tlsfront: cannot listen: %s\n", strerror( errno ) );
        return 1;
    }
    printf( "control %u\nready\n", port );
    fflush( stdout );
    run( listener );
    while (link_count) link_destroy( links[--link_count] );
    while (control_count) remove_control( control_count - 1 );
    close( listener );
    return 0;
}
