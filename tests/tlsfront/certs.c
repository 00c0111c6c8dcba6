/* Makes the certificates of the front: one for each thing that can be wrong with one.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "certs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509-ext.h>
#include <gnutls/x509.h>

#include "ocsp.h"

#define HOUR 3600
#define DAY  86400

/* The longest: leaf, two between, root. */
#define MAX_CHAIN 4

enum signer
{
    BY_AUTHORITY,      /* the one that is trusted */
    BY_SELF,
    BY_STRANGER,       /* an authority that nobody trusts */
    BY_INTERMEDIATE,   /* which the authority has signed */
    BY_CONSTRAINED,    /* likewise; may sign names below example.test only */
    BY_LEAF,           /* a server's certificate, which may sign nothing */
};

struct kind
{
    const char *name;
    const char *dns;                  /* NULL: localhost, 127.0.0.1 and ::1 */
    long from, to;                    /* seconds from now */
    const char *purpose;
    enum signer signer;
    gnutls_digest_algorithm_t digest;
    bool shuffled;                    /* the chain comes in a wrong order, with one too many */
    bool alone;                       /* what is between it and the authority is not sent */
    bool corrupt;                     /* the signature is wrong */
    unsigned int rsa_bits;            /* 0: ECDSA */
    bool short_numbers;               /* a number of the signature begins with a zero byte */
};

#define GOOD .from = -HOUR, .to = DAY, .purpose = GNUTLS_KP_TLS_WWW_SERVER, \
             .digest = GNUTLS_DIG_SHA256

static const struct kind kinds[] =
{
    { "good", GOOD },
    { "expired", .from = -2 * DAY, .to = -DAY, .purpose = GNUTLS_KP_TLS_WWW_SERVER,
      .digest = GNUTLS_DIG_SHA256 },
    { "future", .from = DAY, .to = 2 * DAY, .purpose = GNUTLS_KP_TLS_WWW_SERVER,
      .digest = GNUTLS_DIG_SHA256 },
    { "name", .dns = "other.test", GOOD },
    { "wildcard", .dns = "*.localhost", GOOD },
    { "idn", .dns = "xn--bcher-kva.localhost", GOOD },
    { "usage", .from = -HOUR, .to = DAY, .purpose = GNUTLS_KP_CODE_SIGNING,
      .digest = GNUTLS_DIG_SHA256 },
    { "self", .signer = BY_SELF, GOOD },
    { "stranger", .signer = BY_STRANGER, GOOD },
    { "chain", .signer = BY_INTERMEDIATE, GOOD },
    { "shuffled", .signer = BY_INTERMEDIATE, GOOD, .shuffled = true },
    { "cut", .signer = BY_INTERMEDIATE, GOOD, .alone = true },
    { "constrained", .signer = BY_CONSTRAINED, GOOD },
    { "leaf", .signer = BY_LEAF, GOOD },
    { "corrupt", GOOD, .corrupt = true },
    { "weak", GOOD, .rsa_bits = 768 },
    { "short", GOOD, .short_numbers = true },
    { "shortself", .signer = BY_SELF, GOOD, .short_numbers = true },
    { "shortname", .dns = "other.test", GOOD, .short_numbers = true },
    { "cutname", .dns = "other.test", .signer = BY_INTERMEDIATE, GOOD, .alone = true },
    { "everything", .dns = "other.test", .from = -2 * DAY, .to = -DAY, .signer = BY_STRANGER,
      .purpose = GNUTLS_KP_CODE_SIGNING, .digest = GNUTLS_DIG_SHA256 },
};

/* A key with its certificate. */
struct identity
{
    gnutls_x509_privkey_t key;  /* owned */
    gnutls_x509_crt_t     cert; /* owned */
};

struct certs
{
    gnutls_certificate_credentials_t credentials; /* owned */
    struct identity leaf, between;                /* owned */
    gnutls_datum_t  staple;                       /* owned */
};

static struct identity authority, stranger;

static void identity_free( struct identity *identity )
{
    if (identity->cert) gnutls_x509_crt_deinit( identity->cert );
    if (identity->key) gnutls_x509_privkey_deinit( identity->key );
    memset( identity, 0, sizeof(*identity) );
}

static bool complain( const char *what, int error )
{
    fprintf( stderr, "tlsfront: %s: %s\n", what, gnutls_strerror( error ) );
    return false;
}

/* A key, and a certificate that lacks its purpose and signature. */
static int begin_cert( struct identity *identity, const char *name, long from, long to,
                       unsigned int rsa_bits )
{
    const time_t now = time( NULL );
    unsigned char serial[16], id[64];
    size_t id_len = sizeof(id);
    int ret;

    if ((ret = gnutls_x509_privkey_init( &identity->key ))) return ret;
    if ((ret = gnutls_x509_crt_init( &identity->cert ))) return ret;
    if (rsa_bits) ret = gnutls_x509_privkey_generate( identity->key, GNUTLS_PK_RSA, rsa_bits, 0 );
    else ret = gnutls_x509_privkey_generate( identity->key, GNUTLS_PK_ECDSA,
                                             GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ),
                                             0 );
    if (ret) return ret;
    if ((ret = gnutls_rnd( GNUTLS_RND_NONCE, serial, sizeof(serial) ))) return ret;
    serial[0] = (serial[0] & 0x3f) | 0x40; /* positive and of full length in DER */
    gnutls_x509_crt_set_version( identity->cert, 3 );
    gnutls_x509_crt_set_serial( identity->cert, serial, sizeof(serial) );
    gnutls_x509_crt_set_activation_time( identity->cert, now + from );
    gnutls_x509_crt_set_expiration_time( identity->cert, now + to );
    if ((ret = gnutls_x509_crt_set_key( identity->cert, identity->key ))) return ret;
    if ((ret = gnutls_x509_crt_set_dn_by_oid( identity->cert, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                              strlen( name ) ))) return ret;
    if ((ret = gnutls_x509_crt_get_key_id( identity->cert, 0, id, &id_len ))) return ret;
    return gnutls_x509_crt_set_subject_key_id( identity->cert, id, id_len );
}

static int sign_cert( struct identity *identity, const struct identity *by,
                      gnutls_digest_algorithm_t digest )
{
    unsigned char id[64];
    size_t id_len = sizeof(id);
    int ret;

    if ((ret = gnutls_x509_crt_get_subject_key_id( by->cert, id, &id_len, NULL ))) return ret;
    if ((ret = gnutls_x509_crt_set_authority_key_id( identity->cert, id, id_len ))) return ret;
    return gnutls_x509_crt_sign2( identity->cert, by->cert, by->key, digest, 0 );
}

/* by NULL: itself. */
static int make_authority( struct identity *ca, const char *title, const struct identity *by )
{
    char name[96];
    int ret;

    /* a name of its own for each: a root store may still hold an older one */
    snprintf( name, sizeof(name), "tlsfront %s %lx", title, (long)time( NULL ) );
    if ((ret = begin_cert( ca, name, -3 * DAY, 3 * DAY, 0 ))) return ret;
    if ((ret = gnutls_x509_crt_set_basic_constraints( ca->cert, 1, -1 ))) return ret;
    if ((ret = gnutls_x509_crt_set_key_usage( ca->cert, GNUTLS_KEY_KEY_CERT_SIGN |
                                                        GNUTLS_KEY_CRL_SIGN |
                                                        GNUTLS_KEY_DIGITAL_SIGNATURE )))
        return ret;
    return by ? 0 : sign_cert( ca, ca, GNUTLS_DIG_SHA256 );
}

bool certs_init( void )
{
    int ret = make_authority( &authority, "authority", NULL );

    if (!ret) ret = make_authority( &stranger, "stranger", NULL );
    return !ret || complain( "cannot make authorities", ret );
}

static int add_constraint( gnutls_x509_crt_t cert )
{
    static const char below[] = "example.test";
    const gnutls_datum_t name = { (unsigned char *)below, sizeof(below) - 1 };
    gnutls_x509_name_constraints_t constraints;
    int ret;

    if ((ret = gnutls_x509_name_constraints_init( &constraints ))) return ret;
    ret = gnutls_x509_name_constraints_add_permitted( constraints, GNUTLS_SAN_DNSNAME, &name );
    if (!ret) ret = gnutls_x509_crt_set_name_constraints( cert, constraints, 1 );
    gnutls_x509_name_constraints_deinit( constraints );
    return ret;
}

static int make_between( struct identity *between, enum signer signer )
{
    int ret;

    if (signer == BY_LEAF)
    {
        if ((ret = begin_cert( between, "tlsfront server", -HOUR, DAY, 0 ))) return ret;
        if ((ret = gnutls_x509_crt_set_basic_constraints( between->cert, 0, -1 ))) return ret;
        if ((ret = gnutls_x509_crt_set_key_usage( between->cert, GNUTLS_KEY_DIGITAL_SIGNATURE )))
            return ret;
        return sign_cert( between, &authority, GNUTLS_DIG_SHA256 );
    }
    if ((ret = make_authority( between, "intermediate", &authority ))) return ret;
    if (signer == BY_CONSTRAINED && (ret = add_constraint( between->cert ))) return ret;
    return sign_cert( between, &authority, GNUTLS_DIG_SHA256 );
}

static int add_names( gnutls_x509_crt_t cert, const char *name )
{
    const unsigned char v4[4] = { 127, 0, 0, 1 }, v6[16] = { [15] = 1 };
    int ret;

    if (name)
        return gnutls_x509_crt_set_subject_alt_name( cert, GNUTLS_SAN_DNSNAME, name,
                                                     strlen( name ), GNUTLS_FSAN_SET );
    if ((ret = gnutls_x509_crt_set_subject_alt_name( cert, GNUTLS_SAN_DNSNAME, "localhost", 9,
                                                     GNUTLS_FSAN_SET ))) return ret;
    if ((ret = gnutls_x509_crt_set_subject_alt_name( cert, GNUTLS_SAN_IPADDRESS, v4, sizeof(v4),
                                                     GNUTLS_FSAN_APPEND ))) return ret;
    return gnutls_x509_crt_set_subject_alt_name( cert, GNUTLS_SAN_IPADDRESS, v6, sizeof(v6),
                                                 GNUTLS_FSAN_APPEND );
}

static int add_places( gnutls_x509_crt_t cert, uint16_t crl, uint16_t ocsp )
{
    gnutls_datum_t url;
    char text[64];
    int ret = 0;

    if (crl)
    {
        url.size = snprintf( text, sizeof(text), "http://127.0.0.1:%u/crl", crl );
        url.data = (unsigned char *)text;
        ret = gnutls_x509_crt_set_crl_dist_points2( cert, GNUTLS_SAN_URI, text, url.size, 0 );
    }
    if (!ret && ocsp)
    {
        url.size = snprintf( text, sizeof(text), "http://127.0.0.1:%u/ocsp", ocsp );
        url.data = (unsigned char *)text;
        ret = gnutls_x509_crt_set_authority_info_access( cert, GNUTLS_IA_OCSP_URI, &url );
    }
    return ret;
}

static const struct identity *find_signer( struct certs *certs, enum signer signer )
{
    switch (signer)
    {
    case BY_AUTHORITY: return &authority;
    case BY_SELF:      return &certs->leaf;
    case BY_STRANGER:  return &stranger;
    default:           return &certs->between;
    }
}

/* SEQUENCE, INTEGER, INTEGER (RFC 3279 2.2.3), of a P-256 key. */
static bool has_short_number( gnutls_x509_crt_t cert )
{
    unsigned char der[80];
    size_t len = sizeof(der);

    if (gnutls_x509_crt_get_signature( cert, (char *)der, &len ) < 0) return false;
    return der[3] < 32 || der[4 + der[3] + 1] < 32;
}

/* One signature in 128 is so. */
static int sign_leaf( struct identity *leaf, const struct identity *by, const struct kind *kind )
{
    int ret = sign_cert( leaf, by, kind->digest );

    while (!ret && kind->short_numbers && !has_short_number( leaf->cert ))
        ret = gnutls_x509_crt_sign2( leaf->cert, by->cert, by->key, kind->digest, 0 );
    return ret;
}

static int make_leaf( struct certs *certs, const struct kind *kind, uint16_t crl, uint16_t ocsp )
{
    gnutls_x509_crt_t cert;
    int ret;

    ret = begin_cert( &certs->leaf, kind->dns ? kind->dns : "localhost", kind->from, kind->to,
                      kind->rsa_bits );
    if (ret) return ret;
    cert = certs->leaf.cert;
    if ((ret = add_names( cert, kind->dns ))) return ret;
    if ((ret = gnutls_x509_crt_set_basic_constraints( cert, 0, -1 ))) return ret;
    if ((ret = gnutls_x509_crt_set_key_usage( cert, GNUTLS_KEY_DIGITAL_SIGNATURE ))) return ret;
    if ((ret = gnutls_x509_crt_set_key_purpose_oid( cert, kind->purpose, 0 ))) return ret;
    if ((ret = add_places( cert, crl, ocsp ))) return ret;
    if (kind->signer >= BY_INTERMEDIATE && (ret = make_between( &certs->between, kind->signer )))
        return ret;
    return sign_leaf( &certs->leaf, find_signer( certs, kind->signer ), kind );
}

/* Another signature than the one it has. */
static int corrupt( struct identity *leaf )
{
    gnutls_datum_t der;
    int ret;

    if ((ret = gnutls_x509_crt_export2( leaf->cert, GNUTLS_X509_FMT_DER, &der ))) return ret;
    der.data[der.size - 3] ^= 1; /* in the second of the two numbers */
    gnutls_x509_crt_deinit( leaf->cert );
    gnutls_x509_crt_init( &leaf->cert );
    ret = gnutls_x509_crt_import( leaf->cert, &der, GNUTLS_X509_FMT_DER );
    gnutls_free( der.data );
    return ret;
}

static int set_credentials( struct certs *certs, const struct kind *kind )
{
    gnutls_pcert_st chain[MAX_CHAIN];
    gnutls_x509_crt_t list[MAX_CHAIN];
    gnutls_privkey_t key;
    unsigned int count = 0, i;
    int ret;

    list[count++] = certs->leaf.cert;
    if (kind->shuffled)
    {
        list[count++] = authority.cert;
        list[count++] = stranger.cert;
    }
    if (certs->between.cert && !kind->alone) list[count++] = certs->between.cert;
    for (i = 0; i < count; i++)
        if ((ret = gnutls_pcert_import_x509( &chain[i], list[i], 0 ))) return ret;
    if ((ret = gnutls_certificate_allocate_credentials( &certs->credentials ))) return ret;
    /* what a client is told that its certificate may come from */
    if ((ret = gnutls_certificate_set_x509_trust( certs->credentials, &authority.cert, 1 )) < 0)
        return ret;
    /* GnuTLS would put the list in order, or refuse it */
    gnutls_certificate_set_flags( certs->credentials, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH );
    gnutls_privkey_init( &key );
    if ((ret = gnutls_privkey_import_x509( key, certs->leaf.key, GNUTLS_PRIVKEY_IMPORT_COPY )))
        return ret;
    return gnutls_certificate_set_key( certs->credentials, NULL, 0, chain, count, key );
}

static const struct kind *find_kind( const char *name )
{
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (!strcmp( kinds[i].name, name )) return &kinds[i];
    fprintf( stderr, "tlsfront: no kind of certificate is called %s\n", name );
    return NULL;
}

struct certs *certs_create( const char *kind_name, uint16_t crl, uint16_t ocsp )
{
    const struct kind *kind = find_kind( kind_name );
    struct certs *certs;
    int ret;

    if (!kind || !(certs = calloc( 1, sizeof(*certs) ))) return NULL;
    ret = make_leaf( certs, kind, crl, ocsp );
    if (!ret && kind->corrupt) ret = corrupt( &certs->leaf );
    if (!ret) ret = set_credentials( certs, kind );
    if (ret >= 0) return certs;
    complain( "cannot make a certificate", ret );
    certs_destroy( certs );
    return NULL;
}

void certs_destroy( struct certs *certs )
{
    if (!certs) return;
    if (certs->credentials) gnutls_certificate_free_credentials( certs->credentials );
    identity_free( &certs->leaf );
    identity_free( &certs->between );
    gnutls_free( certs->staple.data );
    free( certs );
}

gnutls_certificate_credentials_t certs_credentials( const struct certs *certs )
{
    return certs->credentials;
}

bool certs_export_authority( gnutls_datum_t *der )
{
    return !gnutls_x509_crt_export2( authority.cert, GNUTLS_X509_FMT_DER, der );
}

static int fill_crl( gnutls_x509_crl_t crl, const struct certs *certs, bool revoked )
{
    const time_t now = time( NULL );
    unsigned char id[64];
    size_t id_len = sizeof(id);
    int ret;

    gnutls_x509_crl_set_version( crl, 2 );
    gnutls_x509_crl_set_this_update( crl, now - HOUR );
    gnutls_x509_crl_set_next_update( crl, now + DAY );
    gnutls_x509_crl_set_number( crl, "\1", 1 );
    ret = revoked ? gnutls_x509_crl_set_crt( crl, certs->leaf.cert, now - HOUR )
                  : gnutls_x509_crl_set_crt_serial( crl, "\7", 1, now - HOUR );
    if (ret) return ret;
    if ((ret = gnutls_x509_crt_get_subject_key_id( authority.cert, id, &id_len, NULL ))) return ret;
    if ((ret = gnutls_x509_crl_set_authority_key_id( crl, id, id_len ))) return ret;
    return 0;
}

bool certs_make_crl( const struct certs *certs, const char *what, gnutls_datum_t *der )
{
    const struct identity *by = !strcmp( what, "forged" ) ? &stranger : &authority;
    gnutls_x509_crl_t crl;
    int ret;

    if ((ret = gnutls_x509_crl_init( &crl ))) return complain( "no list", ret );
    ret = fill_crl( crl, certs, !strcmp( what, "revoked" ) );
    /* the issuer's name is the authority's, whoever signs */
    if (!ret) ret = gnutls_x509_crl_sign2( crl, authority.cert, by->key, GNUTLS_DIG_SHA256, 0 );
    if (!ret) ret = gnutls_x509_crl_export2( crl, GNUTLS_X509_FMT_DER, der );
    gnutls_x509_crl_deinit( crl );
    return !ret || complain( "cannot make a list of revoked certificates", ret );
}

bool certs_make_ocsp( const struct certs *certs, const char *answer, gnutls_datum_t *der )
{
    static const struct
    {
        const char *name;
        enum ocsp_state state;
        const struct identity *by;
    } answers[] =
    {
        { "good", OCSP_GOOD, &authority }, { "revoked", OCSP_REVOKED, &authority },
        { "unknown", OCSP_UNKNOWN, &authority }, { "forged", OCSP_GOOD, &stranger },
    };
    size_t i;
    int ret;

    for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
    {
        if (strcmp( answers[i].name, answer )) continue;
        ret = ocsp_answer( certs->leaf.cert, authority.cert, answers[i].by->key, answers[i].state,
                           der );
        return !ret || complain( "no OCSP answer", ret );
    }
    fprintf( stderr, "tlsfront: no such OCSP answer: %s\n", answer );
    return false;
}

static int give_staple( gnutls_session_t session, void *context, gnutls_datum_t *response )
{
    const struct certs *certs = context;

    (void)session;
    if (!(response->data = gnutls_malloc( certs->staple.size ))) return GNUTLS_E_MEMORY_ERROR;
    memcpy( response->data, certs->staple.data, certs->staple.size );
    response->size = certs->staple.size;
    return 0;
}

bool certs_staple( struct certs *certs, const char *answer )
{
    int ret;

    if (!certs_make_ocsp( certs, answer, &certs->staple )) return false;
    /* given as it is: what GnuTLS takes from memory or a file must be good */
    ret = gnutls_certificate_set_ocsp_status_request_function2( certs->credentials, 0, give_staple,
                                                                certs );
    return ret >= 0 || complain( "cannot staple an OCSP answer", ret );
}
