/* Words, encodings and standard streams of wscat.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <winhttp.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Longest line on stderr: a URL of 2 KiB with words around it. Longer ones are cut. */
#define MAX_LINE 4096

static CRITICAL_SECTION stream_lock;
static BOOL say_it;

void text_init( void )
{
    InitializeCriticalSection( &stream_lock );
    SetConsoleOutputCP( CP_UTF8 );
}

void text_set_verbose( BOOL verbose )
{
    say_it = verbose;
}

static BOOL write_all( DWORD stream, const char *data, DWORD len )
{
    HANDLE file = GetStdHandle( stream );
    DWORD written = 0;
    BOOL ok = TRUE;

    EnterCriticalSection( &stream_lock );
    while (len && ok)
    {
        ok = WriteFile( file, data, len, &written, NULL ) && written;
        if (!ok) break;
        data += written;
        len -= written;
    }
    LeaveCriticalSection( &stream_lock );
    return ok;
}

BOOL text_output( const void *data, DWORD len )
{
    return write_all( STD_OUTPUT_HANDLE, data, len );
}

static void write_line( const char *format, va_list args )
{
    static const char prefix[] = "wscat: ";
    char line[MAX_LINE];
    int len;

    memcpy( line, prefix, sizeof(prefix) );
    len = _vsnprintf( line + sizeof(prefix) - 1, MAX_LINE - sizeof(prefix) - 1, format, args );
    if (len < 0) len = MAX_LINE - sizeof(prefix) - 1;
    len += sizeof(prefix) - 1;
    line[len++] = '\n';
    write_all( STD_ERROR_HANDLE, line, len );
}

void text_say( const char *format, ... )
{
    va_list args;

    if (!say_it) return;
    va_start( args, format );
    write_line( format, args );
    va_end( args );
}

void text_complain( const char *format, ... )
{
    va_list args;

    va_start( args, format );
    write_line( format, args );
    va_end( args );
}

char *text_to_utf8( const WCHAR *text )
{
    int len = WideCharToMultiByte( CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL );
    char *utf8;

    if (len <= 0 || !(utf8 = malloc( len ))) return NULL;
    WideCharToMultiByte( CP_UTF8, 0, text, -1, utf8, len, NULL, NULL );
    return utf8;
}

WCHAR *text_from_utf8( const char *text )
{
    int len = MultiByteToWideChar( CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0 );
    WCHAR *wide;

    if (len <= 0 || !(wide = malloc( len * sizeof(*wide) ))) return NULL;
    MultiByteToWideChar( CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, len );
    return wide;
}

BOOL text_is_utf8( const char *data, DWORD len )
{
    return !len || MultiByteToWideChar( CP_UTF8, MB_ERR_INVALID_CHARS, data, len, NULL, 0 ) > 0;
}

const char *text_error( DWORD error )
{
    static const struct { DWORD error; const char *text; } texts[] =
    {
        { ERROR_INVALID_PARAMETER, "an invalid parameter" },
        { ERROR_INVALID_OPERATION, "not possible in this state" },
        { ERROR_NOT_ENOUGH_MEMORY, "out of memory" },
        { ERROR_CALL_NOT_IMPLEMENTED, "not implemented by this winhttp.dll" },
        { ERROR_WINHTTP_TIMEOUT, "no answer in time" },
        { ERROR_WINHTTP_INVALID_URL, "invalid URL" },
        { ERROR_WINHTTP_NAME_NOT_RESOLVED, "the host name is not known" },
        { ERROR_WINHTTP_OPERATION_CANCELLED, "cancelled" },
        { ERROR_WINHTTP_INCORRECT_HANDLE_STATE, "not possible in this state of the handle" },
        { ERROR_WINHTTP_CANNOT_CONNECT, "the server cannot be reached, or refuses connections" },
        { ERROR_WINHTTP_CONNECTION_ERROR, "the connection was lost" },
        { ERROR_WINHTTP_SECURE_CERT_DATE_INVALID, "the server's certificate is out of date" },
        { ERROR_WINHTTP_SECURE_CERT_CN_INVALID, "the server's certificate is for another name" },
        { ERROR_WINHTTP_SECURE_INVALID_CA, "the certificate's authority is unknown" },
        { ERROR_WINHTTP_SECURE_FAILURE, "the TLS handshake or the server's certificate is bad" },
        { ERROR_WINHTTP_SECURE_CHANNEL_ERROR, "the TLS handshake failed" },
        { ERROR_WINHTTP_INVALID_SERVER_RESPONSE, "the server's answer breaks the protocol" },
        { ERROR_WINHTTP_HEADER_SIZE_OVERFLOW, "the server's answer has too long headers" },
        { ERROR_WINHTTP_REDIRECT_FAILED, "too many redirects" },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
        if (texts[i].error == error) return texts[i].text;
    return "";
}

const char *text_close_status( USHORT status )
{
    static const struct { USHORT status; const char *text; } texts[] =
    {
        { 1000, "normal closure" }, { 1001, "going away" }, { 1002, "protocol error" },
        { 1003, "unsupported data" }, { 1005, "no status given" }, { 1006, "abnormal closure" },
        { 1007, "invalid payload data" }, { 1008, "policy violation" },
        { 1009, "message too big" }, { 1010, "extension needed" }, { 1011, "server error" },
        { 1012, "service restart" }, { 1013, "try again later" },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(texts); i++)
        if (texts[i].status == status) return texts[i].text;
    return "";
}
