/* redirect - resolves Location and rewrites the request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "redirect.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "proto/uri.h"
#include "text.h"
#include "upload.h"
#include "url_escape.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static BOOL status_redirects( UINT16 status )
{
    return (status >= 300 && status <= 303) || status == 307 || status == 308;
}

/* The status codes that turn a POST into a GET without body. */
static BOOL status_drops_body( UINT16 status )
{
    return status <= 303;
}

static BOOL policy_allows( const struct request *request, const WCHAR *url )
{
    BOOL to_http = !_wcsnicmp( url, L"http://", 7 );

    switch (request->settings.redirect_policy)
    {
    case WINHTTP_OPTION_REDIRECT_POLICY_NEVER:  return FALSE;
    case WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS: return TRUE;
    default:                                    return !(request->key.secure && to_http);
    }
}

/* The URL as bytes: a host that is no ASCII is UTF-8, as on the wire. */
static char *base_url( const struct request *request )
{
    WCHAR *url = request_url( request );
    char *ret;
    int len;

    if (!url) return NULL;
    len = WideCharToMultiByte( CP_UTF8, 0, url, -1, NULL, 0, NULL, NULL );
    if ((ret = malloc( len ))) WideCharToMultiByte( CP_UTF8, 0, url, -1, ret, len, NULL, NULL );
    free( url );
    return ret;
}

static WCHAR *location_url( const struct request *request, const struct http_header *field )
{
    char *base = base_url( request ), *resolved = NULL;
    WCHAR *url = NULL;
    int len;

    if (base) resolved = uri_resolve( &allocator_libc, base, field->value, field->value_len );
    free( base );
    if (!resolved) return NULL;
    len = MultiByteToWideChar( CP_UTF8, 0, resolved, -1, NULL, 0 );
    if ((url = malloc( len * sizeof(*url) )))
        MultiByteToWideChar( CP_UTF8, 0, resolved, -1, url, len );
    free( resolved );
    return url;
}

/* 12005 and 12006 for a target that cannot be fetched: a guess. */
static DWORD crack( WCHAR *url, URL_COMPONENTS *parts )
{
    memset( parts, 0, sizeof(*parts) );
    parts->dwStructSize = sizeof(*parts);
    parts->dwHostNameLength = parts->dwUrlPathLength = parts->dwExtraInfoLength = 1;
    if (!WinHttpCrackUrl( url, 0, 0, parts )) return GetLastError();
    if (!parts->dwHostNameLength) return ERROR_WINHTTP_INVALID_URL;
    return request_check_port( parts->nPort );
}

/* The URL option shows the target that was not followed any more. */
static enum redirect too_many( struct request *request, WCHAR *url, DWORD *error )
{
    object_lock( &request->object );
    free( request->url );
    request->url = url;
    object_unlock( &request->object );
    *error = ERROR_WINHTTP_REDIRECT_FAILED;
    return REDIRECT_FAILED;
}

static enum redirect judge_target( struct request *request, WCHAR *url, DWORD *error )
{
    URL_COMPONENTS parts;

    if ((*error = crack( url, &parts )))
    {
        WARN( "%p: no way to %s\n", request->object.handle, debugstr_w( url ) );
        free( url );
        return REDIRECT_FAILED;
    }
    if (!policy_allows( request, url ))
    {
        free( url );
        return REDIRECT_NO;
    }
    if (request->redirects >= request->settings.max_redirects)
        return too_many( request, url, error );
    if (status_drops_body( request->response.status ) || upload_is_at_hand( request ))
        return REDIRECT_FOLLOW;
    return REDIRECT_RESEND;
}

enum redirect redirect_judge( struct request *request, WCHAR **url, DWORD *error )
{
    const struct http_header *field;
    UINT16 status = request->response.status;
    enum redirect ret;

    if (!status_redirects( status )) return REDIRECT_NO;
    if (request->disabled & WINHTTP_DISABLE_REDIRECTS) return REDIRECT_NO;
    if (request->settings.redirect_policy == WINHTTP_OPTION_REDIRECT_POLICY_NEVER)
        return REDIRECT_NO;
    if (!(field = http_headers_find( &request->response.headers, "Location", 0 )))
    {
        *error = ERROR_WINHTTP_HEADER_NOT_FOUND; /* facts/http.md U24, a guess */
        return status == 300 ? REDIRECT_NO : REDIRECT_FAILED;
    }
    *error = ERROR_NOT_ENOUGH_MEMORY;
    if (!(*url = location_url( request, field ))) return REDIRECT_FAILED;
    ret = judge_target( request, *url, error );
    if (ret == REDIRECT_NO || ret == REDIRECT_FAILED) *url = NULL;
    return ret;
}

static DWORD set_target( struct request *request, const URL_COMPONENTS *parts )
{
    BOOL any = parts->dwUrlPathLength + parts->dwExtraInfoLength != 0;
    char *target = text_narrow_owned( url_escape_object( any ? parts->lpszUrlPath : NULL, 0,
                                                         CP_UTF8 ) );

    if (!target) return ERROR_NOT_ENOUGH_MEMORY;
    free( request->target );
    request->target = target;
    return ERROR_SUCCESS;
}

static DWORD set_host( struct request *request, const URL_COMPONENTS *parts )
{
    const WCHAR *text = parts->lpszHostName;
    DWORD len = parts->dwHostNameLength;
    char *host;

    if (len > 2 && text[0] == '[') text++, len -= 2;
    if (!(host = text_narrow( text, len ))) return ERROR_NOT_ENOUGH_MEMORY;
    /* another name to resolve was meant for the host that it was set for */
    if (strcmp( _strlwr( host ), request->key.host ))
    {
        free( request->key.alias );
        request->key.alias = NULL;
    }
    free( request->key.host );
    request->key.host = host;
    request->key.port = parts->nPort;
    request->key.secure = parts->nScheme == INTERNET_SCHEME_HTTPS;
    return ERROR_SUCCESS;
}

/* Whatever it was becomes a GET (facts/http.md U23, a guess), but HEAD stays. */
static DWORD drop_body( struct request *request )
{
    char *verb;

    if (strcmp( request->verb, "HEAD" ))
    {
        if (!(verb = _strdup( "GET" ))) return ERROR_NOT_ENOUGH_MEMORY;
        free( request->verb );
        request->verb = verb;
    }
    upload_drop( request );
    return ERROR_SUCCESS;
}

DWORD redirect_apply( struct request *request, const WCHAR *url )
{
    URL_COMPONENTS parts;
    WCHAR *copy;
    DWORD error;

    if (!(copy = wcsdup( url ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (!(error = crack( copy, &parts )))
    {
        object_lock( &request->object );
        if (!(error = set_target( request, &parts ))) error = set_host( request, &parts );
        if (!error && status_drops_body( request->response.status )) error = drop_body( request );
        if (!error)
        {
            free( request->url );
            request->url = copy;
            copy = NULL;
        }
        object_unlock( &request->object );
    }
    free( copy );
    return error;
}
