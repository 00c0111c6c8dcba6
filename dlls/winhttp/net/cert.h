/* cert - the verdict on a server's certificate, as Windows gives it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a small cache of verdicts.
 * Threads: any; may block (crypt32 reads the prefix's stores): call where blocking is allowed.
 * Fails:   cert_verify returns the WINHTTP_CALLBACK_STATUS_FLAG_* bits of what is wrong.
 */

#ifndef WINHTTP_NET_CERT_H
#define WINHTTP_NET_CERT_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"

enum { CERT_DIGEST = 32 }; /* bytes: SHA-256 */

/* What is to be judged, and on which terms. Pointers are borrowed (during the call). */
struct cert_case
{
    PCCERT_CONTEXT cert;
    const BYTE *digest; /* CERT_DIGEST bytes: of the chain that came with it */
    const char *host;   /* as the program asked for it: a name or a literal without brackets */
    DWORD ignore;       /* SECURITY_FLAG_IGNORE_* bits: what they cover is not reported */
    BOOL revocation;    /* ask whether a certificate was revoked ... */
    BOOL offline;       /* ... and take no answer for a good one */
    DWORD chain_flags;  /* CERT_CHAIN_* bits, for building the chain */
};

/* The leaf of a chain as unixlib.h lays it out; its hCertStore holds the other certificates.
 * To be freed with CertFreeCertificateContext. NULL: no certificate in it, or no memory. */
PCCERT_CONTEXT cert_from_chain( const void *chain, UINT32 size, BYTE digest[CERT_DIGEST] );

/* Nonzero if such a case was judged a short while ago, and nothing is left to report; never
 * blocks. */
BOOL cert_is_known( const struct cert_case *which );

/* Judges chain, dates, usage, strength, the name, and revocation. */
DWORD cert_verify( const struct cert_case *which );

/* The chain that crypt32 builds from it, by CERT_CHAIN_* flags, for option 147; to be freed with
 * CertFreeCertificateChain. NULL: none. May block. */
PCCERT_CHAIN_CONTEXT cert_build_chain( PCCERT_CONTEXT cert, DWORD flags );

#endif
