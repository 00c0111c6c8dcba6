/* Sample: several requests one after another in one session, with bodies by WinHttpWriteData.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: http_session HOST PORT [secure] [decode] [chunk] [limit=BYTES] [VERB PATH SIZE]...
 *
 * Each request carries SIZE bytes: 0 to 250, over and over. For each response a line:
 *     STATUS PATH CONTENT-LENGTH COUNT CRC
 * the path that it came from in the end, the length that was announced (- if none), how many bytes
 * the body had and their CRC-32. decode: WINHTTP_OPTION_DECOMPRESSION; chunk: automatic chunking;
 * limit: how much of a body is read.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winhttp.h>

#ifndef WINHTTP_FLAG_AUTOMATIC_CHUNKING
#define WINHTTP_FLAG_AUTOMATIC_CHUNKING 0x200
#endif
#ifndef WINHTTP_OPTION_DECOMPRESSION
#define WINHTTP_OPTION_DECOMPRESSION 118
#define WINHTTP_DECOMPRESSION_FLAG_ALL 3
#endif

#define PIECE 25100 /* bytes of a WriteData; a multiple of 251 */

struct settings
{
    DWORD flags;                /* of WinHttpOpenRequest */
    BOOL decode;
    ULONGLONG limit;
};

static BOOL fail( const char *call )
{
    fprintf( stderr, "%s failed: error %lu\n", call, GetLastError() );
    return FALSE;
}

static BOOL send_body( HINTERNET request, DWORD size )
{
    static BYTE piece[PIECE];
    DWORD i, written;

    for (i = 0; i < PIECE; i++) piece[i] = (BYTE)(i % 251);
    for (; size; size -= written)
        if (!WinHttpWriteData( request, piece, min( size, PIECE ), &written ))
            return fail( "WinHttpWriteData" );
    return TRUE;
}

static DWORD add_crc( DWORD crc, const BYTE *data, DWORD len )
{
    static DWORD table[256];
    DWORD i, bit;

    for (i = 0; i < 256 && !table[255]; i++)
        for (table[i] = i, bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    for (crc = ~crc; len; len--) crc = crc >> 8 ^ table[(BYTE)(crc ^ *data++)];
    return ~crc;
}

static BOOL read_body( HINTERNET request, ULONGLONG limit, ULONGLONG *count, DWORD *crc )
{
    static BYTE buffer[65536];
    DWORD len = 1;

    for (*count = *crc = 0; len && *count < limit; *count += len)
    {
        if (!WinHttpReadData( request, buffer, (DWORD)min( limit - *count, sizeof(buffer) ),
                              &len ))
            return fail( "WinHttpReadData" );
        *crc = add_crc( *crc, buffer, len );
    }
    return TRUE;
}

static BOOL report( HINTERNET request, const struct settings *settings )
{
    WCHAR url[1024], length[32] = L"-";
    DWORD status = 0, crc, size = sizeof(status);
    const WCHAR *path;
    ULONGLONG count;

    if (!WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                              WINHTTP_HEADER_NAME_BY_INDEX, &status, &size,
                              WINHTTP_NO_HEADER_INDEX ))
        return fail( "WinHttpQueryHeaders" );
    size = sizeof(length);
    WinHttpQueryHeaders( request, WINHTTP_QUERY_CONTENT_LENGTH, WINHTTP_HEADER_NAME_BY_INDEX,
                         length, &size, WINHTTP_NO_HEADER_INDEX );
    size = sizeof(url);
    if (!WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ))
        return fail( "WinHttpQueryOption" );
    path = wcschr( wcsstr( url, L"://" ) + 3, '/' );
    if (!read_body( request, settings->limit, &count, &crc )) return FALSE;
    printf( "%lu %ls %ls %.0f %08lx\n", status, path ? path : L"?", length, (double)count, crc );
    return TRUE;
}

static BOOL exchange( HINTERNET connection, const struct settings *settings, char **words )
{
    DWORD size = strtoul( words[2], NULL, 10 ), decode = WINHTTP_DECOMPRESSION_FLAG_ALL;
    BOOL chunk = (settings->flags & WINHTTP_FLAG_AUTOMATIC_CHUNKING) != 0, ret;
    WCHAR verb[32], path[1024];
    HINTERNET request;

    MultiByteToWideChar( CP_ACP, 0, words[0], -1, verb, 32 );
    MultiByteToWideChar( CP_ACP, 0, words[1], -1, path, 1024 );
    request = WinHttpOpenRequest( connection, verb, path, NULL, WINHTTP_NO_REFERER,
                                  WINHTTP_DEFAULT_ACCEPT_TYPES, settings->flags );
    if (!request) return fail( "WinHttpOpenRequest" );
    if (settings->decode)
        WinHttpSetOption( request, WINHTTP_OPTION_DECOMPRESSION, &decode, sizeof(decode) );
    ret = WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, WINHTTP_NO_REQUEST_DATA, 0,
                              chunk ? WINHTTP_IGNORE_REQUEST_TOTAL_LENGTH : size, 0 );
    if (!ret) fail( "WinHttpSendRequest" );
    ret = ret && send_body( request, size );
    if (ret && !(ret = WinHttpReceiveResponse( request, NULL ))) fail( "WinHttpReceiveResponse" );
    ret = ret && report( request, settings );
    WinHttpCloseHandle( request );
    return ret;
}

static int take_settings( struct settings *settings, char **argv, int argc )
{
    int i;

    for (i = 3; i < argc; i++)
    {
        if (!strcmp( argv[i], "secure" )) settings->flags |= WINHTTP_FLAG_SECURE;
        else if (!strcmp( argv[i], "chunk" )) settings->flags |= WINHTTP_FLAG_AUTOMATIC_CHUNKING;
        else if (!strcmp( argv[i], "decode" )) settings->decode = TRUE;
        else if (!strncmp( argv[i], "limit=", 6 )) settings->limit = _strtoui64( argv[i] + 6, NULL,
                                                                                 10 );
        else break;
    }
    return i;
}

int main( int argc, char **argv )
{
    struct settings settings = { 0, FALSE, ~(ULONGLONG)0 };
    HINTERNET session, connection = NULL;
    WCHAR host[256];
    BOOL ok;
    int i;

    if (argc < 4) return 2;
    i = take_settings( &settings, argv, argc );
    MultiByteToWideChar( CP_ACP, 0, argv[1], -1, host, 256 );
    session = WinHttpOpen( L"http_session/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
                           WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0 );
    if (session) connection = WinHttpConnect( session, host, (WORD)atoi( argv[2] ), 0 );
    ok = connection != NULL;
    if (!ok) fail( "opening handles" );
    for (; ok && i + 3 <= argc; i += 3) ok = exchange( connection, &settings, argv + i );
    if (connection) WinHttpCloseHandle( connection );
    if (session) WinHttpCloseHandle( session );
    return !ok;
}
