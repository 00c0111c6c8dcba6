/*
 * The callback recorder of notify.h, and the topic that checks it without WinHTTP.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "wine/test.h"
#include "notify.h"

#define MAX_ACTIONS 8

struct notify_action
{
    DWORD status;
    void (*action)( const struct notification *, void * );
    void *arg;
};

static struct
{
    INIT_ONCE once;
    CRITICAL_SECTION cs;
    CONDITION_VARIABLE changed;
    struct notification *entries;       /* NOTIFY_MAX of them; entries below count never change */
    unsigned int count;                 /* under cs */
    BOOL overflow;                      /* under cs */
    struct notify_action actions[MAX_ACTIONS];  /* under cs */
} record = { INIT_ONCE_STATIC_INIT };

static BOOL CALLBACK init_record( INIT_ONCE *once, void *param, void **context )
{
    InitializeCriticalSection( &record.cs );
    InitializeConditionVariable( &record.changed );
    if (!(record.entries = calloc( NOTIFY_MAX, sizeof(*record.entries) ))) ExitProcess( 255 );
    (void)once;
    (void)param;
    (void)context;
    return TRUE;
}

static void lock_record( void )
{
    InitOnceExecuteOnce( &record.once, init_record, NULL, NULL );
    EnterCriticalSection( &record.cs );
}

static void unlock_record( void )
{
    LeaveCriticalSection( &record.cs );
}

/* READ_COMPLETE of a request points to the application's own buffer, of a socket to a status; both
 * are memory of len bytes. For a REDIRECT or a name the length counts characters. */
static void copy_info( struct notification *entry, const void *info, DWORD len )
{
    DWORD size = len;

    switch (entry->status)
    {
    case WINHTTP_CALLBACK_STATUS_RESOLVING_NAME:
    case WINHTTP_CALLBACK_STATUS_NAME_RESOLVED:
    case WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER:
    case WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER:
    case WINHTTP_CALLBACK_STATUS_REDIRECT:
        if (info) size = ((DWORD)wcslen( info ) + 1) * sizeof(WCHAR);
        break;
    case WINHTTP_CALLBACK_STATUS_HANDLE_CREATED:
    case WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING:
        size = sizeof(HINTERNET);
        break;
    }
    if (info) memcpy( entry->data, info, min( size, sizeof(entry->data) ) );
}

static struct notify_action take_action_locked( DWORD status )
{
    struct notify_action none = { 0 }, found;
    unsigned int i;

    for (i = 0; i < MAX_ACTIONS; i++)
    {
        if (!(record.actions[i].status & status)) continue;
        found = record.actions[i];
        record.actions[i].status = 0;
        return found;
    }
    return none;
}

void CALLBACK notify_callback( HINTERNET handle, DWORD_PTR context, DWORD status, void *info,
                               DWORD len )
{
    struct notification *entry;
    struct notify_action action;

    lock_record();
    if (record.count == NOTIFY_MAX)
    {
        record.overflow = TRUE;
        unlock_record();
        return;
    }
    entry = &record.entries[record.count];
    memset( entry, 0, sizeof(*entry) );
    entry->status = status;
    entry->handle = handle;
    entry->context = context;
    entry->thread = GetCurrentThreadId();
    entry->info = info;
    entry->len = len;
    copy_info( entry, info, len );
    record.count++;
    action = take_action_locked( status );
    WakeAllConditionVariable( &record.changed );
    unlock_record();

    if (action.action) action.action( entry, action.arg );
}

void notify_reset( void )
{
    lock_record();
    ok( !record.overflow, "more than %u callbacks\n", NOTIFY_MAX );
    record.count = 0;
    record.overflow = FALSE;
    memset( record.actions, 0, sizeof(record.actions) );
    unlock_record();
}

unsigned int notify_count( void )
{
    unsigned int count;

    lock_record();
    count = record.count;
    unlock_record();
    return count;
}

const struct notification *notify_get( unsigned int index )
{
    return index < notify_count() ? &record.entries[index] : NULL;
}

static const struct notification *find_locked( unsigned int from, DWORD status, HINTERNET handle )
{
    unsigned int i;

    for (i = from; i < record.count; i++)
    {
        if (!(record.entries[i].status & status)) continue;
        if (!handle || record.entries[i].handle == handle) return &record.entries[i];
    }
    return NULL;
}

const struct notification *notify_wait_handle( unsigned int from, DWORD status, HINTERNET handle )
{
    ULONGLONG start = GetTickCount64(), elapsed = 0;
    const struct notification *entry;

    lock_record();
    while (!(entry = find_locked( from, status, handle )) && elapsed < NOTIFY_TIMEOUT_MS)
    {
        SleepConditionVariableCS( &record.changed, &record.cs,
                                  (DWORD)(NOTIFY_TIMEOUT_MS - elapsed) );
        elapsed = GetTickCount64() - start;
    }
    unlock_record();
    return entry;
}

const struct notification *notify_wait( unsigned int from, DWORD status )
{
    return notify_wait_handle( from, status, NULL );
}

void notify_on( DWORD status, void (*action)( const struct notification *, void * ), void *arg )
{
    unsigned int i;

    lock_record();
    for (i = 0; i < MAX_ACTIONS && record.actions[i].status; i++) {}
    if (i < MAX_ACTIONS)
    {
        record.actions[i].status = status;
        record.actions[i].action = action;
        record.actions[i].arg = arg;
    }
    unlock_record();
    ok( i < MAX_ACTIONS, "more than %u actions\n", MAX_ACTIONS );
}

static void trace_entries( unsigned int from, unsigned int to, HINTERNET handle )
{
    unsigned int i;

    for (i = from; i < to; i++)
    {
        const struct notification *entry = &record.entries[i];

        if (handle && entry->handle != handle) continue;
        trace( "    %u: %s, handle %p, thread %04x%s, length %u\n", i - from,
               notify_name( entry->status ), entry->handle, (UINT)entry->thread,
               entry->thread == GetCurrentThreadId() ? " (caller)" : "", (UINT)entry->len );
    }
}

static BOOL check_thread( const struct notification *entry, const struct notify_expect *expect,
                          const char *file, int line )
{
    BOOL caller = entry->thread == GetCurrentThreadId(), good = TRUE;

    if (expect->flags & NOTIFY_CALLER) good = caller;
    if (expect->flags & NOTIFY_WORKER) good = !caller;
    ok_( file, line )( good, "%s came on %s thread\n", notify_name( entry->status ),
                       caller ? "the caller's" : "another" );
    return good;
}

void notify_check_handle_at( unsigned int from, HINTERNET handle, const struct notify_expect *table,
                             const char *file, int line )
{
    unsigned int i, to = notify_count();
    const struct notify_expect *expect = table;
    LONG failures = winetest_get_failures();
    BOOL repeated = FALSE;

    for (i = from; i < to; i++)
    {
        const struct notification *entry = &record.entries[i];

        if (handle && entry->handle != handle) continue;
        if (repeated && entry->status == expect[-1].status) continue;
        while (expect->status && expect->status != entry->status &&
               expect->flags & NOTIFY_OPTIONAL) expect++;
        if (expect->status != entry->status) break;
        check_thread( entry, expect, file, line );
        repeated = !!(expect->flags & NOTIFY_REPEATED);
        expect++;
    }
    while (expect->status && expect->flags & NOTIFY_OPTIONAL) expect++;
    ok_( file, line )( i == to && !expect->status, "entry %u: expected %s, got %s\n", i - from,
                       notify_name( expect->status ),
                       i < to ? notify_name( record.entries[i].status ) : "no more" );
    if (winetest_get_failures() != failures) trace_entries( from, to, handle );
}

void notify_check_at( unsigned int from, const struct notify_expect *table, const char *file,
                      int line )
{
    notify_check_handle_at( from, NULL, table, file, line );
}

const char *notify_name( DWORD status )
{
#define STATUS( name ) { WINHTTP_CALLBACK_STATUS_##name, #name }
    static const struct { DWORD status; const char *name; } names[] =
    {
        STATUS( RESOLVING_NAME ), STATUS( NAME_RESOLVED ), STATUS( CONNECTING_TO_SERVER ),
        STATUS( CONNECTED_TO_SERVER ), STATUS( SENDING_REQUEST ), STATUS( REQUEST_SENT ),
        STATUS( RECEIVING_RESPONSE ), STATUS( RESPONSE_RECEIVED ), STATUS( CLOSING_CONNECTION ),
        STATUS( CONNECTION_CLOSED ), STATUS( HANDLE_CREATED ), STATUS( HANDLE_CLOSING ),
        STATUS( REDIRECT ), STATUS( INTERMEDIATE_RESPONSE ), STATUS( SECURE_FAILURE ),
        STATUS( HEADERS_AVAILABLE ), STATUS( DATA_AVAILABLE ), STATUS( READ_COMPLETE ),
        STATUS( WRITE_COMPLETE ), STATUS( REQUEST_ERROR ), STATUS( SENDREQUEST_COMPLETE ),
        STATUS( CLOSE_COMPLETE ), STATUS( SHUTDOWN_COMPLETE ),
    };
#undef STATUS
    static char unknown[16];
    unsigned int i;

    if (!status) return "no more";
    for (i = 0; i < ARRAYSIZE( names ); i++) if (names[i].status == status) return names[i].name;
    snprintf( unknown, sizeof(unknown), "%#x", (UINT)status );
    return unknown;
}

/* ---- the topic ---- */

static void send_two( const struct notification *entry, void *arg )
{
    *(DWORD *)arg = entry->status;
    notify_callback( NULL, 2, WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, NULL, 0 );
}

static DWORD CALLBACK send_from_thread( void *arg )
{
    DWORD value = 42;

    notify_callback( arg, 1, WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, &value, sizeof(value) );
    return 0;
}

static void test_order_and_actions(void)
{
    static const struct notify_expect table[] =
    {
        { WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, NOTIFY_OPTIONAL },
        { WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NOTIFY_CALLER | NOTIFY_REPEATED },
        { WINHTTP_CALLBACK_STATUS_READ_COMPLETE, NOTIFY_CALLER },
        { WINHTTP_CALLBACK_STATUS_WRITE_COMPLETE, NOTIFY_CALLER },
        { WINHTTP_CALLBACK_STATUS_HANDLE_CLOSING, NOTIFY_OPTIONAL },
        { 0, 0 }
    };
    DWORD seen = 0;

    notify_reset();
    notify_on( WINHTTP_CALLBACK_STATUS_READ_COMPLETE, send_two, &seen );
    notify_callback( NULL, 1, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NULL, 0 );
    notify_callback( NULL, 1, WINHTTP_CALLBACK_STATUS_SENDING_REQUEST, NULL, 0 );
    notify_callback( NULL, 1, WINHTTP_CALLBACK_STATUS_READ_COMPLETE, NULL, 0 );
    ok( seen == WINHTTP_CALLBACK_STATUS_READ_COMPLETE, "got %#x\n", (UINT)seen );
    ok( notify_count() == 4, "got %u\n", notify_count() );
    ok( notify_get( 3 )->context == 2, "wrong entry\n" );
    ok( !notify_get( 4 ), "unexpected entry\n" );
    notify_check( 0, table );
}

static void test_wait_for_thread(void)
{
    static const struct notify_expect table[] =
    {
        { WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, NOTIFY_WORKER },
        { 0, 0 }
    };
    HINTERNET handle = (HINTERNET)0x1234;
    const struct notification *entry;
    HANDLE thread;

    notify_reset();
    thread = CreateThread( NULL, 0, send_from_thread, handle, 0, NULL );
    entry = notify_wait_handle( 0, WINHTTP_CALLBACK_STATUS_DATA_AVAILABLE, handle );
    ok( entry && entry->len == sizeof(DWORD) && *(DWORD *)entry->data == 42, "wrong entry\n" );
    notify_check_handle( 0, handle, table );
    WaitForSingleObject( thread, INFINITE );
    CloseHandle( thread );
}

START_TEST( notify )
{
    test_order_and_actions();
    test_wait_for_thread();
}
