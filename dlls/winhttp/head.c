/* head - builds the head of a request as it goes on the wire.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/resolve.h"
#include "proto/http_request.h"
#include "text.h"

/* Header fields that we add, unless the program has its own of that name. */
static BOOL add_automatic( struct request *request, const char *name, const char *value )
{
    if (http_headers_find( &request->headers, name, 0 )) return TRUE;
    return !http_headers_add( &request->automatic, name, strlen( name ), value, strlen( value ) );
}

static BOOL add_agent( struct request *request )
{
    struct session *session = request_session( request );
    char *text = NULL;
    BOOL ret, wanted;

    object_lock( &session->object );
    if ((wanted = session->agent != NULL))
        text = text_narrow( session->agent, wcslen( session->agent ) );
    object_unlock( &session->object );
    if (!wanted) return TRUE;
    ret = text && add_automatic( request, "User-Agent", text );
    free( text );
    return ret;
}

static BOOL add_content_length( struct request *request )
{
    BOOL expects_body = !strcmp( request->verb, "POST" ) || !strcmp( request->verb, "PUT" );
    char text[24];

    if (request->raw_body || (!request->total && !expects_body)) return TRUE;
    snprintf( text, sizeof(text), "%I64u", request->total );
    return add_automatic( request, "Content-Length", text );
}

static BOOL add_host( struct request *request )
{
    const struct conn_key *key = &request->key;
    BOOL default_port = key->port == (key->secure ? 443 : 80);
    BOOL brackets = strchr( key->host, ':' ) != NULL, ret;
    size_t size = strlen( key->host ) + sizeof("[]:65535");
    char *text;

    if (!(text = malloc( size ))) return FALSE;
    snprintf( text, size, brackets ? "[%s]" : "%s", key->host );
    if (!default_port) snprintf( text + strlen( text ), sizeof(":65535"), ":%u", key->port );
    ret = add_automatic( request, "Host", text );
    free( text );
    return ret;
}

static BOOL add_upgrade( struct request *request )
{
    return add_automatic( request, "Upgrade", "websocket" ) &&
           add_automatic( request, "Sec-WebSocket-Key", request->ws_key ) &&
           add_automatic( request, "Sec-WebSocket-Version", "13" );
}

static BOOL add_headers_before( struct request *request )
{
    const char *value = "Keep-Alive";

    if (request->sent_upgrade) value = "Upgrade";
    else if (request->disabled & WINHTTP_DISABLE_KEEP_ALIVE) value = "close";
    return add_automatic( request, "Connection", value );
}

static BOOL add_accept_encoding( struct request *request )
{
    static const char *const values[] = { NULL, "gzip", "deflate", "gzip, deflate" };
    const char *value = values[request->settings.decompression & WINHTTP_DECOMPRESSION_FLAG_ALL];

    return !value || add_automatic( request, "Accept-Encoding", value );
}

static BOOL add_headers_behind( struct request *request )
{
    return add_accept_encoding( request ) && add_agent( request ) &&
           add_content_length( request ) && add_host( request ) &&
           (!request->sent_upgrade || add_upgrade( request )) &&
           cookies_add( request, &request->automatic ) && auth_add( request );
}

BOOL head_wire_headers( const struct request *request, struct http_headers *wire )
{
    const struct http_headers *automatic = &request->automatic;
    BOOL connection_first = automatic->count &&
                            !_stricmp( automatic->fields[0].name, "Connection" );
    size_t i;

    if (connection_first && http_headers_add( wire, automatic->fields[0].name,
                                              automatic->fields[0].name_len,
                                              automatic->fields[0].value,
                                              automatic->fields[0].value_len ))
        return FALSE;
    if (http_headers_append( wire, &request->headers )) return FALSE;
    for (i = connection_first; i < automatic->count; i++)
    {
        const struct http_header *field = &automatic->fields[i];

        if (http_headers_apply( wire, field->name, field->name_len, field->value, field->value_len,
                                cookies_mode( field->name ) ))
            return FALSE;
    }
    return TRUE;
}

/* Every send has a fresh key (facts/websocket.md 1.2). */
static BOOL make_ws_key( struct request *request )
{
    BYTE random[WS_KEY_BYTES];

    if (net_random( random, sizeof(random) )) return FALSE;
    ws_handshake_key( random, request->ws_key );
    return TRUE;
}

/* The order on the wire is Windows's: Connection, the program's own, the rest (facts/http.md 5). */
DWORD head_build( struct request *request )
{
    struct http_request parts = { .method = request->verb, .target = request->target,
                                  .version = request->version };
    struct http_headers wire;
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;

    if (request->sent_upgrade && !make_ws_key( request )) return error;
    http_headers_init( &wire, &allocator_libc );
    object_lock( &request->object );
    http_headers_clear( &request->automatic );
    if (!add_headers_before( request ) || !add_headers_behind( request )) goto done;
    if (!head_wire_headers( request, &wire )) goto done;
    parts.headers = &wire;
    error = ERROR_WINHTTP_INVALID_URL;
    if (!http_request_valid( &parts )) goto done;
    request->head_len = http_request_size( &parts );
    error = ERROR_NOT_ENOUGH_MEMORY;
    if (!(request->head = malloc( request->head_len ))) goto done;
    http_request_write( &parts, request->head );
    error = ERROR_SUCCESS;
done:
    object_unlock( &request->object );
    http_headers_clear( &wire );
    return error;
}
