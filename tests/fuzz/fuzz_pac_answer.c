/* fuzz_pac_answer - what a proxy script from the network may answer.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: the answer.
 */

#include "proto/pac_answer.h"

#include "fuzz.h"

/* A server points into the answer, and holds nothing that could break up a line or a list. */
static void check_entry( const struct pac_answer_entry *entry, const char *text, size_t size )
{
    const struct proxy_list_entry *server = &entry->server;
    size_t i;

    if (entry->kind == PAC_DIRECT)
    {
        FUZZ_CHECK( !server->host );
        return;
    }
    FUZZ_CHECK( server->host_len && server->port );
    FUZZ_CHECK( server->host >= text && server->host + server->host_len <= text + size );
    for (i = 0; i < server->host_len; i++)
        FUZZ_CHECK( (unsigned char)server->host[i] > ' ' && !strchr( ";/@", server->host[i] ) );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    struct pac_answer_entry entries[PAC_ANSWER_MAX];
    size_t count, i;
    char *text;

    if (size && memchr( data, 0, size )) return 0;
    text = fuzz_memory( malloc( size + 1 ) );
    if (size) memcpy( text, data, size );
    text[size] = 0;
    count = pac_answer_parse( text, entries );
    FUZZ_CHECK( count <= PAC_ANSWER_MAX );
    for (i = 0; i < count; i++) check_entry( &entries[i], text, size );
    free( text );
    return 0;
}
