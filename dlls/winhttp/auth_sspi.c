/* auth_sspi - security contexts for HTTP (RFC 4559).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth_sspi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc.h"
#define SECURITY_WIN32
#include "security.h"
#include "winhttp.h"

#include "proto/base64.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static const struct { DWORD scheme; const char *name; const WCHAR *package; } packages[] =
{
    { WINHTTP_AUTH_SCHEME_NTLM, "NTLM ", L"NTLM" },
    { WINHTTP_AUTH_SCHEME_NEGOTIATE, "Negotiate ", L"Negotiate" },
};

struct auth_sspi
{
    size_t package;     /* index of packages */
    WCHAR *user;        /* owned; "DOMAIN\name"; NULL: default credentials */
    WCHAR *password;    /* owned */
    WCHAR *target;      /* owned; the service's name */
    CredHandle cred;
    CtxtHandle context;
    BOOL has_cred, has_context;
    BOOL complete;      /* nothing more to say */
    BOOL opening;       /* all that was said is NTLM's first message */
};

static size_t find_package( DWORD scheme )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(packages); i++)
        if (packages[i].scheme == scheme) break;
    return i;
}

BOOL auth_sspi_knows( DWORD scheme )
{
    return find_package( scheme ) < ARRAY_SIZE(packages);
}

/* "HTTP/host" (RFC 4559 4.1) or "HTTP/host:port"; NULL: no memory. */
static WCHAR *target_name( const char *host, UINT16 port )
{
    const char *format = strchr( host, ':' ) && port ? "HTTP/[%s]" : "HTTP/%s";
    size_t size = strlen( host ) + sizeof("HTTP/[]:65535");
    WCHAR *name = NULL;
    char *text;
    int len;

    if (!(text = malloc( size ))) return NULL;
    len = snprintf( text, size, format, host );
    if (port) len += snprintf( text + len, size - len, ":%u", port );
    name = text_widen( text, len );
    free( text );
    return name;
}

struct auth_sspi *auth_sspi_create( DWORD scheme, const WCHAR *user, const WCHAR *password,
                                    const char *host, UINT16 port )
{
    struct auth_sspi *sspi;

    if (!(sspi = calloc( 1, sizeof(*sspi) ))) return NULL;
    sspi->package = find_package( scheme );
    if ((sspi->target = target_name( host, port )) && (!user || (sspi->user = wcsdup( user ))) &&
        (!password || (sspi->password = wcsdup( password ))))
        return sspi;
    auth_sspi_destroy( sspi );
    return NULL;
}

const WCHAR *auth_sspi_service( const struct auth_sspi *sspi )
{
    return sspi->target;
}

void auth_sspi_destroy( struct auth_sspi *sspi )
{
    if (!sspi) return;
    if (sspi->has_context) DeleteSecurityContext( &sspi->context );
    if (sspi->has_cred) FreeCredentialsHandle( &sspi->cred );
    text_free_secret( sspi->password );
    free( sspi->user );
    free( sspi->target );
    free( sspi );
}

/* "DOMAIN\name" in two; a name of the form "name@realm" stays whole. */
static void fill_identity( const struct auth_sspi *sspi, SEC_WINNT_AUTH_IDENTITY_W *identity )
{
    WCHAR *name = wcschr( sspi->user, '\\' );

    memset( identity, 0, sizeof(*identity) );
    identity->Flags = SEC_WINNT_AUTH_IDENTITY_UNICODE;
    if (name)
    {
        identity->Domain = (USHORT *)sspi->user;
        identity->DomainLength = name - sspi->user;
    }
    name = name ? name + 1 : sspi->user;
    identity->User = (USHORT *)name;
    identity->UserLength = wcslen( name );
    identity->Password = (USHORT *)(sspi->password ? sspi->password : L"");
    identity->PasswordLength = sspi->password ? wcslen( sspi->password ) : 0;
}

static BOOL acquire( struct auth_sspi *sspi )
{
    SEC_WINNT_AUTH_IDENTITY_W identity;
    SECURITY_STATUS status;
    TimeStamp expiry;

    if (sspi->has_cred) return TRUE;
    if (sspi->user) fill_identity( sspi, &identity );
    status = AcquireCredentialsHandleW( NULL, (WCHAR *)packages[sspi->package].package,
                                        SECPKG_CRED_OUTBOUND, NULL,
                                        sspi->user ? &identity : NULL, NULL, NULL, &sspi->cred,
                                        &expiry );
    if (status) WARN( "no credentials for %s: %#lx\n", packages[sspi->package].name, status );
    sspi->has_cred = !status;
    return sspi->has_cred;
}

/* Bytes of the largest token of the package; 0: it is not installed. */
static ULONG max_token( const struct auth_sspi *sspi )
{
    SecPkgInfoW *info;
    ULONG size;

    if (QuerySecurityPackageInfoW( (WCHAR *)packages[sspi->package].package, &info )) return 0;
    size = info->cbMaxToken;
    FreeContextBuffer( info );
    return size;
}

static BOOL next_token( struct auth_sspi *sspi, BYTE *token, size_t len, SecBuffer *out )
{
    SecBuffer in = { len, SECBUFFER_TOKEN, token };
    SecBufferDesc in_desc = { SECBUFFER_VERSION, 1, &in };
    SecBufferDesc out_desc = { SECBUFFER_VERSION, 1, out };
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    status = InitializeSecurityContextW( &sspi->cred, sspi->has_context ? &sspi->context : NULL,
                                         sspi->target, ISC_REQ_CONNECTION, 0, SECURITY_NATIVE_DREP,
                                         token ? &in_desc : NULL, 0, &sspi->context, &out_desc,
                                         &attributes, &expiry );
    if (status == SEC_I_COMPLETE_NEEDED || status == SEC_I_COMPLETE_AND_CONTINUE)
        CompleteAuthToken( &sspi->context, &out_desc );
    if (FAILED( status )) WARN( "%s: %#lx\n", packages[sspi->package].name, status );
    else sspi->has_context = TRUE;
    sspi->complete = status != SEC_I_CONTINUE_NEEDED && status != SEC_I_COMPLETE_AND_CONTINUE;
    return !FAILED( status ) && out->cbBuffer;
}

/* MS-NLMP 2.2.1.1: NEGOTIATE_MESSAGE, bare, as secur32's Negotiate sends it as well. */
static BOOL is_ntlm_opening( const SecBuffer *token )
{
    static const BYTE message[] = "NTLMSSP\0\1\0\0"; /* and a NUL */

    return token->cbBuffer >= sizeof(message) && !memcmp( token->pvBuffer, message,
                                                          sizeof(message) );
}

BOOL auth_sspi_is_opening( const struct auth_sspi *sspi )
{
    return sspi->opening;
}

/* "NTLM " and the token; NULL: no memory. */
static char *field_value( const struct auth_sspi *sspi, const SecBuffer *token )
{
    const char *name = packages[sspi->package].name;
    size_t name_len = strlen( name ), size = base64_size( token->cbBuffer );
    char *value;

    if (!(value = malloc( name_len + size + 1 ))) return NULL;
    memcpy( value, name, name_len );
    base64_encode( token->pvBuffer, token->cbBuffer, value + name_len );
    value[name_len + size] = 0;
    return value;
}

char *auth_sspi_step( struct auth_sspi *sspi, BYTE *token, size_t len )
{
    SecBuffer out = { 0, SECBUFFER_TOKEN, NULL };
    char *value = NULL;

    if (sspi->complete || !(out.cbBuffer = max_token( sspi ))) return NULL;
    if (!acquire( sspi ) || !(out.pvBuffer = malloc( out.cbBuffer ))) return NULL;
    if (next_token( sspi, token, len, &out ))
    {
        sspi->opening = is_ntlm_opening( &out );
        value = field_value( sspi, &out );
    }
    free( out.pvBuffer );
    return value;
}
