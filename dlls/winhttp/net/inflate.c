/* inflate - the calls of the inflater.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/inflate.h"

#include "net/calls.h"

NTSTATUS net_inflate_open( UINT32 format, UINT64 *inflater )
{
    struct inflate_open_params params = { .format = format };
    NTSTATUS status = call_inflate_open( &params );

    if (!status) *inflater = params.inflater;
    return status;
}

NTSTATUS net_inflate( UINT64 inflater, const BYTE *input, UINT32 *input_len, BYTE *output,
                      UINT32 *output_len, BOOL *ended )
{
    struct inflate_params params = { .inflater = inflater, .input = (ULONG_PTR)input,
                                     .output = (ULONG_PTR)output, .input_len = *input_len,
                                     .output_len = *output_len };
    NTSTATUS status = call_inflate( &params );

    *input_len = params.input_len;
    *output_len = params.output_len;
    *ended = params.ended != 0;
    return status;
}

void net_inflate_close( UINT64 inflater )
{
    struct inflate_close_params params = { .inflater = inflater };

    call_inflate_close( &params );
}
