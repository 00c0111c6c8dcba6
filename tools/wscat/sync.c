/* wscat with synchronous WinHTTP calls.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "driver.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "input.h"
#include "text.h"

struct sync
{
    struct client  client;
    struct input   input;          /* sender's thread only */
    HANDLE         received;       /* set when something came: the goodbye timer starts again */
    HANDLE         finished;       /* set when the receiver has seen the end */

    CRITICAL_SECTION send_lock;    /* held around every call that sends: WinHttpWebSocketClose
                                    * is not allowed while a send is under way */
    BOOL           goodbye_sent;   /* under send_lock; once set, never unset */
    volatile LONG  input_ended;    /* the sender's thread will end soon */
    volatile LONG  gave_up;        /* the sender has closed the socket, and said why */
    volatile LONG  ended;          /* the result is known: what fails now is nobody's concern */
    enum exit_status status;
};

static char buffer[CLIENT_BUFFER_BYTES];

static void CALLBACK notified( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD len )
{
    (void)handle; (void)context; (void)len;
    client_notify( status, info );
}

static void *reason_of( const struct options *options )
{
    return options->close_reason_len ? (void *)options->close_reason : NULL;
}

/* Sends one piece; FALSE when nothing more can be sent. */
static BOOL send_piece( struct sync *sync, const struct outgoing *out )
{
    DWORD error;

    EnterCriticalSection( &sync->send_lock );
    error = sync->goodbye_sent ? ERROR_INVALID_OPERATION : ERROR_SUCCESS;
    if (!error)
    {
        client_say_sending( out->type, out->len );
        error = WinHttpWebSocketSend( sync->client.socket, out->type, out->data, out->len );
        if (error && !sync->ended) client_report_loss( "cannot send", error );
    }
    LeaveCriticalSection( &sync->send_lock );
    return !error;
}

/* Closes our direction; the receiver goes on until the server has closed its own. */
static BOOL say_goodbye( struct sync *sync )
{
    const struct options *options = sync->client.options;
    DWORD error = ERROR_SUCCESS;

    EnterCriticalSection( &sync->send_lock );
    if (!sync->goodbye_sent)
    {
        text_say( "closing with status %u, reason \"%s\"", options->close_status,
                  options->close_reason );
        sync->goodbye_sent = TRUE;
        error = WinHttpWebSocketShutdown( sync->client.socket, options->close_status,
                                          reason_of( options ), options->close_reason_len );
        if (error) client_report_loss( "cannot say goodbye", error );
    }
    LeaveCriticalSection( &sync->send_lock );
    return !error;
}

/* Ends the receiver's call; it may be called by the sender's thread only. */
static void give_up( struct sync *sync )
{
    InterlockedExchange( &sync->gave_up, TRUE );
    WinHttpCloseHandle( sync->client.socket );
}

/* Waits until the receiver is done; closing the handle ends its call when the server is silent
 * for longer than the user grants. */
static void await_goodbye( struct sync *sync )
{
    HANDLE events[2] = { sync->finished, sync->received };
    DWORD ret;

    do ret = WaitForMultipleObjects( 2, events, FALSE, sync->client.options->close_timeout_ms );
    while (ret == WAIT_OBJECT_0 + 1);
    if (ret != WAIT_TIMEOUT) return;
    text_complain( "the server did not answer our goodbye within %lu ms",
                   sync->client.options->close_timeout_ms );
    give_up( sync );
}

static void send_all( struct sync *sync )
{
    struct outgoing out;
    BOOL ok = TRUE;

    while (ok && input_next( &sync->input, &out ))
    {
        ok = send_piece( sync, &out );
        free( out.data );
    }
}

static DWORD CALLBACK sender( void *arg )
{
    struct sync *sync = arg;

    send_all( sync );
    InterlockedExchange( &sync->input_ended, TRUE );
    if (say_goodbye( sync )) await_goodbye( sync );
    else give_up( sync );
    return 0;
}

/* The server has closed: answer it, if we have not said goodbye ourselves. */
static enum exit_status answer_close( struct sync *sync )
{
    enum exit_status status;
    USHORT theirs;
    DWORD error;

    status = client_report_close( &sync->client, &theirs );
    EnterCriticalSection( &sync->send_lock );
    sync->goodbye_sent = TRUE;
    error = WinHttpWebSocketClose( sync->client.socket, theirs, NULL, 0 );
    LeaveCriticalSection( &sync->send_lock );
    if (error) return client_report_loss( "cannot answer the server's goodbye", error );
    text_say( "closed in good order" );
    return status;
}

static enum exit_status receive_failed( struct sync *sync, DWORD error )
{
    return sync->gave_up ? EXIT_LOST : client_report_loss( "cannot receive", error );
}

static enum exit_status receive_all( struct sync *sync )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD len, error;

    for (;;)
    {
        error = WinHttpWebSocketReceive( sync->client.socket, buffer, sizeof(buffer), &len,
                                         &type );
        if (error) return receive_failed( sync, error );
        SetEvent( sync->received );
        if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) return answer_close( sync );
        if (!client_output( type, buffer, len )) return EXIT_LOST;
    }
}

/* --close-now: nobody receives, WinHttpWebSocketClose drops what came. */
static enum exit_status send_and_close( struct sync *sync )
{
    const struct options *options = sync->client.options;
    USHORT theirs;
    DWORD error;

    send_all( sync );
    text_say( "closing at once with status %u, reason \"%s\"", options->close_status,
              options->close_reason );
    error = WinHttpWebSocketClose( sync->client.socket, options->close_status,
                                   reason_of( options ), options->close_reason_len );
    if (error) return client_report_loss( "cannot close", error );
    text_say( "closed in good order" );
    return client_report_close( &sync->client, &theirs );
}

static enum exit_status talk( struct sync *sync )
{
    enum exit_status status;
    HANDLE thread;

    if (sync->client.options->close_now) return send_and_close( sync );
    sync->received = CreateEventW( NULL, FALSE, FALSE, NULL );
    sync->finished = CreateEventW( NULL, TRUE, FALSE, NULL );
    thread = CreateThread( NULL, 0, sender, sync, 0, NULL );
    if (!thread) return client_report_loss( "cannot start a thread", GetLastError() );
    status = receive_all( sync );
    SetEvent( sync->finished );
    /* A thread that still waits for the user's next line ends with the process. */
    if (sync->input_ended) WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
    return status;
}

static enum exit_status fetch_page( struct sync *sync )
{
    HINTERNET request = sync->client.request;
    DWORD len;

    do
    {
        if (!WinHttpReadData( request, buffer, sizeof(buffer), &len ))
            return client_report_loss( "cannot read the page", GetLastError() );
        if (len && !text_output( buffer, len )) return EXIT_LOST;
    } while (len);
    return EXIT_CLEAN;
}

static DWORD connect_to( struct sync *sync, const struct options *options )
{
    HINTERNET request;
    DWORD error;

    if ((error = client_open( &sync->client, options, 0, notified, 0 ))) return error;
    request = sync->client.request;
    if (!WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0,
                             0, 0 )) return GetLastError();
    return WinHttpReceiveResponse( request, NULL ) ? ERROR_SUCCESS : GetLastError();
}

static enum exit_status converse( struct sync *sync, const struct options *options )
{
    enum exit_status status;
    DWORD error;
    BOOL ok;

    if ((error = connect_to( sync, options ))) return client_report_failure( &sync->client, error );
    ok = client_check_response( &sync->client );
    if (!options->url.websocket)
    {
        status = fetch_page( sync );
        return status == EXIT_CLEAN && !ok ? EXIT_HANDSHAKE : status;
    }
    if (!ok) return EXIT_HANDSHAKE;
    if ((error = client_upgrade( &sync->client, 0 )))
        return client_report_failure( &sync->client, error );
    return talk( sync );
}

enum exit_status sync_run( const struct options *options )
{
    static struct sync sync; /* static: the sender's thread may outlive this function */
    enum exit_status status;

    InitializeCriticalSection( &sync.send_lock );
    if (!input_open( &sync.input, options->binary )) return EXIT_USAGE;
    status = converse( &sync, options );
    InterlockedExchange( &sync.ended, TRUE );
    if (sync.gave_up) sync.client.socket = NULL; /* closed by the sender */
    client_close( &sync.client );
    return sync.input.failed ? EXIT_USAGE : status;
}
