/* network - what the networks that this computer is on say about a proxy script.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any, where blocking for as long as the network likes is allowed; without a lock.
 * Fails:   FALSE: they say nothing, or it could not be asked.
 */

#ifndef WINHTTP_AUTO_NETWORK_H
#define WINHTTP_AUTO_NETWORK_H

#include <stdarg.h>

#include "windef.h"

#include "proto/wpad.h"

/* Option 252 of the DHCP server of an adapter that is up. */
BOOL network_ask_dhcp( char url[WPAD_URL_SIZE] );

/* Whether there is a host "wpad" in a domain of this computer or of an adapter that is up. */
BOOL network_ask_dns( char url[WPAD_URL_SIZE] );

#endif
