/* detect - where the network says that its proxy script is: WPAD (facts/url-proxy-com.md 6).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any, without a lock. May take seconds.
 * Fails:   ERROR_WINHTTP_AUTODETECTION_FAILED; ERROR_WINHTTP_TIMEOUT: the same, for lack of an
 *          answer; ERROR_WINHTTP_OPERATION_CANCELLED; no memory.
 */

#ifndef WINHTTP_AUTO_DETECT_H
#define WINHTTP_AUTO_DETECT_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

/* flags: WINHTTP_AUTO_DETECT_TYPE_DHCP, _DNS_A; DHCP is asked first. cancel: an event that ends it,
 * or NULL. *url is for free(). */
DWORD auto_detect( DWORD flags, HANDLE cancel, WCHAR **url );

#endif
