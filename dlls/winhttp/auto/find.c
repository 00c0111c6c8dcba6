/* find - which proxies a URL is to be asked of.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auto/find.h"

#include <stdlib.h>
#include <string.h>

#include "wine/debug.h"

#include "auto/detected.h"
#include "auto/process.h"
#include "auto/question.h"
#include "auto/script.h"
#include "proto/pac_answer.h"
#include "text.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

/* The URL in question. */
struct question
{
    const WINHTTP_AUTOPROXY_OPTIONS *options; /* borrowed */
    HANDLE cancel;                            /* borrowed; may be NULL */
    WCHAR *url;   /* owned; as scripts see it */
    WCHAR *host;  /* owned; likewise, without brackets */
    BOOL secure;
    INTERNET_PORT port;
};

/* --- Answers --------------------------------------------------------------------------------- */

void auto_answer_free( struct auto_answer *answer )
{
    UINT32 i;

    for (i = 0; i < answer->count; i++) free( answer->proxies[i].host );
    free( answer->proxies );
    memset( answer, 0, sizeof(*answer) );
}

/* kind of one that a script named, for programs */
static INTERNET_SCHEME scheme_of( enum pac_kind kind )
{
    switch (kind)
    {
    case PAC_HTTP:  return INTERNET_SCHEME_HTTP;
    case PAC_HTTPS: return INTERNET_SCHEME_HTTPS;
    case PAC_SOCKS: return INTERNET_SCHEME_SOCKS;
    default:        return 0;
    }
}

static DWORD set_answer( const struct pac_answer_entry *entries, UINT32 count, BOOL bypass,
                         struct auto_answer *ret )
{
    struct auto_answer answer = { 0, calloc( count, sizeof(*answer.proxies) ), bypass };
    struct auto_proxy *proxy;

    if (!answer.proxies) return ERROR_NOT_ENOUGH_MEMORY;
    for (; answer.count < count; answer.count++)
    {
        const struct pac_answer_entry *entry = &entries[answer.count];

        proxy = &answer.proxies[answer.count];
        if (!(proxy->scheme = scheme_of( entry->kind ))) continue;
        proxy->port = entry->server.port;
        if ((proxy->host = text_widen( entry->server.host, entry->server.host_len ))) continue;
        auto_answer_free( &answer );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    *ret = answer;
    return ERROR_SUCCESS;
}

static DWORD set_direct( BOOL bypass, struct auto_answer *ret )
{
    const struct pac_answer_entry direct = { PAC_DIRECT };

    return set_answer( &direct, 1, bypass, ret );
}

/* --- Scripts --------------------------------------------------------------------------------- */

/* An answer without any proxy that makes sense is none (guess). */
static DWORD parse_answer( const WCHAR *text, struct auto_answer *ret )
{
    struct pac_answer_entry entries[PAC_ANSWER_MAX];
    char *narrow = text_narrow( text, wcslen( text ) );
    UINT32 count;
    DWORD err;

    if (!narrow) return ERROR_NOT_ENOUGH_MEMORY;
    count = pac_answer_parse( narrow, entries );
    err = count ? set_answer( entries, count, FALSE, ret ) : ERROR_WINHTTP_BAD_AUTO_PROXY_SCRIPT;
    free( narrow );
    return err;
}

/* The program named no script itself: it asks for whatever there is, with each request maybe. */
static BOOL is_calm( const WINHTTP_AUTOPROXY_OPTIONS *options )
{
    return !(options->dwFlags & (WINHTTP_AUTOPROXY_AUTO_DETECT | WINHTTP_AUTOPROXY_CONFIG_URL));
}

/* What was learnt before is not to be used. */
static BOOL wants_fresh( const struct question *question )
{
    return (question->options->dwFlags & WINHTTP_AUTOPROXY_NO_CACHE_CLIENT) != 0;
}

static DWORD ask_script( const struct question *question, const WCHAR *script_url,
                         struct auto_answer *ret )
{
    const struct script_options options =
    {
        .logon = question->options->fAutoLogonIfChallenged,
        .fresh = wants_fresh( question ),
        .calm = is_calm( question->options ),
    };
    struct script *script;
    WCHAR *text;
    DWORD err;

    if ((err = script_get( script_url, &options, question->cancel, &script ))) return err;
    /* nobody is to wait a minute for each request */
    if (options.calm && script->hung) err = ERROR_WINHTTP_SCRIPT_EXECUTION_ERROR;
    else err = process_find_proxy( script, question->url, question->host, question->cancel, &text );
    script_release( script );
    if (err) return err;
    TRACE( "%s says %s for %s\n", debugstr_w(script_url), debugstr_w(text),
           debugstr_w(question->host) );
    err = parse_answer( text, ret );
    free( text );
    return err;
}

static DWORD ask_detected( const struct question *question, DWORD flags, struct auto_answer *ret )
{
    WCHAR *script_url;
    DWORD err;

    err = detected_get( flags, wants_fresh( question ), question->cancel, &script_url );
    if (err) return err;
    if (!(err = ask_script( question, script_url, ret ))) ret->detected = TRUE;
    free( script_url );
    return err;
}

/* --- The user's settings --------------------------------------------------------------------- */

/* As sessions do with their lists (proto/proxy_list.h). */
static DWORD ask_lists( const struct question *question, const char *servers, const char *bypass,
                        struct auto_answer *ret )
{
    const char *scheme = question->secure ? "https" : "http";
    struct pac_answer_entry entry = { PAC_HTTP };
    char *host = text_narrow( question->host, wcslen( question->host ) );
    DWORD err;

    if (!host) return ERROR_NOT_ENOUGH_MEMORY;
    if (bypass && proxy_list_bypasses( bypass, scheme, host, question->port ))
        err = set_direct( TRUE, ret );
    else if (proxy_list_find( servers, scheme, &entry.server ))
        err = set_answer( &entry, 1, FALSE, ret );
    else err = set_direct( FALSE, ret );
    free( host );
    return err;
}

static DWORD ask_static( const struct question *question,
                         const WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config,
                         struct auto_answer *ret )
{
    char *servers, *bypass = NULL;
    DWORD err = ERROR_NOT_ENOUGH_MEMORY;

    if (!config->lpszProxy) return set_direct( FALSE, ret );
    servers = text_narrow( config->lpszProxy, wcslen( config->lpszProxy ) );
    if (config->lpszProxyBypass)
        bypass = text_narrow( config->lpszProxyBypass, wcslen( config->lpszProxyBypass ) );
    if (servers && (bypass || !config->lpszProxyBypass))
        err = ask_lists( question, servers, bypass, ret );
    free( servers );
    free( bypass );
    return err;
}

/* Whether the next source is to be asked. */
static BOOL may_fall_back( DWORD err )
{
    return err && err != ERROR_WINHTTP_OPERATION_CANCELLED && err != ERROR_NOT_ENOUGH_MEMORY;
}

static DWORD ask_config( const struct question *question,
                         const WINHTTP_CURRENT_USER_IE_PROXY_CONFIG *config,
                         struct auto_answer *ret )
{
    DWORD err = ERROR_WINHTTP_AUTODETECTION_FAILED, flags = question->options->dwFlags;

    if (flags & WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG)
    {
        if (config->fAutoDetect)
            err = ask_detected( question,
                                WINHTTP_AUTO_DETECT_TYPE_DHCP | WINHTTP_AUTO_DETECT_TYPE_DNS_A,
                                ret );
        if (may_fall_back( err ) && config->lpszAutoConfigUrl)
            err = ask_script( question, config->lpszAutoConfigUrl, ret );
    }
    if (may_fall_back( err ) && (flags & WINHTTP_AUTOPROXY_ALLOW_STATIC))
        err = ask_static( question, config, ret );
    return err;
}

/* A user who has no settings has none that name a proxy. */
static DWORD ask_user( const struct question *question, struct auto_answer *ret )
{
    WINHTTP_CURRENT_USER_IE_PROXY_CONFIG config;
    DWORD err;

    if (!WinHttpGetIEProxyConfigForCurrentUser( &config ))
    {
        if ((err = GetLastError()) == ERROR_NOT_ENOUGH_MEMORY) return err;
        memset( &config, 0, sizeof(config) );
    }
    err = ask_config( question, &config, ret );
    GlobalFree( config.lpszAutoConfigUrl );
    GlobalFree( config.lpszProxy );
    GlobalFree( config.lpszProxyBypass );
    return err;
}

/* --- The question ---------------------------------------------------------------------------- */

static void lower_case( WCHAR *text, size_t len )
{
    for (; len; text++, len--) if (*text >= 'A' && *text <= 'Z') *text += 'a' - 'A';
}

/* Characters of the URL from the host on that a script sees. The path of https is between the
 * program and its server: only a script that the program has named gets it (guess U13). */
static size_t visible_len( const struct question *question, const URL_COMPONENTS *parts )
{
    if (!question->secure || !is_calm( question->options )) return wcslen( parts->lpszHostName );
    return wcscspn( parts->lpszHostName, L"/?#" );
}

/* The URL for scripts: its scheme in lower case, host and path as they are written; without a
 * login, which is none of theirs (guess). */
static BOOL copy_url( struct question *question, const WCHAR *url, const URL_COMPONENTS *parts,
                      BOOL lower )
{
    size_t rest = visible_len( question, parts );
    BOOL cut = parts->lpszHostName[rest] != 0;

    question->url = calloc( parts->dwSchemeLength + 3 + rest + 2, sizeof(WCHAR) );
    if (!question->url) return FALSE;
    memcpy( question->url, url, parts->dwSchemeLength * sizeof(WCHAR) );
    lower_case( question->url, parts->dwSchemeLength );
    memcpy( question->url + parts->dwSchemeLength, L"://", 3 * sizeof(WCHAR) );
    memcpy( question->url + parts->dwSchemeLength + 3, parts->lpszHostName,
            rest * sizeof(WCHAR) );
    if (cut) question->url[parts->dwSchemeLength + 3 + rest] = '/';
    if (lower) lower_case( question->url + parts->dwSchemeLength + 3, parts->dwHostNameLength );
    return TRUE;
}

static BOOL copy_host( struct question *question, const URL_COMPONENTS *parts, BOOL lower )
{
    const WCHAR *host = parts->lpszHostName;
    size_t len = parts->dwHostNameLength;

    if (len > 2 && host[0] == '[' && host[len - 1] == ']') host++, len -= 2;
    if (!(question->host = malloc( (len + 1) * sizeof(WCHAR) ))) return FALSE;
    memcpy( question->host, host, len * sizeof(WCHAR) );
    question->host[len] = 0;
    if (lower) lower_case( question->host, len );
    return TRUE;
}

/* What is in the question is for question_free also on failure. */
static DWORD question_init( struct question *question, const WCHAR *url,
                            const WINHTTP_AUTOPROXY_OPTIONS *options, HANDLE cancel )
{
    BOOL lower = (options->dwFlags & WINHTTP_AUTOPROXY_HOST_LOWERCASE) &&
                 !(options->dwFlags & WINHTTP_AUTOPROXY_HOST_KEEPCASE);
    URL_COMPONENTS parts = { sizeof(parts) };

    memset( question, 0, sizeof(*question) );
    parts.dwSchemeLength = parts.dwHostNameLength = 1;
    if (!WinHttpCrackUrl( url, 0, 0, &parts )) return GetLastError();
    if (!parts.dwHostNameLength) return ERROR_WINHTTP_INVALID_URL;
    question->options = options;
    question->cancel = cancel;
    question->secure = parts.nScheme == INTERNET_SCHEME_HTTPS;
    question->port = parts.nPort;
    return copy_url( question, url, &parts, lower ) && copy_host( question, &parts, lower )
           ? ERROR_SUCCESS : ERROR_NOT_ENOUGH_MEMORY;
}

static void question_free( struct question *question )
{
    free( question->url );
    free( question->host );
}

/* NO_DIRECTACCESS and SORT_RESULTS concern what Wine has not: DirectAccess, and a service that
 * knows which proxies are fast. Scripts never run in this process, whatever RUN_INPROCESS says. */
static DWORD ask_sources( const struct question *question, struct auto_answer *ret )
{
    const WINHTTP_AUTOPROXY_OPTIONS *options = question->options;
    DWORD err = ERROR_WINHTTP_AUTODETECTION_FAILED;

    if (options->dwFlags & WINHTTP_AUTOPROXY_AUTO_DETECT)
        err = ask_detected( question, options->dwAutoDetectFlags, ret );
    if (may_fall_back( err ) && (options->dwFlags & WINHTTP_AUTOPROXY_CONFIG_URL))
        err = ask_script( question, options->lpszAutoConfigUrl, ret );
    if (may_fall_back( err ) && (options->dwFlags & (WINHTTP_AUTOPROXY_ALLOW_AUTOCONFIG |
                                                     WINHTTP_AUTOPROXY_ALLOW_STATIC)))
        err = ask_user( question, ret );
    return err;
}

DWORD auto_find( const WCHAR *url, const WINHTTP_AUTOPROXY_OPTIONS *options, HANDLE cancel,
                 struct auto_answer *answer )
{
    struct question question;
    DWORD err;

    if ((err = auto_question_check( url, options ))) return err;
    if (!(err = question_init( &question, url, options, cancel )))
        err = ask_sources( &question, answer );
    question_free( &question );
    return err;
}

void auto_forget( DWORD flags )
{
    TRACE( "%#lx\n", flags );
    if (flags & (WINHTTP_RESET_STATE | WINHTTP_RESET_SWPAD_CURRENT_NETWORK |
                 WINHTTP_RESET_SWPAD_ALL | WINHTTP_RESET_NOTIFY_NETWORK_CHANGED)) detected_forget();
    if (!(flags & (WINHTTP_RESET_STATE | WINHTTP_RESET_SCRIPT_CACHE))) return;
    script_forget();
    process_forget();
}
