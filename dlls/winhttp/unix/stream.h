/* stream - the table of streams: slots behind the handles that the PE side holds.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the slots, for the life of the process (their memory is reused, never freed, so that a
 *          stale handle can always be looked up); an open slot owns its descriptor and TLS session.
 * Threads: any; see the groups in the struct. The lock is a leaf: of system calls only those that
 *          do not wait (epoll_ctl, shutdown) are made under it. It guards parking, so that senders
 *          and receivers never meet there.
 * Fails:   NTSTATUS.
 *
 * A handle is the slot's index + 1 in the low half and its generation in the high half. The
 * generation is odd while the slot is open, so a handle of a closed stream matches nothing until
 * 2^31 streams have gone through that one slot.
 */

#ifndef WINHTTP_UNIX_STREAM_H
#define WINHTTP_UNIX_STREAM_H

#include <pthread.h>

#include "net/unixlib.h"

struct tls;

/* One direction of the parking state machine (reactor.h). */
struct direction
{
    UINT64 cookie;              /* whose event, while armed */
    BYTE armed;                 /* the next event goes to the reactor's waiters */
    BYTE ready;                 /* an event came while nothing was armed; also cleared, atomically
                                 * and without the lock, by an operation about to try */
};

struct stream
{
    /* immutable while open */
    int fd;                     /* owned */
    UINT32 index;
    struct unix_addr addr;      /* the peer */
    INT64 opened;               /* when; deadline_clock() */

    /* whoever connects or shakes hands, alone in the stream by contract */
    struct tls *tls;            /* owned; NULL without TLS, then set once */

    /* the receiving caller */
    INT32 recv_timeout;         /* SO_RCVTIMEO as last set, UNIX_INFINITE at first */
    BYTE blocking;              /* as fd is; once set, never unset. Only a receive waits that way */

    /* any thread, atomic */
    UINT32 generation;          /* odd: open */
    BYTE aborted;               /* once set, never unset */
    BYTE send_waits;            /* the sending caller is in poll() */

    /* under lock */
    pthread_mutex_t lock;
    struct direction directions[2];
    BYTE registered;            /* in the reactor's epoll set; once set, never unset */

    /* under the table's lock */
    struct stream *next_free;   /* borrowed (from the table) */
};

/* Opens a slot for fd, which it takes over only on success; it does not block and is connected, or
 * will be, to addr. STATUS_NO_MEMORY. */
NTSTATUS stream_create( int fd, const struct unix_addr *addr, stream_handle *handle );

/* The open stream of a handle, or NULL. Valid until stream_close, which comes last by contract. */
struct stream *stream_find( stream_handle handle );

stream_handle stream_get_handle( const struct stream *stream );

/* Closes descriptor and TLS session and frees the slot. Events on their way find it closed. */
void stream_destroy( struct stream *stream );

static inline int stream_is_aborted( const struct stream *stream )
{
    return __atomic_load_n( &stream->aborted, __ATOMIC_SEQ_CST );
}

/* To be called before the system call that may find nothing: an event after this moment makes
 * park say "try again", one from before does not. The exchange is a full barrier, so the flag
 * cannot be cleared behind the system call's back. */
static inline void stream_forget_event( struct stream *stream, unsigned int direction )
{
    BYTE *ready = &stream->directions[direction].ready;

    if (__atomic_load_n( ready, __ATOMIC_RELAXED ))
        __atomic_exchange_n( ready, 0, __ATOMIC_SEQ_CST );
}

#endif
