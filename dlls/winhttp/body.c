/* body - reads the body of a response off the connection.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "body.h"

#include <string.h>

#include "limit.h"
#include "net/pool.h"

enum
{
    BODY_BUFFER = 32768,  /* bytes received at a time where the program's buffer cannot be used */
    MAX_ANNOUNCED = 8192, /* QueryDataAvailable announces no more at once: facts/http.md 8 */
};

BOOL body_may_reuse( const struct request *request )
{
    return !(request->disabled & WINHTTP_DISABLE_KEEP_ALIVE);
}

/* The program wants the connection to end with this exchange. */
static BOOL wants_close( struct request *request )
{
    BOOL close;

    if (!body_may_reuse( request ) || request->conn->expired) return TRUE;
    object_lock( &request->object );
    close = http_headers_has_token( &request->headers, "Connection", "close" );
    object_unlock( &request->object );
    return close;
}

BOOL body_conn_reusable( struct request *request )
{
    UINT32 rest;

    conn_data( request->conn, &rest );
    if (request->refused) return FALSE; /* it would pass for a tunnel */
    if (rest || request->spoiled || request->conn->expired) return FALSE;
    return !wants_close( request ) &&
           http_body_keep_alive( &request->response, request->framing );
}

static struct conn *take_conn( struct request *request )
{
    struct conn *conn = request->conn;

    object_lock( &request->object );
    request->conn = request->op.conn = NULL;
    object_unlock( &request->object );
    return conn;
}

static void close_conn( struct request *request )
{
    object_notify( &request->object, WINHTTP_CALLBACK_STATUS_CLOSING_CONNECTION, NULL, 0 );
    conn_destroy( take_conn( request ) );
    object_notify( &request->object, WINHTTP_CALLBACK_STATUS_CONNECTION_CLOSED, NULL, 0 );
}

/* Gives the connection to the pool once the body has ended. One that the program wants closed is
 * closed then, and only that is told (facts/http.md 4); another that cannot be used again stays
 * here until the request is sent again or closed. */
static void release_conn( struct request *request )
{
    if (!request->conn || request->conn->bound) return;
    if (request->piece_len || request->decoder.input_len) return;
    if (body_conn_reusable( request )) pool_put( take_conn( request ) );
    else if (!request->refused && request->response.status != 101 && wants_close( request ))
        close_conn( request );
    if (!request->conn) limit_leave( request );
}

/* The end on the wire; a decoder may have more to say. */
static BOOL framing_done( const struct request *request )
{
    return request->body_done || request->decoder.input_done;
}

static void set_framing_done( struct request *request )
{
    record_note( &request->record, WinHttpReceiveResponseEnd );
    if (decode_active( &request->decoder )) request->decoder.input_done = TRUE;
    else request->body_done = TRUE;
}

static void ended( struct request *request )
{
    set_framing_done( request );
    release_conn( request );
}

/* The end of the body is noticed as soon as its last byte is decoded, without another read. */
void body_check_end( struct request *request )
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
    if (status == HTTP_BODY_END) ended( request );
    else if (status < 0) request->body_error = status;
}

/* The body will be another than the headers say (facts/http.md 7), and so they go; what they said
 * of the connection is kept. FALSE: no memory. */
static BOOL begin_decoding( struct request *request )
{
    struct http_headers *headers = &request->response.headers;

    if (decode_begin( &request->decoder, headers, request->settings.decompression )) return FALSE;
    if (!decode_active( &request->decoder )) return TRUE;
    if (!http_body_keep_alive( &request->response, request->framing )) request->spoiled = TRUE;
    object_lock( &request->object );
    http_headers_remove( headers, "Content-Encoding" );
    http_headers_remove( headers, "Content-Length" );
    object_unlock( &request->object );
    return TRUE;
}

/* Makes the decoder ready for the body that the head announces. FALSE: that makes no sense. */
BOOL body_choose_framing( struct request *request )
{
    BOOL head = !request->refused && !strcmp( request->verb, "HEAD" );
    uint64_t length = 0;
    int framing;

    framing = http_body_choose( &request->response, head, &length );
    if (framing < 0) return FALSE;
    request->framing = framing;
    http_body_init( &request->body, framing, length, &allocator_libc );
    /* what is thrown away need not be decoded; the headers of no body stay as they are */
    return request->draining || framing == HTTP_BODY_NONE || begin_decoding( request );
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
    if (status == HTTP_BODY_END) ended( request );
    else if (status == HTTP_BODY_NEED_INPUT)
        return !conn_fill( request->conn, BODY_BUFFER, UNIX_NOWAIT, &need, &count ) && count;
    return status == HTTP_BODY_OK;
}

void body_drain( struct request *request )
{
    UINT32 drained = request->piece_len;

    if (request->state != EXCHANGE_BODY || !request->conn || request->body_error) return;
    if (request->response.status == 101) return;
    request->piece_len = 0;
    request->body_done = framing_done( request );
    decode_end( &request->decoder );
    if (request->body_done) release_conn( request );
    while (request->conn && !request->body_done && drained <= request->settings.max_response_drain)
        if (!drain_piece( request, &drained )) break;
}

/* What a decoder status means for the operation; OP_CONTINUE: fine, or the end. */
static enum op_need judge( struct request *request, struct op *op,
                                 enum http_body_status status )
{
    switch (status)
    {
    case HTTP_BODY_OK:
        return OP_CONTINUE;
    case HTTP_BODY_END:
        ended( request );
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
static enum op_need cut_short( struct request *request, struct op *op )
{
    /* short of Content-Length is no error to Windows (facts/http.md 8); a cut chunked body is */
    if (request->framing == HTTP_BODY_CHUNKED) return op_fail( op, ERROR_WINHTTP_CONNECTION_ERROR );
    set_framing_done( request );
    return OP_CONTINUE;
}

/* Receives into the connection's buffer. OP_CONTINUE: look again. */
static enum op_need fill( struct request *request, struct op *op )
{
    uint64_t left = http_body_payload_left( &request->body );
    UINT32 need, count;
    NTSTATUS status;

    conn_expect( request->conn, min( left, BODY_BUFFER ) );
    status = conn_fill( request->conn, BODY_BUFFER, op_io_timeout( op ), &need, &count );
    if (status) return op_io_need( op, status, need );
    return count ? OP_CONTINUE : cut_short( request, op );
}

/* A piece as it was before chunking, or the end of the framing. */
static enum op_need framed_piece( struct request *request, struct op *op, const BYTE **piece,
                                  UINT32 *piece_len )
{
    while (!*piece_len && !framing_done( request ))
    {
        enum http_body_status status;
        size_t consumed, len = 0;
        enum op_need need;
        const BYTE *data;
        UINT32 held;

        if (request->body_error) return judge( request, op, request->body_error );
        data = conn_data( request->conn, &held );
        status = http_body_next( &request->body, data, held, MAX_ANNOUNCED, &consumed,
                                 piece, &len );
        conn_consume( request->conn, consumed );
        if (status == HTTP_BODY_NEED_INPUT) need = fill( request, op );
        else need = judge( request, op, status );
        *piece_len = len;
        request->record.response_wire += len;
        if (need != OP_CONTINUE) return need;
    }
    return OP_CONTINUE;
}

/* No piece came of all that is here. What ends inside the compressed data is cut short. */
static enum op_need nothing_decoded( struct request *request, struct op *op )
{
    const struct decoder *decoder = &request->decoder;

    if (!decoder->input_done || decoder->input_len) return OP_CONTINUE;
    if (decoder->inflater && !decoder->ended)
        return op_fail( op, ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    request->body_done = TRUE;
    release_conn( request );
    return OP_CONTINUE;
}

static enum op_need decoded_piece( struct request *request, struct op *op )
{
    struct decoder *decoder = &request->decoder;
    enum op_need need = OP_CONTINUE;
    DWORD error;

    while (need == OP_CONTINUE && !request->piece_len && !request->body_done)
    {
        /* what is still inside the inflater comes first: the input may be all used up */
        if ((error = decode_next( decoder, &request->piece_len ))) return op_fail( op, error );
        request->piece = decoder->buffer;
        request->record.response_decoded += request->piece_len;
        if (request->piece_len || decoder->input_len) continue;
        need = nothing_decoded( request, op );
        if (need == OP_CONTINUE)
            need = framed_piece( request, op, &decoder->input, &decoder->input_len );
    }
    return need;
}

enum op_need body_piece( struct request *request, struct op *op )
{
    if (decode_active( &request->decoder )) return decoded_piece( request, op );
    return framed_piece( request, op, &request->piece, &request->piece_len );
}

/* Receives straight into the program's buffer: a copy less where it matters. */
static enum op_need read_direct( struct request *request, struct op *op, BYTE *data,
                                      UINT32 len, UINT32 *count )
{
    const uint8_t *piece;
    size_t consumed, piece_len;
    NTSTATUS status;
    UINT32 need;

    status = conn_recv( request->conn, data, len, op_io_timeout( op ), &need, count );
    if (status) return op_io_need( op, status, need );
    if (!*count) return cut_short( request, op );
    http_body_next( &request->body, data, *count, *count, &consumed, &piece, &piece_len );
    request->record.response_wire += *count;
    body_check_end( request );
    return OP_CONTINUE;
}

/* Body bytes that may be received past the connection's buffer, which may be gone when a decoder
 * has taken all that there was. */
static uint64_t direct_len( const struct request *request )
{
    UINT32 held;

    if (decode_active( &request->decoder ) || request->body_error) return 0;
    conn_data( request->conn, &held );
    return held ? 0 : http_body_payload_left( &request->body );
}

enum op_need body_read( struct request *request, struct op *op, BYTE *data, UINT32 len,
                                 UINT32 *count )
{
    enum op_need need;
    uint64_t left;

    *count = 0;
    if (!request->piece_len && !request->body_done)
    {
        if ((left = direct_len( request )))
            return read_direct( request, op, data, min( left, len ), count );
        if ((need = body_piece( request, op )) != OP_CONTINUE) return need;
    }
    *count = min( len, request->piece_len );
    memcpy( data, request->piece, *count );
    request->piece += *count;
    request->piece_len -= *count;
    if (request->piece_len) return OP_CONTINUE;
    if (framing_done( request )) release_conn( request );
    else body_check_end( request );
    return OP_CONTINUE;
}
