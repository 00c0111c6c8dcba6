/* fetch - a proxy script from its server, by the exports that programs use.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "winhttp.h"
#include "wine/debug.h"

#include "charset.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* what Windows calls itself here */
#define AGENT L"WinHttp-Autoproxy-Service/5.1"

enum
{
    FETCH_TIME_LIMIT = 60000, /* ms, for all of it: the program's own request waits */
    CALL_TIME_LIMIT = 15000,  /* ms, of each wait: the server is in the same network */
    MAX_TYPE = 256,           /* characters of a Content-Type; real ones have fifty */
    READ_SIZE = 16384,        /* bytes at once */
};

struct fetch
{
    HANDLE cancel;         /* borrowed; NULL = never */
    HANDLE never;          /* owned; waited for in its place, and never set */
    HANDLE wait;           /* owned; for either, and for the end of the time */
    HINTERNET session;     /* owned, with the next */
    HINTERNET connect;
    HINTERNET request;     /* interlocked: who takes it out closes it */
    ULONGLONG deadline;    /* GetTickCount64 milliseconds */
};

/* --- The handles ----------------------------------------------------------------------------- */

static void close_request( struct fetch *fetch )
{
    HINTERNET request = InterlockedExchangePointer( &fetch->request, NULL );

    if (request) WinHttpCloseHandle( request );
}

/* Ends whatever the request is about: nobody wants it any more, or it takes too long. */
static void CALLBACK give_up( void *context, BOOLEAN timed_out )
{
    (void)timed_out;
    close_request( context );
}

static DWORD watch_cancel( struct fetch *fetch )
{
    HANDLE event = fetch->cancel;

    if (!event && !(event = fetch->never = CreateEventW( NULL, TRUE, FALSE, NULL )))
        return ERROR_NOT_ENOUGH_MEMORY;
    return RegisterWaitForSingleObject( &fetch->wait, event, give_up, fetch, FETCH_TIME_LIMIT,
                                        WT_EXECUTEONLYONCE ) ? ERROR_SUCCESS : GetLastError();
}

static BOOL set_logon( HINTERNET request, BOOL logon )
{
    DWORD policy = logon ? WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW
                         : WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH;

    return WinHttpSetOption( request, WINHTTP_OPTION_AUTOLOGON_POLICY, &policy, sizeof(policy) );
}

static DWORD open_handles( struct fetch *fetch, const URL_COMPONENTS *url, BOOL logon )
{
    DWORD flags = url->nScheme == INTERNET_SCHEME_HTTPS ? WINHTTP_FLAG_SECURE : 0;

    fetch->session = WinHttpOpen( AGENT, WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    if (!fetch->session || !WinHttpSetTimeouts( fetch->session, CALL_TIME_LIMIT, CALL_TIME_LIMIT,
                                                CALL_TIME_LIMIT, CALL_TIME_LIMIT ))
        return GetLastError();
    fetch->connect = WinHttpConnect( fetch->session, url->lpszHostName, url->nPort, 0 );
    if (!fetch->connect) return GetLastError();
    fetch->request = WinHttpOpenRequest( fetch->connect, NULL, url->lpszUrlPath, NULL, NULL, NULL,
                                         flags );
    if (!fetch->request || !set_logon( fetch->request, logon )) return GetLastError();
    return watch_cancel( fetch );
}

static void close_handles( struct fetch *fetch )
{
    /* what is about to close the request has done so after this */
    if (fetch->wait) UnregisterWaitEx( fetch->wait, INVALID_HANDLE_VALUE );
    if (fetch->never) CloseHandle( fetch->never );
    close_request( fetch );
    if (fetch->connect) WinHttpCloseHandle( fetch->connect );
    if (fetch->session) WinHttpCloseHandle( fetch->session );
}

/* --- The answer ------------------------------------------------------------------------------ */

static BOOL has_ending( const WCHAR *path )
{
    static const WCHAR *const endings[] = { L".pac", L".dat", L".js" };
    size_t len = wcscspn( path, L"?#" ), ending;
    UINT i;

    for (i = 0; i < ARRAY_SIZE(endings); i++)
    {
        ending = wcslen( endings[i] );
        if (len >= ending && !_wcsnicmp( path + len - ending, endings[i], ending )) return TRUE;
    }
    return FALSE;
}

static BOOL has_type( const WCHAR *type )
{
    static const WCHAR *const types[] =
    {
        L"application/x-ns-proxy-autoconfig", L"application/x-javascript-config",
    };
    size_t len = wcscspn( type, L"; \t" );
    UINT i;

    for (i = 0; i < ARRAY_SIZE(types); i++)
        if (len == wcslen( types[i] ) && !_wcsnicmp( type, types[i], len )) return TRUE;
    return FALSE;
}

/* Either the type or the name says what it is (guess U16). */
static DWORD check_type( HINTERNET request, const WCHAR *path, WCHAR charset[SCRIPT_CHARSET_ROOM] )
{
    WCHAR type[MAX_TYPE];
    DWORD size = sizeof(type);

    *charset = 0;
    if (!WinHttpQueryHeaders( request, WINHTTP_QUERY_CONTENT_TYPE, NULL, type, &size, NULL ))
        *type = 0;
    if (!has_type( type ) && !has_ending( path )) return ERROR_WINHTTP_UNHANDLED_SCRIPT_TYPE;
    charset_of_type( type, charset, SCRIPT_CHARSET_ROOM );
    return ERROR_SUCCESS;
}

static DWORD check_status( HINTERNET request )
{
    DWORD status, size = sizeof(status);

    if (!WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER, NULL,
                              &status, &size, NULL )) return GetLastError();
    if (status == HTTP_STATUS_OK) return ERROR_SUCCESS;
    WARN( "the server of the proxy script says %lu\n", status );
    return status == HTTP_STATUS_DENIED ? ERROR_WINHTTP_LOGIN_FAILURE
                                        : ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT;
}

/* Room for size bytes. */
static BOOL grow( struct script **script, UINT32 *room, UINT32 size )
{
    struct script *bigger;

    if (size <= *room) return TRUE;
    if (!(bigger = realloc( *script, offsetof( struct script, data[size * 2] ) ))) return FALSE;
    *script = bigger;
    *room = size * 2;
    return TRUE;
}

/* As on Windows a body that breaks off is read without an error; half a script says anything. */
static BOOL is_whole( HINTERNET request, UINT32 size )
{
    DWORD length, room = sizeof(length);

    return !WinHttpQueryHeaders( request, WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER,
                                 NULL, &length, &room, NULL ) || length == size;
}

/* *script may move, and is the caller's also on failure. */
static DWORD read_body( const struct fetch *fetch, HINTERNET request, struct script **script )
{
    UINT32 room = 0;
    DWORD count;

    do
    {
        if (!grow( script, &room, (*script)->size + READ_SIZE )) return ERROR_NOT_ENOUGH_MEMORY;
        if (!WinHttpReadData( request, (*script)->data + (*script)->size, READ_SIZE, &count ))
            return GetLastError();
        (*script)->size += count;
        if ((*script)->size > SCRIPT_MAX_SIZE || GetTickCount64() >= fetch->deadline)
            return ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT;
    } while (count);
    return is_whole( request, (*script)->size ) ? ERROR_SUCCESS
                                                : ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT;
}

static DWORD receive( const struct fetch *fetch, HINTERNET request, const WCHAR *path,
                      struct script **ret )
{
    struct script *script;
    DWORD err;

    if (!WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ) ||
        !WinHttpReceiveResponse( request, NULL )) return GetLastError();
    if ((err = check_status( request ))) return err;
    if (!(script = calloc( 1, sizeof(*script) ))) return ERROR_NOT_ENOUGH_MEMORY;
    script->refs = 1;
    if (!(err = check_type( request, path, script->charset )))
        err = read_body( fetch, request, &script );
    if (err) free( script );
    else *ret = script;
    return err;
}

/* --- All of it ------------------------------------------------------------------------------- */

static BOOL is_cancelled( const struct fetch *fetch )
{
    return fetch->cancel && !WaitForSingleObject( fetch->cancel, 0 );
}

/* Why a server could not be talked to matters to nobody who wants a proxy. */
static DWORD map_error( const struct fetch *fetch, DWORD err )
{
    if (err && is_cancelled( fetch )) return ERROR_WINHTTP_OPERATION_CANCELLED;
    switch (err)
    {
    case ERROR_SUCCESS:
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_WINHTTP_LOGIN_FAILURE:
    case ERROR_WINHTTP_UNHANDLED_SCRIPT_TYPE:
        return err;
    default:
        WARN( "error %lu\n", err );
        return ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT;
    }
}

static DWORD fetch_path( const WCHAR *host, const URL_COMPONENTS *parts, BOOL logon,
                         HANDLE cancel, struct script **ret )
{
    struct fetch fetch = { .cancel = cancel, .deadline = GetTickCount64() + FETCH_TIME_LIMIT };
    URL_COMPONENTS url = *parts;
    DWORD err;

    url.lpszHostName = (WCHAR *)host;
    if (!(err = open_handles( &fetch, &url, logon )))
        err = receive( &fetch, fetch.request, url.lpszUrlPath, ret );
    err = map_error( &fetch, err );
    close_handles( &fetch );
    return err;
}

DWORD fetch_script( const WCHAR *url, BOOL logon, HANDLE cancel, struct script **ret )
{
    URL_COMPONENTS parts = { sizeof(parts) };
    WCHAR *host;
    DWORD err;

    parts.dwHostNameLength = parts.dwUrlPathLength = 1;
    if (!WinHttpCrackUrl( url, 0, 0, &parts )) return GetLastError();
    if (!(host = malloc( (parts.dwHostNameLength + 1) * sizeof(*host) )))
        return ERROR_NOT_ENOUGH_MEMORY;
    memcpy( host, parts.lpszHostName, parts.dwHostNameLength * sizeof(*host) );
    host[parts.dwHostNameLength] = 0;
    err = fetch_path( host, &parts, logon, cancel, ret );
    free( host );
    return err;
}
