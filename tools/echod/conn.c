/* A connection of the echo server: socket, TLS, queues, log.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http.h"
#include "session.h"
#include "tls.h"

/* Reads of one connection before the others get their turn. */
#define ROUNDS_PER_EVENT 8

/* The test pattern repeats with a prime period, so that a lost or doubled power of two shows. */
#define PATTERN_PERIOD 251
#define PATTERN_BYTES  (PATTERN_PERIOD * 261)

static int epoll_set = -1;
static FILE *log_file;
static struct conn *open_list, *dead_list;
static struct conn_stats stats;

static unsigned char read_buffer[CONN_READ_BYTES];

/* Writes are collected here, so that many small frames leave in one system call. */
static unsigned char cork[64u << 10];
static size_t cork_len;
static struct conn *cork_owner; /* NULL while cork_len is 0 */

int64_t conn_now( void )
{
    struct timespec ts;

    clock_gettime( CLOCK_MONOTONIC, &ts );
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void conn_set_log( void *file )
{
    log_file = file;
}

bool conn_logging( void )
{
    return log_file;
}

void conn_log( const struct conn *conn, const char *format, ... )
{
    va_list args;

    if (!log_file) return;
    fprintf( log_file, "#%u ", conn->id );
    va_start( args, format );
    vfprintf( log_file, format, args );
    va_end( args );
    fputc( '\n', log_file );
}

const struct conn_stats *conn_get_stats( void )
{
    return &stats;
}

void conn_set_deadline( struct conn *conn, bool on )
{
    conn->deadline_ms = on ? conn_now() + CONN_PATIENCE_MS : 0;
}

static void set_state( struct conn *conn, enum conn_state state )
{
    conn->state = state;
    conn_set_deadline( conn, state == CONN_TLS || state == CONN_DRAIN );
}

static void list_add( struct conn **list, struct conn *conn )
{
    conn->prev = NULL;
    conn->next = *list;
    if (*list) (*list)->prev = conn;
    *list = conn;
}

static void list_remove( struct conn **list, struct conn *conn )
{
    if (conn->next) conn->next->prev = conn->prev;
    if (conn->prev) conn->prev->next = conn->next;
    else *list = conn->next;
}

bool conn_create( int epoll_fd, int fd, bool secure, const char *peer )
{
    struct epoll_event event = { .events = EPOLLIN };
    struct conn *conn;
    int one = 1;

    epoll_set = epoll_fd;
    if (!(conn = calloc( 1, sizeof(*conn) ))) goto fail;
    if (secure && !(conn->tls = tls_session_create( fd ))) goto fail;
    conn->fd = fd;
    conn->secure = secure;
    conn->events = event.events;
    event.data.ptr = conn;
    if (epoll_ctl( epoll_set, EPOLL_CTL_ADD, fd, &event )) goto fail;
    /* Echoes are answers to whoever waits: never held back for more bytes. */
    setsockopt( fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one) );
    conn->id = ++stats.accepted;
    stats.open++;
    list_add( &open_list, conn );
    set_state( conn, secure ? CONN_TLS : CONN_HTTP );
    conn_set_deadline( conn, true );
    conn_log( conn, "connected: %s, %s", peer, secure ? "TLS begins" : "no TLS" );
    return true;

fail:
    if (conn) tls_session_destroy( conn->tls );
    free( conn );
    close( fd );
    return false;
}

void conn_abort( struct conn *conn, bool reset, const char *reason )
{
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };

    if (conn->state == CONN_DEAD) return;
    conn_log( conn, "ended: %s", reason );
    if (cork_owner == conn)
    {
        cork_owner = NULL;
        cork_len = 0;
    }
    if (reset) setsockopt( conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
    close( conn->fd );
    conn->state = CONN_DEAD;
    stats.open--;
    list_remove( &open_list, conn );
    list_add( &dead_list, conn );
}

static void free_conn( struct conn *conn )
{
    http_release( conn );
    session_release( conn );
    tls_session_destroy( conn->tls );
    buf_free( &conn->in );
    buf_free( &conn->out );
    free( conn );
}

static void free_dead( void )
{
    struct conn *conn;

    while ((conn = dead_list))
    {
        dead_list = conn->next;
        free_conn( conn );
    }
}

void conn_collect( void )
{
    static int64_t last_sweep;
    struct conn *conn, *next;
    int64_t now = conn_now();

    if (now - last_sweep >= 1000)
    {
        last_sweep = now;
        for (conn = open_list; conn; conn = next)
        {
            next = conn->next;
            if (conn->deadline_ms && now > conn->deadline_ms)
                conn_abort( conn, false, "the client took too long" );
        }
    }
    free_dead();
    if (log_file) fflush( log_file );
}

void conn_for_each( void (*visit)( struct conn *conn, void *context ), void *context )
{
    struct conn *conn, *next;

    for (conn = open_list; conn; conn = next)
    {
        next = conn->next;
        visit( conn, context );
    }
}

void conn_destroy_all( void )
{
    while (open_list) conn_abort( open_list, false, "the server stops" );
    free_dead();
    if (log_file) fflush( log_file );
}

static const char *error_text( struct conn *conn, int error )
{
    if (conn->tls && (error == EPROTO || error == ECONNRESET))
        return tls_session_error( conn->tls );
    return strerror( error );
}

static ssize_t receive( struct conn *conn, void *data, size_t len )
{
    ssize_t ret;

    if (conn->tls) return tls_recv( conn->tls, data, len );
    do ret = recv( conn->fd, data, len, 0 ); while (ret < 0 && errno == EINTR);
    return ret < 0 ? -errno : ret;
}

/* Sends until the socket is full; returns what left. A broken connection is dead afterwards. */
static size_t transmit( struct conn *conn, const unsigned char *data, size_t len )
{
    size_t sent = 0;
    ssize_t ret;

    while (sent < len)
    {
        if (conn->tls) ret = tls_send( conn->tls, data + sent, len - sent );
        else if ((ret = send( conn->fd, data + sent, len - sent, MSG_NOSIGNAL )) < 0) ret = -errno;
        if (ret == -EINTR) continue;
        if (ret == -EAGAIN) break;
        if (ret < 0)
        {
            conn_abort( conn, false, error_text( conn, -ret ) );
            break;
        }
        sent += ret;
    }
    return sent;
}

/* Sends past the queue when that is empty, queues the rest. */
static void send_or_queue( struct conn *conn, const unsigned char *data, size_t len )
{
    size_t sent = 0;

    if (!buf_size( &conn->out )) sent = transmit( conn, data, len );
    if (conn->state == CONN_DEAD) return;
    if (!buf_append( &conn->out, data + sent, len - sent ))
        conn_abort( conn, true, "out of memory" );
}

static void uncork( void )
{
    struct conn *conn = cork_owner;
    size_t len = cork_len;

    cork_owner = NULL;
    cork_len = 0;
    if (conn) send_or_queue( conn, cork, len );
}

void conn_write( struct conn *conn, const void *data, size_t len )
{
    if (conn->state == CONN_DEAD || conn->state == CONN_DRAIN || !len) return;
    if (cork_owner && (cork_owner != conn || len > sizeof(cork) - cork_len)) uncork();
    if (conn->state == CONN_DEAD) return;
    if (len > sizeof(cork))
    {
        send_or_queue( conn, data, len );
        return;
    }
    memcpy( cork + cork_len, data, len );
    cork_len += len;
    cork_owner = conn;
}

void conn_stream_pattern( struct conn *conn, uint64_t len )
{
    conn->stream_left = len;
    conn->stream_pos = 0;
}

/* Generates pattern as long as the socket takes it. */
static void pump_stream( struct conn *conn )
{
    static unsigned char pattern[PATTERN_BYTES + PATTERN_PERIOD];
    size_t len, offset, i;

    if (!pattern[1])
        for (i = 0; i < sizeof(pattern); i++) pattern[i] = i % PATTERN_PERIOD;
    while (conn->stream_left && !buf_size( &conn->out ) && conn->state != CONN_DEAD)
    {
        offset = conn->stream_pos % PATTERN_PERIOD;
        len = conn->stream_left < PATTERN_BYTES ? conn->stream_left : PATTERN_BYTES;
        conn->stream_left -= len;
        conn->stream_pos += len;
        send_or_queue( conn, pattern + offset, len );
    }
}

static void half_close( struct conn *conn )
{
    if (conn->tls) tls_send_end( conn->tls );
    shutdown( conn->fd, SHUT_WR );
    set_state( conn, CONN_DRAIN );
}

static bool wants_read( const struct conn *conn )
{
    return conn->state != CONN_DEAD && !conn->stream_left
           && buf_size( &conn->out ) <= CONN_MAX_UNSENT;
}

static void update_events( struct conn *conn )
{
    struct epoll_event event = { .data.ptr = conn };

    if (wants_read( conn )) event.events |= EPOLLIN;
    if (buf_size( &conn->out ) || conn->stream_left) event.events |= EPOLLOUT;
    if (conn->state == CONN_TLS && tls_wants_write( conn->tls )) event.events = EPOLLOUT;
    if (event.events == conn->events) return;
    conn->events = event.events;
    epoll_ctl( epoll_set, EPOLL_CTL_MOD, conn->fd, &event );
}

void conn_flush( struct conn *conn )
{
    size_t sent;

    if (cork_owner) uncork();
    if (conn->state == CONN_DEAD) return;
    if (buf_size( &conn->out ))
    {
        sent = transmit( conn, buf_front( &conn->out ), buf_size( &conn->out ) );
        buf_consume( &conn->out, sent );
    }
    pump_stream( conn );
    if (conn->state == CONN_DEAD) return;
    if (conn->end_after_out && conn->state != CONN_DRAIN && !buf_size( &conn->out )
        && !conn->stream_left)
        half_close( conn );
    update_events( conn );
}

void conn_end_gracefully( struct conn *conn )
{
    conn->end_after_out = true;
}

static const char *end_reason( const struct conn *conn )
{
    switch (conn->state)
    {
    case CONN_TLS:
        return "the client left during the TLS handshake";
    case CONN_HTTP:
        return conn->http.request ? "the client left in the middle of a request"
                                  : "the client closed the connection";
    case CONN_WS:
    case CONN_DRAIN:
        return session_end_reason( conn );
    default:
        return "the client gave up";
    }
}

static void consume_frames( struct conn *conn, unsigned char *data, size_t len )
{
    size_t used = session_consume( conn, data, len );

    if (conn->state == CONN_WS && !buf_append( &conn->in, data + used, len - used ))
        conn_abort( conn, true, "out of memory" );
}

/* Takes what had to wait in conn->in while an answer was streaming. */
static void consume_waiting( struct conn *conn )
{
    if (conn->stream_left || !buf_size( &conn->in )) return;
    if (conn->state == CONN_HTTP)
        http_consume( conn, NULL, 0 );
    else if (conn->state == CONN_WS)
        buf_consume( &conn->in, session_consume( conn, buf_front( &conn->in ),
                                                 buf_size( &conn->in ) ) );
}

static void consume( struct conn *conn, unsigned char *data, size_t len )
{
    switch (conn->state)
    {
    case CONN_HTTP:
        http_consume( conn, data, len );
        break;
    case CONN_WS:
        consume_frames( conn, data, len );
        break;
    default:
        break; /* nobody listens any more */
    }
}

static void read_some( struct conn *conn )
{
    unsigned rounds;
    ssize_t len;

    for (rounds = 0; rounds < ROUNDS_PER_EVENT && wants_read( conn ); rounds++)
    {
        if ((len = receive( conn, read_buffer, sizeof(read_buffer) )) == -EAGAIN) return;
        if (len <= 0)
        {
            if (cork_owner) uncork();
            conn_abort( conn, false, len ? error_text( conn, -len ) : end_reason( conn ) );
            return;
        }
        if (conn->end_after_out) continue; /* whatever comes after our goodbye */
        consume( conn, read_buffer, len );
        if (!conn->tls && len < (ssize_t)sizeof(read_buffer)) return;
    }
}

static void step_handshake( struct conn *conn )
{
    int ret = tls_handshake( conn->tls );

    if (ret == -EAGAIN) return;
    if (ret)
    {
        conn_abort( conn, false, error_text( conn, -ret ) );
        return;
    }
    conn_log( conn, "TLS agreed: %s", tls_session_describe( conn->tls ) );
    set_state( conn, CONN_HTTP );
    conn_set_deadline( conn, true );
}

void conn_handle_events( struct conn *conn, uint32_t events )
{
    bool streaming;

    if (conn->state == CONN_DEAD) return; /* ended earlier in this round */
    if (conn->state == CONN_TLS) step_handshake( conn );
    if (conn->state == CONN_DEAD || conn->state == CONN_TLS)
    {
        conn_flush( conn );
        return;
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) conn_flush( conn );
    /* Epoll sees neither what GnuTLS has decrypted already nor what waits in conn->in for the end
     * of a stream: take both before leaving. */
    do
    {
        consume_waiting( conn );
        if (wants_read( conn )) read_some( conn );
        streaming = conn->stream_left;
        conn_flush( conn );
    } while ((streaming && !conn->stream_left)
             || (conn->tls && wants_read( conn ) && tls_has_pending( conn->tls )));
}
