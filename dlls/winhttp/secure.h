/* secure - the TLS part of an exchange: identity, handshake, verdict.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing of its own; what it notes lies in struct request.
 * Threads: as the exchange; secure_task where blocking is allowed.
 * Fails:   op->error, as every step.
 *
 * A server that asks for a certificate when the program has not said which (option 47, none counts)
 * gets no request: SendRequest succeeds, ReceiveResponse says 12044, and the program sends again
 * (facts/http.md 12).
 */

#ifndef WINHTTP_SECURE_H
#define WINHTTP_SECURE_H

#include "op/op.h"
#include "request.h"

/* Fills in what the settings of this moment make of the connection's key. */
void secure_begin( struct request *request );

/* A new connection: nothing has been done on it yet. */
void secure_reset( struct request *request );

/* Steps. OP_DONE without an error: it is over. *again says whether another connection may be tried
 * where the handshake fails, and is set where one is to be; be it because an earlier session was
 * offered, which will not be any more. */
enum op_need secure_handshake( struct request *request, struct op *op, BOOL *again );
enum op_need secure_verify( struct request *request, struct op *op );

/* The blocking part of both. */
void secure_task( struct request *request );

/* Takes over what programs ask for when the connection is gone. */
void secure_remember( struct request *request );

/* The peer ended TLS by an alert, in the middle of an exchange. */
enum op_need secure_alert( struct request *request, struct op *op );

/* ReceiveResponse, where no request went out because a certificate is wanted. */
enum op_need secure_ask_program( struct request *request, struct op *op );

#endif
