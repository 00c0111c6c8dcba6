/* fuzz_cookie - a session's cookies under hostile servers: whom a cookie must never reach.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: lines. Each begins with a digit that says who sets it (a place in scopes[]), the rest is
 * the value of Set-Cookie.
 */

#include "proto/cookie.h"

#include "fuzz.h"

static const struct cookie_scope scopes[] =
{
    { "www.example.org", "/dir/page?x", 1, 1600000000 },
    { "www.example.org", "/dir/page?x", 0, 1600000000 },
    { "example.org", "/", 0, 1600000000 },
    { "other.example.org", "/dir", 0, 1600000000 },
    { "example.com", "/dir/", 1, 1600000000 },
    { "shop.co.uk", "/", 0, 1600000000 },
    { "10.0.0.1", "/", 0, 1600000000 },
    { "10.1.0.1", "/", 0, 1600000000 },
    { "::1", "*", 0, 1600000000 },
    { "localhost", "", 0, 1600000000 },
};

enum { SCOPES = sizeof(scopes) / sizeof(scopes[0]) };

/* Hosts that have no domain in common that anyone may set cookies for. */
static const int strangers[][2] =
{
    { 0, 4 }, { 2, 4 }, { 0, 5 }, { 0, 6 }, { 0, 8 }, { 0, 9 }, { 6, 7 }, { 6, 8 }, { 4, 9 },
};

static size_t write_all( const struct cookie_jar *jar, const struct cookie_scope *scope, char *out )
{
    size_t len = cookie_jar_write( jar, scope, NULL, 0 ), i;
    uint8_t *copy = fuzz_memory( malloc( len ? len : 1 ) );

    FUZZ_CHECK( len <= COOKIE_MAX_HEADER );
    FUZZ_CHECK( cookie_jar_write( jar, scope, (char *)copy, len ) == len );
    /* nothing that ends a header line or hides in it */
    for (i = 0; i < len; i++) FUZZ_CHECK( (copy[i] >= 0x20 || copy[i] == '\t') && copy[i] != 0x7f );
    memcpy( out, copy, len );
    free( copy );
    return len;
}

/* What goes to everyone, one text behind the other. */
static size_t write_everyone( const struct cookie_jar *jar, char *out, size_t lens[SCOPES] )
{
    size_t i, total = 0;

    for (i = 0; i < SCOPES; i++) total += lens[i] = write_all( jar, &scopes[i], out + total );
    return total;
}

static void check_strangers( unsigned int who, const size_t before[SCOPES],
                             const size_t after[SCOPES] )
{
    size_t i;

    for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
    {
        int a = strangers[i][0], b = strangers[i][1];

        if (a == (int)who) FUZZ_CHECK( before[b] == after[b] );
        if (b == (int)who) FUZZ_CHECK( before[a] == after[a] );
    }
}

static void store( struct cookie_jar *jar, unsigned int who, const uint8_t *text, size_t len )
{
    static char before[SCOPES * COOKIE_MAX_HEADER], after[SCOPES * COOKIE_MAX_HEADER];
    size_t lens_before[SCOPES], lens_after[SCOPES], total, count = jar->count;
    uint8_t *copy = fuzz_copy( text, len );
    enum cookie_status status;

    total = write_everyone( jar, before, lens_before );
    status = cookie_jar_store( jar, &scopes[who], (const char *)copy, len );
    free( copy );
    FUZZ_CHECK( status == COOKIE_OK || status == COOKIE_REFUSED );
    FUZZ_CHECK( jar->count <= COOKIE_MAX_TOTAL );
    if (status == COOKIE_OK)
    {
        write_everyone( jar, after, lens_after );
        check_strangers( who, lens_before, lens_after );
        return;
    }
    FUZZ_CHECK( jar->count == count );
    FUZZ_CHECK( write_everyone( jar, after, lens_after ) == total );
    FUZZ_CHECK( !memcmp( before, after, total ) );
}

static void check_date( const uint8_t *text, size_t len )
{
    uint8_t *copy = fuzz_copy( text, len );
    int64_t time = 0;

    if (cookie_date_parse( (const char *)copy, len, &time ))
        FUZZ_CHECK( time >= INT64_C( -11644473600 ) && time <= INT64_C( 253402300799 ) );
    free( copy );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    const uint8_t *end = data + size, *line;
    struct cookie_jar jar;

    cookie_jar_init( &jar, &allocator_libc );
    while (data < end)
    {
        const uint8_t *newline = memchr( data, '\n', (size_t)(end - data) );
        size_t len = (size_t)((newline ? newline : end) - data);

        line = data;
        data += len + (newline != NULL);
        check_date( line, len );
        if (len) store( &jar, line[0] % SCOPES, line + 1, len - 1 );
    }
    cookie_jar_clear( &jar );
    FUZZ_CHECK( !jar.count && !jar.newest );
    return 0;
}
