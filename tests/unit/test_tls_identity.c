/* test_tls_identity - certificates of the client's own, in Windows's formats.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "tls_test.h"

#include <gnutls/abstract.h>

enum
{
    MAX_BLOB = 4096,

    ALERT_CERTIFICATE_REQUIRED = 116, /* RFC 8446 6.2 */
};

/* --- Keys and certificates ------------------------------------------------------------------- */

struct own
{
    gnutls_x509_privkey_t key;
    gnutls_datum_t cert;        /* DER */
    BYTE chain[MAX_BLOB];       /* as unixlib.h lays it out */
    UINT32 chain_len;
};

static void make_own( struct own *own, gnutls_pk_algorithm_t algorithm, unsigned int bits )
{
    gnutls_x509_crt_t crt;

    memset( own, 0, sizeof(*own) );
    gnutls_x509_privkey_init( &own->key );
    CHECK_INT( gnutls_x509_privkey_generate( own->key, algorithm, bits, 0 ), 0 );
    gnutls_x509_crt_init( &crt );
    gnutls_x509_crt_set_key( crt, own->key );
    gnutls_x509_crt_set_version( crt, 3 );
    gnutls_x509_crt_set_serial( crt, "\2", 1 );
    gnutls_x509_crt_set_activation_time( crt, time( NULL ) - 3600 );
    gnutls_x509_crt_set_expiration_time( crt, time( NULL ) + 3600 );
    gnutls_x509_crt_set_dn( crt, "CN=the client", NULL );
    CHECK_INT( gnutls_x509_crt_sign2( crt, crt, own->key, GNUTLS_DIG_SHA256, 0 ), 0 );
    CHECK_INT( gnutls_x509_crt_export2( crt, GNUTLS_X509_FMT_DER, &own->cert ), 0 );
    gnutls_x509_crt_deinit( crt );
    memcpy( own->chain, &own->cert.size, 4 );
    memcpy( own->chain + 4, own->cert.data, own->cert.size );
    own->chain_len = 4 + own->cert.size;
}

static void free_own( struct own *own )
{
    gnutls_x509_privkey_deinit( own->key );
    gnutls_free( own->cert.data );
}

/* --- Blobs as Windows exports them ------------------------------------------------------------ */

struct blob
{
    BYTE data[MAX_BLOB];
    UINT32 len;
};

static void put_le32( struct blob *blob, UINT32 value )
{
    memcpy( blob->data + blob->len, &value, 4 );
    blob->len += 4;
}

/* The last size bytes of the number, with zeros in front if it has fewer. */
static void put_be( struct blob *blob, const gnutls_datum_t *number, UINT32 size )
{
    UINT32 len = number->size < size ? number->size : size;

    memset( blob->data + blob->len, 0, size - len );
    memcpy( blob->data + blob->len + size - len, number->data + number->size - len, len );
    blob->len += size;
}

static void put_le( struct blob *blob, const gnutls_datum_t *number, UINT32 size )
{
    UINT32 begin = blob->len, i;
    BYTE byte;

    put_be( blob, number, size );
    for (i = 0; i < size / 2; i++)
    {
        byte = blob->data[begin + i];
        blob->data[begin + i] = blob->data[blob->len - 1 - i];
        blob->data[blob->len - 1 - i] = byte;
    }
}

static void put_numbers( struct blob *blob, gnutls_x509_privkey_t key, UINT32 size,
                         void (*put)( struct blob *, const gnutls_datum_t *, UINT32 ) )
{
    const UINT32 half = size / 2, sizes[] = { size, half, half, half, half, half, size };
    gnutls_datum_t m, e, d, p, q, u, e1, e2;
    const gnutls_datum_t *const numbers[] = { &m, &p, &q, &e1, &e2, &u, &d };
    unsigned int i;

    CHECK_INT( gnutls_x509_privkey_export_rsa_raw2( key, &m, &e, &d, &p, &q, &u, &e1, &e2 ), 0 );
    for (i = 0; i < ARRAY_SIZE(numbers); i++)
    {
        put( blob, numbers[i], sizes[i] );
        gnutls_free( numbers[i]->data );
    }
    gnutls_free( e.data );
}

static struct blob make_capi( gnutls_x509_privkey_t key, UINT32 size )
{
    struct blob blob = { .len = 0 };

    put_le32( &blob, 0x0207 );      /* PRIVATEKEYBLOB, version 2 */
    put_le32( &blob, 0xa400 );      /* CALG_RSA_KEYX */
    put_le32( &blob, 0x32415352 );  /* RSA2 */
    put_le32( &blob, size * 8 );
    put_le32( &blob, 65537 );
    put_numbers( &blob, key, size, put_le );
    return blob;
}

static struct blob make_cng_rsa( gnutls_x509_privkey_t key, UINT32 size )
{
    static const gnutls_datum_t exponent = { (BYTE *)"\1\0\1", 3 };
    struct blob blob = { .len = 0 };

    put_le32( &blob, 0x33415352 );  /* RSA3 */
    put_le32( &blob, size * 8 );
    put_le32( &blob, 3 );
    put_le32( &blob, size );
    put_le32( &blob, size / 2 );
    put_le32( &blob, size / 2 );
    put_be( &blob, &exponent, 3 );
    put_numbers( &blob, key, size, put_be );
    return blob;
}

static struct blob make_cng_ecc( gnutls_x509_privkey_t key, UINT32 size )
{
    struct blob blob = { .len = 0 };
    gnutls_ecc_curve_t curve;
    gnutls_datum_t x, y, k;

    CHECK_INT( gnutls_x509_privkey_export_ecc_raw( key, &curve, &x, &y, &k ), 0 );
    put_le32( &blob, size == 32 ? 0x32534345 : size == 48 ? 0x34534345 : 0x36534345 );
    put_le32( &blob, size );
    put_be( &blob, &x, size );
    put_be( &blob, &y, size );
    put_be( &blob, &k, size );
    gnutls_free( x.data );
    gnutls_free( y.data );
    gnutls_free( k.data );
    return blob;
}

static NTSTATUS open_identity( const void *chain, UINT32 chain_len, const void *key, UINT32 key_len,
                               UINT64 *identity )
{
    struct identity_open_params params =
    {
        .chain = (ULONG_PTR)chain, .chain_len = chain_len,
        .key = (ULONG_PTR)key, .key_len = key_len,
    };
    NTSTATUS status = unix_call( unix_identity_open, &params );

    *identity = params.identity;
    return status;
}

static void close_identity( UINT64 identity )
{
    struct identity_close_params params = { identity };

    CHECK_INT( unix_call( unix_identity_close, &params ), STATUS_SUCCESS );
}

/* --- Against a server that asks --------------------------------------------------------------- */

static BYTE seen[MAX_BLOB];         /* the leaf that the server got */
static unsigned int seen_len;
static unsigned int seen_count;

static void serve_and_look( struct server *server )
{
    const gnutls_datum_t *certs = gnutls_certificate_get_peers( server->session, &seen_count );

    seen_len = 0;
    if (certs)
    {
        seen_len = certs[0].size;
        memcpy( seen, certs[0].data, seen_len );
    }
    serve_echo( server );
}

static void check_is_shown( const struct own *own, UINT64 identity, UINT32 protocol )
{
    struct stream_tls_handshake_params handshake;
    struct session session = { .pair = make_pair() };
    struct stream_tls_start_params start =
    {
        .stream = session.pair.stream, .host = (ULONG_PTR)"localhost", .identity = identity,
        .protocols = protocol,
    };
    UINT32 count;
    char byte;

    session.server.config.wants_certificate = GNUTLS_CERT_REQUIRE;
    start_server( &session.server, session.pair.peer, serve_and_look );
    CHECK_INT( unix_call( unix_stream_tls_start, &start ), STATUS_SUCCESS );
    CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &handshake ),
               STATUS_SUCCESS );
    CHECK_INT( handshake.cert_requested, 1 );
    CHECK_INT( call_send( session.pair.stream, "x", 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    if (recv_all( session.pair.stream, &byte, 1 )) CHECK_INT( byte, 'x' );
    stop_session( &session );
    CHECK_INT( session.server.handshake, 0 );
    CHECK_MEM( seen, seen_len, own->cert.data, own->cert.size );
}

static void check_blob( const struct own *own, const struct blob *blob )
{
    UINT64 identity;

    if (!CHECK_INT( open_identity( own->chain, own->chain_len, blob->data, blob->len, &identity ),
                    STATUS_SUCCESS )) return;
    check_is_shown( own, identity, TLS_1_2 );
    check_is_shown( own, identity, TLS_1_3 );
    close_identity( identity );
}

static void test_identity_rsa( void )
{
    struct blob capi, cng;
    struct own own;

    make_own( &own, GNUTLS_PK_RSA, 2048 );
    capi = make_capi( own.key, 256 );
    cng = make_cng_rsa( own.key, 256 );
    check_blob( &own, &capi );
    check_blob( &own, &cng );
    free_own( &own );
}

static void test_identity_ecdsa( void )
{
    static const struct { gnutls_ecc_curve_t curve; UINT32 size; } cases[] =
    {
        { GNUTLS_ECC_CURVE_SECP256R1, 32 },
        { GNUTLS_ECC_CURVE_SECP384R1, 48 },
        { GNUTLS_ECC_CURVE_SECP521R1, 66 },
    };
    struct blob blob;
    struct own own;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        unit_context( "%u bytes", cases[i].size );
        make_own( &own, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( cases[i].curve ) );
        blob = make_cng_ecc( own.key, cases[i].size );
        check_blob( &own, &blob );
        free_own( &own );
    }
}

/* What CryptoAPI keeps of a PFX under Wine, if one of the numbers after the primes is short. */
static void test_identity_of_damaged_blob( void )
{
    struct blob capi;
    struct own own;

    make_own( &own, GNUTLS_PK_RSA, 2048 );
    capi = make_capi( own.key, 256 );
    memset( capi.data + 20 + 256 + 2 * 128, 0xa5, 3 * 128 + 256 );
    check_blob( &own, &capi );
    free_own( &own );
}

/* The certificates that lead to the authority go with it. */
static void test_identity_sends_its_chain( void )
{
    struct own own, other;
    struct blob blob;
    UINT64 identity;

    make_own( &own, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    make_own( &other, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    memcpy( own.chain + own.chain_len, other.chain, other.chain_len );
    own.chain_len += other.chain_len;
    blob = make_cng_ecc( own.key, 32 );
    if (CHECK_INT( open_identity( own.chain, own.chain_len, blob.data, blob.len, &identity ),
                   STATUS_SUCCESS ))
    {
        check_is_shown( &own, identity, TLS_1_3 );
        CHECK_INT( seen_count, 2 );
        close_identity( identity );
    }
    free_own( &own );
    free_own( &other );
}

/* Cut anywhere, a blob is refused and not read beyond its end. */
static void test_identity_refuses_cut_blobs( void )
{
    struct blob blobs[3];
    struct own rsa, ecc;
    UINT64 identity;
    UINT32 len;
    BYTE *copy;
    int i;

    make_own( &rsa, GNUTLS_PK_RSA, 2048 );
    make_own( &ecc, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    blobs[0] = make_capi( rsa.key, 256 );
    blobs[1] = make_cng_rsa( rsa.key, 256 );
    blobs[2] = make_cng_ecc( ecc.key, 32 );
    for (i = 0; i < 3; i++)
        for (len = 0; len < blobs[i].len; len += 1 + len / 16)
        {
            unit_context( "blob %d, %u bytes", i, len );
            copy = malloc( len ? len : 1 );
            memcpy( copy, blobs[i].data, len );
            CHECK_INT( open_identity( i < 2 ? rsa.chain : ecc.chain,
                                      i < 2 ? rsa.chain_len : ecc.chain_len, copy, len, &identity ),
                       STATUS_NOT_SUPPORTED );
            free( copy );
        }
    free_own( &rsa );
    free_own( &ecc );
}

static void test_identity_refusals( void )
{
    static const BYTE huge[] = { 7, 2, 0, 0, 0, 0xa4, 0, 0, 'R', 'S', 'A', '2', 0xff, 0xff, 0xff,
                                 0xff, 1, 0, 1, 0 };
    struct own own, other;
    struct blob blob;
    UINT64 identity;

    make_own( &own, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    make_own( &other, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    blob = make_cng_ecc( other.key, 32 );
    /* the key of another certificate */
    CHECK_INT( open_identity( own.chain, own.chain_len, blob.data, blob.len, &identity ),
               STATUS_NOT_FOUND );
    CHECK_INT( open_identity( own.chain, 0, blob.data, blob.len, &identity ),
               STATUS_INVALID_PARAMETER );
    CHECK_INT( open_identity( own.chain, own.chain_len - 1, blob.data, blob.len, &identity ),
               STATUS_INVALID_PARAMETER );
    CHECK_INT( open_identity( "\4\0\0\0abcd", 8, blob.data, blob.len, &identity ),
               STATUS_INVALID_PARAMETER );
    CHECK_INT( open_identity( own.chain, own.chain_len, huge, sizeof(huge), &identity ),
               STATUS_NOT_SUPPORTED );
    free_own( &own );
    free_own( &other );
}

/* --- Without one ------------------------------------------------------------------------------ */

/* TLS 1.2 fails in the handshake; in TLS 1.3 that is over before the server looks, and the alert
 * meets the first receive. */
static void test_missing_certificate_is_told( void )
{
    static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
    struct stream_tls_handshake_params handshake;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        struct session session = { .pair = make_pair() };
        struct stream_recv_params recv = { .stream = session.pair.stream, .len = 1,
                                           .timeout = UNIX_INFINITE };
        BYTE byte;

        unit_context( "protocol %#x", protocols[i] );
        session.server.config.wants_certificate = GNUTLS_CERT_REQUIRE;
        start_server( &session.server, session.pair.peer, NULL );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", protocols[i] ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &handshake ),
                   i ? STATUS_SUCCESS : STATUS_ENCRYPTION_FAILED );
        CHECK_INT( handshake.cert_requested, 1 );
        recv.buffer = (ULONG_PTR)&byte;
        CHECK_INT( unix_call( unix_stream_recv, &recv ), STATUS_ENCRYPTION_FAILED );
        CHECK( recv.alert == ALERT_CERTIFICATE_REQUIRED || !i );
        CHECK( recv.alert );
        stop_session( &session );
        CHECK( session.server.handshake < 0 );
    }
}

static void check_issuers( stream_handle stream, const gnutls_datum_t *name )
{
    struct stream_tls_chain_params params = { .stream = stream };
    BYTE buffer[MAX_BLOB];
    UINT32 len;

    CHECK_INT( unix_call( unix_stream_tls_issuers, &params ), STATUS_BUFFER_TOO_SMALL );
    CHECK_INT( params.size, 4 + name->size );
    params.buffer = (ULONG_PTR)buffer;
    params.size = sizeof(buffer);
    CHECK_INT( unix_call( unix_stream_tls_issuers, &params ), STATUS_SUCCESS );
    memcpy( &len, buffer, 4 );
    CHECK_MEM( buffer + 4, len, name->data, name->size );
}

static void test_issuers( void )
{
    static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
    struct stream_tls_chain_params params;
    struct stream_tls_handshake_params handshake;
    struct session session;
    gnutls_x509_crt_t crt;
    gnutls_datum_t name;
    unsigned int i;

    gnutls_x509_crt_init( &crt );
    CHECK_INT( gnutls_x509_crt_import( crt, &server_cert, GNUTLS_X509_FMT_DER ), 0 );
    CHECK_INT( gnutls_x509_crt_get_raw_dn( crt, &name ), 0 );
    CHECK_INT( gnutls_certificate_set_x509_trust( server_credentials, &crt, 1 ), 1 );
    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        unit_context( "protocol %#x", protocols[i] );
        memset( &session, 0, sizeof(session) );
        session.pair = make_pair();
        session.server.config.wants_certificate = GNUTLS_CERT_REQUEST;
        start_server( &session.server, session.pair.peer, serve_echo );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", protocols[i] ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &handshake ),
                   STATUS_SUCCESS );
        check_issuers( session.pair.stream, &name );
        stop_session( &session );
    }
    gnutls_free( name.data );
    gnutls_x509_crt_deinit( crt );

    if (start_session( &session, &default_config, 0, serve_echo ))
    {
        params = (struct stream_tls_chain_params){ .stream = session.pair.stream };
        CHECK_INT( unix_call( unix_stream_tls_issuers, &params ), STATUS_NOT_FOUND );
    }
    stop_session( &session );
}

/* Each allocation fails once. */
static void test_identity_without_memory( void )
{
    unsigned int after;
    struct blob blob;
    UINT64 identity;
    NTSTATUS status;
    struct own own;

    make_own( &own, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ) );
    blob = make_cng_ecc( own.key, 32 );
    for (after = 0; after < 8; after++)
    {
        fault_plan( SYS_CALL_ALLOC, after, ENOMEM );
        status = open_identity( own.chain, own.chain_len, blob.data, blob.len, &identity );
        fault_clear();
        if (!status) break;
        CHECK_INT( status, STATUS_NO_MEMORY );
    }
    CHECK( after > 1 && after < 8 );
    if (!status) close_identity( identity );
    free_own( &own );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_identity_rsa ),
    UNIT_TEST( test_identity_ecdsa ),
    UNIT_TEST( test_identity_of_damaged_blob ),
    UNIT_TEST( test_identity_sends_its_chain ),
    UNIT_TEST( test_identity_refuses_cut_blobs ),
    UNIT_TEST( test_identity_refusals ),
    UNIT_TEST( test_missing_certificate_is_told ),
    UNIT_TEST( test_issuers ),
    UNIT_TEST( test_identity_without_memory ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
