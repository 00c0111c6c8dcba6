/* Times of HTTP headers, and WinHttpCheckPlatform.
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"
#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static const WCHAR day_names[7][4] = { L"Sun", L"Mon", L"Tue", L"Wed", L"Thu", L"Fri", L"Sat" };
static const WCHAR month_names[12][4] =
{
    L"Jan", L"Feb", L"Mar", L"Apr", L"May", L"Jun", L"Jul", L"Aug", L"Sep", L"Oct", L"Nov", L"Dec"
};

/* --- Writing ------------------------------------------------------------------------------- */

static WCHAR *put_text( WCHAR *out, const WCHAR *text )
{
    while (*text) *out++ = *text++;
    return out;
}

static WCHAR *put_number( WCHAR *out, unsigned int value, unsigned int digits )
{
    unsigned int i;

    for (i = digits; i--; value /= 10) out[i] = '0' + value % 10;
    return out + digits;
}

/* "Mon, 28 Jul 2008 10:05:52 GMT": 30 characters with the NUL, in the language of RFC 9110 5.6.7,
 * not the user's. */
static void write_time( const SYSTEMTIME *time, WCHAR *out )
{
    out = put_text( out, day_names[time->wDayOfWeek] );
    out = put_text( out, L", " );
    out = put_number( out, time->wDay, 2 );
    *out++ = ' ';
    out = put_text( out, month_names[time->wMonth - 1] );
    *out++ = ' ';
    out = put_number( out, time->wYear, 4 );
    *out++ = ' ';
    out = put_number( out, time->wHour, 2 );
    *out++ = ':';
    out = put_number( out, time->wMinute, 2 );
    *out++ = ':';
    out = put_number( out, time->wSecond, 2 );
    *put_text( out, L" GMT" ) = 0;
}

/* Names are looked up by these two, so nonsense there cannot be printed. */
static BOOL is_printable( const SYSTEMTIME *time )
{
    return time->wDayOfWeek < ARRAY_SIZE(day_names) && time->wMonth >= 1 &&
           time->wMonth <= ARRAY_SIZE(month_names);
}

BOOL WINAPI WinHttpTimeFromSystemTime( const SYSTEMTIME *time, LPWSTR string )
{
    DWORD err = time && string && is_printable( time ) ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;

    TRACE( "%p, %p\n", time, string );
    if (!err) write_time( time, string );
    SetLastError( err );
    return !err;
}

/* --- Reading ------------------------------------------------------------------------------- */

/* A text is read as words and numbers; everything else only separates them. This takes RFC 1123,
 * RFC 850 and asctime dates, and whatever servers make of these. Words other than a month's name
 * do not count. */
struct time_token
{
    const WCHAR *word;      /* borrowed (the text); NULL for a number */
    unsigned int value;     /* the number, or the letters of the word */
    unsigned int digits;
};

static BOOL is_letter( WCHAR c )
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static BOOL is_digit( WCHAR c )
{
    return c >= '0' && c <= '9';
}

static BOOL next_token( const WCHAR **cursor, struct time_token *token )
{
    const WCHAR *c = *cursor;

    memset( token, 0, sizeof(*token) );
    while (*c && !is_letter( *c ) && !is_digit( *c )) c++;
    if (is_letter( *c ))
    {
        token->word = c;
        while (is_letter( *c )) c++;
        token->value = c - token->word;
    }
    /* No field of a date has more than four digits. */
    else for (; is_digit( *c ) && token->digits < 4; token->digits++, c++)
        token->value = token->value * 10 + *c - '0';
    *cursor = c;
    return token->word || token->digits;
}

/* The index of the name that the word starts with, or -1. */
static int find_name( const struct time_token *token, const WCHAR (*names)[4], int count )
{
    int i, letter;

    if (!token->word || token->value < 3) return -1;
    for (i = 0; i < count; i++)
    {
        /* Both are ASCII letters: one bit is their case. */
        for (letter = 0; letter < 3; letter++)
            if ((token->word[letter] | 0x20) != (names[i][letter] | 0x20)) break;
        if (letter == 3) return i;
    }
    return -1;
}

struct time_fields
{
    SYSTEMTIME time;        /* starts as now: what the text lacks stays so */
    WORD clock[3];
    unsigned int clock_count;
    BOOL has_day, has_month, has_year;
};

/* RFC 9110 5.6.7: two digits mean the year that is not more than 50 years ahead. */
static void read_year( struct time_fields *fields, const struct time_token *token )
{
    unsigned int now = fields->time.wYear, year = token->value;

    if (token->digits <= 2)
    {
        year += now - now % 100;
        if (year > now + 50) year -= 100;
    }
    fields->time.wYear = year;
    fields->has_year = TRUE;
}

/* The day comes before the clock, the clock has colons or follows the year, and asctime puts the
 * year last. follower is the character behind the number. */
static void read_number( struct time_fields *fields, const struct time_token *token,
                         WCHAR follower )
{
    BOOL in_clock = fields->clock_count && fields->clock_count < ARRAY_SIZE(fields->clock);

    if (token->digits > 2)
    {
        if (!fields->has_year) read_year( fields, token );
    }
    else if (!in_clock && follower != ':' && !fields->has_day)
    {
        fields->time.wDay = token->value;
        fields->has_day = TRUE;
    }
    else if (!in_clock && follower != ':' && fields->has_month && !fields->has_year)
        read_year( fields, token );
    else if (fields->clock_count < ARRAY_SIZE(fields->clock))
        fields->clock[fields->clock_count++] = token->value;
}

static void read_fields( struct time_fields *fields, const WCHAR *text )
{
    struct time_token token;
    int month;

    while (next_token( &text, &token ))
    {
        if (token.digits) read_number( fields, &token, *text );
        else if ((month = find_name( &token, month_names, ARRAY_SIZE(month_names) )) >= 0)
        {
            fields->time.wMonth = month + 1;
            fields->has_month = TRUE;
        }
    }
}

/* Also refuses impossible dates, and finds the day of the week, whatever the text says it is. */
static BOOL normalise( SYSTEMTIME *time )
{
    FILETIME ft;

    return SystemTimeToFileTime( time, &ft ) && FileTimeToSystemTime( &ft, time );
}

static DWORD read_time( const WCHAR *text, SYSTEMTIME *time )
{
    struct time_fields fields;

    memset( &fields, 0, sizeof(fields) );
    GetSystemTime( &fields.time );
    read_fields( &fields, text );
    if (fields.clock_count)
    {
        fields.time.wHour = fields.clock[0];
        fields.time.wMinute = fields.clock[1];
        fields.time.wSecond = fields.clock[2];
    }
    fields.time.wMilliseconds = 0;
    if (!normalise( &fields.time )) return ERROR_INVALID_PARAMETER;
    *time = fields.time;
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpTimeToSystemTime( LPCWSTR string, SYSTEMTIME *time )
{
    DWORD err = string && time ? read_time( string, time ) : ERROR_INVALID_PARAMETER;

    TRACE( "%s, %p: error %lu\n", debugstr_w(string), time, err );
    SetLastError( err );
    return !err;
}

/* --- Platform ------------------------------------------------------------------------------ */

BOOL WINAPI WinHttpCheckPlatform( void )
{
    TRACE( "\n" );
    SetLastError( ERROR_SUCCESS );
    return TRUE;
}
