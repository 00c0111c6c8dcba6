/* unixlib - the contract between the PE half (net/) and the Unix half (unix/) of the transport.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    streams (a socket, later with TLS on it) and the process's one reactor live on the Unix
 *          side; the PE side holds them by value as stream_handle, 0 is never a stream. Buffers
 *          belong to the caller and are used during the call only.
 * Threads: any; on one stream at most one caller receives and one sends at a time, and nobody else
 *          is inside while it connects or shakes hands. abort, park and unpark may come from any
 *          thread at any moment before close; close comes last, when no other call is inside.
 * Fails:   NTSTATUS. STATUS_PENDING = would block, `need` says on what.
 *
 * Layout: 8-byte fields first, 4-byte fields behind, the size a multiple of 8, pointers as UINT64:
 * 32- and 64-bit callers agree, one function table serves both. Times are milliseconds.
 */

#ifndef WINHTTP_NET_UNIXLIB_H
#define WINHTTP_NET_UNIXLIB_H

#include <stdarg.h>

#include "windef.h"
#include "winternl.h"

typedef UINT64 stream_handle;

enum
{
    STREAM_READ = 0,            /* directions, for need, park and unpark */
    STREAM_WRITE = 1,

    UNIX_INFINITE = -1,         /* timeout: wait for ever */
    UNIX_NOWAIT = 0,            /* timeout: STATUS_PENDING instead of waiting */

    UNIX_ADDR_SIZE = 28,        /* sizeof(struct sockaddr_in6) on both sides */
    UNIX_MAX_ADDRS = 16,        /* of one host name; more than CONNECT_RETRIES ever tries */
    UNIX_MAX_HOST = 256,        /* RFC 1035: 253 characters; with NUL */
    UNIX_MAX_CHAIN = 65536,     /* DER bytes of a peer's chain: GnuTLS accepts no larger message */
    UNIX_SCOPE_SIZE = 32,       /* of what sessions are resumed by: a SHA-256 */
    UNIX_MAX_EVENTS = 32,       /* of one reactor wait */
};

/* An address as Windows lays it out: family AF_INET (2) or AF_INET6 (23), port and addresses in
 * network order; the Unix side converts. */
struct unix_addr
{
    BYTE bytes[UNIX_ADDR_SIZE]; /* SOCKADDR_IN or SOCKADDR_IN6 */
    UINT32 len;                 /* 16 or 28 */
};

/* gnutls_rnd, batch it: one call per mask key would cost more than the masking. */
struct random_params
{
    UINT64 buffer;
    UINT32 len;
    UINT32 pad;
};

struct sha1_params
{
    UINT64 data;
    UINT32 len;
    BYTE digest[20];            /* out */
};

enum
{
    UNIX_HASH_MD5 = 0,
    UNIX_HASH_SHA256 = 1,
};

/* For Digest authentication. STATUS_INVALID_PARAMETER: no such algorithm; the system's policy may
 * forbid MD5, which fails with another status. */
struct hash_params
{
    UINT64 data;
    UINT32 len;
    UINT32 algorithm;           /* UNIX_HASH_* */
    BYTE digest[32];            /* out: 16 or 32 bytes */
};

/* Blocks (a literal address does not). Fails with STATUS_NOT_FOUND: no such host,
 * or nobody to ask; STATUS_NO_MEMORY. */
struct resolve_params
{
    UINT64 host;                /* const char *, NUL-terminated, no brackets */
    UINT64 addrs;               /* struct unix_addr[UNIX_MAX_ADDRS], out, in order of preference */
    UINT32 port;                /* host order, put into every address */
    UINT32 literal_only;        /* nonzero: never block, STATUS_PENDING if host is a name */
    UINT32 count;               /* out */
    UINT32 pad;
};

/* Makes a socket (TCP_NODELAY, close-on-exec) and begins to connect. STATUS_SUCCESS: connected;
 * STATUS_PENDING: wait for STREAM_WRITE, then stream_connect. On failure there is no stream. */
struct stream_open_params
{
    stream_handle stream;       /* out */
    struct unix_addr addr;
    UINT32 keepalive_time;      /* ms of silence, after which the peer is asked whether it lives; */
    UINT32 keepalive_interval;  /* ms until it is asked again; both 0: never */
    UINT32 fast_open;           /* nonzero: data with the SYN, if peer and kernel have agreed to it
                                 * before; a refusal is told by the first send then */
    UINT32 pad;
};

/* The outcome of the connect: STATUS_SUCCESS, STATUS_PENDING, STATUS_CONNECTION_REFUSED,
 * STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE, STATUS_IO_TIMEOUT ...
 * timeout: as for recv. */
struct stream_connect_params
{
    stream_handle stream;
    INT32 timeout;
    INT32 pad;
};

/* A certificate of the client's own with its private key, held by value, 0 is never one.
 * STATUS_NOT_SUPPORTED: no key of a known kind; STATUS_NOT_FOUND: the key is not the certificate's;
 * STATUS_INVALID_PARAMETER: no certificate. */
struct identity_open_params
{
    UINT64 identity;            /* out */
    UINT64 chain;               /* leaf first, laid out as by stream_tls_chain */
    UINT64 key;                 /* PRIVATEKEYBLOB (CryptoAPI), RSAFULLPRIVATE or ECCPRIVATE (CNG) */
    UINT32 chain_len;
    UINT32 key_len;
};

/* No session that uses it may be left. */
struct identity_close_params
{
    UINT64 identity;
};

/* Puts a TLS client session on a connected stream. */
struct stream_tls_start_params
{
    stream_handle stream;
    UINT64 host;                /* const char *: server name for SNI; 0 for IP literals */
    UINT64 identity;            /* for a server that asks for a certificate; 0: say there is none */
    BYTE scope[UNIX_SCOPE_SIZE]; /* connections with the same may resume each other's sessions */
    UINT32 protocols;           /* WINHTTP_FLAG_SECURE_PROTOCOL_* bits; 0 = TLS 1.2 and 1.3 */
    UINT32 resumable;           /* in: scope is set, sessions are kept; out: one is offered */
};

/* Goes on with the handshake. No judgement on the certificate is made here.
 * STATUS_PENDING: need; STATUS_SUCCESS: done; STATUS_CONNECTION_* : the connection broke;
 * STATUS_ENCRYPTION_FAILED: TLS failed, alert = the alert sent or received, or 0. */
struct stream_tls_handshake_params
{
    stream_handle stream;
    INT32 timeout;              /* for the whole call, as for recv */
    UINT32 need;                /* out */
    UINT32 alert;               /* out */
    UINT32 cert_requested;      /* out: the server asked for a client certificate */
};

/* The peer's chain, leaf first, each certificate as UINT32 length (host order) and DER bytes.
 * STATUS_BUFFER_TOO_SMALL stores the size needed in size; STATUS_NOT_FOUND: no TLS. */
struct stream_tls_chain_params
{
    stream_handle stream;
    UINT64 buffer;
    UINT32 size;                /* in: of buffer; out: used or needed */
    UINT32 pad;
};

/* The names that the server's request for a certificate listed, each as UINT32 length and DER
 * bytes. As stream_tls_chain; STATUS_NOT_FOUND: it asked for none, or named nobody. */

struct stream_tls_info_params
{
    stream_handle stream;
    UINT32 protocol;            /* out: one WINHTTP_FLAG_SECURE_PROTOCOL_* bit */
    UINT32 cipher_bits;         /* out: strength of the cipher's key */
    char cipher_suite[64];      /* out: IANA name, NUL-terminated */
    UINT32 resumed;             /* out: nonzero: the handshake took up an earlier session */
    UINT32 pad;
};

/* Receives what is there, at least one byte, into buffer, then into buffer2 (which may be absent).
 * One system call when data is there. count 0 with STATUS_SUCCESS: orderly end of the stream (for
 * TLS: close_notify, or the TCP end without one between two records: truncation is the
 * framing's business).
 *  timeout   UNIX_NOWAIT: STATUS_PENDING if nothing is there, need is set;
 *            else wait up to that long in this very call, then STATUS_IO_TIMEOUT
 * STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED (after abort), STATUS_DATA_ERROR (bad TLS),
 * STATUS_ENCRYPTION_FAILED (the peer ended TLS by an alert). */
struct stream_recv_params
{
    stream_handle stream;
    UINT64 buffer;
    UINT64 buffer2;
    UINT32 len;
    UINT32 len2;
    INT32 timeout;
    UINT32 need;                /* out */
    UINT32 count;               /* out: bytes in buffer and buffer2 together */
    UINT32 alert;               /* out, with STATUS_ENCRYPTION_FAILED: which */
};

/* Sends buffer, then buffer2 (which may be absent). count is what was taken, also with
 * STATUS_PENDING and STATUS_IO_TIMEOUT: the caller goes on with the rest. With a timeout it sends
 * all or fails. One system call when the socket buffer has room. TLS: a record that is half out
 * after STATUS_PENDING is counted as taken; call with both lengths 0 to flush it before parking is
 * over (STATUS_SUCCESS = nothing left inside). */
struct stream_send_params
{
    stream_handle stream;
    UINT64 buffer;
    UINT64 buffer2;
    UINT32 len;
    UINT32 len2;
    INT32 timeout;
    UINT32 need;                /* out */
    UINT32 count;               /* out */
    UINT32 pad;
};

/* Arms a direction: the next event on it is reported once by reactor_wait with this cookie.
 * STATUS_SUCCESS: an event has come since the last call that would have blocked, try again
 * instead, nothing is armed; STATUS_PENDING: armed. Level changes are never lost: the order is
 * always "operation says STATUS_PENDING, then park". Also wakes for hang-up, error and abort. */
struct stream_park_params
{
    stream_handle stream;
    UINT64 cookie;              /* not 0 */
    UINT32 direction;
    UINT32 pad;
};

/* Disarms. STATUS_SUCCESS: it was armed, its event will never come, cookie says whose it was;
 * STATUS_NOT_FOUND: nothing is armed (its event may be on its way in another thread). */
struct stream_unpark_params
{
    stream_handle stream;
    UINT64 cookie;              /* out */
    UINT32 direction;
    UINT32 pad;
};

/* stream_check: STATUS_SUCCESS: an idle connection, open and silent, fit to be used again;
 * STATUS_CONNECTION_DISCONNECTED: closed by the peer, or unexpected bytes lie there.
 * stream_abort: both directions fail at once and for ever with STATUS_CONNECTION_ABORTED, whoever
 * waits is woken; hard: the peer gets a reset instead of an orderly end.
 * stream_shutdown: no more will be sent (TLS: close_notify first, as far as it fits; TCP FIN).
 * stream_close: frees the stream; the handle is dead. */
struct stream_params
{
    stream_handle stream;
    UINT32 hard;                /* stream_abort only */
    UINT32 pad;
};

struct stream_addrs_params
{
    stream_handle stream;
    struct unix_addr local;     /* out */
    struct unix_addr remote;    /* out */
};

/* What the system knows of a TCP connection; bytes unless it says otherwise. */
struct stream_stats
{
    UINT64 bytes_out;
    UINT64 bytes_in;
    UINT64 busy;                /* microseconds: data was there to be sent ... */
    UINT64 window_limited;      /* ... and the peer's window was full ... */
    UINT64 buffer_limited;      /* ... or our buffer was */
    UINT64 age;                 /* milliseconds */
    UINT32 state;               /* TCPSTATE of Windows */
    UINT32 mss;
    UINT32 rtt;                 /* microseconds, this and the next; 0: none measured yet */
    UINT32 min_rtt;
    UINT32 in_flight;
    UINT32 send_congestion;     /* the congestion window */
    UINT32 send_window;
    UINT32 recv_window;
    UINT32 recv_buffer;
    UINT32 reordered;
    UINT32 retransmitted;
    UINT32 timestamps;          /* nonzero: the peer agreed to them */
    UINT32 fast_open;           /* nonzero: data went out with the SYN, and was taken */
    UINT32 pad;
};

/* Any thread, at any moment: STATUS_INVALID_HANDLE if the stream is closed. */
struct stream_stats_params
{
    stream_handle stream;
    struct stream_stats stats;  /* out */
};

struct reactor_event
{
    UINT64 cookie;
    UINT32 direction;
    UINT32 pad;
};

/* Whether issuer's key has signed cert, both DER; names are looked at too, and the
 * right to sign where they are two.
 * STATUS_INVALID_SIGNATURE: no, or one of them cannot be read. */
struct cert_signed_params
{
    UINT64 cert;
    UINT64 issuer;
    UINT32 cert_len;
    UINT32 issuer_len;
};

enum
{
    UNIX_INFLATE_GZIP = 1,      /* RFC 1952, one member or more */
    UNIX_INFLATE_ZLIB = 2,      /* RFC 1950 */
    UNIX_INFLATE_RAW = 3,       /* RFC 1951 */
};

/* Inflaters are held by value as streams are, 0 is never one. */
struct inflate_open_params
{
    UINT64 inflater;            /* out */
    UINT32 format;              /* UNIX_INFLATE_* */
    UINT32 pad;
};

/* Decompresses as far as input and output reach. STATUS_DATA_ERROR: the data is corrupt. */
struct inflate_params
{
    UINT64 inflater;
    UINT64 input;
    UINT64 output;
    UINT32 input_len;           /* in: bytes there; out: used */
    UINT32 output_len;          /* in: room; out: written */
    UINT32 ended;               /* out: the compressed data is complete */
    UINT32 pad;
};

struct inflate_close_params
{
    UINT64 inflater;
};

/* Waits for events of parked directions; any number of threads may wait, each event goes to one.
 * STATUS_SUCCESS with count >= 0; count 0: the timeout passed or reactor_wake was called. */
struct reactor_wait_params
{
    UINT64 events;              /* struct reactor_event[max], out */
    UINT32 max;                 /* <= UNIX_MAX_EVENTS */
    INT32 timeout;
    UINT32 count;               /* out */
    UINT32 pad;
};

/* reactor_wake, without parameters: one thread in reactor_wait, or the next that comes, returns. */

enum unix_call
{
    unix_random,
    unix_sha1,
    unix_resolve,               /* may block */
    unix_stream_open,
    unix_stream_connect,        /* may block by its timeout */
    unix_stream_tls_start,
    unix_stream_tls_handshake,  /* may block by its timeout */
    unix_stream_tls_chain,
    unix_stream_tls_info,
    unix_stream_recv,           /* may block by its timeout */
    unix_stream_send,           /* may block by its timeout */
    unix_stream_park,
    unix_stream_unpark,
    unix_stream_check,
    unix_stream_abort,
    unix_stream_shutdown,
    unix_stream_close,
    unix_stream_addrs,
    unix_reactor_wait,          /* may block by its timeout */
    unix_reactor_wake,
    unix_hash,
    unix_cert_signed,
    unix_inflate_open,
    unix_inflate,
    unix_inflate_close,
    unix_identity_open,
    unix_identity_close,
    unix_stream_tls_issuers,
    unix_stream_stats,
    unix_call_count
};

C_ASSERT( sizeof(struct unix_addr) == 32 );
C_ASSERT( sizeof(struct random_params) == 16 );
C_ASSERT( sizeof(struct sha1_params) == 32 );
C_ASSERT( sizeof(struct hash_params) == 48 );
C_ASSERT( sizeof(struct resolve_params) == 32 );
C_ASSERT( sizeof(struct stream_open_params) == 56 );
C_ASSERT( sizeof(struct stream_connect_params) == 16 );
C_ASSERT( sizeof(struct identity_open_params) == 32 );
C_ASSERT( sizeof(struct identity_close_params) == 8 );
C_ASSERT( sizeof(struct stream_tls_start_params) == 64 );
C_ASSERT( sizeof(struct stream_tls_handshake_params) == 24 );
C_ASSERT( sizeof(struct stream_tls_chain_params) == 24 );
C_ASSERT( sizeof(struct stream_tls_info_params) == 88 );
C_ASSERT( sizeof(struct stream_recv_params) == 48 );
C_ASSERT( sizeof(struct stream_send_params) == 48 );
C_ASSERT( sizeof(struct stream_park_params) == 24 );
C_ASSERT( sizeof(struct stream_unpark_params) == 24 );
C_ASSERT( sizeof(struct stream_params) == 16 );
C_ASSERT( sizeof(struct stream_addrs_params) == 72 );
C_ASSERT( sizeof(struct stream_stats) == 104 );
C_ASSERT( sizeof(struct stream_stats_params) == 112 );
C_ASSERT( sizeof(struct cert_signed_params) == 24 );
C_ASSERT( sizeof(struct inflate_open_params) == 16 );
C_ASSERT( sizeof(struct inflate_params) == 40 );
C_ASSERT( sizeof(struct inflate_close_params) == 8 );
C_ASSERT( sizeof(struct reactor_event) == 16 );
C_ASSERT( sizeof(struct reactor_wait_params) == 24 );

#endif
