/* fuzz_ws_encode - what the client sends: a plain reader of RFC 6455 and our own decoder find in it
 * what went in, and masking is what the RFC writes, however it is cut.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: opcode and FIN, the masking key, a byte that seeds the slices, 8 bytes of a length that
 * has no payload here, then the payload.
 */

#include "proto/ws_frame.h"

#include "fuzz.h"

struct frame
{
    enum ws_opcode opcode;
    int fin;
    uint8_t key[WS_MASK_KEY];
    const uint8_t *payload;
    size_t len;
};

static int is_control( const struct frame *frame )
{
    return frame->opcode >= WS_OPCODE_CLOSE;
}

/* RFC 6455 5.2: the header of a masked frame, read back field by field. */
static void check_header( const struct frame *frame, uint64_t len )
{
    uint8_t *header = fuzz_memory( malloc( WS_MAX_HEADER ) );
    size_t size = ws_header_encode( header, frame->opcode, frame->fin, len, frame->key );
    size_t bytes = len < 126 ? 0 : len < 65536 ? 2 : 8, i;
    uint64_t read = header[1] & 0x7f;

    FUZZ_CHECK( size == 2 + bytes + WS_MASK_KEY );
    FUZZ_CHECK( header[0] == (frame->fin ? 0x80 : 0) + frame->opcode && header[1] & 0x80 );
    FUZZ_CHECK( !bytes || read == (bytes == 2 ? 126 : 127) );
    if (bytes) read = 0;
    for (i = 0; i < bytes; i++) read = read << 8 | header[2 + i];
    FUZZ_CHECK( read == len );
    FUZZ_CHECK( !memcmp( header + 2 + bytes, frame->key, WS_MASK_KEY ) );
    free( header );
}

/* RFC 6455 5.3, in a block of its own, in place, and in slices that go on where the last one ended;
 * masked twice it is as it was. */
static uint8_t *check_mask( const struct frame *frame, uint64_t random )
{
    uint8_t *masked = fuzz_memory( malloc( frame->len ? frame->len : 1 ) );
    uint8_t *in_place = fuzz_copy( frame->payload, frame->len );
    size_t done, slice, i;

    ws_mask( masked, frame->payload, frame->len, frame->key, 0 );
    for (i = 0; i < frame->len; i++)
        FUZZ_CHECK( masked[i] == (frame->payload[i] ^ frame->key[i % 4]) );
    for (done = 0; done < frame->len; done += slice)
    {
        slice = 1 + (size_t)(fuzz_random( &random ) >> 32) % 300;
        if (slice > frame->len - done) slice = frame->len - done;
        ws_mask( in_place + done, in_place + done, slice, frame->key, done );
    }
    FUZZ_CHECK( !frame->len || !memcmp( masked, in_place, frame->len ) );
    ws_mask( in_place, in_place, frame->len, frame->key, 0 );
    FUZZ_CHECK( !frame->len || !memcmp( frame->payload, in_place, frame->len ) );
    free( in_place );
    return masked;
}

/* The frame as a server would send it: without the masking. */
static uint8_t *unmask_frame( const struct frame *frame, uint8_t *masked, size_t *size )
{
    uint8_t header[WS_MAX_HEADER], *bytes;
    size_t len = ws_header_encode( header, frame->opcode, frame->fin, frame->len, frame->key );

    header[1] &= 0x7f;
    len -= WS_MASK_KEY;
    ws_mask( masked, masked, frame->len, header + len, 0 );
    *size = len + frame->len;
    bytes = fuzz_memory( malloc( *size ) );
    memcpy( bytes, header, len );
    if (frame->len) memcpy( bytes + len, masked, frame->len );
    return bytes;
}

/* Binary, so that every payload may stand there; a continuation goes on with it. */
static void open_message( struct ws_decoder *decoder )
{
    static const uint8_t empty[] = { WS_OPCODE_BINARY, 0 };
    struct ws_event event;
    size_t used;

    FUZZ_CHECK( !ws_decoder_next( decoder, empty, sizeof(empty), 1, &used, &event ) );
    FUZZ_CHECK( used == sizeof(empty) );
}

static void check_event( const struct frame *frame, const struct ws_event *event )
{
    static const enum ws_event_type types[] = { WS_EVENT_CLOSE, WS_EVENT_PING, WS_EVENT_PONG };
    size_t skip = frame->opcode == WS_OPCODE_CLOSE && frame->len ? 2 : 0;

    FUZZ_CHECK( event->type ==
                (is_control( frame ) ? types[frame->opcode - WS_OPCODE_CLOSE] : WS_EVENT_DATA) );
    FUZZ_CHECK( event->len == frame->len - skip );
    FUZZ_CHECK( !event->len || !memcmp( event->data, frame->payload + skip, event->len ) );
    if (event->type == WS_EVENT_DATA)
        FUZZ_CHECK( event->frame_end && event->message_end == frame->fin );
}

/* The decoder may refuse bad text and bad codes, which nothing here keeps one from sending. */
static void check_decoded( const struct frame *frame, uint8_t *masked )
{
    struct ws_decoder decoder;
    struct ws_event event;
    size_t size, used;
    uint8_t *bytes = unmask_frame( frame, masked, &size );
    enum ws_status status;

    ws_decoder_init( &decoder );
    if (frame->opcode == WS_OPCODE_CONTINUATION) open_message( &decoder );
    status = ws_decoder_next( &decoder, bytes, size, SIZE_MAX, &used, &event );
    if (status == WS_OK)
    {
        FUZZ_CHECK( used == size );
        check_event( frame, &event );
    }
    else
    {
        FUZZ_CHECK( status != WS_ERR_UTF8 || frame->opcode == WS_OPCODE_TEXT ||
                    frame->opcode == WS_OPCODE_CLOSE );
        FUZZ_CHECK( status != WS_ERR_PROTOCOL || frame->opcode == WS_OPCODE_CLOSE );
        FUZZ_CHECK( status < 0 );
    }
    free( bytes );
}

static void check_frame( const struct frame *frame, uint64_t random )
{
    uint8_t *masked = check_mask( frame, random );

    check_header( frame, frame->len );
    check_decoded( frame, masked );
    free( masked );
}

/* The payload of a close frame from its parts, the first two bytes as the code. */
static void check_close( const struct frame *frame, uint64_t random )
{
    uint16_t code = frame->len < 2 ? 1005 : (uint16_t)(frame->payload[0] << 8 | frame->payload[1]);
    size_t reason_len = frame->len < 2 ? 0 : frame->len - 2;
    uint8_t *payload = fuzz_memory( malloc( WS_MAX_CONTROL ) );
    uint8_t *reason = fuzz_copy( frame->payload + (frame->len - reason_len), reason_len );
    struct frame close = *frame;

    close.payload = payload;
    close.len = ws_close_encode( payload, code, reason, reason_len );
    FUZZ_CHECK( close.len == (code == 1005 ? 0 : 2 + reason_len) );
    FUZZ_CHECK( !close.len || !memcmp( payload, frame->payload, close.len ) );
    check_frame( &close, random );
    free( reason );
    free( payload );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    static const enum ws_opcode opcodes[] =
    {
        WS_OPCODE_CONTINUATION, WS_OPCODE_TEXT, WS_OPCODE_BINARY, WS_OPCODE_CLOSE, WS_OPCODE_PING,
        WS_OPCODE_PONG,
    };
    uint8_t first = fuzz_byte( &data, &size );
    struct frame frame = { opcodes[(first & 0x7f) % 6], first >> 7, { 0 }, NULL, 0 };
    uint64_t random, len = 0;
    size_t i;

    for (i = 0; i < WS_MASK_KEY; i++) frame.key[i] = fuzz_byte( &data, &size );
    random = 1 + (uint64_t)fuzz_byte( &data, &size );
    for (i = 0; i < sizeof(len); i++) len = len << 8 | fuzz_byte( &data, &size );
    if (is_control( &frame ))
    {
        frame.fin = 1;
        if (size > WS_MAX_CONTROL) size = WS_MAX_CONTROL;
    }
    frame.payload = data;
    frame.len = size;
    check_header( &frame, len );
    if (frame.opcode == WS_OPCODE_CLOSE) check_close( &frame, random );
    else check_frame( &frame, random );
    return 0;
}
