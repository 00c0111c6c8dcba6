/*
 * A scripted server inside the test process: says any bytes, in any slices, and keeps what it got.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a thread, a listening socket on an ephemeral loopback port, the connections it accepted,
 *          and the transcript; all of it from server_start() to server_stop().
 * Threads: start and stop belong to the test's thread; signal, wait and the transcript may be used
 *          by any thread while the server exists. Transcript entries never move or change once
 *          counted.
 * Fails:   a step that cannot be done ends the script; server_stop() reports it as a failed check.
 */
#ifndef WINHTTP_TESTS_SERVER_H
#define WINHTTP_TESTS_SERVER_H

#include <stdarg.h>
#include <windef.h>
#include <winbase.h>

/* What a test may wait for before it says that it hangs; far above what a slow machine needs. */
#define SERVER_TIMEOUT_MS 10000

/* Each test stays far below these; a script that passes one fails. */
#define SERVER_MAX_CONNECTIONS 16
#define SERVER_MAX_REQUESTS    64
#define SERVER_MAX_FRAMES      64
#define SERVER_MAX_REQUEST_LEN 8192
#define SERVER_MAX_BODY_LEN    65536
#define SERVER_MAX_EVENTS      8

enum step_type
{
    STEP_END,               /* leave all connections open until server_stop() */
    /* take a connection; it becomes the current one, the others stay open */
    STEP_ACCEPT,
    STEP_USE,               /* arg: the connection (from 0) that becomes the current one */
    STEP_HEADERS,           /* read a header block into the next request of the transcript */
    STEP_BYTES,             /* read arg bytes behind it into that request's body */
    STEP_SEND,              /* send the bytes, in slices of arg (0: whole, 1: per byte) */
    STEP_SEND_RANDOM,       /* send the bytes, in slices of random length; arg is the seed */
    /* read a header block, send the 101, in slices of arg; data: header lines */
    STEP_UPGRADE,
    STEP_UPGRADE_WITH,      /* the same, and the bytes right behind it in the same packet */
    STEP_UPGRADE_PART,      /* the same, but only the first arg bytes of the 101 */
    STEP_READ_FRAME,        /* read a WebSocket frame into the next frame of the transcript */
    STEP_READ_MESSAGE,      /* the same, until one has the FIN bit */
    STEP_FRAME,             /* send a frame; arg: see frame_flags */
    STEP_ECHO,              /* read arg frames and send each back, with its opcode and FIN bit */
    STEP_WAIT,              /* arg: until server_signal() raised that event */
    STEP_SIGNAL,            /* arg: raise that event, for server_wait() */
    STEP_EOF,               /* read, and drop what comes, until the client closes or resets */
    STEP_HALF_CLOSE,        /* end our direction only */
    STEP_CUT,               /* end both directions and close */
    STEP_RESET,             /* close with a TCP reset */
};

/* arg of STEP_FRAME: the first byte of the frame as on the wire, and what else is unusual. */
enum frame_flags
{
    FRAME_CONTINUATION = 0x00,
    FRAME_TEXT         = 0x01,
    FRAME_BINARY       = 0x02,
    FRAME_CLOSE        = 0x88,      /* with FIN */
    FRAME_PING         = 0x89,
    FRAME_PONG         = 0x8a,
    FRAME_RSV3         = 0x10,
    FRAME_RSV2         = 0x20,
    FRAME_RSV1         = 0x40,
    FRAME_FIN          = 0x80,
    FRAME_MASKED       = 0x0100,    /* set the mask bit, which a server must not */
    FRAME_LEN16        = 0x0200,    /* use the 16-bit length form for a short payload */
    FRAME_LEN64        = 0x0400,    /* use the 64-bit length form */
    FRAME_HEADER_ONLY  = 0x0800,    /* announce the payload, but leave it out */
    FRAME_PER_BYTE     = 0x1000,    /* send the frame byte by byte */
};

/* A step points to bytes of the test, which must live until server_stop(). */
struct step
{
    enum step_type type;
    unsigned int arg;
    const void *data;
    unsigned int len;
};

#define SRV_END                    { STEP_END, 0, NULL, 0 }
#define SRV_ACCEPT                 { STEP_ACCEPT, 0, NULL, 0 }
#define SRV_USE( index )           { STEP_USE, index, NULL, 0 }
#define SRV_HEADERS                { STEP_HEADERS, 0, NULL, 0 }
#define SRV_BYTES( count )         { STEP_BYTES, count, NULL, 0 }
#define SRV_SEND( text )           { STEP_SEND, 0, text, sizeof(text) - 1 }
#define SRV_SEND_BY( slice, text ) { STEP_SEND, slice, text, sizeof(text) - 1 }
#define SRV_SEND_N( bytes, count ) { STEP_SEND, 0, bytes, count }
#define SRV_SEND_RANDOM( seed, text ) { STEP_SEND_RANDOM, seed, text, sizeof(text) - 1 }
#define SRV_UPGRADE                { STEP_UPGRADE, 0, NULL, 0 }
#define SRV_UPGRADE_LINES( lines ) { STEP_UPGRADE, 0, lines, sizeof(lines) - 1 }
#define SRV_UPGRADE_BY( slice )    { STEP_UPGRADE, slice, NULL, 0 }
#define SRV_UPGRADE_PART( count )  { STEP_UPGRADE_PART, count, NULL, 0 }
#define SRV_UPGRADE_WITH( text )   { STEP_UPGRADE_WITH, 0, text, sizeof(text) - 1 }
#define SRV_READ_FRAME             { STEP_READ_FRAME, 0, NULL, 0 }
#define SRV_READ_MESSAGE           { STEP_READ_MESSAGE, 0, NULL, 0 }
#define SRV_FRAME( flags, text )   { STEP_FRAME, flags, text, sizeof(text) - 1 }
#define SRV_FRAME_N( flags, bytes, count ) { STEP_FRAME, flags, bytes, count }
#define SRV_ECHO( count )          { STEP_ECHO, count, NULL, 0 }
#define SRV_WAIT( event )          { STEP_WAIT, event, NULL, 0 }
#define SRV_SIGNAL( event )        { STEP_SIGNAL, event, NULL, 0 }
#define SRV_EOF                    { STEP_EOF, 0, NULL, 0 }
#define SRV_HALF_CLOSE             { STEP_HALF_CLOSE, 0, NULL, 0 }
#define SRV_CUT                    { STEP_CUT, 0, NULL, 0 }
#define SRV_RESET                  { STEP_RESET, 0, NULL, 0 }

/* A request as it arrived: the header block up to and with its empty line, and the bytes behind
 * it. */
struct server_request
{
    unsigned int connection;            /* index of the connection, in order of acceptance */
    char text[SERVER_MAX_REQUEST_LEN];  /* NUL-terminated */
    char body[SERVER_MAX_BODY_LEN + 1]; /* NUL-terminated */
    unsigned int body_len;
};

/* A frame as it arrived, with the payload unmasked. */
struct server_frame
{
    unsigned int connection;
    unsigned int first;                 /* the first byte on the wire: FIN, RSV bits, opcode */
    BOOL masked;
    unsigned char mask[4];
    unsigned int len;
    char *payload;                      /* owned by the server; NUL-terminated */
};

struct server;

/* Starts the script in a thread of its own; the array must live until server_stop(). Never NULL. */
extern struct server *server_start( const struct step *script );

/* The same, without TLS whatever the environment says; and behind the TLS front, with a certificate
 * and ways as the options of tests/tlsfront/site.h say, whose control connection is borrowed. */
extern struct server *server_start_plain( const struct step *script );
extern struct server *server_start_tls( const struct step *script, const char *options );
extern UINT_PTR server_front( const struct server *server );

/* Ends the server where it is, checks that no step failed, frees everything. The checks carry
 * line. */
extern void server_stop_at( struct server *server, int line );
#define server_stop( server ) server_stop_at( server, __LINE__ )

/* The same, for scripts that may end early because the client is expected to turn away. */
extern void server_abandon( struct server *server );

/* The port for the client: the server's own, or the one that speaks TLS for it. */
extern WORD server_port( const struct server *server );

/* Whether the environment variable WINHTTP_TEST_TLS_FRONT holds the control port of a TLS front
 * (tests/tlsfront): then each server is reached by TLS only. */
extern BOOL server_is_secure( void );

/* Lets STEP_WAIT( event ) go on. */
extern void server_signal( struct server *server, unsigned int event );

/* Waits for STEP_SIGNAL( event ). FALSE after SERVER_TIMEOUT_MS. */
extern BOOL server_wait( struct server *server, unsigned int event );

/* Waits until the script has come to its end, or has failed. FALSE after SERVER_TIMEOUT_MS. */
extern BOOL server_finish( struct server *server );

/* What arrived so far. The pointers live until server_stop(). NULL: no such entry (yet). */
extern unsigned int server_connection_count( struct server *server );
extern unsigned int server_request_count( struct server *server );
extern unsigned int server_frame_count( struct server *server );
extern const struct server_request *server_request( struct server *server, unsigned int index );
extern const struct server_frame *server_frame( struct server *server, unsigned int index );

/* Copies the value of a header line of a request (name without case); FALSE when there is none. */
extern BOOL server_header( const struct server_request *request, const char *name, char *value,
                           unsigned int size );

/* The Sec-WebSocket-Accept value that belongs to a key; accept has room for 29 characters.
 * RFC 6455 4.2.2: base64 of the SHA-1 of the key and a fixed GUID. */
extern void server_compute_accept( const char *key, char *accept );

/* The frame as bytes: at most 14 + len, written to out; returns their count. */
extern unsigned int server_build_frame( unsigned char *out, unsigned int flags, const void *data,
                                        unsigned int len );

#endif /* WINHTTP_TESTS_SERVER_H */
