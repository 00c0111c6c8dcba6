/* exchange - one request and its response, as states of an operation.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "auth_challenge.h"
#include "auth_login.h"
#include "body.h"
#include "dial.h"
#include "head.h"
#include "limit.h"
#include "net/pool.h"
#include "net/resolve.h"
#include "op/status.h"
#include "proxy_search.h"
#include "redirect.h"
#include "secure.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

#define DRAINED_ENOUGH ~0u /* request->drained: what is left is not worth the wait */

static const char *state_name( enum exchange_state state )
{
    static const char *const names[EXCHANGE_STATE_COUNT] =
    {
        "idle", "finding a proxy", "queueing", "resolving", "connecting", "sending CONNECT",
        "awaiting a tunnel", "refused a tunnel", "handshaking", "verifying", "sending", "sent",
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
    case EXCHANGE_RESOLVING:   timeout = settings->resolve_timeout; break;
    case EXCHANGE_CONNECTING:
    case EXCHANGE_HANDSHAKING: timeout = settings->connect_timeout; break;
    case EXCHANGE_TUNNEL_SENDING:
    case EXCHANGE_SENDING:     timeout = settings->send_timeout; break;
    case EXCHANGE_TUNNEL_RECEIVING:
    case EXCHANGE_TUNNEL_REFUSED:
    case EXCHANGE_RECEIVING:
    case EXCHANGE_HEAD_RECEIVED:
    case EXCHANGE_BODY:        timeout = settings->receive_timeout; break;
    default:                   break;
    }
    request->op.wait_timeout = timeout ? timeout : INFINITE;
    record_state( &request->record, request->state, state );
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

static void forget_response( struct request *request )
{
    http_response_clear( &request->response );
    http_body_clear( &request->body );
    decode_end( &request->decoder );
    request->spoiled = FALSE;
    request->head_scanned = 0;
    request->received = 0;
    request->refused = FALSE;
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

static void give_up_conn( struct request *request )
{
    set_conn( request, NULL );
    limit_leave( request );
}

void exchange_reset( struct request *request )
{
    body_drain( request );
    auth_begin( request );
    if (!request->held)
    {
        give_up_conn( request );
        proxy_search_forget( request );
    }
    forget_head( request );
    forget_response( request );
    request->continues = 0;
    request->redirects = 0;
    request->retries = 0;
    request->upgraded = FALSE;
    request->secure_failure = 0;
    set_state( request, EXCHANGE_IDLE );
}

void exchange_fail( struct request *request )
{
    proxy_search_end( request );
    dial_end( request );
    forget_head( request );
    if (request->op.error != ERROR_WINHTTP_RESEND_REQUEST) request->resend = FALSE;
    if (!request->held) give_up_conn( request );
    set_state( request, EXCHANGE_IDLE );
}

static BOOL connect_afresh( struct request *request )
{
    struct conn *conn = conn_create( &request->key );

    if (!conn) return FALSE;
    set_conn( request, conn );
    dial_begin( request );
    secure_reset( request );
    set_state( request, EXCHANGE_RESOLVING );
    return TRUE;
}

/* FALSE: no memory. */
static BOOL take_connection( struct request *request )
{
    struct conn *conn = NULL;

    if (body_may_reuse( request )) conn = pool_take( &request->key );
    if (!conn) return connect_afresh( request );
    set_conn( request, conn );
    secure_remember( request );
    set_state( request, EXCHANGE_SENDING );
    return TRUE;
}

/* The connection that a login began on, if the program has sent again as it was asked to. */
static BOOL take_held( struct request *request )
{
    if (!request->held) return FALSE;
    request->held = FALSE;
    if (auth_goes_on( request ) && pool_key_equal( &request->conn->key, &request->key ) &&
        conn_usable( request->conn ))
    {
        set_state( request, EXCHANGE_SENDING );
        return TRUE;
    }
    auth_lost( request );
    return FALSE;
}

/* The wait has no time limit of its own (a guess). */
static enum op_need step_queueing( struct request *request, struct op *op )
{
    NTSTATUS status = limit_enter( request );

    if (status == STATUS_PENDING) return op_need_turn( op, &request->gate );
    if (status || !take_connection( request )) return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    return OP_CONTINUE;
}

/* Where the leg goes is known now. FALSE: no memory. */
static BOOL choose_connection( struct request *request )
{
    const struct settings *settings = &request->settings;
    struct conn_key *key = &request->key;

    if (!proxy_choose( request ) || !auth_login_identify( request )) return FALSE;
    key->owner = settings->private_pool ? request_session( request )->serial : 0;
    key->keepalive_time = settings->keepalive_time;
    key->keepalive_interval = settings->keepalive_interval;
    key->fast_open = settings->fast_open;
    if (take_held( request )) return TRUE;
    if (settings->max_conns == INFINITE) return take_connection( request );
    /* the next leg may go elsewhere */
    give_up_conn( request );
    set_state( request, EXCHANGE_QUEUEING );
    return TRUE;
}

BOOL exchange_begin( struct request *request )
{
    record_begin( &request->record );
    forget_head( request );
    forget_response( request );
    upload_rewind( request, auth_only_asks( request ) );
    request->cert_wanted = FALSE;
    secure_begin( request );
    if (!proxy_search_wanted( request )) return choose_connection( request );
    set_state( request, EXCHANGE_FINDING_PROXY );
    return TRUE;
}

/* Neither has this wait a time limit of its own: a script has one. */
static enum op_need step_finding_proxy( struct request *request, struct op *op )
{
    enum op_need need = proxy_search( request, op );

    if (need != OP_DONE || op->error) return need;
    return choose_connection( request ) ? OP_CONTINUE : op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
}

/* RFC 9110 9.2.2: sent twice by accident they do no harm. */
static BOOL is_idempotent( const char *verb )
{
    static const char *const verbs[] = { "GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE" };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(verbs); i++) if (!strcmp( verb, verbs[i] )) return TRUE;
    return FALSE;
}

/* Without a word of the program's, what does no harm twice is sent once more where a reused
 * connection was stale (facts/http.md U27, a guess). */
BOOL exchange_may_retry( const struct request *request, DWORD condition )
{
    const struct settings *settings = &request->settings;

    if (settings->retries_chosen)
        return (settings->retry_conditions & condition) && request->retries < settings->max_retries;
    return condition == WINHTTP_CONNECTION_RETRY_CONDITION_STALE_CONNECTION && !request->retries &&
           is_idempotent( request->verb );
}

/* A pooled connection that died before it answered is replaced, if all can be sent again. */
static BOOL retry_afresh( struct request *request )
{
    if (!request->conn->reused || request->received) return FALSE;
    if (!exchange_may_retry( request, WINHTTP_CONNECTION_RETRY_CONDITION_STALE_CONNECTION ))
        return FALSE;
    if (request->upload.written > request->upload.optional_len) return FALSE;
    TRACE( "%p: the reused connection was stale\n", request->object.handle );
    request->retries++;
    forget_head( request );
    upload_rewind( request, auth_only_asks( request ) );
    return connect_afresh( request );
}

/* Nobody took what was sent, and the program has said that it may be sent again then. */
static BOOL retry_late( struct request *request )
{
    return request->state == EXCHANGE_SENDING && request->settings.retries_chosen &&
           retry_afresh( request );
}

/* The end of a connection, by the peer or by an error. */
static enum op_need lost( struct request *request, struct op *op, NTSTATUS status )
{
    BOOL late = status == STATUS_IO_TIMEOUT;

    if (!op->cancel && (late ? retry_late( request ) : retry_afresh( request ))) return OP_CONTINUE;
    if (status == STATUS_ENCRYPTION_FAILED) return secure_alert( request, op );
    return op_io_need( op, status, STREAM_READ );
}

static enum op_need step_resolving( struct request *request, struct op *op )
{
    enum op_need need = dial_resolve( request, op );

    if (need != OP_DONE || op->error) return need;
    set_state( request, EXCHANGE_CONNECTING );
    return OP_CONTINUE;
}

/* There is a stream to the server now. */
static enum exchange_state state_once_connected( const struct request *request )
{
    return request->key.secure ? EXCHANGE_HANDSHAKING : EXCHANGE_SENDING;
}

static enum op_need step_connecting( struct request *request, struct op *op )
{
    enum op_need need = dial_connect( request, op );

    if (need != OP_DONE || op->error) return need;
    set_state( request, request->key.tunnel ? EXCHANGE_TUNNEL_SENDING
                                            : state_once_connected( request ) );
    return OP_CONTINUE;
}

BOOL exchange_timed_out( struct op *op )
{
    struct request *request = request_from_object( op->object );

    if (request->draining)
    {
        request->drained = DRAINED_ENOUGH;
        return TRUE;
    }
    if (request->state != EXCHANGE_CONNECTING) return retry_late( request );
    dial_timed_out( request );
    return TRUE;
}

static enum op_need step_handshaking( struct request *request, struct op *op )
{
    static const DWORD condition = WINHTTP_CONNECTION_RETRY_CONDITION_SSL_HANDSHAKE;
    BOOL again = exchange_may_retry( request, condition );
    enum op_need need = secure_handshake( request, op, &again );

    if (need != OP_DONE || op->error) return need;
    if (again) request->retries++;
    if (again) return connect_afresh( request ) ? OP_CONTINUE
                                                : op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    set_state( request, EXCHANGE_VERIFYING );
    return OP_CONTINUE;
}

/* Nothing goes to a server that is to be told who we are first; ReceiveResponse says so. */
static enum op_need step_verifying( struct request *request, struct op *op )
{
    enum op_need need = secure_verify( request, op );

    if (need != OP_DONE || op->error) return need;
    set_state( request, request->cert_wanted ? EXCHANGE_SENT : EXCHANGE_SENDING );
    return OP_CONTINUE;
}

void exchange_task( struct op *op )
{
    struct request *request = request_from_object( op->object );

    if (request->state == EXCHANGE_HEAD_RECEIVED || request->state == EXCHANGE_TUNNEL_REFUSED)
        auth_task( request );
    else secure_task( request );
}

static NTSTATUS send_more( struct request *request, struct op *op, UINT32 *need )
{
    UINT32 head_left = request->head_len - request->head_sent, count;
    struct upload *upload = &request->upload;
    NTSTATUS status;

    status = conn_send( request->conn, request->head + request->head_sent, head_left,
                        upload->optional + upload->optional_sent,
                        upload_optional_len( request ) - upload->optional_sent,
                        op_io_timeout( op ), need, &count );
    request->head_sent += min( count, head_left );
    upload->optional_sent += count - min( count, head_left );
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
        if ((error = head_build( request ))) return op_fail( op, error );
    }
    status = send_more( request, op, &need );
    if (status == STATUS_PENDING) return op_io_need( op, status, need );
    if (status) return lost( request, op, status );
    upload_optional_sent( request );
    notify_dword( request, WINHTTP_CALLBACK_STATUS_REQUEST_SENT,
                  request->head_len + upload_optional_len( request ) );
    forget_head( request );
    record_sent( &request->record, request->conn );
    if (request->key.fast_open) conn_take_local( request->conn );
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
    if (!request->received) record_note( &request->record, WinHttpReceiveResponseStart );
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
    /* a proxy's answers to CONNECT are silent (facts/http.md 4) */
    if (!request_is_tunnelling( request ))
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

/* OP_DONE: request->response holds a head, of an interim response maybe. */
static enum op_need receive_head( struct request *request, struct op *op )
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
    request->record.response_head = head;
    return OP_DONE;
}

static enum op_need step_receiving( struct request *request, struct op *op )
{
    enum op_need need = receive_head( request, op );

    if (need != OP_DONE || op->error) return need;
    if (is_interim( request )) return interim_response( request, op );
    /* known now: a redirect or the next send will have another body */
    request->spoiled = !upload_is_whole( request );
    auth_challenge_take_passport( request );
    cookies_store( request );
    notify_dword( request, WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, request->received );
    set_state( request, EXCHANGE_HEAD_RECEIVED );
    return OP_CONTINUE;
}

/* --- CONNECT --- */

static enum op_need step_tunnel_sending( struct request *request, struct op *op )
{
    UINT32 need, count;
    NTSTATUS status;
    DWORD error;

    if (!request->head)
    {
        notify( request, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NULL, 0 );
        if ((error = head_build_connect( request ))) return op_fail( op, error );
    }
    status = conn_send( request->conn, request->head + request->head_sent,
                        request->head_len - request->head_sent, NULL, 0, op_io_timeout( op ),
                        &need, &count );
    request->head_sent += count;
    if (status) return op_io_need( op, status, need );
    notify_dword( request, WINHTTP_CALLBACK_STATUS_REQUEST_SENT, request->head_len );
    forget_head( request );
    set_state( request, EXCHANGE_TUNNEL_RECEIVING );
    return OP_CONTINUE;
}

/* Whatever the proxy sends ahead of the server's first byte, nobody has asked for it: behind TLS
 * it would be lost, without it be taken for the server's (RFC 9110 9.3.6). */
static enum op_need tunnel_stands( struct request *request, struct op *op )
{
    UINT32 rest;

    conn_data( request->conn, &rest );
    if (rest) return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    forget_response( request );
    auth_tunnel_stands( request );
    set_state( request, state_once_connected( request ) );
    return OP_CONTINUE;
}

static enum op_need step_tunnel_receiving( struct request *request, struct op *op )
{
    enum op_need need = receive_head( request, op );
    UINT16 status = request->response.status;

    if (need != OP_DONE || op->error) return need;
    if (status < 200) return interim_response( request, op );
    if (status < 300) return tunnel_stands( request, op );
    request->refused = TRUE;
    set_state( request, EXCHANGE_TUNNEL_REFUSED );
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
    if (!body_choose_framing( request ))
        return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    set_state( request, EXCHANGE_BODY );
    body_check_end( request );
    return OP_CONTINUE;
}

static void count_drained( struct request *request, UINT32 len )
{
    UINT32 most = request->settings.max_response_drain;

    if (len > most || request->drained > most - len) request->drained = DRAINED_ENOUGH;
    else request->drained += len;
}

/* A login that is under way goes on where it began. */
static BOOL may_stay( struct request *request )
{
    UINT32 rest;

    if (!auth_goes_on( request ) || !request->conn || !request->body_done) return FALSE;
    if (request->drained == DRAINED_ENOUGH) return FALSE;
    if (!request->refused) return body_conn_reusable( request );
    conn_data( request->conn, &rest ); /* else looked at by next_leg */
    return !rest;
}

/* Any other leg takes what connection comes. */
static BOOL begin_again( struct request *request )
{
    BOOL stay = may_stay( request ), tunnelling = request->refused;

    if (!stay) return exchange_begin( request );
    forget_head( request );
    forget_response( request );
    upload_rewind( request, auth_only_asks( request ) );
    set_state( request, tunnelling ? EXCHANGE_TUNNEL_SENDING : EXCHANGE_SENDING );
    return TRUE;
}

/* The program has to send again, with what of the body it wrote itself; this response is not for
 * it (facts/http.md 10). */
static enum op_need want_resend( struct request *request, struct op *op )
{
    request->held = may_stay( request );
    request->resend = TRUE;
    http_response_clear( &request->response );
    return op_fail( op, ERROR_WINHTTP_RESEND_REQUEST );
}

/* Reads the rest of the body off the connection, if that has an end and is not too long, so that
 * the next leg can use it; else that takes another. */
static enum op_need step_draining( struct request *request, struct op *op )
{
    enum op_need need = OP_CONTINUE;

    while (need == OP_CONTINUE && !request->body_done && request->drained != DRAINED_ENOUGH)
    {
        need = body_piece( request, op );
        count_drained( request, request->piece_len );
        request->piece_len = 0;
    }
    if (need != OP_CONTINUE && (need != OP_DONE || op->cancel)) return need;
    op->error = ERROR_SUCCESS;
    if (request->resend) return want_resend( request, op );
    return begin_again( request ) ? OP_CONTINUE : op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
}

/* This response is not the program's: the request goes out once more. */
static enum op_need next_leg( struct request *request, struct op *op )
{
    request->draining = TRUE;
    request->drained = 0;
    if (!body_choose_framing( request ) ||
        !http_body_keep_alive( &request->response, request->framing ))
        request->drained = DRAINED_ENOUGH;
    return step_draining( request, op );
}

/* As next_leg, but the leg is the program's to begin. */
static enum op_need leave_to_program( struct request *request, struct op *op )
{
    request->resend = TRUE;
    return next_leg( request, op );
}

/* The challenge of a proxy is answered. A login by tokens goes on where it is, any other on a
 * connection of its own. */
static enum op_need tunnel_again( struct request *request, struct op *op )
{
    if (auth_goes_on( request )) return next_leg( request, op );
    forget_response( request );
    return connect_afresh( request ) ? OP_CONTINUE : op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
}

/* A challenge that nothing answers is for the program, which may ask its user; so is any refusal if
 * it has asked for them. Of its other answers nothing may pass for the server's. */
static enum op_need step_tunnel_refused( struct request *request, struct op *op )
{
    UINT16 status = request->response.status;

    if (request->draining) return step_draining( request, op );
    switch (auth_judge( request ))
    {
    case AUTH_ANSWER: return tunnel_again( request, op );
    case AUTH_TASK:   return OP_NEED_TASK;
    default:          break;
    }
    WARN( "%p: the proxy answers CONNECT by %u\n", request->object.handle, status );
    if (status != 407 && !request->settings.receive_proxy_response)
        return op_fail( op, ERROR_WINHTTP_CANNOT_CONNECT );
    request->local = request->conn->local;
    request->remote = request->conn->addr;
    set_state( request, EXCHANGE_SENT );
    return OP_CONTINUE;
}

static enum op_need follow_redirect( struct request *request, struct op *op )
{
    DWORD error = ERROR_SUCCESS;
    enum redirect redirect;
    WCHAR *url;

    redirect = redirect_judge( request, &url, &error );
    if (redirect == REDIRECT_NO) return open_body( request, op );
    if (redirect == REDIRECT_FAILED) return op_fail( op, error );
    notify( request, WINHTTP_CALLBACK_STATUS_REDIRECT, url, wcslen( url ) );
    error = redirect_apply( request, url );
    free( url );
    if (error) return op_fail( op, error );
    proxy_search_forget( request );
    if (redirect == REDIRECT_RESEND) return leave_to_program( request, op );
    request->redirects++;
    return next_leg( request, op );
}

/* The server gave up waiting for a request that was on its way. */
static BOOL came_late( const struct request *request )
{
    return request->response.status == 408 && upload_is_at_hand( request ) &&
           exchange_may_retry( request, WINHTTP_CONNECTION_RETRY_CONDITION_408 );
}

static enum op_need step_head_received( struct request *request, struct op *op )
{
    /* no login and no redirect by it: it is not the server's */
    if (request->refused) return open_body( request, op );
    if (request->draining) return step_draining( request, op );
    if (came_late( request ))
    {
        request->retries++;
        return next_leg( request, op );
    }
    switch (auth_judge( request ))
    {
    case AUTH_ACCEPT: break;
    case AUTH_ANSWER: return next_leg( request, op );
    case AUTH_RESEND: return leave_to_program( request, op );
    case AUTH_TASK:   return OP_NEED_TASK;
    }
    return follow_redirect( request, op );
}

static enum op_need step( struct request *request, struct op *op )
{
    static enum op_need (*const steps[EXCHANGE_STATE_COUNT])( struct request *, struct op * ) =
    {
        [EXCHANGE_FINDING_PROXY] = step_finding_proxy,
        [EXCHANGE_QUEUEING] = step_queueing,
        [EXCHANGE_RESOLVING] = step_resolving,
        [EXCHANGE_CONNECTING] = step_connecting,
        [EXCHANGE_TUNNEL_SENDING] = step_tunnel_sending,
        [EXCHANGE_TUNNEL_RECEIVING] = step_tunnel_receiving,
        [EXCHANGE_TUNNEL_REFUSED] = step_tunnel_refused,
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
    enum op_need need;

    if (request->state == EXCHANGE_BODY) return OP_DONE;
    if (request->state != EXCHANGE_SENT) return step( request, op );
    if (request->cert_wanted) return secure_ask_program( request, op );
    if ((need = upload_end( request, op )) != OP_CONTINUE) return need;
    notify( request, WINHTTP_CALLBACK_STATUS_RECEIVING_RESPONSE, NULL, 0 );
    if (request->refused)
        notify_dword( request, WINHTTP_CALLBACK_STATUS_RESPONSE_RECEIVED, request->received );
    set_state( request, request->refused ? EXCHANGE_HEAD_RECEIVED : EXCHANGE_RECEIVING );
    return OP_CONTINUE;
}
