/* websocket - a WebSocket handle: two directions, the closing handshake, the keep-alive.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the connection that WinHttpWebSocketCompleteUpgrade took over from the request.
 * Threads: any. Whoever stands at the head of `tx` owns the sending side, at the head of `rx` the
 *          receiving side; the rest is under the object's lock.
 * Fails:   ERROR_* codes.
 *
 * Files: websocket.c (exports and their rules of state), ws_send.c (sending side: frames, Send,
 * Shutdown, pongs), ws_receive.c (receiving side: Receive, what arrives), ws_close.c (Close),
 * ws_watch.c (keep-alive, pings that come while no Receive is pending).
 *
 * Every operation that sends passes through tx: Send, Shutdown, Close, and `control`, an operation
 * of our own that sends pongs. Receive, Close and `watch` pass through rx. So frames never
 * interleave, a pong waits for the end of a frame, and Close discards only what no Receive is
 * after.
 */

#ifndef WINHTTP_WEBSOCKET_H
#define WINHTTP_WEBSOCKET_H

#include "handle.h"
#include "net/conn.h"
#include "op/op.h"
#include "op/timer.h"
#include "proto/ws_frame.h"

/* The message of which a fragment is out, but not the last one. */
enum ws_message
{
    WS_MESSAGE_NONE,
    WS_MESSAGE_BINARY,
    WS_MESSAGE_TEXT,
};

/* One frame on its way out; belongs to the head of tx. */
struct ws_outgoing
{
    const BYTE *payload;       /* borrowed (until the operation is over): what is not masked yet */
    DWORD payload_left;        /* bytes at payload */
    DWORD masked;              /* bytes of this frame masked so far: the phase of the key */
    BYTE key[WS_MASK_KEY];
    BYTE *chunk;               /* small, or owned when larger: masked bytes that go out next */
    DWORD chunk_size;          /* room at chunk */
    DWORD begin, end;          /* of what is still to be sent, in chunk */
    BYTE small[256];           /* for control frames, short messages, and without memory */
};

/* Looks for pings ahead of the program; all but op belongs to the head of rx. */
struct ws_watch
{
    struct op op;
    struct ws_decoder decoder; /* a copy that runs ahead of the socket's */
    UINT32 scanned;            /* bytes of the connection's buffer it has seen */
    UINT32 pings;              /* pings among them */
};

/* Pings that wait for their answer while a frame is being sent. A peer that sends more in that
 * time gets the latest answered, which is all that RFC 6455 5.5.3 asks. */
enum { WS_MAX_PONGS = 4 };

struct ws_pong
{
    BYTE len;
    BYTE payload[WS_MAX_CONTROL];
};

/* What Receive hands to the program. */
struct ws_received
{
    DWORD len;                 /* bytes */
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
};

struct websocket
{
    struct object object;      /* parent: the connect handle */

    /* immutable */
    struct conn *conn;         /* owned */
    DWORD receive_buffer;      /* most bytes that the watch reads ahead */
    DWORD receive_most;        /* that one Receive returns; guess U16: the same, if it was chosen */

    struct op send, receive, shutdown, close, control;
    struct ws_watch watch;
    struct op_queue tx, rx;

    /* the head of tx */
    struct ws_outgoing out;
    BYTE keys[64];             /* random bytes for masks, [0, keys_left) unused */
    BYTE keys_left;

    /* the head of rx */
    struct ws_decoder decoder;
    UINT32 pings_answered;     /* among what is buffered and not decoded yet: by the watch */

    /* arguments of Send: set when it begins */
    const BYTE *send_data;     /* borrowed (until it completes) */
    DWORD send_len;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE send_type;

    enum ws_message message;   /* Send's while it is active, otherwise under lock */

    /* arguments of Receive */
    BYTE *receive_data;        /* borrowed (until it completes) */
    DWORD receive_len;
    struct ws_received received;
    struct ws_received *receive_out; /* borrowed; sync: the caller's */

    /* under lock */
    DWORD send_timeout;        /* milliseconds, 0 and INFINITE = none; the options */
    DWORD receive_timeout;
    DWORD close_timeout;
    DWORD keepalive;           /* milliseconds between unsolicited pongs */
    ULONGLONG keepalive_at;    /* tick count: when the next one is due */
    struct timer timer;        /* for that, and for the tick of ws_watch.c */
    UINT32 receives;           /* counts calls of Receive */
    UINT32 receives_seen;      /* as the last tick found it */
    DWORD lost;                /* once set, never unset: the connection is gone, and this is why */
    BOOL close_called;         /* once set, never unset: WinHttpWebSocketClose was accepted */
    BOOL send_closed;          /* once set, never unset: nor may be sent after Shutdown or Close */
    BOOL close_sent;           /* once set, never unset: it is out, or its sender owns tx */
    BOOL close_received;       /* once set, never unset; then the next three are valid */
    USHORT close_status;
    BYTE close_reason_len;
    BYTE close_reason[WS_MAX_REASON];
    BYTE own_close[WS_MAX_CONTROL]; /* payload of our close frame */
    BYTE own_close_len;
    BOOL keepalive_due;        /* a pong of our own has to be sent by `control` */
    BYTE pong_count;           /* answers that `control` has to send, oldest first */
    struct ws_pong pongs[WS_MAX_PONGS];
};

static inline struct websocket *websocket_from_object( struct object *object )
{
    return CONTAINING_RECORD( object, struct websocket, object );
}

/* REQUEST_ERROR with a WINHTTP_WEB_SOCKET_ASYNC_RESULT. */
void websocket_notify_error( struct websocket *socket, WINHTTP_WEB_SOCKET_OPERATION operation,
                             DWORD error );

/* Milliseconds of an option, where 0 and INFINITE both mean "none", as an op wants it. */
static inline DWORD websocket_timeout( DWORD option )
{
    return option ? option : INFINITE;
}

/* The connection is of no use any more. reason: what later calls fail with. */
void websocket_lose( struct websocket *socket, DWORD reason );

/* WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL; the object is locked. */
void websocket_set_keepalive_locked( struct websocket *socket, DWORD interval );

/* --- ws_send.c --- */

/* Module end. */
void ws_send_free(void);

extern const struct op_type ws_send_type, ws_shutdown_type, ws_control_type;

/* Steps of an operation that sends a close frame: waits for tx, sends, leaves tx.
 * OP_CONTINUE: sent, or another has sent one before. */
enum op_need ws_send_close( struct websocket *socket, struct op *op );

/* Sets what the close frame will say; the object is locked. */
void ws_set_close_locked( struct websocket *socket, USHORT status, const void *reason, DWORD len );

/* Sends a close frame with that code if nothing else is being sent, without waiting. */
void ws_send_failure( struct websocket *socket, USHORT code );

/* Has a pong sent as soon as tx is free: the answer to a ping, or one of our own. */
void ws_answer_ping( struct websocket *socket, const BYTE *payload, size_t len );
void ws_send_keepalive( struct websocket *socket );

/* --- ws_receive.c --- */

extern const struct op_type ws_receive_type;

/* Steps of Close: reads and throws away until the peer's close frame is there (OP_CONTINUE). */
enum op_need ws_discard( struct websocket *socket, struct op *op );

/* --- ws_watch.c --- */

extern const struct op_type ws_watch_type;

/* The socket is open: its timer runs from now on. / Its handle was closed. */
void ws_watch_init( struct websocket *socket );
void ws_watch_stop( struct websocket *socket );

/* --- ws_close.c --- */

extern const struct op_type ws_close_type;

#endif
