/* wscat with asynchronous WinHTTP calls.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Callbacks and the thread that reads the input only post events. The main thread takes them one
 * by one and decides: no state is shared, and a callback inside a WinHTTP call disturbs nothing.
 *
 *   connecting -> [SENDREQUEST_COMPLETE] -> waiting -> [HEADERS_AVAILABLE] -> open
 *   open: a receive is always pending; pieces to send wait in a list and leave one at a time
 *   open -> [input ends] -> shut down -> [server's close] -> closing -> [CLOSE_COMPLETE] -> done
 *   any  -> [REQUEST_ERROR, or the goodbye takes too long] -> done
 */

#include "driver.h"

#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "input.h"
#include "text.h"

/* Pieces that the input may be ahead of the network: enough to keep it busy, 256 KiB of a file. */
#define MAX_WAITING_PIECES 4

enum event_kind
{
    EVENT_CALLBACK,  /* a notification from WinHTTP */
    EVENT_PIECE,     /* something to send */
    EVENT_INPUT_END,
};

struct event
{
    struct event   *next;    /* owned by the queue */
    enum event_kind kind;
    DWORD           status;  /* WINHTTP_CALLBACK_STATUS_..., and what came with it: */
    DWORD           error;
    DWORD_PTR       operation;
    DWORD           len;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    struct outgoing out;     /* owned */
};

struct queue
{
    CRITICAL_SECTION lock;
    struct event *first, **last; /* under lock */
    HANDLE        filled;        /* auto-reset */
};

struct async
{
    struct queue  queue;
    HANDLE        room;          /* semaphore: pieces that the input may still read ahead */
    struct input  input;         /* input thread only, after its start */

    /* main thread only */
    struct client client;
    struct event *waiting, **waiting_end; /* pieces to send; owned */
    struct outgoing sending;     /* handed to WinHTTP until WRITE_COMPLETE */
    unsigned      open_handles;  /* whose HANDLE_CLOSING has not come */
    HANDLE        reader;        /* owned: thread that reads the input, NULL before the upgrade */
    BOOL          upgraded;
    BOOL          receive_pending, send_pending, close_pending;
    BOOL          input_ended;   /* once set, never unset, like all below */
    BOOL          shut_down;     /* our goodbye is sent */
    BOOL          server_closed; /* the server's goodbye has come */
    BOOL          done;
    ULONGLONG     deadline;      /* of the goodbye, GetTickCount64; 0: none */
    enum exit_status status;
    enum exit_status http_status; /* what the answer to http means */
};

static char buffer[CLIENT_BUFFER_BYTES];

static void post( struct queue *queue, const struct event *template )
{
    struct event *event = malloc( sizeof(*event) );

    if (!event)
    {
        text_complain( "out of memory" );
        ExitProcess( EXIT_LOST );
    }
    *event = *template;
    event->next = NULL;
    EnterCriticalSection( &queue->lock );
    *queue->last = event;
    queue->last = &event->next;
    LeaveCriticalSection( &queue->lock );
    SetEvent( queue->filled );
}

static struct event *take( struct queue *queue )
{
    struct event *event;

    EnterCriticalSection( &queue->lock );
    if ((event = queue->first) && !(queue->first = event->next)) queue->last = &queue->first;
    LeaveCriticalSection( &queue->lock );
    return event;
}

static void copy_error( struct event *event, const struct async *async, const void *info )
{
    const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result = info;

    event->error = result->AsyncResult.dwError;
    event->operation = async->upgraded ? (DWORD_PTR)result->Operation
                                       : result->AsyncResult.dwResult;
}

static void CALLBACK notified( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD len )
{
    struct event event = { .kind = EVENT_CALLBACK, .status = status, .len = len };
    struct async *async = (struct async *)context;
    const WINHTTP_WEB_SOCKET_STATUS *progress = info;

    (void)handle;
    client_notify( status, info );
    if (!async) return; /* of the session or the connection */
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        copy_error( &event, async, info );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        if (!async->upgraded) break;
        event.len = progress->dwBytesTransferred;
        event.type = progress->eBufferType;
        break;
    case WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE:
        event.len = *(const DWORD *)info;
        break;
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        break;
    default:
        return;
    }
    post( &async->queue, &event );
}

static DWORD CALLBACK read_input( void *arg )
{
    struct event event = { .kind = EVENT_PIECE };
    struct async *async = arg;

    while (input_next( &async->input, &event.out ))
    {
        post( &async->queue, &event );
        WaitForSingleObject( async->room, INFINITE );
    }
    event.kind = EVENT_INPUT_END;
    post( &async->queue, &event );
    return 0;
}

static void finish( struct async *async, enum exit_status status )
{
    if (async->done) return;
    async->done = TRUE;
    async->status = status;
}

static void arm_deadline( struct async *async )
{
    async->deadline = GetTickCount64() + async->client.options->close_timeout_ms;
}

static void start_receive( struct async *async )
{
    DWORD error = WinHttpWebSocketReceive( async->client.socket, buffer, sizeof(buffer), NULL,
                                           NULL );

    if (error) finish( async, client_report_loss( "cannot receive", error ) );
    else async->receive_pending = TRUE;
}

static void start_send( struct async *async )
{
    struct event *event = async->waiting;
    DWORD error;

    if (!(async->waiting = event->next)) async->waiting_end = &async->waiting;
    async->sending = event->out;
    free( event );
    ReleaseSemaphore( async->room, 1, NULL );
    client_say_sending( async->sending.type, async->sending.len );
    error = WinHttpWebSocketSend( async->client.socket, async->sending.type, async->sending.data,
                                  async->sending.len );
    if (error) finish( async, client_report_loss( "cannot send", error ) );
    else async->send_pending = TRUE;
}

/* Windows answers Shutdown with 0 or, as documented, ERROR_IO_PENDING; neither is a failure. */
static void shut_down( struct async *async )
{
    const struct options *options = async->client.options;
    DWORD error;

    text_say( "closing with status %u, reason \"%s\"", options->close_status,
              options->close_reason );
    async->shut_down = TRUE;
    arm_deadline( async );
    error = WinHttpWebSocketShutdown( async->client.socket, options->close_status,
                                      options->close_reason_len ? (void *)options->close_reason
                                                                : NULL,
                                      options->close_reason_len );
    if (error && error != ERROR_IO_PENDING)
        finish( async, client_report_loss( "cannot say goodbye", error ) );
}

static void start_close( struct async *async, USHORT status, const char *reason, DWORD reason_len )
{
    DWORD error;

    async->close_pending = TRUE;
    async->deadline = 0; /* WinHTTP's own close timer runs now */
    error = WinHttpWebSocketClose( async->client.socket, status, reason_len ? (void *)reason : NULL,
                                   reason_len );
    if (error && error != ERROR_IO_PENDING)
        finish( async, client_report_loss( "cannot close", error ) );
}

static void close_now( struct async *async )
{
    const struct options *options = async->client.options;

    text_say( "closing at once with status %u, reason \"%s\"", options->close_status,
              options->close_reason );
    start_close( async, options->close_status, options->close_reason, options->close_reason_len );
}

static void answer_close( struct async *async )
{
    USHORT theirs;

    async->status = client_report_close( &async->client, &theirs );
    start_close( async, theirs, NULL, 0 );
}

/* Starts whatever can be started now. */
static void advance( struct async *async )
{
    BOOL idle = !async->send_pending && !async->waiting;

    if (!async->upgraded || async->done || async->close_pending) return;
    if (async->server_closed)
    {
        if (!async->send_pending) answer_close( async ); /* not allowed during a send */
        return;
    }
    if (!async->receive_pending) start_receive( async );
    if (!async->done && async->waiting && !async->send_pending) start_send( async );
    else if (!async->done && idle && async->input_ended && !async->shut_down)
    {
        if (async->client.options->close_now) close_now( async );
        else shut_down( async );
    }
}

static void read_page( struct async *async )
{
    if (!WinHttpQueryDataAvailable( async->client.request, NULL ))
        finish( async, client_report_loss( "cannot read the page", GetLastError() ) );
}

static void start_talk( struct async *async )
{
    DWORD error;

    /* Set before the upgrade: a notification of the new handle may come from inside the call. */
    async->upgraded = TRUE;
    async->open_handles++;
    if ((error = client_upgrade( &async->client, (DWORD_PTR)async )))
    {
        async->upgraded = FALSE;
        if (!async->client.socket) async->open_handles--;
        finish( async, client_report_failure( &async->client, error ) );
        return;
    }
    async->reader = CreateThread( NULL, 0, read_input, async, 0, NULL );
    if (!async->reader)
        finish( async, client_report_loss( "cannot start a thread", GetLastError() ) );
}

static void headers_came( struct async *async )
{
    BOOL ok = client_check_response( &async->client );

    async->http_status = ok ? EXIT_CLEAN : EXIT_HANDSHAKE;
    if (!async->client.options->url.websocket) read_page( async );
    else if (ok) start_talk( async );
    else finish( async, EXIT_HANDSHAKE );
}

static void data_available( struct async *async, DWORD len )
{
    if (!len) finish( async, async->http_status );
    else if (!WinHttpReadData( async->client.request, buffer,
                               len < sizeof(buffer) ? len : sizeof(buffer), NULL ))
        finish( async, client_report_loss( "cannot read the page", GetLastError() ) );
}

static void read_completed( struct async *async, const struct event *event )
{
    BOOL ok;

    if (!async->upgraded)
    {
        ok = !event->len || text_output( buffer, event->len );
        if (!event->len) finish( async, async->http_status );
        else if (ok) read_page( async );
        else finish( async, EXIT_LOST );
        return;
    }
    async->receive_pending = FALSE;
    if (async->deadline) arm_deadline( async );
    if (event->type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) async->server_closed = TRUE;
    else if (!client_output( event->type, buffer, event->len )) finish( async, EXIT_LOST );
}

static void write_completed( struct async *async )
{
    free( async->sending.data );
    async->sending.data = NULL;
    async->send_pending = FALSE;
}

static void close_completed( struct async *async )
{
    USHORT theirs;

    text_say( "closed in good order" );
    if (async->server_closed) finish( async, async->status );
    else finish( async, client_report_close( &async->client, &theirs ) );
}

static void failed( struct async *async, const struct event *event )
{
    if (!async->upgraded)
    {
        finish( async, client_report_failure( &async->client, event->error ) );
        return;
    }
    if (event->operation == WINHTTP_WEB_SOCKET_SEND_OPERATION) write_completed( async );
    if (event->operation == WINHTTP_WEB_SOCKET_RECEIVE_OPERATION) async->receive_pending = FALSE;
    /* Closing cancels the receive; its own result is what counts. */
    if (async->close_pending && event->operation == WINHTTP_WEB_SOCKET_RECEIVE_OPERATION) return;
    finish( async, client_report_loss( "the WebSocket failed", event->error ) );
}

static void handle_callback( struct async *async, const struct event *event )
{
    switch (event->status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse( async->client.request, NULL ))
            finish( async, client_report_failure( &async->client, GetLastError() ) );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        headers_came( async );
        break;
    case WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE:
        data_available( async, event->len );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        read_completed( async, event );
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        write_completed( async );
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        close_completed( async );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        failed( async, event );
        break;
    }
}

/* Adds the event to the pieces that wait; it is owned by the list then. */
static void add_waiting( struct async *async, struct event *event )
{
    event->next = NULL;
    *async->waiting_end = event;
    async->waiting_end = &event->next;
}

static void handle_event( struct async *async, struct event *event )
{
    if (event->kind == EVENT_PIECE)
    {
        add_waiting( async, event );
        return;
    }
    if (event->kind == EVENT_INPUT_END) async->input_ended = TRUE;
    else if (event->status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) async->open_handles--;
    else if (!async->done) handle_callback( async, event );
    free( event );
}

static void handle_deadline( struct async *async )
{
    if (!async->deadline || async->done || GetTickCount64() < async->deadline) return;
    text_complain( "the server did not answer our goodbye within %lu ms",
                   async->client.options->close_timeout_ms );
    finish( async, EXIT_LOST );
}

static DWORD time_left( const struct async *async )
{
    ULONGLONG now = GetTickCount64();

    if (!async->deadline || async->done) return INFINITE;
    return async->deadline > now ? async->deadline - now : 0;
}

/* Handles events until wanted is true, or no handle is open any more. */
static void run_until( struct async *async, const BOOL *wanted )
{
    struct event *event;

    while (!*wanted && async->open_handles)
    {
        if (!(event = take( &async->queue )))
        {
            WaitForSingleObject( async->queue.filled, time_left( async ) );
            handle_deadline( async );
            continue;
        }
        handle_event( async, event );
        advance( async );
    }
}

static void start_connecting( struct async *async, const struct options *options )
{
    DWORD error = client_open( &async->client, options, WINHTTP_FLAG_ASYNC, notified,
                               (DWORD_PTR)async );

    if (async->client.request) async->open_handles++;
    if (!error && !WinHttpSendRequest( async->client.request, WINHTTP_NO_ADDITIONAL_HEADERS, 0,
                                       WINHTTP_NO_REQUEST_DATA, 0, 0, (DWORD_PTR)async ))
        error = GetLastError();
    if (error) finish( async, client_report_failure( &async->client, error ) );
}

enum exit_status async_run( const struct options *options )
{
    static struct async async; /* static: the input thread may outlive this function */
    static const BOOL never = FALSE;

    InitializeCriticalSection( &async.queue.lock );
    async.queue.last = &async.queue.first;
    async.queue.filled = CreateEventW( NULL, FALSE, FALSE, NULL );
    async.room = CreateSemaphoreW( NULL, MAX_WAITING_PIECES, MAX_WAITING_PIECES + 1, NULL );
    async.waiting_end = &async.waiting;
    if (!input_open( &async.input, options->binary )) return EXIT_USAGE;
    start_connecting( &async, options );
    run_until( &async, &async.done );
    client_close( &async.client );
    run_until( &async, &never ); /* no callback may come after the end of main */
    /* A thread that still waits for the user's next line ends with the process. */
    if (async.input_ended) WaitForSingleObject( async.reader, INFINITE );
    return async.input.failed ? EXIT_USAGE : async.status;
}
