/* session - session and connect handles, and the settings that requests inherit.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    what a session or connect handle stands for.
 * Threads: any; fields under the object's lock unless immutable.
 * Fails:   the exports set the last error, everything else returns ERROR_* codes.
 */

#ifndef WINHTTP_SESSION_H
#define WINHTTP_SESSION_H

#include "cookies.h"
#include "handle.h"
#include "proxy.h"

/* A request takes a copy of its session's at OpenRequest; later changes do not reach it
 * (facts/options.md 0). Milliseconds as the program set them: 0 and INFINITE mean none. */
/* of both, when the program has not chosen */
#define WS_BUFFER_DEFAULT 32768

/* WINHTTP_OPTION_TCP_PRIORITY_HINT: SOCKET_PRIORITY_HINT of Winsock, newer than some headers */
#define PRIORITY_NORMAL 2

struct settings
{
    DWORD resolve_timeout;
    DWORD connect_timeout;
    DWORD send_timeout;
    DWORD receive_timeout;
    DWORD receive_response_timeout;
    DWORD connect_retries;
    DWORD redirect_policy;          /* WINHTTP_OPTION_REDIRECT_POLICY_* */
    DWORD max_redirects;
    DWORD max_continues;            /* 1xx answers accepted */
    DWORD max_response_header;      /* bytes */
    DWORD max_response_drain;       /* bytes */
    DWORD secure_protocols;         /* WINHTTP_FLAG_SECURE_PROTOCOL_* */
    DWORD max_conns;
    DWORD max_conns_1_0;
    DWORD decompression;
    DWORD codepage;                 /* of queries, where they are not ASCII */
    DWORD encode_extra;             /* escapes whatever WinHttpOpenRequest's flags say */
    DWORD enable_protocols;         /* WINHTTP_PROTOCOL_FLAG_* */
    DWORD protocol_required;
    DWORD receive_proxy_response;
    DWORD reject_userpwd;           /* a URL with a user name is refused */
    DWORD fast_fallback;            /* IPv4 is tried beside a slow IPv6 */
    DWORD priority_hint;            /* nobody acts by it: Linux has no such thing */
    DWORD keepalive_time;           /* ms, of TCP ... */
    DWORD keepalive_interval;       /* ... both 0: none */
    DWORD fast_open;                /* TCP's */
    DWORD retries_chosen;           /* whether the next two are the program's */
    DWORD max_retries;              /* of a failed connection */
    DWORD retry_conditions;         /* WINHTTP_CONNECTION_RETRY_CONDITION_* */
    DWORD proxy_schemes_off;        /* WINHTTP_AUTH_SCHEME_*: proxies get no answer by these */
    DWORD shared_logins;            /* servers may get WinINet's (shared_login.h) */
    DWORD chain_flags;              /* WINHTTP_SERVER_CERT_CHAIN_* */
    DWORD no_chain;                 /* option 147 shows none */
    DWORD private_pool;             /* connections are not shared with other sessions */
    DWORD passport;                 /* WINHTTP_ENABLE_PASSPORT_AUTH, _KEYRING bits */
    DWORD ws_receive_buffer;        /* bytes */
    DWORD ws_send_buffer;           /* bytes */
};

struct session
{
    struct object object;
    /* immutable */
    UINT32 serial;                  /* tells it from every other session; not 0 */
    WCHAR *agent;                   /* owned; NULL = no User-Agent */
    struct cookies cookies;         /* with a lock of its own */
    /* under the object's lock */
    struct settings settings;
    struct proxy *proxy;            /* a reference; NULL = none */
    HANDLE unload_event;            /* borrowed from the program; signalled when all is gone */
};

struct connect
{
    struct object object;           /* parent: the session */
    /* immutable */
    WCHAR *host;                    /* owned; as the program wrote it, without brackets */
    char *wire_host;                /* owned; the same in lower case UTF-8; IDN is the program's */
    INTERNET_PORT port;             /* 0 = the scheme's default */
    BOOL ipv6;                      /* host is an IPv6 literal */
};

static inline struct session *session_from_object( struct object *object )
{
    return CONTAINING_RECORD( object, struct session, object );
}

static inline struct connect *connect_from_object( struct object *object )
{
    return CONTAINING_RECORD( object, struct connect, object );
}

/* Takes resolve, connect, send, receive timeouts at once. */
void settings_set_timeouts( struct settings *settings, int resolve, int connect, int send,
                            int receive );

#endif
