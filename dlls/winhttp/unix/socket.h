/* socket - TCP: bytes without TLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the descriptor is the stream's.
 * Threads: as net/unixlib.h says: one receives, one sends, abort comes from anywhere. No lock.
 * Fails:   NTSTATUS. STATUS_PENDING only with UNIX_NOWAIT, STATUS_IO_TIMEOUT only without.
 *
 * Sockets become blocking with the first receive that waits, which is one recv(2) when data is
 * there or comes; what must not wait says MSG_DONTWAIT. Sends try first and poll when the buffer
 * is full.
 */

#ifndef WINHTTP_UNIX_SOCKET_H
#define WINHTTP_UNIX_SOCKET_H

#include <sys/uio.h>

#include "unix/deadline.h"
#include "unix/stream.h"

/* As unix_stream_open. */
NTSTATUS socket_open( struct stream_open_params *params );

/* As unix_stream_connect. */
NTSTATUS socket_connect( struct stream *stream, INT32 timeout );

/* Receives at least one byte into one or two buffers, none of them empty; *count is 0 at the end
 * of the stream and changes only on success. May be called again with the same deadline. */
NTSTATUS socket_recv( struct stream *stream, const struct iovec *iov, int iov_count,
                      struct deadline *deadline, UINT32 *count );

/* Sends all of one or two buffers, none of them empty, or as much as fits (STATUS_PENDING,
 * STATUS_IO_TIMEOUT, failure): *count grows by what was taken. */
NTSTATUS socket_send( struct stream *stream, const struct iovec *iov, int iov_count,
                      struct deadline *deadline, UINT32 *count );

/* As unix_stream_check, without TLS. */
NTSTATUS socket_check( struct stream *stream );

/* As unix_stream_abort. handle: validated again under the stream's lock, for whoever cancels comes
 * at any moment, also when the owner has just closed it and another has opened the slot. The reset
 * of a hard abort goes out when the stream is closed: to send it earlier would need a system call
 * that fails while somebody is blocked in recv(2). */
NTSTATUS socket_abort( struct stream *stream, stream_handle handle, int hard );

/* FIN. */
NTSTATUS socket_shutdown( struct stream *stream );

/* As unix_stream_addrs. */
NTSTATUS socket_get_addrs( struct stream *stream, struct unix_addr *local,
                           struct unix_addr *remote );

/* As unix_stream_stats. handle: validated again under the stream's lock, as by socket_abort. */
NTSTATUS socket_get_stats( struct stream *stream, stream_handle handle,
                           struct stream_stats *stats );

#endif
