/* handle - HINTERNET handles and the object that stands behind each.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the handle table; each object's life, context, callback and its HANDLE_CLOSING.
 * Threads: any. The table has a lock of its own (a leaf); an object's lock guards its fields.
 * Fails:   handle_get returns NULL for a dead or foreign value: ERROR_INVALID_HANDLE.
 *
 * Who holds references: the table (while the handle is open), each child on its parent, each
 * operation and each exported call while it runs.
 *
 * Life: open --CloseHandle--> closing --last operation and callback done--> HANDLE_CLOSING --last
 * reference--> destroyed. `pending` counts what HANDLE_CLOSING must wait for: the open handle
 * itself, each operation up to the end of its completion callback, and each child that was closed
 * and still waits for its own HANDLE_CLOSING (facts/http.md 1, 3: in the order closed).
 */

#ifndef WINHTTP_HANDLE_H
#define WINHTTP_HANDLE_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

#include "net/lock.h"

enum object_type
{
    /* the values of WINHTTP_OPTION_HANDLE_TYPE */
    OBJECT_SESSION = 1,
    OBJECT_CONNECT = 2,
    OBJECT_REQUEST = 3,
    OBJECT_RESOLVER = 4,
    OBJECT_WEBSOCKET = 5,
};

struct object;

struct object_ops
{
    enum object_type type;
    void (*cancel)( struct object *object ); /* the handle was closed: end pending operations with
                                              * ERROR_WINHTTP_OPERATION_CANCELLED; may be NULL */
    void (*destroy)( struct object *object ); /* last reference gone: frees what it owns */
    BOOL lasting; /* thousands may live for long: see net/memory.h */
};

struct object
{
    /* immutable after create */
    const struct object_ops *ops;
    struct object *parent;  /* ref; NULL for a session */
    HINTERNET handle;
    BOOL async;             /* WINHTTP_FLAG_ASYNC of the session */

    BOOL holds_parent;      /* the parent's HANDLE_CLOSING waits for this one's; set when closed */

    LONG refs;              /* interlocked */
    LONG pending;           /* interlocked; see above */

    struct lock lock;       /* the object lock of docs/locking.md */
    struct lock_event turn; /* with lock: a queue's head has changed (sync waiters) */

    /* under lock */
    WINHTTP_STATUS_CALLBACK callback;
    DWORD callback_mask;
    DWORD_PTR context;
    BOOL closing;           /* once set, never unset */
    UINT32 sleepers;        /* threads that wait for turn */
};

/* Makes an object of `size` bytes (struct object first, the rest zeroed) with one reference for the
 * caller. Context, callback and mask come from parent, which gets a reference. NULL: no memory. */
struct object *object_create( size_t size, const struct object_ops *ops, struct object *parent );

void object_addref( struct object *object );
void object_release( struct object *object );

/* Gives the object its handle; the table takes a reference. Returns NULL when out of memory. */
HINTERNET handle_open( struct object *object );

/* The object behind a handle with a reference for the caller, or NULL. Closed handles are gone. */
struct object *handle_get( HINTERNET handle );

/* As handle_get, but of one type: otherwise *error is ERROR_INVALID_HANDLE or
 * ERROR_WINHTTP_INCORRECT_HANDLE_TYPE and NULL is returned. */
struct object *handle_get_typed( HINTERNET handle, enum object_type type, DWORD *error );

/* Takes the handle out of the table, cancels, and raises HANDLE_CLOSING when nothing is pending.
 * FALSE: no such handle. */
BOOL handle_close( HINTERNET handle );

/* Module end: forgets the table; handles that the program left open leak, as it chose. */
void handle_free(void);

/* Brackets whatever HANDLE_CLOSING must wait for. begin fails once the handle is closing. */
BOOL object_begin( struct object *object );
void object_end( struct object *object );

/* Calls the program's callback on this thread if its mask has the status. No lock may be held.
 * info of `len` bytes must live during the call. */
void object_notify( struct object *object, DWORD status, void *info, DWORD len );

/* Bits that are delivered whatever the mask: facts/websocket.md 1.4. */
#define NOTIFY_ALWAYS (WINHTTP_CALLBACK_STATUS_CLOSE_COMPLETE | \
                       WINHTTP_CALLBACK_STATUS_SHUTDOWN_COMPLETE)

/* Waits for turn, without the lock meanwhile. FALSE: the milliseconds are over. */
BOOL object_sleep_locked( struct object *object, DWORD timeout );

/* Wakes all who sleep; nearly always nobody does, and then it costs nothing. */
void object_wake_locked( struct object *object );

static inline void object_lock( struct object *object )
{
    lock_acquire( &object->lock, LOCK_OBJECT );
}

static inline void object_unlock( struct object *object )
{
    lock_release( &object->lock, LOCK_OBJECT );
}

#endif
