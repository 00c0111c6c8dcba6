/* factory - how COM comes to a WinHttpRequest object.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the count of what keeps the module from being unloaded, and the type library.
 * Threads: any.
 * Fails:   HRESULTs.
 *
 * facts/url-proxy-com.md 10. The exports DllGetClassObject and DllCanUnloadNow are here;
 * DllRegisterServer and DllUnregisterServer are winecrt0's, by what winhttp_tlb.idl registers.
 */

#ifndef WINHTTP_COM_FACTORY_H
#define WINHTTP_COM_FACTORY_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oaidl.h"

/* One more, or one less, that lives in the module. */
void factory_lock( BOOL lock );

/* winhttp.dll; no reference. */
HMODULE factory_get_module(void);

/* What IWinHttpRequest looks like, from the module's type library; with a reference. */
HRESULT factory_get_type_info( ITypeInfo **info );

#endif
