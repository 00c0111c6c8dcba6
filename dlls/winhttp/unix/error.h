/* error - what errno and GnuTLS report, as NTSTATUS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   never; what is in no table becomes STATUS_UNSUCCESSFUL (errno) or the caller's default.
 */

#ifndef WINHTTP_UNIX_ERROR_H
#define WINHTTP_UNIX_ERROR_H

#include "net/unixlib.h"

/* EAGAIN is not in the table: whether it means pending or timed out depends on the call. */
NTSTATUS error_from_errno( int error );

/* A GnuTLS code below 0; other is for what only says that TLS failed. */
NTSTATUS error_from_gnutls( int error, NTSTATUS other );

/* A getaddrinfo code; for EAI_SYSTEM errno says the rest. */
NTSTATUS error_from_resolver( int error );

#endif
