/*
 * WINHTTP_OPTION_DECOMPRESSION: gzip and deflate undone, whole and in pieces; corrupt, cut, huge.
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

#ifndef WINHTTP_OPTION_DECOMPRESSION
#define WINHTTP_OPTION_DECOMPRESSION 118
#define WINHTTP_DECOMPRESSION_FLAG_GZIP 1
#define WINHTTP_DECOMPRESSION_FLAG_DEFLATE 2
#define WINHTTP_DECOMPRESSION_FLAG_ALL 3
#endif

#define GZIP    WINHTTP_DECOMPRESSION_FLAG_GZIP
#define DEFLATE WINHTTP_DECOMPRESSION_FLAG_DEFLATE
#define BOTH    WINHTTP_DECOMPRESSION_FLAG_ALL

#define PLAIN "hello hello hello world"

/* PLAIN in each format; gzip once more as two members. */
static const unsigned char gzip_body[] =
{
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9,
    0xc9, 0x57, 0xc8, 0x40, 0x22, 0xcb, 0xf3, 0x8b, 0x72, 0x52, 0x00, 0x26, 0xe6, 0x5a,
    0x81, 0x17, 0x00, 0x00, 0x00
};
static const unsigned char two_members[] =
{
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9,
    0xc9, 0x57, 0x00, 0x00, 0xf6, 0xf9, 0x81, 0xed, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x8b,
    0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57,
    0xc8, 0x00, 0x93, 0xe5, 0xf9, 0x45, 0x39, 0x29, 0x00, 0x45, 0x3f, 0x9e, 0xe9, 0x11,
    0x00, 0x00, 0x00
};
static const unsigned char zlib_body[] =
{
    0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x22, 0xcb, 0xf3, 0x8b,
    0x72, 0x52, 0x00, 0x68, 0x7d, 0x08, 0xc5
};
static const unsigned char raw_body[] =
{
    0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x22, 0xcb, 0xf3, 0x8b, 0x72, 0x52,
    0x00
};

static void set_decompression( HINTERNET handle, DWORD flags )
{
    check_works( WinHttpSetOption( handle, WINHTTP_OPTION_DECOMPRESSION, &flags, sizeof(flags) ) );
}

static BOOL has_header( HINTERNET request, DWORD level )
{
    WCHAR value[64];
    DWORD size = sizeof(value);

    return WinHttpQueryHeaders( request, level, NULL, value, &size, NULL );
}

/* Reads to the end by pieces of size bytes; returns the length. */
static DWORD read_body( HINTERNET request, char *body, DWORD max, DWORD size )
{
    DWORD total = 0, len;

    do
    {
        check_works( WinHttpReadData( request, body + total, min( size, max - total ), &len ) );
        total += len;
    } while (len && total < max);
    return total;
}

struct coded
{
    const char *coding;
    const unsigned char *bytes;
    unsigned int len;
};

/* The response in `head`, a buffer of the caller's.
 * framing 0: length, 1: chunked, 2: until close. */
static unsigned int build_response( char *response, const struct coded *coded,
                                    unsigned int framing )
{
    unsigned int len = sprintf( response, "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\n",
                                coded->coding );

    if (!framing) len += sprintf( response + len, "Content-Length: %u\r\n\r\n", coded->len );
    else if (framing == 2) len += sprintf( response + len, "\r\n" );
    else len += sprintf( response + len, "Transfer-Encoding: chunked\r\n\r\n%x\r\n", coded->len );
    memcpy( response + len, coded->bytes, coded->len );
    len += coded->len;
    if (framing == 1) len += sprintf( response + len, "\r\n0\r\n\r\n" );
    return len;
}

/* http.md 7, programs.md: the formats by framings and slices; the headers that no longer hold go */
static void test_formats(void)
{
    static const struct coded formats[] =
    {
        { "gzip", gzip_body, sizeof(gzip_body) }, { "X-GZIP", gzip_body, sizeof(gzip_body) },
        { "gzip", two_members, sizeof(two_members) }, { "deflate", zlib_body, sizeof(zlib_body) },
        { "deflate", raw_body, sizeof(raw_body) },
    };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END, SRV_END };
    static const struct step cut = SRV_CUT, end = SRV_END;
    unsigned int i, framing;
    char response[512], body[64];
    struct server *server;
    struct client client;
    DWORD len;

    for (i = 0; i < 3 * ARRAYSIZE(formats); i++)
    {
        framing = i % 3;
        winetest_push_context( "format %u, framing %u", i / 3, framing );
        script[2].arg = i & 1;
        script[2].data = response;
        script[2].len = build_response( response, &formats[i / 3], framing );
        script[3] = framing == 2 ? cut : end;
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        set_decompression( client.request, BOTH );
        client_exchange( &client, FALSE );
        ok( !has_header( client.request, WINHTTP_QUERY_CONTENT_ENCODING ), "still there\n" );
        ok( !has_header( client.request, WINHTTP_QUERY_CONTENT_LENGTH ), "still there\n" );
        len = read_body( client.request, body, sizeof(body), 5 );
        ok( len == strlen( PLAIN ) && !memcmp( body, PLAIN, len ), "got \"%.*s\"\n", (int)len,
            body );
        check_works( WinHttpQueryDataAvailable( client.request, &len ) );
        ok( !len, "got %u\n", (UINT)len );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* http.md 13: only the chosen codings are asked for, none by default, the program's own stays; what
 * was not chosen comes as sent */
static void test_asking(void)
{
    static const struct { DWORD flags; const WCHAR *own; const char *asked; BOOL decoded; }
    tests[] =
    {
        { 0, NULL, "", FALSE },
        { GZIP, NULL, "gzip", TRUE },
        { DEFLATE, NULL, "deflate", FALSE },
        { BOTH, NULL, "gzip, deflate", TRUE },
        { BOTH, L"Accept-Encoding: br", "br", TRUE },
    };
    static const struct coded coded = { "gzip", gzip_body, sizeof(gzip_body) };
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_END };
    char response[512], body[64], asked[64];
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD len;

    script[2].data = response;
    script[2].len = build_response( response, &coded, 0 );
    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "%u", i );
        server = server_start( script );
        notify_reset();
        client_connect( &client, server_port( server ), CLIENT_SYNC );
        set_decompression( client.session, tests[i].flags );
        client_request( &client, L"GET", L"/" );
        if (tests[i].own) check_works( WinHttpAddRequestHeaders( client.request, tests[i].own, ~0u,
                                                                 WINHTTP_ADDREQ_FLAG_ADD ) );
        client_exchange( &client, FALSE );
        if (!server_header( server_request( server, 0 ), "Accept-Encoding", asked, sizeof(asked) ))
            asked[0] = 0;
        ok( !strcmp( asked, tests[i].asked ), "got %s\n", asked );
        ok( has_header( client.request, WINHTTP_QUERY_CONTENT_ENCODING ) == !tests[i].decoded,
            "wrong headers\n" );
        len = read_body( client.request, body, sizeof(body), sizeof(body) );
        if (tests[i].decoded) ok( len == strlen( PLAIN ), "got %u\n", (UINT)len );
        else ok( len == sizeof(gzip_body) && !memcmp( body, gzip_body, len ), "got %u\n",
                 (UINT)len );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* Guess: 12152, whether the data is corrupt or ends too early, at whichever byte. */
static void test_bad(void)
{
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_CUT, SRV_END };
    struct coded coded = { "gzip", NULL, sizeof(gzip_body) };
    unsigned char bytes[sizeof(gzip_body)];
    char response[512], body[64];
    struct server *server;
    struct client client;
    unsigned int i;
    DWORD len;

    coded.bytes = bytes;
    script[2].data = response;
    for (i = 1; i <= sizeof(gzip_body); i++)
    {
        winetest_push_context( "%u", i );
        memcpy( bytes, gzip_body, sizeof(bytes) );
        coded.len = i;
        if (i == sizeof(gzip_body)) bytes[i - 6] ^= 1; /* the checksum */
        script[2].len = build_response( response, &coded, 0 );
        server = server_start( script );
        client_open( &client, server, CLIENT_SYNC );
        set_decompression( client.request, BOTH );
        client_exchange( &client, FALSE );
        check_fails( WinHttpReadData( client.request, body, sizeof(body), &len ),
                     ERROR_WINHTTP_INVALID_SERVER_RESPONSE );
        client_close( &client );
        server_stop( server );
        winetest_pop_context();
    }
}

/* No body, nothing to decode: its headers tell of what a GET would bring. */
static void test_no_body(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" ),
        SRV_END
    };
    struct server *server = server_start( script );
    struct client client;
    char body[4];
    DWORD len;

    notify_reset();
    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client_request( &client, L"HEAD", L"/" );
    set_decompression( client.request, BOTH );
    client_exchange( &client, FALSE );
    ok( has_header( client.request, WINHTTP_QUERY_CONTENT_LENGTH ), "no length\n" );
    check_works( WinHttpReadData( client.request, body, sizeof(body), &len ) );
    ok( !len, "got %u\n", (UINT)len );
    client_close( &client );
    server_stop( server );
}

/* Asynchronously, and the connection serves the next request. */
static void test_async(void)
{
    static const struct coded coded = { "gzip", gzip_body, sizeof(gzip_body) };
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "" ), SRV_HEADERS, SRV_SEND( "" ), SRV_END
    };
    const struct notification *entry;
    char response[512], body[64];
    struct server *server;
    struct client client;
    unsigned int i, from;

    script[2].data = script[4].data = response;
    script[2].len = script[4].len = build_response( response, &coded, 1 );
    script[2].arg = 1;
    server = server_start( script );
    client_open( &client, server, CLIENT_ASYNC );
    set_decompression( client.request, BOTH );
    for (i = 0; i < 2; i++)
    {
        client_exchange( &client, TRUE );
        from = notify_count();
        check_works( WinHttpReadData( client.request, body, sizeof(body), NULL ) );
        entry = await( from, WINHTTP_CALLBACK_STATUS_READ_COMPLETE );
        ok( entry->len == strlen( PLAIN ) && !memcmp( body, PLAIN, entry->len ), "got %u\n",
            (UINT)entry->len );
        notify_reset();
    }
    client_close( &client );
    ok( server_connection_count( server ) == 1, "got %u\n", server_connection_count( server ) );
    server_stop( server );
}

/* Guess: frames are not decoded, so an upgrade does not ask for it. */
static void test_upgrade(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    struct server *server = server_start( script );
    struct client client;
    char asked[64];

    client_open( &client, server, CLIENT_SYNC );
    set_decompression( client.request, BOTH );
    client_set_upgrade( &client );
    client_exchange( &client, FALSE );
    ok( !server_header( server_request( server, 0 ), "Accept-Encoding", asked, sizeof(asked) ),
        "asked for %s\n", asked );
    client_close( &client );
    server_stop( server );
}

START_TEST(decompression)
{
    RUN( test_upgrade );
    RUN( test_formats );
    RUN( test_asking );
    RUN( test_bad );
    RUN( test_no_body );
    RUN( test_async );
}
