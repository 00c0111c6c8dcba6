/* auth_sspi - NTLM, Negotiate and Kerberos, by the security packages of secur32.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a security context under way; it belongs to one connection.
 * Threads: one at a time; auth_sspi_step may ask a domain controller, and blocks: tasks only.
 * Fails:   FALSE or NULL: the scheme cannot be used; the reason is traced.
 */

#ifndef WINHTTP_AUTH_SSPI_H
#define WINHTTP_AUTH_SSPI_H

#include <stdarg.h>
#include <stddef.h>

#include "windef.h"
#include "winbase.h"

struct auth_sspi;

/* Whether a scheme (WINHTTP_AUTH_SCHEME_*) is one of these. */
BOOL auth_sspi_knows( DWORD scheme );

/* A context that has not begun. user may be "DOMAIN\name"; NULL: the user whom the process runs
 * as. Both are copied. host: borrowed (during the call); port: 0 = not in the service's name.
 * NULL: no memory. */
struct auth_sspi *auth_sspi_create( DWORD scheme, const WCHAR *user, const WCHAR *password,
                                    const char *host, UINT16 port );
void auth_sspi_destroy( struct auth_sspi *sspi ); /* NULL is fine */

/* The name of the service that is logged in at, "HTTP/host"; borrowed. */
const WCHAR *auth_sspi_service( const struct auth_sspi *sspi );

/* The last token was NTLM's first message, which lets nobody in: it only asks for a challenge. */
BOOL auth_sspi_is_opening( const struct auth_sspi *sspi );

/* Takes the server's token (NULL, 0 to begin) and makes the next of ours as the value of a header
 * field, "NTLM TlRM...", to be freed. NULL: it cannot, or there is nothing more to say. */
char *auth_sspi_step( struct auth_sspi *sspi, BYTE *token, size_t len );

#endif
