/* address - IP addresses as proxy scripts know them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "winsock2.h"
#include "ws2tcpip.h"

#include "auto/address.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "iphlpapi.h"
#include "ip2string.h"

#include "net/resolve.h"

enum
{
    MAX_LISTED = 256,        /* addresses of a list; no host has as many */
    ADAPTERS_SIZE = 16384,   /* bytes at first, as the documentation advises */
    ADAPTERS_LIMIT = 1048576 /* bytes; more is no machine's */
};

struct address
{
    BYTE bytes[16]; /* network order */
    UINT size;      /* 4 or 16 */
};

struct list
{
    struct address entries[MAX_LISTED];
    UINT count;
};

/* --- Texts ----------------------------------------------------------------------------------- */

/* len characters that are an address as a whole. */
static BOOL parse( const WCHAR *text, size_t len, struct address *ret )
{
    WCHAR copy[RESOLVE_ADDR_TEXT];
    const WCHAR *end;

    if (!len || len >= ARRAY_SIZE(copy)) return FALSE;
    memcpy( copy, text, len * sizeof(*copy) );
    copy[len] = 0;
    ret->size = wcschr( copy, ':' ) ? 16 : 4;
    if (ret->size == 16 ? RtlIpv6StringToAddressW( copy, &end, (IN6_ADDR *)ret->bytes )
                        : RtlIpv4StringToAddressW( copy, TRUE, &end, (IN_ADDR *)ret->bytes ))
        return FALSE;
    return !*end;
}

static size_t format( const struct address *address, WCHAR text[RESOLVE_ADDR_TEXT] )
{
    if (address->size == 16) RtlIpv6AddressToStringW( (const IN6_ADDR *)address->bytes, text );
    else RtlIpv4AddressToStringW( (const IN_ADDR *)address->bytes, text );
    return wcslen( text );
}

static BSTR format_list( const struct list *list )
{
    WCHAR *text, *out;
    BSTR ret;
    UINT i;

    if (!list->count || !(text = malloc( list->count * (RESOLVE_ADDR_TEXT + 1) * sizeof(*text) )))
        return NULL;
    for (out = text, i = 0; i < list->count; i++)
    {
        if (i) *out++ = ';';
        out += format( &list->entries[i], out );
    }
    ret = SysAllocStringLen( text, out - text );
    free( text );
    return ret;
}

static BOOL parse_list( const WCHAR *text, struct list *list )
{
    size_t len;

    for (list->count = 0; *text; text += len + (text[len] == ';'))
    {
        len = wcscspn( text, L";" );
        if (list->count == MAX_LISTED || !parse( text, len, &list->entries[list->count++] ))
            return FALSE;
    }
    return TRUE;
}

/* --- Sources --------------------------------------------------------------------------------- */

static BOOL is_loopback( const struct address *address )
{
    static const BYTE v6[16] = { [15] = 1 };

    return address->size == 4 ? address->bytes[0] == 127 : !memcmp( address->bytes, v6, 16 );
}

/* Appends one if there is room and it is wanted. */
static void add( struct list *list, const SOCKADDR *from, BOOL all )
{
    struct address *entry = &list->entries[list->count];

    if (list->count == MAX_LISTED || (!all && list->count)) return;
    if (from->sa_family == AF_INET)
    {
        entry->size = 4;
        memcpy( entry->bytes, &((const SOCKADDR_IN *)from)->sin_addr, 4 );
    }
    else if (from->sa_family == AF_INET6 && all)
    {
        entry->size = 16;
        memcpy( entry->bytes, &((const SOCKADDR_IN6 *)from)->sin6_addr, 16 );
    }
    else return;
    list->count++;
}

/* The resolver wants UTF-8. */
static char *encode( const WCHAR *host )
{
    int size = WideCharToMultiByte( CP_UTF8, 0, host, -1, NULL, 0, NULL, NULL );
    char *ret = size ? malloc( size ) : NULL;

    if (ret) WideCharToMultiByte( CP_UTF8, 0, host, -1, ret, size, NULL, NULL );
    return ret;
}

BSTR address_resolve( const WCHAR *host, BOOL all )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    char *name = *host ? encode( host ) : NULL;
    struct list list;
    UINT32 count, i;

    list.count = 0;
    if (name && !resolve_host( name, 0, TRUE, addrs, &count ))
        for (i = 0; i < count; i++) add( &list, (const SOCKADDR *)addrs[i].bytes, all );
    free( name );
    return format_list( &list );
}

/* To be freed; NULL: nothing is known. */
static IP_ADAPTER_ADDRESSES *get_adapters(void)
{
    const ULONG flags = GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST | GAA_FLAG_SKIP_DNS_SERVER;
    ULONG size = ADAPTERS_SIZE, err = ERROR_BUFFER_OVERFLOW;
    IP_ADAPTER_ADDRESSES *adapters = NULL;

    while (err == ERROR_BUFFER_OVERFLOW && size <= ADAPTERS_LIMIT)
    {
        free( adapters );
        if (!(adapters = malloc( size ))) return NULL;
        err = GetAdaptersAddresses( AF_UNSPEC, flags, NULL, adapters, &size );
    }
    if (!err) return adapters;
    free( adapters );
    return NULL;
}

BSTR address_of_host( BOOL all )
{
    IP_ADAPTER_ADDRESSES *adapters = get_adapters(), *adapter;
    IP_ADAPTER_UNICAST_ADDRESS *unicast;
    struct list list;

    list.count = 0;
    for (adapter = adapters; adapter; adapter = adapter->Next)
    {
        if (adapter->OperStatus != IfOperStatusUp) continue;
        for (unicast = adapter->FirstUnicastAddress; unicast; unicast = unicast->Next)
        {
            add( &list, unicast->Address.lpSockaddr, all );
            if (list.count && is_loopback( &list.entries[list.count - 1] )) list.count--;
        }
    }
    free( adapters );
    if (list.count || all) return format_list( &list );
    return SysAllocString( L"127.0.0.1" );
}

/* --- Comparing ------------------------------------------------------------------------------- */

BOOL address_is_in_net( const WCHAR *address, const WCHAR *net, const WCHAR *mask )
{
    struct address one, other, bits;
    UINT i;

    if (!parse( address, wcslen( address ), &one ) || !parse( net, wcslen( net ), &other ) ||
        !parse( mask, wcslen( mask ), &bits )) return FALSE;
    if (one.size != 4 || other.size != 4 || bits.size != 4) return FALSE;
    for (i = 0; i < 4; i++)
        if ((one.bytes[i] ^ other.bytes[i]) & bits.bytes[i]) return FALSE;
    return TRUE;
}

/* FALSE: it is no number up to limit. */
static BOOL parse_bits( const WCHAR *text, UINT limit, UINT *ret )
{
    UINT value = 0;

    if (!*text) return FALSE;
    for (; *text; text++)
    {
        if (*text < '0' || *text > '9') return FALSE;
        if ((value = value * 10 + *text - '0') > limit) return FALSE;
    }
    *ret = value;
    return TRUE;
}

BOOL address_has_prefix( const WCHAR *address, const WCHAR *prefix )
{
    const WCHAR *slash = wcschr( prefix, '/' );
    struct address one, other;
    UINT bits, i;

    if (!slash || !parse( address, wcslen( address ), &one ) ||
        !parse( prefix, slash - prefix, &other )) return FALSE;
    if (one.size != other.size || !parse_bits( slash + 1, one.size * 8, &bits )) return FALSE;
    for (i = 0; i < bits; i++)
        if ((one.bytes[i / 8] ^ other.bytes[i / 8]) & (0x80 >> i % 8)) return FALSE;
    return TRUE;
}

static int compare( const void *left, const void *right )
{
    const struct address *one = left, *other = right;

    if (one->size != other->size) return one->size > other->size ? -1 : 1;
    return memcmp( one->bytes, other->bytes, one->size );
}

BSTR address_sort( const WCHAR *text )
{
    struct list list;

    if (!parse_list( text, &list )) return NULL;
    qsort( list.entries, list.count, sizeof(*list.entries), compare );
    return format_list( &list );
}
