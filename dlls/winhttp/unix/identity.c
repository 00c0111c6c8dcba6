/* identity - certificates and private keys from Windows's formats into GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"
#include "unix/identity.h"
#include "unix/sys.h"
#include "unix/tls_session.h"

enum
{
    MAX_CERTS = 16,         /* of a client's chain: the longest in use have four */
    MAX_RSA_BYTES = 2048,   /* 16384 bits, the most that Windows makes */

    /* of private keys: RSA2 in CryptoAPI's blobs, the others in CNG's */
    MAGIC_RSA2 = 0x32415352,
    MAGIC_RSA3 = 0x33415352,
    MAGIC_ECS2 = 0x32534345,
    MAGIC_ECS4 = 0x34534345,
    MAGIC_ECS6 = 0x36534345,
};

static UINT32 get_le32( const BYTE *data )
{
    return data[0] | data[1] << 8 | data[2] << 16 | (UINT32)data[3] << 24;
}

/* --- Keys ----------------------------------------------------------------------------------- */

/* A blob that is read from its beginning. */
struct blob
{
    BYTE *data;
    UINT32 left;
};

/* The next len bytes. Zero: there are not so many. */
static int take( struct blob *blob, UINT32 len, gnutls_datum_t *number )
{
    if (len > blob->left) return 0;
    *number = (gnutls_datum_t){ blob->data, len };
    blob->data += len;
    blob->left -= len;
    return 1;
}

static void reverse( gnutls_datum_t *number )
{
    unsigned int i;
    BYTE byte;

    for (i = 0; i < number->size / 2; i++)
    {
        byte = number->data[i];
        number->data[i] = number->data[number->size - 1 - i];
        number->data[number->size - 1 - i] = byte;
    }
}

/* GnuTLS derives the other numbers from these, which lie first in each format. The others are not
 * to be relied on: in what Wine's CryptoAPI keeps of a PFX, nothing is sound from the first number
 * on that is a byte shorter than its field, as in some keys of a hundred. */
struct rsa
{
    gnutls_datum_t modulus, exponent, prime1, prime2;
};

static int import_rsa( gnutls_x509_privkey_t key, const struct rsa *rsa )
{
    return gnutls_x509_privkey_import_rsa_raw2( key, &rsa->modulus, &rsa->exponent, NULL,
                                                &rsa->prime1, &rsa->prime2, NULL, NULL, NULL );
}

/* PRIVATEKEYBLOB of CryptoAPI: BLOBHEADER, RSAPUBKEY, then the numbers, little-endian. */
static int import_capi( gnutls_x509_privkey_t key, struct blob *blob )
{
    enum { HEADER = 8, MAGIC = 8, BITS = 12, EXPONENT = 16, NUMBERS = 20 };
    gnutls_datum_t header, derived;
    struct rsa rsa;
    UINT32 len;

    if (!take( blob, NUMBERS, &header )) return GNUTLS_E_ASN1_DER_ERROR;
    if (get_le32( header.data + MAGIC ) != MAGIC_RSA2) return GNUTLS_E_UNKNOWN_PK_ALGORITHM;
    len = get_le32( header.data + BITS ) / 8;
    if (!len || len > MAX_RSA_BYTES || len % 2) return GNUTLS_E_UNKNOWN_PK_ALGORITHM;
    rsa.exponent = (gnutls_datum_t){ header.data + EXPONENT, 4 };
    if (!take( blob, len, &rsa.modulus ) || !take( blob, len / 2, &rsa.prime1 ) ||
        !take( blob, len / 2, &rsa.prime2 ) || !take( blob, 3 * (len / 2) + len, &derived ))
        return GNUTLS_E_ASN1_DER_ERROR;
    reverse( &rsa.modulus );
    reverse( &rsa.exponent );
    reverse( &rsa.prime1 );
    reverse( &rsa.prime2 );
    return import_rsa( key, &rsa );
}

/* RSAFULLPRIVATEBLOB of CNG: BCRYPT_RSAKEY_BLOB, then the numbers, big-endian. */
static int import_cng_rsa( gnutls_x509_privkey_t key, struct blob *blob )
{
    enum { EXPONENT = 8, MODULUS = 12, PRIME1 = 16, PRIME2 = 20, NUMBERS = 24 };
    gnutls_datum_t header, derived;
    UINT32 prime1, prime2, len;
    struct rsa rsa;

    if (!take( blob, NUMBERS, &header )) return GNUTLS_E_ASN1_DER_ERROR;
    len = get_le32( header.data + MODULUS );
    prime1 = get_le32( header.data + PRIME1 );
    prime2 = get_le32( header.data + PRIME2 );
    if (len > MAX_RSA_BYTES || prime1 > len || prime2 > len) return GNUTLS_E_UNKNOWN_PK_ALGORITHM;
    if (!take( blob, get_le32( header.data + EXPONENT ), &rsa.exponent ) ||
        !take( blob, len, &rsa.modulus ) || !take( blob, prime1, &rsa.prime1 ) ||
        !take( blob, prime2, &rsa.prime2 ) || !take( blob, 2 * prime1 + prime2 + len, &derived ))
        return GNUTLS_E_ASN1_DER_ERROR;
    return import_rsa( key, &rsa );
}

/* ECCPRIVATEBLOB of CNG: BCRYPT_ECCKEY_BLOB, X, Y, d, big-endian. */
static int import_cng_ecc( gnutls_x509_privkey_t key, struct blob *blob, gnutls_ecc_curve_t curve )
{
    gnutls_datum_t header, x, y, secret;
    UINT32 len;

    if (!take( blob, 8, &header )) return GNUTLS_E_ASN1_DER_ERROR;
    len = get_le32( header.data + 4 );
    if (!take( blob, len, &x ) || !take( blob, len, &y ) || !take( blob, len, &secret ))
        return GNUTLS_E_ASN1_DER_ERROR;
    return gnutls_x509_privkey_import_ecc_raw( key, curve, &x, &y, &secret );
}

/* Each format tells itself by its first bytes. */
static int import_blob( gnutls_x509_privkey_t key, struct blob *blob )
{
    static const struct { UINT32 magic; gnutls_ecc_curve_t curve; } curves[] =
    {
        { MAGIC_ECS2, GNUTLS_ECC_CURVE_SECP256R1 },
        { MAGIC_ECS4, GNUTLS_ECC_CURVE_SECP384R1 },
        { MAGIC_ECS6, GNUTLS_ECC_CURVE_SECP521R1 },
    };
    UINT32 magic;
    size_t i;

    if (blob->left < 4) return GNUTLS_E_ASN1_DER_ERROR;
    magic = get_le32( blob->data );
    if ((magic & 0xffff) == 0x0207) return import_capi( key, blob );    /* bType, bVersion */
    if (magic == MAGIC_RSA3) return import_cng_rsa( key, blob );
    for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
        if (magic == curves[i].magic) return import_cng_ecc( key, blob, curves[i].curve );
    return GNUTLS_E_UNKNOWN_PK_ALGORITHM;
}

/* Works on a copy, which numbers are reversed in and which does not stay. */
static NTSTATUS import_key( gnutls_x509_privkey_t key, const void *data, UINT32 len )
{
    struct blob blob = { sys_alloc( len ? len : 1 ), len };
    BYTE *copy = blob.data;
    int ret;

    if (!copy) return STATUS_NO_MEMORY;
    memcpy( copy, data, len );
    ret = import_blob( key, &blob );
    gnutls_memset( copy, 0, len );
    free( copy );
    return ret < 0 ? error_from_gnutls( ret, STATUS_NOT_SUPPORTED ) : STATUS_SUCCESS;
}

/* --- Certificates --------------------------------------------------------------------------- */

/* The next certificate of a chain as unixlib.h lays it out. Zero: there is none. */
static int next_cert( struct blob *chain, gnutls_datum_t *cert )
{
    gnutls_datum_t size;
    UINT32 len;

    if (!take( chain, sizeof(len), &size )) return 0;
    memcpy( &len, size.data, sizeof(len) );
    return take( chain, len, cert );
}

static NTSTATUS import_chain( struct identity *identity, struct blob *chain )
{
    gnutls_datum_t cert;
    int ret;

    if (!(identity->certs = sys_alloc( MAX_CERTS * sizeof(*identity->certs) )))
        return STATUS_NO_MEMORY;
    while (identity->cert_count < MAX_CERTS && next_cert( chain, &cert ))
    {
        ret = gnutls_pcert_import_x509_raw( &identity->certs[identity->cert_count], &cert,
                                            GNUTLS_X509_FMT_DER, 0 );
        if (ret < 0) return error_from_gnutls( ret, STATUS_INVALID_PARAMETER );
        identity->cert_count++;
    }
    return identity->cert_count ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* Containers of keys are found by name, and another key may lie there by now. */
static int key_fits( const struct identity *identity, gnutls_x509_privkey_t key )
{
    BYTE own[64], certified[64];
    size_t own_len = sizeof(own), certified_len = sizeof(certified);

    if (gnutls_x509_privkey_get_key_id( key, 0, own, &own_len ) < 0) return 0;
    if (gnutls_pubkey_get_key_id( identity->certs[0].pubkey, 0, certified, &certified_len ) < 0)
        return 0;
    return own_len == certified_len && !memcmp( own, certified, own_len );
}

static NTSTATUS adopt_key( struct identity *identity, gnutls_x509_privkey_t key )
{
    int ret;

    if (!key_fits( identity, key )) return STATUS_NOT_FOUND;
    if ((ret = gnutls_privkey_init( &identity->key )) < 0)
        return error_from_gnutls( ret, STATUS_NO_MEMORY );
    ret = gnutls_privkey_import_x509( identity->key, key, GNUTLS_PRIVKEY_IMPORT_COPY );
    return ret < 0 ? error_from_gnutls( ret, STATUS_NOT_SUPPORTED ) : STATUS_SUCCESS;
}

static void destroy( struct identity *identity )
{
    unsigned int i;

    for (i = 0; i < identity->cert_count; i++) gnutls_pcert_deinit( &identity->certs[i] );
    if (identity->key) gnutls_privkey_deinit( identity->key );
    free( identity->certs );
    free( identity );
}

NTSTATUS identity_open( struct identity_open_params *params )
{
    struct blob chain = { (BYTE *)(ULONG_PTR)params->chain, params->chain_len };
    gnutls_x509_privkey_t key = NULL;
    struct identity *identity;
    NTSTATUS status;

    if (!tls_credentials()) return STATUS_NOT_SUPPORTED;
    if (!(identity = sys_alloc( sizeof(*identity) ))) return STATUS_NO_MEMORY;
    if (!(status = import_chain( identity, &chain )) && gnutls_x509_privkey_init( &key ) < 0)
        status = STATUS_NO_MEMORY;
    if (!status)
        status = import_key( key, (const void *)(ULONG_PTR)params->key, params->key_len );
    if (!status) status = adopt_key( identity, key );
    if (key) gnutls_x509_privkey_deinit( key );
    if (status) destroy( identity );
    else params->identity = (ULONG_PTR)identity;
    return status;
}

NTSTATUS identity_close( struct identity_close_params *params )
{
    if (!params->identity) return STATUS_INVALID_HANDLE;
    destroy( identity_find( params->identity ) );
    return STATUS_SUCCESS;
}
