/* WebSocket client for the benchmark's floor.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* ws - RFC 6455 as far as the echo server needs it: no fragments, no pings from it.
 * Owns:    nothing.
 * Threads: one.
 * Fails:   ends the program by bench_fail. */

#ifndef BENCH_WS_H
#define BENCH_WS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct link;

/* Longest header of a frame: two bytes, eight of length, four of mask (RFC 6455, 5.2). */
#define WS_MAX_HEADER 14

/* Writes a masked binary frame (or another opcode) into frame, which has room for WS_MAX_HEADER
 * bytes more than len; returns its length. */
size_t ws_build_frame( unsigned char *frame, unsigned opcode, const void *data, size_t len );

/* The upgrade request for a path; returns its length. */
size_t ws_build_upgrade( char *text, size_t size, const char *path );

/* Connects and upgrades. */
struct link *ws_open( bool secure, const char *path );

/* Sends one message; frame is scratch of len + WS_MAX_HEADER bytes. */
void ws_send( struct link *link, const void *data, size_t len, unsigned char *frame );

/* Takes the header of the next frame, and returns the length of its payload. */
uint64_t ws_receive_header( struct link *link );

/* Receives a message that must have len bytes. */
void ws_receive( struct link *link, void *data, size_t len );

/* Sends a close frame with status 1000, and waits for the server's. */
void ws_close( struct link *link );

#endif
