/* settings - what a WinHttpRequest object was told about all of its requests.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of all that it was told.
 * Threads: the apartment's.
 * Fails:   HRESULTs for what a program gave; ERROR_* codes of WinHTTP when applied.
 *
 * facts/url-proxy-com.md 11 (SetProxy, SetTimeouts, SetCredentials, ...) and 13 (options). They
 * live as long as the object and reach a request when it is sent, but for those that Open reads.
 */

#ifndef WINHTTP_COM_SETTINGS_H
#define WINHTTP_COM_SETTINGS_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"
#include "objbase.h"
#include "oleauto.h"
#include "wincrypt.h"
#include "winhttp.h"

#include "com/login.h"

#define SETTINGS_OPTIONS 20 /* WinHttpRequestOption_*, from 0 */

struct settings_login
{
    BSTR user;     /* owned; NULL: none */
    BSTR password; /* owned */
};

struct com_settings
{
    LONG proxy;             /* HTTPREQUEST_PROXYSETTING_* */
    BSTR proxy_server;      /* owned, may be NULL */
    BSTR proxy_bypass;      /* owned, may be NULL */
    LONG timeouts[4];       /* ms: resolve, connect, send, receive */
    LONG logon_policy;      /* AutoLogonPolicy_* */
    struct settings_login logins[2]; /* by HTTPREQUEST_SETCREDENTIALS_FOR_* */
    PCCERT_CONTEXT certificate;      /* owned, NULL: none was chosen */
    BSTR user_agent;        /* owned */
    LONG options[SETTINGS_OPTIONS];  /* those that are a number or a BOOL */
};

HRESULT com_settings_init( struct com_settings *settings );
void com_settings_free( struct com_settings *settings );

HRESULT com_settings_set_proxy( struct com_settings *settings, LONG proxy, const VARIANT *server,
                                const VARIANT *bypass );
HRESULT com_settings_set_timeouts( struct com_settings *settings, const LONG timeouts[4] );
HRESULT com_settings_set_logon_policy( struct com_settings *settings, LONG policy );
HRESULT com_settings_set_login( struct com_settings *settings, const WCHAR *user,
                                const WCHAR *password, LONG target );
/* The server's, which is not the next one's. */
void com_settings_forget_login( struct com_settings *settings );
/* "[LOCAL_MACHINE|CURRENT_USER\]store\subject"; NULL or "": the first of CURRENT_USER\MY. */
HRESULT com_settings_set_certificate( struct com_settings *settings, const WCHAR *name );

/* All but WinHttpRequestOption_URL, which is the transfer's. */
HRESULT com_settings_get_option( const struct com_settings *settings, LONG option, VARIANT *value );
HRESULT com_settings_put_option( struct com_settings *settings, LONG option, const VARIANT *value );

/* The flags of WinHttpOpenRequest, and of WinHttpCrackUrl, that the options ask for. */
DWORD com_settings_open_flags( const struct com_settings *settings );
DWORD com_settings_crack_flags( const struct com_settings *settings );

/* What a session, and a request before each Send, must be told. */
void com_settings_apply_session( const struct com_settings *settings, HINTERNET session );
DWORD com_settings_apply_request( const struct com_settings *settings, HINTERNET request );

/* Of the object's logins; borrowed until the next call of this module. */
void com_settings_get_logins( const struct com_settings *settings,
                              struct login_credentials logins[2] );

#endif
