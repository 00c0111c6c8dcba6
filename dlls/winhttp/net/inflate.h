/* inflate - gzip and deflate, decompressed in the Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; an inflater lives from open to close.
 * Threads: any; one at a time per inflater.
 * Fails:   NTSTATUS.
 */

#ifndef WINHTTP_NET_INFLATE_H
#define WINHTTP_NET_INFLATE_H

#include "net/unixlib.h"

/* format: UNIX_INFLATE_*. */
NTSTATUS net_inflate_open( UINT32 format, UINT64 *inflater );

/* Decompresses from input to output. *input_len, *output_len: bytes there, then bytes used; *ended:
 * the compressed data is complete. STATUS_DATA_ERROR: it is corrupt. */
NTSTATUS net_inflate( UINT64 inflater, const BYTE *input, UINT32 *input_len, BYTE *output,
                      UINT32 *output_len, BOOL *ended );

void net_inflate_close( UINT64 inflater );

#endif
