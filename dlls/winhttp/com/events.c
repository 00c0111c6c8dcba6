/* events - a connection point's sinks, and what they are still to be told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/events.h"

#include <stdlib.h>

#include "winuser.h"
#include "olectl.h"

#include "com/error.h"
#include "com/module.h"
#include "com/transfer.h"

#define WINDOW_CLASS L"WinHttpRequestEvents"

const IID IID_IWinHttpRequestEvents =
    { 0xf97f4e15, 0xb787, 0x4212, { 0x80, 0xd1, 0xd3, 0x80, 0xcb, 0xbf, 0x98, 0x2e } };

struct sink
{
    struct sink *next;
    IWinHttpRequestEvents *events; /* ref */
    DWORD cookie;
};

struct event
{
    struct event *next;
    struct transfer *transfer; /* ref */
    UINT send;                 /* which one of the transfer's */
    enum event_type type;
    size_t offset;
    size_t length;
};

struct events
{
    LONG refs;
    HANDLE queued; /* owned; auto-reset */

    /* the apartment's thread */
    struct sink *sinks; /* by cookie */
    DWORD last_cookie;

    /* under the lock */
    SRWLOCK lock;
    struct event *first;
    struct event **end; /* where the next one goes */
    HWND window; /* owned; while there are sinks */
    BOOL posted; /* a message is on its way to the window */
};

static INIT_ONCE class_once = INIT_ONCE_STATIC_INIT;
static BOOL registered; /* once set, never unset */

struct events *events_create(void)
{
    struct events *events;

    if (!(events = calloc( 1, sizeof(*events) ))) return NULL;
    if (!(events->queued = CreateEventW( NULL, FALSE, FALSE, NULL )))
    {
        free( events );
        return NULL;
    }
    events->refs = 1;
    events->end = &events->first;
    return events;
}

void events_addref( struct events *events )
{
    InterlockedIncrement( &events->refs );
}

void events_release( struct events *events )
{
    if (InterlockedDecrement( &events->refs )) return;
    CloseHandle( events->queued );
    free( events );
}

static void free_event( struct event *event )
{
    transfer_release( event->transfer );
    free( event );
}

static struct event *next_event( struct events *events )
{
    struct event *event;

    AcquireSRWLockExclusive( &events->lock );
    if ((event = events->first) && !(events->first = event->next)) events->end = &events->first;
    ReleaseSRWLockExclusive( &events->lock );
    return event;
}

/* --- The window: how a message loop comes to fire events -------------------------------------- */

static LRESULT CALLBACK window_proc( HWND window, UINT message, WPARAM wparam, LPARAM lparam )
{
    struct events *events = (struct events *)GetWindowLongPtrW( window, GWLP_USERDATA );

    if (message == WM_USER && events)
    {
        AcquireSRWLockExclusive( &events->lock );
        events->posted = FALSE;
        ReleaseSRWLockExclusive( &events->lock );
        events_dispatch( events );
        return 0;
    }
    return DefWindowProcW( window, message, wparam, lparam );
}

static BOOL CALLBACK register_class( INIT_ONCE *once, void *param, void **context )
{
    WNDCLASSW class = { .lpfnWndProc = window_proc, .lpszClassName = WINDOW_CLASS };

    (void)once, (void)param, (void)context;
    class.hInstance = com_module_get();
    return registered = RegisterClassW( &class ) != 0;
}

void com_module_free( HINSTANCE instance )
{
    if (registered) UnregisterClassW( WINDOW_CLASS, instance ); /* else user32 is not even loaded */
}

static BOOL open_window( struct events *events )
{
    HWND window;

    if (events->window) return TRUE;
    if (!InitOnceExecuteOnce( &class_once, register_class, NULL, NULL )) return FALSE;
    window = CreateWindowExW( 0, WINDOW_CLASS, NULL, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL,
                              com_module_get(), NULL );
    if (!window) return FALSE;
    SetWindowLongPtrW( window, GWLP_USERDATA, (LONG_PTR)events );
    AcquireSRWLockExclusive( &events->lock );
    events->window = window;
    events->posted = FALSE;
    ReleaseSRWLockExclusive( &events->lock );
    return TRUE;
}

/* With it goes what was queued: nobody is there to be told. */
static void close_window( struct events *events )
{
    struct event *event;
    HWND window;

    AcquireSRWLockExclusive( &events->lock );
    window = events->window;
    events->window = NULL;
    ReleaseSRWLockExclusive( &events->lock );
    while ((event = next_event( events ))) free_event( event );

    if (!window) return;
    SetWindowLongPtrW( window, GWLP_USERDATA, 0 );
    if (!DestroyWindow( window )) PostMessageW( window, WM_CLOSE, 0, 0 ); /* another thread's */
}

/* --- Sinks ---------------------------------------------------------------------------------- */

/* Where the first sink behind a cookie stands, or is to stand. */
static struct sink **find_place( struct events *events, DWORD cookie )
{
    struct sink **place = &events->sinks;

    while (*place && (*place)->cookie <= cookie) place = &(*place)->next;
    return place;
}

HRESULT events_advise( struct events *events, IUnknown *sink, DWORD *cookie )
{
    struct sink *entry;

    if (!(entry = calloc( 1, sizeof(*entry) ))) return E_OUTOFMEMORY;
    if (FAILED(IUnknown_QueryInterface( sink, &IID_IWinHttpRequestEvents,
                                        (void **)&entry->events )))
    {
        free( entry );
        return CONNECT_E_CANNOTCONNECT;
    }
    if (!open_window( events ))
    {
        IUnknown_Release( (IUnknown *)entry->events );
        free( entry );
        return E_OUTOFMEMORY;
    }
    entry->cookie = ++events->last_cookie;
    *find_place( events, entry->cookie ) = entry;
    *cookie = entry->cookie;
    return S_OK;
}

static void remove_sink( struct sink **place )
{
    struct sink *sink = *place;

    *place = sink->next;
    IUnknown_Release( (IUnknown *)sink->events );
    free( sink );
}

HRESULT events_unadvise( struct events *events, DWORD cookie )
{
    struct sink **place;

    place = find_place( events, cookie - 1 );
    if (!cookie || !*place || (*place)->cookie != cookie) return CONNECT_E_NOCONNECTION;
    remove_sink( place );
    if (!events->sinks) close_window( events );
    return S_OK;
}

UINT events_count( const struct events *events )
{
    const struct sink *sink;
    UINT count = 0;

    for (sink = events->sinks; sink; sink = sink->next) count++;
    return count;
}

void events_get( const struct events *events, UINT index, CONNECTDATA *data )
{
    const struct sink *sink = events->sinks;

    while (index--) sink = sink->next;
    data->pUnk = (IUnknown *)sink->events;
    data->dwCookie = sink->cookie;
    IUnknown_AddRef( data->pUnk );
}

/* --- The queue ------------------------------------------------------------------------------- */

void events_post( struct events *events, struct transfer *transfer, UINT send,
                  enum event_type type, size_t offset, size_t length )
{
    struct event *event;

    if (!(event = malloc( sizeof(*event) ))) return;
    event->transfer = transfer;
    event->send = send;
    event->type = type;
    event->offset = offset;
    event->length = length;
    event->next = NULL;
    transfer_addref( transfer );

    AcquireSRWLockExclusive( &events->lock );
    if (events->window)
    {
        *events->end = event;
        events->end = &event->next;
        if (!events->posted) events->posted = PostMessageW( events->window, WM_USER, 0, 0 );
        event = NULL;
    }
    ReleaseSRWLockExclusive( &events->lock );

    if (event) free_event( event );
    else SetEvent( events->queued );
}

BOOL events_have_sinks( struct events *events )
{
    BOOL ret;

    AcquireSRWLockShared( &events->lock );
    ret = events->window != NULL;
    ReleaseSRWLockShared( &events->lock );
    return ret;
}

HANDLE events_handle( const struct events *events )
{
    return events->queued;
}

static void fire_start( IWinHttpRequestEvents *sink, struct transfer *transfer )
{
    BSTR type = NULL;
    LONG status = 0;

    transfer_get_status( transfer, &status );
    transfer_get_header( transfer, L"Content-Type", &type );
    sink->lpVtbl->OnResponseStart( sink, status, type );
    SysFreeString( type );
}

static void fire_data( IWinHttpRequestEvents *sink, const struct event *event )
{
    SAFEARRAY *data;

    if (!(data = transfer_copy_body( event->transfer, event->offset, event->length ))) return;
    sink->lpVtbl->OnResponseDataAvailable( sink, &data );
    if (data) SafeArrayDestroy( data );
}

static void fire_error( IWinHttpRequestEvents *sink, DWORD err )
{
    BSTR text = com_error_text( err );

    sink->lpVtbl->OnError( sink, err, text );
    SysFreeString( text );
}

static void fire( IWinHttpRequestEvents *sink, const struct event *event )
{
    switch (event->type)
    {
    case EVENT_START: fire_start( sink, event->transfer ); break;
    case EVENT_DATA: fire_data( sink, event ); break;
    case EVENT_FINISHED: sink->lpVtbl->OnResponseFinished( sink ); break;
    case EVENT_ERROR: fire_error( sink, event->offset ); break;
    }
}

/* A sink may take itself and others out, so the next is looked for by its cookie. */
static IWinHttpRequestEvents *next_sink( struct events *events, DWORD *cookie )
{
    const struct sink *sink = *find_place( events, *cookie );

    if (!sink) return NULL;
    *cookie = sink->cookie;
    IUnknown_AddRef( (IUnknown *)sink->events );
    return sink->events;
}

void events_dispatch( struct events *events )
{
    IWinHttpRequestEvents *sink;
    struct event *event;
    DWORD cookie;

    events_addref( events ); /* a sink may release the object */
    while ((event = next_event( events )))
    {
        cookie = 0;
        while (transfer_is_current( event->transfer, event->send ) &&
               (sink = next_sink( events, &cookie )))
        {
            fire( sink, event );
            IUnknown_Release( (IUnknown *)sink );
        }
        free_event( event );
    }
    events_release( events );
}

void events_end( struct events *events )
{
    close_window( events );
    while (events->sinks) remove_sink( &events->sinks );
}
