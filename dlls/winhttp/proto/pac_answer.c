/* pac_answer - what a proxy script answers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/pac_answer.h"

#include <string.h>

#include "proto/http_token.h"

static const char blanks[] = " \t\r\n";

static const struct
{
    const char *word;
    enum pac_kind kind;
    uint16_t port;
} kinds[] =
{
    { "DIRECT", PAC_DIRECT, 0 },
    { "PROXY",  PAC_HTTP,   80 },
    { "HTTP",   PAC_HTTP,   80 },
    { "HTTPS",  PAC_HTTPS,  443 },
    { "SOCKS",  PAC_SOCKS,  1080 },
    { "SOCKS4", PAC_SOCKS,  1080 },
    { "SOCKS5", PAC_SOCKS,  1080 },
};

/* The first word of *text, which is then left out with the blanks around it. */
static size_t take_word( const char **text, size_t *len, const char **word )
{
    size_t count;

    while (*len && strchr( blanks, **text )) (*text)++, (*len)--;
    for (count = 0; count < *len && !strchr( blanks, (*text)[count] ); count++) {}
    *word = *text;
    *text += count;
    *len -= count;
    while (*len && strchr( blanks, **text )) (*text)++, (*len)--;
    return count;
}

static int parse_entry( const char *text, size_t len, struct pac_answer_entry *entry )
{
    const char *word, *server;
    size_t word_len = take_word( &text, &len, &word );
    size_t server_len = take_word( &text, &len, &server ), i;

    memset( entry, 0, sizeof(*entry) );
    for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
    {
        if (!http_token_equal( word, word_len, kinds[i].word, strlen( kinds[i].word ) )) continue;
        entry->kind = kinds[i].kind;
        if (entry->kind == PAC_DIRECT) return !server_len;
        return !len && server_len &&
               proxy_list_parse_server( server, server_len, kinds[i].port, &entry->server );
    }
    return 0;
}

size_t pac_answer_parse( const char *text, struct pac_answer_entry entries[PAC_ANSWER_MAX] )
{
    size_t count = 0, len;

    while (*text && count < PAC_ANSWER_MAX)
    {
        len = strcspn( text, ";" );
        if (parse_entry( text, len, &entries[count] )) count++;
        text += len;
        if (*text) text++;
    }
    return count;
}
