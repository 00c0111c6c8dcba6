/* login - which challenge of a server or a proxy a request answers, and how.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of the program's credentials, wiped before they are freed.
 * Threads: one at a time: the transfer's, which embeds it.
 * Fails:   ERROR_* codes.
 *
 * facts/url-proxy-com.md 11 (SetCredentials). What SetCredentials gave for the server is for the
 * origin that Open named, and not for where a redirect leads.
 */

#ifndef WINHTTP_COM_LOGIN_H
#define WINHTTP_COM_LOGIN_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "winhttp.h"

/* Strings NULL: no credentials. Borrowed for the call. */
struct login_credentials
{
    const WCHAR *user;
    const WCHAR *password;
};

struct login
{
    WCHAR *user;     /* owned */
    WCHAR *password; /* owned */
    DWORD scheme;    /* WINHTTP_AUTH_SCHEME_*: how it goes with the request; 0: not asked for yet */
};

struct logins
{
    struct login by_target[2]; /* WINHTTP_AUTH_TARGET_* */
    WCHAR *home;               /* owned; the URL before any redirect */
};

/* Schemes that are over with one answer. */
#define LOGIN_ONE_LEG (WINHTTP_AUTH_SCHEME_BASIC | WINHTTP_AUTH_SCHEME_DIGEST)
#define LOGIN_ANY     (~0u)

/* The credentials of the next request, by target; those that were there are forgotten. */
DWORD logins_set( struct logins *logins, HINTERNET request,
                  const struct login_credentials credentials[2] );
void logins_free( struct logins *logins );

/* Whether there are credentials for the challenge of the response, that it has not refused. */
BOOL logins_answer( struct logins *logins, HINTERNET request );

/* WinHTTP forgets a login when the request is sent: all that were asked for go with the next one,
 * if they are of these schemes. One that takes several legs is under way already. */
DWORD logins_renew( const struct logins *logins, HINTERNET request, DWORD schemes );

#endif
