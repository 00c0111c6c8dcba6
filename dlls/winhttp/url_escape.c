/* Percent escapes of request paths and of URL parts.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "url_escape.h"

#include <stdlib.h>
#include <string.h>

#include "winbase.h"
#include "winnls.h"
#include "winhttp.h"

/* The longest character of any ANSI code page, and of UTF-8 too, in bytes. */
#define MAX_CHAR_BYTES 8

void url_write_char( struct url_writer *writer, WCHAR c )
{
    if (writer->out) writer->out[writer->length] = c;
    writer->length++;
}

void url_write_text( struct url_writer *writer, const WCHAR *text, size_t length )
{
    if (writer->out && length) memcpy( writer->out + writer->length, text, length * sizeof(*text) );
    writer->length += length;
}

static void write_escape( struct url_writer *writer, unsigned char byte )
{
    static const char digits[] = "0123456789ABCDEF";

    url_write_char( writer, '%' );
    url_write_char( writer, digits[byte >> 4] );
    url_write_char( writer, digits[byte & 15] );
}

static void write_escapes( struct url_writer *writer, const char *bytes, int count )
{
    int i;

    for (i = 0; i < count; i++) write_escape( writer, bytes[i] );
}

/* How many of the characters at text form one code point: 2 for a surrogate pair. */
static int code_point_length( const WCHAR *text, size_t length )
{
    return length >= 2 && IS_SURROGATE_PAIR( text[0], text[1] ) ? 2 : 1;
}

/* ASCII characters that have no place in a request target. */
static BOOL is_unsafe( WCHAR c )
{
    switch (c)
    {
    case '"': case '#': case '<': case '>': case '[': case '\\': case ']': case '^': case '`':
    case '{': case '|': case '}': case 0x7f: return TRUE;
    default:                                 return c <= ' ';
    }
}

static BOOL write_codepage_char( struct url_writer *writer, const WCHAR *text, int length )
{
    char bytes[MAX_CHAR_BYTES];
    BOOL lossy = FALSE;
    BOOL *check = GetACP() == CP_UTF8 ? NULL : &lossy; /* UTF-8 refuses the pointer */
    DWORD flags = check ? WC_NO_BEST_FIT_CHARS : 0;
    int count;

    count = WideCharToMultiByte( CP_ACP, flags, text, length, bytes, sizeof(bytes), NULL, check );
    if (!count || lossy) return FALSE;
    write_escapes( writer, bytes, count );
    return TRUE;
}

BOOL url_write_escaped( struct url_writer *writer, const WCHAR *text, size_t length )
{
    size_t i = 0;

    while (i < length)
    {
        int count = code_point_length( text + i, length - i );

        if (text[i] >= 0x80)
        {
            if (!write_codepage_char( writer, text + i, count )) return FALSE;
        }
        else if (is_unsafe( text[i] ) || text[i] == '%' || text[i] == '~')
            write_escape( writer, text[i] );
        else
            url_write_char( writer, text[i] );
        i += count;
    }
    return TRUE;
}

static int hex_value( WCHAR c )
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/* The byte of the escape at text, or 0 if there is none. */
static unsigned char read_escape( const WCHAR *text, size_t length )
{
    int high, low;

    if (length < 3 || text[0] != '%') return 0;
    high = hex_value( text[1] );
    low = hex_value( text[2] );
    return high < 0 || low < 0 ? 0 : high << 4 | low;
}

/* Decodes the one character whose bytes are escaped at text; returns how many bytes it took. */
static int write_decoded_char( struct url_writer *writer, const WCHAR *text, size_t length )
{
    char bytes[MAX_CHAR_BYTES];
    WCHAR decoded[2];
    int count = 0, chars = 0;

    while (count < MAX_CHAR_BYTES && !chars)
    {
        unsigned char byte = read_escape( text + 3 * count, length - 3 * count );

        if (byte < 0x80 && !count) break;
        if (!byte) break;
        bytes[count++] = byte;
        chars = MultiByteToWideChar( CP_ACP, MB_ERR_INVALID_CHARS, bytes, count, decoded, 2 );
    }
    if (!chars)
    {
        /* No character of the code page: the byte itself is the best that can be said. */
        url_write_char( writer, (unsigned char)bytes[0] );
        return 1;
    }
    url_write_text( writer, decoded, chars );
    return count;
}

void url_write_decoded( struct url_writer *writer, const WCHAR *text, size_t length )
{
    size_t i = 0;

    while (i < length)
    {
        unsigned char byte = read_escape( text + i, length - i );

        if (!byte) url_write_char( writer, text[i++] );
        else if (byte >= 0x80) i += 3 * write_decoded_char( writer, text + i, length - i );
        else
        {
            url_write_char( writer, byte );
            i += 3;
        }
    }
}

/* A character that has no place in the code page becomes what that has for such (a guess). */
static void write_char_bytes( struct url_writer *writer, const WCHAR *text, int length,
                              UINT codepage )
{
    char bytes[MAX_CHAR_BYTES];
    int count = WideCharToMultiByte( codepage, 0, text, length, bytes, sizeof(bytes), NULL, NULL );

    write_escapes( writer, bytes, count );
}

/* Escaping off still keeps the request line whole: no line break, no blank, only ASCII. */
static void write_object_char( struct url_writer *writer, WCHAR c, BOOL raw, BOOL percent )
{
    if (raw && (c == '\r' || c == '\n')) return;
    if (c == ' ' || (!raw && (is_unsafe( c ) || (percent && c == '%')))) write_escape( writer, c );
    else url_write_char( writer, c );
}

static void write_object( struct url_writer *writer, const WCHAR *object, DWORD flags,
                          UINT codepage )
{
    UINT present = CP_UTF8;
    size_t i = 0, length = lstrlenW( object );
    BOOL raw = !!(flags & WINHTTP_FLAG_ESCAPE_DISABLE);

    if (object[0] != '/') url_write_char( writer, '/' );
    while (i < length)
    {
        int count = code_point_length( object + i, length - i );

        if (object[i] == '?') present = codepage;
        if (object[i] == '?' && (flags & WINHTTP_FLAG_ESCAPE_DISABLE_QUERY)) raw = TRUE;
        if (object[i] >= 0x80) write_char_bytes( writer, object + i, count, present );
        else write_object_char( writer, object[i], raw, !!(flags & WINHTTP_FLAG_ESCAPE_PERCENT) );
        i += count;
    }
}

WCHAR *url_escape_object( const WCHAR *object, DWORD flags, UINT codepage )
{
    struct url_writer writer = { NULL, 0 };

    if (!object) object = L"";
    write_object( &writer, object, flags, codepage );
    if (!(writer.out = malloc( (writer.length + 1) * sizeof(WCHAR) ))) return NULL;
    writer.length = 0;
    write_object( &writer, object, flags, codepage );
    writer.out[writer.length] = 0;
    return writer.out;
}
