/* http_digest - takes challenges, computes responses.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "proto/http_digest.h"

#include <stdio.h>
#include <string.h>

#include "proto/http_token.h"

enum { HEX_SIZE = 2 * HTTP_DIGEST_MAX_HASH + 1 };

void http_digest_init( struct http_digest *digest, const struct allocator *alloc )
{
    memset( digest, 0, sizeof(*digest) );
    digest->alloc = alloc;
}

void http_digest_clear( struct http_digest *digest )
{
    allocator_free( digest->alloc, digest->realm );
    allocator_free( digest->alloc, digest->nonce );
    allocator_free( digest->alloc, digest->opaque );
    http_digest_init( digest, digest->alloc );
}

/* --- challenges --- */

/* Copies a parameter; *copy stays NULL if it is not there. Returns 0 if there is no memory. */
static int copy_param( const struct allocator *alloc, const struct http_challenge *challenge,
                       const char *name, char **copy )
{
    size_t len;

    if (!http_challenge_param( challenge, name, NULL, 0, &len )) return 1;
    if (!(*copy = allocator_resize( alloc, NULL, len + 1 ))) return 0;
    http_challenge_param( challenge, name, *copy, len, &len );
    (*copy)[len] = 0;
    return 1;
}

/* A parameter that is a keyword: *text is empty if it is not there or too long to be one. */
static int short_param( const struct http_challenge *challenge, const char *name, char *text,
                        size_t size )
{
    size_t len;

    *text = 0;
    if (!http_challenge_param( challenge, name, text, size, &len )) return 0;
    text[len < size ? len : 0] = 0;
    return 1;
}

static int equal_no_case( const char *a, const char *b )
{
    return http_token_equal( a, strlen( a ), b, strlen( b ) );
}

static int is_set( const struct http_challenge *challenge, const char *name, const char *value )
{
    char text[16];

    return short_param( challenge, name, text, sizeof(text) ) && equal_no_case( text, value );
}

static int take_algorithm( struct http_digest *digest, const struct http_challenge *challenge )
{
    char text[32];
    size_t len;

    digest->algorithm = HTTP_DIGEST_MD5; /* RFC 7616 3.3: the default */
    if (!short_param( challenge, "algorithm", text, sizeof(text) )) return 1;
    digest->names_algorithm = 1;
    len = strlen( text );
    if (len > 5 && equal_no_case( text + len - 5, "-sess" ))
    {
        digest->session = 1;
        text[len - 5] = 0;
    }
    if (equal_no_case( text, "SHA-256" )) digest->algorithm = HTTP_DIGEST_SHA256;
    else if (!equal_no_case( text, "MD5" )) return 0;
    return 1;
}

/* auth-int alone is not enough: the body would have to be hashed before it is sent. */
static int take_qop( struct http_digest *digest, const struct http_challenge *challenge )
{
    const char *list, *element;
    size_t len, element_len;
    char text[64];

    if (!short_param( challenge, "qop", text, sizeof(text) )) return 1;
    list = text;
    len = strlen( text );
    while (http_token_next( &list, &len, &element, &element_len ))
        if (http_token_equal( element, element_len, "auth", 4 )) digest->qop = 1;
    return digest->qop;
}

enum http_digest_status http_digest_take( struct http_digest *digest,
                                          const struct http_challenge *challenge )
{
    enum http_digest_status status = HTTP_DIGEST_ERR_CHALLENGE;
    struct http_digest taken;

    http_digest_init( &taken, digest->alloc );
    if (!take_algorithm( &taken, challenge ) || !take_qop( &taken, challenge )) return status;
    taken.stale = is_set( challenge, "stale", "true" );
    taken.utf8 = is_set( challenge, "charset", "UTF-8" );
    taken.userhash = is_set( challenge, "userhash", "true" );
    if (!copy_param( taken.alloc, challenge, "realm", &taken.realm ) ||
        !copy_param( taken.alloc, challenge, "nonce", &taken.nonce ) ||
        !copy_param( taken.alloc, challenge, "opaque", &taken.opaque ))
        status = HTTP_DIGEST_ERR_MEMORY;
    else if (taken.nonce)
    {
        http_digest_clear( digest );
        *digest = taken;
        return HTTP_DIGEST_OK;
    }
    http_digest_clear( &taken );
    return status;
}

enum http_digest_status http_digest_take_info( struct http_digest *digest, const char *text,
                                               size_t len )
{
    struct http_challenge info = { .params = text, .params_len = len };
    char *nonce = NULL;

    if (!copy_param( digest->alloc, &info, "nextnonce", &nonce )) return HTTP_DIGEST_ERR_MEMORY;
    if (!nonce) return HTTP_DIGEST_ERR_CHALLENGE;
    allocator_free( digest->alloc, digest->nonce );
    digest->nonce = nonce;
    digest->count = 0;
    return HTTP_DIGEST_OK;
}

/* --- answers --- */

/* A text that grows; once out of memory it stays so. */
struct output
{
    const struct allocator *alloc;
    char *text;             /* owned, NUL-terminated */
    size_t len, capacity;
    int failed;
};

static void put_bytes( struct output *out, const char *text, size_t len )
{
    if (out->failed) return;
    if (out->capacity - out->len <= len)
    {
        size_t capacity = 2 * out->capacity + len + 1;
        char *grown = allocator_resize( out->alloc, out->text, capacity );

        if (!grown)
        {
            out->failed = 1;
            return;
        }
        out->text = grown;
        out->capacity = capacity;
    }
    memcpy( out->text + out->len, text, len );
    out->len += len;
    out->text[out->len] = 0;
}

static void put( struct output *out, const char *text )
{
    put_bytes( out, text, strlen( text ) );
}

/* name="value", with escapes (RFC 9110 5.6.4) */
static void put_quoted( struct output *out, const char *name, const char *value )
{
    put( out, name );
    put( out, "=\"" );
    for (; *value; value++)
    {
        if (*value == '"' || *value == '\\') put( out, "\\" );
        put_bytes( out, value, 1 );
    }
    put( out, "\"" );
}

/* What the steps of one answer share. */
struct work
{
    const struct http_digest *digest;
    const struct http_digest_login *login;
    http_digest_hash *hash;
    void *context;
    enum http_digest_status status;
    char count[9];          /* of this answer, hexadecimal */
};

/* The hash of parts joined by colons, in hexadecimal; hex may be one of the parts. A failure is
 * noted in work->status. */
static void hash_parts( struct work *work, const char *const *parts, size_t count,
                        char hex[HEX_SIZE] )
{
    size_t i, size = work->digest->algorithm == HTTP_DIGEST_MD5 ? 16 : 32;
    struct output out = { .alloc = work->digest->alloc };
    uint8_t bytes[HTTP_DIGEST_MAX_HASH] = { 0 };

    for (i = 0; i < count; i++)
    {
        if (i) put( &out, ":" );
        put( &out, parts[i] );
    }
    if (out.failed) work->status = HTTP_DIGEST_ERR_MEMORY;
    else if (!work->hash( work->context, work->digest->algorithm, out.text, out.len, bytes ))
        work->status = HTTP_DIGEST_ERR_HASH;
    for (i = 0; i < size; i++) sprintf( hex + 2 * i, "%02x", bytes[i] );
    if (out.text) memset( out.text, 0, out.len ); /* the password may be in it */
    allocator_free( out.alloc, out.text );
}

#define HASH( work, hex, ... ) \
    do \
    { \
        const char *const parts_[] = { __VA_ARGS__ }; \
        hash_parts( work, parts_, sizeof(parts_) / sizeof(parts_[0]), hex ); \
    } while (0)

static const char *realm_of( const struct http_digest *digest )
{
    return digest->realm ? digest->realm : "";
}

/* RFC 7616 3.4.1 */
static void compute_response( struct work *work, char response[HEX_SIZE] )
{
    const struct http_digest_login *login = work->login;
    const struct http_digest *digest = work->digest;
    char a1[HEX_SIZE], a2[HEX_SIZE];

    HASH( work, a1, login->user, realm_of( digest ), login->password );
    if (digest->session) HASH( work, a1, a1, digest->nonce, login->cnonce );
    HASH( work, a2, login->method, login->target );
    if (digest->qop)
        HASH( work, response, a1, digest->nonce, work->count, login->cnonce, "auth", a2 );
    else
        HASH( work, response, a1, digest->nonce, a2 );
}

static void put_user( struct output *out, struct work *work )
{
    char hashed[HEX_SIZE];

    if (!work->digest->userhash) put_quoted( out, "username", work->login->user );
    else
    {
        HASH( work, hashed, work->login->user, realm_of( work->digest ) );
        put_quoted( out, "username", hashed );
    }
}

static void put_algorithm( struct output *out, const struct http_digest *digest )
{
    if (!digest->names_algorithm) return;
    put( out, ", algorithm=" );
    put( out, digest->algorithm == HTTP_DIGEST_MD5 ? "MD5" : "SHA-256" );
    if (digest->session) put( out, "-sess" );
}

static void put_answer( struct output *out, struct work *work )
{
    const struct http_digest *digest = work->digest;
    char response[HEX_SIZE];

    compute_response( work, response );
    put( out, "Digest " );
    put_user( out, work );
    put_quoted( out, ", realm", realm_of( digest ) );
    put_quoted( out, ", nonce", digest->nonce );
    put_quoted( out, ", uri", work->login->target );
    put_quoted( out, ", response", response );
    put_algorithm( out, digest );
    if (digest->opaque) put_quoted( out, ", opaque", digest->opaque );
    if (digest->qop)
    {
        put( out, ", qop=auth, nc=" );
        put( out, work->count );
    }
    if (digest->qop || digest->session) put_quoted( out, ", cnonce", work->login->cnonce );
    if (digest->userhash) put( out, ", userhash=true" );
}

static int has_controls( const char *text )
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f) return 1;
    return 0;
}

enum http_digest_status http_digest_answer( struct http_digest *digest,
                                            const struct http_digest_login *login,
                                            http_digest_hash *hash, void *context, char **value )
{
    struct work work = { digest, login, hash, context, HTTP_DIGEST_OK, "" };
    struct output out = { .alloc = digest->alloc };

    if (!digest->nonce) return HTTP_DIGEST_ERR_CHALLENGE;
    if (has_controls( login->user )) return HTTP_DIGEST_ERR_TEXT;
    snprintf( work.count, sizeof(work.count), "%08x", (unsigned int)(digest->count + 1) );
    put_answer( &out, &work );
    if (out.failed) work.status = HTTP_DIGEST_ERR_MEMORY;
    if (work.status) allocator_free( out.alloc, out.text );
    else
    {
        digest->count++;
        *value = out.text;
    }
    return work.status;
}
