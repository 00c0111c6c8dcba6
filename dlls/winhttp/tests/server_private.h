/*
 * What the sources of the scripted server share: the server itself, reading and sending.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    see server.h.
 * Threads: the server's thread.
 * Fails:   FALSE, and the step has failed: server->failure says why.
 */
#ifndef WINHTTP_TESTS_SERVER_PRIVATE_H
#define WINHTTP_TESTS_SERVER_PRIVATE_H

#include <winsock2.h>

#include "server.h"

struct server
{
    /* immutable after start */
    const struct step *script;      /* borrowed until server_stop() */
    SOCKET listener;
    WORD port;
    SOCKET front;                   /* keeps the TLS port open; INVALID_SOCKET: there is none */
    WORD tls_port;
    SOCKET wake;                    /* can be read once server_stop() was called */
    HANDLE thread;
    HANDLE stop;                    /* raised by server_stop() */
    HANDLE done;                    /* the script has ended or failed */
    HANDLE to_server[SERVER_MAX_EVENTS];
    HANDLE to_test[SERVER_MAX_EVENTS];

    /* the server's thread only */
    unsigned int step;
    unsigned int current;

    /* written by the server's thread before it raises the count; read by anyone below the count */
    SOCKET connections[SERVER_MAX_CONNECTIONS]; /* INVALID_SOCKET once closed */
    struct server_request requests[SERVER_MAX_REQUESTS];
    struct server_frame frames[SERVER_MAX_FRAMES];
    LONG connection_count;
    LONG request_count;
    LONG frame_count;

    /* set once by the server's thread, read after it has ended */
    const char *failure;
    int failure_code;
};

/* server.c */
extern BOOL server_fail_step( struct server *server, const char *what, int code );
extern BOOL server_receive( struct server *server, void *buffer, unsigned int len,
                            const char *what );
extern BOOL server_send( struct server *server, const void *data, unsigned int len );
extern BOOL server_send_sliced( struct server *server, const void *data, unsigned int len,
                                unsigned int slice );
extern BOOL server_step_headers( struct server *server );

/* server_websocket.c: the steps from STEP_UPGRADE to STEP_ECHO */
extern BOOL server_step_websocket( struct server *server, const struct step *step );

/* What both topics do. */
extern SOCKET server_connect_to( struct server *server );
extern int server_read_until_end( SOCKET client, char *buffer, int size );

#endif /* WINHTTP_TESTS_SERVER_PRIVATE_H */
