/* response - WinHttpReceiveResponse, WinHttpQueryDataAvailable, WinHttpReadData(Ex).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "response.h"

#include "body.h"
#include "exchange.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- WinHttpReceiveResponse --- */

static DWORD receive_finish( struct op *op )
{
    return request_finish( op, API_RECEIVE_RESPONSE, WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE,
                           NULL, 0 );
}

static const struct op_type receive_type =
{
    .name = "receive response",
    .step = exchange_step_receive,
    .task = exchange_task,
    .finish = receive_finish,
    .timed_out = exchange_timed_out,
    .inline_finish = TRUE,
};

static BOOL can_receive( const struct request *request )
{
    return request->state == EXCHANGE_SENT;
}

/* A send that is still under way is followed by the receive (facts/http.md 3). */
static BOOL want_receive( struct request *request )
{
    BOOL sending;

    object_lock( &request->object );
    sending = request->object.async && request->op.active && request_is_sending( request ) &&
              !request->receive_wanted;
    if (sending) request->receive_wanted = TRUE;
    object_unlock( &request->object );
    return sending;
}

DWORD response_receive( struct request *request )
{
    const struct settings *settings = &request->settings;
    DWORD error;

    if (want_receive( request )) return ERROR_SUCCESS;
    if ((error = request_begin( request, &receive_type, can_receive )))
    {
        /* a bad call is told by callback, on the caller's thread (facts/http.md 3) */
        if (!request->object.async || !object_begin( &request->object )) return error;
        request_notify_error( request, API_RECEIVE_RESPONSE, error );
        object_end( &request->object );
        return ERROR_SUCCESS;
    }
    if (settings->receive_response_timeout && settings->receive_response_timeout != INFINITE)
        request->op.deadline = GetTickCount64() + settings->receive_response_timeout;
    error = op_start( &request->op );
    return request->object.async ? ERROR_SUCCESS : error;
}

void response_wait_locked( struct request *request )
{
    struct object *object = &request->object;

    while (object->async && request->op.active && !object->closing &&
           request->op.driver != GetCurrentThreadId() &&
           (request->op.type == &receive_type || request->receive_wanted))
        object_sleep_locked( object, INFINITE );
}

BOOL WINAPI WinHttpReceiveResponse( HINTERNET handle, LPVOID reserved )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %p\n", handle, reserved );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        error = response_receive( request_from_object( object ) );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}

/* --- the body --- */

static BOOL can_read( const struct request *request )
{
    return request->state == EXCHANGE_BODY;
}

/* Async: 0 if the completion has been delivered on this thread, ERROR_IO_PENDING if it will come
 * on another; both are success to the caller (facts/http.md 3). */
static BOOL finish_call( const struct object *object, DWORD error )
{
    BOOL ok = !error || (object->async && error == ERROR_IO_PENDING);

    SetLastError( error );
    return ok;
}

/* The program's output variable is filled at once where the data is at hand, even if the
 * completion is queued (facts/http.md 3); once the call has returned it is out of reach. */
static void tell_result( const struct request *request )
{
    if (request->data_out && request->op.on_starter) *request->data_out = request->data_done;
}

static DWORD start_read( struct request *request, DWORD *out )
{
    request->data_done = 0;
    request->data_out = out;
    request->op.wait_timeout = request->settings.receive_timeout ? request->settings.receive_timeout
                                                                 : INFINITE;
    return op_start( &request->op );
}

/* --- WinHttpQueryDataAvailable --- */

static enum op_need query_step( struct op *op )
{
    struct request *request = request_from_object( op->object );
    enum op_need need;

    /* what was announced and not read since is announced again */
    if (!request->piece_len)
    {
        need = body_piece( request, op );
        if (need != OP_CONTINUE) return need;
    }
    request->data_done = request->piece_len;
    tell_result( request );
    return OP_DONE;
}

static DWORD query_finish( struct op *op )
{
    DWORD available = request_from_object( op->object )->data_done;

    return request_finish( op, API_QUERY_DATA_AVAILABLE, WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE,
                           &available, sizeof(available) );
}

static const struct op_type query_type =
{
    .name = "query data available",
    .step = query_step,
    .finish = query_finish,
    .inline_finish = TRUE,
};

static DWORD query_data_available( struct request *request, DWORD *available )
{
    DWORD error;

    if ((error = request_begin( request, &query_type, can_read ))) return error;
    return start_read( request, available );
}

BOOL WINAPI WinHttpQueryDataAvailable( HINTERNET handle, LPDWORD available )
{
    struct object *object;
    DWORD error;
    BOOL ret;

    TRACE( "%p, %p\n", handle, available );

    if (!(object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        SetLastError( error );
        return FALSE;
    }
    error = query_data_available( request_from_object( object ), available );
    ret = finish_call( object, error );
    object_release( object );
    return ret;
}

/* --- WinHttpReadData --- */

static enum op_need read_step( struct op *op )
{
    struct request *request = request_from_object( op->object );
    enum op_need need;
    UINT32 count;

    while (request->data_done < request->data_len)
    {
        need = body_read( request, op, request->data + request->data_done,
                                   request->data_len - request->data_done, &count );
        if (need != OP_CONTINUE) return need;
        if (!count && request->body_done) break;
        request->data_done += count;
        if (request->data_some && request->data_done) break;
    }
    tell_result( request );
    return OP_DONE;
}

static DWORD read_finish( struct op *op )
{
    const struct request *request = request_from_object( op->object );

    return request_finish( op, API_READ_DATA, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, request->data,
                           request->data_done );
}

static const struct op_type read_type =
{
    .name = "read data",
    .step = read_step,
    .finish = read_finish,
    .inline_finish = TRUE,
};

static DWORD read_data( struct request *request, void *data, DWORD len, DWORD *read, BOOL some )
{
    DWORD error;

    if (read) *read = 0;
    if ((error = request_begin( request, &read_type, can_read ))) return error;
    request->data = data;
    request->data_len = len;
    request->data_some = some;
    return start_read( request, read );
}

BOOL WINAPI WinHttpReadData( HINTERNET handle, LPVOID data, DWORD len, LPDWORD read )
{
    struct object *object;
    DWORD error;
    BOOL ret;

    TRACE( "%p, %p, %lu, %p\n", handle, data, len, read );

    if (!(object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        SetLastError( error );
        return FALSE;
    }
    error = read_data( request_from_object( object ), data, len, read, FALSE );
    ret = finish_call( object, error );
    object_release( object );
    return ret;
}

/* An asynchronous call that was accepted says ERROR_SUCCESS, whether its completion has come or
 * not: programs take anything else for a failure (a guess; no documentation tells). */
DWORD WINAPI WinHttpReadDataEx( HINTERNET handle, LPVOID data, DWORD len, LPDWORD read,
                                ULONGLONG flags, DWORD property_len, PVOID property )
{
    BOOL some = !(flags & WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER);
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %lu, %p, %#I64x, %lu, %p\n", handle, data, len, read, flags, property_len,
           property );

    if (read) *read = 0; /* documented to happen before any check */
    if (!(object = handle_get_typed( handle, OBJECT_REQUEST, &error ))) return error;
    if (property_len || property || flags & ~WINHTTP_READ_DATA_EX_FLAG_FILL_BUFFER)
        error = ERROR_INVALID_PARAMETER;
    else
        error = read_data( request_from_object( object ), data, len, read, some );
    if (object->async && error == ERROR_IO_PENDING) error = ERROR_SUCCESS;
    object_release( object );
    return error;
}
