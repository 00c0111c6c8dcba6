/* tls - a TLS client session on a stream, by GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"
#include "unix/socket.h"
#include "unix/sys.h"
#include "unix/tls.h"

enum
{
    RECORD_SIZE = 16384,        /* RFC 8446 5.1: the most plaintext of one record */

    /* Two full records: GnuTLS alone would ask the kernel twice for each record, once for its
     * header. More saves little and leaves the L2 cache sooner. */
    INPUT_SIZE = 2 * (RECORD_SIZE + 256 + 5),

    /* Full records per send(2): a system call per 16 KiB is felt, one per 64 KiB is not. */
    BATCH_RECORDS = 4,

    /* What a peer may make us hold before anything is authenticated: handshakes with the longest
     * chain allowed; GnuTLS refuses longer messages by itself (UNIX_MAX_CHAIN). */
    MAX_HANDSHAKE = UNIX_MAX_CHAIN,
};

struct tls
{
    /* immutable after tls_start */
    gnutls_session_t session;   /* owned; used under lock */
    struct stream *stream;      /* borrowed (it owns us) */

    /* the receiving caller; pull reads it under lock, on behalf of that caller */
    BYTE *in;                   /* owned; INPUT_SIZE bytes, or NULL while nothing is in it */
    UINT32 in_pos;              /* <= in_len */
    UINT32 in_len;
    BYTE has_plain;             /* GnuTLS may hold decrypted data; atomic, others may look */
    BYTE ended;                 /* once set, never unset */
    NTSTATUS recv_status;       /* failure to report again */

    /* the sending caller; push adds to it under lock, on behalf of that caller */
    BYTE *out;                  /* owned; NULL while nothing is in it */
    UINT32 out_pos;             /* <= out_len <= out_size */
    UINT32 out_len;
    UINT32 out_size;
    NTSTATUS send_status;       /* failure to report again */

    /* under lock */
    pthread_mutex_t lock;
    BYTE receiving;             /* GnuTLS works for the receiving caller: push must not touch out */
    BYTE cert_requested;        /* once set, never unset */
    BYTE connected;             /* the handshake is over; once set, never unset */
};

/* --- What all sessions share ---------------------------------------------------------------- */

static const struct
{
    UINT32 flag;                /* WINHTTP_FLAG_SECURE_PROTOCOL_* */
    gnutls_protocol_t version;
    const char *priority;
} protocols_map[] =
{
    { 0x2000, GNUTLS_TLS1_3, ":+VERS-TLS1.3" },
    { 0x0800, GNUTLS_TLS1_2, ":+VERS-TLS1.2" },
    { 0x0200, GNUTLS_TLS1_1, ":+VERS-TLS1.1" },
    { 0x0080, GNUTLS_TLS1_0, ":+VERS-TLS1.0" },
};

enum
{
    PROTOCOL_COUNT = sizeof(protocols_map) / sizeof(protocols_map[0]),
    DEFAULT_PROTOCOLS = 0x2800,
};

static pthread_once_t global_once = PTHREAD_ONCE_INIT;
static gnutls_certificate_credentials_t credentials;    /* NULL: GnuTLS does not work here */
static pthread_mutex_t priorities_lock = PTHREAD_MUTEX_INITIALIZER;
static gnutls_priority_t priorities[1 << PROTOCOL_COUNT];   /* under priorities_lock */

/* No certificate of the client exists yet: note that one was wanted, and go on without. Called by
 * GnuTLS under the session's lock. */
static int answer_cert_request( gnutls_session_t session, const gnutls_datum_t *issuers,
                                int issuer_count, const gnutls_pk_algorithm_t *algorithms,
                                int algorithm_count, gnutls_pcert_st **certs,
                                unsigned int *cert_count, gnutls_privkey_t *key )
{
    struct tls *tls = gnutls_session_get_ptr( session );

    (void)issuers;
    (void)issuer_count;
    (void)algorithms;
    (void)algorithm_count;
    tls->cert_requested = 1;
    *certs = NULL;
    *cert_count = 0;
    *key = NULL;
    return 0;
}

static void init_global( void )
{
    if (gnutls_global_init()) return;
    if (gnutls_certificate_allocate_credentials( &credentials ))
    {
        credentials = NULL;
        return;
    }
    gnutls_certificate_set_retrieve_function2( credentials, answer_cert_request );
}

/* The system's own priorities (crypto-policies and the like), with just the versions asked for. */
static NTSTATUS make_priority( unsigned int set, gnutls_priority_t *priority )
{
    char text[80] = "-VERS-ALL";
    unsigned int i;
    int ret;

    for (i = 0; i < PROTOCOL_COUNT; i++)
        if (set & (1 << i)) strcat( text, protocols_map[i].priority );
    ret = gnutls_priority_init2( priority, text, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND );
    return ret < 0 ? error_from_gnutls( ret, STATUS_NOT_SUPPORTED ) : STATUS_SUCCESS;
}

static NTSTATUS get_priority( UINT32 protocols, gnutls_priority_t *priority )
{
    NTSTATUS status = STATUS_SUCCESS;
    unsigned int i, set = 0;

    if (!protocols) protocols = DEFAULT_PROTOCOLS;
    for (i = 0; i < PROTOCOL_COUNT; i++) if (protocols & protocols_map[i].flag) set |= 1 << i;
    if (!set) return STATUS_NOT_SUPPORTED;

    pthread_mutex_lock( &priorities_lock );
    if (!priorities[set]) status = make_priority( set, &priorities[set] );
    if (!status) *priority = priorities[set];
    pthread_mutex_unlock( &priorities_lock );
    return status;
}

/* --- Between GnuTLS and our buffers; called under the lock ---------------------------------- */

static ssize_t pull( gnutls_transport_ptr_t ptr, void *buffer, size_t len )
{
    struct tls *tls = ptr;
    UINT32 count = tls->in_len - tls->in_pos;

    if (!count)
    {
        gnutls_transport_set_errno( tls->session, EAGAIN );
        return -1;
    }
    if (count > len) count = len;
    memcpy( buffer, tls->in + tls->in_pos, count );
    tls->in_pos += count;
    return count;
}

/* GnuTLS asks only where it would wait for a handshake message; we never have it wait. */
static int pull_timeout( gnutls_transport_ptr_t ptr, unsigned int ms )
{
    const struct tls *tls = ptr;

    (void)ms;
    return tls->in_len > tls->in_pos;
}

/* Makes room for len bytes more. */
static int grow_output( struct tls *tls, size_t len )
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
    int error = tls->receiving ? EAGAIN : grow_output( tls, len ) ? 0 : ENOMEM;

    if (error)
    {
        gnutls_transport_set_errno( tls->session, error );
        return -1;
    }
    memcpy( tls->out + tls->out_len, data, len );
    tls->out_len += len;
    return len;
}

/* --- Between our buffers and the socket; called without the lock ---------------------------- */

static void drop_input( struct tls *tls )
{
    if (tls->in_pos < tls->in_len) return;
    free( tls->in );
    tls->in = NULL;
    tls->in_pos = tls->in_len = 0;
}

/* Called with in used up. STATUS_SUCCESS: something came, or the end (ended). */
static NTSTATUS fill_input( struct tls *tls, struct deadline *deadline )
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
    return STATUS_SUCCESS;
}

static NTSTATUS flush_output( struct tls *tls, struct deadline *deadline )
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

static void drop_output( struct tls *tls )
{
    if (tls->out_pos < tls->out_len) return;
    free( tls->out );
    tls->out = NULL;
    tls->out_pos = tls->out_len = tls->out_size = 0;
}

/* --- Starting and ending -------------------------------------------------------------------- */

static NTSTATUS setup_session( struct tls *tls, const char *host, gnutls_priority_t priority )
{
    gnutls_session_t session = tls->session;
    int ret;

    ret = gnutls_priority_set( session, priority );
    if (!ret) ret = gnutls_credentials_set( session, GNUTLS_CRD_CERTIFICATE, credentials );
    if (!ret && host)
        ret = gnutls_server_name_set( session, GNUTLS_NAME_DNS, host, strlen( host ) );
    if (ret) return error_from_gnutls( ret, STATUS_INVALID_PARAMETER );

    gnutls_session_set_ptr( session, tls );
    gnutls_transport_set_ptr( session, tls );
    gnutls_transport_set_pull_function( session, pull );
    gnutls_transport_set_pull_timeout_function( session, pull_timeout );
    gnutls_transport_set_push_function( session, push );
    gnutls_handshake_set_timeout( session, 0 );     /* deadlines are the callers' */
    gnutls_handshake_set_max_packet_length( session, MAX_HANDSHAKE );
    return STATUS_SUCCESS;
}

/* Threads that receive and send at once meet for microseconds only: spinning beats sleeping. */
static void init_lock( pthread_mutex_t *lock )
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init( &attr );
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    pthread_mutexattr_settype( &attr, PTHREAD_MUTEX_ADAPTIVE_NP );
#endif
    pthread_mutex_init( lock, &attr );
    pthread_mutexattr_destroy( &attr );
}

static NTSTATUS create_session( struct tls *tls, const char *host, UINT32 protocols )
{
    gnutls_priority_t priority;
    NTSTATUS status;

    if ((status = get_priority( protocols, &priority ))) return status;
    if (sys_fails( SYS_CALL_ALLOC, NULL ) || gnutls_init( &tls->session, GNUTLS_CLIENT ) < 0)
    {
        tls->session = NULL;
        return STATUS_NO_MEMORY;
    }
    return setup_session( tls, host, priority );
}

NTSTATUS tls_start( struct stream *stream, const char *host, UINT32 protocols )
{
    NTSTATUS status;
    struct tls *tls;

    if (stream->tls) return STATUS_INVALID_PARAMETER;
    if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
    pthread_once( &global_once, init_global );
    if (!credentials) return STATUS_NOT_SUPPORTED;
    if (!(tls = sys_alloc( sizeof(*tls) ))) return STATUS_NO_MEMORY;
    tls->stream = stream;
    init_lock( &tls->lock );
    if ((status = create_session( tls, host, protocols ))) tls_destroy( tls );
    else stream->tls = tls;
    return status;
}

void tls_destroy( struct tls *tls )
{
    if (tls->session) gnutls_deinit( tls->session );
    pthread_mutex_destroy( &tls->lock );
    free( tls->in );
    free( tls->out );
    free( tls );
}

static int say_goodbye( struct tls *tls )
{
    int said;

    pthread_mutex_lock( &tls->lock );
    said = tls->connected && gnutls_bye( tls->session, GNUTLS_SHUT_WR ) == GNUTLS_E_SUCCESS;
    pthread_mutex_unlock( &tls->lock );
    return said;
}

NTSTATUS tls_shutdown( struct stream *stream )
{
    struct deadline deadline = deadline_in( UNIX_NOWAIT );
    struct tls *tls = stream->tls;

    if (!tls->send_status && say_goodbye( tls )) flush_output( tls, &deadline );
    drop_output( tls );
    return socket_shutdown( stream );
}

/* --- The handshake -------------------------------------------------------------------------- */

/* The alert the peer sent, or the one it is to get, which is put into the output. */
static UINT32 get_alert_locked( struct tls *tls, int error )
{
    int alert, level;

    if (error == GNUTLS_E_FATAL_ALERT_RECEIVED) return gnutls_alert_get( tls->session );
    alert = gnutls_error_to_alert( error, &level );
    if (alert < 0 || gnutls_alert_send( tls->session, GNUTLS_AL_FATAL, alert ) < 0) return 0;
    return alert;
}

/* One turn of GnuTLS. STATUS_SUCCESS: the handshake is over; STATUS_PENDING: it wants input. */
static NTSTATUS shake_hands( struct tls *tls, UINT32 *alert )
{
    int ret;

    pthread_mutex_lock( &tls->lock );
    do ret = gnutls_handshake( tls->session );
    while (ret < 0 && ret != GNUTLS_E_AGAIN && !gnutls_error_is_fatal( ret ));
    if (!ret)
    {
        tls->connected = 1;
        tls->has_plain = 1;     /* unknown: have the first receive look */
    }
    else if (ret != GNUTLS_E_AGAIN) *alert = get_alert_locked( tls, ret );
    pthread_mutex_unlock( &tls->lock );

    if (!ret) return STATUS_SUCCESS;
    if (ret == GNUTLS_E_AGAIN) return STATUS_PENDING;
    return error_from_gnutls( ret, STATUS_ENCRYPTION_FAILED );
}

/* Each flight goes out in one piece, before an answer is waited for. */
static NTSTATUS run_handshake( struct tls *tls, struct deadline *deadline, UINT32 *need,
                               UINT32 *alert )
{
    NTSTATUS status;

    for (;;)
    {
        *need = STREAM_WRITE;
        if ((status = flush_output( tls, deadline ))) return status;
        drop_output( tls );
        if (tls->connected) return STATUS_SUCCESS;

        *need = STREAM_READ;
        status = shake_hands( tls, alert );
        if (status && status != STATUS_PENDING) return status;
        if (!status || tls->out_len) continue;
        if ((status = fill_input( tls, deadline ))) return status;
        if (tls->ended) return STATUS_CONNECTION_DISCONNECTED;
    }
}

NTSTATUS tls_handshake( struct stream *stream, struct stream_tls_handshake_params *params )
{
    struct deadline deadline = deadline_in( params->timeout );
    struct tls *tls = stream->tls;
    UINT32 need = STREAM_READ, alert = 0;
    NTSTATUS status;

    if (tls->recv_status) return tls->recv_status;
    status = run_handshake( tls, &deadline, &need, &alert );
    drop_input( tls );
    params->need = need;
    params->alert = alert;
    params->cert_requested = tls->cert_requested;
    if (status && status != STATUS_PENDING && status != STATUS_IO_TIMEOUT)
    {
        tls->recv_status = tls->send_status = status;
        deadline = deadline_in( UNIX_NOWAIT );
        flush_output( tls, &deadline );     /* the peer is told why, if that needs no waiting */
    }
    return status;
}

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
    for (i = 0; i < iov_count && ret > 0; i++)
    {
        filled = 0;
        ret = decrypt_locked( tls, &iov[i], &filled );
        total += filled;
    }
    tls->receiving = 0;
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
        else if ((status = fill_input( tls, deadline ))) return status;
    }
}

/* An empty buffer is kept between calls that wait, whose thread costs more, and given back by
 * those that do not: an idle stream keeps none. */
NTSTATUS tls_recv( struct stream *stream, const struct iovec *iov, int iov_count, INT32 timeout,
                   UINT32 *count )
{
    struct deadline deadline = deadline_in( timeout );
    struct tls *tls = stream->tls;
    UINT32 received = 0;
    NTSTATUS status;

    status = receive( tls, iov, iov_count, &deadline, &received );
    if (!deadline.timeout || status || !received) drop_input( tls );
    if (!status) *count = received;
    return status;
}

NTSTATUS tls_check( struct stream *stream )
{
    BYTE byte;
    struct iovec iov = { &byte, 1 };
    NTSTATUS status;
    UINT32 count;

    status = tls_recv( stream, &iov, 1, UNIX_NOWAIT, &count );
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

    if (second > RECORD_SIZE - first) second = RECORD_SIZE - first;
    memcpy( record, source->iov[0].iov_base, first );
    memcpy( record + first, source->iov[1].iov_base, second );
    return first + second;
}

static ssize_t encrypt_record_locked( struct tls *tls, const struct source *source )
{
    const struct iovec *iov = source->iov;
    BYTE record[RECORD_SIZE];

    if (source->iov_count == 2 && iov->iov_len < RECORD_SIZE)
        return gnutls_record_send( tls->session, record, join( source, record ) );
    return gnutls_record_send( tls->session, iov->iov_base,
                               iov->iov_len < RECORD_SIZE ? iov->iov_len : RECORD_SIZE );
}

/* What the next batch will need, so that its records do not make the output grow one by one. */
static size_t estimate_output( const struct source *source )
{
    enum { OVERHEAD = 64 };     /* header, IV, padding and tag of any cipher suite in use */
    size_t len = source->iov[0].iov_len + (source->iov_count == 2 ? source->iov[1].iov_len : 0);

    if (len > BATCH_RECORDS * RECORD_SIZE) len = BATCH_RECORDS * RECORD_SIZE;
    return len + (len / RECORD_SIZE + 1) * OVERHEAD;
}

/* Encrypts a batch into the output, which is empty. */
static NTSTATUS encrypt( struct tls *tls, struct source *source )
{
    ssize_t ret = 1;
    int i;

    if (!grow_output( tls, estimate_output( source ) )) return STATUS_NO_MEMORY;
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
        if ((status = flush_output( tls, deadline ))) return status;
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
    drop_output( tls );
    *count = source.taken;
    return status;
}

/* --- What the session knows ----------------------------------------------------------------- */

static void store_certificate( BYTE *buffer, const gnutls_datum_t *cert )
{
    const UINT32 size = cert->size;

    memcpy( buffer, &size, sizeof(size) );
    memcpy( buffer + sizeof(size), cert->data, size );
}

static NTSTATUS store_chain( const gnutls_datum_t *certs, unsigned int count, BYTE *buffer,
                             UINT32 *size )
{
    UINT32 needed = 0, i;
    NTSTATUS status = STATUS_SUCCESS;

    for (i = 0; i < count; i++) needed += sizeof(UINT32) + certs[i].size;
    if (needed > *size) status = STATUS_BUFFER_TOO_SMALL;
    for (i = 0; i < count && !status; i++)
    {
        store_certificate( buffer, &certs[i] );
        buffer += sizeof(UINT32) + certs[i].size;
    }
    *size = needed;
    return status;
}

NTSTATUS tls_get_chain( struct stream *stream, struct stream_tls_chain_params *params )
{
    BYTE *buffer = (BYTE *)(ULONG_PTR)params->buffer;
    struct tls *tls = stream->tls;
    const gnutls_datum_t *certs;
    unsigned int count = 0;
    NTSTATUS status = STATUS_NOT_FOUND;

    pthread_mutex_lock( &tls->lock );
    certs = gnutls_certificate_get_peers( tls->session, &count );
    if (certs && count) status = store_chain( certs, count, buffer, &params->size );
    pthread_mutex_unlock( &tls->lock );
    return status;
}

static UINT32 get_protocol( gnutls_session_t session )
{
    gnutls_protocol_t version = gnutls_protocol_get_version( session );
    unsigned int i;

    for (i = 0; i < PROTOCOL_COUNT; i++)
        if (protocols_map[i].version == version) return protocols_map[i].flag;
    return 0;
}

static void get_suite( gnutls_session_t session, char *name, size_t size )
{
#if GNUTLS_VERSION_NUMBER >= 0x030704
    const char *suite = gnutls_ciphersuite_get( session );
#else
    const char *suite = gnutls_cipher_suite_get_name( gnutls_kx_get( session ),
                                                      gnutls_cipher_get( session ),
                                                      gnutls_mac_get( session ) );
#endif
    snprintf( name, size, "%s", suite ? suite : "" );
}

NTSTATUS tls_get_info( struct stream *stream, struct stream_tls_info_params *params )
{
    struct tls *tls = stream->tls;

    pthread_mutex_lock( &tls->lock );
    params->protocol = get_protocol( tls->session );
    params->cipher_bits = gnutls_cipher_get_key_size( gnutls_cipher_get( tls->session ) ) * 8;
    get_suite( tls->session, params->cipher_suite, sizeof(params->cipher_suite) );
    pthread_mutex_unlock( &tls->lock );
    return STATUS_SUCCESS;
}

/* --- Randomness and digest ------------------------------------------------------------------ */

NTSTATUS tls_random( void *buffer, UINT32 len )
{
    int ret;

    pthread_once( &global_once, init_global );
    ret = gnutls_rnd( GNUTLS_RND_RANDOM, buffer, len );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}

NTSTATUS tls_sha1( const void *data, UINT32 len, BYTE digest[20] )
{
    int ret;

    pthread_once( &global_once, init_global );
    ret = gnutls_hash_fast( GNUTLS_DIG_SHA1, data, len, digest );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}

NTSTATUS tls_hash( UINT32 algorithm, const void *data, UINT32 len, BYTE digest[32] )
{
    static const gnutls_digest_algorithm_t algorithms[] =
    {
        [UNIX_HASH_MD5] = GNUTLS_DIG_MD5,
        [UNIX_HASH_SHA256] = GNUTLS_DIG_SHA256,
    };
    int ret;

    if (algorithm >= sizeof(algorithms) / sizeof(algorithms[0])) return STATUS_INVALID_PARAMETER;
    pthread_once( &global_once, init_global );
    ret = gnutls_hash_fast( algorithms[algorithm], data, len, digest );
    return ret < 0 ? error_from_gnutls( ret, STATUS_UNSUCCESSFUL ) : STATUS_SUCCESS;
}
