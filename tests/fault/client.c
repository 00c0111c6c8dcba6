/* client - one scenario's handles, and calls that are over when they return, async or not.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "client.h"

enum { LIMIT_MS = 8000 }; /* of each wait; no fault makes the server silent */

/* --- Callbacks ------------------------------------------------------------------------------ */

static void completed( struct client *client, DWORD error, DWORD len )
{
    client->error = error;
    client->len = len;
    SetEvent( client->done );
}

static void on_read( struct client *client, HINTERNET handle, void *info, DWORD len )
{
    const WINHTTP_WEB_SOCKET_STATUS *status = info;

    if (handle == client->request)
    {
        completed( client, 0, len );
        return;
    }
    client->type = status->eBufferType;
    completed( client, 0, status->dwBytesTransferred );
}

static void on_closing( struct client *client )
{
    if (!InterlockedDecrement( &client->open )) SetEvent( client->closed );
}

static void CALLBACK on_status( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                DWORD len )
{
    struct client *client = (struct client *)context;

    if (status == WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING) on_closing( client );
    if (!client->async) return;
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE:
    case WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE:
    case WINHTTP_CALLBACK_STATUS_GETPROXYSETTINGS_COMPLETE:
        completed( client, 0, 0 );
        break;
    case WINHTTP_CALLBACK_STATUS_READ_COMPLETE:
        on_read( client, handle, info, len );
        break;
    case WINHTTP_CALLBACK_STATUS_REQUEST_ERROR:
        completed( client, ((const WINHTTP_ASYNC_RESULT *)info)->dwError, 0 );
        break;
    }
}

/* --- Calls ---------------------------------------------------------------------------------- */

void client_init( struct client *client, BOOL async, BOOL tls, const WCHAR *host,
                  INTERNET_PORT port )
{
    memset( client, 0, sizeof(*client) );
    client->async = async;
    client->tls = tls;
    client->host = host;
    client->port = port;
    client->closed = CreateEventW( NULL, TRUE, FALSE, NULL );
    client->done = CreateEventW( NULL, FALSE, FALSE, NULL );
    client->open = 1; /* until client_close */
}

/* A failure without a code would leave a program in the dark. */
static DWORD last_error( const struct client *client )
{
    DWORD error = GetLastError();

    if (!error) tell_wrong( "%s failed with no error", client->call );
    return error;
}

/* What a call came to in the end: 0 or ERROR_IO_PENDING say that it was accepted. */
static DWORD outcome( struct client *client, DWORD error )
{
    if (!client->async || (error && error != ERROR_IO_PENDING)) return error;
    if (WaitForSingleObject( client->done, HANG_MS )) tell_hang( client );
    return client->error;
}

static DWORD bool_outcome( struct client *client, BOOL ok )
{
    return outcome( client, ok ? 0 : last_error( client ) );
}

#define BEGIN( client, name ) (SetLastError( 0 ), (client)->call = (name))

static DWORD opened( struct client *client, HINTERNET handle )
{
    if (!handle) return last_error( client );
    InterlockedIncrement( &client->open );
    return 0;
}

static DWORD open_session( struct client *client )
{
    DWORD_PTR context = (DWORD_PTR)client;

    BEGIN( client, "WinHttpOpen" );
    client->session = WinHttpOpen( L"fault", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                   client->async ? WINHTTP_FLAG_ASYNC : 0 );
    if (!client->session) return last_error( client );
    WinHttpSetOption( client->session, WINHTTP_OPTION_CONTEXT_VALUE, &context, sizeof(context) );
    WinHttpSetStatusCallback( client->session, on_status,
                              WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
    InterlockedIncrement( &client->open );
    if (WinHttpSetTimeouts( client->session, LIMIT_MS, LIMIT_MS, LIMIT_MS, LIMIT_MS )) return 0;
    return last_error( client );
}

/* With keep-alive a connection would stay behind in the pool. */
static DWORD open_request( struct client *client, const WCHAR *verb, const WCHAR *path, BOOL keep )
{
    DWORD disable = WINHTTP_DISABLE_KEEP_ALIVE, error;

    BEGIN( client, "WinHttpOpenRequest" );
    client->request = WinHttpOpenRequest( client->connect, verb, path, NULL, NULL, NULL,
                                          client->tls ? WINHTTP_FLAG_SECURE : 0 );
    if ((error = opened( client, client->request )) || keep) return error;
    BEGIN( client, "WinHttpSetOption" );
    if (WinHttpSetOption( client->request, WINHTTP_OPTION_DISABLE_FEATURE, &disable,
                          sizeof(disable) )) return 0;
    return last_error( client );
}

DWORD client_open( struct client *client, const WCHAR *verb, const WCHAR *path )
{
    DWORD error = open_session( client );

    if (error) return error;
    BEGIN( client, "WinHttpConnect" );
    client->connect = WinHttpConnect( client->session, client->host, client->port, 0 );
    if ((error = opened( client, client->connect ))) return error;
    return open_request( client, verb, path, FALSE );
}

static void close_handle( HINTERNET *handle )
{
    if (*handle && !WinHttpCloseHandle( *handle ))
        tell_wrong( "WinHttpCloseHandle failed with %lu", GetLastError() );
    *handle = NULL;
}

DWORD client_again( struct client *client, const WCHAR *verb, const WCHAR *path, BOOL keep )
{
    close_handle( &client->request );
    return open_request( client, verb, path, keep );
}

DWORD client_send( struct client *client, DWORD total )
{
    BEGIN( client, "WinHttpSendRequest" );
    return bool_outcome( client, WinHttpSendRequest( client->request, NULL, 0, NULL, 0, total,
                                                     (DWORD_PTR)client ) );
}

DWORD client_write( struct client *client, const void *data, DWORD len )
{
    DWORD written = 0;

    BEGIN( client, "WinHttpWriteData" );
    return bool_outcome( client, WinHttpWriteData( client->request, data, len,
                                                   client->async ? NULL : &written ) );
}

DWORD client_receive( struct client *client, DWORD status )
{
    DWORD code = 0, size = sizeof(code), error;

    BEGIN( client, "WinHttpReceiveResponse" );
    error = bool_outcome( client, WinHttpReceiveResponse( client->request, NULL ) );
    if (error) return error;
    BEGIN( client, "WinHttpQueryHeaders" );
    if (!WinHttpQueryHeaders( client->request, WINHTTP_QUERY_STATUS_CODE |
                              WINHTTP_QUERY_FLAG_NUMBER, NULL, &code, &size, NULL ))
        return last_error( client );
    if (code != status) tell_wrong( "the status is %lu", code );
    return 0;
}

DWORD client_read( struct client *client, void *data, DWORD size, DWORD *len )
{
    DWORD error;

    BEGIN( client, "WinHttpReadData" );
    error = bool_outcome( client, WinHttpReadData( client->request, data, size,
                                                   client->async ? NULL : len ) );
    if (client->async) *len = client->len;
    return error;
}

DWORD client_upgrade( struct client *client, const WCHAR *path )
{
    DWORD error = client_open( client, NULL, path );

    if (error) return error;
    BEGIN( client, "WinHttpSetOption" );
    if (!WinHttpSetOption( client->request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ))
        return last_error( client );
    if ((error = client_send( client, 0 ))) return error;
    if ((error = client_receive( client, 101 ))) return error;
    BEGIN( client, "WinHttpWebSocketCompleteUpgrade" );
    client->socket = WinHttpWebSocketCompleteUpgrade( client->request, (DWORD_PTR)client );
    if ((error = opened( client, client->socket ))) return error;
    close_handle( &client->request );
    return 0;
}

DWORD client_ws_send( struct client *client, WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const void *data,
                      DWORD len )
{
    BEGIN( client, "WinHttpWebSocketSend" );
    return outcome( client, WinHttpWebSocketSend( client->socket, type, (void *)data, len ) );
}

DWORD client_ws_receive( struct client *client, void *data, DWORD size, DWORD *len,
                         WINHTTP_WEB_SOCKET_BUFFER_TYPE *type )
{
    DWORD error;

    BEGIN( client, "WinHttpWebSocketReceive" );
    if (!client->async)
        return WinHttpWebSocketReceive( client->socket, data, size, len, type );
    error = outcome( client, WinHttpWebSocketReceive( client->socket, data, size, NULL, NULL ) );
    *len = client->len;
    *type = client->type;
    return error;
}

DWORD client_ws_pend( struct client *client, void *data, DWORD size )
{
    BEGIN( client, "WinHttpWebSocketReceive" );
    return WinHttpWebSocketReceive( client->socket, data, size, NULL, NULL );
}

DWORD client_ws_close( struct client *client, USHORT status )
{
    DWORD error, len;
    char reason[123];
    USHORT theirs;

    BEGIN( client, "WinHttpWebSocketClose" );
    if ((error = outcome( client, WinHttpWebSocketClose( client->socket, status, "bye", 3 ) )))
        return error;
    BEGIN( client, "WinHttpWebSocketQueryCloseStatus" );
    return WinHttpWebSocketQueryCloseStatus( client->socket, &theirs, reason, sizeof(reason),
                                             &len );
}

DWORD client_open_resolver( struct client *client )
{
    DWORD error = open_session( client );

    if (error) return error;
    BEGIN( client, "WinHttpCreateProxyResolver" );
    if ((error = WinHttpCreateProxyResolver( client->session, &client->resolver ))) return error;
    InterlockedIncrement( &client->open );
    return 0;
}

DWORD client_ask( struct client *client, WINHTTP_AUTOPROXY_OPTIONS *options,
                  WINHTTP_PROXY_RESULT *result )
{
    DWORD error;

    BEGIN( client, "WinHttpGetProxyForUrlEx" );
    error = outcome( client, WinHttpGetProxyForUrlEx( client->resolver, L"http://localhost/",
                                                      options, 0 ) );
    if (error) return error;
    BEGIN( client, "WinHttpGetProxyResult" );
    return WinHttpGetProxyResult( client->resolver, result );
}

DWORD client_ask_settings( struct client *client, WINHTTP_PROXY_SETTINGS_EX *settings )
{
    DWORD error;

    BEGIN( client, "WinHttpGetProxySettingsEx" );
    error = outcome( client, WinHttpGetProxySettingsEx( client->resolver,
                                                        WinHttpProxySettingsTypeWsl, NULL, 0 ) );
    if (error) return error;
    BEGIN( client, "WinHttpGetProxySettingsResultEx" );
    return WinHttpGetProxySettingsResultEx( client->resolver, settings );
}

DWORD client_ask_pend( struct client *client, WINHTTP_AUTOPROXY_OPTIONS *options )
{
    DWORD error;

    BEGIN( client, "WinHttpGetProxyForUrlEx" );
    error = WinHttpGetProxyForUrlEx( client->resolver, L"http://localhost/", options, 0 );
    return error == ERROR_IO_PENDING ? 0 : error;
}

void client_close( struct client *client )
{
    client->call = "WinHttpCloseHandle";
    close_handle( &client->resolver );
    close_handle( &client->socket );
    close_handle( &client->request );
    close_handle( &client->connect );
    close_handle( &client->session );
    on_closing( client );
    if (WaitForSingleObject( client->closed, HANG_MS )) tell_hang( client );
    CloseHandle( client->closed );
    CloseHandle( client->done );
}
