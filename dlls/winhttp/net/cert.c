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
#include "net/lock.h"
#include "net/resolve.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

enum
{
    CACHE_SIZE = 32,         /* servers that a program talks to at a time; some 10 KiB in all */
    CACHE_MS = 60000,        /* how long a revoked trust may still be honoured */
    MAX_HOST_TEXT = 256,     /* as UNIX_MAX_HOST */
};

/* Known by what was judged: chain, host, and how it was built, with revocation or not. What the
 * program tolerates is applied to it afterwards. */
struct verdict
{
    ULONGLONG expires;       /* tick count; 0: empty slot */
    BYTE digest[CERT_DIGEST];
    char host[MAX_HOST_TEXT];
    DWORD build;             /* build_flags() */
    DWORD flags;             /* WINHTTP_CALLBACK_STATUS_FLAG_* */
};

static struct lock cache_lock;
static struct verdict cache[CACHE_SIZE]; /* under cache_lock */
static UINT32 cache_next;                /* likewise; the slot to overwrite next */

/* A program opens many connections to one server at once. The first of them has the certificate
 * judged, the others wait: to read the root store takes Wine a thousand requests to its server. */
struct judging
{
    struct judging *next;          /* borrowed (while it is in the list) */
    const struct cert_case *which;
};

static struct judging *judging;    /* under cache_lock */
static struct lock_event judged;   /* with it: one has left the list */

PCCERT_CONTEXT cert_from_chain( const void *chain, UINT32 size, BYTE digest[CERT_DIGEST] )
{
    const BYTE *pos = chain, *end = pos + size;
    PCCERT_CONTEXT leaf = NULL;
    HCERTSTORE store;
    UINT32 len;

    if (net_hash( UNIX_HASH_SHA256, chain, size, digest )) return NULL;
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

/* No answer, or nobody to ask. */
#define UNANSWERED (CERT_TRUST_REVOCATION_STATUS_UNKNOWN | CERT_TRUST_IS_OFFLINE_REVOCATION)

#define BAD_NAMES (CERT_TRUST_INVALID_NAME_CONSTRAINTS | \
                   CERT_TRUST_HAS_NOT_SUPPORTED_NAME_CONSTRAINT | \
                   CERT_TRUST_HAS_NOT_DEFINED_NAME_CONSTRAINT | \
                   CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT | \
                   CERT_TRUST_HAS_EXCLUDED_NAME_CONSTRAINT)

/* Whatever crypt32 has against a chain counts: what has no flag of its own is an invalid CA. */
static DWORD chain_errors( DWORD status )
{
    static const struct { DWORD trust, flag; } map[] =
    {
        { CERT_TRUST_IS_NOT_TIME_VALID | CERT_TRUST_IS_NOT_TIME_NESTED,
          WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID },
        { CERT_TRUST_IS_REVOKED, WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED },
        { UNANSWERED, WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED },
        { CERT_TRUST_IS_NOT_SIGNATURE_VALID | CERT_TRUST_INVALID_BASIC_CONSTRAINTS |
          CERT_TRUST_INVALID_EXTENSION | BAD_NAMES, WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT },
        { CERT_TRUST_IS_NOT_VALID_FOR_USAGE, WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE },
    };
    DWORD i, flags = 0;

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

/* MD5 and older can be forged, and RSA below 1024 bits be broken: Windows takes neither since 2013
 * (KB2862966, KB2661254), Wine's crypt32 still does. A root is trusted for itself. */
static BOOL is_weak( PCCERT_CONTEXT cert )
{
    static const char *const broken[] = { szOID_RSA_MD2RSA, szOID_RSA_MD4RSA, szOID_RSA_MD5RSA };
    enum { MIN_RSA_BITS = 1024 };
    CERT_PUBLIC_KEY_INFO *key = &cert->pCertInfo->SubjectPublicKeyInfo;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(broken); i++)
        if (!strcmp( cert->pCertInfo->SignatureAlgorithm.pszObjId, broken[i] )) return TRUE;
    return !strcmp( key->Algorithm.pszObjId, szOID_RSA_RSA ) &&
           CertGetPublicKeyLength( X509_ASN_ENCODING, key ) < MIN_RSA_BITS;
}

static BOOL chain_is_weak( PCCERT_CHAIN_CONTEXT chain )
{
    const CERT_SIMPLE_CHAIN *simple = chain->rgpChain[0];
    DWORD i;

    for (i = 0; i < simple->cElement; i++)
    {
        if (simple->rgpElement[i]->TrustStatus.dwInfoStatus & CERT_TRUST_IS_SELF_SIGNED) continue;
        if (is_weak( simple->rgpElement[i]->pCertContext )) return TRUE;
    }
    return FALSE;
}

/* Wine's crypt32 fetches issuers (AIA) unless it may use its cache only. */
PCCERT_CHAIN_CONTEXT cert_build_chain( PCCERT_CONTEXT cert, DWORD flags )
{
    static char server_auth[] = szOID_PKIX_KP_SERVER_AUTH;
    char *usages[] = { server_auth };
    CERT_CHAIN_PARA para = { .cbSize = sizeof(para) };
    PCCERT_CHAIN_CONTEXT chain;

    if (flags & WINHTTP_SERVER_CERT_CHAIN_DISABLE_AIA)
        flags |= CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL;
    para.RequestedUsage.dwType = USAGE_MATCH_TYPE_AND;
    para.RequestedUsage.Usage.cUsageIdentifier = ARRAY_SIZE(usages);
    para.RequestedUsage.Usage.rgpszUsageIdentifier = usages;
    if (!CertGetCertificateChain( NULL, cert, NULL, cert->hCertStore, &para, flags, NULL, &chain ))
        return NULL;
    return chain;
}

static DWORD build_flags( const struct cert_case *which )
{
    return which->chain_flags |
           (which->revocation ? CERT_CHAIN_REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT : 0);
}

static DWORD cert_judge( const struct cert_case *which )
{
    PCCERT_CHAIN_CONTEXT chain = cert_build_chain( which->cert, build_flags( which ) );
    DWORD status, flags;

    if (!chain) return WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR;
    status = chain_trust( chain );
    if (!which->revocation) status &= ~UNANSWERED; /* it was not asked */
    flags = chain_errors( status );
    if (chain_is_weak( chain )) flags |= WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT;
    if (!cert_matches_host( which->cert, chain, which->host ))
        flags |= WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID;
    TRACE( "%s: trust %#lx -> flags %#lx\n", debugstr_a(which->host),
           chain->TrustStatus.dwErrorStatus, flags );
    CertFreeCertificateChain( chain );
    return flags;
}

/* What of the flags the program has not said to ignore. */
static DWORD cert_report( const struct cert_case *which, DWORD flags )
{
    static const struct { DWORD ignore, flags; } map[] =
    {
        { SECURITY_FLAG_IGNORE_UNKNOWN_CA, WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA },
        { SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE, WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE },
        { SECURITY_FLAG_IGNORE_CERT_CN_INVALID, WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID },
        { SECURITY_FLAG_IGNORE_CERT_DATE_INVALID, WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID },
    };
    DWORD i;

    for (i = 0; i < ARRAY_SIZE(map); i++) if (which->ignore & map[i].ignore) flags &= ~map[i].flags;
    if (which->offline) flags &= ~WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED;
    return flags;
}

static struct verdict *cache_find_locked( const struct cert_case *which )
{
    UINT32 i;

    for (i = 0; i < CACHE_SIZE; i++)
        if (cache[i].expires && cache[i].build == build_flags( which ) &&
            !memcmp( cache[i].digest, which->digest, CERT_DIGEST ) &&
            !strcmp( cache[i].host, which->host )) return &cache[i];
    return NULL;
}

/* A bad verdict counts only where the program tolerates all of it: what the user puts right is to
 * be seen at once. */
BOOL cert_is_known( const struct cert_case *which )
{
    const struct verdict *verdict;
    BOOL known;

    lock_acquire_shared( &cache_lock, LOCK_VERDICTS );
    verdict = cache_find_locked( which );
    known = verdict && verdict->expires > GetTickCount64() && !cert_report( which, verdict->flags );
    lock_release_shared( &cache_lock, LOCK_VERDICTS );
    return known;
}

static void cache_add( const struct cert_case *which, DWORD flags )
{
    struct verdict *verdict;

    if (strlen( which->host ) >= MAX_HOST_TEXT) return;
    lock_acquire( &cache_lock, LOCK_VERDICTS );
    if (!(verdict = cache_find_locked( which ))) verdict = &cache[cache_next++ % CACHE_SIZE];
    verdict->expires = GetTickCount64() + CACHE_MS;
    verdict->build = build_flags( which );
    verdict->flags = flags;
    memcpy( verdict->digest, which->digest, CERT_DIGEST );
    strcpy( verdict->host, which->host );
    lock_release( &cache_lock, LOCK_VERDICTS );
}

static BOOL is_being_judged_locked( const struct cert_case *which )
{
    const struct judging *other;

    for (other = judging; other; other = other->next)
        if (build_flags( other->which ) == build_flags( which ) &&
            !memcmp( other->which->digest, which->digest, CERT_DIGEST ) &&
            !strcmp( other->which->host, which->host )) return TRUE;
    return FALSE;
}

/* FALSE: another has judged the case meanwhile, *flags is what it found. */
static BOOL judging_begin( struct judging *own, DWORD *flags )
{
    const struct verdict *verdict = NULL;
    BOOL waited;

    lock_acquire( &cache_lock, LOCK_VERDICTS );
    waited = is_being_judged_locked( own->which );
    while (is_being_judged_locked( own->which ))
        lock_sleep( &judged, &cache_lock, LOCK_VERDICTS, INFINITE );
    if (waited && (verdict = cache_find_locked( own->which ))) *flags = verdict->flags;
    else
    {
        own->next = judging;
        judging = own;
    }
    lock_release( &cache_lock, LOCK_VERDICTS );
    return !verdict;
}

static void judging_end( struct judging *own )
{
    struct judging **link;

    lock_acquire( &cache_lock, LOCK_VERDICTS );
    for (link = &judging; *link != own; link = &(*link)->next) {}
    *link = own->next;
    lock_wake_sleepers( &judged );
    lock_release( &cache_lock, LOCK_VERDICTS );
}

DWORD cert_verify( const struct cert_case *which )
{
    struct judging own = { .which = which };
    DWORD flags;

    if (judging_begin( &own, &flags ))
    {
        flags = cert_judge( which );
        cache_add( which, flags );
        judging_end( &own );
    }
    return cert_report( which, flags );
}
