/* auth_answer - the values of Basic and Digest answers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    nothing.
 * Threads: whoever drives the request, with it locked.
 * Fails:   FALSE: no memory.
 */

#ifndef WINHTTP_AUTH_ANSWER_H
#define WINHTTP_AUTH_ANSWER_H

#include "auth_login.h"

/* The value of the answer by login's scheme, to be freed by auth_answer_free. *value stays NULL if
 * there is none. */
BOOL auth_answer_value( struct request *request, DWORD target, const struct auth_login *login,
                        char **value );

/* Wipes it first. NULL is fine. */
void auth_answer_free( char *value );

#endif
