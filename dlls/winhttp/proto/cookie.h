/* cookie - a jar of cookies: what servers set, and what goes back to them (RFC 6265).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of all it stores.
 * Threads: any, one at a time per jar; no lock inside.
 * Fails:   enum cookie_status; the jar is unchanged after a failure.
 *
 * Windows's ways where they differ from the RFC (facts/http.md 9): newest first whatever the path;
 * a cookie with a path that the request was not in is stored all the same (which the RFC allows).
 * What Windows does about expiry, domains, Max-Age and Secure nobody has seen: the RFC's rules
 * stand there (guess U22).
 */

#ifndef WINHTTP_PROTO_COOKIE_H
#define WINHTTP_PROTO_COOKIE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/allocator.h"

enum
{
    /* bytes of name and value: RFC 6265 6.1 asks for at least this much, and browsers stop here */
    COOKIE_MAX_SIZE = 4096,
    /* bytes of Domain or Path; longer ones are passed over, as browsers do: no host name has more
     * than 253, and a path of that size fits no real site */
    COOKIE_MAX_ATTRIBUTE = 1024,
    /* RFC 6265 6.1 asks for at least 50; with more a server could make requests too long for
     * servers of the same domain */
    COOKIE_MAX_PER_DOMAIN = 50,
    /* RFC 6265 6.1 asks for at least 3000; full of the largest cookies that is 12 MiB a session */
    COOKIE_MAX_TOTAL = 3000,
    /* bytes of one Cookie header: as much as a whole response head may have; servers take less.
     * The oldest that do not fit stay at home. */
    COOKIE_MAX_HEADER = 65536,
};

enum cookie_status
{
    COOKIE_OK = 0,
    COOKIE_REFUSED = -1,    /* the peer's text is no cookie, too large, or not its to set */
    COOKIE_ERR_MEMORY = -2,
};

/* The request that a cookie comes from or goes with. */
struct cookie_scope
{
    const char *host;       /* borrowed, NUL-terminated; no port, no brackets */
    const char *target;     /* borrowed, NUL-terminated; origin form, the query does not matter */
    int secure;             /* nonzero: over TLS */
    int64_t now;            /* seconds since 1970-01-01 00:00:00 UTC; not before */
};

struct cookie;

struct cookie_jar
{
    const struct allocator *alloc;
    struct cookie *newest;  /* owned list */
    size_t count;           /* <= COOKIE_MAX_TOTAL */
};

void cookie_jar_init( struct cookie_jar *jar, const struct allocator *alloc );
void cookie_jar_clear( struct cookie_jar *jar ); /* frees all; empty and usable again */

/* Takes the value of a Set-Cookie field. A cookie of the same name (in the same case), domain and
 * path is replaced in its place; one that is past its time is removed.
 * COOKIE_REFUSED: no "name=", an empty name, control characters; a domain that scope->host is not
 * in, or one that belongs to nobody (a single label such as "com", "co.uk", an IP address other
 * than the host itself); an insecure request would replace a Secure cookie; COOKIE_MAX_SIZE.
 * At the limits of count the oldest goes. */
enum cookie_status cookie_jar_store( struct cookie_jar *jar, const struct cookie_scope *scope,
                                     const char *text, size_t len );

/* Writes "name=value; name=value" of all that go with a request, as far as size bytes reach
 * (no NUL), and returns how many bytes the whole has: 0 = no cookie. out may be NULL if size
 * is 0. */
size_t cookie_jar_write( const struct cookie_jar *jar, const struct cookie_scope *scope, char *out,
                         size_t size );

/* A date as servers write it (RFC 6265 5.1.1), in seconds since 1970. Returns 0 if it is none. */
int cookie_date_parse( const char *text, size_t len, int64_t *time );

#endif
