/* scenarios - what programs do with the DLL, each from WinHttpOpen to the last HANDLE_CLOSING.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: one.
 * Fails:   run returns the error of the first call that failed; the client is open still. What
 *          succeeded was compared with what the server should have said (tell_wrong).
 */

#ifndef FAULT_SCENARIOS_H
#define FAULT_SCENARIOS_H

#include "client.h"

struct scenario
{
    const char *name;
    DWORD (*run)( struct client *client );
    BOOL async_only;
};

/* object.c: POST by the COM object, in an apartment that lasts. */
DWORD object_run( struct client *client );

/* resolver.c: proxies by a resolver handle. */
DWORD resolver_run( struct client *client );

extern const struct scenario scenarios[];
extern const unsigned int scenario_count;

#endif
