/*
 * The WinHttpRequest object over TLS: what is wrong with certificates, and those of the client.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (facts/url-proxy-com.md 11 and 13); a comment "guess" marks
 * an answer that nobody has seen.
 */
#include "com_events.h"
#include "secure.h"

#include "tls_pfx.h"

#define OPTION( name ) WinHttpRequestOption_##name

static HRESULT open_secure( IWinHttpRequest *request, struct server *server, const WCHAR *path,
                            BOOL async )
{
    WCHAR url[64];

    swprintf( url, ARRAYSIZE( url ), L"https://localhost:%u%ls", server_port( server ), path );
    return com_open_with( request, L"GET", url, com_bool( async ) );
}

/* The last error object of this thread has a text. */
static void check_error_info(void)
{
    IErrorInfo *info = NULL;
    BSTR text = NULL;

    check_hr( GetErrorInfo( 0, &info ), S_OK );
    if (!info) return;
    check_hr( IErrorInfo_GetDescription( info, &text ), S_OK );
    ok( SysStringLen( text ) > 0, "no text\n" );
    SysFreeString( text );
    IErrorInfo_Release( info );
}

/* error 0: it works with these things ignored. */
static void check_certificate( const char *options, LONG ignored, DWORD error, BOOL async )
{
    struct server *server = server_start_tls( error ? secure_refused : secure_accepted, options );
    IWinHttpRequest *request = com_create();
    VARIANT_BOOL succeeded;

    winetest_push_context( "%s ignoring %#x", options, (UINT)ignored );
    check_hr( com_put_option( request, OPTION( SslErrorIgnoreFlags ), com_i4( ignored ) ), S_OK );
    check_hr( open_secure( request, server, L"/", async ), S_OK );
    SetErrorInfo( 0, NULL );
    if (async)
    {
        check_hr( com_send( request ), S_OK );
        check_hr( com_wait( request, 8, &succeeded ), error ? HTTP_E( error ) : S_OK );
    }
    else check_hr( com_send( request ), error ? HTTP_E( error ) : S_OK );
    if (error) check_error_info();
    else check_text( request, L"ok" );
    com_release( request );
    server_abandon( server );
    winetest_pop_context();
}

/* facts/url-proxy-com.md 11: not 12175, but what is wrong */
static void test_errors( BOOL async )
{
    static const struct { const char *options; DWORD error; } cases[] =
    {
        { "cert=good", 0 },
        { "cert=expired", ERROR_WINHTTP_SECURE_CERT_DATE_INVALID },
        { "cert=future", ERROR_WINHTTP_SECURE_CERT_DATE_INVALID },
        { "cert=name", ERROR_WINHTTP_SECURE_CERT_CN_INVALID },
        { "cert=self", ERROR_WINHTTP_SECURE_INVALID_CA },
        { "cert=stranger", ERROR_WINHTTP_SECURE_INVALID_CA },
        { "cert=corrupt", ERROR_WINHTTP_SECURE_INVALID_CERT },
        { "cert=usage", ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( cases ); i++)
        check_certificate( cases[i].options, 0, cases[i].error, async );
}

/* facts/url-proxy-com.md 13: option 4, bit by bit */
static void test_ignored(void)
{
    static const struct { const char *options; LONG ignored; DWORD error; } cases[] =
    {
        { "cert=expired", 0x2000, 0 },
        { "cert=expired", 0x1300, ERROR_WINHTTP_SECURE_CERT_DATE_INVALID },
        { "cert=name", 0x1000, 0 },
        { "cert=name", 0x2300, ERROR_WINHTTP_SECURE_CERT_CN_INVALID },
        { "cert=stranger", 0x0100, 0 },
        { "cert=stranger", 0x3200, ERROR_WINHTTP_SECURE_INVALID_CA },
        { "cert=usage", 0x0200, 0 },
        { "cert=usage", 0x3100, ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE },
        { "cert=everything", 0x3300, 0 },
    };
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( cases ); i++)
        check_certificate( cases[i].options, cases[i].ignored, cases[i].error, FALSE );
}

/* Option 18: the certificate's state is asked for, at a place where nobody is. */
static void test_revocation(void)
{
    static const struct step nobody[] = { SRV_END };
    struct server *place = server_start_plain( nobody ), *server;
    IWinHttpRequest *request = com_create();
    char options[FRONT_MAX_LINE];
    unsigned int i;

    sprintf( options, "cert=good ocsp=%u", server_port( place ) );
    server_abandon( place );
    for (i = 0; i < 2; i++)
    {
        server = server_start_tls( i ? secure_refused : secure_accepted, options );
        check_hr( com_put_option( request, OPTION( EnableCertificateRevocationCheck ),
                                  com_bool( i ) ), S_OK );
        check_hr( open_secure( request, server, L"/", FALSE ), S_OK );
        check_hr( com_send( request ), i ? HTTP_E( ERROR_WINHTTP_SECURE_CERT_REV_FAILED ) : S_OK );
        server_abandon( server );
    }
    com_release( request );
}

/* A server that knows nothing of TLS; 12157 was seen on Windows 7. */
static void test_no_tls(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_SEND( "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n" ), SRV_EOF,
        SRV_END
    };
    struct server *server = server_start_plain( script );
    IWinHttpRequest *request = com_create();

    check_hr( open_secure( request, server, L"/", FALSE ), S_OK );
    SetErrorInfo( 0, NULL );
    check_hr( com_send( request ), HTTP_E( ERROR_WINHTTP_SECURE_CHANNEL_ERROR ) );
    check_error_info();
    com_release( request );
    server_abandon( server );
}

/* The sinks are told the same number. */
static void test_event(void)
{
    static struct com_sink sink;
    struct server *server = server_start_tls( secure_refused, "cert=expired" );
    IWinHttpRequest *request = com_create();
    DWORD cookie;

    com_sink_init( &sink );
    cookie = com_advise( request, &sink );
    check_hr( open_secure( request, server, L"/", TRUE ), S_OK );
    check_hr( com_send( request ), S_OK );
    com_await_end( &sink );
    check_events( &sink, "E" );
    ok( (sink.events[0].number & 0xffff) == ERROR_WINHTTP_SECURE_CERT_DATE_INVALID, "got %#x\n",
        (UINT)sink.events[0].number );
    ok( sink.events[0].text[0], "no text\n" );
    com_unadvise( request, cookie );
    com_release( request );
    server_abandon( server );
}

/* Option 12: from https to http only if told so; else the redirect is the response (http.md 10). */
static void test_downgrade( BOOL allowed )
{
    static const struct step plain_script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( COM_OK_EMPTY ), SRV_END
    };
    struct server *plain = server_start_plain( plain_script );
    char moved[128];
    struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND_N( moved, 0 ), SRV_EOF, SRV_END
    };
    struct server *server;
    IWinHttpRequest *request = com_create();

    winetest_push_context( "allowed %d", allowed );
    script[2].len = sprintf( moved, "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:%u/b\r\n"
                             "Content-Length: 0\r\n\r\n", server_port( plain ) );
    server = server_start_tls( script, "cert=good" );
    check_hr( open_secure( request, server, L"/a", FALSE ), S_OK );
    check_hr( com_put_option( request, OPTION( EnableHttpsToHttpRedirects ), com_bool( allowed ) ),
              S_OK );
    check_hr( com_send( request ), S_OK );
    check_status( request, allowed ? 200 : 302 );
    if (allowed) check_line( plain, 0, "GET /b HTTP/1.1" );
    com_release( request );
    server_abandon( server );
    server_abandon( plain );
    winetest_pop_context();
}

static void test_downgrades(void)
{
    test_downgrade( FALSE );
    test_downgrade( TRUE );
}

/* ---- the client's certificate ---- */

static HCERTSTORE open_my(void)
{
    return CertOpenStore( CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, "MY" );
}

/* Puts the certificate of tls_pfx.h, whose key gets a container, among the user's own. */
static PCCERT_CONTEXT add_own(void)
{
    CRYPT_DATA_BLOB blob = { sizeof(tls_pfx), (BYTE *)tls_pfx };
    HCERTSTORE imported = PFXImportCertStore( &blob, TLS_PFX_PASSWORD, 0 ), store = open_my();
    PCCERT_CONTEXT cert;

    ok( imported != NULL, "not imported, error %#x\n", (UINT)GetLastError() );
    cert = CertFindCertificateInStore( imported, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL );
    ok( cert != NULL, "no certificate, error %#x\n", (UINT)GetLastError() );
    check_works( CertAddCertificateContextToStore( store, cert, CERT_STORE_ADD_REPLACE_EXISTING,
                                                   NULL ) );
    check_works( CertCloseStore( store, 0 ) );
    CertCloseStore( imported, 0 );
    return cert;
}

static void remove_own( PCCERT_CONTEXT cert )
{
    HCERTSTORE store = open_my();
    PCCERT_CONTEXT found = CertFindCertificateInStore( store, X509_ASN_ENCODING, 0,
                                                       CERT_FIND_EXISTING, cert, NULL );

    ok( found != NULL, "it is not there any more\n" );
    if (found) check_works( CertDeleteCertificateFromStore( found ) );
    check_works( CertCloseStore( store, 0 ) );
    CertFreeCertificateContext( cert );
}

/* by_option: by option 5. */
static void check_own( const WCHAR *selection, BOOL by_option, PCCERT_CONTEXT expected )
{
    struct server *server = server_start_tls( secure_accepted, "cert=good client=ask" );
    IWinHttpRequest *request = com_create();
    BSTR text = SysAllocString( selection );
    char hash[64] = "none";
    DWORD size = 20, i;
    BYTE bytes[20];

    winetest_push_context( "%ls, option %d", selection, by_option );
    if (CertGetCertificateContextProperty( expected, CERT_SHA1_HASH_PROP_ID, bytes, &size ))
        for (i = 0; i < size; i++) sprintf( hash + 2 * i, "%02x", bytes[i] );
    check_hr( open_secure( request, server, L"/", FALSE ), S_OK );
    if (by_option) check_hr( com_put_option( request, OPTION( SelectCertificate ),
                                             com_text( selection ) ), S_OK );
    else check_hr( IWinHttpRequest_SetClientCertificate( request, text ), S_OK );
    check_hr( com_send( request ), S_OK );
    check_text( request, L"ok" );
    ok( !strcmp( secure_seen( server ).peer, hash ), "expected %s, got %s\n", hash,
        secure_seen( server ).peer );
    SysFreeString( text );
    com_release( request );
    server_abandon( server );
    winetest_pop_context();
}

/* facts/url-proxy-com.md 11: store and part of the subject, the store left out, both left out */
static void test_own_certificate(void)
{
    PCCERT_CONTEXT cert = add_own();
    WCHAR name[64], selection[128];
    unsigned int i;

    CertGetNameStringW( cert, CERT_NAME_SIMPLE_DISPLAY_TYPE, 0, NULL, name, ARRAYSIZE( name ) );
    for (i = 0; i < 2; i++)
    {
        swprintf( selection, ARRAYSIZE( selection ), L"CURRENT_USER\\MY\\%ls", name );
        check_own( selection, i, cert );
        check_own( name, i, cert );
        name[wcslen( name ) - 1] = 0;
        check_own( name, i, cert );
    }
    check_own( L"", FALSE, cert );
    remove_own( cert );
}

/* http.md 12: the server asks, and none has been chosen */
static void test_no_certificate(void)
{
    struct server *server = server_start_tls( secure_refused, "cert=good client=require" );
    IWinHttpRequest *request = com_create();

    check_hr( open_secure( request, server, L"/", FALSE ), S_OK );
    SetErrorInfo( 0, NULL );
    check_hr( com_send( request ), HTTP_E( ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED ) );
    check_error_info();
    com_release( request );
    server_abandon( server );
}

START_TEST( tls_com )
{
    PCCERT_CONTEXT authority;

    if (!secure_is_possible()) return;
    if (!(authority = secure_trust_authority())) return;
    if (com_begin())
    {
        RUN_BOTH( test_errors );
        RUN( test_ignored );
        RUN( test_revocation );
        RUN( test_no_tls );
        RUN( test_event );
        RUN( test_downgrades );
        RUN( test_own_certificate );
        RUN( test_no_certificate );
        com_end();
    }
    secure_distrust( authority );
}
