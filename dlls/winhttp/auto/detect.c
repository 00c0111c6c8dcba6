/* detect - asks the network, and does not wait for ever.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auto/detect.h"

#include <stdlib.h>
#include <string.h>

#include "winhttp.h"

#include "auto/network.h"
#include "net/lock.h"
#include "op/worker.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    DHCP_MS = 5000, /* the lease is known; but what knows it may have to be started first */
    DNS_MS = 10000, /* by then the C library has given up a server that does not answer */
};

/* Neither of them can be interrupted: whoever asked may go, and the thread ends alone. It is none
 * of the thread pool's, all of which may be waiting for an answer. */
struct question
{
    LONG refs;                  /* interlocked: who asked, and the thread */
    /* immutable */
    BOOL (*ask)( char url[WPAD_URL_SIZE] );
    HANDLE answered;            /* owned */
    /* the thread's until answered is set */
    BOOL found;
    char url[WPAD_URL_SIZE];
};

static void question_release( struct question *question )
{
    if (InterlockedDecrement( &question->refs )) return;
    CloseHandle( question->answered );
    free( question );
}

static DWORD CALLBACK question_main( void *arg )
{
    struct question *question = arg;

    question->found = question->ask( question->url );
    SetEvent( question->answered );
    question_release( question );
    worker_leave_thread();
}

static struct question *question_create( BOOL (*ask)( char * ) )
{
    struct question *question;

    if (!(question = calloc( 1, sizeof(*question) ))) return NULL;
    question->refs = 2;
    question->ask = ask;
    if ((question->answered = CreateEventW( NULL, TRUE, FALSE, NULL )))
    {
        if (worker_start_thread( question_main, question )) return question;
        CloseHandle( question->answered );
    }
    free( question );
    return NULL;
}

static DWORD question_result( const struct question *question, WCHAR **url )
{
    WCHAR *text;

    if (!question->found) return ERROR_WINHTTP_AUTODETECTION_FAILED;
    if (!(text = text_widen( question->url, strlen( question->url ) )))
        return ERROR_NOT_ENOUGH_MEMORY;
    *url = text;
    return ERROR_SUCCESS;
}

static DWORD question_wait( struct question *question, DWORD limit, HANDLE cancel, WCHAR **url )
{
    HANDLE events[2] = { question->answered, cancel };

    lock_check_none( "a wait" );
    switch (WaitForMultipleObjects( cancel ? 2 : 1, events, FALSE, limit ))
    {
    case WAIT_OBJECT_0:
        return question_result( question, url );
    case WAIT_OBJECT_0 + 1:
        return ERROR_WINHTTP_OPERATION_CANCELLED;
    default:
        WARN( "no answer within %lu ms\n", limit );
        return ERROR_WINHTTP_TIMEOUT;
    }
}

static DWORD put( BOOL (*ask)( char * ), DWORD limit, HANDLE cancel, WCHAR **url )
{
    struct question *question = question_create( ask );
    DWORD err;

    if (!question) return ERROR_NOT_ENOUGH_MEMORY;
    err = question_wait( question, limit, cancel, url );
    question_release( question );
    return err;
}

/* Whether another way may know of one. */
static BOOL is_open( DWORD err )
{
    return err == ERROR_WINHTTP_AUTODETECTION_FAILED || err == ERROR_WINHTTP_TIMEOUT;
}

DWORD auto_detect( DWORD flags, HANDLE cancel, WCHAR **url )
{
    DWORD err = ERROR_WINHTTP_AUTODETECTION_FAILED, dns;

    if (flags & WINHTTP_AUTO_DETECT_TYPE_DHCP) err = put( network_ask_dhcp, DHCP_MS, cancel, url );
    if (is_open( err ) && (flags & WINHTTP_AUTO_DETECT_TYPE_DNS_A))
    {
        dns = put( network_ask_dns, DNS_MS, cancel, url );
        if (dns != ERROR_WINHTTP_AUTODETECTION_FAILED) err = dns;
    }
    TRACE( "%#lx: error %lu, %s\n", flags, err, debugstr_w(err ? NULL : *url) );
    return err;
}

/* The program's copy, for GlobalFree. */
static DWORD detect_for_program( DWORD flags, WCHAR **url )
{
    DWORD err;
    WCHAR *text;
    size_t size;

    err = auto_detect( flags, NULL, &text );
    if (err == ERROR_WINHTTP_TIMEOUT) err = ERROR_WINHTTP_AUTODETECTION_FAILED;
    if (err) return err;
    size = (wcslen( text ) + 1) * sizeof(WCHAR);
    if ((*url = GlobalAlloc( GMEM_FIXED, size ))) memcpy( *url, text, size );
    else err = ERROR_NOT_ENOUGH_MEMORY;
    free( text );
    return err;
}

BOOL WINAPI WinHttpDetectAutoProxyConfigUrl( DWORD flags, LPWSTR *url )
{
    DWORD err = ERROR_INVALID_PARAMETER;

    TRACE( "%#lx, %p\n", flags, url );
    if (flags && url)
    {
        *url = NULL;
        err = detect_for_program( flags, url );
    }
    SetLastError( err );
    return !err;
}
