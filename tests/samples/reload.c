/* Sample: loads winhttp.dll, uses it asynchronously and unloads it, again and again, as plug-ins.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: reload HOST PORT PATH [secure]     prints a line for each time, ends with 0 if the DLL
 *                                           went out of the process each time
 */

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>
#include <winhttp.h>

enum
{
    TIMES = 5,
    PATIENCE_MS = 20000, /* for a request, and for the DLL to go */
    LOOK_AGAIN_MS = 10,  /* nothing tells when a DLL has gone */
};

static HMODULE module;
static HANDLE completed;
static DWORD outcome;

/* Only pointers from GetProcAddress: an import would keep the DLL loaded. */
#define CALL( name ) ((__typeof__( name ) *)(void *)GetProcAddress( module, #name ))

static void CALLBACK on_status( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                DWORD length )
{
    (void)context, (void)length;
    if (status == WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE)
        CALL( WinHttpReceiveResponse )( handle, NULL );
    else if (status == WINHTTP_CALLBACK_STATUS_HEADERS_AVAILABLE)
        outcome = 0;
    else if (status == WINHTTP_CALLBACK_STATUS_REQUEST_ERROR)
        outcome = ((WINHTTP_ASYNC_RESULT *)info)->dwError;
    else
        return;
    if (status != WINHTTP_CALLBACK_STATUS_SENDREQUEST_COMPLETE) SetEvent( completed );
}

static int use( const WCHAR *host, INTERNET_PORT port, const WCHAR *path, DWORD flags )
{
    DWORD ignore = SECURITY_FLAG_IGNORE_UNKNOWN_CA | SECURITY_FLAG_IGNORE_CERT_CN_INVALID;
    HINTERNET session, connect, request;

    session = CALL( WinHttpOpen )( L"reload", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                   WINHTTP_FLAG_ASYNC );
    connect = CALL( WinHttpConnect )( session, host, port, 0 );
    request = CALL( WinHttpOpenRequest )( connect, NULL, path, NULL, NULL, NULL, flags );
    if (flags)
        CALL( WinHttpSetOption )( request, WINHTTP_OPTION_SECURITY_FLAGS, &ignore, sizeof(ignore) );
    CALL( WinHttpSetStatusCallback )( request, on_status, WINHTTP_CALLBACK_FLAG_ALL_COMPLETIONS,
                                      0 );
    outcome = ERROR_TIMEOUT;
    if (CALL( WinHttpSendRequest )( request, NULL, 0, NULL, 0, 0, 0 ))
        WaitForSingleObject( completed, PATIENCE_MS );
    CALL( WinHttpCloseHandle )( request );
    CALL( WinHttpCloseHandle )( connect );
    CALL( WinHttpCloseHandle )( session );
    return outcome;
}

static void CALLBACK on_answer( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                                DWORD length )
{
    (void)handle, (void)context, (void)info, (void)length;
    outcome = status == WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE ? 0 : ERROR_NOT_FOUND;
    SetEvent( completed );
}

/* Proxies, once to the end, and once without waiting for it. */
static int ask( void )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { WINHTTP_AUTOPROXY_ALLOW_STATIC };
    HINTERNET session, resolver, other;

    session = CALL( WinHttpOpen )( L"reload", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                   WINHTTP_FLAG_ASYNC );
    if (CALL( WinHttpCreateProxyResolver )( session, &resolver )) return ERROR_INVALID_HANDLE;
    if (CALL( WinHttpCreateProxyResolver )( session, &other )) return ERROR_INVALID_HANDLE;
    CALL( WinHttpSetStatusCallback )( resolver, on_answer, WINHTTP_CALLBACK_FLAG_REQUEST_ERROR |
                                      WINHTTP_CALLBACK_FLAG_GETPROXYFORURL_COMPLETE, 0 );
    outcome = ERROR_TIMEOUT;
    if (CALL( WinHttpGetProxyForUrlEx )( resolver, L"http://h/", &options, 0 ) == ERROR_IO_PENDING)
        WaitForSingleObject( completed, PATIENCE_MS );
    CALL( WinHttpGetProxyForUrlEx )( other, L"http://h/", &options, 0 );
    CALL( WinHttpCloseHandle )( other );
    CALL( WinHttpCloseHandle )( resolver );
    CALL( WinHttpCloseHandle )( session );
    return outcome;
}

/* Threads of the DLL hold it a little longer than the program does. */
static BOOL wait_until_gone( void )
{
    DWORD waited;

    for (waited = 0; waited < PATIENCE_MS; waited += LOOK_AGAIN_MS)
    {
        if (!GetModuleHandleW( L"winhttp.dll" )) return TRUE;
        Sleep( LOOK_AGAIN_MS );
    }
    return FALSE;
}

int main( int argc, char **argv )
{
    WCHAR host[256], path[1024];
    int i, error;

    if (argc < 4) return 2;
    MultiByteToWideChar( CP_UTF8, 0, argv[1], -1, host, ARRAYSIZE(host) );
    MultiByteToWideChar( CP_UTF8, 0, argv[3], -1, path, ARRAYSIZE(path) );
    completed = CreateEventW( NULL, FALSE, FALSE, NULL );
    for (i = 1; i <= TIMES; i++)
    {
        if (!(module = LoadLibraryW( L"winhttp.dll" ))) return 1;
        error = use( host, atoi( argv[2] ), path, argc > 4 ? WINHTTP_FLAG_SECURE : 0 );
        if (!error) error = ask();
        FreeLibrary( module );
        printf( "time %d: error %d, %s\n", i, error,
                wait_until_gone() ? "unloaded" : "still there" );
        if (error || GetModuleHandleW( L"winhttp.dll" )) return 1;
    }
    return 0;
}
