/* test_tls_resume - TLS sessions that take up earlier ones.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "tls_test.h"

#include <stdio.h>

static const UINT32 protocols[] = { TLS_1_2, TLS_1_3 };
static const struct server_config with_tickets = { .tickets = 1 };

static NTSTATUS start_in_scope( struct session *session, const struct server_config *config,
                                UINT32 protocol, const char *scope )
{
    struct stream_tls_start_params start = { .host = (ULONG_PTR)"localhost",
                                             .protocols = protocol };

    memset( session, 0, sizeof(*session) );
    session->pair = make_pair();
    session->server.config = *config;
    start_server( &session->server, session->pair.peer, serve_echo );
    start.stream = session->pair.stream;
    if (scope)
    {
        start.resumable = 1;
        snprintf( (char *)start.scope, sizeof(start.scope), "%s", scope );
    }
    return unix_call( unix_stream_tls_start, &start );
}

/* The rest of a connection; an echo brings the ticket along. Nonzero: it was resumed. */
static int finish( struct session *session )
{
    struct stream_tls_handshake_params handshake;
    struct stream_tls_info_params info = { .stream = session->pair.stream };
    UINT32 count;
    char byte;

    if (CHECK_INT( call_tls_handshake( session->pair.stream, UNIX_INFINITE, &handshake ),
                   STATUS_SUCCESS ))
    {
        CHECK_INT( call_send( session->pair.stream, "x", 1, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
        if (recv_all( session->pair.stream, &byte, 1 )) CHECK_INT( byte, 'x' );
    }
    CHECK_INT( unix_call( unix_stream_tls_info, &info ), STATUS_SUCCESS );
    stop_session( session );
    return info.resumed;
}

static int connect_in_scope( const struct server_config *config, UINT32 protocol,
                             const char *scope )
{
    struct session session;

    if (!CHECK_INT( start_in_scope( &session, config, protocol, scope ), STATUS_SUCCESS )) return 0;
    return finish( &session );
}

static void test_resume_within_a_scope( void )
{
    unsigned int i, round;
    char scope[32];

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        unit_context( "protocol %#x", protocols[i] );
        snprintf( scope, sizeof(scope), "within %u", i );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], scope ), 0 );
        /* each brings what the next one needs */
        for (round = 0; round < 4; round++)
            CHECK_INT( connect_in_scope( &with_tickets, protocols[i], scope ), 1 );
    }
}

static void test_no_resume_across_scopes( void )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        unit_context( "protocol %#x", protocols[i] );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], i ? "one3" : "one2" ), 0 );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], i ? "other3" : "other2" ), 0 );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], NULL ), 0 );
    }
}

static void test_no_resume_unless_asked( void )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], NULL ), 0 );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], NULL ), 0 );
    }
}

/* The verdict is given on the chain, which a resumed handshake does not bring. */
static void test_resumed_session_knows_the_chain( void )
{
    struct stream_tls_handshake_params handshake;
    struct stream_tls_chain_params chain;
    struct session session;
    BYTE buffer[4096];
    unsigned int i;
    char scope[32];

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        unit_context( "protocol %#x", protocols[i] );
        snprintf( scope, sizeof(scope), "chain %u", i );
        CHECK_INT( connect_in_scope( &with_tickets, protocols[i], scope ), 0 );
        CHECK_INT( start_in_scope( &session, &with_tickets, protocols[i], scope ),
                   STATUS_SUCCESS );
        CHECK_INT( call_tls_handshake( session.pair.stream, UNIX_INFINITE, &handshake ),
                   STATUS_SUCCESS );
        chain = (struct stream_tls_chain_params){ .stream = session.pair.stream,
                                                  .buffer = (ULONG_PTR)buffer,
                                                  .size = sizeof(buffer) };
        CHECK_INT( unix_call( unix_stream_tls_chain, &chain ), STATUS_SUCCESS );
        CHECK_MEM( buffer + 4, chain.size - 4, server_cert.data, server_cert.size );
        CHECK_INT( finish( &session ), 1 );
    }
}

/* RFC 8446 C.4: two connections at a time do not share a ticket. */
static void test_ticket_is_used_once( void )
{
    struct session first, second;

    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, "once" ), 0 );
    CHECK_INT( start_in_scope( &first, &with_tickets, TLS_1_3, "once" ), STATUS_SUCCESS );
    CHECK_INT( start_in_scope( &second, &with_tickets, TLS_1_3, "once" ), STATUS_SUCCESS );
    CHECK_INT( finish( &second ), 0 );
    CHECK_INT( finish( &first ), 1 );
}

/* A server that cannot read the ticket shakes hands in full. */
static void test_refused_ticket_is_no_failure( void )
{
    static const struct server_config others[] = { { .tickets = 2 }, { .tickets = 0 } };
    unsigned int i, j;
    char scope[32];

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
        for (j = 0; j < ARRAY_SIZE(others); j++)
        {
            unit_context( "protocol %#x, server %u", protocols[i], j );
            snprintf( scope, sizeof(scope), "refused %u %u", i, j );
            CHECK_INT( connect_in_scope( &with_tickets, protocols[i], scope ), 0 );
            CHECK_INT( connect_in_scope( &others[j], protocols[i], scope ), 0 );
        }
}

/* A server that has come to speak an older protocol than that of the session. The other way round
 * GnuTLS may fail; the session is gone then, and the next handshake a full one. */
static void test_other_protocol( void )
{
    const struct server_config old = { .tickets = 1, .priority = "NORMAL:-VERS-ALL:+VERS-TLS1.2" };
    struct stream_tls_handshake_params handshake;
    struct session session;

    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_2 | TLS_1_3, "down" ), 0 );
    CHECK_INT( connect_in_scope( &old, TLS_1_2 | TLS_1_3, "down" ), 0 );

    CHECK_INT( start_in_scope( &session, &with_tickets, TLS_1_2 | TLS_1_3, "down" ),
               STATUS_SUCCESS );
    call_tls_handshake( session.pair.stream, UNIX_INFINITE, &handshake );
    stop_session( &session );
    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_2 | TLS_1_3, "down" ), 0 );
}

/* There are places for 64; the oldest go first. */
static void test_table_is_bounded( void )
{
    enum { MORE_THAN_PLACES = 70 };
    unsigned int i;
    char scope[32];

    for (i = 0; i < MORE_THAN_PLACES; i++)
    {
        snprintf( scope, sizeof(scope), "bounded %u", i );
        CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, scope ), 0 );
    }
    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, "bounded 0" ), 0 );
    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, scope ), 1 );
}

/* Many connections of one scope leave the sessions of others alone. */
static void test_scope_is_bounded( void )
{
    enum { CONNECTIONS = 70 };
    static struct session sessions[CONNECTIONS];
    unsigned int i;

    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, "quiet" ), 0 );
    for (i = 0; i < CONNECTIONS; i++)
        CHECK_INT( start_in_scope( &sessions[i], &with_tickets, TLS_1_3, "crowded" ),
                   STATUS_SUCCESS );
    for (i = 0; i < CONNECTIONS; i++) CHECK_INT( finish( &sessions[i] ), 0 );
    CHECK_INT( connect_in_scope( &with_tickets, TLS_1_3, "quiet" ), 1 );
}

/* What the server asked for and did not get, the next connection must be asked for again. */
static void test_unanswered_request_is_not_resumed( void )
{
    const struct server_config config = { .tickets = 1, .wants_certificate = GNUTLS_CERT_REQUEST };
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++)
    {
        CHECK_INT( connect_in_scope( &config, protocols[i], i ? "asked3" : "asked2" ), 0 );
        CHECK_INT( connect_in_scope( &config, protocols[i], i ? "asked3" : "asked2" ), 0 );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_resume_within_a_scope ),
    UNIT_TEST( test_no_resume_across_scopes ),
    UNIT_TEST( test_no_resume_unless_asked ),
    UNIT_TEST( test_resumed_session_knows_the_chain ),
    UNIT_TEST( test_ticket_is_used_once ),
    UNIT_TEST( test_refused_ticket_is_no_failure ),
    UNIT_TEST( test_other_protocol ),
    UNIT_TEST( test_table_is_bounded ),
    UNIT_TEST( test_scope_is_bounded ),
    UNIT_TEST( test_unanswered_request_is_not_resumed ),
};

int main( int argc, char **argv )
{
    return run_tls_tests( tests, ARRAY_SIZE(tests), argc, argv );
}
