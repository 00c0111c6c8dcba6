/* Sample: logs in at a server, a proxy or both, in the way that the documentation of
 * WinHttpQueryAuthSchemes shows: ask, be refused, choose a scheme, ask again.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * usage: http_login HOST PORT [secure] [websocket] [early] [body=BYTES] [policy=N]
 *                   [proxy=HOST:PORT] [script=URL] [server=SCHEME[:USER:PASSWORD]]
 *                   [byproxy=SCHEME[:USER:PASSWORD]] PATH...
 *
 * SCHEME: basic, digest, ntlm, negotiate, or any, which takes the strongest that is offered.
 * Without a USER it is the one whom the process runs as. early: does not wait to be asked. policy:
 * WINHTTP_OPTION_AUTOLOGON_POLICY. websocket: opens a WebSocket and has it echo a message. body:
 * each request is a POST of so many bytes, 0 to 250 over and over. script: names the proxy for each
 * request. For each refusal and each answer
 * a line:
 *     401 offers SCHEME..., first SCHEME
 *     STATUS user NAME, BYTES bytes, CRC
 * NAME is the header field X-User, by which a server can tell whom it takes us for.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winhttp.h>

#define MAX_SENDS 8 /* of one request: two logins, each with a resend, and some to spare */

struct login
{
    DWORD wanted;               /* WINHTTP_AUTH_SCHEME_*, or all that there are; 0: no login */
    DWORD scheme;               /* chosen; 0: not yet */
    BOOL named;                 /* user and password are set */
    WCHAR user[64], password[64];
};

struct settings
{
    DWORD flags, body, policy;
    BOOL websocket, early, has_policy;
    WCHAR proxy[256], script[256];
    struct login logins[2];     /* by WINHTTP_AUTH_TARGET_* */
};

/* The strongest first. */
static const struct { const char *name; DWORD scheme; } schemes[] =
{
    { "negotiate", WINHTTP_AUTH_SCHEME_NEGOTIATE },
    { "ntlm", WINHTTP_AUTH_SCHEME_NTLM },
    { "digest", WINHTTP_AUTH_SCHEME_DIGEST },
    { "basic", WINHTTP_AUTH_SCHEME_BASIC },
    { "any", ~0u },
};

#define SCHEMES 4 /* that a server can offer */

static BOOL fail( const char *call )
{
    printf( "%s failed: error %lu\n", call, GetLastError() );
    return FALSE;
}

static void to_wide( const char *text, WCHAR *out, int count )
{
    MultiByteToWideChar( CP_UTF8, 0, text, -1, out, count );
}

static DWORD strongest( DWORD mask )
{
    int i;

    for (i = 0; i < SCHEMES; i++) if (schemes[i].scheme & mask) return schemes[i].scheme;
    return 0;
}

/* --- one attempt --- */

/* Those of a proxy have to be given again before each send. */
static BOOL give_credentials( HINTERNET request, struct login logins[2] )
{
    DWORD target;

    for (target = 0; target < 2; target++)
    {
        const struct login *login = &logins[target];

        if (login->scheme &&
            !WinHttpSetCredentials( request, target, login->scheme,
                                    login->named ? login->user : NULL,
                                    login->named ? login->password : NULL, NULL ))
            return fail( "WinHttpSetCredentials" );
    }
    return TRUE;
}

static BOOL send_once( HINTERNET request, const BYTE *body, DWORD len, BOOL *again )
{
    *again = FALSE;
    if (!WinHttpSendRequest( request, WINHTTP_NO_ADDITIONAL_HEADERS, 0, (void *)body, len, len, 0 ))
        return fail( "WinHttpSendRequest" );
    if (WinHttpReceiveResponse( request, NULL )) return TRUE;
    *again = GetLastError() == ERROR_WINHTTP_RESEND_REQUEST;
    return *again || fail( "WinHttpReceiveResponse" );
}

static BOOL get_status( HINTERNET request, DWORD *status )
{
    DWORD size = sizeof(*status);

    return WinHttpQueryHeaders( request, WINHTTP_QUERY_STATUS_CODE | WINHTTP_QUERY_FLAG_NUMBER,
                                WINHTTP_HEADER_NAME_BY_INDEX, status, &size,
                                WINHTTP_NO_HEADER_INDEX ) || fail( "WinHttpQueryHeaders" );
}

/* Whether there is something new to try. */
static BOOL choose( HINTERNET request, DWORD status, struct login logins[2] )
{
    DWORD supported, first, target;
    struct login *login;
    int i;

    if (status != HTTP_STATUS_DENIED && status != HTTP_STATUS_PROXY_AUTH_REQ) return FALSE;
    if (!WinHttpQueryAuthSchemes( request, &supported, &first, &target ))
        return fail( "WinHttpQueryAuthSchemes" );
    printf( "%lu offers", status );
    for (i = SCHEMES - 1; i >= 0; i--)
        if (supported & schemes[i].scheme) printf( " %s", schemes[i].name );
    for (i = 0; i < SCHEMES && schemes[i].scheme != first; i++) ;
    printf( ", first %s\n", i < SCHEMES ? schemes[i].name : "?" );

    login = &logins[target];
    if (login->scheme) return FALSE;
    login->scheme = strongest( login->wanted & supported );
    return login->scheme != 0;
}

/* --- what came --- */

static DWORD add_crc( DWORD crc, const BYTE *data, DWORD len )
{
    int bit;

    for (crc = ~crc; len; len--)
        for (crc ^= *data++, bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    return ~crc;
}

static BOOL report( HINTERNET request, DWORD status )
{
    static BYTE buffer[65536];
    DWORD len, size, total = 0, crc = 0;
    WCHAR user[256] = L"";

    size = sizeof(user);
    WinHttpQueryHeaders( request, WINHTTP_QUERY_CUSTOM, L"X-User", user, &size,
                         WINHTTP_NO_HEADER_INDEX );
    do
    {
        if (!WinHttpReadData( request, buffer, sizeof(buffer), &len ))
            return fail( "WinHttpReadData" );
        crc = add_crc( crc, buffer, len );
        total += len;
    } while (len);
    printf( "%lu user %ls, %lu bytes, %08lx\n", status, user, total, crc );
    return TRUE;
}

static BOOL echo( HINTERNET request )
{
    static const char text[] = "Is anybody there?";
    HINTERNET socket = WinHttpWebSocketCompleteUpgrade( request, 0 );
    WINHTTP_WEB_SOCKET_BUFFER_TYPE type;
    char buffer[64];
    DWORD len, error;

    if (!socket) return fail( "WinHttpWebSocketCompleteUpgrade" );
    error = WinHttpWebSocketSend( socket, WINHTTP_WEB_SOCKET_UTF8_MESSAGE_BUFFER_TYPE, (void *)text,
                                  strlen( text ) );
    if (!error) error = WinHttpWebSocketReceive( socket, buffer, sizeof(buffer), &len, &type );
    if (!error) printf( "echo: %.*s\n", (int)len, buffer );
    else printf( "the WebSocket failed: error %lu\n", error );
    WinHttpWebSocketClose( socket, WINHTTP_WEB_SOCKET_SUCCESS_CLOSE_STATUS, NULL, 0 );
    WinHttpCloseHandle( socket );
    return !error;
}

/* --- one request --- */

static BOOL set_options( HINTERNET request, const struct settings *settings )
{
    DWORD policy = settings->policy;

    if (settings->websocket &&
        !WinHttpSetOption( request, WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET, NULL, 0 ))
        return fail( "WINHTTP_OPTION_UPGRADE_TO_WEB_SOCKET" );
    if (settings->has_policy &&
        !WinHttpSetOption( request, WINHTTP_OPTION_AUTOLOGON_POLICY, &policy, sizeof(policy) ))
        return fail( "WINHTTP_OPTION_AUTOLOGON_POLICY" );
    return TRUE;
}

/* The address of the request is what the script is asked about. */
static BOOL find_proxy( HINTERNET session, HINTERNET request, const WCHAR *script )
{
    WINHTTP_AUTOPROXY_OPTIONS options = { WINHTTP_AUTOPROXY_CONFIG_URL, 0, script };
    WINHTTP_PROXY_INFO info;
    WCHAR url[1280];
    DWORD size = sizeof(url);
    BOOL ret;

    if (!WinHttpQueryOption( request, WINHTTP_OPTION_URL, url, &size ))
        return fail( "WINHTTP_OPTION_URL" );
    if (!WinHttpGetProxyForUrl( session, url, &options, &info ))
        return fail( "WinHttpGetProxyForUrl" );
    ret = WinHttpSetOption( request, WINHTTP_OPTION_PROXY, &info, sizeof(info) ) ||
          fail( "WINHTTP_OPTION_PROXY" );
    GlobalFree( info.lpszProxy );
    GlobalFree( info.lpszProxyBypass );
    return ret;
}

static BOOL converse( HINTERNET request, const struct settings *settings, const BYTE *body )
{
    struct login logins[2];
    DWORD status = 0;
    BOOL again;
    int i;

    memcpy( logins, settings->logins, sizeof(logins) );
    for (i = 0; i < 2 && settings->early; i++) logins[i].scheme = strongest( logins[i].wanted );
    for (i = 0, again = TRUE; again && i < MAX_SENDS; i++)
    {
        if (!give_credentials( request, logins )) return FALSE;
        if (!send_once( request, body, settings->body, &again )) return FALSE;
        if (again) continue;
        if (!get_status( request, &status )) return FALSE;
        again = choose( request, status, logins );
    }
    if (status != HTTP_STATUS_SWITCH_PROTOCOLS) return report( request, status );
    printf( "101\n" );
    return echo( request );
}

static BOOL ask( HINTERNET session, HINTERNET connection, const struct settings *settings,
                 const char *text, const BYTE *body )
{
    HINTERNET request;
    WCHAR path[1024];
    BOOL ret;

    to_wide( text, path, 1024 );
    request = WinHttpOpenRequest( connection, settings->body ? L"POST" : L"GET", path, NULL,
                                  WINHTTP_NO_REFERER, WINHTTP_DEFAULT_ACCEPT_TYPES,
                                  settings->flags );
    if (!request) return fail( "WinHttpOpenRequest" );
    ret = (!settings->script[0] || find_proxy( session, request, settings->script )) &&
          set_options( request, settings ) && converse( request, settings, body );
    WinHttpCloseHandle( request );
    return ret;
}

/* --- the command line --- */

static BOOL take_login( struct login *login, char *text )
{
    char *user = strchr( text, ':' ), *password = user ? strchr( user + 1, ':' ) : NULL;
    size_t i;

    if (user)
    {
        if (!password) return FALSE;
        *user = *password = 0;
        to_wide( user + 1, login->user, ARRAYSIZE(login->user) );
        to_wide( password + 1, login->password, ARRAYSIZE(login->password) );
        login->named = TRUE;
    }
    for (i = 0; i < ARRAYSIZE(schemes) && strcmp( text, schemes[i].name ); i++) ;
    if (i < ARRAYSIZE(schemes)) login->wanted = schemes[i].scheme;
    return login->wanted != 0;
}

static BOOL take_setting( struct settings *settings, char *word )
{
    if (!strcmp( word, "secure" )) settings->flags |= WINHTTP_FLAG_SECURE;
    else if (!strcmp( word, "websocket" )) settings->websocket = TRUE;
    else if (!strcmp( word, "early" )) settings->early = TRUE;
    else if (!strncmp( word, "body=", 5 )) settings->body = strtoul( word + 5, NULL, 10 );
    else if (!strncmp( word, "proxy=", 6 )) to_wide( word + 6, settings->proxy, 256 );
    else if (!strncmp( word, "script=", 7 )) to_wide( word + 7, settings->script, 256 );
    else if (!strncmp( word, "policy=", 7 ))
    {
        settings->policy = strtoul( word + 7, NULL, 10 );
        settings->has_policy = TRUE;
    }
    else if (!strncmp( word, "server=", 7 )) return take_login( &settings->logins[0], word + 7 );
    else if (!strncmp( word, "byproxy=", 8 )) return take_login( &settings->logins[1], word + 8 );
    else return FALSE;
    return TRUE;
}

static BYTE *make_body( DWORD len )
{
    BYTE *body = malloc( len + 1 );
    DWORD i;

    for (i = 0; body && i < len; i++) body[i] = (BYTE)(i % 251);
    return body;
}

static HINTERNET open_session( const WCHAR *proxy )
{
    if (proxy[0])
        return WinHttpOpen( L"http_login/1.0", WINHTTP_ACCESS_TYPE_NAMED_PROXY, proxy,
                            WINHTTP_NO_PROXY_BYPASS, 0 );
    return WinHttpOpen( L"http_login/1.0", WINHTTP_ACCESS_TYPE_DEFAULT_PROXY,
                        WINHTTP_NO_PROXY_NAME, WINHTTP_NO_PROXY_BYPASS, 0 );
}

int main( int argc, char **argv )
{
    static struct settings settings;
    HINTERNET session = NULL, connection = NULL;
    WCHAR host[256];
    BYTE *body;
    BOOL ok;
    int i;

    if (argc < 4) return 2;
    for (i = 3; i < argc && argv[i][0] != '/'; i++)
        if (!take_setting( &settings, argv[i] )) return 2;
    to_wide( argv[1], host, 256 );
    if ((body = make_body( settings.body )))
        session = open_session( settings.proxy );
    if (session) connection = WinHttpConnect( session, host, (WORD)atoi( argv[2] ), 0 );
    ok = connection || fail( "opening handles" );
    for (; ok && i < argc; i++) ok = ask( session, connection, &settings, argv[i], body );
    if (connection) WinHttpCloseHandle( connection );
    if (session) WinHttpCloseHandle( session );
    free( body );
    return !ok;
}
