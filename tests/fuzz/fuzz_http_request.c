/* fuzz_http_request - the head of a request: whatever a program passes, a server that reads it
 * finds one request with the lines that were asked for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: method, target, version and header lines, separated by 0xff.
 */

#include "proto/http_request.h"

#include "fuzz.h"

/* Takes a part off the input, with a NUL behind it; the caller frees. */
static char *take_part( const uint8_t **data, size_t *size )
{
    const uint8_t *end = *size ? memchr( *data, 0xff, *size ) : NULL;
    size_t len = end ? (size_t)(end - *data) : *size;
    char *part = fuzz_memory( malloc( len + 1 ) );

    if (len) memcpy( part, *data, len );
    part[len] = 0;
    *data += end ? len + 1 : len;
    *size -= end ? len + 1 : len;
    return part;
}

/* RFC 9110 5.6.2, spelled out */
static int is_token( const char *text )
{
    static const char tchar[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *text && !text[strspn( text, tchar )];
}

/* What no reader of a request line takes apart. */
static int is_word( const char *text )
{
    const char *c;

    for (c = text; *c; c++) if (*c == ' ' || (*c >= '\t' && *c <= '\r')) return 0;
    return c != text;
}

/* The head in a block that ends where it ends; the caller frees. */
static char *write_head( const struct http_request *request, size_t *size )
{
    char *head;

    *size = http_request_size( request );
    head = fuzz_memory( malloc( *size ) );
    FUZZ_CHECK( http_request_write( request, head ) == head + *size );
    return head;
}

/* Takes word off the head, and what stands behind it. */
static void expect( const char **at, const char *end, const char *word, const char *behind )
{
    size_t len = strlen( word ), behind_len = strlen( behind );

    FUZZ_CHECK( (size_t)(end - *at) >= len + behind_len );
    FUZZ_CHECK( !memcmp( *at, word, len ) && !memcmp( *at + len, behind, behind_len ) );
    *at += len + behind_len;
}

/* Whoever takes any CR or LF for the end of a line sees as many lines as there are fields, one for
 * the request and the empty one, and no empty one before. */
static void check_lines( const struct http_request *request, const char *head, size_t size )
{
    size_t i, line = 0, lines = 0;

    for (i = 0; i < size; i++)
    {
        FUZZ_CHECK( head[i] );
        if (head[i] != '\r' && head[i] != '\n') continue;
        FUZZ_CHECK( head[i] == '\r' && i + 1 < size && head[i + 1] == '\n' );
        FUZZ_CHECK( (i == line) == (i == size - 2) );
        lines++;
        line = ++i + 1;
    }
    FUZZ_CHECK( line == size && lines == request->headers->count + 2 );
}

static void check_head( const struct http_request *request )
{
    size_t size, i;
    char *head = write_head( request, &size );
    const char *at = head, *end = head + size;

    check_lines( request, head, size );
    expect( &at, end, request->method, " " );
    expect( &at, end, request->target, " " );
    expect( &at, end, request->version, "\r\n" );
    for (i = 0; i < request->headers->count; i++)
    {
        expect( &at, end, request->headers->fields[i].name, ": " );
        expect( &at, end, request->headers->fields[i].value, "\r\n" );
    }
    expect( &at, end, "", "\r\n" );
    FUZZ_CHECK( at == end );
    free( head );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    char *method = take_part( &data, &size ), *target = take_part( &data, &size );
    char *version = take_part( &data, &size );
    struct http_headers headers;
    struct http_request request = { method, target, version, &headers };
    int valid;

    http_headers_init( &headers, &allocator_libc );
    if (size) http_headers_apply_lines( &headers, (const char *)data, size, HTTP_HEADERS_ADD );
    valid = http_request_valid( &request );
    FUZZ_CHECK( valid == (is_token( method ) && is_word( target ) && is_word( version )) );
    if (valid) check_head( &request );
    http_headers_clear( &headers );
    free( method );
    free( target );
    free( version );
    return 0;
}
