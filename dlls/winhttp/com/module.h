/* module - what the WinHttpRequest object leaves behind, when the module is unloaded.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: DllMain's.
 * Fails:   never.
 *
 * A header of its own: COM's headers make a macro of "small" and other words.
 */

#ifndef WINHTTP_COM_MODULE_H
#define WINHTTP_COM_MODULE_H

#include <stdarg.h>

#include "windef.h"

/* The window class of events.c. */
void com_module_free( HINSTANCE instance );

#endif
