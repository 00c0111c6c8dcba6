/* proxy_env - reads the environment.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proxy_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "proto/proxy_list.h"
#include "proto/uri.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

static void free_secret( void *text, size_t size )
{
    if (text) SecureZeroMemory( text, size );
    free( text );
}

static void free_text( char *text )
{
    free_secret( text, text ? strlen( text ) : 0 );
}

static char *to_utf8( const WCHAR *text )
{
    int size = WideCharToMultiByte( CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL );
    char *ret = malloc( size );

    if (ret) WideCharToMultiByte( CP_UTF8, 0, text, -1, ret, size, NULL, NULL );
    return ret;
}

/* UTF-8, to be freed by free_text: there may be a password in it. NULL: not set. */
static char *read_variable( const WCHAR *name )
{
    DWORD size = GetEnvironmentVariableW( name, NULL, 0 ), len;
    char *ret = NULL;
    WCHAR *text;

    if (!size || !(text = malloc( size * sizeof(*text) ))) return NULL;
    len = GetEnvironmentVariableW( name, text, size );
    if (len && len < size) ret = to_utf8( text );
    free_secret( text, size * sizeof(*text) );
    return ret;
}

/* Host names outside ASCII are not for us to encode (facts/http.md 1). */
static BOOL is_ascii( const char *text, size_t len )
{
    size_t i;

    for (i = 0; i < len; i++) if ((unsigned char)text[i] >= 0x80) return FALSE;
    return TRUE;
}

/* The bytes are UTF-8, or what else they can be: Latin-1. */
static WCHAR *widen( const char *text )
{
    UINT page = CP_UTF8;
    int count = MultiByteToWideChar( page, MB_ERR_INVALID_CHARS, text, -1, NULL, 0 );
    WCHAR *ret;

    if (!count) count = MultiByteToWideChar( page = 28591, 0, text, -1, NULL, 0 );
    if ((ret = malloc( (count + 1) * sizeof(*ret) )))
        MultiByteToWideChar( page, 0, text, -1, ret, count );
    return ret;
}

/* NULL: it cannot be, or no memory. */
static WCHAR *decode( const char *text, size_t len )
{
    char *bytes = malloc( len + 1 );
    WCHAR *ret = NULL;

    if (bytes && uri_unescape( text, len, bytes )) ret = widen( bytes );
    free_secret( bytes, len + 1 );
    return ret;
}

static void forget( struct proxy_env_login *login )
{
    text_free_secret( login->user );
    text_free_secret( login->password );
    memset( login, 0, sizeof(*login) );
}

void proxy_env_forget( struct proxy_env_login logins[2] )
{
    forget( &logins[0] );
    forget( &logins[1] );
}

static void take_login( const struct proxy_list_login *found, struct proxy_env_login *login )
{
    if (!found->user || !found->user_len) return;
    login->user = decode( found->user, found->user_len );
    login->password = decode( found->password, found->password_len );
    if (login->user && login->password) return;
    WARN( "no user name or password\n" );
    forget( login );
}

/* "scheme=host:port;", an IPv6 address in brackets */
static void append_entry( char *list, const WCHAR *name, const char *scheme,
                          struct proxy_env_login *login )
{
    struct proxy_list_entry entry;
    struct proxy_list_login found;
    char *url = read_variable( name );
    const char *format;

    if (url && proxy_list_from_url( url, &entry, &found ) &&
        is_ascii( entry.host, entry.host_len ))
    {
        format = memchr( entry.host, ':', entry.host_len ) ? "%s=[%.*s]:%u;" : "%s=%.*s:%u;";
        sprintf( list + strlen( list ), format, scheme, (int)entry.host_len, entry.host,
                 entry.port );
        take_login( &found, login );
    }
    else if (url) WARN( "%s is for no proxy that can be used\n", debugstr_w(name) );
    free_text( url );
}

/* In UTF-8 a character of WCHAR takes three bytes at most. */
static size_t list_size( const WCHAR *name )
{
    return 3 * GetEnvironmentVariableW( name, NULL, 0 ) + sizeof("https=[]:65535;");
}

char *proxy_env_servers( struct proxy_env_login logins[2] )
{
    char *list = calloc( 1, list_size( L"http_proxy" ) + list_size( L"https_proxy" ) );

    if (!list) return NULL;
    if (!GetEnvironmentVariableW( L"REQUEST_METHOD", NULL, 0 ))
        append_entry( list, L"http_proxy", "http", &logins[0] );
    append_entry( list, L"https_proxy", "https", &logins[1] );
    if (*list) return list;
    free( list );
    return NULL;
}

char *proxy_env_bypass( void )
{
    char *text = read_variable( L"no_proxy" ), *ret = NULL;
    size_t size;

    if (!text) return NULL;
    size = proxy_list_from_no_proxy( text, NULL, 0 );
    if ((ret = malloc( size ))) proxy_list_from_no_proxy( text, ret, size );
    free( text );
    return ret;
}
