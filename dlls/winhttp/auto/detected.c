/* detected - what detection came to, kept for a while.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/detected.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "winhttp.h"

#include "auto/detect.h"
#include "auto/turn.h"
#include "net/lock.h"

enum
{
    WAYS = WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A,
    MAX_AGE = 5 * 60000, /* ms; as a script's: a machine that moves is right again soon */
};

struct detected
{
    BOOL known;
    WCHAR *url;      /* owned; NULL: there is none */
    ULONGLONG since; /* GetTickCount64 milliseconds */
};

static struct turn turn; /* to detect */
static struct lock detected_lock;
static struct detected kept[WAYS + 1]; /* by ways asked for; under detected_lock */

static DWORD copy_locked( const struct detected *entry, WCHAR **url )
{
    if (!entry->url) return ERROR_WINHTTP_AUTODETECTION_FAILED;
    return (*url = wcsdup( entry->url )) ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

/* FALSE: nothing is known. */
static BOOL find_kept( DWORD ways, DWORD *err, WCHAR **url )
{
    const struct detected *entry = &kept[ways];
    BOOL found;

    lock_acquire_shared( &detected_lock, LOCK_DETECTED );
    if ((found = entry->known && GetTickCount64() - entry->since < MAX_AGE))
        *err = copy_locked( entry, url );
    lock_release_shared( &detected_lock, LOCK_DETECTED );
    return found;
}

/* Takes over the URL. */
static void replace( DWORD ways, BOOL known, WCHAR *url )
{
    struct detected old, entry = { known, url, GetTickCount64() };

    lock_acquire( &detected_lock, LOCK_DETECTED );
    old = kept[ways];
    kept[ways] = entry;
    lock_release( &detected_lock, LOCK_DETECTED );
    free( old.url );
}

/* Without memory it is not kept. */
static void keep( DWORD ways, DWORD err, const WCHAR *url )
{
    WCHAR *copy;

    if (err == ERROR_WINHTTP_AUTODETECTION_FAILED) replace( ways, TRUE, NULL );
    if (!err && (copy = wcsdup( url ))) replace( ways, TRUE, copy );
}

/* That nobody answered in time says nothing of the next time. */
static DWORD detect( DWORD ways, HANDLE cancel, WCHAR **url )
{
    DWORD err = auto_detect( ways, cancel, url );

    keep( ways, err, *url );
    return err == ERROR_WINHTTP_TIMEOUT ? ERROR_WINHTTP_AUTODETECTION_FAILED : err;
}

DWORD detected_get( DWORD flags, BOOL fresh, HANDLE cancel, WCHAR **url )
{
    DWORD ways = flags & WAYS, err;

    *url = NULL;
    if (fresh) return detect( ways, cancel, url );
    if (find_kept( ways, &err, url )) return err;
    if ((err = turn_take( &turn, cancel ))) return err;
    if (!find_kept( ways, &err, url )) err = detect( ways, cancel, url );
    turn_leave( &turn );
    return err;
}

void detected_forget(void)
{
    DWORD ways;

    for (ways = 0; ways <= WAYS; ways++) replace( ways, FALSE, NULL );
}

void detected_free(void)
{
    detected_forget();
    turn_free( &turn );
}
