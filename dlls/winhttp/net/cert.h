/* cert - the verdict on a server's certificate, as Windows gives it.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a small cache of good verdicts.
 * Threads: any; may block (crypt32 reads the prefix's stores): call where blocking is allowed.
 * Fails:   cert_verify returns the WINHTTP_CALLBACK_STATUS_FLAG_* bits of what is wrong.
 */

#ifndef WINHTTP_NET_CERT_H
#define WINHTTP_NET_CERT_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "wincrypt.h"

/* The leaf of a chain as unixlib.h lays it out; its hCertStore holds the other certificates.
 * To be freed with CertFreeCertificateContext. NULL: no certificate in it, or no memory. */
PCCERT_CONTEXT cert_from_chain( const void *chain, UINT32 size );

/* Nonzero if the certificate was found good for host a short while ago; never blocks. */
BOOL cert_is_known( PCCERT_CONTEXT cert, const char *host );

/* Judges chain, dates, usage and the name.
 *  host    as the program asked for it: a name or a literal without brackets
 *  ignore  SECURITY_FLAG_IGNORE_* bits: what they cover is not reported */
DWORD cert_verify( PCCERT_CONTEXT cert, const char *host, DWORD ignore );

/* Module end: forgets the verdicts. */
void cert_free(void);

#endif
