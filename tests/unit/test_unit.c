/* test_unit - the harness itself: a runner that notices nothing would make every test pass.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs one test in a child process, silently; nonzero if it passed. */
static int passes( void (*run)( void ) )
{
    const struct unit_test test = { "inner", run };
    char *arguments[] = { NULL };
    int status = 0;
    pid_t child;

    fflush( stdout );
    child = fork();
    if (!child)
    {
        if (!freopen( "/dev/null", "w", stdout )) _exit( 2 );
        if (!freopen( "/dev/null", "w", stderr )) _exit( 2 );
        _exit( unit_main( &test, 1, 1, arguments ) );
    }
    CHECK( child > 0 && waitpid( child, &status, 0 ) == child );
    return WIFEXITED( status ) && !WEXITSTATUS( status );
}

/* checks */

static void hold( void )
{
    CHECK( 1 );
    CHECK_INT( -1, -1 );
    CHECK_STR( "a", "a" );
    CHECK_STR( NULL, NULL );
    CHECK_MEM( "ab", 2, "ab", 2 );
}

static void fail_check( void ) { CHECK( 0 ); }
static void fail_int( void ) { CHECK_INT( 1, 2 ); }
static void fail_str( void ) { CHECK_STR( "a", "b" ); }
static void fail_null( void ) { CHECK_STR( NULL, "" ); }
static void fail_mem( void ) { CHECK_MEM( "ab", 2, "ac", 2 ); }
static void fail_mem_len( void ) { CHECK_MEM( "ab", 2, "ab", 1 ); }

static void test_unit_checks_pass_and_fail( void )
{
    CHECK( passes( hold ) );
    CHECK( !passes( fail_check ) );
    CHECK( !passes( fail_int ) );
    CHECK( !passes( fail_str ) );
    CHECK( !passes( fail_null ) );
    CHECK( !passes( fail_mem ) );
    CHECK( !passes( fail_mem_len ) );
}

/* the log */

static void test_unit_log_joins_data( void )
{
    struct unit_log log;

    unit_log_init( &log );
    CHECK_STR( unit_log_text( &log ), "" );
    unit_log_data( &log, "a", "x", 1 );
    unit_log_data( &log, "a", "\n\\y", 3 );
    unit_log_data( &log, "b", NULL, 0 );
    unit_log_event( &log, "end %d", 7 );
    unit_log_data( &log, "b", "z", 1 );
    CHECK_STR( unit_log_text( &log ), "a=4:x\\x0a\\x5cy\nb=0:\nend 7\nb=1:z\n" );
    unit_log_clear( &log );
}

/* the allocator */

static void test_unit_allocator_refuses_one_request( void )
{
    struct unit_allocator unit;
    void *a, *b;

    unit_allocator_init( &unit );
    unit.refuse = 2;
    a = allocator_resize( &unit.alloc, NULL, 4 );
    memcpy( a, "abc", 4 );
    CHECK( !allocator_resize( &unit.alloc, a, 8 ) );
    CHECK_STR( a, "abc" );
    b = allocator_resize( &unit.alloc, a, 8 );
    CHECK( b != a );
    CHECK_STR( b, "abc" );
    CHECK_INT( unit.live, 1 );
    allocator_free( &unit.alloc, b );
    CHECK_INT( unit.live, 0 );
    CHECK_INT( unit.requests, 3 );
    CHECK_INT( unit.refused, 1 );
}

/* the runner: a counter of "x" that fails at "!", and its faulty brothers */

enum fault
{
    FAULT_NONE,
    FAULT_SLICES,      /* says how it was fed */
    FAULT_READ_BEHIND,
    FAULT_READ_BEFORE,
    FAULT_CONSUMED,
    FAULT_LEAK,
    FAULT_NO_MEMORY,   /* goes on without its block */
    FAULT_KEEPS_INPUT,
};

enum { NO_MEMORY = -2 };

struct counter
{
    const struct allocator *alloc;
    enum fault fault;
    const uint8_t *kept;
    void *block;
};

static volatile uint8_t unread;

static void *counter_create( const struct allocator *alloc, const void *argument )
{
    struct counter *counter = allocator_resize( alloc, NULL, sizeof(*counter) );

    if (!counter) return NULL;
    counter->alloc = alloc;
    counter->fault = *(const enum fault *)argument;
    counter->kept = NULL;
    counter->block = NULL;
    return counter;
}

static int counter_begin( struct counter *counter, const uint8_t *in, size_t len,
                          struct unit_log *log )
{
    if (counter->fault == FAULT_SLICES) unit_log_event( log, "fed" );
    if (counter->fault == FAULT_READ_BEHIND) unread = in[len];
    if (counter->fault == FAULT_READ_BEFORE) unread = in[-1];
    if (counter->fault == FAULT_KEEPS_INPUT && len)
    {
        if (counter->kept && *counter->kept != 'x') return -3;
        counter->kept = in;
    }
    if (!counter->block) counter->block = allocator_resize( counter->alloc, NULL, 10 );
    return counter->block || counter->fault == FAULT_NO_MEMORY ? 0 : NO_MEMORY;
}

static int counter_feed( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                         struct unit_log *log )
{
    struct counter *counter = state;
    int status = counter_begin( counter, in, len, log );

    (void)last;
    if (status) return status;
    for (; *consumed < len; ++*consumed)
    {
        if (in[*consumed] == '!') return -1;
        unit_log_data( log, "x", in + *consumed, 1 );
    }
    if (counter->fault == FAULT_CONSUMED) ++*consumed;
    return 0;
}

static void counter_destroy( void *state )
{
    struct counter *counter = state;

    if (counter->fault != FAULT_LEAK) allocator_free( counter->alloc, counter->block );
    allocator_free( counter->alloc, counter );
}

static const struct unit_engine counter_engine =
{
    counter_create, counter_feed, counter_destroy, NO_MEMORY
};

static enum fault fault;

static void play_good( void )
{
    PLAY( &counter_engine, &fault, "xxx", 3, 0, 3, "x=3:xxx\n" );
    PLAY( &counter_engine, &fault, "xx!x", 4, -1, 2, "x=2:xx\n" );
    PLAY( &counter_engine, &fault, "", 0, 0, 0, "" );
}

static void play_wrong_log( void ) { PLAY( &counter_engine, &fault, "xx", 2, 0, 2, "x=1:x\n" ); }
static void play_wrong_status( void ) { PLAY( &counter_engine, &fault, "x", 1, 1, 1, "x=1:x\n" ); }
static void play_wrong_count( void ) { PLAY( &counter_engine, &fault, "x!", 2, -1, 2, "x=1:x\n" ); }

static void test_unit_play_passes_a_good_engine( void )
{
    fault = FAULT_NONE;
    CHECK( passes( play_good ) );
}

static void test_unit_play_notices_every_difference( void )
{
    fault = FAULT_NONE;
    CHECK( !passes( play_wrong_log ) );
    CHECK( !passes( play_wrong_status ) );
    CHECK( !passes( play_wrong_count ) );
}

static void test_unit_play_notices_every_fault( void )
{
    for (fault = FAULT_NONE + 1; fault <= FAULT_KEEPS_INPUT; fault++)
    {
        unit_context( "fault %d", fault );
        CHECK( !passes( play_good ) );
    }
}

static const struct unit_test tests[] =
{
    UNIT_TEST( test_unit_checks_pass_and_fail ),
    UNIT_TEST( test_unit_log_joins_data ),
    UNIT_TEST( test_unit_allocator_refuses_one_request ),
    UNIT_TEST( test_unit_play_passes_a_good_engine ),
    UNIT_TEST( test_unit_play_notices_every_difference ),
    UNIT_TEST( test_unit_play_notices_every_fault ),
};

UNIT_MAIN( tests )
