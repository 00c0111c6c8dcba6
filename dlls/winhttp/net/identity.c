/* identity - client certificates: their chain, and their key out of its provider.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/identity.h"

#include <stdlib.h>
#include <string.h>

#include "winreg.h"
#include "ncrypt.h"

#include "net/calls.h"
#include "net/lock.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

/* newer than the headers of Wine 8.0 */
#ifndef CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG
#define CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG 0x00010000
#endif
#ifndef CERT_NCRYPT_KEY_SPEC
#define CERT_NCRYPT_KEY_SPEC 0xffffffff
#endif

enum
{
    MAX_CHAIN = 8,          /* certificates sent; servers refuse longer ones */
    MAX_KEY = 16384,        /* bytes of a blob: RSA with 16384 bits takes 9 KiB */
    MAX_CONTAINER = 260,    /* characters of a container's name, as CryptoAPI allows */
};

struct identity
{
    LONG refs;
    PCCERT_CONTEXT cert;    /* owned */
    struct lock lock;
    UINT64 handle;          /* under lock until set, then immutable; 0: not open */
};

/* Bytes in memory of their own. */
struct bytes
{
    BYTE *data;             /* owned; NULL: none */
    DWORD len;
};

static void wipe( struct bytes *bytes )
{
    if (bytes->data) SecureZeroMemory( bytes->data, bytes->len );
    free( bytes->data );
    bytes->data = NULL;
    bytes->len = 0;
}

static BOOL reserve( struct bytes *bytes, DWORD len )
{
    if (!len || len > MAX_KEY || !(bytes->data = malloc( len ))) return FALSE;
    bytes->len = len;
    return TRUE;
}

/* --- The key -------------------------------------------------------------------------------- */

static BOOL export_cng( NCRYPT_KEY_HANDLE key, const WCHAR *type, struct bytes *blob )
{
    DWORD len = 0;

    if (NCryptExportKey( key, 0, type, NULL, NULL, 0, &len, 0 ) || !reserve( blob, len ))
        return FALSE;
    if (!NCryptExportKey( key, 0, type, NULL, blob->data, blob->len, &len, 0 )) return TRUE;
    wipe( blob );
    return FALSE;
}

static BOOL fetch_from_cng( NCRYPT_KEY_HANDLE key, struct bytes *blob )
{
    return export_cng( key, BCRYPT_RSAFULLPRIVATE_BLOB, blob ) ||
           export_cng( key, BCRYPT_ECCPRIVATE_BLOB, blob );
}

static BOOL export_capi( HCRYPTPROV provider, DWORD spec, struct bytes *blob )
{
    BOOL done = FALSE;
    HCRYPTKEY key;
    DWORD len = 0;

    if (!CryptGetUserKey( provider, spec, &key )) return FALSE;
    if (CryptExportKey( key, 0, PRIVATEKEYBLOB, 0, NULL, &len ) && reserve( blob, len ))
    {
        done = CryptExportKey( key, 0, PRIVATEKEYBLOB, 0, blob->data, &len );
        if (!done) wipe( blob );
    }
    CryptDestroyKey( key );
    return done;
}

/* What Wine's provider has stored is a PRIVATEKEYBLOB, protected as the user's data. */
static BOOL unprotect( HKEY container, const WCHAR *value, struct bytes *blob )
{
    struct bytes stored = { NULL, 0 };
    DATA_BLOB in, out;
    DWORD len = 0;
    BOOL done;

    if (RegQueryValueExW( container, value, NULL, NULL, NULL, &len ) || !reserve( &stored, len ))
        return FALSE;
    in.pbData = stored.data;
    in.cbData = stored.len;
    done = !RegQueryValueExW( container, value, NULL, NULL, stored.data, &len ) &&
           CryptUnprotectData( &in, NULL, NULL, NULL, NULL, 0, &out );
    wipe( &stored );
    if (!done) return FALSE;
    if ((done = reserve( blob, out.cbData ))) memcpy( blob->data, out.pbData, out.cbData );
    SecureZeroMemory( out.pbData, out.cbData );
    LocalFree( out.pbData );
    return done;
}

static BOOL fetch_from_store( HKEY root, const char *name, DWORD spec, struct bytes *blob )
{
    char path[MAX_CONTAINER + 32];
    BOOL done = FALSE;
    HKEY container;

    if (strlen( name ) > MAX_CONTAINER) return FALSE;
    strcpy( path, "Software\\Wine\\Crypto\\RSA\\" );
    strcat( path, name );
    if (RegOpenKeyExA( root, path, 0, KEY_READ, &container )) return FALSE;
    done = unprotect( container, spec == AT_SIGNATURE ? L"SignatureKeyPair" : L"KeyExchangeKeyPair",
                      blob );
    RegCloseKey( container );
    return done;
}

static BOOL fetch_from_capi( HCRYPTPROV provider, DWORD spec, struct bytes *blob )
{
    char name[MAX_CONTAINER + 1];
    DWORD len = sizeof(name);

    if (export_capi( provider, spec, blob )) return TRUE;
    if (!CryptGetProvParam( provider, PP_CONTAINER, (BYTE *)name, &len, 0 )) return FALSE;
    return fetch_from_store( HKEY_CURRENT_USER, name, spec, blob ) ||
           fetch_from_store( HKEY_LOCAL_MACHINE, name, spec, blob );
}

static BOOL fetch_from_handle( HCRYPTPROV_OR_NCRYPT_KEY_HANDLE key, DWORD spec,
                               struct bytes *blob )
{
    return spec == CERT_NCRYPT_KEY_SPEC ? fetch_from_cng( key, blob )
                                        : fetch_from_capi( key, spec, blob );
}

/* A handle that the program attached to the certificate itself; Wine's crypt32 does not look at
 * these unless it put them there. */
static BOOL fetch_from_property( PCCERT_CONTEXT cert, struct bytes *blob )
{
    CERT_KEY_CONTEXT context;
    NCRYPT_KEY_HANDLE key;
    DWORD size = sizeof(context);

    if (CertGetCertificateContextProperty( cert, CERT_KEY_CONTEXT_PROP_ID, &context, &size ))
        return fetch_from_handle( context.hCryptProv, context.dwKeySpec, blob );
    size = sizeof(key);
    return CertGetCertificateContextProperty( cert, CERT_NCRYPT_KEY_HANDLE_PROP_ID, &key, &size ) &&
           fetch_from_cng( key, blob );
}

static NTSTATUS fetch_key( PCCERT_CONTEXT cert, struct bytes *blob )
{
    HCRYPTPROV_OR_NCRYPT_KEY_HANDLE key;
    BOOL ours = FALSE, fetched;
    DWORD spec = 0;

    if (fetch_from_property( cert, blob )) return STATUS_SUCCESS;
    if (!CryptAcquireCertificatePrivateKey( cert, CRYPT_ACQUIRE_SILENT_FLAG |
                                            CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG, NULL, &key, &spec,
                                            &ours ))
        return STATUS_NOT_FOUND;
    fetched = fetch_from_handle( key, spec, blob );
    if (ours && spec == CERT_NCRYPT_KEY_SPEC) NCryptFreeObject( key );
    else if (ours) CryptReleaseContext( key, 0 );
    return fetched ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* --- The chain ------------------------------------------------------------------------------ */

static void lay_out( struct bytes *chain, PCCERT_CONTEXT cert )
{
    UINT32 len = cert->cbCertEncoded;

    memcpy( chain->data + chain->len, &len, sizeof(len) );
    memcpy( chain->data + chain->len + sizeof(len), cert->pbCertEncoded, len );
    chain->len += sizeof(len) + len;
}

/* Element 0 is the certificate itself; a root, which the server has or does not trust, is not
 * sent. */
static BOOL lay_out_elements( const CERT_SIMPLE_CHAIN *elements, struct bytes *chain )
{
    DWORD count = min( elements->cElement, MAX_CHAIN ), size = 0, i;

    if (count > 1 && elements->rgpElement[count - 1]->TrustStatus.dwInfoStatus &
        CERT_TRUST_IS_SELF_SIGNED) count--;
    for (i = 0; i < count; i++)
        size += sizeof(UINT32) + elements->rgpElement[i]->pCertContext->cbCertEncoded;
    if (!(chain->data = malloc( size ))) return FALSE;
    for (i = 0; i < count; i++) lay_out( chain, elements->rgpElement[i]->pCertContext );
    return TRUE;
}

/* With what the certificate's own store and the system's have between it and its authority. */
static BOOL make_chain( PCCERT_CONTEXT cert, struct bytes *chain )
{
    CERT_CHAIN_PARA para = { .cbSize = sizeof(para) };
    PCCERT_CHAIN_CONTEXT context;
    BOOL done;

    if (!CertGetCertificateChain( NULL, cert, NULL, cert->hCertStore, &para,
                                  CERT_CHAIN_CACHE_ONLY_URL_RETRIEVAL, NULL, &context ))
        return FALSE;
    done = context->cChain && lay_out_elements( context->rgpChain[0], chain );
    CertFreeCertificateChain( context );
    return done;
}

/* --- Identities ----------------------------------------------------------------------------- */

struct identity *identity_create( PCCERT_CONTEXT cert )
{
    struct identity *identity;

    if (!(identity = calloc( 1, sizeof(*identity) ))) return NULL;
    if (!(identity->cert = CertDuplicateCertificateContext( cert )))
    {
        free( identity );
        return NULL;
    }
    identity->refs = 1;
    return identity;
}

struct identity *identity_addref( struct identity *identity )
{
    if (identity) InterlockedIncrement( &identity->refs );
    return identity;
}

void identity_release( struct identity *identity )
{
    struct identity_close_params params;

    if (!identity || InterlockedDecrement( &identity->refs )) return;
    params.identity = identity->handle;
    if (params.identity) call_identity_close( &params );
    CertFreeCertificateContext( identity->cert );
    free( identity );
}

BOOL identity_equal( const struct identity *a, const struct identity *b )
{
    if (!a || !b) return a == b;
    return a == b || (a->cert->cbCertEncoded == b->cert->cbCertEncoded &&
                      !memcmp( a->cert->pbCertEncoded, b->cert->pbCertEncoded,
                               a->cert->cbCertEncoded ));
}

PCCERT_CONTEXT identity_cert( const struct identity *identity )
{
    return identity ? identity->cert : NULL;
}

UINT64 identity_handle( const struct identity *identity )
{
    return identity ? identity->handle : 0;
}

BOOL identity_is_open( const struct identity *identity )
{
    return !identity || identity->handle;
}

static NTSTATUS load( const struct identity *identity, UINT64 *handle )
{
    struct identity_open_params params = { 0 };
    struct bytes chain = { NULL, 0 }, key = { NULL, 0 };
    NTSTATUS status;

    if ((status = fetch_key( identity->cert, &key ))) return status;
    if (!make_chain( identity->cert, &chain )) status = STATUS_NO_MEMORY;
    else
    {
        params.chain = (ULONG_PTR)chain.data;
        params.chain_len = chain.len;
        params.key = (ULONG_PTR)key.data;
        params.key_len = key.len;
        status = call_identity_open( &params );
    }
    wipe( &key );
    wipe( &chain );
    if (!status) *handle = params.identity;
    return status;
}

/* Two requests may share one; the second to come here finds it done, or throws its own away. */
NTSTATUS identity_open( struct identity *identity )
{
    struct identity_close_params spare = { 0 };
    NTSTATUS status;

    if (identity_is_open( identity )) return STATUS_SUCCESS;
    status = load( identity, &spare.identity );
    TRACE( "%p -> %#lx\n", identity->cert, status );
    if (status) return status;
    lock_acquire( &identity->lock, LOCK_IDENTITY );
    if (!identity->handle)
    {
        identity->handle = spare.identity;
        spare.identity = 0;
    }
    lock_release( &identity->lock, LOCK_IDENTITY );
    if (spare.identity) call_identity_close( &spare );
    return STATUS_SUCCESS;
}
