/* proxy_list - the texts that say which proxy a host is reached through, and which hosts are
 * reached without one.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results point into the texts given.
 * Threads: any.
 * Fails:   zero for texts that mean nothing.
 *
 * The grammar is Windows's (facts/url-proxy-com.md 4). A proxy list is entries separated by ';' or
 * blanks, each "[scheme=][scheme://]server[:port]", where scheme= limits it to URLs of that scheme;
 * the first that fits is taken. A bypass list is host patterns separated in the same way, where
 * '*' stands for anything, "<local>" for names without dots, and a scheme:// or a :port limits the
 * pattern. IPv6 addresses come in brackets where a port follows.
 */

#ifndef WINHTTP_PROTO_PROXY_LIST_H
#define WINHTTP_PROTO_PROXY_LIST_H

#include <stddef.h>
#include <stdint.h>

enum { PROXY_LIST_DEFAULT_PORT = 80 }; /* of an entry without one (guess U7) */

struct proxy_list_entry
{
    const char *host;   /* borrowed; no brackets; not NUL-terminated */
    size_t host_len;    /* bytes, never 0 */
    uint16_t port;
};

/* The first entry of list for URLs of that scheme ("http" or "https"). Entries of SOCKS proxies and
 * entries that are malformed are passed over. Zero: none. */
int proxy_list_find( const char *list, const char *scheme, struct proxy_list_entry *entry );

/* One "server[:port]" of len bytes, well-formed as below. Zero: it is not. */
int proxy_list_parse_server( const char *text, size_t len, uint16_t default_port,
                             struct proxy_list_entry *entry );

/* Nonzero if list has an entry, and every entry is well-formed: a host, a port from 1 to 65535, no
 * slash behind it (facts/http.md 1), no controls. */
int proxy_list_valid( const char *list );

/* Nonzero if a URL of that scheme, host (no brackets) and port needs no proxy. Hosts are compared
 * as they are written, without case and without asking for addresses. */
int proxy_list_bypasses( const char *bypass, const char *scheme, const char *host, uint16_t port );

/* What stands before the host of a URL, as it is written there. */
struct proxy_list_login
{
    const char *user, *password;    /* borrowed; not NUL-terminated; user NULL: nothing */
    size_t user_len, password_len;  /* bytes */
};

/* The entry that a URL of http_proxy and the like means, and the login; a path is passed over.
 * Zero: none that HTTP can use. */
int proxy_list_from_url( const char *url, struct proxy_list_entry *entry,
                         struct proxy_list_login *login );

/* The bypass list that means what no_proxy does: hosts and domains separated by commas or blanks,
 * each of which holds for its subdomains too; "*" is all. Writes at most size bytes with NUL to
 * out; returns the bytes needed. */
size_t proxy_list_from_no_proxy( const char *no_proxy, char *out, size_t size );

#endif
