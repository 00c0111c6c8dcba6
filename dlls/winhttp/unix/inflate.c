/* inflate - zlib streams behind handles.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>

#include <zlib.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/inflate.h"
#include "unix/sys.h"

enum
{
    MAX_INFLATERS = 65536, /* some 45 KiB each: 3 GiB of responses being read at one time */
};

struct inflater
{
    z_stream zlib;
    UINT32 format;
    int ended;      /* a member is complete */
};

struct slot
{
    struct inflater *inflater; /* owned; NULL: free */
    UINT32 generation;
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct slot slots[MAX_INFLATERS];    /* under table_lock; untouched pages cost nothing */
static UINT32 next_slot;                    /* under table_lock; where to look first */

static UINT64 add( struct inflater *inflater )
{
    UINT64 handle = 0;
    UINT32 i, index;

    pthread_mutex_lock( &table_lock );
    for (i = 0; i < MAX_INFLATERS && !handle; i++)
    {
        index = (next_slot + i) % MAX_INFLATERS;
        if (slots[index].inflater) continue;
        slots[index].inflater = inflater;
        handle = (UINT64)++slots[index].generation << 32 | (index + 1);
        next_slot = index + 1;
    }
    pthread_mutex_unlock( &table_lock );
    return handle;
}

/* take: out of the table as well. NULL: no such handle. */
static struct inflater *find( UINT64 handle, int take )
{
    UINT32 index = (UINT32)handle - 1, generation = handle >> 32;
    struct inflater *inflater = NULL;

    if (index >= MAX_INFLATERS) return NULL;
    pthread_mutex_lock( &table_lock );
    if (slots[index].generation == generation) inflater = slots[index].inflater;
    if (inflater && take) slots[index].inflater = NULL;
    pthread_mutex_unlock( &table_lock );
    return inflater;
}

static int window_bits( UINT32 format )
{
    switch (format)
    {
    case UNIX_INFLATE_GZIP: return MAX_WBITS + 16;
    case UNIX_INFLATE_ZLIB: return MAX_WBITS;
    case UNIX_INFLATE_RAW:  return -MAX_WBITS;
    }
    return 0;
}

NTSTATUS inflater_open( struct inflate_open_params *params )
{
    struct inflater *inflater;
    int bits;

    if (!(bits = window_bits( params->format ))) return STATUS_INVALID_PARAMETER;
    if (!(inflater = sys_alloc( sizeof(*inflater) ))) return STATUS_NO_MEMORY;
    inflater->format = params->format;
    if (inflateInit2( &inflater->zlib, bits ) == Z_OK)
    {
        if ((params->inflater = add( inflater ))) return STATUS_SUCCESS;
        inflateEnd( &inflater->zlib );
    }
    free( inflater );
    return STATUS_NO_MEMORY;
}

/* RFC 1952 2.2: a gzip body may be several members, one behind the other. */
static int next_member( struct inflater *inflater )
{
    if (inflater->format != UNIX_INFLATE_GZIP || !inflater->zlib.avail_in) return 0;
    if (*inflater->zlib.next_in != 0x1f) return 0;
    inflater->ended = 0;
    return inflateReset( &inflater->zlib ) == Z_OK;
}

NTSTATUS inflater_run( struct inflate_params *params )
{
    struct inflater *inflater = find( params->inflater, 0 );
    int ret = Z_OK;

    if (!inflater) return STATUS_INVALID_HANDLE;
    inflater->zlib.next_in = (Bytef *)(ULONG_PTR)params->input;
    inflater->zlib.avail_in = params->input_len;
    inflater->zlib.next_out = (Bytef *)(ULONG_PTR)params->output;
    inflater->zlib.avail_out = params->output_len;
    while (ret == Z_OK && inflater->zlib.avail_out)
    {
        if (inflater->ended && !next_member( inflater )) break;
        ret = inflate( &inflater->zlib, Z_NO_FLUSH );
        if (ret != Z_STREAM_END) continue;
        inflater->ended = 1;
        ret = Z_OK;
    }
    params->input_len -= inflater->zlib.avail_in;
    params->output_len -= inflater->zlib.avail_out;
    params->ended = inflater->ended;
    /* Z_BUF_ERROR: no more input, nothing wrong */
    if (ret == Z_OK || ret == Z_BUF_ERROR) return STATUS_SUCCESS;
    return ret == Z_MEM_ERROR ? STATUS_NO_MEMORY : STATUS_DATA_ERROR;
}

NTSTATUS inflater_close( const struct inflate_close_params *params )
{
    struct inflater *inflater = find( params->inflater, 1 );

    if (!inflater) return STATUS_INVALID_HANDLE;
    inflateEnd( &inflater->zlib );
    free( inflater );
    return STATUS_SUCCESS;
}
