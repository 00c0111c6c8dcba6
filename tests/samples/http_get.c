/* Sample: fetches a page with synchronous calls, as the documentation of WinHttpReadData does.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: http_get HOST PORT PATH [secure]     writes the page to standard output
 */

#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winhttp.h>

static int fail( const char *call )
{
    fprintf( stderr, "%s failed: error %lu\n", call, GetLastError() );
    return 1;
}

/* Asks how much there is, reads that much, until nothing is left. */
static int copy_page( HINTERNET request )
{
    DWORD available, got;
    char *data;
    BOOL ok;

    do
    {
        if (!WinHttpQueryDataAvailable( request, &available ))
            return fail( "WinHttpQueryDataAvailable" );
        if (!available) break;
        if (!(data = malloc( available ))) return fail( "malloc" );
        ok = WinHttpReadData( request, data, available, &got );
        if (ok) fwrite( data, 1, got, stdout );
        free( data );
        if (!ok) return fail( "WinHttpReadData" );
    } while (available);
    return 0;
}

static int fetch( HINTERNET request )
{
    DWORD status = 0, size = sizeof(status);

    if (!WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA,
                             0, 0, 0 ))
        return fail( "WinHttpSendRequest" );
    if (!WinHttpReceiveResponse( request, NULL )) return fail( "WinHttpReceiveResponse" );
    if (!WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                              WINHTTP_HEADER_NAME_BY_INDEX, &status, &size,
                              WINHTTP_NO_HEADER_INDEX ))
        return fail( "WinHttpQueryHeaders" );
    fprintf( stderr, "status %lu\n", status );
    return copy_page( request );
}

int main( int argc, char **argv )
{
    HINTERNET session, connection = NULL, request = NULL;
    WCHAR host[256], path[1024];
    int ret = 1;

    if (argc < 4) return 2;
    MultiByteToWideChar( CP_ACP, 0, argv[1], -1, host, 256 );
    MultiByteToWideChar( CP_ACP, 0, argv[3], -1, path, 1024 );
    _setmode( _fileno( stdout ), _O_BINARY );

    session = WinHttpOpen( L"http_get/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
                           WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0 );
    if (session) connection = WinHttpConnect( session, host, atoi( argv[2] ), 0 );
    if (connection)
        request = WinHttpOpenRequest( connection, L"GET", path, NULL, WINHTTP_NO_REFERER,
                                      WINHTTP_DEFAULT_ACCEPT_TYPES,
                                      argc > 4 ? WINHTTP_FLAG_SECURE : 0 );
    ret = request ? fetch( request ) : fail( "opening handles" );
    if (request) WinHttpCloseHandle( request );
    if (connection) WinHttpCloseHandle( connection );
    if (session) WinHttpCloseHandle( session );
    return ret;
}
