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

enum { AUTOMATIC_TEXT = 512 }; /* bytes: what we add to most requests, without cookies and logins */

static BOOL reset_automatic( struct request *request )
{
    http_headers_clear( &request->automatic );
    return !http_headers_reserve( &request->automatic, AUTOMATIC_TEXT );
}

static BOOL append( struct http_headers *headers, const char *name, const char *value )
{
    return !http_headers_add( headers, name, strlen( name ), value, strlen( value ) );
}

/* Header fields that we add, unless the program has its own of that name. */
static BOOL add_automatic( struct request *request, const char *name, const char *value )
{
    return http_headers_find( &request->headers, name, 0 ) ||
           append( &request->automatic, name, value );
}

/* The session's name for itself, before the request is locked: one object at a time. *agent is to
 * be freed, and NULL if there is none. FALSE: no memory. */
static BOOL take_agent( struct request *request, char **agent )
{
    struct session *session = request_session( request );
    BOOL wanted;

    *agent = NULL;
    object_lock( &session->object );
    if ((wanted = session->agent != NULL))
        *agent = text_narrow( session->agent, wcslen( session->agent ) );
    object_unlock( &session->object );
    return !wanted || *agent;
}

static BOOL add_agent( struct request *request, const char *agent )
{
    return !agent || add_automatic( request, "User-Agent", agent );
}

static BOOL add_body_framing( struct request *request )
{
    BOOL expects_body = !strcmp( request->verb, "POST" ) || !strcmp( request->verb, "PUT" );
    char text[24];

    if (request->upload.withheld) return append( &request->automatic, "Content-Length", "0" );
    switch (request->upload.framing)
    {
    case UPLOAD_ANNOUNCED: break;
    case UPLOAD_CHUNKED:   return add_automatic( request, "Transfer-Encoding", "chunked" );
    case UPLOAD_RAW:       return TRUE;
    }
    if (!request->upload.total && !expects_body) return TRUE;
    snprintf( text, sizeof(text), "%I64u", request->upload.total );
    return add_automatic( request, "Content-Length", text );
}

static char *put_text( char *out, const char *text )
{
    size_t len = strlen( text );

    memcpy( out, text, len + 1 );
    return out + len;
}

/* prefix, host, port and suffix; to be freed. NULL: no memory. */
static char *authority( const struct conn_key *key, BOOL with_port, const char *prefix,
                        const char *suffix )
{
    BOOL ipv6 = strchr( key->host, ':' ) != NULL;
    size_t size = strlen( prefix ) + strlen( key->host ) + sizeof("[]:65535") + strlen( suffix );
    char *text, *end;

    if (!(text = malloc( size ))) return NULL;
    end = put_text( text, prefix );
    if (ipv6) *end++ = '[';
    end = put_text( end, key->host );
    if (ipv6) *end++ = ']';
    if (with_port) end += sprintf( end, ":%u", key->port );
    put_text( end, suffix );
    return text;
}

static BOOL add_host( struct request *request )
{
    char *text = authority( &request->key, request_has_own_port( request ), "", "" );
    BOOL ret = text && add_automatic( request, "Host", text );

    free( text );
    return ret;
}

/* Does the proxy read the request, and not only pass bytes on? */
static BOOL by_proxy( const struct request *request )
{
    return request->key.proxy_host && !request->key.tunnel;
}

/* What a proxy wants instead of the target, which the Digest answer for it names as well. */
static BOOL set_wire_target( struct request *request, BOOL connect )
{
    const struct conn_key *key = &request->key;

    free( request->wire_target );
    request->wire_target = NULL;
    if (connect) request->wire_target = authority( key, TRUE, "", "" );
    else if (by_proxy( request ))
        request->wire_target = authority( key, request_has_own_port( request ), "http://",
                                           request->target );
    else return TRUE;
    return request->wire_target != NULL;
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
    if (!by_proxy( request )) return add_automatic( request, "Connection", value );
    /* facts/http.md U13, a guess */
    if (http_headers_find( &request->headers, "Connection", 0 )) return TRUE;
    return add_automatic( request, "Proxy-Connection", value );
}

static BOOL add_accept_encoding( struct request *request )
{
    static const char *const values[] = { NULL, "gzip", "deflate", "gzip, deflate" };
    const char *value = values[request->settings.decompression & WINHTTP_DECOMPRESSION_FLAG_ALL];

    /* frames have no content coding; what answers instead of a 101 is sent plain then (a guess) */
    return !value || request->sent_upgrade || add_automatic( request, "Accept-Encoding", value );
}

static BOOL add_headers_behind( struct request *request, const char *agent )
{
    return add_accept_encoding( request ) && add_agent( request, agent ) &&
           add_body_framing( request ) && add_host( request ) &&
           (!request->sent_upgrade || add_upgrade( request )) &&
           cookies_add( request, &request->automatic ) && auth_add( request );
}

static BOOL is_connection( const char *name )
{
    return !_stricmp( name, "Connection" ) || !_stricmp( name, "Proxy-Connection" );
}

/* What a program says to its proxy must not reach a server: through a tunnel, where the proxy has
 * had it with CONNECT, on the way past a proxy, or where a redirect leads without one. A program
 * without a proxy says it to whom it names, which may be a proxy after all. */
static BOOL is_past_proxy( const struct request *request )
{
    if (request->key.proxy_host) return request->key.tunnel;
    return request->proxy || request->redirects;
}

static void remove_all( struct http_headers *headers, const char *name )
{
    while (http_headers_find( headers, name, 0 )) http_headers_remove( headers, name );
}

/* What the program says and this leg must not. */
static void remove_unfit( const struct request *request, struct http_headers *wire )
{
    if (is_past_proxy( request )) remove_all( wire, "Proxy-Authorization" );
    if (!request->upload.withheld) return;
    remove_all( wire, "Content-Length" );
    remove_all( wire, "Transfer-Encoding" );
}

/* The program has one of its own since the last send; cookies go together. */
static BOOL is_overridden( const struct request *request, const char *name )
{
    if (request->upload.withheld && !_stricmp( name, "Content-Length" )) return FALSE;
    return cookies_mode( name ) == HTTP_HEADERS_ADD &&
           http_headers_find( &request->headers, name, 0 ) != NULL;
}

static BOOL add_wire_field( struct http_headers *wire, const struct http_header *field )
{
    enum http_headers_mode mode = cookies_mode( field->name );

    if (mode == HTTP_HEADERS_ADD) return !http_headers_borrow( wire, field, 1 );
    return !http_headers_apply( wire, field->name, field->name_len, field->value, field->value_len,
                                mode );
}

BOOL head_wire_headers( const struct request *request, struct http_headers *wire )
{
    const struct http_headers *automatic = &request->automatic;
    BOOL connection_first = automatic->count && is_connection( automatic->fields[0].name ) &&
                            !is_overridden( request, automatic->fields[0].name );
    size_t i;

    if (connection_first && http_headers_borrow( wire, automatic->fields, 1 )) return FALSE;
    if (http_headers_borrow( wire, request->headers.fields, request->headers.count )) return FALSE;
    remove_unfit( request, wire );
    for (i = connection_first; i < automatic->count; i++)
    {
        const struct http_header *field = &automatic->fields[i];

        if (is_overridden( request, field->name )) continue;
        if (!add_wire_field( wire, field )) return FALSE;
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

/* frame: what stands between the head and the body. */
static DWORD write_head( struct request *request, struct http_request *parts,
                         const struct http_headers *wire, const char *frame, UINT32 frame_len )
{
    char *end;

    parts->target = request->wire_target ? request->wire_target : request->target;
    parts->headers = wire;
    if (!http_request_valid( parts )) return ERROR_WINHTTP_INVALID_URL;
    request->record.request_head = http_request_size( parts );
    request->head_len = request->record.request_head + frame_len;
    if (!(request->head = malloc( request->head_len ))) return ERROR_NOT_ENOUGH_MEMORY;
    end = http_request_write( parts, request->head );
    if (frame_len) memcpy( end, frame, frame_len );
    return ERROR_SUCCESS;
}

/* The order on the wire is Windows's: Connection, the program's own, the rest (facts/http.md 5). */
DWORD head_build( struct request *request )
{
    struct http_request parts = { .method = request->verb, .version = request->version };
    struct http_headers wire;
    char frame[UPLOAD_FRAME];
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    char *agent;

    if (request->sent_upgrade && !make_ws_key( request )) return error;
    if (!take_agent( request, &agent )) return error;
    http_headers_init( &wire, &allocator_libc );
    object_lock( &request->object );
    if (!reset_automatic( request ) || !set_wire_target( request, FALSE )) goto done;
    if (!add_headers_before( request ) || !add_headers_behind( request, agent )) goto done;
    if (!head_wire_headers( request, &wire )) goto done;
    error = write_head( request, &parts, &wire, frame, upload_first_frame( request, frame ) );
done:
    object_unlock( &request->object );
    http_headers_clear( &wire );
    free( agent );
    return error;
}

/* Nothing that the request says to its server, which is none of the proxy's business. */
static BOOL add_connect_headers( struct request *request, const char *agent,
                                 struct http_headers *wire )
{
    const struct http_header *own = http_headers_find( &request->headers, "Proxy-Authorization",
                                                       0 );

    return append( &request->automatic, "Proxy-Connection", "Keep-Alive" ) &&
           add_agent( request, agent ) &&
           append( &request->automatic, "Host", request->wire_target ) &&
           auth_add( request ) &&
           !http_headers_borrow( wire, request->automatic.fields, request->automatic.count ) &&
           (!own || append( wire, "Proxy-Authorization", own->value ));
}

DWORD head_build_connect( struct request *request )
{
    struct http_request parts = { .method = "CONNECT", .version = "HTTP/1.1" };
    struct http_headers wire;
    DWORD error = ERROR_NOT_ENOUGH_MEMORY;
    char *agent;

    if (!take_agent( request, &agent )) return error;
    http_headers_init( &wire, &allocator_libc );
    object_lock( &request->object );
    if (reset_automatic( request ) && set_wire_target( request, TRUE ) &&
        add_connect_headers( request, agent, &wire ))
        error = write_head( request, &parts, &wire, NULL, 0 );
    object_unlock( &request->object );
    http_headers_clear( &wire );
    free( agent );
    return error;
}
