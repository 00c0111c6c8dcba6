/* transfer - one request of a WinHttpRequest object on its way, and the response that it brought.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the connect and the request handle, the body being sent, the body received.
 * Threads: any for the references and what reads; open, send and close: the apartment's thread.
 *          WinHTTP's callbacks do the work, so a synchronous Send only waits for them.
 * Fails:   ERROR_* codes.
 *
 * References: the object from Open to the next Open or Abort, WinHTTP from open to HANDLE_CLOSING,
 * and each event that is still to be fired.
 *
 *      open ---> send ---> [login, sent again] ---> headers ---> body ... ---> done
 */

#ifndef WINHTTP_COM_TRANSFER_H
#define WINHTTP_COM_TRANSFER_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"
#include "winhttp.h"

#include "com/events.h"
#include "com/login.h"

enum transfer_state
{
    TRANSFER_OPEN,    /* not sent */
    TRANSFER_SENT,    /* no response yet */
    TRANSFER_HEADERS, /* its headers are there, its body is on its way */
    TRANSFER_DONE,    /* all is there, or it failed */
};

/* The request of a connect handle; takes over both handles, when it succeeds. */
struct transfer *transfer_create( HINTERNET connect, HINTERNET request, struct events *events );
void transfer_addref( struct transfer *transfer );
void transfer_release( struct transfer *transfer );

/* Closes the handles: no event is fired any more. The reference remains. */
void transfer_close( struct transfer *transfer );

HINTERNET transfer_get_request( const struct transfer *transfer );

/* Sends it, once more where it was sent before; takes over body, which malloc gave. */
DWORD transfer_send( struct transfer *transfer, BYTE *body, DWORD size,
                     const struct login_credentials credentials[2] );

/* Signalled from done, or close, to the next send. */
HANDLE transfer_handle( const struct transfer *transfer );

enum transfer_state transfer_get_state( struct transfer *transfer );
/* Why it failed; ERROR_SUCCESS before it is done. */
DWORD transfer_get_error( struct transfer *transfer );
BOOL transfer_is_aborted( struct transfer *transfer );
/* Whether it was neither given up nor sent again since it was sent this time (from 1). */
BOOL transfer_is_current( struct transfer *transfer, UINT send );

/* From HEADERS on. */
DWORD transfer_get_status( struct transfer *transfer, LONG *status );
DWORD transfer_get_header( struct transfer *transfer, const WCHAR *name, BSTR *value );
DWORD transfer_get_info( struct transfer *transfer, DWORD info, BSTR *value );

/* The body, as long as the transfer is not sent again: from DONE on, and on the apartment's thread,
 * for no lock guards it then. */
const BYTE *transfer_get_body( struct transfer *transfer, size_t *size );
/* A piece that has been received; NULL: no memory, or another request's by now. */
SAFEARRAY *transfer_copy_body( struct transfer *transfer, size_t offset, size_t length );

#endif
