/* async - asynchronous sockets, driven from one job and from every callback at once.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <stdio.h>
#include <string.h>

enum
{
    ACTIONS = 12,            /* of the job, on one socket */
    UPGRADE_WAIT_MS = 3000,
    GOODBYE_WAIT_MS = 1500,
};

/* --- Requests ------------------------------------------------------------------------------- */

static INTERNET_PORT choose_port( struct record *record )
{
    if (percent( record, 1 )) return options.port_refused;
    if (record->tls && percent( record, 4 )) return options.port_broken;
    return record->tls ? options.port_tls : options.port_plain;
}

static void set_dword( struct record *record, HINTERNET handle, DWORD option, DWORD value )
{
    /* refused only if the handle has been closed meanwhile */
    if (WinHttpSetOption( handle, option, &value, sizeof(value) )) return;
    if (GetLastError() != ERROR_INVALID_HANDLE && !is_refusal( GetLastError() ))
        violate( record, "option %lu was refused with %lu", option, GetLastError() );
}

static void set_request_options( struct record *record, HINTERNET request )
{
    static const int waits[] = { 30, 200, 1000 };
    int wait = percent( record, 10 ) ? waits[chance( record, 3 )] : SERVER_WAIT_MS;

    WinHttpSetTimeouts( request, wait, wait, wait, wait );
    if (record->tls)
        set_dword( record, request, WINHTTP_OPTION_SECURITY_FLAGS,
                   SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS );
    if (percent( record, 20 ))
        set_dword( record, request, WINHTTP_OPTION_WEB_SOCKET_SEND_BUFFER_SIZE,
                   16 + chance( record, 5000 ) );
    if (percent( record, 20 ))
        set_dword( record, request, WINHTTP_OPTION_WEB_SOCKET_RECEIVE_BUFFER_SIZE,
                   1 + chance( record, 3000 ) );
    WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 );
}

void set_socket_options( struct record *record, HINTERNET socket )
{
    if (percent( record, 80 ))
        set_dword( record, socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT,
                   100 + chance( record, 1000 ) );
    if (percent( record, 10 ))
        set_dword( record, socket, WINHTTP_OPTION_WEB_SOCKET_KEEPALIVE_INTERVAL, 15000 );
}

HINTERNET open_request( struct record *record, HINTERNET session )
{
    DWORD_PTR context = record_context( record, WHICH_REQUEST );
    HINTERNET connect, request;
    WCHAR path[64];

    _snwprintf( path, ARRAYSIZE(path), record->lasting ? L"/l/%I64x" : L"/s/%I64x", record->seed );
    connect = WinHttpConnect( session, L"127.0.0.1", choose_port( record ), 0 );
    if (connect) others_opened();
    request = WinHttpOpenRequest( connect, NULL, path, NULL, NULL, NULL,
                                  record->tls ? WINHTTP_FLAG_SECURE : 0 );
    if (!request)
    {
        if (!options.refusing) violate( record, "no request handle, error %lu", GetLastError() );
    }
    else
    {
        WinHttpSetOption( request, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof(context) );
        set_request_options( record, request );
        record_opened( record, WHICH_REQUEST, request );
    }
    if (connect) WinHttpCloseHandle( connect );
    return request;
}

static void receive_response( struct record *record, HINTERNET request )
{
    record_begin( record, KIND_RECEIVE_RESPONSE );
    if (!WinHttpReceiveResponse( request, NULL ))
        record_refused( record, KIND_RECEIVE_RESPONSE, GetLastError() );
}

static void send_request( struct record *record, HINTERNET request )
{
    record_begin( record, KIND_SEND_REQUEST );
    if (!WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ))
        record_refused( record, KIND_SEND_REQUEST, GetLastError() );
    if (record->early_receive) receive_response( record, request );
}

/* --- Operations ----------------------------------------------------------------------------- */

static void start_send( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket || InterlockedDecrement( &record->sends_left ) < 0) return;
    if (InterlockedExchange( &record->sending, TRUE )) return;
    record->send_type = record_make_message( record );
    record_begin( record, KIND_SEND );
    error = WinHttpWebSocketSend( socket, record->send_type,
                                  record->send_len ? record->send_buffer : NULL,
                                  record->send_len );
    if (!error) return;
    record_unmake_message( record );
    InterlockedExchange( &record->sending, FALSE );
    record_refused( record, KIND_SEND, error );
}

static void start_receive( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket || InterlockedDecrement( &record->receives_left ) < 0) return;
    if (InterlockedExchange( &record->receiving, TRUE )) return;
    record_begin( record, KIND_RECEIVE );
    error = WinHttpWebSocketReceive( socket, record->receive_buffer,
                                     1 + chance( record, RECEIVE_SIZE ), NULL, NULL );
    if (!error) return;
    InterlockedExchange( &record->receiving, FALSE );
    record_refused( record, KIND_RECEIVE, error );
}

void start_shutdown( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket) return;
    record_begin( record, KIND_SHUTDOWN );
    if ((error = WinHttpWebSocketShutdown( socket, 4000 + chance( record, 100 ), "later", 5 )))
        record_refused( record, KIND_SHUTDOWN, error );
}

void start_close( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket) return;
    record_begin( record, KIND_CLOSE );
    if ((error = WinHttpWebSocketClose( socket, 1000, NULL, 0 )))
        record_refused( record, KIND_CLOSE, error );
}

static void query_close( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    char reason[123];
    USHORT status;
    DWORD len, error;

    if (!socket) return;
    record_note( record, "WinHttpWebSocketQueryCloseStatus" );
    error = WinHttpWebSocketQueryCloseStatus( socket, &status, reason, sizeof(reason), &len );
    if (!error && (len > sizeof(reason) || status < 1000))
        violate( record, "close status %u with a reason of %lu bytes", status, len );
    if (error && error != ERROR_INVALID_OPERATION && error != ERROR_INVALID_HANDLE)
        violate( record, "QueryCloseStatus failed with %lu", error );
}

/* One of all things that can be done with a socket, at any moment. */
void act( struct record *record )
{
    unsigned int what = chance( record, 100 );

    if (what < 40) start_send( record );
    else if (what < 70) start_receive( record );
    else if (record->lasting) query_close( record ); /* soak.c knows when it is to end */
    else if (what < 75) start_shutdown( record );
    else if (what < 82) start_close( record );
    else if (what < 88) query_close( record );
    else if (what < 92) record_close( record, WHICH_REQUEST );
    else if (what < 93) record_close( record, WHICH_SOCKET );
}

/* --- Callbacks ------------------------------------------------------------------------------ */

static void upgrade( struct record *record, HINTERNET request )
{
    DWORD code = 0, size = sizeof(code);
    HINTERNET socket;

    WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                         &code, &size, NULL );
    if (code != 101)
    {
        record_over( record );
        return;
    }
    record_note( record, "WinHttpWebSocketCompleteUpgrade" );
    socket = WinHttpWebSocketCompleteUpgrade( request, record_context( record, WHICH_SOCKET ) );
    if (!socket)
    {
        if (is_refusal( GetLastError() )) record_over( record );
        else if (record_handle( record, WHICH_REQUEST ) || GetLastError() != ERROR_INVALID_HANDLE)
            violate( record, "CompleteUpgrade failed with %lu", GetLastError() );
        return;
    }
    set_socket_options( record, socket );
    if (percent( record, 50 )) record_close( record, WHICH_REQUEST );
    if (percent( record, 80 )) start_receive( record );
    if (percent( record, 60 )) start_send( record );
    record_ready( record );
}

static void request_failed( struct record *record, const WINHTTP_ASYNC_RESULT *result )
{
    BOOL sending = result->dwResult == API_SEND_REQUEST;

    record_completed( record, sending ? KIND_SEND_REQUEST : KIND_RECEIVE_RESPONSE,
                      result->dwError );
    record_over( record );
}

static void on_request( struct record *record, HINTERNET request, DWORD status, void *info )
{
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        record_completed( record, KIND_SEND_REQUEST, 0 );
        if (!record->early_receive) receive_response( record, request );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        record_completed( record, KIND_RECEIVE_RESPONSE, 0 );
        upgrade( record, request );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        request_failed( record, info );
        break;
    }
}

static void on_read( struct record *record, const WINHTTP_WEB_SOCKET_STATUS *status )
{
    record_check_message( record, status->dwBytesTransferred, status->eBufferType );
    record_completed( record, KIND_RECEIVE, 0 );
    InterlockedExchange( &record->receiving, FALSE );
    if (status->eBufferType == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE)
    {
        query_close( record );
        if (percent( record, 70 )) start_close( record );
        else if (percent( record, 30 )) record_close( record, WHICH_SOCKET );
        else act( record );
        return;
    }
    if (percent( record, 85 )) start_receive( record );
    if (percent( record, 30 )) act( record );
}

static void on_write( struct record *record, const WINHTTP_WEB_SOCKET_STATUS *status )
{
    if (status->dwBytesTransferred != record->send_len || status->eBufferType != record->send_type)
        violate( record, "%lu bytes of type %u sent instead of %lu of %u",
                 status->dwBytesTransferred, status->eBufferType, record->send_len,
                 record->send_type );
    /* whoever still reads it sends nonsense, which the server notices */
    memset( record->send_buffer, POISON, record->send_len );
    record_completed( record, KIND_SEND, 0 );
    InterlockedExchange( &record->sending, FALSE );
    if (percent( record, 40 )) start_send( record );
    if (percent( record, 20 )) act( record );
}

static void socket_failed( struct record *record, const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result )
{
    static const enum kind kinds[] = { KIND_SEND, KIND_RECEIVE, KIND_CLOSE, KIND_SHUTDOWN };

    if (result->Operation >= ARRAYSIZE(kinds))
    {
        violate( record, "an error of operation %u", result->Operation );
        return;
    }
    if (result->Operation == WINHTTP_WEB_SOCKET_RECEIVE_OPERATION) record_poison( record );
    record_completed( record, kinds[result->Operation], result->AsyncResult.dwError );
    if (result->Operation == WINHTTP_WEB_SOCKET_RECEIVE_OPERATION)
        InterlockedExchange( &record->receiving, FALSE );
    if (result->Operation == WINHTTP_WEB_SOCKET_SEND_OPERATION)
    {
        record_unmake_message( record );
        InterlockedExchange( &record->sending, FALSE );
    }
    if (result->Operation != WINHTTP_WEB_SOCKET_RECEIVE_OPERATION || record->lasting)
        record_over( record );
    if (percent( record, 30 )) act( record );
}

static void on_socket( struct record *record, DWORD status, void *info )
{
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        on_read( record, info );
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        on_write( record, info );
        break;
    case WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE:
        record_completed( record, KIND_SHUTDOWN, 0 );
        if (percent( record, 50 )) act( record );
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        record_completed( record, KIND_CLOSE, 0 );
        query_close( record );
        record_over( record );
        if (percent( record, 50 )) act( record );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        socket_failed( record, info );
        break;
    default:
        violate( record, "status %#lx on a socket", status );
        break;
    }
}

/* Any callback may take its time, or close a handle before it looks at what came. */
static void disturb( struct record *record )
{
    if (record->async && percent( record, 2 )) Sleep( chance( record, CALLBACK_BLOCK_MS ) );
    if (percent( record, 1 )) record_close( record, WHICH_REQUEST );
    if (percent( record, 1 ) && !record->lasting) record_close( record, WHICH_SOCKET );
}

void CALLBACK on_status( HINTERNET handle, DWORD_PTR context, DWORD status, void *info, DWORD len )
{
    struct record *record;
    enum which which;

    (void)len;
    if (!context)
    {
        if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) others_closing();
        return;
    }
    if (!(record = record_from_context( context, &which ))) return;
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        record_opened( record, which, *(HINTERNET *)info );
    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING)
    {
        record_closing( record, which );
        return;
    }
    record->callback = which == WHICH_SOCKET ? "socket" : "request";
    disturb( record );
    if (record->async && which == WHICH_REQUEST) on_request( record, handle, status, info );
    else if (record->async && status != WINHTTP_CALLBACK_STATUS_HANDLE_CREATED)
        on_socket( record, status, info );
    record->callback = NULL;
}

/* --- The job -------------------------------------------------------------------------------- */

static void wait_for_socket( struct record *record )
{
    HANDLE events[] = { record->ready, record->over };
    DWORD wait = percent( record, 15 ) ? chance( record, 20 ) : UPGRADE_WAIT_MS;

    WaitForMultipleObjects( ARRAYSIZE(events), events, FALSE, wait );
}

BOOL start_async( struct record *record, HINTERNET session )
{
    HINTERNET request;

    record->early_receive = percent( record, 10 );
    if (!(request = open_request( record, session ))) return FALSE;
    send_request( record, request );
    return TRUE;
}

void run_async( struct record *record, HINTERNET session )
{
    unsigned int actions = chance( record, ACTIONS );

    if (!start_async( record, session )) return;
    wait_for_socket( record );
    while (actions--)
    {
        if (percent( record, 40 )) Sleep( chance( record, 5 ) );
        act( record );
    }
    record_linger( record );
    if (percent( record, 50 ) && record_handle( record, WHICH_SOCKET ))
    {
        ResetEvent( record->over );
        start_close( record );
        WaitForSingleObject( record->over, GOODBYE_WAIT_MS );
    }
    record_abandon( record );
}
