/* reactor - the PE face of the reactor.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "net/reactor.h"

#include "winbase.h"

#include "net/calls.h"

enum { RETRY_MS = 10 };

NTSTATUS stream_park( stream_handle stream, UINT32 direction, void *cookie )
{
    struct stream_park_params params = { .stream = stream, .cookie = (ULONG_PTR)cookie,
                                         .direction = direction };

    return call_stream_park( &params );
}

void *stream_unpark( stream_handle stream, UINT32 direction )
{
    struct stream_unpark_params params = { .stream = stream, .direction = direction };

    if (call_stream_unpark( &params )) return NULL;
    return (void *)(ULONG_PTR)params.cookie;
}

void stream_abort( stream_handle stream, BOOL hard )
{
    struct stream_params params = { .stream = stream, .hard = hard };

    call_stream_abort( &params );
}

UINT32 reactor_wait( void **cookies, UINT32 max, INT32 timeout )
{
    struct reactor_event events[UNIX_MAX_EVENTS];
    struct reactor_wait_params params = { .events = (ULONG_PTR)events, .max = max,
                                          .timeout = timeout };
    UINT32 i;

    if (call_reactor_wait( &params ))
    {
        /* no descriptor is left for the reactor itself: somebody must close one first */
        Sleep( RETRY_MS );
        return 0;
    }
    for (i = 0; i < params.count; i++) cookies[i] = (void *)(ULONG_PTR)events[i].cookie;
    return params.count;
}

void reactor_wake(void)
{
    call_reactor_wake();
}
