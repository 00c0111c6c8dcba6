/* process - runs proxy scripts in processes of their own (facts/url-proxy-com.md 7 and 9).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the processes, each of which has one script.
 * Threads: any, without a lock. Takes microseconds where a process has the script already, else
 *          some ten milliseconds; up to a minute for what the script does, or less by the registry.
 * Fails:   ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT: no syntax, or an answer that is none;
 *          ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR: it threw, or took too long;
 *          ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR: there is no process, or it died;
 *          ERROR_WINHTTP_OPERATION_CANCELLED.
 *
 * A proxy script comes from whatever network the machine is in. In the program's own process one
 * that loops could not be ended, and one that breaks JScript would have the program; so Windows too
 * has them run elsewhere. A process that is slow, lies or breaks down is ended. One that is idle
 * ends itself (auto/main.c), and any ends with the program, however that ends.
 */

#ifndef WINHTTP_AUTO_PROCESS_H
#define WINHTTP_AUTO_PROCESS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "auto/script.h"

/* What FindProxyForURL( url, host ) of the script returns, to be freed. cancel: an event, or
 * NULL. */
DWORD process_find_proxy( struct script *script, const WCHAR *url, const WCHAR *host,
                          HANDLE cancel, WCHAR **answer );

/* Ends the processes that are idle. */
void process_forget(void);

/* Module end: the same, while no other thread of ours is left. */
void process_free(void);

#endif
