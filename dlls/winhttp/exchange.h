/* exchange - the state machine of a request: from the name of the host to the end of the body.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the transitions of struct request's exchange_state.
 * Threads: whoever drives the request's operation.
 * Fails:   op->error.
 */

#ifndef WINHTTP_EXCHANGE_H
#define WINHTTP_EXCHANGE_H

#include "request.h"

/* Makes ready for a new exchange: forgets the former response, drains or drops its connection. */
void exchange_reset( struct request *request );

/* Starts at RESOLVING, or with a pooled connection at SENDING. FALSE: no memory. */
BOOL exchange_begin( struct request *request );

/* Drops the connection and goes back to IDLE: an operation has failed. */
void exchange_fail( struct request *request );

/* Step functions of operations: towards EXCHANGE_SENT, towards EXCHANGE_BODY. */
enum op_need exchange_step_send( struct op *op );
enum op_need exchange_step_receive( struct op *op );

/* Whether a connection that failed in that way, WINHTTP_CONNECTION_RETRY_CONDITION_*, may be
 * replaced by another. */
BOOL exchange_may_retry( const struct request *request, DWORD condition );

/* The blocking part of both: resolving, judging the certificate. */
void exchange_task( struct op *op );

/* A wait took too long: the next address, if any. */
BOOL exchange_timed_out( struct op *op );

#endif
