/*
 * Responses that are malformed, cut off anywhere, ambiguous or without end: each gets its error or
 * meets a limit, and never the next request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"
#include "heap.h"

#ifndef WINHTTP_OPTION_DECOMPRESSION
#define WINHTTP_OPTION_DECOMPRESSION 118
#define WINHTTP_DECOMPRESSION_FLAG_ALL 3
#endif
#ifndef ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW
#define ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW 12183
#endif

#define INVALID  ERROR_WINHTTP_INVALID_SERVER_RESPONSE
#define LOST     ERROR_WINHTTP_CONNECTION_ERROR
#define TOO_LONG ERROR_WINHTTP_CHUNKED_ENCODING_HEADER_SIZE_OVERFLOW

static unsigned int mode( BOOL async )
{
    return async ? CLIENT_ASYNC : CLIENT_SYNC;
}

/* What came of a response. */
struct outcome
{
    DWORD received;             /* error of ReceiveResponse */
    DWORD read;                 /* error of a ReadData */
    DWORD len;                  /* of the body until its end or the error */
    char body[256];             /* its first bytes */
};

/* Reads to the end; never stops at bytes that the outcome has no room for. */
static void read_all( HINTERNET request, struct outcome *outcome, BOOL async )
{
    char buffer[4096];
    DWORD len = 1;

    while (!outcome->read && len)
    {
        len = 0;
        outcome->read = client_read_result( request, buffer, sizeof(buffer), &len, async );
        if (outcome->read) break;
        if (outcome->len < sizeof(outcome->body))
            memcpy( outcome->body + outcome->len, buffer,
                    min( len, sizeof(outcome->body) - outcome->len ) );
        outcome->len += len;
    }
}

static void run_exchange( struct client *client, struct outcome *outcome, BOOL async )
{
    memset( outcome, 0, sizeof(*outcome) );
    check_ret( client_send_result( client->request, async ), 0 );
    outcome->received = client_receive_result( client->request, async );
    if (!outcome->received) read_all( client->request, outcome, async );
}

static void fill_script( struct step script[5], const void *response, unsigned int len )
{
    static const struct step steps[5] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_CUT, SRV_END
    };

    memcpy( script, steps, sizeof(steps) );
    script[2].data = response;
    script[2].len = len;
}

static void get( const void *response, unsigned int len, struct outcome *outcome, BOOL async )
{
    struct step script[5];
    struct server *server;
    struct client client;

    fill_script( script, response, len );
    server = server_start( script );
    client_open( &client, server, mode( async ) );
    set_dword( client.request, WINHTTP_OPTION_DECOMPRESSION, WINHTTP_DECOMPRESSION_FLAG_ALL );
    run_exchange( &client, outcome, async );
    client_close( &client );
    server_abandon( server );
}

/* http.md 8: what is no HTTP/1.x response. What is accepted: response:test_status_lines. */
static void test_malformed_heads( BOOL async )
{
#define BYTES( text ) { text, sizeof(text) - 1 }
    static const struct { const char *text; unsigned int len; } tests[] =
    {
        BYTES( "HTTP/0.9 200 OK\r\n\r\n" ), BYTES( "HTTP/2.0 200 OK\r\n\r\n" ),
        BYTES( "HTTP/3.5 200 OK\r\n\r\n" ), BYTES( "HTTP/1.12 200 OK\r\n\r\n" ),
        BYTES( "HTTP/12.1 200 OK\r\n\r\n" ), BYTES( "HTTP/1.A 200 OK\r\n\r\n" ),
        BYTES( "HTTP/1.1 \r\n\r\n" ), BYTES( "HTTP/1.1\r\n\r\n" ),
        BYTES( "HTTP/1.1 2000 OK\r\n\r\n" ), BYTES( "HTTP/1.1 20 OK\r\n\r\n" ),
        BYTES( "HTTP/1.1 2A0 OK\r\n\r\n" ), BYTES( "HTTP/1.1 200OK\r\n\r\n" ),
        BYTES( "HTTP/1.1 -20 OK\r\n\r\n" ), BYTES( "HTTP/1.1 +20 OK\r\n\r\n" ),
        BYTES( "HTTP/1.1200 OK\r\n\r\n" ), BYTES( "NOTHTTP/1.1 200 OK\r\n\r\n" ),
        BYTES( "FTP/1.1 200 OK\r\n\r\n" ), BYTES( "HTTP 1.1 200 OK\r\n\r\n" ),
        BYTES( "HTTP/1.1 200 O\rK\r\n\r\n" ), BYTES( "\r\nHTTP/1.1 200 OK\r\n\r\n" ),
        BYTES( "hello, world\r\n\r\n" ), BYTES( "\r\n\r\n" ), BYTES( "{\"json\": 1}" ),
        /* guesses: what hides a line from somebody */
        BYTES( "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n" ),
        BYTES( "HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n" ),
        BYTES( "HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n" ), BYTES( "HTTP/1.1 200 O\0K\r\n\r\n" ),
        BYTES( "HTTP/1.1 200 OK\r\n folded: 1\r\n\r\n" ),
    };
#undef BYTES
    struct outcome outcome;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        get( tests[i].text, tests[i].len, &outcome, async );
        check_ret( outcome.received, INVALID );
        winetest_pop_context();
    }
}

/* The server ends at each byte of the head: 12030, or 12152 once a part has come (nobody has seen
 * which). At each byte of a body the outcome is the framing's: http.md 8, guess U21. */
static void test_cut_everywhere( BOOL async )
{
    static const unsigned char gzip[] = /* "hello hello hello world" */
    {
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9,
        0x57, 0xc8, 0x40, 0x22, 0xcb, 0xf3, 0x8b, 0x72, 0x52, 0x00, 0x26, 0xe6, 0x5a, 0x81, 0x17,
        0x00, 0x00, 0x00
    };
    static const struct { const char *head, *body; unsigned int len; BOOL quiet; } tests[] =
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello", 5, TRUE },
        { "HTTP/1.1 200 OK\r\n\r\n", "hello", 5, TRUE },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n", 30, FALSE },
        { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 33\r\n\r\n",
          (const char *)gzip, sizeof(gzip), FALSE },
    };
    struct outcome outcome;
    unsigned int i, cut, head, len;
    char response[128];

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        head = (unsigned int)strlen( tests[i].head );
        memcpy( response, tests[i].head, head );
        memcpy( response + head, tests[i].body, tests[i].len );
        len = head + tests[i].len;
        /* the first head at every byte, the others from their last line on */
        for (cut = i ? head - 3 : 0; cut <= len; cut++)
        {
            winetest_push_context( "test %u cut at %u", i, cut );
            get( response, cut, &outcome, async );
            if (cut < head) ok( outcome.received == LOST || (cut && outcome.received == INVALID),
                                "got %u\n", (UINT)outcome.received );
            else check_ret( outcome.received, 0 );
            if (cut >= head && tests[i].quiet)
                ok( !outcome.read && outcome.len == cut - head, "got error %u, %u bytes\n",
                    (UINT)outcome.read, (UINT)outcome.len );
            else if (cut >= head && cut < len)
                /* compressed data of no byte at all is nothing */
                ok( outcome.read == LOST || outcome.read == INVALID || (i == 3 && cut == head),
                    "got error %u\n", (UINT)outcome.read );
            else if (cut == len) check_ret( outcome.read, 0 );
            winetest_pop_context();
        }
    }
}

/* Bodies that are no bodies; limits of our own for what has no end (12183: guess). */
static void test_malformed_chunks( BOOL async )
{
    static char extension[6000], trailers[20000];
    static const struct { const char *text; DWORD error; } tests[] =
    {
        { "x\r\n", INVALID }, { "-1\r\n", INVALID }, { "+1\r\n", INVALID }, { "0x1\r\n", INVALID },
        { "\r\n", INVALID }, { ";a\r\n", INVALID }, { " 1\r\n", INVALID }, { "1 1\r\n", INVALID },
        { "ffffffffffffffff1\r\n", INVALID }, { "5\r\nhelloX\r\n", INVALID },
        { "5\r\nhello\r\r\n", INVALID }, { "5\nhello\r\n", INVALID },
        { "5\r\nhello\n0\r\n", INVALID },
        { "0\r\nA: b\rC: d\r\n\r\n", INVALID }, { "0\r\n folded\r\n\r\n", INVALID },
        { extension, TOO_LONG }, { trailers, TOO_LONG },
    };
    static const char head[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    char *response = malloc( sizeof(head) + sizeof(trailers) );
    struct outcome outcome;
    unsigned int i;

    memset( extension, 'x', sizeof(extension) - 1 );
    memcpy( extension, "5;", 2 );
    memset( trailers, 'x', sizeof(trailers) - 1 );
    memcpy( trailers, "0\r\nX:", 5 );
    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        strcpy( response, head );
        strcat( response, tests[i].text );
        get( response, (unsigned int)strlen( response ), &outcome, async );
        check_ret( outcome.received, 0 );
        check_ret( outcome.read, tests[i].error );
        winetest_pop_context();
    }
    free( response );
}

/* http.md 8: of interim responses ten are passed over, or as many as option 90 says */
static void test_interim_responses( BOOL async )
{
    static const struct { DWORD limit, count, error; } tests[] =
    {
        { 0, 10, 0 }, { 0, 11, INVALID }, { 2, 2, 0 }, { 2, 3, INVALID }, { 0, 500, INVALID },
    };
    static const char interim[] = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    static const char final[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    char *response = malloc( 500 * sizeof(interim) + sizeof(final) );
    struct step script[5];
    struct outcome outcome;
    struct server *server;
    struct client client;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        response[0] = 0;
        for (j = 0; j < tests[i].count; j++)
            strcpy( response + j * (sizeof(interim) - 1), interim );
        strcat( response, final );
        fill_script( script, response, (unsigned int)strlen( response ) );
        server = server_start( script );
        client_open( &client, server, mode( async ) );
        if (tests[i].limit)
            set_dword( client.request, WINHTTP_OPTION_MAX_HTTP_STATUS_CONTINUE, tests[i].limit );
        run_exchange( &client, &outcome, async );
        check_ret( outcome.received, tests[i].error );
        if (!tests[i].error) ok( outcome.len == 2, "got %u\n", (UINT)outcome.len );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
    free( response );
}

/* http.md 8, option 91: the limit of a head is the program's; a server that never ends one */
static void test_head_limit( BOOL async )
{
    static const struct { DWORD limit, lines, error; } tests[] =
    {
        { 1000, 9, 0 }, { 1000, 12, ERROR_WINHTTP_HEADER_SIZE_OVERFLOW },
        { 0, 3000, ERROR_WINHTTP_HEADER_SIZE_OVERFLOW },
    };
    static const char line[] = "X-Line: 0123456789012345678901234567890123456789"
                               "01234567890123456789012345678901234567890\r\n";
    char *response = malloc( 3000 * sizeof(line) + 100 ), *end;
    struct step script[5];
    struct outcome outcome;
    struct server *server;
    struct client client;
    unsigned int i, j;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        end = response + sprintf( response, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" );
        for (j = 0; j < tests[i].lines; j++) end += sprintf( end, "%s", line );
        if (!tests[i].error) end += sprintf( end, "\r\n" );
        fill_script( script, response, (unsigned int)(end - response) );
        server = server_start( script );
        client_open( &client, server, mode( async ) );
        if (tests[i].limit)
            set_dword( client.request, WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE, tests[i].limit );
        run_exchange( &client, &outcome, async );
        /* 12152 on older Windows */
        ok( outcome.received == tests[i].error || (tests[i].error && outcome.received == INVALID),
            "got %u\n", (UINT)outcome.received );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
    free( response );
}

/* RFC 9112 6.3, 9.3: heads whose end others may see elsewhere. What they say is refused, or taken
 * in the safe way; what follows on the connection is never taken for the next response. */
static void test_smuggling( BOOL async )
{
#define EVIL "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    static const struct { const char *response; DWORD error; const char *body; } tests[] =
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
          "2\r\nhi\r\n0\r\n\r\n" EVIL, 0, "hi" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
          "2\r\nhi\r\n0\r\n\r\n" EVIL, 0, "hi" },
        { "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
          "2\r\nhi\r\n0\r\n\r\n" EVIL, 0, "hi" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi" EVIL, 0, "hi" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi" EVIL, 0, "hi" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 2 2\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nhi" EVIL, INVALID, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nhi" EVIL, INVALID, "" },
        /* not the sole coding, or none that we know: data until the end of the connection */
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi", 0, "2\r\nhi" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\nContent-Length: 1\r\n\r\nhi", 0,
          "hi" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\nhi",
          0, "hi" },
        /* obs-fold: one value */
        { "HTTP/1.1 200 OK\r\nX: a\r\n Content-Length: 1\r\nContent-Length: 2\r\n\r\nhi" EVIL, 0,
          "hi" },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" EVIL, 0,
          "hi" },
        { "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nhi" EVIL, 0, "" },
        { "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nhi" EVIL, 0, "" },
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" EVIL, 0, "" },
    };
#undef EVIL
    static const struct step next[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood" ),
        SRV_END
    };
    struct step script[8];
    struct outcome outcome;
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "test %u", i );
        fill_script( script, tests[i].response, (unsigned int)strlen( tests[i].response ) );
        /* whatever needs the end of the connection gets it, and nothing else does */
        if (strstr( tests[i].response, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip" ) ||
            strstr( tests[i].response, "identity" ) || strstr( tests[i].response, "xchunked" ))
            memcpy( script + 4, next, sizeof(next) );
        else memcpy( script + 3, next, sizeof(next) );
        server = server_start( script );
        client_open( &client, server, mode( async ) );
        run_exchange( &client, &outcome, async );
        check_ret( outcome.received, tests[i].error );
        check_ret( outcome.read, 0 );
        ok( outcome.len == strlen( tests[i].body ) &&
            !memcmp( outcome.body, tests[i].body, outcome.len ),
            "got \"%.*s\"\n", (int)min( outcome.len, sizeof(outcome.body) ), outcome.body );
        check_works( WinHttpCloseHandle( client.request ) );
        client_request( &client, L"GET", L"/next" );
        run_exchange( &client, &outcome, async );
        ok( !outcome.received && outcome.len == 4 && !memcmp( outcome.body, "good", 4 ),
            "error %u, got \"%.*s\"\n", (UINT)outcome.received, (int)outcome.len, outcome.body );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* 94 KiB that become 62 MiB: they pass through, and memory stays what it was. */
static void test_bomb(void)
{
    /* a member of 65536 zeros */
    static const unsigned char member[96] =
    {
        [0] = 0x1f, [1] = 0x8b, [2] = 0x08, [8] = 0x02, [9] = 0x03, [10] = 0xed, [11] = 0xc1,
        [12] = 0x01, [13] = 0x01, [17] = 0x80, [18] = 0x90, [19] = 0xfe, [20] = 0xaf, [21] = 0xee,
        [22] = 0x08, [23] = 0x0a, [87] = 0x6a, [88] = 0xeb, [89] = 0x8e, [90] = 0x97, [91] = 0xd7,
        [94] = 0x01
    };
    static const unsigned int members = 1000;
    char *response = malloc( 128 + members * sizeof(member) );
    DWORD available, len, total = 0, most = 0;
    SIZE_T before, grown = 0;
    static char buffer[65536];
    struct step script[5];
    struct server *server;
    struct client client;
    unsigned int i;

    len = sprintf( response, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                   "Content-Length: %u\r\n\r\n", (UINT)(members * sizeof(member)) );
    for (i = 0; i < members; i++, len += sizeof(member))
        memcpy( response + len, member, sizeof(member) );
    fill_script( script, response, len );
    server = server_start( script );
    client_open( &client, server, CLIENT_SYNC );
    set_dword( client.request, WINHTTP_OPTION_DECOMPRESSION, WINHTTP_DECOMPRESSION_FLAG_ALL );
    client_exchange( &client, FALSE );
    before = heap_in_use();
    do
    {
        available = len = 0;
        check_works( WinHttpQueryDataAvailable( client.request, &available ) );
        if (available > most) most = available;
        if (!(total & 0xfffff) && heap_in_use() > before + grown) grown = heap_in_use() - before;
        check_works( WinHttpReadData( client.request, buffer, sizeof(buffer), &len ) );
        total += len;
    } while (len);
    ok( total == members * 65536, "got %u bytes\n", (UINT)total );
    ok( most <= 8192, "%u bytes were decoded ahead\n", (UINT)most );
    ok( grown < 1024 * 1024, "the heap has grown by %u bytes\n", (UINT)grown );
    client_close( &client );
    server_abandon( server );
    free( response );
}

START_TEST( badresponse )
{
    RUN_BOTH( test_malformed_heads );
    RUN_BOTH( test_cut_everywhere );
    RUN_BOTH( test_malformed_chunks );
    RUN_BOTH( test_interim_responses );
    RUN_BOTH( test_head_limit );
    RUN_BOTH( test_smuggling );
    RUN( test_bomb );
}
