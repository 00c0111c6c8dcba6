/* redirect - resolves Location and rewrites the request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "redirect.h"

#include <stdlib.h>
#include <string.h>

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

static BOOL has_scheme( const WCHAR *location )
{
    return !_wcsnicmp( location, L"http://", 7 ) || !_wcsnicmp( location, L"https://", 8 );
}

/* "scheme://host:port" of the request as it stands, as long as it is in its URL. */
static size_t origin_length( const WCHAR *url )
{
    const WCHAR *host = wcsstr( url, L"://" ) + 3, *path = wcschr( host, '/' );

    return path ? (size_t)(path - url) : wcslen( url );
}

/* How much of url stays in front of a relative location: RFC 3986 5.2 without dot segments, which
 * servers resolve as well. */
static size_t base_length( const WCHAR *url, const WCHAR *location )
{
    size_t origin = origin_length( url ), end;

    if (location[0] == '/' && location[1] == '/') return wcschr( url, ':' ) - url + 1;
    if (location[0] == '/') return origin;
    end = origin + wcscspn( url + origin, L"?#" );
    if (location[0] == '?') return end;
    while (end > origin && url[end - 1] != '/') end--;
    return end;
}

static WCHAR *join( const WCHAR *url, const WCHAR *location )
{
    size_t base = has_scheme( location ) ? 0 : base_length( url, location );
    size_t len = wcscspn( location, L"#" );
    BOOL slash = base && url[base - 1] != '/' && !wcschr( L"/?", location[0] );
    WCHAR *ret;

    if (!(ret = malloc( (base + len + 2) * sizeof(*ret) ))) return NULL;
    memcpy( ret, url, base * sizeof(*ret) );
    if (slash && url[base - 1] != ':') ret[base++] = '/';
    memcpy( ret + base, location, len * sizeof(*ret) );
    ret[base + len] = 0;
    return ret;
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

static WCHAR *location_url( const struct request *request, const struct http_header *field )
{
    WCHAR *location, *url = NULL;

    if ((location = text_widen( field->value, field->value_len )))
        url = join( request->url, location );
    free( location );
    return url;
}

enum redirect redirect_target( struct request *request, WCHAR **url )
{
    const struct http_header *field;
    UINT16 status = request->response.status;

    if (!status_redirects( status )) return REDIRECT_NO;
    if (request->disabled & WINHTTP_DISABLE_REDIRECTS) return REDIRECT_NO;
    if (request->settings.redirect_policy == WINHTTP_OPTION_REDIRECT_POLICY_NEVER)
        return REDIRECT_NO;
    if (!(field = http_headers_find( &request->response.headers, "Location", 0 )))
        return status == 300 ? REDIRECT_NO : REDIRECT_FAILED;
    if (!(*url = location_url( request, field ))) return REDIRECT_FAILED;
    if (!policy_allows( request, *url ))
    {
        free( *url );
        return REDIRECT_NO;
    }
    if (request->redirects < request->settings.max_redirects)
    {
        if (status_drops_body( status ) || upload_is_at_hand( request ))
            return REDIRECT_FOLLOW;
        free( *url );
        return REDIRECT_RESEND;
    }
    /* the URL option shows the target that was not followed any more */
    object_lock( &request->object );
    free( request->url );
    request->url = *url;
    object_unlock( &request->object );
    return REDIRECT_FAILED;
}

static DWORD set_target( struct request *request, const URL_COMPONENTS *parts )
{
    WCHAR *escaped;
    char *target = NULL;

    if ((escaped = url_escape_object( parts->dwUrlPathLength + parts->dwExtraInfoLength
                                      ? parts->lpszUrlPath : NULL, 0 )))
        target = text_narrow( escaped, wcslen( escaped ) );
    free( escaped );
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
    free( request->key.host );
    request->key.host = _strlwr( host );
    request->key.port = parts->nPort;
    request->key.secure = parts->nScheme == INTERNET_SCHEME_HTTPS;
    return ERROR_SUCCESS;
}

static DWORD drop_body( struct request *request )
{
    char *verb;

    if (!strcmp( request->verb, "HEAD" ) || !strcmp( request->verb, "GET" )) return ERROR_SUCCESS;
    if (!(verb = _strdup( "GET" ))) return ERROR_NOT_ENOUGH_MEMORY;
    free( request->verb );
    request->verb = verb;
    upload_drop( request );
    return ERROR_SUCCESS;
}

DWORD redirect_apply( struct request *request, const WCHAR *url )
{
    URL_COMPONENTS parts = { .dwStructSize = sizeof(parts) };
    WCHAR *copy;
    DWORD error;

    parts.dwHostNameLength = parts.dwUrlPathLength = parts.dwExtraInfoLength = 1;
    if (!(copy = wcsdup( url ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (!WinHttpCrackUrl( copy, 0, 0, &parts )) error = ERROR_WINHTTP_REDIRECT_FAILED;
    else
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
