/* request - a request handle: what is asked, the exchange with the server, and the answer.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the request's parts, its connection while an exchange is under way, the response.
 * Threads: one operation at a time (struct op); what the exchange uses is guarded by that, the
 *          rest by the object's lock.
 * Fails:   ERROR_* codes.
 *
 * Files: request.c (exports that open and send), upload.c (the body sent, WinHttpWriteData),
 * response.c (exports that receive and read), headers.c (exports on headers), exchange.c (the state
 * machine behind them).
 *
 *                                 [TUNNEL_SENDING -> TUNNEL_RECEIVING]
 *                                  ^                                |
 *   IDLE -> RESOLVING -> CONNECTING -> [HANDSHAKING -> VERIFYING] -> SENDING -> SENT
 *              (a pooled connection goes straight to SENDING; what must wait for a   |
 *               proxy or a place is FINDING_PROXY, QUEUEING first)                   |
 *   IDLE <- the next SendRequest <- BODY <- HEAD_RECEIVED <- RECEIVING <----------+
 */

#ifndef WINHTTP_REQUEST_H
#define WINHTTP_REQUEST_H

#include "auth.h"
#include "auto/find.h"
#include "decode.h"
#include "handle.h"
#include "net/conn.h"
#include "op/op.h"
#include "proto/http_body.h"
#include "proto/http_headers.h"
#include "proto/http_response.h"
#include "proto/ws_handshake.h"
#include "record.h"
#include "session.h"
#include "upload.h"

enum exchange_state
{
    EXCHANGE_IDLE,          /* nothing sent yet, or failed */
    EXCHANGE_FINDING_PROXY, /* a script is asked for the proxy */
    EXCHANGE_QUEUEING,      /* waits until the session has fewer connections to the server */
    EXCHANGE_RESOLVING,     /* wants addresses */
    EXCHANGE_CONNECTING,    /* tries one address after the other */
    EXCHANGE_TUNNEL_SENDING, /* CONNECT, to the proxy */
    EXCHANGE_TUNNEL_RECEIVING, /* the proxy's answer */
    EXCHANGE_TUNNEL_REFUSED, /* which may be a challenge */
    EXCHANGE_HANDSHAKING,   /* TLS */
    EXCHANGE_VERIFYING,     /* the certificate is being judged */
    EXCHANGE_SENDING,       /* head and optional data */
    EXCHANGE_SENT,          /* WriteData may follow, or ReceiveResponse */
    EXCHANGE_RECEIVING,     /* the head of the response */
    EXCHANGE_HEAD_RECEIVED, /* final head at hand; decides on redirects */
    EXCHANGE_BODY,          /* the response is open to the program */
    EXCHANGE_STATE_COUNT
};

struct lookup;
struct search;
struct server;

struct request
{
    struct object object;       /* parent: the connect handle */
    struct op op;               /* the one operation; its type says which */

    /* immutable after OpenRequest, but for redirects, which own the operation */
    char *verb;                 /* owned */
    char *target;               /* owned; origin form, escaped */
    char *version;              /* owned; "HTTP/1.1" */
    BOOL automatic_chunking;    /* WINHTTP_FLAG_AUTOMATIC_CHUNKING */
    WCHAR *url;                 /* owned; where redirects led; NULL = nowhere; object's lock */
    struct conn_key key;        /* host, port, TLS; what TLS asks for is filled in when sending */

    /* under the object's lock */
    struct settings settings;   /* single DWORDs, which the operation reads without the lock */
    struct proxy *proxy;        /* a reference; NULL = none */
    struct http_headers headers; /* the program's */
    DWORD disabled;             /* WINHTTP_DISABLE_* */
    DWORD enabled;              /* WINHTTP_ENABLE_* */
    DWORD autologon;
    DWORD spn_port;             /* WINHTTP_OPTION_SPN: services are named with the port */
    DWORD security_flags;       /* SECURITY_FLAG_IGNORE_* */
    BOOL ignore_offline;        /* WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE */
    PCCERT_CONTEXT cert;        /* owned; of the server last talked to; NULL without TLS */
    UINT32 cipher_bits;         /* of that connection */
    UINT32 tls_protocol;        /* likewise */
    char cipher_suite[CONN_SUITE]; /* likewise */
    struct identity *identity;  /* a reference; what servers that ask are shown; NULL = nothing */
    BOOL anonymous;             /* the program says: servers that ask are shown nothing */
    BOOL asked;                 /* a server asked; once set, never unset */
    BYTE *issuers;              /* owned; whom that server listed, as net/conn.h says; or NULL */
    UINT32 issuers_len;
    WCHAR *credentials[4];      /* owned; options USERNAME .. PROXY_PASSWORD */
    struct auth auth[AUTH_TARGETS]; /* fields as auth.h says */
    BYTE *annotation;           /* owned; or NULL */
    DWORD annotation_len;       /* bytes */
    BOOL upgrade;               /* WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET */
    BOOL receive_wanted;        /* ReceiveResponse was called while SendRequest was under way */
    BOOL upgraded;              /* CompleteUpgrade took the connection of this response */
    BOOL sent_upgrade;          /* the exchange under way asked for the upgrade */
    DWORD ws_receive_buffer;    /* as they were when it was sent */

    /* the operation's; read by others only while it is idle, or under the lock */
    enum exchange_state state;
    struct conn *conn;          /* owned; NULL when none */
    struct unix_addr local, remote; /* of the connection that was sent on */
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 addr_count, addr_next;
    struct search *search;      /* owned; a script is being asked for the proxy; NULL = not */
    BOOL searched;              /* answer is for the present URL */
    struct auto_answer answer;  /* owned; what it said; count 0 = nothing */
    struct lookup *lookup;      /* owned; the resolver is being asked; NULL = not */
    struct op_queue gate;       /* opened by an answer, or a place; object's lock */
    struct server *place;       /* borrowed; see limit.h; these three under its lock */
    struct server *queued;      /* borrowed; where it waits for a place */
    struct request *limit_next; /* borrowed; behind it there */
    BOOL dialing;               /* the present address is being connected to */
    BOOL first_try;             /* and is given a short time only, see dial.c */
    DWORD connect_error;        /* why the last address did not work */
    NTSTATUS task_status;       /* what the blocking part found */
    BOOL tls_started;
    NTSTATUS identity_status;   /* what fetching the private key came to */
    struct record record;       /* of the last leg */
    BOOL cert_wanted;           /* the server asked for a certificate: nothing was sent to it */
    DWORD secure_failure;       /* flags of the verdict */
    BOOL refused;               /* the response is the proxy's, which refused to CONNECT */
    char *wire_target;          /* owned; absolute or authority form, for a proxy; NULL = target */
    UINT32 retries;             /* times that a failed connection was replaced in this exchange */
    DWORD redirects;            /* followed so far */
    struct http_headers automatic; /* what we added for the last send */
    char ws_key[WS_KEY_TEXT + 1];

    char *head;                 /* owned; the request head while it is sent */
    UINT32 head_len, head_sent; /* bytes */
    struct upload upload;

    struct http_response response;
    size_t head_scanned;        /* of the receive buffer */
    UINT32 received;            /* bytes of the response so far; 0 tells a stale connection */
    DWORD continues;            /* 1xx answers seen */
    struct http_body body;
    enum http_body_framing framing;
    struct decoder decoder;     /* of the content, behind the framing */
    BOOL spoiled;               /* the server waits for more, or may see another end of the body:
                                 * the connection is not used again */
    BOOL body_done;
    BOOL draining;              /* the body is thrown away, another leg follows */
    BOOL resend;                /* by the program: it has to send once more, or is to be told so */
    BOOL held;                  /* conn waits for that: a login goes on there */
    UINT32 drained;             /* bytes of it */
    enum http_body_status body_error; /* found behind the last piece: for the next read; 0 = none */
    const BYTE *piece;          /* borrowed from conn's buffer: decoded, not yet read */
    UINT32 piece_len;

    /* arguments and results of WriteData, QueryDataAvailable, ReadData */
    BYTE *data;                 /* borrowed (until the operation completes) */
    DWORD data_len;
    BOOL data_some;             /* ReadDataEx: whatever is there will do, if it is a byte */
    DWORD data_done;            /* bytes written or read */
    DWORD *data_out;            /* borrowed (while the call is on the caller's thread); or NULL */
};

static inline struct request *request_from_object( struct object *object )
{
    return CONTAINING_RECORD( object, struct request, object );
}

static inline struct connect *request_connect( const struct request *request )
{
    return connect_from_object( request->object.parent );
}

static inline struct session *request_session( const struct request *request )
{
    return session_from_object( request->object.parent->parent );
}

/* Not the scheme's: URLs and the Host field name it. */
static inline BOOL request_has_own_port( const struct request *request )
{
    return request->key.port != (request->key.secure ? INTERNET_DEFAULT_HTTPS_PORT
                                                     : INTERNET_DEFAULT_HTTP_PORT);
}

/* CONNECT is under way: what goes out and comes in is between the proxy and us. */
static inline BOOL request_is_tunnelling( const struct request *request )
{
    return request->state == EXCHANGE_TUNNEL_SENDING ||
           request->state == EXCHANGE_TUNNEL_RECEIVING ||
           request->state == EXCHANGE_TUNNEL_REFUSED;
}

/* WINHTTP_OPTION_URL, to be freed; NULL: no memory. By the operation, or under the lock. */
WCHAR *request_url( const struct request *request );

/* Escapes what WINHTTP_FLAG_ESCAPE_DISABLE left of the target; the object is locked, no operation
 * is active. */
DWORD request_encode_again( struct request *request );

/* Not to be reached by HTTP, which such servers may take for their own protocol (facts/http.md 1;
 * the error is a guess). */
DWORD request_check_port( INTERNET_PORT port );

/* Begins an operation of that type: ERROR_SUCCESS (then op_start it), or why not. state_ok says
 * whether the request is in a state for it; NULL = any. */
DWORD request_begin( struct request *request, const struct op_type *type,
                     BOOL (*state_ok)( const struct request *request ) );

/* Ends an operation for good: what every `finish` does. An asynchronous program is told by a
 * callback, REQUEST_ERROR for api or status with info; the request may be used again inside it. */
DWORD request_finish( struct op *op, DWORD_PTR api, DWORD status, void *info, DWORD len );

#endif
