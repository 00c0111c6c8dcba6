/* tls_info - what a TLS session knows of its peer and of itself.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdio.h>
#include <string.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/tls.h"
#include "unix/tls_session.h"

UINT32 tls_lay_out( const gnutls_datum_t *items, unsigned int count, BYTE *buffer )
{
    UINT32 total = 0, len, i;

    for (i = 0; i < count; i++)
    {
        len = items[i].size;
        if (buffer)
        {
            memcpy( buffer + total, &len, sizeof(len) );
            memcpy( buffer + total + sizeof(len), items[i].data, len );
        }
        total += sizeof(len) + len;
    }
    return total;
}

static NTSTATUS store_chain( const gnutls_datum_t *certs, unsigned int count, BYTE *buffer,
                             UINT32 *size )
{
    UINT32 needed = tls_lay_out( certs, count, NULL );
    NTSTATUS status = needed > *size ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;

    if (!status) tls_lay_out( certs, count, buffer );
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

NTSTATUS tls_get_issuers( struct stream *stream, struct stream_tls_chain_params *params )
{
    struct tls *tls = stream->tls;
    NTSTATUS status = STATUS_SUCCESS;

    pthread_mutex_lock( &tls->lock );
    if (!tls->issuers) status = STATUS_NOT_FOUND;
    else if (tls->issuers_len > params->size) status = STATUS_BUFFER_TOO_SMALL;
    else memcpy( (void *)(ULONG_PTR)params->buffer, tls->issuers, tls->issuers_len );
    params->size = tls->issuers_len;
    pthread_mutex_unlock( &tls->lock );
    return status;
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
    params->protocol = tls_get_protocol( tls->session );
    params->cipher_bits = gnutls_cipher_get_key_size( gnutls_cipher_get( tls->session ) ) * 8;
    get_suite( tls->session, params->cipher_suite, sizeof(params->cipher_suite) );
    params->resumed = gnutls_session_is_resumed( tls->session ) != 0;
    pthread_mutex_unlock( &tls->lock );
    return STATUS_SUCCESS;
}
