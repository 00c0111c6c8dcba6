/* link - sockets and GnuTLS for threads that may block.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "link.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <gnutls/crypto.h>
#include <gnutls/x509.h>

#include "chance.h"

enum
{
    SEND_WAIT_MS = 2000,  /* a client that reads nothing is left alone after that */
    SHAKE_WAIT_MS = 20000, /* for a handshake: a hundred may begin at once, on a busy machine */
    REST_WAIT_MS = 1000,  /* for the rest of what has begun to come */
};

static gnutls_certificate_credentials_t credentials;

static int fill_certificate( gnutls_x509_crt_t cert, gnutls_x509_privkey_t key )
{
    const unsigned char serial[] = { 0x40, 1, 2, 3, 4, 5, 6, 7 };
    time_t now = time( NULL );
    int ret;

    if ((ret = gnutls_x509_crt_set_version( cert, 3 ))) return ret;
    if ((ret = gnutls_x509_crt_set_serial( cert, serial, sizeof(serial) ))) return ret;
    if ((ret = gnutls_x509_crt_set_activation_time( cert, now - 3600 ))) return ret;
    if ((ret = gnutls_x509_crt_set_expiration_time( cert, now + 864000 ))) return ret;
    if ((ret = gnutls_x509_crt_set_key( cert, key ))) return ret;
    ret = gnutls_x509_crt_set_dn_by_oid( cert, GNUTLS_OID_X520_COMMON_NAME, 0, "chaosd", 6 );
    return ret ? ret : gnutls_x509_crt_sign2( cert, cert, key, GNUTLS_DIG_SHA256, 0 );
}

int link_setup_tls( void )
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t cert;
    int ret;

    if ((ret = gnutls_x509_privkey_init( &key ))) return ret;
    if ((ret = gnutls_x509_crt_init( &cert ))) return ret;
    ret = gnutls_x509_privkey_generate( key, GNUTLS_PK_ECDSA,
                                        GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ), 0 );
    if (!ret) ret = fill_certificate( cert, key );
    if (!ret) ret = gnutls_certificate_allocate_credentials( &credentials );
    if (!ret) ret = gnutls_certificate_set_x509_key( credentials, &cert, 1, key );
    gnutls_x509_crt_deinit( cert );
    gnutls_x509_privkey_deinit( key );
    return ret < 0 ? ret : 0;
}

void link_init( struct link *link, int fd, uint64_t seed )
{
    const struct timeval recv_wait = { REST_WAIT_MS / 1000, 0 };
    const struct timeval send_wait = { SEND_WAIT_MS / 1000, 0 };

    memset( link, 0, sizeof(*link) );
    link->fd = fd;
    link->chance = seed;
    link->cut_after = -1;
    setsockopt( fd, SOL_SOCKET, SO_RCVTIMEO, &recv_wait, sizeof(recv_wait) );
    setsockopt( fd, SOL_SOCKET, SO_SNDTIMEO, &send_wait, sizeof(send_wait) );
}

void link_pause( unsigned int ms )
{
    const struct timespec time = { ms / 1000, ms % 1000 * 1000000 };

    nanosleep( &time, NULL );
}

void link_close( struct link *link, int hard )
{
    const struct linger linger = { 1, 0 };

    if (link->tls) gnutls_deinit( link->tls );
    link->tls = NULL;
    if (link->fd < 0) return;
    if (hard) setsockopt( link->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
    close( link->fd );
    link->fd = -1;
}

/* The planned accident; GnuTLS may still be on the stack, so the session stays. */
static void cut( struct link *link )
{
    const struct linger linger = { 1, 0 };

    if (link->reset)
        setsockopt( link->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
    close( link->fd );
    link->fd = -1;
}

/* What may go out in one piece now. */
static size_t next_slice( struct link *link, size_t len )
{
    if (link->slice && len > 1)
    {
        unsigned int most = 1 + chance_below( &link->chance, link->slice );

        if (len > most) len = most;
    }
    if (link->cut_after >= 0 && len > (size_t)link->cut_after) len = link->cut_after;
    return len;
}

/* Bytes as they are on the wire. */
static enum link_status send_raw( struct link *link, const char *data, size_t len )
{
    while (len)
    {
        size_t piece;
        ssize_t ret;

        if (link->fd < 0) return LINK_CUT;
        if (!(piece = next_slice( link, len )))
        {
            cut( link );
            return LINK_CUT;
        }
        ret = send( link->fd, data, piece, MSG_NOSIGNAL );
        if (ret <= 0) return LINK_ENDED;
        if (link->cut_after > 0) link->cut_after -= ret;
        data += ret;
        len -= ret;
        if (len && link->slice_delay) link_pause( link->slice_delay );
    }
    return LINK_OK;
}

static ssize_t push( gnutls_transport_ptr_t ptr, const void *data, size_t len )
{
    return send_raw( ptr, data, len ) ? -1 : (ssize_t)len;
}

static ssize_t pull( gnutls_transport_ptr_t ptr, void *data, size_t len )
{
    struct link *link = ptr;

    return link->fd < 0 ? 0 : recv( link->fd, data, len, 0 );
}

static int pull_timeout( gnutls_transport_ptr_t ptr, unsigned int ms )
{
    struct link *link = ptr;
    struct pollfd pfd = { link->fd, POLLIN, 0 };

    unsigned int most = link->shaking ? SHAKE_WAIT_MS : SEND_WAIT_MS;

    return poll( &pfd, 1, ms > most ? (int)most : (int)ms );
}

enum link_status link_start_tls( struct link *link )
{
    int ret;

    if (gnutls_init( &link->tls, GNUTLS_SERVER )) return LINK_ENDED;
    gnutls_set_default_priority( link->tls );
    gnutls_credentials_set( link->tls, GNUTLS_CRD_CERTIFICATE, credentials );
    gnutls_transport_set_ptr( link->tls, link );
    gnutls_transport_set_push_function( link->tls, push );
    gnutls_transport_set_pull_function( link->tls, pull );
    gnutls_transport_set_pull_timeout_function( link->tls, pull_timeout );
    gnutls_handshake_set_timeout( link->tls, SHAKE_WAIT_MS );
    link->shaking = 1;
    do ret = gnutls_handshake( link->tls );
    while (ret < 0 && ret != GNUTLS_E_AGAIN && !gnutls_error_is_fatal( ret ));
    link->shaking = 0;
    return ret ? LINK_ENDED : LINK_OK;
}

enum link_status link_send( struct link *link, const void *data, size_t len )
{
    ssize_t ret;

    if (link->fd < 0) return LINK_CUT;
    if (!link->tls) return send_raw( link, data, len );
    while (len)
    {
        if ((ret = gnutls_record_send( link->tls, data, len )) <= 0) break;
        data = (const char *)data + ret;
        len -= ret;
    }
    if (link->fd < 0) return LINK_CUT;
    return len ? LINK_ENDED : LINK_OK;
}

static enum link_status recv_some( struct link *link, int wait )
{
    struct pollfd pfd = { link->fd, POLLIN, 0 };
    ssize_t ret;

    if (link->fd < 0) return LINK_CUT;
    if (!link->tls || !gnutls_record_check_pending( link->tls ))
        if (poll( &pfd, 1, wait ) <= 0) return LINK_TIMEOUT;
    if (link->tls) ret = gnutls_record_recv( link->tls, link->in, sizeof(link->in) );
    else ret = recv( link->fd, link->in, sizeof(link->in), 0 );
    if (link->tls && ret == GNUTLS_E_AGAIN) return LINK_TIMEOUT;
    if (ret <= 0) return LINK_ENDED;
    link->in_begin = 0;
    link->in_end = ret;
    return LINK_OK;
}

enum link_status link_recv( struct link *link, void *data, size_t len, int wait )
{
    unsigned char *to = data;
    enum link_status status;
    size_t piece;

    while (len)
    {
        if (link->in_begin == link->in_end)
        {
            if ((status = recv_some( link, wait )) == LINK_TIMEOUT && to != data)
                return LINK_ENDED;
            if (status) return status;
        }
        piece = link->in_end - link->in_begin;
        if (piece > len) piece = len;
        memcpy( to, link->in + link->in_begin, piece );
        link->in_begin += piece;
        to += piece;
        len -= piece;
        wait = REST_WAIT_MS;
    }
    return LINK_OK;
}

void link_drain( struct link *link, int wait )
{
    while (!recv_some( link, wait )) ;
}

void link_finish( struct link *link )
{
    if (link->fd < 0) return;
    if (link->tls) gnutls_bye( link->tls, GNUTLS_SHUT_WR );
    if (link->fd >= 0) shutdown( link->fd, SHUT_WR );
}
