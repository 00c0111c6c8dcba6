/* test_tls_bad - TLS peers that cut, garble, exaggerate and complain.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "tls_test.h"

#include <poll.h>
#include <stdio.h>

#include <gnutls/abstract.h>

static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };

/* --- A relay between client and server that spoils what the server says ---------------------- */

struct relay
{
    int client, server;     /* borrowed */
    size_t limit;           /* bytes for the client; then the stream ends */
    size_t flip;            /* the byte at this place is another; SIZE_MAX: none */
    size_t passed;
    pthread_t thread;
};

static int pass_up( struct relay *relay )
{
    char buffer[4096];
    ssize_t ret = recv( relay->client, buffer, sizeof(buffer), 0 );

    return ret > 0 && peer_write( relay->server, buffer, ret );
}

static int pass_down( struct relay *relay )
{
    char buffer[4096];
    ssize_t ret = recv( relay->server, buffer, sizeof(buffer), 0 );
    size_t len = ret;

    if (ret <= 0) return 0;
    if (len > relay->limit - relay->passed) len = relay->limit - relay->passed;
    if (relay->flip - relay->passed < len) buffer[relay->flip - relay->passed] ^= 0x20;
    relay->passed += len;
    /* behind what was changed both might wait for each other */
    return peer_write( relay->client, buffer, len ) && relay->passed < relay->limit &&
           relay->passed <= relay->flip;
}

/* Ends both sides when it has passed what it may, or one of them is through. */
static void *relay_thread( void *arg )
{
    struct relay *relay = arg;
    struct pollfd fds[2] = { { relay->client, POLLIN, 0 }, { relay->server, POLLIN, 0 } };

    while (relay->limit)
    {
        poll( fds, 2, -1 );
        if (fds[0].revents && !pass_up( relay )) break;
        if (fds[1].revents && !pass_down( relay )) break;
    }
    shutdown( relay->client, SHUT_WR );
    shutdown( relay->server, SHUT_RDWR );
    return NULL;
}

/* A handshake through a relay; returns its status. */
static NTSTATUS shake_through( UINT32 protocol, size_t limit, size_t flip, size_t *passed )
{
    struct stream_tls_handshake_params params;
    struct pair pair = make_pair();
    struct server server = { .fd = -1 };
    struct relay relay = { .client = pair.peer, .limit = limit, .flip = flip };
    NTSTATUS status;
    int fds[2];

    CHECK_INT( socketpair( AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds ), 0 );
    relay.server = fds[0];
    start_server( &server, fds[1], NULL );
    relay.thread = start_thread( relay_thread, &relay );
    CHECK_INT( call_tls_start( pair.stream, "localhost", protocol ), STATUS_SUCCESS );
    status = call_tls_handshake( pair.stream, UNIX_INFINITE, &params );
    call_abort( pair.stream, 0 );
    join_thread( relay.thread );
    stop_server( &server );
    close( fds[0] );
    close( fds[1] );
    close_pair( &pair );
    if (passed) *passed = relay.passed;
    return status;
}

/* What a server says until the client has shaken hands. */
static size_t measure( UINT32 protocol )
{
    size_t passed = 0;

    CHECK_INT( shake_through( protocol, SIZE_MAX, SIZE_MAX, &passed ), STATUS_SUCCESS );
    return passed;
}

static void test_handshake_cut_at_each_byte( void )
{
    size_t total, len;
    NTSTATUS status;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        total = measure( protocols[i] );
        /* signatures differ in length by some bytes */
        for (len = 0; len < total - 16; len += len < 100 ? 1 : 9)
        {
            unit_context( "protocol %#x, %lu of %lu bytes", protocols[i], (unsigned long)len,
                          (unsigned long)total );
            status = shake_through( protocols[i], len, SIZE_MAX, NULL );
            CHECK_INT( status, STATUS_CONNECTION_DISCONNECTED );
        }
    }
}

/* Whatever is changed is noticed, or does not matter; nothing hangs. */
static void test_handshake_garbled_at_each_byte( void )
{
    size_t total, place;
    unsigned int i, refused;
    NTSTATUS status;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        total = measure( protocols[i] ) - 16;
        for (place = refused = 0; place < total; place += 5)
        {
            unit_context( "protocol %#x, byte %lu of %lu", protocols[i], (unsigned long)place,
                          (unsigned long)total );
            status = shake_through( protocols[i], total, place, NULL );
            CHECK( status == STATUS_SUCCESS || status == STATUS_ENCRYPTION_FAILED ||
                   status == STATUS_CONNECTION_DISCONNECTED );
            if (status) refused++;
        }
        unit_context( "protocol %#x", protocols[i] );
        CHECK( refused > total / 5 * 9 / 10 );
    }
}

/* --- What is no handshake at all -------------------------------------------------------------- */

/* The answer to a ClientHello; returns the handshake's status. */
static NTSTATUS answer_hello( const void *answer, size_t len, UINT32 *alert )
{
    struct stream_tls_handshake_params params;
    struct pair pair = make_pair();
    NTSTATUS status;

    CHECK_INT( call_tls_start( pair.stream, "localhost", 0 ), STATUS_SUCCESS );
    CHECK_INT( call_tls_handshake( pair.stream, UNIX_NOWAIT, &params ), STATUS_PENDING );
    CHECK( peer_write( pair.peer, answer, len ) );
    shutdown( pair.peer, SHUT_WR );
    status = call_tls_handshake( pair.stream, UNIX_INFINITE, &params );
    *alert = params.alert;
    close_pair( &pair );
    return status;
}

static void test_each_alert( void )
{
    UINT32 alert;
    unsigned int i;

    for (i = 1; i < 256; i++)
    {
        const BYTE record[] = { 21, 3, 3, 0, 2, 2 /* fatal */, i };

        unit_context( "alert %u", i );
        CHECK_INT( answer_hello( record, sizeof(record), &alert ), STATUS_ENCRYPTION_FAILED );
        CHECK_INT( alert, i );
    }
}

static void test_bad_records( void )
{
    static const struct { const char *record; size_t len; } cases[] =
    {
        { "\x16\x03\x03\xff\xff", 5 },              /* longer than any */
        { "\x16\x03\x03\x48\x01", 5 },              /* by one byte */
        { "\x16\x03\x03\x00\x00", 5 },              /* an empty handshake record */
        { "\x63\x03\x03\x00\x01\x00", 6 },          /* of an unknown type */
        { "\x17\x03\x03\x00\x01\x00", 6 },          /* data before its time */
        { "\x16\x09\x03\x00\x01\x00", 6 },          /* of an unknown version */
        { "\x15\x03\x03\x00\x01\x02", 6 },          /* half an alert */
        { "\x16\x03\x03\x00\x04\x02\xff\xff\xff", 9 },  /* a hello of 16 MiB */
        { "\x16\x03\x03\x00\x04\x0b\x00\x00\x00", 9 },  /* a certificate before the hello */
        { "\x16\x03\x03\x00\x04\x00\x00\x00\x00", 9 },  /* a HelloRequest */
        { "\x14\x03\x03\x00\x01\x01\x14\x03\x03\x00\x01\x01", 12 }, /* cipher changes */
    };
    NTSTATUS status;
    UINT32 alert;
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(cases); i++)
    {
        unit_context( "case %u", i );
        status = answer_hello( cases[i].record, cases[i].len, &alert );
        CHECK( status == STATUS_ENCRYPTION_FAILED || status == STATUS_CONNECTION_DISCONNECTED );
    }
}

/* Seeded noise, as a server on a wrong port sends it. */
static void test_noise( void )
{
    BYTE noise[600];
    UINT32 alert, state = 1;
    unsigned int round, i;
    NTSTATUS status;

    for (round = 0; round < 200; round++)
    {
        for (i = 0; i < sizeof(noise); i++) noise[i] = (state = state * 1664525 + 1013904223) >> 24;
        if (round & 1) memcpy( noise, "\x16\x03\x03\x02\x00\x02\x00\x01\xfc\x03\x03", 11 );
        unit_context( "round %u", round );
        status = answer_hello( noise, sizeof(noise), &alert );
        CHECK( status == STATUS_ENCRYPTION_FAILED || status == STATUS_CONNECTION_DISCONNECTED );
    }
}

/* --- Too much of a good thing ----------------------------------------------------------------- */

static gnutls_certificate_credentials_t make_long_chain( void )
{
    enum { CERTS = 250 };   /* some 80 KiB */
    gnutls_certificate_credentials_t ret;
    gnutls_pcert_st *certs = gnutls_calloc( CERTS, sizeof(*certs) );
    gnutls_x509_privkey_t x509;
    gnutls_privkey_t key;
    unsigned int i;

    gnutls_x509_privkey_init( &x509 );
    CHECK_INT( gnutls_x509_privkey_generate( x509, GNUTLS_PK_ECDSA,
                                             GNUTLS_CURVE_TO_BITS( GNUTLS_ECC_CURVE_SECP256R1 ),
                                             0 ), 0 );
    gnutls_privkey_init( &key );
    gnutls_privkey_import_x509( key, x509, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE );
    for (i = 0; i < CERTS; i++)
        CHECK_INT( gnutls_pcert_import_x509_raw( &certs[i], &server_cert, GNUTLS_X509_FMT_DER, 0 ),
                   0 );
    gnutls_certificate_allocate_credentials( &ret );
    gnutls_certificate_set_flags( ret, GNUTLS_CERTIFICATE_SKIP_KEY_CERT_MATCH );
    CHECK_INT( gnutls_certificate_set_key( ret, NULL, 0, certs, CERTS, key ), 0 );
    gnutls_free( certs );
    return ret;
}

/* Beyond UNIX_MAX_CHAIN. */
static void test_chain_that_is_too_long( void )
{
    gnutls_certificate_credentials_t usual = server_credentials;
    struct stream_tls_handshake_params params;
    unsigned int i;

    server_credentials = make_long_chain();
    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        struct session session = { .pair = make_pair() };

        unit_context( "protocol %#x", protocols[i] );
        start_server( &session.server, session.pair.peer, NULL );
        CHECK_INT( call_tls_start( session.pair.stream, "localhost", protocols[i] ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &params ),
                   STATUS_ENCRYPTION_FAILED );
        stop_session( &session );
    }
    gnutls_certificate_free_credentials( server_credentials );
    server_credentials = usual;
}

/* --- Later ------------------------------------------------------------------------------------ */

static gnutls_alert_description_t complaint;

static void serve_complaint( struct server *server )
{
    gnutls_alert_send( server->session, GNUTLS_AL_FATAL, complaint );
}

static void test_alert_in_the_middle( void )
{
    static const gnutls_alert_description_t alerts[] =
    {
        GNUTLS_A_UNEXPECTED_MESSAGE, GNUTLS_A_BAD_RECORD_MAC, GNUTLS_A_BAD_CERTIFICATE,
        GNUTLS_A_CERTIFICATE_REVOKED, GNUTLS_A_CERTIFICATE_EXPIRED, GNUTLS_A_UNKNOWN_CA,
        GNUTLS_A_ACCESS_DENIED, GNUTLS_A_INTERNAL_ERROR, GNUTLS_A_CERTIFICATE_REQUIRED,
    };
    struct session session;
    unsigned int i, j;

    for (i = 0; i < 2 * ARRAY_SIZE(alerts); i++)
    {
        complaint = alerts[i / 2];
        unit_context( "alert %u, protocol %#x", complaint, protocols[i % 2] );
        if (start_session( &session, &default_config, protocols[i % 2], serve_complaint ))
        {
            struct stream_recv_params recv = { .stream = session.pair.stream, .len = 1,
                                               .timeout = UNIX_INFINITE };
            BYTE byte;

            recv.buffer = (ULONG_PTR)&byte;
            for (j = 0; j < 2; j++)     /* it is remembered */
            {
                CHECK_INT( unix_call( unix_stream_recv, &recv ), STATUS_ENCRYPTION_FAILED );
                CHECK_INT( recv.alert, complaint );
            }
        }
        stop_session( &session );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_handshake_cut_at_each_byte ),
    UNIT_TEST( test_handshake_garbled_at_each_byte ),
    UNIT_TEST( test_each_alert ),
    UNIT_TEST( test_bad_records ),
    UNIT_TEST( test_noise ),
    UNIT_TEST( test_chain_that_is_too_long ),
    UNIT_TEST( test_alert_in_the_middle ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
