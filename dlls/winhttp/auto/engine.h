/* engine - one proxy script in JScript (facts/url-proxy-com.md 9).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the engine and the script in it, until the process ends.
 * Threads: the one that made it, which has started COM.
 * Fails:   ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT, _SCRIPT_EXECUTION_ERROR; _AUTO_PROXY_SERVICE_ERROR:
 *          there is no JScript.
 *
 * The script gets nothing but its language and the functions of its kind: ActiveXObject fails.
 */

#ifndef WINHTTP_AUTO_ENGINE_H
#define WINHTTP_AUTO_ENGINE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

struct engine;

/* Runs what stands outside of the script's functions. */
DWORD engine_create( const WCHAR *script, struct engine **ret );

/* What the script's FindProxyForURLEx or FindProxyForURL returns; for SysFreeString. */
DWORD engine_find_proxy( struct engine *engine, const WCHAR *url, const WCHAR *host, BSTR *answer );

void engine_destroy( struct engine *engine );

#endif
