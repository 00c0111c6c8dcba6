/* events - a connection point's sinks, and what they are still to be told.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the sinks; a window without a place on the screen while there are any.
 * Threads: events_post, events_have_sinks and the references: any. The rest: the apartment's, on
 *          which the events are fired, from its message loop or while it waits in Send or
 *          WaitForResponse.
 * Fails:   HRESULTs.
 *
 * facts/url-proxy-com.md 15. References: the object, and each transfer until its handle is closed.
 */

#ifndef WINHTTP_COM_EVENTS_H
#define WINHTTP_COM_EVENTS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "ocidl.h"

struct events;
struct transfer;

/* Wine's header has no events. Not for scripts: an interface on IUnknown. */
#undef INTERFACE
#define INTERFACE IWinHttpRequestEvents
DECLARE_INTERFACE_(IWinHttpRequestEvents, IUnknown)
{
    STDMETHOD_(HRESULT, QueryInterface)( THIS_ REFIID iid, void **out ) PURE;
    STDMETHOD_(ULONG, AddRef)( THIS ) PURE;
    STDMETHOD_(ULONG, Release)( THIS ) PURE;
    STDMETHOD_(void, OnResponseStart)( THIS_ LONG status, BSTR content_type ) PURE;
    STDMETHOD_(void, OnResponseDataAvailable)( THIS_ SAFEARRAY **data ) PURE;
    STDMETHOD_(void, OnResponseFinished)( THIS ) PURE;
    STDMETHOD_(void, OnError)( THIS_ LONG number, BSTR text ) PURE;
};
#undef INTERFACE

extern const IID IID_IWinHttpRequestEvents;

enum event_type
{
    EVENT_START,    /* the response's headers are there */
    EVENT_DATA,     /* a piece of its body */
    EVENT_FINISHED, /* all of it */
    EVENT_ERROR,
};

struct events *events_create(void);
void events_addref( struct events *events );
void events_release( struct events *events );

HRESULT events_advise( struct events *events, IUnknown *sink, DWORD *cookie );
HRESULT events_unadvise( struct events *events, DWORD cookie );
/* The sinks as CONNECTDATA: how many, and the one at index, with a reference. */
UINT events_count( const struct events *events );
void events_get( const struct events *events, UINT index, CONNECTDATA *data );

/* Takes a reference to the transfer until the event was fired; send says which of its Sends this is
 * of, for it is not fired any more after the next one. Nothing is kept while nobody listens. DATA:
 * length bytes of the body from offset; ERROR: offset is the error. Under the transfer's lock. */
void events_post( struct events *events, struct transfer *transfer, UINT send,
                  enum event_type type, size_t offset, size_t length );

/* Whether anybody listens now; on any thread. */
BOOL events_have_sinks( struct events *events );

/* Signalled when there is something to dispatch. */
HANDLE events_handle( const struct events *events );

/* Fires all that is there. Sinks may call whatever they like, the object's release included. */
void events_dispatch( struct events *events );

/* The object goes: no more is fired. */
void events_end( struct events *events );

#endif
