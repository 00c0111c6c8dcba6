/* WebSocket client for the benchmark's floor.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ws.h"

#include <stdio.h>
#include <string.h>

#include "../shared/command.h"
#include "link.h"

typedef uint64_t mask_vector __attribute__((vector_size( 32 ), aligned( 1 ), may_alias));

/* The mask needs only be unpredictable to scripts in browsers (RFC 6455, 10.3): not here. */
static uint32_t next_mask( void )
{
    static uint32_t state = 0x2545f491;

    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void mask_copy( unsigned char *to, const unsigned char *from, size_t len, uint32_t mask )
{
    uint64_t twice = (uint64_t)mask << 32 | mask;
    mask_vector wide = { twice, twice, twice, twice };
    size_t i = 0;

    for (; i + sizeof(wide) <= len; i += sizeof(wide))
        *(mask_vector *)(to + i) = *(const mask_vector *)(from + i) ^ wide;
    for (; i < len; i++) to[i] = from[i] ^ ((unsigned char *)&mask)[i & 3];
}

size_t ws_build_frame( unsigned char *frame, unsigned opcode, const void *data, size_t len )
{
    unsigned bytes = len < 126 ? 0 : len < 65536 ? 2 : 8, i;
    uint32_t mask = next_mask();
    size_t pos = 2;

    frame[0] = 0x80 | opcode;
    frame[1] = 0x80 | (bytes == 0 ? len : bytes == 2 ? 126 : 127);
    for (i = bytes; i; i--) frame[pos++] = (uint64_t)len >> 8 * (i - 1);
    memcpy( frame + pos, &mask, 4 );
    mask_copy( frame + pos + 4, data, len, mask );
    return pos + 4 + len;
}

size_t ws_build_upgrade( char *text, size_t size, const char *path )
{
    return snprintf( text, size, "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                     "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", path );
}

struct link *ws_open( bool secure, const char *path )
{
    struct link *link = link_open( secure );
    char text[512];
    size_t len;

    link_send( link, text, ws_build_upgrade( text, sizeof(text), path ) );
    len = link_head( link );
    if (strncmp( (char *)link->in + link->pos, "HTTP/1.1 101 ", 13 ))
        bench_fail( "the upgrade was refused" );
    link->pos += len;
    return link;
}

void ws_send( struct link *link, const void *data, size_t len, unsigned char *frame )
{
    link_send( link, frame, ws_build_frame( frame, 2, data, len ) );
}

uint64_t ws_receive_header( struct link *link )
{
    unsigned char *header = link_peek( link, 2 );
    unsigned code = header[1], bytes = code < 126 ? 0 : code == 126 ? 2 : 8, i;
    uint64_t len = 0;

    header = link_peek( link, 2 + bytes );
    for (i = 0; i < bytes; i++) len = len << 8 | header[2 + i];
    link->pos += 2 + bytes;
    return bytes ? len : code;
}

void ws_receive( struct link *link, void *data, size_t len )
{
    if (ws_receive_header( link ) != len) bench_fail( "the echo has another length" );
    link_recv_all( link, data, len );
}

void ws_close( struct link *link )
{
    static const unsigned char status[] = { 1000 >> 8, 1000 & 0xff };
    unsigned char frame[WS_MAX_HEADER + sizeof(status)];

    link_send( link, frame, ws_build_frame( frame, 8, status, sizeof(status) ) );
    ws_receive_header( link );
}
