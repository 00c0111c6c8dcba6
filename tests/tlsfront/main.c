/* A TLS front for plain servers: decrypts, and passes on to a port behind it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 *   tlsfront DIR
 *
 * Makes throw-away certificates in DIR, prints "control PORT" and "ready", and runs until its
 * standard input ends or a signal ends it. On a connection to the control port (loopback) the line
 * "forward PORT" is answered by "tls PORT2": from then on TLS connections to 127.0.0.1:PORT2 go to
 * 127.0.0.1:PORT, until the control connection ends. Connections that were made live on.
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
#include "link.h"

/* A test has one server at a time, a topic with parallel cases some ten; each server takes at most
 * 16 connections (SERVER_MAX_CONNECTIONS). */
#define MAX_CONTROLS 64
#define MAX_LINKS    512

/* "forward 65535" and the line's end, with room. */
#define MAX_LINE 64

/* A test's wish, and its port. */
struct control
{
    int      fd;               /* owned */
    int      listener;         /* owned; -1 until the line has come */
    uint16_t port;             /* of the server behind */
    char     line[MAX_LINE];
    size_t   len;
};

static struct control controls[MAX_CONTROLS];
static struct link *links[MAX_LINKS];
static size_t control_count, link_count;

/* Listens on an ephemeral loopback port. */
static int listen_on_loopback( uint16_t *port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET,
                                .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    socklen_t len = sizeof(addr);
    int fd = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0 );

    if (fd < 0) return -1;
    if (bind( fd, (struct sockaddr *)&addr, len ) || listen( fd, SOMAXCONN ) ||
        getsockname( fd, (struct sockaddr *)&addr, &len ))
    {
        close( fd );
        return -1;
    }
    *port = ntohs( addr.sin_port );
    return fd;
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
    controls[control_count++].listener = -1;
}

static void remove_control( size_t index )
{
    close( controls[index].fd );
    if (controls[index].listener >= 0) close( controls[index].listener );
    controls[index] = controls[--control_count];
}

/* FALSE: the line is not understood, or cannot be done. */
static bool obey( struct control *control )
{
    char answer[MAX_LINE];
    unsigned int port;
    uint16_t own;
    int len;

    if (sscanf( control->line, "forward %u", &port ) != 1 || !port || port > 0xffff) return false;
    if (control->listener >= 0 || (control->listener = listen_on_loopback( &own )) < 0)
        return false;
    control->port = port;
    len = snprintf( answer, sizeof(answer), "tls %u\n", own );
    return send( control->fd, answer, len, MSG_NOSIGNAL ) == len;
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

static void add_link( const struct control *control )
{
    int fd = accept_from( control->listener );
    struct link *link;

    if (fd < 0) return;
    if (link_count == MAX_LINKS)
    {
        fprintf( stderr, "tlsfront: more than %d connections\n", MAX_LINKS );
        close( fd );
    }
    else if ((link = link_create( fd, control->port ))) links[link_count++] = link;
}

/* All of these may be in the set at once: standard input, the control port, and the rest. */
#define MAX_FDS (2 + 2 * MAX_CONTROLS + 2 * MAX_LINKS)

static size_t fill_poll( struct pollfd *fds, int listener )
{
    size_t count = 0, i;

    fds[count++] = (struct pollfd){ STDIN_FILENO, POLLIN, 0 };
    fds[count++] = (struct pollfd){ listener, POLLIN, 0 };
    for (i = 0; i < control_count; i++)
    {
        fds[count++] = (struct pollfd){ controls[i].fd, POLLIN, 0 };
        fds[count++] = (struct pollfd){ controls[i].listener, POLLIN, 0 };
    }
    for (i = 0; i < link_count; i++, count += 2) link_poll( links[i], fds + count );
    return count;
}

/* Backwards, since the last one takes the place of one that ends. */
static void serve( const struct pollfd *fds, int listener )
{
    size_t first_link = 2 + 2 * control_count, i;

    for (i = link_count; i--;)
    {
        const struct pollfd *fd = fds + first_link + 2 * i;

        if ((!fd[0].revents && !fd[1].revents) || link_step( links[i] )) continue;
        link_destroy( links[i] );
        links[i] = links[--link_count];
    }
    for (i = control_count; i--;)
    {
        if (fds[3 + 2 * i].revents) add_link( &controls[i] );
        if (fds[2 + 2 * i].revents && !read_control( &controls[i] )) remove_control( i );
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
    if (!tls_setup( &config )) return 1;
    if ((listener = listen_on_loopback( &port )) < 0)
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
