/* Asynchronous requests and WebSockets of the benchmark.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* async - turns status callbacks into calls of the case's functions.
 * Owns:    nothing; the structs are the caller's, until gone is called.
 * Threads: the functions are called on whatever thread WinHTTP calls back.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_ASYNC_H
#define BENCH_ASYNC_H

#include <stdbool.h>
#include <windows.h>
#include <winhttp.h>

/* What a context points to. */
struct async_target
{
    void (*notify)( struct async_target *target, HINTERNET handle, DWORD status, void *info,
                    DWORD len );
};

struct async_socket
{
    struct async_target target;
    HINTERNET socket;
    bool      closing; /* set before WinHttpWebSocketClose: a Receive may fail from now on */
    void    (*opened)( struct async_socket *socket );
    void    (*received)( struct async_socket *socket, DWORD len,
                         WINHTTP_WEB_SOCKET_BUFFER_TYPE type );
    void    (*sent)( struct async_socket *socket ); /* may be NULL, as the ones below */
    void    (*closed)( struct async_socket *socket );
    void    (*gone)( struct async_socket *socket ); /* the last callback */
};

/* The callback of the asynchronous session. */
void CALLBACK async_callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                              DWORD len );

/* Starts to open a WebSocket; socket->opened follows. The function pointers are the caller's. */
void async_socket_open( struct async_socket *socket, bool secure, const WCHAR *path );

void async_socket_send( struct async_socket *socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type,
                        const void *data, DWORD len );
void async_socket_receive( struct async_socket *socket, void *data, DWORD len );

#endif
