/* Words, encodings and standard streams of wscat.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* text - UTF-8 outside, UTF-16 towards the API.
 * Owns:    the standard output and error streams.
 * Threads: any; lines and blocks of different threads do not mix.
 * Fails:   conversions return NULL when memory is short or the text is not valid. */

#ifndef WSCAT_TEXT_H
#define WSCAT_TEXT_H

#include <windows.h>

/* Prepares the streams; before anything else. */
void text_init( void );

/* Whether text_say speaks. */
void text_set_verbose( BOOL verbose );

/* Writes "wscat: ..." to stderr, if the user asked for words (-v). UTF-8 format and arguments. */
void text_say( const char *format, ... ) __attribute__((format( gnu_printf, 1, 2 )));

/* The same, always. */
void text_complain( const char *format, ... ) __attribute__((format( gnu_printf, 1, 2 )));

/* Writes bytes to stdout at once. FALSE when nobody reads them any more. */
BOOL text_output( const void *data, DWORD len );

/* Converts; the caller frees the result with free(). */
char *text_to_utf8( const WCHAR *text );
WCHAR *text_from_utf8( const char *text );

/* Whether the bytes are UTF-8. */
BOOL text_is_utf8( const char *data, DWORD len );

/* An error code in words; "" when it has none here. Static. */
const char *text_error( DWORD error );

/* A WebSocket close status in words (RFC 6455, 7.4.1); "" when it has none. Static. */
const char *text_close_status( USHORT status );

#endif
