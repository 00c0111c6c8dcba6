/*
 * Proxy scripts that loop, processes that die, many threads: what becomes of the program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows runs scripts in a process of a service's, which no test may end: what needs that is for
 * Wine, where they are processes of the program's own.
 */
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <tlhelp32.h>
#include <winhttp.h>

#include "pac.h"
#include "registry.h"

#define SCRIPT( body ) "function FindProxyForURL( url, host ) { " body " }\n"
#define LOOP SCRIPT( "if (host == 'loop') while (true) {} return 'PROXY ' + host + ':1';" )

/* At most as many processes run scripts for a program. */
#define MAX_PROCESSES 4
#define MAX_FOUND 64

static const char *program; /* our own path */

/* --- Processes that run scripts -------------------------------------------------------------- */

/* Those of a program: how many, and up to MAX_FOUND of their ids. */
static UINT find_processes( DWORD parent, DWORD ids[MAX_FOUND] )
{
    HANDLE snapshot = CreateToolhelp32Snapshot( TH32CS_SNAPPROCESS, 0 );
    PROCESSENTRY32 entry;
    UINT count = 0;
    BOOL more;

    ok( snapshot != INVALID_HANDLE_VALUE, "no snapshot, error %u\n", (UINT)GetLastError() );
    entry.dwSize = sizeof(entry);
    for (more = Process32First( snapshot, &entry ); more; more = Process32Next( snapshot, &entry ))
        if (entry.th32ParentProcessID == parent && !_stricmp( entry.szExeFile, "regsvr32.exe" ) &&
            count < MAX_FOUND) ids[count++] = entry.th32ProcessID;
    CloseHandle( snapshot );
    return count;
}

/* Waits until a program has one, as long as event is not signalled. NULL: it did not come. */
static HANDLE wait_for_process( DWORD parent, HANDLE event )
{
    ULONGLONG end = GetTickCount64() + SERVER_TIMEOUT_MS;
    DWORD ids[MAX_FOUND];

    while (GetTickCount64() < end)
    {
        if (find_processes( parent, ids ))
            return OpenProcess( SYNCHRONIZE | PROCESS_TERMINATE, FALSE, ids[0] );
        if (!WaitForSingleObject( event, 10 )) break;
    }
    return NULL;
}

/* Ends those of this program; how many there were. */
static UINT end_processes( void )
{
    DWORD ids[MAX_FOUND];
    UINT i, count = find_processes( GetCurrentProcessId(), ids );

    for (i = 0; i < count; i++)
    {
        HANDLE process = OpenProcess( SYNCHRONIZE | PROCESS_TERMINATE, FALSE, ids[i] );

        TerminateProcess( process, 1 );
        ok( !WaitForSingleObject( process, SERVER_TIMEOUT_MS ), "a process stays\n" );
        CloseHandle( process );
    }
    return count;
}

/* --- Threads that ask ------------------------------------------------------------------------ */

struct asking
{
    const struct pac *pac;
    const WCHAR *url;
    UINT times;
    DWORD error; /* the first */
    HANDLE thread;
};

static DWORD CALLBACK ask( void *arg )
{
    struct asking *asking = arg;
    WINHTTP_PROXY_INFO info;
    UINT i;

    for (i = 0; i < asking->times && !asking->error; i++)
    {
        asking->error = pac_ask( asking->pac, asking->url, 0, &info );
        GlobalFree( info.lpszProxy );
    }
    return 0;
}

static void start_asking( struct asking *asking, const struct pac *pac, const WCHAR *url,
                          UINT times )
{
    asking->pac = pac;
    asking->url = url;
    asking->times = times;
    asking->error = 0;
    asking->thread = CreateThread( NULL, 0, ask, asking, 0, NULL );
    ok( asking->thread != NULL, "no thread\n" );
}

static DWORD finish_asking( struct asking *asking )
{
    ok( !WaitForSingleObject( asking->thread, 2 * SERVER_TIMEOUT_MS ), "a thread hangs\n" );
    CloseHandle( asking->thread );
    return asking->error;
}

/* --- Tests ----------------------------------------------------------------------------------- */

/* A script that loops, whose process is ended: as the DLL does after its time limit. */
static void test_process_dies( void )
{
    struct asking asking;
    HANDLE process;
    struct pac pac;

    end_processes();
    pac_open( &pac, "// test_process_dies\n" LOOP );
    start_asking( &asking, &pac, L"http://loop/", 1 );
    process = wait_for_process( GetCurrentProcessId(), asking.thread );
    ok( process != NULL, "no process runs the script\n" );
    TerminateProcess( process, 1 );
    CloseHandle( process );
    check_ret( finish_asking( &asking ), ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR );

    /* and then everything works */
    check_proxy( &pac, L"http://host/", L"host:1" );
    check_proxy( &pac, L"http://other/", L"other:1" );
    pac_close( &pac );
}

/* A minute is documented; Wine's users can have it shorter. */
static void test_time_limit( void )
{
    struct saved_value limit;
    struct pac pac;
    DWORD ms = 500;

    save_value( &limit, HKEY_CURRENT_USER, L"Software\\Wine\\WinHttp", L"ProxyScriptTimeout" );
    set_value( &limit, REG_DWORD, &ms, sizeof(ms) );
    end_processes();
    pac_open( &pac, "// test_time_limit\n" LOOP );
    check_proxy_fails( &pac, L"http://loop/", ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR ); /* guess */
    ok( !end_processes(), "the process goes on\n" );
    restore_value( &limit );
    check_proxy( &pac, L"http://host/", L"host:1" );
    pac_close( &pac );
}

/* A script that wants all memory there is. */
static void test_memory( void )
{
    struct pac pac;

    pac_open( &pac, SCRIPT( "var all = [], text = 'x', i;"
                            "while (text.length < 1000000) text += text;"
                            "for (i = 0; true; i++) all[i] = text.toUpperCase();" ) );
    check_proxy_fails( &pac, L"http://host/", ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR );
    pac_close( &pac );
}

/* A process gets no handles of the program: else what the program closes would stay open. */
static void test_handles( void )
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    HANDLE read, write;
    struct pac pac;
    DWORD count;

    ok( CreatePipe( &read, &write, &inherit, 0 ), "no pipe\n" );
    pac_open( &pac, "// test_handles\n" LOOP );
    check_proxy( &pac, L"http://host/", L"host:1" );
    CloseHandle( write );
    check_fails( PeekNamedPipe( read, NULL, 0, NULL, &count, NULL ), ERROR_BROKEN_PIPE );
    CloseHandle( read );
    pac_close( &pac );
}

/* One that is gone while it had nothing to do is not missed. */
static void test_idle_process_dies( void )
{
    struct pac pac;

    pac_open( &pac, "// test_idle_process_dies\n" LOOP );
    check_proxy( &pac, L"http://host/", L"host:1" );
    ok( end_processes() > 0, "no process is kept\n" );
    check_proxy( &pac, L"http://other/", L"other:1" );
    pac_close( &pac );
}

/* The same process answers again. */
static void test_process_is_kept( void )
{
    DWORD before[MAX_FOUND], after[MAX_FOUND];
    UINT count, i;
    struct pac pac;

    pac_open( &pac, "// test_process_is_kept\n" LOOP );
    check_proxy( &pac, L"http://host/", L"host:1" );
    count = find_processes( GetCurrentProcessId(), before );
    for (i = 0; i < 20; i++) check_proxy( &pac, L"http://other/", L"other:1" );
    ok( find_processes( GetCurrentProcessId(), after ) == count &&
        !memcmp( before, after, count * sizeof(*before) ), "another process came\n" );
    pac_close( &pac );
}

/* More threads than may have a process each. */
static void test_threads( void )
{
    struct asking asking[2 * MAX_PROCESSES];
    DWORD ids[MAX_FOUND];
    struct pac pac;
    UINT i;

    pac_open( &pac, "// test_threads\n" LOOP );
    check_proxy( &pac, L"http://host/", L"host:1" );
    for (i = 0; i < ARRAYSIZE(asking); i++) start_asking( &asking[i], &pac, L"http://host/", 50 );
    for (i = 0; i < ARRAYSIZE(asking); i++) check_ret( finish_asking( &asking[i] ), ERROR_SUCCESS );
    if (!strcmp( winetest_platform, "wine" ))
        ok( find_processes( GetCurrentProcessId(), ids ) <= MAX_PROCESSES, "too many processes\n" );
    pac_close( &pac );
}

/* Scripts in turn, more than there may be processes. */
static void test_scripts( void )
{
    struct pac pacs[2 * MAX_PROCESSES];
    char script[128];
    DWORD ids[MAX_FOUND];
    UINT i, round;

    for (i = 0; i < ARRAYSIZE(pacs); i++)
    {
        sprintf( script, SCRIPT( "return 'PROXY script%u:1';" ), i );
        pac_open( &pacs[i], script );
    }
    for (round = 0; round < 2; round++)
    {
        /* of more scripts than these only the last ones are kept */
        for (i = round * MAX_PROCESSES; i < ARRAYSIZE(pacs); i++)
        {
            WCHAR proxy[32];

            wsprintfW( proxy, L"script%u:1", i );
            check_proxy( &pacs[i], L"http://host/", proxy );
        }
    }
    if (!strcmp( winetest_platform, "wine" ))
        ok( find_processes( GetCurrentProcessId(), ids ) <= MAX_PROCESSES, "too many processes\n" );
    for (i = 0; i < ARRAYSIZE(pacs); i++) pac_close( &pacs[i] );
}

/* --- The program's end ----------------------------------------------------------------------- */

/* This very test as another program, which asks the script and then does as it is told. */
static PROCESS_INFORMATION start_program( const struct pac *pac, const char *host )
{
    STARTUPINFOA startup = { sizeof(startup) };
    PROCESS_INFORMATION info = { 0 };
    char command[2 * MAX_PATH];

    sprintf( command, "\"%s\" autoproxy_process ask %ls http://%s/", program, pac->url, host );
    ok( CreateProcessA( NULL, command, NULL, NULL, FALSE, 0, NULL, NULL, &startup, &info ),
        "no process, error %u\n", (UINT)GetLastError() );
    return info;
}

static void run_program( const char *url, const char *target )
{
    WINHTTP_PROXY_INFO info;
    WCHAR wide_target[64];
    struct pac pac;

    /* as programs often are, by who starts them */
    ok( AssignProcessToJobObject( CreateJobObjectA( NULL, NULL ), GetCurrentProcess() ),
        "no job, error %u\n", (UINT)GetLastError() );
    pac_open_session( &pac );
    wsprintfW( pac.url, L"%S", url );
    wsprintfW( wide_target, L"%S", target );
    pac_ask( &pac, wide_target, 0, &info );
    pac_ask( &pac, wide_target, WINHTTP_AUTOPROXY_NO_CACHE_CLIENT, &info );
}

/* It ends while a script runs, or its process is about to start, and while one is kept: no process
 * stays. */
static void test_program_ends( BOOL killed )
{
    static const struct step waiting[] =
    {
        SRV_ACCEPT, SRV_HEADERS,
        SRV_SEND( "HTTP/1.1 200 OK\r\n" PAC_TYPE "Content-Length: 109\r\n\r\n" LOOP ),
        SRV_HEADERS, SRV_WAIT( 0 ),
        SRV_SEND( "HTTP/1.1 404 X\r\nContent-Length: 0\r\n\r\n" ), SRV_END
    };
    PROCESS_INFORMATION info;
    HANDLE process;
    struct pac pac;

    ok( strlen( LOOP ) == 109, "the length is %u\n", (UINT)strlen( LOOP ) );
    pac_open_steps( &pac, waiting, L"/proxy.pac" );
    info = start_program( &pac, killed ? "loop" : "host" );
    process = wait_for_process( info.dwProcessId, info.hProcess );
    ok( process != NULL, "no process runs the script\n" );
    if (killed) TerminateProcess( info.hProcess, 1 );
    server_signal( pac.server, 0 );
    ok( !WaitForSingleObject( info.hProcess, SERVER_TIMEOUT_MS ), "the program stays\n" );
    ok( !WaitForSingleObject( process, SERVER_TIMEOUT_MS ), "a process stays\n" );
    CloseHandle( process );
    CloseHandle( info.hProcess );
    CloseHandle( info.hThread );
    server_abandon( pac.server );
    pac.server = NULL;
    pac_close( &pac );
}

static void test_program_ends_itself( void )
{
    test_program_ends( FALSE );
}

static void test_program_is_killed( void )
{
    test_program_ends( TRUE );
}

/* --- The export ------------------------------------------------------------------------------ */

/* Of Wine's alone: what is no command of ours does nothing. */
static void test_install( void )
{
    static const WCHAR *const commands[] =
        { NULL, L"", L"user", L"pac", L"pac,", L"pac,0,0", L"pac,x" };
    HRESULT (WINAPI *install)( BOOL, const WCHAR * );
    UINT i;

    install = (void *)GetProcAddress( GetModuleHandleA( "winhttp.dll" ), "DllInstall" );
    ok( install != NULL, "no DllInstall\n" );
    for (i = 0; install && i < ARRAYSIZE(commands); i++)
    {
        ok( install( TRUE, commands[i] ) == S_OK, "%u failed\n", i );
        ok( install( FALSE, commands[i] ) == S_OK, "%u failed\n", i );
    }
}

START_TEST(autoproxy_process)
{
    char **argv;
    int argc = winetest_get_mainargs( &argv );

    program = argv[0];
    if (argc == 5 && !strcmp( argv[2], "ask" ))
    {
        run_program( argv[3], argv[4] );
        return;
    }
    RUN( test_threads );
    RUN( test_scripts );
    RUN( test_handles );
    if (strcmp( winetest_platform, "wine" )) return;
    RUN( test_process_is_kept );
    RUN( test_idle_process_dies );
    RUN( test_process_dies );
    RUN( test_time_limit );
    RUN( test_memory );
    RUN( test_program_ends_itself );
    RUN( test_program_is_killed );
    RUN( test_install );
}
