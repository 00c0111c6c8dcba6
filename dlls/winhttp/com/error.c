/* error - how the WinHttpRequest object fails: HRESULTs of WinHTTP's numbers, and IErrorInfo.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#define COBJMACROS
#include "com/error.h"

#include <stdio.h>

#include "httprequest.h"
#include "winhttp.h"

#include "com/module.h"

static void show( DWORD err )
{
    ICreateErrorInfo *create;
    IErrorInfo *info;
    BSTR text;

    if (FAILED(CreateErrorInfo( &create ))) return;
    if ((text = com_error_text( err ))) ICreateErrorInfo_SetDescription( create, text );
    SysFreeString( text );
    ICreateErrorInfo_SetSource( create, (WCHAR *)L"WinHttp.WinHttpRequest" );
    ICreateErrorInfo_SetGUID( create, &IID_IWinHttpRequest );
    if (SUCCEEDED(ICreateErrorInfo_QueryInterface( create, &IID_IErrorInfo, (void **)&info )))
    {
        SetErrorInfo( 0, info );
        IErrorInfo_Release( info );
    }
    ICreateErrorInfo_Release( create );
}

HRESULT com_error( DWORD err )
{
    if (err) show( err );
    return HRESULT_FROM_WIN32( err );
}

HRESULT com_error_raise( HRESULT hr, EXCEPINFO *exception )
{
    IErrorInfo *info;

    if (!exception) return DISP_E_EXCEPTION;
    memset( exception, 0, sizeof(*exception) );
    exception->scode = hr;
    if (GetErrorInfo( 0, &info ) != S_OK) return DISP_E_EXCEPTION;
    IErrorInfo_GetDescription( info, &exception->bstrDescription );
    IErrorInfo_GetSource( info, &exception->bstrSource );
    IErrorInfo_Release( info );
    return DISP_E_EXCEPTION;
}

/* WinHTTP's own messages are in this module's table, others in the system's. */
BSTR com_error_text( DWORD err )
{
    static const DWORD flags = FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_FROM_SYSTEM |
                               FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    WCHAR text[512];
    DWORD len;

    len = FormatMessageW( flags, com_module_get(), err, 0, text, ARRAY_SIZE(text), NULL );
    while (len && text[len - 1] == ' ') len--;
    if (!len) len = swprintf( text, ARRAY_SIZE(text), L"WinHTTP error %lu.", err );
    return SysAllocStringLen( text, len );
}

/* The first fault counts, the one that a user must know of before the others. */
DWORD com_error_of_secure_failure( DWORD flags )
{
    static const struct
    {
        DWORD flag, err;
    } faults[] =
    {
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REVOKED, ERROR_WINHTTP_SECURE_CERT_REVOKED },
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CERT, ERROR_WINHTTP_SECURE_INVALID_CERT },
        { WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA, ERROR_WINHTTP_SECURE_INVALID_CA },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_CN_INVALID, ERROR_WINHTTP_SECURE_CERT_CN_INVALID },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID, ERROR_WINHTTP_SECURE_CERT_DATE_INVALID },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_WRONG_USAGE, ERROR_WINHTTP_SECURE_CERT_WRONG_USAGE },
        { WINHTTP_CALLBACK_STATUS_FLAG_CERT_REV_FAILED, ERROR_WINHTTP_SECURE_CERT_REV_FAILED },
        { WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR, ERROR_WINHTTP_SECURE_CHANNEL_ERROR },
    };
    UINT i;

    for (i = 0; i < ARRAY_SIZE(faults); i++)
    {
        if (flags & faults[i].flag) return faults[i].err;
    }
    return ERROR_WINHTTP_SECURE_FAILURE;
}
