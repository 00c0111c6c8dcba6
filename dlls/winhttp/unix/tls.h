/* tls - a TLS client session on a stream, by GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the session, ciphertext received and not yet decrypted, ciphertext made and not yet
 *          sent. Both buffers exist only while something is in them or a caller waits for it.
 * Threads: the contract's: one receives, one sends (tls_shutdown counts as sending), nobody else is
 *          inside during the handshake. The session's lock is held while GnuTLS works and never
 *          across a wait: GnuTLS reads from and writes to our buffers, which the receiving and the
 *          sending caller fill and empty without the lock. Only the rest of a large record is
 *          received under it, as far as it is here, past the buffer and some records in a row.
 * Fails:   NTSTATUS. A failure is remembered: the same direction reports it again.
 *
 * The certificate is not judged here. Renegotiation (TLS 1.2) is ignored, as RFC 5246 7.4.1.1
 * allows; tickets and key updates (TLS 1.3) are handled inside GnuTLS.
 */

#ifndef WINHTTP_UNIX_TLS_H
#define WINHTTP_UNIX_TLS_H

#include <sys/uio.h>

#include "unix/stream.h"

/* Puts a session on the stream; its host is copied. STATUS_NOT_SUPPORTED: no protocol that
 * GnuTLS knows is in the mask. STATUS_INVALID_PARAMETER: there is one already. */
NTSTATUS tls_start( struct stream *stream, struct stream_tls_start_params *params );

/* The following do what the call of that name in net/unixlib.h says, params included. */
NTSTATUS tls_handshake( struct stream *stream, struct stream_tls_handshake_params *params );
NTSTATUS tls_get_chain( struct stream *stream, struct stream_tls_chain_params *params );
NTSTATUS tls_get_issuers( struct stream *stream, struct stream_tls_chain_params *params );
NTSTATUS tls_get_info( struct stream *stream, struct stream_tls_info_params *params );

/* Receives into one or two buffers, none of them empty. *alert is set with
 * STATUS_ENCRYPTION_FAILED only. */
NTSTATUS tls_recv( struct stream *stream, const struct iovec *iov, int iov_count, INT32 timeout,
                   UINT32 *count, UINT32 *alert );

/* Sends one or two buffers, or (iov_count 0) what earlier calls left. */
NTSTATUS tls_send( struct stream *stream, const struct iovec *iov, int iov_count, INT32 timeout,
                   UINT32 *count );

/* As unix_stream_check; what belongs to TLS itself (a ticket) is digested. */
NTSTATUS tls_check( struct stream *stream );

/* close_notify, as far as it fits, then FIN. */
NTSTATUS tls_shutdown( struct stream *stream );

/* Nonzero if a receive would find something without asking the socket. */
int tls_has_input( const struct tls *tls );

void tls_destroy( struct tls *tls );

#endif
