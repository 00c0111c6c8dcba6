/* network - asks DHCP servers and the resolver.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/network.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "winsock2.h"
#include "winbase.h"
#include "ws2ipdef.h"
#include "iphlpapi.h"
#include "dhcpcsdk.h"

#include "net/resolve.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    ADAPTERS_SIZE = 16 * 1024,  /* what Microsoft advises to begin with */
    ADAPTERS_TRIES = 3,         /* adapters may come while they are counted, but not for ever */
};

/* --- Adapters ------------------------------------------------------------------------------- */

/* For free(); NULL: none, or no memory. */
static IP_ADAPTER_ADDRESSES *list_adapters(void)
{
    IP_ADAPTER_ADDRESSES *adapters;
    ULONG err, size = ADAPTERS_SIZE;
    int i;

    for (i = 0; i < ADAPTERS_TRIES; i++)
    {
        if (!(adapters = malloc( size ))) return NULL;
        err = GetAdaptersAddresses( AF_UNSPEC, GAA_FLAG_SKIP_ANYCAST | GAA_FLAG_SKIP_MULTICAST,
                                    NULL, adapters, &size );
        if (!err) return adapters;
        free( adapters );
        if (err != ERROR_BUFFER_OVERFLOW) break;
    }
    return NULL;
}

static BOOL is_up( const IP_ADAPTER_ADDRESSES *adapter )
{
    return adapter->OperStatus == IfOperStatusUp && adapter->IfType != IF_TYPE_SOFTWARE_LOOPBACK;
}

/* --- DHCP ------------------------------------------------------------------------------------ */

/* Wine asks the NetworkManager, which knows the lease, and asks no server. It does not want
 * DhcpCApiInitialize, and complains about it. */
static BOOL ask_adapter( const char *name, char url[WPAD_URL_SIZE] )
{
    DHCPCAPI_PARAMS option = { .OptionId = OPTION_MSFT_IE_PROXY };
    DHCPCAPI_PARAMS_ARRAY send = { 0, NULL }, receive = { 1, &option };
    WCHAR *adapter = text_widen( name, strlen( name ) );
    DWORD err, size = WPAD_URL_SIZE;
    BYTE answer[WPAD_URL_SIZE];

    if (!adapter) return FALSE;
    err = DhcpRequestParams( DHCPCAPI_REQUEST_SYNCHRONOUS, NULL, adapter, NULL, send, receive,
                             answer, &size, NULL );
    TRACE( "%s: error %lu, %lu bytes\n", debugstr_w(adapter), err, option.nBytesData );
    free( adapter );
    if (err || !option.Data || option.nBytesData > sizeof(answer)) return FALSE;
    return wpad_url( option.Data, option.nBytesData, url );
}

BOOL network_ask_dhcp( char url[WPAD_URL_SIZE] )
{
    IP_ADAPTER_ADDRESSES *adapters = list_adapters(), *adapter;
    BOOL found = FALSE;

    for (adapter = adapters; adapter && !found; adapter = adapter->Next)
        found = is_up( adapter ) && ask_adapter( adapter->AdapterName, url );
    free( adapters );
    return found;
}

/* --- DNS ------------------------------------------------------------------------------------- */

/* Not as an absolute name, with a dot at its end: then it would not be found in /etc/hosts. The
 * resolver may append a domain of its list to a name that does not exist; that makes it longer, and
 * lets nobody answer who does not answer for that domain already. */
static BOOL is_host( const char *name )
{
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    UINT32 count;
    NTSTATUS status = resolve_host( name, 0, TRUE, addrs, &count );

    TRACE( "%s: status %#lx, %u addresses\n", debugstr_a(name), status, count );
    return !status;
}

/* most: how many labels may be taken off its front. */
static BOOL ask_suffix( const WCHAR *suffix, unsigned int most, char url[WPAD_URL_SIZE] )
{
    char name[WPAD_NAME_SIZE], *text;
    unsigned int steps;
    BOOL found = FALSE;

    if (!suffix || !*suffix || !(text = text_narrow( suffix, wcslen( suffix ) ))) return FALSE;
    for (steps = 0; steps <= most && !found && wpad_name( text, steps, name ); steps++)
        found = is_host( name );
    free( text );
    if (found) snprintf( url, WPAD_URL_SIZE, "http://%s/wpad.dat", name );
    return found;
}

static BOOL ask_computer( char url[WPAD_URL_SIZE] )
{
    WCHAR domain[WPAD_NAME_SIZE];
    DWORD size = ARRAY_SIZE(domain);

    return GetComputerNameExW( ComputerNameDnsDomain, domain, &size ) &&
           ask_suffix( domain, UINT_MAX, url );
}

/* As they are: Windows goes up from the computer's domain alone (a guess). A network names these,
 * and above them may be a stranger's domain. */
static BOOL ask_suffixes_of( const IP_ADAPTER_ADDRESSES *adapter, char url[WPAD_URL_SIZE] )
{
    const IP_ADAPTER_DNS_SUFFIX *suffix;

    if (ask_suffix( adapter->DnsSuffix, 0, url )) return TRUE;
    for (suffix = adapter->FirstDnsSuffix; suffix; suffix = suffix->Next)
        if (ask_suffix( suffix->String, 0, url )) return TRUE;
    return FALSE;
}

/* What is asked twice is in the resolver's cache, or in the network's. A host of the name "wpad"
 * alone is not asked for: anybody in the network could answer (Windows: MS16-077). */
BOOL network_ask_dns( char url[WPAD_URL_SIZE] )
{
    IP_ADAPTER_ADDRESSES *adapters, *adapter;
    BOOL found = FALSE;

    if (ask_computer( url )) return TRUE;
    adapters = list_adapters();
    for (adapter = adapters; adapter && !found; adapter = adapter->Next)
        found = is_up( adapter ) && ask_suffixes_of( adapter, url );
    free( adapters );
    return found;
}
