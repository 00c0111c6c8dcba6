/* variant - arguments as scripts give them: by reference, of another type, or not at all.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; results are the caller's.
 * Threads: any.
 * Fails:   HRESULTs of oleaut32's conversions.
 */

#ifndef WINHTTP_COM_VARIANT_H
#define WINHTTP_COM_VARIANT_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"

/* The value itself in the wanted type, to be cleared. S_FALSE: there is none (VT_ERROR, VT_EMPTY,
 * VT_NULL), and to is VT_EMPTY. */
HRESULT variant_convert( const VARIANT *from, VARTYPE type, VARIANT *to );

#endif
