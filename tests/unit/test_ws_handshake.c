/* test_ws_handshake - the opening handshake, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/ws_handshake.h"

#include <string.h>

#include "unit.h"

/* SHA-1 of the key "dGhlIHNhbXBsZSBub25jZQ==" and the GUID: RFC 6455 1.3 */
static const uint8_t digest[WS_DIGEST_BYTES] =
{
    0xb3, 0x7a, 0x4f, 0x2c, 0xc0, 0x62, 0x4f, 0x16, 0x90, 0xf6,
    0x46, 0x06, 0xcf, 0x38, 0x59, 0x45, 0xb2, 0xbe, 0xc4, 0xea,
};

#define UPGRADE "Upgrade: websocket\n"
#define CONNECTION "Connection: Upgrade\n"
#define ACCEPT "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"
#define GOOD UPGRADE CONNECTION ACCEPT

/* "Name: value\n" lines; values keep their blanks, which no parser of ours would leave in front */
static void headers_from( struct http_headers *headers, const char *lines )
{
    http_headers_init( headers, &allocator_libc );
    while (*lines)
    {
        const char *colon = strstr( lines, ": " ), *end = strchr( lines, '\n' );

        if (http_headers_add( headers, lines, (size_t)(colon - lines), colon + 2,
                              (size_t)(end - colon - 2) )) abort();
        lines = end + 1;
    }
}

static enum ws_handshake_status check( const char *request_lines, const char *response_lines )
{
    struct http_headers request, response;
    enum ws_handshake_status status;

    headers_from( &request, request_lines );
    headers_from( &response, response_lines );
    status = ws_handshake_check( &request, &response, digest );
    http_headers_clear( &request );
    http_headers_clear( &response );
    return status;
}

#define EXPECT( request, response, status ) CHECK_INT( check( request, response ), status )

/* the key */

static void check_key( const void *random, const char *want )
{
    char key[WS_KEY_TEXT + 1];

    memset( key, '#', sizeof(key) );
    ws_handshake_key( random, key );
    CHECK_STR( key, want );
}

static void test_ws_handshake_key_is_the_base64_form( void )
{
    check_key( "the sample nonce", "dGhlIHNhbXBsZSBub25jZQ==" ); /* RFC 6455 1.3 */
    check_key( "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "AAAAAAAAAAAAAAAAAAAAAA==" );
    check_key( "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
               "/////////////////////w==" );
}

static void test_ws_handshake_key_uses_every_digit( void )
{
    /* 128 bits are 21 digits and a last one that stands for two bits */
    static const char *const keys[] =
    {
        "ABCDEFGHIJKLMNOPQRSTUQ==", "VWXYZabcdefghijklmnopg==", "qrstuvwxyz0123456789+w==",
    };
    size_t i, j;

    for (i = 0; i < ARRAY_SIZE(keys); i++)
    {
        uint8_t random[18] = { 0 };

        for (j = 0; j < 22; j++)
        {
            static const char digits[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
            unsigned int value = (unsigned int)(strchr( digits, keys[i][j] ) - digits);
            unsigned int bit = (unsigned int)j * 6, at = bit / 8, shift = 16 - 6 - bit % 8;

            random[at] |= (uint8_t)(value << shift >> 8);
            random[at + 1] |= (uint8_t)(value << shift);
        }
        check_key( random, keys[i] );
    }
}

static void test_ws_handshake_digest_input_is_key_and_guid( void )
{
    static const char want[] = "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t input[WS_DIGEST_INPUT];

    ws_handshake_digest_input( "dGhlIHNhbXBsZSBub25jZQ==", input );
    CHECK_MEM( input, sizeof(input), want, sizeof(want) - 1 );
}

/* good answers */

static void test_ws_handshake_good_answer( void )
{
    EXPECT( "", GOOD, WS_HANDSHAKE_OK );
}

static void test_ws_handshake_names_and_tokens_have_no_case( void )
{
    EXPECT( "", "upgrade: WebSocket\nCONNECTION: uPGRADE\n"
                "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n", WS_HANDSHAKE_OK );
}

static void test_ws_handshake_blanks_around_values_are_ignored( void )
{
    EXPECT( "", "Upgrade:  websocket \t\nConnection: \tUpgrade \n"
                "Sec-WebSocket-Accept:  s3pPLMBiTxaQ9kYGzzhZRbK+xOo= \n", WS_HANDSHAKE_OK );
}

static void test_ws_handshake_other_headers_do_not_matter( void )
{
    EXPECT( "", "Server: x\n" UPGRADE "Date: x\nConnection: keep-alive, Upgrade\n" ACCEPT
                "Set-Cookie: a=b\n", WS_HANDSHAKE_OK );
    EXPECT( "", UPGRADE "Connection: keep-alive\n" CONNECTION ACCEPT, WS_HANDSHAKE_OK );
}

/* Upgrade */

static void test_ws_handshake_without_upgrade( void )
{
    EXPECT( "", CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", "Upgrade: \n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
}

static void test_ws_handshake_other_upgrade( void )
{
    EXPECT( "", "Upgrade: h2c\n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", "Upgrade: websocket2\n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", "Upgrade: websocke\n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", "Upgrade: h2c, websocket\n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
}

static void test_ws_handshake_several_upgrades( void )
{
    EXPECT( "", UPGRADE UPGRADE CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", UPGRADE "Upgrade: h2c\n" CONNECTION ACCEPT, WS_HANDSHAKE_ERR_UPGRADE );
}

/* Connection */

static void test_ws_handshake_without_connection( void )
{
    EXPECT( "", UPGRADE ACCEPT, WS_HANDSHAKE_ERR_CONNECTION );
    EXPECT( "", UPGRADE "Connection: close\n" ACCEPT, WS_HANDSHAKE_ERR_CONNECTION );
    EXPECT( "", UPGRADE "Connection: upgraded, no-upgrade\n" ACCEPT,
            WS_HANDSHAKE_ERR_CONNECTION );
}

/* Sec-WebSocket-Accept */

static void test_ws_handshake_without_accept( void )
{
    EXPECT( "", UPGRADE CONNECTION, WS_HANDSHAKE_ERR_ACCEPT );
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Accept: \n", WS_HANDSHAKE_ERR_ACCEPT );
}

static void test_ws_handshake_wrong_accept( void )
{
    /* another case, one character less, one more, the last bit */
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n",
            WS_HANDSHAKE_ERR_ACCEPT );
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo\n",
            WS_HANDSHAKE_ERR_ACCEPT );
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo==\n",
            WS_HANDSHAKE_ERR_ACCEPT );
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=\n",
            WS_HANDSHAKE_ERR_ACCEPT );
}

static void test_ws_handshake_repeated_accept( void )
{
    EXPECT( "", GOOD ACCEPT, WS_HANDSHAKE_ERR_ACCEPT );
}

/* Sec-WebSocket-Extensions */

#define DEFLATE "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\n"

static void test_ws_handshake_extension_not_requested( void )
{
    EXPECT( "", GOOD "Sec-WebSocket-Extensions: permessage-deflate\n",
            WS_HANDSHAKE_ERR_EXTENSION );
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: permessage\n", WS_HANDSHAKE_ERR_EXTENSION );
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: client_max_window_bits\n",
            WS_HANDSHAKE_ERR_EXTENSION );
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: permessage-deflate, x-other\n",
            WS_HANDSHAKE_ERR_EXTENSION );
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: permessage-deflate\n"
            "Sec-WebSocket-Extensions: x-other\n", WS_HANDSHAKE_ERR_EXTENSION );
}

static void test_ws_handshake_requested_extension( void )
{
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: permessage-deflate\n", WS_HANDSHAKE_OK );
    EXPECT( DEFLATE, GOOD "Sec-WebSocket-Extensions: permessage-deflate ;x=9\n",
            WS_HANDSHAKE_OK );
    EXPECT( "Sec-WebSocket-Extensions: a\nSec-WebSocket-Extensions: b;x=1, c\n",
            GOOD "Sec-WebSocket-Extensions: c, b\nSec-WebSocket-Extensions: a\n", WS_HANDSHAKE_OK );
}

static void test_ws_handshake_extension_may_be_declined( void )
{
    EXPECT( DEFLATE, GOOD, WS_HANDSHAKE_OK );
    EXPECT( "", GOOD "Sec-WebSocket-Extensions: \n", WS_HANDSHAKE_OK );
    EXPECT( "", GOOD "Sec-WebSocket-Extensions: , ,\n", WS_HANDSHAKE_OK );
}

/* Sec-WebSocket-Protocol */

#define CHATS "Sec-WebSocket-Protocol: chat, superchat\n"

static void test_ws_handshake_protocol_not_requested( void )
{
    EXPECT( "", GOOD "Sec-WebSocket-Protocol: chat\n", WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: soap\n", WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: cha\n", WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: Chat\n", WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: \n", WS_HANDSHAKE_ERR_PROTOCOL );
    /* only extensions have parameters */
    EXPECT( "Sec-WebSocket-Protocol: chat;x=1\n", GOOD "Sec-WebSocket-Protocol: chat\n",
            WS_HANDSHAKE_ERR_PROTOCOL );
}

static void test_ws_handshake_several_protocols( void )
{
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: chat, superchat\n", WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Protocol: superchat\n",
            WS_HANDSHAKE_ERR_PROTOCOL );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: chat\nSec-WebSocket-Protocol: chat\n",
            WS_HANDSHAKE_ERR_PROTOCOL );
}

static void test_ws_handshake_requested_protocol( void )
{
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: chat\n", WS_HANDSHAKE_OK );
    EXPECT( CHATS, GOOD "Sec-WebSocket-Protocol: superchat\n", WS_HANDSHAKE_OK );
    EXPECT( "Sec-WebSocket-Protocol: a\nSec-WebSocket-Protocol: b\n",
            GOOD "Sec-WebSocket-Protocol: b\n", WS_HANDSHAKE_OK );
}

static void test_ws_handshake_protocol_may_be_declined( void )
{
    EXPECT( CHATS, GOOD, WS_HANDSHAKE_OK );
}

/* the order in which faults are named */

static void test_ws_handshake_first_fault_is_reported( void )
{
    EXPECT( "", "", WS_HANDSHAKE_ERR_UPGRADE );
    EXPECT( "", UPGRADE, WS_HANDSHAKE_ERR_CONNECTION );
    EXPECT( "", UPGRADE CONNECTION "Sec-WebSocket-Protocol: x\nSec-WebSocket-Extensions: y\n",
            WS_HANDSHAKE_ERR_ACCEPT );
    EXPECT( "", GOOD "Sec-WebSocket-Protocol: x\nSec-WebSocket-Extensions: y\n",
            WS_HANDSHAKE_ERR_EXTENSION );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_ws_handshake_key_is_the_base64_form ),
    UNIT_TEST( test_ws_handshake_key_uses_every_digit ),
    UNIT_TEST( test_ws_handshake_digest_input_is_key_and_guid ),
    UNIT_TEST( test_ws_handshake_good_answer ),
    UNIT_TEST( test_ws_handshake_names_and_tokens_have_no_case ),
    UNIT_TEST( test_ws_handshake_blanks_around_values_are_ignored ),
    UNIT_TEST( test_ws_handshake_other_headers_do_not_matter ),
    UNIT_TEST( test_ws_handshake_without_upgrade ),
    UNIT_TEST( test_ws_handshake_other_upgrade ),
    UNIT_TEST( test_ws_handshake_several_upgrades ),
    UNIT_TEST( test_ws_handshake_without_connection ),
    UNIT_TEST( test_ws_handshake_without_accept ),
    UNIT_TEST( test_ws_handshake_wrong_accept ),
    UNIT_TEST( test_ws_handshake_repeated_accept ),
    UNIT_TEST( test_ws_handshake_extension_not_requested ),
    UNIT_TEST( test_ws_handshake_requested_extension ),
    UNIT_TEST( test_ws_handshake_extension_may_be_declined ),
    UNIT_TEST( test_ws_handshake_protocol_not_requested ),
    UNIT_TEST( test_ws_handshake_several_protocols ),
    UNIT_TEST( test_ws_handshake_requested_protocol ),
    UNIT_TEST( test_ws_handshake_protocol_may_be_declined ),
    UNIT_TEST( test_ws_handshake_first_fault_is_reported ),
};

UNIT_MAIN( tests )
