/* record - sockets under test, and the rules that their callbacks must keep.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kind_names[KIND_COUNT] =
{
    "SendRequest", "ReceiveResponse", "ReadData", "Send", "Receive", "Shutdown", "Close",
};

static struct record records[MAX_RECORDS];

static SRWLOCK free_lock = SRWLOCK_INIT;
static CONDITION_VARIABLE free_changed = CONDITION_VARIABLE_INIT;
static UINT32 free_list[MAX_RECORDS]; /* under free_lock; a stack of indices */
static UINT32 free_count;
static BOOL free_started;

static LONG violation_count, other_handles;

void violate( const struct record *record, const char *format, ... )
{
    char text[256];
    va_list args;

    va_start( args, format );
    vsnprintf( text, sizeof(text), format, args );
    va_end( args );
    InterlockedIncrement( &violation_count );
    if (record)
        printf( "VIOLATION socket %u, seed %llx, %s%s: %s (last: %s)\n", record->number,
                record->seed, record->async ? "async" : "sync", record->tls ? " tls" : "", text,
                record->last );
    else printf( "VIOLATION %s\n", text );
    fflush( stdout );
}

LONG violations(void)
{
    return violation_count;
}

/* A fault in the middle of a TLS handshake or of a Windows API is told by that one's error. */
BOOL is_refusal( DWORD error )
{
    if (!options.refusing) return FALSE;
    switch (error)
    {
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
    case ERROR_WINHTTP_INTERNAL_ERROR:
    case ERROR_WINHTTP_SECURE_FAILURE:
    case ERROR_WINHTTP_SECURE_CHANNEL_ERROR:
        return TRUE;
    }
    return FALSE;
}

/* --- Chance --------------------------------------------------------------------------------- */

static UINT64 mix( UINT64 z )
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* Threads share the sequence, so who gets which number depends on timing, as all else does. */
unsigned int chance( struct record *record, unsigned int below )
{
    UINT64 n = InterlockedIncrement( &record->chances );

    return (mix( record->seed + n * 0x9e3779b97f4a7c15ull ) >> 20) % below;
}

BOOL percent( struct record *record, unsigned int value )
{
    return chance( record, 100 ) < value;
}

void record_linger( struct record *record )
{
    if (!percent( record, LINGER_PERCENT ) || !record_handle( record, WHICH_SOCKET )) return;
    record_note( record, "lingering" );
    Sleep( chance( record, LINGER_MS ) );
}

/* --- Records -------------------------------------------------------------------------------- */

static UINT32 take_free(void)
{
    UINT32 index;

    AcquireSRWLockExclusive( &free_lock );
    if (!free_started)
    {
        free_started = TRUE;
        for (; free_count < MAX_RECORDS; free_count++)
            free_list[free_count] = MAX_RECORDS - 1 - free_count;
    }
    while (!free_count) SleepConditionVariableSRW( &free_changed, &free_lock, INFINITE, 0 );
    index = free_list[--free_count];
    ReleaseSRWLockExclusive( &free_lock );
    return index;
}

static void put_free( UINT32 index )
{
    AcquireSRWLockExclusive( &free_lock );
    free_list[free_count++] = index;
    ReleaseSRWLockExclusive( &free_lock );
    WakeConditionVariable( &free_changed );
}

static struct record *create( UINT32 number, BOOL async, BOOL tls )
{
    struct record *record = &records[take_free()];
    UINT32 generation = record->generation + 1;

    memset( record, 0, sizeof(*record) );
    record->generation = generation;
    record->number = number;
    record->seed = mix( options.seed * 0x9e3779b97f4a7c15ull + number );
    record->async = async;
    record->tls = tls;
    record->refs = 1;
    record->last = "created";
    record->sent.last = record->received.last = -1;
    return record;
}

/* Those of one record after the other in its place: what the heap shows is the DLL's. */
static BYTE *get_fixed_buffers( const struct record *record )
{
    enum { SIZE = LASTING_SEND_SIZE + RECEIVE_SIZE };
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    static BYTE *buffers;
    BOOL pending;

    InitOnceBeginInitialize( &once, 0, &pending, NULL );
    if (pending) buffers = VirtualAlloc( NULL, MAX_RECORDS * SIZE, MEM_COMMIT, PAGE_READWRITE );
    if (!buffers) abort();
    if (pending) InitOnceComplete( &once, 0, NULL );
    return buffers + (record - records) * SIZE;
}

static struct record *begin( struct record *record, DWORD send_size, ULONGLONG patience )
{
    record->send_size = send_size;
    if (send_size == LASTING_SEND_SIZE)
    {
        record->receive_buffer = get_fixed_buffers( record );
        record->send_buffer = record->receive_buffer + RECEIVE_SIZE;
    }
    else
    {
        record->send_buffer = malloc( send_size );
        record->receive_buffer = malloc( RECEIVE_SIZE );
    }
    if (!record->send_buffer || !record->receive_buffer) abort();
    memset( record->receive_buffer, POISON, RECEIVE_SIZE );
    record->began = GetTickCount64();
    record->due = record->began + patience;
    return record;
}

struct record *record_create( UINT32 number, BOOL async, BOOL tls )
{
    struct record *record = create( number, async, tls );

    record->sends_left = chance( record, 20 );
    record->receives_left = chance( record, 40 );
    record->ready = CreateEventW( NULL, TRUE, FALSE, NULL );
    record->over = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (!record->ready || !record->over) abort();
    return begin( record, SEND_SIZE, STUCK_MS );
}

struct record *record_create_lasting( UINT32 number, BOOL tls, ULONGLONG life, DWORD send_size )
{
    struct record *record = create( number, TRUE, tls );

    record->lasting = TRUE;
    record->sends_left = chance( record, LASTING_SENDS );
    record->receives_left = LASTING_RECEIVES;
    return begin( record, send_size, life + STUCK_LASTING_MS );
}

static void raise_flag( LONG *flag, HANDLE event )
{
    InterlockedExchange( flag, TRUE );
    if (event) SetEvent( event );
}

void record_ready( struct record *record )
{
    raise_flag( &record->is_ready, record->ready );
}

void record_over( struct record *record )
{
    raise_flag( &record->is_over, record->over );
}

void record_addref( struct record *record )
{
    InterlockedIncrement( &record->refs );
}

static void check_end( const struct record *record )
{
    enum kind kind;
    UINT32 i;

    for (kind = 0; kind < KIND_COUNT; kind++)
    {
        LONG left = record->outstanding[kind];

        if (left) violate( record, "%s has %ld completions too few", kind_names[kind], left );
    }
    for (i = 0; i < RECEIVE_SIZE && record->receive_buffer[i] == POISON; i++) ;
    if (i < RECEIVE_SIZE) violate( record, "a receive buffer was written behind its completion" );
}

void record_release( struct record *record )
{
    if (InterlockedDecrement( &record->refs )) return;
    check_end( record );
    if (record->ready) CloseHandle( record->ready );
    if (record->over) CloseHandle( record->over );
    if (record->send_size != LASTING_SEND_SIZE)
    {
        free( record->send_buffer );
        free( record->receive_buffer );
    }
    record->began = record->due = 0;
    record->generation++;
    put_free( record - records );
}

/* Generation, index + 1, which; 32 bits must do. An odd generation is in use. */
DWORD_PTR record_context( const struct record *record, enum which which )
{
    return (record->generation & 0xffff) << 16 | (DWORD_PTR)(record - records + 1) << 1 | which;
}

struct record *record_from_context( DWORD_PTR context, enum which *which )
{
    UINT32 index = (context & 0xffff) >> 1;
    struct record *record = &records[index - 1];

    *which = context & 1;
    if (!index || index > MAX_RECORDS || (record->generation & 0xffff) != context >> 16)
    {
        violate( NULL, "a callback with the context %#llx, whose handles are closed",
                 (UINT64)context );
        return NULL;
    }
    if (record->closed[*which]) violate( record, "a callback behind HANDLE_CLOSING" );
    return record;
}

void record_note( struct record *record, const char *what )
{
    record->last = what;
    record->last_thread = GetCurrentThreadId();
}

unsigned int records_in_use(void)
{
    unsigned int count = 0, i;

    for (i = 0; i < MAX_RECORDS; i++) count += records[i].began != 0;
    return count;
}

BOOL records_stuck( ULONGLONG now )
{
    unsigned int i;

    for (i = 0; i < MAX_RECORDS; i++)
        if (records[i].due && records[i].due < now) return TRUE;
    return FALSE;
}

static void tell( const struct record *record )
{
    enum kind kind;

    printf( "  socket %u, seed %llx, %s%s, %lu s old: last %s on thread %04lx, in callback %s, "
            "refs %ld, request %p%s, socket %p%s, outstanding", record->number, record->seed,
            record->async ? "async" : "sync", record->tls ? " tls" : "",
            (ULONG)(GetTickCount64() - record->began) / 1000, record->last, record->last_thread,
            record->callback ? record->callback : "none", record->refs, record->handles[0],
            record->closed[0] ? " closed" : "", record->handles[1],
            record->closed[1] ? " closed" : "" );
    for (kind = 0; kind < KIND_COUNT; kind++)
        if (record->outstanding[kind])
            printf( " %s=%ld", kind_names[kind], record->outstanding[kind] );
    printf( "\n" );
}

void records_tell( ULONGLONG now )
{
    unsigned int i;

    for (i = 0; i < MAX_RECORDS; i++)
        if (records[i].due && records[i].due < now) tell( &records[i] );
    fflush( stdout );
}

/* --- Handles -------------------------------------------------------------------------------- */

HINTERNET record_handle( const struct record *record, enum which which )
{
    return record->handles[which];
}

void record_close( struct record *record, enum which which )
{
    HINTERNET handle = InterlockedExchangePointer( &record->handles[which], NULL );

    if (!handle) return;
    record_note( record, which == WHICH_SOCKET ? "CloseHandle(socket)" : "CloseHandle(request)" );
    if (!WinHttpCloseHandle( handle ))
        violate( record, "WinHttpCloseHandle failed with %lu", GetLastError() );
}

void record_opened( struct record *record, enum which which, HINTERNET handle )
{
    record_addref( record );
    InterlockedExchangePointer( &record->handles[which], handle );
    if (record->abandoned) record_close( record, which );
}

/* A request that is closed before there is a socket is the end of one that nobody waits for. */
void record_closing( struct record *record, enum which which )
{
    if (InterlockedExchange( &record->closed[which], TRUE ))
        violate( record, "HANDLE_CLOSING twice" );
    if (which == WHICH_SOCKET || (record->lasting && !record->is_ready)) record_over( record );
    else record_ready( record );
    record_release( record );
}

void record_abandon( struct record *record )
{
    InterlockedExchange( &record->abandoned, TRUE );
    if (percent( record, 50 )) record_close( record, WHICH_REQUEST );
    record_close( record, WHICH_SOCKET );
    record_close( record, WHICH_REQUEST );
}

void others_opened(void)
{
    InterlockedIncrement( &other_handles );
}

void others_closing(void)
{
    InterlockedDecrement( &other_handles );
}

LONG others_open(void)
{
    return other_handles;
}

/* --- Operations ----------------------------------------------------------------------------- */

/* Errors that a call may be refused with, and an operation may fail with. */
static BOOL is_known_error( const struct record *record, enum kind kind, DWORD error )
{
    if (is_refusal( error )) return TRUE;
    switch (error)
    {
    case ERROR_WINHTTP_CONNECTION_ERROR:
    case ERROR_WINHTTP_OPERATION_CANCELLED:
    case ERROR_WINHTTP_TIMEOUT:
        return TRUE;
    case ERROR_INVALID_HANDLE:
        /* only if somebody has closed it */
        return record->handles[kind >= KIND_SEND ? WHICH_SOCKET : WHICH_REQUEST] == NULL;
    case ERROR_INVALID_OPERATION:
        return kind >= KIND_SEND;
    case ERROR_WINHTTP_INVALID_SERVER_RESPONSE:
        return kind == KIND_RECEIVE_RESPONSE || kind == KIND_RECEIVE || kind == KIND_CLOSE ||
               (kind == KIND_SEND_REQUEST && record->early_receive);
    case ERROR_WINHTTP_CANNOT_CONNECT:
        return kind == KIND_SEND_REQUEST || kind == KIND_RECEIVE_RESPONSE;
    case ERROR_WINHTTP_SECURE_FAILURE:
        return record->tls && kind <= KIND_RECEIVE_RESPONSE;
    case ERROR_WINHTTP_INCORRECT_HANDLE_STATE:
        return kind == KIND_RECEIVE_RESPONSE;
    default:
        return FALSE;
    }
}

void record_begin( struct record *record, enum kind kind )
{
    static const char *const calls[KIND_COUNT] =
    {
        "WinHttpSendRequest", "WinHttpReceiveResponse", "WinHttpReadData",
        "WinHttpWebSocketSend", "WinHttpWebSocketReceive", "WinHttpWebSocketShutdown",
        "WinHttpWebSocketClose",
    };

    record_note( record, calls[kind] );
    InterlockedIncrement( &record->outstanding[kind] );
}

void record_refused( struct record *record, enum kind kind, DWORD error )
{
    InterlockedDecrement( &record->outstanding[kind] );
    if (!is_known_error( record, kind, error ))
        violate( record, "%s was refused with %lu", kind_names[kind], error );
}

void record_completed( struct record *record, enum kind kind, DWORD error )
{
    if (InterlockedDecrement( &record->outstanding[kind] ) < 0)
        violate( record, "%s completed once too often, with %lu", kind_names[kind], error );
    if (error && (error == ERROR_INVALID_HANDLE || error == ERROR_INVALID_OPERATION ||
                  !is_known_error( record, kind, error )))
        violate( record, "%s completed with %lu", kind_names[kind], error );
}

/* --- Messages: each byte follows from the one before it, as the server expects ---------------- */

static BYTE pattern_next( BOOL text, BYTE byte )
{
    if (!text) return byte + 7;
    return byte == 'z' ? 'a' : byte + 1;
}

static DWORD message_len( struct record *record )
{
    static const DWORD sizes[] = { 1, 20, 125, 300, 2000, 9000, SEND_SIZE };
    DWORD most = sizes[chance( record, ARRAYSIZE(sizes) )];

    return chance( record, min( most, record->send_size ) );
}

WINHTTP_WEB_SOCKET_BUFFER_TYPE record_make_message( struct record *record )
{
    struct pattern *pattern = &record->sent;
    BOOL fragment = !record->crowd && percent( record, 25 );
    BYTE byte;
    DWORD i;

    record->sent_before = *pattern;
    if (!pattern->open)
    {
        pattern->text = percent( record, 50 );
        pattern->last = -1;
    }
    pattern->open = fragment;
    record->send_len = message_len( record );
    byte = pattern->text ? 'a' + chance( record, 26 ) : chance( record, 256 );
    if (pattern->last >= 0) byte = pattern_next( pattern->text, pattern->last );
    for (i = 0; i < record->send_len; i++, byte = pattern_next( pattern->text, byte ))
        pattern->last = record->send_buffer[i] = byte;
    if (pattern->text) return fragment ? WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE
                                       : WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;
    return fragment ? WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE
                    : WINHTTP_WEB_SOCKET_BINARY_MESSAGE_BUFFER_TYPE;
}

void record_unmake_message( struct record *record )
{
    record->sent = record->sent_before;
}

void record_poison( struct record *record )
{
    memset( record->receive_buffer, POISON, RECEIVE_SIZE );
}

static void check_bytes( struct record *record, DWORD len )
{
    struct pattern *pattern = &record->received;
    DWORD i;

    for (i = 0; i < len; i++)
    {
        BYTE byte = record->receive_buffer[i];

        if (pattern->last >= 0 && byte != pattern_next( pattern->text, pattern->last ))
        {
            violate( record, "byte %lu of %lu received is wrong", i, len );
            break;
        }
        pattern->last = byte;
    }
}

void record_check_message( struct record *record, DWORD len, WINHTTP_WEB_SOCKET_BUFFER_TYPE type )
{
    struct pattern *pattern = &record->received;
    BOOL text = type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE ||
                type == WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE;

    if (type == WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE)
    {
        if (len) violate( record, "a close of %lu bytes", len );
    }
    else if (type > WINHTTP_WEB_SOCKET_CLOSE_BUFFER_TYPE || len > RECEIVE_SIZE)
        violate( record, "%lu bytes of type %u", len, type );
    else
    {
        if (pattern->open && pattern->text != text) violate( record, "a message of two families" );
        if (!pattern->open) pattern->last = -1;
        pattern->text = text;
        check_bytes( record, len );
        pattern->open = type == WINHTTP_WEB_SOCKET_UTF8_FRAGMENT_BUFFER_TYPE ||
                        type == WINHTTP_WEB_SOCKET_BINARY_FRAGMENT_BUFFER_TYPE;
    }
    record_poison( record );
}
