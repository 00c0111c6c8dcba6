/* inflate - decompresses gzip and deflate with zlib.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a zlib stream per handle, from open to close.
 * Threads: any; one at a time per handle.
 * Fails:   NTSTATUS.
 */

#ifndef WINHTTP_UNIX_INFLATE_H
#define WINHTTP_UNIX_INFLATE_H

#include "net/unixlib.h"

/* As unix_inflate_open, unix_inflate, unix_inflate_close. */
NTSTATUS inflater_open( struct inflate_open_params *params );
NTSTATUS inflater_run( struct inflate_params *params );
NTSTATUS inflater_close( const struct inflate_close_params *params );

#endif
