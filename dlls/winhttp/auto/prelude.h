/* prelude - the functions of proxy scripts that a script itself can write.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a text that never changes.
 * Threads: any.
 * Fails:   never.
 *
 * facts/url-proxy-com.md 9. JScript, run before the proxy's script, which may define any of them
 * anew. What needs the system is asked of one object, PRELUDE_OBJECT (auto/functions.h).
 */

#ifndef WINHTTP_AUTO_PRELUDE_H
#define WINHTTP_AUTO_PRELUDE_H

#include <stdarg.h>

#include "windef.h"

#define PRELUDE_OBJECT L"winhttp__system"

extern const WCHAR prelude_text[];

#endif
