/* script - proxy scripts: fetching them, and keeping them for a while.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/script.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "winhttp.h"
#include "wine/debug.h"

#include "auto/fetch.h"
#include "auto/turn.h"
#include "net/lock.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    MAX_KEPT = 4,        /* a machine has one network with one script, rarely a second */
    MAX_CALM = 30000,    /* ms; a server that does not answer costs each attempt some seconds, and
                          * nobody has asked for this one in particular */
    MAX_AGE = 5 * 60000, /* ms; a program asks for each request, and the server of a large network
                          * must not be asked as often; an administrator's change shows soon */
};

struct kept
{
    WCHAR *url;            /* owned; NULL: free */
    struct script *script; /* ref; NULL: it could not be had */
    DWORD err;             /* why */
    BOOL logon;
    ULONGLONG since;       /* GetTickCount64 milliseconds */
};

static struct turn turn; /* to fetch */
static struct lock script_lock;
static struct kept kept[MAX_KEPT]; /* under script_lock */

/* --- References ------------------------------------------------------------------------------ */

struct script *script_addref( struct script *script )
{
    InterlockedIncrement( &script->refs );
    return script;
}

void script_release( struct script *script )
{
    if (script && !InterlockedDecrement( &script->refs )) free( script );
}

BOOL script_equal( const struct script *one, const struct script *other )
{
    if (one == other) return TRUE;
    return one->size == other->size && !wcscmp( one->charset, other->charset ) &&
           !memcmp( one->data, other->data, one->size );
}

/* --- Those that are kept --------------------------------------------------------------------- */

static BOOL is_kept_as( const struct kept *entry, const WCHAR *url, BOOL logon )
{
    return entry->url && entry->logon == logon && !wcscmp( entry->url, url );
}

static BOOL is_of_use( const struct kept *entry, const struct script_options *options )
{
    ULONGLONG age = GetTickCount64() - entry->since;

    return entry->script ? age < MAX_AGE : options->calm && age < MAX_CALM;
}

/* FALSE: nothing is known. */
static BOOL find_kept( const WCHAR *url, const struct script_options *options, DWORD *err,
                       struct script **ret )
{
    BOOL found = FALSE;
    UINT32 i;

    lock_acquire( &script_lock, LOCK_SCRIPTS );
    for (i = 0; i < MAX_KEPT && !found; i++)
    {
        found = is_kept_as( &kept[i], url, options->logon ) && is_of_use( &kept[i], options );
        if (!found) continue;
        *err = kept[i].err;
        if (kept[i].script) *ret = script_addref( kept[i].script );
    }
    lock_release( &script_lock, LOCK_SCRIPTS );
    return found;
}

/* The place of that URL's script, else a free one, else the oldest. */
static struct kept *find_place_locked( const WCHAR *url, BOOL logon )
{
    struct kept *place = &kept[0];
    UINT32 i;

    for (i = 0; i < MAX_KEPT; i++)
    {
        if (is_kept_as( &kept[i], url, logon )) return &kept[i];
        if (place->url && (!kept[i].url || kept[i].since < place->since)) place = &kept[i];
    }
    return place;
}

/* Without memory it is not kept. */
static void keep( const WCHAR *url, BOOL logon, DWORD err, struct script *script )
{
    struct kept entry = { _wcsdup( url ), script, err, logon, GetTickCount64() }, old;
    struct kept *place;

    if (!entry.url) return;
    if (script) script_addref( script );
    lock_acquire( &script_lock, LOCK_SCRIPTS );
    place = find_place_locked( url, logon );
    old = *place;
    *place = entry;
    lock_release( &script_lock, LOCK_SCRIPTS );
    free( old.url );
    script_release( old.script );
}

void script_forget(void)
{
    struct kept old[MAX_KEPT];
    UINT32 i;

    lock_acquire( &script_lock, LOCK_SCRIPTS );
    memcpy( old, kept, sizeof(old) );
    memset( kept, 0, sizeof(kept) );
    lock_release( &script_lock, LOCK_SCRIPTS );
    for (i = 0; i < MAX_KEPT; i++)
    {
        free( old[i].url );
        script_release( old[i].script );
    }
}

/* --- Getting one ----------------------------------------------------------------------------- */

static DWORD fetch( const WCHAR *url, const struct script_options *options, HANDLE cancel,
                    struct script **ret )
{
    struct script *script = NULL;
    DWORD err = fetch_script( url, options->logon, cancel, &script );

    TRACE( "%s: error %lu\n", debugstr_w(url), err );
    if (err != ERROR_NOT_ENOUGH_MEMORY && err != ERROR_WINHTTP_OPERATION_CANCELLED)
        keep( url, options->logon, err, script );
    *ret = script;
    return err;
}

DWORD script_get( const WCHAR *url, const struct script_options *options, HANDLE cancel,
                  struct script **ret )
{
    DWORD err;

    if (options->fresh) return fetch( url, options, cancel, ret );
    if (find_kept( url, options, &err, ret )) return err;
    if ((err = turn_take( &turn, cancel ))) return err;
    if (!find_kept( url, options, &err, ret )) err = fetch( url, options, cancel, ret );
    turn_leave( &turn );
    return err;
}

void script_free(void)
{
    script_forget();
    turn_free( &turn );
}
