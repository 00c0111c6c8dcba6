/* unixlib - the table of calls: checks handles, unpacks parameters, and hands on.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <execinfo.h>
#endif

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/unixlib.h"
#include "unix/crypto.h"
#include "unix/identity.h"
#include "unix/inflate.h"
#include "unix/reactor.h"
#include "unix/resolve.h"
#include "unix/socket.h"
#include "unix/tls.h"
#include "unix/x509.h"
#include "wine/unixlib.h"

/* The first pthread_exit of a process loads the C library's unwinder, under the loader's lock.
 * Wine ends the threads of a process by a signal, twice when they are slow: the second one, in
 * the middle of that load, ends the thread with the lock held, and the process hangs until
 * wineserver kills it and its exit status is lost. A backtrace loads the unwinder for good. */
#ifdef __GLIBC__
static void __attribute__((constructor)) load_unwinder( void )
{
    void *frame;

    backtrace( &frame, 1 );
}
#endif

static void *get_pointer( UINT64 pointer )
{
    return (void *)(ULONG_PTR)pointer;
}

/* The buffers that are not empty; returns their number. */
static int get_buffers( UINT64 buffer, UINT32 len, UINT64 buffer2, UINT32 len2, struct iovec *iov )
{
    int count = 0;

    if (buffer && len) iov[count++] = (struct iovec){ get_pointer( buffer ), len };
    if (buffer2 && len2) iov[count++] = (struct iovec){ get_pointer( buffer2 ), len2 };
    return count;
}

static NTSTATUS call_random( void *args )
{
    struct random_params *params = args;

    return crypto_random( get_pointer( params->buffer ), params->len );
}

static NTSTATUS call_sha1( void *args )
{
    struct sha1_params *params = args;

    return crypto_sha1( get_pointer( params->data ), params->len, params->digest );
}

static NTSTATUS call_hash( void *args )
{
    struct hash_params *params = args;

    return crypto_hash( params->algorithm, get_pointer( params->data ), params->len,
                     params->digest );
}

static NTSTATUS call_resolve( void *args )
{
    struct resolve_params *params = args;

    return resolve_host( get_pointer( params->host ), params->port, params->literal_only != 0,
                         get_pointer( params->addrs ), &params->count );
}

static NTSTATUS call_stream_open( void *args )
{
    struct stream_open_params *params = args;

    return socket_open( params );
}

/* --- Calls on a stream: the table has STREAM_CALL's function, which finds the stream ---------- */

static NTSTATUS run_connect( struct stream *stream, struct stream_connect_params *params )
{
    return socket_connect( stream, params->timeout );
}

static NTSTATUS run_tls_start( struct stream *stream, struct stream_tls_start_params *params )
{
    return tls_start( stream, params );
}

static NTSTATUS run_tls_handshake( struct stream *stream,
                                   struct stream_tls_handshake_params *params )
{
    return stream->tls ? tls_handshake( stream, params ) : STATUS_INVALID_PARAMETER;
}

static NTSTATUS run_tls_chain( struct stream *stream, struct stream_tls_chain_params *params )
{
    return stream->tls ? tls_get_chain( stream, params ) : STATUS_NOT_FOUND;
}

static NTSTATUS run_tls_issuers( struct stream *stream, struct stream_tls_chain_params *params )
{
    return stream->tls ? tls_get_issuers( stream, params ) : STATUS_NOT_FOUND;
}

static NTSTATUS run_tls_info( struct stream *stream, struct stream_tls_info_params *params )
{
    return stream->tls ? tls_get_info( stream, params ) : STATUS_NOT_FOUND;
}

static NTSTATUS run_recv( struct stream *stream, struct stream_recv_params *params )
{
    struct deadline deadline;
    struct iovec iov[2];
    int iov_count;

    iov_count = get_buffers( params->buffer, params->len, params->buffer2, params->len2, iov );
    if (!iov_count) return STATUS_INVALID_PARAMETER;    /* 0 bytes would read as the end */
    params->need = STREAM_READ;
    params->alert = 0;
    if (stream->tls)
        return tls_recv( stream, iov, iov_count, params->timeout, &params->count, &params->alert );
    deadline = deadline_in( params->timeout );
    return socket_recv( stream, iov, iov_count, &deadline, &params->count );
}

static NTSTATUS run_send( struct stream *stream, struct stream_send_params *params )
{
    struct deadline deadline;
    struct iovec iov[2];
    int iov_count;

    iov_count = get_buffers( params->buffer, params->len, params->buffer2, params->len2, iov );
    params->need = STREAM_WRITE;
    params->count = 0;
    if (stream->tls) return tls_send( stream, iov, iov_count, params->timeout, &params->count );
    if (!iov_count) return STATUS_SUCCESS;
    deadline = deadline_in( params->timeout );
    return socket_send( stream, iov, iov_count, &deadline, &params->count );
}

static NTSTATUS run_park( struct stream *stream, struct stream_park_params *params )
{
    if (params->direction == STREAM_READ && stream->tls && tls_has_input( stream->tls ))
        return STATUS_SUCCESS;
    return reactor_park( stream, params->stream, params->direction, params->cookie );
}

static NTSTATUS run_unpark( struct stream *stream, struct stream_unpark_params *params )
{
    return reactor_unpark( stream, params->stream, params->direction, &params->cookie );
}

static NTSTATUS run_check( struct stream *stream, struct stream_params *params )
{
    (void)params;
    return stream->tls ? tls_check( stream ) : socket_check( stream );
}

static NTSTATUS run_abort( struct stream *stream, struct stream_params *params )
{
    return socket_abort( stream, params->stream, params->hard != 0 );
}

static NTSTATUS run_shutdown( struct stream *stream, struct stream_params *params )
{
    (void)params;
    return stream->tls ? tls_shutdown( stream ) : socket_shutdown( stream );
}

static NTSTATUS run_close( struct stream *stream, struct stream_params *params )
{
    (void)params;
    stream_destroy( stream );
    return STATUS_SUCCESS;
}

static NTSTATUS run_addrs( struct stream *stream, struct stream_addrs_params *params )
{
    return socket_get_addrs( stream, &params->local, &params->remote );
}

static NTSTATUS run_stats( struct stream *stream, struct stream_stats_params *params )
{
    return socket_get_stats( stream, params->stream, &params->stats );
}

#define STREAM_CALL( verb, params_type ) \
    static NTSTATUS call_stream_ ## verb( void *args ) \
    { \
        struct params_type *params = args; \
        struct stream *stream = stream_find( params->stream ); \
\
        return stream ? run_ ## verb( stream, params ) : STATUS_INVALID_HANDLE; \
    }

STREAM_CALL( connect, stream_connect_params )
STREAM_CALL( tls_start, stream_tls_start_params )
STREAM_CALL( tls_handshake, stream_tls_handshake_params )
STREAM_CALL( tls_chain, stream_tls_chain_params )
STREAM_CALL( tls_issuers, stream_tls_chain_params )
STREAM_CALL( tls_info, stream_tls_info_params )
STREAM_CALL( recv, stream_recv_params )
STREAM_CALL( send, stream_send_params )
STREAM_CALL( park, stream_park_params )
STREAM_CALL( unpark, stream_unpark_params )
STREAM_CALL( check, stream_params )
STREAM_CALL( abort, stream_params )
STREAM_CALL( shutdown, stream_params )
STREAM_CALL( close, stream_params )
STREAM_CALL( addrs, stream_addrs_params )
STREAM_CALL( stats, stream_stats_params )

/* --- The other calls, and the table ---------------------------------------------------------- */

static NTSTATUS call_cert_signed( void *args )
{
    return x509_is_signed( args );
}

static NTSTATUS call_identity_open( void *args )
{
    return identity_open( args );
}

static NTSTATUS call_identity_close( void *args )
{
    return identity_close( args );
}

static NTSTATUS call_inflate_open( void *args )
{
    return inflater_open( args );
}

static NTSTATUS call_inflate( void *args )
{
    return inflater_run( args );
}

static NTSTATUS call_inflate_close( void *args )
{
    return inflater_close( args );
}

static NTSTATUS call_reactor_wait( void *args )
{
    struct reactor_wait_params *params = args;

    return reactor_wait( get_pointer( params->events ), params->max, params->timeout,
                         &params->count );
}

static NTSTATUS call_reactor_wake( void *args )
{
    (void)args;
    return reactor_wake();
}

/* 32-bit callers use the same structs (net/unixlib.h), hence the same functions. */
#define CALLS \
    { \
        [unix_random] = call_random, \
        [unix_sha1] = call_sha1, \
        [unix_resolve] = call_resolve, \
        [unix_stream_open] = call_stream_open, \
        [unix_stream_connect] = call_stream_connect, \
        [unix_stream_tls_start] = call_stream_tls_start, \
        [unix_stream_tls_handshake] = call_stream_tls_handshake, \
        [unix_stream_tls_chain] = call_stream_tls_chain, \
        [unix_stream_tls_info] = call_stream_tls_info, \
        [unix_stream_recv] = call_stream_recv, \
        [unix_stream_send] = call_stream_send, \
        [unix_stream_park] = call_stream_park, \
        [unix_stream_unpark] = call_stream_unpark, \
        [unix_stream_check] = call_stream_check, \
        [unix_stream_abort] = call_stream_abort, \
        [unix_stream_shutdown] = call_stream_shutdown, \
        [unix_stream_close] = call_stream_close, \
        [unix_stream_addrs] = call_stream_addrs, \
        [unix_reactor_wait] = call_reactor_wait, \
        [unix_reactor_wake] = call_reactor_wake, \
        [unix_hash] = call_hash, \
        [unix_cert_signed] = call_cert_signed, \
        [unix_inflate_open] = call_inflate_open, \
        [unix_inflate] = call_inflate, \
        [unix_inflate_close] = call_inflate_close, \
        [unix_identity_open] = call_identity_open, \
        [unix_identity_close] = call_identity_close, \
        [unix_stream_tls_issuers] = call_stream_tls_issuers, \
        [unix_stream_stats] = call_stream_stats, \
    }

const unixlib_entry_t __wine_unix_call_funcs[] = CALLS;
const unixlib_entry_t __wine_unix_call_wow64_funcs[] = CALLS;

C_ASSERT( sizeof(__wine_unix_call_funcs) / sizeof(unixlib_entry_t) == unix_call_count );
C_ASSERT( sizeof(__wine_unix_call_wow64_funcs) / sizeof(unixlib_entry_t) == unix_call_count );
