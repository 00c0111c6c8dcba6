/* fuzz_uri - where a hostile Location may lead.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: the target of the base, a line feed, the reference.
 */

#include "proto/uri.h"

#include "fuzz.h"

/* What is fetched can stand in a request line, and has no dot segments. */
static void check_fetched( const char *url )
{
    const char *path = strchr( strstr( url, "://" ) + 3, '/' ), *end, *c;

    FUZZ_CHECK( path );
    end = path + strcspn( path, "?" );
    for (c = path; *c; c++) FUZZ_CHECK( *c > 0x20 && *c < 0x7f && *c != '#' );
    for (c = path; c < end; c++)
    {
        size_t len = strcspn( c + 1, "/?" );

        if (*c != '/') continue;
        FUZZ_CHECK( len != 1 || c[1] != '.' );
        FUZZ_CHECK( len != 2 || c[1] != '.' || c[2] != '.' );
    }
}

static int is_http( const char *url )
{
    const char *mark = strstr( url, "://" );
    size_t len = mark ? (size_t)(mark - url) : 0;

    return (len == 4 || len == 5) && (url[0] | 0x20) == 'h' && (url[1] | 0x20) == 't' &&
           (url[2] | 0x20) == 't' && (url[3] | 0x20) == 'p' &&
           (len == 4 || (url[4] | 0x20) == 's');
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    const uint8_t *newline = memchr( data, '\n', size );
    size_t target_len = newline ? (size_t)(newline - data) : 0, len, i;
    char *base = fuzz_memory( malloc( sizeof("http://host/") + target_len ) ), *url, *again;
    uint8_t *text;

    strcpy( base, "http://host/" );
    /* the target of a request is visible ASCII */
    for (i = 0; i < target_len; i++) base[12 + i] = (char)('!' + data[i] % 94);
    base[12 + target_len] = 0;
    if (newline) target_len++;
    len = size - target_len;
    text = fuzz_copy( data + target_len, len );
    url = fuzz_memory( uri_resolve( &allocator_libc, base, (const char *)text, len ) );
    if (is_http( url ))
    {
        check_fetched( url );
        again = fuzz_memory( uri_resolve( &allocator_libc, base, url, strlen( url ) ) );
        FUZZ_CHECK( !strcmp( again, url ) );
        free( again );
    }
    free( url );
    free( text );
    free( base );
    return 0;
}
