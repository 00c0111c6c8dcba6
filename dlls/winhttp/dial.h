/* dial - from the name of a host to a connection: addresses, and one after the other of them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    struct request's addresses and its lookup.
 * Threads: whoever drives the request's operation.
 * Fails:   op->error.
 */

#ifndef WINHTTP_DIAL_H
#define WINHTTP_DIAL_H

#include "request.h"

/* Before the first step. */
void dial_begin( struct request *request );

/* The steps of RESOLVING and CONNECTING; OP_DONE without an error: go on to the next state. */
enum op_need dial_resolve( struct request *request, struct op *op );
enum op_need dial_connect( struct request *request, struct op *op );

/* The present address took too long. */
void dial_timed_out( struct request *request );

/* The operation has failed: stops waiting for an answer. */
void dial_end( struct request *request );

#endif
