/*
 * What the DLL exports, and how the calls that are rarely used refuse bad handles and arguments.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The lists are those of options.md 4.1 and 4.2. The calls are looked up, so that this builds and
 * runs where an older Windows lacks some of them. A comment "guess" marks an answer that nobody has
 * seen.
 */
#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <objbase.h>
#include <winhttp.h>

#include "client.h"

static HMODULE module;

/* In every Windows that is supported (8.1 and newer). */
static const char *const old_exports[] =
{
    "DllCanUnloadNow", "DllGetClassObject",
    "WinHttpAddRequestHeaders", "WinHttpCheckPlatform", "WinHttpCloseHandle", "WinHttpConnect",
    "WinHttpCrackUrl", "WinHttpCreateProxyResolver", "WinHttpCreateUrl",
    "WinHttpDetectAutoProxyConfigUrl", "WinHttpFreeProxyResult",
    "WinHttpGetDefaultProxyConfiguration", "WinHttpGetIEProxyConfigForCurrentUser",
    "WinHttpGetProxyForUrl", "WinHttpGetProxyForUrlEx", "WinHttpGetProxyResult", "WinHttpOpen",
    "WinHttpOpenRequest", "WinHttpQueryAuthSchemes", "WinHttpQueryDataAvailable",
    "WinHttpQueryHeaders", "WinHttpQueryOption", "WinHttpReadData", "WinHttpReceiveResponse",
    "WinHttpResetAutoProxy", "WinHttpSendRequest", "WinHttpSetCredentials",
    "WinHttpSetDefaultProxyConfiguration", "WinHttpSetOption", "WinHttpSetStatusCallback",
    "WinHttpSetTimeouts", "WinHttpTimeFromSystemTime", "WinHttpTimeToSystemTime",
    "WinHttpWebSocketClose", "WinHttpWebSocketCompleteUpgrade", "WinHttpWebSocketQueryCloseStatus",
    "WinHttpWebSocketReceive", "WinHttpWebSocketSend", "WinHttpWebSocketShutdown",
    "WinHttpWriteData",
};

/* From some version of Windows 10 or 11 on. */
static const char *const new_exports[] =
{
    "WinHttpAddRequestHeadersEx", "WinHttpFreeProxyResultEx", "WinHttpFreeProxySettings",
    "WinHttpFreeProxySettingsEx", "WinHttpFreeQueryConnectionGroupResult",
    "WinHttpGetProxyForUrlEx2", "WinHttpGetProxyResultEx", "WinHttpGetProxySettingsEx",
    "WinHttpGetProxySettingsResultEx", "WinHttpGetProxySettingsVersion",
    "WinHttpProtocolCompleteUpgrade", "WinHttpProtocolReceive", "WinHttpProtocolSend",
    "WinHttpQueryConnectionGroup", "WinHttpQueryHeadersEx", "WinHttpReadDataEx",
    "WinHttpReadProxySettings", "WinHttpRegisterProxyChangeNotification",
    "WinHttpSetProxySettingsPerUser", "WinHttpUnregisterProxyChangeNotification",
    "WinHttpWriteProxySettings",
};

static void test_names(void)
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(old_exports); i++)
        ok( GetProcAddress( module, old_exports[i] ) != NULL, "%s is missing\n", old_exports[i] );
    for (i = 0; i < ARRAYSIZE(new_exports); i++)
    {
        BOOL found = GetProcAddress( module, new_exports[i] ) != NULL;

        ok( found || broken( TRUE ) /* an older Windows */, "%s is missing\n", new_exports[i] );
    }
    /* declared by Windows's header, but exported nowhere */
    ok( !GetProcAddress( module, "WinHttpQueryAuthParams" ), "WinHttpQueryAuthParams is there\n" );
    ok( !GetProcAddress( module, "WinHttpIsHostInProxyBypassList" ),
        "WinHttpIsHostInProxyBypassList is there\n" );
}

/* The address of an export, or NULL after having said that it is left out. */
static void *find( const char *name )
{
    void *address = (void *)GetProcAddress( module, name );

    if (!address) win_skip( "%s is missing\n", name );
    return address;
}

/* Declares p_NAME of the type of NAME, and looks it up. */
#define FIND( name ) __typeof__(name) *p_##name = (__typeof__(name) *)find( #name )

static HINTERNET open_session( DWORD flags )
{
    HINTERNET session;

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, flags );
    ok( session != NULL, "WinHttpOpen failed, error %u\n", (UINT)GetLastError() );
    return session;
}

/* Handles of every plain type; no packet is sent through them. */
static void open_handles( struct client *client )
{
    memset( client, 0, sizeof(*client) );
    client->session = open_session( 0 );
    client->connect = WinHttpConnect( client->session, L"localhost", 80, 0 );
    client->request = WinHttpOpenRequest( client->connect, NULL, NULL, NULL, NULL, NULL, 0 );
    ok( client->request != NULL, "no request, error %u\n", (UINT)GetLastError() );
}

static void close_handles( struct client *client )
{
    check_works( WinHttpCloseHandle( client->request ) );
    check_works( WinHttpCloseHandle( client->connect ) );
    check_works( WinHttpCloseHandle( client->session ) );
}

/* --- Authentication -------------------------------------------------------------------------- */

static void test_query_auth_schemes(void)
{
    DWORD supported = 0xdeadbeef, first = 0xdeadbeef, target = 0xdeadbeef;
    struct client client;

    check_fails( WinHttpQueryAuthSchemes( NULL, NULL, NULL, NULL ), ERROR_INVALID_HANDLE );
    open_handles( &client );
    check_fails( WinHttpQueryAuthSchemes( client.session, &supported, &first, &target ),
                 ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( WinHttpQueryAuthSchemes( client.request, &supported, &first, &target ),
                 ERROR_INVALID_OPERATION );
    ok( supported == 0xdeadbeef && first == 0xdeadbeef && target == 0xdeadbeef,
        "a result was changed\n" );
    SetLastError( 0xdeadbeef );
    ok( !WinHttpQueryAuthSchemes( client.request, NULL, &first, &target ), "expected failure\n" );
    ok( GetLastError() == ERROR_INVALID_PARAMETER || GetLastError() == ERROR_INVALID_OPERATION,
        "got error %u\n", (UINT)GetLastError() );
    close_handles( &client );
}

static void test_set_credentials(void)
{
    struct client client;

    check_fails( WinHttpSetCredentials( NULL, WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_SCHEME_BASIC,
                                        L"user", L"password", NULL ), ERROR_INVALID_HANDLE );
    open_handles( &client );
    check_fails( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                        WINHTTP_AUTH_SCHEME_BASIC, NULL, L"password", NULL ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                        WINHTTP_AUTH_SCHEME_BASIC, L"user", NULL, NULL ),
                 ERROR_INVALID_PARAMETER );
    check_fails( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                        WINHTTP_AUTH_SCHEME_DIGEST, NULL, NULL, NULL ),
                 ERROR_INVALID_PARAMETER );
    check_works( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                                  WINHTTP_AUTH_SCHEME_BASIC, L"user", L"password",
                                                  NULL ) );
    check_works( WinHttpSetCredentials( client.request, WINHTTP_AUTH_TARGET_SERVER,
                                                  WINHTTP_AUTH_SCHEME_NTLM, NULL, NULL, NULL ) );
    close_handles( &client );
}

/* --- Extended calls -------------------------------------------------------------------------- */

static void test_add_request_headers_ex(void)
{
    WINHTTP_EXTENDED_HEADER header = { { L"name" }, { L"value" } };
    FIND( WinHttpAddRequestHeadersEx );
    struct client client;

    if (!p_WinHttpAddRequestHeadersEx) return;
    check_ret( p_WinHttpAddRequestHeadersEx( NULL, 0, WINHTTP_EXTENDED_HEADER_FLAG_UNICODE, 0, 1,
                                             &header ), ERROR_INVALID_HANDLE );
    open_handles( &client );
    check_ret( p_WinHttpAddRequestHeadersEx( client.connect, WINHTTP_ADDREQ_FLAG_ADD,
                                             WINHTTP_EXTENDED_HEADER_FLAG_UNICODE, 0, 1, &header ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( p_WinHttpAddRequestHeadersEx( client.request, WINHTTP_ADDREQ_FLAG_ADD,
                                             WINHTTP_EXTENDED_HEADER_FLAG_UNICODE, 0, 1, &header ),
               ERROR_SUCCESS );
    close_handles( &client );
}

static void test_query_headers_ex(void)
{
    static const DWORD levels[] =
    {
        WINHTTP_QUERY_VERSION, WINHTTP_QUERY_STATUS_CODE, WINHTTP_QUERY_STATUS_TEXT,
        WINHTTP_QUERY_RAW_HEADERS_CRLF, WINHTTP_QUERY_DATE | WINHTTP_QUERY_FLAG_SYSTEMTIME,
        WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER,
        WINHTTP_QUERY_CONTENT_LENGTH | WINHTTP_QUERY_FLAG_NUMBER64,
    };
    FIND( WinHttpQueryHeadersEx );
    struct client client;
    DWORD length = 0;
    unsigned int i;

    if (!p_WinHttpQueryHeadersEx) return;
    check_ret( p_WinHttpQueryHeadersEx( NULL, WINHTTP_QUERY_EX_ALL_HEADERS, 0, 0, NULL, NULL, NULL,
                                        &length, NULL, NULL ), ERROR_INVALID_HANDLE );
    open_handles( &client );
    for (i = 0; i < ARRAYSIZE(levels); i++)
        check_ret( p_WinHttpQueryHeadersEx( client.request, levels[i], 0, 0, NULL, NULL, NULL,
                                            &length, NULL, NULL ), ERROR_INVALID_PARAMETER );
    close_handles( &client );
}

static void test_read_data_ex(void)
{
    FIND( WinHttpReadDataEx );
    DWORD read = 0xdeadbeef;
    struct client client;
    char buffer[4];

    if (!p_WinHttpReadDataEx) return;
    check_ret( p_WinHttpReadDataEx( NULL, buffer, 4, NULL, 0, 0, NULL ), ERROR_INVALID_HANDLE );
    open_handles( &client );
    check_ret( p_WinHttpReadDataEx( client.session, buffer, 4, &read, 0, 0, NULL ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    ok( !read, "got %u\n", (UINT)read ); /* documented */
    close_handles( &client );
}

static void test_query_connection_group(void)
{
    WINHTTP_QUERY_CONNECTION_GROUP_RESULT *result = NULL;
    FIND( WinHttpQueryConnectionGroup );

    if (!p_WinHttpQueryConnectionGroup) return;
    check_ret( p_WinHttpQueryConnectionGroup( NULL, NULL, 0, &result ), ERROR_INVALID_HANDLE );
    ok( !result, "got a result\n" );
}

static void test_protocol(void)
{
    FIND( WinHttpProtocolCompleteUpgrade );
    FIND( WinHttpProtocolSend );
    FIND( WinHttpProtocolReceive );
    struct client client;
    char buffer[4] = "abc";
    DWORD read;

    if (!p_WinHttpProtocolSend || !p_WinHttpProtocolReceive || !p_WinHttpProtocolCompleteUpgrade)
        return;
    check_ret( p_WinHttpProtocolSend( NULL, 0, buffer, 4 ), ERROR_INVALID_HANDLE );
    check_ret( p_WinHttpProtocolReceive( NULL, 0, buffer, 4, &read ), ERROR_INVALID_HANDLE );
    check_fails( p_WinHttpProtocolCompleteUpgrade( NULL, 0 ) != NULL, ERROR_INVALID_HANDLE );
    open_handles( &client );
    check_ret( p_WinHttpProtocolSend( client.request, 0, buffer, 4 ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( p_WinHttpProtocolReceive( client.request, 0, buffer, 4, &read ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_fails( p_WinHttpProtocolCompleteUpgrade( client.request, 0 ) != NULL,
                 ERROR_WINHTTP_INCORRECT_HANDLE_STATE ); /* guess */
    close_handles( &client );
}

/* --- Proxies --------------------------------------------------------------------------------- */

static void test_proxy_session_handles(void)
{
    FIND( WinHttpReadProxySettings );
    FIND( WinHttpWriteProxySettings );
    FIND( WinHttpGetProxySettingsVersion );
    WINHTTP_PROXY_SETTINGS settings;
    DWORD version = 0xdeadbeef;
    BOOL is_default = 2;

    memset( &settings, 0, sizeof(settings) );
    settings.dwStructSize = sizeof(settings);
    /* guess: as the other calls of a session */
    if (p_WinHttpReadProxySettings)
        check_ret( p_WinHttpReadProxySettings( NULL, NULL, TRUE, FALSE, &version, &is_default,
                                               &settings ), ERROR_INVALID_HANDLE );
    if (p_WinHttpWriteProxySettings)
        check_ret( p_WinHttpWriteProxySettings( NULL, FALSE, &settings ), ERROR_INVALID_HANDLE );
    if (p_WinHttpGetProxySettingsVersion)
        check_ret( p_WinHttpGetProxySettingsVersion( NULL, &version ), ERROR_INVALID_HANDLE );
    ok( version == 0xdeadbeef && is_default == 2, "a result was changed\n" );
}

static void CALLBACK proxy_changed( ULONGLONG flags, PVOID context )
{
    (void)flags;
    (void)context;
}

static void test_proxy_change_notification(void)
{
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle = NULL;
    FIND( WinHttpRegisterProxyChangeNotification );
    FIND( WinHttpUnregisterProxyChangeNotification );
    DWORD ret;

    if (!p_WinHttpRegisterProxyChangeNotification || !p_WinHttpUnregisterProxyChangeNotification)
        return;
    ret = p_WinHttpRegisterProxyChangeNotification( WINHTTP_PROXY_NOTIFY_CHANGE, proxy_changed,
                                                    NULL, &handle );
    check_ret( ret, ERROR_SUCCESS );
    if (handle) check_ret( p_WinHttpUnregisterProxyChangeNotification( handle ), ERROR_SUCCESS );
}

/* --- COM ------------------------------------------------------------------------------------- */

static void test_class_object(void)
{
    static const CLSID unknown_class = { 0x11111111, 1, 1, { 1, 1, 1, 1, 1, 1, 1, 1 } };
    static const IID factory = { 0x00000001, 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } };
    HRESULT (WINAPI *get_class)( REFCLSID, REFIID, void ** ) = find( "DllGetClassObject" );
    void *object = (void *)0xdeadbeef;
    HRESULT hr;

    if (!get_class) return;
    hr = get_class( &unknown_class, &factory, &object );
    ok( hr == CLASS_E_CLASSNOTAVAILABLE, "got %#x\n", (UINT)hr );
    ok( !object, "got an object\n" );
}

START_TEST(exports)
{
    module = GetModuleHandleW( L"winhttp.dll" );
    test_names();
    test_query_auth_schemes();
    test_set_credentials();
    test_add_request_headers_ex();
    test_query_headers_ex();
    test_read_data_ex();
    test_query_connection_group();
    test_protocol();
    test_proxy_session_handles();
    test_proxy_change_notification();
    test_class_object();
}
