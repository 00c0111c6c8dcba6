/* fuzz_http_headers - the header lines of a program: nothing they hold adds a line on the wire.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that chooses the mode, then the text; up to four texts, separated by 0xff, are
 * applied to one list.
 */

#include "proto/http_headers.h"

#include "fuzz.h"

/* The list as a request would carry it; the caller frees. */
static char *write_list( const struct http_headers *list, size_t *len )
{
    char *text;

    *len = http_headers_text_size( list );
    text = fuzz_memory( malloc( *len + 1 ) );
    FUZZ_CHECK( http_headers_text_write( list, text ) == text + *len );
    text[*len] = 0;
    return text;
}

/* A reader of the wire sees the fields of the list and no others. */
static void check_wire( const struct http_headers *list )
{
    size_t len, again_len, lines = 0, i;
    char *text = write_list( list, &len ), *again_text;
    struct http_headers again;

    for (i = 0; i < len; i++)
    {
        FUZZ_CHECK( text[i] );
        if (text[i] == '\r') FUZZ_CHECK( text[i + 1] == '\n' );
        if (text[i] == '\n') FUZZ_CHECK( i && text[i - 1] == '\r' );
        lines += text[i] == '\n';
    }
    FUZZ_CHECK( lines == list->count );

    http_headers_init( &again, &allocator_libc );
    if (len) FUZZ_CHECK( !http_headers_apply_lines( &again, text, len, HTTP_HEADERS_ADD ) );
    again_text = write_list( &again, &again_len );
    FUZZ_CHECK( len == again_len && !memcmp( text, again_text, len ) );
    http_headers_clear( &again );
    free( again_text );
    free( text );
}

static void apply( struct http_headers *list, const uint8_t *data, size_t len,
                   enum http_headers_mode mode )
{
    size_t before_len, after_len;
    char *before = write_list( list, &before_len ), *after;
    uint8_t *copy = fuzz_copy( data, len );

    if (http_headers_apply_lines( list, (char *)copy, len, mode ))
    {
        after = write_list( list, &after_len );
        FUZZ_CHECK( before_len == after_len && !memcmp( before, after, after_len ) );
        free( after );
    }
    free( copy );
    free( before );
    check_wire( list );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    uint8_t modes = fuzz_byte( &data, &size );
    struct http_headers list;
    int round;

    http_headers_init( &list, &allocator_libc );
    for (round = 0; round < 4 && size; round++)
    {
        const uint8_t *end = memchr( data, 0xff, size );
        size_t len = end ? (size_t)(end - data) : size;

        apply( &list, data, len, (enum http_headers_mode)((modes + round) % 6) );
        data += end ? len + 1 : len;
        size -= end ? len + 1 : len;
    }
    http_headers_clear( &list );
    return 0;
}
