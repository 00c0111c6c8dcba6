/* settings - what a WinHttpRequest object was told about all of its requests.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "com/settings.h"

#include "httprequest.h"

#include "charset.h"
#include "com/error.h"
#include "com/variant.h"

#define DEFAULT_PROTOCOLS \
    (WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_2 | WINHTTP_FLAG_SECURE_PROTOCOL_TLS1_3)

/* --- Options ---------------------------------------------------------------------------------- */

/* BSTR: UserAgentString. EMPTY: another's, or without a value. */
static const struct option
{
    VARTYPE type;
    LONG standard;
    LONG allowed; /* bits, of an I4; 0: any */
} options[SETTINGS_OPTIONS] =
{
    [WinHttpRequestOption_UserAgentString] = { VT_BSTR },
    [WinHttpRequestOption_URL] = { VT_EMPTY },
    [WinHttpRequestOption_URLCodePage] = { VT_I4, CP_UTF8 },
    [WinHttpRequestOption_EscapePercentInURL] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_SslErrorIgnoreFlags] = { VT_I4, 0, SECURITY_FLAG_IGNORE_ALL_CERT_ERRORS },
    [WinHttpRequestOption_SelectCertificate] = { VT_EMPTY },
    [WinHttpRequestOption_EnableRedirects] = { VT_BOOL, TRUE },
    [WinHttpRequestOption_UrlEscapeDisable] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_UrlEscapeDisableQuery] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_SecureProtocols] = { VT_I4, DEFAULT_PROTOCOLS },
    [WinHttpRequestOption_EnableTracing] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_RevertImpersonationOverSsl] = { VT_BOOL, TRUE },
    [WinHttpRequestOption_EnableHttpsToHttpRedirects] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_EnablePassportAuthentication] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_MaxAutomaticRedirects] = { VT_I4, 10 },
    [WinHttpRequestOption_MaxResponseHeaderSize] = { VT_I4, 65536 },
    [WinHttpRequestOption_MaxResponseDrainSize] = { VT_I4, 1048576 },
    [WinHttpRequestOption_EnableHttp1_1] = { VT_BOOL, TRUE },
    [WinHttpRequestOption_EnableCertificateRevocationCheck] = { VT_BOOL, FALSE },
    [WinHttpRequestOption_RejectUserpwd] = { VT_BOOL, FALSE },
};

HRESULT com_settings_get_option( const struct com_settings *settings, LONG option, VARIANT *value )
{
    BSTR text = NULL;

    if (option < 0 || option >= SETTINGS_OPTIONS || options[option].type == VT_EMPTY)
        return E_INVALIDARG;

    if (options[option].type == VT_BSTR &&
        !(text = SysAllocString( settings->user_agent )))
        return E_OUTOFMEMORY;
    VariantInit( value ); /* overwritten, not cleared: facts/url-proxy-com.md 11 */
    V_VT( value ) = options[option].type;
    switch (options[option].type)
    {
    case VT_BSTR: V_BSTR( value ) = text; break;
    case VT_BOOL: V_BOOL( value ) = settings->options[option] ? VARIANT_TRUE : VARIANT_FALSE; break;
    case VT_I4: V_I4( value ) = settings->options[option]; break;
    }
    return S_OK;
}

/* "utf-8": code pages may have a name. */
static HRESULT put_codepage_name( struct com_settings *settings, const WCHAR *name )
{
    UINT codepage;

    if (!name || FAILED(charset_find( name, &codepage ))) return E_INVALIDARG; /* a guess */
    settings->options[WinHttpRequestOption_URLCodePage] = codepage;
    return S_OK;
}

static HRESULT put_text( struct com_settings *settings, const VARIANT *value )
{
    VARIANT text;
    HRESULT hr;

    VariantInit( &text );
    if (FAILED(hr = VariantChangeType( &text, (VARIANT *)value, 0, VT_BSTR ))) return hr;
    SysFreeString( settings->user_agent );
    settings->user_agent = V_BSTR( &text );
    return S_OK;
}

static HRESULT put_number( struct com_settings *settings, LONG option, const VARIANT *value )
{
    VARIANT number;
    HRESULT hr;

    VariantInit( &number );
    if (FAILED(hr = VariantChangeType( &number, (VARIANT *)value, 0, options[option].type )))
        return hr;
    if (options[option].type == VT_BOOL)
    {
        settings->options[option] = V_BOOL( &number ) != VARIANT_FALSE;
        return S_OK;
    }
    if (options[option].allowed && (V_I4( &number ) & ~options[option].allowed))
        return E_INVALIDARG;
    settings->options[option] = V_I4( &number );
    return S_OK;
}

static HRESULT put_value( struct com_settings *settings, LONG option, const VARIANT *value )
{
    if (option < 0 || option >= SETTINGS_OPTIONS) return E_INVALIDARG;
    if (option == WinHttpRequestOption_SelectCertificate)
        return V_VT( value ) == VT_BSTR ? com_settings_set_certificate( settings, V_BSTR( value ) )
                                        : E_INVALIDARG;
    if (option == WinHttpRequestOption_URLCodePage && V_VT( value ) == VT_BSTR)
        return put_codepage_name( settings, V_BSTR( value ) );
    switch (options[option].type)
    {
    case VT_BSTR: return put_text( settings, value );
    case VT_EMPTY: return E_INVALIDARG;
    default: return put_number( settings, option, value );
    }
}

HRESULT com_settings_put_option( struct com_settings *settings, LONG option, const VARIANT *value )
{
    VARIANT direct;
    HRESULT hr;

    VariantInit( &direct );
    if (FAILED(hr = VariantCopyInd( &direct, (VARIANT *)value ))) return hr;
    hr = put_value( settings, option, &direct );
    VariantClear( &direct );
    return hr;
}

/* --- What has a method of its own ------------------------------------------------------------- */

/* A text; NULL: none. */
static HRESULT copy_text( const VARIANT *from, BSTR *to )
{
    VARIANT text;
    HRESULT hr = variant_convert( from, VT_BSTR, &text );

    *to = hr == S_OK ? V_BSTR( &text ) : NULL;
    return hr;
}

HRESULT com_settings_set_proxy( struct com_settings *settings, LONG proxy, const VARIANT *server,
                                const VARIANT *bypass )
{
    BSTR new_server, new_bypass;
    HRESULT hr;

    switch (proxy)
    {
    case HTTPREQUEST_PROXYSETTING_DEFAULT:
    case HTTPREQUEST_PROXYSETTING_DIRECT:
    case HTTPREQUEST_PROXYSETTING_PROXY:
        break;
    default:
        return E_INVALIDARG;
    }
    if (FAILED(hr = copy_text( server, &new_server ))) return hr;
    if (FAILED(hr = copy_text( bypass, &new_bypass )))
    {
        SysFreeString( new_server );
        return hr;
    }
    SysFreeString( settings->proxy_server );
    SysFreeString( settings->proxy_bypass );
    settings->proxy = proxy;
    settings->proxy_server = new_server;
    settings->proxy_bypass = new_bypass;
    return S_OK;
}

HRESULT com_settings_set_timeouts( struct com_settings *settings, const LONG timeouts[4] )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(settings->timeouts); i++)
    {
        if (timeouts[i] < -1) return E_INVALIDARG;
    }
    memcpy( settings->timeouts, timeouts, sizeof(settings->timeouts) );
    return S_OK;
}

HRESULT com_settings_set_logon_policy( struct com_settings *settings, LONG policy )
{
    if (policy < AutoLogonPolicy_Always || policy > AutoLogonPolicy_Never) return E_INVALIDARG;
    settings->logon_policy = policy;
    return S_OK;
}

static void free_login( struct settings_login *login )
{
    if (login->password)
        SecureZeroMemory( login->password, SysStringByteLen( login->password ) );
    SysFreeString( login->user );
    SysFreeString( login->password );
}

HRESULT com_settings_set_login( struct com_settings *settings, const WCHAR *user,
                                const WCHAR *password, LONG target )
{
    struct settings_login login;

    if (!user || !password || (ULONG)target >= ARRAY_SIZE(settings->logins))
        return E_INVALIDARG;
    login.user = SysAllocString( user );
    login.password = SysAllocString( password );
    if (!login.user || !login.password)
    {
        free_login( &login );
        return E_OUTOFMEMORY;
    }
    free_login( settings->logins + target );
    settings->logins[target] = login;
    return S_OK;
}

/* The part before a backslash, if it is this word; moves on behind it. */
static BOOL take_word( const WCHAR **name, const WCHAR *word )
{
    size_t len = wcslen( word );

    if (_wcsnicmp( *name, word, len ) || (*name)[len] != '\\') return FALSE;
    *name += len + 1;
    return TRUE;
}

static HCERTSTORE open_store( const WCHAR **name )
{
    DWORD location = CERT_SYSTEM_STORE_CURRENT_USER;
    const WCHAR *end;
    WCHAR store[64] = L"MY";
    size_t len;

    if (take_word( name, L"LOCAL_MACHINE" )) location = CERT_SYSTEM_STORE_LOCAL_MACHINE;
    else take_word( name, L"CURRENT_USER" );
    if ((end = wcschr( *name, '\\' )))
    {
        len = end - *name;
        if (len >= ARRAY_SIZE(store)) return NULL;
        memcpy( store, *name, len * sizeof(WCHAR) );
        store[len] = 0;
        *name = end + 1;
    }
    return CertOpenStore( CERT_STORE_PROV_SYSTEM_W, 0, 0,
                          location | CERT_STORE_READONLY_FLAG | CERT_STORE_OPEN_EXISTING_FLAG,
                          store );
}

HRESULT com_settings_set_certificate( struct com_settings *settings, const WCHAR *name )
{
    PCCERT_CONTEXT certificate;
    HCERTSTORE store;

    if (!name) name = L"";
    if (!(store = open_store( &name ))) return com_error( ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    certificate = CertFindCertificateInStore( store, X509_ASN_ENCODING, 0,
                                              *name ? CERT_FIND_SUBJECT_STR_W : CERT_FIND_ANY,
                                              *name ? name : NULL, NULL );
    CertCloseStore( store, 0 );
    if (!certificate) return com_error( ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED );
    if (settings->certificate) CertFreeCertificateContext( settings->certificate );
    settings->certificate = certificate;
    return S_OK;
}

/* --- Their life ------------------------------------------------------------------------------- */

HRESULT com_settings_init( struct com_settings *settings )
{
    static const LONG timeouts[] = { 0, 60000, 30000, 30000 };
    static const WCHAR user_agent[] =
        L"Mozilla/4.0 (compatible; Win32; WinHttp.WinHttpRequest.5)";
    UINT i;

    memset( settings, 0, sizeof(*settings) );
    memcpy( settings->timeouts, timeouts, sizeof(timeouts) );
    settings->logon_policy = AutoLogonPolicy_OnlyIfBypassProxy;
    for (i = 0; i < SETTINGS_OPTIONS; i++) settings->options[i] = options[i].standard;
    settings->user_agent = SysAllocString( user_agent );
    return settings->user_agent ? S_OK : E_OUTOFMEMORY;
}

void com_settings_forget_login( struct com_settings *settings )
{
    struct settings_login *login = settings->logins + HTTPREQUEST_SETCREDENTIALS_FOR_SERVER;

    free_login( login );
    memset( login, 0, sizeof(*login) );
}

void com_settings_free( struct com_settings *settings )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(settings->logins); i++) free_login( settings->logins + i );
    if (settings->certificate) CertFreeCertificateContext( settings->certificate );
    SysFreeString( settings->proxy_server );
    SysFreeString( settings->proxy_bypass );
    SysFreeString( settings->user_agent );
}

/* --- Applied ---------------------------------------------------------------------------------- */

DWORD com_settings_open_flags( const struct com_settings *settings )
{
    DWORD flags = 0;

    if (settings->options[WinHttpRequestOption_EscapePercentInURL])
        flags |= WINHTTP_FLAG_ESCAPE_PERCENT;
    if (settings->options[WinHttpRequestOption_UrlEscapeDisable])
        flags |= WINHTTP_FLAG_ESCAPE_DISABLE;
    if (settings->options[WinHttpRequestOption_UrlEscapeDisableQuery])
        flags |= WINHTTP_FLAG_ESCAPE_DISABLE_QUERY;
    return flags;
}

DWORD com_settings_crack_flags( const struct com_settings *settings )
{
    return settings->options[WinHttpRequestOption_RejectUserpwd] ? ICU_REJECT_USERPWD : 0;
}

static BOOL set_number( HINTERNET handle, DWORD option, DWORD value )
{
    return WinHttpSetOption( handle, option, &value, sizeof(value) );
}

/* What only a session takes, and what Open reads. A value that WinHTTP refuses has no effect. */
void com_settings_apply_session( const struct com_settings *settings, HINTERNET session )
{
    const LONG *values = settings->options;

    WinHttpSetOption( session, WINHTTP_OPTION_USER_AGENT, settings->user_agent,
                      SysStringLen( settings->user_agent ) );
    set_number( session, WINHTTP_OPTION_CODEPAGE, values[WinHttpRequestOption_URLCodePage] );
    set_number( session, WINHTTP_OPTION_SECURE_PROTOCOLS,
                values[WinHttpRequestOption_SecureProtocols] );
    set_number( session, WINHTTP_OPTION_CONFIGURE_PASSPORT_AUTH,
                values[WinHttpRequestOption_EnablePassportAuthentication]
                    ? WINHTTP_ENABLE_PASSPORT_AUTH : WINHTTP_DISABLE_PASSPORT_AUTH );
}

static DWORD redirect_policy( const LONG *values )
{
    if (!values[WinHttpRequestOption_EnableRedirects]) return WINHTTP_OPTION_REDIRECT_POLICY_NEVER;
    return values[WinHttpRequestOption_EnableHttpsToHttpRedirects]
               ? WINHTTP_OPTION_REDIRECT_POLICY_ALWAYS
               : WINHTTP_OPTION_REDIRECT_POLICY_DISALLOW_HTTPS_TO_HTTP;
}

/* PRECONFIG is what the session was opened with. */
static BOOL apply_proxy( const struct com_settings *settings, HINTERNET request )
{
    WINHTTP_PROXY_INFO info;

    if (settings->proxy == HTTPREQUEST_PROXYSETTING_DEFAULT) return TRUE;
    info.dwAccessType = WINHTTP_ACCESS_TYPE_NO_PROXY;
    info.lpszProxy = NULL;
    info.lpszProxyBypass = NULL;
    if (settings->proxy == HTTPREQUEST_PROXYSETTING_PROXY && SysStringLen( settings->proxy_server ))
    {
        info.dwAccessType = WINHTTP_ACCESS_TYPE_NAMED_PROXY;
        info.lpszProxy = settings->proxy_server;
        if (SysStringLen( settings->proxy_bypass )) info.lpszProxyBypass = settings->proxy_bypass;
    }
    return WinHttpSetOption( request, WINHTTP_OPTION_PROXY, &info, sizeof(info) );
}

static BOOL apply_security( const struct com_settings *settings, HINTERNET request )
{
    static const DWORD policies[] =
    {
        [AutoLogonPolicy_Always] = WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW,
        [AutoLogonPolicy_OnlyIfBypassProxy] = WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM,
        [AutoLogonPolicy_Never] = WINHTTP_AUTOLOGON_SECURITY_LEVEL_HIGH,
    };
    const LONG *values = settings->options;

    if (values[WinHttpRequestOption_EnableCertificateRevocationCheck])
        set_number( request, WINHTTP_OPTION_ENABLE_FEATURE, WINHTTP_ENABLE_SSL_REVOCATION );
    if (settings->certificate &&
        !WinHttpSetOption( request, WINHTTP_OPTION_CLIENT_CERT_CONTEXT,
                           (void *)settings->certificate, sizeof(*settings->certificate) ))
        return FALSE;
    return set_number( request, WINHTTP_OPTION_AUTOLOGON_POLICY, policies[settings->logon_policy] );
}

DWORD com_settings_apply_request( const struct com_settings *settings, HINTERNET request )
{
    const LONG *timeouts = settings->timeouts, *values = settings->options;
    DWORD ssl_flags = values[WinHttpRequestOption_SslErrorIgnoreFlags];

    /* not of a request for http */
    if (!set_number( request, WINHTTP_OPTION_SECURITY_FLAGS, ssl_flags ) && ssl_flags &&
        GetLastError() != ERROR_WINHTTP_INCORRECT_HANDLE_STATE)
        return GetLastError();
    set_number( request, WINHTTP_OPTION_MAX_RESPONSE_HEADER_SIZE,
                values[WinHttpRequestOption_MaxResponseHeaderSize] );
    set_number( request, WINHTTP_OPTION_MAX_RESPONSE_DRAIN_SIZE,
                values[WinHttpRequestOption_MaxResponseDrainSize] );
    set_number( request, WINHTTP_OPTION_MAX_HTTP_AUTOMATIC_REDIRECTS,
                values[WinHttpRequestOption_MaxAutomaticRedirects] );
    if (!WinHttpSetTimeouts( request, timeouts[0], timeouts[1], timeouts[2], timeouts[3] ) ||
        !set_number( request, WINHTTP_OPTION_REDIRECT_POLICY, redirect_policy( values ) ) ||
        !apply_proxy( settings, request ) || !apply_security( settings, request ))
        return GetLastError();
    return ERROR_SUCCESS;
}

void com_settings_get_logins( const struct com_settings *settings,
                              struct login_credentials logins[2] )
{
    UINT i;

    for (i = 0; i < ARRAY_SIZE(settings->logins); i++)
    {
        logins[i].user = settings->logins[i].user;
        logins[i].password = settings->logins[i].password;
    }
}
