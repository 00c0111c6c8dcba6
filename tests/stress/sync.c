/* sync - synchronous sockets: one thread sends, one receives, a third closes when it likes.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <stdlib.h>
#include <string.h>

enum
{
    HASTY_MS = 30,         /* a handle closed while it is at work */
    GOODBYE_WAIT_MS = 1500,
};

/* --- Threads that wait for work -------------------------------------------------------------- */

struct helper
{
    HANDLE thread, go, done;          /* owned; auto-reset events */
    void (*work)( struct record *record ); /* NULL: end */
    struct record *record;            /* borrowed (until done is set) */
};

struct helpers
{
    struct helper receiver, closer;
};

static DWORD CALLBACK helper_main( void *arg )
{
    struct helper *helper = arg;

    while (!WaitForSingleObject( helper->go, INFINITE ) && helper->work)
    {
        helper->work( helper->record );
        SetEvent( helper->done );
    }
    return 0;
}

static void helper_init( struct helper *helper )
{
    helper->go = CreateEventW( NULL, FALSE, FALSE, NULL );
    helper->done = CreateEventW( NULL, FALSE, FALSE, NULL );
    helper->thread = CreateThread( NULL, 0, helper_main, helper, 0, NULL );
    if (!helper->thread) abort();
}

static void helper_start( struct helper *helper, void (*work)( struct record * ),
                          struct record *record )
{
    helper->work = work;
    helper->record = record;
    SetEvent( helper->go );
}

static void helper_wait( struct helper *helper )
{
    WaitForSingleObject( helper->done, INFINITE );
}

static void helper_end( struct helper *helper )
{
    helper_start( helper, NULL, NULL );
    WaitForSingleObject( helper->thread, INFINITE );
    CloseHandle( helper->thread );
    CloseHandle( helper->go );
    CloseHandle( helper->done );
}

struct helpers *helpers_create(void)
{
    struct helpers *helpers = calloc( 1, sizeof(*helpers) );

    if (!helpers) abort();
    helper_init( &helpers->receiver );
    helper_init( &helpers->closer );
    return helpers;
}

void helpers_free( struct helpers *helpers )
{
    helper_end( &helpers->receiver );
    helper_end( &helpers->closer );
    free( helpers );
}

/* --- Calls ---------------------------------------------------------------------------------- */

/* A synchronous call is complete when it returns. */
static DWORD finished( struct record *record, enum kind kind, DWORD error )
{
    if (error) record_refused( record, kind, error );
    else record_completed( record, kind, 0 );
    return error;
}

static BOOL send_request( struct record *record, HINTERNET request )
{
    DWORD code = 0, size = sizeof(code);
    BOOL ok;

    record_begin( record, KIND_SEND_REQUEST );
    ok = WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 );
    if (finished( record, KIND_SEND_REQUEST, ok ? 0 : GetLastError() )) return FALSE;
    record_begin( record, KIND_RECEIVE_RESPONSE );
    ok = WinHttpReceiveResponse( request, NULL );
    if (finished( record, KIND_RECEIVE_RESPONSE, ok ? 0 : GetLastError() )) return FALSE;
    WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                         &code, &size, NULL );
    return code == 101;
}

static BOOL upgrade( struct record *record, HINTERNET request )
{
    HINTERNET socket;

    record_note( record, "WinHttpWebSocketCompleteUpgrade" );
    socket = WinHttpWebSocketCompleteUpgrade( request, record_context( record, WHICH_SOCKET ) );
    if (socket)
    {
        set_socket_options( record, socket );
        return TRUE;
    }
    if (!is_refusal( GetLastError() ) &&
        (record_handle( record, WHICH_REQUEST ) || GetLastError() != ERROR_INVALID_HANDLE))
        violate( record, "CompleteUpgrade failed with %lu", GetLastError() );
    return FALSE;
}

static BOOL receive_one( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD len, error;

    if (!socket) return FALSE;
    record_begin( record, KIND_RECEIVE );
    error = WinHttpWebSocketReceive( socket, record->receive_buffer,
                                     1 + chance( record, RECEIVE_SIZE ), &len, &type );
    if (error) record_poison( record );
    else record_check_message( record, len, type );
    if (finished( record, KIND_RECEIVE, error )) return FALSE;
    return type != WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE;
}

static BOOL send_one( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD error;

    if (!socket) return FALSE;
    type = record_make_message( record );
    record_begin( record, KIND_SEND );
    error = WinHttpWebSocketSend( socket, type, record->send_len ? record->send_buffer : NULL,
                                  record->send_len );
    memset( record->send_buffer, POISON, record->send_len );
    if (error) record_unmake_message( record );
    return !finished( record, KIND_SEND, error );
}

static void shut_down( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );

    if (!socket) return;
    record_begin( record, KIND_SHUTDOWN );
    finished( record, KIND_SHUTDOWN, WinHttpWebSocketShutdown( socket, 1000, "later", 5 ) );
}

static void close_well( struct record *record )
{
    HINTERNET socket = record_handle( record, WHICH_SOCKET );

    if (!socket) return;
    record_begin( record, KIND_CLOSE );
    finished( record, KIND_CLOSE, WinHttpWebSocketClose( socket, 1000, NULL, 0 ) );
}

/* --- Threads of one socket ------------------------------------------------------------------- */

static void receive_all( struct record *record )
{
    record_linger( record );
    while (receive_one( record ))
        if (percent( record, 5 )) Sleep( chance( record, 10 ) );
}

static void close_request_soon( struct record *record )
{
    Sleep( chance( record, HASTY_MS ) );
    record_close( record, WHICH_REQUEST );
}

static void close_socket( struct record *record )
{
    DWORD wait = percent( record, 40 ) ? chance( record, HASTY_MS ) : GOODBYE_WAIT_MS;

    if (percent( record, 3 )) wait = LINGER_MS;
    WaitForSingleObject( record->over, wait );
    record_close( record, WHICH_SOCKET );
}

static void talk( struct record *record )
{
    while (InterlockedDecrement( &record->sends_left ) >= 0 && send_one( record ))
        if (percent( record, 20 )) Sleep( chance( record, 5 ) );
}

/* Without an end of its own the socket is aborted. */
static void end( struct record *record )
{
    unsigned int how = chance( record, 100 );

    if (how < 40) close_well( record );
    else if (how < 70) shut_down( record );
}

void run_sync( struct record *record, HINTERNET session, struct helpers *helpers )
{
    BOOL hasty = percent( record, 15 ), waits = percent( record, 50 );
    HINTERNET request;
    BOOL ok;

    if (!(request = open_request( record, session ))) return;
    if (hasty) helper_start( &helpers->closer, close_request_soon, record );
    ok = send_request( record, request ) && upgrade( record, request );
    if (hasty) helper_wait( &helpers->closer );
    if (ok)
    {
        helper_start( &helpers->receiver, receive_all, record );
        helper_start( &helpers->closer, close_socket, record );
        talk( record );
        record_linger( record );
        end( record );
        if (!waits) SetEvent( record->over );
        helper_wait( &helpers->receiver );
        SetEvent( record->over );
        helper_wait( &helpers->closer );
    }
    record_abandon( record );
}
