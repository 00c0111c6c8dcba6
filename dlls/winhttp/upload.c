/* upload - the body of a request on its way: announced, chunked, written.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "upload.h"

#include <stdio.h>
#include <string.h>

#include "exchange.h"
#include "request.h"
#include "response.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- What is announced --- */

static BOOL has_header( const struct request *request, const char *name )
{
    return http_headers_find( &request->headers, name, 0 ) != NULL;
}

/* A stream of the program's: nothing says how long it is, and HTTP/1.1 can carry it. Of the verbs
 * that have no body by nature it is not thought of (a guess). */
static BOOL wants_chunks( const struct request *request, DWORD total )
{
    return request->automatic_chunking && !total && !has_header( request, "Content-Length" ) &&
           strcmp( request->version, "HTTP/1.0" ) && strcmp( request->verb, "GET" ) &&
           strcmp( request->verb, "HEAD" ) && !request->upgrade;
}

/* The program's own Content-Length is how it announces more than 4 GiB (facts/http.md 5). Next to a
 * Transfer-Encoding, or said twice, it would let two servers see two ends of the body. */
static DWORD own_length( const struct request *request, DWORD total, UINT64 *length )
{
    uint64_t value;
    int found = http_body_find_length( &request->headers, &value );

    if (!found) return ERROR_SUCCESS;
    if (found < 0 || http_headers_find( &request->headers, "Content-Length", 1 ))
        return ERROR_INVALID_PARAMETER;
    if (has_header( request, "Transfer-Encoding" )) return ERROR_INVALID_PARAMETER;
    if (total && total != value) return ERROR_INVALID_PARAMETER;
    *length = value;
    return ERROR_SUCCESS;
}

DWORD upload_announce( struct request *request, const void *optional, DWORD optional_len,
                       DWORD total )
{
    struct upload *upload = &request->upload;
    DWORD error;

    upload_clear( upload );
    upload->optional = optional;
    upload->optional_len = optional ? optional_len : 0;
    upload->total = total;
    if ((error = own_length( request, total, &upload->total ))) return error;
    if (wants_chunks( request, total )) upload->framing = UPLOAD_CHUNKED;
    else if (has_header( request, "Transfer-Encoding" )) upload->framing = UPLOAD_RAW;
    if (upload->framing != UPLOAD_ANNOUNCED) return ERROR_SUCCESS;
    return upload->total < upload->optional_len ? ERROR_INVALID_PARAMETER : ERROR_SUCCESS;
}

void upload_clear( struct upload *upload )
{
    http_body_clear( &upload->raw );
    memset( upload, 0, sizeof(*upload) );
}

void upload_drop( struct request *request )
{
    upload_clear( &request->upload );
    http_headers_remove( &request->headers, "Content-Length" );
    http_headers_remove( &request->headers, "Transfer-Encoding" );
}

static BOOL has_body( const struct upload *upload )
{
    return upload->framing != UPLOAD_ANNOUNCED || upload->total;
}

void upload_rewind( struct request *request, BOOL withheld )
{
    struct upload *upload = &request->upload;

    upload->withheld = withheld && has_body( upload );

    upload->optional_sent = 0;
    upload->written = 0;
    upload->ended = upload->unreadable = FALSE;
    upload->frame_len = upload->frame_sent = 0;
    http_body_clear( &upload->raw );
    http_body_init( &upload->raw, HTTP_BODY_CHUNKED, 0, &allocator_libc );
}

BOOL upload_is_at_hand( const struct request *request )
{
    const struct upload *upload = &request->upload;

    if (upload->framing == UPLOAD_ANNOUNCED) return upload->total <= upload->optional_len;
    return !upload->by_program;
}

/* The server must be at the end of this request: had it still to read of its body, it would take
 * the next request for that. */
BOOL upload_is_whole( const struct request *request )
{
    const struct upload *upload = &request->upload;

    if (upload->withheld) return TRUE;
    return upload->framing == UPLOAD_ANNOUNCED ? upload->written == upload->total : upload->ended;
}

/* --- Sending --- */

/* RFC 9112 7.1; a chunk of no bytes is the last one. */
static UINT32 frame_text( char *out, BOOL first, DWORD len )
{
    return sprintf( out, "%s%lx\r\n%s", first ? "" : "\r\n", len, len ? "" : "\r\n" );
}

UINT32 upload_first_frame( struct request *request, char *out )
{
    const struct upload *upload = &request->upload;

    if (upload->framing != UPLOAD_CHUNKED || !upload_optional_len( request )) return 0;
    return frame_text( out, TRUE, upload->optional_len );
}

/* Whether the program's own framing has come to its end, and to nothing behind it. Another coding
 * than chunked, or what is no framing at all, never does. */
static void read_along( struct upload *upload, const BYTE *data, UINT32 len )
{
    enum http_body_status status = HTTP_BODY_OK;
    size_t consumed, piece_len;
    const uint8_t *piece;

    if (upload->framing != UPLOAD_RAW || upload->unreadable || !len) return;
    upload->ended = FALSE;
    while (status == HTTP_BODY_OK)
    {
        status = http_body_next( &upload->raw, data, len, len, &consumed, &piece, &piece_len );
        data += consumed;
        len -= consumed;
    }
    if (status == HTTP_BODY_END && !len) upload->ended = TRUE;
    else if (status != HTTP_BODY_NEED_INPUT) upload->unreadable = TRUE;
}

DWORD upload_optional_len( const struct request *request )
{
    return request->upload.withheld ? 0 : request->upload.optional_len;
}

void upload_optional_sent( struct request *request )
{
    struct upload *upload = &request->upload;

    upload->written = upload_optional_len( request );
    read_along( upload, upload->optional, (UINT32)upload->written );
}

/* Of a body that is not chunked nothing is said in between. */
static void begin_piece( struct request *request, DWORD len )
{
    struct upload *upload = &request->upload;

    upload->frame_len = upload->frame_sent = 0;
    if (upload->framing != UPLOAD_CHUNKED) return;
    upload->frame_len = frame_text( upload->frame, !upload->written, len );
    if (!len) upload->ended = TRUE;
}

/* The frame, then the piece from *done on. */
static enum op_need send_piece( struct request *request, struct op *op, const BYTE *data, DWORD len,
                                DWORD *done )
{
    struct upload *upload = &request->upload;
    UINT32 frame_left = upload->frame_len - upload->frame_sent, need, count;
    NTSTATUS status;

    status = conn_send( request->conn, upload->frame + upload->frame_sent, frame_left, data + *done,
                        len - *done, op_io_timeout( op ), &need, &count );
    upload->frame_sent += min( count, frame_left );
    count -= min( count, frame_left );
    read_along( upload, data + *done, count );
    *done += count;
    upload->written += count;
    record_note( &request->record, WinHttpSendRequestEnd );
    return status ? op_io_need( op, status, need ) : OP_CONTINUE;
}

static DWORD send_timeout( const struct request *request )
{
    return request->settings.send_timeout ? request->settings.send_timeout : INFINITE;
}

enum op_need upload_end( struct request *request, struct op *op )
{
    struct upload *upload = &request->upload;
    DWORD done = 0;

    if (upload->framing != UPLOAD_CHUNKED || upload->withheld || request->refused)
        return OP_CONTINUE;
    if (!upload->ended)
    {
        begin_piece( request, 0 );
        op->wait_timeout = send_timeout( request );
    }
    if (upload->frame_sent == upload->frame_len) return OP_CONTINUE;
    return send_piece( request, op, NULL, 0, &done );
}

/* --- WinHttpWriteData --- */

static enum op_need write_step( struct op *op )
{
    struct request *request = request_from_object( op->object );
    enum op_need need = OP_CONTINUE;

    /* the body is for the server, which the proxy did not let us reach, or wants a certificate */
    if (request->refused || request->cert_wanted)
    {
        request->data_done = request->data_len;
        request->upload.written += request->data_len;
    }
    else need = send_piece( request, op, request->data, request->data_len, &request->data_done );
    return need == OP_CONTINUE ? OP_DONE : need;
}

static DWORD write_finish( struct op *op )
{
    struct request *request = request_from_object( op->object );
    DWORD done = request->data_done;

    return request_finish( op, API_WRITE_DATA, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, &done,
                           sizeof(done) );
}

static const struct op_type write_type =
{
    .name = "write data",
    .step = write_step,
    .finish = write_finish,
    .inline_finish = TRUE,
};

static BOOL can_write( const struct request *request )
{
    return request->state == EXCHANGE_SENT;
}

/* facts/http.md 5: no more than announced; nor behind the last chunk, which an empty piece makes */
static BOOL fits( const struct upload *upload, DWORD len )
{
    switch (upload->framing)
    {
    case UPLOAD_ANNOUNCED: return len <= upload->total - upload->written;
    case UPLOAD_CHUNKED:   return !upload->ended;
    case UPLOAD_RAW:       break;
    }
    return TRUE;
}

static DWORD write_data( struct request *request, const void *data, DWORD len, DWORD *written )
{
    DWORD error;

    if ((error = request_begin( request, &write_type, can_write ))) return error;
    if (!fits( &request->upload, len ))
    {
        request_abandon( request );
        return ERROR_INVALID_PARAMETER;
    }
    if (len) request->upload.by_program = TRUE;
    begin_piece( request, len );
    request->data = (BYTE *)data;
    request->data_len = len;
    request->data_done = 0;
    request->op.wait_timeout = send_timeout( request );
    error = op_start( &request->op );
    if (request->object.async) return ERROR_SUCCESS;
    if (!error && written) *written = len;
    return error;
}

BOOL WINAPI WinHttpWriteData( HINTERNET handle, LPCVOID data, DWORD len, LPDWORD written )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %lu, %p\n", handle, data, len, written );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        error = write_data( request_from_object( object ), data, len, written );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
