/* option - WinHttpQueryOption and WinHttpSetOption: one table of all options.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; getters and setters run with the object locked.
 * Fails:   ERROR_* codes, by the rules of facts/options.md section 0.
 *
 * Files: option.c (the rules), option_table.c (a row per option), and the getters and setters by
 * what they are about, in the files named below.
 */

#ifndef WINHTTP_OPTION_H
#define WINHTTP_OPTION_H

#include "handle.h"

/* kinds of handles */
enum
{
    ON_SESSION = 1,
    ON_CONNECT = 2,
    ON_REQUEST = 4,
    ON_WEBSOCKET = 8,
    ON_NOTHING = 16,        /* the NULL handle: what concerns the process */
    ON_RESOLVER = 32,
    ON_ALL = ON_SESSION | ON_CONNECT | ON_REQUEST | ON_WEBSOCKET | ON_RESOLVER,
};

struct option;

/* One query or set. */
struct option_call
{
    struct object *object;  /* locked; NULL without a handle */
    const struct option *option;
    void *buffer;           /* get: at least option->size bytes, NULL only if that is 0;
                             * put: the value, not to be written to, NULL likewise */
    DWORD len;              /* bytes in buffer. get: on return bytes stored, or needed with
                             * ERROR_INSUFFICIENT_BUFFER */
};

struct option
{
    DWORD number;           /* WINHTTP_OPTION_* */
    DWORD size;             /* bytes of a fixed-size value; 0 = the getter or setter judges it */
    BYTE query;             /* handles it can be queried on; 0 = set only */
    BYTE set;               /* handles it can be set on; 0 = query only */
    DWORD (*get)( struct option_call *call );
    DWORD (*put)( struct option_call *call );
    DWORD offset;           /* of the field, for the generic getters and setters */
    DWORD bound;            /* largest or smallest legal value, or bits, for those that check */
};

/* The row of a number, or NULL. */
const struct option *option_find( DWORD number );

/* --- option_handle.c: every handle, texts, and what has no effect --- */

DWORD option_get_callback( struct option_call *call );
DWORD option_put_callback( struct option_call *call );
DWORD option_get_context( struct option_call *call );
DWORD option_put_context( struct option_call *call );
DWORD option_get_parent( struct option_call *call );
DWORD option_get_type( struct option_call *call );

/* Zeros of the option's size. */
DWORD option_get_zero( struct option_call *call );

/* What the option would tell about never happens here, such as a QUIC connection. */
DWORD option_get_never( struct option_call *call );
DWORD option_get_empty_text( struct option_call *call );

/* Accepted. nothing: it could have no effect here, or has none on Windows either; unbuilt: it
 * should have, and does not yet; least: as nothing, but values below bound are refused. */
DWORD option_put_nothing( struct option_call *call );
DWORD option_put_unbuilt( struct option_call *call );
DWORD option_put_least( struct option_call *call );

/* Texts are set in characters and queried in bytes. NULL reads as empty. */
DWORD option_return_text( struct option_call *call, const WCHAR *text );
DWORD option_replace_text( struct option_call *call, WCHAR **field );

/* --- option_process.c: those without a handle --- */

DWORD option_get_extended_error( struct option_call *call );
DWORD option_get_http_version( struct option_call *call );
DWORD option_put_http_version( struct option_call *call );
DWORD option_get_tracing( struct option_call *call );
DWORD option_put_tracing( struct option_call *call );
DWORD option_put_global_credentials( struct option_call *call );

/* The version of requests that name none. */
const WCHAR *option_http_version(void);

/* --- option_settings.c: struct settings (session.h) and the sockets' own --- */

DWORD option_get_setting( struct option_call *call );
DWORD option_put_setting( struct option_call *call );
DWORD option_put_setting_most( struct option_call *call ); /* at most bound */
DWORD option_put_setting_bits( struct option_call *call ); /* none beside bound */
DWORD option_get_response_timeout( struct option_call *call );
DWORD option_put_codepage( struct option_call *call );
DWORD option_put_max_conns( struct option_call *call );
DWORD option_put_timeout( struct option_call *call );
DWORD option_put_ws_keepalive( struct option_call *call );
DWORD option_put_socket_dword( struct option_call *call );

/* --- option_session.c --- */

DWORD option_get_agent( struct option_call *call );
DWORD option_put_agent( struct option_call *call );
DWORD option_get_proxy( struct option_call *call ); /* of a request too, and without a handle */
DWORD option_put_proxy( struct option_call *call );
DWORD option_put_proxy_entry( struct option_call *call );
DWORD option_put_unload_event( struct option_call *call );

/* --- option_connect.c: how connections are made, and which are used --- */

DWORD option_put_keepalive( struct option_call *call );
DWORD option_put_mark( struct option_call *call );
DWORD option_put_proxy_schemes( struct option_call *call );
DWORD option_put_match( struct option_call *call );
DWORD option_put_retries( struct option_call *call );

/* --- option_feature.c --- */

DWORD option_get_feature( struct option_call *call );

/* --- option_request.c --- */

DWORD option_get_annotation( struct option_call *call );
DWORD option_put_annotation( struct option_call *call );
DWORD option_get_connection_info( struct option_call *call );
DWORD option_get_credential( struct option_call *call );
DWORD option_put_credential( struct option_call *call );
DWORD option_get_proxy_response( struct option_call *call );
DWORD option_get_url( struct option_call *call );
DWORD option_get_passport( struct option_call *call );
DWORD option_get_spn_used( struct option_call *call );
DWORD option_put_autologon( struct option_call *call );
DWORD option_put_disable( struct option_call *call );
DWORD option_put_enable( struct option_call *call );
DWORD option_put_encode_extra( struct option_call *call ); /* of a session too */
DWORD option_get_priority( struct option_call *call );
DWORD option_put_expire( struct option_call *call );
DWORD option_put_fast_forwarding( struct option_call *call );
DWORD option_put_spn( struct option_call *call );
DWORD option_put_resolution_host( struct option_call *call );
DWORD option_put_upgrade( struct option_call *call );

/* --- option_stats.c --- */

/* bytes of TCP_INFO_v0 and _v1 */
enum { OPTION_TCP_INFO_V0 = 88, OPTION_TCP_INFO_V1 = 136 };

DWORD option_get_connection_stats( struct option_call *call );
DWORD option_get_stats( struct option_call *call );
DWORD option_get_times( struct option_call *call );

/* --- option_tls.c --- */

DWORD option_put_chain_offline( struct option_call *call );
DWORD option_put_ignore_offline( struct option_call *call );
DWORD option_get_issuers( struct option_call *call );
DWORD option_get_security( struct option_call *call );
DWORD option_put_security( struct option_call *call );
DWORD option_put_client_cert( struct option_call *call );

/* --- option_server.c --- */

DWORD option_get_cert_info( struct option_call *call );
DWORD option_get_key_bits( struct option_call *call );
DWORD option_get_security_info( struct option_call *call );
DWORD option_get_server_cbt( struct option_call *call );
DWORD option_get_server_cert( struct option_call *call );
DWORD option_get_server_chain( struct option_call *call );

#endif
