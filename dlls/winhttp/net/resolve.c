/* resolve - names, literals and addresses as text.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/resolve.h"

#include "winbase.h"
#include "winsock2.h"
#include "ws2ipdef.h"
#include "ip2string.h"

#include "net/calls.h"

static NTSTATUS resolve( const char *host, UINT16 port, BOOL literal_only,
                         struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count )
{
    struct resolve_params params = { .host = (ULONG_PTR)host, .addrs = (ULONG_PTR)addrs,
                                     .port = port, .literal_only = literal_only };
    NTSTATUS status = call_resolve( &params );

    *count = status ? 0 : params.count;
    return status;
}

BOOL resolve_is_literal( const char *host )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;

    return !resolve( host, 0, TRUE, addrs, &count );
}

NTSTATUS resolve_host( const char *host, UINT16 port, BOOL wait,
                       struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count )
{
    return resolve( host, port, !wait, addrs, count );
}

void resolve_addr_text( const struct unix_addr *addr, WCHAR text[RESOLVE_ADDR_TEXT] )
{
    const SOCKADDR_IN *v4 = (const SOCKADDR_IN *)addr->bytes;
    const SOCKADDR_IN6 *v6 = (const SOCKADDR_IN6 *)addr->bytes;

    if (v4->sin_family == AF_INET) RtlIpv4AddressToStringW( &v4->sin_addr, text );
    else RtlIpv6AddressToStringW( &v6->sin6_addr, text );
}

NTSTATUS net_module_init(void)
{
    return __wine_init_unix_call();
}

NTSTATUS net_random( void *buffer, UINT32 len )
{
    struct random_params params = { .buffer = (ULONG_PTR)buffer, .len = len };

    return call_random( &params );
}

NTSTATUS net_sha1( const void *data, UINT32 len, BYTE digest[20] )
{
    struct sha1_params params = { .data = (ULONG_PTR)data, .len = len };
    NTSTATUS status = call_sha1( &params );

    if (!status) memcpy( digest, params.digest, sizeof(params.digest) );
    return status;
}

NTSTATUS net_hash( UINT32 algorithm, const void *data, UINT32 len, BYTE digest[32] )
{
    struct hash_params params = { .data = (ULONG_PTR)data, .len = len, .algorithm = algorithm };
    NTSTATUS status = call_hash( &params );

    if (!status) memcpy( digest, params.digest, sizeof(params.digest) );
    return status;
}
