/* What wscat sends: a file, then the lines of standard input.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

BOOL input_open( struct input *input, const WCHAR *file )
{
    LARGE_INTEGER size;
    char *name;

    memset( input, 0, sizeof(*input) );
    if (!file) return TRUE;
    input->file = CreateFileW( file, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    if (input->file != INVALID_HANDLE_VALUE && GetFileSizeEx( input->file, &size ))
    {
        input->file_left = size.QuadPart;
        return TRUE;
    }
    name = text_to_utf8( file );
    text_complain( "cannot read %s", name ? name : "the file" );
    free( name );
    if (input->file == INVALID_HANDLE_VALUE) input->file = NULL;
    input_close( input );
    return FALSE;
}

void input_close( struct input *input )
{
    if (input->file) CloseHandle( input->file );
    free( input->buffer );
    memset( input, 0, sizeof(*input) );
}

static BOOL fail( struct input *input, const char *why )
{
    text_complain( "%s", why );
    input->failed = TRUE;
    return FALSE;
}

static BOOL next_piece( struct input *input, struct outgoing *out )
{
    DWORD len = input->file_left < INPUT_PIECE_BYTES ? input->file_left : INPUT_PIECE_BYTES;

    memset( out, 0, sizeof(*out) );
    if (len && !(out->data = malloc( len ))) return fail( input, "out of memory" );
    if (len && (!ReadFile( input->file, out->data, len, &out->len, NULL ) || out->len != len))
    {
        free( out->data );
        return fail( input, "the file cannot be read to its end" );
    }
    input->file_left -= len;
    out->type = input->file_left ? WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
                                 : WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
    if (!input->file_left)
    {
        CloseHandle( input->file );
        input->file = NULL;
    }
    return TRUE;
}

/* Reads more of standard input behind what is there. */
static BOOL fill( struct input *input )
{
    DWORD got = 0;
    char *larger;

    if (input->start)
    {
        memmove( input->buffer, input->buffer + input->start, input->end - input->start );
        input->end -= input->start;
        input->start = 0;
    }
    if (input->end == input->size)
    {
        if (input->size > MAXDWORD / 4
            || !(larger = realloc( input->buffer, input->size ? input->size * 2 : 65536 )))
            return fail( input, "a line is too long" );
        input->buffer = larger;
        input->size = input->size ? input->size * 2 : 65536;
    }
    /* A broken pipe is how the writer's end looks. */
    if (!ReadFile( GetStdHandle( STD_INPUT_HANDLE ), input->buffer + input->end,
                   input->size - input->end, &got, NULL ) || !got)
        input->stdin_ended = TRUE;
    input->end += got;
    return TRUE;
}

/* Cuts the first len bytes of the buffer off as a message, and skip bytes of line end. */
static BOOL take_line( struct input *input, DWORD len, DWORD skip, struct outgoing *out )
{
    const char *line = input->buffer + input->start;

    input->start += len + skip;
    if (len && line[len - 1] == '\r') len--;
    memset( out, 0, sizeof(*out) );
    out->type = WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
    if (!text_is_utf8( line, len )) return fail( input, "standard input is not UTF-8" );
    if (!len) return TRUE;
    if (!(out->data = malloc( len ))) return fail( input, "out of memory" );
    memcpy( out->data, line, len );
    out->len = len;
    return TRUE;
}

static BOOL next_line( struct input *input, struct outgoing *out )
{
    DWORD searched = 0, len;
    char *start, *end;

    for (;;)
    {
        start = input->buffer + input->start;
        len = input->end - input->start;
        if (len > searched && (end = memchr( start + searched, '\n', len - searched )))
            return take_line( input, end - start, 1, out );
        searched = len;
        if (input->stdin_ended) return len && take_line( input, len, 0, out );
        if (!fill( input )) return FALSE;
    }
}

BOOL input_next( struct input *input, struct outgoing *out )
{
    if (input->failed) return FALSE;
    return input->file ? next_piece( input, out ) : next_line( input, out );
}
