/* proxy_env - the proxies that http_proxy, https_proxy and no_proxy name.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results are the caller's, to be freed.
 * Threads: any.
 * Fails:   NULL: not set, of no use, or no memory.
 *
 * A Windows program's variables have no case: HTTP_PROXY is http_proxy. To a CGI program, which has
 * REQUEST_METHOD, it may come from a header of whoever asks, and is passed over.
 */

#ifndef WINHTTP_PROXY_ENV_H
#define WINHTTP_PROXY_ENV_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

struct proxy_env_login
{
    WCHAR *user, *password; /* owned; user NULL = none */
};

/* A proxy list; the login of http_proxy goes to logins[0], that of https_proxy to logins[1]. */
char *proxy_env_servers( struct proxy_env_login logins[2] );

/* A bypass list. */
char *proxy_env_bypass( void );

void proxy_env_forget( struct proxy_env_login logins[2] );

#endif
