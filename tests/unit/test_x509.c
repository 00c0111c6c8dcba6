/* test_x509 - signatures of certificates, above all those that crypt32 gets wrong.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <time.h>

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* RFC 5480: a P-256 signature is two numbers of 32 bytes in a SEQUENCE, 70 bytes with their tags
 * when neither needs a leading zero; fewer means that one of them is short. */
enum { FULL_SIGNATURE = 70 };

struct authority
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    gnutls_datum_t der;
};

static void set_fields( gnutls_x509_crt_t cert, gnutls_x509_privkey_t key, const char *name,
                        int ca )
{
    gnutls_x509_crt_set_version( cert, 3 );
    gnutls_x509_crt_set_key( cert, key );
    gnutls_x509_crt_set_activation_time( cert, time( NULL ) - 3600 );
    gnutls_x509_crt_set_expiration_time( cert, time( NULL ) + 3600 );
    gnutls_x509_crt_set_dn( cert, name, NULL );
    gnutls_x509_crt_set_serial( cert, "\1", 1 );
    gnutls_x509_crt_set_basic_constraints( cert, ca, -1 );
    if (ca) gnutls_x509_crt_set_key_usage( cert, GNUTLS_KEY_KEY_CERT_SIGN );
}

static void make_authority( struct authority *authority, const char *name )
{
    gnutls_x509_privkey_init( &authority->key );
    gnutls_x509_privkey_generate( authority->key, GNUTLS_PK_ECDSA,
                                  GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ), 0 );
    gnutls_x509_crt_init( &authority->cert );
    set_fields( authority->cert, authority->key, name, 1 );
    CHECK_INT( gnutls_x509_crt_sign2( authority->cert, authority->cert, authority->key,
                                      GNUTLS_DIG_SHA256, 0 ), 0 );
    gnutls_x509_crt_export2( authority->cert, GNUTLS_X509_FMT_DER, &authority->der );
}

static void free_authority( struct authority *authority )
{
    gnutls_x509_crt_deinit( authority->cert );
    gnutls_x509_privkey_deinit( authority->key );
    gnutls_free( authority->der.data );
}

/* A certificate signed by the authority; short: until the signature has a short number. */
static gnutls_datum_t issue( const struct authority *authority, int want_short )
{
    gnutls_datum_t der = { NULL, 0 };
    gnutls_x509_crt_t cert;
    size_t size;

    gnutls_x509_crt_init( &cert );
    set_fields( cert, authority->key, "CN=localhost", 0 );
    do
    {
        CHECK_INT( gnutls_x509_crt_sign2( cert, authority->cert, authority->key, GNUTLS_DIG_SHA256,
                                          0 ), 0 );
        size = 0;
        gnutls_x509_crt_get_signature( cert, NULL, &size );
    } while (want_short && size >= FULL_SIGNATURE);
    gnutls_x509_crt_export2( cert, GNUTLS_X509_FMT_DER, &der );
    gnutls_x509_crt_deinit( cert );
    return der;
}

static NTSTATUS is_signed( gnutls_datum_t cert, gnutls_datum_t issuer )
{
    struct cert_signed_params params =
    {
        .cert = (UINT_PTR)cert.data, .cert_len = cert.size,
        .issuer = (UINT_PTR)issuer.data, .issuer_len = issuer.size,
    };

    return unix_call( unix_cert_signed, &params );
}

static void test_x509_accepts_good_signatures( void )
{
    struct authority authority;
    gnutls_datum_t cert;

    make_authority( &authority, "CN=authority" );
    CHECK_INT( is_signed( authority.der, authority.der ), STATUS_SUCCESS );
    cert = issue( &authority, 0 );
    CHECK_INT( is_signed( cert, authority.der ), STATUS_SUCCESS );
    gnutls_free( cert.data );
    free_authority( &authority );
}

static void test_x509_accepts_short_numbers( void )
{
    struct authority authority;
    gnutls_datum_t cert;

    make_authority( &authority, "CN=authority" );
    cert = issue( &authority, 1 );
    CHECK_INT( is_signed( cert, authority.der ), STATUS_SUCCESS );
    gnutls_free( cert.data );
    free_authority( &authority );
}

static void test_x509_refuses_another_issuer( void )
{
    struct authority authority, namesake;
    gnutls_datum_t cert;

    make_authority( &authority, "CN=authority" );
    make_authority( &namesake, "CN=authority" );
    cert = issue( &authority, 0 );
    CHECK_INT( is_signed( cert, namesake.der ), STATUS_INVALID_SIGNATURE );
    gnutls_free( cert.data );
    free_authority( &namesake );
    free_authority( &authority );
}

static void test_x509_refuses_changed_bytes( void )
{
    struct authority authority;
    gnutls_datum_t cert;
    size_t i;

    make_authority( &authority, "CN=authority" );
    cert = issue( &authority, 0 );
    for (i = 0; i < cert.size; i++)
    {
        cert.data[i] ^= 1;
        CHECK_INT( is_signed( cert, authority.der ), STATUS_INVALID_SIGNATURE );
        cert.data[i] ^= 1;
    }
    cert.size--;
    CHECK_INT( is_signed( cert, authority.der ), STATUS_INVALID_SIGNATURE );
    gnutls_free( cert.data );
    free_authority( &authority );
}

/* A certificate that may not sign others has signed one. */
static void test_x509_refuses_issuers_that_are_no_authority( void )
{
    struct authority authority, leaf;
    gnutls_datum_t cert;

    make_authority( &authority, "CN=authority" );
    make_authority( &leaf, "CN=leaf" );
    gnutls_x509_crt_set_basic_constraints( leaf.cert, 0, -1 );
    gnutls_x509_crt_sign2( leaf.cert, authority.cert, authority.key, GNUTLS_DIG_SHA256, 0 );
    gnutls_free( leaf.der.data );
    gnutls_x509_crt_export2( leaf.cert, GNUTLS_X509_FMT_DER, &leaf.der );
    cert = issue( &leaf, 0 );
    CHECK_INT( is_signed( cert, leaf.der ), STATUS_INVALID_SIGNATURE );
    gnutls_free( cert.data );
    free_authority( &leaf );
    free_authority( &authority );
}

/* What signs itself needs no right to: whether it is trusted is another question. */
static void test_x509_accepts_a_leaf_signed_by_itself( void )
{
    struct authority leaf;

    make_authority( &leaf, "CN=localhost" );
    gnutls_x509_crt_set_basic_constraints( leaf.cert, 0, -1 );
    gnutls_x509_crt_set_key_usage( leaf.cert, GNUTLS_KEY_DIGITAL_SIGNATURE );
    gnutls_x509_crt_sign2( leaf.cert, leaf.cert, leaf.key, GNUTLS_DIG_SHA256, 0 );
    gnutls_free( leaf.der.data );
    gnutls_x509_crt_export2( leaf.cert, GNUTLS_X509_FMT_DER, &leaf.der );
    CHECK_INT( is_signed( leaf.der, leaf.der ), STATUS_SUCCESS );
    leaf.der.data[leaf.der.size - 1] ^= 1;
    CHECK_INT( is_signed( leaf.der, leaf.der ), STATUS_INVALID_SIGNATURE );
    free_authority( &leaf );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_x509_accepts_good_signatures ),
    UNIT_TEST( test_x509_accepts_short_numbers ),
    UNIT_TEST( test_x509_refuses_another_issuer ),
    UNIT_TEST( test_x509_refuses_changed_bytes ),
    UNIT_TEST( test_x509_refuses_issuers_that_are_no_authority ),
    UNIT_TEST( test_x509_accepts_a_leaf_signed_by_itself ),
};

int main( int argc, char **argv )
{
    return unit_main( tests, ARRAY_SIZE(tests), argc, argv );
}
