/* wpad - where a network may say that its proxy script is (facts/url-proxy-com.md 6).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   zero: there is no such name, or no URL in it.
 *
 * Whoever answers to "wpad.<suffix>" chooses the proxy of all that is below, so a name must never
 * be asked for that a stranger can register: not wpad.com, nor wpad.co.uk. Windows goes down a
 * suffix to its devolution level: as many labels as the root domain of the computer's forest has,
 * else 2. Nothing here knows of forests, so 2 labels are left always, and 3 where the last two are
 * a registry's known to us (guess). A suffix of one label, as "home" or "local", is not asked for.
 */

#ifndef WINHTTP_PROTO_WPAD_H
#define WINHTTP_PROTO_WPAD_H

#include <stddef.h>

enum
{
    WPAD_NAME_SIZE = 254,   /* of a name in the DNS, with NUL: RFC 1035, 2.3.4 */
    WPAD_URL_SIZE = 1024,   /* with NUL; a DHCP option has 255 bytes in each of its parts, and four
                             * of them (RFC 3396) would fill a small answer */
};

/* The name that is asked in so many steps down the suffix (0: in all of it); no dot at the end. */
int wpad_name( const char *suffix, unsigned int steps, char name[WPAD_NAME_SIZE] );

/* The URL in what a DHCP server sent as option 252: http or https, with a host and without a login;
 * whatever follows a NUL, a blank or the end of a line is not part of it. */
int wpad_url( const void *option, size_t len, char url[WPAD_URL_SIZE] );

#endif
