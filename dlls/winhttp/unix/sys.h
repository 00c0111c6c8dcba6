/* sys - the system calls and allocations of the Unix half, where tests can make them fail.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any.
 * Fails:   as the call of that name: -1 and errno, or NULL. EINTR is dealt with here where a call
 *          cannot wait (MSG_DONTWAIT); the others hand it on: who waits knows until when.
 *
 * With SYS_FAULTS defined (unit tests) each call first asks the test's sys_fault, which may also
 * count; without it nothing is left of that in the code.
 */

#ifndef WINHTTP_UNIX_SYS_H
#define WINHTTP_UNIX_SYS_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum sys_call
{
    SYS_CALL_ALLOC,
    SYS_CALL_SOCKET,
    SYS_CALL_CONNECT,
    SYS_CALL_OPTION,
    SYS_CALL_RECV,
    SYS_CALL_SEND,
    SYS_CALL_POLL,
    SYS_CALL_SHUTDOWN,
    SYS_CALL_CLOSE,
    SYS_CALL_EPOLL_CREATE,
    SYS_CALL_EPOLL_CTL,
    SYS_CALL_EPOLL_WAIT,
    SYS_CALL_EVENTFD,
    SYS_CALL_COUNT
};

#ifdef SYS_FAULTS
/* The test's, if it has one: returns the errno to fail with, or 0 to go on. *len, where there is
 * one, is the number of bytes asked for and may be lowered. */
extern int sys_fault( enum sys_call call, size_t *len ) __attribute__((weak));

static inline int sys_fails( enum sys_call call, size_t *len )
{
    int error = sys_fault ? sys_fault( call, len ) : 0;

    if (!error) return 0;
    errno = error;
    return 1;
}
#else
static inline int sys_fails( enum sys_call call, size_t *len )
{
    (void)call;
    (void)len;
    return 0;
}
#endif

/* Zeroed memory, for free(). */
static inline void *sys_alloc( size_t size )
{
    return sys_fails( SYS_CALL_ALLOC, NULL ) ? NULL : calloc( 1, size );
}

/* Memory with old contents kept and the rest undefined, for free(). */
static inline void *sys_resize( void *memory, size_t size )
{
    return sys_fails( SYS_CALL_ALLOC, NULL ) ? NULL : realloc( memory, size );
}

static inline int sys_socket( int family, int type )
{
    return sys_fails( SYS_CALL_SOCKET, NULL ) ? -1 : socket( family, type, 0 );
}

/* Only for sockets that do not block: after a signal the connect would go on alone. */
static inline int sys_connect( int fd, const struct sockaddr *addr, socklen_t len )
{
    return sys_fails( SYS_CALL_CONNECT, NULL ) ? -1 : connect( fd, addr, len );
}

static inline int sys_setsockopt( int fd, int level, int name, const void *value, socklen_t len )
{
    return sys_fails( SYS_CALL_OPTION, NULL ) ? -1 : setsockopt( fd, level, name, value, len );
}

static inline int sys_getsockopt( int fd, int level, int name, void *value, socklen_t *len )
{
    return sys_fails( SYS_CALL_OPTION, NULL ) ? -1 : getsockopt( fd, level, name, value, len );
}

static inline int sys_set_flags( int fd, int flags )
{
    return sys_fails( SYS_CALL_OPTION, NULL ) ? -1 : fcntl( fd, F_SETFL, flags );
}

static inline ssize_t sys_recv_once( int fd, const struct iovec *iov, int count, int flags )
{
    struct iovec vector[2];
    struct msghdr msg = { .msg_iov = vector, .msg_iovlen = count };
    int i;

    if (count == 1)
    {
        size_t len = iov->iov_len;

        if (sys_fails( SYS_CALL_RECV, &len )) return -1;
        return recv( fd, iov->iov_base, len, flags );
    }
    for (i = 0; i < count; i++) vector[i] = iov[i];
    if (sys_fails( SYS_CALL_RECV, &vector[0].iov_len )) return -1;
    if (vector[0].iov_len != iov[0].iov_len) msg.msg_iovlen = 1;
    return recvmsg( fd, &msg, flags );
}

/* count is 1 or 2; one buffer takes the cheaper call. */
static inline ssize_t sys_recv( int fd, const struct iovec *iov, int count, int flags )
{
    ssize_t ret;

    do ret = sys_recv_once( fd, iov, count, flags );
    while (ret < 0 && errno == EINTR && (flags & MSG_DONTWAIT));
    return ret;
}

static inline ssize_t sys_send_once( int fd, const struct iovec *iov, int count )
{
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    struct iovec vector[2];
    struct msghdr msg = { .msg_iov = vector, .msg_iovlen = count };
    int i;

    if (count == 1)
    {
        size_t len = iov->iov_len;

        if (sys_fails( SYS_CALL_SEND, &len )) return -1;
        return send( fd, iov->iov_base, len, flags );
    }
    for (i = 0; i < count; i++) vector[i] = iov[i];
    if (sys_fails( SYS_CALL_SEND, &vector[0].iov_len )) return -1;
    if (vector[0].iov_len != iov[0].iov_len) msg.msg_iovlen = 1;
    return sendmsg( fd, &msg, flags );
}

/* Never waits, never raises SIGPIPE. */
static inline ssize_t sys_send( int fd, const struct iovec *iov, int count )
{
    ssize_t ret;

    do ret = sys_send_once( fd, iov, count );
    while (ret < 0 && errno == EINTR);
    return ret;
}

static inline int sys_poll( struct pollfd *fds, nfds_t count, int timeout )
{
    return sys_fails( SYS_CALL_POLL, NULL ) ? -1 : poll( fds, count, timeout );
}

static inline int sys_shutdown( int fd, int how )
{
    return sys_fails( SYS_CALL_SHUTDOWN, NULL ) ? -1 : shutdown( fd, how );
}

/* On Linux the descriptor is gone whatever close() says, so there is nothing to retry. */
static inline void sys_close( int fd )
{
    sys_fails( SYS_CALL_CLOSE, NULL );
    close( fd );
}

static inline int sys_epoll_create( void )
{
    return sys_fails( SYS_CALL_EPOLL_CREATE, NULL ) ? -1 : epoll_create1( EPOLL_CLOEXEC );
}

static inline int sys_epoll_ctl( int set, int op, int fd, struct epoll_event *event )
{
    return sys_fails( SYS_CALL_EPOLL_CTL, NULL ) ? -1 : epoll_ctl( set, op, fd, event );
}

static inline int sys_epoll_wait( int set, struct epoll_event *events, int max, int timeout )
{
    return sys_fails( SYS_CALL_EPOLL_WAIT, NULL ) ? -1 : epoll_wait( set, events, max, timeout );
}

static inline int sys_eventfd( void )
{
    const int flags = EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE;

    return sys_fails( SYS_CALL_EVENTFD, NULL ) ? -1 : eventfd( 0, flags );
}

#endif
