/* resume - TLS sessions of earlier connections, for later ones to take up.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a bounded number of sessions, as GnuTLS packs them: keys and the peer's chain.
 * Threads: any; the lock is a leaf.
 * Fails:   silently: without a session to take up the handshake is a full one.
 *
 * A session belongs to a scope: server, protocols, terms and client certificate together
 * (net/unixlib.h). It is taken out to be used: a ticket of TLS 1.3 that is used twice tells an
 * onlooker that both connections are one client's (RFC 8446 C.4), and one that a server chokes on
 * is not tried again.
 */

#ifndef WINHTTP_UNIX_RESUME_H
#define WINHTTP_UNIX_RESUME_H

#include <gnutls/gnutls.h>

#include "net/unixlib.h"

/* Has the session, before its handshake, offer one of that scope to the server. Zero: there is
 * none. GnuTLS fails where the server has come to speak TLS 1.3 and is offered a session of
 * TLS 1.2: a handshake that fails after an offer is worth another try. */
int resume_offer( gnutls_session_t session, const BYTE scope[UNIX_SCOPE_SIZE] );

/* Keeps what the session has to be taken up by. */
void resume_keep( gnutls_session_t session, const BYTE scope[UNIX_SCOPE_SIZE] );

#endif
