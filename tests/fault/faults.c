/* faults - maps the plan of faults into a Windows program.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "faults.h"

#include <stdio.h>

static struct plan nothing, *plan = &nothing;

void unix_path( WCHAR *path, const char *name )
{
    static const WCHAR prefix[] = L"\\\\?\\unix";
    int len = ARRAYSIZE(prefix) - 1;

    wcscpy( path, prefix );
    if (!MultiByteToWideChar( CP_UTF8, 0, name, -1, path + len, MAX_PATH - len )) path[len] = 0;
}

struct plan *faults_map( const char *name )
{
    char mapping_name[PLAN_NAME];
    WCHAR path[MAX_PATH];
    HANDLE file, mapping;
    void *block;

    unix_path( path, name );
    file = CreateFileW( path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                        NULL, OPEN_EXISTING, 0, NULL );
    snprintf( mapping_name, sizeof(mapping_name), PLAN_MAPPING, GetCurrentProcessId() );
    mapping = CreateFileMappingA( file, NULL, PAGE_READWRITE, 0, PLAN_SIZE, mapping_name );
    if ((block = MapViewOfFile( mapping, FILE_MAP_WRITE, 0, 0, PLAN_SIZE ))) return plan = block;
    fprintf( stderr, "cannot map %s: %lu\n", name, GetLastError() );
    return NULL;
}

LONG faults_live( unsigned int half )
{
    return plan->live[half];
}
