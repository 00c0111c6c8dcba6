/* test_reactor - parking and waiting: no event is lost, none comes twice.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <stdio.h>
#include <time.h>

/* Waits for one event and expects it to be this one. */
static void expect_event( UINT64 cookie, UINT32 direction )
{
    struct reactor_event event = { 0 };
    UINT32 count;

    CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 1 );
    CHECK_INT( event.cookie, cookie );
    CHECK_INT( event.direction, direction );
}

static void expect_nothing( void )
{
    struct reactor_event event;
    UINT32 count;

    CHECK_INT( call_wait( &event, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
}

/* Parks for real: an event that is on record already is let pass first. */
static void park( stream_handle stream, UINT32 direction, UINT64 cookie )
{
    NTSTATUS status = call_park( stream, direction, cookie );

    expect_nothing();
    if (status == STATUS_SUCCESS) status = call_park( stream, direction, cookie );
    CHECK_INT( status, STATUS_PENDING );
}

static void test_wait_returns_by_timeout( void )
{
    struct reactor_event events[UNIX_MAX_EVENTS];
    UINT32 count;

    CHECK_INT( call_wait( events, UNIX_MAX_EVENTS, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
    CHECK_INT( call_wait( events, UNIX_MAX_EVENTS, 1, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
    CHECK_INT( call_wait( events, 0, UNIX_NOWAIT, &count ), STATUS_INVALID_PARAMETER );
    CHECK_INT( call_wait( events, UNIX_MAX_EVENTS + 1, UNIX_NOWAIT, &count ),
               STATUS_INVALID_PARAMETER );
}

static void *wait_thread( void *arg )
{
    struct reactor_event event;
    UINT32 count;

    (void)arg;
    CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    CHECK_INT( count, 0 );
    return NULL;
}

static void test_wake_releases_one_waiter_each( void )
{
    pthread_t threads[4];
    unsigned int i;

    for (i = 0; i < ARRAY_SIZE(threads); i++) threads[i] = start_thread( wait_thread, NULL );
    for (i = 0; i < ARRAY_SIZE(threads); i++)
        CHECK_INT( unix_call( unix_reactor_wake, NULL ), STATUS_SUCCESS );
    for (i = 0; i < ARRAY_SIZE(threads); i++) join_thread( threads[i] );
    expect_nothing();
}

static void test_wake_before_the_wait_counts( void )
{
    CHECK_INT( unix_call( unix_reactor_wake, NULL ), STATUS_SUCCESS );
    wait_thread( NULL );
    expect_nothing();
}

static void test_park_reports_data_once( void )
{
    struct pair pair = make_pair();
    UINT64 cookie = 0;

    park( pair.stream, STREAM_READ, 0x123456789abcdef0 );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_event( 0x123456789abcdef0, STREAM_READ );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_nothing();
    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_NOT_FOUND );
    close_pair( &pair );
}

/* The event came between the receive that found nothing and the park. */
static void test_park_after_the_event_says_try_again( void )
{
    struct pair pair = make_pair();
    UINT64 cookie;
    UINT32 count;
    BYTE byte;

    park( pair.stream, STREAM_READ, 1 );
    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_SUCCESS );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_PENDING );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_nothing();
    CHECK_INT( call_park( pair.stream, STREAM_READ, 2 ), STATUS_SUCCESS );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_PENDING );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 3 ), STATUS_PENDING );
    close_pair( &pair );
}

/* An event from before the last receive is old: that receive has seen what it was about. */
static void test_park_forgets_events_before_the_try( void )
{
    struct pair pair = make_pair();
    UINT64 cookie;
    UINT32 count;
    BYTE byte;

    park( pair.stream, STREAM_READ, 1 );
    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_SUCCESS );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_nothing();
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_PENDING );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 2 ), STATUS_PENDING );
    close_pair( &pair );
}

static void test_park_without_registration_sees_what_is_there( void )
{
    struct pair pair = make_pair();

    CHECK( peer_write( pair.peer, "x", 1 ) );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 9 ), STATUS_PENDING );
    expect_event( 9, STREAM_READ );
    close_pair( &pair );
}

static void test_park_costs_one_system_call_ever( void )
{
    struct pair pair = make_pair();
    unsigned int calls = calls_made( SYS_CALL_EPOLL_CTL ), i;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < 50; i++)
    {
        park( pair.stream, STREAM_READ, 1 );
        CHECK( peer_write( pair.peer, "x", 1 ) );
        expect_event( 1, STREAM_READ );
        CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    }
    CHECK_INT( calls_made( SYS_CALL_EPOLL_CTL ) - calls, 1 );
    close_pair( &pair );
}

static void test_park_bad_parameters( void )
{
    struct pair pair = make_pair();
    UINT64 cookie = 77;

    CHECK_INT( call_park( pair.stream, 2, 1 ), STATUS_INVALID_PARAMETER );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 0 ), STATUS_INVALID_PARAMETER );
    CHECK_INT( call_unpark( pair.stream, 2, &cookie ), STATUS_INVALID_PARAMETER );
    park( pair.stream, STREAM_READ, 1 );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 2 ), STATUS_INVALID_DEVICE_STATE );
    close_pair( &pair );
}

static void test_unpark_gives_the_cookie_back( void )
{
    struct pair pair = make_pair();
    UINT64 cookie = 0;

    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_NOT_FOUND );
    park( pair.stream, STREAM_READ, 55 );
    CHECK_INT( call_unpark( pair.stream, STREAM_WRITE, &cookie ), STATUS_NOT_FOUND );
    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_SUCCESS );
    CHECK_INT( cookie, 55 );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_nothing();
    close_pair( &pair );
}

/* A waiter with room for one event must not swallow the other direction's. */
static void test_both_directions_one_by_one( void )
{
    struct pair pair = make_pair();
    struct reactor_event events[2];
    UINT32 count, seen = 0, i;

    fill_socket( pair.stream );
    park( pair.stream, STREAM_READ, 1 );
    park( pair.stream, STREAM_WRITE, 2 );
    CHECK_INT( call_abort( pair.stream, 0 ), STATUS_SUCCESS );
    for (i = 0; i < 2; i++)
    {
        CHECK_INT( call_wait( events, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        CHECK_INT( count, 1 );
        seen |= 1 << events[0].cookie;
    }
    CHECK_INT( seen, 6 );
    expect_nothing();
    close_pair( &pair );
}

static void test_abort_reports_both_directions( void )
{
    struct reactor_event events[4];
    struct pair pair;
    UINT32 count;
    int hard;

    for (hard = 0; hard < 2; hard++)
    {
        pair = make_pair();
        fill_socket( pair.stream );
        park( pair.stream, STREAM_READ, 1 );
        park( pair.stream, STREAM_WRITE, 2 );
        CHECK_INT( call_abort( pair.stream, hard ), STATUS_SUCCESS );
        CHECK_INT( call_wait( events, 4, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        CHECK_INT( count, 2 );
        CHECK_INT( call_park( pair.stream, STREAM_READ, 1 ), STATUS_SUCCESS );
        CHECK_INT( call_park( pair.stream, STREAM_WRITE, 1 ), STATUS_SUCCESS );
        close_pair( &pair );
    }
}

static void test_end_of_the_peer_is_an_event( void )
{
    struct pair pair = make_pair();

    park( pair.stream, STREAM_READ, 1 );
    shutdown( pair.peer, SHUT_WR );
    expect_event( 1, STREAM_READ );
    close_pair( &pair );

    pair = make_pair();
    park( pair.stream, STREAM_READ, 2 );
    peer_reset( pair.peer );
    expect_event( 2, STREAM_READ );
    close_stream( pair.stream );
}

/* The slot is used again at once; an event of the old stream must not reach the new one. */
static void test_close_drops_events( void )
{
    struct pair pair = make_pair();
    UINT64 cookie;

    park( pair.stream, STREAM_READ, 1 );
    CHECK( peer_write( pair.peer, "x", 1 ) );
    close_pair( &pair );
    pair = make_pair();
    CHECK_INT( call_park( pair.stream, STREAM_READ, 2 ), STATUS_PENDING );
    expect_nothing();
    CHECK_INT( call_unpark( pair.stream, STREAM_READ, &cookie ), STATUS_SUCCESS );
    CHECK_INT( cookie, 2 );
    close_pair( &pair );
}

static void test_wait_faults( void )
{
    struct reactor_event event;
    struct pair pair = make_pair();
    UINT32 count;

    fault_plan( SYS_CALL_EPOLL_WAIT, 0, EINTR );
    CHECK_INT( call_wait( &event, 1, UNIX_NOWAIT, &count ), STATUS_SUCCESS );
    fault_plan( SYS_CALL_EPOLL_WAIT, 0, ENOMEM );
    CHECK_INT( call_wait( &event, 1, UNIX_NOWAIT, &count ), STATUS_NO_MEMORY );
    CHECK_INT( count, 0xdeadbeef );
    fault_plan( SYS_CALL_EPOLL_CTL, 0, ENOSPC );
    CHECK_INT( call_park( pair.stream, STREAM_READ, 1 ), STATUS_INSUFFICIENT_RESOURCES );
    fault_clear();
    park( pair.stream, STREAM_READ, 1 );    /* and later it works */
    CHECK( peer_write( pair.peer, "x", 1 ) );
    expect_event( 1, STREAM_READ );
    close_pair( &pair );
}

/* --- Many threads --------------------------------------------------------------------------- */

enum
{
    PLAYERS = 8,
    WAITERS = 4,
    ROUNDS = 12500,     /* a player; 100,000 together */
};

/* The peers of all players: sends back each byte. */
static void *echo_thread( void *arg )
{
    const int *peers = arg;
    struct pollfd fds[PLAYERS];
    unsigned int i, open = PLAYERS;
    char buffer[16];
    ssize_t ret;

    for (i = 0; i < PLAYERS; i++) fds[i] = (struct pollfd){ peers[i], POLLIN, 0 };
    while (open)
    {
        poll( fds, PLAYERS, -1 );
        for (i = 0; i < PLAYERS; i++)
        {
            if (fds[i].fd < 0 || !fds[i].revents) continue;
            ret = recv( fds[i].fd, buffer, sizeof(buffer), 0 );
            if (ret > 0) CHECK( peer_write( fds[i].fd, buffer, ret ) );
            else
            {
                fds[i].fd = -1;
                open--;
            }
        }
    }
    return NULL;
}

static struct
{
    struct pair pairs[PLAYERS];
    unsigned int rounds[PLAYERS];   /* only whoever holds the player's event */
    unsigned int playing;           /* atomic */
} game;

/* One player's turn: receives until nothing is there and parks; an answer makes the next ball. */
static void play( unsigned int player )
{
    stream_handle stream = game.pairs[player].stream;
    NTSTATUS status;
    UINT32 count;
    BYTE ball;

    for (;;)
    {
        status = call_recv( stream, &ball, 1, UNIX_NOWAIT, &count );
        if (status == STATUS_PENDING)
        {
            if ((status = call_park( stream, STREAM_READ, player + 1 )) == STATUS_PENDING) return;
            CHECK_INT( status, STATUS_SUCCESS );
            continue;
        }
        if (!CHECK_INT( status, STATUS_SUCCESS ) || !CHECK_INT( ball,
                        (BYTE)game.rounds[player] )) break;
        if (++game.rounds[player] == ROUNDS) break;
        ball = game.rounds[player];
        CHECK_INT( call_send( stream, &ball, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
    }
    if (!__atomic_sub_fetch( &game.playing, 1, __ATOMIC_SEQ_CST ))
    {
        unsigned int i;

        for (i = 0; i < WAITERS; i++) unix_call( unix_reactor_wake, NULL );
    }
}

static void *player_thread( void *arg )
{
    struct reactor_event events[UNIX_MAX_EVENTS];
    UINT32 count, i, max = *(UINT32 *)arg;

    while (__atomic_load_n( &game.playing, __ATOMIC_SEQ_CST ))
    {
        if (!CHECK_INT( call_wait( events, max, UNIX_INFINITE, &count ),
                        STATUS_SUCCESS )) return NULL;
        for (i = 0; i < count; i++) play( events[i].cookie - 1 );
    }
    return NULL;
}

/* A lost wake-up would stop the game for ever. */
static void test_ping_pong_loses_nothing( void )
{
    static UINT32 max[WAITERS] = { 1, 2, 7, UNIX_MAX_EVENTS };
    pthread_t echo, threads[WAITERS];
    int peers[PLAYERS];
    unsigned int i;
    UINT32 count;

    game.playing = PLAYERS;
    for (i = 0; i < PLAYERS; i++)
    {
        game.pairs[i] = make_pair();
        game.rounds[i] = 0;
        peers[i] = game.pairs[i].peer;
        CHECK_INT( call_park( game.pairs[i].stream, STREAM_READ, i + 1 ), STATUS_PENDING );
    }
    echo = start_thread( echo_thread, peers );
    for (i = 0; i < WAITERS; i++) threads[i] = start_thread( player_thread, &max[i] );
    for (i = 0; i < PLAYERS; i++)
        CHECK_INT( call_send( game.pairs[i].stream, "", 1, UNIX_INFINITE, &count ),
                   STATUS_SUCCESS );
    for (i = 0; i < WAITERS; i++) join_thread( threads[i] );
    for (i = 0; i < PLAYERS; i++)
    {
        CHECK_INT( game.rounds[i], ROUNDS );
        shutdown( game.pairs[i].peer, SHUT_RDWR );
    }
    join_thread( echo );
    for (i = 0; i < PLAYERS; i++) close_pair( &game.pairs[i] );
    while (!call_wait( (struct reactor_event[1]){ { 0 } }, 1, 1, &count ) && count) {}
}

static struct
{
    struct pair pair;
    unsigned int events;    /* atomic; each of them ends one parking */
    unsigned int stop;      /* atomic */
} race;

static void *race_waiter_thread( void *arg )
{
    struct reactor_event events[UNIX_MAX_EVENTS];
    UINT32 count;

    (void)arg;
    while (!__atomic_load_n( &race.stop, __ATOMIC_SEQ_CST ))
    {
        CHECK_INT( call_wait( events, UNIX_MAX_EVENTS, UNIX_INFINITE, &count ), STATUS_SUCCESS );
        __atomic_add_fetch( &race.events, count, __ATOMIC_SEQ_CST );
    }
    return NULL;
}

static void *race_sender_thread( void *arg )
{
    (void)arg;
    while (!__atomic_load_n( &race.stop, __ATOMIC_SEQ_CST )) peer_write( race.pair.peer, "x", 1 );
    return NULL;
}

/* Parks and unparks while data comes in: each parking ends in exactly one way. */
static void test_park_and_unpark_race( void )
{
    unsigned int i, armed = 0, given_back = 0;
    pthread_t threads[4];
    BYTE buffer[256];
    UINT64 cookie;
    UINT32 count;

    memset( &race, 0, sizeof(race) );
    race.pair = make_pair();
    for (i = 0; i < 3; i++) threads[i] = start_thread( race_waiter_thread, NULL );
    threads[3] = start_thread( race_sender_thread, NULL );
    for (i = 0; i < 20000; i++)
    {
        call_recv( race.pair.stream, buffer, sizeof(buffer), UNIX_NOWAIT, &count );
        if (call_park( race.pair.stream, STREAM_READ, 1 ) != STATUS_PENDING) continue;
        armed++;
        if (i & 1) sched_yield();
        if (!call_unpark( race.pair.stream, STREAM_READ, &cookie )) given_back++;
        while (__atomic_load_n( &race.events, __ATOMIC_SEQ_CST ) != armed - given_back)
            sched_yield();
    }
    __atomic_store_n( &race.stop, 1, __ATOMIC_SEQ_CST );
    CHECK_INT( call_abort( race.pair.stream, 1 ), STATUS_SUCCESS );
    shutdown( race.pair.peer, SHUT_RDWR );
    for (i = 0; i < 3; i++) unix_call( unix_reactor_wake, NULL );
    for (i = 0; i < 4; i++) join_thread( threads[i] );
    CHECK_INT( race.events, armed - given_back );
    close_pair( &race.pair );
    while (!call_wait( (struct reactor_event[1]){ { 0 } }, 1, 1, &count ) && count) {}
}

static void *abort_thread( void *arg )
{
    call_abort( *(stream_handle *)arg, 1 );
    return NULL;
}

/* Whichever comes first, the parked one hears of the abort. */
static void test_park_and_abort_race( void )
{
    struct reactor_event event;
    struct pair pair;
    pthread_t thread;
    NTSTATUS status;
    unsigned int i;
    UINT32 count;
    BYTE byte;

    for (i = 0; i < 500; i++)
    {
        pair = make_pair();
        thread = start_thread( abort_thread, &pair.stream );
        status = call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count );
        if (status == STATUS_PENDING) status = call_park( pair.stream, STREAM_READ, 4 );
        if (status == STATUS_PENDING)
        {
            CHECK_INT( call_wait( &event, 1, UNIX_INFINITE, &count ), STATUS_SUCCESS );
            CHECK_INT( count, 1 );
            CHECK_INT( event.cookie, 4 );
        }
        join_thread( thread );
        CHECK_INT( call_recv( pair.stream, &byte, 1, UNIX_NOWAIT, &count ),
                   STATUS_CONNECTION_ABORTED );
        close_pair( &pair );
    }
}

/* Not judged, only told. */
static void test_park_duration( void )
{
    enum { TURNS = 200000 };
    struct pair pair = make_pair();
    struct timespec begin, end;
    UINT64 cookie;
    unsigned int i;

    park( pair.stream, STREAM_READ, 1 );
    clock_gettime( CLOCK_MONOTONIC, &begin );
    for (i = 0; i < TURNS; i++)
    {
        call_unpark( pair.stream, STREAM_READ, &cookie );
        call_park( pair.stream, STREAM_READ, 1 );
    }
    clock_gettime( CLOCK_MONOTONIC, &end );
    printf( "park and unpark: %.0f ns\n",
            ((end.tv_sec - begin.tv_sec) * 1e9 + end.tv_nsec - begin.tv_nsec) / TURNS );
    close_pair( &pair );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_wait_returns_by_timeout ),
    UNIT_TEST( test_wake_releases_one_waiter_each ),
    UNIT_TEST( test_wake_before_the_wait_counts ),
    UNIT_TEST( test_park_reports_data_once ),
    UNIT_TEST( test_park_after_the_event_says_try_again ),
    UNIT_TEST( test_park_forgets_events_before_the_try ),
    UNIT_TEST( test_park_without_registration_sees_what_is_there ),
    UNIT_TEST( test_park_costs_one_system_call_ever ),
    UNIT_TEST( test_park_bad_parameters ),
    UNIT_TEST( test_unpark_gives_the_cookie_back ),
    UNIT_TEST( test_both_directions_one_by_one ),
    UNIT_TEST( test_abort_reports_both_directions ),
    UNIT_TEST( test_end_of_the_peer_is_an_event ),
    UNIT_TEST( test_close_drops_events ),
    UNIT_TEST( test_wait_faults ),
    UNIT_TEST( test_ping_pong_loses_nothing ),
    UNIT_TEST( test_park_and_unpark_race ),
    UNIT_TEST( test_park_and_abort_race ),
    UNIT_TEST( test_park_duration ),
};

UNIT_MAIN( tests )
