/* resolver - the handle, WinHttpGetProxyForUrlEx and what belongs to it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/resolver.h"

#include <stdlib.h>
#include <string.h>

#include "auto/result.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* --- the handle --- */

struct resolver *resolver_get( HINTERNET handle, DWORD *error )
{
    struct object *object = handle_get_typed( handle, OBJECT_RESOLVER, error );

    return object ? resolver_from_object( object ) : NULL;
}

/* The tasks are not ours to complete: their workers find them cancelled. */
static void resolver_cancel( struct object *object )
{
    struct resolver *resolver = resolver_from_object( object );

    op_cancel( &resolver->find, ERROR_WINHTTP_OPERATION_CANCELLED );
    op_cancel( &resolver->read, ERROR_WINHTTP_OPERATION_CANCELLED );
    SetEvent( resolver->closed );
}

static void resolver_destroy( struct object *object )
{
    struct resolver *resolver = resolver_from_object( object );

    auto_question_free( &resolver->question );
    auto_answer_free( &resolver->answer );
    resolver_forget_settings( resolver );
    if (resolver->closed) CloseHandle( resolver->closed );
}

static const struct object_ops resolver_ops =
{
    OBJECT_RESOLVER, resolver_cancel, resolver_destroy
};

DWORD resolver_begin_locked( struct resolver *resolver, struct op *op, DWORD_PTR context )
{
    if (op->active) return ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    if (!op_begin_locked( op, 0, INFINITE )) return ERROR_INVALID_HANDLE;
    if (context) resolver->object.context = context;
    return ERROR_SUCCESS;
}

DWORD resolver_notify( struct resolver *resolver, DWORD_PTR api, DWORD status, DWORD error )
{
    WINHTTP_ASYNC_RESULT result = { .dwResult = api, .dwError = error };

    if (!error) object_notify( &resolver->object, status, NULL, 0 );
    else object_notify( &resolver->object, WINHTTP_CALLBACK_STATUS_REQUEST_ERROR, &result,
                        sizeof(result) );
    return error;
}

/* --- the search --- */

static enum op_need find_step( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );

    return resolver->asked ? op_fail( op, resolver->find_error ) : OP_NEED_TASK;
}

static void find_task( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );
    const struct auto_question *question = &resolver->question;

    resolver->find_error = auto_find( question->url, &question->options, resolver->closed,
                                      &resolver->found );
    resolver->asked = TRUE;
}

/* Cancelled at the last moment, there is an answer that nobody gets. */
static DWORD find_finish( struct op *op )
{
    struct resolver *resolver = resolver_from_object( op->object );
    struct auto_question question = resolver->question;
    struct auto_answer unwanted = { 0, NULL, FALSE }, *found = &resolver->found;
    DWORD error = op->error;

    object_lock( op->object );
    if (error) unwanted = *found;
    else resolver->answer = *found;
    memset( found, 0, sizeof(*found) );
    memset( &resolver->question, 0, sizeof(resolver->question) );
    op_idle_locked( op );
    object_unlock( op->object );

    auto_question_free( &question );
    auto_answer_free( &unwanted );
    return resolver_notify( resolver, API_GET_PROXY_FOR_URL,
                            WINHTTP_CALLBACK_STATUS_GETPROXYFORURL_COMPLETE, error );
}

static const struct op_type find_type =
{
    .name = "get proxy for URL",
    .step = find_step,
    .task = find_task,
    .finish = find_finish,
    .inline_finish = FALSE,
};

/* Takes over the question if it succeeds. */
static DWORD begin_find( struct resolver *resolver, const struct auto_question *question,
                         DWORD_PTR context )
{
    struct auto_answer former = { 0, NULL, FALSE };
    DWORD error;

    object_lock( &resolver->object );
    if (!(error = resolver_begin_locked( resolver, &resolver->find, context )))
    {
        former = resolver->answer;
        memset( &resolver->answer, 0, sizeof(resolver->answer) );
        resolver->question = *question;
        resolver->asked = FALSE;
    }
    object_unlock( &resolver->object );
    auto_answer_free( &former );
    return error;
}

static DWORD find( struct resolver *resolver, const WCHAR *url,
                   const WINHTTP_AUTOPROXY_OPTIONS *options, DWORD_PTR context )
{
    struct auto_question question;
    DWORD error;

    if ((error = auto_question_check( url, options ))) return error;
    if ((error = auto_question_copy( &question, url, options ))) return error;
    if ((error = begin_find( resolver, &question, context )))
    {
        auto_question_free( &question );
        return error;
    }
    return op_start( &resolver->find );
}

/* --- exports --- */

static DWORD create_resolver( struct object *session, HINTERNET *handle )
{
    struct object *object = object_create( sizeof(struct resolver), &resolver_ops, session );
    struct resolver *resolver;
    HINTERNET opened = NULL;

    if (!object) return ERROR_NOT_ENOUGH_MEMORY;
    resolver = resolver_from_object( object );
    op_init( &resolver->find, &find_type, object );
    resolver_init_settings( resolver );
    if ((resolver->closed = CreateEventW( NULL, TRUE, FALSE, NULL )))
        opened = handle_open( object );
    if (opened)
    {
        *handle = opened;
        object_notify( object, WINHTTP_CALLBACK_STATUS_HANDLE_CREATED, &opened, sizeof(opened) );
    }
    object_release( object );
    return opened ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

DWORD WINAPI WinHttpCreateProxyResolver( HINTERNET handle, HINTERNET *resolver )
{
    struct object *session;
    DWORD error;

    TRACE( "%p, %p\n", handle, resolver );

    if (!(session = handle_get_typed( handle, OBJECT_SESSION, &error ))) return error;
    if (!session->async) error = ERROR_WINHTTP_INCORRECT_HANDLE_TYPE;
    else if (!resolver) error = ERROR_INVALID_PARAMETER;
    else error = create_resolver( session, resolver );
    object_release( session );
    return error;
}

DWORD WINAPI WinHttpGetProxyForUrlEx( HINTERNET handle, PCWSTR url,
                                      WINHTTP_AUTOPROXY_OPTIONS *options, DWORD_PTR context )
{
    return WinHttpGetProxyForUrlEx2( handle, url, options, 0, NULL, context );
}

/* The selection of an interface is Windows's own business; there is one network here. */
DWORD WINAPI WinHttpGetProxyForUrlEx2( HINTERNET handle, PCWSTR url,
                                       WINHTTP_AUTOPROXY_OPTIONS *options, DWORD selection_length,
                                       BYTE *selection, DWORD_PTR context )
{
    struct resolver *resolver;
    DWORD error;

    TRACE( "%p, %s, %p, %lu, %p, %#Ix\n", handle, debugstr_w(url), options, selection_length,
           selection, context );

    if (!(resolver = resolver_get( handle, &error ))) return error;
    if (selection_length && !selection) error = ERROR_INVALID_PARAMETER;
    else error = find( resolver, url, options, context );
    object_release( &resolver->object );
    return error;
}

static DWORD get_entries( struct resolver *resolver, DWORD *count,
                          WINHTTP_PROXY_RESULT_ENTRY **entries )
{
    WINHTTP_PROXY_RESULT_ENTRY *made = NULL;
    DWORD error = ERROR_SUCCESS;

    object_lock( &resolver->object );
    if (!resolver->answer.count) error = ERROR_WINHTTP_INCORRECT_HANDLE_STATE;
    else if (!(made = result_entries( &resolver->answer ))) error = ERROR_NOT_ENOUGH_MEMORY;
    else
    {
        *count = resolver->answer.count;
        *entries = made;
    }
    object_unlock( &resolver->object );
    return error;
}

static DWORD get_result( HINTERNET handle, DWORD *count, WINHTTP_PROXY_RESULT_ENTRY **entries )
{
    struct resolver *resolver;
    DWORD error;

    if (!(resolver = resolver_get( handle, &error ))) return error;
    error = entries ? get_entries( resolver, count, entries ) : ERROR_INVALID_PARAMETER;
    object_release( &resolver->object );
    return error;
}

DWORD WINAPI WinHttpGetProxyResult( HINTERNET handle, WINHTTP_PROXY_RESULT *result )
{
    TRACE( "%p, %p\n", handle, result );

    if (!result) return get_result( handle, NULL, NULL );
    return get_result( handle, &result->cEntries, &result->pEntries );
}

/* Nothing was detected that a handle would stand for, on no interface in particular. */
DWORD WINAPI WinHttpGetProxyResultEx( HINTERNET handle, WINHTTP_PROXY_RESULT_EX *result )
{
    DWORD error;

    TRACE( "%p, %p\n", handle, result );

    if (!result) return get_result( handle, NULL, NULL );
    if ((error = get_result( handle, &result->cEntries, &result->pEntries ))) return error;
    result->hProxyDetectionHandle = NULL;
    result->dwProxyInterfaceAffinity = 0;
    return ERROR_SUCCESS;
}

/* What was learnt is the process's, whatever session says so. Microsoft's page has OUT_OF_PROC as
 * required; that its absence, or another flag, is 87 is a guess. */
static DWORD check_reset( DWORD flags )
{
    static const DWORD known = WINHTTP_RESET_ALL | WINHTTP_RESET_NOTIFY_NETWORK_CHANGED |
                               WINHTTP_RESET_OUT_OF_PROC | WINHTTP_RESET_DISCARD_RESOLVERS;

    if ((flags & ~known) || !(flags & WINHTTP_RESET_OUT_OF_PROC)) return ERROR_INVALID_PARAMETER;
    return ERROR_SUCCESS;
}

DWORD WINAPI WinHttpResetAutoProxy( HINTERNET handle, DWORD flags )
{
    struct object *session;
    DWORD error;

    TRACE( "%p, %#lx\n", handle, flags );

    if (!(session = handle_get_typed( handle, OBJECT_SESSION, &error ))) return error;
    if (!(error = check_reset( flags ))) auto_forget( flags );
    object_release( session );
    return error;
}
