/*
 * Bodies over TLS whose connection ends without close_notify, between two records or inside one.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guess, all of it but what http.md 8 says of plain connections: a server that ends a body by the
 * end of the connection often says no goodbye, and Windows programs get what it has sent; a record
 * that is never completed was cut off.
 */
#include "secure.h"

#define HEAD "HTTP/1.1 200 OK\r\n"

static const char *const ends[] = { "", " end=bare", " end=cut" };

enum { POLITE, BARE, CUT };

/* read_error 0: the body is "body". */
static void check_body( const struct step *response, unsigned int end, BOOL async,
                        DWORD read_error )
{
    struct step script[] = { SRV_ACCEPT, SRV_HEADERS, *response, SRV_CUT, SRV_END };
    char options[FRONT_MAX_LINE], buffer[16];
    struct server *server;
    struct client client;
    DWORD len = 0, error, total = 0;

    winetest_push_context( "%.60s%s", (const char *)response->data, ends[end] );
    sprintf( options, "cert=good%s", ends[end] );
    server = server_start_tls( script, options );
    secure_open( &client, server, L"localhost", async ? CLIENT_ASYNC : CLIENT_NOTIFY, 0 );
    ok( !client_send_result( client.request, async ), "it was not sent\n" );
    ok( !client_receive_result( client.request, async ), "there is no answer\n" );
    do
    {
        error = client_read_result( client.request, buffer + total, sizeof(buffer) - total, &len,
                                    async );
        if (!error) total += len;
    }
    while (!error && len && total < sizeof(buffer));
    check_ret( error, read_error );
    if (!error) ok( total == 4 && !memcmp( buffer, "body", 4 ), "got %u bytes\n", (UINT)total );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
}

static void check_ends( struct step response, BOOL async, DWORD polite, DWORD bare, DWORD cut )
{
    check_body( &response, POLITE, async, polite );
    check_body( &response, BARE, async, bare );
    check_body( &response, CUT, async, cut );
}

static void test_until_the_end( BOOL async )
{
    static const struct step response = SRV_SEND( HEAD "\r\nbody" );

    check_ends( response, async, 0, 0, ERROR_WINHTTP_CONNECTION_ERROR );
}

/* http.md 8: short of Content-Length is no error */
static void test_short( BOOL async )
{
    static const struct step response = SRV_SEND( HEAD "Content-Length: 8\r\n\r\nbody" );

    check_ends( response, async, 0, 0, ERROR_WINHTTP_CONNECTION_ERROR );
}

static void test_chunked( BOOL async )
{
    static const struct step response = SRV_SEND( HEAD "Transfer-Encoding: chunked\r\n\r\n"
                                                  "4\r\nbody\r\n" );

    check_ends( response, async, ERROR_WINHTTP_CONNECTION_ERROR, ERROR_WINHTTP_CONNECTION_ERROR,
                ERROR_WINHTTP_CONNECTION_ERROR );
}

/* What comes behind the body is nobody's business. */
static void test_complete( BOOL async )
{
    static const struct step length = SRV_SEND( HEAD "Content-Length: 4\r\n\r\nbody" );
    static const struct step chunks = SRV_SEND( HEAD "Transfer-Encoding: chunked\r\n\r\n"
                                                "4\r\nbody\r\n0\r\n\r\n" );

    check_ends( length, async, 0, 0, 0 );
    check_ends( chunks, async, 0, 0, 0 );
}

START_TEST( tls_end )
{
    PCCERT_CONTEXT authority;

    if (!secure_is_possible()) return;
    if (!(authority = secure_trust_authority())) return;
    RUN_BOTH( test_until_the_end );
    RUN_BOTH( test_short );
    RUN_BOTH( test_chunked );
    RUN_BOTH( test_complete );
    secure_distrust( authority );
}
