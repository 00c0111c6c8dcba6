/* What both drivers of wscat have in common: handles, options, words.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* client - the WinHTTP handles of one connection.
 * Owns:    the handles.
 * Threads: one at a time; client_notify runs in callbacks, on any thread.
 * Fails:   with a Windows error code, 0 is success; nothing is said to the user. */

#ifndef WSCAT_CLIENT_H
#define WSCAT_CLIENT_H

#include <windows.h>
#include <winhttp.h>

#include "options.h"

/* Bytes asked for at once: as large as WinHTTP's own default buffer. */
#define CLIENT_BUFFER_BYTES 32768

struct client
{
    const struct options *options; /* borrowed */
    HINTERNET session, connection, request; /* owned; NULL when closed */
    HINTERNET socket;              /* owned; NULL until the upgrade */
};

/* Opens the session, the connection and the request, and sets all options. callback may be NULL
 * (synchronous use); the context of the request is context. */
DWORD client_open( struct client *client, const struct options *options, DWORD session_flags,
                   WINHTTP_STATUS_CALLBACK callback, DWORD_PTR context );

/* Closes what is open. */
void client_close( struct client *client );

/* Says what a status callback reports about connecting, and keeps what it tells about bad
 * certificates. For every notification. */
void client_notify( DWORD status, const void *info );

/* After the response has come: TRUE when its status is what was hoped for (101, or 2xx); else
 * the user is told. */
BOOL client_check_response( struct client *client );

/* Turns the answered request into a WebSocket and closes the request. */
DWORD client_upgrade( struct client *client, DWORD_PTR context );

/* Tells the user that connecting failed; returns what to exit with. */
enum exit_status client_report_failure( const struct client *client, DWORD error );

/* Tells the user that the open connection failed; returns what to exit with. */
enum exit_status client_report_loss( const char *what, DWORD error );

/* Asks for the server's close status, tells the user; returns what to exit with. *status is set
 * on success, else it is 1000. */
enum exit_status client_report_close( struct client *client, USHORT *status );

/* Writes a piece of a received message to stdout, and says so at the end of the message. */
BOOL client_output( WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const void *data, DWORD len );

/* Says what is about to be sent. */
void client_say_sending( WINHTTP_WEB_SOCKET_BUFFER_TYPE type, DWORD len );

#endif
