/* cert - judges certificates with crypt32, against the prefix's root store.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "net/cert.h"

#include <string.h>

#include "winsock2.h"
#include "ws2ipdef.h"
#include "winhttp.h"

#include "net/calls.h"
#include "net/resolve.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

enum
{
    CACHE_SIZE = 16,         /* servers that a program talks to at a time; each slot one leaf */
    CACHE_MS = 60000,        /* how long a revoked trust may still be honoured */
    MAX_HOST_TEXT = 256,     /* as UNIX_MAX_HOST */
};

struct verdict
{
    PCCERT_CONTEXT cert;     /* owned; NULL: empty slot */
    char host[MAX_HOST_TEXT];
    ULONGLONG expires;       /* tick count */
};

static SRWLOCK cache_lock = SRWLOCK_INIT;
static struct verdict cache[CACHE_SIZE]; /* under cache_lock; good verdicts only */
static UINT32 cache_next;                /* likewise; the slot to overwrite next */

PCCERT_CONTEXT cert_from_chain( const void *chain, UINT32 size )
{
    const BYTE *pos = chain, *end = pos + size;
    PCCERT_CONTEXT leaf = NULL;
    HCERTSTORE store;
    UINT32 len;

    if (!(store = CertOpenStore( CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL )))
        return NULL;
    for (; end - pos >= (ptrdiff_t)sizeof(len); pos += len)
    {
        memcpy( &len, pos, sizeof(len) );
        pos += sizeof(len);
        if (len > (size_t)(end - pos)) break;
        /* a certificate that crypt32 cannot read may still be one too many */
        CertAddEncodedCertificateToStore( store, X509_ASN_ENCODING, pos, len,
                                          CERT_STORE_ADD_ALWAYS, leaf ? NULL : &leaf );
    }
    CertCloseStore( store, 0 );
    return leaf;
}

/* Revocation is not asked for by default, so not knowing about it is no fault. */
#define HARMLESS (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

/* Whatever crypt32 has against a chain counts: what has no flag of its own is an invalid CA. */
static DWORD chain_errors( DWORD status )
{
    static const struct { DWORD trust, flag; } map[] =
    {
        { CERT_TRUST_IS_NOT_TIME_VALID | CERT_TRUST_IS_NOT_TIME_NESTED,
          WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID },
        { CERT_TRUST_IS_REVOKED, WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED },
        { CERT_TRUST_IS_NOT_SIGNATURE_VALID | CERT_TRUST_INVALID_BASIC_CONSTRAINTS |
          CERT_TRUST_INVALID_EXTENSION, WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT },
        { CERT_TRUST_IS_NOT_VALID_FOR_USAGE, WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE },
    };
    DWORD i, flags = 0;

    status &= ~HARMLESS;
    for (i = 0; i < ARRAY_SIZE(map); i++)
    {
        if (status & map[i].trust) flags |= map[i].flag;
        status &= ~map[i].trust;
    }
    return status ? flags | WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA : flags;
}

/* Wine 8.0's crypt32 refuses about one in a hundred good ECDSA signatures (it does not pad short
 * numbers): a signature that it finds bad is looked at again. */
static BOOL signatures_are_good( const CERT_SIMPLE_CHAIN *chain )
{
    DWORD i;

    for (i = 0; i < chain->cElement; i++)
    {
        PCCERT_CONTEXT cert = chain->rgpElement[i]->pCertContext;
        PCCERT_CONTEXT issuer = chain->rgpElement[min( i + 1, chain->cElement - 1 )]->pCertContext;
        struct cert_signed_params params =
        {
            .cert = (ULONG_PTR)cert->pbCertEncoded, .cert_len = cert->cbCertEncoded,
            .issuer = (ULONG_PTR)issuer->pbCertEncoded, .issuer_len = issuer->cbCertEncoded,
        };

        if (!(chain->rgpElement[i]->TrustStatus.dwErrorStatus & CERT_TRUST_IS_NOT_SIGNATURE_VALID))
            continue;
        if (call_cert_signed( &params )) return FALSE;
    }
    return TRUE;
}

static DWORD chain_trust( PCCERT_CHAIN_CONTEXT chain )
{
    DWORD status = chain->TrustStatus.dwErrorStatus;

    if ((status & CERT_TRUST_IS_NOT_SIGNATURE_VALID) && chain->cChain == 1 &&
        signatures_are_good( chain->rgpChain[0] ))
        status &= ~CERT_TRUST_IS_NOT_SIGNATURE_VALID;
    return status;
}

/* IP entries of subjectAltName: Wine 8.0's crypt32 does not look at them (facts/programs.md). */
static BOOL cert_has_address( PCCERT_CONTEXT cert, const struct unix_addr *addr )
{
    const SOCKADDR_IN *v4 = (const SOCKADDR_IN *)addr->bytes;
    const SOCKADDR_IN6 *v6 = (const SOCKADDR_IN6 *)addr->bytes;
    const void *bytes = v4->sin_family == AF_INET ? (const void *)&v4->sin_addr : &v6->sin6_addr;
    DWORD i, size, len = v4->sin_family == AF_INET ? 4 : 16;
    CERT_ALT_NAME_INFO *names;
    CERT_EXTENSION *ext;
    BOOL found = FALSE;

    ext = CertFindExtension( szOID_SUBJECT_ALT_NAME2, cert->pCertInfo->cExtension,
                             cert->pCertInfo->rgExtension );
    if (!ext) return FALSE;
    if (!CryptDecodeObjectEx( X509_ASN_ENCODING, X509_ALTERNATE_NAME, ext->Value.pbData,
                              ext->Value.cbData, CRYPT_DECODE_ALLOC_FLAG, NULL, &names, &size ))
        return FALSE;
    for (i = 0; i < names->cAltEntry && !found; i++)
    {
        const CERT_ALT_NAME_ENTRY *entry = &names->rgAltEntry[i];

        found = entry->dwAltNameChoice == CERT_ALT_NAME_IP_ADDRESS &&
                entry->IPAddress.cbData == len && !memcmp( entry->IPAddress.pbData, bytes, len );
    }
    LocalFree( names );
    return found;
}

/* A name is crypt32's to match, with its rules for wildcards. It looks at names last, and only at a
 * chain that has no other fault: what the chain's faults are worth is decided elsewhere, so it gets
 * one without any. */
static BOOL cert_has_name( PCCERT_CHAIN_CONTEXT chain, const char *host )
{
    WCHAR name[MAX_HOST_TEXT];
    HTTPSPolicyCallbackData https = { .cbStruct = sizeof(https), .dwAuthType = AUTHTYPE_SERVER };
    CERT_CHAIN_POLICY_PARA para = { .cbSize = sizeof(para), .pvExtraPolicyPara = &https };
    CERT_CHAIN_POLICY_STATUS status = { .cbSize = sizeof(status) };
    CERT_CHAIN_CONTEXT faultless = *chain;

    if (!MultiByteToWideChar( CP_UTF8, 0, host, -1, name, ARRAY_SIZE(name) )) return FALSE;
    https.pwszServerName = name;
    faultless.TrustStatus.dwErrorStatus = 0;
    return CertVerifyCertificateChainPolicy( CERT_CHAIN_POLICY_SSL, &faultless, &para, &status ) &&
           !status.dwError;
}

static BOOL cert_matches_host( PCCERT_CONTEXT cert, PCCERT_CHAIN_CONTEXT chain, const char *host )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;

    if (!resolve_host( host, 0, FALSE, addrs, &count )) return cert_has_address( cert, &addrs[0] );
    return cert_has_name( chain, host );
}

static DWORD cert_judge( PCCERT_CONTEXT cert, const char *host )
{
    static char server_auth[] = szOID_PKIX_KP_SERVER_AUTH;
    char *usages[] = { server_auth };
    CERT_CHAIN_PARA para = { .cbSize = sizeof(para) };
    PCCERT_CHAIN_CONTEXT chain;
    DWORD flags;

    para.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
    para.RequestedUsage.Usage.cUsageIdentifier = ARRAY_SIZE(usages);
    para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;
    if (!CertGetCertificateChain( NULL, cert, NULL, cert->hCertStore, &para, 0, NULL, &chain ))
        return WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR;
    flags = chain_errors( chain_trust( chain ) );
    if (!cert_matches_host( cert, chain, host ))
        flags |= WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID;
    TRACE( "%s: trust %#lx -> flags %#lx\n", debugstr_a(host), chain->TrustStatus.dwErrorStatus,
           flags );
    CertFreeCertificateChain( chain );
    return flags;
}

static BOOL verdict_fits( const struct verdict *verdict, PCCERT_CONTEXT cert, const char *host )
{
    return verdict->cert && verdict->expires > GetTickCount64() && !strcmp( verdict->host, host ) &&
           verdict->cert->cbCertEncoded == cert->cbCertEncoded &&
           !memcmp( verdict->cert->pbCertEncoded, cert->pbCertEncoded, cert->cbCertEncoded );
}

BOOL cert_is_known( PCCERT_CONTEXT cert, const char *host )
{
    BOOL found = FALSE;
    UINT32 i;

    AcquireSRWLockShared( &cache_lock );
    for (i = 0; i < CACHE_SIZE && !found; i++) found = verdict_fits( &cache[i], cert, host );
    ReleaseSRWLockShared( &cache_lock );
    return found;
}

static void cache_add( PCCERT_CONTEXT cert, const char *host )
{
    PCCERT_CONTEXT old;
    struct verdict *verdict;

    if (strlen( host ) >= MAX_HOST_TEXT) return;
    AcquireSRWLockExclusive( &cache_lock );
    verdict = &cache[cache_next++ % CACHE_SIZE];
    old = verdict->cert;
    verdict->cert = CertDuplicateCertificateContext( cert );
    verdict->expires = GetTickCount64() + CACHE_MS;
    strcpy( verdict->host, host );
    ReleaseSRWLockExclusive( &cache_lock );
    if (old) CertFreeCertificateContext( old );
}

DWORD cert_verify( PCCERT_CONTEXT cert, const char *host, DWORD ignore )
{
    static const struct { DWORD ignore, flags; } map[] =
    {
        { SECURITY_FLAG_IGNORE_UNKNOWN_CA, WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA },
        { SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE },
        { SECURITY_FLAG_IGNORE_CERT_CN_INVALID, WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID },
        { SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID },
    };
    DWORD i, flags;

    if (!(flags = cert_judge( cert, host ))) cache_add( cert, host );
    for (i = 0; i < ARRAY_SIZE(map); i++) if (ignore & map[i].ignore) flags &= ~map[i].flags;
    return flags;
}

void cert_free(void)
{
    UINT32 i;

    for (i = 0; i < CACHE_SIZE; i++) if (cache[i].cert) CertFreeCertificateContext( cache[i].cert );
}
