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
#include "net/lock.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    MAX_KEPT = 4,        /* a machine has one network with one script, rarely a second */
    MAX_AGE = 5 * 60000, /* ms; a program asks for each request, and the server of a large network
                          * must not be asked as often; an administrator's change shows soon */
};

struct kept
{
    WCHAR *url;            /* owned; NULL: free */
    struct script *script; /* ref */
    BOOL logon;
    ULONGLONG since;       /* GetTickCount64 milliseconds */
};

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

static struct script *find_kept( const WCHAR *url, BOOL logon )
{
    ULONGLONG now = GetTickCount64();
    struct script *script = NULL;
    UINT32 i;

    lock_acquire( &script_lock, LOCK_SCRIPTS );
    for (i = 0; i < MAX_KEPT && !script; i++)
        if (is_kept_as( &kept[i], url, logon ) && now - kept[i].since < MAX_AGE)
            script = script_addref( kept[i].script );
    lock_release( &script_lock, LOCK_SCRIPTS );
    return script;
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
static void keep( const WCHAR *url, BOOL logon, struct script *script )
{
    struct kept entry = { _wcsdup( url ), script, logon, GetTickCount64() }, old;
    struct kept *place;

    if (!entry.url) return;
    script_addref( script );
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

DWORD script_get( const WCHAR *url, const struct script_options *options, HANDLE cancel,
                  struct script **ret )
{
    struct script *script = options->fresh ? NULL : find_kept( url, options->logon );
    DWORD err;

    TRACE( "%s: %s\n", debugstr_w(url), script ? "kept" : "to be fetched" );
    if (!script)
    {
        if ((err = fetch_script( url, options->logon, cancel, &script ))) return err;
        keep( url, options->logon, script );
    }
    *ret = script;
    return ERROR_SUCCESS;
}
