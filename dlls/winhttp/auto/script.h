/* script - proxy scripts: fetching them, and keeping them for a while.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the scripts that are kept.
 * Threads: any, without a lock; fetching may take a minute (auto/fetch.c).
 * Fails:   ERROR_WINHTTP_UNABLE_TO_DOWNLOAD_SCRIPT; _LOGIN_FAILURE: the server wants a login;
 *          _UNHANDLED_SCRIPT_TYPE: what came is no proxy script by its type and name;
 *          _UNRECOGNIZED_SCHEME, _INVALID_URL; _OPERATION_CANCELLED.
 *
 * facts/url-proxy-com.md 7.
 */

#ifndef WINHTTP_AUTO_SCRIPT_H
#define WINHTTP_AUTO_SCRIPT_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"
#include "winbase.h"

enum
{
    SCRIPT_MAX_SIZE = 1048576, /* bytes; Windows has the same limit */
    SCRIPT_CHARSET_ROOM = 64,  /* RFC 2978: a charset's name is at most 40 characters long */
};

struct script
{
    LONG refs;                        /* interlocked */
    LONG hung;                        /* it took too long once; once set, never unset */
    /* immutable */
    WCHAR charset[SCRIPT_CHARSET_ROOM]; /* as the server named it; empty: it did not */
    UINT32 size;                      /* bytes */
    BYTE data[];
};

struct script_options
{
    BOOL logon; /* log in with the user's own credentials if the server wants that */
    BOOL fresh; /* not one that was kept */
    BOOL calm;  /* that it could not be had a moment ago will do: it is not tried each time */
};

/* With a reference for the caller. cancel: an event that ends it, or NULL. */
DWORD script_get( const WCHAR *url, const struct script_options *options, HANDLE cancel,
                  struct script **ret );

struct script *script_addref( struct script *script );
void script_release( struct script *script );

/* Whether both say the same. */
BOOL script_equal( const struct script *one, const struct script *other );

/* Forgets those that are kept. */
void script_forget(void);

/* Module end. */
void script_free(void);

#endif
