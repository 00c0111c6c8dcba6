/* What both drivers of wscat have in common: handles, options, words.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* What -k forgives. */
#define FORGIVE_ALL (SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_DATE_INVALID \
                     | SECURITY_FLAG_IGNORE_CERT_CN_INVALID | SECURITY_FLAG_IGNORE_CERT_WRONG_USAGE)

/* Flags of the last WINHTTP_CALLBACK_STATUS_SECURE_FAILURE; callbacks come one by one. */
static DWORD secure_failure;

static DWORD add_headers( struct client *client )
{
    const struct options *options = client->options;
    unsigned i;

    for (i = 0; i < options->header_count; i++)
        if (!WinHttpAddRequestHeaders( client->request, options->headers[i], -1,
                                       WINHTTP_ADDREQ_FLAG_ADD | WINHTTP_ADDREQ_FLAG_REPLACE ))
            return GetLastError();
    if (options->subprotocols
        && !WinHttpAddRequestHeaders( client->request, options->subprotocols, -1,
                                      WINHTTP_ADDREQ_FLAG_ADD ))
        return GetLastError();
    return ERROR_SUCCESS;
}

static DWORD set_request_options( struct client *client )
{
    const struct options *options = client->options;
    DWORD flags = FORGIVE_ALL, ms = options->timeout_ms, error;

    if (options->insecure && options->url.secure
        && !WinHttpSetOption( client->request, WINHTTP_OPTION_SECURITY_FLAGS, &flags,
                              sizeof(flags) ))
        return GetLastError();
    if (options->cert && options->url.secure
        && (error = cert_show( client->request, options->cert, options->password )))
        return error;
    if (ms && !WinHttpSetTimeouts( client->request, ms, ms, ms, ms )) return GetLastError();
    if (options->url.websocket
        && !WinHttpSetOption( client->request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ))
        return GetLastError();
    return add_headers( client );
}

DWORD client_open( struct client *client, const struct options *options, DWORD session_flags,
                   WINHTTP_STATUS_CALLBACK callback, DWORD_PTR context )
{
    const struct url *url = &options->url;

    memset( client, 0, sizeof(*client) );
    client->options = options;
    client->session = WinHttpOpen( L"wscat", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
                                   WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, session_flags );
    if (!client->session) return GetLastError();
    if (callback
        && WinHttpSetStatusCallback( client->session, callback,
                                     WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 )
               == WINHTTP_INVALID_STATUS_CALLBACK)
        return GetLastError();
    client->connection = WinHttpConnect( client->session, url->host, url->port, 0 );
    if (!client->connection) return GetLastError();
    client->request = WinHttpOpenRequest( client->connection, L"GET", url->target, NULL,
                                          WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                          url->secure ? WINHTTP_FLAG_SECURE : 0 );
    if (!client->request) return GetLastError();
    if (!WinHttpSetOption( client->request, WINHTTP_OPTION_CONTEXT_VALUE, &context,
                           sizeof(context) ))
        return GetLastError();
    return set_request_options( client );
}

void client_close( struct client *client )
{
    HINTERNET handles[] = { client->socket, client->request, client->connection, client->session };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(handles); i++)
        if (handles[i]) WinHttpCloseHandle( handles[i] );
    client->socket = client->request = client->connection = client->session = NULL;
}

static void say_wide( const char *what, const WCHAR *text )
{
    char *utf8 = text ? text_to_utf8( text ) : NULL;

    text_say( "%s %s", what, utf8 ? utf8 : "" );
    free( utf8 );
}

void client_notify( DWORD status, const void *info )
{
    switch (status)
    {
    case WINHTTP_CALLBACK_STATUS_RESOLVING_NAME:
        say_wide( "looking up", info );
        break;
    case WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER:
        say_wide( "connecting to", info );
        break;
    case WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER:
        say_wide( "connected to", info );
        break;
    case WINHTTP_CALLBACK_STATUS_REDIRECT:
        say_wide( "redirected to", info );
        break;
    case WINHTTP_CALLBACK_STATUS_SECURE_FAILURE:
        secure_failure = info ? *(const DWORD *)info : 0;
        break;
    }
}

/* The value of a response header in UTF-8, for free(); NULL when there is none. */
static char *query_header( struct client *client, DWORD info, const WCHAR *name )
{
    DWORD size = 0;
    WCHAR *wide;
    char *utf8 = NULL;

    WinHttpQueryHeaders( client->request, info, name, NULL, &size, WINHTTP_NO_HEADER_INDEX );
    if (GetLastError() != ERROR_INSUFFICIENT_BUFFER || !(wide = malloc( size + sizeof(*wide) )))
        return NULL;
    if (WinHttpQueryHeaders( client->request, info, name, wide, &size, WINHTTP_NO_HEADER_INDEX ))
        utf8 = text_to_utf8( wide );
    free( wide );
    return utf8;
}

static void say_subprotocol( struct client *client )
{
    char *chosen = query_header( client, WINHTTP_QUERY_CUSTOM, L"Sec-WebSocket-Protocol" );

    if (chosen) text_say( "the server chose the subprotocol %s", chosen );
    else text_say( "the server chose no subprotocol" );
    free( chosen );
}

BOOL client_check_response( struct client *client )
{
    BOOL websocket = client->options->url.websocket, ok;
    DWORD status = 0, size = sizeof(status);
    char *phrase;

    WinHttpQueryHeaders( client->request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                         NULL, &status, &size, WINHTTP_NO_HEADER_INDEX );
    phrase = query_header( client, WINHTTP_QUERY_STATUS_TEXT, WINHTTP_HEADER_NAME_BY_INDEX );
    ok = websocket ? status == HTTP_STATUS_SWITCH_PROTOCOLS : status / 100 == 2;
    if (ok) text_say( "the server answered %lu %s", status, phrase ? phrase : "" );
    else if (websocket) text_complain( "the server refused the WebSocket: it answered %lu %s",
                                       status, phrase ? phrase : "" );
    else text_complain( "the server answered %lu %s", status, phrase ? phrase : "" );
    free( phrase );
    if (ok && websocket) say_subprotocol( client );
    return ok;
}

DWORD client_upgrade( struct client *client, DWORD_PTR context )
{
    DWORD ms = client->options->close_timeout_ms;

    if (!(client->socket = WinHttpWebSocketCompleteUpgrade( client->request, context )))
        return GetLastError();
    WinHttpCloseHandle( client->request );
    client->request = NULL;
    /* Only the time granted differs without it: no reason to give up. */
    if (!WinHttpSetOption( client->socket, WINHTTP_OPTION_WEB_SOCKET_CLOSE_TIMEOUT, &ms,
                           sizeof(ms) ))
        text_say( "this winhttp.dll does not let us set the close timeout: error %lu",
                  GetLastError() );
    text_say( "the WebSocket is open" );
    return ERROR_SUCCESS;
}

/* What was wrong with the certificate, as far as the callback told. */
static void complain_about_certificate( void )
{
    static const struct { DWORD flag; const char *text; } flags[] =
    {
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED, "its revocation cannot be checked" },
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT, "it is not valid" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED, "it was revoked" },
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA, "its authority is unknown" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID, "it is for another name" },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID, "it is out of date" },
        { WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR, "TLS failed" },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(flags); i++)
        if (secure_failure & flags[i].flag)
            text_complain( "the server's certificate: %s (-k takes any)", flags[i].text );
}

enum exit_status client_report_failure( const struct client *client, DWORD error )
{
    char *host = text_to_utf8( client->options->url.host );

    text_complain( "cannot connect to %s port %u: error %lu, %s", host ? host : "",
                   client->options->url.port, error, text_error( error ) );
    free( host );
    complain_about_certificate();
    if (error == ERROR_WINHTTP_INVALID_SERVER_RESPONSE) return EXIT_HANDSHAKE;
    return EXIT_CONNECT;
}

enum exit_status client_report_loss( const char *what, DWORD error )
{
    text_complain( "%s: error %lu, %s", what, error, text_error( error ) );
    return EXIT_LOST;
}

enum exit_status client_report_close( struct client *client, USHORT *status )
{
    char reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH];
    DWORD len = 0, error;

    *status = WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS;
    error = WinHttpWebSocketQueryCloseStatus( client->socket, status, reason, sizeof(reason),
                                              &len );
    if (error) return client_report_loss( "the server's close status cannot be had", error );
    text_say( "the server closed with status %u%s%s%s, reason \"%.*s\"", *status,
              *text_close_status( *status ) ? " (" : "", text_close_status( *status ),
              *text_close_status( *status ) ? ")" : "", (int)len, reason );
    if (*status == WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS
        || *status == WINHTTP_WEB_SOCKET_EMPTY_CLOSE_STATUS
        || *status == client->options->close_status)
        return EXIT_CLEAN;
    text_complain( "the server closed with status %u", *status );
    return EXIT_STATUS;
}

static BOOL is_text( WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    return type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
           || type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE;
}

static BOOL is_end( WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    return type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE
           || type == WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
}

BOOL client_output( WINHTTP_WEB_SOCKET_BUFFER_TYPE type, const void *data, DWORD len )
{
    static unsigned long long total;

    total += len;
    if (len && !text_output( data, len )) return FALSE;
    if (!is_end( type )) return TRUE;
    text_say( "received a %s message of %llu bytes", is_text( type ) ? "text" : "binary", total );
    total = 0;
    return !is_text( type ) || text_output( "\n", 1 );
}

void client_say_sending( WINHTTP_WEB_SOCKET_BUFFER_TYPE type, DWORD len )
{
    text_say( "sending %lu bytes, %s %s", len, is_text( type ) ? "text" : "binary",
              is_end( type ) ? "message" : "fragment" );
}
