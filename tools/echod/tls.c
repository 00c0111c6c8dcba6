/* Throw-away certificates and TLS sessions of the echo server, by GnuTLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

/* Largest PEM file that is read back: an EC key and a certificate take about 1 KiB. */
#define MAX_PEM_BYTES 16384
#define DAY_SECONDS   86400

struct tls_session
{
    gnutls_session_t gnutls;   /* owned */
    size_t           unsent;   /* bytes of a record that GnuTLS took and could not yet write */
    int              error;    /* last GnuTLS error */
};

static gnutls_certificate_credentials_t credentials;
static gnutls_priority_t priorities;

/* A key with its certificate. */
struct identity
{
    gnutls_x509_privkey_t key;  /* owned */
    gnutls_x509_crt_t     cert; /* owned */
};

static void identity_free( struct identity *identity )
{
    if (identity->cert) gnutls_x509_crt_deinit( identity->cert );
    if (identity->key) gnutls_x509_privkey_deinit( identity->key );
    memset( identity, 0, sizeof(*identity) );
}

static int identity_init( struct identity *identity )
{
    int ret;

    memset( identity, 0, sizeof(*identity) );
    if ((ret = gnutls_x509_privkey_init( &identity->key ))) return ret;
    return gnutls_x509_crt_init( &identity->cert );
}

static void file_path( char *path, size_t size, const char *dir, const char *name )
{
    snprintf( path, size, "%s/%s", dir, name );
}

/* Written under another name and renamed, so that nobody reads half a file. */
static bool write_file( const char *dir, const char *name, const gnutls_datum_t *pem, int mode )
{
    char path[4096], tmp[4096 + 8];
    bool ok = false;
    int fd;

    file_path( path, sizeof(path), dir, name );
    snprintf( tmp, sizeof(tmp), "%s.%d", path, (int)getpid() % 1000000 );
    if ((fd = open( tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode )) >= 0)
    {
        ok = write( fd, pem->data, pem->size ) == (ssize_t)pem->size;
        ok = !close( fd ) && ok;
        ok = ok && !rename( tmp, path );
    }
    if (!ok) fprintf( stderr, "echod: cannot write %s: %s\n", path, strerror( errno ) );
    return ok;
}

static bool read_file( const char *dir, const char *name, char *data, gnutls_datum_t *pem )
{
    char path[4096];
    ssize_t len;
    int fd;

    file_path( path, sizeof(path), dir, name );
    if ((fd = open( path, O_RDONLY | O_CLOEXEC )) < 0) return false;
    len = read( fd, data, MAX_PEM_BYTES );
    close( fd );
    pem->data = (unsigned char *)data;
    pem->size = len > 0 ? len : 0;
    return len > 0 && len < MAX_PEM_BYTES;
}

static bool save_identity( const struct identity *identity, const char *dir, const char *cert_name,
                           const char *key_name )
{
    gnutls_datum_t cert = { 0 }, key = { 0 };
    bool ok;

    ok = !gnutls_x509_crt_export2( identity->cert, GNUTLS_X509_FMT_PEM, &cert )
         && !gnutls_x509_privkey_export2( identity->key, GNUTLS_X509_FMT_PEM, &key )
         && write_file( dir, key_name, &key, 0600 )
         && write_file( dir, cert_name, &cert, 0644 );
    gnutls_free( cert.data );
    gnutls_free( key.data );
    return ok;
}

/* What an authority's and a server's certificate have in common; from and to are in seconds
 * relative to now. */
static int fill_cert( struct identity *identity, const char *common_name, long from, long to )
{
    gnutls_x509_crt_t cert = identity->cert;
    unsigned char serial[16], id[64];
    size_t id_len = sizeof(id);
    time_t now = time( NULL );
    int ret;

    if ((ret = gnutls_x509_privkey_generate( identity->key, GNUTLS_PK_ECDSA,
                                             GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ),
                                             0 ))) return ret;
    if ((ret = gnutls_rnd( GNUTLS_RND_NONCE, serial, sizeof(serial) ))) return ret;
    serial[0] = (serial[0] & 0x3f) | 0x40; /* positive and of full length in DER */
    if ((ret = gnutls_x509_crt_set_version( cert, 3 ))) return ret;
    if ((ret = gnutls_x509_crt_set_serial( cert, serial, sizeof(serial) ))) return ret;
    if ((ret = gnutls_x509_crt_set_activation_time( cert, now + from ))) return ret;
    if ((ret = gnutls_x509_crt_set_expiration_time( cert, now + to ))) return ret;
    if ((ret = gnutls_x509_crt_set_key( cert, identity->key ))) return ret;
    if ((ret = gnutls_x509_crt_set_dn_by_oid( cert, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                              strlen( common_name ) ))) return ret;
    if ((ret = gnutls_x509_crt_get_key_id( cert, 0, id, &id_len ))) return ret;
    return gnutls_x509_crt_set_subject_key_id( cert, id, id_len );
}

static int make_authority( struct identity *ca )
{
    char name[64];
    int ret;

    /* A name of its own for each: a root store may still hold an older one. */
    snprintf( name, sizeof(name), "echod test authority %lx-%x", (long)time( NULL ),
              (unsigned)getpid() );
    if ((ret = fill_cert( ca, name, -3600, 2 * DAY_SECONDS ))) return ret;
    if ((ret = gnutls_x509_crt_set_basic_constraints( ca->cert, 1, 0 ))) return ret;
    if ((ret = gnutls_x509_crt_set_key_usage( ca->cert, GNUTLS_KEY_KEY_CERT_SIGN
                                                        | GNUTLS_KEY_CRL_SIGN ))) return ret;
    return gnutls_x509_crt_sign2( ca->cert, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0 );
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

static int make_server( struct identity *server, const struct identity *ca,
                        const struct tls_config *config )
{
    unsigned char id[64];
    size_t id_len = sizeof(id);
    long from = config->expired ? -3 * DAY_SECONDS : -3600;
    long to = config->expired ? -DAY_SECONDS : 2 * DAY_SECONDS - 3600;
    int ret;

    if ((ret = fill_cert( server, config->name ? config->name : "localhost", from, to )))
        return ret;
    if ((ret = add_names( server->cert, config->name ))) return ret;
    if ((ret = gnutls_x509_crt_set_basic_constraints( server->cert, 0, -1 ))) return ret;
    if ((ret = gnutls_x509_crt_set_key_usage( server->cert, GNUTLS_KEY_DIGITAL_SIGNATURE )))
        return ret;
    if ((ret = gnutls_x509_crt_set_key_purpose_oid( server->cert, GNUTLS_KP_TLS_WWW_SERVER, 0 )))
        return ret;
    if ((ret = gnutls_x509_crt_get_subject_key_id( ca->cert, id, &id_len, NULL ))) return ret;
    if ((ret = gnutls_x509_crt_set_authority_key_id( server->cert, id, id_len ))) return ret;
    return gnutls_x509_crt_sign2( server->cert, ca->cert, ca->key, GNUTLS_DIG_SHA256, 0 );
}

static bool load_authority( struct identity *ca, const char *dir )
{
    char cert_data[MAX_PEM_BYTES], key_data[MAX_PEM_BYTES];
    gnutls_datum_t cert, key;

    if (!read_file( dir, "ca.pem", cert_data, &cert )) return false;
    if (!read_file( dir, "ca.key", key_data, &key )) return false;
    if (gnutls_x509_crt_import( ca->cert, &cert, GNUTLS_X509_FMT_PEM )) return false;
    if (gnutls_x509_privkey_import( ca->key, &key, GNUTLS_X509_FMT_PEM )) return false;
    return gnutls_x509_crt_get_expiration_time( ca->cert ) > time( NULL ) + DAY_SECONDS;
}

static bool get_authority( struct identity *ca, const char *dir )
{
    int ret;

    if (!identity_init( ca ) && load_authority( ca, dir )) return true;
    identity_free( ca );
    if ((ret = identity_init( ca )) || (ret = make_authority( ca )))
    {
        fprintf( stderr, "echod: cannot make an authority: %s\n", gnutls_strerror( ret ) );
        return false;
    }
    return save_identity( ca, dir, "ca.pem", "ca.key" );
}

static int set_credentials( struct identity *server, const char *priority )
{
    int ret;

    if ((ret = gnutls_certificate_allocate_credentials( &credentials ))) return ret;
    if ((ret = gnutls_certificate_set_x509_key( credentials, &server->cert, 1, server->key )) < 0)
        return ret;
    return gnutls_priority_init( &priorities, priority, NULL );
}

bool tls_setup( const struct tls_config *config )
{
    struct identity ca = { 0 }, server = { 0 };
    bool ok = false;
    int ret;

    if (!get_authority( &ca, config->dir )) goto done;
    if ((ret = identity_init( &server )) || (ret = make_server( &server, &ca, config ))
        || (ret = set_credentials( &server, config->priority )))
    {
        fprintf( stderr, "echod: cannot set up TLS: %s\n", gnutls_strerror( ret ) );
        goto done;
    }
    ok = save_identity( &server, config->dir, "server.pem", "server.key" );

done:
    identity_free( &server );
    identity_free( &ca );
    return ok;
}

struct tls_session *tls_session_create( int fd )
{
    struct tls_session *session;

    if (!(session = calloc( 1, sizeof(*session) ))) return NULL;
    if (gnutls_init( &session->gnutls, GNUTLS_SERVER | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL ))
    {
        free( session );
        return NULL;
    }
    gnutls_priority_set( session->gnutls, priorities );
    gnutls_credentials_set( session->gnutls, GNUTLS_CRD_CERTIFICATE, credentials );
    gnutls_certificate_server_set_request( session->gnutls, GNUTLS_CERT_IGNORE );
    gnutls_transport_set_int( session->gnutls, fd );
    return session;
}

void tls_session_destroy( struct tls_session *session )
{
    if (!session) return;
    gnutls_deinit( session->gnutls );
    free( session );
}

struct gnutls_session_int *tls_session_gnutls( struct tls_session *session )
{
    return session->gnutls;
}

/* GnuTLS error to -errno; the rest of the program knows no other. */
static int map_error( struct tls_session *session, int ret )
{
    if (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED) return -EAGAIN;
    session->error = ret;
    if (ret == GNUTLS_E_PREMATURE_TERMINATION) return -ECONNRESET;
    return -EPROTO;
}

int tls_handshake( struct tls_session *session )
{
    int ret;

    do ret = gnutls_handshake( session->gnutls );
    while (ret && ret != GNUTLS_E_AGAIN && !gnutls_error_is_fatal( ret ));
    return ret ? map_error( session, ret ) : 0;
}

ssize_t tls_recv( struct tls_session *session, void *data, size_t len )
{
    ssize_t ret;

    do ret = gnutls_record_recv( session->gnutls, data, len );
    while (ret < 0 && ret != GNUTLS_E_AGAIN && !gnutls_error_is_fatal( ret ));
    return ret < 0 ? map_error( session, ret ) : ret;
}

ssize_t tls_send( struct tls_session *session, const void *data, size_t len )
{
    ssize_t ret;

    /* A record once begun is finished by a call without data (gnutls_record_send). */
    if (session->unsent) ret = gnutls_record_send( session->gnutls, NULL, 0 );
    else ret = gnutls_record_send( session->gnutls, data, len );
    if (ret >= 0)
    {
        session->unsent = 0;
        return ret;
    }
    if (ret == GNUTLS_E_AGAIN || ret == GNUTLS_E_INTERRUPTED) session->unsent = len;
    return map_error( session, ret );
}

void tls_send_end( struct tls_session *session )
{
    gnutls_bye( session->gnutls, GNUTLS_SHUT_WR );
}

void tls_send_alert( struct tls_session *session )
{
    gnutls_alert_send_appropriate( session->gnutls, session->error );
}

bool tls_has_pending( struct tls_session *session )
{
    return gnutls_record_check_pending( session->gnutls ) > 0;
}

bool tls_wants_write( struct tls_session *session )
{
    return gnutls_record_get_direction( session->gnutls ) == 1;
}

const char *tls_session_describe( struct tls_session *session )
{
    static char text[96];

    snprintf( text, sizeof(text), "%s, %s",
              gnutls_protocol_get_name( gnutls_protocol_get_version( session->gnutls ) ),
              gnutls_cipher_get_name( gnutls_cipher_get( session->gnutls ) ) );
    return text;
}

const char *tls_session_error( struct tls_session *session )
{
    static char text[192];

    if (session->error != GNUTLS_E_FATAL_ALERT_RECEIVED) return gnutls_strerror( session->error );
    snprintf( text, sizeof(text), "the client sent the alert \"%s\"",
              gnutls_alert_get_name( gnutls_alert_get( session->gnutls ) ) );
    return text;
}
