/* proxy_search - the proxy of a request whose session finds its proxies itself
 * (WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY), by the user's script.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    struct request's search and its answer.
 * Threads: whoever drives the request's operation.
 * Fails:   op->error, without memory alone: where nothing is found, the settings' own proxy serves.
 */

#ifndef WINHTTP_PROXY_SEARCH_H
#define WINHTTP_PROXY_SEARCH_H

#include "request.h"

/* Before a leg. TRUE: a proxy is to be searched for. A login has to go on at the same one, so a
 * script is asked once for each URL. */
BOOL proxy_search_wanted( struct request *request );

/* The step of FINDING_PROXY; OP_DONE without an error: go on to the next state. */
enum op_need proxy_search( struct request *request, struct op *op );

/* The operation has failed: stops waiting for an answer. */
void proxy_search_end( struct request *request );

/* The URL is another, or the request ends: forgets the answer. */
void proxy_search_forget( struct request *request );

#endif
