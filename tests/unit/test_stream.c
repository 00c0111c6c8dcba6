/* test_stream - handles and TCP of the Unix half.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

static unsigned int count_descriptors( void )
{
    unsigned int count = 0;
    DIR *dir = opendir( "/proc/self/fd" );

    while (readdir( dir )) count++;
    closedir( dir );
    return count;
}

/* --- Connecting ----------------------------------------------------------------------------- */

static void test_connect_refused( void )
{
    stream_handle stream = 0;
    NTSTATUS status;
    UINT16 port;
    int fd = peer_listen( &port, -1 );  /* bound, so that nobody else listens there */

    if ((status = call_open( port, &stream )) == STATUS_PENDING)
    {
        status = call_connect( stream, UNIX_INFINITE );
        close_stream( stream );
    }
    CHECK_INT( status, STATUS_CONNECTION_REFUSED );
    close( fd );
}

static void test_connect_refused_in_the_reactor( void )
{
    struct reactor_event event;
    stream_handle stream = 0;
    UINT32 count;
    UINT16 port;
    int fd = peer_listen( &port, -1 );

    if (call_open( port, &stream ) == STATUS_PENDING)
    {
        if (call_park( stream, STREAM_WRITE, 5 ) == STATUS_PENDING)
        {
            CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
            CHECK_INT( count, 1 );
            CHECK_INT( event.cookie, 5 );
        }
        CHECK_INT( call_connect( stream, UNIX_NOWAIT ), STATUS_CONNECTION_REFUSED );
        close_stream( stream );
    }
    close( fd );
}

static void test_open_bad_address( void )
{
    struct stream_open_params params = { .addr = loopback_addr( 80 ) };

    params.addr.bytes[0] = 17;
    CHECK_INT( unix_call( unix_stream_open, &params ), STATUS_INVALID_PARAMETER );
    params.addr.bytes[0] = 23;  /* IPv6 in 16 bytes */
    CHECK_INT( unix_call( unix_stream_open, &params ), STATUS_INVALID_PARAMETER );
    CHECK_INT( params.stream, 0 );
}

/* A listener whose queue is full drops what comes: a connect that hangs. */
struct full_listener
{
    int listener;
    int fillers[8];
    UINT16 port;
};

static void start_full_listener( struct full_listener *full )
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr = { htonl( INADDR_LOOPBACK ) } };
    unsigned int i;

    full->listener = peer_listen( &full->port, 0 );
    addr.sin_port = htons( full->port );
    for (i = 0; i < ARRAY_SIZE(full->fillers); i++)
    {
        full->fillers[i] = socket( AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 );
        connect( full->fillers[i], (struct sockaddr *)&addr, sizeof(addr) );
    }
}

static void stop_full_listener( struct full_listener *full )
{
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(full->fillers); i++) close( full->fillers[i] );
    close( full->listener );
}

static void *connect_thread( void *arg )
{
    CHECK_INT( call_connect( *(stream_handle *)arg, UNIX_INFINITE ), STATUS_CONNECTION_ABORTED );
    return NULL;
}

static void test_connect_timeout_and_abort( void )
{
    struct full_listener full;
    stream_handle stream;
    pthread_t thread;
    unsigned int polls;
    int hard;

    start_full_listener( &full );
    for (hard = 0; hard < 2; hard++)
    {
        unit_context( "hard %d", hard );
        if (!CHECK_INT( call_open( full.port, &stream ), STATUS_PENDING )) break;
        CHECK_INT( call_connect( stream, UNIX_NOWAIT ), STATUS_PENDING );
        CHECK_INT( call_connect( stream, 1 ), STATUS_IO_TIMEOUT );
        fault_plan( SYS_CALL_POLL, 0, ENOMEM );
        CHECK_INT( call_connect( stream, UNIX_INFINITE ), STATUS_NO_MEMORY );
        fault_clear();
        polls = calls_made( SYS_CALL_POLL );
        thread = start_thread( connect_thread, &stream );
        await_call( SYS_CALL_POLL, polls + 1 );
        CHECK_INT( call_abort( stream, hard ), STATUS_SUCCESS );
        join_thread( thread );
        CHECK_INT( call_connect( stream, UNIX_NOWAIT ), STATUS_CONNECTION_ABORTED );
        close_stream( stream );
    }
    stop_full_listener( &full );
}

/* What the reactor has announced is asked for once, without poll() or options. */
static void test_connect_is_one_system_call( void )
{
    struct reactor_event event;
    unsigned int connects, polls, options;
    stream_handle stream;
    NTSTATUS status;
    UINT32 count;
    UINT16 port;
    int listener = peer_listen( &port, 1 );

    status = call_open( port, &stream );
    if (CHECK( !status || status == STATUS_PENDING ))
    {
        CHECK_INT( call_park( stream, STREAM_WRITE, 7 ), STATUS_PENDING );
        CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        connects = calls_made( SYS_CALL_CONNECT );
        polls = calls_made( SYS_CALL_POLL );
        options = calls_made( SYS_CALL_OPTION );
        CHECK_INT( call_connect( stream, UNIX_NOWAIT ), STATUS_SUCCESS );
        CHECK_INT( calls_made( SYS_CALL_CONNECT ) - connects, 1 );
        CHECK_INT( calls_made( SYS_CALL_POLL ) - polls, 0 );
        CHECK_INT( calls_made( SYS_CALL_OPTION ) - options, 0 );
        close_stream( stream );
    }
    close( listener );
}

static void test_connect_parked_abort( void )
{
    struct full_listener full;
    struct reactor_event event;
    stream_handle stream;
    UINT32 count;

    start_full_listener( &full );
    if (CHECK_INT( call_open( full.port, &stream ), STATUS_PENDING ))
    {
        CHECK_INT( call_park( stream, STREAM_WRITE, 7 ), STATUS_PENDING );
        CHECK_INT( call_abort( stream, 0 ), STATUS_SUCCESS );
        CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        CHECK_INT( count, 1 );
        CHECK_INT( event.cookie, 7 );
        CHECK_INT( event.direction, STREAM_WRITE );
        close_stream( stream );
    }
    stop_full_listener( &full );
}

static void test_addrs_agree_with_the_peer( void )
{
    struct pair pair = make_pair();
    struct stream_addrs_params params = { .stream = pair.stream };
    struct sockaddr_in addr;
    socklen_t len = sizeof(addr);
    struct unix_addr want;

    CHECK_INT( unix_call( unix_stream_addrs, &params ), STATUS_SUCCESS );
    getsockname( pair.peer, (struct sockaddr *)&addr, &len );
    want = loopback_addr( ntohs( addr.sin_port ) );
    CHECK_MEM( &params.remote, sizeof(want), &want, sizeof(want) );
    getpeername( pair.peer, (struct sockaddr *)&addr, &len );
    want = loopback_addr( ntohs( addr.sin_port ) );
    CHECK_MEM( &params.local, sizeof(want), &want, sizeof(want) );
    close_pair( &pair );
}

/* --- Receiving ------------------------------------------------------------------------------ */

static void test_recv_nothing_is_pending_or_timeout( void )
{
    struct pair pair = make_pair();
    UINT32 count;
    BYTE byte;

    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_PENDING );
    CHECK_INT( count, 0xdeadbeef );
    CHECK_INT( call_recv( pair.stream, &byte, 1, 1, &count ), STATUS_IO_TIMEOUT );
    CHECK_INT( count, 0xdeadbeef );
    CHECK_INT( call_recv( pair.stream, &byte, 0, UNIX_NOWAIT, &count ), STATUS_INVALID_PARAMETER );
    close_pair( &pair );
}

static void test_recv_fills_both_buffers( void )
{
    struct pair pair = make_pair();
    char a[4] = "", b[8] = "";
    struct stream_recv_params params =
    {
        .stream = pair.stream, .buffer = (ULONG_PTR)a, .len = 3, .buffer2 = (ULONG_PTR)b, .len2 = 7,
        .timeout = UNIX_INFINITE,
    };

    CHECK( peer_write( pair.peer, "abcdef", 6 ) );
    CHECK_INT( unix_call( unix_stream_recv, &params ), STATUS_SUCCESS );
    CHECK_INT( params.count, 6 );
    CHECK_STR( a, "abc" );
    CHECK_STR( b, "def" );

    params.buffer = 0;  /* only the second */
    CHECK( peer_write( pair.peer, "ghi", 3 ) );
    CHECK_INT( unix_call( unix_stream_recv, &params ), STATUS_SUCCESS );
    CHECK_INT( params.count, 3 );
    CHECK_MEM( b, 3, "ghi", 3 );
    close_pair( &pair );
}

/* What Wine does for memory whose writers are watched: the first write to a page faults, is
 * counted, and allowed from then on. */
static struct
{
    char *memory;           /* owned */
    size_t size;            /* bytes */
    struct sigaction old;   /* handler */
    unsigned int faults;
    unsigned int again;     /* receive calls before which the watch begins anew */
} watched;

static void watched_fault( int signal, siginfo_t *info, void *context )
{
    char *page = (char *)((ULONG_PTR)info->si_addr & ~(ULONG_PTR)4095);

    (void)signal;
    (void)context;
    if (page < watched.memory || page >= watched.memory + watched.size) abort();
    watched.faults++;
    if (mprotect( page, 4096, PROT_READ | PROT_WRITE )) abort();
}

static void watch_anew( void )
{
    CHECK_INT( mprotect( watched.memory, watched.size, PROT_READ ), 0 );
}

static void watch_begin( size_t size )
{
    struct sigaction handler = { .sa_sigaction = watched_fault, .sa_flags = SA_SIGINFO };

    watched.size = size;
    watched.faults = 0;
    watched.memory = mmap( NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 );
    if (!CHECK( watched.memory != MAP_FAILED )) abort();
    sigaction( SIGSEGV, &handler, &watched.old );
}

static void watch_end( void )
{
    sigaction( SIGSEGV, &watched.old, NULL );
    munmap( watched.memory, watched.size );
}

/* From the last byte of a page to the first one of another; the watch begins anew in between. */
static void check_watched_recv( size_t size, INT32 timeout )
{
    char *data = malloc( size );
    struct pair pair = make_pair();
    size_t len = 0, sent = 0, i;
    UINT32 count;
    ssize_t ret;

    for (i = 0; i < size; i++) data[i] = 1 + i % 127;
    watch_begin( size + 3 * 4096 );

    while (len < size)
    {
        ret = send( pair.peer, data + sent, size - sent, MSG_DONTWAIT ); /* what fits */
        if (ret > 0) sent += ret;
        if (!CHECK_INT( call_recv( pair.stream, watched.memory + 4095 + len, size - len, timeout,
                                   &count ), STATUS_SUCCESS )) break;
        len += count;
        if (len < size) watch_anew();
    }
    CHECK_MEM( watched.memory + 4095, len, data, size );
    CHECK( watched.faults >= size / 4096 + 1 );

    watch_end();
    close_pair( &pair );
    free( data );
}

/* The second is more than the kernel holds in one piece, or than is made writable at once. */
static void test_recv_into_watched_memory( void )
{
    check_watched_recv( 3 * 4096 + 2, UNIX_INFINITE );
    check_watched_recv( 1000000, 5000 );
}

static void watch_again( enum sys_call call )
{
    if (call != SYS_CALL_RECV || !watched.again) return;
    watched.again--;
    watch_anew();
}

/* As if another thread asked each time, between our write and the kernel's, who has written: again
 * says how often. Returns how many receive calls that took. */
static unsigned int recv_watched_again( stream_handle stream, unsigned int again, INT32 timeout,
                                        NTSTATUS status )
{
    unsigned int recvs = calls_made( SYS_CALL_RECV );
    UINT32 count;

    watched.again = again;
    watched.faults = 0;
    CHECK_INT( call_recv( stream, watched.memory, watched.size, timeout, &count ), status );
    CHECK_INT( count, status ? 0xdeadbeef : 3 );
    CHECK_INT( watched.again, 0 );
    return calls_made( SYS_CALL_RECV ) - recvs;
}

/* The first call and 64 more; the program may come again, for nothing is lost. */
static void test_recv_gives_up_when_watched_again( void )
{
    struct pair pair = make_pair();

    CHECK( peer_write( pair.peer, "abc", 3 ) );
    watch_begin( 4096 );
    fault.before = watch_again;
    CHECK_INT( recv_watched_again( pair.stream, 65, UNIX_INFINITE, STATUS_ACCESS_VIOLATION ), 65 );
    CHECK_INT( watched.faults, 64 );
    CHECK_INT( recv_watched_again( pair.stream, 65, UNIX_NOWAIT, STATUS_ACCESS_VIOLATION ), 65 );
    CHECK_MEM( watched.memory, 3, "\0\0\0", 3 );
    CHECK_INT( recv_watched_again( pair.stream, 64, UNIX_NOWAIT, STATUS_SUCCESS ), 65 );
    CHECK_MEM( watched.memory, 3, "abc", 3 );
    fault_clear();
    watch_end();
    close_pair( &pair );
}

/* The timeout is the kernel's, set once: no poll, and no option call after the first receive. */
static void test_recv_is_one_system_call( void )
{
    struct pair pair = make_pair();
    unsigned int recvs, polls, options, i;
    UINT32 count;
    BYTE byte;

    CHECK_INT( call_recv( pair.stream, &byte, 1, 60, &count ), STATUS_IO_TIMEOUT );
    recvs = calls_made( SYS_CALL_RECV );
    polls = calls_made( SYS_CALL_POLL );
    options = calls_made( SYS_CALL_OPTION );
    for (i = 0; i < 100; i++)
    {
        CHECK( peer_write( pair.peer, "x", 1 ) );
        CHECK_INT( call_recv( pair.stream, &byte, 1, 60, &count ), STATUS_SUCCESS );
    }
    CHECK_INT( calls_made( SYS_CALL_RECV ) - recvs, 100 );
    CHECK_INT( calls_made( SYS_CALL_POLL ) - polls, 0 );
    CHECK_INT( calls_made( SYS_CALL_OPTION ) - options, 0 );
    close_pair( &pair );
}

static void test_recv_end_and_reset( void )
{
    struct pair pair = make_pair();
    UINT32 count;
    BYTE byte;

    close( pair.peer );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
    close_stream( pair.stream );

    pair = make_pair();
    peer_reset( pair.peer );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ), STATUS_CONNECTION_RESET );
    close_stream( pair.stream );
}

struct waiter
{
    stream_handle stream;
    INT32 timeout;
    int sends;
    NTSTATUS status;    /* out */
    UINT32 count;       /* out */
};

static void *waiter_thread( void *arg )
{
    static BYTE data[64 << 20];     /* more than any socket buffers; never touched, so no memory */
    struct waiter *w = arg;
    BYTE byte;

    if (w->sends) w->status = call_send( w->stream, data, sizeof(data), w->timeout, &w->count );
    else w->status = call_recv( w->stream, &byte, 1, w->timeout, &w->count );
    return NULL;
}

/* Each case often, since only the kernel knows whether the thread waits already. */
static void test_abort_wakes_whoever_waits( void )
{
    struct waiter waiter;
    struct pair pair;
    pthread_t thread;
    unsigned int calls, i;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < 400; i++)
    {
        enum sys_call call = i & 1 ? SYS_CALL_POLL : SYS_CALL_RECV;
        int hard = (i >> 1) & 1;

        unit_context( "%s hard %d", i & 1 ? "send" : "recv", hard );
        pair = make_pair();
        waiter = (struct waiter){ pair.stream, i & 4 ? UNIX_INFINITE : 1 << 20, i & 1, 0, 0 };
        calls = calls_made( call );
        thread = start_thread( waiter_thread, &waiter );
        /* the sender polls as soon as the peer's window is full */
        await_call( call, calls + 1 );
        if (i & 8) sched_yield();
        CHECK_INT( call_abort( pair.stream, hard ), STATUS_SUCCESS );
        join_thread( thread );
        CHECK_INT( waiter.status, STATUS_CONNECTION_ABORTED );
        CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ),
                   STATUS_CONNECTION_ABORTED );
        CHECK_INT( call_send( pair.stream, &byte, 1, UNIX_INFINITE, &count ),
                   STATUS_CONNECTION_ABORTED );
        CHECK_INT( call_stream( unix_stream_check, pair.stream ), STATUS_CONNECTION_ABORTED );
        CHECK_INT( call_stream( unix_stream_shutdown, pair.stream ), STATUS_CONNECTION_ABORTED );
        close_pair( &pair );
    }
}

static void test_abort_what_the_peer_sees( void )
{
    struct pair pair = make_pair();
    BYTE byte;

    CHECK_INT( call_abort( pair.stream, 0 ), STATUS_SUCCESS );
    CHECK_INT( recv( pair.peer, &byte, 1, 0 ), 0 );
    close_pair( &pair );

    pair = make_pair();
    CHECK_INT( call_abort( pair.stream, 1 ), STATUS_SUCCESS );
    CHECK_INT( recv( pair.peer, &byte, 1, MSG_DONTWAIT ), -1 );
    CHECK_INT( errno, EAGAIN );     /* no orderly end before the reset */
    close_stream( pair.stream );
    CHECK_INT( recv( pair.peer, &byte, 1, 0 ), -1 );
    CHECK_INT( errno, ECONNRESET );
    close( pair.peer );
}

static void on_signal( int signal )
{
    (void)signal;
}

/* Wine suspends threads with signals, so any wait can be interrupted at any time. */
static void test_recv_goes_on_after_a_signal( void )
{
    static const INT32 timeouts[] = { UNIX_INFINITE, 1 << 20 };
    struct sigaction action = { .sa_handler = on_signal };
    struct waiter waiter;
    struct pair pair;
    pthread_t thread;
    unsigned int i, tries;

    sigaction( SIGUSR1, &action, NULL );
    for (i = 0; i < ARRAY_SIZE(timeouts); i++)
    {
        pair = make_pair();
        waiter = (struct waiter){ pair.stream, timeouts[i], 0, 0, 0 };
        tries = calls_made( SYS_CALL_RECV ) + calls_made( SYS_CALL_POLL );
        thread = start_thread( waiter_thread, &waiter );
        /* The first receive and 5 more after as many interruptions. */
        while (calls_made( SYS_CALL_RECV ) + calls_made( SYS_CALL_POLL ) < tries + 6)
        {
            pthread_kill( thread, SIGUSR1 );
            sched_yield();
        }
        CHECK( peer_write( pair.peer, "x", 1 ) );
        join_thread( thread );
        CHECK_INT( waiter.status, STATUS_SUCCESS );
        CHECK_INT( waiter.count, 1 );
        close_pair( &pair );
    }
}

/* An interruption must not begin the timeout anew. */
static void test_recv_interrupted_still_times_out( void )
{
    struct sigaction action = { .sa_handler = on_signal };
    struct pair pair = make_pair();
    struct waiter waiter = { pair.stream, 50, 0, 0, 0 };
    pthread_t thread;

    sigaction( SIGUSR1, &action, NULL );
    thread = start_thread( waiter_thread, &waiter );
    while (pthread_tryjoin_np( thread, NULL )) pthread_kill( thread, SIGUSR1 );
    CHECK_INT( waiter.status, STATUS_IO_TIMEOUT );
    close_pair( &pair );
}

/* --- Sending -------------------------------------------------------------------------------- */

static void test_send_joins_both_buffers( void )
{
    struct pair pair = make_pair();
    struct stream_send_params params =
    {
        .stream = pair.stream, .buffer = (ULONG_PTR)"abc", .len = 3,
        .buffer2 = (ULONG_PTR)"defg", .len2 = 4,
    };
    unsigned int sends = calls_made( SYS_CALL_SEND );
    char buffer[8] = "";

    CHECK_INT( unix_call( unix_stream_send, &params ), STATUS_SUCCESS );
    CHECK_INT( params.count, 7 );
    CHECK_INT( calls_made( SYS_CALL_SEND ) - sends, 1 );
    CHECK_INT( peer_read( pair.peer, buffer, 7 ), 7 );
    CHECK_STR( buffer, "abcdefg" );
    close_pair( &pair );
}

static void test_send_full_is_pending_or_timeout( void )
{
    struct pair pair = make_pair();
    static BYTE buffer[65536];
    struct reactor_event event;
    size_t total, got = 0;
    UINT32 count;
    ssize_t ret;

    total = fill_socket( pair.stream );
    CHECK( total > 0 );
    CHECK_INT( call_send( pair.stream, "x", 1, 1, &count ), STATUS_IO_TIMEOUT );
    CHECK_INT( count, 0 );
    if (call_park( pair.stream, STREAM_WRITE, 3 ) == STATUS_PENDING)
    {
        while (got < total && (ret = recv( pair.peer, buffer, sizeof(buffer), 0 )) > 0) got += ret;
        CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        CHECK_INT( event.cookie, 3 );
        CHECK_INT( event.direction, STREAM_WRITE );
    }
    CHECK_INT( call_send( pair.stream, "x", 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 1 );
    close_pair( &pair );
}

static void test_send_to_a_dead_peer_fails( void )
{
    struct pair pair = make_pair();
    UINT32 count;
    BYTE byte;

    peer_reset( pair.peer );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ), STATUS_CONNECTION_RESET );
    CHECK_INT( call_send( pair.stream, "x", 1, UNIX_INFINITE, &count ), STATUS_CONNECTION_RESET );
    CHECK_INT( count, 0 );
    close_stream( pair.stream );
}

static void test_shutdown_ends_our_half_only( void )
{
    struct pair pair = make_pair();
    UINT32 count;
    BYTE byte;

    CHECK_INT( call_stream( unix_stream_shutdown, pair.stream ), STATUS_SUCCESS );
    CHECK_INT( recv( pair.peer, &byte, 1, 0 ), 0 );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( call_send( pair.stream, &byte, 1, UNIX_INFINITE, &count ), STATUS_CONNECTION_RESET );
    close_pair( &pair );
}

/* Every length the kernel sees is 1, in both directions, with both buffers. */
static void test_short_transfers( void )
{
    struct pair pair = make_pair();
    char a[3], b[4], got[8] = "";
    struct stream_send_params send =
    {
        .stream = pair.stream, .buffer = (ULONG_PTR)"abc", .len = 3,
        .buffer2 = (ULONG_PTR)"defg", .len2 = 4,
        .timeout = UNIX_INFINITE,
    };
    struct stream_recv_params recv =
    {
        .stream = pair.stream, .buffer = (ULONG_PTR)a, .len = 3, .buffer2 = (ULONG_PTR)b, .len2 = 4,
        .timeout = UNIX_INFINITE,
    };

    fault.max_len = 1;
    CHECK_INT( unix_call( unix_stream_send, &send ), STATUS_SUCCESS );
    CHECK_INT( send.count, 7 );
    CHECK_INT( peer_read( pair.peer, got, 7 ), 7 );
    CHECK_STR( got, "abcdefg" );
    CHECK( peer_write( pair.peer, "xyz", 3 ) );
    CHECK_INT( unix_call( unix_stream_recv, &recv ), STATUS_SUCCESS );
    CHECK_INT( recv.count, 1 );
    CHECK_INT( a[0], 'x' );
    fault_clear();
    close_pair( &pair );
}

/* --- Idle connections ----------------------------------------------------------------------- */

static void test_check_idle_connection( void )
{
    struct pair pair = make_pair();

    CHECK_INT( call_stream( unix_stream_check, pair.stream ), STATUS_SUCCESS );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    CHECK_INT( call_stream( unix_stream_check, pair.stream ), STATUS_CONNECTION_DISCONNECTED );
    close_pair( &pair );

    pair = make_pair();
    close( pair.peer );
    CHECK_INT( call_stream( unix_stream_check, pair.stream ), STATUS_CONNECTION_DISCONNECTED );
    close_stream( pair.stream );
}

/* --- Handles -------------------------------------------------------------------------------- */

static void check_dead( stream_handle stream )
{
    static const unsigned int plain[] =
    {
        unix_stream_check, unix_stream_abort, unix_stream_shutdown, unix_stream_close
    };
    struct stream_tls_start_params start = { .stream = stream };
    struct stream_tls_handshake_params handshake = { .stream = stream };
    struct stream_tls_chain_params chain = { .stream = stream };
    struct stream_tls_info_params info = { .stream = stream };
    struct stream_addrs_params addrs = { .stream = stream };
    UINT64 cookie;
    UINT32 count;
    unsigned int i;
    BYTE byte = 0;

    for (i = 0; i < ARRAY_SIZE(plain); i++)
        CHECK_INT( call_stream( plain[i], stream ), STATUS_INVALID_HANDLE );
    CHECK_INT( call_connect( stream, UNIX_NOWAIT ), STATUS_INVALID_HANDLE );
    CHECK_INT( call_recv( stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_INVALID_HANDLE );
    CHECK_INT( call_send( stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_INVALID_HANDLE );
    CHECK_INT( call_park( stream, STREAM_READ, 1 ), STATUS_INVALID_HANDLE );
    CHECK_INT( call_unpark( stream, STREAM_READ, &cookie ), STATUS_INVALID_HANDLE );
    CHECK_INT( unix_call( unix_stream_tls_start, &start ), STATUS_INVALID_HANDLE );
    CHECK_INT( unix_call( unix_stream_tls_handshake, &handshake ), STATUS_INVALID_HANDLE );
    CHECK_INT( unix_call( unix_stream_tls_chain, &chain ), STATUS_INVALID_HANDLE );
    CHECK_INT( unix_call( unix_stream_tls_info, &info ), STATUS_INVALID_HANDLE );
    CHECK_INT( unix_call( unix_stream_addrs, &addrs ), STATUS_INVALID_HANDLE );
}

static void test_handle_dies_with_its_stream( void )
{
    struct pair pair = make_pair(), next;
    stream_handle old = pair.stream;

    close_pair( &pair );
    check_dead( old );
    next = make_pair();     /* has the same slot */
    CHECK_INT( (UINT32)next.stream, (UINT32)old );
    CHECK( next.stream != old );
    check_dead( old );
    check_dead( next.stream + 1 );
    check_dead( next.stream ^ 1ull << 32 );
    check_dead( 0 );
    check_dead( ~0ull );
    CHECK_INT( call_stream( unix_stream_check, next.stream ), STATUS_SUCCESS );
    close_pair( &next );
}

enum { MANY = 600 };    /* more than two chunks of slots */

static void test_handles_grow( void )
{
    static stream_handle streams[MANY];
    static int peers[MANY];
    struct rlimit limit;
    unsigned int i, before = count_descriptors();
    UINT16 port;
    int listener;
    UINT32 count;
    BYTE byte;

    getrlimit( RLIMIT_NOFILE, &limit );
    limit.rlim_cur = limit.rlim_max;
    setrlimit( RLIMIT_NOFILE, &limit );
    if (limit.rlim_cur < 2 * MANY + 100) return;

    listener = peer_listen( &port, 64 );
    for (i = 0; i < MANY; i++)
    {
        streams[i] = open_stream( port );
        peers[i] = peer_accept( listener );
    }
    for (i = 0; i < MANY; i++)
    {
        BYTE number = i;

        CHECK( peer_write( peers[i], &number, 1 ) );
    }
    for (i = 0; i < MANY; i++)
    {
        CHECK_INT( call_recv( streams[i], &byte, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        CHECK_INT( byte, (BYTE)i );
    }
    for (i = 0; i < MANY; i++)
    {
        close_stream( streams[i] );
        close( peers[i] );
    }
    close( listener );
    CHECK_INT( count_descriptors(), before );
}

/* --- Scarcity ------------------------------------------------------------------------------- */

static void test_no_descriptors_left( void )
{
    struct rlimit limit, old;
    stream_handle stream = 0;
    UINT16 port;
    int listener = peer_listen( &port, 1 );

    getrlimit( RLIMIT_NOFILE, &old );
    limit = old;
    limit.rlim_cur = 3;
    setrlimit( RLIMIT_NOFILE, &limit );
    CHECK_INT( call_open( port, &stream ), STATUS_TOO_MANY_OPENED_FILES );
    CHECK_INT( stream, 0 );
    setrlimit( RLIMIT_NOFILE, &old );
    close( listener );
}

/* Talks over a connected stream, parks it, ends it; returns the first failure. */
static NTSTATUS talk( stream_handle stream, int peer )
{
    NTSTATUS status;
    UINT64 cookie;
    UINT32 count;
    BYTE byte;

    if ((status = call_send( stream, "x", 1, 1000, &count ))) return status;
    CHECK( peer_write( peer, "y", 1 ) );
    if ((status = call_recv( stream, &byte, 1, 1000, &count ))) return status;
    status = call_recv( stream, &byte, 1, UNIX_NOWAIT, &count );
    if (status != STATUS_PENDING) return status;
    status = call_park( stream, STREAM_READ, 1 );
    if (status && status != STATUS_PENDING) return status;
    call_unpark( stream, STREAM_READ, &cookie );
    return call_stream( unix_stream_shutdown, stream );
}

/* One connection's life; returns the first failure. */
static NTSTATUS live( void )
{
    stream_handle stream = 0;
    NTSTATUS status;
    UINT16 port;
    int listener = peer_listen( &port, 1 ), peer;

    status = call_open( port, &stream );
    if (!status || status == STATUS_PENDING)
    {
        if (!(status = call_connect( stream, UNIX_INFINITE )))
        {
            peer = peer_accept( listener );
            status = talk( stream, peer );
            call_abort( stream, 1 );
            close( peer );
        }
        close_stream( stream );
    }
    close( listener );
    return status;
}

/* Each system call of a life fails once: a failure is reported, nothing leaks, nothing hangs. */
static void test_each_call_fails_once( void )
{
    static const struct
    {
        enum sys_call call;
        int error;
    } faults[] =
    {
        { SYS_CALL_ALLOC, ENOMEM },
        { SYS_CALL_SOCKET, ENOBUFS },
        { SYS_CALL_CONNECT, ENETUNREACH },
        { SYS_CALL_OPTION, ENOMEM },
        { SYS_CALL_RECV, ENOMEM },
        { SYS_CALL_SEND, EPERM },
        { SYS_CALL_EPOLL_CTL, ENOSPC },
        { SYS_CALL_SHUTDOWN, ENOTCONN },
    };
    unsigned int i, after, failed, before;

    CHECK_INT( live(), STATUS_SUCCESS );
    before = count_descriptors();
    for (i = 0; i < ARRAY_SIZE(faults); i++)
    {
        for (after = 0, failed = 0; after < 20; after++)
        {
            fault_plan( faults[i].call, after, faults[i].error );
            if (live()) failed++;
            fault_clear();
            unit_context( "call %u after %u", i, after );
            CHECK_INT( count_descriptors(), before );
        }
        if (faults[i].call != SYS_CALL_ALLOC) CHECK( failed );  /* slots exist already */
        unit_context( NULL );
    }
}

/* Interrupted calls that cannot wait are made again inside. */
static void test_each_call_is_interrupted_once( void )
{
    static const enum sys_call calls[] = { SYS_CALL_RECV, SYS_CALL_SEND, SYS_CALL_POLL };
    unsigned int i, after;

    for (i = 0; i < ARRAY_SIZE(calls); i++)
    {
        for (after = 0; after < 10; after++)
        {
            unit_context( "call %u after %u", i, after );
            fault_plan( calls[i], after, EINTR );
            CHECK_INT( live(), STATUS_SUCCESS );
            fault_clear();
        }
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_connect_refused ),
    UNIT_TEST( test_connect_refused_in_the_reactor ),
    UNIT_TEST( test_open_bad_address ),
    UNIT_TEST( test_connect_timeout_and_abort ),
    UNIT_TEST( test_connect_is_one_system_call ),
    UNIT_TEST( test_connect_parked_abort ),
    UNIT_TEST( test_addrs_agree_with_the_peer ),
    UNIT_TEST( test_recv_nothing_is_pending_or_timeout ),
    UNIT_TEST( test_recv_fills_both_buffers ),
    UNIT_TEST( test_recv_into_watched_memory ),
    UNIT_TEST( test_recv_gives_up_when_watched_again ),
    UNIT_TEST( test_recv_is_one_system_call ),
    UNIT_TEST( test_recv_end_and_reset ),
    UNIT_TEST( test_abort_wakes_whoever_waits ),
    UNIT_TEST( test_abort_what_the_peer_sees ),
    UNIT_TEST( test_recv_goes_on_after_a_signal ),
    UNIT_TEST( test_recv_interrupted_still_times_out ),
    UNIT_TEST( test_send_joins_both_buffers ),
    UNIT_TEST( test_send_full_is_pending_or_timeout ),
    UNIT_TEST( test_send_to_a_dead_peer_fails ),
    UNIT_TEST( test_shutdown_ends_our_half_only ),
    UNIT_TEST( test_short_transfers ),
    UNIT_TEST( test_check_idle_connection ),
    UNIT_TEST( test_handle_dies_with_its_stream ),
    UNIT_TEST( test_handles_grow ),
    UNIT_TEST( test_no_descriptors_left ),
    UNIT_TEST( test_each_call_fails_once ),
    UNIT_TEST( test_each_call_is_interrupted_once ),
};

UNIT_MAIN( tests )
