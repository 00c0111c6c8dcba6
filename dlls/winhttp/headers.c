/* headers - WinHttpAddRequestHeaders and WinHttpQueryHeaders.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "headers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "head.h"
#include "response.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- WinHttpAddRequestHeaders --- */

enum http_headers_mode headers_mode( DWORD flags )
{
    BOOL add = (flags & WINHTTP_ADDREQ_FLAG_ADD) != 0;

    if (flags & WINHTTP_ADDREQ_FLAG_ADD_IF_NEW) return HTTP_HEADERS_ADD_IF_NEW;
    if (flags & WINHTTP_ADDREQ_FLAG_REPLACE)
        return add ? HTTP_HEADERS_ADD_OR_REPLACE : HTTP_HEADERS_REPLACE;
    if (flags & WINHTTP_ADDREQ_FLAG_COALESCE_WITH_COMMA) return HTTP_HEADERS_COALESCE_COMMA;
    if (flags & WINHTTP_ADDREQ_FLAG_COALESCE_WITH_SEMICOLON) return HTTP_HEADERS_COALESCE_SEMICOLON;
    return HTTP_HEADERS_ADD;
}

DWORD headers_error( enum http_headers_status status )
{
    switch (status)
    {
    case HTTP_HEADERS_OK:            return ERROR_SUCCESS;
    case HTTP_HEADERS_ERR_MEMORY:    return ERROR_NOT_ENOUGH_MEMORY;
    case HTTP_HEADERS_ERR_NOT_FOUND: return ERROR_WINHTTP_HEADER_NOT_FOUND;
    case HTTP_HEADERS_ERR_EXISTS:    return ERROR_WINHTTP_HEADER_ALREADY_EXISTS;
    case HTTP_HEADERS_ERR_SYNTAX:    break;
    }
    return ERROR_INVALID_PARAMETER;
}

DWORD headers_add( struct request *request, const WCHAR *lines, DWORD len, DWORD flags )
{
    enum http_headers_status status;
    char *text;

    if (len == ~0u) len = wcslen( lines );
    if (!(text = text_narrow( lines, len ))) return ERROR_NOT_ENOUGH_MEMORY;
    object_lock( &request->object );
    status = http_headers_apply_lines( &request->headers, text, len, headers_mode( flags ) );
    object_unlock( &request->object );
    free( text );
    return headers_error( status );
}

BOOL WINAPI WinHttpAddRequestHeaders( HINTERNET handle, LPCWSTR lines, DWORD len, DWORD flags )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %#lx, %#lx\n", handle, lines, len, flags );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        if (!lines || !len) error = ERROR_INVALID_PARAMETER;
        else error = headers_add( request_from_object( object ), lines, len, flags );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}

/* --- WinHttpQueryHeaders --- */

enum { MODIFIERS = (int)(WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_SYSTEMTIME |
                         WINHTTP_QUERY_FLAG_NUMBER | WINHTTP_QUERY_FLAG_NUMBER64 |
                         WINHTTP_QUERY_FLAG_TRAILERS | WINHTTP_QUERY_FLAG_WIRE_ENCODING) };

/* Names of the info levels that stand for one header; NULL: not a header. */
static const char *const level_names[WINHTTP_QUERY_MAX + 1] =
{
    [WINHTTP_QUERY_MIME_VERSION] = "MIME-Version",
    [WINHTTP_QUERY_CONTENT_TYPE] = "Content-Type",
    [WINHTTP_QUERY_CONTENT_TRANSFER_ENCODING] = "Content-Transfer-Encoding",
    [WINHTTP_QUERY_CONTENT_ID] = "Content-ID",
    [WINHTTP_QUERY_CONTENT_DESCRIPTION] = "Content-Description",
    [WINHTTP_QUERY_CONTENT_LENGTH] = "Content-Length",
    [WINHTTP_QUERY_CONTENT_LANGUAGE] = "Content-Language",
    [WINHTTP_QUERY_ALLOW] = "Allow",
    [WINHTTP_QUERY_PUBLIC] = "Public",
    [WINHTTP_QUERY_DATE] = "Date",
    [WINHTTP_QUERY_EXPIRES] = "Expires",
    [WINHTTP_QUERY_LAST_MODIFIED] = "Last-Modified",
    [WINHTTP_QUERY_MESSAGE_ID] = "Message-ID",
    [WINHTTP_QUERY_URI] = "URI",
    [WINHTTP_QUERY_DERIVED_FROM] = "Derived-From",
    [WINHTTP_QUERY_COST] = "Cost",
    [WINHTTP_QUERY_LINK] = "Link",
    [WINHTTP_QUERY_PRAGMA] = "Pragma",
    [WINHTTP_QUERY_CONNECTION] = "Connection",
    [WINHTTP_QUERY_ACCEPT] = "Accept",
    [WINHTTP_QUERY_ACCEPT_CHARSET] = "Accept-Charset",
    [WINHTTP_QUERY_ACCEPT_ENCODING] = "Accept-Encoding",
    [WINHTTP_QUERY_ACCEPT_LANGUAGE] = "Accept-Language",
    [WINHTTP_QUERY_AUTHORIZATION] = "Authorization",
    [WINHTTP_QUERY_CONTENT_ENCODING] = "Content-Encoding",
    [WINHTTP_QUERY_FORWARDED] = "Forwarded",
    [WINHTTP_QUERY_FROM] = "From",
    [WINHTTP_QUERY_IF_MODIFIED_SINCE] = "If-Modified-Since",
    [WINHTTP_QUERY_LOCATION] = "Location",
    [WINHTTP_QUERY_ORIG_URI] = "Orig-URI",
    [WINHTTP_QUERY_REFERER] = "Referer",
    [WINHTTP_QUERY_RETRY_AFTER] = "Retry-After",
    [WINHTTP_QUERY_SERVER] = "Server",
    [WINHTTP_QUERY_TITLE] = "Title",
    [WINHTTP_QUERY_USER_AGENT] = "User-Agent",
    [WINHTTP_QUERY_WWW_AUTHENTICATE] = "WWW-Authenticate",
    [WINHTTP_QUERY_PROXY_AUTHENTICATE] = "Proxy-Authenticate",
    [WINHTTP_QUERY_ACCEPT_RANGES] = "Accept-Ranges",
    [WINHTTP_QUERY_SET_COOKIE] = "Set-Cookie",
    [WINHTTP_QUERY_COOKIE] = "Cookie",
    [WINHTTP_QUERY_REFRESH] = "Refresh",
    [WINHTTP_QUERY_CONTENT_DISPOSITION] = "Content-Disposition",
    [WINHTTP_QUERY_AGE] = "Age",
    [WINHTTP_QUERY_CACHE_CONTROL] = "Cache-Control",
    [WINHTTP_QUERY_CONTENT_BASE] = "Content-Base",
    [WINHTTP_QUERY_CONTENT_LOCATION] = "Content-Location",
    [WINHTTP_QUERY_CONTENT_MD5] = "Content-MD5",
    [WINHTTP_QUERY_CONTENT_RANGE] = "Content-Range",
    [WINHTTP_QUERY_ETAG] = "ETag",
    [WINHTTP_QUERY_HOST] = "Host",
    [WINHTTP_QUERY_IF_MATCH] = "If-Match",
    [WINHTTP_QUERY_IF_NONE_MATCH] = "If-None-Match",
    [WINHTTP_QUERY_IF_RANGE] = "If-Range",
    [WINHTTP_QUERY_IF_UNMODIFIED_SINCE] = "If-Unmodified-Since",
    [WINHTTP_QUERY_MAX_FORWARDS] = "Max-Forwards",
    [WINHTTP_QUERY_PROXY_AUTHORIZATION] = "Proxy-Authorization",
    [WINHTTP_QUERY_RANGE] = "Range",
    [WINHTTP_QUERY_TRANSFER_ENCODING] = "Transfer-Encoding",
    [WINHTTP_QUERY_UPGRADE] = "Upgrade",
    [WINHTTP_QUERY_VARY] = "Vary",
    [WINHTTP_QUERY_VIA] = "Via",
    [WINHTTP_QUERY_WARNING] = "Warning",
    [WINHTTP_QUERY_EXPECT] = "Expect",
    [WINHTTP_QUERY_PROXY_CONNECTION] = "Proxy-Connection",
    [WINHTTP_QUERY_UNLESS_MODIFIED_SINCE] = "Unless-Modified-Since",
    [WINHTTP_QUERY_PROXY_SUPPORT] = "Proxy-Support",
    [WINHTTP_QUERY_AUTHENTICATION_INFO] = "Authentication-Info",
    [WINHTTP_QUERY_PASSPORT_URLS] = "PassportURLs",
    [WINHTTP_QUERY_PASSPORT_CONFIG] = "PassportConfig",
};

const char *headers_level_name( DWORD level )
{
    return level <= WINHTTP_QUERY_MAX ? level_names[level] : NULL;
}

struct query
{
    DWORD level;       /* without modifiers */
    DWORD modifiers;
    const WCHAR *name; /* for WINHTTP_QUERY_CUSTOM */
    void *buffer;
    DWORD *len;        /* bytes */
    DWORD *index;      /* may be NULL */
};

/* The conventions of string results: facts/http.md 7. The text has len bytes and a NUL behind them;
 * what *query->len tells of success leaves the NUL out. */
static DWORD return_string( const struct query *query, const void *text, size_t len, size_t nul )
{
    if (!query->buffer || *query->len < len + nul)
    {
        *query->len = len + nul;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    memcpy( query->buffer, text, len + nul );
    *query->len = len;
    return ERROR_SUCCESS;
}

/* As characters, or as the bytes that came: WINHTTP_QUERY_FLAG_WIRE_ENCODING. */
static DWORD return_text( const struct query *query, const char *text, size_t len )
{
    WCHAR *wide;
    DWORD error;

    if (query->modifiers & WINHTTP_QUERY_FLAG_WIRE_ENCODING)
        return return_string( query, text, len, sizeof(*text) );
    if (!(wide = text_widen( text, len ))) return ERROR_NOT_ENOUGH_MEMORY;
    error = return_string( query, wide, len * sizeof(*wide), sizeof(*wide) );
    free( wide );
    return error;
}

static DWORD return_bytes( const struct query *query, const void *value, DWORD size )
{
    if (!query->buffer || *query->len < size)
    {
        *query->len = size;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    memcpy( query->buffer, value, size );
    *query->len = size;
    return ERROR_SUCCESS;
}

static DWORD return_number( const struct query *query, const char *text )
{
    UINT64 number = 0;
    DWORD low;

    if (*text < '0' || *text > '9') return ERROR_WINHTTP_HEADER_NOT_FOUND;
    for (; *text >= '0' && *text <= '9'; text++)
    {
        if (number > (~(UINT64)0 - 9) / 10) return ERROR_WINHTTP_HEADER_NOT_FOUND;
        number = number * 10 + *text - '0';
    }
    if (query->modifiers & WINHTTP_QUERY_FLAG_NUMBER64)
        return return_bytes( query, &number, sizeof(number) );
    low = number;
    return return_bytes( query, &low, sizeof(low) );
}

static DWORD return_time( const struct query *query, const char *value, size_t len )
{
    WCHAR *text = text_widen( value, len );
    SYSTEMTIME time;
    BOOL ok;

    if (!text) return ERROR_NOT_ENOUGH_MEMORY;
    ok = WinHttpTimeToSystemTime( text, &time );
    free( text );
    return ok ? return_bytes( query, &time, sizeof(time) ) : ERROR_WINHTTP_HEADER_NOT_FOUND;
}

static DWORD return_value( const struct query *query, const char *value, size_t len )
{
    if (query->modifiers & (WINHTTP_QUERY_FLAG_NUMBER | WINHTTP_QUERY_FLAG_NUMBER64))
        return return_number( query, value );
    if (query->modifiers & WINHTTP_QUERY_FLAG_SYSTEMTIME) return return_time( query, value, len );
    return return_text( query, value, len );
}

/* "first line CRLF headers CRLF" as text; trailers have no first line. NULL: no memory. */
static char *raw_text( const char *first, const struct http_headers *headers, size_t *len )
{
    size_t first_len = first ? strlen( first ) + 2 : 0;
    char *text, *end;

    *len = first_len + http_headers_text_size( headers ) + 2;
    if (!(text = malloc( *len + 1 ))) return NULL;
    if (first) sprintf( text, "%s\r\n", first );
    end = http_headers_text_write( headers, text + first_len );
    memcpy( end, "\r\n", 3 );
    return text;
}

/* RAW_HEADERS: a NUL in place of each CRLF, the empty line is the final NUL, not counted. */
static size_t lines_to_nuls( char *text, size_t len )
{
    size_t from, to = 0;

    for (from = 0; from < len; from++)
    {
        if (text[from] == '\n') continue;
        text[to++] = text[from] == '\r' ? 0 : text[from];
    }
    return to - 1;
}

static DWORD return_raw( const struct query *query, const char *first,
                         const struct http_headers *headers )
{
    DWORD error;
    size_t len;
    char *text;

    if (!(text = raw_text( first, headers, &len ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (query->level == WINHTTP_QUERY_RAW_HEADERS) len = lines_to_nuls( text, len );
    error = return_text( query, text, len );
    free( text );
    return error;
}

static DWORD query_field( const struct query *query, const struct http_headers *headers )
{
    const struct http_header *field;
    char *custom = NULL;
    const char *name;
    DWORD error;

    if (query->level != WINHTTP_QUERY_CUSTOM) name = level_names[query->level];
    else if (!query->name) return ERROR_INVALID_PARAMETER;
    else if (!(name = custom = text_narrow( query->name, wcslen( query->name ) )))
        return ERROR_NOT_ENOUGH_MEMORY;

    field = name ? http_headers_find( headers, name, query->index ? *query->index : 0 ) : NULL;
    error = field ? return_value( query, field->value, field->value_len )
                  : ERROR_WINHTTP_HEADER_NOT_FOUND;
    if (!error && query->index) (*query->index)++;
    free( custom );
    return error;
}

/* "VERB target HTTP/1.1"; NULL: no memory. */
static char *request_line( const struct request *request )
{
    size_t size = strlen( request->verb ) + strlen( request->target ) + strlen( request->version )
                  + sizeof("  ");
    char *line;

    if ((line = malloc( size )))
        snprintf( line, size, "%s %s %s", request->verb, request->target, request->version );
    return line;
}

static DWORD query_request_raw( const struct query *query, const struct request *request,
                                const struct http_headers *headers )
{
    char *line = request_line( request );
    DWORD error = line ? return_raw( query, line, headers ) : ERROR_NOT_ENOUGH_MEMORY;

    free( line );
    return error;
}

static DWORD query_request( const struct query *query, const struct request *request )
{
    struct http_headers headers;
    DWORD error;

    http_headers_init( &headers, &allocator_libc );
    if (!head_wire_headers( request, &headers )) error = ERROR_NOT_ENOUGH_MEMORY;
    else if (query->level == WINHTTP_QUERY_RAW_HEADERS ||
             query->level == WINHTTP_QUERY_RAW_HEADERS_CRLF)
        error = query_request_raw( query, request, &headers );
    else if (query->level == WINHTTP_QUERY_VERSION)
        error = return_value( query, request->version, strlen( request->version ) );
    else
        error = query_field( query, &headers );
    http_headers_clear( &headers );
    return error;
}

static DWORD query_response( const struct query *query, const struct request *request )
{
    const struct http_response *response = &request->response;
    char line[64], *first;
    DWORD error;
    int len;

    switch (query->level)
    {
    case WINHTTP_QUERY_STATUS_CODE:
        len = snprintf( line, sizeof(line), "%u", response->status );
        return return_value( query, line, len );
    case WINHTTP_QUERY_STATUS_TEXT:
        return return_value( query, response->reason, strlen( response->reason ) );
    case WINHTTP_QUERY_VERSION:
        len = snprintf( line, sizeof(line), "HTTP/1.%u", response->minor );
        return return_value( query, line, len );
    case WINHTTP_QUERY_RAW_HEADERS:
    case WINHTTP_QUERY_RAW_HEADERS_CRLF:
        if (!(first = malloc( sizeof(line) + strlen( response->reason ) )))
            return ERROR_NOT_ENOUGH_MEMORY;
        sprintf( first, "HTTP/1.%u %u %s", response->minor, response->status, response->reason );
        error = return_raw( query, first, &response->headers );
        free( first );
        return error;
    default:
        return query_field( query, &response->headers );
    }
}

/* They come with the end of the body (RFC 9112 7.1.2). */
static DWORD query_trailers( const struct query *query, const struct request *request )
{
    const struct http_headers *trailers = &request->body.trailers;

    if (!request->body_done) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (query->level != WINHTTP_QUERY_RAW_HEADERS &&
        query->level != WINHTTP_QUERY_RAW_HEADERS_CRLF) return query_field( query, trailers );
    return trailers->count ? return_raw( query, NULL, trailers ) : ERROR_WINHTTP_HEADER_NOT_FOUND;
}

static DWORD query_headers( struct request *request, const struct query *query )
{
    BOOL of_request = (query->modifiers & WINHTTP_QUERY_FLAG_REQUEST_HEADERS) != 0;
    const char *verb;
    DWORD error;

    if (!query->len) return ERROR_INVALID_PARAMETER;
    if (query->level > WINHTTP_QUERY_MAX && query->level != WINHTTP_QUERY_CUSTOM)
        return ERROR_INVALID_PARAMETER;
    object_lock( &request->object );
    if (!of_request) response_wait_locked( request );
    verb = request->verb;
    /* readable before sending and without the flag: facts/http.md 5 */
    if (query->level == WINHTTP_QUERY_REQUEST_METHOD)
        error = return_value( query, verb, strlen( verb ) );
    else if (of_request) error = query_request( query, request );
    else if (!request->response.status) error = ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    else if (query->modifiers & WINHTTP_QUERY_FLAG_TRAILERS)
        error = query_trailers( query, request );
    else error = query_response( query, request );
    object_unlock( &request->object );
    return error;
}

BOOL WINAPI WinHttpQueryHeaders( HINTERNET handle, DWORD level, LPCWSTR name, LPVOID buffer,
                                 LPDWORD len, LPDWORD index )
{
    const struct query query = { level & ~(DWORD)MODIFIERS, level & (DWORD)MODIFIERS, name, buffer,
                                 len, index };
    struct object *object;
    DWORD error;

    TRACE( "%p, %#lx, %s, %p, %p, %p\n", handle, level, debugstr_w(name), buffer, len, index );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        error = query_headers( request_from_object( object ), &query );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
