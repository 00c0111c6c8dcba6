/* http_digest - Digest authentication, the client's side (RFC 7616, and RFC 2069 servers).
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Owns:    copies of a challenge's parameters; answers belong to the caller.
 * Threads: any, one at a time per struct; no lock inside.
 * Fails:   enum http_digest_status; nothing changes then.
 *
 * Hashing is the caller's: a function that it passes.
 */

#ifndef WINHTTP_PROTO_HTTP_DIGEST_H
#define WINHTTP_PROTO_HTTP_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "proto/allocator.h"
#include "proto/http_challenge.h"

enum http_digest_status
{
    HTTP_DIGEST_OK = 0,
    HTTP_DIGEST_ERR_CHALLENGE = -1, /* the peer's: nothing that we could answer */
    HTTP_DIGEST_ERR_MEMORY = -2,
    HTTP_DIGEST_ERR_TEXT = -3,      /* the caller's: control characters in the user's name */
    HTTP_DIGEST_ERR_HASH = -4,      /* the hash function failed */
};

enum http_digest_algorithm
{
    HTTP_DIGEST_MD5,
    HTTP_DIGEST_SHA256,
};

enum { HTTP_DIGEST_MAX_HASH = 32 }; /* bytes of SHA-256 */

struct http_digest
{
    const struct allocator *alloc;
    char *realm, *nonce, *opaque;   /* owned, NUL-terminated; NULL: not in the challenge, or none
                                     * was taken yet */
    enum http_digest_algorithm algorithm;
    int names_algorithm;            /* it stood in the challenge, so it goes back */
    int session;                    /* "-sess" */
    int qop;                        /* nonzero: qop=auth; 0: the challenge has none (RFC 2069) */
    int utf8;                       /* charset=UTF-8 */
    int userhash;
    int stale;                      /* the former answer was right but for its nonce */
    uint32_t count;                 /* answers given to this nonce */
};

struct http_digest_login
{
    const char *user, *password;    /* borrowed, NUL-terminated; in the charset of the challenge */
    const char *method;             /* borrowed, NUL-terminated */
    const char *target;             /* borrowed, NUL-terminated; as in the request line */
    const char *cnonce;             /* borrowed, NUL-terminated; hexadecimal digits, not to guess */
};

/* Stores the hash of len bytes (16 or 32) in out. Returns 0 if it cannot. */
typedef int http_digest_hash( void *context, enum http_digest_algorithm algorithm,
                              const void *data, size_t len, uint8_t out[HTTP_DIGEST_MAX_HASH] );

void http_digest_init( struct http_digest *digest, const struct allocator *alloc );
void http_digest_clear( struct http_digest *digest ); /* frees; as after init */

/* Takes a challenge of the scheme Digest in place of the former one.
 * HTTP_DIGEST_ERR_CHALLENGE: no nonce, an algorithm other than MD5 and SHA-256 (with or without
 * "-sess"), no qop that we know. */
enum http_digest_status http_digest_take( struct http_digest *digest,
                                          const struct http_challenge *challenge );

/* Takes the value of an Authentication-Info field: the nonce for the next answer, if it names one
 * (RFC 7616 3.5). HTTP_DIGEST_ERR_CHALLENGE: it does not. */
enum http_digest_status http_digest_take_info( struct http_digest *digest, const char *text,
                                               size_t len );

/* Answers the challenge for one request: *value is "Digest ...", NUL-terminated, for an
 * Authorization field, to be freed with the allocator. Counts the use of the nonce. */
enum http_digest_status http_digest_answer( struct http_digest *digest,
                                            const struct http_digest_login *login,
                                            http_digest_hash *hash, void *context, char **value );

#endif
