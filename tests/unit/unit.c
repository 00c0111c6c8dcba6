/* unit - the harness of the native unit tests.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* MAP_ANONYMOUS */
#endif

#include "unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int failures;              /* of the running test; atomic, threads of a test may fail */
static const char *running = "";  /* its name */
static char context[256];         /* empty = none */

/* checks */

void unit_context( const char *format, ... )
{
    va_list args;

    context[0] = 0;
    if (!format) return;
    va_start( args, format );
    vsnprintf( context, sizeof(context), format, args );
    va_end( args );
}

void unit_fail( const char *file, int line, const char *format, ... )
{
    char text[2048];
    va_list args;

    va_start( args, format );
    vsnprintf( text, sizeof(text), format, args );
    va_end( args );
    /* one call, so that threads do not mix their lines */
    printf( "%s:%d: %s:%s%s %s\n", file, line, running, context[0] ? " " : "", context, text );
    __atomic_add_fetch( &failures, 1, __ATOMIC_RELAXED );
}

int unit_check( const char *file, int line, const char *text, int holds )
{
    if (!holds) unit_fail( file, line, "failed: %s", text );
    return holds;
}

int unit_check_int( const char *file, int line, const char *text, long long got, long long want )
{
    if (got != want) unit_fail( file, line, "%s is %lld, not %lld", text, got, want );
    return got == want;
}

int unit_check_str( const char *file, int line, const char *text, const char *got,
                    const char *want )
{
    int same = got && want ? !strcmp( got, want ) : got == want;

    if (!same)
        unit_fail( file, line, "%s is \"%s\", not \"%s\"", text, got ? got : "(null)",
                   want ? want : "(null)" );
    return same;
}

int unit_check_mem( const char *file, int line, const char *text, const void *got, size_t got_len,
                    const void *want, size_t want_len )
{
    const uint8_t *g = got, *w = want;
    size_t i = 0;

    while (i < got_len && i < want_len && g[i] == w[i]) i++;
    if (i == got_len && i == want_len) return 1;
    if (i < got_len && i < want_len)
        unit_fail( file, line, "%s: byte %zu is %02x, not %02x", text, i, g[i], w[i] );
    else
        unit_fail( file, line, "%s: length %zu, not %zu", text, got_len, want_len );
    return 0;
}

/* the program */

static int is_chosen( const char *name, char **wanted, int count )
{
    int i;

    for (i = 0; i < count; i++) if (strstr( name, wanted[i] )) return 1;
    return !count;
}

static int run_test( const struct unit_test *test, int verbose )
{
    int failed;

    running = test->name;
    unit_context( NULL );
    __atomic_store_n( &failures, 0, __ATOMIC_RELAXED );
    test->run();
    unit_context( NULL );
    failed = __atomic_load_n( &failures, __ATOMIC_RELAXED ) != 0;
    if (verbose || failed) printf( "%s %s\n", failed ? "FAIL" : "ok  ", test->name );
    return !failed;
}

int unit_main( const struct unit_test *tests, size_t count, int argc, char **argv )
{
    int verbose = argc > 1 && !strcmp( argv[1], "-v" );
    size_t i, passed = 0, failed = 0;

    /* a crash must not swallow the failures printed before it */
    setvbuf( stdout, NULL, _IOLBF, 0 );
    for (i = 0; i < count; i++)
    {
        if (!is_chosen( tests[i].name, argv + 1 + verbose, argc - 1 - verbose )) continue;
        if (run_test( &tests[i], verbose )) passed++;
        else failed++;
    }
    printf( "%zu passed, %zu failed\n", passed, failed );
    return failed || !passed;
}

/* random numbers */

uint64_t unit_random( uint64_t *state )
{
    uint64_t x = *state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * UINT64_C( 2685821657736338717 );
}

size_t unit_random_below( uint64_t *state, size_t bound )
{
    return (size_t)((unit_random( state ) >> 11) % bound);
}

/* guarded memory */

static void *need_memory( void *ptr )
{
    if (ptr) return ptr;
    fprintf( stderr, "unit: out of memory\n" );
    exit( 1 );
}

void unit_guard_create( struct unit_guard *guard, size_t len )
{
    size_t page = (size_t)sysconf( _SC_PAGESIZE );
    void *map;

    guard->room = (len / page + 1) * page;
    guard->map_size = guard->room + 2 * page;
    map = mmap( NULL, guard->map_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 );
    guard->map = need_memory( map == MAP_FAILED ? NULL : map );
    if (mprotect( guard->map + page, guard->room, PROT_READ | PROT_WRITE )) need_memory( NULL );
}

void unit_guard_destroy( struct unit_guard *guard )
{
    munmap( guard->map, guard->map_size );
    memset( guard, 0, sizeof(*guard) );
}

uint8_t *unit_guard_start( const struct unit_guard *guard )
{
    return guard->map + (guard->map_size - guard->room) / 2;
}

uint8_t *unit_guard_end( const struct unit_guard *guard, size_t len )
{
    return unit_guard_start( guard ) + guard->room - len;
}

/* the allocator */

union block_header
{
    size_t size;
    long double align;
    void *align_pointer;
};

static void block_free( struct unit_allocator *unit, union block_header *block )
{
    memset( block + 1, 0xdd, block->size ); /* a stale pointer then reads rubbish */
    free( block );
    unit->live--;
}

static void *unit_resize( void *ctx, void *ptr, size_t size )
{
    struct unit_allocator *unit = ctx;
    union block_header *old = ptr ? (union block_header *)ptr - 1 : NULL, *block;

    if (!size)
    {
        if (old) block_free( unit, old );
        return NULL;
    }
    if (++unit->requests == unit->refuse)
    {
        unit->refused++;
        return NULL;
    }
    block = need_memory( malloc( sizeof(*block) + size ) );
    block->size = size;
    memset( block + 1, 0xcd, size );
    unit->live++;
    if (old)
    {
        memcpy( block + 1, old + 1, old->size < size ? old->size : size );
        block_free( unit, old );
    }
    return block + 1;
}

void unit_allocator_init( struct unit_allocator *unit )
{
    memset( unit, 0, sizeof(*unit) );
    unit->alloc.resize = unit_resize;
    unit->alloc.context = unit;
}

/* the log */

void unit_log_init( struct unit_log *log )
{
    memset( log, 0, sizeof(*log) );
}

void unit_log_clear( struct unit_log *log )
{
    free( log->text );
    free( log->data );
    unit_log_init( log );
}

static void *grow( void *buffer, size_t *capacity, size_t needed )
{
    if (needed <= *capacity) return buffer;
    *capacity = needed * 2;
    return need_memory( realloc( buffer, *capacity ) );
}

static void log_append( struct unit_log *log, const char *text, size_t len )
{
    log->text = grow( log->text, &log->capacity, log->len + len + 1 );
    memcpy( log->text + log->len, text, len );
    log->len += len;
    log->text[log->len] = 0;
}

static void log_byte( struct unit_log *log, uint8_t byte )
{
    char text[5];
    int plain = byte >= 0x20 && byte < 0x7f && byte != '\\';

    snprintf( text, sizeof(text), plain ? "%c" : "\\x%02x", byte );
    log_append( log, text, plain ? 1 : 4 );
}

static void log_end_data( struct unit_log *log )
{
    char text[64];
    size_t i;

    if (!log->label[0]) return;
    snprintf( text, sizeof(text), "%s=%zu:", log->label, log->data_len );
    log_append( log, text, strlen( text ) );
    for (i = 0; i < log->data_len; i++) log_byte( log, log->data[i] );
    log_append( log, "\n", 1 );
    log->label[0] = 0;
    log->data_len = 0;
}

void unit_log_event( struct unit_log *log, const char *format, ... )
{
    char text[1024];
    va_list args;

    log_end_data( log );
    va_start( args, format );
    vsnprintf( text, sizeof(text), format, args );
    va_end( args );
    log_append( log, text, strlen( text ) );
    log_append( log, "\n", 1 );
}

void unit_log_data( struct unit_log *log, const char *label, const void *data, size_t len )
{
    if (strcmp( log->label, label ))
    {
        log_end_data( log );
        snprintf( log->label, sizeof(log->label), "%s", label );
    }
    if (!len) return;
    log->data = grow( log->data, &log->data_capacity, log->data_len + len );
    memcpy( log->data + log->data_len, data, len );
    log->data_len += len;
}

const char *unit_log_text( struct unit_log *log )
{
    log_end_data( log );
    return log->text ? log->text : "";
}

/* the runner */

enum play_slicing
{
    PLAY_WHOLE,
    PLAY_WHOLE_AT_START, /* a byte read in front of the input crashes */
    PLAY_PER_BYTE,
    PLAY_CUT,            /* number = where */
    PLAY_RANDOM,         /* number = which */
};

struct play
{
    const char *file;
    int line;
    const struct unit_engine *engine;
    const void *argument;
    const uint8_t *input;
    size_t len;
    const struct unit_outcome *want;
    struct unit_guard guard;
};

enum
{
    PLAY_RANDOM_ROUNDS = 16,
    PLAY_MAX_CUTS = 512,  /* cutting everywhere costs the square of the length */
};

static size_t slice_len( enum play_slicing slicing, size_t number, size_t pos, size_t left,
                         uint64_t *random )
{
    size_t len = left;

    if (slicing == PLAY_PER_BYTE) len = 1;
    else if (slicing == PLAY_CUT && pos < number) len = number - pos;
    else if (slicing == PLAY_RANDOM)
        /* short slices as often as long ones; now and then none at all */
        len = unit_random_below( random, (size_t)2 << unit_random_below( random, 12 ) );
    return len < left ? len : left;
}

static int feed_slices( struct play *play, void *state, enum play_slicing slicing, size_t number,
                        struct unit_log *log, size_t *consumed )
{
    uint64_t random = 0x5eed + number;
    size_t offered = 0; /* input[*consumed..offered) is what the engine left to be offered again */
    int status, last;

    do
    {
        size_t used = 0, window;
        uint8_t *in;

        offered += slice_len( slicing, number, offered, play->len - offered, &random );
        last = offered == play->len;
        window = offered - *consumed;
        in = slicing == PLAY_WHOLE_AT_START ? unit_guard_start( &play->guard )
                                            : unit_guard_end( &play->guard, window );
        if (window) memcpy( in, play->input + *consumed, window );
        status = play->engine->feed( state, in, window, last, &used, log );
        /* whoever keeps a pointer into the slice reads rubbish from here on */
        if (window) memset( in, 0xee, window );
        if (used > window)
        {
            unit_fail( play->file, play->line, "consumed %zu of %zu bytes", used, window );
            used = window;
        }
        *consumed += used;
    } while (!status && !last);
    return status;
}

static const char *slicing_name( enum play_slicing slicing )
{
    switch (slicing)
    {
    case PLAY_WHOLE: return "whole";
    case PLAY_WHOLE_AT_START: return "whole at the start";
    case PLAY_PER_BYTE: return "per byte";
    case PLAY_CUT: return "cut at";
    case PLAY_RANDOM: return "random slices";
    }
    return "?";
}

static void compare_outcome( struct play *play, enum play_slicing slicing, size_t number,
                             const struct unit_outcome *got )
{
    const struct unit_outcome *want = play->want;
    const char *name = slicing_name( slicing );

    if (got->status != want->status)
        unit_fail( play->file, play->line, "%s %zu: status %d, not %d", name, number, got->status,
                   want->status );
    if (got->consumed != want->consumed)
        unit_fail( play->file, play->line, "%s %zu: consumed %zu, not %zu", name, number,
                   got->consumed, want->consumed );
    if (strcmp( got->log, want->log ))
        unit_fail( play->file, play->line, "%s %zu: log is\n%sand not\n%s", name, number, got->log,
                   want->log );
}

/* Nonzero if the run met the refused request. */
static int play_once( struct play *play, enum play_slicing slicing, size_t number, size_t refuse )
{
    struct unit_allocator memory;
    struct unit_log log;
    struct unit_outcome got = { 0, 0, "" };
    void *state;

    unit_allocator_init( &memory );
    memory.refuse = refuse;
    unit_log_init( &log );
    state = play->engine->create( &memory.alloc, play->argument );
    if (state)
    {
        got.status = feed_slices( play, state, slicing, number, &log, &got.consumed );
        play->engine->destroy( state );
    }
    got.log = unit_log_text( &log );
    if (memory.live)
        unit_fail( play->file, play->line, "%s %zu, request %zu refused: %zu blocks leaked",
                   slicing_name( slicing ), number, refuse, memory.live );
    if (!memory.refused) compare_outcome( play, slicing, number, &got );
    else if (state && got.status != play->engine->no_memory)
        unit_fail( play->file, play->line, "%s, request %zu refused: status %d, not %d",
                   slicing_name( slicing ), refuse, got.status, play->engine->no_memory );
    unit_log_clear( &log );
    return memory.refused != 0;
}

void unit_play( const char *file, int line, const struct unit_engine *engine, const void *argument,
                const void *input, size_t len, const struct unit_outcome *want )
{
    struct play play = { file, line, engine, argument, input, len, want, { NULL, 0, 0 } };
    size_t i;

    unit_guard_create( &play.guard, len );
    play_once( &play, PLAY_WHOLE, 0, 0 );
    play_once( &play, PLAY_WHOLE_AT_START, 0, 0 );
    play_once( &play, PLAY_PER_BYTE, 0, 0 );
    for (i = 1; i < len && len <= PLAY_MAX_CUTS; i++) play_once( &play, PLAY_CUT, i, 0 );
    for (i = 0; i < PLAY_RANDOM_ROUNDS; i++) play_once( &play, PLAY_RANDOM, i, 0 );
    for (i = 1; play_once( &play, PLAY_WHOLE, 0, i ); i++) {}
    for (i = 1; play_once( &play, PLAY_PER_BYTE, 0, i ); i++) {}
    unit_guard_destroy( &play.guard );
}
