/* tls_session - what the files of a TLS session share: its struct, its buffers.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    as tls.h says.
 * Threads: as the groups of struct tls say.
 * Fails:   NTSTATUS.
 *
 * Files: tls_setup.c (what all sessions share), tls.c (start, end, handshake), tls_buffer.c
 * (between GnuTLS, our buffers and the socket), tls_record.c (receiving, sending), tls_info.c (what
 * the session knows). Included by these, and for GnuTLS itself by identity.c.
 */

#ifndef WINHTTP_UNIX_TLS_SESSION_H
#define WINHTTP_UNIX_TLS_SESSION_H

#include <stdarg.h>

#include <gnutls/gnutls.h>

#include "unix/deadline.h"
#include "unix/stream.h"

enum { TLS_RECORD_SIZE = 16384 };   /* RFC 8446 5.1: the most plaintext of one record */

struct tls
{
    /* immutable after tls_start */
    gnutls_session_t session;   /* owned; used under lock */
    struct stream *stream;      /* borrowed (it owns us) */
    const struct identity *identity; /* borrowed (while we live); NULL: none */
    BYTE scope[UNIX_SCOPE_SIZE];
    BYTE resumable;

    /* the receiving caller; pull uses it under lock, on behalf of that caller */
    BYTE *in;                   /* owned; INPUT_SIZE bytes, or NULL while nothing is in it */
    UINT32 in_pos;              /* <= in_len */
    UINT32 in_len;
    BYTE direct_left;           /* receives that pull may do itself in this turn */
    BYTE record_head;           /* bytes of a record's header that have come, 0 to 4 */
    UINT16 record_len;          /* the last two of them: of the fragment (RFC 8446 5.1) */
    UINT32 record_left;         /* bytes of a record that are still to come */
    BYTE has_plain;             /* GnuTLS may hold decrypted data; atomic, others may look */
    BYTE ended;                 /* once set, never unset */
    NTSTATUS recv_status;       /* failure to report again */
    UINT32 alert;               /* with STATUS_ENCRYPTION_FAILED: which */

    /* the sending caller; push adds to it under lock, on behalf of that caller */
    BYTE *out;                  /* owned; NULL while nothing is in it */
    UINT32 out_pos;             /* <= out_len <= out_size */
    UINT32 out_len;
    UINT32 out_size;
    NTSTATUS send_status;       /* failure to report again */

    /* under lock */
    pthread_mutex_t lock;
    BYTE receiving;             /* GnuTLS works for the receiving caller: push must not touch out */
    BYTE cert_requested;        /* once set, never unset */
    BYTE *issuers;              /* owned; what the server listed, as tls_get_issuers gives it */
    UINT32 issuers_len;
    BYTE connected;             /* the handshake is over; once set, never unset */
    BYTE kept;                  /* for others to resume; once set, never unset */
};

/* Before any other use of GnuTLS. NULL: it does not work, now at least. */
gnutls_certificate_credentials_t tls_credentials( void );

/* As tls_start; protocols 0 stands for the default. */
NTSTATUS tls_get_priority( UINT32 protocols, gnutls_priority_t *priority );

/* Keeps the session for others to resume as soon as there is something to keep. */
void tls_keep_locked( struct tls *tls );

/* Lays names or certificates out as unixlib.h says; buffer may be NULL: just count. Returns the
 * bytes. */
UINT32 tls_lay_out( const gnutls_datum_t *items, unsigned int count, BYTE *buffer );

/* The WINHTTP_FLAG_SECURE_PROTOCOL_* bit of what was agreed on, 0 for none. */
UINT32 tls_get_protocol( gnutls_session_t session );

/* Has the session read from and write to our buffers. */
void tls_attach_buffers( struct tls *tls );

/* Makes room for len bytes more. Zero: no memory. */
int tls_grow_output( struct tls *tls, size_t len );

/* The following are called without the lock. They give memory back, if nothing is in it. */
void tls_drop_input( struct tls *tls );
void tls_drop_output( struct tls *tls );

/* Called with in used up. STATUS_SUCCESS: something came, or the end (ended). */
NTSTATUS tls_fill_input( struct tls *tls, struct deadline *deadline );

/* STATUS_SUCCESS: nothing is left. */
NTSTATUS tls_flush_output( struct tls *tls, struct deadline *deadline );

#endif
