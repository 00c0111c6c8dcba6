/* limit - places at servers, and the queues for them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "ntstatus.h"
#define WIN32_NO_STATUS
#include "limit.h"

#include <stdlib.h>
#include <string.h>

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

struct server
{
    struct server *next;
    const struct session *session;  /* borrowed: its requests hold it */
    UINT32 count;                   /* places taken */
    struct request *first;          /* borrowed (until limit_leave); the queue */
    UINT16 port;
    BOOL secure;
    char host[1];
};

static SRWLOCK limit_lock = SRWLOCK_INIT;
static struct server *servers;      /* owned list; under limit_lock, as are place and queued */

static struct server *server_find( const struct request *request )
{
    const struct session *session = request_session( request );
    const struct conn_key *key = &request->key;
    struct server *server;

    for (server = servers; server; server = server->next)
        if (server->session == session && server->port == key->port &&
            server->secure == key->secure && !strcmp( server->host, key->host )) break;
    return server;
}

static struct server *server_add( const struct request *request )
{
    size_t len = strlen( request->key.host );
    struct server *server;

    if (!(server = calloc( 1, sizeof(*server) + len ))) return NULL;
    server->session = request_session( request );
    server->port = request->key.port;
    server->secure = request->key.secure;
    memcpy( server->host, request->key.host, len );
    server->next = servers;
    servers = server;
    return server;
}

static void server_remove_idle( struct server *server )
{
    struct server **link = &servers;

    if (server->count || server->first) return;
    while (*link != server) link = &(*link)->next;
    *link = server->next;
    free( server );
}

static void queue_append( struct server *server, struct request *request )
{
    struct request **link = &server->first;

    while (*link) link = &(*link)->limit_next;
    *link = request;
    request->limit_next = NULL;
    request->queued = server;
    TRACE( "%p: waits, %u connections to %s\n", request->object.handle, server->count,
           debugstr_a(server->host) );
}

static void queue_remove( struct server *server, struct request *request )
{
    struct request **link = &server->first;

    while (*link != request) link = &(*link)->limit_next;
    *link = request->limit_next;
    request->queued = NULL;
}

static NTSTATUS enter_locked( struct request *request )
{
    struct server *server;

    if (request->place) return STATUS_SUCCESS;
    if (request->queued) return STATUS_PENDING;
    if (!(server = server_find( request )) && !(server = server_add( request )))
        return STATUS_NO_MEMORY;
    if (server->first || server->count >= request->settings.max_conns)
    {
        queue_append( server, request );
        return STATUS_PENDING;
    }
    server->count++;
    request->place = server;
    return STATUS_SUCCESS;
}

NTSTATUS limit_enter( struct request *request )
{
    NTSTATUS status;

    op_gate_close( &request->gate, &request->op );
    AcquireSRWLockExclusive( &limit_lock );
    status = enter_locked( request );
    ReleaseSRWLockExclusive( &limit_lock );
    return status;
}

/* Who comes next has the place from now on, and is returned with a reference. */
static struct request *pass_place_locked( struct server *server )
{
    struct request *next = server->first;

    if (!next) return NULL;
    queue_remove( server, next );
    object_addref( &next->object );
    server->count++;
    next->place = server;
    return next;
}

void limit_leave( struct request *request )
{
    struct request *next = NULL;
    struct server *server;

    if (request->settings.max_conns == INFINITE) return;
    AcquireSRWLockExclusive( &limit_lock );
    if ((server = request->queued)) queue_remove( server, request );
    else if ((server = request->place))
    {
        request->place = NULL;
        server->count--;
        next = pass_place_locked( server );
    }
    if (server) server_remove_idle( server );
    ReleaseSRWLockExclusive( &limit_lock );
    if (!next) return;
    op_gate_open( &next->object, &next->gate );
    object_release( &next->object );
}
