/* resolve - host names to addresses.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; blocks in the C library's resolver, which retries after signals itself.
 * Fails:   NTSTATUS, see unix_resolve.
 */

#ifndef WINHTTP_UNIX_RESOLVE_H
#define WINHTTP_UNIX_RESOLVE_H

#include "net/unixlib.h"

/* addrs has room for UNIX_MAX_ADDRS; port is in host order. */
NTSTATUS resolve_host( const char *host, UINT16 port, int literal_only, struct unix_addr *addrs,
                       UINT32 *count );

#endif
