/* search - questions for a proxy that can be left alone.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/search.h"

#include <stdlib.h>

#include "op/errand.h"
#include "op/worker.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

struct search
{
    struct errand errand;

    /* immutable */
    HANDLE cancel;              /* owned; set once nobody waits any more */
    WCHAR *url;                 /* owned */

    /* immutable once the errand is done, but that the answer may be taken */
    DWORD error;
    struct auto_answer answer;  /* owned */
};

static struct search *search_from_errand( struct errand *errand )
{
    return CONTAINING_RECORD( errand, struct search, errand );
}

static void search_run( struct errand *errand )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG };
    struct search *search = search_from_errand( errand );

    search->error = auto_find( search->url, &options, search->cancel, &search->answer );
    TRACE( "%p %s: error %lu, %u proxies\n", search, debugstr_w(search->url), search->error,
           search->answer.count );
}

static void search_give_up( struct errand *errand )
{
    SetEvent( search_from_errand( errand )->cancel );
}

static void search_free( struct search *search )
{
    if (!search) return;
    auto_answer_free( &search->answer );
    if (search->cancel) CloseHandle( search->cancel );
    free( search->url );
    free( search );
}

static void search_destroy( struct errand *errand )
{
    search_free( search_from_errand( errand ) );
}

static const struct errand_type search_type =
{
    search_run, search_give_up, search_destroy, worker_submit_long
};

struct search *search_begin( struct object *object, struct op_queue *gate, WCHAR *url )
{
    struct search *search = url ? calloc( 1, sizeof(*search) ) : NULL;

    if (!search)
    {
        free( url );
        return NULL;
    }
    search->url = url;
    search->cancel = CreateEventW( NULL, TRUE, FALSE, NULL );
    if (search->cancel && errand_begin( &search->errand, &search_type, object, gate ))
        return search;
    search_free( search );
    return NULL;
}

BOOL search_take( struct search *search, struct auto_answer *answer, DWORD *error )
{
    if (!errand_is_done( &search->errand )) return FALSE;
    *answer = search->answer;
    memset( &search->answer, 0, sizeof(search->answer) );
    *error = search->error;
    return TRUE;
}

void search_forget( struct search *search )
{
    if (search) errand_forget( &search->errand );
}
