/* detected - what the network said of its proxy script, kept for a while.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the answers that are kept.
 * Threads: any, without a lock; as auto/detect.h where nothing is kept.
 * Fails:   likewise; that there is no script is kept, too.
 *
 * A program asks for each of its requests, and detection may take seconds where nobody answers.
 */

#ifndef WINHTTP_AUTO_DETECTED_H
#define WINHTTP_AUTO_DETECTED_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

/* As auto_detect. fresh: not what was kept. */
DWORD detected_get( DWORD flags, BOOL fresh, HANDLE cancel, WCHAR **url );

/* Forgets what is kept. */
void detected_forget(void);

/* Module end. */
void detected_free(void);

#endif
