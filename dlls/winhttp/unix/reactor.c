/* reactor - one epoll set for all streams; waiting without a thread per socket.
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
#include "unix/error.h"
#include "unix/reactor.h"
#include "unix/sys.h"

static const UINT32 stream_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

static pthread_mutex_t start_lock = PTHREAD_MUTEX_INITIALIZER;
static int set_fd = -1;     /* written once under start_lock, read atomically */
static int wake_fd = -1;    /* set before set_fd */

/* --- Starting ------------------------------------------------------------------------------- */

/* Level-triggered and a semaphore: each wake is read by one waiter, and none gets lost when two
 * wakes come before the first is read. Its data is 0, which is no stream. */
static NTSTATUS add_wake_fd( int set, int wake )
{
    struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = 0 } };

    if (!sys_epoll_ctl( set, EPOLL_CTL_ADD, wake, &event )) return STATUS_SUCCESS;
    return error_from_errno( errno );
}

static NTSTATUS start_locked( void )
{
    NTSTATUS status;
    int set, wake;

    if ((set = sys_epoll_create()) < 0) return error_from_errno( errno );
    if ((wake = sys_eventfd()) < 0) status = error_from_errno( errno );
    else if (!(status = add_wake_fd( set, wake )))
    {
        wake_fd = wake;
        __atomic_store_n( &set_fd, set, __ATOMIC_RELEASE );
        return STATUS_SUCCESS;
    }
    if (wake >= 0) sys_close( wake );
    sys_close( set );
    return status;
}

/* A failure (no descriptors left) may pass: the next caller tries again. */
static NTSTATUS get_set( int *set )
{
    NTSTATUS status = STATUS_SUCCESS;

    if ((*set = __atomic_load_n( &set_fd, __ATOMIC_ACQUIRE )) >= 0) return STATUS_SUCCESS;
    pthread_mutex_lock( &start_lock );
    if (set_fd < 0) status = start_locked();
    *set = set_fd;
    pthread_mutex_unlock( &start_lock );
    return status;
}

/* --- Parking -------------------------------------------------------------------------------- */

static int control_locked( struct stream *stream, int set, int op )
{
    struct epoll_event event = { .events = stream_events };

    event.data.u64 = stream_get_handle( stream );
    return sys_epoll_ctl( set, op, stream->fd, &event );
}

static NTSTATUS register_locked( struct stream *stream )
{
    NTSTATUS status;
    int set;

    if (stream->registered) return STATUS_SUCCESS;
    if ((status = get_set( &set ))) return status;
    if (control_locked( stream, set, EPOLL_CTL_ADD )) return error_from_errno( errno );
    stream->registered = 1;
    return STATUS_SUCCESS;
}

/* An abort before this moment is seen in the flag, a later one comes as an event. */
static NTSTATUS park_locked( struct stream *stream, struct direction *direction, UINT64 cookie )
{
    NTSTATUS status;

    if (direction->armed) return STATUS_INVALID_DEVICE_STATE;
    if (stream_is_aborted( stream )) return STATUS_SUCCESS;
    if (__atomic_exchange_n( &direction->ready, 0, __ATOMIC_SEQ_CST )) return STATUS_SUCCESS;
    if ((status = register_locked( stream ))) return status;
    direction->armed = 1;
    direction->cookie = cookie;
    return STATUS_PENDING;
}

NTSTATUS reactor_park( struct stream *stream, stream_handle handle, UINT32 direction,
                       UINT64 cookie )
{
    NTSTATUS status = STATUS_INVALID_HANDLE;

    if (direction > STREAM_WRITE || !cookie) return STATUS_INVALID_PARAMETER;
    pthread_mutex_lock( &stream->lock );
    if (stream_find( handle ) == stream)
        status = park_locked( stream, &stream->directions[direction], cookie );
    pthread_mutex_unlock( &stream->lock );
    return status;
}

NTSTATUS reactor_unpark( struct stream *stream, stream_handle handle, UINT32 direction,
                         UINT64 *cookie )
{
    NTSTATUS status = STATUS_NOT_FOUND;
    struct direction *dir;

    if (direction > STREAM_WRITE) return STATUS_INVALID_PARAMETER;
    dir = &stream->directions[direction];
    pthread_mutex_lock( &stream->lock );
    if (stream_find( handle ) == stream && dir->armed)
    {
        dir->armed = 0;
        *cookie = dir->cookie;
        status = STATUS_SUCCESS;
    }
    pthread_mutex_unlock( &stream->lock );
    return status;
}

/* --- Waiting -------------------------------------------------------------------------------- */

struct batch
{
    struct reactor_event *events;   /* borrowed (from the caller) */
    UINT32 max;
    UINT32 count;
};

/* Which directions an event concerns. After a hard abort the kernel reports the reading half only,
 * but a parked writer must learn of it too. */
static int concerns( const struct stream *stream, UINT32 events, unsigned int direction )
{
    if (events & (EPOLLHUP | EPOLLERR)) return 1;
    if (direction == STREAM_READ) return events & (EPOLLIN | EPOLLRDHUP);
    return (events & EPOLLOUT) || stream_is_aborted( stream );
}

/* Returns 0 if the batch has no room for the event; the direction stays armed then. */
static int fire_locked( struct stream *stream, unsigned int direction, struct batch *batch )
{
    struct direction *dir = &stream->directions[direction];
    struct reactor_event *event;

    if (!dir->armed)
    {
        __atomic_store_n( &dir->ready, 1, __ATOMIC_SEQ_CST );
        return 1;
    }
    if (batch->count == batch->max) return 0;
    dir->armed = 0;
    event = &batch->events[batch->count++];
    event->cookie = dir->cookie;
    event->direction = direction;
    event->pad = 0;
    return 1;
}

static void fire( const struct epoll_event *event, int set, struct batch *batch )
{
    struct stream *stream = stream_find( event->data.u64 );
    unsigned int direction;
    int room = 1;

    if (!stream) return;
    pthread_mutex_lock( &stream->lock );
    if (stream_find( event->data.u64 ) == stream)
    {
        for (direction = STREAM_READ; direction <= STREAM_WRITE; direction++)
        {
            if (concerns( stream, event->events, direction ))
                room &= fire_locked( stream, direction, batch );
        }
        /* the edge was consumed but only half reported: have it sent again */
        if (!room) control_locked( stream, set, EPOLL_CTL_MOD );
    }
    pthread_mutex_unlock( &stream->lock );
}

/* Returns 1 if this waiter got the wake, 0 if another one was faster. */
static int take_wake( void )
{
    UINT64 value;

    return read( wake_fd, &value, sizeof(value) ) == sizeof(value);
}

/* Reports what epoll_wait brought; returns 1 if a wake was among it. */
static int fire_all( const struct epoll_event *events, int count, int set, struct batch *batch )
{
    int i, woken = 0;

    for (i = 0; i < count; i++)
    {
        if (!events[i].data.u64) woken |= take_wake();
        else fire( &events[i], set, batch );
    }
    return woken;
}

/* Both directions of a stream may be reported at once, so only half as many are asked for. */
NTSTATUS reactor_wait( struct reactor_event *events, UINT32 max, INT32 timeout, UINT32 *count )
{
    struct epoll_event found[UNIX_MAX_EVENTS / 2];
    struct deadline deadline = deadline_in( timeout );
    struct batch batch = { events, max, 0 };
    NTSTATUS status;
    INT32 left = deadline.timeout;
    int ret, set;

    if (!max || max > UNIX_MAX_EVENTS) return STATUS_INVALID_PARAMETER;
    if ((status = get_set( &set ))) return status;
    for (;;)
    {
        ret = sys_epoll_wait( set, found, max > 1 ? max / 2 : 1, left );
        if (ret < 0 && errno != EINTR) return error_from_errno( errno );
        if (ret > 0 && fire_all( found, ret, set, &batch )) break;
        if (batch.count) break;
        if (!(left = deadline_left( &deadline )) && ret <= 0) break;
    }
    *count = batch.count;
    return STATUS_SUCCESS;
}

NTSTATUS reactor_wake( void )
{
    const UINT64 one = 1;
    NTSTATUS status;
    int set;

    if ((status = get_set( &set ))) return status;
    /* EAGAIN: 2^64 - 2 wakes are waiting, one more changes nothing. */
    if (write( wake_fd, &one, sizeof(one) ) > 0 || errno == EAGAIN) return STATUS_SUCCESS;
    return error_from_errno( errno );
}
