/* tcp - what Linux knows of a TCP connection beyond its bytes, and what it can be told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; no call waits.
 * Fails:   NTSTATUS.
 *
 * Apart from socket.c because <linux/tcp.h>, which has all of struct tcp_info, and <netinet/tcp.h>
 * exclude each other.
 */

#ifndef WINHTTP_UNIX_TCP_H
#define WINHTTP_UNIX_TCP_H

#include "net/unixlib.h"

/* Keep-alive and fast open, before it connects. What this kernel cannot do is left out. */
void tcp_set_options( int fd, const struct stream_open_params *params );

/* Fills in all but age. */
NTSTATUS tcp_get_stats( int fd, struct stream_stats *stats );

#endif
