/* fetch - a proxy script from its server (facts/url-proxy-com.md 7).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; the script is the caller's.
 * Threads: any, without a lock; by the caller's own thread, in FETCH_TIME_LIMIT at most.
 * Fails:   as auto/script.h says.
 */

#ifndef WINHTTP_AUTO_FETCH_H
#define WINHTTP_AUTO_FETCH_H

#include "auto/script.h"

DWORD fetch_script( const WCHAR *url, BOOL logon, HANDLE cancel, struct script **ret );

#endif
