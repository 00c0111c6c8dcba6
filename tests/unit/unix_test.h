/* unix_test - what the tests of the Unix half share: calls through the table, a peer, faults.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the fault plan and the call counters of one test program.
 * Threads: calls as net/unixlib.h says; the fault plan is set while no call runs.
 * Fails:   what the tests rely on (a loopback socket, a thread) is checked where it is made.
 *
 * A header with code, since the sources that are linked to every test know no Wine header.
 */

#ifndef TESTS_UNIT_UNIX_TEST_H
#define TESTS_UNIT_UNIX_TEST_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/unixlib.h"
#include "unix/sys.h"
#include "wine/unixlib.h"

#include "unit.h"

/* --- Faults and counters -------------------------------------------------------------------- */

static struct
{
    unsigned int calls[SYS_CALL_COUNT]; /* atomic; made so far */
    int call;               /* the kind that fails, -1 for none */
    unsigned int left;      /* how many of it succeed first; atomic */
    int error;
    size_t max_len;         /* lower every length to this; 0 = leave it */
    void (*before)( enum sys_call call ); /* told of each call first, or NULL */
} fault = { .call = -1 };

int sys_fault( enum sys_call call, size_t *len )
{
    __atomic_add_fetch( &fault.calls[call], 1, __ATOMIC_SEQ_CST );
    if (fault.before) fault.before( call );
    if (len && fault.max_len && *len > fault.max_len) *len = fault.max_len;
    if ((int)call != fault.call) return 0;
    return __atomic_fetch_sub( &fault.left, 1, __ATOMIC_SEQ_CST ) ? 0 : fault.error;
}

/* The call number after (from 0) of this kind fails with error, once. */
static inline void fault_plan( enum sys_call call, unsigned int after, int error )
{
    fault.call = call;
    fault.left = after;
    fault.error = error;
}

static inline void fault_clear( void )
{
    fault.call = -1;
    fault.max_len = 0;
    fault.before = NULL;
}

static inline unsigned int calls_made( enum sys_call call )
{
    return __atomic_load_n( &fault.calls[call], __ATOMIC_SEQ_CST );
}

/* Until another thread is about to make, or inside of, call number count (from 1). */
static inline void await_call( enum sys_call call, unsigned int count )
{
    while (calls_made( call ) < count) sched_yield();
}

/* --- Threads -------------------------------------------------------------------------------- */

static inline pthread_t start_thread( void *(*run)( void * ), void *arg )
{
    pthread_t thread;

    if (!CHECK_INT( pthread_create( &thread, NULL, run, arg ), 0 )) abort();
    return thread;
}

static inline void join_thread( pthread_t thread )
{
    CHECK_INT( pthread_join( thread, NULL ), 0 );
}

/* --- The peer: plain blocking sockets ------------------------------------------------------- */

static inline int peer_listen( UINT16 *port, int backlog )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl( INADDR_LOOPBACK ) } };
    socklen_t len = sizeof(addr);
    int fd = socket( AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0 );

    if (!CHECK( fd >= 0 ) || !CHECK_INT( bind( fd, (struct sockaddr *)&addr, len ), 0 ) ||
        !CHECK_INT( getsockname( fd, (struct sockaddr *)&addr, &len ), 0 )) abort();
    if (backlog >= 0 && !CHECK_INT( listen( fd, backlog ), 0 )) abort();
    *port = ntohs( addr.sin_port );
    return fd;
}

static inline int peer_accept( int listener )
{
    int fd = accept( listener, NULL, NULL );

    if (!CHECK( fd >= 0 )) abort();
    return fd;
}

/* Returns what came before the end or an error. */
static inline size_t peer_read( int fd, void *buffer, size_t len )
{
    size_t total = 0;
    ssize_t ret;

    while (total < len && (ret = recv( fd, (char *)buffer + total, len - total, 0 )) > 0)
        total += ret;
    return total;
}

static inline int peer_write( int fd, const void *buffer, size_t len )
{
    const char *left = buffer;
    ssize_t ret;

    while (len && (ret = send( fd, left, len, MSG_NOSIGNAL )) > 0)
    {
        left += ret;
        len -= ret;
    }
    return !len;
}

/* Closes so that the other side is reset. */
static inline void peer_reset( int fd )
{
    const struct linger linger = { 1, 0 };

    CHECK_INT( setsockopt( fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger) ), 0 );
    close( fd );
}

/* --- Calls through the table ---------------------------------------------------------------- */

static inline NTSTATUS unix_call( unsigned int code, void *params )
{
    return __wine_unix_call_funcs[code]( params );
}

static inline struct unix_addr loopback_addr( UINT16 port )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons( port ),
                                .sin_addr = { htonl( INADDR_LOOPBACK ) } };
    struct unix_addr ret = { .len = sizeof(addr) };

    memcpy( ret.bytes, &addr, sizeof(addr) );   /* AF_INET is 2 on Windows too */
    return ret;
}

static inline NTSTATUS call_open( UINT16 port, stream_handle *stream )
{
    struct stream_open_params params = { .addr = loopback_addr( port ) };
    NTSTATUS status = unix_call( unix_stream_open, &params );

    *stream = params.stream;
    return status;
}

static inline NTSTATUS call_connect( stream_handle stream, INT32 timeout )
{
    struct stream_connect_params params = { .stream = stream, .timeout = timeout };

    return unix_call( unix_stream_connect, &params );
}

static inline NTSTATUS call_recv( stream_handle stream, void *buffer, UINT32 len, INT32 timeout,
                                  UINT32 *count )
{
    struct stream_recv_params params = { .stream = stream, .buffer = (ULONG_PTR)buffer, .len = len,
                                         .timeout = timeout, .count = 0xdeadbeef };
    NTSTATUS status = unix_call( unix_stream_recv, &params );

    *count = params.count;
    return status;
}

static inline NTSTATUS call_send( stream_handle stream, const void *buffer, UINT32 len,
                                  INT32 timeout, UINT32 *count )
{
    struct stream_send_params params = { .stream = stream, .buffer = (ULONG_PTR)buffer, .len = len,
                                         .timeout = timeout, .count = 0xdeadbeef };
    NTSTATUS status = unix_call( unix_stream_send, &params );

    *count = params.count;
    return status;
}

static inline NTSTATUS call_park( stream_handle stream, UINT32 direction, UINT64 cookie )
{
    struct stream_park_params params = { .stream = stream, .direction = direction,
                                         .cookie = cookie };

    return unix_call( unix_stream_park, &params );
}

static inline NTSTATUS call_unpark( stream_handle stream, UINT32 direction, UINT64 *cookie )
{
    struct stream_unpark_params params = { .stream = stream, .direction = direction };
    NTSTATUS status = unix_call( unix_stream_unpark, &params );

    *cookie = params.cookie;
    return status;
}

/* check, abort, shutdown, close */
static inline NTSTATUS call_stream( unsigned int code, stream_handle stream )
{
    struct stream_params params = { .stream = stream };

    return unix_call( code, &params );
}

static inline NTSTATUS call_abort( stream_handle stream, int hard )
{
    struct stream_params params = { .stream = stream, .hard = hard };

    return unix_call( unix_stream_abort, &params );
}

static inline NTSTATUS call_wait( struct reactor_event *events, UINT32 max, INT32 timeout,
                                  UINT32 *count )
{
    struct reactor_wait_params params = { .events = (ULONG_PTR)events, .max = max,
                                          .timeout = timeout, .count = 0xdeadbeef };
    NTSTATUS status = unix_call( unix_reactor_wait, &params );

    *count = params.count;
    return status;
}

static inline void close_stream( stream_handle stream )
{
    CHECK_INT( call_stream( unix_stream_close, stream ), STATUS_SUCCESS );
}

static inline stream_handle open_stream( UINT16 port )
{
    stream_handle stream = 0;
    NTSTATUS status = call_open( port, &stream );

    CHECK( status == STATUS_SUCCESS || status == STATUS_PENDING );
    CHECK_INT( call_connect( stream, UNIX_INFINITE ), STATUS_SUCCESS );
    return stream;
}

/* A connected stream and its peer. */
struct pair
{
    stream_handle stream;
    int peer;
};

static inline struct pair make_pair( void )
{
    struct pair pair;
    UINT16 port;
    int listener = peer_listen( &port, 1 );

    pair.stream = open_stream( port );
    pair.peer = peer_accept( listener );
    close( listener );
    return pair;
}

static inline void close_pair( struct pair *pair )
{
    close_stream( pair->stream );
    close( pair->peer );
}

/* Bytes that tell where they belong. */
static inline void fill_pattern( BYTE *buffer, size_t len, size_t offset )
{
    size_t i;

    for (i = 0; i < len; i++) buffer[i] = (offset + i) * 2654435761u >> 24;
}

/* Sends until the socket's buffer is full; returns how much that was. */
static inline size_t fill_socket( stream_handle stream )
{
    static BYTE data[65536];
    size_t total = 0;
    NTSTATUS status;
    UINT32 count;

    do
    {
        status = call_send( stream, data, sizeof(data), UNIX_NOWAIT, &count );
        total += count;
    }
    while (!status);
    CHECK_INT( status, STATUS_PENDING );
    return total;
}

#endif
