/* conn - one connection to a host: the stream, TLS on it, and the bytes received ahead.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its stream, its receive buffer, the peer's certificate chain.
 * Threads: one receives and one sends at a time, as unixlib.h says; conn_abort from any thread.
 *          The receive buffer belongs to the receiving side.
 * Fails:   NTSTATUS; op/status.h turns it into an error code.
 *
 * Timeouts are milliseconds: UNIX_NOWAIT says STATUS_PENDING instead of waiting, UNIX_INFINITE
 * waits for ever.
 */

#ifndef WINHTTP_NET_CONN_H
#define WINHTTP_NET_CONN_H

#include <string.h>

#include "net/cert.h"
#include "net/unixlib.h"

#include "winbase.h"
#include "wincrypt.h"

enum
{
    CONN_SUITE = 64,   /* bytes, as stream_tls_info has it */
    CONN_LOGINS = 2,   /* at the server, at the proxy: WINHTTP_AUTH_TARGET_* */
    CONN_LOGIN = 32,   /* bytes: a hash over credentials; zeros = nobody */
};

/* What makes two requests able to share a connection (facts/http.md 13). Embedded by value. */
struct conn_key
{
    char *host;        /* owned; lower case, no brackets */
    char *alias;       /* owned; the name that is resolved in place of host; NULL = host */
    UINT16 port;       /* host order */
    BOOL secure;
    UINT32 protocols;  /* WINHTTP_FLAG_SECURE_PROTOCOL_* allowed; 0 = TLS 1.2 and 1.3 */
    UINT32 ignore;     /* certificate errors that the program tolerates: SECURITY_FLAG_IGNORE_* */
    BOOL revocation;   /* whether certificates were revoked is asked ... */
    BOOL offline;      /* ... and no answer taken for a good one */
    BOOL anonymous;    /* the server may ask for a certificate, and gets none */
    struct identity *identity; /* a reference; for a server that asks for one; NULL = none */
    char *proxy_host;  /* owned; lower case, no brackets; NULL = straight to host */
    UINT16 proxy_port; /* host order; 0 without proxy */
    UINT32 keepalive_time, keepalive_interval; /* ms, of TCP; both 0: none */
    BOOL fast_open;    /* how it is connected; makes no difference afterwards */
    DWORD chain_flags; /* how the certificate's chain is built, net/cert.h */
    GUID mark;         /* of the connection, by option 178; zeros: none */
    GUID match;        /* the mark that is wanted, by option 179; zeros: whatever it is */
    BOOL match_only;   /* and not none */
    UINT32 owner;      /* whose alone it is: a session's serial; 0 = everybody's */
    BOOL tunnel;       /* the proxy passes bytes on (CONNECT), and not requests */
    BYTE login[CONN_LOGINS][CONN_LOGIN]; /* who may be logged in there; see net/pool.h */
};

static inline BOOL conn_login_is_nobody( const BYTE login[CONN_LOGIN] )
{
    static const BYTE nobody[CONN_LOGIN];

    return !memcmp( login, nobody, sizeof(nobody) );
}

/* Whom the TCP connection goes to. */
static inline const char *conn_key_peer( const struct conn_key *key, UINT16 *port )
{
    *port = key->proxy_host ? key->proxy_port : key->port;
    return key->proxy_host ? key->proxy_host : key->host;
}

struct conn
{
    struct conn_key key;
    stream_handle stream;     /* 0 until connected to */
    struct unix_addr addr;    /* the peer */
    struct unix_addr local;   /* our end, once connected */
    BOOL reused;              /* came out of the pool */
    BYTE login[CONN_LOGINS][CONN_LOGIN]; /* who is logged in, for all requests on it */
    BOOL bound;               /* a login has begun, and it is not known who is logged in now */
    UINT32 served;            /* requests sent on it */
    BOOL expired;             /* not to be used again; once set, never unset */

    /* receiving side */
    BYTE *buffer;             /* owned; bytes [begin, end) are received, not yet consumed */
    UINT32 begin, end, size;

    /* once the handshake is done */
    PCCERT_CONTEXT cert;      /* owned; its store holds the rest of the chain; NULL without TLS */
    BYTE chain_digest[CERT_DIGEST]; /* of the whole chain */
    UINT32 tls_protocol;      /* one WINHTTP_FLAG_SECURE_PROTOCOL_* bit */
    UINT32 cipher_bits;
    char cipher_suite[CONN_SUITE]; /* IANA name */
    BOOL offered, resumed;    /* an earlier session was offered, and taken up */
    BOOL cert_requested;      /* the server asked for a certificate; also if the handshake failed */

    /* under the pool's lock while it is idle */
    struct conn *pool_next;
    ULONGLONG idle_since;     /* tick count */
};

BOOL conn_key_copy( struct conn_key *dst, const struct conn_key *src );
void conn_key_free( struct conn_key *key );

/* A connection that is not connected yet; copies key. NULL: no memory. */
struct conn *conn_create( const struct conn_key *key );

/* Ends it. Nobody else may be inside. NULL is fine. */
void conn_destroy( struct conn *conn );

static inline stream_handle conn_stream( const struct conn *conn )
{
    return conn->stream;
}

/* Begins to connect to addr, on a new stream, the former one is closed. Then conn_connect
 * until it no longer says STATUS_PENDING (wait for STREAM_WRITE). */
NTSTATUS conn_open( struct conn *conn, const struct unix_addr *addr );
NTSTATUS conn_connect( struct conn *conn, INT32 timeout );

/* Notes our end's address again: of a fast open it is known only when something has been sent. */
void conn_take_local( struct conn *conn );

/* TLS: start once, then go on until it no longer says STATUS_PENDING (*need says on what).
 * On success, and where the server ended it late enough, the chain is at hand in conn->cert, not
 * judged yet (net/cert.h). The identity must be open. */
NTSTATUS conn_tls_start( struct conn *conn );
NTSTATUS conn_tls_handshake( struct conn *conn, INT32 timeout, UINT32 *need );

/* The names of the server's request for a certificate, each as UINT32 length and DER bytes; to be
 * freed. */
NTSTATUS conn_get_issuers( struct conn *conn, BYTE **issuers, UINT32 *len );

/* Received bytes that are waiting in the buffer. */
static inline const BYTE *conn_data( const struct conn *conn, UINT32 *len )
{
    *len = conn->end - conn->begin;
    return conn->buffer + conn->begin;
}

void conn_consume( struct conn *conn, UINT32 len );

/* Receives more into the buffer, which holds at most `limit` bytes.
 * STATUS_SUCCESS: *count new bytes, 0 = the peer has ended the stream; STATUS_BUFFER_OVERFLOW: the
 * buffer holds `limit` bytes already. */
NTSTATUS conn_fill( struct conn *conn, UINT32 limit, INT32 timeout, UINT32 *need, UINT32 *count );

/* So many bytes are known to come: the buffer, while it is empty, becomes that large. Without
 * memory it stays as it is. */
void conn_expect( struct conn *conn, UINT32 len );

/* Receives straight into data; only while the buffer is empty. */
NTSTATUS conn_recv( struct conn *conn, void *data, UINT32 len, INT32 timeout, UINT32 *need,
                    UINT32 *count );

/* Gives the memory of a buffer back that has grown, while it is empty. */
void conn_trim( struct conn *conn );

/* Sends data, then data2 (len2 may be 0). *count is what was taken, also when it says PENDING. */
NTSTATUS conn_send( struct conn *conn, const void *data, UINT32 len, const void *data2, UINT32 len2,
                    INT32 timeout, UINT32 *need, UINT32 *count );

/* Both directions fail from now on; whoever waits is woken. hard: the peer gets a reset. */
void conn_abort( struct conn *conn, BOOL hard );

/* No more will be sent. */
void conn_shutdown( struct conn *conn );

/* What the system knows of the TCP connection behind a stream, which another thread may be using;
 * STATUS_INVALID_HANDLE: it is closed. */
NTSTATUS conn_get_stats( stream_handle stream, struct stream_stats *stats );

/* Nonzero if an idle connection is still open and silent. */
BOOL conn_usable( struct conn *conn );

#endif
