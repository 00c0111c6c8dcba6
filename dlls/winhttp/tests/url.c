/*
 * WinHttpCrackUrl and WinHttpCreateUrl.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows 10 does (url-proxy-com.md 1 and 2); a comment "guess" marks an
 * answer that nobody has seen, with its number in the list of open questions where it has one.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winnls.h>
#include <winhttp.h>

#include "client.h"

/* In pointer mode any length that is not zero asks for the part. */
#define WANTED 1

/* --- WinHttpCrackUrl in pointer mode --------------------------------------------------------- */

static void ask_for_pointers( URL_COMPONENTS *uc )
{
    memset( uc, 0, sizeof(*uc) );
    uc->dwStructSize = sizeof(*uc);
    uc->dwSchemeLength = uc->dwHostNameLength = uc->dwUserNameLength = WANTED;
    uc->dwPasswordLength = uc->dwUrlPathLength = uc->dwExtraInfoLength = WANTED;
}

/* Where a part starts, from the beginning of the URL, and how long it is; -1: no pointer. */
struct span
{
    int start;
    unsigned int length;
};

#define NO_SPAN { -1, 0 }

struct crack_test
{
    const WCHAR *url;
    INTERNET_SCHEME scheme_id;
    INTERNET_PORT port;
    struct span scheme, host, user, password, path, extra;
};

static const struct crack_test crack_tests[] =
{
    { L"http://user:pass@winehq.org:81/site/about?query", INTERNET_SCHEME_HTTP, 81,
      { 0, 4 }, { 17, 10 }, { 7, 4 }, { 12, 4 }, { 30, 11 }, { 41, 6 } },
    { L"https://winehq.org/", INTERNET_SCHEME_HTTPS, 443,
      { 0, 5 }, { 8, 10 }, NO_SPAN, NO_SPAN, { 18, 1 }, { 19, 0 } },
    { L"HtTpS://winehq.org/", INTERNET_SCHEME_HTTPS, 443,
      { 0, 5 }, { 8, 10 }, NO_SPAN, NO_SPAN, { 18, 1 }, { 19, 0 } },
    /* no path: it would start where the URL ends */
    { L"http://winehq.org", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 0 }, { 17, 0 } },
    /* an at sign counts before the path and the query only */
    { L"http://winehq.org/p?v=a@b", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 2 }, { 19, 6 } },
    { L"http://winehq.org/a@b", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 4 }, { 21, 0 } },
    { L"http://winehq.org?v=a@b", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 0 }, { 17, 6 } },
    { L"http://winehq.org/post;a?", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 7 }, { 24, 1 } },
    { L"http://winehq.org/post?a?b", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 5 }, { 22, 4 } },
    /* guess U1 */
    { L"http://winehq.org/post#a?b", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 10 }, NO_SPAN, NO_SPAN, { 17, 5 }, { 22, 4 } },
    /* guess U4 */
    { L"https://[::1]:8443/p", INTERNET_SCHEME_HTTPS, 8443,
      { 0, 5 }, { 8, 5 }, NO_SPAN, NO_SPAN, { 18, 2 }, { 20, 0 } },
    { L"http://[fe80::1]", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 7, 9 }, NO_SPAN, NO_SPAN, { 16, 0 }, { 16, 0 } },
    /* guess: a user alone has no password, a colon makes an empty one */
    { L"http://user@winehq.org/", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 12, 10 }, { 7, 4 }, NO_SPAN, { 22, 1 }, { 23, 0 } },
    { L"http://user:@winehq.org/", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 13, 10 }, { 7, 4 }, { 12, 0 }, { 23, 1 }, { 24, 0 } },
    /* guess: the last at sign ends the password */
    { L"http://user:p@ss@winehq.org/", INTERNET_SCHEME_HTTP, 80,
      { 0, 4 }, { 17, 10 }, { 7, 4 }, { 12, 4 }, { 27, 1 }, { 28, 0 } },
};

static void check_span( const WCHAR *url, const WCHAR *text, DWORD length, const struct span *span,
                        const char *part )
{
    const WCHAR *start = span->start < 0 ? NULL : url + span->start;

    ok( text == start, "%s: expected offset %d, got %d\n", part, span->start,
        text ? (int)(text - url) : -1 );
    ok( length == span->length, "%s: expected length %u, got %u\n", part, span->length,
        (UINT)length );
}

static void check_crack( const struct crack_test *test, const URL_COMPONENTS *uc )
{
    ok( uc->nScheme == test->scheme_id, "got scheme %d\n", uc->nScheme );
    ok( uc->nPort == test->port, "got port %u\n", uc->nPort );
    check_span( test->url, uc->lpszScheme, uc->dwSchemeLength, &test->scheme, "scheme" );
    check_span( test->url, uc->lpszHostName, uc->dwHostNameLength, &test->host, "host" );
    check_span( test->url, uc->lpszUserName, uc->dwUserNameLength, &test->user, "user" );
    check_span( test->url, uc->lpszPassword, uc->dwPasswordLength, &test->password, "password" );
    check_span( test->url, uc->lpszUrlPath, uc->dwUrlPathLength, &test->path, "path" );
    check_span( test->url, uc->lpszExtraInfo, uc->dwExtraInfoLength, &test->extra, "extra" );
}

static void test_crack_pointers(void)
{
    URL_COMPONENTS uc;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(crack_tests); i++)
    {
        winetest_push_context( "url %u", i );
        ask_for_pointers( &uc );
        check_works( WinHttpCrackUrl( crack_tests[i].url, 0, 0, &uc ) );
        check_error( ERROR_SUCCESS );
        check_crack( &crack_tests[i], &uc );

        /* the same with the length given */
        ask_for_pointers( &uc );
        check_works( WinHttpCrackUrl( crack_tests[i].url, wcslen( crack_tests[i].url ), 0, &uc ) );
        check_crack( &crack_tests[i], &uc );
        winetest_pop_context();
    }
}

/* The question mark that ends a URL right behind its host is dropped; Windows 8 kept it. */
static void test_crack_lone_question_mark(void)
{
    static const WCHAR url[] = L"http://winehq?";
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
    ok( uc.lpszHostName == url + 7 && uc.dwHostNameLength == 6, "got host length %u\n",
        (UINT)uc.dwHostNameLength );
    ok( uc.dwUrlPathLength == 0, "got path length %u\n", (UINT)uc.dwUrlPathLength );
    ok( uc.lpszUrlPath == url + 14 || broken( uc.lpszUrlPath == url + 13 ), "got path at %d\n",
        (int)(uc.lpszUrlPath - url) );
    ok( uc.lpszExtraInfo == url + 14 || broken( uc.lpszExtraInfo == url + 13 ), "got extra at %d\n",
        (int)(uc.lpszExtraInfo - url) );
    ok( uc.dwExtraInfoLength == 0 || broken( uc.dwExtraInfoLength == 1 ), "got extra length %u\n",
        (UINT)uc.dwExtraInfoLength );
}

static void test_crack_length(void)
{
    static const WCHAR url[] = L"http://winehq.org/page";
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    check_works( WinHttpCrackUrl( url, 19, 0, &uc ) );
    ok( uc.dwUrlPathLength == 2, "got path length %u\n", (UINT)uc.dwUrlPathLength );
    ok( uc.lpszExtraInfo == url + 19, "got extra at %d\n", (int)(uc.lpszExtraInfo - url) );

    /* guess: a NUL ends the URL even when the length reaches beyond it */
    ask_for_pointers( &uc );
    check_works( WinHttpCrackUrl( url, ARRAYSIZE(url), 0, &uc ) );
    ok( uc.dwUrlPathLength == 5, "got path length %u\n", (UINT)uc.dwUrlPathLength );
}

/* Without a place for it the query belongs to the path; scheme and port come unasked. */
static void test_crack_unwanted_parts(void)
{
    static const WCHAR url[] = L"http://user:pass@winehq.org:81/nba/scores?x=2#y";
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    uc.dwExtraInfoLength = 0;
    check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
    ok( uc.lpszUrlPath == url + 30, "got path at %d\n", (int)(uc.lpszUrlPath - url) );
    ok( uc.dwUrlPathLength == 17, "got path length %u\n", (UINT)uc.dwUrlPathLength );
    ok( !uc.lpszExtraInfo && !uc.dwExtraInfoLength, "got extra\n" );

    memset( &uc, 0, sizeof(uc) );
    uc.dwStructSize = sizeof(uc);
    check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
    ok( uc.nScheme == INTERNET_SCHEME_HTTP, "got scheme %d\n", uc.nScheme );
    ok( uc.nPort == 81, "got port %u\n", uc.nPort );
    ok( !uc.lpszScheme && !uc.lpszHostName && !uc.lpszUserName && !uc.lpszPassword &&
        !uc.lpszUrlPath && !uc.lpszExtraInfo, "got a part that was not asked for\n" );
}

static void test_crack_ports(void)
{
    static const struct { const WCHAR *url; DWORD error; INTERNET_PORT port; } tests[] =
    {
        { L"http://winehq.org", 0, 80 },
        { L"http://winehq.org:", 0, 80 },
        { L"http://winehq.org:/", 0, 80 },
        { L"https://winehq.org:", 0, 443 },
        { L"https://winehq.org:/", 0, 443 },
        { L"https://winehq.org:80", 0, 80 },
        { L"http://winehq.org:0", 0, 0 },
        { L"http://winehq.org:1", 0, 1 },
        { L"http://winehq.org:65535", 0, 65535 },
        { L"http://winehq.org:65535/x", 0, 65535 },
        { L"http://winehq.org:65536", ERROR_WINHTTP_INVALID_URL, 0 },
        { L"http://winehq.org:65536/", ERROR_WINHTTP_INVALID_URL, 0 },
        { L"http://winehq.org:4294967376", ERROR_WINHTTP_INVALID_URL, 0 },
        /* guess: what is no number is no port */
        { L"http://winehq.org:8x", ERROR_WINHTTP_INVALID_URL, 0 },
        { L"http://winehq.org:-1", ERROR_WINHTTP_INVALID_URL, 0 },
    };
    URL_COMPONENTS uc;
    unsigned int i;
    DWORD error;
    BOOL ret;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        ask_for_pointers( &uc );
        SetLastError( 0xdeadbeef );
        ret = WinHttpCrackUrl( tests[i].url, 0, 0, &uc );
        error = GetLastError();
        ok( ret == !tests[i].error, "%u: got %d\n", i, ret );
        ok( error == tests[i].error, "%u: got error %u\n", i, (UINT)error );
        ok( uc.nPort == tests[i].port, "%u: got port %u\n", i, uc.nPort );
    }
}

/* --- WinHttpCrackUrl with buffers ------------------------------------------------------------ */

#define BUFFER_SIZE 128
#define FILL 0x5a5a

struct buffers
{
    WCHAR scheme[BUFFER_SIZE], host[BUFFER_SIZE], user[BUFFER_SIZE], password[BUFFER_SIZE];
    WCHAR path[BUFFER_SIZE], extra[BUFFER_SIZE];
};

static void ask_for_copies( URL_COMPONENTS *uc, struct buffers *buffers )
{
    WCHAR *c;

    for (c = buffers->scheme; c < (WCHAR *)(buffers + 1); c++) *c = FILL;
    memset( uc, 0, sizeof(*uc) );
    uc->dwStructSize = sizeof(*uc);
    uc->lpszScheme = buffers->scheme;
    uc->lpszHostName = buffers->host;
    uc->lpszUserName = buffers->user;
    uc->lpszPassword = buffers->password;
    uc->lpszUrlPath = buffers->path;
    uc->lpszExtraInfo = buffers->extra;
    uc->dwSchemeLength = uc->dwHostNameLength = uc->dwUserNameLength = BUFFER_SIZE;
    uc->dwPasswordLength = uc->dwUrlPathLength = uc->dwExtraInfoLength = BUFFER_SIZE;
}

#define check_copy( text, length, expected ) \
    check_copy_at( text, length, expected, __LINE__ )
static void check_copy_at( const WCHAR *text, DWORD length, const WCHAR *expected, int line )
{
    ok_( __FILE__, line )( !wcscmp( text, expected ), "expected %ls, got %ls\n",
                           expected, text );
    ok_( __FILE__, line )( length == wcslen( expected ), "expected length %u, got %u\n",
                           (UINT)wcslen( expected ), (UINT)length );
}

static void test_crack_copies(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;

    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://user:pass@winehq.org:81/site/about?query", 0, 0, &uc ) );
    check_error( ERROR_SUCCESS );
    check_copy( buffers.scheme, uc.dwSchemeLength, L"http" );
    check_copy( buffers.host, uc.dwHostNameLength, L"winehq.org" );
    check_copy( buffers.user, uc.dwUserNameLength, L"user" );
    check_copy( buffers.password, uc.dwPasswordLength, L"pass" );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/site/about" );
    check_copy( buffers.extra, uc.dwExtraInfoLength, L"?query" );
    ok( uc.lpszHostName == buffers.host, "the pointer has moved\n" );

    /* what is absent becomes an empty text */
    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org", 0, 0, &uc ) );
    check_copy( buffers.user, uc.dwUserNameLength, L"" );
    check_copy( buffers.password, uc.dwPasswordLength, L"" );
    check_copy( buffers.path, uc.dwUrlPathLength, L"" );
    check_copy( buffers.extra, uc.dwExtraInfoLength, L"" );

    /* both ways at once */
    ask_for_copies( &uc, &buffers );
    uc.lpszUrlPath = NULL;
    uc.lpszExtraInfo = NULL;
    uc.dwExtraInfoLength = 0;
    check_works( WinHttpCrackUrl( L"http://winehq.org/a?b", 0, 0, &uc ) );
    check_copy( buffers.host, uc.dwHostNameLength, L"winehq.org" );
    ok( uc.dwUrlPathLength == 4, "got path length %u\n", (UINT)uc.dwUrlPathLength );
}

static void test_crack_small_buffers(void)
{
    static const WCHAR url[] = L"http://www.winehq.org/p";
    struct buffers buffers;
    URL_COMPONENTS uc;

    ask_for_copies( &uc, &buffers );
    uc.dwSchemeLength = 1;
    uc.dwHostNameLength = 14; /* the text fits, but not its NUL */
    check_fails( WinHttpCrackUrl( url, 0, 0, &uc ), ERROR_INSUFFICIENT_BUFFER );
    ok( uc.dwSchemeLength == 5, "got scheme length %u\n", (UINT)uc.dwSchemeLength );
    ok( uc.dwHostNameLength == 15, "got host length %u\n", (UINT)uc.dwHostNameLength );
    ok( uc.dwUrlPathLength == 2, "got path length %u\n", (UINT)uc.dwUrlPathLength );
    ok( buffers.scheme[1] == FILL && buffers.host[14] == FILL, "written beyond the buffer\n" );

    ask_for_copies( &uc, &buffers );
    uc.dwSchemeLength = 5;
    uc.dwHostNameLength = 15;
    uc.dwUrlPathLength = 3;
    uc.dwUserNameLength = 1;
    check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
    check_copy( buffers.scheme, uc.dwSchemeLength, L"http" );
    check_copy( buffers.host, uc.dwHostNameLength, L"www.winehq.org" );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/p" );
    ok( buffers.host[15] == FILL && buffers.path[3] == FILL && buffers.user[1] == FILL,
        "written beyond the buffer\n" );
}

/* A buffer without size spoils the call, and nothing is changed. */
static void test_crack_zero_size_buffer(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc, before;

    ask_for_copies( &uc, &buffers );
    uc.dwHostNameLength = 0;
    uc.nPort = 4711;
    before = uc;
    check_fails( WinHttpCrackUrl( L"http://winehq.org/", 0, 0, &uc ), ERROR_INVALID_PARAMETER );
    ok( !memcmp( &uc, &before, sizeof(uc) ), "the structure was changed\n" );
    ok( buffers.scheme[0] == FILL && buffers.path[0] == FILL, "a buffer was changed\n" );
}

static void test_crack_bad_parameters(void)
{
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    check_fails( WinHttpCrackUrl( NULL, 0, 0, &uc ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpCrackUrl( NULL, 7, 0, &uc ), ERROR_INVALID_PARAMETER );
    check_fails( WinHttpCrackUrl( L"http://winehq.org", 0, 0, NULL ), ERROR_INVALID_PARAMETER );
    uc.dwStructSize = sizeof(uc) - 1;
    check_fails( WinHttpCrackUrl( L"http://winehq.org", 0, 0, &uc ), ERROR_INVALID_PARAMETER );
    uc.dwStructSize = 0;
    check_fails( WinHttpCrackUrl( L"http://winehq.org", 0, 0, &uc ), ERROR_INVALID_PARAMETER );
}

static void test_crack_bad_urls(void)
{
    static const struct { const WCHAR *url; DWORD error; } tests[] =
    {
        { L"HTTP:www.winehq.org", ERROR_WINHTTP_INVALID_URL },
        { L"http:/www.winehq.org", ERROR_WINHTTP_INVALID_URL },
        { L"http:www.winehq.org", ERROR_WINHTTP_INVALID_URL },
        { L"http://", ERROR_WINHTTP_INVALID_URL },
        { L"https://", ERROR_WINHTTP_INVALID_URL },
        { L"www.winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"www", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"http", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"ftp://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"ws://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"wss://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L"httpx://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        { L" http://winehq.org", ERROR_WINHTTP_UNRECOGNIZED_SCHEME },
        /* guess: a host must be there, and its bracket must close */
        { L"http:///page", ERROR_WINHTTP_INVALID_URL },
        { L"http://[::1/page", ERROR_WINHTTP_INVALID_URL },
        { L"http://[::1]x/page", ERROR_WINHTTP_INVALID_URL },
    };
    URL_COMPONENTS uc;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "url %u", i );
        ask_for_pointers( &uc );
        check_fails( WinHttpCrackUrl( tests[i].url, 0, 0, &uc ), tests[i].error );
        ok( !uc.lpszHostName, "got a host\n" );
        winetest_pop_context();
    }
}

static void test_crack_reject_userpwd(void)
{
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    check_fails( WinHttpCrackUrl( L"http://user:pass@winehq.org/", 0, ICU_REJECT_USERPWD, &uc ),
                 ERROR_WINHTTP_INVALID_URL );
    check_fails( WinHttpCrackUrl( L"http://user@winehq.org/", 0, ICU_REJECT_USERPWD, &uc ),
                 ERROR_WINHTTP_INVALID_URL );
    ask_for_pointers( &uc );
    check_works( WinHttpCrackUrl( L"http://winehq.org/p?v=a@b", 0, ICU_REJECT_USERPWD, &uc ) );
}

static void test_crack_decode(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;

    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org/a%20b%3fc%41?d%20e%3F%26", 0, ICU_DECODE,
                                  &uc ) );
    /* the parts are found first, and decoded then */
    check_copy( buffers.path, uc.dwUrlPathLength, L"/a b?cA" );
    check_copy( buffers.extra, uc.dwExtraInfoLength, L"?d e?&" );

    /* guess: what is no escape stays */
    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org/%zz%4%", 0, ICU_DECODE, &uc ) );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/%zz%4%" );

    /* guess: user and password too, which is how an at sign gets into them */
    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://us%20er:p%40ss@winehq.org/", 0, ICU_DECODE, &uc ) );
    check_copy( buffers.user, uc.dwUserNameLength, L"us er" );
    check_copy( buffers.password, uc.dwPasswordLength, L"p@ss" );
    check_copy( buffers.host, uc.dwHostNameLength, L"winehq.org" );

    /* the size that is needed is that of the decoded text */
    ask_for_copies( &uc, &buffers );
    uc.dwUrlPathLength = 3;
    check_fails( WinHttpCrackUrl( L"http://winehq.org/%20%20", 0, ICU_DECODE, &uc ),
                 ERROR_INSUFFICIENT_BUFFER );
    ok( uc.dwUrlPathLength == 4, "got path length %u\n", (UINT)uc.dwUrlPathLength );
}

/* guess U3: bytes beyond ASCII are read in the ANSI code page */
static void test_crack_decode_ansi(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;

    if (GetACP() != 1252)
    {
        skip( "needs ANSI code page 1252\n" );
        return;
    }
    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org/%e4%80", 0, ICU_DECODE, &uc ) );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/\x00e4\x20ac" );
}

static void test_crack_escape(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;

    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.o g/path with spaces", 0, ICU_ESCAPE, &uc ) );
    check_copy( buffers.host, uc.dwHostNameLength, L"winehq.o g" );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/path%20with%20spaces" );

    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org/path%20with%20spaces", 0,
                                  ICU_ESCAPE | ICU_DECODE, &uc ) );
    check_copy( buffers.path, uc.dwUrlPathLength, L"/path%20with%20spaces" );

    /* guess: the query as well */
    ask_for_copies( &uc, &buffers );
    check_works( WinHttpCrackUrl( L"http://winehq.org/a?b c", 0, ICU_ESCAPE, &uc ) );
    check_copy( buffers.extra, uc.dwExtraInfoLength, L"?b%20c" );
}

/* Recoded text needs a place of its own. */
static void test_crack_recode_needs_buffers(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;

    ask_for_pointers( &uc );
    check_fails( WinHttpCrackUrl( L"http://winehq.org/", 0, ICU_DECODE, &uc ),
                 ERROR_INVALID_PARAMETER );
    /* guess U2 */
    check_fails( WinHttpCrackUrl( L"http://winehq.org/", 0, ICU_ESCAPE, &uc ),
                 ERROR_INVALID_PARAMETER );

    ask_for_copies( &uc, &buffers );
    uc.lpszScheme = NULL;
    check_fails( WinHttpCrackUrl( L"http://winehq.org/", 0, ICU_DECODE, &uc ),
                 ERROR_INVALID_PARAMETER );
    uc.dwSchemeLength = 0;
    check_works( WinHttpCrackUrl( L"http://winehq.org/", 0, ICU_DECODE, &uc ) );
}

static void test_crack_long_url(void)
{
    enum { length = 65536 };
    WCHAR *url = malloc( (length + 1) * sizeof(*url) );
    URL_COMPONENTS uc;
    int i;

    wcscpy( url, L"http://winehq.org/" );
    for (i = wcslen( url ); i < length; i++) url[i] = 'a' + i % 26;
    url[length] = 0;
    ask_for_pointers( &uc );
    check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
    ok( uc.dwUrlPathLength == length - 17, "got path length %u\n", (UINT)uc.dwUrlPathLength );
    free( url );
}

/* --- WinHttpCreateUrl ------------------------------------------------------------------------ */

static WCHAR empty[16], http_text[] = L"http", user_text[] = L"username";
static WCHAR password_text[] = L"password", host_text[] = L"www.winehq.org";
static WCHAR path_text[] = L"/site/about", extra_text[] = L"?query";

static const WCHAR full_url[] = L"http://username:password@www.winehq.org/site/about?query";

static void fill_components( URL_COMPONENTS *uc )
{
    memset( uc, 0, sizeof(*uc) );
    uc->dwStructSize = sizeof(*uc);
    uc->lpszScheme = http_text;
    uc->dwSchemeLength = wcslen( http_text );
    uc->nScheme = INTERNET_SCHEME_HTTP;
    uc->lpszHostName = host_text;
    uc->dwHostNameLength = wcslen( host_text );
    uc->nPort = 80;
    uc->lpszUserName = user_text;
    uc->dwUserNameLength = wcslen( user_text );
    uc->lpszPassword = password_text;
    uc->dwPasswordLength = wcslen( password_text );
    uc->lpszUrlPath = path_text;
    uc->dwUrlPathLength = wcslen( path_text );
    uc->lpszExtraInfo = extra_text;
    uc->dwExtraInfoLength = wcslen( extra_text );
}

#define check_create( uc, flags, expected ) check_create_at( uc, flags, expected, __LINE__ )
static void check_create_at( URL_COMPONENTS *uc, DWORD flags, const WCHAR *expected, int line )
{
    DWORD error, length = 256;
    WCHAR url[256];
    BOOL ret;

    url[0] = 0;
    SetLastError( 0xdeadbeef );
    ret = WinHttpCreateUrl( uc, flags, url, &length );
    error = GetLastError();
    ok_( __FILE__, line )( ret, "failed, error %u\n", (UINT)error );
    ok_( __FILE__, line )( error == ERROR_SUCCESS, "got error %u\n", (UINT)error );
    ok_( __FILE__, line )( !wcscmp( url, expected ), "expected %ls, got %ls\n",
                           expected, url );
    ok_( __FILE__, line )( length == wcslen( expected ), "expected length %u, got %u\n",
                           (UINT)wcslen( expected ), (UINT)length );
}

static void test_create_whole_url(void)
{
    URL_COMPONENTS uc;

    fill_components( &uc );
    check_create( &uc, 0, full_url );
}

static void test_create_bad_parameters(void)
{
    DWORD length = 256;
    URL_COMPONENTS uc;
    WCHAR url[256];

    fill_components( &uc );
    check_fails( WinHttpCreateUrl( NULL, 0, url, &length ), ERROR_INVALID_PARAMETER );
    ok( length == 256, "got length %u\n", (UINT)length );
    check_fails( WinHttpCreateUrl( &uc, 0, url, NULL ), ERROR_INVALID_PARAMETER );
    uc.dwStructSize = 0;
    check_fails( WinHttpCreateUrl( &uc, 0, url, &length ), ERROR_INVALID_PARAMETER );
    ok( length == 256, "got length %u\n", (UINT)length );
}

static void test_create_length(void)
{
    URL_COMPONENTS uc;
    DWORD length;
    WCHAR url[57];

    fill_components( &uc );
    length = 0;
    check_fails( WinHttpCreateUrl( &uc, 0, NULL, &length ), ERROR_INSUFFICIENT_BUFFER );
    ok( length == 57, "got length %u\n", (UINT)length );

    length = 256;
    SetLastError( 0xdeadbeef );
    ok( !WinHttpCreateUrl( &uc, 0, NULL, &length ), "expected failure\n" );
    ok( GetLastError() == ERROR_INVALID_PARAMETER ||
        broken( GetLastError() == ERROR_INSUFFICIENT_BUFFER ) /* before Windows 7 */,
        "got error %u\n", (UINT)GetLastError() );
    ok( length == 256 || broken( length == 57 ), "got length %u\n", (UINT)length );

    length = 56; /* the text fits, but not its NUL */
    url[0] = FILL;
    check_fails( WinHttpCreateUrl( &uc, 0, url, &length ), ERROR_INSUFFICIENT_BUFFER );
    ok( length == 57, "got length %u\n", (UINT)length );
    ok( url[0] == FILL, "the buffer was changed\n" );

    check_works( WinHttpCreateUrl( &uc, 0, url, &length ) );
    ok( length == 56, "got length %u\n", (UINT)length );
    ok( !wcscmp( url, full_url ), "got %ls\n", url );
}

static void test_create_scheme(void)
{
    WCHAR https_text[] = L"https", ftp_text[] = L"ftp", other_text[] = L"x-y";
    URL_COMPONENTS uc;

    fill_components( &uc );
    uc.lpszUserName = uc.lpszPassword = NULL;

    /* the text wins */
    uc.nScheme = INTERNET_SCHEME_HTTPS;
    check_create( &uc, 0, L"http://www.winehq.org/site/about?query" );
    uc.lpszScheme = https_text;
    uc.dwSchemeLength = 5;
    uc.nScheme = INTERNET_SCHEME_HTTP;
    uc.nPort = 443;
    check_create( &uc, 0, L"https://www.winehq.org/site/about?query" );

    /* the number is the second choice */
    uc.lpszScheme = NULL;
    uc.nScheme = INTERNET_SCHEME_HTTPS;
    check_create( &uc, 0, L"https://www.winehq.org/site/about?query" );

    /* http the third */
    uc.nScheme = 0;
    uc.nPort = 0;
    check_create( &uc, 0, L"http://www.winehq.org:0/site/about?query" );

    /* a text may be anything */
    uc.lpszScheme = ftp_text;
    uc.dwSchemeLength = 3;
    uc.nPort = 21;
    check_create( &uc, 0, L"ftp://www.winehq.org:21/site/about?query" );
    uc.lpszScheme = other_text;
    check_create( &uc, 0, L"x-y://www.winehq.org:21/site/about?query" );
}

static void test_create_port(void)
{
    WCHAR https_text[] = L"https", ftp_text[] = L"ftp";
    URL_COMPONENTS uc;

    fill_components( &uc );
    uc.lpszUserName = uc.lpszPassword = uc.lpszUrlPath = uc.lpszExtraInfo = NULL;
    check_create( &uc, 0, L"http://www.winehq.org" );
    uc.nPort = 443;
    check_create( &uc, 0, L"http://www.winehq.org:443" );
    uc.nPort = 42;
    check_create( &uc, 0, L"http://www.winehq.org:42" );
    uc.nPort = 65535;
    check_create( &uc, 0, L"http://www.winehq.org:65535" );
    uc.lpszScheme = https_text;
    uc.dwSchemeLength = 5;
    uc.nPort = 443;
    check_create( &uc, 0, L"https://www.winehq.org" );
    uc.nPort = 80;
    check_create( &uc, 0, L"https://www.winehq.org:80" );
    uc.lpszScheme = ftp_text;
    uc.dwSchemeLength = 3;
    check_create( &uc, 0, L"ftp://www.winehq.org:80" );
}

/* Texts are copied by their lengths; a NUL inside ends what is seen, not what is counted. */
static void test_create_stale_lengths(void)
{
    DWORD length = 256;
    URL_COMPONENTS uc;
    WCHAR url[256];

    fill_components( &uc );
    uc.lpszPassword = empty;
    check_works( WinHttpCreateUrl( &uc, 0, url, &length ) );
    ok( length == 56, "got length %u\n", (UINT)length );
    ok( !wcscmp( url, L"http://username:" ), "got %ls\n", url );

    uc.lpszUserName = empty;
    length = 256;
    check_works( WinHttpCreateUrl( &uc, 0, url, &length ) );
    ok( length == 56, "got length %u\n", (UINT)length );
    ok( !wcscmp( url, L"http://" ), "got %ls\n", url );
}

static void test_create_userinfo(void)
{
    URL_COMPONENTS uc;
    DWORD length = 256;
    WCHAR url[256];

    /* a pointer decides whether a part is there, whatever its length */
    fill_components( &uc );
    uc.lpszUserName = NULL;
    check_fails( WinHttpCreateUrl( &uc, 0, url, &length ), ERROR_INVALID_PARAMETER );
    ok( length == 256, "got length %u\n", (UINT)length );

    uc.lpszPassword = NULL;
    check_create( &uc, 0, L"http://www.winehq.org/site/about?query" );

    uc.lpszUserName = user_text;
    check_create( &uc, 0, L"http://username@www.winehq.org/site/about?query" );

    uc.lpszUserName = empty;
    uc.dwUserNameLength = 0;
    uc.lpszPassword = password_text;
    check_create( &uc, 0, L"http://:password@www.winehq.org/site/about?query" );

    /* guess: what WinHttpCrackUrl leaves for a URL without either makes such a URL again */
    uc.lpszPassword = empty;
    uc.dwPasswordLength = 0;
    check_create( &uc, 0, L"http://www.winehq.org/site/about?query" );
}

static void test_create_reject_userpwd(void)
{
    URL_COMPONENTS uc;
    DWORD length = 256;
    WCHAR url[256];

    fill_components( &uc );
    check_fails( WinHttpCreateUrl( &uc, ICU_REJECT_USERPWD, url, &length ),
                 ERROR_WINHTTP_INVALID_URL );
    uc.lpszUserName = uc.lpszPassword = NULL;
    check_works( WinHttpCreateUrl( &uc, ICU_REJECT_USERPWD, url, &length ) );
}

static void test_create_without_host(void)
{
    WCHAR text[] = L"?text=";
    URL_COMPONENTS uc;

    memset( &uc, 0, sizeof(uc) );
    uc.dwStructSize = sizeof(uc);
    uc.lpszExtraInfo = text;
    uc.dwExtraInfoLength = wcslen( text );
    check_create( &uc, 0, L"http://?text=" );

    /* the slash before a path is the caller's business */
    uc.lpszHostName = host_text;
    uc.dwHostNameLength = wcslen( host_text );
    uc.nPort = 80;
    uc.lpszUrlPath = text + 1;
    uc.dwUrlPathLength = 4;
    uc.lpszExtraInfo = NULL;
    check_create( &uc, 0, L"http://www.winehq.orgtext" );
}

static void test_create_escape(void)
{
    static const WCHAR kept[] = L"/!$&'()*+,-.:;=@_09azAZ?";
    static const struct { WCHAR c; const WCHAR *escaped; } tests[] =
    {
        { ' ', L"%20" }, { '"', L"%22" }, { '#', L"%23" }, { '%', L"%25" }, { '<', L"%3C" },
        { '>', L"%3E" }, { '[', L"%5B" }, { '\\', L"%5C" }, { ']', L"%5D" }, { '^', L"%5E" },
        { '`', L"%60" }, { '{', L"%7B" }, { '|', L"%7C" }, { '}', L"%7D" }, { '~', L"%7E" },
        { 0x01, L"%01" }, { '\n', L"%0A" }, { 0x1f, L"%1F" }, { 0x7f, L"%7F" },
    };
    WCHAR text[3] = L"/", expected[64];
    URL_COMPONENTS uc;
    unsigned int i;

    memset( &uc, 0, sizeof(uc) );
    uc.dwStructSize = sizeof(uc);
    uc.lpszHostName = host_text;
    uc.dwHostNameLength = 3;
    uc.nPort = 80;
    uc.lpszUrlPath = (WCHAR *)kept;
    uc.dwUrlPathLength = wcslen( kept );
    check_create( &uc, ICU_ESCAPE, L"http://www/!$&'()*+,-.:;=@_09azAZ?" );

    for (i = 0; i < ARRAYSIZE(tests); i++)
    {
        winetest_push_context( "character %#x", tests[i].c );
        text[1] = tests[i].c;
        uc.lpszUrlPath = text;
        uc.dwUrlPathLength = 2;
        uc.lpszExtraInfo = text + 1;
        uc.dwExtraInfoLength = 1;
        wcscpy( expected, L"http://www/" );
        wcscat( expected, tests[i].escaped );
        wcscat( expected, tests[i].escaped );
        check_create( &uc, ICU_ESCAPE, expected );
        wcscpy( expected, L"http://www/" );
        wcscat( expected, text + 1 );
        wcscat( expected, text + 1 );
        check_create( &uc, 0, expected );
        winetest_pop_context();
    }
}

static void test_create_escape_unicode(void)
{
    WCHAR ligature[] = L"/\xfb00", umlaut[] = L"/\x00e4";
    URL_COMPONENTS uc;
    DWORD length = 256;
    WCHAR url[256];

    memset( &uc, 0, sizeof(uc) );
    uc.dwStructSize = sizeof(uc);
    uc.lpszHostName = host_text;
    uc.dwHostNameLength = 3;
    uc.nPort = 80;
    uc.lpszUrlPath = ligature;
    uc.dwUrlPathLength = 2;
    check_create( &uc, 0, L"http://www/\xfb00" );
    if (GetACP() == CP_UTF8) check_create( &uc, ICU_ESCAPE, L"http://www/%EF%AC%80" );
    else
    {
        check_fails( WinHttpCreateUrl( &uc, ICU_ESCAPE, url, &length ), ERROR_INVALID_PARAMETER );
        ok( length == 256, "got length %u\n", (UINT)length );
    }

    /* guess U5 */
    uc.lpszUrlPath = umlaut;
    if (GetACP() == 1252) check_create( &uc, ICU_ESCAPE, L"http://www/%E4" );
    if (GetACP() == CP_UTF8) check_create( &uc, ICU_ESCAPE, L"http://www/%C3%A4" );
}

/* What one function takes apart the other puts together again. */
static void test_round_trip(void)
{
    struct buffers buffers;
    URL_COMPONENTS uc;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(crack_tests); i++)
    {
        const WCHAR *url = crack_tests[i].url;

        if (!wcsncmp( url, L"HtTp", 4 ) || wcsstr( url, L":@" )) continue;
        winetest_push_context( "url %u", i );
        ask_for_pointers( &uc );
        check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
        check_create( &uc, 0, url );
        ask_for_copies( &uc, &buffers );
        check_works( WinHttpCrackUrl( url, 0, 0, &uc ) );
        check_create( &uc, 0, url );
        winetest_pop_context();
    }
}

START_TEST(url)
{
    RUN( test_crack_pointers );
    RUN( test_crack_lone_question_mark );
    RUN( test_crack_length );
    RUN( test_crack_unwanted_parts );
    RUN( test_crack_ports );
    RUN( test_crack_copies );
    RUN( test_crack_small_buffers );
    RUN( test_crack_zero_size_buffer );
    RUN( test_crack_bad_parameters );
    RUN( test_crack_bad_urls );
    RUN( test_crack_reject_userpwd );
    RUN( test_crack_decode );
    RUN( test_crack_decode_ansi );
    RUN( test_crack_escape );
    RUN( test_crack_recode_needs_buffers );
    RUN( test_crack_long_url );
    RUN( test_create_whole_url );
    RUN( test_create_bad_parameters );
    RUN( test_create_length );
    RUN( test_create_scheme );
    RUN( test_create_port );
    RUN( test_create_stale_lengths );
    RUN( test_create_userinfo );
    RUN( test_create_reject_userpwd );
    RUN( test_create_without_host );
    RUN( test_create_escape );
    RUN( test_create_escape_unicode );
    RUN( test_round_trip );
}
