/*
 * WinHttpGetProxySettingsEx: the user's settings by a resolver handle.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows 11 has the calls, so they are looked up. Microsoft's pages say little; how they are used
 * is known from Microsoft's WSL. A comment "guess" marks an answer that nobody has seen. The user's
 * settings are put back at the end.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <winsock2.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "resolver.h"

#define SETTINGS_COMPLETE WINHTTP_CALLBACK_STATUS_GETPROXYSETTINGS_COMPLETE
#define WSL WinHttpProxySettingsTypeWsl

static __typeof__( WinHttpGetProxySettingsEx ) *get_settings;
static __typeof__( WinHttpGetProxySettingsResultEx ) *get_result;
static __typeof__( WinHttpFreeProxySettingsEx ) *free_settings;

static struct saved_value user;

static BOOL find_calls(void)
{
    HMODULE module = GetModuleHandleW( L"winhttp.dll" );

    get_settings = (void *)GetProcAddress( module, "WinHttpGetProxySettingsEx" );
    get_result = (void *)GetProcAddress( module, "WinHttpGetProxySettingsResultEx" );
    free_settings = (void *)GetProcAddress( module, "WinHttpFreeProxySettingsEx" );
    return get_settings && get_result && free_settings;
}

/* One call until its end, which comes on another thread. */
static void read_settings( HINTERNET handle, DWORD_PTR context )
{
    WINHTTP_PROXY_SETTINGS_PARAM param = { 0, NULL, NULL };
    unsigned int from = notify_count();
    const struct notification *entry;

    check_ret( get_settings( handle, WSL, &param, context ), ERROR_IO_PENDING );
    entry = notify_wait_handle( from, SETTINGS_COMPLETE | REQUEST_ERROR, handle );
    ok( entry && entry->status == SETTINGS_COMPLETE, "not completed\n" );
    if (!entry) return;
    ok( entry->thread != GetCurrentThreadId(), "came on the thread of the call\n" );
    ok( !entry->info && !entry->len, "got info %p\n", entry->info );
}

static void test_bad_parameters(void)
{
    WINHTTP_PROXY_SETTINGS_EX settings;
    struct resolver resolver;
    unsigned int from;

    memset( &settings, 0xcc, sizeof(settings) );
    check_ret( get_settings( NULL, WSL, NULL, 0 ), ERROR_INVALID_HANDLE );
    check_ret( get_result( NULL, &settings ), ERROR_INVALID_HANDLE );
    open_resolver( &resolver );
    from = notify_count();
    check_ret( get_settings( resolver.session, WSL, NULL, 0 ), WRONG_TYPE );
    check_ret( get_result( resolver.session, &settings ), WRONG_TYPE );
    /* guess */
    check_ret( get_settings( resolver.handle, WinHttpProxySettingsTypeUnknown, NULL, 0 ),
               ERROR_INVALID_PARAMETER );
    check_ret( get_settings( resolver.handle, (WINHTTP_PROXY_SETTINGS_TYPE)99, NULL, 0 ),
               ERROR_INVALID_PARAMETER );
    check_ret( get_settings( resolver.handle, (WINHTTP_PROXY_SETTINGS_TYPE)3 /* Xbox */, NULL, 0 ),
               ERROR_NOT_SUPPORTED );
    check_ret( get_result( resolver.handle, &settings ), WRONG_STATE );
    check_ret( get_result( resolver.handle, NULL ), ERROR_INVALID_PARAMETER );
    ok( settings.cProxyBypasses == 0xcccccccc, "the result was changed\n" );
    ok( notify_count() == from, "a callback came\n" );
    close_resolver( &resolver );
}

/* WSL frees what it got, and a zeroed one if it got nothing, and wants 0; guess: the rest */
static void test_free(void)
{
    WINHTTP_PROXY_SETTINGS_EX settings;

    memset( &settings, 0, sizeof(settings) );
    check_ret( free_settings( WSL, &settings ), ERROR_SUCCESS );
    check_ret( free_settings( WSL, NULL ), ERROR_INVALID_PARAMETER );
    check_ret( free_settings( WinHttpProxySettingsTypeUnknown, &settings ),
               ERROR_INVALID_PARAMETER );
}

struct expected
{
    DWORD flags;                    /* as stored, and as told */
    const char *stored_proxy, *stored_bypass, *stored_script;
    ULONGLONG told_flags;
    const WCHAR *proxy, *secure, *script;
    const WCHAR *bypasses[4];       /* up to NULL */
};

static void check_settings( const WINHTTP_PROXY_SETTINGS_EX *settings,
                            const struct expected *expected )
{
    DWORD i, count;

    for (count = 0; expected->bypasses[count]; count++) {}
    ok( settings->ullFlags == expected->told_flags, "got flags %#x\n", (UINT)settings->ullFlags );
    ok( same_text( settings->pcwszProxy, expected->proxy ), "got %ls\n", settings->pcwszProxy );
    ok( same_text( settings->pcwszSecureProxy, expected->secure ), "got %ls\n",
        settings->pcwszSecureProxy );
    ok( same_text( settings->pcwszAutoconfigUrl, expected->script ), "got %ls\n",
        settings->pcwszAutoconfigUrl );
    ok( settings->cProxyBypasses == count, "got %u bypasses\n", (UINT)settings->cProxyBypasses );
    for (i = 0; i < count && i < settings->cProxyBypasses; i++)
        ok( same_text( settings->rgpcwszProxyBypasses[i], expected->bypasses[i] ), "got %ls\n",
            settings->rgpcwszProxyBypasses[i] );
    ok( !settings->pcwszConnectionName, "got connection %ls\n", settings->pcwszConnectionName );
}

/* A proxy is a URL that WinHttpCrackUrl takes apart (Microsoft's page, WSL); guess: which of the
 * list, and NULL where there is none */
static void test_settings(void)
{
    static const struct expected tests[] =
    {
        { 1, NULL, NULL, NULL, 1, NULL, NULL, NULL, { NULL } },
        { 1, "p:1", "<local>", "http://h/pac", 1, NULL, NULL, NULL, { NULL } },
        { 3, "p:8080", NULL, NULL, 3, L"http://p:8080", L"http://p:8080", NULL, { NULL } },
        { 3, "p", "<local>", NULL, 3, L"http://p:80", L"http://p:80", NULL, { L"<local>" } },
        { 3, "http=p:1;https=q:2", "a.test; *.b.test\t<local>;", NULL, 3, L"http://p:1",
          L"http://q:2", NULL, { L"a.test", L"*.b.test", L"<local>" } },
        { 3, "https=[::1]:3128", NULL, NULL, 3, NULL, L"http://[::1]:3128", NULL, { NULL } },
        { 3, "socks=s:1080", NULL, NULL, 1, NULL, NULL, NULL, { NULL } },
        { 5, NULL, NULL, "http://h/pac", 5, NULL, NULL, L"http://h/pac", { NULL } },
        { 9, NULL, NULL, NULL, 9, NULL, NULL, NULL, { NULL } },
        { 15, "p:1", ";;", "http://h/pac", 15, L"http://p:1", L"http://p:1", L"http://h/pac",
          { NULL } },
    };
    WINHTTP_PROXY_SETTINGS_EX settings;
    struct resolver resolver;
    unsigned int i;

    open_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( tests ); i++)
    {
        winetest_push_context( "%u", i );
        set_user_setting( &user, tests[i].flags, tests[i].stored_proxy, tests[i].stored_bypass,
                          tests[i].stored_script );
        read_settings( resolver.handle, CLIENT_CONTEXT );
        memset( &settings, 0xcc, sizeof(settings) );
        check_ret( get_result( resolver.handle, &settings ), ERROR_SUCCESS );
        check_settings( &settings, &tests[i] );
        check_ret( free_settings( WSL, &settings ), ERROR_SUCCESS );
        winetest_pop_context();
    }
    close_resolver( &resolver );
}

/* guess: other types that are known get the same; a result is the program's own, and the answer to
 * the other question is another */
static void test_results(void)
{
    static const struct expected expected =
    {
        3, "p:8080", "h.test", NULL, 3, L"http://p:8080", L"http://p:8080", NULL, { L"h.test" }
    };
    WINHTTP_PROXY_SETTINGS_EX first, second;
    struct resolver resolver;
    unsigned int from;

    set_user_setting( &user, 3, "p:8080", "h.test", NULL );
    open_resolver( &resolver );
    from = notify_count();
    check_ret( get_settings( resolver.handle, WinHttpProxySettingsTypeWsa, NULL, 0 ),
               ERROR_IO_PENDING );
    await( from, SETTINGS_COMPLETE );
    check_ret( get_result( resolver.handle, &first ), ERROR_SUCCESS );
    check_ret( ask( resolver.handle, L"http://h.test/", &static_options ), ERROR_SUCCESS );
    check_ret( get_result( resolver.handle, &second ), ERROR_SUCCESS );
    check_ret( free_settings( WSL, &first ), ERROR_SUCCESS );
    check_ret( free_settings( WSL, &first ), ERROR_SUCCESS );
    read_settings( resolver.handle, 0 );
    check_result( resolver.handle, TRUE, NULL, 0 );
    close_resolver( &resolver );
    check_settings( &second, &expected );
    check_ret( free_settings( WSL, &second ), ERROR_SUCCESS );
}

/* As WSL does it: settings in the callback, which closes both handles later; the context tells up
 * to the end whose they are. */
static void test_as_wsl(void)
{
    static const struct notify_expect expect[] =
    {
        { SETTINGS_COMPLETE, NOTIFY_WORKER }, { HANDLE_CLOSING, NOTIFY_ANY }, { 0 }
    };
    struct resolver resolver;

    open_resolver_with( &resolver, NULL, 0 );
    WinHttpSetStatusCallback( resolver.handle, notify_callback, SETTINGS_COMPLETE | REQUEST_ERROR |
                              WINHTTP_CALLBACK_FLAG_HANDLES, 0 );
    read_settings( resolver.handle, 0x1234 );
    close_resolver( &resolver );
    notify_check( 0, expect );
    ok( notify_get( 1 )->context == 0x1234, "got another context\n" );
}

/* Closed at any moment, a call ends once; both may be asked at the same time (a guess). */
static void test_close_at_once(void)
{
    struct resolver resolver;
    HINTERNET handles[100];
    unsigned int i, j, ends[2], closed;

    open_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( handles ); i++) handles[i] = create( resolver.session );
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        check_ret( get_settings( handles[i], WSL, NULL, 0 ), ERROR_IO_PENDING );
        begin( handles[i], L"http://h/", &static_options, 0 );
        check_works( WinHttpCloseHandle( handles[i] ) );
        check_ret( get_settings( handles[i], WSL, NULL, 0 ), ERROR_INVALID_HANDLE );
    }
    close_resolver( &resolver );
    for (i = 0; i < ARRAYSIZE( handles ); i++)
    {
        ends[0] = ends[1] = closed = 0;
        for (j = 0; j < notify_count(); j++)
        {
            const struct notification *entry = notify_get( j );
            const WINHTTP_ASYNC_RESULT *result = (const void *)entry->data;

            if (entry->handle != handles[i] || entry->status == HANDLE_CREATED) continue;
            ok( !closed, "%u: %s after the end\n", i, notify_name( entry->status ) );
            if (entry->status == HANDLE_CLOSING) closed++;
            else if (entry->status == SETTINGS_COMPLETE) ends[0]++;
            else if (entry->status == COMPLETE) ends[1]++;
            else
            {
                ok( result->dwError == CANCELLED, "got error %u\n", (UINT)result->dwError );
                ends[result->dwResult == API_GET_PROXY_SETTINGS ? 0 : 1]++;
            }
        }
        ok( closed == 1 && ends[0] == 1 && ends[1] == 1, "%u: got %u, %u ends\n", i, ends[0],
            ends[1] );
    }
}

START_TEST(proxy_settings_ex)
{
    if (!find_calls())
    {
        win_skip( "the calls are missing\n" ); /* before Windows 11 */
        return;
    }
    save_value( &user, HKEY_CURRENT_USER, CONNECTIONS_KEY, L"DefaultConnectionSettings" );
    RUN( test_bad_parameters );
    RUN( test_free );
    RUN( test_settings );
    RUN( test_results );
    RUN( test_as_wsl );
    RUN( test_close_at_once );
    restore_value( &user );
}
