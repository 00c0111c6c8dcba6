/*
 * Being told of changed proxy settings.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows 11 24H2 has these calls. Microsoft says that the callback comes when the settings change,
 * with the flag and the context given; everything else here is a guess. The settings found are put
 * back at the end.
 */
#include <stdarg.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winreg.h>
#include <winhttp.h>

#include "client.h"
#include "proxy_values.h"

static __typeof__(WinHttpRegisterProxyChangeNotification) *register_change;
static __typeof__(WinHttpUnregisterProxyChangeNotification) *unregister_change;

static struct saved_user user;
static struct saved_value machine;

static BOOL find_functions(void)
{
    HMODULE module = GetModuleHandleA( "winhttp.dll" );

    register_change = (void *)GetProcAddress( module, "WinHttpRegisterProxyChangeNotification" );
    unregister_change = (void *)GetProcAddress( module,
                                                "WinHttpUnregisterProxyChangeNotification" );
    if (register_change && unregister_change) return TRUE;
    win_skip( "this Windows has no such calls\n" );
    return FALSE;
}

/* A registration, and what its callback does. */
struct watch
{
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle;
    HANDLE called;          /* counts calls that nobody has waited for */
    HANDLE go;              /* the callback waits for it, where there is one */
    HANDLE entered;         /* set when it does */
    BOOL unregisters;       /* it unregisters itself */
    DWORD unregister_error;
    LONG calls;             /* interlocked */
    LONG left;              /* interlocked; that came to their end */
    ULONGLONG flags;
    DWORD thread;
};

static void CALLBACK changed( ULONGLONG flags, void *context )
{
    struct watch *watch = context;

    watch->flags = flags;
    watch->thread = GetCurrentThreadId();
    InterlockedIncrement( &watch->calls );
    if (watch->go)
    {
        SetEvent( watch->entered );
        WaitForSingleObject( watch->go, NOTIFY_TIMEOUT_MS );
    }
    if (watch->unregisters) watch->unregister_error = unregister_change( watch->handle );
    InterlockedIncrement( &watch->left );
    ReleaseSemaphore( watch->called, 1, NULL );
}

static void watch_prepare( struct watch *watch )
{
    memset( watch, 0, sizeof(*watch) );
    watch->called = CreateSemaphoreW( NULL, 0, 1000, NULL );
    watch->entered = CreateEventW( NULL, FALSE, FALSE, NULL );
}

static void watch_begin( struct watch *watch )
{
    check_ret( register_change( WINHTTP_PROXY_NOTIFY_CHANGE, changed, watch, &watch->handle ),
               ERROR_SUCCESS );
    ok( watch->handle != NULL, "there is no handle\n" );
}

static void watch_open( struct watch *watch )
{
    watch_prepare( watch );
    watch_begin( watch );
}

static void watch_free( struct watch *watch )
{
    CloseHandle( watch->called );
    CloseHandle( watch->entered );
    if (watch->go) CloseHandle( watch->go );
}

static void watch_close( struct watch *watch )
{
    check_ret( unregister_change( watch->handle ), ERROR_SUCCESS );
    watch_free( watch );
}

#define await_call( watch ) await_call_at( watch, __LINE__ )
static void await_call_at( struct watch *watch, int line )
{
    winetest_push_context( "line %d", line );
    ok( !WaitForSingleObject( watch->called, NOTIFY_TIMEOUT_MS ), "it was not called\n" );
    winetest_pop_context();
}

/* A proxy of the port that the letter stands for: one write. */
static void set_binary( const struct saved_value *value, BYTE tag, char letter )
{
    BYTE data[] = "\0\0\0\0" "\1\0\0\0" "\3\0\0\0" "\3\0\0\0p:x" "\0\0\0\0" "\0\0\0\0"
                  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    data[0] = tag;
    data[18] = letter;
    ok( !set_value( value, REG_BINARY, data, sizeof(data) ), "%ls was not set\n", value->name );
}

static void set_user( char letter )
{
    set_binary( &user.binary, 0x46, letter );
}

/* Told: the flag given, the context (here it is what counts), on a thread that is not ours. */
static void test_user_changes(void)
{
    struct watch watch;

    set_user( '1' );
    watch_open( &watch );
    set_user( '2' );
    await_call( &watch );
    ok( watch.flags == WINHTTP_PROXY_NOTIFY_CHANGE, "got flags %#x\n", (UINT)watch.flags );
    ok( watch.thread != GetCurrentThreadId(), "it came on our thread\n" );
    set_user( '3' );
    await_call( &watch );
    delete_value( &user.binary );
    await_call( &watch );
    ok( watch.calls == 3, "got %d calls\n", (int)watch.calls );
    watch_close( &watch );
}

static void test_machine_changes(void)
{
    struct watch watch;
    HKEY key;

    if (RegCreateKeyExW( HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, 0, NULL, 0, KEY_SET_VALUE, NULL, &key,
                         NULL ))
    {
        skip( "no right to change the machine's setting\n" );
        return;
    }
    RegCloseKey( key );
    set_binary( &machine, 0x18, '1' );
    watch_open( &watch );
    set_binary( &machine, 0x18, '2' );
    await_call( &watch );
    delete_value( &machine );
    await_call( &watch );
    watch_close( &watch );
}

/* What WinHTTP itself writes is told once, though it is several values. */
static void test_written_by_winhttp(void)
{
    WINHTTP_PROXY_SETTINGS settings = { sizeof(settings), WINHTTP_PROXY_TYPE_PROXY };
    HINTERNET session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    __typeof__(WinHttpWriteProxySettings) *write;
    struct watch watch;

    write = (void *)GetProcAddress( GetModuleHandleA( "winhttp.dll" ),
                                    "WinHttpWriteProxySettings" );
    set_user( '1' );
    watch_open( &watch );
    settings.pwszProxy = (WCHAR *)L"q:1";
    check_ret( write( session, FALSE, &settings ), ERROR_SUCCESS );
    await_call( &watch );
    settings.pwszProxy = (WCHAR *)L"q:2";
    check_ret( write( session, FALSE, &settings ), ERROR_SUCCESS );
    await_call( &watch );
    ok( watch.calls == 2, "got %d calls\n", (int)watch.calls );
    watch_close( &watch );
    check_works( WinHttpCloseHandle( session ) );
}

/* The key has other values, and the same may be written again: neither is a change. */
static void test_nothing_changes(void)
{
    struct saved_value other;
    struct watch watch;

    save_value( &other, HKEY_CURRENT_USER, SETTINGS_KEY, L"winhttp test" );
    set_user( '1' );
    watch_open( &watch );
    set_value( &other, REG_SZ, L"x", sizeof(L"x") );
    set_user( '1' );
    set_user( '2' );
    await_call( &watch );
    restore_value( &other );
    set_user( '2' );
    set_user( '3' );
    await_call( &watch );
    ok( watch.calls == 2, "got %d calls\n", (int)watch.calls );
    watch_close( &watch );
}

static void test_several(void)
{
    struct watch watches[3];
    UINT i;

    set_user( '1' );
    for (i = 0; i < ARRAYSIZE( watches ); i++) watch_open( &watches[i] );
    ok( watches[0].handle != watches[1].handle, "two have the same handle\n" );
    set_user( '2' );
    for (i = 0; i < ARRAYSIZE( watches ); i++) await_call( &watches[i] );
    check_ret( unregister_change( watches[1].handle ), ERROR_SUCCESS );
    set_user( '3' );
    await_call( &watches[0] );
    await_call( &watches[2] );
    ok( watches[1].calls == 1, "got %d calls\n", (int)watches[1].calls );
    watch_free( &watches[1] );
    watch_close( &watches[0] );
    watch_close( &watches[2] );
}

/* While one callback blocks, others are called, and no change is lost. */
static void test_callback_blocks(void)
{
    struct watch slow, quick;

    set_user( '1' );
    watch_prepare( &slow );
    slow.go = CreateEventW( NULL, TRUE, FALSE, NULL );
    watch_begin( &slow );
    watch_open( &quick );
    set_user( '2' );
    ok( !WaitForSingleObject( slow.entered, NOTIFY_TIMEOUT_MS ), "it was not called\n" );
    await_call( &quick );
    set_user( '3' );
    await_call( &quick );
    ok( slow.calls == 1, "it was called while it ran\n" );
    SetEvent( slow.go );
    await_call( &slow );
    await_call( &slow );
    watch_close( &slow );
    watch_close( &quick );
}

static DWORD CALLBACK unregister_thread( void *arg )
{
    return unregister_change( arg );
}

/* Who unregisters waits for a callback that runs. */
static void test_unregister_waits(void)
{
    struct watch watch;
    HANDLE thread;
    DWORD ret = 0xdeadbeef;

    set_user( '1' );
    watch_prepare( &watch );
    watch.go = CreateEventW( NULL, TRUE, FALSE, NULL );
    watch_begin( &watch );
    set_user( '2' );
    ok( !WaitForSingleObject( watch.entered, NOTIFY_TIMEOUT_MS ), "it was not called\n" );
    thread = CreateThread( NULL, 0, unregister_thread, watch.handle, 0, NULL );
    ok( WaitForSingleObject( thread, 0 ) == WAIT_TIMEOUT, "nobody waited for the callback\n" );
    set_user( '3' );
    SetEvent( watch.go );
    ok( !WaitForSingleObject( thread, NOTIFY_TIMEOUT_MS ), "the callback's end was not seen\n" );
    ok( watch.left == watch.calls, "the callback runs yet\n" );
    GetExitCodeThread( thread, &ret );
    check_ret( ret, ERROR_SUCCESS );
    CloseHandle( thread );
    check_ret( unregister_change( watch.handle ), ERROR_INVALID_HANDLE );
    watch_free( &watch );
}

/* But not for itself. */
static void test_unregister_inside(void)
{
    struct watch inside, other;

    set_user( '1' );
    watch_prepare( &inside );
    inside.unregisters = TRUE;
    inside.unregister_error = 0xdeadbeef;
    watch_begin( &inside );
    watch_open( &other );
    set_user( '2' );
    await_call( &inside );
    await_call( &other );
    check_ret( inside.unregister_error, ERROR_SUCCESS );
    check_ret( unregister_change( inside.handle ), ERROR_INVALID_HANDLE );
    set_user( '3' );
    await_call( &other );
    ok( inside.calls == 1, "got %d calls\n", (int)inside.calls );
    watch_free( &inside );
    watch_close( &other );
}

/* Changes and registrations meet in any order. */
static void test_unregister_while_changing(void)
{
    struct watch watch;
    UINT i;

    for (i = 0; i < 100; i++)
    {
        watch_open( &watch );
        set_user( (char)('1' + i % 9) );
        check_ret( unregister_change( watch.handle ), ERROR_SUCCESS );
        ok( watch.left == watch.calls, "the callback runs yet\n" );
        watch_free( &watch );
    }
}

static void test_bad_parameters(void)
{
    WINHTTP_PROXY_CHANGE_REGISTRATION_HANDLE handle = (void *)0xdeadbeef;

    check_ret( register_change( WINHTTP_PROXY_NOTIFY_CHANGE, NULL, NULL, &handle ),
               ERROR_INVALID_PARAMETER );
    ok( handle == (void *)0xdeadbeef, "the handle was changed\n" );
    check_ret( register_change( WINHTTP_PROXY_NOTIFY_CHANGE, changed, NULL, NULL ),
               ERROR_INVALID_PARAMETER );
    check_ret( unregister_change( NULL ), ERROR_INVALID_HANDLE );
}

START_TEST(proxy_change)
{
    if (!find_functions()) return;
    save_user( &user );
    save_value( &machine, HKEY_LOCAL_MACHINE, CONNECTIONS_KEY, L"WinHttpSettings" );
    RUN( test_bad_parameters );
    RUN( test_user_changes );
    RUN( test_machine_changes );
    RUN( test_written_by_winhttp );
    RUN( test_nothing_changes );
    RUN( test_several );
    RUN( test_callback_blocks );
    RUN( test_unregister_waits );
    RUN( test_unregister_inside );
    RUN( test_unregister_while_changing );
    restore_value( &machine );
    restore_user( &user );
}
