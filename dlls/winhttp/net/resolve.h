/* resolve - host names to addresses, and small services of the Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   NTSTATUS.
 */

#ifndef WINHTTP_NET_RESOLVE_H
#define WINHTTP_NET_RESOLVE_H

#include "net/unixlib.h"

enum { RESOLVE_ADDR_TEXT = 46 }; /* characters of the longest IPv6 address, with NUL */

/* Nonzero if host is an IPv4 or IPv6 literal (no brackets). */
BOOL resolve_is_literal( const char *host );

/* Addresses of host, each with port, in order of preference. wait FALSE: STATUS_PENDING where it
 * would have to ask the resolver and so block; STATUS_NOT_FOUND: no such host. */
NTSTATUS resolve_host( const char *host, UINT16 port, BOOL wait,
                       struct unix_addr addrs[UNIX_MAX_ADDRS], UINT32 *count );

/* The address as text, without port and brackets. */
void resolve_addr_text( const struct unix_addr *addr, WCHAR text[RESOLVE_ADDR_TEXT] );

/* Module start: loads the Unix half. */
NTSTATUS net_module_init(void);

/* Random bytes fit for masks and keys. */
NTSTATUS net_random( void *buffer, UINT32 len );

/* SHA-1 of len bytes. */
NTSTATUS net_sha1( const void *data, UINT32 len, BYTE digest[20] );

/* MD5 (16 bytes) or SHA-256 (32 bytes) of len bytes; algorithm: UNIX_HASH_*. */
NTSTATUS net_hash( UINT32 algorithm, const void *data, UINT32 len, BYTE digest[32] );

#endif
