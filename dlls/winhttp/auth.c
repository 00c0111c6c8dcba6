/* auth - WinHttpSetCredentials, WinHttpQueryAuthSchemes, Basic and Digest.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "winnls.h"

#include "net/resolve.h"
#include "proto/base64.h"
#include "proto/http_token.h"
#include "request.h"
#include "response.h"
#include "text.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    /* Digest takes two at most, a stale nonce and its successor; connection-bound schemes three.
     * A server that goes on asking would keep us for ever. */
    MAX_ANSWERS = 5,

    CNONCE_BYTES = 16, /* random: cannot be guessed, nor met twice */
};

/* By target. */
static const struct
{
    UINT16 status;
    const char *challenge, *answer;
    DWORD option;      /* of request->credentials */
}
targets[AUTH_TARGETS] =
{
    { 401, "WWW-Authenticate", "Authorization", 0 },
    { 407, "Proxy-Authenticate", "Proxy-Authorization", 2 },
};

static const struct { const char *name; DWORD scheme; } schemes[] =
{
    { "Basic", WINHTTP_AUTH_SCHEME_BASIC },
    { "NTLM", WINHTTP_AUTH_SCHEME_NTLM },
    { "Passport1.4", WINHTTP_AUTH_SCHEME_PASSPORT },
    { "Digest", WINHTTP_AUTH_SCHEME_DIGEST },
    { "Negotiate", WINHTTP_AUTH_SCHEME_NEGOTIATE },
};

static BOOL is_scheme( DWORD scheme )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
        if (schemes[i].scheme == scheme) return TRUE;
    return FALSE;
}

/* 0: one that we do not know, such as Bearer. */
static DWORD scheme_of( const struct http_challenge *challenge )
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(schemes); i++)
    {
        if (http_token_equal( challenge->scheme, challenge->scheme_len, schemes[i].name,
                              strlen( schemes[i].name ) ))
            return schemes[i].scheme;
    }
    return 0;
}

void auth_init( struct auth auth[AUTH_TARGETS] )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++) http_digest_init( &auth[i].digest, &allocator_libc );
}

static void free_secret( WCHAR **text )
{
    if (*text) SecureZeroMemory( *text, wcslen( *text ) * sizeof(**text) );
    free( *text );
    *text = NULL;
}

static void forget_login( struct auth *auth )
{
    free_secret( &auth->user );
    free_secret( &auth->password );
    auth->scheme = 0;
    auth->spent = FALSE;
}

static void forget_tokens( struct auth *auth )
{
    auth_sspi_destroy( auth->sspi );
    auth->sspi = NULL;
    free( auth->token );
    auth->token = NULL;
    free( auth->token_value );
    auth->token_value = NULL;
    auth->token_state = AUTH_TOKEN_NONE;
    auth->over = FALSE;
}

void auth_free( struct auth auth[AUTH_TARGETS] )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        forget_login( &auth[i] );
        forget_tokens( &auth[i] );
        http_digest_clear( &auth[i].digest );
        free( auth[i].host );
    }
}

/* --- whose credentials, and for whom --- */

struct login
{
    DWORD scheme;
    const WCHAR *user, *password;
};

/* The intranet, as far as a name tells: no dots, no address. */
static BOOL is_intranet( const char *host )
{
    return !strpbrk( host, ".:" );
}

/* The schemes by which the user whom the process runs as may be logged in without being asked
 * (facts/http.md 11; what the intranet is, is a guess). */
static DWORD default_schemes( const struct request *request, DWORD target )
{
    static const DWORD schemes = WINHTTP_AUTH_SCHEME_NTLM | WINHTTP_AUTH_SCHEME_NEGOTIATE;
    BOOL proxy = target == WINHTTP_AUTH_TARGET_PROXY;

    switch (request->autologon)
    {
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_LOW:
        return schemes;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_MEDIUM:
        return proxy || is_intranet( request->key.host ) ? schemes : 0;
    case WINHTTP_AUTOLOGON_SECURITY_LEVEL_PROXY_ONLY:
        return proxy ? schemes : 0;
    default:
        return 0;
    }
}

/* WinHttpSetCredentials's beat the options', whatever the order (facts/http.md 11). FALSE: none. */
static BOOL get_login( const struct request *request, DWORD target, struct login *login )
{
    const struct auth *auth = &request->auth[target];
    WCHAR *const *options = request->credentials + targets[target].option;

    if (auth->scheme)
    {
        *login = (struct login){ auth->scheme, auth->user, auth->password };
        return TRUE;
    }
    if (options[0] && *options[0])
        *login = (struct login){ auth->chosen, options[0], options[1] ? options[1] : L"" };
    else
        *login = (struct login){ auth->chosen & default_schemes( request, target ), NULL, NULL };
    return login->scheme != 0;
}

/* Those of a proxy must not go to a server, nor those of a server to a proxy that only makes the
 * tunnel. */
static BOOL is_on_the_way( const struct request *request, DWORD target )
{
    BOOL tunnelling = request_is_tunnelling( request );

    if (target == WINHTTP_AUTH_TARGET_SERVER) return !tunnelling;
    return request->key.proxy_host && (tunnelling || !request->key.tunnel);
}

/* Whom the credentials of that target are for. */
static const char *peer( const struct conn_key *key, DWORD target, UINT16 *port, BOOL *secure )
{
    *secure = target == WINHTTP_AUTH_TARGET_SERVER && key->secure;
    if (target == WINHTTP_AUTH_TARGET_PROXY) return conn_key_peer( key, port );
    *port = key->port;
    return key->host;
}

static BOOL bind( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    UINT16 port;
    BOOL secure;
    char *host;

    if (!(host = _strdup( peer( &request->key, target, &port, &secure ) ))) return FALSE;
    free( auth->host );
    auth->host = host;
    auth->port = port;
    auth->secure = secure;
    auth->rebind = FALSE;
    return TRUE;
}

static BOOL is_bound( const struct request *request, DWORD target )
{
    const struct auth *auth = &request->auth[target];
    UINT16 port;
    BOOL secure;
    const char *host = peer( &request->key, target, &port, &secure );

    return auth->host && !strcmp( auth->host, host ) && auth->port == port &&
           auth->secure == secure;
}

void auth_rebind( struct request *request, DWORD target )
{
    request->auth[target].rebind = TRUE;
}

void auth_begin( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        struct auth *auth = &request->auth[i];

        forget_tokens( auth );
        auth->answers = 0;
        auth->unusable = 0;
        object_lock( &request->object );
        if (auth->spent) forget_login( auth );
        object_unlock( &request->object );
    }
}

/* --- answers --- */

/* Latin-1 as long as that can say it (guess U25), UTF-8 where it cannot or was asked for. */
static char *to_bytes( const WCHAR *text, BOOL utf8 )
{
    size_t len = wcslen( text ), i;
    char *ret;
    int size;

    for (i = 0; i < len && !utf8; i++) utf8 = text[i] > 0xff;
    if (!utf8) return text_narrow( text, len );
    size = WideCharToMultiByte( CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL );
    if (!(ret = malloc( size ))) return NULL;
    WideCharToMultiByte( CP_UTF8, 0, text, -1, ret, size, NULL, NULL );
    return ret;
}

static void free_bytes( char *text )
{
    if (text) SecureZeroMemory( text, strlen( text ) );
    free( text );
}

/* "Basic " and the base64 of "user:password" (RFC 7617); NULL: no memory. */
static char *basic_value( const char *user, const char *password )
{
    static const char prefix[] = "Basic ";
    size_t len = strlen( user ) + 1 + strlen( password );
    size_t prefix_len = strlen( prefix );
    char *pair, *value = NULL;

    if (!(pair = malloc( len + 1 ))) return NULL;
    sprintf( pair, "%s:%s", user, password );
    if ((value = malloc( prefix_len + base64_size( len ) + 1 )))
    {
        memcpy( value, prefix, prefix_len );
        base64_encode( (BYTE *)pair, len, value + prefix_len );
        value[prefix_len + base64_size( len )] = 0;
    }
    free_bytes( pair );
    return value;
}

static int hash( void *context, enum http_digest_algorithm algorithm, const void *data, size_t len,
                 uint8_t out[HTTP_DIGEST_MAX_HASH] )
{
    UINT32 which = algorithm == HTTP_DIGEST_MD5 ? UNIX_HASH_MD5 : UNIX_HASH_SHA256;

    (void)context;
    return !net_hash( which, data, len, out );
}

/* *value stays NULL if the challenge cannot be answered. FALSE: no memory. */
static BOOL digest_value( struct request *request, struct auth *auth, const char *user,
                          const char *password, char **value )
{
    BOOL for_proxy = auth == &request->auth[WINHTTP_AUTH_TARGET_PROXY] && request->wire_target;
    BOOL tunnelling = for_proxy && request_is_tunnelling( request );
    struct http_digest_login login = { user, password, tunnelling ? "CONNECT" : request->verb,
                                       for_proxy ? request->wire_target : request->target };
    enum http_digest_status status;
    char cnonce[2 * CNONCE_BYTES + 1];
    BYTE random[CNONCE_BYTES];
    size_t i;

    if (!auth->digest.nonce || net_random( random, sizeof(random) )) return TRUE;
    for (i = 0; i < sizeof(random); i++) sprintf( cnonce + 2 * i, "%02x", random[i] );
    login.cnonce = cnonce;
    status = http_digest_answer( &auth->digest, &login, hash, NULL, value );
    if (status) WARN( "%p: no Digest answer, reason %d\n", request->object.handle, status );
    return status != HTTP_DIGEST_ERR_MEMORY;
}

/* The value of the answer by that scheme. *value stays NULL if there is none. FALSE: no memory. */
static BOOL answer_value( struct request *request, struct auth *auth, const struct login *login,
                          char **value )
{
    BOOL digest = login->scheme == WINHTTP_AUTH_SCHEME_DIGEST;
    BOOL utf8 = digest ? auth->digest.utf8 : auth->utf8;
    char *user, *password;
    BOOL ret = FALSE;

    if (auth_sspi_knows( login->scheme ))
    {
        /* it is kept, for the case that the leg has to be sent on another connection */
        if (auth->token_value) *value = _strdup( auth->token_value );
        return !auth->token_value || *value;
    }
    if (!digest && login->scheme != WINHTTP_AUTH_SCHEME_BASIC) return TRUE;
    user = to_bytes( login->user, utf8 );
    password = to_bytes( login->password, utf8 );
    if (user && password)
    {
        if (digest) ret = digest_value( request, auth, user, password, value );
        else ret = (*value = basic_value( user, password )) != NULL;
    }
    free_bytes( user );
    free_bytes( password );
    return ret;
}

static BOOL add_answer( struct request *request, DWORD target )
{
    const char *name = targets[target].answer;
    struct auth *auth = &request->auth[target];
    struct login login;
    char *value = NULL;
    BOOL ret;

    auth->sent = 0;
    if (!is_on_the_way( request, target )) return TRUE;
    if (http_headers_find( &request->headers, name, 0 )) return TRUE;
    if ((auth->rebind || !auth->host) && !bind( request, target )) return FALSE;
    if (!is_bound( request, target ) || !get_login( request, target, &login )) return TRUE;
    if (!answer_value( request, auth, &login, &value )) return FALSE;
    if (!value) return TRUE;
    auth->sent = login.scheme;
    ret = !http_headers_add( &request->automatic, name, strlen( name ), value, strlen( value ) );
    free_bytes( value );
    return ret;
}

BOOL auth_add( struct request *request )
{
    return add_answer( request, WINHTTP_AUTH_TARGET_SERVER ) &&
           add_answer( request, WINHTTP_AUTH_TARGET_PROXY );
}

/* --- challenges --- */

/* WINHTTP_AUTH_TARGET_* whose challenge the response is, or AUTH_TARGETS. */
static DWORD challenged_target( const struct request *request )
{
    DWORD target;

    for (target = 0; target < AUTH_TARGETS; target++)
        if (request->response.status == targets[target].status) break;
    return target;
}

/* Calls back for each challenge of a known scheme, in order. */
static void for_each_challenge( const struct request *request, DWORD target,
                                void (*found)( const struct http_challenge *challenge,
                                               DWORD scheme, void *context ),
                                void *context )
{
    const struct http_header *field;
    struct http_challenge challenge;
    size_t i;

    for (i = 0; (field = http_headers_find( &request->response.headers,
                                            targets[target].challenge, i )); i++)
    {
        const char *text = field->value;
        size_t len = field->value_len;
        DWORD scheme;

        while (http_challenge_next( &text, &len, &challenge ))
            if ((scheme = scheme_of( &challenge ))) found( &challenge, scheme, context );
    }
}

struct offer
{
    struct auth *auth;
    DWORD schemes;      /* that we could answer by, or know at least */
    DWORD with_token;   /* scheme that came with one; it is in auth->token */
};

/* The server's half of a login that is under way. */
static void take_token( const struct http_challenge *challenge, DWORD scheme, struct offer *offer )
{
    struct auth *auth = offer->auth;
    BYTE *token;

    if (auth->sent != scheme || !challenge->token_len) return;
    if (!(token = malloc( challenge->token_len ))) return;
    if (base64_decode( challenge->token, challenge->token_len, token, &auth->token_len ))
    {
        free( auth->token );
        auth->token = token;
        offer->with_token = scheme;
    }
    else free( token );
}

static void take_challenge( const struct http_challenge *challenge, DWORD scheme, void *context )
{
    struct offer *offer = context;
    char charset[6];
    size_t len;

    if (scheme == WINHTTP_AUTH_SCHEME_DIGEST)
    {
        /* the first that we can answer: servers name the better first (RFC 7616 3.7) */
        if (offer->schemes & scheme) return;
        if (http_digest_take( &offer->auth->digest, challenge )) return;
    }
    if (scheme == WINHTTP_AUTH_SCHEME_BASIC)
        offer->auth->utf8 = http_challenge_param( challenge, "charset", charset, sizeof(charset),
                                                  &len ) &&
                            http_token_equal( charset, min( len, sizeof(charset) ), "UTF-8", 5 );
    if (auth_sspi_knows( scheme )) take_token( challenge, scheme, offer );
    offer->schemes |= scheme;
}

/* The best of those offered (a guess, for credentials that come without a scheme). */
static DWORD choose_scheme( DWORD offered )
{
    static const DWORD order[] =
    {
        WINHTTP_AUTH_SCHEME_NEGOTIATE, WINHTTP_AUTH_SCHEME_NTLM, WINHTTP_AUTH_SCHEME_DIGEST,
        WINHTTP_AUTH_SCHEME_BASIC,
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(order); i++)
        if (offered & order[i]) return order[i];
    return 0;
}

/* Was it answered in that way already, and refused? */
static BOOL is_refused( const struct auth *auth, DWORD scheme, const struct offer *offer )
{
    if (auth->sent != scheme) return FALSE;
    if (auth_sspi_knows( scheme )) return offer->with_token != scheme;
    return scheme != WINHTTP_AUTH_SCHEME_DIGEST || !auth->digest.stale;
}

/* Only what the program gave to SendRequest is still at hand. */
static BOOL can_send_again( const struct request *request )
{
    if (request_is_tunnelling( request )) return TRUE; /* nothing has been sent yet */
    return upload_is_at_hand( request );
}

/* A login that takes several legs cannot be left to the program, which sends again on whatever
 * connection comes. */
static BOOL can_log_in( const struct request *request )
{
    if (request_is_tunnelling( request )) return TRUE;
    if (can_send_again( request ) && request->upload.framing != UPLOAD_RAW) return TRUE;
    FIXME( "%p: no login by tokens with a body that was written\n", request->object.handle );
    return FALSE;
}

/* Takes the challenges. The scheme to answer by, 0 if none. */
static DWORD answerable_scheme( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    struct offer offer = { auth, 0, 0 };
    struct login login;

    for_each_challenge( request, target, take_challenge, &offer );
    if (request->disabled & WINHTTP_DISABLE_AUTHENTICATION) return 0;
    if (http_headers_find( &request->headers, targets[target].answer, 0 )) return 0;
    auth->chosen = offer.with_token ? offer.with_token
                                    : choose_scheme( offer.schemes & ~auth->unusable );
    if (!get_login( request, target, &login ) || !is_bound( request, target )) return 0;
    if (!(login.scheme & offer.schemes & ~auth->unusable)) return 0;
    if (is_refused( auth, login.scheme, &offer )) return 0;
    if (login.scheme == WINHTTP_AUTH_SCHEME_PASSPORT)
    {
        FIXME( "%p: Passport is not answered\n", request->object.handle );
        return 0;
    }
    if (auth_sspi_knows( login.scheme ) && !can_log_in( request )) return 0;
    return auth->answers++ < MAX_ANSWERS ? login.scheme : 0;
}

/* The context that makes the tokens; on a first leg it is a new one. FALSE: no memory. */
static BOOL prepare_token( struct request *request, DWORD target, DWORD scheme )
{
    struct auth *auth = &request->auth[target];
    struct login login;

    get_login( request, target, &login );
    if (auth->sent != scheme) forget_tokens( auth );
    if (!auth->sspi)
        auth->sspi = auth_sspi_create( scheme, login.user, login.password, auth->host );
    auth->token_state = auth->sspi ? AUTH_TOKEN_WANTED : AUTH_TOKEN_NONE;
    return auth->sspi != NULL;
}

/* The program knows nothing of a login by default credentials. When that ends midway it must see
 * the first denial, with all the schemes that the server offers: the request goes out once more
 * as it was. */
static BOOL is_silent( const struct request *request, DWORD target )
{
    const WCHAR *user = request->credentials[targets[target].option];

    return !request->auth[target].scheme && (!user || !*user);
}

static enum auth_verdict judge_challenge( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    DWORD scheme;

    if (auth->token_state == AUTH_TOKEN_READY)
    {
        auth->token_state = AUTH_TOKEN_NONE;
        if (auth->token_value) return AUTH_ANSWER;
        /* this system cannot do that scheme; another may do */
        auth->unusable |= auth->scheme ? auth->scheme : auth->chosen;
        forget_tokens( auth );
        if (is_silent( request, target ) && auth->sent) return AUTH_ANSWER;
    }
    if (!(scheme = answerable_scheme( request, target ))) return AUTH_ACCEPT;
    if (auth_sspi_knows( scheme ))
        return prepare_token( request, target, scheme ) ? AUTH_TASK : AUTH_ACCEPT;
    return can_send_again( request ) ? AUTH_ANSWER : AUTH_RESEND;
}

/* A proxy that no longer asks knows who we are: its connection needs no more tokens, and the next
 * one begins anew. */
static void note_passed( struct auth *auth )
{
    free( auth->token_value );
    auth->token_value = NULL;
    auth->answers = 0;
}

void auth_tunnel_stands( struct request *request )
{
    note_passed( &request->auth[WINHTTP_AUTH_TARGET_PROXY] );
}

enum auth_verdict auth_judge( struct request *request )
{
    enum auth_verdict verdict = AUTH_ACCEPT;
    DWORD target = challenged_target( request );
    size_t i;

    object_lock( &request->object );
    if (target != WINHTTP_AUTH_TARGET_PROXY)
        note_passed( &request->auth[WINHTTP_AUTH_TARGET_PROXY] );
    if (target < AUTH_TARGETS && is_on_the_way( request, target ))
        verdict = judge_challenge( request, target );
    for (i = 0; i < AUTH_TARGETS && verdict == AUTH_ACCEPT; i++) request->auth[i].spent = TRUE;
    object_unlock( &request->object );
    return verdict;
}

void auth_task( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        struct auth *auth = &request->auth[i];

        if (auth->token_state != AUTH_TOKEN_WANTED) continue;
        free( auth->token_value );
        auth->token_value = auth_sspi_step( auth->sspi, auth->token, auth->token_len );
        auth->token_state = AUTH_TOKEN_READY;
    }
}

BOOL auth_binds( const struct request *request )
{
    return request->auth[WINHTTP_AUTH_TARGET_SERVER].sspi ||
           request->auth[WINHTTP_AUTH_TARGET_PROXY].sspi;
}

BOOL auth_goes_on( const struct request *request )
{
    const struct auth *proxy = &request->auth[WINHTTP_AUTH_TARGET_PROXY];

    return request->auth[WINHTTP_AUTH_TARGET_SERVER].token_value || (proxy->sspi && !proxy->over);
}

void auth_stop( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        free( request->auth[i].token_value );
        request->auth[i].token_value = NULL;
        request->auth[i].over = TRUE;
    }
}

void auth_unbind( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++) forget_tokens( &request->auth[i] );
}

/* --- WinHttpQueryAuthSchemes --- */

struct query
{
    DWORD supported, first;
};

static void count_challenge( const struct http_challenge *challenge, DWORD scheme, void *context )
{
    struct query *query = context;

    (void)challenge;
    if (!query->first) query->first = scheme;
    query->supported |= scheme;
}

static DWORD query_schemes( struct request *request, DWORD *supported, DWORD *first, DWORD *target )
{
    struct query query = { 0, 0 };
    DWORD challenged;

    object_lock( &request->object );
    response_wait_locked( request );
    challenged = challenged_target( request );
    if (challenged < AUTH_TARGETS)
        for_each_challenge( request, challenged, count_challenge, &query );
    object_unlock( &request->object );

    if (!query.supported) return ERROR_INVALID_OPERATION;
    *supported = query.supported;
    *first = query.first;
    *target = challenged;
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpQueryAuthSchemes( HINTERNET handle, LPDWORD supported, LPDWORD first,
                                     LPDWORD target )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %p, %p, %p\n", handle, supported, first, target );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        if (!supported || !first || !target) error = ERROR_INVALID_PARAMETER;
        else error = query_schemes( request_from_object( object ), supported, first, target );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}

/* --- WinHttpSetCredentials --- */

static DWORD check_login( DWORD target, DWORD scheme, const WCHAR *user, const WCHAR *password )
{
    if (target >= AUTH_TARGETS || !is_scheme( scheme )) return ERROR_INVALID_PARAMETER;
    if (scheme != WINHTTP_AUTH_SCHEME_BASIC && scheme != WINHTTP_AUTH_SCHEME_DIGEST)
        return ERROR_SUCCESS;
    return user && password ? ERROR_SUCCESS : ERROR_INVALID_PARAMETER;
}

static DWORD set_login( struct request *request, DWORD target, DWORD scheme, const WCHAR *user,
                        const WCHAR *password )
{
    struct auth *auth = &request->auth[target];
    WCHAR *user_copy = user ? wcsdup( user ) : NULL;
    WCHAR *password_copy = password ? wcsdup( password ) : NULL;

    if ((user && !user_copy) || (password && !password_copy))
    {
        free_secret( &user_copy );
        free_secret( &password_copy );
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    object_lock( &request->object );
    forget_login( auth );
    auth->scheme = scheme;
    auth->user = user_copy;
    auth->password = password_copy;
    auth->rebind = TRUE;
    object_unlock( &request->object );
    return ERROR_SUCCESS;
}

BOOL WINAPI WinHttpSetCredentials( HINTERNET handle, DWORD target, DWORD scheme, LPCWSTR user,
                                   LPCWSTR password, LPVOID params )
{
    struct object *object;
    DWORD error;

    TRACE( "%p, %lu, %#lx, %s, %p, %p\n", handle, target, scheme, user ? "a name" : "no name",
           password, params );

    if ((object = handle_get_typed( handle, OBJECT_REQUEST, &error )))
    {
        if (!(error = check_login( target, scheme, user, password )))
            error = set_login( request_from_object( object ), target, scheme, user, password );
        object_release( object );
    }
    SetLastError( error );
    return !error;
}
