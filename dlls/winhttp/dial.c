/* dial - resolves a host and connects to its addresses in turn.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "dial.h"

#include <stdlib.h>
#include <string.h>

#include "winsock2.h"
#include "ws2ipdef.h"

#include "lookup.h"
#include "op/status.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    FALLBACK_MS = 300, /* WINHTTP_OPTION_IPV6_FAST_FALLBACK: facts/options.md 1 */
};

void dial_begin( struct request *request )
{
    request->addr_count = request->addr_next = 0;
    request->dialing = request->first_try = FALSE;
}

void dial_end( struct request *request )
{
    lookup_forget( request->lookup );
    request->lookup = NULL;
    op_gate_leave( &request->gate, &request->op );
}

/* --- resolving --- */

static BOOL notify_name( struct request *request, const char *host )
{
    WCHAR *name;

    if (!(name = text_widen( host, strlen( host ) ))) return FALSE;
    object_notify( &request->object, WINHTTP_CALLBACK_STATUS_RESOLVING_NAME, name, wcslen( name ) );
    free( name );
    return TRUE;
}

static void notify_address( struct request *request, DWORD status, const struct unix_addr *addr )
{
    WCHAR text[RESOLVE_ADDR_TEXT];

    resolve_addr_text( addr, text );
    object_notify( &request->object, status, text, wcslen( text ) );
}

/* A literal needs no resolver. STATUS_PENDING: request->lookup asks. */
static NTSTATUS ask( struct request *request )
{
    UINT16 port;
    const char *host = conn_key_peer( &request->key, &port );
    NTSTATUS status;

    if (request->key.alias && !request->key.proxy_host) host = request->key.alias;
    if (!notify_name( request, host )) return STATUS_NO_MEMORY;
    status = resolve_host( host, port, FALSE, request->addrs, &request->addr_count );
    if (status != STATUS_PENDING) return status;
    op_gate_close( &request->gate, &request->op );
    request->lookup = lookup_begin( &request->object, &request->gate, host, port );
    return request->lookup ? STATUS_PENDING : STATUS_NO_MEMORY;
}

/* STATUS_PENDING: not yet, wait at the gate. */
static NTSTATUS look_up( struct request *request )
{
    NTSTATUS status = STATUS_PENDING;

    if (!request->lookup) return ask( request );
    op_gate_close( &request->gate, &request->op );
    if (!lookup_take( request->lookup, request->addrs, &request->addr_count, &status ))
        return STATUS_PENDING;
    lookup_forget( request->lookup );
    request->lookup = NULL;
    return status;
}

static BOOL is_ipv6( const struct unix_addr *addr )
{
    return addr->len == sizeof(SOCKADDR_IN6);
}

/* Whether the first address is worth a short try only, because there is another to fall back on. */
static BOOL wants_fallback( const struct request *request )
{
    UINT32 i;

    if (!request->settings.fast_fallback || !is_ipv6( &request->addrs[0] )) return FALSE;
    for (i = 1; i < request->addr_count; i++) if (!is_ipv6( &request->addrs[i] )) return TRUE;
    return FALSE;
}

enum op_need dial_resolve( struct request *request, struct op *op )
{
    NTSTATUS status = look_up( request );

    if (status == STATUS_PENDING) return op_need_turn( op, &request->gate );
    op->winsock = status_to_winsock( status );
    if (status) return op_fail( op, status_to_connect_error( status ) );
    notify_address( request, WINHTTP_CALLBACK_STATUS_NAME_RESOLVED, &request->addrs[0] );
    request->first_try = wants_fallback( request );
    request->connect_error = ERROR_WINHTTP_CANNOT_CONNECT;
    return OP_DONE;
}

/* --- connecting --- */

/* Of a first try that was too short to be one the address is to come again, behind the first that
 * is of the other kind. */
static void postpone_address( struct request *request )
{
    struct unix_addr *addrs = request->addrs, addr = addrs[0];
    UINT32 i;

    for (i = 1; is_ipv6( &addrs[i] ); i++) addrs[i - 1] = addrs[i];
    addrs[i - 1] = addrs[i];
    addrs[i] = addr;
}

/* This address did not work; the last one's error is that of the operation. */
static void next_address( struct request *request, DWORD error )
{
    BOOL again = request->first_try && error == ERROR_WINHTTP_TIMEOUT;

    request->dialing = request->first_try = FALSE;
    request->connect_error = error;
    if (request->key.proxy_host) request->record.proxy_failures++;
    else request->record.connect_failures++;
    if (again) postpone_address( request );
    else request->addr_next++;
}

void dial_timed_out( struct request *request )
{
    next_address( request, ERROR_WINHTTP_TIMEOUT );
}

static NTSTATUS open_address( struct request *request, struct op *op )
{
    struct unix_addr *addr = &request->addrs[request->addr_next];
    DWORD timeout = request->settings.connect_timeout;
    NTSTATUS status;

    if (!timeout) timeout = INFINITE;
    op->wait_timeout = request->first_try ? min( timeout, (DWORD)FALLBACK_MS ) : timeout;
    request->dialing = TRUE;
    notify_address( request, WINHTTP_CALLBACK_STATUS_CONNECTING_TO_SERVER, addr );
    status = conn_open( request->conn, addr );
    /* whoever cancelled before there was a stream could not abort it */
    MemoryBarrier();
    if (op->cancel) conn_abort( request->conn, FALSE );
    return status;
}

enum op_need dial_connect( struct request *request, struct op *op )
{
    UINT32 tries = min( request->addr_count, max( request->settings.connect_retries, 1 ) );
    NTSTATUS status = STATUS_PENDING;

    if (request->addr_next >= tries) return op_fail( op, request->connect_error );
    if (!request->dialing) status = open_address( request, op );
    if (status == STATUS_PENDING) status = conn_connect( request->conn, op_io_timeout( op ) );
    if (status == STATUS_PENDING) return OP_NEED_WRITE;
    op->winsock = status_to_winsock( status );
    if (status)
    {
        next_address( request, status_to_connect_error( status ) );
        return OP_CONTINUE;
    }
    request->dialing = FALSE;
    notify_address( request, WINHTTP_CALLBACK_STATUS_CONNECTED_TO_SERVER, &request->conn->addr );
    return OP_DONE;
}
