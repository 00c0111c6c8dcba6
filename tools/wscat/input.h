/* What wscat sends: a file, then the lines of standard input.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* input - a stream of messages and fragments.
 * Owns:    the file and the line buffer.
 * Threads: one at a time.
 * Fails:   input_open tells the user; input_next ends the stream, and input_failed is set. */

#ifndef WSCAT_INPUT_H
#define WSCAT_INPUT_H

#include <windows.h>
#include <winhttp.h>

/* A file leaves in pieces of this size, so that memory does not grow with it. */
#define INPUT_PIECE_BYTES 65536

struct input
{
    HANDLE file;        /* owned; NULL when there is none, or it is sent */
    ULONGLONG file_left;
    char  *buffer;      /* owned: bytes of standard input, and one line at least */
    DWORD  start, end;  /* bytes in the buffer that were not given out */
    DWORD  size;
    BOOL   stdin_ended;
    BOOL   failed;
};

/* What goes to WinHttpWebSocketSend. */
struct outgoing
{
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char *data;  /* owned by who got it, free(); NULL when len is 0 */
    DWORD len;
};

/* Opens the file, if any (NULL for none). */
BOOL input_open( struct input *input, const WCHAR *file );

/* Waits for the next message or fragment; FALSE at the end. */
BOOL input_next( struct input *input, struct outgoing *out );

/* Releases what the input owns. */
void input_close( struct input *input );

#endif
