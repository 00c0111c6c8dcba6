/* response - receiving a response and reading its body.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing beyond struct request.
 * Threads: any; one operation at a time.
 * Fails:   ERROR_* codes.
 */

#ifndef WINHTTP_RESPONSE_H
#define WINHTTP_RESPONSE_H

#include "request.h"

/* Begins to receive the response, as WinHttpReceiveResponse does. */
DWORD response_receive( struct request *request );

/* A program may ask for headers right after an asynchronous ReceiveResponse, without waiting for
 * its completion (facts/programs.md): waits until the operation is over, the object locked. */
void response_wait_locked( struct request *request );

/* REQUEST_ERROR with a WINHTTP_ASYNC_RESULT; api: API_SEND_REQUEST ... */
void request_notify_error( struct request *request, DWORD_PTR api, DWORD error );

/* Nonzero while SendRequest is under way. */
BOOL request_is_sending( const struct request *request );

/* Ends an operation that request_begin began and that was not started. */
void request_abandon( struct request *request );

#endif
