/* test_http_body - message body framing (proto/http_body.c).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_body.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* --- framing of a response ------------------------------------------------------------------- */

struct choice
{
    int framing;     /* enum http_body_framing, or HTTP_BODY_ERR_SYNTAX */
    uint64_t length; /* UNTOUCHED if http_body_choose left it alone */
    int keep_alive;
};

enum { UNTOUCHED = 4711 };

static struct choice choose( const char *status, const char *lines, int no_body )
{
    struct choice choice = { 0, UNTOUCHED, 0 };
    struct http_response response;
    char head[1024];
    int len = snprintf( head, sizeof(head), "HTTP/%s\r\n%s\r\n", status, lines );

    http_response_init( &response, &allocator_libc );
    CHECK_INT( http_response_parse( &response, (uint8_t *)head, (size_t)len ), HTTP_RESPONSE_OK );
    choice.framing = http_body_choose( &response, no_body, &choice.length );
    if (choice.framing >= 0)
        choice.keep_alive = http_body_keep_alive( &response,
                                                  (enum http_body_framing)choice.framing );
    http_response_clear( &response );
    return choice;
}

#define CHOOSE( status, lines, no_body, framing, length, keep_alive ) \
    check_choice( __LINE__, status, lines, no_body, framing, length, keep_alive )
static void check_choice( int line, const char *status, const char *lines, int no_body, int framing,
                          uint64_t length, int keep_alive )
{
    struct choice got = choose( status, lines, no_body );

    unit_context( "HTTP/%s, %s", status, lines );
    unit_check_int( __FILE__, line, "framing", got.framing, framing );
    unit_check( __FILE__, line, "length", got.length == length );
    unit_check_int( __FILE__, line, "keep_alive", got.keep_alive, keep_alive );
    unit_context( NULL );
}

static void test_http_body_choose_content_length( void )
{
    CHOOSE( "1.1 200", "Content-Length: 5\r\n", 0, HTTP_BODY_LENGTH, 5, 1 );
    CHOOSE( "1.1 200", "content-length:0005\r\n", 0, HTTP_BODY_LENGTH, 5, 1 );
    CHOOSE( "1.1 404", "Content-Length: 18446744073709551615\r\n", 0, HTTP_BODY_LENGTH, UINT64_MAX,
            1 );
}

static void test_http_body_choose_content_length_0_is_no_body( void )
{
    CHOOSE( "1.1 200", "Content-Length: 0\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 1 );
}

static void test_http_body_choose_without_length_is_until_close( void )
{
    CHOOSE( "1.1 200", "", 0, HTTP_BODY_UNTIL_CLOSE, UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Connection: keep-alive\r\n", 0, HTTP_BODY_UNTIL_CLOSE, UNTOUCHED, 0 );
}

static void test_http_body_choose_no_body_of_head_1xx_204_304( void )
{
    CHOOSE( "1.1 200", "Content-Length: 100\r\n", 1, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 200", "Transfer-Encoding: chunked\r\n", 1, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 200", "", 1, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 100", "", 0, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 204", "", 0, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 204", "Content-Length: 0\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 1 );
    CHOOSE( "1.1 304", "Content-Length: 100\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 1 );
}

static void test_http_body_choose_refuses_bad_content_lengths( void )
{
    static const char *const bad[] =
    {
        "", "-1", "+1", "0x10", "5 5", "1.0", "5;", "five", ",", "5,x", "1e3", "\xb2",
        "18446744073709551616", "99999999999999999999999", "5, +5",
    };
    char lines[128];
    size_t i;

    for (i = 0; i < ARRAY_SIZE(bad); i++)
    {
        snprintf( lines, sizeof(lines), "Content-Length: %s\r\n", bad[i] );
        CHOOSE( "1.1 200", lines, 0, HTTP_BODY_ERR_SYNTAX, UNTOUCHED, 0 );
    }
}

static void test_http_body_choose_refuses_conflicting_content_lengths( void )
{
    CHOOSE( "1.1 200", "Content-Length: 5\r\nContent-Length: 6\r\n", 0, HTTP_BODY_ERR_SYNTAX,
            UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Content-Length: 5, 6\r\n", 0, HTTP_BODY_ERR_SYNTAX, UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Content-Length: 5\r\nX: y\r\nContent-Length:\r\n", 0, HTTP_BODY_ERR_SYNTAX,
            UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Content-Length: 0\r\nContent-Length: 5\r\n", 0, HTTP_BODY_ERR_SYNTAX,
            UNTOUCHED, 0 );
}

static void test_http_body_choose_takes_repeated_equal_content_lengths( void )
{
    CHOOSE( "1.1 200", "Content-Length: 5\r\nContent-Length: 5\r\n", 0, HTTP_BODY_LENGTH, 5, 1 );
    CHOOSE( "1.1 200", "Content-Length: 5, 05\r\n", 0, HTTP_BODY_LENGTH, 5, 1 );
    CHOOSE( "1.1 200", "Content-Length: 5,\r\n", 0, HTTP_BODY_LENGTH, 5, 1 );
}

static void test_http_body_choose_ignores_bad_content_lengths_without_a_body( void )
{
    /* but somebody else may see a body there: no second request */
    CHOOSE( "1.1 200", "Content-Length: x\r\n", 1, HTTP_BODY_NONE, UNTOUCHED, 0 );
    CHOOSE( "1.1 304", "Content-Length: 5, 6\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 0 );
}

static void test_http_body_choose_chunked( void )
{
    CHOOSE( "1.1 200", "Transfer-Encoding: chunked\r\n", 0, HTTP_BODY_CHUNKED, UNTOUCHED, 1 );
    CHOOSE( "1.1 200", "transfer-encoding: , CHUNKED ,\r\n", 0, HTTP_BODY_CHUNKED, UNTOUCHED, 1 );
}

static void test_http_body_choose_undoes_chunked_as_sole_coding_only( void )
{
    static const char *const codings[] =
    {
        "gzip", "gzip, chunked", "chunked, gzip", "identity", "identity, chunked", "xchunked",
        "chunked, chunked", "chunked;a=b", "\"chunked\"", "chunked chunked", "", ",",
        "chunked\r\nTransfer-Encoding: chunked", "gzip\r\nTransfer-Encoding: chunked",
    };
    char lines[128];
    size_t i;

    for (i = 0; i < ARRAY_SIZE(codings); i++)
    {
        snprintf( lines, sizeof(lines), "Transfer-Encoding: %s\r\n", codings[i] );
        CHOOSE( "1.1 200", lines, 0, HTTP_BODY_UNTIL_CLOSE, UNTOUCHED, 0 );
    }
}

static void test_http_body_choose_transfer_encoding_beats_content_length( void )
{
    CHOOSE( "1.1 200", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 0, HTTP_BODY_CHUNKED,
            UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Transfer-Encoding: chunked\r\nContent-Length: x\r\n", 0, HTTP_BODY_CHUNKED,
            UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Transfer-Encoding: gzip\r\nContent-Length: 5\r\n", 0,
            HTTP_BODY_UNTIL_CLOSE, UNTOUCHED, 0 );
    CHOOSE( "1.1 200", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", 0, HTTP_BODY_CHUNKED,
            UNTOUCHED, 0 );
}

static void test_http_body_keep_alive_follows_version_and_connection( void )
{
    CHOOSE( "1.1 200", "Content-Length: 5\r\nConnection: close\r\n", 0, HTTP_BODY_LENGTH, 5, 0 );
    CHOOSE( "1.1 200", "Content-Length: 5\r\nConnection: x, Close\r\n", 0, HTTP_BODY_LENGTH, 5, 0 );
    CHOOSE( "1.1 200", "Content-Length: 5\r\nConnection: keep-alive\r\nConnection: close\r\n", 0,
            HTTP_BODY_LENGTH, 5, 0 );
    CHOOSE( "1.1 200", "Content-Length: 5\r\nProxy-Connection: close\r\n", 0, HTTP_BODY_LENGTH, 5,
            0 );
    CHOOSE( "1.0 200", "Content-Length: 5\r\n", 0, HTTP_BODY_LENGTH, 5, 0 );
    CHOOSE( "1.0 200", "Content-Length: 5\r\nConnection: Keep-Alive\r\n", 0, HTTP_BODY_LENGTH, 5,
            1 );
    CHOOSE( "1.0 200", "Content-Length: 5\r\nConnection: keep-alive, close\r\n", 0,
            HTTP_BODY_LENGTH, 5, 0 );
}

static void test_http_body_keep_alive_not_with_codings_in_http_1_0( void )
{
    CHOOSE( "1.0 200", "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n", 0,
            HTTP_BODY_CHUNKED, UNTOUCHED, 0 );
}

static void test_http_body_keep_alive_not_after_a_204_that_announces_a_body( void )
{
    CHOOSE( "1.1 204", "Content-Length: 5\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 0 );
    CHOOSE( "1.1 204", "Transfer-Encoding: chunked\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 0 );
    CHOOSE( "1.1 103", "Content-Length: 5\r\n", 0, HTTP_BODY_NONE, UNTOUCHED, 0 );
}

static void test_http_body_keep_alive_not_after_101( void )
{
    CHOOSE( "1.1 101", "Connection: Upgrade\r\nUpgrade: websocket\r\n", 0, HTTP_BODY_NONE,
            UNTOUCHED, 0 );
}

/* --- the decoder under replay ---------------------------------------------------------------- */

enum
{
    BODY_READ = 100, /* the engine's last word after the end of a body */
};

struct framing
{
    enum http_body_framing framing;
    uint64_t length;
    size_t max_data;
};

struct reader
{
    struct http_body body;
    const struct allocator *alloc;
    size_t max_data;
};

static void *reader_create( const struct allocator *alloc, const void *argument )
{
    const struct framing *framing = argument;
    struct reader *reader = allocator_resize( alloc, NULL, sizeof(*reader) );

    if (!reader) return NULL;
    reader->alloc = alloc;
    reader->max_data = framing->max_data;
    http_body_init( &reader->body, framing->framing, framing->length, alloc );
    return reader;
}

static int log_end( struct reader *reader, struct unit_log *log )
{
    const struct http_headers *trailers = &reader->body.trailers;
    size_t i, consumed;
    const uint8_t *data;
    size_t data_len;

    unit_log_event( log, "END" );
    for (i = 0; i < trailers->count; i++)
        unit_log_event( log, "%s|%s", trailers->fields[i].name, trailers->fields[i].value );
    /* once and again */
    CHECK_INT( http_body_next( &reader->body, (const uint8_t *)"x", 1, 1, &consumed, &data,
                               &data_len ), HTTP_BODY_END );
    CHECK_INT( consumed, 0 );
    return BODY_READ;
}

static int reader_feed( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                        struct unit_log *log )
{
    struct reader *reader = state;
    enum http_body_status status;
    const uint8_t *data = NULL;
    size_t used, data_len = 0;
    uint64_t payload;

    (void)last;
    for (;;)
    {
        payload = http_body_payload_left( &reader->body );
        status = http_body_next( &reader->body, in + *consumed, len - *consumed, reader->max_data,
                                 &used, &data, &data_len );
        *consumed += used;
        if (status == HTTP_BODY_END) return log_end( reader, log );
        if (status < 0) return status;
        if (status == HTTP_BODY_NEED_INPUT)
        {
            CHECK_INT( *consumed, len );
            return 0;
        }
        CHECK_INT( status, HTTP_BODY_OK );
        CHECK( data_len && data_len <= reader->max_data );
        CHECK( data >= in && data + data_len == in + *consumed );
        CHECK( !payload || payload >= data_len );
        unit_log_data( log, "DATA", data, data_len );
    }
}

static void reader_destroy( void *state )
{
    struct reader *reader = state;

    http_body_clear( &reader->body );
    allocator_free( reader->alloc, reader );
}

static const struct unit_engine engine =
{
    reader_create, reader_feed, reader_destroy, HTTP_BODY_ERR_MEMORY,
};

static const struct framing chunked = { HTTP_BODY_CHUNKED, 0, SIZE_MAX };

/* Behind a body comes "next", which must stay. */
#define ACCEPT( text, log ) \
    PLAY( &engine, &chunked, text "next", sizeof(text) + 3, BODY_READ, sizeof(text) - 1, log )

/* used: bytes up to and with the offending one */
#define REFUSE( text, used, log ) \
    PLAY( &engine, &chunked, text, sizeof(text) - 1, HTTP_BODY_ERR_SYNTAX, used, log )

/* the text is fine, but not the end */
#define WAIT( text, log ) \
    PLAY( &engine, &chunked, text, sizeof(text) - 1, 0, sizeof(text) - 1, log )

/* --- framing without chunks ------------------------------------------------------------------ */

static void test_http_body_none_ends_at_once( void )
{
    static const struct framing none = { HTTP_BODY_NONE, 0, 10 };

    PLAY( &engine, &none, "next", 4, BODY_READ, 0, "END\n" );
    PLAY( &engine, &none, "", 0, BODY_READ, 0, "END\n" );
}

static void test_http_body_length_ends_after_its_bytes( void )
{
    static const struct framing five = { HTTP_BODY_LENGTH, 5, 10 };

    PLAY( &engine, &five, "hellonext", 9, BODY_READ, 5, "DATA=5:hello\nEND\n" );
    PLAY( &engine, &five, "hello", 5, BODY_READ, 5, "DATA=5:hello\nEND\n" );
    PLAY( &engine, &five, "hell", 4, 0, 4, "DATA=4:hell\n" );
    PLAY( &engine, &five, "", 0, 0, 0, "" );
}

static void test_http_body_length_0_ends_at_once( void )
{
    static const struct framing empty = { HTTP_BODY_LENGTH, 0, 10 };

    PLAY( &engine, &empty, "next", 4, BODY_READ, 0, "END\n" );
}

static void test_http_body_until_close_never_ends_by_itself( void )
{
    static const struct framing endless = { HTTP_BODY_UNTIL_CLOSE, 0, SIZE_MAX };

    PLAY( &engine, &endless, "0\r\n\r\n", 5, 0, 5, "DATA=5:0\\x0d\\x0a\\x0d\\x0a\n" );
    PLAY( &engine, &endless, "", 0, 0, 0, "" );
}

static void test_http_body_pieces_fit_the_space( void )
{
    static const struct framing three = { HTTP_BODY_CHUNKED, 0, 3 };
    static const struct framing two = { HTTP_BODY_LENGTH, 5, 2 };
    static const char text[] = "7\r\nexample\r\n0\r\n\r\n";

    PLAY( &engine, &three, text, sizeof(text) - 1, BODY_READ, sizeof(text) - 1,
          "DATA=7:example\nEND\n" );
    PLAY( &engine, &two, "hello", 5, BODY_READ, 5, "DATA=5:hello\nEND\n" );
}

static void test_http_body_needs_space_only_when_data_is_at_hand( void )
{
    static const uint8_t text[] = "2\r\nab\r\n0\r\n\r\n";
    struct http_body body;
    const uint8_t *data = NULL;
    size_t used, len = 0;

    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &allocator_libc );
    CHECK_INT( http_body_next( &body, text, 3, 0, &used, &data, &len ), HTTP_BODY_NEED_INPUT );
    CHECK_INT( used, 3 );
    CHECK_INT( http_body_next( &body, text + 3, 9, 0, &used, &data, &len ), HTTP_BODY_NEED_SPACE );
    CHECK_INT( used, 0 );
    CHECK( !data && !len );
    CHECK_INT( http_body_next( &body, text + 3, 9, 2, &used, &data, &len ), HTTP_BODY_OK );
    CHECK_INT( used, 2 );
    CHECK_MEM( data, len, "ab", 2 );
    CHECK_INT( http_body_next( &body, text + 5, 7, 0, &used, &data, &len ), HTTP_BODY_END );
    CHECK_INT( used, 7 );
    http_body_clear( &body );
}

static void test_http_body_payload_left_is_what_may_bypass_the_buffer( void )
{
    static const uint8_t text[] = "1a\r\nxxx";
    struct http_body body;
    const uint8_t *data;
    size_t used, len;

    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &allocator_libc );
    CHECK_INT( http_body_payload_left( &body ), 0 );
    http_body_next( &body, text, 4, 9, &used, &data, &len );
    CHECK_INT( http_body_payload_left( &body ), 26 );
    http_body_next( &body, text + 4, 3, 9, &used, &data, &len );
    CHECK_INT( http_body_payload_left( &body ), 23 );
    http_body_init( &body, HTTP_BODY_LENGTH, 5, &allocator_libc );
    CHECK_INT( http_body_payload_left( &body ), 5 );
    http_body_next( &body, text, 5, 9, &used, &data, &len );
    CHECK_INT( http_body_payload_left( &body ), 0 );
    http_body_init( &body, HTTP_BODY_NONE, 0, &allocator_libc );
    CHECK_INT( http_body_payload_left( &body ), 0 );
    http_body_init( &body, HTTP_BODY_UNTIL_CLOSE, 0, &allocator_libc );
    CHECK( http_body_payload_left( &body ) == UINT64_MAX );
}

/* --- chunks (RFC 9112 7.1) ------------------------------------------------------------------- */

static void test_http_body_chunks( void )
{
    ACCEPT( "5\r\nhello\r\n0\r\n\r\n", "DATA=5:hello\nEND\n" );
    ACCEPT( "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "DATA=11:hello world\nEND\n" );
    ACCEPT( "0\r\n\r\n", "END\n" );
}

static void test_http_body_chunk_size_in_both_cases_and_with_zeros( void )
{
    ACCEPT( "a\r\n0123456789\r\nB\r\n0123456789a\r\n000\r\n\r\n",
            "DATA=21:01234567890123456789a\nEND\n" );
    ACCEPT( "0000000000000001\r\nx\r\n0\r\n\r\n", "DATA=1:x\nEND\n" );
    ACCEPT( "0a\r\n0123456789\r\n0000000000000000\r\n\r\n", "DATA=10:0123456789\nEND\n" );
}

static void test_http_body_chunk_size_takes_hex_digits_only( void )
{
    static const char digits[] = "0123456789abcdefABCDEF";
    int c;

    for (c = 0; c < 256; c++)
    {
        const char *digit = c ? strchr( digits, c ) : NULL;
        uint8_t text[] = { '1', (uint8_t)c, '\r', '\n' };
        uint64_t value = digit ? (uint64_t)(digit - digits) : 0;
        struct http_body body;
        const uint8_t *data;
        size_t used, len;

        if (strchr( " \t;\r", c ) && c) continue; /* they end the size */
        unit_context( "byte %02x", c );
        http_body_init( &body, HTTP_BODY_CHUNKED, 0, &allocator_libc );
        CHECK_INT( http_body_next( &body, text, sizeof(text), 9, &used, &data, &len ),
                   digit ? HTTP_BODY_NEED_INPUT : HTTP_BODY_ERR_SYNTAX );
        if (value > 15) value -= 6; /* in capitals */
        if (digit) CHECK_INT( http_body_payload_left( &body ), 16 + value );
    }
}

static void test_http_body_chunk_data_may_look_like_framing( void )
{
    ACCEPT( "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "DATA=7:\\x0d\\x0a0\\x0d\\x0a\\x0d\\x0a\nEND\n" );
}

static void test_http_body_chunk_extensions_are_ignored( void )
{
    ACCEPT( "1;a=b\r\nx\r\n0;end\r\n\r\n", "DATA=1:x\nEND\n" );
    ACCEPT( "1 ; a = \"b;c\" \r\nx\r\n0;\r\n\r\n", "DATA=1:x\nEND\n" );
    ACCEPT( "1;\xe4\r\nx\r\n0\r\n\r\n", "DATA=1:x\nEND\n" );
}

static void test_http_body_chunk_size_may_be_padded_with_blanks( void )
{
    ACCEPT( "1  \t\r\nx\r\n0 \r\n\r\n", "DATA=1:x\nEND\n" );
}

static void test_http_body_chunk_size_refuses_other_than_digits( void )
{
    REFUSE( "\r\n", 1, "" );
    REFUSE( ";a\r\n", 1, "" );
    REFUSE( "-1\r\n", 1, "" );
    REFUSE( "+1\r\n", 1, "" );
    REFUSE( "0x1\r\n", 2, "" );
    REFUSE( "g\r\n", 1, "" );
    REFUSE( "1g\r\n", 2, "" );
    REFUSE( "1.0\r\n", 2, "" );
    REFUSE( "\0", 1, "" );
    REFUSE( "1\0\r\n", 2, "" );
    REFUSE( "\xb2\r\n", 1, "" );
}

static void test_http_body_chunk_size_refuses_blanks_in_front_and_inside( void )
{
    REFUSE( " 1\r\n", 1, "" );
    REFUSE( "\t1\r\n", 1, "" );
    REFUSE( "1 1\r\n", 3, "" );
    REFUSE( "1 x\r\n", 3, "" );
    REFUSE( "1\v\r\n", 2, "" );
    REFUSE( "1\r\nx\r\n 0\r\n", 7, "DATA=1:x\n" );
}

static void test_http_body_chunk_size_refuses_overflow( void )
{
    REFUSE( "10000000000000000\r\n", 17, "" );
    REFUSE( "fffffffffffffffff\r\n", 17, "" );
    REFUSE( "00000000000000001\r\n", 17, "" );
}

static void test_http_body_chunk_size_takes_the_largest( void )
{
    struct http_body body;
    const uint8_t *data;
    size_t used, len;

    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &allocator_libc );
    CHECK_INT( http_body_next( &body, (const uint8_t *)"ffffffffffffffff\r\nx", 19, 9, &used,
                               &data, &len ), HTTP_BODY_OK );
    CHECK( http_body_payload_left( &body ) == UINT64_MAX - 1 );
    http_body_clear( &body );
}

static void test_http_body_chunk_line_refuses_bare_lf_and_cr( void )
{
    REFUSE( "1\nx\r\n0\r\n\r\n", 2, "" );
    REFUSE( "1\rx\r\n0\r\n\r\n", 3, "" );
    REFUSE( "1\r\r\nx", 3, "" );
    REFUSE( "1 \nx", 3, "" );
    REFUSE( "1;a\nx\r\n0\r\n\r\n", 4, "" );
    REFUSE( "1;a\rb\r\nx\r\n0\r\n\r\n", 5, "" );
    REFUSE( "1;a\0b\r\n", 4, "" );
}

static void test_http_body_chunk_data_must_end_with_crlf( void )
{
    REFUSE( "1\r\nxy\r\n0\r\n\r\n", 5, "DATA=1:x\n" );
    REFUSE( "1\r\nx\n0\r\n\r\n", 5, "DATA=1:x\n" );
    REFUSE( "1\r\nx\r0\r\n\r\n", 6, "DATA=1:x\n" );
    REFUSE( "1\r\nx0\r\n\r\n", 5, "DATA=1:x\n" );
}

static void test_http_body_truncated_chunks_are_no_end( void )
{
    WAIT( "", "" );
    WAIT( "5", "" );
    WAIT( "5\r\nhell", "DATA=4:hell\n" );
    WAIT( "5\r\nhello\r\n", "DATA=5:hello\n" );
    WAIT( "5\r\nhello\r\n0\r\n", "DATA=5:hello\n" );
    WAIT( "5\r\nhello\r\n0\r\n\r", "DATA=5:hello\n" );
    WAIT( "0\r\nA: b\r\n", "" );
    WAIT( "0\r\nA: b\r\n\r", "" );
}

/* --- trailers -------------------------------------------------------------------------------- */

static void test_http_body_trailers( void )
{
    ACCEPT( "1\r\nx\r\n0\r\nDigest: y\r\nB : c\r\n\r\n", "DATA=1:x\nEND\nDigest|y\nB|c\n" );
}

static void test_http_body_trailers_follow_the_rules_of_a_head( void )
{
    ACCEPT( "0\r\nA: b\nC: d\n e\n\n", "END\nA|b\nC|d e\n" );
    ACCEPT( "0\r\n\n", "END\n" );
    ACCEPT( "0\r\nno field\r\n\r\n", "END\n" );
    REFUSE( "0\r\n A: b\r\n\r\n", 12, "" );
    REFUSE( "0\r\nA: b\rC\r\n\r\n", 13, "" );
    REFUSE( "0\r\nA: b\0\r\n\r\n", 12, "" );
    REFUSE( "0\r\n\rA: b\r\n\r\n", 5, "" );
    REFUSE( "0\r\n\r\r\n", 5, "" );
}

static void test_http_body_an_empty_trailer_section_needs_no_memory( void )
{
    static const uint8_t text[] = "1\r\nx\r\n0\r\n\r\n";
    struct unit_allocator memory;
    struct http_body body;
    const uint8_t *data;
    size_t used, len;

    unit_allocator_init( &memory );
    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &memory.alloc );
    CHECK_INT( http_body_next( &body, text, 11, 9, &used, &data, &len ), HTTP_BODY_OK );
    CHECK_INT( http_body_next( &body, text + 4, 7, 9, &used, &data, &len ), HTTP_BODY_END );
    CHECK_INT( memory.requests, 0 );
    http_body_clear( &body );
}

static void test_http_body_clear_frees_half_a_trailer_section( void )
{
    struct unit_allocator memory;
    struct http_body body;
    const uint8_t *data;
    size_t used, len;

    unit_allocator_init( &memory );
    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &memory.alloc );
    CHECK_INT( http_body_next( &body, (const uint8_t *)"0\r\nA: b", 7, 9, &used, &data, &len ),
               HTTP_BODY_NEED_INPUT );
    CHECK_INT( memory.live, 1 );
    http_body_clear( &body );
    CHECK_INT( memory.live, 0 );
}

/* --- limits ---------------------------------------------------------------------------------- */

/* before, fill times 'x', after; the caller frees */
static char *create_text( const char *before, size_t fill, const char *after, size_t *len )
{
    size_t before_len = strlen( before ), after_len = strlen( after );
    char *text = malloc( before_len + fill + after_len + 1 );

    memcpy( text, before, before_len );
    memset( text + before_len, 'x', fill );
    memcpy( text + before_len + fill, after, after_len + 1 );
    *len = before_len + fill + after_len;
    return text;
}

static void test_http_body_limits_the_chunk_line( void )
{
    size_t len, line = HTTP_BODY_MAX_CHUNK_LINE;
    char *text = create_text( "0;", line - 4, "\r\n\r\n", &len );

    PLAY( &engine, &chunked, text, len, BODY_READ, len, "END\n" );
    free( text );
    text = create_text( "0;", line - 3, "\r\n\r\n", &len );
    PLAY( &engine, &chunked, text, len, HTTP_BODY_ERR_LIMIT, line, "" );
    free( text );
}

static void test_http_body_limits_blanks_of_the_chunk_line( void )
{
    size_t len, line = HTTP_BODY_MAX_CHUNK_LINE;
    char *text = create_text( "0", line, "", &len );

    memset( text + 1, ' ', line );
    PLAY( &engine, &chunked, text, len, HTTP_BODY_ERR_LIMIT, line, "" );
    free( text );
}

static void test_http_body_limits_each_chunk_line_by_itself( void )
{
    size_t len, half = HTTP_BODY_MAX_CHUNK_LINE / 2 + 100;
    char *one = create_text( "1;", half, "\r\nx\r\n", &len );
    char *text = malloc( 3 * len + 6 );
    size_t total;

    sprintf( text, "%s%s%s0\r\n\r\n", one, one, one );
    total = strlen( text );
    PLAY( &engine, &chunked, text, total, BODY_READ, total, "DATA=3:xxx\nEND\n" );
    free( text );
    free( one );
}

static void test_http_body_limits_the_trailers( void )
{
    size_t len, room = HTTP_BODY_MAX_TRAILERS;
    char *text = create_text( "0\r\n", room - 4, "\r\n\r\n", &len );

    PLAY( &engine, &chunked, text, len, BODY_READ, len, "END\n" );
    free( text );
    text = create_text( "0\r\n", room - 3, "\r\n\r\n", &len );
    PLAY( &engine, &chunked, text, len, HTTP_BODY_ERR_LIMIT, room + 3, "" );
    free( text );
}

static void test_http_body_limits_the_number_of_trailers( void )
{
    enum { FIELDS = HTTP_RESPONSE_MAX_FIELDS + 1 };
    char *text = malloc( 3 + FIELDS * 4 + 3 );
    struct http_body body;
    const uint8_t *data;
    size_t i, len = 3, used, data_len;

    memcpy( text, "0\r\n", 3 );
    for (i = 0; i < FIELDS; i++, len += 4) memcpy( text + len, "a:\r\n", 4 );
    memcpy( text + len, "\r\n", 2 );
    http_body_init( &body, HTTP_BODY_CHUNKED, 0, &allocator_libc );
    CHECK_INT( http_body_next( &body, (uint8_t *)text, len + 2, 9, &used, &data, &data_len ),
               HTTP_BODY_ERR_LIMIT );
    http_body_clear( &body );
    free( text );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_http_body_choose_content_length ),
    UNIT_TEST( test_http_body_choose_content_length_0_is_no_body ),
    UNIT_TEST( test_http_body_choose_without_length_is_until_close ),
    UNIT_TEST( test_http_body_choose_no_body_of_head_1xx_204_304 ),
    UNIT_TEST( test_http_body_choose_refuses_bad_content_lengths ),
    UNIT_TEST( test_http_body_choose_refuses_conflicting_content_lengths ),
    UNIT_TEST( test_http_body_choose_takes_repeated_equal_content_lengths ),
    UNIT_TEST( test_http_body_choose_ignores_bad_content_lengths_without_a_body ),
    UNIT_TEST( test_http_body_choose_chunked ),
    UNIT_TEST( test_http_body_choose_undoes_chunked_as_sole_coding_only ),
    UNIT_TEST( test_http_body_choose_transfer_encoding_beats_content_length ),
    UNIT_TEST( test_http_body_keep_alive_follows_version_and_connection ),
    UNIT_TEST( test_http_body_keep_alive_not_with_codings_in_http_1_0 ),
    UNIT_TEST( test_http_body_keep_alive_not_after_a_204_that_announces_a_body ),
    UNIT_TEST( test_http_body_keep_alive_not_after_101 ),
    UNIT_TEST( test_http_body_none_ends_at_once ),
    UNIT_TEST( test_http_body_length_ends_after_its_bytes ),
    UNIT_TEST( test_http_body_length_0_ends_at_once ),
    UNIT_TEST( test_http_body_until_close_never_ends_by_itself ),
    UNIT_TEST( test_http_body_pieces_fit_the_space ),
    UNIT_TEST( test_http_body_needs_space_only_when_data_is_at_hand ),
    UNIT_TEST( test_http_body_payload_left_is_what_may_bypass_the_buffer ),
    UNIT_TEST( test_http_body_chunks ),
    UNIT_TEST( test_http_body_chunk_size_in_both_cases_and_with_zeros ),
    UNIT_TEST( test_http_body_chunk_size_takes_hex_digits_only ),
    UNIT_TEST( test_http_body_chunk_data_may_look_like_framing ),
    UNIT_TEST( test_http_body_chunk_extensions_are_ignored ),
    UNIT_TEST( test_http_body_chunk_size_may_be_padded_with_blanks ),
    UNIT_TEST( test_http_body_chunk_size_refuses_other_than_digits ),
    UNIT_TEST( test_http_body_chunk_size_refuses_blanks_in_front_and_inside ),
    UNIT_TEST( test_http_body_chunk_size_refuses_overflow ),
    UNIT_TEST( test_http_body_chunk_size_takes_the_largest ),
    UNIT_TEST( test_http_body_chunk_line_refuses_bare_lf_and_cr ),
    UNIT_TEST( test_http_body_chunk_data_must_end_with_crlf ),
    UNIT_TEST( test_http_body_truncated_chunks_are_no_end ),
    UNIT_TEST( test_http_body_trailers ),
    UNIT_TEST( test_http_body_trailers_follow_the_rules_of_a_head ),
    UNIT_TEST( test_http_body_an_empty_trailer_section_needs_no_memory ),
    UNIT_TEST( test_http_body_clear_frees_half_a_trailer_section ),
    UNIT_TEST( test_http_body_limits_the_chunk_line ),
    UNIT_TEST( test_http_body_limits_blanks_of_the_chunk_line ),
    UNIT_TEST( test_http_body_limits_each_chunk_line_by_itself ),
    UNIT_TEST( test_http_body_limits_the_trailers ),
    UNIT_TEST( test_http_body_limits_the_number_of_trailers ),
};

UNIT_MAIN( tests )
