/* Names with addresses of a test's choice, for the topics "dial" and "autodetect".
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Preloaded, it answers for the C library's resolver about names that end in .addresses.test:
 * each label before that is an address on loopback, in the order of the answer. "v6" is ::1, a
 * number N is 127.0.0.N: v6.2.1.addresses.test has ::1, 127.0.0.2 and 127.0.0.1. Where the
 * machine's own names differ, and hold no address twice, tests still find what they need. A label
 * "wpad" is passed over, "slow" takes longer than any test, and with another there is no such host.
 */

#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char domain[] = ".addresses.test";

typedef int resolver( const char *, const char *, const struct addrinfo *, struct addrinfo ** );

static int resolve_label( resolver *real, const char *label, const struct addrinfo *hints,
                          struct addrinfo **info )
{
    struct addrinfo literal = *hints;
    char text[32] = "::1";

    if (!strcmp( label, "wpad" )) return 0;
    while (!strcmp( label, "slow" )) pause();
    if (strcmp( label, "v6" ) && strspn( label, "0123456789" ) != strlen( label ))
        return EAI_NONAME;
    literal.ai_flags |= AI_NUMERICHOST;
    if (strcmp( label, "v6" )) snprintf( text, sizeof(text), "127.0.0.%u", atoi( label ) & 0xff );
    return real( text, NULL, &literal, info );
}

int getaddrinfo( const char *host, const char *service, const struct addrinfo *hints,
                 struct addrinfo **info )
{
    resolver *real = (resolver *)dlsym( RTLD_NEXT, "getaddrinfo" );
    struct addrinfo *first = NULL, **last = &first;
    char *labels, *label, *rest, *end;
    int error = 0;

    if (!host || !hints || (hints->ai_flags & AI_NUMERICHOST) || !(end = strstr( host, domain )) ||
        end[sizeof(domain) - 1]) return real( host, service, hints, info );
    labels = strndup( host, end - host );
    for (label = strtok_r( labels, ".", &rest ); label && !error;
        label = strtok_r( NULL, ".", &rest ))
    {
        if ((error = resolve_label( real, label, hints, last ))) break;
        while (*last) last = &(*last)->ai_next;
    }
    free( labels );
    if (!error && !first) error = EAI_NONAME;
    if (error && first) freeaddrinfo( first );
    if (!error) *info = first;
    return error;
}
