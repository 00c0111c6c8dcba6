/* echod: WebSocket and HTTP server for tests and measurements; listens on loopback only.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "session.h"
#include "tls.h"

/* Descriptors kept back from clients: listeners, epoll, log, standard streams, files of TLS. */
#define RESERVED_FDS 32

/* Length of the queue of connections not yet accepted. Ten thousand clients may come at once;
 * the kernel cuts it to its own maximum. */
#define LISTEN_BACKLOG 4096

/* Connections taken from one listener before the open ones get their turn. */
#define ACCEPTS_PER_EVENT 256

#define EVENTS_PER_ROUND 512

/* Tries to find a port that is free on 127.0.0.1 and on ::1 alike. */
#define PORT_TRIES 16

/* What epoll reports besides connections; recognised by their address. */
struct listener
{
    int  fd;
    bool secure;
};

struct options
{
    int               ws_port, wss_port; /* -1: not wanted, 0: any */
    const char       *log_name;          /* NULL: stderr */
    bool              quiet;
    bool              until_stdin_ends;
    int               broadcast_signal;  /* 0: none */
    struct tls_config tls;
};

static struct listener listeners[4];
static unsigned listener_count;
static int epoll_fd, signal_fd;
static rlim_t max_fds;
static char made_dir[64]; /* folder that we made for the certificates, "" when it was given */

static void usage( FILE *out )
{
    fputs( "usage: echod [options]\n"
           "WebSocket and HTTP server for tests; listens on 127.0.0.1 and ::1 only.\n\n"
           "  --ws-port N      serve ws and http on port N; 0 takes a free one (the default)\n"
           "  --wss-port N     serve wss and https likewise\n"
           "  --no-ws          do not serve ws\n"
           "  --no-wss         do not serve wss\n"
           "  --tls-dir DIR    keep the throw-away certificates in DIR: ca.pem, server.pem,\n"
           "                   server.key; an authority found there is used again\n"
           "  --tls-name NAME  the certificate is for NAME only, not for localhost\n"
           "  --tls-expired    the certificate ended yesterday\n"
           "  --tls-priority P GnuTLS priority string, such as NORMAL:-VERS-ALL:+VERS-TLS1.2\n"
           "  --log FILE       write there what happens (default: standard error)\n"
           "  --quiet          write nothing\n"
           "  --stdin          stop when standard input ends\n"
           "  --broadcast-signal SIGUSR1|SIGUSR2\n"
           "                   at this signal, send a text message to every open WebSocket\n"
           "  --help           show this\n\n"
           "Prints \"ws PORT\", \"wss PORT\", \"ca FILE\", \"ready\"; serves until SIGTERM.\n\n"
           "WebSocket paths: /echo (or /)  /echo-fragments?n=  /ping?n=  /subprotocol?choose=\n"
           "  /no-subprotocol  /close?code=&reason=&when=open  /silent-close  /reset?when=open\n"
           "  /drop?when=open  /big?n=  /sink  /bad-accept  /bad-frame?kind=  /headers\n"
           "  /status/NNN  /never\n"
           "HTTP paths: /hello  /chunked  /gzip  /until-close  /upload  /bytes?n=  /headers\n"
           "  /redirect?to=  /status/NNN  /never  /reset\n", out );
}

static int parse_port( const char *text )
{
    char *end;
    long port = strtol( text, &end, 10 );

    if (!*text || *end || port < 0 || port > 65535)
    {
        fprintf( stderr, "echod: %s is not a port\n", text );
        exit( 2 );
    }
    return port;
}

static int parse_signal( const char *text )
{
    if (!strcmp( text, "SIGUSR1" )) return SIGUSR1;
    if (!strcmp( text, "SIGUSR2" )) return SIGUSR2;
    fprintf( stderr, "echod: --broadcast-signal takes SIGUSR1 or SIGUSR2\n" );
    exit( 2 );
}

static void parse_options( struct options *options, int argc, char **argv )
{
    enum { WS_PORT = 256, WSS_PORT, NO_WS, NO_WSS, TLS_DIR, TLS_NAME, TLS_EXPIRED, TLS_PRIORITY,
           LOG, QUIET, STDIN, BROADCAST, HELP };
    static const struct option names[] =
    {
        { "ws-port", required_argument, NULL, WS_PORT },
        { "wss-port", required_argument, NULL, WSS_PORT },
        { "no-ws", no_argument, NULL, NO_WS },
        { "no-wss", no_argument, NULL, NO_WSS },
        { "tls-dir", required_argument, NULL, TLS_DIR },
        { "tls-name", required_argument, NULL, TLS_NAME },
        { "tls-expired", no_argument, NULL, TLS_EXPIRED },
        { "tls-priority", required_argument, NULL, TLS_PRIORITY },
        { "log", required_argument, NULL, LOG },
        { "quiet", no_argument, NULL, QUIET },
        { "stdin", no_argument, NULL, STDIN },
        { "broadcast-signal", required_argument, NULL, BROADCAST },
        { "help", no_argument, NULL, HELP },
        { NULL, 0, NULL, 0 }
    };
    int option;

    while ((option = getopt_long( argc, argv, "", names, NULL )) != -1)
    {
        switch (option)
        {
        case WS_PORT:      options->ws_port = parse_port( optarg ); break;
        case WSS_PORT:     options->wss_port = parse_port( optarg ); break;
        case NO_WS:        options->ws_port = -1; break;
        case NO_WSS:       options->wss_port = -1; break;
        case TLS_DIR:      options->tls.dir = optarg; break;
        case TLS_NAME:     options->tls.name = optarg; break;
        case TLS_EXPIRED:  options->tls.expired = true; break;
        case TLS_PRIORITY: options->tls.priority = optarg; break;
        case LOG:          options->log_name = optarg; break;
        case QUIET:        options->quiet = true; break;
        case STDIN:        options->until_stdin_ends = true; break;
        case BROADCAST:    options->broadcast_signal = parse_signal( optarg ); break;
        case HELP:         usage( stdout ); exit( 0 );
        default:           usage( stderr ); exit( 2 );
        }
    }
    if (optind == argc) return;
    usage( stderr );
    exit( 2 );
}

static bool watch( int fd, void *what )
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

    return !epoll_ctl( epoll_fd, EPOLL_CTL_ADD, fd, &event );
}

/* BBR, where it is the system's choice, sends at the rate that it has seen: on loopback that is its
 * own, so a stream is slow for good, or is not, by chance. Connections inherit this. */
static void send_without_pacing( int fd )
{
    static const char name[] = "reno"; /* which every kernel has */

    setsockopt( fd, IPPROTO_TCP, TCP_CONGESTION, name, strlen( name ) );
}

static int open_listener( int family, int port )
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons( port ),
                              .sin_addr.s_addr = htonl( INADDR_LOOPBACK ) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons( port ),
                               .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    struct sockaddr *addr = family == AF_INET ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    socklen_t len = family == AF_INET ? sizeof(v4) : sizeof(v6);
    int fd, one = 1, error;

    fd = socket( family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0 );
    if (fd < 0) return -1;
    setsockopt( fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one) );
    if (family == AF_INET6) setsockopt( fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one) );
    send_without_pacing( fd );
    if (!bind( fd, addr, len ) && !listen( fd, LISTEN_BACKLOG )) return fd;
    error = errno;
    close( fd );
    errno = error;
    return -1;
}

static int bound_port( int fd )
{
    struct sockaddr_in addr;
    socklen_t len = sizeof(addr);

    return getsockname( fd, (struct sockaddr *)&addr, &len ) ? -1 : ntohs( addr.sin_port );
}

static void add_listener( int fd, bool secure )
{
    struct listener *listener = &listeners[listener_count++];

    listener->fd = fd;
    listener->secure = secure;
    watch( fd, listener );
}

/* Opens 127.0.0.1 and, where the machine has it, ::1 on one port; returns it, -1 on failure. */
static int listen_pair( int port, bool secure )
{
    int v4, v6 = -1, tries, chosen = -1;

    for (tries = 0; tries < PORT_TRIES; tries++)
    {
        if ((v4 = open_listener( AF_INET, port )) < 0) break;
        chosen = bound_port( v4 );
        v6 = open_listener( AF_INET6, chosen );
        if (v6 >= 0 || errno != EADDRINUSE || port)
        {
            add_listener( v4, secure );
            if (v6 >= 0) add_listener( v6, secure );
            return chosen;
        }
        close( v4 );
    }
    fprintf( stderr, "echod: cannot listen on port %d: %s\n", port, strerror( errno ) );
    return -1;
}

static void accept_some( const struct listener *listener )
{
    struct sockaddr_in6 addr;
    char text[INET6_ADDRSTRLEN], peer[INET6_ADDRSTRLEN + 24];
    socklen_t len;
    int fd, count;

    for (count = 0; count < ACCEPTS_PER_EVENT; count++)
    {
        len = sizeof(addr);
        fd = accept4( listener->fd, (struct sockaddr *)&addr, &len, SOCK_NONBLOCK | SOCK_CLOEXEC );
        if (fd < 0) return;
        if (conn_get_stats()->open + RESERVED_FDS >= max_fds)
        {
            close( fd ); /* accepting and closing tells the client; a full queue would not */
            continue;
        }
        if (addr.sin6_family == AF_INET6)
            inet_ntop( AF_INET6, &addr.sin6_addr, text, sizeof(text) );
        else
            inet_ntop( AF_INET, &((struct sockaddr_in *)&addr)->sin_addr, text, sizeof(text) );
        snprintf( peer, sizeof(peer), "from %s port %u", text, ntohs( addr.sin6_port ) );
        conn_create( epoll_fd, fd, listener->secure, peer );
    }
}

static void send_tick( struct conn *conn, void *context )
{
    session_send_text( conn, context );
    conn_flush( conn );
}

static void broadcast( void )
{
    static unsigned count;
    char text[32];

    snprintf( text, sizeof(text), "tick %u", ++count );
    conn_for_each( send_tick, text );
}

/* Takes signals; false when it is time to stop. */
static bool handle_signals( const struct options *options )
{
    struct signalfd_siginfo info;

    while (read( signal_fd, &info, sizeof(info) ) == sizeof(info))
    {
        if ((int)info.ssi_signo != options->broadcast_signal) return false;
        broadcast();
    }
    return true;
}

static bool stdin_open( void )
{
    char data[256];
    ssize_t len = read( STDIN_FILENO, data, sizeof(data) );

    return len > 0 || (len < 0 && (errno == EINTR || errno == EAGAIN));
}

static bool is_listener( const void *what )
{
    return what >= (void *)listeners && what < (void *)(listeners + listener_count);
}

static void serve( const struct options *options )
{
    static struct epoll_event events[EVENTS_PER_ROUND];
    bool running = true;
    int count, i;

    while (running)
    {
        count = epoll_wait( epoll_fd, events, EVENTS_PER_ROUND, 1000 );
        for (i = 0; i < count; i++)
        {
            void *what = events[i].data.ptr;

            if (what == &signal_fd) running = handle_signals( options ) && running;
            else if (what == options) running = stdin_open() && running;
            else if (is_listener( what )) accept_some( what );
            else conn_handle_events( what, events[i].events );
        }
        conn_collect();
    }
    conn_destroy_all();
}

static bool setup_signals( const struct options *options )
{
    sigset_t set;

    signal( SIGPIPE, SIG_IGN );
    sigemptyset( &set );
    sigaddset( &set, SIGTERM );
    sigaddset( &set, SIGINT );
    if (options->broadcast_signal) sigaddset( &set, options->broadcast_signal );
    sigprocmask( SIG_BLOCK, &set, NULL );
    signal_fd = signalfd( -1, &set, SFD_NONBLOCK | SFD_CLOEXEC );
    return signal_fd >= 0 && watch( signal_fd, &signal_fd );
}

static bool setup_log( const struct options *options, FILE **file )
{
    *file = NULL;
    if (options->quiet) return true;
    if (!(*file = options->log_name ? fopen( options->log_name, "we" ) : stderr))
    {
        fprintf( stderr, "echod: cannot write %s: %s\n", options->log_name, strerror( errno ) );
        return false;
    }
    setvbuf( *file, NULL, _IOFBF, 1 << 16 );
    conn_set_log( *file );
    return true;
}

static bool setup_tls( struct options *options )
{
    const char *tmp = getenv( "TMPDIR" );

    if (!options->tls.dir)
    {
        if (!tmp || strlen( tmp ) > 40) tmp = "/tmp";
        snprintf( made_dir, sizeof(made_dir), "%s/echod.XXXXXX", tmp );
        if (!mkdtemp( made_dir ))
        {
            fprintf( stderr, "echod: cannot make a folder: %s\n", strerror( errno ) );
            made_dir[0] = 0;
            return false;
        }
        options->tls.dir = made_dir;
    }
    return tls_setup( &options->tls );
}

static void remove_made_dir( void )
{
    static const char *const names[] = { "ca.pem", "ca.key", "server.pem", "server.key" };
    char path[128];
    size_t i;

    if (!made_dir[0]) return;
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        snprintf( path, sizeof(path), "%s/%s", made_dir, names[i] );
        unlink( path );
    }
    rmdir( made_dir );
}

/* As many sockets as the system gives, and freed memory kept: large messages come in a row. */
static void raise_limits( void )
{
    struct rlimit limit;

    mallopt( M_MMAP_THRESHOLD, 32 << 20 ); /* the largest that the C library takes */
    mallopt( M_TRIM_THRESHOLD, 4 * WS_MAX_MESSAGE );
    max_fds = 1024;
    if (getrlimit( RLIMIT_NOFILE, &limit )) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
    if (!getrlimit( RLIMIT_NOFILE, &limit )) max_fds = limit.rlim_cur;
}

static bool setup_ports( struct options *options )
{
    if (options->ws_port >= 0 && (options->ws_port = listen_pair( options->ws_port, false )) < 0)
        return false;
    if (options->wss_port < 0) return true;
    if (!setup_tls( options )) return false;
    return (options->wss_port = listen_pair( options->wss_port, true )) >= 0;
}

static void announce( const struct options *options )
{
    if (options->ws_port >= 0) printf( "ws %d\n", options->ws_port );
    if (options->wss_port >= 0) printf( "wss %d\nca %s/ca.pem\n", options->wss_port,
                                        options->tls.dir );
    printf( "ready\n" );
    fflush( stdout );
}

int main( int argc, char **argv )
{
    struct options options = { .tls.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3" };
    FILE *log = NULL;
    int ret = 1;

    parse_options( &options, argc, argv );
    raise_limits();
    if ((epoll_fd = epoll_create1( EPOLL_CLOEXEC )) < 0 || !setup_signals( &options ))
    {
        fprintf( stderr, "echod: %s\n", strerror( errno ) );
        goto done;
    }
    if (!setup_log( &options, &log ) || !setup_ports( &options )) goto done;
    if (options.until_stdin_ends && !watch( STDIN_FILENO, &options ))
    {
        fprintf( stderr, "echod: --stdin needs a pipe, a socket or a terminal\n" );
        goto done;
    }
    announce( &options );
    serve( &options );
    ret = 0;

done:
    remove_made_dir();
    if (log && log != stderr) fclose( log );
    return ret;
}
