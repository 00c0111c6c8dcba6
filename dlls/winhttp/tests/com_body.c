/*
 * The WinHttpRequest object: bodies of requests, and what they make of Content-Type.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11 and 12); a comment "guess" marks
 * an answer that nobody has seen.
 */
#include "com.h"

/* A server that takes a body of so many bytes. */
static struct server *start( struct step script[5], unsigned int len )
{
    const struct step steps[5] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( len ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };

    memcpy( script, steps, sizeof(steps) );
    return server_start_plain( script );
}

/* Posts the value, which it frees, and checks what arrives. type NULL: none is set. */
static void check_post( VARIANT body, const WCHAR *type, const char *expected,
                        unsigned int expected_len, const char *expected_type )
{
    IWinHttpRequest *request = com_create();
    struct step script[5];
    struct server *server = start( script, expected_len );
    char length[16];

    com_open( request, server, L"POST", L"/" );
    if (type) check_hr( com_set_header( request, L"Content-Type", type ), S_OK );
    check_hr( com_send_value( request, body ), S_OK );
    check_status( request, 200 );
    sprintf( length, "%u", expected_len );
    check_line( server, 0, "POST / HTTP/1.1" );
    check_header( server, 0, "Content-Length", length );
    check_header( server, 0, "Content-Type", expected_type );
    check_request_body( server, 0, expected, expected_len );
    com_release( request );
    server_stop( server );
}

/* As UTF-8, up to the first NUL. */
static void test_text(void)
{
    static const WCHAR with_nul[] = L"before\0after";
    VARIANT body = com_empty();

    check_post( com_text( L"text" ), NULL, "text", 4, "text/plain; Charset=UTF-8" );
    check_post( com_text( L"\x00e4\x20ac\xd83d\xde00" ), NULL,
                "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, "text/plain; Charset=UTF-8" );
    V_VT( &body ) = VT_BSTR;
    V_BSTR( &body ) = SysAllocStringLen( with_nul, ARRAYSIZE( with_nul ) - 1 );
    check_post( body, NULL, "before", 6, "text/plain; Charset=UTF-8" );
}

/* A text's charset goes behind the type, also where no text type stands. */
static void test_text_types(void)
{
    check_post( com_text( L"a=b" ), L"application/x-www-form-urlencoded", "a=b", 3,
                "application/x-www-form-urlencoded; Charset=UTF-8" );
    check_post( com_text( L"{}" ), L"application/json", "{}", 2,
                "application/json; Charset=UTF-8" );
    check_post( com_text( L"x" ), L"text/xml", "x", 1, "text/xml; Charset=UTF-8" );
}

/* guess U26: a charset that is there is the one the text is sent in */
static void test_text_charsets(void)
{
    check_post( com_text( L"\x00e4" ), L"text/plain; charset=iso-8859-1", "\xe4", 1,
                "text/plain; charset=iso-8859-1" );
    check_post( com_text( L"\x0436" ), L"text/plain; Charset=windows-1251", "\xe6", 1,
                "text/plain; Charset=windows-1251" );
    check_post( com_text( L"\x00e4" ), L"text/plain; charset=utf-8", "\xc3\xa4", 2,
                "text/plain; charset=utf-8" );
}

/* Bytes go out as they are, with the type that is set, or none. */
static void test_bytes(void)
{
    check_post( com_bytes( "\0\xff\r\n", 4 ), NULL, "\0\xff\r\n", 4, "(none)" );
    check_post( com_bytes( "bytes", 5 ), L"text/plain", "bytes", 5, "text/plain" );
    check_post( com_bytes( "{}", 2 ), L"application/json; charset=utf-8", "{}", 2,
                "application/json; charset=utf-8" );
}

static VARIANT stream_of( const void *data, ULONG len )
{
    LARGE_INTEGER start = { { 0 } };
    VARIANT value = com_empty();
    IStream *stream = NULL;

    check_hr( CreateStreamOnHGlobal( NULL, TRUE, &stream ), S_OK );
    check_hr( IStream_Write( stream, data, len, NULL ), S_OK );
    check_hr( IStream_Seek( stream, start, STREAM_SEEK_SET, NULL ), S_OK );
    V_VT( &value ) = VT_UNKNOWN;
    V_UNKNOWN( &value ) = (IUnknown *)stream;
    return value;
}

static void test_stream(void)
{
    static char large[60000];
    unsigned int i;

    for (i = 0; i < sizeof(large); i++) large[i] = 'a' + i % 23;
    check_post( stream_of( "a\0stream", 8 ), NULL, "a\0stream", 8, "(none)" );
    check_post( stream_of( "stream", 6 ), L"application/octet-stream", "stream", 6,
                "application/octet-stream" );
    check_post( stream_of( large, sizeof(large) ), NULL, large, sizeof(large), "(none)" );
}

static void test_large(void)
{
    static WCHAR text[60001];
    static char bytes[60000];
    unsigned int i;

    for (i = 0; i < sizeof(bytes); i++) text[i] = bytes[i] = 'a' + i % 23;
    check_post( com_bytes( bytes, sizeof(bytes) ), NULL, bytes, sizeof(bytes), "(none)" );
    check_post( com_text( text ), NULL, bytes, sizeof(bytes), "text/plain; Charset=UTF-8" );
}

/* http.md 5: no body is announced as one of length 0 */
static void test_none(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    IWinHttpRequest *request = com_create();
    struct server *server;
    unsigned int i;

    for (i = 0; i < 2; i++)
    {
        winetest_push_context( i ? "empty" : "missing" );
        server = server_start_plain( script );
        com_open( request, server, L"POST", L"/" );
        check_hr( com_send_value( request, i ? com_empty() : com_missing() ), S_OK );
        check_status( request, 200 );
        check_header( server, 0, "Content-Length", "0" );
        check_header( server, 0, "Content-Type", "(none)" );
        server_stop( server );
        winetest_pop_context();
    }
    com_release( request );
}

/* GET has no body, whatever Send is given; what would follow would be read as the next request. */
static void test_get(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ),
        SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    unsigned int i;

    for (i = 0; i < 3; i++)
    {
        com_open( request, server, L"GET", L"/" );
        check_hr( com_send_value( request, !i ? com_text( L"text" ) : i == 1 ?
                                  com_bytes( "bytes", 5 ) : stream_of( "stream", 6 ) ), S_OK );
        check_status( request, 200 );
        check_line( server, i, "GET / HTTP/1.1" );
        ok( !atoi( sent_header( server, i, "Content-Length" ) ), "got length %s\n",
            sent_header( server, i, "Content-Length" ) );
    }
    com_release( request );
    server_stop( server );
}

/* The value that Send got stays the caller's, and a second Send has its own. */
static void test_send_again(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( COM_OK_EMPTY ), SRV_HEADERS,
        SRV_BYTES( 6 ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();
    VARIANT body = com_text( L"text" );

    com_open( request, server, L"PUT", L"/" );
    check_hr( IWinHttpRequest_Send( request, body ), S_OK );
    ok( !wcscmp( V_BSTR( &body ), L"text" ), "got %ls\n", V_BSTR( &body ) );
    check_hr( com_send_value( request, com_text( L"longer" ) ), S_OK );
    check_header( server, 0, "Content-Type", "text/plain; Charset=UTF-8" );
    check_request_body( server, 0, "text", 4 );
    check_header( server, 1, "Content-Length", "6" );
    check_header( server, 1, "Content-Type", "text/plain; Charset=UTF-8" );
    check_request_body( server, 1, "longer", 6 );
    VariantClear( &body );
    com_release( request );
    server_stop( server );
}

/* http.md 10, 11: the body goes along when a challenge is answered */
static void test_challenge(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_BYTES( 4 ),
        SRV_SEND( "HTTP/1.1 401 Denied\r\nWWW-Authenticate: Basic realm=\"here\"\r\n"
                  "Content-Length: 0\r\n\r\n" ),
        SRV_HEADERS, SRV_BYTES( 4 ), SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"POST", L"/" );
    check_hr( com_set_credentials( request, L"user", L"pass", 0 ), S_OK );
    check_hr( com_send_value( request, com_text( L"text" ) ), S_OK );
    check_status( request, 200 );
    check_header( server, 1, "Authorization", "Basic dXNlcjpwYXNz" );
    check_header( server, 1, "Content-Type", "text/plain; Charset=UTF-8" );
    check_request_body( server, 1, "text", 4 );
    com_release( request );
    server_stop( server );
}

START_TEST( com_body )
{
    if (!com_begin()) return;
    RUN( test_text );
    RUN( test_text_types );
    RUN( test_text_charsets );
    RUN( test_bytes );
    RUN( test_stream );
    RUN( test_large );
    RUN( test_none );
    RUN( test_get );
    RUN( test_send_again );
    RUN( test_challenge );
    com_end();
}
