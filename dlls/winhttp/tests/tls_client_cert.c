/*
 * Certificates of the client: options 47 and 94, ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "secure.h"

#include <wincrypt.h>
#include <ncrypt.h>
#include <schannel.h>

#include "tls_pfx.h"

#ifndef CERT_NCRYPT_KEY_SPEC
#define CERT_NCRYPT_KEY_SPEC 0xffffffff
#endif
#ifndef MS_KEY_STORAGE_PROVIDER
#define MS_KEY_STORAGE_PROVIDER L"Microsoft Software Key Storage Provider"
#endif

#define CONTAINER L"winhttp_test tls_client_cert"

/* Key and certificate of a new container; on Windows as on Wine a program's usual way. */
static PCCERT_CONTEXT make_cert( const WCHAR *container, DWORD key_flags )
{
    CRYPT_KEY_PROV_INFO info = { 0 };
    CERT_NAME_BLOB name = { 0 };
    PCCERT_CONTEXT cert = NULL;
    HCRYPTPROV provider;
    BYTE subject[64];
    HCRYPTKEY key;

    CryptAcquireContextW( &provider, container, NULL, PROV_RSA_AES, CRYPT_DELETEKEYSET );
    check_works( CryptAcquireContextW( &provider, container, NULL, PROV_RSA_AES,
                                       CRYPT_NEWKEYSET | CRYPT_SILENT ) );
    check_works( CryptGenKey( provider, AT_KEYEXCHANGE, 2048 << 16 | key_flags, &key ) );
    name.pbData = subject;
    name.cbData = sizeof(subject);
    check_works( CertStrToNameW( X509_ASN_ENCODING, L"CN=winhttp_test", CERT_X500_NAME_STR, NULL,
                                 subject, &name.cbData, NULL ) );
    info.pwszContainerName = (WCHAR *)container;
    info.dwProvType = PROV_RSA_AES;
    info.dwKeySpec = AT_KEYEXCHANGE;
    cert = CertCreateSelfSignCertificate( provider, &name, 0, &info, NULL, NULL, NULL, NULL );
    ok( cert != NULL, "no certificate, error %#x\n", (UINT)GetLastError() );
    CryptDestroyKey( key );
    CryptReleaseContext( provider, 0 );
    return cert;
}

static void delete_container( const WCHAR *container )
{
    HCRYPTPROV provider;

    CryptAcquireContextW( &provider, container, NULL, PROV_RSA_AES, CRYPT_DELETEKEYSET );
}

static void set_cert( struct client *client, PCCERT_CONTEXT cert )
{
    check_works( WinHttpSetOption( client->request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT,
                                   (void *)cert, cert ? sizeof(*cert) : 0 ) );
}

/* What the front has seen is this certificate; NULL: none. */
#define check_peer( server, cert ) check_peer_at( server, cert, __LINE__ )
static void check_peer_at( struct server *server, PCCERT_CONTEXT cert, int line )
{
    struct seen seen = secure_seen( server );
    char expect[64] = "none";
    BYTE hash[20];
    DWORD size = sizeof(hash), i;

    if (cert && CertGetCertificateContextProperty( cert, CERT_SHA1_HASH_PROP_ID, hash, &size ))
        for (i = 0; i < size; i++) sprintf( expect + 2 * i, "%02x", hash[i] );
    ok_( __FILE__, line )( !strcmp( seen.peer, expect ), "expected %s, got %s\n", expect,
                           seen.peer );
}

static const struct step one_exchange[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ),
                                            SRV_EOF, SRV_END };

/* The first connection is given up before anything is sent on it. */
static const struct step second_exchange[] =
{
    SRV_ACCEPT, SRV_EOF, SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_EOF, SRV_END
};

static void check_shown( PCCERT_CONTEXT cert, const char *options )
{
    struct server *server = server_start_tls( one_exchange, options );
    struct client client;

    winetest_push_context( "%s", options );
    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    set_cert( &client, cert );
    secure_check_ok( &client );
    check_peer( server, cert );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

static void check_shown_everywhere( PCCERT_CONTEXT cert )
{
    check_shown( cert, "client=require tls=1.2" );
    check_shown( cert, "client=require tls=1.3" );
    check_shown( cert, "client=ask" );
}

/* http.md 12, options.md 47: keys of CryptoAPI, that can be exported or not */
static void test_certificate_of_container(void)
{
    PCCERT_CONTEXT cert;
    DWORD flags;

    for (flags = 0; flags <= CRYPT_EXPORTABLE; flags += CRYPT_EXPORTABLE)
    {
        winetest_push_context( "flags %#x", (UINT)flags );
        if ((cert = make_cert( CONTAINER, flags )))
        {
            check_shown_everywhere( cert );
            CertFreeCertificateContext( cert );
        }
        delete_container( CONTAINER );
        winetest_pop_context();
    }
}

/* the way of most programs: a .pfx file into a store, a certificate out of it */
static void test_certificate_of_pfx(void)
{
    CRYPT_DATA_BLOB blob = { sizeof(tls_pfx), (BYTE *)tls_pfx };
    PCCERT_CONTEXT cert;
    HCERTSTORE store;
    DWORD flags;

    for (flags = 0; flags <= CRYPT_EXPORTABLE; flags += CRYPT_EXPORTABLE)
    {
        winetest_push_context( "flags %#x", (UINT)flags );
        store = PFXImportCertStore( &blob, TLS_PFX_PASSWORD, flags );
        ok( store != NULL, "not imported, error %#x\n", (UINT)GetLastError() );
        cert = CertFindCertificateInStore( store, X509_ASN_ENCODING, 0, CERT_FIND_ANY, NULL, NULL );
        ok( cert != NULL, "no certificate\n" );
        if (cert)
        {
            check_shown_everywhere( cert );
            CertFreeCertificateContext( cert );
        }
        CertCloseStore( store, 0 );
        winetest_pop_context();
    }
}

static void reverse( BYTE *to, const BYTE *from, DWORD len )
{
    while (len--) *to++ = from[len];
}

/* The key of the container, which can be exported, as CNG knows it. */
static NCRYPT_KEY_HANDLE import_into_cng( const WCHAR *container )
{
    BYTE capi[2048], cng[2048], *to = cng + sizeof(BCRYPT_RSAKEY_BLOB);
    BCRYPT_RSAKEY_BLOB *header = (BCRYPT_RSAKEY_BLOB *)cng;
    const BYTE *from = capi + sizeof(BLOBHEADER) + sizeof(RSAPUBKEY);
    static const DWORD lens[] = { 256, 128, 128, 128, 128, 128, 256 };
    NCRYPT_PROV_HANDLE storage = 0;
    NCRYPT_KEY_HANDLE ret = 0;
    HCRYPTPROV provider;
    DWORD len = sizeof(capi), i;
    HCRYPTKEY key;

    check_works( CryptAcquireContextW( &provider, container, NULL, PROV_RSA_AES, CRYPT_SILENT ) );
    check_works( CryptGetUserKey( provider, AT_KEYEXCHANGE, &key ) );
    check_works( CryptExportKey( key, 0, PRIVATEKEYBLOB, 0, capi, &len ) );
    CryptDestroyKey( key );
    CryptReleaseContext( provider, 0 );

    header->Magic = BCRYPT_RSAFULLPRIVATE_MAGIC;
    header->BitLength = 2048;
    header->cbPublicExp = 3;
    header->cbModulus = 256;
    header->cbPrime1 = header->cbPrime2 = 128;
    memcpy( to, "\1\0\1", 3 );
    to += 3;
    for (i = 0; i < ARRAYSIZE(lens); from += lens[i], to += lens[i++]) reverse( to, from, lens[i] );
    NCryptOpenStorageProvider( &storage, MS_KEY_STORAGE_PROVIDER, 0 );
    check_ret( NCryptImportKey( storage, 0, BCRYPT_RSAFULLPRIVATE_BLOB, NULL, &ret, cng,
                                (DWORD)(to - cng), 0 ), 0 );
    NCryptFreeObject( storage );
    return ret;
}

static void test_certificate_of_cng(void)
{
    PCCERT_CONTEXT made = make_cert( CONTAINER, CRYPT_EXPORTABLE ), cert;
    NCRYPT_KEY_HANDLE key = import_into_cng( CONTAINER );
    CERT_KEY_CONTEXT context = { sizeof(context) };

    delete_container( CONTAINER );
    cert = CertCreateCertificateContext( X509_ASN_ENCODING, made->pbCertEncoded,
                                         made->cbCertEncoded );
    context.hCryptProv = key; /* hNCryptKey, where the header has the union */
    context.dwKeySpec = CERT_NCRYPT_KEY_SPEC;
    check_works( CertSetCertificateContextProperty( cert, CERT_KEY_CONTEXT_PROP_ID,
                                                    CERT_STORE_NO_CRYPT_RELEASE_FLAG, &context ) );
    check_shown_everywhere( cert );
    CertFreeCertificateContext( cert );
    CertFreeCertificateContext( made );
    NCryptFreeObject( key );
}

/* error list of SendRequest [doc]: 12185; that it is told before any server asks is a guess */
static void test_certificate_without_key(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_EOF, SRV_END };
    PCCERT_CONTEXT made = make_cert( CONTAINER, 0 ), cert, other;
    struct server *server = server_start_tls( script, "client=require" );
    struct client client;

    cert = CertCreateCertificateContext( X509_ASN_ENCODING, made->pbCertEncoded,
                                         made->cbCertEncoded );
    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    set_cert( &client, cert );
    check_fails( client_send( &client ), ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY );
    CertFreeCertificateContext( cert );

    /* another key lies in its container by now: as good as none */
    other = make_cert( CONTAINER, 0 );
    set_cert( &client, made );
    check_fails( client_send( &client ), ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY );
    CertFreeCertificateContext( other );
    delete_container( CONTAINER );

    /* and none at all */
    set_cert( &client, made );
    check_fails( client_send( &client ), ERROR_WINHTTP_CLIENT_CERT_NO_PRIVATE_KEY );
    CertFreeCertificateContext( made );
    client_close( &client );
    server_abandon( server );
}

/* http.md 12: S ok, R 12044; then a certificate, or none, and again */
static void test_certificate_needed(void)
{
    static const char *const options[] = { "client=ask tls=1.2", "client=ask tls=1.3",
                                           "client=require tls=1.3" };
    PCCERT_CONTEXT cert = make_cert( CONTAINER, 0 );
    struct client client;
    struct server *server;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(options); i++)
    {
        winetest_push_context( "%s", options[i] );
        server = server_start_tls( second_exchange, options[i] );
        secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
        check_works( client_send( &client ) );
        check_fails( WinHttpReceiveResponse( client.request, NULL ),
                     ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
        set_cert( &client, cert );
        secure_check_ok( &client );
        check_peer( server, cert );
        ok( server_request_count( server ) == 1, "got %u requests\n",
            server_request_count( server ) );
        client_close( &client );
        server_abandon( server );
        winetest_pop_context();
    }
    CertFreeCertificateContext( cert );
    delete_container( CONTAINER );
}

/* the same where the server ends the handshake for want of one */
static void test_certificate_needed_in_handshake(void)
{
    PCCERT_CONTEXT cert = make_cert( CONTAINER, 0 );
    struct server *server = server_start_tls( second_exchange, "client=require tls=1.2" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    check_works( client_send( &client ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    set_cert( &client, cert );
    secure_check_ok( &client );
    check_peer( server, cert );
    client_close( &client );
    server_abandon( server );
    CertFreeCertificateContext( cert );
    delete_container( CONTAINER );
}

/* options.md 47: NULL, 0 = no certificate: the server's wish is known and not fulfilled */
static void test_no_certificate(void)
{
    struct server *server = server_start_tls( second_exchange, "client=ask" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    check_works( client_send( &client ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    set_cert( &client, NULL );
    secure_check_ok( &client );
    check_peer( server, NULL );
    client_close( &client );
    server_abandon( server );
}

/* A server that insists; which call fails depends on when TLS lets it say so. guess: 12175 */
static void test_no_certificate_refused(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_EOF, SRV_END };
    struct server *server = server_start_tls( script, "client=require tls=1.2" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    set_cert( &client, NULL );
    check_fails( client_send( &client ), ERROR_WINHTTP_SECURE_FAILURE );
    client_close( &client );
    server_abandon( server );

    server = server_start_tls( script, "client=require tls=1.3" );
    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    set_cert( &client, NULL );
    check_works( client_send( &client ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ), ERROR_WINHTTP_SECURE_FAILURE );
    client_close( &client );
    server_abandon( server );
}

/* options.md 94: the issuers, after 12044; to be freed with GlobalFree */
static void test_issuers(void)
{
    static const struct step script[] = { SRV_ACCEPT, SRV_EOF, SRV_END };
    struct server *server = server_start_tls( script, "cert=good client=ask" );
    SecPkgContext_IssuerListInfoEx *list = NULL;
    struct client client;
    DWORD size;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    size = sizeof(list);
    check_fails( WinHttpQueryOption( client.request, WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, &list,
                                     &size ), ERROR_WINHTTP_INCORRECT_HANDLE_STATE ); /* guess */
    check_works( client_send( &client ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    size = 0;
    check_fails( WinHttpQueryOption( client.request, WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, NULL,
                                     &size ), ERROR_INSUFFICIENT_BUFFER );
    /* programs pass the size of the structure, and get a pointer */
    size = sizeof(SecPkgContext_IssuerListInfoEx);
    check_works( WinHttpQueryOption( client.request, WINHTTP_OPTION_CLIENT_CERT_ISSUER_LIST, &list,
                                     &size ) );
    ok( list != NULL, "no list\n" );
    if (list)
    {
        CERT_NAME_BLOB *name = list->aIssuers;
        WCHAR text[128] = L"";

        ok( list->cIssuers == 1, "got %u issuers\n", (UINT)list->cIssuers );
        if (list->cIssuers)
            CertNameToStrW( X509_ASN_ENCODING, name, CERT_X500_NAME_STR, text, ARRAYSIZE(text) );
        ok( wcsstr( text, L"tlsfront authority" ) != NULL, "got %ls\n", text );
        GlobalFree( list );
    }
    client_close( &client );
    server_abandon( server );
}

/* Connections are shared by those only who show the same. */
static void test_pool(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_HEADERS, SRV_SEND( SECURE_OK ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ),
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_END
    };
    PCCERT_CONTEXT cert = make_cert( CONTAINER, 0 ), other = make_cert( CONTAINER L"2", 0 );
    PCCERT_CONTEXT certs[4] = { cert, cert, other, NULL };
    struct server *server = server_start_tls( script, "client=ask" );
    struct client client;
    unsigned int i;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    for (i = 0; i < ARRAYSIZE(certs); i++)
    {
        winetest_push_context( "request %u", i );
        if (!client.request) secure_open_request( &client, IGNORE_ALL );
        set_cert( &client, certs[i] );
        secure_check_ok( &client );
        check_peer( server, certs[i] );
        secure_close_request( &client );
        winetest_pop_context();
    }
    ok( server_connection_count( server ) == 3, "got %u connections\n",
        server_connection_count( server ) );
    client_close( &client );
    server_stop( server );
    CertFreeCertificateContext( cert );
    CertFreeCertificateContext( other );
    delete_container( CONTAINER );
    delete_container( CONTAINER L"2" );
}

/* websocket.md 1.2: client certificates as for any request */
static void test_websocket(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_EOF, SRV_ACCEPT, SRV_UPGRADE,
        SRV_FRAME( FRAME_TEXT | FRAME_FIN, "hello" ), SRV_EOF, SRV_END
    };
    PCCERT_CONTEXT cert = make_cert( CONTAINER, 0 );
    struct server *server = server_start_tls( script, "client=require" );
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_SYNC, IGNORE_ALL );
    client_set_upgrade( &client );
    check_works( client_send( &client ) );
    check_fails( WinHttpReceiveResponse( client.request, NULL ),
                 ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    set_cert( &client, cert );
    client_exchange( &client, FALSE );
    client_complete_upgrade( &client );
    check_receive( client.socket, 100, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, "hello", 5 );
    check_peer( server, cert );
    client_close( &client );
    server_abandon( server );
    CertFreeCertificateContext( cert );
    delete_container( CONTAINER );
}

/* http.md 12, 3: asynchronously; SENDREQUEST_COMPLETE, then REQUEST_ERROR {1, 12044} */
static void test_asynchronous(void)
{
    PCCERT_CONTEXT cert = make_cert( CONTAINER, 0 );
    struct server *server = server_start_tls( second_exchange, "client=require" );
    struct client client;
    unsigned int from;

    secure_open( &client, server, L"localhost", CLIENT_ASYNC, IGNORE_ALL );
    from = notify_count();
    check_works( client_send( &client ) );
    await( from, WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    check_request_error( await( from, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR ), API_RECEIVE_RESPONSE,
                         ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    ok( !secure_was_told( from, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST ), "something was sent\n" );
    set_cert( &client, cert );
    client_exchange( &client, TRUE );
    check_peer( server, cert );
    client_close( &client );
    server_abandon( server );
    CertFreeCertificateContext( cert );
    delete_container( CONTAINER );
}

START_TEST( tls_client_cert )
{
    if (!secure_is_possible()) return;
    RUN( test_certificate_of_container );
    RUN( test_certificate_of_pfx );
    RUN( test_certificate_of_cng );
    RUN( test_certificate_without_key );
    RUN( test_certificate_needed );
    RUN( test_certificate_needed_in_handshake );
    RUN( test_no_certificate );
    RUN( test_no_certificate_refused );
    RUN( test_issuers );
    RUN( test_pool );
    RUN( test_websocket );
    RUN( test_asynchronous );
}
