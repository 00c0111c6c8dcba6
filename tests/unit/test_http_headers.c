/* test_http_headers - the header field list (proto/http_headers.c) and the tokens below it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_headers.h"

#include <string.h>

#include "proto/http_token.h"
#include "unit.h"

static struct unit_allocator memory;
static struct http_headers list;

static void begin( void )
{
    unit_allocator_init( &memory );
    http_headers_init( &list, &memory.alloc );
}

/* every test ends here: nothing leaks */
static void end( void )
{
    http_headers_clear( &list );
    CHECK_INT( memory.live, 0 );
}

static int apply( const char *lines, enum http_headers_mode mode )
{
    return http_headers_apply_lines( &list, lines, strlen( lines ), mode );
}

static int add( const char *name, const char *value )
{
    return http_headers_add( &list, name, strlen( name ), value, strlen( value ) );
}

/* The list as it would be sent. */
#define CHECK_LIST( want ) check_list( __LINE__, want )
static void check_list( int line, const char *want )
{
    size_t size = http_headers_text_size( &list );
    char *text = malloc( size + 1 ), *text_end = http_headers_text_write( &list, text );

    if ((size_t)(text_end - text) != size)
        unit_fail( __FILE__, line, "wrote %zu of %zu bytes", (size_t)(text_end - text), size );
    *text_end = 0;
    unit_check_str( __FILE__, line, "list", text, want );
    free( text );
}

/* Expects apply to refuse lines and to leave a list alone, whatever the mode. */
static void check_refused( const char *lines, size_t len )
{
    enum http_headers_mode mode;

    for (mode = HTTP_HEADERS_ADD; mode <= HTTP_HEADERS_COALESCE_SEMICOLON; mode++)
    {
        unit_context( "\"%s\" mode %d", lines, mode );
        begin();
        add( "a", "1" );
        CHECK_INT( http_headers_apply_lines( &list, lines, len, mode ), HTTP_HEADERS_ERR_SYNTAX );
        CHECK_LIST( "a: 1\r\n" );
        end();
    }
    unit_context( NULL );
}

/* --- tokens ---------------------------------------------------------------------------------- */

static void test_http_token_valid_takes_tchar_only( void )
{
    static const char tchar[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    int c;

    for (c = 0; c < 256; c++)
    {
        char byte = (char)c;
        unit_context( "byte %02x", c );
        CHECK_INT( http_token_valid( &byte, 1 ), c && strchr( tchar, c ) );
    }
    unit_context( NULL );
    CHECK( !http_token_valid( "", 0 ) );
    CHECK( !http_token_valid( "ab c", 4 ) );
}

static void test_http_token_equal_ignores_case_of_ascii_only( void )
{
    CHECK( http_token_equal( "Connection", 10, "cONNECTION", 10 ) );
    CHECK( !http_token_equal( "Connection", 10, "Connectio", 9 ) );
    CHECK( !http_token_equal( "\xe4", 1, "\xc4", 1 ) );
    CHECK( !http_token_equal( "[", 1, "{", 1 ) ); /* 0x20 apart, but no letters */
    CHECK( !http_token_equal( "@", 1, "`", 1 ) );
}

static void test_http_token_next_passes_over_empty_elements( void )
{
    const char *text = " ,a ,,\tb\t, ", *element;
    size_t len = strlen( text ), element_len;

    CHECK( http_token_next( &text, &len, &element, &element_len ) );
    CHECK_MEM( element, element_len, "a", 1 );
    CHECK( http_token_next( &text, &len, &element, &element_len ) );
    CHECK_MEM( element, element_len, "b", 1 );
    CHECK( !http_token_next( &text, &len, &element, &element_len ) );
    CHECK_INT( len, 0 );
}

/* --- add ------------------------------------------------------------------------------------- */

static void test_http_headers_add_keeps_order_and_duplicates( void )
{
    begin();
    CHECK_INT( add( "b", "1" ), HTTP_HEADERS_OK );
    CHECK_INT( add( "a", "2" ), HTTP_HEADERS_OK );
    CHECK_INT( add( "B", "3" ), HTTP_HEADERS_OK );
    CHECK_LIST( "b: 1\r\na: 2\r\nB: 3\r\n" );
    end();
}

static void test_http_headers_add_trims_blanks_around_the_value( void )
{
    begin();
    CHECK_INT( add( "a", " \t v w\t " ), HTTP_HEADERS_OK );
    CHECK_INT( add( "b", " \t" ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: v w\r\nb: \r\n" );
    CHECK_INT( list.fields[0].value_len, 3 );
    end();
}

static void test_http_headers_add_takes_bytes_without_nul( void )
{
    begin();
    CHECK_INT( http_headers_add( &list, "namex", 4, "valuex", 5 ), HTTP_HEADERS_OK );
    CHECK_STR( list.fields[0].name, "name" );
    CHECK_STR( list.fields[0].value, "value" );
    CHECK_INT( http_headers_add( &list, "n", 1, NULL, 0 ), HTTP_HEADERS_OK );
    CHECK_LIST( "name: value\r\nn: \r\n" );
    end();
}

static void test_http_headers_add_grows_past_its_first_capacity( void )
{
    char name[8];
    int i;

    begin();
    for (i = 0; i < 100; i++)
    {
        name[0] = 'n';
        name[1] = (char)('0' + i / 10);
        name[2] = (char)('0' + i % 10);
        name[3] = 0;
        if (!CHECK_INT( add( name, name + 1 ), HTTP_HEADERS_OK )) break;
    }
    CHECK_INT( list.count, 100 );
    CHECK_STR( http_headers_find( &list, "N42", 0 )->value, "42" );
    end();
}

static void test_http_headers_add_refuses_what_would_split_a_line( void )
{
    begin();
    CHECK_INT( add( "a", "v\r\nInjected: 1" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a", "v\nInjected: 1" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a", "v\r" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a", "\n" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_add( &list, "a", 1, "v\0w", 3 ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a\r\nb", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a\nb", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_add( &list, "a\0b", 3, "v", 1 ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( list.count, 0 );
    end();
}

static void test_http_headers_add_refuses_names_that_read_back_differently( void )
{
    begin();
    CHECK_INT( add( "", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a:b", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( " a", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a ", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a\t", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a\x01", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( add( "a\x7f", "v" ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( list.count, 0 );
    end();
}

static void test_http_headers_add_takes_odd_names_of_servers( void )
{
    begin();
    CHECK_INT( add( "odd name", "v" ), HTTP_HEADERS_OK );
    CHECK_INT( add( "(odd)", "v" ), HTTP_HEADERS_OK );
    CHECK_LIST( "odd name: v\r\n(odd): v\r\n" );
    end();
}

static void test_http_headers_values_may_hold_any_other_byte( void )
{
    char value[256];
    size_t len = 0;
    int c;

    for (c = 1; c < 256; c++)
        if (c != '\r' && c != '\n' && c != ' ' && c != '\t') value[len++] = (char)c;
    begin();
    CHECK_INT( http_headers_apply( &list, "a", 1, value, len, HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_MEM( list.fields[0].value, list.fields[0].value_len, value, len );
    end();
}

/* --- apply: modes ---------------------------------------------------------------------------- */

static void test_http_headers_apply_add_appends_duplicates( void )
{
    begin();
    CHECK_INT( apply( "test: test1", HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "test: test2", HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_LIST( "test: test1\r\ntest: test2\r\n" );
    end();
}

static void test_http_headers_apply_add_if_new_refuses_a_present_one( void )
{
    begin();
    CHECK_INT( apply( "a: 1", HTTP_HEADERS_ADD_IF_NEW ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "A: 2", HTTP_HEADERS_ADD_IF_NEW ), HTTP_HEADERS_ERR_EXISTS );
    CHECK_LIST( "a: 1\r\n" );
    end();
}

static void test_http_headers_apply_replace_acts_on_the_first_in_place( void )
{
    begin();
    apply( "test: test1\r\nx: y\r\ntest: test2", HTTP_HEADERS_ADD );
    CHECK_INT( apply( "test: test3", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_OK );
    CHECK_LIST( "test: test3\r\nx: y\r\ntest: test2\r\n" );
    end();
}

static void test_http_headers_apply_replace_of_an_absent_one_fails( void )
{
    begin();
    CHECK_INT( apply( "a: 1", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_ERR_NOT_FOUND );
    CHECK_INT( apply( "a:", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_ERR_NOT_FOUND );
    CHECK_LIST( "" );
    end();
}

static void test_http_headers_apply_replace_by_nothing_deletes_the_first( void )
{
    begin();
    apply( "a: 1\r\nb: 2\r\na: 3", HTTP_HEADERS_ADD );
    CHECK_INT( apply( "a:", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_OK );
    CHECK_LIST( "b: 2\r\na: 3\r\n" );
    CHECK_INT( apply( "A: \t", HTTP_HEADERS_ADD_OR_REPLACE ), HTTP_HEADERS_OK );
    CHECK_LIST( "b: 2\r\n" );
    CHECK_INT( apply( "a:", HTTP_HEADERS_ADD_OR_REPLACE ), HTTP_HEADERS_OK );
    CHECK_LIST( "b: 2\r\n" );
    end();
}

static void test_http_headers_apply_add_or_replace_does_either( void )
{
    begin();
    CHECK_INT( apply( "a: 1", HTTP_HEADERS_ADD_OR_REPLACE ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "A: 2", HTTP_HEADERS_ADD_OR_REPLACE ), HTTP_HEADERS_OK );
    CHECK_LIST( "A: 2\r\n" );
    end();
}

static void test_http_headers_apply_coalesce_extends_the_first( void )
{
    begin();
    CHECK_INT( apply( "a: 1", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    apply( "a: x", HTTP_HEADERS_ADD );
    CHECK_INT( apply( "A: 2", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "a: 3", HTTP_HEADERS_COALESCE_SEMICOLON ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1, 2; 3\r\na: x\r\n" );
    CHECK_INT( list.fields[0].value_len, 7 );
    CHECK_STR( list.fields[0].value, "1, 2; 3" );
    CHECK_INT( apply( "b: 1", HTTP_HEADERS_COALESCE_SEMICOLON ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1, 2; 3\r\na: x\r\nb: 1\r\n" );
    end();
}

static void test_http_headers_apply_coalesce_with_an_empty_value( void )
{
    begin();
    CHECK_INT( apply( "a: 1\na:\na: 2", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "a:", HTTP_HEADERS_COALESCE_SEMICOLON ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1, 2\r\n" );
    CHECK_INT( apply( "b:\nb:\nb: 1", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1, 2\r\nb: , 1\r\n" );
    end();
}

static void test_http_headers_apply_add_keeps_an_empty_value( void )
{
    begin();
    CHECK_INT( apply( "a:", HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: \r\n" );
    end();
}

static void test_http_headers_apply_demands_a_token( void )
{
    begin();
    CHECK_INT( http_headers_apply( &list, "a b", 3, "v", 1, HTTP_HEADERS_ADD ),
               HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_apply( &list, "", 0, "v", 1, HTTP_HEADERS_ADD ),
               HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_apply( &list, "\xe4", 1, "v", 1, HTTP_HEADERS_ADD ),
               HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_apply( &list, "a", 1, "v\r\nb: w", 7, HTTP_HEADERS_ADD ),
               HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( http_headers_apply( &list, "a", 1, " v ", 3, HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: v\r\n" );
    end();
}

/* --- apply_lines: syntax (facts/http.md 6) --------------------------------------------------- */

static void test_http_headers_lines_refuse_what_windows_refuses( void )
{
    static const char *const refused[] =
    {
        "", ":", ":b", "cd", " e :f", "g : value", "h\t: value", " i: value", "j k: value",
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(refused); i++) check_refused( refused[i], strlen( refused[i] ) );
}

static void test_http_headers_lines_ignore_line_ends_alone( void )
{
    static const char *const empty[] = { "\r\n", "\n\n\r", "\r\n\r\n" };
    enum http_headers_mode mode;
    size_t i;

    begin();
    CHECK_INT( apply( "a: 1", HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    for (i = 0; i < ARRAY_SIZE(empty); i++)
        for (mode = HTTP_HEADERS_ADD; mode <= HTTP_HEADERS_COALESCE_SEMICOLON; mode++)
            CHECK_INT( apply( empty[i], mode ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1\r\n" );
    end();
}

static void test_http_headers_lines_refuse_nul( void )
{
    check_refused( "b: 1\0", 5 );
    check_refused( "b\0: 1", 5 );
    check_refused( "b: 1\r\n\0", 7 );
}

static void test_http_headers_lines_refuse_folded_lines( void )
{
    check_refused( "b: 1\r\n 2", 8 );
    check_refused( "b: 1\r\n\tc: 2", 11 );
}

static void test_http_headers_lines_may_be_separated_by_any_run_of_cr_and_lf( void )
{
    static const char *const separators[] =
    {
        "\r\n", "\n\r", "\n", "\n\n\n", "\r\r\r", "\r\n\r\n", "\r",
    };
    char text[64];
    size_t i;

    for (i = 0; i < ARRAY_SIZE(separators); i++)
    {
        unit_context( "separator %zu", i );
        strcpy( text, "a: 1" );
        strcat( text, separators[i] );
        strcat( text, "b: 2" );
        begin();
        CHECK_INT( apply( text, HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
        strcat( text, separators[i] );
        CHECK_INT( apply( text, HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
        CHECK_LIST( "a: 1\r\nb: 2\r\na: 1\r\nb: 2\r\n" );
        end();
    }
}

static void test_http_headers_lines_keep_colons_of_the_value( void )
{
    begin();
    CHECK_INT( apply( "Referer: http://a:80/", HTTP_HEADERS_ADD ), HTTP_HEADERS_OK );
    CHECK_LIST( "Referer: http://a:80/\r\n" );
    end();
}

static void test_http_headers_lines_apply_all_or_none( void )
{
    begin();
    apply( "a: 1", HTTP_HEADERS_ADD );
    CHECK_INT( apply( "b: 2\r\nbad", HTTP_HEADERS_ADD ), HTTP_HEADERS_ERR_SYNTAX );
    CHECK_INT( apply( "a: 2\r\nabsent: 3", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_ERR_NOT_FOUND );
    CHECK_INT( apply( "b: 2\r\na: 3", HTTP_HEADERS_ADD_IF_NEW ), HTTP_HEADERS_ERR_EXISTS );
    CHECK_LIST( "a: 1\r\n" );
    end();
}

static void test_http_headers_lines_see_those_before_them( void )
{
    begin();
    CHECK_INT( apply( "a: 1\r\na: 2", HTTP_HEADERS_ADD_IF_NEW ), HTTP_HEADERS_ERR_EXISTS );
    CHECK_INT( apply( "a: 1\r\na: 2", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1, 2\r\n" );
    end();
}

static void test_http_headers_lines_do_not_read_past_the_text( void )
{
    static const char *const lines[] = { "a: 1", "a: 1\r", "a:", "a", "a: 1\r\nb" };
    struct unit_guard guard;
    size_t i, len;

    unit_guard_create( &guard, 16 );
    for (i = 0; i < ARRAY_SIZE(lines); i++)
    {
        len = strlen( lines[i] );
        begin();
        memcpy( unit_guard_end( &guard, len ), lines[i], len );
        http_headers_apply_lines( &list, (char *)unit_guard_end( &guard, len ), len,
                                  HTTP_HEADERS_ADD );
        memcpy( unit_guard_start( &guard ), lines[i], len );
        http_headers_apply_lines( &list, (char *)unit_guard_start( &guard ), len,
                                  HTTP_HEADERS_ADD );
        end();
    }
    unit_guard_destroy( &guard );
}

/* --- find, remove, tokens, append ------------------------------------------------------------ */

static void test_http_headers_find_counts_in_order_of_arrival( void )
{
    begin();
    apply( "A: 1\r\nb: 2\r\na: 3", HTTP_HEADERS_ADD );
    CHECK_STR( http_headers_find( &list, "a", 0 )->value, "1" );
    CHECK_STR( http_headers_find( &list, "a", 1 )->value, "3" );
    CHECK( !http_headers_find( &list, "a", 2 ) );
    CHECK( !http_headers_find( &list, "aa", 0 ) );
    CHECK( !http_headers_find( &list, "", 0 ) );
    end();
    CHECK( !http_headers_find( &list, "a", 0 ) );
}

static void test_http_headers_remove_takes_every_match( void )
{
    begin();
    apply( "a: 1\r\nb: 2\r\nA: 3\r\nc: 4", HTTP_HEADERS_ADD );
    CHECK_INT( http_headers_remove( &list, "a" ), 2 );
    CHECK_INT( http_headers_remove( &list, "a" ), 0 );
    CHECK_LIST( "b: 2\r\nc: 4\r\n" );
    end();
}

static void test_http_headers_has_token_looks_into_every_field( void )
{
    begin();
    apply( "Connection: foo , Keep-Alive\r\nConnection: Upgrade", HTTP_HEADERS_ADD );
    CHECK( http_headers_has_token( &list, "connection", "keep-alive" ) );
    CHECK( http_headers_has_token( &list, "connection", "UPGRADE" ) );
    CHECK( !http_headers_has_token( &list, "connection", "keep" ) );
    CHECK( !http_headers_has_token( &list, "connection", "foo , keep-alive" ) );
    CHECK( !http_headers_has_token( &list, "upgrade", "upgrade" ) );
    end();
}

static void test_http_headers_has_token_takes_elements_whole( void )
{
    begin();
    apply( "Connection: close-not, not-close, \"close\", clos", HTTP_HEADERS_ADD );
    CHECK( !http_headers_has_token( &list, "connection", "close" ) );
    end();
}

static void test_http_headers_append_copies( void )
{
    struct http_headers other;

    begin();
    apply( "a: 1", HTTP_HEADERS_ADD );
    http_headers_init( &other, &memory.alloc );
    http_headers_add( &other, "b", 1, "2", 1 );
    CHECK_INT( http_headers_append( &list, &other ), HTTP_HEADERS_OK );
    http_headers_clear( &other );
    CHECK_LIST( "a: 1\r\nb: 2\r\n" );
    CHECK_INT( http_headers_append( &list, &other ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1\r\nb: 2\r\n" );
    end();
}

static void test_http_headers_append_doubles_itself( void )
{
    begin();
    apply( "a: 1\r\nb: 2", HTTP_HEADERS_ADD );
    CHECK_INT( http_headers_append( &list, &list ), HTTP_HEADERS_OK );
    CHECK_LIST( "a: 1\r\nb: 2\r\na: 1\r\nb: 2\r\n" );
    end();
}

static void test_http_headers_clear_leaves_a_usable_list( void )
{
    begin();
    add( "a", "1" );
    http_headers_clear( &list );
    CHECK_INT( memory.live, 0 );
    CHECK_LIST( "" );
    CHECK_INT( add( "b", "2" ), HTTP_HEADERS_OK );
    CHECK_LIST( "b: 2\r\n" );
    end();
}

static void test_http_headers_reserve_holds_what_fits( void )
{
    begin();
    CHECK_INT( http_headers_reserve( &list, 8 ), HTTP_HEADERS_OK );
    add( "a", "1" );
    add( "b", "2" );
    CHECK_INT( memory.live, 2 ); /* the text and the list */
    add( "c", "3" );
    CHECK_INT( memory.live, 3 );
    CHECK_LIST( "a: 1\r\nb: 2\r\nc: 3\r\n" );
    CHECK_INT( apply( "a: 4", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "a: 5", HTTP_HEADERS_COALESCE_COMMA ), HTTP_HEADERS_OK );
    CHECK_INT( apply( "b: 6", HTTP_HEADERS_REPLACE ), HTTP_HEADERS_OK );
    CHECK_INT( http_headers_remove( &list, "c" ), 1 );
    CHECK_LIST( "a: 1, 4, 5\r\nb: 6\r\n" );
    end();
}

static void test_http_headers_borrow_leaves_the_lender_alone( void )
{
    struct http_headers other;

    begin();
    http_headers_init( &other, &memory.alloc );
    http_headers_add( &other, "a", 1, "1", 1 );
    http_headers_add( &other, "b", 1, "2", 1 );
    CHECK_INT( http_headers_borrow( &list, other.fields, other.count ), HTTP_HEADERS_OK );
    CHECK( list.fields[0].name == other.fields[0].name );
    CHECK_LIST( "a: 1\r\nb: 2\r\n" );
    CHECK_INT( apply( "a: 3", HTTP_HEADERS_COALESCE_SEMICOLON ), HTTP_HEADERS_OK );
    CHECK_INT( http_headers_remove( &list, "b" ), 1 );
    CHECK_LIST( "a: 1; 3\r\n" );
    CHECK_STR( other.fields[0].value, "1" );
    CHECK_STR( other.fields[1].value, "2" );
    http_headers_clear( &list );
    CHECK_INT( memory.live, 3 );
    http_headers_clear( &other );
    end();
}

/* --- memory ---------------------------------------------------------------------------------- */

static int append_other( void )
{
    struct http_headers other;
    int status;

    http_headers_init( &other, &allocator_libc );
    http_headers_apply_lines( &other, "x: 1\ny: 2\nz: 3", 14, HTTP_HEADERS_ADD );
    status = http_headers_append( &list, &other );
    http_headers_clear( &other );
    return status;
}

static int borrow_other( void )
{
    struct http_headers other;
    int status;

    http_headers_init( &other, &allocator_libc );
    http_headers_apply_lines( &other, "x: 1\ny: 2\nz: 3", 14, HTTP_HEADERS_ADD );
    status = http_headers_borrow( &list, other.fields, other.count );
    http_headers_clear( &other );
    return status;
}

static int add_one( void ) { return add( "n", "v" ); }
static int add_lines( void ) { return apply( "n: v\nm: w", HTTP_HEADERS_ADD ); }
static int replace_one( void ) { return apply( "a: 2", HTTP_HEADERS_REPLACE ); }
static int coalesce_one( void ) { return apply( "a: 2", HTTP_HEADERS_COALESCE_COMMA ); }
static int replace_lines( void ) { return apply( "a: 2\na:", HTTP_HEADERS_REPLACE ); }

static void test_http_headers_stay_as_they_were_without_memory( void )
{
    static int (*const change[])( void ) =
    {
        add_one, add_lines, replace_one, coalesce_one, replace_lines, append_other,
        borrow_other,
    };
    size_t i, refuse;
    int count, status = HTTP_HEADERS_ERR_MEMORY;

    for (i = 0; i < ARRAY_SIZE(change); i++)
    {
        for (refuse = 1; status; refuse++)
        {
            unit_context( "change %zu, request %zu refused", i, refuse );
            begin();
            for (count = 0; count < 16; count++) add( "a", "1" ); /* the next one must grow */
            memory.refuse = memory.requests + refuse;
            if ((status = change[i]()))
            {
                CHECK_INT( status, HTTP_HEADERS_ERR_MEMORY );
                CHECK_INT( memory.live, 17 );
                CHECK_INT( list.count, 16 );
                for (count = 0; count < 16; count++) CHECK_STR( list.fields[count].value, "1" );
            }
            end();
        }
        CHECK( refuse > 2 ); /* at least one was refused */
        status = HTTP_HEADERS_ERR_MEMORY;
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_token_valid_takes_tchar_only ),
    UNIT_TEST( test_http_token_equal_ignores_case_of_ascii_only ),
    UNIT_TEST( test_http_token_next_passes_over_empty_elements ),
    UNIT_TEST( test_http_headers_add_keeps_order_and_duplicates ),
    UNIT_TEST( test_http_headers_add_trims_blanks_around_the_value ),
    UNIT_TEST( test_http_headers_add_takes_bytes_without_nul ),
    UNIT_TEST( test_http_headers_add_grows_past_its_first_capacity ),
    UNIT_TEST( test_http_headers_add_refuses_what_would_split_a_line ),
    UNIT_TEST( test_http_headers_add_refuses_names_that_read_back_differently ),
    UNIT_TEST( test_http_headers_add_takes_odd_names_of_servers ),
    UNIT_TEST( test_http_headers_values_may_hold_any_other_byte ),
    UNIT_TEST( test_http_headers_apply_add_appends_duplicates ),
    UNIT_TEST( test_http_headers_apply_add_if_new_refuses_a_present_one ),
    UNIT_TEST( test_http_headers_apply_replace_acts_on_the_first_in_place ),
    UNIT_TEST( test_http_headers_apply_replace_of_an_absent_one_fails ),
    UNIT_TEST( test_http_headers_apply_replace_by_nothing_deletes_the_first ),
    UNIT_TEST( test_http_headers_apply_add_or_replace_does_either ),
    UNIT_TEST( test_http_headers_apply_coalesce_extends_the_first ),
    UNIT_TEST( test_http_headers_apply_coalesce_with_an_empty_value ),
    UNIT_TEST( test_http_headers_apply_add_keeps_an_empty_value ),
    UNIT_TEST( test_http_headers_apply_demands_a_token ),
    UNIT_TEST( test_http_headers_lines_refuse_what_windows_refuses ),
    UNIT_TEST( test_http_headers_lines_ignore_line_ends_alone ),
    UNIT_TEST( test_http_headers_lines_refuse_nul ),
    UNIT_TEST( test_http_headers_lines_refuse_folded_lines ),
    UNIT_TEST( test_http_headers_lines_may_be_separated_by_any_run_of_cr_and_lf ),
    UNIT_TEST( test_http_headers_lines_keep_colons_of_the_value ),
    UNIT_TEST( test_http_headers_lines_apply_all_or_none ),
    UNIT_TEST( test_http_headers_lines_see_those_before_them ),
    UNIT_TEST( test_http_headers_lines_do_not_read_past_the_text ),
    UNIT_TEST( test_http_headers_find_counts_in_order_of_arrival ),
    UNIT_TEST( test_http_headers_remove_takes_every_match ),
    UNIT_TEST( test_http_headers_has_token_looks_into_every_field ),
    UNIT_TEST( test_http_headers_has_token_takes_elements_whole ),
    UNIT_TEST( test_http_headers_append_copies ),
    UNIT_TEST( test_http_headers_append_doubles_itself ),
    UNIT_TEST( test_http_headers_clear_leaves_a_usable_list ),
    UNIT_TEST( test_http_headers_reserve_holds_what_fits ),
    UNIT_TEST( test_http_headers_borrow_leaves_the_lender_alone ),
    UNIT_TEST( test_http_headers_stay_as_they_were_without_memory ),
};

UNIT_MAIN( tests )
