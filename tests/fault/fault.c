/* fault - has each call of the DLL fail once, in every scenario, and looks at what comes of it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: fault --ports WS WSS --plan FILE [--scenario NAME] [--stride N] [--first] [--resume]
 *        fault --ports WS WSS --plan FILE --once CALL WAY
 *
 * --once: the first CALL of the process fails in that way, and nothing else; what comes behind it
 * must work.
 *
 * See run. FILE is the block that both halves of the DLL share (plan.h); it also holds where we
 * are, so that --resume goes on behind a fault that was the end of the process.
 */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../stress/counts.h"
#include "faults.h"
#include "scenarios.h"

#include <objbase.h>

enum
{
    CALM_MS = 1000,        /* for what a run still holds to go away */
    TRIES = 4,             /* so many leaks in a row are one */
    MAX_CALLS = 20000,     /* of one scenario: more is a loop that does not end */
    STORM_SLICE = 100,     /* bytes of each transfer in a storm */
    STORM_INTERRUPT = 3,   /* of so many waits one is interrupted in a storm */
    EXIT_STUCK = 3,        /* the process cannot go on, another one can */
};

/* Behind the plan, in the same file. */
struct position
{
    LONG job, fail, way;   /* the run that is on, or was the last */
    LONG runs, wrong;
};

static struct plan *plan;
static struct position *position;
static INTERNET_PORT ports[2];
static const char *only_scenario, *once_call;
static LONG once_way;
static unsigned int stride = 1, unix_pid;
static BOOL only_first, resume;
static int side;           /* PLAN_*: whose calls fail now */
static const struct scenario *scenario;
static const struct client *present;
static volatile LONG64 run_began;

/* --- Complaints ----------------------------------------------------------------------------- */

static void tell_place(void)
{
    printf( "FAULT %s%s%s, ", scenario->name, present && present->async ? ", async" : ", sync",
            present && present->tls ? ", tls" : "" );
    if (plan->slice) printf( "storm" );
    else if (!plan->fail) printf( "no fault" );
    else printf( "%s call %d, way %d, %s", side == PLAN_UNIX ? "Unix" : "Windows",
                 plan->fail, plan->way, plan->failed ? plan->name : "not reached" );
    printf( ": " );
}

void tell_wrong( const char *format, ... )
{
    va_list args;

    tell_place();
    va_start( args, format );
    vprintf( format, args );
    va_end( args );
    printf( " (%s)\n", present ? present->call : "" );
    fflush( stdout );
    position->wrong++;
}

void tell_hang( const struct client *client )
{
    present = client;
    tell_wrong( "hangs, %ld handles open", client->open );
    TerminateProcess( GetCurrentProcess(), plan->fail ? EXIT_STUCK : EXIT_FAILURE );
}

static LONG CALLBACK on_crash( EXCEPTION_POINTERS *info )
{
    tell_wrong( "exception %#lx at %p", info->ExceptionRecord->ExceptionCode,
                info->ExceptionRecord->ExceptionAddress );
    TerminateProcess( GetCurrentProcess(), plan->fail ? EXIT_STUCK : EXIT_FAILURE );
    return EXCEPTION_EXECUTE_HANDLER;
}

static DWORD CALLBACK watchdog_main( void *arg )
{
    (void)arg;
    for (;;)
    {
        Sleep( 1000 );
        if (GetTickCount64() - run_began < 2 * HANG_MS || !present) continue;
        tell_hang( present );
    }
    return 0;
}

/* --- One run -------------------------------------------------------------------------------- */

static BOOL is_known_error( DWORD error )
{
    switch (error)
    {
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_WINHTTP_INTERNAL_ERROR:
    case ERROR_WINHTTP_NAME_NOT_RESOLVED:
    case ERROR_WINHTTP_CANNOT_CONNECT:
    case ERROR_WINHTTP_CONNECTION_ERROR:
    case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
    case ERROR_WINHTTP_SECURE_FAILURE:
    case ERROR_WINHTTP_SECURE_CHANNEL_ERROR:
        return TRUE;
    }
    return FALSE;
}

static void wait_until_calm( LONG unix_live, LONG windows_live )
{
    ULONGLONG limit = GetTickCount64() + CALM_MS;

    while ((plan->live[0] != unix_live || plan->live[1] != windows_live) &&
           GetTickCount64() < limit) Sleep( 1 );
}

static DWORD run_client( const struct client *model )
{
    struct client client;
    DWORD error;

    client_init( &client, model->async, model->tls, model->host, model->port );
    present = &client;
    run_began = GetTickCount64();
    error = scenario->run( &client );
    if (error && !is_known_error( error )) tell_wrong( "error %lu", error );
    if (error && !plan->failed) tell_wrong( "error %lu without a reason", error );
    client_close( &client );
    present = NULL;
    position->runs++;
    return error;
}

/* A connection that stayed in the pool is used up by the first scenario, which keeps none. */
static void use_up_pool( const struct client *model )
{
    const struct scenario *was = scenario;

    scenario = &scenarios[0];
    run_client( model );
    scenario = was;
}

static void begin_plan( int sides, LONG fail, LONG way )
{
    plan->fail = fail;
    plan->way = way;
    plan->calls = plan->failed = plan->interrupted = 0;
    plan->sides = sides;
}

/* Returns what is left of the Unix half and of the Windows half together, when all is over. */
static LONG run_and_count( const struct client *model, LONG fail, LONG way )
{
    LONG unix_live = plan->live[0], windows_live = plan->live[1];

    begin_plan( side, fail, way );
    run_client( model );
    plan->sides = 0;
    wait_until_calm( unix_live, windows_live );
    if (plan->live[0] == unix_live && plan->live[1] == windows_live) return 0;
    use_up_pool( model );
    wait_until_calm( unix_live, windows_live );
    return max( plan->live[0] - unix_live, 0 ) + max( plan->live[1] - windows_live, 0 );
}

/* TRUE: the call was made, and knows this way to fail. What is left behind is a leak if it happens
 * again and again: a table is made only once. */
static BOOL run_fault( const struct client *model, LONG fail, LONG way )
{
    unsigned int i;
    LONG left = 1;
    BOOL ret = FALSE;

    position->fail = fail;
    position->way = way;
    for (i = 0; i < TRIES && left; i++)
    {
        left = run_and_count( model, fail, way );
        if (!i) ret = plan->failed == 1;
    }
    if (left) tell_wrong( "leaks %ld blocks, descriptors or sessions", left );
    if (plan->calls > MAX_CALLS) tell_wrong( "%d calls", plan->calls );
    return ret;
}

/* --- All of them ---------------------------------------------------------------------------- */

static void run_clean( const struct client *model )
{
    begin_plan( 0, 0, 0 );
    run_client( model );
}

/* Nothing fails, but every transfer is short and waits are interrupted: all must go well. */
static void run_storm( const struct client *model )
{
    begin_plan( 0, 0, 0 );
    plan->slice = STORM_SLICE;
    plan->interrupt = STORM_INTERRUPT;
    run_client( model );
    plan->slice = plan->interrupt = 0;
}

static void run_side( const struct client *model, LONG fail, LONG way )
{
    for (;; fail += stride, way = 0)
    {
        while (run_fault( model, fail, way ) && !only_first) way++;
        if (!plan->failed) return;
    }
}

/* A job is a scenario in one of its forms; resumed, it begins behind the last fault. */
static void run_job( LONG job )
{
    static const int sides[] = { PLAN_UNIX, PLAN_WINDOWS };
    unsigned int form = job % 8;
    LONG fail = 1, way = 0;
    const struct client model = { .async = form >> 2 & 1, .tls = form >> 1 & 1,
                                  .host = L"localhost", .port = ports[form >> 1 & 1] };

    scenario = &scenarios[job / 8];
    side = sides[form & 1];
    if (only_scenario && strcmp( only_scenario, scenario->name )) return;
    if (scenario->async_only && !(form & 4)) return;
    if (resume && position->job == job)
    {
        fail = position->fail;
        way = position->way + 1;
    }
    position->job = job;
    run_clean( &model );
    run_clean( &model );
    if (!(form & 1)) run_storm( &model );
    run_side( &model, fail, way );
    run_clean( &model );
    printf( "%s, %s, %s, %s: %ld runs so far\n", scenario->name, model.async ? "async" : "sync",
            model.tls ? "tls" : "plain", side == PLAN_UNIX ? "Unix" : "Windows", position->runs );
    fflush( stdout );
}

static void take_options( int argc, char **argv )
{
    const char *file = NULL;
    int i;

    for (i = 1; i < argc; i++)
    {
        if (!strcmp( argv[i], "--ports" ) && i + 2 < argc)
        {
            ports[0] = atoi( argv[++i] );
            ports[1] = atoi( argv[++i] );
        }
        else if (!strcmp( argv[i], "--plan" ) && i + 1 < argc) file = argv[++i];
        else if (!strcmp( argv[i], "--scenario" ) && i + 1 < argc) only_scenario = argv[++i];
        else if (!strcmp( argv[i], "--once" ) && i + 2 < argc)
        {
            once_call = argv[++i];
            once_way = atoi( argv[++i] );
        }
        else if (!strcmp( argv[i], "--stride" ) && i + 1 < argc) stride = atoi( argv[++i] );
        else if (!strcmp( argv[i], "--unix-pid" ) && i + 1 < argc) unix_pid = atoi( argv[++i] );
        else if (!strcmp( argv[i], "--first" )) only_first = TRUE;
        else if (!strcmp( argv[i], "--resume" )) resume = TRUE;
        else file = NULL, i = argc;
    }
    if (!file || !ports[1] || !stride)
    {
        fprintf( stderr, "fault: tests/fault/run knows how to start it\n" );
        exit( 2 );
    }
    if (!(plan = faults_map( file ))) exit( 2 );
    position = (struct position *)(plan + 1);
}

/* What is made once in a process fails when it is made, over TLS and asynchronously: the same again
 * must work, as memory and descriptors come back. */
static int run_once(void)
{
    const struct client model = { .async = TRUE, .tls = TRUE, .host = L"localhost",
                                  .port = ports[1] };

    for (scenario = scenarios; strcmp( scenario->name, "ws-echo" ); scenario++) ;
    side = PLAN_UNIX;
    snprintf( plan->only, sizeof(plan->only), "%s", once_call );
    begin_plan( PLAN_UNIX, 1, once_way );
    run_client( &model );
    if (plan->failed != 1) tell_wrong( "%s does not fail so", once_call );
    *plan->only = 0;
    run_clean( &model );
    printf( "first %s, way %ld: %ld wrong\n", once_call, once_way, position->wrong );
    return position->wrong != 0;
}

int main( int argc, char **argv )
{
    struct counts before, after;
    LONG job, jobs = scenario_count * 8;

    take_options( argc, argv );
    SetUnhandledExceptionFilter( on_crash );
    CloseHandle( CreateThread( NULL, 0, watchdog_main, NULL, 0, NULL ) );
    CoInitializeEx( NULL, COINIT_APARTMENTTHREADED );
    if (once_call) return run_once();
    before = counts_take( unix_pid );
    for (job = resume ? position->job : 0; job < jobs; job++) run_job( job );
    after = counts_take( unix_pid );
    printf( "handles %lu -> %lu, descriptors %lu -> %lu, threads %lu -> %lu, resident %llu kB\n",
            before.handles, after.handles, before.descriptors, after.descriptors, before.threads,
            after.threads, after.resident / 1024 );
    printf( "fault: %ld runs, %ld wrong\n", position->runs, position->wrong );
    fflush( stdout );
    return position->wrong != 0;
}
