/* A site: sessions by a test's options, and counts of them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "certs.h"

/* The longest option: ocsp=65535, cert=everything, client=require. */
#define MAX_WORD 32

#define SHA1_BYTES 20

/* Of a server name; tests use short ones. */
#define MAX_NAME 64

struct site
{
    unsigned int      refs;
    uint16_t          port;
    uint16_t          crl, ocsp;
    char              kind[MAX_WORD];
    char              staple[MAX_WORD];
    const char       *priority;    /* NULL: the default */
    int               client;      /* a gnutls_certificate_request_t */
    bool              tickets;
    bool              proxy, late;
    enum site_end     end;
    size_t            cut;         /* 0: nowhere */
    gnutls_datum_t    ticket_key;  /* owned */
    struct certs     *certs;       /* owned; NULL: those of DIR */
    unsigned int      full, resumed;
    char              peer[2 * SHA1_BYTES + 1];
    char              name[MAX_NAME];
};

static bool set_option( struct site *site, const char *name, const char *value )
{
    if (!strcmp( name, "cert" )) snprintf( site->kind, sizeof(site->kind), "%s", value );
    else if (!strcmp( name, "staple" ))
        snprintf( site->staple, sizeof(site->staple), "%s", value );
    else if (!strcmp( name, "crl" )) site->crl = atoi( value );
    else if (!strcmp( name, "ocsp" )) site->ocsp = atoi( value );
    else if (!strcmp( name, "client" ))
        site->client = !strcmp( value, "require" ) ? GNUTLS_CERT_REQUIRE : GNUTLS_CERT_REQUEST;
    else if (!strcmp( name, "tls" ))
        site->priority = !strcmp( value, "1.2" ) ? "NORMAL:-VERS-ALL:+VERS-TLS1.2"
                                                 : "NORMAL:-VERS-ALL:+VERS-TLS1.3";
    else if (!strcmp( name, "tickets" )) site->tickets = atoi( value );
    else if (!strcmp( name, "end" ))
        site->end = !strcmp( value, "cut" ) ? SITE_END_CUT : SITE_END_BARE;
    else if (!strcmp( name, "late" )) site->late = atoi( value );
    else if (!strcmp( name, "cut" )) site->cut = atoi( value );
    else if (!strcmp( name, "connect" )) site->proxy = atoi( value );
    else return false;
    return true;
}

static bool set_options( struct site *site, const char *options )
{
    char name[MAX_WORD], value[MAX_WORD];
    int len;

    for (; sscanf( options, " %31[a-z]=%31[a-z0-9.]%n", name, value, &len ) == 2; options += len)
        if (!set_option( site, name, value )) break;
    while (*options == ' ' || *options == '\r' || *options == '\n') options++;
    if (*options) fprintf( stderr, "tlsfront: not understood: %s\n", options );
    return !*options;
}

struct site *site_create( uint16_t port, const char *options )
{
    struct site *site = calloc( 1, sizeof(*site) );

    if (!site) return NULL;
    site->refs = 1;
    site->port = port;
    site->client = GNUTLS_CERT_IGNORE;
    strcpy( site->peer, "none" );
    strcpy( site->name, "none" );
    if (set_options( site, options ) &&
        (!site->kind[0] || (site->certs = certs_create( site->kind, site->crl, site->ocsp ))) &&
        (!site->staple[0] || (site->certs && certs_staple( site->certs, site->staple ))) &&
        (!site->tickets || !gnutls_session_ticket_key_generate( &site->ticket_key )))
        return site;
    site_release( site );
    return NULL;
}

bool site_change( struct site *site, const char *options )
{
    return set_options( site, options );
}

struct site *site_addref( struct site *site )
{
    site->refs++;
    return site;
}

void site_release( struct site *site )
{
    if (!site || --site->refs) return;
    certs_destroy( site->certs );
    gnutls_free( site->ticket_key.data );
    free( site );
}

uint16_t site_port( const struct site *site )
{
    return site->port;
}

const struct certs *site_certs( const struct site *site )
{
    return site->certs;
}

bool site_connects_late( const struct site *site )
{
    return site->late;
}

enum site_end site_end( const struct site *site )
{
    return site->end;
}

bool site_plays_proxy( const struct site *site )
{
    return site->proxy;
}

size_t site_cut( const struct site *site )
{
    return site->cut ? site->cut : SIZE_MAX;
}

struct tls_session *site_session( struct site *site, int fd )
{
    struct tls_session *session = tls_session_create( fd );
    gnutls_session_t gnutls;

    if (!session) return NULL;
    gnutls = tls_session_gnutls( session );
    if (site->priority) gnutls_priority_set_direct( gnutls, site->priority, NULL );
    if (site->certs)
        gnutls_credentials_set( gnutls, GNUTLS_CRD_CERTIFICATE, certs_credentials( site->certs ) );
    gnutls_certificate_server_set_request( gnutls, site->client );
    if (site->tickets) gnutls_session_ticket_enable_server( gnutls, &site->ticket_key );
    return session;
}

void site_note( struct site *site, struct tls_session *session )
{
    gnutls_session_t gnutls = tls_session_gnutls( session );
    unsigned char digest[SHA1_BYTES];
    const gnutls_datum_t *certs;
    unsigned int count = 0, type, i;
    size_t len = sizeof(site->name);

    if (gnutls_server_name_get( gnutls, site->name, &len, &type, 0 ) < 0)
        strcpy( site->name, "none" );
    if (gnutls_session_is_resumed( gnutls )) site->resumed++;
    else site->full++;
    certs = gnutls_certificate_get_peers( gnutls, &count );
    if (!certs || !count || gnutls_hash_fast( GNUTLS_DIG_SHA1, certs[0].data, certs[0].size,
                                              digest ))
    {
        strcpy( site->peer, "none" );
        return;
    }
    for (i = 0; i < SHA1_BYTES; i++) sprintf( site->peer + 2 * i, "%02x", digest[i] );
}

void site_describe( const struct site *site, char *text, size_t size )
{
    snprintf( text, size, "full %u resumed %u peer %s name %s\n", site->full, site->resumed,
              site->peer, site->name );
}
