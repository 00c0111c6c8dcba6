/* lookup - one question to the resolver, asked by a thread that nobody has to wait for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a copy of the name; the answer until it is taken. The C library's resolver can be
 *          neither interrupted nor given a time limit, so that whoever asked may stop waiting and
 *          the thread goes on alone, without a reference to anything of theirs.
 * Threads: begin, take and forget belong to the operation that asks; the helper has a reference.
 * Fails:   NULL: no memory.
 */

#ifndef WINHTTP_LOOKUP_H
#define WINHTTP_LOOKUP_H

#include "net/resolve.h"
#include "op/op.h"

struct lookup;

/* Asks for the addresses of host; opens gate, which is object's, once the answer is there. */
struct lookup *lookup_begin( struct object *object, struct op_queue *gate, const char *host,
                             UINT16 port );

/* FALSE: there is no answer yet. */
BOOL lookup_take( struct lookup *lookup, struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count,
                  NTSTATUS *status );

/* Whoever asked is not interested any more. NULL is fine. */
void lookup_forget( struct lookup *lookup );

#endif
