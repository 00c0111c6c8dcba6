/*
 * A port on loopback that takes no more connections: further ones stay unanswered.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its sockets, from full_open() to full_close().
 * Threads: the test's thread; Winsock has been started.
 * Fails:   each step is a check.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_FULL_H
#define WINHTTP_TESTS_FULL_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include "wine/test.h"

/* Its backlog is full. */
struct full
{
    SOCKET listener;
    SOCKET fill[4];
    WORD port;
};

/* last: of 127.0.0.LAST; 0: ::1. port 0: any. */
static inline void full_open( struct full *full, unsigned int last, WORD port )
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    struct sockaddr *addr = last ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    int len = last ? sizeof(v4) : sizeof(v6);
    u_long on = 1;
    unsigned int i;

    v4.sin_addr.s_addr = htonl( 0x7f000000 | last );
    v6.sin6_addr.s6_addr[15] = 1;
    v4.sin_port = v6.sin6_port = htons( port );
    full->listener = socket( addr->sa_family, SOCK_STREAM, 0 );
    ok( !bind( full->listener, addr, len ), "cannot bind, error %u\n", (UINT)WSAGetLastError() );
    ok( !listen( full->listener, 0 ), "cannot listen\n" );
    ok( !getsockname( full->listener, addr, &len ), "no address\n" );
    full->port = ntohs( last ? v4.sin_port : v6.sin6_port );
    for (i = 0; i < ARRAYSIZE( full->fill ); i++)
    {
        full->fill[i] = socket( addr->sa_family, SOCK_STREAM, 0 );
        ioctlsocket( full->fill[i], FIONBIO, &on );
        connect( full->fill[i], addr, len );
    }
}

static inline void full_close( struct full *full )
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( full->fill ); i++) closesocket( full->fill[i] );
    closesocket( full->listener );
}

#endif /* WINHTTP_TESTS_FULL_H */
