/* tls - a TLS client session on a stream: its start, its handshake, its end.
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
#include "unix/error.h"
#include "unix/identity.h"
#include "unix/resume.h"
#include "unix/socket.h"
#include "unix/sys.h"
#include "unix/tls.h"
#include "unix/tls_session.h"

enum
{
    /* What a peer may make us hold before anything is authenticated: handshakes with the longest
     * chain allowed; GnuTLS refuses longer messages by itself (UNIX_MAX_CHAIN). */
    MAX_HANDSHAKE = UNIX_MAX_CHAIN,
};

/* --- Starting and ending -------------------------------------------------------------------- */

static NTSTATUS setup_session( struct tls *tls, const char *host, gnutls_priority_t priority )
{
    gnutls_session_t session = tls->session;
    int ret;

    ret = gnutls_priority_set( session, priority );
    if (!ret) ret = gnutls_credentials_set( session, GNUTLS_CRD_CERTIFICATE, tls_credentials() );
    if (!ret && host)
        ret = gnutls_server_name_set( session, GNUTLS_NAME_DNS, host, strlen( host ) );
    if (ret) return error_from_gnutls( ret, STATUS_INVALID_PARAMETER );

    gnutls_session_set_ptr( session, tls );
    tls_attach_buffers( tls );
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

    if ((status = tls_get_priority( protocols, &priority ))) return status;
    if (sys_fails( SYS_CALL_ALLOC, NULL ) || gnutls_init( &tls->session, GNUTLS_CLIENT ) < 0)
    {
        tls->session = NULL;
        return STATUS_NO_MEMORY;
    }
    return setup_session( tls, host, priority );
}

NTSTATUS tls_start( struct stream *stream, struct stream_tls_start_params *params )
{
    const char *host = (const char *)(ULONG_PTR)params->host;
    NTSTATUS status;
    struct tls *tls;

    if (stream->tls) return STATUS_INVALID_PARAMETER;
    if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
    if (!tls_credentials()) return STATUS_NOT_SUPPORTED;
    if (!(tls = sys_alloc( sizeof(*tls) ))) return STATUS_NO_MEMORY;
    tls->stream = stream;
    tls->identity = identity_find( params->identity );
    tls->resumable = params->resumable != 0;
    memcpy( tls->scope, params->scope, sizeof(tls->scope) );
    init_lock( &tls->lock );
    if ((status = create_session( tls, host, params->protocols )))
    {
        tls_destroy( tls );
        return status;
    }
    params->resumable = tls->resumable && resume_offer( tls->session, tls->scope );
    stream->tls = tls;
    return STATUS_SUCCESS;
}

void tls_destroy( struct tls *tls )
{
    if (tls->session) gnutls_deinit( tls->session );
    pthread_mutex_destroy( &tls->lock );
    free( tls->in );
    free( tls->out );
    free( tls->issuers );
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

    if (!tls->send_status && say_goodbye( tls )) tls_flush_output( tls, &deadline );
    tls_drop_output( tls );
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

/* Until TLS 1.2 that is once the handshake is over, in TLS 1.3 when the server has sent a ticket
 * (RFC 8446 4.6.1), which comes with its first data. A session that a certificate was wanted for
 * and not given is not worth another. */
void tls_keep_locked( struct tls *tls )
{
    if (tls->kept || !tls->resumable || (tls->cert_requested && !tls->identity)) return;
    if (gnutls_protocol_get_version( tls->session ) >= GNUTLS_TLS1_3 &&
        !(gnutls_session_get_flags( tls->session ) & GNUTLS_SFLAGS_SESSION_TICKET)) return;
    tls->kept = 1;
    resume_keep( tls->session, tls->scope );
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
        tls_keep_locked( tls );
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
        if ((status = tls_flush_output( tls, deadline ))) return status;
        tls_drop_output( tls );
        if (tls->connected) return STATUS_SUCCESS;

        *need = STREAM_READ;
        status = shake_hands( tls, alert );
        if (status && status != STATUS_PENDING) return status;
        if (!status || tls->out_len) continue;
        if ((status = tls_fill_input( tls, deadline ))) return status;
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
    tls_drop_input( tls );
    params->need = need;
    params->alert = alert;
    params->cert_requested = tls->cert_requested;
    if (status && status != STATUS_PENDING && status != STATUS_IO_TIMEOUT)
    {
        tls->recv_status = tls->send_status = status;
        tls->alert = alert;
        deadline = deadline_in( UNIX_NOWAIT );
        tls_flush_output( tls, &deadline );     /* the peer is told why, if that needs no waiting */
    }
    return status;
}
