/* identity - a certificate of the client's own, with its private key.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    identities; a copy of the key lives in GnuTLS for as long as one is open.
 * Threads: any; an open identity never changes, and any number of sessions may use it at a time.
 * Fails:   NTSTATUS, as unixlib.h says.
 */

#ifndef WINHTTP_UNIX_IDENTITY_H
#define WINHTTP_UNIX_IDENTITY_H

#include <gnutls/abstract.h>

#include "net/unixlib.h"

struct identity
{
    gnutls_pcert_st *certs;     /* owned; leaf first */
    unsigned int cert_count;
    gnutls_privkey_t key;       /* owned */
};

NTSTATUS identity_open( struct identity_open_params *params );
NTSTATUS identity_close( struct identity_close_params *params );

/* NULL for 0. */
static inline struct identity *identity_find( UINT64 handle )
{
    return (struct identity *)(ULONG_PTR)handle;
}

#endif
