/* pipe - messages between a program and the process that runs a script for it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/pipe.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "net/resolve.h"

static LONG pipe_serial; /* tells the pipes of a process apart */

/* --- A pair ---------------------------------------------------------------------------------- */

/* CreatePipe's cannot be waited for with a limit. Nobody else gets in between: there is one
 * instance, and who were quicker than this process would have it fail. */
static DWORD create_pair( HANDLE *ours, HANDLE *theirs )
{
    SECURITY_ATTRIBUTES inherit = { sizeof(inherit), NULL, TRUE };
    WCHAR name[80];
    UINT64 random;
    DWORD err;

    if (net_random( &random, sizeof(random) )) return ERROR_NOT_ENOUGH_MEMORY;
    swprintf( name, ARRAY_SIZE(name), L"\\\\.\\pipe\\winhttp-pac-%lx-%lx-%I64x",
              GetCurrentProcessId(), InterlockedIncrement( &pipe_serial ), random );
    *ours = CreateNamedPipeW( name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
                                    FILE_FLAG_FIRST_PIPE_INSTANCE,
                              PIPE_TYPE_BYTE, 1, PIPE_BUFFER, PIPE_BUFFER, 0, NULL );
    if (*ours == INVALID_HANDLE_VALUE) return GetLastError();
    *theirs = CreateFileW( name, GENERIC_READ | GENERIC_WRITE, 0, &inherit, OPEN_EXISTING,
                           FILE_FLAG_OVERLAPPED, NULL );
    if (*theirs != INVALID_HANDLE_VALUE) return ERROR_SUCCESS;
    err = GetLastError();
    CloseHandle( *ours );
    return err;
}

DWORD pipe_open( struct pipe *pipe, HANDLE handle )
{
    if (!(pipe->event = CreateEventW( NULL, TRUE, FALSE, NULL ))) return GetLastError();
    pipe->handle = handle;
    pipe->start = pipe->end = 0;
    return ERROR_SUCCESS;
}

DWORD pipe_create( struct pipe *pipe, HANDLE *other )
{
    HANDLE ours, theirs;
    DWORD err;

    if ((err = create_pair( &ours, &theirs ))) return err;
    if ((err = pipe_open( pipe, ours )))
    {
        CloseHandle( ours );
        CloseHandle( theirs );
        return err;
    }
    *other = theirs;
    return ERROR_SUCCESS;
}

void pipe_close( struct pipe *pipe )
{
    CloseHandle( pipe->handle );
    CloseHandle( pipe->event );
}

/* --- Transfers ------------------------------------------------------------------------------- */

static DWORD time_left( const struct pipe_wait *wait )
{
    ULONGLONG now = GetTickCount64();

    return now < wait->deadline ? (DWORD)min( wait->deadline - now, INFINITE - 1 ) : 0;
}

/* Waits for the transfer; one that has to end early has ended before this returns. */
static DWORD finish_transfer( struct pipe *pipe, const struct pipe_wait *wait,
                              OVERLAPPED *transfer, DWORD *count )
{
    HANDLE handles[3] = { pipe->event, wait->cancel };
    DWORD waited, used = wait->cancel ? 2 : 1;

    if (wait->peer) handles[used++] = wait->peer;
    waited = WaitForMultipleObjects( used, handles, FALSE, time_left( wait ) );

    if (waited != WAIT_OBJECT_0) CancelIoEx( pipe->handle, transfer );
    if (GetOverlappedResult( pipe->handle, transfer, count, TRUE )) return ERROR_SUCCESS;
    if (wait->cancel && waited == WAIT_OBJECT_0 + 1) return ERROR_CANCELLED;
    if (waited == WAIT_TIMEOUT) return ERROR_TIMEOUT;
    return GetLastError() == ERROR_NOT_ENOUGH_MEMORY ? ERROR_NOT_ENOUGH_MEMORY : ERROR_BROKEN_PIPE;
}

/* As many bytes as go at once. */
static DWORD transfer( struct pipe *pipe, const struct pipe_wait *wait, BOOL write, BYTE *data,
                       UINT32 size, DWORD *count )
{
    OVERLAPPED overlapped = { .hEvent = pipe->event };
    DWORD err;

    *count = 0;
    if (write ? WriteFile( pipe->handle, data, size, count, &overlapped )
              : ReadFile( pipe->handle, data, size, count, &overlapped )) err = ERROR_SUCCESS;
    else if (GetLastError() != ERROR_IO_PENDING) err = ERROR_BROKEN_PIPE;
    else err = finish_transfer( pipe, wait, &overlapped, count );
    if (!err && (!*count || *count > size)) err = ERROR_BROKEN_PIPE;
    return err;
}

static DWORD write_all( struct pipe *pipe, const struct pipe_wait *wait, BYTE *data, UINT32 size )
{
    DWORD count, err;

    for (; size; data += count, size -= count)
        if ((err = transfer( pipe, wait, TRUE, data, size, &count ))) return err;
    return ERROR_SUCCESS;
}

/* What is short comes by the buffer, with what follows it: each transfer asks the wineserver. */
static DWORD read_some( struct pipe *pipe, const struct pipe_wait *wait, BYTE *data, UINT32 size,
                        DWORD *count )
{
    DWORD err;

    if (pipe->start == pipe->end)
    {
        if (size >= PIPE_BUFFER) return transfer( pipe, wait, FALSE, data, size, count );
        pipe->start = pipe->end = 0;
        if ((err = transfer( pipe, wait, FALSE, pipe->buffer, PIPE_BUFFER, count ))) return err;
        pipe->end = *count;
    }
    *count = min( size, pipe->end - pipe->start );
    memcpy( data, pipe->buffer + pipe->start, *count );
    pipe->start += *count;
    return ERROR_SUCCESS;
}

static DWORD read_all( struct pipe *pipe, const struct pipe_wait *wait, BYTE *data, UINT32 size )
{
    DWORD count, err;

    for (; size; data += count, size -= count)
        if ((err = read_some( pipe, wait, data, size, &count ))) return err;
    return ERROR_SUCCESS;
}

DWORD pipe_send( struct pipe *pipe, const struct pipe_wait *wait, enum pipe_message type,
                 const void *head, UINT32 head_size, const void *data, UINT32 size )
{
    struct pipe_header header = { type, head_size + size };
    BYTE *message;
    DWORD err;

    if (!(message = malloc( sizeof(header) + header.size ))) return ERROR_NOT_ENOUGH_MEMORY;
    memcpy( message, &header, sizeof(header) );
    if (head_size) memcpy( message + sizeof(header), head, head_size );
    if (size) memcpy( message + sizeof(header) + head_size, data, size );
    err = write_all( pipe, wait, message, sizeof(header) + header.size );
    free( message );
    return err;
}

DWORD pipe_receive( struct pipe *pipe, const struct pipe_wait *wait, UINT32 limit, UINT32 *type,
                    BYTE **data, UINT32 *size )
{
    struct pipe_header header;
    BYTE *message;
    DWORD err;

    if ((err = read_all( pipe, wait, (BYTE *)&header, sizeof(header) ))) return err;
    if (header.size > limit) return ERROR_INVALID_DATA;
    if (!(message = malloc( header.size + 1 ))) return ERROR_NOT_ENOUGH_MEMORY;
    if ((err = read_all( pipe, wait, message, header.size )))
    {
        free( message );
        return err;
    }
    *type = header.type;
    *data = message;
    *size = header.size;
    return ERROR_SUCCESS;
}
