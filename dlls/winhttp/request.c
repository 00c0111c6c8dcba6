/* request - WinHttpOpenRequest, WinHttpSendRequest, WinHttpWriteData.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "exchange.h"
#include "headers.h"
#include "limit.h"
#include "net/identity.h"
#include "net/reactor.h"
#include "option.h"
#include "proxy_search.h"
#include "response.h"
#include "text.h"
#include "url_escape.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static void request_cancel( struct object *object )
{
    struct request *request = request_from_object( object );
    stream_handle stream = 0;
    enum op_fetch fetch;

    object_lock( object );
    fetch = op_cancel_locked( &request->op, ERROR_WINHTTP_OPERATION_CANCELLED );
    if (fetch != OP_FETCH_NOTHING && request->conn) stream = conn_stream( request->conn );
    object_unlock( object );
    /* a thread that waits inside a call is woken by the end of its connection */
    if (stream && !object->async) stream_abort( stream, FALSE );
    op_cancel_fetch( &request->op, fetch );
}

static void request_destroy( struct object *object )
{
    struct request *request = request_from_object( object );
    size_t i;

    body_drain( request );
    conn_destroy( request->conn );
    limit_leave( request );
    if (request->cert) CertFreeCertificateContext( request->cert );
    http_headers_clear( &request->headers );
    http_headers_clear( &request->automatic );
    http_response_clear( &request->response );
    http_body_clear( &request->body );
    upload_clear( &request->upload );
    decode_end( &request->decoder );
    conn_key_free( &request->key );
    identity_release( request->identity );
    proxy_search_forget( request );
    free( request->issuers );
    proxy_release( request->proxy );
    auth_free( request->auth );
    for (i = 0; i < ARRAY_SIZE(request->credentials); i++)
        text_free_secret( request->credentials[i] );
    free( request->annotation );
    free( request->head );
    free( request->verb );
    free( request->target );
    free( request->wire_target );
    free( request->version );
    free( request->url );
}

static const struct object_ops request_ops = { OBJECT_REQUEST, request_cancel, request_destroy };

/* --- WinHttpOpenRequest --- */

static WCHAR *build_url( const struct request *request )
{
    const struct connect *connect = request_connect( request );
    const WCHAR *format = connect->ipv6 ? L"%ls://[%ls]" : L"%ls://%ls";
    size_t size = wcslen( connect->host ) + strlen( request->target ) +
                  ARRAY_SIZE(L"https://[]:65535");
    WCHAR *url;
    int len;

    if (!(url = malloc( size * sizeof(*url) ))) return NULL;
    len = _snwprintf( url, size, format, request->key.secure ? L"https" : L"http", connect->host );
    if (request_has_own_port( request ))
        len += _snwprintf( url + len, size - len, L":%u", request->key.port );
    _snwprintf( url + len, size - len, L"%hs", request->target );
    return url;
}

WCHAR *request_url( const struct request *request )
{
    return request->url ? wcsdup( request->url ) : build_url( request );
}

static char *narrow_or( const WCHAR *text, const char *otherwise )
{
    if (!text || !*text) return _strdup( otherwise );
    return text_narrow( text, wcslen( text ) );
}

/* With WINHTTP_OPTION_ENCODE_EXTRA all is escaped that has to be (a guess). */
static DWORD escape_flags( const struct request *request, DWORD flags )
{
    static const DWORD disable = WINHTTP_FLAG_ESCAPE_DISABLE | WINHTTP_FLAG_ESCAPE_DISABLE_QUERY;

    return request->settings.encode_extra ? flags & ~disable : flags;
}

static char *escaped_target( const struct request *request, const WCHAR *object, DWORD flags )
{
    return text_narrow_owned( url_escape_object( object, escape_flags( request, flags ),
                                                 request->settings.codepage ) );
}

static BOOL set_line( struct request *request, const WCHAR *verb, const WCHAR *object,
                      const WCHAR *version, DWORD flags )
{
    const struct connect *connect = request_connect( request );
    BOOL secure = (flags & WINHTTP_FLAG_SECURE) != 0;
    struct conn_key *key = &request->key;

    key->secure = secure;
    key->port = connect->port;
    if (!key->port) key->port = secure ? INTERNET_DEFAULT_HTTPS_PORT : INTERNET_DEFAULT_HTTP_PORT;
    return (key->host = _strdup( connect->wire_host )) &&
           (request->verb = narrow_or( verb, "GET" )) &&
           (request->target = escaped_target( request, object, flags )) &&
           (request->version = narrow_or( version && *version ? version : option_http_version(),
                                          "HTTP/1.1" ));
}

/* Where a redirect leads is escaped already. */
DWORD request_encode_again( struct request *request )
{
    WCHAR *object;
    char *target;

    if (request->url) return ERROR_SUCCESS;
    if (!(object = text_widen( request->target, strlen( request->target ) )))
        return ERROR_NOT_ENOUGH_MEMORY;
    target = escaped_target( request, object, 0 );
    free( object );
    if (!target) return ERROR_NOT_ENOUGH_MEMORY;
    free( request->target );
    request->target = target;
    return ERROR_SUCCESS;
}

static DWORD add_field( struct request *request, const char *name, const WCHAR *value,
                        enum http_headers_mode mode )
{
    char *text = text_narrow( value, wcslen( value ) );
    enum http_headers_status status = HTTP_HEADERS_ERR_MEMORY;

    if (text) status = http_headers_apply( &request->headers, name, strlen( name ), text,
                                           strlen( text ), mode );
    free( text );
    return headers_error( status );
}

static DWORD add_no_cache( struct request *request )
{
    DWORD error = add_field( request, "Pragma", L"no-cache", HTTP_HEADERS_ADD );

    if (error || strcmp( request->version, "HTTP/1.1" )) return error;
    return add_field( request, "Cache-Control", L"no-cache", HTTP_HEADERS_ADD );
}

static DWORD add_opening_headers( struct request *request, const WCHAR *referrer,
                                  const WCHAR **types, DWORD flags )
{
    DWORD error = ERROR_SUCCESS;

    for (; types && *types && !error; types++)
        error = add_field( request, "Accept", *types, HTTP_HEADERS_COALESCE_COMMA );
    if (!error && referrer) error = add_field( request, "Referer", referrer, HTTP_HEADERS_ADD );
    if (!error && (flags & WINHTTP_FLAG_REFRESH)) error = add_no_cache( request );
    return error;
}

static const struct op_type send_type;

static void init_request( struct request *request )
{
    struct session *session = request_session( request );

    op_init( &request->op, &send_type, &request->object );
    auth_init( request->auth );
    http_headers_init( &request->headers, &allocator_libc );
    http_headers_init( &request->automatic, &allocator_libc );
    http_response_init( &request->response, &allocator_libc );
    http_body_init( &request->body, HTTP_BODY_NONE, 0, &allocator_libc );
    object_lock( &session->object );
    request->settings = session->settings;
    request->proxy = proxy_addref( session->proxy );
    object_unlock( &session->object );
}

static DWORD open_request( struct object *connect, const WCHAR *verb, const WCHAR *object,
                           const WCHAR *version, const WCHAR *referrer, const WCHAR **types,
                           DWORD flags, HINTERNET *handle )
{
    struct object *created = object_create( sizeof(struct request), &request_ops, connect );
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    struct request *request;

    if (!created) return error;
    request = request_from_object( created );
    init_request( request );
    request->automatic_chunking = (flags & WINHTTP_FLAG_AUTOMATIC_CHUNKING) != 0;
    if (set_line( request, verb, object, version, flags ))
        error = add_opening_headers( request, referrer, types, flags );
    if (!error && !(*handle = handle_open( created ))) error = ERROR_NOT_ENOUGH_MEMORY;
    if (!error)
        object_notify( created, WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, handle, sizeof(*handle) );
    object_release( created );
    return error;
}

HINTERNET WINAPI WinHttpOpenRequest( HINTERNET handle, LPCWSTR verb, LPCWSTR object,
                                     LPCWSTR version, LPCWSTR referrer, LPCWSTR *types,
                                     DWORD flags )
{
    static const DWORD known = WINHTTP_FLAG_SECURE | WINHTTP_FLAG_ESCAPE_PERCENT |
                               WINHTTP_FLAG_NULL_CODEPAGE | WINHTTP_FLAG_ESCAPE_DISABLE |
                               WINHTTP_FLAG_ESCAPE_DISABLE_QUERY | WINHTTP_FLAG_REFRESH |
                               WINHTTP_FLAG_AUTOMATIC_CHUNKING;
    struct object *connect;
    HINTERNET ret = NULL;
    DWORD error;

    TRACE( "%p, %s, %s, %s, %s, %p, %#lx\n", handle, debugstr_w(verb), debugstr_w(object),
           debugstr_w(version), debugstr_w(referrer), types, flags );

    if ((connect = handle_get_typed( handle, OBJECT_CONNECT, &error )))
    {
        if (flags & ~known) error = ERROR_INVALID_PARAMETER;
        else error = open_request( connect, verb, object, version, referrer, types, flags, &ret );
        object_release( connect );
    }
    SetLastError( error );
    return ret;
}

/* --- operations --- */

DWORD request_begin( struct request *request, const struct op_type *type,
                     BOOL (*state_ok)( const struct request *request ) )
{
    DWORD error = ERROR_SUCCESS;

    object_lock( &request->object );
    if (request->op.active || (state_ok && !state_ok( request )))
        error = ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    else
    {
        request->op.type = type;
        if (!op_begin_locked( &request->op, 0, INFINITE )) error = ERROR_INVALID_HANDLE;
        request->op.conn = request->conn;
    }
    object_unlock( &request->object );
    return error;
}

void request_notify_error( struct request *request, DWORD_PTR api, DWORD error )
{
    WINHTTP_ASYNC_RESULT result = { .dwResult = api, .dwError = error };

    object_notify( &request->object, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, &result,
                   sizeof(result) );
}

DWORD request_finish( struct op *op, DWORD_PTR api, DWORD status, void *info, DWORD len )
{
    struct request *request = request_from_object( op->object );
    DWORD error = op->error;
    BOOL sync = op->sync;

    if (error) exchange_fail( request );
    object_lock( op->object );
    op_idle_locked( op );
    object_wake_locked( op->object );
    object_unlock( op->object );

    if (sync) return error;
    if (error) request_notify_error( request, api, error );
    else object_notify( &request->object, status, info, len );
    return error;
}

/* --- WinHttpSendRequest --- */

/* ReceiveResponse was called from an informational callback meanwhile. */
static BOOL take_wanted_receive( struct request *request )
{
    BOOL wanted = request->receive_wanted;

    request->receive_wanted = FALSE;
    return wanted;
}

static DWORD send_finish( struct op *op )
{
    struct request *request = request_from_object( op->object );
    DWORD error = op->error;
    BOOL sync = op->sync, receive;

    if (error) exchange_fail( request );
    object_lock( &request->object );
    receive = take_wanted_receive( request );
    op_idle_locked( op );
    object_unlock( &request->object );

    if (sync) return error;
    if (error) request_notify_error( request, API_SEND_REQUEST, error );
    else object_notify( &request->object, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE, NULL, 0 );
    /* it begins now; after a failure it fails in its turn, for it was accepted */
    if (receive && response_receive( request ))
        request_notify_error( request, API_RECEIVE_RESPONSE, ERROR_WINHTTP_OPERATION_CANCELLED );
    return error;
}

/* SENDREQUEST_COMPLETE never comes on the caller's thread (facts/http.md 3). */
static const struct op_type send_type =
{
    .name = "send request",
    .step = exchange_step_send,
    .task = exchange_task,
    .finish = send_finish,
    .timed_out = exchange_timed_out,
    .inline_finish = FALSE,
};

BOOL request_is_sending( const struct request *request )
{
    return request->op.type == &send_type;
}

/* What the WebSocket options say now counts for this upgrade; a send buffer of less than 16 bytes
 * fails it (facts/websocket.md 1.2). */
static DWORD set_upgrade( struct request *request )
{
    request->sent_upgrade = request->upgrade;
    request->ws_receive_buffer = request->settings.ws_receive_buffer;
    if (!request->upgrade || request->settings.ws_send_buffer >= 16) return ERROR_SUCCESS;
    return ERROR_NOT_ENOUGH_MEMORY;
}

DWORD request_check_port( INTERNET_PORT port )
{
    static const INTERNET_PORT blocked[] = { 21, 25, 70, 110, 119, 143 };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(blocked); i++) if (port == blocked[i]) return ERROR_ACCESS_DENIED;
    return ERROR_SUCCESS;
}

struct send_args
{
    const WCHAR *headers;
    DWORD headers_len;
    void *optional;
    DWORD optional_len;
    DWORD total;
    DWORD_PTR context;
};

/* Under the operation, so that nothing else runs; an error here is the export's own. */
static DWORD prepare_send( struct request *request, const struct send_args *args )
{
    DWORD error;

    if (args->headers && *args->headers)
    {
        error = headers_add( request, args->headers, args->headers_len ? args->headers_len : ~0u,
                             WINHTTP_ADDREQ_FLAG_ADD );
        if (error) return error;
    }
    object_lock( &request->object );
    /* waiting for 100 Continue is not for programs to ask (facts/http.md 5) */
    if (http_headers_has_token( &request->headers, "Expect", "100-continue" ))
        error = ERROR_INVALID_PARAMETER;
    else if (!(error = upload_announce( request, args->optional, args->optional_len,
                                           args->total )) &&
             args->context)
        request->object.context = args->context;
    object_unlock( &request->object );
    return error;
}

/* Ends an operation that has not got as far as op_start. */
void request_abandon( struct request *request )
{
    object_lock( &request->object );
    op_idle_locked( &request->op );
    object_unlock( &request->object );
    object_end( &request->object );
    object_release( &request->object );
}

/* What an option demands and cannot be had: a protocol that we do not speak (guess: 12190), or a
 * host without a user's name before it. */
static DWORD check_demands( const struct request *request )
{
    const struct settings *settings = &request->settings;

    if (settings->protocol_required && settings->enable_protocols)
        return ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH;
    if (settings->reject_userpwd && wcschr( request_connect( request )->host, '@' ))
        return ERROR_WINHTTP_INVALID_URL;
    return ERROR_SUCCESS;
}

static DWORD send_request( struct request *request, const struct send_args *args )
{
    DWORD error;

    if ((error = request_begin( request, &send_type, NULL ))) return error;
    if ((error = prepare_send( request, args )))
    {
        request_abandon( request );
        return error;
    }
    exchange_reset( request );
    if (!(error = request_check_port( request->key.port ))) error = set_upgrade( request );
    if (!error) error = check_demands( request );
    if (!error && !exchange_begin( request )) error = ERROR_NOT_ENOUGH_MEMORY;
    request->op.error = error;
    request->op.done = error != ERROR_SUCCESS;
    error = op_start( &request->op );
    return request->object.async ? ERROR_SUCCESS : error;
}

BOOL WINAPI WinHttpSendRequest( HINTERNET handle, LPCWSTR headers, DWORD headers_len,
                                LPVOID optional, DWORD optional_len, DWORD total,
                                DWORD_PTR context )
{
    const struct send_args args = { headers, headers_len, optional, optional_len, total, context };
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %#lx, %p, %lu, %lu, %#Ix\n", handle, headers, headers_len, optional,
           optional_len, total, context );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        error = send_request( request_from_object( object ), &args );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
