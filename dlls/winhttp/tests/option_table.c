/*
 * Every option of facts/options.md 1: on each kind of handle, by each wrong size, and its default.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The numbers are written out, for the headers of older toolchains end at 147.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <windef.h>
#include <winbase.h>
#include <winhttp.h>

#include "client.h"

#ifndef ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH
#define ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH 12190
#endif

/* Handle kinds, as bits of the table; N is the NULL handle, P a proxy resolver, of which all but
 * HANDLE_TYPE and CONTEXT_VALUE is a guess. */
enum
{
    S = 1, C = 2, R = 4, W = 8, N = 16, P = 32, ALL = S | C | R | W | P, KINDS = 6,
};

enum
{
    DEFAULT   = 1,      /* the value of a new handle is `first` */
    ILLEGAL   = 2,      /* `bad` is refused with 87 */
    STATE     = 4,      /* query or set is 12019 as long as nothing was sent */
    TEXT      = 8,      /* set in characters, queried in bytes */
    LENGTH_87 = 16,     /* a set of the wrong length is 87, not 122 */
    ANY_LENGTH = 32,    /* the length is not looked at, or the option takes no value */
    INHERITED = 64,     /* a request takes over what its session has at that moment */
    REFUSED   = 128,    /* a legal set is 12009 all the same */
    ONCE      = 256,    /* set on the session already */
};

struct row
{
    DWORD number;
    const char *name;
    DWORD size;
    unsigned int query, set, flags;
    DWORD value, first, bad;
};

#define PTR sizeof(void *)

static const struct row rows[] =
{
    { 1, "CALLBACK", PTR, ALL, ALL, 0, 0, 0, 0 },
    { 2, "RESOLVE_TIMEOUT", 4, S | C | R, S | R, INHERITED, 5000, 0, 0 },
    { 3, "CONNECT_TIMEOUT", 4, S | C | R, S | R, DEFAULT | INHERITED, 5001, 60000, 0 },
    { 4, "CONNECT_RETRIES", 4, S | R, S | R, DEFAULT | INHERITED, 7, 5, 0 },
    { 5, "SEND_TIMEOUT", 4, S | C | R, S | R | W, DEFAULT | INHERITED, 5002, 30000, 0 },
    { 6, "RECEIVE_TIMEOUT", 4, S | C | R, S | R | W, DEFAULT | INHERITED, 5003, 30000, 0 },
    { 7, "RECEIVE_RESPONSE_TIMEOUT", 4, S | C | R, S | R, DEFAULT | INHERITED, 60000, ~0u, 0 },
    { 9, "HANDLE_TYPE", 4, ALL, 0, 0, 0, 0, 0 },
    { 12, "READ_BUFFER_SIZE", 4, R, R, 0, 4096, 0, 0 },
    { 13, "WRITE_BUFFER_SIZE", 4, R, R, 0, 4096, 0, 0 },
    { 21, "PARENT_HANDLE", PTR, C | R | W | P, 0, 0, 0, 0, 0 },
    { 24, "EXTENDED_ERROR", 4, S | R | N, 0, 0, 0, 0, 0 },
    { 31, "SECURITY_FLAGS", 4, R, R, DEFAULT | ILLEGAL, 0x100, 0, 1 },
    { 32, "SECURITY_CERTIFICATE_STRUCT", sizeof(WINHTTP_CERTIFICATE_INFO), R, 0, STATE, 0, 0, 0 },
    { 34, "URL", 0, R, 0, TEXT, 0, 0, 0 },
    { 36, "SECURITY_KEY_BITNESS", 4, R, 0, STATE, 0, 0, 0 },
    { 38, "PROXY", sizeof(WINHTTP_PROXY_INFO), S | R | N, S | R, 0, 1, 0, 0 },
    { 39, "PROXY_RESULT_ENTRY", sizeof(void *) == 8 ? 32 : 20, 0, R, 0, 0, 0, 0 },
    { 41, "USER_AGENT", 0, S, S, TEXT, 0, 0, 0 },
    { 45, "CONTEXT_VALUE", PTR, ALL, ALL, 0, 0, 0, 0 },
    { 47, "CLIENT_CERT_CONTEXT", 0, 0, R, ANY_LENGTH | STATE, 0, 0, 0 }, /* not https: 12019 */
    { 58, "REQUEST_PRIORITY", 4, R, R, 0, 1, 0, 0 },
    { 59, "HTTP_VERSION", sizeof(HTTP_VERSION_INFO), N, N, ILLEGAL, 1, 0, 2 },
    { 63, "DISABLE_FEATURE", 4, 0, R, 0, 0, 0, 0 },
    { 68, "CODEPAGE", 4, 0, S, 0, 65001, 0, 0 },
    { 73, "MAX_CONNS_PER_SERVER", 4, S, S, DEFAULT, 6, ~0u, 0 },
    { 74, "MAX_CONNS_PER_1_0_SERVER", 4, S, S, DEFAULT, 6, ~0u, 0 },
    { 77, "AUTOLOGON_POLICY", 4, 0, R, ILLEGAL, 1, 0, 4 },
    { 78, "SERVER_CERT_CONTEXT", PTR, R, 0, STATE, 0, 0, 0 },
    { 79, "ENABLE_FEATURE", 4, 0, S, LENGTH_87 | ILLEGAL, 2, 0, 1 },
    { 79, "ENABLE_FEATURE", 4, 0, R | S, LENGTH_87 | ILLEGAL | ONCE, 1, 0, 2 },
    { 80, "WORKER_THREAD_COUNT", 4, S | C | R, N, DEFAULT, 4, 0, 0 },
    { 81, "PASSPORT_COBRANDING_TEXT", 0, R, 0, TEXT, 0, 0, 0 },
    { 82, "PASSPORT_COBRANDING_URL", 0, R, 0, TEXT, 0, 0, 0 },
    { 83, "CONFIGURE_PASSPORT_AUTH", 4, 0, S, 0, 0, 0, 0 },
    { 84, "SECURE_PROTOCOLS", 4, 0, S, 0, 0x800, 0, 0 },
    { 85, "ENABLETRACING", 4, N, N, DEFAULT, 0, 0, 0 },
    { 86, "PASSPORT_SIGN_OUT", PTR, 0, S, ANY_LENGTH, 0, 0, 0 },
    { 87, "PASSPORT_RETURN_URL", 0, R, 0, TEXT, 0, 0, 0 },
    { 88, "REDIRECT_POLICY", 4, S | R, S | R, DEFAULT | ILLEGAL | INHERITED, 2, 1, 3 },
    { 89, "MAX_HTTP_AUTOMATIC_REDIRECTS", 4, S | R, S | R, DEFAULT | INHERITED, 3, 10, 0 },
    { 90, "MAX_HTTP_STATUS_CONTINUE", 4, S | R, S | R, DEFAULT | INHERITED, 3, 10, 0 },
    { 91, "MAX_RESPONSE_HEADER_SIZE", 4, S | R, S | R, DEFAULT | INHERITED, 1000, 65536, 0 },
    { 92, "MAX_RESPONSE_DRAIN_SIZE", 4, S | R, S | R, DEFAULT | INHERITED, 1000, 1048576, 0 },
    { 93, "CONNECTION_INFO", 0, R, 0, STATE, 0, 0, 0 },
    { 94, "CLIENT_CERT_ISSUER_LIST", PTR, R, 0, STATE, 0, 0, 0 },
    { 96, "SPN", 4, 0, R, 0, 1, 0, 0 },
    { 97, "GLOBAL_PROXY_CREDS", sizeof(WINHTTP_CREDS), 0, N, REFUSED, 0, 0, 0 },
    { 98, "GLOBAL_SERVER_CREDS", sizeof(WINHTTP_CREDS), 0, N, REFUSED, 0, 0, 0 },
    { 100, "REJECT_USERPWD_IN_URL", 4, 0, R, 0, 1, 0, 0 },
    { 101, "USE_GLOBAL_SERVER_CREDENTIALS", 4, 0, S | R, 0, 1, 0, 0 },
    { 103, "RECEIVE_PROXY_CONNECT_RESPONSE", 4, 0, S | R, 0, 1, 0, 0 },
    { 104, "IS_PROXY_CONNECT_RESPONSE", 4, S | R, 0, DEFAULT, 0, 0, 0 },
    { 106, "SERVER_SPN_USED", 0, R, 0, TEXT, 0, 0, 0 },
    { 107, "PROXY_SPN_USED", 0, R, 0, TEXT, 0, 0, 0 },
    { 108, "SERVER_CBT", 0, R, 0, STATE, 0, 0, 0 },
    { 110, "UNSAFE_HEADER_PARSING", 4, 0, R, 0, 1, 0, 0 },
    { 111, "ASSURED_NON_BLOCKING_CALLBACKS", 4, 0, S, 0, 1, 0, 0 },
    { 114, "UPGRADE_TO_WEB_SOCKET", 0, 0, R, ANY_LENGTH, 0, 0, 0 },
    { 115, "WEB_SOCKET_CLOSE_TIMEOUT", 4, 0, W, LENGTH_87, 5000, 0, 0 },
    { 116, "WEB_SOCKET_KEEPALIVE_INTERVAL", 4, 0, W, LENGTH_87 | ILLEGAL, 15000, 0, 14999 },
    { 118, "DECOMPRESSION", 4, 0, S | R, 0, 3, 0, 0 },
    { 122, "WEB_SOCKET_RECEIVE_BUFFER_SIZE", 4, S | R, S | R, DEFAULT | INHERITED, 99, 32768, 0 },
    { 123, "WEB_SOCKET_SEND_BUFFER_SIZE", 4, S | R, S | R, DEFAULT | INHERITED, 99, 32768, 0 },
    { 128, "TCP_PRIORITY_HINT", 4, 0, S | R, ILLEGAL, 1, 0, 3 }, /* guess: type and handles */
    { 133, "ENABLE_HTTP_PROTOCOL", 4, 0, S | R, ILLEGAL, 1, 0, 4 }, /* guess: the illegal bits */
    { 134, "HTTP_PROTOCOL_USED", 4, R, 0, DEFAULT, 0, 0, 0 },
    { 138, "ENCODE_EXTRA", 4, 0, S | R, 0, 1, 0, 0 },
    { 139, "DISABLE_STREAM_QUEUE", 4, 0, S | R, 0, 1, 0, 0 },
    { 140, "IPV6_FAST_FALLBACK", 4, 0, S, 0, 1, 0, 0 },
    { 141, "CONNECTION_STATS_V0", 88, R, 0, STATE, 0, 0, 0 },
    { 142, "REQUEST_TIMES", sizeof(void *) == 8 ? 520 : 516, R, 0, STATE, 0, 0, 0 },
    { 143, "EXPIRE_CONNECTION", 0, 0, R, ANY_LENGTH | STATE, 0, 0, 0 },
    { 144, "DISABLE_SECURE_PROTOCOL_FALLBACK", 4, 0, S, 0, 1, 0, 0 },
    { 145, "HTTP_PROTOCOL_REQUIRED", 4, 0, S | R, 0, 1, 0, 0 },
    { 146, "REQUEST_STATS", 272, R, 0, STATE, 0, 0, 0 },
    { 147, "SERVER_CERT_CHAIN_CONTEXT", PTR, R, 0, STATE, 0, 0, 0 },
    { 148, "SERVER_CERT_CHAIN_BUILD_FLAGS", 4, 0, S | R, ILLEGAL, 0x80002004, 0, 1 }, /* guess */
    { 150, "CONNECTION_STATS_V1", 136, R, 0, STATE, 0, 0, 0 },
    { 151, "SECURITY_INFO", 708, R, 0, STATE, 0, 0, 0 },
    { 152, "TCP_KEEPALIVE", 12, 0, S, 0, 1, 0, 0 },
    { 153, "TCP_FAST_OPEN", 4, 0, S, 0, 1, 0, 0 },
    { 154, "TLS_FALSE_START", 4, 0, S, 0, 1, 0, 0 },
    { 155, "IGNORE_CERT_REVOCATION_OFFLINE", 4, 0, R, 0, 1, 0, 0 },
    { 158, "TLS_PROTOCOL_INSECURE_FALLBACK", 4, 0, S, 0, 1, 0, 0 },
    { 159, "STREAM_ERROR_CODE", 4, R, 0, STATE, 0, 0, 0 },
    { 160, "REQUIRE_STREAM_END", 4, 0, S | R, 0, 1, 0, 0 },
    { 161, "ENABLE_HTTP2_PLUS_CLIENT_CERT", 4, 0, S, 0, 1, 0, 0 },
    { 162, "FAILED_CONNECTION_RETRIES", 8, 0, S, 0, 1, 0, 0 },
    { 164, "HTTP2_KEEPALIVE", 4, 0, S, ILLEGAL, 5000, 0, 4999 },
    { 165, "RESOLUTION_HOSTNAME", 0, 0, R, TEXT, 0, 0, 0 },
    { 169, "HTTP2_PLUS_TRANSFER_ENCODING", 4, 0, S | R, 0, 1, 0, 0 },
    { 170, "RESOLVER_CACHE_CONFIG", 32, 0, S, 0, 1, 0, 0 },
    { 171, "DISABLE_CERT_CHAIN_BUILDING", 4, 0, S, 0, 1, 0, 0 },
    { 172, "BACKGROUND_CONNECTIONS", 4, 0, S, 0, 1, 0, 0 },
    { 173, "FIRST_AVAILABLE_CONNECTION", 4, 0, S, 0, 1, 0, 0 },
    { 177, "TCP_PRIORITY_STATUS", 8, R, 0, 0, 0, 0, 0 },
    { 178, "CONNECTION_GUID", 16, 0, R, 0, 1, 0, 0 },
    { 179, "MATCH_CONNECTION_GUID", 24, 0, R, 0, 1, 0, 0 },
    { 183, "HTTP2_RECEIVE_WINDOW", 8, 0, S, 0, 65536, 0, 0 },
    { 184, "FEATURE_SUPPORTED", 4, ALL | N, 0, 0, 0, 0, 0 },
    { 185, "QUIC_STATS", 0, R, 0, STATE, 0, 0, 0 },
    { 188, "HTTP3_KEEPALIVE", 4, 0, S, 0, 5000, 0, 0 },
    { 189, "HTTP3_HANDSHAKE_TIMEOUT", 4, 0, S, 0, 5000, 0, 0 },
    { 190, "HTTP3_INITIAL_RTT", 4, 0, S, 0, 50, 0, 0 },
    { 191, "HTTP3_STREAM_ERROR_CODE", 4, R, 0, STATE, 0, 0, 0 },
    { 192, "REQUEST_ANNOTATION", 0, R, R, ANY_LENGTH, 1, 0, 0 },
    { 193, "DISABLE_PROXY_AUTH_SCHEMES", 4, 0, S, ILLEGAL, 0x11f, 0, 0x20 },
    { 194, "REVERT_IMPERSONATION_SERVER_CERT", 4, 0, S, 0, 1, 0, 0 },
    { 195, "DISABLE_GLOBAL_POOLING", 4, 0, S, 0, 1, 0, 0 },
    { 196, "USE_SESSION_SCH_CRED", 4, 0, S, 0, 1, 0, 0 },
    { 199, "SERVER_CERT_CHAIN_BUILD_CACHE_ONLY", 4, 0, S, 0, 1, 0, 0 }, /* guess: type, handle */
    { 200, "QUIC_STATS_V2", 0, R, 0, STATE, 0, 0, 0 },
    { 202, "QUIC_STREAM_STATS", 0, R, 0, STATE, 0, 0, 0 },
    { 0x1000, "USERNAME", 0, R, R, TEXT, 0, 0, 0 },
    { 0x1001, "PASSWORD", 0, R, R, TEXT, 0, 0, 0 },
    { 0x1002, "PROXY_USERNAME", 0, R, R, TEXT, 0, 0, 0 },
    { 0x1003, "PROXY_PASSWORD", 0, R, R, TEXT, 0, 0, 0 },
};

/* options.md 1: undocumented, known from a header only, or of no Windows at all; guess: as on a
 * Windows that is too old for them */
static const DWORD unknown[] =
{
    0, 8, 10, 11, 14, 20, 22, 23, 25, 30, 33, 35, 37, 40, 42, 44, 46, 48, 57, 60, 62, 64, 67, 69,
    72, 75, 76, 95, 102, 105, 112, 113, 117, 119, 120, 121, 124, 127, 129, 130, 131, 132, 135,
    136, 137, 149, 156, 157, 163, 166, 167, 168, 174, 175, 176, 180, 181, 182, 186, 187,
    197, 198, 201, 203, 204, 206, 207, 208, 209, 210, 211, 212, 213, 0xfff, 0x1004,
    0x80000000, 0xffffffff,
};

struct handles
{
    struct client client;       /* session, connection and socket of the walk */
    struct server *server;
    HINTERNET idle;             /* a request that was never sent */
    HINTERNET async;            /* the session of the resolver */
    HINTERNET kinds[KINDS];
};

static void open_handles( struct handles *handles )
{
    static const struct step script[] = { SRV_ACCEPT, SRV_UPGRADE, SRV_EOF, SRV_END };
    HINTERNET *kinds = handles->kinds;

    handles->server = server_start( script );
    client_open( &handles->client, handles->server, CLIENT_SYNC );
    client_set_upgrade( &handles->client );
    client_exchange( &handles->client, FALSE );
    client_complete_upgrade( &handles->client );
    handles->idle = WinHttpOpenRequest( handles->client.connect, NULL, NULL, NULL, NULL, NULL, 0 );
    kinds[0] = handles->client.session;
    kinds[1] = handles->client.connect;
    kinds[2] = handles->idle;
    kinds[3] = handles->client.socket;
    kinds[4] = NULL;
    handles->async = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL,
                                  WINHTTP_FLAG_ASYNC );
    check_ret( WinHttpCreateProxyResolver( handles->async, &kinds[5] ), ERROR_SUCCESS );
}

static void close_handles( struct handles *handles )
{
    check_works( WinHttpCloseHandle( handles->kinds[5] ) );
    check_works( WinHttpCloseHandle( handles->async ) );
    check_works( WinHttpCloseHandle( handles->idle ) );
    client_close( &handles->client );
    server_stop( handles->server );
}

/* The last error, which success sets to 0 (options.md 0). */
static DWORD query( HINTERNET handle, DWORD option, void *buffer, DWORD *size )
{
    SetLastError( 0xdeadbeef );
    WinHttpQueryOption( handle, option, buffer, size );
    return GetLastError();
}

/* What a wrong handle gets: NULL is one where the option is not the process's. */
static DWORD wrong_handle( const struct row *row, unsigned int kind )
{
    if (1u << kind != N) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    if ((row->query | row->set) & N) return ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    return ERROR_INVALID_HANDLE;
}

static void free_proxy( const struct row *row, void *buffer )
{
    WINHTTP_PROXY_INFO *info = buffer;

    if (row->number != WINHTTP_OPTION_PROXY) return;
    if (info->lpszProxy) GlobalFree( info->lpszProxy );
    if (info->lpszProxyBypass) GlobalFree( info->lpszProxyBypass );
}

/* options.md 0: no length 87; no buffer or a short one 122 and the size; else the value, its size,
 * and a last error of 0 */
static void check_query( const struct row *row, HINTERNET handle )
{
    DWORD expected = row->flags & STATE ? ERROR_WINHTTP_INCORRECT_HANDLE_STATE : ERROR_SUCCESS;
    BYTE buffer[4096];
    DWORD size = 0;

    check_ret( query( handle, row->number, buffer, NULL ), ERROR_INVALID_PARAMETER );
    if (row->size)
    {
        check_ret( query( handle, row->number, NULL, &size ), ERROR_INSUFFICIENT_BUFFER );
        ok( size == row->size, "got size %u\n", (UINT)size );
        size = row->size - 1;
        memset( buffer, 0xcc, sizeof(buffer) );
        check_ret( query( handle, row->number, buffer, &size ), ERROR_INSUFFICIENT_BUFFER );
        ok( size == row->size, "got size %u\n", (UINT)size );
        ok( buffer[0] == 0xcc, "the buffer has changed\n" );
        size = row->size;
        check_ret( query( handle, row->number, buffer, &size ), expected );
        if (!expected) free_proxy( row, buffer );
    }
    size = sizeof(buffer);
    check_ret( query( handle, row->number, buffer, &size ), expected );
    if (expected) return;
    if (row->size) ok( size == row->size, "got size %u\n", (UINT)size );
    if (row->flags & DEFAULT && row->size == 4)
        ok( *(DWORD *)buffer == row->first, "got value %u\n", (UINT)*(DWORD *)buffer );
    free_proxy( row, buffer );
}

/* options.md 0: texts come with their NUL, which counts only where it lacks room */
static void check_text( const struct row *row, HINTERNET handle )
{
    WCHAR text[256] = { 0xcccc };
    DWORD size = 0, len;

    check_ret( query( handle, row->number, NULL, &size ), ERROR_INSUFFICIENT_BUFFER );
    ok( size >= sizeof(WCHAR), "got size %u\n", (UINT)size );
    len = size - sizeof(WCHAR);
    size = len + 1;
    check_ret( query( handle, row->number, text, &size ), ERROR_INSUFFICIENT_BUFFER );
    ok( size == len + sizeof(WCHAR), "got size %u\n", (UINT)size );
    ok( text[0] == 0xcccc, "the buffer has changed\n" );
    check_ret( query( handle, row->number, text, &size ), ERROR_SUCCESS );
    ok( size == len && wcslen( text ) * sizeof(WCHAR) == len, "got size %u\n", (UINT)size );
}

static void check_queries( const struct row *row, const struct handles *handles )
{
    unsigned int kind;
    BYTE buffer[4096];
    DWORD size;

    for (kind = 0; kind < KINDS; kind++)
    {
        HINTERNET handle = handles->kinds[kind];

        winetest_push_context( "query %u %s on %c", (UINT)row->number, row->name, "SCRWNP"[kind] );
        size = sizeof(buffer);
        if (row->query & (1u << kind))
        {
            if (row->flags & TEXT) check_text( row, handle );
            else check_query( row, handle );
        }
        else if (!handle && !((row->query | row->set) & N))
            check_ret( query( handle, row->number, buffer, &size ), ERROR_INVALID_HANDLE );
        else if (!row->query)
            check_ret( query( handle, row->number, buffer, &size ), ERROR_INVALID_PARAMETER );
        else
            check_ret( query( handle, row->number, buffer, &size ), wrong_handle( row, kind ) );
        winetest_pop_context();
    }
}

/* The first DWORD says what matters; of a version both. */
static void make_value( const struct row *row, DWORD value, BYTE *buffer, DWORD size )
{
    memset( buffer, 0, size );
    *(DWORD *)buffer = value;
    if (row->number == WINHTTP_OPTION_HTTP_VERSION) ((DWORD *)buffer)[1] = 1;
}

static void check_set( const struct row *row, HINTERNET handle )
{
    DWORD wrong = row->flags & LENGTH_87 ? ERROR_INVALID_PARAMETER : ERROR_INSUFFICIENT_BUFFER;
    DWORD expected = row->flags & REFUSED ? ERROR_WINHTTP_INVALID_OPTION :
                     row->flags & STATE ? ERROR_WINHTTP_INCORRECT_HANDLE_STATE : ERROR_SUCCESS;
    static const WCHAR text[] = L"localhost";
    BYTE buffer[64];

    if (row->flags & TEXT)
    {
        check_ret( set_error( handle, row->number, text, ARRAYSIZE( text ) - 1 ), ERROR_SUCCESS );
        return;
    }
    make_value( row, row->value, buffer, sizeof(buffer) );
    if (!(row->flags & ANY_LENGTH))
    {
        check_ret( set_error( handle, row->number, NULL, row->size ), ERROR_INVALID_PARAMETER );
        check_ret( set_error( handle, row->number, buffer, row->size - 1 ), wrong );
        check_ret( set_error( handle, row->number, buffer, row->size + 1 ), wrong );
        check_ret( set_error( handle, row->number, buffer, 0 ), wrong );
    }
    if (row->flags & ILLEGAL)
    {
        make_value( row, row->bad, buffer, sizeof(buffer) );
        check_ret( set_error( handle, row->number, buffer, row->size ), ERROR_INVALID_PARAMETER );
        make_value( row, row->value, buffer, sizeof(buffer) );
    }
    check_ret( set_error( handle, row->number, buffer, row->size ), expected );
}

static void check_sets( const struct row *row, const struct handles *handles )
{
    unsigned int kind, on = row->flags & ONCE ? R : row->set;
    BYTE buffer[64];
    DWORD size = row->size ? row->size : 4;

    make_value( row, row->value, buffer, sizeof(buffer) );
    for (kind = 0; kind < KINDS; kind++)
    {
        HINTERNET handle = handles->kinds[kind];
        DWORD wrong = wrong_handle( row, kind );

        winetest_push_context( "set %u %s on %c", (UINT)row->number, row->name, "SCRWNP"[kind] );
        if (on & (1u << kind)) check_set( row, handle );
        /* options.md 0: a guess by the name of the error */
        else if (!row->set && wrong != ERROR_INVALID_HANDLE)
            check_ret( set_error( handle, row->number, buffer, size ),
                       ERROR_WINHTTP_OPTION_NOT_SETTABLE );
        else if (!(row->set & (1u << kind)) && row->number != WINHTTP_OPTION_ENABLE_FEATURE)
            check_ret( set_error( handle, row->number, buffer, size ), wrong );
        winetest_pop_context();
    }
}

/* A query first: it sees the defaults. */
static void test_rows(void)
{
    struct handles handles;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( rows ); i++)
    {
        if (i % 16 == 0) open_handles( &handles );
        /* the client has time limits and a context of its own */
        if (!(rows[i].flags & DEFAULT && rows[i].number < 8)) check_queries( &rows[i], &handles );
        check_sets( &rows[i], &handles );
        if (i % 16 == 15 || i == ARRAYSIZE( rows ) - 1) close_handles( &handles );
    }
}

static void test_unknown(void)
{
    struct handles handles;
    unsigned int i, kind;
    BYTE buffer[64] = { 1 };
    DWORD size;

    open_handles( &handles );
    for (i = 0; i < ARRAYSIZE( unknown ); i++)
    {
        for (kind = 0; kind < KINDS; kind++)
        {
            HINTERNET handle = handles.kinds[kind];

            winetest_push_context( "%u on %c", (UINT)unknown[i], "SCRWNP"[kind] );
            size = sizeof(buffer);
            check_ret( query( handle, unknown[i], buffer, &size ),
                       handle ? ERROR_INVALID_PARAMETER : ERROR_INVALID_HANDLE );
            check_ret( set_error( handle, unknown[i], buffer, 4 ),
                       handle ? ERROR_WINHTTP_INVALID_OPTION : ERROR_INVALID_HANDLE );
            winetest_pop_context();
        }
    }
    close_handles( &handles );
}

static DWORD get_dword( HINTERNET handle, DWORD option )
{
    DWORD value = 0xdeadbeef, size = sizeof(value);

    check_ret( query( handle, option, &value, &size ), ERROR_SUCCESS );
    return value;
}

/* options.md 0: defaults; a request is born with its session's values and keeps its own; a
 * connection shows its session's present ones */
static void check_inheritance( const struct row *row )
{
    HINTERNET session, connect, before, after;
    DWORD value = row->value, own = row->value + 1;

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    before = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    if (row->flags & DEFAULT)
    {
        ok( get_dword( session, row->number ) == row->first, "wrong default\n" );
        ok( get_dword( before, row->number ) == row->first, "wrong default of a request\n" );
    }
    check_ret( set_error( session, row->number, &value, sizeof(value) ), ERROR_SUCCESS );
    ok( get_dword( session, row->number ) == value, "not stored\n" );
    if (row->query & C) ok( get_dword( connect, row->number ) == value, "not shown\n" );
    ok( get_dword( before, row->number ) != value, "reached an older request\n" );
    after = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    ok( get_dword( after, row->number ) == value, "not inherited\n" );
    if (row->flags & ILLEGAL) own = 0;
    check_ret( set_error( after, row->number, &own, sizeof(own) ), ERROR_SUCCESS );
    ok( get_dword( after, row->number ) == own, "not stored by the request\n" );
    ok( get_dword( session, row->number ) == value, "went up to the session\n" );
    check_works( WinHttpCloseHandle( after ) );
    check_works( WinHttpCloseHandle( before ) );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
}

static void test_inheritance(void)
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE( rows ); i++)
    {
        if (!(rows[i].flags & INHERITED)) continue;
        winetest_push_context( "%u %s", (UINT)rows[i].number, rows[i].name );
        check_inheritance( &rows[i] );
        winetest_pop_context();
    }
}

/* options.md 1: option 99, whose errors Microsoft's page on option flags lists */
static void test_unload_event(void)
{
    HINTERNET session, connect;
    HANDLE event = CreateEventW( NULL, TRUE, FALSE, NULL );
    BYTE longer[2 * sizeof(HANDLE)] = { 0 };

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, L"localhost", 80, 0 );
    memcpy( longer, &event, sizeof(event) );
    check_ret( set_error( session, 99, &event, sizeof(event) - 1 ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( session, 99, longer, sizeof(longer) ), ERROR_INVALID_PARAMETER );
    check_ret( set_error( connect, 99, &event, sizeof(event) ),
               ERROR_WINHTTP_INCORRECT_HANDLE_TYPE );
    check_ret( set_error( session, 99, &event, sizeof(event) ), ERROR_SUCCESS );
    check_ret( set_error( session, 99, &event, sizeof(event) ), ERROR_INVALID_PARAMETER );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
    ok( !WaitForSingleObject( event, NOTIFY_TIMEOUT_MS ), "not signalled\n" );
    CloseHandle( event );
}

/* options.md 1: option 59, process-wide; guess: it is the version of requests that name none */
static void test_http_version(void)
{
    static const struct step script[] =
    {
        SRV_ACCEPT, SRV_HEADERS, SRV_SEND( "HTTP/1.0 204 No Content\r\n\r\n" ), SRV_CUT, SRV_END
    };
    HTTP_VERSION_INFO version = { 1, 0 };
    struct server *server;
    struct client client;
    DWORD size = sizeof(version);
    const char *text;

    server = server_start( script );
    check_ret( set_error( NULL, 59, &version, sizeof(version) ), ERROR_SUCCESS );
    client_open( &client, server, CLIENT_SYNC );
    client_exchange( &client, FALSE );
    text = server_request( server, 0 ) ? server_request( server, 0 )->text : "";
    ok( !strncmp( text, "GET /test HTTP/1.0\r\n", 20 ), "got %s\n", text );
    client_close( &client );
    server_stop( server );

    version.dwMinorVersion = 1;
    check_ret( set_error( NULL, 59, &version, sizeof(version) ), ERROR_SUCCESS );
    memset( &version, 0, sizeof(version) );
    check_ret( query( NULL, 59, &version, &size ), ERROR_SUCCESS );
    ok( version.dwMajorVersion == 1 && version.dwMinorVersion == 1, "got another version\n" );
}

static void check_refused( const WCHAR *host, DWORD option, DWORD value, DWORD error )
{
    HINTERNET session, connect, request;
    DWORD yes = TRUE;

    session = WinHttpOpen( L"winhttp_test", WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL, 0 );
    connect = WinHttpConnect( session, host, 1, 0 );
    request = WinHttpOpenRequest( connect, NULL, NULL, NULL, NULL, NULL, 0 );
    if (value) check_ret( set_error( request, 133, &value, sizeof(value) ), ERROR_SUCCESS );
    check_ret( set_error( request, option, &yes, sizeof(yes) ), ERROR_SUCCESS );
    check_fails( WinHttpSendRequest( request, NULL, 0, NULL, 0, 0, 0 ), error );
    check_works( WinHttpCloseHandle( request ) );
    check_works( WinHttpCloseHandle( connect ) );
    check_works( WinHttpCloseHandle( session ) );
}

/* options.md 1: options 100 and 145; guess: 12190 for a protocol that the server does not speak */
static void test_demands(void)
{
    check_refused( L"user:password@localhost", 100, 0, ERROR_WINHTTP_INVALID_URL );
    check_refused( L"127.0.0.1", 145, 1, ERROR_WINHTTP_HTTP_PROTOCOL_MISMATCH );
}

START_TEST( option_table )
{
    RUN( test_rows );
    RUN( test_unknown );
    RUN( test_inheritance );
    RUN( test_unload_event );
    RUN( test_http_version );
    RUN( test_demands );
}
