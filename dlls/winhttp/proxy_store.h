/* proxy_store - where Windows keeps proxy settings in the registry (facts/url-proxy-com.md 5).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; what is read is the caller's.
 * Threads: any, without a lock.
 * Fails:   ERROR_* codes; ERROR_FILE_NOT_FOUND: nothing is stored.
 *
 * The machine's settings are WinHTTP's alone. The user's are those of all programs, one value for
 * each connection, and a policy can make one setting of the machine out of them. A value that
 * breaks off has what comes before, and lengths beyond its end are cut.
 */

#ifndef WINHTTP_PROXY_STORE_H
#define WINHTTP_PROXY_STORE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#define PROXY_STORE_KEY L"Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"
#define PROXY_STORE_POLICY_KEY \
    L"Software\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings"

struct stored_proxy
{
    DWORD counter;  /* of changes */
    DWORD flags;    /* WINHTTP_PROXY_TYPE_*: which of the texts count */
    WCHAR *proxy;   /* these three owned, for GlobalFree; NULL: empty */
    WCHAR *bypass;
    WCHAR *script;  /* the machine's settings have none */
};

DWORD proxy_store_read_machine( struct stored_proxy *stored );

/* The settings of a connection, or (NULL) of all that have none of their own: the binary value, or
 * the plain values that mirror it. ERROR_FILE_NOT_FOUND: the user has set nothing; *has_key then
 * says whether there is a user that could have. */
DWORD proxy_store_read_user( const WCHAR *connection, struct stored_proxy *stored, BOOL *has_key );

/* ERROR_INVALID_PARAMETER: a text is too long, or not ASCII; rights are looked at before that. */
DWORD proxy_store_write_machine( const struct stored_proxy *stored );
DWORD proxy_store_write_user( const WCHAR *connection, const struct stored_proxy *stored );

/* The policy that decides whether users have settings of their own. */
DWORD proxy_store_set_per_user( BOOL per_user );

void proxy_store_free( struct stored_proxy *stored );

/* But for the counter. */
BOOL proxy_store_equal( const struct stored_proxy *a, const struct stored_proxy *b );

#endif
