/* text - strings between programs (WCHAR) and the wire (bytes).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results are the caller's, to be freed.
 * Threads: any.
 * Fails:   NULL: no memory.
 *
 * Header text is Latin-1 both ways: bytes widen to the code points of the same value, and come
 * back unchanged; a character beyond becomes '?' (facts/http.md U17, U20: guesses).
 */

#ifndef WINHTTP_TEXT_H
#define WINHTTP_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"

/* len characters to bytes, NUL-terminated. */
char *text_narrow( const WCHAR *text, size_t len );

/* The same in place, up to the NUL; takes over a text that malloc gave, which may be NULL. */
char *text_narrow_owned( WCHAR *text );

/* len bytes to characters, NUL-terminated. */
WCHAR *text_widen( const char *text, size_t len );

/* Wipes a text before it frees it. NULL is fine. */
void text_free_secret( WCHAR *text );

#endif
