/* process - the processes that run proxy scripts, as the program sees them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/process.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "winreg.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "auto/main.h"
#include "auto/pipe.h"
#include "net/lock.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    MAX_PROCESSES = 4,           /* of a program; some ten MiB each. Evaluations take milliseconds:
                                  * more than the processors at work would help nobody */
    PROCESS_TIME_LIMIT = 60000,  /* ms, for one evaluation: Windows's */
    MAX_ANSWER = 65536,          /* bytes; a list of proxies that is longer is none */
    MAX_COMMAND = 64,            /* characters in front of and behind the path */
};

struct process
{
    HANDLE handle;         /* owned */
    DWORD limit;           /* ms, for one evaluation */
    struct pipe pipe;      /* owned */
    struct script *script; /* ref */
};

static struct lock process_lock;
/* under process_lock; the one used last is at the end */
static struct process *idle[MAX_PROCESSES];
static UINT32 idle_count, busy_count;

/* Made when first needed: a place for each evaluation that may run, and a job that ends all
 * processes with this one. They end themselves, too (auto/main.c), but not those that were started
 * and not yet let go when this one ended. */
static HANDLE places, job;
static INIT_ONCE shared_once = INIT_ONCE_STATIC_INIT;

/* Who has a script that hangs need not wait Windows's minute for each request. */
#define LIMIT_KEY L"Software\\Wine\\WinHttp"
#define LIMIT_VALUE L"ProxyScriptTimeout" /* REG_DWORD, ms; longer than PROCESS_TIME_LIMIT is not */

/* --- One process ----------------------------------------------------------------------------- */

/* It may be in the midst of anything, and has nothing that would be lost. */
static void process_end( struct process *process )
{
    TRACE( "%p\n", process );
    TerminateProcess( process->handle, 0 );
    CloseHandle( process->handle );
    pipe_close( &process->pipe );
    script_release( process->script );
    free( process );
}

static DWORD get_limit(void)
{
    DWORD limit, size = sizeof(limit);

    if (RegGetValueW( HKEY_CURRENT_USER, LIMIT_KEY, LIMIT_VALUE, RRF_RT_REG_DWORD, NULL, &limit,
                      &size ) || !limit) return PROCESS_TIME_LIMIT;
    return min( limit, PROCESS_TIME_LIMIT );
}

/* Our own handle, for the process to wait for our end. */
static DWORD open_self( HANDLE *ret )
{
    HANDLE self = GetCurrentProcess();

    return DuplicateHandle( self, self, self, ret, SYNCHRONIZE, TRUE, 0 ) ? ERROR_SUCCESS
                                                                          : GetLastError();
}

/* The job, and the only handles that are inherited; the array must live as long. */
static DWORD create_attributes( HANDLE handles[2], PPROC_THREAD_ATTRIBUTE_LIST *ret )
{
    PPROC_THREAD_ATTRIBUTE_LIST list;
    SIZE_T size = 0;
    DWORD err;

    InitializeProcThreadAttributeList( NULL, 2, 0, &size );
    if (!(list = malloc( size ))) return ERROR_NOT_ENOUGH_MEMORY;
    if (InitializeProcThreadAttributeList( list, 2, 0, &size ))
    {
        if (UpdateProcThreadAttribute( list, 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles,
                                       2 * sizeof(*handles), NULL, NULL ) &&
            UpdateProcThreadAttribute( list, 0, PROC_THREAD_ATTRIBUTE_JOB_LIST, &job, sizeof(job),
                                       NULL, NULL ))
        {
            *ret = list;
            return ERROR_SUCCESS;
        }
        err = GetLastError();
        DeleteProcThreadAttributeList( list );
    }
    else err = GetLastError();
    free( list );
    return err;
}

/* regsvr32 is in every Wine, in both widths, and has no window: it loads this DLL there and calls
 * DllInstall (auto/main.c). Without a console, as Wine would start a program for one. */
static DWORD launch( HANDLE handles[2], HANDLE *process )
{
    WCHAR folder[MAX_PATH], program[MAX_PATH + MAX_COMMAND], command[MAX_PATH + 2 * MAX_COMMAND];
    STARTUPINFOEXW startup = { .StartupInfo = { .cb = sizeof(startup) } };
    PROCESS_INFORMATION info;
    DWORD err, len;

    len = GetSystemDirectoryW( folder, ARRAY_SIZE(folder) );
    if (!len || len >= ARRAY_SIZE(folder)) return ERROR_PATH_NOT_FOUND;
    swprintf( program, ARRAY_SIZE(program), L"%s\\regsvr32.exe", folder );
    swprintf( command, ARRAY_SIZE(command), L"\"%s\" /s /n /i:" MAIN_COMMAND L" winhttp.dll",
              program, (UINT)(ULONG_PTR)handles[0], (UINT)(ULONG_PTR)handles[1] );
    if ((err = create_attributes( handles, &startup.lpAttributeList ))) return err;
    if (CreateProcessW( program, command, NULL, NULL, TRUE,
                        DETACHED_PROCESS | EXTENDED_STARTUPINFO_PRESENT, NULL, folder,
                        &startup.StartupInfo, &info ))
    {
        CloseHandle( info.hThread );
        *process = info.hProcess;
    }
    else err = GetLastError();
    DeleteProcThreadAttributeList( startup.lpAttributeList );
    free( startup.lpAttributeList );
    return err;
}

static DWORD process_start( struct script *script, struct process **ret )
{
    struct process *process;
    HANDLE handles[2]; /* the pipe, this process */
    DWORD err;

    if (!(process = calloc( 1, sizeof(*process) ))) return ERROR_NOT_ENOUGH_MEMORY;
    if ((err = pipe_create( &process->pipe, &handles[0] )))
    {
        free( process );
        return err;
    }
    if (!(err = open_self( &handles[1] )))
    {
        err = launch( handles, &process->handle );
        CloseHandle( handles[1] );
    }
    CloseHandle( handles[0] );
    if (err)
    {
        ERR( "cannot start regsvr32.exe to run a proxy script, error %lu\n", err );
        pipe_close( &process->pipe );
        free( process );
        return err;
    }
    TRACE( "%p\n", process );
    process->limit = get_limit();
    process->script = script_addref( script );
    *ret = process;
    return ERROR_SUCCESS;
}

/* --- Places and idle processes --------------------------------------------------------------- */

static HANDLE create_job(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits =
        { .BasicLimitInformation = { .LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE } };
    HANDLE ret = CreateJobObjectW( NULL, NULL );

    if (!ret || SetInformationJobObject( ret, JobObjectExtendedLimitInformation, &limits,
                                         sizeof(limits) )) return ret;
    CloseHandle( ret );
    return NULL;
}

static BOOL CALLBACK make_shared( INIT_ONCE *once, void *param, void **context )
{
    (void)once;
    (void)param;
    (void)context;
    if (!(job = create_job())) return FALSE;
    if ((places = CreateSemaphoreW( NULL, MAX_PROCESSES, MAX_PROCESSES, NULL ))) return TRUE;
    CloseHandle( job );
    return FALSE;
}

static DWORD enter( HANDLE cancel )
{
    HANDLE handles[2];

    if (!InitOnceExecuteOnce( &shared_once, make_shared, NULL, NULL ))
        return ERROR_NOT_ENOUGH_MEMORY;
    handles[0] = places;
    handles[1] = cancel;
    switch (WaitForMultipleObjects( cancel ? 2 : 1, handles, FALSE, PROCESS_TIME_LIMIT ))
    {
    case WAIT_OBJECT_0:     return ERROR_SUCCESS;
    case WAIT_OBJECT_0 + 1: return ERROR_CANCELLED;
    case WAIT_TIMEOUT:      return ERROR_TIMEOUT; /* all places are taken by scripts that hang */
    default:                return GetLastError();
    }
}

static void leave(void)
{
    ReleaseSemaphore( places, 1, NULL );
}

static struct process *remove_idle_locked( UINT32 index )
{
    struct process *process = idle[index];

    idle_count--;
    memmove( &idle[index], &idle[index + 1], (idle_count - index) * sizeof(*idle) );
    return process;
}

/* An idle process that has this script, or NULL. *surplus: one that must go for a new one. */
static struct process *take_idle( const struct script *script, struct process **surplus )
{
    struct process *found = NULL;
    UINT32 i;

    *surplus = NULL;
    lock_acquire( &process_lock, LOCK_PROCESSES );
    busy_count++;
    for (i = idle_count; i && !found; i--)
        if (script_equal( idle[i - 1]->script, script )) found = remove_idle_locked( i - 1 );
    if (!found && idle_count && idle_count + busy_count > MAX_PROCESSES)
        *surplus = remove_idle_locked( 0 );
    lock_release( &process_lock, LOCK_PROCESSES );
    return found;
}

/* process may be NULL: there is none any more. */
static void put_idle( struct process *process )
{
    lock_acquire( &process_lock, LOCK_PROCESSES );
    busy_count--;
    if (process && idle_count < MAX_PROCESSES)
    {
        idle[idle_count++] = process;
        process = NULL;
    }
    lock_release( &process_lock, LOCK_PROCESSES );
    if (process) process_end( process );
}

static struct process *take_any_idle(void)
{
    struct process *process;

    lock_acquire( &process_lock, LOCK_PROCESSES );
    process = idle_count ? remove_idle_locked( 0 ) : NULL;
    lock_release( &process_lock, LOCK_PROCESSES );
    return process;
}

void process_forget(void)
{
    struct process *process;

    while ((process = take_any_idle())) process_end( process );
}

void process_free(void)
{
    process_forget();
    if (!places) return;
    CloseHandle( places );
    CloseHandle( job );
}

/* --- An evaluation --------------------------------------------------------------------------- */

static DWORD send_script( struct process *process, const struct pipe_wait *wait )
{
    const struct script *script = process->script;
    UINT32 head_size = (wcslen( script->charset ) + 1) * sizeof(WCHAR);

    return pipe_send( &process->pipe, wait, PIPE_SCRIPT, script->charset, head_size, script->data,
                      script->size );
}

static DWORD send_question( struct process *process, const struct pipe_wait *wait,
                            const WCHAR *url, const WCHAR *host )
{
    return pipe_send( &process->pipe, wait, PIPE_FIND, url, (wcslen( url ) + 1) * sizeof(WCHAR),
                      host, (wcslen( host ) + 1) * sizeof(WCHAR) );
}

/* The process answers with one of these, or is not to be believed. */
static BOOL is_script_error( UINT32 err )
{
    return err == ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT ||
           err == ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR || err == ERROR_NOT_ENOUGH_MEMORY ||
           err == ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
}

static DWORD copy_text( const BYTE *data, UINT32 size, WCHAR **ret )
{
    WCHAR *text;

    if (size % sizeof(*text)) return ERROR_INVALID_DATA;
    if (!(text = malloc( size + sizeof(*text) ))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy( text, data, size );
    text[size / sizeof(*text)] = 0;
    *ret = text;
    return ERROR_SUCCESS;
}

/* *result: what came of the script. */
static DWORD receive_answer( struct process *process, const struct pipe_wait *wait, DWORD *result,
                             WCHAR **answer )
{
    UINT32 type, size, code;
    BYTE *data;
    DWORD err;

    if ((err = pipe_receive( &process->pipe, wait, MAX_ANSWER, &type, &data, &size ))) return err;
    if (type != PIPE_ANSWER || size < sizeof(code)) err = ERROR_INVALID_DATA;
    else
    {
        memcpy( &code, data, sizeof(code) );
        *result = code;
        if (!code) err = copy_text( data + sizeof(code), size - sizeof(code), answer );
        else if (!is_script_error( code )) err = ERROR_INVALID_DATA;
    }
    free( data );
    return err;
}

static DWORD ask( struct process *process, BOOL is_new, const WCHAR *url, const WCHAR *host,
                  HANDLE cancel, DWORD *result, WCHAR **answer )
{
    struct pipe_wait wait = { cancel, GetTickCount64() + process->limit, process->handle };
    DWORD err;

    if (is_new && (err = send_script( process, &wait ))) return err;
    if ((err = send_question( process, &wait, url, host ))) return err;
    return receive_answer( process, &wait, result, answer );
}

/* What the program is told of a process that failed. */
static DWORD map_error( DWORD err )
{
    switch (err)
    {
    case ERROR_CANCELLED:         return ERROR_WINHTTP_OPERATION_CANCELLED;
    case ERROR_TIMEOUT:           return ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR; /* guess */
    case ERROR_NOT_ENOUGH_MEMORY: return err;
    default:                      return ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    }
}

/* By a process that has the script, or a new one. *broken: it was the former, and is gone. */
static DWORD evaluate( struct script *script, const WCHAR *url, const WCHAR *host, HANDLE cancel,
                       BOOL *broken, WCHAR **answer )
{
    struct process *surplus, *process = take_idle( script, &surplus );
    BOOL is_new = !process;
    DWORD err = ERROR_SUCCESS, result = ERROR_SUCCESS;

    if (surplus) process_end( surplus );
    if (is_new) err = process_start( script, &process );
    if (!err && (err = ask( process, is_new, url, host, cancel, &result, answer )))
    {
        WARN( "%p failed, error %lu\n", process, err );
        if (err == ERROR_TIMEOUT) InterlockedExchange( &script->hung, TRUE );
        process_end( process );
        process = NULL;
    }
    *broken = !is_new && err == ERROR_BROKEN_PIPE;
    put_idle( process );
    return err ? map_error( err ) : result;
}

/* An idle process may have ended itself just now: then another is asked. */
DWORD process_find_proxy( struct script *script, const WCHAR *url, const WCHAR *host,
                          HANDLE cancel, WCHAR **answer )
{
    BOOL broken;
    DWORD err;

    lock_check_none( "a proxy script" );
    if ((err = enter( cancel ))) return map_error( err );
    do
        err = evaluate( script, url, host, cancel, &broken, answer );
    while (broken);
    leave();
    return err;
}
