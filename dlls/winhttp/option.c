/* option - WinHttpQueryOption and WinHttpSetOption: the rules that all options share.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static DWORD handle_kind( const struct object *object )
{
    if (!object) return ON_NOTHING;
    switch (object->ops->type)
    {
    case OBJECT_SESSION:   return ON_SESSION;
    case OBJECT_CONNECT:   return ON_CONNECT;
    case OBJECT_REQUEST:   return ON_REQUEST;
    case OBJECT_RESOLVER:  return ON_RESOLVER;
    case OBJECT_WEBSOCKET: return ON_WEBSOCKET;
    }
    return 0;
}

/* What is known without a handle may come without one; *object is NULL then. */
static DWORD find_object( HINTERNET handle, const struct option *option, struct object **object )
{
    *object = NULL;
    if (!handle && option && (option->query | option->set) & ON_NOTHING) return ERROR_SUCCESS;
    return (*object = handle_get( handle )) ? ERROR_SUCCESS : ERROR_INVALID_HANDLE;
}

static DWORD run_locked( struct option_call *call, DWORD (*run)( struct option_call *call ) )
{
    DWORD error;

    if (call->object) object_lock( call->object );
    error = run( call );
    if (call->object) object_unlock( call->object );
    return error;
}

static DWORD query_option( struct option_call *call, DWORD *len )
{
    const struct option *option = call->option;
    DWORD error;

    if (!len || !option || !option->query) return ERROR_INVALID_PARAMETER;
    if (!(option->query & handle_kind( call->object ))) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    call->len = *len;
    if (option->size)
    {
        *len = option->size;
        if (!call->buffer || call->len < option->size) return ERROR_INSUFFICIENT_BUFFER;
        call->len = option->size;
    }
    error = run_locked( call, option->get );
    if (!error || error == ERROR_INSUFFICIENT_BUFFER) *len = call->len;
    return error;
}

BOOL WINAPI WinHttpQueryOption( HINTERNET handle, DWORD number, LPVOID buffer, LPDWORD len )
{
    struct option_call call = { .option = option_find( number ), .buffer = buffer };
    DWORD error;

    TRACE( "%p, %lu, %p, %p\n", handle, number, buffer, len );

    if (!(error = find_object( handle, call.option, &call.object )))
        error = query_option( &call, len );
    if (call.object) object_release( call.object );
    SetLastError( error );
    return !error;
}

static DWORD set_option( struct option_call *call )
{
    const struct option *option = call->option;

    if (!option) return ERROR_WINHTTP_INVALID_OPTION;
    if (!option->set) return ERROR_WINHTTP_OPTION_NOT_SETTABLE;
    if (!(option->set & handle_kind( call->object ))) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    if (!call->buffer && (call->len || option->size)) return ERROR_INVALID_PARAMETER;
    if (option->size && call->len != option->size) return ERROR_INSUFFICIENT_BUFFER;
    return run_locked( call, option->put );
}

BOOL WINAPI WinHttpSetOption( HINTERNET handle, DWORD number, LPVOID buffer, DWORD len )
{
    struct option_call call = { .option = option_find( number ), .buffer = buffer, .len = len };
    DWORD error;

    TRACE( "%p, %lu, %p, %lu\n", handle, number, buffer, len );

    if (!call.option) FIXME( "handle %p: option %lu is not known\n", handle, number );
    if (!(error = find_object( handle, call.option, &call.object ))) error = set_option( &call );
    if (call.object) object_release( call.object );
    SetLastError( error );
    return !error;
}
