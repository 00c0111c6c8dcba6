/* socket - TCP: bytes without TLS.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <sys/time.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/addr.h"
#include "unix/error.h"
#include "unix/socket.h"
#include "unix/sys.h"
#include "unix/tcp.h"

/* --- Waiting -------------------------------------------------------------------------------- */

/* After abort every result is that one, whatever the socket says. */
static NTSTATUS outcome( const struct stream *stream, NTSTATUS status )
{
    return stream_is_aborted( stream ) ? STATUS_CONNECTION_ABORTED : status;
}

/* poll()s for events; a hang-up or an error is success too, the next call says which. */
static NTSTATUS wait_for( struct stream *stream, short events, const struct deadline *deadline )
{
    struct pollfd pfd = { .fd = stream->fd, .events = events };
    INT32 left;
    int ret;

    for (;;)
    {
        left = deadline_left( deadline );
        ret = sys_poll( &pfd, 1, left );
        if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
        if (ret > 0) return STATUS_SUCCESS;
        if (!ret) return deadline->timeout ? STATUS_IO_TIMEOUT : STATUS_PENDING;
        if (errno != EINTR) return error_from_errno( errno );
    }
}

/* The flag lets a hard abort know that shutting down the reading half would not wake us. */
static NTSTATUS wait_to_send( struct stream *stream, const struct deadline *deadline )
{
    NTSTATUS status = STATUS_CONNECTION_ABORTED;

    __atomic_store_n( &stream->send_waits, 1, __ATOMIC_SEQ_CST );
    if (!stream_is_aborted( stream )) status = wait_for( stream, POLLOUT, deadline );
    __atomic_store_n( &stream->send_waits, 0, __ATOMIC_SEQ_CST );
    return status;
}

/* --- Connecting ----------------------------------------------------------------------------- */

/* Nagle's algorithm would hold back the second of two small frames until the first is
 * acknowledged, which the peer may delay by 40 ms. */
static NTSTATUS make_socket( int family, int *fd )
{
    const int on = 1;

    *fd = sys_socket( family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK );
    if (*fd < 0) return error_from_errno( errno );
    if (!sys_setsockopt( *fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on) )) return STATUS_SUCCESS;
    sys_close( *fd );
    return STATUS_NO_MEMORY;
}

/* The first call begins; each later one says how that went, and costs no poll() to find out. */
static NTSTATUS try_connect( int fd, const struct sockaddr_in6 *addr, socklen_t len )
{
    if (!sys_connect( fd, (const struct sockaddr *)addr, len )) return STATUS_SUCCESS;
    if (errno == EISCONN) return STATUS_SUCCESS;
    if (errno == EINPROGRESS || errno == EALREADY || errno == EINTR) return STATUS_PENDING;
    return error_from_errno( errno );
}

NTSTATUS socket_open( struct stream_open_params *params )
{
    struct sockaddr_in6 unix_addr;
    NTSTATUS status, created;
    socklen_t len;
    int fd;

    if (!(len = addr_to_unix( &params->addr, &unix_addr ))) return STATUS_INVALID_PARAMETER;
    if ((status = make_socket( unix_addr.sin6_family, &fd ))) return status;
    tcp_set_options( fd, params );
    status = try_connect( fd, &unix_addr, len );
    if (status && status != STATUS_PENDING) goto failed;
    if (!(created = stream_create( fd, &params->addr, &params->stream ))) return status;
    status = created;
failed:
    sys_close( fd );
    return status;
}

NTSTATUS socket_connect( struct stream *stream, INT32 timeout )
{
    struct deadline deadline = deadline_in( timeout );
    struct sockaddr_in6 unix_addr;
    socklen_t len = addr_to_unix( &stream->addr, &unix_addr );
    NTSTATUS status;

    for (;;)
    {
        if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
        stream_forget_event( stream, STREAM_WRITE );
        status = try_connect( stream->fd, &unix_addr, len );
        if (status != STATUS_PENDING || !timeout) return outcome( stream, status );
        if ((status = wait_for( stream, POLLOUT, &deadline ))) return status;
    }
}

/* --- Receiving ------------------------------------------------------------------------------ */

static NTSTATUS set_recv_timeout( struct stream *stream, INT32 timeout )
{
    struct timeval tv = { 0, 0 };   /* for ever */

    if (timeout == stream->recv_timeout) return STATUS_SUCCESS;
    if (timeout > 0)
    {
        tv.tv_sec = timeout / 1000;
        tv.tv_usec = timeout % 1000 * 1000;
    }
    if (sys_setsockopt( stream->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv) ))
        return error_from_errno( errno );
    stream->recv_timeout = timeout;
    return STATUS_SUCCESS;
}

/* Sockets do not block from the start, for connect(2); most of them, being asynchronous, never. */
static NTSTATUS set_blocking( struct stream *stream )
{
    if (stream->blocking) return STATUS_SUCCESS;
    if (sys_set_flags( stream->fd, 0 )) return error_from_errno( errno );
    stream->blocking = 1;
    return STATUS_SUCCESS;
}

enum
{
    MIN_PAGE = 4096,
    MAX_WRITABLE = 16 * MIN_PAGE, /* made so at once: more than most receive calls bring */
    MAX_FAULTS = 64,              /* in a row: another thread may take the right away again */
};

/* Where Wine has taken away the right to write, to see what is written to (MEM_WRITE_WATCH, as the
 * heap of .NET has it), the kernel does not write either. A write of our own goes to Wine's fault
 * handler, which takes note and gives the right back. The bytes belong to the operation and keep
 * their values. With a pointer to nowhere Wine ends the Unix call, STATUS_ACCESS_VIOLATION. */
static void make_writable( const struct iovec *iov )
{
    volatile char *bytes = iov->iov_base;
    size_t i;

    for (i = 0; i < iov->iov_len; i += MIN_PAGE) bytes[i] = bytes[i];
    bytes[iov->iov_len - 1] = bytes[iov->iov_len - 1];
}

/* Nothing is lost by EFAULT, and nothing copied: what the kernel holds in one piece, however long,
 * it copies as a whole or not at all. So behind it no more is asked for than can be written. */
static ssize_t receive( int fd, const struct iovec *iov, int iov_count, int flags )
{
    struct iovec part = *iov;
    unsigned int faults = 0;
    ssize_t ret = sys_recv( fd, iov, iov_count, flags );

    if (part.iov_len > MAX_WRITABLE) part.iov_len = MAX_WRITABLE;
    while (ret < 0 && errno == EFAULT && faults++ < MAX_FAULTS)
    {
        make_writable( &part );
        ret = sys_recv( fd, &part, 1, flags );
    }
    return ret;
}

/* The first wait of a deadline is recv(2) itself, with the kernel's timeout. Later ones (after a
 * signal, or when TLS wants more) must not touch that timeout, whose value is worth caching. */
static NTSTATUS wait_and_recv( struct stream *stream, const struct iovec *iov, int iov_count,
                               struct deadline *deadline, ssize_t *ret )
{
    NTSTATUS status;

    if (!deadline->waited || deadline->timeout < 0)
    {
        deadline->waited = 1;
        if ((status = set_blocking( stream ))) return status;
        if ((status = set_recv_timeout( stream, deadline->timeout ))) return status;
        *ret = receive( stream->fd, iov, iov_count, 0 );
        return STATUS_SUCCESS;
    }
    *ret = receive( stream->fd, iov, iov_count, MSG_DONTWAIT );
    if (*ret >= 0 || errno != EAGAIN) return STATUS_SUCCESS;
    if ((status = wait_for( stream, POLLIN, deadline ))) return status;
    *ret = receive( stream->fd, iov, iov_count, MSG_DONTWAIT );
    if (*ret < 0 && errno == EAGAIN) errno = EINTR;     /* woken for nothing: go on */
    return STATUS_SUCCESS;
}

NTSTATUS socket_recv( struct stream *stream, const struct iovec *iov, int iov_count,
                      struct deadline *deadline, UINT32 *count )
{
    NTSTATUS status;
    ssize_t ret;

    if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
    if (!deadline->timeout)
    {
        stream_forget_event( stream, STREAM_READ );
        ret = receive( stream->fd, iov, iov_count, MSG_DONTWAIT );
    }
    else
    {
        do
        {
            if ((status = wait_and_recv( stream, iov, iov_count, deadline, &ret ))) return status;
            if (ret < 0 && errno == EINTR && stream_is_aborted( stream )) break;
        }
        while (ret < 0 && errno == EINTR);
    }
    if (ret > 0)
    {
        *count = ret;
        return STATUS_SUCCESS;
    }
    if (ret < 0 && errno == EAGAIN)
        return outcome( stream, deadline->timeout ? STATUS_IO_TIMEOUT : STATUS_PENDING );
    status = ret ? error_from_errno( errno ) : STATUS_SUCCESS;
    if ((status = outcome( stream, status ))) return status;
    *count = 0;
    return STATUS_SUCCESS;
}

/* --- Sending -------------------------------------------------------------------------------- */

/* What is left of one or two buffers; returns how many of them. */
static int skip_sent( struct iovec *iov, int iov_count, size_t sent )
{
    if (iov_count == 2 && sent >= iov[0].iov_len)
    {
        sent -= iov[0].iov_len;
        iov[0] = iov[1];
        iov_count = 1;
    }
    iov[0].iov_base = (char *)iov[0].iov_base + sent;
    iov[0].iov_len -= sent;
    return iov[0].iov_len ? iov_count : 0;
}

NTSTATUS socket_send( struct stream *stream, const struct iovec *iov, int iov_count,
                      struct deadline *deadline, UINT32 *count )
{
    struct iovec left[2] = { iov[0], iov[iov_count - 1] };
    NTSTATUS status;
    ssize_t ret;

    for (;;)
    {
        if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
        if (!deadline->timeout) stream_forget_event( stream, STREAM_WRITE );
        ret = sys_send( stream->fd, left, iov_count );
        if (ret < 0 && errno != EAGAIN) return outcome( stream, error_from_errno( errno ) );
        if (ret > 0)
        {
            *count += ret;
            if (!(iov_count = skip_sent( left, iov_count, ret ))) return STATUS_SUCCESS;
            continue;   /* only EAGAIN promises an event when there is room again */
        }
        if (!deadline->timeout) return outcome( stream, STATUS_PENDING );
        if ((status = wait_to_send( stream, deadline ))) return status;
    }
}

/* --- The rest ------------------------------------------------------------------------------- */

NTSTATUS socket_check( struct stream *stream )
{
    char byte;
    struct iovec iov = { &byte, 1 };
    ssize_t ret;

    if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
    ret = sys_recv( stream->fd, &iov, 1, MSG_PEEK | MSG_DONTWAIT );
    if (ret < 0 && errno == EAGAIN) return STATUS_SUCCESS;
    return STATUS_CONNECTION_DISCONNECTED;
}

/* An orderly abort sends FIN. A hard one must not, or the peer would see an orderly end before the
 * reset; shutting down the reading half alone wakes receivers and the reactor but no sender in
 * poll(). If one waits there, the buffer is full and a FIN would queue up behind it: then both. */
static void abort_locked( struct stream *stream, int hard )
{
    const struct linger linger = { 1, 0 };
    int how = SHUT_RDWR;

    __atomic_store_n( &stream->aborted, 1, __ATOMIC_SEQ_CST );
    if (hard)
    {
        sys_setsockopt( stream->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) );
        if (!__atomic_load_n( &stream->send_waits, __ATOMIC_SEQ_CST )) how = SHUT_RD;
    }
    sys_shutdown( stream->fd, how );    /* ENOTCONN: there is nobody to wake */
}

NTSTATUS socket_abort( struct stream *stream, stream_handle handle, int hard )
{
    NTSTATUS status = STATUS_INVALID_HANDLE;

    pthread_mutex_lock( &stream->lock );
    if (stream_find( handle ) == stream)
    {
        abort_locked( stream, hard );
        status = STATUS_SUCCESS;
    }
    pthread_mutex_unlock( &stream->lock );
    return status;
}

NTSTATUS socket_shutdown( struct stream *stream )
{
    if (stream_is_aborted( stream )) return STATUS_CONNECTION_ABORTED;
    if (!sys_shutdown( stream->fd, SHUT_WR )) return STATUS_SUCCESS;
    return outcome( stream, error_from_errno( errno ) );
}

NTSTATUS socket_get_addrs( struct stream *stream, struct unix_addr *local,
                           struct unix_addr *remote )
{
    struct sockaddr_in6 unix_addr;
    socklen_t len = sizeof(unix_addr);

    if (getsockname( stream->fd, (struct sockaddr *)&unix_addr, &len ))
        return error_from_errno( errno );
    if (!addr_from_unix( (struct sockaddr *)&unix_addr, local )) return STATUS_NOT_SUPPORTED;
    *remote = stream->addr;
    return STATUS_SUCCESS;
}

NTSTATUS socket_get_stats( struct stream *stream, stream_handle handle,
                           struct stream_stats *stats )
{
    NTSTATUS status = STATUS_INVALID_HANDLE;

    pthread_mutex_lock( &stream->lock );
    if (stream_find( handle ) == stream && !(status = tcp_get_stats( stream->fd, stats )))
        stats->age = deadline_clock() - stream->opened;
    pthread_mutex_unlock( &stream->lock );
    return status;
}
