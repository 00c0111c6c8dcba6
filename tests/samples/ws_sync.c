/* Sample: a WebSocket conversation with synchronous calls, from Microsoft's documentation alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: ws_sync HOST PORT PATH [secure]     the server should be an echo server
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winhttp.h>

static int fail( const char *call, DWORD error )
{
    printf( "%s failed: error %lu\n", call, error );
    return 1;
}

/* Opens the WebSocket; the request handle is not needed afterwards. */
static HINTERNET upgrade( HINTERNET request )
{
    DWORD status = 0, size = sizeof(status);
    HINTERNET socket;

    if (!WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 )) return NULL;
    if (!WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA,
                             0, 0, 0 )) return NULL;
    if (!WinHttpReceiveResponse( request, NULL )) return NULL;
    if (!WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                              WINHTTP_HEADER_NAME_BY_INDEX, &status, &size,
                              WINHTTP_NO_HEADER_INDEX )) return NULL;
    printf( "status %lu\n", status );
    if (!(socket = WinHttpWebSocketCompleteUpgrade( request, 0 ))) return NULL;
    WinHttpCloseHandle( request );
    return socket;
}

/* Receives until the message ends: a small buffer gets it in fragments. */
static int receive( HINTERNET socket )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char buffer[16], message[256];
    DWORD got, len = 0, error;

    do
    {
        error = WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), &got, &type );
        if (error != ERROR_SUCCESS) return fail( "WinHttpWebSocketReceive", error );
        if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) return fail( "the server", 0 );
        if (len + got > sizeof(message)) return fail( "the message", ERROR_MORE_DATA );
        memcpy( message + len, buffer, got );
        len += got;
    } while (type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
             || type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE);
    printf( "%s message: %.*s\n",
            type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE ? "text" : "binary",
            (int)len, message );
    return 0;
}

static int converse( HINTERNET socket )
{
    static const char text[] = "Hello, this is a text of some length.", bye[] = "done";
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD error, len;
    USHORT status;

    error = WinHttpWebSocketSend( socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                  (void *)text, strlen( text ) );
    if (error != ERROR_SUCCESS) return fail( "WinHttpWebSocketSend", error );
    if (receive( socket )) return 1;
    error = WinHttpWebSocketSend( socket, WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE,
                                  (void *)"one ", 4 );
    if (error == ERROR_SUCCESS)
        error = WinHttpWebSocketSend( socket, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE,
                                      (void *)"two", 3 );
    if (error != ERROR_SUCCESS) return fail( "WinHttpWebSocketSend", error );
    if (receive( socket )) return 1;

    error = WinHttpWebSocketClose( socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, (void *)bye,
                                   strlen( bye ) );
    if (error != ERROR_SUCCESS) return fail( "WinHttpWebSocketClose", error );
    error = WinHttpWebSocketQueryCloseStatus( socket, &status, reason, sizeof(reason), &len );
    if (error != ERROR_SUCCESS) return fail( "WinHttpWebSocketQueryCloseStatus", error );
    printf( "closed: status %u, reason \"%.*s\"\n", status, (int)len, reason );
    return 0;
}

int main( int argc, char **argv )
{
    HINTERNET session, connection = NULL, request = NULL, socket = NULL;
    WCHAR host[256], path[1024];
    int ret;

    if (argc < 4) return 2;
    MultiByteToWideChar( CP_ACP, 0, argv[1], -1, host, 256 );
    MultiByteToWideChar( CP_ACP, 0, argv[3], -1, path, 1024 );

    session = WinHttpOpen( L"ws_sync/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL, 0 );
    if (session) connection = WinHttpConnect( session, host, atoi( argv[2] ), 0 );
    if (connection)
        request = WinHttpOpenRequest( connection, L"GET", path, NULL, NULL, NULL,
                                      argc > 4 ? WINHTTP_FLAG_SECURE : 0 );
    if (request) socket = upgrade( request );
    ret = socket ? converse( socket ) : fail( "opening the WebSocket", GetLastError() );
    if (socket) WinHttpCloseHandle( socket );
    if (connection) WinHttpCloseHandle( connection );
    if (session) WinHttpCloseHandle( session );
    return ret;
}
