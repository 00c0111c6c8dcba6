/*
 * What the topics on TLS share: handles to servers behind the TLS front, and its authority.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; handles are struct client's.
 * Threads: the test's thread.
 * Fails:   each step is a check.
 *
 * Bodies stand here for the reason that client.h gives.
 */
#ifndef WINHTTP_TESTS_SECURE_H
#define WINHTTP_TESTS_SECURE_H

#include "client.h"
#include "front.h"

#include <wincrypt.h>

#define IGNORE_ALL (SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID | \
                    SECURITY_FLAG_IGNORE_CERT_DATE_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE)

#define SECURE_OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Servers whose certificate is refused, and is taken. */
static const struct step secure_refused[] = { SRV_ACCEPT, SRV_EOF, SRV_END };
static const struct step secure_accepted[] = { SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ),
                                               SRV_EOF, SRV_END };

/* Where there is no front, such as on a Windows by itself, there is nobody to shake hands with. */
static inline BOOL secure_is_possible(void)
{
    if (front_port()) return TRUE;
    win_skip( "WINHTTP_TEST_TLS_FRONT is not set: no TLS front (tests/tlsfront)\n" );
    return FALSE;
}

static inline void secure_open_request( struct client *client, DWORD ignored )
{
    client->request = WinHttpOpenRequest( client->connect, L"GET", L"/test", NULL,
                                          WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                          WINHTTP_FLAG_SECURE );
    ok( client->request != NULL, "no request, error %u\n", (UINT)GetLastError() );
    if (ignored) check_works( WinHttpSetOption( client->request, WINHTTP_OPTION_SECURITY_FLAGS,
                                                &ignored, sizeof(ignored) ) );
}

/* All three handles. The callbacks of earlier tests are forgotten. */
static inline void secure_open( struct client *client, struct server *server, const WCHAR *host,
                                unsigned int flags, DWORD ignored )
{
    notify_reset();
    client_connect( client, server_port( server ), flags );
    WinHttpCloseHandle( client->connect );
    client->connect = WinHttpConnect( client->session, host, server_port( server ), 0 );
    ok( client->connect != NULL, "not connected, error %u\n", (UINT)GetLastError() );
    notify_reset();
    secure_open_request( client, ignored );
}

/* The front's count of handshakes, full and resumed; the SHA-1 of the certificate that a client
 * showed last, in hex, and the server name that it asked for, or "none". */
struct seen
{
    unsigned int full, resumed;
    char peer[FRONT_MAX_LINE], name[FRONT_MAX_LINE];
};

static inline struct seen secure_seen( struct server *server )
{
    char answer[FRONT_MAX_LINE] = "";
    struct seen seen = { 0 };

    ok( front_ask( server_front( server ), "seen\n", answer ) &&
        sscanf( answer, "full %u resumed %u peer %s name %s", &seen.full, &seen.resumed, seen.peer,
                seen.name ) == 4,
        "got %s\n", answer );
    return seen;
}

/* The whole of a synchronous exchange that ends well. */
#define secure_check_ok( client ) \
    do { \
        check_works( client_send( client ) ); \
        check_works( WinHttpReceiveResponse( (client)->request, NULL ) ); \
        secure_read_body( client ); \
    } while (0)
static inline void secure_read_body( struct client *client )
{
    char body[8] = "";
    DWORD count = 0;

    check_works( WinHttpReadData( client->request, body, sizeof(body), &count ) );
    ok( count == 2 && !memcmp( body, "ok", 2 ), "got %u bytes\n", (UINT)count );
}

static inline BOOL secure_was_told( unsigned int from, DWORD status )
{
    unsigned int i, count = notify_count();

    for (i = from; i < count; i++) if (notify_get( i )->status == status) return TRUE;
    return FALSE;
}

static inline HCERTSTORE secure_open_roots(void)
{
    return CertOpenStore( CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, "Root" );
}

/* Puts the front's authority among those that the user trusts: before the first chain is built in
 * this process, for crypt32 looks there once. Windows asks the user. NULL: failed. */
static inline PCCERT_CONTEXT secure_trust_authority(void)
{
    HCERTSTORE store = secure_open_roots();
    unsigned char der[2048];
    PCCERT_CONTEXT cert;
    unsigned int len;
    SOCKET control;
    WSADATA data;

    WSAStartup( MAKEWORD( 2, 2 ), &data );
    control = front_open();
    len = front_get( control, "authority\n", der, sizeof(der) );
    closesocket( control );
    WSACleanup();
    cert = CertCreateCertificateContext( X509_ASN_ENCODING, der, len );
    ok( cert != NULL, "no certificate, error %#x\n", (UINT)GetLastError() );
    check_works( CertAddCertificateContextToStore( store, cert, CERT_STORE_ADD_REPLACE_EXISTING,
                                                   NULL ) );
    check_works( CertCloseStore( store, 0 ) ); /* now it is saved */
    return cert;
}

/* Takes it out again. */
static inline void secure_distrust( PCCERT_CONTEXT cert )
{
    HCERTSTORE store = secure_open_roots();
    PCCERT_CONTEXT found = CertFindCertificateInStore( store, X509_ASN_ENCODING, 0,
                                                       CERT_FIND_EXISTING, cert, NULL );

    ok( found != NULL, "it is not there any more\n" );
    if (found) check_works( CertDeleteCertificateFromStore( found ) );
    check_works( CertCloseStore( store, 0 ) );
    CertFreeCertificateContext( cert );
}

static inline void secure_close_request( struct client *client )
{
    check_works( WinHttpCloseHandle( client->request ) );
    client->request = NULL;
}

/* The flags of the one SECURE_FAILURE; 0: there was none. */
static inline DWORD secure_told_flags(void)
{
    unsigned int i, count = notify_count();
    const struct notification *entry;
    DWORD flags = 0;

    for (i = 0; i < count; i++)
    {
        entry = notify_get( i );
        if (entry->status != WINHTTP_CALLBACK_STATUS_SECURE_FAILURE) continue;
        ok( !flags, "told twice\n" );
        ok( entry->len == sizeof(DWORD), "got length %u\n", (UINT)entry->len );
        memcpy( &flags, entry->data, sizeof(flags) );
    }
    return flags;
}

/* The request fails, for these reasons and no other. */
static inline void secure_check_refused( struct client *client, DWORD flags )
{
    DWORD told;

    check_fails( client_send( client ), ERROR_WINHTTP_SECURE_FAILURE );
    told = secure_told_flags();
    ok( told == flags, "expected %#x, got %#x\n", (UINT)flags, (UINT)told );
}

#endif /* WINHTTP_TESTS_SECURE_H */
