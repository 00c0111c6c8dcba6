/*
 * What the topics about logins and proxies share: responses, credentials, checks of both sides.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing; struct client is client.h's.
 * Threads: the test's thread.
 * Fails:   each step is a check.
 *
 * Where the scripted server is a proxy, origin servers have names that nobody could resolve, so a
 * request that got anywhere went through it.
 */
#ifndef WINHTTP_TESTS_LOGIN_H
#define WINHTTP_TESTS_LOGIN_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>
#include <rpc.h>
#define SECURITY_WIN32
#include <security.h>

#include "client.h"

#define STATUS( name ) WINHTTP_CALLBACK_STATUS_ ## name

#define OK_HELLO "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define OK_CLOSE "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
#define DENIED_WITH( lines ) "HTTP/1.1 401 Unauthorized\r\n" lines "Content-Length: 6\r\n\r\ndenied"
#define DENIED_BASIC DENIED_WITH( "WWW-Authenticate: Basic realm=\"here\"\r\n" )
#define PROXY_DENIED_WITH( lines ) "HTTP/1.1 407 Proxy Authentication Required\r\n" lines \
                                   "Content-Length: 6\r\n\r\ndenied"
#define PROXY_DENIED_BASIC PROXY_DENIED_WITH( "Proxy-Authenticate: Basic realm=\"p\"\r\n" )
#define TUNNEL_OK "HTTP/1.1 200 Connection established\r\n\r\n"
#define DIGEST( nonce ) "WWW-Authenticate: Digest realm=\"a \\\"realm\\\"\", " \
                        "nonce=\"" nonce "\", qop=\"auth,auth-int\", opaque=\"o\"\r\n"

#define USER_PASS "Basic dXNlcjpwYXNz"      /* base64 of user:pass */

/* A challenge of domain TEST, server SERVER (MS-NLMP 2.2.1.2). */
#define NTLM_CHALLENGE "NTLM " NTLM_CHALLENGE_TOKEN
#define NTLM_CHALLENGE_TOKEN \
    "TlRMTVNTUAACAAAACAAIADgAAAAFgokiAQIDBAUGBwgAAAAAAAAAADwAPABAAAAABgGxHQAA" \
    "AA9UAEUAUwBUAAIACABUAEUAUwBUAAEADABTAEUAUgBWAEUAUgAEAAgAdABlAHMAdAADAAwA" \
    "cwBlAHIAdgBlAHIAAAAAAA=="
/* base64 of NTLMSSP, a NUL and the first bytes of the message's type */
#define NTLM_TYPE_1 "NTLM TlRMTVNTUAABAAAA"
#define NTLM_TYPE_3 "NTLM TlRMTVNTUAADAAAA"

/* --- what the server got --- */

#define check_authorization( server, index, expected ) \
    check_header( server, index, "Authorization", expected )

/* The beginning is enough: tokens hold the time. */
#define check_token( server, index, prefix ) \
    check_token_at( server, index, "Authorization", prefix, __LINE__, __FILE__ )
#define check_proxy_token( server, index, prefix ) \
    check_token_at( server, index, "Proxy-Authorization", prefix, __LINE__, __FILE__ )
static inline void check_token_at( struct server *server, unsigned int index, const char *name,
                                   const char *prefix, int line, const char *file )
{
    const char *value = sent_header( server, index, name );

    ok_( file, line )( !strncmp( value, prefix, strlen( prefix ) ), "got \"%.40s\"\n", value );
}

/* --- what the program got --- */

/* An option that is a text: its bytes without the NUL (options.md 0). */
#define check_text( request, option, expected ) \
    check_text_at( request, option, expected, __LINE__, __FILE__ )
static inline void check_text_at( HINTERNET request, DWORD option, const WCHAR *expected, int line,
                                  const char *file )
{
    WCHAR text[64];
    DWORD size = sizeof(text);
    BOOL ret = WinHttpQueryOption( request, option, text, &size );

    ok_( file, line )( ret, "failed with %u\n", (UINT)GetLastError() );
    ok_( file, line )( size == wcslen( expected ) * sizeof(WCHAR) && !wcscmp( text, expected ),
                       "got %ls\n", text );
}

#define check_status( request, expected ) check_status_at( request, expected, __LINE__, __FILE__ )
static inline void check_status_at( HINTERNET request, DWORD expected, int line, const char *file )
{
    DWORD status = 0, size = sizeof(status);
    BOOL ret = WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                    NULL, &status, &size, NULL );

    ok_( file, line )( ret && status == expected, "expected status %u, got %u\n", (UINT)expected,
                       (UINT)status );
}

/* The body of a synchronous response. */
#define check_body( request, expected ) check_body_at( request, expected, __LINE__, __FILE__ )
static inline void check_body_at( HINTERNET request, const char *expected, int line,
                                  const char *file )
{
    DWORD len = 0, count = (DWORD)strlen( expected );
    char buffer[64];
    BOOL ret = WinHttpReadData( request, buffer, sizeof(buffer), &len );

    ok_( file, line )( ret, "got error %u\n", (UINT)GetLastError() );
    ok_( file, line )( len == count && !memcmp( buffer, expected, count ), "got %u bytes\n",
                       (UINT)len );
}

#define check_schemes( request, supported, first, target ) \
    check_schemes_at( request, supported, first, target, __LINE__, __FILE__ )
static inline void check_schemes_at( HINTERNET request, DWORD expect_supported, DWORD expect_first,
                                     DWORD expect_target, int line, const char *file )
{
    DWORD supported = 0xdead, first = 0xdead, target = 0xdead;
    BOOL ret;

    SetLastError( 0xdeadbeef );
    ret = WinHttpQueryAuthSchemes( request, &supported, &first, &target );
    ok_( file, line )( ret, "failed with %u\n", (UINT)GetLastError() );
    ok_( file, line )( supported == expect_supported, "got supported %#x\n", (UINT)supported );
    ok_( file, line )( first == expect_first, "got first %#x\n", (UINT)first );
    ok_( file, line )( target == expect_target, "got target %u\n", (UINT)target );
}

/* http.md 11: 4317, outputs untouched */
#define check_no_schemes( request ) check_no_schemes_at( request, __LINE__, __FILE__ )
static inline void check_no_schemes_at( HINTERNET request, int line, const char *file )
{
    DWORD supported = 0xdead, first = 0xdead, target = 0xdead;
    BOOL ret;

    SetLastError( 0xdeadbeef );
    ret = WinHttpQueryAuthSchemes( request, &supported, &first, &target );
    ok_( file, line )( !ret && GetLastError() == ERROR_INVALID_OPERATION, "got %d, error %u\n", ret,
                       (UINT)GetLastError() );
    ok_( file, line )( supported == 0xdead && first == 0xdead && target == 0xdead,
                       "outputs were touched\n" );
}

/* --- credentials --- */

#define set_credentials( request, scheme, user, password ) \
    check_works( WinHttpSetCredentials( request, WINHTTP_AUTH_TARGET_SERVER, \
                                        WINHTTP_AUTH_SCHEME_ ## scheme, user, password, NULL ) )
#define set_proxy_credentials( request, scheme, user, password ) \
    check_works( WinHttpSetCredentials( request, WINHTTP_AUTH_TARGET_PROXY, \
                                        WINHTTP_AUTH_SCHEME_ ## scheme, user, password, NULL ) )

#define set_autologon( request, level ) \
    do { \
        DWORD policy__ = WINHTTP_AUTOLOGON_SECURITY_LEVEL_ ## level; \
        check_works( WinHttpSetOption( request, WINHTTP_OPTION_AUTOLOGON_POLICY, &policy__, \
                                       sizeof(policy__) ) ); \
    } while (0)

#define set_option_string( request, option, text ) \
    check_works( WinHttpSetOption( request, option, (void *)text, (DWORD)wcslen( text ) ) )

#define set_proxy_login( request ) \
    do { \
        set_option_string( request, WINHTTP_OPTION_PROXY_USERNAME, L"user" ); \
        set_option_string( request, WINHTTP_OPTION_PROXY_PASSWORD, L"pass" ); \
    } while (0)

/* Wine needs Samba's ntlm_auth for NTLM. */
static inline BOOL has_ntlm(void)
{
    SECURITY_STATUS (SEC_ENTRY *acquire)( WCHAR *, WCHAR *, ULONG, void *, void *, SEC_GET_KEY_FN,
                                          void *,
                                          CredHandle *, TimeStamp * );
    SECURITY_STATUS (SEC_ENTRY *release)( CredHandle * );
    SEC_WINNT_AUTH_IDENTITY_W identity = { 0 };
    HMODULE module = LoadLibraryW( L"secur32.dll" );
    SECURITY_STATUS status;
    CredHandle cred;
    TimeStamp time;

    acquire = (void *)GetProcAddress( module, "AcquireCredentialsHandleW" );
    release = (void *)GetProcAddress( module, "FreeCredentialsHandle" );
    identity.Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    identity.User = (void *)L"user";
    identity.UserLength = 4;
    identity.Password = (void *)L"pass";
    identity.PasswordLength = 4;
    status = acquire( NULL, (WCHAR *)L"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL,
                      &cred,
                      &time );
    if (!status) release( &cred );
    FreeLibrary( module );
    return !status;
}

/* --- through a proxy --- */

static inline WCHAR *proxy_text( struct server *server )
{
    static WCHAR text[32];

    swprintf( text, ARRAYSIZE( text ), L"127.0.0.1:%u", server_port( server ) );
    return text;
}

static inline void open_session( struct client *client, DWORD type, const WCHAR *proxy,
                                 const WCHAR *bypass, unsigned int flags )
{
    memset( client, 0, sizeof(*client) );
    notify_reset();
    client->session = WinHttpOpen( L"winhttp_test", type, proxy, bypass,
                                   flags & CLIENT_ASYNC ? WINHTTP_FLAG_ASYNC : 0 );
    ok( client->session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    client->unloaded = CreateEventW( NULL, TRUE, FALSE, NULL );
    check_works( WinHttpSetOption( client->session, WINHTTP_OPTION_UNLOAD_NOTIFY_EVENT,
                                   &client->unloaded, sizeof(client->unloaded) ) );
    check_works( WinHttpSetTimeouts( client->session, CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS,
                                     CLIENT_TIMEOUT_MS, CLIENT_TIMEOUT_MS ) );
    if (flags)
        WinHttpSetStatusCallback( client->session, notify_callback,
                                  WINHTTP_CALLBACK_FLAG_ALL_NOTIFICATIONS, 0 );
}

static inline void open_request( struct client *client, const WCHAR *host, INTERNET_PORT port,
                                 const WCHAR *verb, DWORD flags )
{
    client->connect = WinHttpConnect( client->session, host, port, 0 );
    ok( client->connect != NULL, "WinHttpConnect failed, error %u\n", (UINT)GetLastError() );
    client->request = WinHttpOpenRequest( client->connect, verb, L"/path?query", NULL, NULL, NULL,
                                          flags );
    ok( client->request != NULL, "WinHttpOpenRequest failed, error %u\n", (UINT)GetLastError() );
}

/* The server is the session's only proxy. */
static inline void open_named( struct client *client, struct server *server, const WCHAR *host,
                               DWORD flags )
{
    open_session( client, WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy_text( server ), NULL,
                  CLIENT_SYNC );
    open_request( client, host, 0, L"GET", flags );
}

/* WINHTTP_OPTION_PROXY; NULL: no text */
#define check_info( handle, type, proxy, bypass ) \
    check_info_at( handle, type, proxy, bypass, __LINE__, __FILE__ )
static inline void check_info_at( HINTERNET handle, DWORD type, const WCHAR *proxy,
                                  const WCHAR *bypass, int line, const char *file )
{
    WINHTTP_PROXY_INFO info = { 0xdead, NULL, NULL };
    DWORD size = sizeof(info);
    BOOL ret = WinHttpQueryOption( handle, WINHTTP_OPTION_PROXY, &info, &size );

    ok_( file, line )( ret && size == sizeof(info), "got error %u\n", (UINT)GetLastError() );
    ok_( file, line )( info.dwAccessType == type, "got type %u\n", (UINT)info.dwAccessType );
    ok_( file, line )( proxy ? info.lpszProxy && !wcscmp( info.lpszProxy, proxy )
                             : !info.lpszProxy, "got proxy %ls\n", info.lpszProxy );
    ok_( file, line )( bypass ? info.lpszProxyBypass && !wcscmp( info.lpszProxyBypass, bypass )
                                  : !info.lpszProxyBypass, "got %ls\n", info.lpszProxyBypass );
    if (ret) GlobalFree( info.lpszProxy );
    if (ret) GlobalFree( info.lpszProxyBypass );
}

#endif /* WINHTTP_TESTS_LOGIN_H */
