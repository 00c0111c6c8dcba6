/* turn - one asks the network, the others wait for what it says.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    an event, made when first needed and kept.
 * Threads: any, without a lock.
 * Fails:   ERROR_WINHTTP_OPERATION_CANCELLED, ERROR_NOT_ENOUGH_MEMORY.
 *
 * Like a mutex, but that waiting for it can be given up.
 */

#ifndef WINHTTP_AUTO_TURN_H
#define WINHTTP_AUTO_TURN_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

/* All zeroed to begin with. */
struct turn
{
    INIT_ONCE once;
    HANDLE free; /* resets itself; set while it is nobody's turn */
};

/* cancel: an event that ends the wait, or NULL. */
DWORD turn_take( struct turn *turn, HANDLE cancel );
void turn_leave( struct turn *turn );

/* Module end: nobody waits any more. */
void turn_free( struct turn *turn );

#endif
