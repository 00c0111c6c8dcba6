/* auth - logging in: the program's credentials, the server's challenges, our answers
 * (facts/http.md 11).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    a request's credentials and what it knows of its server's challenges.
 * Threads: credentials under the request's lock; the rest belongs to whoever drives the request.
 * Fails:   enum auth_verdict, ERROR_* codes.
 *
 * There is one struct auth for the server and one for the proxy. Credentials go to the host, port
 * and scheme that the request first went to with them, never to where a redirect leads.
 *
 * Basic goes with the request as soon as WinHttpSetCredentials has named it; the other schemes,
 * and the options USERNAME and PASSWORD, wait for a challenge, which is answered inside
 * WinHttpReceiveResponse. A response that cannot be answered is the program's, as any other.
 *
 * NTLM and Negotiate log in a connection, not a request: their legs must all take the same. It
 * goes to the pool afterwards, for requests that would log in by the same credentials; likewise the
 * tunnel that a proxy has opened for somebody. A leg with NTLM's first message, which will be
 * denied, has no body (a guess: Content-Length: 0). A body that came through WriteData has to be
 * sent again by the program, and the login goes on, on the same connection.
 */

#ifndef WINHTTP_AUTH_H
#define WINHTTP_AUTH_H

#include <stdarg.h>

#include "windef.h"
#include "winbase.h"

#include "auth_sspi.h"
#include "proto/http_digest.h"

struct request;

enum { AUTH_TARGETS = 2 };      /* WINHTTP_AUTH_TARGET_SERVER, WINHTTP_AUTH_TARGET_PROXY */

enum auth_verdict
{
    AUTH_ACCEPT, /* the response is the program's */
    AUTH_ANSWER, /* send the request again: auth_add has an answer now */
    AUTH_RESEND, /* the program has to send again: the body came through WriteData */
    AUTH_TASK,   /* auth_task must run first, then judge again */
};

/* of a scheme that works by tokens */
enum auth_token
{
    AUTH_TOKEN_NONE,
    AUTH_TOKEN_WANTED, /* auth_task has to make one */
    AUTH_TOKEN_READY,  /* for the next leg, or none could be made */
};

struct auth
{
    /* under the request's lock */
    DWORD scheme;               /* of WinHttpSetCredentials; 0 = not called */
    WCHAR *user, *password;     /* owned; of WinHttpSetCredentials; NULL = default credentials */
    BOOL rebind;                /* new credentials: they are for whom the next leg goes to */
    BOOL identified;            /* request->key.login is of these credentials */
    WCHAR *service;             /* owned; that a login by tokens was last tried at; or NULL */

    /* the operation's */
    char *host;                 /* owned; whom the credentials are for; NULL: nobody yet */
    UINT16 port;
    BOOL secure;
    BOOL spent;                 /* the credentials were for a send that is over */
    DWORD chosen;               /* scheme that the options' credentials answer by; 0 = none yet */
    DWORD sent;                 /* scheme of our answer in the last leg; 0 = none */
    UINT32 answers;             /* given in this exchange */
    BOOL utf8;                  /* the Basic challenge asked for UTF-8 */
    struct http_digest digest;  /* the last Digest challenge; its nonce lives across sends */
    struct auth_sspi *sspi;     /* owned; under way on the present connection */
    enum auth_token token_state;
    BYTE *token;                /* owned; the server's; NULL = none yet */
    size_t token_len;           /* bytes */
    char *token_value;          /* owned; our next answer */
    DWORD unusable;             /* schemes that this system cannot do */
};

void auth_init( struct auth auth[AUTH_TARGETS] );
void auth_free( struct auth auth[AUTH_TARGETS] );

/* A new send begins: credentials of WinHttpSetCredentials that were used up are forgotten. One that
 * the program was asked for goes on with the login. */
void auth_begin( struct request *request );

/* Under the request's lock: the program has set credentials by option. */
void auth_rebind( struct request *request, DWORD target );

/* Under the request's lock: adds the answers for this leg to the request's automatic headers. A
 * header of the program's own of that name stays alone. FALSE: no memory. */
BOOL auth_add( struct request *request );

/* Judges the response whose head has been received. */
enum auth_verdict auth_judge( struct request *request );

/* The blocking part. */
void auth_task( struct request *request );

/* The proxy has let us through. */
void auth_tunnel_stands( struct request *request );

/* Whether the next leg carries a token and must not change the connection. */
BOOL auth_goes_on( const struct request *request );

/* Whether the next leg's token lets nobody in, so that a body would be sent in vain. */
BOOL auth_only_asks( const struct request *request );

/* The connection that a login was under way on is gone. */
void auth_lost( struct request *request );

#endif
