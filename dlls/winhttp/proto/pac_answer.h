/* pac_answer - what the FindProxyForURL of a proxy script returned: "PROXY a:1; SOCKS b; DIRECT".
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; entries point into the text given.
 * Threads: any.
 * Fails:   zero: nothing more. What is malformed is passed over, as a script that names one proxy
 *          wrongly still names the others.
 *
 * Entries are separated by ';'. Each is a word, without case, and a server behind it; a port that
 * is not there is the kind's own. IPv6 addresses come in brackets where a port follows.
 */

#ifndef WINHTTP_PROTO_PAC_ANSWER_H
#define WINHTTP_PROTO_PAC_ANSWER_H

#include "proto/proxy_list.h"

/* More entries than this are not read: a client tries them one after the other, each for as long as
 * it takes to connect, and gives up long before. */
enum { PAC_ANSWER_MAX = 32 };

enum pac_kind
{
    PAC_DIRECT, /* no proxy; the server means nothing */
    PAC_HTTP,   /* PROXY or HTTP */
    PAC_HTTPS,  /* HTTP over TLS */
    PAC_SOCKS,  /* SOCKS, SOCKS4, SOCKS5 */
};

struct pac_answer_entry
{
    enum pac_kind kind;
    struct proxy_list_entry server; /* host NULL for PAC_DIRECT */
};

/* The entries in order, PAC_ANSWER_MAX at most; returns how many. */
size_t pac_answer_parse( const char *text, struct pac_answer_entry entries[PAC_ANSWER_MAX] );

#endif
