/*
 * A server whose TLS ends anywhere: in the handshake, in a record, before its close_notify.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "secure.h"

#define LOST ERROR_WINHTTP_CONNECTION_ERROR

/* How far a request came. */
enum reached
{
    REACHED_NOTHING,    /* SendRequest failed: no handshake */
    REACHED_SENT,       /* ReceiveResponse failed */
    REACHED_END,        /* the response is here */
};

static void check_body( HINTERNET request, BOOL async )
{
    char body[8] = "";
    DWORD count = 0;

    check_ret( client_read_result( request, body, sizeof(body), &count, async ), 0 );
    ok( count == 2 && !memcmp( body, "ok", 2 ), "got %u bytes\n", (UINT)count );
}

static enum reached reach( HINTERNET request, BOOL async )
{
    DWORD error = client_send_result( request, async );

    if (error)
    {
        check_ret( error, LOST );
        return REACHED_NOTHING;
    }
    if ((error = client_receive_result( request, async )))
    {
        check_ret( error, LOST );
        return REACHED_SENT;
    }
    check_body( request, async );
    return REACHED_END;
}

static enum reached cut_at( const char *version, unsigned int cut, BOOL async )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( SECURE_OK ), SRV_HALF_CLOSE, SRV_EOF, SRV_END
    };
    struct server *server;
    struct client client;
    enum reached reached;
    char options[64];

    sprintf( options, "tls=%s late=1 cut=%u", version, cut );
    winetest_push_context( "%s", options );
    server = server_start_tls( script, options );
    secure_open( &client, server, L"localhost", async ? CLIENT_ASYNC : CLIENT_SYNC, IGNORE_ALL );
    reached = reach( client.request, async );
    client_close( &client );
    server_abandon( server );
    winetest_pop_context();
    return reached;
}

/* The further the server comes, the further the request; each end is a lost connection. A response
 * that is whole needs no close_notify behind it (guess: 12030 in the handshake, too). */
static void test_cut_everywhere( const char *version, BOOL async )
{
    /* test_tls_bad and test_tls_slow cut at more places of a handshake, in less time */
    enum { HANDSHAKE_STRIDE = 31, CLOSE_NOTIFY = 32 };
    /* an ECDSA signature may be some bytes shorter than that of the handshake before */
    enum { SLACK = 16 };
    enum reached reached = REACHED_NOTHING, before[SLACK] = { REACHED_NOTHING };
    unsigned int cut, whole = 0, stride = HANDSHAKE_STRIDE;

    for (cut = 1; whole < CLOSE_NOTIFY; cut += stride)
    {
        reached = cut_at( version, cut, async );
        if (reached != REACHED_NOTHING && stride > 1)
        {
            /* from here on byte by byte, and those before that were passed over */
            cut -= stride;
            stride = 1;
            continue;
        }
        ok( reached >= before[cut % SLACK], "%s: cut at %u reached less\n", version, cut );
        before[cut % SLACK] = reached;
        if (reached == REACHED_END) whole++;
        if (cut > 8192) break;
    }
    ok( whole == CLOSE_NOTIFY, "%s: no response behind %u bytes\n", version, cut );
}

START_TEST(tls_cut)
{
    if (!secure_is_possible()) return;
    test_cut_everywhere( "1.2", FALSE );
    test_cut_everywhere( "1.3", TRUE );
}
