/* A connection of the echo server: socket, TLS, queues, log.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* conn - moves bytes between the socket and the protocol code (http.c, session.c).
 * Owns:    the socket, the TLS session, both queues; the table of all connections.
 * Threads: one (the epoll loop); no lock inside.
 * Fails:   writing never fails towards the caller: a broken connection turns CONN_DEAD, ignores
 *          what is written to it, and is freed after the round of events. */

#ifndef ECHOD_CONN_H
#define ECHOD_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "ws.h"

/* One read takes at most this much: large enough that a 1 MiB message needs few system calls,
 * small enough to stay in the second-level cache. */
#define CONN_READ_BYTES (256u << 10)

/* While more than this waits to be sent, the connection is not read: a peer that sends and never
 * reads must not grow our memory beyond this and one message. */
#define CONN_MAX_UNSENT (1u << 20)

/* Time for a TLS handshake, a request head, or the rest of TCP after the goodbye. Generous: the
 * server runs on the machine of its clients, only a client that forgot us takes so long. */
#define CONN_PATIENCE_MS 30000

enum conn_state
{
    CONN_TLS,   /* TLS handshake */
    CONN_HTTP,  /* requests and bodies: http.c */
    CONN_WS,    /* frames: session.c */
    CONN_MUTE,  /* told to be silent: reads, answers nothing */
    CONN_DRAIN, /* our side is closed; reads until the peer's end, so that TCP sends no reset
                 * that would overtake our last bytes */
    CONN_DEAD,  /* freed after the current round of events */
};

/* Body of a request that is being taken. */
struct http_body
{
    bool     chunked;
    uint64_t left;     /* bytes left of the body or of the chunk */
    uint64_t received; /* bytes of body so far */
    unsigned phase;    /* of a chunked body, enum chunk_phase in http.c */
    void    *digest;   /* owned, gnutls_hash_hd_t: running SHA-256, NULL when none is wanted */
};

struct http_state
{
    struct http_request *request; /* owned; NULL between requests */
    struct http_body     body;
};

/* WebSocket side of a connection. */
struct session
{
    struct ws_decoder  decoder;
    struct ws_utf8     utf8;         /* of the message being received */
    enum ws_opcode     message_type; /* WS_TEXT or WS_BINARY, of the message being received */
    struct buf         message;      /* pieces of a message that did not arrive at once */
    unsigned char      control[WS_MAX_CONTROL];
    unsigned           control_len;
    const struct route *route;       /* static */
    char              *query;        /* owned, NULL when the URL had none */
    bool               close_sent;
    bool               close_received;
};

struct conn
{
    /* immutable after create */
    unsigned id;
    int      fd;
    bool     secure;

    enum conn_state     state;
    uint32_t            events;       /* epoll events asked for */
    struct tls_session *tls;          /* owned, NULL on plain connections */
    struct buf          in;           /* bytes of a request head or body, CONN_HTTP only */
    struct buf          out;          /* what the socket did not take */
    uint64_t            stream_left;  /* bytes of the test pattern still to be generated */
    uint64_t            stream_pos;   /* position in the pattern */
    int64_t             deadline_ms;  /* conn_now; 0 for none */
    bool                end_after_out; /* half-close when the queue is empty; never unset */
    struct http_state   http;
    struct session      ws;
    struct conn        *prev, *next;  /* borrowed: neighbours in the table */
};

struct conn_stats
{
    unsigned open;     /* connections in the table */
    unsigned accepted; /* since the start */
};

/* Log of all connections, NULL for none; the caller closes it. */
void conn_set_log( void *file );

/* Whether there is a log: who formats much asks first. */
bool conn_logging( void );

/* Writes "#id text" to the log. */
void conn_log( const struct conn *conn, const char *format, ... )
    __attribute__((format( printf, 2, 3 )));

/* Takes over an accepted, non-blocking socket and registers it; peer is its address in words.
 * False when memory is short; fd is closed then. */
bool conn_create( int epoll_fd, int fd, bool secure, const char *peer );

/* Handles the events of one round of epoll. */
void conn_handle_events( struct conn *conn, uint32_t events );

/* Queues bytes; they leave with conn_flush at the latest. */
void conn_write( struct conn *conn, const void *data, size_t len );

/* Sends len bytes of the test pattern (byte i is i mod 251) as room comes; nothing else may be
 * written before that ends, so the connection is not read until then. */
void conn_stream_pattern( struct conn *conn, uint64_t len );

/* Sends what is queued, and asks epoll for what is missing. Every entry from outside ends here. */
void conn_flush( struct conn *conn );

/* Closes our side after what is queued has left, then waits for the peer's end. */
void conn_end_gracefully( struct conn *conn );

/* Ends the connection at once; the reason goes to the log. reset: the peer sees RST. */
void conn_abort( struct conn *conn, bool reset, const char *reason );

/* Frees the dead of this round, ends those whose deadline has passed. */
void conn_collect( void );

/* Calls visit for each open connection. */
void conn_for_each( void (*visit)( struct conn *conn, void *context ), void *context );

/* Aborts all and frees them. */
void conn_destroy_all( void );

const struct conn_stats *conn_get_stats( void );

/* Monotonic time in milliseconds. */
int64_t conn_now( void );

/* Gives the connection CONN_PATIENCE_MS from now, or takes its deadline away. */
void conn_set_deadline( struct conn *conn, bool on );

#endif
