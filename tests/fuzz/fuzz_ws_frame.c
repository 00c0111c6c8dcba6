/* fuzz_ws_frame - the frame decoder against itself in other slices, and against a plain reading of
 * RFC 6455 that has the whole input before it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that seeds the slices, a byte that limits max_data, then what the server sends.
 */

#include "proto/ws_frame.h"

#include "fuzz.h"

/* What came out: a tag and the payload for each event, data by the byte so that pieces join. */
struct record
{
    uint8_t *bytes;
    size_t len;
    size_t capacity;
    enum ws_status status;
    size_t consumed;
};

static void put( struct record *record, uint8_t byte )
{
    if (record->len == record->capacity)
    {
        record->capacity = record->capacity * 2 + 256;
        record->bytes = fuzz_memory( realloc( record->bytes, record->capacity ) );
    }
    record->bytes[record->len++] = byte;
}

static void put_bytes( struct record *record, const uint8_t *data, size_t len )
{
    while (len--) put( record, *data++ );
}

static void put_data( struct record *record, int text, const uint8_t *data, size_t len )
{
    while (len--)
    {
        put( record, text ? 't' : 'b' );
        put( record, *data++ );
    }
}

static void put_control( struct record *record, uint8_t tag, uint16_t code, const uint8_t *data,
                         size_t len )
{
    put( record, tag );
    put( record, (uint8_t)(code >> 8) );
    put( record, (uint8_t)code );
    put( record, (uint8_t)len );
    put_bytes( record, data, len );
}

static void put_end( struct record *record, int frame_end, int message_end )
{
    if (frame_end) put( record, message_end ? 'M' : 'F' );
}

static void record_event( struct record *record, const struct ws_event *event )
{
    static const uint8_t tags[] = { 0, 'I', 'O', 'C' };

    FUZZ_CHECK( !event->data == !event->len );
    if (event->type == WS_EVENT_DATA)
    {
        put_data( record, event->text, event->data, event->len );
        put_end( record, event->frame_end, event->message_end );
        return;
    }
    FUZZ_CHECK( event->len <= WS_MAX_CONTROL );
    put_control( record, tags[event->type], event->close_code, event->data, event->len );
}

/* the decoder */

static void check_event( const struct ws_decoder *decoder, const struct ws_event *event,
                         const uint8_t *in, size_t used, size_t max_data )
{
    if (event->type != WS_EVENT_DATA) return;
    FUZZ_CHECK( event->len <= max_data );
    FUZZ_CHECK( !event->len || (event->data >= in && event->data + event->len == in + used) );
    FUZZ_CHECK( event->frame_end == !ws_decoder_payload_left( decoder ) );
    FUZZ_CHECK( event->frame_end || !event->message_end );
    FUZZ_CHECK( event->frame_end || event->len );
}

/* A decoder that has failed says the same for ever, whatever comes. */
static void check_failed( struct ws_decoder *decoder, const uint8_t *data, size_t size,
                          enum ws_status status )
{
    struct ws_event event;
    size_t used;

    FUZZ_CHECK( ws_decoder_next( decoder, data, size, SIZE_MAX, &used, &event ) == status );
    FUZZ_CHECK( !ws_decoder_payload_left( decoder ) );
}

/* Decodes one slice; how much of it was used, before what failed. */
static size_t decode_slice( struct ws_decoder *decoder, const uint8_t *slice, size_t len,
                            size_t max_data, struct record *record )
{
    struct ws_decoder before;
    struct ws_event event;
    size_t used, done = 0;

    do
    {
        before = *decoder;
        record->status = ws_decoder_next( decoder, slice + done, len - done, max_data, &used,
                                          &event );
        FUZZ_CHECK( used <= len - done );
        if (record->status == WS_ERR_UTF8) break;
        if (record->status == WS_OK)
        {
            check_event( decoder, &event, slice + done, used, max_data );
            record_event( record, &event );
        }
        /* no space never comes alone: the caller gives some, as the program would */
        if (record->status == WS_NEED_SPACE)
        {
            FUZZ_CHECK( !max_data && done + used < len );
            max_data = 1;
        }
        done += used;
    } while (record->status == WS_OK || record->status == WS_NEED_SPACE);
    if (record->status < 0) check_failed( decoder, slice, len, record->status );
    /* good text that shares a slice with a bad byte is not delivered: again by the byte */
    if (record->status == WS_ERR_UTF8) *decoder = before;
    return done;
}

/* Goes on where decode_slice met bad text, which must be met again. */
static size_t decode_bad_text( struct ws_decoder *decoder, const uint8_t *slice, size_t len,
                               struct record *record )
{
    size_t done = 0;

    do
    {
        FUZZ_CHECK( done < len );
        done += decode_slice( decoder, slice + done, 1, SIZE_MAX, record );
    } while (record->status >= 0);
    FUZZ_CHECK( record->status == WS_ERR_UTF8 );
    return done;
}

static void decode( struct record *record, const uint8_t *data, size_t size, uint64_t *random,
                    size_t max_data )
{
    struct ws_decoder decoder;

    ws_decoder_init( &decoder );
    do
    {
        size_t len = random ? fuzz_random( random ) >> 32 & 15 : size, used;
        uint8_t *slice;

        if (len > size - record->consumed) len = size - record->consumed;
        slice = fuzz_copy( data + record->consumed, len );
        used = decode_slice( &decoder, slice, len, max_data, record );
        if (record->status == WS_ERR_UTF8)
            used += decode_bad_text( &decoder, slice + used, len - used, record );
        FUZZ_CHECK( record->status < 0 || used == len );
        record->consumed += used;
        free( slice );
    } while (record->status >= 0 && record->consumed < size);
}

/* a plain reading of the RFC */

struct reference
{
    struct record record;
    const uint8_t *data;
    size_t size;
    uint8_t message;      /* opcode of the open message */
    uint8_t character[4]; /* begun in the text so far */
    size_t character_len;
};

/* Whether seq[0..len) begins, or is (*whole), the UTF-8 form of some code point: by trying to
 * complete it with the smallest and the largest continuation bytes. */
static int is_character( const uint8_t *seq, size_t len, int *whole )
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    uint32_t low, high;
    size_t n = seq[0] < 0x80 ? 1 : seq[0] >> 5 == 6 ? 2 : seq[0] >> 4 == 14 ? 3 :
               seq[0] >> 3 == 30 ? 4 : 0, i;

    *whole = len == n;
    if (!n || n == 1) return n == 1;
    low = high = seq[0] & (0x7f >> n);
    for (i = 1; i < n; i++)
    {
        if (i < len && seq[i] >> 6 != 2) return 0;
        low = low << 6 | (i < len ? seq[i] & 0x3f : 0);
        high = high << 6 | (i < len ? seq[i] & 0x3f : 0x3f);
    }
    if (low < smallest[n]) low = smallest[n];
    if (high > 0x10ffff) high = 0x10ffff;
    /* any code point in low..high that is no surrogate */
    return low <= high && !(low >= 0xd800 && high <= 0xdfff);
}

/* Adds a byte of text; 0 if it is wrong. */
static int reference_text( struct reference *ref, uint8_t byte, int last )
{
    int whole;

    ref->character[ref->character_len++] = byte;
    if (!is_character( ref->character, ref->character_len, &whole )) return 0;
    if (whole) ref->character_len = 0;
    return !last || whole;
}

static enum ws_status reference_data( struct reference *ref, size_t at, uint64_t len, int fin )
{
    size_t i;

    for (i = 0; i < len && at + i < ref->size; i++)
    {
        ref->record.consumed = at + i;
        if (ref->message == 1 && !reference_text( ref, ref->data[at + i], fin && i + 1 == len ))
            return WS_ERR_UTF8;
        put_data( &ref->record, ref->message == 1, &ref->data[at + i], 1 );
    }
    ref->record.consumed = at + i;
    if (i < len) return WS_NEED_INPUT;
    put_end( &ref->record, 1, fin );
    if (fin) ref->message = 0;
    return WS_OK;
}

static int reference_code( uint16_t code )
{
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999) || code == 65535;
}

static enum ws_status reference_close( struct reference *ref, size_t at, size_t len )
{
    size_t have = len < ref->size - at ? len : ref->size - at, i;
    uint16_t code = 1005;

    ref->character_len = 0;
    if (have >= 2) code = (uint16_t)(ref->data[at] << 8 | ref->data[at + 1]);
    ref->record.consumed = at + 1;
    if (have >= 2 && !reference_code( code )) return WS_ERR_PROTOCOL;
    for (i = 2; i < have; i++)
    {
        ref->record.consumed = at + i;
        if (!reference_text( ref, ref->data[at + i], i + 1 == len )) return WS_ERR_UTF8;
    }
    ref->record.consumed = ref->size;
    if (have == len)
        put_control( &ref->record, 'C', code, len ? ref->data + at + 2 : NULL, len ? len - 2 : 0 );
    return WS_NEED_INPUT; /* whatever follows */
}

static enum ws_status reference_control( struct reference *ref, uint8_t opcode, size_t at,
                                         size_t len )
{
    if (opcode == 8) return reference_close( ref, at, len );
    if (len > ref->size - at)
    {
        ref->record.consumed = ref->size;
        return WS_NEED_INPUT;
    }
    ref->record.consumed = at + len;
    put_control( &ref->record, opcode == 9 ? 'I' : 'O', 0, ref->data + at, len );
    return WS_OK;
}

/* The bytes of the length; wrong ones are the caller's to find. 0 if they are not there yet. */
static int reference_length( struct reference *ref, size_t *at, uint64_t *len )
{
    uint64_t least = *len == 126 ? 126 : 65536;
    size_t bytes = *len == 126 ? 2 : 8, i;

    if (*len < 126) return 1;
    *len = 0;
    for (i = 0; i < bytes; i++)
    {
        ref->record.consumed = *at + i;
        if (*at + i == ref->size) return 0;
        *len = *len << 8 | ref->data[*at + i];
        ref->record.status = WS_ERR_PROTOCOL;
        if (i == 0 && bytes == 8 && *len >= 0x80) return 0;
        /* all that may still follow cannot make it long enough */
        if (((*len + 1) << (8 * (bytes - 1 - i))) - 1 < least) return 0;
        ref->record.status = WS_NEED_INPUT;
    }
    *at += bytes;
    return 1;
}

static enum ws_status reference_frame( struct reference *ref )
{
    size_t at = ref->record.consumed;
    const uint8_t *p;
    uint8_t opcode;
    uint64_t len;
    int fin;

    if (at == ref->size) return WS_NEED_INPUT;
    p = ref->data + at;
    opcode = p[0] & 15;
    fin = p[0] >> 7;
    if (p[0] & 0x70 || (opcode > 2 && opcode < 8) || opcode > 10) return WS_ERR_PROTOCOL;
    if (opcode >= 8 && !fin) return WS_ERR_PROTOCOL;
    if (opcode < 8 && !opcode != !!ref->message) return WS_ERR_PROTOCOL;
    ref->record.consumed = ++at;
    if (at == ref->size) return WS_NEED_INPUT;
    len = p[1];
    if (len > 127 || (opcode >= 8 && len > 125) || (opcode == 8 && len == 1))
        return WS_ERR_PROTOCOL;
    if (!opcode && fin && !len && ref->message == 1 && ref->character_len) return WS_ERR_UTF8;
    ref->record.status = WS_NEED_INPUT;
    at++;
    if (!reference_length( ref, &at, &len )) return ref->record.status;
    if (opcode >= 8) return reference_control( ref, opcode, at, (size_t)len );
    if (opcode)
    {
        ref->message = opcode;
        ref->character_len = 0;
    }
    return reference_data( ref, at, len, fin );
}

static void read_rfc( struct reference *ref, const uint8_t *data, size_t size )
{
    ref->data = data;
    ref->size = size;
    do ref->record.status = reference_frame( ref );
    while (ref->record.status == WS_OK);
}

/* the comparison */

static void check_same( const struct record *a, const struct record *b )
{
    FUZZ_CHECK( a->status == b->status );
    FUZZ_CHECK( a->consumed == b->consumed );
    FUZZ_CHECK( a->len == b->len );
    FUZZ_CHECK( !a->len || !memcmp( a->bytes, b->bytes, a->len ) );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    uint64_t random = 1 + (uint64_t)fuzz_byte( &data, &size );
    size_t max_data = fuzz_byte( &data, &size );
    struct record whole = { NULL, 0, 0, WS_OK, 0 }, sliced = whole;
    struct reference ref;

    memset( &ref, 0, sizeof(ref) );
    decode( &whole, data, size, NULL, SIZE_MAX );
    decode( &sliced, data, size, &random, max_data );
    read_rfc( &ref, data, size );
    check_same( &whole, &sliced );
    check_same( &whole, &ref.record );
    free( whole.bytes );
    free( sliced.bytes );
    free( ref.record.bytes );
    return 0;
}
