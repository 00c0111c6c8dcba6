/* module - winhttp.dll as COM sees it: what keeps it loaded, and its type library.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the count of what lives in the module, and the type information while anything does.
 * Threads: any; com_module_free: DllMain's.
 * Fails:   HRESULTs.
 *
 * Without COM's headers, which make a macro of "small" and other words.
 */

#ifndef WINHTTP_COM_MODULE_H
#define WINHTTP_COM_MODULE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

struct ITypeInfo;

/* One more, or one less, that lives in the module; whether there is any. */
void com_module_lock( BOOL lock );
BOOL com_module_is_locked(void);

/* winhttp.dll; no reference. */
HMODULE com_module_get(void);

/* What IWinHttpRequest looks like, from the module's type library; with a reference. */
HRESULT com_module_get_type_info( struct ITypeInfo **info );

/* The window class of events.c, when the module is unloaded. */
void com_module_free( HINSTANCE instance );

#endif
