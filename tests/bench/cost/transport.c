/* Calls of the Unix half, made as the Windows half makes them: through the table.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "cost.h"

#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/unixlib.h"
#include "wine/unixlib.h"

/* Messages that go to or come from the peer in one system call of its own, so that the peer's
 * instructions do not count; all of them fit any socket buffer. */
#define BATCH 64

struct pair
{
    stream_handle stream;
    int peer;
};

static char data[BATCH * COST_SMALL];

static NTSTATUS call( enum unix_call code, void *params )
{
    return __wine_unix_call_funcs[code]( params );
}

static int listen_somewhere( struct sockaddr_in *addr )
{
    socklen_t len = sizeof(*addr);
    int fd = socket( AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0 );

    memset( addr, 0, sizeof(*addr) );
    addr->sin_family = AF_INET;
    addr->sin_addr.s_addr = htonl( INADDR_LOOPBACK );
    cost_check( !bind( fd, (struct sockaddr *)addr, len )
                && !getsockname( fd, (struct sockaddr *)addr, &len ) && !listen( fd, 1 ),
                "listen" );
    return fd;
}

static struct pair make_pair( void )
{
    struct stream_open_params open = { .addr.len = sizeof(struct sockaddr_in) };
    struct stream_connect_params connect = { .timeout = UNIX_INFINITE };
    struct sockaddr_in addr;
    struct pair pair;
    NTSTATUS status;
    int fd = listen_somewhere( &addr );

    memcpy( open.addr.bytes, &addr, sizeof(addr) ); /* AF_INET is 2 on Windows, too */
    status = call( unix_stream_open, &open );
    connect.stream = pair.stream = open.stream;
    cost_check( (!status || status == STATUS_PENDING) && !call( unix_stream_connect, &connect ),
                "connect" );
    pair.peer = accept( fd, NULL, NULL );
    cost_check( pair.peer >= 0, "accept" );
    close( fd );
    return pair;
}

static void close_pair( struct pair *pair )
{
    struct stream_params params = { .stream = pair->stream };

    call( unix_stream_close, &params );
    close( pair->peer );
}

static void peer_take( int fd, size_t len )
{
    cost_check( recv( fd, data, len, MSG_WAITALL ) == (ssize_t)len, "the peer's recv" );
}

static void peer_give( int fd, size_t len )
{
    cost_check( send( fd, data, len, MSG_NOSIGNAL ) == (ssize_t)len, "the peer's send" );
}

void cost_send( unsigned int count )
{
    struct pair pair = make_pair();
    struct stream_send_params params = { .stream = pair.stream, .buffer = (ULONG_PTR)data,
                                         .len = COST_SMALL, .timeout = UNIX_INFINITE };
    unsigned int i;

    for (i = 1; i <= count; i++)
    {
        cost_check( !call( unix_stream_send, &params ), "send" );
        if (i % BATCH == 0) peer_take( pair.peer, sizeof(data) );
    }
    close_pair( &pair );
}

static NTSTATUS receive( stream_handle stream, INT32 timeout )
{
    char buffer[COST_SMALL];
    struct stream_recv_params params = { .stream = stream, .buffer = (ULONG_PTR)buffer,
                                         .len = sizeof(buffer), .timeout = timeout };

    return call( unix_stream_recv, &params );
}

void cost_recv( unsigned int count )
{
    struct pair pair = make_pair();
    unsigned int i;

    for (i = 0; i < count; i++)
    {
        if (i % BATCH == 0) peer_give( pair.peer, sizeof(data) );
        cost_check( !receive( pair.stream, UNIX_INFINITE ), "recv" );
    }
    close_pair( &pair );
}

static void park( stream_handle stream )
{
    struct stream_park_params params = { .stream = stream, .cookie = 1, .direction = STREAM_READ };

    cost_check( call( unix_stream_park, &params ) == STATUS_PENDING, "park" );
}

void cost_park( unsigned int count )
{
    struct pair pair = make_pair();
    struct stream_unpark_params unpark = { .stream = pair.stream, .direction = STREAM_READ };

    while (count--)
    {
        park( pair.stream );
        cost_check( !call( unix_stream_unpark, &unpark ), "unpark" );
    }
    close_pair( &pair );
}

/* What an asynchronous Receive does that finds nothing, and then is told. */
void cost_woken( unsigned int count )
{
    struct pair pair = make_pair();
    struct reactor_event event;
    struct reactor_wait_params wait = { .events = (ULONG_PTR)&event, .max = 1,
                                        .timeout = UNIX_INFINITE };

    while (count--)
    {
        cost_check( receive( pair.stream, UNIX_NOWAIT ) == STATUS_PENDING, "an empty recv" );
        park( pair.stream );
        peer_give( pair.peer, COST_SMALL );
        cost_check( !call( unix_reactor_wait, &wait ) && wait.count == 1, "reactor_wait" );
        cost_check( !receive( pair.stream, UNIX_NOWAIT ), "recv" );
    }
    close_pair( &pair );
}
