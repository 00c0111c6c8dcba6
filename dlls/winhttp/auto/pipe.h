/* pipe - messages between a program and the process that runs a script for it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the two handles in struct pipe.
 * Threads: one at a time.
 * Fails:   ERROR_BROKEN_PIPE: the other side is gone; ERROR_CANCELLED; ERROR_TIMEOUT;
 *          ERROR_INVALID_DATA: a message that nobody of ours sends, after which nothing that comes
 *          makes sense.
 *
 * A message is its type, the length of its data in bytes, and the data. The other side may be
 * anything by now: it is a script's process, so a length is believed up to the reader's limit only.
 */

#ifndef WINHTTP_AUTO_PIPE_H
#define WINHTTP_AUTO_PIPE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

enum { PIPE_BUFFER = 4096 }; /* bytes; all messages but scripts go in one piece */

struct pipe
{
    HANDLE handle;      /* owned; opened for overlapped transfers */
    HANDLE event;       /* owned; of the transfer */
    UINT32 start, end;  /* of what was read and not yet taken; start <= end <= PIPE_BUFFER */
    BYTE buffer[PIPE_BUFFER];
};

/* When to stop waiting for the other side. */
struct pipe_wait
{
    HANDLE cancel;      /* borrowed; NULL = never */
    ULONGLONG deadline; /* GetTickCount64 milliseconds */
    HANDLE peer;        /* borrowed; its process: a stranger may have inherited its end; or NULL */
};

enum pipe_message
{
    PIPE_SCRIPT, /* to the process: the name of a charset and its NUL, up to SCRIPT_CHARSET_ROOM
                  * characters; then the script's bytes */
    PIPE_FIND,   /* to the process: a URL, NUL, its host, NUL */
    PIPE_ANSWER, /* to the program: an ERROR_* code, a UINT32; after ERROR_SUCCESS the answer,
                  * characters without NUL */
};

struct pipe_header
{
    UINT32 type;
    UINT32 size; /* of the data, bytes */
};

/* One of a pair; *other can be handed down to a process, and is for it alone. */
DWORD pipe_create( struct pipe *pipe, HANDLE *other );

/* Takes over the handle that the process was handed. */
DWORD pipe_open( struct pipe *pipe, HANDLE handle );

void pipe_close( struct pipe *pipe );

/* head and data, either of which may be empty, are one message. */
DWORD pipe_send( struct pipe *pipe, const struct pipe_wait *wait, enum pipe_message type,
                 const void *head, UINT32 head_size, const void *data, UINT32 size );

/* The next message, to be freed; more bytes than limit is ERROR_INVALID_DATA. */
DWORD pipe_receive( struct pipe *pipe, const struct pipe_wait *wait, UINT32 limit, UINT32 *type,
                    BYTE **data, UINT32 *size );

#endif
