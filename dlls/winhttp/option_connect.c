/* option_connect - options on how connections are made, and which of them a request may use.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* <mstcpip.h> needs these */
#include "winsock2.h"
#include "ws2tcpip.h"

#include "option.h"

#include "mstcpip.h"

#include "request.h"

static struct request *call_request( const struct option_call *call )
{
    return request_from_object( call->object );
}

/* 0 would be no keep-alive at all: the system's least is meant. */
DWORD option_put_keepalive( struct option_call *call )
{
    struct settings *settings = &session_from_object( call->object )->settings;
    const struct tcp_keepalive *value = call->buffer;

    settings->keepalive_time = value->onoff ? max( value->keepalivetime, 1 ) : 0;
    settings->keepalive_interval = value->onoff ? max( value->keepaliveinterval, 1 ) : 0;
    return ERROR_SUCCESS;
}

/* Kerberos goes by the name of Negotiate. That the account of a local service logs in at proxies of
 * this machine has no meaning here. */
DWORD option_put_proxy_schemes( struct option_call *call )
{
    static const struct { DWORD bit, scheme; } map[] =
    {
        { WINHTTP_PROXY_DISABLE_SCHEME_BASIC, WINHTTP_AUTH_SCHEME_BASIC },
        { WINHTTP_PROXY_DISABLE_SCHEME_DIGEST, WINHTTP_AUTH_SCHEME_DIGEST },
        { WINHTTP_PROXY_DISABLE_SCHEME_NTLM, WINHTTP_AUTH_SCHEME_NTLM },
        { WINHTTP_PROXY_DISABLE_SCHEME_KERBEROS, 0 },
        { WINHTTP_PROXY_DISABLE_SCHEME_NEGOTIATE, WINHTTP_AUTH_SCHEME_NEGOTIATE },
        { WINHTTP_PROXY_DISABLE_AUTH_LOCAL_SERVICE, 0 },
    };
    DWORD bits = *(const DWORD *)call->buffer, schemes = 0;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(map); i++)
    {
        if (bits & map[i].bit) schemes |= map[i].scheme;
        bits &= ~map[i].bit;
    }
    if (bits) return ERROR_INVALID_PARAMETER;
    session_from_object( call->object )->settings.proxy_schemes_off = schemes;
    return ERROR_SUCCESS;
}

/* For the requests opened afterwards: Microsoft's page wants it set before there is any. */
DWORD option_put_retries( struct option_call *call )
{
    static const DWORD known = WINHTTP_CONNECTION_RETRY_CONDITION_408 |
                               WINHTTP_CONNECTION_RETRY_CONDITION_SSL_HANDSHAKE |
                               WINHTTP_CONNECTION_RETRY_CONDITION_STALE_CONNECTION;
    struct settings *settings = &session_from_object( call->object )->settings;
    const WINHTTP_FAILED_CONNECTION_RETRIES *value = call->buffer;

    if (value->dwAllowedRetryConditions & ~known) return ERROR_INVALID_PARAMETER;
    settings->retries_chosen = TRUE;
    settings->max_retries = value->dwMaxRetries;
    settings->retry_conditions = value->dwAllowedRetryConditions;
    return ERROR_SUCCESS;
}

/* Of the present connection, if there is one, and of those to come. */
DWORD option_put_mark( struct option_call *call )
{
    struct request *request = call_request( call );

    request->key.mark = *(const GUID *)call->buffer;
    if (request->conn) request->conn->key.mark = request->key.mark;
    return ERROR_SUCCESS;
}

/* An operation that is under way may be choosing its connection by it. */
DWORD option_put_match( struct option_call *call )
{
    struct request *request = call_request( call );
    const WINHTTP_MATCH_CONNECTION_GUID *value = call->buffer;

    if (value->ullFlags & ~(ULONGLONG)WINHTTP_MATCH_CONNECTION_GUID_FLAGS_MASK)
        return ERROR_INVALID_PARAMETER;
    if (request->op.active) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    request->key.match = value->ConnectionGuid;
    request->key.match_only = value->ullFlags != 0;
    return ERROR_SUCCESS;
}
