/* soak - ten thousand sockets at a time for half an hour, and whether anything grows meanwhile.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A population of asynchronous sockets is kept at its number: they are opened, talk at random, and
 * are closed in every way, while the jobs (jobs.c) run their shorter ones, synchronous too, beside
 * them. Every ten seconds what the process has is counted. Nobody waits for a single socket: one
 * thread visits them all in turn.
 */

#include "stress.h"
#include "../fault/faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
    ROUND_MS = 50,            /* from one visit of all sockets to the next */
    ACT_ROUNDS = 300,         /* on average a socket does something in each so many rounds */
    MOST_OPENING = 100,       /* handshakes at a time: no more than a server's backlog bears */
    MISSING_PERCENT = 1,      /* of the population: with more nobody is sent away */
    LIFE_MS = 20000,          /* least life of a socket, and most of what it gets beyond that */
    MORE_LIFE_MS = 280000,
    GOODBYE_MS = 15000,       /* behind its life; WinHttpWebSocketClose takes 10 s at most */
    SAMPLE_MS = 10000,
    MOST_SAMPLES = 20000,     /* two days */
    FULL_PERCENT = 95,        /* of the population open: what comes before is not judged */
    FEWEST_SAMPLES = 4,       /* for a line */

    /* Growth over the last two thirds that is not called a leak, by a line through all samples.
     * Numbers go up and down with chance: callbacks that block, handshakes under way. At a hundred
     * sockets a second, one forgotten in five hundred would be above these. Workers follow how busy
     * the machine is (op/worker.c). Resident memory grows longer than what is in use: Wine 8's heap
     * finds ever fewer free pieces of the right size. */
    MORE_THREADS = 16,
    MORE_HANDLES = 16,
    MORE_PER_THOUSAND = 20,   /* descriptors, blocks */
    MORE_RESIDENT_PER_THOUSAND = 100,
};

struct member
{
    struct record *record;    /* one reference; NULL: nobody */
    ULONGLONG ends;           /* tick count */
    BOOL ending;
};

/* What is judged, in the order of the columns of the CSV file. */
enum what
{
    WHAT_THREADS,
    WHAT_HANDLES,
    WHAT_DESCRIPTORS,
    WHAT_HEAP,
    WHAT_RESIDENT,
    WHAT_UNIX_BLOCKS,
    WHAT_WINDOWS_BLOCKS,
    WHAT_COUNT
};

static const struct
{
    const char *name;
    UINT64 more;              /* than this, or so much of the mean */
    unsigned int per_thousand;
}
judged[WHAT_COUNT] =
{
    { "threads", MORE_THREADS },
    { "handles", MORE_HANDLES },
    { "descriptors", 50, MORE_PER_THOUSAND },
    { "heap", 1 << 20, MORE_PER_THOUSAND },
    { "resident", 16 << 20, MORE_RESIDENT_PER_THOUSAND },
    { "unix_blocks", 500, MORE_PER_THOUSAND },
    { "windows_blocks", 500, MORE_PER_THOUSAND },
};

struct sample
{
    double seconds;
    unsigned int open;
    LONG sockets;
    UINT64 values[WHAT_COUNT];
};

static struct member *members;         /* owned; options.population of them */
static struct sample samples[MOST_SAMPLES];
static unsigned int sample_count, opening, present;
static LONG members_ended;
static HINTERNET session;
static UINT32 next_number;
static UINT64 chances;
static BOOL closing;

static unsigned int draw( unsigned int below )
{
    chances = chances * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned int)(chances >> 33) % below;
}

/* --- The population ------------------------------------------------------------------------- */

static void settle( struct member *member )
{
    ULONGLONG life = LIFE_MS + draw( MORE_LIFE_MS );
    BOOL tls = options.tls && (!options.plain || draw( 2 ));

    if (closing || opening >= MOST_OPENING) return;
    member->record = record_create_lasting( ++next_number | 0x80000000, tls, life + GOODBYE_MS,
                                            LASTING_SEND_SIZE );
    member->ends = GetTickCount64() + life;
    member->ending = FALSE;
    opening++;
    if (!start_async( member->record, session )) record_over( member->record );
}

static void leave( struct member *member )
{
    record_abandon( member->record );
    record_release( member->record );
    member->record = NULL;
    members_ended++;
}

/* Politely, halfway, or not at all. */
static void send_away( struct member *member, ULONGLONG now )
{
    unsigned int how = draw( 100 );

    if (how < 40) start_close( member->record );
    else if (how < 65) start_shutdown( member->record );
    else
    {
        leave( member );
        return;
    }
    member->ending = TRUE;
    member->ends = now + GOODBYE_MS;
}

/* With many missing, whatever the machine is busy with, nobody else goes. */
static BOOL may_go(void)
{
    return closing || present >= options.population - options.population * MISSING_PERCENT / 100;
}

static BOOL is_opening( const struct member *member )
{
    return member->record && !member->record->is_ready && !member->record->is_over;
}

static void visit( struct member *member, ULONGLONG now )
{
    if (!member->record) settle( member );
    else if (member->record->is_over) leave( member );
    else if (member->ending && now >= member->ends) leave( member );
    else if (is_opening( member )) { if (closing) leave( member ); }
    else if (!member->ending && (now >= member->ends || closing))
    {
        if (may_go()) send_away( member, now );
        else member->record->due = now + GOODBYE_MS + STUCK_LASTING_MS;
    }
    else if (!draw( ACT_ROUNDS )) act( member->record );
}

static void count_members(void)
{
    unsigned int i;

    for (i = opening = present = 0; i < options.population; i++)
    {
        if (is_opening( &members[i] )) opening++;
        else if (members[i].record && !members[i].record->is_over) present++;
    }
}

static void visit_all(void)
{
    ULONGLONG now = GetTickCount64();
    unsigned int i;

    count_members();
    for (i = 0; i < options.population; i++) visit( &members[i], now );
}

static void disband(void)
{
    closing = TRUE;
    do
    {
        visit_all();
        Sleep( ROUND_MS );
        count_members();
    }
    while (opening || present);
    visit_all(); /* those that are over */
}

/* --- Samples -------------------------------------------------------------------------------- */

static HANDLE create_csv(void)
{
    WCHAR path[MAX_PATH];

    if (!options.csv) return NULL;
    unix_path( path, options.csv );
    return CreateFileW( path, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, 0, NULL );
}

static void write_text( HANDLE file, const char *text )
{
    DWORD written;

    if (file) WriteFile( file, text, strlen( text ), &written, NULL );
}

static void write_heading( HANDLE file )
{
    unsigned int i;

    write_text( file, "seconds,open,sockets" );
    for (i = 0; i < WHAT_COUNT; i++)
    {
        write_text( file, "," );
        write_text( file, judged[i].name );
    }
    write_text( file, "\n" );
}

static void write_sample( HANDLE file, const struct sample *sample )
{
    char text[32];
    unsigned int i;

    sprintf( text, "%.1f,%u,%ld", sample->seconds, sample->open, sample->sockets );
    write_text( file, text );
    for (i = 0; i < WHAT_COUNT; i++)
    {
        sprintf( text, ",%llu", sample->values[i] );
        write_text( file, text );
    }
    write_text( file, "\n" );
}

static void tell_sample( const struct sample *sample )
{
    printf( "%5.0f s: %5u open, %6ld sockets so far, %llu threads, %llu handles, %llu descriptors, "
            "%llu kB of heap, %llu kB resident, blocks: Unix %llu, Windows %llu\n",
            sample->seconds, sample->open, sample->sockets, sample->values[WHAT_THREADS],
            sample->values[WHAT_HANDLES], sample->values[WHAT_DESCRIPTORS],
            sample->values[WHAT_HEAP] / 1024, sample->values[WHAT_RESIDENT] / 1024,
            sample->values[WHAT_UNIX_BLOCKS], sample->values[WHAT_WINDOWS_BLOCKS] );
    fflush( stdout );
}

static void take_sample( HANDLE file )
{
    struct counts counts = counts_take( options.unix_pid );
    struct sample *sample = &samples[sample_count];

    if (sample_count < MOST_SAMPLES - 1) sample_count++;
    *sample = (struct sample){
        .seconds = (GetTickCount64() - options.started) / 1000.0,
        .open = present,
        .sockets = jobs_finished() + members_ended,
        .values = { counts.threads, counts.handles, counts.descriptors, counts.heap,
                    counts.resident, faults_live( 0 ), faults_live( 1 ) },
    };
    write_sample( file, sample );
    tell_sample( sample );
}

/* --- The verdict ---------------------------------------------------------------------------- */

/* The rise of a line through the samples, from the first to the last of them; *mean: their mean. */
static double find_rise( const struct sample *first, unsigned int count, enum what what,
                         double *mean )
{
    double x, y, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0, spread;
    unsigned int i;

    for (i = 0; i < count; i++)
    {
        x = first[i].seconds - first->seconds;
        y = first[i].values[what];
        sum_x += x;
        sum_y += y;
        sum_xx += x * x;
        sum_xy += x * y;
    }
    *mean = sum_y / count;
    spread = count * sum_xx - sum_x * sum_x;
    if (spread <= 0) return 0;
    return (count * sum_xy - sum_x * sum_y) / spread * (first[count - 1].seconds - first->seconds);
}

/* The last two thirds of the time in which all were there. */
static unsigned int find_begin(void)
{
    unsigned int enough = options.population * FULL_PERCENT / 100, full = 0;

    while (full < sample_count && samples[full].open < enough) full++;
    return full + (sample_count - full) / 3;
}

static void judge( enum what what )
{
    unsigned int begin = find_begin();
    double mean, rise, most;

    if (sample_count - begin < FEWEST_SAMPLES)
    {
        violate( NULL, "too few samples with %u%% of the sockets open", FULL_PERCENT );
        return;
    }
    rise = find_rise( samples + begin, sample_count - begin, what, &mean );
    most = max( (double)judged[what].more, mean * judged[what].per_thousand / 1000 );
    printf( "%s: %.0f on average, %+.0f over the last two thirds, at most %.0f may be\n",
            judged[what].name, mean, rise, most );
    if (rise > most) violate( NULL, "%s grew by %.0f", judged[what].name, rise );
}

void run_soak(void)
{
    ULONGLONG begin = GetTickCount64(), end = begin + options.minutes * 60000ull, next = begin;
    HANDLE file = create_csv();
    enum what what;

    chances = options.seed;
    members = calloc( options.population, sizeof(*members) );
    if (!members) abort();
    session = open_session( TRUE );
    write_heading( file );
    jobs_start();
    while (GetTickCount64() < end)
    {
        visit_all();
        if (GetTickCount64() >= next)
        {
            take_sample( file );
            next += SAMPLE_MS;
        }
        Sleep( ROUND_MS );
    }
    jobs_stop();
    disband();
    WinHttpCloseHandle( session );
    wait_for_records();
    if (file) CloseHandle( file );
    free( members );
    printf( "soak: %ld sockets of the population, %ld of jobs\n", members_ended, jobs_finished() );
    for (what = 0; what < WHAT_COUNT; what++) judge( what );
}

LONG soak_sockets(void)
{
    return members_ended;
}
