/* body - the body of a response: its framing, its pieces, its end.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing beyond struct request: `body`, `piece`, `framing`.
 * Threads: whoever drives the request's operation.
 * Fails:   op->error.
 *
 * When the body has ended the connection goes to the pool, if it can be used again.
 */

#ifndef WINHTTP_BODY_H
#define WINHTTP_BODY_H

#include "request.h"

/* Makes the decoder ready for the body that the head announces. FALSE: that makes no sense. */
BOOL body_choose_framing( struct request *request );

/* Notices the end of the body as soon as its last byte is decoded, without another read. */
void body_check_end( struct request *request );

/* Makes a piece of decoded data available (request->piece_len > 0) or notices the end
 * (request->body_done). OP_CONTINUE: done so; else what to wait for. */
enum op_need body_piece( struct request *request, struct op *op );

/* Receives up to len bytes, straight into data where that can be.
 * OP_CONTINUE: *count bytes, 0 at the end of the body; else what to wait for. */
enum op_need body_read( struct request *request, struct op *op, BYTE *data, UINT32 len,
                        UINT32 *count );

/* What the program did not read to its end is read and thrown away as far as it is here, so that
 * the connection can be used again (facts/http.md 8). Never waits. */
void body_drain( struct request *request );

/* Whether another request can follow this one, whose body has ended, on its connection. */
BOOL body_conn_reusable( struct request *request );

/* FALSE: the program wants a connection of its own for each request. */
BOOL body_may_reuse( const struct request *request );

#endif
