/* option_server - options that tell about the server's certificate and the TLS connection.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* winhttp.h has WINHTTP_SECURITY_INFO only behind these */
#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"
#define SECURITY_WIN32
#include "security.h"
#include "schannel.h"

#include "option.h"

#include <stdlib.h>
#include <string.h>

#include "net/cert.h"
#include "request.h"

static const struct request *call_request( const struct option_call *call )
{
    return request_from_object( call->object );
}

DWORD option_get_server_cert( struct option_call *call )
{
    const struct request *request = call_request( call );

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(PCCERT_CONTEXT *)call->buffer = CertDuplicateCertificateContext( request->cert );
    return ERROR_SUCCESS;
}

DWORD option_get_key_bits( struct option_call *call )
{
    const struct request *request = call_request( call );

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    *(DWORD *)call->buffer = request->cipher_bits;
    return ERROR_SUCCESS;
}

/* Building it may read files: the lock is let go. A program that wants none built gets none; what
 * the certificate is worth is judged all the same: no public text says that it is not. */
DWORD option_get_server_chain( struct option_call *call )
{
    const struct request *request = call_request( call );
    PCCERT_CHAIN_CONTEXT chain;
    PCCERT_CONTEXT cert;
    DWORD flags;

    if (!request->cert || request->settings.no_chain) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    flags = request->settings.chain_flags;
    cert = CertDuplicateCertificateContext( request->cert );
    object_unlock( call->object );
    chain = cert_build_chain( cert, flags );
    object_lock( call->object );
    CertFreeCertificateContext( cert );
    if (!chain) return ERROR_NOT_ENOUGH_MEMORY;
    *(PCCERT_CHAIN_CONTEXT *)call->buffer = chain;
    return ERROR_SUCCESS;
}

/* --- SECURITY_CERTIFICATE_STRUCT --- */

/* A line for each part of the name (a guess); for LocalFree. */
static WCHAR *name_lines( CERT_NAME_BLOB *name )
{
    const DWORD format = CERT_SIMPLE_NAME_STR | CERT_NAME_STR_CRLF_FLAG;
    DWORD len = CertNameToStrW( X509_ASN_ENCODING, name, format, NULL, 0 );
    WCHAR *text;

    if (!(text = LocalAlloc( 0, len * sizeof(*text) ))) return NULL;
    CertNameToStrW( X509_ASN_ENCODING, name, format, text, len );
    return text;
}

/* Three of the names are not used on Windows either [doc]. */
DWORD option_get_cert_info( struct option_call *call )
{
    const struct request *request = call_request( call );
    WINHTTP_CERTIFICATE_INFO *info = call->buffer;
    WCHAR *subject, *issuer;

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    subject = name_lines( &request->cert->pCertInfo->Subject );
    issuer = name_lines( &request->cert->pCertInfo->Issuer );
    if (!subject || !issuer)
    {
        LocalFree( subject );
        LocalFree( issuer );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    memset( info, 0, sizeof(*info) );
    info->ftExpiry = request->cert->pCertInfo->NotAfter;
    info->ftStart = request->cert->pCertInfo->NotBefore;
    info->lpszSubjectInfo = subject;
    info->lpszIssuerInfo = issuer;
    info->dwKeySize = request->cipher_bits;
    return ERROR_SUCCESS;
}

/* --- SERVER_CBT --- */

/* RFC 5929 4.1: the hash of the certificate's signature, but SHA-256 for the weak ones. */
static ALG_ID binding_hash( PCCERT_CONTEXT cert )
{
    static const struct { const char *oid; ALG_ID hash; } map[] =
    {
        { szOID_RSA_SHA384RSA, CALG_SHA_384 }, { szOID_ECDSA_SHA384, CALG_SHA_384 },
        { szOID_RSA_SHA512RSA, CALG_SHA_512 }, { szOID_ECDSA_SHA512, CALG_SHA_512 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(map); i++)
        if (!strcmp( cert->pCertInfo->SignatureAlgorithm.pszObjId, map[i].oid ))
            return map[i].hash;
    return CALG_SHA_256;
}

/* The bindings as SSPI takes them (SEC_CHANNEL_BINDINGS, then the token): a guess, after what
 * programs do with the buffer. */
DWORD option_get_server_cbt( struct option_call *call )
{
    static const char prefix[] = "tls-server-end-point:";
    enum { PREFIX = sizeof(prefix) - 1, MAX_HASH = 64 };
    const struct request *request = call_request( call );
    SEC_CHANNEL_BINDINGS *bindings = call->buffer;
    BYTE hash[MAX_HASH];
    DWORD len = sizeof(hash), room = call->len;

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!CryptHashCertificate( 0, binding_hash( request->cert ), 0, request->cert->pbCertEncoded,
                               request->cert->cbCertEncoded, hash, &len ))
        return ERROR_WINHTTP_INTERNAL_ERROR;
    call->len = sizeof(*bindings) + PREFIX + len;
    if (!bindings || room < call->len) return ERROR_INSUFFICIENT_BUFFER;
    memset( bindings, 0, sizeof(*bindings) );
    bindings->cbApplicationDataLength = PREFIX + len;
    bindings->dwApplicationDataOffset = sizeof(*bindings);
    memcpy( bindings + 1, prefix, PREFIX );
    memcpy( (BYTE *)(bindings + 1) + PREFIX, hash, len );
    return ERROR_SUCCESS;
}

/* --- SECURITY_INFO --- */

/* All that GnuTLS agrees to by default, and what it is made of. exchange NULL: any (TLS 1.3). */
static const struct suite
{
    const char *name;       /* IANA's */
    WORD number;
    const WCHAR *exchange, *cert, *hash;
} suites[] =
{
    { "TLS_AES_128_GCM_SHA256", 0x1301, NULL, NULL, L"SHA256" },
    { "TLS_AES_256_GCM_SHA384", 0x1302, NULL, NULL, L"SHA384" },
    { "TLS_CHACHA20_POLY1305_SHA256", 0x1303, NULL, NULL, L"SHA256" },
    { "TLS_AES_128_CCM_SHA256", 0x1304, NULL, NULL, L"SHA256" },
    { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xc02b, L"ECDH", L"ECDSA", L"SHA256" },
    { "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xc02c, L"ECDH", L"ECDSA", L"SHA384" },
    { "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca9, L"ECDH", L"ECDSA", L"SHA256" },
    { "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xc009, L"ECDH", L"ECDSA", L"SHA1" },
    { "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 0xc00a, L"ECDH", L"ECDSA", L"SHA1" },
    { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xc02f, L"ECDH", L"RSA", L"SHA256" },
    { "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xc030, L"ECDH", L"RSA", L"SHA384" },
    { "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xcca8, L"ECDH", L"RSA", L"SHA256" },
    { "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xc013, L"ECDH", L"RSA", L"SHA1" },
    { "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xc014, L"ECDH", L"RSA", L"SHA1" },
    { "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", 0x009e, L"DH", L"RSA", L"SHA256" },
    { "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", 0x009f, L"DH", L"RSA", L"SHA384" },
    { "TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009c, L"RSA", L"RSA", L"SHA256" },
    { "TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009d, L"RSA", L"RSA", L"SHA384" },
    { "TLS_RSA_WITH_AES_128_CBC_SHA", 0x002f, L"RSA", L"RSA", L"SHA1" },
    { "TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035, L"RSA", L"RSA", L"SHA1" },
};

static const struct suite *find_suite( const char *name )
{
    static const struct suite unknown = { "", 0, NULL, NULL, L"" };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(suites); i++) if (!strcmp( suites[i].name, name )) return &suites[i];
    return &unknown;
}

static ALG_ID hash_algorithm( const struct suite *suite, DWORD *bits )
{
    *bits = !wcscmp( suite->hash, L"SHA384" ) ? 384 : !wcscmp( suite->hash, L"SHA256" ) ? 256 : 160;
    return *bits == 384 ? CALG_SHA_384 : *bits == 256 ? CALG_SHA_256 : CALG_SHA1;
}

static ALG_ID exchange_algorithm( const struct suite *suite )
{
    enum { ECDH_EPHEM = 0xae06 }; /* CALG_ECDH_EPHEM, newer than some headers */

    if (!suite->exchange || !wcscmp( suite->exchange, L"ECDH" )) return ECDH_EPHEM;
    return !wcscmp( suite->exchange, L"DH" ) ? CALG_DH_EPHEM : CALG_RSA_KEYX;
}

/* The bits of SCHANNEL_CRED's protocols are those of option 84, for clients. */
static void fill_connection( SecPkgContext_ConnectionInfo *info, const struct request *request,
                             const struct suite *suite )
{
    info->dwProtocol = request->tls_protocol;
    info->aiCipher = request->cipher_bits == 256 ? CALG_AES_256 : CALG_AES_128;
    if (strstr( suite->name, "CHACHA20" )) info->aiCipher = 0; /* CryptoAPI has no number for it */
    info->dwCipherStrength = request->cipher_bits;
    info->aiHash = hash_algorithm( suite, &info->dwHashStrength );
    info->aiExch = exchange_algorithm( suite );
}

static void fill_cipher( SecPkgContext_CipherInfo *info, const struct request *request,
                         const struct suite *suite )
{
    enum { VERSION = 1, AES_BLOCK = 128 };
    BOOL aes = strstr( suite->name, "AES" ) != NULL;
    size_t i;

    info->dwVersion = VERSION;
    info->dwProtocol = request->tls_protocol;
    info->dwCipherSuite = info->dwBaseCipherSuite = suite->number;
    for (i = 0; request->cipher_suite[i] && i < ARRAY_SIZE(info->szCipherSuite) - 1; i++)
        info->szCipherSuite[i] = request->cipher_suite[i];
    wcscpy( info->szCipher, aes ? L"AES" : L"CHACHA20_POLY1305" );
    info->dwCipherLen = request->cipher_bits;
    info->dwCipherBlockLen = aes ? AES_BLOCK : 0;
    wcscpy( info->szHash, suite->hash );
    hash_algorithm( suite, &info->dwHashLen );
    if (suite->exchange) wcscpy( info->szExchange, suite->exchange );
    if (suite->cert) wcscpy( info->szCertificate, suite->cert );
}

DWORD option_get_security_info( struct option_call *call )
{
    const struct request *request = call_request( call );
    WINHTTP_SECURITY_INFO *info = call->buffer;
    const struct suite *suite;

    if (!request->cert) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    suite = find_suite( request->cipher_suite );
    memset( info, 0, sizeof(*info) );
    fill_connection( &info->ConnectionInfo, request, suite );
    fill_cipher( &info->CipherInfo, request, suite );
    return ERROR_SUCCESS;
}
