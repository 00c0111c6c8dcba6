/* addr - socket addresses, as Windows and as Linux lay them out.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   0 for an address of another family or length.
 *
 * The two layouts differ in the number of AF_INET6 only (10 here, 23 on Windows).
 */

#ifndef WINHTTP_UNIX_ADDR_H
#define WINHTTP_UNIX_ADDR_H

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "net/unixlib.h"

enum
{
    ADDR_WINDOWS_INET = 2,
    ADDR_WINDOWS_INET6 = 23,
};

C_ASSERT( sizeof(struct sockaddr_in) == 16 );
C_ASSERT( sizeof(struct sockaddr_in6) == UNIX_ADDR_SIZE );

/* The length of an address of that (Unix) family, or 0. */
static inline socklen_t addr_length( int family )
{
    if (family == AF_INET) return sizeof(struct sockaddr_in);
    return family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}

static inline int addr_family_to_unix( UINT16 family )
{
    if (family == ADDR_WINDOWS_INET) return AF_INET;
    return family == ADDR_WINDOWS_INET6 ? AF_INET6 : AF_UNSPEC;
}

/* The length for connect(), or 0. */
static inline socklen_t addr_to_unix( const struct unix_addr *addr, struct sockaddr_in6 *out )
{
    socklen_t len;
    UINT16 family;

    memcpy( &family, addr->bytes, sizeof(family) );
    len = addr_length( addr_family_to_unix( family ) );
    if (addr->len < len) return 0;
    memcpy( out, addr->bytes, UNIX_ADDR_SIZE );
    out->sin6_family = addr_family_to_unix( family );
    return len;
}

/* Returns 1 if addr is of a family that Windows's caller knows. */
static inline int addr_from_unix( const struct sockaddr *addr, struct unix_addr *out )
{
    const UINT16 family = addr->sa_family == AF_INET6 ? ADDR_WINDOWS_INET6 : ADDR_WINDOWS_INET;

    memset( out, 0, sizeof(*out) );
    if (!(out->len = addr_length( addr->sa_family ))) return 0;
    memcpy( out->bytes, addr, out->len );
    memcpy( out->bytes, &family, sizeof(family) );
    return 1;
}

#endif
