/*
 * The test's side of the TLS front (tests/tlsfront): its control connection.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; a control connection belongs to whoever opened it, and its site lives as long.
 * Threads: any, one at a time on a connection.
 * Fails:   FALSE, INVALID_SOCKET or 0.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_FRONT_H
#define WINHTTP_TESTS_FRONT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windows.h>

#define FRONT_MAX_LINE 192

/* Its port, which the environment variable WINHTTP_TEST_TLS_FRONT holds; 0: the tests run without
 * TLS. */
static inline WORD front_port(void)
{
    char value[16];

    if (!GetEnvironmentVariableA( "WINHTTP_TEST_TLS_FRONT", value, sizeof(value) )) return 0;
    return (WORD)atoi( value );
}

/* A control connection; Winsock has been started. */
static inline SOCKET front_open(void)
{
    struct sockaddr_in addr = { 0 };
    SOCKET control = socket( AF_INET, SOCK_STREAM, 0 );

    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    addr.sin_port = htons( front_port() );
    if (!connect( control, (struct sockaddr *)&addr, sizeof(addr) )) return control;
    closesocket( control );
    return INVALID_SOCKET;
}

/* Sends a line, which ends with \n, and receives one, without it. */
static inline BOOL front_ask( SOCKET control, const char *line, char answer[FRONT_MAX_LINE] )
{
    int pos = 0;

    if (send( control, line, (int)strlen( line ), 0 ) < 0) return FALSE;
    for (;;)
    {
        /* byte by byte: what follows the line is not ours */
        if (pos == FRONT_MAX_LINE || recv( control, answer + pos, 1, 0 ) != 1) return FALSE;
        if (answer[pos] == '\n') break;
        pos++;
    }
    answer[pos] = 0;
    return TRUE;
}

/* The bytes that the line asks for; returns their number. */
static inline unsigned int front_get( SOCKET control, const char *line, unsigned char *buffer,
                                      unsigned int size )
{
    char answer[FRONT_MAX_LINE];
    unsigned int len, pos;
    int ret;

    if (!front_ask( control, line, answer ) || sscanf( answer, "der %u", &len ) != 1 || len > size)
        return 0;
    for (pos = 0; pos < len; pos += ret)
        if ((ret = recv( control, (char *)buffer + pos, len - pos, 0 )) <= 0) return 0;
    return len;
}

#endif /* WINHTTP_TESTS_FRONT_H */
