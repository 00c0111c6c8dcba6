/* http_headers - an ordered list of header fields (RFC 9110 section 5).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_headers.h"

#include <stdint.h>
#include <string.h>

#include "proto/http_token.h"

enum
{
    INITIAL_CAPACITY = 16, /* fields; a typical request or response fits without growing */
};

/* what a line or a pair of name and value comes down to; borrowed from the caller */
struct field_text
{
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};

void http_headers_init( struct http_headers *headers, const struct allocator *alloc )
{
    headers->alloc = alloc;
    headers->fields = NULL;
    headers->count = headers->capacity = 0;
    headers->text = NULL;
    headers->text_used = headers->text_size = 0;
}

static void free_field( struct http_headers *headers, struct http_header *field )
{
    if (field->block) allocator_free( headers->alloc, field->block );
}

void http_headers_clear( struct http_headers *headers )
{
    size_t i;

    for (i = 0; i < headers->count; i++) free_field( headers, &headers->fields[i] );
    if (headers->fields) allocator_free( headers->alloc, headers->fields );
    if (headers->text) allocator_free( headers->alloc, headers->text );
    http_headers_init( headers, headers->alloc );
}

enum http_headers_status http_headers_reserve( struct http_headers *headers, size_t size )
{
    char *text = allocator_resize( headers->alloc, headers->text, size );

    if (!text) return HTTP_HEADERS_ERR_MEMORY;
    headers->text = text;
    headers->text_used = 0;
    headers->text_size = size;
    return HTTP_HEADERS_OK;
}

/* The last gate before a list, for responses too: whatever is in a list can be written as a line
 * and read back as the same field. Names need not be tokens here, servers send odd ones. */
static int is_storable( const struct field_text *text )
{
    size_t i;

    if (!text->name_len || http_token_blank( text->name[0] )) return 0;
    if (http_token_blank( text->name[text->name_len - 1] )) return 0;
    for (i = 0; i < text->name_len; i++)
    {
        unsigned char c = (unsigned char)text->name[i];
        if (c == ':' || c == 0x7f || (c < 0x20 && c != '\t')) return 0;
    }
    return !http_token_has_break( text->value, text->value_len );
}

/* Where size bytes of a field go; *block is what has to be freed with it. NULL: no memory. */
static char *take_room( struct http_headers *headers, size_t size, char **block )
{
    *block = NULL;
    if (size > headers->text_size - headers->text_used)
        return *block = allocator_resize( headers->alloc, NULL, size );
    headers->text_used += size;
    return headers->text + headers->text_used - size;
}

/* The name and the value follow each other, each with its NUL; 0 if there is no memory. */
static int create_field( struct http_headers *headers, struct http_header *field,
                         const struct field_text *text )
{
    char *room, *block;

    if (text->name_len > SIZE_MAX - 2 || text->value_len > SIZE_MAX - 2 - text->name_len) return 0;
    room = take_room( headers, text->name_len + text->value_len + 2, &block );
    if (!room) return 0;

    field->block = block;
    field->name = room;
    field->name_len = text->name_len;
    memcpy( field->name, text->name, text->name_len );
    field->name[text->name_len] = 0;
    field->value = room + text->name_len + 1;
    field->value_len = text->value_len;
    if (text->value_len) memcpy( field->value, text->value, text->value_len );
    field->value[text->value_len] = 0;
    return 1;
}

/* Makes room for one more field; 0 if there is no memory. */
static int reserve_field( struct http_headers *headers )
{
    size_t capacity = headers->capacity ? headers->capacity * 2 : INITIAL_CAPACITY;
    struct http_header *fields;

    if (headers->count < headers->capacity) return 1;
    if (capacity > SIZE_MAX / sizeof(*fields)) return 0;
    fields = allocator_resize( headers->alloc, headers->fields, capacity * sizeof(*fields) );
    if (!fields) return 0;
    headers->fields = fields;
    headers->capacity = capacity;
    return 1;
}

static enum http_headers_status append_field( struct http_headers *headers,
                                              const struct field_text *text )
{
    if (!reserve_field( headers )) return HTTP_HEADERS_ERR_MEMORY;
    if (!create_field( headers, &headers->fields[headers->count], text ))
        return HTTP_HEADERS_ERR_MEMORY;
    headers->count++;
    return HTTP_HEADERS_OK;
}

enum http_headers_status http_headers_add( struct http_headers *headers, const char *name,
                                           size_t name_len, const char *value, size_t value_len )
{
    struct field_text text = { name, name_len, value, value_len };

    http_token_trim( &text.value, &text.value_len );
    if (!is_storable( &text )) return HTTP_HEADERS_ERR_SYNTAX;
    return append_field( headers, &text );
}

static struct http_header *find_field( const struct http_headers *headers, const char *name,
                                       size_t name_len, size_t index )
{
    size_t i;

    for (i = 0; i < headers->count; i++)
    {
        struct http_header *field = &headers->fields[i];
        if (field->name_len != name_len) continue;
        if (!http_token_equal( field->name, field->name_len, name, name_len )) continue;
        if (!index--) return field;
    }
    return NULL;
}

const struct http_header *http_headers_find_name( const struct http_headers *headers,
                                                  const char *name, size_t name_len,
                                                  size_t index )
{
    return find_field( headers, name, name_len, index );
}

static void remove_field( struct http_headers *headers, struct http_header *field )
{
    size_t behind = headers->count - (size_t)(field - headers->fields) - 1;

    free_field( headers, field );
    memmove( field, field + 1, behind * sizeof(*field) );
    headers->count--;
}

size_t http_headers_remove( struct http_headers *headers, const char *name )
{
    size_t i, kept = 0, name_len = strlen( name ), removed;

    for (i = 0; i < headers->count; i++)
    {
        struct http_header *field = &headers->fields[i];
        if (http_token_equal( field->name, field->name_len, name, name_len ))
            free_field( headers, field );
        else
            headers->fields[kept++] = *field;
    }
    removed = headers->count - kept;
    headers->count = kept;
    return removed;
}

/* facts/http.md 6: in place, so the order on the wire stays; "name:" deletes */
static enum http_headers_status replace_field( struct http_headers *headers,
                                               struct http_header *field,
                                               const struct field_text *text )
{
    struct http_header replacement;

    if (!text->value_len)
    {
        remove_field( headers, field );
        return HTTP_HEADERS_OK;
    }
    if (!create_field( headers, &replacement, text )) return HTTP_HEADERS_ERR_MEMORY;
    free_field( headers, field );
    *field = replacement;
    return HTTP_HEADERS_OK;
}

static enum http_headers_status coalesce_field( struct http_headers *headers,
                                                struct http_header *field,
                                                const struct field_text *text, char separator )
{
    size_t old_size = field->name_len + field->value_len + 2, len = field->value_len;
    char *block;

    /* "old, " would read back as "old," */
    if (!text->value_len) return HTTP_HEADERS_OK;
    if (text->value_len > SIZE_MAX - 2 - old_size) return HTTP_HEADERS_ERR_MEMORY;
    block = allocator_resize( headers->alloc, field->block, old_size + text->value_len + 2 );
    if (!block) return HTTP_HEADERS_ERR_MEMORY;

    if (!field->block) memcpy( block, field->name, old_size );
    field->block = field->name = block;
    field->value = block + field->name_len + 1;
    field->value[len++] = separator;
    field->value[len++] = ' ';
    memcpy( field->value + len, text->value, text->value_len );
    field->value_len = len + text->value_len;
    field->value[field->value_len] = 0;
    return HTTP_HEADERS_OK;
}

static enum http_headers_status apply_absent( struct http_headers *headers,
                                              const struct field_text *text,
                                              enum http_headers_mode mode )
{
    if (mode == HTTP_HEADERS_REPLACE) return HTTP_HEADERS_ERR_NOT_FOUND;
    if (mode == HTTP_HEADERS_ADD_OR_REPLACE && !text->value_len) return HTTP_HEADERS_OK;
    return append_field( headers, text );
}

static enum http_headers_status apply_present( struct http_headers *headers,
                                               struct http_header *field,
                                               const struct field_text *text,
                                               enum http_headers_mode mode )
{
    switch (mode)
    {
    case HTTP_HEADERS_ADD_IF_NEW:
        return HTTP_HEADERS_ERR_EXISTS;
    case HTTP_HEADERS_REPLACE:
    case HTTP_HEADERS_ADD_OR_REPLACE:
        return replace_field( headers, field, text );
    case HTTP_HEADERS_COALESCE_COMMA:
        return coalesce_field( headers, field, text, ',' );
    case HTTP_HEADERS_COALESCE_SEMICOLON:
        return coalesce_field( headers, field, text, ';' );
    case HTTP_HEADERS_ADD:
        break;
    }
    return append_field( headers, text );
}

static int is_sendable( const struct field_text *text )
{
    return http_token_valid( text->name, text->name_len ) && is_storable( text );
}

static enum http_headers_status apply_text( struct http_headers *headers,
                                            const struct field_text *text,
                                            enum http_headers_mode mode )
{
    struct http_header *field = find_field( headers, text->name, text->name_len, 0 );

    return field ? apply_present( headers, field, text, mode )
                 : apply_absent( headers, text, mode );
}

enum http_headers_status http_headers_apply( struct http_headers *headers, const char *name,
                                             size_t name_len, const char *value, size_t value_len,
                                             enum http_headers_mode mode )
{
    struct field_text text = { name, name_len, value, value_len };

    http_token_trim( &text.value, &text.value_len );
    if (!is_sendable( &text )) return HTTP_HEADERS_ERR_SYNTAX;
    return apply_text( headers, &text, mode );
}

static int is_line_end( char c )
{
    return c == '\r' || c == '\n';
}

/* Takes the next line off *text, *len: OK, NOT_FOUND behind the last one, or SYNTAX.
 * Any run of CR and LF separates, as on Windows (facts/http.md 6). */
static enum http_headers_status next_line( const char **text, size_t *len,
                                           struct field_text *field )
{
    const char *line, *colon;
    size_t line_len = 0;

    while (*len && is_line_end( **text ))
    {
        ++*text;
        --*len;
    }
    if (!*len) return HTTP_HEADERS_ERR_NOT_FOUND;
    line = *text;
    while (line_len < *len && !is_line_end( line[line_len] )) line_len++;
    *text += line_len;
    *len -= line_len;

    if (!(colon = memchr( line, ':', line_len ))) return HTTP_HEADERS_ERR_SYNTAX;
    field->name = line;
    field->name_len = (size_t)(colon - line);
    field->value = colon + 1;
    field->value_len = line_len - field->name_len - 1;
    http_token_trim( &field->value, &field->value_len );
    return is_sendable( field ) ? HTTP_HEADERS_OK : HTTP_HEADERS_ERR_SYNTAX;
}

/* Counts the lines. There are none in a text of nothing but line ends, which is allowed: .NET adds
 * "\r\n" to each request that has no headers of its own. */
static enum http_headers_status check_lines( const char *text, size_t len, size_t *count )
{
    enum http_headers_status status;
    struct field_text field;

    *count = 0;
    if (!len) return HTTP_HEADERS_ERR_SYNTAX;
    while (!(status = next_line( &text, &len, &field ))) ++*count;
    return status == HTTP_HEADERS_ERR_SYNTAX ? status : HTTP_HEADERS_OK;
}

static enum http_headers_status apply_checked_lines( struct http_headers *headers, const char *text,
                                                     size_t len, enum http_headers_mode mode )
{
    struct field_text field;
    enum http_headers_status status = HTTP_HEADERS_OK;

    while (!status && !next_line( &text, &len, &field ))
        status = apply_text( headers, &field, mode );
    return status;
}

enum http_headers_status http_headers_apply_lines( struct http_headers *headers, const char *text,
                                                   size_t len, enum http_headers_mode mode )
{
    struct http_headers copy;
    enum http_headers_status status;
    size_t count;

    if ((status = check_lines( text, len, &count ))) return status;
    /* one line is all or nothing by itself; adding n lines one by one must not cost n copies */
    if (count == 1) return apply_checked_lines( headers, text, len, mode );

    http_headers_init( &copy, headers->alloc );
    if (!(status = http_headers_append( &copy, headers )))
        status = apply_checked_lines( &copy, text, len, mode );
    if (status)
    {
        http_headers_clear( &copy );
        return status;
    }
    http_headers_clear( headers );
    *headers = copy;
    return HTTP_HEADERS_OK;
}

int http_headers_has_token( const struct http_headers *headers, const char *name,
                            const char *token )
{
    const struct http_header *field;
    size_t i, token_len = strlen( token ), name_len = strlen( name );

    for (i = 0; (field = find_field( headers, name, name_len, i )); i++)
    {
        const char *list = field->value, *element;
        size_t list_len = field->value_len, element_len;

        while (http_token_next( &list, &list_len, &element, &element_len ))
            if (http_token_equal( element, element_len, token, token_len )) return 1;
    }
    return 0;
}

/* Takes fields off the end until count are left. */
static void truncate_list( struct http_headers *headers, size_t count )
{
    while (headers->count > count) free_field( headers, &headers->fields[--headers->count] );
}

enum http_headers_status http_headers_append( struct http_headers *dst,
                                              const struct http_headers *src )
{
    size_t i, before = dst->count, added = src->count;

    for (i = 0; i < added; i++)
    {
        const struct http_header *field = &src->fields[i];
        struct field_text text = { field->name, field->name_len, field->value, field->value_len };

        if (append_field( dst, &text ))
        {
            truncate_list( dst, before );
            return HTTP_HEADERS_ERR_MEMORY;
        }
    }
    return HTTP_HEADERS_OK;
}

enum http_headers_status http_headers_borrow( struct http_headers *headers,
                                              const struct http_header *fields, size_t count )
{
    size_t i, before = headers->count;

    for (i = 0; i < count; i++)
    {
        if (!reserve_field( headers ))
        {
            headers->count = before;
            return HTTP_HEADERS_ERR_MEMORY;
        }
        headers->fields[headers->count] = fields[i];
        headers->fields[headers->count++].block = NULL;
    }
    return HTTP_HEADERS_OK;
}

size_t http_headers_text_size( const struct http_headers *headers )
{
    size_t i, size = 0;

    for (i = 0; i < headers->count; i++)
        size += headers->fields[i].name_len + 2 + headers->fields[i].value_len + 2;
    return size;
}

static char *write_bytes( char *out, const char *bytes, size_t len )
{
    memcpy( out, bytes, len );
    return out + len;
}

char *http_headers_text_write( const struct http_headers *headers, char *out )
{
    size_t i;

    for (i = 0; i < headers->count; i++)
    {
        out = write_bytes( out, headers->fields[i].name, headers->fields[i].name_len );
        out = write_bytes( out, ": ", 2 );
        out = write_bytes( out, headers->fields[i].value, headers->fields[i].value_len );
        out = write_bytes( out, "\r\n", 2 );
    }
    return out;
}
