/* uri - resolves a URI reference, such as a Location, against a base (RFC 3986 section 5.2).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/uri.h"

#include <stdint.h>
#include <string.h>

#include "proto/http_token.h"

#define LONGEST ((SIZE_MAX - 8) / 3) /* bytes of both texts, so that the sum below is one */

/* text not yet used; borrowed */
struct span
{
    const char *text;
    size_t len;
};

/* What a reference consists of; text NULL = the part is absent. */
struct parts
{
    struct span scheme;     /* without its colon */
    struct span authority;  /* without its slashes */
    struct span path;       /* never absent, maybe empty */
    struct span query;      /* with its question mark */
};

static int is_alpha( char c )
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct span cut( struct span *from, size_t len )
{
    struct span ret = { from->text, len };

    from->text += len;
    from->len -= len;
    return ret;
}

/* The bytes before the first that is one of ends. */
static size_t length_until( struct span span, const char *ends )
{
    size_t i;

    for (i = 0; i < span.len && !strchr( ends, span.text[i] ); i++) {}
    return i;
}

/* RFC 3986 3.1 */
static size_t scheme_length( struct span span )
{
    size_t i;

    if (!span.len || !is_alpha( span.text[0] )) return 0;
    for (i = 1; i < span.len; i++)
    {
        char c = span.text[i];

        if (c == ':') return i;
        if (!is_alpha( c ) && !http_token_digit( c ) && c != '+' && c != '-' && c != '.') break;
    }
    return 0;
}

static struct parts split( struct span rest )
{
    struct parts parts = { { 0 } };
    size_t len;

    rest.len = length_until( rest, "#" );
    if ((len = scheme_length( rest )))
    {
        parts.scheme = cut( &rest, len );
        cut( &rest, 1 );
    }
    if (rest.len >= 2 && rest.text[0] == '/' && rest.text[1] == '/')
    {
        cut( &rest, 2 );
        parts.authority = cut( &rest, length_until( rest, "/?" ) );
    }
    parts.path = cut( &rest, length_until( rest, "?" ) );
    if (rest.len) parts.query = rest;
    return parts;
}

static int is_http( struct span scheme )
{
    return http_token_equal( scheme.text, scheme.len, "http", 4 ) ||
           http_token_equal( scheme.text, scheme.len, "https", 5 );
}

/* --- Writing --- */

static char *put( char *out, struct span span )
{
    if (span.len) memcpy( out, span.text, span.len );
    return out + span.len;
}

static char *put_escaped( char *out, struct span span )
{
    static const char digits[] = "0123456789ABCDEF";
    size_t i;

    for (i = 0; i < span.len; i++)
    {
        unsigned char c = (unsigned char)span.text[i];

        if (c > 0x20 && c < 0x7f) *out++ = (char)c;
        else
        {
            *out++ = '%';
            *out++ = digits[c >> 4];
            *out++ = digits[c & 15];
        }
    }
    return out;
}

/* Takes the last segment and its slash off start..out. */
static char *drop_segment( const char *start, char *out )
{
    while (out > start && *--out != '/') {}
    return out;
}

static int is_dots( struct span segment, size_t count )
{
    return segment.len == count && !memcmp( segment.text, "..", count );
}

/* RFC 3986 5.2.4, in place: what is written never overtakes what is read. The path begins with a
 * slash. */
static char *drop_dots( char *start, char *end )
{
    struct span rest = { start, (size_t)(end - start) };
    char *out = start;

    while (rest.len)
    {
        struct span segment;

        cut( &rest, 1 );
        segment = cut( &rest, length_until( rest, "/" ) );
        if (is_dots( segment, 2 )) out = drop_segment( start, out );
        if (is_dots( segment, 1 ) || is_dots( segment, 2 ))
        {
            /* as the last one it leaves a folder */
            if (!rest.len) *out++ = '/';
            continue;
        }
        *out++ = '/';
        memmove( out, segment.text, segment.len );
        out += segment.len;
    }
    return out;
}

/* The folder of the base, into which a relative path goes. */
static struct span folder_of( struct span path )
{
    while (path.len && path.text[path.len - 1] != '/') path.len--;
    return path;
}

static char *put_path( char *start, const struct parts *base, const struct parts *ref )
{
    int absolute = ref->authority.text || (ref->path.len && ref->path.text[0] == '/');
    char *out = start;

    if (!absolute) out = put_escaped( out, ref->path.len ? folder_of( base->path ) : base->path );
    if (out == start && (!ref->path.len || ref->path.text[0] != '/')) *out++ = '/';
    out = put_escaped( out, ref->path );
    return drop_dots( start, out );
}

static char *write_target( char *out, const struct parts *base, const struct parts *ref )
{
    const struct parts *authority = ref->authority.text ? ref : base;

    out = put( out, ref->scheme.text ? ref->scheme : base->scheme );
    out = put( out, (struct span){ "://", 3 } );
    out = put( out, authority->authority );
    out = put_path( out, base, ref );
    if (ref->query.text) out = put_escaped( out, ref->query );
    else if (!ref->path.len && !ref->authority.text) out = put_escaped( out, base->query );
    return out;
}

static char *copy( const struct allocator *alloc, struct span span )
{
    char *ret = allocator_resize( alloc, NULL, span.len + 1 );

    if (ret) *put( ret, span ) = 0;
    return ret;
}

char *uri_resolve( const struct allocator *alloc, const char *base, const char *text, size_t len )
{
    struct span whole = { base, strlen( base ) }, reference = { text, len };
    struct parts base_parts = split( whole ), parts;
    const char *nul = memchr( text, 0, len );
    char *ret;

    if (nul) reference.len = (size_t)(nul - text);
    http_token_trim( &reference.text, &reference.len );
    parts = split( reference );
    if (parts.scheme.text && (!is_http( parts.scheme ) || !parts.authority.text))
        return copy( alloc, reference );

    /* each byte becomes three at most; "://", two slashes and the NUL are new */
    if (whole.len > LONGEST || reference.len > LONGEST - whole.len) return NULL;
    ret = allocator_resize( alloc, NULL, 3 * (whole.len + reference.len) + 8 );
    if (ret) *write_target( ret, &base_parts, &parts ) = 0;
    return ret;
}

/* -1: none */
static int hex_digit( char c )
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int uri_unescape( const char *text, size_t len, char *out )
{
    size_t i;

    for (i = 0; i < len; i++, out++)
    {
        *out = text[i];
        if (text[i] == '%' && len - i > 2 && hex_digit( text[i + 1] ) >= 0 &&
            hex_digit( text[i + 2] ) >= 0)
        {
            *out = (char)(hex_digit( text[i + 1] ) << 4 | hex_digit( text[i + 2] ));
            i += 2;
        }
        if (!*out) return 0;
    }
    *out = 0;
    return 1;
}
