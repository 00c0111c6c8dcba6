/* search - one question to auto/find.h, asked by a thread that nobody has to wait for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a copy of the question; the answer until it is taken.
 * Threads: begin, take and forget belong to the operation that asks.
 * Fails:   NULL: no memory.
 */

#ifndef WINHTTP_AUTO_SEARCH_H
#define WINHTTP_AUTO_SEARCH_H

#include "auto/find.h"
#include "op/op.h"

struct search;

/* Asks which proxies the user's settings mean for url, which becomes the search's; opens gate,
 * which is object's, once the answer is there. */
struct search *search_begin( struct object *object, struct op_queue *gate, WCHAR *url );

/* FALSE: there is no answer yet. The answer is the caller's then, unless *error says that there is
 * none. */
BOOL search_take( struct search *search, struct auto_answer *answer, DWORD *error );

/* Whoever asked is not interested any more: the search ends soon. NULL is fine. */
void search_forget( struct search *search );

#endif
