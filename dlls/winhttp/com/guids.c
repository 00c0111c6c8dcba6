/* guids - the identities of the WinHttpRequest object, which no import library has.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

#include "initguid.h"
#include "httprequest.h"
