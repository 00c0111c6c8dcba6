/* test_http_response - response heads (proto/http_response.c).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_response.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

enum
{
    HEAD_READ = 100, /* the engine's last word after a good head */
};

/* --- the engine under replay: waits for a whole head as a connection would ------------------- */

struct head
{
    const struct allocator *alloc;
    size_t scanned;
};

static void *head_create( const struct allocator *alloc, const void *argument )
{
    struct head *head = allocator_resize( alloc, NULL, sizeof(*head) );

    (void)argument;
    if (!head) return NULL;
    head->alloc = alloc;
    head->scanned = 0;
    return head;
}

static void log_response( const struct http_response *response, struct unit_log *log )
{
    size_t i;

    unit_log_event( log, "1.%u %u [%s]", response->minor, response->status, response->reason );
    for (i = 0; i < response->headers.count; i++)
    {
        const struct http_header *field = &response->headers.fields[i];
        unit_log_event( log, "%s|%s", field->name, field->value );
    }
}

static int head_feed( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                      struct unit_log *log )
{
    struct head *head = state;
    struct http_response response;
    int status;
    size_t end;

    (void)last;
    if (!http_response_plausible( in, len )) return HTTP_RESPONSE_ERR_SYNTAX;
    if (!(end = http_response_head_end( in, len, &head->scanned ))) return 0;
    *consumed = end;
    http_response_init( &response, head->alloc );
    status = http_response_parse( &response, in, end );
    if (!status)
    {
        log_response( &response, log );
        status = HEAD_READ;
    }
    else
    {
        CHECK( !response.reason && !response.headers.count && !response.status );
    }
    http_response_clear( &response );
    return status;
}

static void head_destroy( void *state )
{
    struct head *head = state;

    allocator_free( head->alloc, head );
}

static const struct unit_engine engine =
{
    head_create, head_feed, head_destroy, HTTP_RESPONSE_ERR_MEMORY,
};

/* text is a head and nothing more */
#define ACCEPT( text, log ) \
    PLAY( &engine, NULL, text, sizeof(text) - 1, HEAD_READ, sizeof(text) - 1, log )

/* text is a whole head that the parser refuses */
#define REFUSE( text ) \
    PLAY( &engine, NULL, text, sizeof(text) - 1, HTTP_RESPONSE_ERR_SYNTAX, sizeof(text) - 1, "" )

/* text is refused before its end is there */
#define REFUSE_EARLY( text ) \
    PLAY( &engine, NULL, text, sizeof(text) - 1, HTTP_RESPONSE_ERR_SYNTAX, 0, "" )

/* --- status line (facts/http.md 8) ----------------------------------------------------------- */

static void test_http_response_status_line( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\n\r\n", "1.1 200 [OK]\n" );
    ACCEPT( "HTTP/1.1 404 Not Found\r\n\r\n", "1.1 404 [Not Found]\n" );
    ACCEPT( "HTTP/1.1 999 Sure why not?\r\n\r\n", "1.1 999 [Sure why not?]\n" );
}

static void test_http_response_status_line_of_other_minor_versions( void )
{
    ACCEPT( "HTTP/1.0 200 OK\r\n\r\n", "1.0 200 [OK]\n" );
    ACCEPT( "HTTP/1.2 200 OK\r\n\r\n", "1.2 200 [OK]\n" );
    ACCEPT( "HTTP/1.7 200 OK\r\n\r\n", "1.7 200 [OK]\n" );
}

static void test_http_response_status_line_without_reason( void )
{
    ACCEPT( "HTTP/1.1 200\r\n\r\n", "1.1 200 []\n" );
    ACCEPT( "HTTP/1.1 200 \r\n\r\n", "1.1 200 []\n" );
    ACCEPT( "HTTP/1.1 200\t\r\n\r\n", "1.1 200 []\n" );
    ACCEPT( "HTTP/1.1 200\n\n", "1.1 200 []\n" );
}

static void test_http_response_status_line_separated_by_tabs( void )
{
    ACCEPT( "HTTP/1.1\t200 OK\r\n\r\n", "1.1 200 [OK]\n" );
    ACCEPT( "HTTP/1.1 200\tOK\r\n\r\n", "1.1 200 [OK]\n" );
}

static void test_http_response_status_line_separated_by_several_blanks( void )
{
    ACCEPT( "HTTP/1.1 \t 200 OK\r\n\r\n", "1.1 200 [OK]\n" );
}

static void test_http_response_reason_is_trimmed_outside_only( void )
{
    ACCEPT( "HTTP/1.1 200      Something  \r\n\r\n", "1.1 200 [Something]\n" );
    ACCEPT( "HTTP/1.1 200 O \t  K\r\n\r\n", "1.1 200 [O \t  K]\n" );
    ACCEPT( "HTTP/1.1 200      \r\n\r\n", "1.1 200 []\n" );
}

static void test_http_response_reason_may_hold_any_byte( void )
{
    ACCEPT( "HTTP/1.1 200 \x01\x80\xff\r\n\r\n", "1.1 200 [\x01\x80\xff]\n" );
}

static void test_http_response_refuses_other_versions( void )
{
    REFUSE_EARLY( "HTTP/0.9 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/2.0 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/3.5 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.12 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/12.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.A 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/A.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1. 200 OK\r\n\r\n" );
}

static void test_http_response_refuses_other_prefixes( void )
{
    REFUSE_EARLY( "NOTHTTP/1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP 1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP\\1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "http/1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( " HTTP/1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "ICY 200 OK\r\n\r\n" );
    REFUSE_EARLY( "\r\nHTTP/1.1 200 OK\r\n\r\n" );
}

static void test_http_response_refuses_a_body_without_head( void )
{
    REFUSE_EARLY( "<html>HTTP/1.1 200 OK\r\n\r\n" );
    REFUSE_EARLY( "\n" );
    REFUSE_EARLY( "\r\n" );
    REFUSE_EARLY( "\0" );
}

static void test_http_response_refuses_bad_status_codes( void )
{
    REFUSE_EARLY( "HTTP/1.1 \r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1  \r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1\t\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 2345\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 23\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 20c\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 2bc\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 abc\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 !11\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 -11\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 +11\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 099 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 000 OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 200OK\r\n\r\n" );
    REFUSE_EARLY( "HTTP/1.1 200:OK\r\n\r\n" );
}

static void test_http_response_refuses_bare_cr_in_the_reason( void )
{
    REFUSE( "HTTP/1.1 200 O\rK\r\n\r\n" );
    REFUSE( "HTTP/1.1 200\rOK\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\r\n\r\n" );
}

/* --- plausible ------------------------------------------------------------------------------- */

static void test_http_response_plausible_takes_every_prefix_of_a_head( void )
{
    static const char head[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
    size_t len;

    CHECK( http_response_plausible( NULL, 0 ) );
    for (len = 0; len < sizeof(head); len++)
        CHECK( http_response_plausible( (const uint8_t *)head, len ) );
}

static void test_http_response_plausible_refuses_at_the_first_wrong_byte( void )
{
    static const char head[] = "HTTP/1.1 200 ";
    uint8_t text[sizeof(head)];
    size_t i;

    for (i = 0; i < sizeof(head) - 1; i++)
    {
        memcpy( text, head, i );
        text[i] = '?';
        unit_context( "byte %zu", i );
        CHECK( http_response_plausible( text, i ) );
        CHECK( !http_response_plausible( text, i + 1 ) );
    }
}

/* --- the end of the head --------------------------------------------------------------------- */

static void test_http_response_lines_end_with_crlf_or_lf( void )
{
    ACCEPT( "HTTP/1.1 200 OK\nA: b\nC: d\n\n", "1.1 200 [OK]\nA|b\nC|d\n" );
    ACCEPT( "HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\n", "1.1 200 [OK]\nA|b\nC|d\n" );
    ACCEPT( "HTTP/1.1 200 OK\nA: b\n\r\n", "1.1 200 [OK]\nA|b\n" );
}

static void test_http_response_leaves_what_follows_the_head( void )
{
    static const char text[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\nHTTP/1.1 500 No\r\n\r\n";

    PLAY( &engine, NULL, text, sizeof(text) - 1, HEAD_READ, 25, "1.1 200 [OK]\nA|b\n" );
}

static void test_http_response_a_reason_that_ends_in_lf_ends_the_head( void )
{
    static const char text[] = "HTTP/1.1 200 O\n\r\nConnection: close\r\n\r\n";

    PLAY( &engine, NULL, text, sizeof(text) - 1, HEAD_READ, 17, "1.1 200 [O]\n" );
}

static void test_http_response_waits_for_the_end_of_the_head( void )
{
    PLAY( &engine, NULL, "", 0, 0, 0, "" );
    PLAY( &engine, NULL, "HTTP/1.1 200 OK\r\nA: b\r\n\r", 24, 0, 0, "" );
    PLAY( &engine, NULL, "HTTP/1.1 200 OK\r\nA: b\n", 22, 0, 0, "" );
    PLAY( &engine, NULL, "HTTP/1.1 200 OK\r\rA: b\r\r", 23, 0, 0, "" );
}

static void test_http_response_head_end_of_an_empty_line_at_the_start( void )
{
    size_t scanned = 0;

    CHECK_INT( http_response_head_end( (const uint8_t *)"\r", 1, &scanned ), 0 );
    CHECK_INT( http_response_head_end( (const uint8_t *)"\r\nA", 3, &scanned ), 2 );
    scanned = 0;
    CHECK_INT( http_response_head_end( (const uint8_t *)"\nA", 2, &scanned ), 1 );
}

static void test_http_response_head_end_looks_at_every_byte_about_once( void )
{
    enum { LEN = 65536 };
    uint8_t *text = malloc( LEN );
    size_t i, len, scanned, before;

    for (i = 0; i < LEN; i++) text[i] = "a\r\nb\r"[i % 5]; /* line ends, but no empty line */
    for (scanned = len = 0; len <= LEN; len++)
    {
        before = scanned;
        if (!CHECK_INT( http_response_head_end( text, len, &scanned ), 0 )) break;
        if (!CHECK( scanned >= before && scanned <= len && len - scanned <= 1 )) break;
    }
    free( text );
}

static void test_http_response_parse_of_half_a_head_needs_input( void )
{
    static const char text[] = "HTTP/1.1 200 OK\r\nA: b\r\n";
    struct http_response response;

    http_response_init( &response, &allocator_libc );
    CHECK_INT( http_response_parse( &response, (const uint8_t *)text, sizeof(text) - 1 ),
               HTTP_RESPONSE_NEED_INPUT );
    CHECK( !response.reason );
    CHECK_INT( http_response_parse( &response, (const uint8_t *)text, 0 ),
               HTTP_RESPONSE_NEED_INPUT );
    http_response_clear( &response );
}

static void test_http_response_parse_frees_what_was_there( void )
{
    static const char one[] = "HTTP/1.1 401 No\r\nA: b\r\nA: c\r\n\r\n", two[] = "HTTP/1.0 200\n\n";
    struct unit_allocator memory;
    struct http_response response;

    unit_allocator_init( &memory );
    http_response_init( &response, &memory.alloc );
    CHECK( !http_response_parse( &response, (const uint8_t *)one, sizeof(one) - 1 ) );
    CHECK( !http_response_parse( &response, (const uint8_t *)two, sizeof(two) - 1 ) );
    CHECK_INT( response.status, 200 );
    CHECK_INT( response.minor, 0 );
    CHECK_INT( response.headers.count, 0 );
    http_response_clear( &response );
    CHECK_INT( memory.live, 0 );
}

/* --- fields ---------------------------------------------------------------------------------- */

static void test_http_response_fields_keep_order_and_duplicates( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nX: y\r\nset-cookie: b\r\n\r\n",
            "1.1 200 [OK]\nSet-Cookie|a\nX|y\nset-cookie|b\n" );
}

static void test_http_response_field_blanks_around_name_and_value_go( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nServer  :   v\r\nA\t:\tb \t\r\nC:d\r\n\r\n",
            "1.1 200 [OK]\nServer|v\nA|b\nC|d\n" );
}

static void test_http_response_field_may_be_empty( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nA:\r\nB: \t\r\n\r\n", "1.1 200 [OK]\nA|\nB|\n" );
}

static void test_http_response_field_value_keeps_colons_and_high_bytes( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nLocation: http://a:1/\xe4\r\n\r\n",
            "1.1 200 [OK]\nLocation|http://a:1/\xe4\n" );
}

static void test_http_response_lines_without_name_and_colon_are_passed_over( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nA: b\r\n: c\r\n\r\n", "1.1 200 [OK]\nA|b\n" );
}

static void test_http_response_a_name_does_not_reach_into_a_fold( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nnothing\r\n more: x\r\nA: b\r\n\r\n", "1.1 200 [OK]\nA|b\n" );
    ACCEPT( "HTTP/1.1 200 OK\r\nContent-Length\r\n : 5\r\n\r\n", "1.1 200 [OK]\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nnothing\r\n more\rA: b\r\n\r\n" );
}

static void test_http_response_refuses_nul_anywhere( void )
{
    REFUSE( "HTTP/1.1 200 O\0K\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nno colon\0\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA: b\r\n \0\r\n\r\n" );
}

static void test_http_response_refuses_bare_cr_in_fields( void )
{
    REFUSE( "HTTP/1.1 200 OK\r\nA: b\rContent-Length: 5\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\n\rA: b\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA: b\r\n c\rd\r\n\r\n" );
}

static void test_http_response_refuses_controls_in_names( void )
{
    REFUSE( "HTTP/1.1 200 OK\r\nTransfer-Encoding\x0b: chunked\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\n\x01""A: b\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\nA\x7f: b\r\n\r\n" );
}

/* --- folded lines ---------------------------------------------------------------------------- */

static void test_http_response_folds_are_joined_with_one_blank( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nD: e\r\n\r\n", "1.1 200 [OK]\nA|b c\nD|e\n" );
    ACCEPT( "HTTP/1.1 200 OK\r\nA: b \t\r\n\t  c \r\n d\r\n\r\n", "1.1 200 [OK]\nA|b c d\n" );
    ACCEPT( "HTTP/1.1 200 OK\nA: b\n c\n\n", "1.1 200 [OK]\nA|b c\n" );
}

static void test_http_response_folds_of_blanks_add_nothing( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nA: b\r\n \r\n\t\t\r\n c\r\n\r\n", "1.1 200 [OK]\nA|b c\n" );
    ACCEPT( "HTTP/1.1 200 OK\r\nA:\r\n b\r\n\r\n", "1.1 200 [OK]\nA|b\n" );
    ACCEPT( "HTTP/1.1 200 OK\r\nA:\r\n \r\n\r\n", "1.1 200 [OK]\nA|\n" );
}

static void test_http_response_a_folded_line_that_looks_like_a_field_is_none( void )
{
    ACCEPT( "HTTP/1.1 200 OK\r\nA: b\r\n Content-Length: 5\r\n\r\n",
            "1.1 200 [OK]\nA|b Content-Length: 5\n" );
}

static void test_http_response_refuses_a_fold_behind_the_status_line( void )
{
    REFUSE( "HTTP/1.1 200 OK\r\n A: b\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\n\tA: b\r\n\r\n" );
    REFUSE( "HTTP/1.1 200 OK\r\n \r\nA: b\r\n\r\n" );
}

/* --- limits ---------------------------------------------------------------------------------- */

/* A head of count fields; the caller frees. */
static char *create_head( size_t count, size_t *len )
{
    static const char status_line[] = "HTTP/1.1 200 OK\r\n";
    char *head = malloc( sizeof(status_line) + count * 4 + 2 );
    size_t i;

    *len = sizeof(status_line) - 1;
    memcpy( head, status_line, *len );
    for (i = 0; i < count; i++, *len += 4) memcpy( head + *len, "a:\r\n", 4 );
    memcpy( head + *len, "\r\n", 2 );
    *len += 2;
    return head;
}

static void test_http_response_limits_the_number_of_fields( void )
{
    struct unit_allocator memory;
    struct http_response response;
    size_t len;
    char *head;

    unit_allocator_init( &memory );
    http_response_init( &response, &memory.alloc );

    head = create_head( HTTP_RESPONSE_MAX_FIELDS, &len );
    CHECK_INT( http_response_parse( &response, (uint8_t *)head, len ), HTTP_RESPONSE_OK );
    CHECK_INT( response.headers.count, HTTP_RESPONSE_MAX_FIELDS );
    free( head );

    head = create_head( HTTP_RESPONSE_MAX_FIELDS + 1, &len );
    CHECK_INT( http_response_parse( &response, (uint8_t *)head, len ), HTTP_RESPONSE_ERR_COUNT );
    CHECK_INT( response.headers.count, 0 );
    CHECK( !response.reason );
    free( head );
    CHECK_INT( memory.live, 0 );
}

static void test_http_response_many_folds_cost_no_more_than_their_bytes( void )
{
    static const char start[] = "HTTP/1.1 200 OK\r\nA: b\r\n";
    enum { FOLDS = 20000 };
    struct unit_allocator memory;
    struct http_response response;
    size_t i, len = sizeof(start) - 1;
    char *head = malloc( sizeof(start) + FOLDS * 3 + 1 );

    memcpy( head, start, len );
    for (i = 0; i < FOLDS; i++, len += 3) memcpy( head + len, " c\n", 3 );
    head[len++] = '\n';
    unit_allocator_init( &memory );
    http_response_init( &response, &memory.alloc );
    CHECK_INT( http_response_parse( &response, (uint8_t *)head, len ), HTTP_RESPONSE_OK );
    CHECK_INT( response.headers.fields[0].value_len, 1 + 2 * FOLDS );
    CHECK( memory.requests <= 4 ); /* reason, join buffer, list, field */
    http_response_clear( &response );
    free( head );
}

/* --- trailers -------------------------------------------------------------------------------- */

static void test_http_response_parse_fields_follows_the_rules_of_a_head( void )
{
    static const char text[] = "A : b\r\n c\r\nD: e\n\r\n", bad[] = "A: b\r\n\r";
    struct http_headers fields;

    http_headers_init( &fields, &allocator_libc );
    CHECK_INT( http_response_parse_fields( &fields, (const uint8_t *)text, sizeof(text) - 1 ),
               HTTP_RESPONSE_OK );
    if (CHECK_INT( fields.count, 2 ))
    {
        CHECK_STR( fields.fields[0].value, "b c" );
        CHECK_STR( fields.fields[1].name, "D" );
    }
    CHECK_INT( http_response_parse_fields( &fields, (const uint8_t *)bad, sizeof(bad) - 1 ),
               HTTP_RESPONSE_ERR_SYNTAX );
    CHECK_INT( fields.count, 0 );
    http_headers_clear( &fields );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_response_status_line ),
    UNIT_TEST( test_http_response_status_line_of_other_minor_versions ),
    UNIT_TEST( test_http_response_status_line_without_reason ),
    UNIT_TEST( test_http_response_status_line_separated_by_tabs ),
    UNIT_TEST( test_http_response_status_line_separated_by_several_blanks ),
    UNIT_TEST( test_http_response_reason_is_trimmed_outside_only ),
    UNIT_TEST( test_http_response_reason_may_hold_any_byte ),
    UNIT_TEST( test_http_response_refuses_other_versions ),
    UNIT_TEST( test_http_response_refuses_other_prefixes ),
    UNIT_TEST( test_http_response_refuses_a_body_without_head ),
    UNIT_TEST( test_http_response_refuses_bad_status_codes ),
    UNIT_TEST( test_http_response_refuses_bare_cr_in_the_reason ),
    UNIT_TEST( test_http_response_plausible_takes_every_prefix_of_a_head ),
    UNIT_TEST( test_http_response_plausible_refuses_at_the_first_wrong_byte ),
    UNIT_TEST( test_http_response_lines_end_with_crlf_or_lf ),
    UNIT_TEST( test_http_response_leaves_what_follows_the_head ),
    UNIT_TEST( test_http_response_a_reason_that_ends_in_lf_ends_the_head ),
    UNIT_TEST( test_http_response_waits_for_the_end_of_the_head ),
    UNIT_TEST( test_http_response_head_end_of_an_empty_line_at_the_start ),
    UNIT_TEST( test_http_response_head_end_looks_at_every_byte_about_once ),
    UNIT_TEST( test_http_response_parse_of_half_a_head_needs_input ),
    UNIT_TEST( test_http_response_parse_frees_what_was_there ),
    UNIT_TEST( test_http_response_fields_keep_order_and_duplicates ),
    UNIT_TEST( test_http_response_field_blanks_around_name_and_value_go ),
    UNIT_TEST( test_http_response_field_may_be_empty ),
    UNIT_TEST( test_http_response_field_value_keeps_colons_and_high_bytes ),
    UNIT_TEST( test_http_response_lines_without_name_and_colon_are_passed_over ),
    UNIT_TEST( test_http_response_a_name_does_not_reach_into_a_fold ),
    UNIT_TEST( test_http_response_refuses_nul_anywhere ),
    UNIT_TEST( test_http_response_refuses_bare_cr_in_fields ),
    UNIT_TEST( test_http_response_refuses_controls_in_names ),
    UNIT_TEST( test_http_response_folds_are_joined_with_one_blank ),
    UNIT_TEST( test_http_response_folds_of_blanks_add_nothing ),
    UNIT_TEST( test_http_response_a_folded_line_that_looks_like_a_field_is_none ),
    UNIT_TEST( test_http_response_refuses_a_fold_behind_the_status_line ),
    UNIT_TEST( test_http_response_limits_the_number_of_fields ),
    UNIT_TEST( test_http_response_many_folds_cost_no_more_than_their_bytes ),
    UNIT_TEST( test_http_response_parse_fields_follows_the_rules_of_a_head ),
};

UNIT_MAIN( tests )
