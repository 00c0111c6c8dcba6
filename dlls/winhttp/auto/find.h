/* find - which proxies a URL is to be asked of (facts/url-proxy-com.md 7 and 8).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; an answer is its caller's.
 * Threads: any, without a lock. It may take seconds: names are looked up, a script is fetched and
 *          run.
 * Fails:   ERROR_WINHTTP_* codes of WinHttpGetProxyForUrl; ERROR_WINHTTP_OPERATION_CANCELLED.
 *
 * One engine for WinHttpGetProxyForUrl, the resolver's handles and sessions of
 * WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY: detection (auto/detect.h), then a configured script, then
 * static settings, as far as the options name them.
 */

#ifndef WINHTTP_AUTO_FIND_H
#define WINHTTP_AUTO_FIND_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

struct auto_proxy
{
    INTERNET_SCHEME scheme; /* INTERNET_SCHEME_HTTP, _HTTPS or _SOCKS; 0: no proxy, go direct */
    WCHAR *host;            /* owned; NULL for direct */
    INTERNET_PORT port;
};

struct auto_answer
{
    UINT32 count;               /* at least 1; to be tried in this order */
    struct auto_proxy *proxies; /* owned */
    BOOL bypass;                /* direct because of a bypass list */
    BOOL detected;              /* by a script that nobody but the network named */
};

/* Blocks until there is an answer. The options are checked: ERROR_INVALID_PARAMETER. cancel: an
 * event that ends it, or NULL. On failure nothing is in *answer. */
DWORD auto_find( const WCHAR *url, const WINHTTP_AUTOPROXY_OPTIONS *options, HANDLE cancel,
                 struct auto_answer *answer );

void auto_answer_free( struct auto_answer *answer );

/* Forgets what was learnt: WINHTTP_RESET_* flags as WinHttpResetAutoProxy has them. */
void auto_forget( DWORD flags );

#endif
