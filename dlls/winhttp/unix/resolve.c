/* resolve - host names to addresses.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <strings.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/addr.h"
#include "unix/error.h"
#include "unix/resolve.h"

static int is_known( const struct unix_addr *addrs, UINT32 count, const struct unix_addr *addr )
{
    UINT32 i;

    for (i = 0; i < count; i++) if (!memcmp( &addrs[i], addr, sizeof(*addr) )) return 1;
    return 0;
}

static void set_port( struct unix_addr *addr, UINT16 port )
{
    const UINT16 net_port = htons( port );

    memcpy( addr->bytes + offsetof( struct sockaddr_in, sin_port ), &net_port, sizeof(net_port) );
}

/* /etc/hosts may say the same twice. */
static UINT32 convert( const struct addrinfo *info, UINT16 port, struct unix_addr *addrs )
{
    struct unix_addr addr;
    UINT32 count = 0;

    for (; info && count < UNIX_MAX_ADDRS; info = info->ai_next)
    {
        if (!addr_from_unix( info->ai_addr, &addr )) continue;
        set_port( &addr, port );
        if (!is_known( addrs, count, &addr )) addrs[count++] = addr;
    }
    return count;
}

/* No AI_ADDRCONFIG: it ignores the loopback interface, so that "localhost" would lose ::1 on a
 * machine without IPv6 outside. The resolver puts what cannot be reached last (RFC 6724). */
NTSTATUS resolve_host( const char *host, UINT16 port, int literal_only, struct unix_addr *addrs,
                       UINT32 *count )
{
    struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
    struct addrinfo *info;
    UINT32 found;
    int error;

    error = getaddrinfo( host, NULL, &hints, &info );
    if (error == EAI_NONAME)
    {
        if (literal_only) return STATUS_PENDING;
        hints.ai_flags = 0;
        error = getaddrinfo( host, NULL, &hints, &info );
        /* RFC 6761, 6.3: always the loopback interface. Containers may have no /etc/hosts. */
        if (error && !strcasecmp( host, "localhost" ))
            error = getaddrinfo( NULL, "0", &hints, &info );
    }
    if (error) return error_from_resolver( error );
    found = convert( info, port, addrs );
    freeaddrinfo( info );
    if (!found) return STATUS_NOT_FOUND;
    *count = found;
    return STATUS_SUCCESS;
}
