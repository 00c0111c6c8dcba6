/* upload - the body of a request: how its end is told, and WinHttpWriteData.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    struct upload in struct request.
 * Threads: whoever drives the request's operation.
 * Fails:   ERROR_* codes, op->error.
 *
 * A body is announced (Content-Length, by argument or header), or framed by the program (its own
 * Transfer-Encoding), or framed here: with WINHTTP_FLAG_AUTOMATIC_CHUNKING each piece becomes a
 * chunk. A chunk's CRLF goes out in front of the next one's size, so that a piece is one send. What
 * the program frames is read along, to know whether another request may follow on the connection.
 */

#ifndef WINHTTP_UPLOAD_H
#define WINHTTP_UPLOAD_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "op/op.h"
#include "proto/http_body.h"

enum
{
    /* bytes; what goes between two pieces of DWORD length, or behind the last, and a NUL */
    UPLOAD_FRAME = sizeof("\r\nffffffff\r\n\r\n"),
};

enum upload_framing
{
    UPLOAD_ANNOUNCED,       /* total bytes, maybe none */
    UPLOAD_RAW,             /* the program frames the body itself, no total is known */
    UPLOAD_CHUNKED,         /* it is framed here */
};

struct request;

struct upload
{
    const BYTE *optional;   /* borrowed (until ReceiveResponse completes) */
    DWORD optional_len, optional_sent;
    UINT64 total;           /* ANNOUNCED */
    UINT64 written;         /* body bytes sent so far, optional data included, without framing */
    enum upload_framing framing;
    BOOL by_program;        /* some of it came through WriteData, and is gone */
    BOOL withheld;          /* this leg has no body: it only asks for a challenge, see auth.h */
    BOOL ended;             /* CHUNKED: the last chunk is on its way; RAW: nothing came behind it */
    struct http_body raw;   /* RAW: reads along what the program frames */
    BOOL unreadable;        /* RAW: it is no chunks, or there was more behind the last one */
    char frame[UPLOAD_FRAME]; /* CHUNKED: what goes out before the present piece */
    UINT32 frame_len, frame_sent;
};

/* Takes what SendRequest was given, with the program's headers; the object is locked.
 * ERROR_INVALID_PARAMETER: they contradict each other. */
DWORD upload_announce( struct request *request, const void *optional, DWORD optional_len,
                       DWORD total );

/* The body is not sent any more: a redirect has made a GET of the request; the object is locked. */
void upload_drop( struct request *request );

/* Another leg begins: nothing has been sent. withheld: this one goes without the body. */
void upload_rewind( struct request *request, BOOL withheld );

/* Whether all of the body is what SendRequest was given, and so can be sent again. */
BOOL upload_is_at_hand( const struct request *request );

/* Whether the server has the whole body, as far as we know. */
BOOL upload_is_whole( const struct request *request );

/* What of the optional data this leg sends. */
DWORD upload_optional_len( const struct request *request );

/* The optional data has been sent. */
void upload_optional_sent( struct request *request );

/* Frees what it holds. */
void upload_clear( struct upload *upload );

/* What goes between head and optional data; out has room for UPLOAD_FRAME. Returns its length. */
UINT32 upload_first_frame( struct request *request, char *out );

/* Sends the last chunk, if it is wanted. OP_CONTINUE: done; else what to wait for. */
enum op_need upload_end( struct request *request, struct op *op );

#endif
