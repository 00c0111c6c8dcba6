/* proxy - proxy settings, and the choice for a request.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proxy.h"

#include <stdlib.h>
#include <string.h>

#include "proto/proxy_list.h"
#include "proxy_env.h"
#include "request.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

struct proxy
{
    LONG refs;
    /* immutable */
    char *servers;      /* owned; a proxy list */
    char *bypass;       /* owned; NULL = none was given */
    BOOL automatic;     /* a script is to be asked first */
    BOOL from_env;      /* all of it comes from the environment */
    struct proxy_env_login logins[2]; /* of http, of https; only from there */
    LONG asks_basic[2]; /* that proxy has asked for Basic; once set, never unset */
};

struct proxy *proxy_addref( struct proxy *proxy )
{
    if (proxy) InterlockedIncrement( &proxy->refs );
    return proxy;
}

void proxy_release( struct proxy *proxy )
{
    if (!proxy || InterlockedDecrement( &proxy->refs )) return;
    proxy_env_forget( proxy->logins );
    free( proxy->servers );
    free( proxy->bypass );
    free( proxy );
}

/* Takes over both texts. */
static DWORD create( char *servers, char *bypass, struct proxy **ret )
{
    struct proxy *proxy = servers ? calloc( 1, sizeof(*proxy) ) : NULL;

    if (!proxy)
    {
        free( servers );
        free( bypass );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    proxy->refs = 1;
    proxy->servers = servers;
    proxy->bypass = bypass;
    TRACE( "%s, bypass %s\n", debugstr_a(servers), debugstr_a(bypass) );
    *ret = proxy;
    return ERROR_SUCCESS;
}

/* Host names outside ASCII are not for us to encode (facts/http.md 1). */
static char *narrow_ascii( const WCHAR *text )
{
    const WCHAR *c;

    for (c = text; *c; c++) if (*c >= 0x80) return NULL;
    return text_narrow( text, wcslen( text ) );
}

static DWORD create_named( const WCHAR *servers, const WCHAR *bypass, struct proxy **ret )
{
    char *list = servers ? narrow_ascii( servers ) : NULL;
    char *exceptions = bypass ? narrow_ascii( bypass ) : NULL;

    if (list && proxy_list_valid( list ) && (!bypass || exceptions))
        return create( list, exceptions, ret );
    free( list );
    free( exceptions );
    return ERROR_INVALID_PARAMETER;
}

/* --- the default --- */

static DWORD create_machine( struct proxy **ret )
{
    WINHTTP_PROXY_INFO info;

    if (!WinHttpGetDefaultProxyConfiguration( &info )) return GetLastError();
    if (info.lpszProxy && create_named( info.lpszProxy, info.lpszProxyBypass, ret ))
        WARN( "the machine's proxy %s makes no sense\n", debugstr_w(info.lpszProxy) );
    GlobalFree( info.lpszProxy );
    GlobalFree( info.lpszProxyBypass );
    return ERROR_SUCCESS;
}

/* *automatic: the user wants a script to be asked, named or detected. */
static void create_user( struct proxy **ret, BOOL *automatic )
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;

    if (!WinHttpGetIEProxyConfigForCurrentUser( &config )) return;
    *automatic = config.fAutoDetect || config.lpszAutoConfigUrl;
    if (config.lpszProxy && create_named( config.lpszProxy, config.lpszProxyBypass, ret ))
        WARN( "the user's proxy %s makes no sense\n", debugstr_w(config.lpszProxy) );
    GlobalFree( config.lpszProxy );
    GlobalFree( config.lpszProxyBypass );
    GlobalFree( config.lpszAutoConfigUrl );
}

static DWORD create_from_env( struct proxy **ret )
{
    struct proxy_env_login logins[2] = { { NULL, NULL }, { NULL, NULL } };
    char *servers = proxy_env_servers( logins );
    DWORD error;

    if (!servers) return ERROR_SUCCESS;
    if ((error = create( servers, proxy_env_bypass(), ret )))
    {
        proxy_env_forget( logins );
        return error;
    }
    (*ret)->from_env = TRUE;
    memcpy( (*ret)->logins, logins, sizeof(logins) );
    return ERROR_SUCCESS;
}

/* A setting that makes no sense is passed over: programs start with it. */
static DWORD create_default( DWORD type, struct proxy **ret )
{
    BOOL automatic = FALSE;
    DWORD error;

    if ((error = create_machine( ret ))) return error;
    if (!*ret && type == WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY) create_user( ret, &automatic );
    if (!*ret && (error = create_from_env( ret ))) return error;
    if (!automatic) return ERROR_SUCCESS;
    if (!*ret && (error = create( _strdup( "" ), NULL, ret ))) return error;
    (*ret)->automatic = TRUE;
    return ERROR_SUCCESS;
}

DWORD proxy_create( DWORD type, const WCHAR *servers, const WCHAR *bypass, struct proxy **ret )
{
    *ret = NULL;
    switch (type)
    {
    case WINHTTP_ACCESS_TYPE_NO_PROXY:        return ERROR_SUCCESS;
    case WINHTTP_ACCESS_TYPE_NAMED_PROXY:     return create_named( servers, bypass, ret );
    case WINHTTP_ACCESS_TYPE_DEFAULT_PROXY:
    case WINHTTP_ACCESS_TYPE_AUTOMATIC_PROXY: return create_default( type, ret );
    default:                                  return ERROR_INVALID_PARAMETER;
    }
}

/* --- WINHTTP_OPTION_PROXY --- */

static WCHAR *global_text( const char *text )
{
    size_t len = strlen( text ), i;
    WCHAR *ret = GlobalAlloc( GMEM_FIXED, (len + 1) * sizeof(*ret) );

    for (i = 0; ret && i <= len; i++) ret[i] = (unsigned char)text[i];
    return ret;
}

DWORD proxy_get_info( const struct proxy *proxy, WINHTTP_PROXY_INFO *info )
{
    WINHTTP_PROXY_INFO found = { WINHTTP_ACCESS_TYPE_NO_PROXY, NULL, NULL };

    if (proxy && *proxy->servers)
    {
        found.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        found.lpszProxy = global_text( proxy->servers );
        if (proxy->bypass) found.lpszProxyBypass = global_text( proxy->bypass );
        if (!found.lpszProxy || (proxy->bypass && !found.lpszProxyBypass))
        {
            GlobalFree( found.lpszProxy );
            GlobalFree( found.lpszProxyBypass );
            return ERROR_NOT_ENOUGH_MEMORY;
        }
    }
    *info = found;
    return ERROR_SUCCESS;
}

/* --- the choice --- */

static const char *scheme_of( const struct conn_key *key )
{
    return key->secure ? "https" : "http";
}

static BOOL bypasses( const struct proxy *proxy, const struct conn_key *key )
{
    return proxy->bypass &&
           proxy_list_bypasses( proxy->bypass, scheme_of( key ), key->host, key->port );
}

static BOOL find_entry( const struct proxy *proxy, const struct conn_key *key,
                        struct proxy_list_entry *entry )
{
    return proxy && !bypasses( proxy, key ) &&
           proxy_list_find( proxy->servers, scheme_of( key ), entry );
}

BOOL proxy_is_automatic( const struct proxy *proxy )
{
    return proxy && proxy->automatic;
}

BOOL proxy_is_bypassed( const struct request *request )
{
    const struct proxy *proxy = request->proxy;

    if (request->answer.count) return request->answer.bypass;
    return proxy && !proxy->from_env && bypasses( proxy, &request->key );
}

/* What is not a proxy for HTTP is of no use here; of the others the first is taken, as from a list
 * (a guess: Windows may go on to the next one where that cannot be reached). */
static BOOL find_answer( const struct auto_answer *answer, const struct auto_proxy **ret )
{
    UINT32 i;

    for (i = 0; i < answer->count; i++)
    {
        *ret = &answer->proxies[i];
        if (!(*ret)->scheme) return FALSE;
        if ((*ret)->scheme == INTERNET_SCHEME_HTTP) return TRUE;
    }
    return FALSE;
}

/* FALSE: no memory. *host: NULL for none. */
static BOOL choose_answer( const struct auto_answer *answer, char **host, INTERNET_PORT *port )
{
    const struct auto_proxy *found;

    if (!find_answer( answer, &found )) return TRUE;
    *port = found->port;
    return (*host = narrow_ascii( found->host )) != NULL;
}

static BOOL choose_entry( const struct proxy *proxy, const struct conn_key *key, char **host,
                          INTERNET_PORT *port )
{
    struct proxy_list_entry entry;

    if (!find_entry( proxy, key, &entry )) return TRUE;
    *port = entry.port;
    if (!(*host = calloc( 1, entry.host_len + 1 ))) return FALSE;
    memcpy( *host, entry.host, entry.host_len );
    return TRUE;
}

/* A WebSocket needs a stream to its server, which a proxy gives by CONNECT only (RFC 6455 4.1). */
BOOL proxy_choose( struct request *request )
{
    struct conn_key *key = &request->key;
    INTERNET_PORT port = 0;
    char *host = NULL;
    BOOL ret;

    object_lock( &request->object );
    ret = request->answer.count ? choose_answer( &request->answer, &host, &port )
                                : choose_entry( request->proxy, key, &host, &port );
    free( key->proxy_host );
    key->proxy_host = host ? _strlwr( host ) : NULL;
    key->proxy_port = port;
    key->tunnel = host && (key->secure || request->sent_upgrade);
    object_unlock( &request->object );
    return ret;
}

/* --- logins --- */

/* Index of the login for the request's proxy; -1 = there is none. The settings may have been
 * replaced since the proxy was chosen. */
static int find_login( const struct request *request )
{
    const struct conn_key *key = &request->key;
    const struct proxy *proxy = request->proxy;
    struct proxy_list_entry entry;
    int which = key->secure != FALSE;

    if (!key->proxy_host || !proxy || !proxy->logins[which].user) return -1;
    if (!proxy_list_find( proxy->servers, scheme_of( key ), &entry )) return -1;
    if (entry.port != key->proxy_port || entry.host_len != strlen( key->proxy_host )) return -1;
    return _strnicmp( entry.host, key->proxy_host, entry.host_len ) ? -1 : which;
}

BOOL proxy_get_login( const struct request *request, const WCHAR **user, const WCHAR **password,
                      BOOL *asks_basic )
{
    int which = find_login( request );

    if (which < 0) return FALSE;
    *user = request->proxy->logins[which].user;
    *password = request->proxy->logins[which].password;
    *asks_basic = request->proxy->asks_basic[which];
    return TRUE;
}

void proxy_note_basic( const struct request *request )
{
    int which = find_login( request );

    if (which >= 0) InterlockedExchange( &request->proxy->asks_basic[which], TRUE );
}
