/* A certificate to show to servers, out of a PKCS #12 file.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* cert - reads the file that the user named.
 * Owns:    nothing.
 * Threads: any.
 * Fails:   an error code of Windows. */

#ifndef WSCAT_CERT_H
#define WSCAT_CERT_H

#include <windows.h>

/* Has the request show the certificate of that file; password may be NULL. */
DWORD cert_show( void *request, const WCHAR *file, const WCHAR *password );

#endif
