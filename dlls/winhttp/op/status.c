/* status - the table from NTSTATUS to ERROR_*.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "op/status.h"

#include "winsock2.h"
#include "winhttp.h"

static DWORD lookup( NTSTATUS status, DWORD otherwise )
{
    static const struct { NTSTATUS status; DWORD error; } map[] =
    {
        { STATUS_SUCCESS,             ERROR_SUCCESS },
        { STATUS_NO_MEMORY,           ERROR_NOT_ENOUGH_MEMORY },
        { STATUS_TOO_MANY_OPENED_FILES, ERROR_NOT_ENOUGH_MEMORY },
        { STATUS_IO_TIMEOUT,          ERROR_WINHTTP_TIMEOUT },
        { STATUS_NOT_FOUND,           ERROR_WINHTTP_NAME_NOT_RESOLVED },
        { STATUS_ENCRYPTION_FAILED,   ERROR_WINHTTP_SECURE_FAILURE },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(map); i++) if (map[i].status == status) return map[i].error;
    return otherwise;
}

DWORD status_to_error( NTSTATUS status )
{
    return lookup( status, ERROR_WINHTTP_CONNECTION_ERROR );
}

DWORD status_to_connect_error( NTSTATUS status )
{
    return lookup( status, ERROR_WINHTTP_CANNOT_CONNECT );
}

DWORD status_to_winsock( NTSTATUS status )
{
    static const struct { NTSTATUS status; DWORD error; } map[] =
    {
        { STATUS_NOT_FOUND,             WSAHOST_NOT_FOUND },
        { STATUS_IO_TIMEOUT,            WSAETIMEDOUT },
        { STATUS_CONNECTION_REFUSED,    WSAECONNREFUSED },
        { STATUS_CONNECTION_RESET,      WSAECONNRESET },
        { STATUS_CONNECTION_ABORTED,    WSAECONNABORTED },
        { STATUS_CONNECTION_DISCONNECTED, WSAECONNRESET },
        { STATUS_NETWORK_UNREACHABLE,   WSAENETUNREACH },
        { STATUS_HOST_UNREACHABLE,      WSAEHOSTUNREACH },
        { STATUS_INVALID_ADDRESS_COMPONENT, WSAEADDRNOTAVAIL },
        { STATUS_ACCESS_DENIED,         WSAEACCES },
        { STATUS_TOO_MANY_OPENED_FILES, WSAEMFILE },
        { STATUS_INSUFFICIENT_RESOURCES, WSAENOBUFS },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(map); i++) if (map[i].status == status) return map[i].error;
    return 0;
}
