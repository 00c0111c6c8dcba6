/* Tells programs when the proxy settings in the registry change.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One thread watches, from the first registration to the last one's end. The keys hold much besides
 * proxies, and one change may be several writes: what is stored is compared with what was there
 * last, and programs are called when it differs. Their callbacks may block, or unregister
 * themselves: each runs on the thread pool, a registration's one after the other, and those of
 * others go on meanwhile.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winreg.h"
#include "winhttp.h"
#include "winternl.h"
#include "wine/debug.h"

#include "net/lock.h"
#include "op/worker.h"
#include "proxy_store.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum { KEYS = 3 };

struct registration
{
    /* immutable */
    ULONG_PTR id;           /* the handle: a number, so that a stale one matches nothing */
    ULONGLONG flags;
    WINHTTP_PROXY_CHANGE_CALLBACK callback;
    void *context;          /* the program's */

    /* under watch_lock */
    struct registration *next;
    BOOL changed;           /* the program is to be called */
    BOOL called;            /* a task is there for that */
    DWORD thread;           /* which the program's callback runs on, or 0 */
    BOOL closed;            /* not in the list any more; once set, never unset */
    BOOL closed_inside;     /* by the program's callback: the task frees it */
};

struct watcher
{
    /* immutable */
    HANDLE wake;            /* owned; resets itself: look whether anybody is left */
    HKEY keys[KEYS];        /* owned; of these are count */
    HANDLE events[KEYS];    /* owned; reset themselves */
    UINT count;

    /* under watch_lock: as they were last */
    struct stored_proxy user, machine;
};

static struct lock watch_lock;
static struct lock_event over; /* a task has ended */
/* under watch_lock; the registry is read under it, too, which asks the wineserver and waits for
 * nobody */
static struct registration *registrations;
static struct watcher *watcher; /* there as long as its thread */
static ULONG_PTR last_id;

/* --- Calling the program --------------------------------------------------------------------- */

/* FALSE: not, or no more. *inside: then it is the task's to free. */
static BOOL begin_call( struct registration *registration, BOOL *inside )
{
    BOOL ret;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    ret = registration->changed && !registration->closed;
    registration->changed = FALSE;
    registration->thread = ret ? GetCurrentThreadId() : 0;
    registration->called = ret;
    *inside = registration->closed_inside;
    if (!ret) lock_wake_sleepers( &over );
    lock_release( &watch_lock, LOCK_WATCHES );
    return ret;
}

static void CALLBACK call_program( TP_CALLBACK_INSTANCE *instance, void *context )
{
    struct registration *registration = context;
    BOOL inside;

    TpCallbackMayRunLong( instance );
    while (begin_call( registration, &inside ))
    {
        TRACE( "%#Ix: calls %p\n", registration->id, registration->callback );
        lock_check_none( "a callback" );
        registration->callback( registration->flags, registration->context );
    }
    if (inside) free( registration );
}

/* Without memory it is called with the next change. */
static void tell_locked( struct registration *registration )
{
    registration->changed = TRUE;
    if (!registration->called) registration->called = worker_submit( call_program, registration );
}

/* --- Looking --------------------------------------------------------------------------------- */

/* Takes over what is new, or frees it. */
static BOOL replace( struct stored_proxy *old, struct stored_proxy *new )
{
    BOOL changed = !proxy_store_equal( old, new );

    if (changed)
    {
        proxy_store_free( old );
        *old = *new;
    }
    else proxy_store_free( new );
    return changed;
}

/* TRUE: they are others than last time. What cannot be read now is as it was. */
static BOOL look_at_settings_locked(void)
{
    struct stored_proxy user = { 0 }, machine = { 0 };
    BOOL has_key, changed;
    DWORD err;

    err = proxy_store_read_user( NULL, &user, &has_key );
    if (err && err != ERROR_FILE_NOT_FOUND) return FALSE;
    err = proxy_store_read_machine( &machine );
    if (err && err != ERROR_FILE_NOT_FOUND)
    {
        proxy_store_free( &user );
        return FALSE;
    }
    changed = replace( &watcher->user, &user );
    return replace( &watcher->machine, &machine ) || changed;
}

static void look_locked(void)
{
    struct registration *registration;

    if (!look_at_settings_locked()) return;
    for (registration = registrations; registration; registration = registration->next)
        tell_locked( registration );
}

/* --- The watcher ----------------------------------------------------------------------------- */

/* The next change in the key or below sets the event. */
static void watch_key( const struct watcher *watcher, UINT index )
{
    DWORD err = RegNotifyChangeKeyValue( watcher->keys[index], TRUE,
                                         REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET,
                                         watcher->events[index], TRUE );

    if (err) WARN( "a key cannot be watched any more, error %lu\n", err );
}

static void watcher_destroy( struct watcher *watcher )
{
    UINT i;

    for (i = 0; i < watcher->count; i++)
    {
        RegCloseKey( watcher->keys[i] );
        CloseHandle( watcher->events[i] );
    }
    if (watcher->wake) CloseHandle( watcher->wake );
    proxy_store_free( &watcher->user );
    proxy_store_free( &watcher->machine );
    free( watcher );
}

/* FALSE: nobody is left, and the watcher not known any more. */
static BOOL look(void)
{
    BOOL ret;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    look_locked();
    if (!(ret = registrations != NULL)) watcher = NULL;
    lock_release( &watch_lock, LOCK_WATCHES );
    return ret;
}

/* Watches before anybody looks, so that no change is lost in between. */
static void watch( const struct watcher *watcher )
{
    HANDLE handles[1 + KEYS] = { watcher->wake };
    DWORD ret;

    memcpy( handles + 1, watcher->events, watcher->count * sizeof(*handles) );
    do
    {
        lock_check_none( "a wait" );
        ret = WaitForMultipleObjects( 1 + watcher->count, handles, FALSE, INFINITE );
        if (ret > WAIT_OBJECT_0 && ret <= WAIT_OBJECT_0 + watcher->count)
            watch_key( watcher, ret - WAIT_OBJECT_0 - 1 );
    } while (look());
}

static DWORD CALLBACK watcher_main( void *arg )
{
    struct watcher *self;

    (void)arg;
    lock_acquire( &watch_lock, LOCK_WATCHES );
    self = watcher;
    lock_release( &watch_lock, LOCK_WATCHES );
    watch( self );
    watcher_destroy( self );
    worker_leave_thread();
}

static DWORD add_key( struct watcher *watcher, HKEY root, const WCHAR *name )
{
    DWORD err;
    HKEY key;

    /* what is not there cannot be watched: making it would be a setting of its own */
    if ((err = RegOpenKeyExW( root, name, 0, KEY_NOTIFY, &key ))) return ERROR_SUCCESS;
    if (!(watcher->events[watcher->count] = CreateEventW( NULL, FALSE, FALSE, NULL )))
    {
        RegCloseKey( key );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    watcher->keys[watcher->count] = key;
    watch_key( watcher, watcher->count++ );
    return ERROR_SUCCESS;
}

/* The user's settings, the machine's, and the policy that decides which of both are the user's.
 * One key that can be watched is enough. */
static DWORD watcher_open( struct watcher *watcher )
{
    static const struct { HKEY root; const WCHAR *name; } keys[KEYS] =
    {
        { HKEY_CURRENT_USER, PROXY_STORE_KEY },
        { HKEY_LOCAL_MACHINE, PROXY_STORE_KEY },
        { HKEY_LOCAL_MACHINE, PROXY_STORE_POLICY_KEY },
    };
    DWORD err;
    int i;

    if (!(watcher->wake = CreateEventW( NULL, FALSE, FALSE, NULL ))) return ERROR_NOT_ENOUGH_MEMORY;
    for (i = 0; i < KEYS; i++)
        if ((err = add_key( watcher, keys[i].root, keys[i].name ))) return err;
    return watcher->count ? ERROR_SUCCESS : ERROR_FILE_NOT_FOUND;
}

/* Its thread looks at it once the lock is free. */
static DWORD start_watcher_locked(void)
{
    struct watcher *new = calloc( 1, sizeof(*new) );
    DWORD err;

    if (!new) return ERROR_NOT_ENOUGH_MEMORY;
    if (!(err = watcher_open( new )))
    {
        watcher = new;
        look_at_settings_locked();
        if (worker_start_thread( watcher_main, NULL )) return ERROR_SUCCESS;
        watcher = NULL;
        err = ERROR_NOT_ENOUGH_MEMORY;
    }
    watcher_destroy( new );
    return err;
}

/* --- Registrations --------------------------------------------------------------------------- */

/* What changed before is not for the new one. */
static DWORD add_locked( struct registration *registration )
{
    DWORD err;

    if (watcher) look_locked();
    else if ((err = start_watcher_locked())) return err;
    registration->id = ++last_id;
    registration->next = registrations;
    registrations = registration;
    return ERROR_SUCCESS;
}

/* NULL: there is no such registration, or no longer. */
static struct registration *remove_locked( ULONG_PTR id )
{
    struct registration *registration, **link = &registrations;

    while (*link && (*link)->id != id) link = &(*link)->next;
    if ((registration = *link))
    {
        *link = registration->next;
        registration->closed = TRUE;
    }
    if (!registrations && watcher) SetEvent( watcher->wake );
    return registration;
}

/* TRUE: its task does it, which this is part of. */
static BOOL is_left_to_task_locked( struct registration *registration )
{
    return registration->closed_inside = registration->thread == GetCurrentThreadId();
}

DWORD WINAPI WinHttpRegisterProxyChangeNotification(
    ULONGLONG flags, WINHTTP_PROXY_CHANGE_CALLBACK callback, PVOID context,
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE *handle )
{
    struct registration *registration;
    DWORD err;

    TRACE( "%I64x, %p, %p, %p\n", flags, callback, context, handle );
    if (!callback || !handle) return ERROR_INVALID_PARAMETER;
    if (!(registration = calloc( 1, sizeof(*registration) ))) return ERROR_NOT_ENOUGH_MEMORY;
    registration->flags = flags;
    registration->callback = callback;
    registration->context = context;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    /* a callback may come, and unregister it, as soon as the lock is free */
    if (!(err = add_locked( registration )))
        *handle = (WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE)registration->id;
    lock_release( &watch_lock, LOCK_WATCHES );
    if (err) free( registration );
    return err;
}

DWORD WINAPI WinHttpUnregisterProxyChangeNotification(
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle )
{
    struct registration *registration;

    TRACE( "%p\n", handle );
    lock_acquire( &watch_lock, LOCK_WATCHES );
    registration = remove_locked( (ULONG_PTR)handle );
    if (registration && !is_left_to_task_locked( registration ))
    {
        while (registration->called) lock_sleep( &over, &watch_lock, LOCK_WATCHES, INFINITE );
        free( registration );
    }
    lock_release( &watch_lock, LOCK_WATCHES );
    return registration ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}
