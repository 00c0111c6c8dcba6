/* wpad - names and URLs of proxy scripts.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/wpad.h"

#include <string.h>

#include "proto/http_token.h"

enum
{
    MAX_LABEL = 63,     /* RFC 1035, 2.3.4 */
    COUNTRY = 2,        /* characters of a country's top level domain */
};

static const char prefix[] = "wpad.";

/* What registries call the level below a country's. Of two letters any counts: "co", "ac", "ne",
 * "or", "me", "ca" and many more, against few companies with a name so short. */
static const char *const registries[] =
{
    "asn", "biz", "com", "edu", "firm", "gen", "gob", "gouv", "gov", "govt", "ind", "info", "int",
    "k12", "ltd", "med", "mil", "muni", "name", "net", "nhs", "nom", "org", "plc", "police", "priv",
    "pro", "res", "sch", "school", "store", "web",
};

static int is_letter( char c )
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_digit( char c )
{
    return c >= '0' && c <= '9';
}

static size_t label_len( const char *text, size_t len )
{
    const char *dot = len ? memchr( text, '.', len ) : NULL;

    return dot ? (size_t)(dot - text) : len;
}

static int label_valid( const char *label, size_t len )
{
    size_t i;

    if (!len || len > MAX_LABEL || label[0] == '-' || label[len - 1] == '-') return 0;
    for (i = 0; i < len; i++)
        if (!is_letter( label[i] ) && !is_digit( label[i] ) && label[i] != '-' && label[i] != '_')
            return 0;
    return 1;
}

/* All labels are valid, and the last is none of an address. */
static int suffix_valid( const char *suffix, size_t len )
{
    size_t label;

    for (;;)
    {
        label = label_len( suffix, len );
        if (!label_valid( suffix, label )) return 0;
        if (label == len) return is_letter( suffix[0] );
        suffix += label + 1;
        len -= label + 1;
    }
}

static size_t count_labels( const char *suffix, size_t len )
{
    size_t i, count = 1;

    for (i = 0; i < len; i++) if (suffix[i] == '.') count++;
    return count;
}

static int label_is( const char *label, size_t len, const char *text )
{
    return http_token_equal( label, len, text, strlen( text ) );
}

static int is_registry( const char *label, size_t len )
{
    size_t i;

    if (len <= COUNTRY) return 1;
    for (i = 0; i < sizeof(registries) / sizeof(registries[0]); i++)
        if (label_is( label, len, registries[i] )) return 1;
    return 0;
}

/* Two labels below which strangers have names. People register "first.last.name", and the routers
 * that gave out "domain.name" have had their wpad.domain.name taken. */
static int is_shared( const char *suffix, size_t len )
{
    size_t second = label_len( suffix, len ), top = len - second - 1;

    if (label_is( suffix + second + 1, top, "name" )) return 1;
    return top == COUNTRY && is_registry( suffix, second );
}

static int may_ask( const char *suffix, size_t len )
{
    size_t labels = count_labels( suffix, len );

    return labels > 2 || (labels == 2 && !is_shared( suffix, len ));
}

int wpad_name( const char *suffix, unsigned int steps, char name[WPAD_NAME_SIZE] )
{
    size_t len = strlen( suffix ), label;

    if (len && suffix[len - 1] == '.') len--;
    if (sizeof(prefix) + len > WPAD_NAME_SIZE || !suffix_valid( suffix, len )) return 0;
    for (; steps; steps--)
    {
        if ((label = label_len( suffix, len )) == len) return 0;
        suffix += label + 1;
        len -= label + 1;
    }
    if (!may_ask( suffix, len )) return 0;
    memcpy( name, prefix, sizeof(prefix) );
    memcpy( name + sizeof(prefix) - 1, suffix, len );
    name[sizeof(prefix) - 1 + len] = 0;
    return 1;
}

/* Visible ASCII without what RFC 3986 lets no URL have as it is. */
static int is_url_char( char c )
{
    return c > ' ' && c < 0x7f && !strchr( "\"<>\\^`{|}", c );
}

/* Length of "http://" or "https://" in front, or 0. */
static size_t scheme_len( const char *text, size_t len )
{
    static const char *const schemes[] = { "http://", "https://" };
    size_t i, size;

    for (i = 0; i < 2; i++)
    {
        size = strlen( schemes[i] );
        if (len >= size && label_is( text, size, schemes[i] )) return size;
    }
    return 0;
}

/* A host, and no login: a network has none to give. */
static int authority_valid( const char *text, size_t len )
{
    size_t i;

    for (i = 0; i < len && !strchr( "/?#", text[i] ); i++) if (text[i] == '@') return 0;
    return i && text[0] != ':';
}

int wpad_url( const void *option, size_t len, char url[WPAD_URL_SIZE] )
{
    const char *text = option;
    size_t size, scheme;

    for (; len && strchr( " \t\r\n", *text ) && *text; len--) text++;
    for (size = 0; size < len && is_url_char( text[size] ); size++) ;
    if (size >= WPAD_URL_SIZE || !(scheme = scheme_len( text, size ))) return 0;
    if (!authority_valid( text + scheme, size - scheme )) return 0;
    memcpy( url, text, size );
    url[size] = 0;
    return 1;
}
