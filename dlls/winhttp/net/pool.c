/* pool - a list of idle connections, newest first.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "net/pool.h"

#include <string.h>

#include "net/identity.h"
#include "net/lock.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(whttp_net);

enum
{
    MAX_IDLE = 64,        /* descriptors that the process keeps for nothing but speed */
    IDLE_MS = 60000,      /* servers close idle connections after some 5 to 75 s: older ones are
                           * rarely good, and a stale one costs a failed request */
};

static struct lock pool_lock;
static struct conn *idle; /* owned list, newest first; under pool_lock */

static BOOL proxy_equal( const struct conn_key *a, const struct conn_key *b )
{
    if (!a->proxy_host || !b->proxy_host) return a->proxy_host == b->proxy_host;
    return a->proxy_port == b->proxy_port && a->tunnel == b->tunnel &&
           !strcmp( a->proxy_host, b->proxy_host );
}

/* On which terms, and as whom. */
static BOOL tls_equal( const struct conn_key *a, const struct conn_key *b )
{
    return a->protocols == b->protocols && a->ignore == b->ignore &&
           a->revocation == b->revocation && a->offline == b->offline &&
           a->anonymous == b->anonymous && a->chain_flags == b->chain_flags &&
           identity_equal( a->identity, b->identity );
}

static BOOL alias_equal( const struct conn_key *a, const struct conn_key *b )
{
    if (!a->alias || !b->alias) return a->alias == b->alias;
    return !strcmp( a->alias, b->alias );
}

/* Whether one with that mark will do (options 178, 179). */
static BOOL mark_fits( const struct conn_key *conn, const struct conn_key *wanted )
{
    static const GUID none;

    if (IsEqualGUID( &wanted->match, &none )) return TRUE;
    if (IsEqualGUID( &conn->mark, &none )) return !wanted->match_only;
    return IsEqualGUID( &conn->mark, &wanted->match );
}

static BOOL tcp_equal( const struct conn_key *a, const struct conn_key *b )
{
    return a->keepalive_time == b->keepalive_time && a->keepalive_interval == b->keepalive_interval;
}

BOOL pool_key_equal( const struct conn_key *key, const struct conn_key *wanted )
{
    return key->owner == wanted->owner && key->port == wanted->port &&
           key->secure == wanted->secure && !strcmp( key->host, wanted->host ) &&
           proxy_equal( key, wanted ) &&
           alias_equal( key, wanted ) && tcp_equal( key, wanted ) && mark_fits( key, wanted ) &&
           (!key->secure || tls_equal( key, wanted ));
}

/* A connection that somebody else is logged in on is worth nothing; the more of the logins that may
 * be asked for are done, the better. */
static unsigned int worth( const struct conn *conn, const struct conn_key *key )
{
    unsigned int i, ret = 1;

    for (i = 0; i < CONN_LOGINS; i++)
    {
        if (conn_login_is_nobody( conn->login[i] )) continue;
        if (memcmp( conn->login[i], key->login[i], sizeof(conn->login[i]) )) return 0;
        ret++;
    }
    return ret;
}

static unsigned int most_worth( const struct conn_key *key )
{
    unsigned int i, ret = 1;

    for (i = 0; i < CONN_LOGINS; i++) if (!conn_login_is_nobody( key->login[i] )) ret++;
    return ret;
}

static struct conn *pool_unlink( const struct conn_key *key )
{
    unsigned int found = 0, most = most_worth( key );
    struct conn **link, **best = NULL, *conn = NULL;

    lock_acquire( &pool_lock, LOCK_POOL );
    for (link = &idle; *link && found < most; link = &(*link)->pool_next)
    {
        unsigned int is = pool_key_equal( &(*link)->key, key ) ? worth( *link, key ) : 0;

        if (is <= found) continue;
        found = is;
        best = link;
    }
    if (best)
    {
        conn = *best;
        *best = conn->pool_next;
    }
    lock_release( &pool_lock, LOCK_POOL );
    return conn;
}

struct conn *pool_take( const struct conn_key *key )
{
    struct conn *conn;

    while ((conn = pool_unlink( key )))
    {
        if (GetTickCount64() - conn->idle_since < IDLE_MS && conn_usable( conn )) break;
        TRACE( "%p went stale\n", conn );
        conn_destroy( conn );
    }
    if (conn)
    {
        static const GUID none;

        conn->reused = TRUE;
        if (!IsEqualGUID( &key->mark, &none )) conn->key.mark = key->mark;
    }
    TRACE( "%s:%u -> %p\n", debugstr_a(key->host), key->port, conn );
    return conn;
}

/* Cuts the list behind the last connection worth keeping; returns the rest. */
static struct conn *pool_cut( ULONGLONG now )
{
    struct conn **link = &idle, *rest;
    UINT32 count = 0;

    while (*link && ++count <= MAX_IDLE && now - (*link)->idle_since < IDLE_MS)
        link = &(*link)->pool_next;
    rest = *link;
    *link = NULL;
    return rest;
}

static void destroy_list( struct conn *conn )
{
    while (conn)
    {
        struct conn *next = conn->pool_next;

        conn_destroy( conn );
        conn = next;
    }
}

/* Releases the lock, and closes what is not worth keeping. */
static void release_and_trim( ULONGLONG now )
{
    struct conn *rest = pool_cut( now );

    lock_release( &pool_lock, LOCK_POOL );
    destroy_list( rest );
}

void pool_put( struct conn *conn )
{
    conn_trim( conn );
    lock_acquire( &pool_lock, LOCK_POOL );
    conn->idle_since = GetTickCount64();
    conn->pool_next = idle;
    idle = conn;
    release_and_trim( conn->idle_since );
}

void pool_trim(void)
{
    ULONGLONG now = GetTickCount64();

    lock_acquire( &pool_lock, LOCK_POOL );
    release_and_trim( now );
}

void pool_forget( UINT32 owner )
{
    struct conn **link = &idle, *conn, *rest = NULL;

    lock_acquire( &pool_lock, LOCK_POOL );
    while ((conn = *link))
    {
        if (conn->key.owner != owner)
        {
            link = &conn->pool_next;
            continue;
        }
        *link = conn->pool_next;
        conn->pool_next = rest;
        rest = conn;
    }
    lock_release( &pool_lock, LOCK_POOL );
    destroy_list( rest );
}

void pool_clear(void)
{
    struct conn *rest;

    lock_acquire( &pool_lock, LOCK_POOL );
    rest = idle;
    idle = NULL;
    lock_release( &pool_lock, LOCK_POOL );
    destroy_list( rest );
}
