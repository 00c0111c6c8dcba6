/* functions - what proxy scripts ask of the system: an object for auto/prelude.h.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    an object that never goes.
 * Threads: the script's.
 * Fails:   DISP_E_* for calls that the prelude does not make; else a text is empty, or FALSE.
 */

#ifndef WINHTTP_AUTO_FUNCTIONS_H
#define WINHTTP_AUTO_FUNCTIONS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oaidl.h"

/* No reference is counted. */
IDispatch *functions_get(void);

#endif
