/* status - transport status to WinHTTP error.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the one table of this border (STYLE.md, rule 13).
 * Threads: any.
 * Fails:   unknown statuses are ERROR_WINHTTP_CONNECTION_ERROR.
 */

#ifndef WINHTTP_OP_STATUS_H
#define WINHTTP_OP_STATUS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winternl.h"

/* For an established connection. */
DWORD status_to_error( NTSTATUS status );

/* While connecting: what is not said otherwise is ERROR_WINHTTP_CANNOT_CONNECT. */
DWORD status_to_connect_error( NTSTATUS status );

/* The Winsock error that says the same, or 0. */
DWORD status_to_winsock( NTSTATUS status );

#endif
