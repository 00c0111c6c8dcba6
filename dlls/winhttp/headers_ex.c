/* headers_ex - WinHttpAddRequestHeadersEx and WinHttpQueryHeadersEx: headers as pairs of strings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "headers.h"

#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "head.h"
#include "response.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- WinHttpAddRequestHeadersEx --- */

static char *narrow( const void *text, BOOL wide )
{
    if (!text) return _strdup( "" );
    return wide ? text_narrow( text, wcslen( text ) ) : _strdup( text );
}

static DWORD apply_pair( struct http_headers *list, const WINHTTP_EXTENDED_HEADER *header,
                         enum http_headers_mode mode, BOOL wide )
{
    char *name = narrow( header->pwszName, wide ), *value = narrow( header->pwszValue, wide );
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;

    if (name && value)
        error = headers_error( http_headers_apply( list, name, strlen( name ), value,
                                                   strlen( value ), mode ) );
    free( name );
    free( value );
    return error;
}

/* All or none, as AddRequestHeaders does with several lines. */
static DWORD add_pairs_locked( struct request *request, const WINHTTP_EXTENDED_HEADER *headers,
                               DWORD count, enum http_headers_mode mode, BOOL wide )
{
    struct http_headers list, former = request->headers;
    DWORD error, i;

    http_headers_init( &list, &allocator_libc );
    error = headers_error( http_headers_append( &list, &former ) );
    for (i = 0; !error && i < count; i++) error = apply_pair( &list, &headers[i], mode, wide );
    if (!error)
    {
        request->headers = list;
        list = former;
    }
    http_headers_clear( &list );
    return error;
}

DWORD WINAPI WinHttpAddRequestHeadersEx( HINTERNET handle, DWORD modifiers, ULONGLONG flags,
                                         ULONGLONG extra, DWORD count,
                                         WINHTTP_EXTENDED_HEADER *headers )
{
    BOOL wide = (flags & WINHTTP_EXTENDED_HEADER_FLAG_UNICODE) != 0;
    struct object *object;
    DWORD error;

    TRACE( "%p, %#lx, %#I64x, %#I64x, %lu, %p\n", handle, modifiers, flags, extra, count, headers );

    if (!(object = handle_get_typed( handle, OBJECT_REQUEST, &error ))) return error;
    if (!headers || !count) error = ERROR_INVALID_PARAMETER;
    else
    {
        object_lock( object );
        error = add_pairs_locked( request_from_object( object ), headers, count,
                                  headers_mode( modifiers ), wide );
        object_unlock( object );
    }
    object_release( object );
    return error;
}

/* --- WinHttpQueryHeadersEx --- */

struct query_ex
{
    DWORD level;        /* without modifiers */
    DWORD modifiers;
    UINT codepage;      /* 0: as the other calls do */
    DWORD *index;       /* may be NULL */
    const WINHTTP_HEADER_NAME *name;
    void *buffer;
    DWORD *len;         /* bytes */
    WINHTTP_EXTENDED_HEADER **headers; /* may be NULL */
    DWORD *count;
};

/* Where the strings go, behind the array of pairs; counts only while buffer is NULL. */
struct writer
{
    BYTE *buffer;
    size_t used;
};

/* Whole headers only, no part of the first line and no conversion (facts/options.md 4.2). */
static BOOL is_level( DWORD level, DWORD modifiers )
{
    if (modifiers & ~(DWORD)(WINHTTP_QUERY_FLAG_REQUEST_HEADERS | WINHTTP_QUERY_FLAG_TRAILERS |
                             WINHTTP_QUERY_FLAG_WIRE_ENCODING)) return FALSE;
    switch (level)
    {
    case WINHTTP_QUERY_VERSION:
    case WINHTTP_QUERY_STATUS_CODE:
    case WINHTTP_QUERY_STATUS_TEXT:
    case WINHTTP_QUERY_RAW_HEADERS_CRLF:
        return FALSE;
    }
    return level <= WINHTTP_QUERY_MAX || level == WINHTTP_QUERY_CUSTOM;
}

static BOOL is_wire( const struct query_ex *query )
{
    return (query->modifiers & WINHTTP_QUERY_FLAG_WIRE_ENCODING) != 0;
}

/* A string as bytes, or as characters. Returns where it went; NULL: no memory, or only counted. */
static const void *put_bytes( struct writer *writer, const void *bytes, size_t len )
{
    BYTE *place = writer->buffer ? writer->buffer + writer->used : NULL;

    if (place) memcpy( place, bytes, len );
    writer->used += len;
    return place;
}

/* The result needs to be freed. */
static WCHAR *widen( const struct query_ex *query, const char *text, size_t *len )
{
    int chars;
    WCHAR *wide;

    if (!query->codepage || !*len) return text_widen( text, *len );
    if (!(chars = MultiByteToWideChar( query->codepage, 0, text, *len, NULL, 0 )))
        return text_widen( text, *len );
    if (!(wide = malloc( (chars + 1) * sizeof(*wide) ))) return NULL;
    MultiByteToWideChar( query->codepage, 0, text, *len, wide, chars );
    wide[chars] = 0;
    *len = chars;
    return wide;
}

static BOOL put_string( const struct query_ex *query, struct writer *writer, const char *text,
                        size_t len, const void **place )
{
    WCHAR *wide;

    if (is_wire( query ))
    {
        *place = put_bytes( writer, text, len + 1 );
        return TRUE;
    }
    if (!(wide = widen( query, text, &len ))) return FALSE;
    *place = put_bytes( writer, wide, (len + 1) * sizeof(*wide) );
    free( wide );
    return TRUE;
}

/* The array, then the strings; with writer->buffer NULL only their size. FALSE: no memory. */
static BOOL write_fields( const struct query_ex *query, const struct http_header *fields,
                          size_t count, struct writer *writer )
{
    WINHTTP_EXTENDED_HEADER *array = (WINHTTP_EXTENDED_HEADER *)writer->buffer;
    const void *name, *value;
    size_t i;

    writer->used = count * sizeof(*array);
    for (i = 0; i < count; i++)
    {
        if (!put_string( query, writer, fields[i].name, fields[i].name_len, &name ) ||
            !put_string( query, writer, fields[i].value, fields[i].value_len, &value ))
            return FALSE;
        if (!array) continue;
        array[i].pwszName = name;
        array[i].pwszValue = value;
    }
    return TRUE;
}

static DWORD return_fields( const struct query_ex *query, const struct http_header *fields,
                            size_t count )
{
    struct writer writer = { NULL, 0 };
    DWORD room = *query->len;

    if (!write_fields( query, fields, count, &writer )) return ERROR_NOT_ENOUGH_MEMORY;
    *query->len = writer.used;
    if (!query->buffer || room < writer.used) return ERROR_INSUFFICIENT_BUFFER;
    writer.buffer = query->buffer;
    if (!write_fields( query, fields, count, &writer )) return ERROR_NOT_ENOUGH_MEMORY;
    if (query->headers) *query->headers = query->buffer;
    *query->count = count;
    return ERROR_SUCCESS;
}

static DWORD query_one( const struct query_ex *query, const struct http_headers *list )
{
    const char *name = headers_level_name( query->level );
    const struct http_header *field;
    char *custom = NULL;
    DWORD error;

    if (query->level == WINHTTP_QUERY_CUSTOM)
    {
        if (!query->name || !query->name->pwszName) return ERROR_INVALID_PARAMETER;
        if (!(name = custom = narrow( query->name->pwszName, !is_wire( query ) )))
            return ERROR_NOT_ENOUGH_MEMORY;
    }
    field = name ? http_headers_find( list, name, query->index ? *query->index : 0 ) : NULL;
    error = field ? return_fields( query, field, 1 ) : ERROR_WINHTTP_HEADER_NOT_FOUND;
    if (!error && query->index) (*query->index)++;
    free( custom );
    return error;
}

static DWORD query_list( const struct query_ex *query, const struct http_headers *list )
{
    if (query->level != WINHTTP_QUERY_EX_ALL_HEADERS) return query_one( query, list );
    if (!list->count) return ERROR_WINHTTP_HEADER_NOT_FOUND;
    return return_fields( query, list->fields, list->count );
}

static DWORD query_request( const struct query_ex *query, const struct request *request )
{
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    struct http_headers headers;

    http_headers_init( &headers, &allocator_libc );
    if (head_wire_headers( request, &headers )) error = query_list( query, &headers );
    http_headers_clear( &headers );
    return error;
}

static DWORD query_ex( struct request *request, const struct query_ex *query )
{
    BOOL of_request = (query->modifiers & WINHTTP_QUERY_FLAG_REQUEST_HEADERS) != 0;
    BOOL trailers = (query->modifiers & WINHTTP_QUERY_FLAG_TRAILERS) != 0;
    DWORD error;

    if (!query->len || !query->count || !is_level( query->level, query->modifiers ))
        return ERROR_INVALID_PARAMETER;
    object_lock( &request->object );
    if (!of_request) response_wait_locked( request );
    if (of_request) error = query_request( query, request );
    else if (!request->response.status || (trailers && !request->body_done))
        error = ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    else
        error = query_list( query, trailers ? &request->body.trailers
                                            : &request->response.headers );
    object_unlock( &request->object );
    return error;
}

DWORD WINAPI WinHttpQueryHeadersEx( HINTERNET handle, DWORD level, ULONGLONG flags, UINT codepage,
                                    PDWORD index, PWINHTTP_HEADER_NAME name, PVOID buffer,
                                    PDWORD len, PWINHTTP_EXTENDED_HEADER *headers, PDWORD count )
{
    const struct query_ex query = { level & 0xffff, level & ~0xffffu, codepage, index, name, buffer,
                                    len, headers, count };
    struct object *object;
    DWORD error;

    TRACE( "%p, %#lx, %#I64x, %u, %p, %p, %p, %p, %p, %p\n", handle, level, flags, codepage, index,
           name, buffer, len, headers, count );

    if (!(object = handle_get_typed( handle, OBJECT_REQUEST, &error ))) return error;
    error = query_ex( request_from_object( object ), &query );
    object_release( object );
    return error;
}
