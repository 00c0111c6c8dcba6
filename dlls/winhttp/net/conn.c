/* conn - connections over the Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/calls.h"
#include "net/cert.h"
#include "net/identity.h"
#include "net/memory.h"
#include "net/resolve.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

enum { FIRST_BUFFER = 4096 }; /* bytes: most heads and frames fit; grows by doubling */

BOOL conn_key_copy( struct conn_key *dst, const struct conn_key *src )
{
    char *host = _strdup( src->host );
    char *alias = src->alias ? _strdup( src->alias ) : NULL;
    char *proxy_host = src->proxy_host ? _strdup( src->proxy_host ) : NULL;

    if (!host || (src->alias && !alias) || (src->proxy_host && !proxy_host))
    {
        free( host );
        free( alias );
        free( proxy_host );
        return FALSE;
    }
    *dst = *src;
    dst->host = host;
    dst->alias = alias;
    dst->proxy_host = proxy_host;
    identity_addref( dst->identity );
    return TRUE;
}

void conn_key_free( struct conn_key *key )
{
    free( key->host );
    free( key->alias );
    free( key->proxy_host );
    identity_release( key->identity );
    key->host = key->alias = key->proxy_host = NULL;
    key->identity = NULL;
}

struct conn *conn_create( const struct conn_key *key )
{
    struct conn *conn;

    if (!(conn = memory_alloc( sizeof(*conn) ))) return NULL;
    if (conn_key_copy( &conn->key, key )) return conn;
    memory_free( conn );
    return NULL;
}

static void conn_close( struct conn *conn )
{
    struct stream_params params = { .stream = conn->stream };

    if (!conn->stream) return;
    call_stream_close( &params );
    conn->stream = 0;
}

void conn_destroy( struct conn *conn )
{
    if (!conn) return;
    TRACE( "%p %s:%u\n", conn, debugstr_a(conn->key.host), conn->key.port );
    conn_close( conn );
    if (conn->cert) CertFreeCertificateContext( conn->cert );
    memory_free( conn->buffer );
    conn_key_free( &conn->key );
    memory_free( conn );
}

void conn_take_local( struct conn *conn )
{
    struct stream_addrs_params params = { .stream = conn->stream };

    if (!call_stream_addrs( &params )) conn->local = params.local;
}

NTSTATUS conn_open( struct conn *conn, const struct unix_addr *addr )
{
    struct stream_open_params params = { .addr = *addr,
                                         .keepalive_time = conn->key.keepalive_time,
                                         .keepalive_interval = conn->key.keepalive_interval,
                                         .fast_open = conn->key.fast_open };
    NTSTATUS status;

    conn_close( conn );
    conn->addr = *addr;
    status = call_stream_open( &params );
    TRACE( "%p %s:%u -> %#lx\n", conn, debugstr_a(conn->key.host), conn->key.port, status );
    if (!status || status == STATUS_PENDING) conn->stream = params.stream;
    if (!status) conn_take_local( conn );
    return status;
}

NTSTATUS conn_connect( struct conn *conn, INT32 timeout )
{
    struct stream_connect_params params = { .stream = conn->stream, .timeout = timeout };
    NTSTATUS status = call_stream_connect( &params );

    if (!status) conn_take_local( conn );
    return status;
}

/* Whatever the verdict, the server's view of us and the cipher may depend on. The verdict itself is
 * given anew on the chain that the session remembers. */
static NTSTATUS conn_make_scope( const struct conn_key *key, BYTE scope[UNIX_SCOPE_SIZE] )
{
    PCCERT_CONTEXT cert = identity_cert( key->identity );
    BYTE digest[CERT_DIGEST] = { 0 };
    char text[2 * UNIX_MAX_HOST + 128];
    NTSTATUS status = STATUS_SUCCESS;
    int len;

    if (cert)
        status = net_hash( UNIX_HASH_SHA256, cert->pbCertEncoded, cert->cbCertEncoded, digest );
    if (status) return status;
    len = snprintf( text, sizeof(text), "%s %u %s %u %x %x %d %d %d %lx ", key->host, key->port,
                    key->proxy_host ? key->proxy_host : "", key->proxy_port, key->protocols,
                    key->ignore, key->revocation, key->offline, key->anonymous, key->chain_flags );
    if (len < 0 || len + sizeof(digest) > sizeof(text)) return STATUS_BUFFER_TOO_SMALL;
    memcpy( text + len, digest, sizeof(digest) );
    return net_hash( UNIX_HASH_SHA256, text, len + sizeof(digest), scope );
}

NTSTATUS conn_tls_start( struct conn *conn )
{
    struct stream_tls_start_params params = { .stream = conn->stream,
                                              .identity = identity_handle( conn->key.identity ),
                                              .protocols = conn->key.protocols };
    NTSTATUS status;

    params.resumable = !conn_make_scope( &conn->key, params.scope );
    if (!resolve_is_literal( conn->key.host )) params.host = (ULONG_PTR)conn->key.host;
    status = call_stream_tls_start( &params );
    conn->offered = !status && params.resumable;
    return status;
}

static void conn_take_tls_info( struct conn *conn )
{
    struct stream_tls_info_params params = { .stream = conn->stream };

    if (call_stream_tls_info( &params )) return;
    conn->tls_protocol = params.protocol;
    conn->cipher_bits = params.cipher_bits;
    conn->resumed = params.resumed != 0;
    memcpy( conn->cipher_suite, params.cipher_suite, sizeof(conn->cipher_suite) );
    TRACE( "%p: protocol %#x, %s%s\n", conn, params.protocol, debugstr_a(params.cipher_suite),
           conn->resumed ? ", resumed" : "" );
}

/* Calls until the buffer is large enough, which becomes the caller's. */
static NTSTATUS conn_get_items( struct conn *conn,
                                NTSTATUS (*call)( struct stream_tls_chain_params * ),
                                BYTE **items, UINT32 *len )
{
    struct stream_tls_chain_params params = { .stream = conn->stream, .size = 8192 };
    NTSTATUS status = STATUS_NO_MEMORY;
    BYTE *buffer;

    while ((buffer = malloc( params.size )))
    {
        params.buffer = (ULONG_PTR)buffer;
        if (!(status = call( &params ))) break;
        free( buffer );
        if (status != STATUS_BUFFER_TOO_SMALL || params.size > UNIX_MAX_CHAIN) break;
    }
    if (!buffer) return STATUS_NO_MEMORY;
    if (status) return status;
    *items = buffer;
    *len = params.size;
    return STATUS_SUCCESS;
}

NTSTATUS conn_get_issuers( struct conn *conn, BYTE **issuers, UINT32 *len )
{
    return conn_get_items( conn, call_stream_tls_issuers, issuers, len );
}

static NTSTATUS conn_take_chain( struct conn *conn )
{
    NTSTATUS status;
    BYTE *chain;
    UINT32 len;

    if ((status = conn_get_items( conn, call_stream_tls_chain, &chain, &len ))) return status;
    conn->cert = cert_from_chain( chain, len, conn->chain_digest );
    free( chain );
    return conn->cert ? STATUS_SUCCESS : STATUS_ENCRYPTION_FAILED;
}

NTSTATUS conn_tls_handshake( struct conn *conn, INT32 timeout, UINT32 *need )
{
    struct stream_tls_handshake_params params = { .stream = conn->stream, .timeout = timeout };
    NTSTATUS status = call_stream_tls_handshake( &params );

    *need = params.need;
    if (status == STATUS_PENDING) return status;
    conn->cert_requested = params.cert_requested != 0;
    if (status)
    {
        WARN( "%p %s: handshake failed, status %#lx, alert %u\n", conn,
              debugstr_a(conn->key.host), status, params.alert );
        if (conn->cert_requested) conn_take_chain( conn );
        return status;
    }
    conn_take_tls_info( conn );
    return conn_take_chain( conn );
}

void conn_consume( struct conn *conn, UINT32 len )
{
    conn->begin += len;
    if (conn->begin == conn->end) conn->begin = conn->end = 0;
}

/* Makes room behind end. */
static NTSTATUS conn_reserve( struct conn *conn, UINT32 limit )
{
    UINT32 held = conn->end - conn->begin, size;
    BYTE *grown;

    if (held >= limit) return STATUS_BUFFER_OVERFLOW;
    if (conn->begin)
    {
        memmove( conn->buffer, conn->buffer + conn->begin, held );
        conn->begin = 0;
        conn->end = held;
    }
    if (conn->end < conn->size) return STATUS_SUCCESS;
    size = min( conn->size ? conn->size * 2 : FIRST_BUFFER, max( limit, FIRST_BUFFER ) );
    if (!(grown = memory_resize( conn->buffer, size ))) return STATUS_NO_MEMORY;
    conn->buffer = grown;
    conn->size = size;
    return STATUS_SUCCESS;
}

void conn_expect( struct conn *conn, UINT32 len )
{
    BYTE *buffer;

    if (conn->begin != conn->end || len <= conn->size || len <= FIRST_BUFFER) return;
    if (!(buffer = malloc( len ))) return;
    free( conn->buffer );
    conn->buffer = buffer;
    conn->size = len;
}

NTSTATUS conn_fill( struct conn *conn, UINT32 limit, INT32 timeout, UINT32 *need, UINT32 *count )
{
    struct stream_recv_params params = { .stream = conn->stream, .timeout = timeout };
    NTSTATUS status;

    *need = STREAM_READ;
    *count = 0;
    if ((status = conn_reserve( conn, limit ))) return status;
    params.buffer = (ULONG_PTR)(conn->buffer + conn->end);
    params.len = conn->size - conn->end;
    status = call_stream_recv( &params );
    *need = params.need;
    if (status) return status;
    *count = params.count;
    conn->end += params.count;
    return STATUS_SUCCESS;
}

NTSTATUS conn_recv( struct conn *conn, void *data, UINT32 len, INT32 timeout, UINT32 *need,
                    UINT32 *count )
{
    struct stream_recv_params params = { .stream = conn->stream, .buffer = (ULONG_PTR)data,
                                         .len = len, .timeout = timeout };
    NTSTATUS status = call_stream_recv( &params );

    *need = params.need;
    *count = status ? 0 : params.count;
    return status;
}

void conn_trim( struct conn *conn )
{
    if (conn->begin != conn->end || conn->size <= FIRST_BUFFER) return;
    memory_free( conn->buffer );
    conn->buffer = NULL;
    conn->begin = conn->end = conn->size = 0;
}

NTSTATUS conn_send( struct conn *conn, const void *data, UINT32 len, const void *data2, UINT32 len2,
                    INT32 timeout, UINT32 *need, UINT32 *count )
{
    struct stream_send_params params =
    {
        .stream = conn->stream,
        .buffer = (ULONG_PTR)data, .len = len,
        .buffer2 = (ULONG_PTR)data2, .len2 = len2,
        .timeout = timeout,
    };
    NTSTATUS status = call_stream_send( &params );

    *need = params.need;
    *count = params.count;
    return status;
}

void conn_abort( struct conn *conn, BOOL hard )
{
    struct stream_params params = { .stream = conn->stream, .hard = hard };

    if (conn->stream) call_stream_abort( &params );
}

void conn_shutdown( struct conn *conn )
{
    struct stream_params params = { .stream = conn->stream };

    if (conn->stream) call_stream_shutdown( &params );
}

NTSTATUS conn_get_stats( stream_handle stream, struct stream_stats *stats )
{
    struct stream_stats_params params = { .stream = stream };
    NTSTATUS status = call_stream_stats( &params );

    if (!status) *stats = params.stats;
    return status;
}

BOOL conn_usable( struct conn *conn )
{
    struct stream_params params = { .stream = conn->stream };

    return conn->stream && conn->begin == conn->end && !call_stream_check( &params );
}
