/*
 * What can be asked about a TLS connection and its certificate: options 31, 32, 36, 78, 84, 108,
 * 147, 151.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <winsock2.h>
#include <ws2tcpip.h>

#include "secure.h"

#define SECURITY_WIN32
#include <security.h>
#include <schannel.h>

#ifndef WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT
#define WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT 147
#endif
#ifndef WINHTTP_OPTION_SECURITY_INFO
#define WINHTTP_OPTION_SECURITY_INFO 151
#endif

static const struct step accepted[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_EOF,
                                        SRV_END };
static const struct step refused[] = { SRV_ACCEPT, SRV_EOF, SRV_END };

/* As the newest headers have them; mingw-w64's lack the second. */
struct cipher_info
{
    DWORD version, protocol, suite, base_suite;
    WCHAR suite_name[64], cipher[64];
    DWORD cipher_len, block_len;
    WCHAR hash[64];
    DWORD hash_len;
    WCHAR exchange[64];
    DWORD min_exchange, max_exchange;
    WCHAR cert[64];
    DWORD key_type;
};

struct security_info
{
    SecPkgContext_ConnectionInfo connection;
    struct cipher_info cipher;
};

static void query( HINTERNET request, DWORD option, void *buffer, DWORD size )
{
    DWORD len = size;

    check_works( WinHttpQueryOption( request, option, buffer, &len ) );
    ok( len == size, "option %u: got length %u\n", (UINT)option, (UINT)len );
}

static DWORD query_dword( HINTERNET request, DWORD option )
{
    DWORD value = 0xdeadbeef;

    query( request, option, &value, sizeof(value) );
    return value;
}

static PCCERT_CONTEXT query_cert( HINTERNET request )
{
    PCCERT_CONTEXT cert = NULL;

    query( request, WINHTTP_OPTION_SERVER_CERT_CONTEXT, &cert, sizeof(cert) );
    ok( cert != NULL, "no certificate\n" );
    return cert;
}

static void check_cert_info( HINTERNET request, const WCHAR *issuer )
{
    WINHTTP_CERTIFICATE_INFO info;
    PCCERT_CONTEXT cert = query_cert( request );

    query( request, WINHTTP_OPTION_SECURITY_CERTIFICATE_STRUCT, &info, sizeof(info) );
    ok( info.lpszSubjectInfo && !wcscmp( info.lpszSubjectInfo, L"localhost" ), "got %ls\n",
        info.lpszSubjectInfo );
    ok( info.lpszIssuerInfo && wcsstr( info.lpszIssuerInfo, issuer ), "got %ls\n",
        info.lpszIssuerInfo );
    ok( !info.lpszProtocolName && !info.lpszSignatureAlgName && !info.lpszEncryptionAlgName,
        "unexpected names\n" );
    ok( !CompareFileTime( &info.ftStart, &cert->pCertInfo->NotBefore ) &&
        !CompareFileTime( &info.ftExpiry, &cert->pCertInfo->NotAfter ), "wrong times\n" );
    ok( info.dwKeySize == query_dword( request, WINHTTP_OPTION_SECURITY_KEY_BITNESS ),
        "got %u bits\n", (UINT)info.dwKeySize );
    LocalFree( info.lpszSubjectInfo );
    LocalFree( info.lpszIssuerInfo );
    CertFreeCertificateContext( cert );
}

static void check_chain( HINTERNET request )
{
    PCCERT_CONTEXT cert = query_cert( request );
    PCCERT_CHAIN_CONTEXT chain = NULL;

    query( request, WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT, &chain, sizeof(chain) );
    ok( chain && chain->cChain == 1 && chain->rgpChain[0]->cElement >= 1, "no chain\n" );
    if (chain)
    {
        PCCERT_CONTEXT leaf = chain->rgpChain[0]->rgpElement[0]->pCertContext;

        ok( leaf->cbCertEncoded == cert->cbCertEncoded &&
            !memcmp( leaf->pbCertEncoded, cert->pbCertEncoded, cert->cbCertEncoded ),
            "another certificate\n" );
        CertFreeCertificateChain( chain );
    }
    CertFreeCertificateContext( cert );
}

/* guess: the buffer is what SSPI takes for bindings */
static void check_bindings( HINTERNET request )
{
    static const char prefix[] = "tls-server-end-point:";
    PCCERT_CONTEXT cert = query_cert( request );
    BYTE buffer[256], hash[32];
    SEC_CHANNEL_BINDINGS *bindings = (SEC_CHANNEL_BINDINGS *)buffer;
    DWORD len = 0, hash_len = sizeof(hash);
    const BYTE *token;

    check_fails( WinHttpQueryOption( request, WINHTTP_OPTION_SERVER_CBT, NULL, &len ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( len == sizeof(*bindings) + sizeof(prefix) - 1 + sizeof(hash), "got %u\n", (UINT)len );
    query( request, WINHTTP_OPTION_SERVER_CBT, buffer, len );
    ok( bindings->cbApplicationDataLength == len - sizeof(*bindings), "got %u\n",
        (UINT)bindings->cbApplicationDataLength );
    token = buffer + bindings->dwApplicationDataOffset;
    ok( !memcmp( token, prefix, sizeof(prefix) - 1 ), "wrong prefix\n" );
    check_works( CryptHashCertificate( 0, CALG_SHA_256, 0, cert->pbCertEncoded,
                                       cert->cbCertEncoded, hash, &hash_len ) );
    ok( !memcmp( token + sizeof(prefix) - 1, hash, sizeof(hash) ), "wrong hash\n" );
    CertFreeCertificateContext( cert );
}

static void check_security_info( HINTERNET request, DWORD protocol )
{
    struct security_info info;

    query( request, WINHTTP_OPTION_SECURITY_INFO, &info, sizeof(info) );
    ok( info.connection.dwProtocol == protocol, "got %#x\n", (UINT)info.connection.dwProtocol );
    ok( info.connection.dwCipherStrength == 128 || info.connection.dwCipherStrength == 256,
        "got %u\n", (UINT)info.connection.dwCipherStrength );
    ok( info.cipher.protocol == protocol, "got %#x\n", (UINT)info.cipher.protocol );
    ok( info.cipher.cipher_len == info.connection.dwCipherStrength, "got %u\n",
        (UINT)info.cipher.cipher_len );
    ok( !wcsncmp( info.cipher.suite_name, L"TLS_", 4 ), "got %ls\n", info.cipher.suite_name );
    ok( info.cipher.suite != 0, "%ls has no number\n", info.cipher.suite_name );
    ok( !info.cipher.exchange[0] == (protocol == 0x2000), "got %ls\n", info.cipher.exchange );
}

/* http.md 12, options.md: after the whole body was read too */
static void check_all( HINTERNET request, DWORD protocol )
{
    DWORD flags = query_dword( request, WINHTTP_OPTION_SECURITY_FLAGS );

    ok( flags & SECURITY_FLAG_SECURE && flags & SECURITY_FLAG_STRENGTH_STRONG, "got %#x\n",
        (UINT)flags );
    check_cert_info( request, L"tlsfront authority" );
    check_chain( request );
    check_bindings( request );
    check_security_info( request, protocol );
}

static void test_queries(void)
{
    static const struct { const char *options; DWORD protocol; } cases[] =
    {
        { "cert=good tls=1.2", 0x800 },
        { "cert=good tls=1.3", 0x2000 },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
    {
        winetest_push_context( "%s", cases[i].options );
        server = server_start_tls( accepted, cases[i].options );
        secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
        check_works( client_send( &client ) );
        check_all( client.request, cases[i].protocol );
        check_works( WinHttpReceiveResponse( client.request, NULL ) );
        secure_read_body( &client );
        check_all( client.request, cases[i].protocol );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

/* options.md 171; guess: there is none to be had, and a certificate is worth no more for it */
static void test_no_chain(void)
{
    struct server *server = server_start_tls( accepted, "cert=good" );
    PCCERT_CHAIN_CONTEXT chain;
    DWORD len = sizeof(chain);
    struct client client;
    BOOL yes = TRUE;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    check_works( WinHttpSetOption( client.session, 171, &yes, sizeof(yes) ) );
    check_works( WinHttpCloseHandle( client.request ) );
    secure_open_request( &client, IGNORE_ALL );
    check_works( client_send( &client ) );
    check_fails( WinHttpQueryOption( client.request, WINHTTP_OPTION_SERVER_CERT_CHAIN_CONTEXT,
                                     &chain, &len ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    client_close( &client );
    server_abandon( server );

    server = server_start_tls( refused, "cert=stranger" );
    secure_open( &client, server, L"localhost", CLIENT_SYNC, 0 );
    check_works( WinHttpSetOption( client.session, 171, &yes, sizeof(yes) ) );
    check_works( WinHttpCloseHandle( client.request ) );
    secure_open_request( &client, 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
    client_close( &client );
    server_abandon( server );
}

/* http.md 12: the certificate is there after 12175, which it is the reason of */
static void test_after_failure(void)
{
    struct server *server = server_start_tls( refused, "cert=stranger" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, 0 );
    check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
    check_cert_info( client.request, L"tlsfront stranger" );
    check_chain( client.request );
    client_close( &client );
    server_abandon( server );
}

/* options.md 84: what the client may speak, and what comes of it */
static void test_protocols(void)
{
    static const struct { const char *options; DWORD protocols, got; } cases[] =
    {
        { "cert=good", WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2, 0x800 },
        { "cert=good", 0x2000, 0x2000 },
        { "cert=good", WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | 0x2000, 0x2000 },
        { "cert=good tls=1.2", WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | 0x2000, 0x800 },
        { "cert=good tls=1.3", WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2, 0 },
        { "cert=good tls=1.2", 0x2000, 0 },
    };
    struct server *server;
    struct client client;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(cases); i++)
    {
        winetest_push_context( "case %u", i );
        server = server_start_tls( cases[i].got ? accepted : refused, cases[i].options );
        secure_open( &client, server, L"localhost", CLIENT_SYNC, 0 );
        secure_close_request( &client );
        check_works( WinHttpSetOption( client.session, WINHTTP_OPTION_SECURE_PROTOCOLS,
                                       (void *)&cases[i].protocols, sizeof(DWORD) ) );
        secure_open_request( &client, IGNORE_ALL );
        if (cases[i].got)
        {
            secure_check_ok( &client );
            check_security_info( client.request, cases[i].got );
        }
        else check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
}

START_TEST( tls_options )
{
    if (!secure_is_possible()) return;
    RUN( test_queries );
    RUN( test_no_chain );
    RUN( test_after_failure );
    RUN( test_protocols );
}
