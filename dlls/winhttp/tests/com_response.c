/*
 * The WinHttpRequest object: what it gives of a response - headers, status, text, bytes, stream.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11 and 12); a comment "guess" marks
 * an answer that nobody has seen. How it fails: com_failure.
 */
#include "com.h"

#define NOT_TRANSLATED ((HRESULT)0x80070459)    /* ERROR_NO_UNICODE_TRANSLATION */

/* An object that has got the whole of one response; the server is gone. */
static IWinHttpRequest *receive( const WCHAR *method, const void *response, unsigned int len )
{
    const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND_N( response, len ), SRV_CUT, SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, method, L"/" );
    check_hr( com_send( request ), S_OK );
    server_stop( server );
    return request;
}

#define receive_text( text ) receive( L"GET", text, sizeof(text) - 1 )

/* The same with a body, up to the end of the connection. type "": no Content-Type. */
static IWinHttpRequest *receive_body( const char *type, const void *body, unsigned int len )
{
    char response[1024];
    int head = sprintf( response, "HTTP/1.1 200 OK\r\n%s%s%s\r\n", *type ? "Content-Type: " : "",
                        type, *type ? "\r\n" : "" );

    memcpy( response + head, body, len );
    return receive( L"GET", response, head + len );
}

/* facts/url-proxy-com.md 11 */
static void test_headers(void)
{
    IWinHttpRequest *request = receive_text( "HTTP/1.1 200 OK\r\nX-Test: a value\r\nX-Empty:\r\n"
                                             "Content-Length: 0\r\n\r\n" );
    BSTR text = NULL;

    check_hr( com_get_header( request, L"X-Test", &text ), S_OK );
    check_bstr( text, L"a value" );
    check_hr( com_get_header( request, L"x-test", &text ), S_OK );
    check_bstr( text, L"a value" );
    check_hr( com_get_header( request, L"Content-Length", &text ), S_OK );
    check_bstr( text, L"0" );
    /* guess U20 */
    check_hr( com_get_header( request, L"X-Absent", &text ),
              HTTP_E( ERROR_WINHTTP_HEADER_NOT_FOUND ) );
    com_release( request );
}

static void test_all_headers(void)
{
    static const WCHAR lines[] = L"X-Test: a value\r\nX-More: 2\r\nContent-Length: 0\r\n\r\n";
    IWinHttpRequest *request = receive_text( "HTTP/1.1 200 OK\r\nX-Test: a value\r\nX-More: 2\r\n"
                                             "Content-Length: 0\r\n\r\n" );
    BSTR text = NULL;

    check_hr( IWinHttpRequest_GetAllResponseHeaders( request, &text ), S_OK );
    ok( text && wcsstr( text, lines ) && !wcsstr( text, lines )[ARRAYSIZE( lines ) - 1],
        "got \"%ls\"\n", text );
    check_bstr( text, L"HTTP/1.1 200 OK\r\nX-Test: a value\r\nX-More: 2\r\n"
                L"Content-Length: 0\r\n\r\n" );     /* guess U21: the status line is in it */
    com_release( request );
}

static void test_status(void)
{
    static const struct { const char *response; LONG status; const WCHAR *text; } tests[] =
    {
        { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, L"OK" },
        { "HTTP/1.1 404 Gone for Lunch\r\nContent-Length: 0\r\n\r\n", 404, L"Gone for Lunch" },
        { "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 503, L"Busy" },
        { "HTTP/1.0 201 Made\r\n\r\n", 201, L"Made" },
    };
    IWinHttpRequest *request;
    BSTR text = NULL;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        request = receive( L"GET", tests[i].response, (UINT)strlen( tests[i].response ) );
        check_status( request, tests[i].status );
        check_hr( IWinHttpRequest_get_StatusText( request, &text ), S_OK );
        check_bstr( text, tests[i].text );
        com_release( request );
        winetest_pop_context();
    }
}

/* facts/url-proxy-com.md 12: the charset decides */
static void test_charsets(void)
{
    static const struct { const char *type, *body; const WCHAR *text; } tests[] =
    {
        { "text/plain; charset=utf-8", "a\xc3\xa4\xe2\x82\xac", L"a\x00e4\x20ac" },
        { "text/html; Charset=UTF-8", "\xc3\xa4", L"\x00e4" },
        { "text/html;charset=\"utf-8\"", "\xc3\xa4", L"\x00e4" },
        { "application/json; charset=utf-8", "{\xc3\xa4}", L"{\x00e4}" },
        { "text/plain; charset=iso-8859-1", "\xe4\xfc", L"\x00e4\x00fc" },
        { "text/plain; charset=windows-1252", "\x80", L"\x20ac" },
        { "text/plain; charset=windows-1251", "\xe6", L"\x0436" },
        { "text/plain; x=y; charset=utf-8", "\xc3\xa4", L"\x00e4" },
        { "text/plain; charset=utf-8", "\xf0\x9f\x98\x80", L"\xd83d\xde00" },
    };
    IWinHttpRequest *request;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%s", tests[i].type );
        request = receive_body( tests[i].type, tests[i].body, (UINT)strlen( tests[i].body ) );
        check_text( request, tests[i].text );
        check_text( request, tests[i].text );
        check_body( request, tests[i].body, (UINT)strlen( tests[i].body ) );
        com_release( request );
        winetest_pop_context();
    }
}

/* Without one it is the ANSI code page, even where the bytes are plainly UTF-8. */
static void test_no_charset(void)
{
    static const char *const types[] = { "", "text/plain", "application/json", "text/html; x=y" };
    static const char body[] = "a\xc3\xa4";
    IWinHttpRequest *request;
    WCHAR expected[8] = L"";
    unsigned int i;

    MultiByteToWideChar( CP_ACP, 0, body, -1, expected, ARRAYSIZE( expected ) );
    if (GetACP() == 1252) ok( !wcscmp( expected, L"a\x00c3\x00a4" ), "got %ls\n", expected );
    for (i = 0; i < ARRAYSIZE( types ); i++)
    {
        winetest_push_context( "\"%s\"", types[i] );
        request = receive_body( types[i], body, sizeof(body) - 1 );
        check_text( request, expected );
        com_release( request );
        winetest_pop_context();
    }
}

/* Not a text, but the bytes are there. */
static void test_undecodable(void)
{
    static const char *const bodies[] = { "\xff", "a\xc3(", "\xc3", "\xed\xa0\x80" };
    IWinHttpRequest *request;
    BSTR text = NULL;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( bodies ); i++)
    {
        winetest_push_context( "%u", i );
        request = receive_body( "text/plain; charset=utf-8", bodies[i],
                                (UINT)strlen( bodies[i] ) );
        check_hr( IWinHttpRequest_get_ResponseText( request, &text ), NOT_TRANSLATED );
        check_body( request, bodies[i], (UINT)strlen( bodies[i] ) );
        com_release( request );
        winetest_pop_context();
    }
}

/* guess U27: a byte order mark says what follows, and is not part of the text */
static void test_byte_order_marks(void)
{
    static const struct { const char *type, *body; unsigned int len; } tests[] =
    {
        { "text/plain", "\xef\xbb\xbf\xc3\xa4", 5 },
        { "", "\xef\xbb\xbf\xc3\xa4", 5 },
        { "text/plain; charset=utf-8", "\xef\xbb\xbf\xc3\xa4", 5 },
        { "text/plain", "\xff\xfe\xe4\x00", 4 },
        { "text/plain; charset=utf-16", "\xff\xfe\xe4\x00", 4 },
    };
    IWinHttpRequest *request;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u, %s", i, tests[i].type );
        request = receive_body( tests[i].type, tests[i].body, tests[i].len );
        check_text( request, L"\x00e4" );
        check_body( request, tests[i].body, tests[i].len );
        com_release( request );
        winetest_pop_context();
    }
}

/* facts/url-proxy-com.md 11: no body is VT_EMPTY, and an empty text */
static void test_no_body(void)
{
    static const struct { const WCHAR *method; const char *response; } tests[] =
    {
        { L"GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
        { L"GET", "HTTP/1.1 204 No Content\r\n\r\n" },
        { L"GET", "HTTP/1.1 304 Same\r\nContent-Length: 10\r\n\r\n" },
        { L"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" },
        { L"GET", "HTTP/1.1 200 OK\r\n\r\n" },
        { L"GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    };
    IWinHttpRequest *request;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        request = receive( tests[i].method, tests[i].response, (UINT)strlen( tests[i].response ) );
        check_body( request, "", 0 );
        check_text( request, L"" );
        com_release( request );
        winetest_pop_context();
    }
}

static void test_body(void)
{
    static const char body[] = "by\0tes\xff\r\n";
    IWinHttpRequest *request = receive_body( "application/octet-stream", body, sizeof(body) );

    check_body( request, body, sizeof(body) );
    check_body( request, body, sizeof(body) );
    com_release( request );
    request = receive_text( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" );
    check_text( request, L"hello" );
    check_body( request, "hello", 5 );
    com_release( request );
    request = receive_text( "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                            "3\r\nhel\r\n2;ext=1\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n" );
    check_text( request, L"hello" );
    check_body( request, "hello", 5 );
    com_release( request );
}

/* ---- the stream ---- */

/* The VT_UNKNOWN's pointer is the stream's. */
static IStream *get_stream( IWinHttpRequest *request )
{
    VARIANT value = com_empty();
    void *same = NULL;

    V_VT( &value ) = VT_BSTR;
    V_BSTR( &value ) = (BSTR)(ULONG_PTR)0xdead;
    check_hr( IWinHttpRequest_get_ResponseStream( request, &value ), S_OK );
    ok( V_VT( &value ) == VT_UNKNOWN, "got type %#x\n", V_VT( &value ) );
    if (V_VT( &value ) != VT_UNKNOWN || !V_UNKNOWN( &value )) return NULL;
    check_hr( IUnknown_QueryInterface( V_UNKNOWN( &value ), &IID_IStream, &same ), S_OK );
    ok( same == V_UNKNOWN( &value ), "another pointer\n" );
    if (same) IUnknown_Release( (IUnknown *)same );
    return (IStream *)V_UNKNOWN( &value );
}

static void check_read( IStream *stream, const void *expected, ULONG len )
{
    ULONG read = 0xdead, total = 0;
    char *buffer = malloc( len + 1 );
    HRESULT hr;

    while (total <= len)
    {
        hr = IStream_Read( stream, buffer + total, len + 1 - total, &read );
        ok( hr == S_OK || hr == S_FALSE, "got %#x\n", (UINT)hr );
        if (FAILED(hr) || !read) break;
        total += read;
    }
    ok( total == len && !memcmp( buffer, expected, len ), "got %u bytes\n", (UINT)total );
    free( buffer );
}

static void check_seek( IStream *stream, LONGLONG move, DWORD origin, ULONGLONG expected )
{
    ULARGE_INTEGER now = { { 0xdead } };
    LARGE_INTEGER distance;

    distance.QuadPart = move;
    check_hr( IStream_Seek( stream, distance, origin, &now ), S_OK );
    ok( now.QuadPart == expected, "got %u\n", (UINT)now.QuadPart );
}

/* facts/url-proxy-com.md 11: a new stream each time, at its start, complete, seekable, alive
 * without the object */
static void test_stream(void)
{
    IWinHttpRequest *request = receive_text( "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" );
    IStream *first = get_stream( request ), *second;
    STATSTG stat;

    if (!first)
    {
        com_release( request );
        return;
    }
    check_read( first, "hello", 5 );
    second = get_stream( request );
    ok( second && second != first, "the same stream again\n" );
    check_read( second, "hello", 5 );
    check_body( request, "hello", 5 );
    com_release( request );
    check_seek( first, 1, STREAM_SEEK_SET, 1 );
    check_read( first, "ello", 4 );
    check_seek( first, -2, STREAM_SEEK_CUR, 3 );
    check_read( first, "lo", 2 );
    check_seek( first, -5, STREAM_SEEK_END, 0 );
    check_read( first, "hello", 5 );
    check_hr( IStream_Stat( first, &stat, STATFLAG_NONAME ), S_OK );
    ok( stat.type == STGTY_STREAM && stat.cbSize.QuadPart == 5, "got type %u, size %u\n",
        (UINT)stat.type, (UINT)stat.cbSize.QuadPart );
    ok( !IStream_Release( first ), "references left\n" );
    check_seek( second, 0, STREAM_SEEK_SET, 0 );
    check_read( second, "hello", 5 );
    ok( !IStream_Release( second ), "references left\n" );
}

/* The stream of a response that is not the object's any more. */
static void test_stream_of_before(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none" ),
        SRV_HEADERS, SRV_SEND( "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo" ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    IStream *stream;

    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    stream = get_stream( request );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_send( request ), S_OK );
    check_text( request, L"two" );
    if (stream)
    {
        check_read( stream, "one", 3 );
        IStream_Release( stream );
    }
    com_release( request );
    server_stop( server );
}

/* ---- a megabyte ---- */

#define LARGE 0x100000
#define LARGE_CHUNKS 16

static char *make_large( BOOL chunked, unsigned int *len )
{
    unsigned int i, pos, chunk = LARGE / LARGE_CHUNKS;
    char *response = malloc( LARGE + 1024 );

    pos = sprintf( response, chunked ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" :
                   "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" );
    for (i = 0; i < LARGE; i++)
    {
        if (chunked && !(i % chunk)) pos += sprintf( response + pos, "%s%x\r\n", i ? "\r\n" : "",
                                                     chunk );
        response[pos++] = 'a' + i % 23;
    }
    if (chunked) pos += sprintf( response + pos, "\r\n0\r\n\r\n" );
    *len = pos;
    return response;
}

static void test_large(void)
{
    char *body = malloc( LARGE ), *response;
    IWinHttpRequest *request;
    unsigned int i, len;
    IStream *stream;
    BSTR text;

    for (i = 0; i < LARGE; i++) body[i] = 'a' + i % 23;
    for (i = 0; i < 2; i++)
    {
        winetest_push_context( i ? "chunked" : "whole" );
        response = make_large( i, &len );
        request = receive( L"GET", response, len );
        check_body( request, body, LARGE );
        text = NULL;
        check_hr( IWinHttpRequest_get_ResponseText( request, &text ), S_OK );
        ok( SysStringLen( text ) == LARGE, "got %u characters\n", SysStringLen( text ) );
        ok( text && text[LARGE - 1] == body[LARGE - 1], "wrong text\n" );
        SysFreeString( text );
        stream = get_stream( request );
        com_release( request );
        if (stream)
        {
            check_read( stream, body, LARGE );
            IStream_Release( stream );
        }
        free( response );
        winetest_pop_context();
    }
    free( body );
}

START_TEST( com_response )
{
    if (!com_begin()) return;
    RUN( test_headers );
    RUN( test_all_headers );
    RUN( test_status );
    RUN( test_charsets );
    RUN( test_no_charset );
    RUN( test_undecodable );
    RUN( test_byte_order_marks );
    RUN( test_no_body );
    RUN( test_body );
    RUN( test_stream );
    RUN( test_stream_of_before );
    RUN( test_large );
    com_end();
}
