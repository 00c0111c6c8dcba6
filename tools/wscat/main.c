/* wscat: WebSocket client for the command line, on the WinHTTP API alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdlib.h>
#include <windows.h>
#include <winhttp.h>

#include "driver.h"
#include "options.h"
#include "text.h"

/* Longest path that Windows gives a module. */
#define MAX_PATH_CHARS 32768

/* The description in the version resource, for free(); NULL when there is none. */
static char *query_description( void *info )
{
    struct { WORD language, codepage; } *translation;
    WCHAR name[64], *text;
    UINT len;

    if (!VerQueryValueW( info, L"\\VarFileInfo\\Translation", (void **)&translation, &len )
        || len < sizeof(*translation)) return NULL;
    wsprintfW( name, L"\\StringFileInfo\\%04x%04x\\FileDescription", translation->language,
               translation->codepage );
    if (!VerQueryValueW( info, name, (void **)&text, &len ) || !len) return NULL;
    return text_to_utf8( text );
}

static void say_version( const char *path, void *info )
{
    VS_FIXEDFILEINFO *fixed;
    char *description;
    UINT len;

    if (!VerQueryValueW( info, L"\\", (void **)&fixed, &len )) return;
    description = query_description( info );
    text_say( "using %s, version %u.%u.%u.%u%s%s", path, HIWORD( fixed->dwFileVersionMS ),
              LOWORD( fixed->dwFileVersionMS ), HIWORD( fixed->dwFileVersionLS ),
              LOWORD( fixed->dwFileVersionLS ), description ? ", " : "",
              description ? description : "" );
    free( description );
}

/* Which winhttp.dll the program got: on Wine there may be several. */
static void say_dll( void )
{
    static WCHAR path[MAX_PATH_CHARS];
    DWORD size, ignored;
    void *info = NULL;
    char *utf8;

    if (!GetModuleFileNameW( GetModuleHandleW( L"winhttp.dll" ), path, MAX_PATH_CHARS )) return;
    if (!(utf8 = text_to_utf8( path ))) return;
    size = GetFileVersionInfoSizeW( path, &ignored );
    if (size && (info = malloc( size )) && GetFileVersionInfoW( path, 0, size, info ))
        say_version( utf8, info );
    else
        text_say( "using %s", utf8 );
    free( info );
    free( utf8 );
}

int main( void )
{
    struct options options;
    enum exit_status status;

    text_init();
    if (!options_parse( &options, &status )) return status;
    text_set_verbose( options.verbose );
    if (options.verbose) say_dll();
    status = options.async ? async_run( &options ) : sync_run( &options );
    text_say( "exit status %d", status );
    /* Not return: threads that wait for input end here, with what they still use. */
    ExitProcess( status );
}
