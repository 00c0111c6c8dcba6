/* turn - an event that one at a time holds.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/turn.h"

#include "winhttp.h"

#include "net/lock.h"

static BOOL CALLBACK make_event( INIT_ONCE *once, void *param, void **context )
{
    struct turn *turn = param;

    (void)once;
    (void)context;
    return (turn->free = CreateEventW( NULL, FALSE, TRUE, NULL )) != NULL;
}

DWORD turn_take( struct turn *turn, HANDLE cancel )
{
    HANDLE handles[2];

    lock_check_none( "a wait" );
    if (!InitOnceExecuteOnce( &turn->once, make_event, turn, NULL ))
        return ERROR_NOT_ENOUGH_MEMORY;
    handles[0] = turn->free;
    handles[1] = cancel;
    /* whoever is before us has a time limit */
    switch (WaitForMultipleObjects( cancel ? 2 : 1, handles, FALSE, INFINITE ))
    {
    case WAIT_OBJECT_0:     return ERROR_SUCCESS;
    case WAIT_OBJECT_0 + 1: return ERROR_WINHTTP_OPERATION_CANCELLED;
    default:                return ERROR_NOT_ENOUGH_MEMORY;
    }
}

void turn_leave( struct turn *turn )
{
    SetEvent( turn->free );
}

void turn_free( struct turn *turn )
{
    if (turn->free) CloseHandle( turn->free );
}
