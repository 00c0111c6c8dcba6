/* error - how the WinHttpRequest object fails: HRESULTs of WinHTTP's numbers, and IErrorInfo.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: any; the error object is the calling thread's.
 * Fails:   never.
 *
 * facts/url-proxy-com.md 11.
 */

#ifndef WINHTTP_COM_ERROR_H
#define WINHTTP_COM_ERROR_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"

/* The HRESULT of ERROR_*, ERROR_SUCCESS included. The thread gets an IErrorInfo with the error's
 * text, which scripts show to their users, and look at. */
HRESULT com_error( DWORD err );

/* For IDispatch: what the thread's IErrorInfo says goes into the exception, which may be NULL. */
HRESULT com_error_raise( HRESULT hr, EXCEPINFO *exception );

/* The text of an error, ended by a dot and without a line end; NULL: no memory. */
BSTR com_error_text( DWORD err );

/* The finer error behind ERROR_WINHTTP_SECURE_FAILURE, by WINHTTP_CALLBACK_STATUS_FLAG_*. */
DWORD com_error_of_secure_failure( DWORD flags );

#endif
