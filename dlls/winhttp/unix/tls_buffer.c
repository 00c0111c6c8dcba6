/* tls_buffer - ciphertext between GnuTLS, our buffers and the socket.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdlib.h>
#include <string.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/socket.h"
#include "unix/sys.h"
#include "unix/tls_session.h"

enum
{
    /* Two full records: GnuTLS alone would ask the kernel twice for each record, once for its
     * header. More saves little and leaves the L2 cache sooner. */
    INPUT_SIZE = 2 * (TLS_RECORD_SIZE + 256 + 5),

    /* A record of which at least so much is missing comes straight from the socket into GnuTLS's
     * memory: the copy saved is worth more than the larger receive. */
    MIN_DIRECT = 4096,

    /* What such a receive may bring into our buffer: the next record's header at least. */
    READ_AHEAD = 256,
};

/* --- Between GnuTLS and our buffers; called under the lock ---------------------------------- */

/* Where in a record the peer is: GnuTLS does not tell at the end. Called for what it has got. */
static void follow_records( struct tls *tls, const BYTE *data, UINT32 len )
{
    enum { RECORD_HEADER = 5 };
    UINT32 part;

    while (len)
    {
        part = len < tls->record_left ? len : tls->record_left;
        if (!part)
        {
            part = 1;
            tls->record_len = tls->record_len << 8 | *data;
            tls->record_head = (tls->record_head + 1) % RECORD_HEADER;
            if (!tls->record_head) tls->record_left = tls->record_len;
        }
        else tls->record_left -= part;
        data += part;
        len -= part;
    }
}

/* With our buffer used up: never waits. Returns 0 if nothing came; the end will be found again by
 * tls_fill_input, a failure is said once and kept. */
static size_t pull_direct( struct tls *tls, void *buffer, size_t len )
{
    struct deadline deadline = deadline_in( UNIX_NOWAIT );
    struct iovec iov[2] = { { buffer, len }, { tls->in, READ_AHEAD } };
    UINT32 count = 0;
    NTSTATUS status;

    if (len < MIN_DIRECT || !tls->direct_left) return 0;
    tls->direct_left--;
    status = socket_recv( tls->stream, iov, tls->in ? 2 : 1, &deadline, &count );
    if (status && status != STATUS_PENDING) tls->recv_status = status;
    if (status || count <= len) return count;
    tls->in_pos = 0;
    tls->in_len = count - len;
    return len;
}

static ssize_t pull( gnutls_transport_ptr_t ptr, void *buffer, size_t len )
{
    struct tls *tls = ptr;
    size_t count = tls->in_len - tls->in_pos;

    if (count)
    {
        if (count > len) count = len;
        memcpy( buffer, tls->in + tls->in_pos, count );
        tls->in_pos += count;
    }
    else if (!(count = pull_direct( tls, buffer, len )))
    {
        gnutls_transport_set_errno( tls->session, EAGAIN );
        return -1;
    }
    follow_records( tls, buffer, count );
    return count;
}

/* GnuTLS asks only where it would wait for a handshake message; we never have it wait. */
static int pull_timeout( gnutls_transport_ptr_t ptr, unsigned int ms )
{
    const struct tls *tls = ptr;

    (void)ms;
    return tls->in_len > tls->in_pos;
}

int tls_grow_output( struct tls *tls, size_t len )
{
    size_t size = tls->out_len + len;
    BYTE *out;

    if (size <= tls->out_size) return 1;
    if (!(out = sys_resize( tls->out, size ))) return 0;
    tls->out = out;
    tls->out_size = size;
    return 1;
}

/* Takes all, so a record is never half written as far as GnuTLS can see. On behalf of a receiver
 * (no reason for that is known) it refuses, and GnuTLS keeps the record for the next send. */
static ssize_t push( gnutls_transport_ptr_t ptr, const void *data, size_t len )
{
    struct tls *tls = ptr;
    int error = tls->receiving ? EAGAIN : tls_grow_output( tls, len ) ? 0 : ENOMEM;

    if (error)
    {
        gnutls_transport_set_errno( tls->session, error );
        return -1;
    }
    memcpy( tls->out + tls->out_len, data, len );
    tls->out_len += len;
    return len;
}

void tls_attach_buffers( struct tls *tls )
{
    gnutls_transport_set_ptr( tls->session, tls );
    gnutls_transport_set_pull_function( tls->session, pull );
    gnutls_transport_set_pull_timeout_function( tls->session, pull_timeout );
    gnutls_transport_set_push_function( tls->session, push );
}

/* --- Between our buffers and the socket; called without the lock ---------------------------- */

void tls_drop_input( struct tls *tls )
{
    if (tls->in_pos < tls->in_len) return;
    free( tls->in );
    tls->in = NULL;
    tls->in_pos = tls->in_len = 0;
}

NTSTATUS tls_fill_input( struct tls *tls, struct deadline *deadline )
{
    struct iovec iov = { NULL, INPUT_SIZE };
    NTSTATUS status;
    UINT32 count;

    if (!tls->in && !(tls->in = sys_resize( NULL, INPUT_SIZE ))) return STATUS_NO_MEMORY;
    iov.iov_base = tls->in;
    tls->in_pos = tls->in_len = 0;
    if ((status = socket_recv( tls->stream, &iov, 1, deadline, &count ))) return status;
    tls->in_len = count;
    if (!count) tls->ended = 1;
    /* a peer that ends without close_notify may be no more than impolite; inside a record it, or
     * somebody on the way, has cut short what was under way */
    if (!count && (tls->record_head || tls->record_left))
        tls->recv_status = STATUS_CONNECTION_DISCONNECTED;
    return STATUS_SUCCESS;
}

NTSTATUS tls_flush_output( struct tls *tls, struct deadline *deadline )
{
    struct iovec iov;
    NTSTATUS status;
    UINT32 count = 0;

    if (tls->out_pos == tls->out_len) return STATUS_SUCCESS;
    iov.iov_base = tls->out + tls->out_pos;
    iov.iov_len = tls->out_len - tls->out_pos;
    status = socket_send( tls->stream, &iov, 1, deadline, &count );
    tls->out_pos += count;
    if (status) return status;
    tls->out_pos = tls->out_len = 0;
    return STATUS_SUCCESS;
}

void tls_drop_output( struct tls *tls )
{
    if (tls->out_pos < tls->out_len) return;
    free( tls->out );
    tls->out = NULL;
    tls->out_pos = tls->out_len = tls->out_size = 0;
}
