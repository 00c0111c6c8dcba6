/* fuzz_http_list - a list of header fields under any sequence of edits and with memory refused,
 * against a plain list that does the same.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that says how many allocations are granted, then edits: a byte that chooses what is
 * done, a byte that chooses the name, a byte for the length of a text, and the text.
 */

#include "proto/http_headers.h"

#include "budget.h"

enum
{
    MAX_FIELDS = 64,
    MAX_TEXT = 1024, /* of a value that grows, in the plain list */
};

struct field
{
    char name[32];
    size_t name_len;
    char value[MAX_TEXT];
    size_t value_len;
};

struct plain_list
{
    struct field fields[MAX_FIELDS];
    size_t count;
};

/* An edit: a name, mostly one of a few so that they meet, and a value as it came. */
struct edit
{
    struct field field;
    const char *raw;
    size_t raw_len;
};

static char lower( char c )
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static int equal( const char *a, size_t a_len, const char *b, size_t b_len )
{
    size_t i;

    for (i = 0; i < a_len && i < b_len; i++) if (lower( a[i] ) != lower( b[i] )) return 0;
    return a_len == b_len;
}

static int is_blank( char c )
{
    return c == ' ' || c == '\t';
}

/* RFC 9110 5.6.2 */
static int is_token( const struct field *field )
{
    static const char tchar[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    size_t i;

    for (i = 0; i < field->name_len; i++)
        if (!field->name[i] || !strchr( tchar, field->name[i] )) return 0;
    return i != 0;
}

/* What a list must never hold, for it could not be read back from the wire. */
static int is_line( const struct field *field )
{
    const char *name = field->name;
    size_t i;

    if (!field->name_len || is_blank( name[0] ) || is_blank( name[field->name_len - 1] )) return 0;
    for (i = 0; i < field->name_len; i++)
        if (name[i] == ':' || name[i] == 0x7f || (name[i] >= 0 && name[i] < ' ' && name[i] != '\t'))
            return 0;
    for (i = 0; i < field->value_len; i++)
        if (!field->value[i] || field->value[i] == '\r' || field->value[i] == '\n') return 0;
    return 1;
}

/* The index-th field of that name, or the end. */
static size_t plain_find( const struct plain_list *list, const struct field *field, size_t index )
{
    size_t i;

    for (i = 0; i < list->count; i++)
    {
        const struct field *found = &list->fields[i];

        if (equal( found->name, found->name_len, field->name, field->name_len ) && !index--) break;
    }
    return i;
}

static void plain_delete( struct plain_list *list, size_t at )
{
    memmove( &list->fields[at], &list->fields[at + 1],
             (--list->count - at) * sizeof(list->fields[0]) );
}

static void plain_join( struct field *field, const struct field *more, const char *separator )
{
    if (!more->value_len) return;
    memcpy( field->value + field->value_len, separator, 2 );
    memcpy( field->value + field->value_len + 2, more->value, more->value_len );
    field->value_len += 2 + more->value_len;
}

static enum http_headers_status plain_apply( struct plain_list *list, const struct field *field,
                                             enum http_headers_mode mode, int dry )
{
    size_t at = plain_find( list, field, 0 );
    int present = at < list->count;

    if (!is_token( field ) || !is_line( field )) return HTTP_HEADERS_ERR_SYNTAX;
    if (mode == HTTP_HEADERS_REPLACE && !present) return HTTP_HEADERS_ERR_NOT_FOUND;
    if (mode == HTTP_HEADERS_ADD_IF_NEW && present) return HTTP_HEADERS_ERR_EXISTS;
    if (dry) return HTTP_HEADERS_OK;

    if (mode == HTTP_HEADERS_COALESCE_COMMA && present)
        plain_join( &list->fields[at], field, ", " );
    else if (mode == HTTP_HEADERS_COALESCE_SEMICOLON && present)
        plain_join( &list->fields[at], field, "; " );
    else if (mode == HTTP_HEADERS_REPLACE || mode == HTTP_HEADERS_ADD_OR_REPLACE)
    {
        if (field->value_len) list->fields[at] = *field;
        else if (present) plain_delete( list, at );
        list->count += field->value_len && !present;
    }
    else list->fields[list->count++] = *field;
    return HTTP_HEADERS_OK;
}

static void check_same( const struct http_headers *headers, const struct plain_list *list )
{
    size_t i;

    FUZZ_CHECK( headers->count == list->count && headers->count <= headers->capacity );
    for (i = 0; i < list->count; i++)
    {
        const struct http_header *a = &headers->fields[i];
        const struct field *b = &list->fields[i];

        FUZZ_CHECK( a->name_len == b->name_len && !memcmp( a->name, b->name, b->name_len ) );
        FUZZ_CHECK( a->value_len == b->value_len && !memcmp( a->value, b->value, b->value_len ) );
        FUZZ_CHECK( !a->name[a->name_len] && !a->value[a->value_len] );
    }
}

/* The same field, found by every index, and none behind the last. */
static void check_find( const struct http_headers *headers, const struct plain_list *list,
                        const struct field *field )
{
    size_t index = 0, at;

    if (memchr( field->name, 0, field->name_len )) return; /* not a name that one can ask for */
    do
    {
        at = plain_find( list, field, index );
        FUZZ_CHECK( http_headers_find( headers, field->name, index++ ) ==
                    (at < list->count ? &headers->fields[at] : NULL) );
    } while (at < list->count);
}

/* Whether the comma-separated elements of these fields hold the token. */
static int plain_has_token( const struct plain_list *list, const struct field *field,
                            const char *token )
{
    size_t index, at, from, to, end;

    for (index = 0; (at = plain_find( list, field, index )) < list->count; index++)
    {
        const struct field *found = &list->fields[at];

        for (from = 0; from < found->value_len; from = end + 1)
        {
            for (end = from; end < found->value_len && found->value[end] != ','; end++) ;
            for (to = end; from < to && is_blank( found->value[from] ); from++) ;
            for (; to > from && is_blank( found->value[to - 1] ); to--) ;
            if (to > from && equal( found->value + from, to - from, token, strlen( token ) ))
                return 1;
        }
    }
    return 0;
}

static size_t remove_all( struct plain_list *list, const struct field *field )
{
    size_t removed = 0, at;

    for (; (at = plain_find( list, field, 0 )) < list->count; removed++) plain_delete( list, at );
    return removed;
}

/* Behind the list, itself once more. */
static void double_list( struct http_headers *headers, struct plain_list *list )
{
    if (http_headers_append( headers, headers )) return;
    memcpy( list->fields + list->count, list->fields, list->count * sizeof(list->fields[0]) );
    list->count *= 2;
}

static void add( struct http_headers *headers, struct plain_list *list, const struct edit *edit )
{
    const struct field *field = &edit->field;
    enum http_headers_status status = http_headers_add( headers, field->name, field->name_len,
                                                        edit->raw, edit->raw_len );

    FUZZ_CHECK( (status == HTTP_HEADERS_ERR_SYNTAX) == !is_line( field ) );
    if (!status) list->fields[list->count++] = *field;
}

static void apply( struct http_headers *headers, struct plain_list *list, const struct edit *edit,
                   enum http_headers_mode mode )
{
    const struct field *field = &edit->field;
    enum http_headers_status status, want = plain_apply( list, field, mode, 1 );

    status = http_headers_apply( headers, field->name, field->name_len, edit->raw, edit->raw_len,
                                 mode );
    FUZZ_CHECK( status == want || (!want && status == HTTP_HEADERS_ERR_MEMORY) );
    if (!status) plain_apply( list, field, mode, 0 );
}

static void take_edit( struct edit *edit, uint8_t name, const uint8_t **data, size_t *size )
{
    static const char *const names[] = { "a", "A", "Cookie", "cookie", "x-Y", "a b", "a:", " a" };
    size_t len = fuzz_byte( data, size ) & 31, name_len;
    const char *text = (const char *)*data;

    if (len > *size) len = *size;
    *data += len;
    *size -= len;
    memset( edit, 0, sizeof(*edit) );
    name_len = name < 0xe0 ? 0 : name & 15; /* of a name from the text itself */
    if (name_len > len) name_len = len;
    if (name < 0xe0) strcpy( edit->field.name, names[name % (sizeof(names) / sizeof(names[0]))] );
    else memcpy( edit->field.name, text, name_len );
    edit->field.name_len = name < 0xe0 ? strlen( edit->field.name ) : name_len;
    edit->raw = text += name_len;
    edit->raw_len = len -= name_len;
    for (; len && is_blank( *text ); text++) len--;
    while (len && is_blank( text[len - 1] )) len--;
    memcpy( edit->field.value, text, len );
    edit->field.value_len = len;
}

/* What the plain list has room for. */
static int has_room( const struct plain_list *list )
{
    size_t i;

    for (i = 0; i < list->count; i++) if (list->fields[i].value_len > MAX_TEXT - 40) return 0;
    return list->count < MAX_FIELDS / 2;
}

static void edit_list( struct http_headers *headers, struct plain_list *list,
                       const uint8_t **data, size_t *size )
{
    uint8_t what = fuzz_byte( data, size ), name = fuzz_byte( data, size );
    struct edit edit;

    take_edit( &edit, name, data, size );
    if (what % 10 < 6) apply( headers, list, &edit, (enum http_headers_mode)(what % 10) );
    else if (what % 10 == 6) add( headers, list, &edit );
    else if (what % 10 == 7) double_list( headers, list );
    else if (!memchr( edit.field.name, 0, edit.field.name_len ))
    {
        if (what % 10 == 8)
            FUZZ_CHECK( http_headers_remove( headers, edit.field.name ) ==
                        remove_all( list, &edit.field ) );
        else
            FUZZ_CHECK( http_headers_has_token( headers, edit.field.name, edit.field.value ) ==
                        plain_has_token( list, &edit.field, edit.field.value ) );
    }
    check_same( headers, list );
    check_find( headers, list, &edit.field );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    struct budget budget = { fuzz_byte( &data, &size ), 0 };
    struct allocator alloc = { budget_resize, &budget };
    static struct plain_list list;
    struct http_headers headers;

    list.count = 0;
    http_headers_init( &headers, &alloc );
    while (size && has_room( &list )) edit_list( &headers, &list, &data, &size );
    http_headers_clear( &headers );
    FUZZ_CHECK( !headers.count && !budget.live );
    return 0;
}
