/* ws_handshake - the opening handshake of RFC 6455 section 4, client side.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/ws_handshake.h"

#include <string.h>

#include "proto/base64.h"
#include "proto/http_token.h"

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; /* RFC 6455 1.3 */

/* A piece of a header value. */
struct span
{
    const char *text;
    size_t len;
};

/* "permessage-deflate; client_max_window_bits" -> "permessage-deflate" */
static struct span without_parameters( struct span element )
{
    const char *end = memchr( element.text, ';', element.len );

    if (end) element.len = (size_t)(end - element.text);
    http_token_trim( &element.text, &element.len );
    return element;
}

static int equal_no_case( struct span a, struct span b )
{
    return http_token_equal( a.text, a.len, b.text, b.len );
}

/* "x; level=9" and "X" */
static int equal_extension( struct span a, struct span b )
{
    return equal_no_case( without_parameters( a ), without_parameters( b ) );
}

static int equal_case( struct span a, struct span b )
{
    return a.len == b.len && !memcmp( a.text, b.text, a.len );
}

static struct span value_of( const struct http_header *header )
{
    struct span span = { header->value, header->value_len };

    http_token_trim( &span.text, &span.len );
    return span;
}

/* The value of the only field of that name; 0 if there is none or several. */
static int single_value( const struct http_headers *headers, const char *name, struct span *value )
{
    const struct http_header *header = http_headers_find( headers, name, 0 );

    if (!header || http_headers_find( headers, name, 1 )) return 0;
    *value = value_of( header );
    return 1;
}

static int next_element( struct span *list, struct span *element )
{
    return http_token_next( &list->text, &list->len, &element->text, &element->len );
}

/* Whether a list in the request's fields of that name holds the element. */
static int was_requested( const struct http_headers *request, const char *name,
                          struct span element, int (*equal)( struct span, struct span ) )
{
    const struct http_header *header;
    struct span list, candidate;
    size_t i;

    for (i = 0; (header = http_headers_find( request, name, i )); i++)
    {
        list = value_of( header );
        while (next_element( &list, &candidate ))
            if (equal( candidate, element )) return 1;
    }
    return 0;
}

static int is_upgrade( const struct http_headers *response )
{
    static const struct span websocket = { "websocket", 9 };
    struct span value;

    return single_value( response, "Upgrade", &value ) && equal_no_case( value, websocket );
}

static int is_accepted( const struct http_headers *response, const uint8_t digest[WS_DIGEST_BYTES] )
{
    char text[WS_ACCEPT_TEXT];
    struct span expected = { text, WS_ACCEPT_TEXT }, value;

    base64_encode( digest, WS_DIGEST_BYTES, text );
    return single_value( response, "Sec-WebSocket-Accept", &value ) &&
           equal_case( value, expected );
}

static int are_extensions_requested( const struct http_headers *request,
                                     const struct http_headers *response )
{
    static const char name[] = "Sec-WebSocket-Extensions";
    const struct http_header *header;
    struct span list, element;
    size_t i;

    for (i = 0; (header = http_headers_find( response, name, i )); i++)
    {
        list = value_of( header );
        while (next_element( &list, &element ))
            if (!was_requested( request, name, element, equal_extension )) return 0;
    }
    return 1;
}

/* Subprotocol names are compared as they stand (RFC 6455 11.3.4 and 1.9: no case folding). */
static int is_protocol_requested( const struct http_headers *request,
                                  const struct http_headers *response )
{
    static const char name[] = "Sec-WebSocket-Protocol";
    struct span value;

    if (!http_headers_find( response, name, 0 )) return 1;
    return single_value( response, name, &value ) &&
           was_requested( request, name, value, equal_case );
}

void ws_handshake_key( const uint8_t random[WS_KEY_BYTES], char key[WS_KEY_TEXT + 1] )
{
    base64_encode( random, WS_KEY_BYTES, key );
    key[WS_KEY_TEXT] = 0;
}

void ws_handshake_digest_input( const char key[WS_KEY_TEXT + 1], uint8_t input[WS_DIGEST_INPUT] )
{
    memcpy( input, key, WS_KEY_TEXT );
    memcpy( input + WS_KEY_TEXT, guid, WS_DIGEST_INPUT - WS_KEY_TEXT );
}

enum ws_handshake_status ws_handshake_check( const struct http_headers *request,
                                             const struct http_headers *response,
                                             const uint8_t digest[WS_DIGEST_BYTES] )
{
    if (!is_upgrade( response )) return WS_HANDSHAKE_ERR_UPGRADE;
    if (!http_headers_has_token( response, "Connection", "upgrade" ))
        return WS_HANDSHAKE_ERR_CONNECTION;
    if (!is_accepted( response, digest )) return WS_HANDSHAKE_ERR_ACCEPT;
    if (!are_extensions_requested( request, response )) return WS_HANDSHAKE_ERR_EXTENSION;
    if (!is_protocol_requested( request, response )) return WS_HANDSHAKE_ERR_PROTOCOL;
    return WS_HANDSHAKE_OK;
}
