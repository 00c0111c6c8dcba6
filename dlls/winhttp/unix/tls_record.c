/* tls_record - receives and sends over a TLS session.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <string.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"
#include "unix/tls.h"
#include "unix/tls_session.h"

enum
{
    /* Full records per send(2): a system call per 16 KiB is felt, one per 64 KiB is not. */
    BATCH_RECORDS = 4,

    /* Receives under the lock, a record each at most, before a sender gets its turn: enough to fill
     * the buffers of 64 KiB that programs read bodies with. */
    DIRECT_RECORDS = 8,
};

/* --- Receiving ------------------------------------------------------------------------------ */

int tls_has_input( const struct tls *tls )
{
    return __atomic_load_n( &tls->has_plain, __ATOMIC_RELAXED );
}

/* A peer that asks for a renegotiation is ignored; warnings are not worth a failure. */
static int is_harmless( int error )
{
    return error == GNUTLS_E_REHANDSHAKE || error == GNUTLS_E_WARNING_ALERT_RECEIVED ||
           error == GNUTLS_E_INTERRUPTED;
}

/* Decrypts until the buffer is full or the input used up; returns GnuTLS's last word: 0 for the
 * end, GNUTLS_E_AGAIN, an error, or the number of bytes of the last record. */
static ssize_t decrypt_locked( struct tls *tls, const struct iovec *iov, size_t *filled )
{
    BYTE *buffer = iov->iov_base;
    ssize_t ret = 1;

    while (*filled < iov->iov_len)
    {
        ret = gnutls_record_recv( tls->session, buffer + *filled, iov->iov_len - *filled );
        if (ret > 0) *filled += ret;
        else if (!is_harmless( ret )) break;
    }
    return ret;
}

static NTSTATUS decrypt( struct tls *tls, const struct iovec *iov, int iov_count, UINT32 *count )
{
    size_t filled, total = 0;
    ssize_t ret = 1;
    int i;

    pthread_mutex_lock( &tls->lock );
    tls->receiving = 1;
    tls->direct_left = DIRECT_RECORDS;
    for (i = 0; i < iov_count && ret > 0; i++)
    {
        filled = 0;
        ret = decrypt_locked( tls, &iov[i], &filled );
        total += filled;
    }
    tls->receiving = 0;
    tls->direct_left = 0;
    if (!tls->kept) tls_keep_locked( tls );
    if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED) tls->alert = gnutls_alert_get( tls->session );
    /* Stopped by a full buffer: there may be more, decrypted or not. */
    __atomic_store_n( &tls->has_plain, ret > 0, __ATOMIC_RELAXED );
    pthread_mutex_unlock( &tls->lock );

    if (!ret || ret == GNUTLS_E_PREMATURE_TERMINATION) tls->ended = 1;
    else if (ret < 0 && ret != GNUTLS_E_AGAIN)
        tls->recv_status = error_from_gnutls( ret, STATUS_DATA_ERROR );
    *count = total;
    return total || ret != GNUTLS_E_AGAIN ? STATUS_SUCCESS : STATUS_PENDING;
}

static NTSTATUS receive( struct tls *tls, const struct iovec *iov, int iov_count,
                         struct deadline *deadline, UINT32 *count )
{
    NTSTATUS status;

    for (;;)
    {
        if (stream_is_aborted( tls->stream )) return STATUS_CONNECTION_ABORTED;
        if (tls->recv_status) return tls->recv_status;
        if (tls->ended)
        {
            *count = 0;
            return STATUS_SUCCESS;
        }
        if (tls->has_plain || tls->in_pos < tls->in_len)
        {
            status = decrypt( tls, iov, iov_count, count );
            if (!status && *count) return STATUS_SUCCESS;
        }
        else if ((status = tls_fill_input( tls, deadline ))) return status;
    }
}

/* An empty buffer is kept between calls that wait, whose thread costs more, and given back by
 * those that do not: an idle stream keeps none. */
NTSTATUS tls_recv( struct stream *stream, const struct iovec *iov, int iov_count, INT32 timeout,
                   UINT32 *count, UINT32 *alert )
{
    struct deadline deadline = deadline_in( timeout );
    struct tls *tls = stream->tls;
    UINT32 received = 0;
    NTSTATUS status;

    status = receive( tls, iov, iov_count, &deadline, &received );
    if (!deadline.timeout || status || !received) tls_drop_input( tls );
    if (!status) *count = received;
    if (status == STATUS_ENCRYPTION_FAILED) *alert = tls->alert;
    return status;
}

NTSTATUS tls_check( struct stream *stream )
{
    BYTE byte;
    struct iovec iov = { &byte, 1 };
    UINT32 count, alert;
    NTSTATUS status;

    status = tls_recv( stream, &iov, 1, UNIX_NOWAIT, &count, &alert );
    if (status == STATUS_PENDING) return STATUS_SUCCESS;
    return status == STATUS_CONNECTION_ABORTED ? status : STATUS_CONNECTION_DISCONNECTED;
}

/* --- Sending -------------------------------------------------------------------------------- */

/* What is still to be encrypted. */
struct source
{
    struct iovec iov[2];
    int iov_count;
    UINT32 taken;
};

static void advance( struct source *source, size_t len )
{
    source->taken += len;
    if (source->iov_count == 2 && len >= source->iov[0].iov_len)
    {
        len -= source->iov[0].iov_len;
        source->iov[0] = source->iov[1];
        source->iov_count = 1;
    }
    source->iov[0].iov_base = (BYTE *)source->iov[0].iov_base + len;
    source->iov[0].iov_len -= len;
    if (!source->iov[0].iov_len) source->iov_count = 0;
}

/* A frame's header and the beginning of its payload belong in one record: two would cost the peer
 * two wake-ups, and the wire 22 bytes. */
static size_t join( const struct source *source, BYTE *record )
{
    size_t first = source->iov[0].iov_len, second = source->iov[1].iov_len;

    if (second > TLS_RECORD_SIZE - first) second = TLS_RECORD_SIZE - first;
    memcpy( record, source->iov[0].iov_base, first );
    memcpy( record + first, source->iov[1].iov_base, second );
    return first + second;
}

static ssize_t encrypt_record_locked( struct tls *tls, const struct source *source )
{
    const struct iovec *iov = source->iov;
    BYTE record[TLS_RECORD_SIZE];

    if (source->iov_count == 2 && iov->iov_len < TLS_RECORD_SIZE)
        return gnutls_record_send( tls->session, record, join( source, record ) );
    return gnutls_record_send( tls->session, iov->iov_base,
                               iov->iov_len < TLS_RECORD_SIZE ? iov->iov_len : TLS_RECORD_SIZE );
}

/* What the next batch will need, so that its records do not make the output grow one by one. */
static size_t estimate_output( const struct source *source )
{
    enum { OVERHEAD = 64 };     /* header, IV, padding and tag of any cipher suite in use */
    size_t len = source->iov[0].iov_len + (source->iov_count == 2 ? source->iov[1].iov_len : 0);

    if (len > BATCH_RECORDS * TLS_RECORD_SIZE) len = BATCH_RECORDS * TLS_RECORD_SIZE;
    return len + (len / TLS_RECORD_SIZE + 1) * OVERHEAD;
}

/* Encrypts a batch into the output, which is empty. */
static NTSTATUS encrypt( struct tls *tls, struct source *source )
{
    ssize_t ret = 1;
    int i;

    if (!tls_grow_output( tls, estimate_output( source ) )) return STATUS_NO_MEMORY;
    pthread_mutex_lock( &tls->lock );
    for (i = 0; i < BATCH_RECORDS && source->iov_count && ret > 0; i++)
    {
        ret = encrypt_record_locked( tls, source );
        if (ret > 0) advance( source, ret );
    }
    pthread_mutex_unlock( &tls->lock );
    return ret > 0 ? STATUS_SUCCESS : error_from_gnutls( ret, STATUS_DATA_ERROR );
}

static NTSTATUS send_all( struct tls *tls, struct source *source, struct deadline *deadline )
{
    NTSTATUS status;

    for (;;)
    {
        if (stream_is_aborted( tls->stream )) return STATUS_CONNECTION_ABORTED;
        if (tls->send_status) return tls->send_status;
        if ((status = tls_flush_output( tls, deadline ))) return status;
        if (!source->iov_count) return STATUS_SUCCESS;
        if ((status = encrypt( tls, source ))) tls->send_status = status;
    }
}

NTSTATUS tls_send( struct stream *stream, const struct iovec *iov, int iov_count, INT32 timeout,
                   UINT32 *count )
{
    struct deadline deadline = deadline_in( timeout );
    struct source source = { .iov_count = iov_count };
    struct tls *tls = stream->tls;
    NTSTATUS status;

    if (iov_count) memcpy( source.iov, iov, iov_count * sizeof(*iov) );
    status = send_all( tls, &source, &deadline );
    tls_drop_output( tls );
    *count = source.taken;
    return status;
}
