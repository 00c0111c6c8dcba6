/* windows_stub - the little of Windows that url.c and time.c call, for their fuzz targets.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the last error.
 * Threads: one.
 * Fails:   as the functions of those names.
 *
 * The target includes the source behind this, built with -fshort-wchar: characters have two bytes
 * there, so that what libc says of wide characters is of no use. The ANSI code page is Latin-1.
 */

#ifndef TESTS_FUZZ_WINDOWS_STUB_H
#define TESTS_FUZZ_WINDOWS_STUB_H

#define WINE_NO_TRACE_MSGS
#define WINE_NO_DEBUG_MSGS

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ours come instead of those of the headers */
#define GetACP windows_GetACP
#define GetLastError windows_GetLastError
#define GetSystemTime windows_GetSystemTime
#define FileTimeToSystemTime windows_FileTimeToSystemTime
#define MultiByteToWideChar windows_MultiByteToWideChar
#define SetLastError windows_SetLastError
#define SystemTimeToFileTime windows_SystemTimeToFileTime
#define WideCharToMultiByte windows_WideCharToMultiByte
#define lstrlenW windows_lstrlenW

#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "winhttp.h"

#undef GetACP
#undef GetLastError
#undef GetSystemTime
#undef FileTimeToSystemTime
#undef MultiByteToWideChar
#undef SetLastError
#undef SystemTimeToFileTime
#undef WideCharToMultiByte
#undef lstrlenW
#define wcslen fuzz_wcslen
#define wcsnlen fuzz_wcsnlen
#define wcschr fuzz_wcschr
#define lstrlenW fuzz_wcslen

static DWORD fuzz_last_error;

static inline void SetLastError( DWORD error )
{
    fuzz_last_error = error;
}

static inline DWORD GetLastError( void )
{
    return fuzz_last_error;
}

static inline UINT GetACP( void )
{
    return 28591;
}

static inline size_t fuzz_wcsnlen( const WCHAR *text, size_t max )
{
    size_t len = 0;

    while (len < max && text[len]) len++;
    return len;
}

static inline size_t fuzz_wcslen( const WCHAR *text )
{
    return fuzz_wcsnlen( text, SIZE_MAX );
}

static inline WCHAR *fuzz_wcschr( const WCHAR *text, WCHAR c )
{
    for (;; text++)
    {
        if (*text == c) return (WCHAR *)text;
        if (!*text) return NULL;
    }
}

/* One character, or a pair of surrogates: all that the sources ask for. */
static inline int WideCharToMultiByte( UINT codepage, DWORD flags, const WCHAR *text, int len,
                                       char *out, int size, const char *other, BOOL *lossy )
{
    unsigned int c = text[0];
    int count = c < 0x80 ? 1 : c < 0x800 ? 2 : 3, i;

    (void)flags;
    (void)other;
    if (codepage != CP_UTF8)
    {
        if (lossy) *lossy = c > 0xff || len > 1;
        out[0] = c > 0xff ? '?' : (char)c;
        return 1;
    }
    if (len == 2)
    {
        c = 0x10000 + ((c & 0x3ff) << 10) + (text[1] & 0x3ff);
        count = 4;
    }
    if (count > size) return 0;
    for (i = count - 1; i; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(count == 1 ? c : c | (0xf00 >> count & 0xff));
    return count;
}

static inline int MultiByteToWideChar( UINT codepage, DWORD flags, const char *text, int len,
                                       WCHAR *out, int size )
{
    (void)codepage;
    (void)flags;
    if (len != 1 || size < 1) return 0;
    out[0] = (unsigned char)text[0];
    return 1;
}

/* Days since 1601-01-01, by years of 365 days and the leap days up to there. */
static inline uint64_t days_before( unsigned int year, unsigned int month )
{
    static const unsigned int days[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    unsigned int past = year - 1;
    int leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

    return (uint64_t)(year - 1601) * 365 + past / 4 - past / 100 + past / 400 - 388 +
           days[month - 1] + (leap && month > 2);
}

static inline BOOL SystemTimeToFileTime( const SYSTEMTIME *time, FILETIME *file )
{
    uint64_t days, ticks;
    unsigned int length;

    if (time->wYear < 1601 || time->wYear > 30827 || time->wMonth < 1 || time->wMonth > 12)
        return FALSE;
    days = days_before( time->wYear, time->wMonth );
    length = (unsigned int)((time->wMonth == 12 ? days_before( time->wYear + 1, 1 )
                                                : days_before( time->wYear, time->wMonth + 1 )) -
                            days);
    if (time->wDay < 1 || time->wDay > length || time->wHour > 23 || time->wMinute > 59 ||
        time->wSecond > 59 || time->wMilliseconds > 999) return FALSE;
    days += time->wDay - 1;
    ticks = (((days * 24 + time->wHour) * 60 + time->wMinute) * 60 + time->wSecond) * 1000 +
            time->wMilliseconds;
    ticks *= 10000;
    file->dwLowDateTime = (DWORD)ticks;
    file->dwHighDateTime = (DWORD)(ticks >> 32);
    return TRUE;
}

static inline BOOL FileTimeToSystemTime( const FILETIME *file, SYSTEMTIME *time )
{
    uint64_t ms = ((uint64_t)file->dwHighDateTime << 32 | file->dwLowDateTime) / 10000;
    uint64_t days = ms / 86400000;

    time->wDayOfWeek = (WORD)((days + 1) % 7);
    for (time->wYear = 1601; days_before( time->wYear + 1u, 1 ) <= days; time->wYear++) {}
    for (time->wMonth = 12; days_before( time->wYear, time->wMonth ) > days; time->wMonth--) {}
    time->wDay = (WORD)(days - days_before( time->wYear, time->wMonth ) + 1);
    time->wHour = (WORD)(ms / 3600000 % 24);
    time->wMinute = (WORD)(ms / 60000 % 60);
    time->wSecond = (WORD)(ms / 1000 % 60);
    time->wMilliseconds = (WORD)(ms % 1000);
    return TRUE;
}

static inline void GetSystemTime( SYSTEMTIME *time )
{
    static const SYSTEMTIME today = { 2026, 11, 1, 23, 9, 0, 0, 0 };

    *time = today;
}

#endif
