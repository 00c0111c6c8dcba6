/*
 * The events of a WinHttpRequest object, which Wine's httprequest.h lacks, and a sink for them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a sink belongs to the test, which outlives its references; what it was told stays in it.
 * Threads: filled on the thread that fires the events, by right the test's own; told apart by
 *          struct com_event.
 * Fails:   too many events are a failed check.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_COM_EVENTS_H
#define WINHTTP_TESTS_COM_EVENTS_H

#include "com.h"

/* facts/url-proxy-com.md 15: the order of the methods; not for scripts, an interface on IUnknown */
DEFINE_GUID( IID_IWinHttpRequestEvents, 0xf97f4e15, 0xb787, 0x4212, 0x80, 0xd1, 0xd3, 0x80, 0xcb,
             0xbf, 0x98, 0x2e );

struct com_sink;

struct com_sink_vtbl
{
    HRESULT (STDMETHODCALLTYPE *query_interface)( struct com_sink *sink, REFIID iid, void **out );
    ULONG (STDMETHODCALLTYPE *add_ref)( struct com_sink *sink );
    ULONG (STDMETHODCALLTYPE *release)( struct com_sink *sink );
    void (STDMETHODCALLTYPE *on_response_start)( struct com_sink *sink, LONG status, BSTR type );
    void (STDMETHODCALLTYPE *on_response_data)( struct com_sink *sink, SAFEARRAY **data );
    void (STDMETHODCALLTYPE *on_response_finished)( struct com_sink *sink );
    void (STDMETHODCALLTYPE *on_error)( struct com_sink *sink, LONG number, BSTR text );
};

enum com_event_type
{
    COM_NONE,
    COM_START,
    COM_DATA,
    COM_FINISHED,
    COM_ERROR
};

struct com_event
{
    enum com_event_type type;
    DWORD thread;               /* where it was fired */
    LONG number;                /* the status or the error */
    WCHAR text[256];            /* the content type or the error's text */
    unsigned int len;           /* of the data */
    BOOL good_array;            /* bytes, one dimension, from 0 */
};

#define COM_MAX_EVENTS 256

struct com_sink
{
    const struct com_sink_vtbl *vtbl;
    LONG refs;
    DWORD owner;                                /* the thread that waits for the events */
    unsigned int count;
    struct com_event events[COM_MAX_EVENTS];
    char data[0x10000];                         /* of all data events together */
    unsigned int data_len;
    /* called inside an event of that type */
    enum com_event_type hook_type;
    void (*hook)( struct com_sink *sink, void *arg );
    void *hook_arg;                             /* borrowed */
};

static HRESULT STDMETHODCALLTYPE com_sink_query( struct com_sink *sink, REFIID iid, void **out )
{
    BOOL known = IsEqualGUID( iid, &IID_IUnknown ) ||
                 IsEqualGUID( iid, &IID_IWinHttpRequestEvents );

    *out = known ? sink : NULL;
    if (known) InterlockedIncrement( &sink->refs );
    return known ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE com_sink_addref( struct com_sink *sink )
{
    return InterlockedIncrement( &sink->refs );
}

static ULONG STDMETHODCALLTYPE com_sink_release( struct com_sink *sink )
{
    return InterlockedDecrement( &sink->refs );
}

static inline struct com_event *com_sink_add( struct com_sink *sink, enum com_event_type type )
{
    static struct com_event dropped;
    struct com_event *event = &dropped;

    ok( sink->count < COM_MAX_EVENTS, "too many events\n" );
    if (sink->count < COM_MAX_EVENTS) event = &sink->events[sink->count];
    event->type = type;
    event->thread = GetCurrentThreadId();
    return event;
}

/* The event counts; who waits for it on another thread wakes up. */
static inline void com_sink_added( struct com_sink *sink, enum com_event_type type )
{
    if (sink->count < COM_MAX_EVENTS) sink->count++;
    PostThreadMessageW( sink->owner, WM_NULL, 0, 0 );
    if (sink->hook && sink->hook_type == type) sink->hook( sink, sink->hook_arg );
}

static inline void com_sink_add_text( struct com_sink *sink, enum com_event_type type, LONG number,
                                      BSTR text )
{
    struct com_event *event = com_sink_add( sink, type );

    event->number = number;
    if (text) swprintf( event->text, ARRAYSIZE( event->text ), L"%.200ls", text );
    com_sink_added( sink, type );
}

static void STDMETHODCALLTYPE com_sink_start( struct com_sink *sink, LONG status, BSTR type )
{
    com_sink_add_text( sink, COM_START, status, type );
}

static void STDMETHODCALLTYPE com_sink_data( struct com_sink *sink, SAFEARRAY **data )
{
    struct com_event *event = com_sink_add( sink, COM_DATA );
    SAFEARRAY *array = data ? *data : NULL;
    VARTYPE type = VT_EMPTY;

    if (array) SafeArrayGetVartype( array, &type );
    event->good_array = array && type == VT_UI1 && SafeArrayGetDim( array ) == 1 &&
                        !array->rgsabound[0].lLbound;
    if (event->good_array)
    {
        event->len = array->rgsabound[0].cElements;
        if (event->len <= sizeof(sink->data) - sink->data_len)
            memcpy( sink->data + sink->data_len, array->pvData, event->len );
        sink->data_len += event->len;
    }
    com_sink_added( sink, COM_DATA );
}

static void STDMETHODCALLTYPE com_sink_finished( struct com_sink *sink )
{
    com_sink_add( sink, COM_FINISHED );
    com_sink_added( sink, COM_FINISHED );
}

static void STDMETHODCALLTYPE com_sink_error( struct com_sink *sink, LONG number, BSTR text )
{
    com_sink_add_text( sink, COM_ERROR, number, text );
}

/* One reference, the test's. */
static inline void com_sink_init( struct com_sink *sink )
{
    static const struct com_sink_vtbl vtbl =
    {
        com_sink_query, com_sink_addref, com_sink_release, com_sink_start, com_sink_data,
        com_sink_finished, com_sink_error
    };

    memset( sink, 0, sizeof(*sink) );
    sink->vtbl = &vtbl;
    sink->refs = 1;
    sink->owner = GetCurrentThreadId();
}

/* NULL: the object has no such point. */
#define com_find_point( request ) com_find_point_at( request, __LINE__, __FILE__ )
static inline IConnectionPoint *com_find_point_at( IWinHttpRequest *request, int line,
                                                   const char *file )
{
    IConnectionPointContainer *container = NULL;
    IConnectionPoint *point = NULL;

    check_hr_at( IWinHttpRequest_QueryInterface( request, &IID_IConnectionPointContainer,
                                                 (void **)&container ), S_OK, line, file );
    if (!container) return NULL;
    check_hr_at( IConnectionPointContainer_FindConnectionPoint( container,
                                                                &IID_IWinHttpRequestEvents,
                                                                &point ), S_OK, line, file );
    IConnectionPointContainer_Release( container );
    return point;
}

/* Returns the cookie. */
#define com_advise( request, sink ) com_advise_at( request, sink, __LINE__, __FILE__ )
static inline DWORD com_advise_at( IWinHttpRequest *request, struct com_sink *sink, int line,
                                   const char *file )
{
    IConnectionPoint *point = com_find_point_at( request, line, file );
    DWORD cookie = 0;

    if (!point) return 0;
    check_hr_at( IConnectionPoint_Advise( point, (IUnknown *)sink, &cookie ), S_OK, line, file );
    ok_( file, line )( cookie, "no cookie\n" );
    IConnectionPoint_Release( point );
    return cookie;
}

#define com_unadvise( request, cookie ) com_unadvise_at( request, cookie, __LINE__, __FILE__ )
static inline void com_unadvise_at( IWinHttpRequest *request, DWORD cookie, int line,
                                    const char *file )
{
    IConnectionPoint *point = com_find_point_at( request, line, file );

    if (!point) return;
    check_hr_at( IConnectionPoint_Unadvise( point, cookie ), S_OK, line, file );
    IConnectionPoint_Release( point );
}

/* Runs the message loop of an apartment until the condition holds. FALSE: it takes too long. */
static inline BOOL com_pump_until( BOOL (*condition)( void *arg ), void *arg )
{
    DWORD start = GetTickCount(), spent;
    MSG message;

    while (!condition( arg ))
    {
        spent = GetTickCount() - start;
        if (spent >= SERVER_TIMEOUT_MS) return FALSE;
        MsgWaitForMultipleObjects( 0, NULL, FALSE, SERVER_TIMEOUT_MS - spent, QS_ALLINPUT );
        while (PeekMessageW( &message, NULL, 0, 0, PM_REMOVE )) DispatchMessageW( &message );
    }
    return TRUE;
}

static inline BOOL com_sink_has_end( void *arg )
{
    struct com_sink *sink = arg;

    return sink->count && sink->events[sink->count - 1].type >= COM_FINISHED;
}

/* Until FINISHED or ERROR. */
#define com_await_end( sink ) \
    ok( com_pump_until( com_sink_has_end, sink ), "no end after %u events\n", (sink)->count )

/* The events, each run of DATA as one, and on which thread they came. */
#define check_events( sink, expected ) check_events_at( sink, expected, __LINE__, __FILE__ )
static inline void check_events_at( struct com_sink *sink, const char *expected, int line,
                                    const char *file )
{
    static const char letters[] = "-SDFE";
    char got[COM_MAX_EVENTS + 1];
    unsigned int i, len = 0;

    for (i = 0; i < sink->count; i++)
    {
        const struct com_event *event = &sink->events[i];

        ok_( file, line )( event->thread == sink->owner, "event %u came on thread %#x\n", i,
                           (UINT)event->thread );
        if (event->type == COM_DATA)
            ok_( file, line )( event->good_array && event->len, "event %u has no good array\n", i );
        if (event->type == COM_DATA && len && got[len - 1] == 'D') continue;
        got[len++] = letters[event->type];
    }
    got[len] = 0;
    ok_( file, line )( !strcmp( got, expected ), "expected %s, got %s\n", expected, got );
}

#endif /* WINHTTP_TESTS_COM_EVENTS_H */
