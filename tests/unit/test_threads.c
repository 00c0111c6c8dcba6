/* test_threads - everything at once: reactor, TLS, wakes, cancels, aborts, closes, many threads.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Clients talk to an echo as operations do: whoever drives one hands it on by parking, and takes it
 * over from the reactor or by cancelling. ThreadSanitizer (make check-tsan) then says whether the
 * locks of the Unix half alone order what the drivers do.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <stdio.h>

#include "../stress/chaosd/link.h"

enum
{
    CLIENTS = 16,           /* half of them with TLS */
    CONNECTIONS = 6,        /* of each, one after the other */
    MESSAGES = 40,          /* on one connection, unless it is aborted */
    MESSAGE_SIZE = 3000,
    WORKERS = 3,
    PATIENCE_MS = 30000,    /* of the echo, for a client that waits for a thread */
};

/* --- The echo ------------------------------------------------------------------------------- */

static struct echo
{
    int listener;
    int tls;
    UINT16 port;
    pthread_t thread;
    pthread_t peers[CLIENTS / 2 * CONNECTIONS];
} echoes[2];                /* by whether there is TLS */

struct arrival
{
    int fd;
    int tls;
};

static void *peer_thread( void *arg )
{
    struct arrival *arrival = arg;
    enum link_status status = LINK_OK;
    BYTE message[MESSAGE_SIZE];
    struct link link;

    link_init( &link, arrival->fd, 1 );
    if (arrival->tls) status = link_start_tls( &link );
    while (!status && !(status = link_recv( &link, message, sizeof(message), PATIENCE_MS )))
        status = link_send( &link, message, sizeof(message) );
    link_close( &link, 0 );
    free( arrival );
    return NULL;
}

/* A client that is aborted while it connects may never arrive, so this ends with its listener. */
static void *echo_thread( void *arg )
{
    struct echo *echo = arg;
    struct arrival *arrival;
    unsigned int count = 0;
    int fd;

    while ((fd = accept( echo->listener, NULL, NULL )) >= 0)
    {
        arrival = malloc( sizeof(*arrival) );
        *arrival = (struct arrival){ fd, echo->tls };
        if (!CHECK( count < ARRAY_SIZE(echo->peers) )) abort();
        echo->peers[count++] = start_thread( peer_thread, arrival );
    }
    while (count) join_thread( echo->peers[--count] );
    return NULL;
}

static void start_echo( int tls )
{
    struct echo *echo = &echoes[tls];

    echo->tls = tls;
    echo->listener = peer_listen( &echo->port, CLIENTS );
    echo->thread = start_thread( echo_thread, echo );
}

static void stop_echo( int tls )
{
    shutdown( echoes[tls].listener, SHUT_RDWR );
    join_thread( echoes[tls].thread );
    close( echoes[tls].listener );
}

/* --- The clients ---------------------------------------------------------------------------- */

enum state { OPENING, CONNECTING, SHAKING, SENDING, RECEIVING, CLOSING, DONE };

struct client
{
    stream_handle stream;       /* atomic: whoever cancels or aborts reads it */
    int tls;                    /* immutable */

    /* whoever drives it */
    enum state state;
    UINT32 need;                /* the direction to park for */
    unsigned int connections;   /* made so far */
    unsigned int messages;      /* echoed on this one */
    UINT32 pos;                 /* of the message that is being sent or received */
    BYTE message[MESSAGE_SIZE];
};

static struct client clients[CLIENTS];
static unsigned int finished, completed, aborted;   /* atomic */

static int all_finished( void )
{
    return __atomic_load_n( &finished, __ATOMIC_SEQ_CST ) == CLIENTS;
}

static void set_stream( struct client *client, stream_handle stream )
{
    __atomic_store_n( &client->stream, stream, __ATOMIC_SEQ_CST );
}

static stream_handle get_stream( const struct client *client )
{
    return __atomic_load_n( &client->stream, __ATOMIC_SEQ_CST );
}

static NTSTATUS step_opening( struct client *client )
{
    stream_handle stream = 0;
    NTSTATUS status = call_open( echoes[client->tls].port, &stream );

    if (status && status != STATUS_PENDING) return status;
    set_stream( client, stream );
    client->messages = 0;
    client->state = CONNECTING;
    return STATUS_SUCCESS;
}

static NTSTATUS step_connecting( struct client *client )
{
    struct stream_tls_start_params params = { .stream = get_stream( client ) };
    NTSTATUS status = call_connect( params.stream, UNIX_NOWAIT );

    client->need = STREAM_WRITE;
    if (status) return status;
    client->state = client->tls ? SHAKING : SENDING;
    client->pos = 0;
    return client->tls ? unix_call( unix_stream_tls_start, &params ) : STATUS_SUCCESS;
}

static NTSTATUS step_shaking( struct client *client )
{
    struct stream_tls_handshake_params params = { .stream = get_stream( client ),
                                                  .timeout = UNIX_NOWAIT };
    NTSTATUS status = unix_call( unix_stream_tls_handshake, &params );

    client->need = params.need;
    if (!status) client->state = SENDING;
    return status;
}

static NTSTATUS step_sending( struct client *client )
{
    struct stream_send_params params = { .stream = get_stream( client ), .timeout = UNIX_NOWAIT };
    NTSTATUS status;

    if (!client->pos) fill_pattern( client->message, MESSAGE_SIZE, client->messages );
    params.buffer = (ULONG_PTR)(client->message + client->pos);
    params.len = MESSAGE_SIZE - client->pos;
    status = unix_call( unix_stream_send, &params );
    client->need = params.need;
    client->pos += params.count;
    if (status) return status;
    client->pos = 0;
    client->state = RECEIVING;
    memset( client->message, 0, MESSAGE_SIZE );
    return STATUS_SUCCESS;
}

static void check_message( struct client *client )
{
    BYTE want[MESSAGE_SIZE];

    fill_pattern( want, MESSAGE_SIZE, client->messages );
    CHECK( !memcmp( client->message, want, MESSAGE_SIZE ) );
}

static NTSTATUS step_receiving( struct client *client )
{
    struct stream_recv_params params = { .stream = get_stream( client ), .timeout = UNIX_NOWAIT };
    NTSTATUS status;

    params.buffer = (ULONG_PTR)(client->message + client->pos);
    params.len = MESSAGE_SIZE - client->pos;
    status = unix_call( unix_stream_recv, &params );
    client->need = params.need;
    if (status) return status;
    if (!params.count) return STATUS_CONNECTION_DISCONNECTED;
    if ((client->pos += params.count) < MESSAGE_SIZE) return STATUS_SUCCESS;
    check_message( client );
    client->pos = 0;
    client->state = ++client->messages < MESSAGES ? SENDING : CLOSING;
    return STATUS_SUCCESS;
}

static NTSTATUS step_closing( struct client *client )
{
    stream_handle stream = get_stream( client );

    if (client->messages == MESSAGES) __atomic_add_fetch( &completed, 1, __ATOMIC_SEQ_CST );
    else __atomic_add_fetch( &aborted, 1, __ATOMIC_SEQ_CST );
    call_stream( unix_stream_shutdown, stream );
    close_stream( stream );     /* before the handle changes: stale ones must do no harm */
    client->state = ++client->connections < CONNECTIONS ? OPENING : DONE;
    return STATUS_SUCCESS;
}

static NTSTATUS (*const steps[])( struct client *client ) =
{
    step_opening, step_connecting, step_shaking, step_sending, step_receiving, step_closing,
};

/* STATUS_PENDING: parked, and no longer ours. */
static NTSTATUS park_client( struct client *client )
{
    return call_park( get_stream( client ), client->need, client - clients + 1 );
}

static void drive( struct client *client )
{
    NTSTATUS status;

    while (client->state != DONE)
    {
        if ((status = steps[client->state]( client )) == STATUS_PENDING)
            if ((status = park_client( client )) == STATUS_PENDING) return;
        if (!status) continue;
        CHECK( status == STATUS_CONNECTION_ABORTED || status == STATUS_CONNECTION_DISCONNECTED ||
               status == STATUS_CONNECTION_RESET );
        client->state = CLOSING;
    }
    __atomic_add_fetch( &finished, 1, __ATOMIC_SEQ_CST );
}

/* --- The threads ---------------------------------------------------------------------------- */

static void *worker_thread( void *arg )
{
    struct reactor_event events[UNIX_MAX_EVENTS];
    UINT32 count, i;

    (void)arg;
    while (!all_finished())
    {
        if (!CHECK_INT( call_wait( events, 8, 100, &count ), STATUS_SUCCESS )) break;
        for (i = 0; i < count; i++) drive( &clients[events[i].cookie - 1] );
    }
    return NULL;
}

/* Whoever gets a parked client back drives it. */
static void *canceller_thread( void *arg )
{
    uint64_t chance = 1;
    UINT64 cookie;

    (void)arg;
    while (!all_finished())
    {
        size_t which = unit_random_below( &chance, CLIENTS );
        UINT32 direction = unit_random_below( &chance, 4 ) ? STREAM_READ : STREAM_WRITE;

        if (!call_unpark( get_stream( &clients[which] ), direction, &cookie ))
            drive( &clients[cookie - 1] );
        sched_yield();
    }
    return NULL;
}

/* Every now and then, so that most connections get some messages through. */
static void *aborter_thread( void *arg )
{
    uint64_t chance = 2;
    unsigned int before;

    (void)arg;
    while (!all_finished())
    {
        call_abort( get_stream( &clients[unit_random_below( &chance, CLIENTS )] ),
                    unit_random_below( &chance, 2 ) );
        before = calls_made( SYS_CALL_RECV );
        while (!all_finished() && calls_made( SYS_CALL_RECV ) - before < 300) sched_yield();
    }
    return NULL;
}

static void *waker_thread( void *arg )
{
    (void)arg;
    while (!all_finished())
    {
        CHECK_INT( unix_call( unix_reactor_wake, NULL ), STATUS_SUCCESS );
        sched_yield();
    }
    return NULL;
}

static void drain_wakes( void )
{
    struct reactor_event event;
    unsigned int i;
    UINT32 count;

    for (i = 0; i < WORKERS + 1; i++) call_wait( &event, 1, UNIX_NOWAIT, &count );
}

static void test_all_at_once( void )
{
    static void *(*const disturbers[])( void * ) =
        { canceller_thread, canceller_thread, aborter_thread, waker_thread };
    pthread_t threads[WORKERS + ARRAY_SIZE(disturbers)];
    unsigned int i;

    CHECK_INT( link_setup_tls(), 0 );
    start_echo( 0 );
    start_echo( 1 );
    for (i = 0; i < WORKERS; i++) threads[i] = start_thread( worker_thread, NULL );
    for (i = 0; i < ARRAY_SIZE(disturbers); i++)
        threads[WORKERS + i] = start_thread( disturbers[i], NULL );
    for (i = 0; i < CLIENTS; i++) clients[i].tls = i & 1;
    for (i = 0; i < CLIENTS; i++) drive( &clients[i] );
    for (i = 0; i < ARRAY_SIZE(threads); i++) join_thread( threads[i] );
    stop_echo( 0 );
    stop_echo( 1 );
    drain_wakes();
    CHECK_INT( completed + aborted, CLIENTS * CONNECTIONS );
    printf( "%u connections to the end, %u aborted\n", completed, aborted );
    CHECK( completed );
    CHECK( aborted );
}

/* --- What needs no stream ------------------------------------------------------------------- */

static void inflate_some( void )
{
    static const BYTE packed[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 0x4a, 6, 0,
                                   0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0 };
    struct inflate_open_params open = { .format = UNIX_INFLATE_GZIP };
    struct inflate_close_params done;
    struct inflate_params params;
    BYTE text[8];

    if (!CHECK_INT( unix_call( unix_inflate_open, &open ), STATUS_SUCCESS )) return;
    params = (struct inflate_params){ .inflater = open.inflater, .input = (ULONG_PTR)packed,
                                      .input_len = sizeof(packed), .output = (ULONG_PTR)text,
                                      .output_len = sizeof(text) };
    CHECK_INT( unix_call( unix_inflate, &params ), STATUS_SUCCESS );
    CHECK_MEM( text, params.output_len, "abc", 3 );
    done.inflater = open.inflater;
    CHECK_INT( unix_call( unix_inflate_close, &done ), STATUS_SUCCESS );
}

static void *service_thread( void *arg )
{
    struct sha1_params sha1 = { .data = (ULONG_PTR)"abc", .len = 3 };
    struct unix_addr addrs[UNIX_MAX_ADDRS];
    struct resolve_params resolve = { .host = (ULONG_PTR)"127.0.0.1", .port = 80,
                                      .addrs = (ULONG_PTR)addrs };
    BYTE random[16];
    struct random_params draw = { .buffer = (ULONG_PTR)random, .len = sizeof(random) };
    unsigned int i;

    (void)arg;
    for (i = 0; i < 50; i++)
    {
        CHECK_INT( unix_call( unix_sha1, &sha1 ), STATUS_SUCCESS );
        CHECK_INT( unix_call( unix_resolve, &resolve ), STATUS_SUCCESS );
        CHECK_INT( unix_call( unix_random, &draw ), STATUS_SUCCESS );
        inflate_some();
    }
    return NULL;
}

static void test_services_from_many_threads( void )
{
    pthread_t threads[6];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(threads); i++) threads[i] = start_thread( service_thread, NULL );
    for (i = 0; i < ARRAY_SIZE(threads); i++) join_thread( threads[i] );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_services_from_many_threads ),
    UNIT_TEST( test_all_at_once ),
};

UNIT_MAIN( tests )
