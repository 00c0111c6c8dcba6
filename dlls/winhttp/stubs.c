/* Exports that are not built yet: each checks its arguments and fails with a documented error.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * They exist so that no program fails to load. Out parameters stay untouched unless the
 * documentation promises otherwise; docs/api-status.md has a row for each.
 */
#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "handle.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static DWORD check_handle( HINTERNET handle, enum object_type type )
{
    DWORD err = ERROR_SUCCESS;
    struct object *object = handle_get_typed( handle, type, &err );

    if (!object) return err;
    object_release( object );
    return ERROR_SUCCESS;
}

/* For handle types that nothing creates yet: whatever is open is of another type. */
static DWORD check_foreign_handle( HINTERNET handle )
{
    struct object *object = handle_get( handle );

    if (!object) return ERROR_INVALID_HANDLE;
    object_release( object );
    return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
}

/* --- Connection groups ---------------------------------------------------------------------- */

DWORD WINAPI WinHttpQueryConnectionGroup( HINTERNET handle, const GUID *connection, ULONGLONG flags,
                                          PWINHTTP_QUERY_CONNECTION_GROUP_RESULT *result )
{
    struct object *object = handle_get( handle );

    FIXME( "%p, %s, %I64x, %p: stub\n", handle, debugstr_guid(connection), flags, result );
    if (!object) return ERROR_INVALID_HANDLE;
    object_release( object );
    return result ? ERROR_WINHTTP_INTERNAL_ERROR : ERROR_INVALID_PARAMETER;
}

void WINAPI WinHttpFreeQueryConnectionGroupResult( WINHTTP_QUERY_CONNECTION_GROUP_RESULT *result )
{
    TRACE( "%p\n", result );
}

/* --- Other protocols over HTTP ------------------------------------------------------------- */

HINTERNET WINAPI WinHttpProtocolCompleteUpgrade( HINTERNET request, DWORD_PTR context )
{
    DWORD err = check_handle( request, OBJECT_REQUEST );

    FIXME( "%p, %Ix: stub\n", request, context );
    /* No request can have been upgraded: the option for it is not built either. */
    SetLastError( err ? err : ERROR_WINHTTP_INCORRECT_HANDLE_STATE );
    return NULL;
}

DWORD WINAPI WinHttpProtocolSend( HINTERNET protocol, ULONGLONG flags, PVOID buffer, DWORD length )
{
    FIXME( "%p, %I64x, %p, %lu: stub\n", protocol, flags, buffer, length );
    return check_foreign_handle( protocol );
}

DWORD WINAPI WinHttpProtocolReceive( HINTERNET protocol, ULONGLONG flags, PVOID buffer,
                                     DWORD length, DWORD *read )
{
    FIXME( "%p, %I64x, %p, %lu, %p: stub\n", protocol, flags, buffer, length, read );
    return check_foreign_handle( protocol );
}
