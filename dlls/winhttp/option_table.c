/* option_table - the table of options: a row for each that is known.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* winhttp.h has WINHTTP_CONNECTION_INFO and WINHTTP_SECURITY_INFO only behind these */
#include "winsock2.h"
#include "ws2tcpip.h"
#include "wincrypt.h"
#define SECURITY_WIN32
#include "security.h"
#include "schannel.h"

#include "option.h"

#include <stdlib.h>

#include "mstcpip.h"

#include "session.h"
#include "websocket.h"

/* Handles: session, connect, request, web socket, proxy resolver, none. */
enum
{
    S = ON_SESSION, C = ON_CONNECT, R = ON_REQUEST, W = ON_WEBSOCKET, P = ON_RESOLVER,
    N = ON_NOTHING, ALL = ON_ALL,
};

/* Names are pasted in each, for the Windows headers define some of them. */
#define QUERY( name, type, on, get ) \
    { WINHTTP_OPTION_ ## name, sizeof(type), on, 0, option_get_ ## get, NULL, 0, 0 }
#define SET( name, type, on, put ) \
    { WINHTTP_OPTION_ ## name, sizeof(type), 0, on, NULL, option_put_ ## put, 0, 0 }
#define BOTH( name, type, query, get, set, put ) \
    { WINHTTP_OPTION_ ## name, sizeof(type), query, set, \
      option_get_ ## get, option_put_ ## put, 0, 0 }

/* The getter or setter judges the size. */
#define QUERY_ANY( name, on, get ) \
    { WINHTTP_OPTION_ ## name, 0, on, 0, option_get_ ## get, NULL, 0, 0 }
#define SET_ANY( name, on, put ) \
    { WINHTTP_OPTION_ ## name, 0, 0, on, NULL, option_put_ ## put, 0, 0 }
#define BOTH_ANY( name, on, get, put ) \
    { WINHTTP_OPTION_ ## name, 0, on, on, option_get_ ## get, option_put_ ## put, 0, 0 }

/* A DWORD or BOOL of struct settings. */
#define SETTING( name, field, query, get, set, put, bound ) \
    { WINHTTP_OPTION_ ## name, sizeof(DWORD), query, set, option_get_ ## get, option_put_ ## put, \
      FIELD_OFFSET(struct settings, field), bound }
#define KEPT( name, field, query, set ) SETTING( name, field, query, setting, set, setting, 0 )

/* A DWORD that is looked at and forgotten. */
#define LEAST( name, on, bound ) \
    { WINHTTP_OPTION_ ## name, sizeof(DWORD), 0, on, NULL, option_put_least, 0, bound }

#define WINHTTP_OPTION_PEERDIST_EXTENSION_STATE 109 /* undocumented; programs set it */

/* Sorted by number. facts/options.md 1 has each row's origin. Without a row, and so refused as
 * those of a newer Windows are, stay only numbers of which no public text says what they take:
 * tests/option-docs lists them. */
static const struct option options[] =
{
    BOTH( CALLBACK, void *, ALL, callback, ALL, callback ),
    KEPT( RESOLVE_TIMEOUT, resolve_timeout, S | C | R, S | R ),
    KEPT( CONNECT_TIMEOUT, connect_timeout, S | C | R, S | R ),
    KEPT( CONNECT_RETRIES, connect_retries, S | R, S | R ),
    SETTING( SEND_TIMEOUT, send_timeout, S | C | R, setting, S | R | W, timeout, 0 ),
    SETTING( RECEIVE_TIMEOUT, receive_timeout, S | C | R, setting, S | R | W, timeout, 0 ),
    SETTING( RECEIVE_RESPONSE_TIMEOUT, receive_response_timeout, S | C | R, response_timeout,
             S | R, setting, 0 ),
    QUERY( HANDLE_TYPE, DWORD, ALL, type ),
    BOTH( READ_BUFFER_SIZE, DWORD, R, zero, R, nothing ),
    BOTH( WRITE_BUFFER_SIZE, DWORD, R, zero, R, nothing ),
    QUERY( PARENT_HANDLE, HINTERNET, C | R | W | P, parent ),
    QUERY( EXTENDED_ERROR, DWORD, S | R | N, extended_error ),
    BOTH( SECURITY_FLAGS, DWORD, R, security, R, security ),
    QUERY( SECURITY_CERTIFICATE_STRUCT, WINHTTP_CERTIFICATE_INFO, R, cert_info ),
    QUERY_ANY( URL, R, url ),
    QUERY( SECURITY_KEY_BITNESS, DWORD, R, key_bits ),
    BOTH( PROXY, WINHTTP_PROXY_INFO, S | R | N, proxy, S | R, proxy ),
    SET( PROXY_RESULT_ENTRY, WINHTTP_PROXY_RESULT_ENTRY, R, proxy_entry ),
    BOTH_ANY( USER_AGENT, S, agent, agent ),
    BOTH( CONTEXT_VALUE, DWORD_PTR, ALL, context, ALL, context ),
    SET_ANY( CLIENT_CERT_CONTEXT, R, client_cert ),
    BOTH( REQUEST_PRIORITY, DWORD, R, zero, R, nothing ),
    BOTH( HTTP_VERSION, HTTP_VERSION_INFO, N, http_version, N, http_version ),
    SET( DISABLE_FEATURE, DWORD, R, disable ),
    SETTING( CODEPAGE, codepage, 0, setting, S, codepage, 0 ),
    SETTING( MAX_CONNS_PER_SERVER, max_conns, S, setting, S, max_conns, 0 ),
    SETTING( MAX_CONNS_PER_1_0_SERVER, max_conns_1_0, S, setting, S, max_conns, 0 ),
    SET( AUTOLOGON_POLICY, DWORD, R, autologon ),
    QUERY( SERVER_CERT_CONTEXT, PCCERT_CONTEXT, R, server_cert ),
    SET_ANY( ENABLE_FEATURE, S | R, enable ),
    BOTH( WORKER_THREAD_COUNT, DWORD, S | C | R, zero, N, nothing ),
    QUERY_ANY( PASSPORT_COBRANDING_TEXT, R, passport ),
    QUERY_ANY( PASSPORT_COBRANDING_URL, R, passport ),
    SETTING( CONFIGURE_PASSPORT_AUTH, passport, 0, setting, S, setting_bits,
             WINHTTP_ENABLE_PASSPORT_AUTH | WINHTTP_DISABLE_PASSPORT_KEYRING |
             WINHTTP_ENABLE_PASSPORT_KEYRING ),
    KEPT( SECURE_PROTOCOLS, secure_protocols, 0, S ),
    BOTH( ENABLETRACING, BOOL, N, tracing, N, tracing ),
    SET_ANY( PASSPORT_SIGN_OUT, S, nothing ),
    QUERY_ANY( PASSPORT_RETURN_URL, R, passport ),
    SETTING( REDIRECT_POLICY, redirect_policy, S | R, setting, S | R, setting_most,
             WINHTTP_OPTION_REDIRECT_POLICY_LAST ),
    KEPT( MAX_HTTP_AUTOMATIC_REDIRECTS, max_redirects, S | R, S | R ),
    KEPT( MAX_HTTP_STATUS_CONTINUE, max_continues, S | R, S | R ),
    KEPT( MAX_RESPONSE_HEADER_SIZE, max_response_header, S | R, S | R ),
    KEPT( MAX_RESPONSE_DRAIN_SIZE, max_response_drain, S | R, S | R ),
    QUERY( CONNECTION_INFO, WINHTTP_CONNECTION_INFO, R, connection_info ),
    QUERY( CLIENT_CERT_ISSUER_LIST, void *, R, issuers ),
    SET( SPN, DWORD, R, spn ),
    SET_ANY( GLOBAL_PROXY_CREDS, N, global_credentials ),
    SET_ANY( GLOBAL_SERVER_CREDS, N, global_credentials ),
    SET_ANY( UNLOAD_NOTIFY_EVENT, S, unload_event ),
    KEPT( REJECT_USERPWD_IN_URL, reject_userpwd, 0, R ),
    KEPT( USE_GLOBAL_SERVER_CREDENTIALS, shared_logins, 0, S | R ),
    KEPT( RECEIVE_PROXY_CONNECT_RESPONSE, receive_proxy_response, 0, S | R ),
    QUERY( IS_PROXY_CONNECT_RESPONSE, BOOL, S | R, proxy_response ),
    QUERY_ANY( SERVER_SPN_USED, R, spn_used ),
    QUERY_ANY( PROXY_SPN_USED, R, spn_used ),
    QUERY_ANY( SERVER_CBT, R, server_cbt ),
    SET( PEERDIST_EXTENSION_STATE, DWORD, S | R, nothing ),
    SET( UNSAFE_HEADER_PARSING, BOOL, R, nothing ),
    SET( ASSURED_NON_BLOCKING_CALLBACKS, BOOL, S, nothing ),
    SET_ANY( UPGRADE_TO_WEB_SOCKET, R, upgrade ),
    { WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, 0, 0, W, NULL, option_put_socket_dword,
      FIELD_OFFSET(struct websocket, close_timeout), 0 },
    SET_ANY( WEB_SOCKET_KEEPALIVE_INTERVAL, W, ws_keepalive ),
    KEPT( DECOMPRESSION, decompression, 0, S | R ),
    KEPT( WEB_SOCKET_RECEIVE_BUFFER_SIZE, ws_receive_buffer, S | R, S | R ),
    KEPT( WEB_SOCKET_SEND_BUFFER_SIZE, ws_send_buffer, S | R, S | R ),
    SETTING( TCP_PRIORITY_HINT, priority_hint, 0, setting, S | R, setting_most, PRIORITY_NORMAL ),
    SETTING( ENABLE_HTTP_PROTOCOL, enable_protocols, 0, setting, S | R, setting_bits,
             WINHTTP_PROTOCOL_MASK ),
    QUERY( HTTP_PROTOCOL_USED, DWORD, R, zero ), /* HTTP/1.x */
    SETTING( ENCODE_EXTRA, encode_extra, 0, setting, S | R, encode_extra, 0 ),
    SET( DISABLE_STREAM_QUEUE, BOOL, S | R, nothing ),
    KEPT( IPV6_FAST_FALLBACK, fast_fallback, 0, S ),
    QUERY( CONNECTION_STATS_V0, BYTE[OPTION_TCP_INFO_V0], R, connection_stats ),
    QUERY( REQUEST_TIMES, WINHTTP_REQUEST_TIMES, R, times ),
    SET_ANY( EXPIRE_CONNECTION, R, expire ),
    SET( DISABLE_SECURE_PROTOCOL_FALLBACK, BOOL, S, nothing ),
    KEPT( HTTP_PROTOCOL_REQUIRED, protocol_required, 0, S | R ),
    QUERY( REQUEST_STATS, WINHTTP_REQUEST_STATS, R, stats ),
    QUERY( SERVER_CERT_CHAIN_CONTEXT, void *, R, server_chain ),
    SETTING( SERVER_CERT_CHAIN_BUILD_FLAGS, chain_flags, 0, setting, S | R, setting_bits,
             WINHTTP_SERVER_CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL |
             WINHTTP_SERVER_CERT_CHAIN_DISABLE_AIA |
             WINHTTP_SERVER_CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY ),
    QUERY( CONNECTION_STATS_V1, BYTE[OPTION_TCP_INFO_V1], R, connection_stats ),
    QUERY( SECURITY_INFO, WINHTTP_SECURITY_INFO, R, security_info ),
    SET( TCP_KEEPALIVE, struct tcp_keepalive, S, keepalive ),
    KEPT( TCP_FAST_OPEN, fast_open, 0, S ),
    SET( TLS_FALSE_START, BOOL, S, nothing ),
    SET( IGNORE_CERT_REVOCATION_OFFLINE, BOOL, R, ignore_offline ),
    SET( TLS_PROTOCOL_INSECURE_FALLBACK, BOOL, S, nothing ),
    QUERY( STREAM_ERROR_CODE, DWORD, R, never ),
    SET( REQUIRE_STREAM_END, BOOL, S | R, nothing ),
    SET( ENABLE_HTTP2_PLUS_CLIENT_CERT, BOOL, S, nothing ),
    SET( FAILED_CONNECTION_RETRIES, WINHTTP_FAILED_CONNECTION_RETRIES, S, retries ),
    LEAST( HTTP2_KEEPALIVE, S, 5000 ),
    SET_ANY( RESOLUTION_HOSTNAME, R, resolution_host ),
    SET( HTTP2_PLUS_TRANSFER_ENCODING, BOOL, S | R, nothing ),
    SET( RESOLVER_CACHE_CONFIG, WINHTTP_RESOLVER_CACHE_CONFIG, S, nothing ),
    KEPT( DISABLE_CERT_CHAIN_BUILDING, no_chain, 0, S ),
    SET( BACKGROUND_CONNECTIONS, DWORD, S, nothing ),
    SET( FIRST_AVAILABLE_CONNECTION, BOOL, S, nothing ),
    QUERY( TCP_PRIORITY_STATUS, DWORD[2], R, priority ),
    SET( CONNECTION_GUID, GUID, R, mark ),
    SET( MATCH_CONNECTION_GUID, WINHTTP_MATCH_CONNECTION_GUID, R, match ),
    SET( HTTP2_RECEIVE_WINDOW, WINHTTP_HTTP2_RECEIVE_WINDOW, S, nothing ),
    QUERY( FEATURE_SUPPORTED, DWORD, ALL | N, feature ),
    QUERY_ANY( QUIC_STATS, R, never ),
    SET( HTTP3_KEEPALIVE, DWORD, S, nothing ),
    SET( HTTP3_HANDSHAKE_TIMEOUT, DWORD, S, nothing ),
    SET( HTTP3_INITIAL_RTT, DWORD, S, nothing ),
    QUERY( HTTP3_STREAM_ERROR_CODE, DWORD, R, never ),
    BOTH_ANY( REQUEST_ANNOTATION, R, annotation, annotation ),
    SET( DISABLE_PROXY_AUTH_SCHEMES, DWORD, S, proxy_schemes ),
    SET( REVERT_IMPERSONATION_SERVER_CERT, BOOL, S, nothing ),
    KEPT( DISABLE_GLOBAL_POOLING, private_pool, 0, S ),
    SET( USE_SESSION_SCH_CRED, BOOL, S, nothing ),
    SET( SERVER_CERT_CHAIN_BUILD_CACHE_ONLY, BOOL, S, chain_offline ),
    QUERY_ANY( QUIC_STATS_V2, R, never ),
    QUERY_ANY( QUIC_STREAM_STATS, R, never ),
    SET_ANY( ENABLE_FAST_FORWARDING, R, fast_forwarding ),
    BOTH_ANY( USERNAME, R, credential, credential ),
    BOTH_ANY( PASSWORD, R, credential, credential ),
    BOTH_ANY( PROXY_USERNAME, R, credential, credential ),
    BOTH_ANY( PROXY_PASSWORD, R, credential, credential ),
};

static int compare_number( const void *key, const void *element )
{
    DWORD number = *(const DWORD *)key, other = ((const struct option *)element)->number;

    return number < other ? -1 : number > other;
}

const struct option *option_find( DWORD number )
{
    return bsearch( &number, options, ARRAY_SIZE(options), sizeof(*options), compare_number );
}
