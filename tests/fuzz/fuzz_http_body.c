/* fuzz_http_body - the body decoder against itself in other slices, and against a plain reading of
 * RFC 9112 that has the whole input before it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte that chooses the framing, one that seeds the slices, one that limits max_data, then
 * what the server sends.
 */

#include "proto/http_body.h"

#include "fuzz.h"

struct record
{
    uint8_t *bytes; /* of the body */
    size_t len;
    size_t consumed;
    enum http_body_status status;
    struct http_headers trailers;
};

static void record_init( struct record *record, size_t size )
{
    memset( record, 0, sizeof(*record) );
    record->bytes = fuzz_memory( malloc( size + 1 ) );
    http_headers_init( &record->trailers, &allocator_libc );
}

static void record_clear( struct record *record )
{
    free( record->bytes );
    http_headers_clear( &record->trailers );
}

static void put( struct record *record, const uint8_t *data, size_t len )
{
    memcpy( record->bytes + record->len, data, len );
    record->len += len;
}

/* --- the decoder ------------------------------------------------------------------------------ */

static void decode_slice( struct http_body *body, const uint8_t *slice, size_t len, size_t max_data,
                          struct record *record )
{
    const uint8_t *data = NULL;
    size_t used, data_len = 0, done = 0;
    uint64_t payload;

    do
    {
        payload = http_body_payload_left( body );
        record->status = http_body_next( body, slice + done, len - done, max_data, &used, &data,
                                         &data_len );
        FUZZ_CHECK( used <= len - done );
        done += used;
        if (record->status == HTTP_BODY_OK)
        {
            FUZZ_CHECK( data_len && data_len <= max_data );
            FUZZ_CHECK( data >= slice && data + data_len == slice + done );
            FUZZ_CHECK( !payload || payload >= data_len );
            put( record, data, data_len );
        }
        if (record->status == HTTP_BODY_NEED_INPUT) FUZZ_CHECK( done == len );
        /* the caller gives some space, as the program would */
        if (record->status == HTTP_BODY_NEED_SPACE)
        {
            FUZZ_CHECK( !max_data && done < len );
            max_data = 1;
        }
    } while (record->status == HTTP_BODY_OK || record->status == HTTP_BODY_NEED_SPACE);
    record->consumed += done;
}

static void decode( struct record *record, enum http_body_framing framing, uint64_t length,
                    const uint8_t *data, size_t size, uint64_t *random, size_t max_data )
{
    struct http_body body;

    http_body_init( &body, framing, length, &allocator_libc );
    do
    {
        size_t len = random ? fuzz_random( random ) >> 32 & 15 : size;
        uint8_t *slice;

        if (len > size - record->consumed) len = size - record->consumed;
        slice = fuzz_copy( data + record->consumed, len );
        decode_slice( &body, slice, len, max_data, record );
        free( slice );
    } while (record->status == HTTP_BODY_NEED_INPUT && record->consumed < size);
    if (record->status == HTTP_BODY_END)
        FUZZ_CHECK( !http_headers_append( &record->trailers, &body.trailers ) );
    http_body_clear( &body );
}

/* --- a plain reading of the RFC --------------------------------------------------------------- */

struct reference
{
    struct record record; /* consumed is the reading position */
    const uint8_t *data;
    size_t size;
    size_t line; /* start of the chunk line */
};

/* The next byte; -1 sets the status: nothing left, or the line is too long. */
static int next_byte( struct reference *ref, int in_line )
{
    ref->record.status = HTTP_BODY_NEED_INPUT;
    if (ref->record.consumed == ref->size) return -1;
    ref->record.status = HTTP_BODY_ERR_LIMIT;
    if (in_line && ref->record.consumed - ref->line == HTTP_BODY_MAX_CHUNK_LINE) return -1;
    ref->record.status = HTTP_BODY_ERR_SYNTAX; /* unless the caller likes it */
    return ref->data[ref->record.consumed++];
}

static int is_hex( int c )
{
    return c > 0 && strchr( "0123456789abcdefABCDEF", c );
}

/* 1 if there was a good line. */
static int read_chunk_line( struct reference *ref, uint64_t *size )
{
    char digits[18];
    size_t count = 0;
    int c;

    ref->line = ref->record.consumed;
    while (is_hex( c = next_byte( ref, 1 ) ))
    {
        if (count == 16) return 0;
        digits[count++] = (char)c;
    }
    if (!count) return 0;
    digits[count] = 0;
    *size = strtoull( digits, NULL, 16 );
    while (c == ' ' || c == '\t') c = next_byte( ref, 1 );
    if (c == ';')
        while (c > 0 && c != '\r' && c != '\n') c = next_byte( ref, 1 );
    return c == '\r' && next_byte( ref, 1 ) == '\n';
}

static int read_chunk_data( struct reference *ref, uint64_t size )
{
    size_t have = ref->size - ref->record.consumed;

    if (have > size) have = (size_t)size;
    put( &ref->record, ref->data + ref->record.consumed, have );
    ref->record.consumed += have;
    return next_byte( ref, 0 ) == '\r' && next_byte( ref, 0 ) == '\n';
}

/* Where the trailer section ends, 0 if it does not. */
static size_t find_trailer_end( const uint8_t *text, size_t len )
{
    size_t line = 0, i;

    for (i = 0; i < len; i++)
    {
        if (text[i] != '\n') continue;
        if (i == line || (i == line + 1 && text[line] == '\r')) return i + 1;
        line = i + 1;
    }
    return 0;
}

static enum http_body_status read_trailers( struct reference *ref )
{
    static const enum http_body_status results[] =
    {
        HTTP_BODY_END, HTTP_BODY_ERR_SYNTAX, HTTP_BODY_ERR_MEMORY, HTTP_BODY_ERR_LIMIT,
    };
    const uint8_t *text = ref->data + ref->record.consumed;
    size_t len = ref->size - ref->record.consumed, end;

    if (len > HTTP_BODY_MAX_TRAILERS) len = HTTP_BODY_MAX_TRAILERS;
    if (len > 1 && text[0] == '\r' && text[1] != '\n')
    {
        ref->record.consumed += 2;
        return HTTP_BODY_ERR_SYNTAX;
    }
    end = find_trailer_end( text, len );
    ref->record.consumed += end ? end : len;
    if (end) return results[-http_response_parse_fields( &ref->record.trailers, text, end )];
    return len == HTTP_BODY_MAX_TRAILERS ? HTTP_BODY_ERR_LIMIT : HTTP_BODY_NEED_INPUT;
}

static void read_chunked( struct reference *ref )
{
    uint64_t size;

    do
    {
        if (!read_chunk_line( ref, &size )) return;
        if (!size) ref->record.status = read_trailers( ref );
    } while (size && read_chunk_data( ref, size ));
}

static void read_other( struct reference *ref, enum http_body_framing framing, uint64_t length )
{
    size_t len = ref->size;

    if (framing != HTTP_BODY_UNTIL_CLOSE && len > length) len = (size_t)length;
    put( &ref->record, ref->data, len );
    ref->record.consumed = len;
    ref->record.status = framing != HTTP_BODY_UNTIL_CLOSE && len == length ? HTTP_BODY_END
                                                                           : HTTP_BODY_NEED_INPUT;
}

/* --- the comparison --------------------------------------------------------------------------- */

static void check_same_trailers( const struct http_headers *a, const struct http_headers *b )
{
    size_t i;

    FUZZ_CHECK( a->count == b->count );
    for (i = 0; i < a->count; i++)
    {
        FUZZ_CHECK( !strcmp( a->fields[i].name, b->fields[i].name ) );
        FUZZ_CHECK( !strcmp( a->fields[i].value, b->fields[i].value ) );
    }
}

static void check_same( const struct record *a, const struct record *b )
{
    FUZZ_CHECK( a->status == b->status );
    FUZZ_CHECK( a->consumed == b->consumed );
    FUZZ_CHECK( a->len == b->len );
    FUZZ_CHECK( !memcmp( a->bytes, b->bytes, a->len ) );
    check_same_trailers( &a->trailers, &b->trailers );
}

/* Mostly chunked: the others have little to get wrong. */
static enum http_body_framing choose_framing( uint8_t byte, uint64_t *length )
{
    static const enum http_body_framing others[] =
    {
        HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_UNTIL_CLOSE, HTTP_BODY_LENGTH,
    };
    enum http_body_framing framing = byte < 0xe0 ? HTTP_BODY_CHUNKED : others[byte & 3];

    *length = framing == HTTP_BODY_LENGTH ? byte >> 2 & 7 : 0;
    return framing;
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    uint64_t length, random;
    enum http_body_framing framing = choose_framing( fuzz_byte( &data, &size ), &length );
    struct record whole, sliced;
    struct reference ref = { .data = NULL };
    size_t max_data;

    random = 1 + (uint64_t)fuzz_byte( &data, &size );
    max_data = fuzz_byte( &data, &size );
    record_init( &whole, size );
    record_init( &sliced, size );
    record_init( &ref.record, size );
    ref.data = data;
    ref.size = size;
    decode( &whole, framing, length, data, size, NULL, SIZE_MAX );
    decode( &sliced, framing, length, data, size, &random, max_data );
    if (framing == HTTP_BODY_CHUNKED) read_chunked( &ref );
    else read_other( &ref, framing, length );
    check_same( &whole, &sliced );
    check_same( &whole, &ref.record );
    record_clear( &whole );
    record_clear( &sliced );
    record_clear( &ref.record );
    return 0;
}
