/* Command line and URL of wscat.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* options - what the user asked for.
 * Owns:    strings cut out of the URL; the others point into the argument list.
 * Threads: filled by the main thread before others exist, then only read.
 * Fails:   options_parse tells the user what is wrong, and returns FALSE. */

#ifndef WSCAT_OPTIONS_H
#define WSCAT_OPTIONS_H

#include <windows.h>
#include <winhttp.h>

/* Most -H and -s options; the server would refuse a longer request anyway. */
#define OPTIONS_MAX_HEADERS 64

/* How wscat ended, as its exit status. Scripts rely on these numbers: never change them. */
enum exit_status
{
    EXIT_CLEAN     = 0, /* both sides closed; for http: a 2xx answer */
    EXIT_CONNECT   = 1, /* no connection, or TLS was refused */
    EXIT_USAGE     = 2, /* bad command line or input */
    EXIT_HANDSHAKE = 3, /* the server refused the WebSocket; for http: no 2xx answer */
    EXIT_LOST      = 4, /* the connection ended without a goodbye, or broke the protocol */
    EXIT_STATUS    = 6, /* closed in good order, but with another status than 1000; not 5, which
                         * is what Unix makes of an access violation */
};

struct url
{
    BOOL          secure;    /* wss or https */
    BOOL          websocket; /* ws or wss */
    WCHAR        *host;      /* owned; without brackets */
    INTERNET_PORT port;
    WCHAR        *target;    /* owned; path and query, begins with a slash */
};

struct options
{
    struct url   url;
    const WCHAR *headers[OPTIONS_MAX_HEADERS]; /* "Name: value" */
    unsigned     header_count;
    WCHAR       *subprotocols; /* owned; header line, NULL for none */
    const WCHAR *binary;       /* file to send first, NULL for none */
    const WCHAR *cert;         /* .pfx file with a certificate to show, NULL for none */
    const WCHAR *password;     /* of that file, NULL for none */
    BOOL         insecure;     /* take any certificate */
    BOOL         async;
    BOOL         close_now;
    BOOL         verbose;
    DWORD        timeout_ms;       /* for each step of connecting; 0: WinHTTP's defaults */
    DWORD        close_timeout_ms;
    USHORT       close_status;
    char         close_reason[WINHTTP_WEB_SOCKET_MAX_CLOSE_REASON_LENGTH + 1]; /* UTF-8 */
    DWORD        close_reason_len; /* bytes */
};

/* Reads the process's command line. *status is what to exit with when FALSE is returned: also
 * after --help, which is no error. */
BOOL options_parse( struct options *options, enum exit_status *status );

/* Releases what the options own. */
void options_free( struct options *options );

#endif
