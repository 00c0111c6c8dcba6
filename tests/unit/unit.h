/* unit - the harness of the native unit tests.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the results of one test program.
 * Threads: unit_fail and the CHECK macros any; everything else the main thread only.
 * Fails:   a failed check is printed and counted, and the test goes on; leave with
 *          "if (!CHECK( x )) return;" where going on makes no sense. Exit status 0 or 1.
 *
 * A test program is
 *
 *     static void test_utf8_ascii_is_valid( void ) { CHECK( ... ); }
 *     static const struct unit_test tests[] = { UNIT_TEST( test_utf8_ascii_is_valid ), };
 *     UNIT_MAIN( tests )
 *
 * and is run as "test_utf8 [-v] [PART OF A TEST'S NAME]...".
 */

#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "proto/allocator.h"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif

struct unit_test
{
    const char *name;
    void (*run)( void );
};

#define UNIT_TEST( func ) { #func, func }

/* Runs the tests whose name holds one of the arguments, or all. Prints each failure and at the end
 * "N passed, N failed"; -v prints every test. Returns the exit status: 1 if a test failed or if the
 * arguments chose none. */
int unit_main( const struct unit_test *tests, size_t count, int argc, char **argv );

#define UNIT_MAIN( tests ) \
    int main( int argc, char **argv ) \
    { \
        return unit_main( tests, ARRAY_SIZE(tests), argc, argv ); \
    }

/* Names what the following checks are about (case, index); NULL or the next test ends it. */
void unit_context( const char *format, ... ) __attribute__((format( printf, 1, 2 )));

/* Counts a failure of the running test. */
void unit_fail( const char *file, int line, const char *format, ... )
    __attribute__((format( printf, 3, 4 )));

/* Behind the macros; each is nonzero if the check holds. */
int unit_check( const char *file, int line, const char *text, int holds );
int unit_check_int( const char *file, int line, const char *text, long long got, long long want );
int unit_check_str( const char *file, int line, const char *text, const char *got,
                    const char *want );
int unit_check_mem( const char *file, int line, const char *text, const void *got, size_t got_len,
                    const void *want, size_t want_len );

#define CHECK( cond ) unit_check( __FILE__, __LINE__, #cond, !!(cond) )
#define CHECK_INT( got, want ) unit_check_int( __FILE__, __LINE__, #got, (got), (want) )
#define CHECK_STR( got, want ) unit_check_str( __FILE__, __LINE__, #got, (got), (want) )
#define CHECK_MEM( got, got_len, want, want_len ) \
    unit_check_mem( __FILE__, __LINE__, #got, (got), (got_len), (want), (want_len) )

/* xorshift64*: the same numbers everywhere. The seed must not be 0. */
uint64_t unit_random( uint64_t *state );
/* 0..bound-1; bound > 0 */
size_t unit_random_below( uint64_t *state, size_t bound );

/* Memory between two pages without access: touching a byte outside crashes the test. */
struct unit_guard
{
    uint8_t *map;     /* owned; the first byte is that of the lower forbidden page */
    size_t map_size;
    size_t room;      /* accessible bytes, a multiple of the page */
};

void unit_guard_create( struct unit_guard *guard, size_t len ); /* room for at least len bytes */
void unit_guard_destroy( struct unit_guard *guard );
/* len bytes that end at the upper page */
uint8_t *unit_guard_end( const struct unit_guard *guard, size_t len );
/* room bytes right behind the lower page */
uint8_t *unit_guard_start( const struct unit_guard *guard );

/* An allocator that counts, moves a block at every resize, fills what is new or freed with rubbish,
 * and can refuse one request. */
struct unit_allocator
{
    struct allocator alloc; /* give this one to the engine */
    size_t requests;        /* so far, of size > 0 */
    size_t refuse;          /* number of the request to refuse, from 1; 0 = none */
    size_t refused;         /* how many were */
    size_t live;            /* blocks not freed yet: 0 when the engine is gone */
};

void unit_allocator_init( struct unit_allocator *unit );

/* What an engine reported, as text. Pieces of data that follow each other under one label join, so
 * that the log of the same input does not depend on the slices: "DATA=3:abc\nEND\n". */
struct unit_log
{
    char *text;             /* owned, NUL-terminated; NULL while empty */
    size_t len;
    size_t capacity;
    char label[32];         /* of the data being joined; empty = none */
    uint8_t *data;          /* owned; the data being joined */
    size_t data_len;
    size_t data_capacity;
};

void unit_log_init( struct unit_log *log );
void unit_log_clear( struct unit_log *log ); /* frees all */
/* Adds a line. */
void unit_log_event( struct unit_log *log, const char *format, ... )
    __attribute__((format( printf, 2, 3 )));
/* Adds bytes; other than printable ASCII is written as \xNN. */
void unit_log_data( struct unit_log *log, const char *label, const void *data, size_t len );
/* The whole text; ends the data being joined. Valid until the log changes. */
const char *unit_log_text( struct unit_log *log );

/* An engine under replay: an adapter of a few lines in the test.
 * argument is what unit_play was given. */
struct unit_engine
{
    /* Returns the engine's state, NULL if alloc refused. */
    void *(*create)( const struct allocator *alloc, const void *argument );
    /* Feeds in[0..len), which ends at a forbidden page, and logs what came out of it; *consumed
     * (0 at first) is what the engine used: the rest is offered again with the next slice in front
     * of it. last: nothing follows in (the slice may be empty). Returns 0 to go on, anything else
     * as the engine's last word. */
    int (*feed)( void *state, const uint8_t *in, size_t len, int last, size_t *consumed,
                 struct unit_log *log );
    void (*destroy)( void *state );
    /* What feed returns when the allocator refused; 0 if the engine never allocates while fed. */
    int no_memory;
};

struct unit_outcome
{
    int status;      /* the last of feed, 0 if it wanted more at the end */
    size_t consumed; /* bytes of the whole input */
    const char *log;
};

/* Plays input into fresh engines: whole, whole with its start at the forbidden page, per byte, cut
 * once at every place (inputs up to 512 bytes), and in random slices of a fixed seed, expecting the
 * same outcome each time; then whole and per byte with each allocation refused in turn, expecting
 * no_memory and nothing leaked. Failures are reported at file:line. Use the macro. */
void unit_play( const char *file, int line, const struct unit_engine *engine, const void *argument,
                const void *input, size_t len, const struct unit_outcome *want );

#define PLAY( engine, argument, input, len, want_status, want_consumed, want_log ) \
    do \
    { \
        const struct unit_outcome want_ = { (want_status), (want_consumed), (want_log) }; \
        unit_play( __FILE__, __LINE__, (engine), (argument), (input), (len), &want_ ); \
    } while (0)

#endif
