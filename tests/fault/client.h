/* client - one scenario's handles, and calls that are over when they return, async or not.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    its handles, from client_open to client_close.
 * Threads: one, and the callbacks of its handles.
 * Fails:   every call returns 0 or the error of the first call that failed, after which nothing
 *          more is to be done with it. A callback that does not come ends the process (tell_hang).
 */

#ifndef FAULT_CLIENT_H
#define FAULT_CLIENT_H

#include <windows.h>
#include <winhttp.h>

enum { HANG_MS = 20000 }; /* more than all time limits that the client sets, on any machine */

struct client
{
    BOOL async, tls;
    const WCHAR *host;
    INTERNET_PORT port;

    HINTERNET session, connect, request, socket, resolver;
    LONG open;             /* interlocked: handles without HANDLE_CLOSING */
    HANDLE closed;         /* owned, manual: open is 0 */
    HANDLE done;           /* owned, auto: the pending call has completed */
    const char *call;      /* that is made now, or has failed */

    /* what the completion brought */
    DWORD error;
    DWORD len;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
};

void client_init( struct client *client, BOOL async, BOOL tls, const WCHAR *host,
                  INTERNET_PORT port );

/* Session, connection, request: ready to be sent. */
DWORD client_open( struct client *client, const WCHAR *verb, const WCHAR *path );

/* Another request, in place of the one that is open; its connection may be kept alive. */
DWORD client_again( struct client *client, const WCHAR *verb, const WCHAR *path, BOOL keep );

/* Sends the head, with a body of total bytes to come; the response's head, whose status must be
 * this; data of the body (*len is 0 at the end). */
DWORD client_send( struct client *client, DWORD total );
DWORD client_write( struct client *client, const void *data, DWORD len );
DWORD client_receive( struct client *client, DWORD status );
DWORD client_read( struct client *client, void *data, DWORD size, DWORD *len );

/* The same for a WebSocket. */
DWORD client_upgrade( struct client *client, const WCHAR *path );
DWORD client_ws_send( struct client *client, WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const void *data,
                      DWORD len );
DWORD client_ws_receive( struct client *client, void *data, DWORD size, DWORD *len,
                         WINHTTP_WEB_SOCKET_BUFFER_TYPE *type );
DWORD client_ws_close( struct client *client, USHORT status );

/* Starts a Receive that nothing will complete but the end of the handle; async only. */
DWORD client_ws_pend( struct client *client, void *data, DWORD size );

/* Session and resolver; its answers for http://localhost/, and the user's settings; a call that is
 * not over. Async only. */
DWORD client_open_resolver( struct client *client );
DWORD client_ask( struct client *client, WINHTTP_AUTOPROXY_OPTIONS *options,
                  WINHTTP_PROXY_RESULT *result );
DWORD client_ask_settings( struct client *client, WINHTTP_PROXY_SETTINGS_EX *settings );
DWORD client_ask_pend( struct client *client, WINHTTP_AUTOPROXY_OPTIONS *options );

/* Closes all that is open and waits until it is. */
void client_close( struct client *client );

/* Where the client stands, and the end of the process: fault.c. */
void tell_hang( const struct client *client );

/* A result that must not be: fault.c. */
void tell_wrong( const char *format, ... );

#endif
