/*
 * Revoked certificates: lists, OCSP, places that nobody answers at.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "secure.h"

#define BAD_REV WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED
#define REVOKED WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED

enum asked
{
    ASKED_NOT,
    ASKED,           /* option 79 */
    ASKED_IF_ONLINE, /* and option 155: no answer is good enough */
    ASKED_CACHE,     /* and option 148: nobody else is asked */
};

static void ask( struct client *client, enum asked asked )
{
    DWORD feature = WINHTTP_ENABLE_SSL_REVOCATION;
    DWORD build = 0x80000000; /* WINHTTP_SERVER_CERT_CHAIN_REVOCATION_CHECK_CACHE_ONLY */
    BOOL offline = TRUE;

    if (asked == ASKED_NOT) return;
    check_works( WinHttpSetOption( client->request, WINHTTP_OPTION_ENABLE_FEATURE, &feature,
                                   sizeof(feature) ) );
    if (asked == ASKED_IF_ONLINE)
        check_works( WinHttpSetOption( client->request,
                                       WINHTTP_OPTION_IGNORE_CERT_REVOCATION_OFFLINE, &offline,
                                       sizeof(offline) ) );
    if (asked == ASKED_CACHE)
        check_works( WinHttpSetOption( client->request, 148, &build, sizeof(build) ) );
}

/* flags 0: it works. */
static void check_request( struct server *server, enum asked asked, DWORD flags )
{
    struct client client;

    secure_open( &client, server, L"localhost", CLIENT_NOTIFY, 0 );
    ask( &client, asked );
    if (!flags) secure_check_ok( &client );
    else secure_check_refused( &client, flags );
    client_close( &client );
}

/* The certificate names a place where its state is known, and a server stands there. */
struct place
{
    struct server *server;
    struct step    script[5];
    char           response[4096 + 256];
    unsigned char  der[4096];
};

static void place_open( struct place *place )
{
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, { STEP_SEND, 0, place->response, 0 },
                             SRV_CUT, SRV_END };

    memcpy( place->script, script, sizeof(script) );
    place->server = server_start_plain( place->script );
}

/* What the front makes of the line is found there. */
static void place_fill( struct place *place, struct server *server, const char *line )
{
    unsigned int len;
    int head;

    len = front_get( server_front( server ), line, place->der, sizeof(place->der) );
    ok( len, "there is no such answer\n" );
    head = sprintf( place->response, "HTTP/1.1 200 OK\r\nContent-Type: application/%s\r\n"
                    "Connection: close\r\nContent-Length: %u\r\n\r\n",
                    line[0] == 'c' ? "pkix-crl" : "ocsp-response", len );
    memcpy( place->response + head, place->der, len );
    place->script[2].len = head + len;
}

/* line: "crl WHAT" or "ocsp ANSWER"; gone: nobody listens there any more. */
static void check_place( const char *line, BOOL gone, enum asked asked, DWORD flags )
{
    static struct place place;
    struct server *server;
    char options[FRONT_MAX_LINE];

    winetest_push_context( "%.12s gone %u asked %u", line, gone, asked );
    place_open( &place );
    sprintf( options, "cert=good %s=%u", line[0] == 'c' ? "crl" : "ocsp",
             server_port( place.server ) );
    if (gone) server_abandon( place.server );
    server = server_start_tls( flags ? secure_refused : secure_accepted, options );
    if (!gone) place_fill( &place, server, line );
    check_request( server, asked, flags );
    if (asked == ASKED_CACHE) ok( !server_connection_count( place.server ), "it was asked\n" );
    server_abandon( server );
    if (!gone) server_abandon( place.server );
    winetest_pop_context();
}

/* http.md 12: off by default; options.md 79, 155 */
static void test_lists(void)
{
    check_place( "crl revoked\n", FALSE, ASKED_NOT, 0 );
    check_place( "crl clean\n", FALSE, ASKED, 0 );
    check_place( "crl revoked\n", FALSE, ASKED, REVOKED );
    check_place( "crl revoked\n", FALSE, ASKED_IF_ONLINE, REVOKED );
    check_place( "crl clean\n", TRUE, ASKED, BAD_REV );
    check_place( "crl clean\n", TRUE, ASKED_IF_ONLINE, 0 );
    check_place( "crl clean\n", FALSE, ASKED_CACHE, BAD_REV ); /* options.md 148: a guess */
}

/* the same; what the responder does not know counts as no answer */
static void test_responders(void)
{
    check_place( "ocsp revoked\n", FALSE, ASKED_NOT, 0 );
    check_place( "ocsp good\n", FALSE, ASKED, 0 );
    check_place( "ocsp revoked\n", FALSE, ASKED, REVOKED );
    check_place( "ocsp revoked\n", FALSE, ASKED_IF_ONLINE, REVOKED );
    check_place( "ocsp unknown\n", FALSE, ASKED, BAD_REV );
    check_place( "ocsp unknown\n", FALSE, ASKED_IF_ONLINE, 0 );
    check_place( "ocsp good\n", TRUE, ASKED_NOT, 0 );
    check_place( "ocsp good\n", TRUE, ASKED, BAD_REV );
    check_place( "ocsp good\n", TRUE, ASKED_IF_ONLINE, 0 );
}

/* A server that brings its own proof is taken as any other where nobody asked (http.md 12). */
static void check_stapled( const char *answer )
{
    struct server *server;
    char options[FRONT_MAX_LINE];

    winetest_push_context( "%s", answer );
    sprintf( options, "cert=good staple=%s", answer );
    server = server_start_tls( secure_accepted, options );
    check_request( server, ASKED_NOT, 0 );
    server_abandon( server );
    winetest_pop_context();
}

static void test_stapled_answers(void)
{
    check_stapled( "good" );
    check_stapled( "revoked" );
    check_stapled( "forged" );
}

/* What a stranger has signed says nothing. Wine's cryptnet looks at no signature of a list, and at
 * none of OCSP that is ECDSA's; one that does needs no todo. */
static void check_forged( const char *line )
{
    static struct place place;
    struct server *server;
    struct client client;
    char options[FRONT_MAX_LINE];
    BOOL believed;

    place_open( &place );
    sprintf( options, "cert=good %s=%u", line[0] == 'c' ? "crl" : "ocsp",
             server_port( place.server ) );
    server = server_start_tls( secure_accepted, options );
    place_fill( &place, server, line );
    secure_open( &client, server, L"localhost", CLIENT_NOTIFY, 0 );
    ask( &client, ASKED );
    believed = client_send( &client );
    todo_wine_if( believed ) ok( !believed, "%.12s was believed\n", line );
    if (!believed) ok( secure_told_flags() == BAD_REV, "got %#x\n", (UINT)secure_told_flags() );
    client_close( &client );
    server_abandon( server );
    server_abandon( place.server );
}

static void test_forged_answers(void)
{
    check_forged( "crl forged\n" );
    check_forged( "ocsp forged\n" );
}

START_TEST( tls_revocation )
{
    PCCERT_CONTEXT authority;

    if (!secure_is_possible()) return;
    if (!(authority = secure_trust_authority())) return;
    RUN( test_lists );
    RUN( test_responders );
    RUN( test_stapled_answers );
    RUN( test_forged_answers );
    secure_distrust( authority );
}
