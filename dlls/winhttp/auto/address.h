/* address - IP addresses as proxy scripts know them: texts, and lists of them with ';' in between.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results are the caller's, for SysFreeString.
 * Threads: any. Resolving takes as long as the resolver does.
 * Fails:   NULL, which automation takes for an empty text; FALSE.
 *
 * facts/url-proxy-com.md 9.
 */

#ifndef WINHTTP_AUTO_ADDRESS_H
#define WINHTTP_AUTO_ADDRESS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

/* A host's addresses: all, or its first of IPv4. */
BSTR address_resolve( const WCHAR *host, BOOL all );

/* This machine's: all, or one of IPv4, 127.0.0.1 if there is none. */
BSTR address_of_host( BOOL all );

/* Whether an IPv4 address is in a net: all of them written with dots. */
BOOL address_is_in_net( const WCHAR *address, const WCHAR *net, const WCHAR *mask );

/* Whether an address begins as "prefix/bits" does. */
BOOL address_has_prefix( const WCHAR *address, const WCHAR *prefix );

/* A list with IPv6 addresses before those of IPv4, each by number. */
BSTR address_sort( const WCHAR *list );

#endif
