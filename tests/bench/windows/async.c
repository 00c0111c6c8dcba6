/* Asynchronous requests and WebSockets of the benchmark.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "async.h"

#include "../shared/command.h"
#include "open.h"

void CALLBACK async_callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                              DWORD len )
{
    struct async_target *target = (struct async_target *)context;

    if (target) target->notify( target, handle, status, info, len );
}

static void upgrade( struct async_socket *socket, HINTERNET request )
{
    socket->socket = WinHttpWebSocketCompleteUpgrade( request, (DWORD_PTR)socket );
    open_check( socket->socket != NULL, "WinHttpWebSocketCompleteUpgrade" );
    WinHttpCloseHandle( request );
    socket->opened( socket );
}

static void request_failed( struct async_socket *socket, const WINHTTP_ASYNC_RESULT *result )
{
    if (socket->closing && result->dwError == ERROR_WINHTTP_OPERATION_CANCELLED) return;
    bench_fail( "operation %u of a WebSocket failed: error %lu", (unsigned)result->dwResult,
                result->dwError );
}

static void socket_notify( struct async_target *target, HINTERNET handle, DWORD status,
                           void *info, DWORD len )
{
    struct async_socket *socket = CONTAINING_RECORD( target, struct async_socket, target );
    const WINHTTP_WEB_SOCKET_STATUS *ws = info;

    (void)len;
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        open_check( WinHttpReceiveResponse( handle, NULL ), "WinHttpReceiveResponse" );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        upgrade( socket, handle );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        if (!socket->closing) socket->received( socket, ws->dwBytesTransferred, ws->eBufferType );
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        if (socket->sent) socket->sent( socket );
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        if (socket->closed) socket->closed( socket );
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        if (handle == socket->socket && socket->gone) socket->gone( socket );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        request_failed( socket, info );
        break;
    }
}

void async_socket_open( struct async_socket *socket, bool secure, const WCHAR *path )
{
    HINTERNET request = open_request( true, secure, path );

    socket->target.notify = socket_notify;
    socket->socket = NULL;
    socket->closing = false;
    open_check( WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ),
                "WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET" );
    open_check( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, (DWORD_PTR)socket ),
                "WinHttpSendRequest" );
}

void async_socket_send( struct async_socket *socket, WINHTTP_WEB_SOCKET_BUFFER_TYPE type,
                        const void *data, DWORD len )
{
    open_check_error( WinHttpWebSocketSend( socket->socket, type, (void *)data, len ),
                      "WinHttpWebSocketSend" );
}

void async_socket_receive( struct async_socket *socket, void *data, DWORD len )
{
    open_check_error( WinHttpWebSocketReceive( socket->socket, data, len, NULL, NULL ),
                      "WinHttpWebSocketReceive" );
}
