/* request - reads the request for a WebSocket, and answers it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "request.h"

#include <stdio.h>
#include <string.h>

#include <gnutls/crypto.h>

enum { WAIT_MS = 20000 }; /* for its next byte: a hundred may begin at once, on a busy machine */

enum link_status request_read( struct link *link, char *request )
{
    enum link_status status;
    size_t len = 0;

    while (len < REQUEST_SIZE - 1)
    {
        if ((status = link_recv( link, request + len, 1, WAIT_MS ))) return status;
        request[++len] = 0;
        if (len >= 4 && !memcmp( request + len - 4, "\r\n\r\n", 4 )) return LINK_OK;
    }
    return LINK_ENDED;
}

static void make_accept( const char *request, char *accept )
{
    static const char name[] = "Sec-WebSocket-Key: ";
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const char *key = strstr( request, name );
    unsigned char digest[20];
    gnutls_datum_t encoded, data = { digest, sizeof(digest) };
    char input[64] = "";

    if (key) snprintf( input, sizeof(input), "%.24s%s", key + sizeof(name) - 1, guid );
    gnutls_hash_fast( GNUTLS_DIG_SHA1, input, strlen( input ), digest );
    *accept = 0;
    if (gnutls_base64_encode2( &data, &encoded )) return;
    snprintf( accept, 32, "%.*s", (int)encoded.size, (char *)encoded.data );
    gnutls_free( encoded.data );
}

enum link_status request_upgrade( struct link *link, const char *request, const char *header,
                                  int wrong )
{
    char accept[32], text[512];
    int len;

    make_accept( request, accept );
    if (wrong) accept[0] = accept[0] == 'A' ? 'B' : 'A';
    len = snprintf( text, sizeof(text), "HTTP/1.1 101 Switching Protocols\r\n%s"
                    "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", header, accept );
    return link_send( link, text, len );
}
