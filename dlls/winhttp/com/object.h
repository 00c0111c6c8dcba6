/* object - a WinHttpRequest object: its interfaces, and what they share.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its settings, its session, the transfer that Open began.
 * Threads: the apartment's; AddRef and Release any, but for the last Release.
 * Fails:   HRESULTs.
 *
 * object.c is its identity and its life, dispatch.c IDispatch, points.c the connection point, and
 * IWinHttpRequest is in open.c, send.c (with SetRequestHeader and WaitForResponse) and methods.c.
 * A client of WinHTTP like any program: it calls the exports alone.
 */

#ifndef WINHTTP_COM_OBJECT_H
#define WINHTTP_COM_OBJECT_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "ocidl.h"
#include "httprequest.h"

#include "com/events.h"
#include "com/settings.h"
#include "com/transfer.h"

struct com_object
{
    IWinHttpRequest IWinHttpRequest_iface;
    ISupportErrorInfo ISupportErrorInfo_iface;
    IConnectionPointContainer IConnectionPointContainer_iface;
    IConnectionPoint IConnectionPoint_iface;
    LONG refs;
    struct events *events;     /* ref */
    struct com_settings settings;
    HINTERNET session;         /* owned; NULL before the first Open */
    struct transfer *transfer; /* ref; NULL before Open and after Abort */
    BOOL async;                /* Send returns at once */
    BOOL bodiless;             /* GET: Send drops what it is given */
};

/* The interface of a new object; on failure *out is NULL. */
HRESULT com_object_create( REFIID iid, void **out );

struct com_object *com_object_from_request( IWinHttpRequest *iface );

/* Send was called since Open. */
BOOL com_object_is_sent( const struct com_object *object );

/* A header of the open request; an empty value takes it out. ERROR_*. */
DWORD com_object_set_header( const struct com_object *object, const WCHAR *name,
                             const WCHAR *value );

/* The request is given up, and with it the events that were not fired yet. */
void com_object_close_transfer( struct com_object *object );

/* --- dispatch.c ------------------------------------------------------------------------------- */

HRESULT WINAPI dispatch_GetTypeInfoCount( IWinHttpRequest *iface, UINT *count );
HRESULT WINAPI dispatch_GetTypeInfo( IWinHttpRequest *iface, UINT index, LCID lcid,
                                     ITypeInfo **info );
HRESULT WINAPI dispatch_GetIDsOfNames( IWinHttpRequest *iface, REFIID iid, LPOLESTR *names,
                                       UINT count, LCID lcid, DISPID *ids );
HRESULT WINAPI dispatch_Invoke( IWinHttpRequest *iface, DISPID member, REFIID iid, LCID lcid,
                                WORD flags, DISPPARAMS *params, VARIANT *result,
                                EXCEPINFO *exception, UINT *arg_error );

/* --- open.c, send.c, methods.c -----------------------------------------------------------------*/

HRESULT WINAPI method_SetProxy( IWinHttpRequest *iface, HTTPREQUEST_PROXY_SETTING proxy,
                                VARIANT server, VARIANT bypass );
HRESULT WINAPI method_SetCredentials( IWinHttpRequest *iface, BSTR user, BSTR password,
                                      HTTPREQUEST_SETCREDENTIALS_FLAGS target );
HRESULT WINAPI method_Open( IWinHttpRequest *iface, BSTR method, BSTR url, VARIANT async );
HRESULT WINAPI method_SetRequestHeader( IWinHttpRequest *iface, BSTR name, BSTR value );
HRESULT WINAPI method_GetResponseHeader( IWinHttpRequest *iface, BSTR name, BSTR *value );
HRESULT WINAPI method_GetAllResponseHeaders( IWinHttpRequest *iface, BSTR *headers );
HRESULT WINAPI method_Send( IWinHttpRequest *iface, VARIANT body );
HRESULT WINAPI method_get_Status( IWinHttpRequest *iface, LONG *status );
HRESULT WINAPI method_get_StatusText( IWinHttpRequest *iface, BSTR *text );
HRESULT WINAPI method_get_ResponseText( IWinHttpRequest *iface, BSTR *text );
HRESULT WINAPI method_get_ResponseBody( IWinHttpRequest *iface, VARIANT *body );
HRESULT WINAPI method_get_ResponseStream( IWinHttpRequest *iface, VARIANT *stream );
HRESULT WINAPI method_get_Option( IWinHttpRequest *iface, WinHttpRequestOption option,
                                  VARIANT *value );
HRESULT WINAPI method_put_Option( IWinHttpRequest *iface, WinHttpRequestOption option,
                                  VARIANT value );
HRESULT WINAPI method_WaitForResponse( IWinHttpRequest *iface, VARIANT timeout,
                                       VARIANT_BOOL *succeeded );
HRESULT WINAPI method_Abort( IWinHttpRequest *iface );
HRESULT WINAPI method_SetTimeouts( IWinHttpRequest *iface, LONG resolve, LONG connect, LONG send,
                                   LONG receive );
HRESULT WINAPI method_SetClientCertificate( IWinHttpRequest *iface, BSTR name );
HRESULT WINAPI method_SetAutoLogonPolicy( IWinHttpRequest *iface,
                                          WinHttpRequestAutoLogonPolicy policy );

/* --- points.c --------------------------------------------------------------------------------- */

extern const IConnectionPointContainerVtbl points_container_vtbl;
extern const IConnectionPointVtbl points_vtbl;

#endif
