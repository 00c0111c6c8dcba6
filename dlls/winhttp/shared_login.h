/* shared_login - credentials that WinINet hands down to this process (options 97, 98).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the credentials, until the process ends: what was found stays valid.
 * Threads: any; without a lock.
 * Fails:   ERROR_* codes; FALSE: there are none.
 *
 * They are taken only where the registry has ShareCredsWithWinHttp, and are the last resort:
 * proxies get them whenever the request has none, servers where the program allows it (option 101).
 */

#ifndef WINHTTP_SHARED_LOGIN_H
#define WINHTTP_SHARED_LOGIN_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

/* target: WINHTTP_AUTH_TARGET_*. ERROR_WINHTTP_INVALID_OPTION: the registry does not have it. */
DWORD shared_login_put( DWORD target, const WINHTTP_CREDS *creds );

/* The last that came for that peer and one of the schemes; *scheme is which. The realm is not
 * looked at (a guess). */
BOOL shared_login_find( DWORD target, const char *host, UINT16 port, DWORD schemes, DWORD *scheme,
                        const WCHAR **user, const WCHAR **password );

#endif
