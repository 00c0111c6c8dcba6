/* auth_login - whose credentials a request has, and whom they are for.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    the credentials in struct auth.
 * Threads: under the request's lock; the binding belongs to whoever drives the request.
 * Fails:   FALSE: no credentials, or no memory, as each says.
 */

#ifndef WINHTTP_AUTH_LOGIN_H
#define WINHTTP_AUTH_LOGIN_H

#include "auth.h"

struct auth_login
{
    DWORD scheme;                   /* WINHTTP_AUTH_SCHEME_* */
    const WCHAR *user, *password;   /* borrowed (while locked); NULL = default credentials */
};

/* The credentials for whom the next leg goes to; WinHttpSetCredentials's beat the options',
 * whatever the order (facts/http.md 11). FALSE: none. */
BOOL auth_login_get( const struct request *request, DWORD target, struct auth_login *login );

/* The program knows nothing of a login by default credentials. */
BOOL auth_login_is_silent( const struct request *request, DWORD target );

/* Credentials are for whom the next leg goes to, if nobody is named yet. FALSE: no memory. */
BOOL auth_login_bind( struct request *request, DWORD target );

/* Whom the next leg goes to. */
const char *auth_login_peer( const struct request *request, DWORD target, UINT16 *port );

/* Fills in request->key.login: who may be logged in on the connection that the next leg takes. Not
 * locked. FALSE: no memory. */
BOOL auth_login_identify( struct request *request );

/* Forgets what WinHttpSetCredentials set. */
void auth_login_forget( struct auth *auth );

#endif
