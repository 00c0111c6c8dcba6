/* handle - the handle table, object life, and the program's callback.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "handle.h"

#include <stdlib.h>

#include "net/memory.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A handle is (slot index + 1) * 4 + generation * SLOT_SPAN: a multiple of 4 as programs expect,
 * never 0, and a closed handle's value does not come back until its slot was reused
 * GENERATIONS times, so that a second CloseHandle is harmless. */
enum
{
    MAX_SLOTS = 1 << 20,   /* a million handles: far beyond what memory allows a program */
    SLOT_SPAN = MAX_SLOTS * 4,
    GENERATIONS = 256,     /* keeps handles below 2^30: programs store them in 32 bits */
    FIRST_CAPACITY = 64,
};

struct slot
{
    struct object *object; /* ref; NULL: free */
    UINT32 generation;
    UINT32 next_free;      /* index + 1 of the next free slot; 0 = none */
};

static struct lock table_lock;
static struct slot *slots;       /* owned; under table_lock */
static UINT32 slot_capacity;
static UINT32 slot_count;        /* slots ever used */
static UINT32 first_free;        /* index + 1; 0 = none */

static HINTERNET slot_handle( UINT32 index )
{
    return (HINTERNET)((ULONG_PTR)(index + 1) * 4 + (ULONG_PTR)slots[index].generation * SLOT_SPAN);
}

/* The slot of an open handle, or NULL; under table_lock. */
static struct slot *slot_find( HINTERNET handle )
{
    ULONG_PTR value = (ULONG_PTR)handle;
    ULONG_PTR index = value % SLOT_SPAN / 4 - 1;

    if (!value || value % 4 || index >= slot_count) return NULL;
    if (!slots[index].object || slot_handle( index ) != handle) return NULL;
    return &slots[index];
}

static BOOL table_grow(void)
{
    UINT32 capacity = slot_capacity ? slot_capacity * 2 : FIRST_CAPACITY;
    struct slot *grown;

    if (capacity >= MAX_SLOTS) return FALSE;
    if (!(grown = realloc( slots, capacity * sizeof(*grown) ))) return FALSE;
    slots = grown;
    slot_capacity = capacity;
    return TRUE;
}

static BOOL slot_take( UINT32 *index )
{
    if (first_free)
    {
        *index = first_free - 1;
        first_free = slots[*index].next_free;
        return TRUE;
    }
    if (slot_count == slot_capacity && !table_grow()) return FALSE;
    *index = slot_count++;
    slots[*index].generation = 0;
    return TRUE;
}

static void slot_put( struct slot *slot )
{
    slot->object = NULL;
    slot->generation = (slot->generation + 1) % GENERATIONS;
    slot->next_free = first_free;
    first_free = slot - slots + 1;
}

struct object *object_create( size_t size, const struct object_ops *ops, struct object *parent )
{
    struct object *object;

    if (!(object = ops->lasting ? memory_alloc( size ) : calloc( 1, size ))) return NULL;
    object->ops = ops;
    object->refs = 1;
    object->pending = 1;
    if (parent)
    {
        object_addref( parent );
        object->parent = parent;
        object->async = parent->async;
        object_lock( parent );
        object->callback = parent->callback;
        object->callback_mask = parent->callback_mask;
        object->context = parent->context;
        object_unlock( parent );
    }
    return object;
}

void object_addref( struct object *object )
{
    InterlockedIncrement( &object->refs );
}

void object_release( struct object *object )
{
    struct object *parent = object->parent;
    BOOL lasting = object->ops->lasting;

    if (InterlockedDecrement( &object->refs )) return;
    TRACE( "destroying object %p, handle %p\n", object, object->handle );
    object->ops->destroy( object );
    if (lasting) memory_free( object );
    else free( object );
    if (parent) object_release( parent );
}

HINTERNET handle_open( struct object *object )
{
    HINTERNET handle = NULL;
    UINT32 index;

    lock_acquire( &table_lock, LOCK_HANDLES );
    if (slot_take( &index ))
    {
        object_addref( object );
        slots[index].object = object;
        handle = object->handle = slot_handle( index );
    }
    lock_release( &table_lock, LOCK_HANDLES );
    TRACE( "object %p, type %u -> handle %p\n", object, object->ops->type, handle );
    return handle;
}

struct object *handle_get( HINTERNET handle )
{
    struct object *object = NULL;
    struct slot *slot;

    lock_acquire_shared( &table_lock, LOCK_HANDLES );
    if ((slot = slot_find( handle )))
    {
        object = slot->object;
        object_addref( object );
    }
    lock_release_shared( &table_lock, LOCK_HANDLES );
    return object;
}

struct object *handle_get_typed( HINTERNET handle, enum object_type type, DWORD *error )
{
    struct object *object = handle_get( handle );

    if (!object)
    {
        *error = ERROR_INVALID_HANDLE;
        return NULL;
    }
    if (object->ops->type != type)
    {
        object_release( object );
        *error = ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
        return NULL;
    }
    return object;
}

BOOL handle_close( HINTERNET handle )
{
    struct object *object = NULL;
    struct slot *slot;

    lock_acquire( &table_lock, LOCK_HANDLES );
    if ((slot = slot_find( handle )))
    {
        object = slot->object;
        slot_put( slot );
    }
    lock_release( &table_lock, LOCK_HANDLES );
    if (!object) return FALSE;

    /* a parent that is closed later hears HANDLE_CLOSING later, even if this one has to wait */
    object->holds_parent = object->parent && object_begin( object->parent );
    object_lock( object );
    object->closing = TRUE;
    object_unlock( object );
    if (object->ops->cancel) object->ops->cancel( object );
    object_end( object );
    object_release( object );
    return TRUE;
}

void handle_free(void)
{
    free( slots );
}

BOOL object_begin( struct object *object )
{
    BOOL open;

    object_lock( object );
    if ((open = !object->closing)) InterlockedIncrement( &object->pending );
    object_unlock( object );
    return open;
}

void object_end( struct object *object )
{
    HINTERNET handle = object->handle;

    if (InterlockedDecrement( &object->pending )) return;
    object_notify( object, WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, &handle, sizeof(handle) );
    if (object->holds_parent) object_end( object->parent );
}

BOOL object_sleep_locked( struct object *object, DWORD timeout )
{
    BOOL woken;

    object->sleepers++;
    woken = lock_sleep( &object->turn, &object->lock, LOCK_OBJECT, timeout );
    object->sleepers--;
    return woken;
}

void object_wake_locked( struct object *object )
{
    if (object->sleepers) lock_wake_sleepers( &object->turn );
}

/* Most statuses interest nobody, and they find that out without the lock: a program that changes
 * its mask meanwhile cannot know which side of the change they are on. */
static BOOL is_wanted( const struct object *object, DWORD status )
{
    return object->callback && ((object->callback_mask | NOTIFY_ALWAYS) & status);
}

void object_notify( struct object *object, DWORD status, void *info, DWORD len )
{
    WINHTTP_STATUS_CALLBACK callback;
    DWORD_PTR context;
    DWORD mask;

    if (!is_wanted( object, status )) return;
    object_lock( object );
    callback = object->callback;
    context = object->context;
    mask = object->callback_mask | NOTIFY_ALWAYS;
    object_unlock( object );

    if (!callback || !(mask & status)) return;
    TRACE( "handle %p, context %#Ix, status %#lx, info %p, %lu\n", object->handle, context, status,
           info, len );
    lock_check_none( "a callback" );
    callback( object->handle, context, status, info, len );
    TRACE( "handle %p, status %#lx: callback returned\n", object->handle, status );
}
