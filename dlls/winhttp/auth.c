/* auth - the course of a login: answers go out, challenges are judged.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "auth.h"

#include <stdlib.h>
#include <string.h>

#include "auth_answer.h"
#include "auth_challenge.h"
#include "auth_login.h"
#include "proto/base64.h"
#include "proto/http_token.h"
#include "request.h"

#include "wine/debug.h"

WINE_DEFAULT_DEBUG_CHANNEL(winhttp);

enum
{
    /* Digest takes two at most, a stale nonce and its successor; connection-bound schemes three.
     * A server that goes on asking would keep us for ever. */
    MAX_ANSWERS = 5,
};

void auth_init( struct auth auth[AUTH_TARGETS] )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++) http_digest_init( &auth[i].digest, &allocator_libc );
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
}

void auth_free( struct auth auth[AUTH_TARGETS] )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        auth_login_forget( &auth[i] );
        forget_tokens( &auth[i] );
        http_digest_clear( &auth[i].digest );
        free( auth[i].host );
        free( auth[i].service );
    }
}

/* Those of a proxy must not go to a server, nor those of a server to a proxy that only makes the
 * tunnel. */
static BOOL is_on_the_way( const struct request *request, DWORD target )
{
    BOOL tunnelling = request_is_tunnelling( request );

    if (target == WINHTTP_AUTH_TARGET_SERVER) return !tunnelling;
    return request->key.proxy_host && (tunnelling || !request->key.tunnel);
}

static void begin_anew( struct auth *auth )
{
    forget_tokens( auth );
    auth->answers = 0;
    auth->unusable = 0;
    if (auth->spent) auth_login_forget( auth );
}

void auth_begin( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        struct auth *auth = &request->auth[i];

        object_lock( &request->object );
        if (!request->resend || auth->rebind) begin_anew( auth );
        object_unlock( &request->object );
    }
    request->resend = FALSE;
}

/* --- answers --- */

/* WINHTTP_OPTION_DISABLE_PROXY_AUTH_SCHEMES */
static DWORD disabled_schemes( const struct request *request, DWORD target )
{
    return target == WINHTTP_AUTH_TARGET_PROXY ? request->settings.proxy_schemes_off : 0;
}

static BOOL add_answer( struct request *request, DWORD target )
{
    const char *name = auth_targets[target].answer;
    struct auth *auth = &request->auth[target];
    struct auth_login login;
    char *value = NULL;
    BOOL ret;

    auth->sent = 0;
    if (!is_on_the_way( request, target )) return TRUE;
    if (http_headers_find( &request->headers, name, 0 )) return TRUE;
    if (!auth_login_bind( request, target )) return FALSE;
    if (!auth_login_get( request, target, &login )) return TRUE;
    if (login.scheme & disabled_schemes( request, target )) return TRUE;
    if (!auth_answer_value( request, target, &login, &value )) return FALSE;
    if (!value) return TRUE;
    auth->sent = login.scheme;
    if (auth_sspi_knows( login.scheme )) request->conn->bound = TRUE;
    ret = !http_headers_add( &request->automatic, name, strlen( name ), value, strlen( value ) );
    auth_answer_free( value );
    return ret;
}

BOOL auth_add( struct request *request )
{
    return add_answer( request, WINHTTP_AUTH_TARGET_SERVER ) &&
           add_answer( request, WINHTTP_AUTH_TARGET_PROXY );
}

/* --- challenges --- */

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

/* Takes the challenges. The scheme to answer by, 0 if none. */
static DWORD answerable_scheme( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    struct offer offer = { auth, 0, 0 };
    struct auth_login login;

    auth_challenge_each( request, target, take_challenge, &offer );
    offer.schemes &= ~disabled_schemes( request, target );
    if (request->disabled & WINHTTP_DISABLE_AUTHENTICATION) return 0;
    if (http_headers_find( &request->headers, auth_targets[target].answer, 0 )) return 0;
    auth->chosen = offer.with_token ? offer.with_token
                                    : choose_scheme( offer.schemes & ~auth->unusable );
    if (!auth_login_get( request, target, &login )) return 0;
    if (!(login.scheme & offer.schemes & ~auth->unusable)) return 0;
    if (is_refused( auth, login.scheme, &offer )) return 0;
    if (target == WINHTTP_AUTH_TARGET_PROXY && login.scheme == WINHTTP_AUTH_SCHEME_BASIC)
        proxy_note_basic( request );
    if (login.scheme == WINHTTP_AUTH_SCHEME_PASSPORT)
    {
        FIXME( "%p: Passport is not answered\n", request->object.handle );
        return 0;
    }
    return auth->answers++ < MAX_ANSWERS ? login.scheme : 0;
}

/* For WINHTTP_OPTION_SERVER_SPN_USED, which is not worth failing for. */
static void note_service( struct auth *auth )
{
    free( auth->service );
    auth->service = auth->sspi ? wcsdup( auth_sspi_service( auth->sspi ) ) : NULL;
}

/* The context that makes the tokens; on a first leg it is a new one. FALSE: no memory. */
static BOOL prepare_token( struct request *request, DWORD target, DWORD scheme )
{
    struct auth *auth = &request->auth[target];
    struct auth_login login;
    UINT16 port;

    auth_login_get( request, target, &login );
    if (auth->sent != scheme) forget_tokens( auth );
    if (!auth->sspi)
    {
        const char *host = auth_login_peer( request, target, &port );

        auth->sspi = auth_sspi_create( scheme, login.user, login.password, host,
                                       request->spn_port ? port : 0 );
        note_service( auth );
    }
    auth->token_state = auth->sspi ? AUTH_TOKEN_WANTED : AUTH_TOKEN_NONE;
    return auth->sspi != NULL;
}

static enum auth_verdict send_again( const struct request *request )
{
    return can_send_again( request ) || auth_only_asks( request ) ? AUTH_ANSWER : AUTH_RESEND;
}

/* When a login that the program knows nothing of ends midway it must see the first denial, with all
 * the schemes that the server offers: the request goes out once more as it was. */
static enum auth_verdict judge_challenge( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    DWORD scheme;

    if (auth->token_state == AUTH_TOKEN_READY)
    {
        auth->token_state = AUTH_TOKEN_NONE;
        if (auth->token_value) return send_again( request );
        /* this system cannot do that scheme; another may do */
        auth->unusable |= auth->scheme ? auth->scheme : auth->chosen;
        forget_tokens( auth );
        if (auth_login_is_silent( request, target ) && auth->sent) return send_again( request );
    }
    if (!(scheme = answerable_scheme( request, target ))) return AUTH_ACCEPT;
    if (auth_sspi_knows( scheme ))
        return prepare_token( request, target, scheme ) ? AUTH_TASK : AUTH_ACCEPT;
    return send_again( request );
}

/* A leg without the body was not denied: what it brought is no answer to the request, which goes
 * out as a whole now. That scheme is not tried again. */
static enum auth_verdict judge_opening( struct request *request )
{
    size_t i;

    WARN( "%p: no challenge for NTLM's first message\n", request->object.handle );
    for (i = 0; i < AUTH_TARGETS; i++) request->auth[i].unusable |= request->auth[i].sent;
    return send_again( request );
}

/* The nonce for the next Digest answer; a field without one is as good as none. */
static void take_info( struct request *request, DWORD target )
{
    struct auth *auth = &request->auth[target];
    const struct http_header *field;

    if (auth->sent != WINHTTP_AUTH_SCHEME_DIGEST) return;
    field = http_headers_find( &request->response.headers, auth_targets[target].info, 0 );
    if (field) http_digest_take_info( &auth->digest, field->value, field->value_len );
}

/* Whoever answers has let us in: no more tokens on this connection, and the next one begins anew.
 * It is logged in for all that follows if a token has gone there, and so is a tunnel by whatever
 * answer; as somebody unknown if the program has set other credentials meanwhile. */
static void note_passed( struct request *request, DWORD target, BOOL logged_in )
{
    struct auth *auth = &request->auth[target];
    struct conn *conn = request->conn;

    if (auth->sspi || logged_in)
    {
        conn->bound = !auth->identified || conn_login_is_nobody( request->key.login[target] );
        memcpy( conn->login[target], request->key.login[target], CONN_LOGIN );
    }
    forget_tokens( auth );
    auth->answers = 0;
}

void auth_tunnel_stands( struct request *request )
{
    static const DWORD target = WINHTTP_AUTH_TARGET_PROXY;
    BOOL answered;

    object_lock( &request->object );
    answered = request->auth[target].sent ||
               http_headers_find( &request->headers, auth_targets[target].answer, 0 );
    note_passed( request, target, answered );
    object_unlock( &request->object );
}

enum auth_verdict auth_judge( struct request *request )
{
    enum auth_verdict verdict = AUTH_ACCEPT;
    DWORD target = auth_challenge_target( request );
    size_t i;

    object_lock( &request->object );
    if (target != WINHTTP_AUTH_TARGET_PROXY)
        note_passed( request, WINHTTP_AUTH_TARGET_PROXY, FALSE );
    if (target == AUTH_TARGETS) note_passed( request, WINHTTP_AUTH_TARGET_SERVER, FALSE );
    for (i = 0; i < AUTH_TARGETS; i++) if (i != target) take_info( request, i );
    if (target < AUTH_TARGETS && is_on_the_way( request, target ))
        verdict = judge_challenge( request, target );
    else if (request->upload.withheld && !request_is_tunnelling( request ))
        verdict = judge_opening( request );
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

BOOL auth_goes_on( const struct request *request )
{
    return request->auth[WINHTTP_AUTH_TARGET_SERVER].token_value ||
           request->auth[WINHTTP_AUTH_TARGET_PROXY].token_value;
}

BOOL auth_only_asks( const struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++)
    {
        const struct auth *auth = &request->auth[i];

        /* what the proxy is told goes out with CONNECT */
        if (i == WINHTTP_AUTH_TARGET_PROXY && request->key.tunnel) continue;
        if (auth->token_value && auth_sspi_is_opening( auth->sspi )) return TRUE;
    }
    return FALSE;
}

void auth_lost( struct request *request )
{
    size_t i;

    for (i = 0; i < AUTH_TARGETS; i++) forget_tokens( &request->auth[i] );
}
