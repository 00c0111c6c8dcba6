/* proxy_search - asks for the proxy of each leg of a request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proxy_search.h"

#include "auto/search.h"
#include "proxy.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

BOOL proxy_search_wanted( struct request *request )
{
    BOOL automatic;

    object_lock( &request->object );
    automatic = proxy_is_automatic( request->proxy );
    object_unlock( &request->object );
    if (!automatic) proxy_search_forget( request );
    return automatic && !request->searched;
}

static struct search *start_search( struct request *request )
{
    WCHAR *url;

    object_lock( &request->object );
    url = request_url( request );
    object_unlock( &request->object );
    return search_begin( &request->object, &request->gate, url );
}

/* FALSE: not yet, wait at the gate. */
static BOOL take_answer( struct request *request )
{
    DWORD error;

    if (!search_take( request->search, &request->answer, &error )) return FALSE;
    if (error) WARN( "%p: no script names a proxy, error %lu\n", request->object.handle, error );
    search_forget( request->search );
    request->search = NULL;
    request->searched = TRUE;
    record_note( &request->record, WinHttpProxyDetectionEnd );
    return TRUE;
}

enum op_need proxy_search( struct request *request, struct op *op )
{
    op_gate_close( &request->gate, op );
    if (request->search)
    {
        if (take_answer( request )) return OP_DONE;
    }
    else
    {
        record_note( &request->record, WinHttpProxyDetectionStart );
        if (!(request->search = start_search( request )))
            return op_fail( op, ERROR_NOT_ENOUGH_MEMORY );
    }
    return op_need_turn( op, &request->gate );
}

void proxy_search_end( struct request *request )
{
    search_forget( request->search );
    request->search = NULL;
}

void proxy_search_forget( struct request *request )
{
    auto_answer_free( &request->answer );
    request->searched = FALSE;
}
