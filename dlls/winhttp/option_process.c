/* option_process - options without a handle: they hold for the whole process.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "option.h"

#include "op/op.h"
#include "shared_login.h"

/* single words, read and written at any moment */
static LONG tracing;
static LONG version_minor = 1;

DWORD option_get_extended_error( struct option_call *call )
{
    *(DWORD *)call->buffer = op_winsock_error();
    return ERROR_SUCCESS;
}

/* Version 1.0 or 1.1, for requests that name none (facts/options.md 1; the effect is a guess). */
DWORD option_get_http_version( struct option_call *call )
{
    HTTP_VERSION_INFO *info = call->buffer;

    info->dwMajorVersion = 1;
    info->dwMinorVersion = version_minor;
    return ERROR_SUCCESS;
}

DWORD option_put_http_version( struct option_call *call )
{
    const HTTP_VERSION_INFO *info = call->buffer;

    if (info->dwMajorVersion != 1 || info->dwMinorVersion > 1) return ERROR_INVALID_PARAMETER;
    InterlockedExchange( &version_minor, info->dwMinorVersion );
    return ERROR_SUCCESS;
}

const WCHAR *option_http_version(void)
{
    return version_minor ? L"HTTP/1.1" : L"HTTP/1.0";
}

/* Traces go where WINEDEBUG says. */
DWORD option_get_tracing( struct option_call *call )
{
    *(BOOL *)call->buffer = tracing;
    return ERROR_SUCCESS;
}

DWORD option_put_tracing( struct option_call *call )
{
    InterlockedExchange( &tracing, *(const BOOL *)call->buffer != 0 );
    return ERROR_SUCCESS;
}

/* The larger structure has a URL behind the rest, which nothing is made of (a guess). */
DWORD option_put_global_credentials( struct option_call *call )
{
    BOOL proxy = call->option->number == WINHTTP_OPTION_GLOBAL_PROXY_CREDS;

    if (call->len != sizeof(WINHTTP_CREDS) && call->len != sizeof(WINHTTP_CREDS_EX))
        return ERROR_INSUFFICIENT_BUFFER;
    return shared_login_put( proxy ? WINHTTP_AUTH_TARGET_PROXY : WINHTTP_AUTH_TARGET_SERVER,
                             call->buffer );
}
