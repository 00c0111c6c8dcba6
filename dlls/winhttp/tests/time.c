/*
 * WinHttpTimeFromSystemTime, WinHttpTimeToSystemTime, WinHttpCheckPlatform.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows does (url-proxy-com.md 3); a comment "guess" marks an answer that
 * nobody has seen, with its number in the list of open questions where it has one.
 */
#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

/* The constant counts bytes. */
#define TIME_CHARS (WINHTTP_TIME_FORMAT_BUFSIZE / sizeof(WCHAR))
#define FILL 0x5a5a

static const SYSTEMTIME monday = { 2008, 7, 1, 28, 10, 5, 52, 0 };

static void test_from_system_time(void)
{
    static const struct { SYSTEMTIME time; const WCHAR *text; } tests[] =
    {
        { { 2008, 7, 1, 28, 10, 5, 52, 0 }, L"Mon, 28 Jul 2008 10:05:52 GMT" },
        { { 2008, 7, 1, 28, 10, 5, 52, 999 }, L"Mon, 28 Jul 2008 10:05:52 GMT" },
        { { 2000, 1, 6, 1, 0, 0, 0, 0 }, L"Sat, 01 Jan 2000 00:00:00 GMT" },
        { { 1999, 12, 5, 31, 23, 59, 59, 0 }, L"Fri, 31 Dec 1999 23:59:59 GMT" },
        { { 2024, 2, 4, 29, 12, 30, 1, 0 }, L"Thu, 29 Feb 2024 12:30:01 GMT" },
    };
    WCHAR text[TIME_CHARS + 1];
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        text[TIME_CHARS] = FILL;
        check_works( WinHttpTimeFromSystemTime( &tests[i].time, text ) );
        check_error( ERROR_SUCCESS );
        ok( !wcscmp( text, tests[i].text ), "%u: got %ls\n", i, text );
        ok( text[TIME_CHARS] == FILL, "%u: written beyond the buffer\n", i );
    }
}

static void test_from_system_time_bad_parameters(void)
{
    WCHAR text[TIME_CHARS] = { FILL };
    SYSTEMTIME time = monday;

    check_fails( WinHttpTimeFromSystemTime( NULL, text ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpTimeFromSystemTime( &time, NULL ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpTimeFromSystemTime( NULL, NULL ), ERROR_INVALID_PARAMETER );
    ok( text[0] == FILL, "the buffer was changed\n" );

    /* guess: months and days that have no name */
    time.wMonth = 0;
    check_fails( WinHttpTimeFromSystemTime( &time, text ), ERROR_INVALID_PARAMETER );
    time.wMonth = 13;
    check_fails( WinHttpTimeFromSystemTime( &time, text ), ERROR_INVALID_PARAMETER );
    time = monday;
    time.wDayOfWeek = 7;
    check_fails( WinHttpTimeFromSystemTime( &time, text ), ERROR_INVALID_PARAMETER );
}

static void check_time( const SYSTEMTIME *time, const SYSTEMTIME *expected )
{
    ok( !memcmp( time, expected, sizeof(*time) ), "got %u-%u-%u (%u) %u:%u:%u.%u\n", time->wYear,
        time->wMonth, time->wDay, time->wDayOfWeek, time->wHour, time->wMinute, time->wSecond,
        time->wMilliseconds );
}

static void test_to_system_time(void)
{
    static const WCHAR *const texts[] =
    {
        L"Mon, 28 Jul 2008 10:05:52 GMT",
        L"Mon, 28 Jul 2008 10:05:52 GMT\n",
        L" mon 28 jul 2008 10 05 52\n",
        L"mon,28-JUL-2008;10.05.52",
        /* guess U6: the other two forms of RFC 9110 5.6.7 */
        L"Monday, 28-Jul-08 10:05:52 GMT",
        L"Mon Jul 28 10:05:52 2008",
    };
    SYSTEMTIME time;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(texts); i++)
    {
        winetest_push_context( "text %u", i );
        memset( &time, 0xcc, sizeof(time) );
        check_works( WinHttpTimeToSystemTime( texts[i], &time ) );
        check_error( ERROR_SUCCESS );
        check_time( &time, &monday );
        winetest_pop_context();
    }
}

/* guess U6: today stands in for what the text lacks */
static void test_to_system_time_incomplete(void)
{
    SYSTEMTIME before, time, after;

    GetSystemTime( &before );
    memset( &time, 0xcc, sizeof(time) );
    check_works( WinHttpTimeToSystemTime( L"no date", &time ) );
    GetSystemTime( &after );
    ok( time.wYear >= before.wYear && time.wYear <= after.wYear, "got year %u\n", time.wYear );
    ok( time.wMonth == before.wMonth || time.wMonth == after.wMonth, "got month %u\n",
        time.wMonth );
    ok( time.wDay == before.wDay || time.wDay == after.wDay, "got day %u\n", time.wDay );
    check_works( WinHttpTimeToSystemTime( L"", &time ) );
}

static void test_to_system_time_bad_parameters(void)
{
    SYSTEMTIME time, untouched;

    memset( &time, 0xcc, sizeof(time) );
    untouched = time;
    check_fails( WinHttpTimeToSystemTime( NULL, &time ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpTimeToSystemTime( L"Mon, 28 Jul 2008 10:05:52 GMT", NULL ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpTimeToSystemTime( NULL, NULL ), ERROR_INVALID_PARAMETER );
    /* guess: a date that does not exist */
    check_fails( WinHttpTimeToSystemTime( L"Mon, 31 Feb 2008 10:05:52 GMT", &time ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpTimeToSystemTime( L"Mon, 28 Jul 2008 99:05:52 GMT", &time ),
                 ERROR_INVALID_PARAMETER );
    ok( !memcmp( &time, &untouched, sizeof(time) ), "the time was changed\n" );
}

static void test_time_round_trip(void)
{
    WCHAR text[TIME_CHARS];
    FILETIME ft = { 0, 0x01a00000 };
    SYSTEMTIME time, back;
    int i;

    /* about a month and a half apart, from 1971 on */
    for (i = 0; i < 500; i++, ft.dwHighDateTime += 10007)
    {
        FileTimeToSystemTime( &ft, &time );
        time.wMilliseconds = 0;
        check_works( WinHttpTimeFromSystemTime( &time, text ) );
        check_works( WinHttpTimeToSystemTime( text, &back ) );
        check_time( &back, &time );
    }
}

static void test_check_platform(void)
{
    ok( WinHttpCheckPlatform(), "the platform is refused\n" );
}

START_TEST(time)
{
    RUN( test_from_system_time );
    RUN( test_from_system_time_bad_parameters );
    RUN( test_to_system_time );
    RUN( test_to_system_time_incomplete );
    RUN( test_to_system_time_bad_parameters );
    RUN( test_time_round_trip );
    RUN( test_check_platform );
}
