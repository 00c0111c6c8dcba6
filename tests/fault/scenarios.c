/* scenarios - what programs do with the DLL, each from WinHttpOpen to the last HANDLE_CLOSING.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The server is echod.
 */

#include "scenarios.h"

#include <stdio.h>
#include <string.h>

enum
{
    BYTES = 40000,         /* of a response: some buffers, some records of TLS */
    BODY = 30000,
    MESSAGE = 20000,
};

static const char hello[] = "Hello, world!\n";

static BYTE buffer[65536];

/* --- Requests ------------------------------------------------------------------------------- */

/* The whole body into buffer. */
static DWORD read_all( struct client *client, DWORD *total )
{
    DWORD error, len;

    *total = 0;
    do
    {
        if ((error = client_read( client, buffer + *total, sizeof(buffer) - *total, &len )))
            return error;
        *total += len;
    }
    while (len);
    return 0;
}

static DWORD expect_body( struct client *client, const char *text )
{
    DWORD error, len;

    if ((error = client_receive( client, 200 ))) return error;
    if ((error = read_all( client, &len ))) return error;
    if (len != strlen( text ) || memcmp( buffer, text, len ))
        tell_wrong( "a body of %lu bytes is not \"%s\"", len, text );
    return 0;
}

static DWORD get_text( struct client *client, const WCHAR *path )
{
    DWORD error;

    if ((error = client_open( client, L"GET", path ))) return error;
    if ((error = client_send( client, 0 ))) return error;
    return expect_body( client, hello );
}

static DWORD open_bytes( struct client *client )
{
    WCHAR path[32];

    _snwprintf( path, ARRAYSIZE(path), L"/bytes?n=%u", BYTES );
    return client_open( client, L"GET", path );
}

static DWORD exchange_bytes( struct client *client )
{
    DWORD error, len, i;

    if ((error = client_send( client, 0 ))) return error;
    if ((error = client_receive( client, 200 ))) return error;
    if ((error = read_all( client, &len ))) return error;
    for (i = 0; i < len && buffer[i] == i % 251; i++) ;
    if (i != BYTES) tell_wrong( "of %lu bytes %lu are right", len, i );
    return 0;
}

static DWORD run_get( struct client *client )
{
    DWORD error = open_bytes( client );

    return error ? error : exchange_bytes( client );
}

/* Whatever failed has left nothing half done: the same handle does it all once more. */
static DWORD run_retry( struct client *client )
{
    DWORD error, first;

    if ((error = open_bytes( client ))) return error;
    if (!(first = exchange_bytes( client ))) return 0;
    if ((error = exchange_bytes( client )))
        tell_wrong( "failed with %lu, and with %lu once more", first, error );
    return first;
}

static DWORD run_chunked( struct client *client )
{
    return get_text( client, L"/chunked" );
}

static DWORD run_until_close( struct client *client )
{
    return get_text( client, L"/until-close" );
}

static DWORD run_redirect( struct client *client )
{
    return get_text( client, L"/redirect?to=/hello" );
}

static DWORD run_gzip( struct client *client )
{
    DWORD flags = WINHTTP_DECOMPRESSION_FLAG_ALL, error;

    if ((error = client_open( client, L"GET", L"/gzip" ))) return error;
    client->call = "WinHttpSetOption";
    if (!WinHttpSetOption( client->request, WINHTTP_OPTION_DECOMPRESSION, &flags, sizeof(flags) ))
        return GetLastError();
    if ((error = client_send( client, 0 ))) return error;
    return expect_body( client, hello );
}

/* The second request finds the connection of the first. */
static DWORD run_reuse( struct client *client )
{
    DWORD error;

    if ((error = client_open( client, L"GET", L"/hello" ))) return error;
    if ((error = client_again( client, L"GET", L"/hello", TRUE ))) return error;
    if ((error = client_send( client, 0 ))) return error;
    if ((error = expect_body( client, hello ))) return error;
    if ((error = client_again( client, L"GET", L"/hello", FALSE ))) return error;
    if ((error = client_send( client, 0 ))) return error;
    return expect_body( client, hello );
}

static DWORD run_post( struct client *client )
{
    static BYTE body[BODY];
    char want[32];
    DWORD error, len;

    if ((error = client_open( client, L"POST", L"/upload" ))) return error;
    if ((error = client_send( client, sizeof(body) ))) return error;
    if ((error = client_write( client, body, sizeof(body) - 10 ))) return error;
    if ((error = client_write( client, body, 10 ))) return error;
    if ((error = client_receive( client, 200 ))) return error;
    if ((error = read_all( client, &len ))) return error;
    sprintf( want, "%u bytes, ", (unsigned int)sizeof(body) );
    if (len < strlen( want ) || memcmp( buffer, want, strlen( want ) ))
        tell_wrong( "the server did not get the body" );
    return 0;
}

/* --- WebSockets ----------------------------------------------------------------------------- */

static DWORD expect_message( struct client *client, const BYTE *message, DWORD size )
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    DWORD error, len, total = 0;

    do
    {
        if ((error = client_ws_receive( client, buffer + total, 7000, &len, &type ))) return error;
        if ((total += len) > size) break;
    }
    while (type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE);
    if (total != size || type != WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE ||
        memcmp( buffer, message, size ))
        tell_wrong( "a message of %lu bytes, type %u, is not the echo", total, type );
    return 0;
}

static DWORD echo( struct client *client, DWORD size )
{
    static BYTE message[MESSAGE];
    DWORD error, i;

    for (i = 0; i < size; i++) message[i] = i % 249;
    error = client_ws_send( client, WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE, message, size );
    return error ? error : expect_message( client, message, size );
}

static DWORD run_ws_echo( struct client *client )
{
    DWORD error;

    if ((error = client_upgrade( client, L"/echo" ))) return error;
    if ((error = echo( client, 100 ))) return error;
    if ((error = echo( client, MESSAGE ))) return error;
    return client_ws_close( client, 1000 );
}

/* A piece that did not go out may be sent again, unless the socket is lost: nothing has changed. */
static DWORD send_piece( struct client *client, WINHTTP_WEB_SOCKET_BUFFER_TYPE type,
                         const BYTE *data, DWORD len )
{
    DWORD error = client_ws_send( client, type, data, len );

    return error ? client_ws_send( client, type, data, len ) : 0;
}

static DWORD run_ws_fragments( struct client *client )
{
    enum { PIECE = 4000, SIZE = 3 * PIECE };
    static BYTE message[SIZE];
    DWORD error, i;

    for (i = 0; i < SIZE; i++) message[i] = i % 247;
    if ((error = client_upgrade( client, L"/echo" ))) return error;
    for (i = 0; i < SIZE; i += PIECE)
    {
        WINHTTP_WEB_SOCKET_BUFFER_TYPE type = WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;

        if (i + PIECE == SIZE) type = WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
        if ((error = send_piece( client, type, message + i, PIECE ))) return error;
    }
    if ((error = expect_message( client, message, SIZE ))) return error;
    return client_ws_close( client, 1000 );
}

/* Pings that are answered while nobody receives are not seen here, those within a message are. */
static DWORD run_ws_ping( struct client *client )
{
    DWORD error;

    if ((error = client_upgrade( client, L"/ping?n=2" ))) return error;
    if ((error = echo( client, 200 ))) return error;
    return client_ws_close( client, 4000 );
}

static DWORD run_ws_abandon( struct client *client )
{
    static BYTE lost[100];
    DWORD error;

    if ((error = client_upgrade( client, L"/echo" ))) return error;
    return client_ws_pend( client, lost, sizeof(lost) );
}

const struct scenario scenarios[] =
{
    { "get", run_get },
    { "retry", run_retry },
    { "chunked", run_chunked },
    { "until-close", run_until_close },
    { "redirect", run_redirect },
    { "gzip", run_gzip },
    { "reuse", run_reuse },
    { "post", run_post },
    { "object", object_run },
    { "ws-echo", run_ws_echo },
    { "ws-fragments", run_ws_fragments },
    { "ws-ping", run_ws_ping },
    { "ws-abandon", run_ws_abandon, TRUE },
    { "resolver", resolver_run, TRUE },
};

const unsigned int scenario_count = ARRAYSIZE(scenarios);
