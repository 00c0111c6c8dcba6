/* chaosd - a WebSocket server that misbehaves at random, but the same way for the same seed.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 *   chaosd        prints "plain=N tls=N broken=N slow=N refused=N", its ports on 127.0.0.1, and
 *                 serves until its standard input ends. Then it prints how many connections there
 *                 were and how often a client broke RFC 6455, and exits with 1 if one did.
 *
 * The path of a request is /s/SEED: the seed, in hexadecimal, decides what the connection does.
 * Other paths: scripted.h.
 * On the port "broken" the TLS handshake itself goes wrong, by the number of the connection; on
 * "slow" it comes a byte a second.
 * Nobody listens on "refused".
 */

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chance.h"
#include "frames.h"
#include "link.h"
#include "scripted.h"
#include "session.h"

enum
{
    BACKLOG = 1024,
    STACK_BYTES = 256 * 1024,  /* of a connection's thread; GnuTLS needs the most of it */
    BROKEN_BYTES = 1500,       /* about what a server sends in a TLS handshake */
};

enum port
{
    PORT_PLAIN,
    PORT_TLS,
    PORT_BROKEN,
    PORT_SLOW,
    PORT_REFUSED,
    PORT_COUNT
};

struct arrival
{
    int fd;
    enum port port;
    unsigned int number;
};

static unsigned int connections; /* atomic */

/* Everything that a TLS handshake can run into. */
static void plan_breakage( struct link *link )
{
    link->reset = chance_percent( &link->chance, 50 );
    link->cut_after = chance_below( &link->chance, BROKEN_BYTES );
    if (chance_percent( &link->chance, 30 )) link->slice = 1 + chance_below( &link->chance, 100 );
}

static void *serve( void *arg )
{
    struct arrival *arrival = arg;
    enum link_status status = LINK_OK;
    struct link link;

    link_init( &link, arrival->fd, arrival->number );
    if (arrival->port == PORT_BROKEN) plan_breakage( &link );
    if (arrival->port == PORT_SLOW) scripted_go_slow( &link );
    if (arrival->port != PORT_PLAIN) status = link_start_tls( &link );
    if (!status) session_run( &link );
    link_close( &link, 0 );
    free( arrival );
    return NULL;
}

static void start( int fd, enum port port )
{
    struct arrival *arrival = malloc( sizeof(*arrival) );
    pthread_attr_t attr;
    pthread_t thread;
    int failed = 1;

    if (!arrival) abort();
    arrival->fd = fd;
    arrival->port = port;
    arrival->number = __atomic_add_fetch( &connections, 1, __ATOMIC_RELAXED );
    pthread_attr_init( &attr );
    pthread_attr_setstacksize( &attr, STACK_BYTES );
    pthread_attr_setdetachstate( &attr, PTHREAD_CREATE_DETACHED );
    failed = pthread_create( &thread, &attr, serve, arrival );
    pthread_attr_destroy( &attr );
    if (!failed) return;
    close( fd );
    free( arrival );
}

static int sockets[PORT_COUNT];

static void *accept_all( void *arg )
{
    const int *listener = arg;
    int fd;

    for (;;)
    {
        if ((fd = accept( *listener, NULL, NULL )) >= 0) start( fd, listener - sockets );
        else link_pause( 10 ); /* no descriptors, perhaps: somebody must end first */
    }
    return NULL;
}

/* Returns the port number. */
static unsigned int open_port( enum port port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET };
    socklen_t len = sizeof(addr);
    int fd = socket( AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0 );

    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    if (fd < 0 || bind( fd, (struct sockaddr *)&addr, sizeof(addr) )
        || (port != PORT_REFUSED && listen( fd, BACKLOG ))
        || getsockname( fd, (struct sockaddr *)&addr, &len ))
    {
        perror( "chaosd" );
        exit( 2 );
    }
    sockets[port] = fd;
    return ntohs( addr.sin_port );
}

int main( void )
{
    unsigned int ports[PORT_COUNT], accused;
    pthread_t thread;
    enum port port;
    int ret;

    if ((ret = link_setup_tls()))
    {
        fprintf( stderr, "chaosd: no TLS: %s\n", gnutls_strerror( ret ) );
        return 2;
    }
    for (port = 0; port < PORT_COUNT; port++) ports[port] = open_port( port );
    for (port = 0; port < PORT_REFUSED; port++)
        if (pthread_create( &thread, NULL, accept_all, &sockets[port] )) return 2;
    printf( "plain=%u tls=%u broken=%u slow=%u refused=%u\n", ports[PORT_PLAIN], ports[PORT_TLS],
            ports[PORT_BROKEN], ports[PORT_SLOW], ports[PORT_REFUSED] );
    fflush( stdout );
    while (getchar() != EOF) ;
    accused = __atomic_load_n( &frames_accused, __ATOMIC_RELAXED );
    printf( "chaosd: %u connections, %u violations of the client\n", connections, accused );
    fflush( stdout );
    _exit( accused != 0 );
}
