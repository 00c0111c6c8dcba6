/* Sample: a WebSocket conversation with asynchronous calls, from Microsoft's documentation alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: ws_async HOST PORT PATH [secure]     the server should be an echo server
 *
 * The status callback drives everything: each completion starts the next operation.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winhttp.h>

#define MESSAGES 3

struct conversation
{
    HINTERNET socket;
    HANDLE    done;        /* set with the last callback of the socket, or on failure */
    unsigned  sent;
    char      text[32];    /* valid until WRITE_COMPLETE */
    char      buffer[16];  /* valid until READ_COMPLETE */
    char      message[256];
    DWORD     len;
    int       ret;
};

static void fail( struct conversation *talk, const char *call, DWORD error )
{
    printf( "%s failed: error %lu\n", call, error );
    talk->ret = 1;
    if (talk->socket) WinHttpCloseHandle( talk->socket );
    else SetEvent( talk->done );
}

static void check( struct conversation *talk, const char *call, DWORD error )
{
    if (error != ERROR_SUCCESS && error != ERROR_IO_PENDING) fail( talk, call, error );
}

static void send_next( struct conversation *talk )
{
    if (talk->sent == MESSAGES)
    {
        check( talk, "WinHttpWebSocketClose",
               WinHttpWebSocketClose( talk->socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS,
                                      (void *)"done", 4 ) );
        return;
    }
    snprintf( talk->text, sizeof(talk->text), "asynchronous message %u", ++talk->sent );
    check( talk, "WinHttpWebSocketSend",
           WinHttpWebSocketSend( talk->socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                 talk->text, strlen( talk->text ) ) );
}

static void receive( struct conversation *talk )
{
    check( talk, "WinHttpWebSocketReceive",
           WinHttpWebSocketReceive( talk->socket, talk->buffer, sizeof(talk->buffer), NULL,
                                    NULL ) );
}

static void open_socket( struct conversation *talk, HINTERNET request )
{
    DWORD status = 0, size = sizeof(status);

    WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                         WINHTTP_HEADER_NAME_BY_INDEX, &status, &size, WINHTTP_NO_HEADER_INDEX );
    printf( "status %lu\n", status );
    talk->socket = WinHttpWebSocketCompleteUpgrade( request, (DWORD_PTR)talk );
    if (!talk->socket) fail( talk, "WinHttpWebSocketCompleteUpgrade", GetLastError() );
    WinHttpCloseHandle( request );
    if (talk->socket) send_next( talk );
}

static void received( struct conversation *talk, const WINHTTP_WEB_SOCKET_STATUS *status )
{
    if (status->dwBytesTransferred > sizeof(talk->message) - talk->len)
    {
        fail( talk, "the message", ERROR_MORE_DATA );
        return;
    }
    memcpy( talk->message + talk->len, talk->buffer, status->dwBytesTransferred );
    talk->len += status->dwBytesTransferred;
    if (status->eBufferType == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE)
    {
        receive( talk );
        return;
    }
    printf( "message: %.*s\n", (int)talk->len, talk->message );
    talk->len = 0;
    send_next( talk );
}

static void closed( struct conversation *talk )
{
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    USHORT status;
    DWORD len;

    check( talk, "WinHttpWebSocketQueryCloseStatus",
           WinHttpWebSocketQueryCloseStatus( talk->socket, &status, reason, sizeof(reason),
                                             &len ) );
    if (talk->ret) return;
    printf( "closed: status %u, reason \"%.*s\"\n", status, (int)len, reason );
    WinHttpCloseHandle( talk->socket );
}

static void CALLBACK callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD len )
{
    struct conversation *talk = (struct conversation *)context;

    (void)len;
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
        if (!WinHttpReceiveResponse( handle, NULL ))
            fail( talk, "WinHttpReceiveResponse", GetLastError() );
        break;
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
        open_socket( talk, handle );
        break;
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
        receive( talk );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        received( talk, info );
        break;
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
        closed( talk );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        fail( talk, "an operation", ((WINHTTP_ASYNC_RESULT *)info)->dwError );
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        if (talk && handle == talk->socket) SetEvent( talk->done );
        break;
    }
}

int main( int argc, char **argv )
{
    struct conversation talk = { .done = CreateEventW( NULL, TRUE, FALSE, NULL ) };
    HINTERNET session, connection = NULL, request = NULL;
    WCHAR host[256], path[1024];

    if (argc < 4) return 2;
    MultiByteToWideChar( CP_ACP, 0, argv[1], -1, host, 256 );
    MultiByteToWideChar( CP_ACP, 0, argv[3], -1, path, 1024 );

    session = WinHttpOpen( L"ws_async/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY, NULL, NULL,
                           WINHTTP_FLAG_ASYNC );
    if (session)
        WinHttpSetStatusCallback( session, callback, WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    if (session) connection = WinHttpConnect( session, host, atoi( argv[2] ), 0 );
    if (connection)
        request = WinHttpOpenRequest( connection, L"GET", path, NULL, NULL, NULL,
                                      argc > 4 ? WINHTTP_FLAG_SECURE : 0 );
    if (request && WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 )
        && WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, NULL, 0, 0,
                               (DWORD_PTR)&talk ))
        WaitForSingleObject( talk.done, INFINITE );
    else fail( &talk, "starting", GetLastError() );
    if (connection) WinHttpCloseHandle( connection );
    if (session) WinHttpCloseHandle( session );
    return talk.ret;
}
