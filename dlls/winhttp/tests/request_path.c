/*
 * What WinHttpOpenRequest makes of the object: escapes, the leading slash, the default.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What is checked is what Windows sends (http.md 2); a comment "guess" marks an answer that nobody
 * has seen.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

struct path_test
{
    const WCHAR *object;
    DWORD flags;
    const char *target;         /* what stands in the request line */
};

/* Every printable character that is no letter or digit, and some that do not print. */
#define SPECIAL L"/ !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\r\n"

static const struct path_test path_tests[] =
{
    { NULL, 0, "/" },
    { L"", 0, "/" },
    { L"/", 0, "/" },
    { L"page", 0, "/page" },
    { L"/page?a=b&c=d", 0, "/page?a=b&c=d" },
    { L"?a", 0, "/?a" },
    { SPECIAL, 0,
      "/%20!%22%23$%&'()*+,-./:;%3C=%3E?@%5B%5C%5D%5E_%60%7B%7C%7D~%0D%0A" },
    { SPECIAL, WINHTTP_FLAG_ESCAPE_PERCENT,
      "/%20!%22%23$%25&'()*+,-./:;%3C=%3E?@%5B%5C%5D%5E_%60%7B%7C%7D~%0D%0A" },
    { L"/%41?%41", 0, "/%41?%41" },
    { L"/%41?%41", WINHTTP_FLAG_ESCAPE_PERCENT, "/%2541?%2541" },
    { L"/\x1f\x7f<\r\nx?\x1f\x7f<\r\nx", 0, "/%1F%7F%3C%0D%0Ax?%1F%7F%3C%0D%0Ax" },
    { L"/a\r\n b<#{?a\r\n b<#{", WINHTTP_FLAG_ESCAPE_DISABLE, "/a%20b<#{?a%20b<#{" },
    { L"/\x1f\x7f?\x1f\x7f", WINHTTP_FLAG_ESCAPE_DISABLE, "/\x1f\x7f?\x1f\x7f" },
    { L"/a\r\n b<?a\r\n b<#{\x1f", WINHTTP_FLAG_ESCAPE_DISABLE_QUERY,
      "/a%0D%0A%20b%3C?a%20b<#{\x1f" },
    { L"/\x80\x00e4\x4e00?\x80\x00e4\x4e00", 0,
      "/%C2%80%C3%A4%E4%B8%80?%C2%80%C3%A4%E4%B8%80" },
    { L"/\x00e4?\x4e00", WINHTTP_FLAG_ESCAPE_DISABLE, "/%C3%A4?%E4%B8%80" },
    { L"/\x00e4?\x4e00", WINHTTP_FLAG_ESCAPE_DISABLE_QUERY, "/%C3%A4?%E4%B8%80" },
    /* guess: a surrogate pair is one character */
    { L"/\xd83d\xde00", 0, "/%F0%9F%98%80" },
    /* guess: switching it off is stronger */
    { L"/% ?% ", WINHTTP_FLAG_ESCAPE_PERCENT | WINHTTP_FLAG_ESCAPE_DISABLE, "/%%20?%%20" },
    { L"/% ?% ", WINHTTP_FLAG_ESCAPE_PERCENT | WINHTTP_FLAG_ESCAPE_DISABLE_QUERY,
      "/%25%20?%%20" },
};

/* Does one exchange, on a connection of its own. */
static void exchange( const struct path_test *test )
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" ),
        SRV_CUT, SRV_END
    };
    struct server *server = server_start( script );
    const struct server_request *request;
    struct client client;
    char line[512];

    client_connect( &client, server_port( server ), CLIENT_SYNC );
    client.request = WinHttpOpenRequest( client.connect, NULL, test->object, NULL, NULL, NULL,
                                         test->flags );
    ok( client.request != NULL, "WinHttpOpenRequest failed, error %u\n", (UINT)GetLastError() );
    check_works( WinHttpSendRequest( client.request, NULL, 0, NULL, 0, 0, 0 ) );
    check_works( WinHttpReceiveResponse( client.request, NULL ) );
    client_close( &client );

    request = server_request( server, 0 );
    sprintf( line, "GET %s HTTP/1.1\r\n", test->target );
    ok( request && !strncmp( request->text, line, strlen( line ) ), "expected %sgot %.100s\n", line,
        request ? request->text : "nothing" );
    server_stop( server );
}

static void test_request_path(void)
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(path_tests); i++)
    {
        winetest_push_context( "path %u", i );
        exchange( &path_tests[i] );
        winetest_pop_context();
    }
}

START_TEST(request_path)
{
    RUN( test_request_path );
}
