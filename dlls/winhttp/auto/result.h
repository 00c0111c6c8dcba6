/* result - an answer as WinHttpGetProxyResult hands it to the program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; a result is the program's, until WinHttpFreeProxyResult.
 * Threads: any.
 * Fails:   NULL: no memory.
 */

#ifndef WINHTTP_AUTO_RESULT_H
#define WINHTTP_AUTO_RESULT_H

#include "auto/find.h"

/* answer->count entries and their texts, in one piece of memory for WinHttpFreeProxyResult. */
WINHTTP_PROXY_RESULT_ENTRY *result_entries( const struct auto_answer *answer );

#endif
