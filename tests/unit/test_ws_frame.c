/* test_ws_frame - the frame codec, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/ws_frame.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

/* the decoder under replay */

struct setup
{
    size_t max_data;
};

static const struct setup unlimited = { SIZE_MAX };

struct decoding
{
    struct ws_decoder decoder;
    struct ws_decoder before; /* the last call */
    size_t max_data;
};

static void *engine_create( const struct allocator *alloc, const void *argument )
{
    static struct decoding decoding; /* the decoder itself never allocates */
    const struct setup *setup = argument;

    (void)alloc;
    memset( &decoding, 0xcd, sizeof(decoding) );
    ws_decoder_init( &decoding.decoder );
    decoding.max_data = setup->max_data;
    return &decoding;
}

static void log_data( struct unit_log *log, const struct ws_event *event )
{
    unit_log_data( log, event->text ? "text" : "binary", event->data, event->len );
    if (event->message_end) unit_log_event( log, "message" );
    else if (event->frame_end) unit_log_event( log, "frame" );
}

static void log_event( struct unit_log *log, const struct ws_event *event )
{
    switch (event->type)
    {
    case WS_EVENT_DATA:
        log_data( log, event );
        break;
    case WS_EVENT_PING:
        unit_log_data( log, "ping", event->data, event->len );
        unit_log_event( log, "-" );
        break;
    case WS_EVENT_PONG:
        unit_log_data( log, "pong", event->data, event->len );
        unit_log_event( log, "-" );
        break;
    case WS_EVENT_CLOSE:
        unit_log_event( log, "close %u", event->close_code );
        unit_log_data( log, "reason", event->data, event->len );
        unit_log_event( log, "-" );
        break;
    }
}

static void check_event( const struct decoding *decoding, const struct ws_event *event,
                         uint64_t left, const uint8_t *in, size_t used )
{
    CHECK( !event->data == !event->len );
    if (event->type != WS_EVENT_DATA)
    {
        CHECK( event->len <= WS_MAX_CONTROL );
        return;
    }
    CHECK( event->len <= decoding->max_data );
    /* the data is the end of what was consumed */
    if (event->len) CHECK( event->data + event->len == in + used );
    CHECK( event->frame_end || event->len );
    CHECK( event->frame_end || !event->message_end );
    CHECK_INT( event->frame_end, !ws_decoder_payload_left( &decoding->decoder ) );
    if (left) CHECK( left - event->len == ws_decoder_payload_left( &decoding->decoder ) );
}

/* Feeds in[*consumed..len) until the decoder wants more. */
static enum ws_status feed_some( struct decoding *decoding, const uint8_t *in, size_t len,
                                 size_t *consumed, struct unit_log *log )
{
    struct ws_event event;
    enum ws_status status;
    size_t used;

    for (;;)
    {
        struct ws_decoder *decoder = &decoding->decoder;
        uint64_t left = ws_decoder_payload_left( decoder );

        decoding->before = *decoder;
        status = ws_decoder_next( decoder, len ? in + *consumed : NULL, len - *consumed,
                                  decoding->max_data, &used, &event );
        if (status == WS_OK) check_event( decoding, &event, left, in + *consumed, used );
        if (status == WS_ERR_UTF8) break; /* for feed_bad_text */
        *consumed += used;
        if (status != WS_OK) break;
        log_event( log, &event );
    }
    return status;
}

/* The good text in front of a bad byte is not delivered if they come in one slice: to compare the
 * slicings it is fed again by the byte, which must fail as well. */
static void feed_bad_text( struct decoding *decoding, const uint8_t *in, size_t len,
                           size_t *consumed, struct unit_log *log )
{
    enum ws_status status;

    decoding->decoder = decoding->before;
    do status = feed_some( decoding, in, *consumed + 1, consumed, log );
    while (status != WS_ERR_UTF8 && *consumed < len);
    CHECK_INT( status, WS_ERR_UTF8 );
}

static int engine_feed( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                        struct unit_log *log )
{
    struct decoding *decoding = state;
    enum ws_status status = feed_some( decoding, in, len, consumed, log );
    struct ws_event event;
    size_t again;

    (void)last;
    if (status == WS_NEED_INPUT)
    {
        CHECK_INT( *consumed, len );
        return 0;
    }
    if (status == WS_ERR_UTF8) feed_bad_text( decoding, in, len, consumed, log );
    if (status < 0)
    {
        CHECK_INT( ws_decoder_next( &decoding->decoder, in, len, 1, &again, &event ), status );
        CHECK_INT( again, 0 );
    }
    return status;
}

static void engine_destroy( void *state )
{
    (void)state;
}

static const struct unit_engine engine = { engine_create, engine_feed, engine_destroy, 0 };

#define ACCEPT( input, log ) \
    PLAY( &engine, &unlimited, (input), sizeof(input) - 1, 0, sizeof(input) - 1, (log) )
/* used: bytes in front of the offending one */
#define REFUSE( input, used, log ) \
    PLAY( &engine, &unlimited, (input), sizeof(input) - 1, WS_ERR_PROTOCOL, (used), (log) )
#define REFUSE_UTF8( input, used, log ) \
    PLAY( &engine, &unlimited, (input), sizeof(input) - 1, WS_ERR_UTF8, (used), (log) )

/* Server frames: first byte (FIN 80; text 1, binary 2, close 8, ping 9, pong a), length, payload.
 * A literal is split behind an escape that a hex digit follows. */

/* messages */

static void test_ws_frame_nothing_gives_nothing( void )
{
    ACCEPT( "", "" );
}

static void test_ws_frame_text_message( void )
{
    ACCEPT( "\x81\x05Hello", "text=5:Hello\nmessage\n" ); /* RFC 6455 5.7 */
}

static void test_ws_frame_binary_message( void )
{
    ACCEPT( "\x82\x03\x00\xff\x80", "binary=3:\\x00\\xff\\x80\nmessage\n" );
}

static void test_ws_frame_empty_messages( void )
{
    ACCEPT( "\x81\x00", "text=0:\nmessage\n" );
    ACCEPT( "\x82\x00", "binary=0:\nmessage\n" );
}

static void test_ws_frame_messages_are_not_merged( void )
{
    ACCEPT( "\x81\x01" "a\x81\x01" "b\x82\x01" "c",
            "text=1:a\nmessage\ntext=1:b\nmessage\nbinary=1:c\nmessage\n" );
}

static void test_ws_frame_fragmented_message( void )
{
    ACCEPT( "\x01\x03Hel\x80\x02lo", "text=3:Hel\nframe\ntext=2:lo\nmessage\n" );
    ACCEPT( "\x02\x01x\x00\x01y\x80\x01z",
            "binary=1:x\nframe\nbinary=1:y\nframe\nbinary=1:z\nmessage\n" );
}

static void test_ws_frame_empty_fragments_are_reported( void )
{
    ACCEPT( "\x01\x00\x00\x00\x80\x00", "text=0:\nframe\ntext=0:\nframe\ntext=0:\nmessage\n" );
    ACCEPT( "\x01\x02hi\x80\x00", "text=2:hi\nframe\ntext=0:\nmessage\n" );
}

static void test_ws_frame_message_in_progress_gives_what_is_there( void )
{
    ACCEPT( "\x81\x05Hel", "text=3:Hel\n" );
    ACCEPT( "\x01\x03Hel", "text=3:Hel\nframe\n" );
    ACCEPT( "\x82\x7e\x01", "" );
}

/* lengths */

static size_t server_frame( uint8_t *out, uint8_t first, uint64_t len )
{
    size_t bytes = len < 126 ? 0 : len < 65536 ? 2 : 8, i;

    out[0] = first;
    out[1] = bytes == 8 ? 127 : bytes == 2 ? 126 : (uint8_t)len;
    for (i = 0; i < bytes; i++) out[2 + i] = (uint8_t)(len >> (8 * (bytes - 1 - i)));
    return 2 + bytes;
}

static void play_length( size_t len )
{
    size_t total, digits;
    uint8_t *frame = malloc( len + WS_MAX_HEADER );
    char *log = malloc( len + 64 );

    if (!frame || !log) abort();
    total = server_frame( frame, 0x82, len );
    memset( frame + total, 'x', len );
    digits = (size_t)sprintf( log, "binary=%zu:", len );
    memset( log + digits, 'x', len );
    strcpy( log + digits + len, "\nmessage\n" );
    unit_context( "len %zu", len );
    PLAY( &engine, &unlimited, frame, total + len, 0, total + len, log );
    free( frame );
    free( log );
}

static void test_ws_frame_every_length_form( void )
{
    static const size_t lengths[] = { 1, 124, 125, 126, 127, 128, 255, 256, 65534, 65535, 65536 };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(lengths); i++) play_length( lengths[i] );
}

static void test_ws_frame_largest_length_is_accepted( void )
{
    static const uint8_t in[] = { 0x82, 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 'x' };
    struct ws_decoder decoder;
    struct ws_event event;
    size_t used;

    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_next( &decoder, in, sizeof(in), 100, &used, &event ), WS_OK );
    CHECK_INT( used, sizeof(in) );
    CHECK_INT( event.len, 1 );
    CHECK_INT( ws_decoder_payload_left( &decoder ), INT64_MAX - 1 );
}

static void test_ws_frame_length_with_top_bit_is_refused( void )
{
    REFUSE( "\x82\x7f\x80\x00\x00\x00\x00\x01\x00\x00", 2, "" );
    REFUSE( "\x82\x7f\xff", 2, "" );
}

static void test_ws_frame_16_bit_form_of_short_length_is_refused( void )
{
    REFUSE( "\x82\x7e\x00\x7d", 3, "" );
    REFUSE( "\x82\x7e\x00\x00", 3, "" );
    ACCEPT( "\x82\x7e\x00\x7e", "" );
}

static void test_ws_frame_64_bit_form_of_short_length_is_refused( void )
{
    REFUSE( "\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 7, "" );
    REFUSE( "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x00", 7, "" );
    REFUSE( "\x82\x7f\x00\x00\x00\x00\x00\x00", 7, "" ); /* known before the length is whole */
    ACCEPT( "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", "" );
    ACCEPT( "\x82\x7f\x00\x00\x00\x00\x01\x00\x00\x00", "" );
}

/* the first two bytes */

static void test_ws_frame_reserved_bits_are_refused( void )
{
    static const uint8_t opcodes[] = { 0x1, 0x2, 0x8, 0x9, 0xa };
    uint8_t in[2] = { 0, 0 };
    unsigned int bits, i;

    for (bits = 0x10; bits <= 0x70; bits += 0x10)
        for (i = 0; i < ARRAY_SIZE(opcodes); i++)
        {
            in[0] = (uint8_t)(0x80 | bits | opcodes[i]);
            unit_context( "first byte %02x", in[0] );
            PLAY( &engine, &unlimited, in, sizeof(in), WS_ERR_PROTOCOL, 0, "" );
        }
}

static void test_ws_frame_reserved_bits_are_refused_inside_a_message( void )
{
    REFUSE( "\x01\x01" "a\xc0\x01" "b", 3, "text=1:a\nframe\n" );
}

static void test_ws_frame_unknown_opcodes_are_refused( void )
{
    static const uint8_t opcodes[] = { 3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf };
    uint8_t in[2] = { 0, 0 };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(opcodes); i++)
    {
        in[0] = 0x80 | opcodes[i];
        unit_context( "opcode %x", opcodes[i] );
        PLAY( &engine, &unlimited, in, sizeof(in), WS_ERR_PROTOCOL, 0, "" );
        in[0] = opcodes[i];
        PLAY( &engine, &unlimited, in, sizeof(in), WS_ERR_PROTOCOL, 0, "" );
    }
}

static void test_ws_frame_masked_server_frames_are_refused( void )
{
    REFUSE( "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 1, "" ); /* RFC 6455 5.7 */
    REFUSE( "\x81\x80", 1, "" );
    REFUSE( "\x89\x80", 1, "" );
    REFUSE( "\x82\xfe", 1, "" );
    REFUSE( "\x82\xff", 1, "" );
}

/* order of frames */

static void test_ws_frame_continuation_without_message_is_refused( void )
{
    REFUSE( "\x80\x01" "a", 0, "" );
    REFUSE( "\x00\x00", 0, "" );
    REFUSE( "\x89\x00\x80\x00", 2, "ping=0:\n-\n" );
}

static void test_ws_frame_continuation_after_message_end_is_refused( void )
{
    REFUSE( "\x81\x01" "a\x80\x01" "b", 3, "text=1:a\nmessage\n" );
    REFUSE( "\x01\x00\x80\x00\x00\x00", 4, "text=0:\nframe\ntext=0:\nmessage\n" );
}

static void test_ws_frame_message_inside_message_is_refused( void )
{
    REFUSE( "\x01\x01" "a\x81\x01" "b", 3, "text=1:a\nframe\n" );
    REFUSE( "\x01\x01" "a\x82\x01" "b", 3, "text=1:a\nframe\n" );
    REFUSE( "\x02\x00\x01\x00", 2, "binary=0:\nframe\n" );
    REFUSE( "\x01\x01" "a\x89\x00\x01\x00", 5, "text=1:a\nframe\nping=0:\n-\n" );
}

/* control frames */

static void test_ws_frame_ping_and_pong( void )
{
    ACCEPT( "\x89\x05Hello", "ping=5:Hello\n-\n" ); /* RFC 6455 5.7 */
    ACCEPT( "\x8a\x05Hello", "pong=5:Hello\n-\n" );
    ACCEPT( "\x89\x00\x8a\x00", "ping=0:\n-\npong=0:\n-\n" );
}

static void test_ws_frame_control_payload_is_any_bytes( void )
{
    ACCEPT( "\x89\x03\xff\x00\xc0", "ping=3:\\xff\\x00\\xc0\n-\n" );
}

static void test_ws_frame_control_inside_message( void )
{
    ACCEPT( "\x01\x01" "a\x89\x01p\x80\x01" "b",
            "text=1:a\nframe\nping=1:p\n-\ntext=1:b\nmessage\n" );
}

static void test_ws_frame_largest_control_frame( void )
{
    uint8_t in[2 + WS_MAX_CONTROL] = { 0x89, WS_MAX_CONTROL };
    char log[WS_MAX_CONTROL + 32] = "ping=125:";

    memset( in + 2, 'x', WS_MAX_CONTROL );
    memset( log + 9, 'x', WS_MAX_CONTROL );
    strcpy( log + 9 + WS_MAX_CONTROL, "\n-\n" );
    PLAY( &engine, &unlimited, in, sizeof(in), 0, sizeof(in), log );
}

static void test_ws_frame_long_control_frames_are_refused( void )
{
    REFUSE( "\x89\x7e\x00\x7e", 1, "" );
    REFUSE( "\x8a\x7f", 1, "" );
    REFUSE( "\x88\x7e", 1, "" );
}

static void test_ws_frame_fragmented_control_frames_are_refused( void )
{
    REFUSE( "\x09\x00", 0, "" );
    REFUSE( "\x0a\x00", 0, "" );
    REFUSE( "\x08\x00", 0, "" );
}

/* close frames */

static void test_ws_frame_close_without_payload_is_1005( void )
{
    ACCEPT( "\x88\x00", "close 1005\nreason=0:\n-\n" );
}

static void test_ws_frame_close_with_code( void )
{
    ACCEPT( "\x88\x02\x03\xe8", "close 1000\nreason=0:\n-\n" );
}

static void test_ws_frame_close_with_reason( void )
{
    ACCEPT( "\x88\x05\x03\xe9" "bye", "close 1001\nreason=3:bye\n-\n" );
    ACCEPT( "\x88\x06\x0f\xa0" "a\0\xc2\xb5", "close 4000\nreason=4:a\\x00\\xc2\\xb5\n-\n" );
}

static void test_ws_frame_close_with_longest_reason( void )
{
    uint8_t in[2 + WS_MAX_CONTROL] = { 0x88, WS_MAX_CONTROL, 0x03, 0xe8 };
    char log[WS_MAX_CONTROL + 64] = "close 1000\nreason=123:";
    size_t start = strlen( log );

    memset( in + 4, 'r', WS_MAX_REASON );
    memset( log + start, 'r', WS_MAX_REASON );
    strcpy( log + start + WS_MAX_REASON, "\n-\n" );
    PLAY( &engine, &unlimited, in, sizeof(in), 0, sizeof(in), log );
}

static void test_ws_frame_close_with_one_byte_is_refused( void )
{
    REFUSE( "\x88\x01\x03", 1, "" );
}

static void play_close_code( unsigned int code, int accepted )
{
    uint8_t in[4] = { 0x88, 2, (uint8_t)(code >> 8), (uint8_t)code };
    char log[64];

    sprintf( log, "close %u\nreason=0:\n-\n", code );
    unit_context( "code %u", code );
    PLAY( &engine, &unlimited, in, sizeof(in), accepted ? 0 : WS_ERR_PROTOCOL, accepted ? 4 : 3,
          accepted ? log : "" );
}

static void test_ws_frame_close_code_range_boundaries( void )
{
    static const struct { unsigned int first, last; int accepted; } ranges[] =
    {
        { 0, 999, 0 },      /* never used */
        { 1000, 1003, 1 },
        { 1004, 1006, 0 },  /* reserved; "no code"; "aborted" */
        { 1007, 1014, 1 },
        { 1015, 1015, 0 },  /* "TLS failed" */
        { 1016, 2999, 0 },  /* for future versions */
        { 3000, 3999, 1 },  /* registered by libraries */
        { 4000, 4999, 1 },  /* private */
        { 5000, 65534, 0 },
        { 65535, 65535, 1 }, /* Windows lets it pass: facts/websocket.md 8 */
    };
    unsigned int next = 0;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(ranges); i++)
    {
        CHECK_INT( ranges[i].first, next ); /* no gap in this table */
        play_close_code( ranges[i].first, ranges[i].accepted );
        play_close_code( (ranges[i].first + ranges[i].last) / 2, ranges[i].accepted );
        play_close_code( ranges[i].last, ranges[i].accepted );
        next = ranges[i].last + 1;
    }
    CHECK_INT( next, 65536 );
}

static void test_ws_frame_bad_close_code_is_refused_before_the_reason( void )
{
    REFUSE( "\x88\x7d\x03\xed", 3, "" );
}

static void test_ws_frame_close_reason_must_be_utf8( void )
{
    REFUSE_UTF8( "\x88\x04\x03\xe8\xc0\xaf", 4, "" );
    REFUSE_UTF8( "\x88\x05\x03\xe8\xed\xa0\x80", 5, "" );
    REFUSE_UTF8( "\x88\x7d\x03\xe8ok\xff", 6, "" ); /* known before the reason is whole */
}

static void test_ws_frame_close_reason_must_end_at_a_character( void )
{
    REFUSE_UTF8( "\x88\x03\x03\xe8\xc2", 4, "" );
    REFUSE_UTF8( "\x88\x05\x03\xe8" "a\xe2\x82", 6, "" );
}

static void test_ws_frame_close_inside_message( void )
{
    ACCEPT( "\x01\x01" "a\x88\x02\x03\xe8", "text=1:a\nframe\nclose 1000\nreason=0:\n-\n" );
    /* the text stands inside a character, which is no business of the reason */
    ACCEPT( "\x01\x01\xc2\x88\x03\x03\xe8x", "text=1:\\xc2\nframe\nclose 1000\nreason=1:x\n-\n" );
}

static void test_ws_frame_input_after_close_is_discarded( void )
{
    ACCEPT( "\x88\x00\x81\x01" "a", "close 1005\nreason=0:\n-\n" );
    ACCEPT( "\x88\x02\x03\xe8\xff\xff\xff no frame at all", "close 1000\nreason=0:\n-\n" );
    ACCEPT( "\x88\x00\x88\x01\x00", "close 1005\nreason=0:\n-\n" );
}

/* UTF-8 of text messages; the sequences themselves are test_utf8's */

static void test_ws_frame_text_of_every_sequence_length( void )
{
    ACCEPT( "\x81\x0a" "a\xc2\xb5\xe2\x82\xac\xf0\x9f\x98\x80",
            "text=10:a\\xc2\\xb5\\xe2\\x82\\xac\\xf0\\x9f\\x98\\x80\nmessage\n" );
}

static void test_ws_frame_text_character_across_fragments( void )
{
    ACCEPT( "\x01\x02\xf0\x9f\x00\x01\x98\x80\x01\x80",
            "text=2:\\xf0\\x9f\nframe\ntext=1:\\x98\nframe\ntext=1:\\x80\nmessage\n" );
    ACCEPT( "\x01\x01\xf0\x00\x00\x89\x01\xff\x80\x03\x9f\x98\x80",
            "text=1:\\xf0\nframe\ntext=0:\nframe\nping=1:\\xff\n-\n"
            "text=3:\\x9f\\x98\\x80\nmessage\n" );
}

static void test_ws_frame_bad_text_is_refused_at_the_byte( void )
{
    REFUSE_UTF8( "\x81\x05" "ab\xc0xy", 4, "text=2:ab\n" );
    REFUSE_UTF8( "\x81\x01\xff", 2, "" );
    /* Autobahn 6.4.1: the rest of the message never comes */
    REFUSE_UTF8( "\x01\x7e\x01\x00\xce\xba\xf4\x90", 7, "text=3:\\xce\\xba\\xf4\n" );
}

/* Whoever received straight into the program's buffer does not ask again about the same bytes. */
static void test_ws_frame_bad_text_fails_the_whole_piece( void )
{
    static const uint8_t in[] = { 0x81, 6, 'a', 'b', 'c', 0xff };
    struct ws_decoder decoder;
    struct ws_event event;
    size_t used;

    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_next( &decoder, in, 2, 9, &used, &event ), WS_NEED_INPUT );
    CHECK_INT( ws_decoder_next( &decoder, in + 2, 4, 9, &used, &event ), WS_ERR_UTF8 );
    CHECK_INT( used, 0 );
}

static void test_ws_frame_bad_text_across_fragments_is_refused( void )
{
    REFUSE_UTF8( "\x01\x01\xf4\x80\x01\x90", 5, "text=1:\\xf4\nframe\n" );
    REFUSE_UTF8( "\x01\x02" "a\xc2\x00\x00\x80\x01" "b", 8,
                 "text=2:a\\xc2\nframe\ntext=0:\nframe\n" );
}

static void test_ws_frame_text_must_end_at_a_character( void )
{
    REFUSE_UTF8( "\x81\x03" "a\xe2\x82", 4, "text=2:a\\xe2\n" );
    REFUSE_UTF8( "\x81\x01\xc2", 2, "" );
    REFUSE_UTF8( "\x01\x01\xc2\x80\x00", 4, "text=1:\\xc2\nframe\n" );
    REFUSE_UTF8( "\x01\x01\xe2\x80\x01\x82", 5, "text=1:\\xe2\nframe\n" );
}

static void test_ws_frame_text_starts_afresh_with_each_message( void )
{
    ACCEPT( "\x81\x02\xc2\xb5\x82\x01\xc2\x81\x02\xc2\xb5",
            "text=2:\\xc2\\xb5\nmessage\nbinary=1:\\xc2\nmessage\ntext=2:\\xc2\\xb5\nmessage\n" );
}

static void test_ws_frame_binary_is_not_text( void )
{
    ACCEPT( "\x02\x02\xc0\xff\x80\x01\xed",
            "binary=2:\\xc0\\xff\nframe\nbinary=1:\\xed\nmessage\n" );
}

/* the program's space */

static void test_ws_frame_max_data_limits_the_pieces( void )
{
    static const struct setup three = { 3 };
    static const char in[] = "\x81\x08" "Hello\xc2\xb5!";

    PLAY( &engine, &three, in, sizeof(in) - 1, 0, sizeof(in) - 1,
          "text=8:Hello\\xc2\\xb5!\nmessage\n" );
}

static void test_ws_frame_bad_text_is_found_at_any_max_data( void )
{
    static const char in[] = "\x81\x08" "abcd\xc0" "efg";
    struct setup setup;

    for (setup.max_data = 1; setup.max_data < 10; setup.max_data++)
    {
        unit_context( "max %zu", setup.max_data );
        PLAY( &engine, &setup, in, sizeof(in) - 1, WS_ERR_UTF8, 6, "text=4:abcd\n" );
    }
}

static void test_ws_frame_control_and_empty_data_pass_without_space( void )
{
    static const struct setup none = { 0 };
    static const char in[] = "\x89\x02pi\x01\x00\x8a\x00\x80\x00\x88\x02\x03\xe8";

    PLAY( &engine, &none, in, sizeof(in) - 1, 0, sizeof(in) - 1,
          "ping=2:pi\n-\ntext=0:\nframe\npong=0:\n-\ntext=0:\nmessage\n"
          "close 1000\nreason=0:\n-\n" );
}

static void test_ws_frame_without_space_stops_at_the_payload( void )
{
    static const struct setup none = { 0 };

    PLAY( &engine, &none, "\x89\x00\x82\x01x", 5, WS_NEED_SPACE, 4, "ping=0:\n-\n" );
    PLAY( &engine, &none, "\x82\x01", 2, 0, 2, "" ); /* nothing is at hand yet */
}

static void test_ws_frame_goes_on_when_there_is_space_again( void )
{
    static const uint8_t in[] = { 0x82, 3, 'a', 'b', 'c' };
    struct ws_decoder decoder;
    struct ws_event event;
    size_t used;

    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_payload_left( &decoder ), 0 );
    CHECK_INT( ws_decoder_next( &decoder, in, 5, 0, &used, &event ), WS_NEED_SPACE );
    CHECK_INT( used, 2 );
    CHECK_INT( ws_decoder_payload_left( &decoder ), 3 );
    CHECK_INT( ws_decoder_next( &decoder, in + 2, 3, 0, &used, &event ), WS_NEED_SPACE );
    CHECK_INT( used, 0 );
    CHECK_INT( ws_decoder_next( &decoder, in + 2, 3, 2, &used, &event ), WS_OK );
    CHECK_MEM( event.data, event.len, "ab", 2 );
    CHECK( !event.frame_end && !event.message_end );
    CHECK_INT( ws_decoder_payload_left( &decoder ), 1 );
    CHECK_INT( ws_decoder_next( &decoder, in + 4, 1, 2, &used, &event ), WS_OK );
    CHECK_MEM( event.data, event.len, "c", 1 );
    CHECK( event.frame_end && event.message_end );
    CHECK_INT( ws_decoder_payload_left( &decoder ), 0 );
}

static void test_ws_frame_payload_left_is_for_data_frames_only( void )
{
    static const uint8_t in[] = { 0x89, 3, 'a' };
    struct ws_decoder decoder;
    struct ws_event event;
    size_t used;

    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_next( &decoder, in, 3, 9, &used, &event ), WS_NEED_INPUT );
    CHECK_INT( used, 3 );
    CHECK_INT( ws_decoder_payload_left( &decoder ), 0 );
}

static void test_ws_frame_init_starts_again_after_failure( void )
{
    static const uint8_t bad[] = { 0x01, 2, 0xc2, 0xc2 }, good[] = { 0x81, 1, 'x' };
    struct ws_decoder decoder;
    struct ws_event event;
    size_t used;

    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_next( &decoder, bad, 4, 9, &used, &event ), WS_ERR_UTF8 );
    ws_decoder_init( &decoder );
    CHECK_INT( ws_decoder_next( &decoder, good, 3, 9, &used, &event ), WS_OK );
    CHECK( event.message_end && event.text );
}

/* the encoder */

static const uint8_t key[WS_MASK_KEY] = { 0x37, 0xfa, 0x21, 0x3d };

static void check_header( enum ws_opcode opcode, int fin, uint64_t len, const void *want,
                          size_t want_len )
{
    uint8_t header[WS_MAX_HEADER];
    size_t got = ws_header_encode( header, opcode, fin, len, key );

    unit_context( "opcode %x fin %d len %llu", opcode, fin, (unsigned long long)len );
    CHECK_MEM( header, got, want, want_len );
}

static void test_ws_header_encode_every_length_form( void )
{
    check_header( WS_OPCODE_TEXT, 1, 0, "\x81\x80\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_TEXT, 1, 5, "\x81\x85\x37\xfa\x21\x3d", 6 ); /* RFC 6455 5.7 */
    check_header( WS_OPCODE_TEXT, 1, 125, "\x81\xfd\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_TEXT, 1, 126, "\x81\xfe\x00\x7e\x37\xfa\x21\x3d", 8 );
    check_header( WS_OPCODE_TEXT, 1, 65535, "\x81\xfe\xff\xff\x37\xfa\x21\x3d", 8 );
    check_header( WS_OPCODE_TEXT, 1, 65536,
                  "\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00\x37\xfa\x21\x3d", 14 );
    check_header( WS_OPCODE_TEXT, 1, INT64_MAX,
                  "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x37\xfa\x21\x3d", 14 );
}

static void test_ws_header_encode_opcodes_and_fin( void )
{
    check_header( WS_OPCODE_CONTINUATION, 0, 1, "\x00\x81\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_CONTINUATION, 1, 1, "\x80\x81\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_BINARY, 0, 1, "\x02\x81\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_CLOSE, 1, 2, "\x88\x82\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_PING, 1, 0, "\x89\x80\x37\xfa\x21\x3d", 6 );
    check_header( WS_OPCODE_PONG, 42, 125, "\x8a\xfd\x37\xfa\x21\x3d", 6 ); /* fin: any nonzero */
}

static void test_ws_close_encode_code_and_reason( void )
{
    uint8_t payload[WS_MAX_CONTROL];

    CHECK_MEM( payload, ws_close_encode( payload, 1000, NULL, 0 ), "\x03\xe8", 2 );
    CHECK_MEM( payload, ws_close_encode( payload, 1001, "bye", 3 ), "\x03\xe9" "bye", 5 );
    CHECK_MEM( payload, ws_close_encode( payload, 65535, "a\0b", 3 ), "\xff\xff" "a\0b", 5 );
}

static void test_ws_close_encode_1005_is_empty( void )
{
    uint8_t payload[WS_MAX_CONTROL];

    CHECK_INT( ws_close_encode( payload, 1005, NULL, 0 ), 0 );
}

static void test_ws_close_encode_longest_reason( void )
{
    uint8_t payload[WS_MAX_CONTROL], reason[WS_MAX_REASON];

    memset( reason, 'r', sizeof(reason) );
    CHECK_INT( ws_close_encode( payload, 4999, reason, sizeof(reason) ), WS_MAX_CONTROL );
    CHECK_MEM( payload, 2, "\x13\x87", 2 );
    CHECK_MEM( payload + 2, WS_MAX_REASON, reason, sizeof(reason) );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_ws_frame_nothing_gives_nothing ),
    UNIT_TEST( test_ws_frame_text_message ),
    UNIT_TEST( test_ws_frame_binary_message ),
    UNIT_TEST( test_ws_frame_empty_messages ),
    UNIT_TEST( test_ws_frame_messages_are_not_merged ),
    UNIT_TEST( test_ws_frame_fragmented_message ),
    UNIT_TEST( test_ws_frame_empty_fragments_are_reported ),
    UNIT_TEST( test_ws_frame_message_in_progress_gives_what_is_there ),
    UNIT_TEST( test_ws_frame_every_length_form ),
    UNIT_TEST( test_ws_frame_largest_length_is_accepted ),
    UNIT_TEST( test_ws_frame_length_with_top_bit_is_refused ),
    UNIT_TEST( test_ws_frame_16_bit_form_of_short_length_is_refused ),
    UNIT_TEST( test_ws_frame_64_bit_form_of_short_length_is_refused ),
    UNIT_TEST( test_ws_frame_reserved_bits_are_refused ),
    UNIT_TEST( test_ws_frame_reserved_bits_are_refused_inside_a_message ),
    UNIT_TEST( test_ws_frame_unknown_opcodes_are_refused ),
    UNIT_TEST( test_ws_frame_masked_server_frames_are_refused ),
    UNIT_TEST( test_ws_frame_continuation_without_message_is_refused ),
    UNIT_TEST( test_ws_frame_continuation_after_message_end_is_refused ),
    UNIT_TEST( test_ws_frame_message_inside_message_is_refused ),
    UNIT_TEST( test_ws_frame_ping_and_pong ),
    UNIT_TEST( test_ws_frame_control_payload_is_any_bytes ),
    UNIT_TEST( test_ws_frame_control_inside_message ),
    UNIT_TEST( test_ws_frame_largest_control_frame ),
    UNIT_TEST( test_ws_frame_long_control_frames_are_refused ),
    UNIT_TEST( test_ws_frame_fragmented_control_frames_are_refused ),
    UNIT_TEST( test_ws_frame_close_without_payload_is_1005 ),
    UNIT_TEST( test_ws_frame_close_with_code ),
    UNIT_TEST( test_ws_frame_close_with_reason ),
    UNIT_TEST( test_ws_frame_close_with_longest_reason ),
    UNIT_TEST( test_ws_frame_close_with_one_byte_is_refused ),
    UNIT_TEST( test_ws_frame_close_code_range_boundaries ),
    UNIT_TEST( test_ws_frame_bad_close_code_is_refused_before_the_reason ),
    UNIT_TEST( test_ws_frame_close_reason_must_be_utf8 ),
    UNIT_TEST( test_ws_frame_close_reason_must_end_at_a_character ),
    UNIT_TEST( test_ws_frame_close_inside_message ),
    UNIT_TEST( test_ws_frame_input_after_close_is_discarded ),
    UNIT_TEST( test_ws_frame_text_of_every_sequence_length ),
    UNIT_TEST( test_ws_frame_text_character_across_fragments ),
    UNIT_TEST( test_ws_frame_bad_text_is_refused_at_the_byte ),
    UNIT_TEST( test_ws_frame_bad_text_fails_the_whole_piece ),
    UNIT_TEST( test_ws_frame_bad_text_across_fragments_is_refused ),
    UNIT_TEST( test_ws_frame_text_must_end_at_a_character ),
    UNIT_TEST( test_ws_frame_text_starts_afresh_with_each_message ),
    UNIT_TEST( test_ws_frame_binary_is_not_text ),
    UNIT_TEST( test_ws_frame_max_data_limits_the_pieces ),
    UNIT_TEST( test_ws_frame_bad_text_is_found_at_any_max_data ),
    UNIT_TEST( test_ws_frame_control_and_empty_data_pass_without_space ),
    UNIT_TEST( test_ws_frame_without_space_stops_at_the_payload ),
    UNIT_TEST( test_ws_frame_goes_on_when_there_is_space_again ),
    UNIT_TEST( test_ws_frame_payload_left_is_for_data_frames_only ),
    UNIT_TEST( test_ws_frame_init_starts_again_after_failure ),
    UNIT_TEST( test_ws_header_encode_every_length_form ),
    UNIT_TEST( test_ws_header_encode_opcodes_and_fin ),
    UNIT_TEST( test_ws_close_encode_code_and_reason ),
    UNIT_TEST( test_ws_close_encode_1005_is_empty ),
    UNIT_TEST( test_ws_close_encode_longest_reason ),
};

UNIT_MAIN( tests )
