/* proxy - which proxy a request goes through (facts/url-proxy-com.md 4 to 6).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    proxy settings, which sessions and requests share by reference and nobody changes.
 * Threads: any; references are counted atomically.
 * Fails:   ERROR_* codes.
 *
 * A session takes its settings when it is opened, a request those of its session at that time;
 * WINHTTP_OPTION_PROXY replaces either's. The default settings are, whichever is there first: the
 * machine's in the registry; for WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY the user's there;
 * http_proxy, https_proxy and no_proxy of the environment, as Wine's users expect and Windows does
 * not do. With WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY the user's script comes first (proxy_search.h).
 */

#ifndef WINHTTP_PROXY_H
#define WINHTTP_PROXY_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

struct proxy;
struct request;

/* The settings that these arguments of WinHttpOpen or the option mean; the default types take no
 * notice of the texts. ERROR_INVALID_PARAMETER: an unknown type, or a list that is none. */
DWORD proxy_create( DWORD type, const WCHAR *servers, const WCHAR *bypass, struct proxy **ret );

/* Another reference. NULL, which means no proxy, is fine with both. */
struct proxy *proxy_addref( struct proxy *proxy );
void proxy_release( struct proxy *proxy );

/* What WINHTTP_OPTION_PROXY reads; the texts are the caller's, for GlobalFree. */
DWORD proxy_get_info( const struct proxy *proxy, WINHTTP_PROXY_INFO *info );

/* The user's settings name a script, or want one to be detected: proxy_search.h asks it. */
BOOL proxy_is_automatic( const struct proxy *proxy );

/* The request's host is on the bypass list of settings that the program or Windows made, and not of
 * no_proxy, which says nothing of trust. Locked. */
BOOL proxy_is_bypassed( const struct request *request );

/* What http_proxy or https_proxy names for the proxy that was chosen; borrowed while locked.
 * *asks_basic: it has asked for Basic before. FALSE: nothing. */
BOOL proxy_get_login( const struct request *request, const WCHAR **user, const WCHAR **password,
                      BOOL *asks_basic );

/* That proxy asks for Basic: later requests need not wait for it. Locked. */
void proxy_note_basic( const struct request *request );

/* Puts the proxy for the next leg, or none, into the request's connection key: what a script has
 * answered (request->answer), or else what the settings say. FALSE: no memory. */
BOOL proxy_choose( struct request *request );

#endif
