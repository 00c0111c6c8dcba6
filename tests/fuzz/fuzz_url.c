/* fuzz_url - URLs taken apart and put together, objects of requests escaped.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: a byte of flags, then the URL as little-endian characters of two bytes.
 */

#if 0
#pragma makedep unix
#endif

#include "windows_stub.h"

#include "url.c"
#include "url_escape.c"

#include "fuzz.h"

enum { ROOM = 64 }; /* characters of a part's buffer: small enough to be too small at times */

/* A copy that ends where its block ends, with its NUL. */
static WCHAR *copy_text( const uint8_t *data, size_t len )
{
    WCHAR *copy = fuzz_memory( malloc( (len + 1) * sizeof(*copy) ) );
    size_t i;

    for (i = 0; i < len; i++) copy[i] = (WCHAR)(data[2 * i] | data[2 * i + 1] << 8);
    copy[len] = 0;
    return copy;
}

static void check_inside( const WCHAR *url, size_t len, const WCHAR *part, DWORD part_len )
{
    if (!part) FUZZ_CHECK( !part_len );
    else FUZZ_CHECK( part >= url && part_len <= len && part + part_len <= url + len );
}

/* What CrackUrl finds lies inside the URL, and makes a URL that is found the same again. */
static void crack_pointers( const WCHAR *url, size_t len )
{
    URL_COMPONENTS parts = { .dwStructSize = sizeof(parts) }, again = parts;
    WCHAR *created;
    DWORD size = 0;

    parts.dwSchemeLength = parts.dwHostNameLength = parts.dwUserNameLength = 1;
    parts.dwPasswordLength = parts.dwUrlPathLength = parts.dwExtraInfoLength = 1;
    again = parts;
    if (!WinHttpCrackUrl( url, 0, 0, &parts )) return;
    check_inside( url, len, parts.lpszScheme, parts.dwSchemeLength );
    check_inside( url, len, parts.lpszHostName, parts.dwHostNameLength );
    check_inside( url, len, parts.lpszUserName, parts.dwUserNameLength );
    check_inside( url, len, parts.lpszPassword, parts.dwPasswordLength );
    check_inside( url, len, parts.lpszUrlPath, parts.dwUrlPathLength );
    check_inside( url, len, parts.lpszExtraInfo, parts.dwExtraInfoLength );
    if (!parts.dwHostNameLength) return;
    if (WinHttpCreateUrl( &parts, 0, NULL, &size ) || GetLastError() != 122) return;
    created = fuzz_memory( malloc( size * sizeof(*created) ) );
    FUZZ_CHECK( WinHttpCreateUrl( &parts, 0, created, &size ) );
    FUZZ_CHECK( WinHttpCrackUrl( created, 0, 0, &again ) );
    FUZZ_CHECK( again.nPort == parts.nPort && again.nScheme == parts.nScheme );
    FUZZ_CHECK( again.dwHostNameLength == parts.dwHostNameLength );
    FUZZ_CHECK( again.dwUrlPathLength == parts.dwUrlPathLength );
    free( created );
}

/* Into buffers that end where their blocks end. */
static void crack_copies( const WCHAR *url, DWORD flags, size_t room )
{
    URL_COMPONENTS parts = { .dwStructSize = sizeof(parts) };
    WCHAR *buffers[6];
    size_t i;

    for (i = 0; i < 6; i++) buffers[i] = fuzz_memory( malloc( room * sizeof(WCHAR) ) );
    parts.lpszScheme = buffers[0];
    parts.lpszHostName = buffers[1];
    parts.lpszUserName = buffers[2];
    parts.lpszPassword = buffers[3];
    parts.lpszUrlPath = buffers[4];
    parts.lpszExtraInfo = buffers[5];
    parts.dwSchemeLength = parts.dwHostNameLength = parts.dwUserNameLength = (DWORD)room;
    parts.dwPasswordLength = parts.dwUrlPathLength = parts.dwExtraInfoLength = (DWORD)room;
    if (WinHttpCrackUrl( url, 0, flags, &parts ))
    {
        FUZZ_CHECK( parts.dwHostNameLength < room && !buffers[1][parts.dwHostNameLength] );
        FUZZ_CHECK( parts.dwUrlPathLength < room && !buffers[4][parts.dwUrlPathLength] );
        FUZZ_CHECK( parts.dwExtraInfoLength < room && !buffers[5][parts.dwExtraInfoLength] );
    }
    for (i = 0; i < 6; i++) free( buffers[i] );
}

/* Whatever the flags, nothing in a request line may end it or split it. */
static void escape( const WCHAR *object, DWORD flags, UINT codepage )
{
    WCHAR *escaped = fuzz_memory( url_escape_object( object, flags, codepage ) ), *c;

    FUZZ_CHECK( escaped[0] == '/' );
    for (c = escaped; *c; c++) FUZZ_CHECK( *c < 0x80 && *c != ' ' && *c != '\r' && *c != '\n' );
    free( escaped );
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    static const DWORD cracks[] = { 0, ICU_DECODE, ICU_ESCAPE, ICU_DECODE | ICU_ESCAPE };
    static const DWORD escapes[] = { 0, WINHTTP_FLAG_ESCAPE_PERCENT, WINHTTP_FLAG_ESCAPE_DISABLE,
                                     WINHTTP_FLAG_ESCAPE_DISABLE_QUERY };
    unsigned int flags = fuzz_byte( &data, &size );
    size_t len = size / 2;
    WCHAR *url = copy_text( data, len );

    len = fuzz_wcslen( url );
    crack_pointers( url, len );
    crack_copies( url, cracks[flags & 3], 1 + (flags >> 2) % ROOM );
    crack_copies( url, cracks[flags & 3], 3 * len + 16 );
    escape( url, escapes[flags & 3], flags & 4 ? CP_ACP : CP_UTF8 );
    free( url );
    return 0;
}
