/* proxy_list - proxy lists and bypass lists.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/proxy_list.h"

#include <string.h>

#include "proto/http_token.h"

static const char separators[] = "; \t\r\n";

struct span
{
    const char *text;
    size_t len;
};

/* Takes the next word off *text, as strtok would. Zero: no more. */
static int next_word( const char **text, const char *limits, struct span *word )
{
    *text += strspn( *text, limits );
    word->text = *text;
    word->len = strcspn( *text, limits );
    *text += word->len;
    return word->len != 0;
}

static void skip( struct span *span, size_t count )
{
    span->text += count;
    span->len -= count;
}

static int span_equal( const struct span *span, const char *text )
{
    return http_token_equal( span->text, span->len, text, strlen( text ) );
}

static const char *span_find( const struct span *span, char wanted )
{
    return span->len ? memchr( span->text, wanted, span->len ) : NULL;
}

/* Takes "scheme://" off the front. */
static int take_scheme( struct span *span, struct span *scheme )
{
    size_t i;

    scheme->text = span->text;
    scheme->len = 0;
    for (i = 0; i + 3 <= span->len; i++)
    {
        if (memcmp( span->text + i, "://", 3 )) continue;
        scheme->len = i;
        skip( span, i + 3 );
        return 1;
    }
    return 0;
}

static int parse_port( const char *text, size_t len, uint16_t *port )
{
    uint32_t value = 0;

    if (!len || len > 5) return 0;
    for (; len; text++, len--)
    {
        if (*text < '0' || *text > '9') return 0;
        value = value * 10 + (*text - '0');
    }
    *port = (uint16_t)value;
    return value && value <= 0xffff;
}

/* Splits "host", "host:port", "[v6]", "[v6]:port" or a bare IPv6 address; *port stays as it is if
 * there is none. */
static int split_port( struct span *host, uint16_t *port )
{
    const char *end = host->text + host->len, *colon = span_find( host, ':' ), *close;

    if (host->len && host->text[0] == '[')
    {
        if (!(close = span_find( host, ']' ))) return 0;
        host->text++;
        host->len = (size_t)(close - host->text);
        if (close + 1 == end) return host->len != 0;
        return host->len && close[1] == ':' && parse_port( close + 2, end - close - 2, port );
    }
    if (!colon || memchr( colon + 1, ':', end - colon - 1 )) return host->len != 0;
    host->len = (size_t)(colon - host->text);
    return host->len && parse_port( colon + 1, end - colon - 1, port );
}

/* What no host name holds, and what could break up the line of a CONNECT. */
static int host_valid( const struct span *host )
{
    size_t i;

    for (i = 0; i < host->len; i++)
        if ((unsigned char)host->text[i] <= ' ' || strchr( "/\\@?#[]<>\"=\x7f", host->text[i] ))
            return 0;
    return 1;
}

static int parse_server( struct span server, uint16_t default_port,
                         struct proxy_list_entry *entry )
{
    entry->port = default_port;
    if (!split_port( &server, &entry->port ) || !host_valid( &server )) return 0;
    entry->host = server.text;
    entry->host_len = server.len;
    return 1;
}

int proxy_list_parse_server( const char *text, size_t len, uint16_t default_port,
                             struct proxy_list_entry *entry )
{
    struct span server = { text, len };

    return parse_server( server, default_port, entry );
}

static int is_socks( const struct span *scheme )
{
    struct span front = *scheme;

    if (front.len > 5) front.len = 5;
    return span_equal( &front, "socks" );
}

/* *kind: what stands in front of '=', or empty. */
static int parse_entry( struct span word, struct span *kind, struct proxy_list_entry *entry )
{
    const char *equals = span_find( &word, '=' );
    struct span scheme;

    kind->text = word.text;
    kind->len = equals ? (size_t)(equals - word.text) : 0;
    if (equals) skip( &word, kind->len + 1 );
    if (take_scheme( &word, &scheme ) && is_socks( &scheme ) && !kind->len) *kind = scheme;
    return parse_server( word, PROXY_LIST_DEFAULT_PORT, entry );
}

int proxy_list_find( const char *list, const char *scheme, struct proxy_list_entry *entry )
{
    struct span word, kind;

    while (next_word( &list, separators, &word ))
    {
        if (!parse_entry( word, &kind, entry )) continue;
        if (!kind.len || span_equal( &kind, scheme )) return 1;
    }
    return 0;
}

int proxy_list_valid( const char *list )
{
    struct proxy_list_entry entry;
    struct span word, kind;
    int count = 0;

    for (; next_word( &list, separators, &word ); count++)
        if (!parse_entry( word, &kind, &entry )) return 0;
    return count > 0;
}

static char lower( char c )
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* '*' stands for any bytes. After a mismatch only the last star can take more, so the time is
 * bounded by the product of the lengths, whatever the pattern. */
static int matches( struct span pattern, const char *text )
{
    size_t p = 0, star = 0, retry = 0, t = 0, len = strlen( text );
    int starred = 0;

    while (t < len)
    {
        if (p < pattern.len && pattern.text[p] == '*')
        {
            starred = 1;
            star = ++p;
            retry = t;
        }
        else if (p < pattern.len && lower( pattern.text[p] ) == lower( text[t] )) p++, t++;
        else if (starred)
        {
            p = star;
            t = ++retry;
        }
        else return 0;
    }
    while (p < pattern.len && pattern.text[p] == '*') p++;
    return p == pattern.len;
}

static int is_local( const char *host )
{
    return !strpbrk( host, ".:" );
}

static int pattern_bypasses( struct span word, const char *scheme, const char *host,
                             uint16_t port )
{
    struct span wanted;
    uint16_t only = 0;

    if (span_equal( &word, "<local>" )) return is_local( host );
    if (take_scheme( &word, &wanted ) && !span_equal( &wanted, scheme )) return 0;
    if (!split_port( &word, &only )) return 0;
    return (!only || only == port) && matches( word, host );
}

int proxy_list_bypasses( const char *bypass, const char *scheme, const char *host, uint16_t port )
{
    struct span word;

    while (next_word( &bypass, separators, &word ))
        if (pattern_bypasses( word, scheme, host, port )) return 1;
    return 0;
}

/* Takes "user:password@" off the front; the last '@' ends it, the first ':' divides it. */
static void take_login( struct span *span, struct proxy_list_login *login )
{
    const char *begin = span->text, *at, *colon;

    memset( login, 0, sizeof(*login) );
    while ((at = span_find( span, '@' ))) skip( span, (size_t)(at - span->text) + 1 );
    if (span->text == begin) return;
    login->user = begin;
    login->user_len = (size_t)(span->text - begin) - 1;
    login->password = "";
    if (!(colon = memchr( begin, ':', login->user_len ))) return;
    login->password = colon + 1;
    login->password_len = (size_t)(span->text - colon) - 2;
    login->user_len = (size_t)(colon - begin);
}

int proxy_list_from_url( const char *url, struct proxy_list_entry *entry,
                         struct proxy_list_login *login )
{
    struct span rest, scheme;

    if (!next_word( &url, " \t\r\n", &rest )) return 0;
    if (take_scheme( &rest, &scheme ) && !span_equal( &scheme, "http" )) return 0;
    rest.len = strcspn( rest.text, "/?# \t\r\n" );
    take_login( &rest, login );
    return parse_server( rest, PROXY_LIST_DEFAULT_PORT, entry );
}

struct writer
{
    char *out;
    size_t size, len;
};

static void put( struct writer *writer, const char *text, size_t len )
{
    for (; len; text++, len--, writer->len++)
        if (writer->len < writer->size) writer->out[writer->len] = *text;
}

size_t proxy_list_from_no_proxy( const char *no_proxy, char *out, size_t size )
{
    struct writer writer = { out, size ? size - 1 : 0, 0 };
    struct span word;

    while (next_word( &no_proxy, ", \t\r\n;", &word ))
    {
        if (writer.len) put( &writer, ";", 1 );
        while (word.len > 1 && word.text[0] == '.') skip( &word, 1 );
        put( &writer, word.text, word.len );
        if (word.text[0] == '*' || word.text[0] == '[') continue;
        put( &writer, ";*.", 3 );
        put( &writer, word.text, word.len );
    }
    if (size) out[writer.len < writer.size ? writer.len : writer.size] = 0;
    return writer.len + 1;
}
