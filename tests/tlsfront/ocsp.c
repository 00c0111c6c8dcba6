/* What an OCSP responder says of a certificate: GnuTLS reads such answers, but writes none.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ocsp.h"

#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>

#define HOUR 3600

#define SHA1_BYTES 20

/* A point on P-256, uncompressed, which ends the issuer's public key (RFC 5480). */
#define POINT_BYTES 65

/* All of an answer; some 300 bytes are used. */
#define MAX_ANSWER 1024

enum
{
    TAG_INTEGER = 0x02, TAG_BITS = 0x03, TAG_OCTETS = 0x04, TAG_OID = 0x06, TAG_ENUM = 0x0a,
    TAG_TIME = 0x18, TAG_SEQUENCE = 0x30, TAG_CONTEXT = 0x80, TAG_CONTEXT_OF = 0xa0,
};

static const unsigned char oid_sha1[] = { 0x2b, 0x0e, 0x03, 0x02, 0x1a };
static const unsigned char oid_ecdsa_sha256[] = { 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02 };
static const unsigned char oid_basic[] = { 0x2b, 6, 1, 5, 5, 7, 48, 1, 1 };

/* The contents of one value; it is wrapped once it is complete. */
struct value
{
    unsigned char data[MAX_ANSWER];
    size_t        len;
};

static void put( struct value *to, unsigned int tag, const void *data, size_t len )
{
    to->data[to->len++] = tag;
    if (len >= 0x100) to->data[to->len++] = 0x82;
    else if (len >= 0x80) to->data[to->len++] = 0x81;
    if (len >= 0x100) to->data[to->len++] = len >> 8;
    to->data[to->len++] = len;
    if (len) memcpy( to->data + to->len, data, len );
    to->len += len;
}

static void wrap( struct value *to, unsigned int tag, const struct value *inner )
{
    put( to, tag, inner->data, inner->len );
}

static void put_time( struct value *to, time_t when )
{
    char text[16];

    put( to, TAG_TIME, text, strftime( text, sizeof(text), "%Y%m%d%H%M%SZ", gmtime( &when ) ) );
}

/* SHA-1 of the issuer's key, as it stands in the BIT STRING (4.1.1). */
static int hash_key( gnutls_x509_crt_t issuer, unsigned char hash[SHA1_BYTES] )
{
    gnutls_datum_t der = { NULL, 0 };
    gnutls_pubkey_t key;
    int ret;

    if ((ret = gnutls_pubkey_init( &key ))) return ret;
    if (!(ret = gnutls_pubkey_import_x509( key, issuer, 0 )) &&
        !(ret = gnutls_pubkey_export2( key, GNUTLS_X509_FMT_DER, &der )))
        ret = gnutls_hash_fast( GNUTLS_DIG_SHA1, der.data + der.size - POINT_BYTES, POINT_BYTES,
                                hash );
    gnutls_free( der.data );
    gnutls_pubkey_deinit( key );
    return ret;
}

static int hash_name( gnutls_x509_crt_t issuer, unsigned char hash[SHA1_BYTES] )
{
    gnutls_datum_t dn;
    int ret;

    if ((ret = gnutls_x509_crt_get_raw_dn( issuer, &dn ))) return ret;
    ret = gnutls_hash_fast( GNUTLS_DIG_SHA1, dn.data, dn.size, hash );
    gnutls_free( dn.data );
    return ret;
}

static int put_cert_id( struct value *to, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer )
{
    struct value id = { .len = 0 }, algorithm = { .len = 0 };
    unsigned char hash[SHA1_BYTES], serial[32];
    size_t len = sizeof(serial);
    int ret;

    put( &algorithm, TAG_OID, oid_sha1, sizeof(oid_sha1) );
    wrap( &id, TAG_SEQUENCE, &algorithm );
    if ((ret = hash_name( issuer, hash ))) return ret;
    put( &id, TAG_OCTETS, hash, sizeof(hash) );
    if ((ret = hash_key( issuer, hash ))) return ret;
    put( &id, TAG_OCTETS, hash, sizeof(hash) );
    if ((ret = gnutls_x509_crt_get_serial( cert, serial, &len ))) return ret;
    put( &id, TAG_INTEGER, serial, len );
    wrap( to, TAG_SEQUENCE, &id );
    return 0;
}

static void put_state( struct value *to, enum ocsp_state state )
{
    struct value since = { .len = 0 };

    put_time( &since, time( NULL ) - HOUR );
    if (state == OCSP_REVOKED) wrap( to, TAG_CONTEXT_OF | 1, &since );
    else put( to, TAG_CONTEXT | (state == OCSP_UNKNOWN ? 2 : 0), NULL, 0 );
}

/* ResponseData (4.2.1): who answers, when, and about one certificate. */
static int put_data( struct value *to, gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer,
                     enum ocsp_state state )
{
    struct value data = { .len = 0 }, one = { .len = 0 }, all = { .len = 0 }, next = { .len = 0 };
    struct value responder = { .len = 0 };
    unsigned char hash[SHA1_BYTES];
    int ret;

    if ((ret = hash_key( issuer, hash ))) return ret;
    if ((ret = put_cert_id( &one, cert, issuer ))) return ret;
    put( &responder, TAG_OCTETS, hash, sizeof(hash) );
    wrap( &data, TAG_CONTEXT_OF | 2, &responder );
    put_time( &data, time( NULL ) - HOUR );
    put_state( &one, state );
    put_time( &one, time( NULL ) - HOUR );
    put_time( &next, time( NULL ) + HOUR );
    wrap( &one, TAG_CONTEXT_OF, &next );
    wrap( &all, TAG_SEQUENCE, &one );
    wrap( &data, TAG_SEQUENCE, &all );
    wrap( to, TAG_SEQUENCE, &data );
    return 0;
}

static int put_signature( struct value *to, const struct value *data, gnutls_x509_privkey_t key )
{
    gnutls_datum_t bytes = { (unsigned char *)data->data, data->len }, signature;
    struct value algorithm = { .len = 0 }, bits = { .len = 0 };
    gnutls_privkey_t signer;
    int ret;

    if ((ret = gnutls_privkey_init( &signer ))) return ret;
    if (!(ret = gnutls_privkey_import_x509( signer, key, 0 )))
        ret = gnutls_privkey_sign_data( signer, GNUTLS_DIG_SHA256, 0, &bytes, &signature );
    gnutls_privkey_deinit( signer );
    if (ret) return ret;
    put( &algorithm, TAG_OID, oid_ecdsa_sha256, sizeof(oid_ecdsa_sha256) );
    wrap( to, TAG_SEQUENCE, &algorithm );
    bits.data[bits.len++] = 0; /* no bit of the last byte is unused */
    memcpy( bits.data + bits.len, signature.data, signature.size );
    bits.len += signature.size;
    wrap( to, TAG_BITS, &bits );
    gnutls_free( signature.data );
    return 0;
}

/* OCSPResponse: successful, with a BasicOCSPResponse inside. */
static void put_answer( struct value *to, const struct value *basic )
{
    static const unsigned char successful = 0;
    struct value sequence = { .len = 0 }, bytes = { .len = 0 }, tagged = { .len = 0 };
    struct value answer = { .len = 0 };

    wrap( &sequence, TAG_SEQUENCE, basic );
    put( &bytes, TAG_OID, oid_basic, sizeof(oid_basic) );
    wrap( &bytes, TAG_OCTETS, &sequence );
    wrap( &tagged, TAG_SEQUENCE, &bytes );
    put( &answer, TAG_ENUM, &successful, 1 );
    wrap( &answer, TAG_CONTEXT_OF, &tagged );
    wrap( to, TAG_SEQUENCE, &answer );
}

int ocsp_answer( gnutls_x509_crt_t cert, gnutls_x509_crt_t issuer, gnutls_x509_privkey_t key,
                 enum ocsp_state state, gnutls_datum_t *der )
{
    struct value basic = { .len = 0 }, data, answer = { .len = 0 };
    int ret;

    if ((ret = put_data( &basic, cert, issuer, state ))) return ret;
    data = basic;
    if ((ret = put_signature( &basic, &data, key ))) return ret;
    put_answer( &answer, &basic );
    if (!(der->data = gnutls_malloc( answer.len ))) return GNUTLS_E_MEMORY_ERROR;
    memcpy( der->data, answer.data, answer.len );
    der->size = answer.len;
    return 0;
}
