/*
 * RFC 6455 clause by clause: what a server must not send, whole, byte by byte and in random slices.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each clause has two ends: the program gets ERROR_WINHTTP_INVALID_SERVER_RESPONSE, and the server
 * a close frame with 1002, or 1007 for bad UTF-8 (guess U27), before the connection ends. In slices
 * only the bytes up to the first wrong one are sent, so the answer must not wait for more.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#define READ_COMPLETE WINHTTP_CALLBACK_STATUS_READ_COMPLETE
#define REQUEST_ERROR WINHTTP_CALLBACK_STATUS_REQUEST_ERROR

#define PROTOCOL_ERROR "\x03\xea"       /* 1002 */
#define BAD_PAYLOAD    "\x03\xef"       /* 1007 */

/* wrong: the bytes up to and with the first one that cannot stand there; rest: what follows it. */
struct clause
{
    const char *name;
    const char *wrong;
    unsigned int len;
    const char *rest;
    unsigned int rest_len;
};

#define CLAUSE( name, wrong, rest ) { name, wrong, sizeof(wrong) - 1, rest, sizeof(rest) - 1 }

enum slicing
{
    SLICE_WHOLE,
    SLICE_BYTES,
    SLICE_RANDOM,
    SLICE_COUNT
};

/* Receives until an error, which websocket.md 4 lets come from the call itself too. */
static DWORD receive_until_error( HINTERNET socket, BOOL async )
{
    const WINHTTP_WEB_SOCKET_ASYNC_RESULT *result;
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    const struct notification *entry;
    static char buffer[256];
    unsigned int from, i;
    DWORD ret, len;

    for (i = 0; i < 100; i++)
    {
        from = notify_count();
        ret = WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), async ? NULL : &len,
                                       async ? NULL : &type );
        if (ret) return ret;
        if (!async && type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE) return 0;
        if (!async) continue;
        entry = await( from, READ_COMPLETE | REQUEST_ERROR );
        if (!entry->status) return ~0u;
        if (entry->status == READ_COMPLETE) continue;
        result = (const WINHTTP_WEB_SOCKET_ASYNC_RESULT *)entry->data;
        check_socket_error( entry, WINHTTP_WEB_SOCKET_RECEIVE_OPERATION,
                            result->AsyncResult.dwError );
        return result->AsyncResult.dwError;
    }
    return 0;
}

static void set_bytes( struct step *step, const struct clause *clause, enum slicing slicing,
                       char *bytes )
{
    memcpy( bytes, clause->wrong, clause->len );
    memcpy( bytes + clause->len, clause->rest, clause->rest_len );
    step->type = slicing == SLICE_RANDOM ? STEP_SEND_RANDOM : STEP_SEND;
    step->arg = slicing == SLICE_RANDOM ? 17 : slicing == SLICE_BYTES;
    step->data = bytes;
    step->len = clause->len + (slicing == SLICE_WHOLE ? clause->rest_len : 0);
}

static void check_clause( const struct clause *clause, enum slicing slicing, BOOL async,
                          const char *answer )
{
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_SEND_N( NULL, 0 ), SRV_READ_FRAME,
                             SRV_EOF, SRV_END };
    struct server *server;
    struct client client;
    char bytes[256];

    set_bytes( &script[2], clause, slicing, bytes );
    server = server_start( script );
    client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
    check_ret( receive_until_error( client.socket, async ), ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
    check_no_close_status( client.socket );
    ok( server_finish( server ), "the connection did not end\n" );
    check_frame( server, 0, FRAME_CLOSE, answer, 2 );
    client_close( &client );
    server_stop( server );
}

#define check_clauses( clauses, answer ) check_all( clauses, ARRAYSIZE( clauses ), answer )
static void check_all( const struct clause *clauses, unsigned int count, const char *answer )
{
    static const char *const names[SLICE_COUNT] = { "whole", "per byte", "random" };
    unsigned int i, slicing, async;

    for (i = 0; i < count; i++)
    {
        for (slicing = 0; slicing < SLICE_COUNT; slicing++)
        {
            for (async = 0; async < 2; async++)
            {
                winetest_push_context( "%s, %s, %s", clauses[i].name, names[slicing],
                                       async ? "async" : "sync" );
                check_clause( &clauses[i], slicing, async, answer );
                winetest_pop_context();
            }
        }
    }
}

/* websocket.md 4, RFC 6455 5.1, 5.2: masked frames, reserved bits, reserved opcodes */
static void test_first_bytes(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "masked", "\x81\x81", "\0\0\0\0x" ),
        CLAUSE( "masked, empty", "\x81\x80", "\0\0\0\0" ),
        CLAUSE( "masked ping", "\x89\x80", "\0\0\0\0" ),
        CLAUSE( "RSV1", "\xc1", "\x01x" ),
        CLAUSE( "RSV2", "\xa1", "\x01x" ),
        CLAUSE( "RSV3", "\x91", "\x01x" ),
        CLAUSE( "all RSV", "\xf1", "\x01x" ),
        CLAUSE( "RSV1 in a continuation", "\x01\x01x\xc0", "\x01x" ),
        CLAUSE( "RSV1 in a ping", "\xc9", "\x00" ),
        CLAUSE( "RSV2 in a close", "\xa8", "\x00" ),
        CLAUSE( "opcode 3", "\x83", "\x01x" ),
        CLAUSE( "opcode 4", "\x84", "\x01x" ),
        CLAUSE( "opcode 5", "\x85", "\x01x" ),
        CLAUSE( "opcode 6", "\x86", "\x01x" ),
        CLAUSE( "opcode 7", "\x87", "\x01x" ),
        CLAUSE( "opcode 11", "\x8b", "\x01x" ),
        CLAUSE( "opcode 12", "\x8c", "\x01x" ),
        CLAUSE( "opcode 13", "\x8d", "\x01x" ),
        CLAUSE( "opcode 14", "\x8e", "\x01x" ),
        CLAUSE( "opcode 15", "\x8f", "\x01x" ),
        CLAUSE( "opcode 3 behind a message", "\x81\x01x\x83", "\x01x" ),
    };

    check_clauses( clauses, PROTOCOL_ERROR );
}

/* websocket.md 4, RFC 6455 5.2: lengths that are not minimal, and the top bit of a 64-bit length */
static void test_lengths(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "16-bit length for 0", "\x82\x7e\x00\x00", "" ),
        CLAUSE( "16-bit length for 125", "\x82\x7e\x00\x7d", "" ),
        CLAUSE( "64-bit length for 1", "\x82\x7f\0\0\0\0\0\0", "\0\x01x" ),
        CLAUSE( "64-bit length for 65535", "\x82\x7f\0\0\0\0\0\0", "\xff\xff" ),
        CLAUSE( "top bit", "\x82\x7f\x80", "\0\0\0\0\0\0\x01x" ),
        CLAUSE( "all bits", "\x82\x7f\xff", "\xff\xff\xff\xff\xff\xff\xff" ),
    };

    check_clauses( clauses, PROTOCOL_ERROR );
}

/* websocket.md 4, RFC 6455 5.4: which frame may follow which */
static void test_fragmentation(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "continuation of nothing", "\x80", "\x01x" ),
        CLAUSE( "open continuation of nothing", "\x00", "\x01x" ),
        CLAUSE( "continuation behind a message", "\x81\x01x\x80", "\x01x" ),
        CLAUSE( "text inside a text message", "\x01\x01x\x81", "\x01x" ),
        CLAUSE( "binary inside a text message", "\x01\x01x\x82", "\x01x" ),
        CLAUSE( "text inside a binary message", "\x02\x01x\x01", "\x01x" ),
        CLAUSE( "text behind a pong inside a message", "\x01\x01x\x8a\x00\x81", "\x01x" ),
    };

    check_clauses( clauses, PROTOCOL_ERROR );
}

/* websocket.md 4, RFC 6455 5.5: control frames are whole and short */
static void test_control_frames(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "ping without FIN", "\x09", "\x01x" ),
        CLAUSE( "pong without FIN", "\x0a", "\x01x" ),
        CLAUSE( "close without FIN", "\x08", "\x00" ),
        CLAUSE( "ping of 126 bytes", "\x89\x7e", "\x00\x7e" ),
        CLAUSE( "pong of 126 bytes", "\x8a\x7e", "\x00\x7e" ),
        CLAUSE( "close of 126 bytes", "\x88\x7e", "\x00\x7e" ),
        CLAUSE( "ping with a 64-bit length", "\x89\x7f", "\0\0\0\0\0\0\0\x01x" ),
    };

    check_clauses( clauses, PROTOCOL_ERROR );
}

/* websocket.md 8, RFC 6455 5.5.1, 7.4: statuses that must not be on the wire; guess U37 */
static void test_close_statuses(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "1 byte", "\x88\x01", "\x03" ),
        CLAUSE( "0", "\x88\x02\x00\x00", "" ),
        CLAUSE( "999", "\x88\x02\x03\xe7", "" ),
        CLAUSE( "1004", "\x88\x02\x03\xec", "" ),
        CLAUSE( "1005", "\x88\x02\x03\xed", "" ),
        CLAUSE( "1006", "\x88\x02\x03\xee", "" ),
        CLAUSE( "1006 with a reason", "\x88\x04\x03\xee", "no" ),
        CLAUSE( "1015", "\x88\x02\x03\xf7", "" ),
        CLAUSE( "1016", "\x88\x02\x03\xf8", "" ),
        CLAUSE( "1100", "\x88\x02\x04\x4c", "" ),
        CLAUSE( "2000", "\x88\x02\x07\xd0", "" ),
        CLAUSE( "2999", "\x88\x02\x0b\xb7", "" ),
        CLAUSE( "5000", "\x88\x02\x13\x88", "" ),
        CLAUSE( "65534", "\x88\x02\xff\xfe", "" ),
    };

    check_clauses( clauses, PROTOCOL_ERROR );
}

/* websocket.md 4, RFC 6455 8.1: bad UTF-8 fails at its first bad byte; guess U26 */
static void test_text(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "lone continuation byte", "\x81\x05\x80", "abcd" ),
        CLAUSE( "0xc0", "\x81\x05\xc0", "\xaf" "bcd" ),
        CLAUSE( "0xc1", "\x81\x05\xc1", "\xbf" "bcd" ),
        CLAUSE( "overlong, 3 bytes", "\x81\x05\xe0\x9f", "\xbf" "cd" ),
        CLAUSE( "overlong, 4 bytes", "\x81\x05\xf0\x8f", "\xbf\xbf" "d" ),
        CLAUSE( "surrogate", "\x81\x05\xed\xa0", "\x80" "cd" ),
        CLAUSE( "beyond U+10FFFF", "\x81\x05\xf4\x90", "\x80\x80" "d" ),
        CLAUSE( "0xf5", "\x81\x05\xf5", "\x80\x80\x80" "d" ),
        CLAUSE( "0xfe", "\x81\x05\xfe", "abcd" ),
        CLAUSE( "0xff", "\x81\x05\xff", "abcd" ),
        CLAUSE( "no continuation", "\x81\x05\xe2\x82" "a", "bc" ),
        CLAUSE( "cut at the end of the message", "\x81\x02\xe2\x82", "" ),
        CLAUSE( "cut, then an empty last frame", "\x01\x02\xe2\x82\x80\x00", "" ),
        CLAUSE( "broken between fragments", "\x01\x01\xe2\x80\x02\x82" "x", "" ),
        CLAUSE( "broken behind a pong", "\x01\x01\xe2\x8a\x01p\x80\x02x", "y" ),
        CLAUSE( "bad in the middle of a long frame", "\x81\x7e\x10\x00good\xff", "" ),
        CLAUSE( "bad in the second message", "\x81\x02ok\x81\x02o\xff", "" ),
    };

    check_clauses( clauses, BAD_PAYLOAD );
}

/* websocket.md 8, RFC 6455 5.5.1: the reason of a close frame is UTF-8 */
static void test_close_reason(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "bad byte", "\x88\x05\x03\xe8" "a\xff", "b" ),
        CLAUSE( "cut", "\x88\x04\x03\xe8\xe2\x82", "" ),
        CLAUSE( "surrogate", "\x88\x05\x03\xe8\xed\xa0", "\x80" ),
    };

    check_clauses( clauses, BAD_PAYLOAD );
}

/* websocket.md 6: the same violations while Close waits for the answer: 12152 too */
static void test_violation_while_closing(void)
{
    static const struct clause clauses[] =
    {
        CLAUSE( "masked", "\x81\x81", "" ),
        CLAUSE( "RSV1", "\xc1", "" ),
        CLAUSE( "opcode 3", "\x83", "" ),
        CLAUSE( "bad text", "\x81\x01\xff", "" ),
        CLAUSE( "top bit", "\x82\x7f\x80", "" ),
        CLAUSE( "1015", "\x88\x02\x03\xf7", "" ),
    };
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_SEND_N( NULL, 0 ),
                             SRV_EOF, SRV_END };
    struct server *server;
    struct client client;
    unsigned int i, async, from;
    DWORD ret;

    for (i = 0; i < 2 * ARRAYSIZE( clauses ); i++)
    {
        async = i % 2;
        winetest_push_context( "%s, %s", clauses[i / 2].name, async ? "async" : "sync" );
        script[3].data = clauses[i / 2].wrong;
        script[3].len = clauses[i / 2].len;
        server = server_start( script );
        client_open_socket( &client, server, async ? CLIENT_ASYNC : CLIENT_SYNC );
        from = notify_count();
        ret = WinHttpWebSocketClose( client.socket, 1000, NULL, 0 );
        check_ret( ret, async ? 0 : ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        if (async && !ret)
            check_socket_error( await( from, REQUEST_ERROR ), WINHTTP_WEB_SOCKET_CLOSE_OPERATION,
                                ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        check_no_close_status( client.socket );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

static void check_accepted( const char *name, const char *bytes, unsigned int len,
                            unsigned int slice, const char *text )
{
    struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, { STEP_SEND, slice, bytes, len }, SRV_END };
    struct server *server = server_start( script );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD total = 0, count, ret;
    struct client client;
    char buffer[256];

    winetest_push_context( "%s, slice %u", name, slice );
    client_open_socket( &client, server, CLIENT_SYNC );
    do
    {
        count = 0;
        type = WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
        ret = WinHttpWebSocketReceive( client.socket, buffer + total, sizeof(buffer) - total,
                                       &count, &type );
        check_ret( ret, 0 );
        total += count;
    } while (type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE && total < sizeof(buffer));
    ok( total == strlen( text ) && !memcmp( buffer, text, total ), "got %u bytes\n", (UINT)total );
    client_close( &client );
    server_stop( server );
    winetest_pop_context();
}

/* websocket.md 4, RFC 6455 5.4, 5.5, 8.1: what is unusual and all the same right */
static void test_accepted(void)
{
#define ACCEPTED( name, bytes, text ) { name, bytes, sizeof(bytes) - 1, text }
    static const struct { const char *name, *bytes; unsigned int len; const char *text; } tests[] =
    {
        ACCEPTED( "empty frames inside a message", "\x01\x00\x00\x00\x00\x01x\x80\x00", "x" ),
        ACCEPTED( "pong between fragments", "\x01\x01x\x8a\x02zz\x80\x01y", "xy" ),
        ACCEPTED( "last scalar value", "\x81\x04\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" ),
        ACCEPTED( "noncharacter", "\x81\x03\xef\xbf\xbf", "\xef\xbf\xbf" ),
        ACCEPTED( "around the surrogates", "\x81\x06\xed\x9f\xbf\xee\x80\x80",
                  "\xed\x9f\xbf\xee\x80\x80" ),
        ACCEPTED( "character cut by frames", "\x01\x01\xe2\x00\x01\x82\x80\x01\xac",
                  "\xe2\x82\xac" ),
    };
#undef ACCEPTED
    unsigned int i;

    for (i = 0; i < 2 * ARRAYSIZE( tests ); i++)
        check_accepted( tests[i / 2].name, tests[i / 2].bytes, tests[i / 2].len, i % 2,
                        tests[i / 2].text );
}

/* websocket.md 3, RFC 6455 5.3: each frame has a mask of its own, control frames too */
static void test_masks(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_UPGRADE, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME,
        SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME, SRV_READ_FRAME,
        SRV_FRAME( FRAME_CLOSE, "\x03\xe8" ), SRV_READ_FRAME, SRV_EOF, SRV_END
    };
    struct server *server = server_start( script );
    char data[] = "same data each time";
    struct client client;
    unsigned int i, j;

    client_open_socket( &client, server, CLIENT_SYNC );
    for (i = 0; i < 8; i++)
        check_ret( WinHttpWebSocketSend( client.socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE,
                                         data, 19 ), 0 );
    check_ret( WinHttpWebSocketClose( client.socket, 1000, NULL, 0 ), 0 );
    client_close( &client );
    ok( server_finish( server ), "script did not end\n" );
    for (i = 0; i < 9; i++)
    {
        const struct server_frame *frame = server_frame( server, i );

        ok( frame && frame->masked, "frame %u is missing or not masked\n", i );
        /* two equal ones among nine by chance: once in a hundred million runs */
        for (j = 0; frame && j < i; j++)
            ok( memcmp( frame->mask, got_frame( server, j )->mask, 4 ), "frames %u and %u\n", i,
                j );
    }
    server_stop( server );
}

START_TEST( websocket_strict )
{
    RUN( test_accepted );
    RUN( test_masks );
    RUN( test_first_bytes );
    RUN( test_lengths );
    RUN( test_fragmentation );
    RUN( test_control_frames );
    RUN( test_close_statuses );
    RUN( test_text );
    RUN( test_close_reason );
    RUN( test_violation_while_closing );
}
