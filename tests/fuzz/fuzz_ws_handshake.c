/* fuzz_ws_handshake - the judgement of a 101 answer: what must not change it, what it must mean.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: 16 bytes of a key, then "Name: value" lines of the request, an empty line, and those
 * of the response. The digest is the one of RFC 6455 1.3 whatever the key, as nothing is hashed.
 */

#include "proto/ws_handshake.h"

#include "fuzz.h"
#include "proto/http_token.h"

static const uint8_t digest[WS_DIGEST_BYTES] =
{
    0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6,
    0x46, 0x06, 0xcf, 0x38, 0x59, 0x45, 0xb2, 0xbe, 0xc4, 0xea,
};

static const char accept_text[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/* the key */

static unsigned int digit_value( char c )
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = memchr( digits, c, sizeof(digits) - 1 );

    FUZZ_CHECK( found );
    return (unsigned int)(found - digits);
}

static void check_key( const uint8_t random[WS_KEY_BYTES] )
{
    uint8_t input[WS_DIGEST_INPUT], back[WS_KEY_BYTES + 2];
    char key[WS_KEY_TEXT + 1];
    size_t i;

    ws_handshake_key( random, key );
    FUZZ_CHECK( !strcmp( key + 22, "==" ) );
    key[22] = key[23] = 'A'; /* the digit of zero */
    for (i = 0; i < WS_KEY_TEXT; i += 4)
    {
        unsigned int bits = digit_value( key[i] ) << 18 | digit_value( key[i + 1] ) << 12 |
                            digit_value( key[i + 2] ) << 6 | digit_value( key[i + 3] );

        back[i / 4 * 3] = (uint8_t)(bits >> 16);
        back[i / 4 * 3 + 1] = (uint8_t)(bits >> 8);
        back[i / 4 * 3 + 2] = (uint8_t)bits;
    }
    FUZZ_CHECK( !memcmp( back, random, WS_KEY_BYTES ) && !back[16] && !back[17] );
    ws_handshake_digest_input( key, input );
    FUZZ_CHECK( !memcmp( input, key, WS_KEY_TEXT ) );
}

/* the headers */

struct answer
{
    struct http_headers request;
    struct http_headers response;
};

static void add_line( struct http_headers *headers, const char *line, size_t len )
{
    const char *colon = memchr( line, ':', len );
    size_t name_len = colon ? (size_t)(colon - line) : len, value_len = len - name_len;
    const char *value = line + name_len;

    if (colon) value++, value_len--;
    http_token_trim( &value, &value_len );
    /* what is no header field is left out */
    FUZZ_CHECK( http_headers_add( headers, line, name_len, value, value_len ) !=
                HTTP_HEADERS_ERR_MEMORY );
}

/* The lines up to an empty one; what is left. */
static const char *add_lines( struct http_headers *headers, const char *text, const char *end )
{
    while (text < end)
    {
        const char *newline = memchr( text, '\n', (size_t)(end - text) );
        size_t len = (size_t)((newline ? newline : end) - text);

        if (len) add_line( headers, text, len );
        text += newline ? len + 1 : len;
        if (!len) break;
    }
    return text;
}

static void copy_backwards( struct http_headers *dst, const struct http_headers *src )
{
    size_t i;

    http_headers_init( dst, &allocator_libc );
    for (i = src->count; i--;)
        FUZZ_CHECK( !http_headers_add( dst, src->fields[i].name, src->fields[i].name_len,
                                       src->fields[i].value, src->fields[i].value_len ) );
}

static void turn_case( struct http_headers *headers )
{
    size_t i, j;

    for (i = 0; i < headers->count; i++)
        for (j = 0; j < headers->fields[i].name_len; j++)
        {
            char *c = &headers->fields[i].name[j];

            if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z')) *c ^= 0x20;
        }
}

static size_t count_fields( const struct http_headers *headers, const char *name )
{
    size_t count = 0;

    while (http_headers_find( headers, name, count )) count++;
    return count;
}

static void check_accepted( const struct answer *answer )
{
    static const char upgrade[] = "Upgrade", accept[] = "Sec-WebSocket-Accept";
    static const char protocol[] = "Sec-WebSocket-Protocol";
    const struct http_header *value = http_headers_find( &answer->response, upgrade, 0 );

    FUZZ_CHECK( count_fields( &answer->response, upgrade ) == 1 );
    FUZZ_CHECK( http_token_equal( value->value, value->value_len, "websocket", 9 ) );
    FUZZ_CHECK( http_headers_has_token( &answer->response, "connection", "UPGRADE" ) );
    FUZZ_CHECK( count_fields( &answer->response, accept ) == 1 );
    value = http_headers_find( &answer->response, accept, 0 );
    FUZZ_CHECK( !strcmp( value->value, accept_text ) );
    FUZZ_CHECK( count_fields( &answer->response, protocol ) <= 1 );
    if ((value = http_headers_find( &answer->response, protocol, 0 )))
        FUZZ_CHECK( http_headers_has_token( &answer->request, protocol, value->value ) );
}

/* The order of fields, the case of their names and fields of other names mean nothing. */
static void check_unchanged( const struct answer *answer, enum ws_handshake_status status )
{
    struct answer other;

    copy_backwards( &other.request, &answer->request );
    copy_backwards( &other.response, &answer->response );
    turn_case( &other.request );
    turn_case( &other.response );
    FUZZ_CHECK( !http_headers_add( &other.response, "X-Other", 7, "websocket, upgrade", 18 ) );
    FUZZ_CHECK( !http_headers_add( &other.request, "X-Other", 7, "chat", 4 ) );
    FUZZ_CHECK( ws_handshake_check( &other.request, &other.response, digest ) == status );
    http_headers_clear( &other.request );
    http_headers_clear( &other.response );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    struct answer answer;
    enum ws_handshake_status status;
    const char *text, *end = (const char *)data + size;

    if (size < WS_KEY_BYTES) return 0;
    check_key( data );
    text = (const char *)data + WS_KEY_BYTES;
    http_headers_init( &answer.request, &allocator_libc );
    http_headers_init( &answer.response, &allocator_libc );
    text = add_lines( &answer.request, text, end );
    add_lines( &answer.response, text, end );
    status = ws_handshake_check( &answer.request, &answer.response, digest );
    FUZZ_CHECK( status <= WS_HANDSHAKE_OK && status >= WS_HANDSHAKE_ERR_PROTOCOL );
    if (status == WS_HANDSHAKE_OK) check_accepted( &answer );
    check_unchanged( &answer, status );
    http_headers_clear( &answer.request );
    http_headers_clear( &answer.response );
    return 0;
}
