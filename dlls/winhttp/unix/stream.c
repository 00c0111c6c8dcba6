/* stream - the table of streams: slots behind the handles that the PE side holds.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <stdarg.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/deadline.h"
#include "unix/stream.h"
#include "unix/sys.h"
#include "unix/tls.h"

enum
{
    CHUNK_SLOTS = 256,
    MAX_CHUNKS = 4096,  /* a million streams: 16 times the ports of one local address */
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct stream *chunks[MAX_CHUNKS];   /* written under table_lock, read atomically */
static unsigned int chunk_count;            /* under table_lock */
static struct stream *first_free;           /* under table_lock */

static void add_free_locked( struct stream *stream )
{
    stream->next_free = first_free;
    first_free = stream;
}

static void init_slot( struct stream *stream, UINT32 index )
{
    stream->fd = -1;
    stream->index = index;
    pthread_mutex_init( &stream->lock, NULL );
}

static NTSTATUS add_chunk_locked( void )
{
    struct stream *chunk;
    UINT32 i;

    if (chunk_count == MAX_CHUNKS) return STATUS_INSUFFICIENT_RESOURCES;
    if (!(chunk = sys_alloc( CHUNK_SLOTS * sizeof(*chunk) ))) return STATUS_NO_MEMORY;
    for (i = CHUNK_SLOTS; i--;)
    {
        init_slot( &chunk[i], chunk_count * CHUNK_SLOTS + i );
        add_free_locked( &chunk[i] );
    }
    __atomic_store_n( &chunks[chunk_count++], chunk, __ATOMIC_RELEASE );
    return STATUS_SUCCESS;
}

static NTSTATUS take_free( struct stream **stream )
{
    NTSTATUS status = STATUS_SUCCESS;

    pthread_mutex_lock( &table_lock );
    if (!first_free) status = add_chunk_locked();
    if (!status)
    {
        *stream = first_free;
        first_free = first_free->next_free;
    }
    pthread_mutex_unlock( &table_lock );
    return status;
}

NTSTATUS stream_create( int fd, const struct unix_addr *addr, stream_handle *handle )
{
    struct stream *stream;
    NTSTATUS status;

    if ((status = take_free( &stream ))) return status;

    pthread_mutex_lock( &stream->lock );
    stream->fd = fd;
    stream->addr = *addr;
    stream->opened = deadline_clock();
    stream->tls = NULL;
    stream->recv_timeout = UNIX_INFINITE;
    stream->blocking = 0;
    stream->registered = 0;
    stream->directions[STREAM_READ] = stream->directions[STREAM_WRITE] = (struct direction){ 0 };
    __atomic_store_n( &stream->send_waits, 0, __ATOMIC_RELAXED );
    __atomic_store_n( &stream->aborted, 0, __ATOMIC_RELAXED );
    __atomic_store_n( &stream->generation, stream->generation + 1, __ATOMIC_RELEASE );
    pthread_mutex_unlock( &stream->lock );

    *handle = stream_get_handle( stream );
    return STATUS_SUCCESS;
}

struct stream *stream_find( stream_handle handle )
{
    UINT32 index = (UINT32)handle - 1, generation = handle >> 32;
    struct stream *chunk, *stream;

    if (index >= MAX_CHUNKS * CHUNK_SLOTS || !(generation & 1)) return NULL;
    chunk = __atomic_load_n( &chunks[index / CHUNK_SLOTS], __ATOMIC_ACQUIRE );
    if (!chunk) return NULL;
    stream = &chunk[index % CHUNK_SLOTS];
    if (__atomic_load_n( &stream->generation, __ATOMIC_ACQUIRE ) != generation) return NULL;
    return stream;
}

stream_handle stream_get_handle( const struct stream *stream )
{
    UINT64 generation = __atomic_load_n( &stream->generation, __ATOMIC_RELAXED );

    return generation << 32 | (stream->index + 1);
}

void stream_destroy( struct stream *stream )
{
    int fd = stream->fd;

    /* First the generation, so that a waiter holding an event of this stream drops it. */
    pthread_mutex_lock( &stream->lock );
    __atomic_store_n( &stream->generation, stream->generation + 1, __ATOMIC_RELEASE );
    stream->fd = -1;
    pthread_mutex_unlock( &stream->lock );

    if (stream->tls) tls_destroy( stream->tls );
    sys_close( fd );    /* also takes it out of the epoll set */

    pthread_mutex_lock( &table_lock );
    add_free_locked( stream );
    pthread_mutex_unlock( &table_lock );
}
