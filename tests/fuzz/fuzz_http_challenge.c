/* fuzz_http_challenge - challenges of hostile servers, and the answers to them.
 *
 * Copyright 2026 the winhttp authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Input: the value of a WWW-Authenticate field.
 */

#include "proto/http_challenge.h"

#include "fuzz.h"
#include "proto/base64.h"
#include "proto/http_digest.h"
#include "proto/http_token.h"

/* A stand-in: what is hashed does not matter here. */
static int hash( void *context, enum http_digest_algorithm algorithm, const void *data, size_t len,
                 uint8_t out[HTTP_DIGEST_MAX_HASH] )
{
    (void)context;
    memset( out, (int)len, algorithm == HTTP_DIGEST_MD5 ? 16 : 32 );
    return !len || *(const uint8_t *)data != 0xff;
}

static int inside( const char *text, size_t len, const char *begin, const char *end )
{
    return !len || (text >= begin && text + len <= end);
}

/* Exactly as much is written as was announced, and a short buffer gets the front of the same. */
static void check_param( const struct http_challenge *challenge, const char *name )
{
    size_t len, again;
    uint8_t *out, *front;

    if (!http_challenge_param( challenge, name, NULL, 0, &len )) return;
    FUZZ_CHECK( len <= challenge->params_len );
    out = fuzz_memory( malloc( len ? len : 1 ) );
    front = fuzz_memory( malloc( len / 2 + 1 ) );
    FUZZ_CHECK( http_challenge_param( challenge, name, (char *)out, len, &again ) && again == len );
    FUZZ_CHECK( http_challenge_param( challenge, name, (char *)front, len / 2, &again ) );
    FUZZ_CHECK( !memcmp( out, front, len / 2 ) );
    free( out );
    free( front );
}

static void check_token( const struct http_challenge *challenge )
{
    uint8_t *out = fuzz_memory( malloc( challenge->token_len + 1 ) );
    size_t len;

    if (base64_decode( challenge->token, challenge->token_len, out, &len ))
        FUZZ_CHECK( len <= challenge->token_len / 4 * 3 );
    free( out );
}

/* What goes out must be one header line, and its parameters must come out as they went in. */
static void check_answer( const char *value, const struct http_digest *digest )
{
    struct http_challenge answer;
    size_t len = strlen( value ), size;
    const char *text = value;
    char *nonce;

    FUZZ_CHECK( !strpbrk( value, "\r\n" ) );
    FUZZ_CHECK( http_challenge_next( &text, &len, &answer ) && !len );
    FUZZ_CHECK( http_challenge_param( &answer, "nonce", NULL, 0, &size ) );
    FUZZ_CHECK( size == strlen( digest->nonce ) );
    nonce = fuzz_memory( malloc( size + 1 ) );
    http_challenge_param( &answer, "nonce", nonce, size, &size );
    FUZZ_CHECK( !memcmp( nonce, digest->nonce, size ) );
    free( nonce );
}

static void check_digest( const struct http_challenge *challenge )
{
    static const struct http_digest_login login = { "us\"er", "pass", "GET", "/\\", "c0ffee" };
    struct http_digest digest;
    char *value;

    http_digest_init( &digest, &allocator_libc );
    if (!http_digest_take( &digest, challenge ) &&
        !http_digest_answer( &digest, &login, hash, NULL, &value ))
    {
        check_answer( value, &digest );
        allocator_free( &allocator_libc, value );
    }
    http_digest_clear( &digest );
}

static int has_line_end( const uint8_t *data, size_t size )
{
    return size && (memchr( data, '\r', size ) || memchr( data, '\n', size ) ||
                    memchr( data, 0, size ));
}

int LLVMFuzzerTestOneInput( const uint8_t *data, size_t size )
{
    char *copy = (char *)fuzz_copy( data, size );
    const char *rest = copy, *end = copy + size;
    struct http_challenge challenge;
    size_t len = size, before = size;

    /* what no header parser lets through */
    if (has_line_end( data, size )) len = before = 0;
    while (http_challenge_next( &rest, &len, &challenge ))
    {
        FUZZ_CHECK( len < before && rest + len == end );
        before = len;
        FUZZ_CHECK( http_token_valid( challenge.scheme, challenge.scheme_len ) );
        FUZZ_CHECK( inside( challenge.scheme, challenge.scheme_len, copy, rest ) );
        FUZZ_CHECK( inside( challenge.token, challenge.token_len, copy, rest ) );
        FUZZ_CHECK( inside( challenge.params, challenge.params_len, copy, rest ) );
        check_token( &challenge );
        check_param( &challenge, "realm" );
        check_param( &challenge, "a" );
        check_digest( &challenge );
    }
    FUZZ_CHECK( !len );
    free( copy );
    return 0;
}
