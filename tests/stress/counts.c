/* counts - threads, handles, descriptors and memory of this process.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../dlls/winhttp/tests/heap.h"

/* The head of what NtQuerySystemInformation tells about a process, as documented. */
struct process_information
{
    ULONG next;
    ULONG thread_count;
    BYTE reserved[48];
    USHORT name_len[2];
    void *name;
    LONG priority;
    HANDLE pid;
    HANDLE parent;
    ULONG handle_count;
};

/* GetProcessHandleCount of Wine 8.0 answers 0. */
static void count_threads_and_handles( struct counts *counts )
{
    LONG (WINAPI *query)( int, void *, ULONG, ULONG * );
    struct process_information *process;
    ULONG size = 0x40000, len;
    char *buffer = calloc( 1, size );

    query = (void *)GetProcAddress( GetModuleHandleA( "ntdll.dll" ), "NtQuerySystemInformation" );
    process = (struct process_information *)buffer;
    if (buffer && query && !query( 5, buffer, size, &len ))
    {
        while (process->pid != ULongToHandle( GetCurrentProcessId() ) && process->next)
            process = (struct process_information *)((char *)process + process->next);
        counts->threads = process->thread_count;
        counts->handles = process->handle_count;
    }
    free( buffer );
}

/* /proc/self would be the wineserver's, which opens the files. */
static ULONG count_descriptors( unsigned int unix_pid )
{
    WIN32_FIND_DATAW data;
    WCHAR path[MAX_PATH];
    ULONG count = 0;
    HANDLE find;

    if (!unix_pid) return 0;
    _snwprintf( path, ARRAYSIZE(path), L"\\\\?\\unix\\proc\\%u\\fd\\*", unix_pid );
    if ((find = FindFirstFileW( path, &data )) == INVALID_HANDLE_VALUE) return 0;
    do count++;
    while (FindNextFileW( find, &data ));
    FindClose( find );
    return count;
}

UINT64 counts_resident( unsigned int unix_pid )
{
    WCHAR path[MAX_PATH];
    char text[4096] = "";
    const char *found;
    DWORD len = 0;
    HANDLE file;

    if (!unix_pid) return 0;
    _snwprintf( path, ARRAYSIZE(path), L"\\\\?\\unix\\proc\\%u\\status", unix_pid );
    file = CreateFileW( path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL,
                        OPEN_EXISTING, 0, NULL );
    if (file == INVALID_HANDLE_VALUE) return 0;
    ReadFile( file, text, sizeof(text) - 1, &len, NULL );
    CloseHandle( file );
    found = strstr( text, "VmRSS:" );
    return found ? _strtoui64( found + 6, NULL, 10 ) * 1024 : 0;
}

struct counts counts_take( unsigned int unix_pid )
{
    struct counts counts = { 0 };

    counts.resident = counts_resident( unix_pid );
    counts.heap = heap_in_use();
    counts.descriptors = count_descriptors( unix_pid );
    count_threads_and_handles( &counts );
    return counts;
}
