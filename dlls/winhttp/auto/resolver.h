/* resolver - handles that are asked for proxies, and answer by callback (facts/url-proxy-com.md 8).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    what a resolver handle stands for: two operations, and the last answer of each.
 * Threads: any; fields as the struct says.
 * Fails:   the exports return ERROR_* codes.
 *
 * Both operations are one task each, on the thread pool, for auto_find and the registry may block;
 * they complete on a worker, never on the thread that called. Closing the handle sets an event that
 * auto_find looks at, so that the task ends soon; its worker then finds the operation cancelled.
 *
 * Files: resolver.c (the handle, WinHttpGetProxyForUrlEx), settings_ex.c
 * (WinHttpGetProxySettingsEx), result.c (what the program gets).
 */

#ifndef WINHTTP_AUTO_RESOLVER_H
#define WINHTTP_AUTO_RESOLVER_H

#include "auto/find.h"
#include "auto/question.h"
#include "op/op.h"

struct resolver
{
    struct object object;       /* parent: the session */
    HANDLE closed;              /* immutable, owned: an event, set once the handle is closed */

    /* WinHttpGetProxyForUrlEx; its driver's while it is active */
    struct op find;
    struct auto_question question;
    struct auto_answer found;
    DWORD find_error;
    BOOL asked;                 /* the task has run */

    /* WinHttpGetProxySettingsEx; its driver's while it is active */
    struct op read;
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config; /* owned, by GlobalAlloc */
    DWORD read_error;
    BOOL looked;                /* the task has run */

    /* under the object's lock: until the next call, what the last one found. count 0: nothing */
    struct auto_answer answer;
    BOOL has_settings;          /* config may be looked at, for read is idle */
};

static inline struct resolver *resolver_from_object( struct object *object )
{
    return CONTAINING_RECORD( object, struct resolver, object );
}

/* As handle_get_typed, with a reference for the caller. */
struct resolver *resolver_get( HINTERNET handle, DWORD *error );

/* Makes one of the two operations active, for a call with that context; locked. The handle keeps
 * it, up to HANDLE_CLOSING, which is how programs know what is over; 0 keeps the former one, as
 * WinHttpSendRequest has it (a guess). ERROR_WINHTTP_INCORRECT_HANDLE_STATE: it is active (a guess:
 * nobody documents two calls at a time). */
DWORD resolver_begin_locked( struct resolver *resolver, struct op *op, DWORD_PTR context );

/* From finish, unlocked: tells the program. Returns error. */
DWORD resolver_notify( struct resolver *resolver, DWORD_PTR api, DWORD status, DWORD error );

/* settings_ex.c: once for each resolver, and at its end. */
void resolver_init_settings( struct resolver *resolver );
void resolver_forget_settings( struct resolver *resolver );

#endif
