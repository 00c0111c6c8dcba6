/* test_lock - the locks of net/lock.h: who is kept out, who sleeps, and that nobody sleeps on.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The source is compiled in here, over a futex in place of ntdll's RtlWaitOnAddress. A wake-up that
 * is lost makes a test hang, which tools/check ends. ThreadSanitizer (make check-tsan) says whether
 * a lock orders what it guards.
 */

#if 0
#pragma makedep unix
#endif

#include "unix_test.h"

#include <errno.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

#include <linux/futex.h>
#include <sys/syscall.h>

enum
{
    THREADS = 4,
    ROUNDS = 20000,
    LOSSES = 1000, /* more than anybody looks before sleeping */
};

/* --- Others that are faster ----------------------------------------------------------------- */

static unsigned int losses; /* how often another takes what is wanted, and lets it go at once */
static int alone;           /* there are no others: nobody would wake who sleeps */

static inline LONG contended_exchange( LONG volatile *dest, LONG value, LONG expected )
{
    if (losses && *dest == expected)
    {
        losses--;
        return ~expected;
    }
    return InterlockedCompareExchange( dest, value, expected );
}

#define _InterlockedCompareExchange contended_exchange
#include "net/lock.c"
#undef _InterlockedCompareExchange

#define RANK LOCK_OBJECT

/* --- In place of ntdll ---------------------------------------------------------------------- */

static unsigned int waits; /* atomic */

/* Every third returns at once, as ntdll's may; each, where nobody else is. */
NTSTATUS WINAPI RtlWaitOnAddress( const void *addr, const void *value, SIZE_T size,
                                  const LARGE_INTEGER *timeout )
{
    struct timespec span;

    CHECK_INT( size, sizeof(UINT32) );
    if (timeout)
    {
        span.tv_sec = -timeout->QuadPart / 10000000;
        span.tv_nsec = -timeout->QuadPart % 10000000 * 100;
    }
    else if (!(__atomic_add_fetch( &waits, 1, __ATOMIC_RELAXED ) % 3) || alone)
        return STATUS_SUCCESS;
    if (!syscall( SYS_futex, addr, FUTEX_WAIT_PRIVATE, *(const UINT32 *)value,
                  timeout ? &span : NULL, NULL, 0 )) return STATUS_SUCCESS;
    return errno == ETIMEDOUT ? STATUS_TIMEOUT : STATUS_SUCCESS;
}

void WINAPI RtlWakeAddressAll( const void *addr )
{
    syscall( SYS_futex, addr, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0 );
}

/* --- One against another -------------------------------------------------------------------- */

static struct lock lock;
static int arrived; /* atomic: the other thread was let in */

static void *take_exclusive( void *arg )
{
    lock_acquire( &lock, RANK );
    __atomic_store_n( &arrived, 1, __ATOMIC_RELAXED );
    lock_release( &lock, RANK );
    return arg;
}

static void *take_shared( void *arg )
{
    lock_acquire_shared( &lock, RANK );
    __atomic_store_n( &arrived, 1, __ATOMIC_RELAXED );
    lock_release_shared( &lock, RANK );
    return arg;
}

static pthread_t start( void *(*run)( void * ) )
{
    __atomic_store_n( &arrived, 0, __ATOMIC_RELAXED );
    return start_thread( run, NULL );
}

/* Until the other thread has said that it must be woken. */
static void wait_for_sleeper( void )
{
    while (!(lock_state( &lock ) & LOCK_SLEEPERS)) sched_yield();
    CHECK_INT( __atomic_load_n( &arrived, __ATOMIC_RELAXED ), 0 );
}

static void check_let_in( pthread_t thread )
{
    join_thread( thread );
    CHECK_INT( arrived, 1 );
    CHECK_INT( lock_state( &lock ), 0 );
}

static void test_lock_readers_share( void )
{
    pthread_t thread;

    lock_acquire_shared( &lock, RANK );
    thread = start( take_shared );
    join_thread( thread );
    CHECK_INT( arrived, 1 );
    CHECK_INT( lock_state( &lock ), 1 );
    lock_release_shared( &lock, RANK );
    CHECK_INT( lock_state( &lock ), 0 );
}

static void test_lock_writer_waits_for_writer( void )
{
    pthread_t thread;

    lock_acquire( &lock, RANK );
    thread = start( take_exclusive );
    wait_for_sleeper();
    lock_release( &lock, RANK );
    check_let_in( thread );
}

static void test_lock_writer_waits_for_reader( void )
{
    pthread_t thread;

    lock_acquire_shared( &lock, RANK );
    thread = start( take_exclusive );
    wait_for_sleeper();
    lock_release_shared( &lock, RANK );
    check_let_in( thread );
}

static void test_lock_reader_waits_for_writer( void )
{
    pthread_t thread;

    lock_acquire( &lock, RANK );
    thread = start( take_shared );
    wait_for_sleeper();
    lock_release( &lock, RANK );
    check_let_in( thread );
}

/* A reader that comes and goes leaves the writer's wish to be woken where it was. */
static void test_lock_writer_is_not_forgotten( void )
{
    pthread_t thread;

    lock_acquire_shared( &lock, RANK );
    thread = start( take_exclusive );
    wait_for_sleeper();
    lock_acquire_shared( &lock, RANK );
    CHECK_INT( lock_state( &lock ), LOCK_SLEEPERS | 2 );
    lock_release_shared( &lock, RANK );
    wait_for_sleeper();
    lock_release_shared( &lock, RANK );
    check_let_in( thread );
}

/* Who loses a free lock to others, again and again, finds nobody to be woken by: in Wine it would
 * sleep until the next one came, which may be never. */
static void check_taken_awake( LONG state, LONG who )
{
    unsigned int slept = waits;

    lock.state = state;
    losses = LOSSES;
    alone = 1;
    lock_wait( &lock, who );
    CHECK_INT( losses, 0 );
    CHECK_INT( waits, slept );
    CHECK_INT( lock_state( &lock ), state + who );
    lock.state = 0;
    alone = 0;
}

static void test_lock_nobody_sleeps_at_a_free_lock( void )
{
    check_taken_awake( 0, LOCK_WRITER );
    check_taken_awake( 0, 1 );
    check_taken_awake( 2, 1 );
    check_taken_awake( LOCK_SLEEPERS, LOCK_WRITER );
    check_taken_awake( LOCK_SLEEPERS, 1 );
    check_taken_awake( LOCK_SLEEPERS | 2, 1 );
}

/* --- Events --------------------------------------------------------------------------------- */

static struct lock_event event;
static int turn; /* under the lock */

static void *second_player( void *arg )
{
    int i;

    lock_acquire( &lock, RANK );
    for (i = 1; i < ROUNDS; i += 2)
    {
        while (turn != i) CHECK( lock_sleep( &event, &lock, RANK, INFINITE ) );
        turn++;
        lock_wake_sleepers( &event );
    }
    lock_release( &lock, RANK );
    return arg;
}

/* Each sleeps for the other's event, again and again. */
static void test_lock_events_are_not_lost( void )
{
    pthread_t thread;
    int i;

    turn = 0;
    thread = start_thread( second_player, NULL );
    lock_acquire( &lock, RANK );
    for (i = 0; i < ROUNDS; i += 2)
    {
        while (turn != i) CHECK( lock_sleep( &event, &lock, RANK, INFINITE ) );
        turn++;
        lock_wake_sleepers( &event );
    }
    lock_release( &lock, RANK );
    join_thread( thread );
    CHECK_INT( turn, ROUNDS );
    CHECK_INT( lock_state( &lock ), 0 );
}

static void test_lock_sleep_ends_by_its_limit( void )
{
    lock_acquire( &lock, RANK );
    CHECK( !lock_sleep( &event, &lock, RANK, 1 ) );
    CHECK( !lock_sleep( &event, &lock, RANK, 0 ) );
    CHECK_INT( lock_state( &lock ), LOCK_WRITER );
    lock_release( &lock, RANK );
}

/* --- Many ----------------------------------------------------------------------------------- */

static unsigned int first, second; /* under the lock; always the same */

static void *write_and_read( void *arg )
{
    unsigned int differ = 0;
    int i;

    for (i = 0; i < ROUNDS; i++)
    {
        if (i % 4 == 0)
        {
            lock_acquire( &lock, RANK );
            first++;
            second++;
            lock_release( &lock, RANK );
        }
        else
        {
            lock_acquire_shared( &lock, RANK );
            differ += first != second;
            lock_release_shared( &lock, RANK );
        }
    }
    CHECK_INT( differ, 0 );
    return arg;
}

static void test_lock_many_threads( void )
{
    pthread_t threads[THREADS];
    int i;

    first = second = 0;
    for (i = 0; i < THREADS; i++) threads[i] = start_thread( write_and_read, NULL );
    for (i = 0; i < THREADS; i++) join_thread( threads[i] );
    CHECK_INT( first, THREADS * ROUNDS / 4 );
    CHECK_INT( second, first );
    CHECK_INT( lock_state( &lock ), 0 );
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_lock_readers_share ),
    UNIT_TEST( test_lock_writer_waits_for_writer ),
    UNIT_TEST( test_lock_writer_waits_for_reader ),
    UNIT_TEST( test_lock_reader_waits_for_writer ),
    UNIT_TEST( test_lock_writer_is_not_forgotten ),
    UNIT_TEST( test_lock_nobody_sleeps_at_a_free_lock ),
    UNIT_TEST( test_lock_events_are_not_lost ),
    UNIT_TEST( test_lock_sleep_ends_by_its_limit ),
    UNIT_TEST( test_lock_many_threads ),
};

int main( int argc, char **argv )
{
    return unit_main( tests, ARRAY_SIZE(tests), argc, argv );
}
