/* resume - a table of packed TLS sessions.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#if 0
#pragma makedep unix
#endif

#include <pthread.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "unix/resume.h"

enum
{
    MAX_SESSIONS = 64,      /* servers that a program talks to in turn, a few for some of them */
    MAX_PER_SCOPE = 8,      /* connections that a program opens to a server at a time */
    MAX_SESSION = 32768,    /* bytes: the packed chain makes nearly all of it; 2 MiB together */
    MAX_AGE = 7200,         /* seconds; few servers honour older ones */
};

struct entry
{
    gnutls_datum_t data;    /* owned; size 0: free */
    BYTE scope[UNIX_SCOPE_SIZE];
    time_t kept;
    unsigned int serial;    /* order of arrival */
};

static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry table[MAX_SESSIONS];    /* under table_lock */
static unsigned int serial;                 /* likewise */

static time_t now( void )
{
    struct timespec time;

    clock_gettime( CLOCK_MONOTONIC, &time );
    return time.tv_sec;
}

/* The keys of a session must not lie around. */
static void wipe( gnutls_datum_t *data )
{
    if (data->data) gnutls_memset( data->data, 0, data->size );
    gnutls_free( data->data );
    data->data = NULL;
    data->size = 0;
}

static int is_older( const struct entry *a, const struct entry *b )
{
    return (int)(a->serial - b->serial) < 0;
}

/* The newest, as long as it is worth anything; NULL: none. */
static struct entry *find_newest_locked( const BYTE *scope )
{
    struct entry *newest = NULL;
    unsigned int i;

    for (i = 0; i < MAX_SESSIONS; i++)
    {
        struct entry *entry = &table[i];

        if (entry->data.size && now() - entry->kept > MAX_AGE) wipe( &entry->data );
        if (!entry->data.size || memcmp( entry->scope, scope, UNIX_SCOPE_SIZE )) continue;
        if (!newest || is_older( newest, entry )) newest = entry;
    }
    return newest;
}

/* Where the next one goes: a free place, or that of the oldest, among its own if they are many. */
static struct entry *find_place_locked( const BYTE *scope )
{
    struct entry *oldest = &table[0], *own = NULL, *unused = NULL;
    unsigned int count = 0, i;

    for (i = 0; i < MAX_SESSIONS; i++)
    {
        struct entry *entry = &table[i];

        if (!entry->data.size)
        {
            unused = entry;
            continue;
        }
        if (is_older( entry, oldest )) oldest = entry;
        if (memcmp( entry->scope, scope, UNIX_SCOPE_SIZE )) continue;
        count++;
        if (!own || is_older( entry, own )) own = entry;
    }
    if (count >= MAX_PER_SCOPE) return own;
    return unused ? unused : oldest;
}

int resume_offer( gnutls_session_t session, const BYTE scope[UNIX_SCOPE_SIZE] )
{
    gnutls_datum_t data = { NULL, 0 };
    struct entry *entry;
    int offered;

    pthread_mutex_lock( &table_lock );
    if ((entry = find_newest_locked( scope )))
    {
        data = entry->data;
        entry->data = (gnutls_datum_t){ NULL, 0 };
    }
    pthread_mutex_unlock( &table_lock );
    /* one that GnuTLS does not like any more, because it is too old, is no loss */
    offered = data.size && gnutls_session_set_data( session, data.data, data.size ) >= 0;
    wipe( &data );
    return offered;
}

void resume_keep( gnutls_session_t session, const BYTE scope[UNIX_SCOPE_SIZE] )
{
    gnutls_datum_t data = { NULL, 0 };
    struct entry *entry;

    if (gnutls_session_get_data2( session, &data ) < 0) return;
    if (data.size && data.size <= MAX_SESSION)
    {
        pthread_mutex_lock( &table_lock );
        entry = find_place_locked( scope );
        wipe( &entry->data );
        entry->data = data;
        memcpy( entry->scope, scope, UNIX_SCOPE_SIZE );
        entry->kept = now();
        entry->serial = ++serial;
        pthread_mutex_unlock( &table_lock );
    }
    else wipe( &data );
}
