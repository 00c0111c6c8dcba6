/* http_headers - an ordered list of header fields (RFC 9110 section 5).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of every name and value, but for what it borrows (http_headers_borrow).
 * Threads: any, one at a time per list; no lock inside.
 * Fails:   enum http_headers_status; the list is unchanged after a failure.
 *
 * Order of arrival is kept, names compare without case (ASCII), values are bytes (Latin-1 or
 * UTF-8 is the caller's business). The rules of WinHttpAddRequestHeaders (facts/http.md 6) are
 * http_headers_apply's.
 */

#ifndef WINHTTP_PROTO_HTTP_HEADERS_H
#define WINHTTP_PROTO_HTTP_HEADERS_H

#include <stddef.h>
#include <string.h>

#include "proto/allocator.h"

enum http_headers_status
{
    HTTP_HEADERS_OK = 0,
    HTTP_HEADERS_ERR_MEMORY = -1,
    HTTP_HEADERS_ERR_SYNTAX = -2,    /* the caller's text is not a header line */
    HTTP_HEADERS_ERR_NOT_FOUND = -3, /* replace of an absent header */
    HTTP_HEADERS_ERR_EXISTS = -4,    /* add-if-new of a present header */
};

/* what http_headers_apply does when the name is there already */
enum http_headers_mode
{
    HTTP_HEADERS_ADD,                /* append another field */
    HTTP_HEADERS_ADD_IF_NEW,
    HTTP_HEADERS_REPLACE,            /* first match in place; empty value deletes; absent fails */
    HTTP_HEADERS_ADD_OR_REPLACE,     /* empty value deletes */
    HTTP_HEADERS_COALESCE_COMMA,     /* first match becomes "old, new", or stays if new is empty;
                                      * absent adds */
    HTTP_HEADERS_COALESCE_SEMICOLON, /* the same with "old; new" */
};

struct http_header
{
    char *name;       /* NUL-terminated; name and value lie in block, where there is one */
    char *value;      /* NUL-terminated, no blanks at either end */
    size_t name_len;
    size_t value_len;
    char *block;      /* owned; NULL: they lie in the list's text, or belong to another list */
};

struct http_headers
{
    const struct allocator *alloc;
    struct http_header *fields; /* owned; fields[0..count) */
    size_t count;
    size_t capacity;            /* count <= capacity */
    char *text;                 /* owned, or NULL; names and values, never moved */
    size_t text_used;           /* text_used <= text_size */
    size_t text_size;
};

void http_headers_init( struct http_headers *headers, const struct allocator *alloc );
void http_headers_clear( struct http_headers *headers ); /* frees all; empty and usable again */

/* Room for that many bytes of names and values, two more for each field, in one block: what does
 * not fit gets a block of its own, as each does without. Only for an empty list. ERR_MEMORY. */
enum http_headers_status http_headers_reserve( struct http_headers *headers, size_t size );

/* Appends a field, whatever there is. name and value need no NUL; blanks around the value go.
 * ERR_SYNTAX if the pair could not be written as one line: a name that is empty, begins or ends
 * with a blank or holds a colon or a control; CR, LF or NUL in the value. The name of a response
 * field need not be a token, servers send odd ones. */
enum http_headers_status http_headers_add( struct http_headers *headers, const char *name,
                                           size_t name_len, const char *value, size_t value_len );

/* One field by mode. As http_headers_add, but the name must be a token (RFC 9110 5.6.2).
 * name and value must not point into the list. */
enum http_headers_status http_headers_apply( struct http_headers *headers, const char *name,
                                             size_t name_len, const char *value, size_t value_len,
                                             enum http_headers_mode mode );

/* Parses the lines of a program (separated by any run of CR and LF, facts/http.md 6) and applies
 * each by mode, all or none. Refused with ERR_SYNTAX before anything is applied: an empty text
 * (line ends alone are none, and do nothing), no colon, an empty name, a blank before or inside the
 * name, a name that is no token, NUL inside a value. */
enum http_headers_status http_headers_apply_lines( struct http_headers *headers, const char *text,
                                                   size_t len, enum http_headers_mode mode );

/* The index-th field of that name (0-based), or NULL. Valid until the list changes. */
const struct http_header *http_headers_find_name( const struct http_headers *headers,
                                                  const char *name, size_t name_len,
                                                  size_t index );

/* The same; names are literals mostly, whose length costs nothing here. */
static inline const struct http_header *http_headers_find( const struct http_headers *headers,
                                                           const char *name, size_t index )
{
    return http_headers_find_name( headers, name, strlen( name ), index );
}

/* Removes every field of that name; returns how many. */
size_t http_headers_remove( struct http_headers *headers, const char *name );

/* Nonzero if a comma-separated list in any field of that name holds token, in any case
 * (RFC 9110 5.6.1). */
int http_headers_has_token( const struct http_headers *headers, const char *name,
                            const char *token );

/* Copies all fields of src behind those of dst. */
enum http_headers_status http_headers_append( struct http_headers *dst,
                                              const struct http_headers *src );

/* Takes over fields of other lists without copying: those lists must not change before this one is
 * cleared. */
enum http_headers_status http_headers_borrow( struct http_headers *headers,
                                              const struct http_header *fields, size_t count );

/* Bytes of "Name: value\r\n" for all fields, and the writer of just that (no end line, no NUL).
 * Returns the end of what it wrote. */
size_t http_headers_text_size( const struct http_headers *headers );
char *http_headers_text_write( const struct http_headers *headers, char *out );

#endif
