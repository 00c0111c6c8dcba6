/* transfer - one request of a WinHttpRequest object on its way, and the response that it brought.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "com/transfer.h"

#include <stdlib.h>

#include "wine/debug.h"

#include "com/error.h"
#include "com/factory.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A SAFEARRAY, a BSTR and their programs count with 31 bits. */
#define BODY_LIMIT 0x7ffffff0u
/* Of a body at first: most answers to scripts are no longer. */
#define FIRST_ROOM 16384u
/* Times that a request is sent again for a login: three legs for the proxy, three for the server,
 * with room for challenges that went stale. */
#define RESEND_LIMIT 10

struct login
{
    WCHAR *user;     /* owned */
    WCHAR *password; /* owned */
    DWORD scheme;    /* WINHTTP_AUTH_SCHEME_*: how it goes with the request; 0: not asked for yet */
};

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
    struct login logins[2]; /* by WINHTTP_AUTH_TARGET_* */
    UINT resends;
    DWORD secure_failure;

    /* under the lock */
    SRWLOCK lock;
    enum transfer_state state;
    DWORD error;
    BOOL aborted;          /* once set, never unset */
    BYTE *body;            /* owned */
    size_t size;
    size_t room;
};

/* --- Its end --------------------------------------------------------------------------------- */

static void set_state( struct transfer *transfer, enum transfer_state state, DWORD err )
{
    TRACE( "%p: %u -> %u, error %lu\n", transfer, transfer->state, state, err );
    AcquireSRWLockExclusive( &transfer->lock );
    transfer->state = state;
    transfer->error = err;
    ReleaseSRWLockExclusive( &transfer->lock );
}

/* The one place where a request ends. */
static void finish( struct transfer *transfer, DWORD err )
{
    if (err == ERROR_WINHTTP_SECURE_FAILURE)
        err = com_error_of_secure_failure( transfer->secure_failure );
    set_state( transfer, TRANSFER_DONE, err );
    if (err) events_post( transfer->events, transfer, EVENT_ERROR, err, 0 );
    else events_post( transfer->events, transfer, EVENT_FINISHED, 0, 0 );
    SetEvent( transfer->done );
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

/* A read would wait until its buffer is full; events tell what is there now. */
static void read_more( struct transfer *transfer )
{
    if (!WinHttpQueryDataAvailable( transfer->request, NULL )) finish( transfer, GetLastError() );
}

static void read_data( struct transfer *transfer, DWORD available )
{
    if (!available)
        finish( transfer, ERROR_SUCCESS );
    else if (!grow( transfer, available ))
        finish( transfer, ERROR_NOT_ENOUGH_MEMORY );
    else if (!WinHttpReadData( transfer->request, transfer->body + transfer->size, available,
                               NULL ))
        finish( transfer, GetLastError() );
}

static void take_data( struct transfer *transfer, DWORD length )
{
    size_t offset = transfer->size;

    AcquireSRWLockExclusive( &transfer->lock );
    transfer->size += length;
    ReleaseSRWLockExclusive( &transfer->lock );
    events_post( transfer->events, transfer, EVENT_DATA, offset, length );
    read_more( transfer );
}

/* --- Sending, and logging in ------------------------------------------------------------------ */

/* The strongest first, as Windows's object does. */
static DWORD choose_scheme( DWORD offered )
{
    static const DWORD schemes[] =
    {
        WINHTTP_AUTH_SCHEME_NEGOTIATE, WINHTTP_AUTH_SCHEME_NTLM, WINHTTP_AUTH_SCHEME_DIGEST,
        WINHTTP_AUTH_SCHEME_BASIC,
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        if (offered & schemes[i]) return schemes[i];
    }
    return 0;
}

/* WinHTTP forgets a login when the request is sent: all that were asked for go with the next one,
 * if they are of these schemes. One that takes several legs is under way already. */
static DWORD renew_logins( struct transfer *transfer, DWORD schemes )
{
    const struct login *login = transfer->logins;
    DWORD target;

    for (target = 0; target < ARRAY_SIZE(transfer->logins); target++, login++)
    {
        if ((login->scheme & schemes) &&
            !WinHttpSetCredentials( transfer->request, target, login->scheme, login->user,
                                    login->password, NULL ))
            return GetLastError();
    }
    return ERROR_SUCCESS;
}

static DWORD send_again( struct transfer *transfer, DWORD schemes )
{
    DWORD err;

    if (transfer->resends++ == RESEND_LIMIT) return ERROR_WINHTTP_LOGIN_FAILURE;
    if ((err = renew_logins( transfer, schemes ))) return err;
    if (!WinHttpSendRequest( transfer->request, NULL, 0, transfer->sent, transfer->sent_size,
                             transfer->sent_size, (DWORD_PTR)transfer ))
        return GetLastError();
    return ERROR_SUCCESS;
}

/* Whether the request goes once more, as there is a login that was not tried. */
static BOOL log_in( struct transfer *transfer, LONG status )
{
    DWORD offered, first, target;
    struct login *login;

    if (status != HTTP_STATUS_DENIED && status != HTTP_STATUS_PROXY_AUTH_REQ) return FALSE;
    if (!WinHttpQueryAuthSchemes( transfer->request, &offered, &first, &target ) ||
        target >= ARRAY_SIZE(transfer->logins))
        return FALSE;
    login = transfer->logins + target;
    if (!login->user || login->scheme || !(login->scheme = choose_scheme( offered ))) return FALSE;
    return !send_again( transfer, ~0u );
}

static void take_headers( struct transfer *transfer )
{
    LONG status = 0;

    transfer_get_status( transfer, &status );
    if (log_in( transfer, status )) return;
    set_state( transfer, TRANSFER_HEADERS, ERROR_SUCCESS );
    events_post( transfer->events, transfer, EVENT_START, 0, 0 );
    read_more( transfer );
}

/* NTLM's second leg wants the body once more. */
static void take_error( struct transfer *transfer, DWORD err )
{
    static const DWORD one_leg = WINHTTP_AUTH_SCHEME_BASIC | WINHTTP_AUTH_SCHEME_DIGEST;

    if (err == ERROR_WINHTTP_RESEND_REQUEST) err = send_again( transfer, one_leg );
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
        read_data( transfer, *(const DWORD *)info );
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

static DWORD copy_login( struct login *login, const struct transfer_login *from )
{
    if (login->password) SecureZeroMemory( login->password,
                                           wcslen( login->password ) * sizeof(WCHAR) );
    free( login->user );
    free( login->password );
    memset( login, 0, sizeof(*login) );
    if (!from->user) return ERROR_SUCCESS;
    login->user = wcsdup( from->user );
    login->password = wcsdup( from->password );
    return login->user && login->password ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

DWORD transfer_send( struct transfer *transfer, BYTE *body, DWORD size,
                     const struct transfer_login logins[2] )
{
    DWORD err;
    UINT i;

    free( transfer->sent );
    transfer->sent = body;
    transfer->sent_size = size;
    transfer->resends = 0;
    transfer->secure_failure = 0;
    for (i = 0; i < ARRAY_SIZE(transfer->logins); i++)
    {
        if ((err = copy_login( transfer->logins + i, logins + i ))) return err;
    }

    ResetEvent( transfer->done );
    AcquireSRWLockExclusive( &transfer->lock );
    transfer->size = 0;
    ReleaseSRWLockExclusive( &transfer->lock );
    set_state( transfer, TRANSFER_SENT, ERROR_SUCCESS );
    if (WinHttpSendRequest( transfer->request, NULL, 0, body, size, size, (DWORD_PTR)transfer ))
        return ERROR_SUCCESS;
    err = GetLastError();
    finish( transfer, err );
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
    factory_lock( TRUE );

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
    static const struct transfer_login none;
    UINT i;

    if (InterlockedDecrement( &transfer->refs )) return;
    for (i = 0; i < ARRAY_SIZE(transfer->logins); i++) copy_login( transfer->logins + i, &none );
    events_release( transfer->events );
    CloseHandle( transfer->done );
    free( transfer->sent );
    free( transfer->body );
    free( transfer );
    factory_lock( FALSE );
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
    DWORD size = 0;
    BSTR text;

    WinHttpQueryHeaders( transfer->request, info, name, NULL, &size, WINHTTP_NO_HEADER_INDEX );
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER) return GetLastError();
    if (!(text = SysAllocStringLen( NULL, size / sizeof(WCHAR) - 1 )))
        return ERROR_NOT_ENOUGH_MEMORY;
    if (!WinHttpQueryHeaders( transfer->request, info, name, text, &size,
                              WINHTTP_NO_HEADER_INDEX ))
    {
        SysFreeString( text );
        return GetLastError();
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
