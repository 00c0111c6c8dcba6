/* session - WinHttpOpen, WinHttpConnect, and what concerns every handle.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "net/pool.h"
#include "op/worker.h"
#include "request.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static const struct settings default_settings =
{
    /* facts/options.md 1 */
    .resolve_timeout = 0,
    .connect_timeout = 60000,
    .send_timeout = 30000,
    .receive_timeout = 30000,
    .receive_response_timeout = INFINITE,
    .connect_retries = 5,
    .redirect_policy = WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP,
    .max_redirects = 10,
    .max_continues = 10,
    .max_response_header = 64 * 1024,
    .max_response_drain = 1024 * 1024,
    .secure_protocols = WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3,
    .codepage = CP_UTF8,
    .max_conns = INFINITE,
    .max_conns_1_0 = INFINITE,
    .priority_hint = PRIORITY_NORMAL,
    .ws_receive_buffer = WS_BUFFER_DEFAULT,
    .ws_send_buffer = WS_BUFFER_DEFAULT,
};

static LONG last_serial; /* interlocked; sessions opened so far */

static void session_destroy( struct object *object )
{
    struct session *session = session_from_object( object );
    HANDLE event = session->unload_event;

    pool_forget( session->serial );
    cookies_free( &session->cookies );
    proxy_release( session->proxy );
    free( session->agent );
    worker_session_closed();
    if (event) SetEvent( event );
}

static const struct object_ops session_ops = { OBJECT_SESSION, NULL, session_destroy };

static void connect_destroy( struct object *object )
{
    struct connect *connect = connect_from_object( object );

    free( connect->host );
    free( connect->wire_host );
}

static const struct object_ops connect_ops = { OBJECT_CONNECT, NULL, connect_destroy };

/* The table has its reference then, ours goes. NULL: no memory; last error is set either way. */
static HINTERNET open_and_release( struct object *object )
{
    HINTERNET handle = handle_open( object );

    if (handle && object->parent)
        object_notify( object, WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, &handle, sizeof(handle) );
    object_release( object );
    SetLastError( handle ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY );
    return handle;
}

HINTERNET WINAPI WinHttpOpen( LPCWSTR agent, DWORD access_type, LPCWSTR proxy, LPCWSTR bypass,
                              DWORD flags )
{
    struct session *session;
    struct proxy *settings = NULL;
    struct object *object;
    DWORD error = ERROR_INVALID_PARAMETER;

    TRACE( "%s, %lu, %s, %s, %#lx\n", debugstr_w(agent), access_type, debugstr_w(proxy),
           debugstr_w(bypass), flags );

    /* SECURE_DEFAULTS holds ASYNC; an agent of several lines would be several headers (a guess) */
    if (!(flags & ~WINHTTP_FLAG_SECURE_DEFAULTS) && !(agent && wcspbrk( agent, L"\r\n" )))
        error = proxy_create( access_type, proxy, bypass, &settings );
    if (error)
    {
        SetLastError( error );
        return NULL;
    }
    if (!(object = object_create( sizeof(*session), &session_ops, NULL )))
    {
        proxy_release( settings );
        SetLastError( ERROR_NOT_ENOUGH_MEMORY );
        return NULL;
    }
    worker_session_opened();
    session = session_from_object( object );
    session->serial = InterlockedIncrement( &last_serial );
    cookies_init( &session->cookies );
    session->object.async = (flags & WINHTTP_FLAG_ASYNC) != 0;
    session->proxy = settings;
    session->settings = default_settings;
    if (agent && !(session->agent = wcsdup( agent )))
    {
        object_release( object );
        SetLastError( ERROR_NOT_ENOUGH_MEMORY );
        return NULL;
    }
    return open_and_release( object );
}

static char *to_wire( const WCHAR *host )
{
    int len = WideCharToMultiByte( CP_UTF8, 0, host, -1, NULL, 0, NULL, NULL );
    char *ret;

    if (!(ret = malloc( len ))) return NULL;
    WideCharToMultiByte( CP_UTF8, 0, host, -1, ret, len, NULL, NULL );
    return _strlwr( ret );
}

/* An IPv6 literal may come in brackets (facts/http.md 1). */
static BOOL connect_set_host( struct connect *connect, const WCHAR *host )
{
    size_t len = wcslen( host );
    BOOL brackets = len > 2 && host[0] == '[' && host[len - 1] == ']';

    if (!(connect->host = wcsdup( brackets ? host + 1 : host ))) return FALSE;
    if (brackets) connect->host[len - 2] = 0;
    connect->ipv6 = wcschr( connect->host, ':' ) != NULL;
    return (connect->wire_host = to_wire( connect->host )) != NULL;
}

HINTERNET WINAPI WinHttpConnect( HINTERNET handle, LPCWSTR host, INTERNET_PORT port,
                                 DWORD reserved )
{
    struct object *session, *object;
    DWORD error;

    TRACE( "%p, %s, %u, %#lx\n", handle, debugstr_w(host), port, reserved );

    if (!(session = handle_get_typed( handle, OBJECT_SESSION, &error )))
    {
        SetLastError( error );
        return NULL;
    }
    if (!host)
    {
        object_release( session );
        SetLastError( ERROR_INVALID_PARAMETER );
        return NULL;
    }
    object = object_create( sizeof(struct connect), &connect_ops, session );
    object_release( session );
    if (!object || !connect_set_host( connect_from_object( object ), host ))
    {
        if (object) object_release( object );
        SetLastError( ERROR_NOT_ENOUGH_MEMORY );
        return NULL;
    }
    connect_from_object( object )->port = port;
    return open_and_release( object );
}

BOOL WINAPI WinHttpCloseHandle( HINTERNET handle )
{
    TRACE( "%p\n", handle );

    if (!handle_close( handle ))
    {
        SetLastError( ERROR_INVALID_HANDLE );
        return FALSE;
    }
    SetLastError( ERROR_SUCCESS );
    return TRUE;
}

WINHTTP_STATUS_CALLBACK WINAPI WinHttpSetStatusCallback( HINTERNET handle,
                                                         WINHTTP_STATUS_CALLBACK callback,
                                                         DWORD flags, DWORD_PTR reserved )
{
    WINHTTP_STATUS_CALLBACK former;
    struct object *object;

    TRACE( "%p, %p, %#lx, %#Ix\n", handle, callback, flags, reserved );

    if (!(object = handle_get( handle )))
    {
        SetLastError( ERROR_INVALID_HANDLE );
        return WINHTTP_INVALID_STATUS_CALLBACK;
    }
    object_lock( object );
    former = object->callback;
    object->callback = callback;
    object->callback_mask = flags;
    object_unlock( object );
    object_release( object );
    SetLastError( ERROR_SUCCESS );
    return former;
}

void settings_set_timeouts( struct settings *settings, int resolve, int connect, int send,
                            int receive )
{
    settings->resolve_timeout = resolve;
    settings->connect_timeout = connect;
    settings->send_timeout = send;
    settings->receive_timeout = receive;
}

static DWORD set_timeouts( struct object *object, int resolve, int connect, int send, int receive )
{
    struct settings *settings;

    switch (object->ops->type)
    {
    case OBJECT_SESSION: settings = &session_from_object( object )->settings; break;
    case OBJECT_REQUEST: settings = &request_from_object( object )->settings; break;
    default:             return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    }
    object_lock( object );
    settings_set_timeouts( settings, resolve, connect, send, receive );
    object_unlock( object );
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpSetTimeouts( HINTERNET handle, int resolve, int connect, int send, int receive )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %d, %d, %d, %d\n", handle, resolve, connect, send, receive );

    if (resolve < -1 || connect < -1 || send < -1 || receive < -1)
    {
        SetLastError( ERROR_INVALID_PARAMETER );
        return FALSE;
    }
    if (!(object = handle_get( handle )))
    {
        SetLastError( ERROR_INVALID_HANDLE );
        return FALSE;
    }
    error = set_timeouts( object, resolve, connect, send, receive );
    object_release( object );
    SetLastError( error );
    return !error;
}
