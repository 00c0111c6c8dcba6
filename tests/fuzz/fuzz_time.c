/* fuzz_time - dates as servers may write them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: the characters of the text, a byte each.
 */

#if 0
#pragma makedep unix
#endif

#include "windows_stub.h"

#include "time.c"

#include "fuzz.h"

/* What is read is a time, and comes back from its own text. */
int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    WCHAR *text = fuzz_memory( malloc( (size + 1) * sizeof(*text) ) );
    WCHAR written[WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR)];
    SYSTEMTIME time, again;
    size_t i;

    for (i = 0; i < size; i++) text[i] = data[i];
    text[size] = 0;
    if (WinHttpTimeToSystemTime( text, &time ))
    {
        FUZZ_CHECK( time.wMonth >= 1 && time.wMonth <= 12 && time.wDay >= 1 && time.wDay <= 31 );
        FUZZ_CHECK( time.wHour < 24 && time.wMinute < 60 && time.wSecond < 60 );
        FUZZ_CHECK( time.wDayOfWeek < 7 && !time.wMilliseconds );
        FUZZ_CHECK( WinHttpTimeFromSystemTime( &time, written ) );
        FUZZ_CHECK( WinHttpTimeToSystemTime( written, &again ) );
        FUZZ_CHECK( !memcmp( &time, &again, sizeof(time) ) );
    }
    free( text );
    return 0;
}
