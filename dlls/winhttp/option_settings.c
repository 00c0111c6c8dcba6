/* option_settings - struct settings: a session's for its requests, each request's own; sockets'.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include "winnls.h"

#include "request.h"
#include "session.h"
#include "websocket.h"

/* A connect handle has none of its own: it shows its session's present ones. */
static struct settings *call_settings( const struct option_call *call )
{
    struct object *object = call->object;

    switch (object->ops->type)
    {
    case OBJECT_SESSION: return &session_from_object( object )->settings;
    case OBJECT_CONNECT: return &session_from_object( object->parent )->settings;
    default:             return &request_from_object( object )->settings;
    }
}

static DWORD *setting( const struct option_call *call )
{
    return (DWORD *)((char *)call_settings( call ) + call->option->offset);
}

static DWORD value( const struct option_call *call )
{
    return *(const DWORD *)call->buffer;
}

DWORD option_get_setting( struct option_call *call )
{
    *(DWORD *)call->buffer = *setting( call );
    return ERROR_SUCCESS;
}

DWORD option_put_setting( struct option_call *call )
{
    *setting( call ) = value( call );
    return ERROR_SUCCESS;
}

DWORD option_put_setting_most( struct option_call *call )
{
    return value( call ) > call->option->bound ? ERROR_INVALID_PARAMETER
                                               : option_put_setting( call );
}

DWORD option_put_setting_bits( struct option_call *call )
{
    return value( call ) & ~call->option->bound ? ERROR_INVALID_PARAMETER
                                                : option_put_setting( call );
}

/* A code page that nobody knows is refused: a guess. */
DWORD option_put_codepage( struct option_call *call )
{
    BOOL alias = value( call ) == CP_ACP || value( call ) == CP_OEMCP;

    if (!alias && !IsValidCodePage( value( call ) )) return ERROR_INVALID_PARAMETER;
    return option_put_setting( call );
}

/* Reads back no smaller than the receive timeout (facts/options.md 1). */
DWORD option_get_response_timeout( struct option_call *call )
{
    const struct settings *settings = call_settings( call );

    *(DWORD *)call->buffer = max( settings->receive_response_timeout, settings->receive_timeout );
    return ERROR_SUCCESS;
}

DWORD option_put_max_conns( struct option_call *call )
{
    *setting( call ) = value( call ) ? value( call ) : 2; /* 0 means 2 */
    return ERROR_SUCCESS;
}

/* --- sockets --- */

/* On a socket the timeouts are the socket's own (websocket.md U19, a guess). */
DWORD option_put_timeout( struct option_call *call )
{
    struct websocket *socket;

    if (call->object->ops->type != OBJECT_WEBSOCKET) return option_put_setting( call );
    socket = websocket_from_object( call->object );
    if (call->option->number == WINHTTP_OPTION_SEND_TIMEOUT) socket->send_timeout = value( call );
    else socket->receive_timeout = value( call );
    return ERROR_SUCCESS;
}

DWORD option_put_ws_keepalive( struct option_call *call )
{
    if (call->len != sizeof(DWORD) || value( call ) < WINHTTP_WEB_SOCKET_MIN_KEEPALIVE_VALUE)
        return ERROR_INVALID_PARAMETER;
    websocket_set_keepalive_locked( websocket_from_object( call->object ), value( call ) );
    return ERROR_SUCCESS;
}

DWORD option_put_socket_dword( struct option_call *call )
{
    char *socket = (char *)websocket_from_object( call->object );

    if (call->len != sizeof(DWORD)) return ERROR_INVALID_PARAMETER;
    *(DWORD *)(socket + call->option->offset) = value( call );
    return ERROR_SUCCESS;
}
