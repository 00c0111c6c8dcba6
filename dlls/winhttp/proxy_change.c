/* Tells programs when the proxy settings in the registry change.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A registration waits, on the process's thread pool, for events that the registry sets: one for
 * each key, as watching a key resets its event. The keys hold much besides proxies, and one change
 * may be several writes: what is stored is compared with what was there last, and the program is
 * called when it differs. Its callback may block, or unregister itself; one thread at a time looks
 * and calls, and another that comes leaves word and goes. The waits keep the DLL loaded.
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

struct registration;

/* A key; all immutable. */
struct watch
{
    struct registration *registration; /* borrowed: it holds this one */
    HKEY key;               /* owned; NULL: cannot be watched, and nothing else is there */
    HANDLE event;           /* owned; resets itself */
    TP_WAIT *wait;          /* owned; not set while its callback looks and calls */
};

struct registration
{
    /* immutable */
    ULONG_PTR id;           /* the handle: a number, so that a stale one matches nothing */
    ULONGLONG flags;
    WINHTTP_PROXY_CHANGE_CALLBACK callback;
    void *context;          /* the program's */
    struct watch watches[KEYS];

    /* `thread`'s only */
    struct stored_proxy user, machine; /* as they were last */

    /* under watch_lock */
    struct registration *next;
    DWORD thread;           /* that looks and calls, or 0 */
    BOOL again;             /* something changed meanwhile: it is to look again */
    BOOL closed;            /* not in the list any more; once set, never unset */
    BOOL closed_inside;     /* by the program's callback: `thread` destroys it */
};

static struct lock watch_lock;
/* under watch_lock */
static struct registration *registrations;
static ULONG_PTR last_id;

/* --- The settings ---------------------------------------------------------------------------- */

/* The next change in the key or below sets the event. */
static void watch_key( const struct watch *watch )
{
    DWORD err = RegNotifyChangeKeyValue( watch->key, TRUE,
                                         REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET,
                                         watch->event, TRUE );

    if (err) WARN( "key %p cannot be watched any more, error %lu\n", watch->key, err );
}

static void set_wait( const struct watch *watch )
{
    SetThreadpoolWait( watch->wait, watch->event, NULL );
}

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
static BOOL look_at_settings( struct registration *registration )
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
    changed = replace( &registration->user, &user );
    return replace( &registration->machine, &machine ) || changed;
}

/* --- Looking and calling --------------------------------------------------------------------- */

/* TRUE: this thread looks. Otherwise another does and will do so again, or (*closed) nobody. */
static BOOL enter( struct registration *registration, BOOL *closed )
{
    BOOL busy;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    *closed = registration->closed;
    busy = registration->thread != 0;
    if (busy) registration->again = TRUE;
    else if (!*closed) registration->thread = GetCurrentThreadId();
    lock_release( &watch_lock, LOCK_WATCHES );
    return !busy && !*closed;
}

/* FALSE: look again. */
static BOOL leave( struct registration *registration, BOOL *closed, BOOL *inside )
{
    BOOL again;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    *closed = registration->closed;
    *inside = registration->closed_inside;
    again = registration->again && !*closed;
    registration->again = FALSE;
    if (!again) registration->thread = 0;
    lock_release( &watch_lock, LOCK_WATCHES );
    return !again;
}

static void look( struct registration *registration, TP_CALLBACK_INSTANCE *instance )
{
    if (!look_at_settings( registration )) return;
    TRACE( "%#Ix: calls %p\n", registration->id, registration->callback );
    TpCallbackMayRunLong( instance );
    lock_check_none( "a callback" );
    registration->callback( registration->flags, registration->context );
}

/* --- A registration -------------------------------------------------------------------------- */

/* No callback of this wait runs or comes any more. One that was about to set it again, when the
 * registration was closed, has done so when it has returned; the next finds it closed. */
static void end_wait( const struct watch *watch )
{
    lock_check_none( "a wait" );
    WaitForThreadpoolWaitCallbacks( watch->wait, TRUE );
    SetThreadpoolWait( watch->wait, NULL, NULL );
    WaitForThreadpoolWaitCallbacks( watch->wait, TRUE );
}

static void watch_free( struct watch *watch )
{
    if (watch->wait) CloseThreadpoolWait( watch->wait );
    if (watch->event) CloseHandle( watch->event );
    if (watch->key) RegCloseKey( watch->key );
}

/* own: whose callback this thread is in, which cannot be waited for and is not set; or NULL. */
static void registration_destroy( struct registration *registration, const struct watch *own )
{
    struct watch *watch;

    for (watch = registration->watches; watch < registration->watches + KEYS; watch++)
        if (watch->wait && watch != own) end_wait( watch );
    for (watch = registration->watches; watch < registration->watches + KEYS; watch++)
        watch_free( watch );
    proxy_store_free( &registration->user );
    proxy_store_free( &registration->machine );
    free( registration );
}

/* Watches before anybody looks, so that no change is lost in between. Whoever unregisters from
 * another thread waits for this one, and then destroys the registration. */
static void CALLBACK key_changed( TP_CALLBACK_INSTANCE *instance, void *context, TP_WAIT *wait,
                                  TP_WAIT_RESULT result )
{
    struct watch *watch = context;
    struct registration *registration = watch->registration;
    BOOL closed, inside = FALSE;

    (void)wait;
    (void)result;
    watch_key( watch );
    if (enter( registration, &closed ))
    {
        do look( registration, instance );
        while (!leave( registration, &closed, &inside ));
    }
    if (inside) registration_destroy( registration, watch );
    else if (!closed) set_wait( watch );
}

static DWORD watch_create( struct watch *watch )
{
    if (!(watch->event = CreateEventW( NULL, FALSE, FALSE, NULL ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (!(watch->wait = worker_create_wait( key_changed, watch ))) return ERROR_NOT_ENOUGH_MEMORY;
    watch_key( watch );
    return ERROR_SUCCESS;
}

/* The user's settings, the machine's, and the policy that decides which of both are the user's.
 * One key that can be watched is enough. */
static DWORD watch_all( struct registration *registration )
{
    static const struct { HKEY root; const WCHAR *name; } keys[KEYS] =
    {
        { HKEY_CURRENT_USER, PROXY_STORE_KEY },
        { HKEY_LOCAL_MACHINE, PROXY_STORE_KEY },
        { HKEY_LOCAL_MACHINE, PROXY_STORE_POLICY_KEY },
    };
    DWORD err, ret = ERROR_FILE_NOT_FOUND;
    struct watch *watch;
    int i;

    for (i = 0; i < KEYS; i++)
    {
        watch = &registration->watches[i];
        watch->registration = registration;
        err = RegCreateKeyExW( keys[i].root, keys[i].name, 0, NULL, 0, KEY_NOTIFY, NULL,
                               &watch->key, NULL );
        if (err) watch->key = NULL;
        else if ((err = watch_create( watch ))) return err;
        if (ret) ret = err;
    }
    return ret;
}

static DWORD registration_create( ULONGLONG flags, WINHTTP_PROXY_CHANGE_CALLBACK callback,
                                  void *context, struct registration **ret )
{
    struct registration *registration;
    DWORD err;

    if (!(registration = calloc( 1, sizeof(*registration) ))) return ERROR_NOT_ENOUGH_MEMORY;
    registration->flags = flags;
    registration->callback = callback;
    registration->context = context;
    err = watch_all( registration );
    if (err) registration_destroy( registration, NULL );
    else *ret = registration;
    return err;
}

/* Its callback may come, and unregister it, once the first wait is set: it is held up until this
 * is done with the others. */
static void list_add( struct registration *registration,
                      WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE *handle )
{
    int i;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    registration->id = ++last_id;
    registration->next = registrations;
    registrations = registration;
    *handle = (WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE)registration->id;
    for (i = 0; i < KEYS; i++)
        if (registration->watches[i].wait) set_wait( &registration->watches[i] );
    lock_release( &watch_lock, LOCK_WATCHES );
}

/* NULL: there is no such registration, or no longer. */
static struct registration *list_remove( WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle,
                                         BOOL *inside )
{
    struct registration *registration, **link = &registrations;

    lock_acquire( &watch_lock, LOCK_WATCHES );
    while (*link && (*link)->id != (ULONG_PTR)handle) link = &(*link)->next;
    if ((registration = *link))
    {
        *link = registration->next;
        *inside = registration->thread == GetCurrentThreadId();
        registration->closed = TRUE;
        registration->closed_inside = *inside;
    }
    lock_release( &watch_lock, LOCK_WATCHES );
    return registration;
}

/* --- The exports ----------------------------------------------------------------------------- */

DWORD WINAPI WinHttpRegisterProxyChangeNotification(
    ULONGLONG flags, WINHTTP_PROXY_CHANGE_CALLBACK callback, PVOID context,
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE *handle )
{
    struct registration *registration;
    DWORD err;

    TRACE( "%I64x, %p, %p, %p\n", flags, callback, context, handle );
    if (!callback || !handle) return ERROR_INVALID_PARAMETER;
    if ((err = registration_create( flags, callback, context, &registration ))) return err;
    look_at_settings( registration );
    list_add( registration, handle );
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpUnregisterProxyChangeNotification(
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle )
{
    struct registration *registration;
    BOOL inside;

    TRACE( "%p\n", handle );
    if (!(registration = list_remove( handle, &inside ))) return ERROR_INVALID_HANDLE;
    if (inside) return ERROR_SUCCESS;
    registration_destroy( registration, NULL );
    return ERROR_SUCCESS;
}
