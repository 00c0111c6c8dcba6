/*
 * What the topics on proxy scripts share: a server that has one, and WinHttpGetProxyForUrl.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    struct pac, from pac_open() to pac_close().
 * Threads: pac_ask() any; everything else the test's thread.
 * Fails:   by failed checks.
 *
 * Scripts are kept by their URL, and ports come back: so each path begins with a number of its own.
 */
#ifndef WINHTTP_TESTS_PAC_H
#define WINHTTP_TESTS_PAC_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winuser.h>

#include "client.h"

#define PAC_TYPE "Content-Type: application/x-ns-proxy-autoconfig\r\n"

struct pac
{
    HINTERNET session;
    struct server *server;
    struct step steps[4];   /* of the server, unless it has others */
    char *response;         /* owned */
    WCHAR url[64];
};

/* The response's bytes, to be freed; lines: those of the header that the script needs. */
static inline char *pac_build_response( const char *lines, const char *script )
{
    size_t size = strlen( script ) + strlen( lines ) + 100;
    char *response = malloc( size );

    snprintf( response, size, "HTTP/1.1 200 OK\r\n%sContent-Length: %u\r\n\r\n%s", lines,
              (UINT)strlen( script ), script );
    return response;
}

static inline void pac_open_session( struct pac *pac )
{
    memset( pac, 0, sizeof(*pac) );
    pac->session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    ok( pac->session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
}

static inline void pac_set_url( struct pac *pac, const WCHAR *path )
{
    static UINT serial;

    wsprintfW( pac->url, L"http://127.0.0.1:%u/%u%s", server_port( pac->server ), ++serial, path );
}

/* A server that does what the steps say; no TLS, whatever the environment wants. */
static inline void pac_open_steps( struct pac *pac, const struct step *steps, const WCHAR *path )
{
    pac_open_session( pac );
    pac->server = server_start_plain( steps );
    pac_set_url( pac, path );
}

/* One that answers once. */
static inline void pac_open_with( struct pac *pac, const char *lines, const char *script,
                                  const WCHAR *path )
{
    static const struct step accept = SRV_ACCEPT, headers = SRV_HEADERS, end = SRV_END;

    pac_open_session( pac );
    pac->response = pac_build_response( lines, script );
    pac->steps[0] = accept;
    pac->steps[1] = headers;
    pac->steps[2].type = STEP_SEND;
    pac->steps[2].arg = 0;
    pac->steps[2].data = pac->response;
    pac->steps[2].len = (UINT)strlen( pac->response );
    pac->steps[3] = end;
    pac->server = server_start_plain( pac->steps );
    pac_set_url( pac, path );
}

static inline void pac_open( struct pac *pac, const char *script )
{
    pac_open_with( pac, PAC_TYPE, script, L"/proxy.pac" );
}

#define pac_close( pac ) pac_close_at( pac, __LINE__ )
static inline void pac_close_at( struct pac *pac, int line )
{
    if (pac->server) server_stop_at( pac->server, line );
    check_works( WinHttpCloseHandle( pac->session ) );
    free( pac->response );
}

/* WinHttpGetProxyForUrl with the script: its error. */
static inline DWORD pac_ask( const struct pac *pac, const WCHAR *url, DWORD flags,
                             WINHTTP_PROXY_INFO *info )
{
    WINHTTP_AUTOPROXY_OPTIONS options;
    BOOL ret;

    memset( &options, 0, sizeof(options) );
    memset( info, 0, sizeof(*info) );
    options.dwFlags = WINHTTP_AUTOPROXY_CONFIG_URL | flags;
    options.lpszAutoConfigUrl = pac->url;
    SetLastError( 0xdeadbeef );
    ret = WinHttpGetProxyForUrl( pac->session, (WCHAR *)url, &options, info );
    return ret ? ERROR_SUCCESS : GetLastError();
}

/* expect NULL: no proxy. */
#define check_proxy( pac, url, expect ) check_proxy_at( pac, url, 0, expect, __LINE__, __FILE__ )
#define check_proxy_flags( pac, url, flags, expect ) \
    check_proxy_at( pac, url, flags, expect, __LINE__, __FILE__ )
static inline void check_proxy_at( const struct pac *pac, const WCHAR *url, DWORD flags,
                                   const WCHAR *expect, int line, const char *file )
{
    WINHTTP_PROXY_INFO info;
    DWORD error = pac_ask( pac, url, flags, &info );

    ok_( file, line )( !error, "%ls: failed with %u\n", url, (UINT)error );
    if (error) return;
    ok_( file, line )( info.dwAccessType == (expect ? WINHTTP_ACCESS_TYPE_NAMED_PROXY
                                                    : WINHTTP_ACCESS_TYPE_NO_PROXY),
                       "%ls: got type %u\n", url, (UINT)info.dwAccessType );
    if (expect && info.lpszProxy)
        ok_( file, line )( !wcscmp( info.lpszProxy, expect ), "%ls: expected %ls, got %ls\n", url,
                           expect, info.lpszProxy );
    else
        ok_( file, line )( !expect && !info.lpszProxy, "%ls: expected %ls, got %ls\n", url, expect,
                           info.lpszProxy );
    ok_( file, line )( !info.lpszProxyBypass, "got a bypass list\n" );
    GlobalFree( info.lpszProxy );
}

/* The error, and nothing in the result (guess U15). */
#define check_proxy_fails( pac, url, expect ) \
    check_proxy_fails_at( pac, url, expect, __LINE__, __FILE__ )
static inline void check_proxy_fails_at( const struct pac *pac, const WCHAR *url, DWORD expect,
                                         int line, const char *file )
{
    WINHTTP_PROXY_INFO info;
    DWORD error = pac_ask( pac, url, 0, &info );

    ok_( file, line )( error == expect, "expected %u, got %u\n", (UINT)expect, (UINT)error );
    ok_( file, line )( !info.dwAccessType && !info.lpszProxy && !info.lpszProxyBypass,
                       "the result was changed\n" );
}

#endif /* WINHTTP_TESTS_PAC_H */
