/* option_handle - options of every handle, texts, and what has no effect.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include <stdlib.h>
#include <string.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

DWORD option_get_callback( struct option_call *call )
{
    *(WINHTTP_STATUS_CALLBACK *)call->buffer = call->object->callback;
    return ERROR_SUCCESS;
}

DWORD option_put_callback( struct option_call *call )
{
    call->object->callback = *(const WINHTTP_STATUS_CALLBACK *)call->buffer;
    return ERROR_SUCCESS;
}

DWORD option_get_context( struct option_call *call )
{
    *(DWORD_PTR *)call->buffer = call->object->context;
    return ERROR_SUCCESS;
}

DWORD option_put_context( struct option_call *call )
{
    call->object->context = *(const DWORD_PTR *)call->buffer;
    return ERROR_SUCCESS;
}

/* A socket's is the connect handle: websocket.md U14, a guess. */
DWORD option_get_parent( struct option_call *call )
{
    *(HINTERNET *)call->buffer = call->object->parent->handle;
    return ERROR_SUCCESS;
}

DWORD option_get_type( struct option_call *call )
{
    *(DWORD *)call->buffer = call->object->ops->type;
    return ERROR_SUCCESS;
}

/* --- without effect --- */

DWORD option_get_zero( struct option_call *call )
{
    memset( call->buffer, 0, call->option->size );
    return ERROR_SUCCESS;
}

DWORD option_get_never( struct option_call *call )
{
    (void)call;
    return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
}

DWORD option_get_empty_text( struct option_call *call )
{
    return option_return_text( call, NULL );
}

DWORD option_put_nothing( struct option_call *call )
{
    TRACE( "option %lu (%lu bytes) has no effect\n", call->option->number, call->len );
    return ERROR_SUCCESS;
}

DWORD option_put_unbuilt( struct option_call *call )
{
    FIXME( "option %lu (%lu bytes) has no effect yet\n", call->option->number, call->len );
    return ERROR_SUCCESS;
}

DWORD option_put_least( struct option_call *call )
{
    if (*(const DWORD *)call->buffer < call->option->bound) return ERROR_INVALID_PARAMETER;
    return option_put_nothing( call );
}

/* --- texts --- */

DWORD option_return_text( struct option_call *call, const WCHAR *text )
{
    DWORD size = text ? wcslen( text ) * sizeof(WCHAR) : 0, room = call->len;

    call->len = size + sizeof(WCHAR);
    if (!call->buffer || room < call->len) return ERROR_INSUFFICIENT_BUFFER;
    memcpy( call->buffer, text ? text : L"", call->len );
    call->len = size;
    return ERROR_SUCCESS;
}

DWORD option_replace_text( struct option_call *call, WCHAR **field )
{
    WCHAR *copy;

    if (!(copy = malloc( (call->len + 1) * sizeof(*copy) ))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy( copy, call->buffer, call->len * sizeof(*copy) );
    copy[call->len] = 0;
    free( *field );
    *field = copy;
    return ERROR_SUCCESS;
}
