/* certstore: puts a certificate into the user's root store, or takes it out.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Windows program, for the throw-away authority of the test servers. Under Wine the store belongs
 * to the prefix. On Windows the system asks the user before it adds one.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <wincrypt.h>

/* Largest file read: a certificate in PEM takes 1 to 4 KiB. */
#define MAX_FILE_BYTES 65536

static const char usage[] =
    "usage: certstore add FILE.pem      trust the authority in FILE, in the user's root store\n"
    "       certstore remove FILE.pem   trust it no more\n"
    "FILE is PEM or DER. Exit status: 0 done, 1 failed, 2 bad usage.\n";

static int complain( const char *what )
{
    fprintf( stderr, "certstore: %s: error %lu\n", what, GetLastError() );
    return 1;
}

static DWORD read_file( const char *name, char *data )
{
    FILE *file = fopen( name, "rb" );
    size_t len;

    if (!file) return 0;
    len = fread( data, 1, MAX_FILE_BYTES, file );
    fclose( file );
    return len;
}

/* The certificate in PEM or DER, NULL when it is neither. */
static PCCERT_CONTEXT parse( const char *data, DWORD len )
{
    static BYTE der[MAX_FILE_BYTES];
    DWORD der_len = sizeof(der);

    if (CryptStringToBinaryA( data, len, CRYPT_STRING_BASE64HEADER, der, &der_len, NULL, NULL ))
        return CertCreateCertificateContext( X509_ASN_ENCODING, der, der_len );
    return CertCreateCertificateContext( X509_ASN_ENCODING, (const BYTE *)data, len );
}

static int add( HCERTSTORE store, PCCERT_CONTEXT cert )
{
    if (CertAddCertificateContextToStore( store, cert, CERT_STORE_ADD_REPLACE_EXISTING, NULL ))
        return 0;
    return complain( "cannot add the certificate" );
}

static int take_out( HCERTSTORE store, PCCERT_CONTEXT cert )
{
    PCCERT_CONTEXT found = CertFindCertificateInStore( store, X509_ASN_ENCODING, 0,
                                                       CERT_FIND_EXISTING, cert, NULL );

    if (!found || CertDeleteCertificateFromStore( found )) return 0;
    return complain( "cannot remove the certificate" );
}

int main( int argc, char **argv )
{
    static char data[MAX_FILE_BYTES];
    PCCERT_CONTEXT cert;
    HCERTSTORE store;
    DWORD len;
    int ret;

    if (argc != 3 || (strcmp( argv[1], "add" ) && strcmp( argv[1], "remove" )))
    {
        fputs( usage, stderr );
        return 2;
    }
    if (!(len = read_file( argv[2], data ))) return complain( "cannot read the file" );
    if (!(cert = parse( data, len ))) return complain( "there is no certificate in the file" );
    store = CertOpenStore( CERT_STORE_PROV_SYSTEM_A, 0, 0, CERT_SYSTEM_STORE_CURRENT_USER, "Root" );
    if (!store) return complain( "cannot open the root store" );
    ret = strcmp( argv[1], "add" ) ? take_out( store, cert ) : add( store, cert );
    CertFreeCertificateContext( cert );
    if (!CertCloseStore( store, 0 ) && !ret) ret = complain( "cannot save the root store" );
    return ret;
}
