/* test_http_request - the head of a request as it goes on the wire (proto/http_request.c).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_request.h"

#include <string.h>

#include "unit.h"

static int is_valid( const char *method, const char *target, const char *version )
{
    struct http_headers headers;
    struct http_request request = { method, target, version, &headers };

    http_headers_init( &headers, &allocator_libc );
    return http_request_valid( &request );
}

/* Writes into memory of just the announced size, so that a byte too many crashes. */
static void check_written( const struct http_request *request, const char *want )
{
    size_t size = http_request_size( request );
    struct unit_guard guard;
    uint8_t *out;

    unit_guard_create( &guard, size );
    out = unit_guard_end( &guard, size );
    CHECK( http_request_write( request, (char *)out ) == (char *)out + size );
    CHECK_MEM( out, size, want, strlen( want ) );
    unit_guard_destroy( &guard );
}

static void test_http_request_write_keeps_the_order_of_the_list( void )
{
    static const char lines[] = "Connection: Keep-Alive\nUser-Agent: a b\nx:\nHost: h:81";
    struct http_headers headers;
    struct http_request request = { "GET", "/p?q", "HTTP/1.1", &headers };

    http_headers_init( &headers, &allocator_libc );
    http_headers_apply_lines( &headers, lines, strlen( lines ), HTTP_HEADERS_ADD );
    check_written( &request, "GET /p?q HTTP/1.1\r\nConnection: Keep-Alive\r\nUser-Agent: a b\r\n"
                             "x: \r\nHost: h:81\r\n\r\n" );
    http_headers_clear( &headers );
}

static void test_http_request_write_without_headers( void )
{
    struct http_headers headers;
    struct http_request request = { "CONNECT", "h:443", "HTTP/1.0", &headers };

    http_headers_init( &headers, &allocator_libc );
    check_written( &request, "CONNECT h:443 HTTP/1.0\r\n\r\n" );
}

static void test_http_request_valid_takes_every_form_of_target( void )
{
    CHECK( is_valid( "GET", "/", "HTTP/1.1" ) );
    CHECK( is_valid( "GET", "http://[::1]:8080/a?b=%20#", "HTTP/1.1" ) );
    CHECK( is_valid( "OPTIONS", "*", "HTTP/1.1" ) );
    CHECK( is_valid( "CONNECT", "h:443", "HTTP/1.0" ) );
    CHECK( is_valid( "x-Own!", "/", "HTTP/1.1" ) );
}

static void test_http_request_valid_takes_controls_that_separate_nothing( void )
{
    CHECK( is_valid( "GET", "/\x01\x1f\x7f", "HTTP/1.1" ) );
    CHECK( is_valid( "GET", "/\xc3\xa4", "HTTP/1.1" ) );
}

static void test_http_request_valid_refuses_methods_that_are_no_token( void )
{
    static const char *const refused[] =
    {
        "", "GET ", " GET", "GE T", "GET\r\n", "GET\t", "G:T", "GET / HTTP/1.1\r\nX:", "\xe4",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(refused); i++)
    {
        unit_context( "\"%s\"", refused[i] );
        CHECK( !is_valid( refused[i], "/", "HTTP/1.1" ) );
    }
}

static void test_http_request_valid_refuses_separators( void )
{
    static const char separators[] = " \t\n\v\f\r";
    char target[] = "/a?b", version[] = "HTTP/1.1";
    size_t i;

    for (i = 0; separators[i]; i++)
    {
        unit_context( "byte %02x", separators[i] );
        target[2] = separators[i];
        version[4] = separators[i];
        CHECK( !is_valid( "GET", target, "HTTP/1.1" ) );
        CHECK( !is_valid( "GET", "/", version ) );
    }
}

static void test_http_request_valid_refuses_empty_parts( void )
{
    CHECK( !is_valid( "GET", "", "HTTP/1.1" ) );
    CHECK( !is_valid( "GET", "/", "" ) );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_request_write_keeps_the_order_of_the_list ),
    UNIT_TEST( test_http_request_write_without_headers ),
    UNIT_TEST( test_http_request_valid_takes_every_form_of_target ),
    UNIT_TEST( test_http_request_valid_takes_controls_that_separate_nothing ),
    UNIT_TEST( test_http_request_valid_refuses_methods_that_are_no_token ),
    UNIT_TEST( test_http_request_valid_refuses_separators ),
    UNIT_TEST( test_http_request_valid_refuses_empty_parts ),
};

UNIT_MAIN( tests )
