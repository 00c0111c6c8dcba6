/* exchange - one request and its response, as states of an operation.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/cert.h"
#include "net/pool.h"
#include "net/resolve.h"
#include "op/status.h"
#include "proto/http_request.h"
#include "redirect.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    BODY_BUFFER = 32768,  /* bytes received at a time where the program's buffer cannot be used */
    MAX_ANNOUNCED = 8192, /* QueryDataAvailable announces no more at once: facts/http.md 8 */
};

static const char *state_name( enum exchange_state state )
{
    static const char *const names[EXCHANGE_STATE_COUNT] =
    {
        "idle", "resolving", "connecting", "handshaking", "verifying", "sending", "sent",
        "receiving", "head received", "body",
    };

    return names[state];
}

static void set_state( struct request *request, enum exchange_state state )
{
    const struct settings *settings = &request->settings;
    DWORD timeout = INFINITE;

    TRACE( "%p: %s -> %s\n", request->object.handle, state_name( request->state ),
           state_name( state ) );
    switch (state)
    {
    case EXCHANGE_CONNECTING:
    case EXCHANGE_HANDSHAKING: timeout = settings->connect_timeout; break;
    case EXCHANGE_SENDING:     timeout = settings->send_timeout; break;
    case EXCHANGE_RECEIVING:
    case EXCHANGE_HEAD_RECEIVED:
    case EXCHANGE_BODY:        timeout = settings->receive_timeout; break;
    default:                   break;
    }
    request->op.wait_timeout = timeout ? timeout : INFINITE;
    request->state = state;
}

/* Others look at the connection under the lock, to abort it. */
static void set_conn( struct request *request, struct conn *conn )
{
    struct conn *former = request->conn;

    object_lock( &request->object );
    request->conn = request->op.conn = conn;
    object_unlock( &request->object );
    conn_destroy( former );
}

static void notify( struct request *request, DWORD status, void *info, DWORD len )
{
    object_notify( &request->object, status, info, len );
}

static void notify_dword( struct request *request, DWORD status, DWORD value )
{
    notify( request, status, &value, sizeof(value) );
}

static void notify_address( struct request *request, DWORD status, const struct unix_addr *addr )
{
    WCHAR text[RESOLVE_ADDR_TEXT];

    resolve_addr_text( addr, text );
    notify( request, status, text, wcslen( text ) );
}

/* Programs ask for the certificate when the connection is long back in the pool, or was refused
 * because of it (facts/http.md 12). */
static void remember_cert( struct request *request )
{
    PCCERT_CONTEXT former = request->cert, cert = request->conn->cert;

    if (cert) cert = CertDuplicateCertificateContext( cert );
    object_lock( &request->object );
    request->cert = cert;
    request->cipher_bits = request->conn->cipher_bits;
    object_unlock( &request->object );
    if (former) CertFreeCertificateContext( former );
}

static void forget_response( struct request *request )
{
    http_response_clear( &request->response );
    http_body_clear( &request->body );
    request->head_scanned = 0;
    request->received = 0;
    request->body_done = FALSE;
    request->body_error = HTTP_BODY_OK;
    request->draining = FALSE;
    request->piece = NULL;
    request->piece_len = 0;
}

static void forget_head( struct request *request )
{
    free( request->head );
    request->head = NULL;
    request->head_len = request->head_sent = 0;
}

void exchange_reset( struct request *request )
{
    exchange_drain( request );
    auth_begin( request );
    set_conn( request, NULL );
    forget_head( request );
    forget_response( request );
    request->continues = 0;
    request->redirects = 0;
    request->retried = FALSE;
    request->upgraded = FALSE;
    request->written = 0;
    request->secure_failure = 0;
    set_state( request, EXCHANGE_IDLE );
}

void exchange_fail( struct request *request )
{
    forget_head( request );
    set_conn( request, NULL );
    set_state( request, EXCHANGE_IDLE );
}

static BOOL connect_afresh( struct request *request )
{
    struct conn *conn = conn_create( &request->key );

    if (!conn) return FALSE;
    set_conn( request, conn );
    request->resolved = FALSE;
    request->addr_count = request->addr_next = 0;
    request->task_status = STATUS_PENDING;
    request->dialing = request->tls_started = FALSE;
    set_state( request, EXCHANGE_RESOLVING );
    return TRUE;
}

static BOOL may_reuse( const struct request *request )
{
    return !(request->disabled & WINHTTP_DISABLE_KEEP_ALIVE);
}

BOOL exchange_begin( struct request *request )
{
    struct conn *conn = NULL;

    forget_head( request );
    forget_response( request );
    request->optional_sent = 0;
    request->key.protocols = request->settings.secure_protocols;
    request->key.ignore = request->security_flags;
    if (may_reuse( request )) conn = pool_take( &request->key );
    if (!conn) return connect_afresh( request );
    set_conn( request, conn );
    remember_cert( request );
    set_state( request, EXCHANGE_SENDING );
    return TRUE;
}

/* RFC 9110 9.2.2: sent twice by accident they do no harm. */
static BOOL is_idempotent( const char *verb )
{
    static const char *const verbs[] = { "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(verbs); i++) if (!strcmp( verb, verbs[i] )) return TRUE;
    return FALSE;
}

/* A pooled connection that died before it answered is replaced once, if all can be sent again
 * (facts/http.md U27, a guess). */
static BOOL retry_afresh( struct request *request )
{
    if (!request->conn->reused || request->retried || request->received) return FALSE;
    if (!is_idempotent( request->verb )) return FALSE;
    if (request->written > request->optional_len) return FALSE;
    TRACE( "%p: the reused connection was stale\n", request->object.handle );
    request->retried = TRUE;
    forget_head( request );
    request->optional_sent = 0;
    request->written = 0;
    return connect_afresh( request );
}

/* The end of a connection, by the peer or by an error. */
static enum op_need lost( struct request *request, struct op *op, NTSTATUS status )
{
    if (status != STATUS_IO_TIMEOUT && !op->cancel && retry_afresh( request )) return OP_CONTINUE;
    return op_io_need( op, status, STREAM_READ );
}

static enum op_need step_resolving( struct request *request, struct op *op )
{
    struct conn_key *key = &request->key;
    WCHAR *name;

    if (!request->resolved)
    {
        if (!(name = text_widen( key->host, strlen( key->host ) )))
            return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
        notify( request, WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, name, wcslen( name ) );
        free( name );
        request->resolved = TRUE;
        request->task_status = resolve_host( key->host, key->port, FALSE, request->addrs,
                                             &request->addr_count );
        if (request->task_status == STATUS_PENDING) return OP_NEED_TASK;
    }
    if (request->task_status) return op_fail( op, status_to_connect_error( request->task_status ) );
    notify_address( request, WINHTTP_CALLBACK_STATUS_NAME_RESOLVED, &request->addrs[0] );
    op->error = ERROR_WINHTTP_CANNOT_CONNECT;
    set_state( request, EXCHANGE_CONNECTING );
    return OP_CONTINUE;
}

/* This address did not work; op->error remembers why for the case that it was the last. */
static void next_address( struct request *request, DWORD error )
{
    request->op.error = error;
    request->addr_next++;
}

static NTSTATUS open_address( struct request *request, struct op *op )
{
    struct unix_addr *addr = &request->addrs[request->addr_next];
    NTSTATUS status;

    notify_address( request, WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, addr );
    status = conn_open( request->conn, addr );
    /* whoever cancelled before there was a stream could not abort it */
    MemoryBarrier();
    if (op->cancel) conn_abort( request->conn, FALSE );
    return status;
}

static enum op_need step_connecting( struct request *request, struct op *op )
{
    UINT32 tries = min( request->addr_count, max( request->settings.connect_retries, 1 ) );
    NTSTATUS status = STATUS_PENDING;

    if (request->addr_next >= tries) return op_fail( op, op->error );
    if (!request->dialing)
    {
        request->dialing = TRUE;
        status = open_address( request, op );
    }
    if (status == STATUS_PENDING) status = conn_connect( request->conn, op_io_timeout( op ) );
    if (status == STATUS_PENDING) return OP_NEED_WRITE;
    request->dialing = FALSE;
    if (status)
    {
        next_address( request, status_to_connect_error( status ) );
        return OP_CONTINUE;
    }
    op->error = ERROR_SUCCESS;
    notify_address( request, WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, &request->conn->addr );
    set_state( request, request->key.secure ? EXCHANGE_HANDSHAKING : EXCHANGE_SENDING );
    return OP_CONTINUE;
}

BOOL exchange_timed_out( struct op *op )
{
    struct request *request = request_from_object( op->object );

    if (request->draining) return request->body_done = TRUE; /* not worth the wait */
    if (request->state != EXCHANGE_CONNECTING) return FALSE;
    request->dialing = FALSE;
    next_address( request, ERROR_WINHTTP_TIMEOUT );
    return TRUE;
}

static enum op_need secure_failure( struct request *request, struct op *op, DWORD flags )
{
    request->secure_failure = flags;
    notify_dword( request, WINHTTP_CALLBACK_STATUS_SECURE_FAILURE, flags );
    return op_fail( op, ERROR_WINHTTP_SECURE_FAILURE );
}

static enum op_need step_handshaking( struct request *request, struct op *op )
{
    NTSTATUS status = STATUS_SUCCESS;
    UINT32 need;

    if (!request->tls_started) status = conn_tls_start( request->conn );
    request->tls_started = !status;
    if (!status) status = conn_tls_handshake( request->conn, op_io_timeout( op ), &need );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    request->tls_started = FALSE;
    if (status == STATUS_ENCRYPTION_FAILED)
        return secure_failure( request, op, WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR );
    if (status) return op_io_need( op, status, STREAM_READ );
    remember_cert( request );
    request->task_status = STATUS_PENDING;
    set_state( request, EXCHANGE_VERIFYING );
    return OP_CONTINUE;
}

static enum op_need step_verifying( struct request *request, struct op *op )
{
    struct conn *conn = request->conn;

    if (request->task_status == STATUS_PENDING && !cert_is_known( conn->cert, conn->key.host ))
        return OP_NEED_TASK;
    if (request->task_status == STATUS_PENDING) request->secure_failure = 0;
    if (request->secure_failure) return secure_failure( request, op, request->secure_failure );
    set_state( request, EXCHANGE_SENDING );
    return OP_CONTINUE;
}

void exchange_task( struct op *op )
{
    struct request *request = request_from_object( op->object );
    struct conn_key *key = &request->key;

    if (request->state == EXCHANGE_RESOLVING)
    {
        request->task_status = resolve_host( key->host, key->port, TRUE, request->addrs,
                                             &request->addr_count );
    }
    else
    {
        request->secure_failure = cert_verify( request->conn->cert, key->host, key->ignore );
        request->task_status = STATUS_SUCCESS;
    }
}

/* Header fields that we add, unless the program has its own of that name. */
static BOOL add_automatic( struct request *request, const char *name, const char *value )
{
    if (http_headers_find( &request->headers, name, 0 )) return TRUE;
    return !http_headers_add( &request->automatic, name, strlen( name ), value, strlen( value ) );
}

static BOOL add_agent( struct request *request )
{
    struct session *session = request_session( request );
    char *text = NULL;
    BOOL ret, wanted;

    object_lock( &session->object );
    if ((wanted = session->agent != NULL))
        text = text_narrow( session->agent, wcslen( session->agent ) );
    object_unlock( &session->object );
    if (!wanted) return TRUE;
    ret = text && add_automatic( request, "User-Agent", text );
    free( text );
    return ret;
}

static BOOL add_content_length( struct request *request )
{
    BOOL expects_body = !strcmp( request->verb, "POST" ) || !strcmp( request->verb, "PUT" );
    char text[24];

    if (request->raw_body || (!request->total && !expects_body)) return TRUE;
    snprintf( text, sizeof(text), "%I64u", request->total );
    return add_automatic( request, "Content-Length", text );
}

static BOOL add_host( struct request *request )
{
    const struct conn_key *key = &request->key;
    BOOL default_port = key->port == (key->secure ? 443 : 80);
    BOOL brackets = strchr( key->host, ':' ) != NULL, ret;
    size_t size = strlen( key->host ) + sizeof("[]:65535");
    char *text;

    if (!(text = malloc( size ))) return FALSE;
    snprintf( text, size, brackets ? "[%s]" : "%s", key->host );
    if (!default_port) snprintf( text + strlen( text ), sizeof(":65535"), ":%u", key->port );
    ret = add_automatic( request, "Host", text );
    free( text );
    return ret;
}

static BOOL add_upgrade( struct request *request )
{
    return add_automatic( request, "Upgrade", "websocket" ) &&
           add_automatic( request, "Sec-WebSocket-Key", request->ws_key ) &&
           add_automatic( request, "Sec-WebSocket-Version", "13" );
}

static BOOL add_headers_before( struct request *request )
{
    const char *value = "Keep-Alive";

    if (request->sent_upgrade) value = "Upgrade";
    else if (request->disabled & WINHTTP_DISABLE_KEEP_ALIVE) value = "close";
    return add_automatic( request, "Connection", value );
}

static BOOL add_headers_behind( struct request *request )
{
    return add_agent( request ) && add_content_length( request ) && add_host( request ) &&
           (!request->sent_upgrade || add_upgrade( request )) &&
           cookies_add( request, &request->automatic ) && auth_add( request );
}

BOOL exchange_wire_headers( const struct request *request, struct http_headers *wire )
{
    const struct http_headers *automatic = &request->automatic;
    BOOL connection_first = automatic->count &&
                            !_stricmp( automatic->fields[0].name, "Connection" );
    size_t i;

    if (connection_first && http_headers_add( wire, automatic->fields[0].name,
                                              automatic->fields[0].name_len,
                                              automatic->fields[0].value,
                                              automatic->fields[0].value_len ))
        return FALSE;
    if (http_headers_append( wire, &request->headers )) return FALSE;
    for (i = connection_first; i < automatic->count; i++)
    {
        const struct http_header *field = &automatic->fields[i];

        if (http_headers_apply( wire, field->name, field->name_len, field->value, field->value_len,
                                cookies_mode( field->name ) ))
            return FALSE;
    }
    return TRUE;
}

/* Every send has a fresh key (facts/websocket.md 1.2). */
static BOOL make_ws_key( struct request *request )
{
    BYTE random[WS_KEY_BYTES];

    if (net_random( random, sizeof(random) )) return FALSE;
    ws_handshake_key( random, request->ws_key );
    return TRUE;
}

/* The order on the wire is Windows's: Connection, the program's own, the rest (facts/http.md 5). */
static DWORD build_head( struct request *request )
{
    struct http_request parts = { .method = request->verb, .target = request->target,
                                  .version = request->version };
    struct http_headers wire;
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;

    if (request->sent_upgrade && !make_ws_key( request )) return error;
    http_headers_init( &wire, &allocator_libc );
    object_lock( &request->object );
    http_headers_clear( &request->automatic );
    if (!add_headers_before( request ) || !add_headers_behind( request )) goto done;
    if (!exchange_wire_headers( request, &wire )) goto done;
    parts.headers = &wire;
    error = ERROR_WINHTTP_INVALID_URL;
    if (!http_request_valid( &parts )) goto done;
    request->head_len = http_request_size( &parts );
    error = ERROR_NOT_ENOUGH_MEMORY;
    if (!(request->head = malloc( request->head_len ))) goto done;
    http_request_write( &parts, request->head );
    error = ERROR_SUCCESS;
done:
    object_unlock( &request->object );
    http_headers_clear( &wire );
    return error;
}

static NTSTATUS send_more( struct request *request, struct op *op, UINT32 *need )
{
    UINT32 head_left = request->head_len - request->head_sent, count;
    NTSTATUS status;

    status = conn_send( request->conn, request->head + request->head_sent, head_left,
                        request->optional + request->optional_sent,
                        request->optional_len - request->optional_sent, op_io_timeout( op ), need,
                        &count );
    request->head_sent += min( count, head_left );
    request->optional_sent += count - min( count, head_left );
    return status;
}

static enum op_need step_sending( struct request *request, struct op *op )
{
    NTSTATUS status;
    UINT32 need;
    DWORD error;

    if (!request->head)
    {
        notify( request, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NULL, 0 );
        if ((error = build_head( request ))) return op_fail( op, error );
    }
    status = send_more( request, op, &need );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    if (status) return lost( request, op, status );
    request->written = request->optional_len;
    notify_dword( request, WINHTTP_CALLBACK_STATUS_REQUEST_SENT,
                  request->head_len + request->optional_len );
    forget_head( request );
    request->local = request->conn->local;
    request->remote = request->conn->addr;
    set_state( request, EXCHANGE_SENT );
    return OP_CONTINUE;
}

static enum op_need receive_more( struct request *request, struct op *op )
{
    UINT32 need, count, limit = request->settings.max_response_header;
    NTSTATUS status;

    status = conn_fill( request->conn, limit, op_io_timeout( op ), &need, &count );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    if (status == STATUS_BUFFER_OVERFLOW) return op_fail( op, ERROR_WINHTTP_HEADER_SIZE_OVERFLOW );
    if (!status && !count) status = STATUS_CONNECTION_DISCONNECTED;
    if (status) return lost( request, op, status );
    request->received += count;
    return OP_CONTINUE;
}

static DWORD response_error( enum http_response_status status )
{
    switch (status)
    {
    case HTTP_RESPONSE_OK:         return ERROR_SUCCESS;
    case HTTP_RESPONSE_ERR_MEMORY: return ERROR_NOT_ENOUGH_MEMORY;
    case HTTP_RESPONSE_ERR_COUNT:  return ERROR_WINHTTP_HEADER_COUNT_EXCEEDED;
    default:                       return ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
    }
}

/* 1xx answers are passed over, a 101 too unless it was asked for (facts/http.md 8). */
static enum op_need interim_response( struct request *request, struct op *op )
{
    if (++request->continues > request->settings.max_continues)
        return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    notify_dword( request, WINHTTP_CALLBACK_STATUS_INTERMEDIATE_RESPONSE,
                  request->response.status );
    http_response_clear( &request->response );
    return OP_CONTINUE;
}

static BOOL is_interim( const struct request *request )
{
    UINT16 status = request->response.status;

    return status < 200 && !(status == 101 && request->sent_upgrade);
}

static enum op_need step_receiving( struct request *request, struct op *op )
{
    const BYTE *data;
    UINT32 len;
    size_t head;
    DWORD error;

    data = conn_data( request->conn, &len );
    if (!(head = http_response_head_end( data, len, &request->head_scanned )))
    {
        if (len && !http_response_plausible( data, len ))
            return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        return receive_more( request, op );
    }
    if (head > request->settings.max_response_header)
        return op_fail( op, ERROR_WINHTTP_HEADER_SIZE_OVERFLOW );
    request->head_scanned = 0;
    if ((error = response_error( http_response_parse( &request->response, data, head ) )))
        return op_fail( op, error );
    conn_consume( request->conn, head );
    if (is_interim( request )) return interim_response( request, op );
    cookies_store( request );
    notify_dword( request, WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, request->received );
    set_state( request, EXCHANGE_HEAD_RECEIVED );
    return OP_CONTINUE;
}

/* RFC 6455 4.1: a 101 that does not prove itself is no WebSocket (websocket.md U9, a guess). */
static DWORD check_upgrade( struct request *request )
{
    BYTE input[WS_DIGEST_INPUT], digest[WS_DIGEST_BYTES];
    const struct http_header *own;
    enum ws_handshake_status status;

    object_lock( &request->object );
    /* a program may send a key of its own */
    own = http_headers_find( &request->headers, "Sec-WebSocket-Key", 0 );
    if (own && own->value_len == WS_KEY_TEXT) memcpy( request->ws_key, own->value, WS_KEY_TEXT );
    object_unlock( &request->object );
    ws_handshake_digest_input( request->ws_key, input );
    if (net_sha1( input, sizeof(input), digest )) return ERROR_WINHTTP_INTERNAL_ERROR;
    object_lock( &request->object );
    status = ws_handshake_check( &request->headers, &request->response.headers, digest );
    object_unlock( &request->object );
    if (!status) return ERROR_SUCCESS;
    WARN( "%p: the server's handshake is wrong, reason %d\n", request->object.handle, status );
    return ERROR_WINHTTP_INVALID_SERVER_RESPONSE;
}

/* The server must be at the end of this request: had it still to read of its body, it would take
 * the next request for that. Of a body that the program frames itself we do not know. */
static BOOL request_is_whole( const struct request *request )
{
    return !request->raw_body && request->written == request->total;
}

static BOOL conn_is_reusable( struct request *request )
{
    BOOL close;
    UINT32 rest;

    conn_data( request->conn, &rest );
    if (rest || !may_reuse( request ) || !request_is_whole( request )) return FALSE;
    object_lock( &request->object );
    close = http_headers_has_token( &request->headers, "Connection", "close" );
    object_unlock( &request->object );
    return !close && http_body_keep_alive( &request->response, request->framing );
}

/* Gives the connection to the pool once the body has ended; one that cannot be used again stays
 * here until the request is sent again or closed. */
static void release_conn( struct request *request )
{
    struct conn *conn = request->conn;

    if (!conn || request->piece_len || !conn_is_reusable( request )) return;
    object_lock( &request->object );
    request->conn = request->op.conn = NULL;
    object_unlock( &request->object );
    pool_put( conn );
}

static void body_ended( struct request *request )
{
    request->body_done = TRUE;
    release_conn( request );
}

/* The end of the body is noticed as soon as its last byte is decoded, without another read. */
static void check_body_end( struct request *request )
{
    enum http_body_status status;
    const uint8_t *piece;
    size_t consumed, len;
    const BYTE *data;
    UINT32 held;

    /* no room for data: walks over what is framing only, such as the last chunk */
    data = conn_data( request->conn, &held );
    status = http_body_next( &request->body, data, held, 0, &consumed, &piece, &len );
    conn_consume( request->conn, consumed );
    if (status == HTTP_BODY_END) body_ended( request );
    else if (status < 0) request->body_error = status;
}

/* Makes the decoder ready for the body that the head announces. FALSE: that makes no sense. */
static BOOL choose_framing( struct request *request )
{
    uint64_t length = 0;
    int framing;

    framing = http_body_choose( &request->response, !strcmp( request->verb, "HEAD" ), &length );
    if (framing < 0) return FALSE;
    request->framing = framing;
    http_body_init( &request->body, framing, length, &allocator_libc );
    return TRUE;
}

static enum op_need open_body( struct request *request, struct op *op )
{
    if (request->response.status == 101)
    {
        DWORD error = check_upgrade( request );

        if (error) return op_fail( op, error );
        request->body_done = TRUE;
        set_state( request, EXCHANGE_BODY );
        return OP_CONTINUE;
    }
    if (!choose_framing( request )) return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    set_state( request, EXCHANGE_BODY );
    check_body_end( request );
    return OP_CONTINUE;
}

/* Throws away one piece of the body. FALSE: no more is here. */
static BOOL drain_piece( struct request *request, UINT32 *drained )
{
    enum http_body_status status;
    UINT32 held, need, count = 0;
    const uint8_t *piece;
    size_t consumed, len = 0;
    const BYTE *data;

    data = conn_data( request->conn, &held );
    status = http_body_next( &request->body, data, held, SIZE_MAX, &consumed, &piece, &len );
    conn_consume( request->conn, consumed );
    *drained += len;
    if (status == HTTP_BODY_END) body_ended( request );
    else if (status == HTTP_BODY_NEED_INPUT)
        return !conn_fill( request->conn, BODY_BUFFER, UNIX_NOWAIT, &need, &count ) && count;
    return status == HTTP_BODY_OK;
}

void exchange_drain( struct request *request )
{
    UINT32 drained = request->piece_len;

    if (request->state != EXCHANGE_BODY || !request->conn || request->body_error) return;
    if (request->response.status == 101) return;
    request->piece_len = 0;
    if (request->body_done) release_conn( request );
    while (request->conn && !request->body_done && drained <= request->settings.max_response_drain)
        if (!drain_piece( request, &drained )) break;
}

/* Reads the rest of the body off the connection, if that has an end and is not too long, so that
 * the next leg can use it; else that takes another. */
static enum op_need step_draining( struct request *request, struct op *op )
{
    enum op_need need = OP_CONTINUE;

    while (need == OP_CONTINUE && !request->body_done &&
           request->drained <= request->settings.max_response_drain)
    {
        need = exchange_body_piece( request, op );
        request->drained += request->piece_len;
        request->piece_len = 0;
    }
    if (need != OP_CONTINUE && (need != OP_DONE || op->cancel)) return need;
    op->error = ERROR_SUCCESS;
    request->written = 0;
    if (!exchange_begin( request )) return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    return OP_CONTINUE;
}

/* This response is not the program's: the request goes out once more. */
static enum op_need next_leg( struct request *request, struct op *op )
{
    request->draining = TRUE;
    request->drained = 0;
    if (!choose_framing( request ) || !http_body_keep_alive( &request->response, request->framing ))
        request->body_done = TRUE;
    return step_draining( request, op );
}

static enum op_need follow_redirect( struct request *request, struct op *op )
{
    WCHAR *url;
    DWORD error;

    switch (redirect_target( request, &url ))
    {
    case REDIRECT_NO:     return open_body( request, op );
    case REDIRECT_FAILED: return op_fail( op, ERROR_WINHTTP_REDIRECT_FAILED );
    case REDIRECT_RESEND: return op_fail( op, ERROR_WINHTTP_RESEND_REQUEST );
    case REDIRECT_FOLLOW: break;
    }
    notify( request, WINHTTP_CALLBACK_STATUS_REDIRECT, url, wcslen( url ) );
    error = redirect_apply( request, url );
    free( url );
    if (error) return op_fail( op, error );
    request->redirects++;
    return next_leg( request, op );
}

static enum op_need step_head_received( struct request *request, struct op *op )
{
    if (request->draining) return step_draining( request, op );
    switch (auth_judge( request ))
    {
    case AUTH_ACCEPT: break;
    case AUTH_ANSWER: return next_leg( request, op );
    case AUTH_RESEND: return op_fail( op, ERROR_WINHTTP_RESEND_REQUEST );
    }
    return follow_redirect( request, op );
}

static enum op_need step( struct request *request, struct op *op )
{
    static enum op_need (*const steps[EXCHANGE_STATE_COUNT])( struct request *, struct op * ) =
    {
        [EXCHANGE_RESOLVING] = step_resolving,
        [EXCHANGE_CONNECTING] = step_connecting,
        [EXCHANGE_HANDSHAKING] = step_handshaking,
        [EXCHANGE_VERIFYING] = step_verifying,
        [EXCHANGE_SENDING] = step_sending,
        [EXCHANGE_RECEIVING] = step_receiving,
        [EXCHANGE_HEAD_RECEIVED] = step_head_received,
    };

    return steps[request->state]( request, op );
}

enum op_need exchange_step_send( struct op *op )
{
    struct request *request = request_from_object( op->object );

    return request->state == EXCHANGE_SENT ? OP_DONE : step( request, op );
}

enum op_need exchange_step_receive( struct op *op )
{
    struct request *request = request_from_object( op->object );

    if (request->state == EXCHANGE_BODY) return OP_DONE;
    if (request->state != EXCHANGE_SENT) return step( request, op );
    notify( request, WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, NULL, 0 );
    set_state( request, EXCHANGE_RECEIVING );
    return OP_CONTINUE;
}

/* What a decoder status means for the operation; OP_CONTINUE: fine, or the end. */
static enum op_need body_status( struct request *request, struct op *op,
                                 enum http_body_status status )
{
    switch (status)
    {
    case HTTP_BODY_OK:
        return OP_CONTINUE;
    case HTTP_BODY_END:
        body_ended( request );
        return OP_CONTINUE;
    case HTTP_BODY_ERR_MEMORY:
        return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    case HTTP_BODY_ERR_LIMIT:
        return op_fail( op, ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW );
    default:
        return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    }
}

/* The peer has ended the connection inside the body. */
static enum op_need body_cut( struct request *request, struct op *op )
{
    /* short of Content-Length is no error to Windows (facts/http.md 8); a cut chunked body is */
    if (request->framing == HTTP_BODY_CHUNKED) return op_fail( op, ERROR_WINHTTP_CONNECTION_ERROR );
    request->body_done = TRUE;
    return OP_CONTINUE;
}

/* Receives into the connection's buffer. OP_CONTINUE: look again. */
static enum op_need body_fill( struct request *request, struct op *op )
{
    UINT32 need, count;
    NTSTATUS status;

    status = conn_fill( request->conn, BODY_BUFFER, op_io_timeout( op ), &need, &count );
    if (status) return op_io_need( op, status, need );
    return count ? OP_CONTINUE : body_cut( request, op );
}

enum op_need exchange_body_piece( struct request *request, struct op *op )
{
    while (!request->piece_len && !request->body_done)
    {
        enum http_body_status status;
        size_t consumed, len = 0;
        enum op_need need;
        const BYTE *data;
        UINT32 held;

        if (request->body_error) return body_status( request, op, request->body_error );
        data = conn_data( request->conn, &held );
        status = http_body_next( &request->body, data, held, MAX_ANNOUNCED, &consumed,
                                 &request->piece, &len );
        conn_consume( request->conn, consumed );
        if (status == HTTP_BODY_NEED_INPUT) need = body_fill( request, op );
        else need = body_status( request, op, status );
        request->piece_len = len;
        if (need != OP_CONTINUE) return need;
    }
    return OP_CONTINUE;
}

/* Receives straight into the program's buffer: a copy less where it matters. */
static enum op_need body_read_direct( struct request *request, struct op *op, BYTE *data,
                                      UINT32 len, UINT32 *count )
{
    const uint8_t *piece;
    size_t consumed, piece_len;
    NTSTATUS status;
    UINT32 need;

    status = conn_recv( request->conn, data, len, op_io_timeout( op ), &need, count );
    if (status) return op_io_need( op, status, need );
    if (!*count) return body_cut( request, op );
    http_body_next( &request->body, data, *count, *count, &consumed, &piece, &piece_len );
    check_body_end( request );
    return OP_CONTINUE;
}

enum op_need exchange_body_read( struct request *request, struct op *op, BYTE *data, UINT32 len,
                                 UINT32 *count )
{
    enum op_need need;
    uint64_t left;
    UINT32 held;

    *count = 0;
    if (!request->piece_len && !request->body_done)
    {
        conn_data( request->conn, &held );
        left = http_body_payload_left( &request->body );
        if (!held && left && !request->body_error)
            return body_read_direct( request, op, data, min( left, len ), count );
        if ((need = exchange_body_piece( request, op )) != OP_CONTINUE) return need;
    }
    *count = min( len, request->piece_len );
    memcpy( data, request->piece, *count );
    request->piece += *count;
    request->piece_len -= *count;
    if (request->piece_len) return OP_CONTINUE;
    if (request->body_done) release_conn( request );
    else check_body_end( request );
    return OP_CONTINUE;
}
