/* main - what a process does that was started to run a proxy script.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/main.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "windef.h"
#include "winbase.h"
#include "winnls.h"
#include "objbase.h"
#include "oleauto.h"
#include "psapi.h"
#include "winhttp.h"
#include "wine/debug.h"

#include "auto/engine.h"
#include "auto/pipe.h"
#include "auto/script.h"
#include "charset.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* A program that asks for proxies does so for each request of a page: then there is nothing for a
 * while. A process costs some ten MiB, and some ten ms to be made anew. */
enum { IDLE_TIME = 30000 }; /* ms */

/* A script of one MiB needs some twenty; one that wants all that the machine has gets no more. */
enum { MAX_MEMORY = 512 << 20, MEMORY_LOOK = 250 }; /* bytes; ms between two looks */

struct state
{
    struct pipe pipe;
    struct engine *engine; /* owned; NULL until there is a script that works */
    DWORD err;             /* why there is none */
};

/* --- The script ------------------------------------------------------------------------------ */

/* Bytes that say nothing of themselves are UTF-8 if they can be, else in the ANSI code page. */
static HRESULT decode( const WCHAR *charset, const BYTE *data, UINT32 size, BSTR *text )
{
    UINT codepage = CP_UTF8;
    HRESULT hr;

    if (*charset && FAILED(charset_find( charset, &codepage ))) codepage = CP_UTF8;
    hr = charset_decode( codepage, data, size, text );
    if (FAILED(hr) && codepage != CP_ACP) hr = charset_decode( CP_ACP, data, size, text );
    return hr;
}

static DWORD load_script( const BYTE *data, UINT32 size, struct engine **engine )
{
    const WCHAR *charset = (const WCHAR *)data;
    size_t room = size / sizeof(*charset), len;
    UINT32 head;
    DWORD err;
    BSTR text;

    if ((len = wcsnlen( charset, room )) == room) return ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    head = (len + 1) * sizeof(*charset);
    if (FAILED(decode( charset, data + head, size - head, &text )))
        return ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT;
    /* a text breaks off at its first NUL, and so would what a script hides behind it */
    err = wcslen( text ) == SysStringLen( text ) ? engine_create( text, engine )
                                                 : ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT;
    SysFreeString( text );
    return err;
}

/* --- Questions ------------------------------------------------------------------------------- */

/* Whether these bytes are two texts, each with its NUL. */
static BOOL is_question( const BYTE *data, UINT32 size, const WCHAR **url, const WCHAR **host )
{
    size_t room = size / sizeof(WCHAR), len;

    *url = (const WCHAR *)data;
    if ((len = wcsnlen( *url, room )) == room) return FALSE;
    *host = *url + len + 1;
    return wcsnlen( *host, room - len - 1 ) < room - len - 1;
}

static DWORD answer( struct state *state, const BYTE *data, UINT32 size )
{
    struct pipe_wait forever = { NULL, ~(ULONGLONG)0 };
    const WCHAR *url, *host;
    BSTR text = NULL;
    UINT32 code;
    DWORD err;

    if (!is_question( data, size, &url, &host )) return ERROR_INVALID_DATA;
    code = state->engine ? engine_find_proxy( state->engine, url, host, &text ) : state->err;
    TRACE( "%s: error %u, %s\n", debugstr_w(url), code, debugstr_w(text) );
    err = pipe_send( &state->pipe, &forever, PIPE_ANSWER, &code, sizeof(code), text,
                     SysStringByteLen( text ) );
    SysFreeString( text );
    return err;
}

/* One script, and questions to it, until the program has enough, or asks for nothing too long. */
static DWORD converse( struct state *state )
{
    for (;;)
    {
        struct pipe_wait wait = { NULL, GetTickCount64() + IDLE_TIME };
        UINT32 type, size;
        DWORD err = ERROR_SUCCESS;
        BYTE *data;

        if ((err = pipe_receive( &state->pipe, &wait,
                                 SCRIPT_MAX_SIZE + SCRIPT_CHARSET_ROOM * sizeof(WCHAR), &type,
                                 &data, &size ))) return err;
        if (type == PIPE_SCRIPT && !state->engine)
            state->err = load_script( data, size, &state->engine );
        else if (type == PIPE_FIND) err = answer( state, data, size );
        else err = ERROR_INVALID_DATA;
        free( data );
        if (err) return err;
    }
}

/* Not on regsvr32's thread, which has started COM in a way of its own. */
static DWORD CALLBACK run( void *arg )
{
    struct state *state = arg;
    HRESULT hr = CoInitializeEx( NULL, COINIT_MULTITHREADED );
    DWORD err;

    state->err = ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    err = SUCCEEDED(hr) ? converse( state ) : ERROR_WINHTTP_AUTO_PROXY_SERVICE_ERROR;
    TRACE( "ends, error %lu\n", err );
    return err;
}

/* --- The export ------------------------------------------------------------------------------ */

static BOOL has_too_much(void)
{
    PROCESS_MEMORY_COUNTERS counters = { sizeof(counters) };

    return K32GetProcessMemoryInfo( GetCurrentProcess(), &counters, sizeof(counters) ) &&
           counters.WorkingSetSize > MAX_MEMORY;
}

/* A script may loop while the program ends. Then, as when all is said, nothing is left to be put in
 * order, and whatever the script did to this process shall not have it go on. */
static void serve( HANDLE pipe, HANDLE program )
{
    struct state state = { { NULL } };
    HANDLE handles[2] = { program };

    if (!pipe_open( &state.pipe, pipe ) &&
        (handles[1] = CreateThread( NULL, 0, run, &state, 0, NULL )))
        while (WaitForMultipleObjects( 2, handles, FALSE, MEMORY_LOOK ) == WAIT_TIMEOUT &&
               !has_too_much()) {}
    TerminateProcess( GetCurrentProcess(), 0 );
}

static BOOL is_ours( HANDLE pipe, HANDLE program )
{
    return GetFileType( pipe ) == FILE_TYPE_PIPE &&
           WaitForSingleObject( program, 0 ) == WAIT_TIMEOUT;
}

/* regsvr32's; there is nothing to be installed (com/factory.c has what can be registered). */
HRESULT WINAPI DllInstall( BOOL install, LPCWSTR command )
{
    UINT pipe, program;

    TRACE( "%d, %s\n", install, debugstr_w(command) );
    if (install && command && swscanf( command, MAIN_COMMAND, &pipe, &program ) == 2 &&
        is_ours( (HANDLE)(ULONG_PTR)pipe, (HANDLE)(ULONG_PTR)program ))
        serve( (HANDLE)(ULONG_PTR)pipe, (HANDLE)(ULONG_PTR)program );
    return S_OK;
}
