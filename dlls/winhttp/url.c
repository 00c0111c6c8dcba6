/* WinHttpCrackUrl and WinHttpCreateUrl.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "url_escape.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- Schemes ------------------------------------------------------------------------------- */

struct url_scheme
{
    const WCHAR *name;
    INTERNET_SCHEME id;
    INTERNET_PORT port;     /* default port; 0: none, so a port is always printed */
    BOOL crackable;         /* WinHttpCrackUrl accepts it */
};

static const struct url_scheme url_schemes[] =
{
    { L"http",  INTERNET_SCHEME_HTTP,  INTERNET_DEFAULT_HTTP_PORT,  TRUE },
    { L"https", INTERNET_SCHEME_HTTPS, INTERNET_DEFAULT_HTTPS_PORT, TRUE },
    { L"ftp",   INTERNET_SCHEME_FTP,   0, FALSE },
    { L"socks", INTERNET_SCHEME_SOCKS, 0, FALSE },
};

static WCHAR ascii_lower( WCHAR c )
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static BOOL is_name( const WCHAR *text, size_t length, const WCHAR *name )
{
    size_t i;

    for (i = 0; i < length; i++)
        if (!name[i] || ascii_lower( text[i] ) != name[i]) return FALSE;
    return !name[length];
}

static const struct url_scheme *find_scheme_name( const WCHAR *text, size_t length )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(url_schemes); i++)
        if (is_name( text, length, url_schemes[i].name )) return &url_schemes[i];
    return NULL;
}

static const struct url_scheme *find_scheme_id( INTERNET_SCHEME id )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(url_schemes); i++)
        if (url_schemes[i].id == id) return &url_schemes[i];
    return NULL;
}

/* --- Taking a URL apart -------------------------------------------------------------------- */

struct url_text
{
    const WCHAR *start;     /* borrowed (the URL); NULL: the part is absent */
    size_t length;
};

struct url_parts
{
    struct url_text scheme, host, user, password, path, extra;
    INTERNET_SCHEME scheme_id;
    INTERNET_PORT port;
};

static const WCHAR *find_any( const WCHAR *text, const WCHAR *end, const WCHAR *stops )
{
    while (text < end && !wcschr( stops, *text )) text++;
    return text;
}

static void set_text( struct url_text *text, const WCHAR *start, const WCHAR *end )
{
    text->start = start;
    text->length = end - start;
}

/* Consumes "scheme://". */
static DWORD parse_scheme( struct url_parts *parts, const WCHAR **cursor, const WCHAR *end )
{
    const WCHAR *colon = find_any( *cursor, end, L":" );
    const struct url_scheme *scheme = find_scheme_name( *cursor, colon - *cursor );

    if (colon == end || !scheme || !scheme->crackable) return ERROR_WINHTTP_UNRECOGNIZED_SCHEME;
    if (end - colon < 4 || colon[1] != '/' || colon[2] != '/') return ERROR_WINHTTP_INVALID_URL;
    set_text( &parts->scheme, *cursor, colon );
    parts->scheme_id = scheme->id;
    parts->port = scheme->port;
    *cursor = colon + 3;
    return ERROR_SUCCESS;
}

/* Consumes "user:password@". The last '@' counts, so that one inside a password cannot make a
 * different host of what follows it. */
static DWORD parse_userinfo( struct url_parts *parts, const WCHAR **cursor, const WCHAR *end,
                             DWORD flags )
{
    const WCHAR *at = end, *colon;

    while (at > *cursor && at[-1] != '@') at--;
    if (at == *cursor) return ERROR_SUCCESS;
    if (flags & ICU_REJECT_USERPWD) return ERROR_WINHTTP_INVALID_URL;
    at--;
    colon = find_any( *cursor, at, L":" );
    set_text( &parts->user, *cursor, colon );
    if (colon < at) set_text( &parts->password, colon + 1, at );
    *cursor = at + 1;
    return ERROR_SUCCESS;
}

/* What is between the colon and the end; nothing there leaves the scheme's default. */
static DWORD parse_port( struct url_parts *parts, const WCHAR *digits, const WCHAR *end )
{
    DWORD port = 0;
    const WCHAR *c;

    if (digits == end) return ERROR_SUCCESS;
    for (c = digits; c < end; c++)
    {
        if (*c < '0' || *c > '9') return ERROR_WINHTTP_INVALID_URL;
        port = port * 10 + *c - '0';
        if (port > 0xffff) return ERROR_WINHTTP_INVALID_URL;
    }
    parts->port = port;
    return ERROR_SUCCESS;
}

/* Consumes "host:port"; the brackets stay with an IPv6 address, as WinHttpConnect wants them. */
static DWORD parse_host( struct url_parts *parts, const WCHAR **cursor, const WCHAR *end )
{
    const WCHAR *colon, *bracket;

    if (*cursor < end && **cursor == '[')
    {
        bracket = find_any( *cursor, end, L"]" );
        if (bracket == end) return ERROR_WINHTTP_INVALID_URL;
        colon = bracket + 1;
        if (colon < end && *colon != ':') return ERROR_WINHTTP_INVALID_URL;
    }
    else colon = find_any( *cursor, end, L":" );

    if (colon == *cursor) return ERROR_WINHTTP_INVALID_URL;
    set_text( &parts->host, *cursor, colon );
    *cursor = end;
    return colon < end ? parse_port( parts, colon + 1, end ) : ERROR_SUCCESS;
}

static void parse_path( struct url_parts *parts, const WCHAR *cursor, const WCHAR *end )
{
    const WCHAR *extra = find_any( cursor, end, L"?#" );

    /* Windows 10 drops a question mark that follows the host and ends the URL. */
    if (cursor == extra && end - extra == 1 && *extra == '?') cursor = extra = end;
    set_text( &parts->path, cursor, extra );
    set_text( &parts->extra, extra, end );
}

static DWORD parse_url( const WCHAR *url, size_t length, DWORD flags, struct url_parts *parts )
{
    const WCHAR *end = url + length, *authority_end;
    DWORD err;

    memset( parts, 0, sizeof(*parts) );
    if ((err = parse_scheme( parts, &url, end ))) return err;
    authority_end = find_any( url, end, L"/?#" );
    if ((err = parse_userinfo( parts, &url, authority_end, flags ))) return err;
    if ((err = parse_host( parts, &url, authority_end ))) return err;
    parse_path( parts, url, end );
    return ERROR_SUCCESS;
}

/* --- Handing the parts out ----------------------------------------------------------------- */

enum url_coding
{
    URL_AS_IS,
    URL_DECODE,             /* ICU_DECODE */
    URL_ESCAPE,             /* ICU_ESCAPE */
    URL_DECODE_ESCAPE,      /* both: the same text, spelled in one way */
};

/* One component of the caller's structure, and what belongs there. */
struct url_slot
{
    WCHAR **text;
    DWORD *length;
    const struct url_text *source;
    enum url_coding coding;
    size_t needed;          /* characters after coding, without NUL */
};

#define URL_SLOTS 6

static BOOL write_recoded( struct url_writer *writer, const struct url_text *source )
{
    struct url_writer decoded = { NULL, 0 };
    BOOL ret;

    url_write_decoded( &decoded, source->start, source->length );
    if (!(decoded.out = malloc( (decoded.length + 1) * sizeof(WCHAR) ))) return FALSE;
    decoded.length = 0;
    url_write_decoded( &decoded, source->start, source->length );
    ret = url_write_escaped( writer, decoded.out, decoded.length );
    free( decoded.out );
    return ret;
}

static BOOL write_slot( struct url_writer *writer, const struct url_slot *slot )
{
    const struct url_text *source = slot->source;

    switch (slot->coding)
    {
    case URL_AS_IS:
        url_write_text( writer, source->start, source->length );
        return TRUE;
    case URL_DECODE:
        url_write_decoded( writer, source->start, source->length );
        return TRUE;
    case URL_ESCAPE:
        return url_write_escaped( writer, source->start, source->length );
    case URL_DECODE_ESCAPE:
        return write_recoded( writer, source );
    }
    return FALSE;
}

static BOOL is_pointer_slot( const struct url_slot *slot )
{
    return !*slot->text && *slot->length;
}

static DWORD check_slots( const struct url_slot *slots, DWORD flags )
{
    int i;

    for (i = 0; i < URL_SLOTS; i++)
    {
        if (*slots[i].text && !*slots[i].length) return ERROR_INVALID_PARAMETER;
        /* A pointer into the URL can only show the text that is there. */
        if ((flags & (ICU_DECODE | ICU_ESCAPE)) && is_pointer_slot( &slots[i] ))
            return ERROR_INVALID_PARAMETER;
    }
    return ERROR_SUCCESS;
}

static DWORD measure_slots( struct url_slot *slots )
{
    DWORD err = ERROR_SUCCESS;
    int i;

    for (i = 0; i < URL_SLOTS; i++)
    {
        struct url_writer writer = { NULL, 0 };

        if (!*slots[i].text) continue;
        if (!write_slot( &writer, &slots[i] )) return ERROR_INVALID_PARAMETER;
        slots[i].needed = writer.length;
        if (slots[i].needed >= *slots[i].length) err = ERROR_INSUFFICIENT_BUFFER;
    }
    return err;
}

/* Components that fit are stored even when others do not (ERROR_INSUFFICIENT_BUFFER). */
static void store_slot( struct url_slot *slot )
{
    struct url_writer writer = { *slot->text, 0 };

    if (is_pointer_slot( slot ))
    {
        *slot->text = (WCHAR *)slot->source->start;
        *slot->length = slot->source->length;
    }
    else if (*slot->text && slot->needed >= *slot->length)
        *slot->length = slot->needed + 1;
    else if (*slot->text && write_slot( &writer, slot ))
    {
        writer.out[writer.length] = 0;
        *slot->length = writer.length;
    }
}

static void set_slot( struct url_slot *slot, WCHAR **text, DWORD *length,
                      const struct url_text *source, enum url_coding coding )
{
    slot->text = text;
    slot->length = length;
    slot->source = source;
    slot->coding = coding;
    slot->needed = 0;
}

static void fill_slots( struct url_slot *slots, URL_COMPONENTS *uc, const struct url_parts *parts,
                        DWORD flags )
{
    enum url_coding decode = flags & ICU_DECODE ? URL_DECODE : URL_AS_IS;
    enum url_coding both = decode | (flags & ICU_ESCAPE ? URL_ESCAPE : URL_AS_IS);

    set_slot( &slots[0], &uc->lpszScheme, &uc->dwSchemeLength, &parts->scheme, URL_AS_IS );
    set_slot( &slots[1], &uc->lpszHostName, &uc->dwHostNameLength, &parts->host, URL_AS_IS );
    set_slot( &slots[2], &uc->lpszUserName, &uc->dwUserNameLength, &parts->user, decode );
    set_slot( &slots[3], &uc->lpszPassword, &uc->dwPasswordLength, &parts->password, decode );
    set_slot( &slots[4], &uc->lpszUrlPath, &uc->dwUrlPathLength, &parts->path, both );
    set_slot( &slots[5], &uc->lpszExtraInfo, &uc->dwExtraInfoLength, &parts->extra, both );
}

static DWORD crack_url( const WCHAR *url, size_t length, DWORD flags, URL_COMPONENTS *uc )
{
    struct url_slot slots[URL_SLOTS];
    struct url_parts parts;
    DWORD err;
    int i;

    fill_slots( slots, uc, &parts, flags );
    if ((err = check_slots( slots, flags ))) return err;
    if ((err = parse_url( url, length, flags, &parts ))) return err;
    /* Nobody asks for the query: it is part of the path then. */
    if (!uc->lpszExtraInfo && !uc->dwExtraInfoLength) parts.path.length += parts.extra.length;

    err = measure_slots( slots );
    if (err && err != ERROR_INSUFFICIENT_BUFFER) return err;
    for (i = 0; i < URL_SLOTS; i++) store_slot( &slots[i] );
    if (err) return err;
    uc->nScheme = parts.scheme_id;
    uc->nPort = parts.port;
    return ERROR_SUCCESS;
}

/* --- Putting a URL together ---------------------------------------------------------------- */

/* The scheme's text wins over its number; with neither it is http. */
static DWORD choose_scheme( const URL_COMPONENTS *uc, struct url_text *text, INTERNET_PORT *port )
{
    const struct url_scheme *scheme;

    if (uc->lpszScheme && uc->dwSchemeLength)
    {
        text->start = uc->lpszScheme;
        text->length = uc->dwSchemeLength;
        scheme = find_scheme_name( text->start, text->length );
        *port = scheme ? scheme->port : 0;
        return ERROR_SUCCESS;
    }
    scheme = find_scheme_id( uc->nScheme ? uc->nScheme : INTERNET_SCHEME_HTTP );
    if (!scheme) return ERROR_INVALID_PARAMETER;
    text->start = scheme->name;
    text->length = wcslen( scheme->name );
    *port = scheme->port;
    return ERROR_SUCCESS;
}

/* An empty user without password is what WinHttpCrackUrl leaves in buffers for a URL without
 * either, so it prints as nothing. */
static void write_userinfo( struct url_writer *writer, const URL_COMPONENTS *uc )
{
    DWORD password_length = uc->lpszPassword ? uc->dwPasswordLength : 0;

    if (!uc->lpszUserName || (!uc->dwUserNameLength && !password_length)) return;
    url_write_text( writer, uc->lpszUserName, uc->dwUserNameLength );
    if (password_length)
    {
        url_write_char( writer, ':' );
        url_write_text( writer, uc->lpszPassword, password_length );
    }
    url_write_char( writer, '@' );
}

static void write_port( struct url_writer *writer, INTERNET_PORT port )
{
    WCHAR digits[8];
    int i = ARRAY_SIZE(digits);

    do digits[--i] = '0' + port % 10; while (port /= 10);
    url_write_char( writer, ':' );
    url_write_text( writer, digits + i, ARRAY_SIZE(digits) - i );
}

static BOOL write_tail( struct url_writer *writer, const WCHAR *text, DWORD length, DWORD flags )
{
    if (!text) return TRUE;
    if (flags & ICU_ESCAPE) return url_write_escaped( writer, text, length );
    url_write_text( writer, text, length );
    return TRUE;
}

static DWORD write_url( struct url_writer *writer, const URL_COMPONENTS *uc, DWORD flags )
{
    struct url_text scheme;
    INTERNET_PORT default_port;
    DWORD err;

    if ((err = choose_scheme( uc, &scheme, &default_port ))) return err;
    url_write_text( writer, scheme.start, scheme.length );
    url_write_text( writer, L"://", 3 );
    write_userinfo( writer, uc );
    if (uc->lpszHostName)
    {
        url_write_text( writer, uc->lpszHostName, uc->dwHostNameLength );
        if (!default_port || uc->nPort != default_port || (flags & ICU_INCLUDE_DEFAULT_PORT))
            write_port( writer, uc->nPort );
    }
    if (!write_tail( writer, uc->lpszUrlPath, uc->dwUrlPathLength, flags ) ||
        !write_tail( writer, uc->lpszExtraInfo, uc->dwExtraInfoLength, flags ))
        return ERROR_INVALID_PARAMETER;
    return ERROR_SUCCESS;
}

static DWORD create_url( const URL_COMPONENTS *uc, DWORD flags, WCHAR *url, DWORD *length )
{
    struct url_writer writer = { NULL, 0 };
    DWORD err;

    if (uc->lpszPassword && !uc->lpszUserName) return ERROR_INVALID_PARAMETER;
    if ((flags & ICU_REJECT_USERPWD) && (uc->lpszUserName || uc->lpszPassword))
        return ERROR_WINHTTP_INVALID_URL;

    if ((err = write_url( &writer, uc, flags ))) return err;
    if (writer.length >= *length)
    {
        *length = writer.length + 1;
        return ERROR_INSUFFICIENT_BUFFER;
    }
    if (!url) return ERROR_INVALID_PARAMETER;
    writer.out = url;
    writer.length = 0;
    write_url( &writer, uc, flags );
    url[writer.length] = 0;
    *length = writer.length;
    return ERROR_SUCCESS;
}

/* --- Exports ------------------------------------------------------------------------------- */

BOOL WINAPI WinHttpCrackUrl( LPCWSTR url, DWORD length, DWORD flags, LPURL_COMPONENTS components )
{
    size_t used;
    DWORD err;

    if (!url || !components || components->dwStructSize != sizeof(*components))
    {
        WARN( "bad parameter: url %p, components %p\n", url, components );
        SetLastError( ERROR_INVALID_PARAMETER );
        return FALSE;
    }
    /* A length that reaches beyond the string is common and harmless. */
    used = length ? wcsnlen( url, length ) : wcslen( url );
    /* the scheme and the length only: a URL may carry a password */
    TRACE( "%s:... (%Iu characters), %#lx, %p\n",
           debugstr_wn( url, find_any( url, url + min( used, 8 ), L":" ) - url ), used, flags,
           components );
    if ((err = crack_url( url, used, flags, components ))) WARN( "failed, error %lu\n", err );
    SetLastError( err );
    return !err;
}

BOOL WINAPI WinHttpCreateUrl( LPURL_COMPONENTS components, DWORD flags, LPWSTR url, LPDWORD length )
{
    DWORD err;

    TRACE( "%p, %#lx, %p, %p\n", components, flags, url, length );
    if (!components || components->dwStructSize != sizeof(*components) || !length)
        err = ERROR_INVALID_PARAMETER;
    else
        err = create_url( components, flags, url, length );
    if (err) WARN( "failed, error %lu\n", err );
    SetLastError( err );
    return !err;
}
