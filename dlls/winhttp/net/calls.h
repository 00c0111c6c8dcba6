/* calls - a typed wrapper for each Unix call.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: as unixlib.h says for each call.
 * Fails:   NTSTATUS.
 *
 * Included by net/ only: nothing above knows that there is a Unix half.
 */

#ifndef WINHTTP_NET_CALLS_H
#define WINHTTP_NET_CALLS_H

#include "net/lock.h"
#include "net/unixlib.h"
#include "wine/unixlib.h"

#define DEFINE_CALL( name ) \
    static inline NTSTATUS call_ ## name( struct name ## _params *params ) \
    { \
        lock_check_none( "unix_" #name ); \
        return WINE_UNIX_CALL( unix_ ## name, params ); \
    }

/* Returns at once, and may be called with a lock held: docs/locking.md says where it is. */
#define DEFINE_QUICK_CALL( name ) \
    static inline NTSTATUS call_ ## name( struct name ## _params *params ) \
    { \
        return WINE_UNIX_CALL( unix_ ## name, params ); \
    }

#define DEFINE_STREAM_CALL( name ) \
    static inline NTSTATUS call_ ## name( struct stream_params *params ) \
    { \
        lock_check_none( "unix_" #name ); \
        return WINE_UNIX_CALL( unix_ ## name, params ); \
    }

DEFINE_QUICK_CALL( random )
DEFINE_QUICK_CALL( sha1 )
DEFINE_QUICK_CALL( hash )
DEFINE_CALL( cert_signed )
DEFINE_CALL( resolve )
DEFINE_CALL( stream_open )
DEFINE_CALL( stream_connect )
DEFINE_CALL( stream_tls_start )
DEFINE_CALL( stream_tls_handshake )
DEFINE_CALL( stream_tls_chain )
static inline NTSTATUS call_stream_tls_issuers( struct stream_tls_chain_params *params )
{
    return WINE_UNIX_CALL( unix_stream_tls_issuers, params );
}

DEFINE_CALL( stream_tls_info )
DEFINE_CALL( stream_recv )
DEFINE_CALL( stream_send )
DEFINE_CALL( stream_park )
DEFINE_CALL( stream_unpark )
DEFINE_CALL( stream_addrs )
DEFINE_CALL( stream_stats )
DEFINE_CALL( reactor_wait )
DEFINE_CALL( identity_open )
DEFINE_CALL( identity_close )
DEFINE_CALL( inflate_open )
DEFINE_CALL( inflate )
DEFINE_CALL( inflate_close )
DEFINE_STREAM_CALL( stream_check )
DEFINE_STREAM_CALL( stream_abort )
DEFINE_STREAM_CALL( stream_shutdown )
DEFINE_STREAM_CALL( stream_close )

static inline NTSTATUS call_reactor_wake(void)
{
    return WINE_UNIX_CALL( unix_reactor_wake, NULL );
}

#undef DEFINE_CALL
#undef DEFINE_QUICK_CALL
#undef DEFINE_STREAM_CALL

#endif
