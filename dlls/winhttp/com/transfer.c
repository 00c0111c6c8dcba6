/* transfer - one request of a WinHttpRequest object on its way, and the response that it brought.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "com/transfer.h"

#include <stdlib.h>

#include "wine/debug.h"

#include "com/error.h"
#include "com/module.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A SAFEARRAY, a BSTR and their programs count with 31 bits. */
#define BODY_LIMIT 0x7ffffff0u
/* What is read at once: a sink that comes meanwhile waits until it is there. */
#define READ_LIMIT 1048576u
/* Of a body at first: most answers to scripts are no longer. */
#define FIRST_ROOM 16384u
/* Times that a request is sent again for a login: three legs for the proxy, three for the server,
 * with room for challenges that went stale. */
#define RESEND_LIMIT 10

struct transfer
{
    LONG refs;
    HANDLE done; /* owned; manual-reset */
    HINTERNET connect;
    HINTERNET request;
    struct events *events; /* ref */

    /* the apartment's thread until WinHTTP has the request, then its callbacks */
    BYTE *sent;            /* owned; WinHTTP reads it until the end */
    DWORD sent_size;
    struct logins logins;
    UINT resends;
    DWORD secure_failure;

    /* under the lock, with whether done is signalled */
    SRWLOCK lock;
    UINT sends;            /* how often it was sent */
    enum transfer_state state;
    DWORD error;
    BOOL aborted;          /* once set, never unset */
    BYTE *body;            /* owned */
    size_t size;
    size_t room;
};

/* --- Its end --------------------------------------------------------------------------------- */

static void set_state_locked( struct transfer *transfer, enum transfer_state state, DWORD err )
{
    TRACE( "%p: %u -> %u, error %lu\n", transfer, transfer->state, state, err );
    transfer->state = state;
    transfer->error = err;
}

/* The one place where a request ends. All at once: who sees it done may send it again. */
static void finish_silently( struct transfer *transfer, DWORD err, BOOL silent )
{
    if (err == ERROR_WINHTTP_SECURE_FAILURE)
        err = com_error_of_secure_failure( transfer->secure_failure );
    AcquireSRWLockExclusive( &transfer->lock );
    set_state_locked( transfer, TRANSFER_DONE, err );
    if (!silent)
        events_post( transfer->events, transfer, transfer->sends,
                     err ? EVENT_ERROR : EVENT_FINISHED, err, 0 );
    SetEvent( transfer->done );
    ReleaseSRWLockExclusive( &transfer->lock );
}

static void finish( struct transfer *transfer, DWORD err )
{
    finish_silently( transfer, err, FALSE );
}

/* --- The body --------------------------------------------------------------------------------- */

/* Room for length bytes more. */
static BOOL grow( struct transfer *transfer, DWORD length )
{
    size_t room = transfer->room ? transfer->room : FIRST_ROOM;
    BYTE *body;

    if (transfer->room - transfer->size >= length) return TRUE;
    if (length > BODY_LIMIT - transfer->size) return FALSE;
    while (room - transfer->size < length) room = min( room * 2, BODY_LIMIT );

    AcquireSRWLockExclusive( &transfer->lock ); /* an event may be copying out of it */
    if ((body = realloc( transfer->body, room )))
    {
        transfer->body = body;
        transfer->room = room;
    }
    ReleaseSRWLockExclusive( &transfer->lock );
    return body != NULL;
}

static void read_data( struct transfer *transfer, DWORD length )
{
    if (!WinHttpReadData( transfer->request, transfer->body + transfer->size, length, NULL ))
        finish( transfer, GetLastError() );
}

/* A read waits until its buffer is full, but who listens is told what is there now. */
static void read_more( struct transfer *transfer )
{
    if (events_have_sinks( transfer->events ))
    {
        if (!WinHttpQueryDataAvailable( transfer->request, NULL ))
            finish( transfer, GetLastError() );
    }
    else if (!grow( transfer, FIRST_ROOM ))
        finish( transfer, ERROR_NOT_ENOUGH_MEMORY );
    else
        read_data( transfer, min( transfer->room - transfer->size, READ_LIMIT ) );
}

static void take_available( struct transfer *transfer, DWORD available )
{
    if (!available)
        finish( transfer, ERROR_SUCCESS );
    else if (!grow( transfer, available ))
        finish( transfer, ERROR_NOT_ENOUGH_MEMORY );
    else
        read_data( transfer, available );
}

static void take_data( struct transfer *transfer, DWORD length )
{
    size_t offset = transfer->size;

    if (!length)
    {
        finish( transfer, ERROR_SUCCESS );
        return;
    }
    AcquireSRWLockExclusive( &transfer->lock );
    transfer->size += length;
    events_post( transfer->events, transfer, transfer->sends, EVENT_DATA, offset, length );
    ReleaseSRWLockExclusive( &transfer->lock );
    read_more( transfer );
}

/* --- Sending, and logging in ------------------------------------------------------------------ */

static DWORD send_again( struct transfer *transfer, DWORD schemes )
{
    DWORD err;

    if (transfer->resends++ == RESEND_LIMIT) return ERROR_WINHTTP_LOGIN_FAILURE;
    if ((err = logins_renew( &transfer->logins, transfer->request, schemes ))) return err;
    if (!WinHttpSendRequest( transfer->request, NULL, 0, transfer->sent, transfer->sent_size,
                             transfer->sent_size, (DWORD_PTR)transfer ))
        return GetLastError();
    return ERROR_SUCCESS;
}

static BOOL is_challenge( LONG status )
{
    return status == HTTP_STATUS_DENIED || status == HTTP_STATUS_PROXY_AUTH_REQ;
}

static void take_headers( struct transfer *transfer )
{
    LONG status = 0;

    transfer_get_status( transfer, &status );
    if (is_challenge( status ) && logins_answer( &transfer->logins, transfer->request ) &&
        !send_again( transfer, LOGIN_ANY ))
        return;
    AcquireSRWLockExclusive( &transfer->lock );
    set_state_locked( transfer, TRANSFER_HEADERS, ERROR_SUCCESS );
    events_post( transfer->events, transfer, transfer->sends, EVENT_START, 0, 0 );
    ReleaseSRWLockExclusive( &transfer->lock );
    read_more( transfer );
}

/* NTLM's second leg wants the body once more. */
static void take_error( struct transfer *transfer, DWORD err )
{
    if (err == ERROR_WINHTTP_RESEND_REQUEST) err = send_again( transfer, LOGIN_ONE_LEG );
    if (err) finish( transfer, err );
}

static void CALLBACK notify( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                             DWORD length )
{
    struct transfer *transfer = (struct transfer *)context;

    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse( handle, NULL )) take_error( transfer, GetLastError() );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        take_headers( transfer );
        break;
    case WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE:
        take_available( transfer, *(const DWORD *)info );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        take_data( transfer, length );
        break;
    case WINHTTP_CALLBACK_STATUS_SECURE_FAILURE:
        transfer->secure_failure = *(const DWORD *)info;
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        take_error( transfer, ((const WINHTTP_ASYNC_RESULT *)info)->dwError );
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        transfer_release( transfer );
        break;
    }
}

DWORD transfer_send( struct transfer *transfer, BYTE *body, DWORD size,
                     const struct login_credentials credentials[2] )
{
    DWORD err;

    free( transfer->sent );
    transfer->sent = body;
    transfer->sent_size = size;
    transfer->resends = 0;
    transfer->secure_failure = 0;
    if ((err = logins_set( &transfer->logins, transfer->request, credentials ))) return err;

    AcquireSRWLockExclusive( &transfer->lock );
    ResetEvent( transfer->done );
    transfer->sends++;
    transfer->size = 0;
    set_state_locked( transfer, TRANSFER_SENT, ERROR_SUCCESS );
    ReleaseSRWLockExclusive( &transfer->lock );
    if (WinHttpSendRequest( transfer->request, NULL, 0, body, size, size, (DWORD_PTR)transfer ))
        return ERROR_SUCCESS;
    err = GetLastError();
    finish_silently( transfer, err, TRUE ); /* the caller is told */
    return err;
}

/* --- Handles and references ------------------------------------------------------------------- */

struct transfer *transfer_create( HINTERNET connect, HINTERNET request, struct events *events )
{
    struct transfer *transfer;
    DWORD_PTR context;

    if (!(transfer = calloc( 1, sizeof(*transfer) ))) return NULL;
    if (!(transfer->done = CreateEventW( NULL, TRUE, FALSE, NULL )))
    {
        free( transfer );
        return NULL;
    }
    transfer->refs = 2; /* the caller's, WinHTTP's */
    transfer->connect = connect;
    transfer->request = request;
    transfer->events = events;
    events_addref( events );
    com_module_lock( TRUE );

    context = (DWORD_PTR)transfer;
    WinHttpSetOption( request, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof(context) );
    WinHttpSetStatusCallback( request, notify,
                              WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS |
                                  WINHTTP_CALLBACK_FLAG_SECURE_FAILURE |
                                  WINHTTP_CALLBACK_FLAG_HANDLES,
                              0 );
    return transfer;
}

void transfer_addref( struct transfer *transfer )
{
    InterlockedIncrement( &transfer->refs );
}

void transfer_release( struct transfer *transfer )
{
    if (InterlockedDecrement( &transfer->refs )) return;
    logins_free( &transfer->logins );
    events_release( transfer->events );
    CloseHandle( transfer->done );
    free( transfer->sent );
    free( transfer->body );
    free( transfer );
    com_module_lock( FALSE );
}

void transfer_close( struct transfer *transfer )
{
    AcquireSRWLockExclusive( &transfer->lock );
    transfer->aborted = TRUE;
    ReleaseSRWLockExclusive( &transfer->lock );
    WinHttpCloseHandle( transfer->request );
    WinHttpCloseHandle( transfer->connect );
    SetEvent( transfer->done );
}

HINTERNET transfer_get_request( const struct transfer *transfer )
{
    return transfer->request;
}

HANDLE transfer_handle( const struct transfer *transfer )
{
    return transfer->done;
}

/* --- What is known ---------------------------------------------------------------------------- */

enum transfer_state transfer_get_state( struct transfer *transfer )
{
    enum transfer_state state;

    AcquireSRWLockShared( &transfer->lock );
    state = transfer->state;
    ReleaseSRWLockShared( &transfer->lock );
    return state;
}

DWORD transfer_get_error( struct transfer *transfer )
{
    DWORD err;

    AcquireSRWLockShared( &transfer->lock );
    err = transfer->error;
    ReleaseSRWLockShared( &transfer->lock );
    return err;
}

BOOL transfer_is_aborted( struct transfer *transfer )
{
    BOOL aborted;

    AcquireSRWLockShared( &transfer->lock );
    aborted = transfer->aborted;
    ReleaseSRWLockShared( &transfer->lock );
    return aborted;
}

BOOL transfer_is_current( struct transfer *transfer, UINT send )
{
    BOOL current;

    AcquireSRWLockShared( &transfer->lock );
    current = !transfer->aborted && send == transfer->sends;
    ReleaseSRWLockShared( &transfer->lock );
    return current;
}

DWORD transfer_get_status( struct transfer *transfer, LONG *status )
{
    DWORD size = sizeof(*status);

    if (!WinHttpQueryHeaders( transfer->request,
                              WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                              WINHTTP_HEADER_NAME_BY_INDEX, status, &size,
                              WINHTTP_NO_HEADER_INDEX ))
        return GetLastError();
    return ERROR_SUCCESS;
}

static DWORD query( struct transfer *transfer, DWORD info, const WCHAR *name, BSTR *value )
{
    DWORD err, size = 0;
    BSTR text;

    WinHttpQueryHeaders( transfer->request, info, name, NULL, &size, WINHTTP_NO_HEADER_INDEX );
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) return GetLastError();
    if (!(text = SysAllocStringLen( NULL, size / sizeof(WCHAR) - 1 )))
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!WinHttpQueryHeaders( transfer->request, info, name, text, &size,
                              WINHTTP_NO_HEADER_INDEX ))
    {
        err = GetLastError();
        SysFreeString( text );
        return err;
    }
    *value = text;
    return ERROR_SUCCESS;
}

DWORD transfer_get_header( struct transfer *transfer, const WCHAR *name, BSTR *value )
{
    return query( transfer, WINHTTP_QUERY_CUSTOM, name, value );
}

DWORD transfer_get_info( struct transfer *transfer, DWORD info, BSTR *value )
{
    return query( transfer, info, WINHTTP_HEADER_NAME_BY_INDEX, value );
}

const BYTE *transfer_get_body( struct transfer *transfer, size_t *size )
{
    *size = transfer->size;
    return transfer->body;
}

SAFEARRAY *transfer_copy_body( struct transfer *transfer, size_t offset, size_t length )
{
    SAFEARRAY *array;

    if (!(array = SafeArrayCreateVector( VT_UI1, 0, length ))) return NULL;
    AcquireSRWLockShared( &transfer->lock );
    if (offset + length <= transfer->size)
    {
        memcpy( array->pvData, transfer->body + offset, length );
        length = 0;
    }
    ReleaseSRWLockShared( &transfer->lock );
    if (!length) return array;
    SafeArrayDestroy( array );
    return NULL;
}
