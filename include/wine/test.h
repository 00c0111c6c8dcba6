/*
 * The conformance test vocabulary: checks, expected failures, skips, and the main() of a test .exe.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the counters of the running topic, and a small record per thread, both alive until exit.
 * Threads: every macro may be used in any thread; contexts and todo blocks belong to their thread.
 * Fails:   nothing reports errors; a failed check is printed, counted, and decides the exit status.
 *
 * It offers the words that Wine's header of the same name offers, with the same meaning, so a
 * topic builds with either. A topic is a file NAME.c that contains START_TEST( NAME ). One more
 * file, made by the build, defines STANDALONE, includes this header (and gets its bodies), and
 * lists the topics:
 *
 *     #define STANDALONE
 *     #include "wine/test.h"
 *     extern void func_NAME(void);
 *     const struct test winetest_testlist[] = { { "NAME", func_NAME }, { 0, 0 } };
 *
 * The .exe takes a topic. Without one it lists them. "all" runs each in a process of its own.
 * Environment: WINETEST_DEBUG 0 to 2 (default 1; 2 prints the checks that pass too),
 *              WINETEST_PLATFORM "wine" or "windows" overrides what was detected.
 */
#ifndef __WINE_WINE_TEST_H
#define __WINE_WINE_TEST_H

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>

/* One topic; the list ends with a null name. */
struct test
{
    const char *name;
    void (*func)(void);
};

extern const struct test winetest_testlist[];

/* 0 prints failures only, 1 adds trace and skip lines, 2 adds each check that passes. */
extern int winetest_debug;

/* "wine" or "windows". */
extern const char *winetest_platform;

#if defined(__GNUC__) || defined(__clang__)
# if defined(__MINGW_PRINTF_FORMAT)
#  define WINETEST_PRINTF( fmt, args ) __attribute__((format (__MINGW_PRINTF_FORMAT, fmt, args)))
# else
#  define WINETEST_PRINTF( fmt, args ) __attribute__((format (printf, fmt, args)))
# endif
#else
# define WINETEST_PRINTF( fmt, args )
#endif

/* Remembers where the next check, skip or trace of this thread stands. */
extern void winetest_set_location( const char *file, int line );

/* One check; args is the printf text of what was seen. Returns whether it held. */
extern int winetest_ok( int condition, const char *msg, ... ) WINETEST_PRINTF( 2, 3 );
extern int winetest_vok( int condition, const char *msg, va_list args );

/* Says that checks are left out because something is missing. */
extern void winetest_skip( const char *msg, ... ) WINETEST_PRINTF( 1, 2 );

/* The same for what a Windows version may lack and Wine may not: a failure on Wine. */
extern void winetest_win_skip( const char *msg, ... ) WINETEST_PRINTF( 1, 2 );

extern void winetest_trace( const char *msg, ... ) WINETEST_PRINTF( 1, 2 );

/* Text put in front of what this thread prints, until the matching pop. At most 8 deep. */
extern void winetest_push_context( const char *fmt, ... ) WINETEST_PRINTF( 1, 2 );
extern void winetest_pop_context( void );

/* The block between start and end is expected to fail (when is_todo is not zero). */
extern void winetest_start_todo( int is_todo );
extern int winetest_loop_todo( void );
extern void winetest_end_todo( void );

/* The failures of this process so far; add what a child process reported. */
extern LONG winetest_get_failures( void );
extern void winetest_add_failures( LONG count );

/* The command line; argv[1] is the topic. Returns argc. */
extern int winetest_get_mainargs( char ***argv );

/* True on Windows when the condition holds: an answer some Windows gives and Wine must not give. */
extern int broken( int condition );

#define START_TEST( name ) \
    void func_##name( void ); \
    void func_##name( void )

#define ok_( file, line )       (winetest_set_location( file, line ), winetest_ok)
#define skip_( file, line )     (winetest_set_location( file, line ), winetest_skip)
#define win_skip_( file, line ) (winetest_set_location( file, line ), winetest_win_skip)
#define trace_( file, line )    (winetest_set_location( file, line ), winetest_trace)

#define ok       ok_( __FILE__, __LINE__ )
#define skip     skip_( __FILE__, __LINE__ )
#define win_skip win_skip_( __FILE__, __LINE__ )
#define trace    trace_( __FILE__, __LINE__ )

#define todo_if( is_todo ) \
    for (winetest_start_todo( is_todo ); winetest_loop_todo(); winetest_end_todo())
#define todo_wine                 todo_if( !strcmp( winetest_platform, "wine" ) )
#define todo_wine_if( condition ) todo_if( (condition) && !strcmp( winetest_platform, "wine" ) )

#ifdef STANDALONE

#include <stdio.h>

/* Text of one line; what is longer is cut. Every message of the tests is far below it. */
#define WINETEST_LINE_SIZE 4096
#define WINETEST_MAX_CONTEXTS 8
#define WINETEST_CONTEXT_SIZE 128

/* A topic is meant to take less than 30 s; this is long enough for the slowest machine. */
#define WINETEST_TOPIC_TIMEOUT_MS 180000

int winetest_debug = 1;
const char *winetest_platform = "windows";

struct winetest_thread
{
    const char *file;               /* borrowed (a literal) */
    int line;
    int todo_level;                 /* open todo blocks that apply */
    int todo_depth;                 /* all open todo blocks */
    int todo_applies[8];            /* whether the n-th open block applies */
    int in_loop;                    /* the loop body of the innermost todo block has still to run */
    int contexts;
    char context[WINETEST_MAX_CONTEXTS][WINETEST_CONTEXT_SIZE];
};

static struct
{
    LONG checks;
    LONG failures;
    LONG todos;
    LONG skips;
} winetest_counts;

static const char *winetest_topic = "";
static DWORD winetest_tls;
static int winetest_argc;
static char **winetest_argv;

static struct winetest_thread *winetest_get_thread( void )
{
    DWORD error = GetLastError();
    struct winetest_thread *thread = TlsGetValue( winetest_tls );

    if (!thread)
    {
        if (!(thread = calloc( 1, sizeof(*thread) ))) ExitProcess( 255 );
        thread->file = "?";
        TlsSetValue( winetest_tls, thread );
    }
    SetLastError( error );
    return thread;
}

static int winetest_append( char *line, int pos, const char *fmt, va_list args )
{
    int room = WINETEST_LINE_SIZE - pos - 1, len;

    if (room <= 0) return pos;
    len = vsnprintf( line + pos, room, fmt, args );
    return (len < 0 || len >= room) ? WINETEST_LINE_SIZE - 2 : pos + len;
}

static int WINETEST_PRINTF( 3, 4 ) winetest_appendf( char *line, int pos, const char *fmt, ... )
{
    va_list args;

    va_start( args, fmt );
    pos = winetest_append( line, pos, fmt, args );
    va_end( args );
    return pos;
}

/* A line is written by one call, so that threads do not mix theirs. */
static void winetest_print( const struct winetest_thread *thread, const char *kind, const char *fmt,
                            va_list args )
{
    const char *file = thread->file, *p;
    char line[WINETEST_LINE_SIZE];
    int i, pos;

    for (p = file; *p; p++) if (*p == '/' || *p == '\\') file = p + 1;
    pos = winetest_appendf( line, 0, "%s:%d: %s", file, thread->line, kind );
    for (i = 0; i < thread->contexts; i++)
        pos = winetest_appendf( line, pos, "%s: ", thread->context[i] );
    pos = winetest_append( line, pos, fmt, args );
    if (line[pos - 1] != '\n') line[pos++] = '\n';
    fwrite( line, 1, pos, stdout );
    fflush( stdout );
}

void winetest_set_location( const char *file, int line )
{
    struct winetest_thread *thread = winetest_get_thread();

    thread->file = file;
    thread->line = line;
}

int winetest_vok( int condition, const char *msg, va_list args )
{
    struct winetest_thread *thread = winetest_get_thread();
    DWORD error = GetLastError();
    const char *kind = NULL;

    InterlockedIncrement( &winetest_counts.checks );
    if (thread->todo_level && condition)
    {
        InterlockedIncrement( &winetest_counts.failures );
        kind = "Todo succeeded: ";
    }
    else if (thread->todo_level)
    {
        InterlockedIncrement( &winetest_counts.todos );
        if (winetest_debug > 0) kind = "Todo: ";
    }
    else if (!condition)
    {
        InterlockedIncrement( &winetest_counts.failures );
        kind = "Test failed: ";
    }
    else if (winetest_debug > 1) kind = "Passed: ";

    if (kind) winetest_print( thread, kind, msg, args );
    SetLastError( error );
    return condition;
}

int winetest_ok( int condition, const char *msg, ... )
{
    va_list args;

    va_start( args, msg );
    winetest_vok( condition, msg, args );
    va_end( args );
    return condition;
}

static void winetest_vskip( const char *msg, va_list args )
{
    InterlockedIncrement( &winetest_counts.skips );
    if (winetest_debug > 0) winetest_print( winetest_get_thread(), "Skipped: ", msg, args );
}

void winetest_skip( const char *msg, ... )
{
    va_list args;

    va_start( args, msg );
    winetest_vskip( msg, args );
    va_end( args );
}

void winetest_win_skip( const char *msg, ... )
{
    va_list args;

    va_start( args, msg );
    if (strcmp( winetest_platform, "windows" )) winetest_vok( 0, msg, args );
    else winetest_vskip( msg, args );
    va_end( args );
}

void winetest_trace( const char *msg, ... )
{
    va_list args;

    if (winetest_debug <= 0) return;
    va_start( args, msg );
    winetest_print( winetest_get_thread(), "", msg, args );
    va_end( args );
}

void winetest_push_context( const char *fmt, ... )
{
    struct winetest_thread *thread = winetest_get_thread();
    va_list args;

    va_start( args, fmt );
    if (thread->contexts < WINETEST_MAX_CONTEXTS)
        vsnprintf( thread->context[thread->contexts], WINETEST_CONTEXT_SIZE, fmt, args );
    va_end( args );
    thread->contexts++;
    if (thread->contexts > WINETEST_MAX_CONTEXTS)
    {
        fprintf( stderr, "contexts are nested too deep\n" );
        ExitProcess( 255 );
    }
}

void winetest_pop_context( void )
{
    struct winetest_thread *thread = winetest_get_thread();

    if (thread->contexts) thread->contexts--;
}

void winetest_start_todo( int is_todo )
{
    struct winetest_thread *thread = winetest_get_thread();

    if (thread->todo_depth == ARRAYSIZE( thread->todo_applies )) ExitProcess( 255 );
    thread->todo_applies[thread->todo_depth++] = !!is_todo;
    thread->todo_level += !!is_todo;
    thread->in_loop = 1;
}

int winetest_loop_todo( void )
{
    struct winetest_thread *thread = winetest_get_thread();
    int run = thread->in_loop;

    thread->in_loop = 0;
    return run;
}

void winetest_end_todo( void )
{
    struct winetest_thread *thread = winetest_get_thread();

    thread->todo_level -= thread->todo_applies[--thread->todo_depth];
}

LONG winetest_get_failures( void )
{
    return winetest_counts.failures;
}

void winetest_add_failures( LONG count )
{
    while (count-- > 0) InterlockedIncrement( &winetest_counts.failures );
}

int winetest_get_mainargs( char ***argv )
{
    *argv = winetest_argv;
    return winetest_argc;
}

int broken( int condition )
{
    return !strcmp( winetest_platform, "windows" ) && condition;
}

static void winetest_detect_platform( void )
{
    static char name[16];
    HMODULE ntdll = GetModuleHandleA( "ntdll.dll" );
    DWORD len = GetEnvironmentVariableA( "WINETEST_PLATFORM", name, sizeof(name) );

    if (len && len < sizeof(name)) winetest_platform = name;
    else if (ntdll && GetProcAddress( ntdll, "wine_get_version" )) winetest_platform = "wine";
}

static int winetest_run_topic( const struct test *test )
{
    winetest_topic = test->name;
    test->func();
    printf( "%s: %ld checks, %ld failures, %ld todo, %ld skipped (%s)\n", winetest_topic,
            (long)winetest_counts.checks, (long)winetest_counts.failures,
            (long)winetest_counts.todos, (long)winetest_counts.skips, winetest_platform );
    fflush( stdout );
    return winetest_counts.failures > 255 ? 255 : winetest_counts.failures;
}

/* Runs a topic in a process of its own; a crash or a hang costs that topic only. */
static DWORD winetest_run_child( const char *exe, const char *topic )
{
    PROCESS_INFORMATION child;
    STARTUPINFOA startup;
    char cmdline[MAX_PATH + 64];
    DWORD code = 255;

    memset( &startup, 0, sizeof(startup) );
    startup.cb = sizeof(startup);
    snprintf( cmdline, sizeof(cmdline), "\"%s\" %s", exe, topic );
    if (!CreateProcessA( exe, cmdline, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &child ))
    {
        printf( "%s: cannot start, error %lu\n", topic, (unsigned long)GetLastError() );
        return 1;
    }
    if (WaitForSingleObject( child.hProcess, WINETEST_TOPIC_TIMEOUT_MS ))
    {
        printf( "%s: did not end within %u s\n", topic, WINETEST_TOPIC_TIMEOUT_MS / 1000 );
        TerminateProcess( child.hProcess, 255 );
        WaitForSingleObject( child.hProcess, 5000 );
    }
    else GetExitCodeProcess( child.hProcess, &code );
    if (code > 255) printf( "%s: ended with %#lx\n", topic, (unsigned long)code );
    fflush( stdout );
    CloseHandle( child.hThread );
    CloseHandle( child.hProcess );
    return code > 255 ? 255 : code;
}

static int winetest_run_all( void )
{
    const struct test *test;
    char exe[MAX_PATH];
    DWORD total = 0, topics = 0, failed = 0, code;

    GetModuleFileNameA( NULL, exe, sizeof(exe) );
    for (test = winetest_testlist; test->name; test++)
    {
        code = winetest_run_child( exe, test->name );
        total += code;
        failed += !!code;
        topics++;
    }
    printf( "all: %lu topics, %lu failed\n", (unsigned long)topics, (unsigned long)failed );
    return total > 255 ? 255 : total;
}

static int winetest_list_topics( const char *exe )
{
    const struct test *test;

    printf( "Usage: %s TOPIC|all\nTopics:\n", exe );
    for (test = winetest_testlist; test->name; test++) printf( "    %s\n", test->name );
    return 0;
}

int main( int argc, char **argv )
{
    const struct test *test;
    char debug[8];

    winetest_argc = argc;
    winetest_argv = argv;
    winetest_tls = TlsAlloc();
    winetest_detect_platform();
    if (GetEnvironmentVariableA( "WINETEST_DEBUG", debug,
                                 sizeof(debug) )) winetest_debug = atoi( debug );

    if (argc < 2) return winetest_list_topics( argv[0] );
    if (!strcmp( argv[1], "all" )) return winetest_run_all();
    for (test = winetest_testlist; test->name; test++)
        if (!strcmp( test->name, argv[1] )) return winetest_run_topic( test );
    fprintf( stderr, "There is no topic \"%s\".\n", argv[1] );
    return 2;
}

#endif /* STANDALONE */

#endif /* __WINE_WINE_TEST_H */
