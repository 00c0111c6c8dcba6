/* modes - what else can go wrong for thousands of sockets at once; see run.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Each mode puts its sockets into one situation, on purpose, while others go on, and looks at
 * errors, time limits and threads; main counts what is left behind (stress.c).
 */

#include "crowd.h"
#include "../fault/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
    /* Nothing in a mode needs a thread per socket: two workers, the monitor, Wine's own. On a busy
     * machine the monitor takes a worker that does not get on for one that is blocked, and adds
     * another, every 20 ms; they go again. */
    MOST_THREADS = 40,

    OTHERS = 20,              /* sockets that go on meanwhile */
    MEASURE_MS = 1000,        /* for counting what they do */
    SLOWED = 10,              /* part of their rate to which they may come down: what is held up
                               * altogether stands still; the rest is the machine's business */
    TOLD_MS = 30000,          /* until every operation has been told of its end */
    EARLY_MS = 50,            /* clocks */
    LATE_MS = 20000,          /* a busy machine */
    LEAVE_MS = 40000,         /* a worker that is not needed goes after 10 s */
    FEWEST = 100,             /* sockets of a mode: each of its groups has some */
};

static HINTERNET session;
static LONG mode_sockets;     /* that there have been */

/* --- Others that go on ---------------------------------------------------------------------- */

static struct crowd others;

static void open_others(void)
{
    others = (struct crowd){ .path = L"/echo", .role = ROLE_ECHO, .count = OTHERS };
    if (crowd_open( &others, session ) != OTHERS) violate( NULL, "others did not open" );
}

static LONG measure_others(void)
{
    LONG before = others.echoes;

    Sleep( MEASURE_MS );
    return others.echoes - before;
}

static void check_others( LONG usual )
{
    LONG now = measure_others();

    printf( "others: %ld echoes a second before, %ld now\n", usual, now );
    if (now * SLOWED < usual) violate( NULL, "others are held up" );
    if (crowd_present( &others ) != OTHERS) violate( NULL, "others did not survive" );
}

static void check_threads(void)
{
    struct counts counts = counts_take( 0 );

    printf( "%lu threads\n", counts.threads );
    if (counts.threads > MOST_THREADS) violate( NULL, "%lu threads", counts.threads );
}

/* Of so many allocations one fails, in both halves; 0: none. */
static void refuse_memory( int every )
{
    options.plan->refuse = every;
    options.refusing = every != 0;
}

static void leave( struct crowd *crowd )
{
    mode_sockets += crowd->count;
    if (crowd->count) crowd_leave( crowd );
    crowd->count = 0;
}

static void finish( struct crowd *crowds, unsigned int count )
{
    unsigned int i;

    for (i = 0; i < count; i++) leave( &crowds[i] );
    leave( &others );
    WinHttpCloseHandle( session );
    wait_for_records();
}

/* --- The server's orders -------------------------------------------------------------------- */

/* Has the server reset all that it holds, on a connection and a session of its own. */
static void reset_held(void)
{
    HINTERNET sync = open_session( FALSE ), connect, request;
    char text[16] = "";
    DWORD len = 0;

    connect = WinHttpConnect( sync, L"127.0.0.1", options.port_plain, 0 );
    request = WinHttpOpenRequest( connect, NULL, L"/reset", NULL, NULL, NULL, 0 );
    others_opened();
    others_opened();
    if (!WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ) ||
        !WinHttpReceiveResponse( request, NULL ) ||
        !WinHttpReadData( request, text, sizeof(text) - 1, &len ))
        violate( NULL, "the order to reset failed with %lu", GetLastError() );
    printf( "the server has reset %s connections\n", text );
    WinHttpCloseHandle( request );
    WinHttpCloseHandle( connect );
    WinHttpCloseHandle( sync );
}

/* The server may not have noticed that they are gone. */
static void free_server(void)
{
    reset_held();
    wait_for_records();
}

static void expect_failures( const struct crowd *crowd, enum kind kind, LONG count )
{
    if (crowd->failed[kind] == count) return;
    violate( NULL, "%ld operations of kind %u on %ls failed, not %ld", crowd->failed[kind], kind,
             crowd->path, count );
}

static void open_all( struct crowd *crowd )
{
    unsigned int there = crowd_open( crowd, session );

    if (there != crowd->count)
        violate( NULL, "of %u sockets on %ls %u opened", crowd->count, crowd->path, there );
}

/* --- reset: all connections at once, with everything pending --------------------------------- */

static void run_reset( unsigned int sockets )
{
    static struct crowd crowds[3];
    ULONGLONG begin;
    LONG usual;
    int i;

    crowds[0] = (struct crowd){ .path = L"/quiet", .role = ROLE_RECEIVE,
                                .count = sockets * 6 / 10 };
    crowds[1] = (struct crowd){ .path = L"/deaf", .role = ROLE_FLOOD, .count = sockets * 2 / 10 };
    crowds[2] = (struct crowd){ .path = L"/quiet", .role = ROLE_CLOSE, .count = sockets * 2 / 10,
                                .close_timeout = 600000 };
    open_others();
    for (i = 0; i < 3; i++)
    {
        crowds[i].expected[0] = ERROR_WINHTTP_CONNECTION_ERROR;
        open_all( &crowds[i] );
    }
    for (i = 0; i < 3; i++) crowd_settle( &crowds[i] );
    usual = measure_others();
    for (i = 0; i < 3; i++)
        printf( "%ls: %u sockets, %u operations pending\n", crowds[i].path,
                crowd_present( &crowds[i] ), crowd_pending( &crowds[i] ) );
    begin = GetTickCount64();
    reset_held();
    for (i = 0; i < 3; i++)
        if (!crowd_wait( &crowds[i], KIND_COUNT, TOLD_MS ))
            violate( NULL, "%u operations were not told", crowd_pending( &crowds[i] ) );
    printf( "all were told after %llu ms\n", GetTickCount64() - begin );
    check_threads();
    check_others( usual );
    expect_failures( &crowds[0], KIND_RECEIVE, crowds[0].count );
    expect_failures( &crowds[1], KIND_RECEIVE, crowds[1].count );
    expect_failures( &crowds[1], KIND_SEND, crowds[1].count );
    expect_failures( &crowds[2], KIND_CLOSE, crowds[2].count );
    finish( crowds, 3 );
}

/* --- trickle: a byte a second ---------------------------------------------------------------- */

enum { TRICKLED = 4, HASTY_TIMEOUT_MS = 700, TRICKLE_MS = 5000 };

static const struct
{
    const WCHAR *path;
    enum role role;
    enum kind kind;           /* what waits for the bytes */
}
trickles[TRICKLED] =
{
    { L"/shake", ROLE_RECEIVE, KIND_SEND_REQUEST },
    { L"/slow-head", ROLE_RECEIVE, KIND_RECEIVE_RESPONSE },
    { L"/slow-body", ROLE_BODY, KIND_READ },
    { L"/slow-frame", ROLE_RECEIVE, KIND_RECEIVE },
};

/* A fifth of them are hasty: their time limit is shorter than the pause between two bytes. */
static void start_trickle( struct crowd *crowd, unsigned int index, BOOL hasty,
                           unsigned int sockets )
{
    *crowd = (struct crowd){ .path = trickles[index].path, .role = trickles[index].role,
                             .count = max( sockets / TRICKLED * (hasty ? 1 : 4) / 5, 1 ) };
    if (!index) crowd->port = options.port_slow;
    if (hasty)
    {
        crowd->timeout = HASTY_TIMEOUT_MS;
        crowd->expected[0] = ERROR_WINHTTP_TIMEOUT;
    }
    crowd_start( crowd, session );
}

/* The time limits that a request was sent with do not hold for what its WebSocket receives. */
static void check_trickle( const struct crowd *hasty, const struct crowd *patient, enum kind kind )
{
    if (kind != KIND_RECEIVE)
    {
        if (!crowd_wait( hasty, KIND_COUNT, LATE_MS ))
            violate( NULL, "%u of %ls did not time out", crowd_pending( hasty ), hasty->path );
        expect_failures( hasty, kind, hasty->count );
    }
    expect_failures( patient, kind, 0 );
    if (crowd_pending( patient ) != patient->count)
        violate( NULL, "%u of %u of %ls still wait", crowd_pending( patient ), patient->count,
                 patient->path );
    printf( "%ls: %ld of %u timed out, %u of %u still wait\n", hasty->path, hasty->failed[kind],
            hasty->count, crowd_pending( patient ), patient->count );
}

static void run_trickle( unsigned int sockets )
{
    static struct crowd crowds[2 * TRICKLED];
    LONG usual;
    int i;

    open_others();
    usual = measure_others();
    for (i = 0; i < 2 * TRICKLED; i++) start_trickle( &crowds[i], i / 2, i % 2 == 0, sockets );
    Sleep( TRICKLE_MS );
    check_others( usual );
    check_threads();
    for (i = 0; i < TRICKLED; i++)
        check_trickle( &crowds[2 * i], &crowds[2 * i + 1], trickles[i].kind );
    finish( crowds, 2 * TRICKLED );
    free_server();
}

/* --- deaf: a peer that never reads ----------------------------------------------------------- */

enum
{
    DEAF_SEND_MS = 1500,
    DEAF_CLOSE_MS = 1000,
    /* What a socket that waits with a Send may hold: its object, the chunk being sent with what TLS
     * makes of it, and what GnuTLS keeps; and the program's own 64 KiB of buffers here. */
    DEAF_BYTES_EACH = 160 * 1024,
};

/* A Send that is pending for ever stays so; a Close would be refused (websocket.md 10). */
static void check_waiting( const struct crowd *crowd )
{
    unsigned int pending = crowd_pending( crowd );

    if (pending != 2 * crowd->count)
        violate( NULL, "%u operations wait, not %u", pending, 2 * crowd->count );
}

static void check_memory( const struct counts *before, unsigned int sockets )
{
    struct counts now = counts_take( options.unix_pid );
    UINT64 more = now.resident - min( before->resident, now.resident );

    printf( "%llu bytes resident more for each of %u sockets\n", more / sockets, sockets );
    if (more > (UINT64)sockets * DEAF_BYTES_EACH) violate( NULL, "%llu kB more", more / 1024 );
}

/* There is room for the close frame, but no answer will come. */
static void check_closing( struct crowd *crowd )
{
    ULONGLONG begin = GetTickCount64();

    crowd_close( crowd );
    if (!crowd_wait( crowd, KIND_CLOSE, LATE_MS )) violate( NULL, "closing hangs" );
    printf( "closing took %llu ms\n", GetTickCount64() - begin );
    if (GetTickCount64() - begin + EARLY_MS < DEAF_CLOSE_MS) violate( NULL, "closed too early" );
    expect_failures( crowd, KIND_CLOSE, crowd->count );
    expect_failures( crowd, KIND_RECEIVE, crowd->count );
}

static void run_deaf( unsigned int sockets )
{
    static struct crowd crowds[3];
    struct counts before;
    LONG usual;

    crowds[0] = (struct crowd){ .path = L"/deaf", .role = ROLE_FLOOD, .count = sockets / 2 };
    crowds[1] = (struct crowd){ .path = L"/deaf", .role = ROLE_RECEIVE, .count = sockets / 4,
                                .close_timeout = DEAF_CLOSE_MS,
                                .expected = { ERROR_WINHTTP_TIMEOUT,
                                              ERROR_WINHTTP_OPERATION_CANCELLED } };
    crowds[2] = (struct crowd){ .path = L"/deaf", .role = ROLE_FLOOD, .count = sockets / 4,
                                .send_timeout = DEAF_SEND_MS,
                                .expected = { ERROR_WINHTTP_TIMEOUT } };
    open_others();
    usual = measure_others();
    before = counts_take( options.unix_pid );
    open_all( &crowds[0] );
    open_all( &crowds[1] );
    crowd_settle( &crowds[0] );
    open_all( &crowds[2] );
    if (!crowd_wait( &crowds[2], KIND_SEND, LATE_MS )) violate( NULL, "sends did not time out" );
    printf( "%ld of %u sends timed out\n", crowds[2].failed[KIND_SEND], crowds[2].count );
    expect_failures( &crowds[2], KIND_SEND, crowds[2].count );
    check_waiting( &crowds[0] );
    check_memory( &before, sockets );
    check_closing( &crowds[1] );
    check_waiting( &crowds[0] );
    check_threads();
    check_others( usual );
    finish( crowds, 3 );
    free_server();
}

/* --- block: callbacks that do not return ----------------------------------------------------- */

/* Workers that are not needed leave, though the others' events come to all of them in turn. */
static void check_leaving(void)
{
    ULONGLONG begin = GetTickCount64();
    struct counts counts = counts_take( 0 );

    while (counts.threads > MOST_THREADS && GetTickCount64() - begin < LEAVE_MS)
    {
        Sleep( 500 );
        counts = counts_take( 0 );
    }
    printf( "%lu threads after %llu ms\n", counts.threads, GetTickCount64() - begin );
    if (counts.threads > MOST_THREADS) violate( NULL, "%lu threads stayed", counts.threads );
}

static void run_block( unsigned int sockets )
{
    static struct crowd crowds[2];
    struct counts counts;
    LONG usual, now;
    ULONGLONG limit = GetTickCount64() + LATE_MS;

    crowds[0] = (struct crowd){ .path = L"/echo", .role = ROLE_ECHO, .count = sockets * 9 / 10 };
    crowds[1] = (struct crowd){ .path = L"/echo", .role = ROLE_BLOCK, .count = sockets / 10 };
    open_others();
    open_all( &crowds[0] );
    usual = measure_others();
    crowd_unblock( FALSE );
    open_all( &crowds[1] );
    while (crowds[1].blocked < (LONG)crowds[1].count && GetTickCount64() < limit) Sleep( 10 );
    now = crowds[0].echoes;
    check_others( usual );
    now = crowds[0].echoes - now;
    counts = counts_take( 0 );
    printf( "%ld callbacks blocked, %ld echoes of the %u others meanwhile, %lu threads\n",
            crowds[1].blocked, now, crowds[0].count, counts.threads );
    if (crowds[1].blocked != (LONG)crowds[1].count)
        violate( NULL, "only %ld of %u callbacks ran", crowds[1].blocked, crowds[1].count );
    if (!now) violate( NULL, "nobody else went on" );
    if (counts.threads > crowds[1].count + MOST_THREADS)
        violate( NULL, "%lu threads", counts.threads );
    crowd_unblock( TRUE );
    leave( &crowds[0] );
    leave( &crowds[1] );
    check_leaving();
    finish( crowds, 2 );
}

/* --- descriptors: more sockets than there may be ---------------------------------------------- */

/* run has limited the process to fewer descriptors than these sockets need. Beyond it each is told
 * ERROR_NOT_ENOUGH_MEMORY, as by a Windows that is out of buffers: guess. */
static void run_descriptors( unsigned int sockets )
{
    static struct crowd crowds[3];
    unsigned int there;
    LONG usual;
    int i;

    for (i = 0; i < 3; i++)
        crowds[i] = (struct crowd){ .path = L"/quiet", .role = ROLE_RECEIVE, .count = sockets,
                                    .expected = { ERROR_NOT_ENOUGH_MEMORY } };
    crowds[0].count = sockets / 4;
    crowds[2].count = sockets / 8;
    open_others();
    open_all( &crowds[0] );
    usual = measure_others();
    options.refusing = TRUE;
    there = crowd_open( &crowds[1], session );
    printf( "%u of %u sockets opened\n", there, sockets );
    if (there == sockets) violate( NULL, "there was no limit" );
    expect_failures( &crowds[1], KIND_SEND_REQUEST, sockets - there );
    if (crowd_pending( &crowds[0] ) != crowds[0].count || crowd_pending( &crowds[1] ) != there)
        violate( NULL, "an open socket was lost" );
    check_others( usual );
    leave( &crowds[0] );
    options.refusing = FALSE;
    if (crowd_open( &crowds[2], session ) != crowds[2].count)
        violate( NULL, "opening does not work again" );
    finish( crowds + 1, 2 );
}

/* --- memory: refused under load --------------------------------------------------------------- */

enum { REFUSED = 15 }; /* of so many allocations of the DLL one fails; a socket makes some 30 */

/* The jobs do what they always do (jobs.c), only that now and then there is no memory for it. What
 * was open before does not notice: a message that comes needs memory nowhere but in its socket. */
static void run_memory( unsigned int sockets )
{
    static struct crowd crowd;
    LONG refused;

    if (!options.plan)
    {
        printf( "without a plan of faults, which only the debug build has, nothing fails\n" );
        jobs_run( sockets );
        return;
    }
    crowd = (struct crowd){ .path = L"/quiet", .role = ROLE_RECEIVE, .count = sockets / 10,
                            .expected = { ERROR_WINHTTP_CONNECTION_ERROR } };
    WinHttpCloseHandle( session );
    jobs_run( FEWEST ); /* what is made once is there */
    session = crowd_session( TRUE );
    open_all( &crowd );
    refuse_memory( REFUSED );
    jobs_run_only( sockets );
    refused = options.plan->refused;
    refuse_memory( 0 );
    printf( "%ld allocations were refused\n", refused );
    if (refused < (LONG)sockets / 10) violate( NULL, "only %ld allocations were refused", refused );
    if (crowd_pending( &crowd ) != crowd.count) violate( NULL, "an open socket was lost" );
    open_others();
    if (!measure_others()) violate( NULL, "nothing works afterwards" );
    finish( &crowd, 1 );
    free_server();
}

/* --- All of them ----------------------------------------------------------------------------- */

static const struct
{
    const char *name;
    void (*run)( unsigned int sockets );
    BOOL limited;             /* run has set a limit, which is above a few sockets */
}
modes[] =
{
    { "reset", run_reset },
    { "trickle", run_trickle },
    { "deaf", run_deaf },
    { "block", run_block },
    { "descriptors", run_descriptors, TRUE },
    { "memory", run_memory },
};

static unsigned int find_mode(void)
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(modes); i++) if (!strcmp( modes[i].name, options.mode )) return i;
    fprintf( stderr, "stress: no mode %s\n", options.mode );
    exit( 2 );
}

void modes_warm_up(void)
{
    unsigned int mode = find_mode();

    modes_run( modes[mode].limited ? options.sockets : max( options.sockets / 10, FEWEST ) );
}

void modes_run( unsigned int sockets )
{
    session = crowd_session( TRUE );
    modes[find_mode()].run( sockets );
}

LONG modes_sockets(void)
{
    return mode_sockets;
}
