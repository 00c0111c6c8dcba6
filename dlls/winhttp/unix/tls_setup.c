/* tls_setup - what all TLS sessions share: credentials, and priorities by protocol.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <string.h>

#include <gnutls/abstract.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/error.h"
#include "unix/identity.h"
#include "unix/sys.h"
#include "unix/tls_session.h"

static const struct
{
    UINT32 flag;                /* WINHTTP_FLAG_SECURE_PROTOCOL_* */
    gnutls_protocol_t version;
    const char *priority;
} protocols_map[] =
{
    { 0x2000, GNUTLS_TLS1_3, ":+VERS-TLS1.3" },
    { 0x0800, GNUTLS_TLS1_2, ":+VERS-TLS1.2" },
    { 0x0200, GNUTLS_TLS1_1, ":+VERS-TLS1.1" },
    { 0x0080, GNUTLS_TLS1_0, ":+VERS-TLS1.0" },
};

enum
{
    PROTOCOL_COUNT = sizeof(protocols_map) / sizeof(protocols_map[0]),
    DEFAULT_PROTOCOLS = 0x2800,
};

static pthread_mutex_t credentials_lock = PTHREAD_MUTEX_INITIALIZER;
static gnutls_certificate_credentials_t credentials;    /* under credentials_lock; made once */
static pthread_mutex_t priorities_lock = PTHREAD_MUTEX_INITIALIZER;
static gnutls_priority_t priorities[1 << PROTOCOL_COUNT];   /* under priorities_lock */

/* Without memory the list is as good as empty: the program finds nothing to choose by. */
static void keep_issuers( struct tls *tls, const gnutls_datum_t *issuers, int count )
{
    UINT32 len = tls_lay_out( issuers, count, NULL );

    if (!len || tls->issuers || !(tls->issuers = sys_alloc( len ))) return;
    tls->issuers_len = tls_lay_out( issuers, count, tls->issuers );
}

/* Whoever the server says it trusts, the program's choice is sent, as Windows does; the algorithms
 * are GnuTLS's to match. Called by GnuTLS under the session's lock. */
static int answer_cert_request( gnutls_session_t session, const gnutls_datum_t *issuers,
                                int issuer_count, const gnutls_pk_algorithm_t *algorithms,
                                int algorithm_count, gnutls_pcert_st **certs,
                                unsigned int *cert_count, gnutls_privkey_t *key )
{
    struct tls *tls = gnutls_session_get_ptr( session );
    const struct identity *identity = tls->identity;

    (void)algorithms;
    (void)algorithm_count;
    tls->cert_requested = 1;
    keep_issuers( tls, issuers, issuer_count );
    *certs = identity ? identity->certs : NULL;
    *cert_count = identity ? identity->cert_count : 0;
    *key = identity ? identity->key : NULL;
    return 0;
}

static gnutls_certificate_credentials_t make_credentials( void )
{
    gnutls_certificate_credentials_t made;

    if (gnutls_global_init()) return NULL;
    if (!gnutls_certificate_allocate_credentials( &made ))
    {
        gnutls_certificate_set_retrieve_function2( made, answer_cert_request );
        return made;
    }
    gnutls_global_deinit();
    return NULL;
}

/* A failure (no memory) may pass: the next caller tries again. */
gnutls_certificate_credentials_t tls_credentials( void )
{
    gnutls_certificate_credentials_t ret;

    pthread_mutex_lock( &credentials_lock );
    if (!credentials) credentials = make_credentials();
    ret = credentials;
    pthread_mutex_unlock( &credentials_lock );
    return ret;
}

/* The system's own priorities (crypto-policies and the like), with just the versions asked for. */
static NTSTATUS make_priority( unsigned int set, gnutls_priority_t *priority )
{
    char text[80] = "-VERS-ALL";
    unsigned int i;
    int ret;

    for (i = 0; i < PROTOCOL_COUNT; i++)
        if (set & (1 << i)) strcat( text, protocols_map[i].priority );
    ret = gnutls_priority_init2( priority, text, NULL, GNUTLS_PRIORITY_INIT_DEF_APPEND );
    return ret < 0 ? error_from_gnutls( ret, STATUS_NOT_SUPPORTED ) : STATUS_SUCCESS;
}

NTSTATUS tls_get_priority( UINT32 protocols, gnutls_priority_t *priority )
{
    NTSTATUS status = STATUS_SUCCESS;
    unsigned int i, set = 0;

    if (!protocols) protocols = DEFAULT_PROTOCOLS;
    for (i = 0; i < PROTOCOL_COUNT; i++) if (protocols & protocols_map[i].flag) set |= 1 << i;
    if (!set) return STATUS_NOT_SUPPORTED;

    pthread_mutex_lock( &priorities_lock );
    if (!priorities[set]) status = make_priority( set, &priorities[set] );
    if (!status) *priority = priorities[set];
    pthread_mutex_unlock( &priorities_lock );
    return status;
}

UINT32 tls_get_protocol( gnutls_session_t session )
{
    gnutls_protocol_t version = gnutls_protocol_get_version( session );
    unsigned int i;

    for (i = 0; i < PROTOCOL_COUNT; i++)
        if (protocols_map[i].version == version) return protocols_map[i].flag;
    return 0;
}
