/* crowd - many sockets that all do one thing, for the modes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "crowd.h"

#include <stdlib.h>
#include <string.h>

enum
{
    MOST_STARTING = 100,   /* no more than a server's backlog bears */
    LONG_MS = 600000,      /* no time limit is meant to end it */
    STILL_MS = 300,        /* without a movement */
    BLOCK_MS = 10000,      /* most that a callback blocks */
    FLOOD_SEND_SIZE = 16000, /* most bytes of a message: some make a full buffer */
};

static HANDLE unblocked;   /* manual; made with the first session */

/* --- Operations ----------------------------------------------------------------------------- */

static void failed( struct record *record, enum kind kind, DWORD error )
{
    struct crowd *crowd = record->crowd;
    unsigned int i;

    InterlockedIncrement( &crowd->failed[kind] );
    InterlockedIncrement( &crowd->moves );
    if (record->abandoned) return;
    for (i = 0; i < ARRAYSIZE(crowd->expected); i++) if (crowd->expected[i] == error) return;
    if (InterlockedIncrement( &crowd->odd ) == 1)
        violate( record, "an operation of kind %u failed with %lu", kind, error );
}

static void refused( struct record *record, enum kind kind, DWORD error )
{
    record_refused( record, kind, error );
    failed( record, kind, error );
    if (kind < KIND_SEND) record_over( record );
}

static void start_receive( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket) return;
    record_begin( record, KIND_RECEIVE );
    error = WinHttpWebSocketReceive( socket, record->receive_buffer, RECEIVE_SIZE, NULL, NULL );
    if (error) refused( record, KIND_RECEIVE, error );
}

static void start_send( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    DWORD error;

    if (!socket) return;
    record->send_type = record_make_message( record );
    record_begin( record, KIND_SEND );
    error = WinHttpWebSocketSend( socket, record->send_type,
                                  record->send_len ? record->send_buffer : NULL, record->send_len );
    if (error) refused( record, KIND_SEND, error );
}

static void start_read( struct record *record, HINTERNET request )
{
    record_begin( record, KIND_READ );
    if (!WinHttpReadData( request, record->receive_buffer, RECEIVE_SIZE, NULL ))
        refused( record, KIND_READ, GetLastError() );
}

/* The message may be back before its Send has completed. */
static void start_echo( struct record *record )
{
    record->halves = 2;
    start_receive( record );
    start_send( record );
}

static void half_done( struct record *record )
{
    if (!InterlockedDecrement( &record->halves )) start_echo( record );
}

static void begin_role( struct record *record )
{
    switch (record->crowd->role)
    {
    case ROLE_RECEIVE:
        start_receive( record );
        break;
    case ROLE_CLOSE:
        start_close( record );
        break;
    case ROLE_FLOOD:
        start_receive( record );
        start_send( record );
        break;
    default:
        start_echo( record );
        break;
    }
}

/* --- Callbacks ------------------------------------------------------------------------------ */

static void set_socket_timeouts( struct record *record, HINTERNET socket )
{
    const struct crowd *crowd = record->crowd;
    DWORD send = crowd->send_timeout, close = crowd->close_timeout;

    if (send && !WinHttpSetOption( socket, WINHTTP_OPTION_SEND_TIMEOUT, &send, sizeof(send) ))
        violate( record, "no send timeout, error %lu", GetLastError() );
    if (close && !WinHttpSetOption( socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &close,
                                    sizeof(close) ))
        violate( record, "no close timeout, error %lu", GetLastError() );
}

static void upgrade( struct record *record, HINTERNET request )
{
    HINTERNET socket;

    socket = WinHttpWebSocketCompleteUpgrade( request, record_context( record, WHICH_SOCKET ) );
    record_close( record, WHICH_REQUEST );
    if (!socket)
    {
        failed( record, KIND_RECEIVE_RESPONSE, GetLastError() );
        record_over( record );
        return;
    }
    set_socket_timeouts( record, socket );
    record_ready( record );
    begin_role( record );
}

static void on_request( struct record *record, HINTERNET request, DWORD status, void *info )
{
    const WINHTTP_ASYNC_RESULT *result = info;
    static const enum kind kinds[] = { KIND_COUNT, KIND_RECEIVE_RESPONSE, KIND_COUNT, KIND_READ,
                                       KIND_COUNT, KIND_SEND_REQUEST };

    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        record_completed( record, KIND_SEND_REQUEST, 0 );
        record_begin( record, KIND_RECEIVE_RESPONSE );
        if (!WinHttpReceiveResponse( request, NULL ))
            refused( record, KIND_RECEIVE_RESPONSE, GetLastError() );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        record_completed( record, KIND_RECEIVE_RESPONSE, 0 );
        if (record->crowd->role != ROLE_BODY) upgrade( record, request );
        else
        {
            record_ready( record );
            start_read( record, request );
        }
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        record_poison( record );
        record_completed( record, KIND_READ, 0 );
        start_read( record, request );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        record_poison( record );
        record_completed( record, kinds[result->dwResult], result->dwError );
        failed( record, kinds[result->dwResult], result->dwError );
        record_over( record );
        break;
    }
}

static void block( struct record *record )
{
    InterlockedIncrement( &record->crowd->blocked );
    WaitForSingleObject( unblocked, BLOCK_MS );
    InterlockedDecrement( &record->crowd->blocked );
}

static void on_read( struct record *record, const WINHTTP_WEB_SOCKET_STATUS *status )
{
    BOOL whole = status->eBufferType == WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE ||
                 status->eBufferType == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;

    record_check_message( record, status->dwBytesTransferred, status->eBufferType );
    record_completed( record, KIND_RECEIVE, 0 );
    InterlockedIncrement( &record->crowd->moves );
    if (!whole)
    {
        start_receive( record );
        return;
    }
    InterlockedIncrement( &record->crowd->echoes );
    if (record->crowd->role == ROLE_BLOCK) block( record );
    half_done( record );
}

static void on_write( struct record *record )
{
    memset( record->send_buffer, POISON, record->send_len );
    record_completed( record, KIND_SEND, 0 );
    InterlockedIncrement( &record->crowd->moves );
    if (record->crowd->role == ROLE_FLOOD) start_send( record );
    else half_done( record );
}

static void on_socket_error( struct record *record, const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result )
{
    static const enum kind kinds[] = { KIND_SEND, KIND_RECEIVE, KIND_CLOSE, KIND_SHUTDOWN };
    enum kind kind = kinds[result->Operation];

    if (kind == KIND_RECEIVE) record_poison( record );
    record_completed( record, kind, result->AsyncResult.dwError );
    failed( record, kind, result->AsyncResult.dwError );
}

static void on_socket( struct record *record, DWORD status, void *info )
{
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        on_read( record, info );
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        on_write( record );
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        record_completed( record, KIND_CLOSE, 0 );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        on_socket_error( record, info );
        break;
    }
}

static void CALLBACK on_crowd( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD len )
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
    else if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) record_closing( record, which );
    else if (which == WHICH_REQUEST) on_request( record, handle, status, info );
    else on_socket( record, status, info );
}

HINTERNET crowd_session( BOOL async )
{
    HINTERNET session = open_session( async );

    WinHttpSetStatusCallback( session, on_crowd, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    if (!unblocked) unblocked = CreateEventW( NULL, TRUE, FALSE, NULL );
    return session;
}

/* --- Opening -------------------------------------------------------------------------------- */

static INTERNET_PORT choose_port( const struct crowd *crowd, const struct record *record )
{
    if (crowd->port) return crowd->port;
    return record->tls ? options.port_tls : options.port_plain;
}

static HINTERNET open_one( struct crowd *crowd, struct record *record, HINTERNET session )
{
    DWORD_PTR context = record_context( record, WHICH_REQUEST );
    DWORD ignore = SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS;
    int wait = crowd->timeout ? crowd->timeout : LONG_MS;
    HINTERNET connect, request;

    connect = WinHttpConnect( session, L"127.0.0.1", choose_port( crowd, record ), 0 );
    if (connect) others_opened();
    request = WinHttpOpenRequest( connect, NULL, crowd->path, NULL, NULL, NULL,
                                  record->tls ? WINHTTP_FLAG_SECURE : 0 );
    if (request)
    {
        WinHttpSetOption( request, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof(context) );
        WinHttpSetTimeouts( request, wait, wait, wait, wait );
        WinHttpSetOption( request, WINHTTP_OPTION_RECEIVE_RESPONSE_TIMEOUT, &wait, sizeof(wait) );
        if (record->tls)
            WinHttpSetOption( request, WINHTTP_OPTION_SECURITY_FLAGS, &ignore, sizeof(ignore) );
        if (crowd->role != ROLE_BODY)
            WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 );
        record_opened( record, WHICH_REQUEST, request );
    }
    WinHttpCloseHandle( connect );
    return request;
}

static void start_one( struct crowd *crowd, unsigned int number, HINTERNET session )
{
    BOOL tls = crowd->port ? crowd->port == options.port_slow
                           : options.tls && (!options.plain || number % 4 == 0);
    DWORD send_size = crowd->role == ROLE_FLOOD ? FLOOD_SEND_SIZE : LASTING_SEND_SIZE;
    struct record *record = record_create_lasting( number, tls, 0, send_size );
    HINTERNET request;

    record->crowd = crowd;
    crowd->records[number] = record;
    if (!(request = open_one( crowd, record, session )))
    {
        failed( record, KIND_SEND_REQUEST, GetLastError() );
        record_over( record );
        return;
    }
    record_begin( record, KIND_SEND_REQUEST );
    if (!WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ))
        refused( record, KIND_SEND_REQUEST, GetLastError() );
}

static unsigned int count_starting( const struct crowd *crowd, unsigned int started )
{
    unsigned int count = 0, i;

    for (i = 0; i < started; i++)
        count += !crowd->records[i]->is_ready && !crowd->records[i]->is_over;
    return count;
}

void crowd_start( struct crowd *crowd, HINTERNET session )
{
    unsigned int i;

    if (!(crowd->records = calloc( crowd->count, sizeof(*crowd->records) ))) abort();
    for (i = 0; i < crowd->count; i++) start_one( crowd, i, session );
}

unsigned int crowd_open( struct crowd *crowd, HINTERNET session )
{
    unsigned int i, starting;

    if (!(crowd->records = calloc( crowd->count, sizeof(*crowd->records) ))) abort();
    for (i = starting = 0; i < crowd->count; i++)
    {
        while (starting >= MOST_STARTING)
            if ((starting = count_starting( crowd, i )) >= MOST_STARTING) Sleep( 1 );
        start_one( crowd, i, session );
        starting++;
    }
    while (count_starting( crowd, crowd->count )) Sleep( 1 );
    return crowd_present( crowd );
}

/* --- Watching ------------------------------------------------------------------------------- */

unsigned int crowd_present( const struct crowd *crowd )
{
    unsigned int count = 0, i;

    for (i = 0; i < crowd->count; i++)
        count += crowd->records[i]->is_ready && !crowd->records[i]->is_over;
    return count;
}

static unsigned int count_pending( const struct crowd *crowd, enum kind kind )
{
    unsigned int count = 0, i;

    for (i = 0; i < crowd->count; i++) count += crowd->records[i]->outstanding[kind];
    return count;
}

unsigned int crowd_pending( const struct crowd *crowd )
{
    unsigned int count = 0;
    enum kind kind;

    for (kind = 0; kind < KIND_COUNT; kind++) count += count_pending( crowd, kind );
    return count;
}

BOOL crowd_wait( const struct crowd *crowd, enum kind kind, DWORD ms )
{
    ULONGLONG limit = GetTickCount64() + ms;

    while (kind == KIND_COUNT ? crowd_pending( crowd ) : count_pending( crowd, kind ))
    {
        if (GetTickCount64() >= limit) return FALSE;
        Sleep( 1 );
    }
    return TRUE;
}

void crowd_settle( const struct crowd *crowd )
{
    LONG seen;

    do
    {
        seen = crowd->moves;
        Sleep( STILL_MS );
    }
    while (crowd->moves != seen);
}

void crowd_unblock( BOOL unblock )
{
    if (unblock) SetEvent( unblocked );
    else ResetEvent( unblocked );
}

void crowd_close( struct crowd *crowd )
{
    unsigned int i;

    for (i = 0; i < crowd->count; i++) start_close( crowd->records[i] );
}

void crowd_leave( struct crowd *crowd )
{
    unsigned int i;

    for (i = 0; i < crowd->count; i++)
    {
        record_abandon( crowd->records[i] );
        record_release( crowd->records[i] );
    }
    free( crowd->records );
}
