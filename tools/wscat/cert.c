/* From a .pfx file to WINHTTP_OPTION_CLIENT_CERT_CONTEXT.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "cert.h"

#include <winhttp.h>
#include <wincrypt.h>

/* Largest file read: a key and a chain of certificates take some 10 KiB. */
#define MAX_FILE_BYTES 65536

static DWORD read_file( const WCHAR *name, CRYPT_DATA_BLOB *blob )
{
    HANDLE file = CreateFileW( name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL );
    DWORD error = ERROR_SUCCESS;

    if (file == INVALID_HANDLE_VALUE) return GetLastError();
    if (!ReadFile( file, blob->pbData, MAX_FILE_BYTES, &blob->cbData, NULL ))
        error = GetLastError();
    CloseHandle( file );
    return error;
}

/* The one with a key; Wine's crypt32 does not know how to look for that. */
static DWORD show_from( HCERTSTORE store, void *request )
{
    PCCERT_CONTEXT cert = NULL;
    DWORD error = CRYPT_E_NOT_FOUND, size;

    while (error && (cert = CertEnumCertificatesInStore( store, cert )))
    {
        if (!CertGetCertificateContextProperty( cert, CERT_KEY_PROV_INFO_PROP_ID, NULL, &size ) &&
            !CertGetCertificateContextProperty( cert, CERT_KEY_CONTEXT_PROP_ID, NULL, &size ))
            continue;
        error = ERROR_SUCCESS;
        if (!WinHttpSetOption( request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT, (void *)cert,
                               sizeof(*cert) )) error = GetLastError();
    }
    if (cert) CertFreeCertificateContext( cert );
    return error;
}

DWORD cert_show( void *request, const WCHAR *file, const WCHAR *password )
{
    static BYTE data[MAX_FILE_BYTES];
    CRYPT_DATA_BLOB blob = { 0, data };
    HCERTSTORE store;
    DWORD error;

    if ((error = read_file( file, &blob ))) return error;
    if (!(store = PFXImportCertStore( &blob, password ? password : L"", 0 )))
        return GetLastError();
    error = show_from( store, request );
    CertCloseStore( store, 0 );
    return error;
}
