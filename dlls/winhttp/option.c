/* option - the table of options, and the rules that all share.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* winhttp.h has WINHTTP_CONNECTION_INFO only behind these */
#include "winsock2.h"
#include "ws2tcpip.h"

#include "option.h"

#include <stdlib.h>
#include <string.h>

#include "net/conn.h"
#include "request.h"
#include "session.h"
#include "text.h"
#include "websocket.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

#define IGNORABLE (SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE | \
                   SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID)

static DWORD handle_kind( const struct object *object )
{
    switch (object->ops->type)
    {
    case OBJECT_SESSION:   return ON_SESSION;
    case OBJECT_CONNECT:   return ON_CONNECT;
    case OBJECT_REQUEST:   return ON_REQUEST;
    case OBJECT_WEBSOCKET: return ON_WEBSOCKET;
    }
    return 0;
}

/* --- settings that session and request share --- */

/* A connect handle has none of its own: it shows its session's present ones. */
static struct settings *object_settings( struct object *object )
{
    switch (object->ops->type)
    {
    case OBJECT_SESSION: return &session_from_object( object )->settings;
    case OBJECT_CONNECT: return &session_from_object( object->parent )->settings;
    default:             return &request_from_object( object )->settings;
    }
}

static DWORD *setting( struct object *object, const struct option *option )
{
    return (DWORD *)((char *)object_settings( object ) + option->offset);
}

static DWORD get_setting( struct object *object, const struct option *option, void *buffer,
                          DWORD *len )
{
    (void)len;
    *(DWORD *)buffer = *setting( object, option );
    return ERROR_SUCCESS;
}

static DWORD set_setting( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    (void)len;
    *setting( object, option ) = *(const DWORD *)buffer;
    return ERROR_SUCCESS;
}

static DWORD set_setting_checked( struct object *object, const struct option *option,
                                  const void *buffer, DWORD len )
{
    if (*(const DWORD *)buffer > option->bits) return ERROR_INVALID_PARAMETER;
    return set_setting( object, option, buffer, len );
}

/* Reads back no smaller than the receive timeout (facts/options.md 1). */
static DWORD get_response_timeout( struct object *object, const struct option *option, void *buffer,
                                   DWORD *len )
{
    const struct settings *settings = object_settings( object );

    (void)option, (void)len;
    *(DWORD *)buffer = max( settings->receive_response_timeout, settings->receive_timeout );
    return ERROR_SUCCESS;
}

static DWORD set_max_conns( struct object *object, const struct option *option, const void *buffer,
                            DWORD len )
{
    static const DWORD none = 2; /* 0 means 2 */

    return set_setting( object, option, *(const DWORD *)buffer ? buffer : &none, len );
}

/* --- every handle --- */

static DWORD get_context( struct object *object, const struct option *option, void *buffer,
                          DWORD *len )
{
    (void)option, (void)len;
    *(DWORD_PTR *)buffer = object->context;
    return ERROR_SUCCESS;
}

static DWORD set_context( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    (void)option, (void)len;
    object->context = *(const DWORD_PTR *)buffer;
    return ERROR_SUCCESS;
}

static DWORD get_type( struct object *object, const struct option *option, void *buffer,
                       DWORD *len )
{
    (void)option, (void)len;
    *(DWORD *)buffer = object->ops->type;
    return ERROR_SUCCESS;
}

/* A socket's is the connect handle: websocket.md U14, a guess. */
static DWORD get_parent( struct object *object, const struct option *option, void *buffer,
                         DWORD *len )
{
    (void)option, (void)len;
    *(HINTERNET *)buffer = object->parent->handle;
    return ERROR_SUCCESS;
}

static DWORD get_callback( struct object *object, const struct option *option, void *buffer,
                           DWORD *len )
{
    (void)option, (void)len;
    *(WINHTTP_STATUS_CALLBACK *)buffer = object->callback;
    return ERROR_SUCCESS;
}

static DWORD set_callback( struct object *object, const struct option *option, const void *buffer,
                           DWORD len )
{
    (void)option, (void)len;
    object->callback = *(const WINHTTP_STATUS_CALLBACK *)buffer;
    return ERROR_SUCCESS;
}

/* --- strings: set in characters, queried in bytes --- */

static DWORD return_string( const WCHAR *text, void *buffer, DWORD *len )
{
    DWORD size = text ? wcslen( text ) * sizeof(WCHAR) : 0;

    if (!buffer || *len < size + sizeof(WCHAR))
    {
        *len = size + sizeof(WCHAR);
        return ERROR_INSUFFICIENT_BUFFER;
    }
    memcpy( buffer, text ? text : L"", size + sizeof(WCHAR) );
    *len = size;
    return ERROR_SUCCESS;
}

static DWORD get_url( struct object *object, const struct option *option, void *buffer, DWORD *len )
{
    (void)option;
    return return_string( request_from_object( object )->url, buffer, len );
}

static DWORD get_agent( struct object *object, const struct option *option, void *buffer,
                        DWORD *len )
{
    (void)option;
    return return_string( session_from_object( object )->agent, buffer, len );
}

static WCHAR *copy_chars( const WCHAR *text, DWORD chars )
{
    WCHAR *copy;

    if (!(copy = malloc( (chars + 1) * sizeof(*copy) ))) return NULL;
    memcpy( copy, text, chars * sizeof(*copy) );
    copy[chars] = 0;
    return copy;
}

static DWORD replace_string( WCHAR **field, const WCHAR *text, DWORD chars )
{
    WCHAR *copy;

    if (!(copy = copy_chars( text, chars ))) return ERROR_NOT_ENOUGH_MEMORY;
    free( *field );
    *field = copy;
    return ERROR_SUCCESS;
}

static DWORD set_agent( struct object *object, const struct option *option, const void *buffer,
                        DWORD len )
{
    (void)option;
    return replace_string( &session_from_object( object )->agent, buffer, len );
}

static WCHAR **credential( struct object *object, const struct option *option )
{
    return &request_from_object( object )->credentials[option->number - WINHTTP_OPTION_USERNAME];
}

static DWORD get_credential( struct object *object, const struct option *option, void *buffer,
                             DWORD *len )
{
    return return_string( *credential( object, option ), buffer, len );
}

static DWORD set_credential( struct object *object, const struct option *option, const void *buffer,
                             DWORD len )
{
    BOOL proxy = option->number >= WINHTTP_OPTION_PROXY_USERNAME;

    auth_rebind( request_from_object( object ), proxy ? WINHTTP_AUTH_TARGET_PROXY
                                                      : WINHTTP_AUTH_TARGET_SERVER );
    return replace_string( credential( object, option ), buffer, len );
}

/* --- proxies --- */

static struct proxy **object_proxy( struct object *object )
{
    if (object->ops->type == OBJECT_SESSION) return &session_from_object( object )->proxy;
    return &request_from_object( object )->proxy;
}

static DWORD get_proxy( struct object *object, const struct option *option, void *buffer,
                        DWORD *len )
{
    (void)option, (void)len;
    return proxy_get_info( *object_proxy( object ), buffer );
}

static DWORD set_proxy( struct object *object, const struct option *option, const void *buffer,
                        DWORD len )
{
    const WINHTTP_PROXY_INFO *info = buffer;
    struct proxy **field = object_proxy( object ), *proxy;
    DWORD error;

    (void)option, (void)len;
    error = proxy_create( info->dwAccessType, info->lpszProxy, info->lpszProxyBypass, &proxy );
    if (error) return error;
    proxy_release( *field );
    *field = proxy;
    return ERROR_SUCCESS;
}

/* Without a handle: what the machine's setting is (facts/options.md 0). */
static DWORD query_default_proxy( void *buffer, DWORD *len )
{
    DWORD size;

    if (!len) return ERROR_INVALID_PARAMETER;
    size = *len;
    *len = sizeof(WINHTTP_PROXY_INFO);
    if (!buffer || size < sizeof(WINHTTP_PROXY_INFO)) return ERROR_INSUFFICIENT_BUFFER;
    return WinHttpGetDefaultProxyConfiguration( buffer ) ? ERROR_SUCCESS : GetLastError();
}

/* --- request --- */

static DWORD set_disable( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    (void)option, (void)len;
    request_from_object( object )->disabled |= *(const DWORD *)buffer;
    return ERROR_SUCCESS;
}

static DWORD set_enable( struct object *object, const struct option *option, const void *buffer,
                         DWORD len )
{
    DWORD bits, legal = WINHTTP_ENABLE_SSL_REVERT_IMPERSONATION;

    (void)option;
    if (len != sizeof(DWORD)) return ERROR_INVALID_PARAMETER;
    bits = *(const DWORD *)buffer;
    if (object->ops->type == OBJECT_REQUEST) legal = WINHTTP_ENABLE_SSL_REVOCATION;
    if (!bits || bits & ~legal) return ERROR_INVALID_PARAMETER;
    if (object->ops->type == OBJECT_REQUEST) request_from_object( object )->enabled |= bits;
    FIXME( "features %#lx have no effect yet\n", bits );
    return ERROR_SUCCESS;
}

static DWORD set_autologon( struct object *object, const struct option *option, const void *buffer,
                            DWORD len )
{
    DWORD policy = *(const DWORD *)buffer;

    (void)option, (void)len;
    if (policy > WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY) return ERROR_INVALID_PARAMETER;
    request_from_object( object )->autologon = policy;
    return ERROR_SUCCESS;
}

static DWORD get_security( struct object *object, const struct option *option, void *buffer,
                           DWORD *len )
{
    const struct request *request = request_from_object( object );
    DWORD flags = request->security_flags;

    (void)option, (void)len;
    if (request->cert)
    {
        flags |= SECURITY_FLAG_SECURE;
        flags |= request->cipher_bits >= 128 ? SECURITY_FLAG_STRENGTH_STRONG
                                                   : SECURITY_FLAG_STRENGTH_WEAK;
    }
    *(DWORD *)buffer = flags;
    return ERROR_SUCCESS;
}

static DWORD set_security( struct object *object, const struct option *option, const void *buffer,
                           DWORD len )
{
    DWORD flags = *(const DWORD *)buffer;

    (void)option, (void)len;
    if (flags & ~IGNORABLE) return ERROR_INVALID_PARAMETER;
    request_from_object( object )->security_flags = flags;
    return ERROR_SUCCESS;
}

static DWORD get_server_cert( struct object *object, const struct option *option, void *buffer,
                              DWORD *len )
{
    const struct request *request = request_from_object( object );

    (void)option, (void)len;
    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(PCCERT_CONTEXT *)buffer = CertDuplicateCertificateContext( request->cert );
    return ERROR_SUCCESS;
}

static DWORD get_key_bits( struct object *object, const struct option *option, void *buffer,
                           DWORD *len )
{
    const struct request *request = request_from_object( object );

    (void)option, (void)len;
    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(DWORD *)buffer = request->cipher_bits;
    return ERROR_SUCCESS;
}

static DWORD get_connection_info( struct object *object, const struct option *option, void *buffer,
                                  DWORD *len )
{
    const struct request *request = request_from_object( object );
    WINHTTP_CONNECTION_INFO *info = buffer;

    (void)option, (void)len;
    if (request->state < EXCHANGE_SENT) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    memset( info, 0, sizeof(*info) );
    info->cbSize = sizeof(*info);
    memcpy( &info->LocalAddress, request->local.bytes, request->local.len );
    memcpy( &info->RemoteAddress, request->remote.bytes, request->remote.len );
    return ERROR_SUCCESS;
}

static DWORD get_protocol_used( struct object *object, const struct option *option, void *buffer,
                                DWORD *len )
{
    (void)object, (void)option, (void)len;
    *(DWORD *)buffer = 0; /* HTTP/1.x */
    return ERROR_SUCCESS;
}

static DWORD set_client_cert( struct object *object, const struct option *option,
                              const void *buffer, DWORD len )
{
    (void)option;
    if (!request_from_object( object )->key.secure) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!buffer && !len) return ERROR_SUCCESS;
    if (len != sizeof(CERT_CONTEXT)) return ERROR_INVALID_PARAMETER;
    FIXME( "client certificates are not sent yet\n" );
    return ERROR_SUCCESS;
}

static DWORD set_upgrade( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    (void)option, (void)buffer, (void)len;
    request_from_object( object )->upgrade = TRUE;
    return ERROR_SUCCESS;
}

/* --- session --- */

static DWORD set_unload_event( struct object *object, const struct option *option,
                               const void *buffer, DWORD len )
{
    (void)option, (void)len;
    session_from_object( object )->unload_event = *(const HANDLE *)buffer;
    return ERROR_SUCCESS;
}

/* --- socket --- */

static DWORD set_keepalive( struct object *object, const struct option *option, const void *buffer,
                            DWORD len )
{
    (void)option;
    if (len != sizeof(DWORD) || *(const DWORD *)buffer < WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE)
        return ERROR_INVALID_PARAMETER;
    websocket_set_keepalive_locked( websocket_from_object( object ), *(const DWORD *)buffer );
    return ERROR_SUCCESS;
}

static DWORD set_socket_dword( struct object *object, const struct option *option,
                               const void *buffer, DWORD len )
{
    if (len != sizeof(DWORD)) return ERROR_INVALID_PARAMETER;
    *(DWORD *)((char *)websocket_from_object( object ) + option->offset) = *(const DWORD *)buffer;
    return ERROR_SUCCESS;
}

/* On a socket the timeouts are the socket's own (websocket.md U19, a guess). */
static DWORD set_timeout( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    struct websocket *socket;

    if (object->ops->type != OBJECT_WEBSOCKET) return set_setting( object, option, buffer, len );
    socket = websocket_from_object( object );
    if (option->number == WINHTTP_OPTION_SEND_TIMEOUT)
        socket->send_timeout = *(const DWORD *)buffer;
    else
        socket->receive_timeout = *(const DWORD *)buffer;
    return ERROR_SUCCESS;
}

/* --- accepted for the programs that set them, without effect --- */

static DWORD set_ignored( struct object *object, const struct option *option, const void *buffer,
                          DWORD len )
{
    (void)buffer;
    FIXME( "handle %p: option %lu (%lu bytes) has no effect yet\n", object->handle, option->number,
           len );
    return ERROR_SUCCESS;
}

static DWORD get_zero( struct object *object, const struct option *option, void *buffer,
                       DWORD *len )
{
    (void)object, (void)option;
    memset( buffer, 0, *len );
    return ERROR_SUCCESS;
}

#define SETTING( number, field, query, set, put ) \
    { number, sizeof(DWORD), query, set, get_setting, put, FIELD_OFFSET(struct settings, field), 0 }

#define LIMITED( number, field, query, set, most ) \
    { number, sizeof(DWORD), query, set, get_setting, set_setting_checked, \
      FIELD_OFFSET(struct settings, field), most }

#define IGNORED( number, size, set ) { number, size, 0, set, NULL, set_ignored, 0, 0 }

enum
{
    S = ON_SESSION, C = ON_CONNECT, R = ON_REQUEST, W = ON_WEBSOCKET,
};

/* Sorted by number. facts/options.md section 1 has each row's origin. */
static const struct option options[] =
{
    { WINHTTP_OPTION_CALLBACK, sizeof(void *), S | C | R | W, S | C | R | W, get_callback,
      set_callback, 0, 0 },
    SETTING( WINHTTP_OPTION_RESOLVE_TIMEOUT, resolve_timeout, S | C | R, S | R, set_setting ),
    SETTING( WINHTTP_OPTION_CONNECT_TIMEOUT, connect_timeout, S | C | R, S | R, set_setting ),
    SETTING( WINHTTP_OPTION_CONNECT_RETRIES, connect_retries, S | R, S | R, set_setting ),
    SETTING( WINHTTP_OPTION_SEND_TIMEOUT, send_timeout, S | C | R, S | R | W, set_timeout ),
    SETTING( WINHTTP_OPTION_RECEIVE_TIMEOUT, receive_timeout, S | C | R, S | R | W, set_timeout ),
    { WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, sizeof(DWORD), S | C | R, S | R,
      get_response_timeout, set_setting,
      FIELD_OFFSET(struct settings, receive_response_timeout), 0 },
    { WINHTTP_OPTION_HANDLE_TYPE, sizeof(DWORD), ON_ALL, 0, get_type, NULL, 0, 0 },
    { WINHTTP_OPTION_READ_BUFFER_SIZE, sizeof(DWORD), R, R, get_zero, set_ignored, 0, 0 },
    { WINHTTP_OPTION_WRITE_BUFFER_SIZE, sizeof(DWORD), R, R, get_zero, set_ignored, 0, 0 },
    { WINHTTP_OPTION_PARENT_HANDLE, sizeof(HINTERNET), C | R | W, 0, get_parent, NULL, 0, 0 },
    { WINHTTP_OPTION_SECURITY_FLAGS, sizeof(DWORD), R, R, get_security, set_security, 0, 0 },
    { WINHTTP_OPTION_URL, 0, R, 0, get_url, NULL, 0, 0 },
    { WINHTTP_OPTION_SECURITY_KEY_BITNESS, sizeof(DWORD), R, 0, get_key_bits, NULL, 0, 0 },
    { WINHTTP_OPTION_PROXY, sizeof(WINHTTP_PROXY_INFO), S | R, S | R, get_proxy, set_proxy, 0, 0 },
    { WINHTTP_OPTION_USER_AGENT, 0, S, S, get_agent, set_agent, 0, 0 },
    { WINHTTP_OPTION_CONTEXT_VALUE, sizeof(DWORD_PTR), ON_ALL, ON_ALL, get_context, set_context,
      0, 0 },
    { WINHTTP_OPTION_CLIENT_CERT_CONTEXT, 0, 0, R, NULL, set_client_cert, 0, 0 },
    { WINHTTP_OPTION_DISABLE_FEATURE, sizeof(DWORD), 0, R, NULL, set_disable, 0, 0 },
    SETTING( WINHTTP_OPTION_MAX_CONNS_PER_SERVER, max_conns, S, S, set_max_conns ),
    SETTING( WINHTTP_OPTION_MAX_CONNS_PER_1_0_SERVER, max_conns_1_0, S, S, set_max_conns ),
    { WINHTTP_OPTION_AUTOLOGON_POLICY, sizeof(DWORD), 0, R, NULL, set_autologon, 0, 0 },
    { WINHTTP_OPTION_SERVER_CERT_CONTEXT, sizeof(PCCERT_CONTEXT), R, 0, get_server_cert, NULL,
      0, 0 },
    { WINHTTP_OPTION_ENABLE_FEATURE, 0, 0, S | R, NULL, set_enable, 0, 0 },
    { WINHTTP_OPTION_WORKER_THREAD_COUNT, sizeof(DWORD), S | C | R, 0, get_zero, NULL, 0, 0 },
    IGNORED( WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH, sizeof(DWORD), S ),
    SETTING( WINHTTP_OPTION_SECURE_PROTOCOLS, secure_protocols, 0, S, set_setting ),
    LIMITED( WINHTTP_OPTION_REDIRECT_POLICY, redirect_policy, S | R, S | R,
             WINHTTP_OPTION_REDIRECT_POLICY_LAST ),
    SETTING( WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS, max_redirects, S | R, S | R,
             set_setting ),
    SETTING( WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, max_continues, S | R, S | R, set_setting ),
    SETTING( WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, max_response_header, S | R, S | R,
             set_setting ),
    SETTING( WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE, max_response_drain, S | R, S | R,
             set_setting ),
    { WINHTTP_OPTION_CONNECTION_INFO, sizeof(WINHTTP_CONNECTION_INFO), R, 0, get_connection_info,
      NULL, 0, 0 },
    { WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT, sizeof(HANDLE), 0, S, NULL, set_unload_event, 0, 0 },
    IGNORED( WINHTTP_OPTION_REJECT_USERPWD_IN_URL, sizeof(BOOL), R ),
    IGNORED( 109 /* PEERDIST_EXTENSION_STATE, undocumented */, sizeof(DWORD), S | R ),
    IGNORED( WINHTTP_OPTION_ASSURED_NON_BLOCKING_CALLBACKS, sizeof(BOOL), S ),
    { WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, 0, 0, R, NULL, set_upgrade, 0, 0 },
    { WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, 0, 0, W, NULL, set_socket_dword,
      FIELD_OFFSET(struct websocket, close_timeout), 0 },
    { WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 0, 0, W, NULL, set_keepalive, 0, 0 },
    SETTING( WINHTTP_OPTION_DECOMPRESSION, decompression, 0, S | R, set_setting ),
    SETTING( WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE, ws_receive_buffer, S | R, S | R,
             set_setting ),
    SETTING( WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE, ws_send_buffer, S | R, S | R,
             set_setting ),
    SETTING( WINHTTP_OPTION_ENABLE_HTTP_PROTOCOL, enable_protocols, S | R, S | R, set_setting ),
    { WINHTTP_OPTION_HTTP_PROTOCOL_USED, sizeof(DWORD), R, 0, get_protocol_used, NULL, 0, 0 },
    IGNORED( WINHTTP_OPTION_DISABLE_STREAM_QUEUE, sizeof(BOOL), S | R ),
    IGNORED( WINHTTP_OPTION_IPV6_FAST_FALLBACK, sizeof(BOOL), S ),
    IGNORED( WINHTTP_OPTION_DISABLE_SECURE_PROTOCOL_FALLBACK, sizeof(BOOL), S ),
    SETTING( WINHTTP_OPTION_HTTP_PROTOCOL_REQUIRED, protocol_required, S | R, S | R, set_setting ),
    IGNORED( WINHTTP_OPTION_TCP_FAST_OPEN, sizeof(BOOL), S ),
    IGNORED( WINHTTP_OPTION_TLS_FALSE_START, sizeof(BOOL), S ),
    { WINHTTP_OPTION_USERNAME, 0, R, R, get_credential, set_credential, 0, 0 },
    { WINHTTP_OPTION_PASSWORD, 0, R, R, get_credential, set_credential, 0, 0 },
    { WINHTTP_OPTION_PROXY_USERNAME, 0, R, R, get_credential, set_credential, 0, 0 },
    { WINHTTP_OPTION_PROXY_PASSWORD, 0, R, R, get_credential, set_credential, 0, 0 },
};

static int compare_number( const void *key, const void *element )
{
    DWORD number = *(const DWORD *)key, other = ((const struct option *)element)->number;

    return number < other ? -1 : number > other;
}

static const struct option *find_option( DWORD number )
{
    return bsearch( &number, options, ARRAY_SIZE(options), sizeof(*options), compare_number );
}

static DWORD query_option( struct object *object, DWORD number, void *buffer, DWORD *len )
{
    const struct option *option = find_option( number );
    DWORD error;

    if (!len || !option || !option->query) return ERROR_INVALID_PARAMETER;
    if (!(option->query & handle_kind( object ))) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    if (option->size && (!buffer || *len < option->size))
    {
        *len = option->size;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    if (option->size) *len = option->size;
    object_lock( object );
    error = option->get( object, option, buffer, len );
    object_unlock( object );
    return error;
}

BOOL WINAPI WinHttpQueryOption( HINTERNET handle, DWORD number, LPVOID buffer, LPDWORD len )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %lu, %p, %p\n", handle, number, buffer, len );

    if (!handle && number == WINHTTP_OPTION_PROXY) error = query_default_proxy( buffer, len );
    else if (!(object = handle_get( handle ))) error = ERROR_INVALID_HANDLE;
    else
    {
        error = query_option( object, number, buffer, len );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}

static DWORD set_option( struct object *object, DWORD number, const void *buffer, DWORD len )
{
    const struct option *option = find_option( number );
    DWORD error;

    if (!option)
    {
        FIXME( "handle %p: option %lu is not known\n", object->handle, number );
        return ERROR_WINHTTP_INVALID_OPTION;
    }
    if (!option->set) return ERROR_WINHTTP_OPTION_NOT_SETTABLE;
    if (!(option->set & handle_kind( object ))) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    if (!buffer && (len || option->size)) return ERROR_INVALID_PARAMETER;
    if (option->size && len != option->size) return ERROR_INSUFFICIENT_BUFFER;
    object_lock( object );
    error = option->put( object, option, buffer, len );
    object_unlock( object );
    return error;
}

BOOL WINAPI WinHttpSetOption( HINTERNET handle, DWORD number, LPVOID buffer, DWORD len )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %lu, %p, %lu\n", handle, number, buffer, len );

    if (!(object = handle_get( handle ))) error = ERROR_INVALID_HANDLE;
    else
    {
        error = set_option( object, number, buffer, len );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
