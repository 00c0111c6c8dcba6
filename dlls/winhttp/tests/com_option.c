/*
 * The WinHttpRequest object: the options, one by one, and what they do to a request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 13); a comment "guess" marks an
 * answer that nobody has seen.
 */
#include "com.h"

#define OPTION( name ) WinHttpRequestOption_##name

#define OPTION_COUNT 20

static const struct step answer[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END };

/* To be cleared. VT_EMPTY: failed. */
#define get_option( request, option ) get_option_at( request, option, __LINE__ )
static VARIANT get_option_at( IWinHttpRequest *request, WinHttpRequestOption option, int line )
{
    VARIANT value = com_empty();

    /* overwritten, not freed (facts/url-proxy-com.md 11) */
    V_VT( &value ) = VT_BSTR;
    V_BSTR( &value ) = (BSTR)(ULONG_PTR)0xdead;
    check_hr_at( IWinHttpRequest_get_Option( request, option, &value ), S_OK, line, __FILE__ );
    if (V_VT( &value ) == VT_BSTR && V_BSTR( &value ) == (BSTR)(ULONG_PTR)0xdead)
        VariantInit( &value );
    return value;
}

#define check_i4( request, option, expected ) check_i4_at( request, option, expected, __LINE__ )
static void check_i4_at( IWinHttpRequest *request, WinHttpRequestOption option, LONG expected,
                         int line )
{
    VARIANT value = get_option_at( request, option, line );

    ok_( __FILE__, line )( V_VT( &value ) == VT_I4, "got type %#x\n", V_VT( &value ) );
    if (V_VT( &value ) == VT_I4)
        ok_( __FILE__, line )( V_I4( &value ) == expected, "expected %d, got %d\n", (int)expected,
                               (int)V_I4( &value ) );
    VariantClear( &value );
}

#define check_bool( request, option, expected ) check_bool_at( request, option, expected, __LINE__ )
static void check_bool_at( IWinHttpRequest *request, WinHttpRequestOption option,
                           BOOL expected, int line )
{
    VARIANT value = get_option_at( request, option, line );

    ok_( __FILE__, line )( V_VT( &value ) == VT_BOOL, "got type %#x\n", V_VT( &value ) );
    if (V_VT( &value ) == VT_BOOL)
        ok_( __FILE__, line )( V_BOOL( &value ) == (expected ? VARIANT_TRUE : VARIANT_FALSE),
                               "expected %d, got %#x\n", expected, V_BOOL( &value ) );
    VariantClear( &value );
}

#define check_string( request, option, expected ) \
    check_string_at( request, option, expected, __LINE__ )
static void check_string_at( IWinHttpRequest *request, WinHttpRequestOption option,
                             const WCHAR *expected, int line )
{
    VARIANT value = get_option_at( request, option, line );

    ok_( __FILE__, line )( V_VT( &value ) == VT_BSTR, "got type %#x\n", V_VT( &value ) );
    if (V_VT( &value ) == VT_BSTR) check_bstr_at( V_BSTR( &value ), expected, line, __FILE__ );
}

/* ---- the values ---- */

static const struct { WinHttpRequestOption option; BOOL value; } switches[] =
{
    { OPTION( EscapePercentInURL ), FALSE }, { OPTION( EnableRedirects ), TRUE },
    { OPTION( UrlEscapeDisable ), FALSE }, { OPTION( RevertImpersonationOverSsl ), TRUE },
    { OPTION( EnableHttpsToHttpRedirects ), FALSE },
    { OPTION( EnablePassportAuthentication ), FALSE }, { OPTION( EnableHttp1_1 ), TRUE },
    { OPTION( EnableCertificateRevocationCheck ), FALSE }, { OPTION( RejectUserpwd ), FALSE },
};

static const struct { WinHttpRequestOption option; LONG value, other; } numbers[] =
{
    { OPTION( URLCodePage ), 65001, 1252 }, { OPTION( SslErrorIgnoreFlags ), 0, 0x3300 },
    { OPTION( MaxAutomaticRedirects ), 10, 3 }, { OPTION( MaxResponseHeaderSize ), 65536, 4096 },
    { OPTION( MaxResponseDrainSize ), 0x100000, 4096 },
};

static void check_defaults( IWinHttpRequest *request )
{
    VARIANT value;
    unsigned int i;

    check_string( request, OPTION( UserAgentString ), L"" COM_AGENT );
    for (i = 0; i < ARRAYSIZE( switches ); i++)
    {
        winetest_push_context( "option %u", switches[i].option );
        check_bool( request, switches[i].option, switches[i].value );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAYSIZE( numbers ); i++)
    {
        winetest_push_context( "option %u", numbers[i].option );
        check_i4( request, numbers[i].option, numbers[i].value );
        winetest_pop_context();
    }
    /* which value: the documentation contradicts itself */
    value = get_option( request, OPTION( UrlEscapeDisableQuery ) );
    ok( V_VT( &value ) == VT_BOOL, "got type %#x\n", V_VT( &value ) );
    /* which value is U28 */
    value = get_option( request, OPTION( SecureProtocols ) );
    ok( V_VT( &value ) == VT_I4, "got type %#x\n", V_VT( &value ) );
    VariantClear( &value );
}

static void test_defaults(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();

    check_defaults( request );
    com_open( request, server, L"GET", L"/" );
    check_defaults( request );
    check_hr( com_send( request ), S_OK );
    check_defaults( request );
    com_release( request );
    server_stop( server );
}

static void test_put_and_get(void)
{
    IWinHttpRequest *request = com_create();
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( switches ); i++)
    {
        winetest_push_context( "option %u", switches[i].option );
        check_hr( com_put_option( request, switches[i].option, com_bool( !switches[i].value ) ),
                  S_OK );
        check_bool( request, switches[i].option, !switches[i].value );
        check_hr( com_put_option( request, switches[i].option, com_bool( switches[i].value ) ),
                  S_OK );
        check_bool( request, switches[i].option, switches[i].value );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAYSIZE( numbers ); i++)
    {
        winetest_push_context( "option %u", numbers[i].option );
        check_hr( com_put_option( request, numbers[i].option, com_i4( numbers[i].other ) ), S_OK );
        check_i4( request, numbers[i].option, numbers[i].other );
        winetest_pop_context();
    }
    for (i = 0; i < 2; i++)
    {
        check_hr( com_put_option( request, OPTION( UrlEscapeDisableQuery ), com_bool( i ) ), S_OK );
        check_bool( request, OPTION( UrlEscapeDisableQuery ), i );
    }
    check_hr( com_put_option( request, OPTION( UserAgentString ), com_text( L"mine/1.0" ) ),
              S_OK );
    check_string( request, OPTION( UserAgentString ), L"mine/1.0" );
    check_hr( com_put_option( request, OPTION( SecureProtocols ), com_i4( 0x800 ) ), S_OK );
    check_i4( request, OPTION( SecureProtocols ), 0x800 );
    com_release( request );
}

static void test_refusals(void)
{
    static const int unknown[] = { OPTION_COUNT, OPTION_COUNT + 1, 1000, -1 };
    IWinHttpRequest *request = com_create();
    VARIANT value = com_empty();
    unsigned int i;

    for (i = 0; i < OPTION_COUNT; i++)
    {
        if (i == OPTION( SelectCertificate )) continue;
        winetest_push_context( "option %u", i );
        check_hr( IWinHttpRequest_get_Option( request, i, NULL ), E_INVALIDARG );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAYSIZE( unknown ); i++)
    {
        winetest_push_context( "option %d", unknown[i] );
        /* guess U29 */
        check_hr( IWinHttpRequest_get_Option( request, unknown[i], &value ), E_INVALIDARG );
        check_hr( IWinHttpRequest_put_Option( request, unknown[i], com_i4( 0 ) ), E_INVALIDARG );
        check_hr( IWinHttpRequest_put_Option( request, unknown[i], com_bool( TRUE ) ),
                  E_INVALIDARG );
        winetest_pop_context();
    }
    /* for writing only */
    ok( FAILED(IWinHttpRequest_get_Option( request, OPTION( SelectCertificate ), &value )),
        "a certificate is told\n" );
    com_release( request );
}

/* Option 1: there is none before Open, and none may be put. */
static void test_url(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT value = com_empty();

    check_hr( IWinHttpRequest_get_Option( request, OPTION( URL ), &value ), BEFORE_OPEN );
    ok( FAILED(com_put_option( request, OPTION( URL ), com_text( L"http://127.0.0.1/" ) )),
        "a URL is taken\n" );
    com_open( request, server, L"GET", L"/path?query" );
    check_string( request, OPTION( URL ), com_url( server, L"/path?query" ) );
    ok( FAILED(com_put_option( request, OPTION( URL ), com_text( L"http://127.0.0.1/" ) )),
        "a URL is taken\n" );
    check_hr( com_send( request ), S_OK );
    check_string( request, OPTION( URL ), com_url( server, L"/path?query" ) );
    check_line( server, 0, "GET /path?query HTTP/1.1" );
    com_release( request );
    server_stop( server );
}

static VARIANT ui4( ULONG number )
{
    VARIANT value = com_i4( number );

    V_VT( &value ) = VT_UI4;
    return value;
}

/* Option 2: a number, which stays what it is, or a name; told as VT_I4. */
static void test_code_page(void)
{
    IWinHttpRequest *request = com_create();

    check_hr( com_put_option( request, OPTION( URLCodePage ), com_i4( 1250 ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), 1250 );
    check_hr( com_put_option( request, OPTION( URLCodePage ), ui4( 1251 ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), 1251 );
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_i4( CP_ACP ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), CP_ACP );
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_text( L"utf-8" ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), CP_UTF8 );
    check_hr( com_put_option( request, OPTION( URLCodePage ), ui4( CP_ACP ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), CP_ACP );
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_text( L"UTF-8" ) ), S_OK );
    check_i4( request, OPTION( URLCodePage ), CP_UTF8 );
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_text( L"windows-1252" ) ),
              S_OK );
    check_i4( request, OPTION( URLCodePage ), 1252 );
    com_release( request );
}

/* guess: a text that is not there names no code page, and leaves the one that was */
static void test_no_text(void)
{
    IWinHttpRequest *request = com_create();
    VARIANT value = com_empty();

    V_VT( &value ) = VT_BSTR;
    V_BSTR( &value ) = NULL;
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_i4( 1250 ) ), S_OK );
    check_hr( IWinHttpRequest_put_Option( request, OPTION( URLCodePage ), value ), E_INVALIDARG );
    check_i4( request, OPTION( URLCodePage ), 1250 );
    com_release( request );
}

/* guess: the value may stand elsewhere, as scripts pass their variables */
static void test_by_reference(void)
{
    IWinHttpRequest *request = com_create();
    BSTR name = SysAllocString( L"utf-8" );
    VARIANT value = com_empty();

    V_VT( &value ) = VT_BYREF | VT_BSTR;
    V_BSTRREF( &value ) = &name;
    check_hr( com_put_option( request, OPTION( URLCodePage ), com_i4( 1250 ) ), S_OK );
    check_hr( IWinHttpRequest_put_Option( request, OPTION( URLCodePage ), value ), S_OK );
    check_i4( request, OPTION( URLCodePage ), CP_UTF8 );
    SysFreeString( name );
    com_release( request );
}

/* Option 4: four bits; what is refused leaves the value alone. It outlives Open and Send. */
static void test_ssl_flags(void)
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    static const LONG bad[] = { 0x321, 0x123, 0x3301, 0x4000, -1 };
    static const LONG good[] = { 0, 0x0100, 0x0200, 0x1000, 0x2000, 0x3300 };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( good ); i++)
    {
        winetest_push_context( "%#x", (UINT)good[i] );
        check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), com_i4( good[i] ) ),
                  S_OK );
        check_i4( request, OPTION( SslErrorIgnoreFlags ), good[i] );
        check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), ui4( good[i] ) ), S_OK );
        check_i4( request, OPTION( SslErrorIgnoreFlags ), good[i] );
        winetest_pop_context();
    }
    for (i = 0; i < ARRAYSIZE( bad ); i++)
    {
        winetest_push_context( "%#x", (UINT)bad[i] );
        check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), com_i4( bad[i] ) ),
                  E_INVALIDARG );
        check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), ui4( bad[i] ) ),
                  E_INVALIDARG );
        check_i4( request, OPTION( SslErrorIgnoreFlags ), 0x3300 );
        winetest_pop_context();
    }
    com_open( request, server, L"GET", L"/" );
    check_i4( request, OPTION( SslErrorIgnoreFlags ), 0x3300 );
    check_hr( com_send( request ), S_OK );
    check_i4( request, OPTION( SslErrorIgnoreFlags ), 0x3300 );
    check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), com_i4( 0x0100 ) ), S_OK );
    check_i4( request, OPTION( SslErrorIgnoreFlags ), 0x0100 );
    com_release( request );
    server_stop( server );
}

/* ---- what they do ---- */

struct effect
{
    WinHttpRequestOption option;
    LONG number;                /* for option 2 */
    BOOL set;                   /* for the others */
    const WCHAR *path;
    const char *line;
};

/* An option put before Open, as it says how to read the URL. */
static void check_effect( const struct effect *effect )
{
    struct server *server = server_start_plain( answer );
    IWinHttpRequest *request = com_create();
    VARIANT value = effect->option == OPTION( URLCodePage ) ? com_i4( effect->number ) :
                    com_bool( effect->set );

    check_hr( com_put_option( request, effect->option, value ), S_OK );
    com_open( request, server, L"GET", effect->path );
    check_hr( com_send( request ), S_OK );
    check_line( server, 0, effect->line );
    com_release( request );
    server_stop( server );
}

/* Options 2, 3, 7 and 8: unsafe characters are escaped, '%' is not, unless told otherwise. */
static void test_escaping(void)
{
    static const struct effect tests[] =
    {
        { OPTION( EscapePercentInURL ), 0, FALSE, L"/a%20b", "GET /a%20b HTTP/1.1" },
        { OPTION( EscapePercentInURL ), 0, TRUE, L"/a%20b", "GET /a%2520b HTTP/1.1" },
        { OPTION( UrlEscapeDisable ), 0, FALSE, L"/a^b", "GET /a%5Eb HTTP/1.1" },
        { OPTION( UrlEscapeDisable ), 0, TRUE, L"/a^b", "GET /a^b HTTP/1.1" },
        { OPTION( UrlEscapeDisableQuery ), 0, TRUE, L"/a^b?c^d", "GET /a%5Eb?c^d HTTP/1.1" },
        { OPTION( URLCodePage ), 65001, FALSE, L"/\x00e4", "GET /%C3%A4 HTTP/1.1" },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        check_effect( &tests[i] );
        winetest_pop_context();
    }
}

/* Option 17 */
static void test_http_version(void)
{
    static const struct effect tests[] =
    {
        { OPTION( EnableHttp1_1 ), 0, TRUE, L"/", "GET / HTTP/1.1" },
        { OPTION( EnableHttp1_1 ), 0, FALSE, L"/", "GET / HTTP/1.0" },
    };

    check_effect( &tests[0] );
    check_effect( &tests[1] );
}

/* Option 15: the header is too large. */
static void test_header_size(void)
{
    static char response[4096];
    const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND_N( response, sizeof(response) ), SRV_EOF, SRV_END
    };
    struct server *server;
    IWinHttpRequest *request = com_create();
    HRESULT hr;

    memset( response, 'x', sizeof(response) );
    memcpy( response, "HTTP/1.1 200 OK\r\nX: ", 20 );
    memcpy( response + sizeof(response) - 23, "\r\nContent-Length: 0\r\n\r\n", 23 );
    server = server_start_plain( script );
    com_open( request, server, L"GET", L"/" );
    check_hr( com_put_option( request, OPTION( MaxResponseHeaderSize ), com_i4( 1024 ) ), S_OK );
    hr = com_send( request );
    ok( hr == HTTP_E( ERROR_WINHTTP_HEADER_SIZE_OVERFLOW ) ||
        hr == HTTP_E( ERROR_WINHTTP_INVALID_SERVER_RESPONSE ), "got %#x\n", (UINT)hr );
    com_release( request );
    server_stop( server );
}

/* Option 14: so many and no more; com_failure has what comes behind. */
static void test_redirects(void)
{
    static const char moved[] = "HTTP/1.1 302 X\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n";
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( moved ), SRV_HEADERS, SRV_SEND( moved ), SRV_HEADERS,
        SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    com_open( request, server, L"GET", L"/" );
    check_hr( com_put_option( request, OPTION( MaxAutomaticRedirects ), com_i4( 2 ) ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, 200 );
    com_release( request );
    server_stop( server );
}

/* Option 19: a URL with a name and a password is refused, somewhere on the way. */
static void test_user_in_url(void)
{
    static const struct step nobody[] = { SRV_END };
    struct server *server = server_start_plain( nobody );
    IWinHttpRequest *request = com_create();
    WCHAR url[64];
    HRESULT hr;

    swprintf( url, ARRAYSIZE( url ), L"http://user:pass@127.0.0.1:%u/", server_port( server ) );
    check_hr( com_put_option( request, OPTION( RejectUserpwd ), com_bool( TRUE ) ), S_OK );
    hr = com_open_with( request, L"GET", url, com_missing() );
    if (SUCCEEDED(hr)) hr = com_send( request );
    ok( hr == HTTP_E( ERROR_WINHTTP_INVALID_URL ), "got %#x\n", (UINT)hr );
    ok( !server_connection_count( server ), "there is a connection\n" );
    com_release( request );
    server_stop( server );
}

START_TEST( com_option )
{
    if (!com_begin()) return;
    RUN( test_defaults );
    RUN( test_put_and_get );
    RUN( test_refusals );
    RUN( test_url );
    RUN( test_code_page );
    RUN( test_no_text );
    RUN( test_by_reference );
    RUN( test_ssl_flags );
    RUN( test_escaping );
    RUN( test_http_version );
    RUN( test_header_size );
    RUN( test_redirects );
    RUN( test_user_in_url );
    com_end();
}
